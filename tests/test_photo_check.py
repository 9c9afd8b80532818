"""An identity photo against what an authority asks: what is measured, how it is judged, and what the verb answers."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.specimens import passport
from toolkit import cli
from toolkit.confine import Child
from toolkit.errors import DefinitionError, UnknownFormatError, UnknownNameError, UnreadableError
from toolkit.model import Verdict
from toolkit.photo import measures, specification
from toolkit.photo.judge import Said, conflicts, judge, source_of
from toolkit.photo.measured import Measured
from toolkit.photo.specification import Number, PhotoRule, Specification, Word, names, read_specification

TODAY = date(2026, 11, 25)
NOTHING_SAID = Said()
WALL = (214, 220, 226)
#: Rows of `passport.portrait`, whose picture is 350 x 450: where the hair begins, the eyes, the chin; eyes 64 apart.
TOP = {"short": 72, "long": 57}
EYES, CHIN, APART = 196, 320, 64


def photo(hair="short", size=(350, 450), shift=(0, 0), scale=1.0, turn=0.0, wall=WALL):
    """The drawn person on a wall: *size* of the picture, *shift*, *scale* and clockwise *turn* of the person in it."""
    person = passport.portrait(np.random.default_rng(3), hair)
    place = cv2.getRotationMatrix2D((175, 225), -turn, scale)
    place[:, 2] += np.array([size[0] / 2 - 175 + shift[0], size[1] / 2 - 225 + shift[1]])
    stood = cv2.warpAffine(person, place, size, flags=cv2.INTER_LINEAR, borderValue=WALL)
    seen = np.abs(stood.astype(int) - WALL).max(axis=2) > 3
    stood[~seen] = wall
    return stood


def saved(image, kind="JPEG", **how):
    out = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(out, kind, **how)
    return out.getvalue()


def covers(measured, value):
    return measured.low <= value <= measured.high


def found(image):
    return measures.measure_picture(np.ascontiguousarray(image))


# What is measured


@pytest.mark.parametrize("hair", ["short", "long"])
@pytest.mark.parametrize(
    ("size", "shift", "scale"),
    [((350, 450), (0, 0), 1.0), ((600, 600), (0, 40), 1.4), ((900, 900), (30, 60), 1.9), ((413, 531), (0, 20), 1.3)],
)
def test_head_and_eyes_are_measured_where_they_were_drawn(hair, size, shift, scale):
    seen = found(photo(hair, size, shift, scale))
    height = size[1]
    eyes = height / 2 + shift[1] + (EYES - 225) * scale
    assert covers(seen["head_height"], (CHIN - TOP[hair]) * scale / height)
    assert (seen["eye_line"].low + seen["eye_line"].high) / 2 == pytest.approx(1 - eyes / height, abs=0.012)
    middle = (seen["eye_distance"].low + seen["eye_distance"].high) / 2
    assert middle == pytest.approx(APART * scale, rel=0.12)
    assert covers(seen["off_centre"], abs(shift[0]) / size[0])
    assert covers(seen["faces"], 1) and seen["faces"].low == seen["faces"].high
    for name in ("head_height", "crown_height", "eye_line"):
        assert seen[name].high - seen[name].low < 0.16
    assert seen["crown_height"].high <= seen["head_height"].high + 1e-9


def test_where_the_wall_is_not_plain_the_head_is_estimated_with_a_wide_band():
    busy = photo()
    noise = np.random.default_rng(1).integers(0, 2, (9, 7, 1)) * 120
    pattern = np.kron(noise, np.ones((50, 50, 1)))[:450, :350]
    wall = np.all(np.abs(busy.astype(int) - WALL) <= 3, axis=2)
    busy[wall] = np.clip(busy[wall].astype(int) - pattern.repeat(3, axis=2)[wall], 0, 255)
    plain, patterned = found(photo()), found(busy)
    assert patterned["background_unevenness"].low > 12 > plain["background_unevenness"].high
    width = {k: each["head_height"].high - each["head_height"].low for k, each in (("a", plain), ("b", patterned))}
    assert width["b"] > 2.5 * width["a"]


def test_a_head_that_reaches_the_upper_edge_may_go_on_beyond_it():
    seen = found(photo("short", (350, 350), (0, -45), 1.0)[8:])
    assert seen["head_height"].high > seen["head_height"].low + 0.1


@pytest.mark.parametrize("degrees", [-15, -10, 10, 15])
def test_a_lean_is_measured(degrees):
    assert covers(found(photo(turn=degrees))["roll"], abs(degrees))


@pytest.mark.parametrize(("wall", "light", "colour"), [((250, 250, 250), 98, 0), ((90, 90, 90), 38, 0)])
def test_the_wall_is_measured(wall, light, colour):
    seen = found(photo(wall=wall))
    assert covers(seen["background_lightness"], light)
    assert seen["background_colour"].low <= colour <= seen["background_colour"].high


def test_a_shadow_on_the_wall_is_unevenness():
    shaded = photo(wall=(250, 250, 250)).astype(int)
    wall = np.all(shaded >= 248, axis=2)
    right = np.arange(350)[None, :] > 175
    shaded[wall & right] -= 70
    seen = found(shaded.astype(np.uint8))
    assert seen["background_unevenness"].high > 12
    assert found(photo(wall=(250, 250, 250)))["background_unevenness"].high < 3


def test_blur_shade_and_clipping_grow_with_what_causes_them():
    rough = np.random.default_rng(2).normal(0, 18, (450, 350, 1))
    sharp = np.clip(photo().astype(float) + rough, 0, 255)
    blurs = [found(cv2.GaussianBlur(sharp, (0, 0), s).astype(np.uint8))["blur"].low for s in (0.5, 1.0, 2.0, 3.0)]
    assert blurs == sorted(blurs) and blurs[-1] > blurs[0] + 0.2
    shade = np.linspace(1, 0.4, 350)[None, :, None] ** 2
    assert found((photo() * shade).astype(np.uint8))["face_shade"].low > found(photo())["face_shade"].high
    burnt = np.clip(photo().astype(float) * 1.9, 0, 255).astype(np.uint8)
    assert found(burnt)["clipped"].low > 0.1 and found(photo())["clipped"].high < 0.05


def test_two_people_and_nobody():
    both = np.hstack([photo(), photo("long")])
    assert found(both)["faces"] == Measured(2.0, 2.0)
    nobody = found(np.full((450, 350, 3), 230, np.uint8))
    assert nobody == {"faces": Measured(why="no face was found")}


@pytest.mark.parametrize(
    ("data", "measure", "word"),
    [
        (saved(photo()), "format", "jpeg"),
        (saved(photo(), "PNG"), "format", "png"),
        (saved(photo()), "colour", "24-bit colour"),
        (saved(Image.fromarray(photo()).convert("L")), "colour", "grey"),
        (saved(Image.fromarray(photo()).convert("L").convert("RGB")), "colour", "grey, stored as colour"),
        (saved(Image.fromarray(photo()).convert("CMYK")), "colour", "CMYK"),
        (saved(Image.fromarray(photo()).convert("RGBA"), "PNG"), "colour", "with transparency"),
        (saved(Image.fromarray(photo()).convert("P"), "PNG"), "colour", "palette"),
        (saved(photo()), "colour_space", "unmarked"),
        (saved(photo(), icc_profile=b"a profile that calls itself sRGB IEC61966-2.1"), "colour_space", "sRGB"),
        (saved(photo(), icc_profile=b"Display P3"), "colour_space", "another"),
    ],
)  # fmt: skip
def test_what_the_file_is(data, measure, word):
    media_type = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    assert measures.measure(data, media_type)[measure].word == word


def test_size_and_shape_are_those_of_the_picture_as_the_camera_held_it():
    data = saved(photo(size=(350, 450)), exif=_turned())
    seen = measures.measure(data, "image/jpeg")
    assert (seen["width"].low, seen["height"].low) == (450, 350)
    assert covers(seen["kilobytes"], len(data) / 1010)
    assert seen["compression"].low == pytest.approx(350 * 450 * 3 / len(data))


def _turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def test_what_will_not_open_is_refused():
    with pytest.raises(UnknownFormatError):
        measures.measure(b"%PDF-1.7", "application/pdf")
    with pytest.raises(UnreadableError):
        measures.measure(saved(photo())[:300], "image/jpeg")


def test_a_confined_child_measures_the_same():
    data = saved(photo())
    with Child() as child:
        assert child.call(
            "toolkit.photo.measures:measure", data, "image/jpeg", result=dict[str, Measured]
        ) == measures.measure(data, "image/jpeg")


# How it is judged


def asked(*rules):
    source = specification.LegalSource("The Act", "recalled", "low")
    return Specification("ut/visa", "A visa", TODAY, {f"r{at}": rule for at, rule in enumerate(rules)}, {"act": source})


def rule(measure="width", **more):
    return PhotoRule("A label", measure, "act", "Do it again.", **more)


def verdict(rule, measured=None, said=NOTHING_SAID, today=TODAY):
    (finding,) = judge({} if measured is None else {rule.measure: measured}, asked(rule), said, today)
    return finding


@pytest.mark.parametrize(
    ("low", "high", "is_"),
    [
        (600, 1200, "MET"), (599, 1200, "UNSURE"), (600, 1201, "UNSURE"), (500, 599, "UNMET"), (1201, 1300, "UNMET"),
        (500, 1300, "UNSURE"), (float("nan"), float("nan"), "UNSURE"),
    ],
)  # fmt: skip
def test_a_band_is_met_inside_unmet_outside_and_unsure_across(low, high, is_):
    finding = verdict(rule(at_least=600, at_most=1200, too_low="Larger.", too_high="Smaller."), Measured(low, high))
    assert finding.verdict == is_
    steps = {"MET": "", "UNSURE": "Do it again.", "UNMET": "Larger." if high < 600 else "Smaller."}
    assert finding.next_step == steps[is_]


def test_a_finding_says_the_measure_the_bounds_and_how_well_the_source_was_read():
    finding = verdict(rule("head_height", at_least=0.5, at_most=0.69), Measured(0.612, 0.644))
    assert finding.because == "Measured 61 to 64 %; allowed 50 to 69 %."
    assert finding.legal_source == "The Act (from memory: verify)"
    ours = verdict(rule("blur", at_most=0.5, bounds="ours"), Measured(0.6, 0.7))
    assert ours.legal_source.endswith("the figure is ours") and ours.checked == TODAY
    assert ours.because == "Measured 0.60 to 0.70 of 1; allowed at most 0.50 of 1."


def test_a_word_is_one_of_those_asked_for_or_not():
    jpeg = rule("format", one_of=("jpeg",))
    assert verdict(jpeg, Measured(word="jpeg")).verdict is Verdict.MET
    assert verdict(jpeg, Measured(word="heif")).verdict is Verdict.UNMET
    assert verdict(jpeg, Measured(why="the file does not say")).verdict is Verdict.UNSURE


def test_what_was_not_measured_is_unsure_and_says_why():
    plain = rule("background_lightness", at_least=80)
    assert "no face was found" in verdict(plain).because
    assert "too little" in verdict(plain, Measured(why="too little of it is to be seen")).because
    assert verdict(plain).verdict is Verdict.UNSURE


@pytest.mark.parametrize(
    ("taken", "is_"),
    [(None, "UNSURE"), (date(2026, 5, 24), "UNMET"), (date(2026, 5, 25), "MET"), (TODAY, "MET")],
)
def test_the_age_is_asked_for_and_counted_in_months(taken, is_):
    finding = verdict(rule("age", at_most=6), said=Said(taken))
    assert finding.verdict == is_
    assert bool(finding.next_step) == (is_ != "MET")


def test_what_only_a_person_sees_is_unsure_until_one_says_so():
    assert verdict(rule("look")).verdict is Verdict.UNSURE
    assert verdict(rule("look"), said=Said(looked_at=True)).verdict is Verdict.MET


def test_no_one_picture_serves_doc_9303_and_the_ds_160():
    both = [specification.specification(name) for name in ("us/ds-160", "icao")]
    (said,) = conflicts(both)
    assert "us/ds-160" in said and "icao" in said and "70 to 80 %" in said
    assert conflicts(both[:1]) == [] == conflicts([both[0], both[0]])
    assert conflicts([specification.specification("icao"), specification.specification("de/visa")]) == []


# The specifications


@pytest.mark.parametrize("name", names())
def test_every_specification_loads_and_says_where_it_comes_from(name):
    made = specification.specification(name)
    for each in made.rules.values():
        source = made.sources[each.source]
        assert source.basis == "seen_official" or "verify" in source_of(source, each)
        assert source.basis == "recalled" or source.url or source.read
        assert each.advice.endswith(".")
    assert {each.source for each in made.rules.values()} == set(made.sources)
    assert any(each.measure == "look" for each in made.rules.values())


def test_an_unknown_specification_is_refused_with_the_known_ones():
    with pytest.raises(UnknownNameError, match="us/ds-160"):
        specification.specification("../secrets")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('measure = "width"', "is a number"),
        ('measure = "width"\nat_least = 2\none_of = ["a"]', "is a number"),
        ('measure = "format"', "is a word"),
        ('measure = "format"\none_of = ["jpeg"]\nat_most = 1', "is a word"),
        ('measure = "width"\nat_least = 3\nat_most = 2', "above at_most"),
        ('measure = "age"\nat_least = 3', "months"),
        ('measure = "look"\nat_most = 1', "takes no bounds"),
        ('measure = "weight"\nat_most = 1', "weight"),
        ('measure = "width"\nat_most = 1\natmost = 2', "atmost"),
        ('measure = "width"\nat_most = 1\nlabel = ""', "require"),
    ],
)
def test_a_wrong_rule_does_not_load(tmp_path: Path, line: str, says: str):
    path = tmp_path / "visa.toml"
    label = "" if "label" in line else 'label = "A label"\n'
    path.write_text(
        'title = "A"\nauthority = "B"\nchecked = 2026-11-25\n'
        '[sources.act]\ncitation = "The Act"\nbasis = "recalled"\nconfidence = "low"\n'
        f'[require.rule]\nsource = "act"\nadvice = "Again."\n{label}{line}\n'
    )
    with pytest.raises(DefinitionError, match=says) as wrong:
        read_specification(path, "visa")
    assert str(wrong.value).startswith(f"{path}: ")


def test_a_rule_without_its_source_does_not_load(tmp_path: Path):
    path = tmp_path / "visa.toml"
    path.write_text(
        'title = "A"\nauthority = "B"\nchecked = 2026-11-25\n[sources]\n'
        '[require.rule]\nlabel = "A"\nmeasure = "width"\nat_most = 1\nsource = "act"\nadvice = "Again."\n'
    )
    with pytest.raises(DefinitionError, match=r"there is no source act"):
        read_specification(path, "visa")


def test_everything_that_can_be_asked_is_measured():
    seen = measures.measure(saved(photo()), "image/jpeg")
    assert set(seen) == {*get_args(Number), *get_args(Word)}


# The verb


def ended(*words: str) -> int:
    with pytest.raises(SystemExit) as ending:
        cli.main(["photo", *words])
    return int(ending.value.code or 0)


def test_the_verb_answers_with_findings_and_exit_code_5(tmp_path, capsys):
    path = tmp_path / "photo.png"
    path.write_bytes(saved(photo("short", (600, 600), (0, 40), 1.4), "PNG"))
    assert ended(str(path), "--for", "us/ds-160", "--for", "icao", "--json") == 5
    answer = json.loads(capsys.readouterr().out)
    first, second = answer["checks"]
    got = {finding["requirement"]: finding for finding in first["findings"]}
    assert (first["for"], second["for"], first["complete"]) == ("us/ds-160", "icao", False)
    assert got["format"]["verdict"] == "UNMET" and "JPEG" in got["format"]["next_step"]
    assert got["head_height"]["verdict"] == got["square"]["verdict"] == got["width"]["verdict"] == "MET"
    assert got["recent"]["verdict"] == got["look"]["verdict"] == "UNSURE"
    assert len(answer["conflicts"]) == 1
    assert answer["measures"]["width"] == {"low": 600, "high": 600, "word": "", "why": ""}
    assert ended(str(path), "--for", "us/ds-160") == 5
    printed = capsys.readouterr().out
    assert "UNMET" in printed and "UNSURE" in printed and "verify" in printed


def test_a_photo_that_meets_everything_ends_with_0(tmp_path, capsys):
    path = tmp_path / "photo.jpg"
    path.write_bytes(saved(photo("short", (620, 800), (0, 0), 1.7), quality=95))
    assert ended(str(path), "--for", "ie/employment-permit", "--looked-at") == 0
    assert ended(str(path), "--for", "ie/employment-permit") == 5
    assert "No measure tells this" in capsys.readouterr().out


def test_a_file_that_cannot_be_used_never_stops_the_others(tmp_path, capsys):
    good, bad = tmp_path / "good.jpg", tmp_path / "bad.jpg"
    good.write_bytes(saved(photo()))
    bad.write_bytes(b"nothing")
    assert ended(str(bad), str(tmp_path / "missing.jpg"), str(good), "--json") == 2
    first, second, third = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["error"]["code"] == "unknown-format" and second["error"] and third["error"] is None
    assert first["checks"] == [] and len(third["checks"]) == 1


@pytest.mark.parametrize("words", [("--for", "ut/visa"), ("--taken", "2999-01-01"), ("--taken", "31.1.2026")])
def test_a_wrong_word_is_exit_code_2(tmp_path, words):
    path = tmp_path / "photo.jpg"
    path.write_bytes(saved(photo()))
    assert ended(str(path), *words) == 2


def test_portraits_are_cut_into_a_folder_and_nothing_is_overwritten(tmp_path, capsys):
    page, blank, out = tmp_path / "page.png", tmp_path / "blank.png", tmp_path / "out"
    sheet = np.full((600, 900, 3), 240, np.uint8)
    sheet[60:510, 30:380] = photo()
    page.write_bytes(saved(sheet, "PNG"))
    blank.write_bytes(saved(np.full((90, 90, 3), 255, np.uint8), "PNG"))
    assert ended(str(page), "--crop", str(out), "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["portraits"] == [str(out / "portrait-001.png")]
    with Image.open(out / "portrait-001.png") as cut:
        assert cut.height / cut.width == pytest.approx(45 / 35, abs=0.02)
    assert ended(str(page), "--crop", str(out)) == 2
    assert "is there already" in " ".join(capsys.readouterr().out.split())
    assert ended(str(blank), "--crop", str(out)) == 5
    assert "no portrait was found" in capsys.readouterr().out
