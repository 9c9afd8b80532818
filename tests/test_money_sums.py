"""Totals by arithmetic: what proves one, what contradicts it, and what no coincidence may prove."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_money_paper import GERMANY, MALAYSIA, field, paper, read, values
from toolkit.model import Method, Proof
from toolkit.readers.money import figures, proofs, sums, tax_rates, tax_table
from toolkit.readers.money.rows import rows


def settled(text: str) -> sums.Sums:
    lines = rows(paper(text).pages)
    found = figures.figures(lines)
    return sums.sums(found, proofs.ledger(found, tax_table.tax_lines(lines, found), None))


ADDS_UP = {
    "tax on top": ("Subtotal | 40.00\nSales Tax | 3.30\nTotal | 43.30", "43.30"),
    "two halves of a tax": ("Subtotal | 100.00\nCGST 9% | 9.00\nSGST 9% | 9.00\nTotal | 118.00", "118.00"),
    "discount": ("Zwischensumme | 50,00\nRabatt | 5,00\nSUMME | 45,00", "45.00"),
    "discount with its minus": ("Zwischensumme | 50,00\nRabatt | -5,00\nSUMME | 45,00", "45.00"),
    "service charge and tax": (
        "Subtotal | 80.00\nService Charge 10% | 8.00\nGST 6% | 5.28\nTotal | 93.28",
        "93.28",
    ),
    "rounding": ("Total | 8.23\nRounding Adjustment | 0.02\nTotal Rounded | 8.25", "8.25"),
    "tip below the total": ("Total | 53.90\nTip | 3.10\nTotal charged | 57.00", "57.00"),
    "cash and change": ("Total | 8.20\nCash | 10.00\nChange | 1.80", "8.20"),
    "two payments": ("Total | 35.50\nCash | 20.00\nVisa | 15.50", "35.50"),
    "prepaid": ("Total | 500.00\nDeposit paid | 100.00\nBalance due | 400.00", "500.00"),
    "a folio that was settled": ("Total charges | 345.00\nVISA | -345.00\nBalance | 0.00", "345.00"),
}


@pytest.mark.parametrize("name", sorted(ADDS_UP))
def test_a_total_that_adds_up_is_proved(name):
    text, total = ADDS_UP[name]
    found = field(read(f"Utopia Ltd\n{text}"), "total")
    assert (found.value, found.proof, found.sure) == (total, Proof.ARITHMETIC, True)


@pytest.mark.parametrize(
    "name", sorted(set(ADDS_UP) - {"a folio that was settled", "tip below the total", "two payments"})
)
@given(st.integers(0, 5), st.sampled_from("0123456789"))
@settings(max_examples=25, deadline=None)
def test_no_misread_digit_of_a_total_that_adds_up_is_vouched_for(name, place, digit):
    text, total = ADDS_UP[name]
    *above, last = text.splitlines()
    at = next((number for number, line in enumerate(above) if total in line.replace(",", ".")), None)
    line = last if at is None else above[at]
    spots = [index for index, letter in enumerate(line) if letter.isdigit()]
    spot = spots[place % len(spots)]
    wrong = line[:spot] + digit + line[spot + 1 :]
    lines = [*above, wrong] if at is None else [*above[:at], wrong, *above[at + 1 :], last]
    found = field(read("Utopia Ltd\n" + "\n".join(lines)), "total")
    assert not found.sure or found.value == total


def test_what_was_paid_before_and_what_is_left_are_told():
    reading = read("Utopia Hotel Ltd\nTotal | 500.00\nDeposit paid | 100.00\nBalance due | 400.00")
    got = values(reading)
    assert (got["prepaid"], got["amount_due"]) == ("100.00", "400.00")


def test_a_tip_and_a_total_left_to_be_filled_in_by_hand_make_the_total_unsure():
    text = "Utopia Diner LLC\nBurger | 40.48\nSubtotal | 40.48\nTax | 3.34\nTotal | 43.82\nTip ______\nTotal ______"
    reading = read(text)
    assert field(reading, "total").value == "43.82"
    assert not field(reading, "total").sure
    assert any("by hand" in warning for warning in reading.warnings)


def test_a_tip_written_by_hand_is_added_and_the_printed_sum_kept():
    text = "Utopia Diner LLC\nAmount | 40.48\nTax | 3.34\nSubtotal | 43.82\nTip | 10.00\nTotal | 5.3.1.82"
    reading = read(text)
    total = field(reading, "total")
    assert (total.value, total.sure, total.source.method) == ("53.82", False, Method.COMPUTED)
    assert "43.82" in {each.value for each in reading.rejected if each.name == "total"}


def test_suggested_tips_are_no_tip():
    got = values(read("Utopia Diner LLC\nTotal | 40.00\nSuggested tip 18% | 7.20\nSuggested tip 20% | 8.00"))
    assert got["total"] == "40.00"
    assert "tip" not in got


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("Subtotal | 412\nDiscount | 6\nTax | 28.42\nBalance due | 434.42", "434.42"),
        ("Subtotal | 40.00\nTax | 2 40\nTotal | 42.40", "42.40"),
    ],
)
def test_amounts_without_their_point_may_be_parts_of_a_proof(text, total):
    found = field(read(f"Utopia Ltd\n{text}"), "total")
    assert (found.value, found.proof) == (total, Proof.ARITHMETIC)


@pytest.mark.parametrize("lost", ["43 30", "4330", "43."])
def test_a_total_without_its_point_is_unsure_unless_arithmetic_says_what_it_is(lost):
    alone = field(read(f"Utopia Ltd\nBread | 43.30\nTotal | {lost}"), "total")
    assert not alone.sure or alone.value == "43.30"
    proved = field(read(f"Utopia Ltd\nSubtotal | 40.00\nSales Tax | 3.30\nTotal | {lost}"), "total")
    if lost != "43.":
        assert proved.value == "43.30"
    assert not proved.sure or proved.value == "43.30"


def test_points_lost_everywhere_prove_no_magnitude():
    """Arithmetic holds a hundredfold too: where no point is printed, it says nothing of where the point belongs."""
    found = field(read("Utopia Ltd\nBread | 1.00\nSubtotal | 4000\nSales Tax | 330\nTotal | 4330"), "total")
    assert not found.sure


@given(st.sampled_from(["O", "I", "l", "o"]), st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_letters_read_for_digits_never_change_the_magnitude(letter, place):
    digits = ["1", "0", "1", "0"]
    digits[place] = letter
    written = f"{digits[0]}{digits[1]}.{digits[2]}{digits[3]}"
    found = [each for each in read(f"Utopia Ltd\nTotal | {written}").fields if each.name == "total"]
    assert all(Decimal(str(each.value)) < 100 for each in found)


def test_a_paper_of_whole_yen_adds_up():
    printed = ("小計 | ￥1,200", "消費税 10% | ￥120", "合計 | ￥1,320", "お預り | ￥2,000", "お釣り | ￥680")
    text = "\n".join(("みらい食堂", *printed))
    got = read(text)
    assert (field(got, "total").value, field(got, "tax").value) == ("1320.00", "120.00")
    assert field(got, "total").sure


def test_full_width_digits_and_the_stroke_that_closes_a_sum():
    found = field(read("みらい商店\n領収書\n合計　￥１２，０００－"), "total")
    assert found.value == "12000.00"


def test_several_taxes_with_their_rates_and_nets():
    rows_ = values(read(GERMANY))["tax_lines"]
    assert rows_ == ({"rate": "7", "net": "2.33", "tax": "0.16"}, {"rate": "19", "net": "1.00", "tax": "0.19"})


def test_a_row_of_net_and_a_row_of_tax_are_one_row_of_the_table():
    text = "Tankhof Utopia GmbH\n33102 Paderborn\nSUMME EUR | 97,18\nNetto 19% | 81,66\nMwSt 19% | 15,52"
    reading = read(text)
    assert values(reading)["tax_lines"] == ({"rate": "19", "net": "81.66", "tax": "15.52"},)
    assert field(reading, "tax").sure


def test_a_table_of_gross_and_tax_leaves_the_net_to_the_reader():
    text = "Muster GmbH\n33102 Paderborn\nSUMME EUR | 11,90\nMwSt-Satz | Brutto | MwSt\n19% | 11,90 | 1,90"
    assert values(read(text))["tax_lines"] == ({"rate": "19", "net": "10.00", "tax": "1.90"},)


def test_two_labels_in_one_row_keep_their_own_amounts():
    text = "Voorbeeld B.V.\nExcl. BTW | € 593,36 | Subtotaal | € 717,97\nBTW 21% | € 124,61\nTotaal | € 717,97"
    reading = read(text)
    assert (values(reading)["subtotal"], values(reading)["tax"]) == ("593.36", "124.61")
    assert field(reading, "subtotal").proof is Proof.ARITHMETIC


def test_a_rate_the_country_never_had_is_a_finding():
    text = "Muster GmbH\nDeutschland\nTel. +49 5251 123456\nNetto | 100,00\nMwSt 17% | 17,00\nSUMME EUR | 117,00"
    reading = read(text)
    assert not field(reading, "tax").sure
    assert any(warning.startswith("tax:") and " D;" in warning for warning in reading.warnings)
    assert field(reading, "total").sure


def test_a_rate_of_the_country_makes_the_tax_surer():
    text = "Muster GmbH\nDeutschland\nTel. +49 5251 123456\nNetto | 100,00\nMwSt 19% | 19,00\nSUMME EUR | 119,00"
    assert field(read(text), "tax").confidence > 0.95


def test_rates_are_known_by_country_and_unknown_where_towns_set_them():
    assert tax_rates.rates("D")[0] == 19
    assert tax_rates.rates("USA") == ()
    assert tax_rates.fits("D", Decimal(100), Decimal(19), Decimal(19))
    assert tax_rates.fits("D", Decimal(100), Decimal(17), Decimal(17)) is False
    assert tax_rates.fits("D", Decimal(100), Decimal(12)) is True  # a mixture of 7 and 19
    assert tax_rates.fits("USA", Decimal(100), Decimal(17)) is None


def test_sums_are_found_in_long_hostile_papers_in_good_time():
    many = "\n".join(f"Total | {n}.99\nTax 7% | {n}.05 | {n}.10 | {n}.15\nTip | 1.{n % 90 + 10}" for n in range(1200))
    assert settled(f"{many}\nGrand total | 5000.00").total is not None


def test_a_cash_row_of_a_few_coins_proves_nothing_by_chance():
    """`6 | 6.00` as cash and a change of 0.00 say nothing that the total does not say itself."""
    result = settled("Total | 6.00\nCash | 6.00\nChange | 0.00")
    assert "change" not in result.proved


@pytest.mark.parametrize("text", [MALAYSIA, GERMANY])
def test_every_proof_has_a_name_and_points(text):
    assert set(settled(text).proved) <= set(sums._PROOF)


def test_a_total_that_counts_its_goods_is_a_total_and_the_sum_before_rounding_is_not():
    found = settled(
        "Jam  12.98\nBread  12.54\nTotal before rounding  A$ 25.52\nCash rounding  A$ 0.02-\n"
        "TOTAL for 2 items  A$ 25.50\nCASH TENDERED  A$ 30.00\nChange  A$ 4.50\n"
        "GST %  Ex GST  GST  Inc GST\n10.0%  23.20  2.32  25.52"
    )
    assert found.total is not None and found.total.value == Decimal("25.50") and found.confidence >= 0.9


def test_a_rounding_that_was_not_applied_makes_the_total_unsure_whatever_repeats_below():
    found = settled(
        "Jam  12.98\nBread  12.54\nTotal before rounding  A$ 25.52\nCash rounding  A$ 0.02-\n"
        "GST %  Ex GST  GST  Inc GST\n10.0%  23.20  2.32  25.52"
    )
    assert found.confidence < 0.9


def test_the_sum_with_the_tip_is_the_total():
    found = settled(
        "Melange  6.79\nTorte  12.29\nGesamtsumme  19.08\nTip  1.92\nSumme mit Trinkgeld  21.00\nVisa  21.00"
    )
    assert found.total is not None and found.total.value == Decimal("21.00")
