"""A policy held against one case: which clause applies and why, and what it is worth over the assignment. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from toolkit.fields.terms import full_months
from toolkit.model import Case
from toolkit.phrasing import rounded
from toolkit.policy import Standing, applies, for_tier, limits_for, standing
from toolkit.policy_clauses import Clause, Limit, Per, Policy
from toolkit.policy_words import placeholders, unfilled

#: An amount typed into a text: a code of three capitals beside a number.
_TYPED = re.compile(r"\b[A-Z]{3}[\s\u00a0]\d|\d[\s\u00a0][A-Z]{3}\b|[$€£]\s?\d|\d\s?[$€£]")


@dataclass(frozen=True, slots=True)
class Worth:
    """The most that a limit is worth: `amount` for each `per`, and `whole` over the assignment where that is known."""

    amount: Decimal
    currency: str
    per: Per
    whole: Decimal | None
    name: str = ""
    flat: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """A clause and whether it holds for the case: `holds` is None where the case does not say; `because` says why.

    `clause` has the limits of the case's tier alone. `open` are the blanks of its text without an amount for the case.
    """

    clause: Clause
    holds: bool | None
    because: str
    worth: tuple[Worth, ...] = ()
    open: tuple[str, ...] = ()


def applied(policy: Policy, case: Case) -> tuple[Standing, tuple[Applied, ...]]:
    """Return where *case* stands, and every clause of *policy* with whether it applies. See `policy.standing`."""
    at, months = standing(policy, case), planned_months(case)
    return at, tuple(_applied(clause, at, months, policy.languages[0]) for clause in policy.clauses)


def planned_months(case: Case) -> int | None:
    """Return the whole months of the planned assignment, first and last day counted; None where it has no dates."""
    start, end = case.dates.get("start"), case.dates.get("end")
    return full_months(start, end + timedelta(days=1)) if start and end and end >= start else None


def _applied(clause: Clause, at: Standing, months: int | None, language: str) -> Applied:
    own, holds = for_tier(clause, at.tier), applies(clause, at)
    because = "; ".join(_reasons(clause, at, holds)) or "for everybody"
    if holds is not True:
        return Applied(own, holds, because)
    limits = _held(own, at)
    worth = tuple(
        Worth(each.amount, each.currency, each.per, _whole(each, months), each.name, each.flat) for each in limits
    )
    return Applied(own, True, because, worth, tuple(dict.fromkeys(unfilled(own, language, country=at.host))))


def _held(clause: Clause, at: Standing) -> list[Limit]:
    """The limits for the host country, those of single categories too."""
    found: list[Limit] = []
    for category in ("", *clause.categories):
        found += [each for each in limits_for(clause, country=at.host, category=category) if each not in found]
    return found


def _reasons(clause: Clause, at: Standing, holds: bool | None) -> Iterator[str]:
    """Why it holds; or why it does not, or what has to be known first."""
    for what, only, value, detail in (
        ("tier", clause.tiers, at.tier, "policy_tier"),
        ("type", clause.assignment_types, at.assignment_type, "assignment.type"),
        ("host country", clause.countries, at.host, "assignment.host_country"),
    ):
        if not only:
            continue
        listed = ", ".join(only)
        if holds is True:
            yield f"{what} {value}"
        elif holds is False and value and value not in only:
            yield f"only for {what} {listed}; the case is {value}"
        elif holds is None and not value:
            yield f"only for {what} {listed}; state {detail}"


def _whole(limit: Limit, months: int | None) -> Decimal | None:
    if limit.per is Per.ASSIGNMENT:
        return limit.amount
    if months is None or limit.per not in (Per.MONTH, Per.YEAR):
        return None
    last = min(months, limit.to_month or months)
    counted = max(0, last - limit.from_month + 1)
    return rounded(limit.amount * counted / (12 if limit.per is Per.YEAR else 1), limit.currency)


def hints(policy: Policy) -> tuple[str, ...]:
    """Return what is no fault of *policy* but worth a look, each "place: what and what to do"."""
    return tuple(each for clause in policy.clauses for each in _hints(clause))


def _hints(clause: Clause) -> Iterator[str]:
    place = f"clause {clause.number}"
    for language, text in clause.text.items():
        if _TYPED.search(text):
            yield f"{place}: text.{language}: an amount is typed in; write {{limit}}, so that a claim goes by it too"
    named = {blank for text in clause.text.values() for blank in placeholders(text)}
    for language, text in clause.text.items():
        if missing := named - set(placeholders(text)):
            yield f"{place}: text.{language}: does not name {_braced(missing)}, as another language does"
    for each in dict.fromkeys(limit.name for limit in clause.limits):
        if (f"limit.{each}" if each else "limit") not in named:
            yield f"{place}: the limit {each or 'without a name'} stands in no text; employees will not read of it"
    tax = clause.tax
    if (clause.limits or clause.measures) and not clause.tax_in and tax.home == tax.host == "unsure":
        yield f"{place}: how it is taxed is unsure at home and at host; ask the tax adviser"


def _braced(blanks: Sequence[str] | set[str]) -> str:
    return ", ".join(f"{{{each}}}" for each in sorted(blanks))
