"""The language of templates: rows, conditions, filters; and that a hostile template can do nothing but be refused."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from word_tags import REL, W, body, cells, field, in_body, link, run, texts, with_parts, word

from toolkit.errors import DefinitionError
from toolkit.word_template import MOST_ROWS, WordTemplate

ROWS = {"owed": ({"paper": "Passport", "due": "2027-01-15"}, {"paper": "Degree", "due": ""})}
TABLE = (
    ("Paper", "Until"),
    ("{%tr for row in owed %}", ""),
    ("{{ row.paper }}", "{{ row.due | long_date }}"),
    ("{%tr endfor %}", ""),
)


def template(*paragraphs: str, rows: tuple[tuple[str, ...], ...] = (), language: str = "en-GB") -> WordTemplate:
    return WordTemplate(word(*paragraphs, rows=rows), "t", language)


def related(kind: str, target: str) -> bytes:
    """The relations of a part, with one to another part of the file."""
    return link(kind, target).replace(b' TargetMode="External"', b"")


def problems(data: bytes) -> list[str]:
    try:
        return [str(problem) for problem in WordTemplate(data, "t", "en-GB").problems() if not problem.note]
    except DefinitionError as mistake:
        return [str(mistake)]


def test_a_table_has_a_row_for_each_and_an_empty_cell_prints_nothing():
    made = template(rows=TABLE).render({}, ROWS)
    assert cells(made) == [["Paper", "Until"], ["Passport", "15 January 2027"], ["Degree", ""]]


def test_paragraphs_and_words_repeat():
    made = template(
        "{%p for row in owed %}",
        "{{ loop.index }}. {{ row.paper }}",
        "{%p endfor %}",
        "All: {% for row in owed %}{{ row.paper }}{% if not loop.last %}, {% endif %}{% endfor %}.",
    ).render({}, ROWS)
    assert texts(made)[1:] == ["1. Passport", "2. Degree", "All: Passport, Degree."]


def test_rows_are_chosen_by_what_stands_in_them():
    made = template(
        "{%p for row in owed %}", '{%p if row.paper == "Degree" %}', "{{ row.paper }}", "{%p endif %}", "{%p endfor %}"
    ).render({}, ROWS)
    assert texts(made)[1:] == ["Degree"]


def test_no_rows_no_words():
    made = template(
        "{%p if owed %}", "Still needed:", "{%p for row in owed %}", "{{ row.paper }}", "{%p endfor %}", "{%p endif %}"
    )
    assert texts(made.render({}, {"owed": ()}))[1:] == []
    assert texts(made.render({}, ROWS))[1:] == ["Still needed:", "Passport", "Degree"]


def test_uses_name_the_rows_and_their_columns():
    found = template(rows=TABLE).uses
    assert [(use.variable, use.rows, use.filter) for use in found] == [
        ("owed", "owed", ""), ("owed.paper", "owed", ""), ("owed.due", "owed", "long_date")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en-GB", "United Kingdom, 15 January 2027, 15/01/2027, January 2027, EUR 1,234.50, 12.5, German"),
        ("de-DE", "Vereinigtes Königreich, 15. Januar 2027, 15.01.2027, Januar 2027, 1.234,50 EUR, 12,5, Deutsch"),
        ("fr-FR", "Royaume-Uni, 15 janvier 2027, 15/01/2027, janvier 2027, 1\u202f234,50 EUR, 12,5, allemand"),
        ("es-ES", "Reino Unido, 15 de enero de 2027, 15/1/2027, enero de 2027, 1.234,50 EUR, 12,5, alemán"),
    ],
)
def test_filters_write_the_language_of_the_template(language: str, expected: str):
    text = (
        "{{ a | country }}, {{ d | long_date }}, {{ d | short_date }}, {{ d | month }}, {{ m | money('EUR') }}, "
        "{{ n | number }}, {{ l | language }}"
    )
    made = template(text, language=language).render(
        {"a": "GBR", "d": "2027-01-15", "m": "1234.5", "n": "12.5", "l": "de"}
    )
    assert texts(made)[1].replace("\u00a0", " ") == expected


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=5))
def test_any_cell_is_text_and_nothing_else(values: list[str]):
    rows = {"owed": tuple({"paper": value, "due": ""} for value in values)}
    assert len(cells(template(rows=TABLE).render({}, rows))) == 1 + len(values)


def test_the_same_values_give_the_same_bytes_and_only_tagged_parts_are_new():
    made = template(rows=TABLE)
    assert made.render({}, ROWS) == made.render({}, ROWS)
    with zipfile.ZipFile(BytesIO(made.render({}, ROWS))) as one, zipfile.ZipFile(BytesIO(word(rows=TABLE))) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())
        assert one.read("word/styles.xml") == other.read("word/styles.xml")


@pytest.mark.parametrize(
    ("paragraph", "problem"),
    [
        # From reports against docxtpl and Jinja: every way from a value to code begins with one of these.
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "not allowed"),
        ("{{ x.__init__.__globals__ }}", "__globals__ is no name of a value"),
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "not allowed"),
        ("{{ self._TemplateReference__context }}", "no name of a value"),
        ("{{ self }}", "self is no name of a value"),
        ("{{ _context }}", "no name of a value"),
        ("{{ x | money(today.__class__) }}", "no name of a value"),
        ("{% for __class__ in x %}{% endfor %}", "a row cannot be called __class__"),
        ("{{ lipsum.__globals__['os'].popen('id') }}", "not allowed"),
        ("{{ namespace() }}", "not allowed"),
        ("{{ range(10**9) }}", "not allowed"),
        ("{{ 'a' * 1000000000 }}", "not allowed"),
        ("{{ x | attr('__class__') }}", "no filter is called attr"),
        ("{{ x | map('upper') }}", "no filter is called map"),
        ("{{ x is defined }}", "not allowed"),
        ("{{ [1, 2] }}", "not allowed"),
        ("{{ {'a': 1} }}", "not allowed"),
        ("{{ x ~ y }}", "not allowed"),
        ("{{ 'a' if x else 'b' }}", "not allowed"),
        ("{% for a in range(10**9) %}{% endfor %}", "by their name alone"),
        ("{% for a in x recursive %}{% endfor %}", "a loop is written"),
        ("{% for a in x if a %}{% endfor %}", "a loop is written"),
        ("{% for a in x %}{% for b in y %}{% endfor %}{% endfor %}", "loop inside a loop"),
        ("{% for a in x %}{{ loop.cycle('a') }}{% endfor %}", "not allowed"),
        ("{% for a in x %}{{ loop.previtem }}{% endfor %}", "a loop has"),
        ("{% for a in x %}{{ a }}{% endfor %}", "whole row"),
        ("{% for a in x %}", "never closed by endfor"),
        ("{% for a in x %}{% endif %}", "still open"),
        ("{% set a = 1 %}", '"set" is not allowed'),
        ("{% include '/etc/passwd' %}", '"include" is not allowed'),
        ("{% import 'os' as os %}", '"import" is not allowed'),
        ("{% macro m() %}{% endmacro %}", '"macro" is not allowed'),
        ("{% raw %}{{ x }}{% endraw %}", '"raw" is not allowed'),
        ("{% vm %}", '"vm" is not allowed'),
        ("{%p if x %} words {%p endif %}", "stand alone"),
        ("{{r x }}", "only {{ name }} prints"),
        ("{# a comment #}", "only {{ name }} prints"),
        ("{{ x | long_dat }}", "did you mean long_date?"),
    ],
)  # fmt: skip
def test_what_the_language_has_not_is_refused_by_name_and_paragraph(paragraph: str, problem: str):
    found = problems(word("{{ x }}", paragraph))
    assert any(problem in each and "paragraph 3" in each for each in found), found


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ("<w:p><w:r><w:t>{{ x }}</w:t></w:r><w:r><w:delText>{{ 7*7 }}</w:delText></w:r></w:p>", "no paragraph shows"),
        ('<w:p><w:pPr><w:pStyle w:val="{{ 7*7 }}"/></w:pPr><w:r><w:t>{{ x }}</w:t></w:r></w:p>', "keeps a setting"),
        ("<w:p><w:r><w:t>{{ x }}</w:t><w:instrText>{{ 7*7 }}</w:instrText></w:r></w:p>", "the field {{ is not allowed"),
        (field("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe"), "it starts another program"),
        (field('INCLUDEPICTURE "https://evil.example/a.png"'), "INCLUDEPICTURE"),
        (field('INCLUDETEXT "/etc/passwd"'), "INCLUDETEXT"),
        (field("DATE"), "today | long_date"),
        (field('HYPERLINK "file:///etc/passwd"'), "HYPERLINK"),
        ('<w:p><w:fldSimple w:instr="DATABASE"><w:r><w:t>x</w:t></w:r></w:fldSimple></w:p>', "DATABASE"),
        ("<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>" + field("QUOTE 68 68 69") + "</w:p>", "QUOTE"),
        ('<w:p><w:ins w:id="1" w:author="a"><w:r><w:t>new</w:t></w:r></w:ins></w:p>', "tracked change"),
        (f'<w:altChunk xmlns:r="{REL}" r:id="rId1"/>', "draws in another document"),
        ("<w:p><w:r><w:object/></w:r></w:p>", "embedded object"),
        (f"<w:p><w:r><w:pict><w:txbxContent>{run('{{ x }}')}</w:txbxContent></w:pict></w:r></w:p>", "text box"),
    ],
)  # fmt: skip
def test_what_hides_in_the_text_is_found(place: str, problem: str):
    found = problems(in_body(word("{{ x }}"), place))
    assert any(problem in each for each in found), found


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"word/vbaProject.bin": b"macro"}, "macros"),
        ({"word/embeddings/oleObject1.bin": b"ole"}, "embedded"),
        ({"word/activeX/activeX1.xml": b"<a/>"}, "embedded"),
        ({"word/_rels/settings.xml.rels": link("attachedTemplate", "https://evil.example/t.dotm")}, "attachedTemplate"),
        ({"word/_rels/header1.xml.rels": link("image", "\\\\evil\\a.png")}, "points outside"),
        ({"word/_rels/header1.xml.rels": link("hyperlink", "file:///etc/passwd")}, "points outside"),
        ({"word/comments.xml": f"<w:comments {W}><w:t>{{{{ x }}}}</w:t></w:comments>".encode()}, "holds a tag"),
        ({"docProps/custom.xml": b"<a>{% include 'x' %}</a>"}, "holds a tag"),
        ({"word/footer9.xml": f"<w:ftr {W}>{run('{{ 7*7 }}')}</w:ftr>".encode()}, "footer9, paragraph 1"),
        ({"word/footnotes.xml": f"<w:ftr {W}>{run('{% if x %}')}</w:ftr>".encode()}, "footnotes, paragraph 1"),
        ({"word/styles.xml": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}, "document type"),
        ({"word/settings.xml": b"<a><b"}, "damaged"),
        ({"word/fonts/font1.odttf": b"font"}, "a font is embedded"),
        ({"word/_rels/fontTable.xml.rels": related("font", "other/name")}, "(font)"),
        ({"word/_rels/document.xml.rels": link("attachedTemplate", "https://evil.example/t.dotm").replace(
            b"External", b"external")}, "attachedTemplate"),
        ({"word/_rels/settings.xml.RELS": link("attachedTemplate", "https://evil.example/t.dotm")}, "attachedTemplate"),
        ({"customXml/_rels/item1.xml.rels": link("customXmlProps", "https://evil.example/x")}, "points outside"),
        ({"customXml/item1.xml": b"<a>{{ x.__class__ }}</a>"}, "holds a tag"),
        ({"word/comments.XML": f"<w:x {W}><w:altChunk/></w:x>".encode()}, "draws in another document"),
        # A header may have any name, and building blocks are a document of their own.
        ({"word/kopf.xml": f"<w:hdr {W}>{field('INCLUDEPICTURE x')}</w:hdr>".encode()}, "INCLUDEPICTURE"),
        ({"word/glossary/document.xml": f"<w:g {W}>{field('DDEAUTO x')}</w:g>".encode()}, "DDEAUTO"),
        ({"word/footer1.xml": f'<?xml version="1.0" encoding="UTF-16"?><w:ftr {W}>{field("DDEAUTO x")}</w:ftr>'.encode(
            "utf-16")}, "DDEAUTO"),
        ({"word/media/logo.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>'}, "script"),
        ({"word/media/logo.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="https://evil.example/"/></svg>'},
         "points outside"),
        ({"/etc/cron.d/job": b"x"}, "leads out of it"),
        ({"word/../../job.xml": b"<a/>"}, "leads out of it"),
        ({"word\\job.xml": b"<a/>"}, "leads out of it"),
        ({"word/Document.xml": b"<a/>"}, "two parts of one name"),
    ],
)  # fmt: skip
def test_what_hides_in_other_parts_is_found(parts: dict[str, bytes], problem: str):
    found = problems(with_parts(word("{{ x }}"), parts))
    assert any(problem in each for each in found), found


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused():
    """Of two texts of one name we would look at one and Word would open the other."""
    data = BytesIO(word("{{ x }}"))
    with zipfile.ZipFile(data, "a") as bundle:
        bundle.writestr("word/document.xml", body(word("other")))
    assert "two parts of one name" in problems(data.getvalue())[0]


def test_a_strict_file_whose_text_stands_elsewhere_is_refused():
    own, other = (f"http://{each}/main" for each in (
        "schemas.openxmlformats.org/wordprocessingml/2006", "purl.oclc.org/ooxml/wordprocessingml"))  # fmt: skip
    strict = body(in_body(word("{{ x }}"), field("DDEAUTO x"))).replace(own.encode(), other.encode())
    assert any("Strict Open XML" in each for each in problems(with_parts(word("x"), {"word/document.xml": strict})))


@pytest.mark.parametrize(
    ("code", "fine"),
    [
        ('HYPERLINK "https://example.org" \\l "part" \\o "tip"', True),
        ('HYPERLINK \\l "_Toc1" \\h', True),
        ('HYPERLINK "mailto:a@example.org"', True),
        ("HYPERLINK \\\\evil\\share", False),
        ('HYPERLINK "file://evil/x.exe" \\l "a"', False),
        ('HYPERLINK \\l "a" "file://evil/x"', False),
        ('HYPERLINK "javascript:x"', False),
    ],
)
def test_a_link_in_a_field_leads_to_the_web_or_within(code: str, fine: bool):
    assert (not problems(in_body(word("{{ x }}"), field(code)))) is fine


def test_a_field_whose_name_is_split_over_paragraphs_is_read_as_word_reads_it():
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    split = "".join(f"<w:p>{begin * (not n)}<w:r><w:instrText>{part}</w:instrText></w:r>{end * n}</w:p>"
                    for n, part in enumerate(("INCLUDE", "TEXT x")))  # fmt: skip
    assert any("INCLUDETEXT" in each for each in problems(in_body(word("{{ x }}"), split)))


def test_a_loop_over_pages_of_text_is_stopped_before_it_takes_the_memory():
    made = template("{%p for row in owed %}", "A" * (1 << 20), "{%p endfor %}")
    with pytest.raises(DefinitionError, match="more than 16 MB of text"):
        made.render({}, {"owed": ROWS["owed"] * 200})
    assert template(*["{% for row in owed %}{{ row.paper }}{% endfor %}"] * 1000).render({}, ROWS)


def test_an_entity_in_the_text_is_refused_and_read_from_nowhere(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    hostile = body(word("{{ x }}")).replace(
        b"<w:document", f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]><w:document'.encode(), 1
    )
    found = problems(with_parts(word("{{ x }}"), {"word/document.xml": hostile}))
    assert any("document type" in each for each in found) and not any("SECRET" in each for each in found)


def test_a_bomb_is_refused_before_it_is_unpacked():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for number in range(8):
            bundle.writestr(f"word/media/{number}.xml", b"\0" * (20 << 20))
    start = time.perf_counter()
    assert "unpacks to more than" in problems(out.getvalue())[0]
    assert time.perf_counter() - start < 2


def test_a_crowd_of_rows_is_refused():
    rows = {"owed": tuple({"paper": "x", "due": ""} for _ in range(MOST_ROWS + 1))}
    with pytest.raises(DefinitionError, match="more than 500 rows"):
        template(rows=TABLE).render({}, rows)


def test_a_name_is_never_a_method_of_what_holds_it():
    made = template("{{ policy.items }} {{ policy.copy }}").render({"policy.items": "goods", "policy.copy": "one"})
    assert texts(made)[1] == "goods one"


@pytest.mark.parametrize(
    ("paragraphs", "rows", "problem"),
    [
        ((), (("{% if x %}one", "two{% endif %}"),), "another cell"),
        (("{% if x %}one",), (("two{% endif %}", ""),), "another cell"),
        (("{%p if x %}", "one{% endif %}"), (), "write {%p endif"),
        ((), (("{%tr if x %}", ""), ("one", ""), ("{%p endif %}", "")), "write {%tr endif"),
    ],
)
def test_a_block_opens_and_closes_in_the_same_place(paragraphs, rows, problem: str):
    found = problems(word(*paragraphs, rows=rows))
    assert any(problem in each for each in found), found


def test_a_trial_letter_says_what_stops_it():
    made = template("{{ x | long_date }}")
    assert made.trial({"x": "2027-01-15"}, {}) == ""
    assert "undefined" in made.trial({}, {})
    assert "ISO" in made.trial({"x": "soon"}, {}) or "isoformat" in made.trial({"x": "soon"}, {})


def test_a_tag_split_by_formatting_is_mended_and_said():
    import docx

    document, out = docx.Document(), BytesIO()
    paragraph = document.add_paragraph()
    for text, bold in (("{{ x", False), (" | upper", True), (" }}", None)):
        paragraph.add_run(text).bold = bold
    document.save(out)
    made = WordTemplate(out.getvalue(), "t", "en-GB")
    (note,) = made.problems()
    assert note.note and "split by formatting: mended" in str(note)
    assert texts(made.render({"x": "a"})) == ["A"]
