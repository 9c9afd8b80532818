"""Daily allowances: every figure from a table, every day reckoned, nothing guessed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import per_diem
from toolkit.claim_stated import stated
from toolkit.errors import DefinitionError
from toolkit.per_diem import MEALS, Stop, Trip
from toolkit.per_diem_days import days

NEAR = date(2026, 3, 2)


def trip(scheme: str, country: str, place: str = "", length: int = 3, first: date = NEAR, **more) -> Trip:
    return Trip(
        scheme,
        datetime(first.year, first.month, first.day, 8),
        datetime.combine(first + timedelta(days=length - 1), datetime.min.time()).replace(hour=19, minute=30),
        (Stop(first, country, place, rate=place if place in ("standard", "high", "low") else ""),),
        **more,
    )


def amounts(made) -> list[str]:
    return [each.open or f"{each.amount:f}" for each in made]


def test_the_first_and_last_day_of_a_gsa_trip_get_three_quarters() -> None:
    made = days([trip("us-gsa", "USA", "standard", meals={NEAR + timedelta(days=1): ("breakfast", "dinner")})])
    assert amounts(made) == ["51.00", "24.00", "51.00"]
    assert made[1].reckoning == "68 - 16 breakfast - 28 dinner" and "75 % of 68" in made[0].reckoning
    assert "FTR 26-01" in made[0].source and "two public copies" in made[0].source


def test_meals_never_take_the_incidentals() -> None:
    made = days([trip("us-gsa", "USA", "standard", 2, meals={NEAR: MEALS})])
    assert amounts(made) == ["5.00", "51.00"] and "at least 5" in made[0].reckoning


def test_twelve_hours_without_a_night_get_nothing_from_gsa() -> None:
    short = trip("us-gsa", "USA", "standard", 1)  # eleven and a half hours
    long = Trip(short.scheme, short.depart, datetime(2026, 3, 2, 21), short.stops)
    assert [amounts(days([each])) for each in (short, long)] == [["0.00"], ["51.00"]]
    assert "away from home" in days([trip("us-irs-high-low", "USA", "high", 1)])[0].open
    assert "times" in days([Trip("us-gsa", NEAR, NEAR, short.stops)])[0].open


def test_a_place_without_a_rate_is_asked_for_and_never_guessed() -> None:
    assert amounts(days([trip("us-gsa", "USA", "Anchorage, AK", 1)])) == [
        "no rate known for Anchorage, AK, United States of America on 2026-03-02 (scheme us-gsa): Alaska is in the "
        "rates of another agency: scheme us-oconus; or give a table with --per-diem FILE"
    ]
    later = days([trip("us-gsa", "USA", "standard", 1, first=date(2027, 10, 5))])
    assert later[0].amount is None and later[0].open == (
        "no rate known for standard, “standard”, United States of America on 2027-10-05 (scheme us-gsa); on "
        "2027-09-30, the last day that is known, it was 68 USD: give a table with --per-diem FILE"
    )
    assert "it was 173 USD" in days([trip("us-dssr", "FRA", "Paris", 1, first=date(2026, 11, 2))])[0].open
    assert "no rate known" in days([trip("us-dssr", "USA", "Boston", 1)])[0].open
    assert "no rate known" in days([trip("de", "MAC", length=1)])[0].open
    assert "no rate known" in days([trip("of-our-own", "FRA", length=1)])[0].open


def test_the_high_low_method_has_no_meals_to_take_off() -> None:
    assert amounts(days([trip("us-irs-high-low", "USA", "high")])) == ["64.50", "86.00", "64.50"]
    asked = days([trip("us-irs-high-low", "USA", "low", 3, meals={NEAR: ("lunch",)})])
    assert "no amounts by meal" in asked[0].open and asked[1].amount == 74


def test_germany_pays_parts_for_meals_and_never_less_than_nothing() -> None:
    middle = NEAR + timedelta(days=1)
    made = days([trip("de", "DEU", meals={NEAR: MEALS, middle: ("breakfast",)})])
    assert amounts(made) == ["0.00", "22.40", "14.00"]
    assert "5.60 breakfast (20 % of 28)" in made[1].reckoning


@pytest.mark.parametrize(("hours", "amount"), [(8, "0.00"), (9, "14.00")])
def test_a_german_day_without_a_night_counts_from_eight_hours(hours: int, amount: str) -> None:
    start = datetime(2026, 3, 2, 8)
    short = Trip("de", start, start + timedelta(hours=hours), (Stop(NEAR, "DEU"),))
    assert amounts(days([short])) == [amount]
    unknown = Trip("de", NEAR, NEAR, (Stop(NEAR, "DEU"),))
    assert "times" in days([unknown])[0].open


def test_after_three_months_at_one_place_germany_pays_nothing_until_four_weeks_were_spent_elsewhere() -> None:
    long = days([trip("de", "DEU", "Köln", 95, first=date(2026, 1, 10))])
    paid = [each.date for each in long if each.amount]
    assert paid[-1] == date(2026, 4, 9) and len(long) == 95
    soon = trip("de", "DEU", "Köln", 3, first=date(2026, 4, 20))
    late = trip("de", "DEU", "köln", 3, first=date(2026, 6, 1))
    made = days([trip("de", "DEU", "Köln", 95, first=date(2026, 1, 10)), soon, late])
    assert [each.amount for each in made if each.trip == 2] == [0, 0, 0]
    assert [each.amount for each in made if each.trip == 3] == [14, 28, 14]
    before = Trip("de", NEAR, NEAR + timedelta(days=1), (Stop(NEAR, "DEU", "Bonn", since=date(2025, 11, 1)),))
    assert [each.amount for each in days([before])] == [0, 0]


def test_one_federal_trip_goes_through_the_rates_of_several_agencies(tmp_path: Path) -> None:
    path = tmp_path / "stated.toml"
    path.write_text(
        "[[trip]]\nscheme = 'us-gsa'\ndepart = 2026-03-02\nback = 2026-03-06\nstop = [\n"
        "{from = 2026-03-02, country = 'USA', place = 'Boston, MA'},\n"
        "{from = 2026-03-04, country = 'FRA', place = 'Paris', scheme = 'us-dssr'}]",
        "utf-8",
    )
    made = days(stated({}, path).trips)
    assert amounts(made) == ["69.00", "92.00", "173.00", "173.00", "129.75"]  # three quarters at both ends only
    assert [each.scheme for each in made] == ["us-gsa"] * 2 + ["us-dssr"] * 3
    lost = Trip("us-gsa", NEAR, NEAR + timedelta(days=1), (Stop(NEAR, "FRA", "Paris", scheme="us-oconus"),))
    assert "(scheme us-oconus)" in days([lost])[0].open


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2025, 8, 30), date(2025, 11, 29)),
        (date(2025, 8, 31), date(2025, 11, 30)),
        (date(2025, 11, 30), date(2026, 2, 28)),
    ],
)
def test_three_months_that_end_in_a_shorter_month_end_with_its_last_day(first: date, last: date) -> None:
    paid = [each.date for each in days([trip("de", "DEU", "Köln", 95, first=first)]) if each.amount]
    assert paid[-1] == last  # § 187 Abs. 2, § 188 Abs. 2 and 3 BGB


def test_short_trips_of_one_german_day_are_added_up_by_a_person() -> None:
    def short(start: int) -> Trip:
        return Trip("de", datetime(2026, 3, 2, start), datetime(2026, 3, 2, start + 5), (Stop(NEAR, "DEU"),))

    one, other = days([short(8), short(15)])
    assert one.amount == 0 and other.amount is None and "added up" in other.open


@pytest.mark.parametrize(
    ("scheme", "hours", "said"),
    [("de", 8, "over midnight"), ("us-gsa", 12, "0.00"), ("us-gsa", 13, "51.00")],
)
def test_a_few_hours_over_midnight_are_no_two_days_of_travel(scheme: str, hours: int, said: str) -> None:
    start = datetime(2026, 3, 2, 20)
    stop = Stop(NEAR, "DEU") if scheme == "de" else Stop(NEAR, "USA", rate="standard")
    made = amounts(days([Trip(scheme, start, start + timedelta(hours=hours), (stop,))]))
    assert len(made) == 2 and all(said in told for told in made)


@pytest.mark.parametrize(
    ("start", "hours", "night", "paid"),
    [
        (20, 9, True, [14, 14]),
        (20, 9, False, [0, 14]),
        (14, 12, False, [14, 0]),
        (18, 12, False, [14, 0]),  # as many on both
        (20, 8, False, [0, 0]),
        (20, 8, True, [14, 14]),
        (20, 9, None, [None, None]),
        (10, 23, None, [None, None]),
        (10, 24, None, [14, 14]),
    ],
)
def test_over_midnight_in_germany_the_night_decides(
    start: int, hours: int, night: bool | None, paid: list[int | None]
) -> None:
    left = datetime(2026, 3, 2, start)
    trip = Trip("de", left, left + timedelta(hours=hours), (Stop(left.date(), "DEU"),), night=night)
    assert [each.amount for each in days([trip])] == paid


@pytest.mark.parametrize(
    ("start", "end", "amount"),
    [
        ("2026-03-02T09:00", "2026-03-02T13:00", "0.00"),
        ("2026-03-02T09:00", "2026-03-02T14:00", "5.00"),
        ("2026-03-02T09:00", "2026-03-02T19:00", "10.00"),
        ("2026-03-02T14:00", "2026-03-02T20:30", "15.00"),
        ("2026-03-02T10:00", "2026-03-02T21:00", "20.00"),
        ("2026-03-02T06:00", "2026-03-02T21:30", "25.00"),
    ],
)
def test_hmrc_rates_go_by_the_hours_and_by_eight_in_the_evening(start: str, end: str, amount: str) -> None:
    away = Trip("gb-domestic", datetime.fromisoformat(start), datetime.fromisoformat(end), (Stop(NEAR, "GBR"),))
    assert amounts(days([away])) == [amount]


def test_a_customers_table_goes_before_what_is_packaged(tmp_path: Path) -> None:
    table = tmp_path / "rates.csv"
    table.write_text(
        "scheme,from,to,currency,source,country,place,day,part,over_5h,over_10h\n"
        "de,2026-01-01,2026-12-31,EUR,BMF letter of a test,FRA,Paris,60,40,,\n"
        "gb-overseas,2026-01-01,2026-12-31,EUR,HMRC test table,FR,,100,,20,40\n",
        "utf-8",
    )
    own = per_diem.read(table)
    assert amounts(days([trip("de", "FRA", "paris")], own)) == ["40.00", "60.00", "40.00"]
    assert amounts(days([trip("de", "FRA", "Reims")], own)) == ["36.00", "53.00", "36.00"]  # the packaged one knows
    assert "Paris is" in days([trip("de", "FRA", "Pariss")], own)[0].open  # but not for what the customer may mean
    british = days([trip("gb-overseas", "FRA", "Lyon")], own)  # 59.5 hours: two periods and 11.5 hours
    assert amounts(british) == ["100.00", "100.00", "40.00"] and "from 2026-03-04 08:00" in british[2].reckoning


def test_a_day_of_two_trips_is_paid_once() -> None:
    made = days([trip("de", "DEU"), trip("us-gsa", "USA", "standard", first=NEAR + timedelta(days=2))])
    assert "another trip" in made[3].open and made[4].amount == 68


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("scheme = 'x'\nfrom = 2026-01-01\nto = 2026-02-01\ncurrency = 'EUR'\nsource = 's'\nrate = []", "method"),
        ("scheme = 'de'\nfrom = 2026-02-01\nto = 2026-01-01\ncurrency = 'EUR'\nsource = 's'\nrate = []", "before from"),
        ("scheme = 'de'\nfrom = 2026-01-01\nto = 2026-02-01\ncurrency = 'EUR'\nsource = ' '\nrate = []", "source"),
        ("scheme = 'de'\nfrom = 2026-01-01\nto = 2026-02-01\ncurrency = 'E'\nsource = 's'\nrate = []", "ISO 4217"),
        (
            "scheme='de'\nfrom=2026-01-01\nto=2026-02-01\ncurrency='EUR'\nsource='s'\nrate=[{country='DE',dai='1'}]",
            "dai",
        ),
        (
            "scheme='de'\nfrom=2026-01-01\nto=2026-02-01\ncurrency='EUR'\nsource='s'\nrate=[{country='DE',day='1,5'}]",
            "no amount",
        ),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "t.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(DefinitionError, match=said):
        per_diem.read(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("purpos = 'x'", "purpos"),
        ("[[line]]\ndocument='a'\n[[line]]\ndocument='a'", "twice"),
        ("[[trip]]\nscheme='de'\ndepart='2026-01-01'\nback=2026-01-02\nstop=[]", "without quotation marks"),
        ("[[trip]]\nscheme='de'\ndepart=2026-01-03\nback=2026-01-02\nstop=[]", "after depart"),
        (
            "[[trip]]\nscheme='de'\ndepart=2026-01-01\nback=2026-01-02\nstop=[{from=2026-01-02,country='DE'}]",
            "first stop",
        ),
        (
            "[[trip]]\nscheme='de'\ndepart=2026-01-01\nback=2026-01-02\n"
            "stop=[{from=2026-01-01,country='US',place='Boston, MA',scheme='us-gsa'}]",
            "go together in one trip",
        ),
        ("[[gross_up]]\nside='home'\nrate='100'\nsource='x'", "below 100"),
        ("[[advance]]\ndate=2026-01-01\namount='1.000,00'\ncurrency='EUR'", "no amount"),
        ("home='Nowhere'", "no country"),
    ],
)
def test_what_is_stated_wrongly_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "stated.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(DefinitionError, match=said):
        stated({}, path)


def test_stays_of_a_travel_history_are_trips_without_times(tmp_path: Path) -> None:
    path = tmp_path / "stated.toml"
    path.write_text('travel_scheme = "de"\ntravel = "DEU 2026-03-02 2026-03-04 tickets"\n', "utf-8")
    assert amounts(days(stated({}, path).trips)) == ["14.00", "28.00", "14.00"]
    for text, said in (('travel = "DEU 2026-03-02 2026-03-04"', "travel_scheme"),
                       ('travel_scheme = "de"\ntravel = "DEU 2026-03-02 ?"', "both its days"),
                       ('travel_scheme = "de"\ntravel = "DEU 2026-03-02"', "COUNTRY ENTRY EXIT")):  # fmt: skip
        path.write_text(text, "utf-8")
        with pytest.raises(DefinitionError, match=said):
            stated({}, path)


@given(
    st.sampled_from([("us-gsa", "USA", "standard"), ("de", "DEU", "Bonn")]),
    st.integers(2, 40),
    st.sets(st.sampled_from(MEALS)),
)
def test_every_day_of_a_trip_is_there_and_none_is_below_nothing(
    where: tuple[str, str, str], length: int, meals: set[str]
) -> None:
    provided = tuple(each for each in MEALS if each in meals)
    every = {NEAR + timedelta(days=n): provided for n in range(length)}
    made = days([trip(*where, length, meals=every)])
    assert [each.date for each in made] == [NEAR + timedelta(days=n) for n in range(length)]
    assert all(each.amount is not None and Decimal(0) <= each.amount <= 68 for each in made)
