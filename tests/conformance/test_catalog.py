"""A catalogue in SQLite and in a real PostgreSQL: the same life, the same attacks, the same answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from toolkit.catalog import INBOX, Catalog, copying
from toolkit.catalog.database import Sqlite
from toolkit.catalog.postgresql import PostgreSQL, Server
from toolkit.errors import InputError, UnknownNameError
from toolkit.model import Case, Document, Person, State
from vault import MissingError, TamperedError, Vault

ADA = Person("principal", "principal", "Eriksson", "Ada")


@pytest.fixture
def vault(tmp_path):
    return Vault.create(tmp_path / "vault", officer="ada", passphrase="a passphrase", work_factor=2)


@pytest.fixture(params=["sqlite", "postgresql"])
def connected(request, tmp_path):
    """A function that opens one more connection to the same, at first empty, database."""
    if request.param == "sqlite":
        return lambda: Sqlite(tmp_path / "elsewhere.db")
    server = Server.parse(request.getfixturevalue("database_url"))
    return lambda: PostgreSQL(server)


def a_case(number):
    return Case(f"c{number}", f"GM-{number}", "us/l-1a", (ADA,), {})


def paper(vault, id, case=INBOX):
    stored = vault.compartment(case).put(id.encode())
    words = {"name": f"{id}.pdf", "received": "2026-11-26T09:00:00", "state": State.FILED, "person": "principal"}
    return Document(id=id, case=case, media_type="application/pdf", size=9, sha256_sealed=stored.name, **words)


def test_a_catalogue_lives_through_its_life(vault, connected):
    with Catalog.open(vault, connected()) as catalog:
        for number in (1, 2):
            catalog.add_case(a_case(number))
        catalog.add_document(paper(vault, "d1", "c1"), path_tag="p", content_tag="t")
        catalog.add_document(paper(vault, "d2", "c2"))
        assert catalog.find("name", "Eriksson") == [("c1", ""), ("c2", "")]
    with Catalog.open(vault, connected()) as again:
        assert [case.reference for case in again.cases()] == ["GM-1", "GM-2"]
        assert [document.id for document in again.documents()] == ["d1", "d2"]
        assert again.verify().problems == ()
        with pytest.raises(InputError, match="of that reference already"):
            again.add_case(Case("c9", "GM-1", "us/l-1a", (ADA,), {}))
        assert again.forget_case("GM-1") == 1
        assert again.verify().problems == ()
        with pytest.raises(UnknownNameError):
            again.case("GM-1")


def test_eight_writers_at_once(vault, connected):
    Catalog.open(vault, connected()).close()

    def work(number):
        with Catalog.open(vault, connected()) as catalog:
            catalog.add_case(a_case(number))
            for paper_number in range(3):
                catalog.add_document(paper(vault, f"d{number}-{paper_number}", f"c{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    with Catalog.open(vault, connected()) as catalog:
        assert len(catalog.cases()) == 8
        assert len(catalog.documents()) == 24
        assert catalog.verify().problems == ()


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE cases SET reference = 'GM-9' WHERE id = 'c1'",
        "UPDATE documents SET state = 'asked'",
        "UPDATE documents SET case_id = 'c2' WHERE id = 'd1'",
        "DELETE FROM documents WHERE id = 'd1'",
        "DELETE FROM lookups",
        "DELETE FROM arrivals",
    ],
)
def test_what_somebody_does_in_the_database_is_noticed(vault, connected, attack):
    with Catalog.open(vault, connected()) as catalog:
        for number in (1, 2):
            catalog.add_case(a_case(number))
        catalog.add_document(paper(vault, "d1", "c1"), path_tag="p", content_tag="t")
    database = connected()
    unbound = "PRAGMA foreign_keys=OFF" if isinstance(database, Sqlite) else "SET session_replication_role = replica"
    database.execute(unbound)
    database.execute(attack)
    database.close()

    def look():
        with Catalog.open(vault, connected()) as catalog:
            assert catalog.verify().problems
            raise TamperedError("noticed")

    with pytest.raises(TamperedError):
        look()


def test_a_catalogue_that_is_gone_is_missed(vault, connected):
    Catalog.open(vault, connected()).close()
    database = connected()
    copying.empty(database)
    database.close()
    with pytest.raises(MissingError):
        Catalog.open(vault, connected())


def test_a_copy_is_the_same_catalogue(vault, connected, tmp_path, monkeypatch):
    with Catalog.open(vault, connected()) as catalog:
        catalog.add_case(a_case(1))
        for number in range(5):
            catalog.add_document(paper(vault, f"d{number}", "c1"))
    monkeypatch.setattr(copying, "_BATCH", 2)
    source, target = connected(), Sqlite(tmp_path / "copy.db")
    source.begin(writing=True)
    assert copying.copy(source, target, "v1") > 10
    assert copying.copy(source, target, "v1") > 10  # as after a kill
    with pytest.raises(InputError, match="already"):
        copying.copy(source, target, "v2")
    source.rollback()
    source.close()
    target.close()
    with Catalog.open(vault, Sqlite(tmp_path / "copy.db")) as copied:
        assert len(copied.documents()) == 5
        assert copied.verify().problems == ()
