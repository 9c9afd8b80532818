"""UN/CEFACT Cross Industry Invoice: Factur-X, ZUGFeRD 1 and 2, XRechnung. Terms by number are those of EN 16931-1."""

from __future__ import annotations

from decimal import Decimal

from toolkit.e_invoices import payment
from toolkit.e_invoices.element import Element, day, decimal, joined
from toolkit.e_invoices.terms import EInvoice, Line, Sums, TaxLine, credits

ROOTS = frozenset({"CrossIndustryInvoice", "CrossIndustryDocument"})
#: By this child the drafts are known whose root is called Invoice, as in UBL.
HEADS = "ExchangedDocument|HeaderExchangedDocument"
#: Lines of Factur-X EXTENDED that are no lines of their own: the sum of a group, and what only informs.
_NOT_COUNTED = frozenset({"GROUP", "INFORMATION"})


def read(root: Element) -> EInvoice:
    """Return what a CrossIndustryInvoice (ZUGFeRD 1: CrossIndustryDocument) says, signs as stated."""
    head = root.first(HEADS) or root
    trade = root.first("SupplyChainTradeTransaction|SpecifiedSupplyChainTradeTransaction") or root
    seller = trade.first("*/SellerTradeParty") or trade
    settled = trade.first("ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement") or trade
    type_code = head.text("TypeCode")  # BT-3
    currency = settled.text("InvoiceCurrencyCode")  # BT-5
    return EInvoice(
        "CII",
        number=head.text("ID"),  # BT-1
        type_code=type_code,
        date=day(head.text("IssueDateTime/DateTimeString", "IssueDateTime/DateTime", "IssueDateTime")),  # BT-2
        merchant=seller.text("Name"),  # BT-27
        merchant_address=_address(seller),  # BG-5
        merchant_tax_id=_tax_id(seller),
        currency=currency,
        sums=_sums(settled, currency),
        tax_lines=tuple(map(_tax_line, settled.all("ApplicableTradeTax"))),  # BG-23
        # The lines of drafts of ZUGFeRD 1 stand beside the transaction, not in it.
        lines=tuple(_line(line) for place in (trade, root) for line in place.all("IncludedSupplyChainTradeLineItem")),
        payment_method=payment.CODES.get(settled.text("SpecifiedTradeSettlementPaymentMeans/TypeCode"), ""),  # BT-81
        credit=credits(type_code),
        enclosed=sum(1 for _ in trade.all("*/AdditionalReferencedDocument/AttachmentBinaryObject")),  # BT-125
    )


def _address(seller: Element) -> str:
    address = seller.first("PostalTradeAddress")
    if address is None:
        return ""
    town = f"{address.text('PostcodeCode')} {address.text('CityName')}".strip()
    return joined(
        [*(address.text(each) for each in ("LineOne", "LineTwo", "LineThree")), town, address.text("CountryID")]
    )


def _tax_id(seller: Element) -> str:
    """The VAT identifier (BT-31), else the number of the local tax office (BT-32)."""
    ids = {node.attribute("schemeID"): node.own for node in seller.all("SpecifiedTaxRegistration/ID")}
    return ids.get("VA") or ids.get("FC") or ids.get("") or ""


def _sums(settled: Element, currency: str) -> Sums:
    sums = (
        settled.first("SpecifiedTradeSettlementHeaderMonetarySummation|SpecifiedTradeSettlementMonetarySummation")
        or settled
    )
    return Sums(
        lines=sums.decimal("LineTotalAmount"),
        allowances=sums.decimal("AllowanceTotalAmount"),
        charges=sums.decimal("ChargeTotalAmount"),
        net=sums.decimal("TaxBasisTotalAmount"),
        tax=in_currency([*sums.all("TaxTotalAmount")], currency),
        gross=sums.decimal("GrandTotalAmount"),
        prepaid=sums.decimal("TotalPrepaidAmount"),
        rounding=sums.decimal("RoundingAmount"),
        due=sums.decimal("DuePayableAmount"),
    )


def in_currency(amounts: list[Element], currency: str) -> Decimal | None:
    """Return the amount in the invoice's own currency: foreign invoices state the tax in the tax currency too."""
    own = [each for each in amounts if each.attribute("currencyID") == currency] or amounts
    return decimal(own[0].own) if own else None


def _tax_line(tax: Element) -> TaxLine:
    return TaxLine(
        tax.decimal("RateApplicablePercent", "ApplicablePercent"),
        tax.decimal("BasisAmount"),
        tax.decimal("CalculatedAmount"),
    )


def _line(line: Element) -> Line:
    return Line(
        line.text(
            "SpecifiedTradeProduct/Name",  # BT-153
            "SpecifiedTradeProduct/Description",  # BT-154
            "AssociatedDocumentLineDocument/IncludedNote/Content",  # BT-127
        ),
        line.decimal("*/BilledQuantity"),  # BT-129
        each_costs(
            line.decimal("*/NetPriceProductTradePrice/ChargeAmount", "*/GrossPriceProductTradePrice/ChargeAmount"),
            line.decimal("*/NetPriceProductTradePrice/BasisQuantity", "*/GrossPriceProductTradePrice/BasisQuantity"),
        ),
        line.decimal(
            "*/SpecifiedTradeSettlementLineMonetarySummation|SpecifiedTradeSettlementMonetarySummation/LineTotalAmount"
        ),  # BT-131
        line.text("AssociatedDocumentLineDocument/LineStatusReasonCode") not in _NOT_COUNTED,
    )


def each_costs(price: Decimal | None, of: Decimal | None) -> Decimal | None:
    """Return the price of one (BT-146 by its base quantity, BT-149); None where that is no number of eight places."""
    if price is None or of is None or of == 1:
        return price
    if of <= 0:
        return None
    one = (price / of).quantize(Decimal("1e-8")) if abs(price / of) < 10**15 else None
    return one.normalize() if one is not None and one * of == price else None
