"""Changing a small vault one byte, row or file at a time, and whether that is noticed and the right thing named."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.vault_campaign import CRASH, look

#: What has to stand in what is said of a change under that place.
_WORDS = (
    (r"access\.jsonl", "roll|officer|statement"),
    (r"catalog\.db", "catalogue|rows? of|case log|log of a case"),
    (r"compartments/([^/]+)/.*", r"\1"),
    (r"ledger.*", "ledger"),
    (r"officers/([^/]+)/.*", r"\1|officer"),
    (r"secrets/.*", "key"),
    (r"store/../(.{12}).*", r"\1"),
    (r"vault\.json", "vault"),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One change: of which file, where, what was noticed, and whether that names the file's part of the vault."""

    place: str
    at: int
    noticed: tuple[str, ...]
    named: bool
    #: Whether the change is in bytes that nothing reads: what is in the database is the same, and it is sound.
    unread: bool = False

    @property
    def missed(self) -> bool:
        """Whether something that is read was changed and nobody noticed."""
        return not self.noticed and not self.unread


def names(place: str, noticed: Iterable[str]) -> bool:
    """Whether what was noticed names the part of the vault that *place* is."""
    noticed = list(noticed)
    if any(place in each for each in noticed):
        return True
    for pattern, words in _WORDS:
        found = re.fullmatch(pattern, place)
        if found and not any(each.startswith(CRASH) for each in noticed):
            return any(re.search(found.expand(words), each, re.I) for each in noticed)
    return False


class Snapshot:
    """A vault's folder as it is now, to be had back: looking at a vault tells its ledger."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def restore(self) -> None:
        """Have every file back as it was, and no other."""
        for path in self._folder.rglob("*"):
            if path.is_symlink() or (path.is_file() and path not in self._files):
                path.unlink()
        for path, data in self._files.items():
            if not path.is_file() or path.read_bytes() != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)


def files(folder: Path) -> list[Path]:
    """Return the files of a vault that hold something, the large one last."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]
    return sorted(found, key=lambda path: (path.suffix == ".db", path))


def flipped(folder: Path, path: Path, offsets: Iterable[int], rng: Random) -> Iterator[Trial]:
    """Flip one bit of the byte at each of *offsets* of a file of the vault in *folder*, look, and put it back."""
    original, snapshot = path.read_bytes(), Snapshot(folder)
    place = str(path.relative_to(folder))
    before = _dump(path) if path.suffix == ".db" else []
    for at in offsets:
        changed = bytearray(original)
        changed[at] ^= 1 << rng.randrange(8)
        path.write_bytes(changed)
        unread = path.suffix == ".db" and _dump(path) == before and _is_sound(path)
        noticed = tuple(look(folder))
        snapshot.restore()
        yield Trial(place, at, noticed, names(place, noticed), unread)


def cells(folder: Path, rng: Random) -> Iterator[Trial]:
    """Change one place of every cell of every row of the catalogue, by what a database offers, and look."""
    path = folder / "catalog.db"
    snapshot = Snapshot(folder)
    for table, rowid, column, cell in list(_cells(path)):
        for changed in _other(cell, rng):
            statement = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"  # noqa: S608 (names of ours)
            try:
                execute(path, statement, (changed, rowid))
            except sqlite3.IntegrityError:
                continue  # the database itself does not take it
            noticed = tuple(look(folder))
            snapshot.restore()
            yield Trial(f"catalog.db {table}.{column}", rowid, noticed, names("catalog.db", noticed))


def removed_rows(folder: Path) -> Iterator[Trial]:
    """Remove every row of the catalogue in turn, and look."""
    path = folder / "catalog.db"
    snapshot = Snapshot(folder)
    for table, rowid in dict.fromkeys((table, rowid) for table, rowid, *_ in list(_cells(path))):
        execute(path, f"DELETE FROM {table} WHERE rowid = ?", (rowid,))  # noqa: S608 (names of ours)
        noticed = tuple(look(folder))
        snapshot.restore()
        yield Trial(f"catalog.db {table}", rowid, noticed, names("catalog.db", noticed))


def execute(path: Path, statement: str, values: tuple[object, ...] = ()) -> None:
    """Run one statement as somebody with sqlite3 would."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(statement, values)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()
    _tidy(path.parent)


def _cells(path: Path) -> Iterator[tuple[str, int, str, object]]:
    connection = sqlite3.connect(path)
    try:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'migrations'")
        for (table,) in tables.fetchall():
            cursor = connection.execute(f"SELECT rowid, * FROM {table}")  # noqa: S608 (names of ours)
            columns = [each[0] for each in cursor.description]
            for row in cursor.fetchall():
                yield from ((table, row[0], name, cell) for name, cell in zip(columns[1:], row[1:], strict=True))
    finally:
        connection.close()


def _other(cell: object, rng: Random) -> list[object]:
    if isinstance(cell, bytes):
        changed = bytearray(cell)
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        return [bytes(changed)]
    if isinstance(cell, int):
        return [cell + 1, cell - 1]
    return ["x", ""] if cell else ["x"]


def _dump(path: Path) -> list[object]:
    """Return everything that a reader of the database sees, or nothing where it cannot be read."""
    connection = sqlite3.connect(path)
    connection.text_factory = bytes
    try:
        seen: list[object] = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        for kind, table, _ in list(seen):
            if kind == b"table":
                seen += connection.execute(f"SELECT rowid, * FROM {table.decode()}").fetchall()  # noqa: S608
        return seen
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return []
    finally:
        connection.close()
        _tidy(path.parent)


def _is_sound(path: Path) -> bool:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()
        _tidy(path.parent)


def _tidy(folder: Path) -> None:
    for name in ("catalog.db-wal", "catalog.db-shm", "catalog.db-journal"):
        (folder / name).unlink(missing_ok=True)


def put_back(folder: Path, from_: Path, *places: str) -> None:
    """Put files or folders from another copy of the vault in the place of today's."""
    for place in places:
        if (folder / place).is_dir():
            shutil.rmtree(folder / place)
            shutil.copytree(from_ / place, folder / place)
        else:
            shutil.copy2(from_ / place, folder / place)
