"""The amounts on a row of a statement and the column each stands in: money out, money in, an amount, the balance.

A column is told by the word that heads it and by where it stands; numbers are printed under their head, most often
flush right. Knows nothing of days and sums.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

import msgspec

from toolkit import definitions
from toolkit.fields import money
from toolkit.fields.calendar_words import fold, plain_digits
from toolkit.fields.currency import PATTERN, mark
from toolkit.model import Box
from toolkit.readers.money.rows import Row

Role = Literal["date", "debit", "credit", "amount", "balance"]
#: A number further from its head than half the way to the next head is in no column; at least, and at most, so far.
_NEAR, _FAR = 0.06, 0.12


class _Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: tuple[str, ...]
    debit: tuple[str, ...]
    credit: tuple[str, ...]
    amount: tuple[str, ...]
    balance: tuple[str, ...]


class _Balances(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    opening: tuple[str, ...]
    closing: tuple[str, ...]
    any: tuple[str, ...]
    other: tuple[str, ...]


class _Totals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: tuple[str, ...]


class _Sections(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    debit: tuple[str, ...]
    credit: tuple[str, ...]
    balances: tuple[str, ...]


class _Marks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    debit: tuple[str, ...]
    credit: tuple[str, ...]
    before_debit: tuple[str, ...]
    before_credit: tuple[str, ...]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `words.toml`."""

    columns: _Columns
    balances: _Balances
    totals: _Totals
    sections: _Sections
    marks: _Marks


@cache
def words() -> Words:
    """Return the words of all banks; raises DefinitionError for a mistake in them."""
    return definitions.load(Path(__file__).with_name("words.toml"), Words)


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount at `start`..`end` of a row: its size, the sign printed with it (0 for none), its currency."""

    size: Decimal
    sign: int
    currency: str | None
    row: Row
    start: int
    end: int
    box: Box

    def __repr__(self) -> str:
        return f"<Figure {self.row!r} {self.start}..{self.end} {self.sign:+d}>"


_NUMBER = (
    r"(?:\d{1,3}(?:[ ]\d{3})+[.,]\d\d|\d{1,3}(?:[.,'’]\d{2,3})*[.,'’]\d{3}[.,]\d\d|\d+[.,]\d\d"
    r"|\d{1,3}(?:[.,'’]\d{3})+)"
)
_WHOLE = r"(?:\d{1,3}(?:[.,'’ ]\d{3})+|\d+)"


@cache
def _figure(whole: bool) -> re.Pattern[str]:
    """The expression for an amount; *whole* where the statement prints none with decimals."""
    behind = "|".join(sorted((*words().marks.debit, *words().marks.credit), key=len, reverse=True))
    number = _WHOLE if whole else _NUMBER
    return re.compile(
        rf"(?<![\w.,/:'-])(?P<open>\(\s?)?(?P<minus>[-−–+]\s?)?(?:(?P<before>{PATTERN})\s?)?(?P<sign>[-−–+]\s?)?"
        rf"(?P<number>{number})(?![%\d]|[.,/:]\d|\s?%)(?:\s?(?P<after>{PATTERN})(?![^\W\d_]))?"
        rf"(?:\s?(?P<trailing>[-−–+])(?![\w.,])|\s{{0,3}}(?P<mark>(?i:{behind}))\.?(?![\w]))?(?P<close>\s?\))?(?![^\W\d_])"
    )


def whole(rows: Sequence[Row]) -> bool:
    """Whether the statement prints its amounts without decimals, as those in yen or won are."""
    decimals = thousands = 0
    for row in rows:
        for match in _figure(False).finditer(plain_digits(row.text)):
            short = match["number"][-3:-2] in (".", ",")
            decimals, thousands = decimals + short, thousands + (not short)
    return thousands > 2 * decimals


def figures(row: Row, start: int, decimal: str | None, as_whole: bool) -> tuple[Figure, ...]:
    """Return the amounts of *row* from *start* on, left to right; *decimal* is the mark that the statement uses."""
    text = plain_digits(row.text)
    found = []
    for match in _figure(as_whole).finditer(text, start):
        read = money.amount(match["number"].replace(" ", ""), decimal)
        if read is None or read.value is None:
            continue
        unit = mark(match["before"] or match["after"] or "")
        currency = unit.currencies[0] if unit is not None and unit.settles else None
        begin, end = match.span("number")
        found.append(Figure(read.value, _sign(match), currency, row, begin, end, span_box(row, begin, end)))
    return tuple(found)


def _sign(match: re.Match[str]) -> int:
    printed = (match["minus"] or match["sign"] or match["trailing"] or "").strip()
    if printed:
        return 1 if printed == "+" else -1
    if match["open"] and match["close"]:
        return -1
    behind = (match["mark"] or "").lower()
    if behind:
        return -1 if behind in words().marks.debit else 1
    before = _LAST_WORD.search(match.string[max(0, match.start() - _LONGEST_MARK) : match.start()])
    named = before[1].lower() if before else ""
    return -1 if named in words().marks.before_debit else int(named in words().marks.before_credit)


_LAST_WORD = re.compile(r"(?<!\S)([A-Za-z]+)\s*\Z")
_LONGEST_MARK = 16


def span_box(row: Row, start: int, end: int) -> Box:
    """Return the box of `start`..`end`: the part of a word's box where engines give several words as one."""
    boxes = []
    for word, (first, last) in zip(row.words, row.spans, strict=True):
        if first < end and start < last:
            length = max(1, last - first)
            left = word.box.left + word.box.width * max(0, start - first) / length
            right = word.box.left + word.box.width * min(length, end - first) / length
            boxes.append(Box(left, word.box.top, max(left, right), word.box.bottom))
    return Box.around(boxes) if boxes else row.box


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds, and the left and right edge of the word that heads it."""

    role: Role
    left: float
    right: float

    def away(self, box: Box) -> float:
        """How far *box* stands from the column: at its left, its right or its middle, whichever is nearest."""
        middle = abs((self.left + self.right) / 2 - (box.left + box.right) / 2)
        return min(abs(self.left - box.left), abs(self.right - box.right), middle)


def heads(row: Row, below: Row | None = None) -> tuple[Column, ...]:
    """Return the columns that *row* heads, left to right; empty where it is no row of heads.

    A row of heads names two columns of money or one beside the date, has each of the others once, and no amounts. A
    head can go on in the row *below* it: "Paid" over "out".
    """
    found: list[Column] = []
    spans = list(_headed(row.folded))
    for start, end, role in spans:
        box = span_box(row, start, end)
        found.append(Column(role, box.left, box.right))
    if found and below is not None:
        found += _wrapped(row, below, spans)
    found.sort(key=lambda column: column.left)
    roles = [str(column.role) for column in found]
    of_money = {"debit", "credit", "amount", "balance"} & set(roles)
    enough = len(of_money) >= 2 or (len(of_money) == 1 and "date" in roles)
    once = all(roles.count(role) == 1 for role in of_money)
    return tuple(column for column in found if column.role != "date") if enough and once else ()


def _wrapped(row: Row, below: Row, spans: Sequence[tuple[int, int, Role]]) -> Iterator[Column]:
    """The columns whose heads take two rows."""
    _, roles = _head_words()
    for word, (first, last) in zip(row.words, row.spans, strict=True):
        if any(start < last and first < end for start, end, _ in spans):
            continue
        for under in below.words:
            if under.box.left < word.box.right and word.box.left < under.box.right:
                role = roles.get(f"{fold(word.text)} {fold(under.text)}")
                if role is not None:
                    yield Column(role, min(word.box.left, under.box.left), max(word.box.right, under.box.right))


@cache
def _head_words() -> tuple[re.Pattern[str], Mapping[str, Role]]:
    roles: dict[str, Role] = {}
    columns = words().columns
    for role in ("date", "debit", "credit", "amount", "balance"):
        for word in getattr(columns, role):
            roles.setdefault(word, role)
    listed = "|".join(re.escape(word) for word in sorted(roles, key=len, reverse=True))
    # One space is a space within a head, two part columns: `money out` is one head, `in  balance` are two.
    return re.compile(rf"(?<![^\W_])(?:{listed})(?![^\W_])"), roles


def _headed(folded: str) -> Iterator[tuple[int, int, Role]]:
    pattern, roles = _head_words()
    for match in pattern.finditer(folded):
        yield match.start(), match.end(), roles[match[0]]


def column_of(figure: Figure, columns: Sequence[Column]) -> Column | None:
    """Return the column that *figure* stands in, None where it stands in none."""
    nearest = min(columns, key=lambda column: column.away(figure.box), default=None)
    if nearest is None:
        return None
    rights = sorted(column.right for column in columns)
    pitch = min((later - earlier for earlier, later in pairwise(rights)), default=2 * _FAR)
    return nearest if nearest.away(figure.box) <= min(_FAR, max(_NEAR, pitch / 2)) else None
