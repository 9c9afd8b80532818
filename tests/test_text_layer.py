"""The text layer of a PDF page: words where they stand, whatever way they are drawn, and only those that are seen."""

from __future__ import annotations

import io

import numpy as np
import pikepdf
import pypdfium2
import pytest
from test_pages import a_jpeg, a_pdf, says

from toolkit import layout, ocr, receive, sniff
from toolkit.model import Method
from toolkit.pages import characters, drawn, open_bytes, text_layer

SENTENCE = "The Employee shall receive a gross salary of EUR 5,000 per month, paid monthly."


@pytest.fixture
def no_ocr(monkeypatch):
    looked = []
    monkeypatch.setattr(ocr, "look", lambda image: looked.append(image.shape) or ocr.Look((), 0))
    return looked


def layer(data: bytes, page: int = 0) -> text_layer.Layer:
    with pypdfium2.PdfDocument(data) as document:
        return text_layer.read(document[page])


def texts(data: bytes) -> list[str]:
    return [word.text for word in layer(data).words]


def with_font(content: str, codes: dict[int, str]) -> bytes:
    """A page whose font says that its letters mean something else (a ToUnicode map)."""
    rows = "".join(f"<{code:02x}> <{text.encode('utf-16-be').hex()}>\n" for code, text in codes.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <ff> endcodespacerange\n{len(codes)} beginbfchar\n{rows}endbfchar\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    )
    with pikepdf.open(io.BytesIO(a_pdf(content))) as pdf:
        pdf.pages[0].Resources.Font.F.ToUnicode = pikepdf.Stream(pdf, cmap.encode())
        made = io.BytesIO()
        pdf.save(made)
    return made.getvalue()


def test_words_end_at_blanks_and_at_jumps():
    assert texts(a_pdf(says("EUR 5,000 gross") + says("12", x=400) + says("below", y=700))) == [
        "EUR", "5,000", "gross", "12", "below",
    ]  # fmt: skip


def test_a_soft_hyphen_is_the_hyphen_that_is_drawn():
    assert texts(with_font(says("2026#1#3 long#term"), {ord("#"): "\xad"})) == ["2026-1-3", "long-term"]


def test_ligatures_and_letters_beyond_the_first_plane_are_whole():
    data = with_font(says("o#ce $"), {ord("#"): "ffi", ord("$"): "\U0001d400"})
    assert texts(data) == ["office", "\U0001d400"]


def test_a_letter_without_meaning_takes_no_other_with_it():
    data = with_font(says("One Two"), {ord("w"): "\x00"})
    first, second = layer(data).words
    assert first.text == "One" and second.text[0] == "T" and second.text[-1] == "o"


def test_hebrew_reads_in_the_order_it_is_spoken():
    letters = {ord("a"): "ם", ord("b"): "ו", ord("c"): "ל", ord("d"): "ש"}
    assert texts(with_font(says("abcd"), letters)) == ["שלום"]
    assert layer(with_font(says("abcd"), letters)).turn == 0


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_turned_has_its_words_where_they_are_shown(turn: int):
    straight, turned = layer(a_pdf(says(SENTENCE, size=8))), layer(a_pdf(says(SENTENCE, size=8), rotate=turn))
    assert turned.turn == 360 - turn
    for one, other in zip(straight.words, turned.words, strict=True):
        assert one.text == other.text
        assert np.allclose(
            [one.box.left, one.box.top, one.box.right, one.box.bottom],
            [other.box.left, other.box.top, other.box.right, other.box.bottom],
            atol=1e-4,
        )


def test_a_crop_box_moves_the_words_and_hides_those_outside():
    data = a_pdf(says("Inside the box") + says("Outside", y=20), crop=[0, 400, 595, 842])
    found = layer(data)
    assert [word.text for word in found.words] == ["Inside", "the", "box"]
    assert found.unseen == len("Outside")
    assert found.words[0].box.top == pytest.approx((842 - 742 - 15) / 442, abs=0.02)


@pytest.mark.parametrize(
    "hidden",
    [
        says(SENTENCE, y=600, size=10, mode=3),
        "1 1 1 rg " + says(SENTENCE, y=600, size=10) + "0 g ",
        says(SENTENCE, y=-300, size=10),
        says(SENTENCE, x=5000, size=10),
    ],
    ids=["invisible", "white on white", "below the page", "beside the page"],
)
def test_what_nobody_sees_is_not_read_and_is_told(hidden: str, no_ocr):
    data = a_pdf(says("This agreement is made between the parties named below. " * 2, size=6) + hidden)
    opened = open_bytes(data, sniff.PDF)
    assert "gross" not in layout.text(opened.pages) and "agreement" in layout.text(opened.pages)
    assert [note for note in opened.notes if "text that nobody sees" in note and "on page 1" in note]
    assert not no_ocr


def test_what_a_white_box_was_laid_over_is_not_read_and_is_told(no_ocr):
    box = "1 g 58 738 130 24 re f 0 g "
    data = a_pdf(says("EUR 3,000") + box + says("EUR 5,000") + says("Net pay", y=700))
    edited = layer(data)
    assert open_bytes(data, sniff.PDF).notes == (
        "text lies under a box that was drawn over it, on page 1: only what is seen was read",
    )
    assert [word.text for word in edited.words] == ["EUR", "5,000", "Net", "pay"]
    assert edited.unseen == edited.covered == len("EUR3,000")


@pytest.mark.parametrize(
    "mark",
    ["0 g 58 748 130 1 re f", "58 738 130 24 re S", "1 g 58 650 130 24 re f", "0.9 g 58 738 40 24 re f"],
    ids=["struck through", "framed", "beside", "half"],
)
def test_lines_and_frames_hide_nothing(mark: str):
    assert len(layer(a_pdf(says("EUR 3,000") + mark)).words) == 2


def test_a_row_shaded_before_its_text_is_read():
    rows = "".join(f"0.8 g 50 {y - 6} 400 24 re f 0 g {says(f'row {y}', y=y)}" for y in range(700, 400, -30))
    assert layer(a_pdf(says("Heading") + rows)).unseen == 0


def test_white_text_on_a_dark_bar_is_read():
    bar = "0 0 0.4 rg 40 590 500 30 re f 1 1 1 rg " + says("Total amount payable", y=600, size=14)
    found = layer(a_pdf(says("Invoice") + bar))
    assert "payable" in [word.text for word in found.words] and found.unseen == 0


def test_an_invisible_hyphen_in_a_word_that_is_seen_stays():
    hyphen = says("-", x=60 + 20 * 1.3, size=20, mode=3)
    data = a_pdf(says("Co", size=20) + hyphen + says("Sale of the company shares", x=60 + 20 * 1.65, size=20))
    assert layer(data).words[0].text == "Co-Sale"


def test_a_page_of_letters_drawn_as_shapes_is_read_from_its_picture(no_ocr):
    shapes = "".join(f"{40 + 9 * n} 700 6 12 re f " for n in range(50))
    opened = open_bytes(a_pdf(shapes + says(SENTENCE, size=10, mode=3)), sniff.PDF)
    assert len(no_ocr) == 1
    assert opened.pages[0].method is Method.OCR
    assert max(word.confidence for word in opened.pages[0].words) == pytest.approx(0.80)


def test_text_under_a_picture_is_a_scanners_guess(no_ocr):
    picture = a_jpeg((40, 40))
    over = "q 595 0 0 842 0 0 cm /I Do Q"
    seen = open_bytes(a_pdf(says(SENTENCE, size=10), image=picture), sniff.PDF).pages[0]
    assert (seen.method, len(no_ocr)) == (Method.TEXT_LAYER, 0)
    under = open_bytes(a_pdf(says(SENTENCE, size=10) + over, image=picture), sniff.PDF).pages[0]
    assert (under.method, len(no_ocr)) == (Method.OCR, 1)
    assert max(word.confidence for word in under.words) == pytest.approx(0.80)


def test_text_under_a_watermark_that_lets_it_through_is_read(no_ocr):
    data = a_pdf(says(SENTENCE, size=10) + "q 595 0 0 842 0 0 cm /I Do Q", image=a_jpeg((40, 40)))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        mask = pikepdf.Stream(pdf, bytes(1600), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
        mask.Width, mask.Height, mask.BitsPerComponent, mask.ColorSpace = 40, 40, 8, pikepdf.Name.DeviceGray
        pdf.pages[0].Resources.XObject.I.SMask = mask
        made = io.BytesIO()
        pdf.save(made)
    page = open_bytes(made.getvalue(), sniff.PDF).pages[0]
    assert page.method is Method.TEXT_LAYER and not no_ocr


def test_what_was_typed_over_a_page_is_read(no_ocr):
    with pikepdf.open(io.BytesIO(a_pdf(says("Name of the employee:")))) as pdf:
        look = pikepdf.Stream(pdf, b"BT /F 14 Tf 2 4 Td (Lena Example) Tj ET", BBox=[0, 0, 200, 20])
        look.Type, look.Subtype, look.Resources = pikepdf.Name.XObject, pikepdf.Name.Form, pdf.pages[0].Resources
        kinds = ((pikepdf.Name.FreeText, 4), (pikepdf.Name.Popup, 4), (pikepdf.Name.FreeText, 2))
        pdf.pages[0].Annots = pikepdf.Array(
            pdf.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot, Subtype=kind, F=flags, Rect=[60, 600 - 50 * at, 260, 620 - 50 * at],
                    AP=pikepdf.Dictionary(N=look),
                )
            )
            for at, (kind, flags) in enumerate(kinds)
        )  # fmt: skip
        made = io.BytesIO()
        pdf.save(made)
    assert layout.text(open_bytes(made.getvalue(), sniff.PDF).pages) == "Name of the employee:\nLena Example"


def test_pictures_in_forms_count_at_the_size_they_are_drawn():
    with pikepdf.open(io.BytesIO(a_pdf("", image=a_jpeg((40, 40))))) as pdf:
        page = pdf.pages[0]
        form = pikepdf.Stream(pdf, b"q 595 0 0 842 0 0 cm /I Do Q", BBox=[0, 0, 595, 842], Resources=page.Resources)
        form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
        page.Contents = pikepdf.Stream(pdf, b"q 0.5 0 0 0.5 0 0 cm /X Do Q")
        made = io.BytesIO()
        pdf.save(made)
    with pypdfium2.PdfDocument(made.getvalue()) as document:
        assert drawn.read(document[0]).share(595 * 842) == pytest.approx(0.25, abs=0.01)


def test_a_page_without_text_has_no_characters():
    with pypdfium2.PdfDocument(a_pdf("")) as document:
        page = document[0]
        found = characters.read(page.get_textpage(), characters.placing(page, 595, 842))
    assert found.text == "" and found.edges.shape == (0, 4)


def test_a_page_of_very_many_objects_is_read_in_bounds():
    crowd = "".join(f"{n % 500} {n // 500} 1 1 re f " for n in range(30_000)) + "1 1 1 rg " + says("white words")
    with pypdfium2.PdfDocument(a_pdf(says(SENTENCE, size=8) + crowd)) as document:
        found = text_layer.read(document[0])
    assert "Employee" in [word.text for word in found.words]


@pytest.mark.data
def test_the_words_of_contracts_are_those_that_each_character_alone_gives(shared_data):
    """The characters in bulk are the same, and stand in the same place, as asked for one by one."""
    files = sorted((shared_data / "kleister_nda" / "documents").glob("*.pdf"))[:6]
    for file in files:
        with pypdfium2.PdfDocument(file) as document:
            page = document[0]
            whole = page.get_textpage()
            width, height = page.get_size()
            found = characters.read(whole, characters.placing(page, width, height))
            for text, index, edges in zip(found.text, found.indices.tolist(), found.edges.tolist(), strict=True):
                left, bottom, right, top = whole.get_charbox(index)
                asked = whole.get_text_range(index, 1)
                assert text == asked or text == "-" or "\ufffe" in asked
                shown = (left / width, 1 - top / height, right / width, 1 - bottom / height)
                assert np.allclose(edges, shown, atol=1e-4)


def test_a_pdf_protected_against_changes_alone_is_read_and_told(no_ocr):
    locked = a_pdf(says("Contract of employment"), encryption=pikepdf.Encryption(user="", owner="secret"))
    assert layout.text(open_bytes(locked, sniff.PDF).pages) == "Contract of employment"
    assert receive.inspect(locked, "a.pdf").notes == ("the PDF is protected against changes",)
