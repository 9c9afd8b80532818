"""Measures and a specification to findings: MET, UNMET or UNSURE, why, and what to do next. Pure.

A measure lies between its least and its most: both within the bounds is MET, both outside on one side is UNMET, and
anything between is UNSURE, as is what no picture shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from toolkit.checklist import LegalSource
from toolkit.fields.terms import months_later
from toolkit.model import Finding, Verdict
from toolkit.photo.measured import Measured
from toolkit.photo.specification import PhotoRule, Specification

#: How a measure is said: what it is multiplied by, its decimals, and its unit.
_SPOKEN: Mapping[str, tuple[float, int, str]] = {
    "kilobytes": (1, 0, " kB"),
    "compression": (1, 1, " to 1"),
    "width": (1, 0, " pixels"),
    "height": (1, 0, " pixels"),
    "aspect": (1, 3, ""),
    "faces": (1, 0, ""),
    "head_height": (100, 0, " %"),
    "crown_height": (100, 0, " %"),
    "eye_line": (100, 0, " %"),
    "eye_distance": (1, 0, " pixels"),
    "roll": (1, 0, " degrees"),
    "turn": (1, 0, " degrees"),
    "off_centre": (100, 0, " % of the width"),
    "mouth_gap": (1, 2, " of the mouth's width"),
    "lid_gap": (1, 2, " of the eye's width"),
    "background_unevenness": (1, 0, " steps of colour"),
    "background_lightness": (1, 0, " of 100"),
    "background_colour": (1, 0, " steps of colour"),
    "blur": (1, 2, " of 1"),
    "clipped": (100, 1, " % of the face"),
    "contrast": (1, 0, " steps of lightness"),
    "face_shade": (1, 0, " steps of lightness"),
}
_NO_FACE = "no face was found, so it could not be measured"
#: What a source stands for where nobody has read the authority's own text.
_BASIS = {
    "seen_official": "",
    "seen_copy_of_official": " (read in a copy: verify)",
    "seen_secondary": " (from a secondary page: verify)",
    "recalled": " (from memory: verify)",
}
#: Two names for one thing that is cut: the head's share of the picture, with hair or without.
_SAME_CUT = {"crown_height": "head_height"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says about a photograph: the day it was taken, and that somebody has looked at it."""

    taken: date | None = None
    looked_at: bool = False


def judge(found: Mapping[str, Measured], asked: Specification, said: Said, today: date) -> tuple[Finding, ...]:
    """Return one finding for each rule of *asked*, in its order."""
    return tuple(_finding(key, rule, found, asked, said, today) for key, rule in asked.rules.items())


def conflicts(asked: Sequence[Specification]) -> list[str]:
    """Return a sentence for every demand of two specifications that no one picture can meet."""
    rules = [(each, rule) for each in asked for rule in each.rules.values() if rule.at_least or rule.at_most]
    said = []
    for number, (one, first) in enumerate(rules):
        for other, second in rules[number + 1 :]:
            if one.name != other.name and _cut(first) == _cut(second) and _apart(first, second):
                said.append(
                    f"No one picture serves both {one.name} ({first.label}) and {other.name} ({second.label}): "
                    "cut one for each from the original."
                )
    return said


def source_of(source: LegalSource, rule: PhotoRule) -> str:
    """Return the source as a finding names it: with how well it was read, and whose the figure is."""
    own = "; the figure is ours" if rule.bounds == "ours" and rule.measure != "look" else ""
    return f"{source.citation}{_BASIS[source.basis]}{own}"


def _finding(
    key: str, rule: PhotoRule, found: Mapping[str, Measured], asked: Specification, said: Said, today: date
) -> Finding:
    verdict, because, next_step = _judged(rule, found, said, today)
    return Finding(
        requirement=key,
        label=rule.label,
        verdict=verdict,
        because=because,
        legal_source=source_of(asked.sources[rule.source], rule),
        checked=asked.checked,
        next_step="" if verdict is Verdict.MET else next_step,
    )


def _judged(rule: PhotoRule, found: Mapping[str, Measured], said: Said, today: date) -> tuple[Verdict, str, str]:
    if rule.measure == "look":
        if said.looked_at:
            return Verdict.MET, "Somebody has looked at the picture and says so.", ""
        return Verdict.UNSURE, "No measure tells this; a person must look.", rule.advice
    if rule.measure == "age":
        return _aged(rule, said.taken, today)
    measured = found.get(rule.measure, Measured(why=_NO_FACE))
    if rule.one_of:
        return _worded(rule, measured)
    if measured.low is None or measured.high is None:
        return Verdict.UNSURE, f"Not measured: {measured.why or _NO_FACE}.", rule.advice
    return _numbered(rule, measured.low, measured.high)


def _aged(rule: PhotoRule, taken: date | None, today: date) -> tuple[Verdict, str, str]:
    if taken is None:
        return Verdict.UNSURE, "No picture shows when it was taken.", rule.advice
    last = months_later(taken, int(rule.at_most or 0))
    if today <= last:
        return Verdict.MET, f"Taken on {taken}; good up to {last}.", ""
    return Verdict.UNMET, f"Taken on {taken}; it was good up to {last}.", "Have a new photo taken."


def _worded(rule: PhotoRule, measured: Measured) -> tuple[Verdict, str, str]:
    if not measured.word:
        return Verdict.UNSURE, f"Not told: {measured.why or 'the file does not say'}.", rule.advice
    verdict = Verdict.MET if measured.word in rule.one_of else Verdict.UNMET
    return verdict, f"It is {measured.word}; asked for: {' or '.join(rule.one_of)}.", rule.advice


def _numbered(rule: PhotoRule, low: float, high: float) -> tuple[Verdict, str, str]:
    least = float("-inf") if rule.at_least is None else rule.at_least
    most = float("inf") if rule.at_most is None else rule.at_most
    because = f"Measured {_band(rule.measure, low, high)}; allowed {_allowed(rule)}."
    if least <= low and high <= most:
        return Verdict.MET, because, ""
    if high < least:
        return Verdict.UNMET, because, rule.too_low or rule.advice
    if low > most:
        return Verdict.UNMET, because, rule.too_high or rule.advice
    return Verdict.UNSURE, f"{because} That leaves it open.", rule.advice


def _band(measure: str, low: float, high: float) -> str:
    ends = [_number(measure, end) for end in (low, high)]
    return f"{ends[0]}{_SPOKEN[measure][2]}" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}{_SPOKEN[measure][2]}"


def _number(measure: str, value: float) -> str:
    factor, decimals, _ = _SPOKEN[measure]
    return f"{value * factor:.{decimals}f}"


def _allowed(rule: PhotoRule) -> str:
    ends = [None if end is None else _number(rule.measure, end) for end in (rule.at_least, rule.at_most)]
    unit = _SPOKEN[rule.measure][2]
    if ends[0] is None:
        return f"at most {ends[1]}{unit}"
    if ends[1] is None:
        return f"at least {ends[0]}{unit}"
    return f"{ends[0]}{unit}" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}{unit}"


def _cut(rule: PhotoRule) -> str:
    return _SAME_CUT.get(rule.measure, rule.measure)


def _apart(one: PhotoRule, other: PhotoRule) -> bool:
    return any(
        first.at_most is not None and second.at_least is not None and first.at_most < second.at_least
        for first, second in ((one, other), (other, one))
    )
