"""How long a contract runs: its term in words, and the day it ends, stated or counted from another day.

Every length of time and every anniversary of the text is a candidate; its sentence says whether it is the term of the
contract, a renewal, a notice period or a restriction. How days are counted is said in docs/decisions/0055.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from toolkit.fields import dates
from toolkit.fields.calendar_words import ORDINALS
from toolkit.fields.dates import DateReading, Order
from toolkit.fields.terms import Term
from toolkit.readers import spell
from toolkit.readers.agreement.moments import Moment, Moments
from toolkit.readers.prose import Prose


@dataclass(frozen=True, slots=True)
class Lasting:
    """One claim to be the term: its plain words ("2 years", "indefinite"), its weight and place.

    `end` is the day it ends, empty where it cannot be counted; `begins` the day it was counted from, None where the end
    is stated. `day_before` says that the words mean the day before the anniversary.
    """

    term: str
    weight: float
    start: int
    stop: int
    end: str = ""
    begins: Moment | None = None
    day_before: bool = False

    def __repr__(self) -> str:
        return f"<Lasting {self.start}..{self.stop} {self.weight:.1f}>"


_BEFORE, _AFTER, _MOST = 420, 240, 400
_ORDINAL = "|".join(sorted(map(re.escape, ORDINALS), key=len, reverse=True)) + r"|\d{1,2}\s?(?:st|nd|rd|t\s?h)"
_CANDIDATE = re.compile(
    rf"(?P<spell>{spell.SPELL})(?:\s*\(\s*\d{{1,3}}\s*\))?(?P<of>[\s-]+anniversary)?"
    rf"|\b(?P<ordinal>{_ORDINAL})\s*(?:\([^)]{{1,6}}\)\s*)?(?:annual\s+)?anniversary"
    r"|\b(?P<forever>perpetual(?:ly)?|indefinite(?:ly)?|auf\s+unbestimmte\s+zeit|durée\s+indéterminée|tiempo\s+indefinido)\b"
    r"|\b(?P<year>until\s+the\s+end\s+of\s+(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
#: What a sentence must hold before its length of time is looked at closely.
_LASTS = re.compile(
    r"\bterm\b|period|duration|continu|remain|effect|expir|terminat|\bends?\b|ending|valid|until|commenc|begin|agree|cease"
    r"|dauer|befrist|laufzeit|durée|duración|vigencia|plazo",
    re.IGNORECASE,
)
_WHOLE = (
    r"(?:(?:th(?:is|e)|said|such)\s+(?:[\w&/-]+\s+){0,4}?(?:agreement|contract|amendment|appointment|assignment|secondment|employment"
    r"|engagement|venture|licen[cs]e|lease|letter|jsma|arrangement|project)(?:\b|(?=shall|will|is\b))(?:\s+and\s+(?:all|the)\s+[^.;]{0,40}?)?"
    r"|\b(?:this|the)\s+contract\s+is\b|(?:initial|contract|agreement|license|assignment|employment|fixed)\s+(?:term|period)\b"
    r"|terms?\s+of\s+(?:this|the)\b|\bthe\s+\"?term\b|terms?\s+of\s+the\s+project|laufzeit|arbeitsverhältnis|vertrag|entsendung|contrat|contrato)"
)
_PLEDGE = (
    r"(?:(?:obligations?|restrictions?|covenants?|commitments?|undertakings?|provisions?|agreements?)\b[^.;]{0,120}?)"
)
_RUNS = (
    r"(?:\b(?:shall|will|may|is|are|be|was|has|have|to|commenc\w+|begin\w*|start\w*|continu\w+|remain\w*|extend\w*|runs?|lasts?|of|means?"
    r"|effective|effect|force|valid|expir\w+|terminat\w+|ends?|ending|cease\w*|beträgt|läuft|endet|ist|dure|conclu\w*|será)\b)"
)
_OWN = re.compile(rf"{_WHOLE}[^.;]{{0,330}}?{_RUNS}[^.;]{{0,260}}?$", re.IGNORECASE)
_OWED = re.compile(rf"{_PLEDGE}(?:expire|terminate|remain|continue|be\s+in|survive)[^.;]{{0,200}}?$", re.IGNORECASE)
_HEADED = re.compile(
    r"(?:^|[\n.\t])\s*(?:section\s+|article\s+|§\s*)?[\dIVX.()a-z]{0,6}\s*(?:initial\s+|agreement\s+)?(?:term|duration|period|laufzeit|durée|duración)"
    r"(?:\s+(?:and|&|of)\s+(?:\w+\s*){1,3})?\s*[.:\n\t-]",
    re.IGNORECASE,
)
_FOR = re.compile(
    r"(?:\b(?:for|of|be|have|is|has|to|at|:|auf|von|beträgt|pour|de|por)\s+)(?:(?:an?|the|its|eine[rn]?|une|un|die)\s+)?"
    r"(?:(?:initial|fixed|minimum|full|first)\s+)?(?:(?:period|term|duration|dauer|durée|período|plazo)\s+(?:of|is|shall\s+be|von|de|:)\s+)?"
    r"(?:approximately\s+|up\s+to\s+)?$",
    re.IGNORECASE,
)
_RENEWED = re.compile(
    r"\b(?:renew\w*|extended\b|extensions?\b|successive\w*|additional\b|further\b|thereafter\b|verlänger\w*|reconduc\w*"
    r"|prorrog\w*)",
    re.IGNORECASE,
)
#: "unless earlier terminated or extended" speaks of another day than this one.
_OR_EXTENDED = re.compile(r"\b(?:or|may\s+be|unless)\s+(?:earlier\s+|sooner\s+)?(?:renewed|extended)\b", re.IGNORECASE)
_NOT_TERM = re.compile(
    r"\bnotice\b|\bcure\b|\bwithin\b|\bat\s+least\b|\bnot\s+less\s+than\b|\bno\s+later\b|\bsolicit|\bnon-?compet|\bwarrant|\bduring\s+the\b"
    r"|\bretain|\brecords?\b|\baudit|\bevery\b|\bleast\b|\bvest|\bseverance\b|\bprobation|\bbooks?\b|\bprior\s+to\b|\bin\s+excess\b|\bprevious\b",
    re.IGNORECASE,
)
_NOTICE_AFTER = re.compile(
    r"'?s?'?\s*(?:\(\w+\)\s*)?(?:of\s+)?(?:prior\s+|advance\s+|written\s+)*notice|\s*prior\s+to|\s*before\b|\s*in\s+advance|\s+old|\s+of\s+age",
    re.IGNORECASE,
)
_NAMES_TERM = re.compile(
    r"[^.;]{0,160}?\(?\s*(?:the|this)?\s*\"(?:initial\s+|contract\s+)?(?:term|period)\"", re.IGNORECASE
)
_FROM = re.compile(
    r"(?:\s*\([^)]{1,40}\))?[\s,]*(?:(?:and\s+)?(?:commenc|beginn|start|runn|measur)\w*\s+)?"
    r"(?:from\s+and\s+after|from|after|following|of|on|with|upon|effective|as\s+of|ab|à\s+compter\s+du|desde)\s+(?:and\s+including\s+|as\s+of\s+|on\s+)?(?:the\s+)?(?P<what>[^.;]{1,110})",
    re.IGNORECASE,
)
_BEGUN = re.compile(
    r"\b(?:commenc\w*|begin\w*|start\w*|effective|effect|force|from|enter\w*\s+into\s+force)\s+(?:as\s+of\s+|on\s+|upon\s+|from\s+|at\s+|with\s+)?(?:the\s+)?(?P<what>[^.;]{1,90})",
    re.IGNORECASE,
)
_OTHER_EVENT = re.compile(
    r"^\s*(?:\w+\s+){0,4}?(?:terminat|expir|disclos|receipt|separation|cessation|end\b|purchase|launch|delivery|resignation|last\b|closing|acceptance|"
    r"completion|clinical|first\s+commercial|employment|warranty|such\s+date\s+of\s+term)",
    re.IGNORECASE,
)
_LEAVING = re.compile(
    r"^\s*(?:\w+\s+){0,7}?(?:terminat|separation|cease|cessation|resignation|disclos|receipt|employment|hiring)",
    re.IGNORECASE,
)
_SUBJECT_WITHIN = 110
_DAY_BEFORE = re.compile(
    r"(?:day|date)\s+(?:immediately\s+)?(?:prior|preceding|before)\s+(?:to\s+)?(?:the\s+)?$", re.IGNORECASE
)
_EARLIER = re.compile(r"\bearli(?:er|est)\b", re.IGNORECASE)


def lasting(prose: Prose, moments: Moments, order: Order | None) -> tuple[Lasting, ...]:
    """Return the claims to be the contract's term that carry weight, the weightiest first."""
    claims = sorted(_claims(prose.text, moments, order), key=lambda each: (-each.weight, each.start))
    return tuple(each for each in claims if each.weight >= 3)


def _claims(text: str, moments: Moments, order: Order | None) -> Iterator[Lasting]:
    looked = 0
    for match in _CANDIDATE.finditer(text):
        before = _sentence_before(text, match.start())
        after = re.split(r"\.\s+(?=[A-Z\d])|;|\f", text[match.end() : match.end() + _AFTER])[0]
        if not _LASTS.search(before):
            continue
        looked += 1
        if looked > _MOST:
            return
        weight = _weight(text, match, before, after)
        if weight >= 3:
            yield _counted(text, match, before, after, weight, moments, order)


def _sentence_before(text: str, at: int) -> str:
    begin = max(0, at - _BEFORE)
    return re.split(r"\.\s+(?=[A-Z])|;|\f|\n\s*\n", text[begin:at])[-1]


def _weight(text: str, match: re.Match[str], before: str, after: str) -> float:
    """How much the sentence speaks for the contract's own term; below 3 it is something else."""
    said = _OWN.search(before)
    own, owed = said is not None, bool(_OWED.search(before))
    at = match.start() - len(before)
    headed = bool(_HEADED.search(text[max(0, at - 60) : at] + before[:40]))
    # What a sentence is about stands at its beginning.
    weight = (3.0 if said.start() < _SUBJECT_WITHIN else 2.0) if said else 2.0 if owed else 0.5 if headed else -3.0
    weight += 1.5 if headed else 0.0
    if match["forever"]:
        return weight - 1.5 if own and not _RENEWED.search(before) else 0.0
    weight += 1.0 if re.search(r"\binitial\b", before[-60:], re.IGNORECASE) else 0.0
    weight += 1.0 if _NAMES_TERM.match(after) else 0.0
    weight += 0.5 if _FROM.match(after) else 0.0
    anniversary = match["of"] or match["ordinal"]
    ended = re.search(r"(?:expir|terminat|cease|\bend)\w*\b[^.;]{0,160}$", before, re.IGNORECASE)
    if not (
        match["year"]
        or _FOR.search(before[-80:])
        or (anniversary and re.search(r"until|through|on|to|end", before[-90:]))
    ):
        weight -= 0.0 if ended and _FROM.match(after) else 2.0
    weight -= 3.0 if _RENEWED.search(_OR_EXTENDED.sub("", before[-140:])) else 0.0
    weight -= 2.5 if _NOT_TERM.search(_DAY_BEFORE.sub("", before[-110:])) else 0.0
    weight -= 4.0 if _NOTICE_AFTER.match(after) else 0.0
    weight -= 2.0 if (match["spell"] or "").casefold().rstrip().endswith(("day", "days")) else 0.0
    weight -= (
        2.0
        if re.search(
            r"\b(?:year|month)s?\s+(?:anniversary\s+)?(?:after|following)\s+(?:the\s+)?terminat", match[0] + after
        )
        else 0.0
    )
    if (following := _FROM.match(after)) and _OTHER_EVENT.match(following["what"]):
        weight -= 3.0 if not own or _LEAVING.match(following["what"]) else 0.0
    return weight


def _counted(
    text: str, match: re.Match[str], before: str, after: str, weight: float, moments: Moments, order: Order | None
) -> Lasting:
    """The claim with its end, where the day it is counted from is known."""
    start, stop = match.span()
    if match["forever"]:
        return Lasting("indefinite", weight, start, stop)
    if match["year"]:
        return Lasting("", weight, start, stop, f"{match['year'][-4:]}-12-31")
    length, said = _length(match)
    begins = _begins(before, after, moments, order)
    if length is None or begins is None:
        return Lasting(said, weight, start, stop)
    prior = bool(_DAY_BEFORE.search(before[-40:])) and bool(match["of"] or match["ordinal"])
    end = _end(begins.value, length, prior)
    if _EARLIER.search(before[-160:]):
        # "at the earlier of": the term is known, the day is not.
        return Lasting(said, weight, start, stop)
    return Lasting(said, weight, start, stop, end, begins, prior)


def _length(match: re.Match[str]) -> tuple[Term | None, str]:
    if match["spell"]:
        return spell.term(match[0]), spell.plain(match[0])
    digits = re.match(r"\d+", match["ordinal"])
    years = int(digits[0]) if digits else ORDINALS[match["ordinal"].casefold()]
    return Term(months=12 * years), f"{years} year{'' if years == 1 else 's'}"


def _end(begins: str, length: Term, prior: bool) -> str:
    try:
        day = length.after(date.fromisoformat(begins)) - timedelta(days=1 if prior else 0)
    except (ValueError, OverflowError):
        return ""
    return day.isoformat()


def _begins(before: str, after: str, moments: Moments, order: Order | None) -> Moment | None:
    """The day the term is counted from: named after it, else before it in the sentence, else the first day of all."""
    following = _FROM.match(after)
    if following is not None:
        known = _known(following["what"], moments, order)
        if known is not None or _OTHER_EVENT.match(following["what"]):
            return known
    for begun in reversed(list(_BEGUN.finditer(before))):
        known = _known(begun["what"], moments, order)
        if known is not None:
            return known
        if re.match(
            r"\s*(?:the\s+)?[\w\s]{0,30}?(?:launch|closing|purchase|delivery|expiration|completion)",
            begun["what"],
            re.IGNORECASE,
        ):
            return None
    first = moments.effective or moments.made
    return (
        None
        if first is None or moments.waiting
        else Moment(first.value, min(first.trust, 0.8), first.start, first.end, first.rests_on)
    )


def _known(what: str, moments: Moments, order: Order | None) -> Moment | None:
    stated = dates.find(what[:60], order)
    if stated and stated[0].value and stated[0].start < 12:
        return Moment(stated[0].value, stated[0].confidence, 0, 0)
    return moments.at(what)


def anniversary_before(day: str) -> str:
    """The day before *day* (ISO), the other way of counting a term; empty where there is none."""
    try:
        return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return ""


_RANGE = re.compile(
    r"\b(?:from|commenc\w*|begin\w*|start\w*|term|period|effect\w*|continue\w*|duration)\b[^.;]{0,160}?$", re.IGNORECASE
)
_TILL = re.compile(
    r"(?:\b(?:through|until|till|to|bis(?:\s+zum)?|jusqu'au|hasta(?:\s+el)?|au|al)|-"
    r"|\b(?:ends?|ending|terminat\w+|expir\w+)(?:\s+(?:on|at|as\s+of))?)"
    r"(?:\s+and\s+including)?(?:\s+(?:the|midnight\s+on|close\s+of\s+business\s+on|including))?\s*$",
    re.IGNORECASE,
)


def stated_ends(prose: Prose, readings: Sequence[DateReading]) -> Iterator[tuple[str, float, int, int]]:
    """Yield (ISO date, trust, start, end) for every "shall continue until 31 July 2019" of the contract itself."""
    text = prose.text
    for found in readings:
        before = _sentence_before(text, found.start)
        if found.value is None or not _TILL.search(before[-60:]) or _OTHER_SPAN.search(before):
            continue
        if not (_OWN.search(before) or _OWN_PERIOD.search(before)):
            continue
        if _RENEWED.search(_OR_EXTENDED.sub("", before[-200:])) or _BEFORE_IT.search(before[-120:]):
            continue
        at = found.start - len(before)
        headed = bool(_HEADED.search(text[max(0, at - 60) : at] + before[:40]))
        trust = 0.92 if _RANGE.search(before) or headed else 0.85
        yield found.value, min(trust, found.confidence), found.start, found.end


_OWN_PERIOD = re.compile(r"\"?contract\s+period\"?|terms?\s+of\s+the\s+project", re.IGNORECASE)
#: A span of time within the contract, or of the contract before it.
_OTHER_SPAN = re.compile(
    r"\b(?:\d+|three|six|nine|twelve)\s*-?\s*months?\s*-?\s+period|\b(?:calendar|fiscal|contract)\s+(?:year|quarter)|\bbudget|\bforecast"
    r"|\bexpired\b|\bprevious\b",
    re.IGNORECASE,
)
_BEFORE_IT = re.compile(r"\bprior\s+to\b|\bbefore\b|\bduring\b|\bquarter\b|\bfiscal\b", re.IGNORECASE)
