"""What a policy may not hold: each fault with its place and its remedy. Pure.

A policy with a fault is never used: a letter or a claim that cites the wrong one of two clauses is worse than none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from itertools import combinations

from toolkit.fields import country, currency
from toolkit.policy_clauses import LANGUAGES, METHODS, Clause, Limit, Measure, Policy, Texts
from toolkit.policy_words import placeholders
from toolkit.readers.money import category


def faults(policy: Policy) -> Iterator[str]:
    """Yield all that is wrong with *policy*, each as "place: what and what to do"."""
    yield from _languages(policy)
    yield from _names(policy)
    yield from _approvals(policy)
    for clause in policy.clauses:
        yield from (f"clause {clause.number}: {fault}" for fault in _clause(clause, policy))
    yield from _same_category(policy)


def _languages(policy: Policy) -> Iterator[str]:
    for language in policy.languages:
        if language not in LANGUAGES:
            yield f"languages: {language!r} is none of {', '.join(LANGUAGES)}"
    for place, texts in _texts(policy):
        missing = [language for language in policy.languages if language not in texts]
        if missing:
            yield (
                f"{place}: there is no text in {', '.join(missing)}; write it, or take the language out of `languages`"
            )
        for language in texts:
            if language not in policy.languages:
                yield f"{place}: {language!r} is not among `languages`; add it there, or take the text out"


def _texts(policy: Policy) -> Iterator[tuple[str, Texts]]:
    yield "title", policy.title
    yield from ((f"tier {each.id}: label", each.label) for each in policy.tiers)
    yield from ((f"approver {each.id}: who", each.who) for each in policy.approvers)
    for clause in policy.clauses:
        yield f"clause {clause.number}: title", clause.title
        yield f"clause {clause.number}: text", clause.text


def _names(policy: Policy) -> Iterator[str]:
    for what, ids in (
        ("clause", [each.number for each in policy.clauses]),
        ("tier", [each.id for each in policy.tiers]),
        ("approver", [each.id for each in policy.approvers]),
    ):
        for name, times in Counter(ids).items():
            if times > 1:
                yield f"{what} {name}: stands {times} times in the file; give each a name of its own"


def _approvals(policy: Policy) -> Iterator[str]:
    ids = [each.id for each in policy.approvers]
    for each in policy.approvers:
        if each.then and each.then not in ids:
            yield f"approver {each.id}: then: {_unknown(each.then, ids, 'approver')}"
        if bool(each.then) != (each.up_to_percent is not None):
            yield f"approver {each.id}: `up_to_percent` and `then` go together; give both or neither"
        seen, step = {each.id}, policy.approver(each.then)
        while step is not None and step.id not in seen:
            seen.add(step.id)
            step = policy.approver(step.then)
        if step is not None:
            yield f"approver {each.id}: the approvals go in a circle; one approver has to have the last word"


def _clause(clause: Clause, policy: Policy) -> Iterator[str]:
    approvers = [each.id for each in policy.approvers]
    if not clause.approval:
        yield f"nobody may approve an exception from it; write approval = one of {', '.join(approvers) or 'approver'}"
    elif clause.approval not in approvers:
        yield f"approval: {_unknown(clause.approval, approvers, 'approver')}"
    tiers = [each.id for each in policy.tiers]
    yield from (f"tiers: {_unknown(each, tiers, 'tier')}" for each in clause.tiers if each not in tiers)
    for each in clause.assignment_types:
        if each not in policy.assignment_types:
            yield f"assignment_types: {each} is none of the policy's; add it to `assignment_types` at the top"
    yield from _countries("countries", clause.countries)
    names = category.names()
    yield from (f"categories: {_unknown(each, names, 'category')}" for each in clause.categories if each not in names)
    for number, limit in enumerate(clause.limits, 1):
        yield from (f"limit {number}: {fault}" for fault in _limit(limit, clause, tiers))
    for number, measure in enumerate(clause.measures, 1):
        yield from (f"measure {number}: {fault}" for fault in _scope(measure, clause, tiers))
    if clause.method not in (methods := METHODS.get(clause.benefit, ("",))):
        yield f"method: of a clause on {clause.benefit} it is one of {' or '.join(filter(None, methods)) or 'none'}"
    yield from _overlaps(clause)
    yield from _tax(clause)
    yield from _in_text(clause)


def _limit(limit: Limit, clause: Clause, tiers: Sequence[str]) -> Iterator[str]:
    if not limit.currency:
        yield 'an amount has a currency; write currency = "EUR" or another ISO 4217 code'
    elif limit.currency not in currency.CODES:
        yield f"currency: {limit.currency!r} is no ISO 4217 code in use; write it as EUR"
    for each in limit.categories:
        if each not in clause.categories:
            yield f"categories: {each!r} is not among the clause's categories; add it there, or take it out"
    if limit.to_month and limit.to_month < limit.from_month:
        yield f"to_month: {limit.to_month} is before from_month {limit.from_month}; correct one of them"
    yield from _scope(limit, clause, tiers)


def _scope(each: Limit | Measure, clause: Clause, tiers: Sequence[str]) -> Iterator[str]:
    for tier in each.tiers:
        if tier not in tiers:
            yield f"tiers: {_unknown(tier, tiers, 'tier')}"
        elif clause.tiers and tier not in clause.tiers:
            yield f"tiers: {tier!r} is none of the clause's tiers; add it there, or take it out"
    yield from _countries("countries", each.countries)


def _countries(place: str, codes: Sequence[str]) -> Iterator[str]:
    for code in codes:
        if code == "D" or code in country.NOT_STATES or not country.known(country.icao(code)):
            yield f"{place}: {code!r} is no ISO 3166-1 alpha-3 code; write it as DEU, GBR or USA"


def _overlaps(clause: Clause) -> Iterator[str]:
    """Two amounts for one thing: nobody could say which of them holds."""
    for (n, one), (m, two) in combinations(enumerate(clause.limits, 1), 2):
        if one.name == two.name and one.per == two.per and _meet(one.tiers, two.tiers) and _equally(one, two):
            yield (
                f"limit {n} and limit {m} hold for the same {_where(one, two)}; keep one of them, or part them by "
                "countries, categories, tiers or name"
            )
    for (n, first), (m, second) in combinations(enumerate(clause.measures, 1), 2):
        same = (first.name, first.unit, first.per) == (second.name, second.unit, second.per)
        clash = _meet(first.countries, second.countries) and bool(first.countries) == bool(second.countries)
        if same and clash and _meet(first.tiers, second.tiers):
            yield f"measure {n} and measure {m} hold for the same case; keep one, or part them by countries or tiers"


def _equally(one: Limit, two: Limit) -> bool:
    """Whether neither of two limits that can hold together is narrower than the other."""
    if not (_meet(one.countries, two.countries) and _meet(one.categories, two.categories)):
        return False
    country_first = bool(one.countries) - bool(two.countries)
    category_first = bool(one.categories) - bool(two.categories)
    # One names the country and the other the category: both would be the narrower one.
    return country_first + category_first == 0


def _where(one: Limit, two: Limit) -> str:
    countries = [each for each in one.countries if each in two.countries] or [*one.countries, *two.countries]
    categories = [each for each in one.categories if each in two.categories] or [*one.categories, *two.categories]
    said = [", ".join(countries) or "every country"]
    if categories:
        said.append(", ".join(categories))
    return f"{' and '.join(said)} (per {one.per})"


def _meet(one: Collection[str], two: Collection[str]) -> bool:
    """Whether two lists have something in common; an empty one means all there is."""
    return not one or not two or bool(set(one) & set(two))


def _tax(clause: Clause) -> Iterator[str]:
    tax = clause.tax
    for side, treatment, source in (("home", tax.home, tax.home_source), ("host", tax.host, tax.host_source)):
        if treatment != "unsure" and not source:
            yield f'tax: {side} is {treatment} by no source; write {side}_source, or {side} = "unsure"'
    for each in clause.tax_in:
        yield from _countries("tax_in", (each.country,))
        if each.treatment != "unsure" and not each.source:
            yield f'tax_in {each.country}: {each.treatment} by no source; write source, or treatment = "unsure"'
    for one, two in combinations(clause.tax_in, 2):
        if one.country == two.country and (one.side == two.side or not one.side or not two.side):
            yield f"tax_in {one.country}: stands twice; keep one, or part them by side"


def _in_text(clause: Clause) -> Iterator[str]:
    """A blank of the text (`{limit.name}`) names a group of limits that all count for the same period."""
    for language, text in clause.text.items():
        for blank in placeholders(text):
            kind, _, name = blank.partition(".")
            if kind not in ("limit", "measure"):
                yield f"text.{language}: {{{blank}}} is no blank; write {{limit}}, {{measure}} or {{limit.name}}"
                continue
            group: Sequence[Limit | Measure] = clause.limits if kind == "limit" else clause.measures
            named = [each for each in group if each.name == name]
            if not named:
                yield f"text.{language}: {{{blank}}} names no {kind} of the clause; add it, or correct the name"
            elif len({(each.per, getattr(each, "unit", "")) for each in named}) > 1:
                yield f"text.{language}: {{{blank}}} could be one of several; give each {kind} a name of its own"


def _same_category(policy: Policy) -> Iterator[str]:
    """One expense, two clauses: a claim could not say by which it is judged."""
    for one, two in combinations(policy.clauses, 2):
        shared = [each for each in one.categories if each in two.categories]
        together = (
            _meet(one.tiers, two.tiers)
            and _meet(one.assignment_types, two.assignment_types)
            and _meet(one.countries, two.countries)
        )
        if shared and together and bool(one.countries) == bool(two.countries):
            yield (
                f"clause {two.number}: categories: {', '.join(shared)} falls under clause {one.number} already; name "
                "it in one of them, or part the clauses by tiers, assignment_types or countries"
            )


def _unknown(word: str, known: Sequence[str], what: str) -> str:
    near = get_close_matches(word, known, 1)
    meant = f"; is {near[0]!r} meant?" if near else ""
    return f"there is no {what} {word!r}; there are {', '.join(known) or 'none'}{meant}"
