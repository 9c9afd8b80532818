"""Backups of a whole vault: each snapshot complete in itself, each blob kept once. Opens nothing.

A snapshot is a tar file: the keys, the roll of officers, the ledger, every row of the catalogue (as SQLite, wherever it
lies) and `manifest.json`, signed, with the SHA-256 of each of these and the names of the blobs. What is in a vault is
sealed already, so a backup shows what the vault's folder shows (docs/threats.md), and no more.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from toolkit import places
from toolkit.backup_place import Place
from toolkit.catalog import Catalog
from toolkit.catalog.database import Sqlite
from toolkit.errors import InputError, UnknownNameError
from toolkit.places import Progress
from vault import FolderStore, MissingError, OfficerKeys, Report, TamperedError, Vault
from vault.files import locked, make_folder, sync_all, sync_folder
from vault.opened import LOCK

FORMAT: Final = "mobility-backup/1"
_MANIFEST, _SIGNATURE = "manifest.json", "manifest.sig"
_TAKEN: Final = "vault.backed_up"
_PURPOSE: Final = b"backup\0"
#: What lies in a vault's folder and is not a file of a snapshot: the store's blobs are kept once for all, the catalogue
#: is copied row by row, and the rest belongs to running programs.
_NOT: Final = frozenset({places.STORE_FOLDER, places.FILE, _MANIFEST, _SIGNATURE})


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a snapshot holds: *files* by path with their SHA-256, and the names of its *blobs*."""

    format: str
    vault: str
    made: str
    rows: int
    files: dict[str, str]
    blobs: list[str]


@dataclass(frozen=True, slots=True)
class Taken:
    """A snapshot that was made: its name, how many blobs it needs, and how many of them were new at the place."""

    name: str
    blobs: int
    new: int
    rows: int


def take(vault: Vault, catalog: Catalog, to: Place, work: Path, *, progress: Progress) -> Taken:
    """Make a snapshot of *vault* at *to*; *work* is an empty folder for the copy, with room for catalogue and keys.

    Only blobs that *to* has not are sent, and each is read back. Raises VaultError where the place cannot be reached:
    what was sent is kept, and the next run goes on from there.
    """
    new, _ = places.send(vault.store, to.blobs, progress)
    copied = work / places.CATALOG_FILE
    with catalog.transfer.still():  # nobody writes now: what follows is one moment of the vault
        names = list(vault.store.list())
        new += places.send(vault.store, to.blobs, places.unseen)[0]
        target = Sqlite(copied)
        try:
            rows = catalog.transfer.copy_into(target)
            target.overwrite_erased()
        finally:
            target.close()
        with locked(vault.folder / LOCK):  # nor does anybody grant, rotate or forget
            _copy_own_files(vault.folder, work)
    files = {str(path.relative_to(work)): _sha256(path) for path in sorted(work.rglob("*")) if path.is_file()}
    made = datetime.now(UTC)
    manifest = Manifest(FORMAT, vault.parts.keys.vault, made.isoformat(timespec="seconds"), rows, files, names)
    name = f"{made:%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}.tar"
    packed = work / name
    _write(packed, work, msgspec.json.encode(manifest), vault)
    to.put(name, packed)
    vault.ledger.append(_TAKEN, snapshot=name, blobs=str(len(names)), new=str(new))
    return Taken(name, len(names), new, rows)


def manifest(place: Place, name: str, work: Path) -> Manifest:
    """Return what the snapshot *name* says that it holds; nobody has vouched for it yet."""
    packed = work / f".{name}"
    place.get(name, packed)
    try:
        with tarfile.open(packed) as tar:
            found = tar.extractfile(_MANIFEST)
            return _parsed(found.read() if found is not None else b"")
    except (tarfile.TarError, KeyError) as mistake:
        raise TamperedError(
            f"The snapshot {name} is damaged.", remedy="Use another, and remove this one from the place by hand."
        ) from mistake
    finally:
        packed.unlink(missing_ok=True)


def restore(place: Place, name: str, folder: Path, *, progress: Progress) -> Manifest:
    """Make a vault in *folder*, absent or empty, from the snapshot *name*, with store and catalogue in the folder.

    Everything is compared with the manifest on the way. The manifest itself is believed when the vault was unlocked:
    see `check`. Raises TamperedError, MissingError where blobs are gone, InputError where the folder is not empty.
    Interrupted, it can be run again: the vault appears when it is whole.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InputError("The folder for the restored vault is not empty.", remedy="Choose another with --vault.")
    unfinished = folder.parent / f".{folder.name}.restoring"
    make_folder(folder.parent)
    unfinished.mkdir(mode=0o700, exist_ok=True)
    _keep_blobs_alone(unfinished)
    said = _unpacked(place, name, unfinished)
    store = FolderStore(unfinished / places.STORE_FOLDER)
    store.remove_strays(set(said.blobs), -1)
    there = set(store.list())
    with progress(len(said.blobs)) as done:
        for blob in said.blobs:
            if blob not in there:
                store.put(place.blobs.get(blob))
            done()
    if folder.exists():
        folder.rmdir()
    sync_all(unfinished)
    unfinished.rename(folder)
    sync_folder(folder.parent)
    return said


def check(vault: Vault) -> None:
    """Raise TamperedError unless an officer of *vault*, restored and unlocked, signed the manifest it came from."""
    try:
        said, signature = (vault.folder / _MANIFEST).read_bytes(), (vault.folder / _SIGNATURE).read_bytes()
    except FileNotFoundError as mistake:
        raise MissingError("The vault was not restored from a snapshot.") from mistake
    vault.check_signature(_PURPOSE + said, signature)


def settle(vault: Vault) -> None:
    """Remove the manifest that `restore` left in the folder for `check`."""
    for name in (_MANIFEST, _SIGNATURE):
        (vault.folder / name).unlink(missing_ok=True)


def drill(place: Place, name: str, keys: OfficerKeys, work: Path, *, progress: Progress) -> Report:
    """Restore the snapshot *name* in the empty folder *work*, unlock it with *keys*, and verify the whole of it."""
    folder = work / "vault"
    restore(place, name, folder, progress=progress)
    vault = Vault.unlock(folder, keys=keys)
    check(vault)
    settle(vault)
    with Catalog.open(vault) as catalog:
        return catalog.verify()


def holding(place: Place, case: str, work: Path) -> list[str]:
    """Return the snapshots that still hold a key of *case*, by its id: what erasing it has not reached yet."""
    prefix = f"compartments/{case}/key"
    return [name for name in place.snapshots() if any(f.startswith(prefix) for f in manifest(place, name, work).files)]


def expire(place: Place, vault: str, keep: int, work: Path) -> tuple[list[str], int]:
    """Remove all but the newest *keep* snapshots of the vault of that id, and the blobs that none needs; return both.

    What lies there of other vaults stays.
    """
    if keep < 1:
        raise InputError("At least one snapshot has to be kept.")
    there = {name: manifest(place, name, work) for name in place.snapshots()}
    going = [name for name, said in there.items() if said.vault == vault][:-keep]
    for name in going:
        place.delete(name)
    needed = {blob for name, said in there.items() if name not in going for blob in said.blobs}
    strays = [blob for blob in place.blobs.list() if blob not in needed] if going else []
    for blob in strays:
        place.blobs.delete(blob)
    return going, len(strays)


def latest(place: Place, work: Path, vault: str = "") -> str:
    """Return the name of the newest snapshot, where its id is given of that *vault*; *work* is a folder for it.

    Raise UnknownNameError where there is none, InputError where there are some of several vaults and none is meant.
    """
    of = {name: manifest(place, name, work).vault for name in place.snapshots()}
    names = [name for name in of if vault in ("", of[name])]
    if not names:
        raise UnknownNameError("There is no snapshot at that place.", remedy="Make one: mobility vault backup.")
    if len({of[name] for name in names}) > 1:
        raise InputError(
            "There are snapshots of several vaults at that place.",
            remedy="Name one with --snapshot: `mobility vault snapshots` shows which is of which vault.",
        )
    return names[-1]


def _copy_own_files(folder: Path, work: Path) -> None:
    for path in _own_files(folder):
        kept = work / path.relative_to(folder)
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(path, kept)


def _own_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        first = path.relative_to(folder).parts[0]
        running = path.suffix in {".lock", ".tmp"} or first.startswith(places.CATALOG_FILE) or first.startswith(".")
        if path.is_file() and not path.is_symlink() and first not in _NOT and not running:
            yield path


def _write(packed: Path, work: Path, said: bytes, vault: Vault) -> None:
    for name, data in ((_MANIFEST, said), (_SIGNATURE, vault.sign(_PURPOSE + said))):
        (work / name).write_bytes(data)
    with tarfile.open(packed, "x", format=tarfile.PAX_FORMAT) as tar:
        # The manifest comes first, so that it is found without reading the catalogue.
        for name in (_MANIFEST, _SIGNATURE, *json.loads(said)["files"]):
            tar.add(work / name, arcname=name, filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _unpacked(place: Place, name: str, folder: Path) -> Manifest:
    packed = folder / ".snapshot.tmp"
    place.get(name, packed)
    try:
        with tarfile.open(packed) as tar:
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, OSError) as mistake:
        raise TamperedError(
            f"The snapshot {name} is damaged.", remedy="Use another: mobility vault snapshots."
        ) from mistake
    finally:
        packed.unlink(missing_ok=True)
    said = _parsed((folder / _MANIFEST).read_bytes() if (folder / _MANIFEST).is_file() else b"")
    _compare(said.files, folder)
    return said


def _keep_blobs_alone(folder: Path) -> None:
    """Remove what another snapshot, whose restoring was interrupted, left in *folder*, but for its sealed files."""
    for path in folder.iterdir():
        if path.name != places.STORE_FOLDER:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _compare(files: Mapping[str, str], folder: Path) -> None:
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    there = {name for name in there if not name.startswith(f"{places.STORE_FOLDER}/")}
    if there - files.keys() - {_MANIFEST, _SIGNATURE}:
        raise TamperedError("The snapshot holds a file that its manifest does not name.")
    for name, expected in files.items():
        path = folder / name
        if not path.is_file() or _sha256(path) != expected:
            raise TamperedError(f"The snapshot's {name} is not what its manifest says.")


def _parsed(said: bytes) -> Manifest:
    try:
        found = msgspec.json.decode(said, type=Manifest)
    except msgspec.DecodeError as mistake:
        raise TamperedError("The snapshot's manifest is damaged.") from mistake
    if found.format != FORMAT:
        raise InputError("The snapshot is of a newer format.", remedy="Use a newer version of the program.")
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
