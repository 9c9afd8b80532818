"""Rules and conditions: every class met, unmet and unsure; terms of law; nothing unclear counts as met."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from case_builder import ANNA, CHILD, LARS, Builder
from hypothesis import given
from hypothesis import strategies as st

from toolkit.fields.terms import Term, full_months, months_later
from toolkit.model import Proof, State, Verdict
from toolkit.rules import Ask, Holds, OneOf, judge, together
from toolkit.rules.amounts import AtLeast, CountAtLeast, Held, LanguageLevel, LevelStep, Step
from toolkit.rules.conditions import (
    Aged,
    All,
    Any,
    DateBefore,
    DateFrom,
    HasDependant,
    Listed,
    NationalityIn,
    Not,
    Role,
    Stated,
    StayLonger,
)
from toolkit.rules.consistency import Consistent
from toolkit.rules.dates import Lasts, Served, ValidBeyond, Within
from toolkit.rules.papers import Agrees, Answered, AtHand, Couple, Matches, Present, Signed, Single, Translated

MET, UNMET, UNSURE = Verdict.MET, Verdict.UNMET, Verdict.UNSURE
DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))
MONTHS = st.integers(-600, 600)
YES_NO = Ask("Is it so?")
DAY = Ask("On which day?", kind="date")


# Terms of law


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 2, 28), 6, date(2026, 8, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_months_end_on_the_same_number_or_the_last_day(day: date, months: int, result: date) -> None:
    assert months_later(day, months) == result


@given(DAYS, MONTHS)
def test_month_arithmetic_keeps_the_day_or_clips_to_the_end_of_the_month(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(DAYS, DAYS, MONTHS)
def test_later_days_never_end_earlier(one: date, other: date, months: int) -> None:
    first, last = sorted((one, other))
    assert months_later(first, months) <= months_later(last, months)


@given(DAYS, st.integers(0, 600))
def test_full_months_undoes_months_later(day: date, months: int) -> None:
    assert full_months(day, months_later(day, months)) == months
    assert full_months(months_later(day, months), day) == -months
    if months:
        assert full_months(day, months_later(day, months) - timedelta(days=1)) == months - 1


@given(DAYS, st.integers(0, 600), st.integers(0, 400))
def test_a_term_back_from_its_end_never_starts_after_the_day(day: date, months: int, days: int) -> None:
    term = Term(days=days)
    assert term.before(term.after(day)) == day
    assert Term(months).before(Term(months).after(day)) <= day


def test_a_term_reads_as_people_say_it() -> None:
    assert [str(t) for t in (Term(6), Term(12), Term(27), Term(days=14), Term(days=28), Term(1, 3), Term())] == [
        "6 months",
        "1 year",
        "2 years and 3 months",
        "2 weeks",
        "4 weeks",
        "1 month and 3 days",
        "0 days",
    ]


# Papers

PASSPORT = Present("the passport", ("passport",))


def test_present() -> None:
    built = Builder()
    missing = built.answer(PASSPORT)
    assert (missing.verdict, missing.absent) == (UNMET, True)
    assert "Needs the passport" in missing.next_step
    passport = built.paper("passport")
    answer = built.answer(PASSPORT)
    assert (answer.verdict, answer.documents) == (MET, (passport,))


def test_present_is_unsure_of_what_the_recogniser_is_unsure_of() -> None:
    built = Builder()
    built.paper("passport", kind_confidence=0.6)
    answer = built.answer(PASSPORT)
    assert answer.verdict is UNSURE
    assert "d1" in answer.next_step


def test_present_is_unsure_of_a_paper_that_waits_or_belongs_to_nobody() -> None:
    built = Builder()
    built.paper("passport", state=State.ASKED)
    assert built.answer(PASSPORT).verdict is UNSURE
    loose = Builder()
    loose.paper("passport", "")
    assert loose.answer(PASSPORT).verdict is UNSURE
    bad = Builder()
    bad.paper("passport", state=State.QUARANTINED)
    assert bad.answer(PASSPORT).verdict is UNMET


def test_a_dependant_needs_an_own_paper_unless_two_share_it() -> None:
    built = Builder(ANNA, LARS)
    built.paper("passport", "p1")
    built.paper("marriage-certificate", "p1")
    assert built.answer(PASSPORT, LARS).verdict is UNMET
    assert built.answer(Present("it", ("marriage-certificate",)), LARS).verdict is UNMET
    assert built.answer(Present("it", ("marriage-certificate",), shared=True), LARS).verdict is MET


def test_present_tells_contracts_apart() -> None:
    rule = Present("the assignment letter", ("contract",), ("assignment",))
    built = Builder()
    built.paper("contract", contract_type="nda")
    assert built.answer(rule).verdict is UNMET
    built.paper("contract")
    assert built.answer(rule).verdict is UNSURE
    built.paper("contract", contract_type="assignment")
    assert built.answer(rule).verdict is MET


def test_a_specialist_can_vouch_for_a_paper() -> None:
    rule = Present("the degree", ("degree",), have="have_degree")
    assert Builder(have_degree="yes").answer(rule).verdict is MET
    assert '"have_degree"' in Builder().answer(rule).next_step


@pytest.mark.parametrize(("value", "verdict"), [("yes", MET), ("Yes", MET), ("no", UNMET), ("maybe", UNSURE)])
def test_at_hand(value: str, verdict: Verdict) -> None:
    rule = AtHand("Form I-129, signed", "have_i129")
    assert Builder(have_i129=value).answer(rule).verdict is verdict
    missing = Builder().answer(rule)
    assert missing.verdict is UNMET
    assert missing.next_step.startswith("Needs Form I-129, signed: upload it")


def test_a_dependant_inherits_no_statement_of_the_principal() -> None:
    rule = AtHand("a photograph", "have_photo")
    built = Builder(ANNA, LARS, have_photo="yes")
    assert built.answer(rule).verdict is MET
    assert built.answer(rule, LARS).verdict is UNMET
    assert '"spouse.have_photo"' in built.answer(rule, LARS).next_step
    assert Builder(ANNA, LARS, **{"spouse.have_photo": "yes"}).answer(rule, LARS).verdict is MET


@pytest.mark.parametrize(("value", "verdict"), [("yes", MET), ("no", UNMET), ("?", UNSURE), (None, UNSURE)])
def test_answered(value: str | None, verdict: Verdict) -> None:
    details = {} if value is None else {"job": value}
    answer = Builder(**details).answer(Answered("job", otherwise="Do this."), job=YES_NO)
    assert answer.verdict is verdict
    assert verdict is not UNSURE or "Is it so?" in answer.because


@pytest.mark.parametrize(
    ("value", "unsure", "verdict"),
    [("yes", (), MET), ("no", (), UNMET), ("unsure", (), UNSURE), ("yes", ("signed",), UNSURE)],
)
def test_signed(value: str, unsure: tuple[str, ...], verdict: Verdict) -> None:
    built = Builder()
    built.paper("contract", contract_type="employment", signed=value, unsure=unsure)
    assert built.answer(Signed("employment_contract")).verdict is verdict


def test_signed_of_a_missing_contract() -> None:
    assert Builder().answer(Signed("employment_contract")).absent


def test_translated() -> None:
    rule = Translated("degree", ("en",), "degree_in_english")
    asks = {"degree_in_english": YES_NO}
    built = Builder()
    built.paper("degree", language="en")
    assert built.answer(rule, **asks).verdict is MET
    german = Builder()
    german.paper("degree", language="de")
    assert german.answer(rule, **asks).verdict is UNMET, "its language was read, and no translation is on file"
    assert Builder(degree_in_english="yes").answer(rule, **asks).verdict is MET
    assert Builder(degree_in_english="no").answer(rule, **asks).verdict is UNMET
    vouched = Builder(degree_in_english="yes")
    vouched.paper("degree", language="de")
    told = vouched.answer(rule, **asks)
    assert told.verdict is MET
    assert "do not show it: document" in told.because and "German" in told.because


@pytest.mark.parametrize(
    ("compare", "one", "other", "verdict"),
    [
        ("name", "ERIKSSON ANNA MARIA", "Anna Maria Eriksson", MET),
        ("name", "Brot", "Eriksson", UNMET),
        ("date", "2026-01-01", "2026-01-01", MET),
        ("date", "2026-01-01", "2026-01-02", UNMET),
        ("text", "Utopia, Inc.", "UTOPIA INC", MET),
        ("text", "Utopia Inc", "Erewhon Ltd", UNMET),
        ("date", "soon", "2026-01-02", UNSURE),
    ],
)
def test_matches(compare: str, one: str, other: str, verdict: Verdict) -> None:
    built = Builder(**{"assignment.value": one})
    built.paper("support-letter", value=other)
    rule = Matches("assignment.value", "support_letter.value", compare)  # type: ignore[arg-type]
    assert built.answer(rule).verdict is verdict


def test_agrees_shows_a_conflict_until_a_person_settles_it() -> None:
    rule = Agrees(("surname", "birth_date"))
    built = Builder()
    passport = built.paper("passport", birth_date="1974-08-21", proofs={"birth_date": Proof.CHECK_DIGIT})
    answer = built.answer(rule)
    assert answer.verdict is UNSURE
    assert answer.because == f"birth date differs: document {passport}, the case as opened"
    assert '"principal.birth_date"' in answer.next_step
    settled = Builder(**{"principal.birth_date": "1974-08-21"})
    settled.paper("passport", surname="ERIKSSON", birth_date="1974-08-12")
    assert settled.answer(rule).verdict is MET


def test_agrees_takes_no_name_that_only_the_case_file_states() -> None:
    rule = Agrees(("surname", "birth_date"))
    another = Builder()
    another.paper("passport", surname="SMITHSON", birth_date="1974-08-12", unsure=("surname",))
    answer = another.answer(rule)
    assert answer.verdict is UNSURE
    assert answer.because == "not read for sure from any paper: surname"
    assert '"principal.surname"' in answer.next_step
    blurred = Builder()
    blurred.paper("passport", surname="ERIKSSON", birth_date="1974-08-12", unsure=("surname",))
    assert blurred.answer(rule).verdict is MET
    settled = Builder(**{"principal.surname": "Eriksson"})
    settled.paper("passport", birth_date="1974-08-12")
    assert settled.answer(rule).verdict is MET


def test_single_counts_a_passport_whose_number_or_expiry_is_not_sure() -> None:
    rule = Single("passport", "case.filing")
    for unsure in ("document_number", "expiry_date"):
        built = Builder()
        built.paper("passport", document_number="A1", expiry_date="2035-01-01")
        built.paper("passport", document_number="B2", expiry_date="2026-01-01", unsure=(unsure,))
        assert built.answer(rule).verdict is (UNSURE if unsure == "expiry_date" else MET)
    built = Builder()
    built.paper("passport", document_number="A1", expiry_date="2035-01-01")
    built.paper("passport", document_number="B2", expiry_date="2034-01-01", unsure=("document_number",))
    assert built.answer(rule).verdict is UNSURE
    same = Builder()
    same.paper("passport", document_number="A1", expiry_date="2035-01-01")
    same.paper("passport", document_number="a 1", expiry_date="2035-01-01", unsure=("document_number",))
    assert same.answer(rule).verdict is MET


@pytest.mark.parametrize(
    ("names", "unsure", "verdict"),
    [
        (("Anna Maria Eriksson", "Lars Eriksson"), (), MET),
        (("LARS ERIKSSON", "ANNA ERIKSSON"), (), MET),
        (("Anna Maria Eriksson", "Peter Miller"), (), UNSURE),
        (("Anna Maria Eriksson", "Anna Maria Eriksson"), (), UNSURE),
        (("Anna Maria Eriksson", "Lars Eriksson"), ("spouse_2",), UNSURE),
        (("Anna Maria Lindqvist", "Lars Eriksson"), (), UNSURE),
    ],
)
def test_a_certificate_of_another_marriage_proves_nothing(
    names: tuple[str, str], unsure: tuple[str, ...], verdict: Verdict
) -> None:
    built = Builder(ANNA, LARS)
    built.paper("marriage-certificate", spouse_1=names[0], spouse_2=names[1], unsure=unsure)
    answer = built.answer(Couple("have_certificate"), LARS)
    assert answer.verdict is verdict
    assert ("spouse.have_certificate" in answer.next_step) is (verdict is UNSURE)
    built.case = replace(built.case, details={"spouse.have_certificate": "yes"})
    assert built.answer(Couple("have_certificate"), LARS).verdict is MET


def test_single() -> None:
    rule = Single("passport", "case.filing")
    built = Builder()
    built.paper("passport", document_number="A1", expiry_date="2026-11-30")
    built.paper("passport", document_number="B2", expiry_date="2035-01-01")
    assert built.answer(rule).verdict is MET
    built.paper("passport", document_number="C3", expiry_date="2030-01-01")
    assert built.answer(rule).verdict is UNSURE
    built.case = replace(built.case, details={"principal.passport.document_number": "C3"})
    assert built.answer(rule).verdict is MET


# Dates


@pytest.mark.parametrize(
    ("expiry", "nationality", "verdict"),
    [
        ("2029-08-28", "UTO", MET),
        ("2029-08-27", "UTO", UNMET),
        ("2029-02-28", "CLU", MET),
        ("2029-02-27", "CLU", UNMET),
    ],
)
def test_valid_beyond(expiry: str, nationality: str, verdict: Verdict) -> None:
    built = Builder(replace(ANNA, nationality=nationality))
    built.paper("passport", expiry_date=expiry)
    rule = ValidBeyond("passport.expiry_date", "case.end", months=6, reduced_for="club")
    answer = built.answer(rule, built.case.people[0], lists={"club": frozenset({"CLU"})})
    assert answer.verdict is verdict
    assert answer.documents == ("d1",)
    assert [f.name for f in answer.evidence] == ["expiry_date", "case.end"]


def test_nationality_is_asked_only_where_it_decides() -> None:
    rule = ValidBeyond("passport.expiry_date", "case.end", months=6, reduced_for="club")
    for expiry, verdict in (("2035-01-01", MET), ("2029-06-01", UNSURE), ("2027-01-01", UNMET)):
        built = Builder(replace(ANNA, nationality=""))
        built.paper("passport", expiry_date=expiry)
        assert built.answer(rule, built.case.people[0], lists={"club": frozenset()}).verdict is verdict


def test_unclear_and_unread_fields_are_unsure_and_say_where_to_look() -> None:
    rule = ValidBeyond("passport.expiry_date", "case.end")
    unclear = Builder()
    unclear.paper("passport", expiry_date="2035-01-01", unsure=("expiry_date",))
    answer = unclear.answer(rule)
    assert answer.verdict is UNSURE
    assert "expiry date on page 1 of document d1" in answer.next_step
    unread = Builder()
    unread.paper("passport")
    assert unread.answer(rule).verdict is UNSURE
    assert Builder().answer(rule).absent
    undated = Builder(dates={})
    undated.paper("passport", expiry_date="2035-01-01")
    assert "planned end" in undated.answer(rule).because


@pytest.mark.parametrize(
    ("counted_from", "issued", "filing", "verdict"),
    [
        ("later", "2026-02-28", "2026-08-31", MET),
        ("earlier", "2026-02-28", "2026-08-31", UNMET),
        ("later", "2026-02-27", "2026-08-31", UNMET),
        ("earlier", "2026-08-31", "2027-02-28", MET),
        ("earlier", "2026-08-31", "2027-03-01", UNMET),
        ("later", "2026-09-01", "2026-08-31", UNMET),
    ],
)
def test_within_counts_from_the_end_the_law_counts_from(
    counted_from: str, issued: str, filing: str, verdict: Verdict
) -> None:
    built = Builder(dates={"filing": date.fromisoformat(filing)}, tb_issued=issued)
    rule = Within("tb_issued", "case.filing", counted_from, months=6)  # type: ignore[arg-type]
    assert built.answer(rule, tb_issued=DAY).verdict is verdict


def test_a_date_nobody_gave_is_asked_for() -> None:
    answer = Builder().answer(Within("tb_issued", "case.filing", "later", months=6), tb_issued=DAY)
    assert answer.verdict is UNSURE
    assert "On which day?" in answer.because
    assert '"tb_issued"' in answer.next_step
    garbled = Builder(tb_issued="last week").answer(Within("tb_issued", "case.filing", "later", months=6))
    assert garbled.verdict is UNSURE


@pytest.mark.parametrize(
    ("end", "at_most", "verdict"),
    [("2027-06-30", False, MET), ("2027-06-29", False, UNMET), ("2027-06-30", True, MET), ("2027-07-01", True, UNMET)],
)
def test_lasts_counts_both_days(end: str, at_most: bool, verdict: Verdict) -> None:
    built = Builder(dates={"start": date(2027, 1, 1), "end": date.fromisoformat(end)})
    assert built.answer(Lasts("case.start", "case.end", 6, at_most)).verdict is verdict


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2027-01-31", "2027-02-28", 1),  # BGB s.188(3): no 31 February, so the month's last day
        ("2027-01-30", "2027-02-28", 1),
        ("2027-01-29", "2027-02-28", 1),  # the day before "29 February"
        ("2028-01-29", "2028-02-28", 1),  # a leap year has a 29 February
        ("2028-01-31", "2028-02-29", 1),
        ("2027-03-31", "2027-06-30", 3),
        ("2027-03-30", "2027-06-29", 3),
        ("2028-02-29", "2029-02-28", 12),
        ("2027-01-01", "2027-06-30", 6),
    ],
)
def test_a_term_that_counts_its_first_day_ends_by_the_wording_of_the_law(start: str, end: str, months: int) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    for day, at_least, at_most in (
        (last, MET, MET),
        (last - timedelta(1), UNMET, MET),
        (last + timedelta(1), MET, UNMET),
    ):
        built = Builder(dates={"start": first, "end": day})
        assert built.answer(Lasts("case.start", "case.end", months)).verdict is at_least
        assert built.answer(Lasts("case.start", "case.end", months, at_most=True)).verdict is at_most


@pytest.mark.parametrize("at_most", [True, False])
def test_what_ends_before_it_starts_lasts_no_time(at_most: bool) -> None:
    built = Builder(dates={"start": date(2027, 3, 1), "end": date(2026, 1, 1)})
    assert built.answer(Lasts("case.start", "case.end", 36, at_most)).verdict is UNMET


@pytest.mark.parametrize(
    ("first", "last", "verdict"),
    [
        ("2025-12-01", "2026-12-01", MET),
        ("2025-12-02", "2026-12-01", MET),
        ("2025-12-03", "2026-12-01", UNMET),
        ("2020-01-01", "2024-11-30", MET),
        ("2020-01-01", "2024-11-29", UNMET),
        ("2026-01-01", "2030-01-01", UNMET),
    ],
)
def test_served(first: str, last: str, verdict: Verdict) -> None:
    rule = Served("since", "until", 12, 36, "case.filing")
    assert Builder(since=first, until=last).answer(rule, since=DAY, until=DAY).verdict is verdict


# Amounts

STEPS = (
    Step("b25", Decimal("48300"), ("standard",), date(2025, 1, 1), date(2025, 12, 31)),
    Step("b26", Decimal("50700"), ("standard",), date(2026, 1, 1), date(2026, 12, 31)),
    Step("b26l", Decimal("45934.20"), ("reduced",), date(2026, 1, 1), date(2026, 12, 31)),
)
PAY = AtLeast(("contract.salary", "assignment.salary"), "EUR", "case.filing", "group", STEPS)
GROUP = Ask("Which threshold?", answers=("standard", "reduced"))


def pay(amount: str, period: str = "year", currency: str = "EUR", **details: str) -> Builder:
    built = Builder(**details)
    built.paper("contract", contract_type="employment", salary=amount, salary_period=period, salary_currency=currency)
    return built


@pytest.mark.parametrize(
    ("amount", "details", "verdict"),
    [
        ("50700", {}, MET),
        ("50699.99", {"group": "standard"}, UNMET),
        ("45934.20", {"group": "reduced"}, MET),
        ("46000", {}, UNSURE),
        ("45934.19", {}, UNMET),
    ],
)
def test_pay_asks_for_the_group_only_where_it_decides(amount: str, details: dict[str, str], verdict: Verdict) -> None:
    assert pay(amount, **details).answer(PAY, group=GROUP).verdict is verdict


def test_pay_by_month_and_by_the_date_of_filing() -> None:
    built = pay("4100", "month", group="standard")
    assert built.answer(PAY, group=GROUP).verdict is UNMET
    built.case = replace(built.case, dates={"filing": date(2025, 12, 31)})
    assert built.answer(PAY, group=GROUP).verdict is MET
    built.case = replace(built.case, dates={"filing": date(2027, 1, 1)})
    unknown = built.answer(PAY, group=GROUP)
    assert unknown.verdict is UNSURE
    assert "no threshold is known for 2027-01-01" in unknown.because


def test_pay_that_cannot_be_judged_is_unsure() -> None:
    assert pay("99999", currency="USD").answer(PAY, group=GROUP).verdict is UNSURE
    assert pay("99999", period="hour").answer(PAY, group=GROUP).verdict is UNSURE
    assert Builder().answer(PAY, group=GROUP).absent
    blurred = Builder()
    blurred.paper("contract", salary="99999", unsure=("salary",))
    assert blurred.answer(PAY, group=GROUP).verdict is UNSURE


def test_pay_that_papers_disagree_on() -> None:
    stated = {"assignment.salary": "49000", "assignment.salary_currency": "EUR", "assignment.salary_period": "year"}
    assert pay("60000", group="standard", **stated).answer(PAY, group=GROUP).verdict is UNSURE
    agreed = stated | {"assignment.salary": "70000"}
    assert pay("60000", group="standard", **agreed).answer(PAY, group=GROUP).verdict is MET


@pytest.mark.parametrize(("amount", "verdict"), [("99999", MET), ("30.00", UNSURE)])
def test_pay_by_the_hour_is_not_passed_over_for_a_statement(amount: str, verdict: Verdict) -> None:
    stated = {"assignment.salary": "99999.00", "assignment.salary_currency": "EUR", "assignment.salary_period": "year"}
    answer = pay(amount, period="hour", group="standard", **stated).answer(PAY, group=GROUP)
    assert answer.verdict is verdict
    assert ("contract.salary" in answer.next_step) is (verdict is UNSURE)


@pytest.mark.parametrize("amount", ["99,999", "about 99999", "NaN", ""])
def test_pay_that_is_no_number_is_unsure(amount: str) -> None:
    stated = {"assignment.salary": amount, "assignment.salary_currency": "EUR", "assignment.salary_period": "year"}
    answer = Builder(group="standard", **stated).answer(PAY, group=GROUP)
    assert answer.verdict is UNSURE
    assert 'record "assignment.salary"' in answer.next_step


def funds(**changes: str) -> Builder:
    stated = {"lowest_balance": "1270", "currency": "GBP", "from": "2026-11-03", "until": "2026-11-30"} | changes
    return Builder(**{f"funds_{name}": value for name, value in stated.items()})


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, MET),
        ({"lowest_balance": "1269.99"}, UNMET),
        ({"currency": "EUR"}, UNMET),
        ({"from": "2026-11-04"}, UNMET),
        ({"from": "2026-10-01", "until": "2026-10-31"}, MET),
        ({"from": "2026-10-01", "until": "2026-10-30"}, UNMET),
        ({"until": "2026-12-02"}, UNMET),
        ({"lowest_balance": "plenty"}, UNSURE),
    ],
)
def test_held(changes: dict[str, str], verdict: Verdict) -> None:
    rule = Held("funds", Decimal(1270), "GBP", 28, 31, "case.filing")
    assert funds(**changes).answer(rule).verdict is verdict


@pytest.mark.parametrize(
    ("level", "filing", "verdict"),
    [
        ("B1", date(2026, 1, 7), MET),
        ("B1", date(2026, 1, 8), UNMET),
        ("b2", date(2026, 1, 8), MET),
        ("C1", date(2026, 1, 8), MET),
        ("fluent", date(2026, 1, 8), UNSURE),
    ],
)
def test_language_level(level: str, filing: date, verdict: Verdict) -> None:
    steps = (LevelStep("B1", last_day=date(2026, 1, 7)), LevelStep("B2", first_day=date(2026, 1, 8)))
    built = Builder(dates={"filing": filing}, english_level=level)
    assert built.answer(LanguageLevel("english_level", "case.filing", steps)).verdict is verdict


@pytest.mark.parametrize(("pages", "verdict"), [("2", MET), ("1", UNMET), ("many", UNSURE)])
def test_count_at_least(pages: str, verdict: Verdict) -> None:
    assert Builder(blank_pages=pages).answer(CountAtLeast("blank_pages", 2)).verdict is verdict


# Together

YES = AtHand("a", "yes")
NO = AtHand("b", "no")
WHO_KNOWS = Answered("unknown")


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [((YES, YES), MET), ((YES, WHO_KNOWS), UNSURE), ((WHO_KNOWS, NO), UNMET), ((NO, WHO_KNOWS), UNMET)],
)
def test_all_rules_must_hold(rules: tuple, verdict: Verdict) -> None:
    assert judge(rules, Builder(yes="yes", no="no").situation()).verdict is verdict


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [((NO, YES), MET), ((WHO_KNOWS, YES), MET), ((NO, WHO_KNOWS), UNSURE), ((NO, NO), UNMET)],
)
def test_one_of(rules: tuple, verdict: Verdict) -> None:
    assert Builder(yes="yes", no="no").answer(OneOf(rules)).verdict is verdict


def test_nothing_is_asked_of_a_paper_that_is_missing() -> None:
    answer = judge((PASSPORT, ValidBeyond("passport.expiry_date", "case.end")), Builder().situation())
    assert answer.because == "not on file: the passport"


def test_a_contradiction_is_unsure_only_where_it_changes_the_verdict() -> None:
    rule = Within("employment_reference.date", "case.filing", "later", months=6)
    built = Builder()
    built.paper("employment-reference", date="2026-10-01")
    built.paper("employment-reference", date="2026-10-02")
    assert built.answer(rule).verdict is MET
    built.paper("employment-reference", date="2020-01-01")
    answer = built.answer(rule)
    assert answer.verdict is UNSURE
    assert set(answer.documents) == {"d1", "d2", "d3"}


# Conditions


def truth(condition, built: Builder, person=ANNA, lists=None, **asks) -> bool | None:
    return condition.truth(built.situation(person, lists, **asks)).holds


@pytest.mark.parametrize(("value", "holds"), [("yes", True), ("no", False), ("perhaps", None), (None, None)])
def test_stated(value: str | None, holds: bool | None) -> None:
    built = Builder(**({} if value is None else {"key": value}))
    assert truth(Stated("key"), built, key=YES_NO) is holds


@pytest.mark.parametrize(
    ("nationality", "holds"), [("CLU", True), ("UTO", False), ("", None), ("DE", None), ("XXX", None)]
)
def test_nationality_in(nationality: str, holds: bool | None) -> None:
    built = Builder(replace(ANNA, nationality=nationality))
    assert truth(NationalityIn("club"), built, built.case.people[0], {"club": frozenset({"CLU"})}) is holds


def test_disputed_nationality_is_not_known_unless_both_answer_alike() -> None:
    built = Builder()
    built.paper("passport", nationality="CLU")
    assert truth(NationalityIn("club"), built, lists={"club": frozenset({"CLU"})}) is None
    assert truth(NationalityIn("club"), built, lists={"club": frozenset({"CLU", "UTO"})}) is True
    assert truth(NationalityIn(codes=("AFG",)), built) is False


@pytest.mark.parametrize(("value", "holds"), [("x, b", True), ("none", False), (None, None)])
def test_listed(value: str | None, holds: bool | None) -> None:
    built = Builder(**({} if value is None else {"key": value}))
    assert truth(Listed("key", "codes"), built, lists={"codes": frozenset({"A", "B"})}) is holds


@pytest.mark.parametrize(
    ("value", "holds"),
    [("IND", True), ("UTO", False), ("GBR, IND", True), ("none", False)]
    + [(wrong, None) for wrong in ("India", "IN", "IND; CHN", "INX", "UTO, India", "")],
)
def test_a_country_that_is_no_code_is_not_taken_for_another_one(value: str, holds: bool | None) -> None:
    built = Builder(lived_in=value)
    assert truth(Listed("lived_in", "tb"), built, lists={"tb": frozenset({"IND", "CHN"})}) is holds


@pytest.mark.parametrize(("value", "holds"), [("2111", True), ("9999", False), ("211", None), ("engineer", None)])
def test_an_occupation_that_is_no_code_asks(value: str, holds: bool | None) -> None:
    assert truth(Listed("soc", "codes"), Builder(soc=value), lists={"codes": frozenset({"2111"})}) is holds


def test_people() -> None:
    assert truth(HasDependant(), Builder(ANNA, LARS)) is True
    assert truth(HasDependant(("child",)), Builder(ANNA, LARS)) is False
    assert truth(Role(("spouse",)), Builder(ANNA, LARS), LARS) is True


def test_dates() -> None:
    built = Builder(assigned="2026-12-31")
    assert truth(DateFrom("case.filing", date(2026, 12, 1)), built) is True
    assert truth(DateFrom("case.filing", date(2026, 12, 2)), built) is False
    assert truth(DateBefore("assigned", date(2026, 12, 31)), built, assigned=DAY) is False
    assert truth(DateBefore("assigned", date(2027, 1, 1)), built, assigned=DAY) is True
    assert truth(DateFrom("case.filing", date(2026, 12, 2)), Builder(dates={})) is None


@pytest.mark.parametrize(("end", "holds"), [(date(2027, 8, 31), False), (date(2027, 9, 1), True)])
def test_stay_longer(end: date, holds: bool) -> None:
    assert truth(StayLonger(6), Builder(dates={"start": date(2027, 3, 1), "end": end})) is holds


@pytest.mark.parametrize(("start", "holds"), [(date(2031, 5, 30), False), (date(2031, 5, 31), True)])
def test_aged(start: date, holds: bool) -> None:
    built = Builder(ANNA, CHILD, dates={"start": start})
    assert truth(Aged(21, "case.start"), built, CHILD) is holds
    rule = Holds(Not(Aged(21, "case.start")), "under 21")
    assert built.answer(rule, CHILD).verdict is (UNMET if holds else MET)


def test_holds_asks_what_its_condition_asks() -> None:
    assert Builder().answer(Holds(Stated("key"), "so"), key=YES_NO).verdict is UNSURE


TRUTHS = {True: Stated("y"), False: Stated("n"), None: Stated("u")}


@given(st.lists(st.sampled_from([True, False, None]), max_size=4))
def test_kleene_logic(values: list[bool | None]) -> None:
    built = Builder(y="yes", n="no")
    asks = {"y": YES_NO, "n": YES_NO, "u": YES_NO}
    parts = tuple(TRUTHS[value] for value in values)
    everything = False if False in values else None if None in values else True
    anything = True if True in values else None if None in values else False
    assert truth(All(parts), built, **asks) is everything
    assert truth(Any(parts), built, **asks) is anything
    assert together(parts, built.situation(**asks)).holds is everything
    opposite = None if everything is None else not everything
    assert truth(Not(All(parts)), built, **asks) is opposite


def test_not_known_brings_its_question_along() -> None:
    found = Any((Stated("n"), Stated("u"))).truth(Builder(n="no").situation(n=YES_NO, u=Ask("Who knows?")))
    assert found.unknown is not None
    assert "Who knows?" in found.unknown.because


@given(DAYS, st.floats(0, 0.899))
def test_an_unclear_date_is_never_met_whatever_it_says(expiry: date, confidence: float) -> None:
    built = Builder()
    built.paper("passport", expiry_date=expiry.isoformat())
    blurred = replace(built.records[0].fields[0], confidence=confidence)
    built.records[0] = replace(built.records[0], fields=(blurred,))
    assert built.answer(ValidBeyond("passport.expiry_date", "case.end", months=6)).verdict is UNSURE


@given(DAYS, DAYS, st.integers(0, 60))
def test_a_longer_valid_passport_is_never_worse(one: date, other: date, months: int) -> None:
    rule = ValidBeyond("passport.expiry_date", "case.end", months=months)
    verdicts = []
    for expiry in sorted((one, other)):
        built = Builder()
        built.paper("passport", expiry_date=expiry.isoformat())
        verdicts.append(built.answer(rule).verdict is MET)
    assert verdicts == sorted(verdicts)


SAME_PAY = Consistent("pay", ("assignment_contract.salary", "support_letter.salary"), "pay", "papers_explained")
EXPLAINED = {"papers_explained": Ask("Is it explained?")}


@pytest.mark.parametrize(
    ("letter", "unsure", "verdict", "says"),
    [
        ({"salary": "168000.00"}, (), MET, "pay: the papers agree"),
        ({"salary": "14000.00"}, (), MET, "pay: the papers agree"),  # a month, though the letter does not say so
        ({"salary": "95000.00"}, (), UNSURE, "pay differs: "),
        ({"salary": "95000.00"}, ("salary",), UNSURE, "pay may differ, not all is read for sure: "),
        ({"salary": "168000.00", "salary_period": "month"}, (), UNSURE, "pay differs: "),
        ({"salary": "168000.00", "salary_period": "fortnight"}, (), MET, "pay: no two papers to compare"),
        ({}, (), MET, "pay: no two papers to compare"),
    ],
)
def test_pay_without_a_period_differs_where_no_period_makes_it_the_same(
    letter: dict[str, str], unsure: tuple[str, ...], verdict: Verdict, says: str
) -> None:
    built = Builder()
    contract = {"contract_type": "assignment", "salary": "168000.00", "salary_period": "year", "salary_currency": "USD"}
    built.paper("contract", **contract)
    built.paper("support-letter", unsure=unsure, **letter, salary_currency="USD")
    answer = built.answer(SAME_PAY, **EXPLAINED)
    assert answer.verdict is verdict and says in answer.because
    if verdict is UNSURE:
        assert "168000.00" in answer.because and letter["salary"] in answer.because and len(answer.documents) == 2
