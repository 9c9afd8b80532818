"""What a route would ask for in a planned move: papers by who provides them, what takes long, fees, key dates. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from toolkit.calendars import calendar_of
from toolkit.check import check
from toolkit.checklist import Checklist, Requirement
from toolkit.due import key_dates
from toolkit.facts import resolve, roles
from toolkit.fields import country
from toolkit.model import Case, Document, Fact, Finding, Person, Record, Verdict
from toolkit.owed import Item, owed
from toolkit.owed_papers import paper_of
from toolkit.owed_terms import LeadTimes
from toolkit.route_choice_plan import Plan
from toolkit.rules import Rule, Situation, together
from toolkit.rules.abroad import Legalised
from toolkit.rules.papers import AtHand, Present, Translated

#: What a key date's name has in it where it is the time an authority takes.
_PROCESSING = "processing"
#: Words in the name of a requirement that something is paid to an authority.
_PAID = frozenset({"fee", "payment"})
#: From how many days on a paper is said to take long.
_LONG = 21


@dataclass(frozen=True, slots=True)
class Provided:
    """What one provider owes: demands to fulfil, demands that the case fulfils already, and that may apply."""

    by: str
    to_fulfil: int
    there: int
    may_apply: int


@dataclass(frozen=True, slots=True)
class LongPaper:
    """A paper that takes long to get. `begin` is the last day to start, None where no date is planned."""

    label: str
    by: str
    days: int
    basis: str
    begin: date | None
    may_apply: bool


@dataclass(frozen=True, slots=True)
class OwedBy:
    """How many things somebody owes, the earliest day to begin on one, and the days between which they are due."""

    by: str
    things: int
    begin: date | None
    first_due: date | None
    last_due: date | None


@dataclass(frozen=True, slots=True)
class Cited:
    """A fee, term or date with its source; `verify`: from memory. `may_apply`: it is not known whether it applies."""

    label: str
    source: str
    verify: bool
    on: date | None = None
    acts: str = ""
    may_apply: bool = False


@dataclass(frozen=True, slots=True)
class Papers:
    """What the route would ask for."""

    provided: tuple[Provided, ...]
    long: tuple[LongPaper, ...]
    owed: tuple[OwedBy, ...]
    fees: tuple[Cited, ...]
    dates: tuple[Cited, ...]
    processing: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A case that exists already, with its papers."""

    case: Case
    records: Sequence[Record]
    documents: Sequence[Document]


def papers(plan: Plan, checklist: Checklist, leads: LeadTimes, known: Known | None = None) -> Papers:
    """Return what *checklist* asks for in *plan*, less what the case that is *known* has already."""
    case = _case(plan, checklist.route, known)
    records, documents = (known.records, known.documents) if known is not None else ((), ())
    facts = resolve(case, records, documents)
    findings = check(case, facts, records, documents, checklist)
    perhaps = _perhaps(case, facts, checklist)
    items = owed(case, facts, records, documents, checklist, findings, copies=True, leads=leads)
    dues = key_dates(case, facts, records, documents, checklist, plan.today)
    dated = [
        Cited(each.label, each.legal_source, each.basis == "recalled", each.on, each.acts)
        for each in dues
        if each.name in checklist.dues and each.on is not None and not each.waits
    ]
    return Papers(
        _provided(findings, checklist.requirements, perhaps),
        _long(findings, checklist.requirements, perhaps, leads, case),
        _owed(items),
        tuple(_fees(findings, checklist.requirements, perhaps)),
        tuple(dated),
        tuple(
            Cited(due.label, str(due.source), due.source.basis == "recalled", acts=due.acts)
            for name, due in checklist.dues.items()
            if _PROCESSING in name
        ),
    )


def _perhaps(case: Case, facts: Mapping[str, Fact], checklist: Checklist) -> set[tuple[str, str]]:
    """Return requirement and person (by id) where it is not known whether the one applies to the other."""
    called = roles(case)
    return {
        (name, person.id)
        for person in case.people
        for name, each in checklist.requirements.items()
        if together(
            each.when, Situation(case, person, called[person], facts, (), checklist.lists, checklist.asks)
        ).unknown
        is not None
    }


def _case(plan: Plan, route: str, known: Known | None) -> Case:
    planned = {"start": plan.start, "end": plan.end, "filing": plan.filing}
    dates = {name: day for name, day in planned.items() if day is not None}
    if known is not None:
        case = known.case
        return replace(case, route=route, dates={**case.dates, **dates}, details={**case.details, **plan.answers})
    # Of several nationalities nobody has said which one is travelled on.
    nationality = country.icao(plan.nationalities[0]) if len(plan.nationalities) == 1 else ""
    people = [Person("p1", "principal", "", "", plan.birth_date.isoformat() if plan.birth_date else "", nationality)]
    people += [Person(f"p{number}", role, "", "") for number, role in enumerate(plan.dependants, 2)]
    return Case("plan", "plan", route, tuple(people), dates, dict(plan.answers))


def _provided(
    findings: Sequence[Finding], requirements: Mapping[str, Requirement], perhaps: set[tuple[str, str]]
) -> tuple[Provided, ...]:
    counts: dict[str, list[int]] = {}
    for finding in findings:
        requirement = requirements.get(finding.requirement)
        if requirement is None:
            continue
        row = counts.setdefault(requirement.provided_by, [0, 0, 0])
        there = finding.verdict is Verdict.MET
        row[1 if there else 2 if (finding.requirement, finding.person) in perhaps else 0] += 1
    return tuple(Provided(by, *row) for by, row in sorted(counts.items()))


def _long(
    findings: Sequence[Finding],
    requirements: Mapping[str, Requirement],
    perhaps: set[tuple[str, str]],
    leads: LeadTimes,
    case: Case,
) -> tuple[LongPaper, ...]:
    found: dict[tuple[str, str], LongPaper] = {}
    calendar = calendar_of(case.route, case.details)
    for finding in findings:
        requirement = requirements.get(finding.requirement)
        if requirement is None or finding.verdict is Verdict.MET:
            continue
        days, basis = _takes(requirement, leads)
        if days < _LONG:
            continue
        due = leads.due(requirement.stage, case.dates, calendar)
        begin = calendar.last_by(due - timedelta(days=days)) if due is not None else None
        may = (finding.requirement, finding.person) in perhaps
        by = requirement.provided_by
        found.setdefault((by, requirement.label), LongPaper(requirement.label, by, days, basis, begin, may))
    return tuple(sorted(found.values(), key=lambda each: (each.may_apply, -each.days, each.label)))


def _takes(requirement: Requirement, leads: LeadTimes) -> tuple[int, str]:
    """Return how many days it takes at most to get the paper, legalise and translate it, and who says so."""
    kinds = [kind for rule in requirement.rules if (paper := paper_of(rule)) is not None for kind in paper.kinds]
    steps = [lead for kind in dict.fromkeys(kinds) if (lead := leads.obtain.get(kind)) is not None and lead.missing][:1]
    if any(isinstance(rule, Legalised) for rule in requirement.rules):
        steps.append(leads.apostille)
    if any(isinstance(rule, Translated) for rule in requirement.rules):
        steps.append(leads.translation)
    return sum(step.days for step in steps), "; ".join(dict.fromkeys(step.basis for step in steps))


def _owed(items: Sequence[Item]) -> tuple[OwedBy, ...]:
    made = []
    for by in dict.fromkeys(item.by for item in items):
        mine = [item for item in items if item.by == by]
        dues = sorted(item.due for item in mine if item.due is not None)
        begin = min((item.begin or item.due for item in mine if item.due is not None), default=None)
        made.append(OwedBy(by, len(mine), begin, dues[0] if dues else None, dues[-1] if dues else None))
    return tuple(made)


def _fees(
    findings: Sequence[Finding], requirements: Mapping[str, Requirement], perhaps: set[tuple[str, str]]
) -> Iterator[Cited]:
    for name in dict.fromkeys(finding.requirement for finding in findings):
        requirement = requirements.get(name)
        if requirement is not None and (
            _PAID & {*name.split("-")} or any(_receipt(rule) for rule in requirement.rules)
        ):
            source = requirement.source
            may = all((name, finding.person) in perhaps for finding in findings if finding.requirement == name)
            yield Cited(requirement.label, str(source), source.basis == "recalled", may_apply=may)


def _receipt(rule: Rule) -> bool:
    return isinstance(rule, Present | AtHand) and "fee-receipt" in rule.kinds
