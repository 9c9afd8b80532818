"""Expense claims: nothing unsure in a sum, nothing left out of sight, every number the same in both files."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from toolkit import claim_cells, claim_sheet
from toolkit.claim import ClaimItem, Rules, schedule, trip_date
from toolkit.claim_assessed import assess
from toolkit.claim_pack import claim
from toolkit.claim_stated import Stated
from toolkit.cli.claim import not_bound, open_ends, said, sums
from toolkit.errors import InputError, ToolkitError, UnreadableError
from toolkit.likeness import Answer, Paper
from toolkit.model import Box, Case, Field, Method, Person, Record, Source

TODAY = date(2026, 11, 23)
CASE = Case("c1", "DEMO-1", "us/l-1a", (Person("p1", "principal", "Eriksson", "Anna Maria"),), {})


def page(pages: int = 1) -> bytes:
    pdf, out = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(200, 400))
    pdf.save(out)
    return out.getvalue()


PAGE = page()


def receipt(document: str, *, unsure: tuple[str, ...] = (), pdf: bytes = PAGE, kind: str = "receipt", **values: str):
    known = {"merchant": "Hotel Zenith", "date": "2026-10-12", "currency": "EUR", "total": "412.50"} | values
    source = Source(document, 1, None, Method.OCR)
    fields = tuple(
        Field(name, value, 0.6 if name in unsure else 1.0, source) for name, value in known.items() if value != "-"
    )
    return ClaimItem(document, Record(kind, 1.0, (1,), fields, document=document), pdf)


def plan(*items: ClaimItem, currency: str = "EUR"):
    return schedule(items, currency, today=TODAY)


def test_a_line_is_converted_at_the_rate_of_its_date():
    line = plan(receipt("d1", currency="USD", total="61.75", date="2026-10-03")).lines[0]
    assert line.rate.date == date(2026, 10, 2)  # 3 October is a Saturday
    assert line.converted == (Decimal("61.75") * line.rate.value).quantize(Decimal("0.01"))


def test_lines_stand_by_date_and_are_numbered():
    made = plan(
        receipt("d1", date="2026-10-12"), receipt("d2", date="2026-10-01"), receipt("d3", total="1", kind="invoice")
    )
    assert [(line.number, line.document) for line in made.lines] == [(1, "d2"), (2, "d1"), (3, "d3")]


@pytest.mark.parametrize("name", ["date", "currency", "total"])
def test_what_is_unsure_or_missing_is_listed_and_not_summed(name: str):
    made = plan(receipt("d1", unsure=(name,)), receipt("d2", **{name: "-"}), receipt("d3", merchant="Other"))
    assert [line.document for line in made.lines] == ["d3"]
    assert [each.document for each in made.unsettled] == ["d1", "d2"]
    assert f"the {name} is unsure" in made.unsettled[0].reasons
    assert f"the {name} was not read" in made.unsettled[1].reasons
    assert made.total == Decimal("412.50")


def test_an_unsure_merchant_is_flagged_and_its_amount_counts():
    line = plan(receipt("d1", unsure=("merchant",))).lines[0]
    assert line.notes == ("merchant to be confirmed",) and line.converted == Decimal("412.50")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"date": "12/10/2026"}, "not a calendar date"),
        ({"date": "2027-01-01"}, "in the future"),
        ({"date": "2010-01-01"}, "table covers"),
        ({"date": "2026-11-20", "currency": "USD"}, "table covers"),
        ({"currency": "AED"}, "no reference rate for AED"),
        ({"currency": "XYZ"}, "no ISO 4217"),
        ({"total": "4l2.50"}, "not an amount"),
        ({"total": "NaN"}, "not an amount"),
        ({"total": "1e400"}, "above 10,000,000,000"),
    ],
)
def test_every_reason_to_ask_is_said(values: dict[str, str], reason: str):
    if "2010" in values.get("date", ""):
        values = values | {"currency": "USD"}
    made = plan(receipt("d1", **values))
    assert not made.lines and any(reason in each for each in made.unsettled[0].reasons)


def test_a_total_in_another_currency_than_the_receipt_is_asked_about():
    item = receipt("d1")
    fields = tuple(
        Field("total", "10", 1.0, f.source, currency="USD") if f.name == "total" else f for f in item.record.fields
    )
    made = plan(ClaimItem("d1", Record("receipt", 1.0, (1,), fields, document="d1"), PAGE))
    assert "another currency" in made.unsettled[0].reasons[0]


def test_the_same_receipt_counts_once():
    made = plan(receipt("d1"), receipt("d2", merchant="HOTEL  Zénith."), receipt("d1"))
    assert made.total == Decimal("412.50")
    assert [(each.document, each.of) for each in made.duplicates] == [("d2", 1), ("d1", 1)]


@pytest.mark.parametrize(("name", "first", "second"), [("number", "0815", "0816"), ("time", "08:15", "08:16")])
def test_two_receipts_with_different_numbers_or_times_are_two_purchases(name: str, first: str, second: str):
    made = plan(receipt("d1", **{name: first}), receipt("d2", **{name: second}))
    assert len(made.lines) == 2 and not made.duplicates
    note = f"same date and total, but another {name} (line 1): one purchase or two?"
    assert made.lines[1].notes == (note,)
    assert [(each.one, each.other, each.degree) for each in made.questions] == [("d1", "d2", "possible")]


def test_a_card_slip_and_its_bill_are_noted_not_dropped():
    made = plan(receipt("d1"), receipt("d2", merchant="Zenith Hospitality Group"))
    assert len(made.lines) == 2 and "one purchase or two?" in made.lines[1].notes[0]


def test_a_refund_lowers_the_total():
    assert plan(receipt("d1"), receipt("d2", total="-12.50", merchant="x")).total == Decimal("400.00")


def test_currencies_are_kept_apart():
    made = plan(receipt("d1"), receipt("d2", currency="GBP", total="10"), receipt("d3", currency="GBP", total="5"))
    assert [(each.name, each.count, each.amount) for each in made.by_currency] == [
        ("EUR", 1, Decimal("412.50")),
        ("GBP", 2, Decimal("15")),
    ]


@pytest.mark.parametrize(
    ("currency", "total", "fits"),
    [
        ("JPY", "1200", True),
        ("JPY", "1200.5", False),
        ("KWD", "3.125", True),
        ("EUR", "3.125", False),
        ("EUR", "3.1", True),
        ("EUR", "3.100", True),
    ],
)
def test_an_amount_finer_than_its_currency_was_misread(currency: str, total: str, fits: bool):
    made = plan(receipt("d1", currency=currency, total=total), currency=currency)
    assert len(made.lines) == fits
    if not fits:
        assert made.unsettled[0].reasons == (f"the total is finer than the smallest unit of {currency}",)


def test_the_sums_said_to_programs_are_those_of_the_schedule():
    made = plan(receipt("d1"), receipt("d2"), receipt("d3", total="-12.50"), receipt("d4", unsure=("total",)))
    told = {"currency": "EUR", "total": "400.00", "lines": 2, "to_be_settled": 1, "duplicates": 1, "card_slips": 0}
    assert sums(made) == told
    assert sums(plan(receipt("d1", unsure=("total",)), currency="JPY"))["total"] == "0"


def test_yen_have_no_cents():
    made = plan(receipt("d1", total="10"), currency="JPY")
    assert made.lines[0].converted == made.lines[0].converted.to_integral_value()


def test_what_is_no_receipt_is_refused():
    with pytest.raises(InputError, match="d1"):
        plan(receipt("d1", kind="passport"))
    with pytest.raises(InputError, match="ISO 4217"):
        plan(receipt("d1"), currency="euro")
    with pytest.raises(InputError, match="no receipts"):
        claim(CASE, [], "EUR", today=TODAY)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 10**7), st.sampled_from(["EUR", "USD", "JPY", "GBP"]), st.booleans()), max_size=8)
)
def test_every_receipt_ends_somewhere_and_the_sums_agree(cases: list[tuple[int, str, bool]]):
    items = [
        receipt(f"d{n}", total=str(Decimal(cents) / 100), currency=code, unsure=("total",) if doubt else ())
        for n, (cents, code, doubt) in enumerate(cases)
    ]
    made = plan(*items)
    assert len(made.lines) + len(made.unsettled) + len(made.duplicates) == len(items)
    assert (
        made.total
        == sum(each.converted for each in made.by_currency)
        == sum(each.converted for each in made.by_category)
    )


# -- the spreadsheet --------------------------------------------------------------------------------------------------


def workbook(*items: ClaimItem) -> bytes:
    assessed = assess(plan(*items), Stated(), TODAY)
    return claim_sheet.workbook(assessed, reference="DEMO-1", claimant="Anna Maria Eriksson", today=TODAY)


def sheet(*items: ClaimItem):
    return load_workbook(io.BytesIO(workbook(*items)))["Claim"]


def test_numbers_are_numbers_and_totals_are_formulas():
    claimed = sheet(receipt("d1", expense_category="lodging"), receipt("d2", currency="USD", total="61.75"))
    assert claimed["E7"].value == 412.5 and claimed["B7"].is_date
    formulas = [cell.value for cell in claimed["J"] if cell.data_type == "f"]
    assert formulas[:3] == ["=ROUND(E7*G7,2)", "=ROUND(E8*G8,2)", "=SUM(J7:J8)"]
    # The sums over limits, by two currencies, two categories and one cost centre.
    assert len(formulas) == 3 + 1 + 2 + 2 + 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1", "%0A", "|calc"])
def test_text_is_never_a_formula(text: str):
    cell = sheet(receipt("d1", merchant=text))["C7"]
    assert cell.data_type == "s" and cell.value[0] not in "=+-@\t%|"


@pytest.mark.parametrize("name", ['a"b', "*", ">5", "=x", "a*"])
def test_categories_with_odd_names_are_summed_exactly(name: str):
    sheet(receipt("d1", expense_category=name), receipt("d2", total="1", expense_category="meals"))


def test_a_sheet_whose_totals_are_wrong_is_not_let_out():
    book = claim_cells.Book("t", TODAY)
    made = book.sheet("Claim")
    book.put(made, 1, 1, Decimal("3.00"))
    book.put(made, 2, 1, Decimal("4.00"))
    book.formula(made, 3, 1, "=SUM(A1:A2)", Decimal("7.01"))
    with pytest.raises(ToolkitError, match="differ"):
        book.finish()


def test_a_formula_that_nobody_vouched_for_is_not_let_out():
    book = claim_cells.Book("t", TODAY)
    made = book.sheet("Claim")
    book.put(made, 1, 1, "x").value = "=1+1"
    with pytest.raises(ToolkitError, match="cannot be checked"):
        book.finish()


# -- the PDF ----------------------------------------------------------------------------------------------------------


def front(made) -> str:
    """The text of the pages before the receipts."""
    return "".join(each.extract_text() + "\n" for each in PdfReader(io.BytesIO(made.pdf)).pages[: made.covers])


def test_receipts_follow_in_schedule_order_stamped_on_every_page():
    made = claim(
        CASE,
        [receipt("d1", pdf=page(2)), receipt("d2", date="2026-10-01"), receipt("d3", unsure=("total",)), receipt("d4")],
        "EUR",
        today=TODAY,
    )
    pages = [p.extract_text() for p in PdfReader(io.BytesIO(made.pdf)).pages][-5:]
    assert ["Line 1" in pages[0], "Line 2" in pages[1], "Line 2" in pages[2]] == [True] * 3
    assert "page 2 of 2" in pages[2] and "S1: to be settled" in pages[3] and "D1: duplicate of line 2" in pages[4]
    assert f"{made.pages} of {made.pages}" in pages[4]


def test_the_schedule_shows_rate_date_total_and_what_is_open():
    made = claim(
        CASE,
        [receipt("d1", currency="USD", total="61.75", date="2026-10-03"), receipt("d2", unsure=("date",))],
        "EUR",
        today=TODAY,
    )
    text = front(made)
    for part in ("0.89086860", "of 2026-10-02", "55.01", "1 receipt is to be settled", "the date is unsure"):
        assert part in text.replace("\u00a0", " "), part


def test_bookmarks_name_the_lines():
    made = claim(CASE, [receipt("d1", merchant="Café = 1")], "EUR", today=TODAY)
    outline = PdfReader(io.BytesIO(made.pdf)).outline
    titles = [each.title for each in outline if not isinstance(each, list)]
    assert titles[:3] == ["Expense claim", "Schedule of receipts", "Exceptions"] and titles[-1] == "Receipts"
    assert outline[-1][0].title == "Line 1: Café = 1"


def test_a_broken_receipt_names_its_document():
    with pytest.raises(UnreadableError, match="d7"):
        claim(CASE, [receipt("d7", pdf=b"no pdf")], "EUR", today=TODAY)


def test_a_claim_of_a_hundred_lines_has_true_page_numbers():
    made = claim(CASE, [receipt(f"d{n}", total=str(n + 1)) for n in range(100)], "EUR", today=TODAY)
    assert made.schedule.total == 5050 and made.pages > 102


def test_a_claim_in_which_nothing_is_sure_still_comes_out():
    made = claim(CASE, [receipt("d1", unsure=("total", "date"))], "EUR", today=TODAY)
    assert made.schedule.total == 0 and made.pages == made.covers + 1


def test_a_guessed_category_is_named_as_a_suggestion():
    made = plan(
        receipt("d1", expense_category="lodging"),
        receipt("d2", total="2", expense_category="meals", unsure=("expense_category",)),
        receipt("d3", total="3"),
    )
    assert [line.category for line in made.lines] == ["lodging", "meals (suggested)", "uncategorised"]


# -- one expense counts once ------------------------------------------------------------------------------------------


def bill(document: str, **values: str) -> ClaimItem:
    return receipt(document, **{"tax": "7.50", "time": "20:41", **values})


def slip(document: str, **values: str) -> ClaimItem:
    return receipt(document, **{"payment_method": "card", "time": "20:58", **values})


def test_a_slip_goes_with_its_bill_and_the_tip_counts():
    made = plan(bill("d1", total="47.00"), slip("d2", total="52.00", tip="5.00"))
    [line] = made.lines
    assert (line.document, line.amount, line.converted) == ("d1", Decimal("52.00"), Decimal("52.00"))
    assert "card slip P1 paid 52.00: the bill of 47.00 and a tip of 5.00" in line.notes
    assert [(each.number, each.document, each.of, each.tip) for each in made.slips] == [(1, "d2", 1, Decimal("5.00"))]
    assert "no person has confirmed it yet" in made.slips[0].why
    assert [each.relation.value for each in made.questions] == ["card slip of the bill"]


def test_a_slip_of_the_same_total_proves_the_payment_once():
    made = plan(bill("d1"), slip("d2"))
    assert made.total == Decimal("412.50") and made.lines[0].notes == ("paid with card slip P1",)


def decided(*answers: tuple[str, str, str], items: tuple[ClaimItem, ...]):
    known = {frozenset((one, other)): Answer(answer) for one, other, answer in answers}
    return schedule(items, "EUR", today=TODAY, rules=Rules(answers=known))


def test_a_person_keeps_two_that_look_like_one():
    items = (receipt("d1"), receipt("d2"))
    assert len(plan(*items).lines) == 1
    made = decided(("d1", "d2", "keep"), items=items)
    assert [line.notes for line in made.lines] == [(), ()] and not made.questions and not made.duplicates
    slips = decided(("d1", "d2", "keep"), items=(bill("d1"), slip("d2")))
    assert len(slips.lines) == 2 and not slips.slips


def test_a_person_says_that_two_are_one():
    items = (receipt("d1", number="0815"), receipt("d2", number="0816"))
    made = decided(("d1", "d2", "same"), items=items)
    assert [(each.document, each.of, each.decided) for each in made.duplicates] == [("d2", 1, True)]
    assert "a person said" in made.duplicates[0].why and not made.questions
    unlike = decided(("d1", "d2", "same"), items=(receipt("d1"), receipt("d2", total="3.00", merchant="Other")))
    assert len(unlike.lines) == 1 and unlike.duplicates[0].why == "a person said that it is the same expense"


def test_a_third_like_both_does_not_bring_together_what_a_person_keeps_apart():
    items = (receipt("d1"), receipt("d2"), receipt("d3"))
    made = decided(("d1", "d2", "keep"), items=items)
    assert [line.document for line in made.lines] == ["d1", "d2"]
    assert [each.document for each in made.duplicates] == ["d3"]


def test_what_is_to_be_settled_says_that_it_may_be_a_line_already():
    made = plan(receipt("d1"), receipt("d2", unsure=("total",)))
    assert any("likely a duplicate of line 1" in reason for reason in made.unsettled[0].reasons)


def test_a_receipt_of_another_case_counts_and_is_named_without_its_case():
    other = Paper("x9", receipt("x9").record, case="GM-7")
    made = schedule([receipt("d1")], "EUR", today=TODAY, others=[other])
    assert [(each.document, each.case, each.other) for each in made.elsewhere] == [("d1", "GM-7", "x9")]
    assert made.total == Decimal("412.50") and "another case" in made.lines[0].notes[0]
    assert "GM-7" not in "".join(made.lines[0].notes)


def test_the_receipts_of_one_file_are_lines_of_their_own_with_their_own_pages():
    batch = page(3)
    parts = [receipt("d1", total=f"{n + 1}.00", merchant=f"Shop {n}", pdf=batch) for n in range(3)]
    items = [
        ClaimItem("d1", replace(each.record, pages=(n + 1,), turns=(0, 0, 0)), batch, n) for n, each in enumerate(parts)
    ]
    made = claim(CASE, items, "EUR", today=TODAY)
    assert [line.document for line in made.schedule.lines] == ["d1", "d1#2", "d1#3"]
    assert made.pages == made.covers + 3, "the schedule, and each receipt with its own page only"


def test_slips_are_in_the_pack_and_in_the_sheet():
    items = [bill("d1", total="47.00"), slip("d2", total="52.00", tip="5.00")]
    made = claim(CASE, items, "EUR", today=TODAY)
    texts = [p.extract_text() for p in PdfReader(io.BytesIO(made.pdf)).pages]
    assert "Card slips, which prove" in front(made) and "P1: card slip of line 1" in texts[-1]
    book = load_workbook(io.BytesIO(made.xlsx))
    assert book["Card slips"]["B2"].value == "d2" and book["Claim"]["E7"].value == 52


def test_what_the_reader_noticed_is_said_of_each_paper_and_changes_no_sum():
    odd = receipt("d1")
    odd = replace(odd, record=replace(odd.record, warnings=("page 1: the PDF was changed after it was made.",)))
    unread = receipt("d2", unsure=("total",), date="2026-10-01")
    unread = replace(unread, record=replace(unread.record, warnings=("The photo is\x00 blurred.",)))
    made = claim(CASE, [odd, unread], "EUR", today=TODAY)
    assert made.schedule.total == Decimal("412.50")
    noticed = [(each.paper, each.document, each.says) for each in made.schedule.findings]
    assert noticed == [
        ("Line 1", "d1", "page 1: the PDF was changed after it was made."),
        ("S1", "d2", "The photo is blurred."),
    ]
    shown = front(made)
    assert "the PDF was changed after it was made" in shown and "The photo is blurred" in shown
    listed = load_workbook(io.BytesIO(made.xlsx))["Findings"]
    assert [row[0] for row in listed.iter_rows(min_row=2, values_only=True)] == ["Line 1", "S1"]
    assert said(made.schedule, "DEMO-1")[-1].startswith("2 findings on 2 papers")


def test_what_is_left_out_of_a_claim_is_said():
    [sentence] = not_bound(["d1", "d2"])
    assert sentence.startswith("2 Word documents are NOT in this claim") and "d1, d2" in sentence
    assert not_bound([]) == []


def test_fifty_tickets_of_one_fare_are_asked_about_in_few_words():
    made = plan(*(receipt(f"d{n}", number=f"{10_000 + n}", total="2.50") for n in range(50)))
    assert len(made.lines) == 50 and len(made.questions) == 49 * 50 / 2
    assert made.lines[-1].notes[-1] == "and the same of 47 more lines" and len(made.lines[-1].notes) == 3


def test_a_flood_of_findings_is_cut_short():
    loud = receipt("d1")
    loud = replace(loud, record=replace(loud.record, warnings=("x" * 9999,) * 500))
    found = plan(loud).findings
    assert len(found) == 12 and {len(each.says) for each in found} == {600}


def test_the_policy_names_the_categories_and_the_trip_settles_the_date():
    item = receipt("d1", expense_category="lodging", date="-")
    settled = Field("date", "2026-10-12", 0.95, Source("", None, None, Method.COMPUTED))
    names = {"lodging": "Hotel"}
    rules = Rules(category=lambda name: names.get(name, ""), dated=lambda record: record.get("date") or settled)
    made = schedule([item, receipt("d2", expense_category="fuel", total="2")], "EUR", today=TODAY, rules=rules)
    assert [(x.category, x.date) for x in made.lines] == [
        ("Hotel", date(2026, 10, 12)),
        ("uncategorised", date(2026, 10, 12)),
    ]
    assert made.lines[0].notes == ("date settled by the trip",) and made.lines[1].notes == ()


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 4, 1), date(2026, 4, 9), "2026-04-03"),
        (date(2026, 3, 1), date(2026, 3, 9), "2026-03-04"),
        (date(2026, 3, 1), date(2026, 4, 30), None),
        (date(2026, 8, 1), date(2026, 8, 9), None),
    ],
)
def test_a_date_that_could_be_swapped_is_the_one_in_the_trip(start: date, end: date, expected: str | None):
    record = receipt("d1", date="2026-04-03", unsure=("date",)).record
    known = record.get("date")
    assert known is not None
    elsewhere = Source("d1", 2, None, Method.COMPUTED)
    other = replace(known, value="2026-03-04", confidence=0.5)
    record = replace(
        record, rejected=(other, Field("date", "2026-08-05", 0.5, replace(elsewhere, box=Box(0, 0, 1, 1))))
    )
    settled = trip_date(record, start, end)
    assert settled is not None
    assert settled.value == (expected or "2026-04-03") and settled.sure == (expected is not None)


def test_a_sure_date_and_one_without_another_reading_are_left_alone():
    sure, alone = receipt("d1").record, receipt("d2", unsure=("date",)).record
    for record in (sure, alone):
        assert trip_date(record, date(2026, 1, 1), date(2026, 1, 9)) is record.get("date")


def test_what_is_open_is_said_in_sentences_and_to_programs():
    made = plan(bill("d1"), slip("d2"), receipt("d3", unsure=("total",), merchant="Other", date="2026-10-01"))
    assert said(made, "DEMO-1") == [
        "1 receipt to be settled: not in the sum. Why stands under “To be settled”; look at each on its page.",
        "1 paper counted with another line, as a duplicate or as its card slip.",
        "1 pair of papers may be one expense; look and decide: mobility duplicates DEMO-1",
    ]
    told = open_ends(made)
    assert told["counted_with"][0]["as"] == "card slip" and told["questions"][0]["papers"] == ["d1", "d2"]
    assert told["elsewhere"] == []
