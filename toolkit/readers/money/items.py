"""The lines of what was bought: description, quantity, unit price and amount, above the sums of the paper."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from toolkit.fields.money import formatted
from toolkit.readers.money.figures import Figure
from toolkit.readers.money.labels import roles
from toolkit.readers.money.rows import Row

#: `2 x`, `2*`, `0,434 kg x` before a price.
_TIMES = re.compile(
    r"(?<![\d.,])(\d{1,4}(?:[.,]\d{1,3})?)\s*(?:kg|g|l|st|stk|pcs?|ea|rolle|pack)?\s*[x×*@X]\s*(?=\D{0,6}\d)", re.I
)
_COUNT = re.compile(r"^\s*(\d{1,3})\s+(?=[^\W\d_])")
#: A higher number before a name is part of it: `100 PLUS`.
_MANY = 50
_NOT_ITEMS = frozenset(
    {"due", "total", "subtotal", "tax", "tip", "rounding", "cash", "card", "change", "ignore", "table"}
)
#: A code, a tax class or a bare count is no description.
_WORDS = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Items:
    """The lines, and what they come to (None without lines)."""

    lines: tuple[Mapping[str, str], ...]
    total: Decimal | None
    rows: tuple[Row, ...]


def items(rows: Sequence[Row], found: Sequence[Figure]) -> Items:
    """Read the lines of *rows* above the first sum; *found* are all amounts."""
    by_row: dict[int, list[Figure]] = {}
    for figure in found:
        by_row.setdefault(figure.row.index, []).append(figure)
    last = _first_sum(rows, by_row)
    lines: list[Mapping[str, str]] = []
    taken: list[Row] = []
    waiting = ""
    for row in rows[:last]:
        own = by_row.get(row.index, [])
        named = roles(row.text)
        if not own or named & _NOT_ITEMS - {"tip", "card"} or any(each.table for each in own):
            waiting = _description(row.text) if not own and not named else ""
            continue
        text = _description(row.text[: own[0].start]) or waiting
        if text:
            lines.append(_line(text, row, own))
            taken.append(row)
        waiting = ""
    if not lines:
        return Items((), None, ())
    return Items(tuple(lines), sum((Decimal(line["amount"]) for line in lines), Decimal(0)), tuple(taken))


def _first_sum(rows: Sequence[Row], by_row: Mapping[int, list[Figure]]) -> int:
    for row in rows:
        named = roles(row.text)
        if row.index in by_row and named & {"due", "total", "subtotal"} and "ignore" not in named:
            return row.index - rows[0].index
    return 0


def _line(text: str, row: Row, own: Sequence[Figure]) -> Mapping[str, str]:
    amount = own[-1].value
    line = {"description": text}
    times = _TIMES.search(row.text)
    count = _COUNT.search(row.text)
    if times:
        line["quantity"] = times[1].replace(",", ".")
    elif count and int(count[1]) <= _MANY:
        line["quantity"] = count[1]
        line["description"] = text.removeprefix(count[1]).lstrip(" xX×*")
    if len(own) > 1:
        line["unit_price"] = formatted(own[0].value)
    return line | {"amount": formatted(amount)}


def _description(text: str) -> str:
    text = _TIMES.sub(" ", text)
    words = " ".join(text.split()).strip(" -*:.|=")
    return words if _WORDS.search(words) else ""
