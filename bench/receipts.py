"""Measure the reader of receipts and invoices on papers drawn and photographed by `bench.money_papers`.

    python -m bench.receipts                       through `mobility read --json`, as people use it
    python -m bench.receipts --words FILE          recognise once, keep the words in FILE, replay the readers on them
    python -m bench.receipts --words FILE --show NAME    what was read of the papers whose name holds NAME
    python -m bench.receipts --public              line items and sums of the public photographs under ../shared/data

Makes the papers first where they are not there (`--count`, `--seed`). Writes predictions and a Markdown report beside
them: by field, by layout, by locale, by how the picture was taken.
"""

from __future__ import annotations

import argparse
import datetime
import json
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench import money_papers
from bench.machine import machine
from bench.money_papers import marks
from toolkit import pages, read, sniff
from toolkit.errors import InputError
from toolkit.model import Record
from toolkit.pages.sheet import Opened, Sheet
from toolkit.readers.money.rows import rows

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
Row = Mapping[str, Any]
#: Readers side by side when words are kept.
_WORKERS = 2
_GROUPS: Mapping[str, Callable[[Row], str]] = {
    "layout": lambda truth: str(truth["layout"]),
    "locale": lambda truth: str(truth["locale"]),
    "picture": marks.band,
}


def main(arguments: Sequence[str] | None = None) -> None:
    args = _arguments(arguments)
    if args.public:
        print(public(DATA))
        return
    truth = truth_of(args.out, args.count, args.seed, args.limit)
    truth = [row for row in truth if args.layout in row["layout"] and args.locale in row["locale"]]
    if args.show:
        truth = [row for row in truth if args.show in row["file"]]
    answers = replayed(args.out, truth, args.words, args.kind) if args.words else read_as_people(args.out, truth)
    if args.show:
        for row in truth:
            print(shown(row, answers[row["file"]], args.words))
        return
    text = report(truth, answers, wrong=args.wrong)
    if not args.words:
        (args.out / "report.md").write_text(text + "\n", "utf-8")
    print(text)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0], epilog="\n".join((__doc__ or "").splitlines()[1:])
    )
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench" / "receipts")
    parser.add_argument("--count", type=int, default=160)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0, help="read only so many of them, evenly chosen")
    parser.add_argument("--words", type=Path, help="keep the recognised words in this file and replay the readers")
    parser.add_argument("--kind", default="", help="with --words: read every paper as this kind, recognised or not")
    parser.add_argument("--show", default="", metavar="NAME", help="print rows, answers and truth of these papers")
    parser.add_argument("--layout", default="", help="only layouts whose name holds this")
    parser.add_argument("--locale", default="", help="only locales whose name holds this")
    parser.add_argument("--wrong", default="", metavar="FIELD", help="list what is wrong or missing in this field")
    parser.add_argument("--public", action="store_true", help="score the public photographs instead")
    return parser.parse_args(arguments)


def measured(out: Path, limit: int = 0) -> str:
    """Read the papers under *out* (made where they are missing) as people do; the report, with the public ones."""
    truth = truth_of(out, 160, 1, limit)
    text = report(truth, read_as_people(out, truth))
    (out / "report.md").write_text(text + "\n", "utf-8")
    return f"{text}\n\n{public(DATA)}" if (DATA / "receipts_multi").is_dir() else text


def truth_of(out: Path, count: int, seed: int, limit: int = 0) -> list[Row]:
    """The truth under *out*, made first where it is missing; every n-th row where *limit* asks for fewer."""
    if not (out / "truth.jsonl").is_file():
        print(f"Making {count} papers in {out}.", file=sys.stderr)
        money_papers.make(out, count=count, seed=seed)
    truth = [json.loads(line) for line in (out / "truth.jsonl").read_text("utf-8").splitlines()]
    return truth[:: max(1, len(truth) // limit)][:limit] if limit else truth


# --- reading


def read_as_people(folder: Path, truth: Sequence[Row], *, keep: bool = True) -> dict[str, Row]:
    """What `mobility read --json` says of each file; the first receipt or invoice of a file counts.

    *keep*: leave the answers in `read.jsonl` beside the pictures.
    """
    names = [str(row["file"]) for row in truth]
    start = time.perf_counter()
    command = [str(Path(sys.executable).with_name("mobility")), "read", "--json", *names]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, InputError.exit_code):
        raise SystemExit(f"mobility read ended with {done.returncode}.")
    each = (time.perf_counter() - start) / max(1, len(names))
    print(f"mobility read: {each:.2f} s a picture, all children together", file=sys.stderr)
    if keep:
        (folder / "read.jsonl").write_text(done.stdout, "utf-8")
    answers: dict[str, Row] = {}
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        known = answers.get(answer["file"])
        if known is None or (known["kind"] not in marks.KINDS and answer["kind"] in marks.KINDS):
            answers[answer["file"]] = answer
    return answers


def recognised(folder: Path, name: str) -> tuple[str, dict[str, Any]]:
    """The words of one picture, without the picture."""
    data = (folder / name).read_bytes()
    opened = pages.open_bytes(data, sniff.media_type(data))
    kept = {"media": opened.media_type, "pages": opened.pages, "attachments": opened.attachments}
    return name, kept | {"notes": opened.notes, "data": b""}


def words_of(folder: Path, truth: Sequence[Row], cache: Path) -> dict[str, dict[str, Any]]:
    """The words of all pictures, recognised where *cache* lacks them. A pickle: read only your own."""
    known = pickle.loads(cache.read_bytes()) if cache.is_file() else {}
    names = [str(row["file"]) for row in truth if row["file"] not in known]
    if names:
        with ProcessPoolExecutor(_WORKERS) as pool:
            known |= dict(pool.map(partial(recognised, folder), names))
        for row in truth:
            known[row["file"]]["truth"] = row
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_bytes(pickle.dumps(known))
    return known


def opened_from(kept: Mapping[str, Any]) -> Opened:
    """The kept words as an opened file; its pictures are blank."""
    blank = np.full((8, 8, 3), 255, np.uint8)
    sheets = tuple(Sheet(page, lambda: blank, ()) for page in kept["pages"])
    return Opened(kept["media"], kept["data"], sheets, kept["attachments"], kept["notes"])


def replayed(folder: Path, truth: Sequence[Row], cache: Path, kind: str = "") -> dict[str, Row]:
    """What the readers make of the kept words; a *kind* that is given is not doubted."""
    words, start = words_of(folder, truth, cache), time.perf_counter()
    answers = {row["file"]: answer_of(read.record_of(opened_from(words[row["file"]]), kind)) for row in truth}
    each = (time.perf_counter() - start) / max(1, len(truth))
    print(f"replayed {len(answers)} papers, {each * 1000:.0f} ms each", file=sys.stderr)
    return answers


def answer_of(record: Record) -> Row:
    """A record in the shape of `mobility read --json`, as far as it is scored."""
    fields = {
        field.name: {"value": field.value, "confidence": field.confidence, "currency": field.currency}
        for field in record.fields
    }
    return {"kind": record.kind, "fields": fields, "warnings": list(record.warnings)}


# --- reporting


def report(truth: Sequence[Row], answers: Mapping[str, Row], *, wrong: str = "") -> str:
    """The tables in Markdown; with *wrong*, every miss of that field instead."""
    verdicts = [marks.judged(row, answers.get(row["file"], {"kind": "", "fields": {}})) for row in truth]
    if wrong:
        return "\n".join(_misses(truth, verdicts, wrong))
    stamp = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}"
    sheet = [f"Measured {stamp} on {machine()}: {len(truth)} drawn papers.", "", *_fields(verdicts)]
    for name, key in _GROUPS.items():
        sheet += ["", *_grouped(name, truth, verdicts, key)]
    return "\n".join(sheet)


def _fields(verdicts: Sequence[marks.Verdict]) -> list[str]:
    lines = [
        "| field | expected | answered | right | F1 | sure and wrong | right of those at 0.90 and above |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in (*marks.FIELDS, "all"):
        tally = marks.tally(verdicts, name)
        lines.append(
            f"| {name} | {tally.expected} | {tally.answered} | {tally.right} | {tally.f1:.3f} "
            f"| {tally.sure - tally.sure_right} | {tally.sure_right}/{tally.sure} |"
        )
    bought = marks.tally_lines(verdicts)
    known = sum(verdict.known for verdict in verdicts)
    lines.append(f"| receipt or invoice | {len(verdicts)} | | {known} | | | |")
    lines.append(f"| line items | {bought.expected} | {bought.answered} | {bought.right} | {bought.f1:.3f} | | |")
    return lines


def _grouped(
    name: str, truth: Sequence[Row], verdicts: Sequence[marks.Verdict], key: Callable[[Row], str]
) -> list[str]:
    fields = ("merchant", "date", "total", "currency", "tax")
    heads = [name, "papers", "known", *fields, "lines F1", "fields F1", "sure and wrong"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for group in sorted({key(row) for row in truth}):
        of = [verdict for row, verdict in zip(truth, verdicts, strict=True) if key(row) == group]
        every = marks.tally(of, "all")
        cells = [group, str(len(of)), str(sum(verdict.known for verdict in of))]
        cells += [f"{cell.right}/{cell.expected}" for cell in (marks.tally(of, field) for field in fields)]
        cells += [f"{marks.tally_lines(of).f1:.3f}", f"{every.f1:.3f}", str(every.sure - every.sure_right)]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _misses(truth: Sequence[Row], verdicts: Sequence[marks.Verdict], name: str) -> Iterator[str]:
    for row, verdict in zip(truth, verdicts, strict=True):
        if name == "lines":
            if verdict.lines.right < max(verdict.lines.expected, verdict.lines.answered):
                got = verdict.lines
                yield f"{row['file']}: {got.right} right of {got.expected} expected, {got.answered} answered"
            continue
        mark = verdict.marks.get(name)
        if mark is not None and not mark.right:
            sure = " SURE" if mark.answered and mark.confidence >= marks.SURE else ""
            yield f"{row['file']}: want {mark.wanted!r} got {mark.got!r} @{mark.confidence:.2f}{sure}"


def shown(truth: Row, answer: Row, cache: Path | None) -> str:
    """Rows as the reader sees them, its answer, the truth and what is wrong, for one paper."""
    text = [f"=== {truth['file']}"]
    if cache is not None:
        kept = words_of(cache.parent, (), cache)[truth["file"]]
        text += [f"{row.index:3d} {row.confidence_of(0, len(row.text)):.2f} {row.text}" for row in rows(kept["pages"])]
    verdict = marks.judged(truth, answer)
    text += [json.dumps(answer, ensure_ascii=False, indent=1, default=str), json.dumps(truth, ensure_ascii=False)]
    text += [f"WRONG {name}: want {mark.wanted!r} got {mark.got!r} @{mark.confidence:.2f}"
             for name, mark in verdict.marks.items() if not mark.right]  # fmt: skip
    got = verdict.lines
    return "\n".join([*text, f"LINES {got.right} right of {got.expected} expected, {got.answered} answered"])


# --- the public photographs


def public(data: Path) -> str:
    """Line items of `receipts_multi` and the total and date of `receipts_misc`, through `mobility read --json`."""
    text = []
    truth = _public_truth(data, "receipts_multi")
    answers = read_as_people(data, truth, keep=False)
    verdicts = []
    for row in truth:
        bought = [
            {"description": item["raw_name"], "amount": str(item["total_price"])} for item in row.get("line_items", ())
        ]
        answer = answers.get(row["file"], {"fields": {}})
        verdict = marks.lines(bought, answer["fields"].get("lines", {}).get("value") or ())
        verdicts.append(verdict)
        text.append(f"- {Path(row['file']).parent.name}: {verdict.right} right, {verdict.expected} expected")
    sums = [sum(getattr(each, name) for each in verdicts) for name in ("expected", "answered", "right")]
    text.insert(0, f"receipts_multi: line items F1 {marks.Tally(*sums).f1:.3f} of {sums[0]} lines")
    return "\n".join([*text, *_misc(data)])


def _public_truth(data: Path, name: str) -> list[Row]:
    lines = (data / name / "truth.jsonl").read_text("utf-8").splitlines()
    rows_of = [json.loads(line) for line in lines]
    return [row for row in rows_of if (data / row["file"]).is_file()]


def _misc(data: Path) -> list[str]:
    truth = _public_truth(data, "receipts_misc")
    answers = read_as_people(data, truth, keep=False)
    wrong: dict[str, list[str]] = {"total": [], "date": []}
    sure = 0
    for row in truth:
        fields = answers.get(row["file"], {"fields": {}})["fields"]
        for name, misses in wrong.items():
            wanted, got = row.get(name), fields.get(name, {})
            if wanted in (None, ""):
                continue
            if not marks.same(name, str(wanted), got.get("value")):
                misses.append(Path(row["file"]).name)
                sure += float(got.get("confidence") or 0) >= marks.SURE
    counts = ", ".join(f"{name} wrong or missing {len(misses)} {misses}" for name, misses in wrong.items())
    return [f"receipts_misc: {len(truth)} papers, {counts}, sure and wrong {sure}"]


if __name__ == "__main__":
    main()
