"""A file of several documents and its parts: which pages each holds, and what was read from them in its own pages.

Pure: knows records and page numbers; cuts no file and reads none.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from toolkit.errors import InputError
from toolkit.model import Field, Method, Record

#: Types of files that can be taken apart by pages.
PAGED = frozenset({"application/pdf", "image/tiff"})

#: What a person writes for a part: one page, or its first and last.
_RANGE = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")
_SEVERAL = re.compile(r", pages (?=[0-9])")
_COUNTED = re.compile(r"([^0-9]*)([0-9]{0,9})")
_HOW = "Write one word a document, such as: 1-2 3 4-7. Pages out of order are joined by commas: 1,3,2."


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a file: its pages there, in the order of the document, and what was read from them."""

    pages: tuple[int, ...]
    records: tuple[Record, ...]


def by_pages(records: Sequence[Record]) -> tuple[Part, ...]:
    """Return *records* of one file as parts that share no page, in order; records that share one stay together."""
    groups: list[tuple[list[int], list[Record]]] = []
    for record in records:
        pages, together = list(record.pages), [record]
        for group in [each for each in groups if not set(each[0]).isdisjoint(pages)]:
            groups.remove(group)
            pages = group[0] + [page for page in pages if page not in group[0]]
            together = group[1] + together
        groups.append((pages, together))
    return tuple(Part(tuple(pages), tuple(together)) for pages, together in groups)


def of_part(record: Record, pages: Sequence[int]) -> Record:
    """Return a *record* of a file as one of the part that holds *pages* of it: its pages are counted from 1 there."""
    turns = tuple(record.turns[page - 1] for page in pages) if len(record.turns) >= max(pages, default=0) else ()
    return replace(_paged(record, {page: place for place, page in enumerate(pages, 1)}), turns=turns)


def of_file(record: Record, pages: Sequence[int]) -> Record:
    """Return a *record* of the part that holds *pages* of a file as one of the file, its places pointing there."""
    moved = _paged(record, dict(enumerate(pages, 1)))
    return replace(moved, turns=(), fields=tuple(_somewhere(each, pages[0]) for each in moved.fields))


def _somewhere(field: Field, page: int) -> Field:
    """What a person said of the part, and no page shows, stands with its first *page*."""
    unseen = field.source.page is None and field.source.method is Method.PERSON
    return replace(field, source=replace(field.source, page=page)) if unseen else field


def _paged(record: Record, numbers: Mapping[int, int]) -> Record:
    def moved(field: Field) -> Field:
        page = field.source.page
        if page is None:
            return field
        box = field.source.box if page in numbers else None
        return replace(field, source=replace(field.source, page=numbers.get(page), box=box))

    return replace(
        record,
        pages=tuple(numbers[page] for page in record.pages if page in numbers),
        fields=tuple(map(moved, record.fields)),
        rejected=tuple(map(moved, record.rejected)),
    )


def named(pages: Iterable[int]) -> str:
    """Return *pages* in words: "page 3", "pages 3-5", "pages 1, 3, 2"."""
    listed = list(pages)
    if len(listed) == 1:
        return f"page {listed[0]}"
    if all(after == before + 1 for before, after in pairwise(listed)):
        return f"pages {listed[0]}-{listed[-1]}"
    return "pages " + ", ".join(map(str, listed))


def in_order(name: str) -> tuple[tuple[str, int], ...]:
    """Return what names are sorted by: "..., page 2" before "..., pages 3-5" before "..., page 10"."""
    return tuple((text, int(number or 0)) for text, number in _COUNTED.findall(_SEVERAL.sub(", page ", name)))


def held(parts: Sequence[Part], count: int) -> str:
    """Say what a file of *count* pages was cut into, and which of its pages are in no part (blank sheets, dividers)."""
    told = ", ".join(f"{part.records[0].kind} ({named(part.pages)})" for part in parts)
    left = [page for page in range(1, count + 1) if not any(page in part.pages for part in parts)]
    rest = f" No document: {named(left)}." if left else ""
    return f"Cut into {len(parts)} documents, filed one by one: {told}.{rest}"


def stated(words: Sequence[str], count: int, blank: Container[int] = ()) -> tuple[tuple[int, ...], ...]:
    """Return the parts that a person named, one word each ("1-2", "3", "1,3,2"), of a file of *count* pages.

    The pages of *blank*, which are in no document now, need not be named. Raises InputError for what is no part, for a
    page that is not there or stands in two parts, and for one in none.
    """
    parts = tuple(pages_of(word) for word in words)
    seen: set[int] = set()
    for page in (page for part in parts for page in part):
        if not 1 <= page <= count:
            raise InputError(f"The file has no page {page}.", remedy=f"It has {count}.")
        if page in seen:
            raise InputError(f"Page {page} is named twice.", remedy="Each page belongs to one document.")
        seen.add(page)
    left = [page for page in range(1, count + 1) if page not in seen and page not in blank]
    if left:
        remedy = "Say to which document each belongs; blank sheets can stay with the document before."
        raise InputError(f"Nothing is said of {named(left)}.", remedy=remedy)
    return parts


def pages_of(word: str) -> tuple[int, ...]:
    """Return the pages that a word names: "3", "1-2", "1,3,2". Raises InputError."""
    return tuple(page for piece in word.split(",") for page in _range(piece))


def _range(piece: str) -> range:
    found = _RANGE.fullmatch(piece)
    if found is None:
        raise InputError(f"{piece[:20]!r} names no pages.", remedy=_HOW)
    first, last = int(found[1]), int(found[2] or found[1])
    return range(first, last + 1) if first <= last else range(first, last - 1, -1)
