"""What the entries of an account add up to: the balance after each, whether the sums prove it, and how long it held.

Pure arithmetic on amounts and days; knows no page. Amounts are signed: money that comes in is positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import product

#: With more entries of unknown sign than this between two balances, their signs are not searched for.
_MOST_UNKNOWN = 10


@dataclass(frozen=True, slots=True)
class Entry:
    """One posting: its size, its sign where that is known (0 where not), and the balance printed behind it."""

    size: Decimal
    sign: int
    printed: Decimal | None = None
    day: date | None = None

    def __repr__(self) -> str:
        return f"<Entry {self.day is not None} {self.printed is not None}>"


@dataclass(frozen=True, slots=True)
class Run:
    """The balance after each entry. `proven` when every printed balance follows from the entries before it.

    `opening` is what was there before the first entry: as printed, or what the first printed balance leaves. `checks`
    counts the printed balances (the closing one too) that the sums met; `broken` is the place of the first entry
    (counted from 0) after which they did not, None where they always did.
    """

    entries: tuple[Entry, ...]
    opening: Decimal | None
    balances: tuple[Decimal | None, ...]
    checks: int
    broken: int | None

    @property
    def proven(self) -> bool:
        """Whether the sums vouch for every balance from the first to the last."""
        return self.broken is None and self.checks > 0 and bool(self.balances) and self.balances[-1] is not None

    def lowest(self) -> tuple[Decimal, int] | None:
        """Return the lowest balance and the entry it stands behind (-1 for the opening one); None where none is known.

        The balance between two entries of a day counts: an account that was below for an hour was below.
        """
        known = [(value, place) for place, value in enumerate(self.balances) if value is not None]
        if self.opening is not None:
            known.insert(0, (self.opening, -1))
        return min(known, key=lambda each: each[0]) if known else None

    def by_day(self) -> dict[date, tuple[Decimal, Decimal]]:
        """Return the lowest balance behind an entry and the last one, for each day with an entry, in order."""
        days: dict[date, tuple[Decimal, Decimal]] = {}
        for entry, value in zip(self.entries, self.balances, strict=True):
            if entry.day is not None and value is not None:
                low, _ = days.get(entry.day, (value, value))
                days[entry.day] = (min(low, value), value)
        return dict(sorted(days.items()))

    def __repr__(self) -> str:
        return f"<Run {len(self.entries)} entries {self.checks} checks proven={self.proven}>"


def run(entries: Sequence[Entry], opening: Decimal | None, closing: Decimal | None) -> Run:
    """Add up *entries* from *opening*; printed balances and *closing* check the sums and settle open signs."""
    settled = list(entries)
    # An opening balance that the first printed one was taken for proves nothing by meeting it again.
    derived = opening is None
    opening = _before(settled) if opening is None else opening
    balances: list[Decimal | None] = []
    running, checks, broken = opening, 0, None
    start = 0
    for place in range(len(settled)):
        target = _target(settled, place, closing)
        if target is None:
            continue
        part = settled[start : place + 1]
        signed = _signed(part, None if running is None else target - running)
        if signed is None or running is None:
            balances += [*[None] * (len(part) - 1), target]
            broken = place if broken is None and running is not None else broken
        else:
            settled[start : place + 1] = signed
            balances += _added(running, signed)
            checks += 1
        running, start = target, place + 1
    rest = settled[start:]
    balances += _added(running, rest) if running is not None and all(e.sign for e in rest) else [None] * len(rest)
    if rest and checks:
        # Nothing printed says that these were read right, and all of them.
        broken = len(settled) - 1 if broken is None else broken
    return Run(tuple(settled), opening, tuple(balances), max(0, checks - int(derived)), broken)


def _target(entries: Sequence[Entry], place: int, closing: Decimal | None) -> Decimal | None:
    """The balance printed behind an entry; behind the last one the closing balance is as good."""
    if place == len(entries) - 1 and closing is not None:
        return closing
    return entries[place].printed


def _before(entries: Sequence[Entry]) -> Decimal | None:
    """What was there before the first entry, by the first printed balance; None where a sign before it is open."""
    total = Decimal(0)
    for entry in entries:
        if not entry.sign:
            return None
        total += entry.sign * entry.size
        if entry.printed is not None:
            return entry.printed - total
    return None


def _signed(entries: Sequence[Entry], difference: Decimal | None) -> list[Entry] | None:
    """Return *entries* with the signs under which they make up *difference*; None where none or several do."""
    if difference is None:
        return None
    known = sum((entry.sign * entry.size for entry in entries), Decimal(0))
    unknown = [place for place, entry in enumerate(entries) if not entry.sign]
    if not unknown:
        return list(entries) if known == difference else None
    if len(unknown) > _MOST_UNKNOWN:
        return None
    ways = [
        signs
        for signs in product((1, -1), repeat=len(unknown))
        if known + sum(sign * entries[place].size for sign, place in zip(signs, unknown, strict=True)) == difference
    ]
    # Two entries of one size can change places: which of them came in matters for the balance between them.
    if len(ways) != 1:
        return None
    signed = list(entries)
    for sign, place in zip(ways[0], unknown, strict=True):
        signed[place] = replace(signed[place], sign=sign)
    return signed


def _added(running: Decimal, entries: Sequence[Entry]) -> list[Decimal | None]:
    found: list[Decimal | None] = []
    for entry in entries:
        running += entry.sign * entry.size
        found.append(running)
    return found


def days_at_or_over(run: Run, amount: Decimal, last: date | None = None) -> int | None:
    """Return how many days in a row, back from *last* (else the last entry's day), never saw less than *amount*.

    Both ends count. The days before the first entry are not counted: nothing is printed of them. None where the
    balances or their days are not known.
    """
    days = [entry.day for entry in run.entries]
    if not days or any(day is None for day in days) or any(value is None for value in run.balances):
        return None
    dated = [(day, value) for day, value in zip(days, run.balances, strict=True) if day is not None]
    end = last or dated[-1][0]
    held: date | None = None
    for day, value in reversed(dated):
        if day > end:
            continue
        if value is not None and value < amount:
            # It was too little until the next entry, and so on a part of that entry's day.
            return (end - held).days if held is not None else 0
        held = day
    if held is None:
        return 0
    enough = run.opening is not None and run.opening >= amount
    return (end - held).days + int(enough)
