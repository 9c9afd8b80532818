"""Rules about the papers themselves: there, signed, translated, saying the same as another; and about statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

import msgspec

from toolkit.identity import mismatches, of_person
from toolkit.identity_names import may_be_one
from toolkit.model import SURE, Fact, Field, Proof, State, Verdict
from toolkit.rules.situation import (
    Answer,
    Paper,
    Situation,
    all_of,
    contradicted,
    documents_of,
    folded,
    record,
    sentence,
    unclear,
    words,
)
from toolkit.translation import Judged, judged, languages_of
from toolkit.translation_asked import demand

YES = '"yes"'
#: Kinds that show who somebody is.
_IDENTIFYING = ("passport", "identity-card")


class BaseRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="rule"):
    """A rule names itself by `rule` in the file."""


class Present(BaseRule, frozen=True, tag="present"):
    """A paper of one of *kinds* is filed for the person; *shared*: for anybody in the case.

    *forms* are the numbers of the official forms it can be; *named*: it is made out to the person (its `holder`).
    *have* names the statement by which a specialist vouches for a paper that was not uploaded. *paper* is what to call
    it when asking for it.
    """

    paper: str
    kinds: tuple[str, ...]
    contract_types: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    named: bool = False
    shared: bool = False
    have: str = ""

    def answer(self, situation: Situation) -> Answer:
        """Look for the paper; a kind the recogniser is unsure of is unsure."""
        papers = situation.of_kind(self.kinds, self.contract_types, shared=self.shared)
        papers = tuple(paper for paper in papers if self._may_be_the_form(paper))
        told = {paper.document.id: self._doubt(paper) or self._stranger(paper, situation) for paper in papers}
        doubts = [doubt for doubt in told.values() if doubt]
        sure = [document for document, doubt in told.items() if not doubt]
        if sure:
            return Answer(Verdict.MET, f"{self.paper}: filed", documents=tuple(sure))
        stated = situation.fact(self.have) if self.have else None
        if stated is not None and stated.field.value == "yes":
            return Answer(Verdict.MET, f"{self.paper}: recorded as at hand", (stated.field,))
        ids = tuple(paper.document.id for paper in papers)
        if doubts:
            return Answer(Verdict.UNSURE, "; ".join(doubts), (), ids, f"Open document {ids[-1]} and say what it is.")
        loose = tuple(
            paper.document.id
            for paper in situation.papers
            if paper.record.kind in self.kinds and not paper.document.person
        )
        if loose:
            because = f"a {words(self.kinds[0])} is filed, but not for whom"
            return Answer(Verdict.UNSURE, because, (), loose, f"Say whose document {loose[0]} is.")
        how = f", or {record(situation.key(self.have), YES)}" if self.have else "."
        step = f"Needs {self.paper}: upload it{how}"
        return Answer(Verdict.UNMET, f"not on file: {self.paper}", next_step=step, absent=True)

    def _doubt(self, paper: Paper) -> str:
        document = paper.document
        if document.state is State.ASKED:
            return f"document {document.id} waits for an answer: {document.reason}".rstrip(": ")
        if paper.record.kind_confidence < SURE:
            return (
                f"document {document.id} looks like a {words(paper.record.kind)}, "
                f"but only to {paper.record.kind_confidence:.2f}"
            )
        if self.contract_types and not paper.contract_type:
            return f"document {document.id} is a contract of a type that could not be told"
        if self.forms and not _form_number(paper):
            return f"document {document.id} is a {words(paper.record.kind)} whose number could not be read"
        return ""

    def _may_be_the_form(self, paper: Paper) -> bool:
        number = _form_number(paper) if self.forms else ""
        return not number or _letters(number) in {_letters(form) for form in self.forms}

    def _stranger(self, paper: Paper, situation: Situation) -> str:
        """Return the doubt about a paper whose holder is sure and somebody else; a changed name is for a person."""
        holder, name = paper.record.get("holder"), _full_name(situation, situation.role)
        if not self.named or not name or holder is None or not holder.sure or may_be_one(str(holder.value), name):
            return ""
        return f"document {paper.document.id} is made out to another name"


class AtHand(BaseRule, frozen=True, tag="at_hand"):
    """A paper that no reader can tell from others of its kind is recorded as at hand by a specialist, under *have*.

    Where papers of *kinds* are filed (*shared*: by anybody in the case), one of them may be it, and somebody looks.
    """

    paper: str
    have: str
    kinds: tuple[str, ...] = ()
    shared: bool = False

    def answer(self, situation: Situation) -> Answer:
        """Look for the statement; nothing but "yes" counts."""
        fact = situation.fact(self.have)
        if fact is None:
            return self._wanted(situation)
        value = str(fact.field.value).strip().casefold()
        if value == "yes":
            return Answer(Verdict.MET, f"{self.paper}: recorded as at hand", (fact.field,))
        if value == "no":
            return self._wanted(situation)
        return Answer(
            Verdict.UNSURE,
            f'"{fact.name}" is neither yes nor no',
            (fact.field,),
            next_step=sentence(record(situation.key(self.have), '"yes | no"')),
        )

    def _wanted(self, situation: Situation) -> Answer:
        told = situation.fact(self.have)
        candidates = situation.of_kind(self.kinds, shared=self.shared) if self.kinds and told is None else ()
        if candidates:
            ids = tuple(paper.document.id for paper in candidates)
            one = f"document {ids[0]}" if len(ids) == 1 else f"one of the documents {', '.join(ids)}"
            step = sentence(f"look whether {one} is it, else upload it; if so, {record(situation.key(self.have), YES)}")
            return Answer(Verdict.UNSURE, f"{one} may be {self.paper}", (), ids, step)
        step = f"Needs {self.paper}: upload it, then {record(situation.key(self.have), YES)}"
        return Answer(Verdict.UNMET, f"not on file: {self.paper}", next_step=step, absent=True)


class Answered(BaseRule, frozen=True, tag="answered"):
    """The question *key* is answered with one of *any_of*; *otherwise* says what to do about any other answer."""

    key: str
    any_of: tuple[str, ...] = ("yes",)
    otherwise: str = ""

    def answer(self, situation: Situation) -> Answer:
        """Compare the recorded answer; without one, ask."""
        fact, ask = situation.fact(self.key), situation.asks.get(self.key)
        if fact is None:
            return situation.question(self.key)
        value = str(fact.field.value).strip().casefold()
        question = ask.question if ask is not None else self.key
        if value in folded(self.any_of):
            return Answer(Verdict.MET, f"{question} Answered: {value}.", (fact.field,))
        if ask is not None and value not in folded(ask.answers):
            return situation.question(self.key)
        return Answer(Verdict.UNMET, f"{question} Answered: {value}.", (fact.field,), next_step=self.otherwise)


class Signed(BaseRule, frozen=True, tag="signed"):
    """The paper is signed, as far as a reader can tell (`<paper>.signed` is yes)."""

    paper: str

    def answer(self, situation: Situation) -> Answer:
        """Take yes and no where the reader vouches for them; else somebody looks at the signature page."""
        known = situation.known(f"{self.paper}.signed")
        if isinstance(known, Answer):
            return known
        ids = documents_of((known.field,))
        if known.field.value == "yes":
            return Answer(Verdict.MET, "signed", (known.field,), ids)
        if known.field.value == "no":
            step = f"Have document {ids[0] if ids else ''} signed and upload it again."
            return Answer(Verdict.UNMET, "not signed", (known.field,), ids, step)
        return unclear(known)


class Translated(BaseRule, frozen=True, tag="translated"):
    """The paper is in one of *languages*, or its translation is on file, certified as the state of the route asks.

    A specialist who looked states *key*.
    """

    paper: str
    languages: tuple[str, ...]
    key: str

    def answer(self, situation: Situation) -> Answer:
        """Judge every paper of the kind that is not itself the translation of another; a statement settles it.

        Where the papers on file do not bear a statement out, the reason says so.
        """
        stated = Answered(self.key, otherwise="Order the translation and upload it with the original.")
        papers = situation.of_kind((self.paper.replace("_", "-"),))
        if not any(languages_of(paper.record) for paper in papers):
            return stated.answer(situation)
        records = [paper.record for paper in situation.papers if situation.owns(paper)]
        asked = demand(situation.case.route)
        found = [judged(paper.record, records, self.languages, asked) for paper in papers]
        read = all_of([self._answer(each, situation) for each in found])
        if situation.fact(self.key) is None:
            return read
        said = stated.answer(situation)
        if said.verdict is not Verdict.MET or read.verdict is Verdict.MET:
            return said
        because = f"{said.because} The papers on file do not show it: {read.because}"
        evidence = tuple(dict.fromkeys((*said.evidence, *read.evidence)))
        return replace(said, because=because, evidence=evidence, documents=read.documents)

    def _answer(self, found: Judged, situation: Situation) -> Answer:
        looked = "" if found.verdict is Verdict.MET else f" Or, having looked, {record(situation.key(self.key), YES)}"
        return Answer(found.verdict, found.because, found.evidence, found.documents, f"{found.next_step}{looked}")


class Matches(BaseRule, frozen=True, tag="matches"):
    """Two values say the same: the same person's name, the same day, or the same text without case and punctuation."""

    field: str
    against: str
    compare: Literal["name", "date", "text"] = "text"

    def answer(self, situation: Situation) -> Answer:
        """Compare the two values."""
        return situation.decide(
            (self.field, self.against), self._same, f"Clear up why {words(self.field)} differs from {self.against}."
        )

    def _same(self, one: object, other: object) -> tuple[bool, str]:
        match self.compare:
            case "name":
                same = may_be_one(str(one), str(other))
            case "date":
                same = date.fromisoformat(str(one)) == date.fromisoformat(str(other))
            case "text":
                same = _letters(str(one)) == _letters(str(other))
        verb = "agrees" if same else "does not agree"
        return same, f"{words(self.field)} {verb} with {words(self.against)}"


class Agrees(BaseRule, frozen=True, tag="agrees"):
    """No paper in the case contradicts what is taken for these facts, and each stands on a paper that was read.

    What was typed in when the case was opened proves nothing by itself, and an unsure reading that differs from it may
    be right. A person's correction settles both.
    """

    fields: tuple[str, ...]

    def answer(self, situation: Situation) -> Answer:
        """Collect what is contradicted, then what no paper bears out; a fact nobody knows contradicts nothing."""
        facts = [fact for name in self.fields if (fact := situation.fact(name)) is not None]
        disputed = [fact for fact in facts if not fact.settled]
        if disputed:
            return self._explained(situation, contradicted(disputed))
        typed = [fact for fact in facts if not (fact.name.endswith(".full_name") or _borne_out(fact))]
        if typed and situation.of_kind(_IDENTIFYING):
            return self._unproven(situation, typed)
        fields = tuple(fact.field for fact in facts)
        return Answer(Verdict.MET, "the papers agree on who it is", fields, documents_of(fields))

    def _explained(self, situation: Situation, found: Answer) -> Answer:
        """Say of each paper that names somebody else what speaks against its being the same person's."""
        records = [paper.record for paper in situation.papers if situation.owns(paper)]
        others = mismatches(of_person(situation.person), records)
        said = [f"document {one.document}: {', '.join(match.reasons)}" for one, match in others if match.reasons]
        readings = [field for _, match in others for pair in match.readings for field in pair if field.source.document]
        evidence = tuple(dict.fromkeys((*found.evidence, *readings)))
        because = "; ".join((found.because, *said))
        return replace(found, because=because, evidence=evidence, documents=documents_of(evidence))

    def _unproven(self, situation: Situation, typed: Sequence[Fact]) -> Answer:
        papers = situation.of_kind(_IDENTIFYING)
        names = [fact.name.rpartition(".")[2] for fact in typed]
        readings = [field for paper in papers for name in names if (field := paper.record.get(name)) is not None]
        ids = tuple(paper.document.id for paper in papers)
        steps = " ".join(f"Look at document {ids[-1]} and {record(fact.name)}" for fact in typed)
        because = f"not read for sure from any paper: {', '.join(words(name) for name in names)}"
        return Answer(Verdict.UNSURE, because, (*(fact.field for fact in typed), *readings), ids, steps)


class Couple(BaseRule, frozen=True, tag="couple"):
    """A marriage certificate on file names the principal and this person, so that no earlier marriage passes for it.

    Where a name was changed or not read for sure, a specialist looks and states *have*.
    """

    have: str

    def answer(self, situation: Situation) -> Answer:
        """Compare the two names of each certificate with the two people's, either way round."""
        stated = situation.fact(self.have)
        if stated is not None and stated.field.value == "yes":
            return Answer(Verdict.MET, "recorded as theirs", (stated.field,))
        papers = situation.of_kind(("marriage-certificate",), shared=True)
        wanted = [_full_name(situation, role) for role in ("principal", situation.role)]
        readings = []
        for paper in papers:
            names = [field for n in ("spouse_1", "spouse_2") if (field := paper.record.get(n)) is not None]
            if len(names) == 2 and all(field.sure for field in names) and _pair(names, wanted):
                return Answer(Verdict.MET, "the certificate names both", tuple(names), (paper.document.id,))
            readings += names
        ids = tuple(paper.document.id for paper in papers)
        looked = f"Look at document {ids[-1]}: " if ids else ""
        step = f"{looked}where it is theirs, a name having changed, {record(situation.key(self.have), YES)}"
        because = f"no marriage certificate shows for sure the names of the principal and the {situation.person.role}"
        return Answer(Verdict.UNSURE, because, tuple(readings), ids, sentence(step))


class Single(BaseRule, frozen=True, tag="single"):
    """Of several papers of *kind* with different numbers, only one is valid on the date called *on*.

    Which of two valid passports is travelled on is for a person to say (by stating the number). A paper whose expiry
    is not sure may be valid, and one whose number is not sure may be another one.
    """

    kind: str
    on: str

    def answer(self, situation: Situation) -> Answer:
        """Count the papers that may be valid on the day, by their numbers."""
        name = f"{self.kind.replace('-', '_')}.document_number"
        number, day = situation.fact(name), situation.known(self.on)
        if isinstance(day, Answer):
            return day
        papers = situation.of_kind((self.kind,))
        valid = {_number(paper): paper for paper in papers if _may_be_valid(paper, str(day.field.value))}
        chosen = number is not None and number.field.proof is Proof.PERSON and not number.field.source.document
        evidence = (number.field,) if number is not None else ()
        if chosen or len(valid) < 2:
            one = "" if len({_number(paper) for paper in papers}) < 2 else "s on file is valid"
            said = f"one of the {words(self.kind)}{one}" if one else f"one {words(self.kind)}"
            return Answer(Verdict.MET, "the one used is stated" if chosen else said, evidence)
        ids = tuple(paper.document.id for paper in valid.values())
        because = f"{len(valid)} valid {words(self.kind)}s with different numbers: documents {', '.join(ids)}"
        step = f"Say which one is used: {record(f'{situation.role}.{name}')}"
        return Answer(Verdict.UNSURE, because, (*evidence, *(number.others if number is not None else ())), ids, step)


def _full_name(situation: Situation, role: str) -> str:
    fact = situation.facts.get(f"{role}.full_name")
    return str(fact.field.value) if fact is not None and fact.field.sure else ""


def _pair(names: Sequence[Field], people: Sequence[str]) -> bool:
    """Whether two names are those of two people, either way round."""
    one, other = (str(field.value) for field in names)
    return any(
        all(may_be_one(name, person) for name, person in zip(pair, people, strict=True))
        for pair in ((one, other), (other, one))
    )


def _borne_out(fact: Fact) -> bool:
    return fact.field.proof is Proof.PERSON or any(f.source.document for f in (fact.field, *fact.agreeing))


def _form_number(paper: Paper) -> str:
    field = paper.record.get("form_number")
    return str(field.value) if field is not None and field.sure else ""


def _number(paper: Paper) -> str:
    field = paper.record.get("document_number")
    return _letters(str(field.value)) if field is not None else paper.document.id


def _may_be_valid(paper: Paper, day: str) -> bool:
    expiry = paper.record.get("expiry_date")
    return expiry is None or not expiry.sure or str(expiry.value) >= day


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
