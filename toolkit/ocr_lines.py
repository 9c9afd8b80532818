"""One line of text at a time, as what each of its characters could be: OCR held to a given alphabet.

`toolkit.ocr` gives the text the engine believes in; this module asks the same engine how sure it is of each character
and what it would read if only the letters of an alphabet were allowed. It knows nothing of what the line means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from toolkit import ocr

Picture: TypeAlias = NDArray[np.uint8]
#: Four corners in pixels, from top left clockwise.
Corners: TypeAlias = NDArray[np.float32]

#: The height the recogniser was trained at, and the room left above and below a line.
_HEIGHT, _MARGIN = 48, 0.06
_LONGEST = 2400


@dataclass(frozen=True, slots=True)
class Letters:
    """The characters of one line: for each the probabilities of the alphabet's members, which sum to one."""

    chances: tuple[Mapping[str, float], ...]
    confidence: float

    def __repr__(self) -> str:
        return f"<Letters {len(self.chances)} {self.confidence:.2f}>"


def lines(image: Picture) -> list[Corners]:
    """Return the corners of the lines of text in the RGB picture *image*, top to bottom."""
    if image.size == 0 or image.min() == image.max():
        return []
    detector = ocr._engine()._load_det_model()
    found = detector(np.ascontiguousarray(image[:, :, ::-1]))
    return [] if found.boxes is None else [np.asarray(corners, dtype=np.float32) for corners in found.boxes]


def letters(image: Picture, corners: Corners, alphabet: Mapping[str, str]) -> Letters:
    """Read the line inside *corners*; *alphabet* names, for each character allowed, the signs that count as it."""
    recogniser = ocr._engine()._load_rec_model()
    strip = _upright(image, corners)
    ratio = max(strip.shape[1] / _HEIGHT, recogniser.rec_image_shape[2] / recogniser.rec_image_shape[1])
    ready = recogniser.resize_norm_img(np.ascontiguousarray(strip[:, :, ::-1]), ratio)
    chances = recogniser.session(ready[np.newaxis].astype(np.float32))[0]
    used = int(np.ceil(chances.shape[0] * min(1.0, strip.shape[1] / (ratio * _HEIGHT))))
    return _decoded(chances[: used + 1], _columns(recogniser, tuple(alphabet.items())))


def _upright(image: Picture, corners: Corners) -> Picture:
    """Cut the line out of *image*, straightened and at the recogniser's height; one resampling, not two."""
    import cv2

    top_left, top_right, bottom_right, bottom_left = corners
    down = (bottom_left - top_left + bottom_right - top_right) / 2 * _MARGIN
    source = np.array([top_left - down, top_right - down, bottom_right + down, bottom_left + down], dtype=np.float32)
    width = float(np.linalg.norm(source[1] - source[0]) + np.linalg.norm(source[2] - source[3])) / 2
    height = float(np.linalg.norm(source[3] - source[0]) + np.linalg.norm(source[2] - source[1])) / 2
    across = int(np.clip(width * _HEIGHT / max(height, 1.0), 16, _LONGEST))
    target = np.array([[0, 0], [across, 0], [across, _HEIGHT], [0, _HEIGHT]], dtype=np.float32)
    shrink = height / _HEIGHT
    if shrink > 2:  # halving first keeps thin strokes that a single cubic step would skip over
        image = cv2.blur(image, (int(shrink), int(shrink)))
    warp = cv2.getPerspectiveTransform(source, target)
    cut: Picture = cv2.warpPerspective(
        image, warp, (across, _HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return cut


@cache
def _table(alphabet: tuple[tuple[str, str], ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Column of each sign of the alphabet among the recogniser's classes, and which member it counts as."""
    classes: dict[str, int] = ocr._engine()._load_rec_model().postprocess_op.dict
    pairs = [(classes[sign], member) for member, (_, signs) in enumerate(alphabet) for sign in signs if sign in classes]
    return np.array([column for column, _ in pairs]), np.array([member for _, member in pairs])


def _columns(recogniser: Any, alphabet: tuple[tuple[str, str], ...]) -> tuple[Any, Any, tuple[str, ...], int]:
    columns, members = _table(alphabet)
    return columns, members, tuple(character for character, _ in alphabet), recogniser.postprocess_op.dict.get(" ", 0)


def _decoded(chances: NDArray[np.float32], columns: tuple[Any, Any, Sequence[str], int]) -> Letters:
    """Collapse the recogniser's steps into characters: a run of one class is one character, blanks part runs."""
    where, members, characters, space = columns
    allowed = np.zeros((chances.shape[0], len(characters)), dtype=np.float64)
    np.add.at(allowed.T, members, chances[:, where].T)
    blank = chances[:, 0] + chances[:, space]
    # A step where the engine is sure of a sign that is not allowed is a character all the same: which one is open.
    foreign = 1.0 - blank - allowed.sum(axis=1)
    spoken = np.maximum(allowed.max(axis=1), foreign) > blank
    winner = np.where(spoken, allowed.argmax(axis=1), -1)
    found: list[Mapping[str, float]] = []
    sureness: list[float] = []
    start = 0
    for step in range(1, len(winner) + 1):
        if step < len(winner) and winner[step] == winner[start]:
            continue
        if winner[start] >= 0:
            run = allowed[start:step]
            peak = run[run.max(axis=1).argmax()]
            share = (peak + 1e-4) / (peak.sum() + 1e-4 * len(peak))
            found.append(dict(zip(characters, share.tolist(), strict=True)))
            sureness.append(float(peak.max()))
        start = step
    return Letters(tuple(found), float(np.mean(sureness)) if sureness else 0.0)
