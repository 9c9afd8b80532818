"""The text of the letters under scripts/letters/: read into blocks.

A file `<name>.<language>.md` opens with a TOML head between two lines `+++`; `clauses.<language>.md` holds what several
letters share. One line is one paragraph:

    # Title   ## Heading   ### Smaller heading   > small print   - bullet   [] box to tick   ^kept with what follows
    text with **bold** and [[clause]] put in from the clauses
    | cell | cell |            a table; |= its heading row, |* row in owed | a row for each
    |: 4.4 12>                 the widths of its columns in cm; > sets a column to the right
    ?condition? line           the line, or table row, only if the condition holds
    {%p if condition %}        as in Word: whole paragraphs
    @include clause            the lines of a clause
    @sign For | name | title || The employee | name      one block to sign, or two side by side
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "letters"
LANGUAGES = {"en": "en-GB", "de": "de-DE", "fr": "fr-FR", "es": "es-ES"}
_GUARD = re.compile(r"\?(.+?)\?\s+(.*)")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_MARKS = (
    ("### ", "subheading"), ("## ", "heading"), ("# ", "title"), ("> ", "small"), ("- ", "bullet"), ("[] ", "box"),
    ("^", "kept"),
)  # fmt: skip
#: Words that a line must not end on before the number they belong to.
_BOUND = re.compile(
    r"(§§?|[Aa]rt\.|Abs\.|Nr\.|[Aa]rticles?|Artikel|artículos?|sección|[Ss]ection|No|n\.º|n°) (?=[\dA-Z(])"
)
_NAME = re.compile(r"[A-Za-z_][\w.]*")
_MOVABLE = {
    "principal.given_names",
    "principal.surname",
    "assignment.home_country",
    "assignment.host_country",
}


@dataclass(frozen=True)
class Block:
    """One paragraph, or one table row: its kind, its texts (one, or one a cell), and what has to hold for it."""

    kind: str
    texts: tuple[str, ...]
    guard: str = ""
    loop: str = ""


@dataclass(frozen=True)
class Source:
    """One letter in one language."""

    name: str
    language: str
    head: dict
    blocks: tuple[Block, ...]

    @property
    def locale(self) -> str:
        return self.head.get("language", LANGUAGES[self.language])

    @property
    def folder(self) -> str:
        return self.name if self.language == "en" else f"{self.name}-{self.language}"


def sources() -> list[Source]:
    """Return every letter, English first of each."""
    names = sorted({path.name.split(".")[0] for path in FOLDER.glob("*.md")} - {"clauses"})
    return [read(n, lang) for n in names for lang in LANGUAGES if (FOLDER / f"{n}.{lang}.md").is_file()]


def read(name: str, language: str) -> Source:
    _, head, body = (FOLDER / f"{name}.{language}.md").read_text("utf-8").split("+++\n", 2)
    blocks = tuple(block for line in body.splitlines() if line.strip() for block in _lines(line, language))
    return Source(name, language, tomllib.loads(head), blocks)


@lru_cache(maxsize=8)
def clauses(language: str) -> dict[str, str]:
    text = (FOLDER / f"clauses.{language}.md").read_text("utf-8")
    parts = re.split(r"^=== (\S+)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], (part.strip("\n") for part in parts[1::2]), strict=True))


def _lines(line: str, language: str) -> list[Block]:
    if line.startswith("@include "):
        clause = clauses(language)[line.removeprefix("@include ").strip()]
        return [block for each in clause.splitlines() if each.strip() for block in _lines(each, language)]
    for macro in re.findall(r"\[\[(\w[\w-]*)\]\]", line):
        line = line.replace(f"[[{macro}]]", clauses(language)[macro])
    return [_block(typography(line.strip(), language))]


def _block(line: str, guard: str = "") -> Block:
    if found := _GUARD.fullmatch(line):
        return _block(found[2], found[1])
    if line.startswith("|:"):
        return Block("widths", tuple(line[2:].split()))
    if line.startswith("|"):
        kind, loop = "row", ""
        if line.startswith("|="):
            kind, line = "head", "|" + line[2:]
        elif line.startswith("|*"):
            loop, line = line[2:].split("|", 1)
            line = "|" + line
        # A pipe before a filter stands inside a tag.
        cells = re.split(r"\|(?![^{]*\}\})", line)
        return Block(kind, tuple(cell.strip() for cell in cells[1:-1]), guard, loop.strip())
    if line.startswith("@sign "):
        return Block("sign", tuple(part.strip() for part in line[6:].split("||")), guard)
    if line.startswith("{%p"):
        return Block("tag", (line,))
    for mark, kind in _MARKS:
        if line.startswith(mark):
            return Block(kind, (line.removeprefix(mark),), guard)
    return Block("text", (line,), guard)


def typography(line: str, language: str) -> str:
    """Put the spaces that must not break where the language wants them; tags are left as they are."""
    parts = re.split(r"(\{\{.*?\}\}|\{%.*?%\})", line)
    return "".join(part if number % 2 else _spaces(part, language) for number, part in enumerate(parts))


def _spaces(text: str, language: str) -> str:
    text = _BOUND.sub("\\1\u00a0", text)
    text = re.sub(r"(?<=\d) (?=CFR|U\.S\.C\.)|(?<=CFR|INA|IRC) (?=§)", "\u00a0", text)
    text = re.sub(r"(?<=\d) (?=%)", "\u00a0", text)
    if language == "fr":
        text = re.sub(r" (?=[:»])", "\u00a0", text)
        text = re.sub(r" (?=[;?!])", "\u202f", text)
        text = text.replace("« ", "«\u00a0").replace("'", "’")
    return text


def skeleton(source: Source) -> list[tuple]:
    """What must be the same in every language: kinds of blocks, cells, conditions, and the facts in each block.

    Names of people and countries may stand where the grammar of a language wants them.
    """
    shape = []
    for block in source.blocks:
        names = {n for text in block.texts for tag in _TAG.findall(text) for n in _NAME.findall(tag) if "." in n}
        condition = block.texts[0] if block.kind == "tag" else block.guard
        shape.append((block.kind, len(block.texts), condition, block.loop, tuple(sorted(names - _MOVABLE))))
    return shape
