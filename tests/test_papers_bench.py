"""The generator of papers of every kind: what it draws is complete, says its truth, and is judged rightly."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal

import msgspec
import numpy as np
import pypdfium2
import pytest

from bench.kinds import verdict
from bench.papers import marks, papers, pictured, tables
from bench.papers.drafting import drafted
from bench.papers.elsewhere import KINDS as ELSEWHERE
from bench.papers.inventing import Invented
from bench.papers.wording import FOLDERS, File, Wording, clauses, wordings
from toolkit.kind import kinds

DRAFTS = [
    pytest.param(kind, wording, layout, id=f"{folder}-{kind}-{wording.language}-{number}-{layout}")
    for folder in FOLDERS
    for kind, some in wordings(folder).items()
    for number, wording in enumerate(some)
    for layout in wording.layouts[:1]
]
#: What the second unseen set must have papers in.
LANGUAGES = {"de", "en", "es", "fr", "it", "nl", "pl", "pt"}


def _text(pdf: bytes) -> str:
    opened = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return "\n".join(page.get_textpage().get_text_range() for page in opened)


#: Not drawn: only who was sent a questionnaire by the toolkit has one, and tests/test_questionnaire.py makes those.
OURS = {"questionnaire"}


def test_every_kind_is_drawn_in_three_layouts_and_two_languages():
    drawn = {kind: some for kind, some in wordings().items() if kind != "unknown"}
    assert set(drawn) <= set(kinds())
    assert set(kinds()) - OURS == set(drawn) | set(ELSEWHERE)
    for kind, some in drawn.items():
        assert len({layout for each in some for layout in each.layouts}) >= 3, kind
        assert len({each.language for each in some}) >= 2, kind


def test_unseen_wording_is_of_other_titles_than_the_open_one():
    drawn = [kind for kind in wordings("unseen") if kind != "unknown"]
    assert set(drawn) == set(kinds()) - set(ELSEWHERE) - OURS
    for kind in drawn:
        open_titles = {each.title for each in wordings()[kind]}
        same = [each.title for each in wordings("unseen")[kind] if each.title in open_titles]
        assert len(same) < len(wordings("unseen")[kind]) or kind == "apostille", kind


def test_the_second_unseen_set_has_two_papers_of_every_kind_that_can_be_typed_and_enough_of_none():
    drawn = wordings("second")
    pictures = {"passport", "residence-permit", "visa-sticker", "photo"}
    assert set(drawn) - {"unknown"} == set(kinds()) - pictures - OURS
    assert all(len(some) >= 2 for some in drawn.values())
    assert len(drawn["unknown"]) >= 12
    assert sum(map(len, drawn.values())) >= 120
    assert {each.language for some in drawn.values() for each in some} >= LANGUAGES


def test_no_paper_of_the_second_unseen_set_says_what_another_set_says():
    others = {each.body for folder in FOLDERS[:2] for some in wordings(folder).values() for each in some}
    own = [each.body for some in wordings("second").values() for each in some]
    assert len(own) == len(set(own))
    assert not others & set(own)


def test_unseen_papers_are_drawn_from_the_set_asked_for():
    first, second = (
        {paper.truth["issuer"] for paper in papers(1, kinds=("tb-certificate",), unseen=number, others=False)}
        for number in (1, 2)
    )
    assert first
    assert second
    assert not first & second


@pytest.mark.parametrize(("kind", "wording", "layout"), DRAFTS)
def test_a_draft_has_no_hole_left_and_prints_its_truth(kind: str, wording: Wording, layout: str):
    draft = drafted(wording, layout, np.random.default_rng(7))
    said = json.dumps({**draft.data, "strokes": []}, ensure_ascii=False)
    assert not re.search(r"\{\w+[:=}]|##|~", said)
    for name in ("holder_surname", "number", "company"):
        value = draft.truth.get(name, "")
        assert value.casefold() in said.casefold(), name
    assert kind == "unknown" or draft.truth


def test_the_same_seed_draws_the_same_paper_and_another_seed_another():
    first, again, other = (
        next(iter(papers(seed, kinds=("police-certificate",), limit=1, others=False))) for seed in (1, 1, 2)
    )
    assert first == again
    assert first.pdf != other.pdf


def test_papers_keep_to_the_kinds_languages_and_limit_asked_for():
    some = list(papers(1, kinds=("degree", "transcript"), languages=("de",), limit=4))
    assert len(some) == 4
    assert {paper.language for paper in some} == {"de"}
    assert {paper.kind for paper in some} <= {"degree", "transcript"}


def test_a_drawn_paper_says_its_truth_in_its_text_layer():
    paper = next(iter(papers(5, kinds=("degree",), languages=("en",), limit=1)))
    text = " ".join(_text(paper.pdf).split())
    assert paper.truth["holder"] in text
    assert paper.pages == 1


def test_long_agreements_have_many_pages():
    pages = [paper.pages for paper in papers(1, kinds=("contract",), languages=("en",)) if paper.layout == "running"]
    assert max(pages) >= 4


def test_a_ledger_adds_up_and_knows_its_lowest_balance():
    wording = next(each for each in wordings()["bank-statement"] if each.language == "de" and each.table)
    draft = drafted(wording, "statement", np.random.default_rng(3))
    rows = next(block for block in draft.data["blocks"] if block["t"] == "table")["rows"]
    amounts = [[Decimal((cell or "0").replace(".", "").replace(",", ".")) for cell in row[2:]] for row in rows]
    balance = Decimal(draft.truth["opening_balance"])
    seen = [balance]
    for out, paid_in, after in amounts:
        balance += paid_in - out
        assert after == balance
        seen.append(balance)
    assert Decimal(draft.truth["closing_balance"]) == balance
    assert Decimal(draft.truth["lowest_balance"]) == min(seen)


def test_net_pay_is_gross_less_what_is_taken_off():
    wording = next(each for each in wordings()["payslip"] if each.language == "fr")
    truth = drafted(wording, "form", np.random.default_rng(2)).truth
    assert Decimal(truth["net_pay"]) == Decimal(truth["gross_pay"]) - Decimal(truth["cot"]) - Decimal(truth["pas"])


def test_a_picture_of_a_paper_keeps_its_pages_and_loses_its_text():
    paper = next(each for each in papers(1, kinds=("driving-licence",), languages=("en",)) if each.layout == "card")
    photo = pictured(paper, 4, "photo")
    assert len(pypdfium2.PdfDocument(io.BytesIO(photo.pdf))) == paper.pages
    assert not _text(photo.pdf).strip()
    assert photo.truth == paper.truth
    assert photo.how == "photo"


def test_a_hole_that_nothing_is_known_of_is_an_error():
    with pytest.raises(ValueError, match="what is nobody"):
        Invented(np.random.default_rng(1), "en", "GBR").filled("{nobody}")


def test_a_value_is_kept_through_the_paper_and_holes_may_hold_holes():
    world = Invented(np.random.default_rng(1), "en", "GBR")
    assert world.filled("{number:AB##}") == world.filled("{number}")
    assert world.filled("{new:{holder_given} Smith~{holder_given} Jones}").startswith(world.people["holder"].given)


@pytest.mark.parametrize(
    ("country", "language", "printed"),
    [("USA", "en", "1,234,567.89"), ("DEU", "de", "1.234.567,89"), ("CHE", "de", "1'234'567.89"),
     ("IND", "en", "12,34,567.89"), ("JPN", "ja", "1,234,567"), ("POL", "pl", "1\u00a0234\u00a0567,89")],
)  # fmt: skip
def test_sums_are_written_as_the_country_does(country: str, language: str, printed: str):
    assert Invented(np.random.default_rng(1), language, country).figures(Decimal("1234567.89")) == printed


def test_a_misspelt_key_of_a_wording_is_an_error():
    paper = {
        "language": "en",
        "country": "GBR",
        "layouts": ["letter"],
        "issuer": "",
        "title": "",
        "body": "",
        "futer": "",
    }
    with pytest.raises(msgspec.ValidationError, match="futer"):
        msgspec.convert({"paper": {"degree": [paper]}}, File)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_agreements_can_be_filled_up_in_the_languages_that_ask_for_clauses(language: str):
    assert len(clauses(language)) >= 9
    assert all(head and text for head, text in clauses(language))


@pytest.mark.parametrize(
    ("wanted", "got", "right"),
    [
        ("2024-03-01", "2024-03-01", True), ("2024-03-01", "2024-01-03", False), ("1200.00", "1200", True),
        ("1200.00", "1201.00", False), ("Jördis Rössner", "RÖSSNER, Jördis", True),
        ("Jördis Rössner", "Rössner", False), ("drei", "3 months", True), ("thirty (30)", "30 days", True),
        ("two", "3 months", False), ("DEU", "D", True), ("Master", "Informatik (Master)", True), ("POL", "D", False),
        ("Sparkasse Kassel", "Sparkasse Kassel AG", True), ("AB 12 34", "AB1234", True), ("degree", "", False),
    ],
)  # fmt: skip
def test_values_are_judged(wanted: str, got: str, right: bool):
    assert marks.Mark("x", wanted, got, 0.95).right is right


def test_a_till_bill_may_be_called_receipt_or_invoice_and_nothing_else():
    assert marks.same_kind("receipt", "invoice")
    assert not marks.same_kind("receipt", "payslip")


def _row(kind: str, how: str = "text") -> dict[str, object]:
    return {"file": "a.pdf", "kind": kind, "language": "en", "layout": "letter", "how": how, "either": (), "truth": {}}


def test_vouching_for_another_kind_is_worse_than_saying_unknown():
    wrong = verdict(_row("degree"), [{"kind": "transcript", "kind_confidence": 0.95, "fields": {}}])
    unknown = verdict(_row("degree"), [{"kind": "unknown", "kind_confidence": 0.95, "fields": {}}])
    assert wrong.sure_and_wrong
    assert not unknown.sure_and_wrong
    assert not unknown.right


def test_fields_are_judged_only_where_the_kind_is_right_and_has_them():
    truth = {"holder": "Ada Coldwater", "no_such_field": "x"}
    right = {
        "kind": "degree",
        "kind_confidence": 0.9,
        "fields": {"holder": {"value": "Ada Coldwater", "confidence": 0.9}},
    }
    got = verdict(_row("degree") | {"truth": truth}, [right])
    assert [mark.right for mark in got.marks if mark.name == "holder"] == [True]
    assert not any(mark.name == "no_such_field" for mark in got.marks)
    assert not verdict(_row("degree") | {"truth": truth}, [right | {"kind": "cv"}]).marks


def test_a_name_of_a_field_goes_before_the_names_that_others_give_it():
    truth = {"issuer": "Ministry of Trade", "institution": "University of Leeds"}
    found = marks.marks(truth, {"institution": {"value": "University of Leeds", "confidence": 1}}, {"institution"})
    assert [(mark.name, mark.right) for mark in found] == [("institution", True)]


def test_the_totals_of_a_held_back_set_tell_no_kind_that_was_missed():
    some = [
        verdict(_row("degree"), [{"kind": "degree", "kind_confidence": 0.9, "fields": {}}]),
        verdict(_row("custody-consent"), [{"kind": "cv", "kind_confidence": 0.95, "fields": {}}]),
    ]
    told = tables.totals(some)
    assert "| all | 2 | 1 | 0.500 | 0 | 1 | 1 | 0 |" in told
    assert "| en | 2 | 1 | 0.500 | 0 | 1 | 1 | 0 |" in told
    assert not any(name in told for name in ("custody-consent", "cv", "degree"))


def test_the_report_counts_pictures_apart_and_shows_what_was_confused():
    some = [
        verdict(_row("degree"), [{"kind": "degree", "kind_confidence": 0.9, "fields": {}}]),
        verdict(_row("degree", "photo"), [{"kind": "cv", "kind_confidence": 0.95, "fields": {}}] * 2),
    ]
    report = tables.report(some)
    assert "| all | 2 | 1 | 0.500 | 0 | 1 | 1 | 1 |" in report
    assert "| with a text layer | 1 | 1 | 1.000 | 0 | 0 | 0 | 0 |" in report
    assert "| degree | 1/1 | 0/1 | 1.000 | cv 1 |" in report
