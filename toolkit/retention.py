"""How long the records of a case have to be kept: schedules as data, judged over what is stated of the case. Pure.

Nothing is erased here. What is due is listed, and a person orders the erasure; where a date is not stated, the answer
is unsure, and nothing is due. Planned dates of a case are no proof that something ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from toolkit.definitions import load
from toolkit.model import Case

_FILE = Path(__file__).with_name("retention_schedules.toml")


class Period(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """So many years from a day that is stated as a detail of the case, or from the end of the calendar year of it."""

    since: str
    years: int
    year_end: bool = False


class Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long one kind of records is kept: until the later (or the earlier) end of its periods.

    *countries* are the first parts of routes, *routes* are whole ones; neither means every case. *basis* and
    *confidence* say how the source was read, *unsure* what of it is not known.
    """

    title: str
    keeps: Literal["later", "earlier"]
    checked: date
    source: str
    url: str
    basis: str
    confidence: Literal["high", "medium", "low"]
    periods: tuple[Period, ...]
    countries: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    unsure: str = ""

    def covers(self, route: str) -> bool:
        """Whether the records of a case of that route are of this kind."""
        everywhere = not self.countries and not self.routes
        return everywhere or route in self.routes or route.split("/", 1)[0] in self.countries


class Keeping(StrEnum):
    """Whether the records of a case may go."""

    KEEP = "keep"
    DUE = "due"
    UNSURE = "unsure"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Kept:
    """What one schedule says of one case: until when (None: not known), what is not stated, and how it was read."""

    schedule: str
    title: str
    source: str
    checked: date
    until: date | None
    missing: tuple[str, ...]
    basis: str
    unsure: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands: due once every schedule has run out, unsure where a date that counts is not stated."""

    case: str
    reference: str
    keeping: Keeping
    until: date | None
    schedules: tuple[Kept, ...]


@cache
def schedules() -> Mapping[str, Schedule]:
    """Return the schedules that ship, by name. Raises DefinitionError "file: place: what"."""
    return load(_FILE, dict[str, Schedule])


def standing(case: Case, today: date, *, held: bool = False) -> Standing:
    """Judge how long the records of *case* are kept; a legal hold goes before everything."""
    kept = [_kept(name, each, case) for name, each in schedules().items() if each.covers(case.route)]
    ends = [each.until for each in kept if each.until is not None]
    until = max(ends) if len(ends) == len(kept) else None
    if held:
        keeping = Keeping.HELD
    elif until is None:
        # What is known to run on is kept, whatever else is not known.
        keeping = Keeping.KEEP if any(end > today for end in ends) else Keeping.UNSURE
    else:
        keeping = Keeping.KEEP if until > today else Keeping.DUE
    return Standing(case.id, case.reference, keeping, until, tuple(kept))


def _kept(name: str, schedule: Schedule, case: Case) -> Kept:
    days = {period.since: _stated(case, period.since) for period in schedule.periods}
    missing = tuple(since for since, day in days.items() if day is None)
    ends = [_end(day, period) for period in schedule.periods if (day := days[period.since]) is not None]
    until = None if missing else _chosen(schedule.keeps, ends)
    read = schedule.basis, schedule.unsure
    return Kept(name, schedule.title, schedule.source, schedule.checked, until, missing, *read)


def _chosen(keeps: str, ends: Sequence[date]) -> date:
    return max(ends) if keeps == "later" else min(ends)


def _stated(case: Case, name: str) -> date | None:
    try:
        return date.fromisoformat(case.details.get(name, ""))
    except ValueError:
        return None


def _end(day: date, period: Period) -> date:
    return _later(date(day.year, 12, 31) if period.year_end else day, period.years)


def _later(day: date, years: int) -> date:
    """Return the same day so many years on; 29 February ends on 1 March, so nothing goes a day too early."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def order(found: Iterable[Standing]) -> list[Standing]:
    """Return what is due first, then what is unsure, held, and kept, each by its day."""
    rank = {Keeping.DUE: 0, Keeping.UNSURE: 1, Keeping.HELD: 2, Keeping.KEEP: 3}
    return sorted(found, key=lambda each: (rank[each.keeping], each.until or date.max, each.reference))
