"""Letters: what is missing or unsure stops them, and values are only ever text."""

from __future__ import annotations

import io
import time
from datetime import date
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import shipped, write
from toolkit.errors import DefinitionError, IncompleteError, UnknownNameError
from toolkit.facts import Facts
from toolkit.model import Fact, Field, Method, Proof, Source

TODAY = date(2026, 11, 23)


def reading(name: str, value: str, confidence: float = 1.0, currency: str | None = None) -> Field:
    return Field(name, value, confidence, Source("d1", 1, None, Method.OCR), Proof.NONE, currency)


def known(**values: str) -> dict[str, Fact]:
    return {
        name: Fact(name, reading(name, value)) for name, value in ((n.replace("__", "."), v) for n, v in values.items())
    }


TOML = """
title = "Note"
audience = "tests"
language = "en-GB"
[needs]
"case.start" = "first day"
"pay.amount" = "salary"
"pay.amount_currency" = "its currency"
[may]
"spouse.name" = "the spouse"
"""


class Folder:
    """A `templates` folder of the test's own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, *paragraphs: str, toml: str = TOML, name: str = "note") -> str:
        place = self.path / name
        place.mkdir(exist_ok=True)
        (place / "template.toml").write_text(toml, "utf-8")
        document = docx.Document()
        document.add_heading("Pay and period", 1)
        for text in paragraphs:
            document.add_paragraph(text)
        document.save(str(place / "template.docx"))
        return name


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Folder:
    monkeypatch.setattr(shipped, "folder", lambda _: tmp_path)
    return Folder(tmp_path)


GOOD = (
    "You start on {{ case.start | long_date }}.",
    "You earn {{ pay.amount | money(pay.amount_currency) }}.",
    "{%p if spouse.name %}",
    "With {{ spouse.name }}.",
    "{%p endif %}",
)
FACTS = known(case__start="2027-01-15", pay__amount="185000", pay__amount_currency="USD", spouse__name="Lars")


def letter(name: str, facts: dict[str, Fact], *, today: date, allow_unsure: bool = False) -> write.Letter:
    return write.write(name, Facts(facts), today=today, allow_unsure=allow_unsure)


def text(made: write.Letter) -> list[str]:
    return [p.text for p in docx.Document(io.BytesIO(made.docx)).paragraphs]


def test_values_are_phrased_for_the_language(folder):
    assert text(letter(folder.add(*GOOD), FACTS, today=TODAY))[1:] == [
        "You start on 15 January 2027.",
        "You earn USD\u00a0185,000.00.",
        "With Lars.",
    ]


def test_what_may_be_missing_goes_with_its_words(folder):
    facts = {name: fact for name, fact in FACTS.items() if name != "spouse.name"}
    assert len(text(letter(folder.add(*GOOD), facts, today=TODAY))) == 3


@pytest.mark.parametrize("gone", [None, "", "   "])
def test_a_missing_value_names_template_paragraph_and_fact(folder, gone):
    facts = {name: fact for name, fact in FACTS.items() if name != "case.start"}
    if gone is not None:
        facts |= known(case__start=gone)
    with pytest.raises(IncompleteError) as caught:
        letter(folder.add(*GOOD), facts, today=TODAY)
    message = str(caught.value)
    for part in (
        "Note",
        "case.start",
        "first day",
        "paragraph 2",
        "Pay and period",
        "You start on",
        "detail of the case",
    ):
        assert part in message


def test_everything_missing_is_said_at_once(folder):
    with pytest.raises(IncompleteError, match=r"(?s)case\.start.*pay\.amount "):
        letter(folder.add(*GOOD), {}, today=TODAY)


def test_an_unsure_fact_stops_the_letter_unless_allowed(folder):
    facts = FACTS | {"case.start": Fact("case.start", reading("case.start", "2027-01-15", 0.6))}
    name = folder.add(*GOOD)
    with pytest.raises(IncompleteError, match="unsure"):
        letter(name, facts, today=TODAY)
    assert letter(name, facts, today=TODAY, allow_unsure=True).docx


def test_a_contradicted_fact_stops_the_letter_and_a_person_settles_it(folder):
    sure, other = reading("case.start", "2027-01-15"), reading("case.start", "2027-02-15")
    name = folder.add(*GOOD)
    with pytest.raises(IncompleteError, match="differs between documents"):
        letter(name, FACTS | {"case.start": Fact("case.start", sure, (other,))}, today=TODAY)
    settled = Field("case.start", "2027-02-15", 1.0, Source("", None, None, Method.PERSON), Proof.PERSON)
    assert letter(name, FACTS | {"case.start": Fact("case.start", settled, (sure,))}, today=TODAY)


def test_messages_hold_no_values(folder):
    facts = FACTS | {"case.start": Fact("case.start", reading("case.start", "SECRET-VALUE"))}
    with pytest.raises(IncompleteError, match=r"case\.start does not hold a date") as caught:
        letter(folder.add(*GOOD), facts, today=TODAY)
    assert "SECRET" not in str(caught.value)


def test_the_currency_of_an_amount_is_its_currency(folder):
    facts = {n: f for n, f in FACTS.items() if not n.startswith("pay.")}
    facts["pay.amount"] = Fact("pay.amount", reading("pay.amount", "10.5", currency="EUR"))
    assert "You earn EUR\u00a010.50." in text(letter(folder.add(*GOOD), facts, today=TODAY))


@pytest.mark.parametrize(
    "value",
    [
        "<w:p/>&amp;",
        "{{ pay.amount }}",
        "{% if %}",
        "a\x00b\x07c\x0cd",
        "one\ntwo",
        "]]>",
        '"',
        "\u202eevil",
        "{_{x}_}",
    ],
)
def test_values_are_text_and_nothing_else(folder, value: str):
    made = text(letter(folder.add(*GOOD), FACTS | known(spouse__name=value), today=TODAY))[-1]
    kept = value.translate(dict.fromkeys(map(ord, "\x00\x07\x0c\u202e")))
    assert made == f"With {kept}."


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=40).filter(lambda t: t.strip()))
def test_any_text_gives_a_word_file_that_opens(value: str):
    facts = dict.fromkeys(write.template("policy-summary").needs, Fact("x", reading("x", value)))
    facts |= known(case__start="2027-01-15", case__end="2028-01-15")
    made = letter("policy-summary", facts, today=TODAY)
    assert docx.Document(io.BytesIO(made.docx)).paragraphs


def test_the_same_facts_give_the_same_bytes(folder):
    name = folder.add(*GOOD)
    assert letter(name, FACTS, today=TODAY) == letter(name, FACTS, today=TODAY)


@pytest.mark.parametrize(
    ("paragraph", "problem"),
    [
        ("{{ spouse.name }}", "may be missing"),
        ("{% if case.start %}{{ spouse.name }}{% endif %}", "may be missing"),
        ("{% if spouse.name or case.start %}{{ spouse.name }}{% endif %}", "may be missing"),
        ("{{ nobody.knows }}", "not declared"),
        ("{{ case.start ", "not closed"),
        ("case.start }}", "not closed or not opened"),
        ("{{ case.start | long_date(“x”) }}", "curly quotes"),
        ("{% if spouse.name %}x", "never closed"),
        ("{% endif %}", "without an if"),
        ("{% for x in case %}{% endfor %}", "not declared under [rows]"),
        ("{% for x in case.start %}{% endfor %}", "by their name alone"),
        ("{% for x in range(9) %}{% endfor %}", "by their name alone"),
        ("{% for x, y in owed %}{% endfor %}", "a loop is written"),
        ("{% include 'x' %}", "not allowed"),
        ("{{ case.start.__class__.__mro__ }}", "no name of a value"),
        ("{{ case['start'] }}", "not allowed"),
        ("{{ case.start() }}", "not allowed"),
        ("{{ case.start | attr('x') }}", "no filter"),
        ("{{ 7 * 7 }}", "not allowed"),
    ],
)
def test_lint_points_at_the_paragraph(folder, paragraph: str, problem: str):
    name = folder.add(*GOOD, paragraph)
    found = write.lint(name)
    assert any(problem in str(each) and "paragraph 7" in str(each) for each in found), [str(f) for f in found]
    with pytest.raises(DefinitionError, match="paragraph 7"):
        letter(name, FACTS, today=TODAY)


def test_lint_finds_declared_but_unused(folder):
    assert "does not use" in str(write.lint(folder.add(*GOOD[:1]))[0])


def test_lint_refuses_another_language(folder):
    assert "language" in str(write.lint(folder.add(*GOOD, toml=TOML.replace("en-GB", "tlh")))[0])


def test_lint_refuses_remote_relations(folder):
    name = folder.add(*GOOD)
    path = folder.path / name / "template.docx"
    document = docx.Document(str(path))
    remote = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    document.part.relate_to("https://evil.example/t.dotm", remote, is_external=True)
    document.save(str(path))
    assert any("attachedTemplate" in str(problem) for problem in write.lint(name))


def test_a_file_that_is_no_word_file(folder):
    name = folder.add(*GOOD)
    (folder.path / name / "template.docx").write_bytes(b"no zip")
    with pytest.raises(DefinitionError, match="not a Word file"):
        write.lint(name)


def test_an_unknown_template_lists_the_known_ones():
    with pytest.raises(UnknownNameError, match="policy-summary"):
        write.template("nonsense")
    for name in ("nonsense", "../templates/policy-summary", ""):
        with pytest.raises(UnknownNameError, match="policy-summary"):
            write.lint(name)


def test_a_changed_template_is_read_again(folder):
    name = folder.add(*GOOD)
    assert write.lint(name) == []
    folder.add(*GOOD, "{{ nobody.knows }}")
    assert write.lint(name) != []


def test_a_tag_that_word_split_into_runs_is_one_tag(folder):
    name = folder.add(*GOOD[:2], *GOOD[2:])
    path = folder.path / name / "template.docx"
    document = docx.Document(str(path))
    paragraph = document.paragraphs[1]
    paragraph.clear()
    for piece in ("From {", "{ case.", "start | long", "_date }", "}."):
        paragraph.add_run(piece).bold = True
    document.save(str(path))
    assert "From 15 January 2027." in text(letter(name, FACTS, today=TODAY))


def test_letters_are_quick(folder):
    name = folder.add(*GOOD)
    letter(name, FACTS, today=TODAY)
    start = time.perf_counter()
    for _ in range(20):
        letter(name, FACTS, today=TODAY)
    assert time.perf_counter() - start < 2
