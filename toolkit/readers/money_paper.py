"""Receipts and invoices. An embedded electronic invoice is the truth; else the page is read row by row.

Nothing is defaulted: no currency, no order of day and month, no decimal mark. Whatever the evidence leaves open comes
with a confidence below 0.90 and the other readings in `rejected`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from toolkit import tampering
from toolkit.pages import Opened
from toolkit.readers import Reading
from toolkit.readers.money import printed, stated
from toolkit.recognise import Recognised

#: What an electronic invoice has no place for.
_STAY, _FUEL = ("check_in", "check_out", "nights"), ("litres", "gallons", "price_per_unit")
_RIDE = ("kilometres", "miles", "rate_per_distance")
_ONLY_PRINTED = frozenset(("expense_category", *_STAY, *_FUEL, *_RIDE))


def read(opened: Opened, found: Recognised) -> Reading:
    """Read the fields of a receipt or invoice; *found* tells which pages belong to it."""
    reading = _read(opened, found)
    said = tampering.hints(opened, reading.fields, today=date.today())
    return replace(reading, warnings=(*reading.warnings, *said))


def _read(opened: Opened, found: Recognised) -> Reading:
    invoice = stated.read(opened)
    if invoice is not None and invoice.fields:
        return _categorised(invoice, opened)
    sheets = tuple(sheet for sheet in opened.sheets if not found.pages or sheet.page.number in found.pages)
    reading = printed.read(replace(opened, sheets=sheets))
    return replace(reading, warnings=(*(invoice.warnings if invoice else ()), *reading.warnings))


def _categorised(invoice: Reading, opened: Opened) -> Reading:
    """Add what only the page tells: the category of the expense, and what stays, fuel and rides print besides."""
    page = printed.read(opened) if opened.sheets and "xml" not in opened.media_type else Reading()
    extra = tuple(field for field in page.fields if field.name in _ONLY_PRINTED)
    return replace(invoice, fields=(*invoice.fields, *extra))
