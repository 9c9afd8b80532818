"""The other fields of receipts and invoices: refunds, folios, fuel, mileage, payment, numbers, category, policy."""

from __future__ import annotations

import pytest

from tests.test_money_paper import field, paper, read, values
from toolkit import policy_categories
from toolkit.errors import DefinitionError
from toolkit.model import Proof
from toolkit.readers.money import category, labels, reference
from toolkit.readers.money.rows import rows

# ------------------------------------------------------------------------------------------------------- refunds

REFUNDS = {
    "de": "Muster GmbH\nGutschrift\n33102 Paderborn\nGesamtbetrag | 119,00 EUR",
    "fr": "Utopie SARL\nFacture d'avoir\n69001 Lyon\nTotal TTC | 120,00 EUR",
    "es": "Utopía S.L.\nFACTURA RECTIFICATIVA\n28001 Madrid\nTotal factura | 121,00 EUR",
    "it": "Utopia S.r.l.\nNOTA DI CREDITO\n00100 Roma\nTotale documento | 122,00 EUR",
    "nl": "Utopia B.V.\nCREDITNOTA\n1012 AB Amsterdam\nTotaal | 121,00 EUR",
    "en": "Utopia Ltd\nREFUND\n1 Example Street, London\nTotal | GBP 12.00",
    "ja": "みらい商店\n返品\n合計 | ￥1,200",
}


@pytest.mark.parametrize("language", sorted(REFUNDS))
def test_a_refund_without_a_minus_is_money_returned_and_unsure(language):
    reading = read(REFUNDS[language])
    total = field(reading, "total")
    assert str(total.value).startswith("-")
    assert not total.sure
    assert str(total.value)[1:] in {each.value for each in reading.rejected if each.name == "total"}
    assert any("refund" in warning for warning in reading.warnings)


def test_a_refund_with_its_minus_is_sure_when_it_adds_up():
    text = "Muster GmbH\nGutschrift\n33102 Paderborn\nNetto | -100,00\nMwSt 19% | -19,00\nGesamtbetrag | -119,00 EUR"
    reading = read(text)
    assert (field(reading, "total").value, field(reading, "tax").value) == ("-119.00", "-19.00")
    assert field(reading, "total").sure


def test_a_minus_behind_the_name_of_the_currency():
    text = "Utopie SARL\nAvoir\nTotal HT | 343,15 EUROS-\nTVA 20% | 68,63 EUROS-\nNet à payer | 411,78 EUROS-"
    assert field(read(text), "total").value == "-411.78"


def test_a_lone_minus_on_a_paper_that_speaks_of_no_refund_is_unsure():
    reading = read("Corner Shop Ltd\nBread | 12.50\nTotal | - 12.50")
    total = field(reading, "total")
    assert total.value == "12.50" or not total.sure


def test_a_remark_about_refunds_makes_no_refund():
    reading = read("Corner Shop Ltd\nNo refund without receipt within 14 days\nBread | 12.50\nTotal | 12.50")
    assert field(reading, "total").value == "12.50"


# ------------------------------------------------------------------------------------------- lodging, rides, fuel

FOLIO = """
Hotel Utopia GmbH
Beispielweg 4
33102 Paderborn
Rechnung Nr.: 5505-67
Anreise: 03.12.2025 | Abreise: 05.12.2025
Nächte: 2
03.12.2025 | Zimmerpreis | 116,00
04.12.2025 | Zimmerpreis | 116,00
05.12.2025 | VISA | -232,00
GESAMT | 232,00
Offener Betrag | 0,00
"""


def test_a_folio_tells_its_nights_and_its_charges_not_its_balance():
    reading = read(FOLIO)
    got = values(reading)
    assert (got["check_in"], got["check_out"], got["nights"]) == ("2025-12-03", "2025-12-05", "2")
    assert field(reading, "nights").proof is Proof.ARITHMETIC
    assert (got["total"], got["expense_category"]) == ("232.00", "lodging")


def test_nights_that_are_not_the_days_between_are_unsure():
    reading = read(FOLIO.replace("Nächte: 2", "Nächte: 3"))
    assert not any(field(reading, name).sure for name in ("check_in", "check_out", "nights"))


def test_nights_are_counted_where_they_are_not_printed():
    assert values(read(FOLIO.replace("Nächte: 2\n", "")))["nights"] == "2"


def test_litres_and_the_price_of_one_prove_each_other():
    text = "Tankhof Utopia GmbH\n33102 Paderborn\nDiesel\n52,96 L x 1,835 EUR/L | 97,18\nSUMME EUR | 97,18"
    reading = read(text)
    got = values(reading)
    assert (got["litres"], got["price_per_unit"], got["expense_category"]) == ("52.96", "1.835", "fuel")
    assert field(reading, "litres").proof is Proof.ARITHMETIC


def test_a_bottle_of_a_litre_is_no_fuel():
    got = values(read("Utopia Markt GmbH\n33102 Paderborn\nMilch 1 L | 1,09\nBrot | 2,49\nSUMME EUR | 3,58"))
    assert "litres" not in got


def test_a_mileage_claim_tells_the_distance_and_its_rate():
    text = "Utopia GmbH\nKilometerabrechnung\n33102 Paderborn\nSatz 0,30 EUR/km\nGESAMT | 327 km | 98,10 EUR"
    reading = read(text)
    got = values(reading)
    assert (got["kilometres"], got["rate_per_distance"], got["total"]) == ("327", "0.30", "98.10")
    assert got["expense_category"] == "transport"
    assert field(reading, "kilometres").proof is Proof.ARITHMETIC


# ------------------------------------------------------------------------------------------------------- payment


@pytest.mark.parametrize(
    ("row", "way"),
    [
        ("Girocard | 12,50", "card"),
        ("EC-Karte | 12,50", "card"),
        ("Bancomat | 12,50", "card"),
        ("Tarjeta | 12,50", "card"),
        ("Kontokort | 12,50", "card"),
        ("銀聯 | 12,50", "card"),
        ("クレジット | 12,50", "card"),
        ("Barzahlung | 12,50", "cash"),
        ("Contant | 12,50", "cash"),
        ("Numerário | 12,50", "cash"),
        ("Gotówka | 12,50", "cash"),
        ("現金 | 12,50", "cash"),
        ("Zahlungsart: Überweisung", "bank transfer"),
        ("Mode de paiement : prélèvement", "direct debit"),
        ("Payment method: PayPal", "online payment"),
        ("############4711", "card"),
    ],
)
def test_how_it_was_paid_in_many_languages(row, way):
    assert values(read(f"Utopia Ltd\nTotal | 12,50\n{row}"))["payment_method"] == way


def test_money_paid_says_not_how():
    assert "payment_method" not in values(read("Utopia Ltd\nTotal | 12.50\nPaid | 12.50"))


def test_change_comes_back_from_cash():
    got = values(read("Utopia Ltd\nTotal | 12.50\nTendered | 20.00\nChange | 7.50"))
    assert got["payment_method"] == "cash"


# -------------------------------------------------------------------------------------------------------- number


@pytest.mark.parametrize(
    ("row", "number"),
    [
        ("Rechnungsnr. 30064443 | Kundennr. 47774", "30064443"),
        ("Facture n°562044387 du 02 Juillet 2015", "562044387"),
        ("Beleg 2025-99925", "2025-99925"),
        ("Server: Tyler Check #: 440220", "440220"),
        ("小票号：2024-88470", "2024-88470"),
        ("伝票No：A4471", "A4471"),
        ("Nº factura simplificada: A4730", "A4730"),
        ("Faktura nr: F 1234K20/1234/12", "F 1234K20/1234/12"),
    ],
)
def test_the_number_stands_behind_its_label(row, number):
    found = reference.number(rows(paper(row).pages))
    assert found is not None
    assert found.value == number


@pytest.mark.parametrize(
    "row", ["Tel. 02 12345678", "Table No 12", "GST ID No : 000123456789", "04.03.2024", "Total 12.50"]
)
def test_what_is_no_number_of_the_paper(row):
    assert reference.number(rows(paper(row).pages)) is None


# -------------------------------------------------------------------------------------------------------- labels


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("合計 ¥1,280", "total"),
        ("小　計", "subtotal"),
        ("内消費税等(10%)", "tax"),
        ("お預り", "cash"),
        ("お釣り", "change"),
        ("税込合計", "due"),
        ("总计：25.00", "total"),
        ("税额", "tax"),
        ("找零", "change"),
        ("实收", "cash"),
        ("實收", "cash"),
        ("At betale", "due"),
        ("herav MVA", "tax"),
        ("Yhteensä", "total"),
        ("Celkem k úhradě", "due"),
        ("Visszajáró", "change"),
        ("Total de plată", "due"),
        ("Genel toplam", "due"),
        ("Za platiti", "due"),
        ("Za plačilo", "due"),
        ("Optional service charge", "service"),
        ("SUM NOK", "total"),
    ],
)
def test_labels_of_more_languages(text, role):
    assert role in labels.roles(text)


@pytest.mark.parametrize("text", ["Dim Sum", "Bar Stool", "Rest Home Road", "合気道", "Tank top"])
def test_words_that_only_look_like_labels(text):
    assert not labels.roles(text) & {"total", "change", "tax", "due"}


# ------------------------------------------------------------------------------------------- category and policy


@pytest.mark.parametrize(
    ("merchant", "text", "expected"),
    [
        ("Rathausapotheke", "Pflaster", "health"),
        ("居酒屋 みらい", "ビール", "meals"),
        ("Northgate Cars", "CAR PARK RECEIPT", "transport"),
        ("Utopia Ltd", "Relocation support", "services"),
    ],
)
def test_categories_in_more_languages(merchant, text, expected):
    found = category.category(merchant, [text])
    assert found is not None
    assert found[0] == expected


def test_a_field_that_only_one_category_has_speaks_for_it():
    assert category.category("Utopia", [""], {"nights"}) == ("lodging", 0.85)


def test_a_policy_names_its_own_categories(tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text('other = "Other"\n[categories]\n"Subsistence" = ["meals", "groceries"]\n"Hotel" = ["lodging"]\n')
    policy = policy_categories.load(file, category.names())
    assert [policy.name(each) for each in ("meals", "groceries", "lodging", "office")] == [
        "Subsistence",
        "Subsistence",
        "Hotel",
        "Other",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[categories]\n"Food" = ["eating"]\n', "'eating' is none of"),
        ('[categories]\n"Food" = ["meals"]\n"Fun" = ["meals"]\n', "falls in 'Food' already"),
        ('[category]\n"Food" = ["meals"]\n', "category"),
    ],
)
def test_a_wrong_policy_says_what_is_wrong(tmp_path, text, said):
    file = tmp_path / "policy.toml"
    file.write_text(text)
    with pytest.raises(DefinitionError, match=said):
        policy_categories.load(file, category.names())


def test_a_policy_without_a_place_for_a_category_says_so(tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text('[categories]\n"Hotel" = ["lodging"]\n')
    assert policy_categories.load(file, category.names()).name("meals") == ""
