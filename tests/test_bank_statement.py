"""Statements of invented banks: their entries, what these add up to, and when nothing is vouched for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from toolkit.fields.calendar_words import fold
from toolkit.fields.dates import Order
from toolkit.kind import kinds
from toolkit.model import Box, Method, Page, Proof, Word
from toolkit.pages import Opened, Sheet
from toolkit.readers import Reading, bank_statement
from toolkit.readers.statement.days import PrintedDay, leading, resolved
from toolkit.readers.statement.running import Entry, days_at_or_over, run
from toolkit.recognise import Recognised, recognise

Rows = Sequence[tuple[str, ...]]
#: Where the columns of a statement begin; from the third on they are flush right.
_COLUMNS = (0.0, 0.13, 0.52, 0.68, 0.84)
_LETTER, _GAP = 0.0078, 0.006


def page(rows: Rows, number: int = 1, method: Method = Method.TEXT_LAYER) -> Page:
    words = []
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            left = _COLUMNS[column] + (0.12 - len(cell) * _LETTER if column >= 2 else 0.0)
            for piece in [cell] if method is Method.OCR else cell.split():
                if piece:
                    box = Box(left, at / 80, left + len(piece) * _LETTER, (at + 0.8) / 80)
                    words.append(Word(piece, box, 0.97 if method is Method.OCR else 1.0))
                left += len(piece) * _LETTER + _GAP
    return Page(number, 600.0, 800.0, tuple(words), method)


def opened(*pages: Rows, method: Method = Method.TEXT_LAYER) -> Opened:
    white = np.full((60, 60, 3), 255, np.uint8)
    sheets = tuple(Sheet(page(rows, number, method), lambda: white) for number, rows in enumerate(pages, 1))
    return Opened("application/pdf", b"", sheets)


def read(*pages: Rows, method: Method = Method.TEXT_LAYER) -> Reading:
    found = Recognised(kinds()["bank-statement"], "bank-statement", 1.0, tuple(range(1, len(pages) + 1)))
    return bank_statement.read(opened(*pages, method=method), found)


def values(reading: Reading) -> dict[str, object]:
    return {field.name: field.value for field in reading.fields}


BRITISH = [
    ("Aleph Bank plc",),
    ("Current account statement",),
    ("Account name: Ada Example",),
    ("Account number: 12345678",),
    ("Statement period: 1 March 2026 to 31 March 2026",),
    ("Date", "Description", "Paid out", "Paid in", "Balance"),
    ("1 Mar", "Balance brought forward", "", "", "2,000.00"),
    ("2 Mar", "Groceries", "45.20", "", ""),
    ("", "Rent", "800.00", "", "1,154.80"),
    ("15 Mar", "Salary", "", "2,500.00", "3,654.80"),
    ("28 Mar", "Card payment", "100.00", "", "3,554.80"),
    ("", "Abroad EUR 45,00 at 1.1712"),
    ("31 Mar", "Closing balance", "", "", "3,554.80"),
]
GERMAN = [
    ("Sparkasse Alephstadt",),
    ("Kontoauszug 3/2026",),
    ("Kontoinhaber: Ada Beispiel",),
    ("Buchungstag", "Verwendungszweck", "", "", "Betrag EUR"),
    ("", "Kontostand am 28.02.2026", "", "", "1.500,00+"),
    ("02.03.", "Miete", "", "", "800,00-"),
    ("15.03.", "Gehalt", "", "", "2.500,00+"),
    ("28.03.", "Karte", "", "", "1.234,56-"),
    ("", "Kontostand am 31.03.2026", "", "", "1.965,44+"),
]
DEBIT_CREDIT_MARKS = [
    ("Volksbank Aleph eG",),
    ("Kontoauszug",),
    ("Kontoinhaber: Bo Muster",),
    ("Datum", "Text", "", "", "Umsatz EUR"),
    ("", "Alter Kontostand vom 28.02.2026", "", "", "1.500,00 H"),
    ("02.03. 03.03.", "Miete", "", "", "800,00 S"),
    ("15.03. 15.03.", "Gehalt", "", "", "2.500,00 H"),
    ("", "Neuer Kontostand vom 31.03.2026", "", "", "3.200,00 H"),
]
FRENCH = [
    ("Banque Aleph",),
    ("Relevé de compte",),
    ("Titulaire du compte : Mme Marit Exemple",),
    ("du 01/03/2026 au 31/03/2026",),
    ("Date", "Libellé", "Débit", "Crédit"),
    ("", "SOLDE CREDITEUR AU 28/02/2026", "", "1 500,00"),
    ("02/03", "Loyer", "800,00", ""),
    ("05/03", "Virement", "", "2 500,00"),
    ("28/03", "Carte", "1 234,56", ""),
    ("", "Total des mouvements", "2 034,56", "2 500,00"),
    ("", "NOUVEAU SOLDE AU 31/03/2026", "", "1 965,44"),
]
AMERICAN = [
    ("Bank of Aleph",),
    ("Account Statement",),
    ("March 1, 2026 through March 31, 2026",),
    ("Ada Example",),
    ("12 Example Street",),
    ("Beginning balance on March 1, 2026", "", "", "", "$1,500.00"),
    ("Ending balance on March 31, 2026", "", "", "", "$1,965.44"),
    ("Date", "Description", "", "Amount", "Balance"),
    ("03/02", "Rent", "", "-800.00", "700.00"),
    ("03/15", "Payroll", "", "2,500.00", "3,200.00"),
    ("03/28", "Card", "", "-1,234.56", "1,965.44"),
]
SPANISH_NEWEST_FIRST = [
    ("Banco Aleph",),
    ("Extracto de movimientos",),
    ("Titular: Tomás Ejemplo",),
    ("Fecha", "Concepto", "", "Importe", "Saldo"),
    ("28/03/2026", "Tarjeta", "", "-1.234,56", "1.965,44"),
    ("15/03/2026", "Nómina", "", "2.500,00", "3.200,00"),
    ("02/03/2026", "Alquiler", "", "-800,00", "700,00"),
]
AMERICAN_SECTIONS = [
    ("Bank of Aleph",),
    ("Account Statement",),
    ("March 1, 2026 through March 31, 2026",),
    ("Beginning balance", "", "", "", "$1,500.00"),
    ("Deposits and additions", "", "", "", "2,500.00"),
    ("Electronic withdrawals", "", "", "", "-2,034.56"),
    ("Ending balance", "", "", "", "$1,965.44"),
    ("DEPOSITS AND ADDITIONS",),
    ("Date", "Description", "", "", "Amount"),
    ("03/15", "Payroll", "", "", "2,500.00"),
    ("Total deposits and additions", "", "", "", "2,500.00"),
    ("ELECTRONIC WITHDRAWALS",),
    ("Date", "Description", "", "", "Amount"),
    ("03/02", "Rent", "", "", "800.00"),
    ("03/28", "Card", "", "", "1,234.56"),
    ("Total electronic withdrawals", "", "", "", "2,034.56"),
    ("DAILY ENDING BALANCE",),
    ("Date", "", "", "", "Amount"),
    ("03/02", "", "", "", "700.00"),
    ("03/15", "", "", "", "3,200.00"),
]
DUTCH = [
    ("Aleph Bank N.V.",),
    ("Rekeningafschrift",),
    ("Naam: Ada Voorbeeld",),
    ("Periode: 01-03-2026 t/m 31-03-2026",),
    ("Datum", "Omschrijving", "", "Af Bij", "Bedrag"),
    ("", "Vorig saldo", "", "", "1.500,00"),
    ("02-03-2026", "Huur", "", "Af", "800,00"),
    ("15-03-2026", "Salaris", "", "Bij", "2.500,00"),
    ("28-03-2026", "Kaart", "", "Af", "1.234,56"),
    ("", "Nieuw saldo", "", "", "1.965,44"),
]
JAPANESE = [
    ("アレフ銀行",),
    ("取引明細書",),
    ("お名前 山田花子",),
    ("日付", "摘要", "お支払金額", "お預り金額", "差引残高"),
    ("2026年3月2日", "家賃", "80,000", "", "120,000"),
    ("2026年3月15日", "給与", "", "250,000", "370,000"),
    ("2026年3月28日", "カード", "5,000", "", "365,000"),
]
ALL = {
    "british": (BRITISH, "1154.80"),
    "german": (GERMAN, "700.00"),
    "debit and credit marks": (DEBIT_CREDIT_MARKS, "700.00"),
    "french": (FRENCH, "700.00"),
    "american": (AMERICAN, "700.00"),
    "spanish": (SPANISH_NEWEST_FIRST, "700.00"),
    "american by sections": (AMERICAN_SECTIONS, "700.00"),
    "dutch": (DUTCH, "700.00"),
    "japanese": (JAPANESE, "120000.00"),
}


@pytest.mark.parametrize("method", [Method.TEXT_LAYER, Method.OCR])
@pytest.mark.parametrize("name", ALL)
def test_the_lowest_balance_is_worked_out_and_proven_by_the_sums(name: str, method: Method) -> None:
    rows, lowest = ALL[name]
    field = next(field for field in read(rows, method=method).fields if field.name == "lowest_balance")
    assert (field.value, field.proof, field.source.method) == (lowest, Proof.ARITHMETIC, Method.COMPUTED)
    assert field.sure and field.source.box is not None


@pytest.mark.parametrize("name", ALL)
def test_a_statement_is_recognised(name: str) -> None:
    found = recognise(opened(ALL[name][0]))
    assert (found.name, found.confidence >= 0.8) == ("bank-statement", True)


def test_a_statement_says_whose_it_is_and_for_which_days() -> None:
    got = values(read(BRITISH))
    assert (
        got
        | {
            "holder": "Ada Example",
            "issuer": "Aleph Bank plc",
            "number": "12345678",
            "period_start": "2026-03-01",
            "period_end": "2026-03-31",
            "opening_balance": "2000.00",
            "closing_balance": "3554.80",
            "entries": "4",
            "first_entry_date": "2026-03-02",
            "last_entry_date": "2026-03-28",
            "lowest_balance_date": "2026-03-02",
        }
        == got
    )
    assert got["balances"] == (
        {"date": "2026-03-02", "lowest": "1154.80", "balance": "1154.80"},
        {"date": "2026-03-15", "lowest": "3654.80", "balance": "3654.80"},
        {"date": "2026-03-28", "lowest": "3554.80", "balance": "3554.80"},
    )


def test_the_currency_is_taken_from_the_head_of_a_column_and_never_assumed() -> None:
    assert {field.currency for field in read(GERMAN).fields if field.name.endswith("balance")} == {"EUR"}
    assert {field.currency for field in read(FRENCH).fields} == {None}


def test_a_name_over_an_address_is_the_holders_but_not_vouched_for() -> None:
    holder = next(field for field in read(AMERICAN).fields if field.name == "holder")
    assert (holder.value, holder.sure) == ("Ada Example", False)


def test_a_misread_amount_breaks_the_sum_and_nothing_is_vouched_for() -> None:
    broken = [(*row[:2], "900.00", *row[3:]) if row[1:2] == ("Rent",) else row for row in BRITISH]
    reading = read(broken)
    assert not [f for f in reading.fields if f.name in ("lowest_balance", "closing_balance") and f.sure]
    assert not [f for f in reading.fields if f.proof is Proof.ARITHMETIC]
    assert any("do not add up" in warning for warning in reading.warnings)


def test_a_missing_page_is_noticed() -> None:
    without = [row for row in BRITISH if row[1:2] != ("Salary",)]
    reading = read(without)
    assert any("a page may be missing" in warning for warning in reading.warnings)
    assert not [f for f in reading.fields if f.name == "lowest_balance" and f.sure]


def test_pages_are_added_up_as_one() -> None:
    first, second = BRITISH[:9], [BRITISH[5], *BRITISH[9:]]
    field = next(field for field in read(first, second).fields if field.name == "lowest_balance")
    assert (field.value, field.proof) == ("1154.80", Proof.ARITHMETIC)


def test_a_carried_sum_between_pages_is_no_entry() -> None:
    first = [*GERMAN[:7], ("", "Übertrag auf Blatt 2", "", "", "3.200,00+")]
    second = [GERMAN[3], ("", "Übertrag von Blatt 1", "", "", "3.200,00+"), *GERMAN[7:]]
    got = values(read(first, second))
    assert (got["entries"], got["lowest_balance"]) == ("3", "700.00")


def test_a_limit_and_an_available_sum_are_no_balance_of_the_account() -> None:
    rows = [*BRITISH[:5], ("", "Overdraft limit", "", "", "500.00"), *BRITISH[5:]]
    assert values(read(rows))["opening_balance"] == "2000.00"


def test_the_head_of_a_column_can_take_two_rows() -> None:
    head = [("Date", "Description", "Paid", "Paid in", "Balance"), ("", "", "out", "", "")]
    rows = [*BRITISH[:5], *head, *BRITISH[6:]]
    field = next(field for field in read(rows).fields if field.name == "lowest_balance")
    assert (field.value, field.proof) == ("1154.80", Proof.ARITHMETIC)


def test_columns_under_the_wrong_head_are_told_by_the_balances() -> None:
    rows = [(*row[:2], "Paid in", "Paid out", row[4]) if row[:1] == ("Date",) else row for row in BRITISH]
    field = next(field for field in read(rows).fields if field.name == "lowest_balance")
    assert (field.value, field.proof) == ("1154.80", Proof.ARITHMETIC)


def test_the_last_balance_of_proven_entries_closes_a_statement_that_names_none() -> None:
    assert values(read(SPANISH_NEWEST_FIRST))["closing_balance"] == "1965.44"


def test_a_transfer_of_a_balance_is_an_entry() -> None:
    rows = [(*row[:1], "Balance transfer", *row[2:]) if row[1:2] == ("Card payment",) else row for row in BRITISH]
    assert values(read(rows))["entries"] == "4"


def test_entries_listed_by_direction_are_put_in_order_of_days_what_went_out_first() -> None:
    rows = [(*row[:1], *row[1:]) if row[:1] != ("03/28",) else ("03/15", *row[1:]) for row in AMERICAN_SECTIONS]
    got = values(read(rows))
    assert (got["lowest_balance"], got["lowest_balance_date"]) == ("-534.56", "2026-03-15")


def test_a_balance_below_nothing_keeps_its_sign() -> None:
    rows = [
        ("Aleph Bank",),
        ("Bank statement",),
        ("Date", "Description", "Debit", "Credit", "Balance"),
        ("2026-03-01", "Opening balance", "", "", "100.00 CR"),
        ("2026-03-02", "Rent", "150.00", "", "50.00 DR"),
        ("2026-03-03", "Salary", "", "500.00", "450.00 CR"),
    ]
    got = values(read(rows))
    assert (got["lowest_balance"], got["lowest_balance_date"]) == ("-50.00", "2026-03-02")


def test_without_a_balance_to_check_nothing_is_proven() -> None:
    rows = [
        ("Aleph Bank",),
        ("Bank statement",),
        ("Date", "Description", "Debit", "Credit"),
        ("2026-03-02", "Rent", "150.00", ""),
    ]
    reading = read(rows)
    assert "lowest_balance" not in values(reading)
    assert any("no balance against which" in warning for warning in reading.warnings)


def test_a_letter_of_the_bank_gives_its_balance() -> None:
    rows = [
        ("Aleph Bank plc",),
        ("Balance Certificate",),
        ("We certify that Ms Ada Example holds an account with us.",),
        ("Account number: 12345678",),
        ("Account balance: GBP 5,200.00",),
        ("Date of issue: 4 May 2026",),
    ]
    got = {field.name: (field.value, field.currency) for field in read(rows).fields}
    assert got["closing_balance"] == ("5200.00", "GBP")
    assert got["issue_date"] == ("2026-05-04", None)
    assert got["holder"][0] == "Ada Example"


def test_a_page_of_noise_is_read_in_time() -> None:
    noise = [(f"{n % 28 + 1:02}.03.", "x" * 30, "", "", f"{n},00-") for n in range(10_000)]
    began = time.monotonic()
    read([("Kontoauszug",), ("Datum", "Text", "", "", "Betrag"), *noise])
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("12.03. 13.03. gehalt", [(12, 3, None), (13, 3, None)]),
        ("12 mar tesco 45.20", [(12, 3, None)]),
        ("03/12 pos", [(3, 12, None)]),
        ("2026-03-12 x", [(12, 3, 2026)]),
        ("mar 5, 2026 x", [(5, 3, 2026)]),
        ("2026年3月12日 振込", [(12, 3, 2026)]),
        ("45.20 to pay", []),
    ],
)
def test_the_days_at_the_head_of_a_row(written: str, days: list[tuple[int, int, int | None]]) -> None:
    assert [(day.one, day.two, day.year) for day in leading(fold(written))[0]] == days


def test_a_day_without_a_year_gets_the_one_that_fits_the_period() -> None:
    printed = [PrintedDay(28, 12, None, True), PrintedDay(3, 1, None, True)]
    assert resolved(printed, None, None, date(2026, 1, 14)) == (date(2025, 12, 28), date(2026, 1, 3))
    assert resolved(printed, None, None, None) == (None, None)


def test_the_order_of_day_and_month_is_told_by_the_period_or_not_at_all() -> None:
    printed = [PrintedDay(3, 2, 2026, False), PrintedDay(3, 5, 2026, False)]
    march = (date(2026, 3, 2), date(2026, 3, 5))
    assert resolved(printed, None, date(2026, 3, 1), date(2026, 3, 31)) == march
    assert resolved(printed, Order.MDY, None, None) == march
    assert resolved(printed, None, None, None) == (None, None)


def entry(size: int, sign: int, day: int, printed: int | None = None) -> Entry:
    return Entry(Decimal(size), sign, Decimal(printed) if printed is not None else None, date(2026, 3, day))


def test_open_signs_are_settled_by_the_balances_where_only_one_way_adds_up() -> None:
    ran = run([entry(30, 0, 1), entry(50, 0, 2, 120)], Decimal(100), Decimal(120))
    assert [each.sign for each in ran.entries] == [-1, 1]
    assert ran.proven and ran.lowest() == (Decimal(70), 0)
    twice = run([entry(30, 0, 1), entry(30, 0, 2, 100)], Decimal(100), Decimal(100))
    assert not twice.proven


def test_an_opening_balance_that_was_worked_out_proves_nothing_by_itself() -> None:
    assert not run([entry(30, -1, 1, 70)], None, None).proven
    assert run([entry(30, -1, 1, 70), entry(20, -1, 2, 50)], None, None).proven


def test_the_days_a_sum_was_held_are_counted_back_and_the_day_it_came_in_is_not_one_of_them() -> None:
    ran = run([entry(900, 1, 3, 1000), entry(200, 1, 10, 1200)], Decimal(100), Decimal(1200))
    assert days_at_or_over(ran, Decimal(1000), date(2026, 3, 31)) == 28
    assert days_at_or_over(ran, Decimal(1100), date(2026, 3, 31)) == 21
    assert days_at_or_over(ran, Decimal(100), date(2026, 3, 31)) == 29
    assert days_at_or_over(ran, Decimal(2000), date(2026, 3, 31)) == 0


def test_a_sum_spent_for_an_hour_was_not_held_that_day() -> None:
    ran = run([entry(500, -1, 5, 500), entry(500, 1, 5, 1000)], Decimal(1000), Decimal(1000))
    assert days_at_or_over(ran, Decimal(1000), date(2026, 3, 31)) == 26


@pytest.mark.parametrize(
    ("printed", "sure", "proof"),
    [
        ("ES91 2100 0418 4502 0005 1332", True, Proof.CHECK_DIGIT),
        ("ES91 2100 0418 4502 0005 1323", False, Proof.NONE),
        ("ES47 5191 2218 21", False, Proof.NONE),
    ],
)
def test_an_account_number_whose_check_digits_do_not_agree_is_not_vouched_for(
    printed: str, sure: bool, proof: Proof
) -> None:
    reading = read([("Bank statement",), (f"Account number: {printed}",)])
    number = next(field for field in reading.fields if field.name == "number")
    assert (number.sure, number.proof) == (sure, proof)
