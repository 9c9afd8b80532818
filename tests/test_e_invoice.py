from __future__ import annotations

import contextlib
import json
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import e_invoice
from toolkit.errors import UnreadableError

CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
 <rsm:ExchangedDocument><ram:ID>R-1</ram:ID><ram:TypeCode>380</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">20260503</udt:DateTimeString></ram:IssueDateTime>
 </rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
  <ram:IncludedSupplyChainTradeLineItem>
   <ram:SpecifiedTradeProduct><ram:Name>Room</ram:Name></ram:SpecifiedTradeProduct>
   <ram:NetPriceProductTradePrice><ram:ChargeAmount>50.00</ram:ChargeAmount></ram:NetPriceProductTradePrice>
   <ram:BilledQuantity unitCode="DAY">2.000</ram:BilledQuantity>
   <ram:LineTotalAmount>100.00</ram:LineTotalAmount>
  </ram:IncludedSupplyChainTradeLineItem>
  <ram:SellerTradeParty><ram:Name>Gasthof
    Utopia GmbH</ram:Name>
   <ram:PostalTradeAddress><ram:PostcodeCode>10115</ram:PostcodeCode><ram:LineOne>Weg 1</ram:LineOne>
    <ram:CityName>Berlin</ram:CityName><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress>
   <ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">12/345</ram:ID></ram:SpecifiedTaxRegistration>
   <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE999999999</ram:ID></ram:SpecifiedTaxRegistration>
  </ram:SellerTradeParty>
  <ram:BuyerTradeParty><ram:Name>Somebody Else</ram:Name></ram:BuyerTradeParty>
  <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
  <ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>48</ram:TypeCode></ram:SpecifiedTradeSettlementPaymentMeans>
  <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
   <ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount>
   <ram:TaxTotalAmount currencyID="GBP">6.00</ram:TaxTotalAmount>
   <ram:TaxTotalAmount currencyID="EUR">7.00</ram:TaxTotalAmount>
   <ram:GrandTotalAmount>107.00</ram:GrandTotalAmount>
  </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
 </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>"""
UBL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:ID>U-7</cbc:ID><cbc:IssueDate>2026-05-03</cbc:IssueDate><cbc:DocumentCurrencyCode>NOK</cbc:DocumentCurrencyCode>
 <cac:AccountingSupplierParty><cac:Party>
  <cac:PartyName><cbc:Name>Trade name</cbc:Name></cac:PartyName>
  <cac:PostalAddress><cbc:StreetName>Gata 2</cbc:StreetName><cbc:CityName>Oslo</cbc:CityName>
   <cbc:PostalZone>0150</cbc:PostalZone><cac:Country><cbc:IdentificationCode>NO</cbc:IdentificationCode></cac:Country>
  </cac:PostalAddress>
  <cac:PartyTaxScheme><cbc:CompanyID>NO999999999MVA</cbc:CompanyID></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>Utopia AS</cbc:RegistrationName></cac:PartyLegalEntity>
 </cac:Party></cac:AccountingSupplierParty>
 <cac:AccountingCustomerParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>Buyer</cbc:RegistrationName>
 </cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
 <cac:TaxTotal><cbc:TaxAmount currencyID="NOK">-25.00</cbc:TaxAmount></cac:TaxTotal>
 <cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID="NOK">-100.00</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="NOK">-125.00</cbc:TaxInclusiveAmount></cac:LegalMonetaryTotal>
 <cac:InvoiceLine><cbc:InvoicedQuantity>-1</cbc:InvoicedQuantity><cbc:LineExtensionAmount>-100.00</cbc:LineExtensionAmount>
  <cac:Item><cbc:Name>Chair</cbc:Name></cac:Item><cac:Price><cbc:PriceAmount>100.00</cbc:PriceAmount></cac:Price>
 </cac:InvoiceLine></Invoice>"""


def test_cii_is_read_with_the_tax_in_the_invoice_currency():
    found = e_invoice.read(CII.encode())
    assert found is not None
    assert (found.number, found.date, found.merchant, found.currency) == (
        "R-1",
        "2026-05-03",
        "Gasthof Utopia GmbH",
        "EUR",
    )
    assert (found.subtotal, found.tax, found.total) == (Decimal(100), Decimal(7), Decimal(107))
    assert found.adds_up
    assert found.merchant_address == "Weg 1, 10115 Berlin, DE"
    assert (found.merchant_tax_id, found.payment_method) == ("DE999999999", "card")
    assert found.lines == ({"description": "Room", "quantity": "2", "unit_price": "50", "amount": "100"},)


def test_ubl_is_read_and_a_credit_stays_negative():
    found = e_invoice.read(UBL.encode())
    assert found is not None
    assert (found.merchant, found.total, found.tax) == ("Utopia AS", Decimal(-125), Decimal(-25))
    assert found.merchant_address == "Gata 2, 0150 Oslo, NO"
    assert found.lines[0]["amount"] == "-100"


def test_other_xml_is_no_invoice():
    assert e_invoice.read(b"<html><body/></html>") is None
    assert e_invoice.read(b"<Invoice/>") is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7",
        b"<a><b></a>",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Invoice><ID>&x;</ID></Invoice>',
        b'<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;&x;&x;">]><Invoice>&y;</Invoice>',
        "<a/>".encode("utf-16")[:-3],
    ],
)
def test_broken_or_scheming_xml_is_refused(data):
    with pytest.raises(UnreadableError):
        e_invoice.read(data)


def test_numbers_are_schema_decimals_or_nothing():
    for odd in ("1e9", "NaN", "12,50", "1 000.00", ""):
        found = e_invoice.read(CII.replace("107.00", odd).encode())
        assert found is not None
        assert (found.total, found.adds_up) == (None, None)


@given(st.binary())
def test_any_bytes_are_read_or_refused(data):
    with contextlib.suppress(UnreadableError):
        e_invoice.read(data)


@given(st.integers(0, len(CII) - 1), st.text(max_size=3))
def test_damaged_invoices_are_read_or_refused(at, put):
    with contextlib.suppress(UnreadableError):
        e_invoice.read((CII[:at] + put + CII[at + 1 :]).encode("utf-8", "replace"))


@pytest.mark.data
def test_the_public_zugferd_corpus(shared_data: Path):
    for row in map(json.loads, (shared_data / "zugferd" / "truth.jsonl").read_text().splitlines()):
        with pikepdf.open(shared_data / row["file"]) as pdf:
            found = e_invoice.read(pdf.attachments[row["xml"]].get_file().read_bytes())
        assert found is not None
        assert (found.number, found.date, found.currency) == (row["invoice_number"], row["date"], row["currency"])
        assert found.merchant == " ".join(row["seller"].split())
        assert (float(found.total or 0), float(found.tax or 0)) == (row["total"], row["tax"])
