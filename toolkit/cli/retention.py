"""`mobility retention`: which cases' records may go, which have to stay, and by which law."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from toolkit.cli.check import DAY
from toolkit.cli.show import console, counted, echo_json, json_option, table
from toolkit.cli.unlock import unlocked, vault_options
from toolkit.retention import Keeping, Standing, order, standing

_STYLES = {Keeping.DUE: "yellow", Keeping.UNSURE: "magenta", Keeping.HELD: "red", Keeping.KEEP: ""}


@click.command()
@click.option("--on", "on", type=DAY, help="As things stand on this day instead of today.")
@click.option("--all", "everything", is_flag=True, help="Also the cases that have to be kept.")
@vault_options
@json_option
def command(
    on: datetime | None, everything: bool, vault_folder: Path, passphrase_file: Path | None, as_json: bool
) -> None:
    """List the cases whose records are due to be erased, or for which a date is missing.

    The periods count from details of the case, such as "employment.end_date" or "case.closed": which are missing is
    said, and a file with [details] states them (`mobility case add`). Of a law that was not read, but recalled, that is
    said. Nothing is erased by this: see `mobility vault forget`.
    """
    today = on.date() if on is not None else datetime.now(UTC).astimezone().date()
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        held = set(vault.held())
        found = order(standing(case, today, held=case.id in held) for case in catalog.cases())
    shown = [each for each in found if everything or each.keeping is not Keeping.KEEP]
    if as_json:
        echo_json({"today": today, "cases": shown})
        return
    rows = [(each.reference, each.keeping.value, str(each.until or "-"), _why(each)) for each in shown]
    styles = [_STYLES[each.keeping] for each in shown]
    console().print(table("", ("case", "records", "until", "because"), rows, styles=styles))
    due = sum(each.keeping is Keeping.DUE for each in shown)
    console().print(f"{counted(due, 'case')} due. Erase one: mobility vault forget CASE --order WHOSE")


def _why(each: Standing) -> str:
    return "\n".join(
        f"{kept.title}: {f'until {kept.until}' if kept.until else 'state ' + ', '.join(kept.missing)} "
        f"[{kept.source}; {kept.basis}{f'; {kept.unsure}' if kept.unsure else ''}]"
        for kept in each.schedules
    )
