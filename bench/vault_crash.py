"""Stop operations on a small vault at a thousand places and look at what is left: `python -m bench.vault_crash`.

Killed at a call and after a time drawn by lot, a disk that fails or is full, and the power going, each for intake,
erasure, rotation of hash keys, own keys and a case's, grants, backup and move (tests/vault_campaign_crash.py).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import TypeAlias

from tests.vault_campaign import small
from tests.vault_campaign_crash import (
    BROKEN,
    FULL,
    NO_MODEL,
    OPERATIONS,
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

#: How each vault was found, and what was said.
Trials: TypeAlias = Iterator[tuple[str, list[str]]]
MEMORY = Path("/dev/shm")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261126)
    args = parser.parse_args()
    start, total = time.perf_counter(), 0
    print("| operation | way | stopped | clean | unfinished, said so, ended by doing it again | wrong |")
    print("|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place, elsewhere():
        built = small(Path(place) / "vault")
        for name in OPERATIONS:
            total += campaign(name, built, Path(place), args.points // len(OPERATIONS), Random(f"{args.seed} {name}"))
    print(f"{total} points in {time.perf_counter() - start:.0f} s")


def campaign(name: str, built: Path, place: Path, points: int, rng: Random) -> int:
    """Stop one operation at so many points, a line for each way; return how many there were."""
    operation = OPERATIONS[name]
    legal = rehearsed(built, place, operation)
    ways: dict[str, Callable[[], Trials]] = {
        "killed at a call": lambda: (
            one(name, built, place, legal, Stop(at=rng.randint(1, legal.calls))) for _ in range(points * 4 // 10)
        ),
        "killed after a time": lambda: (
            one(name, built, place, legal, Stop(after=0.01 + rng.random() * (legal.seconds + 0.03)))
            for _ in range(points // 10)
        ),
        "a call fails": lambda: (
            one(name, built, place, legal, Stop(at=rng.randint(1, legal.calls), fails=rng.choice([FULL, BROKEN])))
            for _ in range(points * 2 // 10)
        ),
        "the disk is full": lambda: (
            one(name, built, place, legal, Stop(largest=rng.randint(1, 200_000))) for _ in range(points // 10)
        ),
        "the power goes": lambda: power(name, built, place, legal, points * 2 // 10, rng),
    }
    return sum(counted(name, way, trials()) for way, trials in ways.items())


def one(name: str, built: Path, place: Path, legal: Legal, stop: Stop) -> tuple[str, list[str]]:
    copy = fresh(built, place)
    done = stopped(copy, OPERATIONS[name], stop)
    found, said = wrong(copy, OPERATIONS[name], legal, done)
    return found, [f"{stop} after {done} steps", *said]


def power(
    name: str, built: Path, place: Path, legal: Legal, points: int, rng: Random
) -> Iterator[tuple[str, list[str]]]:
    if name in NO_MODEL:
        return
    disks = recorded(built, place, OPERATIONS[name])
    for number in (rng.randrange(len(disks)) for _ in range(points)):
        after_power_cut(disks[number], place / "copy", rng)
        found, said = wrong(place / "copy", OPERATIONS[name], legal, disks[number].done)
        yield found, [f"at moment {number} of {len(disks)}", *said]


def counted(name: str, way: str, trials: Trials) -> int:
    """Print one line, and what was wrong below it."""
    sums: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for found, said in trials:
        sums[found] += 1
        if found != "clean":
            lines[f"  {found}: {'; '.join(said[1:])}"] += 1
    total = sum(sums.values())
    if total:
        print(f"| {name} | {way} | {total} | {sums['clean']} | {sums['unfinished']} | {sums['wrong']} |", flush=True)
    for line, times in lines.most_common(6):
        print(f"{line} ({times} times)"[:400], flush=True)
    return total


if __name__ == "__main__":
    main()
