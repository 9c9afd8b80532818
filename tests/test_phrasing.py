"""Dates and money as people of a language write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import phrasing


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en-GB", "1 March 2027"),
        ("en-US", "March 1, 2027"),
        ("de-DE", "1. März 2027"),
        ("fr-FR", "1er mars 2027"),
    ],
)
def test_long_dates(language: str, expected: str):
    assert phrasing.long_date("2027-03-01", language) == expected


@pytest.mark.parametrize(
    ("value", "currency", "language", "expected"),
    [
        ("185000", "USD", "en-GB", "USD 185,000.00"),
        ("4200.5", "EUR", "de-DE", "4.200,50 EUR"),
        ("1200000", "JPY", "en-US", "JPY 1,200,000"),
        ("1234.5", "KWD", "fr-FR", "1\u202f234,500 KWD"),
    ],
)
def test_money(value: str, currency: str, language: str, expected: str):
    assert phrasing.money(value, currency, language).replace("\u00a0", " ") == expected


@pytest.mark.parametrize(
    ("value", "currency"), [("1,000", "USD"), ("", "USD"), ("12", "$"), ("12", "usd"), ("NaN", "USD")]
)
def test_what_is_no_money_is_refused(value: str, currency: str):
    with pytest.raises(ValueError):
        phrasing.money(value, currency, "en-GB")


@given(st.text())
def test_printable_text_has_no_control_characters_and_stays_so(text: str):
    clean = phrasing.printable(text)
    assert phrasing.printable(clean) == clean
    assert not set(clean) & {"\x00", "\x07", "\x0c", "\r", "\u202e"}
