"""Whether a contract renews itself, for how long, and what notice stops or ends it.

Says "automatic", "by agreement" or "none" where the words say so, "unsure" where two clauses disagree; where no clause
speaks of renewal there is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.readers import spell
from toolkit.readers.prose import Prose


@dataclass(frozen=True, slots=True)
class Clause:
    """One answer of a clause: the field it answers, the value, the trust and the place."""

    field: str
    value: str
    trust: float
    start: int
    end: int

    def __repr__(self) -> str:
        return f"<Clause {self.field} {self.start}..{self.end}>"


_OWN_TERM = (
    r"(?:agreement|contract|amendment|\bterm\b|assignment|secondment|employment|engagement|licen[cs]e|lease|appointment|jsma|arrangement"
    r"|vertrag|arbeitsverhältnis|contrat|contrato)"
)
_RENEWAL = re.compile(
    r"(?P<none>\b(?:shall|will|does|may)\s+not\s+(?:be\s+)?(?:automatically\s+)?(?:renew|be\s+renewed|be\s+extended)\w*"
    r"|\bno\s+(?:automatic\s+)?(?:renewal|extension)s?\b(?!\s+fee))"
    r"|(?P<automatic>\bautomatic(?:ally)?\s+(?:be\s+|and\s+without\s+\w+\s+)?(?:renew|extend|be\s+renewed|be\s+extended|continu)\w*"
    r"|\b(?:renew|extend)\w*\s+(?:itself\s+)?automatically|\bautomatic\s+(?:\w+\s+)?(?:renewals?|extensions?)|\bauto-?renew\w*"
    r"|\b(?:shall|will)\s+(?:be\s+)?(?:renew|continue)(?:ed)?\s+(?:automatically\s+)?(?:thereafter\s+)?(?:for|in)\s+(?:(?:an?|one|two|three|four|five)\s+)?(?:additional|successive|further|consecutive)"
    r"|\bverlängert\s+sich|\btacite\s+reconduction|\brenouvelé\w*\s+tacitement|\brenew\w*\s+tacitly|\btacitly\s+renew\w*|\bprorrogar\w*\s+(?:automática|tácita)mente|\btácita\s+reconducción"
    r"|\b(?:from\s+)?year[- ]to[- ]year\b|\bevergreen\b)"
    r"|(?P<agreed>\b(?:may|can|could)\s+(?:be\s+)?(?:mutually\s+)?(?:agree\s+to\s+)?(?:renew|extend|be\s+renewed|be\s+extended)\w*"
    r"|\brenewable\b|\b(?:option|right)\s+to\s+(?:renew|extend)\b|\bextended\s+(?:only\s+)?by\s+(?:mutual|written)|\bunless\s+(?:extended|renewed)\s+by"
    r"|\brenew\w*\s+(?:only\s+)?(?:upon|by)\s+(?:the\s+)?(?:mutual|written|agreement)|\boptions?\s+for\s+renewal)",
    re.IGNORECASE,
)
_FOR = re.compile(
    rf"(?P<spell>{spell.SPELL})"
    r"|(?P<yearly>\bannual(?:ly)?\b|\byear[- ]to[- ]year\b|\bone-\s*year\b|\byearly\b|\bjahr\b)"
    r"|(?P<monthly>\bmonth[- ]to[- ]month\b)",
    re.IGNORECASE,
)
_STOP = re.compile(
    rf"(?P<spell>{spell.SPELL})'?s?'?(?:\s*\(\d+\))?\s*(?:of\s+)?(?:prior\s+|advance\s+|previous\s+)*(?:written\s+)?(?:notice\b|prior\s+to\b|before\b|in\s+advance|prior\b)",
    re.IGNORECASE,
)
_NON_RENEWAL = re.compile(
    r"non-?\s?renew|not\s+(?:to\s+)?(?:renew|extend)|unless|terminat|notice|otherwise|kündig|opt\s+out", re.IGNORECASE
)
_ENDING = re.compile(
    r"\bterminat\w*[^.;\f]{0,220}?(?=notice)|\bnotice\s+of\s+(?:such\s+)?termination|\b(?:end|resign|leave)\w*[^.;\f]{0,120}?(?=notice)",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    rf"(?P<spell>{spell.SPELL})'?s?'?(?:\s*\(\w+\))?\s*(?:of\s+)?(?:prior\s+|advance\s+|previous\s+)*(?:written\s+)?(?:prior\s+)?notice"
    rf"|\bnotice\b[^.;\f]{{0,60}}?(?:of\s+)?(?:at\s+least|not\s+less\s+than|no\s+less\s+than|a\s+minimum\s+of|of)?\s*(?P<after>{spell.SPELL})",
    re.IGNORECASE,
)
_FOR_CAUSE = re.compile(
    r"\bbreach|default|cure|insolv|bankrupt|fail(?:s|ure)|material|violat|force\s+majeure|renew", re.IGNORECASE
)
_FREELY = re.compile(
    r"\bany\s+reason|without\s+(?:any\s+)?(?:cause|reason)|for\s+(?:its\s+)?convenience|at\s+any\s+time|with\s+or\s+without|in\s+its\s+sole",
    re.IGNORECASE,
)
#: A shorter notice that holds for the first months only.
_TRIAL = re.compile(r"\bprobation|\bprobezeit|\bessai\b|\bprueba\b|\bduring\s+it\b", re.IGNORECASE)
_MOST = 200


def renewal(prose: Prose) -> tuple[Clause, ...]:
    """Return `renewal`, `renewal_term` and `renewal_notice` as the clauses answer them, the first answer first."""
    text, found, said = prose.text, [], set()
    for match in list(_RENEWAL.finditer(text))[:_MOST]:
        before, after = _around(text, match.start(), match.end())
        if not re.search(_OWN_TERM, before + match[0] + after[:120], re.IGNORECASE) or _other_thing(before):
            continue
        answer = "none" if match["none"] else "automatic" if match["automatic"] else "by agreement"
        said.add(answer)
        headed = re.search(r"\bterm\b|\brenew|\bduration|laufzeit|durée", before, re.IGNORECASE)
        found.append(Clause("renewal", answer, 0.86 if headed else 0.7, match.start(), match.end()))
        found += list(_details(text, match, after))
    if len(said) > 1 and "automatic" in said:
        first = next(each for each in found if each.field == "renewal" and each.value == "automatic")
        found = [first, *(each for each in found if each is not first)]
    if "none" in said and len(said) > 1:
        place = found[0]
        found.insert(0, Clause("renewal", "unsure", 0.5, place.start, place.end))
    return tuple(found)


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    before = re.split(r"\.\s+(?=[A-Z])|\f", text[max(0, start - 360) : start])[-1]
    after = re.split(r"\.\s+(?=[A-Z])|\f", text[end : end + 420])[0]
    return before, after


def _other_thing(before: str) -> bool:
    return bool(
        re.search(
            r"\b(?:insurance|policy|patent|registration|subscription|domain|letter\s+of\s+credit)\b[^.;]{0,80}$", before
        )
    )


def _details(text: str, match: re.Match[str], after: str) -> Iterator[Clause]:
    start = match.end()
    length = _FOR.search(after[:170])
    before_notice = after[: length.start()] if length else ""
    if length is not None and not re.search(r"\bnotice\b|\bprior\b|\bleast\b|\bunless\b", before_notice, re.IGNORECASE):
        value = spell.plain(length[0]) if length["spell"] else "1 month" if length["monthly"] else "1 year"
        yield Clause("renewal_term", value, 0.85, start + length.start(), start + length.end())
    tail = text[start : start + 700].split("\f", maxsplit=1)[0]
    for stop in _STOP.finditer(tail):
        context = tail[max(0, stop.start() - 200) : stop.end() + 120]
        if _NON_RENEWAL.search(context) and not re.search(r"\bbreach|\bcure\b", context, re.IGNORECASE):
            yield Clause("renewal_notice", spell.plain(stop["spell"]), 0.85, start + stop.start(), start + stop.end())
            return


def termination_notices(prose: Prose) -> tuple[Clause, ...]:
    """Return the notice by which a party may end the contract without a reason, the surest first."""
    text, found = prose.text, []
    for match in list(_ENDING.finditer(text))[:_MOST]:
        begin = max(0, match.start() - 160)
        sentence = re.split(r"\.\s+(?=[A-Z])|;|\f", text[begin : match.start()])[-1]
        tail = re.split(r"\.\s+(?=[A-Z])|;|\f", text[match.start() : match.start() + 420])[0]
        notice = _NOTICE.search(tail)
        if (
            notice is None
            or _FOR_CAUSE.search(sentence + tail[: notice.end() + 60])
            or _TRIAL.search(text[begin : match.start()])
        ):
            continue
        written = notice["spell"] or notice["after"]
        trust = 0.86 if _FREELY.search(sentence + tail) else 0.75
        found.append(
            Clause(
                "termination_notice",
                spell.plain(written),
                trust,
                match.start() + notice.start(),
                match.start() + notice.end(),
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.trust, each.start)))
