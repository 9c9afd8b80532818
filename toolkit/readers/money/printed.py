"""What a receipt or invoice prints, read row by row into fields with their places, proofs and losing candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from toolkit.fields import dates
from toolkit.fields.money import formatted
from toolkit.model import SURE, Box, Field, Method, Proof, Source, Value
from toolkit.pages import Opened
from toolkit.readers import Reading
from toolkit.readers.money import (
    breakdown,
    category,
    figures,
    head,
    items,
    journey,
    moment,
    payment,
    place,
    plain_print,
    proofs,
    reference,
    settled,
    stay,
    sums,
    tax_era,
    tax_rates,
    tax_table,
    tip_line,
)
from toolkit.readers.money.figures import Figure
from toolkit.readers.money.moment import Day
from toolkit.readers.money.rows import Row, rows

#: Points by which a country must lead before its rates of tax are taken.
_ENOUGH = 2.0
#: What a label vouches for is read whatever the category.
_LABELLED = 0.85
_MONEY = frozenset(
    {"subtotal", "tax", "tip", "total", "service_charge", "discount", "rounding", "prepaid", "amount_due"}
)


@dataclass(slots=True)
class _Sheet:
    """Fields as they are found; everything is unsure until something vouches for it."""

    fields: list[Field]
    rejected: list[Field]
    warnings: list[str]
    currency: str | None = None
    country: str | None = None

    def read_as(self, text: str, row: Row) -> str:
        """Return *text* of *row* without the accents that recognition invents; other methods read what is there."""
        return plain_print.plain_capitals(text, self.country) if row.method == Method.OCR else text

    def add(
        self,
        name: str,
        value: Value,
        confidence: float,
        where: tuple[Row, Box],
        *,
        proved: bool = False,
        proof: Proof = Proof.NONE,
        computed: bool = False,
    ) -> None:
        """Add a field read in a row: *proved* by arithmetic; *computed*: the row prints what it is worked out from."""
        if value:
            proof = Proof.ARITHMETIC if proved else proof
            self.fields.append(
                self._field(name, value, confidence, where, proof, Method.COMPUTED if computed else None)
            )

    def reject(self, name: str, value: Value, confidence: float, where: tuple[Row, Box]) -> None:
        """Keep a losing candidate for the reviewer."""
        self.rejected.append(self._field(name, value, min(confidence, 0.5), where, Proof.NONE))

    def _field(
        self,
        name: str,
        value: Value,
        confidence: float,
        where: tuple[Row, Box],
        proof: Proof,
        method: Method | None = None,
    ) -> Field:
        row, box = where
        currency = self.currency if name in _MONEY else None
        source = Source("", row.page, box, method or row.method)
        return Field(name, value, round(confidence, 3), source, proof, currency)


def read(opened: Opened) -> Reading:
    """Read the printed pages of *opened*; a page without words gives no fields and a warning."""
    lines = rows(opened.pages)
    if not lines:
        return Reading(warnings=("The page shows no text that can be read.",))
    sheet = _Sheet([], [], [])
    texts = [row.text for row in lines]
    where = place.place(texts)
    country = where.country if where.lead >= _ENOUGH else None
    sheet.country = country
    day, other_days = moment.day(lines, where.order)
    if day is not None:
        day = tax_era.held_to_law(day, lines, country)
        where = where.on(day.value)
    found = figures.figures(lines)
    taxes = tax_table.tax_lines(lines, found, tax_rates.rates(country))
    bought = items.items(lines, found, _also(taxes))
    book = proofs.ledger(found, taxes, bought.total, frozenset(row.index for row in bought.rows))
    by_hand = tip_line.left_to_hand(lines, found)
    result = settled.settle(lines, found, sums.sums(found, book, by_hand=by_hand))
    money = place.read_currency(texts, result.total.currencies if result.total else (), where)
    sheet.currency = money.code if money else None
    result = settled.pointed(result, found, sheet.currency, lines)
    _head(sheet, lines, found)
    _moment(sheet, lines, day, other_days)
    _currency(sheet, money, result, lines[0])
    _sums(sheet, result, country)
    _lines(sheet, bought)
    _paper(sheet, lines, found, result)
    _details(sheet, lines, result, where.order)
    return Reading(tuple(sheet.fields), tuple(sheet.rejected), tuple(sheet.warnings))


def _also(taxes: Sequence[tax_table.TaxLine]) -> list[Decimal]:
    lines = tax_table.distinct(taxes)
    gross = tax_table.gross(taxes)
    return [] if gross is None else [gross, sum((line.net for line in lines), Decimal(0))]


def _head(sheet: _Sheet, lines: tuple[Row, ...], found: tuple[Figure, ...]) -> None:
    top = head.read(lines, {figure.row.index for figure in found})
    for name, value in (("merchant", top.merchant), ("merchant_address", top.address), ("merchant_tax_id", top.tax_id)):
        if value is not None:
            proof = Proof.CHECK_DIGIT if getattr(value, "rule", "") else Proof.NONE
            at = _around(value.rows)
            sheet.add(name, sheet.read_as(value.value, at[0]), value.confidence, at, proof=proof)
    for other in top.others:
        at = _around(other.rows)
        sheet.reject("merchant", sheet.read_as(other.value, at[0]), other.confidence, at)


def _moment(sheet: _Sheet, lines: tuple[Row, ...], day: Day | None, others: tuple[Day, ...]) -> None:
    if day is not None:
        at = (day.row, day.row.box_of(day.start, day.end))
        sheet.add("date", day.value, day.confidence, at)
        for other in day.alternatives:
            sheet.reject("date", other, day.confidence, at)
        if day.alternatives and day.confidence < SURE:
            sheet.warnings.append(
                f"date: {tax_era.doubt(day) or 'day and month could be swapped'}; see the rejected reading."
            )
    for each in others:
        sheet.reject("date", each.value, each.confidence, (each.row, each.row.box_of(each.start, each.end)))
    time = moment.time(lines, day)
    if time is not None:
        same = day is not None and abs(time.row.index - day.row.index) <= 1
        clear = same and time.firm and not time.rivals and time.row.confidence_of(time.start, time.end) >= 0.95
        confidence = 0.92 if clear else 0.80
        sheet.add("time", time.value, confidence, (time.row, time.row.box_of(time.start, time.end)))
        for rival in time.rivals[:3]:
            sheet.reject("time", rival.value, confidence, (rival.row, rival.row.box_of(rival.start, rival.end)))


def _currency(sheet: _Sheet, money: place.CurrencyReading | None, result: sums.Sums, first: Row) -> None:
    if money is None:
        sheet.warnings.append("currency: nothing on the page tells it; `mobility correct` enters it.")
        return
    at = _amount(result.total) if result.total else (first, first.box)
    sheet.add("currency", money.code, money.confidence, at)
    for other in money.others:
        sheet.reject("currency", other, money.confidence, at)
    if money.confidence < SURE:
        sheet.warnings.append("currency: the marks on the page do not settle it.")


def _sums(sheet: _Sheet, result: sums.Sums, country: str | None) -> None:
    if result.total is None:
        return
    total, value = _amount(result.total), formatted(result.total.value)
    proved = bool(set(result.proved) - {"tax within"})
    sheet.add("total", value, result.confidence, total, proved=proved, computed=result.computed)
    for other in result.rejected:
        sheet.reject("total", formatted(other.value), other.confidence, _amount(other))
    made_of = breakdown.breakdown(result, country)
    for part in made_of.parts:
        at = _amount(part.figure) if part.figure else total
        sheet.add(
            part.name, formatted(part.value), part.confidence, at, proved=part.proved, computed=part.figure is None
        )
    if made_of.shares:
        shares = breakdown.as_rows(made_of.shares)
        sheet.add("tax_lines", shares, made_of.shares_confidence, total, proved=made_of.whole)
    sheet.warnings += [*result.findings, *made_of.findings]


def _lines(sheet: _Sheet, bought: items.Items) -> None:
    if bought.lines:
        first = bought.rows[0]
        each = tuple({**line, "description": sheet.read_as(line["description"], first)} for line in bought.lines)
        sheet.add("lines", each, bought.confidence, _around(bought.rows), proved=bought.adds_up)


def _paper(sheet: _Sheet, lines: tuple[Row, ...], found: tuple[Figure, ...], result: sums.Sums) -> None:
    number = reference.number(lines)
    if number is not None:
        sheet.add("number", number.value, number.confidence, (number.row, number.row.box_of(number.start, number.end)))
    paid = payment.payment(lines, found, result.total.value if result.total else None)
    if paid is not None:
        sheet.add("payment_method", paid.value, paid.confidence, (paid.row, paid.row.box_of(paid.start, paid.end)))


def _details(sheet: _Sheet, lines: tuple[Row, ...], result: sums.Sums, order: dates.Order | None) -> None:
    """What lodging, fuel and rides print besides, and the category, for which each of these speaks.

    Where the category does not call for it, only what is proved or labelled is kept.
    """
    nights = stay.read(lines, order)
    ride = journey.read(lines, result.total.value if result.total else None)
    merchant = next((str(field.value) for field in sheet.fields if field.name == "merchant"), "")
    telling = {each.name for each in (*nights, *ride) if each.proved or each.confidence >= _LABELLED}
    kind = category.category(merchant, [row.text for row in lines], telling)
    own = kind[0] if kind else None
    _add(sheet, [each for each in nights if own == "lodging" or each.proved])
    _add(sheet, [each for each in ride if own in ("fuel", "transport") or each.name in telling])
    if kind is not None:
        sheet.add("expense_category", kind[0], kind[1], _around(lines[:1]))


def _add(sheet: _Sheet, details: Sequence[stay.Detail]) -> None:
    for each in details:
        at = (each.row, each.row.box_of(each.start, each.end))
        sheet.add(each.name, each.value, each.confidence, at, proved=each.proved)


def _amount(figure: Figure) -> tuple[Row, Box]:
    return figure.row, figure.row.box_of(figure.start, figure.end)


def _around(own: tuple[Row, ...]) -> tuple[Row, Box]:
    same = [row.box for row in own if row.page == own[0].page]
    return own[0], Box.around(same)
