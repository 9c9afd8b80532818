"""Which rate holds in a place: its own, the one for other places (said so), or a question; which place counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import per_diem, per_diem_us, place_names
from toolkit.per_diem import Stop, Trip
from toolkit.per_diem_days import Day, days
from toolkit.per_diem_places import Asked, Found, find

NEAR = date(2026, 4, 13)


def looked_up(scheme: str, country: str, place: str, day: date = NEAR) -> Found | Asked | None:
    return find(per_diem.table_for(scheme, day), Stop(day, country, place), day)


@pytest.mark.parametrize(
    ("scheme", "country", "place", "amount", "note"),
    [
        ("us-gsa", "USA", "boston, massachusetts", 92, ""),
        ("us-gsa", "USA", "Boston MA", 92, ""),
        ("us-gsa", "USA", "Washington, D.C.", 92, "District of Columbia"),
        ("us-gsa", "USA", "Arlington, VA", 92, "Arlington, VA is not listed and lies in Arlington County"),
        ("us-gsa", "USA", "Cupertino, CA", 92, "lies in Santa Clara County: the rate of Sunnyvale"),
        ("us-gsa", "USA", "Marfa, TX", 68, "lies in Presidio County: the rate “standard”"),
        ("us-gsa", "USA", "Orange County, CA", 86, "Orange County, CA: the rate of Los Angeles"),
        ("us-gsa", "USA", "Santa Monica, CA", 92, ""),
        ("us-gsa", "USA", "Brooklyn, NY", 92, "Kings County"),
        ("us-gsa", "USA", "Seattle", 92, "taken for Seattle, WA, the only place of that name"),
        ("us-gsa", "USA", "New York", 92, "the only place of that name"),
        ("us-gsa", "USA", "Coeur d'Alene, ID", 74, ""),
        ("us-gsa", "USA", "tier 86", 86, ""),
        ("us-oconus", "USA", "Lahaina, HI", 153, "Maui County"),
        ("us-oconus", "USA", "Lanai City, HI", 163, ""),
        ("us-oconus", "USA", "Nenana, AK", 143, "the rate of the other places of Alaska"),
        ("us-dssr", "FRA", "Reims", 132, "Reims is not listed: the rate for the other places of France than Bordeaux"),
        ("us-dssr", "DEU", "köln", 130, ""),
        ("us-dssr", "JPN", "Kobe", 203, "Kobe belongs to Osaka-Kobe"),
        ("us-dssr", "SGP", "Singapore", 162, ""),
        ("us-dssr", "HKG", "", 180, ""),
        ("us-dssr", "BRA", "Recife", 106, ""),
        ("de", "ITA", "Milano", 42, ""),
        ("de", "CHN", "Beijing", 57, ""),
        ("de", "FRA", "Versailles", 58, "Versailles belongs to Paris"),
        ("de", "USA", "Boston, MA", 63, ""),
        ("de", "USA", "Denver, CO", 59, "not listed"),
        ("de", "SYC", "Victoria", 63, "the rate of Luxembourg: a state that is not listed (R 9.6 Abs. 3 Satz 2 LStR)"),
        ("gb-overseas", "BEL", "Gent", 76, "the closest place listed for Belgium is Brussels"),
        ("gb-overseas", "ITA", "Firenze", "96.5", ""),
    ],
)
def test_a_place_has_a_rate_and_the_day_says_whose(
    scheme: str, country: str, place: str, amount: int | str, note: str
) -> None:
    found = looked_up(scheme, country, place)
    assert isinstance(found, Found), found
    assert str(found.rate.day) == str(amount) and (note in found.note if note else not found.note), found.note


@pytest.mark.parametrize(
    ("scheme", "country", "place", "land"),
    [
        ("us-dssr", "CHN", "Hong Kong", "HKG"),
        ("us-dssr", "CHN", "Macau", "MAC"),
        ("de", "USA", "Puerto Rico", "PRI"),
        ("de", "ITA", "San Marino", "SMR"),
    ],
)
def test_a_country_that_is_said_as_a_place_of_another_is_asked_about(
    scheme: str, country: str, place: str, land: str
) -> None:
    asked = looked_up(scheme, country, place)
    assert isinstance(asked, Asked) and asked.firm and f'country = "{land}"' in asked.text


@pytest.mark.parametrize(
    ("scheme", "country", "place", "asked"),
    [
        ("us-gsa", "USA", "Portland", 'lies in ME, OR, .* as "Portland, ME"'),
        ("us-gsa", "USA", "Las Vegas", 'lies in NV, NM: .* as "Las Vegas, NV"'),
        ("us-gsa", "USA", "West Des Moines, IA", r"several counties \(Dallas County: 80, Madison County: 68"),
        ("us-gsa", "USA", "Bostn, MA", r"not known \(is Boston meant\?\)"),
        ("us-gsa", "USA", "Xyzzyville", "no place called “Xyzzyville” is known"),
        ("us-gsa", "USA", "Nowhere County, TX", "not known"),
        ("us-gsa", "USA", "", 'say the place with its state, as "Boston, MA"'),
        ("us-gsa", "USA", "Honolulu, HI", "Hawaii is in the rates of another agency: scheme us-oconus"),
        ("us-oconus", "USA", "Boston, MA", "Massachusetts is in the rates of another agency: scheme us-gsa"),
        ("us-dssr", "FRA", "", "say the place in France: .* Bordeaux, Cannes.* and 2 more"),
        ("us-dssr", "FRA", "Pariss", "“Pariss” is not listed for France, but Paris is"),
        ("us-dssr", "CAN", "Toronto, Ohio", "“Toronto, Ohio” is not listed for Canada, but Toronto is"),
        ("us-dssr", "AIA", "Sandy Ground", 'only The Valley: say which holds .rate = "The Valley"'),
        ("de", "FRA", "", "say the place in France"),
        ("gb-overseas", "JPN", "Kobe", 'only Osaka, Tokyo: say the closest .rate = "Osaka"'),
        ("us-irs-high-low", "USA", "Boston", 'only high, low: say which holds .rate = "high"'),
    ],
)
def test_what_is_unsure_is_asked(scheme: str, country: str, place: str, asked: str) -> None:
    found = looked_up(scheme, country, place)
    assert isinstance(found, Asked), found
    with pytest.raises(AssertionError, match=asked):
        raise AssertionError(found.text)


def test_a_season_and_the_day_a_rate_came_into_force_decide() -> None:
    rates = [looked_up("us-dssr", "ATG", "Antigua and Barbuda", date(2026, 4, day)) for day in (1, 30)]
    assert [each.rate.day for each in rates if isinstance(each, Found)] == [138, 138]
    turks = [looked_up("us-dssr", "TCA", "Grand Turk", date(2026, 4, day)) for day in (15, 16)]
    assert [each.rate.day for each in turks if isinstance(each, Found)] == [165, 157]
    over_new_year = [looked_up("us-dssr", "BMU", "Hamilton", day) for day in (date(2026, 3, 31), date(2026, 4, 1))]
    assert [each.rate.day for each in over_new_year if isinstance(each, Found)] == [197, 208]
    early = looked_up("us-dssr", "EGY", "Cairo", date(2026, 3, 31))
    assert isinstance(early, Asked) and "holds since 2026-04-01, not on 2026-03-31" in early.text


def test_a_customers_place_of_two_states_is_asked_about(tmp_path: Path) -> None:
    table = tmp_path / "rates.csv"
    table.write_text(
        "scheme,from,to,currency,source,method,country,region,place,day\n"
        "own,2026-01-01,2026-12-31,AUD,ours,share-of-day,AUS,NSW,Richmond,60\n"
        "own,2026-01-01,2026-12-31,AUD,ours,share-of-day,AUS,VIC,Richmond,70\n",
        "utf-8",
    )
    found = find(per_diem.read(table), Stop(NEAR, "AUS", "Richmond"), NEAR)
    assert isinstance(found, Asked) and "may be Richmond, NSW, Richmond, VIC" in found.text


@given(st.sampled_from(per_diem.packaged("us-dssr")[0].rates), st.integers(0, 29))
def test_every_listed_post_finds_itself(row: per_diem.DayRate, ahead: int) -> None:
    day = date(2026, 4, 1) + timedelta(days=ahead)
    found = looked_up("us-dssr", row.country, row.place, day)
    if row.place:
        assert isinstance(found, Found) and found.rate.place == row.place and not found.note


@given(st.sampled_from([row for row in per_diem.packaged("us-gsa")[0].rates if row.region]))
def test_every_area_of_gsa_finds_itself_by_each_of_its_names(row: per_diem.DayRate) -> None:
    for name in row.place.split("/"):
        found = looked_up("us-gsa", "USA", f"{name.strip()}, {per_diem_us.STATES[row.region]}")
        assert isinstance(found, Found) and found.rate == row and not found.note


# -- which place counts on a day --------------------------------------------------------------------------------------


def trip(scheme: str, stops: list[tuple[date, str, str]], back: datetime, **more) -> Trip:
    places = tuple(Stop(first, country, place) for first, country, place in stops)
    return Trip(scheme, datetime.combine(stops[0][0], datetime.min.time()).replace(hour=7), back, places, **more)


def paid(made: tuple[Day, ...]) -> list[str]:
    return [each.open or f"{each.amount:f}" for each in made]


def after(count: int) -> date:
    return NEAR + timedelta(days=count)


def at(count: int, hour: int) -> datetime:
    return datetime.combine(after(count), datetime.min.time()).replace(hour=hour)


def test_an_american_last_day_has_the_rate_of_the_night_before() -> None:
    two = trip("us-gsa", [(NEAR, "USA", "Boston, MA"), (after(2), "USA", "Marfa, TX")], at(2, 20))
    assert paid(days([two])) == ["69.00", "92.00", "69.00"]  # 41 CFR 301-11.102: the previous day of travel
    moved = trip("us-gsa", [(NEAR, "USA", "Boston, MA"), (after(1), "USA", "Marfa, TX")], at(2, 20))
    assert paid(days([moved])) == ["69.00", "68.00", "51.00"]


def test_an_american_day_without_a_night_has_the_highest_rate_of_its_places() -> None:
    one = trip("us-gsa", [(NEAR, "USA", "Marfa, TX"), (NEAR, "USA", "Boston, MA")], at(0, 20))
    made = days([one])
    assert paid(made) == ["69.00"] and "highest rate" in made[0].reckoning
    unknown = trip("us-gsa", [(NEAR, "USA", "Portland"), (NEAR, "USA", "Boston, MA")], at(0, 20))
    assert "write the state too" in days([unknown])[0].open


def test_the_german_place_is_the_one_reached_before_midnight_and_homeward_the_last_abroad() -> None:
    home = trip("de", [(NEAR, "DEU", "Bonn"), (after(1), "FRA", "Paris"), (after(3), "DEU", "Bonn")], at(3, 20))
    assert paid(days([home])) == ["14.00", "58.00", "58.00", "39.00"]  # the last place of work abroad: Paris
    stayed = trip("de", [(NEAR, "FRA", "Paris"), (after(1), "DEU", "Bonn")], at(2, 20))
    assert paid(days([stayed])) == ["39.00", "28.00", "14.00"]
    onward = trip("de", [(NEAR, "FRA", "Paris"), (after(1), "CHE", "Genf")], at(1, 20))
    assert paid(days([onward])) == ["39.00", "47.00"]
    daily = trip("de", [(NEAR, "FRA", "Reims"), (NEAR, "LUX", ""), (NEAR, "DEU", "Trier")], at(0, 20))
    made = days([daily])
    assert paid(made) == ["42.00"] and made[0].country == "LUX"


def test_meals_abroad_take_parts_of_the_full_rate_of_that_day() -> None:
    """As der-betrieb.de reckons it: a breakfast takes 15 euros off in Copenhagen, 20 % of 75."""
    one = trip("de", [(NEAR, "DNK", "Kopenhagen")], at(1, 20), meals={NEAR: ("breakfast",)})
    assert paid(days([one])) == ["35.00", "50.00"]


def test_of_two_german_trips_on_a_day_the_higher_rate_counts() -> None:
    first = trip("de", [(NEAR, "FRA", "Strasbourg")], at(2, 9))
    second = trip("de", [(after(2), "DNK", "Kopenhagen")], at(3, 20))
    made = days([first, second])
    assert paid(made) == ["36.00", "53.00", "0.00", "50.00", "50.00"] and "higher rate" in made[2].reckoning
    other = days([trip("de", [(NEAR, "DNK", "Aarhus")], at(2, 9)), trip("de", [(after(2), "FRA", "Lyon")], at(3, 20))])
    assert paid(other) == ["50.00", "75.00", "50.00", "0.00", "36.00"]
    fed = trip("de", [(NEAR, "FRA", "Strasbourg")], at(2, 9), meals={after(2): ("breakfast",)})
    assert "say which counts" in days([fed, second])[3].open


def test_meals_in_foreign_posts_take_the_parts_of_the_published_breakdown() -> None:
    one = trip("us-dssr", [(NEAR, "FRA", "Paris")], at(2, 20), meals={after(1): ("lunch", "dinner")})
    assert paid(days([one])) == ["129.75", "61.00", "129.75"]  # 173 - 43 - 69


def test_hmrcs_own_example_comes_out_to_the_franc() -> None:
    """EIM05280, example 1: Geneva from 3 pm on Monday to 9 am on Thursday, 311 and 117.50 francs without the room."""
    stay = Trip("gb-overseas", at(0, 15), at(3, 9), (Stop(NEAR, "CHE", "Geneva"),))
    made = days([stay])
    assert paid(made) == ["155.50", "155.50", "117.50"] and {each.currency for each in made} == {"CHF"}


def test_the_day_says_whose_rate_it_is_and_from_which_copies() -> None:
    made = days([trip("de", [(NEAR, "FRA", "Reims")], at(1, 20))])
    assert made[0].reckoning.endswith("Reims is not listed: the rate for the other places of France than Paris, "
                                      "Departments 77, 78 und 91 bis 95")  # fmt: skip
    assert "BStBl I S. 2078" in made[0].source and "two independent public copies" in made[0].source


def test_names_of_one_place_are_one_in_every_language() -> None:
    assert place_names.others("DEU", place_names.fold("KÖLN")) == {"koln", "cologne", "koeln"}
    assert place_names.fold("Saint-Denis") == place_names.fold("St. Denis") == "st denis"
    assert place_names.others("FRA", "reims") == {"reims"}
    names = [name for group in place_names._groups().values() for name in group]
    assert all(name == place_names.fold(name) for name in names)
