"""The customs of a country on its money papers, from `locales/*.toml`: number and date formats, taxes, wording, goods.

Every label has several wordings as papers of that country print them; a paper draws one of each. Merchants, addresses,
goods and prices are invented. Nothing here is shared with the reader's own tables, so the bench can contradict them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).resolve().parent / "locales"


class Merchant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An invented company; `trades` are the keys of goods it sells."""

    name: str
    street: str
    city: str
    trades: tuple[str, ...]


class Locale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One country and language.

    `rates`: percent by class of goods (f food, m meal, n normal, l lodging, t transport); `letters`: the till's mark of
    each rate; `goods`: by trade, rows of (description, price, class); `places`: decimals of the currency; `step`: what
    cash is rounded to, 0 where it is not; `spaced`: whether words are parted by spaces.
    """

    currency: str
    marks: tuple[str, ...]
    mark_first: bool
    decimal: str
    group: str
    places: int
    dates: tuple[str, ...]
    times: tuple[str, ...]
    taxes_added: bool
    phones: tuple[str, ...]
    tax_id: str
    rates: Mapping[str, Decimal]
    letters: Mapping[str, str]
    labels: Mapping[str, tuple[str, ...]]
    merchants: tuple[Merchant, ...]
    goods: Mapping[str, tuple[tuple[str, Decimal, str], ...]]
    people: tuple[str, ...]
    places_of_trip: tuple[str, ...]
    step: Decimal = Decimal(0)
    months: tuple[str, ...] = ()
    spaced: bool = True
    distance: str = "km"
    volume: str = "L"
    font: str = ""

    def rounded(self, value: Decimal) -> Decimal:
        """Round half up to the decimals of the currency."""
        return value.quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)

    def number(self, value: Decimal, places: int | None = None) -> str:
        """Write *value* with the decimal and grouping marks of the country."""
        whole, _, part = f"{value:,.{self.places if places is None else places}f}".partition(".")
        return whole.replace(",", self.group) + (self.decimal + part if part else "")

    def day(self, when: datetime, pattern: str) -> str:
        """Write a date; `%B` and `%b` take the names of this language, `%R` is the year of the era Reiwa."""
        if self.months:
            pattern = pattern.replace("%B", self.months[when.month - 1]).replace("%b", self.months[when.month - 1][:3])
        pattern = pattern.replace("%-d", str(when.day)).replace("%-m", str(when.month))
        return when.strftime(pattern.replace("%R", str(when.year - 2018)))


@cache
def locale(name: str) -> Locale:
    """Return the customs called *name*, such as `de-CH`."""
    text = (FOLDER / f"{name}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text, parse_float=Decimal), Locale, strict=False)


def locales() -> tuple[str, ...]:
    """The names of all locales, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
