"""What receipts do not say, stated by a person: purpose, cost centre, trips, advances, payroll codes, tax rates.

A file in TOML (`mobility claim REFERENCE --stated FILE`), read strictly; every key is optional:

    purpose = "Start-up of the Columbus plant"      # of every line that states none of its own
    cost_centre = "4711"
    entity = "Nordlicht Inc."                       # the company that is charged
    entity_country = "DEU"                          # where it is established, for value added tax
    employee = "100234"                             # the payroll number
    home = "DEU"
    host = "USA"
    proof = ["us", "de"]                            # whose rules of proof the claim has to meet
    approver = "Dr. Henrike Vosskamp"

    travel_scheme = "us-gsa"                        # stays to pay an allowance for, one a line (toolkit/travel.py);
    travel = "FRA 2026-10-05 2026-10-09 stamps"     # with times, places and meals they are [[trip]]

    [[line]]                                        # one receipt; its id as `mobility duplicates` shows it
    document = "0a1b2c3d"
    place = "Columbus, Ohio"
    country = "USA"

    [[trip]]                                        # for the daily allowance: toolkit/per_diem.py
    scheme = "de"
    depart = 2026-10-05T07:30:00
    back = 2026-10-09T21:15:00
    stop = [{from = 2026-10-05, country = "FRA", place = "Paris"}]
    meals = {"2026-10-06" = ["breakfast", "lunch"]}

    [[advance]]
    date = 2026-10-01
    amount = "500.00"
    currency = "EUR"

    [payroll.codes]                                 # earning code by category; "*" for all others
    "*" = "3100"

    [[gross_up]]                                    # the rate is payroll's, never the toolkit's
    side = "host"
    rate = "37"
    source = "payroll, October 2026"

Amounts and rates stand in quotation marks. Knows no receipt and computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal

import msgspec

from toolkit import definitions
from toolkit.errors import DefinitionError
from toolkit.fields import country as countries
from toolkit.fields import currency as currencies
from toolkit.per_diem import FEDERAL, MEALS, Stop, Trip
from toolkit.travel import read_travel

Treatment = Literal["taxable", "exempt", ""]
Regime = Literal["us", "gb", "de"]


class LineEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[line]]`: what is stated of one receipt, by its id."""

    document: str
    category: str = ""
    country: str = ""
    place: str = ""
    purpose: str = ""
    cost_centre: str = ""
    entity: str = ""
    attendees: tuple[str, ...] = ()
    nights: int | None = None
    persons: int | None = None
    kilometres: str = ""
    home: Treatment = ""
    host: Treatment = ""
    gross_up: bool = False


class StopEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"first": "from"}, kw_only=True):
    """Where somebody is from a day on; `since`: the stay began before this trip; `rate`: as the table calls it.

    `scheme`: whose rates hold there, on a trip through several parts of the world (`per_diem.FEDERAL`).
    """

    first: date
    country: str
    place: str = ""
    rate: str = ""
    since: date | None = None
    scheme: str = ""


class TripEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[trip]]`. A day without a time says that the time is not known."""

    scheme: str
    depart: Any
    back: Any
    stop: tuple[StopEntry, ...]
    purpose: str = ""
    meals: Mapping[str, tuple[str, ...]] = {}
    night: bool | None = None


class AdvanceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[advance]]` paid before the claim."""

    date: date
    amount: str
    currency: str


class PayrollEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[payroll]`: earning codes by category, `*` for all others."""

    codes: Mapping[str, str] = {}


class GrossUpEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[gross_up]]`: rate in per cent. `inverse` grosses up the tax on the tax, `flat` does not."""

    side: Literal["home", "host"]
    rate: str
    source: str
    method: Literal["inverse", "flat"] = "inverse"


class StatedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file."""

    purpose: str = ""
    cost_centre: str = ""
    entity: str = ""
    entity_country: str = ""
    employee: str = ""
    home: str = ""
    host: str = ""
    approver: str = ""
    proof: tuple[Regime, ...] = ()
    travel: str = ""
    travel_scheme: str = ""
    line: tuple[LineEntry, ...] = ()
    trip: tuple[TripEntry, ...] = ()
    advance: tuple[AdvanceEntry, ...] = ()
    payroll: PayrollEntry = PayrollEntry()
    gross_up: tuple[GrossUpEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Advance:
    """Money paid before the claim."""

    date: date
    amount: Decimal = field(repr=False)
    currency: str


@dataclass(frozen=True, slots=True)
class GrossUpRate:
    """A rate in per cent that payroll has stated for one side, and where it is from."""

    side: str
    rate: Decimal
    source: str
    method: str = "inverse"


@dataclass(frozen=True, slots=True)
class LineStated:
    """What a person stated of one receipt; empty and None mean nothing was."""

    category: str = ""
    country: str = ""
    place: str = field(default="", repr=False)
    purpose: str = field(default="", repr=False)
    cost_centre: str = ""
    entity: str = ""
    attendees: tuple[str, ...] = field(default=(), repr=False)
    nights: int | None = None
    persons: int | None = None
    kilometres: Decimal | None = None
    home: str = ""
    host: str = ""
    gross_up: bool = False


@dataclass(frozen=True, slots=True)
class Stated:
    """All that a person stated of a claim. Countries are ISO 3166-1 alpha-3; empty text means that nobody said it."""

    purpose: str = field(default="", repr=False)
    cost_centre: str = ""
    entity: str = ""
    entity_country: str = ""
    employee: str = field(default="", repr=False)
    home: str = ""
    host: str = ""
    approver: str = field(default="", repr=False)
    proof: tuple[str, ...] = ()
    lines: Mapping[str, LineStated] = field(default_factory=dict)
    trips: tuple[Trip, ...] = ()
    advances: tuple[Advance, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    gross_up: tuple[GrossUpRate, ...] = ()


#: The details of a case that say the same as the head of the file, which goes before them.
_DETAILS = {
    "purpose": "claim.purpose",
    "cost_centre": "claim.cost_centre",
    "entity": "claim.entity",
    "entity_country": "claim.entity_country",
    "employee": "claim.employee",
    "home": "assignment.home_country",
    "host": "assignment.host_country",
    "approver": "claim.approver",
}


def stated(details: Mapping[str, str], path: Path | None = None) -> Stated:
    """Return what the *details* of a case and the file at *path* state; the file goes before the case.

    Raises DefinitionError "file: place: what" for a wrong key, amount, country, day or a receipt stated twice.
    """
    entry = definitions.load(path, StatedFile) if path else StatedFile()
    where = str(path) if path else "the details of the case"
    head = {name: getattr(entry, name) or details.get(detail, "").strip() for name, detail in _DETAILS.items()}
    for name in ("entity_country", "home", "host"):
        head[name] = _country(head[name], f"{where}: {name}")
    lines: dict[str, LineStated] = {}
    for number, each in enumerate(entry.line, 1):
        if each.document in lines:
            raise DefinitionError(f"{where}: line {number}: document {each.document} is stated twice")
        lines[each.document] = _line(each, f"{where}: line {number}")
    return Stated(
        **head,
        proof=entry.proof,
        lines=lines,
        trips=(
            *(_trip(each, f"{where}: trip {n}") for n, each in enumerate(entry.trip, 1)),
            *_travelled(entry.travel, entry.travel_scheme, where),
        ),
        advances=tuple(
            Advance(e.date, _amount(e.amount, f"{where}: advance {n}"), _currency(e.currency, f"{where}: advance {n}"))
            for n, e in enumerate(entry.advance, 1)
        ),
        codes=entry.payroll.codes,
        gross_up=tuple(_rate(each, f"{where}: gross_up {n}") for n, each in enumerate(entry.gross_up, 1)),
    )


def _line(entry: LineEntry, where: str) -> LineStated:
    for name in ("nights", "persons"):
        if (getattr(entry, name) or 1) < 1:
            raise DefinitionError(f"{where}: {name}: write a number of at least 1")
    return LineStated(
        entry.category,
        _country(entry.country, f"{where}: country"),
        entry.place,
        entry.purpose,
        entry.cost_centre,
        entry.entity,
        entry.attendees,
        entry.nights,
        entry.persons,
        _amount(entry.kilometres, f"{where}: kilometres") if entry.kilometres else None,
        entry.home,
        entry.host,
        entry.gross_up,
    )


def _trip(entry: TripEntry, where: str) -> Trip:
    for name in ("depart", "back"):
        if not isinstance(getattr(entry, name), date):
            raise DefinitionError(f"{where}: {name}: write it without quotation marks, as 2026-10-05T07:30:00")
    first, last = _day(entry.depart), _day(entry.back)
    if last < first or (isinstance(entry.depart, datetime) != isinstance(entry.back, datetime)):
        raise DefinitionError(f"{where}: back: it comes after depart, and both have a time or neither has")
    if isinstance(entry.depart, datetime) and isinstance(entry.back, datetime):
        if entry.depart.tzinfo or entry.back.tzinfo:
            raise DefinitionError(f"{where}: depart: write local times, without a time zone")
        if entry.back <= entry.depart:
            raise DefinitionError(f"{where}: back: it comes after depart")
    if not entry.stop or entry.stop[0].first != first:
        raise DefinitionError(f"{where}: stop: the first stop begins on the day of depart, {first}")
    begins = [each.first for each in entry.stop]
    if begins != sorted(set(begins)) or begins[-1] > last:
        raise DefinitionError(f"{where}: stop: the stops follow each other by day, within the trip")
    meals = _meals(entry, first, last, where)
    return Trip(entry.scheme, entry.depart, entry.back, _stops(entry, where), meals, entry.purpose, entry.night)


def _stops(entry: TripEntry, where: str) -> tuple[Stop, ...]:
    for each in entry.stop:
        if each.scheme and not {each.scheme, entry.scheme} <= {*FEDERAL}:
            raise DefinitionError(f"{where}: stop: scheme: only {', '.join(FEDERAL)} go together in one trip")
    return tuple(
        Stop(e.first, _must(e.country, f"{where}: stop"), e.place, e.since, e.rate, e.scheme) for e in entry.stop
    )


def _travelled(history: str, scheme: str, where: str) -> Iterator[Trip]:
    """Yield a trip for each stay of a travel history; its times are not known, and neither is the place."""
    if not history.strip():
        return
    if not scheme:
        raise DefinitionError(f"{where}: travel_scheme: say by which scheme the stays of travel are paid, as us-gsa")
    travel = read_travel(history)
    if travel.contradictions:
        raise DefinitionError(f"{where}: travel: {travel.contradictions[0]}")
    for stay in travel.stays:
        if stay.entry is None or stay.exit is None:
            raise DefinitionError(f"{where}: travel: line {stay.line}: a stay that is paid has both its days")
        yield Trip(scheme, stay.entry, stay.exit, (Stop(stay.entry, stay.country),))


def _meals(entry: TripEntry, first: date, last: date, where: str) -> dict[date, tuple[str, ...]]:
    meals = {}
    for word, given in entry.meals.items():
        try:
            day = date.fromisoformat(word)
        except ValueError:
            raise DefinitionError(f"{where}: meals: {word[:20]!r} is no day; write it as 2026-10-06") from None
        if not first <= day <= last:
            raise DefinitionError(f"{where}: meals: {day} is no day of the trip")
        if unknown := set(given) - set(MEALS):
            raise DefinitionError(f"{where}: meals: {sorted(unknown)[0][:20]!r} is none of {', '.join(MEALS)}")
        meals[day] = tuple(each for each in MEALS if each in given)
    return meals


def _day(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _rate(entry: GrossUpEntry, where: str) -> GrossUpRate:
    rate = _amount(entry.rate, f"{where}: rate")
    if not 0 < rate < 100:
        raise DefinitionError(f"{where}: rate: it is per cent, above 0 and below 100")
    if not entry.source.strip():
        raise DefinitionError(f"{where}: source: say who stated the rate, and when")
    return GrossUpRate(entry.side, rate, entry.source, entry.method)


def _amount(text: str, where: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0 or amount > Decimal(10) ** 10:
        raise DefinitionError(f'{where}: {text[:20]!r} is no amount; write it as "500.00"')
    return amount


def _currency(text: str, where: str) -> str:
    if text not in currencies.CODES:
        raise DefinitionError(f"{where}: {text[:10]!r} is no ISO 4217 currency code")
    return text


def _country(text: str, where: str) -> str:
    return _must(text, where) if text else ""


def _must(text: str, where: str) -> str:
    code = countries.iso3(countries.parse(text))
    if not code:
        raise DefinitionError(f"{where}: {text[:30]!r} is no country; write its code, as DEU")
    return code
