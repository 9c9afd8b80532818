"""Amendments: which contract they amend, and what holds on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from paper import page

from toolkit.amendments import amends, standing
from toolkit.cli import check as verb
from toolkit.dossier import Dossier
from toolkit.facts import resolve
from toolkit.model import Case, Document, Person, Record, State
from toolkit.readers import contract

CONTRACT = """
EMPLOYMENT AGREEMENT
This Employment Agreement (the "Agreement") is made as of March 3, 2024 by and between Acme Widgets, Inc., a Delaware
corporation (the "Company"), and Ada Example (the "Employee"). The Employee is employed as Engineer.
The annual base salary is USD 90,000 per year. Employment begins on April 1, 2024.
"""
AMENDMENT = """
{title}
This {number}Amendment (the "Amendment") is made as of {made} by and between Acme Widgets, Inc. (the "Company") and
Ada Example (the "Employee"), and amends that certain Employment Agreement between the parties dated March 3, 2024.
The annual base salary is USD {salary} per year.
"""


def record(text: str) -> Record:
    fields = contract.read_pages([page(text)]).fields
    return Record("contract", 1.0, (1,), fields)


def amendment(
    made: str, salary: str, title: str = "AMENDMENT NO. 2 TO EMPLOYMENT AGREEMENT", number: str = "Second "
) -> Record:
    return record(AMENDMENT.format(title=title, number=number, made=made, salary=salary))


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("AMENDMENT NO. 2 TO EMPLOYMENT AGREEMENT", "2"),
        ("Second Amendment to the Employment Agreement", "2"),
        ("ADDENDUM TO EMPLOYMENT AGREEMENT", "unnumbered"),
        ("Amendment Number Three to Employment Agreement", "3"),
    ],
)
def test_an_amendment_names_what_it_amends(title: str, number: str) -> None:
    read = amendment("June 1, 2025", "99,000", title, "")
    value = {each.name: each.value for each in read.fields}
    assert value["contract_type"] == "employment"
    assert value["amendment_number"] == number
    assert value["amends_date"] == "2024-03-03"
    assert value["agreement_date"] == "2025-06-01"


@pytest.mark.parametrize(
    "text",
    [
        CONTRACT,
        CONTRACT + "No amendment to this Agreement is valid unless made in writing.\n",
        "Amendments\nThe parties may amend.\n",
    ],
)
def test_a_contract_that_may_be_amended_is_no_amendment(text: str) -> None:
    assert record(text).get("amendment_number") is None


def test_the_amendment_holds_from_its_day_on_and_both_are_kept() -> None:
    first, second = record(CONTRACT), amendment("June 1, 2025", "99,000")
    before = standing(first, [second], date(2025, 5, 31)).held["salary"]
    after = standing(first, [second], date(2025, 6, 1)).held["salary"]
    assert (before.field.value, before.because) == ("90000.00", "")
    assert (after.field.value, after.because) == ("99000.00", "superseded by the amendment of 2025-06-01")
    assert [each.value for each in after.superseded] == ["90000.00"]


def test_what_an_amendment_leaves_out_stays() -> None:
    held = standing(record(CONTRACT), [amendment("June 1, 2025", "99,000")], date(2026, 1, 1)).held
    assert held["job_title"].field.value == "Engineer"
    assert held["agreement_date"].field.value == "2024-03-03"


def test_later_amendments_go_over_earlier_ones_in_whatever_order_they_come() -> None:
    one = amendment("June 1, 2025", "99,000", "AMENDMENT NO. 1 TO EMPLOYMENT AGREEMENT", "First ")
    two = amendment("January 1, 2026", "105,000")
    for order in ([one, two], [two, one]):
        held = standing(record(CONTRACT), order, date(2026, 2, 1)).held["salary"]
        assert held.field.value == "105000.00"
        assert [each.value for each in held.superseded] == ["99000.00", "90000.00"]


def test_an_amendment_of_another_contract_changes_nothing() -> None:
    other = record(
        AMENDMENT.format(
            title="AMENDMENT NO. 1 TO EMPLOYMENT AGREEMENT", number="", made="June 1, 2025", salary="1,000,000"
        ).replace("Ada Example", "Bo Sample")
    )
    assert not amends(other, record(CONTRACT))
    assert standing(record(CONTRACT), [other], date(2026, 1, 1)).held["salary"].field.value == "90000.00"


def test_an_amendment_without_a_day_supersedes_nothing_and_is_reported() -> None:
    undated = amendment("the date signed", "99,000")
    read = standing(record(CONTRACT), [undated], date(2026, 1, 1))
    assert read.open == (undated,)
    assert read.held["salary"].field.value == "90000.00"


def test_a_case_takes_what_the_amendment_says_from_its_day_on() -> None:
    people = (Person("p1", "principal", "Example", "Ada"),)
    papers = [record(CONTRACT), amendment("June 1, 2025", "99,000")]
    filed = [replace(each, document=f"d{number}") for number, each in enumerate(papers)]
    documents = [
        Document(f"d{n}", "c1", "x.pdf", "application/pdf", 1, "", f"2026-01-0{n + 1}", State.FILED, person="p1")
        for n in range(2)
    ]
    for start, salary in ((date(2025, 5, 31), "90000.00"), (date(2025, 6, 1), "99000.00")):
        case = Case("c1", "GM-1", "us/l-1a", people, {"start": start})
        facts = resolve(case, filed, documents)
        assert facts["principal.contract.salary"].field.value == salary
        assert not any(name.endswith(("defined_terms", "signatures", "_basis")) for name in facts)
        assert facts["principal.contract.salary"].others == (), "superseded, not contradicted"


def test_asked_for_another_first_day_the_contract_is_judged_as_it_stands_then(monkeypatch: pytest.MonkeyPatch) -> None:
    people = (Person("p1", "principal", "Example", "Ada"),)
    filed = [
        replace(each, document=f"d{number}")
        for number, each in enumerate((record(CONTRACT), amendment("June 1, 2025", "99,000")))
    ]
    documents = tuple(
        Document(f"d{n}", "c1", "x.pdf", "application/pdf", 1, "", f"2026-01-0{n + 1}", State.FILED, person="p1")
        for n in range(2)
    )
    case = Case("c1", "GM-1", "us/l-1a", people, {"start": date(2026, 1, 1)})
    known = Dossier(case, documents, tuple(filed), resolve(case, filed, documents), ())
    seen = []
    monkeypatch.setattr(verb, "check", lambda case, facts, *_, **__: seen.append(facts) or [])
    verb.judge(known)
    verb.judge(known, {"start": date(2025, 5, 1)})
    assert [facts["principal.contract.salary"].field.value for facts in seen] == ["99000.00", "90000.00"]
