"""What each receiver accepts is kept: size of a file, where it is cut, names, how coarse a picture gets, and PDF/A."""

from __future__ import annotations

import io
import itertools
import random
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import msgspec
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from tests.test_pack import CASE, EXHIBITS, FINDINGS, TODAY, exhibit, paper, plain
from toolkit import packet_profiles, packet_shrink
from toolkit.errors import DefinitionError, UnknownNameError
from toolkit.model import Box, Method, Page, Word
from toolkit.pack import Packet, Way, pack
from toolkit.packet_cut import Cut, plan
from toolkit.packet_diff import difference
from toolkit.packet_inspect import inspect
from toolkit.packet_margins import free_strips


def scan(pages: int, dpi: int, quality: int = 95, seed: int = 1) -> bytes:
    """Letter pages that are nothing but a noisy picture, as scanners make them."""
    noise = random.Random(seed)
    pdf, out = pikepdf.new(), io.BytesIO()
    wide, high = round(8.5 * dpi), 11 * dpi
    for _ in range(pages):
        small = Image.frombytes("L", (wide // 4, high // 4), noise.randbytes((wide // 4) * (high // 4)))
        content = io.BytesIO()
        small.resize((wide, high)).convert("RGB").save(content, "JPEG", quality=quality)
        image = pikepdf.Stream(pdf, content.getvalue())
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = wide, high, 8
        image.ColorSpace, image.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
        page = pdf.add_blank_page(page_size=(612, 792))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Picture=image))
        page.Contents = pikepdf.Stream(pdf, b"q 612 0 0 792 0 0 cm /Picture Do Q")
    pdf.save(out)
    return out.getvalue()


@cache
def loose_ones() -> Packet:
    """The packet of the case as one document a file, made once."""
    return pack(CASE, FINDINGS, EXHIBITS, today=TODAY, way=Way("ceac"))


def last_page(made: Packet) -> pypdfium2.PdfPage:
    pdf = pypdfium2.PdfDocument(made.pdf)
    return pdf[len(pdf) - 1]


def test_every_profile_loads_and_names_its_source():
    assert packet_profiles.names() == ["ceac", "plain", "uk-visas", "uscis-online", "uscis-paper"]
    for name in packet_profiles.names():
        found = packet_profiles.profile(name)
        assert found.source and found.checked <= date.today() and "pdf" in found.types
        assert found.lowest_dpi >= 150, "print must stay legible"
    with pytest.raises(UnknownNameError, match="uscis-paper"):
        packet_profiles.profile("fax")


def test_a_profile_that_nobody_checked_for_a_year_is_said(monkeypatch: pytest.MonkeyPatch):
    found = packet_profiles.profile("ceac")
    assert packet_profiles.warning("ceac", found, found.checked + timedelta(days=366)) == ""
    later = found.checked + timedelta(days=367)
    assert "more than a year ago" in packet_profiles.warning("ceac", found, later)
    made = pack(CASE, FINDINGS, EXHIBITS, today=later, way=Way("ceac"))
    assert made.manifest["profile_expired"]
    cover = pypdfium2.PdfDocument(made.pdf)[0].get_textpage().get_text_range()
    assert "more than a year ago" in " ".join(cover.split())


def test_a_misspelt_profile_is_refused(tmp_path: Path):
    path = tmp_path / "x.toml"
    path.write_text('title = "x"\nmost_byte = 3\n', "utf-8")
    from toolkit.definitions import load

    with pytest.raises(DefinitionError, match=r"x\.toml"):
        load(path, packet_profiles.Profile)


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch):
    """A profile by the name of "tight" with a limit that a few pages pass."""

    def limited(name: str, most: int):
        tight = msgspec.structs.replace(packet_profiles.profile(name), most_bytes=most)
        monkeypatch.setattr(packet_profiles, "profile", lambda _: tight)

    return limited


def test_a_packet_over_the_limit_is_cut_where_exhibits_begin(small_limit):
    exhibits = [exhibit(f"Degree {n}", "degree", f"d{n}", scan(2, 60, seed=n)) for n in range(6)]
    whole = pack(CASE, FINDINGS, exhibits, today=TODAY)
    small_limit("uscis-online", len(whole.pdf) // 3)
    made = pack(CASE, FINDINGS, exhibits, today=TODAY, way=Way("uscis-online"))
    assert len(made.files) >= 3 and not made.done
    assert [f.name for f in made.files][:2] == [
        f"DEMO-1-packet-{n:02d}-pages-{f.first}-{f.last}.pdf" for n, f in enumerate(made.files[:2], start=1)
    ]
    dividers = {each["divider"] for each in made.manifest["exhibits"]}
    assert all(part.first in dividers for part in made.files[1:])
    assert [part.first for part in made.files[1:]] == [part.last + 1 for part in made.files[:-1]]
    for part in made.files:
        assert len(part.data) <= len(whole.pdf) // 3
        with pikepdf.open(io.BytesIO(part.data)) as pdf:
            assert pdf.pages[0].label == str(part.first), "numbers go on from one file to the next"


def test_a_page_over_the_limit_is_said_with_what_to_do(small_limit):
    small_limit("uscis-online", 60_000)
    made = pack(CASE, (), [exhibit("Scan", "degree", "d1", scan(2, 150))], today=TODAY, way=Way("uscis-online"))
    assert any("scan page" in line and "anew" in line for line in made.done)


def test_pictures_get_coarser_only_down_to_the_floor():
    data = scan(1, 300)
    small, done = packet_shrink.shrunk(data, 10_000, 150)
    assert len(small) < len(data) and "150 dpi" in done
    with pikepdf.open(io.BytesIO(small)) as pdf:
        image = pdf.pages[0].Resources.XObject.Picture
        assert int(image.Height) == 11 * 150, "no picture under 150 dpi"
    gentle, done = packet_shrink.shrunk(data, len(data) - 1, 150)
    assert "300 dpi" in done and len(gentle) < len(data)


def test_line_art_and_small_files_are_left_alone():
    text = paper(3)
    assert packet_shrink.shrunk(text, 10, 150) == (text, "")
    made = loose_ones()
    assert made.done == ()


def test_one_document_a_file_has_names_without_people_and_nothing_stamped():
    made = loose_ones()
    documents = [each for each in made.files if each.role == "document"]
    assert [each.name for each in documents] == [
        "DEMO-1-packet/01_letter.pdf", "DEMO-1-packet/02_passport.pdf", "DEMO-1-packet/03_contract.pdf",
        "DEMO-1-packet/04_degree.pdf", "DEMO-1-packet/05_passport.pdf",
    ]  # fmt: skip
    contract = pypdfium2.PdfDocument(documents[2].data)
    assert len(contract) == 9
    assert contract[0].get_textpage().get_text_range().strip() == "contract 1"
    index = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made.pdf))
    assert all(each.name.split("/")[1] in index for each in documents)


def test_a_document_over_the_limit_is_cut_between_pages(small_limit):
    small_limit("ceac", 150_000)
    made = pack(CASE, (), [exhibit("Scan", "degree", "d1", scan(5, 150))], today=TODAY, way=Way("ceac"))
    names = [each.name.split("/")[1] for each in made.files if each.role == "document"]
    assert names[:2] == ["01a_degree.pdf", "01b_degree.pdf"]
    assert sum(each.pages for each in made.files if each.role == "document") == 5
    assert any("was cut into" in line for line in made.done)


def test_cuts_are_planned_in_order_and_cover_every_page():
    pdf = scan(6, 40)
    cuts = plan(pdf, [1, 3, 5], len(pdf) // 2)
    assert cuts[0].first == 1 and cuts[-1].last == 6
    assert all(after.first == before.last + 1 for before, after in itertools.pairwise(cuts))
    assert plan(pdf, [1, 3, 5], len(pdf) * 2) == [Cut(1, 6)]


WORDS = (
    Word("Grünwaldt", Box(0.1, 0.1, 0.3, 0.12)),
    Word("Ελλάδα 日本", Box(0.5, 0.5, 0.7, 0.53)),
)


def searchable() -> Packet:
    page = Page(1, 1700, 2200, WORDS, Method.OCR)
    return pack(CASE, (), [replace(exhibit("Scan", "degree", "d1", scan(1, 60)), words=(page,))], today=TODAY)


def test_words_of_a_scan_are_found_where_they_are_seen_and_show_nothing():
    made = searchable()
    page = last_page(made)
    text = page.get_textpage()
    assert "Grünwaldt" in text.get_text_range() and "Ελλάδα 日本" in text.get_text_range()
    search = text.search("Grünwaldt")
    at, count = search.get_next()
    left, bottom, right, top = text.get_charbox(at)
    width, height = page.get_size()
    # The scan lies drawn a little smaller above the foot of the page.
    assert left / width == pytest.approx(0.1, abs=0.06) and 1 - top / height == pytest.approx(0.1, abs=0.06)
    assert count == len("Grünwaldt") and right > left and top > bottom
    plain = pack(CASE, (), [exhibit("Scan", "degree", "d1", scan(1, 60))], today=TODAY)
    shown, without = (last_page(each).render().to_pil() for each in (made, plain))
    assert shown.tobytes() == without.tobytes(), "the words must not be seen"


def form_page(foot: bool, head: bool) -> bytes:
    pdf, out = pikepdf.new(), io.BytesIO()
    page = pdf.add_blank_page(page_size=(612, 792))
    bars = [b"100 300 50 50 re f", b"100 10 50 8 re f" if foot else b"", b"100 775 50 10 re f" if head else b""]
    page.Contents = pdf.make_stream(b"\n".join(bars))
    pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("foot", "head", "free"), [(False, False, "foot"), (True, False, "head"), (False, True, "foot"), (True, True, "")]
)
def test_a_form_is_drawn_in_full_size_where_a_strip_is_free(foot: bool, head: bool, free: str):
    assert free_strips(form_page(foot, head)) == [free]
    made = pack(CASE, (), [exhibit("G-28", "official-form", "f1", form_page(foot, head))], today=TODAY)
    page = last_page(made)
    text = page.get_textpage()
    at, _ = text.search(f"of {made.pages}").get_next()
    height = text.get_charbox(at)[1] / 792
    assert (height > 0.9) == (free == "head"), "the number never stands on the form's own print"
    ink = page.render(scale=1).to_pil().convert("L").crop((100, 442, 150, 492))
    assert (ink.getextrema() == (0, 0)) == bool(free), "in full size the bar stays where it was"


def archival() -> Packet:
    exhibits = [*EXHIBITS, exhibit("Scan", "degree", "d7", scan(1, 60))]
    return pack(CASE, FINDINGS, exhibits, today=TODAY, way=Way(archival=True, bates="A-"))


def test_pdf_a_declares_itself_and_holds_to_what_can_be_checked_here():
    """The whole standard is checked by veraPDF in bench/pdf_a.py; here what may never be wrong."""
    made = archival()
    assert made.manifest["pdf_a"] == "2b" and any("drawn as a picture" in line for line in made.done)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        with pdf.open_metadata() as said:
            assert (said["pdfaid:part"], said["pdfaid:conformance"]) == ("2", "B")
        assert pdf.Root.OutputIntents[0].DestOutputProfile.N == 3
        assert not pdf.is_encrypted and "/AcroForm" not in pdf.Root and "/Names" not in pdf.Root
        fonts = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Font"]
        descriptors = [
            each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/FontDescriptor" in each
        ]
        assert fonts and all({"/FontFile2", "/FontFile3"} & set(each.FontDescriptor.keys()) for each in descriptors)
        assert all(each.Subtype in ("/Type0", "/Type3", "/CIDFontType0", "/CIDFontType2") for each in fonts)
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made.pdf))
    assert "contract 7" in text, "drawn pages stay searchable"


def test_a_signed_file_goes_along_to_the_byte_with_a_slip_sheet():
    signed = b"%PDF-1.7 signed to the byte"
    each = replace(EXHIBITS[3], signed=signed, removed=("scripts",))
    made = pack(CASE, FINDINGS, [each], today=TODAY)
    along = next(file for file in made.files if file.role == "signed")
    assert along.data == signed and along.name == "DEMO-1-packet/signed-exhibit-01.pdf"
    assert made.manifest["exhibits"][0]["signed_file"] == along.name
    divider = pypdfium2.PdfDocument(made.pdf)[made.manifest["exhibits"][0]["divider"] - 1]
    words = divider.get_textpage().get_text_range()
    assert "slip sheet" in words and each.sha256[:32] in "".join(words.split())
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made.pdf))
    assert "Left out of copies" in text and "scripts" in text


def test_a_copy_says_what_its_original_held():
    pdf, out = pikepdf.open(io.BytesIO(paper(1))), io.BytesIO()
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    pdf.attachments["a.txt"] = b"secret"
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org"),
    )  # fmt: skip
    pdf.pages[0].Annots = pikepdf.Array([link])
    pdf.save(out)
    assert inspect(out.getvalue()).removed == ("scripts", "files inside the file", "1 link to addresses outside")
    assert inspect(paper(1)).removed == () and not inspect(paper(1)).signed


def test_a_signed_field_is_a_signature_and_usage_rights_are_none():
    pdf, out = pikepdf.open(io.BytesIO(paper(1))), io.BytesIO()
    value = pikepdf.Dictionary(Type=pikepdf.Name.Sig, ByteRange=[0, 1, 2, 3], Contents=pikepdf.String(b"x"))
    pdf.Root.Perms = pikepdf.Dictionary(UR3=value)
    pdf.save(out)
    assert not inspect(out.getvalue()).signed
    field = pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="s", V=value))
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field])
    out = io.BytesIO()
    pdf.save(out)
    assert inspect(out.getvalue()).signed


def test_orphans_and_requirements_without_an_exhibit_are_named():
    made = plain()
    assert made.manifest["orphans"] == [4, 5], (
        "the letter is no evidence, the degree and the spouse's passport prove nothing"
    )
    assert made.manifest["unproved"] == []
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made.pdf))
    assert "Exhibits that prove no requirement" in text


def test_a_packet_that_supersedes_another_says_what_changed():
    old = plain()
    again = replace(EXHIBITS[3], document="d8", sha256="e" * 64)
    new_ones = [EXHIBITS[1], EXHIBITS[2], again, EXHIBITS[4], exhibit("I-129", "official-form", "f1", paper(1))]
    made = pack(CASE, FINDINGS[:1], new_ones, today=TODAY, way=Way(supersedes=old.manifest))
    assert made.manifest["supersedes"] == old.manifest["sha256"]
    found = difference(old.manifest, made.manifest)
    assert [(each.what, each.kind, each.old, each.new) for each in found.exhibits] == [
        ("added", "official-form", 0, 1),
        ("renumbered", "letter", 1, 2),
        ("renumbered", "passport", 2, 3),
        ("replaced", "contract", 3, 4),
        ("renumbered", "degree", 4, 5),
        ("removed", "passport", 5, 0),
    ]
    assert [(each.requirement, each.old, each.new) for each in found.verdicts] == [("employment", "MET", "")]
    assert difference(old.manifest, old.manifest).same
    page = pypdfium2.PdfDocument(made.pdf)[2].get_textpage().get_text_range()
    assert "What has changed" in page and "replaced" in page and old.manifest["sha256"][:20] in page


def test_a_note_that_no_print_shows_is_named_and_a_drawn_one_is_not():
    pdf, out = pikepdf.open(io.BytesIO(paper(1))), io.BytesIO()
    drawn = pdf.make_stream(b"0 0 9 9 re f", BBox=[0, 0, 9, 9], Subtype=pikepdf.Name.Form)
    kinds = (("Text", {}), ("FreeText", {"AP": {"/N": drawn}, "F": 2}), ("Stamp", {"AP": {"/N": drawn}, "F": 4}))
    notes = [
        pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name(f"/{kind}"), Rect=[0, 0, 9, 9], **more)
        for kind, more in kinds
    ]
    pdf.pages[0].Annots = pikepdf.Array(notes)
    pdf.save(out)
    assert inspect(out.getvalue()).removed == ("2 notes beside the page, which a print does not show",)
