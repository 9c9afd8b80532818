"""Whatever a paper prints, the readers give a value or say that they are unsure: no exception, no other sum."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal, InvalidOperation

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from toolkit.fields import currency, dates, money
from toolkit.fields.currency import CODES, MINOR_UNITS
from toolkit.model import Box, Method, Page, Word
from toolkit.pages import Opened, Sheet
from toolkit.readers.money import moment, place, printed, tax_schemes

ARABIC = str.maketrans("0123456789.,", "٠١٢٣٤٥٦٧٨٩٫٬")
FULL_WIDTH = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
GROUPS = [
    ("", "."),
    ("", ","),
    (",", "."),
    (".", ","),
    ("'", "."),
    ("’", "."),
    (" ", ","),
    ("\u00a0", ","),
    ("\u202f", ","),
]
FORMS = [
    "{n}",
    "Total {n}",
    "TOTAL: {m} {n}",
    "{m} {n}",
    "{m}{n}",
    "{n} {m}",
    "{n}{m}",
    "Summe {m}  {n}",
    "合計 {m}{n}",
    "Tax 19% {n}",
    "{n} A",
    "Montant TTC : {n} {m}",
]
MARKS = ["EUR", "€", "$", "kr", "¥", "£", "CHF", "JPY", "HUF", "KWD", "R", "Rs.", "RM", "zł", "Ft", "₩", "円", "CLP"]
EVIDENCE = [None, ".", ","]


def written(value: Decimal, digits: int, group: str, point: str, *, lakh: bool = False) -> str:
    whole, _, cents = f"{value:.{digits}f}".partition(".")
    parts: list[str] = []
    size = 3
    while whole:
        parts.insert(0, whole[-size:])
        whole = whole[:-size]
        size = 2 if lakh else 3
    return (group if len(parts) > 1 else "").join(parts) + (point + cents if cents else "")


def holds(reading: money.MoneyReading, value: Decimal) -> bool:
    """Sure and right, or unsure and right among the readings, or unsure about all of them."""
    if reading.confidence >= 0.90 and reading.value is not None:
        return reading.value == value
    return value in (reading.value, *reading.alternatives)


@given(
    st.integers(1, 10**8),
    st.sampled_from(GROUPS),
    st.sampled_from(FORMS),
    st.sampled_from(MARKS),
    st.sampled_from([0, 2, 3]),
    st.sampled_from([None, ARABIC, FULL_WIDTH]),
    st.booleans(),
)
@settings(max_examples=600, deadline=None)
@example(1000, (".", ","), "{n} {m}", "EUR", 0, None, False)
@example(150000 + 2 * 10**5, (" ", ","), "{n}", "EUR", 2, None, False)
def test_an_amount_in_any_style_is_never_read_as_another_sum(units, style, form, mark, digits, script, lakh):
    if (digits == 3) != (mark == "KWD"):
        return  # Prices have three decimals in dinars, and there alone; a quantity is no money.
    group, point = style
    value = Decimal(units) / 10**digits
    number = written(value, digits, group, point, lakh=lakh and group == ",")
    text = form.format(n=number.translate(script) if script else number, m=mark)
    for reading in money.find(text, bare=True):
        assert text[reading.start : reading.end] == reading.text
        if number.translate(script or {}) in reading.text:
            assert holds(reading, value), (text, reading.value, reading.alternatives, reading.confidence)


@given(
    st.integers(100, 10**7), st.sampled_from(GROUPS[2:]), st.sampled_from(["EUR", "CHF", "PLN", "USD"]), st.booleans()
)
@settings(max_examples=300, deadline=None)
def test_two_decimals_and_a_code_are_read_whole(cents, style, code, before):
    value = Decimal(cents) / 100
    number = written(value, 2, *style)
    text = f"{code} {number}" if before else f"{number} {code}"
    (reading,) = money.find(text)
    assert (reading.value, reading.currency) == (value, code)


@given(st.integers(1, 9_999), st.sampled_from(sorted(code for code, unit in MINOR_UNITS.items() if unit == 0)))
def test_sums_without_subunits_are_whole(thousands, code):
    for mark in ".,":
        (reading,) = money.find(f"{thousands}{mark}500 {code}" if thousands < 1000 else f"{code} {thousands}")
        whole = Decimal(thousands * 1000 + 500) if thousands < 1000 else Decimal(thousands)
        assert reading.value == whole


@given(st.integers(100, 10**6), st.sampled_from(["{}-", "-{}", "({})", "{} -", "−{}", "– {}"]))
def test_what_is_given_back_is_never_charged(cents, form):
    (reading,) = money.find(form.format(f"{Decimal(cents) / 100:.2f}"))
    assert reading.value == -Decimal(cents) / 100


DAYS = st.dates(date(2012, 1, 1), date(2039, 12, 31))
NUMERIC = [
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%y-%m-%d",
    "%y/%m/%d",
    "%d %m %Y",
    "%d%b%y",
    "%d%b%Y",
    "%d-%b-%Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%Y年%m月%d日",
    "%Y년 %m월 %d일",
    "%d/%m %Y",
    "%a %d/%m/%y",
    "%A, %m/%d/%Y",
    "%d . %m . %Y",
]
AROUND = ["{}", "Date: {}", "{} 12:05", "{} 12:05:33", "Datum {} Zeit 9.15", "Bon 4711 {} Kasse 2", "日付:{}", "({})"]
ORDERS = [None, *dates.Order]


@given(
    DAYS, st.sampled_from(NUMERIC), st.sampled_from(AROUND), st.sampled_from([None, FULL_WIDTH, ARABIC]), st.booleans()
)
@settings(max_examples=800, deadline=None)
def test_a_day_in_any_way_of_writing_is_never_surely_another(day, way, around, script, till):
    text = day.strftime(way)
    text = around.format(text.translate(script) if script else text)
    if way.startswith("%y") and not till:
        return  # Only tills print the year first and in two digits.
    for reading in dates.find(text, till=till):
        if reading.value != day.isoformat():
            assert reading.confidence < 0.90, (text, reading.value)


@given(DAYS, st.sampled_from(NUMERIC), st.sampled_from(ORDERS))
@settings(max_examples=300, deadline=None)
def test_with_the_order_of_its_country_a_day_is_read_or_open(day, way, order):
    first = way.lstrip("%aA,. ").replace("%", "")[:1].lower()
    if order is not None and {"d": dates.Order.DMY, "m": dates.Order.MDY, "y": dates.Order.YMD}.get(first) != order:
        return
    for reading in dates.find(day.strftime(way), order, till=True):
        assert reading.value == day.isoformat() or reading.confidence < 0.90


def page(lines: list[str]) -> Opened:
    step = 0.9 / max(1, len(lines))
    words = tuple(
        Word(line, Box(0.05, 0.02 + step * number, 0.95, 0.02 + step * (number + 0.6)), 0.99)
        for number, line in enumerate(lines)
    )
    return Opened("image/jpeg", b"", (Sheet(Page(1, 800, 1400, words, Method.OCR), blank),), ())


def blank() -> np.ndarray:
    return np.zeros((1, 1, 3), np.uint8)


PIECES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "Total",
            "Summe EUR",
            "合計",
            "1.234,56",
            "12.50",
            "$",
            "04/03/2026",
            "20260304",
            "GST 6%",
            "NIP 526-104-08-28",
            "kr",
            "Change",
            "Subtotal",
            "12,-",
            "DE136695976",
            "+60 3",
            "19h42",
            "£",
            "(5.00)",
            "2 x",
            "令和8年",
            "www.a.de",
            "-",
            "VAT",
        ]
    ),
)


@given(st.lists(st.lists(PIECES, max_size=4).map(" ".join), max_size=12))
@settings(max_examples=120, deadline=None)
def test_rows_of_anything_give_fields_that_are_what_they_say_or_none(lines):
    reading = printed.read(page(lines))
    for field in (*reading.fields, *reading.rejected):
        assert 0.0 <= field.confidence <= 1.0
        if field.name == "date":
            assert date.fromisoformat(str(field.value)).isoformat() == field.value
        if field.name == "currency":
            assert field.value in CODES
        if field.name in ("total", "subtotal", "tax", "tip"):
            try:
                assert Decimal(str(field.value)).is_finite()
            except InvalidOperation:
                pytest.fail(f"{field.name} is no number")


HOSTILE = {
    "digits": "1" * 20_000,
    "fractions": "1/" * 10_000,
    "ones": "1 " * 10_000,
    "months": "may " * 5_000,
    "letters like digits": "Ol" * 10_000,
    "signs": "€$" * 10_000,
    "grouped": "1.1" * 7_000,
    "spaced": "111 " * 5_000,
    "labels": "VAT GST NIP " * 1_700,
    "years": "20260304" * 2_500,
    "ideographs": "年月日" * 7_000,
    "eras": "令和1年" * 5_000,
    "clocks": "12:" * 7_000,
    "domains": "www.@a." * 3_000,
    "calls": "+1 " * 7_000,
    "numbers": "two thousand " * 1_500,
    "codes": "EURUSD" * 3_400,
    "prefixes": "DE1 " * 5_000,
    "quotes": "1'111" * 4_000,
    "words": "coming in " * 2_000,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_long_hostile_row_takes_no_time(name):
    text = HOSTILE[name]
    began = time.process_time()
    money.find(text, bare=True)
    money.decimal_mark([text])
    currency.marks(text)
    dates.find(text, till=True)
    place.read_currency([text], (), place.place([text]))
    tax_schemes.find(text)
    rows = moment_rows(text)
    day, _ = moment.day(rows, None)
    moment.time(rows, day)
    # A second or so on an idle core; a pattern that goes back on itself would take minutes.
    assert time.process_time() - began < 15


def moment_rows(text: str) -> tuple[moment.Row, ...]:
    return (moment.Row(1, 0, (Word(text, Box(0.05, 0.05, 0.95, 0.06), 0.99),), Method.OCR, 0.01),)
