"""Codes and names of countries, as papers print them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.fields import country
from toolkit.fields.country_table import ROWS


def test_every_state_of_iso_3166_and_every_code_of_doc_9303_is_there_once():
    rows = [row.split("|") for row in ROWS.strip().splitlines()]
    codes = [row[0] for row in rows]
    assert len(codes) == len(set(codes))
    states = [row for row in rows if row[1] and row[0] not in country.NOT_STATES | {"RKS"}]
    assert len(states) == 249  # ISO 3166-1 has 249 officially assigned codes
    assert len({row[1] for row in states}) == 249
    assert all(len(code) == 3 or code == "D" for code in codes)


def test_no_name_means_two_countries():
    seen = {}
    for row in ROWS.strip().splitlines():
        code, _, *names = row.split("|")
        for name in names:
            assert seen.setdefault(name.casefold(), code) == code, name
            assert country.parse(name) == code


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("GERMANY", "D"),
        ("DEU", "D"),
        ("D", "D"),
        ("de", "D"),
        ("österreichisch", "AUT"),
        ("OSTERREICH", "AUT"),
        ("British Citizen", "GBR"),
        ("POLSKIE/POLISH/POLONAISE", "POL"),
        ("POLSKIE / POLISH", "POL"),
        ("United  States of America", "USA"),
        ("Côte d’Ivoire", "CIV"),
        ("Bonaire, Sint Eustatius and Saba", "BES"),
        ("Utopian", "UTO"),
        ("GBD", "GBD"),
        ("Stateless", "XXA"),
        ("France / Poland", ""),
        ("", ""),
        ("Atlantis", ""),
    ],
)
def test_what_documents_print(printed, code):
    assert country.parse(printed) == code


def test_codes_of_zones_and_of_iso():
    assert (country.iso3("D"), country.icao("DEU"), country.iso3("GBO"), country.iso3("FRA")) == (
        "DEU",
        "D",
        "GBR",
        "FRA",
    )
    assert country.name("DEU") == country.name("D") == "Germany"
    assert country.name("ZZZ") == "ZZZ"
    assert country.known("EUE")
    assert not country.known("DEU")


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_gives_a_known_code_or_nothing(text):
    assert country.parse(text) == "" or country.known(country.parse(text))
