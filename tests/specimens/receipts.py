"""Receipts as thermal slips and as PDF bills: amounts from `receipts.toml`, totals computed, layouts by country."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date as Day
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import msgspec

from tests.specimens.cast import written
from tests.specimens.specimen import Picture, Truth
from tests.specimens.typeset import pdf, picture

HERE = Path(__file__).resolve().parent
CENT = Decimal("0.01")


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: str
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


class Tax(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: str
    percent: Decimal
    included: bool


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    merchant: str
    address: tuple[str, ...]
    phone: str
    layout: str
    currency: str
    date: Day
    time: str
    number: str
    category: str
    lines: tuple[Line, ...]
    payment: str
    card: str
    tax_id: str = ""
    tax: Tax | None = None
    tip: Decimal = Decimal(0)

    @property
    def sum_of_lines(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def tax_amount(self) -> Decimal:
        if self.tax is None:
            return Decimal(0)
        base = 100 + self.tax.percent if self.tax.included else Decimal(100)
        return (self.sum_of_lines * self.tax.percent / base).quantize(CENT, ROUND_HALF_UP)

    @property
    def subtotal(self) -> Decimal:
        return self.sum_of_lines - (self.tax_amount if self.tax and self.tax.included else 0)

    @property
    def total(self) -> Decimal:
        return self.subtotal + self.tax_amount + self.tip


class Invoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: str
    date: Day
    due: Day
    delivered: Day
    percent: Decimal
    seller: str
    buyer: str
    lines: tuple[Line, ...]


class Money(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    receipt: Mapping[str, Receipt]
    invoice: Invoice


@cache
def money() -> Money:
    return msgspec.convert(tomllib.loads((HERE / "receipts.toml").read_text("utf-8")), Money)


def amount(value: Decimal, layout: str) -> str:
    """1,234.50, or 1.234,50 in Germany."""
    text = f"{value:,.2f}"
    return text.translate(str.maketrans(",.", ".,")) if layout == "de" else text


def day(value: Day, layout: str) -> str:
    return {"us": f"{value:%m/%d/%Y}", "gb": f"{value:%d/%m/%Y}", "de": f"{value:%d.%m.%Y}"}[layout]


def _clock(time: str, layout: str) -> str:
    if layout != "us":
        return time
    hour, minute = time.split(":")
    return f"{int(hour) % 12 or 12}:{minute} {'PM' if int(hour) >= 12 else 'AM'}"


def _sums(receipt: Receipt) -> list[tuple[str, str]]:
    """The lines between the items and the total, in the order the country prints them."""
    show = receipt.layout
    rows = []
    if receipt.tax and receipt.tax.included:
        label = "Net" if show == "gb" else "Netto"
        rows += [(label, amount(receipt.subtotal, show))]
    elif receipt.tax or receipt.tip:
        rows += [("Subtotal", amount(receipt.subtotal, show))]
    if receipt.tax:
        percent = f"{receipt.tax.percent.normalize():f}"
        rows += [(f"{receipt.tax.label} {percent}%", amount(receipt.tax_amount, show))]
    if receipt.tip:
        rows += [("Tip", amount(receipt.tip, show))]
    return rows


def _data(receipt: Receipt) -> dict[str, object]:
    show = receipt.layout
    words = {
        "us": ("Receipt", "TOTAL", "Date", "Approved"),
        "gb": ("Receipt", "TOTAL", "Date", "Approved - thank you"),
        "de": ("Quittung, Beleg-Nr.", "Gesamtbetrag", "Datum", "Betrag dankend erhalten"),
    }[show]
    sign = {"USD": "$", "GBP": "£", "EUR": "EUR "}[receipt.currency]
    return {
        "merchant": receipt.merchant,
        "address": receipt.address,
        "phone": receipt.phone,
        "tax_id": receipt.tax_id,
        "number": receipt.number,
        "date": written(receipt.date) if receipt.category == "lodging" else day(receipt.date, show),
        "time": _clock(receipt.time, show),
        "lines": [
            {
                "text": line.text,
                "quantity": line.quantity,
                "price": amount(line.price, show),
                "amount": amount(line.amount, show),
            }
            for line in receipt.lines
        ],
        "sums": _sums(receipt),
        "total": sign + amount(receipt.total, show),
        "currency": receipt.currency,
        "payment": receipt.payment,
        "card": receipt.card,
        "words": words,
        "german": show == "de",
    }


def slip(receipt: Receipt, *, ppi: float = 300) -> Picture:
    """The paper slip of a till or card terminal."""
    return picture("slip", _data(receipt), ppi=ppi)


def bill(receipt: Receipt) -> bytes:
    """A receipt that was never on paper: a PDF with a text layer, as a booking system mails it."""
    return pdf("bill", _data(receipt), made=receipt.date)


def truth(receipt: Receipt) -> Truth:
    """What the receipt says, as `mobility read --json` would give it."""
    fields: dict[str, object] = {
        "merchant": receipt.merchant,
        "merchant_address": ", ".join(receipt.address),
        "number": receipt.number,
        "date": receipt.date.isoformat(),
        "time": receipt.time,
        "currency": receipt.currency,
        "subtotal": f"{receipt.subtotal:.2f}",
        "total": f"{receipt.total:.2f}",
        "payment_method": "card",
        "expense_category": receipt.category,
    }
    if receipt.tax_id:
        # As printed, but for the label before it and the spaces in it.
        fields["merchant_tax_id"] = re.sub(r"^.*?(?=[A-Z]{2}[ \d]+$)| ", "", receipt.tax_id)
    if receipt.tax:
        fields["tax"] = f"{receipt.tax_amount:.2f}"
    if receipt.tip:
        fields["tip"] = f"{receipt.tip:.2f}"
    return fields
