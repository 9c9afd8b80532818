"""What verbs with a vault share: finding it, unlocking it, and where output goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from toolkit import lockdown, scratch
from toolkit.catalog import Catalog
from toolkit.errors import InputError
from vault import Vault

F = TypeVar("F", bound=Callable[..., Any])


def vault_options(verb: F) -> F:
    """Add `--vault` and `--passphrase-file`."""
    with_passphrase = click.option(
        "--passphrase-file",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help="File whose first line is the officer's passphrase.",
    )
    with_vault = click.option(
        "--vault",
        "vault_folder",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="MOBILITY_VAULT",
        default=Path("mobility-vault"),
        show_default=True,
        help="Folder of the vault.",
    )
    return with_vault(with_passphrase(verb))


def passphrase(file: Path | None, *, new: bool = False) -> str:
    """Return the officer's passphrase: from *file*, MOBILITY_PASSPHRASE, or a prompt. Never from argv."""
    lockdown.close_memory()
    # Taken out of the environment at once, so that no child process inherits it.
    given = os.environ.pop("MOBILITY_PASSPHRASE", "")
    if file is not None:
        given = _first_line(file)
    if not given:
        if not sys.stdin.isatty():
            raise InputError(
                "The vault's passphrase is needed.", remedy="Set MOBILITY_PASSPHRASE or give --passphrase-file FILE."
            )
        given = str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=new))
    return given


def _first_line(file: Path) -> str:
    try:
        return file.read_text("utf-8").split("\n", 1)[0].rstrip("\r")
    except OSError as problem:
        raise InputError(f"The passphrase file cannot be read: {problem.strerror}.") from problem
    except UnicodeDecodeError:
        # The cause would hold what stands in the file.
        raise InputError("The passphrase file is not UTF-8.", remedy="Save it as UTF-8.") from None


@contextmanager
def unlocked(folder: Path, passphrase_file: Path | None) -> Iterator[tuple[Vault, Catalog]]:
    """Unlock the vault in *folder* and open its catalogue."""
    if not folder.is_dir():
        raise InputError(
            f"There is no vault at {folder}.", remedy="Make one with `mobility vault init`, or point --vault at it."
        )
    scratch.sweep()
    vault = Vault.unlock(folder, passphrase(passphrase_file))
    with Catalog.open(vault) as catalog:
        yield vault, catalog


def existing_parent(folder: Path) -> Path:
    """Make *folder* and return it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError(f"{folder} cannot be made: {problem.strerror}.", remedy="Give another --out.") from problem
    return folder
