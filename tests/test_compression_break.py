"""Digits pasted into a JPEG: a receipt of an invented shop, drawn, saved, changed and saved again."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from toolkit import tampering
from toolkit.compression_break import broken_at, digits
from toolkit.model import Box, Method, Page, Word
from toolkit.pages import Opened, Sheet

WIDTH, HEIGHT = 640, 960
_AMOUNTS = ("12,50", "3,20", "47,80", "9,90", "18,40", "6,75", "98,55")


def drawn() -> tuple[Image.Image, Page]:
    """A receipt on grainy paper, and its words as an OCR engine gives them."""
    rng = np.random.default_rng(3)
    paper = Image.fromarray(np.clip(rng.normal(225, 9, (HEIGHT, WIDTH, 3)), 0, 255).astype(np.uint8))
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(30)
    words = []
    for at, written in enumerate(_AMOUNTS):
        left, top = 400.0 + 3 * at, 81.0 + 109 * at
        pen.text((60, top), f"Position {at}", font=font, fill=(40, 40, 45))
        pen.text((left, top), written, font=font, fill=(40, 40, 45))
        right = left + font.getlength(written)
        words.append(Word(written, Box(left / WIDTH, top / HEIGHT, right / WIDTH, (top + 36) / HEIGHT)))
    return paper, Page(1, WIDTH, HEIGHT, tuple(words), Method.OCR)


def saved(picture: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def pasted(picture: Image.Image, page: Page) -> tuple[Image.Image, Box]:
    """The first digit of the last amount (98,55) replaced by the first of the third (47,80)."""
    own = digits(page, WIDTH, HEIGHT)
    origin, to = own[7], own[-4]
    out = picture.copy()
    out.paste(picture.crop((origin.left, origin.top, origin.right, origin.bottom)), (to.left, to.top))
    return out, Box(to.left / WIDTH, to.top / HEIGHT, to.right / WIDTH, to.bottom / HEIGHT)


@pytest.mark.parametrize("quality", [92, 95, 98])
def test_a_pasted_digit_is_found_where_it_is(quality: int):
    paper, page = drawn()
    changed, where = pasted(saved(paper, 75), page)
    found = broken_at(np.asarray(saved(changed, quality)), page)
    assert found is not None
    assert found.left == pytest.approx(where.left, abs=0.002)
    assert found.top == pytest.approx(where.top, abs=0.002)


@pytest.mark.parametrize("first", [60, 75, 90])
@pytest.mark.parametrize("second", [None, 75, 95])
def test_saving_alone_is_no_break(first: int, second: int | None):
    paper, page = drawn()
    picture = saved(paper, first)
    assert broken_at(np.asarray(saved(picture, second) if second else picture), page) is None


def test_what_is_far_too_large_for_a_digit_is_not_weighed():
    words = tuple(Word("12345.67", Box(0.1, at / 40, 0.9, (at + 0.9) / 40)) for at in range(30))
    page = Page(1, 10_000, 10_000, words, Method.OCR)
    assert digits(page, 10_000, 10_000) == []
    assert len(digits(page, 1_000, 1_000)) == 7 * 30


def test_few_digits_tell_nothing():
    paper, page = drawn()
    changed, _ = pasted(saved(paper, 75), page)
    few = Page(1, WIDTH, HEIGHT, page.words[-2:], Method.OCR)
    assert broken_at(np.asarray(saved(changed, 95)), few) is None


def opened(picture: Image.Image, page: Page, *, orientation: int = 1) -> Opened:
    out, exif = io.BytesIO(), Image.Exif()
    exif[274] = orientation
    picture.save(out, "JPEG", quality=95, exif=exif)
    pixels = np.asarray(Image.open(io.BytesIO(out.getvalue())).convert("RGB"))
    return Opened("image/jpeg", out.getvalue(), (Sheet(page, lambda: pixels),))


def test_the_hint_names_the_place_and_what_to_do():
    paper, page = drawn()
    changed, _ = pasted(saved(paper, 75), page)
    (said,) = tampering.hints(opened(changed, page), (), today=date(2026, 11, 26))
    assert "78% down" in said
    assert "ask for the photo" in said


def test_a_turned_picture_whose_blocks_lie_askew_is_not_judged():
    paper, page = drawn()
    changed, _ = pasted(saved(paper, 75), page)
    cut = changed.crop((0, 0, WIDTH - 3, HEIGHT - 3))
    assert tampering.hints(opened(cut, page, orientation=6), (), today=date(2026, 11, 26)) == ()


def test_a_picture_taken_in_at_half_its_size_is_not_judged():
    paper, page = drawn()
    changed, _ = pasted(saved(paper, 75), page)
    whole = opened(changed, page)
    half = np.asarray(changed.resize((WIDTH // 2, HEIGHT // 2)))
    taken_in = Opened("image/jpeg", whole.data, (Sheet(page, lambda: half),))
    assert tampering.hints(whole, (), today=date(2026, 11, 26)) != ()
    assert tampering.hints(taken_in, (), today=date(2026, 11, 26)) == ()


@pytest.mark.parametrize("size", [(8, 8), (9, 700), (700, 9)])
def test_pictures_of_any_size_are_judged_without_an_exception(size: tuple[int, int]):
    _, page = drawn()
    broken_at(np.zeros((*size, 3), np.uint8), page)
