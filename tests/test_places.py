"""Moving a vault between a folder, a bucket and PostgreSQL, and backing it up: real servers, kills in between."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conformance.test_catalog import a_case, paper
from toolkit import backup, backup_place, moving, places
from toolkit.catalog.database import Sqlite
from toolkit.cli import mobility
from toolkit.errors import InputError, UnknownNameError
from toolkit.places import HERE, Places, unseen
from vault import MissingError, TamperedError, Vault, VaultError

PASSPHRASE = "a passphrase"


@pytest.fixture
def folder(tmp_path):
    Vault.create(tmp_path / "vault", officer="ada", passphrase=PASSPHRASE, work_factor=2)
    with places.opened(unlock(tmp_path / "vault")) as catalog:
        for number in (1, 2):
            catalog.add_case(a_case(number))
        for number in range(6):
            catalog.add_document(paper(catalog._vault, f"d{number}", f"c{number % 2 + 1}"))
    return tmp_path / "vault"


def unlock(folder):
    return Vault.unlock(folder, PASSPHRASE)


def whole(folder, documents=6):
    vault = unlock(folder)
    with places.opened(vault) as catalog:
        found = catalog.documents()
        assert len(found) == documents
        for document in found:
            assert vault.compartment(document.case).get(document.sha256_sealed) == document.id.encode()
        return catalog.verify().problems == ()


def moved(folder, to):
    vault = unlock(folder)
    with places.opened(vault) as catalog:
        return moving.move(vault, catalog, to, progress=unseen)


@pytest.mark.parametrize("which", ["store", "catalog", "both"])
def test_a_vault_moves_there_and_back(folder, bucket_url, database_url, which):
    there = Places(
        bucket_url if which != "catalog" else HERE,
        database_url if which != "store" else HERE,
    )
    done = moved(folder, there)
    assert (done.blobs >= 6) is (which != "catalog")
    assert (done.rows > 10) is (which != "store")
    assert whole(folder)
    assert places.read(unlock(folder)) == there
    assert (folder / "catalog.db").exists() is (which == "store")
    assert bool(list((folder / "store").glob("??/*"))) is (which == "catalog")
    moved(folder, Places())
    assert whole(folder)
    assert (folder / "catalog.db").exists()


class Killed(BaseException):
    pass


@pytest.mark.parametrize("at", range(4))
def test_a_move_that_is_killed_goes_on_when_run_again(folder, bucket_url, database_url, monkeypatch, at):
    there = Places(bucket_url, database_url)
    steps = [
        (places, "write"),  # all copied, nothing switched
        (moving.places, "database"),
        (Sqlite, "commit"),  # switched, old rows not taken out
        (moving, "_tidy"),
    ]
    with monkeypatch.context() as patched:
        holder, name = steps[at]
        vault = unlock(folder)
        with places.opened(vault) as catalog:

            def kill(*_args, **_words):
                raise Killed

            patched.setattr(holder, name, kill)
            with pytest.raises(Killed):
                moving.move(vault, catalog, there, progress=unseen)
    assert whole(folder)
    moved(folder, there)
    assert whole(folder)
    assert places.read(unlock(folder)) == there
    assert not list((folder / "store").glob("??/*"))
    assert not (folder / "catalog.db").exists()


def test_a_program_that_has_the_old_catalogue_open_writes_nothing_there(folder, database_url):
    late = unlock(folder)
    with places.opened(late) as catalog:
        moved(folder, Places(catalog=database_url))
        with pytest.raises(VaultError):
            catalog.add_document(paper(late, "late", "c1"))
    assert whole(folder)


def test_a_place_that_is_taken_or_forged_is_refused(folder, database_url, tmp_path):
    moved(folder, Places(catalog=database_url))
    Vault.create(tmp_path / "other", officer="eve", passphrase=PASSPHRASE, work_factor=2)
    with pytest.raises(InputError, match="already"):
        moved(tmp_path / "other", Places(catalog=database_url))
    said = json.loads((folder / places.FILE).read_text())
    (folder / places.FILE).write_text(json.dumps({**said, "store": "s3://elsewhere"}))
    with pytest.raises(TamperedError):
        places.read(unlock(folder))


# --- backups


@pytest.fixture(params=["folder", "bucket"])
def at(request, tmp_path):
    return str(tmp_path / "backups") if request.param == "folder" else request.getfixturevalue("bucket_url")


def back_up(folder, place, work):
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    vault = unlock(folder)
    with places.opened(vault) as catalog:
        return backup.take(vault, catalog, place, work, progress=unseen)


def test_a_backup_is_incremental_and_restores(folder, at, tmp_path):
    place = backup_place.place(at)
    first = back_up(folder, place, tmp_path / "work")
    assert first.new == first.blobs
    with places.opened(unlock(folder)) as catalog:
        catalog.add_document(paper(catalog._vault, "d9", "c1"))
    second = back_up(folder, place, tmp_path / "work")
    assert (second.new, second.blobs) == (1, first.blobs + 1)
    for name, documents in ((first.name, 6), (second.name, 7)):
        target = tmp_path / name
        backup.restore(place, name, target, progress=unseen)
        backup.check(unlock(target))
        backup.settle(unlock(target))
        assert whole(target, documents)
    (tmp_path / "drill").mkdir()
    keys = unlock(folder).parts.keys
    assert backup.drill(place, backup.latest(place, tmp_path), keys, tmp_path / "drill", progress=unseen).problems == ()


def test_a_vault_that_lies_elsewhere_is_backed_up_the_same(folder, at, tmp_path, database_url, request):
    moved(folder, Places(catalog=database_url))
    place = backup_place.place(at)
    name = back_up(folder, place, tmp_path / "work").name
    backup.restore(place, name, tmp_path / "restored", progress=unseen)
    backup.settle(unlock(tmp_path / "restored"))
    assert whole(tmp_path / "restored")
    assert places.read(unlock(tmp_path / "restored")) == Places()


def test_an_erased_case_is_in_older_snapshots_until_they_expire(folder, at, tmp_path):
    place = backup_place.place(at)
    old = back_up(folder, place, tmp_path / "work").name
    with places.opened(unlock(folder)) as catalog:
        catalog.forget_case("GM-1")
    new = back_up(folder, place, tmp_path / "work").name
    (tmp_path / "look").mkdir()
    assert backup.holding(place, "c1", tmp_path / "look") == [old]
    assert backup.holding(place, "c2", tmp_path / "look") == [old, new]
    ours = unlock(folder).parts.keys.vault
    # Those of another vault at the same place are not in the way, and stay.
    assert backup.expire(place, "0" * 32, 1, tmp_path / "look") == ([], 0)
    gone, blobs = backup.expire(place, ours, 1, tmp_path / "look")
    assert (gone, blobs) == ([old], 3)
    assert backup.holding(place, "c1", tmp_path / "look") == []
    backup.restore(place, new, tmp_path / "restored", progress=unseen)
    with pytest.raises(InputError, match="At least one"):
        backup.expire(place, ours, 0, tmp_path / "look")


def test_snapshots_of_another_vault_at_the_same_place_stay(folder, tmp_path):
    other = tmp_path / "other"
    Vault.create(other, officer="eve", passphrase=PASSPHRASE, work_factor=2)
    place = backup_place.place(str(tmp_path / "backups"))
    name = back_up(folder, place, tmp_path / "work").name
    mine = [back_up(other, place, tmp_path / "work").name for _ in range(2)]
    (tmp_path / "look").mkdir()
    gone, _ = backup.expire(place, unlock(other).parts.keys.vault, 1, tmp_path / "look")
    assert gone == mine[:1]
    assert place.snapshots() == [name, mine[1]]
    assert backup.latest(place, tmp_path / "look", unlock(folder).parts.keys.vault) == name
    with pytest.raises(InputError, match="several vaults"):
        backup.latest(place, tmp_path / "look")
    backup.restore(place, name, tmp_path / "restored", progress=unseen)
    assert whole(tmp_path / "restored")


def test_a_backup_that_was_changed_is_noticed(folder, tmp_path):
    at = tmp_path / "backups"
    place = backup_place.place(str(at))
    name = back_up(folder, place, tmp_path / "work").name
    blob = next((at / "store").glob("??/*"))
    sealed = blob.read_bytes()
    blob.write_bytes(b"x" + sealed[1:])
    with pytest.raises(TamperedError):
        backup.restore(place, name, tmp_path / "a", progress=unseen)
    blob.unlink()
    with pytest.raises(MissingError):
        backup.restore(place, name, tmp_path / "a", progress=unseen)
    blob.write_bytes(sealed)
    backup.restore(place, name, tmp_path / "a", progress=unseen)  # goes on where it stopped
    backup.check(unlock(tmp_path / "a"))
    packed = at / "snapshots" / name
    whole_tar = packed.read_bytes()
    packed.write_bytes(whole_tar.replace(b'"rows":', b'"rowz":'))
    with pytest.raises(TamperedError):
        backup.restore(place, name, tmp_path / "b", progress=unseen)
    changed = whole_tar.replace(b'"made":"2', b'"made":"3')
    packed.write_bytes(changed)
    backup.restore(place, name, tmp_path / "c", progress=unseen)
    with pytest.raises(TamperedError):  # an officer signed another manifest
        backup.check(unlock(tmp_path / "c"))


def test_restoring_another_snapshot_after_an_interruption_starts_afresh(folder, tmp_path):
    at = tmp_path / "backups"
    place = backup_place.place(str(at))
    old = back_up(folder, place, tmp_path / "work").name
    with places.opened(unlock(folder)) as catalog:
        catalog.forget_case("GM-1")
    new = back_up(folder, place, tmp_path / "work").name
    blob = next((at / "store").glob("??/*"))
    sealed = blob.read_bytes()
    blob.unlink()
    with pytest.raises(MissingError):
        backup.restore(place, old, tmp_path / "again", progress=unseen)
    blob.parent.mkdir(exist_ok=True)
    blob.write_bytes(sealed)
    backup.restore(place, new, tmp_path / "again", progress=unseen)
    backup.settle(unlock(tmp_path / "again"))
    assert whole(tmp_path / "again", 3)


def test_names_of_snapshots_are_checked(tmp_path):
    place = backup_place.place(str(tmp_path / "backups"))
    for name in ("../../etc/passwd", "", "20261126T090000.000000Z-0123abcd.tar"):
        with pytest.raises(UnknownNameError):
            place.get(name, tmp_path / "x")
    with pytest.raises(UnknownNameError, match="Make one"):
        backup.latest(place, tmp_path)


def test_a_folder_that_is_not_empty_is_not_restored_over(folder, tmp_path):
    place = backup_place.place(str(tmp_path / "backups"))
    name = back_up(folder, place, tmp_path / "work").name
    with pytest.raises(InputError, match="not empty"):
        backup.restore(place, name, folder, progress=unseen)


# --- the verbs


def run(folder, *words, code=0):
    environment = {"MOBILITY_PASSPHRASE": PASSPHRASE, "MOBILITY_VAULT": str(folder)}
    done = CliRunner().invoke(mobility, ["vault", *words], env=environment, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    assert (done.return_value or 0) == code, done.output
    return done.output


def test_the_verbs_move_back_up_and_restore(folder, bucket_url, database_url, tmp_path):
    at = str(tmp_path / "backups")
    assert "rows moved" in run(folder, "move", "--store", bucket_url, "--catalog", database_url)
    assert json.loads(run(folder, "verify", "--json"))["problems"] == []
    taken = json.loads(run(folder, "backup", at, "--json"))
    assert taken["blobs"] == taken["new"]
    assert taken["snapshot"] in run(folder, "snapshots", at)
    assert json.loads(run(folder, "snapshots", at, "--holding", "c1", "--json"))[0]["snapshot"] == taken["snapshot"]
    assert json.loads(run(folder, "drill", at, "--json"))["problems"] == []
    assert json.loads(run(tmp_path / "again", "restore", at, "--json"))["problems"] == []
    assert whole(tmp_path / "again")
    erased = json.loads(run(folder, "forget", "GM-2", "--order", "a request", "--backup", at, "--yes", "--json",
                            "--out", str(tmp_path)))  # fmt: skip
    assert taken["snapshot"] in Path(erased["certificate"]).read_text()
    run(folder, "backup", at, "--keep", "1", "--json")
    assert len(json.loads(run(folder, "snapshots", at, "--json"))) == 1
    with pytest.raises(InputError, match="Where to"):
        run(folder, "move")
    # SQLite's file went with the move.
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect(f"file:{folder / 'catalog.db'}?mode=ro", uri=True).execute("SELECT 1 FROM cases")
