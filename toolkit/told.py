"""What a receipt says, in the form in which two readings of it are the same text, to be compared with other receipts.

Knows records; compares texts and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher

from toolkit.model import Field, Record

#: Letters that are read for figures.
_READ_AS = str.maketrans("oqilsbzg", "00115829")
#: Powers of ten that no amount reaches: written out, "1e999999" would be a million digits.
_POWERS = range(-20, 20)
_AMOUNTS = ("total", "subtotal", "tip")
_AS_IT_IS = ("date", "currency")
_WITH_FIGURES = ("number", "merchant_tax_id")
#: Names this alike are one merchant, read twice.
_ONE_NAME = 0.8


class Told(dict[str, str]):
    """The values of one record by their names, each made when first asked for; empty where there is none."""

    def __init__(self, record: Record) -> None:
        super().__init__()
        self._record = record

    def __repr__(self) -> str:
        return f"<Told {len(self)} values>"

    def __missing__(self, name: str) -> str:
        self[name] = _told(name, text(self._record.get(name)))
        return self[name]


def _told(name: str, value: str) -> str:
    if name == "time":
        return value[:5]
    if name in _AS_IT_IS:
        return value
    if name in _AMOUNTS:
        number = amount(value)
        return "" if number is None else f"{number.normalize():f}"
    return plain(value).translate(_READ_AS) if name in _WITH_FIGURES else plain(value)


def same_name(one: str, other: str) -> bool:
    """Whether two plain names are of one merchant, but for letters that were misread."""
    if not one or not other:
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    # The first two are upper bounds of the third, and much faster.
    return (
        matcher.real_quick_ratio() >= _ONE_NAME and matcher.quick_ratio() >= _ONE_NAME and matcher.ratio() >= _ONE_NAME
    )


def text(known: Field | None) -> str:
    """Return the text of a field without blanks round it; nothing for one that holds rows, or is missing."""
    return known.value.strip() if known is not None and isinstance(known.value, str) else ""


def amount(written: str) -> Decimal | None:
    """Return a decimal string as a number; None for what is no amount that anybody could owe."""
    try:
        number = Decimal(written)
    except InvalidOperation:
        return None
    return number if number.is_finite() and number.adjusted() in _POWERS else None


def plain(written: str) -> str:
    """Return the letters and digits alone, small and without accents."""
    decomposed = unicodedata.normalize("NFKD", written).casefold()
    return re.sub(r"[\W_]+", "", "".join(c for c in decomposed if not unicodedata.combining(c)))
