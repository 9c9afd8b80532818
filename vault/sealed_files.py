"""Sealing and opening whole files of any size, a few chunks in memory at a time; the outcome appears complete or not
at all.

Knows no vault: what a packet, a backup or a rescue writes to a place of its own.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from vault.envelope import Identity, Recipient, seal_stream, unseal_stream
from vault.files import sync_folder


def seal_file(source: Path, target: Path, recipients: Iterable[Recipient]) -> None:
    """Write what *source* holds to *target* as an age file, in one step; what was there is replaced. Raise OSError."""
    with source.open("rb") as plain, _appearing(target) as sealed:
        seal_stream(plain, sealed, recipients)


def unseal_file(source: Path, target: Path, identities: Iterable[Identity]) -> None:
    """Write the plaintext of the age file *source* to *target*, which the user alone may read, in one step.

    Raise WrongKeyError, TamperedError or OSError; then *target* is as it was, and nothing of the plaintext is left.
    """
    with source.open("rb") as sealed, _appearing(target) as plain:
        unseal_stream(sealed, plain, identities)


@contextmanager
def _appearing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to that becomes *path* once it is whole and on the disk, and vanishes on any error."""
    unfinished = path.parent / f".{secrets.token_hex(8)}.tmp"
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 (opens a handle, not a path)
            yield file
            file.flush()
            os.fsync(handle)
        unfinished.replace(path)
    except BaseException:  # a key pressed in between must leave no clear text either
        unfinished.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
