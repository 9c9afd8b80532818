"""Running heads and feet: lines that stand at the edge of many pages and are no part of what the contract says.

They break sentences in two at every turn of a page and put dates of a filing where dates of a contract are looked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from toolkit.model import Page, Word
from toolkit.readers.prose import printed_rows

#: So many lines at either edge of a page may be running, and on so many pages (and part of them) it must stand.
_EDGE, _PAGES, _PART, _WORDS = 2, 3, 0.5, 80


def without_running_lines(pages: Sequence[Page]) -> tuple[Page, ...]:
    """Return *pages* without lines that stand, but for their figures, at the same edge of at least half of them."""
    if len(pages) < _PAGES:
        return tuple(pages)
    edges = [_edges(page) for page in pages]
    seen = Counter(text for edge in edges for text in edge)
    running = {text for text, count in seen.items() if count >= max(_PAGES, _PART * len(pages))}
    if not running:
        return tuple(pages)
    return tuple(_without(page, edge, running) for page, edge in zip(pages, edges, strict=True))


def _edges(page: Page) -> dict[str, tuple[Word, ...]]:
    # The whole page need not be put into lines to know its edges.
    head, foot = (printed_rows(replace(page, words=part)) for part in (page.words[:_WORDS], page.words[-_WORDS:]))
    return {
        text: row
        for row in (*head[:_EDGE], *foot[-_EDGE:])
        if len(text := re.sub(r"\d+", "0", " ".join(word.text for word in row)).casefold().strip()) > 4
    }


def _without(page: Page, edge: dict[str, tuple[Word, ...]], running: set[str]) -> Page:
    gone = {id(word) for text, row in edge.items() if text in running for word in row}
    return replace(page, words=tuple(word for word in page.words if id(word) not in gone)) if gone else page
