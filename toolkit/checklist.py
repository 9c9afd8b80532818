"""The checklist of a visa route: the shape of `forms/<country>/<route>.toml` and `forms/lists/*.toml`, and the loader.

A requirement without its legal source, with an unknown rule, list or question, does not load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from toolkit.definitions import load
from toolkit.errors import DefinitionError, UnknownNameError
from toolkit.rules import Ask, Condition, Rule
from toolkit.shipped import folder

Text = Annotated[str, msgspec.Meta(min_length=1)]
Stage = Literal["pre_petition", "petition", "visa", "in_country_application", "post_arrival"]
STAGES: tuple[Stage, ...] = ("pre_petition", "petition", "visa", "in_country_application", "post_arrival")
#: Dates a rule may lean on; each is planned in the case.
_PLANNED = frozenset({"case.filing", "case.start", "case.end"})
_IDENTITY = frozenset({"surname", "given_names", "birth_date", "nationality", "full_name"})


class LegalSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a requirement comes from, and how well that was read.

    `basis` is the best reading behind it: the official text, a copy of it, a secondary page, or memory alone. `url` is
    the page to verify it on; `read` says where it was read when not there, `as_of` which state of the text that was.
    """

    citation: Text
    basis: Literal["seen_official", "seen_copy_of_official", "seen_secondary", "recalled"]
    confidence: Literal["high", "medium", "low"]
    url: str = ""
    read: str = ""
    as_of: str = ""

    def __str__(self) -> str:
        return f"{self.citation} (from memory: verify)" if self.basis == "recalled" else self.citation


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing a route demands: for whom, when, by which law, and how it is judged. All `rules` must hold.

    `checked` is the day the source was last compared; `level` is as in law (recommended: practice only).
    """

    label: Text
    stage: Stage
    provided_by: Literal["employee", "employer", "counsel", "dependant"]
    level: Literal["mandatory", "conditional", "recommended"]
    source: LegalSource
    checked: date
    rules: Annotated[tuple[Rule, ...], msgspec.Meta(min_length=1)]
    when: tuple[Condition, ...] = ()
    whose: Literal["principal", "dependants", "spouse", "children", "everyone"] = "principal"
    note: str = ""


class CodeList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list of codes that rules look things up in; `as_of` is the date of the text it was taken from."""

    title: Text
    source: LegalSource
    as_of: str
    checked: date
    codes: tuple[str, ...]
    note: str = ""


class ChecklistFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `forms/<country>/<route>.toml`."""

    title: Text
    authorities: tuple[str, ...]
    legal_basis: tuple[str, ...]
    require: Mapping[str, Requirement]
    ask: Mapping[str, Ask] = {}
    note: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """A route's requirements, the questions they may ask, and the lists they look things up in."""

    route: str
    title: str
    requirements: Mapping[str, Requirement]
    asks: Mapping[str, Ask]
    lists: Mapping[str, frozenset[str]]


def routes() -> tuple[str, ...]:
    """Return the routes that have a checklist, as `<country>/<route>`."""
    root = folder("forms")
    paths = sorted(path for path in root.glob("*/*.toml") if path.parent.name != "lists")
    return tuple(f"{path.parent.name}/{path.stem}" for path in paths)


@cache
def checklist(route: str) -> Checklist:
    """Return the checklist of *route*. Raises UnknownNameError, or DefinitionError for a wrong file."""
    if route not in routes():
        raise UnknownNameError(f"There is no checklist for the route {route}.", remedy=f"Known: {', '.join(routes())}.")
    return read_checklist(folder("forms") / f"{route}.toml", route, lists())


def answers(route: str) -> frozenset[str]:
    """Return the keys of `[details]` that *route* asks for: questions, and papers that a person may vouch for."""
    made = checklist(route)
    parts = (part for each in made.requirements.values() for part in _parts((*each.rules, *each.when)))
    return frozenset({"stage", *made.asks, *(have for part in parts if (have := getattr(part, "have", "")))})


@cache
def lists() -> Mapping[str, frozenset[str]]:
    """Return the shared code lists by name."""
    return {path.stem: _codes(load(path, CodeList)) for path in sorted((folder("forms") / "lists").glob("*.toml"))}


def read_checklist(path: Path, route: str, known_lists: Mapping[str, frozenset[str]]) -> Checklist:
    """Read one checklist. Raises DefinitionError "file: place: what"."""
    file = load(path, ChecklistFile)
    for name, requirement in file.require.items():
        for part in _parts((*requirement.rules, *requirement.when)):
            for mistake in _mistakes(part, file.ask, known_lists):
                raise DefinitionError(f"{path}: require.{name}: {mistake}")
    return Checklist(route, file.title, file.require, file.ask, known_lists)


def _codes(file: CodeList) -> frozenset[str]:
    # German passports print the nationality as a single D (ICAO 9303 part 3).
    return frozenset(file.codes) | ({"D"} if "DEU" in file.codes else frozenset())


def _parts(value: object) -> Iterator[msgspec.Struct]:
    """Walk through rules and conditions, nested ones included."""
    if isinstance(value, msgspec.Struct):
        yield value
        for name in value.__struct_fields__:
            yield from _parts(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _parts(item)


def _mistakes(
    part: msgspec.Struct, asks: Mapping[str, Ask], known_lists: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    for attribute in ("list", "reduced_for"):
        name = getattr(part, attribute, "")
        if name and name not in known_lists:
            yield f"there is no list {name} in forms/lists"
    for attribute in ("key", "group"):
        name = getattr(part, attribute, "")
        if name and name not in asks:
            yield f"nothing asks for {name}: add [ask.{name}]"
    for attribute in ("on", "anchor", "earlier", "later", "first", "last"):
        name = getattr(part, attribute, "")
        if name and not (name in _PLANNED or name in asks or name in _IDENTITY or "." in name.removeprefix("case.")):
            yield f"{attribute} = {name} is no planned date, no question and no field of a paper"
