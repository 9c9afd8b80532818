from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_e_invoice import CII
from toolkit.fields import currency
from toolkit.model import Box, Field, Method, Page, Proof, Word
from toolkit.pages import Opened, Sheet
from toolkit.readers import Reading, money_paper
from toolkit.readers.money import category, head, labels, place
from toolkit.readers.money import rows as straightened
from toolkit.recognise import Recognised

MALAYSIA = """
UTOPIA KITCHEN SDN BHD (123456-A)
No 7, Jalan Contoh 3,
43200 Cheras, Selangor.
Tel: 03-1234 5678
GST ID No : 000123456789
TAX INVOICE
Invoice No : 47735
Date : 04-03-2018 12:15
Nasi Lemak | RM7.10
Kopi | RM1.10
Total Amount: | RM8.20
GST @6%: | RM0.46
Cash | RM10.00
Change | RM1.80
Thank You
"""
GERMANY = """
Muster Markt GmbH
Beispielweg 4
33102 Paderborn
EUR
Brot | 2,49 A
Seife | 1,19 B
SUMME | EUR | 3,68
BAR | EUR | 5,00
RÜCKGELD | EUR | 1,32
MwSt | NETTO | MwSt | UMSATZ
A 7% | 2,33 | 0,16 | 2,49
B 19% | 1,00 | 0,19 | 1,19
02.03.2020 09:48
USt-IdNr.: DE 999 999 999
"""


def paper(text: str, method: Method = Method.OCR, tilt: float = 0.0, attachments=()) -> Opened:
    """A page of the rows of *text*; `|` parts the boxes of a row, the last box standing at the right edge."""
    words = []
    lines = [line for line in text.strip().splitlines()]
    for number, line in enumerate(lines):
        cells = [cell.strip() for cell in line.split("|")]
        for at, cell in enumerate(cells):
            width = min(0.014 * len(cell), 0.5)
            left = 0.05 if at == 0 else 0.95 - width - 0.16 * (len(cells) - 1 - at)
            sink = tilt * (left + width / 2)
            half = 0.010 + tilt * width / 2
            middle = 0.03 + 0.03 * number + sink
            words.append(Word(cell, Box(left, middle - half, left + width, middle + half), 0.99))
    page = Page(1, 800, 1400, tuple(words), method)
    return Opened("image/jpeg", b"", (Sheet(page, lambda: np.zeros((1, 1, 3), np.uint8)),), attachments)


def read(text: str, **how) -> Reading:
    return money_paper.read(paper(text, **how), Recognised(None, "receipt", 0.9, (1,)))


def field(reading: Reading, name: str) -> Field:
    return next(each for each in reading.fields if each.name == name)


def values(reading: Reading) -> dict[str, object]:
    return {each.name: each.value for each in reading.fields}


def test_a_malaysian_receipt_is_read_and_its_total_proved():
    reading = read(MALAYSIA)
    got = values(reading)
    assert got["merchant"] == "UTOPIA KITCHEN SDN BHD"
    assert got["merchant_address"] == "No 7, Jalan Contoh 3, 43200 Cheras, Selangor."
    assert got["merchant_tax_id"] == "000123456789"
    assert (got["number"], got["date"], got["time"]) == ("47735", "2018-03-04", "12:15")
    assert (got["total"], got["tax"], got["currency"], got["payment_method"]) == ("8.20", "0.46", "MYR", "cash")
    assert got["lines"] == (
        {"description": "Nasi Lemak", "amount": "7.10"},
        {"description": "Kopi", "amount": "1.10"},
    )
    total = field(reading, "total")
    assert (total.proof, total.currency, total.sure) == (Proof.ARITHMETIC, "MYR", True)
    assert got["expense_category"] == "meals"


def test_a_german_receipt_is_read_with_its_taxes_added():
    reading = read(GERMANY)
    got = values(reading)
    assert (got["merchant"], got["date"], got["time"]) == ("Muster Markt GmbH", "2020-03-02", "09:48")
    assert (got["total"], got["tax"], got["currency"]) == ("3.68", "0.35", "EUR")
    assert field(reading, "total").sure
    assert field(reading, "date").sure


@pytest.mark.parametrize("tilt", [0.02, 0.045])
def test_a_tilted_photo_reads_like_a_level_one(tilt):
    got = values(read(GERMANY, tilt=tilt))
    assert (got["total"], got["tax"], got["merchant"]) == ("3.68", "0.35", "Muster Markt GmbH")


def test_a_total_that_cash_and_change_contradict_is_unsure():
    reading = read(MALAYSIA.replace("RM8.20", "RM8.70"))
    assert not field(reading, "total").sure
    assert any("change" in warning for warning in reading.warnings)


def test_losing_totals_stay_for_the_reviewer():
    reading = read("Shop Ltd\nTotal | 12.00\nTotal | 13.00")
    total = field(reading, "total")
    assert not total.sure
    assert {total.value, *(each.value for each in reading.rejected if each.name == "total")} == {"12.00", "13.00"}


def test_a_dollar_sign_alone_is_no_currency():
    reading = read("Corner Shop\n05/06/2024\nTotal | $12.50")
    assert not any(each.name == "currency" and each.sure for each in reading.fields)
    assert field(reading, "total").currency in (None, *(e.value for e in reading.fields if e.name == "currency"))


def test_a_dollar_sign_in_singapore_is_a_singapore_dollar():
    reading = read("Utopia Pte Ltd\n1 Example Road Singapore 319515\nGST REG NO: M2-1234567-8\nTotal | $12.50")
    assert field(reading, "currency").value == "SGD"
    assert field(reading, "currency").sure


def test_nothing_on_the_page_means_no_currency_and_a_warning():
    reading = read("Shop\nTotal | 12.50")
    assert "currency" not in values(reading)
    assert any(warning.startswith("currency") for warning in reading.warnings)


def test_day_and_month_that_could_be_swapped_are_unsure_with_both_readings():
    reading = read("Shop Inc\n05/06/2024\nTotal | 12.50")
    assert not field(reading, "date").sure
    assert {field(reading, "date").value, *(e.value for e in reading.rejected if e.name == "date")} == {
        "2024-05-06",
        "2024-06-05",
    }


def test_a_refund_stays_negative():
    reading = read("Utopia Shop GmbH\n33102 Paderborn\nRückgabe | -12,50\nSUMME EUR | -12,50")
    assert field(reading, "total").value == "-12.50"


def test_rounding_is_not_a_contradiction():
    text = MALAYSIA.replace("Cash | RM10.00", "Rounding | RM0.02\nNett Total | RM8.22\nCash | RM10.02")
    got = read(text)
    assert field(got, "total").value == "8.22"
    assert field(got, "total").proof is Proof.ARITHMETIC


def test_the_embedded_invoice_is_the_truth():
    page = "Gasthof Utopia GmbH\nRechnung R-1\nGesamtbetrag | 107,00 EUR\nVielen Dank und auf Wiedersehen"
    reading = read(page, method=Method.TEXT_LAYER, attachments=(("factur-x.xml", CII.encode()),))
    got = values(reading)
    assert (got["merchant"], got["total"], got["currency"]) == ("Gasthof Utopia GmbH", "107.00", "EUR")
    assert {each.source.method for each in reading.fields if each.name != "expense_category"} == {Method.E_INVOICE}
    assert field(reading, "total").proof is Proof.ARITHMETIC
    assert reading.warnings == ()


def test_an_invoice_that_says_other_than_its_page_is_unsure():
    page = "Somebody Else GmbH\nRechnung R-1\nGesamtbetrag | 999,00 EUR\nVielen Dank und auf Wiedersehen"
    reading = read(page, method=Method.TEXT_LAYER, attachments=(("factur-x.xml", CII.encode()),))
    assert not field(reading, "merchant").sure
    assert not field(reading, "total").sure
    assert len(reading.warnings) == 2


def test_a_damaged_invoice_is_said_and_the_page_read():
    reading = read(GERMANY, attachments=(("factur-x.xml", b"<broken"),))
    assert values(reading)["total"] == "3.68"
    assert any("embedded invoice" in warning for warning in reading.warnings)


def test_bare_xml_is_an_invoice_too():
    reading = money_paper.read(Opened("application/xml", CII.encode(), ()), Recognised(None, "invoice", 0.9, ()))
    assert values(reading)["number"] == "R-1"


def test_an_empty_page_says_so():
    reading = money_paper.read(paper(" "), Recognised(None, "receipt", 0.9, (1,)))
    assert reading.fields == ()
    assert reading.warnings


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.text(alphabet="TOTALtotalcash changeGST6%.,:-/0123456789RM€$|xX ", min_size=1, max_size=30),
        min_size=1,
        max_size=12,
    )
)
def test_any_page_is_read_without_an_exception(lines):
    reading = read("\n".join(line.replace("\n", " ") for line in lines))
    for each in (*reading.fields, *reading.rejected):
        assert 0 <= each.confidence <= 1


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("TOTAL INCL.GST@6%", "due"),
        ("Total Sales (Excluding GST)", "subtotal"),
        ("Total RM Incl. of GST", "due"),
        ("zu zahlen EUR", "due"),
        ("IUIAL", "total"),
        ("T0TAL", "total"),
        ("Wisselgeld", "change"),
        ("Total Qty", "ignore"),
        ("IMPORTE A ABONAR", "due"),
        ("dont TVA", "tax"),
        ("Trinkgeld", "tip"),
    ],
)
def test_labels_in_many_languages_and_damaged(text, role):
    assert role in labels.roles(text)


def test_every_country_settles_a_currency_of_iso_4217():
    for code, each in place._countries().items():
        assert {each.currency, each.former} <= {*currency.CODES, ""}, code
        assert each.strong, code
        assert bool(each.former) == bool(each.since), code


def test_rows_of_two_columns_keep_their_amounts_on_a_tilted_photo():
    text = "Total | 5.00\nRounding Adjustment | 0.00\nTotal After Rounding | 5.00\nCash | 10.00\nChange | 5.00"
    text = f"{text}\nThank you for coming to us | Bye"
    page = paper(text, tilt=0.03).pages[0]
    assert [row.text.replace("  ", " | ") for row in straightened.rows([page])] == text.splitlines()


@pytest.mark.parametrize("text", [MALAYSIA, GERMANY])
@given(st.integers(0, 2), st.sampled_from("0123456789"))
@settings(max_examples=30, deadline=None)
def test_one_misread_digit_of_the_total_is_never_vouched_for(text, place_, digit):
    right = "8.20" if text is MALAYSIA else "3,68"
    at = [0, 2, 3][place_]
    misread = right[:at] + digit + right[at + 1 :]
    total = field(read(text.replace(right, misread)), "total")
    assert total.value == right.replace(",", ".") or not total.sure


WORLD = {
    "fr": (
        "Chez Utopie SARL\n12 rue de l'Exemple\n69001 Lyon\nTVA FR11999999998\nDate : 05/06/2024 12:30\n"
        "Plat du jour | 14,50 €\nCafé | 2,00 €\nTOTAL TTC | 16,50 €\ndont TVA 10,0% | 1,50\n"
        "Carte bancaire | 16,50 €\nMerci",
        {
            "merchant": "Chez Utopie SARL",
            "total": "16.50",
            "date": "2024-06-05",
            "currency": "EUR",
            "payment_method": "card",
        },
    ),
    "es": (
        "Utopía Restauración S.L.\nCalle Ejemplo 3\n28001 Madrid\nCIF: B12345678\nFecha: 05/06/2024 21:15\n"
        "2 Menú | 24,00\nBase imponible | 21,82\nIVA 10% | 2,18\nTotal a pagar | 24,00 €\n"
        "Efectivo | 30,00\nCambio | 6,00",
        {
            "total": "24.00",
            "tax": "2.18",
            "subtotal": "21.82",
            "date": "2024-06-05",
            "currency": "EUR",
            "time": "21:15",
        },
    ),
    "it": (
        "Trattoria Utopia S.r.l.\nVia Esempio 4\n00100 Roma\nP.IVA 01234567890\nCoperto | 2,00\nPasta | 11,00\n"
        "TOTALE COMPLESSIVO | 13,00\ndi cui IVA 10% | 1,18\nPagamento contanti | 20,00\nResto | 7,00\n05/06/2024 20:10",
        {"total": "13.00", "date": "2024-06-05", "currency": "EUR", "payment_method": "cash"},
    ),
    "nl": (
        "Utopia Café B.V.\nVoorbeeldstraat 5\n1012 AB Amsterdam\nBTW nr NL123456789B01\n05-06-2024 14:00\n"
        "Koffie | 3,20\n"
        "Taart | 4,80\nTotaal | € 8,00\nBTW 9% | 7,34 | 0,66\nPinnen | € 8,00",
        {"total": "8.00", "tax": "0.66", "date": "2024-06-05", "currency": "EUR", "payment_method": "card"},
    ),
    "pt": (
        "Utopia Lda\nRua Exemplo 6\n1170-010 Lisboa\nNIF: 512345678\nData: 05/06/2024\nBica | 1,10\nPastel | 1,40\n"
        "TOTAL A PAGAR | 2,50 €\nNumerário | 5,00 €\nTroco | 2,50 €\nObrigado",
        {"total": "2.50", "date": "2024-06-05", "currency": "EUR", "payment_method": "cash"},
    ),
    "pl": (
        "Utopia Sp. z o.o.\nul. Przykładowa 7\n00-001 Warszawa\nNIP 123-456-78-90\n2024-06-05 10:20\nKawa | 12,00\n"
        "SUMA PLN | 12,00\nGotówka | 20,00\nReszta | 8,00",
        {"total": "12.00", "date": "2024-06-05", "currency": "PLN", "payment_method": "cash"},
    ),
    "sv": (
        "Utopia AB\nExempelgatan 8\n111 22 Stockholm\nOrg.nr 556677-8899\n2024-06-05 11:45\nLunch | 125,00\n"
        "Att betala | 125,00 kr\nvarav moms 12% | 13,39\nKontokort | 125,00",
        {"total": "125.00", "tax": "13.39", "date": "2024-06-05", "currency": "SEK", "payment_method": "card"},
    ),
    "us": (
        "Utopia Diner LLC\n100 Example Ave\nLewisville, TX 75067\n(972) 555-0100\n06/05/2024 08:15 PM\nBurger | 12.00\n"
        "Subtotal | $12.00\nSales Tax | $0.99\nTip | $2.40\nTotal | $15.39\nVisa | $15.39",
        {"total": "15.39", "tax": "0.99", "tip": "2.40", "date": "2024-06-05", "currency": "USD", "time": "20:15"},
    ),
}


@pytest.mark.parametrize("language", sorted(WORLD))
def test_receipts_of_many_countries(language):
    text, expected = WORLD[language]
    reading = read(text)
    got = values(reading)
    assert {name: got.get(name) for name in expected} == expected
    assert all(field(reading, name).sure for name in ("total", "date", "currency"))


@pytest.mark.parametrize(
    ("merchant", "text", "expected"),
    [
        ("Aldi Nord", "", "groceries"),
        ("Hotel Utopia", "2 nights", "lodging"),
        ("Golden Lion Ltd", "espresso\ncoffee", "meals"),
        ("Golden Lion Ltd", "1 piece", None),
        ("Sparrow Ltd", "cables", None),
    ],
)
def test_the_category_comes_from_chains_and_goods_and_from_nothing_else(merchant, text, expected):
    suggested = category.category(merchant, [text])
    assert (suggested[0] if suggested else None) == expected


def test_a_street_with_a_point_of_the_compass_is_an_address():
    assert head.classify(straightened.rows(paper("2513 S. Example Way").pages)[0]) == "address"


BULGARIA = ["Златен лъв ЕООД", "България", "EIK 123456789", "Sofia, Bulgaria"]


@pytest.mark.parametrize(("day", "code"), [("2025-12-31", "BGN"), ("2026-01-01", "EUR")])
def test_the_day_of_the_paper_tells_which_currency_the_country_had(day, code):
    reading = place.read_currency(BULGARIA, (), place.place(BULGARIA).on(day))
    assert reading is not None
    assert reading.code == code


def test_without_a_day_a_country_that_changed_its_currency_does_not_settle_it():
    reading = place.read_currency(BULGARIA, (), place.place(BULGARIA))
    assert reading is not None
    assert (reading.code, reading.others[:1]) == ("EUR", ("BGN",))
    assert reading.confidence < 0.90
