"""The characters of one PDF page's text layer, all at once: code points and boxes as arrays.

PDFium gives the code points of a page in one call and a box in one call a character; the calls are made from C
(`map` over ranges of addresses), so that no Python runs between them.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from toolkit.pages.native import INT, POINTER, UNSIGNED, address, called

#: Characters of one page that are looked at; a page of the densest print has about ten thousand.
_CHARACTERS = 60_000
#: PDFium marks a hyphen at a line's end with one of the first three. The last is the soft hyphen: in a PDF it is drawn.
_HYPHENS = (0x02, 0xFFFE, 0xFFFF, 0xAD)
_LOST = 0xFFFD

Edge = NDArray[np.float64]

_box = called(pdfium.FPDFText_GetCharBox, POINTER, INT, POINTER, POINTER, POINTER, POINTER)
_code = called(pdfium.FPDFText_GetUnicode, POINTER, INT, result=UNSIGNED)
_object = called(pdfium.FPDFText_GetTextObject, POINTER, INT, result=POINTER)

#: Which code points are blanks; all of them lie below the last of these.
_BLANKS = np.array([chr(code).isspace() for code in range(0x3001)] + [False])


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """The characters of a page that are no blanks, in the order of the layer.

    `edges` holds left, top, right and bottom of each as fractions of the page as shown, before it is turned upright;
    `begins` whether a blank or nothing stood before it; `indices` its place in the layer.
    """

    codes: NDArray[np.uint32]
    edges: NDArray[np.float64]
    begins: NDArray[np.bool_]
    indices: NDArray[np.intp]

    def __repr__(self) -> str:
        return f"<Characters {len(self.codes)}>"

    @property
    def text(self) -> str:
        """The characters alone, one for each row of `edges`."""
        return self.codes.astype("<u4").tobytes().decode("utf-32-le")

    def kept(self, which: NDArray[np.bool_]) -> Characters:
        """Return only *which*; what stood on both sides of one that goes is not joined."""
        after = np.concatenate(([True], ~which[:-1]))
        return Characters(self.codes[which], self.edges[which], (self.begins | after)[which], self.indices[which])


@dataclass(frozen=True, slots=True)
class Placing:
    """The map from PDF points to fractions of the page as shown, with its crop box and rotation.

    Across is the first figure plus x times the second plus y times the third; down likewise.
    """

    across: tuple[float, float, float]
    down: tuple[float, float, float]

    def boxes(self, left: Edge, bottom: Edge, right: Edge, top: Edge) -> NDArray[np.float64]:
        """Return rectangles of PDF points as rows of left, top, right, bottom on the page as shown."""
        (u0, ux, uy), (v0, vx, vy) = self.across, self.down
        x1, y1 = u0 + left * ux + top * uy, v0 + left * vx + top * vy
        x2, y2 = u0 + right * ux + bottom * uy, v0 + right * vx + bottom * vy
        return np.stack((np.minimum(x1, x2), np.minimum(y1, y2), np.maximum(x1, x2), np.maximum(y1, y2)), axis=1)


def placing(page: pypdfium2.PdfPage, width: float, height: float) -> Placing:
    """Return the map of *page*, which is shown *width* by *height* points."""
    fine = 1_000_000

    def shown(x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, fine, fine, 0, x, y, ctypes.byref(across), ctypes.byref(down))
        return across.value / fine, down.value / fine

    # The map is affine, so three points say it all.
    (u0, v0), (u1, v1), (u2, v2) = shown(0, 0), shown(width, 0), shown(0, height)
    across = (u0, (u1 - u0) / width, (u2 - u0) / height)
    return Placing(across, (v0, (v1 - v0) / width, (v2 - v0) / height))


def read(layer: pypdfium2.PdfTextPage, place: Placing) -> Characters:
    """Return the characters of *layer*, the text of a page that *place* maps."""
    count = min(layer.count_chars(), _CHARACTERS)
    codes, skipped = _codes(layer, count)
    blank = _BLANKS[np.minimum(codes, len(_BLANKS) - 1)]
    indices = np.flatnonzero(~(blank | skipped))
    codes = codes[indices]
    codes[np.isin(codes, _HYPHENS)] = ord("-")
    codes[codes == 0] = _LOST
    edges, placed = _edges(layer, indices, place)
    # Blanks so far, counted at each character: where the number grew, a word begins.
    blanks = np.cumsum(blank)[indices]
    begins = np.diff(blanks, prepend=-1) > 0
    found = Characters(codes, edges, begins, indices)
    return found if placed.all() else found.kept(placed)


def objects(layer: pypdfium2.PdfTextPage, characters: Characters) -> NDArray[np.uint64]:
    """Return the address of the page object that draws each character; 0 for what PDFium itself put in."""
    handle = address(layer.raw)
    count = len(characters.indices)
    addresses = map(_object, repeat(handle, count), characters.indices.tolist())
    return np.fromiter((each or 0 for each in addresses), np.uint64, count)


def _codes(layer: pypdfium2.PdfTextPage, count: int) -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """Return the code point of each character, and which are but the first half of the next one."""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(layer, 0, count, buffer) - 1
    codes: NDArray[np.uint32] = np.ctypeslib.as_array(buffer)[:count].astype(np.uint32)
    # Where text and characters are not one to one (characters without a meaning, halves), each is asked for itself.
    if written != count or bool(((codes >= 0xD800) & (codes < 0xE000)).any()):
        handle = address(layer.raw)
        codes = np.fromiter(map(_code, repeat(handle, count), range(count)), np.uint32, count)
    high, low = (codes >= 0xD800) & (codes < 0xDC00), (codes >= 0xDC00) & (codes < 0xE000)
    if low.any():
        paired = low & np.concatenate(([False], high[:-1]))
        first = np.concatenate(([0], codes[:-1]))
        codes = np.where(paired, 0x10000 + ((first - 0xD800) << 10) + (codes - 0xDC00), codes)
        codes[low & ~paired] = _LOST
    codes[codes >= 0x110000] = _LOST
    return codes.astype(np.uint32), high


def _edges(
    layer: pypdfium2.PdfTextPage, indices: NDArray[np.intp], place: Placing
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the boxes of the characters at *indices* on the page as shown, and which of them have one."""
    count = len(indices)
    if not count:
        return np.zeros((0, 4)), np.zeros(0, np.bool_)
    boxes = np.zeros((count, 4))
    start, step = boxes.ctypes.data, boxes.strides[0]
    columns = (range(start + 8 * at, start + 8 * at + step * count, step) for at in range(4))
    handle = address(layer.raw)
    answers = map(_box, repeat(handle, count), indices.tolist(), *columns)
    placed = np.fromiter(answers, np.bool_, count)
    left, right, bottom, top = boxes.T
    return place.boxes(left, bottom, right, top), placed
