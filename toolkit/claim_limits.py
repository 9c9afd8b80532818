"""Which clause of the policy covers each line, what it grants, and what goes over it.

A limit is counted for what it says: two dinners of one day share the day's limit, a bill of three nights has three. Of
what is over, each line bears what it adds, in the order of the schedule, so that the parts over add up. What cannot be
told (a bill whose nights nobody stated, a case without a tier) is unsure, never within. What earlier claims of the case
took of a limit counts first, as their records say (`claim_earlier`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from toolkit import policy as policies
from toolkit.claim_earlier import Claimed, Earlier, Spent, named
from toolkit.errors import InputError
from toolkit.expense import Line
from toolkit.per_diem import Trip
from toolkit.phrasing import rounded
from toolkit.policy import Standing
from toolkit.policy_clauses import Clause, Limit, Per, Policy
from toolkit.rates import Rate

#: Units of one currency that another is worth on a day; raises InputError where that is not known.
Rates = Callable[[str, str, date], Rate]
#: Number of a clause, one of its limits, and what the amounts are summed by.
_Key: TypeAlias = tuple[str, Limit, tuple[object, ...]]
_WHOLE_CLAIM = (Per.TRIP, Per.MONTH, Per.YEAR, Per.ASSIGNMENT)
_LANGUAGE = "en"


class Outcome(StrEnum):
    """How a line stands under the policy."""

    WITHIN = "within"
    OVER = "over"
    NO_LIMIT = "no limit"
    NO_CLAUSE = "no clause"
    UNSURE = "unsure"
    NO_POLICY = "no policy"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the policy says of one line. `limit` is text; `over` is in the claim currency, `percent` is over the limit.

    `home` and `host` are taxable, exempt or unsure; `tax_by` says whose word that is. `asks` is what is missing.
    """

    line: int
    standing: Outcome = Outcome.NO_POLICY
    clause: str = ""
    title: str = ""
    limit: str = ""
    over: Decimal = field(default=Decimal(0), repr=False)
    percent: Decimal = Decimal(0)
    approver: str = ""
    home: str = "unsure"
    host: str = "unsure"
    gross_up: bool = False
    tax_by: str = ""
    asks: str = ""


def judge(
    lines: Sequence[Line],
    currency: str,
    rates: Rates,
    policy: Policy | None = None,
    at: Standing | None = None,
    trips: Sequence[Trip] = (),
    earlier: Earlier | None = None,
) -> tuple[Ruling, ...]:
    """Return a ruling for each of *lines*, in their order; *currency* is the claim's, *at* where the case stands.

    *earlier* is what was claimed before. Never raises: a rate that is not known makes the line unsure.
    """
    at, earlier = at or Standing(), earlier or Earlier()
    clauses = {line.number: _clause(policy, line, at) for line in lines}
    made = {
        line.number: _taxed(_plain(policy, line, clauses[line.number], at), line, policy, at, clauses[line.number])
        for line in lines
    }
    groups: dict[_Key, list[tuple[Line, Limit]]] = {}
    for line in lines:
        clause = clauses[line.number]
        if clause is None or policy is None:
            continue
        limits, asks = _limits(clause, line)
        if asks:
            made[line.number] = replace(made[line.number], standing=Outcome.UNSURE, asks=asks)
            continue
        for limit in limits:
            groups.setdefault((clause.number, limit, _counted(line, limit, trips)), []).append((line, limit))
    for key, group in groups.items():
        before = _before(key, earlier, policy, at, trips)
        for ruling in _shared(group, currency, rates, made, before):
            made[ruling.line] = _worse(made[ruling.line], ruling)
    if policy is not None:
        made = {n: _approved(each, policy, clauses[n]) for n, each in made.items()}
    return tuple(made[line.number] for line in lines)


@dataclass(frozen=True, slots=True)
class _Before:
    """What earlier claims took of one shared limit, whether any is recorded at all, and why that is not sure."""

    lines: tuple[Claimed, ...] = ()
    any: bool = False
    doubts: tuple[str, ...] = ()


def _before(key: _Key, earlier: Earlier, policy: Policy | None, at: Standing, trips: Sequence[Trip]) -> _Before:
    number, limit, counted = key
    mine, doubts = [], list(earlier.doubts) if limit.per in _WHOLE_CLAIM else []
    for each in earlier.lines:
        where = _counted(each, limit, trips)
        # Outside the trips of this claim it was on a trip that is not known here.
        if where != counted or (limit.per is Per.TRIP and not where):
            continue
        entry = named([each.entry])
        if not each.more.reads_as:
            doubts.append(f"an earlier claim ({entry}) has a line of no known category")
            continue
        clause = _clause(policy, each, at)
        if clause is None or clause.number != number:
            continue
        limits, asks = _limits(clause, each)
        if asks:
            doubts.append(f"an earlier claim ({entry}) may count towards it: {asks}")
        elif limit in limits:
            mine.append(each)
    recorded = bool(earlier.doubts) or any(each.lines for each in earlier.claims)
    return _Before(tuple(mine), recorded, tuple(dict.fromkeys(doubts)))


def _clause(policy: Policy | None, line: Spent, at: Standing) -> Clause | None:
    if policy is None or not line.more.reads_as:
        return None
    return policies.clause_for(
        policy, line.more.reads_as, tier=at.tier, assignment_type=at.assignment_type, country=at.host
    )


def _plain(policy: Policy | None, line: Line, clause: Clause | None, at: Standing) -> Ruling:
    if policy is None:
        return Ruling(line.number)
    if clause is not None:
        title = clause.title.get(_LANGUAGE) or next(iter(clause.title.values()), "")
        return Ruling(line.number, Outcome.NO_LIMIT, clause.number, title)
    if not line.more.reads_as:
        return Ruling(line.number, Outcome.UNSURE, asks="what it was spent on is not known: state its category")
    if at.asked:
        return Ruling(line.number, Outcome.UNSURE, asks=" ".join(at.asked))
    return Ruling(line.number, Outcome.NO_CLAUSE, asks=f"no clause of the policy covers {line.more.reads_as}")


def _taxed(ruling: Ruling, line: Line, policy: Policy | None, at: Standing, clause: Clause | None) -> Ruling:
    """The ruling with its tax treatment: a person's word on the line, else the clause's, else unsure."""
    more = line.more
    home = host = "unsure"
    by, gross_up = "", more.gross_up
    if policy is not None and clause is not None:
        tax = policies.tax_for(clause, home=at.home, host=at.host)
        home, host, gross_up = tax.home, tax.host, gross_up or tax.gross_up
        by = "; ".join(dict.fromkeys(each for each in (tax.home_source, tax.host_source) if each))
    if more.home or more.host:
        by = "stated for this line" if not by else f"stated for this line; {by}"
    return replace(ruling, home=more.home or home, host=more.host or host, gross_up=gross_up, tax_by=by)


def _limits(clause: Clause, line: Spent) -> tuple[tuple[Limit, ...], str]:
    """The limits that hold for *line*, or what has to be known first."""
    more = line.more
    if not more.country and any(each.countries for each in clause.limits):
        return (), "the limit hangs on the country, and it is not known where this was spent: state its country"
    limits = policies.limits_for(clause, country=more.country, category=more.reads_as)
    named = {each.name for each in limits if each.name}
    if len(named) > 1:
        return (), f"the clause has limits for {', '.join(sorted(named))}: which of them holds is for a person to say"
    needed = {
        Per.NIGHT: (more.nights, "how many nights this is for"),
        Per.PERSON: (more.persons, "for how many persons this is"),
        Per.KILOMETRE: (more.kilometres, "how many kilometres this is for"),
    }
    for limit in limits:
        if limit.per in needed and not needed[limit.per][0]:
            return (), f"the limit is per {limit.per}, and nobody has stated {needed[limit.per][1]}"
    return limits, ""


def _counted(line: Spent, limit: Limit, trips: Sequence[Trip]) -> tuple[object, ...]:
    """What the amounts of *limit* are summed by: lines that share this share the limit."""
    day = line.date
    if limit.per is Per.DAY:
        return (day,)
    if limit.per is Per.NIGHT:
        return (line.more.check_in or line.number,)
    if limit.per is Per.MONTH:
        return (day.year, day.month)
    if limit.per is Per.YEAR:
        return (day.year,)
    if limit.per is Per.TRIP:
        return tuple(n for n, trip in enumerate(trips) if trip.first <= day <= trip.last)
    return () if limit.per is Per.ASSIGNMENT else (line.number,)


def _shared(
    group: Sequence[tuple[Line, Limit]], currency: str, rates: Rates, made: Mapping[int, Ruling], before: _Before
) -> Iterable[Ruling]:
    """Yield for each line of one shared limit what it adds over it; what was claimed *before* is spent of it first."""
    limit = group[0][1]
    lines = [line for line, _ in group]
    sharing: list[Spent] = [*lines, *before.lines]
    allowed = limit.amount * max(_units(each, limit) for each in sharing)
    words = _words(limit, allowed)
    if len(lines) > 1:
        words += f", shared by lines {', '.join(str(line.number) for line in lines)}"
    try:
        earlier = sum((_in_limit(each, limit, rates) for each in before.lines), Decimal(0))
        spent = [_in_limit(line, limit, rates) for line in lines]
        back = [rates(limit.currency, currency, line.date).value for line in lines]
    except InputError as missing:
        for line in lines:
            yield replace(made[line.number], standing=Outcome.UNSURE, limit=words, asks=str(missing))
        return
    words += _claimed_before(limit, before, earlier)
    total = earlier + sum(spent, Decimal(0))
    percent = Decimal(100) * (total - allowed) / allowed if total > allowed > 0 else Decimal(0)
    running, over_before = earlier, max(Decimal(0), earlier - allowed)
    for line, amount, rate in zip(lines, spent, back, strict=True):
        running += amount
        after = max(Decimal(0), running - allowed)
        part, over_before = after - over_before, after
        over = line.converted if part == amount and part else rounded(part * rate, currency)
        ruling = replace(made[line.number], limit=words, over=over)
        if part > 0:
            yield replace(ruling, standing=Outcome.OVER, percent=percent)
        elif before.doubts:
            # What is not known could only add to what was spent: over stays over, within does not stay within.
            yield replace(ruling, standing=Outcome.UNSURE, asks="; ".join(before.doubts))
        else:
            yield replace(ruling, standing=Outcome.WITHIN)


def _in_limit(line: Spent, limit: Limit, rates: Rates) -> Decimal:
    return rounded(line.amount * rates(line.currency, limit.currency, line.date).value, limit.currency)


def _claimed_before(limit: Limit, before: _Before, earlier: Decimal) -> str:
    """Say which earlier claims are counted; of limits that only lines of one day or bill share, where there is one."""
    if before.lines:
        entries = named([each.entry for each in before.lines])
        return f", with {limit.currency} {earlier:,f} claimed before ({entries})"
    if limit.per not in _WHOLE_CLAIM:
        return ""
    if before.doubts:
        return ", and what was claimed before is not sure"
    return ", nothing of it claimed before" if before.any else ", this claim alone"


def _units(line: Spent, limit: Limit) -> Decimal:
    counts = {Per.NIGHT: line.more.nights, Per.PERSON: line.more.persons, Per.KILOMETRE: line.more.kilometres}
    return Decimal(counts.get(limit.per) or 1)


def _words(limit: Limit, allowed: Decimal) -> str:
    text = f"{limit.currency} {limit.amount:,f} per {limit.per}"
    if allowed != limit.amount:
        text += f" = {limit.currency} {allowed:,f}"
    return text


def _worse(one: Ruling, other: Ruling) -> Ruling:
    """Of two limits that hold, the one that the line goes further over; unsure goes before all."""
    rank = (Outcome.NO_LIMIT, Outcome.WITHIN, Outcome.OVER, Outcome.UNSURE)
    if one.standing is other.standing is Outcome.OVER:
        return one if one.over >= other.over else other
    return one if rank.index(one.standing) > rank.index(other.standing) else other


def _approved(ruling: Ruling, policy: Policy, clause: Clause | None) -> Ruling:
    """Name who may approve what is over."""
    if clause is None or ruling.standing is not Outcome.OVER:
        return ruling
    who = policies.approver_for(policy, clause, ruling.percent).who
    return replace(ruling, approver=who.get(_LANGUAGE) or next(iter(who.values()), ""))
