"""What a rule may look at, and how it answers: the facts and papers of one person of a case, and three-valued answers.

Knows no rule and no checklist file. Everything that is missing, unclear or contradicted is answered here, so that a
rule itself is asked only about values that are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Literal

import msgspec

from toolkit.model import SURE, Case, Document, Fact, Field, Method, Person, Proof, Record, Source, State, Verdict

_APART = str.maketrans("._-", "   ")
#: Kinds that facts tell apart by `contract_type` as well; each is a paper of kind `contract`.
CONTRACT_TYPES = ("employment", "assignment", "offer", "service", "nda")


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question a checklist needs answered, under its key in the case's details (`spouse.<key>` for a dependant).

    `about` says whether one answer holds for the whole case or each person has an own one.
    """

    question: str
    kind: Literal["choice", "date", "number", "codes", "text"] = "choice"
    answers: tuple[str, ...] = ("yes", "no")
    about: Literal["case", "person"] = "case"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rule says of one case. `absent`: the paper itself is missing, so nothing more can be asked of it."""

    verdict: Verdict
    because: str
    evidence: tuple[Field, ...] = ()
    documents: tuple[str, ...] = ()
    next_step: str = ""
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of the case with what was read from it."""

    document: Document
    record: Record

    @property
    def contract_type(self) -> str:
        """Return the contract type that was read for sure, or an empty string."""
        field = self.record.get("contract_type")
        return field.value.casefold() if field is not None and field.sure and isinstance(field.value, str) else ""


@dataclass(frozen=True, slots=True)
class Situation:
    """One person of a case as the rules see them. `role` is the name under which facts speak of the person."""

    case: Case
    person: Person
    role: str
    facts: Mapping[str, Fact]
    papers: tuple[Paper, ...]
    lists: Mapping[str, frozenset[str]]
    asks: Mapping[str, Ask]

    def fact(self, name: str) -> Fact | None:
        """Return the person's own fact called *name*, or the case's; a dependant never inherits the principal's."""
        planned = self.case.dates.get(name.removeprefix("case.")) if name.startswith("case.") else None
        if planned is not None:
            # The case itself is asked, so that it can be judged at other dates than those it was resolved with.
            source = Source("", None, None, Method.PERSON)
            return Fact(name, Field(name, planned.isoformat(), 1.0, source, Proof.PERSON))
        own = self.facts.get(f"{self.role}.{name}")
        if own is not None:
            return own
        ask = self.asks.get(name)
        shared = ask is not None and ask.about == "case"
        return self.facts.get(name) if shared or self.role == "principal" else None

    def key(self, name: str) -> str:
        """Return the key under which a person's statement of *name* is recorded in the case's details."""
        ask = self.asks.get(name)
        return name if self.role == "principal" or (ask is not None and ask.about == "case") else f"{self.role}.{name}"

    def of_kind(self, kinds: Sequence[str], types: Sequence[str] = (), *, shared: bool = False) -> tuple[Paper, ...]:
        """Return the person's papers of these kinds, filed or asked about; *shared*: anybody's in the case."""
        return tuple(
            paper
            for paper in self.papers
            if paper.record.kind in kinds
            and paper.document.state is not State.QUARANTINED
            and (shared or self.case.person(paper.document.person) == self.person)
            and (not types or paper.contract_type in ("", *types))
        )

    def owns(self, paper: Paper) -> bool:
        """Whether a paper is this person's, filed or asked about."""
        return paper.document.state is not State.QUARANTINED and self.case.person(paper.document.person) == self.person

    def known(self, name: str) -> Fact | Answer:
        """Return the fact called *name* where it is sure, or the answer that says what is missing or unclear."""
        fact = self.fact(name)
        if fact is None:
            return self._missing(name)
        if not fact.field.sure:
            return unclear(fact)
        return fact

    def decide(self, names: Sequence[str], judge: Callable[..., tuple[bool, str]], next_step: str = "") -> Answer:
        """Judge the values of *names*; unclear or missing ones answer for themselves.

        *judge* gets the values in order and returns whether the rule holds and why. Where papers contradict each other
        and nobody has settled it, the verdict stands only if every reading gives the same one.
        """
        facts: list[Fact] = []
        for name in names:
            known = self.known(name)
            if isinstance(known, Answer):
                return known
            facts.append(known)
        evidence = tuple(fact.field for fact in facts)
        try:
            holds, because = judge(*(field.value for field in evidence))
            readings = product(*((f.field, *(() if f.settled else f.others)) for f in facts))
            agreed = len({judge(*(field.value for field in reading))[0] for reading in readings}) == 1
        except (ValueError, ArithmeticError):
            return _malformed(facts)
        if not agreed:
            return contradicted([fact for fact in facts if not fact.settled])
        verdict = Verdict.MET if holds else Verdict.UNMET
        return Answer(verdict, because, evidence, documents_of(evidence), "" if holds else next_step)

    def question(self, name: str) -> Answer:
        """Return the answer for a statement nobody gave: UNSURE, asking exactly that question."""
        ask, key = self.asks.get(name), self.key(name)
        text = ask.question if ask is not None else f"What is {name}?"
        values = f'"{" | ".join(ask.answers)}"' if ask is not None and ask.kind == "choice" else '"..."'
        return Answer(Verdict.UNSURE, f"not answered: {text}", next_step=sentence(record(key, values)))

    def _missing(self, name: str) -> Answer:
        if name in self.asks:
            return self.question(name)
        if name.startswith("case."):
            planned = name.removeprefix("case.")
            return Answer(
                Verdict.UNSURE,
                f"the planned {planned} date is not set",
                next_step=f"Set {planned} under [dates] with `mobility case add`.",
            )
        kind, dot, field = name.rpartition(".")
        papers = self._papers_called(kind) if dot else ()
        if papers:
            ids = tuple(paper.document.id for paper in papers)
            return Answer(
                Verdict.UNSURE,
                f"{field} could not be read from document {ids[-1]}",
                documents=ids,
                next_step=f"Look for the {words(field)} in document {ids[-1]} and {record(f'{self.role}.{name}')}",
            )
        if dot:
            # Who vouches for a paper that was not uploaded can say what stands on it.
            step = f"Upload the {words(kind)}, or {record(f'{self.role}.{name}')}"
            return Answer(Verdict.UNMET, f"no {words(kind)} on file", next_step=step, absent=True)
        return Answer(
            Verdict.UNSURE, f"{words(name)} is not known", next_step=f"State it: {record(f'{self.role}.{name}')}"
        )

    def _papers_called(self, name: str) -> tuple[Paper, ...]:
        kind = name.replace("_", "-")
        for contract_type in CONTRACT_TYPES:
            if kind == f"{contract_type}-contract":
                return self.of_kind(("contract",), (contract_type,))
        return self.of_kind((kind,))


@cache
def folded(answers: tuple[str, ...]) -> frozenset[str]:
    """Return the answers of a definition file as they are compared."""
    return frozenset(answer.casefold() for answer in answers)


def words(name: str) -> str:
    """Return a field's or kind's name as words for a sentence."""
    return name.replace("case.", "planned ", 1).translate(_APART)


def record(key: str, value: str = '"..."') -> str:
    """Return the instruction that records a statement under *key*."""
    return f'record "{key}" = {value} under [details] with `mobility case add`.'


def sentence(text: str) -> str:
    """Return *text* with a capital at its beginning."""
    return f"{text[:1].upper()}{text[1:]}"


def documents_of(fields: Sequence[Field]) -> tuple[str, ...]:
    """Return the ids of the documents *fields* were read from, each once, in order."""
    return tuple(dict.fromkeys(field.source.document for field in fields if field.source.document))


def place(field: Field) -> str:
    """Return where a field stands, for a person who is to look at it; never its value."""
    page = f" on page {field.source.page}" if field.source.page is not None else ""
    return f"{words(field.name.rpartition('.')[2])}{page} of document {field.source.document}"


def unclear(fact: Fact) -> Answer:
    """Return the answer for a value the reader does not vouch for."""
    field = fact.field
    return Answer(
        Verdict.UNSURE,
        f"unclear: {place(field)} (sure to {field.confidence:.2f}, {SURE:.2f} is needed)",
        (field,),
        documents_of((field,)),
        f"Look at the {place(field)}; then {record(fact.name)}",
    )


def contradicted(facts: Sequence[Fact]) -> Answer:
    """Return the answer for facts that papers contradict and nobody has settled."""
    fields = tuple(field for fact in facts for field in (fact.field, *fact.others))
    because = "; ".join(
        f"{words(fact.name.rpartition('.')[2])} differs: {', '.join(_origin(f) for f in (fact.field, *fact.others))}"
        for fact in facts
    )
    step = " ".join(f"Compare the papers and {record(fact.name)}" for fact in facts)
    return Answer(Verdict.UNSURE, because, fields, documents_of(fields), step)


def all_of(answers: Sequence[Answer]) -> Answer:
    """Return one answer for rules that must all hold: the worst verdict, and the reasons that led to it."""
    if len(answers) == 1:
        return answers[0]
    for number, answer in enumerate(answers):
        if answer.absent:
            return _joined([*answers[:number], answer])
    return _joined(answers)


def one_of(answers: Sequence[Answer]) -> Answer:
    """Return one answer for alternatives: the first that is met, else what is unsure, else all that is missing."""
    for verdict in (Verdict.MET, Verdict.UNSURE):
        for answer in answers:
            if answer.verdict is verdict:
                return answer
    because = "none of the alternatives: " + "; ".join(answer.because for answer in answers)
    step = " Or: ".join(answer.next_step for answer in answers if answer.next_step)
    return replace(_joined(answers), because=because, next_step=step, absent=all(a.absent for a in answers))


def _joined(answers: Sequence[Answer]) -> Answer:
    if len(answers) == 1:
        return answers[0]
    verdicts = {answer.verdict for answer in answers}
    worst = next((v for v in (Verdict.UNMET, Verdict.UNSURE) if v in verdicts), Verdict.MET)
    telling = [answer for answer in answers if answer.verdict is worst]
    pending = [a for a in answers if a.verdict is not Verdict.MET]
    return Answer(
        worst,
        "; ".join(dict.fromkeys(answer.because for answer in (pending or telling))),
        tuple(dict.fromkeys(field for answer in answers for field in answer.evidence)),
        tuple(dict.fromkeys(id_ for answer in answers for id_ in answer.documents)),
        " ".join(dict.fromkeys(answer.next_step for answer in pending if answer.next_step)),
        any(answer.absent for answer in answers),
    )


def _origin(field: Field) -> str:
    return f"document {field.source.document}" if field.source.document else "the case as opened"


def _malformed(facts: Sequence[Fact]) -> Answer:
    fields = tuple(fact.field for fact in facts)
    names = ", ".join(words(fact.name) for fact in facts)
    return Answer(
        Verdict.UNSURE,
        f"not in a form that can be judged: {names}",
        fields,
        documents_of(fields),
        "Write dates as 2026-01-31 and amounts as 50700.00: " + " ".join(record(f.name) for f in facts),
    )
