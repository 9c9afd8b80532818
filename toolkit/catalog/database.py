"""The two databases that can hold a catalogue, behind one small face. Knows SQL and no nouns.

SQLite is a file in the vault's folder, for one machine. PostgreSQL is a server, for several: what is sealed stays
sealed there, and what is signed stays signed; the server learns what somebody with the file would (docs/threats.md).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from vault import TamperedError, VaultError

Cell: TypeAlias = str | int | bytes | None
Row: TypeAlias = dict[str, Cell]

#: The file is read by other threads while one writes, what is committed is on the disk, what refers to a row keeps it,
#: and what is deleted is overwritten. 64 MiB of pages are kept: keyed hashes lie anywhere in their index, and with the
#: 2 MiB that SQLite keeps otherwise a large catalogue reads and writes each page again for each row.
SETTINGS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "cache_size=-65536",
)
#: Values of the file's header that are as SQLite makes them, since this program sets none.
HEADER: Final = ("application_id", "default_cache_size", "user_version")


class Database(Protocol):
    """One open connection. Statements are written in the SQL that both understand, with `?` for each value."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        ...

    def begin(self, *, writing: bool, lasting: bool = True) -> None:
        """Open a transaction: one that may write shuts every other writer out until it ends; one that reads sees one
        state throughout.

        One that is not *lasting* does not wait for the disk: a power cut may undo all of it, and never a half.
        """
        ...

    def commit(self) -> None:
        """End the transaction; one that is lasting is on the disk when this returns."""
        ...

    def rollback(self) -> None:
        """Undo the transaction; where the database has done so already, nothing."""
        ...

    def execute(self, statement: str, values: Sequence[Cell] = ()) -> list[Row]:
        """Run one statement and return its rows. Raises VaultError, or TamperedError for a damaged file."""
        ...

    def keep_order(self, table: str) -> None:
        """Have a table's rows read in their order, from any place on, without sorting all of them."""
        ...

    def overwrite_erased(self) -> None:
        """Bring what was erased out of the database's own logs and dead rows, as far as it lets us."""
        ...

    def problems(self) -> list[str]:
        """Return in plain words what is wrong with the file itself, such as an index that hides rows."""
        ...

    def layout(self) -> list[Row]:
        """Return how the tables and indexes are defined, or nothing where only the server knows."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...


class Sqlite:
    """A catalogue in one file, which is made with rights for its owner alone."""

    def __init__(self, path: Path | None) -> None:
        """Without *path* it is in memory."""
        if path is not None:
            if path.is_symlink():  # whoever may write to the folder could have the rows written elsewhere
                raise TamperedError(f"{path.name} is a link.", remedy=f"Restore {path.name} from a backup.")
            path.touch(mode=0o600)
        self._connection = sqlite3.connect(
            path or ":memory:", timeout=30, isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        try:
            for setting in SETTINGS:
                self.execute(f"PRAGMA {setting}")
            self._waits = self._waiting = self.execute("PRAGMA synchronous") == [{"synchronous": 2}]
        except VaultError:
            self._connection.close()
            raise

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.in_transaction

    def begin(self, *, writing: bool, lasting: bool = True) -> None:
        """Open a transaction."""
        if self._waits and not lasting:
            # With NORMAL what is committed last may be lost in a power cut, and what is there is whole.
            self.execute("PRAGMA synchronous=NORMAL")
            self._waiting = False
        self.execute("BEGIN IMMEDIATE" if writing else "BEGIN")

    def commit(self) -> None:
        """End the transaction."""
        self.execute("COMMIT")
        self._wait_again()

    def rollback(self) -> None:
        """Undo the transaction; a full disk has done it already."""
        if self._connection.in_transaction:
            self.execute("ROLLBACK")
        self._wait_again()

    def _wait_again(self) -> None:
        if self._waits and not self._waiting:
            self.execute("PRAGMA synchronous=FULL")
            self._waiting = True

    def execute(self, statement: str, values: Sequence[Cell] = ()) -> list[Row]:
        """Run one statement and return its rows."""
        with _translated():
            return [dict(row) for row in self._connection.execute(statement, values).fetchall()]

    def keep_order(self, table: str) -> None:
        """Do nothing: that is how SQLite keeps rows."""

    def overwrite_erased(self) -> None:
        """Empty the write-ahead log: erased rows stay readable in it until another write needs the place."""
        self.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def problems(self) -> list[str]:
        """Return what SQLite finds wrong with its pages and indexes."""
        try:
            found = self.execute("PRAGMA integrity_check(1)")
        except VaultError:
            found = []
        sound = [row["integrity_check"] for row in found] == ["ok"]
        return [] if sound else ["its file is damaged: restore catalog.db from a backup"]

    def layout(self) -> list[Row]:
        """Return the definitions, in which only spaces may differ, and the values of the file's header."""
        found = self.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")
        header = [row for name in HEADER for row in self.execute(f"PRAGMA {name}")]
        return [*({**row, "sql": " ".join(str(row["sql"]).split())} for row in found), *header]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what SQLite says into our own words; its messages can hold values."""
    try:
        yield
    except sqlite3.OperationalError as mistake:
        raise VaultError(
            "The catalogue cannot be read or written just now.", remedy="Is the disk full, or another program using it?"
        ) from mistake
    except (sqlite3.DatabaseError, UnicodeDecodeError) as mistake:
        raise TamperedError("The catalogue is damaged.", remedy="Restore catalog.db from a backup.") from mistake
