"""The running text of a document, every character of which remembers the word, page and box it came from.

Knows words and pages only; no kind of document and no language. Readers search the text with plain expressions and ask
where a match stands.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from toolkit.layout import lines
from toolkit.model import Box, Field, Method, Page, Proof, Source, Value, Word

# Typesetters' variants that would otherwise have to stand in every expression; each is one character for one.
_PLAIN = str.maketrans("“”„‟″«»‘’‚‛′‐‑‒–—−\u00a0\u202f\u2009", '"""""""\'\'\'\'\'------   ')


@dataclass(frozen=True, slots=True)
class Row:
    """One line of print: its place in the text and its page."""

    start: int
    end: int
    page: int


@dataclass(frozen=True)
class Prose:
    """Text with straight quotes and dashes; spaces part words, tabs columns, line feeds lines, form feeds pages."""

    text: str
    rows: tuple[Row, ...]
    _starts: tuple[int, ...]
    _words: tuple[tuple[int, Word], ...]
    _methods: dict[int, Method]

    def __repr__(self) -> str:
        return f"<Prose {len(self.text)} characters {len(self.rows)} rows>"

    @cached_property
    def lower(self) -> str:
        """The text in lower case, character for character (so that places agree)."""
        lowered = self.text.lower()
        if len(lowered) == len(self.text):
            return lowered
        return "".join(low if len(low := c.lower()) == 1 else c for c in self.text)

    def row_text(self, row: Row) -> str:
        """Return the text of one line."""
        return self.text[row.start : row.end]

    def words(self, start: int, end: int) -> tuple[tuple[int, tuple[int, Word]], ...]:
        """Return (number, (page, word)) for every word that touches `start`..`end`."""
        first = max(0, bisect_right(self._starts, start) - 1)
        last = bisect_right(self._starts, max(start, end - 1))
        return tuple(enumerate(self._words[first:last], first))

    def source(self, start: int, end: int) -> Source:
        """Return where `start`..`end` stands: the page of its first word and the box around its words on that page."""
        touched = self.words(start, end)
        if not touched:
            return Source("", None, None, Method.TEXT_LAYER)
        page = touched[0][1][0]
        boxes = [self._part(number, word, start, end) for number, (at, word) in touched if at == page]
        return Source("", page, Box.around(boxes), self._methods[page])

    def _part(self, number: int, word: Word, start: int, end: int) -> Box:
        """The part of a word's box that `start`..`end` takes: OCR gives runs of several words as one."""
        begin, length = self._starts[number], max(1, len(word.text))
        first, last = max(0, start - begin) / length, min(length, end - begin) / length
        left, width = word.box.left, word.box.width
        return Box(left + first * width, word.box.top, left + max(first, last) * width, word.box.bottom)

    def confidence(self, start: int, end: int) -> float:
        """Return the lowest confidence among the words of `start`..`end` (1.0 for a text layer)."""
        return min((word.confidence for _, (_, word) in self.words(start, end)), default=0.0)

    def field(self, name: str, value: Value, trust: float, span: tuple[int, int], currency: str | None = None) -> Field:
        """Return a Field for *value* read at *span*, *trust* lowered by how well the words themselves were read."""
        confidence = min(trust, self.confidence(*span))
        return Field(name, value, round(confidence, 3), self.source(*span), Proof.NONE, currency)


def prose(pages: Sequence[Page]) -> Prose:
    """Build the running text of *pages*.

    A text layer keeps the order it was written in, which follows columns and table cells better than geometry does;
    words of OCR are put into lines by where they stand.
    """
    pieces: list[str] = []
    rows: list[Row] = []
    starts: list[int] = []
    words: list[tuple[int, Word]] = []
    at = 0
    for page in pages:
        for printed in printed_rows(page):
            row = [word for word in printed if word.text.strip()]
            if not row:
                continue
            begin = at
            for place, word in enumerate(row):
                if place and _apart(page, row[place - 1].box, word.box):
                    pieces[-1] = pieces[-1][:-1] + "\t"
                starts.append(at)
                words.append((page.number, word))
                # Single spaces only: in a long run of them expressions with two optional ones would lose themselves.
                pieces.append(" ".join(word.text.translate(_PLAIN).split()) + " ")
                at += len(pieces[-1])
            pieces[-1] = pieces[-1][:-1] + "\n"
            rows.append(Row(begin, at - 1, page.number))
        if pieces:
            pieces[-1] = pieces[-1][:-1] + "\f"
    return Prose(
        "".join(pieces), tuple(rows), tuple(starts), tuple(words), {page.number: page.method for page in pages}
    )


def _apart(page: Page, left: Box, right: Box) -> bool:
    """Whether two words of a line stand in columns of their own: further apart than two letters are tall."""
    return (right.left - left.right) * page.width > 2 * max(left.height, right.height) * page.height


def printed_rows(page: Page) -> tuple[tuple[Word, ...], ...]:
    """Return the words of *page* by lines of print, in reading order."""
    if page.method is not Method.TEXT_LAYER:
        return tuple(line.words for line in lines(page))
    rows: list[list[Word]] = []
    tall = last = None
    for word in page.words:
        if tall is not None and last is not None and _follows(tall, last, word.box):
            rows[-1].append(word)
            tall = max(tall, word.box, key=_height)
        else:
            rows.append([word])
            tall = word.box
        last = word.box
    return tuple(tuple(row) for row in rows)


def _height(box: Box) -> float:
    return box.height


def _follows(tall: Box, last: Box, box: Box) -> bool:
    """Whether *box* goes on to the right of *last* on the line whose tallest word is *tall*.

    The tallest tells the line: commas and quotation marks sit anywhere between two baselines.
    """
    overlap = min(tall.bottom, box.bottom) - max(tall.top, box.top)
    return box.left >= last.left and overlap > 0.3 * min(tall.height, box.height)
