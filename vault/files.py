"""Writing files so that a kill or a power cut leaves either the old state or the new one, never a half.

Temporary names begin with a dot and end in `.tmp`; whatever was left behind by a kill is swept when the vault opens.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

#: More than any key file or entry takes.
_MOST_BYTES = 1 << 20
#: A temporary file older than this belongs to nobody any more.
STALE_SECONDS = 3600


def read_plain(path: Path) -> bytes:
    """Return what stands in a small file; raise OSError for a symbolic link, and for what is no plain small file.

    Somebody who may write to the vault's folder could otherwise have it read what lies elsewhere, or wait for ever.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > _MOST_BYTES:
            raise OSError(errno.EINVAL, "no plain small file", str(path))
        return _read(handle)
    finally:
        os.close(handle)


def _read(handle: int) -> bytes:
    with open(handle, "rb", closefd=False) as file:
        return file.read()


def sync_folder(folder: Path) -> None:
    """Bring the names in *folder* to the disk; without it a renamed file can vanish in a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, data: bytes) -> None:
    """Write a new file and bring its content to the disk; its name is the caller's to bring there."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as file:  # noqa: PTH123 (opens a handle, not a path)
        file.write(data)
        file.flush()
        os.fsync(handle)


def write_atomically(path: Path, data: bytes, *, temporary: Path | None = None) -> None:
    """Create or replace *path* in one step; *temporary* is another folder of the same file system."""
    name = _temporary_name(temporary or path.parent)
    try:
        write_durably(name, data)
        name.replace(path)
    except OSError:
        name.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_folder(path: Path, content: Mapping[str, bytes]) -> None:
    """Create the folder *path* with its files in one step; raise OSError where one with files is there already."""
    unfinished = _temporary_name(path.parent)
    unfinished.mkdir(mode=0o700)
    try:
        for name, data in content.items():
            write_durably(unfinished / name, data)
        sync_folder(unfinished)
        unfinished.rename(path)
    except OSError:
        shutil.rmtree(unfinished)
        raise
    sync_folder(path.parent)


def remove(path: Path) -> None:
    """Remove a file if it is there, and bring that to the disk."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def sweep(folder: Path) -> None:
    """Remove what interrupted writes left in *folder*."""
    for left in folder.glob(".*.tmp"):
        if time.time() - left.stat().st_mtime < STALE_SECONDS:
            continue
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink(missing_ok=True)


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock file *path* against other processes and other threads. Not re-entrant.

    Unless told to *wait*, raise BlockingIOError where another holds it.
    """
    # A lock of flock(2) belongs to the opening, so opening anew each time makes it hold between threads too.
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _temporary_name(folder: Path) -> Path:
    return folder / f".{secrets.token_hex(8)}.tmp"
