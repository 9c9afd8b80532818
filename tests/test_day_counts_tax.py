"""The tests that count days for tax, against a walk that asks every day anew."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest

from toolkit.day_counts import Presence
from toolkit.day_counts_tax import TaxTest, day_counts, reached

DAY = timedelta(days=1)
TESTS = day_counts().tax


def days_of(stays: Sequence[tuple[date, date]]) -> set[date]:
    return {first + n * DAY for first, last in stays for n in range((last - first).days + 1)}


def spent(days: set[date], first: date, last: date) -> int:
    return sum(first <= day <= last for day in days)


def holds(code: str, days: set[date], today: date) -> bool:
    """The test in the law's own words, looked at on one day; written apart from the data."""
    calendar = [(date(today.year - n, 1, 1), min(today, date(today.year - n, 12, 31))) for n in range(6)]
    year = [spent(days, *span) for span in calendar]
    if code == "USA":
        return year[0] >= 31 and year[0] + Fraction(year[1], 3) + Fraction(year[2], 6) >= 183
    if code in ("ESP", "CAN", "SGP"):
        return year[0] > 183 if code == "ESP" else year[0] >= 183
    if code == "IRL":
        return year[0] >= 183 or (year[0] > 30 and year[1] > 30 and year[0] + year[1] >= 280)
    if code in ("GBR", "IND"):
        begin = date(today.year, 4, 6 if code == "GBR" else 1)
        starts = [begin.replace(year=begin.year - n - (today < begin)) for n in range(5)]
        first, *before = (spent(days, start, min(today, start.replace(year=start.year + 1) - DAY)) for start in starts)
        return first >= 183 if code == "GBR" else first >= 182 or (first >= 60 and sum(before) >= 365)
    month_day = (
        today.replace(year=today.year - 1) if (today.month, today.day) != (2, 29) else date(today.year - 1, 2, 28)
    )
    twelve = spent(days, month_day + DAY, today)
    return twelve >= {"treaty": 184, "BRA": 184, "ARE": 183}[code]


@pytest.mark.parametrize("code", sorted(TESTS))
def test_the_day_a_test_is_reached_against_a_walk(code: str) -> None:
    lot = random.Random(code)
    for _ in range(60):
        stays, day = [], date(2022, 1, 1) + lot.randrange(300) * DAY
        for _ in range(lot.randrange(7)):
            last = day + lot.choice((1, 20, 60, 150)) * DAY
            stays.append((day, last))
            day = last + lot.randrange(1, 200) * DAY
        day += lot.randrange(1, 100) * DAY
        days, today = days_of(stays), day
        days.add(today)
        while not holds(code, days, today):
            today += DAY
            days.add(today)
        answer = reached(TESTS[code], Presence(stays), day)
        # Where it had been reached before the stay begins, the day of stay on which it was is told instead.
        before = days_of(stays)
        was_reached = holds(code, before, answer) and answer in before
        already = answer - DAY in before and holds(code, before, answer - DAY)
        assert answer == today or (answer < day and was_reached and not already)


def test_the_worked_cases_of_the_substantial_presence_test() -> None:
    usa = TESTS["USA"]
    assert usa.needed([0, 0]) == 183
    assert usa.needed([120, 120]) == 123  # 120 + 40 + 20 = 180 do not reach it
    assert usa.needed([122, 122]) == 122  # 122 + 40 2/3 + 20 1/3 = 183 exactly
    assert usa.needed([366, 366]) == 31
    assert reached(usa, Presence([]), date(2026, 7, 3)) == date(2027, 5, 3)  # 2026 has 182 days left, a third counts


def test_every_test_names_its_source_and_what_it_is_checked_on() -> None:
    for code, test in TESTS.items():
        assert isinstance(test, TaxTest)
        assert test.source.citation, code
        assert test.year(date(2026, 6, 1))[0] <= date(2026, 6, 1) <= test.year(date(2026, 6, 1))[1]
    assert len(day_counts().areas["schengen"].since) == 29
