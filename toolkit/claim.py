"""From receipts to the lines of an expense claim: what counts, at which rate, what a person has to settle first.

Only amounts the reader vouches for are summed; everything else is listed, never dropped. Knows records and rates; knows
no file format (`claim_pack` makes the spreadsheet and the PDF).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from toolkit import rates
from toolkit.errors import InputError
from toolkit.fields import currency as currencies
from toolkit.model import Field, Record
from toolkit.phrasing import printable, rounded
from toolkit.rates import Rate, Table

KINDS = ("receipt", "invoice")
_NO_CATEGORY = "uncategorised"
#: Far beyond any receipt: an amount above it was misread, and would overflow columns that people rely on.
_LARGEST = Decimal(10) ** 10


@dataclass(frozen=True, slots=True)
class ClaimItem:
    """One receipt or invoice: its document id, what was read from it, and its pages as `pages.as_pdf` gave them."""

    document: str
    record: Record
    pdf: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the schedule, all of it vouched for but the merchant, which `notes` then say."""

    number: int
    document: str
    date: date
    merchant: str = field(repr=False)
    category: str
    amount: Decimal = field(repr=False)
    currency: str
    rate: Rate = field(repr=False)
    converted: Decimal = field(repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A receipt that is not in the sums, and why; `seen` is what was read of it, unsure parts marked."""

    number: int
    document: str
    reasons: tuple[str, ...]
    seen: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A receipt that says the same as a line, and is not counted again."""

    number: int
    document: str
    of: int
    why: str


@dataclass(frozen=True, slots=True)
class Subtotal:
    """The lines of one currency or category: how many, their sum converted, and as spent if they share a currency."""

    name: str
    count: int
    amount: Decimal | None = field(repr=False)
    converted: Decimal = field(repr=False)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The whole claim in the claim currency. `total` is the sum of the lines' converted amounts, to the cent."""

    currency: str
    lines: tuple[Line, ...]
    unsettled: tuple[Unsettled, ...]
    duplicates: tuple[Duplicate, ...]

    @property
    def total(self) -> Decimal:
        """The sum of the converted amounts of all lines."""
        return sum((line.converted for line in self.lines), Decimal(0))

    @property
    def by_currency(self) -> tuple[Subtotal, ...]:
        """One subtotal a currency as spent, in the order of the alphabet."""
        names = sorted({line.currency for line in self.lines})
        return tuple(_subtotal(name, [x for x in self.lines if x.currency == name], spent=True) for name in names)

    @property
    def by_category(self) -> tuple[Subtotal, ...]:
        """One subtotal a category, converted only."""
        names = sorted({line.category for line in self.lines})
        return tuple(_subtotal(name, [x for x in self.lines if x.category == name], spent=False) for name in names)


def schedule(items: Sequence[ClaimItem], currency: str, *, today: date, table: Table | None = None) -> Schedule:
    """Return the lines of *items* in *currency*, by date; every item ends as a line, a duplicate or unsettled.

    Raises InputError for a claim currency without reference rates, and for a document that is neither receipt nor
    invoice. A single receipt never raises: what it lacks makes it unsettled.
    """
    if currency not in currencies.CODES:
        raise InputError(
            f"{currency!r} is no ISO 4217 currency code.", remedy="Give the claim currency as EUR, USD ..."
        )
    lines: list[Line] = []
    unsettled: list[Unsettled] = []
    for item in items:
        if item.record.kind not in KINDS:
            raise InputError(f"Document {item.document} is no receipt or invoice.", remedy="Leave it out of the claim.")
        outcome = _line(item, currency, today, table)
        if isinstance(outcome, Line):
            lines.append(outcome)
        else:
            unsettled.append(outcome)
    lines.sort(key=lambda line: line.date)
    by_document = {item.document: item.record for item in items}
    kept, duplicates = _without_duplicates(lines, by_document)
    return Schedule(
        currency,
        _cross_noted([replace(line, number=n) for n, line in enumerate(kept, start=1)]),
        tuple(replace(each, number=n) for n, each in enumerate(unsettled, start=1)),
        duplicates,
    )


def _line(item: ClaimItem, currency: str, today: date, table: Table | None) -> Line | Unsettled:
    record = item.record
    reasons: list[str] = []
    day = _day(record.get("date"), today, reasons)
    spent = _currency(record, reasons)
    amount = _amount(record.get("total"), reasons)
    if amount is not None and spent and amount != rounded(amount, spent):
        reasons.append(f"the total is finer than the smallest unit of {spent}")
    rate: Rate | None = None
    if day is not None and spent:
        try:
            rate = rates.rate(spent, currency, day, table)
        except InputError as mistake:
            reasons.append(str(mistake))
    if reasons or day is None or amount is None or rate is None:
        return Unsettled(0, item.document, tuple(reasons), _seen(record))
    merchant = record.get("merchant")
    name = _text(merchant)
    notes = () if merchant is not None and merchant.sure and name else ("merchant to be confirmed",)
    return Line(
        0,
        item.document,
        day,
        name or "?",
        _category(record.get("expense_category")),
        amount,
        spent,
        rate,
        rounded(amount * rate.value, currency),
        notes,
    )


def _category(known: Field | None) -> str:
    """What the money was spent on; a reader's guess is named as a suggestion, for the policy decides."""
    text = _text(known).lower()
    if known is None or not text:
        return _NO_CATEGORY
    return text if known.sure else f"{text} (suggested)"


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
    if not amount.is_finite() or abs(amount) > _LARGEST:
        reasons.append("the total is not an amount")
        return None
    return amount


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


def _without_duplicates(
    lines: Iterable[Line], records: Mapping[str, Record]
) -> tuple[list[Line], tuple[Duplicate, ...]]:
    """Keep the first of lines that say the same; two receipts that differ in number or time are two purchases."""
    kept: list[Line] = []
    duplicates: list[Duplicate] = []
    for line in lines:
        twin = next((each for each in kept if _same(line, each, records)), None)
        if twin is None:
            kept.append(line)
        else:
            why = "the same document" if twin.document == line.document else "same merchant, date, currency and total"
            duplicates.append(Duplicate(len(duplicates) + 1, line.document, kept.index(twin) + 1, why))
    return kept, tuple(duplicates)


def _same(one: Line, other: Line, records: Mapping[str, Record]) -> bool:
    if one.document == other.document:
        return True
    if (one.date, one.currency, one.amount) != (other.date, other.currency, other.amount):
        return False
    if _plain(one.merchant) != _plain(other.merchant):
        return False
    for name in ("number", "time"):
        first, second = (records[line.document].get(name) for line in (one, other))
        both = first is not None and second is not None and first.sure and second.sure
        if both and _plain(_text(first)) != _plain(_text(second)):
            return False
    return True


def _cross_noted(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Note lines that share date, currency and amount with an earlier one: a card slip and a bill look like that."""
    noted: list[Line] = []
    for line in lines:
        twin = next(
            (x for x in noted if (x.date, x.currency, x.amount) == (line.date, line.currency, line.amount)), None
        )
        extra = (f"same date and amount as line {twin.number}: one purchase or two?",) if twin else ()
        noted.append(replace(line, notes=(*line.notes, *extra)))
    return tuple(noted)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[\W_]+", "", "".join(c for c in decomposed if not unicodedata.combining(c)))


def _subtotal(name: str, lines: Sequence[Line], *, spent: bool) -> Subtotal:
    amount = sum((line.amount for line in lines), Decimal(0)) if spent else None
    return Subtotal(name, len(lines), amount, sum((line.converted for line in lines), Decimal(0)))
