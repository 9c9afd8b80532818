"""Strips of one line are read character by character; what the steps say are chances, and pictures of any sort do."""

from __future__ import annotations

import hashlib
import json
import string
from importlib import resources
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.zone_print import TD1, TD2, TD3, strip
from toolkit import zone_letters
from toolkit.zone_letters import CHARACTERS, HEIGHT, chances, read_line, spoken

EVERY = (string.ascii_uppercase + "<" + string.digits, string.digits + "<" + string.ascii_uppercase[::-1])


@pytest.mark.parametrize("text", [*TD1, *TD2, *TD3, *EVERY])
def test_a_strip_says_what_is_printed(text: str) -> None:
    assert spoken(chances(strip(text))) == text


@pytest.mark.parametrize("capital", [12, 20, 64])
def test_the_picture_of_a_line_is_read_at_any_size(capital: int) -> None:
    grey = strip(TD3[1])
    narrow = grey.shape[1] / zone_letters.STRETCH / HEIGHT
    size = round(narrow * capital / zone_letters.CAPITAL), round(capital / zone_letters.CAPITAL)
    line = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    assert read_line(line) == TD3[1]
    assert read_line(np.repeat(line[:, :, None], 3, axis=2)) == TD3[1]


def test_faint_uneven_and_noisy_print_is_read() -> None:
    grey = strip(TD3[1]).astype(np.float64)
    faint = 200 + (grey - 200) * 0.15
    shaded = grey * np.linspace(0.35, 1.0, grey.shape[1])[None]
    noisy = grey + np.random.default_rng(4).normal(0, 30, grey.shape)
    blurred = cv2.GaussianBlur(grey, (0, 0), 1.2)
    for seen in (faint, shaded, noisy, blurred):
        assert spoken(chances(np.clip(seen, 0, 255).astype(np.uint8))) == TD3[1]


def test_colour_counts_as_its_lightness() -> None:
    grey = strip(TD3[0])
    assert np.allclose(chances(np.repeat(grey[:, :, None], 3, axis=2)), chances(grey), atol=1e-4)


def test_no_contrast_and_a_blank_strip_say_nothing() -> None:
    assert spoken(chances(np.full((HEIGHT, 600), 128, np.uint8))) == ""
    assert spoken(chances(np.tile(np.linspace(90, 200, 600), (HEIGHT, 1)).astype(np.uint8))) == ""


@settings(max_examples=25)
@given(st.integers(HEIGHT, 500), st.integers(0, 2**32 - 1), st.booleans(), st.integers(0, 255))
def test_the_chances_of_a_step_sum_to_one(width: int, seed: int, coloured: bool, contrast: int) -> None:
    shape = (HEIGHT, width, 3) if coloured else (HEIGHT, width)
    seen = chances(np.random.default_rng(seed).integers(0, contrast + 1, shape).astype(np.uint8))
    assert seen.shape == (-(-width // 4), 1 + len(CHARACTERS))
    assert (seen >= 0).all()
    assert np.allclose(seen.sum(axis=1), 1, atol=1e-4)


def test_an_endless_strip_is_cut() -> None:
    assert len(chances(np.full((HEIGHT, 100_000), 200, np.uint8))) == 512


@pytest.mark.parametrize("shape", [(31, 200), (33, 200), (64, 200, 3), (32, 31), (32, 0), (0, 0)])
def test_a_strip_of_another_height_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="32 rows"):
        chances(np.zeros(shape, np.uint8))


def test_runs_of_a_class_are_one_character_and_blanks_part_them() -> None:
    def steps(said: str) -> np.ndarray:
        columns = [0 if c == " " else 1 + CHARACTERS.index(c) for c in said]
        return np.eye(1 + len(CHARACTERS))[columns]

    assert spoken(steps("AAA  A<< <B")) == "AA<<B"
    assert spoken(steps("00 1")) == "01"
    assert spoken(steps("A")) == "A"
    assert spoken(steps("   ")) == ""
    assert spoken(np.zeros((0, 1 + len(CHARACTERS)))) == ""


@pytest.mark.parametrize("name", ["zone_lines", "zone_letters"])
def test_the_card_of_a_model_is_that_of_the_model_that_ships(name: str) -> None:
    folder = resources.files("toolkit") / "zone_models"
    model = folder.joinpath(f"{name}.onnx").read_bytes()
    card = folder.joinpath(f"{name}.md").read_text("utf-8")
    assert hashlib.sha256(model).hexdigest() in card
    assert f"{len(model):,} bytes" in card


@pytest.mark.data
def test_real_lines_that_were_not_trained_on_are_read(shared_data: Path) -> None:
    rows = [json.loads(row) for row in (shared_data / "mrz_lines" / "truth.jsonl").read_text("utf-8").splitlines()]
    # Half of what `training.zone_letters.glyphs.pack_crops` keeps apart.
    apart = [row for row in rows if not row["synthetic"]][::10]
    exact = [read_line(np.asarray(Image.open(shared_data / row["file"]).convert("L"))) == row["text"] for row in apart]
    # Some of the labels are wrong (bench/disputed_lines.toml).
    assert sum(exact) / len(exact) >= 0.85
