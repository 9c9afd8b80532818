"""A company's own letterhead in Word (`letterhead.docx`): the head of its first page and its foot, for letters.

Pure XML and pictures out; macros, embedded objects, tags and anything loaded from outside the file are refused.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from toolkit.errors import DefinitionError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_DOCUMENT = "word/document.xml"
_PICTURES = ("png", "jpeg", "jpg")
_TAG = re.compile(rb"\{\{|\{%|\{#")
#: Fields that name the page stay with the letter's own foot line, in the letter's language.
_PAGE_FIELD = re.compile(r"\b(PAGE|NUMPAGES|SECTIONPAGES)\b")


@dataclass(frozen=True, slots=True)
class Piece:
    """Paragraphs and tables of a header or footer, below one wrapping element, and the pictures they show.

    `pictures` holds (relation, extension, bytes).
    """

    xml: bytes = field(repr=False)
    pictures: tuple[tuple[str, str, bytes], ...] = field(default=(), repr=False)


def pieces(data: bytes, origin: str) -> tuple[Piece | None, Piece | None]:
    """Return head and foot of the letterhead that messages call *origin*; None where it has none.

    The head is that of the first page, where the first page differs, else that of all pages; the foot likewise.
    Raises DefinitionError naming what a letterhead may not hold.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            parts = {info.filename: bundle.read(info) for info in bundle.infolist() if not info.is_dir()}
        section = next(_parse(parts[_DOCUMENT]).iter(f"{_W}sectPr"), None)
        relations = _related(parts, _DOCUMENT)
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as mistake:
        raise DefinitionError(f"{origin}: this is not a Word file (.docx)") from mistake
    if any(name.endswith((".bin", "vbaData.xml")) or "/embeddings/" in name for name in parts):
        raise DefinitionError(f"{origin}: macros and embedded objects are not allowed in a letterhead")
    if section is None:
        return None, None
    head = _piece(parts, section, relations, "header", origin)
    return head, _piece(parts, section, relations, "footer", origin)


def _piece(
    parts: Mapping[str, bytes], section: etree._Element, relations: Mapping[str, str], kind: str, origin: str
) -> Piece | None:
    pages = {each.get(f"{_W}type", ""): each.get(f"{_R}id", "") for each in section.findall(f"{_W}{kind}Reference")}
    first = section.find(f"{_W}titlePg") is not None
    name = relations.get(pages.get("first" if first else "default", ""), "")
    if name not in parts:
        return None
    if _TAG.search(parts[name]):
        raise DefinitionError(f"{origin}: tags such as {{{{ … }}}} have no meaning in a letterhead: write the words")
    wrapper = _parse(parts[name])
    for paragraph in [each for each in wrapper.findall(f"{_W}p") if _pages(each)]:
        wrapper.remove(paragraph)
    for element in wrapper.iter():
        for attribute in (f"{_W14}paraId", f"{_W14}textId"):
            element.attrib.pop(attribute, "")
    if not _shows(wrapper):
        return None
    pictures = tuple(_pictures(wrapper, _related(parts, name), parts, kind, origin))
    return Piece(etree.tostring(wrapper), pictures)


def _pictures(
    wrapper: etree._Element, relations: Mapping[str, str], parts: Mapping[str, bytes], kind: str, origin: str
) -> Iterator[tuple[str, str, bytes]]:
    """Yield the pictures that *wrapper* shows, renamed in it so that they meet no relation of the letter's own."""
    known: dict[str, str] = {}
    for element in wrapper.iter():
        for attribute in (f"{_R}embed", f"{_R}id", f"{_R}link"):
            key = element.get(attribute)
            if key is None:
                continue
            name = relations.get(key, "")
            extension = posixpath.splitext(name)[1].lower().lstrip(".")
            if name not in parts or extension not in _PICTURES:
                raise DefinitionError(
                    f"{origin}: the {kind} holds something other than text, tables and PNG or JPEG pictures of its own "
                    "(a link, a drawing, a picture kept outside the file): put it in as a picture"
                )
            if key not in known:
                known[key] = f"rIdHouse{kind.title()}{len(known) + 1}"
                yield known[key], "jpeg" if extension == "jpg" else extension, parts[name]
            element.set(attribute, known[key])


def _pages(paragraph: etree._Element) -> bool:
    codes = [each.text or "" for each in paragraph.iter(f"{_W}instrText")]
    codes += [each.get(f"{_W}instr", "") for each in paragraph.iter(f"{_W}fldSimple")]
    return any(_PAGE_FIELD.search(code) for code in codes)


def _shows(wrapper: etree._Element) -> bool:
    drawn = next(wrapper.iter(f"{_W}drawing", f"{_W}pict"), None) is not None
    return drawn or any((text.text or "").strip() for text in wrapper.iter(f"{_W}t"))


def _related(parts: Mapping[str, bytes], name: str) -> dict[str, str]:
    """Return the parts *name* refers to by the keys of the relations; those outside the file are no parts."""
    folder, file = posixpath.split(name)
    relations = parts.get(f"{folder}/_rels/{file}.rels", b"")
    return {
        each.get("Id", ""): posixpath.normpath(posixpath.join(folder, each.get("Target", "")))
        for each in (_parse(relations) if relations else ())
        if each.get("TargetMode") != "External"
    }


def _parse(xml: bytes) -> etree._Element:
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
