"""The total and its company: each candidate weighed by label, place, repetition and, above all, arithmetic.

What adds up is proved; what contradicts the arithmetic of its own paper is unsure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from toolkit.model import Method
from toolkit.readers.money import proofs
from toolkit.readers.money.figures import Figure, last_of_row
from toolkit.readers.money.labels import Role
from toolkit.readers.money.proofs import CENT, ROUNDING, Equation, Ledger

_LABEL: Mapping[Role, float] = {"due": 3.0, "total": 2.0, "card": 1.2, "cash": 0.8, "subtotal": 0.8}
_PROOF: Mapping[str, float] = {
    "change": 3.0, "sum": 2.5, "taxes": 2.5, "balance": 2.5, "tax within": 1.5, "lines": 2.0, "rounding": 1.5,
    "payments": 1.5,
}  # fmt: skip
#: Proofs that chance brings about too often to stand alone.
_SOFT = frozenset({"tax within", "lines", "payments"})


@dataclass(slots=True)
class Candidate:
    """One value the total could have, and what speaks for it."""

    value: Decimal
    figures: list[Figure] = field(default_factory=list)
    label: float = 0.0
    repeats: int = 0
    proofs: frozenset[str] = frozenset()
    points: float = 0.0

    @property
    def named(self) -> bool:
        """Whether some row calls it a total."""
        return any(each.role in ("due", "total") and not each.table for each in self.figures)

    @property
    def hard(self) -> frozenset[str]:
        """The proofs that chance hardly brings about."""
        return self.proofs - _SOFT

    @property
    def doubtful(self) -> bool:
        """Whether its decimal point is printed nowhere."""
        return all(each.doubtful for each in self.figures)


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums that were found. `confidence` is the total's; `proved` says which arithmetic holds.

    `equation` is the one that comes to the total; `computed`: no row prints the total; `negated`: a refund, which its
    rows print without the minus that the total has. `findings` say in plain words what the sums do not agree on.
    """

    book: Ledger
    total: Figure | None
    confidence: float = 0.0
    proved: tuple[str, ...] = ()
    rejected: tuple[Figure, ...] = ()
    equation: Equation | None = None
    computed: bool = False
    negated: bool = False
    findings: tuple[str, ...] = ()


def sums(found: Sequence[Figure], book: Ledger, *, by_hand: bool = False) -> Sums:
    """Choose the total among *found*, which *book* holds sorted.

    *by_hand*: the paper leaves tip and total to be filled in by hand, so no printed sum is the total for sure.
    """
    candidates = _candidates([each for each in last_of_row(found) if not each.table], book)
    for candidate in candidates.values():
        _weigh(candidate, book)
    _settle(candidates, book)
    ranked = sorted(candidates.values(), key=lambda each: (-each.points, -abs(each.value)))
    if not ranked or ranked[0].points < 0.8:
        return Sums(book, None)
    if by_hand and (filled := _filled_in(book)) is not None:
        rejected = tuple(each.figures[0] for each in ranked[:3] if each.value != filled.value)
        return Sums(book, filled, 0.70, (), rejected, None, computed=True, findings=(_BY_HAND,))
    best, others = ranked[0], ranked[1:]
    findings = tuple(_contradictions(best, book)) + ((_BY_HAND,) if by_hand else ())
    confidence = _confidence(best, others, book)
    computed = not book.shows(best.value)
    if computed:
        confidence = max(confidence, 0.80)
        findings += ("total: the lines and the taxes come to another sum than the one printed.",)
    confidence = min(confidence, 0.80) if findings or by_hand else confidence
    total = max(best.figures, key=lambda each: (_LABEL.get(each.role or "ignore", 0.0), each.confidence))
    rejected = tuple(each.figures[0] for each in others[:3] if each.named or each.points >= 1.5)
    return Sums(
        book,
        total,
        confidence,
        tuple(sorted(best.proofs)),
        rejected,
        book.equations.get(best.value),
        computed=computed,
        findings=findings,
    )


_BY_HAND = "total: tip and total are left to be filled in by hand; the sum that was paid may be another."


def _candidates(lasts: Sequence[Figure], book: Ledger) -> dict[Decimal, Candidate]:
    candidates: dict[Decimal, Candidate] = {}
    refund = any(each.value < 0 for role in ("due", "total") for each in book.of(role))
    for figure in lasts:
        if figure.role in ("due", "total", "subtotal", "card", "cash") or figure.role is None:
            # A payment booked with a minus pays for something: the sum it pays has none.
            paid = figure.role in ("card", "cash") and not refund
            value = abs(figure.value) if paid else figure.value
            candidates.setdefault(value, Candidate(value)).figures.append(figure)
    return candidates | _computed(book)


def _computed(book: Ledger) -> dict[Decimal, Candidate]:
    """The sum that the lines and the table of taxes both come to, where no row prints it: the print was misread."""
    gross = book.gross
    if gross is None or gross != book.line_sum or book.shows(gross):
        return {}
    row = book.taxes[-1].row
    return {gross: Candidate(gross, [Figure(None, gross, row, 0, len(row.text), 0.80)])}


def _weigh(candidate: Candidate, book: Ledger) -> None:
    roles = {figure.role for figure in candidate.figures}
    candidate.label = max((_LABEL.get(role, 0.0) for role in roles if role), default=0.0)
    candidate.repeats = len({figure.row.index for figure in candidate.figures if figure.role is not None})
    proved = proofs.proofs(book, candidate.value, doubtful=candidate.doubtful)
    for before, step in proofs.rounded(book):
        # What proves the sum before rounding proves the rounded one with it.
        if before.value + step == candidate.value:
            proved |= proofs.proofs(book, before.value, doubtful=before.doubtful)
    candidate.proofs = proved
    points = candidate.label * (0.4 if candidate.doubtful else 1.0) + 0.4 * min(candidate.repeats - 1, 3)
    points += sum(_PROOF[p] for p in candidate.proofs)
    if "card" in roles and candidate.named:
        points += 1.5
    if candidate.value == 0:
        points -= 2.0
    if any(figure.role == "total" and figure.rate is not None for figure in candidate.figures):
        # `Total 6% supplies`: a part of the whole.
        points -= 0.7
    candidate.points = points


def _settle(candidates: Mapping[Decimal, Candidate], book: Ledger) -> None:
    """Take points from sums that are only a part of the total: what is left after a deposit, what was before a tip."""
    for each in list(candidates.values()):
        if "balance" in each.proofs and each.label:
            rest = proofs.left_to_pay(book, each.value)
            if rest is not None and rest.value in candidates and "change" not in candidates[rest.value].proofs:
                candidates[rest.value].points -= 2.5
        before = proofs.superseded(book, each.value) if "sum" in each.proofs else None
        if before is not None and before in candidates:
            each.points = max(each.points, candidates[before].points + 0.5)
            candidates[before].points -= 2.0


def _filled_in(book: Ledger) -> Figure | None:
    """What a tip written by hand makes of the sum above it; no printed sum stands below."""
    tips = [each for each in book.of("tip") if each.value > 0]
    if len(tips) != 1:
        return None
    above = [
        each
        for role in ("due", "total", "subtotal")
        for each in book.of(role)
        if each.row.index < tips[0].row.index and each.value > 0
    ]
    if not above:
        return None
    value = max(above, key=lambda each: each.row.index).value + tips[0].value
    return Figure(None, value, tips[0].row, tips[0].start, tips[0].end, 0.70)


def _contradictions(best: Candidate, book: Ledger) -> Sequence[str]:
    """Return in plain words what the paper's own arithmetic has against *best*."""
    found = []
    cash, change = book.of("cash"), book.of("change")
    if len(cash) == 1 and len(change) == 1 and "change" not in best.proofs and not book.of("card"):
        near = ROUNDING if book.of("rounding") else CENT / 2
        if abs(abs(cash[0].value) - abs(change[0].value) - abs(best.value)) > near:
            found.append("total: cash and change come to another sum.")
    # The table of taxes repeats sums below everything; what a row is labelled with says where the sum stands.
    lowest = max(figure.row.index for figure in [each for each in best.figures if each.role] or best.figures)
    steps = [each for each in book.of("rounding") if 0 < abs(each.value) < 1]
    if "rounding" not in best.proofs and any(each.row.index > lowest or not best.hard for each in steps):
        found.append("total: a rounding has not been applied.")
    if not best.hard and any(each.value for each in book.of("prepaid")):
        found.append("total: what was paid before and what is left do not come to it.")
    if not best.hard and _parts_disagree(best.value, book):
        found.append("total: subtotal and what is added to it come to another sum.")
    if proofs.outgrown(book, best.value):
        found.append("total: an amount below is this sum with what is added to it.")
    return found


def _parts_disagree(total: Decimal, book: Ledger) -> bool:
    """Whether the paper prints a subtotal and parts of the total that come to another sum than *total*."""
    subtotals = [each.value for each in book.of("subtotal") if each.rate is None and not each.doubtful]
    parts = [each.value for role in ("tax", "discount", "tip", "service") for each in book.of(role) if each.value]
    return bool(subtotals and parts) and total not in subtotals


def _confidence(best: Candidate, others: Sequence[Candidate], book: Ledger) -> float:
    reading = max(figure.confidence for figure in best.figures)
    hard = best.hard
    before_rounding = {abs(best.value - each.value) for each in others} if "rounding" in best.proofs else set()
    rest = proofs.left_to_pay(book, best.value) if "balance" in best.proofs else None
    named = [
        each
        for each in others
        if each.named
        and each.value
        and each.points > best.points - 1.5
        and not (rest is not None and each.value == rest.value)
        and not _explained(best, each, before_rounding)
    ]
    if best.named and (hard or len(best.proofs) > 1):
        confidence = 0.98
    elif best.named and (best.proofs - {"tax within"} or best.repeats > 1) and not named:
        confidence = 0.95
    elif best.named and not named:
        # One number that a camera saw once: a misread digit would go unnoticed.
        printed = all(figure.row.method is Method.TEXT_LAYER for figure in best.figures)
        confidence = (0.92 if printed else 0.88) if best.label >= 3 else 0.86
    elif hard and best.label:
        confidence = 0.93 if len(best.proofs) > 1 else 0.88
    elif hard and proofs.superseded(book, best.value) is not None:
        confidence = 0.80
    else:
        confidence = 0.70 if best.named else 0.50
    if named and others and best.points - named[0].points < 1 and len(best.proofs) < 2:
        confidence = min(confidence, 0.80)
    # A misread digit would break the arithmetic: what is proved does not depend on the OCR's own opinion.
    return confidence if hard else min(confidence, max(reading, 0.5))


def _explained(best: Candidate, other: Candidate, before_rounding: set[Decimal]) -> bool:
    """Whether *other* is only the sum before the rounding that made *best*."""
    return abs(best.value - other.value) in before_rounding and abs(best.value - other.value) <= ROUNDING
