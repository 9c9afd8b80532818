"""Why a paper is asked for: what each rule answers as a cause and values that can be said in any language. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from toolkit.model import Field, Verdict
from toolkit.owed_papers import musts
from toolkit.rules import Answer, Holds, Rule, Situation
from toolkit.rules.dates import Served
from toolkit.rules.papers import AtHand, Present


class Cause(StrEnum):
    """What stands between a requirement and MET. Of the last five a specialist can say more than its provider."""

    MISSING = "missing"
    FAILED = "failed"
    UNCLEAR = "unclear"
    UNREAD = "unread"
    DISPUTED = "disputed"
    DOUBTFUL = "doubtful"
    ASKED = "asked"


#: What the one who provides the paper can put right; the rest somebody has to look at or answer first.
OF_THE_PROVIDER = frozenset({Cause.MISSING, Cause.FAILED})
#: What a better copy of the same paper may settle.
OF_A_COPY = frozenset({Cause.UNCLEAR, Cause.UNREAD})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one rule is not met. `values` are ISO dates and plain text; `english` and `step` are for the specialist."""

    rule: str
    cause: Cause
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    evidence: tuple[Field, ...] = field(default=(), repr=False)
    documents: tuple[str, ...] = ()
    english: str = field(default="", repr=False)
    step: str = field(default="", repr=False)


def reasons(rules: Sequence[Rule], situation: Situation) -> list[tuple[Rule, Reason]]:
    """Return each of *rules* that is not met with why; where the paper is missing, nothing more is asked of it."""
    found: list[tuple[Rule, Reason]] = []
    for rule in rules:
        answer = rule.answer(situation)
        if answer.verdict is Verdict.MET:
            continue
        found.append((rule, _reason(rule, answer, situation)))
        if answer.absent:
            break
    return found


def undecided(answer: Answer) -> Reason:
    """Return why it is not known whether a requirement applies: somebody has to answer a question, or to look."""
    return Reason(
        "when",
        _cause_of_doubt(answer, of_kind=False),
        {},
        answer.evidence,
        answer.documents,
        answer.because,
        answer.next_step,
    )


def of_provider(rule: Rule, reason: Reason) -> bool:
    """Whether who provides the paper can put it right. A person's age or time served is no matter of papers."""
    return reason.cause in OF_THE_PROVIDER and not isinstance(rule, (Holds, Served))


def _reason(rule: Rule, answer: Answer, situation: Situation) -> Reason:
    tag = str(rule.__struct_config__.tag)
    if answer.absent:
        cause = Cause.MISSING
    elif answer.verdict is Verdict.UNMET:
        cause = Cause.FAILED
    else:
        cause = _cause_of_doubt(answer, of_kind=isinstance(rule, (Present, AtHand)))
    values = dict(_values(rule, answer, cause, situation))
    return Reason(tag, cause, values, answer.evidence, answer.documents, answer.because, answer.next_step)


def _cause_of_doubt(answer: Answer, *, of_kind: bool) -> Cause:
    if of_kind:
        return Cause.DOUBTFUL if answer.documents else Cause.ASKED
    read = [each for each in answer.evidence if each.source.document]
    if any(not each.sure for each in read):
        return Cause.UNCLEAR
    if read:
        return Cause.DISPUTED
    return Cause.UNREAD if answer.documents else Cause.ASKED


def _values(rule: Rule, answer: Answer, cause: Cause, situation: Situation) -> Iterator[tuple[str, str]]:
    """Yield what a sentence about this reason may name: what was found, and what the rule asks of the paper instead."""
    read = [each for each in answer.evidence if each.source.document]
    if read:
        yield "entry", read[0].name.rpartition(".")[2]
    if cause is not Cause.FAILED:
        return
    found = read or [each for each in answer.evidence if not each.name.startswith("case.")]
    if found and isinstance(found[0].value, str):
        yield "found", found[0].value
    for must in musts((rule,), situation):
        yield from must.values.items()
