"""Score the recognition of single zone lines on real crops (../shared/data/mrz_lines, those not synthetic).

    python -m bench.mrz_lines                                  toolkit.zone_reading:read_line, as zones are read
    python -m bench.mrz_lines --reader toolkit.zone_letters:read_line    the same without any grammar
    python -m bench.mrz_lines --reader stock                   the stock OCR model, kept to the zone's alphabet
    python -m bench.mrz_lines --reader package.module:function    any callable: RGB picture in, text out

Writes every miss (crop, label, what was read, and how many check digits of each agree) and a sheet of the misses to
look at: some labels are wrong, and a person has to say which. Lines settled so stand in `bench/disputed_lines.toml`.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import json
import statistics
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from toolkit.mrz_layouts import LAYOUTS, check_digit
from toolkit.mrz_lines import plain

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
OUT = ROOT / "out" / "bench" / "mrz_lines"
#: `training.zone_letters.glyphs.pack_crops` keeps every fifth real crop apart and trains on the rest.
APART = 5
DISPUTED = Path(__file__).with_name("disputed_lines.toml")
Reader = Callable[[NDArray[np.uint8]], str]

_SHEET_COLUMNS, _TILE = 2, (760, 96)
_FONT = ROOT / "tests" / "specimens" / "fonts" / "OCRB.otf"


@dataclass(frozen=True, slots=True)
class Line:
    """One crop: the label it came with, what stands on it, what was read, and the check digits (agreeing, all)."""

    file: str
    unseen: bool
    published: str
    label: str
    read: str
    seconds: float
    label_checks: tuple[int, int]
    read_checks: tuple[int, int]

    @property
    def right(self) -> bool:
        return self.read == self.label


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--reader", default="toolkit.zone_reading:read_line")
    parser.add_argument("--limit", type=int, default=0, help="only so many crops, evenly chosen")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    if not (args.data / "mrz_lines" / "truth.jsonl").is_file():
        print("Line recognition is not measured: the public crops (../shared/data/mrz_lines) are not on this machine.")
        return
    lines = score(args.data, reader(args.reader), args.limit)
    args.out.mkdir(parents=True, exist_ok=True)
    misses = [line for line in lines if not line.right]
    with (args.out / "misses.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(asdict(line), ensure_ascii=False) + "\n" for line in misses)
    if misses:
        sheet(args.data, misses).save(args.out / "misses.png")
    text = "\n".join(report(args.reader, lines))
    (args.out / "table.md").write_text(text + "\n", "utf-8")
    print(text)


def reader(name: str) -> Reader:
    """The callable called *name* ("module:function"), or the stock recogniser for "stock"."""
    if name == "stock":
        return stock
    module, _, function = name.partition(":")
    found: Reader = getattr(importlib.import_module(module), function)
    return found


@cache
def _stock() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical"})


def stock(image: NDArray[np.uint8]) -> str:
    """What the OCR model that ships with RapidOCR reads, its signs taken for the zone's characters."""
    found = _stock()(np.ascontiguousarray(image[:, :, ::-1]), use_det=False, use_cls=False, use_rec=True)
    return plain(found.txts[0] if found.txts else "")


def score(data: Path, read: Reader, limit: int = 0) -> list[Line]:
    """Read every real crop under *data*; labels settled by eye take the place of those that came with the set."""
    settled = disputed()
    truth = [json.loads(row) for row in (data / "mrz_lines" / "truth.jsonl").read_text("utf-8").splitlines()]
    real = [row for row in truth if not row["synthetic"]]
    # The set holds some documents several times: a crop kept apart is unseen only if no other says the same.
    trained = {row["text"] for place, row in enumerate(real) if place % APART}
    unseen = {row["file"] for row in real if row["text"] not in trained}
    real = [row for row in real if settled.get(Path(row["file"]).name) != ""]
    real = real[:: max(1, len(real) // limit)][:limit] if limit else real
    lines = []
    for row in real:
        picture = np.array(Image.open(data / row["file"]).convert("RGB"))
        start = time.perf_counter()
        text = read(picture)
        seconds = time.perf_counter() - start
        label = settled.get(Path(row["file"]).name, row["text"])
        lines.append(
            Line(row["file"], row["file"] in unseen, row["text"], label, text, seconds, checks(label), checks(text))
        )
    return lines


def disputed() -> Mapping[str, str]:
    """Crop name to what stands on it as a person reads it; empty where it holds no legible line at all."""
    tables = tomllib.loads(DISPUTED.read_text("utf-8"))
    return tables["proved"] | tables["by_format"] | tables["by_eye"]


def checks(text: str) -> tuple[int, int]:
    """How many of the check digits that a line of this length holds agree, and how many there are, at best."""
    best = (0, 0)
    for layout in LAYOUTS.values():
        for number in range(layout.height if layout.width == len(text) else 0):
            whole = [""] * number + [text]
            mine = [c for c in layout.checks if c.line == number and all(line == number for line, _, _ in c.pieces)]
            agreeing = sum(check.digit(whole) == check_digit(check.covered(whole)) for check in mine)
            best = max(best, (agreeing, len(mine)))
    # A line of names has no check digits, though it is as long as one that has.
    return best if best[0] else (0, 0)


def report(name: str, lines: Sequence[Line]) -> list[str]:
    """The figures as Markdown: exact lines, wrong characters, seconds, the commonest confusions, every miss."""
    right = sum(line.right for line in lines)
    characters = sum(len(line.label) for line in lines)
    wrong = sum(distance(line.label, line.read) for line in lines)
    seconds = [line.seconds for line in lines]
    unseen = [line.right for line in lines if line.unseen]
    text = [
        f"{name}: lines exact {right}/{len(lines)} = {right / max(1, len(lines)):.4f}; "
        f"of those kept apart from training {sum(unseen)}/{len(unseen)} = {sum(unseen) / max(1, len(unseen)):.4f}; "
        f"by the labels as published {sum(line.read == line.published for line in lines)}; "
        f"characters wrong {wrong}/{characters} = {wrong / max(1, characters):.4f}; "
        f"median {statistics.median(seconds) * 1000:.1f} ms a line",
        "",
        "| characters | lines | exact |",
        "|---|---|---|",
    ]
    for length, count in sorted(Counter(len(line.label) for line in lines).items()):
        text.append(f"| {length} | {count} | {sum(line.right for line in lines if len(line.label) == length)} |")
    text += ["", "| label | read as | times |", "|---|---|---|"]
    text += [f"| `{was}` | `{now}` | {times} |" for (was, now), times in confusions(lines).most_common(20)]
    text += ["", "| crop | label (check digits) | read (check digits) |", "|---|---|---|"]
    for line in lines:
        if not line.right:
            mine, theirs = ("{}/{}".format(*each) if each[1] else "-" for each in (line.label_checks, line.read_checks))
            text.append(f"| {Path(line.file).name} | `{line.label}` ({mine}) | `{line.read}` ({theirs}) |")
    return text


def confusions(lines: Sequence[Line]) -> Counter[tuple[str, str]]:
    """What was read in place of what; "-" is nothing."""
    found: Counter[tuple[str, str]] = Counter()
    for line in lines:
        if not line.right:
            matcher = difflib.SequenceMatcher(None, line.label, line.read, autojunk=False)
            for tag, a0, a1, b0, b1 in matcher.get_opcodes():
                if tag != "equal":
                    found[line.label[a0:a1] or "-", line.read[b0:b1] or "-"] += 1
    return found


def distance(a: str, b: str) -> int:
    """Levenshtein's distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def sheet(data: Path, misses: Sequence[Line]) -> Image.Image:
    """The crops that were missed, each over its label and what was read; digits are blue, differences marked."""
    width, height = _TILE
    rows = -(-len(misses) // _SHEET_COLUMNS)
    canvas = Image.new("RGB", (width * _SHEET_COLUMNS, height * rows), "white")
    pen = ImageDraw.Draw(canvas)
    small = ImageFont.truetype(_FONT, 12)
    for place, line in enumerate(misses):
        x, y = place % _SHEET_COLUMNS * width, place // _SHEET_COLUMNS * height
        crop = Image.open(data / line.file).convert("RGB")
        scale = min((width - 10) / crop.width, 40 / crop.height)
        canvas.paste(crop.resize((max(1, int(crop.width * scale)), max(1, int(crop.height * scale)))), (x, y))
        matcher = difflib.SequenceMatcher(None, line.label, line.read, autojunk=False)
        same = matcher.get_matching_blocks()
        _spell(pen, (x + 2, y + 42), line.label, {n for a, _, size in same for n in range(a, a + size)})
        _spell(pen, (x + 2, y + 64), line.read, {n for _, b, size in same for n in range(b, b + size)})
        pen.text((x + width - 80, y + 80), Path(line.file).stem, font=small, fill=(0, 0, 160))
    return canvas


def _spell(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, same: set[int]) -> None:
    """Write *text* letter by letter: nobody tells O from 0 in print, so that digits have a colour of their own."""
    face = ImageFont.truetype(_FONT, 20)
    for place, letter in enumerate(text):
        x = at[0] + place * 14
        if place not in same:
            pen.rectangle((x - 1, at[1], x + 13, at[1] + 20), fill=(255, 214, 90))
        pen.text((x, at[1]), letter, font=face, fill=(0, 70, 210) if letter.isdigit() else "black")


if __name__ == "__main__":
    main()
