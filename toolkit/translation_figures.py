"""The figures of a paper, in a form that survives a translation: dates as ISO 8601, numbers without their separators.

Words change with the language, "3. Mai 1990" is "3 May 1990"; its figures do not. Knows pages; compares nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from toolkit.fields import dates
from toolkit.fields.calendar_words import plain_digits
from toolkit.layout import lines
from toolkit.model import SURE, Box, Field, Page, Source

#: No more are kept of one paper: statements and contracts have thousands, and nobody translates those in part.
MOST = 300
#: A line longer than this is no line of print.
_LONGEST = 2000
_NUMBER = re.compile(r"(?<![\w])[A-Z]{0,4}\d[\dA-Z.,'’]*(?:[ \u00a0\u202f]\d{3}(?!\d))*", re.IGNORECASE)
_APART = re.compile(r"[.,'’ \u00a0\u202f]")
_LEAST_DIGITS = 3


def field(pages: Sequence[Page]) -> Field | None:
    """Return the field `figures` of a paper: rows of `figure`, `also` (the other reading of a date), `page`, `place`.

    `place` is the line's box as four fractions; the confidence is that of the worst line. None where there are none.
    """
    rows: list[dict[str, str]] = []
    worst = 1.0
    for page in pages:
        for line in lines(page):
            for figure, also in of_text(line.text[:_LONGEST]):
                if len(rows) < MOST:
                    rows.append({"figure": figure, "also": also, "page": str(page.number), "place": _placed(line.box)})
                    worst = min(worst, line.confidence)
    if not rows:
        return None
    return Field("figures", tuple(rows), round(min(0.99, worst), 3), Source("", pages[0].number, None, pages[0].method))


def of_text(text: str) -> Iterator[tuple[str, str]]:
    """Yield the figures of a line: a date with its other reading, if it has one; a number of three digits or more."""
    plain = plain_digits(text)
    taken: list[tuple[int, int]] = []
    for reading in dates.find(plain):
        taken.append((reading.start, reading.end))
        if reading.value is not None and reading.confidence >= SURE:
            yield reading.value, ""
        else:
            first, *others = dict.fromkeys((*((reading.value,) if reading.value else ()), *reading.alternatives))
            yield first, next(iter(others), "")
    for match in _NUMBER.finditer(plain):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        bare = _APART.sub("", match.group()).upper()
        if sum(c.isdigit() for c in bare) >= _LEAST_DIGITS:
            yield bare, ""


def box_of(row: str) -> Box | None:
    """Return the box that `place` of a row holds."""
    edges = row.split()
    return Box(*(float(edge) for edge in edges)) if len(edges) == 4 else None


def _placed(box: Box) -> str:
    return " ".join(f"{edge:.4f}" for edge in (box.left, box.top, box.right, box.bottom))
