"""When a requirement applies: a closed vocabulary over the case, answered true, false or not known.

Not known is never taken for false: the requirement then stays on the list and asks the one question that would tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TypeAlias

import msgspec

from toolkit.fields import country
from toolkit.fields.terms import months_later
from toolkit.model import Field, Verdict
from toolkit.rules.situation import Answer, Situation, contradicted, folded, unclear

#: What ICAO 9303 prints for a nationality; XXX is "unspecified", which answers nothing.
_NATIONALITY = re.compile("D|(?!XXX)[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Truth:
    """Whether a condition holds; `holds` is None where it is not known, and then `unknown` asks for what is missing."""

    holds: bool | None
    evidence: tuple[Field, ...] = ()
    unknown: Answer | None = None


_ALWAYS = Truth(True)


class _Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="is"):
    """A condition names itself by `is` in the file."""


class Stated(_Condition, frozen=True, tag="stated"):
    """The specialist answered the question *key* with one of *any_of*."""

    key: str
    any_of: tuple[str, ...] = ("yes",)

    def truth(self, situation: Situation) -> Truth:
        """Compare the recorded answer."""
        fact = situation.fact(self.key)
        if fact is None or not isinstance(fact.field.value, str):
            return Truth(None, unknown=situation.question(self.key))
        answer, ask = fact.field.value.strip().casefold(), situation.asks.get(self.key)
        if ask is not None and ask.kind == "choice" and answer not in folded(ask.answers):
            return Truth(None, unknown=situation.question(self.key))
        return Truth(answer in folded(self.any_of), (fact.field,))


class NationalityIn(_Condition, frozen=True, tag="nationality_in"):
    """The person's nationality is in the list called *list*, or among *codes* (ICAO 9303 three-letter codes)."""

    list: str = ""
    codes: tuple[str, ...] = ()

    def truth(self, situation: Situation) -> Truth:
        """Look the nationality up; where papers disagree on it, only if they agree on the answer."""
        known = situation.known("nationality")
        if isinstance(known, Answer):
            return Truth(None, unknown=known)
        members = frozenset(self.codes) | situation.lists.get(self.list, frozenset())
        readings = (known.field, *(() if known.settled else known.others))
        if any(not _NATIONALITY.fullmatch(str(field.value)) for field in readings):
            return Truth(None, unknown=unclear(known))
        answers = {field.value in members for field in readings}
        if len(answers) > 1:
            return Truth(None, unknown=contradicted([known]))
        return Truth(answers.pop(), (known.field,))


class Listed(_Condition, frozen=True, tag="listed"):
    """One of the codes recorded under *key* (separated by commas) is in the list called *list*.

    What is written in another form than the list's own codes ("India" for "IND") answers nothing.
    """

    key: str
    list: str

    def truth(self, situation: Situation) -> Truth:
        """Look each recorded code up; "none" is an answer."""
        fact = situation.fact(self.key)
        if fact is None or not isinstance(fact.field.value, str):
            return Truth(None, unknown=situation.question(self.key))
        codes = {code.strip().upper() for code in fact.field.value.split(",")}
        members = situation.lists[self.list]
        forms = _forms(members)
        if codes != {"NONE"} and any(_form(code) not in forms for code in codes):
            asked = situation.question(self.key)
            because = f'"{fact.name}" holds something that is no code of the list: {asked.because}'
            return Truth(None, unknown=replace(asked, because=because, evidence=(fact.field,)))
        return Truth(not codes.isdisjoint(members), (fact.field,))


class HasDependant(_Condition, frozen=True, tag="has_dependant"):
    """Somebody of one of these roles is in the case."""

    roles: tuple[str, ...] = ("spouse", "partner", "child")

    def truth(self, situation: Situation) -> Truth:
        """Look at the people of the case."""
        return Truth(any(person.role in self.roles for person in situation.case.people))


class Role(_Condition, frozen=True, tag="role"):
    """The person the requirement is about has one of these roles."""

    roles: tuple[str, ...]

    def truth(self, situation: Situation) -> Truth:
        """Look at the person."""
        return Truth(situation.person.role in self.roles)


class DateFrom(_Condition, frozen=True, tag="date_from"):
    """The date called *on* (a planned one such as `case.filing`, or a statement) is *day* or later."""

    on: str
    day: date

    def truth(self, situation: Situation) -> Truth:
        """Compare the date."""
        return _decided(situation, (self.on,), lambda on: date.fromisoformat(on) >= self.day)


class DateBefore(_Condition, frozen=True, tag="date_before"):
    """The date called *on* (a planned one such as `case.filing`, or a statement) is before *day*."""

    on: str
    day: date

    def truth(self, situation: Situation) -> Truth:
        """Compare the date."""
        return _decided(situation, (self.on,), lambda on: date.fromisoformat(on) < self.day)


class StayLonger(_Condition, frozen=True, tag="stay_longer"):
    """The planned stay, from `case.start` to `case.end` with both days counted, is longer than *months*."""

    months: int

    def truth(self, situation: Situation) -> Truth:
        """Count in months from the start."""
        return _decided(
            situation,
            ("case.start", "case.end"),
            lambda start, end: date.fromisoformat(end) >= months_later(date.fromisoformat(start), self.months),
        )


class Aged(_Condition, frozen=True, tag="aged"):
    """The person is at least *years* old on the date called *on*."""

    years: int
    on: str

    def truth(self, situation: Situation) -> Truth:
        """Count birthdays."""
        return _decided(
            situation,
            ("birth_date", self.on),
            lambda born, on: months_later(date.fromisoformat(born), 12 * self.years) <= date.fromisoformat(on),
        )


class Not(_Condition, frozen=True, tag="not"):
    """The opposite of another condition."""

    of: Condition

    def truth(self, situation: Situation) -> Truth:
        """Turn a known answer round; not known stays not known."""
        inner = self.of.truth(situation)
        return inner if inner.holds is None else Truth(not inner.holds, inner.evidence)


class Any(_Condition, frozen=True, tag="any"):
    """At least one of several conditions holds."""

    of: tuple[Condition, ...]

    def truth(self, situation: Situation) -> Truth:
        """One that holds is enough, whatever is not known of the rest."""
        return _fold([each.truth(situation) for each in self.of], decisive=True)


class All(_Condition, frozen=True, tag="all"):
    """Several conditions hold together."""

    of: tuple[Condition, ...]

    def truth(self, situation: Situation) -> Truth:
        """One that fails is enough, whatever is not known of the rest."""
        return together(self.of, situation)


Condition: TypeAlias = (
    Stated | NationalityIn | Listed | HasDependant | Role | DateFrom | DateBefore | StayLonger | Aged | Not | Any | All
)


def together(conditions: Sequence[Condition], situation: Situation) -> Truth:
    """Return whether all *conditions* hold (no condition at all holds)."""
    if not conditions:
        return _ALWAYS
    return _fold([each.truth(situation) for each in conditions], decisive=False)


def _fold(truths: Sequence[Truth], *, decisive: bool) -> Truth:
    """Kleene's strong logic: a decisive value settles it, else the first unknown asks, else the other value."""
    settled = next((truth for truth in truths if truth.holds is decisive), None)
    if settled is not None:
        return settled
    unknown = next((truth for truth in truths if truth.holds is None), None)
    if unknown is not None:
        return unknown
    return Truth(not decisive, tuple(field for truth in truths for field in truth.evidence))


@cache
def _forms(members: frozenset[str]) -> frozenset[str]:
    return frozenset(_form(member) for member in members)


def _form(code: str) -> str:
    """Return what a code looks like, `CAH02-02-01` as `AAA99-99-99`; three letters that mean no country stay."""
    if len(code) == 3 and code.isalpha() and not country.known(country.icao(code)):
        return code
    return re.sub("[0-9]", "9", re.sub("[A-Z]", "A", code))


def _decided(situation: Situation, names: Sequence[str], holds: Callable[..., bool]) -> Truth:
    answer = situation.decide(names, lambda *values: (holds(*values), ""))
    if answer.verdict is Verdict.UNSURE or answer.absent:
        return Truth(None, unknown=answer)
    return Truth(answer.verdict is Verdict.MET, answer.evidence)
