"""Exhibits that may stand in a PDF/A-2b file: pages that plainly conform stay as they are, all others are drawn anew.

What is checked is narrow on purpose (ISO 19005-2, 6.2): a page is kept when everything it draws is known to be allowed.
Any other page becomes a picture of itself with its text laid unseen over it, which conforms by construction.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
import pypdfium2

from toolkit.bind import BROKEN, Foreign
from toolkit.errors import UnreadableError
from toolkit.model import Box, Word

_DPI = 200
_PIXELS = 16_000_000
_QUALITY = 88
#: Colour spaces that an sRGB output intent gives a meaning to, and filters that the standard allows.
_SPACES = frozenset({"/DeviceRGB", "/DeviceGray"})
_FILTERS = frozenset({"/FlateDecode", "/DCTDecode"})
_PICTURE_KEYS = frozenset(
    {"/Type", "/Subtype", "/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Filter", "/Length", "/Name"}
)
#: Operators of a page that only places pictures.
_PLACING = frozenset({"q", "Q", "cm", "Do", "re", "W", "W*", "n"})


def conforming(source: Foreign) -> tuple[Foreign, str, dict[int, tuple[Word, ...]]]:
    """Return *source* with every page fit for PDF/A-2b, what was done in plain words, and the text of redrawn pages.

    Raises UnreadableError naming the document when a page that has to be drawn cannot be.
    """
    try:
        redraw = [at for at, page in enumerate(source.pdf.pages) if not _conforms(page)]
    except BROKEN:
        redraw = list(range(source.count))
    if not redraw:
        return source, "", {}
    shown = io.BytesIO()
    source.pdf.save(shown)
    words: dict[int, tuple[Word, ...]] = {}
    try:
        reader = pypdfium2.PdfDocument(shown.getvalue())
        for at in redraw:
            picture, words[at] = _drawn(reader, at)
            _replace(source.pdf, at, picture)
        reader.close()
    except (pypdfium2.PdfiumError, *BROKEN) as broken:
        raise UnreadableError(
            f"Document {source.document}: a page of it cannot be drawn for PDF/A.",
            remedy="Leave out --pdf-a, or ask for another copy.",
        ) from broken
    what = "page was" if len(redraw) == 1 else "pages were"
    return source, f"{len(redraw)} {what} drawn as a picture at {_DPI} dpi for PDF/A, with searchable text", words


def _conforms(page: pikepdf.Page) -> bool:
    """Whether the page only places plain pictures: no fonts, no transparency, no foreign colours."""
    resources = page.obj.get("/Resources", pikepdf.Dictionary())
    if any(len(each) for name, each in resources.items() if name not in ("/XObject", "/ProcSet")):
        return False
    drawn = resources.get("/XObject", pikepdf.Dictionary())
    if "/Group" in page or "/Annots" in page or "/Metadata" in page:
        return False
    if not all(_plain_picture(each) for each in drawn.values()):
        return False
    return all(str(step.operator) in _PLACING for step in pikepdf.parse_content_stream(page))


def _plain_picture(each: pikepdf.Object) -> bool:
    if not isinstance(each, pikepdf.Stream) or each.get("/Subtype") != pikepdf.Name.Image:
        return False
    return (
        set(each.keys()) <= _PICTURE_KEYS
        and str(each.get("/ColorSpace")) in _SPACES
        and str(each.get("/Filter")) in _FILTERS
        and int(each.get("/BitsPerComponent", 0)) == 8
    )


def _drawn(reader: pypdfium2.PdfDocument, at: int) -> tuple[tuple[bytes, int, int, float, float], tuple[Word, ...]]:
    """Return page *at* upright as JPEG with its size in pixels and points, and its words."""
    page = reader[at]
    width, height = page.get_size()
    scale = min(_DPI / 72, (_PIXELS / max(1.0, width * height)) ** 0.5)
    image = page.render(scale=scale).to_pil().convert("RGB")
    made = io.BytesIO()
    image.save(made, "JPEG", quality=_QUALITY)
    words = tuple(_words(page, width, height))
    page.close()
    return (made.getvalue(), *image.size, width, height), words


def _words(page: pypdfium2.PdfPage, width: float, height: float) -> Iterator[Word]:
    if page.get_rotation():
        return  # PDFium counts these places from another corner, and misplaced text would be a lie
    left0, bottom0, _, _ = page.get_mediabox()
    text = page.get_textpage()
    for at in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(at)
        shown = text.get_text_bounded(left, bottom, right, top).strip()
        box = Box(
            (left - left0) / width,
            1 - (top - bottom0) / height,
            (right - left0) / width,
            1 - (bottom - bottom0) / height,
        )
        if shown and box.width > 0 and box.height > 0:
            yield Word(shown, box)


def _replace(pdf: pikepdf.Pdf, at: int, picture: tuple[bytes, int, int, float, float]) -> None:
    """Put *picture* (JPEG, its size in pixels and in points) in the place of page *at*."""
    jpeg, wide, high, width, height = picture
    image = pikepdf.Stream(pdf, jpeg)
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height, image.BitsPerComponent = wide, high, 8
    image.ColorSpace, image.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
    pdf.add_blank_page(page_size=(width, height))
    page = pdf.pages[-1]
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Picture=image))
    page.Contents = pikepdf.Stream(pdf, f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Picture Do Q".encode())
    pdf.pages[at] = page
    del pdf.pages[-1]
