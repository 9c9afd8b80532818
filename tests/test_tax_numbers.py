"""Tax numbers: whose, and whether their check digit holds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.fields import check_digits
from toolkit.model import Box, Method, Word
from toolkit.readers.money import tax_number, tax_schemes
from toolkit.readers.money.rows import Row

LABEL = re.compile(r"\bvat\b|\bust|\btax id|\bgst\b|\bnip\b|\bsteuer")

#: Numbers that tax offices publish as examples, or of authorities and large companies; none of a person.
PUBLISHED = [
    ("USt-IdNr.: DE 136 695 976", "D"),
    ("UID ATU13585627", "AUT"),
    ("BTW BE 0428.759.497", "BEL"),
    ("CHE-116.281.710 MWST", "CHE"),
    ("CVR-nr. 13585628", "DNK"),
    ("Y-tunnus 2077474-0", "FIN"),
    ("Org.nr 556016-0680", "SWE"),
    ("Moms SE556016068001", "SWE"),
    ("NO 974 760 673 MVA", "NOR"),
    ("TVA FR 40 303 265 045", "FRA"),
    ("SIRET 732 829 320 00074", "FRA"),
    ("VAT No GB 980 7806 84", "GBR"),
    ("VAT IE6388047V", "IRL"),
    ("P.IVA 00743110157", "ITA"),
    ("TVA LU 15027442", "LUX"),
    ("BTW NL810433941B01", "NLD"),
    ("NIP 526-104-08-28", "POL"),
    ("NIF 501964843", "PRT"),
    ("CIF A58818501", "ESP"),
    ("OIB 33392005961", "HRV"),
    ("ABN 51 824 753 556", "AUS"),
    ("GSTIN 27AAPFU0939F1ZV", "IND"),
    ("CNPJ 11.222.333/0001-81", "BRA"),
    ("登録番号 T7000012050002", "JPN"),
    ("CUIT 20-05536168-2", "ARG"),
    ("RUT 76.086.428-5", "CHL"),
    ("統一編號 04595257", "TWN"),
    ("UEN 197401143C", "SGP"),
    ("ΑΦΜ 094259216", "GRC"),
    ("NPWP 01.312.166.0-091.000", "IDN"),
]


def rows(*texts: str) -> tuple[Row, ...]:
    return tuple(
        Row(1, number, (Word(text, Box(0.05, 0.02 + number / 50, 0.9, 0.03 + number / 50), 0.99),), Method.OCR, 0.01)
        for number, text in enumerate(texts)
    )


@pytest.mark.parametrize(("text", "country"), PUBLISHED)
def test_published_numbers_pass_and_one_changed_digit_fails(text, country):
    (found,) = tax_schemes.find(text)
    assert (found.scheme.country, found.valid) == (country, True)
    place = [place for place, each in enumerate(text) if each.isdecimal() and place >= found.start][3]
    changed = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
    assert not any(each.valid and each.scheme == found.scheme for each in tax_schemes.find(changed))


@given(st.text(max_size=60))
def test_any_text_gives_numbers_or_none(text):
    for found in tax_schemes.find(text):
        assert text[found.start : found.end].upper() == found.written or not text.isascii()


@given(st.sampled_from(sorted(check_digits.RULES)), st.data())
def test_a_rule_takes_every_number_of_its_shape(rule, data):
    for scheme in (each.scheme for each in tax_schemes._searches() if each.scheme.rule == rule):
        shape = "".join(each for each in data.draw(st.sampled_from(scheme.shapes)) if each.isalnum())
        letters = {
            "9": "0123456789",
            "n": "123456789",
            "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "X": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        }
        number = "".join(data.draw(st.sampled_from(letters.get(each, each))) for each in shape)
        assert scheme.holds(number) in (True, False)


def test_a_check_digit_that_holds_is_proof_and_one_that_does_not_is_doubt():
    proved, wrong = tax_number.read(rows("USt-IdNr. DE136695976"), LABEL), tax_number.read(rows("DE999999999"), LABEL)
    assert proved is not None
    assert wrong is not None
    assert (proved.value, proved.rule, proved.confidence >= 0.90) == ("DE136695976", "D USt-IdNr.", True)
    assert (wrong.value, wrong.rule, wrong.confidence < 0.90) == ("DE999999999", "", True)


def test_the_buyers_number_is_not_the_merchants():
    found = tax_number.read(
        rows(
            "Muster GmbH",
            "Rechnung an",
            "Kunde",
            "Beispiel BV",
            "NL810433941B01",
            "-",
            "-",
            "-",
            "-",
            "-",
            "-",
            "-",
            "USt-IdNr. DE136695976",
        ),
        LABEL,
    )
    assert found is not None
    assert found.value == "DE136695976"
    for row in ("Ihre USt-IdNr. DE136695976", "Uw BTW nummer: NL001234567B01", "Your VAT ID: DE136695976"):
        assert tax_number.read(rows(row), LABEL) is None


def test_a_number_for_tax_comes_before_one_of_a_register_or_an_office():
    found = tax_number.read(rows("SIRET 732 829 320 00074", "TVA FR 40 303 265 045"), LABEL)
    assert found is not None
    assert found.value == "FR40303265045"
    office = tax_number.read(rows("Steuernummer 123/456/78901"), LABEL)
    assert office is not None
    assert office.confidence < 0.90


@pytest.mark.parametrize(
    "text", ["Tel 03-1234 5678", "Mobile +6012-918 7937", "42.000.0015.00", "No. 12 345 678", "4111 1111 1111"]
)
def test_other_numbers_are_none(text):
    assert tax_number.read(rows(text), LABEL) is None


def test_numbers_hide_themselves():
    found = tax_number.read(rows("USt-IdNr. DE136695976"), LABEL)
    assert "136695976" not in repr(found)
    assert "136695976" not in repr(tax_schemes.find("DE136695976"))
