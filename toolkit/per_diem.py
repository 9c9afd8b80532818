"""Daily allowances: the trip they are for, and the tables of rates that hold on a day.

Each table has a year, a currency, its source and how that was known (`basis`: which public copies it was taken from and
what they were compared with, or a customer's file). What the packaged tables do not carry is left to a table of the
customer (`--per-diem FILE`); nothing is estimated. `per_diem_tables` reads them, `per_diem_places` finds the rate of a
place, `per_diem_days` counts the days.

A table is TOML:

    scheme = "us-gsa"
    from = 2025-10-01
    to = 2026-09-30
    currency = "USD"
    source = "GSA per diem rates, fiscal year 2026"

    [[rate]]
    country = "USA"
    place = "Boston"
    day = "92"
    breakfast = "23"

or CSV with the columns of both (scheme, from, to, currency, source, country, place, day, part, breakfast ...), or the
table that the US Department of State publishes for a month, saved as CSV (`per_diem_published`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from toolkit import per_diem_published, per_diem_tables
from toolkit.per_diem_tables import SCHEMES, DayRate, Method, Table

__all__ = [
    "FEDERAL",
    "MEALS",
    "SCHEMES",
    "DayRate",
    "Method",
    "Stop",
    "Table",
    "Trip",
    "newest_before",
    "packaged",
    "read",
    "table_for",
]

MEALS = ("breakfast", "lunch", "dinner")
#: Schemes of one regulation (41 CFR 301-11), each for its part of the world: one trip may go through all of them.
FEDERAL = ("us-gsa", "us-oconus", "us-dssr")
_TABLES = Path(__file__).resolve().parent / "tables" / "per_diem"


@dataclass(frozen=True, slots=True)
class Stop:
    """Where somebody is from the day `first` on; `since` where the stay there began before the trip.

    `rate` is what the table calls the rate that holds there, where that is not the place: standard, tier 74, high.
    `scheme` is whose rates hold there, where they are not those of the trip's scheme: one of `FEDERAL`.
    """

    first: date
    country: str
    place: str = ""
    since: date | None = None
    rate: str = ""
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class Trip:
    """A trip to pay an allowance for. `depart` and `back` are local; a date without a time: the time is not known.

    `meals` are those that were provided, by day. `night` says whether the traveller slept away from home (None: it is
    not said); it counts where a trip of less than 24 hours goes over midnight.
    """

    scheme: str
    depart: datetime | date
    back: datetime | date
    stops: tuple[Stop, ...]
    meals: Mapping[date, tuple[str, ...]] = field(default_factory=dict)
    purpose: str = field(default="", repr=False)
    night: bool | None = None

    @property
    def first(self) -> date:
        """The day of departure."""
        return self.depart.date() if isinstance(self.depart, datetime) else self.depart

    @property
    def last(self) -> date:
        """The day of return."""
        return self.back.date() if isinstance(self.back, datetime) else self.back

    def stop_on(self, day: date) -> Stop:
        """Return the last place that the person reaches on *day*."""
        return [each for each in self.stops if each.first <= day][-1]

    def stops_on(self, day: date) -> tuple[Stop, ...]:
        """Return every place the person is at on *day*, in their order."""
        before = [each for each in self.stops if each.first < day]
        return (*before[-1:], *(each for each in self.stops if each.first == day))

    def slept_before(self, day: date) -> Stop:
        """Return where the person was at the end of the day before *day*; on the first day, the place of that day."""
        return self.stop_on(max(day - timedelta(days=1), self.first))


def read(path: Path) -> tuple[Table, ...]:
    """Read a table of rates at *path*: see above. Raises DefinitionError "file: place: what" for what is wrong."""
    if path.suffix.lower() == ".csv" and per_diem_published.is_published(path):
        return (per_diem_published.read(path, _TABLES / "us-oconus-parts.csv"),)
    return per_diem_tables.read(path)


@cache
def packaged(scheme: str = "") -> tuple[Table, ...]:
    """Return the tables that travel with the toolkit; with a *scheme*, only its own are read."""
    if scheme and scheme not in SCHEMES:
        return ()
    found = (table for path in sorted(_TABLES.glob(f"{scheme}*.toml")) for table in read(path))
    return tuple(each for each in found if scheme in ("", each.scheme))


def table_for(scheme: str, day: date, own: Sequence[Table] = ()) -> tuple[Table, ...]:
    """Return the tables of *scheme* that hold on *day*, the customer's *own* before the packaged ones."""
    every = (*own, *packaged(scheme))
    return tuple(each for each in every if each.scheme == scheme and each.first <= day <= each.last)


def newest_before(scheme: str, day: date, own: Sequence[Table] = ()) -> Table | None:
    """Return the table of *scheme* that ended last before *day*, or None. Its rates are known not to hold on it."""
    past = [each for each in (*own, *packaged(scheme)) if each.scheme == scheme and each.last < day]
    return max(past, key=lambda each: each.last, default=None)
