"""The house style: one folder changes name, logo, foot line, font and colours of every letter; the words stay."""

from __future__ import annotations

import io
import re
import time
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from PIL import Image

from toolkit import letterhead, shipped, write
from toolkit.errors import DefinitionError
from toolkit.template_specimen import specimen_letter

NAMES = sorted(write.templates())
TOML = """
company = "Nordlicht & Söhne GmbH"
address = ["Werftstraße 3", "18055 Rostock", "www.example.com"]
logo = "{logo}"
font = "Georgia"
[colours]
ink = "003322"
quiet = "445566"
line = "778899"
shade = "EEDDCC"
[registration]
en = "Nordlicht & Söhne GmbH, Amtsgericht Rostock, HRB 00000"
de = "Sitz: Rostock · Amtsgericht Rostock, HRB 00000"
"""


def folder(path: Path, text: str = TOML, logo: str = "logo.png") -> Path:
    path.mkdir(exist_ok=True)
    if logo:
        Image.new("RGB", (300, 100), "#003322").save(path / logo)
    (path / "house.toml").write_text(text.replace("{logo}", logo), "utf-8")
    return path


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> letterhead.House:
    return letterhead.load(folder(tmp_path_factory.mktemp("house")))


def members(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        return {n: bundle.read(n).decode("utf-8", "replace") for n in bundle.namelist()}


def plain() -> bytes:
    """A customer's letter without any header or footer."""
    out = io.BytesIO()
    made = docx.Document()
    made.add_heading("Offer", 1)
    made.add_paragraph("Dear Sir")
    made.save(out)
    return out.getvalue()


def body(data: bytes) -> str:
    return "\n".join(p.text for p in docx.Document(io.BytesIO(data)).paragraphs)


def test_the_house_that_is_shipped_changes_no_word_and_adds_nothing():
    letter = specimen_letter("long-term-assignment-letter").docx
    dressed = letterhead.dress(letter, letterhead.load())
    before, after = members(letter), members(dressed)
    assert set(before) == set(after)
    assert [n for n in before if before[n] != after[n]] == ["word/styles.xml"]


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_wears_the_house(name: str, house):
    letter = specimen_letter(name).docx
    language = write.template(name).language
    dressed = letterhead.dress(letter, house, language=language)
    document = docx.Document(io.BytesIO(dressed))
    assert body(dressed) == body(letter)
    first = document.sections[0].first_page_header
    head = "\n".join(p.text for t in first.tables for r in t.rows for c in r.cells for p in c.paragraphs)
    assert head.count("Nordlicht & Söhne GmbH") == 1
    assert "18055 Rostock" in head
    assert not any(p.style.name == "Letterhead" for p in first.paragraphs)
    line = "Sitz: Rostock" if language.startswith("de") else "Amtsgericht Rostock, HRB"
    for foot in (document.sections[0].footer, document.sections[0].first_page_footer):
        assert foot.paragraphs[-1].text.startswith(line) or line in foot.paragraphs[-1].text
        assert "PAGE" in foot._element.xml
    assert document.styles["Title"].font.color.rgb == docx.shared.RGBColor.from_string("003322")
    assert document.styles["Small"].font.color.rgb == docx.shared.RGBColor.from_string("445566")
    worn = "".join(re.findall(r"<w:rFonts[^>]*>", members(dressed)["word/styles.xml"]))
    fonts = set(re.findall(r'="([^"]+)"', worn))
    assert fonts == {"Georgia"}
    (shown,) = first._element.xpath(".//a:blip/@r:embed")
    assert first.part.related_parts[shown].blob.startswith(b"\x89PNG")


def test_a_word_file_without_header_gets_one_on_its_first_page_and_a_foot_on_all(house):
    dressed = letterhead.dress(plain(), house, language="fr-FR")
    section = docx.Document(io.BytesIO(dressed)).sections[0]
    assert section.different_first_page_header_footer
    assert "Nordlicht & Söhne GmbH" in section.first_page_header._element.xml.replace("&amp;", "&")
    for foot in (section.footer, section.first_page_footer):
        assert foot.paragraphs[0].text == "Page 1 sur 1" or "NUMPAGES" in foot._element.xml
        assert foot.paragraphs[1].text.startswith("Nordlicht")
    order = [child.tag for child in section._sectPr]
    assert order.index(qn("w:titlePg")) > order.index(qn("w:pgMar"))


def test_a_template_may_be_dressed_before_it_is_written(house):
    place = shipped.folder("templates") / "policy-summary" / "template.docx"
    dressed = letterhead.dress(place.read_bytes(), house)
    parts = members(dressed)
    assert "{{ principal.given_names }}" in parts["word/document.xml"]
    assert not [n for n in parts if re.fullmatch(r"word/house-.*\.xml", n)]


def test_the_same_letter_gives_the_same_bytes_and_dressing_is_fast(house):
    letters = [specimen_letter(name).docx for name in NAMES[:8]]
    assert [letterhead.dress(each, house) for each in letters] == [letterhead.dress(each, house) for each in letters]
    best = min(_seconds(letters, house) for _ in range(5))
    # Measured at 1 to 2 ms on a busy machine.
    assert best / len(letters) < 0.006


def _seconds(letters: list[bytes], house: letterhead.House) -> float:
    started = time.perf_counter()
    for each in letters:
        letterhead.dress(each, house)
    return time.perf_counter() - started


def test_the_environment_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(letterhead.VARIABLE, str(folder(tmp_path / "mine", logo="")))
    assert letterhead.load().company == "Nordlicht & Söhne GmbH"
    assert letterhead.load(shipped.folder("templates") / "house").company == ""


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('ink = "003322"', 'ink = "green"'), "six hexadecimal digits"),
        (('font = "Georgia"', 'font = "{{ x }}"'), "write the words themselves"),
        (("company", "compnay"), "compnay"),
        (('logo = "{logo}"', 'logo = "../secret.png"'), "file name only"),
        (('logo = "{logo}"', 'logo = "nowhere.png"'), "cannot be read"),
        (('logo = "{logo}"', 'logo = "house.toml"'), "neither a PNG nor a JPEG"),
        (('font = "Georgia"', 'font = "Georgia"\nlogo_height_mm = 400'), "from 3 to 40"),
    ],
)
def test_a_mistake_in_the_folder_is_named_with_its_remedy(tmp_path, change, says):
    home = folder(tmp_path / "house", TOML.replace(*change))
    with pytest.raises(DefinitionError, match=re.escape(says)):
        letterhead.load(home)


def test_what_is_no_word_file_is_refused(house):
    with pytest.raises(DefinitionError, match="no Word file"):
        letterhead.dress(b"%PDF-1.7", house)


def word_letterhead(path: Path, *, foot: bool = True) -> None:
    """A letterhead as somebody makes it in Word: a picture and a line above, a line and a page number below."""
    made = docx.Document()
    section = made.sections[0]
    picture = io.BytesIO()
    Image.new("RGB", (60, 30), "#aa0000").save(picture, "JPEG")
    picture.seek(0)
    section.header.paragraphs[0].add_run().add_picture(picture)
    section.header.add_paragraph("Nordlicht & Söhne · Rostock")
    if foot:
        section.footer.paragraphs[0].text = "Volksbank Rostock · IBAN auf Anfrage"
        page = section.footer.add_paragraph("Seite ")._p
        page.append(docx.oxml.parse_xml(f'<w:fldSimple {docx.oxml.ns.nsdecls("w")} w:instr=" PAGE "/>'))
    made.save(str(path))


def test_a_letterhead_made_in_word_is_put_on_letters(tmp_path):
    home = folder(tmp_path / "house", 'font = "Arial"\n', logo="")
    word_letterhead(home / "letterhead.docx")
    worn = letterhead.load(home)
    for letter in (specimen_letter("l-1-support-letter").docx, plain()):
        dressed = letterhead.dress(letter, worn, language="en-US")
        section = docx.Document(io.BytesIO(dressed)).sections[0]
        first = section.first_page_header
        assert next(p.text for p in first.paragraphs if p.text) == "Nordlicht & Söhne · Rostock"
        shown = first._element.xpath(".//a:blip/@r:embed")
        assert [first.part.related_parts[key].blob[:3] for key in shown] == [b"\xff\xd8\xff"]
        feet = [p.text for p in section.first_page_footer.paragraphs]
        assert feet[-1] == "Volksbank Rostock · IBAN auf Anfrage"
        assert len([f for f in feet if f.startswith("Seite")]) == 0
        assert "PAGE" in section.first_page_footer._element.xml
        assert body(dressed) == body(letter)


def test_a_letterhead_without_a_foot_leaves_the_foot_to_the_line_in_the_folder(tmp_path):
    home = folder(tmp_path / "house", 'font = "Arial"\n[registration]\nen = "HRB 00000"\n', logo="")
    word_letterhead(home / "letterhead.docx", foot=False)
    section = docx.Document(io.BytesIO(letterhead.dress(plain(), letterhead.load(home)))).sections[0]
    assert section.footer.paragraphs[-1].text == "HRB 00000"


@pytest.mark.parametrize("bad", ["tag", "outside", "macro", "not word"])
def test_what_a_letterhead_may_not_hold_is_refused(tmp_path, bad):
    home = folder(tmp_path / "house", 'font = "Arial"\n', logo="")
    word_letterhead(home / "letterhead.docx")
    parts = dict(members_bytes(home / "letterhead.docx"))
    head = next(n for n in parts if re.fullmatch(r"word/header\d\.xml", n))
    if bad == "tag":
        parts[head] = parts[head].replace("Söhne".encode(), b"{{ principal.surname }}")
    elif bad == "outside":
        relations = f"word/_rels/{Path(head).name}.rels"
        parts[relations] = re.sub(
            rb'Target="[^"]*"', b'Target="http://x/y.png" TargetMode="External"', parts[relations]
        )
    elif bad == "macro":
        parts["word/vbaProject.bin"] = b"x"
    with zipfile.ZipFile(home / "letterhead.docx", "w") as bundle:
        for name, content in parts.items():
            bundle.writestr(name, content)
    if bad == "not word":
        (home / "letterhead.docx").write_bytes(b"{\\rtf1}")
    says = {"tag": "write the words", "outside": "put it in as a picture", "macro": "macros", "not word": "not a Word"}
    with pytest.raises(DefinitionError, match=says[bad]):
        letterhead.load(home)


def members_bytes(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}
