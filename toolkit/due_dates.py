"""A key date of a case, and the day it falls on: what `toolkit.due` and its neighbours answer with.

Knows terms and calendars, but no route and no paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from toolkit.calendars import Calendar
from toolkit.checklist import Due, LegalSource
from toolkit.errors import MissingToolError
from toolkit.fields.terms import Term
from toolkit.model import Field


class State(StrEnum):
    """How a key date stands on the day it is looked at."""

    OVERDUE = "overdue"
    SOON = "due soon"
    OPEN = "open"
    UNSURE = "unsure"
    LATER = "later"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a key date has whatever day it falls on."""

    name: str
    label: str
    acts: str
    source: LegalSource
    checked: date
    anchor: str
    lead_days: int
    opens: bool = False
    note: str = ""
    #: Whether it leads up to a planned day, and is nothing once that has come.
    leads_up: bool = False


@dataclass(frozen=True, slots=True)
class KeyDate:
    """One date somebody has to act on: the last day to, or with `opens` the first one.

    `on` is None where the date is not known for sure; `possible` then are the days it may be, the earliest first, and
    `because` says what is missing. Where all of them have passed for certain, it is overdue all the same. `anchor` is
    the fact it is counted from, `anchor_value` what that says, `evidence` where it stands. `start_by` is the day to
    begin. `basis` and `confidence` say how well the legal source was read.
    """

    case: str
    reference: str
    name: str
    label: str
    person: str
    role: str
    acts: str
    on: date | None
    start_by: date | None
    state: State
    because: str
    legal_source: str
    basis: str
    confidence: str
    checked: date
    anchor: str
    anchor_value: str = ""
    opens: bool = False
    possible: tuple[date, ...] = ()
    evidence: tuple[Field, ...] = ()
    documents: tuple[str, ...] = ()
    next_step: str = ""
    note: str = ""
    #: Whether the date waits for a paper or statement that the case does not have, and not for a doubt to be settled.
    waits: bool = False

    def __repr__(self) -> str:
        return f"<KeyDate {self.name} {self.state}>"

    @property
    def sorted_by(self) -> tuple[date, str, str, str]:
        """Return what lists are sorted by: the date, or the earliest it may be; dates nobody knows come last."""
        return self.on or min(self.possible, default=date.max), self.reference, self.role, self.name


@dataclass(frozen=True, slots=True)
class Found:
    """What a key date came to. `days` are the days it may fall on; one alone is certain, but with `unsure`."""

    days: tuple[date, ...] = ()
    because: str = ""
    unsure: bool = False
    next_step: str = ""
    evidence: tuple[Field, ...] = ()
    documents: tuple[str, ...] = ()
    value: str = ""
    waits: bool = False
    #: The state, where the day alone does not tell it.
    state: State | None = None

    def __repr__(self) -> str:
        return f"<Found {len(self.days)} days>"


def lead(day: date, days: int) -> date:
    """Return the day to begin; the calendar's first one where it would lie before that."""
    return date.fromordinal(max(1, day.toordinal() - days))


def stands(on: date, start_by: date, today: date, *, opens: bool) -> State:
    """Return how a date stands *today*. The day itself is still in time."""
    if on < today or (opens and on == today):
        return State.OPEN if opens else State.OVERDUE
    return State.SOON if start_by <= today else State.LATER


def fallen(due: Due, anchors: Sequence[date], calendar: Calendar) -> Found:
    """Return the day *due* falls on for each of the days *anchors* that are read for its anchor.

    With working days the answer is the day to be safe by; where it hangs on a region's holidays the reason says so.
    """
    term = Term(12 * due.years + due.months, 7 * due.weeks + due.days)
    days, because = [], ""
    try:
        for anchor in anchors:
            day = (
                anchor
                if due.direction == "on"
                else term.after(anchor)
                if due.direction == "after"
                else term.before(anchor)
            )
            if due.working_days:
                day, because = _worked(due, day, calendar)
            days.append(day)
    except (ValueError, OverflowError):
        return Found((), "the day it counts from is out of the calendar", unsure=True)
    except MissingToolError as missing:
        return Found((), missing.message, unsure=True, next_step=missing.remedy)
    return Found(tuple(sorted(set(days))), because)


def _worked(due: Due, day: date, calendar: Calendar) -> tuple[date, str]:
    if not calendar.known:
        raise MissingToolError(
            f"the holidays of {calendar} are not known",
            remedy='State whose holidays count: "holiday_region" = "..." (ISO 3166-2, as in DE-BY) under [details].',
        )
    found = (
        calendar.after(day, due.working_days) if due.direction == "after" else calendar.before(day, due.working_days)
    )
    if found.certain:
        return found.safe, ""
    return found.safe, f"or {found.other}, by the holidays of the region: state holiday_region to tell"


def days_from(today: date, number: int) -> date:
    """Return the day *number* days after *today*, within the calendar."""
    return (
        date.fromordinal(min(date.max.toordinal(), today.toordinal() + number))
        if number >= 0
        else today - timedelta(-number)
    )
