from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.fields import calendar_words, dates
from toolkit.fields.dates import Order

DAYS = st.dates(date(1930, 1, 1), date(2060, 12, 31))
PLAIN = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "no": "januar februar mars april mai juni juli august september oktober november desember",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "hu": "január február március április május június július augusztus szeptember október november december",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
}
FORMS = [
    "{d} {m} {y}",
    "{d}. {m} {y}",
    "{d} de {m} de {y}",
    "{d}-{m}-{y}",
    "{d:02d} {m}, {y}",
    "le {d} {m} {y}",
    "den {d} {m} {y}",
]


def one(text: str, order: Order | None = None) -> dates.DateReading:
    (reading,) = dates.find(text, order)
    return reading


@given(st.text())
def test_any_text_gives_readings_and_never_an_exception(text):
    for reading in dates.find(text):
        assert text[reading.start : reading.end] == reading.text
        assert reading.value or reading.alternatives


@given(st.text(alphabet="0123456789/-. :,OolIJanuryMai年月日\n"))
def test_text_of_dates_own_letters_gives_only_dates_that_exist(text):
    for reading in dates.find(text):
        for value in filter(None, (reading.value, *reading.alternatives)):
            assert date.fromisoformat(value).isoformat() == value


@given(DAYS, st.sampled_from(sorted(PLAIN)), st.sampled_from(FORMS))
def test_a_written_month_comes_back_in_every_language(day, language, form):
    name = PLAIN[language].split()[day.month - 1]
    text = form.format(d=day.day, m=name, y=day.year)
    reading = one(text)
    assert (reading.value, reading.sure if hasattr(reading, "sure") else reading.confidence >= 0.9) == (
        day.isoformat(),
        True,
    )


@given(DAYS, st.sampled_from("/-. "), st.booleans())
def test_numbers_are_settled_or_reported_open_and_never_swapped(day, joint, month_first):
    order = "%m{0}%d{0}%Y" if month_first else "%d{0}%m{0}%Y"
    reading = one(day.strftime(order.format(joint)))
    assert day.isoformat() in (reading.value, *reading.alternatives)
    if reading.value != day.isoformat():
        assert reading.confidence < 0.90
    if day.day <= 12 and day.day != day.month:
        assert reading.confidence < 0.90
        assert reading.alternatives


@given(DAYS, st.sampled_from("/-."), st.sampled_from([Order.DMY, Order.MDY]))
def test_a_known_order_settles(day, joint, order):
    pattern = "%d{0}%m{0}%Y" if order is Order.DMY else "%m{0}%d{0}%Y"
    reading = one(day.strftime(pattern.format(joint)), order)
    assert reading.value == day.isoformat()
    assert reading.confidence >= 0.90


@given(DAYS)
def test_iso_comes_back(day):
    assert one(f"on {day.isoformat()}T10:00").value == day.isoformat()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18-03-201811:23", "2018-03-18"),
        ("18/03/1811:23", "2018-03-18"),
        ("30/04/2009:58", "2020-04-30"),
        ("22MAR2018 18:24", "2018-03-22"),
        ("05-AUG-2017", "2017-08-05"),
        ("3rd day of May, 2026", "2026-05-03"),
        ("the first day of June, 2024", "2024-06-01"),
        ("this twenty-first day of June, two thousand and twenty-four", "2024-06-21"),
        ("May 3rd, 2026", "2026-05-03"),
        ("Dec. 31,2010", "2010-12-31"),
        ("1er mai 2026", "2026-05-01"),
        ("1º de maio de 2026", "2026-05-01"),
        ("12 MAR/MARS 2018", "2018-03-12"),
        ("2018年3月18日", "2018-03-18"),
        ("23/06/18", "2018-06-23"),
        ("98-05-17", "1998-05-17"),
        ("Tue 06/05/2018", "2018-06-05"),
        ("Sat 05/05/2018", "2018-05-05"),
    ],
)
def test_customary_and_damaged_ways_of_writing(text, value):
    reading = one(text)
    assert reading.value == value
    assert reading.confidence >= 0.90


@pytest.mark.parametrize(
    "text",
    [
        "31/06/2018",
        "1.2.3.4",
        "06192 / 93 99999",
        "Ref 2018-03-18-004",
        "12/34/5678",
        "July 4th",
        "1.234.56",
        "24.12. 08:00-14:00",
        "24 Dec 08:00",
    ],
)
def test_what_is_no_date_is_not_reported(text):
    assert dates.find(text) == ()


def test_another_date_of_the_text_settles_the_order():
    first, second = dates.find("25/12/2017 ... 05/06/2017")
    assert (first.value, second.value, second.alternatives) == ("2017-12-25", "2017-06-05", ("2017-05-06",))
    assert dates.find("12/25/2017 ... 05/06/2017")[1].value == "2017-05-06"


def test_dates_that_disagree_about_the_order_settle_nothing():
    assert dates.find("25/12/2017, 12/25/2017, 05/06/2017")[2].value is None


def test_letters_read_for_digits_are_mended_but_not_vouched_for():
    reading = one("18/O3/2018")
    assert reading.value == "2018-03-18"
    assert reading.confidence < 0.90


def test_year_first_with_two_digits_is_an_open_question():
    reading = one("17-05-21")
    assert reading.confidence < 0.90
    assert reading.alternatives == ("2017-05-21",)


def test_countries_where_the_order_varies_say_nothing():
    assert dates.order_of("CAN") is None
    assert dates.order_of("") is None
    assert (dates.order_of("USA"), dates.order_of("MYS"), dates.order_of("JPN")) == (Order.MDY, Order.DMY, Order.YMD)


def test_no_month_name_means_two_months():
    for table in (calendar_words._MONTHS, calendar_words._SHORT):
        for names in table.values():
            assert [calendar_words.MONTHS[name] for name in names.split()] == list(range(1, 13))


@given(st.text())
def test_folding_keeps_places(text):
    assert len(calendar_words.fold(text)) == len(text)


@given(st.integers(1990, 2099))
def test_years_in_words(year):
    words = {v: k for k, v in calendar_words.CARDINALS.items()}
    rest = year % 100
    small = words.get(rest) or f"{words[rest - rest % 10]}-{words[rest % 10]}"
    head = "two thousand and" if year >= 2000 else "nineteen"
    assert calendar_words.year_in_words(f"{head} {small}") == year


def test_readings_hide_what_they_read():
    assert "2018" not in repr(one("2018-03-18"))
