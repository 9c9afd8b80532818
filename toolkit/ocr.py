"""The OCR seam: one function from a picture to words with boxes. The engine behind it is nobody else's business.

Engine: RapidOCR with the PP-OCR models that ship in its wheel (no download, no system package), on ONNX Runtime.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.model import Box, Word


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    threads = int(os.environ.get("MOBILITY_OCR_THREADS", "2"))
    return RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": threads})


def words(image: NDArray[np.uint8]) -> tuple[Word, ...]:
    """Read the upright RGB picture *image* (height x width x 3); each Word is one run of text as the engine found it.

    Boxes are axis-parallel, in fractions of the picture. An empty page gives no words; nothing is guessed.
    """
    height, width = image.shape[:2]
    found = _engine()(image[:, :, ::-1])
    if found.boxes is None or found.txts is None:
        return ()
    return tuple(
        Word(text, _box(corners, width, height), float(score))
        for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        if text.strip()
    )


def _box(corners: NDArray[np.float32], width: int, height: int) -> Box:
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    return Box(
        max(0.0, float(left) / width),
        max(0.0, float(top) / height),
        min(1.0, float(right) / width),
        min(1.0, float(bottom) / height),
    )
