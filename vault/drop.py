"""Papers that an intake machine has sealed and nobody has taken in yet. It has public keys, and reads nothing back.

`drop/HASH.age` is the name the paper was sent under, a line feed, and its bytes, sealed to a compartment;
`drop/HASH.json` is the entry that says by which machine, to which compartment, when. HASH is the SHA-256 of the sealed
file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from vault.access import Right, require
from vault.errors import TamperedError
from vault.files import read_plain, remove, write_atomically
from vault.opened import Opened

FOLDER = "drop"
_PURPOSE = "drop"
_MOST_NAME = 1024


@dataclass(frozen=True, slots=True)
class Dropped:
    """One sealed paper that waits: its hash, whose machine sealed it, to which compartment, when (ISO 8601, UTC)."""

    name: str
    by: str
    compartment: str
    at: str


def put(opened: Opened, compartment: str, place: str, data: bytes) -> Dropped:
    """Seal *data*, which was sent as *place* (a relative path), and leave it; raise NotGrantedError."""
    require(opened.role, Right.SEAL)
    sealed = opened.compartments.get(compartment).seal(json.dumps(place).encode() + b"\n" + data)
    name = hashlib.sha256(sealed).hexdigest()
    folder = opened.folder / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    line = opened.signatory.write_entry(_PURPOSE, {"at": now, "compartment": compartment, "name": name})
    write_atomically(folder / f"{name}.age", sealed)
    # What has no entry yet is nobody's: it was being left when the process was killed.
    write_atomically(folder / f"{name}.json", line)
    opened.ledger.append("paper.dropped", name=name, compartment=compartment)
    return Dropped(name, opened.keys.label, compartment, now)


def waiting(opened: Opened) -> Iterator[Dropped]:
    """Yield what waits, in no order that means anything; raise TamperedError where nobody who may has left it."""
    for path in sorted((opened.folder / FOLDER).glob("*.json")):
        entry = opened.signatory.read_entry(_PURPOSE, read_plain(path))
        if entry["name"] != path.stem:
            raise TamperedError("A sealed paper that waits to be taken in has the entry of another.")
        yield Dropped(path.stem, str(entry["by"]), str(entry["compartment"]), str(entry["at"]))


def take(opened: Opened, dropped: Dropped) -> tuple[PurePosixPath, bytes]:
    """Return where a paper belongs in a folder, and its bytes; raise TamperedError, NotGrantedError."""
    sealed = _path(opened, dropped).read_bytes()
    if hashlib.sha256(sealed).hexdigest() != dropped.name:
        raise TamperedError("A sealed paper that waits to be taken in was changed.")
    place, _, data = opened.compartments.get(dropped.compartment).open(sealed).partition(b"\n")
    return _safe(place, dropped.name), data


def done(opened: Opened, dropped: Dropped) -> None:
    """Remove a paper that was taken in."""
    _path(opened, dropped).with_suffix(".json").unlink(missing_ok=True)
    remove(_path(opened, dropped))


def _path(opened: Opened, dropped: Dropped) -> Path:
    return opened.folder / FOLDER / f"{dropped.name}.age"


def _safe(said: bytes, name: str) -> PurePosixPath:
    """Return the place that the machine says, or one of our own where that would lead out of the folder."""
    try:
        # A string only: a thousand brackets would exhaust the interpreter's stack.
        place = json.loads(said) if said.startswith(b'"') and len(said) <= _MOST_NAME else None
    except ValueError:
        place = None
    if not isinstance(place, str) or not place.isprintable() or "\\" in place:
        return PurePosixPath(name)
    path = PurePosixPath(place)
    odd = path.is_absolute() or not path.parts or any(part.startswith(".") or len(part) > 200 for part in path.parts)
    return PurePosixPath(name) if odd else path
