"""Where sealed blobs lie. A store keeps opaque bytes under the SHA-256 of those bytes and knows nothing else.

The names are hashes of *sealed* bytes. A hash of the plaintext would tell anybody who holds a copy of a document that
it is here.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator, Sequence, Set
from pathlib import Path
from typing import Protocol

from vault.errors import MissingError, TamperedError
from vault.files import make_folder, opened_plain, sweep, sync_folder, write_atomically

_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Store(Protocol):
    """A place for blobs. Safe for use from several threads and processes at once."""

    def put(self, data: bytes) -> str:
        """Keep *data* durably and return its name; the same bytes may be put twice."""
        ...

    def get(self, name: str) -> bytes:
        """Return the bytes; raise MissingError, or TamperedError where they no longer fit their name."""
        ...

    def delete(self, name: str) -> None:
        """Remove a blob; one that is not there is no error, so that an interrupted removal can be run again."""
        ...

    def list(self) -> Iterator[str]:
        """Yield the name of every blob, in order."""
        ...

    def strangers(self) -> Sequence[str]:
        """Return what lies there and was not put there by a store."""
        ...

    def sweep(self) -> None:
        """Remove what interrupted writes left behind."""
        ...

    def remove_strays(self, known: Set[str], older_than_seconds: float) -> int:
        """Remove blobs that are neither *known* nor young, and return how many; a young one may still be in work."""
        ...


class FolderStore:
    """Blobs as files of a local folder, in 256 sub-folders by the first two letters of their names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        make_folder(self._incoming)

    def put(self, data: bytes) -> str:
        """Keep *data*: complete on the disk before its name appears."""
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        make_folder(path.parent)
        write_atomically(path, data, temporary=self._incoming)
        return name

    def get(self, name: str) -> bytes:
        """Return the bytes, after comparing them with their name."""
        try:
            with opened_plain(self._path(name)) as file:
                data = file.read()
        except FileNotFoundError as mistake:
            raise MissingError(f"The sealed file {name[:12]}... is not in the store.") from mistake
        if hashlib.sha256(data).hexdigest() != name:
            raise TamperedError(f"The sealed file {name[:12]}... was changed on the disk.")
        return data

    def delete(self, name: str) -> None:
        """Remove a blob if it is there."""
        path = self._path(name)
        if path.exists():
            path.unlink(missing_ok=True)
            sync_folder(path.parent)

    def list(self) -> Iterator[str]:
        """Yield the names; files that are no blobs are not listed (see `strangers`)."""
        for path in sorted(self._folder.glob("[0-9a-f][0-9a-f]/*")):
            if _NAME.fullmatch(path.name) and path.name.startswith(path.parent.name):
                yield path.name

    def strangers(self) -> Sequence[str]:
        """Return what lies in the folder and was not put there by a store."""
        known = {self._path(name) for name in self.list()}
        return sorted(
            str(path.relative_to(self._folder))
            for path in self._folder.rglob("*")
            if path.is_file() and path not in known and path.parent != self._incoming
        )

    def sweep(self) -> None:
        """Remove what interrupted writes left behind."""
        sweep(self._incoming)

    def remove_strays(self, known: Set[str], older_than_seconds: float) -> int:
        """Remove blobs that are neither *known* nor young, and return how many; a young one may still be in work."""
        strays = [name for name in self.list() if name not in known]
        old = [name for name in strays if time.time() - self._path(name).stat().st_mtime > older_than_seconds]
        for name in old:
            self.delete(name)
        return len(old)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise MissingError("That is no name of a sealed file.")
        return self._folder / name[:2] / name
