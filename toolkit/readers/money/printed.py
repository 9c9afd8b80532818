"""What a receipt or invoice prints, read row by row into fields with their places, proofs and losing candidates."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.fields import dates
from toolkit.fields.money import formatted
from toolkit.model import Box, Field, Method, Proof, Source, Value
from toolkit.pages import Opened
from toolkit.readers import Reading
from toolkit.readers.money import category, figures, head, items, moment, place, reference, sums
from toolkit.readers.money.figures import Figure
from toolkit.readers.money.moment import Day
from toolkit.readers.money.rows import Row, rows

#: Points by which a country must lead before its order of day and month is taken.
_ENOUGH = 2.0


@dataclass(slots=True)
class _Sheet:
    """Fields as they are found; everything is unsure until something vouches for it."""

    fields: list[Field]
    rejected: list[Field]
    warnings: list[str]
    currency: str | None = None

    def add(
        self, name: str, value: Value, confidence: float, where: tuple[Row, Box], proof: Proof = Proof.NONE
    ) -> None:
        """Add a field read in a row."""
        if value:
            self.fields.append(self._field(name, value, confidence, where, proof))

    def reject(self, name: str, value: Value, confidence: float, where: tuple[Row, Box]) -> None:
        """Keep a losing candidate for the reviewer."""
        self.rejected.append(self._field(name, value, min(confidence, 0.5), where, Proof.NONE))

    def _field(self, name: str, value: Value, confidence: float, where: tuple[Row, Box], proof: Proof) -> Field:
        row, box = where
        currency = self.currency if name in ("subtotal", "tax", "tip", "total") else None
        return Field(name, value, round(confidence, 3), Source("", row.page, box, row.method), proof, currency)


def read(opened: Opened) -> Reading:
    """Read the printed pages of *opened*; a page without words gives no fields and a warning."""
    lines = rows(opened.pages)
    if not lines:
        return Reading(warnings=("The page shows no text that can be read.",))
    sheet = _Sheet([], [], [])
    found = figures.figures(lines)
    bought = items.items(lines, found)
    taxes = figures.tax_lines(lines, found)
    result = sums.sums(found, taxes, bought.total)
    texts = [row.text for row in lines]
    where = place.place(texts)
    days = _days(lines, where)
    if days[0] is not None:
        where = where.on(days[0].value)
    beside = result.total.currencies if result.total else ()
    money = place.read_currency(texts, beside, where)
    sheet.currency = money.code if money else None
    _head(sheet, lines, found)
    _moment(sheet, lines, *days)
    if money:
        _currency(sheet, money, result, lines[0])
    else:
        sheet.warnings.append("currency: nothing on the page tells it; enter it by hand.")
    _sums(sheet, result)
    _rest(sheet, lines, found, bought, result)
    return Reading(tuple(sheet.fields), tuple(sheet.rejected), tuple(sheet.warnings))


def _head(sheet: _Sheet, lines: tuple[Row, ...], found: tuple[Figure, ...]) -> None:
    top = head.read(lines, {figure.row.index for figure in found})
    for name, value in (("merchant", top.merchant), ("merchant_address", top.address), ("merchant_tax_id", top.tax_id)):
        if value is not None:
            sheet.add(name, value.value, value.confidence, _around(value.rows))
    for other in top.others:
        sheet.reject("merchant", other.value, other.confidence, _around(other.rows))


def _days(lines: tuple[Row, ...], where: place.Place) -> tuple[Day | None, tuple[Day, ...]]:
    return moment.day(lines, dates.order_of(where.country) if where.lead >= _ENOUGH else None)


def _moment(sheet: _Sheet, lines: tuple[Row, ...], day: Day | None, others: tuple[Day, ...]) -> None:
    if day is not None:
        at = (day.row, day.row.box_of(day.start, day.end))
        sheet.add("date", day.value, day.confidence, at)
        for other in day.alternatives:
            sheet.reject("date", other, day.confidence, at)
        if day.alternatives and day.confidence < 0.90:
            sheet.warnings.append("date: day and month could be swapped; see the rejected reading.")
    for each in others:
        sheet.reject("date", each.value, each.confidence, (each.row, each.row.box_of(each.start, each.end)))
    time = moment.time(lines, day)
    if time is not None:
        same = day is not None and abs(time.row.index - day.row.index) <= 1
        confidence = 0.92 if same and time.row.confidence_of(time.start, time.end) >= 0.95 else 0.80
        sheet.add("time", time.value, confidence, (time.row, time.row.box_of(time.start, time.end)))


def _currency(sheet: _Sheet, money: place.CurrencyReading, result: sums.Sums, first: Row) -> None:
    total = result.total
    at = (total.row, total.row.box_of(total.start, total.end)) if total else (first, first.box)
    sheet.add("currency", money.code, money.confidence, at)
    for other in money.others:
        sheet.reject("currency", other, money.confidence, at)
    if money.confidence < 0.90:
        sheet.warnings.append("currency: the marks on the page do not settle it.")


def _sums(sheet: _Sheet, result: sums.Sums) -> None:
    if result.total is None:
        return
    proof = Proof.ARITHMETIC if set(result.proved) - {"tax within"} else Proof.NONE
    computed = result.total.role is None and "taxes" in result.proved and "lines" in result.proved
    total = _amount(result.total)
    sheet.add("total", formatted(result.total.value), result.confidence, total, proof)
    if computed:
        last = sheet.fields[-1]
        source = Source("", last.source.page, last.source.box, Method.COMPUTED)
        sheet.fields[-1] = Field("total", last.value, last.confidence, source, last.proof, last.currency)
        sheet.warnings.append("total: the lines and the taxes come to another sum than the one printed.")
    for other in result.rejected:
        sheet.reject("total", formatted(other.value), other.confidence, _amount(other))
    if result.contradicted:
        sheet.warnings.append("total: cash and change come to another sum.")
    parts = Proof.ARITHMETIC if result.tax_proved else Proof.NONE
    if result.tax_value is not None:
        at = _amount(result.tax) if result.tax else total
        sheet.add("tax", formatted(result.tax_value), 0.95 if result.tax_proved else 0.75, at, parts)
    if result.subtotal is not None:
        proved = result.tax_value is not None and result.subtotal.value + result.tax_value == result.total.value
        sheet.add(
            "subtotal",
            formatted(result.subtotal.value),
            0.95 if proved else 0.80,
            _amount(result.subtotal),
            Proof.ARITHMETIC if proved else Proof.NONE,
        )
    if result.tip is not None:
        sheet.add("tip", formatted(result.tip.value), 0.80, _amount(result.tip))


def _rest(
    sheet: _Sheet, lines: tuple[Row, ...], found: tuple[Figure, ...], bought: items.Items, result: sums.Sums
) -> None:
    number = reference.number(lines)
    if number is not None:
        sheet.add("number", number.value, number.confidence, (number.row, number.row.box_of(number.start, number.end)))
    paid = reference.payment(found, result.total.value if result.total else None)
    if paid is not None:
        sheet.add("payment_method", paid.value, paid.confidence, (paid.row, paid.row.box_of(paid.start, paid.end)))
    if bought.lines:
        whole = any(each is not None and bought.total == each.value for each in (result.total, result.subtotal))
        proof = Proof.ARITHMETIC if whole else Proof.NONE
        sheet.add("lines", bought.lines, 0.93 if whole else 0.70, _around(bought.rows), proof)
    merchant = next((str(field.value) for field in sheet.fields if field.name == "merchant"), "")
    kind = category.category(merchant, [row.text for row in lines])
    if kind is not None:
        sheet.add("expense_category", kind[0], kind[1], _around(lines[:1]))


def _amount(figure: Figure) -> tuple[Row, Box]:
    return figure.row, figure.row.box_of(figure.start, figure.end)


def _around(own: tuple[Row, ...]) -> tuple[Row, Box]:
    same = [row.box for row in own if row.page == own[0].page]
    return own[0], Box.around(same)
