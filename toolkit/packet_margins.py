"""Where a page leaves room for a page number: a strip at its foot or head that nothing is drawn in.

PDFium says where each thing on a page lies; nothing is rendered. Where it is not clear that a strip is free, it is not.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

#: What a stamp needs, in points from the edge of the page.
STRIP = 27.0
#: Things on one page that are looked at; a drawing with more has no free strip.
_MOST = 4000


def free_strips(data: bytes) -> list[str]:
    """Return for each page of a PDF "foot", "head", or "" where neither is free (or cannot be told)."""
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return []
    try:
        return [_free(pdf, at) for at in range(len(pdf))]
    finally:
        pdf.close()


def _free(pdf: pypdfium2.PdfDocument, at: int) -> str:
    try:
        page = pdf[at]
    except pypdfium2.PdfiumError:
        return ""
    try:
        if page.get_rotation() or page.get_cropbox() != page.get_mediabox():
            return ""
        _, bottom, _, top = page.get_mediabox()
        if pdfium.FPDFPage_CountObjects(page) > _MOST:
            return ""
        foot, head = True, True
        for low, high in _spans(page):
            foot = foot and not (low < bottom + STRIP and high > bottom)
            head = head and not (high > top - STRIP and low < top)
            if not (foot or head):
                return ""
        return "foot" if foot else "head"
    finally:
        page.close()


def _spans(page: pypdfium2.PdfPage) -> Iterator[tuple[float, float]]:
    """Yield the lowest and highest point of each thing on the page, and of each annotation on it."""
    edges = [ctypes.c_float() for _ in range(4)]
    for at in range(pdfium.FPDFPage_CountObjects(page)):
        drawn = pdfium.FPDFPage_GetObject(page, at)
        if pdfium.FPDFPageObj_GetBounds(drawn, *edges):
            yield edges[1].value, edges[3].value
        else:
            yield -1e6, 1e6
    for at in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, at)
        area = pdfium.FS_RECTF()
        if annotation and pdfium.FPDFAnnot_GetRect(annotation, area):
            yield min(area.bottom, area.top), max(area.bottom, area.top)
        if annotation:
            pdfium.FPDFPage_CloseAnnot(annotation)
