"""What a disk may hold after the power went: the model by which the crash campaign cuts it (as ALICE and CrashMonkey).

Of everything that was not brought to the disk (fsync of a file brings its content, fsync of a folder its names) any
part may have arrived, in any order: each name of each folder old or new by itself, the content of each file as it was
when last brought there, as it was at any moment since, cut short anywhere, or a medley of pieces smaller than a block
of either, or of zeros. So nothing holds in it but what was brought to the disk. SQLite's files are taken as SQLite left
them: it brings to the disk what counts, and is tried so by its makers.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TypeAlias
from unittest import mock

ROOT = 0
#: A disk writes sectors of 512 bytes and more whole; the model tears them too.
PIECE = 64
#: How often what was not brought to the disk has arrived there all the same; drawn once for each cut.
ARRIVING = (0.0, 0.15, 0.5, 0.85, 1.0)
_SQLITE = "catalog.db"
#: Each of the contents a file may have by now: first the one that is sure, last the one that programs see.
Contents: TypeAlias = tuple[bytes, ...]
#: Each of the files and folders that a name may stand for by now, in the same order.
Names: TypeAlias = Mapping[str, tuple[int | None, ...]]


@dataclass(frozen=True, slots=True)
class Disk:
    """What may be found on the disk at one moment, by the numbers of files and folders; *done* steps were reported."""

    files: Mapping[int, Contents]
    folders: Mapping[int, Names]
    done: int = 0


@dataclass
class Recorder:
    """Keeps what may be found of everything under *root*, at every call of a program; SQLite works in *own*."""

    root: Path
    own: Path
    disks: list[Disk] = field(default_factory=list)
    done: int = 0
    _numbers: dict[int, int] = field(default_factory=dict)
    _count: int = 0
    _files: dict[int, Contents] = field(default_factory=dict)
    _folders: dict[int, dict[str, tuple[int | None, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take what is there for brought to the disk."""
        self._numbers[self.root.stat().st_ino] = ROOT
        self._see()
        self._files = {number: contents[-1:] for number, contents in self._files.items()}
        self._folders = {number: _settled(names) for number, names in self._folders.items()}

    def keep(self) -> None:
        """Keep what may be found now."""
        self._see()
        self.disks.append(
            Disk(dict(self._files), {each: dict(names) for each, names in self._folders.items()}, self.done)
        )

    def synced(self, handle: int) -> None:
        """Take note that a file or folder was brought to the disk."""
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path.is_relative_to(self.root) and path.exists():
            self._see()
            number = self._numbers[path.stat().st_ino]
            if path.is_dir():
                self._folders[number] = _settled(self._folders[number])
            else:
                self._files[number] = self._files[number][-1:]

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Have what this process brings to the disk noted."""
        real = os.fsync

        def fsync(handle: int) -> None:
            real(handle)
            self.synced(handle)

        with mock.patch.object(os, "fsync", fsync):
            yield

    def _see(self) -> None:
        """Look at everything there is."""
        alive = {self.root.stat().st_ino}
        waiting = [(ROOT, self.root)]
        while waiting:
            number, folder = waiting.pop()
            there: dict[str, int] = {}
            for entry in os.scandir(folder):
                alive.add(entry.inode())
                there[entry.name] = child = self._number(entry.inode())
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((child, Path(entry.path)))
                else:
                    self._see_file(child, Path(entry.path))
            self._see_names(number, there, folder == self.own)
        # The number of an inode is used again; what it means from then on is another file.
        self._numbers = {inode: number for inode, number in self._numbers.items() if inode in alive}

    def _number(self, inode: int) -> int:
        if inode not in self._numbers:
            self._count += 1
            self._numbers[inode] = self._count
        return self._numbers[inode]

    def _see_file(self, number: int, path: Path) -> None:
        data = path.read_bytes()
        known = self._files.get(number, (b"",))
        sure = path.parent == self.own and path.name.startswith(_SQLITE)
        self._files[number] = (data,) if sure else known if known[-1] == data else (*known, data)

    def _see_names(self, number: int, there: Mapping[str, int], own: bool) -> None:
        names = self._folders.setdefault(number, {})
        for name in names.keys() | there.keys():
            known, now = names.get(name, (None,)), there.get(name)
            if own and name.startswith(_SQLITE):
                names[name] = (now,)
            elif known[-1] != now:
                names[name] = (*known, now)


def after_power_cut(disk: Disk, root: Path, rng: Random) -> None:
    """Make *root* one of the states that a disk may be found in when the power went at that moment."""
    shutil.rmtree(root, ignore_errors=True)
    arriving = rng.choice(ARRIVING)
    waiting = [(ROOT, root)]
    while waiting:
        number, folder = waiting.pop()
        folder.mkdir(mode=0o700)
        for name, candidates in sorted(disk.folders[number].items()):
            child = candidates[0] if rng.random() >= arriving else rng.choice(candidates[1:] or candidates)
            if child in disk.folders:
                waiting.append((child, folder / name))
            elif child is not None:
                (folder / name).write_bytes(_found(disk.files[child], arriving, rng))
                (folder / name).chmod(0o600)


def _found(contents: Contents, arriving: float, rng: Random) -> bytes:
    sure, seen = contents[0], rng.choice(contents)
    if rng.random() >= arriving:
        return sure
    return rng.choice([contents[-1], seen, cut_short(sure, seen, rng), medley(sure, seen, rng)])


def cut_short(sure: bytes, seen: bytes, rng: Random) -> bytes:
    """Return a beginning of what was on its way; where that was added to what was sure, all of what was sure."""
    return seen[: rng.randrange(len(sure) if seen.startswith(sure) else 0, len(seen) + 1)]


def medley(sure: bytes, seen: bytes, rng: Random) -> bytes:
    """Return *seen*, of which any piece may not have arrived: there is still what was sure, or there are zeros."""
    below = sure[: len(seen)].ljust(len(seen), b"\0")
    start = rng.randrange(PIECE)
    edges = [0, *range(start or PIECE, len(seen), PIECE), len(seen)]
    return b"".join((seen if rng.random() < 0.5 else below)[at:end] for at, end in pairwise(edges))


def _settled(names: Names) -> dict[str, tuple[int | None, ...]]:
    return {name: candidates[-1:] for name, candidates in names.items() if candidates[-1] is not None}
