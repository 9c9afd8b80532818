"""Several receipts in one file are as many records, each with its own words; one receipt is never torn."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.receipt_sheets import LAYOUTS, Paper, as_words, opened, paper
from tests.test_parted import saved, text_pages
from toolkit import pages, read, sniff
from toolkit.gaps import gaps
from toolkit.model import Box, Method, Page, Record, Word
from toolkit.pages import Opened, Sheet
from toolkit.paper_between import Ground
from toolkit.parted import documents as by_zones
from toolkit.receipts_apart import documents
from toolkit.recognise import recognise

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

CAFE = """Café Morgenrot GmbH
Lindenstraße 4
10969 Berlin
USt-IdNr. DE123456788
Rechnung Nr. 4711
12.10.2026  08:41
2 Cappuccino  7,60
1 Croissant  2,40
Summe EUR  10,00
Netto  8,40
MwSt 19 %  1,60
Bar  20,00
Rückgeld  10,00
Vielen Dank"""
HOTEL = """Harbour View Hotel Ltd
12 Quay Street
Bristol BS1 4TR
VAT No GB 123 4567 82
Receipt No 90233
14 October 2026  19:05
Dinner for one  31.50
Still water  4.00
Total GBP  35.50
Visa  35.50
Thank you"""
TAXI = """Taxis Bleus Lyon SARL
8 rue des Tanneurs
69007 Lyon
SIRET 123 456 789 00012
Ticket 55810
15/10/2026  22:17
Course gare - hôtel  18,40
Total TTC EUR  18,40
Carte bancaire  18,40
Merci de votre visite"""
STORE = """Norrland Kontor AB
Storgatan 3
903 26 Umeå
Org.nr 556677-8899
Kvitto 10442
2026-10-17  11:30
Anteckningsbok  49,00
Penna  25,00
Totalt SEK  74,00
Moms 25 %  14,80
Kort  74,00
Tack för besöket"""
ALL = (CAFE, HOTEL, TAXI, STORE, CAFE.replace("12.10.2026  08:41", "13.10.2026  08:39").replace("4711", "4790"), HOTEL)


def words(text: str, *, left: float = 40, top: float = 40, wide: float = 520, line: float = 24) -> list[Word]:
    """Lines of print in pixels: what stands after two spaces is set against the right edge."""
    made = []
    for row, content in enumerate(text.splitlines()):
        name, _, amount = content.partition("  ")
        y = top + row * 1.5 * line
        made.append(Word(name, Box(left, y, left + 0.55 * line * len(name), y + line), 0.98))
        if amount:
            made.append(Word(amount, Box(left + wide - 0.55 * line * len(amount), y, left + wide, y + line), 0.98))
    return made


def page(made: Sequence[Word], size: tuple[int, int] = (600, 1000), method: Method = Method.OCR) -> Page:
    scaled = tuple(
        replace(w, box=Box(w.box.left / size[0], w.box.top / size[1], w.box.right / size[0], w.box.bottom / size[1]))
        for w in made
    )
    return Page(1, *size, scaled, method)


def papers(count: int) -> list[Paper]:
    return [paper(str(number), page(words(text))) for number, text in enumerate(ALL[:count])]


def records(file: Opened) -> list[Record]:
    """As a file is read: by its zones, then its receipts."""
    return [
        read._record(part, taken)
        for whole, found in by_zones(file, recognise(file))
        for part, taken in documents(whole, found)
    ]


def value(record: Record, name: str) -> object:
    field = record.get(name)
    return field.value if field else None


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_receipt_of_a_sheet_is_read_with_its_own_words_only(name: str, seed: int) -> None:
    layout = LAYOUTS[name]
    laid = as_words(papers(sum(layout)), layout, np.random.default_rng(seed))
    file = opened(laid.page)
    parts = [part for part, _ in documents(file, recognise(file))]
    owners = [{laid.owner[id(word)] for word in part.pages[0].words} for part in parts]
    assert sorted(owners, key=min) == [{number} for number in range(laid.count)]
    assert sum(len(part.pages[0].words) for part in parts) == len(laid.page.words)


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_receipt_of_a_sheet_has_its_own_total_and_date(name: str) -> None:
    layout = LAYOUTS[name]
    laid = as_words(papers(sum(layout)), layout, np.random.default_rng(4), tilt=1.0)
    made = {(value(record, "total"), value(record, "date")) for record in records(opened(laid.page))}
    wanted = [
        ("10.00", "2026-10-12"), ("35.50", "2026-10-14"), ("18.40", "2026-10-15"),
        ("74.00", "2026-10-17"), ("10.00", "2026-10-13"), ("35.50", "2026-10-14"),
    ]  # fmt: skip
    assert made == set(wanted[: laid.count])


def test_boxes_stay_those_of_the_page_and_the_picture_loses_the_others() -> None:
    laid = as_words(papers(2), (2,), np.random.default_rng(5))
    image = np.full((round(laid.page.height), round(laid.page.width), 3), 250, np.uint8)
    file = Opened("image/jpeg", b"", (Sheet(laid.page, lambda: image, ()),))
    for part, _ in documents(file, recognise(file)):
        [sheet] = part.sheets
        own = Box.around([word.box for word in sheet.page.words])
        total = next(f for f in read._record(part, recognise(part)).fields if f.name == "total").source.box
        assert total is not None
        assert own.left <= total.left < total.right <= own.right
        others = [word.box for word in laid.page.words if word not in sheet.page.words]
        for box in others:
            middle = round((box.left + box.right) / 2 * image.shape[1]), round(box.middle * image.shape[0])
            assert sheet.image[middle[1], middle[0]].tolist() == [235] * 3
    assert image.min() == 250, "the picture of the file itself is left alone"


def test_the_person_is_told_which_receipt_of_the_page_it_is() -> None:
    made = records(opened(as_words(papers(2), (2,), np.random.default_rng(5)).page))
    assert [record.warnings[-1] for record in made] == ["Receipt 1 of 2 on page 1.", "Receipt 2 of 2 on page 1."]


@pytest.mark.parametrize("text", [CAFE, HOTEL, TAXI, STORE])
def test_one_receipt_is_returned_as_it_is(text: str) -> None:
    file = opened(page(words(text)))
    found = recognise(file)
    assert documents(file, found) == [(file, found)]


SLIP = """
* * Kundenbeleg * *
Café Morgenrot GmbH
Lindenstraße 4
10969 Berlin
12.10.2026  08:42
Kartenzahlung
Terminal-ID 6501
Betrag EUR  11,00
davon Trinkgeld  1,00
Summe EUR  11,00
Zahlung erfolgt"""


def test_a_bill_with_its_slip_on_one_paper_is_one_receipt() -> None:
    file = opened(page([*words(CAFE), *words(SLIP, top=640)], (600, 1100)))
    assert len(documents(file, recognise(file))) == 1


def test_two_columns_of_one_invoice_are_one() -> None:
    left = "Musterfirma GmbH\nRechnung Nr. 2026-88\nDatum 12.10.2026\nLeistung  Betrag\nBeratung  400,00\nTotal  400,00"
    right = "Bankverbindung\nMusterfirma GmbH\nDE02 1203 0000 0000 2020 51\nZwischensumme  400,00\nTotal  476,00"
    file = opened(page([*words(left, wide=400), *words(right, left=520, wide=400)], (1000, 500)))
    assert len(documents(file, recognise(file))) == 1


def desk(laid_apart: bool) -> tuple[Page, np.ndarray]:
    """Two receipts that lost their dates, side by side: on a brown desk, or printed on one sheet."""
    dates = ("12.10.2026  08:41\n", "14 October 2026  19:05\n")
    left, right = (text.replace(date, "") for text, date in zip((CAFE, HOTEL), dates, strict=True))
    made = [*words(left, wide=400), *words(right, left=560, wide=400)]
    image = np.full((700, 1000, 3), 245, np.uint8)
    if laid_apart:
        image[:, 485:515] = (120, 80, 50)
    return page(made, (1000, 700)), image


@pytest.mark.parametrize("laid_apart", [True, False])
def test_what_lies_between_two_papers_tells_them_apart(laid_apart: bool) -> None:
    drawn, image = desk(laid_apart)
    sheet = Sheet(drawn, lambda: image, ())
    gap = next(each for each in gaps(drawn.words, drawn) if each.upright and each.slant == 0 and len(each.before) > 8)
    assert Ground(sheet, gap.tall).shows(gap) is laid_apart


def test_a_bar_code_across_the_paper_is_no_desk() -> None:
    made = [*words(HOTEL), *words(TAXI, top=600)]
    image = np.full((1100, 600, 3), 245, np.uint8)
    image[430:570, 20:580:6] = image[430:570, 21:580:6] = 20
    drawn = page(made, (600, 1100))
    sheet = Sheet(drawn, lambda: image, ())
    gap = next(each for each in gaps(drawn.words, drawn) if not each.upright and len(each.before) == len(words(HOTEL)))
    assert not Ground(sheet, gap.tall).shows(gap)


def test_a_text_holds_no_papers() -> None:
    laid = as_words(papers(2), (2,), np.random.default_rng(5))
    file = replace(opened(laid.page), media_type=sniff.TEXT)
    assert len(documents(file, recognise(file))) == 1


# -- one a page ------------------------------------------------------------------------------------------------------


def pdf(*texts: str) -> list[Record]:
    plain = [text.replace("é", "e").replace("ß", "ss").replace("ô", "o").replace("å", "a") for text in texts]
    plain = [text.replace("ü", "ue").replace("ö", "oe").replace("(", "").replace(")", "") for text in plain]
    return read.read_bytes(saved(text_pages(*[text.splitlines() for text in plain])), sniff.PDF)


def test_a_batch_with_a_receipt_a_page_is_as_many_documents() -> None:
    made = pdf(CAFE, HOTEL, STORE)
    assert [record.pages for record in made] == [(1,), (2,), (3,)]
    assert [value(record, "total") for record in made] == ["10.00", "35.50", "74.00"]
    assert [len(record.turns) for record in made] == [3, 3, 3]
    assert [record.warnings[-1] for record in made] == [f"Document {n} of 3 in this file: page {n}." for n in (1, 2, 3)]


def test_two_receipts_of_one_shop_are_two_where_their_numbers_differ() -> None:
    assert [record.pages for record in pdf(CAFE, ALL[4])] == [(1,), (2,)]


INVOICE = "Musterfirma GmbH\nLindenstrasse 4\n10969 Berlin\nRechnung\nRechnungsnummer 2026-88\nDatum 12.10.2026"


@pytest.mark.parametrize(
    "last",
    [
        f"{INVOICE}\nSeite 2 von 2\nBeratung  500,00\nGesamtbetrag EUR  900,00",
        f"{INVOICE}\nBeratung  500,00\nGesamtbetrag EUR  900,00",
        "Allgemeine Bedingungen\nEs gilt deutsches Recht.\nTotal",
    ],
)
def test_a_long_invoice_is_one_document(last: str) -> None:
    [record] = pdf(f"{INVOICE}\nBeratung  400,00\nZwischensumme EUR  400,00\nTotal  400,00", last)
    assert record.pages == (1, 2)


def test_terms_behind_a_receipt_belong_to_it() -> None:
    made = pdf(CAFE, "Bedingungen\nUmtausch nur mit Beleg.", HOTEL)
    assert [record.pages for record in made] == [(1, 2), (3,)]


# -- limits ----------------------------------------------------------------------------------------------------------


def test_a_page_made_to_keep_us_busy_is_left_alone() -> None:
    rows = [*ALL, "Total  1,00"] * 20
    made = [word for at, text in enumerate(rows) for word in words(text, left=600 * (at % 12), top=700 * (at // 12))]
    file = opened(page(made * 2, (8000, 9000)))
    found = recognise(file)
    start = time.perf_counter()
    assert len(documents(file, found)) == 1
    assert time.perf_counter() - start < 2


@pytest.mark.data
def test_no_invoice_of_the_public_sets_is_torn() -> None:
    files = sorted((DATA / "zugferd").rglob("*.pdf")) + sorted((DATA / "invoice2data").rglob("*.pdf"))
    if not files:
        pytest.skip("the public documents are not there")
    torn = []
    for path in files[::3]:
        data = path.read_bytes()
        file = pages.open_bytes(data, sniff.media_type(data))
        if all(sheet.page.method is Method.TEXT_LAYER for sheet in file.sheets):
            bare = replace(file, attachments=())
            if len(documents(bare, recognise(bare))) != 1:
                torn.append(path.name)
    assert not torn
