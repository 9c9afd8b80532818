"""Day and time of a paper: which of its dates, in which order, and what a trip says about an open one."""

from __future__ import annotations

from datetime import date

import pytest

from toolkit.fields import dates
from toolkit.fields.dates import Order
from toolkit.model import Box, Method, Word
from toolkit.readers.money import moment
from toolkit.readers.money.rows import Row


def rows(*texts: str) -> tuple[Row, ...]:
    return tuple(
        Row(1, number, (Word(text, Box(0.05, 0.02 + number / 50, 0.9, 0.03 + number / 50), 0.99),), Method.OCR, 0.01)
        for number, text in enumerate(texts)
    )


def day(*texts: str, order: Order | None = None) -> moment.Day:
    found, _ = moment.day(rows(*texts), order)
    assert found is not None
    return found


def clock(text: str) -> str | None:
    lines = rows(f"04.03.2026 {text}")
    found = moment.time(lines, moment.day(lines, Order.DMY)[0])
    return found.value if found else None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("19h42", "19:42"),
        ("7.15 PM", "19:15"),
        ("午後3時05分", "15:05"),
        ("15時05分12秒", "15:05:12"),
        ("오후 3:05", "15:05"),
        ("下午3點05分", "15:05"),
        ("kl. 14.05", "14:05"),
        ("14.05 Uhr", "14:05"),
        ("3:05 p. m.", "15:05"),
        ("12:15 AM", "00:15"),
        ("1405 hrs", "14:05"),
        ("12:05:33", "12:05:33"),
        ("14.05", "14:05"),
        ("Zeit:14:05", "14:05"),
        ("１２：０５", "12:05"),
    ],
)
def test_times_as_tills_print_them(text, value):
    assert clock(text) == value


@pytest.mark.parametrize("text", ["9:00 - 17:00", "12,50 A", "Bar 14.05 EUR 3", "10/12", "1:4"])
def test_what_is_no_time(text):
    assert clock(text) is None


def test_a_car_park_is_paid_when_one_leaves():
    lines = rows("In: 02/09/2025 02:09", "Exit: 02/09/2025 08:49", "Total 5.95")
    found = moment.time(lines, moment.day(lines, Order.MDY)[0])
    assert found is not None
    assert found.value == "08:49"


def test_the_days_of_a_ledger_are_not_the_day_of_the_paper():
    found = day(
        "Arrival: 06/11/2024  Departure: 10/11/2024",
        "Tarikh: 10/11/2024",
        "06/11/2024  Room charge  101.25",
        "07/11/2024  Room charge  101.25",
        "08/11/2024  Room charge  101.25",
        "Total 303.75",
        order=Order.DMY,
    )
    assert found.value == "2024-11-10"


@pytest.mark.parametrize(
    "text",
    [
        "12/08/2025  Habitación doble  102,30",
        "2025/12/09  宿泊税  260",
        "Betalas senast: 15/02 2025",
        "Data vencimento 2024/12/25",
        "付款期限:2024年02月27日",
        "Produkte vom 28.01.2020 an den Deutschen Bundestag",
        "iDEAL op 31 maart 2014  € 4.904,94",
        "Check-in: 2025/12/09",
    ],
)
def test_where_the_day_of_the_paper_is_lost_no_other_day_is_vouched_for(text):
    assert day("Example Hotel", text, order=Order.DMY).confidence < 0.90


def test_the_number_of_the_paper_settles_an_open_day():
    found = day("Date 04/03/26", "Receipt No 20260304-0017")
    assert (found.value, found.alternatives, found.confidence >= 0.90) == ("2026-03-04", ("2026-04-03",), True)
    assert day("Date 04/03/26", "Receipt No 20250304-0017").confidence < 0.90


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("令和8年3月4日", "2026-03-04"),
        ("民國115年3月4日", "2026-03-04"),
        ("2026년 3월 4일", "2026-03-04"),
        ("20260304 1205", "2026-03-04"),
        ("Datum: 251108", "2025-11-08"),
        ("14/06 2025", "2025-06-14"),
        ("４．３．２０２６ 水曜日", "2026-03-04"),
        ("115/03/04", "2026-03-04"),
        ("R8.3.4", "2026-03-04"),
        ("13/03/2569", "2026-03-13"),
        ("O4MAR26", None),
        ("4. maaliskuuta 2026", "2026-03-04"),
        ("4 Mart 2026", "2026-03-04"),
        ("2026. március 4.", "2026-03-04"),
        ("4. března 2026", "2026-03-04"),
        ("4 martie 2026", "2026-03-04"),
    ],
)
def test_days_as_tills_print_them(text, value):
    found, _ = moment.day(rows(text), None)
    assert (found.value if found else None) == value


def test_a_year_first_in_two_digits_is_open_unless_the_country_writes_so():
    assert day("26/03/04").confidence < 0.90
    assert day("23/06/18").alternatives == ("2023-06-18",)
    assert (day("26/03/04", order=Order.YMD).value, day("26-03-04", order=Order.YMD).value) == ("2026-03-04",) * 2
    assert day("15-03-13", order=Order.DMY).confidence < 0.90


def test_a_weekday_that_contradicts_makes_a_misread_digit_show():
    assert day("Wed 2026-03-04").confidence >= 0.90
    assert day("Wed 2026-03-01").confidence < 0.90


def test_years_of_eras_that_could_be_two_stay_open():
    assert (day("08年3月4日").confidence < 0.90, day("08年3月4日").alternatives) == (True, ("2026-03-04",))


def test_two_days_of_a_long_statement_take_no_time():
    lines = rows(*(f"0{1 + number % 9}.03.2026 12:0{number % 9} entry" for number in range(3000)))
    assert moment.day(lines, Order.DMY)[0] is not None


TRIP = (date(2026, 3, 2), date(2026, 3, 6))


def test_a_trip_chooses_between_two_readings_and_says_why():
    chosen = dates.within_trip(("2026-03-04", "2026-04-03"), *TRIP)
    assert chosen.value == "2026-03-04"
    assert "2026-03-02 to 2026-03-06" in chosen.reason


@pytest.mark.parametrize(
    "readings",
    [("2026-03-05", "2026-05-03", "2026-03-03"), ("2026-01-02", "2026-02-01"), ("2026-03-06", "2026-03-09"), ()],
)
def test_a_trip_that_fits_both_none_or_nearly_both_chooses_nothing(readings):
    chosen = dates.within_trip(readings, *TRIP)
    assert (chosen.value, bool(chosen.reason)) == (None, True)


def test_a_trip_that_ends_before_it_starts_is_a_mistake():
    with pytest.raises(ValueError, match="ends before"):
        dates.within_trip(("2026-03-04",), TRIP[1], TRIP[0])
