"""The parts of a Word file that a house style changes: styles, first-page header, footers. Pure XML in and out."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from toolkit.letterhead_word import Piece

DOCUMENT = "word/document.xml"
_RELATIONS = "word/_rels/document.xml.rels"
_TYPES = "[Content_Types].xml"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_NAMESPACES = f'xmlns:w="{_W}" xmlns:r="{_R}"'
_HEAD, _FOOT, _LOGO = "word/house-header.xml", "word/house-footer.xml", "word/media/house-logo"
_EMU_A_MM = 36_000
#: Name and address share the line, in fiftieths of a per cent.
_SHARES = (2900, 2100)
#: Who wears which colour, by the id of the style: Word's own names, and those of the toolkit's letters.
_INK = frozenset(
    {"Title", "Letterhead", "Column", "AmountColumn", "Signer", *(f"Heading{number}" for number in range(1, 10))}
)
_QUIET = frozenset({"Header", "Footer", "Subtitle", "Small", "Term", "LetterheadLine"})
#: What stands before the colour among the properties of a run (ISO/IEC 29500-1, 17.3.2.28).
_BEFORE_COLOUR = (
    "rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike", "outline", "shadow",
    "emboss", "imprint", "noProof", "snapToGrid", "vanish", "webHidden",
)  # fmt: skip
#: The styles of the letterhead, for files that have them not: name, whether bold, size in half points.
_OWN = (("Letterhead", "<w:b/>", 26), ("Letterhead Line", "", 16))
_STYLES = "".join(
    f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{name.replace(" ", "")}"><w:name w:val="{name}"/>'
    '<w:basedOn w:val="Normal"/><w:pPr><w:spacing w:before="0" w:after="20"/></w:pPr>'
    f'<w:rPr><w:rFonts/>{bold}<w:sz w:val="{size}"/></w:rPr></w:style>'
    for name, bold, size in _OWN
)
_PAGE = {"en": ("Page", "of"), "de": ("Seite", "von"), "fr": ("Page", "sur"), "es": ("Página", "de")}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What goes to the head of the first page and to the foot of all."""

    company: str
    address: tuple[str, ...]
    logo: bytes = field(repr=False)
    logo_kind: str
    logo_size: tuple[float, float]
    registration: str
    #: Head and foot of a letterhead in Word, instead of name, address, logo and registration line.
    head: Piece | None = None
    foot: Piece | None = None

    @property
    def says_something(self) -> bool:
        """Return whether there is anything to put on a page."""
        return self.heads or self.feet

    @property
    def heads(self) -> bool:
        """Return whether there is anything for the head."""
        return bool(self.head or self.company or self.address or self.logo)

    @property
    def feet(self) -> bool:
        """Return whether there is anything for the foot."""
        return bool(self.foot or self.registration)


def restyled(styles: bytes, font: str, ink: str, quiet: str, line: str, shade: str) -> bytes:
    """Return `word/styles.xml` with the font everywhere and the colours where styles of letters wear them."""
    tree = _parse(styles)
    _own_styles(tree)
    for fonts in tree.iter(_w("rFonts")):
        fonts.attrib.clear()
        for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(_w(kind), font)
    for style in tree.iter(_w("style")):
        name = style.get(_w("styleId"), "")
        if name in _INK or name in _QUIET:
            _colour(style, ink if name in _INK else quiet)
        for border in _borders(style):
            border.set(_w("color"), line)
        for ground in style.iter(_w("shd")):
            ground.set(_w("fill"), shade)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _own_styles(tree: etree._Element) -> None:
    """Add the styles of the letterhead where the file, a customer's own, has them not."""
    there = {style.get(_w("styleId")) for style in tree.iter(_w("style"))}
    for style in _parse(f"<x {_NAMESPACES}>{_STYLES}</x>".encode()):
        if style.get(_w("styleId")) not in there:
            tree.append(style)


def _colour(style: etree._Element, value: str) -> None:
    properties = style.find(_w("rPr"))
    if properties is None:
        properties = etree.SubElement(style, _w("rPr"))
    for old in properties.findall(_w("color")):
        properties.remove(old)
    place = sum(child.tag in {_w(name) for name in _BEFORE_COLOUR} for child in properties)
    made = etree.Element(_w("color"))
    made.set(_w("val"), value)
    properties.insert(place, made)


def _borders(style: etree._Element) -> Iterator[etree._Element]:
    for group in ("pBdr", "tblBorders", "tcBorders"):
        for borders in style.iter(_w(group)):
            yield from borders


def place(parts: dict[str, bytes], letterhead: Letterhead, language: str) -> None:
    """Put the letterhead at the head of the first page of *parts*, and the registration line at the foot of all."""
    relations = _relations(parts[_RELATIONS])
    names = {key: posixpath.normpath(posixpath.join("word", target)) for key, target in relations.items()}
    first, heads, feet = _references(parts[DOCUMENT])
    if letterhead.heads:
        if first and names.get(first) in parts:
            _head(parts, names[first], letterhead)
        else:
            _new_head(parts, letterhead)
    if letterhead.feet:
        there = dict.fromkeys(names[key] for key in feet if names.get(key) in parts)
        for name in there:
            _foot(parts, name, letterhead)
        if not there:
            _new_foot(parts, letterhead, language, first=bool(heads) or letterhead.heads)


@lru_cache(maxsize=64)
def _relations(relations: bytes) -> dict[str, str]:
    return {each.get("Id", ""): each.get("Target", "") for each in _parse(relations)}


def _references(document: bytes) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return the relation of the first section's first-page header ("" for none), and those of all headers and footers.

    The properties of the section are cut out first: to parse the whole body would take longer than all the rest.
    """
    start = document.find(b"<w:sectPr")
    end = document.find(b"</w:sectPr>", start)
    if start < 0 or end < 0:
        return "", (), ()
    return _section(document[start : end + len(b"</w:sectPr>")])


@lru_cache(maxsize=64)
def _section(properties: bytes) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    # Prefixes that only the root declares are of no account here.
    lenient = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    tree = etree.fromstring(f"<x {_NAMESPACES}>".encode() + properties + b"</x>", lenient)[0]
    key = f"{{{_R}}}id"
    heads = {each.get(_w("type"), ""): each.get(key, "") for each in tree.findall(_w("headerReference"))}
    feet = tuple(each.get(key, "") for each in tree.findall(_w("footerReference")))
    different = tree.find(_w("titlePg")) is not None
    return heads.get("first", "") if different else "", tuple(heads.values()), feet


def _head(parts: dict[str, bytes], name: str, letterhead: Letterhead) -> None:
    relations = f"word/_rels/{posixpath.basename(name)}.rels"
    parts[name], parts[relations] = _dressed_head(parts[name], parts.get(relations, b""), letterhead)
    if letterhead.head is None:
        _logo(parts, letterhead)
    else:
        _pictures(parts, letterhead.head)


@lru_cache(maxsize=256)
def _dressed_head(header: bytes, relations: bytes, letterhead: Letterhead) -> tuple[bytes, bytes]:
    """Return the header with the letterhead above what it said; a company named in it gives way to the house's."""
    tree = _parse(header)
    if letterhead.company or letterhead.head:
        for paragraph in tree.findall(_w("p")):
            style = paragraph.find(f"{_w('pPr')}/{_w('pStyle')}")
            if style is not None and style.get(_w("val")) == "Letterhead":
                tree.remove(paragraph)
    for number, element in enumerate(_parse(letterhead.head.xml if letterhead.head else _letterhead(letterhead))):
        tree.insert(number, element)
    if not len(tree) or tree[-1].tag != _w("p"):
        # A header, like a cell, ends with a paragraph.
        etree.SubElement(tree, _w("p"))
    made = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    if letterhead.head:
        return made, _with_pictures(relations, letterhead.head)
    return made, _with_logo_relation(relations, letterhead)


def _letterhead(letterhead: Letterhead) -> bytes:
    """Return logo and name on the left, the address on the right: a table without lines, in a wrapping element."""
    left = _logo_paragraph(letterhead) if letterhead.logo else ""
    left += _paragraph(letterhead.company, "Letterhead") if letterhead.company else ""
    right = "".join(_paragraph(each, "LetterheadLine", right=True) for each in letterhead.address)
    if not right:
        return f"<x {_NAMESPACES}>{left}</x>".encode()
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="pct"/></w:tcPr>{content or _paragraph("", "Letterhead")}</w:tc>'
        for width, content in zip(_SHARES, (left, right), strict=True)
    )
    # For programs that go by the grid: on A4 between the margins of our letters, in twentieths of a point.
    grid = "".join(f'<w:gridCol w:w="{width * 9300 // sum(_SHARES)}"/>' for width in _SHARES)
    return (
        f'<x {_NAMESPACES}><w:tbl><w:tblPr><w:tblW w:w="{sum(_SHARES)}" w:type="pct"/>'
        '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid><w:tr>{cells}</w:tr></w:tbl></x>"
    ).encode()


def _paragraph(text: str, style: str, *, right: bool = False) -> str:
    # The address lines share the style of the line below them, but not its rule.
    more = '<w:pBdr><w:bottom w:val="nil"/></w:pBdr><w:spacing w:after="0"/><w:jc w:val="right"/>' if right else ""
    run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{run}</w:p>'


def _logo_paragraph(letterhead: Letterhead) -> str:
    across, down = (round(each * _EMU_A_MM) for each in letterhead.logo_size)
    name = quoteattr(letterhead.company or "Logo")
    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    return (
        '<w:p><w:pPr><w:pStyle w:val="Letterhead"/></w:pPr><w:r><w:drawing>'
        f'<wp:inline xmlns:wp="{drawing}/wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{across}" cy="{down}"/><wp:docPr id="9001" name="Logo" descr={name}/>'
        f'<a:graphic xmlns:a="{drawing}/main"><a:graphicData uri="{drawing}/picture">'
        f'<pic:pic xmlns:pic="{drawing}/picture">'
        f'<pic:nvPicPr><pic:cNvPr id="9001" name="Logo" descr={name}/><pic:cNvPicPr/></pic:nvPicPr>'
        '<pic:blipFill><a:blip r:embed="rIdHouseLogo"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{across}" cy="{down}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r></w:p>"
    )


def _with_logo_relation(relations: bytes, letterhead: Letterhead) -> bytes:
    tree = _parse(relations or f'<Relationships xmlns="{_PACKAGE}/relationships"/>'.encode())
    if letterhead.logo:
        _relation(tree, "rIdHouseLogo", "image", f"media/house-logo.{letterhead.logo_kind}")
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _relation(tree: etree._Element, key: str, kind: str, target: str) -> None:
    made = etree.SubElement(tree, f"{{{_PACKAGE}/relationships}}Relationship")
    made.set("Id", key)
    made.set("Type", f"{_R}/{kind}")
    made.set("Target", target)


def _logo(parts: dict[str, bytes], letterhead: Letterhead) -> None:
    if letterhead.logo:
        parts[f"{_LOGO}.{letterhead.logo_kind}"] = letterhead.logo
        parts[_TYPES] = _with_type(parts[_TYPES], letterhead.logo_kind)


@lru_cache(maxsize=64)
def _with_type(types: bytes, extension: str) -> bytes:
    tree = _parse(types)
    known = {each.get("Extension", "").lower() for each in tree}
    if extension not in known:
        made = etree.Element(f"{{{_PACKAGE}/content-types}}Default")
        made.set("Extension", extension)
        made.set("ContentType", f"image/{extension}")
        tree.insert(0, made)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _pictures(parts: dict[str, bytes], piece: Piece) -> None:
    for key, extension, data in piece.pictures:
        parts[f"word/media/{key}.{extension}"] = data
        parts[_TYPES] = _with_type(parts[_TYPES], extension)


@lru_cache(maxsize=64)
def _with_pictures(relations: bytes, piece: Piece) -> bytes:
    tree = _parse(relations or f'<Relationships xmlns="{_PACKAGE}/relationships"/>'.encode())
    for key, extension, _ in piece.pictures:
        _relation(tree, key, "image", f"media/{key}.{extension}")
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _foot(parts: dict[str, bytes], name: str, letterhead: Letterhead) -> None:
    parts[name] = _dressed_foot(parts[name], letterhead)
    if letterhead.foot and letterhead.foot.pictures:
        relations = f"word/_rels/{posixpath.basename(name)}.rels"
        parts[relations] = _with_pictures(parts.get(relations, b""), letterhead.foot)
        _pictures(parts, letterhead.foot)


@lru_cache(maxsize=256)
def _dressed_foot(footer: bytes, letterhead: Letterhead) -> bytes:
    """Return the footer with the registration line, or the foot of a letterhead in Word, below what it said."""
    tree = _parse(footer)
    line = f"<x {_NAMESPACES}>{_paragraph(letterhead.registration, 'Footer')}</x>".encode()
    for element in _parse(letterhead.foot.xml if letterhead.foot else line):
        tree.append(element)
    if tree[-1].tag != _w("p"):
        etree.SubElement(tree, _w("p"))
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


# -- files that have no header or footer of their own -----------------------------------------------------------------


def _new_head(parts: dict[str, bytes], letterhead: Letterhead) -> None:
    parts[_HEAD] = f"<w:hdr {_NAMESPACES}><w:p/></w:hdr>".encode()
    _head(parts, _HEAD, letterhead)
    _refer(parts, "header", "first", _HEAD)


def _new_foot(parts: dict[str, bytes], letterhead: Letterhead, language: str, *, first: bool) -> None:
    page, of = _PAGE.get(language[:2], _PAGE["en"])
    words = f'<w:r><w:t xml:space="preserve">{page} </w:t></w:r>{_field("PAGE")}'
    words += f'<w:r><w:t xml:space="preserve"> {of} </w:t></w:r>{_field("NUMPAGES")}'
    foot = f'<w:ftr {_NAMESPACES}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{words}</w:p></w:ftr>'
    parts[_FOOT] = foot.encode()
    _foot(parts, _FOOT, letterhead)
    for kind in ("default", "first") if first else ("default",):
        _refer(parts, "footer", kind, _FOOT)


def _field(code: str) -> str:
    return f'<w:fldSimple w:instr="{code}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _refer(parts: dict[str, bytes], kind: str, pages: str, name: str) -> None:
    """Let the first section of the document use the part *name* as header or footer of *pages* (default or first)."""
    key = f"rIdHouse{kind.title()}"
    relations = _parse(parts[_RELATIONS])
    if all(each.get("Id") != key for each in relations):
        _relation(relations, key, kind, posixpath.basename(name))
        parts[_RELATIONS] = etree.tostring(relations, xml_declaration=True, encoding="UTF-8", standalone=True)
        types = _parse(parts[_TYPES])
        made = etree.SubElement(types, f"{{{_PACKAGE}/content-types}}Override")
        made.set("PartName", f"/{name}")
        made.set("ContentType", f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml")
        parts[_TYPES] = etree.tostring(types, xml_declaration=True, encoding="UTF-8", standalone=True)
    document = _parse(parts[DOCUMENT])
    section = next(document.iter(_w("sectPr")), None)
    if section is None:
        body = document.find(_w("body"))
        section = etree.SubElement(document if body is None else body, _w("sectPr"))
    for old in section.findall(_w(f"{kind}Reference")):
        if old.get(_w("type")) == pages:
            section.remove(old)
    section.insert(0, _reference(kind, pages, key))
    if pages == "first" and section.find(_w("titlePg")) is None:
        _title_page(section)
    parts[DOCUMENT] = etree.tostring(document, xml_declaration=True, encoding="UTF-8", standalone=True)


def _reference(kind: str, pages: str, key: str) -> etree._Element:
    made = etree.Element(_w(f"{kind}Reference"))
    made.set(_w("type"), pages)
    made.set(f"{{{_R}}}id", key)
    return made


def _title_page(section: etree._Element) -> None:
    """Say, in its place among the section's properties, that the first page differs; its foot stays the same."""
    feet = {each.get(_w("type"), ""): each.get(f"{{{_R}}}id", "") for each in section.findall(_w("footerReference"))}
    if "default" in feet and "first" not in feet:
        section.insert(0, _reference("footer", "first", feet["default"]))
    after = {_w(name) for name in ("textDirection", "bidi", "rtlGutter", "docGrid", "printerSettings", "sectPrChange")}
    place = next((number for number, child in enumerate(section) if child.tag in after), len(section))
    section.insert(place, etree.Element(_w("titlePg")))


def _parse(xml: bytes) -> etree._Element:
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))


def _w(name: str) -> str:
    return f"{{{_W}}}{name}"
