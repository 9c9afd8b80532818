from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from toolkit.fields import currency, money

CENTS = st.integers(1, 99_999_999).map(lambda n: Decimal(n) / 100)
STYLES = {
    "en": (",", "."),
    "de": (".", ","),
    "fr": ("\u202f", ","),
    "ch": ("'", "."),
    "plain": ("", "."),
    "comma": ("", ","),
}


def grouped(value: Decimal, style: str) -> str:
    thousands, decimal = STYLES[style]
    return f"{value:,.2f}".replace(",", "T").replace(".", decimal).replace("T", thousands)


def one(text: str, decimal: str | None = None) -> money.MoneyReading:
    (reading,) = money.find(text, decimal)
    return reading


@given(st.text(), st.sampled_from([None, ".", ","]), st.booleans())
def test_any_text_gives_readings_and_never_an_exception(text, decimal, bare):
    for reading in money.find(text, decimal, bare=bare):
        assert reading.text == text[reading.start : reading.end]
        assert reading.value is not None or len(reading.alternatives) > 1
        assert reading.value is not None or reading.confidence < 0.90


@given(st.text(alphabet="0123456789.,-()$€RMEURkr '\u00a0OolI%/|"))
@example("0\u00a0k")
def test_text_of_moneys_own_letters_is_never_an_exception(text):
    money.find(text, bare=True)
    money.amount(text)
    currency.marks(text)


@given(CENTS, st.sampled_from(sorted(STYLES)))
def test_two_decimals_come_back_in_every_style(value, style):
    assert one(grouped(value, style)).value == value


@given(CENTS, st.sampled_from(sorted(STYLES)), st.sampled_from(["EUR {}", "{} EUR", "€{}", "{} €", "{}€", "€ {}"]))
def test_a_currency_beside_the_amount_is_its_currency(value, style, form):
    reading = one(form.format(grouped(value, style)))
    assert (reading.value, reading.currency) == (value, "EUR")


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(".,"))
def test_three_digits_behind_one_mark_are_never_settled_without_evidence(head, tail, mark):
    written = f"{head}{mark}{tail:03d}"
    reading = one(written)
    assert reading.value is None
    assert set(reading.alternatives) == {Decimal(f"{head}{tail:03d}"), Decimal(f"{head}.{tail:03d}")}
    other = "," if mark == "." else "."
    assert one(written, other).value == Decimal(f"{head}{tail:03d}")


@given(CENTS, st.sampled_from(["-{}", "{}-", "({})", "RM -{}", "-RM{}", "− {}"]))
def test_refunds_stay_negative(value, form):
    assert one(form.format(f"{value:.2f}")).value == -value


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ("RMO.65S", "0.65", "MYR"),
        ("1.234,56 €", "1234.56", "EUR"),
        ("12,34,567.00", "1234567.00", None),
        ("1'234.50 CHF", "1234.50", "CHF"),
        ("EUR 85.000,00", "85000.00", "EUR"),
        ("£60,000 per annum", "60000", "GBP"),
        ("JPY 1,500", "1500", "JPY"),
        ("12,-- €", "12", "EUR"),
        ("RM 2.230 / litre", "2.230", "MYR"),
        ("1,799 EUR/l", "1.799", "EUR"),
        ("0,35C", "0.35", None),
        ("GST @6%: RM0.46", "0.46", "MYR"),
        ("12 500 Ft", "12500", "HUF"),
        ("Rp 5.000", "5000", "IDR"),
        ("CHF 45.--", "45", "CHF"),
        ("1.250,-", "1250", None),
        ("12:-", "12", None),
        ("KWD 1.250", "1.250", "KWD"),
        ("1,23,456.00 INR", "123456.00", "INR"),
        ("١٬٢٣٤٫٥٦ AED", "1234.56", "AED"),
        ("￥１，２００", "1200", None),
    ],
)
def test_as_printed(text, value, code):
    reading = one(text)
    assert (reading.value, reading.currency) == (Decimal(value), code)


@pytest.mark.parametrize("text", ["$ 12.50", "kr 12,50", "¥ 1,500", "Rs. 12.50", "TOP 12.50", "R12.50"])
def test_marks_of_many_currencies_settle_none(text):
    reading = one(text)
    assert reading.currency is None
    assert reading.currencies


@pytest.mark.parametrize(
    "text", ["18.03.2018", "11:23", "7 %", "19,00%", "03-40210276", "CE72 - 10", "HEXAL 1.23.45", "10/100", "5750"]
)
def test_what_is_no_money_is_not_reported(text):
    assert money.find(text) == ()


def test_letters_read_for_digits_are_mended_but_not_vouched_for():
    reading = one("170.0O")
    assert reading.value == Decimal("170.00")
    assert reading.confidence < 0.90


def test_the_decimal_mark_is_told_by_the_other_amounts():
    first, _, _ = money.find("1.500 Stück 12,50 13,90")
    assert first.value == Decimal(1500)
    assert money.decimal_mark(["12,50", "13.50"]) is None


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1.990", "12.490", "3.500"], ","),  # pesos, rupiah, dong
        (["1,250", "12,750", "3,500"], "."),
        (["1.250.000"], ","),
        (["1.250", "12.750"], None),
        (["1.250 KD", "2.750", "3.500"], None),  # dinars have three decimals
        (["0.750", "1.250", "2.250", "3.500"], None),
        (["45,123 l", "1,799", "44,250 l", "38,100 l"], None),
    ],
)
def test_a_page_of_thousands_tells_its_mark_and_one_of_thousandths_does_not(texts, mark):
    assert money.decimal_mark(texts) == mark


@pytest.mark.parametrize("text", ["1,799 EUR", "$ 1.500", "KWD 1,000", "12.500"])
def test_a_sum_that_could_be_a_thousand_times_another_is_open(text):
    reading = one(text)
    assert reading.value is None
    assert len(reading.alternatives) == 2


def test_a_space_between_thousands_may_part_a_quantity_from_a_price():
    reading = one("2 150,00 €")
    assert (reading.value, reading.alternatives, reading.confidence < 0.90) == (
        Decimal("2150.00"),
        (Decimal(150),),
        True,
    )
    (bare,) = money.find("12 500", bare=True)
    assert (bare.value, set(bare.alternatives)) == (None, {Decimal(12500), Decimal(500)})


def test_formatted_has_two_decimals_and_no_exponent():
    assert [money.formatted(Decimal(each)) for each in ("12.5", "1E+3", "-0.1", "2.230")] == [
        "12.50",
        "1000.00",
        "-0.10",
        "2.23",
    ]


def test_readings_hide_what_they_read():
    assert "12" not in repr(one("in all 12.50"))[:14]
