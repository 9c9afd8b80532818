"""What a statement's rows say: entries with their day and amounts, balances before and after them.

Rows that only describe (who was paid, a reference, an amount in another currency) are left out: they have no day of
their own and no number in a column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from toolkit.fields import dates
from toolkit.readers.money.rows import Row
from toolkit.readers.statement.columns import Column, Figure, column_of, figures, heads, words
from toolkit.readers.statement.days import PrintedDay, leading

Which = Literal["opening", "closing", "any"]


@dataclass(frozen=True, slots=True)
class Posted:
    """One entry as printed: its day, the amount that moved (with the sign its column or mark gives it), the balance."""

    day: PrintedDay | None
    moved: Figure
    sign: int
    balance: Figure | None
    #: Whether it stands under a heading for its direction: then entries are not in the order in which they were made.
    sectioned: bool = False

    def __repr__(self) -> str:
        return f"<Posted {self.moved!r} {self.balance is not None}>"


@dataclass(frozen=True, slots=True)
class Stated:
    """A balance that a row of its own states; `entries` is how many entries stand above it, `day` the day it names."""

    which: Which
    figure: Figure
    entries: int
    day: str | None

    def __repr__(self) -> str:
        return f"<Stated {self.which} {self.entries}>"


@dataclass(slots=True)
class _Reading:
    """What is known while the rows are read, top to bottom."""

    columns: tuple[Column, ...] = ()
    day: PrintedDay | None = None
    #: The direction that the last heading names, 0 for none; and whether it heads a list of balances by day.
    section: int = 0
    listing: bool = False
    posted: list[Posted] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Statement:
    """The entries of a statement in the order of print, and the balances stated beside them."""

    posted: tuple[Posted, ...]
    stated: tuple[Stated, ...]

    def balance(self, which: Which) -> Stated | None:
        """Return the opening or the closing balance: by its own words, else by whether it stands before the entries."""
        if which == "opening":
            named = [each for each in self.stated if each.which == "opening"]
            placed = [each for each in self.stated if each.which == "any" and each.entries == 0 < len(self.posted)]
            return next(iter([*named, *placed]), None)
        named = [each for each in self.stated if each.which == "closing"]
        placed = [each for each in self.stated if each.which == "any" and each.entries == len(self.posted)]
        return next(reversed([*placed, *named]), None)


def statement(rows: Sequence[Row], decimal: str | None, as_whole: bool) -> Statement:
    """Read *rows* top to bottom; heads of columns hold until the next ones, a day until the next one."""
    state = _Reading()
    for row, below in zip(rows, [*rows[1:], None], strict=True):
        columns = heads(row, below)
        if columns and not figures(row, 0, decimal, False):
            state.columns = columns
        elif not _headed(row, state):
            _take(row, state, decimal, as_whole)
    return Statement(tuple(state.posted), tuple(state.stated))


def _headed(row: Row, state: _Reading) -> bool:
    """Take note of a heading for entries of one direction, or for a list of balances; whether *row* is one."""
    if len(row.text) > _LONGEST_HEADING or any(letter.isdigit() for letter in row.text):
        return state.listing
    for which, sign in (("balances", 0), ("debit", -1), ("credit", 1)):
        if _expression(which).match(row.folded):
            state.section, state.listing = sign, which == "balances"
            return True
    return False


def _take(row: Row, state: _Reading, decimal: str | None, as_whole: bool) -> None:
    days, after = leading(row.folded)
    found = figures(row, after, decimal, as_whole)
    if state.columns:
        found = tuple(each for each in found if column_of(each, state.columns) is not None)
    if not found:
        if days and row.text[after:].strip():
            state.day = days[0]
        return
    which = _balance_words(row.folded)
    if which and _states_balance(which, bool(days), found, state):
        _state(row, which, found[-1], state)
    elif days or (state.columns and not _is_total(row.folded) and not _says_other(row.folded)):
        state.day = days[0] if days else state.day
        entry = _entry(state, found)
        if entry is not None:
            state.posted.append(entry)


def _states_balance(which: Which, dated: bool, found: Sequence[Figure], state: _Reading) -> bool:
    """Whether a row with the words of a balance states one: "Balance transfer" with a day and an amount is an entry."""
    if any(column.role == "balance" for column in state.columns):
        moved = [each for each in found if _column(each, state) != "balance" and each.size]
        return not moved or not dated
    return len(found) == 1 and (not dated or which != "any")


def _state(row: Row, which: Which, figure: Figure, state: _Reading) -> None:
    named = dates.find(row.text)
    day = next((reading.value for reading in named if reading.value is not None), None)
    state.stated.append(Stated(which, figure, len(state.posted), day))


def _column(figure: Figure, state: _Reading) -> str:
    column = column_of(figure, state.columns) if state.columns else None
    return column.role if column is not None else ""


def _entry(state: _Reading, found: Sequence[Figure]) -> Posted | None:
    """The amount that moved and the balance behind it, by their columns; without columns by their order."""
    if state.day is None:
        return None
    if not state.columns:
        balance = found[-1] if len(found) > 1 else None
        moved = found[-2] if len(found) > 1 else found[0]
        sectioned = bool(state.section) and balance is None
        return Posted(state.day, moved, moved.sign or sectioned * state.section, balance, sectioned)
    by_role: dict[str, Figure] = {}
    for figure in found:
        by_role[_column(figure, state)] = figure
    for role, sign in (("debit", -1), ("credit", 1)):
        if role in by_role and by_role[role].size:
            # A column of debits that prints its minus says the same twice; a credit with a minus is a reversal.
            reversed_ = role == "credit" and by_role[role].sign < 0
            return Posted(state.day, by_role[role], -1 if reversed_ else sign, by_role.get("balance"))
    amount = by_role.get("amount")
    if amount is None:
        return None
    sectioned = bool(state.section) and "balance" not in by_role
    return Posted(state.day, amount, amount.sign or sectioned * state.section, by_role.get("balance"), sectioned)


#: A heading is short, and has no figures.
_LONGEST_HEADING = 60


@cache
def _expression(which: str) -> re.Pattern[str]:
    table = words()
    listed = table.totals.words if which == "totals" else getattr(table.sections, which, ())
    listed = listed or getattr(table.balances, which)
    written = "|".join(re.escape(word) for word in sorted(listed, key=len, reverse=True))
    # Chinese and Japanese have no spaces between words.
    return re.compile(rf"(?<![a-z])(?:{written})(?![a-z])")


def _balance_words(folded: str) -> Which | None:
    for which in ("opening", "closing"):
        if _expression(which).search(folded):
            return "opening" if which == "opening" else "closing"
    return "any" if _expression("any").search(folded) and not _says_other(folded) else None


def _says_other(folded: str) -> bool:
    return _expression("other").search(folded) is not None


def _is_total(folded: str) -> bool:
    return _expression("totals").search(folded) is not None
