"""Flip every byte of a small vault in turn and count what is noticed: `python -m bench.vault_tamper`.

Files byte by byte (one bit, drawn by lot, of each), the database and what a kill leaves of it and of its log too; then
every cell and every row of the catalogue: changed, removed, swapped with a neighbour, its older version put back. What
is missed is listed. Three quarters of an hour on one core; `--jobs 2` takes two, `--step 10` looks at every tenth byte.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from random import Random

from tests import vault_campaign_tamper as campaign
from tests.vault_campaign import look, small
from tests.vault_campaign_tamper import Trial
from vault.wraps import RECOVERY_FILE

#: So many bytes one process takes at a time, and in so many parts the rows are taken.
BYTES, PARTS = 512, 16
COLUMNS = ("all", "noticed", "named", "unread", "mended", "missed")
VAULTS = ("small", "killed", "older", "later")
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Task:
    """A part of the campaign that one process does by itself: in which vault, of which place, and which part of it."""

    vault: str
    title: str
    place: str
    part: range | slice


#: What is done to rows, by its title: from the vault's folder, an older one, the seed, and which part of them.
ON_ROWS: dict[str, Callable[[Path, Path, int, slice], Iterable[Trial]]] = {
    "every cell changed": lambda folder, older, seed, part: campaign.cells(folder, seed, part),
    "every row removed": lambda folder, older, seed, part: campaign.removed_rows(folder, part),
    "every row swapped with its neighbour": lambda folder, older, seed, part: campaign.swapped_rows(folder, part),
    "every older row put back": lambda folder, older, seed, part: campaign.replayed_rows(folder, older, part),
}


@dataclass(slots=True)
class Tally:
    """What became of the changes of one place."""

    sums: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def count(self, trial: Trial) -> None:
        """Take in one change."""
        self.sums["all"] += 1
        self.sums["noticed"] += bool(trial.noticed)
        self.sums["named"] += trial.named
        self.sums["unread"] += trial.unread and not trial.noticed
        self.sums["mended"] += trial.mended
        self.sums["missed"] += trial.missed
        if trial.missed or (trial.noticed and not trial.named):
            self.lines.append(f"  {trial.place} at {trial.at}: {'; '.join(trial.noticed) or 'NOT NOTICED'}")

    def add(self, other: Tally) -> None:
        """Take in what another process counted."""
        self.sums.update(other.sums)
        self.lines += other.lines

    def show(self, place: str) -> None:
        """Print it as a row of the table, and what was missed or not named below it."""
        shown = " | ".join(str(self.sums[each]) for each in COLUMNS)
        print(f"| {place} | {shown} |", flush=True)
        for line in self.lines[:_SHOWN]:
            print(line, flush=True)
        if len(self.lines) > _SHOWN:
            print(f"  ... and {len(self.lines) - _SHOWN} more", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--step", type=int, default=1, help="look at every so many bytes")
    parser.add_argument("--only", default="", help="only what stands so at the beginning of a place in the table")
    parser.add_argument("--jobs", type=int, default=1, help="so many processes")
    parser.add_argument("--seed", type=int, default=20261126)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as place:
        vaults = built(Path(place))
        tasks = [each for each in planned(vaults, args.step, args.seed) if each.title.startswith(args.only)]
        show(tasks, args.jobs, Path(place), args.seed)


def built(place: Path) -> dict[str, Path]:
    """Make the vaults that are tampered with: as it lies there, after a kill, and how it was before later changes."""
    vaults = {name: place / name / "vault" for name in VAULTS}
    small(vaults["small"])
    campaign.interrupted(vaults["killed"], place / "scratch")
    small(vaults["later"])
    shutil.copytree(vaults["later"], vaults["older"])
    campaign.changed_later(vaults["later"])
    for name, folder in vaults.items():
        snapshot = campaign.Snapshot(folder)
        if problems := look(folder):
            raise SystemExit(f"the untouched vault ({name}) is not clean: {problems}")
        snapshot.restore()
    return vaults


def planned(vaults: dict[str, Path], step: int, seed: int) -> Iterator[Task]:
    """Yield the whole campaign in parts, those of a place one after the other."""
    flips = [("small", path) for path in campaign.files(vaults["small"])]
    there = {path.relative_to(vaults["small"]) for _, path in flips}
    flips += [
        ("later", path)
        for path in campaign.files(vaults["later"])
        if path.relative_to(vaults["later"]) not in there and path.name != RECOVERY_FILE
    ]
    flips += [("killed", path) for path in sorted(vaults["killed"].glob(f"{campaign.DATABASE}*"))]
    for vault, path in flips:
        place = str(path.relative_to(vaults[vault]))
        title = f"after a kill: {place}" if vault == "killed" else place
        offsets = range(Random(f"{seed}/{place}").randrange(step), path.stat().st_size, step)
        for start in range(0, len(offsets), BYTES):
            yield Task(vault, title, place, offsets[start : start + BYTES])
    for title in ON_ROWS:
        for start in range(PARTS):
            yield Task("later", title, "", slice(start, None, PARTS))


def show(tasks: list[Task], jobs: int, place: Path, seed: int) -> None:
    """Run the tasks and print a line for each place, as soon as all of it was tried."""
    print("| place | changes | noticed | and named | in bytes that nothing reads | mended on opening | missed |")
    print("|---|---|---|---|---|---|---|")
    start, total = time.perf_counter(), Tally()
    with get_context("fork").Pool(jobs, own, (place,)) as pool:
        done = zip(tasks, pool.imap(partial(run, seed=seed), tasks), strict=True)
        for title, parts in groupby(done, key=lambda pair: pair[0].title):
            tally = Tally()
            for _, part in parts:
                tally.add(part)
                print(f"\r{title}: {tally.sums['all']}, missed {tally.sums['missed']} ", end="", file=sys.stderr)
            print("\r", end="", file=sys.stderr, flush=True)
            tally.show(title)
            total.add(Tally(tally.sums))
    total.show("all")
    print(f"{time.perf_counter() - start:.0f} s", flush=True)


def own(place: Path) -> None:
    """Have a process work on vaults of its own."""
    # Nothing here is about power cuts, and the disk is somebody else's.
    os.fsync = lambda handle: None
    mine = Path(tempfile.mkdtemp(dir=place))
    for name in VAULTS:
        shutil.copytree(place / name, mine / name)
    os.chdir(mine)


def run(task: Task, seed: int) -> Tally:
    """Do one part of the campaign."""
    folder, tally = Path.cwd() / task.vault / "vault", Tally()
    if isinstance(task.part, range):
        trials: Iterable[Trial] = campaign.flipped(folder, folder / task.place, task.part, seed)
    else:
        trials = ON_ROWS[task.title](folder, Path.cwd() / "older" / "vault", seed, task.part)
    for trial in trials:
        tally.count(trial)
    return tally


if __name__ == "__main__":
    main()
