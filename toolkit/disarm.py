"""A submitted Word document without what could act or reach out when a word processor opens it.

Runs in a confined child: it parses a stranger's XML. What it returns still comes from a stranger, and is opened by
`toolkit.office` only without network and under limits.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

from lxml import etree

from toolkit.errors import TooLargeError, UnreadableError
from toolkit.pages.word_parts import package
from toolkit.sniff import xml_parser

_MOST_BYTES = 256 << 20
_MOST_PARTS = 5000
#: Parts that run, or that another program would open.
_ACTIVE = re.compile(r"(?i)(vbaproject|vbadata|/activex/|/embeddings/|/customui/|\.bin$|\.ole$|attachedtoolbars)")
#: Relations to such parts, and to whole documents that would be drawn into this one.
_ACTIVE_RELATIONS = ("vbaProject", "wordVbaData", "control", "oleObject", "package", "aFChunk", "subDocument")
#: Fields that may still be computed. All others keep showing what they showed when the document was saved: among them
#: are fields that fetch files or start programs, and dates that would turn into today's.
#: Boxes to tick and to choose from are drawn from theirs.
_COMPUTED = re.compile(r"(?i)\s*(PAGE|NUMPAGES|SECTIONPAGES|FORMCHECKBOX|FORMDROPDOWN)(\s+\\[*#]\s+\w+)*\s*")
#: Attributes by which a drawing names a file, beside relations.
_PLACES = ("src", "href", "althref")
#: What may stand before the first bracket of XML: marks of encodings, the empty halves of UTF-16, blanks.
_BEFORE_MARKUP = b"\xef\xbb\xbf\xfe\xff\0 \t\r\n"
_FIELDS = ("{*}instrText", "{*}delInstrText")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, RuntimeError)


def word(data: bytes) -> bytes:
    """Return the .docx without macros, embedded objects, remote parts and live fields; its words stay.

    Raises UnreadableError for what is no .docx or is damaged, TooLargeError for one that unpacks to too much.
    """
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            entries = [each for each in source.infolist() if not each.is_dir()]
            if len(entries) > _MOST_PARTS or sum(each.file_size for each in entries) > _MOST_BYTES:
                raise TooLargeError(
                    f"The Word document unpacks to more than {_MOST_BYTES >> 20} MB.", remedy="Ask for it as PDF."
                )
            if package(data).main not in source.namelist():
                raise ValueError("no body")
            for entry in entries:
                if not _ACTIVE.search(f"/{entry.filename}"):
                    target.writestr(entry.filename, _part(entry.filename, source.read(entry)))
    except (*_BROKEN, etree.XMLSyntaxError) as broken:
        raise UnreadableError(
            "The Word document is damaged or of an old format.", remedy="Ask for it as .docx or PDF."
        ) from broken
    return out.getvalue()


def _part(name: str, content: bytes) -> bytes:
    if name.lower().endswith(".rels"):
        return _relations(content)
    if name == "[Content_Types].xml":
        _parsed(content)
        # A macro document without its macros is a plain one; word processors refuse the mixture.
        return _WITH_MACROS.sub(_PLAIN, content)
    if name.lower().endswith(".xml"):
        return _fields(content)
    return _unnamed(content) if content.lstrip(_BEFORE_MARKUP).startswith(b"<") else content


def _unnamed(content: bytes) -> bytes:
    """Return a part of XML that is not called so: relations and content types, not names, say which is the body."""
    try:
        return _fields(content)
    except (ValueError, etree.XMLSyntaxError):
        return b""


def _parsed(content: bytes) -> etree._Element:
    tree = etree.fromstring(content, xml_parser())
    about: Any = tree.getroottree().docinfo  # the type stubs lack `doctype`
    if about.doctype:
        # Office Open XML has no document types (ECMA-376 part 2, 9.1.1.2); they are how entities are smuggled in.
        raise ValueError("a document type")
    return tree


_PLAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_WITH_MACROS = re.compile(
    rb"(?i)application/vnd\.ms-word\.(?:document\.macroEnabled|template\.macroEnabledTemplate)\.main\+xml"
)


def _relations(content: bytes) -> bytes:
    tree = _parsed(content)
    for relation in list(tree):
        kind = relation.get("Type", "").rsplit("/", 1)[-1]
        if kind in _ACTIVE_RELATIONS or relation.get("TargetMode") == "External":
            tree.remove(relation)
    made: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made


def _fields(content: bytes) -> bytes:
    tree = _parsed(content)
    for element in tree.iter("{*}fldSimple", *_FIELDS):
        for name, value in element.items():
            if str(name).endswith("}instr") and not _COMPUTED.fullmatch(str(value)):
                element.set(name, " ")
        if element.text and str(element.tag).lower().endswith("instrtext") and not _COMPUTED.fullmatch(element.text):
            element.text = " "
    for element in list(tree.iter("{*}altChunk", "{*}subDoc", "{*}control", "{*}OLEObject", "{*}mailMerge")):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    for element in tree.iter("{*}object"):
        # What the object looked like when the file was saved stays, as a picture.
        element.tag = str(element.tag).replace("}object", "}pict")
    for element in tree.iter():
        for name in [each for each in element.attrib if str(each).rpartition("}")[2] in _PLACES]:
            del element.attrib[name]
    made: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made
