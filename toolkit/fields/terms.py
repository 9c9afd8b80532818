"""Terms of law: adding months, years, weeks and days to a date as statutes count them.

A month is a month and never thirty days: a term of months ends on the day with the same number, and where that month
has no such day, on its last one (German BGB s.188(2), (3); the corresponding-date rule, Dodds v Walker [1981] UKHL 3).
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time as the law states it; months and days are counted apart, months first."""

    months: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        """Return the day on which the term that runs from *day* ends."""
        return months_later(day, self.months) + timedelta(days=self.days)

    def before(self, day: date) -> date:
        """Return the first day of the term that ends on *day*."""
        return months_later(day, -self.months) - timedelta(days=self.days)

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        weeks, days = divmod(self.days, 7) if self.days % 7 == 0 else (0, self.days)
        parts = [
            f"{count} {unit}{'' if count == 1 else 's'}"
            for count, unit in ((years, "year"), (months, "month"), (weeks, "week"), (days, "day"))
            if count
        ]
        return " and ".join(parts) or "0 days"


def months_later(day: date, months: int) -> date:
    """Return the day with the same number *months* later (earlier when negative), clipped to the end of the month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def full_months(first: date, last: date) -> int:
    """Return how many whole months lie between *first* and *last*; negative when *last* is earlier."""
    if last < first:
        return -full_months(last, first)
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if months_later(first, months) <= last else months - 1
