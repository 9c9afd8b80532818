"""Every template that is shipped passes lint, can be written from what it declares, and can be edited in Word."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import docx
import pytest
from pypdf import PdfReader
from test_write import known, letter, reading

from toolkit import office, shipped, write
from toolkit.model import Fact

NAMES = sorted(write.templates())
TODAY = date(2026, 11, 23)


def all_facts(name: str) -> dict[str, Fact]:
    definition = write.template(name)
    facts = {each: Fact(each, reading(each, f"[{each}]")) for each in {**definition.needs, **definition.may}}
    return facts | known(
        case__start="2027-01-15", case__end="2029-01-14", assignment__salary="185000", assignment__salary_currency="USD"
    )


def test_the_two_templates_of_the_first_release_are_there():
    assert {"long-term-assignment-letter", "policy-summary"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_template_passes_lint(name: str):
    assert [str(problem) for problem in write.lint(name)] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_tag_is_left_and_every_value_shows(name: str):
    made = letter(name, all_facts(name), today=TODAY)
    with zipfile.ZipFile(io.BytesIO(made.docx)) as bundle:
        content = "".join(bundle.read(n).decode() for n in bundle.namelist() if n.endswith(".xml"))
    assert "{{" not in content and "{%" not in content
    for fact in write.template(name).needs:
        if fact.startswith("policy."):
            assert f"[{fact}]" in content


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_without_the_optional_facts_has_no_gaps(name: str):
    facts = {each: fact for each, fact in all_facts(name).items() if each in write.template(name).needs}
    document = docx.Document(io.BytesIO(letter(name, facts, today=TODAY).docx))
    texts = [p.text for p in document.paragraphs] + [c.text for t in document.tables for r in t.rows for c in r.cells]
    assert not [t for t in texts if t.endswith(("**", ": ")) or "  " in t]


@pytest.mark.parametrize("name", NAMES)
def test_a_template_uses_words_own_styles(name: str):
    document = docx.Document(str(shipped.folder("templates") / name / "template.docx"))
    used = {p.style.name for p in document.paragraphs}
    assert {"Title", "Heading 1", "Normal"} <= used


@pytest.mark.office
@pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")
def test_the_letters_are_one_to_three_pages():
    letters = [letter(name, all_facts(name), today=TODAY) for name in NAMES]
    for made in office.to_pdf([each.docx for each in letters]):
        assert 1 <= len(PdfReader(io.BytesIO(made)).pages) <= 3
