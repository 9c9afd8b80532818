"""The last word on a total: its sign, where a paper gives money back; its magnitude, where no amount shows cents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from toolkit.model import Method
from toolkit.readers.money import refund
from toolkit.readers.money.figures import Figure, narrow
from toolkit.readers.money.rows import Row
from toolkit.readers.money.sums import Sums

#: Below what a field must have to be vouched for.
_UNSURE = 0.85


def settle(rows: Sequence[Row], found: Sequence[Figure], result: Sums) -> Sums:
    """Give the total of a refund its minus, and say where minus and paper disagree.

    A total is negative where it is printed so and the paper bears it out: by a title, or by other amounts with a minus.
    A refund that prints its total without one is money returned all the same, yet unsure, with the printed reading in
    `rejected`; so is a lone minus on a paper that says nothing of a refund.
    """
    total = result.total
    if total is None or not total.value:
        return result
    title = refund.title(rows, found)
    if total.value < 0:
        if title is not None or refund.others_negative(found, total):
            return result
        finding = "total: it is printed with a minus, but nothing else on the paper speaks of a refund."
        other = replace(total, value=-total.value)
        return _unsure(result, total, other, finding)
    if title is None:
        return result
    finding = "total: the paper calls itself a refund and prints the total without a minus; taken as money returned."
    return _unsure(replace(result, negated=True), replace(total, value=-total.value), total, finding)


def pointed(result: Sums, found: Sequence[Figure], currency: str | None, rows: Sequence[Row]) -> Sums:
    """Doubt the total of a picture whose amounts all lack their cents, in a *currency* that tills print with cents.

    A camera loses faint points from all amounts alike, and then they still add up, a hundredfold.
    """
    if result.total is None or currency not in _WITH_CENTS or rows[0].method is not Method.OCR:
        return result
    if any(_CENTS.search(narrow(row.text)) for row in rows) or any(each.value % 1 for each in found):
        return result
    finding = "total: no amount shows its cents, so the points may be lost; compare it with the paper."
    return replace(result, confidence=min(result.confidence, _UNSURE), findings=(*result.findings, finding))


#: Currencies whose tills print every amount with its cents.
_WITH_CENTS = frozenset(("AUD", "CAD", "CHF", "EUR", "GBP", "MYR", "NZD", "PLN", "SGD", "USD"))
_CENTS = re.compile(r"\d[.,]\d\d(?![\d.,/-])|\d[.,][-–—]")


def _unsure(result: Sums, total: Figure, other: Figure, finding: str) -> Sums:
    return replace(
        result,
        total=total,
        confidence=min(result.confidence, _UNSURE),
        rejected=(other, *result.rejected),
        findings=(*result.findings, finding),
    )
