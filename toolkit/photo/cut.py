"""Cuts the portraits out of pictures and scans of travel documents, whichever way up. Runs in a confined child."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice

import numpy as np

from toolkit import portrait, sniff
from toolkit.arrival import Limits
from toolkit.errors import InputError, UnknownFormatError
from toolkit.faces import Picture
from toolkit.model import Box
from toolkit.pages import pdf, picture
from toolkit.pages.sheet import turned
from toolkit.portrait import Portrait

#: A page that lies the right way up is this sure of its face; no other turn is tried then.
_UPRIGHT = 0.9


def portraits(data: bytes, media_type: str) -> list[bytes]:
    """Return the portraits in *data* as PNG, page by page, on each page the largest first; none where none is found.

    Raises UnknownFormatError for a file that is neither a picture nor a PDF, and other InputErrors for a broken one.
    """
    return [each for page in _pages(data, media_type) for each in _cut(page)]


def part(data: bytes, media_type: str, page: int, turn: int, box: Box) -> bytes:
    """Return what stands in *box* of a page as PNG: how a portrait that a record knows is cut from its original.

    *page* counts from 1; *turn* is the page's clockwise turn in degrees (`Record.turns`) that makes it upright. Raises
    InputError as `portraits` does, and where there is no such page.
    """
    for drawn in islice(_pages(data, media_type), page - 1, page):
        return portrait.crop(turned(drawn, turn), box)
    raise InputError(f"The file has no page {page}.", remedy="Read the document again.")


def _pages(data: bytes, media_type: str) -> Iterator[Picture]:
    limits = Limits()
    if media_type == sniff.PDF:
        yield from pdf.pictures(data, limits.pages)
    elif media_type in picture.MEDIA_TYPES:
        for frame in range(picture.examine(data, limits.pixels, limits.pages)):
            yield picture.decoded(data, frame, limits.pixels)
    else:
        raise UnknownFormatError("The file is neither a picture nor a PDF.", remedy="Give a photo or scan of the page.")


def _cut(page: Picture) -> list[bytes]:
    best: tuple[float, Picture, tuple[Portrait, ...]] = (0.0, page, ())
    for degrees in (0, 90, 270, 180):
        upright = np.ascontiguousarray(turned(page, degrees))
        found = portrait.find_all(upright)
        sure = _upright(found[0], upright) if found else 0.0
        if sure > best[0]:
            best = sure, upright, found
        if best[0] >= _UPRIGHT:
            break
    return [portrait.crop(best[1], each.box) for each in best[2]]


def _upright(found: Portrait, page: Picture) -> float:
    """Return how sure a portrait is, less for one that leans: faces that lie on their side are found as well."""
    height, width = page.shape[:2]
    across = (found.left_eye[0] - found.right_eye[0]) * width
    down = (found.left_eye[1] - found.right_eye[1]) * height
    return found.confidence * max(0.01, float(across / max(math.hypot(across, down), 1e-6)))
