"""The OCR seam: one function from a picture to words with boxes. The engine behind it is nobody else's business.

Engine: RapidOCR with the PP-OCR models that ship in its wheel (no download, no system package), on ONNX Runtime.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.model import Box, Word

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
#: The engine turns a line by itself when its classifier is surer than this.
_ENGINE_TURNS = 0.9


@dataclass(frozen=True, slots=True)
class Look:
    """The words of one picture as it lies, and the clockwise turn in degrees that its lines of text ask for."""

    words: tuple[Word, ...]
    turn: int


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    threads = int(os.environ.get("MOBILITY_OCR_THREADS", "2"))
    return RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": threads})


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
    engine = _engine()
    # The engine's own steps, one by one, because its call drops what the direction classifier said of each line.
    original = np.ascontiguousarray(image[:, :, ::-1])
    prepared, record = engine.preprocess_img(original)
    boxes, directions, texts, crops = engine.run_ocr_steps(prepared, record)
    if boxes.boxes is None or texts.txts is None:
        return Look((), 0)
    turn = _turn(zip(boxes.boxes, directions.cls_res or (), texts.txts, texts.scores, strict=False))
    found = engine.build_final_output(original, boxes, directions, texts, crops, record)
    if found.boxes is None or found.txts is None:
        return Look((), 0)
    read = tuple(
        Word(text, _box(corners, width, height), float(score))
        for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        if text.strip()
    )
    return Look(read, turn)


def _turn(found: Iterable[tuple[NDArray[np.float32], tuple[str, float], str, float]]) -> int:
    """Let the lines (corners, direction, text, confidence) vote for the turn that would set the page upright."""
    votes = dict.fromkeys((0, 90, 180, 270), 0)
    fillers = dict.fromkeys((0, 90, 180, 270), 0)
    for corners, (label, certainty), text, confidence in found:
        wide, tall = _sides(corners)
        if _CLEARLY > tall / max(wide, 1.0) > 1 / _CLEARLY:
            continue
        # A tall line was turned a quarter to the left by the engine before anything was asked of it.
        axis = 270 if tall > wide else 0
        if max(text.count("<"), text.count(">")) >= _FILLERS:
            # The fillers of a machine-readable zone are arrows: read on its head, "<<<" is ">>>".
            turned = ("180" in label and certainty > _ENGINE_TURNS) != (text.count(">") > text.count("<"))
            fillers[(axis + 180 * turned) % 360] += len(text)
        elif certainty >= _CERTAIN and confidence >= _CERTAIN:
            votes[(axis + 180 * ("180" in label)) % 360] += min(len(text), _LONGEST_VOTE)
    deciding = fillers if any(fillers.values()) else votes
    total = sum(deciding.values())
    turn = max(deciding, key=lambda each: deciding[each])
    return turn if total >= _ENOUGH and deciding[turn] >= _MAJORITY * total else 0


def _sides(corners: NDArray[np.float32]) -> tuple[float, float]:
    """Return the width and the height of a box given by its corners, from top left clockwise."""
    return float(np.linalg.norm(corners[0] - corners[1])), float(np.linalg.norm(corners[0] - corners[3]))


def _box(corners: NDArray[np.float32], width: int, height: int) -> Box:
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    return Box(
        max(0.0, float(left) / width),
        max(0.0, float(top) / height),
        min(1.0, float(right) / width),
        min(1.0, float(bottom) / height),
    )
