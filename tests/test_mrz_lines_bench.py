"""Scoring of single zone lines: what counts as read, which labels were settled by eye, what is listed as missed."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench import mrz_lines

#: Doc 9303-4, appendix B.
SECOND = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"


@pytest.fixture
def crops(tmp_path: Path) -> Path:
    """Three real crops and a synthetic one, as wide as their text is long so that a stand-in can tell them apart."""
    labels = [(SECOND, False), ("P<UTOERIKSSON<<ANNA<MARIA", False), ("AB", False), ("XYZ", True)]
    (tmp_path / "mrz_lines").mkdir()
    rows = []
    for number, (text, synthetic) in enumerate(labels):
        file = f"mrz_lines/{number}.png"
        Image.new("L", (10 * len(text), 16), 255).save(tmp_path / file)
        rows.append({"file": file, "text": text, "synthetic": synthetic})
    (tmp_path / "mrz_lines" / "truth.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return tmp_path


def stand_in(image: np.ndarray) -> str:
    assert image.ndim == 3
    return {440: SECOND.replace("8", "B", 1), 20: "AB"}.get(image.shape[1], "P<UTOERIKSSON<<ANNA<MARIA")


def test_only_real_crops_count_and_misses_are_listed_with_their_check_digits(crops: Path) -> None:
    lines = mrz_lines.score(crops, stand_in)
    assert [line.right for line in lines] == [False, True, True]
    text = "\n".join(mrz_lines.report("stand-in", lines))
    assert "lines exact 2/3 = 0.6667" in text
    assert "characters wrong 1/" in text
    assert f"| 0.png | `{SECOND}` (5/5) | `LB98902C36UTO7408122F1204159ZE184226B<<<<<10` (3/5) |" in text
    assert mrz_lines.confusions(lines).most_common() == [(("8", "B"), 1)]
    assert mrz_lines.sheet(crops, lines[:1]).width > 600


def test_a_settled_label_takes_the_place_of_the_published_one(crops: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mrz_lines, "disputed", lambda: {"0.png": SECOND.replace("8", "B", 1), "2.png": ""})
    lines = mrz_lines.score(crops, stand_in)
    assert [line.right for line in lines] == [True, True]
    said = mrz_lines.report("stand-in", lines)[0]
    assert "exact 2/2 = 1.0000" in said
    assert "by the labels as published 1" in said


def test_a_crop_is_unseen_only_if_no_other_of_the_training_set_says_the_same(tmp_path: Path) -> None:
    texts = ["AB", "CD", "EF", "GH", "IJ", "CD", "KL", "MN", "OP", "QR", "ST"]
    (tmp_path / "mrz_lines").mkdir()
    rows = [{"file": f"mrz_lines/{n}.png", "text": text, "synthetic": False} for n, text in enumerate(texts)]
    for row in rows:
        Image.new("L", (40, 16), 255).save(tmp_path / str(row["file"]))
    (tmp_path / "mrz_lines" / "truth.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    lines = mrz_lines.score(tmp_path, lambda _: "AB")
    # Every fifth is kept apart; the sixth crop's text was trained on all the same.
    assert [line.published for line in lines if line.unseen] == ["AB", "ST"]
    assert "kept apart from training 1/2 = 0.5000" in mrz_lines.report("stand-in", lines)[0]


def test_settled_labels_are_borne_out_by_their_check_digits(shared_data: Path) -> None:
    rows = (shared_data / "mrz_lines" / "truth.jsonl").read_text("utf-8").splitlines()
    labels = {Path(row["file"]).name: row["text"] for row in map(json.loads, rows)}
    tables = tomllib.loads(mrz_lines.DISPUTED.read_text("utf-8"))
    for crop, text in tables["proved"].items():
        assert mrz_lines.checks(text)[0] > mrz_lines.checks(labels[crop])[0], crop
    for crop, text in tables["by_eye"].items():
        assert 0 < mrz_lines.distance(labels[crop], text) <= 3, crop


def test_distance_counts_what_must_be_changed() -> None:
    assert mrz_lines.distance("KITTEN", "SITTING") == 3
    assert mrz_lines.distance("", "AB") == 2


def test_a_reader_is_found_by_its_name() -> None:
    assert mrz_lines.reader("bench.mrz_lines:stock") is mrz_lines.stock
