"""Where a vault's sealed files and its catalogue lie: in its folder, or in a bucket and a PostgreSQL database.

`places.json` in the vault's folder says so, signed by an officer: who may write to the folder cannot send the program
elsewhere. The folder itself stays what it is: keys, the roll of officers and the ledger. Credentials are never in it.

While a move is under way the file also says where to, and afterwards, until nothing is there any more, where from.
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
from vault import FolderStore, MissingError, Right, Store, TamperedError, Vault, VaultError, access
from vault.files import locked, naming, read_plain, write_atomically

FILE: Final = "places.json"
#: Held while places change, or what they left behind goes.
LOCK: Final = "places.lock"
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


@dataclass(frozen=True, slots=True)
class Said:
    """What `places.json` says: where everything lies, where a move is going *to*, and what another has *left*."""

    places: Places = Places()
    to: Places | None = None
    left: Places | None = None


def read(vault: Vault) -> Places:
    """Return where the files and rows of *vault* lie; raise TamperedError where nobody who may has said so."""
    return said(vault).places


def said(vault: Vault) -> Said:
    """Return where the files and rows of *vault* lie, and which moves have not come to their end; raise as `read`."""
    try:
        line = read_plain(vault.folder / FILE)
    except FileNotFoundError:
        return Said()
    try:
        facts = json.loads(line)
        further = [Places(*map(str, facts[name])) if name in facts else None for name in ("to", "left")]
        found = Said(Places(str(facts["store"]), str(facts["catalog"])), *further)
        signature = bytes.fromhex(str(facts["signature"]))
    except (ValueError, KeyError, TypeError, InputError) as mistake:
        raise TamperedError(f"{FILE} is damaged.", remedy=f"Restore {FILE} from a backup.") from mistake
    with naming(vault.folder / FILE):
        vault.check_signature(_message(found), signature)
        if line != _line(found, signature):
            raise TamperedError("It was rewritten.")  # the same in other bytes: nobody but a tamperer writes it so
    return found


def write(vault: Vault, places: Places, *, to: Places | None = None, left: Places | None = None) -> None:
    """Say where the files and rows of *vault* lie from now on, and what of a move has still to be done."""
    found = Said(places, to, left)
    write_atomically(vault.folder / FILE, _line(found, vault.sign(_message(found))))


def _line(found: Said, signature: bytes) -> bytes:
    places = found.places
    facts = {"store": places.store, "catalog": places.catalog, **_further(found), "signature": signature.hex()}
    return json.dumps(facts, indent=2).encode() + b"\n"


def under_way(vault: Vault) -> list[str]:
    """Return in plain words which moves have not come to their end. Nothing is wrong with the vault because of them."""
    found = said(vault)
    begun = [f"A move to {_called(found.to)} was begun; it goes on when it is run again."] if found.to else []
    left = [f"A move is done; run it again to empty {_called(found.left)}, where it came from."] if found.left else []
    return [*begun, *left]


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
    """Have an unlocked vault use the store where its blobs are, and end a move out of its folder that was killed."""
    found = said(vault)
    if found.places.store != HERE:
        vault.use_store(store(found.places, vault.folder))
    if found.places != Places() and access.may(vault.role, Right.SIGN_ROWS):
        empty_folder(vault)


def empty_folder(vault: Vault) -> None:
    """Bring sealed files that lie in the vault's folder to where the others are, and remove a catalogue left there.

    That is what a kill after the switch of a move leaves, and what a program brings that had the vault open meanwhile.
    """
    if not _holds_what_lies_elsewhere(vault.folder, said(vault)):
        return
    with locked(vault.folder / LOCK):
        found = said(vault)
        if found.places.store != HERE and not (found.to and found.to.store == HERE):
            here = FolderStore(vault.folder / STORE_FOLDER)
            send(here, vault.store, unseen)
            for name in list(here.list()):
                here.delete(name)
        if found.left and found.left.catalog == HERE != found.places.catalog:
            for end in ("", "-wal", "-shm"):
                (vault.folder / f"{CATALOG_FILE}{end}").unlink(missing_ok=True)
        left, now = found.left, found.places
        if left and left.store in (HERE, now.store) and left.catalog in (HERE, now.catalog):
            write(vault, found.places, to=found.to)


def _holds_what_lies_elsewhere(folder: Path, found: Said) -> bool:
    blobs = found.places.store != HERE and next(FolderStore(folder / STORE_FOLDER).list(), None)
    return bool(blobs or found.left)


def send(source: Store, target: Store, progress: Progress, *, trusting: bool = True) -> tuple[int, int]:
    """Bring to *target* the blobs that it has not, each read back; return how many that were, and how many it had.

    Interrupted, it can be run again and goes on from there. *progress* is told how many there are. Not *trusting*, what
    is there already is read as well, and sent anew where it is not whole.
    """
    names, there = list(source.list()), set(target.list())
    new = 0
    with progress(len(names)) as done:
        for name in names:
            if name not in there or not (trusting or _is_whole(target, name)):
                there.discard(name)
                with suppress(MissingError):  # erased since it was listed
                    _send(source.get(name), name, target)
                    new += 1
            done()
    return new, len(there.intersection(names))


def _send(sealed: bytes, name: str, target: Store) -> None:
    try:
        target.put(sealed)
        target.get(name)
    except (VaultError, OSError):
        # What did not arrive whole is not to be taken for what is there already.
        with suppress(VaultError, OSError):
            target.delete(name)
        raise


def _is_whole(store: Store, name: str) -> bool:
    try:
        store.get(name)
    except (TamperedError, MissingError):
        return False
    return True


def _message(found: Said) -> bytes:
    further = _further(found)
    facts = [found.places.store, found.places.catalog, *([further] if further else [])]
    return _PURPOSE + json.dumps(facts, sort_keys=True).encode()


def _further(found: Said) -> dict[str, object]:
    both = {"to": found.to, "left": found.left}
    return {name: [each.store, each.catalog] for name, each in both.items() if each is not None}


def _called(where: Places | None) -> str:
    addresses = (where.store, where.catalog) if where else ()
    return " and ".join(dict.fromkeys("the vault's folder" if each == HERE else each for each in addresses))
