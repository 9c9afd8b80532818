"""What a paper leaves open is given below 0.90; and the words and marks that settle it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.test_money_wording import _opened
from toolkit import read
from toolkit.fields import currency
from toolkit.model import SURE, Field
from toolkit.readers.money.labels import roles
from toolkit.readers.money.plain_print import plain_capitals

_RAIL = """
Noorderlijn Reizigers B.V.
E-ticket / betaalbewijs
{ordered}
{travel}
Enkele reis 2e klas | 28,40
Totaalbedrag | € 28,40
iDEAL | € 28,40
"""
_PARKING = """
QUARRY LANE PARKING LTD
VAT REG 887 2210 54
{first}
{second}
PARKING | £7.80
TOTAL | £7.80
PAID BY CARD | £7.80
"""
_HOTEL = """
Hotel Eichenblick GmbH
Uferweg 9, 88131 Lindau
Rechnung Nr. 2025-04417
Rechnungsdatum: 18.09.2025
Logis | 214,00
{tax_free}
Gesamtbetrag brutto | {total}
MwSt 7 % | Netto 200,00 | MwSt 14,00
EC-Karte | {total}
"""
_FOLIO = """
Harbor Light Inn
77 Bay Street, Seattle, WA 98101
Folio No 4471
03/02/2025 | Room Charge | $120.00
03/02/2025 | Occupancy Tax | $14.00
{second}/2025 | Room Charge | $120.00
{second}/2025 | Occupancy Tax | $14.00
Total charges | $268.00
Visa | $268.00
"""


def _fields(text: str) -> dict[str, Field]:
    return {field.name: field for field in read.record_of(_opened(text)).fields}


def test_a_day_that_no_label_speaks_of_may_be_that_of_the_journey():
    found = _fields(_RAIL.format(ordered="Besteldatum 17-02-2025", travel="Groningen - Brussel-Zuid  24-02-2025"))
    assert found["date"].confidence < SURE


@pytest.mark.parametrize(
    ("ordered", "travel"),
    [
        ("Besteldatum 17-02-2025", "Factuurdatum 24-02-2025"),
        ("Boekingscode NR-7Q4417", "24-02-2025 14:05"),
        ("Besteldatum 24-02-2025", "Betaald op 24-02-2025"),
    ],
)
def test_a_day_with_a_label_or_without_an_order_is_sure(ordered: str, travel: str):
    found = _fields(_RAIL.format(ordered=ordered, travel=travel))
    assert (found["date"].value, found["date"].confidence >= SURE) == ("2025-02-24", True)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("IN 19/01/2025 10:27", "PAID 19/01/2025 14:02"),
        ("IN 19/01/2025 10:27", "OUT 19/01/2025 14:02"),
        ("Einfahrt 19.01.2025 10:27", "Ausfahrt 19.01.2025 14:02"),
        ("Entrée 19/01/2025 10:27", "Sortie 19/01/2025 14:02"),
        ("Wjazd 19.01.2025 10:27", "Wyjazd 19.01.2025 14:02"),
    ],
)
def test_of_coming_and_going_the_time_is_that_of_going(first: str, second: str):
    time = _fields(_PARKING.format(first=first, second=second))["time"]
    assert (time.value, time.confidence) == ("14:02", 0.92)


def test_of_start_and_end_in_one_row_the_end_is_the_time():
    time = _fields(_PARKING.format(first="DATE 19/01/2025", second="START 08:12 AM END 01:40 PM"))["time"]
    assert (time.value, time.confidence) == ("13:40", 0.92)


def test_the_day_beside_a_departure_is_not_that_of_the_paper():
    found = _fields(_RAIL.format(ordered="Bestilt 17.02.2025", travel="24.02.2025 OSL - BGO avgang 07:45"))
    assert "time" not in found
    assert found["date"].value == "2025-02-17" or found["date"].confidence < SURE


def test_of_two_times_with_one_claim_none_is_sure_and_the_other_is_kept():
    record = read.record_of(_opened(_PARKING.format(first="19/01/2025 10:27", second="19/01/2025 14:02")))
    time = next(field for field in record.fields if field.name == "time")
    assert time.confidence < SURE
    assert {time.value, *(field.value for field in record.rejected if field.name == "time")} == {"10:27", "14:02"}


def test_a_time_of_coming_alone_is_not_sure():
    time = _fields(_PARKING.format(first="IN 19/01/2025 10:27", second="TICKET 00381172"))["time"]
    assert time.confidence < SURE


@pytest.mark.parametrize(
    "leaving", ["Partenza 24-02-2025 ore 08:05", "Abfahrt 24.02.2025 08:05", "Departs 24/02/2025 08:05"]
)
def test_when_a_train_leaves_is_no_time_of_the_paper(leaving: str):
    assert "time" not in _fields(_PARKING.format(first=leaving, second="DATE 17/02/2025"))


def test_the_nets_of_a_table_are_no_subtotal_for_sure_where_something_untaxed_lies_outside():
    within = _fields(_HOTEL.format(tax_free="", total="214,00"))["subtotal"]
    outside = _fields(_HOTEL.format(tax_free="Kurtaxe | 12,00", total="226,00")).get("subtotal")
    assert (within.value, within.confidence >= SURE) == ("200.00", True)
    assert outside is None or outside.confidence < SURE


def test_taxes_charged_night_by_night_are_one_sum():
    assert _fields(_FOLIO.format(second="03/03"))["tax"].value == "28.00"


def test_a_tax_printed_twice_on_one_day_is_not_doubled():
    tax = _fields(_FOLIO.format(second="03/02")).get("tax")
    assert tax is None or Decimal(str(tax.value)) == 14


def test_a_fare_above_a_subtotal_is_none():
    found = _fields(
        "Northmoor Cabs\n24-02-2024 08:28\nMetered fare | 38.69\nWaiting time | 3.10\nGoods total | 41.79\n"
        "Total GBP | GBP 41.79\nGratuity | 4.21\nAmount | GBP 46.00\nMastercard | 46.00"
    )
    assert found["total"].value == "46.00"
    assert "subtotal" not in found or found["subtotal"].value == "41.79"


@pytest.mark.parametrize(
    ("text", "named"),
    [("100 Ft Road, Indiranagar", False), ("No 5, 80 Ft. Main Road", False), ("Fizetendő 3 480 Ft", True),
     ("1990Ft", True), ("250 Ft összesen", True), ("Összeg (Ft)", True)],
)  # fmt: skip
def test_feet_are_no_forints(text: str, named: bool):
    assert ("HUF" in {code for mark in currency.marks(text) for code in mark.currencies}) is named


def test_a_phrase_with_its_colon_speaks_only_at_the_head_of_a_row_or_cell():
    assert "buyer" in roles("An: Helio Systems GmbH")
    assert "buyer" in roles("Rechnung 4711   An: Helio Systems GmbH")
    assert "buyer" not in roles("An der Alster 7")
    assert "buyer" not in roles("Bitte wenden Sie sich an: Buchhaltung")


@pytest.mark.parametrize(
    ("row", "way"),
    [("PANKKIKORTTI", "card"), ("Bankkaart", "card"), ("Paid by card", "card"), ("Bancontact | € 28,40", "card"),
     ("八達通 | 28,40", "card"), ("현금 | 28,40", "cash"), ("계좌이체 | 28,40", None)],
)  # fmt: skip
def test_words_of_payment(row: str, way: str | None):
    paper = _RAIL.format(ordered="", travel="24-02-2025 14:05").replace("iDEAL | € 28,40", row)
    found = _fields(paper).get("payment_method")
    assert (found.value if found else None) in ({way} if way else {None, "bank transfer"})


def test_a_row_with_more_than_a_word_for_cards_says_nothing():
    paper = _RAIL.format(ordered="", travel="24-02-2025 14:05").replace(
        "iDEAL | € 28,40", "Spaar met uw kaart: 5 punten"
    )
    assert "payment_method" not in _fields(paper)


def test_marks_of_taxes_behind_and_stars_before_amounts_leave_lines_lines():
    found = _fields(
        "みどり商店\n東京都港区1-2-3\n2025年3月4日 12:30\nおにぎり | ¥160※\nお茶 | *120\n弁当 | 550軽\n"
        "合計 | ¥830\nクレジット | ¥830"
    )
    assert [(line["description"], line["amount"]) for line in found["lines"].value] == [
        ("おにぎり", "160.00"), ("お茶", "120.00"), ("弁当", "550.00")
    ]  # fmt: skip
    assert found["lines"].value[2]["tax_class"] == "軽"
    assert found["lines"].confidence >= SURE


@pytest.mark.parametrize(
    ("read_as", "country", "plain"),
    [
        ("40170 SETIA ÁLAM", "MYS", "40170 SETIA ALAM"),
        ("HARDWÀRE", "SGP", "HARDWARE"),
        ("Take Àway", "GBR", "Take Away"),
        ("CAFÉ ROSÉ", "GBR", "CAFÉ ROSÉ"),
        ("À LA CARTE", "USA", "À LA CARTE"),
        ("SÃO JOÃO", "PRT", "SÃO JOÃO"),
        ("SETIA ÁLAM", None, "SETIA ÁLAM"),
        ("ÁÉÍ", "MYS", "ÁÉÍ"),
    ],
)
def test_accents_that_recognition_invents(read_as: str, country: str | None, plain: str):
    assert plain_capitals(read_as, country) == plain


def test_a_merchant_is_read_plain_where_the_country_prints_no_accents():
    found = _fields(
        "MERANTI HARDWÀRE TRADING SDN BHD\nNO 12, JALAN MERANTI, 40170 SHAH ÁLAM, SELANGOR\nTel 03-55123456\n"
        "Invoice No: 4711\nDate 12/03/2025 10:22\nPÀKU | 27.90 Z\nTotal | RM 27.90\nCash | RM 27.90"
    )
    assert found["merchant"].value == "MERANTI HARDWARE TRADING SDN BHD"
    assert "Á" not in str(found["merchant_address"].value)
    assert found["lines"].value[0]["description"] == "PAKU"
