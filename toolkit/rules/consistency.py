"""Papers that speak of one thing: employer, job, pay, passport number. Where two differ, both readings are shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Literal

from toolkit.fields.person_name import same_person
from toolkit.model import Fact, Field, Verdict
from toolkit.rules.papers import YES, BaseRule
from toolkit.rules.situation import Answer, Situation, documents_of, place, record, words

#: Legal forms of companies: written or left out, it is the same company as far as a paper can tell.
_LEGAL_FORM = re.compile(
    r"\b(?:inc|incorporated|corp|corporation|co|company|llc|llp|lp|ltd|limited|plc|gmbh|mbh|ag|kg|se|sa|sas|sarl|sl|slu"
    r"|spa|srl|bv|nv|ab|oy|as|aps|pty|pvt|pte|private|kk|kabushiki kaisha)\b\.?"
)
_A_YEAR = {"year": 1, "month": 12, "week": 52}


class Consistent(BaseRule, frozen=True, tag="consistent"):
    """Of several papers that name one thing (*what*), no two name it differently.

    A paper that is not there, or was not read, contradicts nothing; one that was not read for sure may. Companies are
    compared without their legal form, pay by the year; pay whose period a paper does not tell differs where no period
    would make it the same. A person who knows why they differ states *key*.
    """

    what: str
    fields: tuple[str, ...]
    compare: Literal["company", "person", "text", "pay"]
    key: str

    def answer(self, situation: Situation) -> Answer:
        """Hold every reading against the first."""
        facts = [fact for name in self.fields if (fact := situation.fact(name)) is not None]
        facts = [fact for fact in facts if self.compare != "pay" or _yearly(fact, situation)]
        fields = tuple(fact.field for fact in facts)
        if len(facts) < 2:
            return Answer(Verdict.MET, f"{self.what}: no two papers to compare", fields, documents_of(fields))
        same = _same(self.compare, situation)
        if all(same(facts[0], fact) for fact in facts[1:]):
            return Answer(Verdict.MET, f"{self.what}: the papers agree", fields, documents_of(fields))
        stated = situation.fact(self.key)
        if stated is not None and str(stated.field.value).strip().casefold() == "yes":
            return Answer(Verdict.MET, f"{self.what}: the papers differ, and it is explained", (*fields, stated.field))
        where = "; ".join(f"{field.value} ({_where(field)})" for field in fields)
        step = f"Compare them; where it is explained, {record(situation.key(self.key), YES)}"
        differs = "differs" if all(field.sure for field in fields) else "may differ, not all is read for sure"
        return Answer(Verdict.UNSURE, f"{self.what} {differs}: {where}", fields, documents_of(fields), step)


def _where(field: Field) -> str:
    return place(field) if field.source.document else words(field.name)


def _same(compare: str, situation: Situation) -> Callable[[Fact, Fact], bool]:
    match compare:
        case "company":
            return lambda one, other: _alike(_company(one), _company(other))
        case "person":
            return lambda one, other: bool(same_person(str(one.field.value), str(other.field.value)))
        case "pay":
            return lambda one, other: bool(_yearly(one, situation) & _yearly(other, situation))
        case _:
            return lambda one, other: _letters(str(one.field.value)) == _letters(str(other.field.value))


def _company(fact: Fact) -> str:
    text = re.sub(r"[^\w\s]", "", str(fact.field.value).casefold())
    return _letters(_LEGAL_FORM.sub(" ", text)) or _letters(text)


def _alike(one: str, other: str) -> bool:
    """A name that begins with the other is the same company with a place or branch behind it."""
    return one.startswith(other) or other.startswith(one)


def _yearly(fact: Fact, situation: Situation) -> frozenset[tuple[Decimal, str]]:
    """Return what the pay is a year, with its currency: every reading of it where the paper tells no period."""
    name = fact.name.removeprefix(f"{situation.role}.")
    period, currency = (situation.fact(f"{name}_{part}") for part in ("period", "currency"))
    code = fact.field.currency or (str(currency.field.value) if currency is not None else "")
    if period is not None and (not period.field.sure or str(period.field.value) not in _A_YEAR):
        return frozenset()
    times = _A_YEAR.values() if period is None else (_A_YEAR[str(period.field.value)],)
    try:
        return frozenset((Decimal(str(fact.field.value)) * each, code) for each in times) if code else frozenset()
    except InvalidOperation:
        return frozenset()


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
