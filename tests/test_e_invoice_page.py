"""An embedded invoice against the page that a person sees."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.paper import opened
from tests.specimens import e_invoices as drawn
from toolkit.model import Method
from toolkit.readers import Reading
from toolkit.readers.money import stated

PAGE = """Utopia Reisen GmbH
Weg 2, 28195 Bremen
USt-IdNr. DE 999 999 999
Rechnung U-7
Rechnungsdatum 03.05.2026
Coach tour | 2 | 100,00 EUR
Guide book | 4 | 50,00 EUR
Zwischensumme netto | | 142,86 EUR
19 % MwSt. auf 100,00 | | 19,00 EUR
7 % MwSt. auf 42,86 | | 3,00 EUR
Gesamtbetrag | | 164,86 EUR"""


def read(page: str, *attachments: tuple[str, bytes]) -> Reading:
    made = replace(opened(page), attachments=attachments or (("factur-x.xml", drawn.ubl()),))
    reading = stated.read(made)
    assert reading is not None
    return reading


def unsure(reading: Reading) -> set[str]:
    # The category is our own suggestion, which no invoice states.
    return {field.name for field in reading.fields if not field.sure} - {"expense_category"}


def test_a_page_that_agrees_raises_nothing_and_lowers_nothing():
    reading = read(PAGE)
    assert (reading.warnings, reading.rejected, unsure(reading)) == ((), (), set())
    assert {field.confidence for field in reading.fields} == {0.98}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("merchant", "Utopia Reisen GmbH", "Utopia Travel GmbH"),
        ("number", "U-7", "U-8"),
        ("date", "03.05.2026", "13.05.2026"),
        ("total", "164,86 EUR", "184,86 EUR"),
        ("tax", "19,00 EUR", "16,00 EUR"),
        ("merchant_tax_id", "DE 999 999 999", "DE 888 888 881"),
        ("currency", "EUR", "USD"),
        ("lines", "50,00 EUR", "60,00 EUR"),
    ],
)
def test_each_difference_is_a_finding_that_names_both_places(name, old, new):
    reading = read(PAGE.replace(old, new))
    said = [each for each in reading.warnings if each.startswith(name.replace("_", " "))]
    assert len(said) == 1
    assert f"factur-x.xml, {'BT-' if name else ''}" in said[0]
    assert "page" in said[0]
    assert "ask the supplier" in said[0]
    assert name in unsure(reading)
    # No value of the document stands in a warning.
    assert not any(part in each for each in reading.warnings for part in (new, old))


def test_the_pages_own_reading_is_kept_for_the_reviewer():
    reading = read(PAGE.replace("164,86 EUR", "184,86 EUR"))
    (other,) = [field for field in reading.rejected if field.name == "total"]
    assert (other.value, other.sure, other.source.page, other.source.method) == ("184.86", False, 1, Method.TEXT_LAYER)
    assert other.source.box is not None


def test_lines_are_named_by_their_numbers():
    said = [each for each in read(PAGE.replace("50,00 EUR", "60,00 EUR")).warnings if each.startswith("lines")]
    assert "amount of 2 of 2" in said[0]


def test_a_page_that_is_silent_contradicts_nothing():
    reading = read("Utopia Reisen GmbH\nRechnung U-7\nGesamtbetrag | 164,86\nVielen Dank, und bis zum naechsten Mal")
    assert reading.warnings == ()


def test_a_name_beside_a_column_is_found_word_by_word():
    assert read(PAGE.replace("Utopia Reisen GmbH", "Utopia | Rechnung\nReisen GmbH | Seite 1")).warnings == ()


def test_two_invoices_that_differ_make_the_first_unsure():
    other = drawn.ubl().replace(b">U-7<", b">U-8<")
    reading = read(PAGE, ("factur-x.xml", drawn.ubl()), ("xrechnung.xml", other))
    assert "total" in unsure(reading)
    assert any("holds 2 invoices" in each for each in reading.warnings)
    # The same invoice in two syntaxes is usual.
    assert read(PAGE, ("factur-x.xml", drawn.ubl()), ("xrechnung.xml", drawn.ubl())).warnings == ()


def test_a_hostile_attachment_is_a_warning_and_a_sound_one_beside_it_is_read():
    bad = b'<!DOCTYPE a [<!ENTITY x "y">]><Invoice><ID>&x;</ID></Invoice>'
    reading = read(PAGE, ("a.xml", bad), ("factur-x.xml", drawn.ubl()))
    assert {field.name for field in reading.fields} >= {"total", "tax_lines"}
    assert any("document type" in each for each in reading.warnings)
    alone = read(PAGE, ("a.xml", bad))
    assert alone.fields == ()
    assert alone.warnings


def test_names_that_the_sender_chose_stand_in_no_warning():
    reading = read(PAGE.replace("164,86 EUR", "184,86 EUR"), ("secret name.xml", drawn.ubl()))
    assert not any("secret" in each for each in reading.warnings)
