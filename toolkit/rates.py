"""The euro foreign exchange reference rates of the European Central Bank, as a table packaged with the toolkit.

The ECB fixes one rate per currency on every working day of the TARGET calendar and publishes it about 16:00 CET. A day
without a rate (a weekend, a TARGET closing day) takes the last one published before it. Nothing is ever defaulted: a
currency without a rate on that day, or a date the table does not reach, is an error.

Source of the table: European Central Bank, statistics free to reuse with this acknowledgement. The bank publishes the
rates "for information purposes only"; a policy has to say that it uses them.
"""

from __future__ import annotations

import lzma
import zipfile
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Context, Decimal
from functools import cache
from pathlib import Path

from toolkit.errors import InputError

_PACKAGED = Path(__file__).resolve().parent / "tables" / "ecb-euro-reference-rates.csv.xz"
_SOURCE = "ECB euro foreign exchange reference rate"
#: Printed rates are the rates used, so that anyone can recompute a line: eight significant digits.
_DIGITS = Context(prec=8)
#: The longest run of TARGET closing days (Good Friday to Easter Monday, Christmas beside a weekend) is four days.
_LONGEST_PAUSE = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Rate:
    """How many units of the base currency one unit of the foreign currency is worth, and which day's rate that is."""

    currency: str
    base: str
    value: Decimal
    date: date
    source: str


@dataclass(frozen=True, slots=True)
class Table:
    """Reference rates by day. `days` ascend; `rows` are the CSV lines of those days."""

    currencies: tuple[str, ...]
    days: tuple[str, ...] = field(repr=False)
    rows: tuple[str, ...] = field(repr=False)

    @property
    def first(self) -> date:
        """The earliest day of the table."""
        return date.fromisoformat(self.days[0])

    @property
    def last(self) -> date:
        """The latest day of the table."""
        return date.fromisoformat(self.days[-1])

    @staticmethod
    def read(path: Path) -> Table:
        """Read the ECB's history: its own zip or csv, or our packed copy. Raises InputError for any other file."""
        try:
            if path.suffix == ".xz":
                text = lzma.decompress(path.read_bytes()).decode("ascii")
            elif zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as bundle:
                    text = bundle.read("eurofxref-hist.csv").decode("ascii")
            else:
                text = path.read_text("ascii")
        except (OSError, KeyError, lzma.LZMAError, zipfile.BadZipFile, UnicodeDecodeError) as mistake:
            raise InputError(f"{path.name}: the table of exchange rates cannot be read.", remedy=_FETCH) from mistake
        head, *rows = text.split() or [""]
        if not head.startswith("Date,") or not rows:
            raise InputError(f"{path.name}: this is not the ECB's history of reference rates.", remedy=_FETCH)
        rows.sort()
        return Table(tuple(head.rstrip(",").split(",")[1:]), tuple(row[:10] for row in rows), tuple(rows))

    def euro(self, currency: str, day: date) -> tuple[Decimal, date]:
        """Return the units of *currency* one euro was worth on *day*, and the day whose rate that is."""
        at = bisect_right(self.days, day.isoformat()) - 1
        if at < 0 or day > self._reach():
            raise InputError(
                f"The exchange-rate table covers {self.first} to {self.last}; {day} lies outside it.", remedy=_FETCH
            )
        published = date.fromisoformat(self.days[at])
        if day - published > _LONGEST_PAUSE:
            raise InputError(f"The exchange-rate table has a hole before {day}.", remedy=_FETCH)
        if currency == "EUR":
            return Decimal(1), published
        if currency not in self.currencies:
            raise InputError(f"The ECB publishes no reference rate for {currency}.", remedy=_SETTLE)
        value = self.rows[at].split(",")[1 + self.currencies.index(currency)]
        if value in ("", "N/A"):
            raise InputError(f"The ECB published no reference rate for {currency} on {published}.", remedy=_SETTLE)
        return Decimal(value), published

    def _reach(self) -> date:
        """The last day the table answers for: its last day, and the closing days that follow it directly."""
        day = self.last
        while not _target_day(day + timedelta(days=1)):
            day += timedelta(days=1)
        return day


_FETCH = (
    "Download the time series (eurofxref-hist.zip) from "
    "www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates and give it as the rate table."
)
_SETTLE = "State a rate and source that the policy accepts in a file of rates (for a claim: --rates FILE)."


@cache
def packaged() -> Table:
    """Return the table that travels with the toolkit."""
    return Table.read(_PACKAGED)


def rate(currency: str, base: str, on: date, table: Table | None = None) -> Rate:
    """Return the rate from *currency* into *base* valid on *on*: the last one published on or before that day.

    Currencies other than the euro are crossed over the euro. Raises InputError, naming the remedy, for a currency
    without a rate on that day and for a day outside the table.
    """
    if currency == base:
        return Rate(currency, base, Decimal(1), on, "same currency")
    table = table or packaged()
    foreign, day = table.euro(currency, on)
    home, _ = table.euro(base, on)
    source = _SOURCE if "EUR" in (currency, base) else f"{_SOURCE}s, crossed over the euro"
    return Rate(currency, base, _DIGITS.divide(home, foreign), day, source)


def _target_day(day: date) -> bool:
    """Whether TARGET is open: not on weekends, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December."""
    easter = _easter(day.year)
    closed = {(1, 1), (5, 1), (12, 25), (12, 26)}
    return (
        day.weekday() < 5
        and (day.month, day.day) not in closed
        and day not in (easter - timedelta(days=2), easter + timedelta(days=1))
    )


def _easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    century, of_century = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (year % 19 + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)
