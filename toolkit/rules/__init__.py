"""What a checklist can demand and when: a closed, typed set of rules and conditions, each schema and behaviour at once.

Rules read facts and papers through a `Situation` and answer MET, UNMET or UNSURE; they do no I/O, know no route and
no clock. There is no expression language: what the set cannot say becomes a question to the specialist.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from toolkit.model import Verdict
from toolkit.rules.abroad import Legalised
from toolkit.rules.amounts import AmountAtLeast, AtLeast, CountAtLeast, Held, LanguageLevel
from toolkit.rules.chosen import OneOfGroups
from toolkit.rules.conditions import Condition, Truth, together
from toolkit.rules.consistency import Consistent
from toolkit.rules.dates import Lasts, OnTime, Served, ValidBeyond, Within
from toolkit.rules.papers import (
    Agrees,
    Answered,
    AtHand,
    BaseRule,
    Couple,
    Matches,
    Present,
    Signed,
    Single,
    Translated,
)
from toolkit.rules.situation import Answer, Ask, Paper, Situation, all_of, one_of


class OneOf(BaseRule, frozen=True, tag="one_of"):
    """At least one of several rules holds."""

    of: tuple[Rule, ...]

    def answer(self, situation: Situation) -> Answer:
        """One that is met is enough; one that is unsure keeps the whole unsure."""
        return one_of([rule.answer(situation) for rule in self.of])


class Holds(BaseRule, frozen=True, tag="holds"):
    """A condition is demanded instead of asked for: the person's age, or not being of a barred nationality."""

    that: Condition
    because: str
    otherwise: str = ""

    def answer(self, situation: Situation) -> Answer:
        """Turn the truth of the condition into a verdict."""
        truth = self.that.truth(situation)
        if truth.unknown is not None:
            return truth.unknown
        if truth.holds:
            return Answer(Verdict.MET, self.because, truth.evidence)
        return Answer(Verdict.UNMET, f"not so: {self.because}", truth.evidence, next_step=self.otherwise)


Rule: TypeAlias = (
    Present
    | AtHand
    | Answered
    | Signed
    | Translated
    | Matches
    | Agrees
    | Single
    | Couple
    | ValidBeyond
    | OnTime
    | Within
    | Lasts
    | Served
    | AtLeast
    | Held
    | LanguageLevel
    | CountAtLeast
    | AmountAtLeast
    | Legalised
    | Consistent
    | OneOf
    | OneOfGroups
    | Holds
)


def judge(rules: Sequence[Rule], situation: Situation) -> Answer:
    """Answer *rules*, which must all hold, for one situation."""
    return all_of([rule.answer(situation) for rule in rules])


__all__ = [
    "Answer",
    "Ask",
    "Condition",
    "Paper",
    "Rule",
    "Situation",
    "Truth",
    "judge",
    "together",
]
