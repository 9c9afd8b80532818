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
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from vault.errors import MissingError, TamperedError, VaultError

#: More than any key file or entry takes.
_MOST_BYTES = 1 << 20
#: The vault's own folders, in which a file is called by more than its name.
_FOLDERS = frozenset({"officers", "compartments", "secrets", "recovery", "drop"})
#: A temporary file older than this belongs to nobody any more.
STALE_SECONDS = 3600


def read_plain(path: Path) -> bytes:
    """Return what stands in a small file; raise FileNotFoundError, and TamperedError for what is no plain small file.

    Somebody who may write to the vault's folder could otherwise have it read what lies elsewhere, or wait for ever.
    """
    with opened_plain(path) as file:
        if os.fstat(file.fileno()).st_size > _MOST_BYTES:
            raise TamperedError(f"{called(path)} is far too large.", remedy=_restore(path))
        return file.read()


def opened_plain(path: Path, *, write: bool = False) -> BinaryIO:
    """Open a file of the vault's own; raise FileNotFoundError, and TamperedError for a link or what is no file."""
    try:
        handle = os.open(path, (os.O_RDWR if write else os.O_RDONLY) | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as mistake:
        if mistake.errno == errno.ELOOP:
            raise TamperedError(f"{called(path)} is a symbolic link.", remedy=_restore(path)) from mistake
        raise VaultError(f"{called(path)} cannot be opened: {mistake.strerror}.") from mistake
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise TamperedError(f"{called(path)} is no file.", remedy=_restore(path))
    return os.fdopen(handle, "r+b" if write else "rb")


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Have what is found wrong with the content of *path* say of which file of the vault it is, and what to do."""
    try:
        yield
    except TamperedError as mistake:
        # Never from `opened_plain`, which names the file itself.
        raise type(mistake)(f"{called(path)}: {mistake.message}", remedy=mistake.remedy or _restore(path)) from mistake


def called(path: Path) -> str:
    """Return the name of a file of the vault, from the vault's folder on."""
    inside = [parent for parent in list(path.parents)[:2] if parent.name in _FOLDERS]
    return str(path.relative_to(inside[-1].parent)) if inside else path.name


def _restore(path: Path) -> str:
    return f"Restore {called(path)} from a backup."


def listed(folder: Path) -> list[Path]:
    """Return what lies in a folder of the vault, in order; raise MissingError where there is no such folder."""
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError) as mistake:
        raise MissingError(
            f"The vault's folder {folder.name} is gone.", remedy="Restore it from a backup."
        ) from mistake


def sync_folder(folder: Path) -> None:
    """Bring the names in *folder* to the disk; without it a renamed file can vanish in a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path) -> None:
    """Make a private folder and those that lead to it, each name brought to the disk; it may be there already."""
    for folder in (*reversed(path.parents), path):
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
            sync_folder(folder.parent)


def sync_all(folder: Path) -> None:
    """Bring everything in *folder*, which others have written, to the disk."""
    for path in (*folder.rglob("*"), folder):
        if path.is_symlink():
            continue
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
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
    """Remove a file if it is there, and bring that to the disk; raise TamperedError for what is no file."""
    try:
        path.unlink(missing_ok=True)
    except IsADirectoryError as mistake:
        raise TamperedError(f"{called(path)} is no file.", remedy=_restore(path)) from mistake
    sync_folder(path.parent)


def sweep(folder: Path) -> None:
    """Remove what interrupted writes left in *folder*."""
    for left in folder.glob(".*.tmp"):
        # Another program may be writing it, and give it its name just now; or sweep as well.
        with suppress(FileNotFoundError):
            found = left.lstat()
            if time.time() - found.st_mtime < STALE_SECONDS:
                continue
            if stat.S_ISDIR(found.st_mode):
                shutil.rmtree(left)
            else:
                left.unlink()


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock file *path* against other processes and other threads. Not re-entrant.

    Unless told to *wait*, raise BlockingIOError where another holds it.
    """
    # A lock of flock(2) belongs to the opening, so opening anew each time makes it hold between threads too.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with opened_plain(path, write=True) as file:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _temporary_name(folder: Path) -> Path:
    return folder / f".{secrets.token_hex(8)}.tmp"
