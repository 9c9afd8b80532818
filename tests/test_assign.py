"""No paper goes to a person in silence when somebody else of the case, or of another case, may be meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from toolkit.assign import assign
from toolkit.model import Case, Field, Method, Person, Record, Source

MARIA = Person("p1", "principal", "Garcia Lopez", "Maria", "1980-01-01")
NAMESAKE = Person("p2", "child", "Garcia", "Maria", "2010-01-01")
PABLO = Person("p3", "child", "Garcia", "Pablo", "2012-05-06")
JUAN = Person("p4", "spouse", "Garcia", "Juan")
FAMILY = Case("c1", "GM-1", "us/l-1a", (MARIA, NAMESAKE, PABLO, JUAN), {})
OTHER = Case("c2", "GM-2", "us/l-1a", (Person("p1", "principal", "Garcia", "Maria", "1991-02-03"),), {})


def paper(kind: str, confidence: float = 0.99, **fields: str | tuple[str, ...]) -> Record:
    source = Source("", 1, None, Method.OCR)
    return Record(kind, 1.0, (1,), tuple(Field(name, value, confidence, source) for name, value in fields.items()))


def test_the_very_name_goes_before_one_that_leaves_parts_out() -> None:
    assert assign(paper("passport", surname="GARCIA LOPEZ", given_names="MARIA"), [FAMILY], None).person == MARIA
    assert assign(paper("passport", surname="GARCIA", given_names="MARIA"), [FAMILY], FAMILY).person == NAMESAKE


def test_a_name_that_fits_two_people_is_asked_about_unless_the_birth_date_tells() -> None:
    twice = Case("c1", "GM-1", "us/l-1a", (Person("p1", "principal", "Smith", "John", "1980-01-01"), *TWINS), {})
    named = {"surname": "SMITH", "given_names": "JOHN"}
    asked = assign(paper("passport", **named), [twice], twice)
    assert asked.person is None
    assert "more than one person" in asked.question
    assert assign(paper("passport", birth_date="2010-01-01", **named), [twice], twice).person == TWINS[0]


TWINS = (Person("p2", "child", "Smith", "John", "2010-01-01"),)


def test_a_namesake_born_on_another_day_is_not_taken_for_the_person() -> None:
    named = {"surname": "GARCIA", "given_names": "PABLO"}
    asked = assign(paper("passport", birth_date="1975-01-01", **named), [FAMILY], None)
    assert (asked.case, asked.person) == (None, None)
    assert "date of birth" in asked.question
    unsure = paper("passport", 0.5, birth_date="2012-06-05", **named)
    assert assign(unsure, [FAMILY], FAMILY).person == PABLO


def test_the_birth_date_tells_namesakes_in_two_cases_apart() -> None:
    named = {"surname": "GARCIA", "given_names": "MARIA"}
    assert assign(paper("passport", **named), [FAMILY, OTHER], None).case is None
    assert assign(paper("passport", birth_date="1991-02-03", **named), [FAMILY, OTHER], None).case == OTHER


def test_an_initial_finds_nobody_among_all_cases() -> None:
    statement = paper("bank-statement", holder="Mr P Garcia")
    assert assign(statement, [FAMILY, OTHER], None).case is None
    assert assign(statement, [FAMILY], FAMILY).person == PABLO
    assert assign(paper("bank-statement", holder="Pablo M. Garcia"), [FAMILY], None).person == PABLO


def test_somebody_elses_contract_in_the_cases_folder_is_asked_about() -> None:
    asked = assign(paper("contract", employee="Zoe Nobody"), [FAMILY], FAMILY)
    assert asked.person is None
    assert "matches nobody" in asked.question
    assert assign(paper("contract", parties=("Works Ltd", "Halls Ltd")), [FAMILY], FAMILY).person == MARIA
    assert assign(paper("receipt"), [FAMILY], FAMILY).person == MARIA


@pytest.mark.parametrize(
    ("kind", "names", "person"),
    [
        ("marriage-certificate", {"spouse_1": "Maria Garcia Lopez", "spouse_2": "Juan Garcia"}, JUAN),
        ("contract", {"parties": ("Maria Garcia Lopez", "Juan Garcia")}, MARIA),
        ("support-letter", {"parties": ("Pablo Garcia", "Juan Garcia")}, None),
    ],
)
def test_a_paper_of_several_people(kind: str, names: dict[str, str], person: Person | None) -> None:
    found = assign(paper(kind, **names), [FAMILY], FAMILY)
    assert found.person == person
    assert bool(found.question) is (person is None)


def beside(record: Record, **lost: str) -> Record:
    source = Source("", 1, None, Method.MRZ)
    return replace(record, rejected=tuple(Field(name, value, 0.3, source) for name, value in lost.items()))


def test_a_scan_of_two_peoples_passports_is_asked_about() -> None:
    first = paper("passport", surname="GARCIA LOPEZ", given_names="MARIA")
    two = beside(first, surname="GARCIA", given_names="PABLO")
    asked = assign(two, [FAMILY], FAMILY)
    assert (asked.case, asked.person) == (FAMILY, None)
    assert "several people" in asked.question
    siblings = beside(paper("passport", surname="GARCIA", given_names="PABLO"), given_names="MARIA")
    assert assign(siblings, [FAMILY], None).person is None
    # A misreading of the name names nobody else.
    assert assign(beside(first, surname="GARC1A L0PEZ", given_names="MARLA"), [FAMILY], FAMILY).person == MARIA


def test_a_statement_of_two_holders_is_asked_about() -> None:
    joint = beside(paper("bank-statement", holder="Maria Garcia Lopez"), holder="Juan Garcia")
    assert assign(joint, [FAMILY], FAMILY).person is None
    both = paper("degree", holder="Juan Garcia", surname="GARCIA", given_names="PABLO")
    assert assign(both, [FAMILY], FAMILY).person is None
