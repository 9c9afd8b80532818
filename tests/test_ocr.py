from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from toolkit import ocr
from toolkit.pages import upright


def a_slip(*lines: str) -> np.ndarray:
    image = Image.new("RGB", (420, 420), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=26)
    for number, line in enumerate(lines):
        pen.text((20, 30 + 44 * number), line, "black", font)
    return np.asarray(image)


SLIP = a_slip("GREEN GARDEN CAFE", "Lunch menu 12.50", "Mineral water 3.20", "TOTAL EUR 15.70")


def test_words_have_text_confidence_and_boxes_in_fractions():
    words = ocr.words(SLIP)
    total = next(word for word in words if "15.70" in word.text)
    assert total.confidence > 0.9
    assert 0 <= total.box.left < total.box.right <= 1
    assert total.box.middle == pytest.approx((30 + 44 * 3 + 15) / SLIP.shape[0], abs=0.04)


@pytest.mark.parametrize("shape", [(0, 0, 3), (1, 1, 3), (5, 300, 3), (40, 40, 3)])
def test_an_empty_picture_has_no_words(shape):
    assert ocr.words(np.full(shape, 255, np.uint8)) == ()


def test_an_empty_page_is_not_given_to_the_engine(monkeypatch):
    monkeypatch.setattr(ocr, "_engine", lambda: pytest.fail("the engine was asked"))
    empty = np.full((2339, 1654, 3), 250, np.uint8)
    assert ocr.words(empty) == ()


@pytest.mark.parametrize("turn", [90, 180])
def test_a_picture_on_its_side_or_head_is_set_upright(turn):
    lying = np.ascontiguousarray(np.rot90(SLIP, k=turn // 90))
    seen = upright.read(lying)
    assert seen.turn == turn
    assert any("TOTAL" in word.text and word.box.middle > 0.3 for word in seen.words)


def corners(width: float, height: float) -> np.ndarray:
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)


WIDE, TALL, SQUARE = corners(300, 20), corners(20, 300), corners(30, 30)
UP, DOWN = ("0", 0.95), ("180", 0.95)


@pytest.mark.parametrize(
    ("lines", "turn"),
    [
        ([], 0),
        ([(WIDE, UP, "some line of text", 0.9)], 0),
        ([(WIDE, DOWN, "some line of text", 0.9)], 180),
        ([(TALL, UP, "some line of text", 0.9)], 270),
        ([(TALL, DOWN, "some line of text", 0.9)], 90),
        ([(WIDE, DOWN, "short", 0.9)], 0),
        ([(SQUARE, DOWN, "some line of text", 0.9)], 0),
        ([(WIDE, DOWN, "some line of text", 0.4)], 0),
        ([(WIDE, ("180", 0.6), "some line of text", 0.9)], 0),
        # Neither way has a clear majority.
        ([(WIDE, UP, "some line of text", 0.9), (TALL, UP, "some line of text", 0.9)], 0),
        # One line of a machine-readable zone outvotes a page of print that stands another way.
        ([(TALL, UP, "some line of text" * 3, 0.9)] * 9 + [(WIDE, UP, "P<UTOERIKSSON<<ANNA<MARIA<<<", 0.9)], 0),
        ([(WIDE, UP, ">>>VIRN>ANNA>>NOSSIR30TN>d", 0.7)], 180),
        ([(TALL, ("180", 0.6), ">>>VIRN>ANNA>>NOSSIR30TN>d", 0.7)], 90),
    ],
)
def test_lines_vote_for_the_turn(lines, turn):
    assert ocr._turn(lines) == turn
