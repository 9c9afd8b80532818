"""The OCR seam: one function from a picture to words with boxes. The engine behind it is nobody else's business.

Engine: RapidOCR with the PP-OCR models that ship in its wheel (no download, no system package), on ONNX Runtime.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
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
    if min(height, width) < 8:
        return Look((), 0)
    engine = _engine()
    # The engine's own steps, one by one, because its call drops what the direction classifier said of each line.
    original = np.ascontiguousarray(image[:, :, ::-1])
    prepared, record = engine.preprocess_img(original)
    boxes, directions, texts, crops = engine.run_ocr_steps(prepared, record)
    if boxes.boxes is None or texts.txts is None:
        return Look((), 0)
    turn = _turn(boxes.boxes, directions.cls_res or (), texts.txts)
    found = engine.build_final_output(original, boxes, directions, texts, crops, record)
    if found.boxes is None or found.txts is None:
        return Look((), 0)
    read = tuple(
        Word(text, _box(corners, width, height), float(score))
        for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        if text.strip()
    )
    return Look(read, turn)


def _turn(corners: Sequence[NDArray[np.float32]], directions: Sequence[tuple[str, float]], texts: Sequence[str]) -> int:
    """Let each line of text vote, with its characters, for the turn that would set it upright."""
    votes = dict.fromkeys((0, 90, 180, 270), 0)
    for each, (label, _), text in zip(corners, directions, texts, strict=False):
        wide, tall = _sides(each)
        if tall > _CLEARLY * wide:
            # The engine turned this one a quarter to the left before it asked for the direction.
            votes[90 if "180" in label else 270] += len(text)
        elif wide > _CLEARLY * tall:
            votes[180 if "180" in label else 0] += len(text)
    total = sum(votes.values())
    turn = max(votes, key=lambda each: votes[each])
    return turn if total >= _ENOUGH and votes[turn] >= _MAJORITY * total else 0


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
