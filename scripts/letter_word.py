"""A Word file of a letter's text, with Word's own styles: what HR people open, and templates/house/ dresses.

No formatting stands on a paragraph that a style could hold: a customer changes a style and has changed the letter.
"""

from __future__ import annotations

import re

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from letter_source import Block, Source

INK, QUIET, LINE, SHADE = "1F2A44", "5B6475", "C9CFDA", "EEF1F6"
FACE = "Arial"
PAPERS = {"a4": (21.0, 29.7), "letter": (21.59, 27.94)}
MARGIN = 2.3
STYLE = {
    "title": "Title", "heading": "Heading 1", "subheading": "Heading 2", "small": "Small", "bullet": "List Bullet",
    "box": "Tick Box", "text": "Body Text", "kept": "Closing Words", "tag": "Tag",
}  # fmt: skip
#: A table of so many rows, tags counted, is kept on one page.
SMALL = 9
#: Widths in cm by number of columns, where a table does not give its own; they fill the line.
WIDTHS = {2: (4.4, 12.0), 3: (2.6, 9.2, 4.6), 4: (4.2, 5.4, 3.2, 3.6)}


def word_file(source: Source, clauses: dict[str, str]) -> WordDocument:
    document = Document()
    width = _page(document, source)
    _styles(document, width, numbered=source.head.get("numbered", False), language=source.locale)
    _core(document, source)
    _furniture(document, source, clauses["page"].split("|"))
    table: Table | None = None
    widths: tuple[float, ...] = ()
    right: tuple[bool, ...] = ()
    for number, block in enumerate(source.blocks):
        if block.kind == "widths":
            widths = tuple(float(each.rstrip(">")) for each in block.texts)
            right = tuple(each.endswith(">") for each in block.texts)
        elif block.kind in ("row", "head"):
            if table is None:
                widths = _fit(widths or WIDTHS[len(block.texts)], width)
                table = _grid(document, widths)
            _rows(table, widths, block, right or (False,) * len(widths))
        else:
            if table is not None:
                _keep_small(table)
                _style(document.add_paragraph(), "After Table")
            table, widths, right = None, (), ()
            _paragraph(document, block, clauses, source.blocks[number + 1 : number + 3])
    _lighten(document)
    return document


def _paragraph(document: WordDocument, block: Block, clauses: dict[str, str], following: tuple[Block, ...]) -> None:
    if block.guard:
        _tag(document, f"{{%p if {block.guard} %}}")
    if block.kind == "sign":
        _signatures(document, block.texts, clauses["sign-place"])
    else:
        mark = "☐\t" if block.kind == "box" else ""
        made = line(document.add_paragraph(), STYLE[block.kind], mark + block.texts[0])
        kinds = [each.kind for each in following]
        # A group of boxes is not torn, and no list leaves its last line to the next page.
        if (block.kind == "box" and kinds[:1] == ["box"]) or (
            [block.kind] == kinds[:1] == ["bullet"] and kinds[1:2] != ["bullet"]
        ):
            made.paragraph_format.keep_with_next = True
        if block.kind == "text" and _goes_with(following):
            made.paragraph_format.keep_with_next = made.paragraph_format.keep_together = True
    if block.guard:
        _tag(document, "{%p endif %}")


def _goes_with(following: tuple[Block, ...]) -> bool:
    """Whether a text stays on the page of what follows: a list or table it announces, or the signatures.

    The last words of a letter go with the signatures, so that no page holds those alone.
    """
    kinds = [each.kind for each in following]
    if kinds[:1] == ["text"] and following[0].guard:
        kinds = kinds[1:]
    return kinds[:1] in (["row"], ["head"], ["bullet"], ["widths"], ["kept"]) or kinds[:2] == ["heading", "kept"]


def _tag(document: WordDocument, text: str) -> None:
    line(document.add_paragraph(), "Tag", text)


def line(paragraph: Paragraph, style: str, text: str) -> Paragraph:
    _style(paragraph, style)
    for part in re.split(r"(\*\*.+?\*\*|\t)", text):
        if part.startswith("**"):
            _style_run(paragraph.add_run(part[2:-2]))
        elif part:
            paragraph.add_run(part)
    return paragraph


def _style(paragraph: Paragraph, style: str) -> None:
    # By its id, which is its name without spaces: python-docx searches all styles for a name each time.
    paragraph._p.get_or_add_pPr().get_or_add_pStyle().val = style.replace(" ", "")


def _style_run(run: Run) -> None:
    run._r.get_or_add_rPr().get_or_add_rStyle().val = "Strong"


# -- the page ---------------------------------------------------------------------------------------------------------


def _page(document: WordDocument, source: Source) -> float:
    section = document.sections[0]
    across, down = PAPERS[source.head.get("paper", "a4")]
    section.page_width, section.page_height = Cm(across), Cm(down)
    section.left_margin = section.right_margin = Cm(MARGIN)
    section.top_margin, section.bottom_margin = Cm(2.7), Cm(2.2)
    section.header_distance, section.footer_distance = Cm(1.1), Cm(1.0)
    section.different_first_page_header_footer = True
    return across - 2 * MARGIN


def _core(document: WordDocument, source: Source) -> None:
    core = document.core_properties
    core.title, core.author, core.comments = source.head["title"], "Mobility Toolkit", ""
    core.language = source.locale


def _furniture(document: WordDocument, source: Source, page: list[str]) -> None:
    """The first page bears the company's name as letterhead, the others a quiet line; page x of y as fields on all."""
    section = document.sections[0]
    issuer, mark = source.head["issuer"], source.head["mark"]
    line(section.first_page_header.paragraphs[0], "Letterhead", issuer)
    line(section.first_page_header.add_paragraph(), "Letterhead Line", mark)
    line(section.header.paragraphs[0], "Header", f"{issuer}\t{mark}")
    for footer in (section.first_page_footer, section.footer):
        foot = line(footer.paragraphs[0], "Footer", f"{source.head['title']}\t{page[0]} ")
        _field(foot, "PAGE")
        foot.add_run(f" {page[1]} ")
        _field(foot, "NUMPAGES")


def _field(paragraph: Paragraph, code: str) -> None:
    for kind in ("begin", "code", "separate", "value", "end"):
        run = paragraph.add_run()
        if kind == "code":
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = f" {code} "
        elif kind == "value":
            run.text = "1"
            continue
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


# -- styles -----------------------------------------------------------------------------------------------------------


def _styles(document: WordDocument, width: float, *, numbered: bool, language: str) -> None:
    styles = document.styles
    _face(styles["Normal"], 10, None, after=0, lines=1.12)
    styles["Normal"].paragraph_format.widow_control = True
    _language(document, language)
    _face(styles["Body Text"], 10, None, after=6, lines=1.12)
    _face(styles["Title"], 15, INK, bold=True, before=12, after=8)
    for border in styles["Title"].element.pPr.findall(qn("w:pBdr")):
        styles["Title"].element.pPr.remove(border)
    styles["Title"].paragraph_format.keep_with_next = True
    for name, size, before in (("Heading 1", 11, 12), ("Heading 2", 10, 8)):
        _face(styles[name], size, INK, bold=True, before=before, after=3)
        styles[name].paragraph_format.keep_with_next = True
    if numbered:
        _number_headings(document)
    _face(styles["List Bullet"], 10, None, after=3, lines=1.12)
    _face(styles["Header"], 8, QUIET)
    _face(styles["Footer"], 8, QUIET, before=4)
    for name in ("Header", "Footer"):
        tabs = styles[name].paragraph_format.tab_stops
        tabs.clear_all()
        tabs.add_tab_stop(Cm(width), WD_TAB_ALIGNMENT.RIGHT)
    _border(styles["Footer"], "top")
    _own_styles(document)
    _bullets(document)
    if "Strong" not in [style.name for style in styles]:
        styles.add_style("Strong", WD_STYLE_TYPE.CHARACTER)
    styles["Strong"].font.bold = True
    styles.element.append(parse_xml(_TABLE))


def _own_styles(document: WordDocument) -> None:
    for name, size, colour, bold, before, after in (
        ("Letterhead", 13, INK, True, 0, 1),
        ("Letterhead Line", 8, QUIET, False, 0, 0),
        ("Term", 9, QUIET, False, 2.5, 2.5),
        ("Value", 10, None, False, 2.5, 2.5),
        ("Column", 9, INK, True, 2.5, 2.5),
        ("Amount", 10, None, False, 2.5, 2.5),
        ("Amount Column", 9, INK, True, 2.5, 2.5),
        ("Small", 8.5, QUIET, False, 2, 4),
        ("Tick Box", 10, None, False, 0, 2),
        ("Closing Words", 10, None, False, 4, 4),
        ("Signer", 9, INK, True, 4, 0),
        ("Signature Line", 10, None, False, 2, 1),
        ("After Table", 6, None, False, 0, 0),
        ("Tag", 8, "9A4D00", False, 0, 0),
    ):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.quick_style = True
        _face(style, size, colour, bold=bold, before=before, after=after, lines=1.05)
    styles = document.styles
    for name in ("Amount", "Amount Column"):
        styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    styles["Closing Words"].paragraph_format.keep_with_next = True
    for name in ("Signer", "Signature Line"):
        styles[name].paragraph_format.keep_with_next = True
    styles["Signature Line"].paragraph_format.space_before = Pt(34)
    _border(styles["Signature Line"], "top")
    _border(styles["Letterhead Line"], "bottom")
    styles["Tick Box"].paragraph_format.left_indent = Cm(0.7)
    styles["Tick Box"].paragraph_format.first_line_indent = Cm(-0.7)
    styles["Tick Box"].paragraph_format.tab_stops.add_tab_stop(Cm(0.7))


def _face(style, size: float, colour: str | None, *, bold=None, before=0.0, after=0.0, lines=None) -> None:
    style.font.size, style.font.bold = Pt(size), bold
    style.font.name = FACE
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), FACE)
    for theme in ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    if colour is not None:
        style.font.color.rgb = RGBColor.from_string(colour)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    if lines is not None:
        style.paragraph_format.line_spacing = lines


def _language(document: WordDocument, language: str) -> None:
    """Word checks the spelling of a letter in its own language."""
    for element in document.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), language)


def _border(style, side: str) -> None:
    properties = style.element.get_or_add_pPr()
    border = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:{side} w:val="single" w:sz="4" w:space="4" w:color="{LINE}"/></w:pBdr>'
    )
    properties.insert_element_before(border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def _number_headings(document: WordDocument) -> None:
    """Word's own numbering: a section that falls away leaves no gap."""
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="70"><w:multiLevelType w:val="singleLevel"/>'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading1"/>'
        '<w:lvlText w:val="%1."/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:tabs><w:tab w:val="num" w:pos="454"/></w:tabs><w:ind w:left="454" w:hanging="454"/></w:pPr></w:lvl>'
        "</w:abstractNum>"
    ))  # fmt: skip
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="70"><w:abstractNumId w:val="70"/></w:num>'))
    _numbered(document.styles["Heading 1"], 70)


def _bullets(document: WordDocument) -> None:
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="71"><w:multiLevelType w:val="singleLevel"/>'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:ind w:left="397" w:hanging="284"/></w:pPr></w:lvl></w:abstractNum>'
    ))  # fmt: skip
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="71"><w:abstractNumId w:val="71"/></w:num>'))
    style = document.styles["List Bullet"]
    for element in style.element.pPr.findall(qn("w:numPr")) + style.element.pPr.findall(qn("w:ind")):
        style.element.pPr.remove(element)
    _numbered(style, 71)


def _numbered(style, number: int) -> None:
    properties = style.element.get_or_add_pPr()
    made = parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="{number}"/></w:numPr>')
    following = ("pBdr", "shd", "tabs", "spacing", "ind", "contextualSpacing", "jc", "outlineLvl")
    properties.insert_element_before(made, *(f"w:{name}" for name in following))


_TABLE = (
    f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="LetterTable"><w:name w:val="Letter Table"/>'
    '<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/><w:tblPr><w:tblBorders>'
    + "".join(f'<w:{s} w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>' for s in ("top", "bottom", "insideH"))
    + "</w:tblBorders></w:tblPr>"
    f'<w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="{SHADE}"/></w:tcPr>'
    "</w:tblStylePr></w:style>"
)


# -- tables -----------------------------------------------------------------------------------------------------------


def _fit(widths: tuple[float, ...], across: float) -> tuple[float, ...]:
    return tuple(width * across / sum(widths) for width in widths)


def _grid(document: WordDocument, widths: tuple[float, ...], style: str | None = "LetterTable") -> Table:
    table = document.add_table(rows=0, cols=len(widths))
    properties = table._tbl.tblPr
    for element in properties.findall(qn("w:tblStyle")) + properties.findall(qn("w:tblLook")):
        properties.remove(element)
    if style:
        # The lines of the table, not its text, stand at the margin.
        properties.append(parse_xml(f'<w:tblInd {nsdecls("w")} w:w="108" w:type="dxa"/>'))
        properties.insert(0, parse_xml(f'<w:tblStyle {nsdecls("w")} w:val="{style}"/>'))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    properties.append(parse_xml(f'<w:tblLook {nsdecls("w")} w:val="0000" w:firstRow="0" w:noHBand="1" w:noVBand="1"/>'))
    return table


def _rows(table: Table, widths: tuple[float, ...], block: Block, right: tuple[bool, ...]) -> None:
    for opening in ([f"{{%tr if {block.guard} %}}"] if block.guard else []) + (
        [f"{{%tr for {block.loop} %}}"] if block.loop else []
    ):
        _row(table, widths, (opening,), ("Tag",))
    if block.kind == "head":
        row = _row(table, widths, block.texts, tuple("Amount Column" if each else "Column" for each in right))
        row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
        look = table._tbl.tblPr.find(qn("w:tblLook"))
        look.set(qn("w:val"), "0020")
        look.set(qn("w:firstRow"), "1")
    else:
        first = "Term" if len(widths) == 2 else "Value"
        _row(table, widths, block.texts, (first, *("Amount" if each else "Value" for each in right[1:])))
    for closing in (["{%tr endfor %}"] if block.loop else []) + (["{%tr endif %}"] if block.guard else []):
        _row(table, widths, (closing,), ("Tag",))


def _keep_small(table: Table) -> None:
    """Keep the rows of a short table on one page; a longer one may run on, under its heading row."""
    # A condition around a row is a row of its own in Word, and none in the letter.
    firsts = [row.cells[0].text for row in table.rows]
    if sum(not text.startswith("{%tr") for text in firsts) > SMALL or any("{%tr for" in text for text in firsts):
        return
    for row in table.rows[:-1]:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def _row(table: Table, widths: tuple[float, ...], texts: tuple[str, ...], styles: tuple[str, ...]):
    made = table.add_row()
    made._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
    cells = made.cells
    if len(texts) < len(cells):
        # A row that holds only a tag: one cell across.
        cells = (cells[0].merge(cells[-1]),)
        line(cells[0].paragraphs[0], styles[0], texts[0])
        return made
    for cell, width, text, style in zip(cells, widths, texts, styles, strict=True):
        cell.width = Cm(width)
        line(cell.paragraphs[0], style, text)
    return made


def _signatures(document: WordDocument, blocks: tuple[str, ...], place: str) -> None:
    """One block or two: who signs for whom, the line to sign on, place and date. Never split over two pages."""
    table = _grid(document, (7.6,) if len(blocks) == 1 else (7.6, 1.2, 7.6), None)
    made = table.add_row()
    made._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
    cells = made.cells if len(blocks) == 1 else (made.cells[0], made.cells[2])
    for cell, text in zip(cells, blocks, strict=True):
        whom, name, *more = (part.strip() for part in re.split(r"\|(?![^{]*\}\})", text))
        line(cell.paragraphs[0], "Signer", whom)
        line(cell.add_paragraph(), "Signature Line", name)
        for each in more:
            line(cell.add_paragraph(), "Small", each)
        line(cell.add_paragraph(), "Small", place)
    if len(blocks) == 2:
        _style(made.cells[1].paragraphs[0], "Small")


def _lighten(document: WordDocument) -> None:
    """Leave out what python-docx's blank file brings along: a hundred table styles, a thumbnail, Word 2010's styles."""
    styles = document.styles.element
    for style in list(styles):
        if style.get(qn("w:type")) == "table" and style.get(qn("w:styleId")) not in ("TableNormal", "LetterTable"):
            styles.remove(style)
    for relations in (document.part.rels, document.part.package.rels):
        for key, relation in list(relations.items()):
            if relation.reltype.rsplit("/", 1)[-1] in ("stylesWithEffects", "thumbnail", "customXml"):
                del relations[key]
