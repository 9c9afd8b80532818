"""Days of presence counted as laws count them: 90 in any 180, 183 in twelve months or a tax year, weighted days.

Pure arithmetic over stays whose first and last day are both counted; knows no country, no paper and no clock. A stay is
a pair of dates; overlapping and touching stays count each day once. Months are months (`fields.terms`). Every question
costs the logarithm of the number of stays, whatever their length.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import TypeAlias

from toolkit.fields.terms import months_later

#: First and last day of a stay, both counted.
Span: TypeAlias = tuple[date, date]

#: Regulation (EU) 2016/399 art. 6(1): at most 90 days in any 180-day period.
SCHENGEN_DAYS = 90
WORK_WHILE_PENDING_DAYS = 240
_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()
_SHORTEST_MONTH = 28
#: Python reads weeks and days without hyphens as well, which nobody means here.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Years outside are slips of the pen, and would carry a term out of the calendar.
_YEARS = (1900, 2999)
#: How much a count of a window of months can fall from one day of stay to the next: 29 January to 1 February leave it
#: at once on 1 March.
_FALL = 3


@dataclass(frozen=True, slots=True)
class Window:
    """A period that moves with the day looked at: so many days, or so many months, and that day is its last.

    A window of months begins on the day after the one with the same number (German BGB s.188(2), (3)): the twelve
    months to 28 February 2027 begin on 1 March 2026, those to 28 February 2025 on 29 February 2024.
    """

    days: int = 0
    months: int = 0

    def first(self, last: date) -> date:
        """Return the first day of the window that ends on *last*; the calendar's first at the least."""
        if self.days:
            return date.fromordinal(max(_FIRST, last.toordinal() - self.days + 1))
        if (last.year - 1) * 12 + last.month - 1 < self.months:
            return date.min
        return months_later(last, -self.months) + timedelta(days=1)


SCHENGEN = Window(days=180)
TWELVE_MONTHS = Window(months=12)


def day_of(text: str) -> date | None:
    """Return the day *text* writes as ISO 8601 does; None for anything else, and for a year no case lies in."""
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day is not None and _YEARS[0] <= day.year <= _YEARS[1] else None


class Presence:
    """The days somebody was present, each counted once; stays come in any order. Raises ValueError: one ends early."""

    __slots__ = ("_before", "_firsts", "_lasts")

    def __init__(self, stays: Iterable[Span]) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in sorted((a.toordinal(), b.toordinal()) for a, b in stays):
            if last < first:
                raise ValueError("a stay ends before it begins")
            if self._lasts and first <= self._lasts[-1] + 1:
                self._lasts[-1] = max(self._lasts[-1], last)
            else:
                self._firsts.append(first)
                self._lasts.append(last)
        self._before = [0]
        for first, last in zip(self._firsts, self._lasts, strict=True):
            self._before.append(self._before[-1] + last - first + 1)

    def __repr__(self) -> str:
        return f"<Presence {len(self._firsts)} stays>"

    def __contains__(self, day: date) -> bool:
        return bool(self.count(day, day))

    @property
    def stays(self) -> tuple[Span, ...]:
        """Return the stays without a gap between them, in order."""
        pairs = zip(self._firsts, self._lasts, strict=True)
        return tuple((date.fromordinal(first), date.fromordinal(last)) for first, last in pairs)

    def count(self, first: date, last: date) -> int:
        """Return how many days from *first* to *last*, both counted, were spent."""
        return max(0, self._until(last.toordinal()) - self._until(first.toordinal() - 1))

    def within(self, last: date, window: Window) -> int:
        """Return how many days of the *window* that ends on *last* were spent."""
        return self.count(window.first(last), last)

    def joined(self, stay: Span) -> Presence:
        """Return the days of this presence and of one *stay* more."""
        return Presence((*self.stays, stay))

    def _until(self, ordinal: int) -> int:
        # The stays that begin by then count whole, but for what of the last of them lies later.
        number = bisect_right(self._firsts, ordinal)
        return self._before[number] - max(0, self._lasts[number - 1] - ordinal if number else 0)


def work_while_pending_until(stay_ends: date) -> date:
    """Return the last day of work under a timely extension that is pending with the same employer.

    8 CFR 274a.12(b)(20): "for a period not to exceed 240 days beginning on the date of the expiration of the authorized
    period of stay", so that the day the stay expires is the first of them; earlier where the petition is decided.
    """
    return stay_ends + timedelta(days=WORK_WHILE_PENDING_DAYS - 1)


def left(present: Presence, day: date, limit: int = SCHENGEN_DAYS, window: Window = SCHENGEN) -> int:
    """Return how many days of *limit* are left on *day*; negative where more were spent than are lawful.

    *day* itself is used up where it is a day of stay, and still to be had where it is not.
    """
    return limit - present.within(day, window)


def over(present: Presence, limit: int = SCHENGEN_DAYS, window: Window = SCHENGEN) -> Iterator[Span]:
    """Yield the runs of days of stay on which more than *limit* days of the window were spent, in order.

    Within one stay a day adds one and, with a window of days, at most one leaves: what is over is the stay's end.
    With a window of months up to four leave at once, where a shorter month follows. Days in between are leapt over.
    """
    for first, last in present.stays:
        yield from _over_in(present, first, last, limit, window)


def _over_in(present: Presence, first: date, last: date, limit: int, window: Window) -> Iterator[Span]:
    run: date | None = None
    ordinal = first.toordinal()
    while ordinal <= last.toordinal():
        day = date.fromordinal(ordinal)
        above = present.within(day, window) - limit
        if above <= 0:
            if run is not None:
                yield run, day - timedelta(days=1)
                run = None
            ordinal += 1 - above
            continue
        run = run or day
        if window.days or (limit < _SHORTEST_MONTH * window.months and window.first(day) >= first):
            break  # a count of days never falls, and where a whole window was spent every later one is
        ordinal += -(-above // _FALL)
    if run is not None:
        yield run, last


def last_lawful_day(
    present: Presence, entry: date, limit: int = SCHENGEN_DAYS, window: Window = SCHENGEN
) -> date | None:
    """Return the last day to which a stay that begins on *entry* and has no gap may last; None: not even that day.

    Stays that are known already count with it. Where *limit* is never passed, the calendar's last day is returned.
    """
    reach = date.fromordinal(min(_LAST, entry.toordinal() + limit))
    first, _ = next(_over_in(present.joined((entry, reach)), entry, reach, limit, window), (None, None))
    if first is None:
        return date.max
    return None if first == entry else first - timedelta(days=1)


def first_possible_entry(
    present: Presence, earliest: date, days: int, limit: int = SCHENGEN_DAYS, window: Window = SCHENGEN
) -> date:
    """Return the first day from *earliest* on that a stay of *days* (at least 1, at most *limit*) may begin.

    Raises ValueError for a stay that can never be lawful.
    """
    if not 1 <= days <= limit:
        raise ValueError("no stay of that length is lawful")
    day = earliest
    while (end := last_lawful_day(present, day, limit, window)) is None or (end - day).days + 1 < days:
        day += timedelta(days=1)
    return day


def most_in_twelve_months(present: Presence, first: date, last: date) -> tuple[int, Span]:
    """Return the most days spent in any twelve months that begin or end from *first* to *last*, and those months.

    OECD Model art. 15(2)(a): "in any twelve month period commencing or ending in the fiscal year concerned", which is
    *first* to *last*. Of equals the earliest.
    """
    windows, begin, places = _twelve_months(first, last)
    spent = bytearray(places[-1][1])
    for came, left_ in present.stays:
        low, high = max(0, came.toordinal() - begin), min(len(spent), left_.toordinal() - begin + 1)
        if low < high:
            spent[low:high] = b"\1" * (high - low)
    sums = list(accumulate(spent, initial=0))
    counts = [sums[end] - sums[start] for start, end in places]
    most = max(counts)
    return most, windows[counts.index(most)]


@lru_cache(maxsize=256)
def _twelve_months(first: date, last: date) -> tuple[tuple[Span, ...], int, tuple[tuple[int, int], ...]]:
    """Return every twelve months that begin or end in the fiscal year, earliest first.

    With them the first day's ordinal, and each window as first day and day after the last, counted from that day.
    """
    final = months_later(last, 12) if last.year < date.max.year else date.max
    spans = ((TWELVE_MONTHS.first(end), end) for end in _days(first, final))
    windows = tuple(span for span in spans if first <= span[0] <= last or first <= span[1] <= last)
    begin = windows[0][0].toordinal()
    return windows, begin, tuple((a.toordinal() - begin, b.toordinal() - begin + 1) for a, b in windows)


def _days(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)
