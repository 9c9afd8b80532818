"""Whether a gap between two blocks of print shows what the papers lie on: then they are two papers.

Knows pictures and gaps. A desk that is as bright as paper, or a scanner's white, shows nothing: no answer is no.
"""

from __future__ import annotations

import math
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.gaps import Gap
from toolkit.model import Box, Page
from toolkit.pages.sheet import Picture, Sheet

#: The picture is looked at so small that a line of print is this high: print and grain blur, papers stay.
_LINE = 6.0
#: Places along the gap that are looked at, and the share of them at which the ground must show.
_PLACES, _SHARE = 48, 0.8
#: How far (RGB, of 441) the ground is from the paper beside it, at least.
_FAR = 36.0
#: Paper is looked for so many lines to either side.
_BESIDE = 14
#: The ground is even (in 256 shades) over half the height of a line; a bar code or a rule printed across is not.
_EVEN = 40.0
#: No small picture is larger than this either way.
_LARGEST = 6000
#: The brightest part of what is beside the gap is paper, not print.
_PAPER = 70

Light = NDArray[np.float32]


class Ground:
    """What the papers on one page lie on; the picture is drawn when first asked for, and made small once."""

    def __init__(self, sheet: Sheet, tall: float) -> None:
        """Take the sheet, and the height of its lines in units of the page."""
        self._sheet = sheet
        self._tall = tall

    @cached_property
    def _small(self) -> Light | None:
        image = self._sheet.image
        if min(image.shape[:2]) < 2 * _LINE or self._tall <= 0:
            return None
        scale = min(1.0, _LINE * self._sheet.page.width / (self._tall * image.shape[1]))
        size = round(image.shape[1] * scale), round(image.shape[0] * scale)
        if not 1 < max(size) < _LARGEST or min(size) < 1:
            return None
        small: Light = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        return small

    def shows(self, gap: Gap) -> bool:
        """Say whether along *gap* something even shows that is neither side's paper."""
        small, image = self._small, self._sheet.image
        if small is None:
            return False
        unit, scale = small.shape[1] / self._sheet.page.width, small.shape[1] / image.shape[1]
        if not gap.upright:
            small, image = small.transpose(1, 0, 2), image.transpose(1, 0, 2)
        first, last = _stretch(gap, self._sheet.page, unit)
        lean, half = math.tan(math.radians(gap.slant)), max(1.0, gap.width * unit / 2)
        shown = 0
        for along in np.linspace(first, last, _PLACES):
            place = _ground(small, along, gap.place * unit + along * lean, half)
            shown += place is not None and _even(image, along / scale, place / scale, _LINE / scale / 4)
        return shown >= _SHARE * _PLACES


def _even(image: Picture, down: float, across: float, half: float) -> bool:
    """Whether the picture is of one shade round a point, in its own pixels."""
    top, left = max(0, round(down - half)), max(0, round(across - half))
    patch = image[top : round(down + half) + 1, left : round(across + half) + 1].astype(np.float32)
    return bool(patch.size) and float(patch.mean(axis=2).std()) <= _EVEN


def _stretch(gap: Gap, page: Page, unit: float) -> tuple[float, float]:
    """From where to where there is print on both sides of the gap, in pixels of the small picture."""
    frames = [Box.around([word.box for word in side]) for side in (gap.before, gap.after)]
    if gap.upright:
        ends = [(frame.top * page.height, frame.bottom * page.height) for frame in frames]
    else:
        ends = [(frame.left * page.width, frame.right * page.width) for frame in frames]
    first, last = max(start for start, _ in ends), min(end for _, end in ends)
    return first * unit, max(first, last) * unit


def _ground(small: Light, along: float, middle: float, half: float) -> float | None:
    """Where in that row the ground shows best, if it does: the strip runs from `middle - half` to `middle + half`."""
    row = min(max(round(along), 0), small.shape[0] - 1)
    start, end = (min(max(round(each), 0), small.shape[1]) for each in (middle - half, middle + half))
    band = small[max(0, row - 2) : row + 3]
    reach = round(_BESIDE * _LINE)
    left, right = band[:, max(0, start - reach) : start], band[:, end : end + reach]
    if not (end > start and left.size and right.size):
        return None
    papers = [_paper(each) for each in (left, right)]
    away = np.min([np.linalg.norm(small[row, start:end] - paper, axis=-1) for paper in papers], axis=0)
    shown = np.flatnonzero(away > _FAR)
    return start + float(np.median(shown)) if shown.size else None


def _paper(block: Light) -> Light:
    """The colour of the paper in *block*: the middle of its brighter part."""
    flat = block.reshape(-1, 3)
    bright = flat.sum(axis=1)
    made: Light = np.median(flat[bright >= np.percentile(bright, _PAPER)], axis=0)
    return made
