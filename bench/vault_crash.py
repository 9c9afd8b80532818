"""Stop operations on a small vault at a thousand places and look at what is left: `python -m bench.vault_crash`.

Killed at a call, after a time drawn by lot or in the midst of a write, a disk that fails, for once or for good, or is
full, and the power going: each for intake, erasure, all rotations, grants, backup, restore and move
(tests/vault_campaign_crash.py). Ends with 1 where anything is wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import TypeAlias

from tests.vault_campaign import small
from tests.vault_campaign_crash import BROKEN, FULL, Start, Stop, recorded, start, tried, wrong
from tests.vault_campaign_power import after_power_cut
from tests.vault_campaign_work import COPY, OPERATIONS, elsewhere

#: What was wrong after each of some stops: nothing, or what.
Trials: TypeAlias = Iterator[tuple[str, Sequence[str]]]
#: Of a hundred points of an operation, so many go to each way of stopping it.
SHARES = {
    "killed at a call": 30,
    "killed after a time": 10,
    "killed in a write": 10,
    "a call fails": 10,
    "a call fails, tried again": 10,
    "the disk fails for good": 5,
    "the disk is full": 10,
    "the power goes": 15,
}
MEMORY = Path("/dev/shm")
_LARGEST = 17  #: A limit on files is up to two to this power; SQLite's file is as large.


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=1100)
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--only", help="Operations whose name has this in it.", default="")
    args = parser.parse_args()
    begun, sums = time.perf_counter(), Counter[str]()
    names = [name for name in OPERATIONS if args.only in name]
    print("| operation | way | stopped | clean | wrong |\n|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place, elsewhere():
        built = Path(place) / "built"
        small(built / COPY)
        for number, name in enumerate(names):
            folder = Path(place) / str(number)
            folder.mkdir()
            sums += campaign(name, start(name, built, folder), -(-args.points // len(names)), f"{args.seed} {name}")
    seconds = time.perf_counter() - begun
    print(f"{sums.total()} points, {sums['wrong']} wrong, in {seconds:.0f} s")
    return 1 if sums["wrong"] else 0


def campaign(name: str, begin: Start, points: int, seed: str) -> Counter[str]:
    """Stop one operation at so many points, a line for each way; return how many were clean, and how many wrong."""
    sums: Counter[str] = Counter()
    for way, share in SHARES.items():
        rng = Random(f"{seed} {way}")
        count = -(-points * share // sum(SHARES.values()))
        trials = power(begin, count, rng) if way == "the power goes" else stops(way, begin, count, rng)
        sums += counted(name, way, trials)
    return sums


def stops(way: str, begin: Start, count: int, rng: Random) -> Trials:
    """Stop an operation in one way, so many times."""
    calls, seconds = begin.legal.calls, begin.legal.seconds
    drawn: dict[str, Callable[[], Stop]] = {
        "killed at a call": lambda: Stop(at=rng.randint(1, calls)),
        "killed after a time": lambda: Stop(after=0.01 + rng.random() * (seconds + 0.03)),
        "killed in a write": lambda: Stop(largest=int(2 ** rng.uniform(5, _LARGEST)), kills=True),
        "a call fails": lambda: Stop(at=rng.randint(1, calls), fails=rng.choice([FULL, BROKEN])),
        "a call fails, tried again": lambda: Stop(at=rng.randint(1, calls), fails=BROKEN, again=True),
        "the disk fails for good": lambda: Stop(at=rng.randint(1, calls), fails=BROKEN, lasting=True),
        "the disk is full": lambda: Stop(largest=int(2 ** rng.uniform(5, _LARGEST)), again=rng.random() < 0.5),
    }
    for _ in range(count):
        stop = drawn[way]()
        yield str(stop), tried(begin, stop, rng)


def power(begin: Start, count: int, rng: Random) -> Trials:
    """Cut the power of a recorded operation, so many times."""
    disks = recorded(begin)
    for number in (rng.randrange(len(disks)) for _ in range(count)):
        after_power_cut(disks[number], begin.place, rng)
        yield f"at moment {number} of {len(disks)}", wrong(begin.place, begin, disks[number].done, rng)


def counted(name: str, way: str, trials: Trials) -> Counter[str]:
    """Print one line, and what was wrong below it."""
    sums, lines = Counter[str](), Counter[str]()
    for where, said in trials:
        sums["wrong" if said else "clean"] += 1
        if said:
            lines[f"  wrong: {'; '.join(said)} (as in {where})"] += 1
    print(f"| {name} | {way} | {sums.total()} | {sums['clean']} | {sums['wrong']} |", flush=True)
    for line in list(lines)[:6]:
        print(line[:700], flush=True)
    return sums


if __name__ == "__main__":
    sys.exit(main())
