"""Who owes what by when: nothing open is left without an owner, one item a paper, and dates from the plan alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from case_builder import ANNA, CHILD, DATES, LARS, Builder

from toolkit.calendars import Calendar
from toolkit.check import check, checklist, routes
from toolkit.checklist import STAGES
from toolkit.errors import DefinitionError
from toolkit.model import Finding, Proof, Verdict
from toolkit.owed import Item, of, owed
from toolkit.owed_papers import known_kinds
from toolkit.owed_reasons import Cause
from toolkit.owed_terms import lead_times

OPEN = (Verdict.UNMET, Verdict.UNSURE)
PASSPORT = {
    "surname": "ERIKSSON",
    "given_names": "ANNA MARIA",
    "birth_date": "1974-08-12",
    "nationality": "UTO",
    "document_number": "L898902C3",
    "issue_date": "2023-04-15",
    "expiry_date": "2033-04-15",
}


def case(route: str, *people, **more) -> Builder:
    built = Builder(*people, **more)
    built.case = replace(built.case, route=route)
    return built


def passport(built: Builder, person: str = "p1", unsure: tuple[str, ...] = (), **more: str) -> str:
    fields = PASSPORT | more
    return built.paper("passport", person, unsure=unsure, proofs=dict.fromkeys(fields, Proof.CHECK_DIGIT), **fields)


def of_case(built: Builder, **how) -> tuple[list[Finding], tuple[Item, ...]]:
    known = checklist(built.case.route)
    findings = check(built.case, built.facts, built.records, built.documents, known)
    return findings, owed(built.case, built.facts, built.records, built.documents, known, findings, **how)


def item(items: tuple[Item, ...], by: str, kind: str, person: str = "p1") -> Item:
    (found,) = [each for each in items if (each.by, each.person) == (by, person) and kind in known_kinds(each.wanted)]
    return found


@pytest.mark.parametrize("route", routes())
def test_nothing_that_is_open_is_left_without_an_owner(route: str) -> None:
    for built in (case(route, ANNA, LARS, CHILD), case(route, ANNA, LARS, CHILD, dates={})):
        passport(built, expiry_date="2027-01-01", unsure=("issue_date",))
        findings, items = of_case(built)
        wanted = {(each.requirement, each.person) for each in findings if each.verdict in OPEN}
        assert wanted, "an empty case owes something"
        assert {(name, each.person) for each in items for name in each.requirements} == wanted
        assert {each.by for each in items} <= {"employee", "dependant", "employer", "counsel", "specialist"}


@pytest.mark.parametrize("route", routes())
def test_the_items_of_a_paper_are_one_and_come_by_date(route: str) -> None:
    _, items = of_case(case(route, ANNA, LARS))
    keys = [(each.by, each.person, each.wanted.key) for each in items]
    assert len(keys) == len(set(keys))
    assert all(each.due is not None and each.due.weekday() < 5 for each in items)
    assert [each.due for each in items] == sorted(each.due for each in items if each.due)


def test_several_requirements_on_one_paper_are_one_item_with_every_reason() -> None:
    built = case("de/eu-blue-card")
    passport(built, issue_date="2015-01-01", expiry_date="2027-03-15")
    found = item(of_case(built)[1], "employee", "passport")
    assert [(each.rule, each.cause) for each in found.reasons] == [
        ("valid_beyond", Cause.FAILED),
        ("within", Cause.FAILED),
    ]
    assert found.reasons[0].values["found"] == "2027-03-15"
    # Six months beyond the planned start, and the musts of the paper hold whether they are met or not.
    assert found.reasons[0].values["needed"] == "2027-09-01"
    assert {must.name for must in found.musts} >= {"valid_until", "dated_since", "blank_pages"}


def test_a_paper_that_is_missing_is_asked_for_without_the_questions_that_follow_from_it() -> None:
    found = item(of_case(case("de/eu-blue-card"))[1], "employee", "passport")
    assert [each.cause for each in found.reasons] == [Cause.MISSING]


def test_an_unclear_reading_is_the_specialists_unless_a_better_copy_is_asked_for() -> None:
    built = case("de/eu-blue-card")
    passport(built, unsure=("expiry_date",))
    looked = item(of_case(built)[1], "specialist", "passport")
    assert looked.reasons[0].cause is Cause.UNCLEAR and looked.reasons[0].values["entry"] == "expiry_date"
    asked = item(of_case(built, copies=True)[1], "employee", "passport")
    assert [each.cause for each in asked.reasons] == [Cause.UNCLEAR]
    assert looked.due is not None and asked.due is not None and looked.due < asked.due


def test_a_question_on_which_many_requirements_turn_is_one_item_of_the_specialist() -> None:
    findings, items = of_case(case("us/l-1a"))
    question = "not answered: Is the case filed under an approved blanket L petition?"
    turning = {each.requirement for each in findings if question in each.because}
    (found,) = [each for each in items if each.wanted.english == question]
    assert found.by == "specialist" and set(found.requirements) == turning and len(turning) > 3
    assert len(found.reasons) == 1


def test_dates_are_counted_backwards_from_the_plan_and_end_on_a_working_day() -> None:
    found = item(of_case(case("de/eu-blue-card"))[1], "employee", "passport")
    assert found.stage == "visa" and DATES["filing"] == date(2026, 12, 1)
    assert found.due == date(2026, 11, 17) and found.begin is None
    expired = case("de/eu-blue-card")
    passport(expired, expiry_date="2027-03-15")
    renewed = item(of_case(expired)[1], "employee", "passport")
    # 42 days to renew it; 2026-10-06 is a Tuesday.
    assert renewed.begin == date(2026, 10, 6)
    german, nowhere = Calendar("DE"), Calendar("EU")
    for calendar in (german, nowhere):
        assert calendar.last_by(date(2026, 11, 21)) == calendar.last_by(date(2026, 11, 22)) == date(2026, 11, 20)
    assert german.last_by(date(2026, 12, 26)) == date(2026, 12, 24)  # two days of Christmas, the second a Saturday
    assert nowhere.last_by(date(2026, 12, 25)) == date(2026, 12, 25)  # no holidays are known of it
    assert Calendar("DE").last_by(date(2026, 6, 4)) == date(2026, 6, 3)  # Corpus Christi is kept in some states
    assert Calendar("DE", "BE").last_by(date(2026, 6, 4)) == date(2026, 6, 4)


def test_without_a_plan_nothing_has_a_date_that_was_not_planned() -> None:
    built = case("de/eu-blue-card", dates={})
    assert {each.due for each in of_case(built)[1]} == {None}


def test_what_falls_due_after_arrival_is_counted_on_from_the_start() -> None:
    later = [each for each in of_case(case("de/eu-blue-card"))[1] if each.stage == "post_arrival" and each.due]
    # International Women's Day, a Monday, is a holiday in two German states; not knowing the state, the Friday counts.
    assert later and all(each.due == date(2027, 3, 5) for each in later if each.by != "specialist")
    bavaria = case("de/eu-blue-card", holiday_region="DE-BY")
    later = [each for each in of_case(bavaria)[1] if each.stage == "post_arrival" and each.due]
    assert later and all(each.due == date(2027, 3, 8) for each in later if each.by != "specialist")


def test_what_the_filing_brings_is_owed_after_it_and_so_are_the_papers_of_the_visa_on_it() -> None:
    """Nobody has the approval of a petition, or a Certificate of Eligibility, before it is filed."""
    answers = {"blanket_petition": "no", "request": "initial", "has_valid_visa": "no"}
    petition = of_case(case("us/l-1a", **answers))[1]
    assert item(petition, "employer", "approval-notice").due == date(2027, 2, 1)
    assert item(petition, "employee", "photo").due == date(2027, 2, 1)
    certificate = item(of_case(case("jp/ict"))[1], "employee", "eligibility-certificate")
    (must,) = certificate.musts
    assert certificate.due is not None and date.fromisoformat(must.values["since"]) < certificate.due
    # Under a blanket petition it is the consulate where it is filed, and nothing comes before the visa.
    blanket = of_case(case("us/l-1b", **answers | {"blanket_petition": "yes"}))[1]
    assert item(blanket, "employee", "photo").due == date(2026, 11, 17)
    soon = case("us/l-1a", dates=DATES | {"start": date(2026, 12, 7)}, **answers)
    assert item(of_case(soon)[1], "employer", "approval-notice").due == DATES["filing"]


@pytest.mark.parametrize("route", routes())
def test_no_paper_is_owed_on_a_day_before_the_one_it_may_bear_at_the_earliest(route: str) -> None:
    for one in of_case(case(route, ANNA, LARS, CHILD))[1]:
        for must in one.musts:
            assert one.due is None or "since" not in must.values or must.values["since"] <= one.due.isoformat(), (
                one.labels
            )


def test_a_case_that_meets_everything_owes_nothing() -> None:
    built = case("de/eu-blue-card")
    met = [replace(each, verdict=Verdict.MET) for each in of_case(built)[0]]
    known = checklist(built.case.route)
    assert owed(built.case, built.facts, built.records, built.documents, known, met) == ()


def test_a_finding_of_no_requirement_is_the_specialists() -> None:
    built = case("de/eu-blue-card")
    stray = Finding("contradiction", "Names differ", Verdict.UNSURE, "two names", "", date(2026, 1, 1), "p1")
    known = checklist(built.case.route)
    (found,) = owed(built.case, built.facts, built.records, built.documents, known, [stray])
    assert (found.by, found.wanted.english, found.requirements) == ("specialist", "Names differ", ("contradiction",))


def test_who_owes_is_the_one_who_provides() -> None:
    items = of_case(case("us/l-1a", ANNA, LARS, blanket_petition="no", request="initial"))[1]
    assert {each.by for each in of(items, ("employer",))} == {"employer"}
    form = next(each for each in items if each.wanted.have == "have_i129")
    assert (form.by, form.person, known_kinds(form.wanted)) == ("employer", "p1", ("petition-form",))


def test_pay_below_the_threshold_is_a_matter_of_the_contract() -> None:
    built = case("de/eu-blue-card", salary_group="standard")
    built.paper("contract", contract_type="employment", salary="1000.00", salary_period="year", salary_currency="EUR")
    items = of_case(built)[1]
    paid = [each for each in items if any(reason.rule == "at_least" for reason in each.reasons)]
    assert [known_kinds(each.wanted) for each in paid] == [("contract",)]


def test_every_lead_time_says_where_it_comes_from() -> None:
    made = lead_times()
    assert set(made.stage) == set(STAGES)
    leads = [
        *made.stage.values(),
        *made.obtain.values(),
        made.granted,
        made.specialist,
        made.translation,
        made.apostille,
    ]
    assert all(lead.basis for lead in leads)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[stage.visa]", "[stage.visum]", "visum"),
        ("days = 42", "dais = 42", "dais"),
        ("days = 42", "days = -1", ">= 0"),
        (
            'anchor = "filing"\ndays = 42\nbasis = "practice, edit it: what is',
            'anchor = "filing"\ndays = 42\n#',
            "basis",
        ),
    ],
)
def test_a_wrong_lead_time_is_told_with_file_and_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    shipped = (Path(__file__).parent.parent / "toolkit" / "owed.toml").read_text("utf-8")
    assert old in shipped
    wrong = tmp_path / "owed.toml"
    wrong.write_text(shipped.replace(old, new, 1), "utf-8")
    with pytest.raises(DefinitionError, match=r"owed\.toml") as problem:
        lead_times(wrong)
    assert told in str(problem.value)


def test_a_stage_without_a_lead_time_is_an_error(tmp_path: Path) -> None:
    shipped = (Path(__file__).parent.parent / "toolkit" / "owed.toml").read_text("utf-8")
    before, _, after = shipped.partition("[stage.entry]")
    (tmp_path / "owed.toml").write_text(before + after.partition("\n\n")[2], "utf-8")
    with pytest.raises(DefinitionError, match=r"stage\.entry: is missing"):
        lead_times(tmp_path / "owed.toml")


def test_no_repr_shows_what_was_read() -> None:
    built = case("de/eu-blue-card")
    passport(built, expiry_date="2027-03-15")
    shown = repr(item(of_case(built)[1], "employee", "passport"))
    assert "2027-03-15" not in shown and "L898902C3" not in shown
