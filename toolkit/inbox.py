"""A folder of submissions as it lies on the disk: lists everything in it, and reads files without trusting them.

Strangers fill the folder, perhaps while it is read: files vanish, grow and turn into links, pipes would make a reader
wait for ever, and names need not be text. Knows no vault, no case and no format.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolkit.errors import InputError, TooLargeError

MAX_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the folder. `place` is its path in the folder, as text: bytes that are none are written as \\xNN."""

    path: Path
    place: str

    def read(self) -> bytes:
        """Return the file's bytes, with an upper limit on memory; a link put in its place is not followed.

        Raise InputError for what is no file or cannot be read, TooLargeError.
        """
        try:
            return read(self.path, follow=False)
        except OSError as refused:
            if self.path.is_symlink():
                raise InputError(
                    "It is a link, and links are not followed.", remedy="Put the file itself into the folder."
                ) from refused
            raise InputError(
                f"It cannot be read: {refused.strerror or 'refused'}.", remedy="Make it readable, and run intake again."
            ) from refused


def read(path: Path, *, follow: bool) -> bytes:
    """Return a file's bytes without waiting for a pipe, and without taking more into memory than MAX_BYTES.

    Raise OSError, InputError for what is no file, TooLargeError.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    handle = os.open(path, flags)
    with open(handle, "rb") as file:  # noqa: PTH123 (opens a handle, not a path)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise InputError("It is no file.", remedy="Give the file itself.")
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLargeError(
            f"It is larger than {MAX_BYTES // 2**20} MB; the original stays where it is.",
            remedy="Split it or scan it at a lower resolution, and send it again.",
        )
    return data


def entries(folder: Path) -> Iterator[Entry]:
    """Yield everything under *folder* but folders, in a stable order; links are listed and not followed.

    A folder that cannot be listed is an entry itself, so that nothing in it is passed over in silence.
    """
    refused: list[Path] = []
    found: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=lambda error: refused.append(Path(error.filename))):
        found += [Path(place, name) for name in files]
        found += [Path(place, name) for name in folders if Path(place, name).is_symlink()]
    for path in sorted([*found, *refused]):
        yield Entry(path, os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace"))
