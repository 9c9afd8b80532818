"""The documents of a cut pile put right: pages that strayed brought back, pages out of order put in order or told.

"Page 4 of 5" says where a page belongs. Pages are moved only where that leaves no doubt; all else is said to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from toolkit.pile_cut import Cut
from toolkit.pile_marks import Marks


@dataclass(frozen=True, slots=True)
class Group:
    """One document: places of its pages in the row of all, in the order to read them, and what to tell of it."""

    leaves: tuple[int, ...]
    notes: tuple[str, ...]


def grouped(marks: Sequence[Marks], cut: Cut) -> list[Group]:
    """Return the documents of a pile whose pages bear *marks*, in their order, as *cut* parts it."""
    ends = (*cut.begins[1:], len(marks))
    groups = [list(range(begin, end)) for begin, end in zip(cut.begins, ends, strict=True)]
    groups = _reunited(groups, marks)
    made = []
    for group in groups:
        order, notes = _ordered(group, marks)
        doubts = _doubts(group, cut, marks) if order == group else []
        made.append(Group(tuple(order), (*notes, *_missing(order, marks), *doubts)))
    return made


def listed(numbers: Sequence[int]) -> str:
    """Return "Page 3", "Pages 3 to 5" or "Pages 3, 5 and 4" for page *numbers* in their order (at least one)."""
    if len(numbers) == 1:
        return f"Page {numbers[0]}"
    if len(numbers) > 2 and all(b == a + 1 for a, b in pairwise(numbers)):
        return f"Pages {numbers[0]} to {numbers[-1]}"
    return f"Pages {', '.join(str(each) for each in numbers[:-1])} and {numbers[-1]}"


def _counted(group: Sequence[int], marks: Sequence[Marks]) -> tuple[int, frozenset[int]] | None:
    """Return how many pages the document has and which are here, where every page says so alike and once."""
    counts = {marks[at].count for at in group}
    places = [marks[at].place for at in group]
    (count,) = counts if len(counts) == 1 else (None,)
    known = frozenset(place for place in places if place is not None)
    return (count, known) if count and len(known) == len(group) else None


def _reunited(groups: list[list[int]], marks: Sequence[Marks]) -> list[list[int]]:
    """Bring back what strayed: a part has what exactly one other part lacks, and both bear the same head or number."""
    loose = [(number, at) for number, group in enumerate(groups) for at in group if _is_loose(at, group, marks)]
    for number, at in loose:
        fits = [other for other, group in enumerate(groups) if other != number and _completes(group, [at], marks)]
        if len(fits) == 1:
            groups[number] = [each for each in groups[number] if each != at]
            groups[fits[0]] = groups[fits[0]] + [at]
    groups = [group for group in groups if group]
    pairs = [
        (one, other)
        for one in range(len(groups))
        for other in range(one + 1, len(groups))
        if _completes(groups[one], groups[other], marks)
    ]
    for one, other in reversed(pairs):
        if sum(each in pair for pair in pairs for each in (one, other)) == 2:
            groups[one] = groups[one] + groups[other]
            groups[other] = []
    return [group for group in groups if group]


def _is_loose(at: int, group: Sequence[int], marks: Sequence[Marks]) -> bool:
    """Whether a page says that it is a further one of so many, in a document whose other pages say nothing of it."""
    if len(group) < 2 or marks[at].count is None or (marks[at].place or 0) < 2:
        return False
    return all(marks[other].count is None for other in group if other != at)


def _completes(one: Sequence[int], other: Sequence[int], marks: Sequence[Marks]) -> bool:
    a, b = _counted(one, marks), _counted(other, marks)
    if a is None or b is None or a[0] != b[0] or a[1] & b[1]:
        return False
    runs, others = ({run for at in group for run in marks[at].runs} for group in (one, other))
    ids, further = ({number for at in group for number in marks[at].ids} for group in (one, other))
    return marks[one[0]].scanned == marks[other[0]].scanned and bool(runs & others or ids & further)


def _ordered(group: list[int], marks: Sequence[Marks]) -> tuple[list[int], list[str]]:
    """Return the pages of a document in the order their numbers say, and what there is to say of it."""
    places = [marks[at].place for at in group]
    known = [place for place in places if place is not None]
    if len(group) < 2 or known == sorted(known):
        return group, _clauses_backwards(group, marks) if not known else []
    order = sorted(group, key=lambda at: marks[at].place or 0)
    said = listed([marks[at].number for at in order])
    if _counted(group, marks) is not None:
        return order, [f"The pages stand out of order; they are read as their page numbers say: {said.lower()}."]
    if len(known) == len(group) == len(set(known)) and max(known) - min(known) + 1 == len(group):
        return order, [f"The pages seem out of order; they are read as their page numbers say: {said.lower()}."]
    return group, []


def _clauses_backwards(group: Sequence[int], marks: Sequence[Marks]) -> list[str]:
    """Numbered clauses that run backwards from page to page, on a document whose every page has some."""
    ranges = [clauses for at in group if (clauses := marks[at].clauses) is not None]
    if len(ranges) < len(group) or len(group) < 3 or all(b[0] >= a[1] for a, b in pairwise(ranges)):
        return []
    order = sorted(group, key=lambda at: marks[at].clauses or (0, 0))
    right = [marks[at].clauses or (0, 0) for at in order]
    if any(not 0 <= b[0] - a[1] <= 1 for a, b in pairwise(right)) or right[0][0] != 1:
        return []
    numbers = listed([marks[at].number for at in order]).lower()
    return [f"The clauses run backwards; by their numbers the pages should stand in this order: {numbers}."]


def _missing(group: Sequence[int], marks: Sequence[Marks]) -> list[str]:
    part = _counted(group, marks)
    if part is None or len(group) < 2 or len(part[1]) == part[0]:
        return []
    absent = [number for number in range(1, part[0] + 1) if number not in part[1]]
    if len(absent) > len(part[1]):
        return []
    return [f"{listed(absent)} of {part[0]} of this document {'is' if len(absent) == 1 else 'are'} not in the file."]


def _doubts(group: Sequence[int], cut: Cut, marks: Sequence[Marks]) -> list[str]:
    starts = [at for at in group if at in cut.doubted]
    ends = [*starts[1:], group[-1] + 1] if starts else []
    notes = []
    for start, end in zip(starts, ends, strict=True):
        numbers = [marks[at].number for at in range(start, end) if at in group]
        notes.append(
            f"{listed(numbers)} may be a document of {'its' if len(numbers) == 1 else 'their'} own: look at it."
        )
    return notes
