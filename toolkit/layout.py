"""Lines of text rebuilt from word boxes; knows geometry only, no language and no document kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.model import Box, Page, Word


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand on one line of the page, left to right."""

    page: int
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words joined by single spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> Box:
        """The box around all words."""
        return Box.around([word.box for word in self.words])

    @property
    def confidence(self) -> float:
        """The lowest confidence among the words: a line is as good as its worst word."""
        return min(word.confidence for word in self.words)

    def __repr__(self) -> str:
        return f"<Line p{self.page} {len(self.words)} words>"


def lines(page: Page) -> tuple[Line, ...]:
    """Group the words of *page* into lines, top to bottom; a word joins the line whose middle it straddles."""
    rows: list[list[Word]] = []
    for word in sorted(page.words, key=lambda w: (w.box.middle, w.box.left)):
        row = _row_of(word, rows)
        if row is None:
            rows.append([word])
        else:
            row.append(word)
    rows.sort(key=lambda row: Box.around([w.box for w in row]).middle)
    return tuple(Line(page.number, tuple(sorted(row, key=lambda w: w.box.left))) for row in rows)


def _row_of(word: Word, rows: Sequence[list[Word]]) -> list[Word] | None:
    # Only the last few rows can still grow: words come sorted by their middles.
    for row in reversed(rows[-4:]):
        last = row[-1].box
        overlap = min(last.bottom, word.box.bottom) - max(last.top, word.box.top)
        if overlap > 0.5 * min(last.height, word.box.height):
            return row
    return None


def text(pages: Sequence[Page]) -> str:
    """Return the text of *pages*, one line of print a line, pages parted by a form feed."""
    return "\f".join("\n".join(line.text for line in lines(page)) for page in pages)
