"""Rules about days: how long a paper is valid, how old it may be, how long something lasts. Months are months."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from toolkit.fields.terms import Term, months_later
from toolkit.model import Verdict
from toolkit.rules.papers import BaseRule
from toolkit.rules.situation import Answer, Situation, words


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

    Since the first day counts, six months from 1 January end with 30 June (German BGB s.188(2), second case).
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
            limit = term.after(date.fromisoformat(first))
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
            holds = months_later(start, self.months) <= end + timedelta(days=1)
            verb = "hold" if holds else "do not hold"
            return holds, f"the {Term(self.lookback_months)} before {anchor} {verb} {Term(self.months)} from {start}"

        step = f"Plan the filing for when {Term(self.months)} are complete, or show earlier employment."
        return situation.decide((self.first, self.last, self.anchor), judge, step)
