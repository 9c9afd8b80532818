"""PDF files: the words of the text layer, or of the rendering where the layer is absent, garbage or not what is seen.

PDFium reads and draws (built without a JavaScript engine); qpdf, through pikepdf, repairs what PDFium refuses.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from toolkit import zone_reading
from toolkit.errors import EncryptedError, TooLargeError, UnreadableError
from toolkit.model import Method, Page, Word
from toolkit.pages import active, text_layer, upright
from toolkit.pages.sheet import Opened, Picture, Sheet, turned
from toolkit.zone_strips import Match

_DPI = 200
#: No page is drawn larger than this: an A0 poster shrinks, an A4 page at 200 dpi has 4 million.
_DRAWN_PIXELS = 16_000_000
#: Scanned pages that are read in one file: each costs seconds, and people scan all their papers into one.
_SCANS = 60
#: A file with at most this many scanned pages is read anew, whatever invisible text its scanner laid over them.
_FEW = 5
#: How far the invisible text of an unknown scanner is believed.
_HIDDEN_CONFIDENCE = 0.80
#: From this share of a page on its pictures may hold a document.
_PICTURED = 0.04
#: And so many pages are looked at for one.
_LOOKED_AT = 30
#: Annotations of one page that are looked at, and the kinds of them that add text to it.
_NOTED = 500
_TYPED = (pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP, pdfium.FPDF_ANNOT_WIDGET)
#: From this many characters of a file on that nobody sees, it is said so.
_UNSEEN = 60
_ATTACHMENTS, _ATTACHED_BYTES = 50, 50 << 20
_ANOTHER = "Ask for another copy of the document."
#: What pikepdf raises for damaged files; PasswordError also where PDFium needed none (odd crypt filters).
BROKEN = (
    pikepdf.PdfError,
    pikepdf.PasswordError,
    pikepdf.DataDecodingError,
    ValueError,
    RuntimeError,
    TypeError,
    LookupError,
    OSError,
)


def document(data: bytes) -> pypdfium2.PdfDocument:
    """Return *data* opened, repaired if need be, with at least one page. Raises EncryptedError or UnreadableError."""
    try:
        found = pypdfium2.PdfDocument(data)
        if len(found) > 0:
            return found
    except pypdfium2.PdfiumError as refused:
        if refused.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise _locked() from refused
    try:
        found = pypdfium2.PdfDocument(_repaired(data))
    except pypdfium2.PdfiumError as refused:
        raise UnreadableError("The PDF is damaged or cut short.", remedy=_ANOTHER) from refused
    if len(found) == 0:
        raise UnreadableError("The PDF has no page.", remedy=_ANOTHER)
    return found


def _locked() -> EncryptedError:
    return EncryptedError("The PDF asks for a password.", remedy="Ask for a copy saved without a password.")


def _repaired(data: bytes) -> bytes:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            rewritten = io.BytesIO()
            pdf.save(rewritten)
            return rewritten.getvalue()
    except pikepdf.PasswordError as refused:
        raise _locked() from refused
    except BROKEN as broken:
        raise UnreadableError("The PDF is damaged or cut short.", remedy=_ANOTHER) from broken
    except RecursionError as deep:
        raise UnreadableError("The PDF refers to itself without end.", remedy=_ANOTHER) from deep


def examine(data: bytes, max_pages: int) -> tuple[int, tuple[str, ...]]:
    """Return the number of pages and notes on active content; raise for a PDF that cannot come in."""
    pdf = document(data)
    pages = _count(pdf, max_pages)
    pdf.close()
    try:
        with pikepdf.open(io.BytesIO(data)) as again:
            return pages, active.notes(again)
    except (*BROKEN, RecursionError):
        return pages, ("the PDF is damaged in places; what could be read was read",)


def _count(pdf: pypdfium2.PdfDocument, most: int) -> int:
    if len(pdf) > most:
        raise TooLargeError(f"The PDF has more than {most} pages.", remedy="Ask for the documents in parts.")
    return len(pdf)


def opened(data: bytes, max_pages: int) -> Opened:
    """Open a PDF: every page upright, with its words, and the files attached to it."""
    pdf = document(data)
    count = _count(pdf, max_pages)
    notes: list[str] = []
    if pdf.get_formtype() != pdfium.FORMTYPE_NONE:
        pdf.init_forms()
    layers = [_layer(pdf, at) for at in range(count)]
    scans = [at for at, layer in enumerate(layers) if layer.is_scan]
    if len(scans) > _FEW:
        # Reading them all again would take minutes; the scanner's own text serves, at its own confidence.
        scans = [at for at in scans if not layers[at].words]
    chosen = frozenset(scans[:_SCANS])
    sheets = tuple(_sheet(pdf, at, layer, at in chosen) for at, layer in enumerate(layers))
    if len(scans) > _SCANS:
        notes.append(f"scanned pages after page {scans[_SCANS - 1] + 1} were not read")
    if damaged := sum(layer.damaged for layer in layers):
        if damaged == count:
            raise UnreadableError("No page of the PDF can be shown.", remedy=_ANOTHER)
        notes.append(f"{damaged} of {count} pages are damaged")
    notes += _unseen(layers)
    return Opened("application/pdf", data, sheets, _attachments(pdf), tuple(notes))


def _unseen(layers: Sequence[text_layer.Layer]) -> Iterator[str]:
    """Say on which pages text was left out because nobody sees it; a line in the margin of every page is no news."""
    if covered := [at for at, layer in enumerate(layers, 1) if layer.covered]:
        yield f"text lies under a box that was drawn over it, on page {_few(covered)}: only what is seen was read"
    if sum(layer.unseen - layer.covered for layer in layers) >= _UNSEEN:
        pages = [at for at, layer in enumerate(layers, 1) if layer.unseen > layer.covered]
        yield f"text that nobody sees (transparent, white, off the page) stands on page {_few(pages)}: it was not read"


def _few(pages: Sequence[int]) -> str:
    return ", ".join(map(str, pages[:12])) + (" and more" if len(pages) > 12 else "")


def pictures(data: bytes, max_pages: int) -> Iterator[Picture]:
    """Yield every page of a PDF as it is shown."""
    pdf = document(data)
    for at in range(_count(pdf, max_pages)):
        yield _draw(pdf, at, 0)


def _layer(pdf: pypdfium2.PdfDocument, at: int) -> text_layer.Layer:
    try:
        page = pdf[at]
        if _typed_on(page) and pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS:
            # What was typed into fields, or over the page, becomes part of it, to be read and drawn like the rest.
            page.close()
            page = pdf[at]
        layer = text_layer.read(page)
        page.close()
    except pypdfium2.PdfiumError:
        return text_layer.Layer(595.0, 842.0, damaged=True)
    return layer


def _typed_on(page: pypdfium2.PdfPage) -> bool:
    """Tell whether something was typed into the page's form or laid over it as text: viewers store both beside it."""
    for place in range(min(pdfium.FPDFPage_GetAnnotCount(page), _NOTED)):
        annotation = pdfium.FPDFPage_GetAnnot(page, place)
        if annotation:
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            pdfium.FPDFPage_CloseAnnot(annotation)
            if kind in _TYPED:
                return True
    return False


def _sheet(pdf: pypdfium2.PdfDocument, at: int, layer: text_layer.Layer, read_picture: bool) -> Sheet:
    words, turn, method = layer.words, layer.turn, Method.TEXT_LAYER
    zones: tuple[Match, ...] | None = None
    if layer.hidden:
        words, method = _doubted(words), Method.OCR
    if read_picture:
        seen = upright.read(_draw(pdf, at, 0))
        # A page whose picture tells less than its layer keeps its layer.
        if seen.letters >= _letters(layer.words) or layer.garbled:
            words, turn, method, zones = seen.words, seen.turn, Method.OCR, seen.zones
    elif layer.pictured >= _PICTURED and at < _LOOKED_AT:
        # A passport pasted into a letter, or under the text that a scanner laid over it.
        zones = tuple(zone_reading.zones(_draw(pdf, at, turn), today=date.today()))
    width, height = (layer.height, layer.width) if turn in (90, 270) else (layer.width, layer.height)
    page = Page(at + 1, width, height, words, method, turn)
    # A page that cannot be opened shows nothing; its neighbours are read all the same.
    return Sheet(page, _blank if layer.damaged else lambda: _draw(pdf, at, turn), zones)


def _blank() -> Picture:
    return np.full((2339, 1654, 3), 255, dtype=np.uint8)


def _doubted(words: Sequence[Word]) -> tuple[Word, ...]:
    return tuple(Word(word.text, word.box, _HIDDEN_CONFIDENCE) for word in words)


def _letters(words: Sequence[Word]) -> int:
    return sum(len(word.text) for word in words)


def _draw(pdf: pypdfium2.PdfDocument, at: int, turn: int) -> Picture:
    try:
        page = pdf[at]
        width, height = page.get_size()
        scale = min(_DPI / 72, math.sqrt(_DRAWN_PIXELS / max(1.0, width * height)))
        # A page a thousand times longer than wide still needs one pixel each way.
        scale = max(scale, 1.0 / max(min(width, height), 1e-3)) if max(width, height) < 20_000 else scale
        picture = np.asarray(page.render(scale=scale).to_pil().convert("RGB"))
        page.close()
    except (pypdfium2.PdfiumError, ValueError) as broken:
        raise UnreadableError(f"Page {at + 1} of the PDF cannot be drawn.", remedy=_ANOTHER) from broken
    return turned(picture, turn)


def _attachments(pdf: pypdfium2.PdfDocument) -> tuple[tuple[str, bytes], ...]:
    found = []
    for place in range(min(pdf.count_attachments(), _ATTACHMENTS)):
        try:
            attached = pdf.get_attachment(place)
            content = bytes(attached.get_data())
        except (pypdfium2.PdfiumError, ValueError):
            continue
        if len(content) <= _ATTACHED_BYTES:
            found.append((attached.get_name(), content))
    return tuple(found)
