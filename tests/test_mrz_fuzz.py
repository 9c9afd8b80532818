"""Whatever the lines, they are a zone or none; whatever the holder, what is composed is read back, in every format."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st

from toolkit import mrz, mrz_dates, mrz_names, mrz_proof
from toolkit.mrz import Format, Holder, Zone
from toolkit.mrz_layouts import FILLER, LAYOUTS

TODAY = date(2026, 11, 25)
CODES = {
    Format.TD1: ("I", "AC", "C1", "IR"),
    Format.TD2: ("I", "ID"),
    Format.TD3: ("P", "PP", "PD"),
    Format.MRVA: ("V", "VC"),
    Format.MRVB: ("V", "VB"),
    Format.FRENCH_CARD: ("ID",),
    Format.FRENCH_LICENCE: ("D1", "DP", "DN"),
    Format.ISO_LICENCE: ("D1", "D"),
    Format.SWISS_LICENCE: ("FA",),
    Format.RUSSIAN_PASSPORT: ("PN",),
}
HOME = {
    Format.FRENCH_CARD: "FRA",
    Format.FRENCH_LICENCE: "FRA",
    Format.SWISS_LICENCE: "CHE",
    Format.RUSSIAN_PASSPORT: "RUS",
}
NUMBERS = {Format.FRENCH_CARD: (12, 12), Format.SWISS_LICENCE: (12, 12), Format.RUSSIAN_PASSPORT: (10, 10)}
NAMED = {
    Format.FRENCH_CARD: ("surname", "given_names"),
    Format.FRENCH_LICENCE: ("surname",),
    Format.ISO_LICENCE: (),
}
names = st.lists(st.text(string.ascii_uppercase, min_size=1, max_size=12), min_size=1, max_size=3).map(" ".join)
capitals = string.ascii_uppercase + string.digits


def places(form: Format, name: str) -> int:
    """How many characters the format has for *name*; none if it has no such field."""
    span = LAYOUTS[form].span(name)
    return span.end - span.start if span else 0


@st.composite
def holders(draw: st.DrawFn) -> tuple[Format, Holder]:
    form = draw(st.sampled_from(list(Format)))
    long = form in (Format.TD1, Format.TD2) and draw(st.booleans())
    least, most = NUMBERS.get(form, (10, 12) if long else (1, 9))
    digits_only = form in (Format.SWISS_LICENCE, Format.RUSSIAN_PASSPORT)
    number = draw(st.text(string.digits if digits_only else capitals, min_size=least, max_size=most))
    state = HOME.get(form) or draw(st.sampled_from(["D", "UTO", "GBR", "XOM", "UNO", "XXA"]))
    born = st.dates(date(1927, 1, 1), TODAY).map(date.isoformat)
    partly = st.sampled_from(["1974", "1974-08", ""])
    optional = min(places(form, "optional_data"), 2 if long and form is Format.TD2 else 8)
    return form, Holder(
        document_code=draw(st.sampled_from(CODES[form])),
        issuing_state=state if places(form, "issuing_state") else "",
        surname=draw(names) if NAMED.get(form, ("surname",)) else "",
        document_number=number if places(form, "document_number") else "",
        birth_date=draw(st.one_of(born, partly)) if places(form, "birth_date") else "",
        sex=draw(st.sampled_from("MFX")) if places(form, "sex") else "",
        given_names=draw(st.one_of(names, st.just(""))) if "given_names" in NAMED.get(form, ("given_names",)) else "",
        nationality=draw(st.sampled_from(["D", "UTO", "RKS"])) if places(form, "nationality") else "",
        expiry_date=draw(st.dates(TODAY, date(2076, 1, 1))).isoformat() if places(form, "expiry_date") else "",
        optional_data=draw(st.text(capitals, max_size=optional)) if not long else "",
        optional_data_2=draw(st.text(capitals, max_size=11)) if places(form, "optional_data_2") else "",
        issue_date=draw(born) if places(form, "issue_date") else "",
    )


def read(lines: tuple[str, ...]) -> Zone:
    zone = mrz.parse(lines, today=TODAY)
    assert zone is not None
    return zone


def holder_of(zone: Zone) -> Holder:
    """What a zone says, as what a zone is composed from."""
    second = zone.raw("optional_data_2").strip(FILLER)
    return Holder(
        document_code=zone.document_code,
        issuing_state=zone.issuing_state,
        surname=zone.surname,
        document_number=zone.document_number,
        birth_date=zone.birth_date,
        sex=zone.sex,
        given_names=zone.given_names,
        nationality=zone.nationality if zone.raw("nationality") else "",
        expiry_date=zone.expiry_date,
        optional_data=zone.optional_data.removesuffix(second).strip(),
        optional_data_2=second,
        issue_date=zone.issue_date,
    )


@given(holders())
def test_what_is_composed_is_read_back(made: tuple[Format, Holder]) -> None:
    form, holder = made
    zone = read(mrz.compose(form, holder))
    assert zone.format is form
    assert zone.valid is bool(LAYOUTS[form].checks)
    if not zone.names_truncated:
        assert holder_of(zone) == holder


@given(holders())
def test_what_is_read_is_composed_again_to_the_same_lines(made: tuple[Format, Holder]) -> None:
    form, holder = made
    lines = mrz.compose(form, holder)
    zone = read(lines)
    assert zone.lines == lines
    assert mrz.compose(form, holder_of(zone)) == lines


def test_initials_that_are_cut_off_are_seen_to_be_cut() -> None:
    encoded = mrz_names.fitted("AAAAAA AAAAAAA AAAAAAAAAAAA", "A A", 31)
    assert encoded == "AAAAAA<AAAAAAA<AAAAAAAAAAA<<A<A" and mrz_names.may_be_cut(encoded)


@given(names, st.one_of(names, st.just("")), st.integers(6, 45))
def test_names_that_fit_are_whole_and_others_end_in_a_letter(surname: str, given_names: str, width: int) -> None:
    encoded = mrz_names.fitted(surname, given_names, width)
    assert len(encoded) == width
    whole = len(surname) + (2 + len(given_names) if given_names else 0)
    if whole <= width:
        assert mrz_names.split(encoded) == (surname, given_names)
        return
    kept, kept_given = mrz_names.split(encoded)
    assert all(any(part.startswith(cut) for part in surname.split()) for cut in kept.split())
    assert bool(kept_given) is bool(given_names) or len(surname.split()) * 2 + 2 > width


@given(holders(), st.data())
def test_any_one_character_misread_is_noticed_but_for_the_blind_spots(
    made: tuple[Format, Holder], data: st.DataObject
) -> None:
    form, holder = made
    layout = LAYOUTS[form]
    assume(layout.checks)
    lines = mrz.compose(form, holder)
    check = data.draw(st.sampled_from(layout.checks))
    line, start, end = data.draw(st.sampled_from(check.pieces))
    at = data.draw(st.integers(start, end - 1))
    old = lines[line][at]
    new = data.draw(st.sampled_from([c for c in mrz.ALPHABET if c != old]))
    changed = [each if row != line else each[:at] + new + each[at + 1 :] for row, each in enumerate(lines)]
    same = mrz.check_digit(check.covered(changed)) == mrz.check_digit(check.covered(lines))
    assert same == (new in mrz.alike(old))
    if new not in mrz.alike(old) and check.name in ("birth_date", "expiry_date", "composite"):
        assert {each.field: each.valid for each in mrz.verify(form, changed)}[check.name] is False


@given(holders())
def test_every_other_reading_that_is_named_passes_and_is_another(made: tuple[Format, Holder]) -> None:
    form, holder = made
    lines = mrz.compose(form, holder)
    for standing in mrz_proof.of(read(lines)):
        assert standing.proved is bool(standing.checks)
        assert len({(other.text, other.changes) for other in standing.others}) == len(standing.others) <= 6
        for other in standing.others:
            assert all(was != may for was, may in other.changes)
            if len(other.changes) == 1:
                assert other.changes[0][1] in mrz.alike(other.changes[0][0])


texts = st.one_of(
    st.text(max_size=50),
    st.text(mrz.ALPHABET, min_size=30, max_size=30),
    st.text(mrz.ALPHABET, min_size=9, max_size=9),
    st.text(min_size=36, max_size=36),
    st.text(min_size=44, max_size=44),
    st.text(min_size=26, max_size=26).map(lambda text: "D1FR" + text),
    st.text(min_size=39, max_size=39).map(lambda text: "PNRUS" + text),
    st.text(min_size=25, max_size=25).map(lambda text: "FACHE" + text),
    st.text(min_size=31, max_size=31).map(lambda text: "IDFRA" + text),
)


@given(st.lists(texts, max_size=4))
def test_lines_of_any_text_are_a_zone_or_none_and_nothing_is_raised(lines: list[str]) -> None:
    zone = mrz.parse(lines, today=TODAY)
    if zone is None:
        assert mrz.formats(lines) == ()
        return
    assert zone.lines == tuple(lines)
    assert zone.format in mrz.formats(lines)
    for standing in mrz_proof.of(zone):
        assert standing.sentence


@st.composite
def shaped(draw: st.DrawFn) -> list[str]:
    """Lines in the very shape of some format, of any characters at all."""
    layout = LAYOUTS[draw(st.sampled_from(list(Format)))]
    anything = st.one_of(st.sampled_from(mrz.ALPHABET), st.characters())
    return ["".join(draw(st.lists(anything, min_size=width, max_size=width))) for width in layout.widths]


@given(shaped(), st.dates(date(1950, 1, 1), date(2150, 1, 1)))
def test_zones_of_any_characters_at_any_time(lines: list[str], today: date) -> None:
    zone = mrz.parse(lines, today=today)
    if zone is not None:
        assert zone.birth_date <= today.isoformat()
        assert not (zone.expiry_date and zone.birth_date) or zone.birth_date <= zone.expiry_date
        assert repr(zone).startswith("<Zone")
        assert all(standing.sentence for standing in mrz_proof.of(zone))


@given(st.dates(date(1900, 1, 1), date(2150, 12, 31)), st.dates(date(1950, 1, 1), date(2150, 1, 1)))
def test_a_date_comes_back_unless_the_rule_says_another_century(day: date, today: date) -> None:
    encoded = mrz_dates.encoded(day.isoformat())
    ways = mrz_dates.centuries(encoded, today=today)
    assert all(way[2:].replace("-", "") == encoded for way in ways)
    if day <= today and (today - day).days < 36500:
        assert mrz_dates.birth(encoded, today=today) == day.isoformat()
    if abs(day.year - today.year) < 50 and encoded not in ("000000", "999999"):
        assert mrz_dates.expiry(encoded, today=today) == day.isoformat()


@given(st.text(max_size=8))
def test_what_is_no_date_is_none(text: str) -> None:
    for value in (mrz_dates.birth(text, today=TODAY), mrz_dates.expiry(text, today=TODAY)):
        assert value == "" or value[:4].isdigit()


@given(holders())
def test_a_holder_of_another_format_is_refused_by_name_or_fits(made: tuple[Format, Holder]) -> None:
    _, holder = made
    for form in Format:
        try:
            lines = mrz.compose(form, replace(holder, document_code="P", issuing_state="UTO"))
        except ValueError as refused:
            assert "does not fit" in str(refused)
        else:
            assert tuple(map(len, lines)) == LAYOUTS[form].widths
