"""Sheets on which several receipts lie: how often each is read as a document of its own, with only its own words.

Receipts of the public sets are laid beside and over one another, each askew by some degrees: as words (their boxes
moved and turned, no OCR, hundreds of sheets in seconds) and as pictures (pasted on a desk or a scanner's white, opened
as a file is). Receipts and invoices that lie alone are read too: not one of them may be parted.

usage: python -m bench.receipt_sheets --data ../shared/data --words words.pickle [--sheets 200] [--pictures 12]
"""

from __future__ import annotations

import argparse
import io
import json
import math
import pickle
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from toolkit import pages, sniff
from toolkit.model import Box, Method, Page, Word
from toolkit.pages import Opened, Sheet
from toolkit.read import record_of
from toolkit.readers.money.labels import roles
from toolkit.readers.money.rows import rows
from toolkit.receipts_apart import documents
from toolkit.recognise import recognise

PHOTOS, ALONE = ("sroie", "receipts_de", "receipts_multi"), ("receipts_misc", "invoice2data", "zugferd")
#: The height of a line on the sheet in pixels.
LINE = 26.0
#: (rows of receipts, which column each) a sheet can have.
LAYOUTS = {"2 beside": (2,), "3 beside": (3,), "2 over": (1, 1), "2 x 2": (2, 2), "2 + 1": (2, 1), "3 + 3": (3, 3)}
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Paper:
    """One receipt: its words with boxes in pixels, the frame of paper round them, and its picture if it has one."""

    name: str
    words: tuple[Word, ...]
    size: tuple[float, float]
    picture: Picture | None = None


@dataclass(frozen=True)
class Laid:
    """A sheet: its page and, for every word of it, which of the papers it belongs to."""

    page: Page
    owner: dict[int, int]
    count: int


def paper(name: str, page: Page, picture: Picture | None = None) -> Paper:
    """The receipt on *page*, cut to its print and a margin, scaled so that its lines are as high as all others."""
    width, height = (page.width, page.height) if picture is None else (picture.shape[1], picture.shape[0])
    tall = float(np.median([word.box.height for word in page.words])) * height
    scale = LINE / tall
    frame = Box.around([word.box for word in page.words])
    margin = 1.2 * tall
    left, top = max(0.0, frame.left * width - margin), max(0.0, frame.top * height - margin)
    right, bottom = min(float(width), frame.right * width + margin), min(float(height), frame.bottom * height + margin)
    moved = tuple(
        replace(
            word,
            box=Box(
                (word.box.left * width - left) * scale,
                (word.box.top * height - top) * scale,
                (word.box.right * width - left) * scale,
                (word.box.bottom * height - top) * scale,
            ),
        )
        for word in page.words
    )
    if picture is not None:
        cut = picture[int(top) : int(bottom), int(left) : int(right)]
        size = (max(8, round(cut.shape[1] * scale)), max(8, round(cut.shape[0] * scale)))
        picture = cv2.resize(cut, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    return Paper(name, moved, ((right - left) * scale, (bottom - top) * scale), picture)


def lay(papers: Sequence[Paper], layout: Sequence[int], rng: np.random.Generator, tilt: float) -> tuple[list, tuple]:
    """Return for each paper its centre and turn in degrees, and the size of the sheet."""
    turns = [float(rng.uniform(-tilt, tilt)) for _ in papers]
    frames = [_frame(each.size, turn) for each, turn in zip(papers, turns, strict=True)]
    places, top, widest, at = [], 40.0, 0.0, 0
    for count in layout:
        left, row = 40.0, frames[at : at + count]
        for (wide, high), turn in zip(row, turns[at : at + count], strict=True):
            down = float(rng.uniform(0, 60))
            places.append((left + wide / 2, top + down + high / 2, turn))
            left += wide + float(rng.uniform(4, 60))
        widest, at = max(widest, left), at + count
        top += max(high for _, high in row) + 60 + float(rng.uniform(4, 60))
    return places, (widest + 40, top + 40)


def _frame(size: tuple[float, float], turn: float) -> tuple[float, float]:
    sine, cosine = abs(math.sin(math.radians(turn))), math.cos(math.radians(turn))
    return size[0] * cosine + size[1] * sine, size[0] * sine + size[1] * cosine


def as_words(papers: Sequence[Paper], layout: Sequence[int], rng: np.random.Generator, tilt: float = 5.0) -> Laid:
    """The sheet as words alone."""
    places, (wide, high) = lay(papers, layout, rng, tilt)
    words, owner = [], {}
    for number, (each, (x, y, turn)) in enumerate(zip(papers, places, strict=True)):
        sine, cosine = math.sin(math.radians(turn)), math.cos(math.radians(turn))
        for word in each.words:
            across, down = word.box.right - word.box.left, word.box.bottom - word.box.top
            dx = (word.box.left + word.box.right - each.size[0]) / 2
            dy = (word.box.top + word.box.bottom - each.size[1]) / 2
            cx, cy = x + dx * cosine - dy * sine, y + dx * sine + dy * cosine
            half = (across * cosine + down * abs(sine)) / 2, (across * abs(sine) + down * cosine) / 2
            box = Box((cx - half[0]) / wide, (cy - half[1]) / high, (cx + half[0]) / wide, (cy + half[1]) / high)
            made = Word(word.text, box, word.confidence)
            words.append(made)
            owner[id(made)] = number
    words.sort(key=lambda word: (word.box.middle, word.box.left))
    return Laid(Page(1, wide, high, tuple(words), Method.OCR), owner, len(papers))


def as_picture(papers: Sequence[Paper], layout: Sequence[int], rng: np.random.Generator, tilt: float = 5.0) -> bytes:
    """The sheet as a JPEG: on a desk of some colour and grain, or on the white of a scanner."""
    places, (wide, high) = lay(papers, layout, rng, tilt)
    ground = np.array([(120, 86, 60), (60, 62, 66), (176, 160, 140), (250, 250, 250)][int(rng.integers(4))], np.float32)
    scene = np.clip(ground + rng.normal(0, 5, (int(high), int(wide), 1)), 0, 255).astype(np.uint8)
    for each, (x, y, turn) in zip(papers, places, strict=True):
        assert each.picture is not None
        height, width = each.picture.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -turn, 1.0)
        matrix[:, 2] += x - width / 2, y - height / 2
        size = (scene.shape[1], scene.shape[0])
        cover = cv2.warpAffine(np.full((height, width), 255, np.uint8), matrix, size)[:, :, None] > 127
        scene = np.where(cover, cv2.warpAffine(each.picture, matrix, size, flags=cv2.INTER_CUBIC), scene)
    out = io.BytesIO()
    Image.fromarray(scene).save(out, "JPEG", quality=88)
    return out.getvalue()


def opened(page: Page) -> Opened:
    return Opened("image/jpeg", b"", (Sheet(page, lambda: np.full((8, 8, 3), 255, np.uint8), ()),))


def readable(page: Page) -> bool:
    """Whether the receipt has a date and a row called total: one that lacks them cannot be told from its neighbour."""
    record = record_of(opened(page))
    named = any(roles(row.text) & {"total", "due"} for row in rows([page]))
    return named and all(record.get(name) is not None for name in ("total", "date"))


def parts(file: Opened) -> list[Opened]:
    return [part for part, _ in documents(file, recognise(file))]


def outcome(laid: Laid) -> str:
    """What became of a sheet of words: right, stray (a word or two elsewhere), whole (not parted), mixed or torn."""
    found = []
    for part in parts(opened(laid.page)):
        found.append(Counter(laid.owner[id(word)] for page in part.pages for word in page.words))
    strangers = sum(each.total() - max(each.values()) for each in found)
    if strangers > 2:
        return "whole" if len(found) == 1 else "mixed"
    if len(found) != laid.count:
        return "torn"
    return "stray" if strangers else "right"


def load(data: Path, sets: Sequence[str]) -> dict[str, list[tuple[str, Opened]]]:
    """Open every document of *sets* (pages and all, OCR where needed)."""
    made: dict[str, list[tuple[str, Opened]]] = {}
    for name in sets:
        truths = [json.loads(line) for line in (data / name / "truth.jsonl").read_text().splitlines()]
        files = [(truth["file"], (data / truth["file"]).read_bytes()) for truth in truths]
        made[name] = [(file, pages.open_bytes(content, sniff.media_type(content))) for file, content in files]
    return made


def words_of(data: Path, cache: Path) -> dict[str, list[tuple[str, str, tuple[Page, ...]]]]:
    """The pages of every document by set, kept in *cache* between runs (our own file, never committed)."""
    if cache.exists():
        kept: dict[str, list[tuple[str, str, tuple[Page, ...]]]] = pickle.loads(cache.read_bytes())
        return kept
    made = {
        name: [(file, each.media_type, each.pages) for file, each in files]
        for name, files in load(data, (*PHOTOS, *ALONE)).items()
    }
    cache.write_bytes(pickle.dumps(made))
    return made


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--words", type=Path, required=True, help="Where the words of the documents are kept.")
    options.add_argument("--sheets", type=int, default=200)
    options.add_argument("--pictures", type=int, default=0)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    known = words_of(chosen.data, chosen.words)
    alone(known)
    singles = [(file, found[0]) for name in PHOTOS for file, _, found in known[name] if readable(found[0])]
    sheets(singles, chosen.sheets, chosen.seed)
    if chosen.pictures:
        pictures(chosen.data, singles, chosen.pictures, chosen.seed)


def alone(known: dict[str, list[tuple[str, str, tuple[Page, ...]]]]) -> None:
    blank = np.full((8, 8, 3), 255, np.uint8)
    count, torn = 0, []
    for files in known.values():
        for file, media, found in files:
            count += 1
            one = Opened(media, b"", tuple(Sheet(page, lambda: blank, ()) for page in found))
            if len(parts(one)) != 1:
                torn.append(file)
    print(f"alone: {count} documents, {len(torn)} torn apart", *torn, sep="\n  ")


def sheets(singles: Sequence[tuple[str, Page]], count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    papers = [paper(file, page) for file, page in singles]
    for name, layout in LAYOUTS.items():
        ends: Counter[str] = Counter()
        for _ in range(count):
            chosen = [papers[at] for at in rng.choice(len(papers), sum(layout), replace=False)]
            ends[outcome(as_words(chosen, layout, rng))] += 1
        print(f"{name}: {dict(ends)}")


def pictures(data: Path, singles: Sequence[tuple[str, Page]], count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ends: Counter[str] = Counter()
    for number in range(count):
        name = list(LAYOUTS)[number % len(LAYOUTS)]
        layout = LAYOUTS[name]
        chosen = [singles[at] for at in rng.choice(len(singles), sum(layout), replace=False)]
        laid = [paper(file, page, _picture(data / file)) for file, page in chosen]
        file = pages.open_bytes(as_picture(laid, layout, rng), "image/jpeg")
        end = f"{len(parts(file))} of {len(laid)}"
        ends["right" if end == f"{len(laid)} of {len(laid)}" else "wrong"] += 1
        print(f"picture, {name}: {end}", file=sys.stderr)
    print(f"pictures: {dict(ends)}")


def _picture(path: Path) -> Picture:
    with Image.open(path) as source:
        return np.asarray(ImageOps.exif_transpose(source).convert("RGB"))


if __name__ == "__main__":
    main()
