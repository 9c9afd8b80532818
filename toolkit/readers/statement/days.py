"""The days at the head of a statement's rows: `12.03.`, `12 Mar`, `03/12`, with or without a year, in either order.

A day without a year gets the one that puts it at or before the end of the statement; without an end it gets none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeAlias

from toolkit.fields.calendar_words import MONTHS
from toolkit.fields.dates import Order

_NAME = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_END = r"(?![\w]|[.,]\d)"
_DAY = re.compile(
    rf"(?P<y1>(?:19|20)\d\d)(?:[-/.](?P<m1>\d\d?)[-/.](?P<d1>\d\d?)|年\s?(?P<m2>\d\d?)月\s?(?P<d2>\d\d?)日?){_END}"
    rf"|(?P<y2>20\d\d)(?P<m3>0[1-9]|1[0-2])(?P<d3>[0-3]\d){_END}"
    rf"|(?P<a>\d\d?)(?P<join>[-/.])(?P<b>\d\d?)(?:(?P=join)(?P<y3>(?:19|20)\d\d|\d\d)(?![\d]))?\.?{_END}"
    rf"|(?P<d4>\d\d?)(?:st|nd|rd|th|\.)?[ .-]{{0,2}}(?P<n1>{_NAME})(?![^\W\d_])\.?"
    rf"(?:[ ,.-]{{1,2}}(?P<y4>(?:19|20)\d\d){_END})?"
    rf"|(?P<n2>{_NAME})(?![^\W\d_])\.? {{0,2}}(?P<d5>\d\d?)(?![\d.]\d)(?:, ?|\s)?(?P<y5>(?:19|20)\d\d(?![.,]?\d))?"
)
_BETWEEN = re.compile(r"[\s|]{0,8}")
#: A row begins with the day of the entry, and at times with the day it counts from as well.
_MOST = 2
#: An entry may count from a day a little after the statement ends.
_LATE = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class PrintedDay:
    """A day as printed: `one` and `two` are day and month in this order or the other, unless `settled` (then in it)."""

    one: int
    two: int
    year: int | None
    settled: bool

    def taken(self, order: Order, year: int) -> date | None:
        """Return the day in *order* (of day and month) and *year*; None where there is no such day."""
        day, month = (self.one, self.two) if self.settled or order is not Order.MDY else (self.two, self.one)
        try:
            return date(year, month, day)
        except ValueError:
            return None


def leading(folded: str) -> tuple[tuple[PrintedDay, ...], int]:
    """Return the days that *folded* (lower case, no accents) begins with, and where they end."""
    found: list[PrintedDay] = []
    at = 0
    while len(found) < _MOST:
        gap = _BETWEEN.match(folded, at)
        match = _DAY.match(folded, gap.end() if gap else at)
        day = _printed(match) if match else None
        if match is None or day is None:
            break
        found.append(day)
        at = match.end()
    return tuple(found), at


def _printed(match: re.Match[str]) -> PrintedDay | None:
    parts = match.groupdict()
    if parts["a"]:
        year = parts["y3"]
        full = None if year is None else int(year) if len(year) == 4 else 2000 + int(year)
        one, two = int(parts["a"]), int(parts["b"])
        possible = 1 <= one <= 31 and 1 <= two <= 31 and min(one, two) <= 12
        return PrintedDay(one, two, full, False) if possible else None
    year = parts["y1"] or parts["y2"] or parts["y4"] or parts["y5"]
    name = parts["n1"] or parts["n2"]
    month = MONTHS[name] if name else int(parts["m1"] or parts["m2"] or parts["m3"])
    day = int(parts["d1"] or parts["d2"] or parts["d3"] or parts["d4"] or parts["d5"])
    return PrintedDay(day, month, int(year) if year else None, True) if 1 <= month <= 12 and 1 <= day <= 31 else None


Days: TypeAlias = "tuple[date | None, ...]"


def resolved(
    printed: Sequence[PrintedDay | None],
    order: Order | None,
    start: date | None,
    end: date | None,
    *,
    in_order: bool = True,
) -> Days:
    """Return each day as a date, None where the order of day and month or the year is not known.

    Of two orders the one stands under which all days exist, lie within *start* to *end* and (*in_order*) run in one
    direction; where both do, *order* decides, and without it nothing does.
    """
    if order is Order.YMD:
        order = None
    ways = {way: _taken(printed, way, end) for way in (Order.DMY, Order.MDY)}
    good = [way for way, days in ways.items() if _plausible(days, start, end, in_order)]
    if len(good) == 2 and ways[Order.DMY] == ways[Order.MDY]:
        return ways[Order.DMY]
    if order in good:
        return ways[order]
    if len(good) == 1 and (order is None or order not in good):
        return ways[good[0]]
    return tuple(None for _ in printed)


def _taken(printed: Sequence[PrintedDay | None], order: Order, end: date | None) -> Days:
    return tuple(None if day is None else _in_year(day, order, end) for day in printed)


def _in_year(day: PrintedDay, order: Order, end: date | None) -> date | None:
    if day.year is not None:
        return day.taken(order, day.year)
    if end is None:
        return None
    this = day.taken(order, end.year)
    return this if this is not None and this <= end + _LATE else day.taken(order, end.year - 1)


def _plausible(days: Days, start: date | None, end: date | None, in_order: bool) -> bool:
    known = [day for day in days if day is not None]
    if len(known) != len(days) or not known:
        return False
    inside = all((start is None or day >= start - _LATE) and (end is None or day <= end + _LATE) for day in known)
    steps = [later >= earlier for earlier, later in pairwise(known) if later != earlier]
    return inside and (not in_order or all(steps) or not any(steps))
