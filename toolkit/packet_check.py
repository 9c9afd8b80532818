"""Opens a finished packet as a stranger would and checks that what it says of its pages is true of them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence

import pikepdf
import pypdfium2

from toolkit.errors import ToolkitError
from toolkit.exhibits import Placed


def verify(pdf: bytes, placed: Sequence[Placed], covers: int, pages: int) -> None:
    """Raise ToolkitError when a page number, a link, a divider or a stamp is off by as much as one page.

    Read from the file alone: the number printed under each link has to be the page it opens; each divider has to name
    its exhibit; the last stamp on each page has to be its number.
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
        for each in placed:
            words = reader[each.divider - 1].get_textpage().get_text_range().split()
            if ["Exhibit", str(each.number)] not in [words[at : at + 2] for at in range(len(words))]:
                raise _off(f"the divider of exhibit {each.number} is not on page {each.divider}")
    finally:
        reader.close()
    targets = {target for _, target, _ in links}
    if missing := [each.number for each in placed if each.divider not in targets]:
        raise _off(f"the index does not link to exhibit {missing[0]}")


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
    return ToolkitError(f"The packet was not made: {what}.", remedy="Report this; no file was written.")
