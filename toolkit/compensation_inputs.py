"""What a compensation table is computed from: details of the case, its contract, its policy. Nothing is invented.

A missing or wrong input is a sentence in `asked`; the row that needs it is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal, InvalidOperation
from difflib import get_close_matches

from toolkit.compensation_rows import Period
from toolkit.compensation_words import STATED, contract_basis
from toolkit.errors import InputError
from toolkit.fields import currency as currencies
from toolkit.model import Case, Fact
from toolkit.phrasing import rounded
from toolkit.policy_clauses import Texts
from toolkit.rates import Rate
from toolkit.rates_stated import StatedRates

#: Every detail that a table is made from begins so.
PREFIX = "compensation."
_LARGEST = Decimal(10) ** 12
#: Allowances that a case may state as an amount of the table's period, and so before any clause of a policy.
ALLOWANCES = ("housing", "transport", "schooling", "spousal_support", "medical", "pension", "home_leave")
_ROWS = ("hypothetical_tax", "hypothetical_social_security", "housing_norm", "mobility_premium", "hardship")
_ONCE = (
    "home_salary home_salary_currency home_salary_period salaries_a_year period home_currency host_currency payroll "
)
_ONCE += "host_share spendable_income spendable_rate cola_index cola_source negative_cola rate rate_date rate_source "
_ONCE += "host_marginal_rate"
#: Every detail that a table reads, without its prefix.
KEYS = frozenset(
    [
        *_ONCE.split(),
        *_ROWS,
        *ALLOWANCES,
        *(f"{each}_rate" for each in _ROWS),
        *(f"{each}_currency" for each in ALLOWANCES),
        *(f"{each}_side" for each in (*_ROWS, *ALLOWANCES, "base", "cost_of_living", "relocation")),
    ]
)
#: As many digits as the ECB's rates are crossed with.
_DIGITS = Context(prec=8)


@dataclass(frozen=True, slots=True)
class Base:
    """The base salary for one period of the table, and where it stands."""

    amount: Decimal = field(repr=False)
    currency: str
    period: Period
    basis: Texts


@dataclass(slots=True)
class Inputs:
    """The details of one case as numbers; collects in `asked` what is missing or wrong."""

    details: Mapping[str, str] = field(repr=False)
    asked: list[str] = field(default_factory=list)

    def has(self, key: str) -> bool:
        """Whether `compensation.<key>` is stated."""
        return bool(self.text(key))

    def text(self, key: str) -> str:
        """Return `compensation.<key>` as stated, or an empty text."""
        return self.details.get(PREFIX + key, "").strip()

    def ask(self, sentence: str) -> None:
        """Note what has to be stated, once."""
        if sentence not in self.asked:
            self.asked.append(sentence)

    def ask_about_strangers(self) -> None:
        """Ask about details that no table reads: a misspelt one must not pass for a missing one."""
        for name in self.details:
            key = name.removeprefix(PREFIX)
            if name.startswith(PREFIX) and key not in KEYS:
                near = get_close_matches(key, sorted(KEYS), 1, 0.8)
                meant = f'; is "{PREFIX}{near[0]}" meant?' if near else "."
                self.ask(f'No table reads the detail "{name[:60]}"{meant}')

    def number(self, key: str, *, least: Decimal = Decimal(0), most: Decimal = _LARGEST) -> Decimal | None:
        """Return a stated number; None where none is, or where it cannot be one (which is asked about)."""
        text = self.text(key)
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if value.is_finite() and least <= value <= most:
            return value
        self.ask(f'"{PREFIX}{key}" is no number from {least} to {most}; write it as "32.5".')
        return None

    def percent(self, key: str) -> Decimal | None:
        """Return a stated percentage from 0 to 100."""
        return self.number(key, most=Decimal(100))

    def currency(self, key: str) -> str:
        """Return a stated ISO 4217 code, or an empty text."""
        text = self.text(key).upper()
        if text and text not in currencies.CODES:
            self.ask(f'"{PREFIX}{key}" is no ISO 4217 currency code; write it as EUR.')
            return ""
        return text

    def choice(self, key: str, options: tuple[str, ...]) -> str:
        """Return a stated word of *options*, or an empty text."""
        text = self.text(key).casefold()
        if text and text not in options:
            self.ask(f'"{PREFIX}{key}" is one of {", ".join(options)}.')
            return ""
        return text


def base_salary(inputs: Inputs, facts: Mapping[str, Fact]) -> Base | None:
    """Return the base salary: as stated for the table, else by the home contract, else as stated for the assignment.

    A salary that the papers leave unsure or contradict is asked about, and so is a monthly one without the number of
    salaries a year.
    """
    found = _stated_salary(inputs) or _contract_salary(inputs, facts) or _assignment_salary(inputs)
    if found is None:
        inputs.ask(
            f'What is the base salary? State "{PREFIX}home_salary", "{PREFIX}home_salary_currency" and '
            f'"{PREFIX}home_salary_period" (year or month), or take the contract in.'
        )
        return None
    amount, currency, period, basis = found
    if not (amount.is_finite() and 0 < amount < _LARGEST):
        inputs.ask("The base salary is no amount; write it as 60000.00.")
        return None
    wanted = inputs.choice("period", ("year", "month")) or period
    if currency not in currencies.CODES or period not in ("year", "month"):
        inputs.ask("The base salary has no currency or period (year or month) that is known; state both.")
        return None
    if wanted != period:
        times = inputs.number("salaries_a_year", least=Decimal(1), most=Decimal(24))
        if times is None:
            inputs.ask(f'How many monthly salaries are paid a year? State "{PREFIX}salaries_a_year", as 12 or 13.')
            return None
        amount = amount * times if wanted == "year" else amount / times
    return Base(rounded(amount, currency), currency, "year" if wanted == "year" else "month", basis)


def _stated_salary(inputs: Inputs) -> tuple[Decimal, str, str, Texts] | None:
    amount = inputs.number("home_salary")
    if amount is None:
        return None
    return amount, inputs.currency("home_salary_currency"), inputs.text("home_salary_period"), STATED


def _contract_salary(inputs: Inputs, facts: Mapping[str, Fact]) -> tuple[Decimal, str, str, Texts] | None:
    """The salary of the contract with the home employer, where the reader vouches for it and no paper contradicts."""
    name = "principal.employment_contract"
    salary, period = facts.get(f"{name}.salary"), facts.get(f"{name}.salary_period")
    if salary is None:
        return None
    if not (salary.settled and salary.field.sure and period and period.field.sure and salary.field.currency):
        inputs.ask("The salary of the employment contract is unsure or contradicted: correct it, or state it.")
        return None
    page = salary.field.source.page
    try:
        amount = Decimal(str(salary.field.value))
    except InvalidOperation:
        return None
    basis = contract_basis(page) if page is not None else STATED
    return amount, salary.field.currency, str(period.field.value), basis


def _assignment_salary(inputs: Inputs) -> tuple[Decimal, str, str, Texts] | None:
    said = {each: inputs.details.get(f"assignment.salary{each}", "").strip() for each in ("", "_currency", "_period")}
    try:
        return Decimal(said[""]), said["_currency"].upper(), said["_period"].casefold(), STATED
    except InvalidOperation:
        return None


@dataclass(slots=True)
class Exchange:
    """Converts by one rate from home to host, as stated for the case, by the company's rates or the ECB's.

    `used` are the rates that were used; a rate that is missing is asked about, never guessed.
    """

    inputs: Inputs
    home: str
    host: str
    on: date | None
    given: StatedRates
    used: dict[tuple[str, str], Rate] = field(default_factory=dict)

    def convert(self, amount: Decimal, currency: str, into: str) -> Decimal | None:
        """Return *amount* in *into*, to its smallest unit; None where no rate or no currency is known."""
        if currency == into:
            return rounded(amount, into)
        if not into:
            self.inputs.ask(f'In which currency does the host payroll pay? State "{PREFIX}host_currency".')
            return None
        if (into, currency) == (self.home, self.host):
            # The one rate of the table, the other way round: two rates would not lead back to the same amount.
            rate = self._rate(into, currency)
            return rounded(amount / rate.value, into) if rate is not None else None
        rate = self._rate(currency, into)
        return rounded(amount * rate.value, into) if rate is not None else None

    def _rate(self, currency: str, into: str) -> Rate | None:
        known = self.used.get((currency, into))
        rate = known or (self._stated() if (currency, into) == (self.home, self.host) else None)
        rate = rate or self._published(currency, into)
        if rate is not None:
            self.used[currency, into] = rate
        return rate

    def _stated(self) -> Rate | None:
        value = self.inputs.number("rate", least=Decimal("0.00000001"))
        if value is None:
            return None
        day, source = self.day("rate_date"), self.inputs.text("rate_source")
        if day is None or not source:
            self.inputs.ask(f'A stated rate has a date and a source: state "{PREFIX}rate_date" and "..rate_source".')
            return None
        return Rate(self.home, self.host, value, day, source)

    def _published(self, currency: str, into: str) -> Rate | None:
        day = self.day("rate_date") or self.on
        if day is None:
            self.inputs.ask(f'On which day is {currency} converted into {into}? State "{PREFIX}rate_date".')
            return None
        pairs = {(each.currency, each.base) for each in self.given.rows}
        try:
            if (into, currency) in pairs and (currency, into) not in pairs:
                return _inverted(self.given.rate(into, currency, day))
            return self.given.rate(currency, into, day)
        except InputError as problem:
            self.inputs.ask(
                f'{problem.message} State "{PREFIX}rate" (units of {self.host or "the host currency"} for one '
                f'{self.home}), "{PREFIX}rate_date" and "{PREFIX}rate_source".'
            )
            return None

    def day(self, key: str) -> date | None:
        """Return a stated day (ISO 8601), or None."""
        text = self.inputs.text(key)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.inputs.ask(f'"{PREFIX}{key}" is no date; write it as 2026-11-02.')
            return None


def _inverted(rate: Rate) -> Rate:
    """The company's own rate the other way round, which goes before the ECB's of the pair."""
    value = _DIGITS.divide(Decimal(1), rate.value)
    return Rate(rate.base, rate.currency, value, rate.date, f"{rate.source} (1 / {rate.value.normalize():f})")


def currencies_of(inputs: Inputs, base: Base, case: Case) -> tuple[str, str]:
    """Return the home and the host currency: as stated, else that of the base salary and that of the assignment's."""
    home = inputs.currency("home_currency") or base.currency
    host = inputs.currency("host_currency") or case.details.get("assignment.salary_currency", "").strip().upper()
    return home, host if host in currencies.CODES else ""
