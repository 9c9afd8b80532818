"""The table of taxes: rows where two or three amounts and a rate prove each other.

What such a row proves does not depend on its heading: net x rate = tax, tax within gross, net + tax = gross.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from toolkit.readers.money.figures import RATE, Figure, decimal_of, narrow
from toolkit.readers.money.labels import roles
from toolkit.readers.money.rows import Row

#: How far a printed tax may be from net x rate: tills round by line.
OFF = Decimal("0.02")
_CENT = Decimal("0.01")
#: A row with more amounts than this is no row of a table of taxes, and every three of them would have to be tried.
_WIDEST = 12
#: No country takes more of the price of goods (Hungary).
_HIGHEST_RATE = 27


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One row of the table of taxes: net and tax, which its own arithmetic has shown to be that."""

    net: Decimal
    tax: Decimal
    rate: Decimal
    row: Row

    @property
    def gross(self) -> Decimal:
        """Net and tax together."""
        return self.net + self.tax


def tax_lines(rows: Sequence[Row], found: Sequence[Figure], known: Sequence[Decimal] = ()) -> tuple[TaxLine, ...]:
    """Return the rows where the amounts and a rate prove each other, to the cent.

    The rate is printed; where none is, net + tax = gross at one of the *known* rates of the country will do.
    """
    by_row: dict[int, list[Figure]] = {}
    for figure in found:
        by_row.setdefault(figure.row.index, []).append(figure)
    lines = []
    for row in rows:
        own = by_row.get(row.index, [])
        if 2 <= len(own) <= _WIDEST:
            line = _with_rate(row, own) or _without_rate(row, own, known)
            if line is not None:
                lines.append(line)
    return tuple(lines) or tuple(_pairs(found))


def _pairs(found: Sequence[Figure]) -> Iterator[TaxLine]:
    """`Netto 19 % 81,66` over `MwSt 19 % 15,52`: the row of a table as two rows."""
    rated = [each for each in found if each.rate and each.told]
    for one, two in pairwise(rated):
        net, tax = (one, two) if one.role == "subtotal" else (two, one)
        beside = abs(one.row.index - two.row.index) <= 1 and one.rate == two.rate
        if not beside or (net.role, tax.role) != ("subtotal", "tax") or one.rate is None:
            continue
        if abs(abs(net.value) * one.rate / 100 - abs(tax.value)) <= OFF:
            yield TaxLine(abs(net.value), abs(tax.value), one.rate, tax.row)


def distinct(taxes: Sequence[TaxLine]) -> list[TaxLine]:
    """Return *taxes* without rows that repeat, and without the row that sums up the others."""
    lines = list({(line.net, line.tax, line.rate): line for line in taxes}.values())
    if len(lines) > 2:
        for each in lines:
            rest = [other for other in lines if other is not each]
            if each.tax == sum(other.tax for other in rest) and each.net == sum(other.net for other in rest):
                return rest
    return lines


def gross(taxes: Sequence[TaxLine]) -> Decimal | None:
    """Return what the table comes to with tax; None when no row of it bears tax."""
    if not any(line.rate > 0 for line in taxes):
        return None
    return sum((line.gross for line in distinct(taxes)), Decimal(0))


def _with_rate(row: Row, own: Sequence[Figure]) -> TaxLine | None:
    values = list(dict.fromkeys(abs(each.value) for each in own))
    rates = list(_rates(row, own))
    if any(rate == 0 for rate in rates) and 0 in values and len(values) <= 2:
        # Free of tax: net and gross are one.
        return TaxLine(max(values), Decimal(0), Decimal(0), row)
    fits = [
        (abs(net * rate / 100 - tax), 0 if net + tax in values else 1, TaxLine(net, tax, rate, row))
        for rate in rates
        for net in values
        for tax in values
        if rate > 0 and net != tax and tax < net
    ]
    # Some tables print gross and tax and leave the net to the reader.
    fits += [
        (abs(whole * rate / (100 + rate) - tax), 2, TaxLine(whole - tax, tax, rate, row))
        for rate in rates
        for whole in values
        for tax in values
        if rate > 0 and tax < whole and len(values) == 2
    ]
    # Of two nets that would do (before and after a discount), the one that gives the tax to the cent.
    off, _, best = min(
        fits, key=lambda each: (max(each[0], _CENT / 2), each[1], each[0]), default=(Decimal(1), 0, None)
    )
    return best if off <= OFF else None


def _rates(row: Row, own: Sequence[Figure]) -> Iterator[Decimal]:
    """Yield what may be a rate: what stands before a percent sign, and in tables what stands there without one."""
    text = narrow(row.text)
    yield from (decimal_of(a or b) for a, b in RATE.findall(text))
    # In a table the rate may stand without its sign: `SR 6 87.80 5.27`.
    bare = re.match(r"\W{0,9}[A-Za-z]{0,2}\W{0,3}\w{0,2}?\W{0,9}(\d{1,2})(?:\s|$)", text)
    if bare:
        yield Decimal(bare[1])
    if own[0].table or own[0].role == "tax" or len(own) >= 3:
        loose = re.findall(r"(?<![\d.,-])(\d{1,2})(?![\d.,])", text)
        yield from (Decimal(each) for each in loose if int(each) <= _HIGHEST_RATE)


def _without_rate(row: Row, own: Sequence[Figure], known: Sequence[Decimal]) -> TaxLine | None:
    """Net, tax and gross in the order in which tables print them, at a rate the country has."""
    if len(own) < 3 or not (own[0].table or roles(row.text) & {"total", "due", "tax", "subtotal"}):
        return None
    values = [abs(each.value) for each in own][-3:]
    whole = max(values)
    net, tax = sorted((value for at, value in enumerate(values) if at != values.index(whole)), reverse=True)
    if not tax or abs(net + tax - whole) > _CENT:
        return None
    rate = next((each for each in known if each and abs(net * each / 100 - tax) <= OFF), None)
    return TaxLine(net, tax, rate, row) if rate else None
