"""What an electronic invoice says, whichever syntax it is written in: the business terms (BT) of EN 16931-1.

Knows no XML and no page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal

#: Types of document that credit (UNTDID 1001, those that EN 16931 takes for credit notes).
_CREDITS = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})
#: Types of FatturaPA that credit: nota di credito, and its simplified form.
_ITALIAN_CREDITS = frozenset({"TD04", "TD08"})

#: Where each field stands: the business terms of EN 16931.
BUSINESS_TERMS: Mapping[str, str] = {
    "number": "BT-1",
    "date": "BT-2",
    "currency": "BT-5",
    "merchant": "BT-27",
    "merchant_tax_id": "BT-31",
    "lines": "BT-131",
    "subtotal": "BT-109",
    "tax": "BT-110",
    "total": "BT-112",
}
#: The same in FatturaPA, by the numbers of its specification.
ITALIAN_TERMS: Mapping[str, str] = {
    "number": "2.1.1.4",
    "date": "2.1.1.3",
    "currency": "2.1.1.2",
    "merchant": "1.2.1.3",
    "merchant_tax_id": "1.2.1.1",
    "lines": "2.2.1.11",
    "subtotal": "2.2.2.5",
    "tax": "2.2.2.6",
    "total": "2.1.1.9",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One invoice line (BG-25). `net` is its net amount (BT-131), which an Italian simplified invoice has with tax.

    A heading or a remark among the lines has no amount and is not `counted`; nor is the sum of a group of lines, or a
    line that only informs (Factur-X EXTENDED).
    """

    description: str
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    net: Decimal | None = None
    counted: bool = True

    def __repr__(self) -> str:
        return "<Line>"


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One rate of the tax breakdown (BG-23): rate in per cent (BT-119), taxable amount (BT-116), tax (BT-117)."""

    rate: Decimal | None
    net: Decimal | None
    tax: Decimal | None

    def __repr__(self) -> str:
        return "<TaxLine>"


@dataclass(frozen=True, slots=True)
class Sums:
    """The document totals (BG-22), None where the invoice does not state one."""

    lines: Decimal | None = None  # BT-106
    allowances: Decimal | None = None  # BT-107
    charges: Decimal | None = None  # BT-108
    net: Decimal | None = None  # BT-109
    tax: Decimal | None = None  # BT-110
    gross: Decimal | None = None  # BT-112
    prepaid: Decimal | None = None  # BT-113
    rounding: Decimal | None = None  # BT-114
    due: Decimal | None = None  # BT-115

    def __repr__(self) -> str:
        return "<Sums>"


@dataclass(frozen=True, slots=True)
class EInvoice:
    """What an electronic invoice says. Empty text or None where it says nothing; stated money is never rounded.

    `computed` names the sums that the invoice does not state and its parts give; `rounded` names what follows from a
    rate alone, and could be a cent off.
    """

    syntax: str
    number: str = ""
    type_code: str = ""
    date: str = ""
    merchant: str = ""
    merchant_address: str = ""
    merchant_tax_id: str = ""
    currency: str = ""
    sums: Sums = field(default_factory=Sums)
    tax_lines: tuple[TaxLine, ...] = ()
    lines: tuple[Line, ...] = ()
    payment_method: str = ""
    credit: bool = False
    #: The amounts of a credit note, stated as positive, were turned.
    turned: bool = False
    computed: frozenset[str] = frozenset()
    rounded: frozenset[str] = frozenset()
    #: How many files lie inside the invoice, which nobody reads here.
    enclosed: int = 0

    @property
    def adds_up(self) -> bool | None:
        """Whether subtotal and tax make the total; None when one of them is not stated."""
        sums = self.sums
        if sums.net is None or sums.tax is None or sums.gross is None:
            return None
        return sums.net + sums.tax == sums.gross

    @property
    def terms(self) -> Mapping[str, str]:
        """Where each field stands, in the words of the invoice's own standard."""
        return ITALIAN_TERMS if self.syntax == "FatturaPA" else BUSINESS_TERMS

    def __repr__(self) -> str:
        return f"<EInvoice {self.syntax} {len(self.lines)} lines>"


def credits(type_code: str) -> bool:
    """Tell whether a document of this type (UNTDID 1001, or a TipoDocumento) gives money back."""
    return type_code in _CREDITS or type_code in _ITALIAN_CREDITS


def signed(invoice: EInvoice) -> EInvoice:
    """Return *invoice* with the amounts of a credit note below zero, since money comes back.

    The sign follows from what the document states. A credit note (BT-3 is 381 or another type that credits, the root is
    UBL's CreditNote, TipoDocumento is TD04 or TD08) states what is credited as positive amounts: they are turned. One
    that states a negative total is left as it is: by the standard it would be a charge, by habit (ZUGFeRD 1, many
    ledgers) it is the same credit, so the reader calls it unsure. An invoice or a correction (380, 384) with negative
    amounts means them as they stand.
    """
    first = next((value for value in (invoice.sums.gross, invoice.sums.net, invoice.sums.due) if value), None)
    if not invoice.credit or first is None or first < 0:
        return invoice
    sums = Sums(*(_turned(getattr(invoice.sums, each.name)) for each in fields(Sums)))
    taxes = tuple(TaxLine(each.rate, _turned(each.net), _turned(each.tax)) for each in invoice.tax_lines)
    # What is given back is the quantity; a price stays a price (BT-146 is never negative).
    lines = tuple(replace(line, quantity=_turned(line.quantity), net=_turned(line.net)) for line in invoice.lines)
    return replace(invoice, sums=sums, tax_lines=taxes, lines=lines, turned=True)


def _turned(value: Decimal | None) -> Decimal | None:
    # Zero has no sign worth writing.
    return value if not value else -value
