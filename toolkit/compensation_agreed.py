"""Whether a pay table begins with the salary a letter states: a letter that prints both must not contradict itself."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from toolkit.compensation_inputs import PREFIX, Inputs
from toolkit.compensation_rows import Compensation, Row
from toolkit.model import Case, Fact

_SALARY = "assignment.salary"


def contradiction(case: Case, facts: Mapping[str, Fact], made: Compensation) -> str:
    """Return in a sentence why the base salary of *made* is not `assignment.salary`; "" where it is, or none is stated.

    They are the same where the amount as it was computed, or as the one payroll that pays it delivers it, is the
    salary for the period of the table. A salary of another period is counted by `compensation.salaries_a_year`. Names
    no amount.
    """
    base = next((row for row in made.rows if row.key == "base"), None)
    if base is None or _SALARY not in facts:
        return ""
    salary = _for_period(case, facts, made.period)
    if salary is None:
        return (
            f"compensation: the base salary of the pay table is for a {made.period}, {_SALARY} is not, and they cannot "
            f'be compared: state "{PREFIX}salaries_a_year", or {_SALARY} for a {made.period}'
        )
    if (salary, _text(facts, f"{_SALARY}_currency")) in _shown(base, made):
        return ""
    return (
        f"compensation: the pay table's base salary is not the one the letter states ({_SALARY}), and the letter would "
        f'say both; `mobility policy compensation {case.reference}` shows the table, "{PREFIX}home_salary" is what it '
        "begins with"
    )


def _shown(base: Row, made: Compensation) -> list[tuple[Decimal, str]]:
    """The base salary in every form that the table gives it as a whole."""
    placed, found = base.placed, [(base.amount, base.currency)]
    if placed.home is not None and placed.host is None:
        found.append((placed.home, made.home_currency))
    if placed.host is not None and placed.home is None:
        found.append((placed.host, made.host_currency))
    return found


def _for_period(case: Case, facts: Mapping[str, Fact], period: str) -> Decimal | None:
    try:
        amount = Decimal(_text(facts, _SALARY))
    except InvalidOperation:
        return None
    own = _text(facts, f"{_SALARY}_period").casefold()
    if own == period:
        return amount
    times = Inputs(case.details).number("salaries_a_year", least=Decimal(1), most=Decimal(24))
    if times is None or {own, period} != {"year", "month"}:
        return None
    return amount * times if period == "year" else amount / times


def _text(facts: Mapping[str, Fact], name: str) -> str:
    fact = facts.get(name)
    if fact is not None:
        return str(fact.field.value).strip()
    amount = facts.get(_SALARY) if name.endswith("_currency") else None
    return (amount.field.currency or "") if amount is not None else ""
