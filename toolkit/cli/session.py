"""What every verb shares: finding and unlocking the vault, and printing as a table or as JSON."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from rich.console import Console
from rich.table import Table

from toolkit.catalog import Catalog
from toolkit.errors import InputError
from vault import Vault

F = TypeVar("F", bound=Callable[..., Any])

VERDICT_STYLE = {"MET": "green", "UNMET": "bold red", "UNSURE": "yellow"}


def json_option(verb: F) -> F:
    """Add `--json`: print one JSON value instead of a table."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(verb)


def vault_options(verb: F) -> F:
    """Add `--vault` and `--passphrase-file`."""
    verb = click.option(
        "--passphrase-file",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help="File whose first line is the officer's passphrase.",
    )(verb)
    return click.option(
        "--vault",
        "vault_folder",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="MOBILITY_VAULT",
        default=Path("mobility-vault"),
        show_default=True,
        help="Folder of the vault.",
    )(verb)


def passphrase(file: Path | None, *, new: bool = False) -> str:
    """Return the officer's passphrase: from *file*, MOBILITY_PASSPHRASE, or a prompt. Never from argv."""
    # Taken out of the environment at once, so that no child process inherits it.
    given = os.environ.pop("MOBILITY_PASSPHRASE", "")
    if file is not None:
        given = file.read_text("utf-8").split("\n", 1)[0].rstrip("\r")
    if not given:
        if not click.get_text_stream("stdin").isatty():
            raise InputError(
                "The vault's passphrase is needed.", remedy="Set MOBILITY_PASSPHRASE or give --passphrase-file FILE."
            )
        given = str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=new))
    return given


@contextmanager
def unlocked(folder: Path, passphrase_file: Path | None) -> Iterator[tuple[Vault, Catalog]]:
    """Unlock the vault in *folder* and open its catalogue."""
    if not folder.is_dir():
        raise InputError(
            f"There is no vault at {folder}.", remedy="Make one with `mobility vault init`, or point --vault at it."
        )
    vault = Vault.unlock(folder, passphrase(passphrase_file))
    with Catalog.open(vault) as catalog:
        yield vault, catalog


def console(*, stderr: bool = False) -> Console:
    """Return a console that wraps tables to the terminal and never marks up what documents say."""
    return Console(stderr=stderr, highlight=False, markup=False)


def echo_json(value: Any) -> None:
    """Print *value* (dataclasses, dates, lists) as one line of JSON."""
    click.echo(msgspec.json.encode(value, enc_hook=str).decode())


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, styles: Sequence[str] = ()) -> Table:
    """Build a table whose cells are printed as they are; *styles* colours whole rows."""
    made = Table(title=title or None, title_justify="left", show_lines=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    for number, row in enumerate(rows):
        made.add_row(*row, style=styles[number] if number < len(styles) else None)
    return made


def existing_parent(folder: Path) -> Path:
    """Make *folder* and return it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError(f"{folder} cannot be made: {problem.strerror}.", remedy="Give another --out.") from problem
    return folder
