"""`mobility policy show | check | compare | for | compensation`: the company's policy as data, and a case under it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from toolkit import compensation, rates_stated
from toolkit import policy as policies
from toolkit.cli import policy_tables as tables
from toolkit.cli.check import DAY
from toolkit.cli.show import console, counted, echo_json, json_option
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.compensation_sheet import workbook
from toolkit.dossier import dossier
from toolkit.errors import DefinitionError, IncompleteError, InputError
from toolkit.model import Case
from toolkit.policy import AssignmentType, Policy
from toolkit.policy_applied import applied, hints
from toolkit.policy_file import read
from vault.files import write_atomically

LANGUAGE = click.option(
    "--language", type=click.Choice(policies.LANGUAGES), help="Language of the texts. Default: the policy's first."
)
_TYPE = click.Choice([each.value for each in AssignmentType])


@click.group()
def command() -> None:
    """Show the company's mobility policy, check a policy file, and say what of it holds for a case.

    A policy is a file: templates/policies/NAME.toml, or one of your own (docs/guides/write-a-policy.md). A case says
    which with the details "policy", "policy_tier" and "assignment.type"; what it does not say is asked, never guessed.
    """


@command.command(short_help="Show a policy's clauses.")
@click.argument("name")
@click.option("--tier", default="", help="Only what this tier gets, with its amounts.")
@click.option("--type", "kind", type=_TYPE, default=None, help="Only what this type of assignment gets.")
@LANGUAGE
@json_option
def show(name: str, tier: str, kind: str | None, language: str | None, as_json: bool) -> None:
    """Show the policy NAME: one of the toolkit's, or the path of a file."""
    policy = policies.load(name)
    spoken = _language(policy, language)
    _check_tier(policy, tier)
    at = policies.Standing(tier, kind or "")
    found = [each for each in policy.clauses if policies.applies(each, at) is not False]
    clauses = [policies.for_tier(each, tier) if tier else each for each in found]
    if as_json:
        echo_json({"policy": tables.described(policy), "clauses": [tables.clause_json(policy, c) for c in clauses]})
        return
    for line in tables.head(policy, spoken):
        console().print(line)
    for made in tables.clauses(policy, clauses, spoken):
        console().print(made)


@command.command(short_help="Check a policy file: what is wrong, where, and what to do.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
def check(file: Path, as_json: bool) -> int:
    """Check the policy FILE before it is used. Faults make it unusable (exit code 3); hints are worth a look."""
    policy, faults = read(file)
    found = () if faults else hints(policy)
    if as_json:
        echo_json({"file": str(file), "clauses": len(policy.clauses), "faults": faults, "hints": found})
        return DefinitionError.exit_code if faults else 0
    for fault in faults:
        console().print(f"{file}: {fault}", style="bold red", soft_wrap=True)
    for hint in found:
        console().print(f"{file}: hint: {hint}", style="yellow", soft_wrap=True)
    if faults:
        console().print(f"{counted(len(faults), 'fault')}: the policy cannot be used.")
        return DefinitionError.exit_code
    kinds = f"{counted(len(policy.clauses), 'clause')}, {counted(len(policy.tiers), 'tier')}"
    console().print(f"{policy.name} can be used: {kinds}, in {', '.join(policy.languages)}; {_hinted(found)}.")
    return 0


def _hinted(found: tuple[str, ...]) -> str:
    return counted(len(found), "hint") if found else "no hints"


@command.command(short_help="Lay the tiers of a policy side by side.")
@click.argument("name")
@click.option("--type", "kind", type=_TYPE, help="Type of assignment. With --case: the case's own unless given.")
@click.option("--with", "other", type=_TYPE, help="A second type of assignment to lay beside it.")
@click.option("--country", default="", help="Host country (ISO alpha-3), so that amounts are those for it.")
@click.option("--case", "is_case", is_flag=True, help="NAME is a case: its policy, country and type are taken.")
@LANGUAGE
@vault_options
@json_option
def compare(
    name: str,
    kind: str | None,
    other: str | None,
    country: str,
    is_case: bool,
    language: str | None,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Compare what each tier of the policy NAME gets, for one type of assignment or two.

    With --case NAME is the reference of a case; its own column is marked.
    """
    own = policies.Standing()
    if is_case:
        policy, case = _case(name, vault_folder, passphrase_file)
        own = policies.standing(policy, case)
        kind, country = kind or own.assignment_type, country or own.host
    else:
        policy = policies.load(name)
    if not kind:
        raise InputError("Compared for which type of assignment?", remedy=f"Give --type: {_types(policy)}.")
    kinds = list(dict.fromkeys(each for each in (kind, other) if each))
    for each in kinds:
        if each not in policy.assignment_types:
            raise InputError(f"The policy {policy.name} has no {each} assignments.", remedy=f"It has {_types(policy)}.")
    found = tables.side_by_side(policy, kinds, country.upper(), _language(policy, language))
    if as_json:
        echo_json({"policy": policy.name, "country": country.upper() or None, "rows": found.as_json()})
        return
    console().print(found.as_table(own))


@command.command("for", short_help="Say which clauses apply to a case, why, and what they are worth.")
@click.argument("reference")
@click.option("--all", "everything", is_flag=True, help="With what does not apply, and why not.")
@LANGUAGE
@vault_options
@json_option
def for_case(
    reference: str,
    everything: bool,
    language: str | None,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Say which clauses of its policy apply to the case REFERENCE, why, and what each is worth at most."""
    policy, case = _case(reference, vault_folder, passphrase_file)
    at, found = applied(policy, case)
    spoken = _language(policy, language)
    shown = [each for each in found if everything or each.holds is not False]
    if as_json:
        echo_json(tables.applied_json(policy, case, at, found, spoken))
        return
    console().print(tables.standing_line(policy, case, at, spoken))
    console().print(tables.applied_table(policy, shown, at, spoken))
    for sentence in at.asked:
        console().print(f"Asked: {sentence}", style="yellow")


@command.command("compensation", short_help="Compute a case's compensation table.")
@click.argument("reference")
@click.option("--on", "day", type=DAY, help="Day of the exchange rate, unless the case states one. Default: today.")
@click.option(
    "--rates",
    "rates_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The company's own rates of exchange (CSV).",
)
@click.option("--language", type=click.Choice(policies.LANGUAGES), default="en", show_default=True, help="Language.")
@click.option("--xlsx", type=click.Path(path_type=Path, dir_okay=False), help="Write it as a spreadsheet, too.")
@vault_options
@json_option
def compensation_table(
    reference: str,
    day: datetime | None,
    rates_file: Path | None,
    language: str,
    xlsx: Path | None,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> int:
    """Compute the compensation table of the case REFERENCE from its contract, details and policy.

    A row that lacks an input is left out, and the input is asked for (exit code 5).
    """
    today = datetime.now(UTC).date()
    with unlocked(vault_folder, passphrase_file) as (_, catalog):
        known = dossier(catalog, reference)
    policy = policies.of_case(known.case)
    on = day.date() if day is not None else today
    given = rates_stated.read(rates_file) if rates_file is not None else None
    made = compensation.table(known.case, known.facts, policy, on=on, rates=given)
    if xlsx is not None:
        _write(xlsx, workbook(made, reference=known.case.reference, language=language, today=today))
    if as_json:
        files = [str(xlsx)] if xlsx is not None else []
        echo_json({**tables.compensation_json(known.case, made, language), "files": files})
    else:
        for part in tables.compensation_parts(known.case, made, language):
            console().print(part)
        if xlsx is not None:
            console().print(str(xlsx))
    return IncompleteError.exit_code if made.asked else 0


def _case(reference: str, vault_folder: Path, passphrase_file: Path | None) -> tuple[Policy, Case]:
    with unlocked(vault_folder, passphrase_file) as (_, catalog):
        case = catalog.case(reference)
    policy = policies.of_case(case)
    if policy is None:
        raise InputError(
            f"Case {case.reference} names no policy.",
            remedy=f'State "policy" under [details] of a file for `mobility case add`: {", ".join(policies.names())}, '
            "or the path of a file.",
        )
    return policy, case


def _language(policy: Policy, language: str | None) -> str:
    if language is not None and (gap := policies.language_gap(policy, language)):
        raise InputError(gap, remedy="Give one of these with --language, or have the texts translated.")
    return language or policy.languages[0]


def _check_tier(policy: Policy, tier: str) -> None:
    if tier and policy.tier(tier) is None:
        known = ", ".join(each.id for each in policy.tiers) or "none"
        raise InputError(f"The policy {policy.name} has no tier {tier!r}.", remedy=f"Its tiers: {known}.")


def _types(policy: Policy) -> str:
    return ", ".join(policy.assignment_types)


def _write(path: Path, data: bytes) -> None:
    existing_parent(path.parent)
    try:
        write_atomically(path, data)
    except OSError as problem:
        raise InputError(f"{path} cannot be written: {problem.strerror}.", remedy="Give another --xlsx.") from problem
