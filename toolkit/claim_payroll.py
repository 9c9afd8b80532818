"""What payroll is fed with: rows by earning code and tax treatment, and a preview of the gross-up.

The earning codes and the rates are payroll's own, stated with the claim. Without a rate there is no preview: none is
assumed. Amounts are in the claim currency; the rows of the feed add up to the claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from toolkit.claim_limits import Ruling
from toolkit.claim_stated import GrossUpRate, Stated
from toolkit.expense import Line
from toolkit.phrasing import rounded

_SIDES = ("home", "host")


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One row for payroll. `employee` and `code` are empty where nobody stated them; home, host: as `Ruling` has it."""

    employee: str = field(repr=False)
    code: str
    category: str
    amount: Decimal = field(repr=False)
    currency: str
    home: str
    host: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GrossUp:
    """The tax on taxable items of one side, paid by the company. `formula` has the figures in it."""

    side: str
    net: Decimal = field(repr=False)
    rate: Decimal
    method: str
    tax: Decimal = field(repr=False)
    gross: Decimal = field(repr=False)
    formula: str = field(repr=False)
    source: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Payroll:
    """The feed, the preview, and what payroll has to be asked."""

    rows: tuple[FeedRow, ...]
    gross_up: tuple[GrossUp, ...]
    asked: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        """The sum of all rows."""
        return sum((row.amount for row in self.rows), Decimal(0))


def payroll(
    lines: Sequence[Line], rulings: Sequence[Ruling], currency: str, stated: Stated, allowance: Sequence[Line] = ()
) -> Payroll:
    """Return the feed of *lines* with their *rulings* in order, and of *allowance*, whose tax nobody has judged."""
    groups: dict[tuple[str, str, str], list[Line]] = {}
    pairs = [(line, ruling.home, ruling.host) for line, ruling in zip(lines, rulings, strict=True)]
    pairs += [(line, line.more.home or "unsure", line.more.host or "unsure") for line in allowance]
    for line, home, host in pairs:
        groups.setdefault((line.category.removesuffix(" (suggested)"), home, host), []).append(line)
    rows = [
        FeedRow(
            stated.employee,
            stated.codes.get(category) or stated.codes.get("*", ""),
            category,
            sum((line.converted for line in group), Decimal(0)),
            currency,
            home,
            host,
            tuple(line.number for line in group if line.number),
        )
        for (category, home, host), group in sorted(groups.items())
    ]
    made, open_ = _gross_up(lines, rulings, currency, stated.gross_up)
    return Payroll(tuple(rows), tuple(made), (*_asked(rows), *open_))


def _asked(rows: Sequence[FeedRow]) -> list[str]:
    asked = []
    if any(not row.employee for row in rows):
        asked.append("The payroll number of the employee is not stated (employee).")
    if codeless := sorted({row.category for row in rows if not row.code}):
        asked.append(f"No earning code is stated for {', '.join(codeless)} (payroll.codes).")
    for side in _SIDES:
        open_ = [row for row in rows if getattr(row, side) == "unsure"]
        names = _lines(sorted(n for row in open_ for n in row.lines))
        names += ["the daily allowances"] if any(not row.lines for row in open_) else []
        if names:
            asked.append(f"Whether it is taxable ({side}) nobody has said of {' and '.join(names)}.")
    return asked


def _lines(numbers: Sequence[int]) -> list[str]:
    """Return what *numbers* of lines, ascending, are called in a sentence: "lines 1 to 4, 7"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    if not runs:
        return []
    said = ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return [f"lines {said}" if len(numbers) > 1 else f"line {said}"]


def _gross_up(
    lines: Sequence[Line], rulings: Sequence[Ruling], currency: str, rates: Sequence[GrossUpRate]
) -> tuple[list[GrossUp], list[str]]:
    made, asked = [], []
    for side in _SIDES:
        pairs = zip(lines, rulings, strict=True)
        taxable = [line for line, ruling in pairs if ruling.gross_up and getattr(ruling, side) == "taxable"]
        stated = [each for each in rates if each.side == side]
        if not taxable:
            continue
        if len(stated) != 1:
            why = "no rate is stated" if not stated else "several rates are stated"
            asked.append(f"No gross-up preview ({side}): {why} (gross_up). The rate is payroll's to give.")
            continue
        net = sum((line.converted for line in taxable), Decimal(0))
        made.append(grossed_up(net, currency, stated[0], tuple(line.number for line in taxable)))
    return made, asked


def grossed_up(net: Decimal, currency: str, rate: GrossUpRate, lines: tuple[int, ...] = ()) -> GrossUp:
    """Return the gross-up of *net*: `inverse` pays the tax on the tax too, net / (1 - rate); `flat` is net x rate."""
    share = rate.rate / 100
    if rate.method == "flat":
        tax = rounded(net * share, currency)
        formula = f"tax = {net:,f} x {rate.rate} % = {tax:,f}"
    else:
        tax = rounded(net / (1 - share), currency) - net
        formula = f"gross = {net:,f} / (1 - {rate.rate} %) = {net + tax:,f}; tax = gross - net = {tax:,f}"
    return GrossUp(rate.side, net, rate.rate, rate.method, tax, net + tax, formula, rate.source, lines)
