"""The head of a paper as cells with their classes, and which of them speak of whom the paper is made out to."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from toolkit.readers.money.head_rows import RowClass, beneath, cells, classify, folded, has, names_buyer
from toolkit.readers.money.labels import roles
from toolkit.readers.money.rows import Row

#: A head is no longer than this many rows; the foot is looked at too.
_LONGEST = 26
#: No more cells than this below a label are the buyer's.
_BUYER = 6
#: `Ecke 12`, `Chemików 7a`, `12 High Holborn`, `600 @ Toa Payoh #01-02,`.
STREET = re.compile(
    r"[^\W\d_][^\d:]{2,30}\s\d{1,4}(?:\s?[-/]\s?\d{1,4})?\s?[a-z]?\W?"
    r"|\W*\d{1,5}[a-z]?,?\s(?:@ )?[^\W\d_].{3,40}",
    re.IGNORECASE,
)
#: A row of nothing but postcode and town; a street stands above it, whatever it is called.
_BARE_TOWN = re.compile(
    r"\W*(?:[A-Z]{1,3}-)?(?:\d{4,6}|\d{3} \d{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4} ?[A-Z]{2}),? +[^\W\d][^\d,]{2,30}"
    r"|[^\W\d][^\d]{2,30},? +(?:[A-Z]{2} \d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\W*"
)
#: `4557 Example St` is a street, though it begins like a postcode and a town.
_ENDS_AS_STREET = re.compile(
    r"(?i)\b(?:st|str|rd|ave?|dr|ln|blvd|street|road|avenue|drive|lane|way|court|row|close)\.?\W*$"
)
#: A branch has a number too: `Filiale 547`.
BRANCH = re.compile(r"(?i)\W*(?:filiale?|store|shop|branch|outlet|markt|tienda|magasin|winkel|butik|kasse|tel)\b")
_AMOUNT = re.compile(r"\d[.,]\d\d\b")
#: Rows that end the buyer's block.
_ENDS: frozenset[RowClass] = frozenset({"document", "tax_id"})


@dataclass(frozen=True, slots=True)
class Layout:
    """The rows of a paper and its head: `top` are the cells of the first rows, `classes` what each of them is.

    `bought` are the places in `top` that belong to whom the paper is made out to.
    """

    rows: tuple[Row, ...]
    top: tuple[Row, ...]
    classes: tuple[RowClass, ...]
    bought: frozenset[int]

    def __repr__(self) -> str:
        return f"<Layout {len(self.top)} cells of {len(self.rows)} rows>"


def layout(rows: Sequence[Row], priced: Collection[int]) -> Layout:
    """Return the head of *rows*; *priced* are the indexes of rows with amounts: the first of them ends it."""
    top = [cell for row in rows[:_LONGEST] for cell in cells(row)]
    classes = [classify(row) for row in top]
    # `Seksyen 2.5, 40400 Shah Alam`: numbers in addresses look like amounts.
    body = next((i for i, row in enumerate(top) if row.index in priced and classes[i] != "address"), len(top))
    top, classes = top[: max(body, 3)], classes[: max(body, 3)]
    known = with_streets(top, classes)
    return Layout(tuple(rows), tuple(top), known, _bought(top, known))


def with_streets(top: Sequence[Row], classes: Sequence[RowClass], *, named: bool = False) -> tuple[RowClass, ...]:
    """Return *classes* with the streets among the names that have no word for one; *named* says a name stands above."""
    known = list(classes)
    for at, each in enumerate(classes):
        if named and each == "name" and _is_street(top, classes, at):
            known[at] = "address"
        named = named or each in ("company", "name")
    return tuple(known)


def _is_street(top: Sequence[Row], classes: Sequence[RowClass], at: int) -> bool:
    """Whether a row stands above a bare town, or above an address with a number at one of its ends."""
    text = top[at].text.strip()
    below = next((i for i in range(at + 1, min(at + 4, len(top))) if beneath(top[at], top[i])), None)
    if below is None or classes[below] not in ("address", "place") or _AMOUNT.search(text) or BRANCH.match(text):
        return False
    if STREET.fullmatch(text):
        return True
    if "address" in classes[at + 1 : below]:
        return False
    written = folded(text)
    plain = (
        (has("trade", written) is None or has("address", written) is not None) and ":" not in text and len(text) <= 40
    )
    return plain and is_bare_town(top[below].text)


def is_bare_town(text: str) -> bool:
    """Whether *text* is nothing but a postcode and a town."""
    return _BARE_TOWN.fullmatch(text) is not None and not _ENDS_AS_STREET.search(text)


def _bought(top: Sequence[Row], classes: Sequence[RowClass]) -> frozenset[int]:
    """The cells of the buyer: those below a label that says so, in its column, until the paper speaks of itself."""
    found: set[int] = set()
    for at, row in enumerate(top):
        if not names_buyer(row.text):
            continue
        found.add(at)
        beside = [each for each in top if each.index == row.index and each is not row]
        below = [i for i in range(at + 1, len(top)) if top[i].index > row.index and _in_column(top[i], row, beside)]
        for i in below[:_BUYER]:
            if "seller" in roles(top[i].text) or classes[i] in _ENDS:
                break
            found.add(i)
    return frozenset(found)


def _in_column(cell: Row, label: Row, beside: Sequence[Row]) -> bool:
    """Whether *cell* stands below *label* and not rather below one of the cells *beside* it."""
    away = abs(cell.box.left - label.box.left)
    return beneath(label, cell) and all(abs(cell.box.left - each.box.left) > away for each in beside)
