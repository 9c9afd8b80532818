"""Measure the passport reader on the synthetic passports of `bench.conditions`.

    python -m bench.passports                    through `mobility read --json`, as people use it
    python -m bench.passports --zone-only        only the zone, in this process: what rival readers do
    python -m bench.passports --judge FILE...    predictions made earlier, by us or by rivals; the curve shows them all

Makes the pictures first where they are not there. Writes predictions, a Markdown report with the tables (by difficulty,
by effect, calibration) and the curve beside them; `--docs` puts curve and tables into docs/.
"""

from __future__ import annotations

import argparse
import datetime
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import conditions, curve, verdicts
from bench.machine import machine
from toolkit import zone_reading
from toolkit.arrival import Limits
from toolkit.errors import InputError
from toolkit.pages import picture
from toolkit.zone_strips import Match

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs" / "passport-reader.md"
#: The tables stand between these lines of the page; what is there is replaced.
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
NAMES = {"read": "mobility read", "zone": "zone only", "fastmrz": "fastmrz", "passporteye": "PassportEye"}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT / "out" / "bench" / "passports")
    parser.add_argument("--count", type=int, default=1000, help="how many pictures to make where there are none")
    parser.add_argument("--limit", type=int, default=0, help="read only so many of them, evenly chosen")
    parser.add_argument("--zone-only", action="store_true")
    parser.add_argument("--judge", type=Path, nargs="*", default=[], help="read nothing; judge these predictions")
    parser.add_argument("--docs", action="store_true", help="write curve and tables into docs/")
    args = parser.parse_args()
    truth = truth_of(args.data, args.count, args.limit)
    files = args.judge or [read(args.data, truth, zone_only=args.zone_only)]
    print(report(args.data, truth, files, docs=args.docs))


def measured(data: Path, *, limit: int = 0) -> str:
    """Read the pictures under *data* (made where they are missing) as people do, and return the report."""
    truth = truth_of(data, 1000, limit)
    return report(data, truth, [read(data, truth, zone_only=False)], docs=False)


def truth_of(data: Path, count: int, limit: int) -> list[Mapping[str, Any]]:
    """The truth under *data*, made first where it is missing; every n-th row where *limit* asks for fewer."""
    if not (data / "mrz" / "truth.jsonl").is_file():
        print(f"Making {count} pictures in {data}.", file=sys.stderr)
        conditions.make(data, count=count, bases=120, seed=9303)
    truth = list(verdicts.rows(data / "mrz" / "truth.jsonl"))
    return truth[:: max(1, len(truth) // limit)][:limit] if limit else truth


def read(data: Path, truth: Sequence[Mapping[str, Any]], *, zone_only: bool) -> Path:
    """Read every picture, and return the file of predictions in the shape that score.py takes."""
    names = [str(row["file"]) for row in truth]
    out = data / ("zone.jsonl" if zone_only else "read.jsonl")
    with out.open("w", encoding="utf-8") as lines:
        for answer in zones(data, names) if zone_only else records(data, names):
            lines.write(json.dumps(answer, ensure_ascii=False) + "\n")
            lines.flush()
    return out


def records(data: Path, names: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """What `mobility read --json` says of each file."""
    start = time.perf_counter()
    command = [str(Path(sys.executable).with_name("mobility")), "read", "--json", *names]
    done = subprocess.run(command, cwd=data, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, InputError.exit_code):
        raise SystemExit(f"mobility read ended with {done.returncode}.")
    each = (time.perf_counter() - start) / max(1, len(names))
    print(f"mobility read: {each:.2f} s a picture, all children together", file=sys.stderr)
    for line in done.stdout.splitlines():
        yield json.loads(line)


def zones(data: Path, names: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """The zone of each picture and its seconds, read in this process one after the other."""
    times = []
    for number, name in enumerate(names):
        start, error = time.perf_counter(), None
        found = None
        try:
            image = picture.decoded((data / name).read_bytes(), 0, Limits().pixels)
            found = next(iter(zone_reading.zones(image, today=datetime.date.today())), None)
        except InputError as problem:
            error = str(problem)
        seconds = time.perf_counter() - start
        # The first picture pays for loading the models.
        times += [seconds] if number else []
        yield {"file": name, "fields": fields(found), "error": error, "seconds": round(seconds, 4)}
    if times:
        print(f"zone only: {len(names)} pictures, median {statistics.median(times):.3f} s", file=sys.stderr)


def fields(found: Match | None) -> dict[str, Any]:
    """The zone alone, as rivals give it: what its fields are worth is settled later, by the whole reading."""
    if found is None:
        return {}
    legibility = min(strip.confidence for strip in found.strips)
    return {"mrz": {"value": list(found.best.zone.lines), "confidence": legibility}}


def report(data: Path, truth: Sequence[Mapping[str, Any]], files: Sequence[Path], *, docs: bool) -> str:
    """Return the tables of each file of predictions, written beside them too; the first file is shown in full."""
    judged = {}
    for file in files:
        predictions = verdicts.rows(file)
        covered = {str(each["file"]) for each in predictions}
        judged[NAMES.get(file.stem, file.stem)] = verdicts.judge(
            [t for t in truth if t["file"] in covered], predictions
        )
    read_on = datetime.datetime.fromtimestamp(files[0].stat().st_mtime, datetime.UTC)
    stamp = f"{read_on:%Y-%m-%d}"
    name, first = next(iter(judged.items()))
    text = [f"Measured {stamp} on {machine()}: {len(first)} pictures, `{name}`.", ""]
    text += [f"- {each}: {verdicts.summary(of)} ({len(of)} pictures)" for each, of in judged.items()]
    text += ["", *verdicts.by_difficulty(first), "", *verdicts.by_effect(first), ""]
    if name == NAMES["read"]:
        text += [*verdicts.calibration(first), ""]
    body = "\n".join(text)
    (data / f"{files[0].stem}.md").write_text(body, "utf-8")
    note = f"{len(first)} synthetic documents, {stamp}; shaded: 95 % interval of the documents"
    picture = ROOT / "docs" / "images" / "passport-difficulty.png" if docs else data / f"{files[0].stem}.png"
    curve.draw(judged, picture, note=note)
    print(f"curve: {picture}", file=sys.stderr)
    if docs:
        pasted(DOCS, body)
    return body


def pasted(page: Path, body: str) -> None:
    """Replace what stands between the marks of *page*. Raises ValueError where a mark is missing."""
    before, rest = page.read_text("utf-8").split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n{body.strip()}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
