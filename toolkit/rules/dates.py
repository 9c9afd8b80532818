"""Rules about days: how long a paper is valid, how old it may be, how long something lasts. Months are months."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from toolkit.calendars import REGION, Calendar, calendar_of
from toolkit.fields.terms import Term, months_later
from toolkit.model import Verdict
from toolkit.rules.papers import BaseRule
from toolkit.rules.situation import Answer, Situation, record, words

_STATE_REGION = f"Correct it (ISO 3166-2, as in DE-BY): {record(REGION)}"


class ValidBeyond(BaseRule, frozen=True, tag="valid_beyond"):
    """The date *field* lies at least *months* (and *days*) after *anchor*, or on it when both are nought.

    For nationals in the list *reduced_for* the reduced term *reduced_months* is enough.
    """

    field: str
    anchor: str
    months: int = 0
    days: int = 0
    reduced_for: str = ""
    reduced_months: int = 0

    def answer(self, situation: Situation) -> Answer:
        """Judge by the full term; only where that fails does the nationality matter."""
        full = self._judged(situation, Term(self.months, self.days))
        if full.verdict is not Verdict.UNMET or full.absent or not self.reduced_for:
            return full
        reduced = self._judged(situation, Term(self.reduced_months))
        if reduced.verdict is not Verdict.MET:
            return full
        nationality = situation.known("nationality")
        if isinstance(nationality, Answer):
            return nationality
        readings = (nationality.field, *(() if nationality.settled else nationality.others))
        members = situation.lists[self.reduced_for]
        exempt = {field.value in members for field in readings}
        if exempt == {False}:
            return full
        if exempt == {True}:
            return reduced
        return Answer(Verdict.UNSURE, "papers disagree on the nationality", readings, full.documents, full.next_step)

    def _judged(self, situation: Situation, term: Term) -> Answer:
        def judge(end: str, anchor: str) -> tuple[bool, str]:
            needed = term.after(date.fromisoformat(anchor))
            length = f"{term} beyond " if term.months or term.days else ""
            holds = date.fromisoformat(end) >= needed
            verb = "reaches" if holds else "does not reach"
            return holds, f"{words(self.field)} {end} {verb} {needed} ({length}{words(self.anchor)} {anchor})"

        paper = words(self.field.rpartition(".")[0])
        step = f"Renew the {paper} before filing, or plan other dates." if paper else ""
        return situation.decide((self.field, self.anchor), judge, step)


class OnTime(BaseRule, frozen=True, tag="on_time"):
    """The day *field* is not after *anchor*, or after it by no more than *working_days* of the route's country.

    Where that hangs on a holiday that not all of the country keeps, it is unsure.
    """

    field: str
    anchor: str
    working_days: int = 0
    otherwise: str = ""

    def answer(self, situation: Situation) -> Answer:
        """Judge by the earlier day the term may end on; only where that fails does the later one matter."""
        calendar = calendar_of(situation.case.route, situation.case.details)
        if self.working_days and not calendar.known:
            return Answer(Verdict.UNSURE, f"the holidays of {calendar} are not known", next_step=_STATE_REGION)
        strict = self._judged(situation, calendar, safe=True)
        if strict.verdict is not Verdict.UNMET or strict.absent or not self.working_days:
            return strict
        if self._judged(situation, calendar, safe=False).verdict is not Verdict.MET:
            return strict
        because = f"{strict.because}, unless a holiday that some regions keep lies in between"
        step = f"{strict.next_step} Or say whose holidays count: {record(REGION)}".strip()
        return replace(strict, verdict=Verdict.UNSURE, because=because, next_step=step)

    def _judged(self, situation: Situation, calendar: Calendar, *, safe: bool) -> Answer:
        def judge(day: str, anchor: str) -> tuple[bool, str]:
            end = calendar.after(date.fromisoformat(anchor), self.working_days)
            last = end.safe if safe else end.other
            holds = date.fromisoformat(day) <= last
            term = f" and {self.working_days} working days" if self.working_days else ""
            by = f"{words(self.anchor)} {anchor}{term}"
            return holds, f"{words(self.field)} {day} is {'not later' if holds else 'later'} than {by}"

        return situation.decide((self.field, self.anchor), judge, self.otherwise)


class Within(BaseRule, frozen=True, tag="within"):
    """The date *earlier* is not after *later*, and no further from it than the term.

    *counted_from* is the end the law counts from: "in the 6 months before the application" counts back from the later
    day, "no more than 3 months after the application" on from the earlier one. Where months end early it matters.
    """

    earlier: str
    later: str
    counted_from: Literal["earlier", "later"]
    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    otherwise: str = ""

    def answer(self, situation: Situation) -> Answer:
        """Compare the two days."""
        term = Term(12 * self.years + self.months, 7 * self.weeks + self.days)

        def judge(first: str, last: str) -> tuple[bool, str]:
            start, end = date.fromisoformat(first), date.fromisoformat(last)
            near = start >= term.before(end) if self.counted_from == "later" else end <= term.after(start)
            names = f"{words(self.earlier)} {first} and {words(self.later)} {last}"
            if end < start:
                return False, f"{names} are the wrong way round"
            return near, f"{names} are {'within' if near else 'more than'} {term}{'' if near else ' apart'}"

        return situation.decide((self.earlier, self.later), judge, self.otherwise)


class Lasts(BaseRule, frozen=True, tag="lasts"):
    """From *first* to *last*, both counted, are at least, or *at_most*, the months and days.

    Since the first day counts, six months from 1 January end with 30 June (German BGB s.188(2), second case), and one
    month from 31 January with the last day of February, since no day of it has that number (s.188(3)).
    """

    first: str
    last: str
    months: int = 0
    at_most: bool = False
    otherwise: str = ""
    days: int = 0

    def answer(self, situation: Situation) -> Answer:
        """Compare the day after the last with the day the term is over."""

        def judge(first: str, last: str) -> tuple[bool, str]:
            if date.fromisoformat(last) < date.fromisoformat(first):
                return False, f"{first} and {last} are the wrong way round"
            term = Term(self.months, self.days)
            limit = _over(date.fromisoformat(first), term)
            after = date.fromisoformat(last) + timedelta(days=1)
            holds = after <= limit if self.at_most else after >= limit
            wanted = f"{'at most' if self.at_most else 'at least'} {term}"
            return holds, f"{first} to {last} is {'' if holds else 'not '}{wanted}"

        return situation.decide((self.first, self.last), judge, self.otherwise)


class Served(BaseRule, frozen=True, tag="served"):
    """Of the *lookback_months* before *anchor*, at least *months* in a row lie between *first* and *last*."""

    first: str
    last: str
    months: int
    lookback_months: int
    anchor: str

    def answer(self, situation: Situation) -> Answer:
        """Clip the time served to the window and count whole months of it."""

        def judge(first: str, last: str, anchor: str) -> tuple[bool, str]:
            end = min(date.fromisoformat(last), date.fromisoformat(anchor))
            window = months_later(date.fromisoformat(anchor), -self.lookback_months)
            start = max(date.fromisoformat(first), window)
            # The last day worked counts as a day of the term, so a year from 1 March ends with 28 February.
            holds = _over(start, Term(self.months)) <= end + timedelta(days=1)
            verb = "hold" if holds else "do not hold"
            return holds, f"the {Term(self.lookback_months)} before {anchor} {verb} {Term(self.months)} from {start}"

        step = f"Plan the filing for when {Term(self.months)} are complete, or show earlier employment."
        return situation.decide((self.first, self.last, self.anchor), judge, step)


def _over(first: date, term: Term) -> date:
    """Return the day after the last one of a term that counts its first day (BGB s.188(2) second case, s.188(3))."""
    same = months_later(first, term.months)
    # A month without a day of that number is in the term to its end.
    return same + timedelta(days=term.days + (same.day < first.day))
