"""Invented handwriting: a flowing line that is nobody's name."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

Stroke = list[tuple[float, float]]


def signature(rng: np.random.Generator) -> list[Stroke]:
    """Two strokes as points in a box of 1 by 0.35: loops that drift to the right, and an underline."""
    t = np.linspace(0, 1, 90)
    turns = rng.uniform(6, 9)
    fade = 1 - 0.65 * t
    x = 0.05 + 0.78 * t + 0.05 * np.sin(2 * np.pi * turns * t + rng.uniform(0, 6)) * fade
    y = 0.17 - 0.13 * np.sin(2 * np.pi * turns * t) * fade * (0.55 + 0.45 * np.sin(7 * t + rng.uniform(0, 6)))
    under = np.linspace(0, 1, 16)
    line = [(0.12 + 0.8 * float(u), 0.31 - 0.05 * float(u) ** 2) for u in under]
    return [[(round(float(a), 4), round(float(b), 4)) for a, b in zip(x, y, strict=True)], line]


def signature_png(rng: np.random.Generator, width: int = 420) -> bytes:
    """The signature as a picture in blue ink on white."""
    height = round(width * 0.35)
    paper = np.full((height, width, 3), 255, np.uint8)
    for stroke in signature(rng):
        points = (np.array(stroke) * width).astype(np.int32)
        cv2.polylines(paper, [points], isClosed=False, color=(34, 48, 120), thickness=3, lineType=cv2.LINE_AA)
    out = io.BytesIO()
    Image.fromarray(paper).save(out, "PNG", optimize=True)
    return out.getvalue()
