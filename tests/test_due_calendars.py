"""Working days by country: known holidays, doubtful ones, and the earlier day where they differ."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from toolkit.calendars import Calendar, WorkingDay

pytest.importorskip("holidays", reason="the package holidays is not installed")
DAY = timedelta(days=1)


def test_the_third_business_day_after_monday_is_thursday() -> None:
    # The worked example of the Form I-9 instructions, edition 07/17/17.
    assert Calendar("US").after(date(2026, 3, 2), 3).safe == date(2026, 3, 5)


def test_a_weekend_and_a_federal_holiday_are_passed_over() -> None:
    found = Calendar("US").after(date(2026, 9, 3), 3)  # Thursday; Monday the 7th is Labor Day
    assert found == WorkingDay(date(2026, 9, 9), date(2026, 9, 9))
    assert found.certain


def test_a_holiday_of_some_regions_is_told_safely_in_either_direction() -> None:
    # Corpus Christi, 4 June 2026, is a holiday in Bavaria and none in Berlin.
    day = date(2026, 6, 3)
    assert Calendar("DE").works(date(2026, 6, 4)) is None
    assert Calendar("DE", "BY").works(date(2026, 6, 4)) is False
    assert Calendar("DE", "BE").works(date(2026, 6, 4)) is True
    assert Calendar("DE").after(day, 1) == WorkingDay(date(2026, 6, 4), date(2026, 6, 5))
    assert Calendar("DE").before(date(2026, 6, 5), 1) == WorkingDay(date(2026, 6, 3), date(2026, 6, 4))
    assert Calendar("DE", "BY").after(day, 1).safe == date(2026, 6, 5)
    assert not Calendar("DE").after(day, 1).certain


def test_a_holiday_by_the_moon_is_doubtful() -> None:
    # Eid al-Fitr of 2027 is estimated for Tuesday, 9 March.
    assert Calendar("AE").works(date(2027, 3, 9)) is None


def test_a_country_or_region_nobody_knows_is_not_known() -> None:
    assert Calendar("DE").known
    assert Calendar("DE", "BY").known
    assert not Calendar("DE", "ZZ").known
    assert not Calendar("XX").known


@pytest.mark.parametrize(
    "country", ["US", "GB", "DE", "NL", "FR", "IE", "ES", "CA", "AU", "SG", "JP", "AE", "IN", "CH", "BR"]
)
def test_every_country_of_the_catalogue_counts_there_and_back_and_as_a_walk_does(country: str) -> None:
    calendar = Calendar(country)
    for start in (date(2026, 12, 20), date(2027, 2, 26), date(2028, 2, 28)):
        for number in (0, 1, 10, 20):
            there = calendar.after(start, number)
            assert start <= there.safe <= there.other
            walked, left = start, number
            while left:
                walked += DAY
                left -= calendar.works(walked) is not False
            assert there.safe == walked
            back = calendar.before(start, number)
            assert back.safe <= back.other <= start


def test_a_term_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="that long"):
        Calendar("US").after(date(2026, 1, 1), 10**9)
