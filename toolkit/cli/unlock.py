"""What verbs with a vault share: finding it, unlocking it, and where output goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from toolkit import keyring, lockdown, places, scratch
from toolkit.catalog import Catalog
from toolkit.errors import InputError
from vault import OfficerKeys, Vault, read_identity_file

F = TypeVar("F", bound=Callable[..., Any])
#: Characters of a new passphrase, the least where nothing else is asked for (NIST SP 800-63B-4, 3.1.1.2).
SHORTEST = 15


def vault_options(verb: F) -> F:
    """Add `--vault`, `--passphrase-file`, and whose keys unlock it where it is not a passphrase alone that says so."""
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
    with_identity = click.option(
        "--identity-file",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="MOBILITY_IDENTITY_FILE",
        expose_value=False,
        callback=_remember,
        help="File with the officer's keys, which she alone may read; instead of a passphrase.",
    )
    with_officer = click.option(
        "--as",
        "officer_at_work",
        envvar="MOBILITY_OFFICER",
        expose_value=False,
        callback=_remember,
        help="Name of the officer; otherwise the passphrase tells.",
    )
    return with_vault(with_passphrase(with_identity(with_officer(verb))))


def _remember(context: click.Context, option: click.Parameter, value: object) -> None:
    # Kept beside the verb's own arguments, so that every verb with a vault has them and none has to hand them on.
    context.meta[f"toolkit.{option.name}"] = value


def _remembered(name: str) -> object:
    context = click.get_current_context(silent=True)
    return context.meta.get(f"toolkit.{name}") if context is not None else None


def passphrase(file: Path | None, *, new: bool = False) -> str:
    """Return the officer's passphrase: from *file*, MOBILITY_PASSPHRASE, or a prompt. Never from argv.

    Raise InputError where a *new* one is too short to protect a vault that somebody may copy.
    """
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
    if new and len(given) < SHORTEST:
        raise InputError(
            f"The new passphrase has {len(given)} characters; it needs {SHORTEST} or more.",
            remedy="Take four or five words that nobody would guess together. Spaces are allowed.",
        )
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
    vault = unlocked_vault(folder, passphrase_file)
    with places.opened(vault) as catalog:
        yield vault, catalog


def unlocked_vault(folder: Path, passphrase_file: Path | None) -> Vault:
    """Unlock the vault in *folder* without its catalogue, which not every role can open.

    With the keys in --identity-file, else with those that the system keyring has for --as, else with a passphrase.
    """
    if not folder.is_dir():
        raise InputError(
            f"There is no vault at {folder}.", remedy="Make one with `mobility vault init`, or point --vault at it."
        )
    scratch.sweep()
    officer = str(_remembered("officer_at_work") or "") or None
    keys = _own_keys(folder, passphrase_file, officer)
    if keys is not None:
        if officer not in (None, keys.label):
            raise InputError(f"The identity file is that of {keys.label}.", remedy="Leave out --as, or give hers.")
        vault = Vault.unlock(folder, keys=keys)
    else:
        vault = Vault.unlock(folder, passphrase(passphrase_file), officer)
    context = click.get_current_context(silent=True)
    places.attach(vault)
    vault.verb = " ".join(context.command_path.split()[1:]) if context is not None else ""
    return vault


def _own_keys(folder: Path, passphrase_file: Path | None, officer: str | None) -> OfficerKeys | None:
    file = _remembered("identity_file")
    if isinstance(file, Path):
        lockdown.close_memory()
        return read_identity_file(file, passphrase(passphrase_file) if passphrase_file else None)
    if officer and os.environ.get("MOBILITY_KEYRING"):
        lockdown.close_memory()
        text = keyring.stored(folder, officer)
        return OfficerKeys.parse(text, officer)
    return None


def existing_parent(folder: Path) -> Path:
    """Make *folder* and return it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError(f"{folder} cannot be made: {problem.strerror}.", remedy="Give another --out.") from problem
    return folder
