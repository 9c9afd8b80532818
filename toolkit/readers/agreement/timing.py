"""The fields of time of a contract: made, in effect, term, end, renewal, notices, and how computed ones were computed.

Puts together `occasion`, `moments`, `lasting` and `renewing`. A computed day carries `Method.COMPUTED`, stays below the
mark a reader vouches at, and comes with `<name>_basis`: the facts it rests on, each with value and page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from toolkit.fields import country, dates
from toolkit.fields.dates import DateReading, Order, order_of
from toolkit.model import Field, Method
from toolkit.readers.agreement.lasting import Lasting, anniversary_before, lasting, stated_ends
from toolkit.readers.agreement.law import STATES, Law
from toolkit.readers.agreement.moments import Moment, Moments, moments
from toolkit.readers.agreement.occasion import Occasion, occasions
from toolkit.readers.agreement.renewing import renewal, termination_notices
from toolkit.readers.prose import Prose


@dataclass(frozen=True, slots=True)
class Timing:
    """The candidates of every field of time, the best of a field first, and what a reader must be told."""

    fields: tuple[Field, ...]
    warnings: tuple[str, ...]
    moments: Moments


#: What counted days can be trusted: by the weight of the clause, never up to the mark a reader vouches at.
_COUNTED, _COUNTED_LEAST = 0.80, 0.60
_CLEAR, _LIKELY = 5.0, 4.0
#: A rule to write on, as long as it is: it is taken whole, so that a page of nothing else costs nothing.
_RULE = r"(?<!_)_{2,80}(?!_)"
_LONG_RULE = r"(?<!_)_{3,80}(?!_)"
_BLANKS = r"\[\s{0,9}[_•·●.*]{0,40}\s{0,9}\]"
_BLANK_DATE = re.compile(
    rf"(?:{_RULE}|{_BLANKS}|(?<!\.)\.{{4,80}}(?!\.))[^\n.;]{{0,24}}?\bday\s+of\b|\bday\s+of\s+(?:{_RULE}|{_BLANKS})"
    rf"|\b(?:as\s+of|dated?|on)\s*:?\s+(?:the\s+)?(?:{_LONG_RULE}|{_BLANKS})\s*,?\s*(?:(?:19|20)[\d_]{{0,2}})?"
    rf"|(?:{_LONG_RULE}|{_BLANKS})\s*,\s*(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_END_LABEL = re.compile(
    r"(?:end\s+date|expir(?:y|ation)\s+date|assignment\s+end|end\s+of\s+(?:the\s+)?assignment|vertragsende|befristet\s+bis)\b",
    re.IGNORECASE,
)
_OPENING = 4000


def customary_order(laws: Sequence[Law]) -> Order | None:
    """Return how dates are written at home of the law that governs most likely; None where nobody can say."""
    if not laws or laws[0].trust < 0.9:
        return None
    place = laws[0].place
    if place.casefold() in STATES:
        return order_of("USA")
    return order_of(country.parse(place))


def timing(prose: Prose, laws: Sequence[Law]) -> Timing:
    """Return the fields of time of the contract whose governing laws are *laws*, the likeliest first."""
    order = customary_order(laws)
    readings = dates.find(prose.text, order)
    found = occasions(prose, readings)
    days = moments(prose, found, readings, order)
    claims = lasting(prose, days, order)
    fields = [*_begin(prose, found, days), *_term(prose, claims), *_end(prose, found, claims, readings)]
    for clause in (*renewal(prose), *termination_notices(prose)):
        fields.append(prose.field(clause.field, clause.value, clause.trust, (clause.start, clause.end)))
    return Timing(tuple(fields), tuple(_warnings(prose, days, fields)), days)


def _begin(prose: Prose, found: Sequence[Occasion], days: Moments) -> Iterator[Field]:
    if days.effective is not None:
        yield from _day(prose, "effective_date", days.effective)
    for role, name in (("made", "agreement_date"), ("effective", "effective_date")):
        if name == "effective_date" and days.effective is None:
            continue
        for each in found:
            if each.role == role:
                yield prose.field(name, each.value, each.trust, (each.start, each.end))
    if days.made is not None and not any(each.role == "made" for each in found):
        yield prose.field("agreement_date", days.made.value, 0.7, (days.made.start, days.made.end))


def _day(prose: Prose, name: str, moment: Moment) -> Iterator[Field]:
    field = prose.field(name, moment.value, moment.trust, (moment.start, moment.end))
    if not moment.rests_on:
        yield field
        return
    yield _computed(field)
    yield basis(prose, field, moment.rests_on)


def _computed(field: Field) -> Field:
    return replace(field, source=replace(field.source, method=Method.COMPUTED))


def basis(prose: Prose, field: Field, rests_on: Sequence[tuple[str, str, int]]) -> Field:
    """Return the field `<name>_basis`: the facts (name, value, place) that *field* was computed from."""
    rows = tuple(
        {"fact": fact, "value": value, "page": str(prose.source(at, at + 1).page)} for fact, value, at in rests_on
    )
    return replace(_computed(field), name=f"{field.name}_basis", value=rows)


def _term(prose: Prose, claims: Sequence[Lasting]) -> Iterator[Field]:
    for claim in claims:
        if claim.term:
            trust = 0.88 if claim.weight >= _CLEAR else 0.8 if claim.weight >= _LIKELY else 0.65
            yield prose.field("term", claim.term, trust, (claim.start, claim.stop))


def _end(
    prose: Prose, found: Sequence[Occasion], claims: Sequence[Lasting], readings: Sequence[DateReading]
) -> Iterator[Field]:
    """Stated days first, those of the contract's own clause before labelled ones; then counted ones."""
    stated = sorted(stated_ends(prose, readings), key=lambda each: (-each[1], each[2]))
    for value, trust, start, end in stated:
        yield prose.field("end_date", value, trust, (start, end))
    labelled = [each for each in found if each.role == "end"]
    for each in labelled:
        if _END_LABEL.search(prose.text, max(0, each.start - 40), each.start):
            yield prose.field("end_date", each.value, each.trust, (each.start, each.end))
    for claim in claims:
        if claim.end and claim.weight >= 3.5 - (0.5 if claim.term and claims[0] is claim else 0.0):
            yield from _counted(prose, claim)


def _counted(prose: Prose, claim: Lasting) -> Iterator[Field]:
    trust = _COUNTED if claim.weight >= _CLEAR else 0.7 if claim.weight >= _LIKELY else _COUNTED_LEAST
    field = prose.field("end_date", claim.end, trust, (claim.start, claim.stop))
    if claim.begins is None:
        yield field
        return
    field = _computed(replace(field, confidence=round(min(field.confidence, claim.begins.trust), 3)))
    yield field
    yield basis(
        prose,
        field,
        (("effective_date", claim.begins.value, claim.begins.start or claim.start), ("term", claim.term, claim.start)),
    )
    if not claim.day_before and (other := anniversary_before(claim.end)):
        # The other custom of counting, for whoever reviews it.
        yield replace(field, value=other, confidence=round(field.confidence / 2, 3))


def _warnings(prose: Prose, days: Moments, fields: Sequence[Field]) -> Iterator[str]:
    if days.waiting:
        page = prose.source(*days.waiting_at).page
        event = f"the contract takes effect by {days.waiting} (page {page})"
        yield f"effective date: {event}; enter the day when it is known."
    blank = _BLANK_DATE.search(prose.text, 0, _OPENING)
    if blank is not None and not any(field.name == "agreement_date" and field.confidence >= 0.9 for field in fields):
        page = prose.source(*blank.span()).page
        yield f"agreement date: the paper leaves it blank (page {page}); ask for the dated copy."
