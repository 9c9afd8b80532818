"""Whom a contract binds: from the parties clause, a letter's address and opening, an undertaking, the signature block.

Knows how contracts name their parties and the terms they define for them; knows no other field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from toolkit.readers.agreement.party_name import also_trading, can_be_party, same, whole
from toolkit.readers.agreement.signature import Signatory
from toolkit.readers.naming import Name, name_at
from toolkit.readers.prose import Prose, Row


@dataclass(frozen=True, slots=True)
class Party:
    """One party, the terms the contract defines for it (`Employee`, `Company`), and the trust in it."""

    name: Name
    terms: tuple[str, ...]
    trust: float

    def __repr__(self) -> str:
        return f"<Party {self.name.start}..{self.name.end} {self.trust:.2f}>"


#: Terms that contracts define for the one who works.
WORKER = re.compile(
    r"employees?|executive|you|participant|associate|contractor|consultant|director|assignee|secondee|worker|grantee"
    r"|officer|arbeitnehmer(?:in)?|mitarbeiter(?:in)?|beschäftigter?|salarié|trabajador|candidate",
    re.IGNORECASE,
)
#: Terms that contracts define for the one who employs.
EMPLOYING = re.compile(
    r"company|employer|arbeitgeber(?:in)?|corporation|firm|employeur|bank|gesellschaft", re.IGNORECASE
)

_OPENING = 5000
_BODY = re.compile(
    r"\bWHEREAS\b|\bRECITALS?\b|W\s?I\s?T\s?N\s?E\s?S\s?S\s?E\s?T\s?H|\bBACKGROUND\b|\bNOW,? THEREFORE\b|Präambel"
)
_TRIGGER = re.compile(
    r"\b(?:by\s+and\s+(?:between|among(?:st)?)|between(?:\s+and\s+among)?|among(?:st)?|zwischen|entre)\b\s*:?"
    r"|\b(?:parties|parteien)\s*:|\b(?:made|executed|delivered|entered\s+into|given)\b[^.;()]{0,90}?\b(?:by|with)\b"
    r"|\b(?:in\s+favou?r|for\s+the\s+benefit)\s+of\b"
    r"|\binto\s+(?:effective\s+)?[^.;()]{0,60}?\bby\b",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"[\s,:;]*(?:and\b[\s,]*|und\b\s*|(?:both|on\s+the\s+(?:one|other)\s+hand)\b,?\s*)?"
    r"(?:\(?(?:[ivx]{1,4}|\d{1,2}|[a-d])[).]\s*)?"
    r"(?:(?:the\s+)?undersigned(?:\s+(?:employee|individual))?,?\s*(?:the\s+)?|the\s+(?=company\b)|der\s+|die\s+|dem\s+)?"
    r"(?:\(\s*[A-Z][a-z]+\s*\)\s*|\"\s*(?=[A-Z]))?",
    re.IGNORECASE,
)
_SCAN = re.compile(
    r"(?P<group>\((?:[^()]|\([^()]*\))*\))|(?P<semicolon>;)|(?P<stop>\.(?=\s+[A-Z\"(]|\s*\Z))"
    r"|(?P<and>\b(?:and|und|et|y)\b|&(?=\s)|\bin\s+favou?r\s+of\b|\bto\s+and\s+for\s+the\s+benefit\s+of\b)|(?P<comma>,)"
    r"|(?P<body>\bWHEREAS\b|\bRECITALS?\b|\bNOW,? THEREFORE\b|\bto\s+allow\b|\bis\s+entered\b|\bin\s+consideration\b"
    r"|\b(?:as\s+an\s+amendment|that\s+certain|is\s+dated|dated\s+(?:as\s+of|the)|amends\b|and\s+describes|individually\s+(?:as|an?)))"
)
#: "(each a "Party", together the "Parties")" ends the list it speaks of.
_ALL_OF_THEM = re.compile(
    r"\(\s*(?:each\b|individually\b|collectively,?\s+(?:as\s+)?(?:the\s+)?\"?part)", re.IGNORECASE
)
_QUOTED = re.compile(r"\"\s*([^\"]{1,60}?)[\s,]*\"")
_DESCRIBED = re.compile(
    r"\"?\s*(?:,?\s*\(|,\s*(?:N|S)\.?\s?A\b|\"?,\s*(?:an?|the|whose|having|with|residing|individually|as|its|located|acting)\b|\.|,?\s*$|\s+(?:an?|as|of|d/?b/?a|[fan]/k/a"
    r"|having|whose|with|residing|located|on\s+behalf|in\s+his)\b)",
    re.IGNORECASE,
)


def parties(prose: Prose, signed_by: Sequence[Signatory]) -> tuple[Party, ...]:
    """Return the parties in the order they are named, each once; nothing when the paper names none."""
    found = list(_clause(prose.text))
    if len(found) < 2:
        found = _merge([*_referred(prose, found), *_labelled(prose)])
    if len(found) < 2:
        found = _merge([*found, *_letter(prose), *_undertaking(prose.text)])
    return tuple(_doubted(_signing(found, signed_by, prose.lower)))


#: One party alone is half a contract; in a long list somebody may be named who is none. Neither is vouched for.
_ALONE, _MANY = 0.85, 0.88


def _doubted(found: Sequence[Party]) -> Iterator[Party]:
    ceiling = _ALONE if len(found) < 2 else _MANY if len(found) > 2 else 1.0
    for party in found:
        yield replace(party, trust=min(party.trust, ceiling))


_LABEL = re.compile(
    r"\s*(?:\d+[.)]\s*)?(?:the\s+)?(?P<role>buyer(?:/end-?user)?|seller|suppliers?|licensors?|licensees?|lessors?|lessees?|landlord|tenant|employer|employee"
    r"|company|client|contractor|consultant|distributor|reseller|provider|party\s+[a-d1-4]|customer|vendor|owner|service\s+provider|covenanter|planning\s+unit"
    r"|borrower|lender|franchisor|franchisee|purchaser|arbeitgeber(?:in)?|arbeitnehmer(?:in)?|empleador|trabajador(?:a)?|employeur|salarié)"
    r"(?:\s+(?:full\s+)?(?:legal\s+)?name)?\s*(?:\([^)]{1,40}\)\s*)?(?:[:|\t]|\s(?=[A-Z]{3}))\s*(?=\S)",
    re.IGNORECASE,
)
_REFERRED = re.compile(
    r"\b(?:company|supplier|reseller|distributor|client|customer|provider|licensee|vendor|contractor|consultant)[^.;]{0,25}?"
    r"(?:set\s+forth|named|identified|listed|described)\s+(?:above|below|herein)|\babove-named\s+\w+",
    re.IGNORECASE,
)


def _labelled(prose: Prose) -> list[Party]:
    """The parties that the opening names beside their roles: "Licensor: X", "Party A: Y", a role to a line."""
    found: dict[str, Party] = {}
    for row in prose.rows:
        if row.start > _OPENING:
            break
        written = prose.row_text(row)
        for match in _LABEL.finditer(written) if len(written) < 240 else ():
            if match.start() and written[match.start() - 1] not in "\t":
                continue
            name = name_at(prose.text, row.start + match.end(), one_line=True)
            rest = prose.text[name.end : row.end].strip(" .,:") if name else "x"
            plain = (
                not rest or rest.startswith(("(", "\t", "a ", "an ")) or prose.text[name.end : name.end + 1] in ",("
                if name
                else False
            )
            if name is not None and plain and can_be_party(name) and (name.organisation or name.person):
                role = " ".join(match["role"].split()).title()
                found.setdefault(role, Party(name, (role,), 0.82))
    return list(found.values())


def _referred(prose: Prose, found: Sequence[Party]) -> list[Party]:
    """The parties of the clause; where it says "the company named above" also those that labels name."""
    if not found or not _REFERRED.search(prose.text, 0, _OPENING):
        return list(found)
    others = [party for party in _labelled(prose) if not any(same(party.name, known.name) for known in found)]
    return [*found, *others[:1]]


def defined(text: str) -> dict[str, Name]:
    """Return the terms that the opening of *text* defines for somebody it names: {"Company": ...}."""
    terms: dict[str, Name] = {}
    for match in re.finditer(r"\((?:[^()]|\([^()]*\))*\)", text[:_OPENING]):
        words = _terms(match.group())
        name = _named_before(text, match.start()) if words else None
        for word in words:
            if name is not None:
                terms.setdefault(word, name)
    return terms


def _clause(text: str) -> tuple[Party, ...]:
    """The parties listed after "between", up to the end of that sentence."""
    body = _BODY.search(text, 0, _OPENING)
    limit = body.start() if body and body.start() > 150 else _OPENING
    best: tuple[Party, ...] = ()
    for trigger in _TRIGGER.finditer(text, 0, limit):
        listed = tuple(_listed(text, trigger.end(), min(limit, trigger.end() + 1800)))
        if len(listed) >= 2 and any(party.terms for party in listed):
            return listed
        if len(listed) > len(best) and len(listed) >= 2:
            best = listed
        if listed and (listed[0].terms or listed[0].name.organisation) and not best:
            best = listed
    return best


def _listed(text: str, at: int, limit: int) -> Iterator[Party]:
    first = True
    while True:
        lead = _LEAD_IN.match(text, at)
        at = lead.end() if lead else at
        name = name_at(text, at) if at < limit else None
        if first and name is None and text[at : at + 1] != "(":
            return
        first = False
        end, terms = _next_line(text, name) or _boundary(text, name.end if name else at, limit)
        if name is not None and can_be_party(name):
            trust = 0.7 if _SPEAKS_FOR.match(text, name.end) else 0.88 if terms else 0.84
            yield Party(also_trading(text, whole(text, name)), terms, trust)
        if end is None:
            return
        at = end


#: "Ada Example, director of Acme": the party is perhaps who is spoken for.
_SPEAKS_FOR = re.compile(
    r",?\s*(?:the\s+)?(?:\w+\s+)?(?:director|president|officer|owner|manager|ceo|chairman|representative)\s+of\b",
    re.IGNORECASE,
)


def _next_line(text: str, name: Name | None) -> tuple[int | None, tuple[str, ...]] | None:
    """Where a list with a party to a line goes on: right below a legal form, with another."""
    if name is None or not name.legal or not re.match(r"[ \t]*\n", text[name.end : name.end + 20]):
        return None
    below = name_at(text, name.end, one_line=True)
    return (name.end, ()) if below is not None and below.legal and can_be_party(below) else None


def _boundary(text: str, at: int, limit: int) -> tuple[int | None, tuple[str, ...]]:
    """Where the next party begins after *at* (None when the list ends), and the terms defined on the way."""
    terms: list[str] = []
    closed = False
    for mark in _SCAN.finditer(text, at, limit):
        if mark["group"]:
            if _ALL_OF_THEM.match(mark.group()):
                break
            terms += _terms(mark.group())
            closed = True
        elif mark["body"] or (mark["stop"] and not _after_form(text, mark.start())):
            break
        elif mark["semicolon"] or _parts(text, mark, closed):
            return mark.end(), tuple(terms)
    return None, tuple(terms)


def _parts(text: str, mark: re.Match[str], closed: bool) -> bool:
    """Whether an "and" parts two parties, or a comma does after a bracket has closed the party before."""
    if mark["and"]:
        return _begins_party(text, mark.end(), needs_more=False)
    return closed and _begins_party(text, mark.end(), needs_more=True)


def _after_form(text: str, at: int) -> bool:
    word = re.search(r"(\S+)$", text[max(0, at - 20) : at])
    if word is None or not word[1][0].isupper():
        return False
    return len(word[1]) <= 4 or re.fullmatch(r"(?:[A-Z]\.)+[A-Z]", word[1]) is not None


def _begins_party(text: str, at: int, needs_more: bool) -> bool:
    lead = _LEAD_IN.match(text, at)
    at = lead.end() if lead else at
    name = name_at(text, at)
    if name is None:
        return text[at : at + 1] == "(" and bool(_QUOTED.match(text, at + 1))
    if not can_be_party(name):
        return False
    name = whole(text, name)
    described = bool(_DESCRIBED.match(text, name.end)) or name.legal
    return described if needs_more else described or name.legal or name.person


def _terms(group: str) -> tuple[str, ...]:
    quoted = tuple(filter(None, (term.strip() for term in _QUOTED.findall(group))))
    if quoted:
        return quoted
    plain = re.fullmatch(r"\(\s*(?:the\s+|hereinafter\s+)?([A-Z][A-Za-z]+)\s*\)", group)
    return (plain[1],) if plain else ()


def _named_before(text: str, at: int) -> Name | None:
    """The name that a bracket at *at* explains: right before it, or before a description of it."""
    begin = max(0, at - 220)
    best: Name | None = None
    for word in re.finditer(r"(?<![\w'.&-])[\w\"]", text[begin:at]):
        start = begin + word.start()
        if best is not None and start < best.end:
            continue
        name = name_at(text, start)
        if name is None or name.end > at:
            continue
        between = text[name.end : at]
        if re.fullmatch(r"\s*|,?\s*(?:an?|its|together|formerly|and\s+its|including|on\s+behalf)\b[^;.]*", between):
            better = best is None or name.legal or not best.legal
            if (name.legal or name.organisation or name.person or not between.strip()) and better:
                best = name
    return best


_SALUTATION = re.compile(r"(?:Dear\b|Ladies\s+and\s+Gentlemen|Gentlemen\b|Sehr\s+geehrte)", re.IGNORECASE)
_ADDRESS_ROWS = 14
_NO_NAME = re.compile(
    r"\d|^(?:attn|attention|re|subject|private|confidential|personal|by|via|c/o|strictly|privileged|exhibit|logo)\b"
    r"|agreement|chairman|president|officer|director|counsel|street|avenue|road|floor|suite|blvd|drive\b",
    re.IGNORECASE,
)


def _letter(prose: Prose) -> list[Party]:
    """The addressee of a letter and whom its opening calls the Company, Employer or sender."""
    rows = [row for row in prose.rows if row.start < _OPENING]
    greeting = next((i for i, row in enumerate(rows) if _SALUTATION.match(prose.row_text(row))), None)
    if greeting is None:
        return []
    terms = defined(prose.text)
    found = []
    addressee = terms.get("you") or terms.get("Recipient") or _addressee(prose, rows[:greeting])
    if addressee is not None:
        found.append(Party(addressee, ("you",), 0.8))
    found += [Party(name, (term,), 0.8) for term, name in terms.items() if EMPLOYING.fullmatch(term)]
    return found


def _addressee(prose: Prose, above: Sequence[Row]) -> Name | None:
    """The organisation in the address block before the greeting, else the person it begins with."""
    names = []
    for row in above[-_ADDRESS_ROWS:]:
        name = whole_row(prose, row)
        if name is not None:
            names.append(name)
    organisations = [name for name in names if name.organisation]
    return organisations[-1] if organisations else next(iter(n for n in names if n.person), None)


def whole_row(prose: Prose, row: Row) -> Name | None:
    """Return the name that a line of print consists of, or None when the line says anything else."""
    text = prose.row_text(row).strip(" :,")
    if _NO_NAME.search(text):
        return None
    name = name_at(prose.text, row.start, one_line=True)
    return name if name is not None and name.end >= row.start + len(text) - 1 else None


_UNDERTAKING = re.compile(
    r"\b(?:employment\s+(?:with|by|at)|employed\s+by|employee\s+of|associate\s+of|Board\s+of\s+Directors\s+of|agree\s+with"
    r"|services?\s+(?:to|for)|retained\s+by|offer\s+you\s+(?:a\s+position|employment)\s+(?:with|at)|discharge)\s+"
)
_SELF = re.compile(r"(?:^|[\n.]\s*)I,\s+")


def _undertaking(text: str) -> list[Party]:
    """In "as a condition of my employment with X, I agree": X, and whoever calls himself I."""
    found = []
    terms = defined(text)
    company = next((name for term, name in terms.items() if EMPLOYING.fullmatch(term)), None)
    if company is None:
        named = (name_at(text, match.end()) for match in _UNDERTAKING.finditer(text, 0, _OPENING))
        company = next((name for name in named if name is not None and name.organisation), None)
    if company is not None:
        found.append(Party(company, ("Company",), 0.8))
    myself = _SELF.search(text, 0, _OPENING)
    person = name_at(text, myself.end()) if myself else None
    if person is not None and person.person:
        found.append(Party(person, ("I",), 0.8))
    return found


def _signing(found: Sequence[Party], signed_by: Sequence[Signatory], lower: str) -> list[Party]:
    """Whoever signs under his own name is a party; who stands in clause and signature block is vouched for."""
    result = [
        replace(party, trust=min(0.95, party.trust + 0.07)) if _signs(party, signed_by, lower) else party
        for party in found
    ]
    if len(result) < 2:
        others = [s for s in signed_by if not any(same(s.name, party.name) for party in result)]
        # Of a paper that names one party the other is whoever signs in the other quality: a person for an organisation.
        wanted = bool(result) and not result[0].name.organisation
        others.sort(key=lambda signatory: signatory.organisation is not wanted)
        others = [signatory for signatory in others if can_be_party(signatory.name)]
        result += [Party(signatory.name, (), 0.75) for signatory in others[: 2 - len(result)]]
    return _merge(result)


def _signs(party: Party, signed_by: Sequence[Signatory], lower: str) -> bool:
    """Whether the party signs, or stands again where a contract is signed: in its last third."""
    again = re.compile(r"\s+".join(map(re.escape, party.name.text.lower().split())))
    late = max(party.name.end, int(len(lower) * 0.66))
    return any(same(signatory.name, party.name) for signatory in signed_by) or bool(again.search(lower, late))


def _merge(found: Sequence[Party]) -> list[Party]:
    kept: list[Party] = []
    for party in found:
        if can_be_party(party.name) and not any(same(party.name, other.name) for other in kept):
            kept.append(party)
    return kept
