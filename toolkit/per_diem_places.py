"""The rate of a place on a day: found in a table, or asked about, and said where it is not the place's own.

A place that a table lists has its own rate. One that it does not list has the rate that the table sets for such places
("im Übrigen", "[Other]", GSA's standard rate), and the day says so. What may be a listed place under another spelling,
what lies in two states, and a trip without a place in a country with several rates are asked about, never chosen.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from toolkit import per_diem_us, place_names
from toolkit.fields import country as countries
from toolkit.per_diem import Stop
from toolkit.per_diem_tables import DayRate, Table
from toolkit.place_names import fold

_MANY = 8


@dataclass(frozen=True, slots=True)
class Found:
    """The table and the rates that hold; `note` says why, where the place has none of its own."""

    table: Table
    rate: DayRate
    note: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person has to say first. `firm`: no other table may answer in its place."""

    text: str
    firm: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    rate: DayRate
    names: frozenset[str]
    towns: frozenset[str]


def find(tables: Iterable[Table], stop: Stop, day: date) -> Found | Asked | None:
    """Return the rate of *stop* on *day* by the first of *tables* that knows it; else what is asked; None: nothing."""
    asked: Asked | None = None
    for table in tables:
        found = _in(table, stop, day)
        if isinstance(found, Found) or (found is not None and found.firm):
            return found
        asked = asked or found
    return asked


def _in(table: Table, stop: Stop, day: date) -> Found | Asked | None:
    rows = _of_country(table, stop.country)
    if not rows:
        return _like(table, stop, day)
    if stop.rate:
        named = [each for each in rows if fold(stop.rate) in each.names]
        return _held(table, named, stop.rate, day) if named else None
    if table.places == "us" and stop.country == "USA":
        return _us(table, rows, stop, day)
    if not stop.place.strip():
        return _unsaid(table, rows, stop, day)
    wanted = place_names.others(stop.country, fold(stop.place))
    own = [each for each in rows if each.names & wanted]
    if own:
        return _held(table, own, stop.place, day)
    around = [each for each in rows if each.towns & wanted]
    if around:
        return _held(table, around, stop.place, day, f"{stop.place} belongs to {around[0].rate.place}")
    return _not_listed(table, rows, stop, day)


@lru_cache(maxsize=256)
def _of_country(table: Table, country: str) -> tuple[_Row, ...]:
    return tuple(_row(each) for each in table.rates if each.country == country)


def _row(rate: DayRate) -> _Row:
    every = [rate.place, *rate.place.split("/"), rate.place.partition(",")[0]] if rate.place else []
    names = frozenset(fold(each) for each in every)
    return _Row(rate, names - {""}, frozenset(fold(each) for each in rate.towns))


# -- a table of another's rates, of one country -----------------------------------------------------------------------


def _like(table: Table, stop: Stop, day: date) -> Found | Asked | None:
    """The rates that a country without any of its own has by a rule of the table."""
    rule = table.like.get(stop.country)
    if rule is None:
        return None
    rows = [each for each in _of_country(table, rule.country) if each.rate.place == rule.place]
    where = ", ".join(each for each in (rule.place, countries.name(rule.country)) if each)
    return _held(table, rows, where, day, f"the rate of {where}: {rule.why}")


def _held(table: Table, rows: Sequence[_Row], name: str, day: date, note: str = "") -> Found | Asked:
    """The one rate of *rows* that holds on *day*; all of them are of the place that *name* means."""
    if len({(each.rate.region, each.rate.place) for each in rows}) > 1:
        places = _list(dict.fromkeys(f"{each.rate.place}, {each.rate.region}".strip(", ") for each in rows))
        return Asked(f"“{name}” may be {places}: write the place as it stands there", firm=True)
    held = [each.rate for each in rows if each.rate.holds(day)]
    if not held:
        since = min((each.rate.since for each in rows if each.rate.since), default=None)
        from_then = f" since {since}" if since and since > day else " on other days only"
        return Asked(f"the rate known for {name} holds{from_then}, not on {day}")  # an older table may have its own
    if len({each.day for each in held}) > 1:
        return Asked(f"the table has several rates for {name} on {day}", firm=True)
    return Found(table, held[0], note)


def _unsaid(table: Table, rows: Sequence[_Row], stop: Stop, day: date) -> Found | Asked:
    """No place is said: the rate of the whole country, unless places in it have their own."""
    whole = [each for each in rows if not each.rate.place]
    listed = _places(rows)
    country = countries.name(stop.country)
    if whole and not listed:
        return _held(table, whole, country, day)
    if table.closest and len(listed) == 1:
        return _held(table, rows, country, day, f"{listed[0]} is the only place listed for {country}")
    return Asked(f"say the place in {country}: the table has rates of their own for {_list(listed)}", firm=True)


def _not_listed(table: Table, rows: Sequence[_Row], stop: Stop, day: date) -> Found | Asked:
    listed, country = _places(rows), countries.name(stop.country)
    if near := _near(stop.place, rows):
        return Asked(
            f"“{stop.place}” is not listed for {country}, but {near} is: write the place that is meant", firm=True
        )
    # A whole name only: "Denver, CO" ends like the code of Colombia.
    land = "" if "," in stop.place or len(stop.place) < 4 else countries.iso3(countries.parse(stop.place))
    if land and land != stop.country and (land in table.like or _of_country(table, land)):
        return Asked(f'the table has {countries.name(land)} by itself: is country = "{land}" meant?', firm=True)
    others = [each for each in rows if each.rate.place == table.unlisted]
    if others and not listed:
        return _held(table, others, country, day)
    if others:
        note = f"{stop.place} is not listed: the rate for the other places of {country} than {_list(listed)}"
        return _held(table, others, country, day, note)
    if table.closest and len(listed) == 1:
        note = f"{stop.place} is not listed: the closest place listed for {country} is {listed[0]}"
        return _held(table, rows, country, day, note)
    which = "the closest" if table.closest else "which holds"
    return Asked(f'{stop.place} is not listed for {country}, only {_list(listed)}: say {which} (rate = "{listed[0]}")')


def _near(place: str, rows: Sequence[_Row]) -> str:
    """The place listed that *place* may be meant for: spelled nearly so, or with a region after a comma."""
    names = {name: each.rate.place for each in rows for name in each.names}
    close = difflib.get_close_matches(fold(place), names, 1, 0.85)
    head = fold(place.partition(",")[0])
    return names[close[0]] if close else names.get(head, "")


def _places(rows: Iterable[_Row]) -> list[str]:
    return list(dict.fromkeys(each.rate.place for each in rows if each.rate.place))


def _list(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _MANY} more" if len(every) > _MANY else ""
    return ", ".join(every[:_MANY]) + more


# -- the United States, by county -------------------------------------------------------------------------------------


def _us(table: Table, rows: Sequence[_Row], stop: Stop, day: date) -> Found | Asked | None:
    wanted = fold(stop.place)
    named = [each for each in rows if wanted in each.names and not each.rate.region]
    if named:  # a rate by its name: standard, tier 74
        return _held(table, named, stop.place, day)
    name, state = per_diem_us.said(stop.place)
    if not name:
        return Asked('say the place with its state, as "Boston, MA"', firm=True)
    taken = ""
    if not state:
        states = _states(rows, name)
        if len(states) != 1:
            return _which_state(stop.place, states)
        state = states[0]
        taken = f"taken for {stop.place}, {state}, the only place of that name; "
    if not any(each.rate.region == state for each in rows) and (state in per_diem_us.OUTSIDE or not table.unlisted):
        other = "us-oconus" if state in per_diem_us.OUTSIDE else "us-gsa"
        return Asked(f"{per_diem_us.STATES[state]} is in the rates of another agency: scheme {other}", firm=True)
    own = [each for each in rows if each.rate.region == state and name in each.names]
    own = own or [each for each in rows if each.rate.region == state and name in each.towns]
    if own:
        return _held(table, own, stop.place, day, taken.removesuffix("; "))
    found = _by_county(table, rows, f"{stop.place.partition(',')[0].strip()}, {state}", name, state, day)
    return Found(found.table, found.rate, taken + found.note) if isinstance(found, Found) else found


def _states(rows: Sequence[_Row], name: str) -> list[str]:
    """The codes of the states with a place of that name, those first where the table has a rate of its own for it."""
    states = per_diem_us.states_with(name)
    listed = [each.rate.region for each in rows if each.rate.region and name in each.names]
    areas = [at for at in states if any(_area(rows, each, name, at) for each in per_diem_us.counties(at, name))]
    return list(dict.fromkeys([*listed, *areas, *states]))


def _which_state(place: str, states: Sequence[str]) -> Asked:
    if not states:
        return Asked(
            f'no place called “{place}” is known: write it with its state, as "Boston, MA", or its county', True
        )
    return Asked(f'“{place}” lies in {_list(states)}: write the state too, as "{place}, {states[0]}"', firm=True)


def _by_county(table: Table, rows: Sequence[_Row], place: str, name: str, state: str, day: date) -> Found | Asked:
    """The rate of the area whose county the place lies in; where it is in none, that of the state or the standard."""
    counties = per_diem_us.counties(state, name)
    if not counties:
        near = per_diem_us.like(state, name)
        meant = f" (is {near.title()} meant?)" if near else ""
        return Asked(f'{place} is not known{meant}: write its county instead, as "… County, {state}"', firm=True)
    areas = {county: _area(rows, county, name, state) for county in counties}
    others = [each for each in rows if each.rate.region == state and not each.rate.place]
    others = others or [each for each in rows if each.rate.place and each.rate.place == table.unlisted]
    held = {each: _held(table, [area] if area else others, place, day) for each, area in areas.items()}
    rates = {each.rate.day for each in held.values() if isinstance(each, Found)}
    if len(rates) != 1:
        said = ", ".join(f"{_county(c)}: {r.rate.day}" for c, r in held.items() if isinstance(r, Found))
        return Asked(
            f'{place} lies in several counties ({said}): write the county, as "{_county(counties[0])}, {state}"', True
        )
    first = next(each for each in held.values() if isinstance(each, Found))
    lies = "" if per_diem_us.is_county(name) else f" is not listed and lies in {_list(map(_county, counties))}"
    area = first.rate.place or f"the other places of {per_diem_us.STATES[state]}"
    area = f"“{area}”" if area == table.unlisted else f"of {area}"
    return Found(table, first.rate, f"{place}{lies}: the rate {area}")


def _area(rows: Sequence[_Row], county: str, name: str, state: str) -> _Row | None:
    at, _, own = county.rpartition(":")
    for each in rows:
        key = own if each.rate.region == (at or state) else f"{at or state}:{own}"
        if key in each.rate.counties and name not in each.rate.without:
            return each
    return None


def _county(folded: str) -> str:
    name = folded.rpartition(":")[2].title()
    return name if name.endswith((" City", " Area", " Borough", " Of Columbia")) else f"{name} County"
