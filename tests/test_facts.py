"""Facts: the order of trust, conflicts kept and shown, names people and templates use."""

from __future__ import annotations

from dataclasses import replace

import pytest
from case_builder import ANNA, CHILD, LARS, Builder, field

from toolkit.facts import Facts, resolve, roles
from toolkit.model import Fact, Method, Person, Proof, State


def test_case_and_details_are_facts() -> None:
    facts = Builder(ANNA, **{"assignment.host_employer": "Utopia Inc."}).facts
    assert facts["case.start"].field.value == "2027-03-01"
    assert facts["case.reference"].field.value == "X-1"
    assert facts["case.route"].field.value == "us/l-1a"
    assert facts["assignment.host_employer"].field.proof is Proof.PERSON


@pytest.mark.parametrize(
    ("strong", "weak"),
    [
        ({"proofs": {"birth_date": Proof.CHECK_DIGIT}, "method": Method.MRZ}, {"method": Method.E_INVOICE}),
        ({"method": Method.E_INVOICE}, {"proofs": {"birth_date": Proof.CROSS_MATCH}}),
        ({"proofs": {"birth_date": Proof.CROSS_MATCH}}, {"method": Method.TEXT_LAYER}),
        ({"method": Method.TEXT_LAYER}, {"method": Method.MRZ}),
        ({"method": Method.MRZ}, {"method": Method.OCR}),
        ({"method": Method.OCR}, {"method": Method.OCR, "unsure": ("birth_date",)}),
    ],
)
@pytest.mark.parametrize("strong_first", [True, False])
def test_order_of_trust(strong: dict, weak: dict, strong_first: bool) -> None:
    built = Builder(replace(ANNA, birth_date=""))
    papers = [("1974-08-12", strong), ("1974-08-21", weak)]
    for value, how in papers if strong_first else papers[::-1]:
        built.paper("degree" if how is weak else "passport", birth_date=value, **how)
    assert built.facts["principal.birth_date"].field.value == "1974-08-12"


def test_newest_document_of_equal_trust() -> None:
    built = Builder()
    built.paper("employment-reference", title="old", issue_date="2020-01-01")
    built.paper("employment-reference", title="new", issue_date="2024-01-01")
    fact = built.facts["principal.employment_reference.title"]
    assert fact.field.value == "new"
    assert [other.value for other in fact.others] == ["old"]


def test_correction_by_a_person_wins_and_settles() -> None:
    built = Builder(**{"principal.surname": "Ericsson"})
    built.paper("passport", surname="ERIKSON", method=Method.MRZ)
    fact = built.facts["principal.surname"]
    assert fact.field.value == "Ericsson"
    assert fact.settled
    assert fact in built.facts.contradictions()


def test_what_was_typed_in_at_opening_does_not_override_the_passport() -> None:
    built = Builder()
    built.paper("passport", birth_date="1974-08-21", proofs={"birth_date": Proof.CHECK_DIGIT})
    fact = built.facts["principal.birth_date"]
    assert fact.field.value == "1974-08-21"
    assert [other.value for other in fact.others] == ["1974-08-12"]
    assert not fact.settled


def test_spelling_is_no_conflict_and_letters_get_the_readable_one() -> None:
    built = Builder(Person("p1", "principal", "Müller-Ångström", "Zoë", "", "D"))
    built.paper("passport", surname="MUELLER ANGSTROEM", given_names="ZOE", nationality="D", method=Method.MRZ)
    built.paper("contract", employee="Zoe Muller-Angstrom", contract_type="employment")
    assert built.facts.contradictions() == ()
    assert built.facts["principal.surname"].field.value == "MUELLER ANGSTROEM"
    assert built.facts.plain()["principal"]["surname"] == "Müller-Ångström"
    assert built.facts.plain()["principal"]["full_name"] == "Zoë Müller-Ångström"


@pytest.mark.parametrize(
    ("surname", "given_names", "conflicts"),
    [
        ("ERIKSSON", "ANNA", []),
        ("ERIKSSON", "ANNA M", []),
        ("ERIKSSON", "BERTA", ["principal.given_names"]),
        ("ERIKSSON LINDQVIST", "ANNA MARIA", ["principal.surname"]),
    ],
)
def test_names_left_out_and_names_changed(surname: str, given_names: str, conflicts: list[str]) -> None:
    built = Builder()
    built.paper("passport", surname=surname, given_names=given_names, method=Method.MRZ)
    assert [fact.name for fact in built.facts.contradictions()] == conflicts


def test_the_german_d_and_deu_are_one_nationality() -> None:
    built = Builder(replace(ANNA, nationality="DEU"))
    built.paper("passport", nationality="D")
    assert built.facts["principal.nationality"].others == ()


def test_another_name_on_a_contract_is_a_conflict() -> None:
    built = Builder()
    contract = built.paper("contract", employee="Bernd Brot", contract_type="employment")
    fact = built.facts["principal.full_name"]
    assert [other.source.document for other in fact.others] == [contract]
    assert fact.field.value == "Anna Maria Eriksson"


def test_one_of_two_names_on_a_marriage_certificate_is_enough() -> None:
    built = Builder(ANNA, LARS)
    built.paper("marriage-certificate", "p2", spouse_1="Anna Maria Eriksson", spouse_2="Lars Eriksson")
    assert built.facts.contradictions() == ()


def test_two_passports_show_their_numbers_and_the_newer_speaks() -> None:
    built = Builder()
    built.paper("passport", document_number="A1", expiry_date="2026-05-01", received="2026-11-09")
    built.paper("passport", document_number="B2", expiry_date="2035-05-01", received="2026-11-01")
    facts = built.facts
    assert facts["principal.passport.document_number"].field.value == "B2"
    assert [other.value for other in facts["principal.passport.document_number"].others] == ["A1"]
    assert facts["principal.passport.expiry_date"].field.value == "2035-05-01"
    assert facts["principal.passport.expiry_date"].others == ()


def test_the_passport_that_a_person_says_is_used_speaks_as_a_whole() -> None:
    built = Builder(**{"principal.passport.document_number": "a1"})
    built.paper("passport", document_number="A1", expiry_date="2026-05-01")
    built.paper("passport", document_number="B2", expiry_date="2035-05-01")
    facts = built.facts
    assert facts["principal.passport.expiry_date"].field.value == "2026-05-01"
    assert [other.value for other in facts["principal.passport.document_number"].others] == ["B2"]
    assert facts["principal.passport.document_number"].settled


def test_a_bad_second_scan_of_the_same_passport_takes_nothing_away() -> None:
    built = Builder()
    built.paper("passport", document_number="A1", expiry_date="2035-05-01")
    built.paper("passport", document_number="A1", expiry_date="2085-05-01", unsure=("expiry_date",))
    fact = built.facts["principal.passport.expiry_date"]
    assert (fact.field.value, fact.others) == ("2035-05-01", ())


def test_pay_in_contract_and_assignment_letter() -> None:
    built = Builder()
    built.paper(
        "contract", contract_type="employment", salary="5000", salary_period="month", effective_date="2020-01-01"
    )
    built.paper(
        "contract", contract_type="assignment", salary="60000.00", salary_period="year", effective_date="2027-01-01"
    )
    assert built.facts.contradictions() == ()
    built.paper(
        "contract", contract_type="assignment", salary="61000", salary_period="year", effective_date="2027-02-01"
    )
    facts = built.facts
    assert facts["principal.contract.salary"].field.value == "61000"
    assert {other.value for other in facts["principal.contract.salary"].others} == {"60000.00", "5000"}
    assert facts["principal.employment_contract.effective_date"].field.value == "2020-01-01"
    assert facts["principal.contract.effective_date"].others == ()


def test_degrees_and_receipts_stand_for_themselves() -> None:
    built = Builder()
    built.paper("degree", title="Bachelor", award_date="2000-01-01")
    built.paper("degree", title="Master", award_date="2002-01-01")
    built.paper("receipt", total="1.00")
    built.paper("receipt", total="2.00")
    facts = built.facts
    assert facts["principal.degree.title"].field.value == "Master"
    assert facts.contradictions() == ()
    assert not [name for name in facts if "receipt" in name]


def test_quarantined_files_copies_and_strays_say_nothing() -> None:
    built = Builder(replace(ANNA, surname=""))
    built.paper("passport", surname="X", state=State.QUARANTINED)
    built.paper("passport", "", surname="Y")
    built.paper("passport", surname="Z")
    built.documents[-1] = replace(built.documents[-1], duplicate_of="d1")
    assert "principal.surname" not in built.facts


def test_second_child_is_called_child2() -> None:
    other = replace(CHILD, id="p4", given_names="Nils")
    case = Builder(ANNA, CHILD, other).case
    assert list(roles(case).values()) == ["principal", "child", "child2"]
    assert resolve(case, [], [])["child2.given_names"].field.value == "Nils"


def test_plain_is_nested_and_loses_nothing() -> None:
    built = Builder(**{"assignment": "long", "assignment.job_title": "Director"})
    built.paper("marriage-certificate", date="2001-02-03")
    plain = built.facts.plain()
    assert plain["assignment"] == {"value": "long", "job_title": "Director"}
    assert plain["principal"]["marriage_certificate"]["date"] == "2001-02-03"
    money = replace(field("salary", "10"), currency="EUR")
    rows = replace(field("lines", ""), value=({"a": "b"},))
    tree = Facts({"x.salary": Fact("x.salary", money), "x.lines": Fact("x.lines", rows)}).plain()
    assert tree == {"x": {"salary": "10", "salary_currency": "EUR", "lines": [{"a": "b"}]}}


def test_reprs_hide_values() -> None:
    facts = Builder().facts
    assert "Eriksson" not in repr(facts) + repr(facts["principal.surname"])


@pytest.mark.parametrize(
    ("read", "period", "agrees"),
    [("168000.00", "year", True), ("14000", "month", True), ("186000.00", "year", False), ("14000", "", False)],
)
def test_pay_in_the_case_file_is_held_against_the_contract(read: str, period: str, agrees: bool) -> None:
    stated = {
        "assignment.salary": "168000",
        "assignment.salary_currency": "USD",
        "assignment.salary_period": "year",
        "assignment.job_title": "Director",
    }
    build = Builder(**stated)
    terms = {"salary_period": period} if period else {}
    build.paper("contract", contract_type="assignment", salary=read, job_title="Director", **terms)
    facts = resolve(build.case, build.records, build.documents)
    assert facts["assignment.salary"].field.value == "168000"
    assert not facts["assignment.job_title"].others
    assert (not facts["assignment.salary"].others) is agrees


def test_another_position_in_the_contract_is_a_contradiction() -> None:
    build = Builder(**{"assignment.job_title": "Director"})
    build.paper("contract", contract_type="assignment", job_title="Deputy Director")
    facts = resolve(build.case, build.records, build.documents)
    assert [other.value for other in facts["assignment.job_title"].others] == ["Deputy Director"]
