"""The salary a contract promises: the guaranteed base pay with currency and period, never a total and never a bonus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.readers.agreement.components import BASE, Component, components
from toolkit.readers.prose import Prose


@dataclass(frozen=True, slots=True)
class Salary:
    """A salary as promised: decimal string, ISO 4217 code or None, "year", "month", "week", "hour" or ""."""

    value: str
    currency: str | None
    period: str
    trust: float
    start: int
    end: int
    #: The trust in the currency: a mark that means several is settled by the country the paper shows.
    settles: float = 0.95

    def __repr__(self) -> str:
        return f"<Salary {self.start}..{self.end} {self.trust:.2f}>"


#: Two figures for the base pay: neither is vouched for.
_RIVALLED = 0.85


def salaries(prose: Prose) -> tuple[Salary, ...]:
    """Return the salaries the text states, the most trusted first; bonuses, allowances and totals are none."""
    return of(components(prose))


def of(parts: Sequence[Component]) -> tuple[Salary, ...]:
    """Return the salaries among the *parts* of a pay, the most trusted first."""
    base = sorted(
        (part for part in parts if part.name == BASE and part.amount), key=lambda each: (-each.trust, each.start)
    )
    rivalled = len({part.amount for part in base if part.trust > base[0].trust - 0.03}) > 1 if base else False
    return tuple(
        Salary(
            part.amount,
            part.currency or None,
            part.period,
            min(part.trust, _RIVALLED) if rivalled else part.trust,
            part.start,
            part.end,
            part.settles,
        )
        for part in base
    )
