"""The table of foreign per diem rates as the US Department of State publishes it each month, saved as CSV.

The Department's spreadsheet (Foreign Per Diem Rates, DSSR 925) has a row for every post and season; it is read as it
is, so that a month that is not packaged needs no typing. Its "[Other]" is the rate for the other places of a country,
and a post named like its country is the whole of it. A rate holds from its effective date, no further back than the
year that its seasons are dated for, and until the end of the month that the table is for.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from toolkit.errors import DefinitionError
from toolkit.fields import country as countries
from toolkit.per_diem_tables import SCHEMES, DayRate, Table, lines, parts
from toolkit.place_names import fold

_PLACE = ("Country", "Location")
_SEASON = ("Season Start Date", "Season End Date")
_RATE, _SINCE, _MONTH = "Meals & Incidentals", "Effective Date", "Publication Date"
_COLUMNS = (*_PLACE, *_SEASON, _RATE, _SINCE)
_OTHER = "[other]"
#: Countries as the Department prints them, where the toolkit's names do not have it.
_PRINTED: Mapping[str, str] = {
    "ascension island": "SHN",
    "st helena": "SHN",
    "chagos archipelago": "IOT",
    "dem peoples republic of korea": "PRK",
    "st lucia": "LCA",
    "virgin islands british": "VGB",
}
#: The row for countries that are not listed: whether one is, is for a person to see.
_ELSEWHERE = "other foreign localities"
_DATES = ("%Y-%m-%d", "%m/%d/%Y", "%B %d, %Y")
_SHARE = Decimal(75)


def is_published(path: Path) -> bool:
    """Whether the first line of the CSV file at *path* has the columns of the Department's table."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
    except (OSError, UnicodeDecodeError):
        return False
    return all(column in first for column in _COLUMNS)


def read(path: Path, breakdown: Path) -> Table:
    """Return the Department's table at *path*; *breakdown* is the file of the meal parts of a rate.

    Raises DefinitionError "file: line: what" for a country, a date or an amount that cannot be read, and where the
    rows do not say the one month that they are for.
    """
    found = lines(path)
    month = _month(found, path)
    part = parts(breakdown)
    whole = {each["Country"] for each in found if each["Location"].casefold() == _OTHER}
    rates = tuple(
        replace(rate, **part.get(rate.day, {}))
        for number, each in enumerate(found, 2)
        if (rate := _rate(each, whole, f"{path}: line {number}")) is not None
    )
    return Table(
        "us-dssr",
        SCHEMES["us-dssr"],
        date(month.year, 1, 1),
        month.replace(day=monthrange(month.year, month.month)[1]),
        "USD",
        f"Department of State, foreign per diem rates (DSSR 925), {month:%B %Y}",
        "the Department's table as the customer saved it",
        rates,
        _SHARE,
    )


def _month(found: Sequence[Mapping[str, str]], path: Path) -> date:
    said = {each.get(_MONTH, "") for each in found}
    if len(said) != 1 or not (only := said.pop()):
        raise DefinitionError(
            f"{path}: the month of the table is not known: every row needs the same {_MONTH}, as 2026-11-01"
        )
    return _date(only, f"{path}: {_MONTH}")


def _rate(row: Mapping[str, str], whole: set[str], where: str) -> DayRate | None:
    country, place = (row[column] for column in _PLACE)
    if fold(country) == _ELSEWHERE:
        return None
    code = _PRINTED.get(fold(country)) or countries.iso3(countries.parse(country))
    if not code:
        raise DefinitionError(f"{where}: {country[:40]!r} is no country that is known; write its code, as DEU")
    own = fold(place).removesuffix(" islands") == fold(country) or countries.iso3(countries.parse(place)) == code
    if place.casefold() == _OTHER or (own and country not in whole):
        place = ""
    first, last = (_date(row[column], where) for column in _SEASON)
    season = (f"{first:%m-%d}", f"{last:%m-%d}")
    return DayRate(
        code,
        place,
        _amount(row[_RATE], where),
        season=None if season == ("01-01", "12-31") else season,
        since=_date(row[_SINCE], where),
    )


def _date(text: str, where: str) -> date:
    for form in _DATES:
        try:
            return datetime.strptime(text.removesuffix(" 00:00:00"), form).date()
        except ValueError:
            continue
    raise DefinitionError(f"{where}: {text[:30]!r} is no date; write it as 2026-11-01")


def _amount(text: str, where: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= 10_000:
        raise DefinitionError(f"{where}: {text[:20]!r} is no amount; write it as 78")
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount
