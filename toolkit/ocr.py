"""The OCR seam: one function from a picture to words with boxes. The engine behind it is nobody else's business.

Engine: the PP-OCR models that ship in RapidOCR's wheel (no download, no system package), on ONNX Runtime, in a
pipeline of our own: `ocr_lines` finds the lines, `ocr_letters` reads them, `ocr_networks` holds the models.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit import ocr_letters, ocr_lines
from toolkit.model import Box, Word
from toolkit.ocr_letters import Direction, Reading
from toolkit.ocr_lines import Corners, Pixels

#: A line of text is tall or wide when its sides differ by this factor; the engine turns taller ones by itself.
_CLEARLY = 1.5
#: The share of votes, by characters, from which a picture counts as turned. Stamps and margins stand any way they like.
_MAJORITY = 0.6
#: Fewer characters than this settle nothing about a picture.
_ENOUGH = 12
#: Lines read or directed with less confidence than this have no vote, and no line has more votes than this.
_CERTAIN, _LONGEST_VOTE = 0.8, 40
#: So many arrows make a line one of a machine-readable zone, which settles the turn alone.
_FILLERS = 5
#: A line read with less confidence than this is no print.
_PRINT = 0.5

#: A line as it was found and read: corners [4, 2] in pixels, direction, reading.
Line = tuple[NDArray[np.float32], Direction, Reading]


@dataclass(frozen=True, slots=True)
class Look:
    """The words of one picture as it lies, and the clockwise turn in degrees that its lines of text ask for."""

    words: tuple[Word, ...]
    turn: int


def words(image: NDArray[np.uint8]) -> tuple[Word, ...]:
    """Read the upright RGB picture *image* (height x width x 3); each Word is one run of text as the engine found it.

    Boxes are axis-parallel, in fractions of the picture. An empty page gives no words; nothing is guessed.
    """
    return look(image).words


def look(image: NDArray[np.uint8]) -> Look:
    """Read *image* as `words` does, and tell how it would have to be turned to be upright."""
    height, width = image.shape[:2]
    # An empty page would cost the engine as much as a full one.
    if min(height, width) < 8 or image.min() == image.max():
        return Look((), 0)
    picture = ocr_lines.shrunk(np.ascontiguousarray(image[:, :, ::-1]))
    lines = _read(picture, ocr_lines.find(picture))
    read = tuple(
        Word(reading.text, _box(corners, picture.shape[1], picture.shape[0]), reading.confidence)
        for corners, _, reading in lines
        if reading.text.strip() and reading.confidence >= _PRINT
    )
    return Look(read, _turn(lines))


def _read(picture: Pixels, corners: Corners) -> list[Line]:
    strips = [ocr_lines.cut(picture, each) for each in corners]
    directions = ocr_letters.directions(strips)
    upright = [
        np.ascontiguousarray(strip[::-1, ::-1]) if _is_turned(direction) else strip
        for strip, direction in zip(strips, directions, strict=True)
    ]
    return list(zip(corners, directions, ocr_letters.read(upright), strict=True))


def _is_turned(direction: Direction) -> bool:
    return direction.upside_down and direction.certainty > ocr_letters.TURNED_FROM


def _turn(lines: Iterable[Line]) -> int:
    """Let the lines vote for the turn that would set the page upright."""
    votes = dict.fromkeys((0, 90, 180, 270), 0)
    fillers = dict.fromkeys((0, 90, 180, 270), 0)
    for corners, direction, reading in lines:
        wide, tall = ocr_lines.sides(corners)
        if _CLEARLY > tall / max(wide, 1.0) > 1 / _CLEARLY:
            continue
        text = reading.text
        # A tall line was turned a quarter to the left by the engine before anything was asked of it.
        axis = 270 if tall > wide else 0
        if max(text.count("<"), text.count(">")) >= _FILLERS:
            # The fillers of a machine-readable zone are arrows: read on its head, "<<<" is ">>>".
            turned = _is_turned(direction) != (text.count(">") > text.count("<"))
            fillers[(axis + 180 * turned) % 360] += len(text)
        elif direction.certainty >= _CERTAIN and reading.confidence >= _CERTAIN:
            votes[(axis + 180 * direction.upside_down) % 360] += min(len(text), _LONGEST_VOTE)
    deciding = fillers if any(fillers.values()) else votes
    total = sum(deciding.values())
    turn = max(deciding, key=lambda each: deciding[each])
    return turn if total >= _ENOUGH and deciding[turn] >= _MAJORITY * total else 0


def _box(corners: NDArray[np.float32], width: int, height: int) -> Box:
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    return Box(
        max(0.0, float(left) / width),
        max(0.0, float(top) / height),
        min(1.0, float(right) / width),
        min(1.0, float(bottom) / height),
    )
