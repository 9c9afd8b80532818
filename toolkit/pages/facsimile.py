"""One page of a file as it looks, upright, as large as it is shown; nothing is read anew. Runs in a confined child."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from toolkit import sniff
from toolkit.arrival import Limits
from toolkit.errors import UnknownNameError, UnreadableError
from toolkit.facsimile import Facsimile, fitted
from toolkit.model import Method
from toolkit.pages import open_bytes, pdf, picture

_QUARTER_TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
#: Drawn this much larger than shown and then reduced, so that thin lines stay whole.
_FINER = 1.5
#: No page is drawn larger than this, whatever its shape.
_DRAWN_PIXELS = 16_000_000


def facsimile(
    data: bytes,
    media_type: str,
    number: int,
    turns: Sequence[int] = (),
    limits: Limits = Limits(),  # noqa: B008 (frozen)
) -> Facsimile:
    """Return page *number* (from 1) of a file, turned clockwise by its share of *turns* (`Record.turns`).

    Raises UnknownNameError where there is no such page, UnreadableError where it cannot be drawn.
    """
    turn = turns[number - 1] if 0 < number <= len(turns) else 0
    if media_type == sniff.PDF:
        return _of_pdf(data, number, turn, limits)
    if media_type in picture.MEDIA_TYPES:
        count = picture.examine(data, limits.pixels, limits.pages)
        _expect(number, count)
        return _shown(Image.fromarray(picture.decoded(data, number - 1, limits.pixels)), number, count, turn)
    sheets = open_bytes(data, media_type, limits).sheets
    _expect(number, len(sheets))
    page = sheets[number - 1].page
    if page.method is Method.OCR:  # a paper that was pasted into a Word file: it has been set upright already
        return _shown(Image.fromarray(sheets[number - 1].image), number, len(sheets), 0)
    return Facsimile(number, len(sheets), *fitted(page.width, page.height), words=page.words)


def _expect(number: int, count: int) -> None:
    if not 1 <= number <= count:
        pages = "1 page" if count == 1 else f"{count} pages"
        raise UnknownNameError(f"There is no page {number}: the document has {pages}.", remedy="Give another --page.")


def _of_pdf(data: bytes, number: int, turn: int, limits: Limits) -> Facsimile:
    document = pdf.document(data)
    count = len(document)
    _expect(number, min(count, limits.pages))
    if document.get_formtype() != pdfium.FORMTYPE_NONE:
        document.init_forms()
    try:
        page = document[number - 1]
        width, height = page.get_size()
        wanted = fitted(*((height, width) if turn in (90, 270) else (width, height)))
        scale = _FINER * max(wanted) / max(width, height, 1.0)
        scale = min(scale, math.sqrt(_DRAWN_PIXELS / max(1.0, width * height)))
        drawn = page.render(scale=scale).to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, ValueError) as broken:
        raise UnreadableError(
            f"Page {number} of the PDF cannot be drawn.", remedy="Ask for another copy of the document."
        ) from broken
    return _shown(drawn, number, count, turn)


def _shown(drawn: Image.Image, number: int, count: int, turn: int) -> Facsimile:
    if turn in _QUARTER_TURNS:
        drawn = drawn.transpose(_QUARTER_TURNS[turn])
    size = fitted(*drawn.size)
    # Reduced by whole steps first: a photo of a telephone has ten times the pixels that are shown.
    resized = drawn.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return Facsimile(number, count, *size, pixels=resized.tobytes())
