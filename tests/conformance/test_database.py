"""What every database under a catalogue must do: the same tests for SQLite and for a real PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from toolkit.catalog.database import Sqlite
from toolkit.catalog.postgresql import PostgreSQL, Server
from toolkit.errors import InputError
from vault import TamperedError, VaultError

TABLE = """CREATE TABLE things (
    name TEXT PRIMARY KEY, number INTEGER NOT NULL, more TEXT, data BLOB NOT NULL) STRICT"""
INSERT = "INSERT INTO things (name, number, more, data) VALUES (?, ?, ?, ?)"


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request, tmp_path):
    """A function that opens one more connection to the same database."""
    server = Server.parse(request.getfixturevalue("database_url")) if request.param == "postgresql" else None
    connections = []

    def one_more():
        connections.append(PostgreSQL(server) if server else Sqlite(tmp_path / "catalog.db"))
        return connections[-1]

    yield one_more
    for each in connections:
        each.close()


@pytest.fixture
def database(opened):
    database = opened()
    database.execute(TABLE)
    return database


def written(database, *rows):
    database.begin(writing=True)
    for row in rows:
        database.execute(INSERT, row)
    database.commit()


def names(database):
    return [row["name"] for row in database.execute("SELECT * FROM things ORDER BY rowid")]


def test_rows_come_back_as_they_were_put_and_in_that_order(database, opened):
    rows = [("b", 2**40, None, b"\0\xff"), ("a", -1, "ü", b""), ("c", 0, "", b"x" * 70_000)]
    written(database, *rows)
    found = opened().execute("SELECT * FROM things ORDER BY rowid")
    assert [tuple(row.values()) for row in found] == rows
    assert list(found[0]) == ["name", "number", "more", "data"]


def test_a_missing_value_is_found_as_such(database):
    written(database, ("a", 1, None, b""), ("b", 1, "", b""))
    found = database.execute("SELECT name FROM things WHERE number IS ? AND more IS ?", (1, None))
    assert [row["name"] for row in found] == ["a"]


def test_what_is_rolled_back_never_was(database, opened):
    database.begin(writing=True)
    assert database.in_transaction
    database.execute(INSERT, ("a", 1, None, b""))
    database.rollback()
    assert not database.in_transaction
    database.rollback()
    assert names(opened()) == []


def test_a_refused_statement_leaves_a_transaction_that_can_be_undone(database):
    written(database, ("a", 1, None, b""))
    database.begin(writing=True)
    with pytest.raises(VaultError) as said:
        database.execute(INSERT, ("a", 1, "secret", b""))
    assert "secret" not in str(said.value)
    database.rollback()
    written(database, ("b", 1, None, b""))
    assert names(database) == ["a", "b"]


def test_a_reader_sees_one_state_while_another_writes(database, opened):
    reader = opened()
    reader.begin(writing=False)
    assert names(reader) == []
    written(database, ("a", 1, None, b""))
    assert names(reader) == []
    reader.commit()
    assert names(reader) == ["a"]


def test_eight_writers_lose_nothing(database, opened):
    """Each reads a number, adds one and writes it back, which goes wrong unless writers come one after another."""
    written(database, ("count", 0, None, b""))
    connections = [opened() for _ in range(8)]

    def count(connection):
        for _ in range(20):
            connection.begin(writing=True)
            (row,) = connection.execute("SELECT number FROM things WHERE name = ?", ("count",))
            connection.execute("UPDATE things SET number = ? WHERE name = ?", (row["number"] + 1, "count"))
            connection.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, connections))
    assert database.execute("SELECT number FROM things")[0]["number"] == 160


def test_a_writer_waits_for_the_other(database, opened):
    other, done = opened(), threading.Event()
    database.begin(writing=True)

    def write():
        written(other, ("b", 1, None, b""))
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    assert not done.wait(0.3)
    database.execute(INSERT, ("a", 1, None, b""))
    database.commit()
    thread.join(20)
    assert names(database) == ["a", "b"]


def test_erased_rows_can_be_overwritten(database):
    written(database, ("a", 1, None, b""))
    database.execute("DELETE FROM things")
    database.overwrite_erased()
    assert names(database) == []


# --- each alone


def test_a_damaged_file_is_told_from_a_busy_one(tmp_path):
    (tmp_path / "catalog.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(TamperedError):
        Sqlite(tmp_path / "catalog.db")
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(tmp_path / "catalog.db").execute("SELECT * FROM sqlite_master")


def test_a_link_in_place_of_the_file_is_refused(tmp_path):
    (tmp_path / "catalog.db").symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(TamperedError, match="is a link"):
        Sqlite(tmp_path / "catalog.db")
    assert not (tmp_path / "elsewhere.db").exists()


@pytest.mark.parametrize(
    "url",
    [
        "mysql://root@host/db",
        "postgresql://host",
        "postgresql://user:secret@host/db",
        "postgresql://host:port/db",
        "postgresql://host/db?sslmode=disable",
        "postgresql://host/db?schema=x;drop",
    ],
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(InputError) as said:
        Server.parse(url)
    assert "secret" not in str(said.value)


def test_an_address_is_read():
    assert Server.parse("postgresql://ada@db.example:6432/moves?schema=team_a") == Server(
        "moves", "ada", "db.example", 6432, "", "team_a"
    )


def test_a_server_that_is_away_or_refuses_is_said(postgresql_server, tmp_path):
    for away in (
        Server("postgres", "postgres", socket=str(tmp_path)),
        Server("absent", "postgres", socket=postgresql_server),
        Server("postgres", "nobody", socket=postgresql_server),
        Server("postgres", "postgres", host="127.0.0.1", port=9),
    ):
        with pytest.raises(VaultError, match="cannot be reached, does not exist, or refused"):
            PostgreSQL(away)


def test_a_connection_that_breaks_is_said(postgresql_server):
    one, other = (PostgreSQL(Server("postgres", "postgres", socket=postgresql_server, schema="a")) for _ in range(2))
    (row,) = one.execute("SELECT pg_backend_pid() AS number")
    one.begin(writing=True)
    other.execute("SELECT pg_terminate_backend(?)", (row["number"],))
    with pytest.raises(VaultError, match="connection to the database is lost"):
        for _ in range(2):  # the first may still hear why
            one.execute("SELECT 1")
    one.close()
    other.close()


def test_schemas_are_apart(postgresql_server):
    one, other = (PostgreSQL(Server("postgres", "postgres", socket=postgresql_server, schema=s)) for s in ("a", "b"))
    one.execute(TABLE)
    written(one, ("a", 1, None, b""))
    other.execute(TABLE)
    assert names(other) == []
    one.begin(writing=True)
    written(other, ("b", 1, None, b""))  # is not kept waiting by a writer of another vault
    one.rollback()
    for each in (one, other):
        each.close()
