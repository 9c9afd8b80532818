"""`mobility intake FOLDER`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from toolkit.cli.show import console, echo_json, json_option, table
from toolkit.cli.unlock import unlocked, vault_options
from toolkit.intake import Intake
from toolkit.model import State
from toolkit.outcome import Outcome, Reconciliation

#: Columns below which a table of five columns is no longer readable.
NARROW = 120
STYLE = {State.FILED: "", State.ASKED: "yellow", State.QUARANTINED: "red"}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--case", "reference", help="Put everything into this case. Default: by subfolder name, then by names.")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 64), help="Readers side by side.")
@vault_options
@json_option
def command(
    folder: Path, reference: str | None, jobs: int, vault_folder: Path, passphrase_file: Path | None, as_json: bool
) -> None:
    """Take in every file under FOLDER: seal it, read it, file it with its case and person.

    A subfolder named as a case's reference goes to that case; other files go by the names printed on them. Nothing is
    lost: each file ends filed, asked about or quarantined, with a reason and a next step. A file that was taken in for
    another case before is asked about. Stop it at any time and run it again: it goes on where it was.
    """
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        case = catalog.case(reference) if reference else None
        with Intake(vault, catalog, jobs=jobs) as intake:
            done = run_with_progress(intake, folder, case=case)
    report(done, as_json=as_json)


def report(done: Reconciliation, *, as_json: bool) -> None:
    """Print where everything ended, for people or as JSON."""
    if as_json:
        counts = {state.value: done.count(state) for state in State}
        echo_json({"reconciliation": str(done), "in": len(done.outcomes), **counts, "outcomes": done.outcomes})
    else:
        show(done)


def run_with_progress(intake: Intake, folder: Path, **options: object) -> Reconciliation:
    """Run *intake* over *folder* with a progress bar on stderr."""
    columns = (TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = console(stderr=True)
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as bar:
        task = bar.add_task("intake", total=None)

        def told(_: Outcome, known: int) -> None:
            bar.update(task, total=known, advance=1)

        return intake.folder(folder, progress=told, **options)  # type: ignore[arg-type]


def show(done: Reconciliation) -> None:
    """Print where each file ended, and the sum; as lines where the terminal is too narrow for a table."""
    out = console()
    if out.width < NARROW:
        _lines(out, done)
    else:
        _table(out, done)
    out.print(str(done), style="bold")
    if resumed := sum(outcome.resumed for outcome in done.outcomes):
        out.print(f"{resumed} of them were taken in by an earlier run and not read again.")


def _table(out: Console, done: Reconciliation) -> None:
    rows, styles = [], []
    for outcome in done.outcomes:
        rows.append((outcome.name, outcome.state.value, outcome.kind, outcome.case, _why(outcome)))
        styles.append(STYLE[outcome.state])
    out.print(table("", ("file", "ended", "kind", "case", "reason and next step"), rows, styles=styles))


def _lines(out: Console, done: Reconciliation) -> None:
    for outcome in done.outcomes:
        known = ", ".join(part for part in (outcome.kind, outcome.case) if part)
        out.print(
            f"{outcome.state.value:<12} {outcome.name}" + (f"  ({known})" if known else ""), style=STYLE[outcome.state]
        )
        if why := _why(outcome):
            out.print(Padding(why, (0, 0, 0, 13)))


def _why(outcome: Outcome) -> str:
    return " ".join(part for part in (outcome.reason, outcome.next_step) if part)
