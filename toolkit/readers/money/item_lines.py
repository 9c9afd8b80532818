"""Lines of a list of items put together from its rows, each with the readings its amount could have.

A line may be one row, a name above or below its numbers, or a row with `2 x 4,50` beside it. What a row may be besides
(a saving, a sum, nothing of the list) is kept as an option with a price; the arithmetic chooses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median

from toolkit.fields.calendar_words import fold
from toolkit.readers.money.item_amounts import CLEAR, DOUBTFUL, SURE, Option, amount_at, placed, readings, turned
from toolkit.readers.money.item_columns import Heading, columns_named, edges, says
from toolkit.readers.money.item_names import (
    ELSEWHERE,
    NAMED,
    OUTSIDE,
    STATED,
    SUMS,
    WORD,
    begins,
    dated,
    described,
    joined,
    names_only,
)
from toolkit.readers.money.item_rows import Factors, ItemRow, count_of, factors
from toolkit.readers.money.labels import roles
from toolkit.readers.money.rows import Row

_COUNTS = frozenset({"quantity", "unit_price", "amount"})
#: An amount that ends so far (in pages) from where the others end stands in another column.
_ASTRAY = 0.12
#: What stands where the amounts end, and how near to their edge it must end.
_LAST_CELL = re.compile(r"\s\s(\S{0,3}\d\S{0,4}(?:\s\S{1,2}){0,2})\s*$")
_BESIDE = 0.06
#: So many rows of words between two amounts part the head of the paper from its list.
_GULF = 5


@dataclass(slots=True)
class Line:
    """A line to be: `options` are the amounts it could have with their prices, the reading as printed first."""

    text: str
    rows: list[Row]
    options: list[Option]
    drop: float = CLEAR
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    rate: Decimal | None = None
    tax_class: str = ""
    right: float = 0.0
    text_right: float = 0.0
    takes_off: bool = False
    outside: bool = False
    loose: ItemRow | None = None
    unread: str | None = None
    source: ItemRow | None = None

    def __repr__(self) -> str:
        return f"<Line {len(self.rows)} rows {len(self.options)} options>"

    @property
    def amount(self) -> Decimal | None:
        """The amount as printed, None where the row is no line as it stands."""
        return self.options[0][1]


@dataclass(slots=True)
class Builder:
    """Reads the rows of one list from top to bottom; `column` counts the amounts from the right (1 the last)."""

    cents: bool
    positions: bool
    numbers_first: bool
    column: int = 1
    widest: float = 1.0
    lines: list[Line] = field(default_factory=list)
    waiting: list[ItemRow] = field(default_factory=list)
    detail: ItemRow | None = None
    open: Line | None = None
    barred: int = -1
    measures: dict[str, ItemRow] = field(default_factory=dict)

    def read(self, item: ItemRow, heading: Heading | None) -> None:
        """Take in the next row, which stands under *heading*."""
        if _beside(item) or self._measured(item) or (heading is None and dated(item)):
            return
        at = amount_at(item, heading, self.cents, self.column)
        if item.times is not None and len(item.numbers) == 1:
            self._counted(item)
        elif at is None or (self.open is not None and item.named):
            self._named(item, heading)
        elif item.named:
            self._full(item, at, heading)
        else:
            self._summed(item, at, heading)

    def _measured(self, item: ItemRow) -> bool:
        """Rows that name what they measure, as the slips of petrol pumps do: litres, price a litre, amount."""
        named = columns_named(item.row.folded[: len(item.words())]) & _COUNTS if item.numbers else frozenset()
        if len(named) != 1:
            return False
        name = min(named)
        last = self.lines[-1] if self.lines else None
        if name == "amount":
            value = item.numbers[-1].value
            if last is not None and "unit_price" in self.measures and any(value == each for _, each in last.options):
                last.options, self.measures = [(0.0, value)], {}
            return True
        self.measures[name] = item
        if len(self.measures) == 2:
            self._pumped(self.measures["quantity"], self.measures["unit_price"])
        return True

    def _pumped(self, count: ItemRow, price: ItemRow) -> None:
        quantity, each = _measure(count), _measure(price)
        product = (quantity * each).quantize(Decimal("0.01"))
        telling = [item for item in self.waiting[-3:] if ":" not in item.row.text]
        if telling and product > 0:
            steps = (0, 1, -1)
            options: list[Option] = [(0.05 * abs(step), product + step * Decimal("0.01")) for step in steps]
            text = described(telling[-1], None, self.positions)[1]
            rows = [telling[-1].row, count.row, price.row]
            self.lines.append(Line(text, rows, options, SURE, quantity, each, right=count.numbers[0].right))
            self.waiting = []

    def _named(self, item: ItemRow, heading: Heading | None) -> None:
        if self.open is not None and self.numbers_first:
            text = described(item, None, self.positions)[1]
            self.open.text, self.open.rows, self.open = text, [*self.open.rows, item.row], None
            return
        if (
            self.lines
            and not self.waiting
            and heading is not None
            and _wraps(self.lines[-1], item.row, heading, self.widest)
        ):
            self.lines[-1].text += " " + item.row.text.strip()
            self.lines[-1].rows.append(item.row)
            return
        if roles(item.row.text) & SUMS and names_only(item.row.folded):
            # `Total due`, its amount below.
            self.waiting, self.barred = [], item.row.index + 1
            return
        self.waiting.append(item)

    def _counted(self, item: ItemRow) -> None:
        """`2 x 4,50`: belongs to the line before where it makes its amount, else to the one to come."""
        product = _product(item)
        self._loosened(item, product)
        last = self.lines[-1] if self.lines else None
        if last and not self.waiting and last.quantity is None and _equal(last.amount, product):
            last.quantity, last.unit_price, last.drop = item.times, item.numbers[0].value, SURE
            last.rows.append(item.row)
            return
        self.detail = item
        if self.waiting and self.waiting[-1].row.index == item.row.index - 1 and not self.numbers_first:
            # Its amount may have been lost; where a line below says the product, it is that line's.
            text, rows = joined(self.waiting, bool(self.lines), self.positions)
            options: list[Option] = [(0.0, None), (0.5, product)]
            each = item.numbers[0]
            self.lines.append(Line(text, [*rows, item.row], options, 0.0, item.times, each.value, right=each.right))

    def _full(self, item: ItemRow, at: int, heading: Heading | None) -> None:
        fit = factors(item, at)
        lead, text = described(item, fit, self.positions)
        if lead is None and self.waiting and begins(self.waiting[-1], item.row):
            first, before = described(self.waiting[-1], None, self.positions)
            lead, text = first, f"{before} {text}"
            fit = fit or factors(item, at, first)
        self._add(item, at, text, lead, fit, heading)
        if self.detail is not None:
            self._apply(self.detail)
        self.waiting, self.detail = [], None

    def _summed(self, item: ItemRow, at: int, heading: Heading | None) -> None:
        if self.numbers_first:
            self._add(item, at, "", item.lead, factors(item, at), heading)
            self.open = self.lines[-1]
            return
        lead = next((got for each in reversed(self.waiting[-2:]) if (got := each.lead) is not None), None)
        fit = factors(item, at, lead) if lead is not None and item.times is None else None
        fit = fit or factors(item, at)
        if item.row.index == self.barred and not self.waiting:
            return
        if factors(item, at) is not None:
            self._loosened(item, abs(item.numbers[at].value))
        if not self.waiting and not self._again(item, at, fit, heading):
            self._add(item, at, described(item, fit, self.positions)[1], item.lead, fit, heading)
        if not self.waiting:
            return
        # Names stand above: what follows goes on with none of them.
        above = [each for each in self.waiting if not STATED.search(each.row.text)]
        if NAMED.search(item.words()) and not (above and (self.lines or heading is not None)):
            # `PB95  323,27` under the head of the paper: short as it is, that is its name.
            self._add(item, at, described(item, fit, self.positions)[1], lead, fit, heading)
            self.waiting, self.detail = [], None
            return
        below = bool(self.lines) or heading is not None
        text, rows = joined(self.waiting, below, self.positions, fit.quantity if fit else None)
        self._add(item, at, text, lead, fit, heading)
        self.lines[-1].rows[:0] = rows
        self.lines[-1].text_right = 0.0
        self.waiting, self.detail = [], None

    def _again(self, item: ItemRow, at: int, fit: Factors | None, heading: Heading | None) -> bool:
        """Numbers right under a line: they say its amount again with its factors, or are its amount after all."""
        last = self.lines[-1] if self.lines else None
        if last is None or not last.drop or item.row.index != last.rows[-1].index + 1:
            return False
        if last.amount is None:
            self._add(item, at, last.text, last.quantity, fit, heading)
            self.lines[-1].rows[:0] = last.rows
            self.lines.remove(last)
            return True
        value, price = item.numbers[at].value, last.amount
        if last.quantity is not None and last.quantity != 1 and _equal(value, abs(last.quantity * price)):
            # What stands beside the name is the price of one; the amount was set a little lower.
            last.options, last.unit_price, last.right = [(0.0, value)], price, item.numbers[at].right
            return True
        if heading is not None and self._lower(last, item, at, heading):
            return True
        if price != value or fit is None:
            return False
        last.quantity, last.unit_price, last.drop = fit.quantity, fit.unit_price, SURE
        return True

    def _lower(self, last: Line, item: ItemRow, at: int, heading: Heading) -> bool:
        """`0 Therapie  26,00  10` over `260,00`: the amount stands in its column, one row below its factors."""
        number = item.numbers[at]
        if last.source is None or heading.at(number.left, number.right) != "amount":
            return False
        price = last.amount
        if not price or last.right > number.left:
            return False
        count = count_of(last.source, price, number.value)
        if count is None:
            return False
        last.options, last.right = [(0.0, number.value)], number.right
        last.quantity, last.unit_price, last.drop = count, price, SURE
        last.rows.append(item.row)
        return True

    def _loosened(self, item: ItemRow, amount: Decimal) -> None:
        """`Acqua nat. 0,75` above `1 x 3,99  3,99` is a name that ends with a number."""
        last = self.lines[-1] if self.lines else None
        if last is None or last.loose is None or last.rows != [last.loose.row] or _equal(last.amount, amount):
            return
        if item.row.index == last.rows[0].index + 1:
            self.waiting = [last.loose]
            self.lines.pop()

    def _apply(self, item: ItemRow) -> None:
        line = self.lines[-1]
        if _equal(line.amount, _product(item)):
            line.quantity, line.unit_price, line.drop = item.times, item.numbers[0].value, SURE
            line.rows.insert(0, item.row)

    def _add(
        self, item: ItemRow, at: int, text: str, lead: Decimal | None, fit: Factors | None, heading: Heading | None
    ) -> None:
        options, quantity, price = readings(item, at, fit, self.cents), lead, None
        if fit is not None:
            quantity, price = fit.quantity, fit.unit_price
        if heading is not None:
            count, each = placed(item, at, heading, lead)
            if fit is None or (count and each and _equal(item.numbers[at].value, abs(count * each))):
                quantity, price = count, each
        line = Line(
            text, [item.row], options, CLEAR, quantity, price, item.rate, item.tax_class, item.numbers[at].right
        )
        if item.numbers[at].glued and not item.numbers[at].marked and len(item.numbers) == 1:
            line.loose = item
        line.source = item
        if options[0][1] is None:
            line.unread = item.row.text[item.numbers[at].start : item.numbers[at].end]
            line.options += [(0.5, value) for value in turned(line.unread)]
        line.text_right = edges(item.row, 0, max(1, len(item.words(fit.first if fit else None).rstrip())))[1]
        if heading is not None or (fit is not None and fit.quantity != 1):
            line.drop = SURE
        elif not WORD.search(text) or ":" in text[-2:]:
            line.drop = DOUBTFUL
        _roles(line, item)
        self.lines.append(line)


def _measure(item: ItemRow) -> Decimal:
    """The number a measuring row states: the one with decimals, as `17,844 / 1` is read."""
    return max(item.numbers, key=lambda number: number.decimals).value


def _equal(amount: Decimal | None, product: Decimal) -> bool:
    return amount is not None and abs(abs(amount) - product) <= Decimal("0.0101")


def _product(item: ItemRow) -> Decimal:
    return (item.times or Decimal(0)) * abs(item.numbers[0].value)


def _beside(item: ItemRow) -> bool:
    """Rows that belong to no line: names of columns, and sums carried from page to page."""
    words = item.row.folded[: len(item.words())]
    named = columns_named(words)
    if says(words, "carried"):
        return True
    return len(named) > 1 and (named <= _COUNTS or not item.numbers)


def _roles(line: Line, item: ItemRow) -> None:
    """Price the readings of a row that names something else than goods: a sum, a saving, a payment."""
    words = item.row.folded[: len(item.words())] or item.row.folded
    named = roles(words)
    amount = line.options[0][1]
    counted = line.drop == SURE and line.quantity is not None and line.unit_price is not None
    if says(words, "deposit") or (counted and not named & (SUMS | {"tax", "discount"})):
        # `Service A  12 x 10.00`: what is counted is sold, whatever its name reminds of.
        return
    if named & (OUTSIDE | ELSEWHERE) or says(words, "beside"):
        more = not names_only(words)
        line.outside = more and not named & SUMS and amount is not None
        price = CLEAR if named & SUMS else 0.8
        able = line.options if more or not named & (SUMS | {"tax"}) else []
        line.options = [(0.0, None), *((price + cost, value) for cost, value in able if value is not None)]
        line.drop = 0.0
    elif "discount" in named or says(words, "discount"):
        line.takes_off = amount is not None and amount > 0 and len(words.split()) <= 3
        line.drop = min(line.drop, 0.4)
        if amount == 0:
            # `Discount  0.00` takes nothing off.
            line.options = [(0.0, None)]
        if line.takes_off and amount is not None:
            line.options = [(0.0, -amount), (0.3, amount)]


def _wraps(line: Line, row: Row, heading: Heading, widest: float) -> bool:
    """Whether *row* goes on with the description above: its first word would not have fitted there.

    The column ends where the next begins, or where the *widest* description of the list ends.
    """
    column = heading.description
    last = line.rows[-1]
    if column is None or row.index != last.index + 1 or row.page != last.page:
        return False
    starts = min(abs(row.box.left - column[0]), abs(row.box.left - last.box.left))
    if starts > 0.03 or row.box.right > column[1] + 0.02 or row.text.rstrip().endswith(":"):
        return False
    if columns_named(row.folded) or roles(row.text) & (OUTSIDE | ELSEWHERE):
        return False
    first = row.words[0]
    wide = first.box.width * len(first.text.split()[0]) / max(1, len(first.text))
    bound = column[1] - 0.03
    if line.text_right < widest - 0.01:
        bound = min(bound, widest + 0.005)
    fits = not line.text_right or line.text_right + wide < bound
    line.text_right = row.box.right
    return not fits


def unread(rows: Sequence[ItemRow], lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the rows between (or right beside) the lines with something in the column of amounts that is no amount."""
    read = [line for line in lines if line.amount is not None and line.drop > DOUBTFUL]
    if len(read) < 2:
        return
    edge = median(line.right for line in read)
    used = {row.index for line in lines for row in line.rows}
    first, last = read[0].rows[0].index - 1, read[-1].rows[-1].index + 1
    for item in rows:
        cell = _LAST_CELL.search(item.row.text)
        if cell is None or item.row.index in used or not first <= item.row.index <= last or item.times is not None:
            continue
        text = item.row.text[: cell.start()].strip()
        right = edges(item.row, cell.start(1), cell.end(1))[1]
        if abs(right - edge) > _BESIDE or not WORD.search(text) or names_only(fold(text)) or columns_named(fold(text)):
            continue
        options: list[Option] = [(0.0, None), *((0.5, value) for value in turned(cell[1]))]
        yield Line(text, [item.row], options, 0.0, right=right, unread=cell[1])


def doubt(lines: Sequence[Line], gulfs: Callable[[Line, Line], int], heading: bool) -> None:
    """Lower the price of leaving out lines that stand apart: in another column, or above a gulf of words."""
    rights = [line.right for line in lines if line.amount is not None]
    if len(rights) >= 4:
        edge = median(rights)
        for line in lines:
            if abs(line.right - edge) > _ASTRAY and line.drop <= CLEAR:
                line.drop = DOUBTFUL
    if heading:
        return
    for place in range(len(lines) - 1, 0, -1):
        if gulfs(lines[place - 1], lines[place]) >= _GULF:
            for line in lines[:place]:
                line.drop = min(line.drop, DOUBTFUL)
            return
