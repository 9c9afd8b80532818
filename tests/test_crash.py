"""Whatever stops an operation on a vault, it is found before or after it, with nothing lost and nothing double.

A few places by lot, the same each time; `python -m bench.vault_crash` stops at a thousand.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TypeAlias

import pytest

from tests.vault_campaign import look, small
from tests.vault_campaign_crash import (
    BROKEN,
    FULL,
    NO_MODEL,
    OPERATIONS,
    Disk,
    Legal,
    Stop,
    after_power_cut,
    elsewhere,
    fresh,
    recorded,
    rehearsed,
    stopped,
    wrong,
)

SEED = 20261126  #: An operation's name, the vault it works on, a place for copies, and its states.
Rehearsal: TypeAlias = tuple[str, Path, Path, Legal]
UNSEEN = ("rotation of hash keys", "rotation of own keys", "a case sealed anew", "backup", "move")
MEMORY = Path("/dev/shm")


@pytest.fixture(autouse=True, scope="module")
def quick_disk() -> Iterator[None]:
    """No power is cut here but in the model, which takes note of every fsync."""
    with pytest.MonkeyPatch.context() as patch, elsewhere():
        patch.setattr("os.fsync", lambda handle: None)
        yield


@pytest.fixture(scope="module")
def memory() -> Iterator[Path]:
    """A folder in memory, where there is one: SQLite waits for the disk otherwise."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place:
        yield Path(place)


@pytest.fixture(scope="module")
def built(memory: Path) -> Path:
    return small(memory / "vault")


@pytest.fixture(scope="module", params=OPERATIONS)
def rehearsal(request: pytest.FixtureRequest, built: Path, memory: Path) -> Rehearsal:
    name = request.param
    place = memory / name
    place.mkdir()
    return name, built, place, rehearsed(built, place, OPERATIONS[name])


def test_an_operation_goes_through_its_states(rehearsal: Rehearsal) -> None:
    name, _, _, legal = rehearsal
    assert legal.calls >= 20, "each of them touches the disk, and there it is stopped"
    # New keys, and copies elsewhere, are not to be seen in what can be read; everything else is.
    assert len(set(legal.states)) == (1 if name in UNSEEN else len(legal.states))


def test_killed_anywhere(rehearsal: Rehearsal) -> None:
    name, built, place, legal = rehearsal
    rng = Random(f"{SEED} {name}")
    for at in rng.sample(range(1, legal.calls + 1), 4):
        copy = fresh(built, place)
        done = stopped(copy, OPERATIONS[name], Stop(at=at))
        assert wrong(copy, OPERATIONS[name], legal, done)[0] == "clean", f"killed before call {at}"


def test_killed_at_any_time(rehearsal: Rehearsal) -> None:
    name, built, place, legal = rehearsal
    rng = Random(f"{SEED} {name}")
    copy = fresh(built, place)
    done = stopped(copy, OPERATIONS[name], Stop(after=0.02 + rng.random() * legal.seconds))
    assert wrong(copy, OPERATIONS[name], legal, done)[0] == "clean"


@pytest.mark.parametrize("error", [FULL, BROKEN])
def test_a_disk_that_fails(rehearsal: Rehearsal, error: int) -> None:
    name, built, place, legal = rehearsal
    rng = Random(f"{SEED} {name} {error}")
    for at in rng.sample(range(1, legal.calls + 1), 1):
        copy = fresh(built, place)
        done = stopped(copy, OPERATIONS[name], Stop(at=at, fails=error))
        assert wrong(copy, OPERATIONS[name], legal, done)[0] == "clean", f"failed at call {at}"


def test_a_disk_that_is_full(rehearsal: Rehearsal) -> None:
    name, built, place, legal = rehearsal
    largest = (built / "catalog.db").stat().st_size
    copy = fresh(built, place)
    done = stopped(copy, OPERATIONS[name], Stop(largest=largest // 4))
    assert wrong(copy, OPERATIONS[name], legal, done)[0] == "clean"


def test_the_power_goes(rehearsal: Rehearsal) -> None:
    name, built, place, legal = rehearsal
    if name in NO_MODEL:
        pytest.skip("the model is of the vault's own folder")
    rng = Random(f"{SEED} {name}")
    disks = recorded(built, place, OPERATIONS[name])
    for number in rng.sample(range(len(disks)), 4):
        after_power_cut(disks[number], place / "copy", rng)
        found = wrong(place / "copy", OPERATIONS[name], legal, disks[number].done)
        assert found[0] == "clean", (number, found)


# --- the campaign finds what it must find


def test_what_is_lost_doubled_or_half_done_is_found(built: Path, tmp_path: Path) -> None:
    operation = OPERATIONS["intake"]
    legal = rehearsed(built, tmp_path, operation)
    assert wrong(fresh(built, tmp_path), operation, legal, 0)[0] == "clean"
    lost = wrong(fresh(built, tmp_path), operation, legal, 1)
    assert lost[0] == "wrong", "a paper was reported as taken in and is not there"
    ahead = Legal([state for state in legal.states if state != legal.states[0]])
    assert wrong(fresh(built, tmp_path), operation, ahead, 0)[0] == "wrong"


def test_a_write_without_its_sync_is_found(built: Path, tmp_path: Path) -> None:
    """Where a file gets its name before it was brought to the disk, it is found torn now and then."""
    names, content = {"vault.json": 1}, {1: (built / "vault.json").read_bytes()}
    disk = Disk(names, {"vault.json": 2}, content, {2: content[1]}, frozenset())
    found = set()
    for seed in range(60):
        after_power_cut(disk, tmp_path / "copy", Random(seed))
        found.add((tmp_path / "copy" / "vault.json").read_bytes() == content[1])
    assert found == {True, False}
    assert look(tmp_path / "copy") != []
