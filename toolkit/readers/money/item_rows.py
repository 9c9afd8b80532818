"""A row of a list of items taken apart: the quantity in front, the description, the numbers at the end.

Which of the numbers is the amount is not decided here; only what can be read off the row itself, and which of them are
quantity and unit price because multiplied they make the amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from toolkit.fields import money
from toolkit.fields.calendar_words import fold
from toolkit.fields.currency import PATTERN
from toolkit.readers.money.item_columns import edges, says, without_units
from toolkit.readers.money.rows import Row

#: A row with more text or numbers than this is prose or a hostile document, no line of a list.
_LONGEST, _MOST = 400, 12
#: Quantity and unit price stand among so many numbers before the amount.
_NEAR = 6
#: Between two numbers of one row, and behind the last one, no more stands than a unit, a mark, a rate or a tax class.
_GAP = 24
_RATE = re.compile(r"(\d{1,2}(?:[.,]\d{1,2})?)\s?%")
_RATE_CELL = re.compile(r"\s\s(\d{1,2}(?:[.,]\d{1,2})?)\s?%\s*$")
_RATES = r"\d{1,2}(?:[.,]\d{1,2})?\s?%"
#: `19 % VAT (S)`: what a rate is of, and its category.
_TAX_NAME = r"(?i:(?<=%)\s{0,2}(?:VAT|U?MWST|UST|TVA|IVA|BTW|GST|HST|moms|MVA|DPH|PTU|KDV)\b\.?(?:\s?\([A-Z]{1,2}\))?)"
#: `2 x`, `0,434 kg x`, `5 Pack x`, `9001620 1 X`, with a number behind it.
_DETAIL = re.compile(
    r"^\W{0,3}(?:\d{5,14}\s+)?(?P<quantity>\d{1,4}(?:[.,]\d{1,4})?)\s?(?P<unit>[^\W\d_]{1,9}\.?)??\s*[x×*@X]\s*(?=\W{0,4}(?:RM|EUR|CHF|USD|GBP|SGD|Rs\.?|kr|zł)?\W{0,2}\d)"
)
#: `2 x Cola`, `2 Cola`, `3 Stk. Brötchen`, `0.580 Gambas`.
_LEAD = re.compile(
    r"^\W{0,2}(?P<quantity>\d{1,4}(?:[.,]\d{1,3})?)(?P<times>\s?[x×*X](?=[\s\W]|[A-Z])|[.)]?(?=\s))\s*(?=\W{0,2}[^\W\d_]|\d{1,4}(?:[.,]\d{1,3})?\s+[^\W\d_])"
)
_NOUN = re.compile(r"[^\W\d_]{2,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: And `zt` is how engines read the Polish `zł`.
_CLOSE = re.compile(r"(?<=\d[.,]\d\d)(?:[A-Z]{2,3}|\s?z[tl1I])(?!\w)")
#: `RM 88 17`: the point was lost in the gap.
_LOST = re.compile(r"(?:\s\s|[A-Z]{2,3}\s|[€$£]\s?)(\d{1,4}) (\d\d)(?=\s{0,2}[A-Z*]{0,2}\s*$)")
#: A letter that can mean a currency far away (lempira, rand) is a size or a class behind a number.
_LABEL = re.compile(r"[A-Z]\s*(?=\d)")
_BRACKET = re.compile(r"\([^()]{3,24}\)")
_HINT = re.compile(r"\d\s?[A-Z]$")
#: The number of an article: `NYB023`, `FR01`, `9557366100208`.
_ARTICLE = re.compile(r"(?<!\S)[A-Z]{0,4}[-./]?\d{2,}[A-Z\d./-]*(?!\S)")
_MEASURE = re.compile(r"[LlGgKkMm](?![^\W\d_])|[\"″'’]")
#: A printed product may be off its factors by so much: tills round either way.
_OFF = Decimal("0.0101")
#: Japan's marks of the reduced rate, of what is untaxed, and of prices with the tax within and without.
_JAPANESE = "軽減?|非課?税?|内税?|外税?|込"
#: The tax class behind the amount: `A`, `*B`, `SR`, `A 19%`, `軽`.
_CLASS = re.compile(rf"^[\s€$£¥円*+.]{{0,4}}(?:EUR\s?)?[*+#(※]{{0,2}}([A-Z]{{1,3}}\d?|{_JAPANESE})[*)※]?(?![\w])")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a row. `glued`: it stands in one cell with the words before it, and may be part of them."""

    value: Decimal
    others: tuple[Decimal, ...]
    decimals: int
    start: int
    end: int
    left: float
    right: float
    marked: bool
    glued: bool
    per_unit: bool = False

    def __repr__(self) -> str:
        return f"<Number {self.start}..{self.end}>"

    @property
    def readings(self) -> tuple[Decimal, ...]:
        """The value and what it could be instead."""
        return (self.value, *self.others)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A row taken apart. `times` is the quantity of a row that begins with `2 x` before a number."""

    row: Row
    numbers: tuple[Number, ...]
    lead: Decimal | None
    lead_end: int
    times: Decimal | None
    rate: Decimal | None
    tax_class: str

    def __repr__(self) -> str:
        return f"<ItemRow {self.row.index} {len(self.numbers)} numbers>"

    def words(self, first: int | None = None) -> str:
        """Return what stands before the numbers; *first* is the first number that is not part of it."""
        if self.times is not None and self.numbers:
            return ""
        # A rate in a column of its own, before the prices, is none of them.
        return _RATE_CELL.sub("", self.row.text[: self._cut(first)])

    def _cut(self, first: int | None) -> int:
        if not self.numbers:
            return len(self.row.text)
        at = next((n for n, each in enumerate(self.numbers) if not each.glued), len(self.numbers) - 1)
        at = at if first is None else min(at, first)
        return self.numbers[at].start

    @property
    def named(self) -> bool:
        """Whether the row says what was bought, not only how much of it or under which number."""
        words = _ARTICLE.sub(" ", self.words())
        return bool(_NOUN.search(without_units(fold(words))))

    @property
    def empty(self) -> bool:
        """Whether the row holds nothing but marks of currencies, such as the `(RM)` under the heading of a column."""
        return not self.numbers and not _NOUN.search(_currencies().sub(" ", self.row.text))


@cache
def _currencies() -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W\d_]){PATTERN}(?![^\W\d_])")


@cache
def _between() -> re.Pattern[str]:
    return re.compile(rf"(?:{_RATES}|{_TAX_NAME}|{PATTERN}|[^\w\s]|\s|[xX])*")


@cache
def _behind() -> re.Pattern[str]:
    letters = rf"(?<![^\W\d_])(?:[A-Z]{{1,3}}\d?|[a-z]|z[tl1I]|{_JAPANESE})(?![^\W\d_])"
    return re.compile(rf"(?:{_RATES}|{PATTERN}|{letters}|[^\w\s]|\s|\d)*")


def _fills(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether only marks, units and rates stand in *text*."""
    if len(text) > _GAP:
        return False
    return pattern.fullmatch(text) is not None or pattern.fullmatch(without_units(fold(text))) is not None


_COUNT = re.compile(r"(?<![\w.,])-?\d{1,5}(?:[.,]\d{1,3})?(?![\w.,])")


def count_of(item: ItemRow, price: Decimal, amount: Decimal) -> Decimal | None:
    """Return the number of the row, wherever in it, by which *price* makes *amount*; None without one."""
    printed = (money.amount(each.lstrip("-")) for each in _COUNT.findall(item.row.text[:_LONGEST]))
    counts = [each.value for each in printed if each is not None and each.value]
    return next((each for each in counts if each != price and abs(each * abs(price) - abs(amount)) <= _OFF), None)


def take_apart(row: Row, decimal: str | None) -> ItemRow:
    """Take *row* apart; *decimal* is the paper's decimal mark where it is known."""
    text = _without_reductions(row)
    if len(text) > _LONGEST or sum(1 for _ in re.finditer(r"\d+", text)) > 3 * _MOST:
        return ItemRow(row, (), None, 0, None, None, "")
    detail = _DETAIL.match(text)
    numbers = _numbers(row, decimal, detail.end() if detail else 0)
    kept = _trail(text, numbers)
    # The last number may be gone as the class of the tax.
    whole = bool(detail and kept) and kept[0] is numbers[0] and len(kept) >= len(numbers) - 1
    times = _decimal(detail["quantity"]) if whole and detail else None
    if detail and not whole:
        kept = _trail(text, _numbers(row, decimal, 0))
    lead = _LEAD.match(text) if times is None else None
    if lead and kept and lead.end() > kept[0].start:
        lead = None
    end = kept[-1].end if kept else len(text)
    rate = _RATE_CELL.search(text[: kept[0].start]) or _RATE.search(text, kept[0].start) if kept else None
    code = _CLASS.match(text[end : end + _GAP])
    return ItemRow(
        row,
        kept,
        _decimal(lead["quantity"]) if lead else None,
        lead.end() if lead else 0,
        times,
        _decimal(rate[1]) if rate else None,
        code[1] if code else "",
    )


def _without_reductions(row: Row) -> str:
    """The row's text, place for place, without what stands in brackets about a reduction: `(Disc: 1.53)`."""
    return _BRACKET.sub(lambda match: " " * len(match[0]) if says(fold(match[0]), "discount") else match[0], row.text)


def _decimal(written: str) -> Decimal:
    return Decimal(written.replace(",", "."))


def _numbers(row: Row, decimal: str | None, start: int) -> list[Number]:
    found = []
    # A tax class of several letters may stand so close that the amount looks like a code: `2.10ZRL`.
    text = _CLOSE.sub(lambda match: " " * len(match[0]), _without_reductions(row))
    lost = _LOST.search(text)
    if lost:
        text = f"{text[: lost.end(1)]}.{text[lost.start(2) :]}"
    for each in money.find(text, decimal, bare=True):
        values = tuple(value for value in (each.value, *each.alternatives) if value is not None)
        if each.start < start - 1 or not values:
            continue
        number = _number(row, each, values, max(start, each.start - 3))
        if number is not None:
            found.append(number)
    return found


def _number(row: Row, each: money.MoneyReading, values: tuple[Decimal, ...], near: int) -> Number | None:
    """Place a reading in its row; None where it is part of a code or a telephone number (`68-KD-428`)."""
    # A letter that may mean a currency far away is a label before the number and a size or a class behind it.
    label = _LABEL.match(each.text)
    start, end = each.start + (label.end() if label else 0), each.end - bool(_HINT.search(each.text))
    before = row.text[min(near, max(0, start - 3)) : start]
    if re.search(r"[^\W_][-/]$", before) or (each.text[0] in "-/" and re.search(r"[^\W_]$", row.text[: each.start])):
        return None
    # `*120`, `※120`: Japan and Turkey print a star before the amount.
    glued = bool(re.search(r"\S ?$", before)) and not re.search(r"[=:]\s?$|(?:^|\s)[*＊※]$", before)
    marked = bool(each.currencies) and (label is None or len(each.currencies) > 1) and end == each.end
    left, right = edges(row, start, end)
    return Number(
        values[0], values[1:], each.decimals, start, end, left, right, marked, glued, before.rstrip().endswith("@")
    )


def _trail(text: str, numbers: Sequence[Number]) -> tuple[Number, ...]:
    """The numbers at the end of the row between which no word stands; none where words follow them."""
    if not numbers or len(numbers) > _MOST or not _fills(text[numbers[-1].end :], _behind()):
        return ()
    first = len(numbers) - 1
    while (
        first
        and not _measures(text, numbers[first - 1])
        and _fills(text[numbers[first - 1].end : numbers[first].start], _between())
    ):
        first -= 1
    kept = tuple(numbers[first:])
    last = kept[-1]
    if last.decimals == 0 and not last.marked and len(kept) > 1 and abs(last.value) < 100 and kept[-2].decimals == 2:
        # The class or the rate of the tax: `20.99 19`, `9,70 1`.
        return kept[:-1]
    if len(kept) == 1 and _measures(text, last):
        return ()
    return kept


def _measures(text: str, number: Number) -> bool:
    """`0.75L`, `200G`: a size, part of the name."""
    inches = text[number.end : number.end + 1] in "\"″'’" and number.end < len(text)
    return (number.glued or inches) and not number.marked and _MEASURE.match(text, number.end) is not None


@dataclass(frozen=True, slots=True)
class Factors:
    """Quantity and unit price that make an amount; `first` is the first number of the row they use."""

    quantity: Decimal
    unit_price: Decimal
    first: int | None
    plain: bool


def factors(item: ItemRow, at: int, lead: Decimal | None = None) -> Factors | None:
    """Return the quantity and unit price in *item* that multiply to its number *at*, None where none do.

    *lead* is a quantity that stands in front or in the row above. A discount or a tax rate in between is allowed for.
    """
    amount = abs(item.numbers[at].value)
    quantity = item.times if item.times is not None else lead if lead is not None else item.lead
    best: tuple[tuple[bool, bool, bool], Factors] | None = None
    for fit in _pairs(item, at, quantity):
        if not _makes(fit, item, at, amount):
            continue
        glued = fit.first is not None and item.numbers[fit.first].glued
        rank = (fit.quantity == 1, glued, fit.quantity % 1 != 0)
        if best is None or rank < best[0]:
            best = (rank, fit)
    return best[1] if best else None


def _pairs(item: ItemRow, at: int, quantity: Decimal | None) -> Iterator[Factors]:
    before = item.numbers[max(0, at - _NEAR) : at]
    for number, price in enumerate(before, at - len(before)):
        if quantity is not None:
            yield from (Factors(quantity, abs(each), number, True) for each in price.readings)
        for index, count in enumerate(before, at - len(before)):
            if index == number or not _counts(count, price, index < number):
                continue
            for one in count.readings:
                yield Factors(abs(one), abs(price.value), min(index, number), True)


def _counts(count: Number, price: Number, first: bool) -> bool:
    """Whether of two numbers *count* can be how many: whole or weighed, and where both could be, the first."""
    if first:
        return count.decimals != 2 or price.decimals != 0
    return count.decimals in (0, 3) and price.decimals != 0


def _makes(fit: Factors, item: ItemRow, at: int, amount: Decimal) -> bool:
    product = fit.quantity * fit.unit_price
    if not product:
        return False
    if abs(product - amount) <= _OFF:
        return True
    # A discount in per cent, or the tax, between the two.
    shares = [
        -each.value
        for each in item.numbers[:at]
        if 0 < each.value < 100 and each.value not in (fit.quantity, fit.unit_price)
    ]
    shares += [item.rate] if item.rate else []
    return any(abs(product * (100 + share) / 100 - amount) <= _OFF for share in shares[:4])
