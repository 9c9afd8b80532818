"""`mobility vault officer NAME`: another person gets a passphrase of her own to the same vault."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from toolkit.cli.show import console, echo_json, json_option
from toolkit.cli.unlock import passphrase, unlocked, vault_options
from toolkit.errors import InputError
from vault import Vault, WrongKeyError


@click.command(short_help="Add an officer, with a passphrase of her own.")
@click.argument("name")
@click.option(
    "--new-passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="File whose first line is the new officer's passphrase; without it she is asked.",
)
@vault_options
@json_option
def officer(
    name: str, new_passphrase_file: Path | None, vault_folder: Path, passphrase_file: Path | None, as_json: bool
) -> None:
    """Let officer NAME open everything in the vault, with a passphrase of her own that she alone should know.

    NAME is readable to all who see the vault's folder. What she enters in a case's log bears her name, and an exception
    that one officer asks for is approved by another.
    """
    with unlocked(vault_folder, passphrase_file) as (vault, _):
        if new_passphrase_file is None and not sys.stdin.isatty():
            raise InputError(
                "The new officer's passphrase is needed.", remedy="Give --new-passphrase-file FILE, or use a terminal."
            )
        new = passphrase(new_passphrase_file, new=True)
        _check_own(vault_folder, new)
        vault.add_officer(name, new)
        officers = vault.officers()
    if as_json:
        echo_json({"officer": name, "officers": officers})
        return
    console().print(f"Officer {name} added. Officers: {', '.join(officers)}.")


def _check_own(folder: Path, new: str) -> None:
    """Raise InputError where an officer has this passphrase already: whose key it opens could not be told."""
    try:
        there = Vault.unlock(folder, new)
    except WrongKeyError:
        return
    raise InputError(f"Officer {there.officer} has this passphrase.", remedy="Choose one of her own.")
