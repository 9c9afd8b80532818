"""Figures of a PDF's text layer that another hand set into the page than set what stands round them.

One amount or date is set in one go: one font, one colour, one size, one line. Where a digit of it differs, where a
whole figure is set in a face that sets nothing else, where two figures lie on one another or a box was painted over
one, somebody may have changed it. Characters are put together by where they stand, not by their order in
the file: what was pasted comes last there. Knows PDFs; knows no field.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as pdfium

#: Pages of a file, characters of a page and objects drawn on it that are looked at.
_PAGES, _CHARACTERS, _OBJECTS = 3, 15_000, 4_000
#: In sizes: the gap that ends a word; how far the line of one figure wanders by rounding; how near lines are one.
_GAP, _LINE_OFF, _ONE_LINE = 0.25, 0.08, 0.4
#: How far the sizes of one figure differ by rounding, as a share.
_SIZE_OFF = 0.06
#: A face is a guest that sets at most so many characters, of a page of at least so many.
_GUEST, _FULL_PAGE = 12, 150
#: The share of a character or figure that another must cover to lie on it.
_COVERED = 0.6
#: A box of more than this share of the page is its ground.
_GROUND = 0.10
#: A picture much larger than the figure under it is a stamp or a seal.
_PATCH = 8.0
_WHITE = 245
_DIGITS = "0123456789"
#: Characters that figures are made of; others are not looked at more closely.
_FIGURES = frozenset(map(ord, _DIGITS + ".,'/:-"))
_AMOUNT_OR_DATE = re.compile(r"[0-9][.,][0-9]{2}(?![0-9])|[0-9]{1,4}([./-])[0-9]{1,2}\1[0-9]{2,4}")
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_STYLE = re.compile(
    r"(?:[-,]?(?:bold|italic|oblique|medium|semibold|demi|light|regular|regu|roman|black|book|mt|ps|obli|ital))+$", re.I
)


@dataclass(frozen=True, slots=True)
class Oddity:
    """A figure that does not fit its surroundings: on which page, how far down it (0..1), what is odd about it."""

    page: int
    down: float
    what: str


@dataclass(frozen=True, slots=True)
class _Glyph:
    """One character as set: its advance box and base line in points, its face, size, ink and drawing object."""

    text: str
    left: float
    right: float
    line: float
    size: float
    font: str
    ink: tuple[int, int, int]
    drawn: int

    @property
    def top(self) -> float:
        return self.line + 0.7 * self.size


def oddities(data: bytes) -> tuple[Oddity, ...]:
    """Return the odd figures of the first pages of a PDF; none for one that cannot be opened."""
    try:
        document = pypdfium2.PdfDocument(data)
        found = [each for at in range(min(len(document), _PAGES)) for each in _of_page(document[at], at + 1)]
        document.close()
    except pypdfium2.PdfiumError:
        return ()
    return tuple(found)


def _of_page(page: pypdfium2.PdfPage, number: int) -> Iterator[Oddity]:
    height = page.get_height()
    layer = page.get_textpage()
    glyphs = list(_glyphs(layer))
    rows = _rows(glyphs)
    figures = [word for row in rows for word in _words(row) if _AMOUNT_OR_DATE.search("".join(g.text for g in word))]
    covered = _painted_over(page, figures)
    guests = _guests(layer, glyphs) if figures else frozenset()
    layer.close()
    for at, figure in enumerate(figures):
        what = _odd(figure, guests) or ("something was painted over it" if at in covered else "")
        if what:
            yield Oddity(number, _down(figure[0], height), what)
    for under in (each for row in rows for each in _lying_on(row)):
        yield Oddity(number, _down(under, height), "another digit lies under it")


def _down(glyph: _Glyph, height: float) -> float:
    return min(1.0, max(0.0, 1 - glyph.top / max(height, 1.0)))


def _glyphs(layer: pypdfium2.PdfTextPage) -> Iterator[_Glyph]:
    """Yield the characters of figures with their looks; what is written up or down the page is left out."""
    x, y, box, matrix = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    ink = [ctypes.c_uint() for _ in range(4)]
    inks = [ctypes.byref(each) for each in ink]
    for index in range(min(layer.count_chars(), _CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(layer, index)
        if code not in _FIGURES or not pdfium.FPDFText_GetLooseCharBox(layer, index, ctypes.byref(box)):
            continue
        pdfium.FPDFText_GetMatrix(layer, index, ctypes.byref(matrix))
        if abs(matrix.b) > 0.01 * abs(matrix.a) or matrix.a <= 0:
            continue
        pdfium.FPDFText_GetCharOrigin(layer, index, ctypes.byref(x), ctypes.byref(y))
        pdfium.FPDFText_GetFillColor(layer, index, *inks)
        size = pdfium.FPDFText_GetFontSize(layer, index) * abs(matrix.d)
        drawn = ctypes.cast(pdfium.FPDFText_GetTextObject(layer, index), ctypes.c_void_p).value or 0
        colour = (ink[0].value, ink[1].value, ink[2].value)
        yield _Glyph(chr(code), box.left, box.right, y.value, max(size, 0.1), _font(layer, index), colour, drawn)


def _font(layer: pypdfium2.PdfTextPage, index: int) -> str:
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    length = pdfium.FPDFText_GetFontInfo(layer, index, name, 128, ctypes.byref(flags))
    return _SUBSET.sub("", name.raw[: max(0, min(length, 128) - 1)].decode("utf-8", "replace"))


def _rows(glyphs: Sequence[_Glyph]) -> list[list[_Glyph]]:
    """Return the lines of the page, each from left to right."""
    rows: list[list[_Glyph]] = []
    for glyph in sorted(glyphs, key=lambda each: each.line):
        if rows and glyph.line - rows[-1][-1].line < _ONE_LINE * min(glyph.size, rows[-1][-1].size):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [sorted(row, key=lambda each: each.left) for row in rows]


def _words(row: Sequence[_Glyph]) -> Iterator[list[_Glyph]]:
    """Yield the words of a line; what is drawn twice, as poor man's bold is, stands in them once."""
    word: list[_Glyph] = []
    for glyph in row:
        if word and glyph.left - word[-1].right > _GAP * max(glyph.size, word[-1].size):
            yield word
            word = []
        if word and _twice(word[-1], glyph):
            continue
        word.append(glyph)
    if word:
        yield word


def _twice(one: _Glyph, other: _Glyph) -> bool:
    return one.text == other.text and abs(one.left - other.left) < _GAP * other.size


def _odd(figure: Sequence[_Glyph], guests: frozenset[str]) -> str:
    digits = [each for each in figure if each.text in _DIGITS]
    if len(digits) < 3:
        return ""
    if len({each.font for each in digits}) > 1 and not _cents(figure, digits):
        return "its digits are set in different fonts"
    if len({each.ink for each in digits}) > 1:
        return "its digits are set in different colours"
    size = max(each.size for each in digits)
    if min(each.size for each in digits) < (1 - _SIZE_OFF) * size and not _cents(figure, digits):
        return "its digits are set in different sizes"
    if any(abs(a.line - b.line) > _LINE_OFF * size for a, b in pairwise(digits)) and not _cents(figure, digits):
        return "its digits do not stand on one line"
    return "its font sets nothing else on the page" if {_family(each.font) for each in digits} <= guests else ""


def _cents(figure: Sequence[_Glyph], digits: Sequence[_Glyph]) -> bool:
    """Tell whether only the cents differ, which many set small and high: `12⁹⁹`."""
    whole, cents = digits[:-2], digits[-2:]
    return (
        len({(each.font, each.size, each.line) for each in whole}) == 1
        and len({(each.font, each.size, each.line) for each in cents}) == 1
        and cents[0].size < whole[0].size
        and figure[-1].text in _DIGITS + "-"
    )


def _family(font: str) -> str:
    return _STYLE.sub("", font).lower()


def _guests(layer: pypdfium2.PdfTextPage, glyphs: Sequence[_Glyph]) -> frozenset[str]:
    """Return the faces that set a few figures and nothing else on a page full of others."""
    set_in = Counter(_family(each.font) for each in glyphs)
    rare = {family for family, times in set_in.items() if family and times <= _GUEST}
    count = min(layer.count_chars(), _CHARACTERS)
    if not rare or count < _FULL_PAGE:
        return frozenset()
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(layer, index)
        if code > 32 and code not in _FIGURES:
            rare.discard(_family(_font(layer, index)))
        if not rare:
            break
    return frozenset(rare)


def _lying_on(row: Sequence[_Glyph]) -> Iterator[_Glyph]:
    """Yield the digits of a line on which another digit lies, once for each neighbourhood."""
    last = -1e9
    digits = [each for each in row if each.text in _DIGITS]
    for one, other in pairwise(digits):
        shared = min(one.right, other.right) - other.left
        narrower = min(one.right - one.left, other.right - other.left)
        same_size = max(one.size, other.size) < 2 * min(one.size, other.size)
        if (
            same_size
            and one.text != other.text
            and shared > _COVERED * narrower > 0
            and one.left - last > 10 * one.size
        ):
            last = one.left
            yield one


def _painted_over(page: pypdfium2.PdfPage, figures: Sequence[Sequence[_Glyph]]) -> frozenset[int]:
    """Return the numbers of the figures over which a white box, or a small picture, was painted later."""
    ground = _GROUND * page.get_width() * page.get_height()
    order: dict[int, int] = {}
    boxes: list[tuple[int, bool, tuple[float, float, float, float]]] = []
    for number, each in enumerate(page.get_objects(max_depth=2)):
        if number >= _OBJECTS:
            break
        if each.type == pdfium.FPDF_PAGEOBJ_TEXT:
            order[ctypes.cast(each.raw, ctypes.c_void_p).value or 0] = number
        elif order and (each.type == pdfium.FPDF_PAGEOBJ_IMAGE or _is_white(each)):
            left, bottom, right, top = each.get_bounds()
            if 0 < (right - left) * (top - bottom) < ground:
                boxes.append((number, each.type == pdfium.FPDF_PAGEOBJ_IMAGE, (left, bottom, right, top)))
    return frozenset(
        at
        for at, figure in enumerate(figures)
        if (drawn := order.get(figure[0].drawn)) is not None
        and any(number > drawn and _covers(box, picture, figure) for number, picture, box in boxes)
    )


def _is_white(each: pypdfium2.PdfObject) -> bool:
    if each.type != pdfium.FPDF_PAGEOBJ_PATH:
        return False
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(each, ctypes.byref(fill), ctypes.byref(stroke)) or not fill.value:
        return False
    ink = [ctypes.c_uint() for _ in range(4)]
    pdfium.FPDFPageObj_GetFillColor(each, *map(ctypes.byref, ink))
    return all(part.value >= _WHITE for part in ink)


def _covers(box: tuple[float, float, float, float], picture: bool, figure: Sequence[_Glyph]) -> bool:
    left, bottom, right, top = box
    own = figure[0].left, figure[0].line, figure[-1].right, figure[0].top
    across = min(right, own[2]) - max(left, own[0])
    up = min(top, own[3]) - max(bottom, own[1])
    area = (own[2] - own[0]) * (own[3] - own[1])
    if across <= 0 or up <= 0 or area <= 0 or across * up < _COVERED * area:
        return False
    return not picture or (right - left) * (top - bottom) < _PATCH * area
