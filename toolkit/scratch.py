"""Temporary folders for clear text: in memory where there is a place for it, and swept when their process died.

Every folder is held by a lock while its process lives; a folder whose lock is free belongs to nobody any more.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "mobility-scratch-"
_MEMORY = Path("/dev/shm")  # noqa: S108 (the folder made in it is ours alone)
#: What must be free in memory beyond the bytes that are asked for: a profile of LibreOffice, and pages being laid out.
_ROOM = 48 << 20


@contextmanager
def folder(size: int = 0) -> Iterator[Path]:
    """Make a folder that only this user can enter, for about *size* bytes; it is gone when the block is left."""
    sweep()
    place, held = _held(_parent(size))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(held)


@contextmanager
def taking_temporary_files() -> Iterator[None]:
    """Have the temporary files that libraries make in this process lie in a folder of ours, until the block is left.

    openpyxl writes every sheet in clear to one. It is the whole process's setting: not for use beside other threads.
    """
    with folder() as place:
        before, tempfile.tempdir = tempfile.tempdir, str(place)
        try:
            yield
        finally:
            tempfile.tempdir = before


def sweep() -> int:
    """Remove what processes that were killed left behind; return how many folders that were."""
    swept = 0
    for parent in {_MEMORY, Path(tempfile.gettempdir())}:
        for place in parent.glob(f"{_PREFIX}*"):
            swept += _removed(place)
    return swept


def _removed(place: Path) -> bool:
    with suppress(OSError):
        held = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            about = os.fstat(held)
            if about.st_uid != os.geteuid() or stat.S_IMODE(about.st_mode) != stat.S_IRWXU:
                return False
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(place)
            return True
        finally:
            os.close(held)
    return False


def _held(parent: Path) -> tuple[Path, int]:
    while True:
        place = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        try:
            held = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except FileNotFoundError:
            continue
        # Another process may have swept it before it was locked.
        fcntl.flock(held, fcntl.LOCK_EX)
        if place.is_dir():
            return place, held
        os.close(held)


def _parent(size: int) -> Path:
    """Return the memory-backed folder of this machine where it has room, else the usual one."""
    with suppress(OSError):
        room = os.statvfs(_MEMORY)
        if os.access(_MEMORY, os.W_OK | os.X_OK) and room.f_bavail * room.f_frsize > _ROOM + 4 * size:
            return _MEMORY
    return Path(tempfile.gettempdir())
