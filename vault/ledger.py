"""The audit trail: one signed line of JSON per event, each holding the hash of the line before. Knows no documents.

Lines are readable, so callers give ids and never anything personal. An edited, added, removed or reordered line breaks
a signature or the chain. Lines cut from the end leave a sound shorter chain: the signed head, kept in a file of its
own, says how many there were.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vault.entries import Authority, Entry
from vault.errors import TamperedError
from vault.files import locked, naming, opened_plain, read_plain, write_atomically

FILE = "ledger.jsonl"
HEAD_FILE = "ledger-head.json"
_LOCK = "ledger.lock"
START = "0" * 64
_BLOCK = 4096
#: The event that tells a statement of the roll of officers.
ROLL = "roll"


@dataclass(frozen=True, slots=True)
class Tail:
    """How far the ledger goes: the number of lines, the hash of the last, the bytes up to its end, statements told."""

    count: int
    last: str
    size: int
    told: int = 0


class Ledger:
    """The ledger in one folder. Appending is safe from several threads and processes at once."""

    def __init__(self, folder: Path, authority: Authority, *, by: str, telling: bool = False) -> None:
        """*telling*: each line says how many statements of the roll of officers were told up to it (second format)."""
        self._path = folder / FILE
        self._head_path = folder / HEAD_FILE
        self._lock = folder / _LOCK
        self._authority = authority
        self._by = by
        self._telling = telling

    @classmethod
    def start(cls, folder: Path, authority: Authority, *, by: str, telling: bool = False) -> Ledger:
        """Begin an empty ledger in *folder*."""
        ledger = cls(folder, authority, by=by, telling=telling)
        write_atomically(ledger._path, b"")
        ledger._write_head(Tail(0, START, 0))
        return ledger

    def append(self, event: str, **facts: str) -> None:
        """Add one event; it is on the disk when this returns. Raise TamperedError where lines were cut away."""
        self.append_all([(event, facts)])

    def append_all(self, events: Sequence[tuple[str, Mapping[str, str]]]) -> None:
        """Add events in their order, and bring them to the disk together."""
        with locked(self._lock):
            tail = self._tail()
            size, lines = tail.size, []
            for event, facts in events:
                lines.append(self._line(tail, event, facts))
                told = tail.told + (event == ROLL)
                tail = Tail(tail.count + 1, line_hash(lines[-1]), 0, told)
            self._extend(size, b"".join(lines))
            self._write_head(tail)

    def tell(self, statements: Sequence[bytes]) -> None:
        """Tell those of all *statements* of the roll of officers, word for word, that the ledger was not told yet."""
        with locked(self._lock):
            told = self._tail().told
        if told < len(statements):
            self.append_all([(ROLL, {"statement": line.decode().rstrip("\n")}) for line in statements[told:]])

    def _line(self, tail: Tail, event: str, facts: Mapping[str, str]) -> bytes:
        entry: Entry = {f"fact.{name}": value for name, value in facts.items()}
        entry |= {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "by": self._by,
            "event": event,
            "number": tail.count + 1,
            "previous": tail.last,
        }
        if self._telling:
            entry["told"] = tail.told + (event == ROLL)
        return self._authority.write_entry("ledger", entry)

    def entries(self) -> Iterator[Entry]:
        """Yield every event, first to last; raise TamperedError at the first line that is not as it was written."""
        count, last = 0, START
        read = self._authority.in_order()
        for line in self.lines():
            entry = read(line)
            if entry.get("number") != count + 1 or entry.get("previous") != last:
                raise TamperedError(f"Line {count + 1} of the ledger does not follow the one before it.")
            count, last = count + 1, line_hash(line)
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

    def lines(self) -> Iterator[bytes]:
        """Yield every whole line as it stands, unchecked."""
        if not self._path.exists():
            return
        with opened_plain(self._path) as file:
            # A last line without its end was being written when the process was killed: it never happened.
            yield from (line for line in file if line.endswith(b"\n"))

    def _tail(self) -> Tail:
        """Find the end of the ledger without reading all of it, and compare it with the signed head."""
        line, size = _last_line(self._path)
        tail = Tail(0, START, 0)
        if line:
            with naming(self._path):
                entry = self._authority.read_entry("ledger", line)
            tail = Tail(int(entry["number"]), line_hash(line), size, int(entry.get("told", 0)))
        self._compare_with_head(tail.count, tail.last)
        return tail

    def _compare_with_head(self, count: int, last: str) -> None:
        try:
            line = read_plain(self._head_path)
        except FileNotFoundError as mistake:
            raise TamperedError(
                f"The ledger's head ({HEAD_FILE}) is missing.", remedy="Restore it from a backup."
            ) from mistake
        with naming(self._head_path):
            head = self._authority.read_entry("ledger head", line)
        known = int(head["count"])
        # One line more than the head knows is a kill between the two writes, and that line is signed like every other.
        if count < known or (count == known and last != head["last"]):
            raise TamperedError(
                f"The ledger ends at line {count} and its signed head says {known}: lines were removed."
            )

    def _extend(self, size: int, line: bytes) -> None:
        with opened_plain(self._path, write=True) as file:
            # What a kill left of an unfinished line goes first.
            file.truncate(size)
            file.seek(size)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def _write_head(self, tail: Tail) -> None:
        write_atomically(
            self._head_path, self._authority.write_entry("ledger head", {"count": tail.count, "last": tail.last})
        )


def line_hash(line: bytes) -> str:
    """Return what the next line has as `previous`."""
    return hashlib.sha256(line).hexdigest()


def _last_line(path: Path) -> tuple[bytes, int]:
    """Return the last complete line and the number of bytes up to its end; empty and 0 where there is none."""
    if not path.exists():
        return b"", 0
    with opened_plain(path) as file:
        start = file.seek(0, os.SEEK_END)
        data = b""
        while start and data.count(b"\n") < 2:
            step = min(_BLOCK, start)
            start -= step
            file.seek(start)
            data = file.read(step) + data
    complete = data[: data.rfind(b"\n") + 1]
    return complete[complete[:-1].rfind(b"\n") + 1 :], start + len(complete)
