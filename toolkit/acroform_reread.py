"""Reads a filled form with another library than wrote it: what each field holds, and what a viewer shows in its place.

Runs in a confined child, as `toolkit.acroform` does. Knows PDF forms; knows no definition and no fact.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from toolkit.acroform import name_of, opened, widgets
from toolkit.acroform_fields import Held
from toolkit.errors import UnreadableError

_WIDGETS, _LETTERS = 5_000, 20_000


def reread(data: bytes) -> list[Held]:
    """Return what every place of every field in *data* holds and shows. Raises UnreadableError."""
    try:
        pdf = pypdfium2.PdfDocument(data)
        pdf.init_forms()
        held = [
            (number, name, value, rect) for number in range(len(pdf)) for name, value, rect in _fields(pdf, pdf[number])
        ]
        shown = {number: _Shown(pdf, number) for number in {number for number, *_ in held}}
        bare = _undrawn(data)
        return [
            Held(name, number + 1, value, shown[number].within(rect), name not in bare)
            for number, name, value, rect in held
        ]
    except pypdfium2.PdfiumError:
        raise UnreadableError("The filled form cannot be opened again.", remedy="Fill it again.") from None


def _undrawn(data: bytes) -> set[str]:
    """Return the fields of which some place has no drawing of its own."""
    with opened(data) as pdf:
        return {
            name_of(widget)
            for _, widget in widgets(pdf)
            if not isinstance(drawn := widget.get("/AP"), pikepdf.Dictionary) or "/N" not in drawn
        }


_Rect = tuple[float, float, float, float]


class _Shown:
    """The letters of one page with everything that is typed on it, by their places."""

    def __init__(self, pdf: pypdfium2.PdfDocument, number: int) -> None:
        page = pdf[number]
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
        page.close()
        self._text = pdf[number].get_textpage()

    def within(self, rect: _Rect) -> str:
        left, bottom, right, top = rect
        return str(self._text.get_text_bounded(left - 1, bottom - 1, right + 1, top + 1))


def _fields(pdf: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> Iterator[tuple[str, str, _Rect]]:
    for place in range(min(pdfium.FPDFPage_GetAnnotCount(page), _WIDGETS)):
        annotation = pdfium.FPDFPage_GetAnnot(page, place)
        if not annotation:
            continue
        if pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_WIDGET:
            name = _said(pdfium.FPDFAnnot_GetFormFieldName, pdf, annotation)
            kind = pdfium.FPDFAnnot_GetFormFieldType(pdf.formenv, annotation)
            if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
                value = _state(annotation)
            else:
                value = _said(pdfium.FPDFAnnot_GetFormFieldValue, pdf, annotation)
            yield name, value, _rect(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)


def _state(annotation: Any) -> str:
    said = _buffered(lambda buffer, size: pdfium.FPDFAnnot_GetStringValue(annotation, b"AS", buffer, size))
    return "" if said == "Off" else said


def _said(ask: Any, pdf: pypdfium2.PdfDocument, annotation: Any) -> str:
    return _buffered(lambda buffer, size: ask(pdf.formenv, annotation, buffer, size))


def _buffered(ask: Any) -> str:
    """Return a text of pdfium, which tells its length in bytes first: UTF-16 with an ending zero."""
    length = min(int(ask(None, 0)), 2 * _LETTERS)
    if length <= 2:
        return ""
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    ask(buffer, length)
    return bytes(buffer)[: length - 2].decode("utf-16-le", "replace")


def _rect(annotation: Any) -> _Rect:
    rect = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, rect)
    return (
        min(rect.left, rect.right),
        min(rect.bottom, rect.top),
        max(rect.left, rect.right),
        max(rect.bottom, rect.top),
    )
