"""Electronic invoices as values: CII (Factur-X, ZUGFeRD 1 and 2, XRechnung), UBL 2 (XRechnung, Peppol) and FatturaPA.

Knows XML and the standards; knows no PDF and no page.
"""

from __future__ import annotations

from toolkit import cades
from toolkit.e_invoices import cii, fattura, ubl
from toolkit.e_invoices.element import Element, parse
from toolkit.e_invoices.rules import Breach, broken
from toolkit.e_invoices.terms import EInvoice, Line, Sums, TaxLine, signed

__all__ = ["FILE_NAMES", "Breach", "EInvoice", "Line", "Sums", "TaxLine", "broken", "read", "separate"]

#: What the standards call the XML inside a PDF, in lower case.
FILE_NAMES = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "facturx.xml", "zugferd_invoice.xml"})

#: Invoices of one file that are given one by one.
_LOT = 50
_LOT_BYTES = 40 * 1024 * 1024


def read(data: bytes) -> tuple[EInvoice, ...]:
    """Return the invoices in XML, bare or signed (CAdES, `.xml.p7m`); none when it is something else.

    Only a FatturaPA can hold several. The amounts of a credit note are below zero (`terms.signed`). Signatures are not
    checked. Raises UnreadableError for what is no well-formed XML or over 20 MB, HostileError for a document type.
    """
    root = parse(cades.content(data) or data)
    return tuple(signed(each) for each in _read(root))


def _read(root: Element) -> tuple[EInvoice, ...]:
    # An order (Order-X) has the same head under another root, and is no invoice.
    if root.name in cii.ROOTS or (root.name in ubl.ROOTS and root.first(cii.HEADS) is not None):
        return (cii.read(root),)
    if root.name in ubl.ROOTS and root.first("AccountingSupplierParty") is not None:
        return (ubl.read(root),)
    if root.name in fattura.ROOTS:
        return fattura.read(root)
    if root.name == "StandardBusinessDocument":
        # Peppol's envelope round the invoice.
        return next((_read(each) for each in root.all("Invoice|CreditNote|CrossIndustryInvoice")), ())
    return ()


def separate(data: bytes) -> tuple[bytes, ...]:
    """Return the invoices of a lot of FatturaPA as XML of one invoice each; nothing for any other file.

    Raises what `read` raises. The header stands in every part, so a lot of more than 50, or with a header so large that
    the parts would be several times the file, is not taken apart.
    """
    root = parse(cades.content(data) or data)
    if root.name not in fattura.ROOTS:
        return ()
    count = sum(1 for _ in root.all(fattura.BODY))
    if not 1 < count <= _LOT:
        return ()
    made: list[bytes] = []
    for number in range(count):
        made.append(root.keeping(fattura.BODY, number))
        if sum(map(len, made)) > _LOT_BYTES:
            return ()
    return tuple(made)
