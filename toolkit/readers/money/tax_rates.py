"""The rates of tax on sales that countries have and had, from `kinds/receipt/tax_rates.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Annotated

import msgspec

from toolkit import definitions
from toolkit.readers.money.labels import DATA

#: How far a printed tax may be from net x rate: tills round by line.
_OFF = Decimal("0.02")
Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{1,3}$")]
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
Rate = Annotated[str, msgspec.Meta(pattern=r"^\d{1,2}(\.\d{1,3})?$")]


class CountryRates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rates of one country in per cent: `standard`, `reduced`, and `former` ones that old papers show."""

    standard: Rate
    reduced: tuple[Rate, ...] = ()
    former: tuple[Rate, ...] = ()


class RateTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `tax_rates.toml`."""

    source: str
    checked: Day
    country: Mapping[Country, CountryRates]


@cache
def _table() -> RateTable:
    return definitions.load(DATA / "tax_rates.toml", RateTable)


@cache
def rates(country: str | None) -> tuple[Decimal, ...]:
    """Return every rate above nought that *country* (ICAO 9303) has or had, the standard one first.

    Empty where none is known, and where towns and states set their own (United States, Canada).
    """
    known = _table().country.get(country or "")
    if known is None:
        return ()
    return tuple(Decimal(each) for each in (known.standard, *known.reduced, *known.former))


def fits(country: str | None, net: Decimal, tax: Decimal, rate: Decimal | None = None) -> bool | None:
    """Say whether *tax* on *net* can be that of *country*; None where its rates are not known or nothing is taxed.

    With a *rate*, whether the country has it. Without one, whether tax and net go with one of its rates, or with a
    mixture of several.
    """
    known = rates(country)
    if not known or not tax or not net:
        return None
    if rate is not None:
        return rate in known
    # A mixture of rates, and goods free of tax, stay below the highest rate.
    return Decimal(0) < tax / net <= max(known) / 100 + abs(_OFF / net)


def single(country: str | None, net: Decimal, tax: Decimal) -> Decimal | None:
    """Return the one rate of *country* at which *net* bears *tax* to the cent, None where none or several do."""
    fitting = {each for each in rates(country) if tax and abs(net * each / 100 - tax) <= _OFF}
    return fitting.pop() if len(fitting) == 1 else None
