"""The end of the ledger after a power cut: lines that were on their way to the disk and did not all arrive.

Whatever was appended is brought to the disk before the signed head names it. So what follows the line that the head
names, and is not a line as it was written, was never told to anybody: it goes, as a line without its end does.
"""

from __future__ import annotations

import os

from vault.errors import VaultError
from vault.files import locked, opened_plain, read_plain
from vault.ledger import FILE, HEAD_FILE, START, line_hash
from vault.opened import Opened

_LOCK = "ledger.lock"
_END = 4096


def cut(opened: Opened) -> None:
    """Cut torn lines off the ledger; where it does not fit its head in any other way it stays, to be named."""
    with locked(opened.folder / _LOCK):
        try:
            last = str(opened.authority.read_entry("ledger head", read_plain(opened.folder / HEAD_FILE))["last"])
            with opened_plain(opened.folder / FILE, write=True) as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - _END))
                end = file.read().rpartition(b"\n")[0]
                if line_hash(end[end.rfind(b"\n") + 1 :] + b"\n") == last:
                    return
                file.seek(0)
                kept, following = _whole(opened, file.readlines(), last)
                if following:
                    file.truncate(kept)
                    os.fsync(file.fileno())
        except (FileNotFoundError, VaultError):
            return


def _whole(opened: Opened, lines: list[bytes], last: str) -> tuple[int, bool]:
    """Return how many bytes there are up to the first torn line behind the one the head names, and if there is one.

    A line that is as it was written and does not belong there is none: somebody has put it there, and it is named.
    """
    hashes = [START, *map(line_hash, lines)]
    if last not in hashes:
        return 0, False
    at = hashes.index(last)
    kept = sum(map(len, lines[:at]))
    for line in lines[at:]:
        try:
            opened.authority.read_entry("ledger", line)
        except VaultError:
            return kept, True
        kept += len(line)
    return kept, False
