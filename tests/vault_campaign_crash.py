"""Operations on a small vault that are stopped anywhere, and what must hold of it afterwards.

Three ways to be stopped. *Killed*: a child process ends by SIGKILL at its n-th call that touches the disk, or after a
time drawn by lot. *Failing*: that call, or every write beyond a size, gives an error. *Power cut*: the disk as it may
be found afterwards, where of everything that was not brought to it (fsync) any part may have arrived: names old or new,
content old, new, cut short or zeros (as ALICE and CrashMonkey do).
"""

from __future__ import annotations

import errno
import os
import re
import resource
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TypeAlias
from unittest import mock

from tests.vault_campaign import PASSPHRASE, contents, file, look, unlocked
from toolkit import backup as taking
from toolkit import backup_place, moving, places
from toolkit.catalog import Catalog
from toolkit.errors import ToolkitError, UnknownNameError
from toolkit.places import Places
from vault import FolderStore, Store, Vault, VaultError

State: TypeAlias = tuple[tuple[str, ...], ...]
Operation: TypeAlias = Callable[[Vault, Catalog], Iterator[None]]
BACKUP, ELSEWHERE = "backup", "elsewhere"
#: What lies outside the vault's folder is not in the model of a power cut.
NO_MODEL = ("backup", "move")
#: How the vault says that something was begun and not ended; each names what to do.
UNFINISHED = r"forget it again|make a new one with vault rotate|waits|who is not entitled to it"
#: The calls of the operating system that change or settle what is on the disk.
CALLS = ("fsync", "replace", "rename", "unlink", "mkdir", "rmdir", "open")


def intake(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """Take in three papers; each is there whole or not at all."""
    for id in ("n1", "n2", "n3"):
        file(vault, catalog, id, "c1", f"%PDF paper {id}".encode())
        yield


def forget(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """Erase a case."""
    catalog.forget_case("c2")
    yield


def rotate_hash_keys(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """New find and sum keys: every row is written anew, and nothing is to be seen of it."""
    catalog.rotation.hash_keys()
    yield


def reseal(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """A case sealed anew to a new key."""
    catalog.rotation.reseal("c1")
    yield


def rotate_own(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """New keys of the officer herself."""
    vault.rotate_own_keys(PASSPHRASE, work_factor=2)
    yield


def grant(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """A case granted and another taken back."""
    vault.office.grant("ann", "c2")
    yield
    vault.office.revoke("ann", "c1")
    yield


def backup(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """A snapshot of everything, in a folder beside the vault's."""
    to = backup_place.FolderPlace(vault.folder.parent / BACKUP)
    with tempfile.TemporaryDirectory(dir=vault.folder.parent) as work:
        taking.take(vault, catalog, to, Path(work), progress=places.unseen)
    yield


def move(vault: Vault, catalog: Catalog) -> Iterator[None]:
    """The sealed files to another place. In the campaign that is a folder beside the vault's: see `elsewhere`."""
    moving.move(vault, catalog, Places(store="s3://elsewhere/papers"), progress=places.unseen)
    yield


@contextmanager
def elsewhere() -> Iterator[None]:
    """Have a folder beside the vault's stand in for a bucket: what is tried is what the vault does, no server."""
    real = places.store

    def stand_in(said: Places, folder: Path) -> Store:
        return real(said, folder) if said.store == places.HERE else FolderStore(folder.parent / ELSEWHERE)

    with mock.patch.object(places, "store", stand_in):
        yield


def snapshots_are_whole(folder: Path) -> list[str]:
    """Return what is wrong with the snapshots beside a vault: each there is can be restored and verifies."""
    if not (folder.parent / BACKUP).is_dir():
        return []
    to, problems = backup_place.FolderPlace(folder.parent / BACKUP), []
    for name in to.snapshots():
        with tempfile.TemporaryDirectory(dir=folder.parent) as work:
            try:
                keys = unlocked(folder).parts.keys
                report = taking.drill(to, name, keys, Path(work), progress=places.unseen)
                problems += [f"snapshot: {each}" for each in report.problems]
            except (VaultError, ToolkitError) as problem:
                problems.append(f"snapshot: {problem.message}")
    return problems


OPERATIONS: Mapping[str, Operation] = {
    "intake": intake,
    "forget": forget,
    "rotation of hash keys": rotate_hash_keys,
    "a case sealed anew": reseal,
    "rotation of own keys": rotate_own,
    "grant and revoke": grant,
    "backup": backup,
    "move": move,
}


def state(folder: Path) -> State:
    """Return all that can be read and found, as one officer sees it."""
    vault = unlocked(folder)
    with places.opened(vault) as catalog:
        found = tuple(map(str, catalog.find("name", "Anna Specimen")))
        granted = tuple(f"{case}: {' '.join(vault.office.granted(case))}" for case in vault.compartments())
        return (("found", *found), ("granted", *granted), *sorted(contents(vault, catalog)))


@dataclass
class Legal:
    """The states an operation goes through when nothing comes between, and how many calls it makes."""

    states: list[State] = field(default_factory=list)
    calls: int = 0
    seconds: float = 0.0


def rehearsed(folder: Path, place: Path, operation: Operation) -> Legal:
    """Run an operation on a copy of the vault in *folder*, under *place*, undisturbed."""
    copy = fresh(folder, place)
    legal = Legal([state(copy)])
    copy = fresh(folder, place)
    vault = unlocked(copy)
    start, counter = time.perf_counter(), Counter(lambda: None, at=-1)
    with places.opened(vault) as catalog, counter.counting():
        for _ in operation(vault, catalog):
            pass
    legal.calls, legal.seconds = counter.count, time.perf_counter() - start
    for stop in range(1, len(list(_steps(folder, place, operation))) + 1):
        copy = fresh(folder, place)
        vault = unlocked(copy)
        with places.opened(vault) as catalog:
            for number, _ in enumerate(operation(vault, catalog), 1):
                if number == stop:
                    break
        legal.states.append(state(copy))
    return legal


def _steps(folder: Path, place: Path, operation: Operation) -> Iterator[None]:
    vault = unlocked(fresh(folder, place))
    with places.opened(vault) as catalog:
        yield from operation(vault, catalog)


def fresh(folder: Path, place: Path) -> Path:
    """Return a new copy of the vault in *folder*, the only one under *place*."""
    for name in ("copy", BACKUP, ELSEWHERE):
        shutil.rmtree(place / name, ignore_errors=True)
    shutil.copytree(folder, place / "copy")
    return place / "copy"


class Counter:
    """Counts the calls that touch the disk, and does something before the one at number *at*."""

    def __init__(self, before: Callable[[], None], at: int) -> None:
        self.count = 0
        self._before = before
        self._at = at
        self.seen: Callable[[], None] = lambda: None

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Have the calls of this process counted."""
        with mock.patch.multiple(os, **{name: self._wrapped(getattr(os, name)) for name in CALLS}):
            yield

    def _wrapped(self, call: Callable[..., object]) -> Callable[..., object]:
        def counted(*arguments: object, **named: object) -> object:
            self.count += 1
            if self.count == self._at:
                self._before()
            self.seen()
            return call(*arguments, **named)

        return counted


# --- killed, or failing


@dataclass(frozen=True, slots=True)
class Stop:
    """How a child is stopped: killed at a call or after seconds, or an error at a call, or files that may not grow."""

    at: int = -1
    after: float = 0.0
    fails: int = 0
    largest: int = 0


def stopped(folder: Path, operation: Operation, stop: Stop) -> int:
    """Run an operation in a child that is stopped; return how many of its steps it had reported as done."""
    told, telling = os.pipe()
    child = os.fork()
    if not child:
        os.close(told)
        _child(folder, operation, stop, telling)
    os.close(telling)
    if stop.after:
        time.sleep(stop.after)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    done = 0
    while data := os.read(told, 100):
        done += len(data)
    os.close(told)
    return done


def _child(folder: Path, operation: Operation, stop: Stop, telling: int) -> None:
    def before() -> None:
        if stop.fails:
            raise OSError(stop.fails, os.strerror(stop.fails))
        os.kill(os.getpid(), signal.SIGKILL)

    try:
        if stop.largest:
            resource.setrlimit(resource.RLIMIT_FSIZE, (stop.largest, stop.largest))
        vault = unlocked(folder)
        with places.opened(vault) as catalog, Counter(before, stop.at).counting():
            for _ in operation(vault, catalog):
                os.write(telling, b".")
    except (OSError, VaultError, ToolkitError):
        os._exit(4)
    finally:
        os._exit(1)


def wrong(folder: Path, operation: Operation, legal: Legal, done: int) -> tuple[str, list[str]]:
    """Return how a vault was found whose operation was stopped after *done* of its steps, and what is wrong with it.

    "clean": before or after, and nothing to do. "unfinished": it said itself what was begun, with the remedy, and
    doing it again ended it. "wrong" otherwise.
    """
    noticed = look(folder)
    if noticed and all(re.search(UNFINISHED, each) for each in noticed):
        problems = again(folder, operation) or _against(folder, legal.states[-1:], done) or going_on(folder)
        return ("wrong", [*noticed, *problems]) if problems else ("unfinished", noticed)
    problems = noticed or _against(folder, legal.states[done : done + 2], done) or going_on(folder)
    return ("wrong", problems) if problems else ("clean", [])


def _against(folder: Path, states: Sequence[State], done: int) -> list[str]:
    now = state(folder)
    if now in states:
        return []
    return [f"neither before nor after step {done + 1}: {sorted(set(now).symmetric_difference(states[0]))[:4]}"]


def again(folder: Path, operation: Operation) -> list[str]:
    """Do an operation once more that was stopped; return what is noticed after it."""
    try:
        vault = unlocked(folder)
        with places.opened(vault) as catalog:
            for _ in operation(vault, catalog):
                pass
    except UnknownNameError:
        pass  # what was to be erased is gone by now
    except (VaultError, ToolkitError) as problem:
        return [f"again: {problem.message}"]
    return look(folder)


def going_on(folder: Path) -> list[str]:
    """Return what is wrong when the work goes on."""
    vault = unlocked(folder)
    with places.opened(vault) as catalog:
        file(vault, catalog, "next", "c1", b"%PDF what comes in after")
        return [*catalog.verify().problems, *snapshots_are_whole(folder)]


# --- a power cut


@dataclass
class Disk:
    """What is on the disk for sure, and what the running program sees, at one moment: names, and content by file."""

    sure_names: dict[str, int]
    seen_names: dict[str, int]
    sure: dict[int, bytes]
    seen: dict[int, bytes]
    folders: frozenset[str]
    done: int = 0


class Recorder:
    """Keeps the disk at every call of an operation. SQLite's files are as SQLite left them: it syncs what counts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        #: An inode's number is used again: what it means now is a file of ours.
        self._files: dict[int, int] = {}
        self._next = 0
        self._content: dict[int, bytes] = {}
        self._names: dict[int, dict[str, int]] = {}
        self.disks: list[Disk] = []
        self.done = 0
        for path in (folder, *folder.rglob("*")):
            if path.is_file():
                self._content[self._file(path)] = path.read_bytes()
        for path in (folder, *folder.rglob("*")):
            if path.is_dir():
                self._sync_folder(path)

    def _file(self, path: Path) -> int:
        inode = path.stat().st_ino
        if inode not in self._files:
            self._next += 1
            self._files[inode] = self._next
        return self._files[inode]

    def keep(self) -> None:
        """Keep the disk as it is now."""
        names: dict[str, int] = {}
        seen: dict[int, bytes] = {}
        folders, alive = set(), {self._folder.stat().st_ino}
        for path in self._folder.rglob("*"):
            alive.add(path.stat().st_ino)
            if path.is_dir():
                folders.add(str(path.relative_to(self._folder)))
        self._files = {inode: file for inode, file in self._files.items() if inode in alive}
        sure_names, sure_folders = self._sure()
        sure = dict(self._content)
        for path in self._folder.rglob("*"):
            name = str(path.relative_to(self._folder))
            if path.is_file() and path.suffix != ".lock":
                names[name] = file = self._file(path)
                seen[file] = path.read_bytes()
                if name.startswith("catalog.db"):
                    sure[file] = seen[file]
        sure_names = {name: file for name, file in sure_names.items() if not name.startswith("catalog.db")}
        sure_names |= {name: file for name, file in names.items() if name.startswith("catalog.db")}
        self.disks.append(Disk(sure_names, names, sure, seen, frozenset(folders | sure_folders), self.done))

    def synced(self, handle: int) -> None:
        """Take note that a file or folder was brought to the disk."""
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path.is_dir():
            self._sync_folder(path)
        elif path.is_file():
            self._content[self._file(path)] = path.read_bytes()

    def _sync_folder(self, folder: Path) -> None:
        self._names[self._file(folder)] = {path.name: self._file(path) for path in folder.iterdir()}
        for path in folder.iterdir():
            if path.is_dir():
                self._names.setdefault(self._file(path), {})

    def _sure(self) -> tuple[dict[str, int], set[str]]:
        found: dict[str, int] = {}
        folders: set[str] = set()
        waiting = [("", self._file(self._folder))]
        while waiting:
            place, parent = waiting.pop()
            for name, child in self._names[parent].items():
                if child in self._names:
                    folders.add(f"{place}{name}")
                    waiting.append((f"{place}{name}/", child))
                elif not name.endswith(".lock"):
                    found[f"{place}{name}"] = child
        return found, folders


def recorded(folder: Path, place: Path, operation: Operation) -> Sequence[Disk]:
    """Run an operation on a copy and return the disk at each of its calls."""
    copy = fresh(folder, place)
    vault = unlocked(copy)
    with places.opened(vault) as catalog:
        recorder = Recorder(copy)
        counter = Counter(lambda: None, at=-1)
        counter.seen = recorder.keep
        real = os.fsync

        def fsync(handle: int) -> None:
            real(handle)
            recorder.synced(handle)

        with mock.patch.object(os, "fsync", fsync), counter.counting():
            for _ in operation(vault, catalog):
                recorder.done += 1
        recorder.keep()
    return recorder.disks


def after_power_cut(disk: Disk, folder: Path, rng: Random) -> None:
    """Write to *folder* one of the states that a disk may be found in when the power went at that moment."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in disk.folders:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in disk.sure_names.keys() | disk.seen_names.keys():
        file = rng.choice([disk.sure_names.get(name), disk.seen_names.get(name)])
        if file is not None:
            sure, seen = disk.sure.get(file, b""), disk.seen.get(file)
            settled = seen is None or seen == sure
            (folder / name).write_bytes(sure if settled else rng.choice([sure, seen, _torn(sure, seen, rng)]))
    for name in ("vault.lock", "ledger.lock", "access.lock"):
        (folder / name).touch(mode=0o600)


def _torn(sure: bytes, seen: bytes, rng: Random) -> bytes:
    """Content that was on its way: a beginning of it, or the right length without it. What was sure stays below."""
    cut = rng.randrange(len(seen) + 1)
    if seen.startswith(sure):
        cut = max(cut, len(sure))
    return seen[:cut] if rng.random() < 0.7 else seen[:cut] + bytes(len(seen) - cut)


FULL = errno.ENOSPC
BROKEN = errno.EIO
