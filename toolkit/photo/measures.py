"""Measures a photograph: the file, the frame, the head, the light. Runs in a confined child.

Every number comes with its uncertainty, as the least and the most it may be. What cannot be measured says why. Knows no
authority and no rule: what is right is for `toolkit.photo.judge`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from toolkit import faces
from toolkit.arrival import Limits
from toolkit.errors import UnknownFormatError
from toolkit.faces import Face, Picture
from toolkit.pages import picture
from toolkit.photo import surround
from toolkit.photo.measured import Measured

#: How far the mesh's points may be off, in distances between the eyes: eyes, and the chin under a beard or a shadow.
_EYES_OFF, _CHIN_OFF = 0.04, 0.08
#: From the eyes up to the crown, in distances from the eyes to the chin: adults' eyes are about half-way down the head.
#: Recalled from surveys of heads (mean 1.03, deviation 0.08) and not verified; hair adds up to a third.
_CROWN = (0.88, 1.20)
_HAIR = (0.90, 1.45)
#: Hair that lies flat is no thicker than this, in the same measure.
_FLAT_HAIR = 0.20
#: Degrees by which the mesh's lean and turn are off.
_ROLL_OFF, _TURN_OFF = 1.5, 3.0
#: Eye distance in pixels that sharpness is judged at: finer detail than that no authority asks for.
_FINE = 90.0
_GREY = 3.0
_COLOURS = {"L": "grey", "1": "black and white", "P": "palette", "CMYK": "CMYK", "YCCK": "CMYK", "RGB": "24-bit colour"}


def measure(data: bytes, media_type: str) -> dict[str, Measured]:
    """Return all measures of the photograph in *data* by the names in `toolkit.photo.specification`.

    Raises UnknownFormatError for what is no picture, UnreadableError and TooLargeError for one that will not open.
    """
    if media_type not in picture.MEDIA_TYPES:
        raise UnknownFormatError("The file is no picture.", remedy="Give the photograph itself, as JPEG.")
    with picture.opening(data, Limits().pixels) as opened:
        kind, mode, profile = str(opened.format), opened.mode, opened.info.get("icc_profile") or b""
        image: Picture = np.array(picture.flat(picture.as_camera_held(opened)))
    found = dict(_file(len(data), kind, image.shape[1], image.shape[0]))
    found["colour"] = Measured(word=_colour(mode, image))
    found["colour_space"] = Measured(word=_colour_space(bytes(profile)))
    return found | measure_picture(image)


def measure_picture(image: Picture) -> dict[str, Measured]:
    """Return the measures of the decoded picture alone: whose face, where, before what, in which light."""
    seen = faces.find(image)
    # A faint face beside another may be a print on a shirt; the only one is whoever it is about.
    sure = max(1, sum(face.confidence >= 0.7 for face in seen))
    found = {"faces": _between(sure, len(seen)) if seen else Measured(why="no face was found")}
    if seen:
        found.update(_head(image, seen[0]))
        found.update(_light(image, seen[0]))
    return found


def _between(low: float, high: float) -> Measured:
    return Measured(float(low), float(high))


def _about(value: float, off: float) -> Measured:
    return Measured(float(value - off), float(value + off))


def _file(size: int, kind: str, width: int, height: int) -> Iterator[tuple[str, Measured]]:
    yield "format", Measured(word=kind.lower())
    # Some count 1000 bytes and some 1024.
    yield "kilobytes", _between(size / 1024, size / 1000)
    yield "compression", _about(width * height * 3 / size, 0)
    yield "width", _about(width, 0)
    yield "height", _about(height, 0)
    yield "aspect", _about(width / height, 0)


def _colour(mode: str, image: Picture) -> str:
    word = _COLOURS.get(mode, "with transparency" if mode.endswith(("A", "a")) else "more than 8 bits")
    few = image[:: max(1, image.shape[0] // 200), :: max(1, image.shape[1] // 200)].astype(np.int16)
    tint = float((few.max(axis=2) - few.min(axis=2)).mean())
    return "grey, stored as colour" if word == "24-bit colour" and tint < _GREY else word


def _colour_space(profile: bytes) -> str:
    """Return what the profile says by its own name; it is not parsed."""
    if not profile:
        return "unmarked"
    return "sRGB" if b"sRGB" in profile or "sRGB".encode("utf-16-be") in profile else "another"


def _head(image: Picture, face: Face) -> Iterator[tuple[str, Measured]]:
    height, width = image.shape[:2]
    apart, eyes = face.eye_distance, face.between_eyes
    yield "eye_distance", _about(apart, max(1.0, _EYES_OFF * apart))
    yield "eye_line", _about(1 - eyes[1] / height, (1 + _EYES_OFF * apart) / height)
    yield "roll", _degrees(face.roll, _ROLL_OFF)
    yield "turn", _degrees(face.turn, _TURN_OFF)
    middle = (face.right_side[0] + face.left_side[0] + 2 * eyes[0]) / 4
    yield "off_centre", _share(abs(middle / width - 0.5), 0.01)
    yield "mouth_gap", _share(face.mouth_gap, 0.03)
    yield "lid_gap", _share(face.lid_gap, 0.04)
    around = surround.look(image, face)
    yield "head_height", _over(face, _with_hair(face, around.top), height)
    yield "crown_height", _over(face, _crown(face, around.top), height)
    yield from _wall(around)


def _degrees(angle: float, off: float) -> Measured:
    return _share(abs(angle), off)


def _share(value: float, off: float) -> Measured:
    return Measured(max(0.0, value - off), value + off)


def _with_hair(face: Face, top: float | None) -> tuple[float, float]:
    """Return the least and the most that head and hair rise above the eyes, in distances from the eyes to the chin."""
    if top is None:
        return _HAIR
    seen, off = (face.between_eyes[1] - top) / face.eyes_to_chin, 0.03
    # A head that reaches the upper edge may go on beyond it.
    return seen - off, seen + off if top > 0 else max(seen, _HAIR[1])


def _crown(face: Face, top: float | None) -> tuple[float, float]:
    """Return the same for the crown without hair: between what heads are like and what is seen to be there."""
    least, most = _CROWN
    if top is None or top <= 0:
        return least, most
    seen = (face.between_eyes[1] - top) / face.eyes_to_chin
    most = min(most, seen + 0.03)
    return min(max(least, min(seen - _FLAT_HAIR, 1.0)), most), most


def _over(face: Face, above: tuple[float, float], height: int) -> Measured:
    chin, off = face.eyes_to_chin, _CHIN_OFF * face.eye_distance
    return _between(((1 + above[0]) * chin - off) / height, ((1 + above[1]) * chin + off) / height)


def _wall(around: surround.Surround) -> Iterator[tuple[str, Measured]]:
    wall = around.wall
    if len(wall) < 100:
        why = Measured(why="too little of the background is to be seen")
        yield from ((f"background_{what}", why) for what in ("unevenness", "lightness", "colour"))
        return
    middle = np.median(wall, axis=0)
    away = np.linalg.norm(wall - middle, axis=1)
    # Between what most of the wall keeps to and what nearly all of it does: a few hairs are no pattern.
    yield "background_unevenness", _between(*np.percentile(away, [88, 97]))
    yield "background_lightness", _about(float(middle[0]), 3)
    yield "background_colour", _share(float(np.hypot(middle[1], middle[2])), 2)


def _light(image: Picture, face: Face) -> Iterator[tuple[str, Measured]]:
    height, width = image.shape[:2]
    across = sorted(_inside(x, width) for x in (face.right_side[0], face.nose[0], face.left_side[0]))
    top, eyes, chin = sorted(_inside(y, height) for y in (face.forehead[1], face.between_eyes[1], face.chin[1]))
    if across[2] - across[0] < 8 or chin - top < 8:
        return
    cut = image[top:chin, across[0] : across[2]]
    grey = np.asarray(Image.fromarray(cut).convert("L"), np.float32)
    yield "clipped", _between(_outside(grey, 1, 254), _outside(grey, 5, 250))
    light = _lightness(grey)
    low, high = np.percentile(light, [2, 98])
    yield "contrast", _about(float(high - low), 3)
    halves = light[eyes - top :, : across[1] - across[0]], light[eyes - top :, across[1] - across[0] :]
    if min(half.size for half in halves):
        yield "face_shade", _share(abs(float(halves[0].mean() - halves[1].mean())), 4)
    yield "blur", _about(_blur(grey, min(1.0, _FINE / face.eye_distance)), 0.04)


def _inside(place: float, end: int) -> int:
    return min(end, max(0, round(place)))


def _outside(grey: NDArray[np.float32], dark: float, light: float) -> float:
    return float(((grey <= dark) | (grey >= light)).mean())


def _lightness(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return L* (0 to 100) of sRGB greys (0 to 255)."""
    linear = np.where(grey <= 10.3, grey / 3294.6, ((grey / 255 + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.where(linear <= 0.008856, 903.3 * linear, 116 * np.cbrt(linear) - 16), np.float32)


def _blur(grey: NDArray[np.float32], scale: float) -> float:
    """Return how little of the detail a further blur would take away, 0 (sharp) to 1 (Crete-Roffet et al., 2007)."""
    import cv2

    if scale < 1:
        size = max(4, round(grey.shape[1] * scale)), max(4, round(grey.shape[0] * scale))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.float32)
    worst = 0.0
    for axis, kernel in ((1, (9, 1)), (0, (1, 9))):
        detail = np.abs(np.diff(grey, axis=axis))
        left = np.maximum(0, detail - np.abs(np.diff(cv2.blur(grey, kernel), axis=axis)))
        worst = max(worst, 1 - float(left.sum()) / max(float(detail.sum()), 1e-6))
    return worst
