"""Whose paper is it: matches the names on a record with the people of cases. Pure; asks when it does not know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.fields.person_name import same_person
from toolkit.model import Case, Person, Record

#: Fields whose text is the name of a person the paper is about, beside surname + given_names.
NAME_FIELDS = ("holder", "employee", "spouse_1", "spouse_2", "parties")

#: Papers that belong to the case's principal when no name says otherwise: they are about the move, not about a person.
CASE_KINDS = frozenset({"receipt", "invoice", "contract", "support-letter"})


@dataclass(frozen=True, slots=True)
class Assignment:
    """The case and person a record belongs to; what is not known is None, and then `question` asks for it."""

    case: Case | None
    person: Person | None
    question: str = ""


def names_on(record: Record) -> tuple[str, ...]:
    """Return the names of people printed on the paper, as read ("GIVEN SURNAME")."""
    found: list[str] = []
    surname, given = record.get("surname"), record.get("given_names")
    if surname is not None and isinstance(surname.value, str):
        first = given.value if given is not None and isinstance(given.value, str) else ""
        found.append(f"{first} {surname.value}".strip())
    for name in NAME_FIELDS:
        field = record.get(name)
        if field is None:
            continue
        values = (field.value,) if isinstance(field.value, str) else field.value
        found += [value for value in values if isinstance(value, str) and value.strip()]
    return tuple(found)


def assign(record: Record, cases: Sequence[Case], known: Case | None) -> Assignment:
    """Find the case (unless *known*) and the person *record* belongs to.

    A paper naming several people of a case goes to the dependant: it is there to prove the relationship.
    """
    names = names_on(record)
    candidates = [(case, _people_named(names, case)) for case in ((known,) if known else cases)]
    hits = [(case, people) for case, people in candidates if people]
    if len(hits) > 1:
        return Assignment(None, None, "The name on it matches people in more than one case: say which case.")
    if hits:
        case, people = hits[0]
        dependants = [person for person in people if person.role != "principal"]
        return Assignment(case, (dependants or people)[0])
    if known is None:
        return Assignment(None, None, "No open case has a person of the name on it: say which case it belongs to.")
    if record.kind in CASE_KINDS:
        return Assignment(known, known.person("principal"))
    if names:
        return Assignment(known, None, "The name on it matches nobody in the case: say whose it is, or add the person.")
    return Assignment(known, None, "No name could be read on it: say whose it is.")


def _people_named(names: Sequence[str], case: Case) -> list[Person]:
    return [
        person
        for person in case.people
        if any(same_person(f"{person.given_names} {person.surname}", name) for name in names)
    ]
