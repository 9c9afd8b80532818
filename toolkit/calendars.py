"""Working days by country: weekends and public holidays from the `holidays` library, which works offline.

Holidays that a whole country keeps are certain; those of some of its regions, where the region is not known, and those
that hang on the sight of the moon are possible. So a term of working days has two ends, and whoever has to act is told
the earlier one: a term that runs on from a day is over soonest when a doubtful holiday is a working day, and one that
is counted back begins soonest when it is none. Working days of an employer (8 CFR 274a.2) are its own business: where
it is open on a holiday, that day counts for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from toolkit.errors import MissingToolError

if TYPE_CHECKING:
    from holidays import HolidayBase

#: The detail that says whose holidays count: ISO 3166-2, `DE-BY`, or a region of the route's country, `BY`.
REGION = "holiday_region"
_ENGLISH = "en_US"
_SATURDAY = 5
_ESTIMATED = re.compile(r"\(.*\bestimated\b.*\)")
#: No law counts more working days; a slip of the pen is not counted into the next century.
_LONGEST_TERM = 1000


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """Where a term of working days ends: the day to be safe by, and the other one where holidays are doubtful."""

    safe: date
    other: date

    @property
    def certain(self) -> bool:
        """Whether both ends are one day."""
        return self.safe == self.other


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of *country* (ISO 3166-1 alpha-2); *region*: ISO 3166-2 without the country."""

    country: str
    region: str = ""

    def __str__(self) -> str:
        return f"{self.country}-{self.region}" if self.region else self.country

    @property
    def known(self) -> bool:
        """Whether the holidays of the country, and of the region where one is named, are known."""
        return bool(_regions(self.country)) and self.region in _regions(self.country)

    def works(self, day: date) -> bool | None:
        """Return whether *day* is a working day; None where that hangs on the region, or on a moon not seen yet."""
        certain, possible = _free(self.country, self.region, day.year)
        if day in certain:
            return False
        return None if day in possible else True

    def after(self, day: date, number: int) -> WorkingDay:
        """Return the *number*-th working day after *day*, which itself does not count (Monday and three: Thursday)."""
        return WorkingDay(self._counted(day, number, 1, True), self._counted(day, number, 1, False))

    def before(self, day: date, number: int) -> WorkingDay:
        """Return the *number*-th working day before *day*, which itself does not count."""
        return WorkingDay(self._counted(day, number, -1, False), self._counted(day, number, -1, True))

    def last_by(self, day: date) -> date:
        """Return *day*, or the last working day before it: nobody reads the post on any other.

        A doubtful holiday is no working day here, since earlier is safe. Where no holidays are known, only weekends
        are left out.
        """
        known = self.known
        while (self.works(day) is not True) if known else day.weekday() >= _SATURDAY:
            day -= timedelta(days=1)
        return day

    def _counted(self, day: date, number: int, step: int, doubtful: bool) -> date:
        """Count *number* working days from *day*; with *doubtful*, a doubtful holiday is one."""
        if number > _LONGEST_TERM:
            raise ValueError("no term of working days is that long")
        while number:
            day += timedelta(days=step)
            works = self.works(day)
            number -= works or (works is None and doubtful)
        return day


def calendar_of(route: str, details: Mapping[str, str]) -> Calendar:
    """Return the working days of *route*'s country, or of the country and region that *details* state."""
    code = route.partition("/")[0].upper()
    stated = details.get(REGION, "").strip().upper()
    country, hyphen, region = stated.partition("-")
    return Calendar(country, region) if hyphen else Calendar(code, stated)


@lru_cache(maxsize=4096)
def _free(country: str, region: str, year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Return the days of *year* that are surely no working days, and those that possibly are none, weekends in both."""
    whole = _holidays(country, region, year)
    kept = [_holidays(country, each, year) for each in ({region} if region else _regions(country))]
    surely = {day for day, name in whole.items() if not _estimated(name) and all(day in each for each in kept)}
    possibly = {day for each in kept for day in each}
    weekend = {day for day in _days_of(year) if whole.is_weekend(day)}
    # Countries make up for long holidays by work on a weekend.
    worked = set(whole.weekend_workdays)
    return frozenset((surely | weekend) - worked), frozenset((possibly | weekend) - worked)


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range((date(year, 12, 31) - first).days + 1)]


def _estimated(names: str) -> bool:
    """Return whether every holiday of a day is one that the sight of the moon has yet to fix."""
    return all(_ESTIMATED.search(name) for name in names.split(";"))


@lru_cache(maxsize=512)
def _regions(country: str) -> frozenset[str]:
    """Return the regions of a country whose holidays are known, and an empty text for all of it; empty: not known."""
    try:
        import holidays
    except ImportError as absent:
        raise _missing() from absent
    known = holidays.list_supported_countries(include_aliases=False)
    return frozenset({"", *known[country]}) if country in known else frozenset()


def _holidays(country: str, region: str, year: int) -> HolidayBase:
    try:
        import holidays
    except ImportError as absent:
        raise _missing() from absent
    return holidays.country_holidays(country, subdiv=region or None, years=year, expand=False, language=_ENGLISH)


def _missing() -> MissingToolError:
    return MissingToolError("Working days need the package holidays.", remedy="Install it: pip install holidays")
