"""Rows of print on a receipt or invoice, straightened: photographs are askew, and a slanted row must not swallow two.

Knows geometry only. A row's text can be searched as a whole, and every find traced back to the boxes it came from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median

import numpy as np

from toolkit.fields.calendar_words import fold
from toolkit.model import Box, Method, Page, Word
from toolkit.pages.dewarp import Bend, bend

#: No line of print has more words.
_WIDEST = 200
#: A row of more letters is no line of print.
_LONGEST = 1000
#: With fewer words (or pairs of them) than this, a page is taken as level.
_FEW = 8
#: A page of more words than this is no photograph of a receipt: to compare all pairs would take for ever.
_MANY = 1500
_FLAT = Bend(0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Row:
    """Words that stand on one line, left to right. Two spaces in `text` mark a gap wider than a space is."""

    page: int
    index: int
    words: tuple[Word, ...]
    method: Method
    height: float

    @cached_property
    def _laid(self) -> tuple[str, tuple[tuple[int, int], ...]]:
        text, spans = "", []
        for number, word in enumerate(self.words):
            if number:
                gap = word.box.left - self.words[number - 1].box.right
                text += "  " if gap > 0.012 else " "
            spans.append((len(text), len(text) + len(word.text)))
            text += word.text
        return text, tuple(spans)

    @property
    def text(self) -> str:
        """The words joined."""
        return self._laid[0]

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where each word stands in `text`."""
        return self._laid[1]

    @cached_property
    def folded(self) -> str:
        """The text in lower case without accents, place for place."""
        return fold(self.text)

    @property
    def box(self) -> Box:
        """The box around the whole row."""
        return Box.around([word.box for word in self.words])

    def part(self, start: int, end: int) -> tuple[Word, ...]:
        """Return the words that `text[start:end]` touches, all of them when it touches none."""
        touched = [word for word, (a, b) in zip(self.words, self._laid[1], strict=True) if a < end and start < b]
        return tuple(touched) or self.words

    def box_of(self, start: int, end: int) -> Box:
        """Return the box around the words that `text[start:end]` touches."""
        return Box.around([word.box for word in self.part(start, end)])

    def confidence_of(self, start: int, end: int) -> float:
        """Return the lowest confidence of the words that `text[start:end]` touches."""
        return min(word.confidence for word in self.part(start, end))

    def __repr__(self) -> str:
        return f"<Row p{self.page} {self.index} {len(self.words)} words>"


def rows(pages: Sequence[Page]) -> tuple[Row, ...]:
    """Return the rows of all *pages*, top to bottom; the index runs on from page to page."""
    found: list[Row] = []
    for page in pages:
        for words, height in _grouped(page):
            for part in _bounded(words):
                found.append(Row(page.number, len(found), part, page.method, height))
    return tuple(found)


def _bounded(words: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    """Yield *words* as one row, and what no printer prints in one line as several: none is searched for ever."""
    if sum(len(word.text) + 2 for word in words) <= _LONGEST:
        yield words
        return
    part: list[Word] = []
    room = _LONGEST
    for word in words:
        for start in range(0, len(word.text), _LONGEST):
            piece = replace(word, text=word.text[start : start + _LONGEST]) if len(word.text) > _LONGEST else word
            if part and room < len(piece.text) + 2:
                yield tuple(part)
                part, room = [], _LONGEST
            part.append(piece)
            room -= len(piece.text) + 2
    yield tuple(part)


def _grouped(page: Page) -> list[tuple[tuple[Word, ...], float]]:
    words = [word for word in page.words if word.text.strip()]
    if not words:
        return []
    level = bend(words, _tilt(words)) if page.method is Method.OCR else _FLAT
    straight = sorted(((level.middle(word.box), word) for word in words), key=lambda each: each[0])
    tall = median(_height(word, level.tilt) for word in words)
    groups: list[list[tuple[float, Word]]] = []
    for middle, word in straight:
        group = next((g for g in reversed(groups[-3:]) if len(g) < _WIDEST and _joins(middle, word, g, tall)), None)
        if group is None:
            groups.append([(middle, word)])
        else:
            group.append((middle, word))
    groups.sort(key=lambda group: median(middle for middle, _ in group))
    return [
        (
            tuple(word for _, word in sorted(group, key=lambda each: each[1].box.left)),
            median(_height(word, level.tilt) for _, word in group),
        )
        for group in groups
    ]


def _joins(middle: float, word: Word, group: Sequence[tuple[float, Word]], tall: float) -> bool:
    """Whether a word stands on the row's middle and beside its words, not over or under them."""
    if abs(middle - median(each for each, _ in group)) > 0.5 * min(tall, max(word.box.height, 0.3 * tall)):
        return False
    for _, other in group:
        shared = min(word.box.right, other.box.right) - max(word.box.left, other.box.left)
        if shared > 0.5 * min(word.box.width, other.box.width):
            return False
    return True


def _tilt(words: Sequence[Word]) -> float:
    """How far rows sink from the left edge to the right, in pages.

    The boxes are upright, so on a tilted page wide words have tall boxes: that tells how much. Which way is told by
    the tilt under which the most words that stand side by side come to stand level.
    """
    if not _FEW <= len(words) <= _MANY:
        return 0.0
    boxes = np.array([(w.box.left, w.box.top, w.box.right, w.box.bottom) for w in words])
    left, top, right, bottom = boxes.T
    width, height, middle, centre = right - left, bottom - top, (top + bottom) / 2, (left + right) / 2
    one, two = np.triu_indices(len(words), k=1)
    unlike = np.abs(width[one] - width[two]) > 0.12
    if np.count_nonzero(unlike) < _FEW:
        return 0.0
    steps = (height[one] - height[two])[unlike] / (width[one] - width[two])[unlike]
    size = max(0.0, float(np.median(steps)))
    beside = (left[one] > right[two]) | (left[two] > right[one])
    rise, run = (middle[one] - middle[two])[beside], (centre[one] - centre[two])[beside]
    near = 0.25 * float(np.median(height))

    def agreement(tilt: float) -> float:
        return float(np.exp(-(((rise - tilt * run) / near) ** 2)).sum())

    tilts = [sign * size * share for sign in (-1, 1) for share in (0.0, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4)]
    return max(tilts, key=lambda tilt: (agreement(tilt), -abs(tilt)))


def _height(word: Word, tilt: float) -> float:
    return max(word.box.height - abs(tilt) * word.box.width, 0.3 * word.box.height)
