"""Rules about amounts and levels that change by date: pay against thresholds, balances, language levels, counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Literal

import msgspec

from toolkit.fields.terms import Term
from toolkit.model import Fact, Field, Proof, Verdict
from toolkit.rules.papers import BaseRule
from toolkit.rules.situation import Answer, Situation, documents_of, record, unclear, words

Period = Literal["year", "month", "week", "day", "hour"]
_A_YEAR = {"year": 1, "month": 12, "week": 52}
CEFR = ("A1", "A2", "B1", "B2", "C1", "C2")


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One threshold: an amount a *period* for *groups*, in force from *first_day* to *last_day* (or open)."""

    id: str
    amount: Decimal
    groups: tuple[str, ...]
    first_day: date
    last_day: date | None = None
    period: Literal["year", "month"] = "year"
    source: str = ""

    @property
    def yearly(self) -> Decimal:
        """Return what the amount is a year."""
        return self.amount * _A_YEAR[self.period]


class LevelStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A language level asked for between two days (open when left out)."""

    level: Literal["A1", "A2", "B1", "B2", "C1", "C2"]
    first_day: date | None = None
    last_day: date | None = None


class AtLeast(BaseRule, frozen=True, tag="at_least"):
    """The yearly pay reaches the threshold in force on *on* for the person's group (statement *group*).

    *amounts* are the facts that can state the pay, each with `<name>_period` beside it. The group is asked for only
    where it decides; pay in another currency is not converted, since the rules know no exchange rate.
    """

    amounts: tuple[str, ...]
    currency: str
    on: str
    group: str
    steps: tuple[Step, ...]

    def answer(self, situation: Situation) -> Answer:
        """Judge every reading of the pay against every threshold that may apply."""
        day = situation.known(self.on)
        if isinstance(day, Answer):
            return day
        on = date.fromisoformat(str(day.field.value))
        steps = [s for s in self.steps if s.first_day <= on and (s.last_day is None or on <= s.last_day)]
        if not steps:
            because = f"no threshold is known for {on}"
            return Answer(Verdict.UNSURE, because, (day.field,), next_step="Update the thresholds in the checklist.")
        return self._paid(situation, steps, on)

    def _paid(self, situation: Situation, steps: Sequence[Step], on: date) -> Answer:
        facts = [fact for name in self.amounts if (fact := situation.fact(name)) is not None]
        first = situation.known(self.amounts[0])
        if not facts and isinstance(first, Answer):
            return first
        if unsure := next((fact for fact in facts if not fact.field.sure), None):
            return unclear(unsure)
        readings = [f for fact in facts for f in (fact.field, *(() if fact.settled else fact.others))]
        pairs = [pair for fact in facts for pair in self._yearly(situation, fact)]
        yearly = [(field, pay) for field, pay in pairs if pay is not None]
        # Pay in the currency whose period or amount is not clear could lie on the other side of the threshold.
        blurred = [field for field, pay in pairs if pay is None and not any(_same(field, other) for other, _ in yearly)]
        if blurred:
            key = next(fact.name for fact in facts if blurred[0] in (fact.field, *fact.others))
            because = "a yearly amount cannot be told from every reading of the pay"
            return self._unclear(because, (*blurred, *(field for field, _ in yearly)), key)
        if not yearly:
            because = f"no pay in {self.currency} with its period is known"
            return self._unclear(because, readings, situation.key(self.amounts[-1]))
        return self._judged(situation, steps, on, yearly)

    def _unclear(self, because: str, readings: Sequence[Field], key: str) -> Answer:
        step = f"Write the yearly gross pay in {self.currency}: {record(key)} Add {key}_currency and {key}_period."
        return Answer(Verdict.UNSURE, because, tuple(readings), documents_of(readings), step)

    def _judged(
        self, situation: Situation, steps: Sequence[Step], on: date, yearly: Sequence[tuple[Field, Decimal]]
    ) -> Answer:
        evidence = tuple(field for field, _ in yearly)
        group = situation.fact(self.group)
        named = str(group.field.value).strip().casefold() if group is not None else ""
        mine = [step for step in steps if not named or named in {g.casefold() for g in step.groups}]
        if not mine:
            return situation.question(self.group)
        results = {pay >= step.yearly for _, pay in yearly for step in mine}
        low, high = min(step.yearly for step in mine), max(step.yearly for step in mine)
        limit = f"{low} {self.currency}" if low == high else f"{low} to {high} {self.currency}, by group"
        ids = documents_of(evidence)
        if len(results) == 1:
            holds = results.pop()
            because = f"pay {'reaches' if holds else 'is below'} the threshold on {on} ({limit} a year)"
            step = "" if holds else "Raise the pay, or see whether a lower threshold applies."
            return Answer(Verdict.MET if holds else Verdict.UNMET, because, evidence, ids, step)
        if len(mine) > 1 and group is None:
            return situation.question(self.group)
        because = f"readings of the pay lie on both sides of the threshold on {on} ({limit} a year)"
        step = f"Compare the papers and {record(situation.key(self.amounts[-1]))}"
        return Answer(Verdict.UNSURE, because, evidence, ids, step)

    def _yearly(self, situation: Situation, fact: Fact) -> list[tuple[Field, Decimal | None]]:
        """Return the readings in the currency with what they are a year; None where that cannot be told."""
        found: list[tuple[Field, Decimal | None]] = []
        for field in (fact.field, *(() if fact.settled else fact.others)):
            period, currency = (self._beside(situation, fact, field, part) for part in ("period", "currency"))
            if (field.currency or currency) == self.currency:
                amount = _amount(field)
                found.append((field, amount * _A_YEAR[period] if amount is not None and period in _A_YEAR else None))
        return found

    def _beside(self, situation: Situation, fact: Fact, field: Field, part: str) -> str:
        """Return the period or currency stated beside the pay: in the same document, else under the fact's name."""
        for paper in situation.papers:
            if paper.document.id == field.source.document and field.source.document:
                beside = paper.record.get(f"{field.name}_{part}")
                if beside is not None and beside.sure:
                    return str(beside.value)
        stated = situation.fact(f"{fact.name.removeprefix(f'{situation.role}.')}_{part}")
        return str(stated.field.value) if stated is not None and stated.field.sure else ""


def _amount(field: Field) -> Decimal | None:
    try:
        amount = Decimal(str(field.value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _same(one: Field, other: Field) -> bool:
    """Whether two readings are one amount, so that the period of one is that of the other."""
    amount = _amount(one)
    return amount is not None and amount == _amount(other)


class Held(BaseRule, frozen=True, tag="held"):
    """A balance of at least *amount* was held for *days* in a row that end at most *before_days* before *anchor*.

    Read from the statements `<prefix>_lowest_balance`, `<prefix>_currency`, `<prefix>_from` and `<prefix>_until`, and
    where nobody stated a balance from the bank statements on file, which may follow on one another. Both the first and
    the last day count.
    """

    prefix: str
    amount: Decimal
    currency: str
    days: int
    before_days: int
    anchor: str

    def answer(self, situation: Situation) -> Answer:
        """Judge amount, length and freshness together."""
        day = situation.known(self.anchor)
        read = _statements(situation) if situation.fact(f"{self.prefix}_lowest_balance") is None else None
        if read is not None and not isinstance(day, Answer):
            values, fields = read
            holds, because = self._judge(*values, str(day.field.value))
            step = "" if holds else "Send newer or further bank statements."
            verdict = Verdict.MET if holds else Verdict.UNMET
            return Answer(verdict, because, (*fields, day.field), documents_of(fields), step)
        names = [f"{self.prefix}_{part}" for part in ("lowest_balance", "currency", "from", "until")]
        return situation.decide((*names, self.anchor), self._judge, "Send newer or further bank statements.")

    def _judge(self, balance: str, currency: str, first: str, last: str, anchor: str) -> tuple[bool, str]:
        start, end, on = (date.fromisoformat(day) for day in (first, last, anchor))
        length = (end - start).days + 1
        if currency != self.currency:
            return False, f"the balance is not in {self.currency}"
        if Decimal(balance) < self.amount:
            return False, f"the lowest balance is below {self.amount} {self.currency}"
        if length < self.days:
            return False, f"held for {length} of {self.days} days"
        fresh = Term(days=self.before_days).before(on) <= end <= on
        verb = "within" if fresh else "not within"
        return fresh, f"held for {length} days until {last}, {verb} {self.before_days} days before {words(self.anchor)}"


def _statements(situation: Situation) -> tuple[tuple[str, str, str, str], tuple[Field, ...]] | None:
    """Return lowest balance, currency, first and last day of the latest unbroken run of bank statements, and fields.

    None where any of them was not read for sure, or two are in different currencies: then a person is asked.
    """
    found = []
    for paper in situation.of_kind(("bank-statement",)):
        names = ("period_start", "period_end", "lowest_balance")
        fields = [field for name in names if (field := paper.record.get(name)) is not None and field.sure]
        amount = _amount(fields[2]) if len(fields) == 3 else None
        if amount is None:
            return None
        beside = paper.record.get("currency")
        currency = fields[2].currency or (str(beside.value) if beside is not None and beside.sure else "")
        found.append((str(fields[0].value), str(fields[1].value), amount, currency, tuple(fields)))
    if not found or len({currency for _, _, _, currency, _ in found}) > 1:
        return None
    found.sort(key=lambda statement: statement[1], reverse=True)
    run = found[:1]
    for statement in found[1:]:
        if date.fromisoformat(statement[1]) + timedelta(days=1) >= date.fromisoformat(run[-1][0]):
            run.append(statement)
    lowest = min(amount for _, _, amount, _, _ in run)
    first = min(start for start, _, _, _, _ in run)
    return (str(lowest), run[0][3], first, run[0][1]), tuple(f for *_, fields in run for f in fields)


class AmountAtLeast(BaseRule, frozen=True, tag="amount_at_least"):
    """The sum *field* that a paper names, an insured sum say, is at least *minimum* in *currency*."""

    field: str
    minimum: Decimal
    currency: str
    otherwise: str = ""

    def answer(self, situation: Situation) -> Answer:
        """Compare sums in the same currency; another currency is not converted."""
        known = situation.known(self.field)
        if isinstance(known, Answer):
            return known
        amount, limit = _amount(known.field), f"{self.minimum} {self.currency}"
        if amount is None or known.field.currency != self.currency:
            because = f"{words(self.field)} is not known in {self.currency}"
            step = f"Look at the paper and write the sum in {self.currency}: {record(known.name)}"
            stated = known.field.proof is Proof.PERSON and amount is not None
            if not stated:
                return Answer(Verdict.UNSURE, because, (known.field,), documents_of((known.field,)), step)
        return situation.decide(
            (self.field,),
            lambda sum_: (Decimal(str(sum_)) >= self.minimum, f"{words(self.field)}: at least {limit} needed"),
            self.otherwise,
        )


class LanguageLevel(BaseRule, frozen=True, tag="language_level"):
    """The level recorded under *key* (CEFR) is at least the one asked for on *on*."""

    key: str
    on: str
    steps: tuple[LevelStep, ...]

    def answer(self, situation: Situation) -> Answer:
        """Compare on the scale of the Common European Framework."""

        def judge(level: str, on: str) -> tuple[bool, str]:
            day = date.fromisoformat(on)
            wanted = next(
                s.level
                for s in self.steps
                if (s.first_day is None or s.first_day <= day) and (s.last_day is None or day <= s.last_day)
            )
            holds = CEFR.index(level.strip().upper()) >= CEFR.index(wanted)
            return holds, f"level {level}; {wanted} is asked for on {on}"

        return situation.decide((self.key, self.on), judge, "Take an approved test at the level asked for.")


class CountAtLeast(BaseRule, frozen=True, tag="count_at_least"):
    """The number recorded under *key* is at least *minimum*."""

    key: str
    minimum: int
    otherwise: str = ""

    def answer(self, situation: Situation) -> Answer:
        """Compare whole numbers."""
        return situation.decide(
            (self.key,),
            lambda number: (
                int(number) >= self.minimum,
                f"{words(self.key)}: {number}, at least {self.minimum} needed",
            ),
            self.otherwise,
        )
