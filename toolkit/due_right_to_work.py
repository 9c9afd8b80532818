"""The employer's checks of the right to work: documents of US Form I-9 and the UK lists, dates, keeping.

Lists, terms and sources are data (`due_right_to_work.toml`); here is what the law does with them. Pure, knows no case
and no clock. Nobody may be told which of the documents to show (INA 274B): a choice is judged, never proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from toolkit.calendars import Calendar, WorkingDay
from toolkit.checklist import LegalSource
from toolkit.definitions import load
from toolkit.fields.terms import Term
from toolkit.model import Verdict

_FILE = Path(__file__).resolve().parent / "due_right_to_work.toml"


class Paper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document of a list. `reverify`: its expiry has to be followed; `minors_only`: for those under 18."""

    list: Literal["a", "b", "c", "b1", "b2"]
    label: str
    reverify: bool = True
    minors_only: bool = False


class Timed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A term of law with its source; without a term the source alone."""

    source: LegalSource
    months: int = 0
    days: int = 0
    working_days: int = 0

    @property
    def term(self) -> Term:
        """Return the months and days."""
        return Term(self.months, self.days)


class FormI9(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What Form I-9 asks of an employer in the US."""

    checked: date
    documents: Mapping[str, Paper]
    lists: Timed
    section_1: Timed
    section_2: Timed
    short_hire: Timed
    receipt: Timed
    rehire: Timed
    reverify: Timed
    keep_from_hire: Timed
    keep_from_end: Timed


class UkCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the right-to-work check asks of an employer in the UK."""

    checked: date
    documents: Mapping[str, Paper]
    lists: Timed
    before_start: Timed
    follow_up: Timed
    follow_up_notice: Timed
    grace: Timed
    keep_from_end: Timed


class RightToWorkFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `toolkit/due_right_to_work.toml`."""

    i9: FormI9
    uk: UkCheck


@dataclass(frozen=True, slots=True)
class Check:
    """What a check comes to: the verdict, why, and until when it holds (None: without end, or it does not hold)."""

    verdict: Verdict
    because: str
    until: date | None = None


@cache
def right_to_work() -> RightToWorkFile:
    """Return the checks that ship. Raises DefinitionError "file: place: what"."""
    return load(_FILE, RightToWorkFile)


def i9_choice(shown: Iterable[str], *, minor: bool = False) -> Check:
    """Judge the documents an employee chose: one of list A, or one of list B and one of list C.

    A document that is not on the lists answers nothing; more than is needed is UNSURE, since asking for more than the
    form does is itself an offence.
    """
    law = right_to_work().i9
    names = list(dict.fromkeys(shown))
    strange = [name for name in names if name not in law.documents]
    if strange:
        return Check(Verdict.UNSURE, f"not on the lists of Form I-9: {', '.join(strange)}")
    if any(law.documents[name].minors_only for name in names) and not minor:
        return Check(Verdict.UNMET, "a list B document for those under 18 only")
    count = {each: sum(law.documents[name].list == each for name in names) for each in ("a", "b", "c")}
    if count["a"] == 1 and not count["b"] and not count["c"]:
        return Check(Verdict.MET, "one document of list A")
    if count == {"a": 0, "b": 1, "c": 1}:
        return Check(Verdict.MET, "one document of list B and one of list C")
    enough = count["a"] or (count["b"] and count["c"])
    if enough:
        return Check(Verdict.UNSURE, "more than Form I-9 asks for: record one of list A, or one of B and one of C")
    either = "one of list A, or one of B and one of C"
    wanted = "one of list C" if count["b"] else "one of list B" if count["c"] else either
    return Check(Verdict.UNMET, f"missing: {wanted}, as the employee chooses")


def i9_section_2_by(first_day: date, calendar: Calendar, lasts: int | None = None) -> WorkingDay:
    """Return the day by which the employer examines the documents; *lasts*: working days of the employment, if short.

    Three business days after the first day of work, and the first day itself for work of under three business days.
    """
    law = right_to_work().i9
    if lasts is not None and lasts < law.short_hire.working_days:
        return WorkingDay(first_day, first_day)
    return calendar.after(first_day, law.section_2.working_days)


def i9_reverify_by(section_1_until: date | None, shown: Mapping[str, date | None]) -> date | None:
    """Return the day to reverify by: the earlier of the date in section 1 and the expiry of the list A or C document.

    *shown* are the recorded documents with their expiry (None: they have none). None where nothing is reverified:
    US citizens and nationals, permanent residents who showed Form I-551, list B documents, US passports. Raises
    KeyError for a document that is not on the lists.
    """
    law = right_to_work().i9
    if any(law.documents[name].list == "a" and not law.documents[name].reverify for name in shown):
        return None
    days = [day for name, day in shown.items() if law.documents[name].reverify and day is not None]
    return min([*days, *([section_1_until] if section_1_until is not None else [])], default=None)


def i9_receipt_until(hired_or_expired: date) -> date:
    """Return the last day for which a receipt for a replacement stands in for the document."""
    return right_to_work().i9.receipt.term.after(hired_or_expired)


def i9_rehire_until(completed: date) -> date:
    """Return the last day of hiring somebody again on the form *completed* then (Supplement B); later a new one."""
    return right_to_work().i9.rehire.term.after(completed)


def i9_keep_until(hired: date, ended: date | None) -> date | None:
    """Return the day until which Form I-9 is kept: three years from hire or one from the end, whichever is later.

    None while the employment lasts: it is kept.
    """
    if ended is None:
        return None
    law = right_to_work().i9
    return max(law.keep_from_hire.term.after(hired), law.keep_from_end.term.after(ended))


def uk_excuse(
    document: str,
    checked_on: date,
    first_day: date,
    *,
    permission_until: date | None = None,
    notice_on: date | None = None,
) -> Check:
    """Judge a UK check: whether it gives the employer a statutory excuse, and until when.

    List A gives it without end; list B group 1 until the permission expires; group 2 for six months from the Positive
    Verification Notice. A check after the first day of work gives none.
    """
    law = right_to_work().uk
    paper = law.documents.get(document)
    if paper is None:
        return Check(Verdict.UNSURE, f"not on the lists of the right-to-work check: {document}")
    if checked_on > first_day:
        late = f"checked on {checked_on}, after the first day of work {first_day}: no statutory excuse"
        return Check(Verdict.UNMET, late)
    if paper.list == "a":
        return Check(Verdict.MET, "list A: a continuous excuse, no follow-up")
    if paper.list == "b1":
        if permission_until is None:
            return Check(Verdict.UNSURE, "list B group 1: the day the permission expires is not stated")
        return Check(Verdict.MET, "list B group 1: until the permission expires", permission_until)
    if notice_on is None:
        return Check(Verdict.UNSURE, "list B group 2: the day of the Positive Verification Notice is not stated")
    until = law.follow_up_notice.term.after(notice_on)
    return Check(Verdict.MET, "list B group 2: six months from the Positive Verification Notice", until)


def uk_keep_until(ended: date | None) -> date | None:
    """Return the day until which the copy of a UK check is kept; None while the employment lasts."""
    return None if ended is None else right_to_work().uk.keep_from_end.term.after(ended)
