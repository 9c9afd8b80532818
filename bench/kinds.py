"""Measure how well papers are recognised, on papers of every kind drawn by `bench.papers` and on papers of none.

    python -m bench.kinds                          all of them, a share scanned and photographed
    python -m bench.kinds --as-people              through `mobility read --json`, as people use it
    python -m bench.kinds --wrong                  a line for every paper that was taken for another
    python -m bench.kinds --wrong --kind degree    also what of its fields is wrong or was not found
    python -m bench.kinds --docs                   write the tables into docs/recognition.md

The papers and the words of their pictures are kept under `out/bench/kinds`; another seed gives other papers.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import io
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bench import papers
from bench.machine import machine
from bench.papers import elsewhere, marks, tables
from bench.papers.paper import Paper
from bench.papers.tables import Verdict
from bench.papers.wording import FOLDERS
from toolkit import pages, read, sniff
from toolkit.errors import InputError
from toolkit.kind import kinds
from toolkit.pages import Opened, Sheet

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs" / "recognition.md"
#: The tables of each set of papers stand between these lines of the page; what is there is replaced.
BEGIN, END = "<!-- measured {}: begin -->", "<!-- measured {}: end -->"
#: Under which names sets are kept, by their place in `bench.papers.wording.FOLDERS`.
_KEPT = ("seed", "unseen", "second")
#: The set of which only totals are told, so that nobody writes definitions after it.
_HELD_BACK = 2
Row = Mapping[str, Any]
#: A page with fewer words keeps its picture beside them: it may be a photograph.
_FEW_WORDS = 8


def main(arguments: Sequence[str] | None = None) -> None:
    args = _arguments(arguments)
    truth = truth_of(args.out, args.seed, args.photographed, pictures=args.pictures, unseen=args.unseen)
    truth = [row for row in truth if args.kind in ("", row["kind"]) and (args.pictures or row["how"] == "text")]
    truth = truth[:: max(1, len(truth) // args.limit)][: args.limit] if args.limit else truth
    start = time.perf_counter()
    answers = as_people(truth) if args.as_people else in_process(truth, args.out / "words.pickle")
    print(f"{(time.perf_counter() - start) / max(1, len(truth)):.2f} s a paper", file=sys.stderr)
    verdicts = [verdict(row, answers.get(row["file"], [])) for row in truth]
    if args.wrong:
        print("\n".join(_wrong(verdicts, fields=bool(args.kind))))
        return
    stamp = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}"
    how = "mobility read --json" if args.as_people else "toolkit.read, in one process"
    drawn = f"{('wording', 'unseen wording', 'second unseen wording')[args.unseen]}, seed {args.seed}"
    brief = bool(args.docs and (args.unseen or args.seed != 1))
    measured = tables.totals(verdicts) if args.unseen == _HELD_BACK else tables.report(verdicts, brief=brief)
    text = f"Measured {stamp} on {machine()}, through {how}; {drawn}.\n\n{measured}"
    print(text)
    if args.docs:
        _into_docs(text, _KEPT[args.unseen] if args.unseen else f"seed {args.seed}")


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    first, rest = (__doc__ or "").split("\n", 1)
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=first, epilog=rest, formatter_class=form)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0, help="read only so many of them, evenly chosen")
    parser.add_argument("--photographed", type=float, default=0.15, metavar="SHARE", help="scanned or photographed")
    parser.add_argument("--text-only", dest="pictures", action="store_false", help="leave pictures out (no OCR)")
    sets = "a wording that nobody was shown, the first (1) or the second (2), not the open one"
    parser.add_argument("--unseen", type=int, nargs="?", const=1, default=0, choices=(0, 1, 2), help=sets)
    parser.add_argument("--kind", default="", help="only papers of this kind")
    parser.add_argument("--as-people", action="store_true", help="through `mobility read --json`")
    parser.add_argument("--wrong", action="store_true", help="list what is wrong instead of the tables")
    parser.add_argument("--docs", action="store_true", help="write the tables into docs/")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench" / "kinds")
    return parser.parse_args(arguments)


def _into_docs(text: str, drawn: str) -> None:
    page = DOCS.read_text("utf-8")
    begin, end = BEGIN.format(drawn), END.format(drawn)
    head, tail = page.split(begin)[0], page.split(end)[1]
    DOCS.write_text(f"{head}{begin}\n\n{text}\n\n{end}{tail}", "utf-8")


# --- papers


def _fingerprint(kept: str) -> str:
    """Of all that a set of papers ("seed", "unseen", "second" or "others") is drawn from."""
    root = Path(papers.__file__).parent
    others = {root / "elsewhere.py", root / "shots.py"}
    tables_only = {root / name for name in ("marks.py", "tables.py", "__main__.py")}
    code = {path for path in root.iterdir() if path.suffix in {".py", ".typ", ".toml"}} - others - tables_only
    folder = FOLDERS[_KEPT.index(kept)] if kept in _KEPT else FOLDERS[0]
    wording = {*(root / folder).iterdir(), *(root / "clauses").iterdir()}
    files = sorted(others if kept == "others" else code | wording)
    return hashlib.sha256(b"".join(path.read_bytes() for path in files if path.is_file())).hexdigest()[:12]


def truth_of(out: Path, seed: int, photographed: float, *, pictures: bool, unseen: int) -> list[Row]:
    """The truth of all papers, which are drawn into a folder of *out* where it lacks them.

    A row holds the path of its file and how it is read; the picture of a paper is taken when somebody reads it.
    """
    rows = []
    for others in (False, True) if pictures and not unseen else (False,):
        kept = "others" if others else _KEPT[unseen]
        folder = out / f"{kept}-{seed}-{_fingerprint(kept)}"
        if not folder.is_dir():
            print(f"Drawing papers into {folder}.", file=sys.stderr)
            drawn = elsewhere.papers(seed, ()) if others else papers.papers(seed, others=False, unseen=unseen)
            _keep(drawn, seed, folder)
        lines = (folder / "truth.jsonl").read_text("utf-8").splitlines()
        rows += [row | {"path": str(folder / row["file"])} for row in map(json.loads, lines)]
    for row in rows:
        row["how"] = row["picture"] if row["chance"] < photographed else row["drawn"]
    return rows


def _keep(drawn: Iterable[Paper], seed: int, folder: Path) -> None:
    """Write papers and their truth, the folder as a whole: two runs do not see each other's half."""
    half = folder.with_name(f"{folder.name}.{os.getpid()}")
    half.mkdir(parents=True)
    with (half / "truth.jsonl").open("w", encoding="utf-8") as lines:
        for paper in drawn:
            (half / f"{paper.name}.pdf").write_bytes(paper.pdf)
            row: dict[str, Any] = {"file": f"{paper.name}.pdf", "seed": seed}
            row |= {"kind": paper.kind, "language": paper.language, "layout": paper.layout, "pages": paper.pages}
            row |= {"either": paper.either, "drawn": paper.how, "truth": dict(paper.truth)}
            row["chance"], row["picture"] = papers.chance(paper, seed)
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    if folder.is_dir():
        shutil.rmtree(half)
    else:
        half.rename(folder)


def _data(row: Row) -> bytes:
    """The file of a paper, or the picture that was taken of it."""
    data = Path(row["path"]).read_bytes()
    return data if row["how"] == row["drawn"] else papers.picture(data, row["seed"], row["how"])


# --- reading


def as_people(truth: Sequence[Row]) -> dict[str, list[Row]]:
    """What `mobility read --json` says of each file: its documents in their order."""
    command = [str(Path(sys.executable).with_name("mobility")), "read", "--json"]
    with tempfile.TemporaryDirectory() as folder:
        names = [str(row["file"]) for row in truth]
        for row in truth:
            (Path(folder) / row["file"]).write_bytes(_data(row))
        done = subprocess.run([*command, *names], cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, InputError.exit_code):
        raise SystemExit(f"mobility read ended with {done.returncode}.")
    answers: dict[str, list[Row]] = {}
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        answers.setdefault(answer["file"], []).append(answer)
    return answers


def in_process(truth: Sequence[Row], cache: Path) -> dict[str, list[Row]]:
    """What the readers make of each file; the words of pictures are recognised once and kept (a pickle of ours)."""
    known = _words_of([row for row in truth if row["how"] != "text"], cache)
    answers = {}
    for row in truth:
        opened = pages.open_bytes(_data(row), sniff.PDF) if row["how"] == "text" else _opened(known[_key(row)])
        answers[str(row["file"])] = list(_answers(opened))
    return answers


def _key(row: Row) -> str:
    return hashlib.sha256(Path(row["path"]).read_bytes() + f"{row['seed']} {row['how']}".encode()).hexdigest()


def _words_of(pictures: Sequence[Row], cache: Path) -> Mapping[str, Any]:
    known: dict[str, Any] = pickle.loads(cache.read_bytes()) if cache.is_file() else {}
    fresh = [row for row in pictures if _key(row) not in known]
    for number, row in enumerate(fresh, 1):
        known[_key(row)] = _kept(pages.open_bytes(_data(row), sniff.PDF))
        if number % 20 == 0 or number == len(fresh):
            print(f"{number} of {len(fresh)} pictures read", file=sys.stderr)
            _store(known, cache)
    return known


def _store(known: dict[str, Any], cache: Path) -> None:
    """Add to the words that are kept; another run may have kept others meanwhile."""
    cache.parent.mkdir(parents=True, exist_ok=True)
    known |= pickle.loads(cache.read_bytes()) if cache.is_file() else {}
    half = cache.with_name(f"{cache.name}.{os.getpid()}")
    half.write_bytes(pickle.dumps(known))
    half.replace(cache)


def _answers(opened: Opened) -> Iterator[Row]:
    for part, found in read.parts(opened):
        fields: dict[str, Any] = {}
        if found.kind is not None:
            for field in read.reader(found.kind.reader)(part, found).fields:
                fields[field.name] = {"value": field.value, "confidence": field.confidence}
        yield {"kind": found.name, "kind_confidence": found.confidence, "pages": list(found.pages), "fields": fields}


def _kept(opened: Opened) -> list[tuple[Any, Any, bytes]]:
    """Words, zones and, of pages with few words, a picture of every page."""
    return [
        (sheet.page, sheet.zones, _small(sheet) if len(sheet.page.words) < _FEW_WORDS else b"")
        for sheet in opened.sheets
    ]


def _small(sheet: Sheet) -> bytes:
    picture, out = Image.fromarray(sheet.image), io.BytesIO()
    picture.thumbnail((1600, 1600))
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def _opened(kept: Sequence[tuple[Any, Any, bytes]]) -> Opened:
    sheets = tuple(Sheet(page, partial(_picture, data), zones or ()) for page, zones, data in kept)
    return Opened(sniff.PDF, b"", sheets)


def _picture(data: bytes) -> Any:
    return np.array(Image.open(io.BytesIO(data)).convert("RGB")) if data else np.full((8, 8, 3), 255, np.uint8)


# --- judging


def verdict(row: Row, answers: Sequence[Row]) -> Verdict:
    """Judge the document that holds the paper's first page; papers of several documents are counted apart."""
    first = answers[0] if answers else {"kind": "nothing", "kind_confidence": 0.0, "fields": {}}
    got, confidence = str(first["kind"]), float(first.get("kind_confidence") or 0)
    right = marks.same_kind(row["kind"], got) or got in row["either"]
    known = kinds().get(got)
    found = marks.marks(row["truth"], first["fields"], known.fields) if right and known else []
    return Verdict(row, got, confidence, right, tuple(found), len(answers))


def _wrong(verdicts: Sequence[Verdict], *, fields: bool) -> Iterator[str]:
    for each in verdicts:
        if not each.right:
            sure = " SURE" if each.sure_and_wrong else ""
            yield f"{each.row['file']}: {each.row['kind']} taken for {each.got} @{each.confidence:.2f}{sure}"
        if each.documents > 1:
            yield f"{each.row['file']}: cut into {each.documents} documents"
        for mark in each.marks if fields else ():
            if not mark.right:
                sure = " SURE" if mark.sure_and_wrong else ""
                said = f"want {mark.wanted!r} got {mark.got!r} @{mark.confidence:.2f}{sure}"
                yield f"{each.row['file']}: {mark.name} {said}"
    yield str(Counter((each.row["kind"], each.got) for each in verdicts if not each.right).most_common(30))


if __name__ == "__main__":
    main()
