"""Cases against the checklists that ship: levels, dates, missing answers, conflicts; and that checking is pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from case_builder import ANNA, CHILD, LARS, Builder, by_name

import toolkit
from toolkit.check import check, checklist, outstanding, routes
from toolkit.model import Finding, Person, Proof, Verdict

MET, UNMET, UNSURE = Verdict.MET, Verdict.UNMET, Verdict.UNSURE
L1A = {
    "request": "initial",
    "blanket_petition": "no",
    "new_office": "no",
    "owner_beneficiary": "no",
    "represented_by_counsel": "yes",
    "premium_processing": "no",
    "employed_abroad_from": "2020-01-01",
    "employed_abroad_until": "2026-12-01",
    "visa_application_on": "2027-01-15",
    "has_valid_visa": "no",
    "passport_blank_pages": "4",
    "photo_taken": "2026-12-20",
    "degree_in_english": "yes",
    "prior_marriage": "no",
}


def l1a(*people: Person, **more: str) -> Builder:
    built = Builder(*people, **(L1A | more))
    built.paper(
        "passport",
        surname="ERIKSSON",
        given_names="ANNA MARIA",
        birth_date="1974-08-12",
        nationality="UTO",
        document_number="L898902C3",
        expiry_date="2033-04-15",
        proofs={name: Proof.CHECK_DIGIT for name in ("birth_date", "document_number", "expiry_date")},
    )
    built.paper("degree", holder="Anna Maria Eriksson", title="Master of Science")
    return built


def findings(built: Builder, route: str = "us/l-1a") -> list[Finding]:
    return check(built.case, built.facts, built.records, built.documents, checklist(route))


def vouched(built: Builder, route: str) -> Builder:
    """Record every paper that is still asked for as at hand."""
    for _ in range(3):
        steps = [finding.next_step for finding in findings(built, route)]
        keys = [step.split('record "')[1].split('"')[0] for step in steps if 'record "' in step and "have_" in step]
        built.case = replace(built.case, details={**built.case.details, **dict.fromkeys(keys, "yes")})
    return built


@pytest.mark.parametrize("route", routes())
def test_an_empty_case_meets_next_to_nothing_and_every_finding_says_why_and_what_next(route: str) -> None:
    built = Builder(ANNA, LARS, CHILD)
    found = findings(built, route)
    assert found
    for finding in found:
        assert finding.because, finding.requirement
        assert finding.legal_source, finding.requirement
        assert finding.checked.year == 2026
        assert finding.verdict is MET or finding.next_step, finding.requirement
        assert finding.person in ("p1", "p2", "p3")
    assert outstanding(found)


def test_a_whole_l1a_case_is_complete() -> None:
    built = vouched(l1a(), "us/l-1a")
    found = findings(built)
    assert [f.requirement for f in outstanding(found)] == []
    names = by_name(found)
    assert names["passport"].documents == ("d1",)
    assert {f.name for f in names["passport"].evidence} >= {"expiry_date", "case.end"}
    assert "8 U.S.C. 1182" in names["passport"].legal_source
    assert names["g28"].verdict is MET
    assert "i129s" not in names
    assert "premises" not in names


def test_recommended_papers_do_not_keep_a_case_open() -> None:
    found = by_name(findings(vouched(l1a(), "us/l-1a")))
    assert found["assignment-letter"].level == "recommended"
    built = vouched(l1a(), "us/l-1a")
    built.case = replace(built.case, details={**built.case.details, "have_assignment_letter": "no"})
    again = findings(built)
    assert by_name(again)["assignment-letter"].verdict is UNMET
    assert outstanding(again) == []


def test_a_missing_form_is_unmet_with_its_next_step() -> None:
    finding = by_name(findings(l1a()))["i129"]
    assert finding.verdict is UNMET
    assert finding.next_step.startswith("From the employer: needs Form I-129")
    assert "mobility case add" in finding.next_step


def test_an_answer_nobody_gave_is_unsure_and_asks_just_that() -> None:
    built = l1a()
    built.case = replace(built.case, details={k: v for k, v in L1A.items() if k != "represented_by_counsel"})
    finding = by_name(findings(built))["g28"]
    assert finding.verdict is UNSURE
    assert "Does an attorney or accredited representative act in the case?" in finding.because
    assert '"represented_by_counsel"' in finding.next_step
    assert "g28" not in by_name(findings(l1a(represented_by_counsel="no")))


@pytest.mark.parametrize(("end", "verdict"), [(date(2032, 10, 15), MET), (date(2032, 10, 16), UNMET)])
def test_other_planned_dates_flip_the_verdict(end: date, verdict: Verdict) -> None:
    built = vouched(l1a(), "us/l-1a")
    facts = built.facts
    case = replace(built.case, dates={**built.case.dates, "end": end})
    found = check(case, facts, built.records, built.documents, checklist("us/l-1a"))
    assert by_name(found)["passport"].verdict is verdict


def test_the_six_month_club_is_exempt() -> None:
    built = Builder(replace(ANNA, nationality="D"), **L1A)
    built.paper("passport", **SHOWN | {"nationality": "D"}, document_number="C1", expiry_date="2029-03-01")
    assert by_name(findings(built))["passport"].verdict is MET
    utopian = Builder(ANNA, **L1A)
    utopian.paper("passport", **SHOWN, document_number="C1", expiry_date="2029-03-01")
    assert by_name(findings(utopian))["passport"].verdict is UNMET


def test_a_conflict_between_papers_is_shown_and_keeps_the_passport_unsure() -> None:
    built = l1a()
    built.paper("contract", employee="Bernd Brot", contract_type="employment")
    finding = by_name(findings(built))["passport"]
    assert finding.verdict is UNSURE
    assert "full name differs" in finding.because
    assert "d3" in finding.documents


def test_an_unclear_field_names_document_field_and_place() -> None:
    built = Builder(**L1A)
    built.paper("passport", expiry_date="2033-04-15", nationality="UTO", unsure=("expiry_date",))
    finding = by_name(findings(built))["passport"]
    assert finding.verdict is UNSURE
    assert "expiry date on page 1 of document d1" in finding.next_step


def test_filing_too_early_is_noticed() -> None:
    built = l1a()
    built.case = replace(built.case, dates={**built.case.dates, "filing": date(2026, 8, 31)})
    assert by_name(findings(built))["filing-window"].verdict is UNMET


def test_dependants_get_their_own_findings() -> None:
    built = l1a(ANNA, LARS, CHILD)
    mine = [(f.requirement, f.person) for f in findings(built) if f.requirement.startswith("dependant-")]
    assert ("dependant-passport", "p2") in mine
    assert ("dependant-passport", "p3") in mine
    assert ("dependant-marriage-certificate", "p2") in mine
    assert ("dependant-marriage-certificate", "p3") not in mine
    assert ("dependant-birth-certificate", "p3") in mine
    assert not [f for f in findings(l1a()) if f.requirement.startswith("dependant-")]


def test_what_falls_due_after_the_planned_stage_is_reported_as_later() -> None:
    early = findings(l1a(stage="petition"))
    assert by_name(early)["ds160"].level == "later"
    assert by_name(early)["i129"].level == "conditional"
    assert by_name(findings(l1a()))["ds160"].level == "conditional"
    german = by_name(findings(Builder(), "de/eu-blue-card"))
    assert german["residence-registration"].level == "later"


def blue_card(amount: str, filing: date, **details: str) -> Finding:
    dates = {"filing": filing, "start": date(2027, 2, 1), "end": date(2031, 1, 31)}
    built = Builder(dates=dates, **details)
    built.paper("contract", contract_type="employment", salary=amount, salary_period="year", salary_currency="EUR")
    return by_name(findings(built, "de/eu-blue-card"))["salary"]


@pytest.mark.parametrize(
    ("amount", "filing", "details", "verdict"),
    [
        ("50700.00", date(2026, 12, 1), {}, MET),
        ("50699.00", date(2026, 12, 1), {"salary_group": "standard"}, UNMET),
        ("50699.00", date(2026, 12, 1), {"salary_group": "reduced"}, MET),
        ("48300.00", date(2025, 12, 1), {"salary_group": "standard"}, MET),
        ("48300.00", date(2026, 12, 1), {"salary_group": "standard"}, UNMET),
        ("99000.00", date(2027, 1, 1), {}, UNSURE),
    ],
)
def test_blue_card_pay(amount: str, filing: date, details: dict[str, str], verdict: Verdict) -> None:
    assert blue_card(amount, filing, **details).verdict is verdict


@pytest.mark.parametrize(
    ("amount", "details", "verdict"),
    [
        ("41700", {}, MET),
        ("41699", {"salary_option": "a"}, UNMET),
        ("33400", {"salary_option": "e"}, MET),
        ("33400", {}, UNSURE),
        ("24999", {}, UNMET),
    ],
)
def test_skilled_worker_pay(amount: str, details: dict[str, str], verdict: Verdict) -> None:
    built = Builder(cos_assigned="2026-11-01", **details)
    built.paper("contract", contract_type="employment", salary=amount, salary_period="year", salary_currency="GBP")
    assert by_name(findings(built, "gb/skilled-worker"))["salary"].verdict is verdict


def test_tb_test_goes_by_where_the_person_lived() -> None:
    stay = {"entry_clearance": "yes"}
    asked = by_name(findings(Builder(**stay), "gb/skilled-worker"))["tb"]
    assert asked.verdict is UNSURE
    assert "In which countries" in asked.because
    assert by_name(findings(Builder(**stay, lived_in="IND"), "gb/skilled-worker"))["tb"].verdict is UNMET
    assert "tb" not in by_name(findings(Builder(**stay, lived_in="none"), "gb/skilled-worker"))
    assert "tb" not in by_name(findings(Builder(entry_clearance="no"), "gb/skilled-worker"))
    fresh = Builder(**stay, lived_in="IND", have_tb="yes", tb_issued="2026-06-01")
    assert by_name(findings(fresh, "gb/skilled-worker"))["tb"].verdict is MET
    fresh.case = replace(fresh.case, dates={**fresh.case.dates, "filing": date(2026, 12, 2)})
    assert by_name(findings(fresh, "gb/skilled-worker"))["tb"].verdict is UNMET


def test_english_by_nationality_and_date() -> None:
    american = Builder(replace(ANNA, nationality="USA"))
    assert "english" not in by_name(findings(american, "gb/skilled-worker"))
    told = {
        "english_met_otherwise": "no",
        "have_english": "yes",
        "english_level": "B1",
        "english_test_on": "2025-12-01",
    }
    built = Builder(**told)
    assert by_name(findings(built, "gb/skilled-worker"))["english"].verdict is UNMET
    built.case = replace(built.case, dates={**built.case.dates, "filing": date(2026, 1, 7)})
    assert by_name(findings(built, "gb/skilled-worker"))["english"].verdict is MET


def test_checking_twice_gives_the_same() -> None:
    built = l1a(ANNA, LARS)
    assert findings(built) == findings(built)


def test_reprs_of_findings_hide_values() -> None:
    assert "2033" not in repr(findings(l1a()))


#: What the passport of ANNA shows of her.
SHOWN = {
    "surname": "ERIKSSON",
    "given_names": "ANNA MARIA",
    "birth_date": "1974-08-12",
    "nationality": "UTO",
}


@pytest.mark.parametrize(
    ("answers", "wanted"),
    [
        ({"it_specialist_no_degree": "yes", "salary_group": "standard", "ba_preapproval": "no"}, Verdict.UNMET),
        ({"it_specialist_no_degree": "no", "salary_group": "standard", "ba_preapproval": "no"}, None),
    ],
)
def test_a_specialist_without_degree_needs_the_agencys_consent_at_any_pay(
    answers: dict[str, str], wanted: Verdict | None
) -> None:
    found = by_name(findings(Builder(**answers), "de/eu-blue-card")).get("ba-preapproval")
    assert (found.verdict if found else None) is wanted


def test_british_pay_is_judged_on_the_day_of_the_certificate() -> None:
    stated = {"assignment.salary": "40000", "assignment.salary_currency": "GBP", "assignment.salary_period": "year"}
    for day, verdict in (("2025-07-21", Verdict.MET), ("2025-07-22", Verdict.UNMET), ("", Verdict.UNSURE)):
        built = Builder(salary_option="a", **stated, **({"cos_assigned": day} if day else {}))
        assert by_name(findings(built, "gb/skilled-worker"))["salary"].verdict is verdict


@pytest.mark.parametrize("option", ["b", "c", "g", "h"])
def test_an_option_for_a_doctorate_asks_for_it(option: str) -> None:
    found = by_name(findings(Builder(salary_option=option), "gb/skilled-worker"))
    assert found["phd"].verdict is Verdict.UNMET


def test_british_dependants_are_judged_by_the_job_and_by_age() -> None:
    built = Builder(ANNA, LARS, CHILD, principal_job_in_tables="no")
    mine = {(f.requirement, f.person): f.verdict for f in findings(built, "gb/skilled-worker")}
    assert mine["dependant-route-open", "p2"] is mine["dependant-route-open", "p3"] is Verdict.UNMET
    assert mine["dependant-partner-age", "p2"] is mine["dependant-child-age", "p3"] is Verdict.MET
    grown = Builder(ANNA, replace(CHILD, birth_date="2008-12-01"))
    mine = by_name(findings(grown, "gb/skilled-worker"))
    assert mine["dependant-child-age"].verdict is mine["dependant-route-open"].verdict is Verdict.UNSURE
    grown.case = replace(grown.case, details={"child.child_last_grant": "yes", "principal_job_in_tables": "yes"})
    mine = by_name(findings(grown, "gb/skilled-worker"))
    assert mine["dependant-child-age"].verdict is mine["dependant-route-open"].verdict is Verdict.MET


@pytest.mark.parametrize(("answer", "verdict"), [("yes", Verdict.MET), ("no", Verdict.UNMET), ("", Verdict.UNSURE)])
def test_a_married_child_is_no_american_dependant(answer: str, verdict: Verdict) -> None:
    built = Builder(ANNA, CHILD, **({"child.unmarried": answer} if answer else {}))
    assert by_name(findings(built))["dependant-age"].verdict is verdict


SKILLED_WORKER = {
    "entry_clearance": "yes",
    "salary_option": "a",
    "job_soc": "2134",
    "job_eligible": "yes",
    "going_rate_met": "yes",
    "cos_assigned": "2026-11-01",
    "cos_linked_to_srn": "no",
    "sponsor_certifies_maintenance": "no",
    "in_uk_12_months": "no",
    "funds_lowest_balance": "2000",
    "funds_currency": "GBP",
    "funds_from": "2026-10-01",
    "funds_until": "2026-11-20",
    "funds_translated": "yes",
    "english_met_otherwise": "no",
    "english_level": "B2",
    "english_test_on": "2026-03-01",
    "lived_in": "UTO, IND",
    "tb_issued": "2026-10-01",
    "sponsor_is_student_sponsor": "no",
    "isc_due": "yes",
    "scholarship_12_months": "no",
}
BLUE_CARD = {
    "salary_group": "standard",
    "it_specialist_no_degree": "no",
    "start_at_once": "no",
    "ba_preapproval": "no",
    "accelerated_81a": "no",
    "applies_outside_nationality_country": "no",
    "represented_by_counsel": "no",
    "foreign_degree": "yes",
    "degree_accepted_language": "yes",
    "degree_legalised": "not_asked",
    "regulated_profession": "no",
    "employment_open_ended": "yes",
    "hired_from_abroad": "yes",
    "passport_blank_pages": "4",
    "photo_taken": "2026-11-01",
}


@pytest.mark.parametrize(
    ("route", "details", "pay", "currency"),
    [("gb/skilled-worker", SKILLED_WORKER, "45000", "GBP"), ("de/eu-blue-card", BLUE_CARD, "60000", "EUR")],
)
def test_the_other_routes_can_be_completed_too(route: str, details: dict[str, str], pay: str, currency: str) -> None:
    built = Builder(**details)
    built.paper("passport", **SHOWN, document_number="C1", expiry_date="2033-04-15", issue_date="2023-04-16")
    built.paper("degree", holder="Anna Maria Eriksson")
    built.paper(
        "contract",
        contract_type="employment",
        employee="Anna Maria Eriksson",
        salary=pay,
        salary_currency=currency,
        salary_period="year",
        signed="yes",
    )
    found = findings(vouched(built, route), route)
    assert [(f.requirement, f.because) for f in outstanding(found)] == []


def test_a_value_looked_up_by_a_person_settles_what_could_not_be_read() -> None:
    built = Builder(**BLUE_CARD)
    built.paper("passport", **SHOWN, document_number="C1", expiry_date="2033-04-15")
    unread = by_name(findings(built, "de/eu-blue-card"))["passport"]
    assert unread.verdict is UNSURE
    key = unread.next_step.split('record "')[1].split('"')[0]
    built.case = replace(built.case, details={**built.case.details, key: "2023-04-16"})
    assert by_name(findings(built, "de/eu-blue-card"))["passport"].verdict is MET


def test_nothing_here_knows_a_clock() -> None:
    root = Path(toolkit.__file__).parent
    sources = [root / "check.py", root / "facts.py", *(root / "rules").glob("*.py")]
    assert [path.name for path in sources if "today(" in path.read_text() or "now(" in path.read_text()] == []


def test_a_contract_a_specialist_vouches_for_needs_no_upload() -> None:
    built = Builder(**BLUE_CARD, have_contract="yes")
    assert by_name(findings(built, "de/eu-blue-card"))["contract"].verdict is MET
    built.paper("contract", contract_type="employment", signed="no")
    built.case = replace(built.case, details=BLUE_CARD)
    assert by_name(findings(built, "de/eu-blue-card"))["contract"].verdict is UNMET
