"""Where backups lie: a folder or a bucket, with sealed blobs in a store and each snapshot as one named file."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from toolkit.bucket_store import Bucket, BucketFiles, BucketStore
from toolkit.errors import UnknownNameError
from vault import FolderStore, Store
from vault.files import make_folder, remove, sweep, sync_folder

_NAME: Final = re.compile(r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{8}\.tar", re.ASCII)


class Place(Protocol):
    """Holds the blobs of all snapshots once, and the snapshots by name; a name begins with its time (UTC)."""

    blobs: Store

    def snapshots(self) -> Sequence[str]:
        """Return the names of the snapshots, oldest first."""
        ...

    def put(self, name: str, file: Path) -> None:
        """Keep *file* as the snapshot *name*: there whole, or not at all."""
        ...

    def get(self, name: str, file: Path) -> None:
        """Write the snapshot *name* to *file*; raise UnknownNameError where there is none."""
        ...

    def delete(self, name: str) -> None:
        """Remove a snapshot; its blobs are another matter."""
        ...


class FolderPlace:
    """Backups in a folder, on another disk, one hopes."""

    def __init__(self, folder: Path) -> None:
        self._snapshots = folder / "snapshots"
        make_folder(self._snapshots)
        self.blobs: Store = FolderStore(folder / "store")

    def snapshots(self) -> Sequence[str]:
        """Return the names of the snapshots, oldest first."""
        return sorted(path.name for path in self._snapshots.iterdir() if _NAME.fullmatch(path.name))

    def put(self, name: str, file: Path) -> None:
        """Keep *file*: its content is on the disk before its name appears."""
        sweep(self._snapshots)
        unfinished = self._snapshots / f".{checked(name)}.tmp"
        try:
            shutil.copyfile(file, unfinished)
            with unfinished.open("rb") as written:
                os.fsync(written.fileno())
            unfinished.replace(self._snapshots / name)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
        sync_folder(self._snapshots)

    def get(self, name: str, file: Path) -> None:
        """Write the snapshot to *file*."""
        try:
            shutil.copyfile(self._snapshots / checked(name), file)
        except FileNotFoundError as mistake:
            raise _unknown() from mistake

    def delete(self, name: str) -> None:
        """Remove a snapshot: gone from the disk before anything that it needs."""
        remove(self._snapshots / checked(name))


class BucketPlace:
    """Backups in a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self.blobs: Store = BucketStore(Bucket(bucket.name, f"{bucket.prefix}store/", bucket.endpoint, bucket.region))
        self._files = BucketFiles(Bucket(bucket.name, f"{bucket.prefix}snapshots/", bucket.endpoint, bucket.region))

    def snapshots(self) -> Sequence[str]:
        """Return the names of the snapshots, oldest first."""
        return sorted(name for name in self._files.list() if _NAME.fullmatch(name))

    def put(self, name: str, file: Path) -> None:
        """Keep *file*: an object appears when it is whole."""
        self._files.put(checked(name), file)

    def get(self, name: str, file: Path) -> None:
        """Write the snapshot to *file*."""
        if checked(name) not in self.snapshots():
            raise _unknown()
        self._files.get(name, file)

    def delete(self, name: str) -> None:
        """Remove a snapshot."""
        self._files.delete(checked(name))


def place(address: str) -> Place:
    """Open the place at *address*, a folder or `s3://...`; raise InputError, VaultError."""
    return BucketPlace(Bucket.parse(address)) if address.startswith("s3://") else FolderPlace(Path(address))


def checked(name: str) -> str:
    """Return *name* if it is one that a snapshot can have; raise UnknownNameError."""
    if not _NAME.fullmatch(name):
        raise _unknown()
    return name


def _unknown() -> UnknownNameError:
    return UnknownNameError("There is no such snapshot.", remedy="See: mobility vault snapshots.")
