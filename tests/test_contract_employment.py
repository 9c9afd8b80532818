from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import page

from tests.specimens.employment_papers import Paper, papers
from toolkit.model import SURE, Field, Method
from toolkit.readers import contract
from toolkit.readers.agreement import clauses, components, lengths, local_currency, spelled_dates, who
from toolkit.readers.agreement.clauses import topics_of
from toolkit.readers.prose import prose

#: What the specimens say of each paper; a field that is read and not said counts against the reader.
FIELDS = tuple(
    """contract_type parties employer employee agreement_date effective_date end_date job_title occupation_code
    work_location remote_work salary salary_currency salary_period weekly_hours part_time_percent holidays
    probation notice_in_probation notice_period term_type home_employer host_employer home_country host_country
    assignment_length tax_equalisation family_accompanies repatriation social_security cost_centre governing_law
    signed""".split()  # noqa: SIM905
)
LOOSE = ("work_location", "social_security")


def fields(text: str) -> dict[str, Field]:
    return {field.name: field for field in contract.read_pages([page(text)]).fields}


def plain(value: object) -> str:
    return re.sub(r"[\W_]", "", str(value).casefold())


def same(name: str, got: object, said: object) -> bool:
    one, other = plain(got), plain(said)
    if name in LOOSE:
        return one in other or other in one
    return sorted(map(plain, got)) == sorted(map(plain, said)) if name == "parties" else one == other  # type: ignore[arg-type,call-overload]


def compared(paper: Paper) -> Counter[str]:
    """How many fields are right, wrong, missing; and how many of those vouched for are right and wrong."""
    got = {field.name: field for field in contract.read_pages(paper.pages).fields}
    counted: Counter[str] = Counter()
    for name in FIELDS:
        said, field = paper.truth.get(name), got.get(name)
        right = said is not None and field is not None and same(name, field.value, said)
        counted["right"] += right
        counted["extra"] += field is not None and not right
        counted["missing"] += said is not None and not right
        if field is not None and field.sure:
            counted["vouched right" if right else "vouched wrong"] += 1
    return counted


def total(held: bool) -> Counter[str]:
    return sum((compared(paper) for paper in papers() if paper.held is held), Counter[str]())


@pytest.mark.parametrize(("held", "least"), [(False, 0.98), (True, 0.97)])
def test_contracts_of_seven_languages_are_read(held: bool, least: float) -> None:
    counted = total(held)
    f1 = 2 * counted["right"] / (2 * counted["right"] + counted["extra"] + counted["missing"])
    assert f1 >= least, counted


def test_what_is_vouched_for_is_right() -> None:
    counted = total(False) + total(True)
    assert counted["vouched right"] >= 0.985 * (counted["vouched right"] + counted["vouched wrong"]), counted


@pytest.mark.parametrize(
    "paper",
    [each for each in papers() if "salary_components" in each.truth and not each.held],
    ids=lambda each: each.name,
)
def test_each_part_of_the_pay_is_told_apart(paper: Paper) -> None:
    got = {field.name: field for field in contract.read_pages(paper.pages).fields}
    keys = ("name", "amount", "currency", "period", "condition")
    read = [tuple(row.get(key, "") for key in keys) for row in got["salary_components"].value]  # type: ignore[union-attr]
    said = [tuple(row.get(key, "") for key in keys) for row in paper.truth["salary_components"]]  # type: ignore[union-attr]
    assert sorted(read) == sorted(said)


LETTER = """
EMPLOYMENT AGREEMENT
between Acme Widgets Ltd (the "Employer") and Ada Example (the "Employee")
The employment begins on 1 March 2027. {}
"""


def test_the_salary_is_the_base_pay_and_never_a_total_or_a_bonus() -> None:
    got = fields(
        LETTER.format(
            "Total compensation is GBP 90,000 per year: a base salary of GBP 70,000 per year\nand a bonus "
            "of GBP 20,000."
        )
    )
    assert got["salary"].value == "70000.00"
    only = fields(LETTER.format("An annual bonus of up to GBP 20,000 may be paid."))
    assert "salary" not in only


def test_a_dollar_is_vouched_for_only_where_two_signs_show_the_country() -> None:
    said = "The annual base salary is $90,000. {}"
    bare = fields(LETTER.format(said.format("")))
    assert "salary_currency" not in bare and not bare["salary"].sure
    one = fields(LETTER.format(said.format("It is governed by the laws of the State of Ohio.")))
    assert one["salary_currency"].value == "USD" and not one["salary_currency"].sure
    two = fields(
        LETTER.format(
            said.format(
                "It is governed by the laws of the State of Ohio.\nPlace of work: 1 High St, Columbus, OH 43215"
            )
        )
    )
    assert two["salary_currency"].value == "USD" and two["salary_currency"].sure
    mixed = "laws of the State of Ohio, Columbus, OH 43215; Ontario, Canada M5V 2T6; RRSP"
    assert local_currency.settled(mixed, ("USD", "CAD"))[1] < SURE


@pytest.mark.parametrize(
    ("written", "amount", "currency", "often"),
    [
        ("Die monatliche Bruttovergütung beträgt EUR 5.200,- brutto.", "5200.00", "EUR", "month"),
        ("Das Jahresgehalt brutto beträgt CHF 130'000.", "130000.00", "CHF", "year"),
        ("La rémunération annuelle brute est de 52 800 € versée en douze mensualités.", "52800.00", "EUR", "year"),
        ("El salario bruto será de 1.234,56 € mensuales, en 14 pagas.", "1234.56", "EUR", "month"),
        (
            "Basic salary: Rs. 12,96,000 per annum (Provident Fund extra), Acme Private Limited",
            "1296000.00",
            "INR",
            "year",
        ),
        ("The Employee is paid a basic salary of S$9,800.00 per month.", "9800.00", "SGD", "month"),
        ("Wage: CAD $52.00 per hour", "52.00", "CAD", "hour"),
    ],
)
def test_salaries_are_read_as_each_country_writes_them(written: str, amount: str, currency: str, often: str) -> None:
    parts = [part for part in components.components(prose([page(written)])) if part.name == "base salary"]
    assert [(part.amount, part.currency, part.period) for part in parts] == [(amount, currency, often)]


def test_an_end_that_is_computed_says_so_and_is_not_vouched_for() -> None:
    got = fields(LETTER.format("This is a fixed term contract. Its term is a period of six months."))
    assert got["end_date"].value == "2027-08-31"
    assert got["end_date"].source.method is Method.COMPUTED and not got["end_date"].sure
    assert got["term_type"].value == "fixed"


def test_work_without_an_end_has_none() -> None:
    got = fields(LETTER.format("The employment is permanent. This offer expires on 1 February 2027."))
    assert got["term_type"].value == "open" and "end_date" not in got


@pytest.mark.parametrize(
    ("clause", "after", "within"),
    [
        ("Notice period | 1 month during probation; 2 months after confirmation", "2 months", "1 month"),
        ("4. Notice: 1 week during the probationary period, then 4 weeks.", "4 weeks", "1 week"),
        (
            "During probation, either party may terminate by giving 2 weeks' notice. Thereafter the notice "
            "period is 3 months.",
            "3 months",
            "2 weeks",
        ),
        ("Nach Ablauf der Probezeit beträgt die Kündigungsfrist drei Monate.", "3 months", None),
    ],
)
def test_notice_in_probation_is_not_the_notice(clause: str, after: str, within: str | None) -> None:
    got = fields(LETTER.format("\n" + clause))
    assert got["notice_period"].value == after
    assert (got["notice_in_probation"].value if "notice_in_probation" in got else None) == within


def test_a_notice_of_something_else_is_no_notice_period() -> None:
    got = fields(
        LETTER.format(
            "The Recipient shall give the Company written notice no less than five days prior to the disclosure."
        )
    )
    assert "notice_period" not in got


def test_a_paper_of_secrecy_is_no_paper_of_work() -> None:
    got = fields(
        "EMPLOYEE CONFIDENTIALITY AGREEMENT\nThe Employee works 40 hours per week with 25 days of holiday, "
        "salary GBP 50,000 per year.\n"
    )
    assert not {"holidays", "salary_components", "weekly_hours"} & set(got)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("einen Monat", "1 month"), ("thirty-six (36) months", "36 months"), ("30 Arbeitstage", "30 working days"),
        ("vingt-quatre mois", "24 months"), ("quince días", "15 days"), ("twee maanden", "2 months"),
        ("25 jours ouvrés", "25 working days"), ("six weeks", "6 weeks"), ("um mês", "1 month"),
    ],
)  # fmt: skip
def test_lengths_of_time_are_read_in_each_language(written: str, read: str) -> None:
    assert [each.plain for each in lengths.find(written)] == [read]


def test_a_length_of_working_days_has_no_term_a_calendar_tells() -> None:
    (working,) = lengths.find("10 working days")
    (plain_days,) = lengths.find("10 days")
    assert working.term is None and plain_days.term is not None


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("el día uno de marzo de dos mil veintisiete", "2027-03-01"),
        ("a quince de marzo de dos mil treinta y uno", "2031-03-15"),
        ("le premier février deux mille vingt-sept", "2027-02-01"),
        ("el treinta y uno de febrero de dos mil veintisiete", None),
    ],
)
def test_dates_in_words_are_read_and_impossible_ones_are_not(written: str, value: str | None) -> None:
    assert [each.value for each in spelled_dates.find(written)] == ([value] if value else [])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("zwischen der Wiesengrund Klinikum gGmbH, Kurallee 3", "Wiesengrund Klinikum gGmbH"),
        ("de la empresa AZAHAR\nCONSULTORES, S.L., con CIF", "CONSULTORES, S.L."),
        ("por una parte TALAVERA AUTOPARTES, S.A. DE C.V., representada", "TALAVERA AUTOPARTES, S.A. DE C.V."),
        ("la SRL Pavillon Vert, chaussée de Namur", "SRL Pavillon Vert"),
        ("1. Waterlinie Techniek B.V., gevestigd", "Waterlinie Techniek B.V."),
        ("ARBEITSVERTRAG\nSeerose Pharma AG", "Seerose Pharma AG"),
        ("L'association Les Ateliers du Marais, 45 quai", "Les Ateliers du Marais"),
        ("the University of Eskmouth (the", "University of Eskmouth"),
        ("PROTEA RIDGE LOGISTICS (PTY) LTD\nReg", "PROTEA RIDGE LOGISTICS (PTY) LTD"),
    ],
)
def test_firms_are_found_with_the_legal_forms_of_their_countries(text: str, name: str) -> None:
    found = who.firm(text, 0, len(text))
    assert found is not None and found.text == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("und Herrn Dr. Anselm Okoye, geboren am", "Anselm Okoye"),
        ("D.ª Montserrat Vilaplana", "Montserrat Vilaplana"),
        ("Monsieur Kwame Asante-Boateng, né le", "Kwame Asante-Boateng"),
        ("de heer Rafał Wiśniewski", "Rafał Wiśniewski"),
        ("Arif bin Rahmat (the", "Arif bin Rahmat"),
        ("i. V. Sabine Reuß", "Sabine Reuß"),
        ("Human Resources Manager", None),
    ],
)
def test_people_are_found_behind_their_forms_of_address(text: str, name: str | None) -> None:
    found = who.person(text, 0, len(text))
    assert (found.text if found else None) == name


@pytest.mark.parametrize(
    ("heading", "topic"),
    [
        ("Probezeit", "probation"),
        ("Délai de congé après le temps d'essai", "notice"),
        ("Jahresgehalt brutto", "pay"),
        ("Lieu d'occupation", "place"),
    ],
)
def test_headings_open_their_topic(heading: str, topic: str) -> None:
    assert topic in topics_of(heading)


def test_a_sentence_is_no_heading() -> None:
    assert topics_of("The Company may change the place where the work is done at any time it likes") == frozenset()


def test_rows_and_clauses_keep_to_themselves() -> None:
    text = prose([page("Job title | Engineer\nHoliday | 25 days\n3. Probation\nSix months.\n4. Notice\nOne month.")])
    found = {next(iter(each.topics)): text.text[each.start : each.end].strip() for each in clauses.clauses(text)}
    assert found == {"title": "Engineer", "holidays": "25 days", "probation": "Six months.", "notice": "One month."}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.sampled_from([each for each in papers() if not each.held]))
def test_no_text_in_a_paper_of_work_makes_the_reader_fall(text: str, paper: Paper) -> None:
    contract.read_pages([*paper.pages, page(text, len(paper.pages) + 1)])
    contract.read_pages([page("ARBEITSVERTRAG\n" + text)])


def test_a_paper_of_thousands_of_rows_costs_no_more_per_row() -> None:
    row = "Base salary GBP 50,000 per year, 3 months' notice, 25 days holiday, 1 May 2027, ________ /s/ Ada Example"
    made = components.components(prose([page("\n".join([row] * 2000))]))
    # The same promise stands once, however often it is printed.
    assert [(part.name, part.amount) for part in made] == [("base salary", "50000.00")]
