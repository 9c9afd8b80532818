"""What a paper prints, reduced to its figures, and what it looks like, reduced to 64 bits: to tell two photos of one.

Letters of a shop's receipts are the same day after day, its figures are not. Taken when asked for and never kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from toolkit import pages
from toolkit.model import Box, Page
from toolkit.pages import Opened
from toolkit.pages.sheet import Picture

#: A group of figures, with the signs that stand inside amounts, dates and times.
_FIGURES = re.compile(r"\d+(?:[.,:/-]\d+)*")
#: Figures with fewer digits than this (quantities, tables) say nothing.
_SHORTEST = 3
#: Fewer groups of figures than this are not compared.
_FEWEST = 5
_SIDE = 32


@dataclass(frozen=True, slots=True)
class Print:
    """The groups of figures on a paper, each so often, and the look of its first page (0 where there is none)."""

    figures: tuple[tuple[str, int], ...] = field(repr=False)
    look: int = field(default=0, repr=False)


def of_bytes(data: bytes, media_type: str) -> Print:
    """Open a file of a media type that `toolkit.receive.inspect` named and return its print. For a confined child."""
    opened = pages.open_bytes(data, media_type)
    return of(opened)


def of(opened: Opened) -> Print:
    """Return the print of an opened document; raises what opening its picture raises."""
    drawn = [sheet for sheet in opened.sheets if sheet.page.words]
    return Print(figures(opened.pages), look(drawn[0].image, drawn[0].page) if drawn else 0)


def figures(pages: Sequence[Page]) -> tuple[tuple[str, int], ...]:
    """Return the groups of figures on *pages*, digits only, with how often each stands there, sorted."""
    found: Counter[str] = Counter()
    for page in pages:
        for word in page.words:
            for group in _FIGURES.findall(word.text):
                digits = re.sub(r"\D", "", group)
                if len(digits) >= _SHORTEST:
                    found[digits] += 1
    return tuple(sorted(found.items()))


def look(image: Picture, page: Page) -> int:
    """Return 64 bits that say how light and dark lie in the printed part of the upright *image* (a perceptual hash)."""
    frame = Box.around([word.box for word in page.words])
    height, width = image.shape[:2]
    top, bottom = int(frame.top * height), max(int(frame.top * height) + 1, int(frame.bottom * height))
    left, right = int(frame.left * width), max(int(frame.left * width) + 1, int(frame.right * width))
    cut = image[top:bottom, left:right]
    grey = cv2.resize(cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    low = cv2.dct(grey.astype(np.float32))[:8, :8].ravel()
    bits = low > np.median(low[1:])
    return int("".join("1" if bit else "0" for bit in bits), 2)


def alike(one: Print, other: Print) -> float | None:
    """Return the share of figures that both papers print (0 to 1), or None where one prints too few to tell."""
    first, second = Counter(dict(one.figures)), Counter(dict(other.figures))
    if min(first.total(), second.total()) < _FEWEST:
        return None
    return (first & second).total() / max(first.total(), second.total())


def looks_apart(one: Print, other: Print) -> int:
    """Return in how many of 64 bits the looks of two papers differ: few for one picture saved twice, a hint only."""
    return (one.look ^ other.look).bit_count()
