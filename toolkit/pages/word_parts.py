"""A Word file (Office Open XML, ECMA-376) as its parts: the body by relation and not by name, and what belongs to it.

Only XML inside the file is parsed, without entities and without network; nothing that a relation names
outside of the file is ever looked at.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from toolkit.errors import TooLargeError, UnreadableError
from toolkit.sniff import xml_parser

Element = etree._Element

_MAIN = "word/document.xml"
_PART_BYTES = 64 << 20
_ANOTHER = "Ask for another copy, as .docx or PDF."
#: What reading a damaged file raises.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, etree.XMLSyntaxError)
_HEADERS = 12


@dataclass(frozen=True, slots=True)
class Relation:
    """What one part says of another: the last word of the relation's type, the target, whether it lies outside."""

    kind: str
    target: str
    outside: bool


@dataclass(slots=True)
class Package:
    """The parts of one Word file, opened. Parts are parsed when they are asked for."""

    archive: zipfile.ZipFile
    names: frozenset[str]
    main: str = _MAIN
    relations: dict[str, Relation] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Package {len(self.names)} parts>"

    def part(self, name: str) -> Element:
        """Return the root of a part. Raises KeyError where there is none, and what `BROKEN` names."""
        return etree.fromstring(content(self.archive, name), xml_parser())

    def related(self, kind: str) -> Element | None:
        """Return the root of the part that the body calls its *kind* (`styles`, `comments`); None without one."""
        found = next((each.target for each in self.relations.values() if each.kind == kind and not each.outside), None)
        # Files without relations, and those of careless programs, keep to the usual names.
        name = found or posixpath.join(posixpath.dirname(self.main), f"{kind}.xml")
        return self.part(name) if name in self.names else None

    def sides(self, body: Element, kind: str) -> list[Element]:
        """Return the headers or footers (*kind*) that are shown somewhere, in the order of the sections, each once.

        Those of first pages count only where a section has a first page of its own, those of even pages only where
        the settings tell odd and even apart (17.10.1, 17.10.6): the rest is in the file and on no page.
        """
        if not any(each.kind == kind for each in self.relations.values()):
            folder = re.escape(posixpath.dirname(self.main))
            names = sorted(name for name in self.names if re.fullmatch(rf"{folder}/{kind}\d*\.xml", name))
            return [self.part(name) for name in names[:_HEADERS]]
        settings = self.related("settings")
        even = settings is not None and on(child(settings, "evenAndOddHeaders"))
        shown: dict[str, None] = {}
        for section in each_of(body, "sectPr"):
            first = on(child(section, "titlePg"))
            for reference in each_of(section, f"{kind}Reference"):
                place = attribute(reference, "type") or "default"
                known = self.relations.get(attribute(reference, "id"))
                if known and not known.outside and (place == "default" or (even if place == "even" else first)):
                    shown[known.target] = None
        return [self.part(name) for name in list(shown)[:_HEADERS] if name in self.names]


def package(data: bytes) -> Package:
    """Open a Word file. Raises UnreadableError."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = frozenset(archive.namelist())
        whole = {each.kind: each.target for each in _relations(archive, names, "").values()}
        main = whole.get("officeDocument", _MAIN)
        main = main if main in names else _MAIN
        return Package(archive, names, main, _relations(archive, names, main))
    except BROKEN as broken:
        raise damaged() from broken


def damaged() -> UnreadableError:
    """Return the error for a Word file whose parts cannot be read."""
    return UnreadableError("The Word document is damaged.", remedy=_ANOTHER)


def content(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the bytes of a part; raises TooLargeError for one above 64 MB, whatever the archive claims of it."""
    with archive.open(name) as stream:
        found = stream.read(_PART_BYTES + 1)
    if len(found) > _PART_BYTES:
        raise TooLargeError(f"A part of the Word document is larger than {_PART_BYTES >> 20} MB.", remedy=_ANOTHER)
    return found


def _relations(archive: zipfile.ZipFile, names: frozenset[str], of: str) -> dict[str, Relation]:
    """Return the relations of the part *of* by their id; those of the file itself for the empty name."""
    folder, name = posixpath.split(of)
    part = posixpath.join(folder, "_rels", f"{name}.rels")
    if part not in names:
        return {}
    found = {}
    for each in etree.fromstring(content(archive, part), xml_parser()):
        if isinstance(each.tag, str):
            outside = each.get("TargetMode") == "External"
            target = each.get("Target") or ""
            inside = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = (each.get("Type") or "").rsplit("/", 1)[-1]
            found[each.get("Id") or ""] = Relation(kind, target if outside else inside, outside)
    return found


def local(element: Element) -> str:
    """Return the name of an element without its namespace: strict and transitional files differ only in that."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element | None, name: str) -> str:
    """Return the attribute *name* of whatever namespace, or nothing."""
    if element is None:
        return ""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def child(element: Element | None, *path: str) -> Element | None:
    """Return the first descendant along *path*, or None."""
    for name in path:
        if element is None:
            return None
        element = next((each for each in element if local(each) == name), None)
    return element


def each_of(element: Element | None, *names: str) -> Iterator[Element]:
    """Yield every descendant that is called one of *names*, in the order of the document."""
    if element is not None:
        yield from element.iter(*(f"{{*}}{name}" for name in names))


def on(switch: Element | None) -> bool:
    """Whether an on/off property is on (17.17.4): present, and not set to false."""
    return switch is not None and attribute(switch, "val").lower() not in ("0", "false", "off")
