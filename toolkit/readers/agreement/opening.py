"""Who works for whom, as contracts of work say it: terms defined in the opening, rows of names, a letter's head.

Knows the roles of such papers in the languages they come in: employer, employee, and the home and host employer of an
assignment. A name is taken for a role only where the paper gives it that role, or a letter is addressed to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from toolkit.readers.agreement.clauses import Clause, about
from toolkit.readers.agreement.tongue import tongue
from toolkit.readers.agreement.who import firm, firms, person
from toolkit.readers.naming import Name
from toolkit.readers.prose import Prose

Role: TypeAlias = Literal["employer", "employee", "home_employer", "host_employer"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a role, the trust in it, and up to where the paper describes him: name, seat, capacity."""

    name: Name
    trust: float
    described: int
    #: Whether a row of label and value names him.
    row: bool = False

    def __repr__(self) -> str:
        return f"<Holder {self.name.start}..{self.name.end} {self.trust:.2f}>"


Cast: TypeAlias = Mapping[Role, Holder]

_TERMS: tuple[tuple[Role, str], ...] = (
    (
        "host_employer",
        r"host\s+(?:company|employer|entity)|einsatz(?:unternehmen|gesellschaft|betrieb)|gast(?:gesellschaft"
        r"|unternehmen)|aufnehmendes?\s+unternehmen"
        r"|(?:société|entreprise)\s+d'accueil|(?:empresa|sociedad|entidad)\s+de\s+(?:destino|acogida)",
    ),
    (
        "home_employer",
        r"home\s+(?:company|employer|entity)|entsende(?:unternehmen|gesellschaft)|stamm(?:gesellschaft|haus)"
        r"|heimatgesellschaft"
        r"|(?:société|entreprise)\s+d'origine|(?:empresa|sociedad|entidad)\s+de\s+origen",
    ),
    (
        "employee",
        r"employee|executive|assignee|secondee|worker|expatriate|second\s+party|arbeitnehmer(?:in)?"
        r"|dienstnehmer(?:in)?|mitarbeiter(?:in)?"
        r"|angestellter?|beschäftigter?|(?:le\s+|la\s+)?salariée?|(?:l')?employée?|collaborat(?:eur|rice)"
        r"|trabajador[ae]?|empleado|empleada|werknemer|werkneemster|lavorat(?:ore|rice)"
        r"|dipendente|trabalhador[a]?|empregado|you|contractor|consultant|auftragnehmer(?:in)?|freelancer|prestataire",
    ),
    (
        "employer",
        r"employer|company|university|firm|corporation|client|school|hospital|bank|first\s+party"
        r"|arbeitgeber(?:in)?|dienstgeber(?:in)?|firma|gesellschaft|unternehmen"
        r"|auftraggeber(?:in)?|(?:l')?employeur|(?:la\s+)?société|(?:l')?association|(?:l')?entreprise"
        r"|(?:la\s+)?empresa|patr[óo]n|empleador[a]?|werkgever|datore\s+di\s+lavoro"
        r"|società|azienda|empregador[a]?|entidade\s+empregadora",
    ),
)
_ROLES = tuple(
    (role, re.compile(rf"(?:the\s+|der\s+|die\s+|el\s+|la\s+|le\s+|il\s+|l')?(?:{terms})", re.IGNORECASE))
    for role, terms in _TERMS
)
_OPENING = 4500
#: So much of a letter is searched for who writes it, and its end.
_LETTER = 12_000
_CALLED = (
    r"(?:nachfolgend|nachstehend|im\s+folgenden|in\s+der\s+folge|kurz|ci-après(?:\s+d[ée]nomm[ée]e?s?)?"
    r"|en\s+adelante|en\s+lo\s+sucesivo(?:\s+se\s+le\s+denominar[áa])?"
    r"|hereinafter(?:\s+(?:referred\s+to\s+as|called))?|hierna(?:\s+te\s+noemen)?|di\s+seguito"
    r"|adiante\s+designad[oa](?:\s+por)?|denominad[oa])"
)
#: A term in quotes, in a bracket of its own, or behind "hereinafter" and its like.
_DEFINED = re.compile(
    rf"\"\s*(?P<quoted>[^\"]{{3,40}}?)[\s,]*\"|'\s*(?P<single>[^'\n]{{3,30}}?)[\s,]*'(?=\s*[),])"
    rf"|\(\s*(?P<bracket>[^()\"\n]{{3,40}}?)\s*\)"
    rf"|\b{_CALLED}(?:\s+als)?[\s:]+(?P<called>[^\W\d_][\w' ]{{3,30}}?)(?=\s*(?:[,.;)\n\t-]|genannt|\Z))",
    re.IGNORECASE,
)
_CHAIN = re.compile(r"\s*(?:/|or|oder|first\s+party)\s*", re.IGNORECASE)


def cast_of(prose: Prose, found: Sequence[Clause]) -> Cast:
    """Return who holds which role; a paper of no work at all gives none."""
    cast: dict[Role, Holder] = {}
    # English parties clauses that define no term are read by `party`; "between" is too common a word there.
    listed = () if tongue(prose.text) == "en" else _listed(prose.text)
    for source in (
        _defined(prose.text),
        listed,
        _lined(prose.text),
        _rows(prose.text, found),
        _addressed(prose),
        _offering(prose.text),
        _posted(prose.text),
    ):
        for role, holder in source:
            taken = any(_same(holder.name, other.name) for other in cast.values())
            if role not in cast and not taken:
                cast[role] = holder
    if "home_employer" in cast and "employer" not in cast:
        cast["employer"] = cast["home_employer"]
    return cast


def _same(one: Name, other: Name) -> bool:
    return re.sub(r"\W", "", one.text.casefold()) == re.sub(r"\W", "", other.text.casefold())


def _defined(text: str) -> Iterator[tuple[Role, Holder]]:
    """The parties by the terms that the opening defines for them, each in the text since the one before."""
    since = _clause_begins(text)
    for mark in _DEFINED.finditer(text, since, min(len(text), _OPENING)):
        role = _role(mark)
        if role is None:
            continue
        holder = _within(text, since, mark.start(), role)
        if holder is not None:
            yield role, holder
        since = mark.end()


def _role(mark: re.Match[str]) -> Role | None:
    term = mark["quoted"] or mark["single"] or mark["bracket"] or mark["called"] or ""
    term = re.sub(
        rf"^(?:{_CALLED}|hereinafter|the|als|kurz|dénommée?)[\s:]+", "", term.strip(" :-\"'"), flags=re.IGNORECASE
    )
    for part in [term, *_CHAIN.split(term)]:
        for role, words in _ROLES:
            if words.fullmatch(part.strip(" \"'")):
                return role
    return None


_BEGINS = re.compile(
    r"\b(?:by\s+and\s+between|between|zwischen|entre\s+les\s+soussign[ée]e?s|entre|reunidos|celebran|tra"
    r"|tussen|ondergetekenden|parties|vertragsparteien"
    r"|on\s+behalf\s+of|pleased\s+to|from|we)\b[\s:,]*",
    re.IGNORECASE,
)


def _clause_begins(text: str) -> int:
    """Where the parties clause begins: after its first word, or after the title where it has none."""
    begins = _BEGINS.search(text, 0, _OPENING)
    return begins.end() if begins else 0


_REPRESENTED = re.compile(
    r"\b(?:vertreten|represented|représentée?|representada|rappresentata|vertegenwoordigd|acting\s+by|in\s+persona)\b",
    re.IGNORECASE,
)
_ON_BEHALF = re.compile(r"\b(?:administrador[a]?|representaci[óo]n|en\s+calidad\s+de|nombre)\b", re.IGNORECASE)


def _within(text: str, start: int, end: int, role: Role) -> Holder | None:
    """The holder of *role* named within `start`..`end`: a firm employs, a person is employed."""
    named = list(firms(text, start, end))
    if role == "employee":
        # "... GmbH and Ada Example (the Employee)": where the employer has no term of its own, it ends before.
        name = person(text, named[-1].end if named else start, end) or person(text, start, end)
        return Holder(name, 0.95, end) if name is not None and not _inside(name, named) else None
    if named:
        # A host is named last, and who signs for an employer stands before or behind it.
        name = named[-1] if role == "host_employer" else named[0]
        return Holder(name, 0.95, end)
    represented = _REPRESENTED.search(text, start, end)
    name = firm(text, start, represented.start() if represented else end)
    if name is not None:
        return Holder(name, 0.92, end)
    name = person(text, start, end)
    return Holder(name, 0.85, end) if name is not None and not _ON_BEHALF.search(text, start, end) else None


def _inside(name: Name, others: Sequence[Name]) -> bool:
    return any(other.start <= name.start < other.end for other in others)


def _listed(text: str) -> Iterator[tuple[Role, Holder]]:
    """A firm and a person after "between" where no term says who is who: a firm cannot be the one employed."""
    begins = _BETWEEN.search(text, 0, _OPENING)
    if begins is None:
        return
    end = min(len(text), begins.end() + 900)
    stop = _AGREED.search(text, begins.end(), end)
    end = stop.start() if stop else end
    named = firm(text, begins.end(), end)
    if named is None:
        return
    yield "employer", Holder(named, 0.86, named.end)
    name = person(text, named.end, end)
    if name is not None:
        yield "employee", Holder(name, 0.86, name.end)


_BETWEEN = re.compile(
    r"\b(?:between|zwischen|entre|tra|tussen|ondergetekenden|(?:de|por)\s+una\s+parte)\b[\s:]*", re.IGNORECASE
)
_AGREED = re.compile(
    r"\b(?:whereas|wird\s+folgende|wird\s+das|il\s+(?:a\s+été|est)\s+convenu|acuerdan|cl[áa]usulas"
    r"|agree[ds]?\b|si\s+conviene|overeengekomen)"
    r"|\n\s*(?:1\.|§\s*1|article\s+1|artikel\s+1|art\.\s*1)",
    re.IGNORECASE,
)


def _rows(text: str, found: Sequence[Clause]) -> Iterator[tuple[Role, Holder]]:
    """The parties by rows of label and value."""
    roles: tuple[Role, ...] = ("host_employer", "home_employer", "employer", "employee")
    for role in roles:
        for clause in about(tuple(found), role):
            if not clause.row or clause.start > max(_OPENING, len(text) // 2):
                continue
            line = text.find("\n", clause.start + 1, clause.end)
            end = clause.end if line < 0 else line
            name = person(text, clause.start, end) if role == "employee" else _first_firm(text, clause.start, end)
            if name is not None:
                yield role, Holder(name, 0.94, end, row=True)
                break


def _first_firm(text: str, start: int, end: int) -> Name | None:
    """The firm a row names; a row of an employer may hold a name without any form, up to a comma."""
    named = firm(text, start, end)
    if named is not None:
        return named
    plain = re.compile(r"[\s:|]*(?P<name>[A-ZÀ-Þ0-9][^\n\t,;(]{2,60})").match(text, start, end)
    if plain is None:
        return None
    return Name(" ".join(plain["name"].split()), plain.start("name"), plain.start("name") + len(plain["name"].rstrip()))


_ON_LINES = re.compile(
    r"\b(?:between|zwischen|entre|tra|tussen)\b[ :]*\n+(?P<one>[^\n]{3,80})\n+[ ]*(?:and|und|et|y|e"
    r"|en)[ :]*\n+(?P<other>[^\n]{3,80})",
    re.IGNORECASE,
)


def _lined(text: str) -> Iterator[tuple[Role, Holder]]:
    """A firm and a person on lines of their own, with "and" between them."""
    lines = _ON_LINES.search(text, 0, _OPENING)
    if lines is None:
        return
    spans = (lines.span("one"), lines.span("other"))
    employers = [named for span in spans if (named := firm(text, *span)) is not None]
    people = [name for span in spans if firm(text, *span) is None and (name := person(text, *span)) is not None]
    if len(employers) == 1 and len(people) == 1:
        yield "employer", Holder(employers[0], 0.92, employers[0].end)
        yield "employee", Holder(people[0], 0.92, people[0].end)


_POSTED = re.compile(
    r"\b(?:distacc\w+|entsandt|entsendung|détach\w+|assigned|seconded|assignment|desplazad\w+"
    r"|desplazamiento)\b[^.;]{0,60}?"
    r"\b(?:presso|zur|zu|an\s+die|bei\s+der|auprès\s+de|to|with)\s+(?=[A-ZÀ-Þ])",
    re.IGNORECASE,
)


def _posted(text: str) -> Iterator[tuple[Role, Holder]]:
    """The firm somebody is posted to, where no term is defined for it."""
    for match in _POSTED.finditer(text, 0, 2 * _OPENING):
        named = firm(text, match.end(), min(len(text), match.end() + 90))
        if named is not None and named.start - match.end() < 8:
            stop = re.compile(r"\b(?:dal|vom|from|du|desde)\b|[.;]\s").search(text, named.end, named.end + 120)
            yield "host_employer", Holder(named, 0.88, stop.start() if stop else named.end)


_OFFERS = re.compile(
    r"\b(?:position|role|employment|offer|job)\b[^.;]{0,120}?\b(?:at|with"
    r"|by)\s+(?P<name>[A-Z][\w&-]*(?:\s+[A-Z][\w&-]*){0,4})",
    re.ASCII,
)


def _offering(text: str) -> Iterator[tuple[Role, Holder]]:
    """Who offers a position, where no legal form tells a firm: a name that the letter says again."""
    for match in _OFFERS.finditer(text, 0, _OPENING):
        words = match["name"].rstrip(".,").split()
        name = " ".join(words)
        said = len(re.findall(r"\s+".join(map(re.escape, words)), text))
        if said > 2 and len(words) > 1:
            yield (
                "employer",
                Holder(
                    Name(name, match.start("name"), match.start("name") + len(match["name"].rstrip(".,"))),
                    0.85,
                    match.end(),
                ),
            )


_GREETED = re.compile(
    r"^[ \t]*(?:egregi[oa]|spett\.?le|car[oa]|dear|sehr\s+geehrter?|estimad[oa]|gentile|geachte|prezad[oa]"
    r"|hi|hello)\b[ \t]*"
    r"|^[ \t]*(?:madame|monsieur)[ \t]*,|à\s+l'attention\s+de|a\s+la\s+atención\s+de",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNING_FOR = re.compile(
    r"(?:\bfor(?:\s+and\s+on\s+behalf\s+of)?|\bpour|\bper|\bpor|\bfür|\bon\s+behalf\s+of|\bpresso|\bwith"
    r"|\bjoin|\ben|\bbei\s+der|\bbei|\bwe,)[ \t]+(?=[A-ZÀ-Þ])",
    re.IGNORECASE,
)


def _addressed(prose: Prose) -> Iterator[tuple[Role, Holder]]:
    """Of a letter: whom its greeting and address name, and which firm writes, by letterhead, text and signature."""
    text = prose.text
    greeted = _GREETED.search(text, 0, _OPENING)
    if greeted is None:
        return
    addressee = _greeted(text, greeted)
    if addressee is not None:
        yield "employee", addressee
    writer = _writer(text, greeted)
    if writer is not None:
        yield "employer", writer


def _greeted(text: str, greeted: re.Match[str]) -> Holder | None:
    """The whole name behind the greeting, else the line of the address above it that has the greeted name in it."""
    line = text.find("\n", greeted.end())
    line = len(text) if line < 0 else line
    whole = person(text, greeted.end(), line)
    if whole is not None:
        return Holder(whole, 0.93, line)
    said = re.findall(r"[^\W\d_][\w'-]+", text[greeted.end() : line])
    known = {word.casefold() for word in said} - _TITLES
    best = None
    at = 0
    for above in text[: greeted.start()].split("\n"):
        name = person(text, at, at + len(above))
        at += len(above) + 1
        if name is None:
            continue
        words = {word.casefold() for word in name.text.split()}
        if known & words or (not known and best is None):
            best = name
    if best is None and known:
        return _called_later(text, greeted.end(), said)
    again = re.compile(rf"\b{re.escape(best.text)}\b").search(text, greeted.end()) if best else None
    return Holder(best, 0.93 if known else 0.9 if again else 0.8, best.end) if best else None


def _called_later(text: str, start: int, said: Sequence[str]) -> Holder | None:
    """The whole name of somebody whom the greeting calls by one: as it stands where the letter is signed."""
    for word in said:
        for more in (2, 1):
            pattern = rf"(?<!\w){re.escape(word)}(?:[ ][A-ZÀ-Þ][\w'-]+){{{more}}}"
            for whole in re.compile(pattern).finditer(text, start):
                if (name := person(text, *whole.span())) is not None and not firm(text, *whole.span()):
                    return Holder(name, 0.9, name.end)
    return None


_TITLES = frozenset(
    """mr mrs ms miss dr prof herr herrn frau sir madam sig sra sr señor señora monsieur madame mevrouw heer""".split()  # noqa: SIM905
)


def _writer(text: str, greeted: re.Match[str]) -> Holder | None:
    """The firm that is named most often: in the letterhead, in the offer and above or below the signature."""
    head = list(firms(text, 0, greeted.start()))
    said = list(firms(text, greeted.end(), min(len(text), greeted.end() + _LETTER)))
    said += list(firms(text, max(greeted.end() + _LETTER, len(text) - 2000), len(text)))
    called = firm(text, 0, greeted.start()) or firm(text, greeted.end(), min(len(text), greeted.end() + 600))
    names = [*head, *said] or ([called] if called else [])
    if not names:
        return None
    counted: dict[str, list[Name]] = {}
    for name in names:
        counted.setdefault(re.sub(r"\W", "", name.text.casefold()), []).append(name)
    most = max(counted.values(), key=lambda each: (len(each), -each[0].start))
    signs = any(_SIGNING_FOR.search(text[max(0, name.start - 24) : name.start]) for name in most)
    alone = len(counted) == 1
    return Holder(most[0], 0.93 if alone and (len(most) > 1 or signs) else 0.88 if alone else 0.8, most[0].end)
