"""Reading the lines of a zone from the picture, character by character, with the alphabet of ICAO Doc 9303.

Knows pictures and the OCR of single lines; what the lines say is for `toolkit.mrz_repair` to settle.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from toolkit import ocr_lines
from toolkit.model import Box
from toolkit.mrz_layouts import ALPHABET, FILLER
from toolkit.mrz_lines import DIGIT_FOR_DIGIT, FAR, Slot, alike
from toolkit.ocr_lines import Corners, Letters, Picture
from toolkit.zone_strips import Strip

#: Signs that count as each character: small letters as capitals, and what engines make of fillers.
_SIGNS: Mapping[str, str] = {c: c + c.lower() if c.isalpha() else c for c in ALPHABET if c != FILLER} | {
    FILLER: "<く〈＜«‹《",
    "Ñ": "Ññ",
}
#: Networks are surer of themselves than they are right.
_HUMILITY = 0.8
#: Below this chance the engine did not see that character at all; only look-alikes of the likeliest remain.
_UNSEEN = 0.005
#: The detector takes its time by the shorter side; a region is cut no flatter than this, and made no wider.
_FLATTEST, _WIDEST = 0.55, 1300


def reread(image: Picture, boxes: Sequence[Box]) -> list[Strip]:
    """Read the lines inside *boxes* (fractions of the picture) again, as they lie."""
    height, width = image.shape[:2]
    scale = np.array([width, height], dtype=np.float32)
    return [_strip(image, _corners(box) * scale, (width, height)) for box in boxes]


def search(image: Picture, region: Box) -> list[Strip]:
    """Find lines of text in *region* of the picture and read those long enough to be lines of a zone."""
    height, width = image.shape[:2]
    region = _roomy(region, width, height)
    left, top = int(region.left * width), int(region.top * height)
    cut = image[top : int(region.bottom * height), left : int(region.right * width)]
    if min(cut.shape[:2]) < 16:
        return []
    import cv2

    factor = min(4.0, _WIDEST / max(cut.shape[:2]))
    seen = cv2.resize(cut, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA)
    found = []
    for corners in ocr_lines.lines(seen):
        wide, tall = np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[3] - corners[0])
        if max(wide, tall) < 8 * min(wide, tall) or max(wide, tall) < 0.3 * max(seen.shape[:2]):
            continue
        turned = np.roll(corners, -1, axis=0) if tall > wide else corners
        placed = (turned / factor + np.array([left, top], dtype=np.float32)).astype(np.float32)
        for each in (placed, np.roll(placed, 2, axis=0)) if tall > wide else (placed,):
            strip = _strip(image, each, (width, height))
            if 22 <= len(strip.slots) <= 54:
                found.append(strip)
    return found


def _roomy(region: Box, width: int, height: int) -> Box:
    """Make a flat region higher, as far as the picture goes, so that the detector need not blow it up."""
    wanted = max(region.height, _FLATTEST * region.width * width / height)
    bottom = min(1.0, region.middle + wanted / 2)
    top = max(0.0, bottom - wanted)
    return Box(max(0.0, region.left), top, min(1.0, region.right), min(1.0, top + wanted))


def _corners(box: Box) -> Corners:
    return np.array(
        [[box.left, box.top], [box.right, box.top], [box.right, box.bottom], [box.left, box.bottom]], dtype=np.float32
    )


def _strip(image: Picture, corners: Corners, size: tuple[int, int]) -> Strip:
    read = ocr_lines.letters(image, corners, _SIGNS)
    across, down = corners[:, 0] / size[0], corners[:, 1] / size[1]
    box = Box(*(float(np.clip(edge, 0, 1)) for edge in (across.min(), down.min(), across.max(), down.max())))
    return Strip(slots(read), box, read.confidence, float(len(read.chances)))


def slots(read: Letters) -> tuple[Slot, ...]:
    """Return what each character read could be: the engine's own doubt, or the doubt it ought to have."""
    return tuple(_slot(chances) for chances in read.chances)


def _slot(chances: Mapping[str, float]) -> Slot:
    likeliest = max(chances, key=lambda c: chances[c])
    doubts = alike(likeliest)
    slot: dict[str, float] = {}
    for c, chance in chances.items():
        price = _HUMILITY * math.log(chances[likeliest] / chance) if chance > _UNSEEN else FAR
        if c != likeliest and c.isdigit() and likeliest.isdigit():
            price += DIGIT_FOR_DIGIT
        price = min(price, doubts.get(c, FAR))
        if price < FAR:
            slot[c] = price
    return slot
