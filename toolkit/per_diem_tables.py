"""Tables of daily allowances: their shape, and how they are read (packaged, or a customer's own file).

A table is TOML with its rates inside, TOML that names a CSV file of rates beside it (`rows`), or CSV alone with the
columns of both. A rate is that of a place; without a place it holds for every other place of its country (or of its
`region`, the state of a federation). What a column or a key means:

- `place`: names of one area, divided by " / "; what follows a comma may be left out when the place is said.
- `season`: "12-15..04-15", the days of every year on which the rate holds; `since`: the day it came into force.
- `counties`, `towns`, `without`: what else belongs to the area, and what does not, divided by ";".
- `parts`: a file of what each meal takes off a rate of so much; else the meals stand with the rate.
- `unlisted`: the name of the rate that holds where a place is not listed; `closest`: such a place takes the closest
  place listed in its country; `like`: countries that have the rates of another.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal

import msgspec

from toolkit import definitions
from toolkit.errors import DefinitionError
from toolkit.fields import country as countries
from toolkit.fields import currency as currencies

#: How days are counted: see `per_diem_days`.
Method = Literal["share-of-day", "german", "british-hours", "british-24-hours"]
#: The schemes known by name, with how their days are counted.
SCHEMES: Mapping[str, Method] = {
    "us-gsa": "share-of-day",
    "us-oconus": "share-of-day",
    "us-dssr": "share-of-day",
    "us-irs-high-low": "share-of-day",
    "de": "german",
    "gb-domestic": "british-hours",
    "gb-overseas": "british-24-hours",
}
#: The registers of places that a table can be read with: `us` is `per_diem_us`.
Places = Literal["us", ""]
_PARTS = ("breakfast", "lunch", "dinner", "incidentals")
_AMOUNTS = ("day", "part", *_PARTS, "over_5h", "over_10h", "late", "late_supplement")
#: Columns of a rate that are a key of the table in a CSV file without a head.
_OF_THE_HEAD = frozenset({"currency"})


@dataclass(frozen=True, slots=True)
class DayRate:
    """The amounts of one place in the currency of the table, or its own; None: the table does not say.

    `part` is what a day of arrival or departure (or of more than eight hours) gets, where that is an amount of its own.
    `season` is the first and the last day of it as month and day, `since` the day the rate came into force.
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
    region: str = ""
    season: tuple[str, str] | None = None
    since: date | None = None
    currency: str = ""
    counties: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def holds(self, day: date) -> bool:
        """Whether the rate is in force and in season on *day*; a season may run over the turn of the year."""
        if self.since is not None and day < self.since:
            return False
        if self.season is None:
            return True
        first, last = self.season
        at = f"{day:%m-%d}"
        return first <= at <= last if first <= last else at >= first or at <= last


@dataclass(frozen=True, slots=True)
class Like:
    """Where the countries that the table does not list itself have the rates of another, and by which rule."""

    country: str
    why: str
    place: str = ""


@dataclass(frozen=True, slots=True, eq=False)
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
    unlisted: str = ""
    closest: bool = False
    places: Places = ""
    like: Mapping[str, Like] = field(default_factory=dict)


class _Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    country: str
    region: str = ""
    place: str = ""
    season: str = ""
    since: str = ""
    currency: str = ""
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
    counties: str = ""
    towns: str = ""
    without: str = ""


class _Like(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    countries: tuple[str, ...]
    of: str
    why: str
    place: str = ""


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
    unlisted: str = ""
    closest: bool = False
    places: Places = ""
    rows: str = ""
    parts: str = ""
    like: tuple[_Like, ...] = ()
    rate: tuple[_Rate, ...] = ()


class _Parts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    day: str
    breakfast: str
    lunch: str
    dinner: str
    incidentals: str


def read(path: Path) -> tuple[Table, ...]:
    """Read a table of rates: TOML (and the CSV files it names beside it), or CSV (by its suffix).

    Raises DefinitionError "file: place: what" for a wrong key or column, amount, day, season, country, currency, for
    a file that lies elsewhere, and for a scheme of one's own that does not say its method.
    """
    if path.suffix.lower() == ".csv":
        return tuple(_table(entry, (), path) for entry in _from_csv(path))
    entry = definitions.load(path, _TableFile)
    rows = _rows(_beside(path, entry.rows), _Rate) if entry.rows else ()
    return (_table(entry, rows, path),)


# -- files ------------------------------------------------------------------------------------------------------------


def _beside(path: Path, name: str) -> Path:
    if Path(name).name != name or not name.endswith(".csv"):
        raise DefinitionError(f"{path}: {name[:60]!r} has to be the name of a CSV file in the same folder")
    return path.parent / name


def lines(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file by the names of its first line, each with every column.

    Raises DefinitionError "file: line: what" for what is no CSV in UTF-8, and for a row with other columns.
    """
    try:
        found = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as mistake:
        raise DefinitionError(f"{path}: cannot be read as CSV in UTF-8: {type(mistake).__name__}") from mistake
    for number, line in enumerate(found, 2):
        if None in line or None in line.values():
            raise DefinitionError(f"{path}: line {number}: it has more or fewer columns than the first line")
    return [{name: value.strip() for name, value in line.items()} for line in found]


def _rows(path: Path, shape: type[Any]) -> tuple[Any, ...]:
    try:
        return tuple(msgspec.convert(lines(path), list[shape]))  # type: ignore[valid-type]
    except msgspec.ValidationError as mistake:
        raise DefinitionError(f"{path}: {mistake}") from mistake


def _from_csv(path: Path) -> list[_TableFile]:
    """One table for every (scheme, from, to, currency, source ...) of the file."""
    heads: dict[tuple[tuple[str, str], ...], list[dict[str, Any]]] = {}
    of_rate = set(_Rate.__struct_fields__) - _OF_THE_HEAD
    for line in lines(path):
        head = tuple((name, value) for name, value in line.items() if name not in of_rate and value)
        heads.setdefault(head, []).append({name: line[name] for name in line if name in of_rate})
    try:
        return [msgspec.convert({**dict(head), "rate": own}, _TableFile, strict=False) for head, own in heads.items()]
    except msgspec.ValidationError as mistake:
        raise DefinitionError(f"{path}: {mistake}") from mistake


# -- one table --------------------------------------------------------------------------------------------------------


def _table(entry: _TableFile, rows: tuple[_Rate, ...], path: Path) -> Table:
    method = SCHEMES.get(entry.scheme) or entry.method
    if method is None:
        known = ", ".join(SCHEMES)
        raise DefinitionError(
            f"{path}: scheme: {entry.scheme[:40]!r} is none of {known}: for a scheme of your own give its method too"
        )
    if entry.last < entry.first:
        raise DefinitionError(f"{path}: to: it lies before from")
    if not entry.source.strip():
        raise DefinitionError(f"{path}: source: say where the rates are published")
    part = parts(_beside(path, entry.parts)) if entry.parts else {}
    rates = [_rate(each, f"{path}: rate {number}") for number, each in enumerate(entry.rate, 1)]
    rates += [_rate(each, f"{path.parent / entry.rows}: line {number}") for number, each in enumerate(rows, 2)]
    return Table(
        entry.scheme,
        method,
        entry.first,
        entry.last,
        _currency(entry.currency, str(path)),
        entry.source,
        entry.basis,
        tuple(replace(each, **part[each.day]) if each.day in part else each for each in rates),
        _amount(entry.share, f"{path}: share"),
        entry.unlisted,
        entry.closest,
        entry.places,
        _like(entry.like, path),
    )


def parts(path: Path) -> Mapping[Decimal | None, Mapping[str, Any]]:
    """Return what each meal takes off a rate of so much, and what is left for incidentals, by the rate.

    Raises DefinitionError "file: line: what" where they do not make the rate together.
    """
    made: dict[Decimal | None, Mapping[str, Any]] = {}
    for number, each in enumerate(_rows(path, _Parts), 2):
        where = f"{path}: line {number}"
        day, amounts = _amount(each.day, where), {name: _amount(getattr(each, name), where) for name in _PARTS}
        if day != sum((amount or Decimal(0) for amount in amounts.values()), Decimal(0)):
            raise DefinitionError(f"{where}: the parts do not make the rate of {each.day}")
        made[day] = amounts
    return made


def _like(entries: tuple[_Like, ...], path: Path) -> Mapping[str, Like]:
    return {
        _country(code, f"{path}: like"): Like(_country(each.of, f"{path}: like"), each.why, each.place)
        for each in entries
        for code in each.countries
    }


def _rate(entry: _Rate, where: str) -> DayRate:
    amounts = {name: _amount(getattr(entry, name), f"{where}: {name}") for name in _AMOUNTS}
    return DayRate(
        _country(entry.country, where),
        entry.place,
        **amounts,
        region=entry.region,
        season=_season(entry.season, where),
        since=_day(entry.since, where),
        currency=_currency(entry.currency, where) if entry.currency else "",
        counties=_names(entry.counties),
        towns=_names(entry.towns),
        without=_names(entry.without),
    )


def _country(text: str, where: str) -> str:
    code = countries.iso3(countries.parse(text))
    if not code:
        raise DefinitionError(f"{where}: country: {text[:30]!r} is no country; write its code, as DEU")
    return code


def _currency(code: str, where: str) -> str:
    if code not in currencies.CODES:
        raise DefinitionError(f"{where}: currency: {code[:10]!r} is no ISO 4217 code")
    return code


def _season(text: str, where: str) -> tuple[str, str] | None:
    if not text:
        return None
    first, _, last = text.partition("..")
    try:
        for each in (first, last):
            date.fromisoformat(f"2000-{each}")  # a year with a 29 February
    except ValueError as mistake:
        raise DefinitionError(f'{where}: season: {text[:20]!r} is none; write it as "12-15..04-15"') from mistake
    return first, last


def _day(text: str, where: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as mistake:
        raise DefinitionError(f'{where}: since: {text[:20]!r} is no day; write it as "2026-03-01"') from mistake


def _names(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(";") if each.strip())


def _amount(text: str, where: str) -> Decimal | None:
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= 1_000_000_000:
        raise DefinitionError(f'{where}: {text[:20]!r} is no amount; write it as "68" or "14.50"')
    return amount
