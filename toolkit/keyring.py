"""An officer's keys in the keyring of her operating system, through the package `keyring` (the extra of that name).

Knows no vault but the id that its vault.json says. What the keyring gives away when the user is logged in, every
program of the user can ask it for: a passphrase is safer, and a keyring is safer than a passphrase on a slip of paper.
Backends that write what they are given in clear text, or nowhere, are refused.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from toolkit.errors import InputError, MissingToolError

_SERVICE = "mobility-vault"
#: Backends that keep no secret, by the names of their classes: clear text in a file, and nothing at all.
_NO_SAFE = frozenset({"PlaintextKeyring", "UnencryptedFileKeyring", "null.Keyring"})
_INSTEAD = "Keep the keys in a file of your own instead: mobility vault keys NAME --out FILE."


def stored(folder: Path, officer: str) -> str:
    """Return the identity text kept for *officer* of the vault in *folder*; raise InputError where there is none."""
    service, package = _service(folder), _package()
    with _asking(package):
        found = package.get_password(service, officer)
    if not found:
        raise InputError(
            f"The system keyring holds no keys of {officer}.", remedy=f"mobility vault keys {officer} --in-keyring"
        )
    return str(found)


def store(folder: Path, officer: str, text: str) -> None:
    """Keep an identity text for *officer* of the vault in *folder*; raise InputError where it would not be safe."""
    service, package = _service(folder), _package()
    with _asking(package):
        _refuse_no_safe(package)
        package.set_password(service, officer, text)


def _refuse_no_safe(package: Any) -> None:
    # Several backends in a chain take turns; the first is the one that keeps what is given.
    chosen = getattr(package, "get_keyring", lambda: package)()
    first = next(iter(getattr(chosen, "backends", ())), chosen)
    name = f"{type(first).__module__}.{type(first).__qualname__}"
    if any(name.endswith(f".{each}") for each in _NO_SAFE):
        raise InputError(f"The keyring of this system keeps no secret ({name}).", remedy=_INSTEAD)


@contextmanager
def _asking(package: Any) -> Iterator[None]:
    """Say in our words what the keyring refuses: it is locked, or there is none."""
    kinds = getattr(getattr(package, "errors", None), "KeyringError", ())
    try:
        yield
    except kinds as problem:
        # Its own words may hold what it was asked for.
        raise InputError(
            f"The system keyring cannot be used ({type(problem).__name__}): it is locked, or there is none.",
            remedy=f"Log in to the desktop and unlock it. {_INSTEAD}",
        ) from None


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
