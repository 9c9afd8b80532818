"""Travel history as data: what is missing or contradictory is said and never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.day_counts import left
from toolkit.travel import Travel, read_travel

AREA = dict.fromkeys(("FRA", "DEU", "ESP"), date.min) | {"HRV": date(2023, 1, 1)}
TODAY = date(2026, 6, 30)
YEAR = date(2026, 1, 1), date(2026, 12, 31)


def test_a_history_is_read_with_its_evidence_and_counted() -> None:
    travel = read_travel(
        """
        # as the passport shows it
        FR 2026-01-03 2026-01-20 stamps on page 12
        DEU 2026-06-01 -
        USA 2026-02-01 2026-02-03
        """
    )
    assert [(s.country, s.evidence) for s in travel.stays] == [("FRA", "stamps on page 12"), ("USA", ""), ("DEU", "")]
    days = travel.days(AREA, TODAY)
    assert days.certain.count(*YEAR) == days.possible.count(*YEAR) == 18 + 30
    assert (days.doubts, days.contradictions) == ((), ())
    assert "12" not in repr(travel) + repr(travel.stays)


def test_a_missing_exit_stamp_gives_bounds_and_is_named() -> None:
    days = read_travel("FRA 2026-01-03 ?\nUSA 2026-01-13 2026-02-01").days(AREA, TODAY)
    assert (days.certain.count(*YEAR), days.possible.count(*YEAR)) == (1, 11)
    assert days.doubts == ("line 1 of the travel history: the exit stamp is missing",)
    to_today = read_travel("FRA 2026-06-01 ?").days(AREA, TODAY)
    assert (left(to_today.certain, TODAY), left(to_today.possible, TODAY)) == (89, 60)


def test_a_missing_entry_stamp_reaches_back_to_the_stay_before() -> None:
    days = read_travel("USA 2025-11-01 2026-01-05\nFRA ? 2026-01-20").days(AREA, TODAY)
    assert (days.certain.count(*YEAR), days.possible.count(*YEAR)) == (1, 16)
    alone = read_travel("FRA ? 2026-01-20").days(AREA, TODAY)
    assert alone.possible.count(*YEAR) == 20


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("FRA 2026-01-20 2026-01-03", "line 1 of the travel history: the exit lies before the entry"),
        ("FRA 2026-01-03", "write COUNTRY ENTRY EXIT"),
        ("Narnia 2026-01-03 2026-01-05", "the country is not known"),
        ("FRA 03.01.2026 2026-01-05", "a day is not readable"),
        ("FRA 2026-02-30 2026-03-05", "a day is not readable"),
        ("FRA ? ?", "neither entry nor exit"),
        ("FRA ? -", "neither entry nor exit"),
        ("FRA 2026-01-03 2026-01-20\nDEU 2026-01-10 2026-01-25", "line 2 of the travel history begins while"),
        ("FRA 2026-01-03 -\nDEU 2026-01-10 2026-01-25", "still there by line 1"),
    ],
)
def test_what_cannot_be_is_named_by_its_line(text: str, says: str) -> None:
    (said,) = read_travel(text).contradictions
    assert says in said


def test_a_day_of_travel_belongs_to_both_and_a_stay_stated_twice_is_one() -> None:
    travel = read_travel("FRA 2026-01-03 2026-01-20\nDEU 2026-01-20 2026-01-25\nFRA 2026-01-03 2026-01-20")
    assert travel.contradictions == ()
    assert travel.days(AREA, TODAY).certain.count(*YEAR) == 23


def test_days_under_a_permit_are_no_short_stay_and_members_count_since_they_joined() -> None:
    travel = read_travel("FRA 2026-01-01 2026-01-31 residence-permit card\nHRV 2022-12-20 2023-01-10")
    assert travel.days(AREA, TODAY, short_stays=True).certain.count(date(2022, 1, 1), date(2026, 12, 31)) == 10
    assert travel.days(AREA, TODAY).certain.count(*YEAR) == 31


def test_midnights_leave_the_day_of_departure_out() -> None:
    travel = read_travel("FRA 2026-01-03 2026-01-05\nDEU 2026-02-01 2026-02-01\nESP 2026-06-30 -")
    assert travel.days(AREA, TODAY, midnights=True).certain.count(*YEAR) == 2 + 0 + 1


@given(st.text(alphabet="FRADEU 0123456789-?#\n", max_size=200))
def test_no_text_is_an_error(text: str) -> None:
    days = read_travel(text).days(AREA, TODAY)
    assert days.certain.count(date.min, date.max) <= days.possible.count(date.min, date.max)


def test_a_long_history_is_read_in_one_go() -> None:
    text = "\n".join(f"FRA {1900 + n // 300}-01-01 {1900 + n // 300}-01-02 n{n}" for n in range(10_000))
    assert isinstance(read_travel(text), Travel)
