"""Ours beside fastmrz and PassportEye: the same pictures, one reader after the other, exactness and seconds.

    python -m bench.rivals                                   the public pictures (../shared/data)
    python -m bench.rivals --data out/bench/passports --limit 100

Each rival lives in a throwaway virtual environment under out/bench/rivals and is started as a program of its own
(../shared/bench/rivals.py): fastmrz is AGPL and is never imported by anything of ours. What cannot be installed here is
left out and said so. Seconds are the median a picture, one reader at a time, start-up and the first picture left out.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.machine import machine
from bench.passports import zones
from toolkit.cli.read import Readers

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
OUT = ROOT / "out" / "bench" / "rivals"
#: What is measured against; PassportEye needs the older numpy family it was written for.
PINS = {
    "fastmrz": ("fastmrz==2.1.2",),
    "passporteye": ("passporteye==2.2.2", "numpy<2", "scikit-image<0.22", "scipy<1.12", "imageio"),
}
OURS = {"zone": "ours, zone only", "read": "ours, whole `mobility read`"}
TITLES = OURS | {"fastmrz": "fastmrz", "passporteye": "PassportEye"}


@dataclass(frozen=True, slots=True)
class Measured:
    """One reader on one set."""

    reader: str
    documents: str
    lines: str
    sure_and_wrong: str
    seconds: float
    load: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=SHARED / "data", help="a folder that holds mrz/truth.jsonl")
    parser.add_argument("--limit", type=int, default=0, help="only so many pictures, evenly chosen")
    parser.add_argument("--only", choices=list(TITLES), nargs="*", default=list(TITLES))
    args = parser.parse_args()
    print("\n".join(compare(args.data, args.limit, args.only)))


def compare(data: Path, limit: int = 0, readers: Sequence[str] = tuple(TITLES)) -> list[str]:
    """Measure and return the table as Markdown lines; it is written to out/bench/rivals too."""
    missing = absent(data)
    if missing:
        return [missing]
    folder = view(data, limit)
    found, notes = [], []
    for name in readers:
        load = os.getloadavg()[0]
        answers = ours(folder, name) if name in OURS else rival(folder, name)
        if isinstance(answers, str):
            notes.append(answers)
        else:
            found.append(measured(folder, name, answers, load))
    count = len((folder / "mrz" / "truth.jsonl").read_text("utf-8").splitlines())
    head = f"{count} pictures of {data.name}, on {machine()}."
    lines = [head, "", *table(found), "", *ratios(found), *notes]
    (OUT / f"{folder.name}.md").write_text("\n".join(lines) + "\n", "utf-8")
    return lines


def absent(data: Path) -> str:
    """What keeps us from measuring at all, or nothing."""
    for needed in (data / "mrz" / "truth.jsonl", SHARED / "bench" / "score.py"):
        if not needed.is_file():
            return f"Rivals are not measured: {needed.name} is not on this machine."
    return ""


def view(data: Path, limit: int) -> Path:
    """A folder of links to some of the pictures with their truth, in the shape every reader and score.py takes."""
    rows = [json.loads(line) for line in (data / "mrz" / "truth.jsonl").read_text("utf-8").splitlines()]
    chosen = rows[:: max(1, len(rows) // limit)][:limit] if limit else rows
    folder = OUT / f"{data.resolve().name}-{len(chosen)}"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "mrz").mkdir(parents=True)
    for row in chosen:
        link = folder / row["file"]
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to((data / row["file"]).resolve())
    with (folder / "mrz" / "truth.jsonl").open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in chosen)
    models = SHARED / "data" / "rivals"
    if models.is_dir():
        (folder / "rivals").symlink_to(models)
    return folder


def ours(folder: Path, name: str) -> list[Mapping[str, Any]]:
    """Our answers, each with its seconds: the zone in this process, or the whole reading in a warm child."""
    truth = (folder / "mrz" / "truth.jsonl").read_text("utf-8").splitlines()
    files = [str(json.loads(line)["file"]) for line in truth]
    return list(zones(folder, files) if name == "zone" else _whole(folder, files))


def _whole(folder: Path, files: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    with Readers(jobs=1) as readers:
        for file in files:
            start = time.perf_counter()
            answers = readers.answers(folder / file)
            seconds = time.perf_counter() - start
            for answer in answers:
                yield answer | {"file": file, "seconds": round(seconds, 4)}


def rival(folder: Path, name: str) -> list[Mapping[str, Any]] | str:
    """A rival's answers, each with its seconds, or the reason why there are none."""
    reader = SHARED / "bench" / "rivals.py"
    if not reader.is_file():
        return f"{TITLES[name]} is not measured: ../shared/bench/rivals.py is not on this machine."
    if shutil.which("tesseract") is None:
        return f"{TITLES[name]} is not measured: it needs tesseract (Debian: apt install tesseract-ocr)."
    python = installed(name)
    if isinstance(python, str):
        return python
    command = [str(python), str(reader), name, "--data", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not answers:
        return f"{TITLES[name]} is not measured: it ended with {done.returncode}: {_last(done.stderr)}"
    return answers


def installed(name: str) -> Path | str:
    """The interpreter of the rival's own environment, made the first time, or the reason why it cannot be made."""
    home = OUT / "environments" / name
    python, ready = home / "bin" / "python", home / "installed"
    if not ready.is_file() or ready.read_text("utf-8") != " ".join(PINS[name]):
        print(f"Installing {TITLES[name]} in {home}.", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PINS[name]]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"{TITLES[name]} is not measured: pip could not install it: {_last(done.stderr)}"
        ready.write_text(" ".join(PINS[name]), "utf-8")
    return python


def _last(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "no message")[:200]


def measured(folder: Path, name: str, answers: Sequence[Mapping[str, Any]], load: float) -> Measured:
    """Score one reader's answers with score.py; they are kept beside the pictures."""
    kept = folder / f"{name}.jsonl"
    kept.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in answers), "utf-8")
    command = [sys.executable, str(SHARED / "bench" / "score.py"), "mrz", "--data", str(folder)]
    done = subprocess.run([*command, "--predictions", str(kept)], capture_output=True, text=True, check=True)
    headline = done.stdout.strip().splitlines()[-1]
    documents = re.search(r"documents exact (\d+/\d+)", headline)
    lines = re.search(r"lines exact (\d+/\d+)", done.stdout)
    wrong = re.search(r"sure\+wrong (\d+)", headline)
    # A file of several documents gives several answers with the same seconds.
    seconds = list({str(each["file"]): float(each["seconds"]) for each in answers}.values())
    texts = (match.group(1) if match else "-" for match in (documents, lines, wrong))
    return Measured(name, *texts, statistics.median(seconds[1:] or seconds), load)


def table(found: Sequence[Measured]) -> list[str]:
    # Readers of zones alone give no fields to be sure of. Seconds taken beside other work mean little: hence the load.
    lines = [
        "| reader | documents exact | lines exact | sure+wrong | median s a picture | load when it began |",
        "|---|---|---|---|---|---|",
    ]
    for each in found:
        wrong = each.sure_and_wrong if each.reader == "read" else "-"
        counts = f"{each.documents} | {each.lines} | {wrong}"
        lines.append(f"| {TITLES[each.reader]} | {counts} | {each.seconds:.3f} | {each.load:.1f} |")
    return lines


def ratios(found: Sequence[Measured]) -> list[str]:
    """How much of each rival's time we take; below one is faster."""
    times = {each.reader: each.seconds for each in found}
    pairs = [(mine, other) for mine in OURS for other in PINS if mine in times and other in times]
    return [f"- seconds, {TITLES[a]} / {TITLES[b]}: {times[a] / times[b]:.2f}" for a, b in pairs]


if __name__ == "__main__":
    main()
