"""The planned pay against a route's thresholds on the days the application may be filed. Pure.

Pay in another currency is converted only by a dated rate that is given, and is never sure then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeAlias

from toolkit.rates import Rate
from toolkit.route_choice_plan import Judged, Pay, Plan, Standing, asked, met, unmet, unsure
from toolkit.rules.amounts import AtLeast, Step

#: The dated rate from one currency into another, or None where there is none.
Convert: TypeAlias = Callable[[str, str], Rate | None]


@dataclass(frozen=True, slots=True)
class Threshold:
    """One threshold in force on a day the application may be filed. `yearly` is what it is a year."""

    id: str
    groups: tuple[str, ...]
    yearly: Decimal
    currency: str
    first_day: date
    last_day: date | None
    source: str


@dataclass(frozen=True, slots=True)
class PayJudged:
    """How the pay stands, the thresholds it was held against, and what was converted how (or why not)."""

    judged: Judged
    thresholds: tuple[Threshold, ...]
    converted: str = ""


def no_rate(currency: str, base: str) -> Rate | None:
    """Return that no rate is known."""
    return None


def pay_judged(rule: AtLeast, plan: Plan, convert: Convert, *, floor: str = "", also: str = "") -> PayJudged:
    """Hold the pay of *plan* against the thresholds of *rule*.

    *floor* says why pay that reaches them may be too low all the same, *also* why the route may be open below them.
    """
    window = plan.filed()
    days = _days(rule.steps, *(window or (plan.today, plan.today)))
    group = plan.answer(rule.group)
    by_day = [(day, _in_force(rule.steps, day, group)) for day in days]
    shown = tuple(_threshold(step, rule) for step in dict.fromkeys(step for _, steps in by_day for step in steps))
    if plan.pay is None:
        return PayJudged(asked("What is the gross pay? (--salary, --currency, --period)"), shown)
    yearly, said = _in_currency(plan.pay, rule.currency, convert)
    if yearly is None:
        return PayJudged(unsure(f"the pay is not in {rule.currency}, and no dated rate is known: {said}"), shown, said)
    judged = _compared(yearly, by_day, rule.currency)
    if window is None:
        judged = unsure(f"no date is planned; by the thresholds of {plan.today}: {judged.because}")
    elif said:
        judged = unsure(f"{said}; {judged.because}. A conversion is never sure")
    elif judged.standing is Standing.MET and floor:
        judged = unsure(f"{judged.because}; {floor}")
    elif judged.standing is Standing.UNMET and also:
        judged = unsure(f"{judged.because}; {also}")
    return PayJudged(judged, shown, said)


def _compared(yearly: Decimal, by_day: Sequence[tuple[date, tuple[Step, ...]]], currency: str) -> Judged:
    dark = next((day for day, steps in by_day if not steps), None)
    if dark is not None and all(not steps for _, steps in by_day):
        return unsure(f"no threshold is known for {dark}")
    steps = [step for _, each in by_day for step in each]
    low, high = min(step.yearly for step in steps), max(step.yearly for step in steps)
    limit = f"{low:,.2f} {currency} a year" if low == high else f"{low:,.2f} to {high:,.2f} {currency} a year"
    if dark is not None:
        return unsure(f"no threshold is known from {dark} on; until then {limit}")
    if yearly >= high:
        return met(f"reaches {limit}")
    if yearly < low:
        return unmet(f"below {limit}")
    return unsure(f"between {limit}: it depends on the group, or on the day of filing")


def _in_force(steps: Sequence[Step], day: date, group: str) -> tuple[Step, ...]:
    found = [step for step in steps if step.first_day <= day and (step.last_day is None or day <= step.last_day)]
    # A group of another route's (a case may name one) does not narrow this one's.
    if not any(group == each.casefold() for step in steps for each in step.groups):
        return tuple(found)
    return tuple(step for step in found if group in {each.casefold() for each in step.groups})


def _days(steps: Sequence[Step], first: date, last: date) -> list[date]:
    """Return the days between *first* and *last* on which another threshold may come into force."""
    turns = {step.first_day for step in steps} | {
        step.last_day + timedelta(days=1) for step in steps if step.last_day is not None
    }
    return [first, *sorted(day for day in turns if first < day <= last)]


def _threshold(step: Step, rule: AtLeast) -> Threshold:
    return Threshold(step.id, step.groups, step.yearly, rule.currency, step.first_day, step.last_day, step.source)


def _in_currency(pay: Pay, currency: str, convert: Convert) -> tuple[Decimal | None, str]:
    if pay.currency == currency:
        return pay.yearly, ""
    rate = convert(pay.currency, currency)
    if rate is None:
        return None, f"{pay.currency} is not converted"
    amount = (pay.yearly * rate.value).quantize(Decimal("0.01"))
    return amount, f"about {amount:,.2f} {currency} a year ({rate.source} of {rate.date})"
