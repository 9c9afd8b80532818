"""Daily allowances held against the policy's own clause on them: what a day may cost, and what goes over it.

Nothing is cut: what is over is for a person to decide. A clause that hangs on what the case does not say, a country
without a limit or a missing rate is asked about or left without a limit, never taken for within. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from toolkit import policy as policies
from toolkit.errors import InputError
from toolkit.per_diem_days import Day
from toolkit.phrasing import rounded
from toolkit.policy import Standing
from toolkit.policy_clauses import Benefit, Clause, Per, Policy
from toolkit.rates import Rate

_MEALS, _LANGUAGE = "meals", "en"


@dataclass(frozen=True, slots=True)
class Held:
    """How one day stands under its clause. `over` is in the claim currency, `percent` is over the limit.

    `asks` is what has to be known first; `limit` is empty where the clause sets none for a day there.
    """

    clause: str
    limit: str = ""
    over: Decimal = field(default=Decimal(0), repr=False)
    percent: Decimal = Decimal(0)
    approver: str = ""
    asks: str = ""


def held(
    day: Day, currency: str, rates: Callable[[str, str, date], Rate], policy: Policy | None, at: Standing
) -> Held | None:
    """Return how *day* stands under the clause of *policy* on daily allowances; None without one, or for an open day.

    *rates* gives units of one currency that another is worth on a day, and raises InputError where that is not known.
    """
    clause = None if policy is None else clause_on(policy, at)
    if policy is None or clause is None or day.amount is None:
        return None
    named = f"{clause.number} {clause.title.get(_LANGUAGE) or next(iter(clause.title.values()), '')}".strip()
    if policies.applies(clause, at) is None or (not at.tier and any(each.tiers for each in clause.limits)):
        return Held(named, asks="whether the clause holds is not known: " + (" ".join(at.asked) or "state the tier"))
    limits = policies.limits_for(policies.for_tier(clause, at.tier), country=day.country, category=_MEALS)
    by_day = [each for each in limits if each.per is Per.DAY]
    if len({each.name for each in by_day}) > 1:
        return Held(named, asks="the clause has several limits for a day: which of them holds is for a person to say")
    if not by_day:
        return Held(named)
    limit = by_day[0]
    words = f"{limit.currency} {limit.amount:,f} per day"
    try:
        spent = rounded(day.amount * rates(day.currency, limit.currency, day.date).value, limit.currency)
        back = rates(limit.currency, currency, day.date).value
    except InputError as missing:
        return Held(named, words, asks=str(missing))
    if spent <= limit.amount:
        return Held(named, words)
    percent = 100 * (spent - limit.amount) / limit.amount if limit.amount else Decimal(0)
    who = policies.approver_for(policy, clause, percent).who
    approver = who.get(_LANGUAGE) or next(iter(who.values()), "")
    return Held(named, words, rounded((spent - limit.amount) * back, currency), percent, approver)


def clause_on(policy: Policy, at: Standing) -> Clause | None:
    """Return the clause on daily allowances that holds, or may hold, for a case that stands so; or None."""
    found = [each for each in policy.clauses if each.benefit is Benefit.PER_DIEM]
    found = [each for each in found if policies.applies(each, at) is not False]
    return min(found, key=lambda each: (policies.applies(each, at) is None, not each.countries), default=None)
