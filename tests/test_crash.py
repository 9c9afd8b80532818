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
from tests.vault_campaign_crash import BROKEN, FULL, Legal, Start, Stop, recorded, start, tried, wrong
from tests.vault_campaign_power import ARRIVING, PIECE, ROOT, Disk, after_power_cut, cut_short, medley
from tests.vault_campaign_work import BACKUP, COPY, OPERATIONS, backed_up, elsewhere, problems_beside

SEED = 20261126
Rehearsal: TypeAlias = tuple[str, Start]
#: New keys are not to be seen in what can be read; everything else is.
UNSEEN = ("rotation of hash keys", "rotation of cases' keys", "rotation of own keys", "a case sealed anew")
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
    small(memory / "built" / COPY)
    return memory / "built"


@pytest.fixture(scope="module", params=OPERATIONS)
def rehearsal(request: pytest.FixtureRequest, built: Path, memory: Path) -> Rehearsal:
    name = request.param
    (memory / name).mkdir()
    return name, start(name, built, memory / name)


def test_an_operation_goes_through_its_states(rehearsal: Rehearsal) -> None:
    name, begin = rehearsal
    assert begin.legal.calls >= 7, "each of them touches the disk, and there it is stopped"
    assert len(set(begin.legal.states)) == (1 if name in UNSEEN else len(begin.legal.states))


def test_killed_anywhere(rehearsal: Rehearsal) -> None:
    name, begin = rehearsal
    rng = Random(f"{SEED} {name}")
    stop = rng.choice(
        [Stop(at=rng.randint(1, begin.legal.calls)), Stop(largest=int(2 ** rng.uniform(7, 17)), kills=True)]
    )
    assert tried(begin, stop, rng) == [], stop


def test_a_disk_that_fails_or_is_full(rehearsal: Rehearsal) -> None:
    name, begin = rehearsal
    rng = Random(f"{SEED} {name} fails")
    at, largest = rng.randint(1, begin.legal.calls), int(2 ** rng.uniform(7, 17))
    stop = rng.choice(
        [Stop(at=at, fails=FULL, again=True), Stop(at=at, fails=BROKEN, lasting=True), Stop(largest=largest)]
    )
    assert tried(begin, stop, rng) == [], stop


def test_the_power_goes(rehearsal: Rehearsal) -> None:
    name, begin = rehearsal
    rng = Random(f"{SEED} {name} power")
    disks = recorded(begin)
    number = rng.randrange(len(disks))
    after_power_cut(disks[number], begin.place, rng)
    assert wrong(begin.place, begin, disks[number].done, rng) == [], f"at moment {number} of {len(disks)}"


# --- the campaign finds what it must find


def test_what_is_lost_doubled_or_half_done_is_found(built: Path, tmp_path: Path) -> None:
    begin, rng = start("intake", built, tmp_path), Random(SEED)
    assert wrong(begin.fresh(), begin, 0, rng) == []
    assert "neither before nor after" in wrong(begin.fresh(), begin, 1, rng)[0], "a paper told of is not there"
    ahead = Legal(begin.legal.states[1:])
    assert wrong(begin.fresh(), Start(begin.operation, built, begin.place, ahead), 0, rng) != []


def test_what_lies_beside_is_looked_at(built: Path, tmp_path: Path) -> None:
    begin = start("backup", built, tmp_path)
    root = begin.fresh()
    backed_up(root)
    assert problems_beside(root) == []
    next((root / BACKUP / "store").glob("??/*")).unlink()
    assert any("snapshot" in each for each in problems_beside(root))


def test_a_write_without_its_sync_is_found(built: Path, tmp_path: Path) -> None:
    """Where a file gets its name before it was brought to the disk, it is found torn now and then."""
    data = (built / COPY / "vault.json").read_bytes()
    unsynced = Disk({1: (data,), 2: (b"", data)}, {ROOT: {"vault.json": (1, 2)}})
    settled = Disk({2: (data,)}, {ROOT: {"vault.json": (1, 2)}} | {ROOT: {"vault.json": (2,)}})
    found = set()
    for seed in range(60):
        after_power_cut(unsynced, tmp_path / "copy", Random(seed))
        found.add((tmp_path / "copy" / "vault.json").read_bytes() == data)
        after_power_cut(settled, tmp_path / "copy", Random(seed))
        assert (tmp_path / "copy" / "vault.json").read_bytes() == data
    assert found == {True, False}
    assert look(tmp_path / "copy") != []


def test_names_arrive_in_any_order() -> None:
    """Of two files renamed one after the other the second may be there and the first not."""
    names = {"one": (None, 1), "two": (None, 2)}
    found = set()
    with tempfile.TemporaryDirectory() as place:
        for seed in range(80):
            after_power_cut(Disk({1: (b"1",), 2: (b"2",)}, {ROOT: names}), Path(place) / "at", Random(seed))
            found.add(tuple(sorted(path.name for path in (Path(place) / "at").iterdir())))
    assert found == {(), ("one",), ("two",), ("one", "two")}
    assert 0.0 in ARRIVING
    assert 1.0 in ARRIVING


def test_writes_are_torn_below_the_size_of_a_block() -> None:
    rng = Random(SEED)
    torn = [medley(b"a" * 512, b"b" * 512, rng) for _ in range(50)]
    assert all(len(each) == 512 and set(each) <= set(b"ab") for each in torn)
    edges = {at % 512 for each in torn for at in range(1, 512) if each[at] != each[at - 1]}
    assert len(edges) > 512 // PIECE, "at any place, not at those of blocks"
    added = [cut_short(b"sure", b"sure and more", rng) for _ in range(50)]
    assert all(each.startswith(b"sure") for each in added), "what was there before is not on its way"
    assert len(set(added)) > 5
