"""Operations on a small vault that are stopped anywhere, and what must hold of it afterwards.

*Killed*: a child process ends by SIGKILL at its n-th call that touches the disk, after a time drawn by lot, or in the
midst of a write. *Failing*: that call, or every call from it on, or every write beyond a size, gives an error, and the
program ends, or tries once more. *Power cut*: see tests/vault_campaign_power.py.

Afterwards whoever comes first opens the vault, and nothing is wrong with it: everything is before or after, and doing
the same again brings it to the end.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from unittest import mock

from tests.vault_campaign import PASSPHRASES, file, look, unlocked
from tests.vault_campaign_power import Disk, Recorder
from tests.vault_campaign_work import COPY, OPERATIONS, STARTS, Operation, State, done, problems_beside, state
from toolkit import places
from toolkit.errors import ToolkitError
from vault import VaultError

#: The calls of the operating system that change or settle what is on the disk.
CALLS = ("fsync", "replace", "rename", "unlink", "mkdir", "rmdir", "open")
FULL, BROKEN = errno.ENOSPC, errno.EIO
_MISHAPS = (OSError, VaultError, ToolkitError)
_SAID, _CRASHED = 4, 5


@dataclass
class Legal:
    """The states an operation goes through when nothing comes between, and how many calls it makes."""

    states: list[State] = field(default_factory=list)
    calls: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Start:
    """An operation, the root with the vault it starts from, a place for copies of it, and what it does undisturbed."""

    operation: Operation
    built: Path
    place: Path
    legal: Legal

    def fresh(self) -> Path:
        """Return a new copy of the root, the only thing at the place."""
        return fresh(self.built, self.place)


def start(name: str, built: Path, folder: Path) -> Start:
    """Prepare the operation of that name on a copy of the root *built*, and rehearse it; *folder* is for its copies."""
    if name in STARTS:
        built = shutil.copytree(built, folder / "start")
        STARTS[name](built)
    place = folder / "at"
    return Start(OPERATIONS[name], built, place, _rehearsed(built, place, OPERATIONS[name]))


def fresh(built: Path, place: Path) -> Path:
    """Make *place* a new copy of the root *built*."""
    shutil.rmtree(place, ignore_errors=True)
    return shutil.copytree(built, place)


def _rehearsed(built: Path, place: Path, operation: Operation) -> Legal:
    legal = Legal([state(fresh(built, place))])
    vault = unlocked(fresh(built, place) / COPY)
    begun, counter, steps = time.perf_counter(), Counter(lambda: None), 0
    with places.opened(vault) as catalog, counter.counting():
        for _ in operation(vault, catalog):
            steps += 1
    legal.calls, legal.seconds = counter.count, time.perf_counter() - begun
    for stop in range(1, steps):
        vault = unlocked(fresh(built, place) / COPY)
        with places.opened(vault) as catalog:
            for number, _ in enumerate(operation(vault, catalog), 1):
                if number == stop:
                    break
        legal.states.append(state(place))
    done(fresh(built, place), operation)
    legal.states.append(state(place))
    return legal


class Counter:
    """Counts the calls that touch the disk, and does something before the one at number *at*, or all from it on."""

    def __init__(self, before: Callable[[], None], at: int = -1, *, lasting: bool = False) -> None:
        self.count = 0
        self._before = before
        self._at = at
        self._lasting = lasting

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Have the calls of this process counted."""
        with mock.patch.multiple(os, **{name: self._wrapped(getattr(os, name)) for name in CALLS}):
            yield

    def _wrapped(self, call: Callable[..., object]) -> Callable[..., object]:
        def counted(*arguments: object, **named: object) -> object:
            self.count += 1
            if self._at in (-1, self.count) or (self._lasting and self.count > self._at):
                self._before()
            return call(*arguments, **named)

        return counted


# --- killed, or failing


@dataclass(frozen=True, slots=True)
class Stop:
    """How a child is stopped.

    Killed *at* a call or *after* seconds; or that call *fails* (and, *lasting*, all from then on); or no file may grow
    beyond its *largest* bytes, and a write that goes there is cut short and *kills*, or fails. *again*: the program
    tries once more when the trouble is over.
    """

    at: int = -2
    after: float = 0.0
    fails: int = 0
    lasting: bool = False
    largest: int = 0
    kills: bool = False
    again: bool = False


def stopped(root: Path, operation: Operation, stop: Stop) -> tuple[int, list[str]]:
    """Run an operation in a child that is stopped; return how many of its steps it told of, and if it fell over."""
    told, telling = os.pipe()
    child = os.fork()
    if not child:
        os.close(told)
        _child(root, operation, stop, telling)
    os.close(telling)
    if stop.after:
        time.sleep(stop.after)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    said = b""
    while data := os.read(told, 1000):
        said += data
    os.close(told)
    crashed = os.WIFEXITED(status) and os.WEXITSTATUS(status) == _CRASHED
    return said.count(b"."), [said.lstrip(b".").decode()] if crashed else []


def _child(root: Path, operation: Operation, stop: Stop, telling: int) -> None:
    def before() -> None:
        if stop.fails:
            raise OSError(stop.fails, os.strerror(stop.fails))
        os.kill(os.getpid(), signal.SIGKILL)

    try:
        vault = unlocked(root / COPY)
        with places.opened(vault) as catalog:
            try:
                with _limited(stop), Counter(before, stop.at, lasting=stop.lasting).counting():
                    for _ in operation(vault, catalog):
                        os.write(telling, b".")
            except _MISHAPS:
                if stop.again:
                    for _ in operation(vault, catalog):
                        pass
    except _MISHAPS:
        os._exit(_SAID)
    except BaseException as crash:  # noqa: BLE001 (told to the campaign, which fails by it)
        os.write(telling, f"fell over: {type(crash).__name__} {crash}"[:900].encode())
        os._exit(_CRASHED)
    finally:
        os._exit(0)


@contextmanager
def _limited(stop: Stop) -> Iterator[None]:
    if not stop.largest:
        yield
        return
    if stop.kills:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (stop.largest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


# --- what is found


def tried(start: Start, stop: Stop, rng: Random) -> list[str]:
    """Stop an operation; return what is wrong with what is found."""
    root = start.fresh()
    steps, crashed = stopped(root, start.operation, stop)
    # What was tried once more, and perhaps came to its end, has not told how far.
    return crashed or wrong(root, start, steps, rng, further=len(start.legal.states) if stop.again else 1)


def wrong(root: Path, start: Start, steps: int, rng: Random, further: int = 1) -> list[str]:
    """Return what is wrong with a vault whose operation was stopped after *steps* of it, or up to so many *further*.

    It is before or after, everything verifies, whoever opens it first; what was begun can be done again and then is
    done; and work goes on.
    """
    try:
        return _wrong(root, start, steps, rng, further)
    except _MISHAPS as problem:
        return [f"{type(problem).__name__}: {problem}"]


def _wrong(root: Path, start: Start, steps: int, rng: Random, further: int) -> list[str]:
    states = start.legal.states
    return (
        look(root / COPY, first=rng.choice(list(PASSPHRASES)), waits=False)
        or _against(root, states[steps : steps + further + 1], steps, "snapshots" if further > 1 else "")
        or problems_beside(root)
        or _again(root, start)
        or look(root / COPY, waits=False)
        or problems_beside(root)
        or _going_on(root)
    )


def _against(root: Path, states: Sequence[State], steps: int, but: str = "") -> list[str]:
    now = state(root)
    if any(_without(now, but) == _without(each, but) for each in states):
        return []
    differs = sorted(set(now).symmetric_difference(states[0]))
    return [f"neither before nor after step {steps + 1}: {differs[:4]}"]


def _without(said: State, what: str) -> State:
    return tuple(each for each in said if each[0] != what)


def _again(root: Path, start: Start) -> list[str]:
    try:
        done(root, start.operation)
    except _MISHAPS as problem:
        return [f"again: {problem}"]
    # A snapshot whose maker did not come to say so is a snapshot all the same, and there is a second one then.
    return [f"again: {each}" for each in _against(root, start.legal.states[-1:], len(start.legal.states), "snapshots")]


def _going_on(root: Path) -> list[str]:
    vault = unlocked(root / COPY)
    with places.opened(vault) as catalog:
        file(vault, catalog, "next", "c1", b"%PDF what comes in after")
        return list(catalog.verify().problems)


# --- a power cut


def recorded(start: Start) -> Sequence[Disk]:
    """Run an operation and return what may be on the disk at each of its calls."""
    root = start.fresh()
    vault = unlocked(root / COPY)
    with places.opened(vault) as catalog:
        recorder = Recorder(root, root / COPY)
        with recorder.recording(), Counter(recorder.keep).counting():
            for _ in start.operation(vault, catalog):
                recorder.done += 1
        recorder.keep()
    return recorder.disks
