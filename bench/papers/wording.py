"""The wording of papers as data: `wording/*.toml`, one table a paper, read strictly. Knows no picture.

A paper's `body` is written a line a block: `Label | value` is a field, `# text` a heading, `---` a new page, `@table`,
`@photo` and `@clauses 12` what they say, and anything else a paragraph. Holes are those of `bench.papers.inventing`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

HERE = Path(__file__).resolve().parent
#: The folders of wording: the open one, then the sets that nobody was shown before they were read.
FOLDERS = ("wording", "unseen", "second")
Layout = Literal[
    "letter",
    "letterhead",
    "sidebar",
    "typed",
    "form",
    "official",
    "certificate",
    "diploma",
    "statement",
    "register",
    "lined",
    "web",
    "card",
    "running",
]
Language = Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$")]


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows whose cells stand between bars. `draw`: so many more rows (from, to), each one of `rows_from`.

    `ledger`: the rows drawn are movements of an account with a balance after each.
    """

    head: str
    rows: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    draw: tuple[int, int] = (0, 0)
    rows_from: tuple[str, ...] = ()
    ledger: bool = False
    widths: tuple[float, ...] = ()


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one issuer's paper says, in one language, and the layouts it comes in (at least one)."""

    language: Language
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
    layouts: Annotated[tuple[Layout, ...], msgspec.Meta(min_length=1)]
    issuer: str
    title: str
    body: str
    subtitle: str = ""
    head: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    dated: str = ""
    sign: tuple[str, ...] = ()
    foot: str = ""
    corner: str = ""
    seal: str = ""
    url: str = ""
    running: str = ""
    table: Table | None = None
    #: Kinds that it may be taken for as well.
    either: tuple[str, ...] = ()
    #: Truth that no hole carries.
    also: Mapping[str, str] = {}


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The papers of one file, by kind."""

    paper: Mapping[str, tuple[Wording, ...]]


@cache
def wordings(folder: str = "wording") -> Mapping[str, tuple[Wording, ...]]:
    """All wordings of a folder by kind; raises ValueError "file: what" for a mistake in any of them."""
    found: dict[str, tuple[Wording, ...]] = {}
    for file in sorted((HERE / folder).glob("*.toml")):
        try:
            read = msgspec.convert(tomllib.loads(file.read_text("utf-8")), File)
        except (msgspec.ValidationError, tomllib.TOMLDecodeError) as mistake:
            raise ValueError(f"{file.name}: {mistake}") from mistake
        for kind, papers in read.paper.items():
            found[kind] = (*found.get(kind, ()), *papers)
    return found


@cache
def clauses(language: str) -> tuple[tuple[str, str], ...]:
    """The clauses that long agreements are filled up with: (heading, text) in a language, from `clauses/`."""
    text = (HERE / "clauses" / f"{language}.txt").read_text("utf-8")
    parts = [part.strip().split("\n", 1) for part in re.split(r"\n\s*\n", text) if part.strip()]
    return tuple((head, rest) for head, rest in parts)
