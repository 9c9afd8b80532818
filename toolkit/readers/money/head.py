"""The head of the paper: the merchant's name, address and tax number."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from toolkit.readers.money import merchant, merchant_address, tax_number
from toolkit.readers.money.head_rows import Found, classify, patterns
from toolkit.readers.money.letterhead import layout
from toolkit.readers.money.rows import Row
from toolkit.readers.money.tax_number import TaxNumber

__all__ = ["Found", "Head", "classify", "read"]

#: Of a long paper a tax number is looked for in no more rows than this, from either end.
_FAR = 200


@dataclass(frozen=True, slots=True)
class Head:
    """What the head says; None where it says nothing that can be told."""

    merchant: Found | None
    others: tuple[Found, ...]
    address: Found | None
    tax_id: TaxNumber | None


def read(rows: Sequence[Row], priced: Collection[int]) -> Head:
    """Read the head of *rows*; *priced* are the indexes of the rows with amounts: the first of them ends the head."""
    plan = layout(rows, priced)
    names = merchant.ranked(plan)
    own = names[0] if names else None
    address = merchant_address.address(plan, own)
    near = [*rows[:_FAR], *rows[_FAR:][-_FAR:]]
    return Head(own, tuple(names[1:3]), address, tax_number.read(near, patterns()["tax_id"]))
