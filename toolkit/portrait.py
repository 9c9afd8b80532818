"""The portrait of a travel document: which face it is, where it stands on the page, and the picture of it.

Pure functions on the picture of one page, at home in a confined child. A second, smaller or fainter image of the holder
(ICAO Doc 9303 calls it a secondary image) is not the portrait. Knows no kind and no record.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from toolkit import faces
from toolkit.faces import Face, Picture, Point
from toolkit.model import Box

#: Width of a portrait in distances between the eyes: a fourth of its width by ISO/IEC 19794-5, with a margin.
_WIDTH = 4.2
#: Height over width: 45 mm by 35 mm, as most documents print it.
_ASPECT = 45 / 35
#: Where the eyes are in it, from the top.
_EYE_LINE = 0.45
#: From eyes to chin in distances between the eyes; measured 1.56 to 1.93 on 35 specimens. A head that is turned shows
#: its eyes nearer to each other than they are.
_EYES_TO_CHIN = 1.7
#: A face smaller than this part of the largest one, or fainter than this, is a secondary image of the same holder.
_SECONDARY, _FAINT = 0.6, 0.7
#: What of a data page lies above its zone and beside it, in widths of the zone (Doc 9303-4: 65 of 112 mm above it).
_ABOVE, _BESIDE = 0.7, 0.1
#: A part this large of the page is not worth a second look at the whole.
_ALMOST_ALL = 0.6


@dataclass(frozen=True, slots=True)
class Portrait:
    """A portrait as printed: head and shoulders, 35:45, cut off at the page's edge; places are fractions of the page.

    `face` goes from the forehead to the chin and from side to side; right and left eye are the person's own.
    """

    box: Box
    face: Box
    right_eye: Point
    left_eye: Point
    confidence: float

    def __repr__(self) -> str:
        return f"<Portrait {self.confidence:.2f}>"


def find(image: Picture, zone: Box | None = None) -> Portrait | None:
    """Return the portrait on *image* (upright RGB page, height x width x 3, uint8), or None where no face is found.

    *zone* is where the machine-readable zone stands. The page it belongs to is looked at first: that finds a passport
    lying small on a large sheet, and of several documents the one that was read.
    """
    if zone is not None:
        part = _above(zone, image.shape[1] / image.shape[0])
        near = _portraits(image, part)
        if near or part.width * part.height > _ALMOST_ALL:
            return next(iter(near), None)
    return next(iter(find_all(image)), None)


def find_all(image: Picture) -> tuple[Portrait, ...]:
    """Return all portraits on *image*, the largest first: more than one where several documents lie in one picture."""
    return _portraits(image, None)


def _portraits(image: Picture, within: Box | None) -> tuple[Portrait, ...]:
    height, width = image.shape[:2]
    found = faces.find(image, within)
    if not found:
        return ()
    # The page's portrait is the largest face that is not faint; where all are faint, the largest.
    clear = [face for face in found if face.confidence >= _FAINT] or list(found[:1])
    return tuple(_portrait(face, width, height) for face in clear if _size(face) >= _SECONDARY * _size(clear[0]))


def _above(zone: Box, ratio: float) -> Box:
    """Return the part of the page that a zone closes below; *ratio* is the page's width over its height."""
    spare = _BESIDE * zone.width
    return _within(Box(zone.left - spare, zone.top - _ABOVE * zone.width * ratio, zone.right + spare, zone.bottom))


def crop(image: Picture, box: Box) -> bytes:
    """Return the part of *image* in *box* (`Portrait.box`, or a record's field) as PNG, at least one pixel of it."""
    height, width = image.shape[:2]
    left, top = min(width - 1, math.floor(box.left * width)), min(height - 1, math.floor(box.top * height))
    right, bottom = max(left + 1, math.ceil(box.right * width)), max(top + 1, math.ceil(box.bottom * height))
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(image[top:bottom, left:right])).save(out, "PNG")
    return out.getvalue()


def _size(face: Face) -> float:
    return max(face.eye_distance, face.eyes_to_chin / _EYES_TO_CHIN)


def _portrait(face: Face, width: int, height: int) -> Portrait:
    wide = _WIDTH * _size(face)
    high = wide * _ASPECT
    # The head's axis, not the eyes' middle alone: of a head turned a little, the nose and the chin stand off it.
    middle = (face.right_side[0] + face.left_side[0] + 2 * face.between_eyes[0]) / 4
    top = face.between_eyes[1] - _EYE_LINE * high
    box = _within(Box((middle - wide / 2) / width, top / height, (middle + wide / 2) / width, (top + high) / height))
    points = (face.right_side, face.left_side, face.forehead, face.chin)
    across, down = [point[0] / width for point in points], [point[1] / height for point in points]
    return Portrait(
        box,
        _within(Box(min(across), min(down), max(across), max(down))),
        (face.right_eye[0] / width, face.right_eye[1] / height),
        (face.left_eye[0] / width, face.left_eye[1] / height),
        round(face.confidence, 3),
    )


def _within(box: Box) -> Box:
    left, top, right, bottom = (min(1.0, max(0.0, side)) for side in (box.left, box.top, box.right, box.bottom))
    return Box(left, top, right, bottom)
