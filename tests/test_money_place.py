"""The country of a paper and its currency: told by evidence, never by a default."""

from __future__ import annotations

import pytest

from toolkit.fields import country, currency, dates
from toolkit.readers.money import country_evidence, place
from toolkit.readers.money.country_evidence import countries

#: What the sign at the total can mean.
DOLLAR, CROWN, YEN = currency._DOLLARS, ("SEK", "NOK", "DKK", "ISK"), ("JPY", "CNY")


def read(rows: list[str], beside: tuple[str, ...] = (), day: str = "2026-03-04") -> tuple[str, bool] | None:
    found = place.read_currency(rows, beside, place.place(rows).on(day))
    return (found.code, found.confidence >= 0.90) if found else None


@pytest.mark.parametrize(
    ("rows", "beside", "expected"),
    [
        (["Example Diner", "Total $12.50"], DOLLAR, None),
        (["Example Diner", "Houston, TX 77001", "(713) 555-0134", "Total $12.50"], DOLLAR, ("USD", True)),
        (["Chez Exemple", "Montréal QC H2X 1Y4", "TPS 1.00", "TVQ 2.00", "Total $22.50"], DOLLAR, ("CAD", True)),
        (["Example Store", "ABN 51 824 753 556", "www.example.com.au", "TOTAL $22.50"], DOLLAR, ("AUD", True)),
        (["Tienda Ejemplo", "Ciudad de México", "RFC ABC010203AB1", "Total $120.50"], DOLLAR, ("MXN", True)),
        (["Tienda Ejemplo", "Bogotá", "NIT 800197268-4", "Total $ 12.500"], DOLLAR, ("COP", True)),
        (["Exempel Livs", "Stockholm", "Org.nr 556016-0680", "Totalt kr 120,00"], CROWN, ("SEK", True)),
        (["Eksempel Mat", "Oslo", "NO 974 760 673 MVA", "Total kr 120,00"], CROWN, ("NOK", True)),
        (["Butik", "Total kr 120,00"], CROWN, None),
        (["ラーメン例", "東京都港区", "登録番号 T7000012050002", "合計 ¥1,200"], YEN, ("JPY", True)),
        (["例子面馆", "上海市", "电话 +86 21 1234 5678", "合计 ¥35.00"], YEN, ("CNY", True)),
        (["Noodles", "Total ¥35"], YEN, None),
        (["Example Shop", "London SW1A 1AA", "Total £12.50"], ("GBP",), ("GBP", True)),
        (["Example Shop", "Cairo, Egypt", "Tel +20 2 1234 5678", "Total £120.50"], ("GBP",), ("EGP", True)),
        (["Example Shop", "Total £12.50"], ("GBP",), ("GBP", False)),
        (["Example Spares", "Cape Town", "www.example.co.za", "TOTAL R 120.50"], ("ZAR",), ("ZAR", True)),
        (["Example", "TOTAL R 120.50"], ("ZAR",), None),
        (
            ["Café Exemple", "1204 Genève", "CHE-116.281.710 TVA", "Total Fr. 12.50"],
            ("CHF", "XAF", "XOF"),
            ("CHF", True),
        ),
        (
            ["Restaurant Exemple", "Dakar, Sénégal", "Tel +221 33 123 45 67", "Total 5 000 FCFA"],
            ("XAF", "XOF"),
            ("XOF", True),
        ),
    ],
)
def test_a_sign_of_many_currencies_waits_for_the_country(rows, beside, expected):
    assert read(rows, beside) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["Muster GmbH", "Berlin", "USt-IdNr. DE136695976", "Summe 12,00"], "EUR"),
        (["Sklep Przykład", "Warszawa", "NIP 526-104-08-28", "RAZEM 25,00"], "PLN"),
        (["Ristorante Esempio", "Roma", "P.IVA 00743110157", "Totale 25,00"], "EUR"),
        (["Restoran Primer", "Beograd", "PIB 100002803", "Ukupno 1.500,00"], "RSD"),
        (["가게", "서울", "사업자등록번호 123-45-67891", "합계 12,500"], "KRW"),
        (["Mercado Exemplo", "São Paulo", "CNPJ 11.222.333/0001-81", "Total 12,50"], "BRL"),
        (["Example Pte Ltd", "Singapore 049315", "GST Reg No: M2-0012345-6", "Total 12.50"], "SGD"),
        (["Kuwait City Grill", "Tel +965 2222 3333", "Salmiya", "Total 1.250"], "KWD"),
    ],
)
def test_without_a_mark_the_country_tells(rows, expected):
    assert read(rows) == (expected, True)


@pytest.mark.parametrize(
    "rows",
    [
        ["Beispiel", "MwSt", "Summe", "Betrag", "Rechnung 12,00"],  # Germany, Austria, Switzerland
        ["Exemple", "TVA 20%", "Total TTC 12,00", "Merci", "Montant"],
        ["Grocery", "Made in Germany", "Product of Spain", "Total 5.00"],
        ["Grill", "Turkey sandwich 5.00", "Fine china 3.00", "Total 8.00"],
        ["Corner", "Inv.no 123", "Total 5.00"],
    ],
)
def test_what_many_countries_share_settles_none(rows):
    assert read(rows) is None


def test_germany_or_austria_settles_the_currency_and_the_order_without_the_country():
    found = place.place(["Muster GmbH", "Wien", "Rechnung", "Summe", "MwSt"])
    assert (found.country, found.currency, found.order) == ("", "EUR", dates.Order.DMY)


def test_one_thing_printed_in_two_languages_counts_once():
    once = place.place(["Brussel"]).ranking[0]
    assert once == place.place(["Bruxelles / Brussel"]).ranking[0]
    assert place.place(["Schweiz Suisse Svizzera"]).lead == place.place(["Schweiz"]).lead


def test_the_currency_of_the_total_wins_over_what_it_was_converted_to():
    rows = ["Duty Free", "TOTAL EUR 12.30", "EUR 12.30 = USD 13.45", "Exchange rate 1.0935"]
    found = place.read_currency(rows, ("EUR",), place.place(rows))
    assert found is not None
    assert (found.code, found.others) == ("EUR", ("USD",))


def test_a_swiss_paper_with_its_equivalent_in_euros_stays_swiss():
    rows = ["Bar Esempio", "6900 Lugano", "CHE-116.281.710 IVA", "Totale CHF 12.50", "EUR 13.10", "Cambio 0.95"]
    assert read(rows, ("CHF",)) == ("CHF", True)


def test_a_lone_mark_that_the_country_contradicts_is_unsure():
    rows = ["Beispiel", "8001 Zürich", "CHE-116.281.710 MWST", "Total 45.60", "in EUR 47.90"]
    found = place.read_currency(rows, (), place.place(rows))
    assert found is not None
    assert found.confidence < 0.90
    assert {found.code, *found.others} == {"EUR", "CHF"}


def test_in_a_year_of_two_prices_the_day_tells():
    rows = ["Пример ЕООД", "София", "Общо 12.50 BGN", "6.39 EUR", "Курс 1.95583"]
    assert read(rows, day="2025-11-01") == ("BGN", True)
    assert read(rows, day="2026-02-01")[0] == "EUR"


def test_letters_inside_a_name_are_no_currency():
    assert currency.marks("BEN-U-RON 500MG") == ()


def test_every_currency_of_iso_4217_has_a_country_and_every_country_a_calling_code():
    covered = {each.currency for each in countries().values()} | {each.former for each in countries().values()}
    assert currency.CODES - covered <= {"FKP", "SHP", "VED", "SVC"}
    for code, each in countries().items():
        assert country.known(code), code
        assert each.phone.isdigit(), code
        assert len(each.tld) == 2, code
        assert set(each.languages) <= set(country_evidence._data().language), code


def test_no_phrase_all_but_settles_two_countries():
    seen: dict[str, str] = {}
    for code, each in countries().items():
        for phrase in (*each.names, *(way for entry in each.strong for way in entry.split(","))):
            assert seen.setdefault(phrase, code) == code, phrase


def test_a_page_without_evidence_has_no_country():
    assert place.place(["12.50", "Thank you"]).country == ""


@pytest.mark.parametrize(("amount", "order"), [("592,02 EUR", dates.Order.DMY), ("592,02", None), ("USD 592.02", None)])
def test_weak_hints_and_the_one_currency_tell_the_order_of_days(amount: str, order: dates.Order | None) -> None:
    found = place.place(["Hôtel des Trois Ormes", "Facture de séjour", "Départ 11/08/2025", f"Total TTC {amount}"])
    assert not found.country and found.order is order
