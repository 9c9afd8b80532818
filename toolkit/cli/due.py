"""`mobility due [CASE...]`: which key dates are overdue or near, over all cases, and the calendar of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click

from toolkit.checklist import checklist
from toolkit.cli.check import DAY
from toolkit.cli.show import console, counted, echo_json, json_option, progress, table
from toolkit.cli.unlock import existing_parent, unlocked, vault_options
from toolkit.dossier import Dossier, dossier
from toolkit.due import key_dates, soonest
from toolkit.due_calendar_file import calendar_file
from toolkit.due_dates import KeyDate, State
from toolkit.errors import IncompleteError, InputError
from toolkit.model import Person

_STYLE = {
    State.OVERDUE: "bold red",
    State.SOON: "yellow",
    State.OPEN: "cyan",
    State.UNSURE: "magenta",
    State.LATER: "",
    State.DONE: "dim",
}


@click.command()
@click.argument("references", metavar="[CASE]...", nargs=-1)
@click.option("--days", type=click.IntRange(0, 36500), help="Only what falls due or has to begin within so many days.")
@click.option("--on", "on", type=DAY, help="As things stand on this day instead of today.")
@click.option("--all", "everything", is_flag=True, help="Also what is done, and every date that waits for a statement.")
@click.option(
    "--ics",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the dates as a file for a calendar (iCalendar).",
)
@click.option("--names", is_flag=True, help="Put people's names into the calendar; otherwise only their roles.")
@vault_options
@json_option
def command(
    references: tuple[str, ...],
    days: int | None,
    on: datetime | None,
    everything: bool,
    ics: Path | None,
    names: bool,
    vault_folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> int:
    """List the key dates of the cases (of all without CASE), soonest first: who acts, by when, by which law.

    Exit code 5 when something is overdue; say that a date is dealt with by "done.<date's name>" under [details].
    """
    if names and ics is None:
        raise InputError("--names says what the calendar holds.", remedy="Give --ics FILE with it.")
    today = on.date() if on is not None else datetime.now(UTC).astimezone().date()
    with unlocked(vault_folder, passphrase_file) as (_, catalog):
        wanted = list(dict.fromkeys(references)) or [case.id for case in catalog.cases()]
        found: list[KeyDate] = []
        people: dict[tuple[str, str], str] = {}
        with progress("cases", len(wanted)) as done:
            for reference in wanted:
                known = dossier(catalog, reference)
                found += of_case(known, today)
                people |= {(known.case.id, each.id): _name(each) for each in known.case.people}
                done()
    found.sort(key=lambda each: each.sorted_by)
    chosen = found if days is None else soonest(found, today, days)
    if ics is not None:
        _write(ics, calendar_file(chosen, datetime.now(UTC).replace(microsecond=0), people if names else {}))
    overdue = sum(each.state is State.OVERDUE for each in found)
    if as_json:
        file = str(ics) if ics is not None else None
        echo_json({"today": today, "cases": len(wanted), "overdue": overdue, "calendar": file, "dates": chosen})
    else:
        show(chosen, everything=everything)
        if ics is not None:
            console().print(f"Calendar written to {ics}.")
    return IncompleteError.exit_code if overdue else 0


def of_case(known: Dossier, today: date) -> list[KeyDate]:
    """Return the key dates of one case as they stand *today*."""
    case = known.case
    return key_dates(case, known.facts, known.records, known.documents, checklist(case.route), today)


def show(dates: Sequence[KeyDate], *, everything: bool) -> None:
    """Print the dates as a table; without *everything* those that are done or wait for a statement are only counted."""
    out = console()
    shown = [each for each in dates if everything or not (each.waits or each.state is State.DONE)]
    rows = [
        (
            each.state.value,
            _when(each),
            f"{each.reference}\n{each.role}",
            each.label + f"\n[{each.name}]",
            f"{each.acts}" + (f"\nbegin by {each.start_by}" if each.start_by else ""),
            "\n".join(part for part in (each.because, each.next_step) if part),
            f"{each.legal_source} (checked {each.checked})",
        )
        for each in shown
    ]
    columns = ("state", "date", "case", "what", "who acts", "because, next step", "legal source")
    out.print(table("", columns, rows, styles=[_STYLE[each.state] for each in shown]))
    of = ", ".join(f"{number} {s.value}" for s in State if (number := sum(each.state is s for each in shown)))
    out.print(f"{counted(len(shown), 'date')}: {of}." if shown else "No date.", style="bold")
    waiting = sum(each.waits for each in dates) if not everything else 0
    if waiting:
        out.print(f"{counted(waiting, 'more date')} may come, once what they count from is known: --all lists them.")


def _when(each: KeyDate) -> str:
    if each.on is not None:
        return f"from {each.on}" if each.opens else str(each.on)
    return "\nor ".join(str(day) for day in each.possible) or "-"


def _name(person: Person) -> str:
    return f"{person.given_names} {person.surname}".strip()


def _write(file: Path, calendar: bytes) -> None:
    existing_parent(file.parent)
    try:
        file.write_bytes(calendar)
    except OSError as problem:
        raise InputError(f"{file} cannot be written: {problem.strerror}.", remedy="Give another --ics.") from problem
