"""What is done with a small vault in the crash campaign: operations, each told step by step, and what they start from.

A *root* is a folder with the vault in `copy`, and beside it what operations make there: backups, a store elsewhere (a
folder that stands in for a bucket: what is tried is what the vault does, no server), a vault restored.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias
from unittest import mock

from tests.vault_campaign import FACTOR, PASSPHRASE, PASSPHRASES, case, contents, file, look, tags, unlocked
from toolkit import backup as taking
from toolkit import backup_place, moving, places
from toolkit.catalog import Catalog, rehashing
from toolkit.errors import ToolkitError
from toolkit.places import Places
from vault import FolderStore, Role, Store, Vault, VaultError

Operation: TypeAlias = Callable[[Vault, Catalog], Iterator[None]]
State: TypeAlias = tuple[tuple[str, ...], ...]
COPY, BACKUP, ELSEWHERE, RESTORED = "copy", "backup", "elsewhere", "restored"
LEAVING = "zoe"


def intake(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """Take in three papers that have not arrived before; each is there whole or not at all."""
    for id in ("n1", "n2", "n3"):
        data = f"%PDF paper {id}".encode()
        if catalog.arrival(*tags(vault, id, data).values()) is None:
            file(vault, catalog, id, "c1", data)
        yield


def new_case(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """A case with a key of its own."""
    if not vault.has_compartment("c9") or all(each.id != "c9" for each in catalog.cases()):
        catalog.add_case(case("c9"))
    yield


def refile(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """A paper goes to another case, sealed anew; what was sealed to the old one goes."""
    catalog.move_document("d2", case="c2")
    yield


def forget(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """Erase a case."""
    if vault.has_compartment("c2"):
        catalog.forget_case("c2")
    yield


def rotate_hash_keys(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """New find and sum keys: every row is written anew, a few at a time, and nothing is to be seen of it."""
    with mock.patch.multiple(rehashing, BATCH=4, _CHUNK=3):
        catalog.rotation.hash_keys()
    yield


def rotate_case(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """New keys of two cases for what is sealed from now on."""
    catalog.rotation.case("c1")
    yield
    catalog.rotation.case("c2")
    yield


def reseal(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """A case sealed anew to a new key."""
    catalog.rotation.reseal("c1")
    yield


def rotate_own(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """New keys of the officer herself; unlocking the vault with them ends it."""
    vault.rotate_own_keys(PASSPHRASE, work_factor=FACTOR)
    unlocked(vault.folder)
    yield


def grant(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """A case granted and another taken back."""
    vault.office.grant("ann", "c2")
    yield
    vault.office.revoke("ann", "c1")
    yield


def carry_out(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """What an administrator has granted is carried out by somebody who can open it."""
    vault.office.carry_out()
    yield


def leave(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """An officer is removed, and every key that is wrapped to her."""
    if LEAVING in vault.officers():
        vault.office.remove(LEAVING)
    yield


def backup(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """A snapshot of everything, in a folder beside the vault's."""
    to = backup_place.FolderPlace(vault.folder.parent / BACKUP)
    with tempfile.TemporaryDirectory(dir=vault.folder.parent) as work:
        taking.take(vault, catalog, to, Path(work), progress=places.unseen)
    yield


def expire(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """All but the newest snapshot go, and what only those had."""
    to = backup_place.FolderPlace(vault.folder.parent / BACKUP)
    with tempfile.TemporaryDirectory(dir=vault.folder.parent) as work:
        taking.expire(to, vault.parts.keys.vault, 1, Path(work))
    yield


def restore(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """A vault made from the newest snapshot, beside the one there is."""
    to = backup_place.FolderPlace(vault.folder.parent / BACKUP)
    folder = vault.folder.parent / RESTORED
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=vault.folder.parent) as work:
            name = taking.latest(to, Path(work))
        taking.restore(to, name, folder, progress=places.unseen)
    yield


def move(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """The sealed files to another place."""
    moving.move(vault, catalog, Places(store="s3://elsewhere/papers"), progress=places.unseen)
    yield


def move_back(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """The sealed files back into the vault's folder."""
    moving.move(vault, catalog, Places(), progress=places.unseen)
    yield


OPERATIONS: Mapping[str, Operation] = {
    "intake": intake,
    "a new case": new_case,
    "a paper to another case": refile,
    "forget": forget,
    "rotation of hash keys": rotate_hash_keys,
    "rotation of cases' keys": rotate_case,
    "a case sealed anew": reseal,
    "rotation of own keys": rotate_own,
    "grant and revoke": grant,
    "a grant carried out": carry_out,
    "an officer leaves": leave,
    "backup": backup,
    "old snapshots removed": expire,
    "restore": restore,
    "move": move,
    "move back": move_back,
}


def granted_by_an_administrator(root: Path) -> None:
    """Have a grant wait for somebody who can open the case."""
    unlocked(root / COPY).office.add_with_passphrase("adm", Role.ADMINISTRATOR, PASSPHRASES["adm"], FACTOR)
    unlocked(root / COPY, "adm").office.grant("ann", "c2")


def joined(root: Path) -> None:
    """Have another lead, to whom everything is wrapped."""
    unlocked(root / COPY).office.add_with_passphrase(LEAVING, Role.LEAD, "hers", FACTOR)


def backed_up(root: Path) -> None:
    """Have a snapshot beside the vault."""
    done(root, backup)


def backed_up_twice(root: Path) -> None:
    """Have two snapshots, the older one with a case that was erased since."""
    for each in (backup, forget, backup):
        done(root, each)


def moved(root: Path) -> None:
    """Have the sealed files elsewhere."""
    done(root, move)


STARTS: Mapping[str, Callable[[Path], None]] = {
    "a grant carried out": granted_by_an_administrator,
    "an officer leaves": joined,
    "old snapshots removed": backed_up_twice,
    "restore": backed_up,
    "move back": moved,
}


def done(root: Path, operation: Operation) -> None:
    """Do an operation undisturbed."""
    vault = unlocked(root / COPY)
    with places.opened(vault) as catalog:
        for _ in operation(vault, catalog):
            pass


@contextmanager
def elsewhere() -> Iterator[None]:
    """Have a folder beside the vault's stand in for a bucket."""
    real = places.store

    def stand_in(said: Places, folder: Path) -> Store:
        return real(said, folder) if said.store == places.HERE else FolderStore(folder.parent / ELSEWHERE)

    with mock.patch.object(places, "store", stand_in):
        yield


# --- what can be seen


def state(root: Path) -> State:
    """Return all that can be read and found, as one officer sees it, and what there is beside the vault."""
    vault = unlocked(root / COPY)
    with places.opened(vault) as catalog:
        found = tuple(map(str, catalog.find("name", "Anna Specimen")))
        # A key that was made for a case that never came to be is not to be seen in any, and is used when it does.
        granted = tuple(f"{each.id}: {' '.join(vault.office.granted(each.id))}" for each in catalog.cases())
        waiting = tuple(f"{each.case}{each.hash_keys}: {each.officer}" for each in vault.office.waiting())
        there = (
            ("snapshots", str(len(_snapshots(root)))),
            ("restored", str((root / RESTORED).is_dir())),
            ("store", places.read(vault).store),
            ("officers", *vault.officers()),
        )
        said = (("found", *found), ("granted", *granted), ("waiting", *waiting))
        return (*there, *said, *sorted(contents(vault, catalog)))


def problems_beside(root: Path) -> list[str]:
    """Return what is wrong with what lies beside a vault: snapshots, a vault restored, sealed files at two places."""
    return [*_snapshot_problems(root), *_restored_problems(root), *_doubled(root)]


def _snapshots(root: Path) -> list[str]:
    return list(backup_place.FolderPlace(root / BACKUP).snapshots()) if (root / BACKUP).is_dir() else []


def _snapshot_problems(root: Path) -> list[str]:
    to, problems = backup_place.FolderPlace(root / BACKUP), []
    keys = unlocked(root / COPY).parts.keys
    for name in _snapshots(root):
        with tempfile.TemporaryDirectory(dir=root) as work:
            try:
                report = taking.drill(to, name, keys, Path(work), progress=places.unseen)
                problems += [f"snapshot: {each}" for each in report.problems]
            except (VaultError, ToolkitError) as problem:
                problems.append(f"snapshot: {problem.message}")
    return problems


def _restored_problems(root: Path) -> list[str]:
    if not (root / RESTORED).is_dir():
        return []
    vault = unlocked(root / RESTORED)
    try:
        taking.check(vault)
    except VaultError as problem:
        return [f"restored: {problem.message}"]
    if problems := look(root / RESTORED):
        return [f"restored: {each}" for each in problems]
    here = unlocked(root / COPY)
    with places.opened(here) as catalog, places.opened(vault) as restored:
        same = sorted(contents(here, catalog)) == sorted(contents(vault, restored))
    return [] if same else ["restored: it holds something else"]


def _doubled(root: Path) -> list[str]:
    """Return where there are sealed files besides where they belong, unless the vault says that a move is under way."""
    vault = unlocked(root / COPY)
    if places.under_way(vault):
        return []
    here = places.read(vault).store == places.HERE
    there = root / ELSEWHERE if here else root / COPY / places.STORE_FOLDER
    left = [path for path in there.rglob("*") if path.is_file() and path.parent.name != "incoming"]
    return [f"sealed files lie twice: {len(left)}"] if left else []
