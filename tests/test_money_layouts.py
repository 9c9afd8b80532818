"""Layouts of real invoices: versions beside titles, headings over several rows, stated currencies, unnamed taxes."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from tests.test_e_invoice import CII
from tests.test_money_items import counted, page, pairs
from tests.test_money_items import read as lines_of
from tests.test_money_paper import field, paper, read, values
from toolkit.fields import money
from toolkit.model import Box, Method, Page, Word
from toolkit.pages import Opened, Sheet
from toolkit.readers.money import figures, moment, place, printed, reference
from toolkit.readers.money.rows import rows


def number(*texts: str) -> str | None:
    found = reference.number(rows(paper("\n".join(texts)).pages))
    return found.value if found else None


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("Sample invoices for Format 2.2, 2022", "Invoice (380) No. 471102 of 05.03.2018"), "471102"),
        (("Rechnungsbeitrag | 59,50 €",), None),
        (("Invoice No : # BLR_WFLD20151000982590",), "BLR_WFLD20151000982590"),
        (("INVOICE", "# invoice_number_1", "Date: Jan 1, 2022"), "invoice_number_1"),
        (("Warehouse address: No. 42/1 & 43, Sample Village",), None),
        (("Invoice No: CS-SA-0082716",), "CS-SA-0082716"),
    ],
)
def test_the_number_of_a_paper_is_no_version_amount_or_house(texts, expected):
    assert number(*texts) == expected


def test_a_number_stands_under_its_own_heading():
    def row(top: float, *cells: str) -> list[Word]:
        return [Word(cell, Box(0.05 + 0.2 * n, top, 0.2 + 0.2 * n, top + 0.02), 0.99) for n, cell in enumerate(cells)]

    words = [*row(0.1, "Klant", "Order", "Factuur datum", "Factuur"), *row(0.15, "X30", "X4444", "8-9-2022", "VF1005")]
    found = reference.number(rows([Page(1, 600, 900, tuple(words), Method.TEXT_LAYER)]))
    assert found is not None
    assert found.value == "VF1005"


INSURANCE = (
    "Muster Versicherung AG\nGesamtbetrag | 50,00 €\nVersicherungsteuer 19 % | 9,50 €\nZu Ihren Lasten | 59,50 €"
)


def test_a_tax_under_any_name_below_a_total_makes_the_sum_below_it_the_total():
    reading = read(INSURANCE)
    assert values(reading)["total"] == "59.50"
    assert not field(reading, "total").sure
    assert values(reading)["tax"] == "9.50"


@pytest.mark.parametrize(
    "text",
    [
        "Total | 50.00\nTip | 5.00\nAltogether then | 55.00",
        "Total | 50.00\nService charge | 5.00\nSo we come to | 55.00",
    ],
)
def test_a_total_that_an_amount_below_holds_with_a_tip_is_not_sure(text):
    assert not field(read(f"Utopia Diner\n{text}"), "total").sure
    assert field(read("Utopia Diner\nTotal | 50.00\nTotal | 50.00"), "total").sure


def test_a_sum_with_its_tax_is_the_total_and_no_tax():
    text = "Muster GmbH\nSumme netto: | 496,00 €\nZuzügl. USt: | 75,04 €\nSumme inkl. USt: | 571,04 €"
    assert values(read(text))["total"] == "571.04"
    assert values(read(text))["tax"] == "75.04"
    assert figures.role_of("TOTAL INCLUDES GST OF 0.35") != "due"


def day(*texts: str) -> tuple[str, bool]:
    found, _ = moment.day(rows(paper("\n".join(texts)).pages), None)
    assert found is not None
    return found.value, found.confidence >= 0.90


def test_the_days_of_other_papers_in_brackets_are_not_the_day_however_often_they_stand_there():
    texts = ("Belegdatum 27.01.2021", "Nummer/Datum 4970 (23.01.2021)", "Bestellnummer EB-653421 (23.01.2021)")
    assert day(*texts) == ("2021-01-27", True)
    assert day("Beitragsrechnung 24. Januar 2014", "vom 26.12.2013 bis zum 26.12.2014") == ("2014-01-24", True)


def told(*texts: str, beside: tuple[str, ...] = ()) -> tuple[str, bool] | None:
    found = place.read_currency(texts, beside, place.place(texts))
    return (found.code, found.confidence >= 0.90) if found else None


HOME = ("Rohstoff AG", "38226 Salzgitter", "USt-IdNr. DE136695976", "Rechnung vom 31. Oktober 2018")


def test_a_stated_currency_beats_the_country_and_a_contradiction_is_unsure():
    assert told(*HOME) == ("EUR", True)
    assert told(*HOME, "Rechnungswährung  :  GBP") == ("GBP", True)
    assert told(*HOME, "Währung: GBP", "Steuerbetrag in EUR 183,14") == ("GBP", False)
    assert told(*HOME, "Rechnungswährung: EUR", "Währung der Umsatzsteuerbuchung: GBP") == ("EUR", False)
    assert told(*HOME, "Währung  DEM") == ("EUR", False)


def test_a_picture_whose_amounts_all_lack_their_cents_is_not_vouched_for():
    text = "Utopia Ltd\nCoffee | 350\nCake | 500\nSubtotal | 850\nTax | 50\nTotal EUR | 900"
    assert not field(read(text), "total").sure
    pointed = text.replace("350", "3.50").replace("500", "5.00").replace("850", "8.50").replace(" 50\n", " 0.50\n")
    assert field(read(pointed.replace("900", "9.00")), "total").sure


TABLE = """
Pos | Beschreibung | Nettopreis | Menge | Betrag
1 | Zitronensäure | 1,0000 | 5 Stk | 5,00
Bruttopreis: 1,0000
2 | Gelierzucker | 1,4500 | 2 Stk | 2,90
Zu- und Abschläge:
Abschlag | Sammelrabatt | 5,00 | 19 % | 0,10
Belegsummen:
Positionssumme | 7,90
"""


def test_what_stands_between_and_behind_positions_is_none():
    assert [amount for _, amount in pairs(lines_of(TABLE))] == ["5.00", "2.90"]


def test_an_amount_one_row_below_its_factors_is_the_amount():
    found = lines_of(
        "Beschreibung | Nettopreis | Menge | Nettobetrag\nMassage | 26,00 | 10 |\n | | | 260,00\nSumme | 260,00"
    )
    assert pairs(found) == [("Massage", "260.00")]
    assert counted(found) == [("10", "26.00")]


def test_a_rate_may_say_of_what_it_is():
    found = lines_of(
        "Beschreibung | Preis | Menge | Steuer | Betrag\nBlatt | 9,90 | 20 | 19 % VAT (S) | 198,00\nSumme | 198,00"
    )
    assert pairs(found) == [("Blatt", "198.00")]


def test_a_heading_of_goods_with_a_rate_is_no_table_of_taxes_and_no_label_of_an_amount():
    lines = rows(
        [page("Data | Trasa | Km | Stawka za km | Kwota\n1 | Dom | 12 | 1,15 | 13,80\n2 | Biuro | 9 | 1,1 | 9,90")]
    )
    assert not any(figure.table for figure in figures.figures(lines))
    lone = rows([page("Description | Total\n | 4.50\nTotal | 4.50")])
    assert [figure.role for figure in figures.figures(lone)] == [None, "total"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("19,09zt", "19.09 PLN"), ("2.10ZRL", "2.10"), ("68-KD-428", ""), ("12,50 L", "12.50"), ("¥12,000-", "12000 JPY")],
)
def test_marks_that_are_none_and_some_that_were_misread(text, expected):
    found = [" ".join((str(each.value), *each.currencies[:1])) for each in money.find(text)]
    assert " ".join(found) == expected


def test_litres_are_no_rate_of_tax():
    reading = read("Utopia Ballons GmbH\nHeiße Luft pro Liter: 19% | 20,00 €\nSumme | 20,00 €")
    assert "litres" not in values(reading)


def long(lines: list[str]) -> Opened:
    words = tuple(
        Word(line, Box(0.05, n / len(lines), 0.95, (n + 0.8) / len(lines)), 1.0) for n, line in enumerate(lines)
    )
    blank = np.full((8, 8, 3), 255, np.uint8)
    return Opened("application/pdf", b"", (Sheet(Page(1, 500, 800, words, Method.TEXT_LAYER), lambda: blank),))


@pytest.mark.parametrize("text", ["RM" * 10_000, "a" * 20_000, "01.02.2024 " * 1_800, "A-" * 10_000, "合計" * 10_000])
def test_a_row_of_twenty_thousand_letters_takes_no_time(text):
    printed.read(long(["Total 1.00"]))
    began = time.process_time()
    printed.read(long(["Utopia Ltd", text, "Total 12.50"]))
    # One second on an idle core.
    assert time.process_time() - began < 6


def test_ten_thousand_rows_take_seconds():
    lines = [f"Article {n} {n % 97}.{n % 100:02d} EUR 04.03.2026 GST 12{n:06d}" for n in range(10_000)]
    began = time.process_time()
    printed.read(long(lines))
    assert time.process_time() - began < 20


def test_nothing_of_a_long_row_is_lost():
    found = rows([replace(long(["x"]).pages[0], words=(Word("a" * 1_500 + " Total 12.50", Box(0, 0, 1, 0.1), 1.0),))])
    assert "".join(row.text for row in found) == "a" * 1_500 + " Total 12.50"
    many = tuple(Word("1,00", Box(n / 5000, 0.5, n / 5000 + 0.0001, 0.51), 1.0) for n in range(5_000))
    began = time.process_time()
    split = rows([Page(1, 500, 800, many, Method.OCR)])
    assert sum(len(row.words) for row in split) == 5_000
    assert time.process_time() - began < 20


def test_an_electronic_invoice_gains_what_only_its_page_prints():
    stay = "Hotel\nAnreise: 22.03.2026\nAbreise: 24.03.2026\nÜbernachtung | 107,00 EUR"
    text = f"Gasthof Utopia GmbH\nRechnung R-1\n{stay}\nGesamtbetrag | 107,00 EUR"
    reading = read(text, method=Method.TEXT_LAYER, attachments=(("factur-x.xml", CII.encode()),))
    got = values(reading)
    assert (got["check_in"], got["check_out"], got["nights"]) == ("2026-03-22", "2026-03-24", "2")
    assert field(reading, "total").source.method is Method.E_INVOICE
