"""Which route leads where and what it asks of a move: the shape of `route_choice.toml`, and its loader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from toolkit import checklist as catalogue
from toolkit.checklist import Checklist, LeftOut, LegalSource
from toolkit.checklist_mistakes import located
from toolkit.definitions import load
from toolkit.errors import DefinitionError
from toolkit.fields import country
from toolkit.route_choice_plan import Purpose
from toolkit.route_choice_points import HOST_CONTRACT, Aged, Stay, Test, Text
from toolkit.rules.amounts import AtLeast

_FILE = Path(__file__).parent / "route_choice.toml"


class CountrySet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Countries (ISO alpha-3) that points look things up in, beside the lists in forms/lists."""

    codes: tuple[str, ...]
    source: LegalSource
    checked: date


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One point of eligibility. Its source is its own, or that of the requirement *like* of the route's file."""

    label: Text
    test: Test
    source: LegalSource | None = None
    like: str = ""
    facts: tuple[str, ...] = ()
    note: str = ""


class StayLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long the route lets somebody stay, and by which law."""

    limits: Stay
    source: LegalSource
    facts: tuple[str, ...] = ()
    note: str = ""


class PayLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which requirement of the route's file has the thresholds of pay.

    `floor`: why pay that reaches them may still be too low. `also`: why the route may be open below them.
    """

    require: Text
    floor: str = ""
    also: str = ""
    note: str = ""
    facts: tuple[str, ...] = ()


class RouteEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One route: the country it leads to (or the list of countries), what it is for, and what it asks."""

    purposes: tuple[Purpose, ...]
    checked: date
    stay: StayLimit
    point: Mapping[str, Point]
    destination: str = ""
    destinations: str = ""
    pay: PayLimit | None = None
    facts: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    route: Mapping[str, RouteEntry]
    set: Mapping[str, CountrySet] = {}
    left_out: tuple[LeftOut, ...] = ()


class Choice(msgspec.Struct, frozen=True):
    """Every route with its entry and its checklist, and the lists their tests look things up in."""

    entries: Mapping[str, RouteEntry]
    checklists: Mapping[str, Checklist]
    lists: Mapping[str, frozenset[str]]
    left_out: Mapping[str, str]

    def leading_to(self, destination: str) -> tuple[str, ...]:
        """Return the routes that lead to *destination* (ISO alpha-3)."""
        return tuple(name for name, entry in self.entries.items() if destination in self._goals(entry))

    def destinations(self) -> frozenset[str]:
        """Return every country some route leads to."""
        return frozenset(code for entry in self.entries.values() for code in self._goals(entry))

    def source(self, route: str, point: Point) -> LegalSource:
        """Return the legal source of a point."""
        return point.source or self.checklists[route].requirements[point.like].source

    def pay(self, route: str) -> AtLeast | None:
        """Return the rule with the route's thresholds of pay, or None where there is no fixed one."""
        limit = self.entries[route].pay
        if limit is None:
            return None
        return next(iter(_thresholds(self.checklists[route], limit.require)))

    def accepted(self, key: str) -> frozenset[str] | None:
        """Return the answers the question *key* takes (none: any text), or None where nothing asks it."""
        if key in self._keys():
            return frozenset({"yes", "no"})
        asks = [made.asks[key] for made in self.checklists.values() if key in made.asks]
        if not asks:
            return None
        return frozenset(each.casefold() for ask in asks if ask.kind == "choice" for each in ask.answers)

    def _keys(self) -> frozenset[str]:
        entries = self.entries.values()
        tests = [point.test for entry in entries for point in entry.point.values()]
        lengths = [each for entry in entries for each in (*entry.stay.limits.shorter, *entry.stay.limits.longer)]
        own = {f"aged_{test.years}" for test in tests if isinstance(test, Aged)} | {HOST_CONTRACT}
        return frozenset({getattr(each, "key", "") for each in (*tests, *lengths)} | own) - {""}

    def _goals(self, entry: RouteEntry) -> frozenset[str]:
        return frozenset({entry.destination}) if entry.destination else self.lists[entry.destinations]


@cache
def choice() -> Choice:
    """Return the routes that ship. Raises DefinitionError "file: place: what"."""
    made = {name: catalogue.checklist(name) for name in catalogue.routes()}
    return read_choice(_FILE, {name: each for name, each in made.items() if each.purpose == "permission"})


def read_choice(path: Path, checklists: Mapping[str, Checklist]) -> Choice:
    """Read the file at *path*, which has to say of each of *checklists* where it leads. Raises DefinitionError."""
    try:
        file = load(path, _File)
    except DefinitionError as told:
        raise located(path, told, {"route": RouteEntry}) from told
    # The shared lists have Germany as zones write it, too.
    shared = {name: frozenset(country.iso3(code) for code in codes) for name, codes in catalogue.lists().items()}
    lists = {**shared, **{name: frozenset(each.codes) for name, each in file.set.items()}}
    for name in sorted({*checklists} ^ {*file.route}):
        if name in file.route:
            raise DefinitionError(f'{path}: route."{name}": has no file under forms; take the entry out')
        remedy = "every route of forms/ is entered here, as docs/guides/which-route.md shows"
        raise DefinitionError(f'{path}: route."{name}": is missing; {remedy}')
    for name, entry in file.route.items():
        for mistake in _mistakes(entry, checklists[name], lists):
            raise DefinitionError(f'{path}: route."{name}".{mistake}')
    left_out = {each.fact: each.reason for each in file.left_out}
    return Choice(file.route, checklists, lists, left_out)


def _mistakes(entry: RouteEntry, made: Checklist, lists: Mapping[str, frozenset[str]]) -> Iterator[str]:
    if bool(entry.destination) is bool(entry.destinations):
        yield "destination: write a country (ISO alpha-3) as destination, or a list as destinations"
    elif entry.destination and not country.known(country.icao(entry.destination)):
        yield f"destination: {entry.destination} is no country code (ISO alpha-3)"
    elif entry.destinations and entry.destinations not in lists:
        yield f"destinations: there is no list {entry.destinations} in forms/lists"
    if entry.pay is not None and not _thresholds(made, entry.pay.require):
        yield f"pay.require: {entry.pay.require} is no requirement with a rule at_least in the route's file"
    for name, point in entry.point.items():
        if (point.source is None) is (not point.like):
            yield f"point.{name}: give its source, or the requirement it is like"
        elif point.like and point.like not in made.requirements:
            yield f"point.{name}.like: the route's file has no requirement {point.like}"
        wanted = getattr(point.test, "list", "")
        if wanted and wanted not in lists:
            yield f"point.{name}.test.list: there is no list {wanted} in forms/lists, nor a set of this file"


def _thresholds(made: Checklist, require: str) -> tuple[AtLeast, ...]:
    requirement = made.requirements.get(require)
    return tuple(rule for rule in requirement.rules if isinstance(rule, AtLeast)) if requirement is not None else ()
