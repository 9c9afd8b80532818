"""Opens a finished packet (or claim) as a stranger would and checks that what it says of its pages is true of them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence

import pikepdf
import pypdfium2

from toolkit.errors import ToolkitError
from toolkit.exhibits import Placed


def verify(pdf: bytes, placed: Sequence[Placed], covers: int, pages: int) -> None:
    """Raise ToolkitError when a page number, a link, a divider or a stamp is off by as much as one page.

    Read from the file alone: `page_numbers`, and each divider has to name its exhibit and be linked to.
    """
    targets = page_numbers(pdf, covers, pages)
    reader = pypdfium2.PdfDocument(pdf)
    try:
        for each in placed:
            words = reader[each.divider - 1].get_textpage().get_text_range().split()
            if ["Exhibit", str(each.number)] not in [words[at : at + 2] for at in range(len(words))]:
                raise _off(f"the divider of exhibit {each.number} is not on page {each.divider}")
            if each.divider not in targets:
                raise _off(f"the index does not link to exhibit {each.number}")
    finally:
        reader.close()


def page_numbers(pdf: bytes, covers: int, pages: int) -> frozenset[int]:
    """Return the pages that links on the first *covers* pages open, after checking every number in the file.

    Raises ToolkitError unless there are *pages* pages, the last stamp on each is its number, and the number printed
    under each link is the page it opens.
    """
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        if len(opened.pages) != pages:
            raise _off(f"it has {len(opened.pages)} pages instead of {pages}")
        numbers: dict[object, int] = {page.objgen: number for number, page in enumerate(opened.pages, start=1)}
        for number, page in enumerate(opened.pages, start=1):
            if f"({number} of {pages})".encode() not in _last_content(page):
                raise _off(f"page {number} is stamped with another number")
        links = [(n, *link) for n in range(1, covers + 1) for link in _links(opened.pages[n - 1], numbers)]
    reader = pypdfium2.PdfDocument(pdf)
    try:
        for number, target, box in links:
            printed = reader[number - 1].get_textpage().get_text_bounded(*box).strip()
            if printed != str(target):
                raise _off(f'on page {number} a link reads "{printed}" and opens page {target}')
    finally:
        reader.close()
    return frozenset(target for _, target, _ in links)


def _last_content(page: pikepdf.Page) -> bytes:
    contents = page.obj.get("/Contents")
    last = contents[-1] if isinstance(contents, pikepdf.Array) else contents
    return last.read_bytes() if isinstance(last, pikepdf.Stream) else b""


def _links(
    page: pikepdf.Page, numbers: Mapping[object, int]
) -> Iterator[tuple[int, tuple[float, float, float, float]]]:
    for annotation in page.get("/Annots", ()):
        if annotation.get("/Subtype") == "/Link":
            target = annotation.get("/Dest")
            if target is None:
                raise _off("a link leads outside the file")
            left, bottom, right, top = (float(edge) for edge in annotation.Rect)
            yield numbers[target[0].objgen], (left, bottom, right, top)


def _off(what: str) -> ToolkitError:
    return ToolkitError(f"The PDF was not made: {what}.", remedy="Report this; no file was written.")
