"""The synthetic passports the reader is measured on: the same every time, true to the standard, fairly judged."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench import conditions, curve, travel_documents, verdicts
from bench.camera import photograph
from bench.conditions import Condition
from bench.holders import SHAPES, SHARES, invented
from toolkit.mrz import parse

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("form", SHARES)
def test_invented_zones_are_valid_and_say_what_the_truth_says(form: str) -> None:
    for seed in range(40):
        holder = invented(np.random.default_rng([1, seed]), form)
        rows, columns = SHAPES[form]
        assert [len(line) for line in holder.lines] == [columns] * rows
        zone = parse(holder.lines, today=TODAY)
        assert zone is not None
        assert zone.valid
        assert (zone.surname, zone.given_names) == (holder.surname, holder.given_names)
        assert (zone.document_number, zone.issuing_state) == (holder.number, holder.state)
        assert zone.sex == holder.sex


def test_the_odd_cases_of_the_standard_are_among_them() -> None:
    holders = [invented(np.random.default_rng([2, seed])) for seed in range(600)]
    assert any(holder.format == "TD1" and len(holder.number) > 9 for holder in holders)
    assert any(holder.state == "D" for holder in holders)
    assert any("<" in holder.birth for holder in holders)
    assert any(not holder.given_names for holder in holders)
    assert any(holder.format == "TD3" and holder.lines[0][-1] != "<" for holder in holders)
    assert {holder.format for holder in holders} == set(SHARES)


def test_difficulty_is_spread_over_the_whole_range_and_never_passes_the_readable() -> None:
    drawn = [conditions.drawn(np.random.default_rng([3, seed]), pairs=bool(seed % 2)) for seed in range(800)]
    shares = np.histogram([each.difficulty for each in drawn], 10, (0.0, 1.0))[0] / len(drawn)
    assert shares.min() > 0.05
    # Optical effects eat the same margin: together they stop where one of them alone would.
    assert max(sum(each.optical().values()) for each in drawn) <= 1.001
    assert {each.company for each in drawn} == set(conditions.COMPANY)
    assert {each.turn for each in drawn} == {0, 90, 180, 270}


def test_difficulty_follows_the_stated_formula() -> None:
    assert Condition().difficulty == 0.0
    assert Condition().label == "plain"
    one = Condition(faint=conditions.FULL["faint"] / 2, turn=90)
    assert one.difficulty == pytest.approx(0.65 * 0.5 + 0.35 * 0.35)
    assert one.label == "faint+turn"
    assert Condition(pitch=conditions.COARSE, defocus=0.2, turn=90, mirrored=True, skew=30).difficulty == 1.0


@pytest.fixture(scope="module")
def card() -> travel_documents.Clean:
    number = next(n for n in range(1, 40) if n % 9 and _format(n) == "TD1")
    return travel_documents.draw(number)


def _format(number: int) -> str:
    return invented(np.random.default_rng([1988, number])).format


def _pixels(clean: travel_documents.Clean, how: Condition) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(photograph(clean, how, np.random.default_rng(5)))))


def test_the_zone_is_printed_inside_its_box_and_nowhere_else(card: travel_documents.Clean) -> None:
    x0, y0, x1, y1 = card.zone
    inside = card.ink[y0:y1, x0:x1]
    assert inside.mean() > 20
    assert int(card.ink.astype(int).sum()) - int(inside.astype(int).sum()) < 0.01 * int(inside.astype(int).sum())


def test_effects_do_what_they_are_called(card: travel_documents.Clean) -> None:
    plain = _pixels(card, Condition(pitch=10))
    tall = _pixels(card, Condition(pitch=10, turn=90))
    assert plain.shape[1] > plain.shape[0]
    assert tall.shape[0] > tall.shape[1]
    faint = _pixels(card, Condition(pitch=10, faint=0.9))
    bottom = slice(plain.shape[0] * 6 // 10, plain.shape[0] * 8 // 10)
    assert faint[bottom].min() > plain[bottom].min() + 40
    grey = _pixels(card, Condition(pitch=10, infrared=True)).astype(int)
    assert np.abs(grey[:, :, 0] - grey[:, :, 2]).max() < 8
    back = _pixels(card, Condition(pitch=10, mirrored=True))[:, ::-1]
    assert np.abs(back.astype(int) - plain.astype(int)).mean() < 6
    sheet = _pixels(card, Condition(pitch=5, company="sheet"))
    pair = _pixels(card, Condition(pitch=10, company="pair"))
    assert sheet.shape[0] > sheet.shape[1] * 1.3
    assert pair.shape[0] > plain.shape[0] * 1.7


def test_papers_without_a_zone_have_no_ink_and_no_lines() -> None:
    for number in range(len(travel_documents.NEGATIVES)):
        clean = travel_documents.draw_negative(number)
        assert not clean.ink.any()
        row = conditions.row(clean, Condition(), "x.jpg")
        assert row["mrz"] == []
        assert row["negative"]


def test_the_same_seed_makes_the_same_bytes(tmp_path: Path) -> None:
    once = conditions.make(tmp_path / "a" / "set", count=2, bases=2, seed=4)
    again = conditions.make(tmp_path / "b" / "set", count=2, bases=2, seed=4)
    assert once == again
    for row in once:
        assert (tmp_path / "a" / "set" / row["file"]).read_bytes() == (
            tmp_path / "b" / "set" / row["file"]
        ).read_bytes()


def _answers(truth: list[dict[str, object]]) -> list[dict[str, object]]:
    """A reader that reads the first, errs in the second's last line, is silent on the third, invents on the fourth."""
    first, second, _, fourth = truth
    wrong = [*second["mrz"][:-1], second["mrz"][-1][:-1] + "<"]  # type: ignore[index]
    return [
        {"file": first["file"], "fields": {
            "mrz": {"value": first["mrz"], "confidence": 0.99},
            "surname": {"value": first["surname"], "confidence": 0.99},
            "expiry_date": {"value": "2030-01-02", "confidence": 0.95},
        }},
        {"file": second["file"], "fields": {
            "mrz": {"value": wrong, "confidence": 0.7}, "surname": {"value": "NOBODY", "confidence": 0.92},
        }},
        {"file": fourth["file"], "fields": {"mrz": {"value": ["A"], "confidence": 0.6}}},
    ]  # fmt: skip


def _truth() -> list[dict[str, object]]:
    rows = []
    for number in range(3):
        holder = invented(np.random.default_rng([6, number]), "TD3")
        blank = np.zeros((1, 1), np.uint8)
        known = replace(holder, expiry="300102")
        clean = travel_documents.Clean("one", known, blank, blank, None, (0, 0, 1, 1), (0, 0, 0), 1.0)
        rows.append(conditions.row(clean, Condition(turn=90 * number), f"mrz/{number}.jpg"))
    return [*rows, {"file": "mrz/3.jpg", "mrz": [], "cond": "plain", "difficulty": 0.0}]


def test_verdicts_count_what_was_right_wrong_and_invented() -> None:
    truth = _truth()
    judged = verdicts.judge(truth, _answers(truth))
    assert [v.exact for v in judged] == [True, False, False, False]
    assert [v.lines_right for v in judged] == [2, 1, 0, 0]
    assert [v.sure_and_wrong for v in judged] == [0, 1, 0, 0]
    assert verdicts.summary(judged) == (
        "documents exact 1/3 = 0.333; lines exact 3/6 = 0.500; sure+wrong 1; invented 1/1"
    )
    assert "| 0.90 and above | 4 | 3 | 0.7500 |" in verdicts.calibration(judged)[-1].replace("**", "").replace(
        " (at least 0.995: not met)", ""
    )
    bare = [each | {"fields": {"mrz": each["fields"]["mrz"]}} for each in _answers(truth)]  # type: ignore[index]
    assert "sure+wrong -;" in verdicts.summary(verdicts.judge(truth, bare))
    assert any(line.startswith("| turn | 2 | 0 | 0.000") for line in verdicts.by_effect(judged))


def test_verdicts_agree_with_the_public_scorer(tmp_path: Path, shared_data: Path) -> None:
    truth = _truth()
    scorer = shared_data.parent / "bench" / "score.py"
    if not scorer.is_file():
        pytest.skip("the public scorer (../shared/bench/score.py) is not on this machine")
    (tmp_path / "mrz").mkdir()
    for row in truth:
        (tmp_path / str(row["file"])).write_bytes(b"")
    (tmp_path / "mrz" / "truth.jsonl").write_text("".join(json.dumps(row) + "\n" for row in truth), "utf-8")
    (tmp_path / "said.jsonl").write_text("".join(json.dumps(row) + "\n" for row in _answers(truth)), "utf-8")
    command = [
        sys.executable,
        str(scorer),
        "mrz",
        "--data",
        str(tmp_path),
        "--predictions",
        str(tmp_path / "said.jsonl"),
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "documents exact 1/3 = 0.333; sure+wrong 1" in said
    assert "lines exact 3/6  invented on images without a zone 1" in said


def test_the_curve_shows_only_tenths_that_have_documents(tmp_path: Path) -> None:
    truth = _truth()
    judged = verdicts.judge(truth, _answers(truth))
    assert [point["y"] for point in curve.points(judged)] == [1.0, 0.0]
    low, high = curve.interval(1, 1)
    assert 0.2 < low < 0.21
    assert high == 1.0
    curve.draw({"some reader": judged}, tmp_path / "curve.png", note="a test")
    assert Image.open(tmp_path / "curve.png").width > 600
