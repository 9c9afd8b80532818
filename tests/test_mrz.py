"""What a zone says, and that nothing a check digit can notice goes unnoticed."""

from __future__ import annotations

import json
import string
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import mrz
from toolkit.mrz import Format, Holder
from toolkit.mrz_layouts import LAYOUTS

TODAY = date(2026, 11, 23)
#: The specimens of Doc 9303 parts 4, 5, 6 and 7.
PASSPORT = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
CARD = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
FRENCH = ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "9409923102854CORINNE<<<<<<<6512068F4")


def read(lines, today=TODAY):
    zone = mrz.parse(lines, today=today)
    assert zone is not None
    return zone


def test_the_specimen_passport_of_doc_9303():
    zone = read(PASSPORT)
    assert zone.format is Format.TD3
    assert zone.valid
    assert (zone.document_code, zone.issuing_state, zone.nationality) == ("P", "UTO", "UTO")
    assert (zone.surname, zone.given_names, zone.sex) == ("ERIKSSON", "ANNA MARIA", "F")
    assert (zone.document_number, zone.optional_data) == ("L898902C3", "ZE184226B")
    assert (zone.birth_date, zone.expiry_date) == ("1974-08-12", "2012-04-15")
    assert not zone.names_truncated


def test_the_french_card_has_its_names_on_two_lines_and_no_expiry():
    zone = read(FRENCH)
    assert zone.format is Format.FRENCH_CARD
    assert zone.valid
    assert (zone.surname, zone.given_names, zone.document_number) == ("BERTHIER", "CORINNE", "940992310285")
    assert (zone.birth_date, zone.expiry_date, zone.nationality) == ("1965-12-06", "", "FRA")


def test_a_number_longer_than_its_place_goes_on_in_the_optional_data():
    zone = read(("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<"))
    assert zone.valid
    assert (zone.document_number, zone.optional_data) == ("D23145890734", "")


def test_a_single_name_is_a_surname_and_a_full_name_field_may_be_cut():
    single = mrz.compose(Format.TD3, replace(HOLDER, surname="ARKFREITH", given_names=""))
    assert (read(single).surname, read(single).given_names) == ("ARKFREITH", "")
    long = mrz.compose(
        Format.TD3, replace(HOLDER, surname="PAPANDROPOULOUS", given_names="JONATHON WARREN TREVOR ALEX")
    )
    assert read(long).names_truncated
    assert read(long).given_names.startswith("JONATHON WARREN")


@pytest.mark.parametrize(
    ("encoded", "iso"),
    [
        ("260101", "2026-01-01"),
        ("261231", "1926-12-31"),
        ("990101", "1999-01-01"),
        ("74<<<<", "1974"),
        ("7408<<", "1974-08"),
        ("740000", "1974"),
        ("<<<<<<", ""),
        ("741301", ""),
        ("74<<01", ""),
        ("000229", "2000-02-29"),
        ("010229", ""),
    ],
)
def test_birth_dates_are_never_in_the_future_and_may_be_partly_unknown(encoded, iso):
    line = PASSPORT[1][:13] + encoded + mrz.check_digit(encoded) + PASSPORT[1][20:21] + "300101" + PASSPORT[1][27:]
    assert read((PASSPORT[0], line)).birth_date == iso


@pytest.mark.parametrize(("encoded", "year"), [("991231", 1999), ("301231", 2030), ("761231", 2076), ("771231", 1977)])
def test_an_expiry_is_the_nearest_such_year(encoded, year):
    line = PASSPORT[1][:21] + encoded + PASSPORT[1][27:]
    assert read((PASSPORT[0], line)).expiry_date == f"{year}-12-31"


def test_a_birth_lies_before_the_expiry():
    line = PASSPORT[1][:13] + "0501012F9801011" + PASSPORT[1][28:]
    assert read((PASSPORT[0], line)).birth_date == "1905-01-01"


def test_an_empty_optional_field_may_have_a_filler_or_a_zero_as_check_digit():
    for printed in "<0":
        body = PASSPORT[1][:28] + "<" * 14 + printed
        line = body + mrz.check_digit(body[:10] + body[13:20] + body[21:43])
        assert read((PASSPORT[0], line)).valid
    body = PASSPORT[1][:28] + "A" + "<" * 14
    assert read((PASSPORT[0], body + "0")).verified("optional_data") is False


def test_reprs_hide_what_the_zone_says():
    assert "ERIKSSON" not in repr(read(PASSPORT)) + repr(HOLDER)


names = st.text(string.ascii_uppercase, min_size=1, max_size=9)
HOLDER = Holder("P", "UTO", "ERIKSSON", "L898902C3", "1974-08-12", "F", "ANNA MARIA", expiry_date="2030-04-15")


@st.composite
def zones(draw):
    form = draw(st.sampled_from(list(Format)))
    code = {"M": "V", "T": "P", "F": "I"}[form.name[0]] if form is not Format.TD1 else "I"
    french = form is Format.FRENCH_CARD
    long = form in (Format.TD1, Format.TD2) and draw(st.booleans())
    number = st.text(
        string.ascii_uppercase + string.digits,
        min_size=12 if french else 10 if long else 1,
        max_size=12 if french or long else 9,
    )
    holder = Holder(
        document_code="ID" if french else code,
        issuing_state="FRA" if french else draw(st.sampled_from(["D", "UTO", "GBR"])),
        surname=draw(names),
        given_names=draw(names),
        document_number=draw(number),
        birth_date=draw(st.dates(date(1930, 1, 1), TODAY)).isoformat(),
        sex=draw(st.sampled_from("MFX")),
        expiry_date="" if french else draw(st.dates(TODAY, date(2060, 1, 1))).isoformat(),
        optional_data="" if long else draw(st.text(string.ascii_uppercase + string.digits, max_size=6)),
    )
    return form, holder


@settings(deadline=None)
@given(zones())
def test_what_is_composed_is_read_back(made):
    form, holder = made
    lines = mrz.compose(form, holder)
    zone = read(lines)
    assert zone.format is form or {zone.format, form} <= {Format.TD3, Format.TD2, Format.FRENCH_CARD}
    assert zone.valid
    assert zone.lines == lines
    for name in (
        "document_code",
        "issuing_state",
        "surname",
        "given_names",
        "document_number",
        "sex",
        "expiry_date",
        "optional_data",
    ):
        assert getattr(zone, name) == getattr(holder, name), name
    if holder.birth_date <= TODAY.replace(year=TODAY.year).isoformat() and holder.birth_date > "1927":
        assert zone.birth_date == holder.birth_date


@settings(deadline=None)
@given(zones(), st.data())
def test_any_single_substitution_a_check_digit_covers_is_noticed_but_for_its_blind_spots(made, data):
    form, holder = made
    lines = mrz.compose(form, holder)
    layout = LAYOUTS[form]
    check = data.draw(st.sampled_from(layout.checks))
    line, start, end = data.draw(st.sampled_from(check.pieces))
    at = data.draw(st.integers(start, end - 1))
    old = lines[line][at]
    new = data.draw(st.sampled_from([c for c in mrz.ALPHABET if c != old]))
    changed = [list(each) for each in lines]
    changed[line][at] = new
    covered = check.covered(["".join(each) for each in changed])
    assert (mrz.check_digit(covered) == mrz.check_digit(check.covered(lines))) == (new in mrz.alike(old))


def test_the_blind_spots_of_the_check_digit():
    pairs = [(a, b) for a in mrz.ALPHABET for b in mrz.alike(a) if a < b]
    assert len(pairs) == 52
    for pair in ("<K", "6G", "1L", "8S"):
        assert tuple(sorted(pair)) in pairs
    assert not set(mrz.alike("7")) & set(string.digits)


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=50), st.text(mrz.ALPHABET, min_size=30, max_size=30), st.text(min_size=44, max_size=44)
        ),
        max_size=4,
    )
)
def test_arbitrary_lines_never_raise(lines):
    zone = mrz.parse(lines, today=TODAY)
    assert zone is None or zone.lines == tuple(lines)


@pytest.mark.parametrize("bad", [{"document_number": "1234567890"}, {"surname": "MÜLLER"}, {"issuing_state": "UTOPIA"}])
def test_what_a_zone_cannot_hold_is_refused(bad):
    with pytest.raises(ValueError, match="does not fit"):
        mrz.compose(Format.TD3, replace(HOLDER, **bad))


@pytest.mark.data
def test_transcribed_zones_of_specimens(shared_data: Path):
    """The transcriptions say themselves which of their check digits agree."""
    spelled = {
        "number": "document_number",
        "birth": "birth_date",
        "expiry": "expiry_date",
        "composite": "composite",
        "optional": "optional_data",
    }
    for row in map(json.loads, (shared_data / "mrz" / "truth.jsonl").read_text("utf-8").splitlines()):
        if not row.get("mrz"):
            continue
        zone = read(row["mrz"])
        for name, agrees in row["check_digits"].items():
            if isinstance(agrees, bool):
                assert zone.verified(spelled[name]) in (agrees, None), (row["file"], name)
        assert (zone.surname, zone.given_names) == (row["surname"], row["given_names"])
