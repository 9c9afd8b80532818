"""A planned move as the comparison of routes sees it, and how a point of a route stands for it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal, TypeAlias

from toolkit.fields.terms import months_later

Purpose: TypeAlias = Literal["assignment", "local-hire", "business-visit", "family"]
PURPOSES: tuple[Purpose, ...] = ("assignment", "local-hire", "business-visit", "family")


class Standing(StrEnum):
    """How a point stands. ASKED: nobody has said; UNSURE: what is known does not decide."""

    MET = "met"
    UNMET = "unmet"
    UNSURE = "unsure"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Pay:
    """Gross pay in *currency* (ISO 4217) a *period*."""

    amount: Decimal = field(repr=False)
    currency: str
    period: Literal["year", "month"]

    @property
    def yearly(self) -> Decimal:
        """Return the pay of a year."""
        return self.amount * (12 if self.period == "month" else 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """A move that is being planned. Countries are ISO 3166-1 alpha-3; what nobody said is None or empty.

    `today` is the day of asking: an application that has no planned day is filed between it and the start. `answers`
    are answers to questions by key. `dependants` are roles.
    """

    origin: str
    destination: str
    purpose: Purpose
    today: date
    start: date | None = None
    filing: date | None = None
    months: int | None = None
    pay: Pay | None = field(default=None, repr=False)
    nationalities: tuple[str, ...] = field(default=(), repr=False)
    degree: bool | None = field(default=None, repr=False)
    employed_since: date | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    dependants: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def end(self) -> date | None:
        """Return the last day of the stay, or None where start or length are open."""
        if self.start is None or self.months is None:
            return None
        return months_later(self.start, self.months) - timedelta(days=1)

    def filed(self) -> tuple[date, date] | None:
        """Return the first and last day on which the application may be filed; None where no day is planned."""
        if self.filing is not None:
            return self.filing, self.filing
        if self.start is None:
            return None
        return min(self.today, self.start), self.start

    def days(self) -> tuple[int, int] | None:
        """Return the least and the most days the stay may have, both ends counted; None where its length is open."""
        if self.months is None:
            return None
        if self.start is not None and self.end is not None:
            length = (self.end - self.start).days + 1
            return length, length
        lengths = [
            (months_later(first, self.months) - first).days
            for first in (date(2027 + month // 12, month % 12 + 1, 1) for month in range(48))
        ]
        return min(lengths), max(lengths)

    def answer(self, key: str) -> str:
        """Return the answer to the question *key* without case, or an empty text."""
        return self.answers.get(key, "").strip().casefold()


@dataclass(frozen=True, slots=True)
class Judged:
    """How one point stands, why, and for ASKED the question with the key to answer it under."""

    standing: Standing
    because: str
    question: str = ""
    key: str = ""


def met(because: str) -> Judged:
    """Return that the point is met."""
    return Judged(Standing.MET, because)


def unmet(because: str) -> Judged:
    """Return that the point is not met."""
    return Judged(Standing.UNMET, because)


def unsure(because: str) -> Judged:
    """Return that what is known does not decide."""
    return Judged(Standing.UNSURE, because)


def asked(question: str, key: str = "") -> Judged:
    """Return that nobody has said: *key* is a question's key, or empty where an option of the verb answers it."""
    return Judged(Standing.ASKED, "nobody has said", question, key)
