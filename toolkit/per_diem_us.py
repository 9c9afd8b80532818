"""Places in the United States: which state is said, and in which counties a place lies.

The General Services Administration sets its rates by county; a town that it does not name may lie in a county that it
does ("Cities not listed may be located in a listed county", FY 2026 Per Diem Rates file). Which counties a place lies
in is from the code lists of the Census of 2020 (national_place_by_county2020, national_cousub2020).
"""

from __future__ import annotations

import csv
import difflib
import io
import lzma
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from toolkit import place_names
from toolkit.place_names import fold

_REGISTER = Path(__file__).resolve().parent / "tables" / "per_diem" / "places" / "us.csv.xz"
_STATES = (
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|"
    "DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|"
    "KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|"
    "MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|"
    "NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|"
    "SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|"
    "WV West Virginia|WI Wisconsin|WY Wyoming"
)
#: Postal code of a state to its name.
STATES: Mapping[str, str] = dict(each.split(" ", 1) for each in _STATES.split("|"))
#: The states that are no part of the continental United States (41 CFR 300-3.1).
OUTSIDE = frozenset({"AK", "HI"})
_NAMED = {fold(name): code for code, name in STATES.items()} | {fold(code): code for code in STATES}
_COUNTY = (" county", " parish", " borough")


def said(text: str) -> tuple[str, str]:
    """Return the folded name of a place and the code of its state; an empty code where no state is said.

    The state stands after the last comma ("Boston, Massachusetts"), or as two capital letters at the end ("Boston MA").
    """
    name, _, state = text.rpartition(",")
    if name and (code := _NAMED.get(fold(state))):
        return fold(name), code
    words = text.replace(".", "").split()
    if len(words) > 1 and words[-1] in STATES:
        return fold(" ".join(words[:-1])), words[-1]
    return fold(text), ""


def counties(state: str, name: str) -> tuple[str, ...]:
    """Return the folded names of the counties that the place lies in, "VA:arlington" in another state; () unknown."""
    for ending in _COUNTY:
        if name.endswith(ending):
            county = name.removesuffix(ending)
            return (county,) if county in _counties(state) else ()
    at = f" {state.casefold()}"
    for each in sorted(place_names.others("USA", name + at)):
        own = each.removesuffix(at)
        if (state, own) in _register():
            return _register()[state, own].counties
        if own != name and own.endswith(_COUNTY):
            return counties(state, own)
    return ()


def is_county(name: str) -> bool:
    """Whether the folded name is that of a county by its last word."""
    return name.endswith(_COUNTY)


def states_with(name: str) -> tuple[str, ...]:
    """Return the codes of the states with a city of that folded name; of those with a town, where no city has it."""
    found = {state: _register()[state, name].town for state in STATES if (state, name) in _register()}
    return tuple(sorted(state for state, town in found.items() if not town)) or tuple(sorted(found))


def like(state: str, name: str) -> str:
    """Return the folded name of the place in *state* that *name* may be meant for; empty text if none is near."""
    known = [each for at, each in _register() if at == state]
    return next(iter(difflib.get_close_matches(name, known, 1, 0.85)), "")


class _Place(NamedTuple):
    """The counties of a place; `town`: a county subdivision (town, township), no city or settlement."""

    counties: tuple[str, ...]
    town: bool


@cache
def _counties(state: str) -> frozenset[str]:
    return frozenset(county for (at, _), found in _register().items() if at == state for county in found.counties)


@cache
def _register() -> Mapping[tuple[str, str], _Place]:
    with lzma.open(_REGISTER, "rt", encoding="utf-8", newline="") as lines:
        rows = csv.reader(io.StringIO(lines.read()))
    next(rows)
    return {(state, place): _Place(tuple(found.split(";")), bool(town)) for state, place, found, town in rows}
