"""Whether somebody has drawn a signature above a printed name: ink in the picture where no word and no ruled line is.

Looks at one small part of one page and says "drawn" or "not drawn"; whose hand it is, no picture tells.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from toolkit.errors import UnreadableError
from toolkit.model import Box, Page
from toolkit.pages import Picture, Sheet, word_parts

#: A signature stands at most so far above the name, in parts of the page's height, and reaches so far to the right.
_ABOVE, _WIDE = 0.075, 0.34
_DARK = 150
#: No more of a Word document's text than this is looked at; `toolkit.receive` has weighed the file before.
_WORD_LIMIT = 20_000_000
_DRAWING = re.compile(rb"<w:(?:drawing|pict)\b")
#: What an open change has deleted.
_DELETED = re.compile(rb"<w:del\b[^>]*(?<!/)>.*?</w:del>", re.DOTALL)
#: Less than this part of the field inked is dust; a stroke lower than this part of the page is a dash.
_LEAST_INK, _LEAST_HEIGHT = 0.0025, 0.008


def drawn_above(sheet: Sheet, name: Box) -> bool:
    """Return whether the picture of *sheet* shows ink right above the printed *name* that is neither print nor rule."""
    field = Box(max(0.0, name.left - 0.03), max(0.0, name.top - _ABOVE), min(1.0, name.left + _WIDE), name.top)
    ink = _ink(sheet.image, field, sheet.page)
    if ink.size == 0:
        return False
    rows = np.flatnonzero(ink.any(axis=1))
    tall = (rows[-1] - rows[0] + 1) / sheet.image.shape[0] if rows.size else 0.0
    return bool(ink.mean() > _LEAST_INK and tall > _LEAST_HEIGHT)


def pictured_at_end(document: bytes) -> int:
    """Return how many pictures stand in the last half of a Word *document*, where signatures are pasted in."""
    try:
        body = word_parts.package(document).main
        with zipfile.ZipFile(io.BytesIO(document)) as parts, parts.open(body) as opened:
            text = _DELETED.sub(b"", opened.read(_WORD_LIMIT))
    except (zipfile.BadZipFile, KeyError, OSError, UnreadableError):
        return 0
    return sum(match.start() > len(text) / 2 for match in _DRAWING.finditer(text))


def _ink(image: Picture, field: Box, page: Page) -> NDArray[np.bool_]:
    height, width = image.shape[:2]
    top, bottom = int(field.top * height), int(field.bottom * height)
    left, right = int(field.left * width), int(field.right * width)
    part = image[top:bottom, left:right].astype(np.int16)
    if part.size == 0:
        return np.zeros((0, 0), np.bool_)
    # Against the paper's own colour: certificates and scans are rarely white.
    shade = part.mean(axis=2)
    ink: NDArray[np.bool_] = shade < min(_DARK, float(np.median(shade)) - 40)
    for box in _words_within(field, page):
        ink[
            max(0, int(box.top * height) - top - 2) : max(0, int(box.bottom * height) - top + 3),
            max(0, int(box.left * width) - left - 3) : max(0, int(box.right * width) - left + 4),
        ] = False
    ink[ink.mean(axis=1) > 0.5] = False
    return ink


def _words_within(field: Box, page: Page) -> Sequence[Box]:
    boxes = (word.box for word in page.words)
    return [box for box in boxes if box.bottom > field.top and box.top < field.bottom and box.right > field.left]
