"""Rows of a curled page come level; a flat page stays as it is."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest

from toolkit.model import Box, Word
from toolkit.pages.dewarp import Bend, bend

HEIGHT = 0.012


def page(sag: float = 0.0, tilt: float = 0.0, rows: int = 24, pitch: float = 0.018) -> list[list[Word]]:
    """Rows of a receipt, an article, a number and a price each, bent by *sag* and sinking by *tilt*, in pages."""
    rng = np.random.default_rng(7)
    made = []
    for row in range(rows):
        cells = [(0.1, 0.3 + 0.2 * rng.random()), (0.55, 0.6), (0.8, 0.9)]
        made.append([word(left, right, 0.1 + pitch * row, sag, tilt) for left, right in cells])
    return made


def word(left: float, right: float, middle: float, sag: float, tilt: float) -> Word:
    at = np.linspace(left, right, 9)
    heights = middle + tilt * at + sag * (2 * (at - 0.1) / 0.8 - 1) ** 2
    return Word("x", Box(left, heights.min() - HEIGHT / 2, right, heights.max() + HEIGHT / 2), 0.99)


def unlevel(rows: list[list[Word]], found: Bend) -> float:
    """How far the words of one row stand apart at most, in heights of a line."""
    spans = [[found.middle(word.box) for word in row] for row in rows]
    return max(max(span) - min(span) for span in spans) / HEIGHT


@pytest.mark.parametrize("sag", [0.8, 1.0, 1.5, -0.8, -1.0, -1.5])
def test_rows_of_a_curled_page_come_level(sag: float) -> None:
    rows = page(sag * HEIGHT)
    words = [word for row in rows for word in row]
    found = bend(words)
    assert unlevel(rows, Bend(0.0, 0.0, 0.1, 0.9)) > 0.5
    assert unlevel(rows, found) < 0.45
    assert np.sign(found.sag) == np.sign(sag)


def test_what_is_known_of_the_tilt_is_kept() -> None:
    rows = page(HEIGHT, tilt=0.02)
    found = bend([word for row in rows for word in row], tilt=0.02)
    assert found.tilt == pytest.approx(0.02, abs=0.008)
    assert unlevel(rows, found) < 0.45


@pytest.mark.parametrize("tilt", [0.0, 0.01])
def test_a_flat_page_stays_as_it_is(tilt: float) -> None:
    words = [word for row in page(tilt=tilt) for word in row]
    assert bend(words, tilt) == Bend(tilt, 0.0, 0.1, 0.9)


def test_rows_do_not_change_places() -> None:
    rows = page(1.5 * HEIGHT)
    found = bend([word for row in rows for word in row])
    middles = [np.mean([found.middle(word.box) for word in row]) for row in rows]
    assert all(upper < lower for upper, lower in pairwise(middles))


@pytest.mark.parametrize("count", [0, 1, 7])
def test_few_words_are_taken_as_flat(count: int) -> None:
    words = [word for row in page(HEIGHT) for word in row][:count]
    assert bend(words, 0.01).sag == 0.0


def test_words_in_one_column_or_one_place_are_taken_as_flat() -> None:
    column = [word(0.1, 0.4, 0.02 * row, 0, 0) for row in range(30)]
    assert bend(column).sag == 0.0
    assert bend([Word("x", Box(0.5, 0.5, 0.5, 0.5), 0.9)] * 30).sag == 0.0


def test_ten_thousand_words_cost_no_square() -> None:
    words = [word for row in page(HEIGHT, rows=3400, pitch=0.0002) for word in row]
    start = time.process_time()
    bend(words)
    assert time.process_time() - start < 5
