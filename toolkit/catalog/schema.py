"""The tables, as a row of migrations: each a function, its name its id, the applied ones recorded in a table.

What stands in clear: ids, a case's reference and route, states, sizes of sealed columns, keyed hashes. All else is
sealed.
"""

from __future__ import annotations

from collections.abc import Callable

from toolkit.catalog.database import Database, Sqlite
from vault import VaultError

#: The columns that tell a row from its neighbours.
KEYS = {
    "cases": ("id",),
    "documents": ("id",),
    "records": ("document_id", "number"),
    "lookups": ("tag", "case_id", "document_id"),
    "arrivals": ("path_tag", "content_tag", "intended"),
    "case_log": ("case_id", "number"),
    "pending": ("number",),
    "generations": ("name",),
    "heads": ("scope",),
}

#: Columns that a migration added. Rows from before it have no value there, and their signatures do not cover it.
ADDED = {
    "arrivals": frozenset({"intended", "find_key"}),
    "documents": frozenset({"find_key"}),
    "lookups": frozenset({"find_key"}),
    "heads": frozenset({"sum_key"}),
}

#: Columns that hold keyed hashes to find by; `find_key` says under which find key all of them in a row are.
TAGS = {"documents": ("content_tag",), "lookups": ("tag",), "arrivals": ("path_tag", "content_tag")}


def first_tables(database: Database) -> None:
    """Create the tables of the first version."""
    for statement in (
        """CREATE TABLE cases (
            id TEXT PRIMARY KEY, reference TEXT NOT NULL UNIQUE, route TEXT NOT NULL,
            version INTEGER NOT NULL, signature BLOB NOT NULL, sealed BLOB NOT NULL) STRICT""",
        """CREATE TABLE documents (
            id TEXT PRIMARY KEY, case_id TEXT NOT NULL REFERENCES cases (id), state TEXT NOT NULL, blob TEXT NOT NULL,
            parent TEXT NOT NULL, duplicate_of TEXT NOT NULL, content_tag TEXT NOT NULL,
            version INTEGER NOT NULL, signature BLOB NOT NULL, sealed BLOB NOT NULL) STRICT""",
        """CREATE TABLE records (
            document_id TEXT NOT NULL REFERENCES documents (id), number INTEGER NOT NULL,
            case_id TEXT NOT NULL REFERENCES cases (id),
            version INTEGER NOT NULL, signature BLOB NOT NULL, sealed BLOB NOT NULL,
            PRIMARY KEY (document_id, number)) STRICT""",
        """CREATE TABLE lookups (
            tag TEXT NOT NULL, case_id TEXT NOT NULL REFERENCES cases (id), document_id TEXT REFERENCES documents (id),
            version INTEGER NOT NULL, signature BLOB NOT NULL, UNIQUE (tag, case_id, document_id)) STRICT""",
        """CREATE TABLE arrivals (
            path_tag TEXT NOT NULL, content_tag TEXT NOT NULL, document_id TEXT NOT NULL REFERENCES documents (id),
            version INTEGER NOT NULL, signature BLOB NOT NULL, PRIMARY KEY (path_tag, content_tag)) STRICT""",
        """CREATE TABLE pending (
            number INTEGER PRIMARY KEY, what TEXT NOT NULL, facts TEXT NOT NULL,
            version INTEGER NOT NULL, signature BLOB NOT NULL) STRICT""",
        """CREATE TABLE heads (
            scope TEXT PRIMARY KEY, total TEXT NOT NULL,
            version INTEGER NOT NULL, signature BLOB NOT NULL) STRICT""",
        "CREATE INDEX documents_by_case ON documents (case_id)",
        "CREATE INDEX documents_by_parent ON documents (parent)",
        "CREATE INDEX documents_by_original ON documents (duplicate_of)",
        "CREATE INDEX documents_by_content ON documents (content_tag)",
        "CREATE INDEX documents_by_blob ON documents (blob)",
        "CREATE INDEX records_by_case ON records (case_id)",
        "CREATE INDEX lookups_by_case ON lookups (case_id)",
        "CREATE INDEX lookups_by_document ON lookups (document_id)",
        "CREATE INDEX arrivals_by_document ON arrivals (document_id)",
    ):
        database.execute(statement)


def intended_cases(database: Database) -> None:
    """Let the same content arrive from the same place for several cases: an arrival says for which it was meant."""
    for statement in (
        """CREATE TABLE arrivals_2 (
            path_tag TEXT NOT NULL, content_tag TEXT NOT NULL, intended TEXT,
            document_id TEXT NOT NULL REFERENCES documents (id),
            version INTEGER NOT NULL, signature BLOB NOT NULL, UNIQUE (path_tag, content_tag, intended)) STRICT""",
        "INSERT INTO arrivals_2 (path_tag, content_tag, intended, document_id, version, signature) "
        "SELECT path_tag, content_tag, NULL, document_id, version, signature FROM arrivals",
        "DROP TABLE arrivals",
        "ALTER TABLE arrivals_2 RENAME TO arrivals",
        "CREATE INDEX arrivals_by_document ON arrivals (document_id)",
    ):
        database.execute(statement)


def case_logs(database: Database) -> None:
    """Give every case a log: entries that are only ever added, each bound to the one before it."""
    database.execute(
        """CREATE TABLE case_log (
            case_id TEXT NOT NULL REFERENCES cases (id), number INTEGER NOT NULL, previous TEXT NOT NULL,
            version INTEGER NOT NULL, signature BLOB NOT NULL, sealed BLOB NOT NULL,
            PRIMARY KEY (case_id, number)) STRICT"""
    )


def generations(database: Database) -> None:
    """Have the catalogue say at which find key and sum key of the vault it is; without a row it is at the first."""
    database.execute(
        """CREATE TABLE generations (
            name TEXT PRIMARY KEY, number INTEGER NOT NULL,
            version INTEGER NOT NULL, signature BLOB NOT NULL) STRICT"""
    )


def beginnings(database: Database) -> None:
    """Find what is summed by the beginning of a keyed hash without reading all of it."""
    database.execute("CREATE INDEX lookups_by_beginning ON lookups (substr(tag, 1, 3))")
    database.execute("CREATE INDEX arrivals_by_beginning ON arrivals (substr(path_tag, 1, 3))")


def hash_key_numbers(database: Database) -> None:
    """Have each row say under which key its hashes or its sum are, so that new keys come into use little by little."""
    for table in TAGS:
        database.execute(f"ALTER TABLE {table} ADD COLUMN find_key INTEGER")
    database.execute("ALTER TABLE heads ADD COLUMN sum_key INTEGER")
    for table in KEYS:
        database.keep_order(table)


MIGRATIONS: tuple[Callable[[Database], None], ...] = (
    first_tables,
    intended_cases,
    case_logs,
    generations,
    beginnings,
    hash_key_numbers,
)


#: Stands among the migrations while the rows are a copy to which nothing points yet.
UNFINISHED = "unfinished copy of "


def settle(database: Database) -> None:
    """Have a copy count as the catalogue from now on."""
    database.execute("DELETE FROM migrations WHERE name LIKE ?", (f"{UNFINISHED}%",))


def migrate(database: Database, *, settled: bool = True) -> None:
    """Bring the tables up to date, each step whole or not at all; refuse a catalogue that a newer program made."""
    database.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied TEXT NOT NULL) STRICT")
    # Older programs noted when; no signature covers it and nobody reads it, so nothing stands there.
    database.execute("UPDATE migrations SET applied = '' WHERE applied != ''")
    if settled:  # who opens a catalogue was sent there, so it is finished
        settle(database)
    for step in MIGRATIONS:
        database.begin(writing=True)
        try:
            if not database.execute("SELECT 1 FROM migrations WHERE name = ?", (step.__name__,)):
                step(database)
                database.execute("INSERT INTO migrations (name, applied) VALUES (?, '')", (step.__name__,))
            database.commit()
        except BaseException:
            database.rollback()
            raise
    found = {str(row["name"]) for row in database.execute("SELECT name AS name FROM migrations")}
    applied = {name for name in found if not name.startswith(UNFINISHED)}
    if applied - {step.__name__ for step in MIGRATIONS}:
        raise VaultError("The catalogue was made by a newer version of the program.", remedy="Use that version.")


def problems(database: Database) -> list[str]:
    """Return in plain words whether the tables are laid out otherwise than the migrations leave them."""
    there = database.layout()
    if not there:
        return []
    model = Sqlite(None)
    try:
        migrate(model)
        same = there == model.layout()
    finally:
        model.close()
    return [] if same else ["its tables or indexes were changed by something other than this program"]
