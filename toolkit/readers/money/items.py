"""The lines of what was bought: description, quantity, unit price and amount, above the sums of the paper.

Rows are read as they look (`item_rows`, `item_columns`), put together to lines (`item_lines`), and then the arithmetic
judges (`item_arithmetic`): lines that come to a sum the paper prints are proved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from toolkit.fields import money
from toolkit.fields.money import formatted
from toolkit.readers.money.figures import Figure
from toolkit.readers.money.item_amounts import amount_at
from toolkit.readers.money.item_arithmetic import SUMS, Settled, reachable, repeated, settle
from toolkit.readers.money.item_columns import Heading, edges, ends_list, heading, widened
from toolkit.readers.money.item_lines import Builder, Line, doubt, unread
from toolkit.readers.money.item_names import OUTSIDE
from toolkit.readers.money.item_rows import ItemRow, factors, take_apart
from toolkit.readers.money.labels import roles
from toolkit.readers.money.rows import Row

#: So many sums are tried as the end of the list.
_ENDS = 6


@dataclass(frozen=True, slots=True)
class Items:
    """The lines, what they come to (None without lines, or where the sum helped to read them), and their rows.

    `adds_up`: the lines come to a sum the paper prints, as they stand or after one reading was changed; `confidence`
    is higher where none had to be.
    """

    lines: tuple[Mapping[str, str], ...]
    total: Decimal | None
    rows: tuple[Row, ...]
    adds_up: bool = False
    confidence: float = 0.0

    def __repr__(self) -> str:
        return f"<Items {len(self.lines)} lines {'adding up' if self.adds_up else 'unproved'}>"


def items(rows: Sequence[Row], found: Sequence[Figure], also: Sequence[Decimal] = ()) -> Items:
    """Read the lines of *rows* above the sums; *found* are all amounts with their roles.

    *also* are sums the lines may come to that no row names, such as net and gross of the table of taxes.
    """
    if not rows:
        return Items((), None, ())
    headings = widened(rows, [heading(row) for row in rows])
    # `Description  Total`, and a lone amount in the row below: the heading is no label of it.
    ends = [end for end in _ends(rows, found) if headings[end - 1] is None]
    decimal = money.decimal_mark([row.text for row in rows])
    last = ends[-1] if ends else len(rows)
    listed = bool(ends) or any(headings)
    if not ends:
        # No sum is named in words that are known: what stands under a heading is a list, and a sum may prove itself.
        ends = [last]
    apart = [take_apart(row, decimal) for row in rows[:last]]
    best: Settled | None = None
    for number, end in enumerate(ends):
        targets = reachable(found, rows[end].index if end < len(rows) else rows[-1].index + 1, also)
        settled = _best_of(apart[:end], headings[:end], found, targets, repeated(found))
        cost = settled.cost + 0.25 * number
        if settled.lines and (best is None or _better(settled, cost, best)):
            best = Settled(settled.lines, cost, settled.adds_up, settled.filled)
    if best is None or not (listed or best.adds_up):
        return Items((), None, ())
    taken = best.lines
    places = sorted({row.index: row for line, _ in taken for row in line.rows}.items())
    total = None if best.filled else sum((amount for _, amount in taken), Decimal(0))
    return Items(
        tuple(_printed(*each) for each in taken),
        total,
        tuple(row for _, row in places),
        best.adds_up,
        _confidence(best),
    )


def _confidence(settled: Settled) -> float:
    """How far the lines can be vouched for, by how much had to be read otherwise than it looks to make them add up.

    Papers whose lines add up as they look are nearly all right line by line; of the public invoices that needed another
    reading, or a later sum than the first, every second was not.
    """
    if not settled.adds_up:
        return 0.70
    return 0.95 if settled.cost < 0.25 else 0.85


def _printed(line: Line, amount: Decimal) -> Mapping[str, str]:
    found = {"description": line.text}
    if line.quantity is not None:
        found["quantity"] = f"{line.quantity.normalize():f}"
    if line.unit_price is not None:
        found["unit_price"] = formatted(line.unit_price)
    found["amount"] = formatted(amount)
    if line.rate is not None:
        found["tax_rate"] = f"{line.rate.normalize():f}"
    if line.tax_class:
        found["tax_class"] = line.tax_class
    return found


def _ends(rows: Sequence[Row], found: Sequence[Figure]) -> list[int]:
    """The places of the first rows that name a sum: one of them ends the list."""
    first = rows[0].index if rows else 0
    ends: list[int] = []
    for figure in found:
        place = figure.row.index - first
        if figure.role in SUMS and place not in ends:
            ends.append(place)
        if len(ends) == _ENDS or (ends and figure.role in ("cash", "card", "change")):
            break
    return [end for end in ends if end > 0]


def _better(settled: Settled, cost: float, best: Settled) -> bool:
    return (settled.adds_up, settled.filled, -cost) > (best.adds_up, best.filled, -best.cost)


def _best_of(
    apart: Sequence[ItemRow],
    headings: Sequence[Heading | None],
    found: Sequence[Figure],
    targets: Mapping[Decimal, float],
    repeated: Decimal | None,
) -> Settled:
    best: Settled | None = None
    widest = max((sum(each.decimals >= 2 for each in item.numbers) for item in apart), default=0)
    for column in range(1, max(1, min(3, widest)) + 1):
        lines = _lines(apart, headings, found, column)
        settled = settle(lines, targets, repeated)
        cost = settled.cost + 0.3 * (column - 1)
        if best is None or _better(settled, cost, best):
            best = Settled(settled.lines, cost, settled.adds_up, settled.filled)
        if best.adds_up and best.cost < 0.5:
            break
    return best or Settled((), 0.0, False)


def _lines(
    apart: Sequence[ItemRow], headings: Sequence[Heading | None], found: Sequence[Figure], column: int
) -> list[Line]:
    """Build the lines of the rows *apart* that stand under a heading, or all of them on papers without one."""
    tables = {figure.row.index for figure in found if figure.table}
    inside = list(_inside(apart, headings, tables))
    cents = _cents(inside, found)
    builder = Builder(cents, _positions(inside), _numbers_first(inside, cents), column, _widest(inside))
    for item, own in inside:
        builder.read(item, own)
    words = {item.row.index for item, _ in inside if not item.numbers}
    doubt(
        builder.lines,
        lambda one, two: sum(n in words for n in range(one.rows[-1].index + 1, two.rows[0].index)),
        any(own for _, own in inside),
    )
    lines = [line for line in builder.lines if line.text]
    lost = list(unread([item for item, _ in inside], lines))
    return sorted([*lines, *lost], key=lambda line: line.rows[0].index)


def _inside(
    apart: Sequence[ItemRow], headings: Sequence[Heading | None], tables: set[int]
) -> Iterator[tuple[ItemRow, Heading | None]]:
    last = max((place for place, item in enumerate(apart) if item.numbers), default=0)
    topped = {own.row.page for place, own in enumerate(headings) if own is not None and place < last}
    current: Heading | None = None
    # Pages before the first heading are a letter or a cover: `over` until then.
    page, under, over = -1, False, bool(topped)
    for place, (item, own) in enumerate(zip(apart, headings, strict=True)):
        if item.row.page != page:
            page, under = item.row.page, False
        if own is not None and place < last and (own.has("description") or not over or current is None):
            current, under, over = own, True, False
        elif current is not None and ends_list(item.row):
            under, over = False, True
        elif under or (page not in topped and not over):
            # What names goods under a heading is no row of the table of taxes, though its heading speaks of rates.
            goods = item.times is not None or (item.named and (_described(current) or _multiplies(item)))
            if (goods or item.row.index not in tables) and not (own is None and current is not None and item.empty):
                yield item, current


def _described(own: Heading | None) -> bool:
    return own is not None and own.has("description")


def _multiplies(item: ItemRow) -> bool:
    fit = factors(item, len(item.numbers) - 1) if item.numbers else None
    return fit is not None and fit.quantity != 1


def _cents(inside: Sequence[tuple[ItemRow, Heading | None]], found: Sequence[Figure]) -> bool:
    """Whether amounts of this list have decimals; then a bare whole number is no amount."""
    lasts = [item.numbers[-1] for item, _ in inside if item.numbers and not roles(item.row.text) & OUTSIDE]
    with_ = sum(number.decimals == 2 for number in lasts)
    if lasts and not with_ and any(own for _, own in inside):
        return False
    sums = [figure for figure in found if figure.role in SUMS]
    pointed = [figure for figure in sums if re.search(r"[.,]\s?\d\d(?!\d)", figure.row.text[figure.start : figure.end])]
    return (with_ > 0 and with_ >= 0.3 * len(lasts)) or len(pointed) == len(sums)


def _widest(inside: Sequence[tuple[ItemRow, Heading | None]]) -> float:
    """Where the longest description under a heading ends, in shares of the page; its right edge without any."""
    ends = [
        edges(item.row, 0, max(1, len(item.words().rstrip())))[1]
        for item, own in inside
        if own is not None and item.numbers and item.named
    ]
    return max(ends, default=1.0)


def _positions(inside: Sequence[tuple[ItemRow, Heading | None]]) -> bool:
    """Whether the numbers in front count the lines: 1, 2, 3."""
    leads = [item.lead for item, _ in inside if item.lead is not None and item.numbers]
    return len(leads) >= 3 and all(lead == number for number, lead in enumerate(leads, 1))


def _numbers_first(inside: Sequence[tuple[ItemRow, Heading | None]], cents: bool) -> bool:
    """Whether the numbers of a line stand above its name: the list begins with them and ends with a name."""
    kinds = []
    for item, own in inside:
        if own is None:
            return False
        at = amount_at(item, own, cents)
        if at is not None or item.row.text.strip():
            kinds.append("name" if at is None else "full" if item.named else "sum")
    return bool(kinds) and kinds[0] == "sum" and "name" in kinds
