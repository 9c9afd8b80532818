"""The total and its company: each candidate weighed by label, place, repetition and, above all, arithmetic.

subtotal + tax + tip + rounding = total, cash - change = total, net and tax of the table of taxes, the tax within the
total at its rate, the lines. What adds up is proved; what contradicts the arithmetic of its own paper is unsure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations

from toolkit.model import Method
from toolkit.readers.money.figures import Figure, TaxLine, last_of_row
from toolkit.readers.money.labels import Role

_CENT = Decimal("0.01")
#: The largest rounding a till makes on its own (Swiss and Malaysian five cents, Swedish whole crowns).
_ROUNDING = Decimal("0.05")
#: Sums stand at the end of a paper; of a long statement only so many of each role are tried against each other.
_LAST = 12

_LABEL: Mapping[Role, float] = {"due": 3.0, "total": 2.0, "card": 1.2, "cash": 0.8, "subtotal": 0.8}
_PROOF: Mapping[str, float] = {
    "change": 3.0, "sum": 2.5, "taxes": 2.5, "tax within": 1.5, "lines": 2.0, "rounding": 1.5,
}  # fmt: skip


@dataclass(slots=True)
class Candidate:
    """One value the total could have, and what speaks for it."""

    value: Decimal
    figures: list[Figure] = field(default_factory=list)
    label: float = 0.0
    repeats: int = 0
    proofs: set[str] = field(default_factory=set)
    points: float = 0.0

    @property
    def named(self) -> bool:
        """Whether some row calls it a total."""
        return any(each.role in ("due", "total") and not each.table for each in self.figures)


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums that were found. `confidence` is the total's; `proved` says which arithmetic holds."""

    total: Figure | None
    confidence: float = 0.0
    proved: tuple[str, ...] = ()
    rejected: tuple[Figure, ...] = ()
    subtotal: Figure | None = None
    tax: Figure | None = None
    tax_value: Decimal | None = None
    tax_proved: bool = False
    tip: Figure | None = None
    contradicted: bool = False


def sums(found: Sequence[Figure], taxes: Sequence[TaxLine], line_sum: Decimal | None) -> Sums:
    """Choose the total among *found* and read the sums around it; *line_sum* is what the line items come to."""
    lasts = [figure for figure in last_of_row(found) if not figure.table]
    by_role = _by_role(lasts)
    candidates = _candidates(lasts) | _computed(lasts, taxes, line_sum)
    for candidate in candidates.values():
        _weigh(candidate, by_role, taxes, line_sum)
    ranked = sorted(candidates.values(), key=lambda each: (-each.points, -abs(each.value)))
    if not ranked or ranked[0].points < 0.8:
        return Sums(None)
    best = ranked[0]
    contradicted = _contradicted(best, by_role)
    confidence = _confidence(best, ranked[1:], contradicted, _unrounded(best, by_role))
    total = max(best.figures, key=lambda each: (_LABEL.get(each.role or "ignore", 0.0), each.confidence))
    rejected = tuple(each.figures[0] for each in ranked[1:4] if each.named or each.points >= 1.5)
    if best.figures[0].role is None and {"lines", "taxes"} <= best.proofs:
        confidence = max(confidence, 0.80)
    subtotal, tax, tax_value, tax_proved = _parts(best.value, by_role, taxes)
    tip = _first_nonzero(by_role.get("tip", []))
    return Sums(
        total, confidence, tuple(sorted(best.proofs)), rejected, subtotal, tax, tax_value, tax_proved, tip, contradicted
    )


def _by_role(lasts: Sequence[Figure]) -> dict[Role, list[Figure]]:
    found: dict[Role, list[Figure]] = {}
    for figure in lasts:
        if figure.role is not None:
            found.setdefault(figure.role, []).append(figure)
    return {role: figures[-_LAST:] for role, figures in found.items()}


def _candidates(lasts: Sequence[Figure]) -> dict[Decimal, Candidate]:
    candidates: dict[Decimal, Candidate] = {}
    for figure in lasts:
        if figure.role in ("due", "total", "subtotal", "card", "cash") or figure.role is None:
            candidates.setdefault(figure.value, Candidate(figure.value)).figures.append(figure)
    return candidates


def _computed(lasts: Sequence[Figure], taxes: Sequence[TaxLine], line_sum: Decimal | None) -> dict[Decimal, Candidate]:
    """The sum that the lines and the table of taxes both come to, where no row prints it: the print was misread."""
    gross = _gross(taxes)
    if gross is None or gross != line_sum or any(figure.value == gross for figure in lasts):
        return {}
    row = taxes[-1].row
    return {gross: Candidate(gross, [Figure(None, gross, row, 0, len(row.text), 0.80)])}


def _gross(taxes: Sequence[TaxLine]) -> Decimal | None:
    if not any(line.rate > 0 for line in taxes):
        return None
    return sum((line.net + line.tax for line in _distinct(taxes)), Decimal(0))


def _weigh(
    candidate: Candidate, by_role: Mapping[Role, list[Figure]], taxes: Sequence[TaxLine], line_sum: Decimal | None
) -> None:
    roles = {figure.role for figure in candidate.figures}
    candidate.label = max((_LABEL.get(role, 0.0) for role in roles if role), default=0.0)
    candidate.repeats = len({figure.row.index for figure in candidate.figures if figure.role is not None})
    candidate.proofs = set(_proofs(candidate.value, by_role, taxes, line_sum))
    for before, step in _rounded(by_role):
        # What proves the sum before rounding proves the rounded one with it.
        if before.value + step == candidate.value:
            candidate.proofs |= set(_proofs(before.value, by_role, taxes, line_sum))
    points = candidate.label + 0.4 * min(candidate.repeats - 1, 3)
    points += sum(_PROOF[p] for p in candidate.proofs)
    if "card" in roles and candidate.named:
        points += 1.5
    if candidate.value == 0:
        points -= 2.0
    if any(figure.role == "total" and figure.rate is not None for figure in candidate.figures):
        # `Total 6% supplies`: a part of the whole.
        points -= 0.7
    candidate.points = points


def _proofs(
    value: Decimal, by_role: Mapping[Role, list[Figure]], taxes: Sequence[TaxLine], line_sum: Decimal | None
) -> Iterator[str]:
    for cash in by_role.get("cash", []):
        for change in by_role.get("change", []):
            # Tills print the cash given or the change with a minus as they please.
            if change.value and abs(abs(cash.value) - abs(change.value) - value) < _CENT:
                yield "change"
    if any(_adds_up(value, part.value, by_role) for part in by_role.get("subtotal", [])):
        yield "sum"
    gross = _gross(taxes)
    if gross is not None and abs(gross - value) < _CENT:
        yield "taxes"
    for tax in by_role.get("tax", []):
        rate = tax.rate
        if rate and tax.value and abs(value * rate / (100 + rate) - tax.value) <= _CENT / 2 + _CENT / 10:
            yield "tax within"
    if any(value == before.value + step for before, step in _rounded(by_role)):
        yield "rounding"
    # Some papers print their lines without tax.
    extra = {Decimal(0), *(tax.value for tax in by_role.get("tax", []))}
    if line_sum is not None and any(abs(line_sum + tax - value) < _CENT for tax in extra):
        yield "lines"


def _adds_up(value: Decimal, subtotal: Decimal, by_role: Mapping[Role, list[Figure]]) -> bool:
    """Whether subtotal and tax, with or without tip, rounding and discount, come to *value*."""
    if subtotal == value:
        return False
    extras = [
        figure.value
        for role in ("tax", "tip", "rounding")
        for figure in {each.value: each for each in by_role.get(role, [])}.values()
        if figure.value
    ]
    extras += [-abs(figure.value) for figure in by_role.get("discount", []) if figure.value]
    extras = extras[:6]
    return any(
        abs(subtotal + sum(chosen) - value) < _CENT
        for count in range(1, min(len(extras), 4) + 1)
        for chosen in combinations(extras, count)
    )


def _rounded(by_role: Mapping[Role, list[Figure]]) -> Iterator[tuple[Figure, Decimal]]:
    """Yield each sum above a rounding row with the step the row makes; tills print its sign or leave it out."""
    for rounding in by_role.get("rounding", []):
        for role in ("due", "total", "subtotal"):
            for figure in by_role.get(role, []):
                if figure.row.index < rounding.row.index and 0 < abs(rounding.value) < 1:
                    yield figure, rounding.value
                    if rounding.value > 0:
                        yield figure, -rounding.value


def _distinct(taxes: Sequence[TaxLine]) -> list[TaxLine]:
    return list({(line.net, line.tax, line.rate): line for line in taxes}.values())


def _contradicted(best: Candidate, by_role: Mapping[Role, list[Figure]]) -> bool:
    """Whether cash and change, both printed once, say another sum."""
    cash, change = by_role.get("cash", []), by_role.get("change", [])
    if len(cash) != 1 or len(change) != 1 or "change" in best.proofs or by_role.get("card"):
        return False
    near = _ROUNDING if by_role.get("rounding") else _CENT / 2
    return abs(abs(cash[0].value) - abs(change[0].value) - best.value) > near


def _unrounded(best: Candidate, by_role: Mapping[Role, list[Figure]]) -> bool:
    """Whether a rounding stands below *best* that has not been applied: then the sum to pay is another."""
    lowest = max(figure.row.index for figure in best.figures)
    return "rounding" not in best.proofs and any(
        0 < abs(figure.value) < 1 and figure.row.index > lowest for figure in by_role.get("rounding", [])
    )


def _confidence(best: Candidate, others: Sequence[Candidate], contradicted: bool, unrounded: bool) -> float:
    reading = max(figure.confidence for figure in best.figures)
    hard = best.proofs - {"tax within", "lines"}
    before_rounding = {abs(best.value - each.value) for each in others} if "rounding" in best.proofs else set()
    named = [
        each
        for each in others
        if each.named and each.value and each.points > best.points - 1.5 and not _explained(best, each, before_rounding)
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
    else:
        confidence = 0.70 if best.named else 0.50
    if named and others and best.points - named[0].points < 1 and len(best.proofs) < 2:
        confidence = min(confidence, 0.80)
    if contradicted:
        confidence = min(confidence, 0.75)
    if unrounded:
        confidence = min(confidence, 0.80)
    # A misread digit would break the arithmetic: what is proved does not depend on the OCR's own opinion.
    return confidence if hard else min(confidence, max(reading, 0.5))


def _explained(best: Candidate, other: Candidate, before_rounding: set[Decimal]) -> bool:
    """Whether *other* is only the sum before the rounding that made *best*."""
    return abs(best.value - other.value) in before_rounding and abs(best.value - other.value) <= _ROUNDING


def _parts(
    total: Decimal, by_role: Mapping[Role, list[Figure]], taxes: Sequence[TaxLine]
) -> tuple[Figure | None, Figure | None, Decimal | None, bool]:
    """Return subtotal, tax (as a figure, or only as the sum of the table) and whether arithmetic proves the tax."""
    subtotals = [each for each in by_role.get("subtotal", []) if abs(each.value) <= abs(total)]
    labelled = [each for each in by_role.get("tax", []) if abs(each.value) < abs(total)]
    table = sum((line.tax for line in _distinct(taxes)), Decimal(0)) if taxes else None
    for near in (_CENT / 2, *([_ROUNDING] if by_role.get("rounding") else [])):
        for tax in labelled:
            for subtotal in subtotals:
                if abs(subtotal.value + tax.value - total) <= near and tax.value:
                    return subtotal, tax, tax.value, True
    if table is not None and any(line.rate > 0 for line in taxes):
        same = next((each for each in labelled if each.value == table), None)
        gross = _gross(taxes)
        # A table of which a row was missed proves nothing.
        whole = gross is not None and abs(gross - total) <= _ROUNDING
        if whole or not labelled:
            return _net(total, subtotals, taxes), same, table, whole
    last = subtotals[-1] if subtotals else None
    if not labelled:
        return last, None, None, False
    only = labelled[-1]
    rate = only.rate or Decimal(0)
    within = rate > 0 and abs(total * rate / (100 + rate) - only.value) <= _CENT
    return last, only, only.value, within


def _net(total: Decimal, subtotals: Sequence[Figure], taxes: Sequence[TaxLine]) -> Figure | None:
    """The subtotal before tax: as labelled, or as the table of taxes has it where that comes to the total."""
    net = sum((line.net for line in _distinct(taxes)), Decimal(0))
    gross = _gross(taxes)
    labelled = next((each for each in reversed(subtotals) if each.value == net), None)
    if labelled is not None or gross is None or abs(gross - total) > _ROUNDING:
        return labelled or (subtotals[-1] if subtotals else None)
    row = taxes[0].row
    return Figure("subtotal", net, row, 0, len(row.text), 0.95)


def _first_nonzero(figures: Sequence[Figure]) -> Figure | None:
    return next((figure for figure in figures if figure.value), None)
