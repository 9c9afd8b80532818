"""The merchant's address: rows of streets, postcodes and towns that stand together below the name, or behind it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.model import Method
from toolkit.readers.money import misread
from toolkit.readers.money.head_rows import (
    Found,
    RowClass,
    beneath,
    cells,
    class_of,
    classify,
    folded,
    glyphs,
    has,
    loose,
    mended,
    names_buyer,
)
from toolkit.readers.money.letterhead import STREET, Layout, is_bare_town, with_streets
from toolkit.readers.money.rows import Row

#: An address begins no more cells than this below the name it belongs to, where it is said to be the name's.
_NEAR = 8
_SURE = 0.93
#: What was read by a camera is never vouched for: addresses have no check digit.
_READ = 0.85
_AMOUNT = re.compile(r"\d[.,]\d\d\b")
#: Without one of these an address is not taken for whole.
_POSTCODE = re.compile(
    r"\b\d{4,6}\b|\b\d{2,3}[- ]\d{2,4}\b"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b"
)
#: A postcode with a town behind it, and one with something of a street in front.
_TOWN = re.compile(r"\b\d{5}\b,? *[^\W\d]{3}|[^\W\d]{3},? +[A-Z]{2},? \d{5}\b")
_BEHIND = re.compile(r"\d.*[^\W\d]{3}.*\b\d{5}\b,? *[^\W\d]{3}")
#: A separator between the parts of a letter's sender printed in one row.
_BETWEEN = re.compile(r"\s*[·•●|]\s*|\s+[-–]\s+|,\s+")


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Cells that an address is looked for in, and which of them are not to be taken."""

    cells: tuple[Row, ...]
    classes: tuple[RowClass, ...]
    taken: frozenset[int]


def address(layout: Layout, merchant: Found | None) -> Found | None:
    """Return the merchant's address, None where the paper has none.

    Sure (0.90 and more) only from a text layer, directly below a merchant that is sure itself.
    """
    head = _Stretch(layout.top, layout.classes, layout.bought)
    if merchant is None:
        return _found(head, _first(head, 0), 0.75)
    behind = _behind_name(merchant)
    if behind is not None:
        return behind
    stretch, start = _below(layout, merchant)
    first = _first(stretch, start)
    if first is not None and first - start < _NEAR:
        near = first - start < 2 and merchant.confidence >= 0.90
        return _found(stretch, first, _SURE if near else _READ)
    return _found(head, _first(head, 0), 0.75)


def _below(layout: Layout, merchant: Found) -> tuple[_Stretch, int]:
    """The cells with the merchant's name among them, and where those behind it start."""
    own = merchant.rows[-1]
    at = next((at for at, row in enumerate(layout.top) if row is own), None)
    if at is not None:
        return _Stretch(layout.top, layout.classes, layout.bought), at + 1
    rows = [row for row in layout.rows if own.index < row.index <= own.index + _NEAR]
    below = tuple(cell for row in rows for cell in cells(row))
    end = next((i for i, row in enumerate(below) if names_buyer(row.text)), len(below))
    classes = with_streets(below[:end], [classify(row) for row in below[:end]], named=True)
    return _Stretch(below[:end], classes, frozenset()), 0


def _first(stretch: _Stretch, start: int) -> int | None:
    return next(
        (
            at
            for at, each in enumerate(stretch.classes)
            if at >= start and each == "address" and at not in stretch.taken
        ),
        None,
    )


def _found(stretch: _Stretch, first: int | None, most: float) -> Found | None:
    if first is None:
        return None
    taken: list[Row] = []
    texts: list[str] = []
    for at in range(first, len(stretch.cells)):
        if at in stretch.taken or not beneath(stretch.cells[first], stretch.cells[at]):
            continue
        text, whole = _part(stretch, at, taken[-1], over=_over(texts)) if taken else _cut(stretch.cells[at].text)
        if not text or (texts and has("country", folded(texts[-1]))):
            break
        taken.append(stretch.cells[at])
        texts.append(text)
        if not whole:
            break
    if not texts:
        return None
    return _valued(" ".join(texts), tuple(taken), most)


def _valued(text: str, rows: tuple[Row, ...], most: float) -> Found | None:
    value = " ".join(text.split()).strip(" -:|(")
    if rows[0].method is Method.TEXT_LAYER:
        return Found(value, most if _POSTCODE.search(value) else min(most, _READ), rows)
    return Found(misread.mended(mended(value), "address"), min(_READ, most, max(glyphs(rows), 0.3)), rows)


def _part(stretch: _Stretch, at: int, before: Row, *, over: bool) -> tuple[str, bool]:
    """What of a row belongs to the address, and whether that is all of it.

    Where the address is *over*, with street and town, another one is a branch's (`1181-TMN EXAMPLE JAYA`).
    """
    text, own = stretch.cells[at].text, stretch.classes[at]
    cut, whole = _cut(text)
    if own == "address" and over and not before.text.rstrip().endswith(","):
        return "", False
    if not whole or own in ("address", "place"):
        return cut, whole
    if own == "name":
        short = len(text) <= 32 and not _AMOUNT.search(text)
        between = (
            not (over or is_bare_town(before.text))
            and at + 1 < len(stretch.cells)
            and stretch.classes[at + 1] == "address"
        )
        if short and (between or before.text.rstrip().endswith(",")):
            return text, True
    return "", False


def _over(texts: Sequence[str]) -> bool:
    """Whether the rows so far hold a street and below it, or behind it, a postcode; some print the town first."""
    return any(_TOWN.search(text) for text in texts[1:]) or (bool(texts) and bool(_BEHIND.search(texts[0])))


def _cut(text: str) -> tuple[str, bool]:
    """*text* without a label in front and without the telephone or tax number behind it; whether nothing was behind."""
    label = has("address_label", folded(text))
    if label is not None and label.start() == 0:
        text = text[label.end() :]
    plain = folded(text)
    ends = [found.start() for found in (has("contact", plain), has("tax_id", plain)) if found is not None]
    end = min(ends, default=len(text))
    if end > 4 and end < len(text) and has("address", plain[:end]):
        return text[:end].strip(" ,.-–(|"), False
    return text, True


def _behind_name(merchant: Found) -> Found | None:
    """The address behind the name in one row, as senders are printed above the window of a letter."""
    row = merchant.rows[-1]
    parts = [part for part in _BETWEEN.split(row.text) if part]
    if len(merchant.rows) > 1 or len(parts) < 3 or loose(merchant.value) not in loose(parts[0]):
        return None
    kept: list[str] = []
    for part in parts[1:]:
        if not (class_of(part) in ("address", "place") or STREET.fullmatch(part.strip())):
            break
        kept.append(part.strip())
    if not kept or not re.search(r"\d", " ".join(kept)):
        return None
    return _valued(", ".join(kept), (row,), _SURE if merchant.confidence >= 0.90 and len(kept) > 1 else _READ)
