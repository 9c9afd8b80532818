"""The audit trail: one signed line of JSON per event, each holding the hash of the line before. Knows no documents.

Lines are readable, so callers give ids and never anything personal. An edited, added, removed or reordered line breaks
a signature or the chain. Lines cut from the end leave a sound shorter chain: the signed head, kept in a file of its
own, says how many there were.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vault.errors import TamperedError
from vault.files import locked, write_atomically
from vault.root import Entry, Root

FILE = "ledger.jsonl"
HEAD_FILE = "ledger-head.json"
_LOCK = "ledger.lock"
_START = "0" * 64
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Tail:
    """How far the ledger goes: the number of lines, the hash of the last, and the bytes up to its end."""

    count: int
    last: str
    size: int


class Ledger:
    """The ledger in one folder. Appending is safe from several threads and processes at once."""

    def __init__(self, folder: Path, root: Root, *, by: str) -> None:
        self._path = folder / FILE
        self._head_path = folder / HEAD_FILE
        self._lock = folder / _LOCK
        self._root = root
        self._by = by

    @classmethod
    def start(cls, folder: Path, root: Root, *, by: str) -> Ledger:
        """Begin an empty ledger in *folder*."""
        ledger = cls(folder, root, by=by)
        write_atomically(ledger._path, b"")
        ledger._write_head(Tail(0, _START, 0))
        return ledger

    def append(self, event: str, **facts: str) -> None:
        """Add one event; it is on the disk when this returns. Raise TamperedError where lines were cut away."""
        with locked(self._lock):
            tail = self._tail()
            line = self._root.write_entry(
                "ledger",
                {
                    **{f"fact.{name}": value for name, value in facts.items()},
                    "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    "by": self._by,
                    "event": event,
                    "number": tail.count + 1,
                    "previous": tail.last,
                },
            )
            self._extend(tail.size, line)
            self._write_head(Tail(tail.count + 1, _hash(line), 0))

    def entries(self) -> Iterator[Entry]:
        """Yield every event, first to last; raise TamperedError at the first line that is not as it was written."""
        count, last = 0, _START
        for line in self._lines():
            entry = self._root.read_entry("ledger", line)
            if entry.get("number") != count + 1 or entry.get("previous") != last:
                raise TamperedError(f"Line {count + 1} of the ledger does not follow the one before it.")
            count, last = count + 1, _hash(line)
            yield entry
        self._compare_with_head(count, last)

    def problems(self) -> list[str]:
        """Return in plain words what is wrong with the ledger; an empty list when nothing is."""
        count = 0
        try:
            for _ in self.entries():
                count += 1
        except TamperedError as mistake:
            return [f"ledger, after line {count}: {mistake}"]
        return []

    def _lines(self) -> Iterator[bytes]:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            # A last line without its end was being written when the process was killed: it never happened.
            yield from (line for line in file if line.endswith(b"\n"))

    def _tail(self) -> Tail:
        """Find the end of the ledger without reading all of it, and compare it with the signed head."""
        line, size = _last_line(self._path)
        tail = Tail(0, _START, 0)
        if line:
            entry = self._root.read_entry("ledger", line)
            tail = Tail(int(entry["number"]), _hash(line), size)
        self._compare_with_head(tail.count, tail.last)
        return tail

    def _compare_with_head(self, count: int, last: str) -> None:
        try:
            head = self._root.read_entry("ledger head", self._head_path.read_bytes())
        except FileNotFoundError as mistake:
            raise TamperedError(f"The ledger's head ({HEAD_FILE}) is missing.") from mistake
        known = int(head["count"])
        # One line more than the head knows is a kill between the two writes, and that line is signed like every other.
        if count < known or (count == known and last != head["last"]):
            raise TamperedError(
                f"The ledger ends at line {count} and its signed head says {known}: lines were removed."
            )

    def _extend(self, size: int, line: bytes) -> None:
        with self._path.open("r+b") as file:
            # What a kill left of an unfinished line goes first.
            file.truncate(size)
            file.seek(size)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def _write_head(self, tail: Tail) -> None:
        write_atomically(
            self._head_path, self._root.write_entry("ledger head", {"count": tail.count, "last": tail.last})
        )


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _last_line(path: Path) -> tuple[bytes, int]:
    """Return the last complete line and the number of bytes up to its end; empty and 0 where there is none."""
    if not path.exists():
        return b"", 0
    with path.open("rb") as file:
        start = file.seek(0, os.SEEK_END)
        data = b""
        while start and data.count(b"\n") < 2:
            step = min(_BLOCK, start)
            start -= step
            file.seek(start)
            data = file.read(step) + data
    complete = data[: data.rfind(b"\n") + 1]
    return complete[complete[:-1].rfind(b"\n") + 1 :], start + len(complete)
