"""Whose paper is it: matches the names on a record with the people of cases. Pure; asks when it does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from toolkit.fields.person_name import parts
from toolkit.identity_names import Verdict, match_names, may_be_one
from toolkit.model import Case, Person, Proof, Record
from toolkit.questionnaire_facts import KIND as QUESTIONNAIRE
from toolkit.questionnaire_facts import MADE_FOR

#: For which of the cases, and whom of its people, a questionnaire with this tag was made; None: for none of them.
Whose: TypeAlias = Callable[[str, Sequence[Case]], tuple[Case, Person] | None]

#: Fields whose text is the name of a person the paper is about, beside surname + given_names.
NAME_FIELDS = ("holder", "employee", "spouse_1", "spouse_2", "parties")

#: Fields that name whom the paper is about. Parties are often companies, and say nothing by matching nobody.
_ABOUT = ("surname", "holder", "employee")

#: Papers that belong to the case's principal when no name says otherwise: they are about the move, not about a person.
CASE_KINDS = frozenset(
    (
        "receipt", "invoice", "contract", "support-letter", "sponsor-licence", "labour-attestation", "fee-receipt",
        "petition-form", "petition-supplement", "company-registration", "corporate-relationship", "business-plan",
        "financial-statements", "premises-evidence", "salary-payment-proof",
    )
)  # fmt: skip

#: Papers that name several people by their nature, and prove how these belong together.
_BETWEEN_PEOPLE = frozenset({"marriage-certificate"})

_SEVERAL = "It names several people of the case: say whose it is, or ask for one file a person."
_NOT_OURS = "It does not bear the mark of a questionnaire of this vault: find out who sent it, and say whose it is."
_COPY = "It is a printed, scanned or flattened copy of a questionnaire: its fields are gone, and no answer was read."
_OTHER_CASE = "It was made for somebody of case {reference}, and came with the papers of this one: say whose it is."
_OTHER_NAME = "The name in it is not that of the person it was made for: ask who filled it in, and say whose it is."
_STRANGER = "It also holds a paper of somebody else: say whose it is, or ask for one file a person."


@dataclass(frozen=True, slots=True)
class Assignment:
    """The case and person a record belongs to; what is not known is None, and then `question` asks for it."""

    case: Case | None
    person: Person | None
    question: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a file belongs, by all that was read from it; where that is open, a question, and in `step` what to do.

    In `step`, {id} stands for the document's id.
    """

    case: Case | None
    person: str
    question: str = ""
    step: str = ""


def place(
    records: Sequence[Record], cases: Sequence[Case], known: Case | None, whose: Whose | None = None
) -> Placement:
    """Say where the file belongs whose *records* (at least one) were read; the case is looked for unless *known*.

    A questionnaire belongs to whom it was made for, by *whose*, and never to somebody by the name in it alone.
    """
    if whose is not None and records[0].kind == QUESTIONNAIRE:
        return _returned(records[0], cases, known, whose)
    first, *others = found = [assign(record, cases, known) for record in records]
    case = first.case or known
    person = first.person.id if first.person else ""
    if records[0].kind == "unknown":
        question = "Which kind of document it is could not be told."
        return Placement(case, person, question, "mobility settle {id} --kind KIND")
    if case is None:
        return Placement(None, person, first.question, "mobility settle {id} --case REFERENCE --person ROLE")
    if person and any(other.case != case or other.person != first.person for other in others if other.person):
        return Placement(case, "", _SEVERAL, "mobility settle {id} --person ROLE")
    if not person:
        return Placement(case, "", first.question, "mobility settle {id} --person ROLE")
    if any(not each.person and names_on(record) for record, each in zip(records, found, strict=True)):
        # Filed with the first, the passport of somebody whom no case knows would speak for its holder.
        return Placement(case, "", _STRANGER, "mobility settle {id} --person ROLE")
    return Placement(case, person)


def _returned(record: Record, cases: Sequence[Case], known: Case | None, whose: Whose) -> Placement:
    """Say whose questionnaire came back: the tag in it says for whom it was made, and the name in it has to fit."""
    tag = next((str(each.value) for each in record.rejected if each.name == MADE_FOR), "")
    made = whose(tag, cases)
    where = "--person ROLE" if known else "--case REFERENCE --person ROLE"
    said = any(each.proof is Proof.PERSON for each in record.fields)
    if not tag and not said and not names_on(record):
        return Placement(
            known, "", _COPY, f"Ask for the PDF as it was saved. To keep this: mobility settle {{id}} {where}"
        )
    if made is None:
        return Placement(known, "", _NOT_OURS, f"mobility settle {{id}} {where}")
    case, person = made
    if known is not None and known.id != case.id:
        return Placement(known, "", _OTHER_CASE.format(reference=case.reference), f"mobility settle {{id}} {where}")
    names = names_on(record)
    if names and not any(person in _people_named(name, case) for name in names):
        return Placement(case, "", _OTHER_NAME, "mobility settle {id} --person ROLE")
    return Placement(case, person.id)


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

    A certificate that names two people goes to the dependant: it is there to prove the relationship. A contract of
    several goes to the principal. Any other paper that names several, as a scan of two passports does, has no owner,
    nor has one whose name fits more than one person, or fits and the date of birth does not. Where the case is not
    known, initials do not find it.
    """
    names = names_on(record) if known else [_written_out(name) for name in names_on(record)]
    named = [(case, [_people_named(name, case) for name in names]) for case in ((known,) if known else cases)]
    hits = [(case, kept) for case, each in named if (kept := [_born_then(record, people) for people in each if people])]
    fitting = [(case, kept) for case, kept in hits if any(kept)]
    if len(fitting) > 1:
        return Assignment(None, None, "The name on it matches people in more than one case: say which case.")
    if fitting:
        case, kept = fitting[0]
        return _among(record, case, [people for people in kept if people])
    if hits:
        question = "The name on it matches, the date of birth does not: say whose it is, or add the person."
        return Assignment(known, None, question)
    if known is None:
        return Assignment(None, None, "No open case has a person of the name on it: say which case it belongs to.")
    if record.kind in CASE_KINDS and not any(record.get(name) for name in _ABOUT):
        return Assignment(known, known.person("principal"))
    if names:
        return Assignment(known, None, "The name on it matches nobody in the case: say whose it is, or add the person.")
    return Assignment(known, None, "No name could be read on it: say whose it is.")


def _among(record: Record, case: Case, named: Sequence[Sequence[Person]]) -> Assignment:
    """Choose among the people that the names on a paper fit; *named* has those of each name."""
    if any(len(people) > 1 for people in named):
        return Assignment(case, None, "The name on it fits more than one person of the case: say whose it is.")
    people = list({person.id: person for (person,) in named}.values())
    alone = record.kind not in CASE_KINDS | _BETWEEN_PEOPLE
    if alone and (len(people) > 1 or any(_read_beside(record, case, people[0]))):
        return Assignment(case, None, _SEVERAL)
    principals = [person for person in people if person.role == "principal"]
    dependants = [person for person in people if person.role != "principal"]
    first, second = (principals, dependants) if record.kind in CASE_KINDS else (dependants, principals)
    chosen = first or second
    if len(chosen) > 1:
        return Assignment(case, None, _SEVERAL)
    return Assignment(case, chosen[0])


def _read_beside(record: Record, case: Case, owner: Person) -> Iterator[Person]:
    """Yield who beside *owner* stands by their very name among the readings that lost: another zone, another holder."""
    every = (*record.fields, *record.rejected)
    surnames, given = ([f.value for f in every if f.name == name] for name in ("surname", "given_names"))
    lost = {f"{first} {last}" for first, last in product(given, surnames)}
    lost |= {f.value for f in record.rejected if f.name in NAME_FIELDS and isinstance(f.value, str)}
    others = [name for name in lost if not _very_name(owner, name)]
    yield from (person for person in case.people if any(_very_name(person, name) for name in others))


def _very_name(person: Person, name: str) -> bool:
    return match_names(f"{person.given_names} {person.surname}", name).verdict is Verdict.SAME


def _people_named(name: str, case: Case) -> list[Person]:
    """Return whom *name* fits; where it is the very name of some, only those."""
    same = [person for person in case.people if _very_name(person, name)]
    return same or [person for person in case.people if may_be_one(f"{person.given_names} {person.surname}", name)]


def _written_out(name: str) -> str:
    """Return *name* without initials: an A. Example may be anybody of all the people that no case knows."""
    return " ".join(part for part in parts(name) if len(part) > 1)


def _born_then(record: Record, people: Sequence[Person]) -> list[Person]:
    """Leave out of *people* those whose date of birth is another than the one the paper surely says."""
    born = record.get("birth_date")
    if born is None or not born.sure:
        return list(people)
    return [person for person in people if not person.birth_date or person.birth_date == born.value]
