"""What a zone says, and that nothing a check digit can notice goes unnoticed."""

from __future__ import annotations

import json
import string
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from toolkit import mrz, mrz_dates, mrz_names
from toolkit.fields import country
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


def test_a_long_number_of_td2_goes_on_in_its_optional_data_too():
    zone = read(("I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<", "D23145890<UTO3407127M95071227349<<<8"))
    assert zone.valid
    assert (zone.document_number, zone.optional_data) == ("D23145890734", "")


@pytest.mark.parametrize(
    ("state", "number", "rest", "agrees"),
    [
        ("BEL", "000590240", "6013", True),  # PRADO BEL-BO-03003: the filler counts
        ("BEL", "600001795", "0152", True),  # PRADO BEL-BO-11005: it does not
        ("UTO", "000590240", "6013", False),
        ("PRT", "007666667", "ZZ00", True),
        ("BEL", "000590240", "6014", False),
        ("BEL", "000590240", "6", False),
        ("BEL", "00059024<", "6013", False),
    ],
)
def test_belgian_cards_count_the_filler_into_a_long_number_or_do_not(state, number, rest, agrees):
    assert mrz.long_number_agrees(state, number, rest) is agrees


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("D<<", "D"),
        ("UTO", "UTO"),
        ("XOM", "XOM"),
        ("UNO", "UNO"),
        ("RKS", "RKS"),
        ("EUE", "EUE"),
        ("GBD", "GBD"),
        ("XXA", "XXA"),
    ],
)
def test_states_of_one_letter_and_what_is_no_state(state, code):
    zone = read(("P<" + state + PASSPORT[0][5:], PASSPORT[1][:10] + state + PASSPORT[1][13:]))
    assert (zone.issuing_state, zone.nationality, zone.valid) == (code, code, True)
    assert country.known(code)


@pytest.mark.parametrize(("printed", "sex"), [("M", "M"), ("F", "F"), ("X", "X"), ("<", "X"), ("7", "")])
def test_sex_is_unspecified_by_a_filler_or_an_x(printed, sex):
    assert read((PASSPORT[0], PASSPORT[1][:20] + printed + PASSPORT[1][21:])).sex == sex


def test_the_driving_licence_of_france():
    zone = read(["D1FRA13AA000026181231MARTIN<<9"])
    assert (zone.format, zone.valid) == (Format.FRENCH_LICENCE, True)
    assert (zone.document_code, zone.issuing_state, zone.document_number) == ("D1", "FRA", "13AA00002")
    assert (zone.surname, zone.given_names, zone.expiry_date) == ("MARTIN", "", "2018-12-31")
    assert (zone.nationality, zone.birth_date, zone.sex) == ("", "", ""), "it does not say"
    assert not zone.names_truncated
    cut = mrz.compose(
        Format.FRENCH_LICENCE, replace(HOLDER, document_code="D1", issuing_state="FRA", surname="BERTHIER")
    )
    assert read(cut).names_truncated


def test_of_other_driving_licences_only_the_code_and_the_last_digit_are_known():
    zone = read(["D1NLD15094962111659VW87Z78NB84"])
    assert (zone.format, zone.valid, zone.document_code) == (Format.ISO_LICENCE, True, "D1")
    assert (zone.document_number, zone.issuing_state, zone.surname) == ("", "", "")
    assert zone.optional_data == "NLD15094962111659VW87Z78NB8"
    assert mrz.formats(["DXNLD15094962111659VW87Z78NB84"]) == ()


def test_the_driving_licence_of_switzerland_has_lines_of_two_lengths_and_no_check_digit():
    lines = ("AAA001D<<", "FACHE305142128097<<800126<<<<<", "MARCHAND<<FABIENNE<<<<<<<<<<<<")
    zone = read(lines)
    assert (zone.format, zone.checks, zone.valid) == (Format.SWISS_LICENCE, (), False)
    assert (zone.surname, zone.given_names, zone.birth_date) == ("MARCHAND", "FABIENNE", "1980-01-26")
    assert (zone.document_code, zone.issuing_state, zone.document_number) == ("FA", "CHE", "305142128097")
    assert (zone.optional_data, zone.nationality) == ("AAA001D", "")
    assert mrz.formats(("<" * 30, *lines[1:])) == (Format.TD1,), "a first line of thirty is another format"


def test_the_internal_passport_of_russia():
    zone = read(("PNRUSIM8REK<<EVGENIQ<ALEKSANDROVI3<<<<<<<<<<", "1100000000RUS8209120M<<<<<<<4041217292000<46"))
    assert (zone.format, zone.valid) == (Format.RUSSIAN_PASSPORT, True)
    assert (zone.surname, zone.given_names) == ("IM8REK", "EVGENIQ ALEKSANDROVI3"), "as encoded"
    assert mrz_names.cyrillic(zone.surname) == "ИМЯРЕК"
    assert mrz_names.cyrillic(zone.given_names) == "ЕВГЕНИЙ АЛЕКСАНДРОВИЧ"
    assert zone.document_number == "1104000000", "the fourth digit of the series stands in the optional data"
    assert (zone.birth_date, zone.expiry_date, zone.issue_date) == ("1982-09-12", "", "2004-12-17")
    assert zone.optional_data == "292000"


def test_the_clair_alphabet_is_one_to_one():
    clair = "ABVGDE2JZIQKLMNOPRSTUFHC34WXY9678"
    assert len(set(mrz_names.cyrillic(clair))) == len(clair) == 33
    assert mrz_names.cyrillic("3EBY4EV") == "ЧЕБЫШЕВ"


def test_every_line_of_every_format_is_covered_by_its_spans_without_gap_or_overlap():
    for layout in LAYOUTS.values():
        assert max(layout.widths) == layout.width
        for line, width in enumerate(layout.widths):
            places = [at for span in layout.spans if span.line == line for at in range(span.start, span.end)]
            assert sorted(places) == list(range(width)), layout.format
        for check in layout.checks:
            assert any(
                (span.line, span.start, span.end) == (check.line, check.at, check.at + 1) for span in layout.spans
            )


@pytest.mark.parametrize(
    ("surname", "given", "width", "encoded"),
    [
        # Doc 9303-4, 4.2.3 (39 places) and -5 (30 places)
        ("ERIKSSON", "ANNA MARIA", 39, "ERIKSSON<<ANNA<MARIA"),
        ("SMITH JONES", "SUSIE MARGARET", 39, "SMITH<JONES<<SUSIE<MARGARET"),
        ("VAN DER MUELLEN", "MARTIN", 39, "VAN<DER<MUELLEN<<MARTIN"),
        ("ARKFREITH", "", 39, "ARKFREITH"),
        ("SATRIYA SUDARPA", "", 39, "SATRIYA<SUDARPA"),
        ("NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG KRASUANG", 39, "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"),
        ("NILAVADHANANANDA", "ARNPOL PETCH CHARONGUANG", 39, "NILAVADHANANANDA<<ARNPOL<PETCH<CHARONGU"),
        ("PAPANDROPOULOUS", "JONATHON WARREN TREVOR", 39, "PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR"),
        ("PAPANDROPOULOUS", "JONATHON ALEC", 30, "PAPANDROPOULOUS<<JONATHON<ALEC"),
        # Cut by our own choice, which 4.2.3 leaves to the issuer.
        ("AB", "CD EF", 7, "AB<<C<E"),
        ("A" * 50, "MARIA", 39, "A" * 36 + "<<M"),
        ("A" * 50, "", 39, "A" * 39),
    ],
)
def test_names_are_cut_as_doc_9303_asks(surname, given, width, encoded):
    made = mrz_names.fitted(surname, given, width)
    assert made == encoded.ljust(width, "<")
    assert mrz_names.may_be_cut(made) is (len(encoded) == width)


def test_a_name_of_nothing_but_initials_loses_the_last_of_them():
    made = mrz_names.fitted(" ".join("ABCDEFGHIJ"), "K", 9)
    assert made == "A<B<C<<K<"


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


@pytest.mark.parametrize(
    ("encoded", "today", "born"),
    [
        ("261125", "2026-11-25", "2026-11-25"),  # born today: not a hundred years ago
        ("261126", "2026-11-25", "1926-11-26"),  # tomorrow: a century earlier
        ("261100", "2026-11-25", "2026-11"),
        ("261200", "2026-11-25", "1926-12"),
        ("26<<<<", "2026-11-25", "2026"),
        ("27<<<<", "2026-11-25", "1927"),
        ("000229", "2026-11-25", "2000-02-29"),
        ("000229", "2126-11-25", "2000-02-29"),  # 2100 has no such day
        ("000229", "1999-12-31", ""),  # neither has 1900, and 2000 is to come
        ("240229", "2026-11-25", "2024-02-29"),
        ("290229", "2026-11-25", ""),
        ("280229", "2026-11-25", "1928-02-29"),
        ("010101", "2026-11-25", "2001-01-01"),
    ],
)
def test_a_birth_is_the_latest_that_has_come(encoded, today, born):
    assert mrz_dates.birth(encoded, today=date.fromisoformat(today)) == born


@pytest.mark.parametrize(
    ("encoded", "expiry", "born"),
    [
        ("110101", "2012-07-04", "2011-01-01"),  # a child's passport: or one of a person of a hundred years
        ("110101", "2011-01-01", "2011-01-01"),
        ("110102", "2011-01-01", "1911-01-02"),
        ("200101", "2012-07-04", "1920-01-01"),
        ("780101", "1977", "1878-01-01"),
    ],
)
def test_a_birth_is_never_after_the_expiry(encoded, expiry, born):
    assert mrz_dates.birth(encoded, today=TODAY, expiry=expiry) == born


@pytest.mark.parametrize("encoded", ["000000", "999999", "<<<<<<", "", "ABCDEF", "991332", "１２0101", "12010"])
def test_no_expiry_and_no_date(encoded):
    assert mrz_dates.expiry(encoded, today=TODAY) == ""


@pytest.mark.parametrize(
    ("encoded", "expires"),
    [
        ("761231", "2076-12-31"),
        ("770101", "1977-01-01"),
        ("280229", "2028-02-29"),
        ("290229", ""),
        ("000229", "2000-02-29"),
    ],
)
def test_an_expiry_lies_within_fifty_years(encoded, expires):
    assert mrz_dates.expiry(encoded, today=TODAY) == expires


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


HOLDER = Holder("P", "UTO", "ERIKSSON", "L898902C3", "1974-08-12", "F", "ANNA MARIA", expiry_date="2030-04-15")


def test_the_blind_spots_of_the_check_digit():
    every = [(a, b) for a in mrz.ALPHABET for b in mrz.ALPHABET if a < b]
    pairs = [(a, b) for a, b in every if b in mrz.alike(a)]
    assert (len(pairs), len(every)) == (52, 666)
    for pair in ("<K", "6G", "1L", "8S"):
        assert tuple(sorted(pair)) in pairs
    assert not set(mrz.alike("7")) & set(string.digits)


@pytest.mark.parametrize(
    ("form", "bad"),
    [
        (Format.TD3, {"document_number": "1234567890"}),
        (Format.TD3, {"surname": "MÜLLER"}),
        (Format.TD3, {"issuing_state": "UTOPIA"}),
        (Format.TD1, {"document_number": "12345 78901"}),
        (Format.TD1, {"document_number": "1" * 30}),
        (Format.SWISS_LICENCE, {"document_number": "L898902C3"}),
    ],
)
def test_what_a_zone_cannot_hold_is_refused(form, bad):
    with pytest.raises(ValueError, match="does not fit"):
        mrz.compose(form, replace(HOLDER, **bad))


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
