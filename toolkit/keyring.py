"""An officer's keys in the keyring of her operating system, through the package `keyring` (the extra of that name).

Knows no vault but the id that its vault.json says. What the keyring gives away when the user is logged in, every
program of the user can ask it for: a passphrase is safer, and a keyring is safer than a passphrase on a slip of paper.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from toolkit.errors import InputError, MissingToolError

_SERVICE = "mobility-vault"


def stored(folder: Path, officer: str) -> str:
    """Return the identity text kept for *officer* of the vault in *folder*; raise InputError where there is none."""
    found = _package().get_password(_service(folder), officer)
    if not found:
        raise InputError(f"The system keyring holds no keys of {officer}.", remedy="mobility vault keys --keyring")
    return str(found)


def store(folder: Path, officer: str, text: str) -> None:
    """Keep an identity text for *officer* of the vault in *folder*."""
    _package().set_password(_service(folder), officer, text)


def _service(folder: Path) -> str:
    try:
        said = json.loads((folder / "vault.json").read_bytes())
        return f"{_SERVICE}/{said['id']}"
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise InputError(f"There is no vault at {folder}.", remedy="Point --vault at it.") from problem


def _package() -> Any:
    try:
        return importlib.import_module("keyring")
    except ImportError as problem:
        raise MissingToolError(
            "The system keyring needs the package keyring.", remedy="pip install 'mobility-toolkit[keyring]'"
        ) from problem
