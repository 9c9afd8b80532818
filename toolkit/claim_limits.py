"""Which clause of the policy covers each line, what it grants, and what goes over it.

A limit is counted for what it says: two dinners of one day share the day's limit, a bill of three nights has three. Of
what is over, each line bears what it adds, in the order of the schedule, so that the parts over add up. What cannot be
told (a bill whose nights nobody stated, a case without a tier) is unsure, never within.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from toolkit import policy as policies
from toolkit.errors import InputError
from toolkit.expense import Line
from toolkit.per_diem import Trip
from toolkit.phrasing import rounded
from toolkit.policy import Standing
from toolkit.policy_clauses import Clause, Limit, Per, Policy
from toolkit.rates import Rate

#: Units of one currency that another is worth on a day; raises InputError where that is not known.
Rates = Callable[[str, str, date], Rate]
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
) -> tuple[Ruling, ...]:
    """Return a ruling for each of *lines*, in their order; *currency* is the claim's, *at* where the case stands.

    Never raises: a rate that is not known makes the line unsure.
    """
    at = at or Standing()
    clauses = {line.number: _clause(policy, line, at) for line in lines}
    made = {
        line.number: _taxed(_plain(policy, line, clauses[line.number], at), line, policy, at, clauses[line.number])
        for line in lines
    }
    groups: dict[tuple[object, ...], list[tuple[Line, Limit]]] = {}
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
    for group in groups.values():
        for ruling in _shared(group, currency, rates, made):
            made[ruling.line] = _worse(made[ruling.line], ruling)
    if policy is not None:
        made = {n: _approved(each, policy, clauses[n]) for n, each in made.items()}
    return tuple(made[line.number] for line in lines)


def _clause(policy: Policy | None, line: Line, at: Standing) -> Clause | None:
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


def _limits(clause: Clause, line: Line) -> tuple[tuple[Limit, ...], str]:
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


def _counted(line: Line, limit: Limit, trips: Sequence[Trip]) -> tuple[object, ...]:
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
    group: Sequence[tuple[Line, Limit]], currency: str, rates: Rates, made: Mapping[int, Ruling]
) -> Iterable[Ruling]:
    """Yield for each line of one shared limit what it adds over it."""
    limit = group[0][1]
    lines = [line for line, _ in group]
    allowed = limit.amount * max(_units(line, limit) for line in lines)
    words = _words(limit, allowed)
    if len(lines) > 1:
        words += f", shared by lines {', '.join(str(line.number) for line in lines)}"
    try:
        spent = [rounded(line.amount * rates(line.currency, limit.currency, line.date).value, limit.currency)
                 for line in lines]  # fmt: skip
        back = [rates(limit.currency, currency, line.date).value for line in lines]
    except InputError as missing:
        for line in lines:
            yield replace(made[line.number], standing=Outcome.UNSURE, limit=words, asks=str(missing))
        return
    total = sum(spent, Decimal(0))
    percent = Decimal(100) * (total - allowed) / allowed if total > allowed > 0 else Decimal(0)
    running, before = Decimal(0), Decimal(0)
    for line, amount, rate in zip(lines, spent, back, strict=True):
        running += amount
        after = max(Decimal(0), running - allowed)
        part, before = after - before, after
        same = part == amount
        over = line.converted if same and part else rounded(part * rate, currency)
        standing = Outcome.OVER if part > 0 else Outcome.WITHIN
        yield replace(
            made[line.number], standing=standing, limit=words, over=over, percent=percent if part > 0 else Decimal(0)
        )


def _units(line: Line, limit: Limit) -> Decimal:
    counts = {Per.NIGHT: line.more.nights, Per.PERSON: line.more.persons, Per.KILOMETRE: line.more.kilometres}
    return Decimal(counts.get(limit.per) or 1)


def _words(limit: Limit, allowed: Decimal) -> str:
    text = f"{limit.currency} {limit.amount:,f} per {limit.per}"
    if allowed != limit.amount:
        text += f" = {limit.currency} {allowed:,f}"
    return f"{text}, this claim alone" if limit.per in _WHOLE_CLAIM else text


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
