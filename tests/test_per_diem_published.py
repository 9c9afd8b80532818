"""The State Department's own monthly table, read as it is published."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from toolkit import per_diem
from toolkit.errors import DefinitionError
from toolkit.per_diem import Stop, Trip
from toolkit.per_diem_days import days

HEAD = (
    "Country,Location,Season Code,Season Start Date,Season End Date,Lodging,Meals & Incidentals,Per Diem,"
    "Effective Date,Footnote Reference,Location Code,Publication Date\n"
)
ROWS = (
    'FRANCE,[Other],S1,2026-01-01,2026-12-31,220.0,140.0,360.0,2026-11-01,,11855.0,"November 1, 2026"\n'
    'FRANCE,Paris,S1,01/01/2026,12/31/2026,511.0,180.0,691.0,08/01/2025,6.0,10137.0,"November 1, 2026"\n'
    'CROATIA,Split,S1,2026-07-01,2026-09-30,412.0,134.0,546.0,2022-09-01,,12719.0,"November 1, 2026"\n'
    'CROATIA,Split,S2,2026-10-01,2026-06-30,282.0,121.0,403.0,2022-09-01,,12719.0,"November 1, 2026"\n'
    '"VIRGIN ISLANDS, BRITISH","Virgin Islands, British",S1,2026-01-01,2026-12-31,1.0,9.5,10.5,2010-08-01,,1,'
    '"November 1, 2026"\n'
    "OTHER FOREIGN LOCALITIES,Other Foreign Localities,S1,2026-01-01,2026-12-31,55.0,43.0,98.0,2024-10-01,,1,"
    '"November 1, 2026"\n'
)


def test_a_month_of_the_departments_table_needs_no_typing(tmp_path: Path) -> None:
    path = tmp_path / "november.csv"
    path.write_text(HEAD + ROWS, "utf-8")
    (table,) = per_diem.read(path)
    assert (table.first, table.last, len(table.rates)) == (date(2026, 1, 1), date(2026, 11, 30), 5)

    def made(country: str, place: str, first: date, meals: tuple[str, ...] = ()) -> list[str]:
        back = datetime(first.year, first.month, first.day + 2, 20)
        trip = Trip("us-dssr", datetime(first.year, first.month, first.day, 8), back, (Stop(first, country, place),),
                    {date(first.year, first.month, first.day + 1): meals})  # fmt: skip
        return [each.open or f"{each.amount:f}" for each in days([trip], [table])]

    near = date(2026, 11, 20)
    assert made("FRA", "Paris", near, ("breakfast",)) == ["135.00", "153.00", "135.00"]
    assert made("FRA", "Reims", near) == ["105.00", "140.00", "105.00"]
    assert made("HRV", "Split", near)[1] == "121.00" and made("HRV", "Split", date(2026, 8, 3))[1] == "134.00"
    assert made("VGB", "", near)[1] == "9.50"
    assert "holds since 2026-11-01, not on 2026-10-01" in made("FRA", "Reims", date(2026, 10, 1))[0]
    assert made("FRA", "Reims", date(2026, 3, 2))[0] == "99.00"  # the packaged month still has the rate of then
    assert "it was 140 USD" in made("FRA", "Reims", date(2026, 12, 1))[0]
    assert "only Split" in made("HRV", "Zagreb", near)[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"November 1, 2026"', "", "the month of the table is not known"),
        ("FRANCE,Paris", "FRANTZ,Paris", "line 3: 'FRANTZ' is no country"),
        ("180.0,691.0", "x,691.0", "line 3: 'x' is no amount"),
        ("08/01/2025", "31.8.2025", "line 3: '31.8.2025' is no date"),
        ("220.0,140.0", "220.0,-1", "no amount"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "november.csv"
    path.write_text(HEAD + ROWS.replace(old, new), "utf-8")
    with pytest.raises(DefinitionError, match=said):
        per_diem.read(path)


def test_an_unreadable_file_is_no_published_table(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    for name in ("a.csv", "missing.csv"):
        with pytest.raises(DefinitionError, match="cannot be read as CSV"):
            per_diem.read(tmp_path / name)
