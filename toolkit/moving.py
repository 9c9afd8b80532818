"""A vault's sealed files and catalogue from one place to another: resumable, verified, and never in both at once.

Blobs first, which takes long and disturbs nobody; then, while no one else can write, the few that came meanwhile and
every row; then `places.json` says where they are, in one step. Killed before that step, the old place holds and the
move can be run again; killed after it, the new one does, and running it again takes away what was left at the old.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from toolkit import places
from toolkit.catalog import Catalog
from toolkit.places import Places, Progress
from vault import FolderStore, Right, Vault, access

_MOVED: Final = "vault.moved"


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did: how many blobs and rows are at the new place, and how many blobs were there already."""

    blobs: int
    there_already: int
    rows: int


def move(vault: Vault, catalog: Catalog, to: Places, *, progress: Progress) -> Moved:
    """Move the sealed files and the catalogue of *vault* to *to*; *progress* is told how many blobs there are.

    Afterwards *catalog* is shut: open the vault anew. Raises InputError where a catalogue is there already, VaultError
    where a place cannot be reached (nothing is lost: run it again), NotGrantedError for who may not.
    """
    access.require(vault.role, Right.APPOINT)
    was = places.read(vault)
    if was == to:
        _tidy(vault)
        return Moved(0, sum(1 for _ in vault.store.list()), 0)
    target = vault.store if to.store == was.store else places.store(to, vault.folder)
    new = there = 0
    if to.store != was.store:
        new, there = places.send(vault.store, target, progress)
    rows = 0

    def switch() -> None:
        nonlocal new
        if to.store != was.store:
            new += places.send(vault.store, target, places.unseen)[0]
        places.write(vault, to)

    # Said before it is done, like all that the ledger is told.
    vault.ledger.append(_MOVED, store=_kind(to.store), catalog=_kind(to.catalog))
    if to.catalog == was.catalog:
        with catalog.transfer.still():
            switch()
    else:
        database = places.database(to, vault.folder)
        try:
            rows = catalog.transfer.hand_over(database, switch)
        finally:
            database.close()
    if to.store != was.store:
        for name in list(vault.store.list()):
            vault.store.delete(name)
    _tidy(vault)
    return Moved(new + there, there, rows)


def _tidy(vault: Vault) -> None:
    """Remove from the vault's folder what lies elsewhere by now; what only the folder has is left alone."""
    said = places.read(vault)
    if said.store != places.HERE:
        here, there = FolderStore(vault.folder / places.STORE_FOLDER), set(places.store(said, vault.folder).list())
        for name in list(here.list()):
            if name in there:
                here.delete(name)
    if said.catalog != places.HERE:
        for name in _files():
            (vault.folder / name).unlink(missing_ok=True)


def _files() -> Iterator[str]:
    yield from (f"{places.CATALOG_FILE}{end}" for end in ("", "-wal", "-shm"))


def _kind(address: str) -> str:
    """Return what sort of place an address is, without the address itself."""
    return address.partition("://")[0]
