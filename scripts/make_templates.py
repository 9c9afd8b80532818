#!/usr/bin/env python3
"""Make the Word templates under templates/ from their text here: the first draft of a file that HR people then own.

    python scripts/make_templates.py [NAME...]

Run it to start over; edits made in Word are overwritten. Text in **stars** is bold; the tags are those of
docs/guides/add-a-template.md.
"""
# ruff: noqa: E501  (sentences of letters read better unbroken)

from __future__ import annotations

import re
import sys
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
INK, QUIET, LINE, SHADE = RGBColor(0x1F, 0x2A, 0x44), RGBColor(0x5B, 0x64, 0x75), "C9CFDA", "EEF1F6"
WIDTH = Cm(16.4)
FACE = "Arial"


# -- Word, as far as the letters need it ------------------------------------------------------------------------------


def new_document(title: str, header: tuple[str, str], footer: str) -> WordDocument:
    document = Document()
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin, section.bottom_margin = Cm(2.5), Cm(2.1)
    section.header_distance = section.footer_distance = Cm(1.1)
    make_styles(document)
    document.core_properties.title = title
    document.core_properties.author = "Mobility Toolkit"
    document.core_properties.comments = ""
    line(section.header.paragraphs[0], "Header", f"{header[0]}\t{header[1]}")
    foot = line(section.footer.paragraphs[0], "Footer", f"{footer}\tPage ")
    page_field(foot, "PAGE")
    foot.add_run(" of ")
    page_field(foot, "NUMPAGES")
    return document


def make_styles(document: WordDocument) -> None:
    styles = document.styles
    normal = styles["Normal"]
    set_face(normal, 10, None)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.12
    normal.paragraph_format.widow_control = True
    title = styles["Title"]
    set_face(title, 19, INK, bold=True)
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(10), Pt(8)
    for border in title.element.pPr.findall(qn("w:pBdr")):
        title.element.pPr.remove(border)
    heading = styles["Heading 1"]
    set_face(heading, 11, INK, bold=True)
    heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(11), Pt(3)
    heading.paragraph_format.keep_with_next = True
    number_headings(document, heading)
    for name in ("Header", "Footer"):
        set_face(styles[name], 8, QUIET)
        tabs = styles[name].paragraph_format.tab_stops
        tabs.clear_all()
        tabs.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    for name, size, colour, bold in (
        ("Term", 9, QUIET, False),
        ("Value", 10, None, False),
        ("Small", 8.5, QUIET, False),
        ("Column", 9, INK, True),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        set_face(style, size, colour, bold=bold)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(2.5)
        style.paragraph_format.line_spacing = 1.05


def set_face(style, size: float, colour: RGBColor | None, bold: bool | None = None) -> None:
    style.font.name, style.font.size, style.font.bold = FACE, Pt(size), bold
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), FACE)
    for theme in ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    if colour is not None:
        style.font.color.rgb = colour


def number_headings(document: WordDocument, heading) -> None:
    """Give the heading style Word's own numbering, so that a section that falls away leaves no gap."""
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="70"><w:multiLevelType w:val="singleLevel"/>'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading1"/>'
        '<w:lvlText w:val="%1."/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:tabs><w:tab w:val="num" w:pos="397"/></w:tabs><w:ind w:left="397" w:hanging="397"/></w:pPr></w:lvl>'
        "</w:abstractNum>"
    ))  # fmt: skip
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="70"><w:abstractNumId w:val="70"/></w:num>'))
    properties = heading.element.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="70"/></w:numPr>'))


def line(paragraph: Paragraph, style: str, text: str) -> Paragraph:
    paragraph.style = style
    for part in re.split(r"(\*\*.+?\*\*)", text):
        if part:
            paragraph.add_run(part.strip("*")).bold = True if part.startswith("**") else None
    return paragraph


def page_field(paragraph: Paragraph, code: str) -> None:
    run = paragraph.add_run()
    for kind in ("begin", None, "end"):
        if kind is None:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = code
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


def add(document: WordDocument, text: str, style: str = "Normal") -> Paragraph:
    return line(document.add_paragraph(), style, text)


def optional(document: WordDocument, fact: str, text: str, style: str = "Normal") -> None:
    add(document, f"{{%p if {fact} %}}")
    add(document, text, style)
    add(document, "{%p endif %}")


def section(document: WordDocument, heading: str, *texts: str) -> None:
    add(document, heading, "Heading 1")
    for text in texts:
        add(document, text)


def grid(document: WordDocument, widths: tuple[float, ...]) -> Table:
    table = document.add_table(rows=0, cols=len(widths))
    table.autofit = False
    properties = table._tbl.tblPr
    properties.append(parse_xml(
        f'<w:tblBorders {nsdecls("w")}>'
        + "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>' for side in ("top", "bottom", "insideH"))
        + "</w:tblBorders>"
    ))  # fmt: skip
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    return table


def row(
    table: Table, widths: tuple[float, ...], texts: tuple[str, ...], styles: tuple[str, ...], shade: str = ""
) -> None:
    made = table.add_row()
    made._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
    for cell, width, text, style in zip(made.cells, widths, texts, styles, strict=True):
        fill(cell, width, text, style, shade)


def fill(cell: _Cell, width: float, text: str, style: str, shade: str = "") -> None:
    cell.width = Cm(width)
    line(cell.paragraphs[0], style, text)
    if shade:
        cell._tc.get_or_add_tcPr().append(
            parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{shade}"/>')
        )


def row_if(table: Table, widths: tuple[float, ...], fact: str, texts: tuple[str, ...], styles: tuple[str, ...]) -> None:
    blank = ("",) * (len(widths) - 1)
    row(table, widths, (f"{{%tr if {fact} %}}", *blank), styles)
    row(table, widths, texts, styles)
    row(table, widths, ("{%tr endif %}", *blank), styles)


def signatures(document: WordDocument, left: tuple[str, ...], right: tuple[str, ...]) -> None:
    table = document.add_table(rows=1, cols=2)
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
    for cell, texts in zip(table.rows[0].cells, (left, right), strict=True):
        fill(cell, 8.2, texts[0], "Column")
        for text in ("", "", "_" * 36, *texts[1:], "Date: " + "_" * 22):
            line(cell.add_paragraph(), "Small" if text.startswith("_") or not text else "Value", text)
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_with_next = True
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT


# -- the letters ------------------------------------------------------------------------------------------------------

NAME = "{{ principal.given_names }} {{ principal.surname }}"
SALARY = "{{ assignment.salary | money(assignment.salary_currency) }} per {{ assignment.salary_period }}"
PERIOD = "{{ case.start | long_date }} to {{ case.end | long_date }}"


def long_term_assignment_letter() -> WordDocument:
    document = new_document(
        "Long-term assignment letter",
        ("{{ assignment.home_employer }}", "Private and confidential"),
        "Long-term assignment letter",
    )
    add(document, "{{ today | long_date }}")
    add(document, f"**{NAME}**")
    optional(document, "principal.address", "{{ principal.address }}")
    optional(document, "assignment.reference", "Our reference: {{ assignment.reference }}", "Small")
    add(document, "Your international assignment to {{ assignment.host_employer }}", "Title")
    add(document, "Dear {{ principal.given_names }},")
    add(
        document,
        "We are pleased to confirm the terms on which {{ assignment.home_employer }} (the “home company”) will assign you "
        "to {{ assignment.host_employer }} (the “host company”). Please read this letter with care, and sign and return "
        "one copy to accept it.",
    )
    widths, styles = (4.4, 12.0), ("Term", "Value")
    table = grid(document, widths)
    for term, value in (
        ("Position", "**{{ assignment.job_title }}**"),
        ("Place of work", "{{ assignment.work_location }}"),
        ("Period", PERIOD),
        ("Reporting to", "{{ assignment.reports_to }}"),
        ("Base salary", SALARY),
        ("Working time", "{{ assignment.weekly_hours }} hours per week"),
        ("Policy", "{{ policy.name }}"),
    ):
        row(table, widths, (term, value), styles)
    section(
        document,
        "Position and reporting line",
        "You will work for the host company as {{ assignment.job_title }} at {{ assignment.work_location }} and report to "
        "{{ assignment.reports_to }}. Your employment with the home company continues throughout the assignment, and your "
        "length of service is not broken.",
    )
    section(
        document,
        "Period of the assignment",
        "The assignment begins on {{ case.start | long_date }} and is planned to end on {{ case.end | long_date }}. It may be "
        "extended or shortened by agreement in writing. It depends on your holding, before you travel and at all times "
        "after, the visa and work permission that the host country requires of you; the company bears the cost of these.",
    )
    section(
        document,
        "Salary and allowances",
        f"Your base salary during the assignment is {SALARY}, paid in the usual instalments and reviewed with the home "
        "company’s annual review. Allowances are paid for the length of the assignment only and do not count towards "
        "pension, bonus or severance.",
    )
    optional(document, "policy.mobility_premium", "**Mobility premium.** {{ policy.mobility_premium }}")
    optional(document, "policy.cost_of_living", "**Cost of living.** {{ policy.cost_of_living }}")
    section(document, "Housing", "{{ policy.housing }}")
    optional(document, "policy.transport", "**Local transport.** {{ policy.transport }}")
    section(
        document,
        "Travel, home leave and shipment",
        "**Outward and return journey.** {{ policy.travel }}",
        "**Home leave.** {{ policy.home_leave }}",
        "**Household goods.** {{ policy.shipment }}",
    )
    add(document, "{%p if policy.dependants %}")
    add(document, "Your family", "Heading 1")
    optional(
        document,
        "spouse.given_names and spouse.surname",
        "{{ spouse.given_names }} {{ spouse.surname }} is expected to accompany you.",
    )
    add(document, "{{ policy.dependants }}")
    optional(document, "policy.schooling", "**Schooling.** {{ policy.schooling }}")
    optional(document, "policy.language_training", "**Language training.** {{ policy.language_training }}")
    add(document, "{%p endif %}")
    section(document, "Medical cover", "{{ policy.medical }}")
    section(
        document,
        "Income tax",
        "{{ policy.tax }} You remain responsible for giving the tax adviser named by the company complete and timely "
        "information, in the home and in the host country.",
    )
    section(document, "Social security and pension", "{{ policy.social_security }}")
    section(
        document,
        "End of the assignment and repatriation",
        "{{ policy.repatriation }}",
        "Either party may end the assignment early with notice of {{ assignment.notice_period }}. If the assignment ends "
        "for gross misconduct or by your resignation, the company may recover costs of the move as far as the policy and "
        "the law allow.",
    )
    section(
        document,
        "Conduct, confidentiality and personal data",
        "During the assignment you follow the host company’s rules on conduct, safety and confidentiality, and the laws of "
        "the host country. Both companies process the personal data of you and your accompanying family as needed to plan and "
        "carry out the assignment, and pass it to immigration, tax and relocation advisers bound to confidentiality.",
    )
    section(
        document,
        "Governing law and entire terms",
        "This letter supplements your contract of employment with the home company and, with the {{ policy.name }}, holds all "
        "terms of the assignment. Where they differ, this letter prevails for the length of the assignment. It is governed "
        "by {{ assignment.governing_law }}, without prejudice to mandatory protections of the law of the host country.",
    )
    add(document, "Acceptance", "Heading 1").paragraph_format.keep_with_next = True
    accept = add(
        document, "I have read this letter and the policy it refers to, and I accept the terms of the assignment."
    )
    accept.paragraph_format.keep_with_next = True
    signatures(
        document,
        ("For {{ assignment.home_employer }}", "{{ signatory.name }}", "{{ signatory.title }}"),
        ("The assignee", NAME, "{{ assignment.job_title }}"),
    )
    return document


ENTITLEMENTS = (
    ("Housing", "policy.housing", True),
    ("Local transport", "policy.transport", False),
    ("Outward and return journey", "policy.travel", True),
    ("Home leave", "policy.home_leave", True),
    ("Household goods", "policy.shipment", True),
    ("Mobility premium", "policy.mobility_premium", False),
    ("Cost of living", "policy.cost_of_living", False),
    ("Family", "policy.dependants", False),
    ("Schooling", "policy.schooling", False),
    ("Language training", "policy.language_training", False),
    ("Medical cover", "policy.medical", True),
    ("Income tax", "policy.tax", True),
    ("Social security", "policy.social_security", True),
    ("Expenses", "policy.expenses", False),
    ("Return home", "policy.repatriation", True),
)


def policy_summary() -> WordDocument:
    document = new_document(
        "Policy summary", ("{{ policy.name }}", "Prepared for " + NAME), "Policy summary, {{ today | long_date }}"
    )
    add(document, "What the policy gives you", "Title")
    add(
        document,
        f"**{NAME}** moves from {{{{ assignment.home_employer }}}} to {{{{ assignment.host_employer }}}}, "
        "{{ assignment.work_location }}, as {{ assignment.job_title }}. This page sums up what the {{ policy.name }} provides "
        "for this assignment. It explains; the assignment letter and the policy itself decide.",
    )
    widths, styles = (4.4, 12.0), ("Term", "Value")
    table = grid(document, widths)
    row(table, widths, ("Assignment", PERIOD), styles)
    row_if(table, widths, "policy.edition", ("Edition of the policy", "{{ policy.edition }}"), styles)
    row_if(
        table, widths, "spouse.given_names and spouse.surname",
        ("Accompanied by", "{{ spouse.given_names }} {{ spouse.surname }}"), styles,
    )  # fmt: skip
    add(document, "Your entitlements", "Heading 1")
    table = grid(document, widths)
    row(table, widths, ("Entitlement", "What you receive"), ("Column", "Column"), SHADE)
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    for label, fact, always in ENTITLEMENTS:
        if always:
            row(table, widths, (label, f"{{{{ {fact} }}}}"), styles)
        else:
            row_if(table, widths, fact, (label, f"{{{{ {fact} }}}}"), styles)
    section(
        document,
        "What we need from you",
        "Keep the receipt of every expense you want to be repaid, with merchant, date, currency and total readable. Tell "
        "us before you travel if a passport, an address or your family’s plans change: visa deadlines depend on them. "
        "Do not start work in the host country before the permission has been granted.",
    )
    section(document, "Questions", "{{ policy.contact }}")
    return document


MAKERS = {"long-term-assignment-letter": long_term_assignment_letter, "policy-summary": policy_summary}


def lighten(document: WordDocument) -> None:
    """Leave out what python-docx's blank file brings along: a hundred table styles, a thumbnail, Word 2010's copy of the styles."""
    styles = document.styles.element
    for style in list(styles):
        if style.get(qn("w:type")) == "table" and style.get(qn("w:styleId")) not in ("TableNormal", "TableGrid"):
            styles.remove(style)
    for relations in (document.part.rels, document.part.package.rels):
        for key, relation in list(relations.items()):
            if relation.reltype.rsplit("/", 1)[-1] in ("stylesWithEffects", "thumbnail", "customXml"):
                del relations[key]


def main(names: list[str]) -> None:
    for name in names or MAKERS:
        folder = TEMPLATES / name
        folder.mkdir(parents=True, exist_ok=True)
        document = MAKERS[name]()
        lighten(document)
        document.save(str(folder / "template.docx"))
        print(f"templates/{name}/template.docx")


if __name__ == "__main__":
    main(sys.argv[1:])
