"""Parts of a file: pages named, moved, taken out; nothing lost between a file and its parts."""

from __future__ import annotations

import io
from itertools import pairwise

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from toolkit import parts
from toolkit.errors import InputError, UnreadableError
from toolkit.model import Box, Field, Method, Record, Source
from toolkit.pages.extract import extracted, page_count


def record(*pages: int, kind: str = "degree") -> Record:
    fields = tuple(Field(f"f{page}", str(page), 0.9, Source("", page, Box(0, 0, 1, 1), Method.OCR)) for page in pages)
    return Record(kind, 0.9, pages, fields, turns=tuple(range(0, 100, 10)))


def test_records_that_share_a_page_are_one_part() -> None:
    made = parts.by_pages([record(1, 2), record(3), record(3), record(4, 5)])
    assert [part.pages for part in made] == [(1, 2), (3,), (4, 5)]
    assert [len(part.records) for part in made] == [1, 2, 1]


@given(st.permutations(range(1, 8)), st.lists(st.integers(1, 6), max_size=3, unique=True))
def test_of_a_file_to_its_part_and_back_is_the_same(order: list[int], breaks: list[int]) -> None:
    edges = [0, *sorted(breaks), 7]
    cuts = [tuple(order[a:b]) for a, b in pairwise(edges)]
    for pages in cuts:
        inside = parts.of_part(record(*pages), pages)
        assert inside.pages == tuple(range(1, len(pages) + 1))
        assert inside.turns == tuple(10 * (page - 1) for page in pages)
        back = parts.of_file(inside, pages)
        assert (back.pages, back.fields) == (pages, record(*pages).fields)
    assert parts.stated([",".join(map(str, each)) for each in cuts], 7) == tuple(cuts)


def test_what_stands_on_a_page_outside_has_no_place_in_the_part() -> None:
    moved = parts.of_part(record(1, 2), (2,))
    assert [(field.source.page, field.source.box is None) for field in moved.fields] == [(None, True), (1, False)]


@pytest.mark.parametrize(("pages", "said"), [((3,), "page 3"), ((3, 4, 5), "pages 3-5"), ((1, 3, 2), "pages 1, 3, 2")])
def test_pages_are_named(pages: tuple[int, ...], said: str) -> None:
    assert parts.named(pages) == said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["1-2"], "Nothing is said of page 3"),
        (["1-2", "2-3"], "Page 2 is named twice"),
        (["1-4"], "The file has no page 4"),
        (["0-3"], "The file has no page 0"),
        (["all"], "names no pages"),
    ],
)
def test_a_cut_that_cannot_be_is_refused_with_its_cause(words: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        parts.stated(words, 3)


def test_a_range_may_run_backwards() -> None:
    assert parts.stated(["3-2", "1"], 3) == ((3, 2), (1,))


def pdf(count: int) -> bytes:
    with pikepdf.new() as made:
        for width in range(count):
            made.add_blank_page(page_size=(100 + width, 200))
        out = io.BytesIO()
        made.save(out)
    return out.getvalue()


def tiff(count: int) -> bytes:
    first, *others = (Image.new("L", (100 + width, 200)) for width in range(count))
    out = io.BytesIO()
    first.save(out, format="TIFF", save_all=True, append_images=others)
    return out.getvalue()


def widths(data: bytes, media_type: str) -> list[int]:
    if media_type == "application/pdf":
        with pikepdf.open(io.BytesIO(data)) as read:
            return [int(page.mediabox[2]) for page in read.pages]
    with Image.open(io.BytesIO(data)) as picture:
        sizes = []
        for frame in range(getattr(picture, "n_frames", 1)):
            picture.seek(frame)
            sizes.append(picture.width)
        return sizes


@pytest.mark.parametrize(("media_type", "make"), [("application/pdf", pdf), ("image/tiff", tiff)])
def test_pages_are_taken_out_in_the_order_asked_for_and_always_the_same(media_type: str, make) -> None:  # type: ignore[no-untyped-def]
    whole = make(4)
    assert page_count(whole, media_type) == 4
    cut = [[2, 1], [4]]
    once, again = (extracted(whole, media_type, cut) for _ in range(2))
    assert [widths(each, media_type) for each in once] == [[101, 100], [103]]
    assert once == again
    with pytest.raises(InputError, match="no page 5"):
        extracted(whole, media_type, [[5]])


@pytest.mark.parametrize("media_type", ["application/pdf", "image/tiff"])
def test_a_broken_file_is_named_as_one(media_type: str) -> None:
    for ask in (lambda: extracted(b"%PDF-broken", media_type, [[1]]), lambda: page_count(b"II*broken", media_type)):
        with pytest.raises(UnreadableError):
            ask()


def test_one_picture_is_one_document() -> None:
    with pytest.raises(InputError, match="one document"):
        extracted(b"", "image/jpeg", [[1]])
