"""What is read from a passport, what of it is vouched for, and what is said about the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from toolkit import mrz, zone
from toolkit.model import Box, Method, Page, Proof, Word
from toolkit.mrz import Format, Holder
from toolkit.pages import Opened, Sheet
from toolkit.readers.travel_document import read
from toolkit.recognise import Recognised, kinds

TODAY = date(2026, 11, 23)
HOLDER = Holder(
    "P",
    "UTO",
    "ERIKSSON",
    "L898902C3",
    "1974-08-12",
    "F",
    "ANNA MARIA",
    expiry_date="2032-04-15",
    optional_data="ZE184226B",
)
PRINT = [
    ("1. Surname/Nom", 0.3, 0.10), ("ERIKSSON", 0.3, 0.14),
    ("2. Given names/Prénoms", 0.3, 0.20), ("ANNA MARIA", 0.3, 0.24),
    ("Passport No./Passeport N°", 0.7, 0.10), ("L898902C3", 0.7, 0.14),
    ("Date of birth/Date de naissance", 0.3, 0.30), ("12 AUG/AOUT 1974", 0.3, 0.34),
    ("Place of birth/Lieu de naissance", 0.7, 0.30), ("ZENITH", 0.7, 0.34),
    ("Date of issuel Date de délivrance", 0.3, 0.40), ("16 APR/AVR 2022", 0.3, 0.44),
    ("Authority/Autorité", 0.7, 0.40), ("PASSPORT OFFICE", 0.7, 0.44),
    ("Date of expiry/Date d'expiration", 0.3, 0.50), ("15 APR/AVR 2032", 0.3, 0.54),
]  # fmt: skip


def reading(holder=HOLDER, printed=PRINT, spoil=str, kind="passport", form=Format.TD3, legibility=0.99):
    words = [Word(text, Box(left, top, left + 0.01 * len(text), top + 0.03), 0.99) for text, left, top in printed]
    lines = [spoil(line) for line in mrz.compose(form, holder)]
    words += [
        Word(line, Box(0.05, 0.8 + 0.06 * at, 0.95, 0.84 + 0.06 * at), legibility) for at, line in enumerate(lines)
    ]
    sheet = Sheet(Page(1, 1000, 700, tuple(words), Method.TEXT_LAYER), lambda: np.zeros((7, 10, 3), np.uint8))
    opened = Opened("application/pdf", b"", (sheet,))
    found = zone.find(opened, today=TODAY)
    return read(opened, Recognised(kinds()[kind], kind, 0.99, (1,), found))


def fields(made):
    return {field.name: field for field in made.fields}


def test_a_passport_whose_print_says_what_its_zone_says():
    made = reading()
    got = fields(made)
    assert {name: field.value for name, field in got.items() if name != "mrz"} == {
        "document_code": "P", "issuing_state": "UTO", "surname": "ERIKSSON", "given_names": "ANNA MARIA",
        "document_number": "L898902C3", "nationality": "UTO", "birth_date": "1974-08-12", "sex": "F",
        "expiry_date": "2032-04-15", "optional_data": "ZE184226B",
        "issue_date": "2022-04-16", "birth_place": "ZENITH", "authority": "PASSPORT OFFICE",
    }  # fmt: skip
    assert got["mrz"].value == mrz.compose(Format.TD3, HOLDER)
    assert got["surname"].proof is Proof.CROSS_MATCH
    assert got["document_number"].proof is Proof.CHECK_DIGIT
    assert got["issue_date"].proof is Proof.CROSS_MATCH, "ten years to the day before the expiry"
    assert all(field.sure for name, field in got.items() if name not in ("birth_place", "authority"))
    assert made.warnings == ()


def test_every_value_has_its_place_on_the_page():
    got = fields(reading())
    assert all(field.source.page == 1 and field.source.box is not None for field in got.values())
    number, mrz_box = got["document_number"].source.box, got["mrz"].source.box
    assert number.left == pytest.approx(mrz_box.left)
    assert number.width == pytest.approx(mrz_box.width * 9 / 44)
    assert got["document_number"].source.method is Method.MRZ
    assert got["birth_place"].source.method is Method.TEXT_LAYER


def test_a_name_that_nothing_confirms_is_not_vouched_for():
    got = fields(reading(printed=[]))
    assert not got["surname"].sure
    assert not got["given_names"].sure
    assert got["document_number"].sure
    assert got["birth_date"].sure
    assert not got["mrz"].sure


def test_a_printed_name_confirms_in_any_transliteration():
    holder = replace(HOLDER, surname="MUELLER", given_names="JOERG")
    got = fields(reading(holder, [("Müller", 0.3, 0.1), ("Jörg", 0.3, 0.2)]))
    assert got["surname"].sure
    assert got["given_names"].sure


def test_a_check_digit_that_does_not_agree_is_said_in_plain_words():
    visa = replace(HOLDER, document_code="V")
    made = reading(visa, [], lambda line: line.replace("320415", "320416"), "visa-sticker", Format.MRVA)
    assert any("expiry date" in warning and "check digit" in warning for warning in made.warnings)
    assert not fields(made)["expiry_date"].sure
    assert not fields(made)["birth_date"].sure, "beside a check digit that does not agree, another may agree by chance"


def test_a_printed_date_that_contradicts_the_zone_is_shown():
    printed = [(text.replace("2032", "2035"), left, top) for text, left, top in PRINT]
    made = reading(printed=printed)
    assert fields(made)["expiry_date"].value == "2032-04-15"
    assert not fields(made)["expiry_date"].sure
    assert any(field.name == "expiry_date" and field.value == "2035-04-15" for field in made.rejected)
    assert any("expiry date" in warning for warning in made.warnings)


def test_a_number_whose_letters_could_be_digits_is_not_vouched_for_unless_it_is_crisp():
    printed = [("ZS0000177", 0.3, 0.1)]
    assert fields(reading(replace(HOLDER, document_number="ZS0000177"), printed))["document_number"].sure
    blurred = fields(reading(replace(HOLDER, document_number="ZS0000177"), printed, legibility=0.9))
    assert not blurred["document_number"].sure
    assert fields(reading(replace(HOLDER, document_number="707797979"), [], legibility=0.9))["document_number"].sure


def test_unknown_states_and_cut_names_are_said():
    made = reading(replace(HOLDER, issuing_state="QQQ", given_names="ANNA MARIA LUISA CHARLOTTE AMALIE SOPHIE"), [])
    assert not fields(made)["issuing_state"].sure
    assert any("issuing state" in warning for warning in made.warnings)
    assert any("cut short" in warning for warning in made.warnings)


def test_without_a_zone_labels_give_values_and_nothing_is_vouched_for():
    words = tuple(Word(text, Box(left, top, left + 0.01 * len(text), top + 0.03), 0.99) for text, left, top in PRINT)
    sheet = Sheet(Page(1, 1000, 700, words, Method.OCR), lambda: np.zeros((7, 10, 3), np.uint8))
    made = read(Opened("image/png", b"", (sheet,)), Recognised(kinds()["passport"], "passport", 0.9, (1,), None))
    got = fields(made)
    assert got["surname"].value == "ERIKSSON"
    assert got["document_number"].value == "L898902C3"
    assert got["expiry_date"].value == "2032-04-15"
    assert not any(field.sure for field in made.fields)
    assert any("No machine-readable zone" in warning for warning in made.warnings)


def test_warnings_hold_no_value_of_the_document():
    made = reading(printed=[], spoil=lambda line: line.replace("320415", "320416"))
    said = " ".join(made.warnings)
    assert not any(str(field.value) in said for field in made.fields if len(str(field.value)) > 1)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("P", "passport"),
        ("PA", "passport"),
        ("ID", "identity-card"),
        ("I", "identity-card"),
        ("IR", "residence-permit"),
        ("C1", "residence-permit"),
        ("VC", "visa-sticker"),
    ],
)
def test_document_codes_name_the_kind(code, kind):
    fits = {
        name: max((len(c) for c in each.document_codes if code.startswith(c)), default=0)
        for name, each in kinds().items()
    }
    assert max(fits, key=lambda name: fits[name]) == kind
