"""Measure the toolkit on real documents and write one table: `make bench`.

Accuracy: ../shared/bench/score.py on the dev sets, through `mobility read --json` as a user runs it; a thousand
synthetic passports under conditions drawn by lot (`bench.passports`); single zone lines (`bench.mrz_lines`). Speed:
seconds a page and the largest process of those runs; two rival zone readers beside ours (`bench.rivals`); seal, open,
letters and packets by the functions themselves. Figures go to out/bench/table.md with the date and the machine; raw
predictions lie beside it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import subprocess
import sys
import time
from pathlib import Path

from bench import e_invoice_pages, letters, mrz_lines, passports, receipt_speed, receipts, rivals, speed
from bench.machine import machine

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
SETS = ("mrz", "sroie", "receipts_de", "receipts_multi", "zugferd", "kleister_nda", "kinds")
OUT = ROOT / "out" / "bench"
#: Measurements with a program of their own: contracts, kinds, piles, languages, names, text layers, routes, forms,
#: packets, the vault.
PAPERS = (
    ("contracts",),
    ("kinds", "--text-only"),
    ("piles", "--seed", "2", "--count", "200"),
    ("languages",),
    ("identity",),
    ("text_layers",),
    ("catalogue",),
    ("forms",),
    ("packets",),
    ("vault", "--gigabytes", "1"),
    ("vault_catalogue", "--records", "20000"),
    ("vault_tamper", "--step", "50"),
    ("vault_crash", "--points", "100"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", default=SETS, help="sets to score; all by default")
    parser.add_argument("--no-speed", action="store_true", help="leave out the speed figures")
    parser.add_argument("--no-rivals", action="store_true", help="leave out the rival zone readers")
    parser.add_argument("--passports", type=int, default=1000, help="how many synthetic passports to read; 0 for none")
    parser.add_argument("--receipts", type=int, default=160, help="how many drawn receipts to read; 0 for none")
    parser.add_argument("--no-papers", action="store_true", help="leave out contracts, kinds, piles and languages")
    args = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    lines = [
        f"Measured {datetime.datetime.now(datetime.UTC):%Y-%m-%d} on {machine()}.",
        "",
        "| set | result | s a file | s a page | largest process |",
        "|---|---|---|---|---|",
    ]
    if (SHARED / "bench" / "score.py").exists():
        lines += [score(name) for name in args.sets]
        lines += ["", "Pages of e-invoices, read without their data:", "", *e_invoice_pages.compare(SHARED / "data")]
    else:
        print("The public documents (../shared) are not on this machine: accuracy is not measured.", file=sys.stderr)
    if not args.no_speed:
        lines += ["", "| speed | figure |", "|---|---|", *speeds()]
        lines += ["", letters.measured()]
    if not args.no_rivals:
        lines += ["", *rivals.compare(SHARED / "data")]
        lines += ["", *receipt_speed.compare(SHARED / "data")]
    if args.passports:
        lines += ["", zone_lines(), "", passports.measured(OUT / "passports", limit=args.passports)]
    if args.receipts:
        lines += ["", receipts.measured(OUT / "receipts", limit=args.receipts)]
    if not args.no_papers:
        for module, *words in PAPERS:
            lines += [
                "",
                f"`python -m bench.{module} {' '.join(words)}`".replace(" `", "`"),
                "",
                printed(module, *words),
            ]
    text = "\n".join(lines) + "\n"
    (OUT / "table.md").write_text(text, "utf-8")
    print(text)


def printed(module: str, *words: str) -> str:
    """What a measurement of its own prints."""
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{module}", *words], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or f"not measured: {done.stderr.strip()[-200:]}"


def score(name: str) -> str:
    report = OUT / f"{name}.jsonl"
    command = [sys.executable, str(SHARED / "bench" / "score.py"), name, "--data", str(SHARED / "data")]
    command += ["--command", f"{ROOT}/.venv/bin/mobility read --json", "--report", str(report)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    (OUT / f"{name}.txt").write_text(done.stdout, "utf-8")
    print(done.stdout, flush=True)
    head = re.search(r"(\d+) files in ([\d.]+) s = ([\d.]+) s a file; largest process (\d+) MiB", done.stdout)
    pages = sum(len(json.loads(line)["pages"]) or 1 for line in report.read_text("utf-8").splitlines())
    seconds = float(head.group(2)) if head else 0.0
    result = done.stdout.strip().splitlines()[-1]
    return f"| {name} | {result} | {head.group(3)} | {seconds / max(1, pages):.3f} | {head.group(4)} MiB |"


def zone_lines() -> str:
    """The headline of the recognition of single lines."""
    if not (SHARED / "data" / "mrz_lines").is_dir():
        return "The public crops of zone lines (../shared/data/mrz_lines) are not on this machine."
    name = "toolkit.zone_letters:read_line"
    return mrz_lines.report(name, mrz_lines.score(SHARED / "data", mrz_lines.reader(name)))[0]


def speeds() -> list[str]:
    return [f"| {name} | {figure} |" for name, figure in speed.figures()]


if __name__ == "__main__":
    start = time.perf_counter()
    main()
    print(f"bench: {time.perf_counter() - start:.0f} s", file=sys.stderr)
