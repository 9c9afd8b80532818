"""The arithmetic that EN 16931-1 demands of an invoice (section 6.4.2, rules BR-CO), and its like in FatturaPA."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from toolkit.e_invoices.fattura import total_of
from toolkit.e_invoices.terms import EInvoice, Sums, TaxLine

_NONE = Decimal(0)
_CENT = Decimal("0.01")
#: BR-CO-17 as its published test has it: a tax may be off by less than one unit, for rounding by line. In FatturaPA
#: (check 00421) it may be off by a cent.
_UNIT = Decimal(1)
_MOST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that the invoice breaks: its name, what it says, and the fields that it puts in doubt."""

    rule: str
    says: str
    fields: tuple[str, ...]


def broken(invoice: EInvoice) -> tuple[Breach, ...]:
    """Return the rules of its standard that *invoice* breaks; a rule about what it does not state is not judged."""
    judged = _italian(invoice) if invoice.syntax == "FatturaPA" else _european(invoice)
    return tuple(breach for breach, held in judged if not held)


def _european(invoice: EInvoice) -> Iterator[tuple[Breach, bool]]:
    sums = invoice.sums
    lines = total_of(line.net for line in invoice.lines if line.counted and line.net is not None)
    if lines is not None and sums.lines is not None:
        yield Breach("BR-CO-10", "the lines (BT-131) sum to BT-106", ("lines",)), lines == sums.lines
    if sums.lines is not None and sums.net is not None:
        made = sums.lines - (sums.allowances or _NONE) + (sums.charges or _NONE)
        yield (
            Breach("BR-CO-13", "BT-106 - allowances BT-107 + charges BT-108 = BT-109", ("subtotal",)),
            made == sums.net,
        )
    taxes = total_of(each.tax for each in invoice.tax_lines)
    if taxes is not None and sums.tax is not None:
        breach = Breach("BR-CO-14", "the taxes of all rates (BT-117) sum to BT-110", ("tax", "tax_lines"))
        yield breach, taxes == sums.tax
    if invoice.adds_up is not None:
        breach = Breach("BR-CO-15", "BT-109 + tax BT-110 = total BT-112", ("subtotal", "tax", "total"))
        yield breach, invoice.adds_up
    # Profile MINIMUM leaves out what was prepaid, as it does the sum of the lines.
    if sums.gross is not None and sums.due is not None and (sums.lines is not None or sums.prepaid is not None):
        made = sums.gross - (sums.prepaid or _NONE) + (sums.rounding or _NONE)
        breach = Breach("BR-CO-16", "total BT-112 - prepaid BT-113 + rounding BT-114 = due BT-115", ("amount_due",))
        yield breach, made == sums.due
    breach = Breach("BR-CO-17", "each tax (BT-117) is its net amount (BT-116) by its rate (BT-119)", ("tax_lines",))
    yield breach, all(_by_rate(each, _UNIT) for each in invoice.tax_lines)


def _italian(invoice: EInvoice) -> Iterator[tuple[Breach, bool]]:
    sums = invoice.sums
    if "subtotal" not in invoice.rounded:
        breach = Breach("00421", "each Imposta (2.2.2.6) is its ImponibileImporto by its AliquotaIVA", ("tax_lines",))
        yield breach, all(_by_rate(each, _CENT) for each in invoice.tax_lines)
    if sums.gross is None or sums.net is None or sums.tax is None:
        return
    if sums.lines is None and "total" not in invoice.computed:
        says = "net and tax of all rates (2.2.2) make ImportoTotaleDocumento (2.1.1.9)"
        yield Breach("2.1.1.9", says, ("subtotal", "tax", "total")), sums.gross in _totals(sums)


def _totals(sums: Sums) -> frozenset[Decimal]:
    """What the total may be: the rounding of the document may already be in it, a discount on the whole may not."""
    plain = (sums.net or _NONE) + (sums.tax or _NONE)
    varied = plain - (sums.allowances or _NONE) + (sums.charges or _NONE)
    return frozenset(each + part for each in (plain, varied) for part in (_NONE, sums.rounding or _NONE))


def _by_rate(line: TaxLine, off: Decimal) -> bool:
    if line.rate is None or line.net is None or line.tax is None:
        return True
    if max(abs(line.rate), abs(line.net), abs(line.tax)) > _MOST:
        return False
    due = (line.net * line.rate / 100).quantize(_CENT, ROUND_HALF_UP)
    return abs(due - line.tax) < off or due == line.tax or abs(due - line.tax) == off == _CENT
