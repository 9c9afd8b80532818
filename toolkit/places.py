"""Where a vault's sealed files and its catalogue lie: in its folder, or in a bucket and a PostgreSQL database.

`places.json` in the vault's folder says so, signed by an officer: who may write to the folder cannot send the program
elsewhere. The folder itself stays what it is: keys, the roll of officers and the ledger. Credentials are never in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from toolkit.bucket_store import Bucket, BucketStore
from toolkit.catalog import Catalog
from toolkit.catalog.database import Database, Sqlite
from toolkit.catalog.postgresql import PostgreSQL, Server
from toolkit.errors import InputError
from vault import FolderStore, MissingError, Right, Store, TamperedError, Vault, access
from vault.files import write_atomically

FILE: Final = "places.json"
CATALOG_FILE: Final = "catalog.db"
STORE_FOLDER: Final = "store"
#: What stands for the vault's own folder.
HERE: Final = "folder"
#: Shows a bar for so many steps; what it gives is called after each.
Progress: TypeAlias = Callable[[int], AbstractContextManager[Callable[[], None]]]
_PURPOSE: Final = b"places\0"


@dataclass(frozen=True, slots=True)
class Places:
    """The address of the store and of the catalogue; `folder` where it is the vault's own."""

    store: str = HERE
    catalog: str = HERE

    def __post_init__(self) -> None:
        """Raise InputError for an address that is none."""
        if self.store != HERE:
            Bucket.parse(self.store)
        if self.catalog != HERE:
            Server.parse(self.catalog)


def read(vault: Vault) -> Places:
    """Return where the files and rows of *vault* lie; raise TamperedError where nobody who may has said so."""
    try:
        line = (vault.folder / FILE).read_bytes()
    except FileNotFoundError:
        return Places()
    try:
        said = json.loads(line)
        places, signature = Places(str(said["store"]), str(said["catalog"])), bytes.fromhex(str(said["signature"]))
    except (ValueError, KeyError, TypeError, InputError) as mistake:
        raise TamperedError(f"{FILE} is damaged.", remedy=f"Restore {FILE} from a backup.") from mistake
    vault.check_signature(_message(places), signature)
    return places


def write(vault: Vault, places: Places) -> None:
    """Say where the files and rows of *vault* lie from now on."""
    signature = vault.sign(_message(places)).hex()
    said = {"store": places.store, "catalog": places.catalog, "signature": signature}
    write_atomically(vault.folder / FILE, json.dumps(said, indent=2).encode() + b"\n")


def store(places: Places, folder: Path) -> Store:
    """Open the store of a vault in *folder*; raise VaultError where it cannot be reached."""
    return FolderStore(folder / STORE_FOLDER) if places.store == HERE else BucketStore(Bucket.parse(places.store))


def unseen(_total: int) -> AbstractContextManager[Callable[[], None]]:
    """Show no bar."""
    return nullcontext(lambda: None)


def database(places: Places, folder: Path) -> Database:
    """Open the database of a vault in *folder*; raise VaultError where it cannot be reached."""
    return Sqlite(folder / CATALOG_FILE) if places.catalog == HERE else PostgreSQL(Server.parse(places.catalog))


def opened(vault: Vault) -> Catalog:
    """Open the catalogue of an unlocked vault, and the store where its blobs are; raise what `Catalog.open` raises."""
    attach(vault)
    access.require(vault.role, Right.CHECK_SUMS)
    return Catalog.open(vault, database(read(vault), vault.folder))


def attach(vault: Vault) -> None:
    """Have an unlocked vault use the store where its blobs are."""
    said = read(vault)
    if said.store != HERE:
        vault.use_store(store(said, vault.folder))


def send(source: Store, target: Store, progress: Progress) -> tuple[int, int]:
    """Bring to *target* the blobs that it has not, each read back; return how many that were, and how many it had.

    Interrupted, it can be run again and goes on from there. *progress* is told how many there are.
    """
    names, there = list(source.list()), set(target.list())
    new = 0
    with progress(len(names)) as done:
        for name in names:
            if name not in there:
                with suppress(MissingError):  # erased since it was listed
                    target.put(source.get(name))
                    target.get(name)
                    new += 1
            done()
    return new, len(there.intersection(names))


def _message(places: Places) -> bytes:
    return _PURPOSE + json.dumps([places.store, places.catalog]).encode()
