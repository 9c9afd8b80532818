"""The Word files of the letters can be edited in Word: its own styles, fields and tables, and tags in one piece."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import pypdfium2
import pytest
from docx.oxml.ns import qn

from toolkit import office, shipped, write
from toolkit.template_specimen import specimen_letter

NAMES = sorted(write.templates())
STYLES = {
    "Normal", "Body Text", "Title", "Heading 1", "List Bullet", "Header", "Footer",
    "Letterhead", "Letterhead Line", "Term", "Value", "Column", "Amount", "Amount Column",
    "Small", "Tick Box", "Closing Words", "Signer", "Signature Line", "After Table", "Tag",
}  # fmt: skip


def opened(name: str):
    return docx.Document(str(shipped.folder("templates") / name / "template.docx"))


def paragraphs(document):
    yield from document.paragraphs
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from cell.paragraphs


@pytest.mark.parametrize("name", NAMES)
def test_a_template_uses_named_styles_only(name: str):
    document = opened(name)
    assert {p.style.name for p in paragraphs(document)} <= STYLES
    assert "Title" in {p.style.name for p in document.paragraphs}
    for paragraph in paragraphs(document):
        for run in paragraph.runs:
            assert (run.font.name, run.font.size, run.bold) == (None, None, None), paragraph.text
            assert run.style.name in ("Default Paragraph Font", "Strong")


@pytest.mark.parametrize("name", NAMES)
def test_page_numbers_are_fields_and_tags_are_in_one_run(name: str):
    document = opened(name)
    with zipfile.ZipFile(shipped.folder("templates") / name / "template.docx") as bundle:
        feet = [bundle.read(n).decode() for n in bundle.namelist() if re.fullmatch(r"word/footer\d\.xml", n)]
    assert len(feet) == 2
    for foot in feet:
        assert " PAGE " in foot
        assert " NUMPAGES " in foot
    for paragraph in paragraphs(document):
        for run in paragraph.runs:
            assert run.text.count("{{") == run.text.count("}}")
            assert run.text.count("{%") == run.text.count("%}")


@pytest.mark.parametrize("name", NAMES)
def test_no_row_and_no_signature_is_split_over_two_pages(name: str):
    document = opened(name)
    for table in document.tables:
        for row in table.rows:
            assert row._tr.trPr is not None and row._tr.trPr.find(qn("w:cantSplit")) is not None
    kept = [p for p in document.paragraphs if p.style.name == "Closing Words"]
    signed = [
        t for t in document.tables if any(p.style.name == "Signer" for c in t.rows[0].cells for p in c.paragraphs)
    ]
    assert len(kept) == len(signed)
    assert document.styles["Closing Words"].paragraph_format.keep_with_next
    assert document.styles["Heading 1"].paragraph_format.keep_with_next


@pytest.mark.parametrize("name", NAMES)
def test_word_checks_the_spelling_in_the_language_of_the_letter(name: str):
    languages = {each.get(qn("w:val")) for each in opened(name).styles.element.iter(qn("w:lang"))}
    assert languages == {write.template(name).language}


#: Letters that an employee signs.
SIGNED = re.compile(r"assignment-letter|transfer-letter|localisation|extension|repatriation")


@pytest.mark.office
@pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")
def test_the_letters_are_one_to_five_pages_the_last_is_no_scrap_and_no_heading_ends_one():
    """Whole, and at their least: what LibreOffice makes of `keep with next` hangs on where the page happens to end."""
    letters = [(name, specimen_letter(name).docx) for name in NAMES]
    letters += [(name, specimen_letter(name, least=True).docx) for name in NAMES if SIGNED.search(name)]
    for (name, docx_), made in zip(letters, office.to_pdf([each for _, each in letters]), strict=True):
        pages = [page.get_textpage().get_text_range().splitlines() for page in pypdfium2.PdfDocument(made)]
        assert 1 <= len(pages) <= 5, name
        assert sum(map(len, pages[-1])) > 250, name
        headings = {p.text for p in docx.Document(io.BytesIO(docx_)).paragraphs if p.style.name.startswith("Heading")}
        # The last line is the footer.
        last = {re.sub(r"^\d+\.\s*", "", page[-2].strip()) for page in pages[:-1]}
        assert not last & headings, name
