"""A vault and catalogue recorded when their format was new still open; if not, the format was changed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from toolkit.catalog import INBOX, Catalog
from toolkit.model import State
from vault import Vault

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
        assert catalog.arrival(*tags) == document
    assert vault.compartments() == ["c1", INBOX]
