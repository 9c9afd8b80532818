"""Conditions in words: why a requirement does not apply, with the evidence. Judges nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.model import Field
from toolkit.rules.conditions import (
    Aged,
    All,
    Any,
    Condition,
    DateBefore,
    DateFrom,
    HasDependant,
    Listed,
    NationalityIn,
    Not,
    Role,
    Stated,
    StayLonger,
)
from toolkit.rules.situation import Situation, words


def ruled_out(conditions: Sequence[Condition], situation: Situation) -> tuple[str, tuple[Field, ...]]:
    """Return the first of *conditions* that does not hold, in words, and the fields that say so; ("", ()) if none."""
    for condition in conditions:
        truth = condition.truth(situation)
        if truth.holds is False:
            return described(condition, situation, holds=False), truth.evidence
    return "", ()


def described(condition: Condition, situation: Situation, *, holds: bool) -> str:
    """Return what is so, where *condition* holds or does not, as a clause."""
    match condition:
        case Not():
            return described(condition.of, situation, holds=not holds)
        case Any() | All():
            return _several(condition, situation, holds=holds)
        case Stated():
            return _answered(condition.key, situation)
        case NationalityIn():
            return f"the nationality is {'' if holds else 'not '}{_members(condition)}"
        case Listed():
            among = "is" if holds else "is not"
            return f"{_answered(condition.key, situation)} It {among} in the list {condition.list}."
        case HasDependant():
            return f"{'a' if holds else 'no'} {' or '.join(condition.roles)} is in the case"
        case Role():
            return f"the person is {'' if holds else 'not '}{' or '.join(condition.roles)}"
        case _:
            return _in_time(condition, holds=holds)


def _in_time(condition: DateFrom | DateBefore | StayLonger | Aged, *, holds: bool) -> str:
    verb = "is" if holds else "is not"
    match condition:
        case DateFrom():
            return f"the {words(condition.on)} {verb} on {condition.day} or later"
        case DateBefore():
            return f"the {words(condition.on)} {verb} before {condition.day}"
        case StayLonger():
            return f"the planned stay {verb} longer than {condition.months} months"
        case Aged():
            return f"the person {verb} {condition.years} or older on the {words(condition.on)}"


def _several(condition: Any | All, situation: Situation, *, holds: bool) -> str:
    """Name the parts that settle it: one is enough for an `any` that holds and for an `all` that does not."""
    parts = [each for each in condition.of if each.truth(situation).holds is holds]
    one = isinstance(condition, Any) is holds
    return "; ".join(described(each, situation, holds=holds) for each in (parts[:1] if one else parts))


def _answered(key: str, situation: Situation) -> str:
    fact, ask = situation.fact(key), situation.asks.get(key)
    question = ask.question if ask is not None else words(key)
    return f"{question} Answered: {fact.field.value}." if fact is not None else question


def _members(condition: NationalityIn) -> str:
    named = [f"in the list {condition.list}"] if condition.list else []
    return " or ".join([*named, *([f"among {', '.join(condition.codes)}"] if condition.codes else [])])
