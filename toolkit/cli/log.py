"""`mobility log CASE`: what was decided in a case, what was let pass against a policy, by whom, when and why."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from toolkit.case_log import Clause, enter, exceptions
from toolkit.case_log_entries import MOST_TEXT, Entry, Said, Standing, What, standings
from toolkit.catalog import Catalog
from toolkit.cli.given import text_of
from toolkit.cli.show import console, counted, echo_json, json_option, table
from toolkit.cli.unlock import unlocked, vault_options
from toolkit.errors import InputError
from vault import TamperedError

#: Far more than any text that is taken.
_LARGEST = 1 << 20
_OUTCOMES = (Standing.OPEN, Standing.APPROVED, Standing.DECLINED, Standing.WITHDRAWN)
_STYLES = {Standing.OPEN: "yellow", Standing.DECLINED: "dim", Standing.WITHDRAWN: "dim"}


@click.command()
@click.argument("reference", required=False, default="", metavar="[CASE]")
@click.option("--add", "what", type=click.Choice([each.value for each in What]), help="Add an entry of this kind.")
@click.option("--clause", default="", help="The clause of the policy it is about, such as 'Housing 4.2'.")
@click.option(
    "--evidence",
    multiple=True,
    metavar="NAME",
    help="What it rests on: a document's id, a finding or a fact. (Can be given several times.)",
)
@click.option("--to", "answers", type=click.IntRange(min=1), default=None, help="The number of the entry it answers.")
@click.option("--from", "source", metavar="FILE", default="", help="Take the text from FILE, or - for standard input.")
@click.option("--exceptions", "count", is_flag=True, help="Count the exceptions of all cases by clause.")
@vault_options
@json_option
def command(
    reference: str,
    what: str | None,
    clause: str,
    evidence: tuple[str, ...],
    answers: int | None,
    source: str,
    count: bool,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Show the log of CASE, or add to it: decisions, approvals, notes, and exceptions from a policy.

    An exception is asked for with --add exception --clause CLAUSE, and another officer of the vault answers it with
    --add approval --to NUMBER or --add refusal --to NUMBER. Nothing is ever edited: --add withdrawal --to NUMBER takes
    an entry back and leaves it to be seen.

    The text says why. It is asked for, or comes from a file (--from FILE) or standard input (--from -), and never
    stands on the command line, where others could see it.
    """
    _check_words(reference, what, count, adds=bool(clause or evidence or answers or source))
    text = _text(source) if source else ""
    with unlocked(vault_folder, passphrase_file) as (_, catalog):
        if count:
            _report_counts(exceptions(catalog), as_json=as_json)
            return
        if what is None:
            _report(catalog, reference, as_json=as_json)
            return
        text = text or _asked(catalog, reference, answers or 0)
        entry = enter(catalog, reference, Said(What(what), text, clause, answers=answers or 0), evidence)
        case = catalog.case(reference).reference
    if as_json:
        echo_json({"case": case, "entry": _json(entry, None)})
        return
    console().print(_receipt(case, entry))


def _check_words(reference: str, what: str | None, count: bool, *, adds: bool) -> None:
    if count and (reference or what or adds):
        raise click.UsageError("--exceptions stands alone: it counts over all cases.")
    if not count and not reference:
        raise click.UsageError("Name a case, or give --exceptions.")
    if adds and what is None:
        raise click.UsageError("Say what is added: --add decision, exception, approval, refusal, withdrawal or note.")


def _text(source: str) -> str:
    """Return the text of a new entry from a file or standard input (`-`)."""
    text = text_of(source, _LARGEST)
    if text is None or not text.strip():
        wrong = "it is too large" if text is None else "it is empty"
        raise InputError(f"{source}: {wrong}.", remedy=f"An entry says why, in at most {MOST_TEXT} characters.")
    return text


def _asked(catalog: Catalog, reference: str, answers: int) -> str:
    """Ask for the text line by line; who answers an entry sees it first."""
    if not sys.stdin.isatty():
        raise InputError(
            "There is nobody to ask why: this is no terminal.",
            remedy="Give --from FILE, or --from - and the text on standard input.",
        )
    for entry in catalog.log.entries(catalog.case(reference).id):
        if entry.number == answers:
            about = f", {entry.clause}" if entry.clause else ""
            console().print(f"Entry {entry.number}, {entry.what} by {entry.by}{about}: {entry.text}")
    console().print("Why? Several lines are fine; an empty one ends it, Ctrl-C adds nothing.")
    said: list[str] = []
    while line := str(click.prompt("", default="", show_default=False, prompt_suffix="> ")).rstrip():
        said.append(line)
    return "\n".join(said)


def _report(catalog: Catalog, reference: str, *, as_json: bool) -> None:
    case = catalog.case(reference)
    entries = catalog.log.entries(case.id)
    for problem in catalog.log.problems(case.id):
        raise TamperedError(f"{problem}.", remedy="See `mobility vault verify`; restore the folder from a backup.")
    worth = standings(entries)
    if as_json:
        open_ = [number for number, each in worth.items() if each is Standing.OPEN]
        echo_json({"case": case.reference, "entries": [_json(e, worth[e.number]) for e in entries], "open": open_})
        return
    if not entries:
        console().print(f"The log of case {case.reference} is empty.")
        return
    columns = ("no.", "when (UTC)", "who", "what", "why", "clause", "evidence", "standing")
    rows = [_row(entry, worth) for entry in entries]
    styles = [_STYLES.get(worth[entry.number], "") for entry in entries]
    console().print(table(f"Log of case {case.reference}", columns, rows, styles=styles))


def _row(entry: Entry, worth: Mapping[int, Standing]) -> Sequence[str]:
    about = f" to {entry.answers}" if entry.answers else ""
    who = f"{entry.by}, the only officer" if entry.alone else entry.by
    rests = "\n".join(f"{each.name}: {each.said}" for each in entry.evidence)
    when = entry.at[:16].replace("T", " ")
    return (
        str(entry.number),
        when,
        who,
        f"{entry.what}{about}",
        entry.text,
        entry.clause,
        rests,
        worth[entry.number].value,
    )


def _receipt(case: str, entry: Entry) -> str:
    about = f" to entry {entry.answers}" if entry.answers else ""
    said = f"Entry {entry.number} of the log of {case}: {entry.what}{about}, by {entry.by}."
    if entry.alone:
        return f"{said} Asked for and approved by the same officer, the only one of the vault; the log says so."
    if entry.what is What.EXCEPTION:
        return f"{said} Another officer approves it: mobility log {case} --add approval --to {entry.number}"
    return said


def _json(entry: Entry, worth: Standing | None) -> dict[str, Any]:
    said = {
        "number": entry.number,
        "at": entry.at,
        "by": entry.by,
        "what": entry.what.value,
        "text": entry.text,
        "clause": entry.clause,
        "evidence": [{"sort": each.sort, "name": each.name, "said": each.said} for each in entry.evidence],
        "to": entry.answers or None,
        "only_officer": entry.alone,
    }
    return {**said, "standing": worth.value} if worth is not None else said


def _report_counts(clauses: Sequence[Clause], *, as_json: bool) -> None:
    asked = sum(each.asked for each in clauses)
    if as_json:
        counts = [
            {
                "clause": each.clause,
                "asked": each.asked,
                **{worth.value: each.standing.get(worth, 0) for worth in _OUTCOMES},
                "by_only_officer": each.alone,
                "cases": each.cases,
            }
            for each in clauses
        ]
        echo_json({"clauses": counts, "asked": asked})
        return
    if not clauses:
        console().print("No case has an exception.")
        return
    columns = ("clause", "asked", *(worth.value for worth in _OUTCOMES), "cases")
    rows = [(e.clause, str(e.asked), *(_count(e, worth) for worth in _OUTCOMES), str(e.cases)) for e in clauses]
    console().print(table("", columns, rows))
    console().print(f"{counted(asked, 'exception')} by clause, over all cases.")


def _count(clause: Clause, worth: Standing) -> str:
    number = clause.standing.get(worth, 0)
    return (
        f"{number} ({clause.alone} by the only officer)" if clause.alone and worth is Standing.APPROVED else str(number)
    )
