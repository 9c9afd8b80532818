"""Contracts of employment, offers and assignment letters as text with what they say: `employment/<language>.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from paper import page

from toolkit.model import Page

HERE = Path(__file__).resolve().parent / "employment"
_LINES_A_PAGE = 52

#: A value as the file has it: text, a list of names, or a table of components.
Said: TypeAlias = str | list[str] | list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Paper:
    """One contract: its text by pages, what it says, and whether it is held back from development."""

    name: str
    pages: tuple[Page, ...]
    truth: dict[str, Said]
    held: bool


@cache
def papers() -> tuple[Paper, ...]:
    """Every specimen, by language and in the order of the files."""
    found = []
    for file in sorted(HERE.glob("*.toml")):
        for each in tomllib.loads(file.read_text("utf-8"))["paper"]:
            lines = each["text"].strip("\n").split("\n")
            parts = [lines[at : at + _LINES_A_PAGE] for at in range(0, len(lines), _LINES_A_PAGE)]
            pages = tuple(page("\n".join(part), number) for number, part in enumerate(parts, 1))
            found.append(Paper(each["name"], pages, each["truth"], each.get("held", False)))
    return tuple(found)
