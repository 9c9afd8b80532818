"""What check digits prove of a zone's values, what they cannot tell apart, and that it is said in plain words."""

from __future__ import annotations

from datetime import date

import pytest

from toolkit import mrz, mrz_proof
from toolkit.mrz_proof import Other

TODAY = date(2026, 11, 25)
PASSPORT = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")


def standing(field, lines=PASSPORT):
    zone = mrz.parse(lines, today=TODAY)
    assert zone is not None
    return mrz_proof.standing(zone, field)


def covering(field, lines=PASSPORT):
    return [(check.field, check.valid) for check in standing(field, lines).checks]


def test_number_and_dates_stand_by_two_digits_and_names_by_none():
    for field in ("document_number", "birth_date", "expiry_date", "optional_data"):
        assert covering(field) == [(field, True), ("composite", True)]
        assert standing(field).proved
    for field in ("document_code", "issuing_state", "surname", "given_names", "nationality", "sex"):
        assert covering(field) == []
        assert not standing(field).proved
    assert [each.field for each in mrz_proof.of(mrz.parse(PASSPORT, today=TODAY))][:4] == [
        "document_code", "issuing_state", "surname", "given_names",
    ]  # fmt: skip


def test_a_visa_has_no_digit_over_its_whole_zone():
    visa = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<")
    assert covering("document_number", visa) == [("document_number", True)]
    assert covering("optional_data", visa) == []


def test_the_whole_lines_of_france_are_covered_names_and_all():
    card = ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "9409923102854CORINNE<<<<<<<6512068F4")
    for field in ("surname", "given_names", "issuing_state", "sex"):
        assert covering(field, card) == [("composite", True)]
    assert covering("nationality", card) == [], "it follows from the card, and stands nowhere"
    licence = ["D1FRA13AA000026181231MARTIN<<9"]
    assert covering("surname", licence) == covering("expiry_date", licence) == [("composite", True)]
    assert covering("issuing_state", licence) == [("document_number", True), ("composite", True)]


def test_one_letter_for_a_digit_of_its_value_passes_every_digit():
    others = standing("document_number").others
    assert Other("L8989O2C3", (("0", "O"),)) not in others, "O is not worth 0"
    assert Other("1898902C3", (("L", "1"),)) in others
    assert Other("LS98902C3", (("8", "S"),)) in others
    assert standing("expiry_date").others == (), "no two digits are worth the same"


def test_two_characters_whose_errors_cancel_pass_as_well():
    made = mrz.compose(
        mrz.Format.TD3, mrz.Holder("P", "POL", "X", "ZS0000177", "1972-03-30", "F", expiry_date="2031-01-01")
    )
    assert Other("250000177", (("Z", "2"), ("S", "5"))) in standing("document_number", made).others


def test_the_places_of_a_long_number_are_looked_through_to_its_end():
    lines = ("I<UTOD23145890<7149<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<")
    number = "D23145890714"
    digit = mrz.check_digit(number)
    made = (f"I<UTOD23145890<714{digit}<<<<<<<<<<<", *lines[1:])
    zone = mrz.parse(made, today=TODAY)
    assert zone.document_number == number
    assert any(other.text == "D23145890" + "7L4" for other in standing("document_number", made).others)


def test_a_digit_that_disagrees_proves_nothing_and_says_so():
    wrong = (PASSPORT[0], PASSPORT[1].replace("120415", "120416"))
    assert covering("expiry_date", wrong) == [("expiry_date", False), ("composite", False)]
    assert not standing("expiry_date", wrong).proved
    assert covering("birth_date", wrong) == [("birth_date", True), ("composite", False)]


@pytest.mark.parametrize(
    ("field", "lines", "said"),
    [
        ("surname", PASSPORT, "no check digit covers it"),
        ("expiry_date", PASSPORT, "its own check digit and the check digit of the whole zone agree; no likely"),
        ("document_number", PASSPORT, "cannot tell L from 1 or 8 from S"),
        ("expiry_date", (PASSPORT[0], PASSPORT[1].replace("120415", "120416")), "does not agree; compare"),
        ("birth_date", (PASSPORT[0], PASSPORT[1].replace("120415", "120416")), "though its own check digit agrees"),
        ("surname", ["D1FRA13AA000026181231MARTIN<<9"], "the check digit of the whole zone agrees"),
    ],
)
def test_it_is_said_in_plain_words_that_repeat_no_value(field, lines, said):
    found = standing(field, lines)
    assert said in found.sentence
    zone = mrz.parse(lines, today=TODAY)
    assert not any(value in found.sentence for value in (zone.surname, zone.document_number, zone.expiry_date) if value)
    assert zone.surname not in repr(found)


def test_what_a_zone_lacks_stands_by_nothing():
    assert standing("given_names", ["D1FRA13AA000026181231MARTIN<<9"]) == mrz_proof.Standing("given_names", ())
