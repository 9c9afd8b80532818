"""Duplicates and card slips are proposed with a degree and a reason; nothing is dropped, and a person's word wins."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from time import perf_counter

import pytest

from tests.case_builder import field
from tests.test_receipts_apart import CAFE, HOTEL, page, words
from toolkit.claim_once import questions
from toolkit.likeness import Alike, Answer, Degree, Paper, Relation, across, answered, answers, compare, key, pair
from toolkit.model import Field, Method, Record, Source
from toolkit.prints import Print, alike, figures

BASE = {
    "merchant": "Trattoria Aurora GmbH", "date": "2026-10-16", "time": "20:41", "currency": "EUR", "total": "47.00",
    "number": "88123",
}  # fmt: skip


def paper(name: str, *, unsure: tuple[str, ...] = (), goods: bool = False, case: str = "", **values: str) -> Paper:
    """A receipt; a value of "-" takes a field away, `goods` lists what was bought."""
    known = {**BASE, **values}
    fields = [field(k, v, sure=0.6 if k in unsure else 0.95) for k, v in known.items() if v != "-"]
    if goods:
        lines: tuple[dict[str, str], ...] = ({"description": "Menu", "amount": "47.00"},)
        fields.append(Field("lines", lines, 0.93, Source("", 1, None, Method.OCR)))
    return Paper(name, Record("receipt", 1.0, (1,), tuple(fields)), case=case)


def said(one: Paper, other: Paper) -> tuple[Relation, Degree] | None:
    found = pair(one, other)
    return None if found is None else (found.relation, found.degree)


TWIN, SLIP = Relation.TWIN, Relation.SLIP


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, (TWIN, Degree.CERTAIN)),
        ({"merchant": "TRATTORIA AUR0RA GMBH"}, (TWIN, Degree.CERTAIN)),
        ({"number": "-"}, (TWIN, Degree.LIKELY)),
        ({"number": "-", "time": "-"}, (TWIN, Degree.LIKELY)),
        ({"number": "8812B"}, (TWIN, Degree.POSSIBLE)),
        ({"number": "88l23"}, (TWIN, Degree.CERTAIN)),
        ({"number": "88124"}, (TWIN, Degree.POSSIBLE)),
        ({"number": "-", "time": "20:47"}, (TWIN, Degree.POSSIBLE)),
        ({"merchant": "Bar Centrale", "number": "-"}, (TWIN, Degree.POSSIBLE)),
        ({"number": "-", "time": "08:41"}, (TWIN, Degree.LIKELY)),
        ({"time": "11:41"}, (TWIN, Degree.LIKELY)),
        ({"date": "2025-10-16"}, (TWIN, Degree.LIKELY)),
        ({"date": "2025-10-16", "time": "20:42"}, (TWIN, Degree.POSSIBLE)),
        ({"date": "-"}, (TWIN, Degree.LIKELY)),
        ({"total": "-"}, (TWIN, Degree.LIKELY)),
        ({"date": "2026-10-17", "number": "90211"}, None),
        ({"total": "12.00", "number": "90211"}, None),
        ({"currency": "USD", "number": "90211"}, None),
        ({"date": "-", "total": "-", "number": "-"}, None),
    ],
)
def test_how_sure_it_is_that_two_are_one_receipt(values: dict[str, str], expected: object) -> None:
    assert said(paper("a"), paper("b", **values)) == expected
    assert said(paper("b", **values), paper("a")) == expected


def test_an_unsure_number_or_time_says_nothing_against() -> None:
    assert said(paper("a"), paper("b", number="99999", unsure=("number",))) == (TWIN, Degree.LIKELY)
    assert said(paper("a"), paper("b", number="-", time="23:59", unsure=("time",))) == (TWIN, Degree.LIKELY)


# -- card slips ------------------------------------------------------------------------------------------------------


def slip(**values: str) -> Paper:
    return paper("s", **{"time": "20:58", "number": "-", "payment_method": "card", **values})


@pytest.mark.parametrize(
    ("values", "tip"),
    [
        ({}, "0"),
        ({"total": "52.00", "tip": "5.00"}, "5.00"),
        ({"total": "52.00", "subtotal": "47.00"}, "5.00"),
        ({"merchant": "Aurora Hospitality SRL"}, "0"),
        ({"time": "-"}, "0"),
        ({"number": "443322"}, "0"),
    ],
)
def test_a_slip_is_paired_with_its_bill(values: dict[str, str], tip: str) -> None:
    for order in ((paper("b", goods=True), slip(**values)), (slip(**values), paper("b", goods=True))):
        found = pair(*order)
        assert found is not None
        assert (found.one, found.other, found.relation, found.degree) == ("b", "s", SLIP, Degree.LIKELY)
        assert found.tip == Decimal(tip)


@pytest.mark.parametrize(
    "values",
    [
        {"total": "52.00"},
        {"total": "90.00", "tip": "43.00"},
        {"total": "41.00", "tip": "5.00"},
        {"date": "2026-10-17"},
        {"time": "11:02"},
        {"payment_method": "cash", "time": "21:30"},
        {"merchant": "Bar Centrale", "time": "22:05"},
        {"merchant": "Bar Centrale", "time": "-"},
    ],
)
def test_what_does_not_pay_the_bill_is_no_slip_of_it(values: dict[str, str]) -> None:
    found = pair(paper("b", goods=True), slip(**values))
    assert found is None or (found.relation, found.degree) == (TWIN, Degree.POSSIBLE)


def test_two_bills_are_not_bill_and_slip() -> None:
    found = pair(paper("a", goods=True), paper("b", goods=True, number="88999", time="21:30"))
    assert found is not None
    assert (found.relation, found.degree) == (TWIN, Degree.POSSIBLE)


# -- many papers -----------------------------------------------------------------------------------------------------


def test_the_surest_come_first_and_a_slip_is_asked_about_once() -> None:
    papers = [slip(), paper("x", number="77777"), paper("b", goods=True), paper("c", goods=True)]
    found = compare(papers)
    assert [(each.one, each.other, each.degree.value) for each in found if each.degree is not Degree.POSSIBLE] == [
        ("b", "c", "certain"),
        ("b", "s", "likely"),
    ]
    assert all({each.one, each.other} & {"x"} for each in found if each.degree is Degree.POSSIBLE)


def test_receipts_of_another_case_are_compared_with_this_one_only() -> None:
    mine = [paper("a"), paper("b", number="99999", total="3.10")]
    theirs = [paper("a", case="C2"), paper("d", case="C2")]
    found = across(mine, theirs)
    assert [(one.key, other.case, other.key, alike.degree.value) for one, other, alike in found] == [
        ("a", "C2", "a", "certain"),
        ("a", "C2", "d", "certain"),
    ]


def test_a_year_of_receipts_is_not_compared_each_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr("toolkit.likeness.pair", lambda one, other: calls.append(1))
    papers = [
        paper(
            str(n),
            date=f"2026-{1 + n % 12:02d}-{1 + n // 12 % 28:02d}",
            number=f"{70000 + n}",
            total=f"{n}.00",
            time="-",
            merchant=f"Shop {n}",
        )
        for n in range(1000)
    ]
    assert compare(papers) == ()
    assert len(calls) < 5000


# -- what a person decided -------------------------------------------------------------------------------------------


def test_a_later_answer_takes_the_place_of_an_earlier() -> None:
    details = answered({"claim.currency": "EUR"}, "d2", "d1#2", Answer.SAME, date(2026, 11, 1))
    assert answers(details) == {frozenset(("d1#2", "d2")): Answer.SAME}
    details = answered(details, "d1#2", "d2", Answer.KEEP, date(2026, 11, 2))
    assert details == {"claim.currency": "EUR", "claim.alike.d1#2+d2": "keep 2026-11-02"}
    assert answers(details) == {frozenset(("d1#2", "d2")): Answer.KEEP}
    assert answers({"claim.alike.a+b": "perhaps"}) == {}


def test_the_first_receipt_of_a_file_is_called_as_the_file() -> None:
    assert (key("d1"), key("d1", 0), key("d1", 1)) == ("d1", "d1", "d1#2")


def test_a_repr_shows_no_receipt() -> None:
    assert "47" not in repr(paper("a")) + repr(Alike("a", "b", SLIP, Degree.LIKELY, "x", Decimal("47")))
    assert "88123" not in repr(Print((("88123", 1),)))


# -- prints ----------------------------------------------------------------------------------------------------------


def test_two_readings_of_one_paper_share_their_figures_and_other_papers_do_not() -> None:
    one = Print(figures([page(words(CAFE))]))
    again = Print(figures([page(words(CAFE.replace("2,40", "2,4O")))]))
    other = Print(figures([page(words(HOTEL))]))
    near, far = alike(one, again), alike(one, other)
    assert near is not None
    assert far is not None
    assert near > 0.85 > 0.2 > far
    assert alike(one, Print((("123", 1),))) is None


def test_what_is_printed_brings_together_what_was_misread() -> None:
    printed = Print(figures([page(words(CAFE))]))
    one, other = paper("a"), paper("b", date="-", number="-", time="-", merchant="-")
    assert pair(one, other) is None
    found = pair(Paper("a", one.record, printed), Paper("b", other.record, printed))
    assert found is not None
    assert found.degree is Degree.LIKELY
    firm = paper("c", date="2026-10-17", number="90001", time="12:10").record
    other_day = pair(Paper("a", one.record, printed), Paper("c", firm, printed))
    assert other_day is None, "another date is another receipt, however alike the print is"


def test_a_number_that_both_papers_print_tells_them_not_apart() -> None:
    one, other = paper("a"), paper("b", number="4711", time="20:44")
    groups = tuple(sorted((each, 1) for each in ("88123", "4711", "2041", "2044", "4700", "16102026", "20095")))
    both = Print(groups)
    without = Print(tuple(each for each in groups if each[0] != "4711"))
    assert said(Paper("a", one.record, both), Paper("b", other.record, both)) == (TWIN, Degree.CERTAIN)
    assert said(Paper("a", one.record, without), Paper("b", other.record, both)) == (TWIN, Degree.POSSIBLE)


def test_two_numbers_that_electronic_invoices_state_are_two_invoices() -> None:
    def stated(number: str) -> Paper:
        source = Source("", None, None, Method.E_INVOICE)
        fields = tuple(Field(name, value, 0.98, source) for name, value in {**BASE, "number": number}.items())
        return Paper(number, Record("invoice", 1.0, (1,), fields))

    assert said(stated("2026/17"), stated("2026/18")) is None
    assert said(stated("2026/17"), stated("2026-17")) == (TWIN, Degree.CERTAIN)


@pytest.mark.parametrize("total", ["1e999999999", "1e-999999999", "Infinity", "NaN"])
def test_an_amount_that_nobody_owes_is_none_and_costs_no_time(total: str) -> None:
    assert compare([paper("a", total=total, date="-", number="-"), paper("b", total=total, date="-", number="-")]) == ()


def test_five_hundred_receipts_of_one_day_are_soon_compared() -> None:
    papers = [
        paper(f"d{n}", number=f"{10_000 + n}", total=f"{n}.50", time=f"{n % 24:02d}:{n % 60:02d}") for n in range(500)
    ]
    start = perf_counter()
    assert compare(papers) == ()
    assert perf_counter() - start < 10


def test_four_photos_of_one_receipt_are_three_questions() -> None:
    found = compare([paper(name) for name in "abcd"])
    assert len(found) == 6
    assert [(each.one, each.other) for each in questions(found, {})] == [("a", "b"), ("a", "c"), ("a", "d")]
    told = {frozenset("bc"): Answer.SAME, frozenset("ad"): Answer.KEEP}
    assert [(each.one, each.other) for each in questions(found, told)] == [("a", "b"), ("b", "d")]


def test_what_is_only_possible_is_asked_once_of_papers_that_are_one() -> None:
    found = compare([paper("a"), paper("b"), paper("c", merchant="Another Shop", number="-", time="-")])
    assert [each.degree for each in found] == [Degree.CERTAIN, Degree.POSSIBLE, Degree.POSSIBLE]
    assert [(each.one, each.other) for each in questions(found, {})] == [("a", "b"), ("a", "c")]
