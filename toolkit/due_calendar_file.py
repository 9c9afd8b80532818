"""Key dates as an iCalendar file (RFC 5545): one all-day event each, with an alarm on the day to begin.

An event keeps its UID as long as case, person and date are the same, so that a newer file replaces what an older one
put into a calendar. Names of people appear only where they are handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from toolkit.due_dates import KeyDate, State
from toolkit.errors import MissingToolError

#: Ours alone, so that nobody else's events share a UID.
_NAMESPACE = UUID("6f0c1b52-5a57-4d0a-9b43-3f2b7a0f1c65")
_PRODUCT = "-//Mobility Toolkit//Key dates//EN"
#: Days ahead of a date at which every calendar warns once more.
_AGAIN = 7


def calendar_file(dates: Iterable[KeyDate], now: datetime, names: Mapping[tuple[str, str], str]) -> bytes:
    """Return the calendar of *dates*, but for those that are done and those without any day, written at *now* (UTC).

    *names* are people's names by the ids of case and person; where one is missing the role stands instead. What is
    unsure stands on the earliest day it may be, and says so. Raises MissingToolError without the package icalendar.
    """
    try:
        from icalendar import Alarm, Calendar, Event
    except ImportError as absent:
        remedy = "Install it: pip install icalendar"
        raise MissingToolError("Calendars need the package icalendar.", remedy=remedy) from absent
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for each in dates:
        day = each.on or min(each.possible, default=None)
        if day is None or each.state is State.DONE:
            continue
        event = Event()
        event.add("uid", uid(each))
        event.add("dtstamp", now)
        event.add("dtstart", day)
        event.add("summary", _summary(each, names.get((each.case, each.person), each.role)))
        event.add("description", _description(each))
        event.add("categories", [each.state.value])
        # A date to keep in mind does not make anybody busy.
        event.add("transp", "TRANSPARENT")
        for ahead in _alarms(each, day):
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", each.label)
            alarm.add("trigger", -timedelta(days=ahead))
            event.add_component(alarm)
        calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made


def uid(each: KeyDate) -> str:
    """Return the event's UID: the same for the same date of the same person of the same case, and told by no name."""
    return f"{uuid5(_NAMESPACE, f'{each.case}/{each.person}/{each.name}')}@mobility-toolkit"


def _summary(each: KeyDate, who: str) -> str:
    doubt = "Unsure: " if each.state is State.UNSURE else ""
    opens = "From today: " if each.opens else ""
    return f"{doubt}{opens}{each.label} ({each.reference}, {who})"


def _description(each: KeyDate) -> str:
    lines = (
        f"{each.state.value}; {each.acts} acts" + (f", begin by {each.start_by}" if each.start_by else ""),
        each.because,
        each.next_step,
        f"{each.legal_source} (checked {each.checked})",
        each.note.strip(),
    )
    return "\n".join(line for line in lines if line)


def _alarms(each: KeyDate, day: date) -> list[int]:
    ahead = max(0, (day - each.start_by).days) if each.start_by is not None else 0
    return [ahead, _AGAIN] if ahead > _AGAIN else [ahead]
