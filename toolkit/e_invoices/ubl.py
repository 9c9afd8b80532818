"""OASIS UBL 2 Invoice and CreditNote: XRechnung, Peppol BIS Billing. Terms by number are those of EN 16931-1."""

from __future__ import annotations

from toolkit.e_invoices import payment
from toolkit.e_invoices.cii import each_costs, in_currency
from toolkit.e_invoices.element import Element, day, joined
from toolkit.e_invoices.terms import EInvoice, Line, Sums, TaxLine, credits

ROOTS = frozenset({"Invoice", "CreditNote"})


def read(root: Element) -> EInvoice:
    """Return what a UBL Invoice or CreditNote says, signs as stated."""
    supplier = root.first("AccountingSupplierParty/Party") or root
    type_code = root.text("InvoiceTypeCode", "CreditNoteTypeCode")  # BT-3
    currency = root.text("DocumentCurrencyCode")  # BT-5
    taxes = list(root.all("TaxTotal"))
    # The total in the tax currency (BT-111) is a TaxTotal too, and has no breakdown.
    own = next((tax for tax in taxes if tax.first("TaxSubtotal") is not None), None)
    return EInvoice(
        "UBL",
        number=root.text("ID"),  # BT-1
        type_code=type_code,
        date=day(root.text("IssueDate")),  # BT-2
        merchant=supplier.text("PartyLegalEntity/RegistrationName", "PartyName/Name"),  # BT-27, else BT-28
        merchant_address=_address(supplier),  # BG-5
        merchant_tax_id=_tax_id(supplier),
        currency=currency,
        sums=_sums(root, taxes, currency),
        tax_lines=tuple(map(_tax_line, own.all("TaxSubtotal"))) if own is not None else (),  # BG-23
        lines=tuple(map(_line, root.all("InvoiceLine|CreditNoteLine"))),  # BG-25
        payment_method=payment.CODES.get(root.text("PaymentMeans/PaymentMeansCode"), ""),  # BT-81
        credit=root.name == "CreditNote" or credits(type_code),
        enclosed=sum(1 for _ in root.all("AdditionalDocumentReference/Attachment/EmbeddedDocumentBinaryObject")),
    )


def _address(supplier: Element) -> str:
    address = supplier.first("PostalAddress")
    if address is None:
        return ""
    streets = [address.text(each) for each in ("StreetName", "AdditionalStreetName", "AddressLine/Line")]
    town = f"{address.text('PostalZone')} {address.text('CityName')}".strip()
    return joined([*streets, town, address.text("Country/IdentificationCode")])


def _tax_id(supplier: Element) -> str:
    """The VAT identifier (BT-31, its scheme is VAT), else another number of the tax office (BT-32)."""
    schemes = list(supplier.all("PartyTaxScheme"))
    vat = [each for each in schemes if each.text("TaxScheme/ID").upper() == "VAT"]
    return next((found for each in (*vat, *schemes) if (found := each.text("CompanyID"))), "")


def _sums(root: Element, taxes: list[Element], currency: str) -> Sums:
    sums = root.first("LegalMonetaryTotal") or root
    return Sums(
        lines=sums.decimal("LineExtensionAmount"),
        allowances=sums.decimal("AllowanceTotalAmount"),
        charges=sums.decimal("ChargeTotalAmount"),
        net=sums.decimal("TaxExclusiveAmount"),
        tax=in_currency([amount for tax in taxes for amount in tax.all("TaxAmount")], currency),
        gross=sums.decimal("TaxInclusiveAmount"),
        prepaid=sums.decimal("PrepaidAmount"),
        rounding=sums.decimal("PayableRoundingAmount"),
        due=sums.decimal("PayableAmount"),
    )


def _tax_line(tax: Element) -> TaxLine:
    return TaxLine(
        tax.decimal("TaxCategory/Percent", "Percent"), tax.decimal("TaxableAmount"), tax.decimal("TaxAmount")
    )


def _line(line: Element) -> Line:
    return Line(
        line.text("Item/Name", "Item/Description", "Note"),  # BT-153, BT-154, BT-127
        line.decimal("InvoicedQuantity|CreditedQuantity"),  # BT-129
        each_costs(line.decimal("Price/PriceAmount"), line.decimal("Price/BaseQuantity")),
        line.decimal("LineExtensionAmount"),  # BT-131
    )
