from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper import opened

from toolkit import pages, recognise
from toolkit.errors import DefinitionError
from toolkit.kind import Kind, kinds
from toolkit.model import Method
from toolkit.recognise import fold

LETTER = """
Parking space 14
Dear neighbours, the courtyard will be resurfaced in the second week of December.
Please move your cars by Sunday evening and leave the gate open for the lorries.
"""
EMPLOYMENT = """
CONTRACT OF EMPLOYMENT
This contract is made on 12 October 2026 between Tarn & Fell Analytics Ltd (the "Employer") and
Aylin Celikhan (the "Employee"). The probationary period is six months.
"""
MARRIAGE = """
Republik Utopia / Republic of Utopia
Eheurkunde
Marriage Certificate
Standesamt / Registry office: Port Amaurot
"""
DEGREE = """
UNIVERSITY OF EUNOMIA
The Rector and the Senate make known that
Marit Ostervang
has been awarded the degree of
Master of Science
"""


@pytest.mark.parametrize(
    ("text", "kind"),
    [(EMPLOYMENT, "contract"), (MARRIAGE, "marriage-certificate"), (DEGREE, "degree"), (LETTER, "unknown")],
)
def test_a_paper_is_named_by_what_it_says(text: str, kind: str) -> None:
    found = recognise.recognise(opened(text))
    assert found.name == kind
    assert (found.kind is None) == (kind == "unknown")


@pytest.mark.parametrize("text", [EMPLOYMENT, MARRIAGE, DEGREE])
def test_ocr_that_loses_spaces_and_confuses_letters_changes_nothing(text: str) -> None:
    spoilt = text.upper().replace(" ", "").replace("O", "0").replace("I", "1")
    assert recognise.recognise(opened(spoilt)).name == recognise.recognise(opened(text)).name


NOTE = """
Parking receipts
The receptionist keeps the receipts of taxi, hotel and parking. Thank you for your patience.
"""


@pytest.mark.parametrize("amount", ["12.50", "1 200 kr", "1,200", "€ 7", "980円"])
def test_a_receipt_shows_a_sum_of_money(amount: str) -> None:
    assert recognise.recognise(opened(NOTE)).name == "unknown"
    assert recognise.recognise(opened(f"{NOTE}Total  {amount}\n")).name == "receipt"


BILL = """
Eetlokaal De Zilveren Reiger
2 tosti speciaal  13,80
1 appelgebak  5,25
{rows}
"""


def test_rows_of_amounts_and_a_rate_of_tax_help_words_that_are_too_few_alone() -> None:
    few = recognise.recognise(opened(BILL.format(rows="Te betalen  19,05\nMASTERCARD  19,05\nBTW 9%  1,57")))
    assert few.name == "receipt"
    assert recognise.recognise(opened(BILL.format(rows="samen  19,05\nwaarvan 9%  1,57"))).name == "unknown"


def test_an_invoice_for_a_permit_is_no_permit() -> None:
    text = """
Norte Movilidad, S.L.
FACTURA  F-1197   Fecha: 01/06/2025
Tramitación de permiso de residencia  74,65
Tasa  12,00
Base imponible  86,65
I.V.A. 21%  18,20
Importe total  104,85
"""
    assert recognise.recognise(opened(text)).name in ("invoice", "receipt")


def test_an_embedded_invoice_is_an_invoice_whatever_the_page_says() -> None:
    found = recognise.recognise(opened(EMPLOYMENT, attachments=("Factur-X.xml",)))
    assert (found.name, found.confidence) == ("invoice", 0.99)


def test_every_page_belongs_to_the_document() -> None:
    assert recognise.recognise(opened(EMPLOYMENT, LETTER, LETTER)).pages == (1, 2, 3)


def test_an_empty_page_is_unknown() -> None:
    assert recognise.recognise(opened("", method=Method.OCR)).name == "unknown"


@given(st.text(max_size=80))
def test_any_text_is_named_or_unknown_and_never_surer_than_sure(text: str) -> None:
    found = recognise.recognise(opened(text.replace("<", " ")))
    assert found.name in {*kinds(), "unknown"}
    assert 0 <= found.confidence <= 1


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_every_definition_loads_and_reads_by_a_known_family() -> None:
    assert {"passport", "contract", "degree", "marriage-certificate", "receipt", "invoice"} <= set(kinds())
    assert all(isinstance(kind, Kind) and kind.title for kind in kinds().values())


def test_no_two_kinds_claim_the_same_zone() -> None:
    codes = [code for kind in kinds().values() for code in kind.document_codes]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("definition", "place"),
    [
        ('title = "X"\nreader = "patterns"\nphrase = {}', "phrase"),
        ('title = "X"\nreader = "guesses"', "reader"),
        ('title = "X"\nreader = "patterns"\n[phrases.en]\n"x" = 900', "phrases"),
        ('title = "X"\nreader = "patterns"\n[fields.a]\nregex = "("', "fields"),
        ('title = "X"\nreader = "patterns"\n[fields.a.sentences]\nen = ["no hole"]', "fields"),
        ('reader = "patterns"', "title"),
    ],
)
def test_a_mistake_in_a_definition_names_its_file_and_place(tmp_path: Path, definition: str, place: str) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "kind.toml").write_text(definition, "utf-8")
    with pytest.raises(DefinitionError, match=f"odd/kind.toml.*{place}"):
        kinds(tmp_path)


@pytest.mark.data
def test_contracts_of_the_public_set_are_contracts(shared_data: Path) -> None:
    rows = [json.loads(line) for line in (shared_data / "kinds" / "truth.jsonl").read_text("utf-8").splitlines()]
    files = [row["file"] for row in rows if row["kind"] == ["contract"] and row["file"].startswith("kleister")][:8]
    names = [
        recognise.recognise(pages.open_bytes((shared_data / file).read_bytes(), "application/pdf")).name
        for file in files
    ]
    assert names == ["contract"] * len(files)
