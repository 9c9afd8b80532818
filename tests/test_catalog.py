"""The catalogue keeps what it is given, shows nothing of it to the disk, and notices every change."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from toolkit.case_log_entries import Said, What
from toolkit.catalog import INBOX, Catalog, database, rows, schema
from toolkit.catalog.database import Sqlite
from toolkit.errors import InputError, OvertakenError, UnknownNameError
from toolkit.model import Box, Case, Document, Field, Method, Person, Proof, Record, Source, State
from vault import MissingError, TamperedError, Vault, VaultError

PASSPHRASE = "correct horse"
CASE = Case(
    "c1",
    "GM-2026-001",
    "us/l-1a",
    (
        Person("p1", "principal", "Eriksson", "Anna Maria", "1974-08-12", "UTO"),
        Person("p2", "spouse", "Müller", "Jörg"),
    ),
    {"start": date(2026, 12, 1)},
    {"employer": "Weyland Industrial Boats"},
)
OTHER = Case("c2", "GM-2026-002", "gb/skilled-worker", (), {})


def field(name, value, **more):
    return Field(name, value, 0.97, Source("", 1, Box(0.1, 0.2, 0.3, 0.4), Method.OCR), Proof.CHECK_DIGIT, **more)


PASSPORT = Record(
    "passport",
    0.99,
    (1,),
    (
        field("surname", "ERIKSSON"),
        field("given_names", "ANNA MARIA"),
        field("document_number", "L898902C3"),
        field("mrz", ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")),
    ),
    rejected=(field("surname", "ERIKSS0N"),),
    warnings=("worn",),
)
RECEIPT = Record(
    "receipt",
    0.95,
    (1,),
    (
        field("merchant", "Gasthof Lindwurm"),
        field("total", "84.20", currency="EUR"),
        field("lines", ({"description": "Schnitzel", "amount": "19.80"},)),
    ),
)


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    """These tests kill processes, not the power: waiting for the disk would only make them slow."""
    monkeypatch.setattr("os.fsync", lambda handle: None)
    quick = [setting for setting in database.SETTINGS if "synchronous" not in setting]
    monkeypatch.setattr(database, "SETTINGS", (*quick, "synchronous=OFF"))


@pytest.fixture
def vault(tmp_path):
    return Vault.create(tmp_path / "vault", officer="hr", passphrase=PASSPHRASE, work_factor=2)


@pytest.fixture
def catalog(vault):
    with Catalog.open(vault) as catalog:
        catalog.add_case(CASE)
        yield catalog


def paper(vault, id="d1", case="c1", data=b"%PDF passport of Anna", **more):
    stored = vault.compartment(case).put(data)
    words = {"name": "Eriksson passport.pdf", "received": "2026-11-23T10:00:00", "state": State.FILED, "person": "p1"}
    return Document(**{
        "id": id, "case": case, "media_type": "application/pdf", "size": len(data), "sha256_sealed": stored.name,
        **words, **more,
    })  # fmt: skip


def reopened(vault):
    return Catalog.open(Vault.unlock(vault.folder, PASSPHRASE))


# --- what it keeps


def test_cases_read_back(vault, catalog):
    catalog.add_case(OTHER)
    assert catalog.cases() == [CASE, OTHER]
    assert catalog.case("GM-2026-001") == catalog.case("c1") == CASE
    changed = replace(CASE, people=CASE.people[:1], dates={"start": date(2027, 1, 1)}, route="us/l-1b")
    catalog.replace_case(changed)
    with reopened(vault) as again:
        assert again.case("c1") == changed
    assert vault.compartments() == ["c1", "c2", INBOX]


def test_references_are_taken_once(catalog):
    for taken in (CASE, replace(CASE, id="c9"), replace(CASE, id="c9", reference="c1"), replace(CASE, reference="x")):
        with pytest.raises(InputError):
            catalog.add_case(taken)
    with pytest.raises(InputError):
        catalog.add_case(replace(OTHER, reference=INBOX))
    catalog.add_case(OTHER)
    with pytest.raises(InputError):
        catalog.replace_case(replace(OTHER, reference=CASE.reference))
    with pytest.raises(UnknownNameError):
        catalog.replace_case(replace(CASE, id="c9", reference="new"))


def test_unknown_names(vault, catalog):
    for ask in (
        lambda: catalog.case("c9"),
        lambda: catalog.case(INBOX),
        lambda: catalog.document("d9"),
        lambda: catalog.documents(case="c9"),
        lambda: catalog.records("c9"),
        lambda: catalog.move_document("d9", person="p1"),
        lambda: catalog.replace_records("d9", []),
        lambda: catalog.forget_case("c9"),
        lambda: catalog.add_document(replace(paper(vault), case="c9")),
    ):
        with pytest.raises(UnknownNameError):
            ask()
    assert catalog.record("d9") is None


def test_documents_and_records_read_back(vault, catalog):
    first = paper(vault)
    asked = paper(
        vault, "d2", INBOX, b"receipt", state=State.ASKED, reason="Whose is it?", next_step="Say so.", person=""
    )
    catalog.add_document(first, [PASSPORT, RECEIPT], path_tag="p", content_tag="t")
    catalog.add_document(asked, [RECEIPT])
    with reopened(vault) as again:
        assert again.documents() == [first, asked]
        assert again.documents(case="GM-2026-001") == [first]
        assert again.documents(case=INBOX) == again.documents(state=State.ASKED) == [asked]
        assert again.document("d2") == asked
        read = again.records("c1")
        assert again.record("d1") == read[0]
    assert [each.kind for each in read] == ["passport", "receipt"]
    assert {each.source.document for record in read for each in (*record.fields, *record.rejected)} == {"d1"}
    assert [each.value for each in read[0].fields] == [each.value for each in PASSPORT.fields]
    assert [each.value for each in read[1].fields] == [each.value for each in RECEIPT.fields]
    assert read[0].rejected[0].value == "ERIKSS0N"
    assert read[0].document == "d1"


def test_a_document_is_added_once(vault, catalog):
    catalog.add_document(paper(vault), path_tag="p", content_tag="t")
    with pytest.raises(InputError, match="id"):
        catalog.add_document(paper(vault))
    with pytest.raises(InputError, match="taken in"):
        catalog.add_document(paper(vault, "d2"), path_tag="p", content_tag="t")
    assert [each.id for each in catalog.documents()] == ["d1"]


def test_arrivals_and_originals(vault, catalog):
    assert catalog.arrival("p", "t") is None
    assert catalog.original("t") is None
    first = paper(vault)
    catalog.add_document(first, [PASSPORT], path_tag="p", content_tag="t")
    copy = replace(first, id="d2", duplicate_of="d1")
    catalog.add_document(copy, path_tag="p2", content_tag="t")
    assert catalog.arrival("p", "t") == first
    assert catalog.arrival("p2", "t") == copy
    assert catalog.arrival("p", "t2") is None
    assert catalog.original("t") == first
    assert catalog.find("content", "t") == [("c1", "d1"), ("c1", "d2")]


def test_the_same_content_arrives_for_each_case_it_was_meant_for(vault, catalog):
    catalog.add_case(OTHER)
    first = paper(vault)
    catalog.add_document(first, path_tag="p", content_tag="t", intended="c1")
    assert catalog.arrival("p", "t", "c1") == catalog.arrival("p", "t") == first
    assert catalog.arrival("p", "t", "c2") is None
    second = paper(vault, "d2", "c2", state=State.ASKED)
    catalog.add_document(second, path_tag="p", content_tag="t", intended="c2")
    assert catalog.arrival("p", "t", "c2") == second
    with pytest.raises(InputError, match="taken in"):
        catalog.add_document(paper(vault, "d3", "c2"), path_tag="p", content_tag="t", intended="c2")
    # What was settled elsewhere has arrived all the same, for the case it was meant for and for the one it went to.
    moved = catalog.move_document("d1", case="c2")
    assert catalog.arrival("p", "t", "c1") == moved
    assert catalog.original("t", "c2").case == "c2"
    assert catalog.verify().problems == ()


def test_what_waits_for_its_case_answers_for_every_case(vault, catalog):
    waits = paper(vault, case=INBOX, state=State.ASKED)
    catalog.add_document(waits, path_tag="p", content_tag="t")
    assert catalog.arrival("p", "t", "c1") == waits
    catalog.move_document("d1", state=State.FILED)
    assert catalog.arrival("p", "t", "c1") is None


def test_a_copy_never_points_at_a_file_that_is_gone(vault, catalog):
    catalog.add_case(OTHER)
    first = paper(vault)
    catalog.add_document(first, content_tag="t")
    copy = replace(first, id="d2", duplicate_of="d1")
    catalog.move_document("d1", case="c2", person="p9")
    with pytest.raises(OvertakenError):
        catalog.add_document(copy, content_tag="t")
    catalog.move_document("d1", case="c1", person="p2", state=State.ASKED, next_step="Say.")
    copy = replace(catalog.document("d1"), id="d2", duplicate_of="d1", person="p1", state=State.FILED)
    catalog.add_document(copy, content_tag="t")
    assert (catalog.document("d2").person, catalog.document("d2").state) == ("p2", State.ASKED)
    catalog.forget_case("c1")
    with pytest.raises(OvertakenError):
        catalog.add_document(replace(copy, id="d3"), content_tag="t")
    assert catalog.verify().problems == ()


def test_what_was_read_anew_is_written_with_how_it_stands(vault, catalog):
    first = paper(vault, case=INBOX, state=State.QUARANTINED, reason="Broken.", media_type="application/octet-stream")
    catalog.add_document(first, path_tag="p", content_tag="t")
    catalog.add_document(replace(first, id="d2", duplicate_of="d1"), content_tag="t")
    now = replace(first, case="c1", state=State.FILED, reason="", media_type="application/pdf", sha256_sealed="")
    assert catalog.refile_document(now, [PASSPORT]) == catalog.document("d1")
    filed = catalog.document("d1")
    assert (filed.case, filed.media_type, filed.received) == ("c1", "application/pdf", first.received)
    assert vault.compartment("c1").get(filed.sha256_sealed) == b"%PDF passport of Anna"
    assert [record.kind for record in catalog.records("c1")] == ["passport"]
    assert catalog.document("d2").state is State.FILED
    with pytest.raises(OvertakenError):
        catalog.refile_document(now, [])
    assert catalog.verify().problems == ()


def test_members_of_containers(vault, catalog):
    catalog.add_document(paper(vault, "zip"))
    catalog.add_document(paper(vault, "mail", parent="zip"))
    catalog.add_document(paper(vault, "pdf", INBOX, parent="mail"))
    assert [each.id for each in catalog.members("zip")] == ["mail", "pdf"]
    assert catalog.members("pdf") == []


def test_records_are_read_anew(vault, catalog):
    catalog.add_document(paper(vault), [PASSPORT])
    catalog.replace_records("d1", [RECEIPT, RECEIPT])
    assert [each.kind for each in catalog.records("c1")] == ["receipt", "receipt"]
    assert catalog.find("document-number", "L898902C3") == []
    assert catalog.find("name", "gasthof lindwurm") == [("c1", "d1")]


@pytest.mark.parametrize(
    ("what", "value", "found"),
    [
        ("name", "Anna Maria Eriksson", [("c1", ""), ("c1", "d1")]),
        ("name", "ERIKSSON, Anna-Maria", [("c1", ""), ("c1", "d1")]),
        ("name", "eriksson", [("c1", ""), ("c1", "d1")]),
        ("name", "MUELLER", [("c1", "")]),
        ("name", "Muller", [("c1", "")]),
        ("name", "Jorg Müller", [("c1", "")]),
        ("name", "Anna", []),
        ("name", "", []),
        ("document-number", "l 898902-c3", [("c1", "d1")]),
        ("document-number", "L898902C4", []),
        ("document-number", " ", []),
    ],
)
def test_finding(vault, catalog, what, value, found):
    catalog.add_document(paper(vault), [PASSPORT])
    assert catalog.find(what, value) == found


# --- moving and forgetting


def test_a_document_moves_with_everything(vault, catalog):
    asked = paper(vault, "d1", INBOX, state=State.ASKED, person="", reason="Whose?", next_step="Say.")
    catalog.add_document(asked, [PASSPORT], path_tag="p", content_tag="t")
    copy = replace(asked, id="d2", duplicate_of="d1", name="again.pdf", reason="The same.")
    catalog.add_document(copy, path_tag="p2", content_tag="t")
    moved = catalog.move_document("d1", case="GM-2026-001", person="p1", state=State.FILED, reason="", next_step="")
    assert catalog.document("d1") == moved
    assert (moved.case, moved.person, moved.state, moved.reason) == ("c1", "p1", State.FILED, "")
    assert vault.compartment("c1").get(moved.sha256_sealed) == b"%PDF passport of Anna"
    assert list(vault.store.list()) == [moved.sha256_sealed]
    assert catalog.documents(case=INBOX) == []
    assert catalog.records(INBOX) == []
    assert catalog.records("c1")[0].document == "d1"
    assert catalog.find("document-number", "L898902C3") == [("c1", "d1")]
    after = catalog.document("d2")
    assert (after.case, after.state, after.duplicate_of, after.name) == ("c1", State.FILED, "d1", "again.pdf")
    assert (after.sha256_sealed, after.reason, after.next_step) == (moved.sha256_sealed, "The same.", "")
    assert catalog.arrival("p", "t") == moved
    assert catalog.verify().problems == ()


def test_a_document_changes_in_its_place(vault, catalog):
    first = paper(vault)
    catalog.add_document(first, [PASSPORT])
    assert catalog.move_document("d1", person="p2") == replace(first, person="p2")
    assert catalog.move_document("d1", case="c1", state=State.ASKED, reason="?") == catalog.document("d1")
    assert vault.compartment("c1").get(first.sha256_sealed)
    assert catalog.verify().problems == ()


def test_a_copy_moved_elsewhere_is_a_copy_no_more(vault, catalog):
    catalog.add_case(OTHER)
    first = paper(vault)
    catalog.add_document(first, content_tag="t")
    catalog.add_document(replace(first, id="d2", duplicate_of="d1"), content_tag="t")
    moved = catalog.move_document("d2", case="c2")
    assert moved.duplicate_of == ""
    assert vault.compartment("c2").get(moved.sha256_sealed) == vault.compartment("c1").get(first.sha256_sealed)
    assert catalog.verify().problems == ()


def test_a_forgotten_case_is_gone(vault, catalog):
    catalog.add_case(OTHER)
    catalog.add_document(paper(vault), [PASSPORT], path_tag="p", content_tag="t")
    catalog.add_document(paper(vault, "d2"), [RECEIPT])
    catalog.add_document(paper(vault, "d3", "c2"))
    assert catalog.forget_case("GM-2026-001") == 2
    assert catalog.cases() == [OTHER]
    assert [each.id for each in catalog.documents()] == ["d3"]
    assert catalog.find("name", "Eriksson") == []
    assert catalog.arrival("p", "t") is None
    assert len(list(vault.store.list())) == 1
    with pytest.raises(MissingError):
        vault.compartment("c1")
    events = [entry["event"] for entry in vault.ledger.entries()]
    assert events[-2:] == ["compartment.forgotten", "case.erased"]
    assert catalog.verify().problems == ()


def test_forgetting_empties_the_archives_that_held_the_cases_papers(vault, catalog):
    catalog.add_case(OTHER)
    zipped = b"PK passport of a forgotten person"

    def put(id, case, data=zipped, **more):
        original = more.get("duplicate_of")
        blob = catalog.document(original).sha256_sealed if original else vault.compartment(case).put(data).name
        catalog.add_document(
            Document(id, case, id, "application/zip", len(data), blob, "2026-11-01", State.FILED, **more),
            path_tag=f"path {id}",
            content_tag=f"content {id}",
        )

    put("outer", INBOX)
    put("again", INBOX, duplicate_of="outer")
    put("inner", "c2", parent="outer")
    put("passport", "c1", parent="inner")
    put("other", "c2", b"a paper of another case", parent="inner")
    put("apart", INBOX, b"an archive of others")
    catalog.forget_case("c1")
    kept = {each.id: vault.compartment(each.case).get(each.sha256_sealed) for each in catalog.documents()}
    assert kept == {
        "outer": b"",
        "again": b"",
        "inner": b"",
        "other": b"a paper of another case",
        "apart": b"an archive of others",
    }
    assert "erased" in catalog.document("outer").reason
    held = [vault.store.get(name) for name in vault.store.list()]
    assert len(held) == 5
    assert not catalog.verify().problems


def test_the_ledger_tells_what_happened(vault, catalog):
    catalog.add_document(paper(vault), [PASSPORT])
    catalog.move_document("d1", case=INBOX)
    told = [(entry["event"], entry.get("fact.case", "")) for entry in vault.ledger.entries()]
    assert told == [
        ("roll", ""),
        ("vault.created", ""),
        ("compartment.created", ""),
        ("catalogue.created", ""),
        ("compartment.created", ""),
        ("case.added", "c1"),
        ("document.filed", "c1"),
        ("document.moved", INBOX),
    ]


def test_strays_of_a_killed_intake_are_swept(vault, catalog, monkeypatch):
    catalog.add_document(paper(vault))
    vault.compartment(INBOX).put(b"sealed, and then the process was killed")
    assert catalog.sweep() == 0
    monkeypatch.setattr("toolkit.catalog.catalog._DAY_SECONDS", -1)
    assert catalog.sweep() == 1
    assert catalog.verify().problems == ()


def test_many_threads_share_a_catalogue(vault, catalog):
    def work(number):
        document = paper(vault, f"d{number}", data=bytes([number]))
        catalog.add_document(document, [PASSPORT], path_tag=f"p{number}", content_tag=f"t{number}")
        return catalog.arrival(f"p{number}", f"t{number}") == document and len(catalog.documents(case="c1")) > 0

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(work, range(30)))
    assert len(catalog.documents()) == 30
    assert catalog.verify().problems == ()


def test_two_programs_share_a_catalogue(vault, catalog):
    with reopened(vault) as other:

        def work(number):
            (catalog, other)[number % 2].add_document(paper(vault, f"d{number}", data=bytes([number])), [RECEIPT])

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, range(16)))
        assert len(other.documents()) == len(catalog.documents()) == 16
        assert other.verify().problems == ()


# --- what the disk shows


def test_nothing_personal_is_in_clear(vault, catalog):
    long = "Lindwurmstrasse 7, betreten auf eigene Gefahr"
    stated = field("authority", long)
    catalog.add_document(
        paper(vault, reason="The name Eriksson on it matches nobody", name="Annas Pass.pdf", data=long.encode() * 50),
        [replace(PASSPORT, fields=(*PASSPORT.fields, stated)), RECEIPT],
        path_tag=vault.keyed_hash("path", b"Annas Pass.pdf"),
        content_tag=vault.keyed_hash("content", long.encode()),
    )
    catalog.add_document(paper(vault, "d2", INBOX, name="Mueller.zip"), [PASSPORT])
    catalog.move_document("d2", case="c1", person="p2")
    catalog.verify()
    secret = [
        "eriksson", "anna", "maria", "müller", "mueller", "jörg", "l898902c3", "1974-08-12", "740812", "uto",
        "weyland", "lindwurm", "gefahr", "schnitzel", "84.20", "pass.pdf", ".zip", "passport", "receipt", "2026-12-01",
    ]  # fmt: skip
    files = [path for path in vault.folder.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"catalog.db", "catalog.db-wal", "ledger.jsonl"}
    for path in files:
        data = path.read_bytes().lower()
        if path.name in ("ledger.jsonl", "public.json", "vault.json", "ledger-head.json"):
            data = data.replace(b"signature", b"")
        # Short words meet by chance in random bytes; in these sizes five letters and more do not.
        shown = [word for word in secret if len(word.encode()) >= 5 and word.encode() in data]
        shown += [word for word in secret if len(word.encode()) >= 5 and word.encode("utf-16-le") in data]
        assert shown == [], path.name
        assert not any(word in path.name.lower() for word in secret)
        assert path.stat().st_mode & 0o077 == 0 or path.suffix == ".lock"


# --- what somebody with sqlite3 can try


def filled(vault, catalog):
    """Rows in every table, and two of each where they can be swapped."""
    catalog.add_case(OTHER)
    catalog.add_document(paper(vault), [PASSPORT, RECEIPT], path_tag="p", content_tag="t")
    catalog.add_document(paper(vault, "d2", "c2", b"2"), [PASSPORT], path_tag="p2", content_tag="t2")
    for case, text in (("c1", "Rang the embassy."), ("c1", "Rang again."), ("c2", "Rang the embassy.")):
        catalog.log.append(case, Said(What.NOTE, text))
    catalog.close()


def look(vault):
    """Read everything there is, as the verbs do."""
    with reopened(vault) as catalog:
        for case in catalog.cases():
            catalog.documents(case=case.id)
            catalog.records(case.id)
            catalog.log.entries(case.id)
        catalog.arrival("p", "t")
        catalog.arrival("p2", "t2")
        catalog.find("document-number", "L898902C3")
        catalog.find("name", "Eriksson")
        catalog.find("name", "Jörg Müller")
        catalog.find("name", "Müller")
        catalog.find("name", "Anna Maria Eriksson")
        catalog.find("name", "Gasthof Lindwurm")


def attack(vault, *statements):
    connection = sqlite3.connect(vault.folder / "catalog.db")
    connection.executescript("PRAGMA foreign_keys=OFF;" + ";".join(statements))
    connection.commit()
    connection.close()


def columns():
    with tempfile.TemporaryDirectory() as folder:
        made = Sqlite(Path(folder) / "catalog.db")
        for step in schema.MIGRATIONS:
            step(made)
        for table in schema.KEYS:
            if table != "pending":
                yield from ((table, row["name"], row["type"]) for row in made.execute(f"PRAGMA table_info({table})"))
        made.close()


@pytest.mark.parametrize(("table", "column", "kind"), list(columns()))
def test_a_change_of_any_column_is_noticed(vault, catalog, table, column, kind):
    filled(vault, catalog)
    look(vault)
    new = {"TEXT": f"{column} || 'x'", "INTEGER": f"{column} + 1", "BLOB": f"CAST({column} || 'x' AS BLOB)"}[kind]
    # The last row of each table is one that `look` meets.
    attack(vault, f"UPDATE {table} SET {column} = {new} WHERE rowid = (SELECT max(rowid) FROM {table})")  # noqa: S608
    with pytest.raises(TamperedError) as caught:
        look(vault)
    assert "Eriksson" not in str(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents SET case_id = 'c2' WHERE id = 'd1'",
        "UPDATE records SET case_id = 'c2' WHERE document_id = 'd1'",
        "UPDATE records SET number = 1 - number + 2 WHERE document_id = 'd1'",
        "UPDATE records SET sealed = (SELECT sealed FROM records WHERE number = 1) WHERE number = 0",
        "UPDATE documents SET sealed = (SELECT sealed FROM cases WHERE id = 'c1') WHERE id = 'd1'",
        "UPDATE documents SET (sealed, signature) = (SELECT sealed, signature FROM documents WHERE id = 'd2')",
        "DELETE FROM documents WHERE id = 'd1'",
        "DELETE FROM records WHERE number = 1",
        "DELETE FROM cases WHERE id = 'c2'",
        "DELETE FROM lookups WHERE rowid = 2",
        "DELETE FROM arrivals WHERE path_tag = 'p2'",
        "DELETE FROM heads WHERE scope = 'records/c1'",
        "DELETE FROM heads",
        "DROP TABLE records",
    ],
)
def test_moved_swapped_and_removed_rows_are_noticed(vault, catalog, statement):
    filled(vault, catalog)
    attack(vault, statement)
    with pytest.raises(VaultError):
        look(vault)


def test_removed_look_ups_are_noticed_by_verify_too(vault, catalog):
    filled(vault, catalog)
    attack(vault, "DELETE FROM lookups WHERE rowid = 1")
    with reopened(vault) as again:
        assert [each for each in again.verify().problems if "removed" in each]


def test_an_older_row_put_back_is_noticed(vault, catalog):
    filled(vault, catalog)
    attack(vault, "CREATE TABLE kept AS SELECT * FROM documents", "CREATE TABLE kept_heads AS SELECT * FROM heads")
    with reopened(vault) as again:
        again.move_document("d1", state=State.ASKED, reason="?")
    attack(vault, "INSERT OR REPLACE INTO documents SELECT * FROM kept")
    with pytest.raises(TamperedError, match="older ones"):
        look(vault)
    attack(vault, "INSERT OR REPLACE INTO heads SELECT * FROM kept_heads WHERE scope = 'documents/c1'")
    with pytest.raises(TamperedError, match="older ones"):
        look(vault)


def test_an_older_catalogue_put_back_is_noticed(vault, catalog):
    filled(vault, catalog)
    shutil.copy(vault.folder / "catalog.db", vault.folder.parent / "kept")
    with reopened(vault) as again:
        again.move_document("d1", state=State.ASKED)
    shutil.copy(vault.folder.parent / "kept", vault.folder / "catalog.db")
    with reopened(vault) as again:
        assert any("older than the ledger" in each for each in again.verify().problems)


def test_an_older_ledger_put_back_is_noticed(vault, catalog):
    filled(vault, catalog)
    kept = vault.folder.parent / "kept"
    shutil.copytree(vault.folder, kept)
    with reopened(vault) as again:
        again.move_document("d1", state=State.ASKED)
        assert again.verify().problems == ()
    for name in ("ledger.jsonl", "ledger-head.json"):
        shutil.copy(kept / name, vault.folder / name)
    with reopened(vault) as again:
        assert any("older than the catalogue" in each for each in again.verify().problems)


def test_what_waits_to_be_told_is_no_old_ledger(vault, catalog, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("toolkit.catalog.pending.Pending.do", lambda pending: None)
        catalog.add_document(paper(vault))
        assert catalog.verify().problems == ()
    with reopened(vault) as again:
        assert again.verify().problems == ()
        assert [entry["event"] for entry in vault.ledger.entries()][-1] == "document.filed"


def test_a_removed_catalogue_is_noticed(vault, catalog):
    filled(vault, catalog)
    for name in vault.folder.glob("catalog.db*"):
        name.unlink()
    with pytest.raises(MissingError, match="removed"):
        reopened(vault)


def test_a_damaged_catalogue_is_noticed(vault, catalog):
    filled(vault, catalog)
    (vault.folder / "catalog.db").write_bytes(b"no database at all" * 500)
    with pytest.raises(TamperedError, match="damaged"):
        reopened(vault)


def test_forged_pending_work_is_not_done(vault, catalog):
    filled(vault, catalog)
    blob = next(iter(vault.store.list()))
    attack(vault, f"INSERT INTO pending VALUES (1, 'remove', '{{\"blob\": \"{blob}\"}}', 1, x'00')")  # noqa: S608
    with pytest.raises(TamperedError):
        reopened(vault)
    assert blob in vault.store.list()


def test_verify_misses_sealed_files(vault, catalog):
    document = paper(vault)
    catalog.add_document(document)
    vault.store.delete(document.sha256_sealed)
    assert f"store: {document.sha256_sealed} is missing" in catalog.verify().problems


def test_verify_leaves_a_damaged_ledger_to_the_vault(vault, catalog):
    ledger = vault.folder / "ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes().replace(b"case.added", b"case.lost!"))
    assert len(catalog.verify().problems) == 1


# --- migrations, failures, kills


def test_the_database_is_set_up_to_last(vault, catalog, monkeypatch):
    monkeypatch.undo()
    with reopened(vault) as again:
        found = [
            again._database.execute(f"PRAGMA {name}")[0] for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
        assert found == [{"journal_mode": "wal"}, {"synchronous": 2}, {"foreign_keys": 1}]


def test_a_newer_catalogue_is_refused(vault, catalog):
    catalog.close()
    attack(vault, "INSERT INTO migrations VALUES ('from_the_future', '')")
    with pytest.raises(VaultError, match="newer version"):
        reopened(vault)


def test_a_migration_is_whole_or_not_at_all(vault, catalog, monkeypatch):
    catalog.close()

    def half(connection):
        connection.execute("CREATE TABLE half (a)")
        raise KeyError

    def next_step(connection):
        connection.execute("CREATE TABLE next (a)")

    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, half))
    with pytest.raises(KeyError):
        reopened(vault)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS[:-1], next_step))
    reopened(vault).close()
    with reopened(vault) as again:
        names = {row["name"] for row in again._database.execute("SELECT name FROM sqlite_schema")}
    assert "next" in names
    assert "half" not in names


def test_a_busy_catalogue_says_so(vault, catalog):
    catalog._database.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(vault.folder / "catalog.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(VaultError, match="just now"):
        catalog.add_document(paper(vault))
    other.close()
    catalog.add_document(paper(vault))


class Killed(BaseException):
    pass


def read_again(catalog):
    asked = catalog.move_document("d2", state=State.ASKED)
    catalog.refile_document(replace(asked, case="c1", state=State.FILED), [RECEIPT])


ACTIONS = {
    "file": lambda vault, c: c.add_document(paper(vault, "d9", data=b"9"), [RECEIPT], path_tag="p9", content_tag="t9"),
    "move": lambda vault, c: c.move_document("d1", case="c2"),
    "read": lambda vault, c: read_again(c),
    "forget": lambda vault, c: c.forget_case("c1"),
    "add": lambda vault, c: c.add_case(Case("c9", "GM-9", "us/l-1a", (), {})),
}


@pytest.mark.parametrize("action", list(ACTIONS))
def test_a_kill_at_any_step_loses_nothing_and_doubles_nothing(vault, catalog, tmp_path, monkeypatch, action):
    filled(vault, catalog)
    left = [10**9]

    def step(function):
        def counted(*args, **kwargs):
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return function(*args, **kwargs)

        return counted

    for owner, name in [
        (rows.Rows, "insert"), (rows.Rows, "replace"), (rows.Rows, "remove"), (rows.Rows, "_write_heads"),
        (Vault, "forget"), (Vault, "new_compartment"), (type(vault.store), "put"), (type(vault.store), "delete"),
        (type(vault.ledger), "append"),
    ]:  # fmt: skip
        monkeypatch.setattr(owner, name, step(getattr(owner, name)))
    for steps in range(300):
        folder = tmp_path / str(steps)
        shutil.copytree(vault.folder, folder)
        with Catalog.open(Vault.unlock(folder, PASSPHRASE)) as again:
            left[0] = steps
            try:
                ACTIONS[action](again._vault, again)
                done = True
            except Killed:
                done = False
            left[0] = 10**9
        after(folder, action)
        shutil.rmtree(folder)
        if done:
            assert steps > 4
            return
    pytest.fail("the action never came to its end")


def after(folder, action):
    with Catalog.open(Vault.unlock(folder, PASSPHRASE)) as again:
        assert again.verify().problems == ()
        documents = {each.id: each for each in again.documents()}
        for each in documents.values():
            assert again._vault.compartment(each.case).get(each.sha256_sealed)
        assert ("d9" in documents) == (again.arrival("p9", "t9") is not None)
        # Run again what was killed: it either still has to be done, or says that it was.
        try:
            ACTIONS[action](again._vault, again)
        except (InputError, UnknownNameError):
            assert action in ("file", "forget", "add")
        assert again.verify().problems == ()
        assert len(again.documents()) == {"file": 3, "move": 2, "read": 2, "forget": 1, "add": 2}[action]
