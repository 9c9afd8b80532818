"""The head of receipts and invoices: merchants and addresses of many countries, and what must not be vouched for."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.paper import opened, page
from toolkit.model import Method
from toolkit.readers.money import head, merchant, merchant_names, misread
from toolkit.readers.money.head_rows import class_of, company_end, mended, names_buyer, trimmed
from toolkit.readers.money.rows import rows


def read(text: str, method: Method = Method.OCR, priced: tuple[int, ...] = ()) -> head.Head:
    return head.read(rows(opened(text, method=method).pages), set(priced))


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("UTOPIA TRADING SDN BHD (123456-A)", "UTOPIA TRADING SDN BHD"),
        ("UTOPIA CO. (M) BHD", "UTOPIA CO. (M) BHD"),
        ("Muster Markt GmbH & Co. KG", "Muster Markt GmbH & Co. KG"),
        ("Eksempel Kro A/S", "Eksempel Kro A/S"),
        ("Eksempel Byg ApS", "Eksempel Byg ApS"),
        ("Eksempel Drift AS", "Eksempel Drift AS"),
        ("Esimerkki Oy", "Esimerkki Oy"),
        ("Příklad s.r.o.", "Příklad s.r.o."),
        ("Příklad a.s.", "Příklad a.s."),
        ("Przykład Sp. z o.o.", "Przykład Sp. z o.o."),
        ("Ejemplo Bar S.L.U.", "Ejemplo Bar S.L.U."),
        ("Esempio S.p.A.", "Esempio S.p.A."),
        ("Exemple SAS", "Exemple SAS"),
        ("SARL Exemple Conseil", "SARL Exemple Conseil"),
        ("株式会社見本商店", "株式会社見本商店"),
        ("見本商店(株)", "見本商店(株)"),
        ("示例贸易有限公司", "示例贸易有限公司"),
        ("PT Contoh Makmur", "PT Contoh Makmur"),
        ("ООО Пример", "ООО Пример"),
    ],
)
def test_a_legal_name_ends_with_its_form(name, form):
    assert name[: company_end(name)] == form


@pytest.mark.parametrize("text", ["Apfel gruen kg", "0,410 kg x  1,99 EUR/kg", "308,500 KG", "as above", "GmbH", "BHD"])
def test_a_form_alone_and_a_unit_are_no_company(text):
    assert company_end(text) is None


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("27, Lorong Haji Contoh", "address"),
        ("Uferweg 40-42, D-63571 Musterhausen", "address"),
        ("1199-901 Lisboa", "address"),
        ("111 22 Stockholm", "address"),
        ("1012 AB Amsterdam", "address"),
        ("00-925 Warszawa", "address"),
        ("W1B 5QH", "address"),
        ("〒150-0001 東京都渋谷区神宮前1-2-3", "address"),
        ("中山北路9号", "address"),
        ("RESTORAN JALAN CONTOH", "name"),
        ("Lim Contoh Trading (002199431-K)", "name"),
        ("(81109-A)", "registration"),
        ("002043319-W", "registration"),
        ("MUSTERMANN", "name"),
        ("Departure: Wed 16 Oct 2024", "document"),
        ("Malaysia", "place"),
    ],
)
def test_rows_are_what_they_are_wherever_they_stand(row, told):
    assert class_of(row) == told


def test_a_word_in_a_company_name_does_not_make_it_a_buyer():
    assert names_buyer("Customer: Utopia Ltd") and names_buyer("To:") and names_buyer("Factuuradres")
    assert not names_buyer("Beste Kunde GmbH")
    assert not names_buyer("Seller and buyer")


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Sprzedawca: Przykład S.A.", "Przykład S.A."),
        ("Sold By : Utopia Retail Pvt. Ltd.,", "Utopia Retail Pvt. Ltd."),
        ("Utopia Cloud Services Invoice", "Utopia Cloud Services"),
        ("Die Musterfirma  Tel: +49 (030) 5550-0", "Die Musterfirma"),
        ("UTOPIA SDN DHD", "UTOPIA SDN BHD"),
        ("Esempio S.r.I.", "Esempio S.r.l."),
        ("Utopia Cafe (123456-X)", "Utopia Cafe"),
    ],
)
def test_labels_titles_and_numbers_are_taken_off_a_name(printed, name):
    assert trimmed(printed) == name


@pytest.mark.parametrize(
    ("read_as", "of", "meant"),
    [
        ("40000 SHAH AIAM.SEL.", "address", "40000 SHAH ALAM.SEL."),
        ("SELANGOR DIARUL EHSAN", "address", "SELANGOR DARUL EHSAN"),
        ("Jalau Contoh 3", "address", "Jalan Contoh 3"),
        ("UTOPIA HARDWAKE", "name", "UTOPIA HARDWARE"),
        ("Utopia Wholesaler", "name", "Utopia Wholesaler"),  # a longer word is no misread one
        ("Kiang Heng", "name", "Kiang Heng"),  # towns are no words of names
        ("Farm & Mall", "name", "Farm & Mall"),
    ],
)
def test_known_words_are_set_right_and_others_left(read_as, of, meant):
    assert misread.mended(read_as, of) == meant


def test_words_run_together_are_parted_before_known_ones():
    assert misread.parted("UTOPIASTATIONERYSHOP") == "UTOPIA STATIONERY SHOP"
    assert misread.parted("STEAKHOUSE") == "STEAKHOUSE"


SHOP = """
UTOPIA STATIONERY SHOP
NO. 31, JALAN CONTOH 2
40170 SHAH ALAM
Tel: 03-5550 1234
"""


@pytest.mark.parametrize(("glyphs", "sure"), [(0.99, True), (0.95, False)])
def test_a_trade_name_over_an_address_is_sure_unless_a_letter_is_doubtful(glyphs, sure):
    found = head.read(rows([page(SHOP, method=Method.OCR, confidence=glyphs)]), set())
    assert found.merchant.value == "UTOPIA STATIONERY SHOP"
    assert (found.merchant.confidence >= 0.90) is sure


def test_letters_that_were_set_right_are_never_vouched_for():
    found = read(SHOP.replace("STATIONERY", "STATIONEKY"))
    assert found.merchant.value == "UTOPIA STATIONERY SHOP" and found.merchant.confidence < 0.90


def test_a_brand_over_an_unrelated_company_is_the_merchant_but_not_sure():
    found = read(
        "EXAMPLE PIZZA\nNo 7, Jalan Contoh 3,\n43200 Cheras\nTEA | 3.00\nOperated at Beispiel Foods Sdn Bhd",
        priced=(3,),
    )
    assert {found.merchant.value, *(each.value for each in found.others)} >= {"EXAMPLE PIZZA"}
    assert found.merchant.confidence < 0.90


def test_the_former_name_of_a_company_is_no_rival():
    found = read(
        "UTOPIA GATE RESTAURANTS SDN BHD\n(65351-M)\nFormerly known as GOLDEN EXAMPLE SDN BHD\n"
        "LICENSEE OF EXAMPLE'S\nNO.3, JALAN CONTOH 21/39, 47400 PETALING JAYA\n"
    )
    assert found.merchant.value == "UTOPIA GATE RESTAURANTS SDN BHD" and found.merchant.confidence >= 0.90


def test_a_name_above_the_shop_s_own_is_not_taken_for_it():
    found = read("TAN EXAMPLE LEE\nUTOPIA GIFT & HOME DECO\n27, JALAN CONTOH 13,\nTAMAN CONTOH,\n81100 JOHOR BAHRU\n")
    assert found.merchant.value == "UTOPIA GIFT & HOME DECO" and found.merchant.confidence < 0.90


def test_the_company_a_shop_is_owned_by_does_not_make_its_sign_unsure():
    found = read(SHOP + "Owned By :\nUTOPIA SUPPLY SDN BHD (1135772-K)\n")
    assert found.merchant.value == "UTOPIA STATIONERY SHOP" and found.merchant.confidence >= 0.90


def test_a_company_below_another_address_may_be_the_customer():
    found = read(
        "~~~\nLot 3, Jalan Contoh 23/1,\n40300 Shah Alam\nTAX INVOICE\nUTOPIA MARKET SDN BHD\nNO. 4, JALAN CONTOH 15\n"
    )
    assert found.merchant is None or found.merchant.confidence < 0.90


INVOICE = """
Factuuradres | | Afleveradres
Strategisch Voorbeeld B.V. | | Jan Voorbeeld
Dorpsstraat 46 | | Dorpsstraat 46
3500 AB Utrecht | | 3500 AB Utrecht
Factuur
"""


def test_what_stands_below_the_labels_of_the_buyer_is_nobody_else_s():
    found = read(INVOICE, Method.TEXT_LAYER)
    assert found.merchant is None and found.address is None


def test_seller_and_buyer_side_by_side_are_told_apart_by_their_columns():
    found = read(
        "Lieferant | Käufer\nErste Muster GmbH | Zweite Beispiel AG\nBeispielweg 1 | Musterallee 9\n"
        "33102 Paderborn | 40235 Düsseldorf\nRechnung Nr. 12",
        Method.TEXT_LAYER,
    )
    assert found.merchant.value == "Erste Muster GmbH"
    assert found.address.value == "Beispielweg 1 33102 Paderborn"


def test_a_name_known_from_the_account_stands_over_its_register_at_the_foot():
    found = read(
        "KUNDIN BEISPIEL\n27 rue Exemple\n69100 Villeurbanne\nFacture n° 2022\nTitulaire du compte : EXEMPRESSE\n"
        "EXEMPRESSE\nSiège social : 16 rue Exemple - 92100 BOULOGNE - Tél : 01 55 50 00 00\n",
        Method.TEXT_LAYER,
        priced=(3,),
    )
    assert found.merchant.value == "EXEMPRESSE"
    assert found.address.value == "16 rue Exemple - 92100 BOULOGNE"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Utopia Markt GmbH\nEcke 12\n12345 Stadthausen\nfon 555", "Ecke 12 12345 Stadthausen"),
        ("Moulin SARL - 12 rue Exemple - 84340 Malaucène - France\nFacture", "12 rue Exemple, 84340 Malaucène, France"),
        ("Sprzedawca: Przykład S.A.\nNIP: 774-00-01-454\nAdres: Chemików 7 09-411 Płock", "Chemików 7 09-411 Płock"),
        ("Utopia Hotel\n41 Example Gardens\nBath BA99 3NP\nDated: Wed 16 Oct 2024", "41 Example Gardens Bath BA99 3NP"),
        ("見本交通株式会社\n南町5-6\n京都市\n登録番号:T1388664071356", "南町5-6 京都市"),
        ("UTOPIA SDN BHD\nHQ:7,J1n SS21/34,47400 PJ\nTEL-03 77282288", "HQ:7,Jln SS21/34,47400 PJ"),
        ("Example Interior\n4557 Example St\nFremont CA 94538\nInvoice", "4557 Example St Fremont CA 94538"),
        ("RELAIS EXEMPLE\nAire de la Combe, A89\n63999 CLAIRVAUX\nTel. 04", "Aire de la Combe, A89 63999 CLAIRVAUX"),
        ("世纪示例有限公司\n世纪大道88号1205室\n上海市\nTEL 010-55550000", "世纪大道88号1205室 上海市"),
        (
            "UTOPIA SPEED MART S/B (519537-X)\nLOT P.T. 2811, JALAN CONTOH,\nTAMAN CONTOH\n41150 KLANG, SELANGOR\n"
            "1181-TMN SELAYANG JAYA\nGST ID. NO : 000181747712",
            "LOT P.T. 2811, JALAN CONTOH, TAMAN CONTOH 41150 KLANG, SELANGOR",
        ),
        ("Muster Baumarkt AG\nFiliale 547\nMusterstraße 2\n33104 Paderborn", "Musterstraße 2 33104 Paderborn"),
    ],
)  # fmt: skip
def test_addresses_of_many_countries(text, address):
    assert read(text).address.value == address


def test_an_address_is_sure_only_from_a_text_layer_whole_and_below_its_name():
    whole = "Utopia Markt GmbH\nBeispielweg 4\n33102 Paderborn\n"
    assert read(whole, Method.TEXT_LAYER).address.confidence >= 0.90
    assert read(whole).address.confidence < 0.90
    assert read("Utopia Markt GmbH\nBeispielweg 4\n", Method.TEXT_LAYER).address.confidence < 0.90


def test_every_weight_is_of_evidence_there_is_and_no_evidence_is_misspelt():
    weights = merchant._scorer().merchant.weights
    spoken = set(re.findall(r'"([a-z_]+)": ', Path(merchant_names.__file__).read_text("utf-8")))
    assert set(weights) <= spoken
    assert spoken >= merchant._DOUBT | merchant._PLACE | merchant._SIGN


def test_a_hostile_page_of_ten_thousand_rows_takes_no_longer_than_its_length():
    page = opened("\n".join(f"Beispiel {number} GmbH Sdn Bhd S.A. {'x' * 40}" for number in range(10_000)))
    lines = rows(page.pages)
    start = time.process_time()
    head.read(lines, set())
    assert time.process_time() - start < 5.0


@pytest.mark.parametrize(
    ("read_as", "meant"),
    [
        ("Pharmacie de 1'Écluse", "Pharmacie de l'Écluse"),
        ("PHARMACIE DE 1'ÉCLUSE", "PHARMACIE DE L'ÉCLUSE"),
        ("Trattoria del1’Angelo", "Trattoria dell’Angelo"),
        ("Hotel 21'er", "Hotel 21'er"),
    ],
)
def test_a_figure_before_an_apostrophe_is_the_article(read_as: str, meant: str) -> None:
    assert mended(read_as) == meant
