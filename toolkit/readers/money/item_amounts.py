"""Which number of a row is its amount, and what else it could have been printed as."""

from __future__ import annotations

import re
from decimal import Decimal

from toolkit.readers.money.item_columns import Heading
from toolkit.readers.money.item_names import STATED
from toolkit.readers.money.item_rows import Factors, ItemRow, Number

#: What a reading other than the printed one costs: the more a row looks like a line, the dearer to leave it out.
SURE, CLEAR, DOUBTFUL = 2.0, 1.2, 0.3
_UPSIDE_DOWN = str.maketrans("69", "96")


#: What a reading costs, and the amount it gives; None leaves the row out.
Option = tuple[float, Decimal | None]


def amount_at(item: ItemRow, heading: Heading | None, cents: bool, column: int = 1) -> int | None:
    """Return which number of *item* is the amount; with *cents* a whole number without a currency is none."""
    told = cents or heading is not None
    able = [n for n, each in enumerate(item.numbers) if _able(each, item, cents) and _sane(each, told)]
    if heading is not None and able:
        named = [n for n in able if _column(heading, item.numbers[n]) in ("amount", "debit")]
        if named and column == 1:
            return named[-1]
        if heading.has("amount") and STATED.search(item.row.text):
            # `Bruttopreis: 1,0000` says something of the line above.
            return None
        if heading.has("amount") or heading.has("debit"):
            able = [n for n in able if _column(heading, item.numbers[n]) not in ("rate", "credit")]
        if not cents and len(able) == 1 and _column(heading, item.numbers[able[0]]) in ("quantity", "other"):
            return None
    if not able:
        return None
    return able[-column] if len(able) >= column else able[-1]


def _able(number: Number, item: ItemRow, cents: bool) -> bool:
    if number.per_unit:
        return False
    return number.decimals >= 2 or number.marked or not cents or _weak(number) or _cut(number, item)


def _cut(number: Number, item: ItemRow) -> bool:
    """`450.0`, `1,4D`: the edge of the paper took the last digit, or it was read as a letter."""
    behind = item.row.text[number.end :].strip()
    last = number is item.numbers[-1] and behind[:1] in ("", "O", "D", "o")
    return number.decimals == 1 and not number.glued and last


def _sane(number: Number, told: bool) -> bool:
    """Whether a number may be an amount: no number of a street or a telephone."""
    return abs(number.value) < 10_000_000 and (told or number.marked or number.decimals > 0 or not number.glued)


def _weak(number: Number) -> bool:
    """`669` where amounts have cents: the point was lost, or it is something else."""
    return number.decimals == 0 and not number.glued and 100 <= number.value < 10_000


def _column(heading: Heading, number: Number) -> str | None:
    return heading.at(number.left, number.right)


def readings(item: ItemRow, at: int, fit: Factors | None, cents: bool) -> list[Option]:
    """Return what the number *at* can mean, the likeliest first, and the other amounts of the row last."""
    number = item.numbers[at]
    value = number.value
    found: list[Option] = [(0.0, value)]
    if cents and number.decimals == 3 and fit is None:
        # `49,801`: the tax class was read as a digit.
        cut = value.quantize(Decimal("0.01"), "ROUND_DOWN")
        found = [(0.0, cut), (0.5, value)]
    elif cents and number.decimals == 0 and not number.marked:
        found = [(0.0, None), (0.4, value / 100)]
        if value >= 1000:
            found.append((0.5, value // 10 / Decimal(100)))
    found += [(0.8, other) for other in number.others]
    found += [(CLEAR, each.value) for n, each in enumerate(item.numbers) if n != at and each.decimals == 2]
    return found


def placed(item: ItemRow, at: int, heading: Heading, lead: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """Quantity and unit price by the columns they stand in, where they do not multiply to the amount."""
    quantity, price = lead, None
    for n, each in enumerate(item.numbers):
        name = _column(heading, each) if n != at else None
        if name == "quantity":
            quantity = each.value
        elif name == "unit_price":
            price = each.value
    return quantity, price


def turned(printed: str) -> list[Decimal]:
    """Return what a scrap of print reads as upside down, as short words are read now and then: `A668` is `8,99 A`."""
    digits = re.sub(r"\D", "", printed).translate(_UPSIDE_DOWN)[::-1]
    if not 3 <= len(digits) <= 6 or set(re.sub(r"\D", "", printed)) - set("01689"):
        return []
    return [Decimal(each) / 100 for each in dict.fromkeys((digits, digits[:-1])) if len(each) >= 3]
