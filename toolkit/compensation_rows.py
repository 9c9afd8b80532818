"""The nouns and the arithmetic of a compensation table: rows that add up to the smallest unit of their currency. Pure.

Every amount is rounded once, where its row is made (`phrasing.rounded`: ISO 4217 minor units, halves away from zero);
totals only add rounded amounts, so that a reader who adds the printed column gets the printed total.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from typing import Literal, TypeAlias

from toolkit.phrasing import minor_units, rounded
from toolkit.policy_clauses import Payroll, Texts, Treatment
from toolkit.rates import Rate

#: An amount in another currency; None where no rate is known.
Convert: TypeAlias = Callable[[Decimal, str, str], Decimal | None]
Period: TypeAlias = Literal["year", "month"]


@dataclass(frozen=True, slots=True)
class Placed:
    """An amount as the payrolls deliver it: `home` in the home currency, `host` in the host's, `value` of both at home.

    A side that pays nothing is None. `value` is home plus what the host part is worth in the home currency.
    """

    home: Decimal | None = field(repr=False)
    host: Decimal | None = field(repr=False)
    value: Decimal = field(repr=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `amount` and `currency` are what it was computed as, `placed` how it is paid.

    `side` is empty where the case does not say which payroll pays it. `taxable_home` and `taxable_host` are empty for
    deductions. A `once` row is paid once and is in no total of the period.
    """

    key: str
    label: Texts
    amount: Decimal = field(repr=False)
    currency: str
    side: Payroll | Literal[""]
    placed: Placed
    basis: Texts = field(repr=False)
    kind: Literal["pay", "deduction", "subtotal"] = "pay"
    taxable_home: Treatment | Literal[""] = "unsure"
    taxable_host: Treatment | Literal[""] = "unsure"
    gross_up: bool = False
    once: bool = False
    #: The number of the policy's clause it rests on, or empty.
    clause: str = ""
    #: In which months of the assignment it is paid, or None where in all of them.
    months: Texts | None = None


@dataclass(frozen=True, slots=True)
class Compensation:
    """The table of one case. `home_currency` and `host_currency` are empty where not known; `rates` are those used.

    `asked` says, in whole sentences, what to state so that rows left out come in; `left_out` what no table can hold.
    """

    period: Period
    home_currency: str
    host_currency: str
    rows: tuple[Row, ...]
    rates: tuple[Rate, ...]
    asked: tuple[str, ...]
    left_out: tuple[Texts, ...] = ()

    def total(self, *, once: bool = False) -> Placed:
        """Return the sum of the rows of the period, or of those that are paid once; subtotals are not added again.

        Where it is not known which payroll pays a row, the payrolls have no total, only what all of it is worth.
        """
        counted = [row for row in self.rows if row.kind != "subtotal" and row.once == once]
        sums = added([row.placed for row in counted])
        return sums if all(row.side for row in counted) else Placed(None, None, sums.value)

    @property
    def converted(self) -> bool:
        """Whether a payroll pays something that was computed in another currency."""
        return any(
            (row.placed.home is not None and row.currency != self.home_currency)
            or (row.placed.host is not None and row.currency != self.host_currency)
            for row in self.rows
            if row.kind != "subtotal"
        )

    @property
    def complete(self) -> bool:
        """Whether nothing is asked: only then may a letter print the table."""
        return bool(self.rows) and not self.asked


def added(placed: Sequence[Placed]) -> Placed:
    """Return the sum of *placed*, column by column; a column without any amount stays empty."""
    home = [each.home for each in placed if each.home is not None]
    host = [each.host for each in placed if each.host is not None]
    return Placed(
        sum(home, Decimal(0)) if home else None,
        sum(host, Decimal(0)) if host else None,
        sum((each.value for each in placed), Decimal(0)),
    )


def split(amount: Decimal, shares: Sequence[Decimal], currency: str) -> tuple[Decimal, ...]:
    """Return *amount* split by *shares* (at least one, none negative, not all zero), each to the smallest unit.

    By largest remainder: the parts add up to *amount* (itself rounded to its currency) exactly, and none is a whole
    unit away from its exact share; of equal remainders the earlier share gets the unit.
    """
    if not shares or min(shares) < 0 or not any(shares):
        raise ValueError("shares are positive, and at least one is not zero")
    whole, unit = sum(shares, Decimal(0)), Decimal(1).scaleb(-minor_units(currency))
    target = rounded(abs(amount), currency)
    exact = [target * share / whole for share in shares]
    parts = [each.quantize(unit, rounding=ROUND_FLOOR) for each in exact]
    left = int((target - sum(parts, Decimal(0))) / unit)
    order = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in order[:left]:
        parts[n] += unit
    sign = -1 if amount < 0 else 1
    return tuple(part * sign for part in parts)


def place(
    amount: Decimal, currency: str, side: str, *, home: str, host: str, host_share: Decimal, convert: Convert
) -> Placed | None:
    """Return *amount* as the payroll of *side* delivers it; None where a rate or a currency is not known.

    *host_share* is the per cent of a `split` amount that the host payroll pays. An amount without a side has a value in
    the home currency and stands in neither payroll's column.
    """
    here, there = {
        "home": (amount, None),
        "host": (None, amount),
        "split": split(amount, (100 - host_share, host_share), currency) if side == "split" else (None, None),
    }.get(side, (None, None))
    at_home = None if here is None else convert(here, currency, home)
    at_host = None if there is None else convert(there, currency, host)
    worth = convert(amount if here is None and there is None else there or Decimal(0), currency, home)
    if worth is None or (here is not None and at_home is None) or (there is not None and at_host is None):
        return None
    return Placed(at_home, at_host, (at_home or Decimal(0)) + worth)


@dataclass(frozen=True, slots=True)
class GrossUp:
    """What a net amount costs before tax: `net` + `tax` = `gross`, to the smallest unit."""

    net: Decimal = field(repr=False)
    tax: Decimal = field(repr=False)
    gross: Decimal = field(repr=False)


def gross_up(net: Decimal, rate_percent: Decimal, currency: str) -> GrossUp:
    """Return the gross of which *rate_percent* per cent tax leaves *net*: net / (1 - rate), rounded to *currency*.

    A preview at one flat rate, for a budget; no payroll is run by it. Raises ValueError for a rate outside 0 to 99.99.
    """
    if not 0 <= rate_percent <= Decimal("99.99"):
        raise ValueError("a tax rate is from 0 to 99.99 per cent")
    own = rounded(net, currency)
    gross = rounded(own * 100 / (100 - rate_percent), currency)
    return GrossUp(own, gross - own, gross)


def previewed(made: Compensation, tax_on: Callable[[Row, Decimal], Decimal | None]) -> tuple[tuple[Row, GrossUp], ...]:
    """Return the gross-up of every row that the company bears the tax on and that is taxable in the host country.

    *tax_on* is the hook for whatever computes tax: given the row and its net amount in the row's currency it returns
    the rate in per cent, or None where it does not know; such rows are left out.
    """
    found = []
    for row in made.rows:
        if row.gross_up and row.taxable_host == "taxable" and (rate := tax_on(row, row.amount)) is not None:
            found.append((row, gross_up(row.amount, rate, row.currency)))
    return tuple(found)
