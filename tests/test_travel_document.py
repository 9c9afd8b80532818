"""What is read from a passport, what of it is vouched for, and what is said about the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import mrz, zone
from toolkit.kind import kinds
from toolkit.model import Box, Method, Page, Proof, Word
from toolkit.mrz import Format, Holder
from toolkit.pages import Opened, Sheet
from toolkit.readers.travel_document import read
from toolkit.recognise import Recognised

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


def test_a_name_that_nothing_confirms_is_vouched_for_only_where_it_reads_clearly():
    assert fields(reading(printed=[]))["surname"].sure
    assert fields(reading(printed=[]))["document_number"].sure
    got = fields(reading(printed=[], legibility=0.9))
    assert not got["surname"].sure
    assert not got["given_names"].sure
    assert not got["document_number"].sure, "two characters of a blurred number may be misread so that the digit agrees"
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
    assert fields(reading(replace(HOLDER, document_number="707797979"), [], legibility=0.95))["document_number"].sure


def test_print_that_the_check_digits_would_accept_as_well_is_believed_no_less_than_the_zone():
    """6 and G are worth the same to every check digit: whichever of the two was misread, neither is vouched for."""
    holder = replace(HOLDER, document_number="G12345678")
    made = reading(holder, [(text.replace("L898902C3", "612345678"), left, top) for text, left, top in PRINT])
    number = fields(made)["document_number"]
    assert (number.value, number.confidence) == ("G12345678", 0.85)
    assert any(field.name == "document_number" and field.value == "612345678" for field in made.rejected)
    assert any("document number" in warning and "do not settle" in warning for warning in made.warnings)


@pytest.mark.parametrize(
    ("printed", "sure"),
    [
        ("L898902C3", True),
        ("L898 902 C3", True),
        ("L898902C8", True),  # one digit, which the check digit would have noticed: the print was misread
        ("L898902C", True),  # of another shape: its label may have been given something else
        ("K123456D7", False),  # the same shape and another number
    ],
)
def test_another_number_in_print_is_a_contradiction_and_a_slip_is_none(printed, sure):
    made = reading(printed=[(text.replace("L898902C3", printed), left, top) for text, left, top in PRINT])
    assert fields(made)["document_number"].sure is sure
    assert any("document number" in warning for warning in made.warnings) is not sure


def test_another_surname_in_print_is_shown_beside_the_zone():
    made = reading(printed=[(text.replace("ERIKSSON", "JOHANSSON"), left, top) for text, left, top in PRINT])
    surname = fields(made)["surname"]
    assert (surname.value, surname.confidence) == ("ERIKSSON", 0.70)
    assert any(field.name == "surname" and field.value == "JOHANSSON" for field in made.rejected)
    assert any("surname" in warning and "label" in warning and "zone" in warning for warning in made.warnings)
    assert fields(made)["given_names"].sure


def test_a_neighbour_taken_by_a_label_contradicts_no_name():
    printed = [(text, left, top) for text, left, top in PRINT if text != "ERIKSSON"]
    assert not reading(printed=printed).warnings


def test_a_full_year_in_print_settles_the_century():
    """110101 may be a child of 2011 or a person of 1911; a document of 2012 says itself which, above the zone."""
    holder = replace(HOLDER, birth_date="1911-01-01", expiry_date="2012-07-04")
    assert fields(reading(holder, []))["birth_date"].value == "2011-01-01"
    printed = [("Date of birth", 0.3, 0.3), ("01.01.1911", 0.3, 0.34)]
    birth = fields(reading(holder, printed))["birth_date"]
    assert (birth.value, birth.confidence, birth.proof) == ("1911-01-01", 0.99, Proof.CHECK_DIGIT)


def test_the_name_is_given_as_it_is_printed_too():
    holder = replace(HOLDER, surname="MUELLER", given_names="JOERG HANS")
    got = fields(reading(holder, [("Surname", 0.3, 0.06), ("Müller", 0.3, 0.1), ("Jörg-Hans", 0.3, 0.2)]))
    assert (got["surname"].value, got["surname_printed"].value) == ("MUELLER", "Müller")
    assert (got["given_names"].value, got["given_names_printed"].value) == ("JOERG HANS", "Jörg-Hans")
    printed = got["surname_printed"]
    assert (printed.proof, printed.source.method, printed.source.page) == (Proof.CROSS_MATCH, Method.TEXT_LAYER, 1)
    assert printed.source.box.top == pytest.approx(0.1)
    assert "surname_printed" not in fields(reading()), "it says no more than the zone"


def test_a_name_printed_in_another_script_is_found():
    holder = replace(HOLDER, issuing_state="UKR", surname="KOVALCHUK", given_names="YULIIA")
    got = fields(reading(holder, [("КОВАЛЬЧУК / KOVALCHUK", 0.3, 0.1), ("ЮЛІЯ / YULIIA", 0.3, 0.2)]))
    assert got["surname_printed"].value == "КОВАЛЬЧУК"
    assert got["given_names_printed"].value == "ЮЛІЯ"


def test_a_name_cut_short_in_the_zone_is_given_in_full_from_print():
    holder = replace(HOLDER, surname="NILAVADHANANANDA", given_names="CHAYAPA DEJTHAMRONG KRASUANG")
    got = fields(reading(holder, [("NILAVADHANANANDA", 0.3, 0.1), ("CHAYAPA DEJTHAMRONG KRASUANG", 0.3, 0.2)]))
    assert got["given_names"].value == "CHAYAPA DEJTHAMRONG K"
    assert got["given_names"].sure
    assert got["given_names_printed"].value == "CHAYAPA DEJTHAMRONG KRASUANG"


def test_a_date_of_issue_needs_no_legible_label_where_it_lies_whole_years_before_the_expiry():
    printed = [(text.replace("Date of issue", "Dat f iss"), left, top) for text, left, top in PRINT]
    issued = fields(reading(printed=[each for each in printed if "délivrance" not in each[0]]))["issue_date"]
    assert (issued.value, issued.proof) == ("2022-04-16", Proof.CROSS_MATCH)
    assert issued.sure
    odd = [(text.replace("16 APR/AVR 2022", "17 MAY/MAI 2022"), left, top) for text, left, top in PRINT]
    assert not fields(reading(printed=odd))["issue_date"].sure
    assert "issue_date" not in fields(reading(printed=[each for each in odd if "délivrance" not in each[0]]))


def test_a_date_of_issue_is_not_the_neighbour_that_its_label_was_given():
    printed = [(text.replace("12 AUG/AOUT 1974", "Date of issue 12 AUG 1974"), left, top) for text, left, top in PRINT]
    assert fields(reading(printed=printed))["issue_date"].value == "2022-04-16"


def test_the_single_words_of_a_text_layer_are_read_as_lines():
    """PDF text layers give word by word what OCR gives in runs."""
    apart, at = [], 0.0
    for text, left, top in PRINT:
        at = left
        for part in text.split():
            apart.append((part, at, top))
            at += 0.01 * len(part) + 0.01
    got = fields(reading(printed=apart))
    assert got["birth_place"].value == "ZENITH"
    assert got["authority"].value == "PASSPORT OFFICE"
    assert got["issue_date"].value == "2022-04-16"


@pytest.mark.parametrize(
    ("labels", "field", "value"),
    [
        (["Luogo di nascita", "ROMA"], "birth_place", "ROMA"),
        (["Miejsce urodzenia: WARSZAWA"], "birth_place", "WARSZAWA"),
        (["Väljaandja/Authority", "PPA"], "authority", "PPA"),
        (["Data wydania", "16.04.2022"], "issue_date", "2022-04-16"),
        (["Место рождения", "МОСКВА"], "birth_place", "МОСКВА"),
    ],
)
def test_labels_are_known_in_the_languages_of_the_documents(labels, field, value):
    printed = [(text, 0.3, 0.1 + 0.04 * row) for row, text in enumerate(labels)]
    assert fields(reading(printed=printed))[field].value == value


def test_the_internal_passport_of_russia_gives_its_names_in_cyrillic():
    holder = Holder(
        "PN",
        "RUS",
        "IM8REK",
        "1104000000",
        "1982-09-12",
        "M",
        "EVGENIQ",
        optional_data="292000",
        issue_date="2004-12-17",
    )
    words = [
        Word(line, Box(0.05, 0.8 + 0.06 * at, 0.95, 0.84 + 0.06 * at), 0.99)
        for at, line in enumerate(mrz.compose(Format.RUSSIAN_PASSPORT, holder))
    ]
    sheet = Sheet(Page(1, 1000, 700, tuple(words), Method.TEXT_LAYER), lambda: np.zeros((7, 10, 3), np.uint8))
    read_zone = mrz.parse([word.text for word in words], today=TODAY)
    found = zone.FoundZone(read_zone, 1, Box(0.05, 0.8, 0.95, 0.9), 0.99, tuple(word.box for word in words))
    opened = Opened("application/pdf", b"", (sheet,))
    got = fields(read(opened, Recognised(kinds()["passport"], "passport", 0.99, (1,), found)))
    assert (got["surname"].value, got["surname_printed"].value) == ("IM8REK", "ИМЯРЕК")
    assert got["surname_printed"].source.method is Method.COMPUTED
    assert not got["surname_printed"].sure, "no surer than the zone it is worked out from"
    assert (got["issue_date"].value, got["document_number"].value) == ("2004-12-17", "1104000000")


@pytest.mark.parametrize(
    ("lines", "sure", "unsure"),
    [
        (
            ["D1FRA13AA000026181231MARTIN<<9"],
            {"document_number"},
            {"surname", "expiry_date"},
        ),
        (["D1NLD15094962111659VW87Z78NB84"], set(), {"optional_data"}),
        (
            ["AAA001D<<", "FACHE305142128097<<800126<<<<<", "MARCHAND<<FABIENNE<<<<<<<<<<<<"],
            set(),
            {"document_number", "birth_date", "surname", "given_names", "optional_data"},
        ),
    ],
)
def test_of_driving_licences_only_what_two_digits_prove_is_vouched_for(lines, sure, unsure):
    boxes = tuple(Box(0.1, 0.7 + 0.05 * at, 0.9, 0.74 + 0.05 * at) for at, _ in enumerate(lines))
    doubts = tuple((name, 9.0) for name in ("document_number", "expiry_date", "optional_data", "birth_date"))
    found = zone.FoundZone(mrz.parse(lines, today=TODAY), 1, Box.around(boxes), 0.9, boxes, doubts)
    sheet = Sheet(Page(1, 1000, 700, (), Method.TEXT_LAYER), lambda: np.zeros((7, 10, 3), np.uint8))
    made = read(Opened("application/pdf", b"", (sheet,)), Recognised(kinds()["passport"], "passport", 0.9, (1,), found))
    got = fields(made)
    assert {name for name in sure | unsure if got[name].sure} == sure
    assert set(got) >= sure | unsure
    assert "nationality" not in got
    assert not any("issuing state" in warning and "NLD" in lines[0] for warning in made.warnings)


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


prints = st.lists(
    st.tuples(
        st.one_of(
            st.text(max_size=20),
            st.sampled_from([text for text, _, _ in PRINT]),
            st.dates().map(str),
            st.sampled_from(["MÜLLER", "30 FEB 2001", "00.00.0000", "12.13.1974", "L898902C3", "612345678", "Name:"]),
        ),
        st.floats(0, 0.9),
        st.floats(0, 0.75),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(prints, st.sampled_from(["passport", "identity-card", "visa-sticker", "residence-permit"]), st.booleans())
def test_whatever_is_printed_around_a_zone_is_no_error_and_changes_no_value(printed, kind, expires):
    holder = replace(HOLDER, document_number="G12345678", expiry_date="2032-04-15" if expires else "")
    got = fields(reading(holder, printed, kind=kind))
    assert (got["surname"].value, got["document_number"].value) == ("ERIKSSON", "G12345678")
    assert all(0 <= field.confidence <= 1 for field in got.values())
    assert got["birth_date"].value in ("1974-08-12", "1874-08-12"), "a century at most is what print may settle"


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
