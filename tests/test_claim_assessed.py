"""What is said of a claim: policy, proof, value added tax, payroll; and that all adds up wherever it is written."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader
from test_claim import CASE, receipt

from toolkit import bind, claim_files, claim_pages, claim_sheet, claim_vat, packet_check, rates_stated
from toolkit.claim import Rules, schedule
from toolkit.claim_assessed import Assessed, Measures, assess
from toolkit.claim_cells import harmless
from toolkit.claim_limits import Outcome
from toolkit.claim_pack import claim
from toolkit.claim_payroll import grossed_up
from toolkit.claim_stated import Advance, GrossUpRate, LineStated, Stated
from toolkit.cli.claim import decide
from toolkit.errors import DefinitionError, InputError, ToolkitError
from toolkit.expense import ClaimItem
from toolkit.model import Verdict
from toolkit.per_diem import Stop, Trip
from toolkit.policy import Standing
from toolkit.policy_clauses import Approver, Benefit, Clause, Limit, Per, Policy, TaxTreatment

TODAY = date(2026, 11, 2)
_TEXT = {"en": "x"}
_SOON = Approver("hr", {"en": "HR"}, Decimal(20), "board")
_BOARD = Approver("board", {"en": "The board"})


def clause(number: str, category: str, *limits: Limit, **more) -> Clause:
    made = {"approval": "hr", "cost_bearer": "home"} | more
    return Clause(
        number, Benefit.EXPENSES, {"en": category.title()}, _TEXT, categories=(category,), limits=limits, **made
    )


POLICY = Policy(
    "test", {"en": "Test policy"}, "2026", date(2026, 1, 1), ("en",), (), (), (_SOON, _BOARD),
    (
        clause("5.2", "lodging", Limit(Decimal(100), "EUR", Per.NIGHT)),
        clause("5.3", "meals", Limit(Decimal(50), "EUR", Per.DAY)),
        clause("5.4", "fuel", Limit(Decimal(60), "EUR", Per.ITEM, ("DEU",)), Limit(Decimal(40), "EUR", Per.ITEM)),
        clause("5.5", "transport", Limit(Decimal(300), "EUR", Per.MONTH)),
        clause("5.6", "schooling", tax=TaxTreatment("exempt", "taxable", True, "home law", "host law")),
        clause("5.7", "housing", *(Limit(Decimal(9), "EUR", Per.MONTH, name=name) for name in ("a", "b"))),
    ),
)  # fmt: skip


def judged(*items: ClaimItem, said: Stated | None = None, policy: Policy | None = POLICY, **more) -> Assessed:
    given_ = said or Stated()
    made = schedule(items, "EUR", today=TODAY, rules=Rules(stated=given_))
    return assess(made, given_, TODAY, by=Measures(policy, Standing(host="DEU"), **more))


def of(category: str, document: str, **values: str) -> ClaimItem:
    return receipt(document, expense_category=category, merchant=f"Shop {document}", **values)


# -- the policy -------------------------------------------------------------------------------------------------------


def test_the_schedule_is_printed_two_pages_wide_with_its_first_columns_on_both() -> None:
    made = judged(of("meals", "d1", total="30"))
    book = load_workbook(io.BytesIO(claim_sheet.workbook(made, reference="GM-1", claimant="Ada", today=TODAY)))
    sheet = book["Claim"]
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (2, 0)
    assert (sheet.print_title_cols, sheet.print_title_rows) == ("$A:$C", "$6:$6")
    assert [sheet.cell(6, column).value for column in (1, 2, 3)] == ["Line", "Date", "Merchant"]
    assert {each.page_setup.fitToWidth for each in book.worksheets if each is not sheet} == {1}


def test_two_dinners_of_one_day_share_the_days_limit() -> None:
    made = judged(
        of("meals", "d1", total="30"), of("meals", "d2", total="45"), of("meals", "d3", total="50", date="2026-10-13")
    )
    assert [each.standing for each in made.rulings] == [Outcome.WITHIN, Outcome.OVER, Outcome.WITHIN]
    assert [each.over for each in made.rulings] == [0, 25, 0] and made.over == 25
    assert made.rulings[1].limit == "EUR 50 per day, shared by lines 1, 2"
    [exception] = made.exceptions
    assert (exception.paper, exception.clause, exception.over) == ("Line 2", "5.3 Meals", 25)
    assert exception.approver == "The board" and exception.why == "50.0 % over the limit"


def test_a_bill_of_three_nights_has_three_limits_and_one_without_nights_is_unsure() -> None:
    made = judged(of("lodging", "d1", total="330", nights="3"), of("lodging", "d2", total="90"))
    assert (made.rulings[0].over, made.rulings[0].limit) == (30, "EUR 100 per night = EUR 300")
    assert made.rulings[0].approver == "HR"  # ten per cent over
    assert made.rulings[1].standing is Outcome.UNSURE and "how many nights" in made.exceptions[1].why
    told = Stated(lines={"d2": LineStated(nights=1)})
    assert judged(of("lodging", "d2", total="90"), said=told).rulings[0].standing is Outcome.WITHIN


def test_a_limit_in_another_currency_is_compared_at_the_rate_of_the_day() -> None:
    policy = replace(POLICY, clauses=(clause("1", "meals", Limit(Decimal(80), "USD", Per.DAY)),))
    made = judged(of("meals", "d1", currency="USD", total="100", date="2026-10-05"), policy=policy)
    line = made.schedule.lines[0]
    assert abs(made.rulings[0].over - 20 * line.rate.value) < Decimal("0.01")


def test_a_limit_that_hangs_on_a_country_needs_the_country() -> None:
    asked = judged(of("fuel", "d1", total="55"))
    assert asked.rulings[0].standing is Outcome.UNSURE and "country" in asked.exceptions[0].why
    german = judged(of("fuel", "d1", total="55", merchant_tax_id="DE129273398"))
    french = judged(of("fuel", "d1", total="55"), said=Stated(lines={"d1": LineStated(country="FRA")}))
    assert (german.rulings[0].over, french.rulings[0].over) == (0, 15)
    assert german.schedule.lines[0].more.country_by == "tax number"


def test_a_trip_tells_the_country_of_its_days_but_not_of_departure_and_return() -> None:
    trip = Trip("de", date(2026, 10, 11), date(2026, 10, 13), (Stop(date(2026, 10, 11), "FRA", "Lyon"),))
    days = {"d1": "2026-10-11", "d2": "2026-10-12", "d3": "2026-10-13", "d4": "2026-10-20"}
    items = [of("fuel", key, date=day) for key, day in days.items()]
    more = {line.document: line.more for line in judged(*items, said=Stated(trips=(trip,))).schedule.lines}
    assert [more[key].country for key in days] == ["", "FRA", "", ""]
    assert (more["d2"].place, more["d2"].country_by) == ("Lyon", "trip")
    # Of what was spent in another country the place of the trip says nothing.
    by_mail = judged(of("fuel", "d2", date="2026-10-12", merchant_tax_id="DE129273398"), said=Stated(trips=(trip,)))
    assert (by_mail.schedule.lines[0].more.country, by_mail.schedule.lines[0].more.place) == ("DEU", "")
    at_home = judged(*items, said=Stated(trips=(trip,), home="FRA")).schedule.lines
    assert [line.more.country for line in at_home] == ["FRA", "FRA", "FRA", ""]


def test_what_no_clause_covers_and_what_is_ambiguous_is_an_exception() -> None:
    made = judged(of("office", "d1"), of("housing", "d2", total="5"), receipt("d3", total="7"))
    assert [each.standing for each in made.rulings] == [Outcome.NO_CLAUSE, Outcome.UNSURE, Outcome.UNSURE]
    assert len(made.exceptions) == 3 and "which of them" in made.exceptions[1].why
    assert judged(of("office", "d1"), policy=None).rulings[0].standing is Outcome.NO_POLICY


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 20_000), st.integers(1, 28)), min_size=1, max_size=8))
def test_the_parts_over_a_limit_add_up_to_what_is_over(spent: list[tuple[int, int]]) -> None:
    items = [
        of("transport", f"d{n}", total=f"{Decimal(cents) / 100:.2f}", date=f"2026-10-{day:02}", number=f"n{n}-8812")
        for n, (cents, day) in enumerate(spent)
    ]
    made = judged(*items)
    total = sum(cents for cents, _ in spent)
    assert made.over == max(Decimal(0), Decimal(total) / 100 - 300)
    assert all(0 <= each.over <= line.converted for each, line in zip(made.rulings, made.schedule.lines, strict=True))


# -- proof ------------------------------------------------------------------------------------------------------------


def lacking(made: Assessed) -> list[tuple[int, str, str]]:
    return [(each.line, each.asked, each.verdict.value) for each in made.proofs if each.verdict is not Verdict.MET]


def test_the_united_states_ask_amount_time_place_and_purpose() -> None:
    made = judged(of("meals", "d1", total="20"), said=Stated(proof=("us",)))
    assert lacking(made) == [(1, "place", "UNMET"), (1, "business purpose", "UNMET")]
    said = Stated(proof=("us",), purpose="Start-up", lines={"d1": LineStated(place="Columbus")})
    assert lacking(judged(of("meals", "d1", total="20"), said=said)) == []


def test_a_receipt_is_required_from_75_dollars_and_for_any_lodging() -> None:
    said = Stated(proof=("us",), purpose="p", lines={f"d{n}": LineStated(place="Columbus") for n in (1, 2, 3)})
    slip = {"payment_method": "card", "currency": "USD", "date": "2026-10-05"}
    made = judged(
        of("meals", "d1", total="74.99", **slip),
        of("meals", "d2", total="75.00", **slip),
        of("lodging", "d3", total="30.00", **slip),
        said=said,
    )
    assert lacking(made) == [(2, "documentary evidence", "UNMET"), (3, "documentary evidence", "UNMET")]


def test_what_is_proved_late_is_not_called_proved() -> None:
    said = Stated(proof=("us",), purpose="p", lines={"d1": LineStated(place="x")})
    made = judged(of("meals", "d1", total="20", date="2026-08-01"), said=said)
    assert lacking(made) == [(1, "substantiated in time", "UNSURE")] and "60 are safe" in made.proofs[-1].because


def test_a_german_business_meal_names_its_participants() -> None:
    one = LineStated(attendees=("A",), place="Köln")
    two = replace(one, attendees=("A", "B"), purpose="Supplier")
    values = {"total": "260", "merchant_tax_id": "DE129273398", "number": "8841"}
    poor = judged(of("meals", "d1", **values), said=Stated(proof=("de",), lines={"d1": one}))
    good = judged(of("meals", "d1", **values), said=Stated(proof=("de",), lines={"d1": two}))
    assert {asked for _, asked, _ in lacking(poor)} > {"occasion", "participants by name"}
    assert [verdict for _, _, verdict in lacking(good)] == ["UNSURE", "UNSURE"]  # its items, and whom it names


def test_without_a_word_on_whose_rules_hold_nothing_is_checked() -> None:
    assert judged(of("meals", "d1")).proofs == ()


# -- value added tax --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "established", "scheme", "deadline"),
    [
        ("FRA", "DEU", "EU refund", date(2027, 9, 30)),
        ("FRA", "GBR", "13th Directive", date(2027, 6, 30)),
        ("FRA", "USA", "13th Directive", date(2027, 6, 30)),
        ("GBR", "DEU", "UK refund", date(2027, 12, 31)),
        ("DEU", "DEU", "own return", None),
    ],
)
def test_tax_may_come_back_by_the_scheme_of_the_two_countries(
    country: str, established: str, scheme: str, deadline: date | None
) -> None:
    said = Stated(entity_country=established, lines={"d1": LineStated(country=country)})
    [found] = judged(of("meals", "d1", tax="7.50"), said=said).vat.candidates
    assert scheme in found.scheme and found.deadline == deadline and not found.expired
    assert "the merchant's tax number" in found.lacking


def test_the_british_year_ends_in_june() -> None:
    said = Stated(entity_country="DEU", lines={"d1": LineStated(country="GBR")})
    [found] = judged(of("meals", "d1", tax="7.50", date="2025-06-30"), said=said).vat.candidates
    assert found.deadline == date(2025, 12, 31) and found.expired


def test_without_countries_there_is_a_question_and_no_candidate() -> None:
    assert judged(of("meals", "d1", tax="7.50")).vat.asked[0].startswith("Where is the company established")
    asked = judged(of("meals", "d1", tax="7.50"), said=Stated(entity_country="DEU")).vat
    assert asked.candidates == () and "country of line 1" in asked.asked[0]
    assert claim_vat.reclaim([], "DEU", TODAY) == claim_vat.Reclaim()


# -- payroll ----------------------------------------------------------------------------------------------------------


def test_the_feed_has_codes_and_flags_and_adds_up() -> None:
    said = Stated(
        employee="7", codes={"*": "31", "schooling": "32"}, gross_up=(GrossUpRate("host", Decimal(37), "payroll"),)
    )
    made = judged(of("schooling", "d1", total="429.11"), of("meals", "d2", total="20"), said=said)
    rows = {each.category: (each.code, each.home, each.host, each.amount) for each in made.payroll.rows}
    assert rows["schooling"] == ("32", "exempt", "taxable", Decimal("429.11"))
    assert rows["meals"] == ("31", "unsure", "unsure", Decimal("20.00"))
    assert made.payroll.total == made.schedule.total
    [gross] = made.payroll.gross_up
    assert (gross.gross, gross.tax) == (Decimal("681.13"), Decimal("252.02"))
    assert gross.formula == "gross = 429.11 / (1 - 37 %) = 681.13; tax = gross - net = 252.02"


def test_a_rate_is_payrolls_and_without_one_there_is_no_preview() -> None:
    made = judged(of("schooling", "d1"))
    assert made.payroll.gross_up == () and any("no rate is stated" in each for each in made.payroll.asked)
    assert any("payroll number" in each for each in made.payroll.asked)
    assert any("earning code" in each for each in made.payroll.asked)


@given(st.integers(1, 10**8), st.decimals("0.01", "99", places=2), st.sampled_from(["inverse", "flat"]))
def test_a_gross_up_leaves_the_net(cents: int, rate: Decimal, method: str) -> None:
    net = Decimal(cents) / 100
    made = grossed_up(net, "EUR", GrossUpRate("host", rate, "s", method))
    assert made.gross - made.tax == net
    if method == "inverse":
        assert abs(made.gross * (1 - rate / 100) - net) <= Decimal("0.005")


# -- the customer's rates ---------------------------------------------------------------------------------------------


def test_the_companys_rate_goes_before_the_banks_and_a_missing_one_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text(
        "from,to,currency,base,rate,source\n2026-10-01,2026-10-31,USD,EUR,0.9,House rate 10/2026\n", "utf-8"
    )
    rules = Rules(rates=rates_stated.read(path))
    items = [of("meals", "d1", currency="USD", total="10"),
             of("meals", "d2", currency="USD", total="10", date="2026-09-30"),
             of("meals", "d3", currency="GBP", total="10")]  # fmt: skip
    made = schedule(items, "EUR", today=TODAY, rules=rules)
    assert [(x.converted, x.rate.source[:5]) for x in made.lines if x.currency == "USD"] == [(Decimal("9.00"), "House")]
    assert [x.rate.source[:3] for x in made.lines if x.currency == "GBP"] == ["ECB"]
    assert "none for USD into EUR on 2026-09-30" in made.unsettled[0].reasons[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("from,to\n", "columns"),
        ("from,to,currency,base,rate,source\n2026-10-01,,USD,EUR,0,s\n", "no rate"),
        ("from,to,currency,base,rate,source\n2026-10-01,,US,EUR,1,s\n", "ISO 4217"),
        ("from,to,currency,base,rate,source\n01.10.2026,,USD,EUR,1,s\n", "days"),
        ("from,to,currency,base,rate,source\n2026-10-01,,USD,EUR,1,\n", "source"),
        ("from,to,currency,base,rate,source\n2026-10-01,,USD,EUR,1\n", "columns"),
    ],
)
def test_a_wrong_file_of_rates_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "rates.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(DefinitionError, match=said):
        rates_stated.read(path)


# -- the whole pack ---------------------------------------------------------------------------------------------------

_TRIP = Trip("us-gsa", date(2026, 9, 28), date(2026, 9, 30), (Stop(date(2026, 9, 28), "USA", rate="standard"),))


def whole() -> tuple[object, list[ClaimItem]]:
    first = of("meals", "d1", total="30", currency="USD", date="2026-09-29")
    items = [
        replace(first, sha256=hashlib.sha256(b"1").hexdigest()),
        of("meals", "d2", total="45"),
        of("lodging", "d3", total="330", nights="3", tax="20"),
        receipt("d4", unsure=("total",)),
        of("lodging", "d3b", total="330"),
    ]
    items[4] = replace(items[2], document="d5", record=replace(items[2].record, document="d5"))
    said = Stated(purpose="Start-up", cost_centre="4711", employee="7", proof=("us",), trips=(_TRIP,),
                  lines={"d2": LineStated(cost_centre="=4720")})  # fmt: skip
    made = claim(
        CASE, items, "EUR", today=TODAY, rules=Rules(stated=said), measures=Measures(POLICY, Standing(host="DEU"))
    )
    return made, items


def test_the_pages_stand_in_order_and_the_stamps_are_the_lines() -> None:
    made, _ = whole()
    pages = [each.extract_text() for each in PdfReader(io.BytesIO(made.pdf)).pages]
    titles = (
        "Expense claim",
        "Schedule of receipts",
        "Daily allowances",
        "Exceptions",
        "Duplicates and card slips",
        "Required proof",
    )
    first = [
        next(n for n, text in enumerate(pages) if any(x.strip() == title for x in text.splitlines()))
        for title in titles
    ]
    assert first == sorted(first) and first[0] == 0 and first[1] == 1
    stamps = [
        "Line 1: USD 30.00",
        "Line 2: EUR 45.00",
        "Line 3: EUR 330.00",
        "S1: to be settled",
        "D1: duplicate of line 3",
    ]
    assert all(stamp in text for stamp, text in zip(stamps, pages[made.covers :], strict=True))
    text = "\n".join(pages[: made.covers])
    for said in ("Approved by", "approved as claimed", "4711", "5.2", "75 % of 68", hashlib.sha256(b"1").hexdigest()):
        assert said in text, said


def test_what_is_owed_is_receipts_and_allowances() -> None:
    made, _ = whole()
    known = made.assessed
    assert known.payable == known.schedule.total + known.allowed and known.allowed > 0
    double = [each.why for each in known.exceptions if "daily allowance" in each.why]
    assert len(double) == 1, "a dinner on a day with an allowance is asked about"
    told = json.loads(made.files["claim.json"])
    assert Decimal(told["payable"]) == known.payable and len(told["per_diem"]) == 3
    sheet = load_workbook(io.BytesIO(made.xlsx))["Claim"]
    assert any(str(cell.value).startswith("=J") for cell in sheet["J"])


def test_an_advance_is_taken_off_and_one_that_cannot_be_converted_is_said() -> None:
    known = Advance(date(2026, 10, 1), Decimal("500.00"), "EUR")
    made = judged(of("meals", "d1", total="120"), said=Stated(advances=(known,)))
    assert (made.advanced, made.payable) == (Decimal("500.00"), Decimal("-380.00"))
    odd = judged(of("meals", "d1", total="120"), said=Stated(advances=(replace(known, currency="AED"),)))
    assert odd.payable == 120 and "AED" in odd.advances[0].open


def test_a_pdf_on_which_a_sum_is_missing_is_not_let_out(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = claim_pages.figures
    monkeypatch.setattr(claim_pages, "figures", lambda made, language: (*shown(made, language), "412.51"))
    with pytest.raises(ToolkitError, match="does not stand on its pages"):
        claim(CASE, [receipt("d1")], "EUR", today=TODAY)


def test_csv_that_does_not_add_up_is_not_let_out(monkeypatch: pytest.MonkeyPatch) -> None:
    made = judged(of("meals", "d1", total="120"))
    fewer = replace(made, schedule=replace(made.schedule, lines=()))
    read = claim_files._read
    monkeypatch.setattr(claim_files, "_read", lambda data: [{**row, "converted": "120.01"} for row in read(data)])
    with pytest.raises(ToolkitError, match="does not add up"):
        claim_files.lines_csv(made)
    monkeypatch.undo()
    with pytest.raises(ToolkitError, match="does not add up"):
        claim_files.payroll_csv(fewer)


def test_the_manifest_has_the_sum_of_every_file_and_original() -> None:
    made, items = whole()
    told = json.loads(made.files["claim-manifest.json"])
    sums = {each["file"]: each["sha256"] for each in told["files"]}
    named = {f"DEMO-1-{name}": data for name, data in made.files.items() if name != "claim-manifest.json"}
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in named.items()}
    assert told["receipts"][0] == {"paper": "Line 1", "document": "d1", "sha256_original": items[0].sha256}


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1", " =1", "%0A", "|calc", "＝1+1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert_in_every_file(text: str) -> None:
    said = Stated(purpose=text, cost_centre=text, entity=text, lines={"d1": LineStated(place=text, attendees=(text,))})
    item = receipt("d1", merchant=text, expense_category=text.lower(), number=text)
    made = schedule([item], "EUR", today=TODAY, rules=Rules(stated=said))
    known = assess(made, said, TODAY)
    book = load_workbook(io.BytesIO(claim_sheet.workbook(known, reference=text, claimant=text, today=TODAY)))
    formulas = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"}
    assert all(value.startswith(("=SUM(", "=ROUND(", "=SUMPRODUCT(EXACT(", "=IF(ABS(")) for value in formulas)
    for data in (claim_files.lines_csv(known), claim_files.payroll_csv(known)):
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))):
            assert not [cell for cell in row if cell.lstrip()[:1] in ("=", "+", "@", "|", "%", "＝")], row
            assert not [cell for cell in row if cell.lstrip().startswith("-") and not cell.lstrip()[1:2].isdigit()]
    assert harmless(text)[0] == "'" or text.strip() == ""


_LINES = st.lists(
    st.tuples(
        st.integers(-(10**6), 10**8),
        st.sampled_from(["EUR", "USD", "JPY", "GBP", "CHF"]),
        st.sampled_from(["meals", "Meals", "lodging", "a*", 'x"y', ""]),
        st.sampled_from(["", "4711", "47*", "=1", "A", "a"]),
        st.integers(1, 30),
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=40, deadline=None)
@given(_LINES, st.sampled_from(["EUR", "JPY", "USD"]))
def test_any_claim_adds_up_in_every_file(lines: list[tuple[int, str, str, str, int]], currency: str) -> None:
    items, stated_ = [], {}
    for n, (cents, code, category, centre, day) in enumerate(lines):
        total = str(cents) if code == "JPY" else f"{Decimal(cents) / 100:.2f}"
        values = {"total": total, "currency": code, "number": f"n{n}-4711", "date": f"2026-09-{day:02}"}
        items.append(receipt(f"d{n}", expense_category=category or "-", **values))
        stated_[f"d{n}"] = LineStated(cost_centre=centre)
    said = Stated(lines=stated_, trips=(_TRIP,))
    made = schedule(items, currency, today=TODAY, rules=Rules(stated=said))
    known = assess(made, said, TODAY, by=Measures(POLICY))
    assert len(made.lines) == len(items)
    for groups in (made.by_currency, made.by_category, made.by_cost_centre):
        assert sum(each.converted for each in groups) == made.total
    # Each of these computes its sums again from what was written, and raises where they differ.
    claim_sheet.workbook(known, reference="r", claimant="c", today=TODAY)
    claim_files.lines_csv(known), claim_files.payroll_csv(known), claim_files.as_json(known, reference="r", today=TODAY)


def test_something_stated_of_a_receipt_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="no receipt dx"):
        judged(of("meals", "d1"), said=Stated(lines={"dx": LineStated()}))


# -- daily allowances under the policy --------------------------------------------------------------------------------


def per_diem_clause(*limits: Limit, **more) -> Policy:
    made = clause("5.8", "groceries", *limits, **more)
    return replace(POLICY, clauses=(replace(made, benefit=Benefit.PER_DIEM),))


def test_a_day_over_what_the_policy_grants_is_an_exception_and_is_not_cut() -> None:
    policy = per_diem_clause(Limit(Decimal(60), "USD", Per.DAY, ("USA",)), Limit(Decimal(10), "EUR", Per.DAY))
    found = judged(of("fuel", "d1"), said=Stated(trips=(_TRIP,)), policy=policy)
    # 75 % of 68 is within 60; the whole day between is 68.
    assert [(each.day.amount, each.held.over > 0) for each in found.allowances] == [
        (Decimal("51.00"), False), (Decimal(68), True), (Decimal("51.00"), False),
    ]  # fmt: skip
    over = next(each for each in found.exceptions if each.paper == "Per diem 2026-09-29")
    assert (over.clause, over.limit, over.approver) == ("5.8 Groceries", "USD 60 per day", "HR")
    rate = found.allowances[1].rate.value
    assert over.over == (8 * rate).quantize(Decimal("0.01")) and "13.3 %" in over.why
    assert (found.over, found.over_days) == (0, over.over)
    assert f"; EUR {over.over} over the limits" in decide(found)[0]
    assert found.allowed == sum(each.converted for each in found.allowances)
    told = claim_files.sections(found)["per_diem"][1]
    assert (told["clause"], told["limit"], told["over"]) == ("5.8 Groceries", "USD 60 per day", over.over)


def test_an_allowance_is_never_taken_for_within_what_is_not_known() -> None:
    said = Stated(trips=(_TRIP,))
    by_tier = per_diem_clause(Limit(Decimal(60), "USD", Per.DAY, tiers=("lead",)))
    asked = judged(of("fuel", "d1"), said=said, policy=by_tier).exceptions
    assert [each.why for each in asked if each.paper.startswith("Per diem")] == [
        "whether the clause holds is not known: state the tier"
    ]
    no_rate = per_diem_clause(Limit(Decimal(60), "KWD", Per.DAY))
    asked = judged(of("fuel", "d1"), said=said, policy=no_rate).exceptions
    assert any("KWD" in each.why for each in asked if each.paper.startswith("Per diem"))
    elsewhere = per_diem_clause(Limit(Decimal(60), "GBP", Per.DAY, ("GBR",)))
    assert all(each.held.limit == "" for each in judged(of("fuel", "d1"), said=said, policy=elsewhere).allowances)
    assert all(each.held is None for each in judged(of("fuel", "d1"), said=said).allowances)


# -- strangers' files -------------------------------------------------------------------------------------------------


def test_receipts_are_opened_in_the_confined_child_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def here(*_: object) -> None:
        raise AssertionError("a receipt was opened beside the keys")

    monkeypatch.setattr(bind.Foreign, "open", here)
    monkeypatch.setattr(bind, "Binding", here)
    monkeypatch.setattr(packet_check, "page_numbers", here)
    made, _ = whole()
    assert made.pdf.startswith(b"%PDF")


def test_each_photo_of_a_receipt_stands_in_the_manifest() -> None:
    item = replace(of("meals", "d1"), sha256="a" * 64, further=(("d2", "b" * 64), ("d3", "c" * 64)))
    made = claim(CASE, [item], "EUR", today=TODAY)
    told = json.loads(made.files["claim-manifest.json"])["receipts"]
    assert [(each["paper"], each["document"], each["sha256_original"][0]) for each in told] == [
        ("Line 1", "d1", "a"), ("Line 1", "d2", "b"), ("Line 1", "d3", "c"),
    ]  # fmt: skip
    sheet = load_workbook(io.BytesIO(made.xlsx))["Manifest"]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == ["d1", "d2", "d3"]
    text = " ".join(PdfReader(io.BytesIO(made.pdf)).pages[n].extract_text() for n in range(made.covers))
    assert "b" * 64 in text and "c" * 64 in text


def test_rows_of_the_sheets_are_as_high_as_their_texts() -> None:
    sheet = load_workbook(io.BytesIO(whole()[0].xlsx))["Required proof"]
    rows = range(2, sheet.max_row + 1)
    heights = {row: sheet.row_dimensions[row].height for row in rows}
    assert min(heights.values()) == 15.0
    assert all(heights[row] >= 30.0 for row in rows if len(sheet.cell(row, 6).value) > 50)


def test_what_nobody_said_of_many_lines_is_one_short_sentence() -> None:
    items = [of("fuel", f"d{n}", total=str(n + 1), date=f"2026-10-{n + 10}") for n in range(5)]
    said = Stated(lines={"d3": LineStated(home="exempt", host="exempt")}, trips=(_TRIP,))
    asked = judged(*items, said=said).payroll.asked
    assert "Whether it is taxable (home) nobody has said of lines 1 to 3, 5 and the daily allowances." in asked
    one = judged(of("fuel", "d1")).payroll.asked
    assert "Whether it is taxable (host) nobody has said of line 1." in one
