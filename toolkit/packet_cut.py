"""Cuts a bound packet into files under a limit, at the boundaries of exhibits; knows pages and sizes, no case."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf

from toolkit.bind import Mark, finish_root, outline_item

#: What an outline and links can add to the sum of parts that were measured one by one.
_SLACK = 0.97


@dataclass(frozen=True, slots=True)
class Cut:
    """Pages *first* to *last* (packet numbers) that make one file; `fits` is no when one page alone is over it."""

    first: int
    last: int
    fits: bool = True


def plan(pdf: bytes, begins: Sequence[int], most_bytes: int) -> list[Cut]:
    """Return the fewest files, in order, each under *most_bytes* and beginning at one of *begins* (1 is the first).

    An exhibit that is over the limit by itself is cut between pages.
    """
    with pikepdf.open(io.BytesIO(pdf)) as whole:
        count = len(whole.pages)
        starts = sorted({1, *(each for each in begins if 1 <= each <= count)})
        spans = [(start, after - 1) for start, after in zip(starts, [*starts[1:], count + 1], strict=True)]
        pieces = []
        for first, last in spans:
            size = _size(whole, first, last)
            pieces += [(first, last, size)] if size <= most_bytes * _SLACK else _single_pages(whole, first, last)
    cuts: list[Cut] = []
    held = 0.0
    for first, last, size in pieces:
        if cuts and cuts[-1].fits and held + size <= most_bytes * _SLACK:
            cuts[-1] = Cut(cuts[-1].first, last)
            held += size
        else:
            cuts.append(Cut(first, last, size <= most_bytes))
            held = size
    return cuts


def pages(pdf: bytes, first: int, last: int, title: str, marks: Sequence[Mark]) -> bytes:
    """Return the pages *first* to *last* as a file of their own, numbered on, with the bookmarks that lead into it."""
    with pikepdf.open(io.BytesIO(pdf)) as out:
        inside: set[object] = {page.objgen for page in out.pages[first - 1 : last]}
        for page in out.pages[first - 1 : last]:
            if "/Annots" in page:
                kept = [note for note in page.Annots if _leads_into(note, inside)]
                page.Annots = out.make_indirect(pikepdf.Array(kept))
        del out.pages[last:]
        del out.pages[: first - 1]
        with out.open_outline() as outline:
            del outline.root[:]
            outline.root.extend(outline_item(mark, first) for mark in _within(marks, first, last))
        finish_root(out, first, title)
        return _saved(out)


def unstamped(pdf: pikepdf.Pdf, first: int, last: int) -> bytes:
    """Return the pages *first* to *last* (from 1) of one document as they are."""
    out = pikepdf.new()
    for page in pdf.pages[first - 1 : last]:
        out.pages.append(page)
    out.docinfo["/Producer"] = "Mobility Toolkit"
    return _saved(out)


def page_sizes(pdf: pikepdf.Pdf) -> list[int]:
    """Return how large each page is in a file of its own."""
    return [len(unstamped(pdf, at, at)) for at in range(1, len(pdf.pages) + 1)]


def _within(marks: Sequence[Mark], first: int, last: int) -> list[Mark]:
    """The bookmarks that open pages from *first* to *last*; one whose own page lies outside opens its first below."""
    kept = []
    for mark in marks:
        below = tuple(_within(mark.below, first, last))
        if first <= mark.page <= last:
            kept.append(Mark(mark.title, mark.page, below))
        elif below and not mark.title.startswith("Exhibit "):
            kept.append(Mark(mark.title, below[0].page, below))
        else:
            kept.extend(below)
    return kept


def _leads_into(note: pikepdf.Object, inside: set[object]) -> bool:
    target = note.get("/Dest")
    return target is not None and target[0].objgen in inside


def _single_pages(whole: pikepdf.Pdf, first: int, last: int) -> list[tuple[int, int, int]]:
    return [(at, at, _size(whole, at, at)) for at in range(first, last + 1)]


def _size(whole: pikepdf.Pdf, first: int, last: int) -> int:
    out = pikepdf.new()
    for page in whole.pages[first - 1 : last]:
        out.pages.append(page)
    for page in out.pages:
        if "/Annots" in page:
            del page["/Annots"]
    return len(_saved(out))


def _saved(out: pikepdf.Pdf) -> bytes:
    made = io.BytesIO()
    out.save(made, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return made.getvalue()
