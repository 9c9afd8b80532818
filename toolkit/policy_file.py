"""The policy file that a company writes (TOML), and what can be wrong with one.

Knows the shape of the file and the rules a policy keeps; knows no case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from toolkit import definitions
from toolkit.errors import DefinitionError
from toolkit.policy_clauses import (
    Approver,
    AssignmentType,
    Benefit,
    Clause,
    CostBearer,
    CountryTax,
    Limit,
    Measure,
    Method,
    Per,
    Policy,
    TaxTreatment,
    Tier,
    Treatment,
    Unit,
)
from toolkit.policy_faults import faults

_Text = Annotated[str, msgspec.Meta(min_length=1)]
_Texts = dict[str, _Text]
_LARGEST = Decimal(10) ** 12
#: Written in quotation marks or as a whole number: 3800.10 as a TOML float would not stay as it was written.
_Number = str | int


class TierEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[tier]]`."""

    id: _Text
    label: _Texts


class ApproverEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[approver]]`: may approve up to so many per cent over a limit; beyond that it goes to `then`."""

    id: _Text
    who: _Texts
    up_to_percent: _Number | None = None
    then: str = ""


class LimitEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[clause.limit]]`."""

    amount: _Number
    currency: str = ""
    per: Per
    name: str = ""
    countries: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    flat: bool = False
    from_month: Annotated[int, msgspec.Meta(ge=1, le=600)] = 1
    to_month: Annotated[int, msgspec.Meta(ge=0, le=600)] = 0


class MeasureEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[clause.measure]]`."""

    amount: _Number
    unit: Unit
    per: Per
    name: str = ""
    countries: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()


class TaxEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[clause.tax]`: what holds where no `[[clause.tax_in]]` of the country says otherwise."""

    home: Treatment = "unsure"
    host: Treatment = "unsure"
    gross_up: bool = False
    home_source: str = ""
    host_source: str = ""


class CountryTaxEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[clause.tax_in]]`."""

    country: str
    treatment: Treatment
    source: str = ""
    side: Literal["", "home", "host"] = ""


class ClauseEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[clause]]`."""

    number: Annotated[str, msgspec.Meta(pattern=r"^[0-9]+(\.[0-9]+)*[a-z]?$")]
    benefit: Benefit
    title: _Texts
    text: _Texts
    approval: str = ""
    cost_bearer: CostBearer
    tiers: tuple[str, ...] = ()
    assignment_types: tuple[AssignmentType, ...] = ()
    countries: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    limit: tuple[LimitEntry, ...] = ()
    measure: tuple[MeasureEntry, ...] = ()
    tax: TaxEntry = TaxEntry()
    tax_in: tuple[CountryTaxEntry, ...] = ()
    payroll: Literal["", "home", "host", "split"] = ""
    method: Method = ""


class PolicyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file. `languages` are those that every text is written in; `origin` says whose policy it is."""

    title: _Texts
    edition: _Text
    effective: date
    languages: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    assignment_types: Annotated[tuple[AssignmentType, ...], msgspec.Meta(min_length=1)]
    contact: str = ""
    origin: str = ""
    tier: tuple[TierEntry, ...] = ()
    approver: tuple[ApproverEntry, ...] = ()
    clause: Annotated[tuple[ClauseEntry, ...], msgspec.Meta(min_length=1)]


def read(path: Path) -> tuple[Policy, tuple[str, ...]]:
    """Return the policy of the file at *path* and all that is wrong with it, each "place: what and what to do".

    Raises DefinitionError where the file cannot be read as a policy at all: no TOML, an unknown key, a wrong type.
    """
    try:
        entry = definitions.load(path, PolicyFile)
    except DefinitionError as mistake:
        raise DefinitionError(f"{_with_clause(path, mistake.message)}.", remedy=_remedy(mistake.message)) from mistake
    wrong: list[str] = []
    policy = Policy(
        name=path.stem,
        title=entry.title,
        edition=entry.edition,
        effective=entry.effective,
        languages=entry.languages,
        tiers=tuple(Tier(each.id, each.label) for each in entry.tier),
        assignment_types=entry.assignment_types,
        approvers=tuple(_approver(each, wrong) for each in entry.approver),
        clauses=tuple(_clause(each, wrong) for each in entry.clause),
        contact=entry.contact,
        origin=entry.origin,
    )
    return policy, (*wrong, *faults(policy))


_LOOK = "The keys and words a policy file may hold stand in docs/guides/write-a-policy.md."


_CLOSED = {"benefit": Benefit, "assignment_types": AssignmentType, "per": Per, "unit": Unit}
_REMEDIES = {name: f"Write one of {', '.join(each.value for each in words)}." for name, words in _CLOSED.items()} | {
    "amount": 'Write it in quotation marks, as amount = "3800.50".',
    "number": "Number the clause as 5, 5.3 or 5.3a.",
    "effective": "Write the day without quotation marks, as 2026-01-31.",
    "cost_bearer": "Write one of home, host, employee.",
    "payroll": "Write one of home, host, split, or leave it out.",
    "treatment": "Write one of taxable, exempt, unsure.",
    "method": "Write one of equalisation, protection, local (tax); home, host (social security).",
}


def _remedy(message: str) -> str:
    """What to write at the place of the mistake ("$.clause[1].benefit"), or where it is told."""
    place = message.rpartition("`$")[2].rstrip("`").rpartition(".")[2].partition("[")[0]
    return _REMEDIES.get(place, _LOOK)


def _with_clause(path: Path, message: str) -> str:
    """Name the clause's number where the loader only has its place in the file ("$.clause[3]")."""
    start, found, rest = message.partition("$.clause[")
    index = rest.partition("]")[0]
    if not found or not index.isdigit():
        return message
    raw = _raw(path).get("clause", [])
    number = raw[int(index)].get("number", "") if int(index) < len(raw) and isinstance(raw[int(index)], dict) else ""
    return f"{start}$.clause[{rest}: clause {number}" if number else message


def _raw(path: Path) -> Mapping[str, Any]:
    return definitions.load(path, dict[str, Any])


def _clause(entry: ClauseEntry, wrong: list[str]) -> Clause:
    place = f"clause {entry.number}"
    return Clause(
        number=entry.number,
        benefit=entry.benefit,
        title=entry.title,
        text={language: " ".join(text.split()) for language, text in entry.text.items()},
        approval=entry.approval,
        cost_bearer=entry.cost_bearer,
        tiers=entry.tiers,
        assignment_types=entry.assignment_types,
        countries=entry.countries,
        categories=entry.categories,
        limits=tuple(_limits(place, entry.limit, wrong)),
        measures=tuple(
            Measure(_number(each.amount, f"{place}: measure {n}", wrong), each.unit, each.per, each.countries,
                    each.tiers, each.name)
            for n, each in enumerate(entry.measure, 1)
        ),
        tax=TaxTreatment(
            entry.tax.home, entry.tax.host, entry.tax.gross_up, entry.tax.home_source, entry.tax.host_source
        ),
        tax_in=tuple(CountryTax(e.country, e.treatment, e.source, e.side) for e in entry.tax_in),
        payroll=entry.payroll,
        method=entry.method,
    )  # fmt: skip


def _limits(place: str, entries: Sequence[LimitEntry], wrong: list[str]) -> Iterator[Limit]:
    for number, each in enumerate(entries, 1):
        yield Limit(
            _number(each.amount, f"{place}: limit {number}", wrong),
            each.currency,
            each.per,
            each.countries,
            each.categories,
            each.tiers,
            each.name,
            each.flat,
            each.from_month,
            each.to_month,
        )


def _approver(entry: ApproverEntry, wrong: list[str]) -> Approver:
    most = entry.up_to_percent
    percent = None if most is None else _number(most, f"approver {entry.id}: up_to_percent", wrong)
    return Approver(entry.id, entry.who, percent, entry.then)


def _number(value: _Number, place: str, wrong: list[str]) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    # The lower end keeps out what takes a thousand digits to write.
    if number.is_finite() and 0 <= number < _LARGEST and -number.as_tuple().exponent <= 6:  # type: ignore[operator]
        return number
    wrong.append(f'{place}: {str(value)[:40]!r} is no amount; write it as "3800" or "3800.50"')
    return Decimal(0)
