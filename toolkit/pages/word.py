"""Word documents (.docx and their kin) as lines of text. Runs no macro, follows no link, loads no outside template.

Only the document's own XML is read: paragraphs, tables, headers and footers in order. What was deleted under tracked
changes is left out, what was inserted is read, as a printout would show it with all changes accepted.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from toolkit.errors import EncryptedError, HostileError, TooLargeError, UnreadableError
from toolkit.pages import pseudo
from toolkit.sniff import xml_parser

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Documents saved as "strict" Open XML use another namespace for the same elements.
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_MAIN = "word/document.xml"
_PART_BYTES = 64 << 20
_ANOTHER = "Ask for another copy, as .docx or PDF."
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, etree.XMLSyntaxError)
#: Elements whose text is not on the page: deletions, field codes, a second drawing of the same text box.
_UNSEEN = {"del", "moveFrom", "instrText", "delInstrText", "Fallback"}


def examine(data: bytes, max_bytes: int) -> tuple[str, ...]:
    """Return notes on active content of a Word document; raise TooLargeError or EncryptedError if it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            links = b"".join(_part(archive, each.filename) for each in entries if each.filename.endswith(".rels"))
    except _BROKEN as broken:
        raise UnreadableError("The Word document is damaged.", remedy=_ANOTHER) from broken
    if any(each.flag_bits & 0x1 for each in entries):
        raise EncryptedError("The Word document asks for a password.", remedy="Ask for it saved without one.")
    if len(entries) > 5000 or sum(each.file_size for each in entries) > max_bytes:
        raise TooLargeError(f"The Word document unpacks to more than {max_bytes >> 20} MB.", remedy=_ANOTHER)
    names = {each.filename.lower() for each in entries}
    found = {
        "holds macros, which were not run": any(name.endswith("vbaproject.bin") for name in names),
        "holds embedded files, which were not opened": any(name.startswith("word/embeddings/") for name in names),
        "names an outside template, which was not fetched": b"/attachedTemplate" in links and b"External" in links,
        "holds parts of other formats, which were not read": b"/aFChunk" in links,
    }
    return tuple(f"the Word document {note}" for note, holds in found.items() if holds)


def lines(data: bytes) -> list[str]:
    """Return the lines of a Word document: headers, then the body, then footers; a form feed where a page is broken."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            heads, feet = (_named(names, rf"word/{what}\d*\.xml") for what in ("header", "footer"))
            parts = [_part(archive, name) for name in (*heads, _MAIN, *feet)]
        seen: list[str] = []
        for part in parts:
            found = list(_blocks(etree.fromstring(part, xml_parser())))
            # A header of the first, the odd and the even pages is often the same three times.
            if found and found != seen[-len(found) :]:
                seen.extend(found)
    except (*_BROKEN, KeyError) as broken:
        raise UnreadableError("The Word document is damaged.", remedy=_ANOTHER) from broken
    except RecursionError as deep:
        raise HostileError("The Word document is nested without end.", remedy=_ANOTHER) from deep
    return seen


def _named(names: list[str], pattern: str) -> list[str]:
    return sorted(name for name in names if re.fullmatch(pattern, name))[:6]


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as stream:
        content = stream.read(_PART_BYTES + 1)
    if len(content) > _PART_BYTES:
        raise TooLargeError(f"A part of the Word document is larger than {_PART_BYTES >> 20} MB.", remedy=_ANOTHER)
    return content


def _blocks(element: etree._Element) -> Iterator[str]:
    for child in element:
        name = _local(child)
        if name == "p":
            yield from _paragraph(child).split("\n")
        elif name == "tr":
            yield from _table_row(child)
        elif name and name not in _UNSEEN:
            yield from _blocks(child)


def _table_row(element: etree._Element) -> Iterator[str]:
    """Yield the lines of one table row: the first lines of all cells side by side, then the second ones, and so on."""
    cells = [list(_blocks(cell)) for cell in element.iter(f"{_W}tc", f"{_STRICT}tc") if _row_of(cell) is element]
    for place in range(max((len(cell) for cell in cells), default=0)):
        texts = [cell[place] if place < len(cell) else "" for cell in cells]
        if any(text.strip() for text in texts):
            # Cells longer than their column go one below the other: nothing may overlap, nothing may be lost.
            room = pseudo.COLUMNS // len(texts)
            fits = all(len(text) < room for text in texts[:-1]) and len(texts[-1]) <= room
            yield from [pseudo.row(texts)] if fits else [text for text in texts if text.strip()]


def _row_of(cell: etree._Element) -> etree._Element | None:
    above = cell.getparent()
    while above is not None and _local(above) != "tr":
        above = above.getparent()
    return above


def _paragraph(element: etree._Element) -> str:
    pieces: list[str] = []
    _gather(element, pieces)
    return "".join(pieces)


def _gather(element: etree._Element, pieces: list[str]) -> None:
    for child in element:
        name = _local(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name in ("tab", "ptab") and _local(element) == "r":
            pieces.append("\t")
        elif name in ("br", "cr"):
            page = next((value for key, value in child.attrib.items() if str(key).endswith("}type")), "") == "page"
            pieces.append("\f" if page else "\n")
        elif name == "noBreakHyphen":
            pieces.append("-")
        elif name == "p":  # a text box inside a paragraph
            pieces.append("\n")
            _gather(child, pieces)
        elif name and name not in _UNSEEN:
            _gather(child, pieces)


def _local(element: etree._Element) -> str:
    return etree.QName(element.tag).localname if isinstance(element.tag, str) else ""
