"""`mobility vault ...`: the encrypted vault, its officers, keys and erasures. Each verb is in a file of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from toolkit.cli.audit import kept_option, read_checkpoints
from toolkit.cli.officer import grant, keys, officer, officers, remove, revoke
from toolkit.cli.show import console, echo_json, json_option
from toolkit.cli.unlock import passphrase, unlocked, vault_options
from toolkit.cli.vault_drop import drop_, take_in
from toolkit.cli.vault_erase import forget, hold, person
from toolkit.cli.vault_places import drill, move, restore, snapshots, take
from toolkit.cli.vault_rotate import recovery_group, rotate, upgrade
from toolkit.errors import InputError
from vault import TamperedError, Vault, audit


@click.group()
def command() -> None:
    """Make and check the encrypted vault that holds everything a team keeps."""


for verb in (
    officer,
    officers,
    remove,
    grant,
    revoke,
    keys,
    rotate,
    upgrade,
    forget,
    hold,
    person,
    drop_,
    take_in,
    move,
    take,
    snapshots,
    restore,
    drill,
):
    command.add_command(verb)
command.add_command(recovery_group, "recovery")


@command.command(short_help="Make a new vault.")
@click.option("--officer", default="officer", show_default=True, help="Name of the first officer, a lead.")
@vault_options
@json_option
def init(officer: str, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Make a new vault. The passphrase protects the officer's keys: without it nothing can be opened, ever."""
    if vault_folder.exists() and any(vault_folder.iterdir()):
        raise InputError(f"{vault_folder} is not empty.", remedy="Choose another folder with --vault.")
    Vault.create(vault_folder, officer=officer, passphrase=passphrase(passphrase_file, new=True))
    if as_json:
        echo_json({"vault": str(vault_folder), "officer": officer})
        return
    console().print(f"Vault made in {vault_folder}. Back up this folder, and keep the passphrase somewhere else.")


@command.command(short_help="Check every sealed file, every key and the audit trail.")
@kept_option
@vault_options
@json_option
def verify(checkpoints: tuple[Path, ...], vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> int:
    """Check every sealed file, key and catalogue row and the whole audit trail; exit 4 when anything was changed.

    An older copy of the whole vault is sound in itself: only a checkpoint kept elsewhere tells (--checkpoint).
    """
    kept = read_checkpoints(checkpoints)
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        report = catalog.verify()
        if kept:
            report = replace(report, problems=(*report.problems, *audit.problems(vault.parts, kept)))
    if as_json:
        echo_json(report)
        return TamperedError.exit_code if report.problems else 0
    console().print(f"{report.checked} things checked, {len(report.problems)} problems.")
    for problem in report.problems:
        console().print(f"  - {problem}")
    if report.problems:
        raise TamperedError("The vault is not as it was left.", remedy="Restore it from a backup and compare.")
    return 0
