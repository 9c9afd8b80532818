"""The key dates of a case: who has to act on what, by when, by which law, counted from its papers and its plan.

They come from the route's `[due.<name>]` (`toolkit.checklist.Due`), from papers that run out and the plan
(`due_papers.toml`), from days of presence (`due_travel`) and from the employer's checks (`due_employment`). A date is
unsure where what it counts from is missing, unclear or contradicted; it then says what would settle it.

Pure: *today* is given and no clock is asked. A person says that a date is dealt with by the detail `done.<name>`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from toolkit.calendars import Calendar, calendar_of
from toolkit.checklist import WHOSE, Checklist, Due, Purpose
from toolkit.day_counts import day_of
from toolkit.due_common import PaperDue, common_dues
from toolkit.due_dates import Found, KeyDate, State, Terms, fallen, lead, stands
from toolkit.due_employment import employment_dates
from toolkit.due_travel import tax_dates, unknown, window_date
from toolkit.facts import roles
from toolkit.model import Case, Document, Fact, Field, Record
from toolkit.rules import Answer, Paper, Situation, together
from toolkit.rules.situation import contradicted, documents_of, place, words

DONE = "done"
#: Planned days after which nothing that leads up to them can be done any more.
_BEGINNINGS = frozenset({"case.filing", "case.start"})


def key_dates(
    case: Case,
    facts: Mapping[str, Fact],
    records: Sequence[Record],
    documents: Sequence[Document],
    checklist: Checklist,
    today: date,
) -> list[KeyDate]:
    """Return the key dates of *case* as they stand *today*, earliest first and those nobody knows last.

    Each date of the route appears once for everybody it is about, unless a known fact rules it out.
    """
    by_id = {document.id: document for document in documents if not document.duplicate_of}
    papers = tuple(Paper(by_id[record.document], record) for record in records if record.document in by_id)
    called = roles(case)
    found: list[KeyDate] = []
    for person in case.people:
        situation = Situation(case, person, called[person], facts, papers, checklist.lists, checklist.asks)
        found += _of_person(situation, checklist, today)
    return sorted(found, key=lambda each: each.sorted_by)


def _of_person(situation: Situation, checklist: Checklist, today: date) -> Iterator[KeyDate]:
    dues = checklist.dues
    mine = {name: due for name, due in dues.items() if situation.person.role in WHOSE[due.whose]}
    calendar = calendar_of(situation.case.route, situation.case.details)
    for name, due in mine.items():
        found = _found(due, situation, calendar, today)
        if found is not None:
            yield _key_date(_terms(name, due), found, situation, today)
    said = {due.anchor for due in mine.values() if due.direction == "on"}
    said |= {other for anchor in said for other in common_dues().anchors.get(anchor, ())}
    for name, common in common_dues().due.items():
        if situation.person.role in WHOSE[common.whose] and common.anchor not in said:
            for number, found in enumerate(_common(common, situation, calendar, checklist.purpose), 1):
                terms = _terms(name if number == 1 else f"{name}-{number}", common)
                yield _key_date(terms, found, situation, today)
    if situation.person.role == "principal":
        facts_of_route = {fact for due in dues.values() for fact in due.facts}
        for terms, found in employment_dates(situation, calendar, today, facts_of_route):
            yield _key_date(terms, found, situation, today)
    for terms, found in tax_dates(situation, today):
        yield _key_date(terms, found, situation, today)


def _terms(name: str, due: Due) -> Terms:
    leads_up = due.direction != "after" and due.anchor in _BEGINNINGS
    return Terms(
        name, due.label, due.acts, due.source, due.checked, due.anchor, due.lead_days, due.opens, due.note, leads_up
    )


def _found(due: Due, situation: Situation, calendar: Calendar, today: date) -> Found | None:
    """Return what a date of the route comes to, or None where a known fact rules it out."""
    truth = together(due.when, situation)
    if truth.unknown is None and not truth.holds:
        return None
    if due.window_days or due.window_months:
        found = window_date(due, situation, today)
    else:
        fact = _anchor(due.anchor, situation)
        found = _missing(due.anchor, situation) if fact is None else _from_fact(due, fact, calendar)
    if truth.unknown is None:
        return found
    asked = truth.unknown
    because = f"may apply; {asked.because}"
    return replace(found, unsure=True, because=because, next_step=asked.next_step, waits=not found.days)


def _anchor(name: str, situation: Situation) -> Fact | None:
    """Return the fact a date counts from: under its own name, or under another that says the same."""
    names = (name, *common_dues().anchors.get(name, ()))
    return next((fact for each in names if (fact := situation.fact(each)) is not None), None)


def _missing(name: str, situation: Situation) -> Found:
    """Return what is missing: a reading, where the paper is on file, else the paper or the statement itself."""
    on_file = [each for each in (name, *common_dues().anchors.get(name, ())) if _has_paper(each, situation)]
    answer = situation.known(on_file[0] if on_file else name)
    return unknown(answer, waits=not on_file) if isinstance(answer, Answer) else Found((), "", True)


def _has_paper(name: str, situation: Situation) -> bool:
    kind = name.rpartition(".")[0].replace("_", "-")
    return bool(kind and situation.of_kind((kind,)))


def _from_fact(due: Due, fact: Fact, calendar: Calendar) -> Found:
    """Count from what *fact* says; every reading that nobody has ruled out is counted from."""
    readings = (fact.field, *(() if fact.settled else fact.others))
    return _from_readings(due, fact, readings, calendar)


def _from_readings(due: Due, fact: Fact, readings: Sequence[Field], calendar: Calendar) -> Found:
    anchors = [day for field in readings if (day := _day(field)) is not None]
    if len(anchors) < len(readings):
        step = f'State it: record "{fact.name}" = YYYY-MM-DD under [details] with `mobility case add`.'
        return Found((), f"not readable as a day: {words(fact.name)}", True, step, tuple(readings))
    found = fallen(due, anchors, calendar)
    found = replace(found, evidence=tuple(readings), documents=documents_of(readings), value=anchors[0].isoformat())
    if found.unsure:
        return found
    if not fact.field.sure:
        because = f"unclear: {place(fact.field)} (sure to {fact.field.confidence:.2f})"
        step = f'Look at it; then record "{fact.name}" = ... under [details] with `mobility case add`.'
        return replace(found, unsure=True, because=because, next_step=step)
    if len(found.days) > 1:
        answer = contradicted([fact])
        return replace(found, unsure=True, because=answer.because, next_step=answer.next_step)
    return found


def _day(field: Field) -> date | None:
    return day_of(field.value) if isinstance(field.value, str) else None


def _common(due: PaperDue, situation: Situation, calendar: Calendar, purpose: Purpose) -> Iterator[Found]:
    """Yield the dates of papers on file and of the plan; nothing where there is no such paper, or no such plan."""
    kind, _, name = due.anchor.rpartition(".")
    if due.each:
        # Two certificates of a kind do not contradict each other: each runs out on its own day.
        for paper in situation.of_kind((kind.replace("_", "-"),)):
            field = paper.record.get(name)
            if field is not None:
                yield _from_readings(due, Fact(due.anchor, field), (field,), calendar)
        return
    fact = situation.fact(due.anchor)
    if fact is not None:
        yield _from_fact(due, fact, calendar)
    elif (
        due.expected
        and purpose not in due.unplanned
        and (kind == "case" or situation.of_kind((kind.replace("_", "-"),)))
    ):
        yield _missing(due.anchor, situation)


def _key_date(terms: Terms, found: Found, situation: Situation, today: date) -> KeyDate:
    on = found.days[0] if len(found.days) == 1 and not found.unsure else None
    start_by = lead(on or found.days[0], terms.lead_days) if found.days else None
    state = found.state or State.UNSURE
    if on is not None and start_by is not None and found.state is None:
        state = stands(on, start_by, today, opens=terms.opens)
    done = _done(terms, situation, today)
    if done:
        state, found = State.DONE, replace(found, because=done, next_step="", waits=False)
    case, person = situation.case, situation.person
    return KeyDate(
        case=case.id,
        reference=case.reference,
        name=terms.name,
        label=terms.label,
        person=person.id,
        role=situation.role,
        acts=terms.acts,
        on=on,
        start_by=start_by,
        state=state,
        because=found.because or _counted_from(terms.anchor, found),
        legal_source=str(terms.source),
        basis=terms.source.basis,
        confidence=terms.source.confidence,
        checked=terms.checked,
        anchor=terms.anchor,
        anchor_value=found.value,
        opens=terms.opens,
        possible=() if on is not None else found.days,
        evidence=found.evidence,
        documents=found.documents,
        next_step=found.next_step,
        note=terms.note,
        waits=found.waits,
    )


def _done(terms: Terms, situation: Situation, today: date) -> str:
    """Return why a date needs nobody any more, or an empty text: a person says so, or what it led up to has come."""
    said = situation.fact(f"{DONE}.{terms.name}")
    if said is not None:
        return f"done: {said.field.value}"
    planned = situation.case.dates.get(terms.anchor.removeprefix("case.")) if terms.leads_up else None
    return f"the {words(terms.anchor)} {planned} has come" if planned is not None and planned < today else ""


def _counted_from(anchor: str, found: Found) -> str:
    read = next((field for field in found.evidence if field.source.document), None)
    return f"from the {words(anchor)} {found.value}" + (f", {place(read)}" if read is not None else "")


def soonest(dates: Sequence[KeyDate], today: date, days: int) -> list[KeyDate]:
    """Return the dates that fall due, or have to be begun, within *days* of *today*, and those that nobody knows."""
    until = date.fromordinal(min(date.max.toordinal(), today.toordinal() + days))
    return [each for each in dates if _begins(each) <= until]


def _begins(each: KeyDate) -> date:
    days = (each.start_by, each.on, *each.possible)
    return min((day for day in days if day is not None), default=date.min)
