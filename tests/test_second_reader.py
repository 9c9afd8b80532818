"""What was written from the format's page alone reads what the program writes, and notices what was changed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from cryptography.exceptions import InvalidSignature

from tests.second_reader import Reader, name_form
from tests.vault_team import GRANTED, LEAD, OTHER, PEOPLE, Team, make
from toolkit.case_log_entries import Said, What
from toolkit.catalog import Catalog
from vault import Role, audit, recovery, rotating

GOLDEN = Path(__file__).parent / "vectors" / "vault-2"


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    """A vault with all that the page tells of: entries in a log, new keys of all kinds, somebody who left, shares."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda handle: None)
        made = make(tmp_path_factory.mktemp("team") / "vault")
        lead = made.unlock(Role.LEAD)
        with Catalog.open(lead) as catalog:
            for text in ("Rang the embassy.", "They ring back."):
                catalog.log.append(GRANTED, Said(What.NOTE, text))
            recovery.set_up(lead.parts, [PEOPLE[Role.AUDITOR], PEOPLE[Role.SPECIALIST]], 2)
            lead.office.remove(PEOPLE[Role.COUNSEL])
            catalog.rotation.hash_keys()
            catalog.rotation.case(GRANTED)
            catalog.rotation.reseal(OTHER)
            fresh = lead.office.new_keys(LEAD)
            rotating.rekey(lead.parts, fresh, lambda: None)
        made.keys[Role.LEAD] = fresh
        rotating.settle(made.unlock(Role.LEAD).parts)
    return made


def recorded(folder: Path) -> Reader:
    sealed = (folder / "officers" / "hr" / "identity.age").read_bytes()
    return Reader(folder, pyrage.passphrase.decrypt(sealed, "a specimen passphrase").decode())


def copied(to: Path) -> Path:
    """Copy the recorded vault: a database that is only read leaves files beside it all the same."""
    shutil.copytree(GOLDEN, to)
    return to


def test_a_recorded_vault_is_read(tmp_path: Path) -> None:
    reader = recorded(copied(tmp_path / "vault"))
    reader.read_roll()
    assert len(list(reader.ledger())) >= 36
    reader.check_checkpoint((GOLDEN.parent / "vault-2-checkpoint.txt").read_text("utf-8"))
    rows = reader.catalogue()
    (document,) = rows["documents"]
    assert reader.original("c1", document["blob"]) == b"the original\n"
    assert reader.opened("c1", document["sealed"])["name"] == "passport.txt"
    assert [each["text"] for each in reader.log("c1", rows["case_log"])] == ["Rang the embassy."]
    tag = reader.found_hash("find/document-number", b"L898902C3", reader.at["find"])
    assert (tag, "d1") in {(each["tag"], each["document_id"]) for each in rows["lookups"]}
    content = reader.found_hash("content", b"the original\n", reader.at["find"])
    path = reader.found_hash("path", b"passport.txt", reader.at["find"])
    assert [(each["path_tag"], each["content_tag"]) for each in rows["arrivals"]] == [(path, content)]


def test_a_vault_of_today_is_read(team: Team) -> None:
    reader = Reader(team.folder, team.keys[Role.LEAD].text())
    reader.read_roll()
    list(reader.ledger())
    reader.check_checkpoint(audit.checkpoint(team.unlock(Role.LEAD).parts).whole)
    rows = reader.catalogue()
    for document in rows["documents"]:
        case = document["case_id"]
        assert reader.original(case, document["blob"]) == f"paper of {case}".encode()
        assert reader.opened(case, document["sealed"])["name"] == f"d-{case}.pdf"
    said = reader.opened(GRANTED, next(each["sealed"] for each in rows["cases"] if each["id"] == GRANTED))
    assert (said["people"][0]["surname"], said["people"][0]["birth_date"]) == ("Eriksson", "1974-08-12")
    assert [each["text"] for each in reader.log(GRANTED, rows["case_log"])] == ["Rang the embassy.", "They ring back."]
    tag = reader.found_hash("find/name", name_form("Anna Maria Eriksson").encode(), reader.at["find"])
    assert {each["case_id"] for each in rows["lookups"] if each["tag"] == tag} == {GRANTED, OTHER}


def spoilt(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)


def told(statement: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        connection = sqlite3.connect(folder / "catalog.db")
        connection.execute(statement)
        connection.commit()
        connection.close()

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: spoilt(folder, "access.jsonl"),
        lambda folder: spoilt(folder, "ledger.jsonl"),
        lambda folder: spoilt(folder, "ledger-head.json"),
        lambda folder: spoilt(folder, "secrets/sum/hr.age"),
        told("DELETE FROM lookups WHERE rowid = 1"),
        told("UPDATE cases SET reference = 'GM-2' WHERE id = 'c1'"),
        told("DELETE FROM heads WHERE scope = 'cases'"),
    ],
)
def test_it_notices_what_the_page_says_is_noticed(tmp_path: Path, change: Callable[[Path], None]) -> None:
    folder = copied(tmp_path / "vault")
    change(folder)
    with pytest.raises((AssertionError, InvalidSignature, ValueError, KeyError, pyrage.DecryptError)):
        reader = recorded(folder)
        reader.read_roll()
        list(reader.ledger())
        reader.catalogue()
