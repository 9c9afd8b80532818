"""What a row of a list calls the thing bought, and whether it names something else: a sum, a payment, a date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from toolkit.readers.money.item_rows import Factors, ItemRow
from toolkit.readers.money.labels import Role, roles
from toolkit.readers.money.rows import Row

SUMS: frozenset[Role] = frozenset({"due", "total", "subtotal"})
OUTSIDE: frozenset[Role] = SUMS | {
    "tax", "tip", "service", "rounding", "prepaid", "cash", "card", "method", "change", "ignore", "table", "refund",
}  # fmt: skip
ELSEWHERE: frozenset[Role] = frozenset({"date", "other_date", "number", "buyer", "seller"})
#: A higher number before a name is part of it: `100 PLUS`.
_MANY = 50
#: `Pump: 9`, `Bens Essenciais:`; a name of goods has no colon at its end or before a number.
STATED = re.compile(r":\s*(?:\S*\d\S*)?\s*$")
#: A day in front of a line, with or without its year, and a time behind it.
_DATE = re.compile(
    r"^\W{0,2}(?:\d{1,2}\.?\s(?:de\s)?[^\W\d_]{3,10}\.?\s(?:de\s)?\d{4}|\d{4}[-/.]\d\d[-/.]\d\d"
    r"|(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|[12]\d|3[01])(?:[./-](?:\d{4}|\d{2}))?\.?)(?=\s|$)\s*(?:\d{1,2}:\d\d\s*)?"
)
#: And a row that begins with the day of its line.
DAY = re.compile(r"^\W{0,2}(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[-/.]\d\d[-/.]\d\d)(?=\s|$)")
_CODE = re.compile(r"^[^\w\[]{0,2}(?:\d{8,14}|\([A-Z]\d?\)|[A-Z]{2}\s\d{9,14}\s?-)\s*(?=\S)")
WORD = re.compile(r"[^\W\d_]{3,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
NAMED = re.compile(r"[^\W\d_]{2,}")
_LEAD = re.compile(r"^\W{0,2}(\d{1,3})\s?[x×*X]?\s+(?=\W{0,2}[^\W\d_])")


def names_only(words: str) -> bool:
    """Whether folded *words* name a role and nothing besides: not `balance brot`, which has a word too many."""
    each = words.split()
    named = roles(words)
    return bool(named) and not any(
        WORD.search(word) and not roles(word) and roles(" ".join(each[:at] + each[at + 1 :])) == named
        for at, word in enumerate(each[:12])
    )


def dated(item: ItemRow) -> bool:
    """A row with a date and no words: its other numbers are a time or the number of the paper."""
    return not item.named and DAY.match(item.row.text) is not None


def described(
    item: ItemRow, fit: Factors | None, positions: bool, count: Decimal | None = None
) -> tuple[Decimal | None, str]:
    """Return the quantity in front and the description of a row; with *positions* the first number counts lines.

    *count* is the quantity that the arithmetic of the row below has shown.
    """
    text = item.words(fit.first if fit else None)
    lead = item.lead
    if lead is not None and lead > _MANY and lead % 1 == 0 and lead != (fit.quantity if fit else count):
        lead = None
    if item.lead is not None and (lead is not None or positions):
        text = text[item.lead_end :]
        if positions:
            second = _LEAD.match(text)
            lead = Decimal(second[1]) if second else None
            text = text[second.end() :] if second else text
    text = _CODE.sub("", _DATE.sub("", text, count=1), count=1)
    return lead, " ".join(text.split()).strip(" -*:|=#_~•·@×").rstrip(".,;(")


def begins(item: ItemRow, row: Row) -> bool:
    """Whether a row of words is the first half of the line that *row* ends: `1 Mix Masala` / `Platter 650`."""
    return (
        item.lead is not None
        and item.lead <= _MANY
        and item.row.index == row.index - 1
        and bool(WORD.search(item.row.text))
    )


def joined(
    waiting: Sequence[ItemRow], below_line: bool, positions: bool, count: Decimal | None = None
) -> tuple[str, list[Row]]:
    """The name of a line from the rows of words above its numbers; under the paper's head only the nearest ones."""
    own = [each for each in waiting if not STATED.search(each.row.text)] or list(waiting)
    telling = [each for each in own if WORD.search(each.row.text)] or own
    if not below_line:
        last = len(telling) - 1
        while last > 0 and re.match(r"\W{0,1}[(+:a-z]", telling[last].row.text):
            last -= 1
        telling = telling[last:]
    texts = [described(each, None, positions, count)[1] for each in telling[-3:]]
    return " ".join(filter(None, texts)), [each.row for each in telling[-3:]]
