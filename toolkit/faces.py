"""Finds faces in a picture, with the points that measures of a portrait lean on: eyes, nose, mouth, chin.

Two networks of Google's MediaPipe do it, which travel with the package (`face_models/`, Apache-2.0): BlazeFace
proposes, the face mesh places 468 points and says whether there is a face at all. Knows pictures; knows no document,
no rule and no person: it compares no two faces and gives nothing that a person could be recognised by.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from toolkit.model import Box

#: An upright RGB picture, height x width x 3.
Picture: TypeAlias = NDArray[np.uint8]
#: A place in the picture in pixels from its left and upper edge.
Point: TypeAlias = tuple[float, float]

_MODELS = Path(__file__).resolve().parent / "face_models"
#: Side of the square each network looks at, in pixels.
_DETECTOR_SIDE, _MESH_SIDE = 128, 192
#: BlazeFace short range: cells of 8 and of 16 pixels, with two and six boxes each.
_CELLS = ((8, 2), (16, 6))
#: A proposal below this is none; found by chance on 3 of 101 receipts, all of them refused by the mesh.
_PROPOSED = 0.50
#: Below this, both networks taken together (geometric mean) see no face.
LEAST = 0.50
#: The mesh looks at half as much again as the detector's box.
_AROUND = 1.5
#: Parts of the longer side that a window covers, coarse to fine; the finest is tried only where nothing was found.
_WINDOWS: tuple[tuple[int, ...], ...] = ((1, 2), (3,))
_SAME = 0.3
_MOST = 12

#: Points of the mesh, as MediaPipe numbers them. Right and left are the person's own.
_RIGHT_EYE, _LEFT_EYE = (33, 133), (362, 263)
_NOSE, _FOREHEAD, _CHIN, _RIGHT_SIDE, _LEFT_SIDE = 1, 10, 152, 234, 454
_LIPS, _CORNERS_OF_MOUTH = (13, 14), (61, 291)
_LIDS = ((159, 145), (386, 374))


@dataclass(frozen=True, slots=True)
class Face:
    """One face: the points in pixels of the picture; right and left are the person's own.

    An eye is the middle between its corners (as ISO/IEC 19794-5 places it). `turn` is the head's turn to the side in
    degrees (positive towards the person's left), from the mesh's depth. `confidence` is 0 to 1.
    """

    confidence: float
    right_eye: Point
    left_eye: Point
    nose: Point
    chin: Point
    forehead: Point
    right_side: Point
    left_side: Point
    turn: float
    #: Gap between the lips over the width of the mouth, and between the lids over the width of the eye (the narrower).
    mouth_gap: float
    lid_gap: float

    def __repr__(self) -> str:
        return f"<Face {self.confidence:.2f}>"

    @property
    def between_eyes(self) -> Point:
        """The middle between the eyes."""
        return (self.right_eye[0] + self.left_eye[0]) / 2, (self.right_eye[1] + self.left_eye[1]) / 2

    @property
    def eye_distance(self) -> float:
        """Pixels between the eye centres."""
        return math.dist(self.right_eye, self.left_eye)

    @property
    def roll(self) -> float:
        """How far the head leans, in degrees; positive clockwise in the picture."""
        across, down = self.left_eye[0] - self.right_eye[0], self.left_eye[1] - self.right_eye[1]
        return math.degrees(math.atan2(down, across))

    @property
    def eyes_to_chin(self) -> float:
        """Pixels from the line of the eyes to the chin."""
        return math.dist(self.between_eyes, self.chin)


@dataclass(frozen=True, slots=True)
class _Proposal:
    """What BlazeFace proposes, in pixels: a square by its middle and side, and the two eyes it saw."""

    score: float
    x: float
    y: float
    side: float
    right_eye: Point
    left_eye: Point


def find(image: Picture, within: Box | None = None) -> tuple[Face, ...]:
    """Return the faces in *image* (upright RGB, height x width x 3, uint8), or in its part *within*, largest first.

    A face from forehead to chin is found from about a twelfth of the longer side of what is looked at, and up to a lean
    of about 30 degrees; smaller ones often. Raises ValueError for an array of another shape or type.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
        raise ValueError("a picture is height x width x 3 of uint8")
    height, width = image.shape[:2]
    left, top, right, bottom = (0, 0, width, height) if within is None else _pixels(within, width, height)
    part = image[top:bottom, left:right]
    for windows in _WINDOWS:
        found = [face for each in _proposals(part, windows) if (face := _face(part, each)) is not None]
        if found:
            return tuple(_moved(face, left, top) for face in sorted(found, key=lambda face: -face.eyes_to_chin))
    return ()


def _pixels(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    left, top = max(0, min(width - 1, int(box.left * width))), max(0, min(height - 1, int(box.top * height)))
    right, bottom = min(width, round(box.right * width)), min(height, round(box.bottom * height))
    return left, top, max(left + 1, right), max(top + 1, bottom)


def _moved(face: Face, right: int, down: int) -> Face:
    points = ("right_eye", "left_eye", "nose", "chin", "forehead", "right_side", "left_side")
    places: dict[str, Any] = {name: (getattr(face, name)[0] + right, getattr(face, name)[1] + down) for name in points}
    return replace(face, **places)


def _proposals(image: Picture, windows: Sequence[int]) -> list[_Proposal]:
    seen: list[_Proposal] = []
    small, longest = image, max(image.shape[:2])
    # From fine to coarse, so that a photo of many megapixels is gone over once.
    for part in sorted(windows, reverse=True):
        small = _scaled(small, _DETECTOR_SIDE * part / max(small.shape[:2]))
        seen.extend(_looked(small, part, _DETECTOR_SIDE * part / longest))
    kept: list[_Proposal] = []
    for each in sorted(seen, key=lambda each: -each.score):
        if not any(_same(each, other) for other in kept):
            kept.append(each)
    return kept[:_MOST]


def _scaled(image: Picture, scale: float) -> Picture:
    import cv2

    height, width = image.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR))


def _looked(small: Picture, part: int, scale: float) -> Iterator[_Proposal]:
    """Look through overlapping square windows, each 1/*part* of the longer side; *small* is the picture at *scale*."""
    height, width = small.shape[:2]
    for top in _starts(height, part):
        for left in _starts(width, part):
            cut = small[max(0, top) : top + _DETECTOR_SIDE, max(0, left) : left + _DETECTOR_SIDE]
            window = np.zeros((_DETECTOR_SIDE, _DETECTOR_SIDE, 3), np.uint8)
            window[max(0, -top) : max(0, -top) + cut.shape[0], max(0, -left) : max(0, -left) + cut.shape[1]] = cut
            yield from _proposed(window, left, top, scale)


def _starts(length: int, part: int) -> list[int]:
    """Return where windows begin along one side: in its middle where it is short, else each half over the last."""
    spare = length - _DETECTOR_SIDE
    if spare <= 0 or part == 1:
        return [spare // 2]
    steps = math.ceil(spare / (_DETECTOR_SIDE / 2))
    return [round(spare * step / steps) for step in range(steps + 1)]


def _proposed(window: Picture, left: int, top: int, scale: float) -> Iterator[_Proposal]:
    import cv2

    network = _network("face_detection_short_range")
    network.setInput(cv2.dnn.blobFromImage(window, 1 / 127.5, (_DETECTOR_SIDE, _DETECTOR_SIDE), (127.5, 127.5, 127.5)))
    boxes, scores = network.forward(["regressors", "classificators"])
    boxes, chances = boxes.reshape(-1, 16), _chance(scores.reshape(-1))
    for at in np.flatnonzero(chances >= _PROPOSED):
        # Middle, size, then six points, the eyes first: all in pixels from the middle of the cell.
        box = boxes[at] + np.array([*_middles()[at], 0, 0, *np.tile(_middles()[at], 6)])
        box[[0, 4, 6]] += left
        box[[1, 5, 7]] += top
        x, y, wide, high, *eyes = (float(value) / scale for value in box[:8])
        yield _Proposal(float(chances[at]), x, y, max(wide, high, 1.0), (eyes[0], eyes[1]), (eyes[2], eyes[3]))


@cache
def _middles() -> NDArray[np.float64]:
    """The middles of the detector's cells in pixels, in the order of its answers."""
    rows = []
    for cell, boxes in _CELLS:
        ticks = np.arange(_DETECTOR_SIDE // cell) * cell + cell / 2
        grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
        rows.append(np.repeat(grid, boxes, axis=0))
    return np.concatenate(rows)


def _same(one: _Proposal, other: _Proposal) -> bool:
    reach = (one.side + other.side) / 2
    across = min(reach - abs(one.x - other.x), one.side, other.side)
    down = min(reach - abs(one.y - other.y), one.side, other.side)
    return across > 0 and down > 0 and across * down > _SAME * min(one.side, other.side) ** 2


def _face(image: Picture, proposal: _Proposal) -> Face | None:
    """Place the mesh on a proposal; None where both networks together are not sure enough."""
    import cv2

    view, back = _view(image, proposal)
    network = _network("face_landmark")
    network.setInput(cv2.dnn.blobFromImage(view, 1 / 255, (_MESH_SIDE, _MESH_SIDE)))
    mesh, presence = network.forward(["conv2d_21", "conv2d_31"])
    confidence = math.sqrt(proposal.score * float(_chance(presence.reshape(-1))[0]))
    if confidence < LEAST:
        return None
    points = mesh.reshape(-1, 3).astype(np.float64)
    return _measured(points[:, :2] @ back[:, :2].T + back[:, 2], points, confidence)


def _lean(proposal: _Proposal) -> float:
    (x, y), (to_x, to_y) = proposal.right_eye, proposal.left_eye
    return math.degrees(math.atan2(to_y - y, to_x - x))


def _view(image: Picture, proposal: _Proposal) -> tuple[Picture, NDArray[np.float64]]:
    """Return what the mesh looks at, turned so that the eyes are level, and the map from there back to *image*."""
    import cv2

    height, width = image.shape[:2]
    reach = _AROUND * proposal.side * 0.75
    left, top = max(0, int(proposal.x - reach)), max(0, int(proposal.y - reach))
    right, bottom = min(width, int(proposal.x + reach) + 1), min(height, int(proposal.y + reach) + 1)
    scale = _MESH_SIDE / (_AROUND * proposal.side)
    # Bilinear sampling alone skips pixels; an average over them first keeps the mesh steady.
    shrink = min(1.0, 1.5 * scale)
    part = _scaled(image[top:bottom, left:right], shrink) if shrink < 1 else image[top:bottom, left:right]
    place = (proposal.x - left) * shrink, (proposal.y - top) * shrink
    warp = cv2.getRotationMatrix2D(place, _lean(proposal), scale / shrink)
    warp[:, 2] += _MESH_SIDE / 2 - np.array(place)
    view = cv2.warpAffine(part, warp, (_MESH_SIDE, _MESH_SIDE), flags=cv2.INTER_LINEAR)
    back = np.asarray(cv2.invertAffineTransform(warp), np.float64) / shrink
    back[:, 2] += (left, top)
    return np.asarray(view, np.uint8), back


def _measured(points: NDArray[np.float64], mesh: NDArray[np.float64], confidence: float) -> Face:
    def at(index: int) -> Point:
        return float(points[index, 0]), float(points[index, 1])

    def middle(pair: tuple[int, int]) -> Point:
        return float(points[list(pair), 0].mean()), float(points[list(pair), 1].mean())

    def gap(pair: tuple[int, int], along: tuple[int, int]) -> float:
        return math.dist(at(pair[0]), at(pair[1])) / max(math.dist(at(along[0]), at(along[1])), 1e-6)

    across = mesh[_LEFT_SIDE] - mesh[_RIGHT_SIDE]
    return Face(
        confidence,
        middle(_RIGHT_EYE),
        middle(_LEFT_EYE),
        at(_NOSE),
        at(_CHIN),
        at(_FOREHEAD),
        at(_RIGHT_SIDE),
        at(_LEFT_SIDE),
        math.degrees(math.atan2(across[2], math.hypot(across[0], across[1]))),
        gap(_LIPS, _CORNERS_OF_MOUTH),
        min(gap(_LIDS[0], _RIGHT_EYE), gap(_LIDS[1], _LEFT_EYE)),
    )


def _chance(values: NDArray[np.float32]) -> NDArray[np.float64]:
    bounded = np.clip(values.astype(np.float64), -50, 50)
    return np.asarray(1 / (1 + np.exp(-bounded)), np.float64)


@cache
def _network(name: str) -> Any:
    """Return a network that is loaded once a process. Not for two threads at a time; a confined child has one."""
    import cv2

    # OpenCV 5's new engine knows only one of these networks' outputs; OpenCV 4 has no other than the classic one.
    engine = (cv2.dnn.ENGINE_CLASSIC,) if hasattr(cv2.dnn, "ENGINE_CLASSIC") else ()
    return cv2.dnn.readNetFromTFLite(str(_MODELS / f"{name}.tflite"), *engine)
