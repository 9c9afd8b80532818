from __future__ import annotations

import base64
import contextlib
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.specimens import e_invoices as drawn
from toolkit import cades, e_invoices, read, sniff
from toolkit.e_invoices import EInvoice
from toolkit.errors import HostileError, InputError, UnreadableError
from toolkit.model import Method, Proof

CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
 <rsm:ExchangedDocument><ram:ID>R-<!-- cut -->1</ram:ID><ram:TypeCode>380</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">20260503</udt:DateTimeString></ram:IssueDateTime>
 </rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
  <ram:IncludedSupplyChainTradeLineItem>
   <ram:SpecifiedTradeProduct><ram:Name>Room</ram:Name></ram:SpecifiedTradeProduct>
   <ram:SpecifiedLineTradeAgreement>
    <ram:NetPriceProductTradePrice><ram:ChargeAmount>50.00</ram:ChargeAmount></ram:NetPriceProductTradePrice>
   </ram:SpecifiedLineTradeAgreement>
   <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="DAY">2.000</ram:BilledQuantity>
   </ram:SpecifiedLineTradeDelivery>
   <ram:SpecifiedLineTradeSettlement><ram:SpecifiedTradeSettlementLineMonetarySummation>
    <ram:LineTotalAmount>100.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>
   </ram:SpecifiedLineTradeSettlement>
  </ram:IncludedSupplyChainTradeLineItem>
  <ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Gasthof
    Utopia GmbH</ram:Name>
   <ram:PostalTradeAddress><ram:PostcodeCode>10115</ram:PostcodeCode><ram:LineOne>Weg 1</ram:LineOne>
    <ram:CityName>Berlin</ram:CityName><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress>
   <ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">12/345</ram:ID></ram:SpecifiedTaxRegistration>
   <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE999999999</ram:ID></ram:SpecifiedTaxRegistration>
  </ram:SellerTradeParty>
  <ram:BuyerTradeParty><ram:Name>Somebody Else</ram:Name></ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeSettlement>
  <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
  <ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>48</ram:TypeCode></ram:SpecifiedTradeSettlementPaymentMeans>
  <ram:ApplicableTradeTax><ram:CalculatedAmount>7.00</ram:CalculatedAmount><ram:BasisAmount>100.00</ram:BasisAmount>
   <ram:RateApplicablePercent>7.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
  <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
   <ram:LineTotalAmount>100.00</ram:LineTotalAmount>
   <ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount>
   <ram:TaxTotalAmount currencyID="GBP">6.00</ram:TaxTotalAmount>
   <ram:TaxTotalAmount currencyID="EUR">7.00</ram:TaxTotalAmount>
   <ram:GrandTotalAmount>107.00</ram:GrandTotalAmount>
   <ram:DuePayableAmount>107.00</ram:DuePayableAmount>
  </ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>"""


def one(data: bytes) -> EInvoice:
    (found,) = e_invoices.read(data)
    return found


def fields(data: bytes) -> dict[str, object]:
    (record,) = read.read_bytes(data, sniff.XML)
    assert record.kind == "invoice"
    assert record.kind_confidence > 0.9
    return {field.name: field.value for field in record.fields if field.name != "language"}


def test_cii_is_read_with_the_tax_in_the_invoice_currency():
    found = one(CII.encode())
    assert (found.number, found.date, found.merchant, found.currency) == (
        "R-1",  # a comment must not cut a number short
        "2026-05-03",
        "Gasthof Utopia GmbH",
        "EUR",
    )
    assert (found.sums.net, found.sums.tax, found.sums.gross) == (Decimal(100), Decimal(7), Decimal(107))
    assert found.adds_up
    assert e_invoices.broken(found) == ()
    assert found.merchant_address == "Weg 1, 10115 Berlin, DE"
    assert (found.merchant_tax_id, found.payment_method) == ("DE999999999", "card")
    assert fields(CII.encode())["lines"] == (
        {"description": "Room", "quantity": "2", "unit_price": "50.00", "amount": "100.00"},
    )


def test_ubl_gives_every_field_of_the_contract():
    assert fields(drawn.ubl()) == {
        "merchant": "Utopia Reisen GmbH",
        "merchant_address": "Weg 2, 28195 Bremen, DE",
        "merchant_tax_id": "DE999999999",
        "number": "U-7",
        "date": "2026-05-03",
        "currency": "EUR",
        "subtotal": "142.86",
        "tax": "22.00",
        "total": "164.86",
        "allowances": "10.00",
        "charges": "2.86",
        "prepaid": "64.00",
        "rounding": "0.04",
        "amount_due": "100.90",
        "payment_method": "bank transfer",
        "tax_lines": (
            {"rate": "19", "net": "100.00", "tax": "19.00"},
            {"rate": "7", "net": "42.86", "tax": "3.00"},
        ),
        "lines": (
            # The price is that of ten.
            {"description": "Coach tour", "quantity": "2", "unit_price": "50.00", "amount": "100.00"},
            {"description": "Guide book", "quantity": "4", "unit_price": "12.50", "amount": "50.00"},
        ),
    }


@pytest.mark.parametrize(
    "data", [drawn.ubl("381", credit_note=True), drawn.ubl("381"), drawn.ubl("", credit_note=True)]
)
def test_a_credit_note_takes_its_amounts_below_zero(data):
    found = one(data)
    assert (found.sums.gross, found.sums.tax, found.sums.due) == (
        Decimal("-164.86"),
        Decimal("-22.00"),
        Decimal("-100.90"),
    )
    assert (found.lines[0].quantity, found.lines[0].unit_price, found.lines[0].net) == (-2, 50, -100)
    assert found.tax_lines[0].net == -100
    assert e_invoices.broken(found) == ()


def test_a_correction_means_its_amounts_as_they_stand():
    data = drawn.ubl("384").replace(b">164.86<", b">-164.86<").replace(b">142.86<", b">-142.86<")
    assert one(data).sums.gross == Decimal("-164.86")


def test_a_credit_note_that_states_negative_amounts_is_unsure():
    data = drawn.ubl("381", credit_note=True).replace(b">164.86<", b">-164.86<")
    (record,) = read.read_bytes(data, sniff.XML)
    total = record.get("total")
    assert total is not None
    assert (total.value, total.sure) == ("-164.86", False)
    assert any("called a credit note and states negative amounts" in each for each in record.warnings)


def test_fattura_is_read():
    found = fields(drawn.fattura())
    assert found == {
        "merchant": "Albergo Utopia S.r.l.",
        "merchant_address": "Via Finta 7, 20121 Milano MI, IT",
        "merchant_tax_id": "IT99999999990",
        "number": "12/A",
        "date": "2026-05-03",
        "currency": "EUR",
        "subtotal": "200.00",
        "tax": "22.40",
        "total": "222.40",
        "amount_due": "222.40",
        "payment_method": "card",
        "tax_lines": (
            {"rate": "10", "net": "180.00", "tax": "18.00"},
            {"rate": "22", "net": "20.00", "tax": "4.40"},
        ),
        "lines": (
            {"description": "Camera doppia", "quantity": "2", "unit_price": "90.00", "amount": "180.00"},
            {"description": "Parcheggio", "unit_price": "20.00", "amount": "20.00"},
        ),
        "expense_category": "lodging",
    }
    assert one(drawn.fattura(type_code="TD04")).sums.gross == Decimal("-222.40")


def test_a_total_that_fattura_leaves_out_is_computed_and_proves_nothing():
    (record,) = read.read_bytes(drawn.fattura(total=""), sniff.XML)
    total = record.get("total")
    assert total is not None
    assert (total.value, total.source.method, total.proof) == ("222.40", Method.COMPUTED, Proof.NONE)
    assert any("states none" in each for each in record.warnings)


def test_a_simplified_fattura_has_its_tax_within_and_a_rounded_tax_is_unsure():
    (record,) = read.read_bytes(drawn.SIMPLIFIED, sniff.XML)
    got = {field.name: (field.value, field.sure) for field in record.fields}
    assert got["merchant"] == ("Ada Finta", True)
    assert got["total"] == ("22.00", True)
    assert (got["tax"], got["subtotal"]) == (("2.00", False), ("20.00", False))
    assert got["tax_lines"] == (({"rate": "10", "net": "20.00", "tax": "2.00"},), False)


def test_a_lot_whose_header_would_be_multiplied_is_not_taken_apart(monkeypatch: pytest.MonkeyPatch):
    lot = drawn.fattura("1", "2", "3")
    assert len(e_invoices.separate(lot)) == 3
    monkeypatch.setattr(e_invoices, "_LOT_BYTES", len(lot))
    assert e_invoices.separate(lot) == ()


def test_of_a_lot_the_first_is_given_unsure_with_a_word_and_it_can_be_taken_apart():
    lot = drawn.fattura("1", "2", "3")
    assert [each.number for each in e_invoices.read(lot)] == ["1", "2", "3"]
    # Read as one document, as it is where nobody takes it apart.
    (record, *_) = read.read_bytes(lot, sniff.XML)
    assert record.get("number").value == "1"
    parts = e_invoices.separate(lot)
    assert [one(part).number for part in parts] == ["1", "2", "3"]
    assert {one(part).merchant for part in parts} == {"Albergo Utopia S.r.l."}
    assert e_invoices.separate(drawn.fattura()) == e_invoices.separate(drawn.ubl()) == ()


@pytest.mark.parametrize(
    ("rule", "old", "new", "unsure"),
    [
        ("BR-CO-10", b'"EUR">50.00<', b'"EUR">51.00<', {"lines"}),
        ("BR-CO-13", b">10.00<", b">11.00<", {"subtotal"}),
        ("BR-CO-14", b'"EUR">3.00<', b'"EUR">3.01<', {"tax", "tax_lines"}),
        ("BR-CO-15", b">164.86<", b">164.85<", {"subtotal", "tax", "total", "amount_due"}),
        ("BR-CO-16", b">64.00<", b">63.00<", {"amount_due"}),
        ("BR-CO-17", b">19</cbc:Percent>", b">16</cbc:Percent>", {"tax_lines"}),
    ],
)
def test_each_rule_of_the_standard_is_named_and_puts_its_fields_in_doubt(rule, old, new, unsure):
    (record,) = read.read_bytes(drawn.ubl().replace(old, new), sniff.XML)
    said = [each for each in record.warnings if rule in each]
    assert len(said) == 1
    assert {field.name for field in record.fields if not field.sure} == unsure


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [("2.1.1.9", b">222.40</ImportoTot", b">222.50</ImportoTot"), ("00421", b">4.40<", b">4.50<")],
)
def test_rules_of_fattura_are_named(rule, old, new):
    (record,) = read.read_bytes(drawn.fattura().replace(old, new), sniff.XML)
    assert any(rule in each for each in record.warnings)


def test_sound_invoices_break_no_rule():
    for data in (CII.encode(), drawn.ubl(), drawn.fattura(), drawn.SIMPLIFIED, drawn.ubl("381", credit_note=True)):
        assert e_invoices.broken(one(data)) == ()


def test_peppols_envelope_is_opened():
    inside = drawn.ubl().split(b"?>", 1)[1]
    assert one(b"<StandardBusinessDocument><Header/>" + inside + b"</StandardBusinessDocument>").number == "U-7"


def test_other_xml_is_no_invoice():
    assert e_invoices.read(b"<html><body/></html>") == ()
    assert e_invoices.read(b"<Invoice/>") == ()
    order = CII.replace("CrossIndustryInvoice ", "SCRDMCCBDACIOMessageStructure ", 1)
    order = order.replace("</rsm:CrossIndustryInvoice>", "</rsm:SCRDMCCBDACIOMessageStructure>")
    assert e_invoices.read(order.encode()) == ()


def test_a_draft_of_zugferd_under_the_root_of_ubl_is_cii():
    draft = CII.replace("rsm:CrossIndustryInvoice", "rsm:Invoice").replace("rsm:ExchangedD", "rsm:HeaderExchangedD")
    assert one(draft.encode()).syntax == "CII"


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", b"<a><b></a>", "<a/>".encode("utf-16")[:-3], b"<a>" * 400 + b"</a>" * 400]
)
def test_broken_or_bottomless_xml_is_refused(data):
    with pytest.raises(UnreadableError):
        e_invoices.read(data)


_LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9)
)


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Invoice><ID>&x;</ID></Invoice>',
        b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><Invoice><ID>1</ID></Invoice>',
        f"{_LAUGHS}]><Invoice><ID>&j;</ID></Invoice>".encode(),
        f"{_LAUGHS}]><Invoice><ID>&j;</ID></Invoice>".encode("utf-16"),
    ],
)
def test_entities_and_foreign_files_are_refused(data):
    with pytest.raises((HostileError, UnreadableError)):
        e_invoices.read(data)


def test_numbers_are_schema_decimals_or_nothing():
    for odd in ("1e9", "NaN", "12,50", "1 000.00", "", "٣.٠٠", "9" * 40):
        found = one(CII.replace(">107.00</ram:Grand", f">{odd}</ram:Grand").encode())
        assert (found.sums.gross, found.adds_up) == (None, None)


def test_a_price_that_no_eight_places_hold_is_left_out():
    data = drawn.ubl().replace(b"<cbc:BaseQuantity>10<", b"<cbc:BaseQuantity>3<")
    assert one(data).lines[0].unit_price is None


@given(st.binary())
def test_any_bytes_are_read_or_refused(data):
    with contextlib.suppress(InputError):
        e_invoices.read(data)


@settings(max_examples=300)
@given(
    st.sampled_from([CII.encode(), drawn.ubl(), drawn.fattura("1", "2"), drawn.SIMPLIFIED]),
    st.integers(0, 6000),
    st.integers(0, 40),
    st.one_of(st.binary(max_size=4), st.sampled_from([b"0", b"-", b"1e5", b"9" * 30, b"0.0001", b"-0"])),
)
def test_damaged_invoices_give_values_or_a_named_error(data, at, cut, put):
    at %= len(data)
    try:
        records = read.read_bytes(data[:at] + put + data[at + cut :], sniff.XML)
    except InputError as named:
        assert named.message
        return
    for record in records:
        for field in record.fields:
            assert 0 <= field.confidence <= 1
            if field.name in ("total", "tax", "subtotal"):
                Decimal(str(field.value))


class TestEnvelope:
    @pytest.mark.parametrize("document", [drawn.fattura(), b"x", b"<a/>" * 20_000])
    def test_the_document_is_found_in_der_base64_and_pem(self, document):
        der = drawn.signed(document)
        text = base64.encodebytes(der)
        assert cades.content(der) == document
        assert cades.content(text) == document
        assert cades.content(b"-----BEGIN PKCS7-----\n" + text + b"-----END PKCS7-----\n") == document
        assert cades.content(drawn.signed(der)) == document

    def test_indefinite_lengths_and_strings_in_parts_are_walked(self):
        oid = bytes.fromhex("06092a864886f70d010702")
        data = bytes.fromhex("06092a864886f70d010701")
        parts = b"\x24\x80\x04\x02<a\x04\x02/>\0\0"
        held = b"\x30\x80" + data + b"\xa0\x80" + parts + b"\0\0\0\0"
        signed = b"\x30\x80\x02\x01\x01\x31\x00" + held + b"\0\0"
        assert cades.content(b"\x30\x80" + oid + b"\xa0\x80" + signed + b"\0\0\0\0") == b"<a/>"

    def test_signed_xml_is_xml_and_other_envelopes_are_not(self):
        assert sniff.media_type(drawn.signed(drawn.fattura())) == sniff.XML
        assert sniff.media_type(base64.encodebytes(drawn.signed(drawn.ubl()))) == sniff.XML
        assert sniff.media_type(drawn.signed(b"just words")) != sniff.XML
        assert one(drawn.signed(drawn.fattura())).number == "12/A"

    @given(st.binary(max_size=200), st.integers(0, 80), st.integers(0, 80))
    def test_any_bytes_are_an_envelope_or_none(self, put, at, cut):
        der = b"\x30\x82\x01\x00" + bytes.fromhex("06092a864886f70d010702") + put
        cades.content(der)
        cades.content(put)
        whole = _SIGNED
        cades.content(whole[:at] + put + whole[at + cut :])

    def test_text_that_begins_like_base64_is_passed_over_quickly(self):
        assert cades.content(b"M" * 5_000_000 + b"!") is None


_SIGNED = drawn.signed(b"<a/>")


class TestCommandLine:
    @pytest.mark.parametrize(
        ("name", "data", "total"),
        [
            ("xrechnung.xml", drawn.ubl(), "164.86"),
            ("credit.xml", drawn.ubl("381", credit_note=True), "-164.86"),
            ("cii.xml", CII.encode(), "107.00"),
            ("IT99999999990_00001.xml", drawn.fattura(), "222.40"),
        ],
    )
    def test_bare_xml_is_read_from_end_to_end(self, tmp_path: Path, name: str, data: bytes, total: str):
        (tmp_path / name).write_bytes(data)
        done = subprocess.run(
            [Path(sys.executable).with_name("mobility"), "read", "--json", tmp_path / name],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        (answer,) = map(json.loads, done.stdout.splitlines())
        assert (done.returncode, answer["error"], answer["kind"]) == (0, None, "invoice")
        assert answer["fields"]["total"]["value"] == total
        assert answer["fields"]["total"]["method"] == "e-invoice xml"
        assert answer["fields"]["total"]["currency"] == "EUR"
        assert answer["warnings"] == []


@pytest.mark.data
def test_the_public_zugferd_corpus(shared_data: Path):
    for row in map(json.loads, (shared_data / "zugferd" / "truth.jsonl").read_text().splitlines()):
        with pikepdf.open(shared_data / row["file"]) as pdf:
            found = one(pdf.attachments[row["xml"]].get_file().read_bytes())
        assert (found.number, found.date, found.currency) == (row["invoice_number"], row["date"], row["currency"])
        assert found.merchant == " ".join(row["seller"].split())
        assert (float(found.sums.gross or 0), float(found.sums.tax or 0)) == (row["total"], row["tax"])
