"""The case file that a specialist writes (TOML): reference, route, planned dates, people, details."""

from __future__ import annotations

import re
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
