"""A claim with all that is said of it: allowances, policy, proof, value added tax, payroll, and sums that must agree.

Knows the schedule and what is stated; knows no file format. `Assessed.reconcile` is asked before anything is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from toolkit.claim_earlier import Earlier, named
from toolkit.claim_limits import Outcome, Rates, Ruling, judge
from toolkit.claim_payroll import Payroll, payroll
from toolkit.claim_proof import Proof, proofs
from toolkit.claim_stated import Advance, Stated
from toolkit.claim_vat import Reclaim, reclaim
from toolkit.errors import InputError, ToolkitError
from toolkit.expense import Line, Particulars, Schedule
from toolkit.per_diem import Table
from toolkit.per_diem_days import Day, days
from toolkit.per_diem_policy import Held, held
from toolkit.phrasing import rounded
from toolkit.policy import Standing
from toolkit.policy_clauses import Policy
from toolkit.rates import Rate
from toolkit.rates_stated import StatedRates

PER_DIEM = "per diem"
_MEALS = "meals"


@dataclass(frozen=True, slots=True)
class Measures:
    """What a claim is measured by: the policy and where the case stands under it, a customer's per-diem tables, and
    what was claimed before.
    """

    policy: Policy | None = None
    at: Standing = field(default_factory=Standing)
    per_diem: tuple[Table, ...] = ()
    #: What earlier claims of the case have claimed.
    earlier: Earlier = field(default_factory=Earlier)


@dataclass(frozen=True, slots=True)
class Allowance:
    """A day of a trip with its amount in the claim currency; None while `open` says what is missing.

    `held` is how it stands under the policy's clause on daily allowances, where there is one.
    """

    day: Day
    rate: Rate | None = field(default=None, repr=False)
    converted: Decimal | None = field(default=None, repr=False)
    open: str = ""
    held: Held | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Paid:
    """An advance in the claim currency; None while `open` says what is missing, or that it was deducted before.

    `settled` is the entry of the log with the earlier claim that deducted it, 0 where there is none.
    """

    advance: Advance
    rate: Rate | None = field(default=None, repr=False)
    converted: Decimal | None = field(default=None, repr=False)
    open: str = ""
    settled: int = 0


@dataclass(frozen=True, slots=True)
class ClaimException:
    """What somebody has to decide before the claim is paid: on a line (or 0), why, how much over, who may approve."""

    line: int
    paper: str
    why: str
    clause: str = ""
    limit: str = ""
    over: Decimal = field(default=Decimal(0), repr=False)
    approver: str = ""


@dataclass(frozen=True, slots=True)
class Assessed:
    """The schedule with everything said of it. `rulings` stand in the order of the lines.

    `payable` is what is owed: receipts and allowances, less advances. What is open is in no sum.
    """

    schedule: Schedule
    stated: Stated
    policy: str
    rulings: tuple[Ruling, ...]
    allowances: tuple[Allowance, ...]
    advances: tuple[Paid, ...]
    proofs: tuple[Proof, ...]
    vat: Reclaim
    payroll: Payroll
    exceptions: tuple[ClaimException, ...]
    #: Earlier claims that its limits know of, and what of them is in doubt, a sentence each.
    earlier: tuple[str, ...] = ()

    @property
    def allowed(self) -> Decimal:
        """The sum of the daily allowances that are known."""
        return sum((each.converted for each in self.allowances if each.converted is not None), Decimal(0))

    @property
    def days_claimed(self) -> Mapping[date, str]:
        """The days that an allowance is claimed for, with the scheme of each."""
        return {each.day.date: each.day.scheme for each in self.allowances if each.converted is not None}

    @property
    def advanced(self) -> Decimal:
        """The sum of the advances that this claim deducts."""
        return sum((each.converted for each in self.advances if each.converted is not None), Decimal(0))

    @property
    def advances_deducted(self) -> tuple[Advance, ...]:
        """The advances that this claim deducts: neither those that are open nor what an earlier claim settled."""
        return tuple(each.advance for each in self.advances if each.converted is not None)

    @property
    def payable(self) -> Decimal:
        """What is owed to the employee; below nought, what the employee has to give back."""
        return self.schedule.total + self.allowed - self.advanced

    @property
    def over(self) -> Decimal:
        """What of the receipts is over the policy's limits."""
        return sum((each.over for each in self.rulings), Decimal(0))

    @property
    def over_days(self) -> Decimal:
        """What of the daily allowances is over what the policy grants for a day."""
        return sum((each.held.over for each in self.allowances if each.held is not None), Decimal(0))

    def reconcile(self) -> None:
        """Raise ToolkitError unless every way of adding the claim up gives the same, to the smallest unit."""
        made = self.schedule
        currency = made.currency
        ways = [made.total] + [
            sum((each.converted for each in group), Decimal(0))
            for group in (made.by_currency, made.by_category, made.by_cost_centre)
        ]
        if len(set(ways)) != 1 or self.payroll.total != made.total + self.allowed:
            raise ToolkitError("The totals of the claim do not agree with each other.", remedy="Report this.")
        if any(each != rounded(each, currency) for each in (made.total, self.payable, self.over)):
            raise ToolkitError("A total of the claim is finer than its currency.", remedy="Report this.")


def assess(
    made: Schedule, stated: Stated, today: date, rates: StatedRates | None = None, by: Measures | None = None
) -> Assessed:
    """Return what is to be said of the schedule *made*; raises ToolkitError when its sums do not agree."""
    measured, known = by or Measures(), (rates or StatedRates()).rate
    rulings = judge(made.lines, made.currency, known, measured.policy, measured.at, stated.trips, measured.earlier)
    allowances = tuple(_allowance(day, made.currency, known, measured) for day in days(stated.trips, measured.per_diem))
    advances = _paid(stated.advances, made.currency, known, measured.earlier)
    assessed = Assessed(
        made,
        stated,
        "" if measured.policy is None else _named(measured.policy),
        rulings,
        allowances,
        advances,
        proofs(made.lines, stated.proof, known, today, [each.advance for each in advances if not each.settled]),
        reclaim(made.lines, stated.entity_country, today),
        payroll(made.lines, rulings, made.currency, stated, _as_lines(allowances, made.currency, stated)),
        (*_exceptions(made, rulings, allowances, measured), *_settled(advances)),
        _counted_before(measured.earlier),
    )
    assessed.reconcile()
    return assessed


def _counted_before(earlier: Earlier) -> tuple[str, ...]:
    counted = [f"{_lines(each.lines)} {each.called}" for each in earlier.claims if each.lines]
    again = [f"{_lines(each.again)} {each.called} made again, in their place" for each in earlier.claims if each.again]
    return (*counted, *again, *earlier.doubts)


def _lines(count: int) -> str:
    return f"{count} line{'s' if count != 1 else ''}"


def _named(policy: Policy) -> str:
    return f"{policy.title.get('en') or next(iter(policy.title.values()))}, {policy.edition}"


def _allowance(day: Day, currency: str, rates: Rates, by: Measures) -> Allowance:
    if day.amount is None:
        return Allowance(day, open=day.open)
    if before := by.earlier.days.get(day.date):
        return Allowance(day, open=f"claimed before ({named([before])}): a day is paid once")
    try:
        rate = rates(day.currency, currency, day.date)
    except InputError as missing:
        return Allowance(day, open=str(missing))
    under = held(day, currency, rates, by.policy, by.at)
    return Allowance(day, rate, rounded(day.amount * rate.value, currency), held=under)


def _paid(advances: Sequence[Advance], currency: str, rates: Rates, earlier: Earlier) -> tuple[Paid, ...]:
    """The advances as they are deducted. Of several alike, as many are left out as earlier claims have settled."""
    left = {advance: list(entries) for advance, entries in earlier.advances.items()}
    made = []
    for advance in advances:
        if entries := left.get(advance):
            entry = entries.pop(0)
            why = f"settled with an earlier claim ({named([entry])}): deducted once"
            made.append(Paid(advance, open=why, settled=entry))
            continue
        try:
            rate = rates(advance.currency, currency, advance.date)
        except InputError as missing:
            made.append(Paid(advance, open=str(missing)))
            continue
        made.append(Paid(advance, rate, rounded(advance.amount * rate.value, currency)))
    return tuple(made)


def _settled(advances: Sequence[Paid]) -> list[ClaimException]:
    return [ClaimException(0, f"Advance {each.advance.date}", each.open) for each in advances if each.settled]


def _as_lines(allowances: Sequence[Allowance], currency: str, stated: Stated) -> list[Line]:
    """The allowances as payroll takes them; they have no number, for no receipt belongs to them."""
    return [
        Line(
            0, "", each.day.date, PER_DIEM, PER_DIEM, each.day.amount, each.day.currency, each.rate, each.converted,
            more=Particulars(cost_centre=stated.cost_centre, entity=stated.entity),
        )
        for each in allowances
        if each.converted is not None and each.rate is not None and each.day.amount is not None
    ]  # fmt: skip


def _exceptions(
    made: Schedule, rulings: Sequence[Ruling], allowances: Sequence[Allowance], by: Measures
) -> list[ClaimException]:
    found = []
    if by.policy is not None:
        found += [ClaimException(0, "Policy", asked) for asked in by.at.asked]
    paid = {each.day.date for each in allowances if each.converted}
    for line, ruling in zip(made.lines, rulings, strict=True):
        paper = f"Line {line.number}"
        if ruling.standing is Outcome.OVER:
            why = f"{ruling.percent:.1f} % over the limit"
            clause = f"{ruling.clause} {ruling.title}"
            found.append(ClaimException(line.number, paper, why, clause, ruling.limit, ruling.over, ruling.approver))
        elif ruling.standing in (Outcome.UNSURE, Outcome.NO_CLAUSE):
            clause = f"{ruling.clause} {ruling.title}".strip()
            if not (by.at.asked and ruling.asks == " ".join(by.at.asked)):
                found.append(ClaimException(line.number, paper, ruling.asks, clause, ruling.limit))
        if line.more.reads_as == _MEALS and line.date in paid and not line.more.attendees:
            why = "a daily allowance is paid for meals on this day too: pay one of the two"
            found.append(ClaimException(line.number, paper, why))
    found += _over_by_day(allowances)
    found += [
        ClaimException(0, f"Per diem {each.day.date}", each.open) for each in _first_of_each(allowances) if each.open
    ]
    return found


def _over_by_day(allowances: Sequence[Allowance]) -> list[ClaimException]:
    """The days over the policy's clause on daily allowances, and once each what has to be known to hold them to it."""
    found, asked = [], set()
    for each in allowances:
        under, paper = each.held, f"Per diem {each.day.date}"
        if under is None:
            continue
        if under.over:
            why = f"{under.percent:.1f} % over what the policy grants for a day"
            found.append(ClaimException(0, paper, why, under.clause, under.limit, under.over, under.approver))
        elif under.asks and under.asks not in asked:
            asked.add(under.asks)
            found.append(ClaimException(0, paper, under.asks, under.clause, under.limit))
    return found


def _first_of_each(allowances: Sequence[Allowance]) -> list[Allowance]:
    """Of days that lack the same, the first: a rate that is missing for a month is asked for once."""
    seen: dict[tuple[int, str, str, str], Allowance] = {}
    for each in allowances:
        said = each.open.replace(each.day.date.isoformat(), "")
        seen.setdefault((each.day.trip, each.day.country, each.day.place, said), each)
    return list(seen.values())
