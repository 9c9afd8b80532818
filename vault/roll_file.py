"""`access.jsonl`: the roll of officers on the disk. Statements are only ever added; other programs may add some too."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vault.entries import render, signed
from vault.errors import MissingError, TamperedError
from vault.files import locked, naming, opened_plain
from vault.roll import STATEMENT, Event, Roll

FILE = "access.jsonl"
_LOCK = "access.lock"


class RollFile(Roll):
    """The roll as it stands in a vault's folder, read anew whenever the file has grown."""

    def __init__(self, folder: Path, vault: str, anchor: bytes, first_key: bytes = b"") -> None:
        super().__init__(vault, anchor, first_key)
        self._path = folder / FILE
        self._lock = folder / _LOCK
        self._size = 0
        self._reading = False
        self.lines: list[bytes] = []

    def refresh(self) -> None:
        """Take in what was added since; raise TamperedError where statements were cut away."""
        if self._reading:
            return
        try:
            size = self._path.lstat().st_size
        except FileNotFoundError as mistake:
            raise MissingError(
                f"The roll of officers ({FILE}) is gone.", remedy="Restore it from a backup."
            ) from mistake
        if not size and not self._size:
            raise TamperedError(f"The roll of officers ({FILE}) is empty.", remedy="Restore it from a backup.")
        if size == self._size:
            return
        if size < self._size:
            raise TamperedError(
                f"The roll of officers ({FILE}) has become shorter: statements were removed.",
                remedy=f"Restore {FILE} from a backup.",
            )
        with opened_plain(self._path) as file:
            file.seek(self._size)
            added = file.read().splitlines(keepends=True)
        # A last line without its end is being written, or was when its process was killed.
        for line in added if added[-1:] and added[-1].endswith(b"\n") else added[:-1]:
            with naming(self._path):
                self._taken(line)

    def _taken(self, line: bytes) -> None:
        self._reading = True
        try:
            self.apply(line)
        finally:
            self._reading = False
        self.lines.append(line)
        self._size += len(line)

    def state(self, event: Event, *, by: str, key: Ed25519PrivateKey, **facts: str | int) -> bytes:
        """Add a statement and return its line; raise TamperedError, and write nothing, where it is not entitled."""
        with locked(self._lock):
            if self._path.exists():
                self.refresh()
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            entry = self.next(event, at=now, by=by, key=key.public_key().public_bytes_raw().hex(), **facts)
            line = signed(entry, key.sign(self.message(STATEMENT, render(entry))))
            size = self._size
            self._taken(line)
            self._extend(size, line)
        return line

    def _extend(self, size: int, line: bytes) -> None:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with open(handle, "r+b") as file:  # noqa: PTH123 (opens a handle, not a path)
            # What a kill left of an unfinished line goes first.
            file.truncate(size)
            file.seek(size)
            # Its end is brought there last: torn by a power cut, it is a line without an end, which never was one.
            for part in (line[:-1], line[-1:]):
                file.write(part)
                file.flush()
                os.fsync(file.fileno())
