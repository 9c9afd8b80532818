from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import page

from toolkit import pages
from toolkit.kind import kinds
from toolkit.model import SURE, Field
from toolkit.pages import Opened, Sheet
from toolkit.readers import contract, spell
from toolkit.readers.agreement.signature import signed
from toolkit.readers.naming import name_at
from toolkit.readers.prose import prose
from toolkit.recognise import Recognised

EMPLOYMENT = """
CONTRACT OF EMPLOYMENT
1. Parties and commencement
This contract is made on 12 October 2026 between Tarn & Fell Analytics Ltd, a company registered
in England and Wales whose registered office is at 18 Sallow Row, Leeds (the "Employer"), and
Aylin Zoé Çelikhan, a national of Utopia (the "Employee"). Employment begins on 1 March 2027.
2. Position
The Employee is employed as Senior Data Engineer (occupation code 2134) and reports to the Head.
3. Place of work
The usual place of work is 18 Sallow Row, Leeds LS99 4QZ. The Employee may work from home.
4. Salary
The gross annual salary is GBP 62,400 per year, paid in twelve equal instalments each month.
5. Hours
Normal working hours are 37.5 hours per week.
6. Probation
The first 6 months are a probationary period. During it either party may end the employment with
two weeks' written notice.
7. Notice
After the probationary period either party may end the employment with three (3) months' written notice.
8. Governing law
This contract is governed by the laws of England and Wales.
Signed by the parties.
For the Employer: Tarn & Fell Analytics Ltd
The Employee: Aylin Zoé Çelikhan
"""
NDA = """
NON-DISCLOSURE AGREEMENT
This Non-Disclosure Agreement (this "Agreement") is made as of December 9, 2014 (the "Effective Date") by and
between DigiPath, Inc., located at 6450 Cameron Street, Suite 113, Las Vegas, Nevada 89118 ("Discloser"), and
W-Net, Inc., a California corporation ("Recipient").
WHEREAS, pursuant to that certain Agreement and Plan of Merger dated as of May 1, 2013 by and between others,
This Agreement shall be governed by and construed in accordance with the laws of the State of California.
W-NET, INC. DIGIPATH, INC.
By: /s/ David Weiner By: /s/ Todd Denkin
"""
GERMAN = """
ARBEITSVERTRAG
zwischen
der Nordlicht Feinwerk GmbH, Seestraße 4, 78462 Konstanz (nachfolgend "Arbeitgeber") und
Frau Ada Beispiel (nachfolgend "Arbeitnehmerin")
Das Arbeitsverhältnis beginnt am 1. April 2027. Die Arbeitnehmerin wird als Ingenieurin eingestellt.
Die Probezeit beträgt sechs Monate. Arbeitsort ist Konstanz.
Das Bruttogehalt beträgt EUR 5.400,00 pro Monat. Die wöchentliche Arbeitszeit beträgt 38,5 Stunden.
Es gilt deutsches Recht.
"""


def fields(text: str) -> dict[str, Field]:
    return {field.name: field for field in contract.read_pages([page(text)]).fields}


def values(text: str) -> dict[str, object]:
    return {name: field.value for name, field in fields(text).items() if name != "defined_terms"}


def test_an_employment_contract_is_read_whole() -> None:
    assert values(EMPLOYMENT) == {
        "contract_type": "employment",
        "parties": ("Tarn & Fell Analytics Ltd", "Aylin Zoé Çelikhan"),
        "employer": "Tarn & Fell Analytics Ltd",
        "employee": "Aylin Zoé Çelikhan",
        "agreement_date": "2026-10-12",
        "effective_date": "2027-03-01",
        "job_title": "Senior Data Engineer",
        "work_location": "18 Sallow Row, Leeds LS99 4QZ",
        "weekly_hours": "37.5",
        "probation": "6 months",
        "notice_period": "3 months",
        "salary": "62400.00",
        "salary_currency": "GBP",
        "salary_period": "year",
        "salary_components": ({"name": "base salary", "amount": "62400.00", "currency": "GBP", "period": "year"},),
        "notice_in_probation": "2 weeks",
        "occupation_code": "2134",
        "remote_work": "yes",
        "governing_law": "England and Wales",
        "signed": "unsure",
    }


def test_a_party_that_signs_is_vouched_for() -> None:
    assert fields(EMPLOYMENT)["parties"].confidence >= SURE
    unsigned = EMPLOYMENT[: EMPLOYMENT.index("Signed by")]
    assert fields(unsigned)["parties"].confidence < SURE


def test_a_confidentiality_agreement_gives_its_parties_date_and_law() -> None:
    got = values(NDA)
    assert got["contract_type"] == "NDA"
    assert got["parties"] == ("DigiPath, Inc.", "W-Net, Inc.")
    assert got["effective_date"] == "2014-12-09"
    assert got["governing_law"] == "California"
    assert got["signed"] == "yes"
    assert "salary" not in got


def test_a_german_contract_gives_the_basics() -> None:
    got = values(GERMAN)
    assert got["contract_type"] == "employment"
    assert got["employer"] == "Nordlicht Feinwerk GmbH"
    assert got["employee"] == "Ada Beispiel"
    assert got["effective_date"] == "2027-04-01"
    assert got["job_title"] == "Ingenieurin"
    assert got["probation"] == "6 months"
    assert (got["salary"], got["salary_currency"], got["salary_period"]) == ("5400.00", "EUR", "month")
    assert got["weekly_hours"] == "38.5"
    assert got["governing_law"] == "Germany"


def test_a_letter_of_offer_names_who_offers_to_whom() -> None:
    got = values(
        "Offer Letter\nDate: August 1, 2025\nCandidate Name: Ada Example\nLocation: Port Amaurot\n"
        "Joining Date: 2025-09-15\nWe are pleased to offer you the position of Team Lead at Acme Widgets Ltd, "
        "Port Amaurot.\n"
        "Component | Annual (INR)\nFixed Salary | 3,268,457\nEither party may terminate with 60 days' notice.\n"
    )
    assert got["contract_type"] == "offer"
    assert (got["employer"], got["employee"]) == ("Acme Widgets Ltd", "Ada Example")
    assert (got["agreement_date"], got["effective_date"]) == ("2025-08-01", "2025-09-15")
    assert (got["salary"], got["salary_currency"], got["salary_period"]) == ("3268457.00", "INR", "year")
    assert got["notice_period"] == "60 days"
    assert got["job_title"] == "Team Lead"


def test_an_assignment_has_three_parties_and_an_end() -> None:
    got = values(
        "International Assignment Agreement\n"
        "This agreement is made on 2 November 2026 between Nordlicht Feinwerk GmbH, Seestraße 4, Konstanz, Germany\n"
        '(the "Home Company"), Nordlicht Precision Inc., 2200 Kestrel Avenue, Columbus, United States of America\n'
        '(the "Host Company"), and Tomás Grünwaldt (the "Assignee").\n'
        "The assignment begins on 1 April 2027 and ends on 31 March 2030.\n"
    )
    assert got["contract_type"] == "assignment"
    assert got["parties"] == ("Nordlicht Feinwerk GmbH", "Nordlicht Precision Inc.", "Tomás Grünwaldt")
    assert (got["employer"], got["employee"]) == ("Nordlicht Feinwerk GmbH", "Tomás Grünwaldt")
    assert (got["effective_date"], got["end_date"]) == ("2027-04-01", "2030-03-31")


def test_a_currency_is_never_assumed() -> None:
    got = fields("EMPLOYMENT AGREEMENT\nThe annual base salary is 90,000.00 per year.\n")
    assert "salary_currency" not in got
    assert not got["salary"].sure


def test_every_field_shows_its_place() -> None:
    for field in fields(EMPLOYMENT).values():
        assert field.source.page == 1
        assert field.source.box is not None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Heron Remedies, Inc., a Delaware corporation", "Heron Remedies, Inc."),
        ("Acme Corporation of Utopia, a New York", "Acme Corporation of Utopia"),
        ("Ottmar Q. Vellinger, an individual", "Ottmar Q. Vellinger"),
        ("Lantern Hill Estates Co., Ltd., a limited", "Lantern Hill Estates Co., Ltd."),
        ("Mr. John Doe (Employee)", "John Doe"),
        ("Aylin Zoé Çelikhan\n1. Parties", "Aylin Zoé Çelikhan"),
        ("neoHELion, Inc., a Delaware", "neoHELion, Inc."),
    ],
)
def test_a_name_ends_where_it_ends(text: str, name: str) -> None:
    found = name_at(text, 0)
    assert found is not None and found.text == name


@pytest.mark.parametrize("text", ["the Company", "a Delaware corporation", "WHEREAS, the", "and its affiliates", ""])
def test_what_is_no_name_gives_none(text: str) -> None:
    assert name_at(text, 0) is None


@pytest.mark.parametrize(
    ("written", "plain"),
    [("six (6) months", "6 months"), ("30 days'", "30 days"), ("einen Monat", "1 month"), ("soon", "")],
)
def test_a_length_of_time_is_made_plain(written: str, plain: str) -> None:
    assert spell.plain(written) == plain


def test_only_a_conformed_signature_is_taken_for_one() -> None:
    assert signed(prose([page("Yours\n/s/ Ada Example")]))[0] == "yes"
    assert signed(prose([page("By: ______")]))[0] == "unsure"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_no_text_makes_the_reader_fall(text: str) -> None:
    contract.read_pages([page(text), page(EMPLOYMENT, 2)])


@given(st.text(alphabet=st.characters(categories=("L", "N", "P")), min_size=1, max_size=20))
def test_prose_knows_which_words_a_place_touches(word: str) -> None:
    made = prose([page(f"before {word} after")])
    at = made.text.index(" ") + 1
    touched = [each.text for _, (_, each) in made.words(at, at + len(word))]
    assert touched == page(word).words[0].text.split()


@pytest.mark.data
def test_agreements_of_the_public_set_name_the_law_that_governs_them(shared_data: Path) -> None:
    rows = [json.loads(row) for row in (shared_data / "kleister_nda" / "truth.jsonl").read_text("utf-8").splitlines()]
    right = 0
    for row in rows[:6]:
        data = (shared_data / row["file"]).read_bytes()
        got = {f.name: f.value for f in contract.read_pages(pages.open_bytes(data, "application/pdf").pages).fields}
        right += got.get("governing_law") in row["jurisdiction"]
    assert right == 6


def _signed_sheet(drawn: bool) -> Opened:
    text = "\n" * 20 + "Signed by the parties.\n" + "\n" * 6 + "Ada Example\nEngineer\n"
    picture = np.full((1200, 1000, 3), 246, np.uint8)
    set_page = page(text.replace("\n", " \n"))
    name = next(word.box for word in set_page.words if word.text == "Ada")
    foot = int(name.top * 1200)
    picture[foot - 4 : foot - 2, 0:400] = 20  # the ruled line
    if drawn:
        for step in range(200):
            at = foot - 40 + int(18 * np.sin(step / 9))
            picture[at : at + 3, 20 + step : 23 + step] = (30, 40, 90)
    return Opened("application/pdf", b"", (Sheet(set_page, lambda: picture),))


@pytest.mark.parametrize(("drawn", "answer"), [(True, "yes"), (False, "unsure")])
def test_a_drawn_hand_above_the_name_is_a_likely_yes(drawn: bool, answer: str) -> None:
    found = Recognised(kinds()["contract"], "contract", 1.0, (1,))
    field = next(f for f in contract.read(_signed_sheet(drawn), found).fields if f.name == "signed")
    assert field.value == answer
    assert not field.sure


@pytest.mark.parametrize("term", ['" "', '""', '" , "'])
def test_a_term_of_nothing_defines_nobody(term):
    text = f'This agreement is made between Acme Inc. (the "Company") and John Smith ({term}).\nEmployment begins.'
    assert fields(text)["parties"].value == ("Acme Inc.", "John Smith")


def test_words_that_nobody_could_read_give_no_negative_confidence():
    text = "CONTRACT OF EMPLOYMENT\nWork location | Leeds\nWeekly hours | 40"
    read = contract.read_pages([page(text, confidence=0.0)])
    assert read.fields
    assert all(field.confidence == 0 for field in read.fields)
