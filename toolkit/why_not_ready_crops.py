"""The pieces of pages that a report shows as evidence, each value framed where it was read.

Pages come as bare pixels from a confined child (`toolkit.facsimile`); nothing that a stranger drew is decoded here.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from toolkit import callouts
from toolkit.callouts import Callout, Print, Rectangle
from toolkit.confine import Child
from toolkit.depict import COLOURS
from toolkit.dossier import Dossier
from toolkit.errors import InputError
from toolkit.facsimile import Facsimile
from toolkit.model import Box, Document, Field
from toolkit.plain_words import Standing, cleared, standing
from toolkit.why_not_ready import Report
from vault import Vault

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

#: A report stays a file that can be mailed: more pieces than these are named and not drawn.
MOST_CROPS = 240
#: Around the values, in fractions of the page; a piece is at least so wide and high, for a reader to find it again.
_BESIDE, _ABOVE, _WIDE, _HIGH = 0.05, 0.03, 0.5, 0.11
#: Values further apart than this (in fractions of the page), and more of them, stand on pieces of their own.
_TALLEST, _MOST_FRAMES = 0.45, 24
_WIDEST = 900
_FRAME, _APART, _LETTERS = 3, 4, 18
#: Difference of neighbouring grey values that counts as print.
_EDGE = 40
_QUALITY = 82
_MOST_LETTERS = 600


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of one page of a document: the places of the values on it, numbered from 1 where there are several."""

    document: str
    page: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Crop:
    """A piece of a page as JPEG, or for papers without a look of their own as `text`; else `why` there is neither."""

    width: int = 0
    height: int = 0
    jpeg: bytes = field(default=b"", repr=False)
    text: str = field(default="", repr=False)
    why: str = ""


def pieces(values: Iterable[Field]) -> dict[Piece, dict[Box, list[Field]]]:
    """Return the pieces of pages that show *values*, in their order, with what is read at each place.

    Values without a place on a page are on none.
    """
    pages: dict[tuple[str, int], dict[Box, list[Field]]] = {}
    for value in values:
        box = _inside(value.source.box)
        if value.source.document and value.source.page is not None and box is not None:
            pages.setdefault((value.source.document, value.source.page), {}).setdefault(box, []).append(value)
    return {
        Piece(document, page, tuple(group)): {box: found[box] for box in group}
        for (document, page), found in pages.items()
        for group in _near(tuple(found))
    }


def _near(boxes: Sequence[Box]) -> list[list[Box]]:
    """Return *boxes* of a page in groups that one piece can show; in a group they keep their order."""
    groups: list[list[Box]] = []
    bottom = 0.0
    for box in sorted(boxes, key=lambda each: each.top):
        bottom = max(bottom, box.bottom)
        if groups and len(groups[-1]) < _MOST_FRAMES and bottom - groups[-1][0].top <= _TALLEST:
            groups[-1].append(box)
        else:
            groups.append([box])
            bottom = box.bottom
    place = {box: at for at, box in enumerate(boxes)}
    ordered = [sorted(group, key=place.__getitem__) for group in groups]
    return sorted(ordered, key=lambda group: place[group[0]])


def crops(vault: Vault, known: Dossier, report: Report) -> Mapping[Piece, Crop]:
    """Draw the evidence of a report, at most `MOST_CROPS` pieces; contradictions and open requirements come first."""
    documents = {document.id: document for document in known.documents}
    wanted: dict[Piece, list[Standing]] = {}
    for values in (*(clash.readings for clash in report.clashes), *(line.finding.evidence for line in report.lines)):
        for piece, found in pieces(values).items():
            if piece.document in documents and len(wanted) < MOST_CROPS:
                wanted.setdefault(piece, [standing(read[0]) for read in found.values()])
    made: dict[Piece, Crop] = {}
    with Child() as child:
        for id_ in dict.fromkeys(piece.document for piece in wanted):
            document = documents[id_]
            data = vault.compartment(document.case).get(document.sha256_sealed)
            mine = {piece: how for piece, how in wanted.items() if piece.document == id_}
            for page in dict.fromkeys(piece.page for piece in mine):
                on_it = {piece: how for piece, how in mine.items() if piece.page == page}
                made |= _of_page(child, data, document, known, on_it)
    return made


def _of_page(
    child: Child, data: bytes, document: Document, known: Dossier, wanted: Mapping[Piece, Sequence[Standing]]
) -> Mapping[Piece, Crop]:
    """Draw one page and cut out what is *wanted*, all of it on this page."""
    number = next(iter(wanted)).page
    record = known.record(document.id)
    turns = record.turns if record is not None else ()
    try:
        drawn: Facsimile = child.call(
            "toolkit.pages.facsimile:facsimile", data, document.media_type, number, turns, result=Facsimile
        )
        drawn = drawn.checked(number)
    except InputError as problem:
        return {
            piece: Crop(why=f"the page cannot be drawn: {cleared(problem.message).rstrip('.')}") for piece in wanted
        }
    cut = _picture if drawn.pixels else _text
    return {piece: cut(drawn, piece.boxes, how) for piece, how in wanted.items()}


def _picture(page: Facsimile, boxes: Sequence[Box], how: Sequence[Standing]) -> Crop:
    from PIL import Image, ImageDraw

    # Several frames need room around them for their numbers.
    air = (callouts.HEIGHT + 16) / page.height if len(boxes) > 1 else 0.0
    region = _region(boxes, air)
    left, right = int(region.left * page.width), math.ceil(region.right * page.width)
    top, bottom = int(region.top * page.height), math.ceil(region.bottom * page.height)
    whole = Image.frombytes("RGB", (page.width, page.height), page.pixels)
    piece = whole.crop((left, top, right, bottom))
    frames = [
        Rectangle(
            round(box.left * page.width) - left - _APART,
            round(box.top * page.height) - top - _APART,
            round(box.right * page.width) - left + _APART,
            round(box.bottom * page.height) - top + _APART,
        )
        for box in boxes
    ]
    draw = ImageDraw.Draw(piece)
    numbered = _places(frames, piece) if len(frames) > 1 else []
    for frame, colour in zip(frames, (COLOURS[each] for each in how), strict=True):
        draw.rectangle((frame.left, frame.top, frame.right, frame.bottom), outline=colour, width=_FRAME)
    for number, callout in enumerate(numbered, 1):
        _badge(draw, number, callout, COLOURS[how[number - 1]])
    if piece.width > _WIDEST:
        piece = piece.resize((_WIDEST, max(1, round(piece.height * _WIDEST / piece.width))), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    piece.save(data, "JPEG", quality=_QUALITY, subsampling=0)
    return Crop(piece.width, piece.height, data.getvalue())


def _places(frames: Sequence[Rectangle], piece: Image.Image) -> list[Callout]:
    """Return where the number of each frame goes: inside the piece, off the print and the other frames."""
    room = Rectangle(0, 0, piece.width, piece.height)
    return callouts.placed(frames, [(number,) for number in range(1, len(frames) + 1)], room, _print_on(piece))


def _badge(draw: ImageDraw.ImageDraw, number: int, callout: Callout, colour: tuple[int, int, int]) -> None:
    place = callout.place
    if callout.leader is not None:
        draw.line(callout.leader, fill=colour, width=2)
    draw.rounded_rectangle((place.left, place.top, place.right, place.bottom), radius=6, fill=colour)
    middle = ((place.left + place.right) / 2, (place.top + place.bottom) / 2)
    draw.text(middle, str(number), fill="white", anchor="mm", font_size=_LETTERS)


def _print_on(piece: Image.Image) -> Print:
    """Return how many pixels of print (sharp edges) lie in a rectangle of the piece."""
    import numpy as np

    grey = np.asarray(piece.convert("L"), dtype=np.int16)
    edges = np.zeros(grey.shape, dtype=bool)
    edges[:, 1:] = np.abs(np.diff(grey, axis=1)) > _EDGE
    edges[1:] |= np.abs(np.diff(grey, axis=0)) > _EDGE
    sums = np.zeros((piece.height + 1, piece.width + 1), dtype=np.int64)
    sums[1:, 1:] = edges.cumsum(axis=0).cumsum(axis=1)

    def inside(place: Rectangle) -> float:
        left, right = (int(min(max(x, 0), piece.width)) for x in (place.left, place.right))
        top, bottom = (int(min(max(y, 0), piece.height)) for y in (place.top, place.bottom))
        return float(sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left])

    return inside


def _text(page: Facsimile, boxes: Sequence[Box], _: Sequence[Standing]) -> Crop:
    """Return the words around the values, where a paper has no look of its own."""
    region = _region(boxes)
    words = [word.text for word in page.words if region.top <= word.box.middle <= region.bottom]
    text = cleared(" ".join(words)[:_MOST_LETTERS])
    return Crop(text=text) if text else Crop(why="there are no words at this place")


def _region(boxes: Sequence[Box], air: float = 0.0) -> Box:
    """Return the piece of the page to show around *boxes*: wide and high enough to find it again, within the page.

    *air* is what is left free at least above and below them, as a fraction of the page.
    """
    box = Box.around(boxes)
    left, right = _stretched(box.left - _BESIDE, box.right + _BESIDE, _WIDE)
    top, bottom = _stretched(box.top - max(_ABOVE, air), box.bottom + max(_ABOVE, air), _HIGH)
    return Box(left, top, right, bottom)


def _stretched(low: float, high: float, least: float) -> tuple[float, float]:
    more = max(0.0, least - (high - low)) / 2
    low, high = low - more, high + more
    # What leaves the page on one side is shown on the other.
    low, high = low - max(0.0, high - 1.0), high - min(0.0, low)
    return max(0.0, low), min(1.0, high)


def _inside(box: Box | None) -> Box | None:
    if box is None or not all(map(math.isfinite, (box.left, box.top, box.right, box.bottom))):
        return None
    cut = Box(*(min(1.0, max(0.0, side)) for side in (box.left, box.top, box.right, box.bottom)))
    return cut if cut.width > 0 and cut.height > 0 else None
