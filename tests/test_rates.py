"""Exchange rates: the day used is the last published one, and nothing is ever defaulted."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import rates
from toolkit.errors import InputError


def test_a_working_day_has_its_own_rate():
    found = rates.rate("USD", "EUR", date(2026, 10, 30))
    assert found.date == date(2026, 10, 30)
    assert found.value == Decimal("0.89509488")  # 1 / 1.1172, to eight digits
    assert found.source.startswith("ECB")


def test_a_weekend_takes_the_last_day_before_it():
    assert rates.rate("GBP", "USD", date(2026, 10, 25)).date == date(2026, 10, 23)


def test_closing_days_take_the_last_day_before_them():
    assert rates.rate("USD", "EUR", date(2026, 4, 6)).date == date(2026, 4, 2)  # Easter Monday: Maundy Thursday


def test_two_currencies_are_crossed_over_the_euro():
    gbp, usd = (rates.packaged().euro(c, date(2026, 10, 30))[0] for c in ("GBP", "USD"))
    crossed = rates.rate("GBP", "USD", date(2026, 10, 30))
    assert abs(crossed.value - usd / gbp) < Decimal("1e-7")
    assert "crossed" in crossed.source


def test_the_weekend_after_the_last_day_is_still_covered_and_the_next_working_day_is_not():
    last = rates.packaged().last
    assert rates.rate("USD", "EUR", last).date == last
    later = last + timedelta(days=1)
    while not rates._target_day(later):
        assert rates.rate("USD", "EUR", later).date == last
        later += timedelta(days=1)
    with pytest.raises(InputError, match=r"outside it.*eurofxref-hist"):
        rates.rate("USD", "EUR", later)


@pytest.mark.parametrize(
    ("currency", "day"),
    [
        ("XXX", date(2026, 10, 30)),
        ("HRK", date(2026, 10, 30)),  # Croatia joined the euro in 2023
        ("RUB", date(2026, 10, 30)),  # suspended since March 2022
        ("AED", date(2026, 10, 30)),
        ("USD", date(2011, 1, 3)),
    ],
)
def test_no_rate_is_an_error_with_a_remedy(currency: str, day: date):
    with pytest.raises(InputError) as caught:
        rates.rate(currency, "EUR", day)
    assert caught.value.remedy


def test_a_currency_that_ended_keeps_the_rates_it_had():
    assert rates.rate("HRK", "EUR", date(2022, 12, 30)).value > 0


@pytest.mark.parametrize("year,easter", [(2016, (3, 27)), (2024, (3, 31)), (2026, (4, 5)), (2038, (4, 25))])
def test_easter(year: int, easter: tuple[int, int]):
    assert rates._easter(year) == date(year, *easter)


def test_every_day_of_the_table_is_a_target_day_and_no_target_day_is_missing():
    table = rates.packaged()
    day, missing = table.first, []
    while day <= table.last:
        if rates._target_day(day) and day.isoformat() not in table.days:
            missing.append(day)
        day += timedelta(days=1)
    assert not missing
    assert all(rates._target_day(date.fromisoformat(d)) for d in table.days)


def test_the_banks_own_file_is_read(tmp_path):
    path = tmp_path / "eurofxref-hist.csv"
    path.write_text("Date,USD,JPY,\n2026-11-02,1.2,170.5,\n2026-10-30,1.1,N/A,\n")
    table = rates.Table.read(path)
    assert rates.rate("EUR", "USD", date(2026, 11, 2), table).value == Decimal("1.2")
    with pytest.raises(InputError, match="JPY"):
        rates.rate("JPY", "EUR", date(2026, 10, 30), table)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"hello", b"PK\x03\x04 broken"])
def test_another_file_is_refused(tmp_path, content: bytes):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(InputError):
        rates.Table.read(path)


@given(st.dates(date(2015, 1, 2), date(2026, 10, 30)), st.sampled_from(["USD", "GBP", "JPY", "CHF", "SEK"]))
def test_there_and_back_again(day: date, currency: str):
    there, back = rates.rate(currency, "EUR", day), rates.rate("EUR", currency, day)
    assert there.date == back.date <= day
    assert abs(there.value * back.value - 1) < Decimal("1e-6")
