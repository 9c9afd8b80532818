"""From receipts to the lines of an expense claim: what counts, at which rate, what a person has to settle first.

Only amounts the reader vouches for are summed; everything else is listed, never dropped. Knows records and rates; knows
no file format (`claim_pack` makes the spreadsheet and the PDF).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from toolkit.claim_once import Answers, count_once
from toolkit.claim_particulars import particulars
from toolkit.claim_stated import Stated
from toolkit.errors import InputError
from toolkit.expense import (
    ClaimItem,
    Duplicate,
    Elsewhere,
    Finding,
    Line,
    Particulars,
    Schedule,
    Slip,
    Subtotal,
    Unsettled,
)
from toolkit.fields import currency as currencies
from toolkit.fields.dates import within_trip
from toolkit.likeness import Degree, Paper, across
from toolkit.model import Field, Record
from toolkit.phrasing import printable, rounded
from toolkit.rates import Rate, Table
from toolkit.rates_stated import StatedRates

__all__ = [
    "ClaimItem", "Duplicate", "Elsewhere", "Line", "Rules", "Schedule", "Slip", "Subtotal", "Unsettled", "schedule",
]  # fmt: skip

KINDS = ("receipt", "invoice")
_NO_CATEGORY = "uncategorised"
#: Far beyond any receipt: an amount above it was misread, and would overflow columns that people rely on.
_LARGEST = Decimal(10) ** 10
#: So many findings of one paper, each of so many characters, are passed on.
_FINDINGS, _FINDING = 12, 600


def as_read(record: Record) -> Field | None:
    """The date as the reader has it."""
    return record.get("date")


def trip_date(record: Record, start: date, end: date) -> Field | None:
    """The date of *record*; one whose day and month could be swapped is the reading that lies in the trip.

    Only readings of the same place on the page are readings of this date: the rest of `rejected` are other dates. What
    the days *start* to *end* of the trip do not settle stays as unsure as it was read.
    """
    known = record.get("date")
    if known is None or known.sure:
        return known
    others = [each for each in record.rejected if each.name == "date" and each.source.box == known.source.box]
    if not others:
        return known
    choice = within_trip([str(each.value) for each in (known, *others)], start, end)
    return replace(known, value=choice.value, confidence=choice.confidence) if choice.value else known


def as_it_is(category: str) -> str:
    """The reader's category where the policy has no names of its own."""
    return category


@dataclass(frozen=True, slots=True)
class Rules:
    """What else a claim goes by: the policy's categories, how an unsure date is settled, what a person decided.

    `category` turns the reader's category into the policy's; empty means that the policy has none for it. `dated`
    gives the date to claim by: the record's own field, or one that something else settles (the dates of the trip).
    What is stated of a receipt goes before what was read of it, its category by the reader's names.
    """

    category: Callable[[str], str] = as_it_is
    dated: Callable[[Record], Field | None] = as_read
    answers: Answers | None = None
    #: What a person stated of the claim and of single receipts.
    stated: Stated = field(default_factory=Stated)
    #: The customer's own rates of exchange; what they do not name is the ECB's.
    rates: StatedRates = field(default_factory=StatedRates)


_PLAIN = Rules()


def schedule(
    items: Sequence[ClaimItem],
    currency: str,
    *,
    today: date,
    table: Table | None = None,
    rules: Rules = _PLAIN,
    others: Sequence[Paper] = (),
) -> Schedule:
    """Return the lines of *items* in *currency*, by date; every item ends as a line, aside with a line, or unsettled.

    *others* are papers of other cases: a receipt that is one of them too counts, and is named in `elsewhere`.

    Raises InputError for a claim currency without reference rates, and for a document that is neither receipt nor
    invoice. A single receipt never raises: what it lacks makes it unsettled.
    """
    _check(items, currency, rules.stated)
    if table is not None:
        rules = replace(rules, rates=replace(rules.rates, table=table))
    lines: list[Line] = []
    unsettled: list[Unsettled] = []
    for item in items:
        outcome = _line(item, currency, today, rules)
        if isinstance(outcome, Line):
            lines.append(outcome)
        else:
            unsettled.append(outcome)
    lines.sort(key=lambda line: line.date)
    numbered = [replace(each, number=n) for n, each in enumerate(unsettled, start=1)]
    papers = _in_order([Paper(item.key, item.record) for item in items], lines)
    once = count_once(lines, numbered, papers, rules.answers or {}, currency)
    elsewhere = _elsewhere(papers, others)
    made = Schedule(
        currency,
        tuple(_told_elsewhere(line, elsewhere) for line in once.lines),
        once.unsettled,
        once.duplicates,
        once.slips,
        elsewhere,
        once.questions,
    )
    return replace(made, findings=tuple(_findings(made, items)))


def _findings(made: Schedule, items: Sequence[ClaimItem]) -> Iterator[Finding]:
    """What the reader noticed on each paper, in the order in which the claim shows them."""
    warnings = {item.key: item.record.warnings for item in items}
    for name, document in made.papers:
        for says in warnings[document][:_FINDINGS]:
            yield Finding(name, document, printable(says)[:_FINDING])


def _in_order(papers: Sequence[Paper], lines: Sequence[Line]) -> list[Paper]:
    """The papers of the lines first, in their order, so that the earlier of two is the one that counts."""
    place = {line.document: at for at, line in reversed(list(enumerate(lines)))}
    return sorted(papers, key=lambda paper: place.get(paper.key, len(place)))


def _elsewhere(papers: Sequence[Paper], others: Sequence[Paper]) -> tuple[Elsewhere, ...]:
    by_key = {(paper.case, paper.key): paper for paper in others}
    found = [
        Elsewhere(one.key, paper.case, paper.key, alike.degree, alike.why)
        for one, paper, alike in across({paper.key: paper for paper in papers}.values(), by_key.values())
        if alike.degree is not Degree.POSSIBLE
    ]
    return tuple(found)


def _told_elsewhere(line: Line, elsewhere: Sequence[Elsewhere]) -> Line:
    """Note that another case or claim has the receipt too, without naming whose: the claim is read by many."""
    found = next((each for each in elsewhere if each.document == line.document), None)
    if found is None:
        return line
    return replace(
        line, notes=(*line.notes, f"in another case or an earlier claim too ({found.degree.value}: {found.why})")
    )


def _line(item: ClaimItem, currency: str, today: date, rules: Rules) -> Line | Unsettled:
    record = item.record
    reasons: list[str] = []
    dated = rules.dated(record)
    day = _day(dated, today, reasons)
    spent = _currency(record, reasons)
    amount = _amount(record.get("total"), reasons)
    if amount is not None and spent and amount != rounded(amount, spent):
        reasons.append(f"the total is finer than the smallest unit of {spent}")
    rate: Rate | None = None
    if day is not None and spent:
        try:
            rate = rules.rates.rate(spent, currency, day)
        except InputError as mistake:
            reasons.append(str(mistake))
    if reasons or day is None or amount is None or rate is None:
        return Unsettled(0, item.key, tuple(reasons), _seen(record))
    merchant = record.get("merchant")
    name = _text(merchant)
    more = particulars(record, item.key, day, rules.stated)
    notes = () if merchant is not None and merchant.sure and name else ("merchant to be confirmed",)
    if dated is not record.get("date"):
        notes = (*notes, "date settled by the trip")
    return Line(
        0,
        item.key,
        day,
        name or "?",
        _category(more, rules),
        amount,
        spent,
        rate,
        rounded(amount * rate.value, currency),
        notes,
        more,
    )


def _check(items: Sequence[ClaimItem], currency: str, stated: Stated) -> None:
    """Refuse a code that is none, a paper that is no receipt, and what is stated of a receipt that is not there."""
    if currency not in currencies.CODES:
        raise InputError(
            f"{currency!r} is no ISO 4217 currency code.", remedy="Give the claim currency as EUR, USD ..."
        )
    for item in items:
        if item.record.kind not in KINDS:
            raise InputError(f"Document {item.document} is no receipt or invoice.", remedy="Leave it out of the claim.")
    unknown = sorted(set(stated.lines) - {item.key for item in items})
    if unknown:
        raise InputError(
            f"The claim has no receipt {', '.join(unknown[:3])}, of which something is stated.",
            remedy="Take the ids from `mobility duplicates` or from the column Document of the spreadsheet.",
        )


def _category(more: Particulars, rules: Rules) -> str:
    """What the money was spent on, as the policy calls it; a reader's guess is named as a suggestion."""
    name = rules.category(more.reads_as) if more.reads_as else ""
    if not name:
        return _NO_CATEGORY
    return f"{name} (suggested)" if more.guessed else name


def _day(known: Field | None, today: date, reasons: list[str]) -> date | None:
    if not _vouched(known, "date", reasons):
        return None
    try:
        day = date.fromisoformat(_text(known))
    except ValueError:
        reasons.append("the date is not a calendar date")
        return None
    if day > today:
        reasons.append("the date lies in the future")
        return None
    return day


def _currency(record: Record, reasons: list[str]) -> str:
    """The currency that the total was printed in: beside it, or of the whole receipt; the two must not disagree."""
    total, whole = record.get("total"), record.get("currency")
    beside = total.currency if total is not None else None
    if whole is None and beside:
        return beside
    if not _vouched(whole, "currency", reasons):
        return ""
    code = _text(whole)
    if beside and beside != code:
        reasons.append("the total is in another currency than the receipt")
        return ""
    if code not in currencies.CODES:
        reasons.append("the currency is no ISO 4217 code")
        return ""
    return code


def _amount(known: Field | None, reasons: list[str]) -> Decimal | None:
    if not _vouched(known, "total", reasons):
        return None
    try:
        amount = Decimal(_text(known))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        reasons.append("the total is not an amount")
        return None
    if abs(amount) > _LARGEST:
        reasons.append(f"the total is above {_LARGEST:,}, and was taken for misread")
        return None
    return amount + 0  # a nought has no sign


def _vouched(known: Field | None, name: str, reasons: list[str]) -> bool:
    if known is None or not _text(known):
        reasons.append(f"the {name} was not read")
        return False
    if not known.sure:
        reasons.append(f"the {name} is unsure")
    return known.sure


def _seen(record: Record) -> str:
    parts = []
    for name in ("date", "merchant", "currency", "total"):
        known = record.get(name)
        if known is not None and _text(known):
            parts.append(f"{name} {_text(known)}{'' if known.sure else ' (unsure)'}")
    return ", ".join(parts) or "nothing"


def _text(known: Field | None) -> str:
    return printable(known.value).strip() if known is not None and isinstance(known.value, str) else ""
