"""The reader for bank statements: what labels say, and what the entries add up to.

The lowest balance is worked out, never read: from the opening balance and the entries, and given as proven only where
every balance that the bank printed follows from them. A statement whose sums do not come out keeps a warning that says
where, and its balances are not vouched for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise

from toolkit.fields import currency, dates, money
from toolkit.fields.dates import Order
from toolkit.kind import kinds
from toolkit.model import Field, Method, Proof, Source, Value
from toolkit.pages import Opened
from toolkit.readers import Reading
from toolkit.readers.dateline import with_dateline
from toolkit.readers.matching import date_order
from toolkit.readers.money.rows import Row, rows
from toolkit.readers.naming import name_at
from toolkit.readers.patterns import read_pages
from toolkit.readers.prose import prose
from toolkit.readers.statement.columns import Figure, heads, whole
from toolkit.readers.statement.days import Days, resolved
from toolkit.readers.statement.posted import Posted, Stated, Statement, statement
from toolkit.readers.statement.running import Entry, Run, run
from toolkit.recognise import Recognised, fold

_KIND = "bank-statement"
#: How sure balances are: checked row by row, checked once at the end (two misread rows could make up for each other),
#: not checked; and what a row states by itself, and the day it names.
_PROVEN, _SUMMED, _UNPROVEN, _STATED, _DATED = 0.97, 0.92, 0.80, 0.90, 0.88
#: So many days with an entry are listed one by one; no check looks further back than a year of them.
_MOST_DAYS = 400
_MOST_ROWS = 20_000
#: How far down a name over an address is looked for, and how sure it is that it is the holder's.
_HEAD_ROWS, _ADDRESSED = 25, 0.75
_HOUSE = re.compile(r"(?<!\d)\d{1,5}(?!\d)")

_NOT_PROVEN = (
    "balances: the entries do not add up to the balances printed (from entry {place}); a page may be missing or a "
    "number was misread. Compare the lowest balance with the paper."
)
_NOTHING_TO_PROVE = (
    "balances: the statement shows no balance against which its entries could be added up; the lowest balance is not "
    "known."
)
_NO_DAYS = "days: the year, or the order of day and month, of the entries is not shown; compare them with the paper."


def read(opened: Opened, found: Recognised) -> Reading:
    """Read what labels and sentences say, then the rows; what the sums prove goes before what was only read."""
    pages = [page for page in opened.pages if page.number in found.pages]
    patterns = kinds()[_KIND].fields
    labelled = with_dateline(read_pages(pages, patterns), patterns, prose(pages))
    lines = rows(pages)[:_MOST_ROWS]
    texts = [row.text for row in lines]
    printed = statement(lines, money.decimal_mark(texts), whole(lines))
    known = {field.name: field for field in labelled.fields}
    unit = _currency(lines, printed, known)
    start, end = _span(known, printed, texts)
    account = _in_order(printed, date_order("\n".join(texts)), start, end)
    anchored = not {"period_end", "issue_date"}.isdisjoint(known) or bool(account.closing and account.closing.day)
    read_rows = tuple(_fields(account, unit, anchored))
    fields = _together(labelled.fields, read_rows, unit, account.ran.broken is not None)
    if "holder" not in known and (addressee := _addressee(lines)) is not None:
        fields = (*fields, addressee)
    fields = tuple(_numbered(field) for field in fields)
    number = next((field for field in fields if field.name == "iban"), None)
    if number is not None and "number" not in known:
        # Where only the international number is printed it is the number of the account.
        fields = (*fields, replace(number, name="number"))
    return Reading(fields, _losing(labelled, read_rows, fields), (*labelled.warnings, *_warnings(account)))


#: A number of an account in the international form: state, two check digits, up to thirty of the bank's own.
_INTERNATIONAL = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")
#: One whose check digits do not agree was misread, or cut short.
_UNPROVEN = 0.80


def _numbered(field: Field) -> Field:
    """Return the number of an account with what its check digits say (ISO 13616: MOD 97-10 of ISO 7064)."""
    if field.name not in ("iban", "number") or not isinstance(field.value, str):
        return field
    plain = re.sub(r"[ -]", "", field.value.upper())
    if _INTERNATIONAL.fullmatch(plain) is None:
        return field
    if int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1:
        return replace(field, proof=Proof.CHECK_DIGIT)
    return replace(field, confidence=min(field.confidence, _UNPROVEN))


@dataclass(frozen=True, slots=True)
class _Account:
    """The entries oldest first, the day of each (None where that is not known), what they add up to, and both ends."""

    posted: tuple[Posted, ...]
    days: Days
    ran: Run
    opening: Stated | None
    closing: Stated | None

    @property
    def dated(self) -> bool:
        """Whether the day of every entry is known."""
        return bool(self.days) and all(day is not None for day in self.days)


def _currency(lines: Sequence[Row], printed: Statement, known: dict[str, Field]) -> str | None:
    """The one currency of the statement: as labelled, as printed with its amounts or over its columns; else None."""
    stated = known.get("currency")
    if stated is not None and stated.value in currency.CODES:
        return str(stated.value)
    shown = [each.moved for each in printed.posted] + [each.balance for each in printed.posted if each.balance]
    seen = {figure.currency for figure in [*shown, *(each.figure for each in printed.stated)] if figure.currency}
    for row in lines:
        if heads(row):
            seen |= {mark.currencies[0] for mark in currency.marks(row.text) if mark.settles}
    return seen.pop() if len(seen) == 1 else None


def _span(known: dict[str, Field], printed: Statement, texts: Sequence[str]) -> tuple[date | None, date | None]:
    """The first and the last day the statement can speak of: its period, else its own date, else its only year."""
    first, last = (_day(known.get(name)) for name in ("period_start", "period_end"))
    closing = printed.balance("closing")
    if last is None and closing is not None and closing.day is not None:
        last = date.fromisoformat(closing.day)
    if last is None:
        last = _day(known.get("issue_date"))
    if last is None:
        full = [reading.value for text in texts for reading in dates.find(text) if reading.value is not None]
        last = date.fromisoformat(max(full)) if full else None
    return (first if first is None or last is None or first <= last else None), last


def _day(field: Field | None) -> date | None:
    return date.fromisoformat(str(field.value)) if field is not None else None


def _in_order(printed: Statement, order: Order | None, start: date | None, end: date | None) -> _Account:
    """The account oldest entry first: as printed, or from the bottom up where only that adds up or the days fall."""
    sectioned = any(each.sectioned for each in printed.posted)
    days = resolved([each.day for each in printed.posted], order, start, end, in_order=not sectioned)
    entries = [
        Entry(each.moved.size, sign, _signed(each.balance), day)
        for each, sign, day in zip(printed.posted, _signs(printed.posted), days, strict=True)
    ]
    ends = printed.balance("opening"), printed.balance("closing")
    opening, closing = (_signed(each.figure) if each else None for each in ends)
    down, up = run(entries, opening, closing), run(entries[::-1], opening, closing)
    if not (down.proven or up.proven) and opening is not None:
        # A head that was not understood puts amounts into the wrong column; the balances tell what came in.
        unsigned = [replace(entry, sign=0) for entry in entries]
        told = run(unsigned, opening, closing)
        down = told if told.proven else down
    if sectioned:
        return _by_day(printed.posted, entries, days, ends)
    known = [day for day in days if day is not None]
    if not down.proven and (up.proven or (known and known[0] > known[-1])):
        return _Account(printed.posted[::-1], days[::-1], up, *ends)
    return _Account(printed.posted, days, down, *ends)


def _by_day(
    posted: Sequence[Posted], entries: Sequence[Entry], days: Days, ends: tuple[Stated | None, Stated | None]
) -> _Account:
    """The account of a statement that lists what came in apart from what went out: by day, what went out first.

    Which of a day's entries was first is not printed; this order never makes the lowest balance too high. Without the
    days there is no order at all, and no account.
    """
    rows = sorted(zip(days, entries, posted, strict=True), key=lambda each: (each[0] or date.max, each[1].sign))
    opening, closing = (_signed(each.figure) if each else None for each in ends)
    if any(day is None for day in days):
        return _Account((), (), run((), opening, closing), *ends)
    ran = run([entry for _, entry, _ in rows], opening, closing)
    return _Account(tuple(each for _, _, each in rows), tuple(day for day, _, _ in rows), ran, *ends)


def _signs(posted: Sequence[Posted]) -> list[int]:
    """The sign of each entry; where debits are marked, an amount without a mark came in."""
    marked = {each.sign for each in posted if each.sign}
    return [each.sign or (-min(marked) if len(marked) == 1 else 0) for each in posted]


def _signed(figure: Figure | None) -> Decimal | None:
    return None if figure is None else -figure.size if figure.sign < 0 else figure.size


def _fields(account: _Account, unit: str | None, anchored: bool) -> Iterator[Field]:
    """What the rows say; the years of the days are surer where the statement dates itself (*anchored*)."""
    ran = account.ran
    for name, stated in (("opening_balance", account.opening), ("closing_balance", account.closing)):
        if stated is not None:
            read_well = stated.figure.row.confidence_of(stated.figure.start, stated.figure.end)
            trust = _sure(ran) if ran.proven else min(_STATED, read_well)
            proof = Proof.ARITHMETIC if ran.proven else Proof.NONE
            yield _of_figure(name, _money(_signed(stated.figure)), stated.figure, trust, proof, unit)
    last = ran.balances[-1] if ran.balances else None
    if account.closing is None and ran.proven and last is not None:
        beside = account.posted[-1].balance or account.posted[-1].moved
        yield _computed("closing_balance", _money(last), beside, _sure(ran), ran, unit)
    for name, stated in (("period_start", account.opening), ("period_end", account.closing)):
        if stated is not None and stated.day is not None:
            yield _of_figure(name, stated.day, stated.figure, _DATED, Proof.NONE, None)
    if not account.posted:
        return
    first = account.posted[0].moved
    yield _computed("entries", str(len(account.posted)), first, _sure(ran), ran)
    years = all(each.day is not None and each.day.year is not None for each in account.posted)
    trust = _STATED if ran.proven and (years or anchored) else _UNPROVEN
    if account.dated:
        dated = [day for day in account.days if day is not None]
        for name, day in (("first_entry_date", min(dated)), ("last_entry_date", max(dated))):
            yield _computed(name, day.isoformat(), first, trust, ran)
    yield from _balances(account, unit, trust)


def _balances(account: _Account, unit: str | None, dated: float) -> Iterator[Field]:
    """The lowest balance with its day, and the balances of each day with an entry."""
    ran, posted = account.ran, account.posted
    lowest = ran.lowest()
    if lowest is None or any(value is None for value in ran.balances):
        return
    amount, place = lowest
    beside = posted[place].balance or posted[place].moved if place >= 0 else posted[0].moved
    if place < 0 and account.opening is not None:
        beside = account.opening.figure
    yield _computed("lowest_balance", _money(amount), beside, _sure(ran), ran, unit)
    on = account.days[max(place, 0)]
    if on is not None:
        yield _computed("lowest_balance_date", on.isoformat(), beside, dated, ran)
    if account.dated:
        table = tuple(
            {"date": day.isoformat(), "lowest": _money(low), "balance": _money(last)}
            for day, (low, last) in ran.by_day().items()
        )
        yield _computed("balances", table[-_MOST_DAYS:], posted[0].moved, dated, ran, unit)


def _sure(ran: Run) -> float:
    if not ran.proven:
        return _UNPROVEN
    return _PROVEN if 2 * ran.checks >= len(ran.entries) else _SUMMED


def _money(value: Decimal | None) -> str:
    return money.formatted(value) if value is not None else ""


def _of_figure(name: str, value: str, figure: Figure, trust: float, proof: Proof, unit: str | None) -> Field:
    source = Source("", figure.row.page, figure.box, figure.row.method)
    return Field(name, value, round(trust, 3), source, proof, unit)


def _computed(name: str, value: Value, figure: Figure, trust: float, ran: Run, unit: str | None = None) -> Field:
    source = Source("", figure.row.page, figure.box, Method.COMPUTED)
    return Field(name, value, round(trust, 3), source, Proof.ARITHMETIC if ran.proven else Proof.NONE, unit)


def _together(
    labelled: Sequence[Field], from_rows: Sequence[Field], unit: str | None, broken: bool
) -> tuple[Field, ...]:
    """One field a name: what the sums prove before what a label says, and that before what a row alone says.

    Where the sums do not come out (*broken*), no balance is vouched for: any of the numbers may be the misread one.
    """
    chosen = {field.name: field for field in labelled}
    for field in from_rows:
        before = chosen.get(field.name)
        if before is None or field.proof is Proof.ARITHMETIC:
            chosen[field.name] = field
        elif before.value != field.value and field.name.endswith("_balance"):
            chosen[field.name] = replace(before, confidence=min(before.confidence, _UNPROVEN))
    if unit is not None and "currency" not in chosen and from_rows:
        beside = from_rows[0]
        chosen["currency"] = Field("currency", unit, _STATED, beside.source, Proof.NONE)
    return tuple(_of_account(field, unit, broken) for field in chosen.values())


def _of_account(field: Field, unit: str | None, broken: bool) -> Field:
    if not field.name.endswith("_balance"):
        return field
    confidence = min(field.confidence, _UNPROVEN) if broken else field.confidence
    return replace(field, currency=unit or field.currency, confidence=confidence)


def _losing(labelled: Reading, from_rows: Sequence[Field], chosen: Sequence[Field]) -> tuple[Field, ...]:
    """Every reading that says something else than the one that stands, once."""
    stands = {field.name: field.value for field in chosen}
    others = {
        (field.name, field.value): field
        for field in (*labelled.fields, *labelled.rejected, *from_rows)
        if field.name in stands and field.value != stands[field.name]
    }
    return tuple(others.values())


def _addressee(lines: Sequence[Row]) -> Field | None:
    """The name over an address at the head of the first page: whose statement it is, where no label says so."""
    for row, below in pairwise(lines[:_HEAD_ROWS]):
        left = row.text.split("  ")[0]
        name = name_at(left, 0, one_line=True)
        if name is None or not name.person or name.end != len(left) or _titles().search(fold(left)):
            continue
        if _HOUSE.search(below.text) and not dates.find(below.text):
            source = Source("", row.page, row.box_of(name.start, name.end), row.method)
            return Field("holder", name.text, min(_ADDRESSED, row.confidence_of(name.start, name.end)), source)
    return None


@cache
def _titles() -> re.Pattern[str]:
    """What stands over a statement and looks like a name: its titles."""
    phrases = [
        fold(phrase) for each in kinds()[_KIND].phrases.values() for phrase, weight in each.items() if weight > 1
    ]
    return re.compile("|".join(re.escape(phrase) for phrase in phrases))


def _warnings(account: _Account) -> Iterator[str]:
    if not account.posted:
        return
    if account.ran.broken is not None:
        yield _NOT_PROVEN.format(place=account.ran.broken + 1)
    elif not account.ran.proven:
        yield _NOTHING_TO_PROVE
    if not account.dated:
        yield _NO_DAYS
