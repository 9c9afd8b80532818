"""A catalogue from one database into another, as it stands: every row with its signature. Knows no nouns.

Both a move and a backup are this. Rows are sealed and signed before they come here, so nothing is opened on the way,
and what arrives is checked as a catalogue is checked whenever it is opened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Final

from toolkit.catalog import schema
from toolkit.catalog.database import Cell, Database, Row
from toolkit.errors import InputError
from vault import TamperedError

_MIGRATIONS: Final = "migrations"
_BATCH: Final = 500
#: In this order, so that a row comes after those it refers to.
TABLES: Final = (_MIGRATIONS, *schema.KEYS)


def copy(source: Database, target: Database, whose: str) -> int:
    """Copy every row of *source*, in its order, into *target*, and return how many there are.

    The caller holds *source*'s transaction, which keeps it still. What is written to *target* is one transaction, so a
    copy that was interrupted is one that was never begun. It counts as unfinished, and may be made again for
    the same vault *whose* catalogue it is, until it is opened or settled. Raises InputError where *target* holds a
    catalogue already, TamperedError where it does not read back as it was written.
    """
    schema.migrate(target, settled=False)
    target.begin(writing=True)
    try:
        unfinished = target.execute(f"SELECT name FROM {_MIGRATIONS} WHERE name = ?", (schema.UNFINISHED + whose,))  # noqa: S608
        if target.execute("SELECT scope FROM heads LIMIT 1") and not unfinished:
            raise InputError(
                "There is a catalogue at that place already.", remedy="Choose an empty database, schema or folder."
            )
        for table in reversed(TABLES):
            target.execute(f"DELETE FROM {table}")  # noqa: S608 (names of ours)
        copied = sum(_copy(table, source, target) for table in TABLES)
        for table in TABLES:
            if _digest(table, source) != _digest(table, target):
                raise TamperedError(f"The copy of the catalogue ({table}) does not read back as it was written.")
        target.execute(f"INSERT INTO {_MIGRATIONS} (name, applied) VALUES (?, ?)", (schema.UNFINISHED + whose, ""))  # noqa: S608
        target.commit()
    except BaseException:
        target.rollback()
        raise
    return copied


def empty(database: Database) -> None:
    """Take the catalogue out of *database*, inside the caller's transaction: it lies elsewhere now."""
    for table in reversed(TABLES):
        database.execute(f"DROP TABLE {table}")


def _copy(table: str, source: Database, target: Database) -> int:
    count = 0
    for row in _rows(table, source):
        names = list(row)
        target.execute(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",  # noqa: S608 (names of ours)
            [row[name] for name in names],
        )
        count += 1
    return count


def _rows(table: str, database: Database) -> Iterator[Row]:
    """Yield the rows of a table in the order they were added, some hundred in memory at a time."""
    place: Cell = -1
    while True:
        found = database.execute(
            f"SELECT rowid AS place, * FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT {_BATCH}",  # noqa: S608 (names of ours)
            [place],
        )
        for row in found:
            place = row.pop("place")
            yield row
        if len(found) < _BATCH:
            return


def _digest(table: str, database: Database) -> str:
    """Return a hash over all that stands in a table, and the order of it."""
    digest = hashlib.sha256()
    for row in _rows(table, database):
        cells = [[name, cell.hex() if isinstance(cell, bytes) else cell] for name, cell in sorted(row.items())]
        digest.update(json.dumps(cells).encode() + b"\n")
    return digest.hexdigest()
