"""Signed rows: every row is checked when read, and rows that were removed or put back are noticed. Knows no nouns.

A row's signature covers its table, its version and every column, so a row that was edited or moved does not pass. Rows
of one table and case form a scope, and a signed head per scope holds the sum of its rows' keyed digests; the head of
heads holds the sum of theirs. A row removed, or replaced by its own older version, makes a sum wrong.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

from toolkit.catalog.database import Cell, Database, Row
from toolkit.catalog.schema import ADDED, KEYS
from vault import TamperedError, Vault, VaultError

#: What is searched by a keyed hash over all cases is summed by the beginning of that hash: a search checks the sum of
#: the few rows that could be meant, and no damaged index can hide one of them.
BY_BEGINNING = {"lookups": "tag", "arrivals": "path_tag"}
#: So many hexadecimal digits: 4,096 sums, of 250 rows each where there are a million.
BEGINNING = 3
_HEADS = "heads"
_MODULUS = 1 << 256
_BATCH = 500


class Rows:
    """The rows of one open database. Safe for use from several threads: one transaction at a time holds the lock."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._lock = threading.RLock()
        self._changes: Counter[str] = Counter()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of it or nothing. Not to be nested."""
        with self._transaction(writing=True):
            self._changes.clear()
            yield
            self._write_heads()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One view of the database; inside `writing` that view."""
        with self._lock:
            if self._database.in_transaction:
                yield
            else:
                with self._transaction(writing=False):
                    yield

    def find(self, table: str, where: str = "1 = 1", *values: Cell) -> list[Row]:
        """Return the rows for which *where* (written by us, never by a user) holds; raise TamperedError."""
        rows = self._select(f"SELECT * FROM {table} WHERE {where} ORDER BY rowid", values)  # noqa: S608 (names of ours)
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
        self._database.execute(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608 (names of ours)
            [signed[name] for name in names],
        )
        self._changes[_scope(table, signed)] += self._digest(table, signed)

    def replace(self, table: str, old: Row, **changed: Cell) -> None:
        """Write a row that was read anew, with some columns changed; the key stays."""
        row = self._signed(table, {**old, **changed, "version": int(str(old["version"])) + 1})
        columns = ", ".join(f"{name} = ?" for name in row)
        self._database.execute(
            f"UPDATE {table} SET {columns} WHERE {_by_key(table)}",  # noqa: S608 (names of ours)
            [*row.values(), *_key(table, old)],
        )
        self._changes[_scope(table, old)] -= self._digest(table, old)
        self._changes[_scope(table, row)] += self._digest(table, row)

    def remove(self, table: str, rows: Iterable[Row]) -> None:
        """Remove rows that were read."""
        for row in rows:
            self._database.execute(f"DELETE FROM {table} WHERE {_by_key(table)}", _key(table, row))  # noqa: S608 (names of ours)
            self._changes[_scope(table, row)] -= self._digest(table, row)

    def check_scope(self, scope: str) -> None:
        """Raise TamperedError unless *scope* (a table, or table/case) is as it was when last written.

        The digests are keyed, so this notices every change, and is ten times faster than checking signatures.
        """
        with self.reading():
            self._compare(scope, self._of(scope))

    def find_tagged(self, table: str, tag: str) -> list[Row]:
        """Return the rows of that keyed hash; raise TamperedError also where one was removed, hidden or put back."""
        with self.reading():
            scope = f"{table}#{tag[:BEGINNING]}"
            near = self._of(scope)
            self._compare(scope, near)
            rows = [row for row in near if row[BY_BEGINNING[table]] == tag]
            for row in rows:
                self._check(table, row)
        return rows

    def find_scope(self, scope: str) -> list[Row]:
        """Return the rows of a scope; raise TamperedError where they are not as they were when last written."""
        self.check_scope(scope)
        table, where, values = _where(scope)
        return self.find(table, where, *values)

    def former_scopes(self) -> list[str]:
        """Return the scopes of an older program that summed what is found by hashes by case, or all together."""
        return [scope for scope in self.scopes() if scope == "arrivals" or scope.startswith("lookups/")]

    def regroup(self) -> None:
        """Sum by the beginnings of hashes what an older program summed otherwise, inside a transaction."""
        for scope in self.former_scopes():
            self.check_scope(scope)
            self.remove(_HEADS, self.find(_HEADS, "scope = ?", scope))
        for table in BY_BEGINNING:
            for row in self.all_of(table):
                self._changes[_scope(table, row)] += self._digest(table, row)

    def scopes(self) -> list[str]:
        """Return every scope that was ever written to."""
        return [str(row["scope"]) for row in self._select("SELECT scope FROM heads ORDER BY scope", ())]

    def changes(self) -> int:
        """Return how many transactions have changed a row."""
        return int(str(self._head(_HEADS)["version"]))

    @contextmanager
    def _transaction(self, *, writing: bool) -> Iterator[None]:
        with self._lock:
            try:
                self._database.begin(writing=writing)
                self.use_generations()
                yield
                self._database.commit()
            except BaseException:
                with suppress(VaultError):  # what went wrong first is what matters
                    self._database.rollback()
                raise

    def use_generations(self) -> None:
        """Have the vault hash with the keys this catalogue is at: another program may have brought it to the next."""
        at = {
            str(row["name"]): int(str(row["number"]))
            for row in self._select("SELECT name, number FROM generations", ())
        }
        self._vault.use_hash_keys(at.get("find", 1), at.get("sum", 1))

    def all_of(self, table: str) -> Iterator[Row]:
        """Yield every row of a table, checked, some hundred in memory at a time."""
        (last,) = self._select(f"SELECT max(rowid) AS last FROM {table}", ())  # noqa: S608 (names of ours)
        for start in range(0, int(str(last["last"] or 0)), _BATCH):
            yield from self.find(table, "rowid > ? AND rowid <= ?", start, start + _BATCH)

    def sign_again(self, table: str) -> None:
        """Sign every row anew, in the name of who does it; what stands in them, and so every sum, stays."""
        for row in self.all_of(table):
            self._database.execute(
                f"UPDATE {table} SET signature = ? WHERE {_by_key(table)}",  # noqa: S608 (names of ours)
                [self._vault.sign(_message(table, row)), *_key(table, row)],
            )

    def truncate_log(self) -> None:
        """Have nothing of what was erased left in the database's own logs."""
        self._database.overwrite_erased()

    def sum_again(self) -> None:
        """Make every sum anew with the sum key now in use, in the transaction that brought it into use."""
        heads = {str(row["scope"]): row for row in self.all_of(_HEADS)}
        top = heads.pop(_HEADS, None) or {"scope": _HEADS, "total": "0", "version": 0}
        for scope in sorted(heads.keys() | {scope for scope, change in self._changes.items() if change}):
            self._write_head(heads.get(scope, {"scope": scope, "total": "0", "version": 0}), self._total(scope))
        self._write_head(top, self._total(_HEADS))
        self._changes.clear()

    def _total(self, scope: str) -> int:
        return sum(self._digest(_where(scope)[0], row) for row in self._of(scope)) % _MODULUS

    def _of(self, scope: str) -> list[Row]:
        """Return the rows of a scope, unchecked."""
        table, where, values = _where(scope)
        return self._select(f"SELECT * FROM {table} WHERE {where} ORDER BY rowid", values)  # noqa: S608 (names of ours)

    def _write_head(self, head: Row, total: int) -> None:
        row = self._signed(_HEADS, {**head, "total": f"{total:064x}", "version": int(str(head["version"])) + 1})
        names = sorted(row)
        self._database.execute(f"DELETE FROM {_HEADS} WHERE scope = ?", [row["scope"]])  # noqa: S608 (names of ours)
        self._database.execute(
            f"INSERT INTO {_HEADS} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",  # noqa: S608
            [row[name] for name in names],
        )

    def _select(self, statement: str, values: Iterable[Cell]) -> list[Row]:
        with self._lock:
            return self._database.execute(statement, tuple(values))

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
        table = _where(scope)[0]
        total = sum(self._digest(table, row) for row in rows) % _MODULUS
        if int(str(self._head(scope)["total"]), 16) != total:
            raise TamperedError(
                f"Rows of the catalogue ({table}) were changed, removed, or older ones put back.",
                remedy="Restore the vault's folder from a backup.",
            )

    def _write_heads(self) -> None:
        if not self._changes:
            return
        for scope in sorted(self._changes.keys() - {_HEADS}):
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


def _where(scope: str) -> tuple[str, str, list[Cell]]:
    """Return the table of a scope, and which of its rows are in it."""
    table, _, beginning = scope.partition("#")
    if beginning:
        return table, f"substr({BY_BEGINNING[table]}, 1, {BEGINNING}) = ?", [beginning]
    table, _, case = scope.partition("/")
    if case:
        return table, "case_id = ?", [case]
    return (table, "scope != ?", [_HEADS]) if table == _HEADS else (table, "1 = 1", [])


def _scope(table: str, row: Mapping[str, Cell]) -> str:
    if table in BY_BEGINNING:
        return f"{table}#{str(row[BY_BEGINNING[table]])[:BEGINNING]}"
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
