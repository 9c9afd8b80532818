"""The nouns of a company's mobility policy: tiers, clauses, limits, tax treatment, approvers. Frozen, no I/O.

A policy is data (`templates/policies/<name>.toml`, read by `toolkit.policy.load`); letters, summaries and claims cite
the same numbered clause. Amounts are `Decimal` with their ISO 4217 currency; countries are ISO 3166-1 alpha-3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, TypeAlias

#: Text by language (`en`, `de`, `fr`, `es`).
Texts: TypeAlias = Mapping[str, str]

LANGUAGES = ("en", "de", "fr", "es")


class AssignmentType(StrEnum):
    """How somebody moves."""

    LONG_TERM = "long-term"
    SHORT_TERM = "short-term"
    COMMUTER = "commuter"
    PERMANENT_TRANSFER = "permanent-transfer"
    LOCALISATION = "localisation"
    BUSINESS_TRIP = "business-trip"
    EXTENDED_BUSINESS_TRIP = "extended-business-trip"
    ROTATIONAL = "rotational"


class Benefit(StrEnum):
    """What a clause grants or rules. The fact `policy.<benefit>` of a letter is the text of such a clause."""

    HOUSING = "housing"
    TEMPORARY_LIVING = "temporary_living"
    RELOCATION = "relocation"
    DESTINATION_SERVICES = "destination_services"
    TRAVEL = "travel"
    HOME_LEAVE = "home_leave"
    EMERGENCY_TRAVEL = "emergency_travel"
    SHIPMENT = "shipment"
    STORAGE = "storage"
    SCHOOLING = "schooling"
    LANGUAGE_TRAINING = "language_training"
    CULTURAL_TRAINING = "cultural_training"
    SPOUSAL_SUPPORT = "spousal_support"
    DEPENDANTS = "dependants"
    IMMIGRATION = "immigration"
    TRANSPORT = "transport"
    COST_OF_LIVING = "cost_of_living"
    HARDSHIP = "hardship"
    MOBILITY_PREMIUM = "mobility_premium"
    PER_DIEM = "per_diem"
    EXPENSES = "expenses"
    TAX = "tax"
    TAX_ADVICE = "tax_advice"
    SOCIAL_SECURITY = "social_security"
    PENSION = "pension"
    MEDICAL = "medical"
    PAYROLL = "payroll"
    WORKING_TIME = "working_time"
    REPATRIATION = "repatriation"
    TERMINATION = "termination"


class Per(StrEnum):
    """What a limit or measure is counted for, the smallest first."""

    ITEM = "item"
    KILOMETRE = "kilometre"
    PERSON = "person"
    NIGHT = "night"
    DAY = "day"
    TRIP = "trip"
    MONTH = "month"
    YEAR = "year"
    ASSIGNMENT = "assignment"


class Unit(StrEnum):
    """What a measure counts, where it is not money. `PERCENT` is per cent of the base salary."""

    CUBIC_METRE = "cubic-metre"
    KILOGRAM = "kilogram"
    DAY = "day"
    MONTH = "month"
    HOUR = "hour"
    FLIGHT = "flight"
    PERCENT = "percent"


Treatment: TypeAlias = Literal["taxable", "exempt", "unsure"]
CostBearer: TypeAlias = Literal["home", "host", "employee"]
Payroll: TypeAlias = Literal["home", "host", "split"]
#: How tax is borne (`equalisation`, `protection`, `local`), or whose social security applies (`home`, `host`).
Method: TypeAlias = Literal["", "equalisation", "protection", "local", "home", "host"]
#: The methods that a clause on each benefit names one of.
METHODS: Mapping[Benefit, tuple[Method, ...]] = {
    Benefit.TAX: ("equalisation", "protection", "local"),
    Benefit.SOCIAL_SECURITY: ("home", "host"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that a clause grants, in money. Empty `countries`, `categories` or `tiers` mean all of the clause's.

    `name` tells limits of one clause for different things apart (`temporary`, `lasting`); often empty. `flat`: it is
    paid in full and without proof, as an allowance, and so stands in the compensation table. It holds from the month
    `from_month` of the assignment to `to_month` (0: to its end), the first month being 1.
    """

    amount: Decimal
    currency: str
    per: Per
    countries: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    name: str = ""
    flat: bool = False
    from_month: int = 1
    to_month: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """What a clause grants that is not money: 20 cubic metres, 2 flights a year, 10 per cent of the base salary."""

    amount: Decimal
    unit: Unit
    per: Per
    countries: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class TaxTreatment:
    """Whether a benefit is taxable in the home and in the host country, by what source; `unsure` is an answer.

    `gross_up`: the company bears the tax on it. `home_source` and `host_source` are empty where unsure.
    """

    home: Treatment = "unsure"
    host: Treatment = "unsure"
    gross_up: bool = False
    home_source: str = ""
    host_source: str = ""


@dataclass(frozen=True, slots=True)
class CountryTax:
    """How one country treats the benefit, as home, as host or (empty `side`) as either, and the law that says so."""

    country: str
    treatment: Treatment
    source: str
    side: Literal["", "home", "host"] = ""


@dataclass(frozen=True, slots=True)
class Tier:
    """A group of assignees that gets the same."""

    id: str
    label: Texts


@dataclass(frozen=True, slots=True)
class Approver:
    """Who may approve an exception. Above `up_to_percent` over the limit it goes to the approver `then`."""

    id: str
    who: Texts
    up_to_percent: Decimal | None = None
    then: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered clause. Empty `tiers`, `assignment_types` or `countries` (host) mean all of the policy's.

    `categories` are the reader's expense categories that it covers; `approval` is the id of an `Approver`; `payroll`
    is the side that pays an allowance out, empty where the case has to say; `method` is for tax and social security.
    """

    number: str
    benefit: Benefit
    title: Texts
    text: Texts
    approval: str
    cost_bearer: CostBearer
    tiers: tuple[str, ...] = ()
    assignment_types: tuple[AssignmentType, ...] = ()
    countries: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    measures: tuple[Measure, ...] = ()
    tax: TaxTreatment = TaxTreatment()
    tax_in: tuple[CountryTax, ...] = ()
    payroll: Payroll | Literal[""] = ""
    method: Method = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """A company's policy. `name` is the file's, `languages` are those that every text of it is written in."""

    name: str
    title: Texts
    edition: str
    effective: date
    languages: tuple[str, ...]
    tiers: tuple[Tier, ...]
    assignment_types: tuple[AssignmentType, ...]
    approvers: tuple[Approver, ...]
    clauses: tuple[Clause, ...] = field(repr=False)
    contact: str = ""
    origin: str = ""

    def clause(self, number: str) -> Clause | None:
        """Return the clause of that *number*, or None."""
        return next((each for each in self.clauses if each.number == number), None)

    def tier(self, id_: str) -> Tier | None:
        """Return the tier of that id, or None."""
        return next((each for each in self.tiers if each.id == id_), None)

    def approver(self, id_: str) -> Approver | None:
        """Return the approver of that id, or None."""
        return next((each for each in self.approvers if each.id == id_), None)
