"""Which paper a rule of a checklist speaks of, and what that paper has to be like. Pure; writes no sentence.

Dates in `values` are ISO 8601, amounts decimal strings, languages two-letter codes: who writes to a person words them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from toolkit.fields.terms import Term
from toolkit.kind import UNKNOWN, kinds
from toolkit.rules import OneOf, Rule, Situation
from toolkit.rules.abroad import Legalised
from toolkit.rules.amounts import AmountAtLeast, AtLeast, CountAtLeast, Held, LanguageLevel
from toolkit.rules.chosen import OneOfGroups
from toolkit.rules.dates import Lasts, ValidBeyond, Within
from toolkit.rules.papers import AtHand, Couple, Matches, Present, Signed, Single, Translated
from toolkit.rules.situation import CONTRACT_TYPES
from toolkit.translation_asked import demand

#: What the names of planned dates begin with.
_PLAN = "case."


@dataclass(frozen=True, slots=True)
class Wanted:
    """One paper to send: any of *kinds* (names under toolkit/kinds); *english* is what the checklist calls it.

    *have* names a paper that no reader can tell from others; *forms* are the numbers of official forms it can be.
    """

    kinds: tuple[str, ...] = ()
    contract_types: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    have: str = ""
    english: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Return what makes two of them one paper to send."""
        return ("have", self.have) if self.have else (*self.kinds[:1], *self.contract_types, *self.forms)


@dataclass(frozen=True, slots=True)
class Must:
    """One thing a paper has to be like: the name of a wording, and the values that stand in it."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Must {self.name}>"


def known_kinds(wanted: Wanted) -> tuple[str, ...]:
    """Return the kinds of *wanted*; where it names none, the kind that what it is recorded under speaks of, if any."""
    if wanted.kinds:
        return wanted.kinds
    found = _by_name().get(_letters(wanted.have.removeprefix("have_")))
    return () if found is None else (found,)


@cache
def _by_name() -> Mapping[str, str]:
    """Return the kinds by their names, their types in the visa catalogue, and the numbers of their forms."""
    names: dict[str, str] = {}
    for name, kind in kinds().items():
        for each in (name, *kind.document_types, *kind.forms):
            names.setdefault(_letters(each), name)
    return names


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def paper_of(rule: Rule) -> Wanted | None:
    """Return the paper that *rule* is about; None for a rule about a statement or the plan."""
    if isinstance(rule, Present):
        return Wanted(rule.kinds, rule.contract_types, rule.forms, "" if rule.kinds else rule.have, rule.paper)
    if isinstance(rule, AtHand):
        return Wanted(rule.kinds, have=rule.have, english=rule.paper)
    if isinstance(rule, OneOfGroups):
        return Wanted(have=rule.key, english=rule.paper)
    if isinstance(rule, OneOf):
        return _alternatives(rule)
    return next((found for name in _names(rule) if (found := _called(name)) is not None), None)


def musts(rules: Sequence[Rule], situation: Situation) -> tuple[Must, ...]:
    """Return what *rules* ask of the paper they are about, as far as it can be said before it is there."""
    found = [each for rule in rules for each in _musts(rule, situation)]
    return tuple(each for at, each in enumerate(found) if each not in found[:at])


def _alternatives(rule: OneOf) -> Wanted | None:
    found = [paper for each in rule.of if (paper := paper_of(each)) is not None]
    if not found:
        return None
    together = tuple(dict.fromkeys(kind for paper in found for kind in paper.kinds))
    first = found[0]
    english = " or ".join(dict.fromkeys(paper.english for paper in found if paper.english))
    return Wanted(together, first.contract_types, first.forms, first.have if not together else "", english)


def _names(rule: Rule) -> Iterator[str]:
    """Yield the names of facts and papers that *rule* reads, the telling one first."""
    match rule:
        case AtLeast():
            yield from rule.amounts
        case ValidBeyond() | AmountAtLeast():
            yield rule.field
        case Within():
            yield from (rule.earlier, rule.later)
        case Lasts():
            yield from (rule.first, rule.last)
        case Signed() | Translated():
            yield f"{rule.paper}."
        case Matches():
            yield from (rule.field, rule.against)
        case Single():
            yield f"{rule.kind}."
        case Couple():
            yield "marriage-certificate."
        case Held():
            yield "bank-statement."
        case _:
            return


def _called(name: str) -> Wanted | None:
    """Return the paper whose field is called *name* ("passport.expiry_date"); None where it names no kind."""
    kind = name.rpartition(".")[0].replace("_", "-")
    for contract_type in CONTRACT_TYPES:
        if kind == f"{contract_type}-contract":
            return Wanted(("contract",), (contract_type,))
    return Wanted((kind,)) if kind in kinds() and kind != UNKNOWN else None


def _musts(rule: Rule, situation: Situation) -> Iterator[Must]:
    match rule:
        case OneOf():
            # What one alternative asks for does not bind the other.
            return
        case ValidBeyond():
            yield from _valid_until(rule, situation)
        case Within():
            yield from _dated(rule, situation)
        case Signed():
            yield Must("signed")
        case Translated():
            yield from _translated(rule, situation)
        case Legalised():
            yield Must("legalised")
        case Present() if rule.forms:
            yield Must("form", {"number": " / ".join(rule.forms)})
        case _:
            yield from _amounts(rule, situation)


def _amounts(rule: Rule, situation: Situation) -> Iterator[Must]:
    match rule:
        case Held():
            values = {"amount": str(rule.amount), "currency": rule.currency, "days": str(rule.days)}
            day = _planned(rule.anchor, situation)
            if day is not None:
                fresh = Term(days=rule.before_days).before(day).isoformat()
                yield Must("held", {**values, "since": fresh, "until": day.isoformat()})
            else:
                yield Must("held_undated", {**values, "before": str(rule.before_days)})
        case AmountAtLeast():
            yield Must("sum", {"amount": str(rule.minimum), "currency": rule.currency})
        case CountAtLeast() if rule.key == "passport_blank_pages":
            yield Must("blank_pages", {"count": str(rule.minimum)})
        case LanguageLevel():
            day = _planned(rule.on, situation)
            level = next(
                (s.level for s in rule.steps if day is not None and _in_force(s.first_day, s.last_day, day)), ""
            )
            if level:
                yield Must("level", {"level": level})
        case _:
            return


def _in_force(first: date | None, last: date | None, day: date) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def _valid_until(rule: ValidBeyond, situation: Situation) -> Iterator[Must]:
    day = _planned(rule.anchor, situation)
    if day is not None:
        yield Must("valid_until", {"needed": Term(rule.months, rule.days).after(day).isoformat()})


def _dated(rule: Within, situation: Situation) -> Iterator[Must]:
    term = Term(12 * rule.years + rule.months, 7 * rule.weeks + rule.days)
    later, earlier = _planned(rule.later, situation), _planned(rule.earlier, situation)
    # Of two days that are known, the plan's own is the one to be met; the other was stated of the paper.
    if later is not None and (earlier is None or not rule.earlier.startswith(_PLAN)):
        yield Must("dated_since", {"since": term.before(later).isoformat(), "until": later.isoformat()})
    elif earlier is not None and (later is None or rule.earlier.startswith(_PLAN)):
        yield Must("dated_until", {"since": earlier.isoformat(), "until": term.after(earlier).isoformat()})


def _translated(rule: Translated, situation: Situation) -> Iterator[Must]:
    yield Must("translated", {"languages": " ".join(rule.languages)})
    asked = demand(situation.case.route)
    if asked is not None and asked.certified:
        yield Must("sworn" if "sworn" in asked.standing else "certified")


def _planned(name: str, situation: Situation) -> date | None:
    """Return the day called *name* where the plan gives it, or the answer to a question; never one of a paper."""
    if not name.startswith(_PLAN) and name not in situation.asks:
        return None
    known = situation.fact(name)
    if known is None or not known.field.sure or known.field.source.document:
        return None
    try:
        return date.fromisoformat(str(known.field.value))
    except ValueError:
        return None
