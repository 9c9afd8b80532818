"""Contracts: who agrees with whom on what, from when, under whose law, and for employment at what pay.

Puts together what the modules beside it read from the text's structure: parties clause, definitions, headings, clauses,
table rows, signature block. What the words do not say is left out; what has a rival keeps the rival in `rejected`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from toolkit.kind import kinds
from toolkit.model import Field, Page
from toolkit.pages import Opened
from toolkit.readers import Reading
from toolkit.readers.agreement.amending import Amending, amending
from toolkit.readers.agreement.defining import defined_terms
from toolkit.readers.agreement.employment import employer_and_employee, offered
from toolkit.readers.agreement.law import governing_law
from toolkit.readers.agreement.party import Party, parties
from toolkit.readers.agreement.pay import salaries
from toolkit.readers.agreement.running import without_running_lines
from toolkit.readers.agreement.signature import signatories
from toolkit.readers.agreement.signing import fields as signing_fields
from toolkit.readers.agreement.signing import stated, with_pictures
from toolkit.readers.agreement.signing import warnings as signing_warnings
from toolkit.readers.agreement.timing import Timing, timing
from toolkit.readers.agreement.work import strange, work_fields
from toolkit.readers.agreement.work_type import work_type
from toolkit.readers.matching import by_sentences, grids
from toolkit.readers.patterns import labelled
from toolkit.readers.prose import Prose, prose
from toolkit.recognise import Recognised

#: How many losing candidates of one field are kept for the reviewer.
_RIVALS = 3


def read(opened: Opened, found: Recognised) -> Reading:
    """Read a contract of any type; what its words do not say is left out."""
    sheets = [sheet for sheet in opened.sheets if sheet.page.number in found.pages]
    reading = read_pages([sheet.page for sheet in sheets])
    return with_pictures(reading, opened, sheets)


def read_pages(pages: Sequence[Page]) -> Reading:
    """Read the fields of a contract from its *pages*."""
    text = prose(without_running_lines(pages))
    amended = amending(text)
    titled = work_type(text)
    kind, trust, span = titled or contract_type(text)
    fields = [text.field("contract_type", kind, trust, span)] if kind else []
    who = parties(text, signatories(text))
    if kind == "offer" or (not who and kind == "employment"):
        who = tuple(offered(text)) or who
    fields += _people(text, who)
    governing = governing_law(text)
    times = timing(text, governing)
    fields += [*times.fields, *_amendment(text, amended), *_defined(text, who, times)]
    terms = [*_stated(text, pages), *_pay(text)]
    laws = [text.field("governing_law", law.place, law.trust, (law.start, law.end)) for law in governing]
    names = tuple(party.name.text for party in who)
    signing = stated(text, kind, names)
    work = work_fields(text, kind, names) if titled or kind == "service" else []
    fields = [*fields[:1], *work, *(field for field in fields[1:] if not work or not strange(field, kind))]
    chosen, rejected = _choose([*fields, *terms, *laws, *signing_fields(text, signing)])
    if kind == "NDA":
        chosen = [field for field in chosen if field.name not in _OF_WORK]
    chosen = [field for field in chosen if not field.name.endswith("_basis") or _holds(field, chosen)]
    return Reading(tuple(chosen), tuple(rejected), (*times.warnings, *signing_warnings(signing)))


#: What a non-disclosure agreement mentions in passing about the employment beside it is not its own term.
_OF_WORK = frozenset(("salary", "salary_currency", "salary_period", "weekly_hours", "probation", "work_location"))

_TYPES = (
    (
        "assignment",
        r"(?:international|long[- ]term|short[- ]term|letter\s+of|expatriate)\s+assignment"
        r"|assignment\s+(?:agreement|letter|contract)|secondment|entsendung|détachement|desplazamiento",
    ),
    (
        "offer",
        r"\boffer\s+(?:letter|of\s+employment)|letter\s+of\s+offer|employment\s+offer|job\s+offer",
    ),
    (
        "employment",
        r"employment\s+(?:agreement|contract)|contract\s+of\s+employment|arbeitsvertrag|anstellungsvertrag"
        r"|contrat\s+de\s+travail|contrato\s+de\s+trabajo|statement\s+of\s+employment\s+particulars",
    ),
    (
        "NDA",
        r"confidential|non-?\s?disclosure|non-?\s?compet|non-?\s?solicit|geheimhaltung|proprietary\s+information|secrecy",
    ),
    (
        "service",
        r"(?:services?|consult\w+|advisory|contractor|freelance)\s+(?:services\s+)?agreement|dienstleistungsvertrag"
        r"|contract\s+for\s+services",
    ),
)
_COMPILED = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _TYPES)
_OFFERING = re.compile(
    r"pleased\s+to\s+offer\s+you|delighted\s+to\s+offer\s+you|offer\s+you\s+the\s+position", re.IGNORECASE
)
_INVENTIONS = re.compile(r"inventions?\s+assignment|assignment\s+of\s+invent\w+", re.IGNORECASE)


def contract_type(text: Prose) -> tuple[str, float, tuple[int, int]]:
    """Return the type by the title, else by the opening words, with the trust in it and its place."""
    title = "".join(text.row_text(row) + "\n" for row in text.rows[:10])
    opening = text.text[:1500]
    for part, trust in ((title, 0.95), (opening, 0.8)):
        if _OFFERING.search(opening):
            match = _OFFERING.search(opening)
            if match:
                return "offer", 0.93, match.span()
        plain = _INVENTIONS.sub(lambda found: " " * len(found.group()), part)
        for name, pattern in _COMPILED:
            match = pattern.search(plain)
            if match:
                return name, trust, match.span()
    return "", 0.0, (0, 0)


def _people(text: Prose, who: Sequence[Party]) -> Iterator[Field]:
    if not who:
        return
    first, last = who[0].name, who[-1].name
    span = (first.start, last.end) if 0 < last.end - first.start < 1500 else (first.start, first.end)
    yield text.field("parties", tuple(each.name.text for each in who), min(each.trust for each in who), span)
    employer, employee = employer_and_employee(who)
    for name, party in (("employer", employer), ("employee", employee)):
        if party is not None:
            yield text.field(name, party.name.text, party.trust, (party.name.start, party.name.end))


def _amendment(text: Prose, amended: Amending | None) -> Iterator[Field]:
    """Which contract of which day the paper amends, as which amendment."""
    if amended is None:
        return
    span = (amended.start, amended.end)
    if amended.title:
        yield text.field("amends", amended.title, 0.85, span)
    if amended.date:
        yield text.field("amends_date", amended.date, 0.85, amended.date_at)
    # An amendment without a number is the first one a reader knows of; "unnumbered" says that the paper counts none.
    yield text.field("amendment_number", amended.number or "unnumbered", 0.9 if amended.number else 0.8, span)


def _defined(text: Prose, who: Sequence[Party], times: Timing) -> Iterator[Field]:
    terms, at = defined_terms(text, who, times.moments)
    if terms:
        yield text.field("defined_terms", terms, 0.85, (at, at + 1))


def _holds(basis: Field, chosen: Sequence[Field]) -> bool:
    """Whether the field that *basis* explains is the computed one that stands at its place."""
    name = basis.name.removesuffix("_basis")
    return any(field.name == name and field.source == basis.source for field in chosen)


def _stated(text: Prose, pages: Sequence[Page]) -> Iterator[Field]:
    """Position, place, hours, probation and notice as `kinds/contract/kind.toml` describes them, best first."""
    patterns, grid = kinds()["contract"].fields, grids(pages)
    for name, pattern in patterns.items():
        found = [_weighed(field, text.text, at) for field, at in by_sentences(name, pattern, text)]
        # A label's word, alone on its line, is often a heading: it counts for less than a sentence.
        found += [_doubted(field, 0.04) for field in labelled(name, patterns, grid)]
        yield from sorted(found, key=lambda field: -field.confidence)


_PROBATION = re.compile(r"prob(?:ation|ezeit)|période\s+d'essai|prueba|during\s+it\b", re.IGNORECASE)
_AFTER_IT = re.compile(r"\bafter\b|\bnach\b|\baprès\b", re.IGNORECASE)
_THE_COMPANY = re.compile(
    r"\s+(?:(?:in|at|with|within|for)\b.*|of\s+(?:the\s+)?(?:\w+\s+)?(?:Company|Employer|Corporation|Bank|Firm)\b.*)$"
)


def _weighed(field: Field, text: str, at: int) -> Field:
    """Notice during probation is not the notice period; a title ends where the employer's name begins."""
    if field.name == "job_title" and isinstance(field.value, str):
        return replace(field, value=_THE_COMPANY.sub("", field.value))
    if field.name == "notice_period":
        sentence = re.split(r"[.;]\s", text[max(0, at - 160) : at])[-1] + re.split(r"[.;\n]", text[at : at + 120])[0]
        if _PROBATION.search(sentence) and not _AFTER_IT.search(sentence):
            return _doubted(field, 0.3)
    return field


def _doubted(field: Field, doubt: float) -> Field:
    return replace(field, confidence=round(max(0.0, field.confidence - doubt), 3))


def _pay(text: Prose) -> Iterator[Field]:
    for salary in salaries(text):
        span = (salary.start, salary.end)
        yield text.field("salary", salary.value, salary.trust, span, salary.currency)
        if salary.currency:
            yield text.field("salary_currency", salary.currency, salary.trust, span)
        if salary.period:
            yield text.field("salary_period", salary.period, salary.trust, span)


def _choose(candidates: Sequence[Field]) -> tuple[list[Field], list[Field]]:
    """The first candidate of a field stands; different values after it are its rivals."""
    chosen: dict[str, Field] = {}
    rivals: dict[str, list[Field]] = {}
    for field in candidates:
        if field.name not in chosen:
            chosen[field.name] = field
        elif field.value not in [chosen[field.name].value, *(rival.value for rival in rivals.get(field.name, ()))]:
            rivals.setdefault(field.name, []).append(field)
    return list(chosen.values()), [rival for each in rivals.values() for rival in each[:_RIVALS]]
