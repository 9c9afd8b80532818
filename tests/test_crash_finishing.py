"""What is begun and not ended is ended by whoever opens the vault next: grants carried out, revocations, moves."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from tests.vault_campaign import PASSPHRASES, look, small, unlocked
from tests.vault_campaign_work import (
    COPY,
    ELSEWHERE,
    LEAVING,
    OPERATIONS,
    done,
    elsewhere,
    granted_by_an_administrator,
    joined,
    problems_beside,
)
from toolkit import backup, backup_place, moving, places
from toolkit.catalog import copying
from toolkit.catalog.postgresql import PostgreSQL, Server
from toolkit.catalog.transfer import clear
from toolkit.errors import InputError, OvertakenError
from toolkit.places import HERE, Places
from vault import FolderStore, TamperedError, VaultError, carrying, files, office, wraps
from vault.compartments import Compartments
from vault.ledger import Ledger

THERE = Places(store="s3://elsewhere/papers")


class Killed(BaseException):
    """What a test kills a program with."""


@pytest.fixture(autouse=True)
def stand_in() -> Iterator[None]:
    with elsewhere():
        yield


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory.mktemp("built") / COPY)


@pytest.fixture
def root(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / COPY)
    return tmp_path


def killed(root: Path, operation: str, holder: object, name: str, *, after: bool = False) -> None:
    """Do an operation that is killed before (or *after*) the function of that name of *holder*."""
    real = getattr(holder, name)

    def kill(*arguments: object, **named: object) -> None:
        if after:
            real(*arguments, **named)
        raise Killed

    with mock.patch.object(holder, name, kill), pytest.raises(Killed):
        done(root, OPERATIONS[operation])


# --- grants


@pytest.mark.parametrize("first", PASSPHRASES)
def test_a_grant_that_was_told_is_carried_out_by_whoever_comes(root: Path, first: str) -> None:
    granted_by_an_administrator(root)
    killed(root, "a grant carried out", carrying, "bring_in")
    assert look(root / COPY, first=first, waits=False) == []
    assert unlocked(root / COPY).office.waiting() == []
    assert "c2" in unlocked(root / COPY, "ann").readable(["c2"])
    told = [entry for entry in unlocked(root / COPY).ledger.entries() if entry["event"] == carrying.CARRIED_OUT]
    assert [entry["fact.case"] for entry in told].count("c2") == 1, "told once"


def test_a_grant_that_was_not_told_waits_as_before(root: Path) -> None:
    granted_by_an_administrator(root)
    killed(root, "a grant carried out", carrying, "prepare", after=True)
    folder = root / COPY / "compartments" / "c2"
    assert wraps.prepared_for(folder) == {"ann"}
    assert look(root / COPY, waits=False) == []
    assert wraps.prepared_for(folder) == set()
    assert [each.officer for each in unlocked(root / COPY).office.waiting()] == ["ann"]
    done(root, OPERATIONS["a grant carried out"])
    assert look(root / COPY) == []


def test_a_grant_taken_back_before_it_came_into_use_does_not_come(root: Path) -> None:
    killed(root, "grant and revoke", carrying, "bring_in")
    sealed = next((root / COPY / "compartments" / "c2").glob(".key.ann.age.next")).read_bytes()
    vault = unlocked(root / COPY)
    vault.office.revoke("ann", "c2")
    # As it would be had the one who took it back not found it.
    (root / COPY / "compartments" / "c2" / ".key.ann.age.next").write_bytes(sealed)
    assert look(root / COPY) == []
    assert wraps.prepared_for(root / COPY / "compartments" / "c2") == set()
    vault.office.grant("ann", "c2")
    assert look(root / COPY) == []
    assert wraps.wrapped_to(root / COPY / "compartments" / "c2") == {"ann", "hr"}


def test_a_key_that_was_about_to_come_into_use_goes_with_its_case(root: Path) -> None:
    folder = root / COPY / "compartments" / "c2"
    vault = unlocked(root / COPY)
    (folder / ".key.ann.age.next").write_bytes((folder / "key.hr.age").read_bytes())
    with places.opened(vault) as catalog:
        catalog.forget_case("c2")
    assert sorted(path.name for path in folder.iterdir()) == ["public.json"]
    (folder / ".key.ann.age.next").write_bytes(b"left there")
    assert look(root / COPY) == []
    assert sorted(path.name for path in folder.iterdir()) == ["public.json"]


@pytest.mark.parametrize("first", ["ann", "hr"])
def test_a_case_taken_back_is_closed_to_her_whoever_comes_first(root: Path, first: str) -> None:
    killed(root, "grant and revoke", office, "remove_for")
    assert look(root / COPY, first=first) == []
    assert unlocked(root / COPY, "ann").readable(["c1"]) == []
    assert wraps.wrapped_to(root / COPY / "compartments" / "c1") == {"hr"}


@pytest.mark.parametrize("first", ["ann", "hr"])
def test_a_key_that_never_came_into_use_goes_whoever_comes_first(root: Path, first: str) -> None:
    key = root / COPY / "compartments" / "c1" / "key.hr.age"
    killed(root, "rotation of cases' keys", Compartments, "write_keys", after=True)
    before = key.stat().st_size
    assert look(root / COPY, first=first) == []
    assert key.stat().st_size < before
    done(root, OPERATIONS["rotation of cases' keys"])
    assert look(root / COPY, first=first) == []


@pytest.mark.parametrize("first", ["hr", "ann"])
@pytest.mark.parametrize("half", [False, True])
def test_the_keys_of_who_was_removed_go_whoever_comes_first(root: Path, first: str, half: bool) -> None:
    joined(root)
    with mock.patch.object(office.Office, "_take_away", side_effect=Killed), pytest.raises(Killed):
        unlocked(root / COPY).office.remove(LEAVING)
    if half:
        (root / COPY / "secrets" / "find" / f"{LEAVING}.age").unlink()
        (root / COPY / "secrets" / "sum" / f"{LEAVING}.age").unlink()
    assert LEAVING in wraps.wrapped_to(root / COPY / "compartments" / "c1")
    assert look(root / COPY, first=first) == []
    assert not list((root / COPY).rglob(f"*{LEAVING}*"))


def test_who_was_never_entered_is_named_and_stays(root: Path) -> None:
    joined(root)
    (root / COPY / "officers" / LEAVING).rename(root / "hers")
    unlocked(root / COPY).office.remove(LEAVING)
    (root / "hers").rename(root / COPY / "officers" / "stranger")
    assert look(root / COPY) == ["officer stranger: is not on the roll"]
    assert look(root / COPY) == ["officer stranger: is not on the roll"]


# --- the end of the ledger


def appended_without_its_head(root: Path, events: int = 1) -> Path:
    vault = unlocked(root / COPY)
    with mock.patch.object(Ledger, "_write_head", side_effect=Killed), pytest.raises(Killed):
        vault.ledger.append_all([("campaign.told", {"number": str(number)}) for number in range(events)])
    return root / COPY / "ledger.jsonl"


def told(root: Path) -> int:
    return [entry["event"] for entry in unlocked(root / COPY).ledger.entries()].count("campaign.told")


@pytest.mark.parametrize("first", ["hr", "ann"])
@pytest.mark.parametrize(("events", "torn", "kept"), [(1, 1, 0), (3, 3, 0), (3, 2, 1), (3, 1, 2), (2, 0, 2)])
def test_what_did_not_arrive_whole_was_never_told(root: Path, first: str, events: int, torn: int, kept: int) -> None:
    """*torn*: which of the last lines has zeros in it; what comes behind it goes with it."""
    path = appended_without_its_head(root, events)
    lines = path.read_bytes().splitlines(keepends=True)
    if torn:
        lines[-torn] = lines[-torn][:64] + bytes(64) + lines[-torn][128:]
    path.write_bytes(b"".join(lines))
    assert look(root / COPY, first=first) == []
    assert told(root) == kept


def test_a_torn_line_with_a_beginning_behind_it_goes(root: Path) -> None:
    path = appended_without_its_head(root, 2)
    first, second = path.read_bytes().splitlines(keepends=True)[-2:]
    path.write_bytes(path.read_bytes()[: -len(first + second)] + bytes(64) + first[64:] + second[:50])
    assert look(root / COPY) == []
    assert told(root) == 0


@pytest.mark.parametrize("change", [-1, -2, 0])
def test_lines_that_the_head_names_are_never_cut(root: Path, change: int) -> None:
    path = root / COPY / "ledger.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[change] = lines[change][:64] + bytes(64) + lines[change][128:]
    path.write_bytes(b"".join(lines))
    assert "ledger" in look(root / COPY)[0]
    assert len(path.read_bytes().splitlines()) >= len(lines)


def test_a_line_put_there_again_is_named_and_stays(root: Path) -> None:
    path = root / COPY / "ledger.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, lines[-2]]))
    assert "ledger" in look(root / COPY)[0]
    assert path.read_bytes().splitlines(keepends=True)[len(lines)] == lines[-2]


def test_without_a_head_nothing_is_cut(root: Path) -> None:
    path = appended_without_its_head(root)
    (root / COPY / "ledger-head.json").unlink()
    before = path.read_bytes()
    assert "ledger" in look(root / COPY)[0]
    assert path.read_bytes() == before


# --- moves


def blobs(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("??/*"))


def test_a_move_says_what_is_under_way_and_goes_on(root: Path) -> None:
    here, there = root / COPY / "store", root / ELSEWHERE
    killed(root, "move", places, "send", after=True)
    assert places.under_way(unlocked(root / COPY)) == [
        "A move to s3://elsewhere/papers and the vault's folder was begun; it goes on when it is run again."
    ]
    assert blobs(here) == blobs(there) != []
    assert look(root / COPY) == []
    done(root, OPERATIONS["move"])
    assert blobs(here) == []
    assert places.said(unlocked(root / COPY)) == places.Said(THERE)
    assert places.under_way(unlocked(root / COPY)) == []


def test_a_move_that_is_called_off_leaves_nothing_there(root: Path) -> None:
    killed(root, "move", places, "send", after=True)
    foreign = FolderStore(root / ELSEWHERE).put(b"another vault's")
    done(root, OPERATIONS["move back"])
    assert blobs(root / ELSEWHERE) == [foreign]
    assert places.said(unlocked(root / COPY)) == places.Said()
    assert look(root / COPY) == []


@pytest.mark.parametrize("first", ["hr", "ann"])
def test_what_a_move_out_of_the_folder_left_goes_at_the_next_opening(root: Path, first: str) -> None:
    killed(root, "move", moving, "_tidy")
    assert blobs(root / COPY / "store") == blobs(root / ELSEWHERE) != []
    late = FolderStore(root / COPY / "store").put(b"by a program that had the vault open")
    assert look(root / COPY, first=first) == []
    assert blobs(root / COPY / "store") == []
    assert late in blobs(root / ELSEWHERE)


def test_another_place_is_emptied_when_the_move_is_run_again(root: Path) -> None:
    done(root, OPERATIONS["move"])
    killed(root, "move back", moving, "_tidy")
    assert look(root / COPY) == []
    assert "run it again to empty s3://elsewhere/papers" in places.under_way(unlocked(root / COPY))[0]
    done(root, OPERATIONS["move back"])
    assert blobs(root / ELSEWHERE) == []
    assert places.under_way(unlocked(root / COPY)) == []


def test_a_place_left_that_is_gone_keeps_nobody_from_moving_on(root: Path) -> None:
    done(root, OPERATIONS["move"])
    killed(root, "move back", moving, "_tidy")
    vault = unlocked(root / COPY)
    with mock.patch.object(places, "store", side_effect=VaultError("It cannot be reached.")):
        moving._begin(vault, Places())
    assert places.said(vault) == places.Said(left=THERE)


def test_the_same_place_by_another_address_is_refused(root: Path) -> None:
    done(root, OPERATIONS["move"])
    before = blobs(root / ELSEWHERE)
    vault = unlocked(root / COPY)
    with places.opened(vault) as catalog, pytest.raises(InputError, match="another address"):
        moving.move(vault, catalog, Places(store="s3://elsewhere/papers/"), progress=places.unseen)
    assert blobs(root / ELSEWHERE) == before
    done(root, OPERATIONS["move"])
    assert look(root / COPY) == []
    assert places.under_way(unlocked(root / COPY)) == []


def test_a_vault_moved_meanwhile_is_not_moved_again(root: Path) -> None:
    vault, send = unlocked(root / COPY), places.send

    def overtaken(*arguments: Any, **named: Any) -> tuple[int, int]:
        places.write(unlocked(root / COPY), Places(store="s3://elsewhere/quicker"))
        return send(*arguments, **named)

    with places.opened(vault) as catalog, mock.patch.object(places, "send", overtaken), pytest.raises(OvertakenError):
        moving.move(vault, catalog, THERE, progress=places.unseen)


@pytest.mark.parametrize("left", [b"half of", b""])
def test_what_is_at_the_new_place_already_is_read_before_the_old_is_emptied(root: Path, left: bytes) -> None:
    killed(root, "move", places, "send", after=True)
    torn = next((root / ELSEWHERE).glob("??/*"))
    torn.write_bytes(left)
    done(root, OPERATIONS["move"])
    assert look(root / COPY) == []


def test_what_a_place_keeps_torn_is_not_taken_for_whole_later(root: Path) -> None:
    real = FolderStore._path

    def put(store: FolderStore, data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest()
        path = real(store, name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data[: len(data) // 2])
        return name

    with mock.patch.object(FolderStore, "put", put), pytest.raises(TamperedError):
        done(root, OPERATIONS["backup"])
    assert blobs(root / "backup" / "store") == []
    assert look(root / COPY) == []
    done(root, OPERATIONS["backup"])
    assert problems_beside(root) == []


def test_where_a_move_goes_is_signed(root: Path) -> None:
    killed(root, "move", places, "send", after=True)
    path = root / COPY / places.FILE
    said = json.loads(path.read_text())
    for changed in ({"to": ["s3://thief/papers", HERE]}, {"left": [HERE, HERE]}, {"to": "s3://thief"}, {"to": [HERE]}):
        path.write_text(json.dumps(said | changed))
        with pytest.raises(TamperedError):
            places.said(unlocked(root / COPY))


@pytest.mark.parametrize("again", [True, False])
def test_rows_left_in_another_database_go_when_the_move_is_run_again(
    root: Path, database_url: str, again: bool
) -> None:
    there, server = Places(catalog=database_url), Server.parse(database_url)

    def move(to: Places) -> None:
        vault = unlocked(root / COPY)
        with places.opened(vault) as catalog:
            moving.move(vault, catalog, to, progress=places.unseen)

    def rows() -> int:
        database = PostgreSQL(server)
        try:
            return len(database.execute("SELECT scope FROM heads"))
        except VaultError:
            return 0
        finally:
            database.close()

    move(there)
    with mock.patch.object(copying, "empty", side_effect=Killed), pytest.raises(Killed):
        move(Places())
    assert look(root / COPY) == []
    assert rows() > 0
    assert database_url in places.under_way(unlocked(root / COPY))[0]
    if again:
        move(Places())
        assert rows() == 0
    else:
        other = unlocked(small(root / "other"))
        with places.opened(other) as catalog, pytest.raises(InputError, match="already"):
            moving.move(other, catalog, there, progress=places.unseen)
        clear(PostgreSQL(server), unlocked(root / "other"))
        assert rows() > 0, "they are not that vault's"
    assert look(root / COPY) == []


# --- backups


def test_a_snapshot_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    at, name = backup_place.FolderPlace(tmp_path / "at"), "20261126T090000.000000Z-0123abcd.tar"
    (tmp_path / "packed").write_bytes(b"a snapshot")
    with mock.patch.object(Path, "replace", side_effect=OSError(28, "full")), pytest.raises(OSError, match="full"):
        at.put(name, tmp_path / "packed")
    assert list((tmp_path / "at" / "snapshots").iterdir()) == []


def test_a_vault_that_was_restored_is_backed_up_like_any_other(root: Path) -> None:
    """The manifest it came from is not one of its files."""
    done(root, OPERATIONS["backup"])
    done(root, OPERATIONS["restore"])
    assert (root / "restored" / "manifest.json").is_file()
    vault, place = unlocked(root / "restored"), backup_place.FolderPlace(root / "again")
    (root / "work").mkdir()
    with places.opened(vault) as catalog:
        name = backup.take(vault, catalog, place, root / "work", progress=places.unseen).name
    (root / "drill").mkdir()
    assert backup.drill(place, name, vault.parts.keys, root / "drill", progress=places.unseen).problems == ()


def test_nobody_grants_while_a_snapshot_is_taken(root: Path) -> None:
    vault, copy = unlocked(root / COPY), backup._copy_own_files
    held: list[bool] = []

    def copied(*arguments: Path) -> None:
        with pytest.raises(BlockingIOError), files.locked(root / COPY / "vault.lock", wait=False):
            pass
        held.append(True)
        copy(*arguments)

    (root / "work").mkdir()
    with places.opened(vault) as catalog, mock.patch.object(backup, "_copy_own_files", copied):
        backup.take(vault, catalog, backup_place.FolderPlace(root / "b"), root / "work", progress=places.unseen)
    assert held == [True]


# --- names that are brought to the disk


def synced(doing: Callable[[], object]) -> list[str]:
    """Return the names of the files and folders that something brings to the disk."""
    found: list[str] = []
    with mock.patch("os.fsync", lambda handle: found.append(Path(f"/proc/self/fd/{handle}").readlink().name)):
        doing()
    return found


def test_folders_are_made_with_their_names_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert synced(lambda: files.make_folder(tmp_path / "a" / "b" / "c")) == ["a", "b"]
    assert (tmp_path / "a" / "b" / "c").is_dir()
    assert synced(lambda: files.make_folder(tmp_path / "a" / "b" / "c")) == []


def test_what_others_wrote_is_brought_to_the_disk(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "one").touch()
    (tmp_path / "f" / "link").symlink_to("/etc/hostname")
    assert sorted(synced(lambda: files.sync_all(tmp_path / "f"))) == ["f", "one"]
