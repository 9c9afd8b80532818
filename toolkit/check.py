"""A case against the checklist of its route: one finding a requirement and person, with evidence and legal source.

Pure: it judges at the case's planned dates and knows no clock; the same case gives the same findings on any day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.checklist import STAGES, WHOSE, Checklist, Requirement, Stage, checklist, routes
from toolkit.facts import roles
from toolkit.model import Case, Document, Fact, Finding, Person, Record, Verdict
from toolkit.rules import Answer, Paper, Situation, judge, together
from toolkit.rules.situation import documents_of
from toolkit.rules.wording import ruled_out

#: The detail that says up to which stage a case is being prepared; what falls due later is reported as `later`.
STAGE = "stage"
#: The level of what does not apply.
NOT_APPLICABLE = "not applicable"
_AT = {stage: number for number, stage in enumerate(STAGES)}
_BINDING = ("mandatory", "conditional")


def check(
    case: Case,
    facts: Mapping[str, Fact],
    records: Sequence[Record],
    documents: Sequence[Document],
    checklist: Checklist,
    *,
    everything: bool = False,
) -> list[Finding]:
    """Return a finding for every requirement that applies, or may apply, to each person it is about.

    What a known fact rules out (another nationality, no third-party site) gives no finding, or with *everything* one
    that does not apply, with the condition and its evidence. Where it is not known whether a requirement applies, the
    finding is UNSURE and asks the question that would tell.
    """
    by_id = {document.id: document for document in documents if not document.duplicate_of}
    papers = tuple(Paper(by_id[record.document], record) for record in records if record.document in by_id)
    called = roles(case)
    everybody = [
        Situation(case, person, called[person], facts, papers, checklist.lists, checklist.asks)
        for person in case.people
    ]
    findings = []
    for name, requirement in checklist.requirements.items():
        for situation in everybody:
            person = situation.person
            if person.role not in WHOSE[requirement.whose]:
                continue
            answer = _answer(requirement, situation)
            if answer is not None:
                findings.append(_finding(name, requirement, person, answer, case))
            elif everything:
                findings.append(_outside(name, requirement, person, situation))
    return findings


def due_later(findings: Sequence[Finding]) -> list[Finding]:
    """Return what the law asks for at a later stage than the case is prepared for, and is not met yet."""
    return [f for f in findings if f.level == "later" and f.verdict is not Verdict.MET]


def prepared_for(case: Case) -> Stage:
    """Return the last stage the case is prepared for: its detail `stage`, else everything before arrival."""
    wanted = case.details.get(STAGE)
    return next((stage for stage in STAGES if stage == wanted), STAGES[-2]) if wanted else STAGES[-2]


def outstanding(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings that keep a case from being complete: binding now, and not met."""
    return [f for f in findings if f.level in _BINDING and f.verdict is not Verdict.MET]


def _answer(requirement: Requirement, situation: Situation) -> Answer | None:
    truth = together(requirement.when, situation)
    if truth.unknown is not None:
        unknown = truth.unknown
        because = f"may be required; {unknown.because}"
        return Answer(Verdict.UNSURE, because, unknown.evidence, unknown.documents, unknown.next_step)
    return judge(requirement.rules, situation) if truth.holds else None


def _outside(name: str, requirement: Requirement, person: Person, situation: Situation) -> Finding:
    """A requirement that a known fact rules out. Nothing is asked and nothing owed, so its level binds nobody."""
    because, evidence = ruled_out(requirement.when, situation)
    return Finding(
        requirement=name,
        label=requirement.label,
        # The three answers of a requirement stay three: this is not one of them.
        verdict=Verdict.NOT_APPLICABLE,
        because=because,
        legal_source=str(requirement.source),
        checked=requirement.checked,
        person=person.id,
        evidence=evidence,
        documents=documents_of(evidence),
        level=NOT_APPLICABLE,
        stage=requirement.stage,
    )


def _finding(name: str, requirement: Requirement, person: Person, answer: Answer, case: Case) -> Finding:
    return Finding(
        requirement=name,
        label=requirement.label,
        verdict=answer.verdict,
        because=answer.because,
        legal_source=str(requirement.source),
        checked=requirement.checked,
        person=person.id,
        evidence=answer.evidence,
        documents=answer.documents,
        next_step=_next_step(requirement, answer),
        level=_level(requirement, case),
        stage=requirement.stage,
    )


def _next_step(requirement: Requirement, answer: Answer) -> str:
    if not answer.absent:
        return answer.next_step
    return f"From the {requirement.provided_by}: {answer.next_step[:1].lower()}{answer.next_step[1:]}"


def _level(requirement: Requirement, case: Case) -> str:
    """A binding requirement of a stage after the one the case is prepared for falls due later; arrival always does."""
    if requirement.level in _BINDING and _AT[requirement.stage] > _AT[prepared_for(case)]:
        return "later"
    return requirement.level


__all__ = [
    "NOT_APPLICABLE",
    "STAGE",
    "Checklist",
    "check",
    "checklist",
    "due_later",
    "outstanding",
    "prepared_for",
    "routes",
]
