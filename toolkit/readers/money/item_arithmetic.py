"""The arithmetic of a list of items: which reading of each line makes them all come to a sum the paper prints.

The lines come to the subtotal or the total, with or without tax, tip and rounding. Where they do not as they stand, the
cheapest other reading that does is taken: a row left out that is no line, a sign, another amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from toolkit.readers.money.figures import Figure, last_of_row
from toolkit.readers.money.item_amounts import CLEAR, DOUBTFUL, turned
from toolkit.readers.money.item_lines import Line
from toolkit.readers.money.item_names import names_only
from toolkit.readers.money.labels import Role

SUMS: frozenset[Role] = frozenset({"due", "total", "subtotal", "refund"})
#: So many sums of each kind are tried as what the lines come to.
_TARGETS = 12
#: A reading that costs more is not believed, even where it adds up.
_DEAREST = 2.4
#: Two changes at once are only tried among so many doubtful lines.
_PAIRS = 60


@dataclass(frozen=True, slots=True)
class Settled:
    """Lines with the amounts taken for them, and what that reading costs."""

    lines: tuple[tuple[Line, Decimal], ...]
    cost: float
    adds_up: bool
    filled: bool = False


def reachable(found: Sequence[Figure], end: int, also: Sequence[Decimal]) -> Mapping[Decimal, float]:
    """What the lines above row *end* may come to, and what it costs to believe that."""
    lasts = [figure for figure in last_of_row(found) if not figure.table]
    # A row above that says more than what tax it is may be a line itself.
    lasts = [figure for figure in lasts if figure.row.index >= end or names_only(figure.row.folded[: figure.start])]
    below = [figure for figure in lasts if figure.row.index >= end]
    steps = {figure.value for figure in lasts if figure.role in ("tax", "tip", "service", "charge", "rounding")}
    steps |= {-abs(figure.value) for figure in below if figure.role == "discount"}
    some = sorted(steps - {Decimal(0)})[:6]
    named = [figure.value for figure in below if figure.role in ("due", "total", "refund")]
    most = max(map(abs, named), default=Decimal(0))
    # A smaller total is one of a part, though a deposit or an old balance may make the larger one.
    sums = [(0.0 if abs(value) == most else 0.5, value) for value in named]
    sums += [(0.2, value) for value in also]
    targets: dict[Decimal, float] = {}
    for cost, value in sorted(sums)[:_TARGETS]:
        for count in (0, 1, 2):
            for chosen in combinations(some, count):
                less = value - sum(chosen, Decimal(0))
                targets[less] = min(targets.get(less, 9.0), cost + 0.2 * count)
    for figure in below:
        # A subtotal from which no step leads to the total is one of several, or misread.
        if figure.role == "subtotal":
            targets[figure.value] = min(0.1 if figure.value in targets else 0.8, targets.get(figure.value, 9.0))
    return {value: cost for value, cost in targets.items() if value}


def repeated(found: Sequence[Figure]) -> Decimal | None:
    """The one total that the paper prints twice, as what is due and as what was paid; None where there is no such."""
    lasts = [figure for figure in last_of_row(found) if figure.role in ("due", "total", "card", "cash")]
    named = {figure.value for figure in lasts if figure.role in ("due", "total")}
    twice = {value for value in named if sum(figure.value == value for figure in lasts) > 1}
    return twice.pop() if len(twice) == 1 else None


def settle(lines: Sequence[Line], targets: Mapping[Decimal, float], repeated: Decimal | None) -> Settled:
    """Choose for every line one of its readings so that all come to one of *targets*, as cheaply as can be.

    Where one amount of all cannot be read, it is what is missing to the total that the paper says twice (*repeated*).
    """
    best: Settled | None = None
    # Minus signs are short and get lost; of a paper that gives money back every line may lack its own.
    likeliest = min(targets.values(), default=0.0)
    back = bool(targets) and all(value < 0 for value, cost in targets.items() if cost == likeliest)
    for cost, taken in _signed(lines):
        settled = _cheapest(lines, taken, targets, back)
        if settled is not None and (best is None or settled.cost + cost < best.cost):
            best = Settled(settled.lines, settled.cost + cost, True)
    if best is not None and best.cost <= _DEAREST:
        return best
    own = _summing(lines) if not targets else None
    if own is not None:
        return own
    filled = _filled(lines, repeated) if repeated is not None else None
    if filled is not None:
        return filled
    plain = [(line, line.amount) for line in lines if line.drop > DOUBTFUL]
    return Settled(tuple((line, amount) for line, amount in plain if amount is not None), 0.0, False)


def _summing(lines: Sequence[Line]) -> Settled | None:
    """Where no sum is named: the first row that is what two or more rows above it come to."""
    total, kept = Decimal(0), list[tuple[Line, Decimal]]()
    for line in lines:
        if line.amount is None or line.drop <= DOUBTFUL:
            continue
        if len(kept) > 1 and line.amount == total:
            return Settled(tuple(kept), CLEAR, True)
        kept.append((line, line.amount))
        total += line.amount
    return None


def _filled(lines: Sequence[Line], total: Decimal) -> Settled | None:
    lost = [line for line in lines if line.unread is not None and line.amount is None]
    if len(lost) != 1:
        return None
    for _, taken in _signed([line for line in lines if line.drop > DOUBTFUL or line in lost]):
        able = [line for line in lines if line.drop > DOUBTFUL or line in lost]
        missing = total - sum((amount for amount in taken if amount is not None), Decimal(0))
        if not 0 < missing < total or not _alike(missing, lost[0].unread or ""):
            continue
        final = [(line, missing if line is lost[0] else amount) for line, amount in zip(able, taken, strict=True)]
        kept = tuple((line, amount) for line, amount in final if amount is not None)
        return Settled(kept, _DEAREST, False, True)
    return None


def _alike(value: Decimal, printed: str) -> bool:
    """Whether most digits of *printed* stand in *value*, in order; of a scrap of print any amount can be the rest."""
    wanted, seen = re.sub(r"\D", "", f"{value:.2f}"), re.sub(r"\D", "", printed)
    if len(seen) < 3:
        return True
    if value in turned(printed):
        return True
    return len(seen) <= len(wanted) + 1 and 2 * sum(a == b for a, b in zip(wanted, seen, strict=False)) >= len(wanted)


def _signed(lines: Sequence[Line]) -> Iterator[tuple[float, list[Decimal | None]]]:
    """The amounts as printed; savings without a sign only told, or added; rows that name other things taken in."""
    printed = [line.amount for line in lines]
    yield 0.0, printed
    if any(line.takes_off for line in lines):
        yield 0.1, [None if line.takes_off else amount for line, amount in zip(lines, printed, strict=True)]
        yield (
            0.3,
            [-amount if line.takes_off and amount else amount for line, amount in zip(lines, printed, strict=True)],
        )
    if any(line.outside for line in lines):
        yield 0.4, [line.options[1][1] if line.outside else line.amount for line in lines]


def _cheapest(
    lines: Sequence[Line], taken: Sequence[Decimal | None], targets: Mapping[Decimal, float], back: bool
) -> Settled | None:
    total = sum((amount for amount in taken if amount is not None), Decimal(0))
    found = [(cost, dict[int, Decimal | None]()) for value, cost in targets.items() if value == total]
    found += _without_head(lines, taken, total, targets)
    changes = list(_changes(lines, taken, back))
    by_step: dict[Decimal, tuple[float, int, Decimal | None]] = {}
    for cost, step, place, value in sorted(changes, key=lambda each: each[0], reverse=True):
        by_step[step] = (cost, place, value)
    cheap = sorted(changes, key=lambda each: each[0])[:_PAIRS]
    for target, price in targets.items():
        one = by_step.get(target - total)
        if one is not None:
            found.append((price + one[0], {one[1]: one[2]}))
        found += _two(cheap, by_step, target - total, price)
    if not found:
        return None
    cost, changed = min(found, key=lambda each: each[0])
    final = [changed.get(place, amount) for place, amount in enumerate(taken)]
    kept = tuple((line, amount) for line, amount in zip(lines, final, strict=True) if amount is not None)
    clear = sum(line.drop >= CLEAR for line in lines)
    told = any(line.drop > 0 for line, _ in kept)
    return Settled(kept, cost, True) if told and 2 * len(kept) >= clear else None


def _without_head(
    lines: Sequence[Line], taken: Sequence[Decimal | None], total: Decimal, targets: Mapping[Decimal, float]
) -> Iterator[tuple[float, dict[int, Decimal | None]]]:
    """Leave out the first lines, one more at a time: rows of the paper's head that look like lines."""
    cost, left = 0.0, total
    for place, line in enumerate(lines[:-1]):
        cost += line.drop if taken[place] is not None else 0.0
        left -= taken[place] or Decimal(0)
        if cost > _DEAREST:
            return
        if left in targets:
            yield cost + targets[left], dict.fromkeys(range(place + 1))


def _changes(
    lines: Sequence[Line], taken: Sequence[Decimal | None], back: bool
) -> Iterator[tuple[float, Decimal, int, Decimal | None]]:
    """Every other reading of every line: its price, by how much it changes the sum, its place, its amount."""
    for place, (line, amount) in enumerate(zip(lines, taken, strict=True)):
        now = amount or Decimal(0)
        if amount is not None and line.drop <= _DEAREST:
            yield line.drop, -now, place, None
        if back and now > 0:
            yield 0.5, -2 * now, place, -now
        for cost, value in line.options:
            if value is not None and value != amount:
                yield cost, value - now, place, value


def _two(
    changes: Sequence[tuple[float, Decimal, int, Decimal | None]],
    by_step: Mapping[Decimal, tuple[float, int, Decimal | None]],
    wanted: Decimal,
    price: float,
) -> Iterator[tuple[float, dict[int, Decimal | None]]]:
    for cost, step, place, value in changes:
        if cost > 0.8:
            continue
        other = by_step.get(wanted - step)
        if other is not None and other[1] != place and other[0] <= 0.8:
            yield price + cost + other[0] + 0.2, {place: value, other[1]: other[2]}
