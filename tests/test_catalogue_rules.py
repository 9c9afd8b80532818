"""Rules the catalogue brought: forms and names of papers, apostilles, sums, statements; conditions in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from case_builder import ANNA, Builder

from toolkit.model import Verdict
from toolkit.rules import Ask
from toolkit.rules.abroad import Legalised
from toolkit.rules.amounts import AmountAtLeast, AtLeast, Held, Step
from toolkit.rules.conditions import (
    Aged,
    All,
    Any,
    Condition,
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
from toolkit.rules.dates import Lasts
from toolkit.rules.papers import AtHand, Present
from toolkit.rules.wording import ruled_out

MET, UNMET, UNSURE = Verdict.MET, Verdict.UNMET, Verdict.UNSURE
PARTIES = {"apostille-parties": frozenset({"IND", "ESP", "GBR", "USA"})}
LEGALISED = Legalised("ESP", "degree_issued_in", "degree_bears", "apostille-parties", ("USA",))
BEARS = {
    "degree_issued_in": Ask("In which country was the degree issued?", "codes"),
    "degree_bears": Ask("What does the degree bear?", answers=("apostille", "legalisation", "no")),
}


# Papers


def test_a_form_counts_by_its_number_and_not_by_its_kind() -> None:
    rule = Present("Form I-129", ("petition-form",), forms=("I-129",), have="have_i129")
    built = Builder()
    built.paper("petition-form", form_number="I-129S")
    assert built.answer(rule).verdict is UNMET
    built.paper("petition-form", form_number="I-129")
    assert built.answer(rule).verdict is MET
    blurred = Builder()
    blurred.paper("petition-form", form_number="I-129", unsure=("form_number",))
    assert blurred.answer(rule).verdict is UNSURE
    assert "number could not be read" in blurred.answer(rule).because
    unread = Builder(have_i129="yes")
    unread.paper("petition-form")
    assert unread.answer(rule).verdict is MET


@pytest.mark.parametrize(
    ("holder", "unsure", "verdict"),
    [
        ("ERIKSSON ANNA MARIA", (), MET),
        ("Hannelore Quast", (), UNSURE),
        ("Hannelore Quast", ("holder",), MET),
    ],
)
def test_a_paper_made_out_to_somebody_else_is_doubted(holder: str, unsure: tuple[str, ...], verdict: Verdict) -> None:
    built = Builder()
    built.paper("degree", holder=holder, unsure=unsure)
    answer = built.answer(Present("the degree", ("degree",), named=True))
    assert answer.verdict is verdict
    assert ("another name" in answer.because) is (verdict is UNSURE)
    assert "Quast" not in answer.because
    assert built.answer(Present("the degree", ("degree",))).verdict is MET


def test_a_changed_name_is_vouched_for_by_a_person() -> None:
    built = Builder(have_degree="yes")
    built.paper("degree", holder="Hannelore Quast")
    assert built.answer(Present("the degree", ("degree",), named=True, have="have_degree")).verdict is MET


def test_a_paper_of_a_loose_kind_may_be_the_one_asked_for_and_somebody_looks() -> None:
    rule = AtHand("the offsite statement", "have_offsite", kinds=("declaration",))
    assert Builder().answer(rule).verdict is UNMET
    built = Builder()
    built.paper("declaration")
    answer = built.answer(rule)
    assert answer.verdict is UNSURE
    assert answer.because == "document d1 may be the offsite statement"
    assert '"have_offsite" = "yes"' in answer.next_step
    built.paper("declaration")
    assert "one of the documents d1, d2" in built.answer(rule).because
    built.case = replace(built.case, details={"have_offsite": "no"})
    assert built.answer(rule).verdict is UNMET, "who looked and said no need not look again"


# Apostilles


@pytest.mark.parametrize(
    ("issued", "bears", "verdict", "said"),
    [
        ("ESP", "", MET, "in the country itself"),
        ("IND", "apostille", MET, "bears its apostille"),
        ("IND", "legalisation", MET, "bears its legalisation"),
        ("IND", "no", UNMET, "needs an apostille"),
        ("ARE", "apostille", UNMET, "needs a legalisation"),
        ("ARE", "legalisation", MET, "bears its legalisation"),
        ("USA", "apostille", UNMET, "needs a legalisation"),
        ("IND", "", UNSURE, "What does the degree bear?"),
        ("", "", UNSURE, "In which country"),
        ("India", "apostille", UNSURE, "In which country"),
    ],
)
def test_apostille_or_legalisation_by_the_issuing_country(issued: str, bears: str, verdict: Verdict, said: str) -> None:
    details = {k: v for k, v in (("degree_issued_in", issued), ("degree_bears", bears)) if v}
    answer = Builder(**details).answer(LEGALISED, lists=PARTIES, **BEARS)
    assert answer.verdict is verdict
    assert said in answer.because


def test_a_state_that_is_no_party_takes_no_apostille() -> None:
    rule = replace_home(LEGALISED, "ARE")
    told = {"degree_issued_in": "IND", "degree_bears": "apostille"}
    assert Builder(**told).answer(rule, lists=PARTIES, **BEARS).verdict is UNMET


def replace_home(rule: Legalised, home: str) -> Legalised:
    return Legalised(home, rule.issued_in, rule.key, rule.parties)


def test_an_apostille_on_file_settles_it_where_there_is_but_one() -> None:
    built = Builder(degree_issued_in="IND")
    built.paper("apostille", country="IND")
    answer = built.answer(LEGALISED, lists=PARTIES, **BEARS)
    assert (answer.verdict, answer.documents) == (MET, ("d1",))
    other = Builder(degree_issued_in="IND")
    other.paper("apostille", country="GBR")
    assert other.answer(LEGALISED, lists=PARTIES, **BEARS).verdict is UNSURE
    built.paper("apostille", country="IND")
    assert built.answer(LEGALISED, lists=PARTIES, **BEARS).verdict is UNSURE, "which of the two is on the degree?"


# Sums and days

COVER = AmountAtLeast("insurance.cover_amount", Decimal(30000), "EUR", "Take out a higher cover.")


@pytest.mark.parametrize(("stated", "verdict"), [("30000", MET), ("29999.99", UNMET), ("a lot", UNSURE), ("", UNMET)])
def test_a_stated_sum_is_held_against_the_minimum(stated: str, verdict: Verdict) -> None:
    built = Builder(**({"principal.insurance.cover_amount": stated} if stated else {}))
    answer = built.answer(COVER)
    assert answer.verdict is verdict
    assert answer.absent is (not stated)


def test_a_sum_read_without_its_currency_is_asked_about() -> None:
    built = Builder()
    built.paper("insurance", cover_amount="50000")
    answer = built.answer(COVER)
    assert answer.verdict is UNSURE
    assert "not known in EUR" in answer.because


HELD = Held("funds", Decimal(1270), "GBP", 28, 31, "case.filing")
FUNDS = {f"funds_{name}": Ask("What was it?", "text") for name in ("lowest_balance", "currency", "from", "until")}


def statements(*papers: tuple[str, str, str], currency: str = "GBP") -> Builder:
    built = Builder()
    for first, last, lowest in papers:
        built.paper("bank-statement", period_start=first, period_end=last, lowest_balance=lowest, currency=currency)
    return built


@pytest.mark.parametrize(
    ("papers", "verdict", "said"),
    [
        ((("2026-10-20", "2026-11-20", "2000"),), MET, "held for 32 days"),
        ((("2026-10-20", "2026-11-20", "1269.99"),), UNMET, "is below"),
        ((("2026-11-01", "2026-11-20", "2000"),), UNMET, "held for 20 of 28 days"),
        ((("2026-10-01", "2026-10-31", "2000"), ("2026-11-01", "2026-11-20", "1500")), MET, "held for 51 days"),
        ((("2026-10-01", "2026-10-29", "2000"), ("2026-11-01", "2026-11-20", "1500")), UNMET, "held for 20 of 28"),
        ((("2026-10-01", "2026-10-31", "900"), ("2026-11-01", "2026-11-20", "1500")), UNMET, "is below"),
        ((("2026-09-01", "2026-10-30", "2000"),), UNMET, "not within 31 days"),
    ],
)
def test_bank_statements_are_read_together(
    papers: tuple[tuple[str, str, str], ...], verdict: Verdict, said: str
) -> None:
    answer = statements(*papers).answer(HELD, **FUNDS)
    assert answer.verdict is verdict
    assert said in answer.because
    assert answer.documents


def test_statements_in_another_currency_or_half_read_are_no_proof() -> None:
    abroad = statements(("2026-10-20", "2026-11-20", "9000"), currency="EUR")
    assert abroad.answer(HELD, **FUNDS).verdict is UNMET
    unread = Builder()
    unread.paper("bank-statement", period_start="2026-10-20", period_end="2026-11-20")
    assert unread.answer(HELD, **FUNDS).verdict is UNSURE
    stated = statements(("2026-10-20", "2026-11-20", "9000"))
    stated.case = replace(stated.case, details={"funds_lowest_balance": "10"})
    assert stated.answer(HELD, **FUNDS).verdict is UNSURE, "what a person states goes before what was read"


@pytest.mark.parametrize(("until", "verdict"), [("2026-10-28", MET), ("2026-10-27", UNMET)])
def test_days_of_an_advertisement_count_both_ends(until: str, verdict: Verdict) -> None:
    asks = {"from_": Ask("From?", "date"), "until_": Ask("Until?", "date")}
    answer = Builder(from_="2026-10-01", until_=until).answer(Lasts("from_", "until_", days=28), **asks)
    assert answer.verdict is verdict


@pytest.mark.parametrize(("salary", "verdict"), [("67200", MET), ("67199.99", UNMET)])
def test_a_monthly_threshold_is_held_against_the_year(salary: str, verdict: Verdict) -> None:
    step = Step("ep", Decimal(5600), ("general",), date(2025, 1, 1), period="month")
    rule = AtLeast(("employment_contract.salary",), "SGD", "case.filing", "salary_group", (step,))
    built = Builder(salary_group="general")
    built.paper("contract", contract_type="employment", salary=salary, salary_period="year", salary_currency="SGD")
    assert built.answer(rule, salary_group=Ask("Which?", answers=("general",))).verdict is verdict


# Conditions in words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Stated("premium"), "Is it premium? Answered: no."),
        (Not(NationalityIn(codes=("UTO",))), "the nationality is among UTO"),
        (NationalityIn(list="club"), "the nationality is not in the list club"),
        (NationalityIn(list="club", codes=("CAN",)), "the nationality is not in the list club or among CAN"),
        (Listed("codes", "club"), "Which codes? Answered: none. It is not in the list club."),
        (HasDependant(("spouse",)), "no spouse is in the case"),
        (Role(("child",)), "the person is not child"),
        (DateFrom("case.filing", date(2027, 1, 1)), "the planned filing is not on 2027-01-01 or later"),
        (DateBefore("case.filing", date(2026, 1, 1)), "the planned filing is not before 2026-01-01"),
        (StayLonger(60), "the planned stay is not longer than 60 months"),
        (Not(Aged(18, "case.filing")), "the person is 18 or older on the planned filing"),
        (Any((Stated("premium"), Role(("child",)))), "Is it premium? Answered: no.; the person is not child"),
        (All((Role(("principal",)), Stated("premium"))), "Is it premium? Answered: no."),
    ],
)
def test_what_rules_a_requirement_out_is_said_in_words(condition: Condition, words: str) -> None:
    asks = {"premium": Ask("Is it premium?"), "codes": Ask("Which codes?", "codes")}
    situation = Builder(premium="no", codes="none").situation(ANNA, {"club": frozenset({"CLU"})}, **asks)
    assert ruled_out((Role(("principal",)), condition), situation)[0] == words
    assert ruled_out((Role(("principal",)),), situation) == ("", ())
