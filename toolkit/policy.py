"""The company's mobility policy and what of it holds for a case: which clause, which limit, whose approval, which tax.

What the case does not say is asked, never guessed: a clause that hangs on an unknown tier or assignment type is none.
Knows policies and cases; knows no vault, no letter and no receipt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from toolkit import policy_file, shipped
from toolkit.errors import DefinitionError, InputError, UnknownNameError
from toolkit.fields import country as countries
from toolkit.model import Case
from toolkit.policy_clauses import (
    LANGUAGES,
    Approver,
    AssignmentType,
    Benefit,
    Clause,
    CostBearer,
    CountryTax,
    Limit,
    Measure,
    Per,
    Policy,
    TaxTreatment,
    Tier,
    Treatment,
    Unit,
)
from toolkit.policy_words import base_language, cited, unfilled, written

__all__ = [
    "LANGUAGES",
    "Approver",
    "AssignmentType",
    "Benefit",
    "Clause",
    "CostBearer",
    "CountryTax",
    "Limit",
    "Measure",
    "Per",
    "Policy",
    "Standing",
    "TaxTreatment",
    "Tier",
    "Treatment",
    "Unit",
    "applies",
    "approver_for",
    "asked",
    "cited",
    "clause_for",
    "facts",
    "language_gap",
    "limit_for",
    "limits_for",
    "load",
    "names",
    "of_case",
    "standing",
    "tax_for",
    "written",
]  # fmt: skip

#: The details of a case that say which policy holds, and how.
POLICY, TIER, TYPE = "policy", "policy_tier", "assignment.type"


def names() -> tuple[str, ...]:
    """Return the names of the policies that came with the toolkit."""
    return tuple(sorted(path.stem for path in (shipped.folder("templates") / "policies").glob("*.toml")))


def load(name_or_path: str | Path) -> Policy:
    """Read a policy: one of `names()`, or the TOML file at a path. Strict: a policy with a fault is not used.

    Raises UnknownNameError where there is none of that name, DefinitionError with file, place and remedy of every
    fault.
    """
    path = _place(name_or_path)
    try:
        changed = path.stat().st_mtime_ns
    except OSError as problem:
        raise InputError(f"{path}: cannot be read: {problem.strerror}.", remedy="Check the path.") from problem
    return _read(path, changed)


def _place(name_or_path: str | Path) -> Path:
    if isinstance(name_or_path, Path) or name_or_path.endswith(".toml") or "/" in name_or_path:
        return Path(name_or_path)
    if name_or_path not in names():
        near = get_close_matches(name_or_path, names(), 1)
        meant = f" Is {near[0]} meant?" if near else ""
        raise UnknownNameError(
            f"There is no policy called {name_or_path[:60]!r}.{meant}",
            remedy=f"There are: {', '.join(names())}; or give the path of a file, as ./policy.toml.",
        )
    return shipped.folder("templates") / "policies" / f"{name_or_path}.toml"


@lru_cache(maxsize=16)
def _read(path: Path, _changed: int) -> Policy:
    policy, wrong = policy_file.read(path)
    if wrong:
        raise DefinitionError("\n".join(f"{path}: {each}" for each in wrong))
    return policy


def of_case(case: Case) -> Policy | None:
    """Return the policy that the case's detail `policy` names; None where it names none."""
    named = case.details.get(POLICY, "").strip()
    return load(named) if named else None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands under a policy; empty texts are not known. `asked` says what to state, as whole sentences."""

    tier: str = ""
    assignment_type: str = ""
    home: str = ""
    host: str = ""
    asked: tuple[str, ...] = ()


def standing(policy: Policy, case: Case) -> Standing:
    """Return tier, assignment type and countries of *case*, and what has to be asked because the case does not say it.

    Raises InputError for a tier or type that the policy does not have: a misspelt one must not read as unknown.
    """
    tier = case.details.get(TIER, "").strip()
    kind = "-".join(case.details.get(TYPE, "").casefold().split())
    _check_known(TIER, tier, [each.id for each in policy.tiers], policy)
    _check_known(TYPE, kind, list(policy.assignment_types), policy)
    home, host = (_country(case, f"assignment.{side}_country") for side in ("home", "host"))
    missing = []
    if not tier and policy.tiers:
        missing.append(f'Which tier? State "{TIER}" as one of {", ".join(each.id for each in policy.tiers)}.')
    if not kind:
        missing.append(f'Which type of assignment? State "{TYPE}" as one of {", ".join(policy.assignment_types)}.')
    if not host:
        missing.append('Which country does the move go to? State "assignment.host_country", as USA.')
    return Standing(tier, kind, home, host, tuple(missing))


def asked(policy: Policy, case: Case) -> tuple[str, ...]:
    """Return what the case has to say before the whole policy can be applied to it, as sentences."""
    return standing(policy, case).asked


def _check_known(detail: str, value: str, known: Sequence[str], policy: Policy) -> None:
    if not value or value in known:
        return
    near = get_close_matches(value, known, 1)
    meant = f" Is {near[0]} meant?" if near else ""
    raise InputError(
        f"The case's {detail} is none of the policy {policy.name}.{meant}",
        remedy=f"State one of {', '.join(known) or 'none: the policy has no tiers'} with `mobility case add`.",
    )


def _country(case: Case, detail: str) -> str:
    """The ISO alpha-3 code of a stated country, empty where none or none that is known is stated."""
    stated = case.details.get(detail, "").strip()
    return countries.iso3(countries.parse(stated)) if stated else ""


def applies(clause: Clause, at: Standing) -> bool | None:
    """Return whether *clause* holds for a case that stands so; None where the case does not say what it hangs on."""
    sides = (
        (clause.tiers, at.tier),
        (clause.assignment_types, at.assignment_type),
        (clause.countries, at.host),
    )
    if any(only and value and value not in only for only, value in sides):
        return False
    return None if any(only and not value for only, value in sides) else True


def for_tier(clause: Clause, tier: str) -> Clause:
    """Return *clause* with the limits and measures of *tier* alone; without a tier those that hold for every one."""
    return replace(
        clause,
        limits=tuple(replace(each, tiers=()) for each in clause.limits if not each.tiers or tier in each.tiers),
        measures=tuple(replace(each, tiers=()) for each in clause.measures if not each.tiers or tier in each.tiers),
    )


def clause_for(policy: Policy, category: str, *, tier: str, assignment_type: str, country: str) -> Clause | None:
    """Return the clause that covers expenses of the reader's *category*, with the limits of *tier* alone; or None.

    None also where it hangs on a tier, type or country that is given empty (`asked` says what to state). *country* is
    the host country (ISO alpha-3); a clause that names it goes before one that names none.
    """
    at = Standing(tier, assignment_type, "", country)
    found = [each for each in policy.clauses if category in each.categories and applies(each, at) is not False]
    found.sort(key=lambda each: not each.countries)
    if not found or applies(found[0], at) is None:
        return None
    if not tier and any(limit.tiers for limit in found[0].limits):
        return None  # without its limits it would read as a clause that sets none
    return for_tier(found[0], tier)


def limits_for(clause: Clause, *, country: str, category: str) -> tuple[Limit, ...]:
    """Return the limits of *clause* for an expense of *category* in *country*, the smallest period first.

    Of those for the same thing and period, the one that names country and category goes before one that names less.
    """
    fitting = [
        each
        for each in clause.limits
        if (not each.countries or country in each.countries) and (not each.categories or category in each.categories)
    ]
    fitting.sort(key=lambda each: (_PERS.index(each.per), -bool(each.countries) - bool(each.categories)))
    narrowest: dict[tuple[str, Per], Limit] = {}
    for each in fitting:
        narrowest.setdefault((each.name, each.per), each)
    return tuple(narrowest.values())


_PERS = tuple(Per)


def limit_for(clause: Clause, *, country: str, category: str) -> Limit | None:
    """Return the limit that one expense of *category* in *country* is held against first, or None; see `limits_for`."""
    return next(iter(limits_for(clause, country=country, category=category)), None)


def tax_for(clause: Clause, *, home: str, host: str) -> TaxTreatment:
    """Return how the benefit of *clause* is taxed between these countries (ISO alpha-3; empty: not known)."""
    tax = clause.tax
    for each in clause.tax_in:
        if each.country == home and each.side in ("", "home"):
            tax = replace(tax, home=each.treatment, home_source=each.source)
        if each.country == host and each.side in ("", "host"):
            tax = replace(tax, host=each.treatment, host_source=each.source)
    return tax


def approver_for(policy: Policy, clause: Clause, over_percent: Decimal | None = None) -> Approver:
    """Return who may approve an exception from *clause* that goes *over_percent* per cent over its limit.

    None is an exception that cannot be measured in money: it goes to the clause's own approver. Raises KeyError for a
    clause of another policy.
    """
    one = {each.id: each for each in policy.approvers}
    approver = one[clause.approval]
    while over_percent is not None and approver.up_to_percent is not None and over_percent > approver.up_to_percent:
        approver = one[approver.then]
    return approver


def language_gap(policy: Policy, language: str) -> str:
    """Return a sentence where the policy is not written in *language*; empty where it is."""
    if base_language(language) in policy.languages:
        return ""
    return (
        f"The policy {policy.name} is not written in {base_language(language)}: it has {', '.join(policy.languages)}."
    )


def facts(policy: Policy, case: Case, language: str) -> Mapping[str, str]:
    """Return what letters say of the policy: `policy.<benefit>` with the clause's number, and name, edition, contact.

    Only of clauses that are known to apply to *case*, and whose every blank has one amount; nothing in a language that
    the policy is not written in (`language_gap`). Details of the case go before these: the caller merges.
    """
    spoken = base_language(language)
    if language_gap(policy, language):
        return {}
    found = {"policy.name": policy.title[spoken], "policy.edition": policy.edition}
    if policy.contact:
        found["policy.contact"] = policy.contact
    at = standing(policy, case)
    texts: dict[Benefit, list[str]] = {}
    open_: set[Benefit] = set()
    for clause in policy.clauses:
        own = for_tier(clause, at.tier)
        holds = applies(clause, at)
        if holds is None or (holds and unfilled(own, spoken, country=at.host)):
            open_.add(clause.benefit)  # half of what the policy grants would read as all of it
        elif holds:
            said = written(own, spoken, country=at.host)
            texts.setdefault(clause.benefit, []).append(f"{said.removesuffix('.')} ({cited(clause.number, spoken)}).")
    found |= {f"policy.{benefit}": " ".join(said) for benefit, said in texts.items() if benefit not in open_}
    return found
