"""How long a contract runs, from when, and what of it was computed from what."""

from __future__ import annotations

import time

import pytest
from paper import page

from toolkit.model import SURE, Field, Method
from toolkit.readers import Reading, contract, spell

_HEAD = (
    'SERVICES SUPPLY AGREEMENT\nThis Agreement (the "Agreement") is made as of 31 January 2020 {named}by and between\n'
    'Acme Widgets, Inc., a Delaware corporation ("Supplier"), and Fell & Tarn Ltd ("Customer").\n1. Term\n'
)


def reading(text: str) -> Reading:
    return contract.read_pages([page(text)])


def fields(clause: str, named: str = '(the "Effective Date") ', foot: str = "") -> dict[str, Field]:
    return {each.name: each for each in reading(_HEAD.format(named=named) + clause + "\n" + foot).fields}


def test_a_term_from_the_effective_date_gives_an_end_that_says_it_was_computed() -> None:
    got = fields("This Agreement shall remain in effect for an initial period of one (1) year from the Effective Date.")
    assert (got["term"].value, got["end_date"].value) == ("1 year", "2021-01-31")
    assert got["end_date"].source.method is Method.COMPUTED
    assert not got["end_date"].sure
    assert [(row["fact"], row["value"]) for row in got["end_date_basis"].value if not isinstance(row, str)] == [
        ("effective_date", "2020-01-31"),
        ("term", "1 year"),
    ]


@pytest.mark.parametrize(
    ("clause", "term", "end"),
    [
        (
            "The term of this Agreement shall be for eighteen (18) months from the date hereof.",
            "18 months",
            "2021-07-31",
        ),
        ("This Agreement shall continue for a period of one month from the Effective Date.", "1 month", "2020-02-29"),
        ("This Agreement will expire two years from the date first written above.", "2 years", "2022-01-31"),
        ("The Term shall commence on 1 March 2020 and shall continue for three (3) years.", "3 years", "2023-03-01"),
        (
            "This Agreement shall continue until the fifth (5th) anniversary of the Effective Date.",
            "5 years",
            "2025-01-31",
        ),
        (
            "This Agreement runs through the day prior to the second anniversary of the Effective Date.",
            "2 years",
            "2022-01-30",
        ),
        ("The Term shall commence on the date hereof and end on 31 December 2024.", None, "2024-12-31"),
        ("This Agreement shall continue indefinitely until terminated by either party.", "indefinite", None),
    ],
)
def test_terms_are_counted_as_the_words_say(clause: str, term: str | None, end: str | None) -> None:
    got = fields(clause)
    assert (got["term"].value if "term" in got else None) == term
    assert (got["end_date"].value if "end_date" in got else None) == end


@pytest.mark.parametrize(
    "clause",
    [
        "Supplier shall keep its books and records for a period of three (3) years from the date hereof.",
        "Either party may terminate this Agreement upon thirty (30) days' written notice.",
        "Supplier warrants the goods for a period of one (1) year from the date of delivery.",
        "Customer shall pay each invoice within two months from the date of receipt.",
    ],
)
def test_other_lengths_of_time_are_no_term(clause: str) -> None:
    assert "end_date" not in fields(clause)
    assert "term" not in fields(clause)


def test_a_term_counted_from_an_event_gives_no_end() -> None:
    got = fields("This Agreement shall continue for ten (10) years following the Launch of the Product.")
    assert got["term"].value == "10 years"
    assert "end_date" not in got


def test_a_stated_end_goes_before_a_counted_one() -> None:
    got = fields("This Agreement is valid for five (5) years from 1 February 2020 through 31 January 2025.")
    assert got["end_date"].value == "2025-01-31"
    assert got["end_date"].source.method is not Method.COMPUTED


def test_the_other_custom_of_counting_is_kept_for_the_reviewer() -> None:
    read = reading(
        _HEAD.format(named='(the "Effective Date") ')
        + "This Agreement shall continue for a period of two (2) years from the Effective Date.\n"
    )
    assert [each.value for each in read.rejected if each.name == "end_date"] == ["2022-01-30"]


_SIGNED = (
    "IN WITNESS WHEREOF the parties have signed.\nBy: /s/ Ada Example\tBy: /s/ Bo Sample\n"
    "Date: 3 March 2020\tDate: 7 March 2020\n"
)


def test_the_date_of_the_last_signature_is_computed_from_the_signatures() -> None:
    got = fields('"Effective Date" means the date of last signature of this Agreement.', "", _SIGNED)
    assert got["effective_date"].value == "2020-03-07"
    assert got["effective_date"].source.method is Method.COMPUTED
    assert not got["effective_date"].sure
    assert "2020-03-03" in str(got["effective_date_basis"].value)


def test_an_effective_date_that_waits_is_said_and_not_invented() -> None:
    read = reading(
        _HEAD.format(named="")
        + '"Effective Date" means the date of last signature of this Agreement.\nBy: ____\nDate: ____\n'
    )
    assert all(each.name != "effective_date" for each in read.fields)
    assert any(
        warning.startswith("effective date: the contract takes effect by the last sig") for warning in read.warnings
    )


@pytest.mark.parametrize("blank", ["this ___ day of ______, 2020", "as of [●], 2020", "as of ____________, 2020"])
def test_a_date_left_blank_is_said(blank: str) -> None:
    read = reading(f"AGREEMENT\nThis Agreement is made {blank} by and between Acme, Inc. and Fell Ltd.\n")
    assert all(each.name != "agreement_date" for each in read.fields)
    assert any(warning.startswith("agreement date: the paper leaves it blank") for warning in read.warnings)


@pytest.mark.parametrize(
    ("clause", "renewal", "term", "notice"),
    [
        (
            "The initial term of this Agreement is one year. Thereafter this Agreement shall automatically renew for "
            "successive one-year terms unless either party gives notice of non-renewal at least sixty (60) days prior "
            "to the end of the term.",
            "automatic",
            "1 year",
            "60 days",
        ),
        (
            "This Agreement may be renewed for an additional two (2) years by mutual written agreement.",
            "by agreement",
            "2 years",
            None,
        ),
        ("This Agreement shall not be renewed.", "none", None, None),
        ("Der Vertrag läuft zwei Jahre. Der Vertrag verlängert sich um ein Jahr.", "automatic", "1 year", None),
    ],
)
def test_renewal(clause: str, renewal: str, term: str | None, notice: str | None) -> None:
    got = fields(clause)
    assert got["renewal"].value == renewal
    assert (got["renewal_term"].value if "renewal_term" in got else None) == term
    assert (got["renewal_notice"].value if "renewal_notice" in got else None) == notice


def test_where_nothing_is_said_of_renewal_there_is_no_answer() -> None:
    assert "renewal" not in fields("This Agreement shall continue for two (2) years from the Effective Date.")


def test_the_notice_that_ends_a_contract_is_not_the_time_to_cure_a_breach() -> None:
    got = fields(
        "Either party may terminate this Agreement for material breach upon thirty (30) days' written notice. "
        "Either party may terminate this Agreement for any reason upon ninety (90) days' prior written notice."
    )
    assert got["termination_notice"].value == "90 days"


def test_defined_terms_are_resolved_to_names_and_days() -> None:
    got = fields('"Territory" means the United States and Canada.')
    table = {row["term"]: row["meaning"] for row in got["defined_terms"].value if not isinstance(row, str)}
    assert table["Supplier"] == "Acme Widgets, Inc."
    assert table["Customer"] == "Fell & Tarn Ltd"
    assert table["Effective Date"] == "2020-01-31"
    assert table["Territory"] == "the United States and Canada"


def test_words_and_figures_that_disagree_are_noticed() -> None:
    assert spell.disagreeing("three (2) years")
    assert not spell.disagreeing("three (3) years")
    assert spell.plain("two years (2)") == "2 years"


def test_dates_in_figures_follow_the_law_that_governs() -> None:
    law = "This Agreement shall be governed by and construed in accordance with the laws of the State of Ohio.\n"
    head = "AGREEMENT\nEffective Date: 11/4/2010\nThis Agreement is made by and between Acme, Inc. and Fell Ltd.\n"
    assert next(each.value for each in reading(head + law).fields if each.name == "effective_date") == "2010-11-04"
    assert all(each.name != "effective_date" for each in reading(head).fields)


def test_running_feet_date_nothing() -> None:
    sheets = [
        page(
            "AGREEMENT\nThis Agreement is made by and between Acme, Inc. and Fell Ltd.\nBy: ____\n"
            f"Source: ACME, 12/{number}/2018",
            number,
        )
        for number in range(1, 5)
    ]
    assert all(each.name != "agreement_date" for each in contract.read_pages(sheets).fields)


@pytest.mark.parametrize(
    "line",
    [
        "this agreement shall continue for a term of two years from the date of the renewal and extended term",
        '(the (the (the (the (the "Term" ("Company" and between Acme Inc and and and',
        "notice of at least notice not less than thirty days prior written notice notice notice terminate",
        "Amendment No Amendment to the Agreement to the Agreement effective as of effective as of the date",
        "___ day of ___ [ ] day of as of ______ , , , between and among by and between",
    ],
)
def test_a_hostile_paper_of_ten_thousand_lines_takes_no_more_than_its_length(line: str) -> None:
    start = time.process_time()
    contract.read_pages([page("\n".join([line] * 2500), number) for number in range(1, 5)])
    assert time.process_time() - start < 40


def test_what_is_counted_is_never_vouched_for() -> None:
    got = fields("This Agreement shall continue for a period of two (2) years from the Effective Date.")
    assert got["end_date"].confidence < SURE


@pytest.mark.parametrize("method", [Method.TEXT_LAYER, Method.OCR])
def test_spaces_that_recognition_lost_do_not_matter(method: Method) -> None:
    text = _HEAD.format(named='(the "Effective Date") ') + (
        "1.Term. This Agreementshall continue for a period of two(2)years from the Effective Date.\n"
        "This Agreement shall be governed by the laws of theState of Ohio.\n"
    )
    got = {each.name: each.value for each in contract.read_pages([page(text, method=method)]).fields}
    assert (got["term"], got["end_date"], got["governing_law"]) == ("2 years", "2022-01-31", "Ohio")
