"""The checklist of a visa route: the shape of `forms/<country>/<route>.toml` and `forms/lists/*.toml`, and the loader.

A requirement without its legal source, with an unknown rule, list or question, does not load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from toolkit.checklist_mistakes import located, mistakes
from toolkit.checklist_mistakes import parts as _parts
from toolkit.definitions import load
from toolkit.errors import DefinitionError, UnknownNameError
from toolkit.fields.terms import months_later
from toolkit.rules import Ask, Condition, Rule
from toolkit.rules.amounts import AtLeast
from toolkit.shipped import folder

Text = Annotated[str, msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Whose = Literal["principal", "dependants", "spouse", "children", "everyone"]
Purpose = Literal["permission", "right_to_work"]
Stage = Literal["pre_petition", "petition", "visa", "entry", "in_country_application", "post_arrival"]
STAGES: tuple[Stage, ...] = ("pre_petition", "petition", "visa", "entry", "in_country_application", "post_arrival")


class Reading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reading behind a source: what was read where, in few words of the text itself."""

    citation: str
    where: str
    level: Literal["official", "copy", "secondary"]
    quote: str = ""
    as_of: str = ""
    note: str = ""


_DEPENDANTS = ("spouse", "partner", "child")
#: The roles that `whose` of a requirement or of a key date means.
WHOSE: Mapping[str, tuple[str, ...]] = {
    "principal": ("principal",),
    "dependants": _DEPENDANTS,
    "spouse": ("spouse", "partner"),
    "children": ("child",),
    "everyone": ("principal", *_DEPENDANTS),
}


class LegalSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a requirement comes from, and how well that was read.

    `basis` is the best reading behind it: the official text, a copy of it, a secondary page, or memory alone. `url` is
    the page to verify it on; `read` says where it was read when not there, `as_of` which state of the text that was,
    `quote` a few words of it. `further` are the other readings.
    """

    citation: Text
    basis: Literal["seen_official", "seen_copy_of_official", "seen_secondary", "recalled"]
    confidence: Literal["high", "medium", "low"]
    url: str = ""
    read: str = ""
    as_of: str = ""
    quote: str = ""
    further: tuple[Reading, ...] = ()

    def __str__(self) -> str:
        return f"{self.citation} (from memory: verify)" if self.basis == "recalled" else self.citation


class LastDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last day the law gives for a requirement, counted from a planned date; without a term that date itself."""

    anchor: Literal["case.filing", "case.start", "case.end"]
    side: Literal["before", "on", "after"]
    days: Count = 0
    working_days: Count = 0


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing a route demands: for whom, when, by which law, and how it is judged. All `rules` must hold.

    `checked` is the day the source was last compared; `level` is as in law (recommended: practice only). `send` is what
    to ask its provider for, in plain words; `facts` are the researched facts it stands for. `by` is the law's own last
    day for it; without one it is owed by the lead times of practice. `granted` (true, or where its
    conditions hold) marks what the authority gives on the planned filing: nobody has it before, and the visa that rests
    on it is applied for afterwards.
    """

    label: Text
    stage: Stage
    provided_by: Literal["employee", "employer", "counsel", "dependant"]
    level: Literal["mandatory", "conditional", "recommended"]
    source: LegalSource
    checked: date
    rules: Annotated[tuple[Rule, ...], msgspec.Meta(min_length=1)]
    when: tuple[Condition, ...] = ()
    whose: Whose = "principal"
    send: str = ""
    by: LastDay | None = None
    granted: bool | tuple[Condition, ...] = False
    facts: tuple[str, ...] = ()
    note: str = ""


class Due(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A date of a route that somebody has to act on, counted from *anchor* by the term, in its units.

    `direction` says on which side of the anchor the date lies; on: the anchor itself. It is the last day to act, or
    with `opens` the first one. With a window (`window_months`, `window_days`) the term is how many days may be spent in
    any such window, and the anchor names the travel history. `lead_days` is how long ahead to warn: a habit of practice
    (90) where the facts name none. `acts` is who has to.
    """

    label: Text
    anchor: Text
    direction: Literal["before", "after", "on"]
    acts: Literal["employee", "employer", "counsel", "specialist"]
    source: LegalSource
    checked: date
    years: Count = 0
    months: Count = 0
    weeks: Count = 0
    days: Count = 0
    working_days: Count = 0
    opens: bool = False
    window_months: Count = 0
    window_days: Count = 0
    lead_days: Count = 90
    whose: Whose = "principal"
    when: tuple[Condition, ...] = ()
    facts: tuple[str, ...] = ()
    note: str = ""


class Know(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule of the route to know that neither demands a paper nor sets a date: what may be done, what lapses."""

    label: Text
    source: LegalSource
    checked: date
    facts: tuple[str, ...] = ()
    note: str = ""


class CodeList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list of codes that rules look things up in; `as_of` is the date of the text it was taken from."""

    title: Text
    source: LegalSource
    as_of: str
    checked: date
    codes: tuple[str, ...]
    note: str = ""


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A researched fact that no route carries, and why."""

    fact: Text
    reason: Text


class LeftOutFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `forms/left-out.toml`."""

    left_out: tuple[LeftOut, ...] = ()


class ChecklistFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `forms/<country>/<route>.toml`.

    `dependants` names the route of the family, whose requirements, dates and questions are added to this one's.
    `purpose` tells a permission to move from a check of the right to work, which no move can choose.
    """

    title: Text
    authorities: tuple[str, ...]
    legal_basis: tuple[str, ...]
    require: Mapping[str, Requirement]
    ask: Mapping[str, Ask] = {}
    due: Mapping[str, Due] = {}
    know: Mapping[str, Know] = {}
    dependants: str = ""
    purpose: Purpose = "permission"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """A route's requirements and dates, the questions they may ask, and the lists they look things up in."""

    route: str
    title: str
    requirements: Mapping[str, Requirement]
    asks: Mapping[str, Ask]
    lists: Mapping[str, frozenset[str]]
    dues: Mapping[str, Due] = field(default_factory=dict)
    knows: Mapping[str, Know] = field(default_factory=dict)
    purpose: Purpose = "permission"


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


def left_out() -> Mapping[str, str]:
    """Return the researched facts that no route carries, with the reasons."""
    return {each.fact: each.reason for each in load(folder("forms") / "left-out.toml", LeftOutFile).left_out}


def read_checklist(path: Path, route: str, known_lists: Mapping[str, frozenset[str]]) -> Checklist:
    """Read one checklist. Raises DefinitionError "file: place: what"."""
    try:
        file = load(path, ChecklistFile)
    except DefinitionError as told:
        raise located(path, told, {"require": Requirement, "due": Due, "ask": Ask, "know": Know}) from told
    sections: tuple[tuple[str, Mapping[str, Requirement] | Mapping[str, Due]], ...] = (
        ("require", file.require),
        ("due", file.due),
    )
    for section, parts in sections:
        for name, part in parts.items():
            found = (mistake for inner in _parts(part) for mistake in mistakes(inner, file.ask, known_lists))
            for mistake in (*found, *(_due_mistakes(part) if isinstance(part, Due) else ())):
                raise DefinitionError(f"{path}: {section}.{name}: {mistake}")
    made = Checklist(route, file.title, file.require, file.ask, known_lists, file.due, file.know, file.purpose)
    return _with_family(path, made, file.dependants) if file.dependants else made


def _with_family(path: Path, made: Checklist, family: str) -> Checklist:
    """Add what the route of the family demands; a question of both has to be the same question."""
    theirs = path.parent.parent / f"{family}.toml"
    if not theirs.is_file():
        raise DefinitionError(f"{path}: dependants: there is no route {family}; remedy: name a file under forms")
    added = read_checklist(theirs, family, made.lists)
    for key, ask in added.asks.items():
        if made.asks.get(key, ask) != ask:
            raise DefinitionError(f"{path}: ask.{key}: {family} asks another question under this key; rename one")
    return replace(
        made,
        requirements={**made.requirements, **{f"dependant-{name}": each for name, each in added.requirements.items()}},
        asks={**made.asks, **added.asks},
        dues={**made.dues, **{f"dependant-{name}": each for name, each in added.dues.items()}},
        knows={**made.knows, **{f"dependant-{name}": each for name, each in added.knows.items()}},
    )


def stale(route: str, today: date) -> Iterator[str]:
    """Return what of *route* has to be looked at again by *today*, as "file: place: what; remedy".

    A part whose source was compared more than a year ago, and pay whose every threshold for a group has expired.
    """
    made, path = checklist(route), f"forms/{route}.toml"
    checked: tuple[tuple[str, Requirement | Due | Know], ...] = (
        *made.requirements.items(),
        *made.dues.items(),
        *made.knows.items(),
    )
    for name, part in checked:
        if part.checked > today:
            yield f"{path}: {name}: checked is {part.checked}, which has not come yet; set the day you compared it"
        if _over_a_year(part.checked, today):
            yield f"{path}: {name}: last checked on {part.checked}; compare it with its source and set checked"
    for name, requirement in made.requirements.items():
        for rule in _parts(requirement.rules):
            if isinstance(rule, AtLeast):
                for group in _expired(rule, today):
                    yield f"{path}: require.{name}: no threshold for {group} is in force on {today}; add the new one"


def stale_lists(today: date) -> Iterator[str]:
    """Return the shared lists that were compared with their source more than a year before *today*."""
    for path in sorted((folder("forms") / "lists").glob("*.toml")):
        checked = load(path, CodeList).checked
        if _over_a_year(checked, today):
            yield f"forms/lists/{path.name}: last checked on {checked}; compare it with its source and set checked"


def _over_a_year(checked: date, today: date) -> bool:
    return months_later(checked, 12) < today


def _expired(rule: AtLeast, today: date) -> list[str]:
    """Return the groups that have had a threshold and have none on *today*."""
    ahead = {group for step in rule.steps if step.last_day is None or step.last_day >= today for group in step.groups}
    return sorted({group for step in rule.steps for group in step.groups} - ahead)


def _codes(file: CodeList) -> frozenset[str]:
    # German passports print the nationality as a single D (ICAO 9303 part 3).
    return frozenset(file.codes) | ({"D"} if "DEU" in file.codes else frozenset())


def _due_mistakes(due: Due) -> Iterator[str]:
    term = due.years or due.months or due.weeks or due.days or due.working_days
    if bool(term) is (due.direction == "on" and not (due.window_days or due.window_months)):
        yield "a term (years, months, weeks, days or working_days) is needed, but with direction = on"
