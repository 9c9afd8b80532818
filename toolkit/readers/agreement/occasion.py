"""The dates of a contract: when it was made, when it takes effect, when it ends.

Every date of the text is a candidate; the words around it say what it is the date of. A date that belongs to another
agreement ("that certain Merger Agreement dated ...") speaks for nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.fields import dates
from toolkit.fields.dates import DateReading
from toolkit.readers.prose import Prose, Row


@dataclass(frozen=True, slots=True)
class Occasion:
    """One date and what it is the date of: "made", "effective", "end" or "signed"."""

    role: str
    value: str
    trust: float
    start: int
    end: int

    def __repr__(self) -> str:
        return f"<Occasion {self.role} {self.start}..{self.end} {self.trust:.2f}>"


_OPENING = 4000
#: The date of a letter stands above its text.
_HEAD = 2000
#: "made as of ... by and between": the sentence that dates the contract itself.
_MADE_BETWEEN = re.compile(
    r"\b(?:made|entered|dated|executed)\b.*\b(?:between|among|by)\b|\bgeschlossen\b.*\bzwischen\b",
    re.IGNORECASE | re.DOTALL,
)
_OF_THE_CONTRACT = re.compile(
    r"\b(?:this\s+agreement|assignment|contract|employment|secondment|fixed\s+term|arbeitsverhältnis|vertrag)\b",
    re.IGNORECASE,
)
# What stands right before a date (with the words between), and what that makes the date.
_BEFORE = (
    (
        "effective",
        0.93,
        r"(?:effective|in\s+effect|take[s]?\s+effect|wirksam|in\s+kraft)(?:\s+for\s+all\s+purposes)?(?:\s+date)?"
        r"(?:\s+(?:is|shall\s+be|of\s+this\s+agreement\s+(?:is|shall\s+be)))?\s*[:,-]?\s*(?:as\s+(?:of|from)|on|from|ab|am|,)?(?:\s+the)?",
    ),
    (
        "effective",
        0.93,
        r"(?:start(?:ing)?\s+date|joining\s+date|date\s+of\s+joining|commencement\s+date|date\s+of\s+commencement"
        r"|assignment\s+start(?:\s+date)?|first\s+day\s+of\s+(?:work|employment)|eintrittsdatum|vertragsbeginn|beginn)"
        r"(?:\s+(?:is|will\s+be|shall\s+be|of\s+employment))?(?:\s*[:|-])?(?:\s*(?:on|am|zum))?",
    ),
    (
        "effective",
        0.92,
        r"(?:commenc(?:e|es|ing)|begin(?:s|ning)?|start(?:s|ing)?|beginnt|join(?:ing)?(?:\s+us)?)"
        r"\s+(?:on|from|as\s+of|am|ab|zum|mit\s+dem)(?:\s+or\s+about)?(?:\s+the)?",
    ),
    (
        "end",
        0.92,
        r"(?:end\s+date|expir(?:y|ation)\s+date|assignment\s+end(?:\s+date)?|vertragsende|befristet\s+bis(?:\s+zum)?)"
        r"\s*[:|]?(?:\s*(?:is|on|am|zum))?",
    ),
    (
        "end",
        0.85,
        r"(?:expir(?:e|es|ing)|terminat(?:e|es|ing)|end(?:s|ing)?|until|through|endet|bis\s+zum|bis)"
        r"(?:\s+automatically)?(?:\s+(?:on|and\s+including|am|at|zum|mit\s+ablauf\s+des))*(?:\s+the)?",
    ),
    (
        "made",
        0.90,
        r"(?:made|entered|executed|dated|agreement|contract|signed|geschlossen|letter|delivered)\b[^.;\"]{0,60}?"
        r"(?:\bas\s+of|\bon|\bthis|\bvom|\bdated?:?)?(?:\s+the)?",
    ),
    ("made", 0.85, r"(?:^|\n)\s*(?:date|datum|dated)\s*:?"),
)
_ROLES = tuple((role, trust, re.compile(pattern + r"\s*$", re.IGNORECASE)) for role, trust, pattern in _BEFORE)
_MADE = re.compile(r"\b(?:made|entered|dated|executed)\b[^.;\"]{0,60}$", re.IGNORECASE)
_EFFECT_AS_OF = re.compile(r"\beffective\s+(?:as\s+(?:of|from)|date|on)\b|\bdated\b", re.IGNORECASE)
_EFFECTIVE_AFTER = re.compile(
    r"[\s,]*(?:\((?:the\s+)?\"?\s*(?:Effective|Commencement|Start|Separation|Resignation)\s+Date"
    r"|\(?hereinafter[^)]{0,30}effective)",
    re.IGNORECASE,
)
_OTHER_PAPER = re.compile(
    r"\b(?:certain|merger|purchase|stock|plan|amended|credit|original|prior|previous|employment\s+agreement|letter\s+of\s+intent"
    r"|pursuant|licen[cs]e|option|award|born|birth|fiscal|quarter|ended)\b[^.;]{0,80}$"
    r"|\(the\s+\"\w+[^\"]*\s+Agreement\"\)[^.;]{0,30}$",
    re.IGNORECASE,
)


#: Where the recitals begin the contract has been dated; what they date is other papers.
_RECITALS = re.compile(r"\bWHEREAS\b|\bR\s?E\s?C\s?I\s?T\s?A\s?L\s?S?\b|\bNOW,? THEREFORE\b|\bBACKGROUND\b")


def occasions(prose: Prose, readings: Sequence[DateReading] | None = None) -> tuple[Occasion, ...]:
    """Return every date with a role, the strongest of a role first; *readings* are the dates of the text, if known."""
    found = list(_occasions(prose, dates.find(prose.text) if readings is None else readings))
    return tuple(sorted(found, key=lambda each: (-each.trust, each.start)))


def effective(found: Sequence[Occasion]) -> Occasion | None:
    """Return when the contract takes effect: by its words, else the day it is made as of, else when it was signed."""
    for role, keep in (("effective", 1.0), ("made", 0.93), ("signed", 0.85)):
        for each in found:
            if each.role == role:
                return Occasion("effective", each.value, each.trust * keep, each.start, each.end)
    return None


def _occasions(prose: Prose, readings: Sequence[DateReading]) -> Iterator[Occasion]:
    text = prose.text
    recitals = _RECITALS.search(text, 200, _OPENING)
    body = recitals.start() if recitals else len(text)
    for found in readings:
        if found.value is None:
            continue
        before = text[max(0, found.start - 130) : found.start]
        sentence = re.split(r"[.;]\s+(?=[A-Z])|\f", before)[-1]
        # The title above is not what the first sentence speaks of.
        sentence = re.split(r"\n(?=This\b|THIS\b)", sentence)[-1]
        role, trust = _role(sentence, text[found.end : found.end + 60])
        opening = found.start < _OPENING
        if role != "end" and _OTHER_PAPER.search(sentence) and not _EFFECTIVE_AFTER.match(text, found.end):
            continue
        if not role and found.start < _HEAD and _alone(prose, found.start, found.end):
            role, trust = "made", 0.88
        if not role and re.search(r"\bdated?\b|/s/", _row_around(prose, found.start), re.IGNORECASE):
            role, trust = ("signed", 0.7) if not opening else ("made", 0.8)
        if role in ("made", "effective") and not opening:
            role, trust = ("effective", trust - 0.1) if role == "effective" else ("signed", 0.7)
        if role == "signed" and found.start < 0.55 * len(text):
            continue
        if role == "end" and _OF_THE_CONTRACT.search(sentence):
            trust = 0.92
        if role == "made":
            trust = 0.96 if _MADE_BETWEEN.search(sentence + text[found.end : found.end + 90]) else trust
            trust = min(trust - 0.12, 0.8) if found.start > body else trust
        if role == "effective" and opening and (also := _dates_it_too(sentence, text, found, body)):
            yield Occasion("made", found.value, min(also, found.confidence), found.start, found.end)
        if role:
            yield Occasion(role, found.value, min(trust, found.confidence), found.start, found.end)


def _dates_it_too(sentence: str, text: str, found: DateReading, body: int) -> float:
    """How far the day a contract takes effect can be trusted to be the day it was made; 0.0 where nothing says so."""
    if _MADE_BETWEEN.search(sentence + text[found.end : found.end + 160]):
        # "made as of ... (the Effective Date) by and between" dates the contract as well.
        return 0.93 if _MADE.search(sentence) else 0.86
    # A paper that says from when it is in effect and nothing else is dated by that day.
    return 0.86 if found.start < body and _EFFECT_AS_OF.search(sentence) else 0.0


def _role(before: str, after: str) -> tuple[str, float]:
    if _EFFECTIVE_AFTER.match(after):
        return "effective", 0.95
    for role, trust, pattern in _ROLES:
        if pattern.search(before):
            return role, trust
    return "", 0.0


def _row_at(prose: Prose, at: int) -> Row | None:
    return next((row for row in prose.rows if row.start <= at <= row.end), None)


def _row_around(prose: Prose, at: int) -> str:
    row = _row_at(prose, at)
    return prose.row_text(row) if row else ""


def _alone(prose: Prose, start: int, end: int) -> bool:
    """Whether the date has a line to itself, as in the head of a letter."""
    row = _row_at(prose, start)
    return row is not None and (row.end - row.start) - (end - start) <= 6
