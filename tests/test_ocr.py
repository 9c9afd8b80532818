from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from toolkit import ocr, ocr_letters, ocr_lines, ocr_networks
from toolkit.errors import MissingToolError
from toolkit.ocr_letters import Direction, Reading
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
    monkeypatch.setattr(ocr_networks, "session", lambda _: pytest.fail("the engine was asked"))
    monkeypatch.setattr(ocr_lines, "session", lambda _: pytest.fail("the engine was asked"))
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
UP, DOWN, MAYBE_DOWN = Direction(False, 0.95), Direction(True, 0.95), Direction(True, 0.6)


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
        ([(WIDE, MAYBE_DOWN, "some line of text", 0.9)], 0),
        # Neither way has a clear majority.
        ([(WIDE, UP, "some line of text", 0.9), (TALL, UP, "some line of text", 0.9)], 0),
        # One line of a machine-readable zone outvotes a page of print that stands another way.
        ([(TALL, UP, "some line of text" * 3, 0.9)] * 9 + [(WIDE, UP, "P<UTOERIKSSON<<ANNA<MARIA<<<", 0.9)], 0),
        ([(WIDE, UP, ">>>VIRN>ANNA>>NOSSIR30TN>d", 0.7)], 180),
        ([(TALL, MAYBE_DOWN, ">>>VIRN>ANNA>>NOSSIR30TN>d", 0.7)], 90),
    ],
)
def test_lines_vote_for_the_turn(lines, turn):
    assert ocr._turn([(box, way, Reading(text, certainty)) for box, way, text, certainty in lines]) == turn


@pytest.mark.parametrize("width", [4, 60, 900])
def test_a_line_is_read_whatever_else_is_on_the_page(width):
    """Alone or among others, in any order: the same text and the same confidence."""
    strips = [line_of("TOTAL EUR 15.70"), line_of("Mineral water"), np.full((30, width, 3), 200, np.uint8)]
    alone = [ocr_letters.read([strip])[0] for strip in strips]
    assert ocr_letters.read(strips) == alone
    assert ocr_letters.read(strips[::-1]) == alone[::-1]
    assert [each.text for each in alone[:2]] == ["TOTAL EUR 15.70", "Mineral water"]


def test_nothing_is_read_where_nothing_stands():
    assert ocr_letters.read([]) == []
    assert ocr_letters.directions([]) == []
    assert ocr_letters._spoken(np.eye(3, dtype=np.float32)[[0, 0]]) == Reading("", 0.0)


def test_runs_are_one_character_and_blanks_part_them(monkeypatch):
    monkeypatch.setattr(ocr_letters, "characters", lambda: ("", "a", "b", " "))
    steps = [0, 1, 1, 0, 1, 2, 3, 2, 2, 0]
    said = ocr_letters._spoken(np.eye(4, dtype=np.float32)[steps] * 0.75)
    assert said == Reading("aab b", 0.75)
    assert "aab" not in repr(said)


def line_of(text: str, *, turned: bool = False) -> np.ndarray:
    image = Image.new("RGB", (int(15.5 * len(text)) + 16, 36), "white")
    ImageDraw.Draw(image).text((8, 2), text, "black", ImageFont.load_default(size=26))
    strip = np.asarray(image)
    return np.ascontiguousarray(strip[::-1, ::-1]) if turned else strip


def counted(monkeypatch) -> list[np.ndarray]:
    asked, direction = [], ocr_letters._direction
    monkeypatch.setattr(ocr_letters, "_direction", lambda strip: asked.append(strip) or direction(strip))
    return asked


def test_a_page_of_one_direction_is_asked_by_sample(monkeypatch):
    asked = counted(monkeypatch)
    strips = [line_of(text) for text in ("12.50", "Mineral water with gas", "x", "Lunch menu of the day") * 10]
    said = ocr_letters.directions(strips)
    assert len(asked) == ocr_letters._ASKED
    assert all(strip.shape[1] > 300 for strip in asked)
    assert len(said) == len(strips)
    assert not any(each.upside_down for each in said)


def test_every_line_is_asked_when_one_of_the_sample_stands_on_its_head(monkeypatch):
    asked = counted(monkeypatch)
    strips = [line_of("Mineral water with gas", turned=number >= 35) for number in range(40)]
    said = ocr_letters.directions(strips)
    assert len(asked) == ocr_letters._ASKED + len(strips)
    assert [each.upside_down for each in said] == [number >= 35 for number in range(40)]


def test_lines_are_found_in_reading_order_and_cut_level():
    page = cv2.cvtColor(SLIP, cv2.COLOR_RGB2BGR)
    found = ocr_lines.find(page)
    assert found.shape == (4, 4, 2)
    assert (np.diff(found[:, 0, 1]) > 30).all()
    strips = [ocr_lines.cut(page, each) for each in found]
    assert all(strip.shape[1] > 3 * strip.shape[0] for strip in strips)
    standing = np.array([[10, 10], [40, 10], [40, 200], [10, 200]], np.float32)
    assert ocr_lines.cut(page, standing).shape == (30, 190, 3)


@pytest.mark.parametrize("shape", [(30, 400), (12, 3000), (900, 20), (4000, 60), (9, 9)])
def test_pictures_of_any_shape_are_read_without_a_complaint(shape):
    noise = np.random.default_rng(1).integers(0, 255, (*shape, 3)).astype(np.uint8)
    for word in ocr.words(noise):
        assert 0 <= word.box.left <= word.box.right <= 1
        assert 0 <= word.box.top <= word.box.bottom <= 1


def test_a_single_line_is_found_in_a_flat_picture():
    line = line_of("TOTAL EUR 15.70 and a long text that goes on and on")
    [word] = ocr.words(line)
    assert word.text.startswith("TOTAL EUR 15.70")
    assert word.box.top >= 0 and word.box.bottom <= 1


def test_large_pictures_are_shrunk_and_boxes_stay():
    large = cv2.resize(SLIP, (3360, 3360), interpolation=cv2.INTER_NEAREST)
    assert ocr_lines.shrunk(large).shape == (1984, 1984, 3)
    small, big = ocr.words(SLIP), ocr.words(large)
    assert [word.text for word in big] == [word.text for word in small]
    for one, other in zip(small, big, strict=True):
        assert one.box.middle == pytest.approx(other.box.middle, abs=0.01)
        assert one.box.left == pytest.approx(other.box.left, abs=0.02)


def test_a_missing_model_names_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(ocr_networks, "find_spec", lambda _: None)
    with pytest.raises(MissingToolError, match="PP-OCRv6_det_small"):
        ocr_networks._path("lines")
