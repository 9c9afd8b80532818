"""The figures of `bench.piles` count what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from paper import page

from bench import piles
from tests.strangers import STRANGERS
from toolkit import read
from toolkit.kind import kinds
from toolkit.model import Method
from toolkit.pages import Opened
from toolkit.recognise import Recognised

DEGREE = "UNIVERSITY OF EUNOMIA\nThe Rector makes known that\nMarit Ostervang\nhas been awarded the degree of\nMaster"
LETTER = STRANGERS["a letter to a friend"]


def corpus() -> dict[str, list[piles.Paper]]:
    return {
        "papers": [piles.Paper("degree", (piles.Side(page(DEGREE)),))],
        "letters": [piles.Paper("letter", (piles.Side(page(LETTER)),))],
    }


def test_boundaries_pass_over_blank_sheets() -> None:
    assert piles._boundaries((0, -1, 0, -1, 1, 1)) == {4}
    assert piles._boundaries((0, 0, 1, 2), (0, 0, -1, 1)) == {3}
    assert piles._groups((0, -1, 0, 1)) == {frozenset({0, 2}), frozenset({3})}


def test_a_cut_that_finds_nothing_scores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def one(opened: Opened) -> list[tuple[Opened, Recognised]]:
        return [(opened, Recognised(None, "unknown", 1.0, tuple(each.number for each in opened.pages)))]

    monkeypatch.setattr(read, "parts", one)
    score = piles.measure(corpus(), 1, 6)
    assert (score.right, score.f1, score.exact) == (0, 0.0, 0)
    assert score.missed >= 6
    assert score.pages_out == score.pages_in


def test_a_page_that_is_lost_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def short(opened: Opened) -> list[tuple[Opened, Recognised]]:
        return [(replace(opened, sheets=opened.sheets[:-1]), Recognised(kinds()["degree"], "degree", 1.0, ()))]

    monkeypatch.setattr(read, "parts", short)
    score = piles.measure(corpus(), 1, 4)
    assert score.pages_out < score.pages_in


def test_a_scan_is_a4_and_keeps_every_word() -> None:
    side = piles._on_scanner(piles.Side(replace(page(DEGREE), method=Method.OCR)))
    assert (side.page.width, side.page.height) == piles.SCAN
    assert len(side.page.words) == len(page(DEGREE).words)
    assert all(0 <= word.box.left < word.box.right <= 1 for word in side.page.words)


def test_the_same_seed_makes_the_same_pile() -> None:
    one, other = (piles.pile(corpus(), np.random.default_rng((3, 4))) for _ in range(2))
    assert (one.owner, one.names) == (other.owner, other.names)
