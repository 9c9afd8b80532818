"""How rows of print bend on a photographed page that curls, from the boxes of its words alone.

Knows geometry only. Boxes stay where the print is: what is given is the height at which a word would stand, were the
page flat, so that words of one printed row share it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.model import Box, Word

#: With fewer words, or pairs of words that may share a row, than this, a page is taken as flat: of some hundred bends
#: one sets the two dozen words of a card slip level by chance.
_FEW = 30
#: A word is compared with so many others that stand at about its height, within so many heights of a line.
_NEIGHBOURS, _REACH = 24, 3.0
#: Bends that are tried, in heights of a line from the middle of the print to its sides, and tilts, the same.
_SAGS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
_TILTS = (0.0, -0.3, 0.3, -0.6, 0.6)
#: Words share a row when they stand level within about this, in heights of a line.
_LEVEL = 0.25
#: A bend has to bring so much more of the print level than none, and each height of bend a little more.
_CLEARLY, _EACH = 1.15, 0.002

_Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bend:
    """How far rows sink from the left edge to the right (*tilt*) and from their middle to both sides (*sag*), in pages.

    *left* and *right* are the sides of the print.
    """

    tilt: float
    sag: float
    left: float
    right: float

    def middle(self, box: Box) -> float:
        """Return the height at which *box* has its middle once its page is level and flat."""
        centre = (box.left + box.right) / 2
        aside = 2 * (centre - self.left) / max(self.right - self.left, 1e-9) - 1
        return box.middle - self.tilt * centre - self.sag * aside**2


def bend(words: Sequence[Word], tilt: float = 0.0) -> Bend:
    """Return how the rows of one page bend; *tilt* is what is known of them already.

    Looks for the bend under which most words that stand side by side stand level. A page that is level enough without
    keeps its *tilt* and has no sag.
    """
    if len(words) < _FEW:
        return Bend(tilt, 0.0, 0.0, 1.0)
    sides = np.array([(word.box.left, word.box.right) for word in words])
    left, right = float(sides.min()), float(sides.max())
    flat = Bend(tilt, 0.0, left, right)
    height = float(np.percentile([word.box.height for word in words], 30))
    rise, run, aside = _pairs(words, flat, height)
    if len(rise) < _FEW or height <= 0:
        return flat

    def level(sag: float, turn: float) -> float:
        return float(np.exp(-(((rise - turn * run - sag * aside) / (_LEVEL * height)) ** 2)).sum())

    slant = height / max(right - left, 1e-9)
    tried = [
        (level(sign * sag * height, tilt + step * slant) - _EACH * len(rise) * sag, sign * sag * height, step * slant)
        for step in _TILTS
        for sag in _SAGS
        for sign in (1, -1)
    ]
    best, sag, more = max(tried)
    return Bend(tilt + more, sag, left, right) if best > _CLEARLY * level(0.0, tilt) else flat


def _pairs(words: Sequence[Word], flat: Bend, height: float) -> tuple[_Numbers, _Numbers, _Numbers]:
    """Return for pairs of words side by side their distance in height, across, and in squares from the middle.

    Each word is paired with its nearest in height alone, so that a page of ten thousand words costs what it should.
    """
    ordered = sorted(words, key=lambda word: flat.middle(word.box))
    left, right, middle, straight = np.array(
        [(word.box.left, word.box.right, word.box.middle, flat.middle(word.box)) for word in ordered]
    ).T
    centre = (left + right) / 2
    square = (2 * (centre - flat.left) / max(flat.right - flat.left, 1e-9) - 1) ** 2
    found = []
    for step in range(1, min(_NEIGHBOURS, len(ordered) - 1) + 1):
        beside = (left[step:] > right[:-step]) | (left[:-step] > right[step:])
        kept = beside & (straight[step:] - straight[:-step] < _REACH * height)
        found.append([(each[step:] - each[:-step])[kept] for each in (middle, centre, square)])
    rise, run, aside = (np.concatenate(each) for each in zip(*found, strict=True))
    return rise, run, aside
