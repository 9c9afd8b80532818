"""`mobility vault drop FOLDER | take-in`: a machine that seals and reads nothing back, and taking in what it sealed."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit import scratch
from toolkit.catalog import INBOX
from toolkit.cli.intake import report, run_with_progress
from toolkit.cli.show import console, counted, echo_json, json_option, progress
from toolkit.cli.unlock import unlocked, unlocked_vault, vault_options
from toolkit.errors import InputError
from toolkit.inbox import entries
from toolkit.intake import Intake
from vault import drop
from vault.files import write_durably


@click.command("drop", short_help="On an intake machine: seal every file of a folder, and read nothing back.")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@vault_options
@json_option
def drop_(folder: Path, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> int:
    """Seal every file under FOLDER to the inbox, as it is. What is sealed this machine cannot open.

    Somebody who has the inbox takes it in with `mobility vault take-in`. The files in FOLDER stay: delete them when the
    papers are filed.
    """
    vault = unlocked_vault(vault_folder, passphrase_file)
    found, refused = list(entries(folder)), []
    with progress("sealing", len(found)) as done:
        for entry in found:
            try:
                drop.put(vault.parts, INBOX, entry.place, entry.read())
            except InputError as problem:
                # One file that cannot be read keeps no other from being sealed.
                refused.append({"file": entry.place, "reason": problem.message, "next_step": problem.remedy})
            done()
    sealed = len(found) - len(refused)
    if as_json:
        echo_json({"sealed": sealed, "refused": refused})
    else:
        console().print(f"{counted(sealed, 'file')} sealed. To be taken in with: mobility vault take-in")
        for each in refused:
            console().print(f"Not sealed: {each['file']}. {each['reason']} {each['next_step']}", style="yellow")
    return InputError.exit_code if refused else 0


@click.command(short_help="Take in what intake machines have sealed.")
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 64), help="Readers side by side.")
@vault_options
@json_option
def take_in(jobs: int, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Open what intake machines have sealed, and take it in as `mobility intake` does. Stopped, run it again."""
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        waiting = list(drop.waiting(vault.parts))
        with scratch.folder(sum(_size(vault.folder, each) for each in waiting)) as place:
            for each in waiting:
                where, data = drop.take(vault.parts, each)
                # Two machines may have sealed files of one name.
                path = place / where if not (place / where).exists() else place / each.name
                path.parent.mkdir(parents=True, exist_ok=True)
                write_durably(path, data)
            with Intake(vault, catalog, jobs=jobs) as intake:
                taken = run_with_progress(intake, place)
        for each in waiting:
            drop.done(vault.parts, each)
    report(taken, as_json=as_json)


def _size(folder: Path, dropped: drop.Dropped) -> int:
    try:
        return (folder / drop.FOLDER / f"{dropped.name}.age").stat().st_size
    except FileNotFoundError as problem:
        raise InputError("A sealed paper that was to be taken in is gone.", remedy="Seal it again.") from problem
