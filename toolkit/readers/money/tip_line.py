"""Lines that a guest fills in by hand: a tip and a total below it, which the printed sums do not hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from toolkit.readers.money.figures import Figure
from toolkit.readers.money.labels import plain, roles
from toolkit.readers.money.rows import Row

#: A total to be filled in stands within so many rows of the tip.
_BELOW = 4
#: More letters than this make a remark about tips, not a line for one.
_LINE = 22


def left_to_hand(rows: Sequence[Row], found: Sequence[Figure]) -> bool:
    """Whether the paper leaves the total to be filled in by hand under its tip.

    So it is where a line for a tip has no printed amount, or where the total under it has none that can be read.
    """
    priced = {figure.row.index for figure in found}
    for at, row in enumerate(rows):
        named = roles(row.text)
        if "tip" not in named or "ignore" in named or len(plain(row.text)) > _LINE or "%" in row.text:
            continue
        totals = [
            each
            for each in rows[at + 1 : at + 1 + _BELOW]
            if roles(each.text) & {"total", "due"} and len(plain(each.text)) <= _LINE
        ]
        empty = any(each.index not in priced for each in totals[:1])
        if empty or (row.index not in priced and not totals and _blank(row)):
            return True
    return False


def _blank(row: Row) -> bool:
    """Whether the row is a line to write on: a label, then a rule, a mark of the currency or nothing."""
    return bool(re.search(r"[_.…]{3,}|[:$€£]\s*$", row.text)) or not re.search(r"\d", row.text)
