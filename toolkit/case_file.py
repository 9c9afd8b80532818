"""The case file that a specialist writes (TOML): reference, route, planned dates, people, details."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from toolkit.definitions import load
from toolkit.errors import DefinitionError
from toolkit.model import Case, Person

#: A reference is the name of a folder in the inbox and begins the names of files that are written.
_REFERENCE = re.compile(r"\w(?:[\w .-]{0,62}\w)?")
ROLES = ("principal", "spouse", "partner", "child")
DATES = ("filing", "start", "end")


class PersonEntry(msgspec.Struct, forbid_unknown_fields=True):
    """One `[[people]]` table. `nationality` is the three-letter code of ICAO 9303; `birth_date` is ISO 8601."""

    role: str
    surname: str
    given_names: str
    birth_date: date | None = None
    nationality: str = ""


class Statements(msgspec.Struct, forbid_unknown_fields=True):
    """What can be added to an open case: people, planned dates (`filing`, `start`, `end`), details.

    A detail is text; a date, a whole number, true and false may be written without quotation marks.
    """

    dates: dict[str, date] = {}
    people: list[PersonEntry] = []
    details: dict[str, Any] = {}


class CaseFile(Statements, forbid_unknown_fields=True, kw_only=True):
    """A whole case. `route` is a checklist under `forms/`, such as `us/l-1a`."""

    reference: str
    route: str


class Stated(msgspec.Struct):
    """Statements as the nouns of the model."""

    people: tuple[Person, ...]
    dates: dict[str, date]
    details: dict[str, str]


def read_case_file(path: Path) -> Case:
    """Read a case file. Raises DefinitionError naming the place of a wrong or missing key."""
    entry = load(path, CaseFile)
    if not _REFERENCE.fullmatch(entry.reference):
        raise DefinitionError(f"{path}: reference: letters, digits, spaces and . _ - only: folders and files bear it")
    stated = _stated(path, entry)
    if sum(person.role == "principal" for person in stated.people) != 1:
        raise DefinitionError(f"{path}: people: a case has exactly one principal")
    return Case(uuid4().hex[:12], entry.reference, entry.route, stated.people, stated.dates, stated.details)


def read_statements(path: Path) -> Stated:
    """Read additions to a case. Raises DefinitionError as `read_case_file` does."""
    return _stated(path, load(path, Statements))


@dataclass(frozen=True, slots=True)
class Added:
    """A case with statements added: how many people are new in it, and of how many more is known now."""

    case: Case
    new: int
    updated: int


def add_statements(case: Case, path: Path) -> Added:
    """Return *case* with what the file at *path* states; people of a known role and name get what was missing.

    Raises DefinitionError as `read_case_file` does, and where the file contradicts what the case says of a person.
    """
    more = read_statements(path)
    people = {person.id: person for person in case.people}
    updated: set[str] = set()
    for number, stated in enumerate(more.people, 1):
        known = next((person for person in people.values() if _same(person, stated)), None)
        if known is None:
            new = f"p{len(people) + 1}"
            people[new] = replace(stated, id=new)
        elif (fuller := _completed(known, stated, case, f"{path}: people {number}")) != known:
            people[known.id] = fuller
            updated.add(known.id)
    added = replace(
        case,
        people=tuple(people.values()),
        dates={**case.dates, **more.dates},
        details={**case.details, **more.details},
    )
    old = {person.id for person in case.people}
    return Added(added, len(people) - len(old), len(updated & old))


def _same(one: Person, two: Person) -> bool:
    return (one.role, one.surname, one.given_names) == (two.role, two.surname, two.given_names)


def _completed(known: Person, stated: Person, case: Case, place: str) -> Person:
    for name in ("birth_date", "nationality"):
        before, now = getattr(known, name), getattr(stated, name)
        if before and now and before != now:
            raise DefinitionError(
                f"{place}: {name}: another one than case {case.reference} has for its {known.role} ({known.id})",
                remedy=f'Make them agree. If the case is wrong, state the right one under [details] as "{known.role}'
                f'.{name}".',
            )
    return replace(
        known,
        birth_date=known.birth_date or stated.birth_date,
        nationality=known.nationality or stated.nationality,
    )


def _stated(path: Path, entry: Statements) -> Stated:
    for number, person in enumerate(entry.people, 1):
        if person.role not in ROLES:
            raise DefinitionError(f"{path}: people {number}: role is one of {', '.join(ROLES)}")
    for name in entry.dates:
        if name not in DATES:
            raise DefinitionError(f"{path}: dates: there is no planned date {name}: write {', '.join(DATES)}")
    people = tuple(
        Person(
            f"p{number}",
            p.role,
            p.surname,
            p.given_names,
            p.birth_date.isoformat() if p.birth_date else "",
            p.nationality,
        )
        for number, p in enumerate(entry.people, 1)
    )
    return Stated(people, entry.dates, {name: _detail(path, name, value) for name, value in entry.details.items()})


def _detail(path: Path, name: str, value: object) -> str:
    """Return what was stated as text. A fraction is refused: 168000.00 would not stay as it was written."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int):
        return str(value)
    if type(value) is date:
        return value.isoformat()
    if isinstance(value, dict):
        raise DefinitionError(f'{path}: details: {name}: a name with a dot stands in quotation marks, "{name}. ..."')
    raise DefinitionError(f"{path}: details: {name}: write the value in quotation marks")
