"""Two or more photos of one long receipt, laid out as one document: rows that two photos share are taken once.

Knows pages and rows of print. Which photo comes first is told by the overlap: the last rows of the upper one are the
first of the lower one. Where nothing overlaps, the order given is kept, and that rows may be missing is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise, permutations

from toolkit.errors import InputError
from toolkit.fields.calendar_words import fold
from toolkit.model import Word
from toolkit.pages import Opened, Sheet
from toolkit.readers.money.rows import Row, rows

#: So many photos at most: every order of them is tried.
MOST = 6
#: So many rows at the edge of a photo are compared with the next.
_REACH = 60
#: Rows this alike are the same row in two photos.
_ALIKE = 0.75
#: A row with fewer letters and digits says nothing; an overlap has at least so many rows and signs.
_SHORT, _FEWEST_ROWS, _FEWEST_SIGNS = 4, 2, 14
#: Photos that share this much of the rows of one of them do not go on from each other.
_NOTHING_NEW = 0.8
#: What a row of one photo costs that has no partner inside the overlap: photos cut rows at their edges.
_ALONE = 0.6


@dataclass(frozen=True, slots=True)
class Overlap:
    """The rows that two photos share: pairs of row numbers (of the upper, of the lower), top to bottom, and a score."""

    pairs: tuple[tuple[int, int], ...] = ()
    score: float = 0.0
    #: Whether the shared rows all say the same, so that how many of them are shared is open.
    monotonous: bool = False


def join(photos: Sequence[Opened]) -> tuple[Opened, bool]:
    """Return *photos* of one document as one, its pages in order, rows that two of them share taken once.

    The second value tells whether each photo goes on from the one before beyond doubt: else the photos can be of two
    receipts, or rows can be missing. Raises InputError for fewer than two pages in all, and for more than MOST.
    """
    sheets = [sheet for photo in photos for sheet in photo.sheets]
    if not 2 <= len(sheets) <= MOST:
        given = "One page alone" if len(sheets) == 1 else f"{len(sheets)} pages"
        raise InputError(
            f"{given} cannot be joined to one receipt.",
            remedy=f"Give the photos of one receipt, two to {MOST} of them.",
        )
    lines = [rows([sheet.page]) for sheet in sheets]
    found = {(a, b): overlap(lines[a], lines[b]) for a in range(len(sheets)) for b in range(len(sheets)) if a != b}
    # The first of the best orders is the nearest to the order given.
    order = max(permutations(range(len(sheets))), key=lambda each: sum(found[pair].score for pair in pairwise(each)))
    made, start = [], 0
    for place, at in enumerate(order):
        end = len(lines[at])
        following = found[at, order[place + 1]].pairs if place + 1 < len(order) else ()
        middle = following[len(following) // 2] if following else None
        if middle is not None and middle[0] >= start:
            end = middle[0] + 1
        made.append(_sheet(sheets[at], lines[at][start:end], place + 1))
        start = middle[1] + 1 if middle is not None else 0
    notes = tuple(dict.fromkeys(note for photo in photos for note in photo.notes))
    sizes = [len(each) for each in lines]
    said = _said(order, found, sizes)
    whole = replace(photos[0], data=b"", sheets=tuple(made), attachments=(), notes=(*said, *notes))
    return whole, all(_goes_on(found[a, b], sizes[a], sizes[b]) for a, b in pairwise(order))


def _goes_on(shared: Overlap, upper: int, lower: int) -> bool:
    return bool(shared.pairs) and not shared.monotonous and not _nothing_new(shared, upper, lower)


def _nothing_new(shared: Overlap, upper: int, lower: int) -> bool:
    return len(shared.pairs) >= _NOTHING_NEW * min(upper, lower)


def _sheet(sheet: Sheet, kept: Sequence[Row], number: int) -> Sheet:
    words: tuple[Word, ...] = tuple(word for row in kept for word in row.words)
    return Sheet(replace(sheet.page, number=number, words=words), lambda: sheet.image, ())


def _said(order: Sequence[int], found: dict[tuple[int, int], Overlap], sizes: Sequence[int]) -> tuple[str, ...]:
    """What a person has to know of the joining, photos counted as they were given; *sizes* are their rows."""
    notes = []
    names = [f"photo {at + 1}" for at in order]
    if list(order) != sorted(order):
        notes.append(f"The photos were put in this order, by the rows they share: {', '.join(names)}.")
    for (a, b), (one, other) in zip(pairwise(order), pairwise(names), strict=True):
        shared = found[a, b]
        if not shared.pairs:
            notes.append(
                f"No row at the end of {one} stands at the start of {other} too: rows between them may be missing, "
                "or they are of two receipts, so no value is vouched for. Photograph it again with some rows on both."
            )
        elif _nothing_new(shared, sizes[a], sizes[b]):
            notes.append(
                f"{other.capitalize()} shows hardly a row that {one} does not: is it the same part of the receipt "
                "again, or another receipt of the shop?"
            )
        elif shared.monotonous:
            notes.append(f"The rows that {one} and {other} share all say the same: count them on the receipt.")
        else:
            notes.append(f"{other.capitalize()} goes on from {one}: {len(shared.pairs)} rows on both are taken once.")
    return tuple(notes)


def overlap(upper: Sequence[Row], lower: Sequence[Row]) -> Overlap:
    """Return the rows at the end of *upper* that stand at the start of *lower* too.

    A row can be cut off at the edge of either photo or be missing from one: the pairs are those of the best alignment
    that runs to the end of the upper and from the start of the lower.
    """
    first = max(0, len(upper) - _REACH)
    ends = [_signs(row) for row in upper[first:]]
    starts = [_signs(row) for row in lower[:_REACH]]
    best = [[0.0] * (len(starts) + 1) for _ in range(len(ends) + 1)]
    for j in range(1, len(starts) + 1):
        best[0][j] = -_ALONE * j
    alike = [[_worth(a, b) for b in starts] for a in ends]
    for i in range(1, len(ends) + 1):
        for j in range(1, len(starts) + 1):
            best[i][j] = max(best[i - 1][j - 1] + alike[i - 1][j - 1], best[i - 1][j] - _ALONE, best[i][j - 1] - _ALONE)
    last = max(range(len(starts) + 1), key=lambda j: best[-1][j])
    pairs = _traced(best, alike, len(ends), last)
    texts = [ends[i] for i, _ in pairs if len(ends[i]) >= _SHORT]
    if len(texts) < _FEWEST_ROWS or sum(map(len, texts)) < _FEWEST_SIGNS:
        return Overlap()
    return Overlap(tuple((first + i, j) for i, j in pairs), best[-1][last], monotonous=len(set(texts)) == 1)


def _traced(best: Sequence[Sequence[float]], alike: Sequence[Sequence[float]], i: int, j: int) -> list[tuple[int, int]]:
    pairs = []
    while i and j:
        if best[i][j] == best[i - 1][j - 1] + alike[i - 1][j - 1]:
            i, j = i - 1, j - 1
            if alike[i][j] > 0:
                pairs.append((i, j))
        elif best[i][j] == best[i - 1][j] - _ALONE:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def _signs(row: Row) -> str:
    return re.sub(r"[\W_]+", "", fold(row.text))


def _worth(one: str, other: str) -> float:
    """What it counts that two rows stand beside each other: up to 1 for the same, less than nothing for others."""
    if not one or not other:
        return -_ALONE
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return -2 * _ALONE
    ratio = matcher.ratio()
    # Two items of one price differ in their names, two taxes in their figures: few signs must not differ in many.
    return ratio if ratio >= _ALIKE else -2 * _ALONE
