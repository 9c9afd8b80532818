"""Small hand-made cases: papers with their fields in one line each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from toolkit.facts import resolve
from toolkit.model import Case, Document, Field, Finding, Method, Person, Proof, Record, Source, State
from toolkit.rules import Ask, Rule, Situation
from toolkit.rules.situation import Answer, Paper

ANNA = Person("p1", "principal", "Eriksson", "Anna Maria", "1974-08-12", "UTO")
LARS = Person("p2", "spouse", "Eriksson", "Lars", "1972-01-05", "UTO")
CHILD = Person("p3", "child", "Eriksson", "Maja", "2010-05-31", "UTO")
DATES = {"filing": date(2026, 12, 1), "start": date(2027, 3, 1), "end": date(2029, 2, 28)}


def field(
    name: str,
    value: str,
    document: str = "",
    sure: float = 0.99,
    method: Method = Method.OCR,
    proof: Proof = Proof.NONE,
) -> Field:
    return Field(name, value, sure, Source(document, 1, None, method), proof)


class Builder:
    """Collects papers of one case; `paper` returns the document's id."""

    def __init__(self, *people: Person, dates: Mapping[str, date] | None = None, **details: str) -> None:
        self.case = Case("c1", "X-1", "us/l-1a", people or (ANNA,), DATES if dates is None else dates, details)
        self.documents: list[Document] = []
        self.records: list[Record] = []

    def paper(
        self,
        kind: str,
        person: str = "p1",
        *,
        method: Method = Method.OCR,
        proofs: Mapping[str, Proof] | None = None,
        unsure: tuple[str, ...] = (),
        kind_confidence: float = 0.99,
        state: State = State.FILED,
        received: str = "2026-11-01T00:00:00",
        **fields: str,
    ) -> str:
        id_ = f"d{len(self.documents) + 1}"
        self.documents.append(Document(id_, "c1", "x.pdf", "application/pdf", 1, "", received, state, person=person))
        read = tuple(
            field(name, value, id_, 0.5 if name in unsure else 0.99, method, (proofs or {}).get(name, Proof.NONE))
            for name, value in fields.items()
        )
        self.records.append(Record(kind, kind_confidence, (1,), read, document=id_))
        return id_

    @property
    def facts(self):
        return resolve(self.case, self.records, self.documents)

    def situation(
        self, person: Person = ANNA, lists: Mapping[str, frozenset[str]] | None = None, **asks: Ask
    ) -> Situation:
        papers = tuple(Paper(d, r) for d, r in zip(self.documents, self.records, strict=True))
        return Situation(self.case, person, person.role, self.facts, papers, lists or {}, asks)

    def answer(self, rule: Rule, person: Person = ANNA, **kw) -> Answer:
        return rule.answer(self.situation(person, **kw))


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.requirement: finding for finding in findings}
