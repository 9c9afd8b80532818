"""`mobility vault init | officer | verify`."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.officer import officer
from toolkit.cli.show import console, echo_json, json_option
from toolkit.cli.unlock import passphrase, unlocked, vault_options
from toolkit.errors import InputError
from vault import TamperedError, Vault


@click.group()
def command() -> None:
    """Make and check the encrypted vault that holds everything a team keeps."""


command.add_command(officer)


@command.command(short_help="Make a new vault.")
@click.option("--officer", default="officer", show_default=True, help="Name of the first officer's key file.")
@vault_options
@json_option
def init(officer: str, vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Make a new vault. The passphrase protects the officer's key: without it nothing can be opened, ever."""
    if vault_folder.exists() and any(vault_folder.iterdir()):
        raise InputError(f"{vault_folder} is not empty.", remedy="Choose another folder with --vault.")
    Vault.create(vault_folder, officer=officer, passphrase=passphrase(passphrase_file, new=True))
    if as_json:
        echo_json({"vault": str(vault_folder), "officer": officer})
        return
    console().print(f"Vault made in {vault_folder}. Back up this folder, and keep the passphrase somewhere else.")


@command.command(short_help="Check every sealed file, every key and the audit trail.")
@vault_options
@json_option
def verify(vault_folder: Path, passphrase_file: Path | None, as_json: bool) -> int:
    """Check every sealed file, key and catalogue row and the whole audit trail; exit 4 when anything was changed."""
    with unlocked(vault_folder, passphrase_file) as (_, catalog):
        report = catalog.verify()
    if as_json:
        echo_json(report)
        return TamperedError.exit_code if report.problems else 0
    console().print(f"{report.checked} things checked, {len(report.problems)} problems.")
    for problem in report.problems:
        console().print(f"  - {problem}")
    if report.problems:
        raise TamperedError("The vault is not as it was left.", remedy="Restore it from a backup and compare.")
    return 0
