"""What single lines of print say, and whether they stand on their heads.

Knows strips of picture, cut closely around one line and lying level. Each line is read by itself, as wide as it is: in
batches, as the models' own pipeline does it, short lines cost as much as long ones and a reading depends on what else
is on the page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.ocr_networks import characters, pool, session

Strip = NDArray[np.uint8]
Lights = NDArray[np.float32]

#: The networks see strips of this height.
_HEIGHT = 48
#: The network of letters was taught lines of this width at least and with nothing after them, and reads them better so.
_SHORTEST, _AFTER = 320, 32
#: No line of print is longer; what a hostile picture has beyond it is not worth the memory.
_LONGEST = 6400
#: The network of directions sees this width, longer lines squeezed into it.
_DIRECTION_WIDTH = 192
#: With more lines than this, as many are asked for their direction first, evenly over the page.
_ASKED = 8
#: A line is turned when the network is surer than this that it stands on its head.
TURNED_FROM = 0.9


@dataclass(frozen=True, slots=True)
class Direction:
    """Whether a line stands on its head, and how sure that is (0.5 to 1)."""

    upside_down: bool
    certainty: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of one line and the mean chance of its characters; both empty where nothing was made out."""

    text: str
    confidence: float

    def __repr__(self) -> str:
        return f"<Reading {len(self.text)} {self.confidence:.2f}>"


def read(strips: Sequence[Strip]) -> list[Reading]:
    """Return what each of *strips* says, in their order; they are BGR and upright."""
    # The longest first: the last one is what the other threads wait for.
    order = sorted(range(len(strips)), key=lambda each: -_ratio(strips[each]))
    readings = dict(zip(order, pool().map(_read, [strips[each] for each in order]), strict=True))
    return [readings[each] for each in range(len(strips))]


def directions(strips: Sequence[Strip]) -> list[Direction]:
    """Return the direction of each of *strips*, which come in reading order.

    Pages of one direction are the rule: where the longest line of every part of the page stands upright, the others
    are taken to do the same, as surely as those.
    """
    if len(strips) <= _ASKED:
        return list(pool().map(_direction, strips))
    parts = np.array_split(np.arange(len(strips)), _ASKED)
    asked = [int(max(part, key=lambda each: _ratio(strips[each]))) for part in parts]
    said = dict(zip(asked, pool().map(_direction, [strips[each] for each in asked]), strict=True))
    if any(each.upside_down for each in said.values()):
        return list(pool().map(_direction, strips))
    rest = Direction(False, float(np.median([each.certainty for each in said.values()])))
    return [said.get(each, rest) for each in range(len(strips))]


def _read(strip: Strip) -> Reading:
    width = min(max(1, math.ceil(_HEIGHT * _ratio(strip))), _LONGEST)
    chances = session("letters").run(None, {"x": _lights(strip, width, max(_SHORTEST, width + _AFTER))})[0][0]
    return _spoken(chances)


def _spoken(chances: Lights) -> Reading:
    """Return the text of the likeliest class at every step: runs are one character, blanks part them."""
    best = chances.argmax(axis=1)
    steps = np.flatnonzero((np.diff(best, prepend=0) != 0) & (best != 0))
    if not len(steps):
        return Reading("", 0.0)
    known = characters()
    return Reading("".join(known[each] for each in best[steps]), float(chances[steps, best[steps]].mean()))


def _direction(strip: Strip) -> Direction:
    width = min(max(1, math.ceil(_HEIGHT * _ratio(strip))), _DIRECTION_WIDTH)
    upright, turned = session("direction").run(None, {"x": _lights(strip, width, _DIRECTION_WIDTH)})[0][0]
    return Direction(bool(turned > upright), float(max(upright, turned)))


def _lights(strip: Strip, width: int, room: int) -> Lights:
    """Return *strip* as the networks see it, [1, 3, 48, room], from -1 to 1: stretched to *width*, then nothing."""
    lights = np.zeros((1, 3, _HEIGHT, room), np.float32)
    seen = cv2.resize(strip, (width, _HEIGHT)).astype(np.float32)
    lights[0, :, :, :width] = seen.transpose(2, 0, 1) / 127.5 - 1
    return lights


def _ratio(strip: Strip) -> float:
    return float(strip.shape[1] / strip.shape[0])
