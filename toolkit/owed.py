"""Who owes what by when: every finding of a case that is not met, as one item a paper, person and provider.

Pure: dates come from the plan and the lead times, and no clock is asked: the same case owes the same on any day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, TypeAlias

from toolkit.calendars import Calendar, calendar_of
from toolkit.checklist import STAGES, Checklist, LastDay, Requirement, Stage
from toolkit.facts import roles
from toolkit.model import Case, Document, Fact, Finding, Person, Record, Verdict
from toolkit.owed_papers import Must, Wanted, musts, paper_of
from toolkit.owed_reasons import OF_A_COPY, Cause, Reason, of_provider, reasons, undecided
from toolkit.owed_terms import LeadTimes, lead_times
from toolkit.rules import Paper, Rule, Situation, together

By: TypeAlias = Literal["employee", "dependant", "employer", "counsel", "specialist"]
#: Levels from the strictest on; an item that serves several requirements has the strictest of theirs.
_LEVELS = ("mandatory", "conditional", "later", "recommended")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing somebody owes: a paper of *person* (by id) with every reason, or for a specialist what to look at.

    `due` is None where the plan has no date to count from; `begin` is the last day to start on what takes time to get.
    `labels` and `send` are what the checklist says of it, in English.
    """

    by: By
    person: str
    wanted: Wanted
    reasons: tuple[Reason, ...]
    musts: tuple[Must, ...]
    requirements: tuple[str, ...]
    labels: tuple[str, ...]
    send: tuple[str, ...]
    sources: tuple[str, ...]
    stage: str
    level: str
    due: date | None
    begin: date | None

    def __repr__(self) -> str:
        return f"<Item {self.by} {self.due} {len(self.reasons)} reasons>"


@dataclass(slots=True)
class _Gathered:
    """What is being put together to one item."""

    by: By
    person: Person
    wanted: Wanted
    findings: list[tuple[Finding, Requirement | None]] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


class _Desk:
    """One case as it is gone through: its rules answered one by one, since a finding has them all in one sentence."""

    def __init__(
        self,
        case: Case,
        facts: Mapping[str, Fact],
        records: Sequence[Record],
        documents: Sequence[Document],
        checklist: Checklist,
    ) -> None:
        by_id = {document.id: document for document in documents if not document.duplicate_of}
        papers = tuple(Paper(by_id[record.document], record) for record in records if record.document in by_id)
        called = roles(case)
        self._situations = {
            person.id: Situation(case, person, called[person], facts, papers, checklist.lists, checklist.asks)
            for person in case.people
        }
        self._requirements = checklist.requirements
        self._case = case

    def person(self, finding: Finding) -> Person:
        return self._case.person(finding.person) or self._case.people[0]

    def requirement(self, finding: Finding) -> Requirement | None:
        return self._requirements.get(finding.requirement)

    def owed(self, finding: Finding, *, copies: bool) -> Iterator[tuple[By, Wanted, Reason]]:
        """Yield what one finding makes somebody owe; *copies*: a better copy is asked for before anybody looks."""
        requirement = self.requirement(finding)
        if requirement is None:
            cause = Cause.DISPUTED if finding.documents else Cause.ASKED
            reason = Reason("finding", cause, {}, finding.evidence, finding.documents, finding.because)
            yield "specialist", Wanted(have=finding.requirement, english=finding.label), reason
            return
        main = self._main(finding, requirement)
        situation = self._situations[self.person(finding).id]
        truth = together(requirement.when, situation)
        if truth.unknown is not None:
            doubt = undecided(truth.unknown)
            yield "specialist", _looked_at(main, doubt), doubt
            return
        for rule, reason in reasons(requirement.rules, situation):
            provided = of_provider(rule, reason) or (copies and reason.cause in OF_A_COPY)
            home = self._home(rule, main)
            if provided:
                yield requirement.provided_by, home, reason
            else:
                yield "specialist", _looked_at(home, reason), reason

    def musts(self, wanted: Wanted, person: Person, findings: Sequence[Finding]) -> tuple[Must, ...]:
        """Return what every requirement that applies to *person* asks of the paper *wanted*, met already or not."""
        rules: list[Rule] = []
        for finding in findings:
            requirement = self.requirement(finding)
            if requirement is None or self.person(finding) != person:
                continue
            main = self._main(finding, requirement)
            rules += [rule for rule in requirement.rules if self._home(rule, main).key == wanted.key]
        return musts(rules, self._situations[person.id])

    def granted(self, finding: Finding) -> bool | None:
        """Whether *finding* is about what the authority gives on the filing; None where that is not known."""
        requirement = self.requirement(finding)
        if requirement is None or not requirement.granted:
            return False
        conditions = () if isinstance(requirement.granted, bool) else requirement.granted
        truth = together((*requirement.when, *conditions), self._situations[self.person(finding).id])
        return None if truth.unknown is not None else truth.holds

    def _main(self, finding: Finding, requirement: Requirement) -> Wanted:
        """Return the paper that *requirement* is mainly about; one that names none stands for itself."""
        papers = (paper for rule in requirement.rules if (paper := paper_of(rule)) is not None)
        return next(papers, Wanted(have=finding.requirement, english=requirement.label))

    def _home(self, rule: Rule, main: Wanted) -> Wanted:
        """Return the paper to ask for because of *rule*: its own, unless it speaks of the main one by its field."""
        own = paper_of(rule)
        return main if own is None or (not own.english and set(own.kinds) <= set(main.kinds)) else own


def owed(
    case: Case,
    facts: Mapping[str, Fact],
    records: Sequence[Record],
    documents: Sequence[Document],
    checklist: Checklist,
    findings: Sequence[Finding],
    *,
    copies: bool = False,
    leads: LeadTimes | None = None,
) -> tuple[Item, ...]:
    """Return what *findings* of *case* leave owed, by date; what has no date comes last.

    Every finding that is UNMET or UNSURE is in at least one item. What is unclear, contradicted or not answered is the
    specialist's to look at; with *copies* a better copy of what could not be read clearly is asked of its provider.
    """
    desk = _Desk(case, facts, records, documents, checklist)
    gathered: dict[tuple[str, ...], _Gathered] = {}
    for finding in findings:
        if finding.verdict not in (Verdict.UNMET, Verdict.UNSURE):
            continue
        person = desk.person(finding)
        for by, wanted, reason in desk.owed(finding, copies=copies):
            one = gathered.setdefault((by, person.id, *wanted.key), _Gathered(by, person, wanted))
            if not one.wanted.english and wanted.english:
                one.wanted = wanted
            one.findings.append((finding, desk.requirement(finding)))
            if reason not in one.reasons:
                one.reasons.append(reason)
    terms = leads or lead_times()
    granted = any(desk.granted(finding) for finding in findings)
    made = [_item(one, case, desk, findings, terms, granted=granted) for one in gathered.values()]
    return tuple(sorted(made, key=lambda each: (each.due or date.max, each.begin or each.due or date.max)))


def _item(
    one: _Gathered, case: Case, desk: _Desk, findings: Sequence[Finding], leads: LeadTimes, *, granted: bool
) -> Item:
    found = [finding for finding, _ in one.findings]
    asked = [requirement for _, requirement in one.findings if requirement is not None]
    stage = min((each.stage for each in found if each.stage in STAGES), key=STAGES.index, default=STAGES[1])
    calendar = calendar_of(case.route, case.details)
    due = _due(one, case, desk, stage, leads, calendar, granted=granted)
    demanded = desk.musts(one.wanted, one.person, findings)
    takes = _takes(one, demanded, leads)
    levels = {finding.level for finding in found}
    return Item(
        one.by,
        one.person.id,
        one.wanted,
        tuple(one.reasons),
        demanded,
        _once(finding.requirement for finding in found),
        _once(finding.label for finding in found),
        _once(requirement.send for requirement in asked),
        _once(finding.legal_source for finding in found),
        stage,
        next((level for level in _LEVELS if level in levels), _LEVELS[0]),
        due,
        calendar.last_by(due - timedelta(days=takes)) if due is not None and takes else None,
    )


def _due(
    one: _Gathered, case: Case, desk: _Desk, stage: Stage, leads: LeadTimes, calendar: Calendar, *, granted: bool
) -> date | None:
    """Return the earliest day that what was gathered is owed by: the law's own for a requirement, else practice's.

    *granted*: the visa is applied for with what the filing brings, so its papers are not due before the filing.
    """
    days = []
    ahead = leads.specialist.days if one.by == "specialist" else 0
    for finding, requirement in one.findings:
        if requirement is not None and requirement.by is not None:
            days.append(_by_law(requirement.by, case.dates, ahead, calendar))
        elif (granted and finding.stage == "visa") or desk.granted(finding) is not False:
            days.append(leads.after_grant(case.dates, calendar, ahead))
        else:
            days.append(leads.due(finding.stage if finding.stage in STAGES else stage, case.dates, calendar, ahead))
    return min((day for day in days if day is not None), default=None)


def _by_law(by: LastDay, dates: Mapping[str, date], ahead: int, calendar: Calendar) -> date | None:
    planned = dates.get(by.anchor.removeprefix("case."))
    if planned is None:
        return None
    before = by.side == "before"
    day = planned + timedelta(days=-by.days if before else by.days)
    if by.working_days and not calendar.known:
        return None  # of a region that is misspelt nobody knows the holidays; the finding says so
    if by.working_days:
        day = (calendar.before if before else calendar.after)(day, by.working_days).safe
    return calendar.last_by(day - timedelta(days=ahead)) if ahead or by.side != "on" else day


def _looked_at(paper: Wanted, reason: Reason) -> Wanted:
    """Return what a specialist has to look at: the paper, or a question, which many requirements may turn on."""
    return Wanted(have=reason.english, english=reason.english) if reason.cause is Cause.ASKED else paper


def _takes(one: _Gathered, demanded: Sequence[Must], leads: LeadTimes) -> int:
    """Return how many days it takes to get the paper, and what has to be put on it, one after the other."""
    if one.by == "specialist":
        return 0
    missing = all(reason.cause is Cause.MISSING for reason in one.reasons)
    failed = {reason.rule for reason in one.reasons if reason.cause is Cause.FAILED}
    # What a new copy of the paper cannot put right is what has to be added to it.
    added = failed <= {"translated", "legalised", "answered"} and not missing
    paper = next((leads.obtain[kind] for kind in one.wanted.kinds if kind in leads.obtain), None)
    days = paper.days if paper is not None and not added and (paper.missing or not missing) else 0
    if "legalised" in failed:
        days += leads.apostille.days
    if "translated" in failed:
        days += leads.translation.days
    return days


def _once(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def of(items: Sequence[Item], by: Sequence[str]) -> tuple[Item, ...]:
    """Return the items owed by any of *by*, in their order."""
    return tuple(item for item in items if item.by in by)
