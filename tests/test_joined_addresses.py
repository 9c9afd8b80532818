"""An address in one field of a form has its suite; what is asked of somebody is counted as one would say it."""

from __future__ import annotations

import pytest
from test_fill import child, definition, filled, values

from toolkit.cli.routes import _asked_of
from toolkit.fill_definition import Entry, forms

__all__ = ["child"]
ADDRESS = ("x.street", "x.unit_type x.unit?", "x.city")
KNOWN = {"x__street": "2200 Kestrel Avenue", "x__city": "Columbus"}


@pytest.mark.parametrize(
    ("known", "written", "asked"),
    [
        ({"x__unit_type": "suite", "x__unit": "410"}, "2200 Kestrel Avenue, suite 410, Columbus", []),
        ({}, "2200 Kestrel Avenue, Columbus", []),
        ({"x__unit": "410"}, None, ["x.unit_type"]),
        ({"x__unit_type": "suite"}, None, ["x.unit"]),
        ({"x__unit_type": "suite", "x__unit": "410", "x__city": ""}, None, ["x.city"]),
    ],
)
def test_the_suite_is_in_a_joined_address_and_half_of_it_is_asked_for(child, known, written, asked):
    said = {name: value for name, value in {**KNOWN, **known}.items() if value}
    made = filled(child, definition(Entry("Surname", join=ADDRESS, between=", ")), **said)
    assert [each.fact for each in made.filling.asked] == asked
    assert values(made.pdf).get("Surname") == written


def test_a_joined_value_of_which_nothing_is_known_is_asked_for(child):
    made = filled(child, definition(Entry("Surname", join=("x.a?", "x.b?"))))
    assert [each.fact for each in made.filling.asked] == ["x.a"] and values(made.pdf) == {}


def test_the_i9_asks_for_the_employers_suite():
    entries = {entry.field: entry for part in forms()["us/i-9"].parts for entry in part.entries}
    parts = entries["Employers Business or Org Address"].parts
    assert (("employer.unit_type", "employer.unit"), True) in parts and parts[0] == (("employer.street",), False)


@pytest.mark.parametrize(
    ("surely", "perhaps", "said"),
    [(0, 1, "1 may apply"), (0, 0, "nothing"), (3, 0, "3"), (3, 1, "3, and 1 more may apply")],
)
def test_what_is_asked_is_counted_as_one_says_it(surely, perhaps, said):
    assert _asked_of(surely, perhaps) == said
