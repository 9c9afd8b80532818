"""The words of one PDF page's text layer with their boxes, and whether that layer can be trusted to be what is seen."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from toolkit.model import Box, Word

#: Characters of one page that are looked at; a page of the densest print has about ten thousand.
_CHARACTERS = 60_000
#: From this share of the page on, pictures make it a scan.
_SCAN_SHARE = 0.6
#: Below this many characters the text on a scan is a stamp or a page number, not the document.
_STAMP = 60
#: PDFium marks a hyphen at a line's end with one of these.
_HYPHENS = (0x02, 0xFFFE, 0xFFFF)
_OBJECTS = 400


@dataclass(frozen=True, slots=True)
class Layer:
    """What the text layer of a page says. `turn` made it upright; `is_scan` asks for the picture to be read."""

    width: float
    height: float
    words: tuple[Word, ...] = ()
    turn: int = 0
    is_scan: bool = False
    #: The words are invisible text that a scanner laid over its picture.
    hidden: bool = False
    garbled: bool = False
    damaged: bool = False
    #: The share of the page that pictures cover.
    pictured: float = 0.0


@dataclass(frozen=True, slots=True)
class _Character:
    text: str
    left: float
    top: float
    right: float
    bottom: float


def read(page: pypdfium2.PdfPage) -> Layer:
    """Return the layer of *page*, its words already upright."""
    width, height = page.get_size()
    if not (0 < width < 1e6 and 0 < height < 1e6):
        return Layer(595.0, 842.0, damaged=True)
    runs = list(_runs(page, width, height))
    turn = _turn(runs)
    words = tuple(_word(run, turn) for run in runs)
    garbled = bool(words) and not _legible("".join(word.text for word in words))
    share, visible = _pictures(page, width, height)
    letters = sum(len(word.text) for word in words)
    hidden = bool(words) and share >= _SCAN_SHARE and letters >= _STAMP and _is_hidden(page)
    is_scan = garbled or hidden or (share >= _SCAN_SHARE and letters < _STAMP) or (visible and not words)
    kept = () if garbled else words
    return Layer(width, height, kept, 0 if garbled else turn, is_scan, hidden and not garbled, garbled, pictured=share)


def _runs(page: pypdfium2.PdfPage, width: float, height: float) -> Iterator[list[_Character]]:
    """Yield each run of characters without a blank, a line's end or a jump between them."""
    place = _placing(page, width, height)
    layer = page.get_textpage()
    run: list[_Character] = []
    for character in _characters(layer, place):
        if character is None or (run and _apart(run[-1], character, width / height)):
            if run:
                yield run
            run = []
        if character is not None:
            run.append(character)
    if run:
        yield run
    layer.close()


def _characters(
    layer: pypdfium2.PdfTextPage, place: Callable[[float, float], tuple[float, float]]
) -> Iterator[_Character | None]:
    """Yield the characters of the layer in its order; None for a blank or for what cannot be placed on the page."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    edges = [ctypes.byref(each) for each in (left, right, bottom, top)]
    high = 0
    for index in range(min(layer.count_chars(), _CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(layer, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        text = "-" if code in _HYPHENS else chr(code) if 0 < code < 0x110000 else "\ufffd"
        if text.isspace() or not pdfium.FPDFText_GetCharBox(layer, index, *edges):
            yield None
            continue
        x1, y1 = place(left.value, top.value)
        x2, y2 = place(right.value, bottom.value)
        yield _Character(text, min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def _placing(page: pypdfium2.PdfPage, width: float, height: float) -> Callable[[float, float], tuple[float, float]]:
    """Return the map from PDF coordinates to fractions of the page as shown, with its crop box and rotation."""
    fine = 1_000_000

    def shown(x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, fine, fine, 0, x, y, ctypes.byref(across), ctypes.byref(down))
        return across.value / fine, down.value / fine

    # The map is affine, so three points say it all; asking PDFium for every character would double the time.
    (u0, v0), (u1, v1), (u2, v2) = shown(0, 0), shown(width, 0), shown(0, height)
    ux, vx, uy, vy = (u1 - u0) / width, (v1 - v0) / width, (u2 - u0) / height, (v2 - v0) / height
    return lambda x, y: (u0 + x * ux + y * uy, v0 + x * vx + y * vy)


def _apart(one: _Character, other: _Character, ratio: float) -> bool:
    """Tell whether two characters that follow each other in the layer are too far apart to be of one word."""
    across = max(one.left, other.left) - min(one.right, other.right)
    down = max(one.top, other.top) - min(one.bottom, other.bottom)
    size = max(one.bottom - one.top, other.bottom - other.top, (one.right - one.left) * ratio, 1e-4)
    return across * ratio > 1.2 * size or down > 1.2 * size


def _word(run: list[_Character], turn: int) -> Word:
    box = Box(
        min(each.left for each in run),
        min(each.top for each in run),
        max(each.right for each in run),
        max(each.bottom for each in run),
    )
    return Word("".join(each.text for each in run), _within(_turned(box, turn)))


def _turned(box: Box, degrees: int) -> Box:
    """Return *box* on the page after the page was turned clockwise."""
    if degrees == 90:
        return Box(1 - box.bottom, box.left, 1 - box.top, box.right)
    if degrees == 180:
        return Box(1 - box.right, 1 - box.bottom, 1 - box.left, 1 - box.top)
    if degrees == 270:
        return Box(box.top, 1 - box.right, box.bottom, 1 - box.left)
    return box


def _within(box: Box) -> Box:
    left, top, right, bottom = (min(1.0, max(0.0, edge)) for edge in (box.left, box.top, box.right, box.bottom))
    return Box(left, top, right, bottom)


def _turn(runs: list[list[_Character]]) -> int:
    """Return the clockwise turn that makes most words of the page read from left to right."""
    votes = dict.fromkeys((0, 90, 180, 270), 0)
    for run in runs:
        # Arabic and Hebrew run to the left and Chinese may run down on an upright page: they have no vote.
        if len(run) < 3 or ord(run[0].text) >= 0x2E80 or unicodedata.bidirectional(run[0].text) != "L":
            continue
        across = (run[-1].left + run[-1].right) - (run[0].left + run[0].right)
        down = (run[-1].top + run[-1].bottom) - (run[0].top + run[0].bottom)
        way = (0 if across > 0 else 180) if abs(across) >= abs(down) else (270 if down > 0 else 90)
        votes[way] += len(run)
    turn = max(votes, key=lambda each: votes[each])
    return turn if votes[turn] >= 12 and votes[turn] >= 0.6 * sum(votes.values()) else 0


def _legible(text: str) -> bool:
    """Tell whether the layer maps to real characters: many PDFs draw glyphs whose meaning they do not say."""
    letters = sum(each.isalnum() for each in text)
    lost = sum(each == "\ufffd" or unicodedata.category(each) in ("Co", "Cc", "Cn", "Cs") for each in text)
    return lost <= 0.3 * len(text) and letters >= 0.3 * len(text)


def _pictures(page: pypdfium2.PdfPage, width: float, height: float) -> tuple[float, bool]:
    """Return the share of the page that pictures cover, and whether anything at all is drawn on it."""
    share, visible = 0.0, False
    for number, each in enumerate(page.get_objects(max_depth=3)):
        visible = True
        if number >= _OBJECTS:
            break
        if each.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = each.get_bounds()
            share += max(0.0, right - left) * max(0.0, top - bottom) / (width * height)
    return min(1.0, share), visible


def _is_hidden(page: pypdfium2.PdfPage) -> bool:
    """Tell whether most of the page's text is drawn in the invisible mode that OCR programs use."""
    hidden = seen = 0
    for each in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_TEXT,), max_depth=3):
        seen += 1
        hidden += pdfium.FPDFTextObj_GetTextRenderMode(each) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        if seen >= _OBJECTS:
            break
    return hidden > 0.5 * seen
