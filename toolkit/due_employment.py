"""Key dates of the employer's right-to-work checks: Form I-9 for routes of the US, the UK check for those of GB.

They count from the planned first day of work, or from `employment.first_day`, and from what the employer states:

    "i9.documents" = "foreign-passport-i-94"      # ids of toolkit/due_right_to_work.toml, with commas
    "i9.document_until" = 2029-02-28              # or nothing: the expiry on the entry record is taken
    "i9.section_1_until" = 2029-02-28
    "right_to_work.document" = "online-check"
    "right_to_work.checked_on" = 2026-12-18
    "right_to_work.until" = 2029-02-28            # or "right_to_work.notice_on" for a Positive Verification Notice
    "employment.end_date" = 2029-02-28            # then the day until which the papers are kept is known

Of a check that is past and of which nothing is stated, nobody knows whether it was made: that is unsure, not overdue.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from toolkit.calendars import Calendar
from toolkit.day_counts import day_of
from toolkit.due_dates import Found, State, Terms
from toolkit.due_right_to_work import (
    i9_choice,
    i9_keep_until,
    i9_reverify_by,
    i9_section_2_by,
    right_to_work,
    uk_excuse,
    uk_keep_until,
)
from toolkit.due_travel import unknown
from toolkit.errors import MissingToolError
from toolkit.model import Field, Verdict
from toolkit.rules import Answer, Situation
from toolkit.rules.situation import documents_of

_Dated: TypeAlias = tuple[date, tuple[Field, ...]]

#: Routes nobody works on by the route itself: visitors and dependants, whose work has rules of its own.
_NO_WORK = frozenset({"b-1", "h-4", "l-2", "business-visitor", "dependant"})
_CHECK_LEAD, _FOLLOW_UP_LEAD, _KEEP_LEAD = 14, 90, 30
#: The fact that says a route's own file has the date of the check.
_ROUTE_HAS_CHECK = "/key_dates/rtw"
_FIRST_DAY = ("employment.first_day", "case.start")


def employment_dates(
    situation: Situation, calendar: Calendar, today: date, facts_of_route: Collection[str]
) -> Iterator[tuple[Terms, Found]]:
    """Yield the dates of the check for the principal; nothing for routes of other countries and without work."""
    country, _, stem = situation.case.route.partition("/")
    if stem in _NO_WORK:
        return
    if country == "us":
        yield from _form_i9(situation, calendar, today)
    elif country == "gb":
        yield from _uk_check(situation, today, any(fact.endswith(_ROUTE_HAS_CHECK) for fact in facts_of_route))


def _form_i9(situation: Situation, calendar: Calendar, today: date) -> Iterator[tuple[Terms, Found]]:
    law = right_to_work().i9
    first, end = _day(situation, *_FIRST_DAY), _day(situation, "employment.end_date")
    by_1, by_2 = (first, first) if isinstance(first, Found) else (_section_1(first), _section_2(first, calendar))
    label = "Form I-9, section 1: the employee completes and signs it"
    terms = Terms("i9-section-1", label, "employee", law.section_1.source, law.checked, "case.start", _CHECK_LEAD)
    yield terms, _recorded(by_1, situation, "i9.documents", today)
    label = "Form I-9, section 2: the employer examines the employee's documents"
    terms = Terms("i9-section-2", label, "employer", law.section_2.source, law.checked, "case.start", _CHECK_LEAD)
    yield terms, _recorded(by_2, situation, "i9.documents", today)
    reverify = _reverify(situation)
    if reverify is not None:
        label = "Form I-9: reverify the employment authorisation (Supplement B)"
        source, anchor = law.reverify.source, "i9.document_until"
        yield Terms("i9-reverify", label, "employer", source, law.checked, anchor, _FOLLOW_UP_LEAD), reverify
    if not isinstance(first, Found) and not isinstance(end, Found):
        until = i9_keep_until(first[0], end[0])
        because = f"three years from {first[0]} or one year from {end[0]}, whichever is later"
        label, source = "Form I-9 is kept until this day, and may go after it", law.keep_from_hire.source
        terms = Terms("i9-keep-until", label, "employer", source, law.checked, "employment.end_date", _KEEP_LEAD, True)
        yield terms, _of(until, because, (*first[1], *end[1]))


def _section_1(first: _Dated) -> Found:
    return _of(first[0], "no later than the first day of work", first[1])


def _section_2(first: _Dated, calendar: Calendar) -> Found:
    try:
        found = i9_section_2_by(first[0], calendar)
    except MissingToolError as missing:
        return Found((), missing.message, True, missing.remedy)
    because = f"three business days after {first[0]}; a holiday on which the employer is open counts as one"
    return _of(found.safe, because, first[1])


def _recorded(found: Found, situation: Situation, name: str, today: date) -> Found:
    """Return what a check comes to that is recorded, and of one that is past and is not, that nobody knows."""
    recorded = situation.fact(name)
    if recorded is not None:
        evidence = (*found.evidence, recorded.field)
        return replace(found, because="recorded", evidence=evidence, state=State.DONE if found.days else None)
    if not found.days or found.days[0] >= today:
        return found
    because = f"nothing is recorded of it; it was due on {found.days[0]}"
    return replace(found, unsure=True, because=because, next_step=f'State "{name}" under [details], or make up for it.')


def _reverify(situation: Situation) -> Found | None:
    """Return when to reverify, once documents are recorded; before that nobody knows what will be shown."""
    shown = situation.fact("i9.documents")
    if shown is None:
        return None
    names = [name.strip() for name in str(shown.field.value).split(",") if name.strip()]
    choice = i9_choice(names)
    if choice.verdict is not Verdict.MET:
        step = 'Correct "i9.documents" under [details], or complete section 2.'
        return Found((), choice.because, True, step, (shown.field,))
    expiry = _day(situation, "i9.document_until", "status_evidence.expiry_date")
    stated = _day(situation, "i9.section_1_until")
    section_1 = None if isinstance(stated, Found) else stated[0]
    day = i9_reverify_by(section_1, {name: None if isinstance(expiry, Found) else expiry[0] for name in names})
    if day is not None:
        evidence = (shown.field, *(() if isinstance(expiry, Found) else expiry[1]))
        return _of(day, "the earlier of the date in section 1 and the document's expiry", evidence)
    followed = any(right_to_work().i9.documents[name].reverify for name in names)
    return expiry if followed and isinstance(expiry, Found) else None


def _uk_check(situation: Situation, today: date, route_has_check: bool) -> Iterator[tuple[Terms, Found]]:
    law = right_to_work().uk
    first, end = _day(situation, *_FIRST_DAY), _day(situation, "employment.end_date")
    checked_on = _day(situation, "right_to_work.checked_on")
    if not route_has_check:
        before = first if isinstance(first, Found) else _of(first[0], "before work begins on that day", first[1])
        label, source = "Right-to-work check, before the first day of work", law.before_start.source
        terms = Terms("right-to-work-check", label, "employer", source, law.checked, "case.start", _CHECK_LEAD)
        yield terms, _recorded(before, situation, "right_to_work.checked_on", today)
    if not isinstance(checked_on, Found) and not isinstance(first, Found):
        follow_up = _follow_up(situation, checked_on[0], first[0])
        if follow_up is not None:
            notice = situation.fact("right_to_work.notice_on") is not None
            source = law.follow_up_notice.source if notice else law.follow_up.source
            label, anchor = "Statutory excuse ends: follow-up right-to-work check by then", "right_to_work.until"
            terms = Terms("statutory-excuse-ends", label, "employer", source, law.checked, anchor, _FOLLOW_UP_LEAD)
            yield terms, follow_up
    if not isinstance(end, Found):
        label, source = "Copies of the right-to-work check are kept until this day", law.keep_from_end.source
        anchor = "employment.end_date"
        terms = Terms("right-to-work-keep-until", label, "employer", source, law.checked, anchor, _KEEP_LEAD, True)
        yield terms, _of(uk_keep_until(end[0]), f"two years from {end[0]}", end[1])


def _follow_up(situation: Situation, checked_on: date, first_day: date) -> Found | None:
    shown = situation.fact("right_to_work.document")
    if shown is None:
        missing = _day(situation, "right_to_work.document")
        return missing if isinstance(missing, Found) else None
    until = _day(situation, "right_to_work.until", "status_evidence.expiry_date", "residence_permit.expiry_date")
    notice = _day(situation, "right_to_work.notice_on")
    excuse = uk_excuse(
        str(shown.field.value),
        checked_on,
        first_day,
        permission_until=None if isinstance(until, Found) else until[0],
        notice_on=None if isinstance(notice, Found) else notice[0],
    )
    evidence = (shown.field, *(() if isinstance(until, Found) else until[1]))
    if excuse.verdict is Verdict.UNMET:
        step = "Check now, and take counsel's advice: until then there is no statutory excuse."
        return replace(_of(first_day, excuse.because, evidence), next_step=step, state=State.OVERDUE)
    if excuse.verdict is Verdict.UNSURE:
        return Found((), excuse.because, True, "State it under [details].", evidence)
    return None if excuse.until is None else _of(excuse.until, excuse.because, evidence)


def _of(day: date | None, because: str, evidence: tuple[Field, ...]) -> Found:
    days = () if day is None else (day,)
    value = "" if day is None else day.isoformat()
    return Found(days, because, evidence=evidence, documents=documents_of(evidence), value=value)


def _day(situation: Situation, *names: str) -> _Dated | Found:
    """Return the day of the first of *names* that is known, with its field; or what is missing or unclear."""
    for name in names:
        if situation.fact(name) is None:
            continue
        known = situation.known(name)
        if isinstance(known, Answer):
            return unknown(known)
        if not known.settled:
            return Found((), f"papers disagree on {name}", True, f'Compare them and record "{name}" under [details].')
        day = day_of(str(known.field.value))
        if day is None:
            return Found((), f"not a day: {name}", True, f'Record "{name}" = YYYY-MM-DD under [details].')
        return day, (known.field,)
    missing = situation.known(names[-1])
    return unknown(missing, waits=True) if isinstance(missing, Answer) else Found((), "", True)
