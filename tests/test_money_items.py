"""Line items: rows of many shapes become lines, and the arithmetic of the paper chooses between readings."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import DefinitionError
from toolkit.fields.calendar_words import fold
from toolkit.model import Box, Method, Page, Word
from toolkit.readers.money import figures, item_columns, items, rows
from toolkit.readers.money.item_names import names_only

#: Where the columns of a table end, in shares of the page: the first begins at the left edge.
EDGES = (0.56, 0.68, 0.80, 0.93)


def page(text: str, number: int = 1, method: Method = Method.TEXT_LAYER) -> Page:
    """A page of rows; `|` parts the cells of a row, which end at EDGES from the right, the first standing left."""
    lines = text.strip().splitlines()
    words = []
    for at, line in enumerate(lines):
        cells = [cell.strip() for cell in line.split("|")]
        top = (at + 0.5) / (len(lines) + 1)
        for place, cell in enumerate(cells):
            wide = min(0.0085 * len(cell), 0.6)
            right = EDGES[len(EDGES) - len(cells) + place] if place or len(cells) > 4 else 0.05 + wide
            left = 0.05 if not place else right - wide
            if cell:
                words.append(Word(cell, Box(left, top, left + wide, top + 0.4 / (len(lines) + 1)), 0.99))
    return Page(number, 600, 900, tuple(words), method)


def read(*texts: str) -> items.Items:
    """Read the lines of pages drawn from *texts*."""
    lines = rows.rows([page(text, number) for number, text in enumerate(texts, 1)])
    return items.items(lines, figures.figures(lines))


def pairs(found: items.Items) -> list[tuple[str, str]]:
    return [(line["description"], line["amount"]) for line in found.lines]


def counted(found: items.Items) -> list[tuple[str | None, str | None]]:
    return [(line.get("quantity"), line.get("unit_price")) for line in found.lines]


def test_one_row_a_line_with_tax_class() -> None:
    found = read("Muster Markt\nBrot 750g | 2,49 A\nSeife | 1,19 *B\nSUMME EUR | 3,68")
    assert pairs(found) == [("Brot 750g", "2.49"), ("Seife", "1.19")]
    assert [line["tax_class"] for line in found.lines] == ["A", "B"]
    assert found.adds_up
    assert found.confidence >= 0.90
    assert found.total == Decimal("3.68")


def test_quantity_above_and_below() -> None:
    above = read("Muster Markt\n2 x | 0,75\nFrühstücksquark | 1,50 B\nKiwi | 0,49 B\nSUMME | 1,99")
    assert pairs(above) == [("Frühstücksquark", "1.50"), ("Kiwi", "0.49")]
    assert counted(above) == [("2", "0.75"), (None, None)]
    below = read("Muster Markt\nHandseife | 5,98 A\n2 Stk x | 2,99\nTuch | 0,75 A\nSUMME | 6,73")
    assert pairs(below) == [("Handseife", "5.98"), ("Tuch", "0.75")]
    assert counted(below) == [("2", "2.99"), (None, None)]


def test_price_before_quantity() -> None:
    found = read("Muster Markt\nEmmentaler Stück | 2,59 x | 2 | 5,18 A\nzu zahlen | 5,18")
    assert counted(found) == [("2", "2.59")]


def test_weighed_goods() -> None:
    found = read("Muster Markt\nApfel grün\n0,410 kg x | 1,99 EUR/kg | 0,82 B\nBrot | 2,00 B\nSUMME | 2,82")
    assert pairs(found) == [("Apfel grün", "0.82"), ("Brot", "2.00")]
    assert counted(found)[0] == ("0.41", "1.99")


def test_name_above_code_and_numbers() -> None:
    found = read(
        "KEDAI CONTOH\nBOOSTER CABLE XH\nCE72 - 10\n9001620 | 1 X 29.90 | 29.90\nMOTH BALLS\nEC21 - 41\n"
        "9063977 | 2 X 2.10 | 4.20\nTOTAL INCL.GST@6% | RM 34.10"
    )
    assert pairs(found) == [("BOOSTER CABLE XH", "29.90"), ("MOTH BALLS", "4.20")]
    assert counted(found) == [("1", "29.90"), ("2", "2.10")]


def test_name_below_its_numbers() -> None:
    found = read(
        "Muster\nPos Artikel-Nr. | Menge | Einzelpreis | Gesamt\n1 23530028 | 2,00 | 14,99 | 29,98\nDuschvorhang\n"
        "2 02770034 | 1,00 | 9,99 | 9,99\nWC-Garnitur\nSumme | 39,97"
    )
    assert pairs(found) == [("Duschvorhang", "29.98"), ("WC-Garnitur", "9.99")]
    assert counted(found) == [("2", "14.99"), ("1", "9.99")]


@pytest.mark.parametrize(
    "heading",
    [
        "Description | Qty | Unit Price | Amount",
        "Bezeichnung | Menge | Einzelpreis | Gesamt",
        "Désignation | Qté | P.U. HT | Montant HT",
        "Descripción | Cant. | Precio | Importe",
        "Descrizione | Q.tà | Prezzo | Importo",
        "Omschrijving | Aantal | Prijs | Bedrag",
        "Descrição | Qtd | Preço | Valor",
        "Nazwa towaru | Ilość | Cena | Wartość",
        "Beskrivning | Antal | À-pris | Belopp",
        "品名 | 数量 | 単価 | 金額",
    ],
)
def test_columns_are_known_in_many_languages(heading: str) -> None:
    row = rows.rows([page(heading)])[0]
    found = item_columns.heading(row)
    assert found is not None
    assert [column.name for column in found.columns] == ["description", "quantity", "unit_price", "amount"]


def test_a_heading_keeps_the_head_of_the_paper_out() -> None:
    found = read(
        "Muster, Platz 7829\nDescription | Qty | Price | Amount\nToto sink | 4 | 62 | 248\nBoiler | 2 | 82 | 164\n"
        "Total | $412"
    )
    assert pairs(found) == [("Toto sink", "248.00"), ("Boiler", "164.00")]
    assert counted(found) == [("4", "62.00"), ("2", "82.00")]


def test_a_wrapped_description_goes_on_and_a_note_does_not() -> None:
    found = read(
        "Relocation Muster AB\nDescription | Qty | Price | Amount\n"
        "Transport of personal effects and of one car from near Kuala Lumpur | 2 | 50.00 | 100.00\nto Penang\n"
        "Translation | 1 | 40.00 | 40.00\nper page\nTotal | 140.00"
    )
    # The column is full above `to Penang`; above `per page` it is not.
    assert pairs(found)[0][0].endswith("Kuala Lumpur to Penang")
    assert pairs(found)[1] == ("Translation", "40.00")


def test_a_rate_before_the_prices_and_a_quantity_behind_them() -> None:
    found = read(
        "Muster GmbH\nLeistung | MwSt | Preis | Stück | Gesamt\nWohnungssuche | 19% | 692,05 | -1,00 | -692,05\n"
        "Fahrtkosten | 7% | 40,90 | -2,00 | -81,80\nSumme netto | -773,85"
    )
    assert pairs(found) == [("Wohnungssuche", "-692.05"), ("Fahrtkosten", "-81.80")]
    assert counted(found) == [("-1", "692.05"), ("-2", "40.90")]
    assert [line["tax_rate"] for line in found.lines] == ["19", "7"]


def test_an_amount_set_lower_than_its_price() -> None:
    found = read("Muster GmbH\nArtikel | Menge | Preis | Gesamt\nMiettage | 2 | 86,55 |\n173,10\nSumme | 173,10")
    assert pairs(found) == [("Miettage", "173.10")]
    assert counted(found) == [("2", "86.55")]


def test_positions_are_no_quantities() -> None:
    found = read(
        "Muster AG\nPos. Beschreibung | Menge | Preis | Zeilenbetrag\n1 Postfach klein | 1 | 3,89 | 3,89\n"
        "2 Postfach groß | 2 | 5,39 | 10,78\n3 Postfach groß | 1 | 5,39 | 5,39\nTotal EUR | 20,06"
    )
    assert [name for name, _ in pairs(found)] == ["Postfach klein", "Postfach groß", "Postfach groß"]
    assert [quantity for quantity, _ in counted(found)] == ["1", "2", "1"]


def test_the_column_that_adds_up_is_the_amount() -> None:
    found = read("Muster Bistro\nSuppe | 5,00 | 0,95\nSalat | 7,00 | 1,33\nSumme | 12,00")
    assert pairs(found) == [("Suppe", "5.00"), ("Salat", "7.00")]


def test_savings_without_a_sign() -> None:
    told = read("Contoso\nBread | 3.00\nYou saved promo | 0.50\nMilk | 2.00\nTotal | 5.00")
    assert pairs(told) == [("Bread", "3.00"), ("Milk", "2.00")]
    off = read("Contoso\nBread | 3.00\nDiscount | 0.50\nMilk | 2.00\nTotal | 4.50")
    assert pairs(off) == [("Bread", "3.00"), ("Discount", "-0.50"), ("Milk", "2.00")]


def test_deposits_and_names_like_labels_are_lines() -> None:
    found = read("Muster Markt\nApfelsaft | 1,19 B\nPfand | 0,25 B\nBalance Brot | 0,99 A\nzu zahlen | 2,43")
    assert pairs(found) == [("Apfelsaft", "1.19"), ("Pfand", "0.25"), ("Balance Brot", "0.99")]


def test_a_row_of_the_head_is_left_out_by_the_sum() -> None:
    found = read("Muster Markt\nMO.-SA. | 9.00 - 20.00\nBrot | 2.49 A\nMilch | 1.00 A\nzu zahlen | 3.49")
    assert pairs(found) == [("Brot", "2.49"), ("Milch", "1.00")]


def test_tax_on_top_proves_the_lines() -> None:
    found = read("Diner Example\nPancakes | 9.00\nCoffee | 3.00\nTax | 0.96\nTotal | 12.96")
    assert pairs(found) == [("Pancakes", "9.00"), ("Coffee", "3.00")]
    assert found.adds_up


def test_petrol_pump_rows() -> None:
    found = read(
        "Tankstelle\nDIESEL\nMenge | 18,86 l\nPreis/l | 1,784 EUR/l\nBetrag | 33,65\nWaschen | 9,00\nSumme | 42,65"
    )
    assert pairs(found) == [("DIESEL", "33.65"), ("Waschen", "9.00")]
    assert counted(found)[0] == ("18.86", "1.784")


def test_hotel_nights_lose_their_dates_and_payments_are_no_lines() -> None:
    found = read(
        "Hotel Ejemplo\nFecha Descripción | Cargos | Abonos\n12/08/25 Habitación | 102,30 |\n"
        "12/08/25 Desayuno | 11,69 |\n"
        "13/08/25 VISA | | 113,99\nTotal | 113,99 |"
    )
    assert pairs(found) == [("Habitación", "102.30"), ("Desayuno", "11.69")]


def test_the_table_goes_on_over_the_page() -> None:
    head = "Muster GmbH 12,50\nBezeichnung | Menge | Einzelpreis | Gesamt\n"
    found = read(
        head + "Umzug | 2 | 50,00 | 100,00\nÜbertrag | 100,00",
        head + "Übertrag | 100,00\nMakler | 1 | 25,00 | 25,00\nSumme | 125,00",
    )
    assert pairs(found) == [("Umzug", "100.00"), ("Makler", "25.00")]
    assert {row.page for row in found.rows} == {1, 2}


def test_a_refund_whose_minus_signs_were_lost() -> None:
    found = read("Contoso\nKettle | 18.49\nToaster | -6.99\nTotal | -25.48")
    assert pairs(found) == [("Kettle", "-18.49"), ("Toaster", "-6.99")]


def test_an_amount_read_upside_down() -> None:
    found = read("Muster Markt\nRum | A668\nKiwi | 1,99 E\nBrot | 2,00 E\nSUMME | 12,98")
    assert pairs(found) == [("Rum", "8.99"), ("Kiwi", "1.99"), ("Brot", "2.00")]


def test_a_lost_amount_is_filled_from_a_total_said_twice_and_proves_nothing() -> None:
    found = read("Muster Markt\nBrot | 3, 0 E\nKiwi | 1,99 E\nSaft | 2,00 E\nSUMME | 7,08\nMasterCard EUR | 7,08")
    assert pairs(found) == [("Brot", "3.09"), ("Kiwi", "1.99"), ("Saft", "2.00")]
    assert found.total is None
    assert not found.adds_up


def test_a_sum_in_an_unknown_language_proves_itself() -> None:
    found = read("Példa Bolt\nAlma | 2,00\nKenyér | 3,00\nMindösszesen | 5,00")
    assert pairs(found) == [("Alma", "2.00"), ("Kenyér", "3.00")]


def test_lines_that_do_not_add_up_say_so() -> None:
    found = read("Contoso\nBread | 3.00\nMilk | 2.00\nEggs | 4.00\nTotal | 99.00")
    assert not found.adds_up
    assert found.confidence < 0.90
    assert len(found.lines) == 3


def test_no_lines_without_a_sum_or_a_heading() -> None:
    assert read("Contoso\nBread | 3.00\nThank you").lines == ()
    assert read("").lines == ()


@pytest.mark.parametrize(
    ("text", "alone"), [("sub total", True), ("total incl gst", True), ("balance brot", False), ("zu zahlen", True)]
)
def test_labels_alone_and_in_names(text: str, alone: bool) -> None:
    assert names_only(fold(text)) is alone


def test_a_misspelt_key_in_the_words_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "columns.toml").write_text('[columns.qantity]\nen = ["qty"]\n', "utf-8")
    monkeypatch.setattr(item_columns, "DATA", tmp_path)
    with pytest.raises(DefinitionError, match=r"columns\.toml"):
        item_columns._data.__wrapped__()


def test_reprs_hide_what_was_bought() -> None:
    found = read("Contoso\nSecret pills | 3.00\nMilk | 2.00\nTotal | 5.00")
    assert "pills" not in repr(found)


@given(st.lists(st.text(alphabet="0123456789.,-x%|()@ ABkgTotalSumme€\n", max_size=60), max_size=12))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_lines_whose_amounts_are_printed_numbers(texts: list[str]) -> None:
    found = read("\n".join(texts))
    for line in found.lines:
        assert Decimal(line["amount"]) == Decimal(line["amount"])
        assert line["description"].strip()
    if found.total is not None:
        assert found.total == sum(Decimal(line["amount"]) for line in found.lines)


def test_long_documents_take_time_in_proportion() -> None:
    few, many = (
        sum(1 for _ in read("Contoso\n" + "Thing | 2 | 3.00 | 6.00\n" * n + "Total | 1.00").lines) for n in (10, 3000)
    )
    assert (few, many) == (10, 3000)
