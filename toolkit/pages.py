"""From the bytes of one file to upright pages of words with boxes, and pictures of them on demand.

Knows file formats; knows no kind of document, no case and no key. Runs in a confined child (`toolkit.confine`).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageOps

from toolkit import ocr
from toolkit.errors import UnknownFormatError
from toolkit.model import Box, Method, Page, Word

Picture = NDArray[np.uint8]


class Sheet:
    """One page of an opened file: its words, and its upright picture drawn only when somebody asks."""

    def __init__(self, page: Page, draw: Callable[[], Picture]) -> None:
        self.page = page
        self._draw = draw

    @cached_property
    def image(self) -> Picture:
        """The upright page as RGB, height x width x 3, at about 200 dpi for PDFs and at full size for pictures."""
        return self._draw()


@dataclass(frozen=True)
class Opened:
    """A file taken apart: its pages, and the files embedded in it (PDF attachments) by name."""

    media_type: str
    data: bytes = field(repr=False)
    sheets: tuple[Sheet, ...]
    attachments: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages without their pictures."""
        return tuple(sheet.page for sheet in self.sheets)


def open_bytes(data: bytes, media_type: str) -> Opened:
    """Open a file of a media type that `toolkit.receive.inspect` named."""
    if media_type == "application/pdf":
        return Opened(media_type, data, _pdf_sheets(data))
    if media_type.startswith("image/"):
        return Opened(media_type, data, (_picture_sheet(data),))
    raise UnknownFormatError(f"Files of type {media_type} cannot be read as pages.")


def _picture_sheet(data: bytes) -> Sheet:
    with Image.open(io.BytesIO(data)) as opened:
        image = np.asarray(ImageOps.exif_transpose(opened).convert("RGB"))
    height, width = image.shape[:2]
    return Sheet(Page(1, width, height, ocr.words(image), Method.OCR), lambda: image)


def _pdf_sheets(data: bytes) -> tuple[Sheet, ...]:
    pdf = pypdfium2.PdfDocument(data)
    sheets = []
    for number in range(1, len(pdf) + 1):
        page = pdf[number - 1]
        width, height = page.get_size()
        words = _text_words(page, width, height)

        def draw(at: int = number - 1) -> Picture:
            return np.asarray(pdf[at].render(scale=200 / 72).to_pil().convert("RGB"))

        method = Method.TEXT_LAYER
        if not words:
            words, method = ocr.words(draw()), Method.OCR
        sheets.append(Sheet(Page(number, width, height, words, method), draw))
    return tuple(sheets)


def _text_words(page: pypdfium2.PdfPage, width: float, height: float) -> tuple[Word, ...]:
    text = page.get_textpage()
    found = []
    for index in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(index)
        content = text.get_text_bounded(left, bottom, right, top).strip()
        if content:
            found.append(Word(content, Box(left / width, 1 - top / height, right / width, 1 - bottom / height)))
    return tuple(found)
