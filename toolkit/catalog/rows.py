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
from toolkit.catalog.generations import Generations, either, is_tag
from toolkit.catalog.schema import ADDED, KEYS, TAGS
from vault import TamperedError, Vault, VaultError

#: What is searched by a keyed hash over all cases is summed by the beginning of that hash: a search checks the sum of
#: the few rows that could be meant, and no damaged index can hide one of them.
BY_BEGINNING = {"lookups": "tag", "arrivals": "path_tag"}
#: So many hexadecimal digits: 4,096 sums, of 250 rows each where there are a million.
BEGINNING = 3
_HEADS = "heads"
_MODULUS = 1 << 256
_BATCH = 500
_SUMS = "catalog row"
_encode = json.JSONEncoder(separators=(",", ":")).encode


class Rows:
    """The rows of one open database. Safe for use from several threads: one transaction at a time holds the lock."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._lock = threading.RLock()
        self._changes: Counter[str] = Counter()
        #: At which hash keys the catalogue was when the last transaction began.
        self.at = Generations()
        #: With which sum key a scope was found to be summed, in this transaction, while sums are made anew.
        self._summed_with: dict[str, int] = {}

    @contextmanager
    def writing(self, *, lasting: bool = True) -> Iterator[None]:
        """One transaction: all of it or nothing. Not to be nested.

        One that is not *lasting* may be undone by a power cut: for what the next opening would do again anyway.
        """
        with self._transaction(writing=True, lasting=lasting):
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
        if self.at.next_find and "tag = " in where:
            where, both = either(where, values, self._again)
            values = tuple(both)
        rows = self._select(f"SELECT * FROM {table} WHERE {where} ORDER BY rowid", values)  # noqa: S608 (names of ours)
        for row in rows:
            self._check(table, row)
        return rows

    def find_all(self, table: str, case: str) -> list[Row]:
        """Return every row of one case; raise TamperedError also where one was removed or put back."""
        return self.find_scope(f"{table}/{case}")

    def insert(self, table: str, row: Mapping[str, Cell]) -> None:
        """Add a row, its version and signature with it."""
        whole: Row = {**row, "version": 1}
        if table in TAGS:
            whole["find_key"] = self.at.find
        message = _message(table, whole)
        whole["signature"] = self._vault.sign(message)
        marks = ", ".join("?" * len(whole))
        self._database.execute(
            f"INSERT INTO {table} ({', '.join(whole)}) VALUES ({marks})",  # noqa: S608 (names of ours)
            list(whole.values()),
        )
        self._change(_scope(table, whole), message)

    def replace(self, table: str, old: Row, **changed: Cell) -> None:
        """Write a row that was read anew, with some columns changed; the key stays."""
        fresh: Row = {**changed, "version": int(str(old["version"])) + 1}
        row = {**old, **fresh}
        message = _message(table, row)
        fresh["signature"] = self._vault.sign(message)
        # Columns that stay are not named, or the database would write their indexes anew.
        columns = ", ".join(f"{name} = ?" for name in fresh)
        self._database.execute(
            f"UPDATE {table} SET {columns} WHERE {_by_key(table)}",  # noqa: S608 (names of ours)
            [*fresh.values(), *_key(table, old)],
        )
        self._change(_scope(table, old), _message(table, old), -1)
        self._change(_scope(table, row), message)

    def remove(self, table: str, rows: Iterable[Row]) -> None:
        """Remove rows that were read."""
        for row in rows:
            self._database.execute(f"DELETE FROM {table} WHERE {_by_key(table)}", _key(table, row))  # noqa: S608 (names of ours)
            self._change(_scope(table, row), _message(table, row), -1)

    def check_scope(self, scope: str) -> None:
        """Raise TamperedError unless *scope* (a table, or table/case) is as it was when last written.

        The digests are keyed, so this notices every change, and is ten times faster than checking signatures.
        """
        with self.reading():
            self._compare(scope, self._messages(scope, self._of(scope)))

    def find_tagged(self, table: str, tag: str, **others: str) -> list[Row]:
        """Return the rows of that keyed hash, and of *others* in the columns named so.

        Raise TamperedError also where one was removed, hidden or put back.
        """
        with self.reading():
            wanted = {BY_BEGINNING[table]: tag, **others}
            found = self._tagged(table, wanted)
            if self.at.next_find:
                becoming = {name: self._again(each) if is_tag(each) else each for name, each in wanted.items()}
                found += self._tagged(table, becoming) if becoming != wanted else []
        return found

    def _tagged(self, table: str, wanted: Mapping[str, str]) -> list[Row]:
        scope = f"{table}#{wanted[BY_BEGINNING[table]][:BEGINNING]}"
        near = self._of(scope)
        self._compare(scope, self._messages(scope, near))
        rows = [row for row in near if all(row[name] == tag for name, tag in wanted.items())]
        for row in rows:
            self._check(table, row)
        return rows

    def find_scope(self, scope: str) -> list[Row]:
        """Return the rows of a scope; raise TamperedError where they are not as they were when last written."""
        with self.reading():
            rows = self._of(scope)
            messages = self._messages(scope, rows)
            self._compare(scope, messages)
        table = _where(scope)[0]
        for row, message in zip(rows, messages, strict=True):
            self._check(table, row, message)
        return rows

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
                self._change(_scope(table, row), _message(table, row))

    def scopes(self) -> list[str]:
        """Return every scope that was ever written to."""
        return [str(row["scope"]) for row in self._select("SELECT scope FROM heads ORDER BY scope", ())]

    def changes(self) -> int:
        """Return how many transactions have changed a row."""
        return int(str(self._head(_HEADS)["version"]))

    @contextmanager
    def _transaction(self, *, writing: bool, lasting: bool = True) -> Iterator[None]:
        with self._lock:
            try:
                self._database.begin(writing=writing, lasting=lasting)
                self.use_generations()
                yield
                self._database.commit()
            except BaseException:
                with suppress(VaultError):  # what went wrong first is what matters
                    self._database.rollback()
                raise

    def use_generations(self) -> None:
        """Have the vault hash with the keys this catalogue is at: another program may have brought it to the next."""
        self.at = Generations.read(self._select("SELECT name, number FROM generations", ()))
        self._summed_with.clear()
        self._vault.use_hash_keys(self.at.find, self.at.sum)

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

    def count(self, table: str) -> int:
        """Return how many rows a table has, unchecked."""
        (found,) = self._select(f"SELECT count(*) AS found FROM {table}", ())  # noqa: S608 (names of ours)
        return int(str(found["found"]))

    def older(self, table: str, number: int, after: int, most: int) -> list[tuple[int, Row]]:
        """Return up to *most* rows whose hashes are under an older find key than *number*, checked.

        Each comes with its place; they are those behind the place *after*, in order.
        """
        found = self._select(
            f"SELECT rowid AS place, * FROM {table} "  # noqa: S608 (names of ours)
            "WHERE rowid > ? AND (find_key IS NULL OR find_key < ?) ORDER BY rowid LIMIT ?",
            (after, number, most),
        )
        placed = [(int(str(row.pop("place"))), row) for row in found]
        for _, row in placed:
            self._check(table, row)
        return placed

    def older_scopes(self, number: int, most: int) -> list[str]:
        """Return up to *most* scopes summed with an older sum key than *number*, but for that of the heads."""
        found = self._select(
            "SELECT scope FROM heads WHERE scope != ? AND (sum_key IS NULL OR sum_key < ?) ORDER BY scope LIMIT ?",
            (_HEADS, number, most),
        )
        return [str(row["scope"]) for row in found]

    def sum_again(self, scope: str, number: int) -> int:
        """Make a sum anew with the sum key *number*, inside a transaction that has changed nothing of that scope yet.

        Return over how many rows it is; raise TamperedError where the sum there was says that they were changed.
        """
        messages = self._messages(scope, self._of(scope))
        head = self._compare(scope, messages)
        total = sum(self._hash(number, message) for message in messages) % _MODULUS
        self.replace(_HEADS, head, total=f"{total:064x}", sum_key=number)
        self._summed_with.pop(scope, None)
        return len(messages)

    def sum_heads_again(self, number: int) -> None:
        """Make the sum over all heads anew, the last of all, in the transaction that ends the use of the old key."""
        self._write_heads()
        self.sum_again(_HEADS, number)
        # The head of heads is in no sum itself.
        self._changes.pop(_HEADS, None)

    def _of(self, scope: str) -> list[Row]:
        """Return the rows of a scope, unchecked."""
        table, where, values = _where(scope)
        return self._select(f"SELECT * FROM {table} WHERE {where} ORDER BY rowid", values)  # noqa: S608 (names of ours)

    def _select(self, statement: str, values: Iterable[Cell]) -> list[Row]:
        with self._lock:
            return self._database.execute(statement, tuple(values))

    def _messages(self, scope: str, rows: Iterable[Row]) -> list[bytes]:
        table = _where(scope)[0]
        return [_message(table, row) for row in rows]

    def _check(self, table: str, row: Row, message: bytes | None = None) -> None:
        signature = row.get("signature")  # there is none where somebody has given the column another name
        message = _message(table, row) if message is None else message
        try:
            self._vault.check_signature(message, signature if isinstance(signature, bytes) else b"")
        except TamperedError as mistake:
            raise TamperedError(
                f"A row of the catalogue ({table}) was changed by something other than this program.",
                remedy="Restore the vault's folder from a backup.",
            ) from mistake

    def _again(self, tag: str) -> str:
        return self._vault.parts.hash_keys.again(tag, self.at.next_find)

    def _hash(self, number: int, message: bytes) -> int:
        if number == self.at.sum:
            return int(self._vault.keyed_hash(_SUMS, message), 16)
        return int(self._vault.parts.hash_keys.summed(number, message), 16)

    def _change(self, scope: str, message: bytes, sign: int = 1) -> None:
        self._changes[scope] += sign * self._hash(self._sum_key(scope), message)

    def _sum_key(self, scope: str) -> int:
        """Return the number of the sum key with which a scope is summed."""
        if not self.at.next_sum:
            return self.at.sum
        if scope not in self._summed_with:
            found = self._select("SELECT sum_key FROM heads WHERE scope = ?", (scope,))
            self._summed_with[scope] = int(str(found[0]["sum_key"] or self.at.sum)) if found else self.at.sum
        return self._summed_with[scope]

    def _head(self, scope: str) -> Row:
        found = self.find(_HEADS, "scope = ?", scope)
        return found[0] if found else {"scope": scope, "total": "0", "version": 0}

    def _compare(self, scope: str, messages: Iterable[bytes]) -> Row:
        """Return the head of a scope; raise TamperedError unless it is the sum over *messages*."""
        head, number = self._head(scope), self._sum_key(scope)
        total = sum(self._hash(number, message) for message in messages) % _MODULUS
        if int(str(head["total"]), 16) != total:
            raise TamperedError(
                f"Rows of the catalogue ({_where(scope)[0]}) were changed, removed, or older ones put back.",
                remedy="Restore the vault's folder from a backup.",
            )
        return head

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
            self.insert(_HEADS, {"scope": scope, "total": total, "sum_key": self.at.sum})


def _where(scope: str) -> tuple[str, str, list[Cell]]:
    """Return the table of a scope, and which of its rows are in it; raise TamperedError for one of no table."""
    table, _, beginning = scope.partition("#")
    # Scopes are read from rows that are not checked yet, and stand in statements.
    if table.partition("/")[0] not in KEYS or (beginning and table not in BY_BEGINNING):
        raise TamperedError(
            "A sum of the catalogue (heads) was changed by something other than this program.",
            remedy="Restore the vault's folder from a backup.",
        )
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
    return b"catalog row\0" + _encode([table, cells]).encode()
