"""A template as a Word file: its parts, its paragraphs with the tags in them, and what it must not hold.

Knows Word files and no Jinja. Limits hold for any file; what a file could do when it is opened (macros, embedded
objects, links and fields that fetch or start something) is named, never mended: a letter goes out under the company's
name. Fields: ISO/IEC 29500-1, 17.16.5.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from toolkit.errors import DefinitionError

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: The parts whose tags are filled in.
TEXT_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
BRACE = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
_MOST_BYTES, _MOST_PARTS, _MOST_TEXT = 64 << 20, 2000, 8 << 20
_SNIPPET = 70
_HEADING = re.compile(r"(?i)heading|title|berschrift|titre|t[ií]tulo")
#: Fields that are computed from the letter itself. Every other is refused by its name.
_HARMLESS_FIELDS = frozenset(
    "PAGE NUMPAGES SECTIONPAGES SECTION STYLEREF REF PAGEREF NOTEREF TOC TC SEQ HYPERLINK LISTNUM SYMBOL".split()  # noqa: SIM905
)
_FIELD_ADVICE: Mapping[str, str] = {
    "DATE": "it changes by itself: write {{ today | long_date }}",
    "TIME": "it changes by itself: write {{ today | long_date }}",
    "SAVEDATE": "it changes by itself: write {{ today | long_date }}",
    "DDE": "it starts another program",
    "DDEAUTO": "it starts another program",
    "INCLUDEPICTURE": "it fetches a file when the letter is opened: insert the picture itself",
    "INCLUDETEXT": "it fetches a file when the letter is opened: insert the text itself",
}
_ACTIVE = re.compile(r"(?i)(vbaproject|vbadata|/activex/|/embeddings/|/customui/|/altchunk|attachedtoolbars|\.bin$)")
_ACTIVE_RELATIONS = frozenset("vbaProject wordVbaData control oleObject package aFChunk subDocument font".split())  # noqa: SIM905
_FONT = re.compile(r"(?i)(/fonts/|\.(odttf|ttf|otf|fntdata)$)")
#: Where Word's transitional files have their text; the strict ones (ISO/IEC 29500-1 alone) have it elsewhere.
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
#: Attributes by which old drawings (VML) and pictures fetch or open something without a relation.
_FETCHING = frozenset({"src", "href", "althref"})
#: What a harmless one holds: a place in the file itself.
_WITHIN = re.compile(r"(?i)(#|data:image/(png|jpeg|gif);)")
_PLAIN_LINK = re.compile(r"(?i)(https?://|mailto:|tel:)")
#: Elements that a template must not hold, and what to do.
_ELEMENTS: Mapping[str, str] = {
    "altChunk": "it draws in another document: insert the text itself",
    "subDoc": "it draws in another document: insert the text itself",
    "object": "it is an embedded object: insert a picture of it",
    "control": "it is an ActiveX control: remove it",
    "mailMerge": "it is a mail-merge source: finish the merge or remove it",
    "ins": "it is a tracked change: accept or reject all changes",
    "del": "it is a tracked change: accept or reject all changes",
    "dataBinding": "it is a content control filled from data in the file: turn it into plain text",
    "commentReference": "it is a comment, which would go out with the letter: delete it",
}
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of the template: where it stands, its text with the tags in it, and the text of its table row.

    `cell` is the number of its table cell, 0 outside of tables. `pieces` is the text run by run, each with a mark that
    is the same where the formatting is.
    """

    part: str
    number: int
    heading: str
    text: str
    row: str = ""
    boxed: bool = False
    cell: int = 0
    pieces: tuple[tuple[str, bytes], ...] = ()

    def __str__(self) -> str:
        where = f"paragraph {self.number}" if self.part == "document" else f"{self.part}, paragraph {self.number}"
        where += " (in a text box)" if self.boxed else ""
        under = f' under "{self.heading}"' if self.heading else ""
        text = self.text if len(self.text) <= _SNIPPET else self.text[: _SNIPPET - 1] + "…"
        return f'{where}{under} ("{text}")'


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a template, and where. A note stops nothing; everything else does."""

    what: str
    paragraph: Paragraph | None = None
    note: bool = False

    def __str__(self) -> str:
        return f"{self.paragraph}: {self.what}" if self.paragraph else self.what


def members(data: bytes, origin: str) -> dict[str, bytes]:
    """Return the parts of a .docx, in its order. Raises DefinitionError for what is none, or unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            entries = [info for info in bundle.infolist() if not info.is_dir()]
            _check_names([info.filename for info in entries], origin)
            if len(entries) > _MOST_PARTS or sum(info.file_size for info in entries) > _MOST_BYTES:
                raise DefinitionError(f"{origin}: it unpacks to more than {_MOST_BYTES >> 20} MB: not a letter")
            # A name that lies about its size ends in BadZipFile, so no more than was counted is unpacked.
            parts = {info.filename: bundle.read(info) for info in entries}
    except _BROKEN as mistake:
        raise DefinitionError(f"{origin}: this is not a Word file (.docx)") from mistake
    if "word/document.xml" not in parts or "[Content_Types].xml" not in parts:
        raise DefinitionError(f"{origin}: this is not a Word file (.docx)")
    return parts


def _check_names(names: list[str], origin: str) -> None:
    """Raise DefinitionError for a name that stands twice or leads elsewhere: programs would not read the same file.

    Names of parts differ by more than upper and lower case, and begin at the root (ECMA-376-2, 6.2.2).
    """
    strange = next((name for name in names if name[:1] == "/" or "\\" in name or ".." in name.split("/")), "")
    if strange or len({name.casefold() for name in names}) < len(names):
        why = "has a part whose name leads out of it" if strange else "has two parts of one name"
        raise DefinitionError(f"{origin}: this is not a Word file (.docx): it {why}; save it anew in Word")


def parsed(name: str, content: bytes, origin: str) -> etree._Element:
    """Return one part as a tree without comments. Raises DefinitionError where it is no XML or has a document type."""
    if len(content) > _MOST_TEXT:
        raise DefinitionError(f"{origin}: {name} is larger than {_MOST_TEXT >> 20} MB: not a letter")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        tree: etree._Element = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as mistake:
        raise DefinitionError(f"{origin}: this is not a Word file (.docx): {name} is damaged") from mistake
    if tree.getroottree().docinfo.internalDTD is not None:
        raise DefinitionError(f"{origin}: {name} declares a document type, which no Word file has")
    return tree


def text_parts(parts: Mapping[str, bytes]) -> list[str]:
    """Return the names of the parts whose tags are filled in, the body first."""
    names = [name for name in parts if TEXT_PARTS.fullmatch(name)]
    return sorted(names, key=lambda name: (name != "word/document.xml", name))


def paragraphs(trees: Mapping[str, etree._Element]) -> Iterator[Paragraph]:
    """Yield every paragraph that has text, part by part, numbered as they stand."""
    for name, tree in trees.items():
        part = name.removeprefix("word/").removesuffix(".xml")
        heading = ""
        cells = {cell: place for place, cell in enumerate(tree.iter(f"{WORD}tc"), start=1)}
        for number, element in enumerate(tree.iter(f"{WORD}p"), start=1):
            pieces = tuple(_pieces(element))
            text = "".join(piece for piece, _ in pieces).strip()
            style = element.find(f"{WORD}pPr/{WORD}pStyle")
            if style is not None and _HEADING.search(style.get(f"{WORD}val", "")):
                heading = TAG.sub("…", text)
            if text:
                boxed = any(True for _ in element.iterancestors(f"{WORD}txbxContent"))
                cell = cells.get(next(element.iterancestors(f"{WORD}tc"), element), 0)
                row = _row(element) if "{%tr" in text else ""
                yield Paragraph(part, number, heading, text, row, boxed, cell, pieces)


def _pieces(paragraph: etree._Element) -> Iterator[tuple[str, bytes]]:
    for text in paragraph.iter(f"{WORD}t"):
        if next(text.iterancestors(f"{WORD}p")) is paragraph:
            run = text.getparent()
            style = run.find(f"{WORD}rPr") if run is not None else None
            yield text.text or "", b"" if style is None else etree.tostring(style, method="c14n")


def _row(paragraph: etree._Element) -> str:
    row = next(paragraph.iterancestors(f"{WORD}tr"), None)
    return "" if row is None else "".join(text.text or "" for text in row.iter(f"{WORD}t")).strip()


def dangers(parts: Mapping[str, bytes], trees: Mapping[str, etree._Element], origin: str) -> Iterator[Problem]:
    """Yield what the file could do when it is opened, and tags where none is filled in."""
    for name, content in parts.items():
        ending = name.casefold().rpartition(".")[2]
        if _ACTIVE.search(f"/{name}"):
            yield Problem(f"{name}: macros and embedded objects are not allowed in a template; save it as plain .docx")
        elif _FONT.search(f"/{name}"):
            yield Problem(f"{name}: a font is embedded, which runs as code: File > Options > Save, no embedded fonts")
        elif ending == "rels":
            yield from _relations(name, parsed(name, content, origin))
        elif name == "[Content_Types].xml" and b"macroEnabled" in content:
            yield Problem("it is saved as a document with macros; save it as plain .docx")
        elif ending in ("xml", "svg") and name not in trees and name != "[Content_Types].xml":
            yield from _elsewhere(name, parsed(name, content, origin))
    for name, tree in trees.items():
        yield from _fields(name, tree)
        yield from _elements(name, tree)
        if str(tree.tag).startswith(_STRICT):
            yield Problem('it is saved as "Strict Open XML"; save it as "Word document (.docx)"')


def _relations(name: str, tree: etree._Element) -> Iterator[Problem]:
    for relation in tree:
        kind = relation.get("Type", "").rsplit("/", 1)[-1]
        outside = relation.get("TargetMode", "").casefold() == "external"
        if outside and not (kind == "hyperlink" and _PLAIN_LINK.match(relation.get("Target", ""))):
            yield Problem(f"{name} points outside the file ({kind}): remove it in Word")
        elif kind in _ACTIVE_RELATIONS:
            yield Problem(f"{name} embeds something that runs or opens ({kind}): remove it in Word")


def _elsewhere(name: str, tree: etree._Element) -> Iterator[Problem]:
    """Tags in parts that go out as they are: properties, comments, charts, diagrams; and what all these can do.

    A header may have any name, and what is kept for building blocks (the glossary) has fields of its own.
    """
    yield from _elements(name, tree)
    yield from _fields(name, tree)
    if any(BRACE.search(text) for text in _texts(tree) if "{" in text):
        yield Problem(f"{name} holds a tag, which is filled in only in text, tables, headers, footers and notes")


def _texts(tree: etree._Element) -> Iterator[str]:
    for element in tree.iter():
        yield element.text or ""
        yield from map(str, element.attrib.values())


def _elements(name: str, tree: etree._Element) -> Iterator[Problem]:
    seen = set[str]()
    for element in tree.iter(f"{WORD}*"):
        what = str(element.tag).rpartition("}")[2]
        if what in _ELEMENTS and what not in seen:
            seen.add(what)
            yield Problem(f"{name}: w:{what}: {_ELEMENTS[what]}")
    for element in tree.iter("{*}*"):
        yield from _reaching(name, element)
        if any("{" in str(value) and BRACE.search(str(value)) for value in element.attrib.values()):
            yield Problem(f"{name}: a tag stands where Word keeps a setting, not text ({element.tag})")


def _reaching(name: str, element: etree._Element) -> Iterator[Problem]:
    """Elements of other vocabularies than Word's own that run, fetch or fill something in."""
    what = str(element.tag).rpartition("}")[2]
    if what == "script" or (what == "dataBinding" and not str(element.tag).startswith(WORD)):
        yield Problem(f"{name}: {what}: it runs or fills something in by itself: remove it")
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2].casefold() in _FETCHING and not _WITHIN.match(str(value)):
            yield Problem(f"{name}: a drawing points outside the file ({what}): insert the picture itself")


def _fields(name: str, tree: etree._Element) -> Iterator[Problem]:
    """Name every field but harmless ones; fields within fields are read each by itself."""
    open_: list[list[str]] = []
    found: list[str] = []
    for element in tree.iter(f"{WORD}fldChar", f"{WORD}instrText", f"{WORD}fldSimple"):
        kind = element.get(f"{WORD}fldCharType")
        if element.tag == f"{WORD}fldSimple":
            found.append(element.get(f"{WORD}instr", ""))
        elif element.tag == f"{WORD}instrText":
            if open_:
                open_[-1].append(element.text or "")
            else:
                found.append(element.text or "")
        elif kind == "begin":
            open_.append([])
        elif kind == "end" and open_:
            found.append("".join(open_.pop()))
    for code in [*found, *("".join(each) for each in open_)]:
        word = (code.split() or ["(empty)"])[0].upper()
        link = _target(code) if word == "HYPERLINK" else ""
        if word not in _HARMLESS_FIELDS or (link and not _PLAIN_LINK.match(link)):
            advice = _FIELD_ADVICE.get(word, "it may fetch something or change by itself: remove it")
            yield Problem(f"{name}: the field {word} is not allowed in a template; {advice}")


def _target(code: str) -> str:
    """Return where a HYPERLINK field leads, "" for a place in the letter itself (17.16.5.25: only switches)."""
    rest = re.sub(r"\\[lot]\s+(\"[^\"]*\"|\S+)", "", code.strip()[len("HYPERLINK") :])
    return re.sub(r"\\[a-z](?=\s|$)", "", rest).strip().strip('"')
