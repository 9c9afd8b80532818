"""The recogniser of zone lines: a strip of picture in, the chances of every character at every step along it out.

Knows strips and the model that `training/zone_letters` made (`zone_models/zone_letters.md` is its card); what the steps
mean is for `toolkit.mrz_lattice` to settle.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from toolkit import zone_models
from toolkit.mrz_layouts import ALPHABET, TOLERATED

#: Chances at each step: [steps, 1 + characters]; the first column is the blank between characters.
Chances: TypeAlias = NDArray[np.float64]

#: The characters of the columns after the blank.
CHARACTERS = ALPHABET + TOLERATED
#: Strips are this high; their capitals take this share of the height, and are stretched by this along the line.
HEIGHT, CAPITAL, STRETCH = 32, 0.5625, 1.25
#: A strip is never longer than this, whatever the picture.
_LONGEST = 2048


def chances(strip: NDArray[np.uint8]) -> Chances:
    """Return what stands in *strip*: grey or RGB, `HEIGHT` rows, read from left to right; rows sum to one.

    Raises ValueError for a strip of another height or none at all.
    """
    if strip.shape[0] != HEIGHT or strip.shape[1] < HEIGHT:
        raise ValueError(f"a strip has {HEIGHT} rows and at least as many columns, not {strip.shape[:2]}")
    light = strip[:, :_LONGEST].astype(np.float32) / 255
    if light.ndim == 3:
        light = np.dot(light, np.array([0.299, 0.587, 0.114], np.float32))
    ready = (light - light.mean()) / (light.std() + 0.02)
    said = zone_models.session("zone_letters").run(None, {"strips": ready[None, None].astype(np.float32)})[0][0]
    chances: Chances = np.exp(said.astype(np.float64))
    return chances


def strip_of(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the picture of one line, cut closely and lying level, as a strip."""
    import cv2

    height, width = image.shape[:2]
    across = int(np.clip(round(width * HEIGHT / height * STRETCH), HEIGHT, _LONGEST))
    how = cv2.INTER_AREA if height > HEIGHT else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (across, HEIGHT), interpolation=how), np.uint8)


def read_line(image: NDArray[np.uint8]) -> str:
    """Return the likeliest characters of the picture of one line, cut closely, without any grammar."""
    return spoken(chances(strip_of(image)))


def spoken(steps: Chances) -> str:
    """Return the text of the likeliest class at every step: runs are one character, blanks part them."""
    best = steps.argmax(axis=1)
    kept = best[np.flatnonzero(np.diff(best, prepend=0))]
    return "".join(CHARACTERS[column - 1] for column in kept if column)
