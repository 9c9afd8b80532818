"""A questionnaire that came back: recognised by its mark or its title, and its answers among the facts of the case."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
import pytest
from case_builder import ANNA, LARS
from test_questionnaire import TAG, TODAY, for_person, typed

from toolkit.confine import Child
from toolkit.facts import resolve
from toolkit.model import Case, Document, Field, Method, Proof, Record, Source, State
from toolkit.questionnaire_pages import pdf
from toolkit.read import read_bytes


@pytest.fixture(scope="module")
def form() -> bytes:
    with Child() as child:
        return pdf(child, for_person(), "GM-2027-104", TAG, today=TODAY)


def test_it_is_recognised_by_its_mark_and_read(form: bytes) -> None:
    (record,) = read_bytes(typed(form, {"birth_city": "Łódź"}), "application/pdf")
    assert (record.kind, record.kind_confidence) == ("questionnaire", 0.99)
    assert record.get("birth_city").value == "Łódź"


def test_a_flattened_copy_is_recognised_by_its_title(form: bytes) -> None:
    document = pypdfium2.PdfDocument(form)
    document.init_forms()
    for page in document:
        page.flatten()
    out, bare = io.BytesIO(), io.BytesIO()
    document.save(out)
    with pikepdf.open(io.BytesIO(out.getvalue())) as made:
        for key in ("/AcroForm", "/Names"):
            if key in made.Root:
                del made.Root[key]
        made.save(bare)
    (record,) = read_bytes(bare.getvalue(), "application/pdf")
    assert record.kind == "questionnaire"
    assert "printed, scanned or flattened" in record.warnings[0]


def answers(document: str, received: str, person: str = "p1", **values: str) -> tuple[Document, Record]:
    filed = Document(document, "c1", "x.pdf", "application/pdf", 1, "", received, State.FILED, person=person)
    fields = tuple(
        Field(name.replace("__", "."), value, 1.0, Source(document, 1, None, Method.PERSON), Proof.PERSON)
        for name, value in values.items()
    )
    return filed, Record("questionnaire", 0.99, (1,), fields, document=document)


def facts(*papers: tuple[Document, Record]):
    case = Case("c1", "X-1", "us/l-1a", (ANNA, LARS), {}, {})
    return resolve(case, [record for _, record in papers], [document for document, _ in papers])


def test_answers_are_facts_under_the_names_that_forms_and_routes_use() -> None:
    known = facts(
        answers("d1", "1", birth_country="POL", answer__prior_marriage="no", passport__issue_date="2022-01-02"),
        answers("d2", "1", "p2", answer__has_valid_visa="yes", foreign_address__city="Bergen"),
    )
    said = {name: known[name].field.value for name in known if known[name].field.source.document}
    assert said == {
        "principal.birth_country": "POL",
        "prior_marriage": "no",
        "principal.passport.issue_date": "2022-01-02",
        "spouse.has_valid_visa": "yes",
        "spouse.foreign_address.city": "Bergen",
    }


def test_an_answer_and_a_paper_that_contradict_each_other_leave_the_fact_open() -> None:
    document = Document("d9", "c1", "p.pdf", "application/pdf", 1, "", "1", State.FILED, person="p1")
    number = Field("document_number", "L898902C3", 0.99, Source("d9", 1, None, Method.MRZ), Proof.CHECK_DIGIT)
    passport = (document, Record("passport", 0.99, (1,), (number,), document="d9"))
    fact = facts(passport, answers("d1", "1", passport__document_number="L898902C4"))[
        "principal.passport.document_number"
    ]
    assert not fact.settled
    assert {fact.field.value, *(each.value for each in fact.others)} == {"L898902C3", "L898902C4"}
    agreed = facts(passport, answers("d1", "1", passport__document_number="L898902C3"))
    assert agreed["principal.passport.document_number"].settled


def test_the_newer_of_two_questionnaires_counts_answer_by_answer() -> None:
    known = facts(
        answers("d1", "2026-11-01", birth_city="Lodz", email="a@example.org"),
        answers("d2", "2026-11-09", birth_city="Łódź"),
    )
    assert known["principal.birth_city"].field.value == "Łódź"
    assert known["principal.birth_city"].others == ()
    assert known["principal.email"].field.value == "a@example.org"
