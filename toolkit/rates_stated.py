"""Exchange rates that a customer gives by file: the company's own, a card statement's. They go before the ECB's.

CSV with the columns from, to, currency, base, rate, source; one row says how many units of `base` one unit of
`currency` is worth on the days `from` to `to` (both included; an empty `to` is the same day):

    from,to,currency,base,rate,source
    2026-10-01,2026-10-31,USD,EUR,0.8950,Nordlicht monthly rate 10/2026

A pair of currencies that the file names is converted by the file alone: on a day it leaves out the rate is asked for,
never taken from somewhere else. A pair that it does not name is the ECB's (`rates`).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from toolkit import rates
from toolkit.errors import DefinitionError, InputError
from toolkit.fields import currency as currencies
from toolkit.rates import Rate, Table

_COLUMNS = ("from", "to", "currency", "base", "rate", "source")


@dataclass(frozen=True, slots=True)
class StatedRate:
    """One row of the file."""

    first: date
    last: date
    currency: str
    base: str
    value: Decimal = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True)
class StatedRates:
    """The rates of a customer, or none. `table` is the ECB's where it is not the packaged one."""

    rows: tuple[StatedRate, ...] = ()
    table: Table | None = None

    def rate(self, currency: str, base: str, on: date) -> Rate:
        """Return the rate from *currency* into *base* valid on *on*.

        Raises InputError, naming the remedy, where neither the file nor the ECB has one, and where two rows differ.
        """
        own = [each for each in self.rows if (each.currency, each.base) == (currency, base)]
        if currency == base or not own:
            return rates.rate(currency, base, on, self.table)
        fitting = {(each.value, each.first, each.source) for each in own if each.first <= on <= each.last}
        if not fitting:
            raise InputError(
                f"The rates that were given have none for {currency} into {base} on {on}.",
                remedy="Add a row for that day to the file of rates: it is not taken from another source.",
            )
        if len({value for value, _, _ in fitting}) > 1:
            raise InputError(
                f"The rates that were given have two for {currency} into {base} on {on}.",
                remedy="Leave one row for that day.",
            )
        value, first, source = min(fitting)
        return Rate(currency, base, value, on if first == on else first, source)


def read(path: Path, table: Table | None = None) -> StatedRates:
    """Read a customer's file. Raises DefinitionError "file: line: what"; nothing in it is skipped."""
    try:
        reader = csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), strict=True)
        rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as mistake:
        raise DefinitionError(f"{path}: cannot be read as CSV in UTF-8: {type(mistake).__name__}") from mistake
    if tuple(reader.fieldnames or ()) != _COLUMNS:
        raise DefinitionError(f"{path}: line 1: the columns are {','.join(_COLUMNS)}")
    return StatedRates(tuple(_row(row, f"{path}: line {number}") for number, row in enumerate(rows, 2)), table)


def _row(row: dict[str, str], where: str) -> StatedRate:
    if None in row or None in row.values():
        raise DefinitionError(f"{where}: it has more or fewer columns than the first line")
    try:
        first = date.fromisoformat(row["from"].strip())
        last = date.fromisoformat(row["to"].strip() or row["from"].strip())
    except ValueError:
        raise DefinitionError(f"{where}: from, to: write days as 2026-10-31") from None
    if last < first:
        raise DefinitionError(f"{where}: to: it lies before from")
    for name in ("currency", "base"):
        if row[name].strip() not in currencies.CODES:
            raise DefinitionError(f"{where}: {name}: {row[name][:10]!r} is no ISO 4217 code")
    try:
        value = Decimal(row["rate"].strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 < value < 10**9:
        raise DefinitionError(f"{where}: rate: {row['rate'][:20]!r} is no rate; write it as 0.8950")
    if not row["source"].strip():
        raise DefinitionError(f"{where}: source: say where the rate is from")
    return StatedRate(first, last, row["currency"].strip(), row["base"].strip(), value, row["source"].strip())
