"""What `mobility policy` prints: clauses, tiers side by side, a case under its policy, compensation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from toolkit import policy as policies
from toolkit.cli.show import table
from toolkit.compensation import Compensation, preview, rows
from toolkit.compensation_rows import Placed
from toolkit.model import Case
from toolkit.phrasing import printable
from toolkit.policy import Clause, Limit, Measure, Policy, Standing
from toolkit.policy_applied import Applied, Worth
from toolkit.policy_words import measured, money, text_of, written

_HOLDS = {True: "applies", None: "asked", False: "does not apply"}
_STYLES = {True: "", None: "yellow", False: "dim"}


def described(policy: Policy) -> Mapping[str, Any]:
    """Return a policy without its clauses, for JSON."""
    return {
        "name": policy.name, "title": policy.title, "edition": policy.edition, "effective": policy.effective,
        "languages": policy.languages, "assignment_types": policy.assignment_types, "contact": policy.contact,
        "origin": policy.origin, "tiers": [{"id": each.id, "label": each.label} for each in policy.tiers],
        "approvers": [
            {"id": a.id, "who": a.who, "up_to_percent": _text(a.up_to_percent), "then": a.then or None}
            for a in policy.approvers
        ],
    }  # fmt: skip


def clause_json(policy: Policy, clause: Clause) -> Mapping[str, Any]:
    """Return a clause for JSON: amounts as decimal strings, empty lists where it holds for all."""
    tax = clause.tax
    return {
        "number": clause.number, "benefit": clause.benefit, "title": clause.title,
        "text": {language: written(clause, language) for language in policy.languages},
        "tiers": clause.tiers, "assignment_types": clause.assignment_types, "countries": clause.countries,
        "categories": clause.categories, "approval": clause.approval, "cost_bearer": clause.cost_bearer,
        "payroll": clause.payroll or None,
        "limits": [
            {"amount": str(each.amount), "currency": each.currency, "per": each.per, "name": each.name,
             "flat": each.flat, "from_month": each.from_month, "to_month": each.to_month or None,
             "countries": each.countries, "categories": each.categories, "tiers": each.tiers}
            for each in clause.limits
        ],
        "measures": [
            {"amount": str(each.amount), "unit": each.unit, "per": each.per, "name": each.name,
             "countries": each.countries, "tiers": each.tiers}
            for each in clause.measures
        ],
        "tax": {"home": tax.home, "host": tax.host, "gross_up": tax.gross_up, "home_source": tax.home_source,
                "host_source": tax.host_source},
        "tax_in": [
            {"country": each.country, "side": each.side or None, "treatment": each.treatment, "source": each.source}
            for each in clause.tax_in
        ],
    }  # fmt: skip


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def head(policy: Policy, language: str) -> Iterator[str]:
    """Yield the lines above a policy's clauses."""
    yield f"{text_of(policy.title, language)}, {policy.edition}, in force from {policy.effective}"
    yield f"Languages: {', '.join(policy.languages)}. Assignment types: {', '.join(policy.assignment_types)}."
    for tier in policy.tiers:
        yield f"Tier {tier.id}: {text_of(tier.label, language)}"
    for approver in policy.approvers:
        most = approver.up_to_percent
        then = f", up to {most} % over a limit; beyond that {approver.then}" if most is not None else ""
        yield f"Exceptions, {approver.id}: {text_of(approver.who, language)}{then}"
    if policy.origin:
        yield policy.origin


def clauses(policy: Policy, found: Sequence[Clause], language: str) -> Iterator[Table]:
    """Yield the table of clauses."""
    columns = ("clause", "title", "what it says", "for", "limits", "exceptions", "taxed")
    lines = []
    for clause in found:
        tiers = "tier " + ", ".join(clause.tiers) if clause.tiers else ""
        scope = [tiers, ", ".join(clause.assignment_types), ", ".join(clause.countries)]
        amounts: list[Limit | Measure] = [*clause.limits, *clause.measures]
        lines.append(
            (
                clause.number,
                text_of(clause.title, language),
                written(clause, language),
                "; ".join(each for each in scope if each) or "everybody",
                "\n".join(_amount(each, language) for each in amounts),
                clause.approval,
                _taxed(clause),
            )
        )
    yield table("", columns, lines)


def _amount(each: Limit | Measure, language: str) -> str:
    said = money(each.amount, each.currency, language) if isinstance(each, Limit) else measured(each, language)
    of = [each.name, ", ".join(each.tiers), ", ".join(each.countries)]
    if isinstance(each, Limit):
        of += [", ".join(each.categories), "flat" if each.flat else "", _months(each)]
    scope = "; ".join(part for part in of if part)
    return f"{said} per {each.per}" + (f" ({scope})" if scope else "")


def _months(limit: Limit) -> str:
    if limit.to_month:
        return f"months {limit.from_month} to {limit.to_month}"
    return f"from month {limit.from_month}" if limit.from_month > 1 else ""


def _taxed(clause: Clause) -> str:
    lines = [f"home {clause.tax.home}, host {clause.tax.host}"]
    lines += [f"{each.country}: {each.treatment}" for each in clause.tax_in]
    if clause.tax.gross_up:
        lines.append("grossed up")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Gets:
    """What a clause grants a tier: its amounts, and its text."""

    amounts: str
    text: str


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What each tier gets for each type of assignment: a row a clause, a cell a column of `columns`."""

    policy: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Clause, str, tuple[Gets | None, ...]], ...]

    def as_table(self, own: Standing) -> Table:
        """Return it as a table; the column of a case that stands so is marked."""
        kinds = len({kind for kind, _ in self.columns})
        heads = [f"{tier or 'everybody'}{f', {kind}' if kinds > 1 else ''}" for kind, tier in self.columns]
        marked = [
            f"{each} (this case)" if (kind, tier) == (own.assignment_type, own.tier) and tier else each
            for each, (kind, tier) in zip(heads, self.columns, strict=True)
        ]
        title = self.policy if kinds > 1 else f"{self.policy}, {self.columns[0][0]}"
        lines = [
            (clause.number, name, *("–" if cell is None else cell.amounts for cell in cells))
            for clause, name, cells in self.rows
        ]
        return table(title, ("clause", "title", *marked), lines)

    def as_json(self) -> Sequence[Mapping[str, Any]]:
        """Return the rows for JSON: a clause with what each type and tier gets, null where it gets nothing."""
        return [
            {
                "clause": clause.number,
                "benefit": clause.benefit,
                "title": name,
                "gets": [
                    {"type": kind, "tier": tier or None, "text": None if cell is None else cell.text}
                    for (kind, tier), cell in zip(self.columns, cells, strict=True)
                ],
            }
            for clause, name, cells in self.rows
        ]


def side_by_side(policy: Policy, kinds: Sequence[str], country: str, language: str) -> SideBySide:
    """Return what each tier of *policy* gets for assignments of *kinds*, with the amounts for *country* where given."""
    tiers = [each.id for each in policy.tiers] or [""]
    columns = tuple((kind, tier) for kind in kinds for tier in tiers)
    lines = []
    for clause in policy.clauses:
        cells = tuple(_cell(clause, kind, tier, country, language) for kind, tier in columns)
        if any(cell is not None for cell in cells):
            lines.append((clause, text_of(clause.title, language), cells))
    return SideBySide(policy.name, columns, tuple(lines))


def _cell(clause: Clause, kind: str, tier: str, country: str, language: str) -> Gets | None:
    if policies.applies(clause, Standing(tier, kind, "", country)) is False:
        return None
    own = policies.for_tier(clause, tier)
    group: list[Limit | Measure] = [*own.limits, *own.measures]
    fitting = [
        each
        for each in group
        if not country or country in each.countries or (not each.countries and not _named(group, each, country))
    ]
    amounts = "\n".join(_amount(each, language) for each in fitting)
    return Gets(amounts or "yes", written(own, language, country=country))


def _named(group: Sequence[Limit | Measure], each: Limit | Measure, country: str) -> bool:
    """Whether another amount of the group for the same thing names the country."""
    return any(country in other.countries and (other.name, other.per) == (each.name, each.per) for other in group)


def standing_line(policy: Policy, case: Case, at: Standing, language: str) -> str:
    """Return where the case stands under its policy, in a line."""
    said = {"tier": at.tier, "type": at.assignment_type, "home": at.home, "host": at.host}
    known = ", ".join(f"{what} {value or 'not known'}" for what, value in said.items())
    return f"{case.reference} under {text_of(policy.title, language)}, {policy.edition}: {known}"


def applied_table(policy: Policy, found: Sequence[Applied], at: Standing, language: str) -> Table:
    """Return the clauses with whether they hold, why, and what they are worth."""
    lines = [
        (
            each.clause.number,
            text_of(each.clause.title, language),
            _HOLDS[each.holds],
            each.because + (f"; no amount for {at.host or 'the country'}" if each.open else ""),
            written(each.clause, language, country=at.host) if each.holds else "",
            "\n".join(_worth(worth, language) for worth in each.worth),
            text_of(policies.approver_for(policy, each.clause).who, language),
        )
        for each in found
    ]
    columns = ("clause", "title", "holds", "why", "what it grants", "worth at most", "exceptions by")
    return table("", columns, lines, styles=[_STYLES[each.holds] for each in found])


def _worth(worth: Worth, language: str) -> str:
    said = f"{money(worth.amount, worth.currency, language)} per {worth.per}"
    if worth.whole is not None and worth.whole != worth.amount:
        said += f" = {money(worth.whole, worth.currency, language)} in all"
    return f"{worth.name}: {said}" if worth.name else said


def applied_json(
    policy: Policy, case: Case, at: Standing, found: Sequence[Applied], language: str
) -> Mapping[str, Any]:
    """Return a case under its policy for JSON."""
    return {
        "case": case.reference,
        "policy": policy.name,
        "edition": policy.edition,
        "tier": at.tier or None,
        "assignment_type": at.assignment_type or None,
        "home": at.home or None,
        "host": at.host or None,
        "asked": at.asked,
        "clauses": [_applied_json(policy, each, at, language) for each in found],
    }


def _applied_json(policy: Policy, each: Applied, at: Standing, language: str) -> Mapping[str, Any]:
    tax = policies.tax_for(each.clause, home=at.home, host=at.host)
    return {
        "clause": each.clause.number,
        "benefit": each.clause.benefit,
        "title": text_of(each.clause.title, language),
        "applies": each.holds,
        "because": each.because,
        "text": written(each.clause, language, country=at.host) if each.holds else None,
        "worth": [
            {"amount": str(worth.amount), "currency": worth.currency, "per": worth.per, "name": worth.name,
             "flat": worth.flat, "whole": _text(worth.whole)}
            for worth in each.worth
        ],
        "without_amount": each.open,
        "approval": each.clause.approval,
        "exceptions_by": text_of(policies.approver_for(policy, each.clause).who, language),
        "cost_bearer": each.clause.cost_bearer,
        "tax": {"home": tax.home, "host": tax.host, "gross_up": tax.gross_up, "home_source": tax.home_source,
                "host_source": tax.host_source},
    }  # fmt: skip


def compensation_parts(case: Case, made: Compensation, language: str) -> Iterator[Table | str]:
    """Yield the compensation table and the sentences below it."""
    letter = rows(made, language)
    heads = ("no.", "row", f"home payroll {made.home_currency}", f"host payroll {made.host_currency}".rstrip(),
             f"worth in {made.home_currency}", "basis", "taxed home / host")  # fmt: skip
    lines = []
    for each, row in zip(letter.rows, made.rows, strict=True):
        label = f"{each['label']}, {each['period']}" if row.once else each["label"]
        taxed = f"{row.taxable_home} / {row.taxable_host}" if row.taxable_home else ""
        lines.append((each["number"], label, each["home"], each["host"], each["value"], each["basis"], taxed))
    for totals in (letter.totals, letter.totals_once):
        if totals:
            label = totals["label"] if totals is letter.totals_once else f"{totals['label']} {totals['period']}"
            lines.append(("", label, totals["home"], totals["host"], totals["value"], "", ""))
    if lines:
        yield table(f"Compensation of {case.reference}", heads, lines)
    for row, gross in preview(case, made):
        cost = [money(each, row.currency, language) for each in (gross.net, gross.tax, gross.gross)]
        yield f"Gross-up preview, {row.label[language]}: {cost[0]} net + {cost[1]} tax = {cost[2]}; no tax advice."
    yield from letter.notes
    yield from (printable(f"Asked: {each}") for each in letter.asked)


def compensation_json(case: Case, made: Compensation, language: str) -> Mapping[str, Any]:
    """Return the compensation table for JSON: amounts as decimal strings."""
    return {
        "case": case.reference,
        "period": made.period,
        "home_currency": made.home_currency or None,
        "host_currency": made.host_currency or None,
        "rows": [
            {"key": row.key, "label": row.label[language], "amount": str(row.amount), "currency": row.currency,
             **_placed(row.placed), "side": row.side or None, "kind": row.kind, "once": row.once,
             "basis": row.basis[language], "clause": row.clause or None, "taxable_home": row.taxable_home or None,
             "taxable_host": row.taxable_host or None, "gross_up": row.gross_up}
            for row in made.rows
        ],
        "totals": _placed(made.total()),
        "totals_once": _placed(made.total(once=True)),
        "rates": [
            {"currency": r.currency, "base": r.base, "value": str(r.value), "date": r.date, "source": r.source}
            for r in made.rates
        ],
        "gross_up_preview": [
            {"key": row.key, "currency": row.currency, "net": str(g.net), "tax": str(g.tax), "gross": str(g.gross)}
            for row, g in preview(case, made)
        ],
        "left_out": [each[language] for each in made.left_out],
        "asked": made.asked,
    }  # fmt: skip


def _placed(placed: Placed) -> Mapping[str, str | None]:
    return {"home": _text(placed.home), "host": _text(placed.host), "value": str(placed.value)}
