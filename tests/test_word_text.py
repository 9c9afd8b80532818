"""Word files as text: clause numbers, tables, headers, notes, boxes; open changes both ways; the unseen is told."""

from __future__ import annotations

import io
import socket
import zipfile
from pathlib import Path

import pytest
from test_pages import a_jpeg
from word_paper import MACROS, PLAIN, field, gone, ins, numbered, p, r, word_file

from toolkit import disarm, layout, ocr, office, open_changes, read, receive, sniff
from toolkit.arrival import Limits
from toolkit.confine import Child
from toolkit.errors import HostileError, InputError, TooLargeError
from toolkit.model import Box, Field, Method, Page, Source, Word
from toolkit.pages import Opened, open_bytes
from toolkit.readers import Reading
from toolkit.recognise import recognise

BOX = Box(0.1, 0.1, 0.2, 0.2)


def opened(body: str, **how) -> Opened:
    return open_bytes(word_file(body, **how), sniff.WORD)


def lines(body: str, **how) -> list[str]:
    return [line.text for page in opened(body, **how).pages for line in layout.lines(page)]


def level(at: int, text: str, form: str = "decimal", more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>{more}</w:lvl>'
    )


CLAUSES = (
    f'<w:abstractNum w:abstractNumId="7">{level(0, "%1.")}{level(1, "%1.%2")}{level(2, "(%3)", "lowerLetter")}'
    f'{level(3, "(%4)", "lowerRoman")}</w:abstractNum><w:abstractNum w:abstractNumId="8">'
    f"{level(0, 'Article %1', 'upperRoman')}{level(1, 'Section %1.%2', 'decimal', '<w:isLgl/>')}</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/>'
    "</w:lvlOverride></w:num>"
)


def test_clauses_have_the_numbers_that_word_gives_them():
    body = "".join(
        numbered(text, at, number)
        for text, at, number in (
            ("Term", 0, 1), ("Start", 1, 1), ("End", 1, 1),
            ("by notice", 2, 1), ("by death", 2, 1),
            ("of either", 3, 1), ("Pay", 0, 1), ("Salary", 1, 1), ("monthly", 2, 1),
            ("Schedule", 0, 3), ("Annex", 0, 2), ("Costs", 1, 2),
            ("Law", 0, 2), ("Venue", 1, 2),
        )
    )  # fmt: skip
    assert lines(body, numbering=CLAUSES) == [
        "1. Term", "1.1 Start", "1.2 End", "(a) by notice", "(b) by death", "(i) of either", "2. Pay", "2.1 Salary",
        "(a) monthly", "5. Schedule", "Article I Annex", "Section 1.1 Costs", "Article II Law", "Section 2.1 Venue",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "number", "shown"),
    [
        ("decimalZero", 7, "07"), ("upperLetter", 28, "BB"), ("lowerRoman", 49, "xlix"), ("ordinal", 22, "22nd"),
        ("cardinalText", 21, "Twenty-one"), ("ordinalText", 20, "Twentieth"), ("ordinalText", 3, "Third"),
        ("upperRoman", 99999, "99999"), ("lowerLetter", 99999999, "99999999"), ("hebrew1", 4, "4"), ("none", 4, ""),
    ],
)  # fmt: skip
def test_numbers_are_written_in_every_way_contracts_use(form: str, number: int, shown: str):
    lists = (
        f'<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="{number}"/><w:numFmt w:val="{form}"/>'
        '<w:lvlText w:val="%1"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )
    assert lines(numbered("Term", 0), numbering=lists) == [f"{shown} Term".strip()]


def test_headings_number_through_their_styles():
    styles = (
        '<w:style w:type="paragraph" w:styleId="Clause"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
        "</w:style>"
        '<w:style w:type="paragraph" w:styleId="Sub"><w:basedOn w:val="Clause"/><w:pPr><w:numPr><w:ilvl w:val="1"/>'
        "</w:numPr></w:pPr></w:style>"
    )
    body = p("Pay", properties='<w:pStyle w:val="Clause"/>') + p("Salary", properties='<w:pStyle w:val="Sub"/>')
    body += p("not one", properties='<w:pStyle w:val="Clause"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    assert lines(body, numbering=CLAUSES, styles=styles) == ["1. Pay", "1.1 Salary", "not one"]


def test_deleted_clauses_are_not_counted():
    mark = '<w:rPr><w:del w:id="1" w:author="Ann"/></w:rPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body = numbered("One", 0) + p(gone("Two"), properties=mark) + numbered("Three", 0)
    assert lines(body, numbering=CLAUSES) == ["1. One", "2. Three"]
    before = opened(body, numbering=CLAUSES).before
    assert before is not None
    assert layout.text(before.pages).split("\n") == ["1. One", "2. Two", "3. Three"]


def test_cells_that_span_columns_keep_the_columns_below_them():
    def cell(text: str, span: int = 1) -> str:
        return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>{p(text)}</w:tc>'

    rows = (cell("Pay of the employee", 2) + cell("Note"), cell("Base") + cell("EUR 5,000") + cell("monthly"))
    page = opened("<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>").pages[0]
    left = {word.text: word.box.left for word in page.words}
    assert left["Note"] == left["monthly"]


def test_only_headers_that_are_on_a_page_are_read():
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="side1"/><w:headerReference w:type="first" r:id="side2"/>'
        '<w:headerReference w:type="even" r:id="side3"/><w:footerReference w:type="default" r:id="side4"/>{}</w:sectPr>'
    )
    sides = [("header", p("Letterhead")), ("header", p("First")), ("header", p("Even")), ("footer", p("Foot"))]
    assert lines(p("Body") + section.format(""), sides=sides) == ["Letterhead", "Body", "Foot"]
    told = lines(p("Body") + section.format("<w:titlePg/>"), sides=sides, settings="<w:evenAndOddHeaders/>")
    assert told == ["Letterhead", "First", "Even", "Body", "Foot"]


def test_notes_come_after_the_text_and_boxes_after_their_paragraph():
    box = "<w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent>{}</w:txbxContent></wps:txbx></mc:Choice>"
    box += "<mc:Fallback><w:pict><w:txbxContent>{}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    told = lines(
        p("Salary", '<w:r><w:footnoteReference w:id="4"/></w:r>', box.format(p("Draft"), p("Draft")), " of EUR 5,000"),
        footnotes=f'<w:footnote w:id="3">{p("unused")}</w:footnote><w:footnote w:id="4">{p("before tax")}</w:footnote>',
    )
    assert told == ["Salary of EUR 5,000", "Draft", "[1] before tax"]


def test_open_changes_are_read_both_ways_and_told():
    body = p("Notice: ", gone("one month", "Ann"), ins("three months", "Bob"), ".") + p(ins("Bonus: EUR 900"))
    body = body + '<w:p><w:r><w:br w:type="page"/></w:r></w:p>' + p("Salary: EUR ", gone("5,000"), ins("6,000"))
    read = opened(body)
    assert layout.text(read.pages).split("\f")[0] == "Notice: three months.\nBonus: EUR 900"
    assert read.before is not None and "one month." in layout.text(read.before.pages)
    assert "Bonus" not in layout.text(read.before.pages) and "EUR 5,000" in layout.text(read.before.pages)
    (note,) = [note for note in read.notes if "open change" in note]
    assert note.startswith("5 open changes by 2 authors on pages 1, 2") and "Ann" not in note


def test_rows_and_paragraph_marks_can_be_open_changes_too():
    row = f'<w:tr><w:trPr><w:{{}} w:id="1" w:author="Ann"/></w:trPr><w:tc>{p("{}")}</w:tc></w:tr>'
    table = "<w:tbl>" + row.format("ins", "added") + row.format("del", "struck") + "</w:tbl>"
    joined = p("one ", properties='<w:rPr><w:del w:id="1" w:author="Ann"/></w:rPr>') + p("two")
    read = opened(table + joined)
    assert layout.text(read.pages) == "added\none two"
    assert read.before is not None and layout.text(read.before.pages) == "struck\none\ntwo"


def test_one_change_in_many_runs_is_one_change():
    assert "1 open change by 1 author" in opened(p(ins("three "), ins("months"))).notes[0]


def test_a_file_without_open_changes_has_one_text():
    assert opened(p("Salary")).before is None and opened(p("Salary")).notes == ()


def test_dates_that_change_by_themselves_are_not_relied_on():
    read = opened(p("Dated ", field('DATE \\@ "d MMMM yyyy"', "3 May 2026")))
    assert "3 May 2026" in layout.text(read.pages)
    assert read.before is not None and "May" not in layout.text(read.before.pages)
    assert "1 date on page 1 would change when the file is opened" in read.notes[0]


def test_places_to_fill_in_are_blanks_and_no_names():
    control = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    body = p("Between ", field("MERGEFIELD Employee", "«Employee»"), " and ", control.format(r("Click to enter text.")))
    body += control.format(p("Choose a date")) + p("Said «Herrn» ", field("MERGEFIELD City", "Graz"))
    body += "<w:tbl><w:tr>" + control.format(f"<w:tc>{p('Enter salary')}</w:tc>") + "</w:tr></w:tbl>"
    prompt = "<w:instrText>MACROBUTTON DoFieldClick [Click and type name]</w:instrText>"
    ends = ('<w:fldChar w:fldCharType="begin"/>', prompt, '<w:fldChar w:fldCharType="end"/>')
    body += p("By ", *(f"<w:r>{each}</w:r>" for each in ends))
    blank = "________"
    told = [f"Between {blank} and {blank}", blank, "Said «Herrn» Graz", blank, f"By {blank}"]
    assert lines(body) == told
    assert "5 places are on page 1 still to be filled in" in opened(body).notes[0]


def test_boxes_of_forms_are_shown_as_they_were_set():
    def form(name: str, data: str) -> str:
        begin = f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar></w:r>'
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        return f"{begin}<w:r><w:instrText>{name}</w:instrText></w:r>{end}"

    chosen = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="monthly"/><w:listEntry w:val="yearly"/></w:ddList>'
    body = p(form("FORMCHECKBOX", "<w:checkBox><w:checked/></w:checkBox>"), " yes ", form("FORMCHECKBOX", ""), " no ")
    body += p(form("FORMDROPDOWN", chosen)) + p('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>', " agreed")
    assert lines(body) == ["☒ yes ☐ no", "yearly", "☒ agreed"]


def test_what_nobody_sees_is_not_read_and_is_told():
    shaded = '<w:tcPr><w:shd w:val="clear" w:fill="1F3864"/></w:tcPr>'
    white = '<w:color w:val="FEFDFE"/>'
    styles = '<w:style w:type="character" w:styleId="Off"><w:rPr><w:vanish/></w:rPr></w:style>'
    body = p("Seen ", r("hidden", "<w:vanish/>"), r("by style", '<w:rStyle w:val="Off"/>'), r("white", white))
    body += p(r("tiny", '<w:sz w:val="2"/>'), r("shown", '<w:vanish w:val="0"/>'))
    body += f"<w:tbl><w:tr><w:tc>{shaded}{p(r('Heading', white))}</w:tc></w:tr></w:tbl>"
    assert lines(body, styles=styles) == ["Seen", "shown", "Heading"]
    notes = opened(body, styles=styles).notes
    assert [note.split(" on page")[0] for note in notes] == [
        "2 pieces of hidden text", "1 piece of white text on white", "1 piece of text too small to be seen",
    ]  # fmt: skip


def test_comments_are_told_with_their_places_and_are_no_text():
    reference = '<w:r><w:commentReference w:id="0"/></w:r>'
    comment = f'<w:comment w:id="0" w:author="Ann Example">{p("Too low? &#x9b; Ask HR.")}</w:comment>'
    read = opened(p("Salary EUR 5,000", reference, " a month"), comments=comment)
    assert layout.text(read.pages) == "Salary EUR 5,000 a month"
    assert read.notes == (
        "1 comment beside the text, no part of what was read",
        "comment on page 1 at “Salary EUR 5,000”: “Too low?  Ask HR.”",
    )


def test_a_field_that_never_ends_swallows_nothing():
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF</w:instrText></w:r>'
    assert lines(numbered("One", 0) + p("Two", begin, "three") + numbered("Four", 0), numbering=CLAUSES) == [
        "1. One", "Twothree", "2. Four",
    ]  # fmt: skip


def test_the_body_is_found_by_its_relation():
    data = word_file(p("Body"), main="word/document2.xml", styles="")
    assert layout.text(open_bytes(data, sniff.WORD).pages) == "Body"
    assert disarm.word(data)


def test_what_a_file_could_do_and_what_protects_it_is_told():
    data = word_file(
        p("x"),
        outside=[("attachedTemplate", "https://evil.example/t.dotm"), ("image", "https://evil.example/p.png"),
                 ("oleObject", "file:///c:/pay.xlsx"), ("hyperlink", "https://fine.example")],
        extra=[("word/vbaProject.bin", b"M"), ("word/activeX/activeX1.xml", b"<a/>"), ("word/embeddings/o.xlsx", b"O"),
               ("_xmlsignatures/sig1.xml", b"<Signature/>")],
        settings='<w:documentProtection w:edit="readOnly" w:enforcement="1"/>',
        content_type=MACROS,
    )  # fmt: skip
    notes = receive.inspect(data, "contract.docm").notes
    assert [note.removeprefix("the Word document ") for note in notes] == [
        "holds macros, which were not run",
        "holds embedded files, which were not opened",
        "holds controls that can act, which were not run",
        "names an outside template, which was not fetched",
        "names pictures elsewhere, which were not fetched",
        "is linked to other files, which were not opened",
        "is protected against changes",
        "carries a digital signature, which was not verified",
    ]
    assert receive.inspect(word_file(p("x"), outside=[("hyperlink", "https://fine.example")]), "a.docx").notes == ()


def test_fields_that_fetch_are_named_and_their_last_result_is_read():
    read = opened(p(field('INCLUDETEXT "https://evil.example/a"', "kept"), field("DDEAUTO excel pay.xlsx r1c1", "900")))
    assert layout.text(read.pages) == "kept900"
    assert read.notes[-1].endswith("which was not done: DDEAUTO, INCLUDETEXT")


def test_reading_opens_no_socket_and_no_file(monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("reached out")

    data = word_file(
        p(field('INCLUDEPICTURE "https://evil.example/a.png" \\d', "")),
        outside=[("attachedTemplate", "https://evil.example/t.dotm"), ("image", "file:///etc/hostname")],
    )
    opened("")  # whatever is loaded once is loaded now
    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    monkeypatch.setattr(Path, "open", refused)
    monkeypatch.setattr("builtins.open", refused)
    receive.inspect(data, "a.docx")
    open_bytes(data, sniff.WORD)
    assert b"evil.example" not in disarm.word(data) and b"hostname" not in disarm.word(data)


def test_every_page_and_paragraph_is_kept():
    broken = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    body = "".join(p(f"paragraph {number}") + (broken if number % 40 == 0 else "") for number in range(1000))
    text = layout.text(opened(body).pages)
    assert [line for line in text.replace("\f", "\n").split("\n") if line] == [f"paragraph {n}" for n in range(1000)]
    with pytest.raises(TooLargeError):
        open_bytes(word_file(body), sniff.WORD, Limits(pages=3))


def test_hostile_files_end_in_an_error_of_ours_or_in_pages():
    deep = "<w:sdt><w:sdtContent>" * 400 + p("x") + "</w:sdtContent></w:sdt>" * 400
    nested = "<w:tbl><w:tr><w:tc>" * 60 + p("x") + "</w:tc></w:tr></w:tbl>" * 60
    ring = '<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="A"/></w:style>'
    for body in (deep, nested, p("x", properties='<w:pStyle w:val="A"/>')):
        try:
            assert lines(body, styles=ring) == ["x"]
        except InputError as error:
            assert error.remedy
    assert issubclass(HostileError, InputError)


def test_ten_thousand_changes_and_fields_take_seconds_and_not_minutes():
    body = "".join(p("a", ins("b", f"author {n}"), gone("c"), field("DATE", "1 May 2026")) for n in range(10_000))
    with pytest.raises(TooLargeError):
        open_bytes(word_file(body), sniff.WORD, Limits(pages=50))
    assert open_bytes(word_file(body), sniff.WORD, Limits(pages=300)).notes


def test_a_confined_child_reads_the_file_with_its_notes():
    data = word_file(p("Notice: ", gone("one month"), ins("three months")))
    with Child() as child:
        pages = child.call("toolkit.pages:read_pages", data, sniff.WORD, result=list[Page])
    assert layout.text(pages) == "Notice: three months"


SOURCE = Source("", 1, None, Method.TEXT_LAYER)


def test_a_value_that_hangs_on_an_open_change_is_unsure_with_the_other_reading():
    after = Reading((Field("salary", "6000.00", 0.95, SOURCE, currency="EUR"), Field("law", "Austria", 0.95, SOURCE)))
    before = Reading((Field("salary", "5000.00", 0.95, SOURCE, currency="EUR"), Field("law", "Austria", 0.95, SOURCE)))
    weighed = open_changes.weighed(after, before)
    salary, law = weighed.fields
    assert (salary.value, salary.sure, law.sure) == ("6000.00", False, True)
    assert [(each.value, each.sure) for each in weighed.rejected] == [("5000.00", False)]
    assert [warning.split(" hangs on")[0] for warning in weighed.warnings] == ["salary:"]


def test_a_value_that_a_deletion_takes_away_is_not_lost():
    before = Reading((Field("notice_period", "P1M", 0.95, SOURCE),))
    weighed = open_changes.weighed(Reading(), before)
    assert [(each.name, each.value, each.sure, each.source.page) for each in weighed.rejected] == [
        ("notice_period", "P1M", False, None)
    ]
    assert open_changes.weighed(before, before) == before


def pasted(relation: str, wide: int, high: int) -> str:
    """A picture in the text, *wide* by *high* millimetres."""
    extent = f'<wp:extent cx="{wide * 36_000}" cy="{high * 36_000}"/>'
    spaces = 'xmlns:wp="urn:wp" xmlns:a="urn:a"'
    return p(
        f'<w:r><w:drawing><wp:inline {spaces}>{extent}<a:blip r:embed="{relation}"/></wp:inline></w:drawing></w:r>'
    )


def test_papers_pasted_as_pictures_are_pages_after_the_text(monkeypatch: pytest.MonkeyPatch):
    seen = []
    monkeypatch.setattr(ocr, "look", lambda image: seen.append(image.shape) or ocr.Look((Word("seen", BOX, 0.9),), 0))
    images = [("media/passport.jpg", a_jpeg((300, 200))), ("media/broken.png", b"\x89PNG\r\n\x1a\n")]
    body = pasted("image1", 125, 88) + pasted("image2", 160, 100) + pasted("image1", 160, 25)
    alone = open_bytes(word_file(body, images=images), sniff.WORD)
    assert [(page.number, page.words[0].text, page.method) for page in alone.pages] == [(1, "seen", Method.OCR)]
    assert alone.sheets[0].image.shape == (200, 300, 3)
    read = open_bytes(word_file(p("My passport:", ins(" enclosed")) + body, images=images), sniff.WORD)
    assert [page.number for page in read.pages] == [1, 2] and len(seen) == 2
    assert read.before is not None and [page.number for page in read.before.pages] == [1, 2]
    assert read.notes[1:] == (
        "1 picture in the text read as further pages, after it",
        "1 large picture in the text could not be read: look at them",
    )
    assert [page.method for page in opened(pasted("image9", 125, 88)).pages] == [Method.TEXT_LAYER]


def test_what_stands_across_the_pages_is_told():
    mark = '<w:r><w:pict><v:shape><v:textpath string="DRAFT 3"/></v:shape></w:pict></w:r>'
    section = '<w:sectPr><w:headerReference w:type="default" r:id="side1"/></w:sectPr>'
    read = opened(p("Contract") + section, sides=[("header", p(mark))])
    assert (layout.text(read.pages), read.notes) == ("Contract", ("across the pages stands “DRAFT 3”",))


def test_cells_can_be_open_changes():
    cell = '<w:tc><w:tcPr><w:{} w:id="1" w:author="Ann"/></w:tcPr>{}</w:tc>'
    read = opened(f"<w:tbl><w:tr>{cell.format('cellIns', p('new'))}{cell.format('cellDel', p('old'))}</w:tr></w:tbl>")
    assert read.before is not None
    assert (layout.text(read.pages), layout.text(read.before.pages)) == ("new", "old")


CONTRACT = (
    p("EMPLOYMENT AGREEMENT")
    + p("This Employment Agreement is made on 3 March 2026 between Nordwind Logistik GmbH (the “Employer”) and Lena"
        " Example (the “Employee”).")
    + p("1. The Employee shall receive a gross salary of EUR ", gone("5,000"), ins("6,000"), " per month.")
    + p("2. This Agreement is governed by the laws of Austria.")
)  # fmt: skip


def test_a_contract_under_negotiation_is_read_with_both_salaries():
    file = open_bytes(word_file(CONTRACT), sniff.WORD)
    found = recognise(file)
    assert found.kind is not None and found.name == "contract"
    reading = open_changes.read(read.reader(found.kind.reader), file, found)
    fields = {each.name: each for each in reading.fields}
    assert fields["salary"].value == "6000.00" and not fields["salary"].sure
    assert [each.value for each in reading.rejected if each.name == "salary"] == ["5000.00"]
    agreed = open_bytes(word_file(CONTRACT.replace(gone("5,000"), "").replace(ins("6,000"), r("6,000"))), sniff.WORD)
    settled = open_changes.read(read.reader(found.kind.reader), agreed, found)
    assert [(each.value, each.sure) for each in settled.fields if each.name == "salary"] == [("6000.00", True)]


MACRO_TEMPLATE = "application/vnd.ms-word.template.macroEnabledTemplate.main+xml"


@pytest.mark.parametrize("content_type", [MACROS, MACRO_TEMPLATE])
def test_a_macro_document_becomes_a_plain_one(content_type: str):
    data = word_file(p("x"), content_type=content_type, extra=[("word/vbaProject.bin", b"M")])
    with zipfile.ZipFile(io.BytesIO(disarm.word(data))) as clean:
        assert f'ContentType="{PLAIN}"' in clean.read("[Content_Types].xml").decode()
        assert "word/vbaProject.bin" not in clean.namelist()


@pytest.mark.office
@pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("main", ["word/document.xml", "word/document2.xml"])
def test_a_macro_document_is_laid_out(main: str):
    data = word_file(p("Hello"), content_type=MACROS, main=main, extra=[("word/vbaProject.bin", b"M")])
    laid_out = office.submitted_to_pdf("d1", disarm.word(data))
    assert layout.text(open_bytes(laid_out, sniff.PDF).pages) == "Hello"


@pytest.mark.office
@pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")
def test_a_disarmed_file_is_laid_out_with_its_changes_and_numbers():
    data = word_file(numbered("Notice", 0) + p(gone("one month"), ins("three months")), numbering=CLAUSES)
    laid_out = office.submitted_to_pdf("d1", disarm.word(data))
    text = layout.text(open_bytes(laid_out, sniff.PDF).pages)
    assert "1. Notice" in text and "three months" in text
