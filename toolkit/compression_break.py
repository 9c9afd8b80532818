"""A digit in a JPEG that was compressed another time, or on another grid, than the other digits of the same paper.

JPEG rounds the picture in blocks of eight by eight pixels. Whoever pastes a digit from elsewhere and saves the picture
again leaves a digit that was rounded differently before: rounded once more, by steps of many sizes, it errs unlike the
others ("compression ghost", Farid 2009). One digit alone is weighed against all digits of the paper's amounts and
dates; where several are unlike the rest, print or light is the cause. Knows pictures; knows no field.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.model import Box, Page

_BLOCK = 8
#: The luminance table of the JPEG standard (ITU-T T.81, K.1), from which libjpeg derives its qualities 50 and above.
_STANDARD = """
16 11 10 16 24 40 51 61 12 12 14 19 26 58 60 55 14 13 16 24 40 57 69 56 14 17 22 29 51 87 80 62
18 22 37 56 68 109 103 77 24 35 55 64 81 104 113 92 49 64 78 87 103 121 120 101 72 92 95 98 112 100 103 99
"""
_QUALITIES = range(50, 98, 4)
#: Fewer digits tell nothing of what is usual on the paper; more are not needed.
_ENOUGH, _MOST = 12, 400
#: How much further the oddest digit must stand out than the fourth, in median deviations. Of 99 untouched receipts none
#: does, as `bench/tampering.py` measures.
_ALONE = 1.8
#: Pixels below which a digit has no whole block.
_NARROW, _LOW = 6, 10
#: Pixels above which it is no digit of a receipt, and would cost more than all others together.
_LARGE = 240
_FIGURE = re.compile(r"[0-9][.,][0-9]{2}$|^[0-9]{1,4}([./-])[0-9]{1,2}\1[0-9]{2,4}$")


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit of an amount or a date, in pixels of the upright picture."""

    left: int
    top: int
    right: int
    bottom: int


def digits(page: Page, width: int, height: int) -> list[Digit]:
    """Return the digits of the amounts and dates on *page*, by an even share of their words."""
    found: list[Digit] = []
    for word in page.words:
        each = word.box.width / max(1, len(word.text))
        top, bottom = int(word.box.top * height), int(word.box.bottom * height)
        for part in re.finditer(r"\S+", word.text):
            if len(part[0]) > 40 or not _FIGURE.search(part[0]):
                continue
            for at in (part.start() + place for place, letter in enumerate(part[0]) if letter in "0123456789"):
                left, right = (word.box.left + (at + step) * each for step in (0, 1))
                digit = Digit(int(left * width), top, int(right * width) + 1, bottom + 1)
                if _NARROW <= digit.right - digit.left <= _LARGE and _LOW <= bottom - top <= _LARGE:
                    found.append(digit)
        if len(found) >= _MOST:
            break
    return found[:_MOST]


def broken_at(picture: NDArray[np.uint8], page: Page) -> Box | None:
    """Return where on the page a single digit stands out, or None.

    *picture* is the page's own, height x width x 3, its blocks beginning at the upper left corner.
    """
    height, width = picture.shape[:2]
    own = digits(page, width, height)
    if len(own) < _ENOUGH:
        return None
    odd = oddness(picture, own)
    ranked = np.sort(odd)
    if ranked[-1] - ranked[-4] < _ALONE:
        return None
    digit = own[int(np.argmax(odd))]
    return Box(digit.left / width, digit.top / height, digit.right / width, digit.bottom / height)


def oddness(picture: NDArray[np.uint8], own: Sequence[Digit]) -> NDArray[np.float64]:
    """Return how unlike the others each digit errs when it is rounded again, in median deviations."""
    tables, cosines = _tables(), _cosines()
    errors = np.array([_errors(_blocks(picture, digit), tables, cosines) for digit in own])
    errors = np.log(errors + 0.05)
    errors -= errors.mean(axis=1, keepdims=True)
    middle = np.median(errors, axis=0)
    spread = np.median(np.abs(errors - middle), axis=0) + 0.05
    return np.asarray(np.sqrt((((errors - middle) / spread) ** 2).mean(axis=1)), np.float64)


def _blocks(picture: NDArray[np.uint8], digit: Digit) -> NDArray[np.float64]:
    """The brightness of the whole blocks that the digit touches."""
    height, width = (side // _BLOCK * _BLOCK for side in picture.shape[:2])
    left, top = (
        min(max(0, edge), side - _BLOCK) // _BLOCK * _BLOCK for edge, side in ((digit.left, width), (digit.top, height))
    )
    right, bottom = (
        max(start + _BLOCK, min(-(-edge // _BLOCK) * _BLOCK, side))
        for start, edge, side in ((left, digit.right, width), (top, digit.bottom, height))
    )
    part = picture[top:bottom, left:right].astype(np.float64) @ np.array([0.299, 0.587, 0.114]) - 128
    down, across = (bottom - top) // _BLOCK, (right - left) // _BLOCK
    blocks = part.reshape(down, _BLOCK, across, _BLOCK).transpose(0, 2, 1, 3)
    return np.asarray(blocks.reshape(-1, _BLOCK, _BLOCK), np.float64)


def _errors(
    blocks: NDArray[np.float64], tables: NDArray[np.float64], cosines: NDArray[np.float64]
) -> NDArray[np.float64]:
    spectrum = cosines @ blocks @ cosines.T
    again = np.round(spectrum[None] / tables[:, None]) * tables[:, None]
    return np.asarray(((again - spectrum[None]) ** 2).mean(axis=(1, 2, 3)), np.float64)


def _tables() -> NDArray[np.float64]:
    standard = np.array(_STANDARD.split(), np.float64).reshape(_BLOCK, _BLOCK)
    scales = (200 - 2 * quality for quality in _QUALITIES)
    return np.array([np.clip(np.floor((standard * scale + 50) / 100), 1, 255) for scale in scales])


def _cosines() -> NDArray[np.float64]:
    """The discrete cosine transform of eight values, orthonormal."""
    order = np.arange(_BLOCK)
    made = np.sqrt(2 / _BLOCK) * np.cos((2 * order[None] + 1) * order[:, None] * np.pi / (2 * _BLOCK))
    made[0] /= np.sqrt(2)
    return np.asarray(made, np.float64)
