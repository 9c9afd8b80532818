"""Daily allowances: the trip they are for, and the tables of rates (packaged, or a customer's own file).

Each table has a year, a currency, its source and how that was known (`basis`: seen, recalled, or a customer's file).
What the packaged tables do not carry is left to a table of the customer (`--per-diem FILE`); nothing is estimated.
`per_diem_days` counts the days.

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

or CSV with the columns of both (scheme, from, to, currency, source, country, place, day, part, breakfast ...).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from toolkit import definitions
from toolkit.errors import DefinitionError
from toolkit.fields import country as countries
from toolkit.fields import currency as currencies

MEALS = ("breakfast", "lunch", "dinner")
#: How days are counted: see `per_diem_days`.
Method = Literal["share-of-day", "german", "british-hours", "british-24-hours"]
#: The schemes known by name, with how their days are counted.
SCHEMES: Mapping[str, Method] = {
    "us-gsa": "share-of-day",
    "us-dssr": "share-of-day",
    "us-irs-high-low": "share-of-day",
    "de": "german",
    "gb-domestic": "british-hours",
    "gb-overseas": "british-24-hours",
}
_TABLES = Path(__file__).resolve().parent / "tables" / "per_diem"
_AMOUNTS = ("day", "part", *MEALS, "incidentals", "over_5h", "over_10h", "late", "late_supplement")


@dataclass(frozen=True, slots=True)
class Stop:
    """Where somebody is from the day `first` on; `since` where the stay there began before the trip.

    `rate` is what the table calls the rate that holds there, where that is not the place: standard, tier 74, high.
    """

    first: date
    country: str
    place: str = ""
    since: date | None = None
    rate: str = ""


@dataclass(frozen=True, slots=True)
class Trip:
    """A trip to pay an allowance for. `depart` and `back` are local; a date without a time: the time is not known.

    `meals` are those that were provided, by day.
    """

    scheme: str
    depart: datetime | date
    back: datetime | date
    stops: tuple[Stop, ...]
    meals: Mapping[date, tuple[str, ...]] = field(default_factory=dict)
    purpose: str = field(default="", repr=False)

    @property
    def first(self) -> date:
        """The day of departure."""
        return self.depart.date() if isinstance(self.depart, datetime) else self.depart

    @property
    def last(self) -> date:
        """The day of return."""
        return self.back.date() if isinstance(self.back, datetime) else self.back

    def stop_on(self, day: date) -> Stop:
        """Return where the person is at the end of *day*; on the day of return, where they came from."""
        return [each for each in self.stops if each.first <= day][-1]


@dataclass(frozen=True, slots=True)
class DayRate:
    """The amounts of one place in the currency of the table; None: the table does not say.

    `part` is what a day of arrival or departure (or of more than eight hours) gets, where that is an amount of its own.
    """

    country: str
    place: str = ""
    day: Decimal | None = None
    part: Decimal | None = None
    breakfast: Decimal | None = None
    lunch: Decimal | None = None
    dinner: Decimal | None = None
    incidentals: Decimal | None = None
    over_5h: Decimal | None = None
    over_10h: Decimal | None = None
    late: Decimal | None = None
    late_supplement: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The rates of one scheme for the days `first` to `last`. `share`: per cent paid on the first and last day."""

    scheme: str
    method: Method
    first: date
    last: date
    currency: str
    source: str
    basis: str
    rates: tuple[DayRate, ...]
    share: Decimal | None = None

    def rate(self, country: str, place: str) -> DayRate | None:
        """Return the rates of *place*, or those of its whole country where the table has them; else None."""
        own = [each for each in self.rates if each.country == country]
        named = [each for each in own if each.place and each.place.casefold() == place.strip().casefold()]
        return next(iter([*named, *(each for each in own if not each.place)]), None)


class _Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    country: str
    place: str = ""
    day: str = ""
    part: str = ""
    breakfast: str = ""
    lunch: str = ""
    dinner: str = ""
    incidentals: str = ""
    over_5h: str = ""
    over_10h: str = ""
    late: str = ""
    late_supplement: str = ""


class _TableFile(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"first": "from", "last": "to"}
):
    scheme: str
    first: date
    last: date
    currency: str
    source: str
    method: Method | None = None
    basis: str = "customer's table"
    share: str = ""
    rate: tuple[_Rate, ...]


@cache
def packaged() -> tuple[Table, ...]:
    """Return the tables that travel with the toolkit."""
    return tuple(table for path in sorted(_TABLES.glob("*.toml")) for table in read(path))


def read(path: Path) -> tuple[Table, ...]:
    """Read a table of rates: TOML, or CSV (by its suffix).

    Raises DefinitionError "file: place: what" for a wrong key or column, amount, day, country, currency, and for a
    scheme of one's own that does not say its method.
    """
    entries = _from_csv(path) if path.suffix.lower() == ".csv" else [definitions.load(path, _TableFile)]
    return tuple(_table(entry, str(path)) for entry in entries)


def _from_csv(path: Path) -> list[_TableFile]:
    """One table for every (scheme, from, to, currency, source ...) of the file."""
    try:
        reader = csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), strict=True)
        rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as mistake:
        raise DefinitionError(f"{path}: cannot be read as CSV in UTF-8: {type(mistake).__name__}") from mistake
    heads: dict[tuple[tuple[str, str], ...], list[dict[str, Any]]] = {}
    of_rate = set(_Rate.__struct_fields__)
    for number, row in enumerate(rows, 2):
        if None in row or None in row.values():
            raise DefinitionError(f"{path}: line {number}: it has more or fewer columns than the first line")
        head = tuple((name, value.strip()) for name, value in row.items() if name not in of_rate and value.strip())
        heads.setdefault(head, []).append({name: row[name].strip() for name in row if name in of_rate})
    try:
        return [msgspec.convert({**dict(head), "rate": own}, _TableFile, strict=False) for head, own in heads.items()]
    except msgspec.ValidationError as mistake:
        raise DefinitionError(f"{path}: {mistake}") from mistake


def _table(entry: _TableFile, where: str) -> Table:
    method = SCHEMES.get(entry.scheme) or entry.method
    if method is None:
        known = ", ".join(SCHEMES)
        raise DefinitionError(
            f"{where}: scheme: {entry.scheme[:40]!r} is none of {known}: for a scheme of your own give its method too"
        )
    if entry.last < entry.first:
        raise DefinitionError(f"{where}: to: it lies before from")
    if entry.currency not in currencies.CODES:
        raise DefinitionError(f"{where}: currency: {entry.currency[:10]!r} is no ISO 4217 code")
    if not entry.source.strip():
        raise DefinitionError(f"{where}: source: say where the rates are published")
    return Table(
        entry.scheme,
        method,
        entry.first,
        entry.last,
        entry.currency,
        entry.source,
        entry.basis,
        tuple(_rate(each, f"{where}: rate {n}") for n, each in enumerate(entry.rate, 1)),
        _amount(entry.share, f"{where}: share"),
    )


def _rate(entry: _Rate, where: str) -> DayRate:
    code = countries.iso3(countries.parse(entry.country))
    if not code:
        raise DefinitionError(f"{where}: country: {entry.country[:30]!r} is no country; write its code, as DEU")
    amounts = {name: _amount(getattr(entry, name), f"{where}: {name}") for name in _AMOUNTS}
    return DayRate(code, entry.place, **amounts)


def _amount(text: str, where: str) -> Decimal | None:
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= 1_000_000:
        raise DefinitionError(f'{where}: {text[:20]!r} is no amount; write it as "68" or "14.50"')
    return amount


def table_for(scheme: str, day: date, own: Sequence[Table] = ()) -> tuple[Table, ...]:
    """Return the tables of *scheme* that hold on *day*, the customer's *own* before the packaged ones."""
    every = (*own, *packaged())
    return tuple(each for each in every if each.scheme == scheme and each.first <= day <= each.last)
