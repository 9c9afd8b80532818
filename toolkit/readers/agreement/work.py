"""A paper of work read whole: who works for whom, as what, from when, where, for how long, and for what pay.

Puts together what the modules beside it read of employment contracts, offers, assignments and service agreements;
the reader of contracts asks it first where the title names such a paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from toolkit.model import Field, Method
from toolkit.readers.agreement import lengths, pay
from toolkit.readers.agreement.clauses import Clause, clauses
from toolkit.readers.agreement.components import components
from toolkit.readers.agreement.duties import places, titles
from toolkit.readers.agreement.engagement import terms
from toolkit.readers.agreement.lengths import Length
from toolkit.readers.agreement.opening import Cast, Holder, cast_of
from toolkit.readers.agreement.posting import postings
from toolkit.readers.agreement.work_dates import Day, days, ends_after
from toolkit.readers.agreement.work_law import laws
from toolkit.readers.agreement.work_term import Term, doubted
from toolkit.readers.prose import Prose

#: The types of contract that are papers of work.
WORK = frozenset(("employment", "offer", "assignment", "service"))


def work_fields(text: Prose, kind: str, known: Sequence[str] = ()) -> list[Field]:
    """Return the fields of a paper of work of type *kind*, the best reading of each first; none for other papers.

    *known* are the parties the general reader found: where they are more than ours, and ours among them, they stand.
    """
    if kind not in WORK:
        return []
    found = clauses(text)
    cast = cast_of(text, found)
    if kind == "service" and "employee" not in cast:
        return []
    given = list(terms(text, found))
    fields = [*_people(text, cast, kind, known), *_when(text, found, given, kind)]
    fields += [_field(text, term) for term in doubted([*titles(text, found), *places(text, found)])]
    fields += [_field(text, term) for term in given if term.field != "term_length"]
    governed = [Term("governing_law", law.place, law.trust, law.start, law.end) for law in laws(text.text, found)]
    if kind == "assignment":
        fields += [_field(text, term) for term in postings(text, found, cast, governed)]
    fields += [_field(text, term) for term in governed]
    return [*fields, *(_paid(text) if kind != "service" else ())]


def _field(text: Prose, term: Term) -> Field:
    return text.field(term.field, term.value, term.trust, (term.start, term.end))


def _people(text: Prose, cast: Cast, kind: str, known: Sequence[str]) -> Iterator[Field]:
    employee = cast.get("employee")
    home, host = cast.get("home_employer"), cast.get("host_employer")
    employer = cast.get("employer")
    if employer is not None and employee is not None:
        party = [employer, *([host] if host and (host.row or host.name.start < employee.name.start) else []), employee]
        span = (employer.name.start, employer.name.end)
        trust = min(each.trust for each in party)
        confirmed = all(each.row for each in party[-1:]) or _stands_again(text.text, employee)
        yield text.field(
            "parties", tuple(each.name.text for each in party), trust if confirmed else min(trust, 0.88), span
        )
    if kind == "service":
        return
    for name, holder in (("employer", employer), ("employee", employee)):
        if holder is not None:
            yield text.field(name, holder.name.text, holder.trust, (holder.name.start, holder.name.end))
    if kind == "assignment":
        for name, holder in (("home_employer", home or (employer if host else None)), ("host_employer", host)):
            if holder is not None:
                yield text.field(name, holder.name.text, holder.trust, (holder.name.start, holder.name.end))


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _stands_again(text: str, holder: Holder) -> bool:
    """Whether the name stands again towards the end, where contracts are signed."""
    again = re.compile(r"\s+".join(map(re.escape, holder.name.text.split())), re.IGNORECASE)
    return again.search(text, max(holder.name.end, len(text) // 2)) is not None


#: What the general reader of contracts finds of these in a paper of work is of something else: of the offer, of a plan.
OWN = frozenset(("end_date",))
#: A contractor is nobody's employee.
_NOT_OF_SERVICE = frozenset(("employer", "employee"))


def strange(field: Field, kind: str) -> bool:
    """Whether a field that the general reader found is none of a paper of work of type *kind*."""
    return field.name in OWN or (kind == "service" and field.name in _NOT_OF_SERVICE)


def _when(text: Prose, found: Sequence[Clause], given: Sequence[Term], kind: str) -> Iterator[Field]:
    """The dates, how long the work lasts, and whether it has an end at all."""
    named = days(text, found)
    spoken = list(_spoken_term(text.text))
    lasting = next((term for term in given if term.field == "term_length"), None)
    starts = next((day for day in named if day.field == "effective_date"), None)
    ends = [day for day in named if day.field == "end_date"]
    open_ended = bool(spoken) and spoken[0].value == "open"
    if not ends and starts is not None and lasting is not None and not open_ended:
        computed = ends_after(starts, _length(text, lasting))
        ends = [computed] if computed else []
    if open_ended:
        ends = []
    for day in [*(day for day in named if day.field != "end_date"), *ends]:
        yield _dated(text, day)
    if lasting is not None and kind == "assignment":
        yield text.field("assignment_length", lasting.value, 0.91, (lasting.start, lasting.end))
    if spoken:
        yield _field(text, spoken[0])
    elif ends or (lasting is not None and kind != "employment"):
        place = (ends[0].start, ends[0].end) if ends else (lasting.start, lasting.end) if lasting else (0, 0)
        yield text.field("term_type", "fixed", min(0.92, ends[0].trust) if ends else 0.85, place)


def _length(text: Prose, term: Term) -> Length:
    return next(
        replace(each, start=term.start, end=term.end) for each in lengths.find(text.text[term.start : term.end])
    )


def _dated(text: Prose, day: Day) -> Field:
    field = text.field(day.field, day.value, day.trust, (day.start, day.end))
    return replace(field, source=replace(field.source, method=Method.COMPUTED)) if day.computed else field


_OPEN = re.compile(
    r"\bpermanent\b(?!\s+(?:residen|address|disab|establish|home))|\bindefinite(?:ly)?\b|\bongoing\b"
    r"|open[- ]ended|\bunbefristet\w*|unbestimmte\s+(?:zeit|dauer)|befristung\s*:?\s*\|?\s*keine"
    r"|(?:dur[ée]e\s+)?ind[ée]termin[ée]e|\bindefinid[oa]\b"
    r"|tiempo\s+indeterminado|onbepaalde\s+tijd|tempo\s+indeterminato|sem\s+termo|\bat[- ]will\b"
    r"|until\s+terminated\s+by\s+either|continue\s+(?:thereafter\s+)?until\s+terminated",
    re.IGNORECASE,
)
_FIXED = re.compile(
    r"\bfixed[\s-]term\b|(?<!un)\bbefristet\w*|dur[ée]e\s+d[ée]termin[ée]e|duraci[óo]n\s+determinada|(?:contrato"
    r"|tiempo)\s+(?:temporal|determinado)|(?<!on)bepaalde\s+tijd|tempo\s+determinato|a\s+termo\s+(?:certo"
    r"|incerto)",
    re.IGNORECASE,
)
#: What is open ended or fixed here is not the work: an obligation, a licence.
_NOT_THE_WORK = re.compile(
    r"confidential|secrecy|surviv|obligation|licen[cs]e|geheim|hour|rate|bonus|residen|interest", re.IGNORECASE
)


def _spoken_term(text: str) -> Iterator[Term]:
    """Whether the work has an end, in so many words: the earlier, the surer."""
    found = []
    for value, pattern in (("open", _OPEN), ("fixed", _FIXED)):
        for match in pattern.finditer(text):
            if not _NOT_THE_WORK.search(text[max(0, match.start() - 70) : match.end() + 40]):
                found.append(Term("term_type", value, 0.92, *match.span()))
    both = len({term.value for term in found}) > 1
    for term in sorted(found, key=lambda each: each.start):
        yield replace(term, trust=0.8) if both else term


def _paid(text: Prose) -> Iterator[Field]:
    parts = components(text)
    for salary in pay.of(parts):
        span = (salary.start, salary.end)
        yield text.field("salary", salary.value, salary.trust, span, salary.currency)
        if salary.currency:
            yield text.field("salary_currency", salary.currency, min(salary.settles, salary.trust), span)
        if salary.period:
            yield text.field("salary_period", salary.period, salary.trust, span)
    # A table of the parts stands where one of them has a figure; a word for a part alone is too little.
    if any(part.amount for part in parts):
        first = next(part for part in parts if part.amount)
        trust = min((part.trust for part in parts), default=0.0)
        yield text.field(
            "salary_components", tuple(part.row for part in parts), min(trust, 0.88), (first.start, first.end)
        )
