"""A day held against the taxes that the paper charges."""

from __future__ import annotations

import pytest
from paper import opened

from toolkit.readers.money import printed

TILL = """
KEDAI RUNCIT BINTANG SDN BHD
12 Jalan Melati, 43300 Seri Kembangan, Selangor
Date: {day} 15:41
Biscuits 12.00
{tax}
Total RM 12.72
Cash RM 20.00
Change RM 7.28
"""


def day_of(day: str, tax: str):
    reading = printed.read(opened(TILL.format(day=day, tax=tax)))
    return next(each for each in reading.fields if each.name == "date"), reading


@pytest.mark.parametrize("day", ["15-03-2018", "01-04-2015", "31-08-2018"])
def test_a_day_on_which_the_tax_was_charged_stays(day: str) -> None:
    found, reading = day_of(day, "GST @ 6% 0.72")
    assert found.value == "-".join(reversed(day.split("-")))
    assert not [each for each in reading.warnings if "year" in each]


def test_a_digit_of_the_year_that_the_law_excludes_is_the_one_it_looks_like_and_unsure() -> None:
    found, reading = day_of("15-03-2013", "GST @ 6% 0.72")
    assert found.value == "2018-03-15" and not found.sure
    assert next(each.value for each in reading.rejected if each.name == "date") == "2013-03-15"
    assert any("not charged in 2013" in each for each in reading.warnings)


def test_where_no_single_digit_sets_it_right_the_day_stays_and_is_unsure() -> None:
    found, _ = day_of("15-03-2014", "GST @ 6% 0.72")
    assert found.value == "2014-03-15" and not found.sure


@pytest.mark.parametrize("tax", ["Service tax 6% 0.72", "GST No 001234567890"])
def test_another_tax_and_a_register_number_exclude_nothing(tax: str) -> None:
    found, _ = day_of("15-03-2013", tax)
    assert found.value == "2013-03-15"
