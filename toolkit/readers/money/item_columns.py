"""The heading of a list of items: which column holds what, told by the words of `kinds/receipt/columns.toml`.

Places are shares of the page's width, so a column is known by its edges whatever the tilt of the paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

import msgspec

from toolkit import definitions
from toolkit.fields.calendar_words import fold
from toolkit.readers.money.labels import DATA
from toolkit.readers.money.rows import Row

Name = Literal["description", "quantity", "unit_price", "amount", "debit", "credit", "rate", "other"]
Language = Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$")]

#: Columns that only a list of things bought has; two of them make a heading.
_TELLING = frozenset({"description", "quantity", "unit_price", "amount", "debit"})
#: Share of a row's letters that must be names of columns.
_MOSTLY = 0.6
#: A row with more words than this is a sentence.
_LONGEST = 160
#: A number farther than this from every column stands in none.
_FAR = 0.09


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    discount: tuple[str, ...]
    deposit: tuple[str, ...]
    carried: tuple[str, ...]
    beside: tuple[str, ...]
    sections: tuple[str, ...]
    units: tuple[str, ...]


class ColumnWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `columns.toml`."""

    columns: Mapping[Name, Mapping[Language, tuple[str, ...]]]
    words: _Words


@dataclass(frozen=True, slots=True)
class Column:
    """One named column and its edges."""

    name: Name
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Heading:
    """The row that names the columns."""

    row: Row
    columns: tuple[Column, ...]

    def at(self, left: float, right: float) -> Name | None:
        """Return the column that something between *left* and *right* stands in: an edge or the middle is shared."""
        best = min(self.columns, key=lambda column: _off(column, left, right))
        return best.name if _off(best, left, right) <= _FAR else None

    def has(self, name: Name) -> bool:
        """Whether there is a column of that name."""
        return any(column.name == name for column in self.columns)

    @property
    def description(self) -> tuple[float, float] | None:
        """The edges between which descriptions stand: from the column's name to the next column."""
        own = next((column for column in self.columns if column.name == "description"), None)
        if own is None:
            return None
        after = [column.left for column in self.columns if column.left > own.left]
        return own.left, min(after, default=1.0)


@cache
def _data() -> ColumnWords:
    return definitions.load(DATA / "columns.toml", ColumnWords)


@cache
def _phrases() -> re.Pattern[str]:
    every = {fold(each) for by in _data().columns.values() for some in by.values() for each in some}
    return _whole(every)


@cache
def _names() -> Mapping[str, Name]:
    # A phrase that two columns share means the first that lists it.
    found: dict[str, Name] = {}
    for name, by in _data().columns.items():
        for each in (phrase for some in by.values() for phrase in some):
            found.setdefault(fold(each), name)
    return found


def _whole(phrases: Iterable[str]) -> re.Pattern[str]:
    """A pattern for whole *phrases*; Chinese and Japanese have no spaces, so theirs stand anywhere."""
    spaced = sorted((each for each in phrases if each.isascii()), key=len, reverse=True)
    solid = sorted((each for each in phrases if not each.isascii()), key=len, reverse=True)
    ascii_ = "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in spaced)
    other = "|".join(re.escape(each) for each in solid)
    return re.compile(rf"(?<![a-z])(?:{ascii_})(?![a-z])|{other}" if other else rf"(?<![a-z])(?:{ascii_})(?![a-z])")


def heading(row: Row) -> Heading | None:
    """Return *row* as a heading, None when it is none: it names at least two columns of a list and little else."""
    if len(row.text) > _LONGEST or re.search(r"\d[.,:/-]?\d|[:.]\s*\d", row.text):
        return None
    found = [(_names()[_spaced(match[0])], match.span()) for match in _phrases().finditer(row.folded)]
    kinds = {name for name, _ in found}
    letters = sum(map(str.isalpha, row.text))
    named = sum(sum(map(str.isalpha, row.text[start:end])) for _, (start, end) in found)
    if len(kinds & _TELLING) < 2 or named < _MOSTLY * letters:
        return None
    return Heading(row, tuple(Column(name, *edges(row, *span)) for name, span in found))


def widened(rows: Sequence[Row], headings: Sequence[Heading | None]) -> list[Heading | None]:
    """Return *headings*, those printed in several rows with the columns that the rows above and below name.

    `Positions-` over `betrag` stands above `Pos  Beschreibung  Menge`; a column takes the place of no other.
    """
    return [
        own if own is None else _with_neighbours(own, rows[max(0, place - _NEAR) : place + _NEAR + 1])
        for place, own in enumerate(headings)
    ]


#: So many rows above and below may belong to a heading.
_NEAR = 2


def _with_neighbours(own: Heading, near: Sequence[Row]) -> Heading:
    columns = list(own.columns)
    for row in near:
        if row is own.row or row.page != own.row.page or len(row.text) > _LONGEST or re.search(r"\d", row.text):
            continue
        for match in _phrases().finditer(row.folded):
            left, right = edges(row, *match.span())
            free = all(right < each.left or left > each.right for each in columns)
            if free and left > min(each.right for each in columns):
                columns.append(Column(_names()[_spaced(match[0])], left, right))
    return Heading(own.row, tuple(columns))


def ends_list(row: Row) -> bool:
    """Whether the row is the title of what stands behind the list of what was bought."""
    return _section().fullmatch(row.folded.replace("ß", "ss").strip(" :.-")) is not None


@cache
def _section() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(fold(each)).replace(r"\ ", r"\s+") for each in _data().words.sections))


def columns_named(text: str) -> frozenset[Name]:
    """Return the columns that folded *text* names where it holds nothing else: `price per unit`, `Menge`."""
    letters = sum(map(str.isalpha, text))
    if not 2 <= letters <= _LONGEST:
        return frozenset()
    found = list(_phrases().finditer(text))
    named = sum(sum(map(str.isalpha, match[0])) for match in found)
    return frozenset(_names()[_spaced(match[0])] for match in found) if named >= 0.9 * letters else frozenset()


def _spaced(phrase: str) -> str:
    return " ".join(phrase.split())


def _off(column: Column, left: float, right: float) -> float:
    middle = abs((column.left + column.right) / 2 - (left + right) / 2)
    return min(abs(column.left - left), abs(column.right - right), middle)


def edges(row: Row, start: int, end: int) -> tuple[float, float]:
    """Return the left and right edge of `row.text[start:end]`; within a word letters count as equally wide."""
    lefts, rights, at = [], [], 0
    for word, span in zip(row.words, row.spans, strict=True):
        at, until = span
        if at < end and start < until:
            wide = word.box.width / max(1, until - at)
            lefts.append(word.box.left + wide * max(0, start - at))
            rights.append(word.box.right - wide * max(0, until - end))
    return (min(lefts), max(rights)) if lefts else (row.box.left, row.box.right)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    words: Sequence[str] = getattr(_data().words, name)
    return _whole({fold(each) for each in words})


def says(text: str, name: Literal["discount", "deposit", "carried", "beside"]) -> bool:
    """Whether *text* (folded) holds one of the words of that list."""
    return _pattern(name).search(text) is not None


def without_units(text: str) -> str:
    """Return folded *text* without the units goods are counted in."""
    # `Personen-` is the beginning of a longer word.
    return _pattern("units").sub(lambda match: match[0] if text[match.end() :][:1] == "-" else " ", text)
