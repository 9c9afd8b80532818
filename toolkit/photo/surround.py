"""What stands around a face in a photograph: the background, and where the head ends above.

A wall is a colour that changes slowly: a plane is laid through the picture's edges beside and above the head, and what
differs from it is the person. Pure; knows arrays, and no rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.faces import Face, Picture

Values = NDArray[np.float32]

#: The picture is looked at with so many pixels between the eyes: enough for a hair's breadth of the head's height.
_EYE_DISTANCE = 40.0
#: Widths in eye distances: half a head with hair, and the middle of it where its top is looked for.
_HEAD, _MIDDLE = 1.3, 0.5
#: Part of the width that counts as the picture's edge.
_EDGE = 0.08
#: Differences of colour (CIE 1976): seen as another thing; so large that it is no shadow.
_OTHER, _NO_SHADOW = 12.0, 25.0
#: Edges that differ this much among themselves are no plain wall, and nothing is told apart from them.
_PLAIN = 8.0
#: Nobody's head ends this near above the eyes (in distances from eyes to chin): there the hair has the wall's colour.
_TOO_LOW = 0.85


@dataclass(frozen=True, slots=True)
class Surround:
    """`top` is where the head with its hair begins, in pixels from the upper edge; None where that cannot be told.

    `wall` holds L*, a*, b* of the background's pixels, n x 3; it is empty where no background is to be seen.
    """

    top: float | None
    wall: Values

    def __repr__(self) -> str:
        return f"<Surround {len(self.wall)} pixels>"


def look(image: Picture, face: Face) -> Surround:
    """Look at what is around *face* in *image* (RGB uint8)."""
    import cv2

    scale = min(1.0, _EYE_DISTANCE / face.eye_distance)
    height, width = image.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    edges = _edges(lab.shape[:2], face, scale)
    if np.count_nonzero(edges) < 50:
        return Surround(None, np.zeros((0, 3), np.float32))
    away, noise = _away(lab, edges)
    person = cv2.dilate((away > max(_NO_SHADOW, 2.5 * noise)).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    behind = ~person & ~_core(lab.shape[:2], face, scale)
    behind[round(face.chin[1] * scale) :] = False
    top = _top(away > max(_OTHER, 2.5 * noise), face, scale) if noise <= _PLAIN else None
    return Surround(None if top is None else top / scale, lab[behind | edges])


def _edges(shape: tuple[int, int], face: Face, scale: float) -> NDArray[np.bool_]:
    """Mark the picture's edges down to the eyes, without the columns that the head stands in."""
    height, width = shape
    x = np.arange(width)
    side = max(2, round(width * _EDGE))
    free = np.abs(x - face.between_eyes[0] * scale) > _HEAD * face.eye_distance * scale
    marked = np.zeros(shape, bool)
    marked[: max(2, round(height * _EDGE / 2))] = free
    marked[: max(2, round(face.between_eyes[1] * scale))] |= free & ((x < side) | (x >= width - side))
    return marked


def _core(shape: tuple[int, int], face: Face, scale: float) -> NDArray[np.bool_]:
    """Mark the face itself, whatever its colour."""
    height, width = shape
    y, x = np.mgrid[:height, :width]
    across = (x - face.between_eyes[0] * scale) / (_HEAD * face.eye_distance * scale)
    down = (y - face.between_eyes[1] * scale) / (1.25 * max(face.eyes_to_chin, face.eye_distance) * scale)
    return np.asarray(across**2 + down**2 < 1)


def _away(lab: Values, edges: NDArray[np.bool_]) -> tuple[Values, float]:
    """Return each pixel's difference from the wall, and the difference within which nine tenths of the edges are."""
    height, width = lab.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32) / max(height, width)
    ground = np.stack([np.ones_like(x), x, y], axis=-1)
    kept = edges.copy()
    for _ in range(3):
        plane, *_rest = np.linalg.lstsq(ground[kept], lab[kept], rcond=None)
        away = np.linalg.norm(lab - ground @ plane, axis=-1)
        kept = edges & (away <= 2.5 * float(np.median(away[edges])) + 1)
    return np.asarray(away, np.float32), float(np.percentile(away[edges], 90))


def _top(person: NDArray[np.bool_], face: Face, scale: float) -> float | None:
    """Return the first row from above that belongs to the head, by the columns around its middle."""
    distance = face.eye_distance * scale
    middle, eyes = face.between_eyes[0] * scale, round(face.between_eyes[1] * scale)
    left, right = max(0, round(middle - _MIDDLE * distance)), round(middle + _MIDDLE * distance) + 1
    if eyes < 2 or not person[:eyes, left:right].size:
        return None
    filled = person[:eyes, left:right].mean(axis=1) >= 0.3
    # From the eyes upwards: the last row before the wall shows for a while.
    gap = max(2, round(0.12 * distance))
    row = eyes
    for at in range(eyes - 1, -1, -1):
        if filled[at]:
            row = at
        elif row - at >= gap:
            break
    if row > eyes - _TOO_LOW * face.eyes_to_chin * scale:
        return None
    return float(row)
