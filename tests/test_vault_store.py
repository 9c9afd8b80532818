"""What every store must do, and what the folder store does on a disk."""

from __future__ import annotations

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vault import FolderStore, MissingError, TamperedError, VaultError, files

ABSENT = "0" * 64


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / "store")


def test_what_is_put_can_be_got(store):
    name = store.put(b"data")
    assert name == hashlib.sha256(b"data").hexdigest()
    assert store.get(name) == b"data"
    assert store.put(b"data") == name
    assert list(store.list()) == [name]


def test_what_is_deleted_is_gone(store):
    name = store.put(b"data")
    store.delete(name)
    store.delete(name)
    store.delete(ABSENT)
    assert list(store.list()) == []
    with pytest.raises(MissingError):
        store.get(name)


def test_names_are_checked(store):
    for name in ("", "../../etc/passwd", "A" * 64, ABSENT + "\n"):
        with pytest.raises(MissingError):
            store.get(name)


def test_a_changed_blob_is_noticed(store, tmp_path):
    name = store.put(b"data")
    (tmp_path / "store" / name[:2] / name).write_bytes(b"date")
    with pytest.raises(TamperedError):
        store.get(name)


def test_strangers_are_named_and_not_listed(store, tmp_path):
    name = store.put(b"data")
    (tmp_path / "store" / name[:2] / "note.txt").write_text("hello")
    (tmp_path / "store" / "ff").mkdir(exist_ok=True)
    (tmp_path / "store" / "ff" / ABSENT).write_text("in the wrong folder")
    assert list(store.list()) == [name]
    assert store.strangers() == sorted([f"{name[:2]}/note.txt", f"ff/{ABSENT}"])


def test_many_threads_at_once(store):
    blobs = [bytes([number]) * 100 for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(store.put, blobs + blobs))
    assert sorted(store.list()) == sorted(set(names))


def test_old_strays_go_and_what_is_known_or_young_stays(store, tmp_path):
    known, stray, young = (store.put(data) for data in (b"known", b"stray", b"young"))
    old = time.time() - 100
    for name in (known, stray):
        os.utime(tmp_path / "store" / name[:2] / name, (old, old))
    assert store.remove_strays({known}, 60) == 1
    assert list(store.list()) == sorted([known, young])
    assert store.remove_strays({known}, 60) == 0


def test_a_failed_write_leaves_nothing(store, tmp_path, monkeypatch):
    def fail(handle):
        raise OSError("disk full")

    store.delete(store.put(b"data"))
    monkeypatch.setattr(files.os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        store.put(b"data")
    with pytest.raises(OSError, match="disk full"):
        files.write_folder(tmp_path / "folder", {"a": b""})
    assert not (tmp_path / "folder").exists()
    assert list(store.list()) == []
    assert not list(tmp_path.rglob("*.tmp"))


def test_only_stale_leftovers_are_swept(store, tmp_path):
    incoming = tmp_path / "store" / "incoming"
    old = time.time() - 2 * files.STALE_SECONDS
    (incoming / ".old-folder.tmp").mkdir()
    for name, to in ((".old-link.tmp", tmp_path), (".old-lost-link.tmp", tmp_path / "nowhere")):
        (incoming / name).symlink_to(to)
        os.utime(incoming / name, (old, old), follow_symlinks=False)
    for name in (".old.tmp", ".new.tmp"):
        (incoming / name).write_bytes(b"x")
    os.utime(incoming / ".old.tmp", (old, old))
    os.utime(incoming / ".old-folder.tmp", (old, old))
    store.sweep()
    assert [path.name for path in incoming.iterdir()] == [".new.tmp"]
    assert (tmp_path / "store").is_dir()


def test_what_gets_its_name_while_it_is_looked_at_is_not_missed(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "glob", lambda self, pattern: [self / ".gone.tmp"])
    files.sweep(tmp_path)


def test_a_blob_that_is_no_file_is_not_waited_for(store, tmp_path):
    name = store.put(b"sealed")
    path = tmp_path / "store" / name[:2] / name
    for spoil in (lambda: path.symlink_to("/dev/zero"), lambda: os.mkfifo(path), path.mkdir):
        path.unlink()
        spoil()
        with pytest.raises(TamperedError, match=r"is (no file|a symbolic link)\."):
            store.get(name)


def test_a_lock_that_is_no_file_is_neither_waited_for_nor_written(tmp_path):
    (tmp_path / "link.lock").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / "pipe.lock")
    for name in ("link.lock", "pipe.lock"):
        with pytest.raises(TamperedError, match=name), files.locked(tmp_path / name):
            pass
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_of_the_vault_that_has_grown_huge_is_not_read(tmp_path):
    path = tmp_path / "secrets" / "find" / "hr.age"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate((1 << 20) + 1)
    said = r"^secrets/find/hr\.age is far too large\. Restore secrets/find/hr\.age from a backup\.$"
    with pytest.raises(TamperedError, match=said):
        files.read_plain(path)
    os.truncate(path, 1 << 20)
    assert len(files.read_plain(path)) == 1 << 20


def test_a_file_that_the_system_does_not_open_is_named_with_its_reason(tmp_path):
    (tmp_path / "compartments").write_bytes(b"a file where a folder should be")
    with pytest.raises(VaultError, match=r"^compartments/c1/public\.json cannot be opened: Not a directory\."):
        files.read_plain(tmp_path / "compartments" / "c1" / "public.json")


def test_what_others_wrote_is_brought_to_the_disk_whole(tmp_path, monkeypatch):
    (tmp_path / "copied" / "deep").mkdir(parents=True)
    (tmp_path / "copied" / "deep" / "file").write_bytes(b"data")
    (tmp_path / "copied" / "link").symlink_to("/")
    synced = []
    monkeypatch.setattr(files.os, "fsync", lambda handle: synced.append(os.fstat(handle).st_ino))
    files.sync_all(tmp_path / "copied")
    parts = ["copied", "copied/deep", "copied/deep/file"]
    assert sorted(synced) == sorted((tmp_path / part).stat().st_ino for part in parts)
