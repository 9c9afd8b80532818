"""What every store must do, and what the folder store does on a disk."""

from __future__ import annotations

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from vault import FolderStore, MissingError, TamperedError, files

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
    for name in (".old.tmp", ".new.tmp"):
        (incoming / name).write_bytes(b"x")
    os.utime(incoming / ".old.tmp", (old, old))
    os.utime(incoming / ".old-folder.tmp", (old, old))
    store.sweep()
    assert [path.name for path in incoming.iterdir()] == [".new.tmp"]
