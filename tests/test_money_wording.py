"""Invented papers of a global mobility case in the words real ones use, none of which the readers' data was made from.

Each file under `specimens/wording/` holds the papers of one language (or of several small ones): rows as they are
printed and what is true of them. Half of them, by the hash of their name, are apart: words are added by what went
wrong in the other half only, so that their figure says what unseen wording comes to. It does not for the categories of
expenses: who wrote the papers wrote their words too.
"""

from __future__ import annotations

import hashlib
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.money_papers import marks
from bench.receipts import answer_of
from toolkit import policy_categories, read
from toolkit.model import Box, Method, Page, Word
from toolkit.pages import Opened, Sheet
from toolkit.readers.money import category
from toolkit.recognise import recognise

_FOLDER = Path(__file__).parent / "specimens" / "wording"
_FIELDS = (
    "merchant", "date", "time", "currency", "subtotal", "tax", "tax_lines", "tip", "service_charge", "rounding",
    "discount", "total", "payment_method", "expense_category",
)  # fmt: skip
#: Letters across the page, and the height of a row as a fraction of it.
_NARROW, _HIGH = 44, 1 / 70
_WHITE = np.full((8, 8, 3), 255, np.uint8)
_OTHERS = Path(__file__).parent / "specimens" / "wording_others" / "others.toml"


@cache
def papers() -> tuple[Mapping[str, Any], ...]:
    """All papers, in the order of their files."""
    files = sorted(_FOLDER.glob("*.toml"))
    return tuple(paper for file in files for paper in tomllib.loads(file.read_text("utf-8"))["paper"])


def apart(name: str) -> bool:
    """Whether a paper is one that nothing is fixed by."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 1


def _wide(text: str) -> int:
    """Width in letters; East Asian signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def page_of(text: str) -> Page:
    """Set the rows on a page as a till does: the first cell to the left, the last to the right, one word a cell."""
    table = [[cell.strip() for cell in row.split("|")] for row in text.strip("\n").split("\n")]
    width = max(_NARROW, *(sum(_wide(cell) + 2 for cell in row) for row in table))
    words = []
    for at, row in enumerate(table):
        for place, cell in enumerate(row):
            if cell:
                left = _left(row, place, width)
                box = Box(left / width, at * _HIGH, (left + _wide(cell)) / width, (at + 0.75) * _HIGH)
                words.append(Word(cell, box, 0.99))
    return Page(1, 600.0, 600.0 / width / _HIGH * 2, tuple(words), Method.OCR)


def _left(row: Sequence[str], place: int, width: int) -> float:
    """Where a cell begins: columns end at equal steps, so that amounts stand right under each other."""
    if place == 0:
        return 0
    room = width - _wide(row[0]) if len(row) == 2 else width / 2
    end = width - (len(row) - 1 - place) * (room / max(1, len(row) - 1))
    return max(end - _wide(row[place]), sum(_wide(cell) + 1 for cell in row[:place]))


def truth_of(paper: Mapping[str, Any]) -> dict[str, Any]:
    """What is true of a paper, in the shape that `marks` compares with."""
    lines = [{"description": name, "amount": _plain(amount)} for name, amount in paper["lines"]]
    shares = [{"rate": rate, "tax": tax} for rate, tax in paper.get("tax_lines", ())]
    return {**paper, "lines": lines, "tax_lines": shares}


def _plain(amount: str) -> str:
    """An amount of the truth as a decimal string: two digits behind its last mark are its cents."""
    bare = amount.replace(" ", "").replace("'", "")
    if len(bare) > 3 and bare[-3] in ",.":
        return bare[:-3].replace(",", "").replace(".", "") + "." + bare[-2:]
    return bare.replace(",", "").replace(".", "")


def _opened(text: str) -> Opened:
    return Opened("image/jpeg", b"", (Sheet(page_of(text), lambda: _WHITE, ()),), (), ())


@cache
def verdicts() -> tuple[tuple[Mapping[str, Any], str, Mapping[str, marks.Mark], marks.Tally], ...]:
    """Each paper with the kind it was taken for, the marks of its fields and of its lines."""
    return tuple(_judged(paper) for paper in papers())


def _judged(paper: Mapping[str, Any]) -> tuple[Mapping[str, Any], str, Mapping[str, marks.Mark], marks.Tally]:
    answer = answer_of(read.record_of(_opened(paper["rows"])))
    verdict = marks.judged(truth_of(paper), answer)
    found = {name: mark for name, mark in verdict.marks.items() if name in _FIELDS}
    if not paper.get("tax_lines"):
        found.pop("tax_lines", None)
    served = answer["fields"].get("service_charge") or {}
    wanted, got = paper.get("service"), served.get("value")
    if wanted or got:
        right = bool(wanted and got) and marks.same("total", wanted, got)
        found["service_charge"] = marks.Mark(
            bool(wanted), got is not None, right, float(served.get("confidence") or 0), wanted, got
        )
    return paper, answer["kind"], found, verdict.lines


def tally(half: bool | None, name: str = "all") -> marks.Tally:
    """Counts of one field, or of all, over the half that is apart, the other, or (None) both."""
    each = [mark for paper, _, found, _ in verdicts() if half in (None, apart(paper["name"]))
            for key, mark in found.items() if name in ("all", key)]  # fmt: skip
    sure = [mark for mark in each if mark.answered and mark.confidence >= marks.SURE]
    return marks.Tally(
        sum(mark.asked for mark in each), sum(mark.answered for mark in each), sum(mark.right for mark in each),
        len(sure), sum(mark.right for mark in sure),
    )  # fmt: skip


def sure_and_wrong() -> Iterator[tuple[str, str]]:
    """(paper, field) of every value that is vouched for and wrong."""
    for paper, _, found, _ in verdicts():
        for name, mark in found.items():
            if mark.answered and not mark.right and mark.confidence >= marks.SURE:
                yield paper["name"], name


def test_both_halves_hold_papers_of_every_region():
    assert len({paper["name"] for paper in papers()}) == len(papers()) >= 130
    assert min(sum(apart(paper["name"]) is half for paper in papers()) for half in (True, False)) >= 60


def test_every_paper_is_taken_for_a_receipt_or_an_invoice():
    assert [paper["name"] for paper, kind, _, _ in verdicts() if kind not in marks.KINDS] == []


@pytest.mark.parametrize("half", [True, False], ids=["apart", "seen"])
@pytest.mark.parametrize(
    ("name", "floor"),
    [("all", 0.95), ("total", 0.97), ("date", 0.96), ("currency", 0.94), ("merchant", 0.90), ("tax", 0.95),
     ("payment_method", 0.88), ("expense_category", 0.95)],
)  # fmt: skip
def test_fields_are_read_in_wording_that_nothing_was_made_from(name: str, floor: float, half: bool):
    assert tally(half, name).f1 >= floor


def test_lines_are_read_too():
    each = [bought for *_, bought in verdicts()]
    right, both = sum(one.right for one in each), sum(one.expected + one.answered for one in each)
    assert 2 * right / both >= 0.91


def test_nothing_is_vouched_for_and_wrong():
    assert list(sure_and_wrong()) == []


@pytest.mark.parametrize("paper", tomllib.loads(_OTHERS.read_text("utf-8"))["paper"], ids=lambda paper: paper["name"])
def test_papers_that_speak_of_money_are_no_receipts(paper: Mapping[str, str]):
    assert recognise(_opened(paper["rows"])).name not in marks.KINDS


def test_a_policy_can_place_what_a_move_costs(tmp_path: Path):
    spent = sorted({paper["expense_category"] for paper in papers()})
    file = tmp_path / "policy.toml"
    file.write_text(f'[categories]\n"Relocation" = {spent}\n'.replace("'", '"'), "utf-8")
    policy = policy_categories.load(file, category.names())
    assert {policy.name(each) for each in spent} == {"Relocation"}
