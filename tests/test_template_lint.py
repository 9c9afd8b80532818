"""`mobility template`: a customer's Word file is checked, filled and copied, and opened only by a confined child."""

from __future__ import annotations

import json
from io import BytesIO

import docx
import pytest
from click.testing import CliRunner
from docx.enum.text import WD_COLOR_INDEX
from word_tags import cells, field, in_body, texts, with_parts, word

from toolkit import office, template_specimen, write
from toolkit.cli import template as verb
from toolkit.confine import Child, Limits
from toolkit.errors import DefinitionError
from toolkit.template_definition import GROUPS, Template
from toolkit.template_lint import Report, lint
from toolkit.template_vetting import vet
from toolkit.word_template import WordTemplate

KNOWN = ["assignment.salary", "principal.surname", "spouse.surname"]


def said(*paragraphs: str, definition: Template | None = None, language: str = "en-GB") -> list[str]:
    report = lint(word(*paragraphs), "t", definition, language, KNOWN)
    return [f"{each.where}: {each.what}" for each in report.remarks]


def run(*words: str) -> tuple[int, str]:
    made = CliRunner().invoke(verb.command, list(words), standalone_mode=False)
    if made.exception is not None and not isinstance(made.exception, SystemExit):
        raise made.exception
    return made.return_value or 0, made.output


@pytest.mark.parametrize(
    ("paragraph", "problem"),
    [
        ("{{ assignment.salry }}", "did you mean assignment.salary?"),
        ("{{ “x” }}", "curly quotes"),
        ("{% for row in owed %}", "never closed by endfor"),
        ("{% for row in ownd %}{{ row.paper }}{% endfor %}", "did you mean owed?"),
        ("{% for row in owed %}{{ row.papers }}{% endfor %}", "did you mean paper?"),
        ("{{ our.cost_centre }}", "declare it in template.toml"),
    ],
)
def test_a_file_without_a_definition_is_held_to_what_cases_have(paragraph: str, problem: str):
    assert any(problem in each and each.startswith('paragraph 2 under "Pay and period"') for each in said(paragraph))


def test_names_are_looked_at_even_where_a_loop_is_never_closed():
    found = said("{%p for row in owed %}", "{{ row.papers }} of {{ principal.surnam }}", "{{ 'x'.y }} {{")
    for problem in ("never closed by endfor", "did you mean paper?", "did you mean principal.surname?", "not closed"):
        assert any(problem in each for each in found), problem


def test_a_good_file_is_good_and_filled():
    report = lint(word("Dear {{ principal.surname | upper }},"), "t", None, "en-GB", KNOWN)
    assert report.good and not report.remarks and not report.missing
    assert texts(report.preview)[1] == "Dear SPECIMEN-SVENSSON,"
    assert report.definition.needs == {"principal.surname": "principal.surname"}


def test_what_is_missing_is_yellow_with_the_formatting_around_it():
    document, out = docx.Document(), BytesIO()
    document.add_paragraph().add_run("Dear {{ principal.surname }}, {{ nobody.knows | long_date }}!").bold = True
    document.save(out)
    report = lint(out.getvalue(), "t", None, "en-GB", KNOWN)
    runs = docx.Document(BytesIO(report.preview)).paragraphs[0].runs
    assert report.missing == ("nobody.knows",)
    shown = [(run.text, run.font.highlight_color) for run in runs if run.text]
    assert shown == [
        ("Dear Specimen-Svensson, ", None), ("nobody.knows", WD_COLOR_INDEX.YELLOW), ("!", None)
    ]  # fmt: skip
    assert all(run.bold for run in runs)


@pytest.mark.parametrize("language", ["en-GB", "de-DE", "fr-FR", "es-ES"])
def test_specimens_fill_every_group_of_rows_in_its_language(language: str):
    shape = Template(
        "t", "a", language, {"case.start": "x", "policy.housing": "y"}, {}, {g: tuple(c) for g, c in GROUPS.items()}
    )
    rows = template_specimen.specimen_rows(shape)
    assert {group: set(row) for group, all_ in rows.items() for row in all_} == {g: set(c) for g, c in GROUPS.items()}
    values = template_specimen.specimen_values(shape)
    assert set(values) == set(shape.declared) and all(values.values())
    assert language == "en-GB" or rows != template_specimen.specimen_rows(
        Template("t", "a", "en-GB", {}, {}, shape.rows)
    )


def test_specimens_are_values_their_filters_can_write():
    text = (
        "{{ a.b | long_date }} {{ c.d | money(c.d_currency) }} {{ e.f | country }} {{ g.h | language }} "
        "{{ i | number }}"
    )
    made = WordTemplate(word(text), "t", "de-DE")
    shape = template_specimen.assumed(made.uses, "de-DE")
    values = template_specimen.specimen_values(shape, made.uses)
    assert (
        texts(made.render(values))[1].replace("\u00a0", " ") == "15. Januar 2027 96.000,00 EUR Deutschland Deutsch 40"
    )


def test_the_least_letter_leaves_out_all_that_may_be_missing():
    full, least = (template_specimen.specimen_letter("policy-summary", least=each) for each in (False, True))
    count = [len(texts(each.docx)) + len(cells(each.docx)) for each in (full, least)]
    assert count[0] > count[1] > 5


@pytest.fixture(scope="module")
def child():
    with Child(Limits(seconds=60, memory_mb=1024)) as made:
        yield made


def test_the_child_answers_for_hostile_files_and_lives(child):
    for data in (b"", b"PK\x03\x04", word("{{ x }}")[:500], with_parts(word("a"), {"word/document.xml": b"<a" * 9})):
        report = child.call("toolkit.template_lint:lint", data, "t", None, "en-GB", KNOWN, result=Report)
        assert not report.good and "not a Word file" in report.remarks[0].what and not report.preview
    good = child.call("toolkit.template_lint:lint", word("a"), "t", None, "en-GB", KNOWN, result=Report)
    assert good.good


def test_lint_says_the_paragraph_and_fails(tmp_path):
    path = tmp_path / "letter.docx"
    path.write_bytes(word("{{ principal.surnam }}"))
    code, output = run("lint", str(path), "policy-summary")
    assert code == 3
    assert "1 problem" in output and "did you mean principal.surname?" in output and "policy-summary: good" in output
    code, output = run("lint", str(path), "--json")
    (found,) = json.loads(output).values()
    assert code == 3 and not found["good"] and found["problems"][0]["where"].startswith("paragraph 2")


@pytest.mark.parametrize("hidden", [field("INCLUDEPICTURE x"), "<w:altChunk/>", "<w:p><w:r><w:object/></w:r></w:p>"])
def test_what_could_do_something_when_opened_has_no_preview_and_is_not_written(hidden, tmp_path, monkeypatch):
    folder = tmp_path / "templates" / "note"
    folder.mkdir(parents=True)
    (folder / "template.docx").write_bytes(in_body(word("Dear {{ principal.surname }}"), hidden))
    (folder / "template.toml").write_text(
        'title = "N"\naudience = "t"\nlanguage = "en-GB"\n[needs]\n"principal.surname" = "s"\n', "utf-8"
    )
    out = tmp_path / "out"
    with pytest.raises(DefinitionError, match=r"word/document\.xml: ") as said:
        run("preview", str(folder / "template.docx"), "--out", str(out))
    assert ": :" not in said.value.message and not out.exists()
    with pytest.raises(DefinitionError, match=r"note/template\.docx: word/document\.xml: "):
        vet(["note"], folder.parent)


@pytest.mark.office
@pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")
def test_preview_shows_word_and_pdf(tmp_path):
    from pypdf import PdfReader

    path = tmp_path / "letter.docx"
    path.write_bytes(word("Dear {{ principal.surname }}, {{ our.detail }}"))
    code, output = run("preview", str(path), "--out", str(tmp_path / "out"))
    assert code == 0 and "yellow: our.detail" in output
    text = PdfReader(str(tmp_path / "out" / "letter-preview.pdf")).pages[0].extract_text()
    assert "Dear Specimen-Svensson, our.detail" in text


def test_a_copy_is_yours_and_goes_first(tmp_path):
    mine = tmp_path / "mine"
    code, output = run("new", "policy-summary", "--templates", str(mine))
    assert code == 0 and "Edit it in Word" in output
    toml = mine / "policy-summary" / "template.toml"
    toml.write_text(toml.read_text("utf-8").replace('title = "', 'title = "Our ', 1), "utf-8")
    assert write.template("policy-summary", mine).title.startswith("Our ")
    assert not write.template("policy-summary").title.startswith("Our ")
    code, output = run("list", "--templates", str(mine))
    assert code == 0 and "yours" in output


def test_a_name_that_is_no_template_is_said(tmp_path):
    from toolkit.errors import InputError

    with pytest.raises(InputError, match="neither a file nor the name"):
        run("lint", "nonsense")
    with pytest.raises(InputError, match="no name for a folder"):
        run("new", "../x", "--from", "policy-summary", "--templates", str(tmp_path))
