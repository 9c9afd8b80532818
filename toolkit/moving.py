"""A vault's sealed files and catalogue from one place to another: resumable, verified, and never in both at once.

`places.json` says first where everything is going. Then blobs, which takes long and disturbs nobody; then, while no one
else can write, the few that came meanwhile and every row; then `places.json` says where they are, in one step. Killed
before that step, the old place holds and the move can be run again; killed after it, the new one does, and what is left
at the old goes at the next opening (the vault's folder) or when the move is run again (another place). Moving to where
everything is calls a move off that was begun.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from toolkit import places
from toolkit.catalog import Catalog
from toolkit.catalog.transfer import clear
from toolkit.errors import InputError, OvertakenError
from toolkit.places import Places, Progress
from vault import MissingError, Right, Store, Vault, VaultError, access
from vault.files import locked

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
    was = _begin(vault, to)
    if was == to:
        _tidy(vault, vault.store)
        return Moved(0, sum(1 for _ in vault.store.list()), 0)
    target = vault.store if to.store == was.store else places.store(to, vault.folder)
    if target is not vault.store and _is_same(vault.store, target):
        _begin(vault, was)
        raise InputError("The sealed files are at that place already, by another address.", remedy="Leave it out.")
    new = there = 0
    if to.store != was.store:
        # What is there already is read too: the old place is emptied afterwards.
        new, there = places.send(vault.store, target, progress, trusting=False)
    rows = 0

    def switch() -> None:
        nonlocal new
        if to.store != was.store:
            new += places.send(vault.store, target, places.unseen)[0]
        if places.read(vault) != was:
            raise OvertakenError("The vault was moved meanwhile.", remedy="See `mobility vault verify`.")
        places.write(vault, to, left=was)

    # Said before it is done, like all that the ledger is told.
    vault.ledger.append(_MOVED, store=_kind(to.store), catalog=_kind(to.catalog))
    # Held until the old rows are out, so that nobody who opens the vault meanwhile takes their file away.
    with locked(vault.folder / places.LOCK):
        if to.catalog == was.catalog:
            with catalog.transfer.still():
                switch()
        else:
            database = places.database(to, vault.folder)
            try:
                rows = catalog.transfer.hand_over(database, switch)
            finally:
                database.close()
    _tidy(vault, target)
    return Moved(new + there, there, rows)


def _begin(vault: Vault, to: Places) -> Places:
    """Say where a move is going; return where everything is. What another one has brought elsewhere goes before."""
    found = places.said(vault)
    if found.to and found.to.store not in (found.places.store, to.store):
        _take_back(vault, places.store(found.to, vault.folder))
    if found.left:
        with suppress(VaultError):  # a place that cannot be reached any more keeps nobody here
            _tidy(vault, vault.store)
    with locked(vault.folder / places.LOCK):
        found = places.said(vault)
        if (found.to, found.places) != (None, to):
            places.write(vault, found.places, to=to if to != found.places else None, left=found.left)
    return found.places


def _is_same(one: Store, other: Store) -> bool:
    """Whether two addresses mean the same place, which would be emptied as the old one after it was filled."""
    probe = other.put(os.urandom(32))
    try:
        one.get(probe)
    except MissingError:
        return False
    finally:
        other.delete(probe)
    return True


def _take_back(vault: Vault, target: Store) -> None:
    """Remove what a move that is called off has brought to *target*, and nothing else that may be there."""
    if not _is_same(vault.store, target):
        ours = set(vault.store.list())
        for name in [each for each in target.list() if each in ours]:
            target.delete(name)


def _tidy(vault: Vault, target: Store) -> None:
    """Remove what a move has left where it came from, once *target*, where everything is, has it."""
    found = places.said(vault)
    vault.use_store(target)
    left, now = found.left or found.places, found.places
    if left.store not in (places.HERE, now.store):
        old = places.store(left, vault.folder)
        places.send(old, target, places.unseen)
        for name in list(old.list()):
            old.delete(name)
    if left.catalog not in (places.HERE, now.catalog):
        database = places.database(left, vault.folder)
        try:
            clear(database, vault)
        finally:
            database.close()
    if left != now:
        with locked(vault.folder / places.LOCK):
            found = places.said(vault)
            here = found.places
            folder = Places(here.store, places.HERE if left.catalog == places.HERE else here.catalog)
            places.write(vault, here, to=found.to, left=folder)
    places.empty_folder(vault)


def _kind(address: str) -> str:
    """Return what sort of place an address is, without the address itself."""
    return address.partition("://")[0]
