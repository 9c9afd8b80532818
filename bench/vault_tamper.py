"""Flip every byte of a small vault in turn and count what is noticed: `python -m bench.vault_tamper`.

Files byte by byte (one bit, drawn by lot, of each), the database byte by byte, then every cell and every row of the
catalogue. What is missed is listed. Takes an hour on one core; `--step 10` looks at every tenth byte.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random

from tests.vault_campaign import look, small
from tests.vault_campaign_tamper import Trial, cells, files, flipped, removed_rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--step", type=int, default=1, help="look at every so many bytes")
    parser.add_argument("--only", default="", help="only files whose place begins so, or `rows`")
    parser.add_argument("--seed", type=int, default=20261126)
    args = parser.parse_args()
    # Nothing here is about power cuts, and the disk is somebody else's.
    os.fsync = lambda handle: None
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as place:
        folder = small(Path(place) / "vault")
        if problems := look(folder):
            raise SystemExit(f"the untouched vault is not clean: {problems}")
        campaign(folder, args.step, args.only, Random(args.seed))


def campaign(folder: Path, step: int, only: str, rng: Random) -> None:
    """Run it and print a line for each file and table."""
    print("| place | changes | noticed | and named | in bytes that nothing reads | missed |\n|---|---|---|---|---|---|")
    start = time.perf_counter()
    for path in files(folder):
        place = str(path.relative_to(folder))
        if place.startswith(only):
            counted(place, flipped(folder, path, range(rng.randrange(step), path.stat().st_size, step), rng))
    if only in ("", "rows"):
        counted("every cell", cells(folder, rng))
        counted("every row removed", removed_rows(folder))
    print(f"{time.perf_counter() - start:.0f} s", flush=True)


def counted(place: str, trials: Iterable[Trial]) -> None:
    """Print what was noticed of one file, and what was missed or not named."""
    sums: Counter[str] = Counter()
    lines: list[str] = []
    for trial in trials:
        sums["all"] += 1
        sums["noticed"] += bool(trial.noticed)
        sums["named"] += trial.named
        sums["unread"] += trial.unread and not trial.noticed
        sums["missed"] += trial.missed
        if trial.missed or (trial.noticed and not trial.named):
            lines.append(f"  {trial.place} at {trial.at}: {'; '.join(trial.noticed) or 'NOT NOTICED'}")
    shown = " | ".join(str(sums[each]) for each in ("all", "noticed", "named", "unread", "missed"))
    print(f"| {place} | {shown} |", flush=True)
    for line in lines[:20]:
        print(line, flush=True)
    if len(lines) > 20:
        print(f"  ... and {len(lines) - 20} more", flush=True)


if __name__ == "__main__":
    main()
