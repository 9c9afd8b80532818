"""Whether a paper gives money back: a credit note, a refund, a cancelled sale."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.readers.money.figures import Figure
from toolkit.readers.money.labels import roles, says_only
from toolkit.readers.money.rows import Row

#: A title stands within so many rows, and this share of it is the word: a sentence about refunds is no title.
_HEAD, _TITLE = 20, 0.45


def title(rows: Sequence[Row], found: Sequence[Figure]) -> Row | None:
    """Return the row that calls the paper a refund or a credit note, None without one.

    It is a short row of the head without an amount, or a sum that is named so.
    """
    first = min((figure.row.index for figure in found), default=0)
    for row in rows[:_HEAD]:
        if row.index < first and says_only(row.text, "refund", _TITLE):
            return row
    named = (each.row for each in found if each.role in ("due", "total") and "refund" in roles(each.row.text))
    return next(named, None)


def others_negative(found: Sequence[Figure], total: Figure) -> bool:
    """Whether other amounts than *total* are printed with a minus, discounts and payments left out."""
    return any(
        each.value < 0 and each.row.index != total.row.index and each.role not in ("discount", "rounding", "change")
        for each in found
    )
