"""When the work begins and ends, and when the paper was made, in the words contracts of work have for it.

A row's label counts first, then the words right before a date, then where a date stands. What is computed from a length
of time ("twenty-four months from the start date") says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from toolkit.fields import dates
from toolkit.fields.dates import Order
from toolkit.readers.agreement import spelled_dates
from toolkit.readers.agreement.clauses import Clause, about
from toolkit.readers.agreement.lengths import Length
from toolkit.readers.agreement.tongue import day_first
from toolkit.readers.prose import Prose


@dataclass(frozen=True, slots=True)
class Day:
    """A day the paper names, ISO 8601: field, value, trust, place; `computed` when no date is printed there."""

    field: str
    value: str
    trust: float
    start: int
    end: int
    computed: bool = False

    def __repr__(self) -> str:
        return f"<Day {self.field} {self.start}..{self.end} {self.trust:.2f}>"


_FILLER = (
    r"(?:\s|,|:|\||em|of\s+employment|on|from|the|is|be|was|as|of|or\s+about|shall|will|den|dem|am|ab|zum|vom|le"
    r"|el|il|op|d[ií]a|lunes|monday|tuesday|wednesday|thursday|friday|\d{1,2}:\d\d|\()*\Z"
)
_STARTS = re.compile(
    r"(?:\b(?:begin(?:s|ning)?|began|commenc\w+|start(?:s|ing|ed)?(?:\s+date)?|(?:with\s+effect"
    r"|effective)\s+from|(?:with\s+)?effect\s+from|joining(?:\s+date)?|date\s+of\s+joining|effective\s+date"
    r"|employed\s+from"
    r"|beginnt|beginn|tritt|treedt|ab\s+dem|mit\s+wirkung|eintritt|stellenantritt|à\s+(?:compter|partir"
    r"|dater)\s+d[ue]|prend(?:ra)?\s+effet|débute(?:ra)?|entrée\s+en\s+(?:fonction|service)"
    r"|inici[áa]\w*(?:\s+la\s+relaci[óo]n\s+laboral)?|desde|comenzar[áa]|a\s+partir\s+del?|incorporaci[óo]n"
    r"|(?:met\s+)?ingang(?:\s+van)?|vanaf|a\s+decorrere\s+dal|decorrenza\s+dal|dal|início|a\s+partir\s+de)"
    r"|\bzum(?=\s+\d|\s*\Z))" + _FILLER,
    re.IGNORECASE,
)
_NAMED_START = re.compile(r"[\s,]*\((?:the\s+)?\"?\s*(?:effective|commencement|start)\s+date\b", re.IGNORECASE)
_EMPLOYED_FROM = re.compile(
    r"\b(?:seit|since|born|geboren|né|née|nacid[oa]|nato|nata|nasc|prior|previous|dated|ausgestellt|valid"
    r"|expire[sd]?\s+on\s+the\s+offer)\b[^.;]{0,30}\Z",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?:end(?:s|ing)?(?:\s+date)?|until|expir(?:es?|y|ing)|terminat(?:es|ing)|through|endet|bis"
    r"|vertragsende|befristet|prend(?:ra)?\s+fin|jusqu'au|se\s+termine(?:ra)?|hasta|finaliza(?:r[áa])?"
    r"|eindigt|tot|t/m"
    r"|fino\s+al|até|termina(?:r[áa])?)(?:\s|,|:|\||automatically|van|rechtswege|de|plein|droit|on|and"
    r"|including|without|the|need|for"
    r"|notice|is|am|zum|mit|ablauf|des|le|el|il|op|al|d[ií]a|ohne[^.;]{0,40})*\Z",
    re.IGNORECASE,
)
_TO = re.compile(
    r"\s*(?:to|until|through|till|bis(?:\s+zum)?|au|jusqu'au|hasta(?:\s+el)?|al|a|tot(?:\s+en\s+met)?|t/m"
    r"|fino\s+al|até|-)\s*\Z",
    re.IGNORECASE,
)
_TO_FOLLOWS = re.compile(
    r"[ ]*(?:to|until|through|bis|au|jusqu'au|hasta|al|a|tot|t/m|fino\s+al|até|-)[ \n]", re.IGNORECASE
)
_RANGE_FROM = re.compile(r"\b(?:from|vom|von|du|del|desde(?:\s+el)?|dal|van|de)\s*\Z", re.IGNORECASE)
_MADE = re.compile(
    r"\b(?:made|entered\s+into|dated|date|signed|executed|geschlossen|datum|fait|firma(?:n|do)?|celebra\w*"
    r"|overeengekomen|date\s+of\s+(?:this\s+)?(?:letter|agreement))\b[^.;\n]{0,48}\Z",
    re.IGNORECASE,
)
#: "Freiburg, den 12. November 2026": a place and a date have a line, or its beginning, to themselves.
_PLACE_AND = re.compile(
    r"(?:\A|\n|\f|\t)[ ]*(?:fait\s+(?:en\s+[\w ]{3,24})?à\s+|(?:[Rr]eunidos\s+)?en\s+|aldus\s+\w+\s+te\s+|given\s+at\s+"
    r"|signed\s+at\s+)?[A-ZÀ-Þ][\w'.-]*(?:[ -](?:[A-ZÀ-Þ][\w'.-]*|la|le|les|sur|am|an|der|de|den|del|upon"
    r"|y)){0,4}?,?\s*(?:en\s+double\s+exemplaire\s+à\s+\w+,?\s*)?"
    r"(?:,\s*(?:den|dem|am|le|a|il|op|this|on|em|em\s+data\s+de)?|\s+(?:den|am|le|on\s+this|on|op|il))\s*\Z",
)
_NOT_MADE = re.compile(
    r"\bvalid|expire|accept|return|deadline|born|geboren|fecha\s+l[íi]mite|by\s+\Z|before\s+\Z|no\s+later"
    r"|reply|passport|\bvisa\b|employment\s+rights|\bact\b",
    re.IGNORECASE,
)
_REPLIED = re.compile(
    r"\b(?:offer\s+)?(?:expires?|lapses?|valid|open\s+until|accept|sign\s+and\s+return)\b[^.;]{0,60}\Z", re.IGNORECASE
)
_HEAD = 1500
#: Trust in a date beside a signature.
_BY_HAND = 0.8


def days(prose: Prose, found: Sequence[Clause]) -> tuple[Day, ...]:
    """Return the days with a meaning, the most trusted of a field first."""
    text = prose.text
    order = Order.DMY if day_first(text) else None
    rows = list(_rows(text, found, order))
    taken = {each.start for each in rows}
    given = [*rows, *(each for each in _said(text, order) if each.start not in taken)]
    return tuple(sorted(_concluded(given), key=lambda each: (-each.trust, each.start)))


def _concluded(given: Sequence[Day]) -> Iterator[Day]:
    """A contract that several date by hand is concluded when the last of them has signed."""
    by_hand = [each for each in given if each.field == "agreement_date" and each.trust == _BY_HAND]
    last = max((each.value for each in by_hand), default="")
    for each in given:
        yield replace(each, trust=_BY_HAND + 0.05) if each in by_hand and each.value == last else each


@dataclass(frozen=True, slots=True)
class _Date:
    value: str
    start: int
    end: int
    confidence: float


def _dates(text: str, order: Order | None) -> list[_Date]:
    plain = [
        _Date(each.value, each.start, each.end, each.confidence)
        for each in dates.find(text, order)
        if each.value is not None
    ]
    words = [_Date(each.value, each.start, each.end, 0.93) for each in spelled_dates.find(text)]
    return sorted([*plain, *words], key=lambda each: each.start)


_FIELDS = (("effective_date", "start"), ("end_date", "end"), ("agreement_date", "made"))


def _rows(text: str, found: Sequence[Clause], order: Order | None) -> Iterator[Day]:
    for field, topic in _FIELDS:
        for clause in about(tuple(found), topic):
            if not clause.row or (topic == "made" and clause.start > min(_HEAD, len(text) // 2)):
                continue
            line = text.find("\n", clause.start + 1, clause.end)
            end = clause.end if line < 0 else line
            for each in _dates(text[clause.start : end], order)[:1]:
                lead = text[clause.start : clause.start + each.start].strip(" \t:|")
                trust = 0.94 if len(lead) < 12 else 0.85
                span = (clause.start + each.start, clause.start + each.end)
                yield Day(field, each.value, min(trust, each.confidence), *span)


def _said(text: str, order: Order | None) -> Iterator[Day]:
    """The dates of the running text by the words right before them."""
    last: _Date | None = None
    last_field = ""
    for each in _dates(text, order):
        before = re.split(r"[.;]\s+(?=[A-ZÀ-Þ])|\f", text[max(0, each.start - 140) : each.start])[-1]
        ranged = last is not None and bool(_TO.fullmatch(text[last.end : each.start])) and each.start - last.end < 24
        field, trust = _meaning(text, each, before, ranged and last_field == "effective_date")
        if field == "" and _RANGE_FROM.search(before) and _TO_FOLLOWS.match(text, each.end):
            field, trust = "effective_date", 0.88
        if field:
            yield Day(field, each.value, min(trust, each.confidence), each.start, each.end)
        last, last_field = each, field


def _meaning(text: str, each: _Date, before: str, closes: bool) -> tuple[str, float]:
    late = each.start > 0.6 * len(text)
    if _EMPLOYED_FROM.search(before) or _REPLIED.search(before):
        return "", 0.0
    if _NAMED_START.match(text, each.end):
        return "effective_date", 0.94
    if closes or _ENDS.search(before):
        return "end_date", 0.93
    if _STARTS.search(before):
        return "effective_date", 0.93 if not late else 0.9
    if _NOT_MADE.search(before[-60:]):
        return "", 0.0
    line = before.rsplit("\n", 1)[-1]
    alone = not line.strip(" \t:,|") and text[each.end : each.end + 1] in ("\n", "\f", "")
    if _PLACE_AND.search("\n" + line if "\n" in before or each.start == len(before) else before):
        return "agreement_date", 0.94 if each.start < _HEAD or late else 0.85
    if alone and each.start < _HEAD:
        return "agreement_date", 0.92
    if _MADE.search(before):
        return "agreement_date", _BY_HAND if late else 0.92 if each.start < _HEAD else 0.7
    return "", 0.0


def ends_after(starts: Day, length: Length) -> Day | None:
    """Return the last day of a term of *length* that begins on the day of *starts*; None where no calendar tells it.

    A term that begins with the beginning of a day ends with the day before the one of the same number
    (German BGB ss.187(2), 188(2); the same rule in England, [1981] UKHL 3).
    """
    term = length.term
    if term is None:
        return None
    last = term.after(date.fromisoformat(starts.value)) - timedelta(days=1)
    return Day("end_date", last.isoformat(), min(starts.trust, 0.88), length.start, length.end, computed=True)
