"""Signed rows: every row is checked when read, and rows that were removed or put back are noticed. Knows no nouns.

A row's signature covers its table, its version and every column, so a row that was edited or moved does not pass. Rows
of one table and case form a scope, and a signed head per scope holds the sum of its rows' keyed digests; the head of
heads holds the sum of theirs. A row removed, or replaced by its own older version, makes a sum wrong.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TypeAlias

from toolkit.catalog.schema import ADDED, KEYS
from vault import TamperedError, Vault, VaultError

Cell: TypeAlias = str | int | bytes | None
Row: TypeAlias = dict[str, Cell]
_HEADS = "heads"
_MODULUS = 1 << 256


class Rows:
    """The rows of one open database. Safe for use from several threads: one transaction at a time holds the lock."""

    def __init__(self, connection: sqlite3.Connection, vault: Vault) -> None:
        self._connection = connection
        self._connection.row_factory = sqlite3.Row
        self._vault = vault
        self._lock = threading.RLock()
        self._changes: Counter[str] = Counter()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of it or nothing. Not to be nested."""
        with self._transaction("BEGIN IMMEDIATE"):
            self._changes.clear()
            yield
            self._write_heads()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One view of the database; inside `writing` that view."""
        with self._lock:
            if self._connection.in_transaction:
                yield
            else:
                with self._transaction("BEGIN"):
                    yield

    def find(self, table: str, where: str = "1", *values: Cell) -> list[Row]:
        """Return the rows for which *where* (written by us, never by a user) holds; raise TamperedError."""
        rows = [dict(row) for row in self._select(f"SELECT * FROM {table} WHERE {where} ORDER BY rowid", values)]  # noqa: S608 (names of ours)
        for row in rows:
            self._check(table, row)
        return rows

    def find_all(self, table: str, case: str) -> list[Row]:
        """Return every row of one case; raise TamperedError also where one was removed or put back."""
        with self.reading():
            rows = self.find(table, "case_id = ?", case)
            self._compare(f"{table}/{case}", rows)
        return rows

    def insert(self, table: str, row: Mapping[str, Cell]) -> None:
        """Add a row, its version and signature with it."""
        signed = self._signed(table, {**row, "version": 1})
        names = list(signed)
        marks = ", ".join("?" * len(names))
        self._connection.execute(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608 (names of ours)
            [signed[name] for name in names],
        )
        self._changes[_scope(table, signed)] += self._digest(table, signed)

    def replace(self, table: str, old: Row, **changed: Cell) -> None:
        """Write a row that was read anew, with some columns changed; the key stays."""
        row = self._signed(table, {**old, **changed, "version": int(str(old["version"])) + 1})
        columns = ", ".join(f"{name} = ?" for name in row)
        self._connection.execute(
            f"UPDATE {table} SET {columns} WHERE {_by_key(table)}",  # noqa: S608 (names of ours)
            [*row.values(), *_key(table, old)],
        )
        self._changes[_scope(table, old)] -= self._digest(table, old)
        self._changes[_scope(table, row)] += self._digest(table, row)

    def remove(self, table: str, rows: Iterable[Row]) -> None:
        """Remove rows that were read."""
        for row in rows:
            self._connection.execute(f"DELETE FROM {table} WHERE {_by_key(table)}", _key(table, row))  # noqa: S608 (names of ours)
            self._changes[_scope(table, row)] -= self._digest(table, row)

    def check_scope(self, scope: str) -> None:
        """Raise TamperedError unless *scope* (a table, or table/case) is as it was when last written.

        The digests are keyed, so this notices every change, and is ten times faster than checking signatures.
        """
        table, _, case = scope.partition("/")
        where, values = ("case_id = ?", [case]) if case else ("scope != ?", [_HEADS]) if table == _HEADS else ("1", [])
        with self.reading():
            found = self._select(f"SELECT * FROM {table} WHERE {where}", values)  # noqa: S608 (names of ours)
            self._compare(scope, [dict(row) for row in found])

    def scopes(self) -> list[str]:
        """Return every scope that was ever written to."""
        return [str(row["scope"]) for row in self._select("SELECT scope FROM heads ORDER BY scope", ())]

    def changes(self) -> int:
        """Return how many transactions have changed a row."""
        return int(str(self._head(_HEADS)["version"]))

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._lock, translated():
            self._connection.execute(begin)
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.OperationalError):  # a full disk has rolled it back already
                    self._connection.execute("ROLLBACK")
                raise

    def _select(self, statement: str, values: Iterable[Cell]) -> list[sqlite3.Row]:
        with self._lock, translated():
            return self._connection.execute(statement, tuple(values)).fetchall()

    def _signed(self, table: str, row: Mapping[str, Cell]) -> Row:
        return {**row, "signature": self._vault.sign(_message(table, row))}

    def _check(self, table: str, row: Row) -> None:
        signature = row["signature"]
        try:
            self._vault.check_signature(_message(table, row), signature if isinstance(signature, bytes) else b"")
        except TamperedError as mistake:
            raise TamperedError(
                f"A row of the catalogue ({table}) was changed by something other than this program.",
                remedy="Restore the vault's folder from a backup.",
            ) from mistake

    def _digest(self, table: str, row: Mapping[str, Cell]) -> int:
        return int(self._vault.keyed_hash("catalog row", _message(table, row)), 16)

    def _head(self, scope: str) -> Row:
        found = self.find(_HEADS, "scope = ?", scope)
        return found[0] if found else {"scope": scope, "total": "0", "version": 0}

    def _compare(self, scope: str, rows: Iterable[Row]) -> None:
        table = scope.partition("/")[0]
        total = sum(self._digest(table, row) for row in rows) % _MODULUS
        if int(str(self._head(scope)["total"]), 16) != total:
            raise TamperedError(
                f"Rows of the catalogue ({table}) were changed, removed, or older ones put back.",
                remedy="Restore the vault's folder from a backup.",
            )

    def _write_heads(self) -> None:
        if not self._changes:
            return
        for scope in sorted(self._changes):
            self._move_head(scope, self._changes.pop(scope))
        # What moving the heads has changed is the sum of the heads themselves.
        self._move_head(_HEADS, self._changes.pop(_HEADS, 0))
        self._changes.clear()

    def _move_head(self, scope: str, change: int) -> None:
        head = self._head(scope)
        total = f"{(int(str(head['total']), 16) + change) % _MODULUS:064x}"
        if head["version"]:
            self.replace(_HEADS, head, total=total)
        else:
            self.insert(_HEADS, {"scope": scope, "total": total})


def _scope(table: str, row: Mapping[str, Cell]) -> str:
    case = row.get("case_id")
    return f"{table}/{case}" if isinstance(case, str) else table


def _key(table: str, row: Row) -> list[Cell]:
    return [row[name] for name in KEYS[table]]


def _by_key(table: str) -> str:
    return " AND ".join(f"{name} IS ?" for name in KEYS[table])


def _message(table: str, row: Mapping[str, Cell]) -> bytes:
    """Return the bytes a row's signature is over: there is one way to write each row, and no two rows share it."""
    cells = [
        [name, "blob", cell.hex()] if isinstance(cell, bytes) else [name, cell]
        for name, cell in sorted(row.items())
        if name != "signature" and not (cell is None and name in ADDED.get(table, ()))
    ]
    return b"catalog row\0" + json.dumps([table, cells], separators=(",", ":")).encode()


@contextmanager
def translated() -> Iterator[None]:
    """Turn what SQLite says into our own words; its messages can hold values."""
    try:
        yield
    except sqlite3.OperationalError as mistake:
        raise VaultError(
            "The catalogue cannot be read or written just now.", remedy="Is the disk full, or another program using it?"
        ) from mistake
    except sqlite3.DatabaseError as mistake:
        raise TamperedError("The catalogue is damaged.", remedy="Restore catalog.db from a backup.") from mistake
