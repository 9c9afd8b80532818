"""Days of presence against an oracle that walks day by day, and the edges the law names."""

from __future__ import annotations

import calendar
import random
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.day_counts import (
    SCHENGEN,
    TWELVE_MONTHS,
    Presence,
    Window,
    day_of,
    first_possible_entry,
    last_lawful_day,
    left,
    most_in_twelve_months,
    over,
    work_while_pending_until,
)

DAY = timedelta(days=1)
EPOCH = date(2018, 1, 1)
#: Two leap years are in it, and windows of histories reach back before and on beyond.
SPAN = 365 * 9


def histories(count: int, seed: int) -> Iterator[list[tuple[date, date]]]:
    """Random stays: short and long ones, touching, overlapping, on the same day, of a single day."""
    lot = random.Random(seed)
    for _ in range(count):
        stays = []
        day = lot.randrange(400, 900)
        for _ in range(lot.randrange(0, 12)):
            length = lot.choice((1, 1, 2, 5, 14, 30, 60, 89, 90, 91, 120, 200))
            first = EPOCH + timedelta(days=day)
            stays.append((first, first + timedelta(days=lot.randrange(length))))
            day += lot.choice((0, 1, length, length + lot.randrange(120), lot.randrange(1, 90)))
        lot.shuffle(stays)
        yield stays


def walked(stays: list[tuple[date, date]]) -> np.ndarray:
    """The oracle: one flag a day from EPOCH on, put down day by day."""
    present = np.zeros(SPAN + 800, bool)
    for first, last in stays:
        day = first
        while day <= last:
            present[(day - EPOCH).days] = True
            day += DAY
    return present


def test_ninety_in_a_hundred_and_eighty_days_against_a_walk_day_by_day() -> None:
    lot = random.Random(7)
    unlawful = 0
    for stays in histories(10_000, 1):
        flags = walked(stays)
        # Each day's count of the 180 days that end with it, by a sum over those days' flags.
        counts = np.convolve(flags, np.ones(180, int))[: len(flags)]
        present = Presence(stays)
        bad = {int(day) for day in np.flatnonzero(flags & (counts > 90))}
        found = {(first - EPOCH).days + n for first, last in over(present) for n in range((last - first).days + 1)}
        assert found == bad
        unlawful += bool(bad)
        number = lot.randrange(180, SPAN)
        day = EPOCH + timedelta(days=number)
        assert left(present, day) == 90 - int(counts[number])
        assert (day in present) == flags[number]
    assert 1000 < unlawful < 9000  # both answers are tried


def test_the_last_lawful_day_of_a_planned_stay_against_a_walk() -> None:
    lot = random.Random(11)
    seen = {None: 0, "some": 0}
    for stays in histories(10_000, 2):
        present = Presence(stays)
        number = lot.randrange(500, 1500)
        flags = walked(stays)
        last = None
        for ahead in range(200):
            flags[number + ahead] = True
            if int(flags[number + ahead - 179 : number + ahead + 1].sum()) > 90:
                break
            last = number + ahead
        said = last_lawful_day(present, EPOCH + timedelta(days=number))
        assert said == (None if last is None else EPOCH + timedelta(days=last))
        seen["some" if said else None] += 1
    assert min(seen.values()) > 100


def year_windows(first: date, last: date) -> list[tuple[int, int]]:
    """Every twelve months that begin or end in a year, found by walking a calendar: no arithmetic of months."""
    numbered = {}
    for day in (EPOCH + timedelta(days=n) for n in range(SPAN)):
        numbered[day.year, day.month, day.day] = (day - EPOCH).days
    windows = []
    for (year, month, day), end in numbered.items():
        if year == 2018:
            continue
        same = numbered.get((year - 1, month, day), numbered[year - 1, month, 28] if (month, day) == (2, 29) else -1)
        begin = same + 1
        begins, ends = EPOCH + timedelta(days=begin), EPOCH + timedelta(days=end)
        if first <= begins <= last or first <= ends <= last:
            windows.append((begin, end))
    return windows


@pytest.mark.parametrize("year", [2020, 2021, 2023])
def test_twelve_months_that_begin_or_end_in_the_year_against_a_walk(year: int) -> None:
    first, last = date(year, 1, 1), date(year, 12, 31)
    begins, ends = np.array(year_windows(first, last)).T
    for stays in histories(3334, year):
        sums = np.concatenate([[0], np.cumsum(walked(stays))])
        spent = sums[ends + 1] - sums[begins]
        most, (began, ended) = most_in_twelve_months(Presence(stays), first, last)
        assert most == spent.max()
        at = int(np.argmax(spent))
        assert (began, ended) == (EPOCH + timedelta(days=int(begins[at])), EPOCH + timedelta(days=int(ends[at])))


@pytest.mark.parametrize(("months", "limit"), [(12, 183), (6, 90), (1, 20), (1, 29)])
def test_what_is_over_in_so_many_months_against_a_walk(months: int, limit: int) -> None:
    for stays in histories(700, months):
        present, flags = Presence(stays), walked(stays)
        sums = np.concatenate([[0], np.cumsum(flags)])
        bad = set()
        for number in np.flatnonzero(flags):
            day = EPOCH + timedelta(days=int(number))
            year, month = (
                (day.year, day.month - months) if day.month > months else (day.year - 1, day.month + 12 - months)
            )
            longest = calendar.monthrange(year, month)[1]
            same = date(year, month, min(day.day, longest))
            if sums[number + 1] - sums[max(0, (same - EPOCH).days + 1)] > limit:
                bad.add(int(number))
        found = {
            (first - EPOCH).days + n
            for first, last in over(present, limit, Window(months=months))
            for n in range((last - first).days + 1)
        }
        assert found == bad


def test_entry_and_exit_day_both_count() -> None:
    assert Presence([(date(2026, 3, 1), date(2026, 3, 1))]).count(date(2026, 1, 1), date(2026, 12, 31)) == 1
    assert last_lawful_day(Presence([]), date(2026, 1, 1)) == date(2026, 3, 31)  # the 90th day, exit included
    assert last_lawful_day(Presence([]), date(2024, 1, 1)) == date(2024, 3, 30)  # 29 February is a day


def test_the_day_the_stay_expires_is_the_first_of_240() -> None:
    last = work_while_pending_until(date(2027, 12, 31))
    assert last == date(2028, 8, 26)  # over a 29 February
    assert Presence([(date(2027, 12, 31), last)]).count(date.min, date.max) == 240


def test_a_day_that_leaves_the_window_comes_free_again() -> None:
    spent = Presence([(date(2026, 1, 1), date(2026, 3, 31))])
    assert left(spent, date(2026, 6, 29)) == 0  # the 180th day of the window that begins on 1 January
    assert left(spent, date(2026, 6, 30)) == 1
    assert last_lawful_day(spent, date(2026, 6, 29)) is None
    assert last_lawful_day(spent, date(2026, 6, 30)) == date(2026, 9, 27)
    assert first_possible_entry(spent, date(2026, 4, 1), 10) == date(2026, 6, 30)
    assert first_possible_entry(Presence([]), date(2026, 4, 1), 90) == date(2026, 4, 1)
    with pytest.raises(ValueError, match="no stay"):
        first_possible_entry(spent, date(2026, 4, 1), 91)


@pytest.mark.parametrize(
    ("last", "first"),
    [
        (date(2027, 2, 28), date(2026, 3, 1)),
        (date(2025, 2, 28), date(2024, 2, 29)),
        (date(2024, 2, 29), date(2023, 3, 1)),
        (date(2024, 2, 28), date(2023, 3, 1)),
        (date(2026, 12, 31), date(2026, 1, 1)),
        (date(1, 6, 1), date.min),
    ],
)
def test_twelve_months_by_the_laws_wording(last: date, first: date) -> None:
    assert TWELVE_MONTHS.first(last) == first


def test_the_calendars_ends_are_no_error() -> None:
    all_time = Presence([(date.min, date.max)])
    assert next(over(all_time)) == (date.min + 90 * DAY, date.max)
    assert list(over(all_time, 183, TWELVE_MONTHS)) == [(date.min + 183 * DAY, date.max)]
    assert last_lawful_day(Presence([]), date.max) == date.max
    assert most_in_twelve_months(all_time, date(9999, 1, 1), date.max)[0] == 365
    assert left(Presence([]), date.min) == 90


@pytest.mark.parametrize(
    "text", ["", "2026-02-30", "20260101", "2026-W01-1", "31.12.2026", "0001-01-01", "9999-12-31", "²026-01-01"]
)
def test_what_is_no_day_of_a_case(text: str) -> None:
    assert day_of(text) is None
    assert day_of("2024-02-29") == date(2024, 2, 29)


def test_a_stay_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        Presence([(date(2026, 1, 2), date(2026, 1, 1))])


spans = st.tuples(st.integers(0, 3000), st.integers(0, 400)).map(
    lambda pair: (EPOCH + timedelta(days=pair[0]), EPOCH + timedelta(days=pair[0] + pair[1]))
)


@given(st.lists(spans, max_size=8), spans)
def test_order_and_repetition_of_stays_change_nothing_and_a_stay_more_never_frees_a_day(stays, more) -> None:
    one, other = Presence(stays), Presence([*reversed(stays), *stays])
    assert one.stays == other.stays
    for day in (more[0], more[1]):
        assert left(one.joined(more), day) <= left(one, day)
        assert one.within(day, SCHENGEN) == one.within(day, Window(days=180)) <= 180


def test_ten_thousand_stays_cost_no_more_than_their_number() -> None:
    stays = [(EPOCH + timedelta(days=3 * n), EPOCH + timedelta(days=3 * n)) for n in range(10_000)]
    present = Presence(stays)
    assert len(present.stays) == 10_000
    assert not list(over(present))
