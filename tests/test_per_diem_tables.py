"""The packaged tables of daily allowances: every row readable, figures as independent pages quote them."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from toolkit import per_diem
from toolkit.errors import DefinitionError
from toolkit.per_diem import Stop
from toolkit.per_diem_places import Found, find
from toolkit.per_diem_tables import SCHEMES, read

HEAD = "scheme = 'de'\nfrom = 2026-01-01\nto = 2026-12-31\ncurrency = 'EUR'\nsource = 's'\n"


def rate(scheme: str, country: str, place: str, day: date = date(2026, 4, 20)) -> per_diem.DayRate:
    found = find(per_diem.table_for(scheme, day), Stop(day, country, place), day)
    assert isinstance(found, Found), found
    return found.rate


def test_every_packaged_table_says_its_days_its_source_and_its_basis() -> None:
    found = per_diem.packaged()
    assert {each.scheme for each in found} == set(SCHEMES)
    assert sum(len(each.rates) for each in found) == 2305
    for each in found:
        assert each.source and len(each.basis) > 30 and each.last <= date(2027, 9, 30)
        assert {row.country for row in each.rates} and all(row.country.isupper() for row in each.rates)
        assert len(per_diem.packaged(each.scheme)) == len([x for x in found if x.scheme == each.scheme])


@pytest.mark.parametrize("scheme", ["us-gsa", "us-oconus", "us-dssr"])
def test_the_parts_of_a_rate_make_the_rate(scheme: str) -> None:
    rows = [row for table in per_diem.packaged(scheme) for row in table.rates]
    for row in rows:
        parts = (row.breakfast, row.lunch, row.dinner, row.incidentals)
        known = [part for part in parts if part is not None]
        assert row.day is not None and (not known or (len(known) == 4 and sum(known) == row.day)), row
    assert sum(row.breakfast is None for row in rows) == (2 if scheme == "us-dssr" else 0)  # above 265


@pytest.mark.parametrize("scheme", ["us-dssr", "us-oconus"])
def test_the_seasons_of_a_place_fill_the_year_once(scheme: str) -> None:
    for table in per_diem.packaged(scheme):
        seasons: dict[tuple[str, str, str], list[per_diem.DayRate]] = {}
        for row in table.rates:
            seasons.setdefault((row.country, row.region, row.place), []).append(row)
        for key, rows in seasons.items():
            for number in range(365):
                day = date.fromordinal(date(2027, 1, 1).toordinal() + number)
                assert sum(row.holds(day) for row in rows) == 1, (key, day)


def test_gsa_as_its_page_on_meals_has_it() -> None:
    """origin-www.gsa.gov/mie: total, breakfast, lunch, dinner, incidentals, first and last day."""
    quoted = {68: (16, 19, 28, 5, "51.00"), 74: (18, 20, 31, 5, "55.50"), 80: (20, 22, 33, 5, "60.00"),
              86: (22, 23, 36, 5, "64.50"), 92: (23, 26, 38, 5, "69.00")}  # fmt: skip
    for table in per_diem.packaged("us-gsa"):
        assert {row.day for row in table.rates} == set(quoted) and table.share is not None
        for row in table.rates:
            first = Decimal(row.day or 0) * table.share / 100
            assert (row.breakfast, row.lunch, row.dinner, row.incidentals, f"{first:.2f}") == quoted[int(row.day or 0)]


@pytest.mark.parametrize(
    ("place", "day", "amount"),
    [
        # The FY 2026 master file of GSA as melitele/per-diem-rates has it (the other copy than the table's).
        ("Birmingham, AL", date(2026, 4, 20), 80),
        ("Sedona, AZ", date(2026, 4, 20), 92),
        ("Hot Springs, AR", date(2026, 4, 20), 68),
        ("Cambridge, MA", date(2026, 4, 20), 92),
        ("Cambridge, MD", date(2026, 4, 20), 80),
        ("Washington, DC", date(2026, 4, 20), 92),
        ("Jackson, WY", date(2026, 9, 30), 92),
        ("Allentown, PA", date(2026, 9, 30), 74),
        ("Allentown, PA", date(2026, 10, 1), 68),  # no area of its own in fiscal year 2027
        ("Houston, TX", date(2026, 10, 1), 80),
    ],
)
def test_gsa_by_place_and_fiscal_year(place: str, day: date, amount: int) -> None:
    assert rate("us-gsa", "USA", place, day).day == amount


def test_germany_as_articles_on_the_letter_quote_it() -> None:
    """der-betrieb.de on the letter of 2 December 2024 (Denmark unchanged): Copenhagen 50, breakfast 15 (20 % of 75).

    vdr-service.de: states not listed have Luxembourg's amount, overseas areas that of the mother country.
    """
    assert (rate("de", "DNK", "Kopenhagen").day, rate("de", "DNK", "København").part) == (75, 50)
    assert rate("de", "AFG", "Kabul") == rate("de", "LUX", "Luxemburg")
    assert rate("de", "GLP", "Basse-Terre").day == rate("de", "FRA", "Reims").day == 53
    assert (rate("de", "DEU", "Köln").day, rate("de", "FRA", "Paris").day, rate("de", "HKG", "").day) == (28, 58, 83)
    assert (rate("de", "ATG", "").day, rate("de", "FSM", "").day, rate("de", "ESP", "Teneriffa").day) == (66, 41, 36)


def test_hmrc_as_its_own_example_has_it() -> None:
    """EIM05280, example 1: two periods of 24 hours in Geneva 311 francs (without the room), over 10 hours 117.50."""
    geneva = rate("gb-overseas", "CHE", "Geneva")
    assert (geneva.day, geneva.over_10h, geneva.currency) == (Decimal("155.5"), Decimal("117.5"), "CHF")
    assert 2 * (geneva.day or 0) == 311
    assert rate("gb-overseas", "KAZ", "Astana").currency == "USD"
    assert not {"HRV", "BGR", "CUB", "SLE", "VEN"} & {row.country for row in per_diem.packaged("gb-overseas")[0].rates}


def test_the_state_department_as_it_published_april_2026() -> None:
    assert (rate("us-dssr", "FRA", "Paris").day, rate("us-dssr", "FRA", "Paris").breakfast) == (173, 26)
    assert (rate("us-dssr", "GBR", "London").day, rate("us-dssr", "JPN", "Tokio").day) == (174, 125)
    assert rate("us-dssr", "VEN", "Maracaibo").breakfast is None
    assert (rate("us-oconus", "USA", "Honolulu, HI").day, rate("us-oconus", "PRI", "San Juan").day) == (163, 148)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("country,place,dai\nFRA,Paris,58\n", "dai"),
        ("country,place,day\nFRA,Paris,58,x\n", "line 2: it has more or fewer columns"),
        ("country,place,day\nFRA,Paris\n", "line 2: it has more or fewer columns"),
        ("country,place,day\nFRA,Paris,5x\n", "line 2: day: '5x' is no amount"),
        ("country,place,day\nFRA,Paris,-5\n", "no amount"),
        ("country,place,day\nNowhere,Paris,5\n", "no country"),
        ("country,season,day\nFRA,summer,5\n", "season: 'summer' is none"),
        ("country,season,day\nFRA,04-31..05-01,5\n", "season"),
        ("country,since,day\nFRA,1.3.2026,5\n", "since"),
        ("country,currency,day\nFRA,EURO,5\n", "ISO 4217"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(tmp_path: Path, rows: str, said: str) -> None:
    (tmp_path / "rows.csv").write_text(rows, "utf-8")
    (tmp_path / "t.toml").write_text(HEAD + "rows = 'rows.csv'\n", "utf-8")
    with pytest.raises(DefinitionError, match=said):
        read(tmp_path / "t.toml")


@pytest.mark.parametrize("name", ["../rows.csv", "/etc/passwd", "rows.txt", "a/b.csv", "missing.csv"])
def test_rows_are_taken_only_from_beside_the_table(tmp_path: Path, name: str) -> None:
    (tmp_path / "t.toml").write_text(HEAD + f"rows = '{name}'\n", "utf-8")
    with pytest.raises(DefinitionError, match=r"same folder|cannot be read"):
        read(tmp_path / "t.toml")


def test_parts_that_do_not_make_the_rate_are_refused(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("day,breakfast,lunch,dinner,incidentals\n26,4,7,11,5\n", "utf-8")
    (tmp_path / "t.toml").write_text(HEAD + "parts = 'p.csv'\n", "utf-8")
    with pytest.raises(DefinitionError, match="the parts do not make the rate of 26"):
        read(tmp_path / "t.toml")


def test_only_the_tables_of_the_scheme_are_read_and_no_register_of_places_for_a_listed_one() -> None:
    """In an interpreter of its own: what the claim verb pays for a German trip, and for one to Boston."""
    code = """
from datetime import date
from toolkit import per_diem, per_diem_places, per_diem_us, per_diem_tables
read, opened = per_diem_tables.definitions.load, []
per_diem_tables.definitions.load = lambda path, shape: (opened.append(path.name), read(path, shape))[1]
day = date(2026, 3, 2)
per_diem_places.find(per_diem.table_for("de", day), per_diem.Stop(day, "DEU", "Bonn"), day)
assert sorted(opened) == ["de-2026.toml", "de-abroad-2026.toml", "names.toml"], opened
per_diem_places.find(per_diem.table_for("us-gsa", day), per_diem.Stop(day, "USA", "Boston, MA"), day)
assert per_diem_us._register.cache_info().currsize == 0
per_diem_places.find(per_diem.table_for("us-gsa", day), per_diem.Stop(day, "USA", "Cupertino, CA"), day)
assert per_diem_us._register.cache_info().currsize == 1
assert per_diem.packaged("../../secret") == () == per_diem.packaged("de*")
"""
    subprocess.run([sys.executable, "-c", code], check=True)
