"""The days a contract speaks of by name: "the Effective Date", "the date hereof", "the date of last signature".

Finds where each is defined and, where the definition is another day or the last signature, computes it. A day that
hangs on an event ("the date of the Closing") stays unknown, and is said to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.fields import dates
from toolkit.fields.dates import DateReading, Order
from toolkit.readers.agreement.occasion import Occasion, effective
from toolkit.readers.prose import Prose


@dataclass(frozen=True, slots=True)
class Moment:
    """One day: ISO 8601, the trust in it, where its words stand; `rests_on` names the facts it was computed from."""

    value: str
    trust: float
    start: int
    end: int
    rests_on: tuple[tuple[str, str, int], ...] = ()

    def __repr__(self) -> str:
        return f"<Moment {self.start}..{self.end} {self.trust:.2f}>"


@dataclass(frozen=True, slots=True)
class Moments:
    """The days of one contract. `waiting` says of the effective date what it waits for, empty when nothing."""

    made: Moment | None
    effective: Moment | None
    named: dict[str, Moment]
    waiting: str = ""
    waiting_at: tuple[int, int] = (0, 0)

    def __repr__(self) -> str:
        return f"<Moments {len(self.named)} named>"

    def at(self, reference: str) -> Moment | None:
        """Return the day that words like "Effective Date" or "date hereof" mean; None for any other event."""
        plain = " ".join(reference.casefold().split())
        for name in sorted(self.named, key=len, reverse=True):
            if plain.startswith(name):
                return self.named[name]
        if _EFFECT.match(plain):
            return self.effective
        return self.made or self.effective if _HEREOF.match(plain) else None


_EFFECT = re.compile(r"(?:\w+\s+){0,2}?(?:effective|commencement|start|starting|execution)\s+date")
_HEREOF = re.compile(
    r"date\s+hereof|(?:first\s+)?dates?\s+(?:first\s+)?(?:above|written|set\s+forth|stated|signed|entered)|date\s+of\s+(?:this|the|its)\b"
    r"|date\s+(?:of\s+)?(?:execution|signing|signature)|(?:its\s+|full\s+)?(?:execution|signing|signature)\b|day\s+and\s+year"
    r"|agreement\s+date|contract\s+date|hereof|(?:its\s+)?effective\s+date|above\s+date|date\s+on\s+which\s+it\s+is\s+signed"
)
_DEFINED_AFTER = re.compile(
    r"[\s,]*\(?\s*(?:hereinafter\s+)?(?:referred\s+to\s+(?:herein\s+)?as\s+)?(?:the|this)?\s*\"?\s*"
    r"(?P<name>(?:[A-Z][\w-]*\s+){0,3}Date)\b"
)
_DEFINED_BEFORE = re.compile(
    r"\"?\b(?P<name>(?:[A-Z][\w-]*\s+){1,3}Date)\b\"?\s*(?:\)\s*)?(?:shall\s+mean|means|is|shall\s+be|will\s+be|:|\t)?"
    r"\s*(?:as\s+of|on)?\s*(?:the\s+)?$"
)
# What stands where the contract says when it takes effect.
_EFFECT_BY = re.compile(
    r"\"Effective\s+Date\"\s*\)?\s*(?:shall\s+mean|means|is|shall\s+be)\s+(?P<defined>)"
    r"|\b(?:this|the)\s+(?:[\w&-]+\s+){0,3}(?:agreement|contract|amendment|letter|assignment)\s+(?:\w+\s+)?(?:shall\s+|will\s+)?"
    r"(?:only\s+)?(?:be(?:come)?s?|is|takes?|comes?\s+into|enters?\s+into|commences?|begins?)\s+(?:effect(?:ive)?|force)?\b"
    r"|\beffective\s+(?=(?:as\s+of|upon|on)\b)|\bin\s+full\s+force\s+and\s+effect\s+(?:commencing|beginning|from)\b"
    r"|\bterm\s+of\s+this\s+[^.;]{0,30}?(?:commence|begin)\w*",
    re.IGNORECASE,
)
_LAST_SIGNED = re.compile(
    r"(?:as\s+of|on|upon|at|from)?\s*(?:the\s+)?(?:later|last|latest)\s+(?:of\s+the\s+)?dates?\s+(?:of\s+)?[^.;]{0,40}?(?:sign|execut)"
    r"|(?:as\s+of|on|upon|at|from)?\s*(?:the\s+)?date\s+(?:that\s+|as\s+of\s+which\s+|on\s+which\s+|of\s+)?[^.;]{0,40}?\b(?:last|later|latest|final)\s+(?:signature|signator|party|of)"
    r"|(?:as\s+of|on|upon|at|from)?\s*(?:the\s+)?date\s+(?:on\s+which\s+)?(?:it|this\s+\w+)\s+is\s+signed"
    r"|(?:as\s+of|on|upon|at|from)?\s*(?:the\s+)?(?:date\s+of\s+)?(?:full\s+|its\s+)?(?:execution|signature|signing)\b"
    r"|(?:as\s+of|on|upon|at|from)?\s*(?:the\s+)?date\s+signed\s+by",
    re.IGNORECASE,
)
_OF_THIS = re.compile(
    r"(?:as\s+of|on|upon|at|from)?\s*(?:and\s+from\s+)?(?:the\s+)?(?:date\s+(?:hereof|of\s+(?:this|the)\s+agreement|first|written|set\s+forth|above)"
    r"|first\s+date|day\s+and\s+year|above\s+date)",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"(?:only\s+)?(?:as\s+of|on|upon|at)?\s*(?:the\s+)?(?:date\s+(?:of|that|on\s+which)\s+)?(?:the\s+)?(?:[\w-]+\s+){0,2}?"
    r"(?P<event>closing|completion|consummation|approval|distribution|separation|ipo|offering)\b",
    re.IGNORECASE,
)
_SIGN_ROW = re.compile(r"/s/|^\s*By\b|\bsign(?:ed|ature)?\b|\bName\s*:|\bTitle\s*:", re.IGNORECASE)
_DATED_ROW = re.compile(r"\bdated?\b|\bdatum\b|\bfecha\b|/s/", re.IGNORECASE)
_DATE_LABELS = re.compile(r"\W*(?:Date(?:d|\s+signed)?\W*)+", re.IGNORECASE)
_NEAR = 7


def moments(
    prose: Prose, found: Sequence[Occasion], readings: Sequence[DateReading], order: Order | None = None
) -> Moments:
    """Return the days of the contract whose dates with a role are *found* among *readings*, all dates of the text."""
    made = next((_moment(each) for each in found if each.role == "made"), None)
    signing = signing_days(prose, order)
    if made is None and signing:
        made = max(signing, key=lambda each: each.value)
    explicit = next((each for each in found if each.role == "effective"), None)
    best = _moment(explicit) if explicit else None
    waiting, waiting_at = "", (0, 0)
    if best is None or best.trust < 0.9:
        computed = _by_definition(prose, made, signing)
        if isinstance(computed, Moment):
            best = computed
        elif computed is not None:
            (waiting, waiting_at), best = computed, None
    if best is None and not waiting:
        fallback = effective(found)
        best = _moment(fallback) if fallback else None
    return Moments(made, best, _named(prose, found, readings), waiting, waiting_at)


def _moment(each: Occasion) -> Moment:
    return Moment(each.value, each.trust, each.start, each.end)


def _named(prose: Prose, found: Sequence[Occasion], readings: Sequence[DateReading]) -> dict[str, Moment]:
    """Days with a name of their own: `May 1, 2020 (the "Commencement Date")`, `Launch Date: 3 March 2020`."""
    named: dict[str, Moment] = {}
    known = {each.start: each for each in found}
    for each in readings:
        if each.value is None:
            continue
        name = _DEFINED_AFTER.match(prose.text, each.end) or _DEFINED_BEFORE.search(
            prose.text[max(0, each.start - 90) : each.start]
        )
        if name is None:
            continue
        role = known.get(each.start)
        trust = role.trust if role else min(0.9, each.confidence)
        named.setdefault(" ".join(name["name"].casefold().split()), Moment(each.value, trust, each.start, each.end))
    return named


def _by_definition(
    prose: Prose, made: Moment | None, signing: Sequence[Moment]
) -> Moment | tuple[str, tuple[int, int]] | None:
    """The effective date as the words define it; the event and its place when they define it by an event."""
    unknown: tuple[str, tuple[int, int]] | None = None
    for match in _effect_clauses(prose.text):
        at = (
            match.end()
            + len(prose.text[match.end() : match.end() + 9])
            - len(prose.text[match.end() : match.end() + 9].lstrip())
        )
        if signed := _LAST_SIGNED.match(prose.text, at):
            if signing:
                last = max(signing, key=lambda each: each.value)
                trust = 0.86 if len(signing) > 1 else 0.75
                rests = tuple(("signed", each.value, each.start) for each in signing)
                return Moment(last.value, trust, match.start(), signed.end(), rests)
            unknown = unknown or ("the last signature, whose date the paper does not show", (at, signed.end()))
        elif (of_this := _OF_THIS.match(prose.text, at)) and made is not None:
            rests = (("agreement_date", made.value, made.start),)
            return Moment(made.value, min(made.trust, 0.93), match.start(), of_this.end(), rests)
        elif event := _EVENT.match(prose.text, at):
            unknown = unknown or (f"an event ({event['event'].lower()})", (at, event.end()))
    return unknown


def _effect_clauses(text: str) -> Iterator[re.Match[str]]:
    """Where the text says when it takes effect: the definition of "Effective Date" first."""
    every = list(_EFFECT_BY.finditer(text))[:60]
    yield from sorted(every, key=lambda each: (each["defined"] is None, each.start()))


def signing_days(prose: Prose, order: Order | None = None) -> tuple[Moment, ...]:
    """Return the days beside the signatures, in the order they stand; empty where lines for dates are blank."""
    rows = prose.rows
    signs = [at for at, row in enumerate(rows) if _SIGN_ROW.search(prose.row_text(row))]
    near = {number for at in signs for number in range(at - _NEAR, at + _NEAR + 1)}
    found = []
    for number in sorted(near):
        if not 0 <= number < len(rows):
            continue
        row = rows[number]
        written = prose.row_text(row)
        beside = [prose.row_text(rows[at]) for at in (number - 1, number + 1) if 0 <= at < len(rows)]
        labelled = _DATED_ROW.search(written) or any(_DATE_LABELS.fullmatch(each) for each in beside)
        if len(written) > 160 or not labelled:
            continue
        for each in dates.find(written, order):
            # "dated as of" in a sentence dates another paper.
            before = written[: each.start]
            if each.value and not re.search(r"\bas\s+of\b|\bagreement\b", before, re.IGNORECASE):
                start = row.start + each.start
                found.append(Moment(each.value, min(0.7, each.confidence), start, row.start + each.end))
    return tuple(found)
