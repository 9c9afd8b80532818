"""The compensation of an assignee as a table: the balance sheet from home salary to what each payroll pays.

Home salary, less hypothetical tax, social security and housing norm; the goods and services differential (spendable
income x (index - 100) / 100); premiums in per cent of the base salary; allowances of the policy. Every row says what it
rests on (a clause of the policy, a page of the contract, a statement of the case). What is not stated is asked for and
its row left out. Knows cases, policies and rates; knows no letter and no spreadsheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from toolkit import policy as policies
from toolkit.compensation_inputs import ALLOWANCES, PREFIX, Base, Exchange, Inputs, base_salary, currencies_of
from toolkit.compensation_letter import LetterTable, rows
from toolkit.compensation_rows import (
    Compensation,
    GrossUp,
    Period,
    Placed,
    Row,
    added,
    gross_up,
    place,
    previewed,
    split,
)
from toolkit.compensation_words import (
    LABELS,
    STATED,
    clause_basis,
    index_basis,
    left_out,
    months,
    months_basis,
    percent_basis,
    sum_basis,
)
from toolkit.model import Case, Fact
from toolkit.phrasing import rounded
from toolkit.policy_clauses import LANGUAGES, Clause, Limit, Payroll, Per, Policy, TaxTreatment, Texts, Unit
from toolkit.rates_stated import StatedRates

__all__ = [
    "PREFIX",
    "Compensation",
    "GrossUp",
    "LetterTable",
    "Placed",
    "Row",
    "gross_up",
    "preview",
    "previewed",
    "rows",
    "split",
    "table",
]

_SIDES = ("home", "host", "split")
_HUNDRED = Decimal(100)
_DEDUCTIONS = (("hypothetical_tax", "tax"), ("hypothetical_social_security", "social_security"), ("housing_norm", ""))
_NO_TAX = TaxTreatment()


def table(
    case: Case, facts: Mapping[str, Fact], policy: Policy | None, *, on: date | None, rates: StatedRates | None = None
) -> Compensation:
    """Return the compensation table of *case*.

    *policy* is what `policy.of_case` gives, or None; *on* the day whose exchange rate holds unless the case states one
    (`compensation.rate`, `_date`, `_source`); *rates* are the company's own, where it has some. Nothing is raised for
    what is missing: see `Compensation.asked`. Raises InputError as `policy.standing` does.
    """
    inputs = Inputs(case.details)
    inputs.ask_about_strangers()
    base = base_salary(inputs, facts)
    if base is None:
        return Compensation("year", "", "", (), (), tuple(inputs.asked))
    home, host = currencies_of(inputs, base, case)
    making = _Making(
        inputs, base, policy, _standing(policy, case, inputs), Exchange(inputs, home, host, on, rates or StatedRates())
    )
    making.balance_sheet()
    making.premiums()
    making.allowances()
    used = tuple(making.exchange.used.values())
    return Compensation(
        base.period, home, host, tuple(making.rows), used, tuple(inputs.asked), tuple(making.left_out)
    )  # fmt: skip


def preview(case: Case, made: Compensation) -> tuple[tuple[Row, GrossUp], ...]:
    """Return what the rows that are grossed up at host cost before tax, by `compensation.host_marginal_rate`.

    Empty where that rate (per cent) is not stated. `previewed` takes a rate for each row instead.
    """
    rate = Inputs(case.details).number("host_marginal_rate", most=Decimal("99.99"))
    return previewed(made, lambda row, net: rate)


def _standing(policy: Policy | None, case: Case, inputs: Inputs) -> policies.Standing:
    if policy is None:
        return policies.Standing()
    at = policies.standing(policy, case)
    for sentence in at.asked:
        inputs.ask(sentence)
    return at


@dataclass(slots=True)
class _Making:
    """A table in the making: rows are added in the order in which they are read."""

    inputs: Inputs
    base: Base
    policy: Policy | None
    at: policies.Standing
    exchange: Exchange
    rows: list[Row] = field(default_factory=list)
    left_out: list[Texts] = field(default_factory=list)

    def balance_sheet(self) -> None:
        """Base salary, what is deducted as if at home, the net of it, and the goods and services differential."""
        base = self.base
        self.add("base", base.amount, base.currency, base.basis)
        before = len(self.rows)
        for key, benefit in _DEDUCTIONS:
            clause = self.clause(benefit)
            if clause is not None and clause.method not in ("equalisation", "home"):
                clause = None  # a deduction stated all the same rests on the statement alone
            found = self._share(key, clause)
            if found is None:
                if clause is not None:
                    self.inputs.ask(
                        f'{LABELS[key]["en"]}: clause {clause.number} applies; state "{PREFIX}{key}_rate" (per cent of '
                        f'the base salary) or "{PREFIX}{key}" (an amount a {base.period}).'
                    )
                continue
            amount, basis = found
            self.add(key, -amount, base.currency, basis, clause=clause, kind="deduction")
        if len(self.rows) > before and before:
            net = added([row.placed for row in self.rows])
            # A subtotal only repeats rows above it, in whichever column they stand.
            side, home = self.rows[0].side, self.exchange.home
            self.rows.append(Row("net", LABELS["net"], net.value, home, side, net, sum_basis(), "subtotal", "", ""))
        self._differential()

    def _differential(self) -> None:
        """Spendable income x (index - 100) / 100; an index below 100 lowers pay only where that is stated."""
        clause, index = self.clause("cost_of_living"), self.inputs.number("cola_index", most=Decimal(1000))
        if index is None:
            if clause is not None or self.inputs.has("spendable_income") or self.inputs.has("spendable_rate"):
                self.inputs.ask(
                    f'The index of living costs is missing; state "{PREFIX}cola_index" (home = 100) and '
                    f'"{PREFIX}cola_source".'
                )
            return
        spendable = self._spendable()
        if spendable is None:
            return
        if index < _HUNDRED:
            applied = self.inputs.choice("negative_cola", ("yes", "no"))
            if not applied:
                self.inputs.ask(
                    f'The index is below 100: does it lower pay? State "{PREFIX}negative_cola" as yes or no.'
                )
            if applied != "yes":
                return
        currency = self.base.currency
        amount = rounded(spendable * (index - _HUNDRED) / _HUNDRED, currency)
        basis = index_basis(self.source(clause), spendable, currency, index, self.inputs.text("cola_source"))
        self.add("cost_of_living", amount, currency, basis, clause=clause)

    def _spendable(self) -> Decimal | None:
        """The spendable income: as stated, or its share of base salary less hypothetical tax and social security."""
        stated = self.inputs.number("spendable_income")
        if stated is not None:
            return stated
        percent = self.inputs.percent("spendable_rate")
        if percent is None:
            self.inputs.ask(
                f'What is spent on goods and services? State "{PREFIX}spendable_income" (an amount a '
                f'{self.base.period}) or "{PREFIX}spendable_rate" (per cent of the net home pay).'
            )
            return None
        counted = ("base", "hypothetical_tax", "hypothetical_social_security")
        net = sum((row.amount for row in self.rows if row.key in counted), Decimal(0))
        return rounded(net * percent / _HUNDRED, self.base.currency)

    def premiums(self) -> None:
        """Premiums in per cent of the base salary, or as amounts."""
        for key in ("mobility_premium", "hardship"):
            clause = self.clause(key)
            found = self._share(key, clause)
            if found is not None:
                self.add(key, found[0], self.base.currency, found[1], clause=clause)
            elif clause is not None and not any(limit.flat for limit in clause.limits):
                self.inputs.ask(
                    f"{LABELS[key]['en']}: clause {clause.number} names no percentage for this country; state "
                    f'"{PREFIX}{key}_rate" (0 where there is none).'
                )

    def _share(self, key: str, clause: Clause | None) -> tuple[Decimal, Texts] | None:
        """The amount of a row by its stated amount, its stated percentage, or the percentage of its clause."""
        source = self.source(clause)
        stated = self.inputs.number(key)
        if stated is not None:
            return rounded(stated, self.base.currency), source
        percent = self.inputs.percent(f"{key}_rate")
        if percent is None and clause is not None:
            measures = [each for each in clause.measures if each.unit is Unit.PERCENT]
            own = [each for each in measures if self.at.host and self.at.host in each.countries]
            fitting = own or [each for each in measures if not each.countries]
            percent = fitting[0].amount if len(fitting) == 1 else None
        if percent is None:
            return None
        return rounded(self.base.amount * percent / _HUNDRED, self.base.currency), percent_basis(source, percent)

    def allowances(self) -> None:
        """Allowances stated for the case, then those that the policy pays in full (`flat`), recurring before once."""
        for key in ALLOWANCES:
            stated = self.inputs.number(key)
            if stated is None:
                continue
            currency = self.inputs.currency(f"{key}_currency")
            if currency:
                self.add(key, stated, currency, self.source(self.clause(key)), clause=self.clause(key))
            else:
                self.inputs.ask(f'{LABELS[key]["en"]}: in which currency? State "{PREFIX}{key}_currency".')
        flat = list(self._flat())
        for clause, limit in flat:
            self._granted(clause, limit)
        self.rows.sort(key=lambda row: row.once)
        paid = {clause.number for clause, _ in flat}
        for clause in self._applying():
            if clause.limits and clause.number not in paid and not clause.categories:
                self.left_out.append(left_out(clause.title, clause.number))

    def _flat(self) -> Iterator[tuple[Clause, Limit]]:
        for clause in self._applying():
            if self.inputs.has(clause.benefit.value):
                continue  # what is stated for the case goes before the policy
            for limit in policies.limits_for(clause, country=self.at.host, category=""):
                if limit.flat:
                    yield clause, limit

    def _granted(self, clause: Clause, limit: Limit) -> None:
        amount = _per_period(limit, self.base.period)
        if amount is None:
            self.left_out.append(left_out(clause.title, clause.number))
            return
        once = limit.per in (Per.ASSIGNMENT, Per.TRIP, Per.ITEM)
        key = limit.name if limit.name in LABELS else clause.benefit.value
        label = LABELS.get(key) or _in_all(clause.title)
        when = months(limit.from_month, limit.to_month)
        basis = months_basis(clause_basis(clause.number), when)
        self.add(key, amount, limit.currency, basis, clause=clause, label=label, once=once, when=when)

    def add(
        self,
        key: str,
        amount: Decimal,
        currency: str,
        basis: Texts,
        *,
        clause: Clause | None = None,
        label: Texts | None = None,
        kind: Literal["pay", "deduction"] = "pay",
        once: bool = False,
        when: Texts | None = None,
    ) -> None:
        """Add a row, placed on its payroll; without a rate or a share it is left out, and what is missing is asked."""
        if not amount and key != "base":
            return  # a rate of 0 says that there is none
        side, share = self._side(key, clause), self.inputs.percent("host_share")
        if side == "split" and share is None:
            self.inputs.ask(f'Which part does the host payroll pay? State "{PREFIX}host_share" (per cent).')
            return
        placed = place(
            rounded(amount, currency), currency, side, home=self.exchange.home, host=self.exchange.host,
            host_share=share or Decimal(0), convert=self.exchange.convert,
        )  # fmt: skip
        if placed is None:
            return
        tax = policies.tax_for(clause, home=self.at.home, host=self.at.host) if clause is not None else _NO_TAX
        deducted = kind == "deduction"
        self.rows.append(
            Row(
                key, label or LABELS[key], rounded(amount, currency), currency, side, placed, basis, kind,
                "" if deducted else tax.home, "" if deducted else tax.host, tax.gross_up, once,
                clause.number if clause is not None else "", when,
            )
        )  # fmt: skip

    def _side(self, key: str, clause: Clause | None) -> Payroll | Literal[""]:
        side = self.inputs.choice(f"{key}_side", _SIDES)
        side = side or (clause.payroll if clause is not None else "") or self.inputs.choice("payroll", _SIDES)
        if not side:
            self.inputs.ask(f'Which payroll pays? State "{PREFIX}payroll" as home, host or split.')
        return cast("Payroll | Literal['']", side)

    def clause(self, benefit: str) -> Clause | None:
        """Return the clause of the policy on *benefit* that is known to apply to the case."""
        return next((each for each in self._applying() if each.benefit == benefit), None)

    def source(self, clause: Clause | None) -> Texts:
        """Return what a stated amount rests on: the clause that provides for it, else the statement alone."""
        return clause_basis(clause.number) if clause is not None else STATED

    def _applying(self) -> Iterator[Clause]:
        for clause in self.policy.clauses if self.policy is not None else ():
            if policies.applies(clause, self.at):
                yield policies.for_tier(clause, self.at.tier)


def _per_period(limit: Limit, period: Period) -> Decimal | None:
    """The amount for the table's period; what is paid once stays; what depends on days or nights is no fixed amount.

    A limit that ends with a month before the twelfth is that many months a year, and no more.
    """
    if limit.per in (Per.ASSIGNMENT, Per.TRIP, Per.ITEM):
        return limit.amount
    if limit.per is Per.MONTH:
        months = min(12, limit.to_month - limit.from_month + 1) if limit.to_month else 12
        return limit.amount * months if period == "year" else limit.amount
    if limit.per is Per.YEAR:
        return limit.amount if period == "year" else limit.amount / 12
    return None


def _in_all(title: Texts) -> Texts:
    """A clause's title as a label; in a language that the policy does not have, as it is in its first one."""
    first = next(iter(title.values()))
    return {language: title.get(language, first) for language in LANGUAGES}
