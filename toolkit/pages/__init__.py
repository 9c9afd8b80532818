"""From the bytes of one file to upright pages of words with boxes, and pictures of them on demand.

Knows file formats; knows no kind of document, no case and no key. Runs in a confined child (`toolkit.confine`), and is
right only there: whatever the bytes, it answers with pages or an InputError, but only the child stops what never ends.
"""

from __future__ import annotations

from lxml import etree

from toolkit import cades, sniff
from toolkit.arrival import Limits
from toolkit.errors import UnknownFormatError, UnreadableError
from toolkit.model import Page
from toolkit.pages import pdf, picture, pseudo, word
from toolkit.pages.packet import as_pdf
from toolkit.pages.sheet import Opened, Picture, Sheet

__all__ = ["Opened", "Picture", "Sheet", "as_pdf", "open_bytes", "read_pages"]


def open_bytes(data: bytes, media_type: str, limits: Limits = Limits()) -> Opened:  # noqa: B008 (frozen)
    """Open a file of a media type that `toolkit.receive.inspect` named. Raises InputError subclasses only."""
    if media_type == sniff.PDF:
        return pdf.opened(data, limits.pages)
    if media_type in picture.MEDIA_TYPES:
        return Opened(media_type, data, picture.sheets(data, limits.pixels, limits.pages))
    if media_type == sniff.WORD:
        return word.opened(data, limits)
    if media_type == sniff.XML:
        return Opened(media_type, data, pseudo.sheets(_xml_lines(cades.content(data) or data), limits.pages))
    if media_type == sniff.TEXT:
        return Opened(media_type, data, pseudo.sheets((sniff.text(data) or "").splitlines(), limits.pages))
    raise UnknownFormatError(f"Files of type {media_type[:80]} cannot be read as pages.", remedy="Ask for a PDF.")


def read_pages(data: bytes, media_type: str) -> list[Page]:
    """Return the pages alone, for callers on the other side of a process boundary."""
    return list(open_bytes(data, media_type).pages)


def _xml_lines(data: bytes) -> list[str]:
    """One line per element that holds text: its name and the text."""
    try:
        root = etree.fromstring(data, sniff.xml_parser())
    except (etree.XMLSyntaxError, ValueError) as broken:
        raise UnreadableError("The XML file is damaged.", remedy="Ask for another copy.") from broken
    return [
        f"{etree.QName(each.tag).localname}: {' '.join(each.text.split())}"
        for each in root.iter()
        if isinstance(each.tag, str) and each.text and each.text.strip()
    ]
