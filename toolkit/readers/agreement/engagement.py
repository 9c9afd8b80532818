"""The terms of the work that are lengths of time: probation, notice, holidays, and how long it lasts.

Every length of time in the text is given the one role its own words, its sentence and its clause say; a length that
nothing speaks for has none. Knows no pay and no party.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from toolkit.readers.agreement import lengths
from toolkit.readers.agreement.clauses import Clause
from toolkit.readers.agreement.lengths import Length
from toolkit.readers.agreement.work_term import Term, doubted, sentence
from toolkit.readers.agreement.working_time import working_time
from toolkit.readers.prose import Prose

_PROBATION = re.compile(
    r"prob(?:ation|ezeit|emonat)|(?:période|temps)\s+d'essai|per[ií]odo\s+de\s+prueba|proeftijd"
    r"|periodo\s+di\s+prova|período\s+experimental",
    re.IGNORECASE,
)
_HOLIDAY = re.compile(
    r"holiday|annual\s+leave|vacation|paid\s+time\s+off|\bpto\b|(?:earned|privilege|paid)\s+leave|urlaub"
    r"|ferien|congés?\s+(?:annuel|payé)|congés|vacances|vacaciones|vakantie|\bferie\b|férias|\bleave\b",
    re.IGNORECASE,
)
_OTHER_LEAVE = re.compile(
    r"sick|casual|maternity|paternity|parental|adoption|bereavement|carry|carried|public|home\s+leave|krank"
    r"|übertrag|maladie|maternité|enfermedad|unused|garden|accru\w*\s+but",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:after|following|passée?|au-delà|expiration\s+de|au\s+terme)\b|\bnach\b|\baprès\b|à\s+l'issue"
    r"|tras\b|\bna\b|\bdopo\b|confirm\w+|thereafter",
    re.IGNORECASE,
)
_IN_IT = re.compile(
    r"during\s+(?:it|which|this\s+period|that\s+period|such\s+period)|während\s+dieser|in\s+dieser\s+zeit"
    r"|pendant\s+cette\s+période|durante\s+(?:este|dicho)\s+per[ií]odo",
    re.IGNORECASE,
)
_TERM_BEFORE = re.compile(
    r"(?:continue\s+for|\bterm|duration|period|\blasts?|befristet|\bdauer|durée|duraci[óo]n|durata|looptijd|\bduur"
    r"|duração)\b[^.;\d]{0,48}\Z",
    re.IGNORECASE,
)
_TERM_AFTER = re.compile(
    r"[\s-]*(?:'s?)?\s*(?:fixed[\s-]term|(?:from|starting|commencing|beginning|ab|à\s+compter|a\s+partir"
    r"|a\s+contar)\b)",
    re.IGNORECASE,
)
_NOT_THE_TERM = re.compile(
    r"extend|extension|renew|sever|bonus|repay|restrict|confidential|compet|garden|\bage\b|warrant|remain"
    r"|preced|prior|absence|sick|verlänger|prolong"
    r"|renouvel|successive|following|after|within|cure|review|payment|notice|vest|leav",
    re.IGNORECASE,
)
#: "A probationary period of six months": nothing but the words that join the two.
_RIGHT_AFTER = re.compile(
    r"(?:\s|period|of|for|the|a|is|:|\||de|d'|une?|durée|est|será|von|è|é|di|van|bedraagt|beträgt)*", re.IGNORECASE
)
_ENDING = re.compile(
    r"terminat|\bend(?:ed|s|ing)?\b|resign|notice\s+period|period\s+of\s+notice|leave\s+the|kündig|gelöst"
    r"|beend|romp|rupture|résili|congé|préavis|extinc|rescind|preaviso|opzeg|recess|preavviso|aviso\s+prévio"
    r"|entitled\s+to\s+receive|in\s+lieu|either\s+(?:side|party)|on\s+both\s+sides",
    re.IGNORECASE,
)
_EXTENDED = re.compile(
    r"extend|verlänger|prolong|renouvel|no\s+(?:more|longer)\s+than|prorrog|maximum\s+of", re.IGNORECASE
)
_NOTICE_WORD = (
    r"(?:notice(?:\s+period)?|kündigungsfrist|frist|préavis|délai\s+de\s+congé|preaviso|opzegtermijn|preavviso"
    r"|aviso\s+prévio)"
)
_NOTICE_BEFORE = re.compile(
    rf"\b{_NOTICE_WORD}\b(?!\w)(?:(?!\b(?:within|receipt|breach|cure|such|give|days?|after\s+the\s+date"
    rf"|to\s+which|if|pay)\b)[^.;\d]){{0,64}}\Z",
    re.IGNORECASE,
)
_NOTICE_AFTER = re.compile(
    r"'?s?'?\s*(?:of\s+)?(?:(?:prior|advance|previous|clear|written)\s+)*(?:notice|kündigungsfrist"
    r"|de\s+pr[ée]avis|de\s+preaviso)\b",
    re.IGNORECASE,
)
#: What parts the phrases of a sentence, each with a length of its own.
_PHRASE_END = re.compile(r"[;,]|\b(?:or|then|and|but|oder|und|ou|et|y|o|e|dann|danach)\b", re.IGNORECASE)
#: More lengths of time than this no contract has.
_MOST = 1500


def terms(prose: Prose, found: Sequence[Clause]) -> tuple[Term, ...]:
    """Return the terms of the work, those of a field in the order of trust."""
    given = [*_lengths(prose.text, found), *working_time(prose.text, found)]
    return tuple(sorted(doubted(given), key=lambda each: (-each.trust, each.start)))


def _lengths(text: str, found: Sequence[Clause]) -> Iterator[Term]:
    places = _topics_by_place(found)
    found_lengths = list(islice(lengths.find(text), _MOST))
    ends = [-1, *(length.end for length in found_lengths)]
    begins = [*(length.start for length in found_lengths), len(text)]
    last = ""
    for length, previous, following in zip(found_lengths, ends[:-1], begins[1:], strict=True):
        setting = _setting(text, length, places(length.start), (previous, following))
        role = _role(setting)
        if not role and last.startswith("notice") and _THEN.fullmatch(setting.before):
            role = "notice_period"
        if role:
            yield Term(role, length.plain, 0.94 if setting.row else 0.92, length.start, length.end)
        last = role


#: "... two weeks, thereafter three months": the second length is a notice because the first is.
_THEN = re.compile(
    r"[\s,;]*(?:and|und|et|y|en)?\s*(?:danach|thereafter|then|afterwards|sodann|puis|ensuite|después|daarna"
    r"|poi)\s*",
    re.IGNORECASE,
)


def _topics_by_place(found: Sequence[Clause]) -> Callable[[int], Clause | None]:
    """Return what tells the innermost headed clause or row at a place."""
    spans = sorted((clause for clause in found if clause.topics), key=lambda each: each.start)
    starts = [clause.start for clause in spans]

    def at(place: int) -> Clause | None:
        last = bisect_right(starts, place)
        return next((clause for clause in reversed(spans[max(0, last - 4) : last]) if place < clause.end), None)

    return at


@dataclass(frozen=True, slots=True)
class _Setting:
    """A length in its setting: what stands between it and the length before, and behind it in its own phrase."""

    length: Length
    before: str
    after: str
    topics: frozenset[str]
    row: bool
    #: The length as written, the sentence up to it, and the whole of it.
    own: str
    lead: str
    said: str


def _setting(text: str, length: Length, clause: Clause | None, between: tuple[int, int]) -> _Setting:
    """The setting of *length*, which stands *between* the end of the length before and the beginning of the next."""
    begin, end = sentence(text, length.start, length.end)
    previous, following = between
    end = min(end, following)
    row = clause is not None and clause.row
    if clause is not None and row:
        begin, end = max(begin, clause.head[0]), max(length.end, min(end, clause.end))
    if clause is not None and not row and clause.start <= length.start:
        begin = max(begin, clause.start)  # a heading speaks of its clause by its topic only
    since = max(begin, previous)
    if previous > begin and (phrase := _PHRASE_END.search(text, previous, length.start)):
        # What follows the length before in its own phrase speaks of that one.
        since = phrase.start()
    after = text[length.end : end]
    own = _PHRASE_END.search(after)
    topics = clause.topics if clause else frozenset()
    before, after = text[since : length.start], after[: own.start()] if own else after
    return _Setting(
        length, before, after, topics, row, text[length.start : length.end], text[begin : length.start], text[begin:end]
    )


#: "To the end of a calendar month" is a day and no length.
_END_OF = re.compile(
    r"\b(?:end|ende|fin|final|einde|fine|termine|last\s+day|first\s+day)\s+(?:of|des|eines|einer|du|de|d'un"
    r"|van|del|di)\s*\Z",
    re.IGNORECASE,
)


def _role(setting: _Setting) -> str:
    """Return the field that the length is of, or ""."""
    if _END_OF.search(setting.before):
        return ""
    if _is_notice(setting):
        return "notice_in_probation" if _in_probation(setting) else "notice_period"
    if _is_probation(setting):
        return "probation"
    if _is_holiday(setting):
        return "holidays"
    return "term_length" if _is_term(setting) else ""


def _is_notice(setting: _Setting) -> bool:
    """Whether the length is of a notice that ends the work; notice is given of other things, too."""
    if not ("notice" in setting.topics or "probation" in setting.topics or _ENDING.search(setting.said)):
        return False
    if _NOTICE_AFTER.match(setting.after) or (
        "notice" in setting.topics and (setting.row or not setting.before.strip(" \t\n:|-"))
    ):
        return not re.search(r"\bwithin\s*\Z", setting.before, re.IGNORECASE)
    return bool(_NOTICE_BEFORE.search(setting.before))


def _in_probation(setting: _Setting) -> bool:
    for part in (setting.after, setting.before):
        for cue in _PROBATION.finditer(part):
            if not _AFTER.search(part[max(0, cue.start() - 32) : cue.start()]):
                return True
    if _IN_IT.search(setting.before) or _BEGINS_IN_PROBATION.match(setting.lead):
        return True
    return "probation" in setting.topics and not _AFTER.search(setting.before)


#: "During probation (first three months), a notice of 15 days applies", up to where the sentence turns to another time.
_BEGINS_IN_PROBATION = re.compile(
    rf"\W*(?:during|while|in|während|in\s+der|pendant|durante"
    rf"|tijdens)\b[^.;]{{0,30}}(?:{_PROBATION.pattern})(?:(?!thereafter|\bafter\b|\bthen\b|danach|après"
    rf"|nach\b)[^.;])*\Z",
    re.IGNORECASE,
)


def _is_probation(setting: _Setting) -> bool:
    if _EXTENDED.search(setting.before[-60:]) or setting.length.unit == "years":
        return False
    cue = list(_PROBATION.finditer(setting.before))
    if cue and _RIGHT_AFTER.fullmatch(setting.before[cue[-1].end() :]):
        return True
    if cue and len(setting.before) - cue[-1].end() < 70:
        return not _AFTER.search(setting.before[max(0, cue[-1].start() - 32) : cue[-1].start()])
    behind = _PROBATION.search(setting.after, 0, 90)
    if behind is not None:
        return not _AFTER.search(setting.after[: behind.start()])
    return "probation" in setting.topics and not setting.before.strip(" \t\n:|-(")


def _is_holiday(setting: _Setting) -> bool:
    if setting.length.unit not in ("days", "weeks"):
        return False
    near = setting.before[-80:]
    other = _OTHER_LEAVE.search(near) or _OTHER_LEAVE.match(setting.after.lstrip(" of'"))
    if other or _EXTENDED.search(near) or re.search(r"within|after|before|up\s+to|bis\s+zu", near[-24:], re.IGNORECASE):
        return False
    spoken = _HOLIDAY.search(near) or _HOLIDAY.search(setting.own) or _HOLIDAY.search(setting.after, 0, 60)
    return bool(spoken) or ("holidays" in setting.topics and not near.strip(" \t\n:|-"))


def _is_term(setting: _Setting) -> bool:
    if setting.length.unit not in ("months", "years", "weeks") or _NOT_THE_TERM.search(setting.before[-70:]):
        return False
    headed = "term" in setting.topics and not setting.before.strip(" \t:|-")
    return bool(
        headed or _TERM_BEFORE.search(setting.before) or (_TERM_AFTER.match(setting.after) and "term" in setting.topics)
    )
