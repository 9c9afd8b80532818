"""Which routes are open to a planned move: every route that leads there, point by point, open ones first.

Research that is laid side by side, and no advice: counsel decides. A route is OPEN only where every point is met,
CLOSED where one is not, and else UNSURE; a closed route is shown with its reason. Pure: reads no file, asks no clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from toolkit.checklist import LegalSource
from toolkit.errors import UnknownNameError
from toolkit.fields import country
from toolkit.owed_terms import LeadTimes
from toolkit.route_choice_data import Choice, RouteEntry
from toolkit.route_choice_papers import Known, Papers, papers
from toolkit.route_choice_pay import Convert, PayJudged, Threshold, no_rate, pay_judged
from toolkit.route_choice_plan import Judged, Plan, Standing, met, unmet

COUNSEL = (
    "Counsel decides which route to take. This is a comparison of researched rules, not legal advice: it knows only "
    "what was stated, the rules change, and each has to be verified with its authority."
)


class Open(StrEnum):
    """Whether a route is open to the move."""

    OPEN = "open"
    UNSURE = "unsure"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PointView:
    """One point as it stands, with its legal source; `verify`: known from memory alone."""

    name: str
    label: str
    standing: Standing
    because: str
    source: str
    basis: str
    confidence: str
    verify: bool
    checked: date
    url: str = ""
    question: str = ""
    key: str = ""
    note: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteView:
    """One route against the plan. `papers` is None where a known fact closes it."""

    route: str
    title: str
    state: Open
    points: tuple[PointView, ...]
    thresholds: tuple[Threshold, ...]
    papers: Papers | None

    def of(self, *standings: Standing) -> tuple[PointView, ...]:
        """Return the points that stand so."""
        return tuple(point for point in self.points if point.standing in standings)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The routes to the destination: open, then unsure, then closed; of equals the one with least left open first."""

    origin: str
    destination: str
    purpose: str
    routes: tuple[RouteView, ...]
    counsel: str = COUNSEL

    def questions(self) -> tuple[tuple[str, str], ...]:
        """Return each question that nobody has answered once, with its key, for routes that are not closed."""
        asked = (
            (point.key, point.question)
            for view in self.routes
            if view.state is not Open.CLOSED
            for point in view.of(Standing.ASKED)
        )
        return tuple(dict.fromkeys(asked))


def country_code(text: str) -> str:
    """Return the ISO alpha-3 code of a country given as alpha-2, alpha-3 or by name. Raises UnknownNameError."""
    code = country.parse(text)
    if not code or code in country.NOT_STATES:
        raise UnknownNameError(
            f"There is no country {text!r}.", remedy="Give an ISO code (IN, IND) or the English name (India)."
        )
    return country.iso3(code)


def nationality_code(text: str) -> str:
    """Return the code of a nationality as `country_code` does; British nationalities that are no citizenship stay.

    A British National (Overseas), `GBN`, is no citizen of the United Kingdom and needs a permit there.
    """
    code = country.parse(text)
    return code if country.known(code) and country.iso3(code) == "GBR" else country_code(text)


def compare(
    plan: Plan,
    choice: Choice,
    leads: LeadTimes,
    *,
    convert: Convert = no_rate,
    known: Known | None = None,
) -> Comparison:
    """Compare the routes that lead to the destination of *plan*.

    *convert* gives dated exchange rates. Raises UnknownNameError for a country that no route of the catalogue leads to.
    """
    names = choice.leading_to(plan.destination)
    if not names:
        goals = ", ".join(sorted(country.name(code) for code in choice.destinations()))
        raise UnknownNameError(
            f"The catalogue has no route to {country.name(plan.destination)}.", remedy=f"It has routes to: {goals}."
        )
    views = [_view(name, plan, choice, leads, convert, known) for name in names]
    order = {state: number for number, state in enumerate(Open)}
    views.sort(
        key=lambda view: (
            order[view.state],
            len(view.of(Standing.UNMET)),
            len(view.of(Standing.UNSURE, Standing.ASKED)),
            view.route,
        )
    )
    return Comparison(plan.origin, plan.destination, plan.purpose, tuple(views))


def _view(name: str, plan: Plan, choice: Choice, leads: LeadTimes, convert: Convert, known: Known | None) -> RouteView:
    paid = _paid(name, plan, choice, convert)
    points = tuple(_points(name, plan, choice, paid))
    standings = {point.standing for point in points}
    state = Open.OPEN
    if Standing.UNMET in standings:
        state = Open.CLOSED
    elif standings & {Standing.UNSURE, Standing.ASKED}:
        state = Open.UNSURE
    asked_for = None if state is Open.CLOSED else papers(plan, choice.checklists[name], leads, known)
    thresholds = paid.thresholds if paid is not None else ()
    return RouteView(name, choice.checklists[name].title, state, points, thresholds, asked_for)


def _points(name: str, plan: Plan, choice: Choice, paid: PayJudged | None) -> Iterator[PointView]:
    entry, ours = choice.entries[name], LegalSource("Category of the route in the research", "recalled", "high")
    yield _point("purpose", "For this purpose", _purpose(entry, plan), ours, entry, facts=entry.facts)
    yield _point("own-national", "Not a citizen of the country", _own(plan), _CITIZENS, entry)
    for each, point in entry.point.items():
        judged = point.test.judge(plan, choice.lists)
        yield _point(each, point.label, judged, choice.source(name, point), entry, point.note, point.facts)
    if paid is not None and entry.pay is not None:
        requirement = choice.checklists[name].requirements[entry.pay.require]
        facts = (*requirement.facts, *entry.pay.facts)
        yield _point("pay", requirement.label, paid.judged, requirement.source, entry, entry.pay.note, facts)
    stay, judged = entry.stay, entry.stay.limits.judge(plan)
    yield _point("stay", "Length of the stay", judged, stay.source, entry, stay.note, stay.facts)


_CITIZENS = LegalSource("Citizens enter their own country and work there without a permit", "recalled", "high")


def _purpose(entry: RouteEntry, plan: Plan) -> Judged:
    if plan.purpose in entry.purposes:
        return met(f"a route for {plan.purpose}")
    return unmet(f"a route for {' or '.join(entry.purposes)}, not for {plan.purpose}")


def _own(plan: Plan) -> Judged:
    if not plan.nationalities:
        return Judged(Standing.ASKED, "nobody has said", "Which nationalities has the person? (--nationality)")
    if plan.destination in plan.nationalities:
        return unmet("a citizen of the country needs no permit")
    return met("not a citizen of the country")


def _paid(name: str, plan: Plan, choice: Choice, convert: Convert) -> PayJudged | None:
    rule, limit = choice.pay(name), choice.entries[name].pay
    if rule is None or limit is None:
        return None
    return pay_judged(rule, plan, convert, floor=limit.floor, also=limit.also)


def _point(
    name: str,
    label: str,
    judged: Judged,
    source: LegalSource,
    entry: RouteEntry,
    note: str = "",
    facts: tuple[str, ...] = (),
) -> PointView:
    return PointView(
        name,
        label,
        judged.standing,
        judged.because,
        str(source),
        source.basis,
        source.confidence,
        source.basis == "recalled",
        entry.checked,
        source.url,
        judged.question,
        judged.key,
        note,
        facts,
    )
