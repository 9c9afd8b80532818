"""A vault and catalogue recorded when their format was new still open; if not, the format was changed."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from toolkit.catalog import INBOX, Catalog
from toolkit.model import State
from vault import TamperedError, Vault

GOLDEN = Path(__file__).parent / "vectors" / "vault-1"


@pytest.mark.parametrize(("officer", "passphrase"), [("hr", "a specimen passphrase"), ("counsel", "another specimen")])
def test_the_first_format_opens(tmp_path, officer, passphrase):
    folder = tmp_path / "vault"
    shutil.copytree(GOLDEN, folder)
    vault = Vault.unlock(folder, passphrase)
    assert vault.officer == officer
    with Catalog.open(vault) as catalog:
        assert catalog.verify().problems == ()
        (case,) = catalog.cases()
        assert (case.reference, case.people[0].surname, case.dates["start"]) == (
            "GM-2026-001",
            "ERIKSSON",
            date(2026, 12, 1),
        )
        (document,) = catalog.documents()
        assert (document.name, document.state) == ("passport.txt", State.FILED)
        assert vault.compartment(document.case).get(document.sha256_sealed) == b"the original\n"
        (record,) = catalog.records(case.id)
        assert record.fields[0].value == "L898902C3"
        assert catalog.find("document-number", "L898902C3") == [("c1", "d1")]
        tags = vault.keyed_hash("path", b"passport.txt"), vault.keyed_hash("content", b"the original\n")
        assert catalog.arrival(*tags) == catalog.arrival(*tags, "c1") == document
        # For which case it was meant was not written down then; it lies in another one.
        assert catalog.arrival(*tags, "c2") is None
        assert catalog.verify().problems == ()
    assert vault.compartments() == ["c1", INBOX]


@pytest.mark.parametrize("meant", ["''", "'c1'"])
def test_no_intention_can_be_added_to_an_old_arrival(tmp_path, meant):
    folder = tmp_path / "vault"
    shutil.copytree(GOLDEN, folder)
    vault = Vault.unlock(folder, "a specimen passphrase")
    Catalog.open(vault).close()
    connection = sqlite3.connect(folder / "catalog.db")
    connection.execute(f"UPDATE arrivals SET intended = {meant}")  # noqa: S608
    connection.commit()
    connection.close()
    tags = vault.keyed_hash("path", b"passport.txt"), vault.keyed_hash("content", b"the original\n")
    with Catalog.open(vault) as catalog:
        with pytest.raises(TamperedError):
            catalog.arrival(*tags)
        assert catalog.verify().problems
