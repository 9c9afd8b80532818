"""A catalogue in a PostgreSQL database, named by URL. Knows SQL and no nouns.

`postgresql://USER@HOST:PORT/DATABASE?schema=NAME`; `host=/FOLDER` in the query names a server's socket. The password
comes from PGPASSWORD, never from the URL. To a server that is not on this machine the connection is encrypted and the
server's certificate checked. The driver is pg8000 (the extra `postgresql`).
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from toolkit.catalog.database import Cell, Row
from toolkit.errors import InputError, MissingToolError
from vault import VaultError

#: The column that keeps the order of insertion, which SQLite has without being asked.
_ORDER: Final = "rowid"
#: The first of the two 32-bit numbers of the lock that one writer of a schema holds: "mobi" in ASCII.
_WRITERS: Final = 0x6D6F6269
_SCHEMA: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}", re.ASCII)
_HERE: Final = frozenset({"", "localhost", "127.0.0.1", "::1"})
_KNOWN: Final = frozenset({"schema", "host"})
_TABLE: Final = re.compile(r"(CREATE TABLE (?:IF NOT EXISTS )?\w+ \()")


@dataclass(frozen=True, slots=True)
class Server:
    """Where the database is. *socket* is a folder, and then host and port are not used."""

    database: str
    user: str = ""
    host: str = "localhost"
    port: int = 5432
    socket: str = ""
    schema: str = "mobility"

    @classmethod
    def parse(cls, url: str) -> Server:
        """Read the address of a database. Raises InputError naming what is wrong; a password in it is refused."""
        try:
            parts = urlsplit(url)
            port = parts.port or 5432
        except ValueError as mistake:
            raise InputError("That is not the address of a database.", remedy=_ADDRESS) from mistake
        database = unquote(parts.path.strip("/"))
        if parts.scheme not in {"postgresql", "postgres"} or not database or "/" in database:
            raise InputError("That is not the address of a database.", remedy=_ADDRESS)
        if parts.password:
            raise InputError(
                "The address of the database holds a password, which would be seen in process lists.",
                remedy="Leave it out and set PGPASSWORD.",
            )
        more = dict(parse_qsl(parts.query, keep_blank_values=True))
        if more.keys() - _KNOWN:
            raise InputError(f"Unknown in the address of the database: {', '.join(sorted(more.keys() - _KNOWN))}.")
        schema = more.get("schema", "mobility")
        if not _SCHEMA.fullmatch(schema):
            raise InputError("The schema's name may have small letters, digits and _ alone.", remedy=_ADDRESS)
        user = unquote(parts.username or "")
        return cls(database, user, parts.hostname or "localhost", port, more.get("host", ""), schema)


class PostgreSQL:
    """A catalogue in one schema of a database; the schema is made where it is missing."""

    def __init__(self, server: Server) -> None:
        """Connect. Raises VaultError where the server cannot be reached or refuses, MissingToolError."""
        self._errors, self._connection = _connected(server)
        self._connection.autocommit = True
        self._open = False
        self.execute(f"CREATE SCHEMA IF NOT EXISTS {server.schema}")
        self.execute(f"SET search_path TO {server.schema}")
        self.execute("SET synchronous_commit TO on")

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._open

    def begin(self, *, writing: bool, lasting: bool = True) -> None:
        """Open a transaction; one that writes waits until no other does, as SQLite's would."""
        if writing:
            self.execute("BEGIN")
            self._open = True
            if not lasting:
                self.execute("SET LOCAL synchronous_commit TO off")
            self.execute(f"SELECT pg_advisory_xact_lock({_WRITERS}, hashtext(current_schema()))")
        else:
            self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            self._open = True

    def commit(self) -> None:
        """End the transaction."""
        self.execute("COMMIT")
        self._open = False

    def rollback(self) -> None:
        """Undo the transaction; where the connection is gone, the server does."""
        if self._open:
            self._open = False
            self.execute("ROLLBACK")

    def execute(self, statement: str, values: Sequence[Cell] = ()) -> list[Row]:
        """Run one statement and return its rows."""
        with self._translated():
            cursor = self._connection.cursor()
            cursor.execute(_dialect(statement), tuple(values))
            if cursor.description is None:
                return []
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        for row in rows:
            row.pop(_ORDER, None)
        return rows

    def keep_order(self, table: str) -> None:
        """Make an index over the order of insertion."""
        self.execute(f"CREATE INDEX IF NOT EXISTS {table}_in_order ON {table} ({_ORDER})")

    def overwrite_erased(self) -> None:
        """Take erased rows out of the tables; the server's own log and its backups keep them until they expire."""
        self.execute("VACUUM")

    def problems(self) -> list[str]:
        """Return nothing: the server looks after its files, and the sums notice rows that it hides."""
        return []

    def layout(self) -> list[Row]:
        """Return nothing: the server writes definitions in its own words."""
        return []

    def close(self) -> None:
        """End the connection; one that is gone already is no error."""
        try:
            self._connection.close()
        except self._errors:
            return

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn what the server says into our own words; its messages can hold values."""
        try:
            yield
        except self._errors as mistake:
            raise _said(mistake) from mistake


def _connected(server: Server) -> tuple[tuple[type[Exception], ...], Any]:
    try:
        from pg8000 import dbapi
    except ImportError as mistake:
        raise MissingToolError(
            "A catalogue in PostgreSQL needs a library that is not installed.",
            remedy="Install it with: pip install 'mobility-toolkit[postgresql]'",
        ) from mistake
    errors: tuple[type[Exception], ...] = (dbapi.Error, OSError)
    place: dict[str, Any] = {"host": server.host, "port": server.port}
    if server.socket:
        place = {"unix_sock": f"{server.socket}/.s.PGSQL.{server.port}"}
    elif server.host not in _HERE:
        place["ssl_context"] = ssl.create_default_context()
    try:
        connection = dbapi.connect(
            user=server.user or os.environ.get("PGUSER", "") or "postgres",
            password=os.environ.get("PGPASSWORD") or None,
            database=server.database,
            timeout=30,
            **place,
        )
    except errors as mistake:
        # pg8000 does not pass on why a server turned a connection away.
        raise VaultError(
            "The database cannot be reached, does not exist, or refused the user.",
            remedy="Is the server up and the address right? Was it made with `createdb`? Set PGPASSWORD.",
        ) from mistake
    return errors, connection


def _said(mistake: Exception) -> VaultError:
    """Return what went wrong without the server's words but for its five-letter code (SQLSTATE)."""
    told = mistake.args[0] if mistake.args and isinstance(mistake.args[0], dict) else {}
    code = str(told.get("C", ""))
    if code == "42501":
        return VaultError("The database's user may not do that.", remedy="It must own its schema.")
    if code:
        return VaultError(f"The database refused (SQLSTATE {code}).", remedy="See the server's log.")
    return VaultError(
        "The connection to the database is lost.", remedy="Is the server up? Nothing was lost: run it again."
    )


def _dialect(statement: str) -> str:
    """Turn the SQL that we write for SQLite into PostgreSQL's; our statements hold no `?` and no `%` of their own."""
    if statement.startswith("CREATE TABLE"):
        statement = _TABLE.sub(rf"\1{_ORDER} BIGINT GENERATED ALWAYS AS IDENTITY, ", statement)
        statement = statement.replace(" INTEGER", " BIGINT").replace(" BLOB", " BYTEA").replace(") STRICT", ")")
    return statement.replace(" IS ?", " IS NOT DISTINCT FROM ?").replace("?", "%s")


_ADDRESS: Final = "Write postgresql://USER@HOST:PORT/DATABASE, and put the password in PGPASSWORD."
