"""A Factur-X invoice: PDF/A-3 for people with the same invoice inside as UN/CEFACT CII XML (EN 16931) for programs."""

from __future__ import annotations

import io
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from xml.sax.saxutils import escape

import pikepdf

from tests.specimens.cast import Company, cast
from tests.specimens.receipts import CENT, Invoice, amount, day, money
from tests.specimens.specimen import Truth
from tests.specimens.typeset import pdf

NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}

#: What the Factur-X specification wants in the document's metadata, with the schema that PDF/A asks to be declared.
_METADATA = """
<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>
<fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
_PROPERTY = (
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{}</pdfaProperty:name>'
    "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
    "<pdfaProperty:description>{}</pdfaProperty:description></rdf:li>"
)


def _sums(invoice: Invoice) -> tuple[Decimal, Decimal, Decimal]:
    """Net, tax and total."""
    net = sum((line.amount for line in invoice.lines), Decimal(0))
    tax = (net * invoice.percent / 100).quantize(CENT, ROUND_HALF_UP)
    return net, tax, net + tax


def _cii_day(value: date) -> str:
    return f'<udt:DateTimeString format="102">{value:%Y%m%d}</udt:DateTimeString>'


def _party(tag: str, company: Company) -> str:
    postcode, city = company.city.split(" ", 1)
    return (
        f"<ram:{tag}><ram:Name>{escape(company.name)}</ram:Name><ram:PostalTradeAddress>"
        f"<ram:PostcodeCode>{postcode}</ram:PostcodeCode><ram:LineOne>{escape(company.street)}</ram:LineOne>"
        f"<ram:CityName>{escape(city)}</ram:CityName><ram:CountryID>{company.code}</ram:CountryID>"
        f'</ram:PostalTradeAddress><ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{company.tax_id}</ram:ID>'
        f"</ram:SpecifiedTaxRegistration></ram:{tag}>"
    )


def _item(number: int, text: str, quantity: int, price: Decimal, percent: Decimal) -> str:
    return (
        "<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument>"
        f"<ram:LineID>{number}</ram:LineID></ram:AssociatedDocumentLineDocument>"
        f"<ram:SpecifiedTradeProduct><ram:Name>{escape(text)}</ram:Name></ram:SpecifiedTradeProduct>"
        "<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>"
        f"<ram:ChargeAmount>{price}</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>"
        f'<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">{quantity}</ram:BilledQuantity>'
        "</ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax>"
        "<ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>"
        f"<ram:RateApplicablePercent>{percent}</ram:RateApplicablePercent></ram:ApplicableTradeTax>"
        "<ram:SpecifiedTradeSettlementLineMonetarySummation>"
        f"<ram:LineTotalAmount>{quantity * price:.2f}</ram:LineTotalAmount>"
        "</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>"
        "</ram:IncludedSupplyChainTradeLineItem>"
    )


def xml(invoice: Invoice) -> bytes:
    """The invoice as CII XML, profile EN 16931."""
    net, tax, total = _sums(invoice)
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    items = "".join(
        _item(number, line.text, line.quantity, line.price, invoice.percent)
        for number, line in enumerate(invoice.lines, start=1)
    )
    seller, buyer = cast().company[invoice.seller], cast().company[invoice.buyer]
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice {spaces}>
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID>\
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>{invoice.number}</ram:ID><ram:TypeCode>380</ram:TypeCode>\
<ram:IssueDateTime>{_cii_day(invoice.date)}</ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
{items}
<ram:ApplicableHeaderTradeAgreement>{_party("SellerTradeParty", seller)}{_party("BuyerTradeParty", buyer)}\
</ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery><ram:ActualDeliverySupplyChainEvent>\
<ram:OccurrenceDateTime>{_cii_day(invoice.delivered)}</ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent>\
</ram:ApplicableHeaderTradeDelivery>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>\
<ram:ApplicableTradeTax><ram:CalculatedAmount>{tax:.2f}</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>\
<ram:BasisAmount>{net:.2f}</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode>\
<ram:RateApplicablePercent>{invoice.percent}</ram:RateApplicablePercent></ram:ApplicableTradeTax>\
<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>{_cii_day(invoice.due)}</ram:DueDateDateTime>\
</ram:SpecifiedTradePaymentTerms><ram:SpecifiedTradeSettlementHeaderMonetarySummation>\
<ram:LineTotalAmount>{net:.2f}</ram:LineTotalAmount><ram:TaxBasisTotalAmount>{net:.2f}</ram:TaxBasisTotalAmount>\
<ram:TaxTotalAmount currencyID="EUR">{tax:.2f}</ram:TaxTotalAmount>\
<ram:GrandTotalAmount>{total:.2f}</ram:GrandTotalAmount>\
<ram:DuePayableAmount>{total:.2f}</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>\
</ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""
    return text.encode()


def factur_x() -> bytes:
    """The invoice as PDF/A-3 with its XML attached and declared in the metadata."""
    invoice = money().invoice
    net, tax, total = _sums(invoice)
    seller, buyer = cast().company[invoice.seller], cast().company[invoice.buyer]
    data = {
        "seller": {"name": seller.name, "address": f"{seller.street} · {seller.city}", "tax_id": seller.tax_id},
        "buyer": [buyer.name, buyer.street, buyer.city],
        "number": invoice.number,
        "date": day(invoice.date, "de"),
        "delivered": day(invoice.delivered, "de"),
        "due": day(invoice.due, "de"),
        "percent": f"{invoice.percent.normalize():f}",
        "lines": [
            [line.text, str(line.quantity), amount(line.price, "de"), amount(line.amount, "de")]
            for line in invoice.lines
        ],
        "net": amount(net, "de"),
        "tax": amount(tax, "de"),
        "total": amount(total, "de"),
    }
    drawn = pdf("invoice", data, made=invoice.date, images={"factur-x.xml": xml(invoice)}, standard="a-3b")
    return _declared(drawn)


def _declared(drawn: bytes) -> bytes:
    names = ("DocumentFileName", "DocumentType", "Version", "ConformanceLevel")
    properties = "".join(_PROPERTY.format(name, f"Factur-X {name}") for name in names)
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn)) as document:
        stream = document.Root.Metadata
        packet = stream.read_bytes().decode()
        extra = _METADATA.format(properties=properties)
        stream.write(packet.replace("</rdf:RDF>", extra + "</rdf:RDF>").encode())
        document.save(out, deterministic_id=True)
    return out.getvalue()


def truth() -> Truth:
    """What the invoice says, as `mobility read --json` would give it."""
    invoice = money().invoice
    net, tax, total = _sums(invoice)
    seller = cast().company[invoice.seller]
    return {
        "merchant": seller.name,
        "merchant_tax_id": seller.tax_id,
        "number": invoice.number,
        "date": invoice.date.isoformat(),
        "currency": "EUR",
        "subtotal": f"{net:.2f}",
        "tax": f"{tax:.2f}",
        "total": f"{total:.2f}",
    }
