from __future__ import annotations

import io
import zipfile

import numpy as np
import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from toolkit import layout, ocr, sniff
from toolkit.arrival import Limits
from toolkit.errors import EncryptedError, InputError, TooLargeError, UnknownFormatError, UnreadableError
from toolkit.model import Box, Method, Word
from toolkit.pages import as_pdf, open_bytes
from toolkit.pages.packet import without_notes

A4 = (595, 842)


def a_pdf(*contents: str, rotate: int = 0, crop=None, encryption=None, image: bytes | None = None) -> bytes:
    made = pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    for content in contents:
        page = made.add_blank_page(page_size=A4)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        if image is not None:
            scan = pikepdf.Stream(made, image, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
            scan.Width, scan.Height, scan.BitsPerComponent = 40, 40, 8
            scan.ColorSpace, scan.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
            page.Resources.XObject = pikepdf.Dictionary(I=scan)
        scanned = "q 595 0 0 842 0 0 cm /I Do Q " if image is not None else ""
        page.Contents = pikepdf.Stream(made, (scanned + content).encode("latin-1"))
        if rotate:
            page.Rotate = rotate
        if crop:
            page.CropBox = pikepdf.Array(crop)
    result = io.BytesIO()
    made.save(result, encryption=encryption) if encryption else made.save(result)
    return result.getvalue()


def says(text: str, x: int = 60, y: int = 742, size: int = 20, matrix: str = "1 0 0 1", mode: int = 0) -> str:
    return f"BT /F {size} Tf {mode} Tr {matrix} {x} {y} Tm ({text}) Tj ET "


def a_jpeg(size=(60, 40), orientation: int = 0, colour=(200, 30, 30)) -> bytes:
    result, exif = io.BytesIO(), Image.Exif()
    if orientation:
        exif[0x0112] = orientation
        exif[0x010F] = "SecretCamera"
    Image.new("RGB", size, colour).save(result, "JPEG", exif=exif)
    return result.getvalue()


def a_word_file(body: str, **parts: str) -> bytes:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {w}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:hdr {w}>{content}</w:hdr>")
    return result.getvalue()


def p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


@pytest.fixture
def no_ocr(monkeypatch):
    seen = []

    def look(image):
        seen.append(image.shape)
        return ocr.Look((Word("seen", Box(0, 0, 1, 1), 0.9),), 0)

    monkeypatch.setattr(ocr, "look", look)
    return seen


def near(box: Box, left: float, top: float) -> bool:
    return abs(box.left - left) < 0.02 and abs(box.top - top) < 0.03


def test_the_text_layer_gives_single_words_where_they_stand(no_ocr):
    opened = open_bytes(a_pdf(says("Employment contract of") + says("2026-01-31", y=700)), sniff.PDF)
    page = opened.pages[0]
    assert [word.text for word in page.words] == ["Employment", "contract", "of", "2026-01-31"]
    assert near(page.words[0].box, 60 / 595, (842 - 742 - 15) / 842)
    assert (page.method, page.rotation, page.width, page.height) == (Method.TEXT_LAYER, 0, 595, 842)
    assert no_ocr == []
    assert opened.sheets[0].image.shape == (2339, 1653, 3)


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_page_shown_turned_is_turned_back(rotate, no_ocr):
    page = open_bytes(a_pdf(says("Employment contract number"), rotate=rotate), sniff.PDF).pages[0]
    assert page.rotation == 360 - rotate
    assert near(page.words[0].box, 60 / 595, (842 - 742 - 15) / 842)
    assert (page.width, page.height) == A4


def test_a_page_written_sideways_and_shown_turned_is_upright(no_ocr):
    sideways = says("Employment contract number", x=100, y=100, matrix="0 1 -1 0")
    page = open_bytes(a_pdf(sideways, rotate=90), sniff.PDF).pages[0]
    assert (page.rotation, page.width, page.height) == (0, 842, 595)
    assert near(page.words[0].box, 100 / 842, (100 - 15) / 595)


def test_a_page_written_sideways_is_turned(no_ocr):
    sideways = says("Employment contract number", x=100, y=100, matrix="0 1 -1 0")
    opened = open_bytes(a_pdf(sideways), sniff.PDF)
    assert opened.pages[0].rotation == 90
    assert (opened.pages[0].width, opened.pages[0].height) == (842, 595)
    assert opened.sheets[0].image.shape[0] < opened.sheets[0].image.shape[1]
    assert [line.text for line in layout.lines(opened.pages[0])] == ["Employment contract number"]


def test_the_crop_box_is_the_page(no_ocr):
    page = open_bytes(a_pdf(says("Cropped page"), crop=[50, 600, 350, 800]), sniff.PDF).pages[0]
    assert (page.width, page.height) == (300, 200)
    assert near(page.words[0].box, 10 / 300, (800 - 742 - 15) / 200)


def test_scans_are_read_page_by_page_and_text_pages_are_not(no_ocr):
    scan = a_pdf(says("p. 1"), image=a_jpeg((40, 40)))
    with pikepdf.open(io.BytesIO(scan)) as first, pikepdf.open(io.BytesIO(a_pdf(says("Typed text here")))) as second:
        first.pages.extend(second.pages)
        mixed = io.BytesIO()
        first.save(mixed)
    methods = [page.method for page in open_bytes(mixed.getvalue(), sniff.PDF).pages]
    assert methods == [Method.OCR, Method.TEXT_LAYER]
    assert len(no_ocr) == 1


def test_invisible_text_over_a_scan_is_not_believed(no_ocr, monkeypatch):
    hidden = says("What nobody sees " * 5, size=5, mode=3)
    monkeypatch.setattr(ocr, "look", lambda _: ocr.Look((Word("Seen" * 40, Box(0, 0, 1, 1), 0.9),), 0))
    few = open_bytes(a_pdf(hidden, image=a_jpeg((40, 40))), sniff.PDF).pages[0]
    assert few.words[0].text.startswith("Seen") and few.method == Method.OCR
    many = open_bytes(a_pdf(*[hidden] * 7, image=a_jpeg((40, 40))), sniff.PDF).pages[6]
    assert many.words[0].text == "What" and many.method == Method.OCR and many.words[0].confidence < 0.9


def test_form_fields_are_read_with_the_page(no_ocr):
    with pikepdf.open(io.BytesIO(a_pdf(says("Name of applicant")))) as pdf:
        look = pikepdf.Stream(pdf, b"BT /F 12 Tf 2 4 Td (ERIKSSON) Tj ET", BBox=[0, 0, 200, 20])
        look.Type, look.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        look.Resources = pdf.pages[0].Resources
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="surname", V="ERIKSSON",
                Rect=[60, 600, 260, 620], AP=pikepdf.Dictionary(N=look), F=4,
            )
        )  # fmt: skip
        pdf.pages[0].Annots = pikepdf.Array([field])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field])
        result = io.BytesIO()
        pdf.save(result)
    assert "ERIKSSON" in layout.text(open_bytes(result.getvalue(), sniff.PDF).pages)


def test_attachments_come_by_name(no_ocr):
    with pikepdf.open(io.BytesIO(a_pdf(says("Invoice")))) as pdf:
        pdf.attachments["factur-x.xml"] = pikepdf.AttachedFileSpec(pdf, b"<a/>", filename="factur-x.xml")
        result = io.BytesIO()
        pdf.save(result)
    assert open_bytes(result.getvalue(), sniff.PDF).attachments == (("factur-x.xml", b"<a/>"),)


def test_pdfs_that_cannot_be_opened_say_why():
    with pytest.raises(EncryptedError):
        open_bytes(a_pdf("", encryption=pikepdf.Encryption(user="u", owner="o")), sniff.PDF)
    with pytest.raises(TooLargeError):
        open_bytes(a_pdf("", "", ""), sniff.PDF, Limits(pages=2))
    with pytest.raises(UnreadableError):
        open_bytes(b"%PDF-1.7 nothing", sniff.PDF)
    with pytest.raises(UnknownFormatError):
        open_bytes(b"", "application/zip")


def test_a_damaged_cross_reference_table_is_repaired(no_ocr):
    broken = a_pdf(says("Still readable text")).replace(b"startxref\n", b"startxref\n9")
    assert open_bytes(broken, sniff.PDF).pages[0].words[0].text == "Still"


@pytest.mark.parametrize(("orientation", "size"), [(0, (60, 40)), (3, (60, 40)), (6, (40, 60)), (8, (40, 60))])
def test_photos_are_turned_as_the_camera_was_held(orientation, size, no_ocr):
    sheet = open_bytes(a_jpeg((60, 40), orientation), "image/jpeg").sheets[0]
    assert (sheet.page.width, sheet.page.height) == size
    assert sheet.image.shape == (size[1], size[0], 3)
    assert sheet.page.rotation == 0


def test_photos_that_lie_on_their_side_are_set_upright(monkeypatch):
    looks = {(40, 60): 90, (60, 40): 0}
    monkeypatch.setattr(ocr, "look", lambda image: ocr.Look((), looks[image.shape[:2]]))
    sheet = open_bytes(a_jpeg((60, 40)), "image/jpeg").sheets[0]
    assert sheet.page.rotation == 90
    assert (sheet.page.width, sheet.page.height) == (40, 60)
    assert sheet.image.shape == (60, 40, 3)


def test_a_turn_that_a_second_look_does_not_confirm_is_dropped(monkeypatch):
    monkeypatch.setattr(ocr, "look", lambda _: ocr.Look((), 180))
    assert open_bytes(a_jpeg(), "image/jpeg").pages[0].rotation == 0


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "GIF", "BMP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "RGBA", "LA", "I;16", "CMYK"])
def test_every_format_and_depth_becomes_rgb(kind, mode, no_ocr):
    result = io.BytesIO()
    try:
        Image.new("RGB", (30, 20), "white").convert("L" if mode == "I;16" else mode).convert(mode).save(result, kind)
    except (OSError, ValueError):
        pytest.skip(f"{kind} has no {mode}")
    image = open_bytes(result.getvalue(), f"image/{kind.lower()}").sheets[0].image
    assert image.shape == (20, 30, 3) and image.dtype == np.uint8


def test_heic_photos_are_read(no_ocr):
    pi_heif = pytest.importorskip("pi_heif")
    if not hasattr(pi_heif, "from_pillow"):
        pytest.skip("this build of pi_heif cannot write")
    result = io.BytesIO()
    try:
        pi_heif.from_pillow(Image.new("RGB", (64, 48), "white")).save(result)
    except (RuntimeError, AttributeError, KeyError):
        pytest.skip("this build of pi_heif cannot write")
    assert open_bytes(result.getvalue(), "image/heic").sheets[0].image.shape == (48, 64, 3)


def test_transparent_is_white_as_on_paper(no_ocr):
    result = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(result, "PNG")
    assert open_bytes(result.getvalue(), "image/png").sheets[0].image.min() == 255


def test_every_page_of_a_tiff_is_a_sheet(no_ocr):
    result = io.BytesIO()
    frames = [Image.new("L", (20 + n, 10), 50 * n) for n in range(3)]
    frames[0].save(result, "TIFF", save_all=True, append_images=frames[1:])
    opened = open_bytes(result.getvalue(), "image/tiff")
    assert [page.width for page in opened.pages] == [20, 21, 22]
    assert [int(sheet.image[0, 0, 0]) for sheet in opened.sheets] == [0, 50, 100]
    with pytest.raises(TooLargeError):
        open_bytes(result.getvalue(), "image/tiff", Limits(pages=2))


def test_pictures_beyond_the_limit_are_not_decoded():
    with pytest.raises(TooLargeError):
        open_bytes(a_jpeg((200, 100)), "image/jpeg", Limits(pixels=10_000))
    with pytest.raises(UnreadableError):
        open_bytes(a_jpeg((200, 100))[:-300], "image/jpeg")


def test_word_files_become_lines(no_ocr):
    table = (
        f"<w:tbl><w:tr><w:tc>{p('Salary')}</w:tc><w:tc>{p('EUR 5,000')}</w:tc></w:tr>"
        f"<w:tr><w:tc>{p('Start')}</w:tc><w:tc>{p('1 May')}{p('2026')}</w:tc></w:tr></w:tbl>"
    )
    deleted = "<w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>"
    broken = '<w:p><w:r><w:t>one</w:t><w:br w:type="page"/><w:t>two</w:t></w:r></w:p>'
    opened = open_bytes(a_word_file(p("Contract") + table + deleted + broken, header1=p("Letterhead")), sniff.WORD)
    first = [line.text for line in layout.lines(opened.pages[0])]
    assert first == ["Letterhead", "Contract", "Salary EUR 5,000", "Start 1 May", "2026", "new", "one"]
    assert layout.text(opened.pages).endswith("\ftwo")
    words = {word.text: word.box for word in opened.pages[0].words}
    assert words["EUR"].left == words["1"].left == words["2026"].left == pytest.approx(0.5)
    assert opened.pages[0].method == Method.TEXT_LAYER


def test_long_text_fills_pages_of_fifty_lines():
    text = "\n".join(f"line {number}" for number in range(120)).encode()
    pages = open_bytes(text, sniff.TEXT).pages
    assert [len(page.words) for page in pages] == [100, 100, 40]
    assert all(0 <= word.box.left < word.box.right <= 1 for page in pages for word in page.words)
    with pytest.raises(TooLargeError):
        open_bytes(text, sniff.TEXT, Limits(pages=2))


def test_no_entity_of_an_xml_file_is_expanded():
    bomb = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY b "bbbb">]><a><c>&x;&b;</c><d>fine</d></a>'
    assert "root:" not in layout.text(open_bytes(bomb, sniff.XML).pages)
    assert "d: fine" in layout.text(open_bytes(bomb, sniff.XML).pages)


def test_a_packet_pdf_has_no_active_content(no_ocr):
    with pikepdf.open(io.BytesIO(a_pdf(says("A page of text here")))) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"))
        pdf.attachments["a.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ", filename="a.exe")
        result = io.BytesIO()
        pdf.save(result, encryption=pikepdf.Encryption(owner="o", user=""))
    clean = as_pdf(result.getvalue(), sniff.PDF)
    assert clean == as_pdf(result.getvalue(), sniff.PDF)
    with pikepdf.open(io.BytesIO(clean)) as pdf:
        assert not pdf.is_encrypted and len(pdf.attachments) == 0
        assert "/OpenAction" not in pdf.Root and "/AA" not in pdf.pages[0]
        assert len(pdf.pages) == 1


def test_a_packet_has_the_pages_of_a_pdf_that_only_one_library_opens(no_ocr, monkeypatch):
    def refuse(*_, **__):
        raise pikepdf.PdfError

    data = a_pdf(says("Text that is drawn"), says("On two pages"))
    with monkeypatch.context() as patch:
        patch.setattr(pikepdf, "open", refuse)
        drawn = as_pdf(data, sniff.PDF, turns=(0, 90))
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        assert [int(page.get("/Rotate", 0)) for page in pdf.pages] == [0, 90]


def test_a_packet_keeps_the_pixels_of_a_jpeg_and_drops_its_notes():
    original = a_jpeg((60, 40), orientation=6)
    with pikepdf.open(io.BytesIO(as_pdf(original, "image/jpeg", turns=(90,)))) as pdf:
        page = pdf.pages[0]
        assert page.Rotate == 180
        raw = page.Resources.XObject.Picture.read_raw_bytes()
    assert b"SecretCamera" not in raw and b"Exif" not in raw
    assert raw == without_notes(original)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(raw))), np.asarray(Image.open(io.BytesIO(original))))


def test_a_packet_of_a_tiff_has_all_its_pages(no_ocr):
    result = io.BytesIO()
    Image.new("1", (20, 30)).save(result, "TIFF", save_all=True, append_images=[Image.new("RGB", (30, 20))])
    with pikepdf.open(io.BytesIO(as_pdf(result.getvalue(), "image/tiff"))) as pdf:
        boxes = [[round(float(side)) for side in page.MediaBox] for page in pdf.pages]
    assert boxes == [[0, 0, 595, 842], [0, 0, 842, 595]]


def test_word_files_have_no_pages_of_their_own():
    with pytest.raises(UnknownFormatError):
        as_pdf(a_word_file(p("x")), sniff.WORD)


samples = st.sampled_from(
    [
        (sniff.PDF, a_pdf(says("Some text on a page"), says("Another one"))),
        ("image/png", io.BytesIO()),
        (sniff.WORD, a_word_file(p("one") + p("two"))),
        (sniff.XML, b"<a><b>text</b></a>"),
        (sniff.TEXT, b"text\n\fmore"),
    ]
).map(lambda pair: (pair[0], pair[1] if isinstance(pair[1], bytes) else a_jpeg()))


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(samples, st.integers(0, 3000), st.binary(min_size=1, max_size=6))
def test_damage_ends_in_pages_or_a_named_error(sample, at, change):
    media_type, data = sample
    kept, ocr.look = ocr.look, lambda _: ocr.Look((), 0)
    try:
        at %= len(data)
        damaged = data[:at] + change + data[at + len(change) :]
        for page in open_bytes(damaged, media_type if media_type != "image/png" else "image/jpeg").pages:
            assert all(0 <= word.box.left <= word.box.right <= 1 for word in page.words)
        as_pdf(damaged, media_type)
    except InputError as error:
        assert error.remedy
    finally:
        ocr.look = kept
