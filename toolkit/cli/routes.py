"""`mobility routes --from IN --to DE --purpose assignment`: the routes open to a planned move, and what each asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal, cast

import click

from toolkit.cli.check import DAY
from toolkit.cli.show import console, counted, echo_json, json_option, table
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.dossier import Dossier, dossier
from toolkit.errors import InputError, UnknownNameError
from toolkit.fields import country
from toolkit.fields.terms import months_later
from toolkit.model import Fact
from toolkit.owed_terms import lead_times
from toolkit.rates import Rate, packaged, rate
from toolkit.route_choice import Comparison, Open, RouteView, compare, country_code, nationality_code
from toolkit.route_choice_data import choice
from toolkit.route_choice_page import html
from toolkit.route_choice_papers import Known
from toolkit.route_choice_pay import Convert
from toolkit.route_choice_plan import PURPOSES, Pay, Plan, Purpose, Standing
from vault.files import write_atomically

_STYLE = {Open.OPEN: "green", Open.UNSURE: "yellow", Open.CLOSED: "red"}
#: Where a case says what is paid: the details, else the contract of the assignment, the offer, the employment.
_PAY = (
    "assignment.salary",
    "principal.assignment_contract.salary",
    "principal.offer_contract.salary",
    "principal.employment_contract.salary",
)
_ROLES = ("spouse", "partner", "child")


@dataclass(frozen=True, slots=True)
class _Given:
    """What the options say of the move, as they were written; `pay` is amount, currency and period."""

    start: datetime | None
    filing: datetime | None
    months: int | None
    pay: tuple[str | None, str | None, str | None] = field(repr=False)
    nationalities: tuple[str, ...] = field(repr=False)
    degree: str | None
    employed_since: datetime | None = field(repr=False)
    dependants: str
    answers: tuple[str, ...] = field(repr=False)


@click.command()
@click.option("--from", "origin", required=True, help="Country the person is sent from: IN, IND or India.")
@click.option("--to", "destination", help="Country they move to; left out, that of the case's route.")
@click.option("--purpose", type=click.Choice(PURPOSES), required=True, help="What the move is for.")
@click.option("--salary", help="Gross pay, as 60000 or 60000.00.")
@click.option("--currency", help="Currency of the pay (ISO 4217), as EUR.")
@click.option("--period", type=click.Choice(("year", "month")), help="Period of the pay.")
@click.option("--start", type=DAY, help="Planned first day.")
@click.option("--filing", type=DAY, help="Planned day of the application.")
@click.option("--months", type=click.IntRange(1, 600), help="Planned length in months.")
@click.option("--nationality", "nationalities", multiple=True, help="Nationality; repeat it where there are several.")
@click.option("--degree", type=click.Choice(("yes", "no")), help="Whether the person has a university degree.")
@click.option("--employed-since", type=DAY, help="Since when the group has employed the person without a break.")
@click.option("--dependants", default="", help="Who comes along, as spouse,child,child.")
@click.option("--answer", "answers", multiple=True, metavar="KEY=ANSWER", help="Answer a question; repeat it.")
@click.option("--case", "reference", help="Take what is known from this case; what an option says counts more.")
@click.option("--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Write the comparison as a page.")
@vault_options
@json_option
def command(
    origin: str,
    destination: str | None,
    purpose: str,
    salary: str | None,
    currency: str | None,
    period: str | None,
    start: datetime | None,
    filing: datetime | None,
    months: int | None,
    nationalities: tuple[str, ...],
    degree: str | None,
    employed_since: datetime | None,
    dependants: str,
    answers: tuple[str, ...],
    reference: str | None,
    page: Path | None,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> int:
    """Compare the routes that lead to a country: which are open to the move, unsure or closed, and what each asks.

    Nothing is guessed: what nobody stated is asked. Counsel decides; this is research and no advice.
    """
    pay = (salary, currency, period)
    given = _Given(start, filing, months, pay, nationalities, degree, employed_since, dependants, answers)
    today = datetime.now(UTC).astimezone().date()
    known = _known(reference, vault_folder, passphrase_file) if reference is not None else None
    made = _compared(_plan(given, (origin, destination, purpose), today, known), known)
    if page is not None:
        _write(page, html(made, today))
    if as_json:
        echo_json(made)
    else:
        show(made)
        if page is not None:
            console().print(f"Comparison written to {page}.")
    return 0


def show(made: Comparison) -> None:
    """Print the routes as a table, the questions that would settle more, and that counsel decides."""
    out = console()
    rows = [
        (view.state.value, f"{view.title}\n{view.route}", _why(view), _pay_line(view), _papers(view))
        for view in made.routes
    ]
    title = f"{country.name(made.origin)} to {country.name(made.destination)}, {made.purpose}"
    columns = ("state", "way", "points", "thresholds a year", "asked for")
    out.print(table(title, columns, rows, styles=[_STYLE[view.state] for view in made.routes]))
    questions = made.questions()
    if questions:
        out.print(f"{counted(len(questions), 'question')} would settle more:", style="bold")
        for key, question in questions:
            out.print(f"  {question}" + (f"  --answer {key}=yes|no" if key else ""))
    of = ", ".join(f"{sum(view.state is each for view in made.routes)} {each}" for each in Open)
    out.print(f"{counted(len(made.routes), 'route')}: {of}.", style="bold")
    memory = sum(point.verify for view in made.routes for point in view.points)
    if memory:
        out.print(f"{counted(memory, 'point')} known from memory: verify each with its authority before relying on it.")
    out.print(made.counsel, style="bold yellow")


def _why(view: RouteView) -> str:
    lines = [
        f"{point.standing}: {point.label}: {point.because} [{point.source}]"
        for point in view.of(Standing.UNMET, Standing.UNSURE)
    ]
    asked = view.of(Standing.ASKED)
    if asked and view.state is not Open.CLOSED:
        lines.append(f"asked: {'; '.join(point.label for point in asked)}")
    met = view.of(Standing.MET)
    verify = sum(point.verify for point in view.points)
    lines.append(f"{len(met)} met" + (f"; {verify} of {len(view.points)} points from memory" if verify else ""))
    return "\n".join(lines)


def _pay_line(view: RouteView) -> str:
    return "\n".join(f"{each.yearly:,.2f} {each.currency} ({', '.join(each.groups)})" for each in view.thresholds)


def _papers(view: RouteView) -> str:
    if view.papers is None:
        return ""
    made = view.papers
    lines = [f"{each.by}: {_asked_of(each.to_fulfil, each.may_apply)}" for each in made.provided]
    lines += [
        f"up to {each.days} days: {each.label}" + (f", begin by {each.begin}" if each.begin else "")
        for each in made.long
        if not each.may_apply
    ]
    dues = [each for each in made.owed if each.first_due is not None]
    lines += [f"{each.by} owes {each.things} by {each.first_due}" for each in dues]
    lines += [f"{each.on}: {each.label}" for each in made.dates]
    lines += [f"fee: {each.label}" for each in made.fees if not each.may_apply]
    return "\n".join([*lines, *(f"takes: {each.label}" for each in made.processing)])


def _asked_of(surely: int, perhaps: int) -> str:
    """How much is asked of somebody: "3", "3, and 1 more may apply", "1 may apply", "nothing"."""
    if not surely:
        return f"{perhaps} may apply" if perhaps else "nothing"
    return f"{surely}, and {perhaps} more may apply" if perhaps else str(surely)


def _known(reference: str, vault_folder: Path, passphrase_file: Path | None) -> Dossier:
    with unlocked(vault_folder, passphrase_file) as (_, catalog):
        return dossier(catalog, reference)


def _compared(plan: Plan, known: Dossier | None) -> Comparison:
    papers = Known(known.case, known.records, known.documents) if known is not None else None
    return compare(plan, choice(), lead_times(), convert=_rates(plan.today), known=papers)


def _plan(given: _Given, move: tuple[str, str | None, str], today: date, known: Dossier | None) -> Plan:
    """Return the plan: what the options say, and where they are silent what the case says for sure."""
    origin, destination, purpose = move
    dates = known.case.dates if known is not None else {}
    people = known.case.people if known is not None else ()
    start, born = _day(given.start) or dates.get("start"), _fact(known, "principal.birth_date")
    return Plan(
        country_code(origin),
        _destination(destination, known),
        cast(Purpose, purpose),
        today,
        start,
        _day(given.filing) or dates.get("filing"),
        given.months or _months(start, dates.get("end")),
        _pay(*given.pay) or _stated_pay(known),
        tuple(dict.fromkeys(nationality_code(each) for each in given.nationalities)) or _nationality(known),
        None if given.degree is None else given.degree == "yes",
        _day(given.employed_since),
        date.fromisoformat(born) if born else None,
        _roles(given.dependants) or tuple(person.role for person in people if person.role in _ROLES),
        {**(known.case.details if known is not None else {}), **_answers(given.answers)},
    )


def _fact(known: Dossier | None, name: str) -> str:
    """Return what the case says for sure and without contradiction, or an empty text."""
    fact = known.facts.get(name) if known is not None else None
    return str(fact.field.value) if fact is not None and fact.field.sure and (fact.settled or not fact.others) else ""


def _stated_pay(known: Dossier | None) -> Pay | None:
    """Return the pay of the case, where amount, currency and period are sure and no other paper contradicts them.

    What the details state goes before what a contract says; a contract is asked only where they state nothing.
    """
    facts: Mapping[str, Fact] = known.facts if known is not None else {}
    name = next((each for each in _PAY if each in facts), None)
    if name is None:
        return None
    salary, period = _fact(known, name), _fact(known, f"{name}_period")
    currency = facts[name].field.currency or _fact(known, f"{name}_currency")
    return _pay(salary, currency, period) if salary and currency and period in ("year", "month") else None


def _nationality(known: Dossier | None) -> tuple[str, ...]:
    code = country.parse(_fact(known, "principal.nationality"))
    return (nationality_code(code),) if code and code not in country.NOT_STATES else ()


def _months(start: date | None, end: date | None) -> int | None:
    """Return the months from *start* to *end*, both days counted, begun ones as whole: the safe side."""
    if start is None or end is None or end < start:
        return None
    months = max(1, (end.year - start.year) * 12 + end.month - start.month)
    return months if months_later(start, months) > end else months + 1


def _destination(text: str | None, known: Dossier | None) -> str:
    if text is not None:
        return country_code(text)
    entry = choice().entries.get(known.case.route) if known is not None else None
    if entry is None or not entry.destination:
        raise InputError("Where the move goes is not known.", remedy="Give --to, as DE, DEU or Germany.")
    return entry.destination


def _pay(salary: str | None, currency: str | None, period: str | None) -> Pay | None:
    if salary is None and currency is None and period is None:
        return None
    if salary is None or currency is None or period is None:
        raise InputError(
            "Pay is an amount in a currency a period.", remedy="Give --salary, --currency and --period together."
        )
    try:
        amount = Decimal(salary)
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        raise InputError("--salary is no amount.", remedy="Write it as 60000 or 60000.00.")
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise InputError("--currency is no currency code.", remedy="Write it as EUR.")
    return Pay(amount, currency.upper(), cast(Literal["year", "month"], period))


def _roles(text: str) -> tuple[str, ...]:
    roles = tuple(part.strip().casefold() for part in text.split(",") if part.strip())
    if unknown := next((role for role in roles if role not in _ROLES), None):
        raise InputError(f"There is no dependant {unknown!r}.", remedy=f"Write {', '.join(_ROLES)}, with commas.")
    return roles


def _answers(texts: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if any(not (key.strip() and value.strip()) for key, _, value in pairs):
        raise InputError("--answer has a key and an answer.", remedy="Write it as --answer group_transfer=yes.")
    made = {key.strip(): value.strip() for key, _, value in pairs}
    for key, value in made.items():
        accepted = choice().accepted(key)
        if accepted is None:
            raise UnknownNameError(
                f"No route asks for {key!r}.", remedy="The questions that are asked name their keys."
            )
        if accepted and value.casefold() not in accepted:
            raise InputError(
                f"--answer {key} has another answer.", remedy=f"Write one of {', '.join(sorted(accepted))}."
            )
    return made


def _rates(today: date) -> Convert:
    def dated(currency: str, base: str) -> Rate | None:
        known = packaged()
        try:
            return rate(currency, base, min(today, known.last), known)
        except InputError:
            return None  # no rate for the currency: the pay is then said not to be converted

    return dated


def _day(value: datetime | None) -> date | None:
    return value.date() if value is not None else None


def _write(path: Path, data: bytes) -> None:
    existing_parent(path.parent)
    try:
        write_atomically(path, data)
    except OSError as problem:
        raise InputError(f"{path} cannot be written: {problem.strerror}.", remedy="Give another --html.") from problem
