"""What is drawn on one PDF page: how much of it pictures cover, and which of its text nobody can see."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from toolkit.pages.native import INT, LONG, POINTER, address, called

#: Objects of one page that are looked at; a page of the densest print, each word by itself, has some thousands.
_OBJECTS = 20_000
_DEPTH = 3
#: A line is thinner than this, in points; text may reach so far beyond what covers it; so many covers are looked at.
_THICK, _LOOSE, _LAID_OVER = 4.0, 0.5, 300
#: From this level of red, green and blue on, ink is paper.
_WHITE = 250
#: From this share of the page on, a picture drawn over text may be a scan with its text underneath.
_LARGE = 0.3
_INVISIBLE = pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
_NOTHING = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

Rectangle = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The objects of one page. Rectangles are left, bottom, right, top in PDF points; texts are PDFium's addresses."""

    anything: bool = False
    pictures: tuple[Rectangle, ...] = ()
    #: Filled shapes and pictures that white text can stand on.
    grounds: tuple[Rectangle, ...] = ()
    texts: int = 0
    #: Text in the mode that draws nothing, which OCR programs lay over their pictures, text fully transparent, and text
    #: under a picture.
    invisible: frozenset[int] = frozenset()
    #: Text in the colour of paper.
    white: frozenset[int] = frozenset()
    #: Text that a filled rectangle was laid over later, as editors do to put other words in its place.
    covered: frozenset[int] = frozenset()

    def share(self, area: float) -> float:
        """Return the share of a page of *area* square points that pictures cover."""
        return min(1.0, sum(max(0.0, r - left) * max(0.0, t - b) for left, b, r, t in self.pictures) / area)


_mode = called(pdfium.FPDFTextObj_GetTextRenderMode, POINTER)
_fill = called(pdfium.FPDFPageObj_GetFillColor, POINTER, POINTER, POINTER, POINTER, POINTER)
_type = called(pdfium.FPDFPageObj_GetType, POINTER)
_on_page = called(pdfium.FPDFPage_GetObject, POINTER, INT, result=POINTER)
_in_form = called(pdfium.FPDFFormObj_GetObject, POINTER, LONG, result=POINTER)


def read(page: pypdfium2.PdfPage) -> Drawn:
    """Return what is drawn on *page*."""
    groups = list(_groups(page))
    texts = [at for group in groups for at in group.of(pdfium.FPDF_PAGEOBJ_TEXT)]
    pictures = tuple(_bounds(at, group.matrix) for group in groups for at in group.of(pdfium.FPDF_PAGEOBJ_IMAGE))
    invisible, white = _unseen(texts)
    grounds = tuple(_grounds(groups)) if white else ()
    width, height = page.get_size()
    large = [each for each in pictures if (each[2] - each[0]) * (each[3] - each[1]) >= _LARGE * width * height]
    under = _under(page, large) if large and texts else []
    anything = any(group.handles for group in groups)
    covered = _covered(groups[0])
    hidden = frozenset([*invisible, *under])
    return Drawn(anything, pictures, grounds, len(texts), hidden, frozenset(white), frozenset(covered))


@dataclass(frozen=True, slots=True)
class _Group:
    """The objects of the page itself or of one form on it, in the order they are drawn."""

    handles: list[int]
    kinds: list[int]
    #: From their coordinates to the page's.
    matrix: Matrix

    def of(self, kind: int) -> list[int]:
        return [at for at, each in zip(self.handles, self.kinds, strict=True) if each == kind]


def _groups(page: pypdfium2.PdfPage) -> Iterator[_Group]:
    """Yield the page's own objects, then those of the forms on it, down to three levels."""
    whole = _group(address(page.raw), pdfium.FPDFPage_CountObjects(page), _on_page, _NOTHING)
    waiting, left = [(whole, 1)], _OBJECTS - len(whole.handles)
    while waiting:
        group, depth = waiting.pop(0)
        yield group
        for at in group.of(pdfium.FPDF_PAGEOBJ_FORM) if depth < _DEPTH else ():
            count = min(pdfium.FPDFFormObj_CountObjects(_handle(at)), left)
            left -= max(0, count)
            waiting.append((_group(at, count, _in_form, _times(_matrix(at), group.matrix)), depth + 1))


def _group(parent: int, count: int, get: Callable[..., Any], matrix: Matrix) -> _Group:
    count = min(max(0, count), _OBJECTS)
    handles = [at for at in map(get, repeat(parent, count), range(count)) if at]
    return _Group(handles, list(map(_type, handles)), matrix)


def _grounds(groups: list[_Group]) -> Iterator[Rectangle]:
    for kind in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
        yield from (_bounds(at, group.matrix) for group in groups for at in group.of(kind) if _dark(at, kind))


def _under(page: pypdfium2.PdfPage, large: list[Rectangle]) -> list[int]:
    """Return the texts that a *large* picture hides which was drawn after them: some OCR programs do so.

    Only texts and pictures on the page itself are looked at, none in forms.
    """
    own = _group(address(page.raw), pdfium.FPDFPage_CountObjects(page), _on_page, _NOTHING)
    for place, (at, kind) in enumerate(zip(own.handles, own.kinds, strict=True)):
        if kind != pdfium.FPDF_PAGEOBJ_IMAGE or _bounds(at, _NOTHING) not in large:
            continue
        left, bottom, right, top = _bounds(at, _NOTHING)
        hidden = []
        for text, before in zip(own.handles[:place], own.kinds[:place], strict=True):
            if before == pdfium.FPDF_PAGEOBJ_TEXT:
                x1, y1, x2, y2 = _bounds(text, _NOTHING)
                if left <= (x1 + x2) / 2 <= right and bottom <= (y1 + y2) / 2 <= top:
                    hidden.append(text)
        if hidden and _opaque(page, at):
            return hidden
    return []


def _covered(own: _Group) -> list[int]:
    """Return the texts of the page itself that lie wholly under a rectangle filled after them.

    Lines that underline or strike are too thin; marker ink lets text through, and is transparent.
    """
    places = [place for place, kind in enumerate(own.kinds) if kind == pdfium.FPDF_PAGEOBJ_TEXT]
    paths = [place for place, kind in enumerate(own.kinds) if kind == pdfium.FPDF_PAGEOBJ_PATH]
    later = [place for place in paths if places and place > places[0]]
    laid = [(place, found) for place in later if (found := _laid_over(own.handles[place]))][:_LAID_OVER]
    if not laid:
        return []
    left, bottom, right, top = np.array([_bounds(own.handles[place], _NOTHING) for place in places]).T
    order, hidden = np.array(places), np.zeros(len(places), np.bool_)
    for place, (x1, y1, x2, y2) in laid:
        within = (left >= x1 - _LOOSE) & (right <= x2 + _LOOSE) & (bottom >= y1 - _LOOSE) & (top <= y2 + _LOOSE)
        hidden |= within & (order < place)
    return [own.handles[place] for place in order[hidden & (right > left)].tolist()]


def _laid_over(at: int) -> Rectangle | None:
    """Return the bounds of a rectangle that is filled, lets nothing through and is thicker than a line."""
    handle, mode, stroked = _handle(at), ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(handle, mode, stroked) or mode.value == pdfium.FPDF_FILLMODE_NONE:
        return None
    if not 4 <= pdfium.FPDFPath_CountSegments(handle) <= 6 or pdfium.FPDFPageObj_HasTransparency(handle):
        return None
    left, bottom, right, top = _bounds(at, _NOTHING)
    return (left, bottom, right, top) if min(right - left, top - bottom) >= _THICK else None


def _opaque(page: pypdfium2.PdfPage, at: int) -> bool:
    """Tell whether nothing shines through a picture: watermarks laid over a page have a mask."""
    if pdfium.FPDFPageObj_HasTransparency(_handle(at)):
        return False
    drawn = pdfium.FPDFImageObj_GetRenderedBitmap(page.pdf, page, _handle(at))
    if not drawn:
        return False
    bitmap = pypdfium2.PdfBitmap.from_raw(drawn)
    try:
        return bitmap.format != pdfium.FPDFBitmap_BGRA or int(bitmap.to_numpy()[:, :, 3].min()) == 255
    finally:
        bitmap.close()


def _unseen(texts: list[int]) -> tuple[list[int], list[int]]:
    """Return which of *texts* draw nothing, and which draw in white."""
    if not texts:
        return [], []
    modes = np.fromiter(map(_mode, texts), np.int64, len(texts))
    # Red, green, blue and alpha of each. Where PDFium cannot say (patterns) it stays as it is here: to be seen.
    colours = np.full((len(texts), 4), 128, np.uint32)
    start, step = colours.ctypes.data, colours.strides[0]
    known = map(_fill, texts, *(range(start + 4 * at, start + 4 * at + step * len(texts), step) for at in range(4)))
    filled = np.fromiter(known, np.bool_, len(texts)) & (modes == pdfium.FPDF_TEXTRENDERMODE_FILL)
    nothing = (modes == _INVISIBLE) | (filled & (colours[:, 3] == 0))
    white = filled & ~nothing & (colours[:, :3].min(axis=1) >= _WHITE)
    addresses = np.array(texts, np.uint64)
    return addresses[nothing].tolist(), addresses[white].tolist()


def _dark(at: int, kind: int) -> bool:
    """Whether white text can be read on this: any picture or shading, and shapes filled with a colour."""
    if kind != pdfium.FPDF_PAGEOBJ_PATH:
        return True
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(_handle(at), mode, stroked) or mode.value == pdfium.FPDF_FILLMODE_NONE:
        # A thick line can be the ground too, as wide as its bounds tell.
        return bool(stroked.value)
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    known = pdfium.FPDFPageObj_GetFillColor(_handle(at), red, green, blue, alpha)
    return not known or (alpha.value > 0 and min(red.value, green.value, blue.value) < _WHITE)


def _handle(at: int) -> pdfium.FPDF_PAGEOBJECT:
    return ctypes.cast(at, pdfium.FPDF_PAGEOBJECT)


def _matrix(at: int) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(_handle(at), found):
        return _NOTHING
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(one: Matrix, two: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    p, q, r, s, t, u = two
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _bounds(at: int, matrix: Matrix) -> Rectangle:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(_handle(at), left, bottom, right, top):
        return (0.0, 0.0, 0.0, 0.0)
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (left.value, right.value) for y in (bottom.value, top.value)]
    across, down = [x * a + y * c + e for x, y in corners], [x * b + y * d + f for x, y in corners]
    return min(across), min(down), max(across), max(down)
