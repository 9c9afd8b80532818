"""A check of very many rows in several sittings: how far it came is written down, and gone on from.

The note lies with whoever checks, outside the vault, like a kept checkpoint: whoever may write to the vault must not be
able to say what was checked already. What was checked in an earlier sitting was so then, not now; a note older than a
day counts for nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from toolkit.catalog.rehashing import Shown, unseen
from toolkit.errors import InputError
from vault import Vault
from vault.files import write_atomically

_VALID: Final = timedelta(days=1)
_SECONDS: Final = 5.0
#: These are checked in each sitting: what they name must be in the store.
_ALWAYS: Final = "documents/"


@dataclass(frozen=True, slots=True)
class Note:
    """Up to which scope (the last checked, in the order of their names) the vault of that id was checked, and when."""

    vault: str
    upto: str
    checked: int
    begun: datetime
    at: datetime


class Sitting:
    """One sitting. Without a *path* nothing is written down, and everything is checked."""

    def __init__(self, vault: Vault, path: Path | None = None, shown: Shown = unseen) -> None:
        """Raise InputError where the note lies in the vault's folder, or is no note of this vault."""
        if path is not None and path.resolve().is_relative_to(vault.folder.resolve()):
            raise InputError(
                "The note of what was checked would lie in the vault's own folder.",
                remedy="Keep it where only you can write.",
            )
        self._path = path
        self._shown = shown
        now = datetime.now(UTC)
        self._note = _read(path, vault.parts.keys.vault, now) or Note(vault.parts.keys.vault, "", 0, now, now)
        #: How many rows were checked so far, in earlier sittings too.
        self.checked = self._note.checked

    @property
    def begun(self) -> datetime:
        """When the first sitting began."""
        return self._note.begun

    def left(self, scopes: Iterable[str]) -> Iterator[str]:
        """Yield the *scopes* that are left to be checked; to ask for the next says that the last was sound.

        The caller adds to `checked` what it checked. The note is gone once nothing is left.
        """
        upto, written = self._note.upto, time.monotonic()
        every = sorted(scopes)
        with self._shown("groups of rows", len(every)) as step:
            for scope in every:
                known = scope <= upto
                if not known or scope.startswith(_ALWAYS):
                    before = self.checked
                    yield scope
                    self.checked = before if known else self.checked
                if not known and time.monotonic() - written >= _SECONDS:
                    self._write(scope)
                    written = time.monotonic()
                step()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _write(self, upto: str) -> None:
        if self._path is not None:
            note = Note(self._note.vault, upto, self.checked, self._note.begun, datetime.now(UTC))
            write_atomically(self._path, msgspec.json.encode(note))


def _read(path: Path | None, vault: str, now: datetime) -> Note | None:
    if path is None or not path.exists():
        return None
    try:
        note = msgspec.json.decode(path.read_bytes(), type=Note)
    except (msgspec.ValidationError, msgspec.DecodeError) as mistake:
        raise InputError(
            f"{path.name} is no note of a check that was stopped.", remedy="Name another file, or delete it."
        ) from mistake
    if note.vault != vault:
        raise InputError(f"{path.name} is about the check of another vault.", remedy="Name another file.")
    return note if note.begun <= note.at <= now < note.begun + _VALID else None
