"""Strips of a page that no print crosses, straight or askew: where one paper could end and the next begin.

Knows boxes only; whether a gap parts two papers or two columns of one is told by what stands on either side of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from toolkit.model import Method, Page, Word

#: Papers lie askew to each other by a few degrees; a gap is looked for under these slants. Typeset pages lie straight.
_SLANTS = (0, -2, 2, -4, 4, -7, 7, -10, 10, -14, 14)
#: A gap is at least so many heights of a line wide.
_LEAST = 1.0
#: Of each slant, so many of the widest gaps are offered.
_OFFERED = 4

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gap:
    """A strip without print. `before` is left of it or over it; `slant` is in degrees, all else in units of the page.

    `place` is where the middle of the strip crosses the top of the page (its left edge, where the strip lies), `tall`
    the height of a line.
    """

    upright: bool
    slant: float
    width: float
    place: float
    tall: float
    before: tuple[Word, ...] = field(repr=False)
    after: tuple[Word, ...] = field(repr=False)


def gaps(words: Sequence[Word], page: Page) -> tuple[Gap, ...]:
    """Return the gaps that part *words* of *page* in two, each parting once, the widest first."""
    if len(words) < 2:
        return ()
    boxes = np.array([(w.box.left, w.box.top, w.box.right, w.box.bottom) for w in words])
    boxes *= (page.width, page.height, page.width, page.height)
    tall = max(float(np.median(boxes[:, 3] - boxes[:, 1])), 1e-6)
    found: dict[bytes, tuple[float, bool, int, float, NDArray[np.bool_]]] = {}
    for upright in (True, False):
        for slant in _SLANTS if page.method is Method.OCR else _SLANTS[:1]:
            starts, ends = _across(boxes, slant) if upright else _down(boxes, slant, tall)
            for width, place in _free(starts, ends, _LEAST * tall):
                mask = ends <= place
                key = mask.tobytes()
                if key not in found or width > found[key][0]:
                    found[key] = (width, upright, slant, place, mask)
    made = [
        Gap(
            upright,
            slant,
            width,
            place,
            tall,
            tuple(word for word, before in zip(words, mask, strict=True) if before),
            tuple(word for word, before in zip(words, mask, strict=True) if not before),
        )
        for width, upright, slant, place, mask in found.values()
    ]
    return tuple(sorted(made, key=lambda gap: -gap.width))


def _across(boxes: Numbers, slant: float) -> tuple[Numbers, Numbers]:
    """Where each box begins and ends from left to right, seen along a line that leans by *slant* degrees."""
    lean = math.tan(math.radians(slant))
    shift = (boxes[:, 1] + boxes[:, 3]) / 2 * lean
    return boxes[:, 0] - shift, boxes[:, 2] - shift


def _down(boxes: Numbers, slant: float, tall: float) -> tuple[Numbers, Numbers]:
    """Where each box begins and ends from top to bottom, seen along rows that sink by *slant* degrees.

    The box of a row that sinks is as much too tall as the row is wide.
    """
    sink = math.tan(math.radians(slant))
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    middle = (boxes[:, 1] + boxes[:, 3]) / 2 - (boxes[:, 0] + boxes[:, 2]) / 2 * sink
    half = np.maximum(height - np.abs(sink) * width, np.minimum(0.6 * tall, height)) / 2
    return middle - half, middle + half


def _free(starts: Numbers, ends: Numbers, least: float) -> list[tuple[float, float]]:
    """Return (width, middle) of the widest stretches that nothing covers between the first start and the last end."""
    order = np.argsort(starts)
    reached = np.maximum.accumulate(ends[order])[:-1]
    width = starts[order][1:] - reached
    widest = [at for at in np.argsort(-width)[:_OFFERED] if width[at] >= least]
    return [(float(width[at]), float(reached[at] + width[at] / 2)) for at in widest]
