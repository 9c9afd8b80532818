"""Words with boxes out of text layers, in pages a second: ours beside pypdfium2, pypdf, pdfplumber and docling-parse.

    python -m bench.text_layers                    60 contracts of ../shared/data, every reader
    python -m bench.text_layers --limit 10 --only ours pdfplumber

One process a reader, one reader after the other, over the same files. pypdfium2 and pypdf give text without places and
are there for scale. Ours is the whole reading (`toolkit.pages.open_bytes`), which also sets pages upright, looks for
scans, leaves out what nobody sees and looks for passports in pictures. Rivals live in a throwaway virtual environment
under out/bench; what cannot be installed is left out and said so. Files with a scanned page are left out: the others
read no pictures. On a machine that does other work the processor's seconds say more than the clock's.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pypdfium2

from bench import text_layer_reader
from bench.machine import machine
from toolkit.pages import text_layer

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
OUT = ROOT / "out" / "bench" / "text_layers"
PINS = ("pypdfium2==5.15.2", "pypdf==7.1.1", "pdfplumber==0.11.10", "docling-parse==7.23.1")
TITLES = {
    "ours": "ours, words with boxes",
    "pypdfium2": "pypdfium2, text only",
    "pypdf": "pypdf, text only",
    "pdfplumber": "pdfplumber, words with boxes",
    "docling-parse": "docling-parse, words with boxes",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="a folder whose PDFs of contracts are read")
    parser.add_argument("--limit", type=int, default=60)
    parser.add_argument("--only", choices=list(TITLES), nargs="*", default=list(TITLES))
    args = parser.parse_args()
    print("\n".join(compare(args.data, args.limit, args.only)))


def compare(data: Path, limit: int, readers: Sequence[str]) -> list[str]:
    """Measure and return the table as Markdown lines."""
    files = chosen(data, limit)
    if not files:
        return ["Text layers are not measured: there are no contracts as PDF on this machine."]
    found: dict[str, Mapping[str, Any]] = {}
    notes = []
    for name in readers:
        answer = measured(name, files)
        if isinstance(answer, str):
            notes.append(answer)
        else:
            found[name] = answer
    return [f"{len(files)} contracts, on {machine()}.", "", *table(found), "", *notes]


def chosen(data: Path, limit: int) -> list[Path]:
    """Return at most *limit* contracts, evenly chosen, all of whose pages have a text layer."""
    folders = (data / "kleister_nda", data / "cuad")
    every = sorted(path for folder in folders for path in folder.rglob("*.[pP][dD][fF]"))
    fitting = [path for path in every if _has_layer(path)]
    return fitting[:: max(1, len(fitting) // limit)][:limit]


def _has_layer(path: Path) -> bool:
    try:
        with pypdfium2.PdfDocument(path) as document:
            return not any(text_layer.read(document[at]).is_scan for at in range(len(document)))
    except pypdfium2.PdfiumError:
        return False


def measured(name: str, files: Sequence[Path]) -> Mapping[str, Any] | str:
    """Return pages, words and seconds of one reader in a process of its own, or why there are none."""
    python = Path(sys.executable) if name == "ours" else installed()
    if isinstance(python, str):
        return f"{TITLES[name]}: not measured: {python}"
    command = [str(python), str(text_layer_reader.__file__), name, *map(str, files)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)} if name == "ours" else os.environ
    load = os.getloadavg()[0]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        return f"{TITLES[name]}: not measured: it ended with {done.returncode}: {_last(done.stderr)}"
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer | {"load": load}


def installed() -> Path | str:
    """Return the interpreter of the rivals' own environment, made the first time, or why it cannot be made."""
    home = OUT / "environment"
    python, ready = home / "bin" / "python", home / "installed"
    if not ready.is_file() or ready.read_text("utf-8") != " ".join(PINS):
        print(f"Installing rivals in {home}.", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PINS]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"pip could not install it: {_last(done.stderr)}"
        ready.write_text(" ".join(PINS), "utf-8")
    return python


def _last(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "no message")[:200]


def table(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the rows; the last column is how many times the pages of pdfplumber, by the processor's seconds."""
    lines = [
        "| reader | pages | words | pages/s by the clock | pages/s by the processor | times pdfplumber | load |",
        "|---|---|---|---|---|---|---|",
    ]
    slow = found.get("pdfplumber")
    for name, each in found.items():
        clock, processor = each["pages"] / each["seconds"], each["pages"] / each["processor"]
        times = f"{processor * slow['processor'] / slow['pages']:.1f}" if slow else "-"
        figures = (
            each["pages"],
            each["words"] or "-",
            f"{clock:.0f}",
            f"{processor:.0f}",
            times,
            f"{each['load']:.1f}",
        )
        lines.append(f"| {TITLES[name]} | {' | '.join(map(str, figures))} |")
    return lines


if __name__ == "__main__":
    main()
