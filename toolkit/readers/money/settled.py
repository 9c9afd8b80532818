"""The last word on a total: its sign, where a paper gives money back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from toolkit.readers.money import refund
from toolkit.readers.money.figures import Figure
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


def _unsure(result: Sums, total: Figure, other: Figure, finding: str) -> Sums:
    return replace(
        result,
        total=total,
        confidence=min(result.confidence, _UNSURE),
        rejected=(other, *result.rejected),
        findings=(*result.findings, finding),
    )
