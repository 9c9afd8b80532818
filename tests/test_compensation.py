"""A compensation table adds up to the cent, says what every row rests on, and asks for what nobody stated."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from case_builder import ANNA, DATES
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from toolkit import compensation, policy, rates_stated
from toolkit.catalog import Catalog
from toolkit.cli.policy import command
from toolkit.compensation import gross_up, preview, previewed, rows, split, table
from toolkit.compensation_sheet import workbook
from toolkit.compensation_words import MINUS
from toolkit.compensation_words import amount as in_words
from toolkit.model import Case, Fact, Field, Method, Source
from toolkit.phrasing import minor_units, rounded
from vault import Vault

ON = date(2026, 10, 1)
CENT = Decimal("0.01")
EURO = {"home_salary": "118000.00", "home_salary_currency": "EUR", "home_salary_period": "year"}
WHOLE = {
    **EURO,
    "host_currency": "USD",
    "payroll": "split",
    "host_share": "40",
    "hypothetical_tax_rate": "31.5",
    "hypothetical_social_security_rate": "9.8",
    "spendable_rate": "45",
    "cola_index": "112.4",
    "cola_source": "invented index, September 2026",
    "mobility_premium_rate": "10",
    "rate": "1.1298",
    "rate_date": "2026-10-01",
    "rate_source": "as agreed",
}
NORDLICHT = {
    "policy": "nordlicht",
    "policy_tier": "lead",
    "assignment.type": "long-term",
    "assignment.home_country": "DEU",
    "assignment.host_country": "USA",
}


def case(stated: dict[str, str], **more: str) -> Case:
    details = {f"compensation.{key}": value for key, value in stated.items()}
    return Case("c1", "GM-1", "us/l-1a", (ANNA,), DATES, {**details, **more})


def made(stated: dict[str, str], details: dict[str, str] | None = None) -> compensation.Compensation:
    moved = case(stated, **(details or {}))
    return table(moved, {}, policy.of_case(moved), on=ON)


def by_key(found: compensation.Compensation) -> dict[str, compensation.Row]:
    return {row.key: row for row in found.rows}


# --- the arithmetic ----------------------------------------------------------------------------------------------

MONEY = st.decimals("-999999999", "999999999", places=3, allow_nan=False)
PERCENT = st.decimals("0", "100", places=4, allow_nan=False)


@given(MONEY, st.lists(PERCENT, min_size=1, max_size=8).filter(any), st.sampled_from(["EUR", "JPY", "KWD"]))
@example(Decimal("100"), [Decimal(1)] * 3, "EUR")
@example(Decimal("-0.01"), [Decimal(1), Decimal(1)], "EUR")
def test_split_shares_add_up_exactly_and_none_is_a_unit_off(
    amount: Decimal, shares: list[Decimal], currency: str
) -> None:
    parts = split(amount, shares, currency)
    whole, unit = rounded(amount, currency), Decimal(1).scaleb(-minor_units(currency))
    assert sum(parts) == whole
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - whole * share / sum(shares)) < unit
        assert part == rounded(part, currency)


def test_the_largest_remainder_gets_the_unit() -> None:
    assert split(Decimal("100"), [Decimal(1)] * 3, "EUR") == (Decimal("33.34"), Decimal("33.33"), Decimal("33.33"))
    assert split(Decimal("1000"), [Decimal(1), Decimal(2)], "JPY") == (Decimal(333), Decimal(667))
    with pytest.raises(ValueError, match="positive"):
        split(Decimal(1), [Decimal(0)], "EUR")


@given(
    salary=st.decimals("0.01", "9999999", places=2, allow_nan=False),
    share=PERCENT,
    tax=PERCENT,
    social=PERCENT,
    spendable=PERCENT,
    index=st.decimals("100", "250", places=2, allow_nan=False),
    premium=PERCENT,
    rate=st.decimals("0.0001", "200", places=4, allow_nan=False),
    sides=st.lists(st.sampled_from(["home", "host", "split"]), min_size=4, max_size=4),
    currencies=st.sampled_from([("EUR", "USD"), ("EUR", "JPY"), ("JPY", "EUR"), ("GBP", "KWD"), ("EUR", "EUR")]),
)
@settings(max_examples=150, deadline=None)
def test_any_table_adds_up_to_the_smallest_unit_of_each_column(
    salary: Decimal, share: Decimal, tax: Decimal, social: Decimal, spendable: Decimal, index: Decimal,
    premium: Decimal, rate: Decimal, sides: list[str], currencies: tuple[str, str],
) -> None:  # fmt: skip
    home, host = currencies
    found = made(
        {
            "home_salary": str(salary), "home_salary_currency": home, "home_salary_period": "year",
            "host_currency": host, "payroll": sides[0], "host_share": str(share), "rate": str(rate),
            "rate_date": "2026-10-01", "rate_source": "as agreed", "hypothetical_tax_rate": str(tax),
            "hypothetical_social_security_rate": str(social), "spendable_rate": str(spendable),
            "cola_index": str(index), "mobility_premium_rate": str(premium), "housing": "2500.05",
            "housing_currency": host, "housing_side": sides[1], "mobility_premium_side": sides[2],
            "cost_of_living_side": sides[3],
        }
    )  # fmt: skip
    assert found.asked == ()
    paid = [row for row in found.rows if row.kind != "subtotal"]
    total = found.total()
    assert total.home == _column(row.placed.home for row in paid)
    assert total.host == _column(row.placed.host for row in paid)
    assert total.value == sum(row.placed.value for row in paid)
    for row in paid:
        for amount, currency in ((row.placed.home, home), (row.placed.host, host), (row.placed.value, home)):
            assert amount is None or amount == rounded(amount, currency)
        if row.currency == home and home == host and row.side == "split":
            assert row.placed.home + row.placed.host == row.amount
    for language in policy.LANGUAGES:
        letter = rows(found, language)
        assert all(each["label"] and each["basis"] for each in letter.rows)
        added = sum(_read(each["value"], language) for each in letter.rows if each["kind"] != "subtotal")
        assert added == _read(letter.totals["value"], language)


def _column(amounts: object) -> Decimal | None:
    there = [each for each in amounts if each is not None]
    return sum(there, Decimal(0)) if there else None


def _read(text: str, language: str) -> Decimal:
    """What somebody reads who adds the printed column."""
    figures = "".join(letter for letter in text.replace(MINUS, "-") if letter.isdigit() or letter in ",.-")
    if language == "en":
        return Decimal(figures.replace(",", ""))
    return Decimal(figures.replace(".", "").replace(",", "."))


def test_what_is_deducted_bears_a_true_minus() -> None:
    said = [in_words(Decimal("-22302"), "EUR", language) for language in policy.LANGUAGES]
    assert [each.replace("\u00a0", " ").replace("\u202f", " ") for each in said] == [
        "EUR −22,302.00", "−22.302,00 EUR", "−22 302,00 EUR", "−22.302,00 EUR",
    ]  # fmt: skip


@given(st.decimals("0", "9999999", places=2, allow_nan=False), st.decimals("0", "99", places=2, allow_nan=False))
def test_a_gross_up_is_net_and_tax_and_its_tax_leaves_the_net(net: Decimal, rate: Decimal) -> None:
    found = gross_up(net, rate, "EUR")
    assert found.net + found.tax == found.gross
    assert abs(found.gross - rounded(found.gross * rate / 100, "EUR") - net) <= CENT


def test_a_gross_up_has_no_rate_of_a_hundred() -> None:
    assert gross_up(Decimal(600), Decimal(40), "USD").gross == Decimal(1000)
    with pytest.raises(ValueError, match=r"99\.99"):
        gross_up(Decimal(1), Decimal(100), "EUR")


# --- the balance sheet -------------------------------------------------------------------------------------------


def test_the_balance_sheet_from_home_salary_to_both_payrolls() -> None:
    found = made(WHOLE, NORDLICHT)
    assert found.asked == ()
    row = by_key(found)
    assert row["hypothetical_tax"].amount == Decimal("-37170.00")
    assert row["hypothetical_social_security"].amount == Decimal("-11564.00")
    assert row["net"].placed.value == Decimal("69266.00")
    # spendable 45 % of 69,266.00 = 31,169.70; x 12.4 / 100 = 3,865.0428
    assert row["cost_of_living"].amount == Decimal("3865.04")
    assert row["base"].placed.home == Decimal("70800.00")
    assert row["base"].placed.host == Decimal("53326.56")  # 47,200.00 x 1.1298
    assert row["housing"].placed.host == Decimal("30000")
    assert row["housing"].placed.value == Decimal("26553.37")  # / 1.1298
    assert (row["housing"].taxable_host, row["housing"].gross_up) == ("taxable", True)
    assert row["relocation"].once
    assert found.total(once=True).home == Decimal("8408.57")  # 9,500 / 1.1298


def test_every_row_says_what_it_rests_on_in_four_languages() -> None:
    found = made(WHOLE, NORDLICHT)
    german = {each["label"]: each for each in rows(found, "de-DE").rows}
    assert german["Hypothetische Steuer"]["basis"] == "Ziffer 4.1; 31,5 % des Grundgehalts"
    assert german["Wohngeld"]["basis"] == "Ziffer 3.1; ab Monat 7"
    assert [german[each]["clause"] for each in ("Wohngeld", "Hypothetische Steuer", "Grundgehalt")] == [
        "3.1",
        "4.1",
        "",
    ]
    assert german["Wohngeld"]["host"] == "30.000,00\N{NO-BREAK SPACE}USD"
    french = rows(found, "fr")
    assert french.rows[0]["label"] == "Salaire de base"
    assert french.notes[0] == "1\u00a0EUR = 1,1298\u00a0USD\u00a0: as agreed du 1er octobre 2026."
    assert french.notes[1].startswith("Le total additionne toutes les lignes, y compris")  # housing is from month 7
    assert not any("every line" in each for each in rows(made(WHOLE), "en").notes)
    assert french.totals_once["label"] == "Total, versé une fois"
    assert rows(found, "en").totals["period"] == "a year"
    assert rows(found, "es").rows[1]["home"] == f"{MINUS}22.302,00\N{NO-BREAK SPACE}EUR"


def test_the_day_of_the_rate_and_its_source_are_said() -> None:
    stated = {key: value for key, value in WHOLE.items() if not key.startswith("rate")}
    found = made(stated, NORDLICHT)
    assert [(each.currency, each.base, each.date) for each in found.rates] == [("EUR", "USD", ON)]
    assert rows(found, "de").notes[0].endswith("USD: Euro-Referenzkurs der EZB vom 1. Oktober 2026.")


@pytest.mark.parametrize(("pair", "rate", "host"), [("EUR,USD", "1.10", "51920.00"), ("USD,EUR", "0.80", "59000.00")])
def test_the_company_s_own_rate_goes_before_the_ecb_s_whichever_way_it_is_written(
    tmp_path: Path, pair: str, rate: str, host: str
) -> None:
    file = tmp_path / "rates.csv"
    file.write_text(f"from,to,currency,base,rate,source\n2026-10-01,2026-10-31,{pair},{rate},ours\n", "utf-8")
    stated = {key: value for key, value in WHOLE.items() if not key.startswith("rate")}
    found = table(case(stated), {}, None, on=ON, rates=rates_stated.read(file))
    assert by_key(found)["base"].placed.host == Decimal(host)
    assert [each.source.partition(" ")[0] for each in found.rates] == ["ours"]
    missing = table(case(stated), {}, None, on=date(2026, 11, 2), rates=rates_stated.read(file))
    assert "base" not in by_key(missing)
    assert "on 2026-11-02" in missing.asked[0]


def test_the_contract_gives_the_salary_with_its_page_and_an_unsure_one_is_asked_about() -> None:
    def contract(confidence: float) -> dict[str, Fact]:
        name = "principal.employment_contract"
        at = Source("d1", 2, None, Method.TEXT_LAYER)
        pay = Field("salary", "96000.00", confidence, at, currency="EUR")
        return {
            f"{name}.salary": Fact(f"{name}.salary", pay),
            f"{name}.salary_period": Fact(f"{name}.salary_period", Field("salary_period", "year", 1.0, at)),
        }

    found = table(case({"payroll": "home"}), contract(0.99), None, on=ON)
    assert rows(found, "de").rows[0]["basis"] == "Vertrag S. 2"
    assert found.total().home == Decimal("96000.00")
    unsure = table(case({"payroll": "home"}), contract(0.5), None, on=ON)
    assert unsure.rows == ()
    assert unsure.asked[0].startswith("The salary of the employment contract is unsure")


# --- nothing is invented -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("without", "gone", "asked"),
    [
        ("hypothetical_tax_rate", "hypothetical_tax", "Hypothetical tax: clause 4.1 applies; state"),
        ("spendable_rate", "cost_of_living", "What is spent on goods and services?"),
        ("cola_index", "cost_of_living", "The index of living costs is missing"),
        ("host_share", "base", "Which part does the host payroll pay?"),
        ("payroll", "", "Which payroll pays?"),
        ("rate_source", "housing", "A stated rate has a date and a source"),
        ("home_salary_period", "base", "The base salary has no currency or period"),
    ],
)
def test_a_missing_input_leaves_its_row_out_and_is_asked(without: str, gone: str, asked: str) -> None:
    stated = {key: value for key, value in WHOLE.items() if key != without}
    found = made(stated, NORDLICHT)
    if without != "rate_source":  # the ECB's rate of the day stands in, and says so
        assert gone not in by_key(found)
    assert any(each.startswith(asked) for each in found.asked), found.asked
    assert not found.complete


def test_without_a_payroll_there_is_no_total_of_one() -> None:
    found = made(EURO)
    assert found.total().home is None
    assert found.total().value == Decimal("118000.00")
    assert rows(found, "en").totals["home"] == ""


def test_an_index_below_100_lowers_pay_only_where_that_is_stated() -> None:
    stated = {**WHOLE, "cola_index": "92"}
    assert "cost_of_living" not in by_key(made(stated))
    assert any("below 100" in each for each in made(stated).asked)
    kept = made({**stated, "negative_cola": "no"})
    assert "cost_of_living" not in by_key(kept)
    assert kept.asked == ()
    assert by_key(made({**stated, "negative_cola": "yes"}))["cost_of_living"].amount < 0


def test_a_monthly_salary_makes_no_year_until_the_number_of_salaries_is_known() -> None:
    monthly = {**EURO, "home_salary": "5000", "home_salary_period": "month", "payroll": "home"}
    assert made(monthly).period == "month"
    assert made({**monthly, "period": "year"}).asked[0].startswith("How many monthly salaries")
    assert made({**monthly, "period": "year", "salaries_a_year": "13"}).total().home == Decimal("65000.00")


@pytest.mark.parametrize("wrong", ["abc", "1.000,00", "NaN", "-3", "1e99", "101"])
def test_what_is_no_percentage_is_asked_about(wrong: str) -> None:
    found = made({**WHOLE, "hypothetical_tax_rate": wrong})
    assert "hypothetical_tax" not in by_key(found)
    assert any('"compensation.hypothetical_tax_rate" is no number' in each for each in found.asked)


def test_a_misspelt_detail_is_no_missing_one() -> None:
    found = made({**WHOLE, "hypothetcal_tax_rate": "40", "colour": "red"})
    assert (
        'No table reads the detail "compensation.hypothetcal_tax_rate"; is "compensation.hypothetical_tax_rate"'
        in (found.asked[0])
    )
    assert found.asked[1] == 'No table reads the detail "compensation.colour".'


def test_a_currency_without_a_rate_is_asked_and_not_converted() -> None:
    stated = {**EURO, "payroll": "home", "housing": "100", "housing_currency": "NGN"}
    found = made(stated)
    assert "housing" not in by_key(found)
    assert "no reference rate for NGN" in found.asked[0]


def test_an_allowance_of_some_months_is_no_allowance_of_a_year() -> None:
    nordlicht = policy.load("nordlicht")
    housing = next(each for each in nordlicht.clauses if each.number == "3.1")
    ended = tuple(replace(each, flat=each.name == "furnished") for each in housing.limits)
    clauses = tuple(replace(each, limits=ended) if each is housing else each for each in nordlicht.clauses)
    found = table(case(WHOLE, **NORDLICHT), {}, replace(nordlicht, clauses=clauses), on=ON)
    row = by_key(found)["housing"]
    assert (row.placed.host, row.basis["es"]) == (Decimal(22800), "cláusula 3.1; meses 1 a 6")


def test_a_hypothetical_tax_rests_on_no_clause_that_taxes_locally() -> None:
    moved = {**NORDLICHT, "policy": "standard", "policy_tier": "core", "assignment.type": "localisation"}
    row = by_key(made({**WHOLE, "negative_cola": "no"}, moved))["hypothetical_tax"]
    assert (row.clause, row.basis["en"]) == ("", "as agreed for this case; 31.5 % of base salary")
    without = made({key: value for key, value in WHOLE.items() if not key.startswith("hypothetical")}, moved)
    assert not [each for each in without.asked if "ypothetical" in each]


def test_a_clause_whose_limit_is_no_flat_amount_makes_no_row() -> None:
    standard = {**NORDLICHT, "policy": "standard", "policy_tier": "core"}
    found = made({**WHOLE, "negative_cola": "no"}, standard)
    keys = by_key(found)
    assert "housing" not in keys  # the company pays the landlord
    assert keys["mobility_premium"].basis["en"] == "clause 4.3; 10 % of base salary"
    assert keys["transport"].placed.value == Decimal("3600")
    assert any("Storage at home (clause 2.5)" in each["en"] for each in found.left_out)


def test_a_gross_up_is_previewed_for_what_is_taxable_at_host_and_borne_by_the_company() -> None:
    found = made(WHOLE, NORDLICHT)
    gross = dict((row.key, each) for row, each in previewed(found, lambda row, net: Decimal(35)))
    assert gross["housing"].gross == Decimal("46153.85")
    assert set(gross) == {"housing", "relocation"}
    assert previewed(found, lambda row, net: None) == ()
    stated = case({**WHOLE, "host_marginal_rate": "35"}, **NORDLICHT)
    assert dict((row.key, each) for row, each in preview(stated, found)) == gross
    assert preview(case(WHOLE), found) == ()


def test_no_repr_shows_pay() -> None:
    found = made(WHOLE, NORDLICHT)
    shown = repr(found)
    assert not [each for each in ("118000", "31,169", "70800") if each in shown]
    assert "118000" not in repr(found) + repr(rows(found, "en")) + repr(gross_up(Decimal(118000), Decimal(1), "EUR"))


# --- spreadsheet and verb ----------------------------------------------------------------------------------------


def test_the_spreadsheet_adds_by_formula_and_no_text_is_one() -> None:
    found = made({**WHOLE, "cola_source": "=HYPERLINK(1)"}, NORDLICHT)
    hostile = replace(
        found, rows=(replace(found.rows[0], label={**found.rows[0].label, "en": "=1+1"}), *found.rows[1:])
    )
    book = load_workbook(io.BytesIO(workbook(hostile, reference="=GM", language="en", today=ON)))
    sheet = book["Compensation"]
    assert (sheet["A1"].data_type, sheet["B5"].value, sheet["B5"].data_type) == ("s", "'=1+1", "s")
    total = next(row for row in range(5, 30) if str(sheet.cell(row, 2).value).startswith("Total a year"))
    for column, expected in ((3, found.total().home), (4, found.total().host), (5, found.total().value)):
        formula = sheet.cell(total, column).value
        cells = [each.removeprefix("N(").removesuffix(")") for each in formula.removeprefix("=").split("+")]
        assert sum(Decimal(str(sheet[cell].value or 0)) for cell in cells) == expected
    assert sheet.cell(5, 3).number_format == "#,##0.00"


@pytest.fixture
def verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sealed = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    with Catalog.open(sealed) as catalog:
        catalog.add_case(case(WHOLE, **NORDLICHT))
        catalog.add_case(replace(case(EURO), id="c2", reference="GM-2"))
    (tmp_path / "passphrase").write_text("p\n", "utf-8")

    def run(*words: str):
        given = ["--vault", str(tmp_path / "vault"), "--passphrase-file", str(tmp_path / "passphrase")]
        done = CliRunner().invoke(command, ["compensation", *words, *given], standalone_mode=False)
        assert done.exception is None, done.exception
        return done

    return run


def test_the_verb_shows_the_table_and_writes_the_spreadsheet(verb, tmp_path: Path) -> None:
    out = tmp_path / "table.xlsx"
    done = verb("GM-1", "--json", "--xlsx", str(out))
    said = json.loads(done.stdout)
    assert (done.return_value, said["asked"], said["totals"]["value"]) == (0, [], "111484.41")
    assert load_workbook(out)["Compensation"]["A1"].value == "Compensation GM-1"
    shown = verb("GM-1", "--language", "de").stdout
    assert "Hypothetische Steuer" in shown
    assert "Umzugspauschale, einmalig" in shown.replace("\n", " ")
    assert verb("GM-2").return_value == 5
