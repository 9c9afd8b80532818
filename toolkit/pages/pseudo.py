"""Text without geometry laid out as pages: even lines down an A4 sheet, so that every reader works on it as on print.

Word files, XML and plain text say what stands in which line, not where. A pseudo-page has 50 lines of at most 100
characters; every character is equally wide, so columns of a table stay columns.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

import numpy as np

from toolkit.errors import TooLargeError
from toolkit.model import Box, Method, Page, Word
from toolkit.pages.sheet import Picture, Sheet

LINES = 50
COLUMNS = 100
WIDTH, HEIGHT = 595.0, 842.0
_MARGIN = 0.05
_CELL = (1 - 2 * _MARGIN) / COLUMNS
_PITCH = (1 - 2 * _MARGIN) / LINES


def sheets(lines: Iterable[str], max_pages: int) -> tuple[Sheet, ...]:
    """Lay *lines* on pseudo-pages: one Word per run of non-blank characters; a form feed begins a new page."""
    pages = _paged(lines, max_pages)
    return tuple(_sheet(number, [row for row, _ in page]) for number, page in enumerate(pages, 1))


def places(lines: Iterable[str], max_pages: int) -> dict[int, list[int]]:
    """Return for each line, by its place among *lines*, the page of each of its rows, as `sheets` lays them."""
    found: dict[int, list[int]] = {}
    for number, page in enumerate(_paged(lines, max_pages), 1):
        for _, source in page:
            found.setdefault(source, []).append(number)
    return found


def _paged(lines: Iterable[str], max_pages: int) -> list[list[tuple[str, int]]]:
    """Return the rows of each page, each with the place of the line it is of; at least one page, without empty ones."""
    pages: list[list[tuple[str, int]]] = [[]]
    for source, line in enumerate(lines):
        for number, part in enumerate(line.split("\f")):
            if number:
                pages.append([])
            for each in _rows(part):
                if len(pages[-1]) == LINES:
                    pages.append([])
                pages[-1].append((each, source))
        if len(pages) > max_pages:
            raise TooLargeError(f"The text fills more than {max_pages} pages.", remedy="Ask for it in parts.")
    return [page for page in pages if any(each.strip() for each, _ in page)] or [[]]


def row(cells: Sequence[str]) -> str:
    """Return the cells of one table row side by side, each column beginning where it does in every other row."""
    room = COLUMNS // max(1, len(cells))
    line = ""
    for place, cell in enumerate(cells):
        line = line.ljust(place * room)
        line += (" " if line and not line.endswith(" ") else "") + " ".join(cell.split())
    return line.rstrip()


def _rows(line: str) -> list[str]:
    line = line.expandtabs(4).rstrip()
    if len(line) <= COLUMNS:
        return [line]
    return textwrap.wrap(line, COLUMNS, break_on_hyphens=False, drop_whitespace=True) or [""]


def _sheet(number: int, rows: Sequence[str]) -> Sheet:
    words = tuple(
        Word(found.group(), _cell(place, found.start(), found.end()))
        for place, text in enumerate(rows)
        for found in re.finditer(r"\S+", text)
    )
    return Sheet(Page(number, WIDTH, HEIGHT, words, Method.TEXT_LAYER), _blank)


def _cell(place: int, start: int, end: int) -> Box:
    top = _MARGIN + place * _PITCH
    return Box(_MARGIN + start * _CELL, top, _MARGIN + end * _CELL, top + 0.8 * _PITCH)


def _blank() -> Picture:
    # Nothing is there to be seen; the readers of pictures find nothing in it, which is right.
    return np.full((1123, 794, 3), 255, dtype=np.uint8)
