"""Zones are found in what OCR makes of them, and nowhere else."""

from __future__ import annotations

import string
import time
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from toolkit import mrz, zone, zone_strips
from toolkit.model import Box, Method, Page, Word
from toolkit.mrz import Format, Holder
from toolkit.mrz_lines import slots
from toolkit.mrz_repair import candidates
from toolkit.pages import Opened, Sheet

TODAY = date(2026, 11, 23)
PASSPORT = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
CARD = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
VISA = ("VIUSATRAVELER<<HAPPYPERSON<<<<<<<<<<<<<<<<<<", "555123ABC6GBR6502056F0412236IFLND00AMS803085")
FRENCH = ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "9409923102854CORINNE<<<<<<<6512068F4")


def page(*rows, method=Method.OCR):
    """A page with one word a row, or pieces side by side."""
    words = []
    for number, row in enumerate(rows):
        pieces = (row,) if isinstance(row, str) else row
        share = 0.9 / max(1, sum(len(piece) for piece in pieces))
        left = 0.05
        for piece in pieces:
            top = 0.1 + 0.06 * number
            words.append(Word(piece, Box(left, top, left + share * len(piece), top + 0.04), 0.98))
            left += share * len(piece)
    return Page(1, 1000, 700, tuple(words), method)


def found_in(*rows):
    sheet = Sheet(page(*rows), lambda: np.zeros((7, 10, 3), np.uint8))
    return zone.find(Opened("application/pdf", b"", (sheet,)), today=TODAY)


@pytest.mark.parametrize("lines", [PASSPORT, CARD, VISA, FRENCH])
def test_a_clean_zone_among_other_print(lines):
    found = found_in("REPUBLIC OF UTOPIA", "Surname / Nom", "ERIKSSON", *lines)
    assert found is not None
    assert found.zone.lines == lines
    assert found.confidence > 0.9
    assert found.box.top == pytest.approx(0.28)


@pytest.mark.parametrize(
    "rows",
    [
        ("P<UT0ERIKSS0N<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UT074O8122F12O4159ZEI84226B<<<<<1O"),
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<10"),
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<<<10"),
        ("p<utoeriksson<<anna<maria«««««««««<", "L898902C36 UTO 7408122 F 1204159 ZE184226B ‹‹‹‹‹ 10"),
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<C<<<<K<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
        ("PKUTOERIKSSON<<ANNA<MARIAKKKKKKKKKKKKKKKKKKK", "L898902C36UTO7408122F1204159ZE1842268<<<<<10"),
        (("P<UTOERIKSSON<<ANNA<", "MARIA<<<<<<<<<<<<<<<<<<<"), ("L898902C36UTO7408122F", "1204159ZE184226B<<<<<10")),
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8989O2C36UTO740B122F12041S9ZE184226B<<<<<10"),
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<.", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
        ("PUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
    ],
)
def test_what_ocr_does_to_a_zone_is_undone(rows):
    found = found_in("PASSPORT", *rows)
    assert found is not None
    assert found.zone.lines == PASSPORT


def test_a_wrong_check_digit_is_reported_and_no_value_bent_to_it():
    visa = (VISA[0], VISA[1].replace("0412236", "0412238"))
    found = found_in(*visa)
    assert found is not None
    assert found.zone.lines == visa
    assert found.zone.verified("expiry_date") is False


def test_a_digit_that_two_check_digits_ask_for_is_taken_but_not_vouched_for():
    found = found_in(PASSPORT[0], PASSPORT[1].replace("F1204159", "F1204158"))
    assert found is not None
    assert found.zone.lines == PASSPORT
    assert dict(found.doubts)["expiry_date"] == 0
    assert dict(found.doubts)["birth_date"] > 2


def test_a_name_is_read_as_the_page_prints_it_where_one_letter_looks_like_another():
    misread = (PASSPORT[0].replace("ERIKSSON", "ERIKSSDN"), PASSPORT[1])
    sheet = Sheet(page("Surname", "Eriksson", *misread, method=Method.OCR), lambda: np.zeros((70, 100, 3), np.uint8))
    found = zone.find(Opened("image/png", b"", (sheet,)), today=TODAY)
    assert found is not None
    assert found.zone.lines == PASSPORT
    assert found.others[0].surname == "ERIKSSDN"


def test_a_text_layer_is_not_mended():
    """What is written is the document's own: a digit that does not agree is said, and the mended reading loses."""
    written = (PASSPORT[0], PASSPORT[1].replace("L898902C3", "L898902C4"))
    sheet = Sheet(page(*written, method=Method.TEXT_LAYER), lambda: np.zeros((70, 100, 3), np.uint8))
    found = zone.find(Opened("application/pdf", b"", (sheet,)), today=TODAY)
    assert found is not None
    assert found.zone.lines == written
    assert found.zone.verified("document_number") is False


def test_what_a_text_layer_does_not_say_is_never_vouched_for():
    """With a filler lost the line has to be mended; a number that is mended with it is no longer what is written."""
    written = (PASSPORT[0], PASSPORT[1].replace("L898902C3", "L898902CB")[:-4] + "<10")
    sheet = Sheet(page(*written, method=Method.TEXT_LAYER), lambda: np.zeros((70, 100, 3), np.uint8))
    found = zone.find(Opened("application/pdf", b"", (sheet,)), today=TODAY)
    assert found is not None
    assert len(written[1]) < len(found.zone.lines[1])
    number = found.zone.raw("document_number").strip("<")
    assert number not in written[1], "its check digit chose another one"
    assert dict(found.doubts)["document_number"] == 0


def test_a_text_layer_may_hold_several_zones():
    sheet = Sheet(page(*PASSPORT, "and", *CARD, method=Method.TEXT_LAYER), lambda: np.zeros((70, 100, 3), np.uint8))
    found = zone.find_all(Opened("application/pdf", b"", (sheet,)), today=TODAY)
    assert {each.zone.lines for each in found} == {PASSPORT, CARD}


def test_lines_may_come_in_the_wrong_order():
    found = found_in(PASSPORT[1], PASSPORT[0])
    assert found is not None
    assert found.zone.lines == PASSPORT


@pytest.mark.parametrize(
    "rows",
    [
        (
            "GOLDEN LION BAKERIES (KL) SDN BHD (123456 X)",
            "Lot 3, Jalan Pelabur 23/1, 40300 Shah Alam",
            "Tel: 03-55423228 Fax:03-55423213",
        ),
        ("EMV-Daten 0000048000/E800////420300//9", "01290000230300000048000E80001/F8BE05B7"),
        ("2074001356335120040413457411030048770038", "2074001356335120040614432875020049990014"),
        ("<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<", "============================================"),
        ("********************************************", "TOTAL<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<12.50"),
        (),
    ],
)
def test_no_zone_is_invented(rows):
    assert found_in(*rows) is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(string.ascii_letters + string.digits + " .,:/-<", min_size=20, max_size=50), max_size=5))
def test_no_zone_is_invented_on_arbitrary_text(rows):
    found = found_in(*rows)
    assert found is None or sum(check.valid for check in found.zone.checks) >= 2


#: What stock OCR does to a zone, where the grammar alone must settle it: letters for digits and the other way round.
SLIPS = str.maketrans("OI", "01")
WITH_NAMES_ALONE = [Format.TD1, Format.TD2, Format.TD3, Format.MRVA, Format.MRVB, Format.FRENCH_CARD]
NAMES = st.text(string.ascii_uppercase, min_size=2, max_size=8)


@settings(max_examples=60, deadline=None)
@given(NAMES, NAMES, st.sampled_from(WITH_NAMES_ALONE), st.integers(-3, 3), st.booleans())
def test_slips_and_miscounted_fillers_in_names_are_undone(surname, given, form, miscount, slip):
    code = "V" if form in (Format.MRVA, Format.MRVB) else "P" if form is Format.TD3 else "ID"
    state = "FRA" if form is Format.FRENCH_CARD else "GBR"
    expiry = "" if form is Format.FRENCH_CARD else "2031-02-28"
    number = "940992310285" if form is Format.FRENCH_CARD else "707797979"
    lines = mrz.compose(form, Holder(code, state, surname, number, "1995-05-20", "M", given, expiry_date=expiry))
    rough = list(lines)
    at = 2 if form is Format.TD1 else 0
    rough[at] = rough[at][: len(rough[at]) + miscount] if miscount < 0 else rough[at] + "<" * miscount
    if slip:
        rough[at] = rough[at].translate(SLIPS)
    best = candidates([slots(line) for line in rough], today=TODAY)[0]
    assert best.zone.lines == lines


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=50), min_size=2, max_size=3))
def test_the_grammar_takes_any_lines(rows):
    for candidate in candidates([slots(row) for row in rows], today=TODAY):
        assert len({len(line) for line in candidate.zone.lines}) == 1


def test_reprs_hide_what_was_read():
    assert "ERIKSSON" not in repr(found_in(*PASSPORT)) + repr(candidates([slots(row) for row in PASSPORT], today=TODAY))


@pytest.mark.data
@pytest.mark.parametrize(("turn", "words"), [(0, True), (4, False)])
def test_a_zone_is_read_from_the_picture_itself(shared_data, turn, words):
    """Without any words, as when the engine missed the zone, and lying askew."""
    file = shared_data / "fastmrz" / "data" / "td2.jpg"
    if not file.is_file():
        pytest.skip("the specimen td2.jpg is not there")
    picture = np.asarray(Image.open(file).convert("RGB").rotate(turn, fillcolor="white", expand=True))
    height, width = picture.shape[:2]
    lines = ("I<UT0ERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UT07408122F1204159<<<<<<<6")
    boxes = (Box(0.09, 0.78, 0.89, 0.83), Box(0.09, 0.85, 0.89, 0.89))
    printed = tuple(Word(*each, 0.98) for each in zip(lines, boxes, strict=True)) if words else ()
    sheet = Sheet(Page(1, width, height, printed, Method.OCR), lambda: picture)
    found = zone.find(Opened("image/jpeg", b"", (sheet,)), today=TODAY)
    assert found is not None
    assert found.zone.lines == ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
    assert bool(found.alike) is words
    assert not found.mirrored


def test_a_page_of_ten_thousand_rows_is_searched_in_the_time_it_deserves() -> None:
    rows = 10_000
    words = tuple(
        Word(text, Box(left, n / rows, left + 0.1, (n + 0.8) / rows), 0.9)
        for n in range(rows)
        for text, left in (("TOTAL<", 0.1), ("12.50", 0.22))
    )
    started = time.process_time()
    zone_strips.of_page(Page(1, 600, 80_000, words, Method.OCR))
    assert time.process_time() - started < 20
