"""Changing a small vault one byte, row or file at a time, and whether that is noticed and the right thing named.

A byte of the database counts as one that nothing reads where everything that SQL can tell is the same with it changed:
every row with its number, every definition, the values of the file's header, and that all is sound.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TypeAlias

from tests.vault_campaign import CRASH, FACTOR, PASSPHRASES, case, file, look, record, small, unlocked
from toolkit import places
from toolkit.case_log_entries import Said, What
from toolkit.catalog.database import SETTINGS
from toolkit.catalog.schema import KEYS
from vault import Role, Vault, drop, recovery

DATABASE, LOG = "catalog.db", "catalog.db-wal"

#: What has to stand in what is said of a change under that place.
_WORDS = (
    (r"access\.jsonl", "roll|officer|statement"),
    (r"catalog\.db.*", "catalogue|rows? of|case log|log of a case"),
    (r"compartments/([^/]+)/.*", r"\b{0}\b"),
    (r"drop/(.{12}).*", "{0}"),
    (r"ledger.*", "ledger"),
    (r"officers/([^/]+)/.*", r"\b{0}\b|officer"),
    (r"places\.json", r"places\.json"),
    (r"recovery/([^/]+)\.age", r"share of {0}\b"),
    (r"secrets/([^/]+)/.*", r"\b{0} keys?\b|key of {0}\b"),
    (r"store/../(.{12}).*", "{0}"),
    (r"vault\.json", "vault"),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One change: of which file, where, what was noticed, and whether that names the file's part of the vault."""

    place: str
    at: int
    noticed: tuple[str, ...]
    named: bool
    #: Whether the change is in bytes that nothing reads.
    unread: bool = False
    #: Whether the catalogue is what it was again once the program has opened it.
    mended: bool = False

    @property
    def missed(self) -> bool:
        """Whether something that is read was changed and nobody noticed."""
        return not self.noticed and not self.unread and not self.mended


#: What a database tells who opens it as the program does; nothing where it cannot be read to its end.
Readable: TypeAlias = tuple[object, ...] | None


def names(place: str, noticed: Iterable[str]) -> bool:
    """Whether what was noticed names the part of the vault that *place* is."""
    noticed = list(noticed)
    if any(place in each for each in noticed):
        return True
    for pattern, words in _WORDS:
        found = re.fullmatch(pattern, place)
        if found and not any(each.startswith(CRASH) for each in noticed):
            wanted = words.format(*map(re.escape, found.groups()))
            return any(re.search(wanted, each, re.I) for each in noticed)
    return False


class Snapshot:
    """A vault's folder as it is now, to be had back: looking at a vault tells its ledger."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def restore(self, beginning: str = "") -> None:
        """Have every file (whose place begins so) back as it was, and no other."""
        for path in self._folder.glob(f"{beginning}*") if beginning else self._folder.rglob("*"):
            if path.is_symlink() or (path.is_file() and path not in self._files):
                path.unlink()
        for path, data in self._files.items():
            if not str(path).startswith(f"{self._folder}/{beginning}"):
                continue
            if not path.is_file() or path.read_bytes() != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)


def interrupted(folder: Path, scratch: Path) -> Path:
    """Make the small vault as a kill leaves it: what was written last stands in the database's own log alone."""
    vault = unlocked(small(scratch))
    with places.opened(vault) as catalog:
        catalog.add_case(case("c4"))
        file(vault, catalog, "d5", "c4", b"%PDF a paper filed before the power went")
        shutil.copytree(scratch, folder)
    return folder


def files(folder: Path) -> list[Path]:
    """Return the files of a vault that hold something, the large one last."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]
    return sorted(found, key=lambda path: (path.suffix == ".db", path))


def flipped(folder: Path, path: Path, offsets: Iterable[int], seed: int) -> Iterator[Trial]:
    """Flip one bit, drawn by lot, of the byte at each of *offsets* of a file of the vault in *folder*, and look."""
    place = str(path.relative_to(folder))
    if place.startswith(DATABASE):
        yield from _flipped_database(folder, path, offsets, seed)
        return
    original, snapshot = path.read_bytes(), Snapshot(folder)
    whose = next((each for each in PASSPHRASES if each in re.split("[/.]", place)), "hr")
    for at in offsets:
        path.write_bytes(_with_flip(original, at, seed, place))
        noticed = tuple(look(folder, first=whose))
        snapshot.restore()
        yield Trial(place, at, noticed, names(place, noticed))


def _flipped_database(folder: Path, path: Path, offsets: Iterable[int], seed: int) -> Iterator[Trial]:
    """The same for the database and its log: who opens it can notice no more than there is to be read in it."""
    place, original, snapshot = str(path.relative_to(folder)), path.read_bytes(), Snapshot(folder)
    whole, (_, opened) = state(folder), _looked(folder, snapshot)
    snapshot.restore()
    seen: dict[Readable, tuple[tuple[str, ...], bool]] = {}
    for number, at in enumerate(offsets):
        changed = _with_flip(original, at, seed, place)
        path.write_bytes(changed)
        found = state(folder)
        unread = found is not None and found == whole
        # Every hundredth is looked at all the same. A log's states are few: those between the changes in it.
        if unread and number % 100:
            noticed, mended = (), False
        elif place == LOG and found in seen:
            noticed, mended = seen[found]
        else:
            noticed, after = _looked(folder, snapshot, path, changed)
            mended = after is not None and after == opened and not unread
            if found is not None:
                seen[found] = noticed, mended
            snapshot.restore()
        snapshot.restore(DATABASE)
        yield Trial(place, at, noticed, names(place, noticed), unread, mended and not noticed)


def _looked(
    folder: Path, snapshot: Snapshot, path: Path | None = None, changed: bytes = b""
) -> tuple[tuple[str, ...], Readable]:
    """Look at the vault with a file changed; return what is noticed, and what stands in the catalogue afterwards."""
    snapshot.restore()
    if path is not None:
        path.write_bytes(changed)
    return tuple(look(folder)), state(folder)


def _with_flip(original: bytes, at: int, seed: int, place: str) -> bytes:
    changed = bytearray(original)
    changed[at] ^= 1 << Random(f"{seed}/{place}/{at}").randrange(8)
    return bytes(changed)


def cells(folder: Path, seed: int, part: slice = slice(None)) -> Iterator[Trial]:
    """Change each cell of every row of the catalogue (or a *part* of them) in several ways, and look."""
    path, looking = folder / DATABASE, _Looking(folder)
    for table, rowid, column, cell in list(_cells(path))[part]:
        for changed in _other(cell, Random(f"{seed}/{table}/{rowid}/{column}")):
            statement = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"  # noqa: S608 (names of ours)
            with suppress(sqlite3.IntegrityError):  # where the database itself does not take it
                execute(path, statement, (changed, rowid))
                yield looking.trial(f"{table}.{column}", rowid)


def removed_rows(folder: Path, part: slice = slice(None)) -> Iterator[Trial]:
    """Remove every row of the catalogue (or a *part* of them) in turn, and look."""
    looking = _Looking(folder)
    for table, rowid in rows(folder)[part]:
        execute(folder / DATABASE, f"DELETE FROM {table} WHERE rowid = ?", (rowid,))  # noqa: S608 (names of ours)
        yield looking.trial(table, rowid)


def swapped_rows(folder: Path, part: slice = slice(None)) -> Iterator[Trial]:
    """Have every two neighbours in a table swap all that stands under their keys, and look."""
    looking, there = _Looking(folder), rows(folder)
    neighbours = [(one, two) for one, two in pairwise(there) if one[0] == two[0]]
    for (table, one), (_, two) in neighbours[part]:
        if swap(folder, table, one, two):
            yield looking.trial(table, one)


def replayed_rows(folder: Path, older: Path, part: slice = slice(None)) -> Iterator[Trial]:
    """Put every row of an older catalogue that was changed or removed since back in today's, and look."""
    looking = _Looking(folder)
    for table, row in _former(folder, older)[part]:
        replay(folder, table, row)
        yield looking.trial(table, 0)


class _Looking:
    """Looks at what was done to rows of a vault's catalogue, and puts them back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._snapshot = Snapshot(folder)
        self._opened = _looked(folder, self._snapshot)[1]
        self._snapshot.restore()

    def trial(self, place: str, at: int) -> Trial:
        noticed = tuple(look(self._folder))
        mended = not noticed and state(self._folder) == self._opened
        self._snapshot.restore()
        return Trial(f"{DATABASE} {place}", at, noticed, names(DATABASE, noticed), mended=mended)


def changed_later(folder: Path) -> None:
    """Do to the small vault what leaves something older of every kind, and every further kind of file."""
    vault = unlocked(folder)
    with places.opened(vault) as catalog:
        catalog.replace_records("d1", [record("UXCHANGED")])
        catalog.replace_case(replace(case("c2"), route="us/l-1b"))
        catalog.log.append("c1", Said(What.NOTE, "The officer asked for one more paper."))
        file(vault, catalog, "d5", "c2", b"%PDF a later paper")
    vault.office.add_with_passphrase("eve", Role.AUDITOR, PASSPHRASES["eve"], FACTOR)
    vault.office.revoke("ann", "c1")
    machine = vault.office.new_keys("gate")
    vault.office.add("gate", Role.INTAKE, str(machine.identity.recipient), machine.public_signing)
    drop.put(Vault.unlock(folder, keys=machine).parts, "inbox", "specimen/passport.pdf", b"%PDF left by a machine")
    recovery.set_up(vault.parts, ["ann", "hr"], 2)
    vault.office.hold("c2", why="a lawsuit")
    places.write(vault, places.Places())


def execute(path: Path, statement: str, values: Sequence[object] = ()) -> None:
    """Run one statement as somebody with sqlite3 would."""
    with _raw(path) as connection:
        connection.execute(statement, values)
    _tidy(path.parent)


def rows(folder: Path) -> list[tuple[str, int]]:
    """Return every row of the catalogue, by table and number."""
    with _raw(folder / DATABASE) as connection:
        return [
            (table, rowid)
            for table in _tables(connection)
            for (rowid,) in connection.execute(f"SELECT rowid FROM {table} ORDER BY rowid")  # noqa: S608 (names of ours)
        ]


def swap(folder: Path, table: str, one: int, two: int) -> bool:
    """Have two rows of a table swap all that stands under their keys; whether that changed anything."""
    with _raw(folder / DATABASE) as connection:
        both = f"FROM {table} WHERE rowid IN (?, ?)"
        cursor = connection.execute(f"SELECT rowid, * {both} ORDER BY rowid = ?", (one, two, two))
        columns = [each[0] for each in cursor.description]
        first, second = cursor.fetchall()
        kept = [name == "rowid" or name in KEYS.get(table, ("name",)) for name in columns]
        mixed = [
            [a if stays else b for a, b, stays in zip(mine, other, kept, strict=True)]
            for mine, other in ((first, second), (second, first))
        ]
        connection.execute(f"DELETE {both}", (one, two))
        marks = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", mixed)  # noqa: S608
    _tidy(folder)
    return mixed != [list(first), list(second)]


def replay(folder: Path, table: str, row: Sequence[object]) -> None:
    """Put an older row where the one with its key stands today, or where it was."""
    with _raw(folder / DATABASE) as connection:
        connection.execute(f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
    _tidy(folder)


def state(folder: Path) -> Readable:
    """Return all that SQL tells of the catalogue's file, opened as the program does, or nothing where that fails."""
    path = folder / DATABASE
    connection = sqlite3.connect(path, isolation_level=None)
    connection.text_factory = lambda text: ("text", text)  # else a text and the same bytes were one
    try:
        for setting in SETTINGS:
            connection.execute(f"PRAGMA {setting}").fetchall()
        if connection.execute("PRAGMA integrity_check").fetchall() != [(("text", b"ok"),)]:
            return None
        told: list[object] = [row for name in _HEADER for row in connection.execute(f"PRAGMA {name}").fetchall()]
        told += connection.execute("SELECT * FROM sqlite_master ORDER BY type, name").fetchall()
        for table in _tables(connection):
            told += connection.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid").fetchall()  # noqa: S608
        return tuple(told)
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None
    finally:
        connection.close()


#: The values of a database's header that can be asked for, but for the counter by which SQLite sees that what it has
#: read of the definitions is out of date.
_HEADER = (
    "application_id",
    "auto_vacuum",
    "default_cache_size",
    "encoding",
    "freelist_count",
    "journal_mode",
    "page_count",
    "page_size",
    "user_version",
)


@contextmanager
def _raw(path: Path) -> Iterator[sqlite3.Connection]:
    """The database as somebody with sqlite3 opens it; what was written stands in the file itself afterwards."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        yield connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()


def _tables(connection: sqlite3.Connection) -> list[str]:
    """Return the tables' names; raise DatabaseError where one is no text."""
    found = []
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        text = name[1].decode() if isinstance(name, tuple) else name
        if not isinstance(text, str):
            raise sqlite3.DatabaseError("the name of a table is no text")
        found.append(text)
    return found


def _former(folder: Path, older: Path) -> list[tuple[str, tuple[object, ...]]]:
    """Return the rows of an older catalogue that today's does not have so."""
    with _raw(folder / DATABASE) as now, _raw(older / DATABASE) as then:
        found = []
        for table in _tables(then):
            there = set(now.execute(f"SELECT * FROM {table}").fetchall())  # noqa: S608 (names of ours)
            former = then.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()  # noqa: S608 (names of ours)
            found += [(table, row) for row in former if row not in there]
        return found


def _cells(path: Path) -> Iterator[tuple[str, int, str, object]]:
    with _raw(path) as connection:
        for table in _tables(connection):
            cursor = connection.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid")  # noqa: S608 (names of ours)
            columns = [each[0] for each in cursor.description]
            for row in cursor.fetchall():
                yield from ((table, row[0], name, cell) for name, cell in zip(columns[1:], row[1:], strict=True))


def _other(cell: object, rng: Random) -> list[object]:
    """Return what could stand in a cell instead."""
    if isinstance(cell, bytes):
        changed = bytearray(cell)
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        return [bytes(changed), cell[:-1], b""]
    if isinstance(cell, int):
        return [cell + 1, cell - 1]
    if cell is None:
        return ["x", ""]
    text = str(cell)
    at = rng.randrange(len(text)) if text else 0
    return [text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :], "x", ""] if text else ["x"]


def _tidy(folder: Path) -> None:
    for name in (LOG, f"{DATABASE}-shm", f"{DATABASE}-journal"):
        (folder / name).unlink(missing_ok=True)


def put_back(folder: Path, from_: Path, *places_: str) -> None:
    """Put files or folders from another copy of the vault in the place of today's."""
    for place in places_:
        if (folder / place).is_dir():
            shutil.rmtree(folder / place)
            shutil.copytree(from_ / place, folder / place)
        else:
            shutil.copy2(from_ / place, folder / place)
