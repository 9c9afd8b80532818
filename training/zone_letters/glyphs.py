"""Glyphs of OCR-B and of a few other fonts as ink maps in cells of one pitch, and the real line crops as ink maps."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.zone_letters.texts import CLASSES, LONGEST

#: Cells are this high; a capital of OCR-B is `CAPITAL` high in them and characters follow each other at `PITCH`.
CELL, CAPITAL, PITCH = 64, 40, 43
#: Real crops are cut or filled to this many columns.
CROP = LONGEST * PITCH

#: Crops whose labels are wrong.
DISPUTED = Path(__file__).resolve().parents[2] / "bench" / "disputed_lines.toml"

_PLACE = {character: place for place, character in enumerate(CLASSES)}


def atlas(fonts: list[Path]) -> np.ndarray:
    """Return the ink of every class in every font: [fonts, classes, CELL, PITCH], 0 to 255."""
    return np.stack([_glyphs(font) for font in fonts])


def _glyphs(font: Path) -> np.ndarray:
    size = 64
    measured = ImageFont.truetype(str(font), size).getbbox("H")
    face = ImageFont.truetype(str(font), round(size * CAPITAL / (measured[3] - measured[1])))
    top = face.getbbox("H")[1]
    cells = []
    for character in CLASSES:
        wide = Image.new("L", (PITCH * 3, CELL), 0)
        drawn = ImageDraw.Draw(wide)
        bare = "N" if character == "Ñ" else character
        across = face.getlength(bare)
        drawn.text(((PITCH * 3 - across) / 2, (CELL - CAPITAL) / 2 - top), bare, font=face, fill=255)
        if character == "Ñ":  # OCR-B has none: an N a little lower under a stroke with a bend
            wide = wide.resize((PITCH * 3, CELL - 8)).crop((0, -8, PITCH * 3, CELL - 8))
            middle, height = PITCH * 3 // 2, (CELL - CAPITAL) // 2
            bend = [(middle - 9, height), (middle - 3, height - 4), (middle + 3, height), (middle + 9, height - 4)]
            ImageDraw.Draw(wide).line(bend, fill=255, width=4, joint="curve")
        ink = wide.getbbox()
        if ink is not None and ink[2] - ink[0] > PITCH:  # a letter wider than the pitch is pressed into it
            wide = wide.crop((ink[0], 0, ink[2], CELL)).resize((PITCH, CELL))
            cells.append(np.asarray(wide))
        else:
            cells.append(np.asarray(wide)[:, PITCH : 2 * PITCH])
    return np.stack(cells)


def pack_crops(folder: Path, out: Path, *, held_out: int = 5, disputed: Path | None = DISPUTED) -> None:
    """Write the real crops of *folder* (a `truth.jsonl` beside pictures) as one small file of ink maps.

    One crop in *held_out* is marked as not to be trained on; 0 trains on all. Crops named in *disputed* are left out:
    their labels say what does not stand on them.
    """
    doubted = (
        {name for table in tomllib.loads(disputed.read_text("utf-8")).values() for name in table} if disputed else ()
    )
    kept, widths, texts, apart = [], [], [], []
    rows = [json.loads(row) for row in (folder / "truth.jsonl").read_text("utf-8").splitlines()]
    for place, row in enumerate(row for row in rows if not row["synthetic"]):
        legible = not set(row["text"]) - set(CLASSES) and len(row["text"]) <= LONGEST
        if not legible or Path(row["file"]).name in doubted:
            continue
        picture = Image.open(folder.parent / row["file"]).convert("L")
        # The crops leave about a fifth of their height above and below the capitals, as our cells do.
        width = min(CROP, max(8, round(picture.width * CELL / picture.height)))
        cell = np.zeros((CELL, CROP), np.uint8)
        cell[:, :width] = 255 - np.asarray(picture.resize((width, CELL), Image.Resampling.LANCZOS))
        kept.append(np.packbits(cell > 127, axis=1))
        widths.append(width)
        texts.append(row["text"])
        apart.append(bool(held_out) and place % held_out == 0)
    np.savez_compressed(out, ink=np.stack(kept), widths=widths, texts=texts, apart=apart)


def places(said: list[str]) -> np.ndarray:
    """Return the class of every place of the lines *said* [B, LONGEST]; -1 where nothing stands."""
    found = np.full((len(said), LONGEST), -1, np.int64)
    for row, text in enumerate(said):
        found[row, : len(text)] = [_PLACE[c] for c in text]
    return found
