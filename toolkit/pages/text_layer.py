"""The words of one PDF page's text layer with their boxes, and whether that layer can be trusted to be what is seen."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pypdfium2
from numpy.typing import NDArray

from toolkit.model import Box, Word
from toolkit.pages import characters, drawn
from toolkit.pages.characters import Characters, Edge, Placing
from toolkit.pages.drawn import Drawn, Rectangle

#: From this share of the page on, pictures make it a scan.
_SCAN_SHARE = 0.6
#: Below this many characters the text on a scan is a stamp or a page number, not the document.
_STAMP = 60
#: So many places of white text or of pictures are looked at one by one.
_GROUNDS = 500


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
    #: Characters that were left out because nobody sees them: off the page, transparent, white on white, covered.
    unseen: int = 0
    #: Those of them over which a box was drawn, which is how words are replaced by others.
    covered: int = 0


def read(page: pypdfium2.PdfPage) -> Layer:
    """Return the layer of *page*, its words already upright."""
    width, height = page.get_size()
    if not (0 < width < 1e6 and 0 < height < 1e6):
        return Layer(595.0, 842.0, damaged=True)
    painted = drawn.read(page)
    place = characters.placing(page, width, height)
    layer = page.get_textpage()
    found = characters.read(layer, place)
    seen, covered = _seen(layer, place, found, painted)
    layer.close()
    lost = len(found.codes) - int(seen.sum())
    # Where most of a page's text is invisible, it is an OCR program's, and stands for drawings of letters.
    masked = lost > 0.5 * len(found.codes) and len(found.codes) >= _STAMP
    if lost and not masked:
        found = found.kept(seen | _signs_within(found, seen, width / height))
    starts = _starts(found, width / height)
    turn = _turn(found, starts)
    words = _words(found, starts, turn)
    garbled = bool(words) and not _legible(found.codes)
    share, letters = painted.share(width * height), len(found.codes)
    scanned = share >= _SCAN_SHARE and letters >= _STAMP and 2 * len(painted.invisible) > painted.texts
    hidden = bool(words) and (scanned or masked)
    is_scan = garbled or hidden or (share >= _SCAN_SHARE and letters < _STAMP) or (painted.anything and not words)
    kept, turn = ((), 0) if garbled else (words, turn)
    lost, covered = (0, 0) if masked else (lost, covered)
    hidden = hidden and not garbled
    return Layer(width, height, kept, turn, is_scan, hidden, garbled, pictured=share, unseen=lost, covered=covered)


def _seen(
    layer: pypdfium2.PdfTextPage, place: Placing, found: Characters, painted: Drawn
) -> tuple[NDArray[np.bool_], int]:
    """Tell of each character whether it stands on the page and is drawn so that somebody sees it; count the covered.

    Invisible text over a picture counts as seen: it says what the picture shows, or claims to.
    """
    across, down = (found.edges[:, :2] + found.edges[:, 2:]).T / 2
    seen: NDArray[np.bool_] = (across >= 0) & (across <= 1) & (down >= 0) & (down <= 1)
    if not (painted.invisible or painted.white or painted.covered):
        return seen, 0
    by = characters.objects(layer, found)
    for texts, grounds in ((painted.invisible, painted.pictures), (painted.white, painted.grounds)):
        so = np.isin(by, np.array(sorted(texts), np.uint64))
        if so.any():
            seen &= ~so | _within(across, down, grounds, place)
    covered = np.isin(by, np.array(sorted(painted.covered), np.uint64)) & seen
    return seen & ~covered, int(covered.sum())


def _signs_within(found: Characters, seen: NDArray[np.bool_], ratio: float) -> NDArray[np.bool_]:
    """Tell which characters are no letters and stand in a word that is seen.

    Word writes a hyphen that may not break as an invisible character and draws a line over it.
    """
    starts = _starts(found, ratio)
    lengths = np.diff(starts, append=len(seen))
    within = np.repeat(np.logical_or.reduceat(seen, starts), lengths)
    sign = np.array([not chr(code).isalnum() for code in found.codes.tolist()], np.bool_)
    return within & sign


def _within(across: Edge, down: Edge, grounds: Sequence[Rectangle], place: Placing) -> NDArray[np.bool_]:
    """Tell which of the points lie in one of the *grounds*; of very many, in what surrounds them all."""
    inside = np.zeros(len(across), np.bool_)
    if grounds:
        boxes = place.boxes(*np.array(grounds).T)
        if len(boxes) > _GROUNDS:
            boxes = np.concatenate((boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)))[None]
        for left, top, right, bottom in boxes.tolist():
            inside |= (across >= left) & (across <= right) & (down >= top) & (down <= bottom)
    return inside


def _starts(found: Characters, ratio: float) -> NDArray[np.intp]:
    """Return where words begin: after a blank, a line's end, or a jump that no word makes."""
    left, top, right, bottom = found.edges.T
    across = np.maximum(left[:-1], left[1:]) - np.minimum(right[:-1], right[1:])
    down = np.maximum(top[:-1], top[1:]) - np.minimum(bottom[:-1], bottom[1:])
    high = bottom - top
    size = np.maximum(np.maximum(high[:-1], high[1:]), np.maximum((right - left)[:-1] * ratio, 1e-4))
    begins = found.begins.copy()
    begins[1:] |= (across * ratio > 1.2 * size) | (down > 1.2 * size)
    return np.flatnonzero(begins)


def _words(found: Characters, starts: NDArray[np.intp], turn: int) -> tuple[Word, ...]:
    if not len(starts):
        return ()
    left, top = (np.minimum.reduceat(found.edges[:, at], starts) for at in (0, 1))
    right, bottom = (np.maximum.reduceat(found.edges[:, at], starts) for at in (2, 3))
    edges = np.clip(np.stack(_turned(left, top, right, bottom, turn), axis=1), 0.0, 1.0).tolist()
    text, places = found.text, [*starts.tolist(), len(found.codes)]
    return tuple(
        Word(text[start:end], Box(*box)) for start, end, box in zip(places[:-1], places[1:], edges, strict=True)
    )


def _turned(left: Edge, top: Edge, right: Edge, bottom: Edge, degrees: int) -> tuple[Edge, Edge, Edge, Edge]:
    """Return the edges on the page after the page was turned clockwise."""
    if degrees == 90:
        return 1 - bottom, left, 1 - top, right
    if degrees == 180:
        return 1 - right, 1 - bottom, 1 - left, 1 - top
    if degrees == 270:
        return top, 1 - right, bottom, 1 - left
    return left, top, right, bottom


def _turn(found: Characters, starts: NDArray[np.intp]) -> int:
    """Return the clockwise turn that makes most words of the page read from left to right."""
    if not len(starts):
        return 0
    lengths = np.diff(starts, append=len(found.codes))
    first, last = found.edges[starts], found.edges[starts + lengths - 1]
    across = (last[:, 0] + last[:, 2]) - (first[:, 0] + first[:, 2])
    down = (last[:, 1] + last[:, 3]) - (first[:, 1] + first[:, 3])
    way = np.where(np.abs(across) >= np.abs(down), np.where(across > 0, 0, 2), np.where(down > 0, 3, 1))
    # Arabic and Hebrew run to the left and Chinese may run down on an upright page: they have no vote.
    votes = lengths * ((lengths >= 3) & np.array([_runs_right(code) for code in found.codes[starts].tolist()]))
    totals = np.bincount(way, weights=votes, minlength=4)
    turn = int(np.argmax(totals))
    return 90 * turn if totals[turn] >= 12 and totals[turn] >= 0.6 * totals.sum() else 0


@cache
def _runs_right(code: int) -> bool:
    return code < 0x2E80 and unicodedata.bidirectional(chr(code)) == "L"


def _legible(codes: NDArray[np.uint32]) -> bool:
    """Tell whether the layer maps to real characters: many PDFs draw glyphs whose meaning they do not say."""
    kinds, counts = np.unique(codes, return_counts=True)
    each = list(zip(map(chr, kinds.tolist()), counts.tolist(), strict=True))
    letters = sum(count for text, count in each if text.isalnum())
    lost = sum(
        count for text, count in each if text == "\ufffd" or unicodedata.category(text) in ("Co", "Cc", "Cn", "Cs")
    )
    return bool(lost <= 0.3 * len(codes) and letters >= 0.3 * len(codes))
