"""Seconds a receipt: stock RapidOCR, our OCR, our whole reading and other engines, side by side on the same pictures.

    python -m bench.receipt_speed                      20 public receipts (../shared/data)
    python -m bench.receipt_speed --limit 8 --only stock ocr read

Every reader reads every picture before the next picture comes, so that whatever else the machine does falls on all of
them alike; start-up and a first picture are left out. Processor seconds (user and system, children among them) stand
beside the seconds of the clock: they hardly change with the load. What cannot be had here is left out and said so.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.machine import machine
from toolkit import ocr, read, sniff
from toolkit.pages import picture

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
OUT = ROOT / "out" / "bench" / "receipt_speed"
#: The sets with pictures of receipts, and every how many of their files is read.
SETS = {"sroie": 4, "receipts_de": 3, "receipts_multi": 1}
TITLES = {
    "stock": "RapidOCR as shipped, OCR alone",
    "ocr": "ours, OCR alone",
    "read": "ours, whole reading",
    "tesseract": "Tesseract 5, OCR alone",
    "onnxtr": "docTR's models (OnnxTR), OCR alone",
}
#: Each thread the engine may use, as RapidOCR does by itself.
THREADS = "MOBILITY_OCR_THREADS"
_PINS = ("onnxtr[cpu-headless]==0.7.1",)
#: Runs inside a rival's own environment: one picture a line in, done, seconds of the clock and of the processor out.
_ONNXTR = """
import json, os, sys, time
from onnxtr.io import DocumentFile
from onnxtr.models import ocr_predictor
predictor = ocr_predictor()
for line in sys.stdin:
    pages = DocumentFile.from_images(line.strip())
    cpu, start = sum(os.times()[:2]), time.perf_counter()
    predictor(pages)
    print(json.dumps([time.perf_counter() - start, sum(os.times()[:2]) - cpu]), flush=True)
"""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One picture in the shapes that the readers take: file, bytes, RGB."""

    file: Path
    data: bytes
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds one reader took for one picture: of the clock and of the processor."""

    clock: float
    processor: float


#: Reads one receipt and says what it took.
Reader = Callable[[Receipt], Taken]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=SHARED / "data", help="a folder that holds sroie and the others")
    parser.add_argument("--limit", type=int, default=20, help="so many pictures, evenly chosen; 0 for all")
    parser.add_argument("--only", choices=list(TITLES), nargs="*", default=list(TITLES))
    args = parser.parse_args()
    print("\n".join(compare(args.data, args.limit, args.only)))


def compare(data: Path, limit: int = 20, names: Sequence[str] = tuple(TITLES)) -> list[str]:
    """Measure and return the table as Markdown lines."""
    files = list(pictures(data))
    if not files:
        return ["Seconds a receipt are not measured: the public receipts (../shared/data) are not on this machine."]
    step = max(1, len(files) // limit) if limit else 1
    files = files[::step][: limit or None]
    os.environ.setdefault(THREADS, str(os.cpu_count() or 1))
    notes: list[str] = []
    readers: dict[str, Reader] = {}
    for name in names:
        made = MAKERS[name]()
        if isinstance(made, str):
            notes.append(made)
        else:
            readers[name] = made
    load = os.getloadavg()[0]
    taken = measured(readers, files)
    head = f"{len(files)} pictures of receipts, on {machine()}; load when it began {load:.1f}."
    return [head, "", *table(taken), "", *ratios(taken), *notes]


def pictures(data: Path) -> Iterator[Path]:
    """The pictures among the public receipts, the same ones every time."""
    for name, step in SETS.items():
        truth = data / name / "truth.jsonl"
        if not truth.is_file():
            continue
        rows = [json.loads(line) for line in truth.read_text("utf-8").splitlines()]
        yield from (data / row["file"] for row in rows[::step] if row["file"].lower().endswith((".jpg", ".png")))


def measured(readers: Mapping[str, Reader], files: Sequence[Path]) -> dict[str, list[Taken]]:
    """What each reader took for each picture, picture by picture; the first is read once more, before, unmeasured."""
    taken: dict[str, list[Taken]] = {name: [] for name in readers}
    for number, file in enumerate([files[0], *files]):
        data = file.read_bytes()
        receipt = Receipt(file, data, picture.decoded(data, 0, 200_000_000))
        for name, reader in readers.items():
            seconds = reader(receipt)
            if number:
                taken[name].append(seconds)
    return taken


def timed(work: Callable[[Receipt], object], receipt: Receipt) -> Taken:
    """Do *work* in this process or in children it waits for, and say what it took."""
    before, start = sum(os.times()[:4]), time.perf_counter()
    work(receipt)
    return Taken(time.perf_counter() - start, sum(os.times()[:4]) - before)


def stock() -> Reader:
    """RapidOCR with the parameters it comes with, but for its log."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical"})
    return partial(timed, lambda receipt: engine(np.ascontiguousarray(receipt.pixels[:, :, ::-1])))


def own_ocr() -> Reader:
    return partial(timed, lambda receipt: ocr.look(receipt.pixels))


def own_read() -> Reader:
    """From the bytes of the file to a record, decoding and the search for zones included."""
    return partial(timed, lambda receipt: read.read_bytes(receipt.data, sniff.media_type(receipt.data)))


def tesseract() -> Reader | str:
    """The command as a script would use it; its start, some hundredths of a second, cannot be left out."""
    program = shutil.which("tesseract")
    if program is None:
        return f"{TITLES['tesseract']}: not measured, it is not installed (Debian: apt install tesseract-ocr)."
    return partial(timed, lambda receipt: _tesseract(program, receipt))


def _tesseract(program: str, receipt: Receipt) -> None:
    command = [program, str(receipt.file), "-", "--psm", "4"]
    subprocess.run(command, capture_output=True, check=False)


def onnxtr() -> Reader | str:
    """OnnxTR in an environment of its own; its models are not in its wheel, so it needs the network once."""
    home = OUT / "onnxtr"
    python = home / "bin" / "python"
    if not (home / "installed").is_file():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *_PINS]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"{TITLES['onnxtr']}: not measured, pip could not install it: {_last(done.stderr)}"
        (home / "installed").write_text(" ".join(_PINS), "utf-8")
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [str(python), "-c", _ONNXTR], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True
        )
        # The models are loaded before the first line is read: a process that is gone by then says why.
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            return partial(_asked, process)
        said.seek(0)
        return f"{TITLES['onnxtr']}: not measured, its models cannot be had: {_last(said.read())}"


def _asked(process: subprocess.Popen[str], receipt: Receipt) -> Taken:
    assert process.stdin is not None and process.stdout is not None
    print(receipt.file, file=process.stdin, flush=True)
    return Taken(*json.loads(process.stdout.readline()))


def _last(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "no message")[:200]


#: What makes each reader ready, or says why it cannot be.
MAKERS: Mapping[str, Callable[[], Reader | str]] = {
    "stock": stock,
    "ocr": own_ocr,
    "read": own_read,
    "tesseract": tesseract,
    "onnxtr": onnxtr,
}


def table(taken: Mapping[str, Sequence[Taken]]) -> list[str]:
    lines = ["| reader | median s a picture | median processor s a picture |", "|---|---|---|"]
    for name, each in taken.items():
        clock, processor = medians(each)
        lines.append(f"| {TITLES[name]} | {clock:.3f} | {processor:.3f} |")
    return lines


def medians(taken: Sequence[Taken]) -> tuple[float, float]:
    return statistics.median(each.clock for each in taken), statistics.median(each.processor for each in taken)


def ratios(taken: Mapping[str, Sequence[Taken]]) -> list[str]:
    """How much of another reader's time ours takes, picture by picture, the median of those."""
    pairs = [
        ("read", "ocr"),
        *((mine, other) for mine in ("ocr", "read") for other in ("stock", "tesseract", "onnxtr")),
    ]
    return [
        f"- {TITLES[mine]} / {TITLES[other]}: {_paired(taken, mine, other, 'clock'):.2f} of the seconds, "
        f"{_paired(taken, mine, other, 'processor'):.2f} of the processor's"
        for mine, other in pairs
        if mine in taken and other in taken
    ]


def _paired(taken: Mapping[str, Sequence[Taken]], mine: str, other: str, what: str) -> float:
    pairs = zip(taken[mine], taken[other], strict=True)
    # A clock of hundredths of a second can give nothing at all for a small picture.
    return statistics.median(getattr(a, what) / max(getattr(b, what), 0.01) for a, b in pairs)


if __name__ == "__main__":
    main()
