"""Tests that count days for tax: how many days of a year, or of twelve months, make somebody taxable, as data.

`toolkit/day_counts.toml` has them by ISO 3166-1 alpha-3 code, and `treaty` for the OECD Model's. A test says when it is
reached and decides nothing else: homes, ties and treaties are for a tax adviser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from toolkit.checklist import LegalSource
from toolkit.day_counts import TWELVE_MONTHS, Presence, Span, last_lawful_day, over
from toolkit.definitions import load
from toolkit.errors import DefinitionError

_FILE = Path(__file__).resolve().parent / "day_counts.toml"
_Days = Annotated[int, msgspec.Meta(ge=0, le=366)]
#: No weighted test looks further ahead before it is reached by somebody who stays.
_YEARS_AHEAD = 3
TREATY = "treaty"


class Alternative(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fewer *days* are enough where the *previous_years* had *previous_days*, and with these make *together*."""

    days: _Days
    previous_years: _Days
    previous_days: int
    together: int = 0


class TaxTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One test: reached with *days* of the period.

    `begins` is the month and day a tax year begins with. With `divisors`, a day of the year before counts one first
    divisor of a day, one of the year before that one second, and *least* days of the year itself are needed.
    """

    label: str
    days: _Days
    source: LegalSource
    checked: date
    period: Literal["year", "twelve_months"] = "year"
    begins: str = "01-01"
    counted: Literal["days", "midnights"] = "days"
    divisors: tuple[int, ...] = ()
    least: _Days = 0
    alternative: Alternative | None = None
    note: str = ""

    def year(self, day: date) -> Span:
        """Return the tax year that *day* lies in."""
        month, first = (int(part) for part in self.begins.split("-"))
        begin = date(day.year, month, first)
        if day < begin:
            begin = date(day.year - 1, month, first)
        return begin, date(begin.year + 1, month, first) - timedelta(days=1)

    def needed(self, previous: Sequence[int]) -> int:
        """Return how many days of a year reach the test, where the years before had *previous* ones, latest first."""
        if self.divisors:
            # In parts of a day, so that thirds and sixths add up exactly.
            parts = _product(self.divisors)
            before = sum(days * parts // divisor for days, divisor in zip(previous, self.divisors, strict=False))
            return max(self.least, -((before - self.days * parts) // parts))
        other = self.alternative
        if other is not None:
            had = sum(previous[: other.previous_years])
            if had >= other.previous_days:
                return min(self.days, max(other.days, other.together - had))
        return self.days


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Countries whose days are counted together, each with the day since which they are."""

    since: Mapping[str, date]
    source: LegalSource
    checked: date


class DayCountsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `toolkit/day_counts.toml`."""

    areas: Mapping[str, Area]
    tax: Mapping[str, TaxTest]


@cache
def day_counts() -> DayCountsFile:
    """Return the areas and tests that ship. Raises DefinitionError "file: place: what"."""
    return load(_FILE, DayCountsFile)


def reached(test: TaxTest, present: Presence, staying_from: date) -> date:
    """Return the day on which *test* is reached by somebody who is there every day from *staying_from* on.

    Days before are as *present* has them; where the tax year of *staying_from*, or the twelve months to that day, had
    reached it before, the answer is the first day of stay on which they had.
    """
    if test.period == "twelve_months":
        since = TWELVE_MONTHS.first(staying_from)
        before = next((first for first, last in over(present, test.days - 1, TWELVE_MONTHS) if last >= since), None)
        if before is not None and before < staying_from:
            return before
        last = last_lawful_day(present, staying_from, test.days - 1, TWELVE_MONTHS)
        return staying_from if last is None else last + timedelta(days=1)
    staying = present.joined((staying_from, date(staying_from.year + _YEARS_AHEAD + 1, 12, 31)))
    first, last_day = test.year(staying_from)
    for _ in range(_YEARS_AHEAD):
        wanted = test.needed(_previous(test, staying, first))
        if staying.count(first, last_day) >= wanted:
            return _day_number(staying, first, last_day, max(1, wanted))
        first, last_day = test.year(last_day + timedelta(days=1))
    # A whole year of presence reaches every test, so that this is a definition that asks for more days than a year has.
    raise DefinitionError(f"{_FILE}: tax: {test.label}: more days than a year has")


def _previous(test: TaxTest, present: Presence, first: date) -> list[int]:
    counts = []
    years = max(len(test.divisors), test.alternative.previous_years if test.alternative is not None else 0)
    for _ in range(years):
        first, last = test.year(first - timedelta(days=1))
        counts.append(present.count(first, last))
    return counts


def _day_number(present: Presence, first: date, last: date, number: int) -> date:
    """Return the day on which *number* days since *first* were spent; *last* is such a day or later."""
    low, high = first.toordinal(), last.toordinal()
    while low < high:
        middle = (low + high) // 2
        if present.count(first, date.fromordinal(middle)) >= number:
            high = middle
        else:
            low = middle + 1
    return date.fromordinal(low)


def _product(numbers: Sequence[int]) -> int:
    made = 1
    for number in numbers:
        made *= number
    return made
