"""`mobility vault ...`: the encrypted vault, its officers, keys and erasures. Each verb is in a file of its own."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from toolkit import places
from toolkit.catalog import Catalog
from toolkit.catalog.sittings import Sitting
from toolkit.cli.audit import kept_option, read_checkpoints
from toolkit.cli.officer import grant, keys, officer, officers, print_findings, remove, revoke
from toolkit.cli.show import console, counted, echo_json, json_option, progress
from toolkit.cli.unlock import passphrase, unlocked, vault_options
from toolkit.cli.vault_drop import drop_, take_in
from toolkit.cli.vault_erase import forget, hold, person
from toolkit.cli.vault_places import drill, move, restore, snapshots, take
from toolkit.cli.vault_rotate import recovery_group, rotate, upgrade
from toolkit.errors import InputError
from vault import Role, TamperedError, Vault, VaultError, audit
from vault.holders import findings


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
    vault = Vault.create(vault_folder, officer=officer, passphrase=passphrase(passphrase_file, new=True))
    with places.opened(vault):
        pass  # the catalogue is made at its first opening, by somebody who may: an auditor could not
    if as_json:
        echo_json({"vault": str(vault_folder), "officer": officer})
        return
    console().print(f"Vault made in {vault_folder}. Back up this folder, and keep the passphrase somewhere else.")


def _to_do(vault: Vault, catalog: Catalog) -> list[str]:
    """Return in plain words what has to be done although nothing was changed."""
    found = []
    with suppress(VaultError):  # what is damaged is among the problems
        found += findings(vault.parts.roll)
        found += [each.removesuffix(".") for each in places.under_way(vault)]
        if vault.role is Role.LEAD and vault.parts.roll is not None and (keys := catalog.rotation.unfinished()):
            found.append(f"New {' and '.join(keys)} keys were begun: mobility vault rotate goes on with them")
    return found


@command.command(short_help="Check every sealed file, every key and the audit trail.")
@kept_option
@click.option(
    "--note",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File outside the vault that keeps how far the check came: stopped, run it again within a day and it goes on.",
)
@vault_options
@json_option
def verify(
    checkpoints: tuple[Path, ...], note: Path | None, vault_folder: Path, passphrase_file: Path | None, as_json: bool
) -> int:
    """Check every sealed file, key and catalogue row and the whole audit trail; exit 4 when anything was changed.

    An older copy of the whole vault is sound in itself: only a checkpoint kept elsewhere tells (--checkpoint). What has
    to be done although nothing was changed (a share that left with its holder, a move or rotation that was stopped) is
    named as well.
    """
    kept = read_checkpoints(checkpoints)
    with unlocked(vault_folder, passphrase_file) as (vault, catalog):
        sitting = Sitting(vault, note, progress)
        report = catalog.verify(sitting)
        if kept:
            report = replace(report, problems=(*report.problems, *audit.problems(vault.parts, kept)))
        to_do = _to_do(vault, catalog)
    if as_json:
        told = {"checked": report.checked, "problems": report.problems, "findings": to_do}
        echo_json(told | ({"begun": sitting.begun.isoformat(timespec="seconds")} if note else {}))
        return TamperedError.exit_code if report.problems else 0
    since = f" since {sitting.begun:%Y-%m-%d %H:%M} UTC" if note else ""
    console().print(f"{report.checked} things checked{since}, {counted(len(report.problems), 'problem')}.")
    for problem in report.problems:
        console().print(f"  - {problem}")
    print_findings(to_do)
    if report.problems:
        raise TamperedError("The vault is not as it was left.", remedy="Restore it from a backup and compare.")
    return 0
