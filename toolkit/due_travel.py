"""Key dates that hang on days of presence: a limit of days in a moving window, and the tests that count days for tax.

The travel history is the fact `travel.history` (of a dependant: `spouse.travel.history`), or one of its own that a
route names (`travel.gb_permission`). From the day looked at, or the planned first day where that lies ahead, the person
is taken to stay without a break: so a date is the earliest on which the limit can be reached, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from toolkit.checklist import Due
from toolkit.day_counts import (
    Presence,
    Window,
    day_of,
    first_possible_entry,
    last_lawful_day,
    left,
    most_in_twelve_months,
    over,
)
from toolkit.day_counts_tax import TREATY, TaxTest, day_counts, reached
from toolkit.due_dates import Found, State, Terms
from toolkit.fields import country
from toolkit.fields.terms import Term
from toolkit.model import Fact
from toolkit.rules import Answer, Situation
from toolkit.rules.situation import documents_of
from toolkit.travel import Days, Travel, read_travel

HISTORY = "travel.history"
_TAX_LEAD = 60
_FIND = "Find the missing stamps (boarding cards, EES record, bank statements) and complete the travel history."
_ASK = (
    'State the stays under [details], one a line, as in "travel.history" = """FRA 2026-01-03 2026-01-20 stamps on '
    'page 12""", or "none" (docs/guides/key-dates.md).'
)


@dataclass(frozen=True, slots=True)
class _Plan:
    """From which day the person is taken to stay, and whether that is the planned first day."""

    staying_from: date
    planned: bool

    def __str__(self) -> str:
        return f"every day from {'the planned ' if self.planned else ''}{self.staying_from} on taken as a day of stay"


def window_date(due: Due, situation: Situation, today: date) -> Found:
    """Return the last lawful day by a limit of days in a window, from the travel history and the plan."""
    fact = _history(due.anchor, situation)
    if isinstance(fact, Found):
        return fact
    travel = read_travel(str(fact.field.value))
    name = due.anchor.removeprefix("travel.")
    days = travel.days(_area(name, situation), today, short_stays=name == "schengen")
    if days.contradictions:
        return _contradicted(days, fact)
    if not due.days:
        return _of_months(due, travel, fact)
    window = Window(due.window_days, due.window_months)
    plan = _plan(situation, travel, _area(name, situation), today)
    answers = [_last_day(present, plan, due.days, window, today) for present in (days.certain, days.possible)]
    return _both(answers, days, fact)


def tax_dates(situation: Situation, today: date) -> Iterator[tuple[Terms, Found]]:
    """Yield the tests of the host country and of the treaty with the day each is reached at the earliest.

    Nothing where nobody is known to be coming, without a travel history and without a plan ahead; a dependant, who
    draws no pay by the route, has to have a history.
    """
    fact = situation.fact(HISTORY)
    host = _host(situation)
    travel = read_travel(str(fact.field.value)) if fact is not None else Travel(())
    plan = _plan(situation, travel, {host: date.min}, today)
    if not host or (fact is None and not (plan.planned and situation.person.role == "principal")):
        return
    for name in (TREATY, host):
        test = day_counts().tax.get(name)
        if test is None:
            continue
        days = travel.days({host: date.min}, today, midnights=test.counted == "midnights")
        if days.contradictions and fact is not None:
            yield _terms(name, test), _contradicted(days, fact)
            continue
        ends = tuple(sorted({reached(test, present, plan.staying_from) for present in (days.certain, days.possible)}))
        because = "; ".join(
            (f"at the earliest: {_known(days, today, fact, counted=name == TREATY)}, {plan}", *days.doubts)
        )
        evidence = (fact.field,) if fact is not None else ()
        # Whichever day it was, it has passed.
        passed = State.OVERDUE if len(ends) > 1 and ends[-1] < today else None
        unsure, step = len(ends) > 1, _FIND if len(ends) > 1 else ""
        yield _terms(name, test), Found(ends, because, unsure, step, evidence, documents_of(evidence), state=passed)


def _known(days: Days, today: date, fact: Fact | None, *, counted: bool) -> str:
    if fact is None:
        return "no travel history stated"
    if not counted:
        return "by the travel history"
    most, (first, last) = most_in_twelve_months(days.possible, date(today.year, 1, 1), date(today.year, 12, 31))
    spent = f"{'up to ' if days.doubts else ''}{most} days in the fullest twelve months of {today.year}"
    return f"{spent} by the travel history, {first} to {last}"


def _terms(name: str, test: TaxTest) -> Terms:
    name = f"tax-days-{name.lower()}"
    return Terms(name, test.label, "specialist", test.source, test.checked, HISTORY, _TAX_LEAD, note=test.note)


def _history(anchor: str, situation: Situation) -> Fact | Found:
    fact = situation.fact(anchor) or situation.fact(HISTORY)
    if fact is None:
        return Found((), "no travel history is stated", unsure=True, next_step=_ASK, waits=True)
    return fact


def _area(name: str, situation: Situation) -> Mapping[str, date]:
    area = day_counts().areas.get(name)
    return area.since if area is not None else {_host(situation): date.min}


def _host(situation: Situation) -> str:
    """Return the ISO 3166-1 alpha-3 code of the route's country; empty for the Union, which is none."""
    code = country.iso3(country.parse(situation.case.route.partition("/")[0]))
    return "" if code in country.NOT_STATES else code


def _plan(situation: Situation, travel: Travel, area: Mapping[str, date], today: date) -> _Plan:
    if any(stay.still_there and stay.country in area for stay in travel.stays):
        return _Plan(today, False)
    start = situation.case.dates.get("start")
    # A planned day in a year no case lies in is reported where the plan is read, and is no plan here.
    ahead = start is not None and day_of(start.isoformat()) is not None and start > today
    return _Plan(start, True) if ahead and start is not None else _Plan(today, False)


def _last_day(present: Presence, plan: _Plan, limit: int, window: Window, today: date) -> Found:
    counted = f"{left(present, today, limit, window)} of {limit} days left on {today}"
    # An overstay stays one; those the window has left behind are for the record and not for the diary.
    since = window.first(today)
    for first, last in over(present, limit, window):
        if last >= since:
            state = State.OVERDUE if first <= today else None
            because = f"more than {limit} days from {first} to {last}; {counted}"
            return Found((first - timedelta(days=1),), because, state=state)
    last_day = last_lawful_day(present, plan.staying_from, limit, window)
    if last_day is None:
        entry = first_possible_entry(present, plan.staying_from, 1, limit, window)
        because = f"no day is left on {plan.staying_from}: not before {entry} again; {counted}"
        return Found((plan.staying_from,), because, state=State.SOON)
    return Found((last_day,), f"{counted}; {plan}")


def _both(answers: list[Found], days: Days, fact: Fact) -> Found:
    certain, possible = answers
    evidence = (fact.field,)
    if certain == possible:
        because = "; ".join((certain.because, *days.doubts))
        return replace(certain, because=because, evidence=evidence, documents=documents_of(evidence))
    ends = tuple(sorted({*certain.days, *possible.days}))
    because = "; ".join((f"at most: {possible.because}; at least: {certain.because}", *days.doubts))
    passed = State.OVERDUE if all(each.state is State.OVERDUE for each in answers) else None
    return Found(ends, because, True, _FIND, evidence, documents_of(evidence), state=passed)


def _contradicted(days: Days, fact: Fact) -> Found:
    step = "Correct the travel history in the case's details."
    evidence = (fact.field,)
    return Found((), "; ".join(days.contradictions), True, step, evidence, documents_of(evidence))


def _of_months(due: Due, travel: Travel, fact: Fact) -> Found:
    """Months make a date only where there is one stay: parts of several stays are days, and the law counts months."""
    evidence = (fact.field,)
    if len(travel.stays) != 1 or travel.stays[0].entry is None or not travel.stays[0].still_there:
        because = "several stays: their months are for a person to add up"
        return Found((), because, True, "Add up the periods and record the last day.", evidence, documents_of(evidence))
    begun = travel.stays[0].entry
    last = Term(12 * due.years + due.months).after(begun) - timedelta(days=1)
    return Found(
        (last,), f"one stay without a break since {begun}", evidence=evidence, documents=documents_of(evidence)
    )


def unknown(answer: Answer, *, waits: bool = False) -> Found:
    """Return what *answer*, which has no value, says of a date."""
    return Found((), answer.because, True, answer.next_step, answer.evidence, answer.documents, waits=waits)
