"""Rows that somebody with rights on a PostgreSQL server changes are noticed and named, like those in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.vault_campaign import FACTOR, PASSPHRASE, case, file, record
from tests.vault_campaign_tamper import names
from toolkit.case_log_entries import Said, What
from toolkit.catalog import Catalog, copying, schema
from toolkit.catalog.database import Database, Row, Sqlite
from toolkit.catalog.postgresql import PostgreSQL, Server
from toolkit.catalog.schema import KEYS
from toolkit.errors import ToolkitError
from vault import Vault, VaultError

#: What is done to the server's rows; the older rows are there in a database of their own.
Attack = Callable[[Database, Database], None]


def at(database: Database, table: str, **key: str | int) -> Row:
    where = " AND ".join(f"{name} = ?" for name in key)
    (row,) = database.execute(f"SELECT * FROM {table} WHERE {where}", list(key.values()))  # noqa: S608 (names of ours)
    row.pop("rowid", None)
    return row


def put(database: Database, table: str, row: Row) -> None:
    """Have *row* stand in the table, in the place of what has its key."""
    where = " AND ".join(f"{name} = ?" for name in KEYS[table])
    database.execute(f"DELETE FROM {table} WHERE {where}", [row[name] for name in KEYS[table]])  # noqa: S608
    marks = ", ".join("?" * len(row))
    database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))  # noqa: S608


def swapped(table: str, one: dict[str, str | int], two: dict[str, str | int]) -> Attack:
    """Have two rows swap all that stands under their keys."""

    def attack(server: Database, _: Database) -> None:
        first, second = at(server, table, **one), at(server, table, **two)
        for mine, other in ((first, second), (second, first)):
            put(server, table, {**other, **{name: mine[name] for name in KEYS[table]}})

    return attack


def replayed(table: str, **key: str | int) -> Attack:
    """Put the older one of a row in its place."""
    return lambda server, older: put(server, table, at(older, table, **key))


def removed(table: str, **key: str | int) -> Attack:
    where = " AND ".join(f"{name} = ?" for name in key)
    return lambda server, _: server.execute(f"DELETE FROM {table} WHERE {where}", list(key.values())) and None  # noqa: S608


def put_back(server: Database, older: Database) -> None:
    """Put the whole older catalogue in the place of today's."""
    server.commit()
    restore(server, older)
    server.begin(writing=True)


ATTACKS: dict[str, Attack] = {
    "two records of a case swapped": swapped("records", {"document_id": "d1"}, {"document_id": "d2"}),
    "two records of two cases swapped": swapped("records", {"document_id": "d1"}, {"document_id": "d3"}),
    "two documents swapped": swapped("documents", {"id": "d1"}, {"id": "d2"}),
    "entries of a case log swapped": swapped(
        "case_log", {"case_id": "c1", "number": 1}, {"case_id": "c1", "number": 2}
    ),
    "a record replayed": replayed("records", document_id="d1"),
    "the sum of the heads replayed": replayed("heads", scope="heads"),
    "a record removed": removed("records", document_id="d3"),
    "an entry of a case log removed": removed("case_log", case_id="c1", number=2),
    "a head removed": removed("heads", scope="records/c1"),
    "an older catalogue put back": put_back,
}


def kept(server: Database) -> Sqlite:
    """Return a copy of the whole catalogue as it stands."""
    copy = Sqlite(None)
    server.begin(writing=False)
    copying.copy(server, copy, "whose")
    schema.settle(copy)
    server.rollback()
    return copy


def restore(server: Database, copy: Database) -> None:
    """Have the catalogue on the server be *copy* again."""
    server.begin(writing=True)
    copying.empty(server)
    server.commit()
    copying.copy(copy, server, "whose")
    schema.settle(server)


def test_what_is_done_to_rows_on_a_server_is_named(tmp_path: Path, database_url: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda handle: None)
        vault = Vault.create(tmp_path / "vault", officer="hr", passphrase=PASSPHRASE, work_factor=FACTOR)
        server = PostgreSQL(Server.parse(database_url))
        with Catalog.open(vault, PostgreSQL(Server.parse(database_url))) as catalog:
            for each in ("c1", "c2"):
                catalog.add_case(case(each))
            for id, case_id in (("d1", "c1"), ("d2", "c1"), ("d3", "c2")):
                file(vault, catalog, id, case_id, id.encode())
            catalog.log.append("c1", Said(What.NOTE, "The employee asked for more time."))
            catalog.log.append("c1", Said(What.DECISION, "Granted until Friday."))
            older = kept(server)
            catalog.replace_records("d1", [record("UXCHANGED")])
        today = kept(server)

        def look() -> list[str]:
            try:
                with Catalog.open(vault, PostgreSQL(Server.parse(database_url))) as catalog:
                    return list(catalog.verify().problems)
            except (VaultError, ToolkitError) as noticed:
                return [noticed.message]

        assert look() == []
        said: dict[str, list[str]] = {}
        for title, attack in ATTACKS.items():
            server.begin(writing=True)
            server.execute("SET LOCAL session_replication_role = replica")  # nothing that refers to a row keeps it
            attack(server, older)
            server.commit()
            said[title] = look()
            restore(server, today)
        assert look() == []
        server.close()
    assert {title: found for title, found in said.items() if not names("catalog.db", found)} == {}
