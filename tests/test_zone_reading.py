"""Zones are read from pictures however they lie, and what is no zone is refused, whatever the detector says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.specimens import passport, receipts
from tests.specimens.cast import cast
from tests.specimens.zone import td3
from tests.test_zone_finder import PARAGRAPHS, askew, placed, resized, turned
from tests.zone_print import TD1, TD2, TD3, Picture, Printed, font, page
from toolkit import zone, zone_finder, zone_letters, zone_reading
from toolkit.kind import kinds
from toolkit.model import Method, Page
from toolkit.mrz import Format
from toolkit.mrz_layouts import LAYOUTS
from toolkit.pages import Opened, Sheet
from toolkit.readers import Reading, travel_document
from toolkit.recognise import Recognised
from toolkit.zone_finder import Line
from toolkit.zone_strips import Match

TODAY = date(2026, 11, 23)
PERSON = cast().person["gruenwaldt"]
LINES = td3(PERSON)


@pytest.fixture(scope="module")
def document() -> Picture:
    return passport.data_page(PERSON, np.random.default_rng(3))


def only(image: Picture) -> Match:
    [match] = zone_reading.zones(np.ascontiguousarray(image), today=TODAY)
    return match


def lines_of(match: Match) -> tuple[str, ...]:
    return match.best.zone.lines


def read(image: Picture) -> Reading:
    """What the reader of passports makes of a page on which the engine reads no word."""
    sheet = Sheet(Page(1, image.shape[1], image.shape[0], (), Method.OCR), lambda: image)
    opened = Opened("image/png", b"", (sheet,))
    found = zone.find(opened, today=TODAY)
    return travel_document.read(opened, Recognised(kinds()["passport"], "passport", 0.99, (1,), found))


def confidence(reading: Reading, name: str) -> float:
    return next(field.confidence for field in reading.fields if field.name == name)


@pytest.mark.parametrize(
    ("anticlockwise", "turn"),
    [(0, 0), (90, 90), (180, 180), (270, 270), (7, 0), (-23, 0), (60, 90), (133, 90), (200, 180), (301, 270)],
)
def test_a_data_page_is_read_whichever_way_it_lies(document: Picture, anticlockwise: float, turn: int) -> None:
    match = only(turned(document, anticlockwise)[0])
    assert lines_of(match) == LINES
    assert (match.turn, match.mirrored) == (turn, False)


@pytest.mark.parametrize(("quarters", "turn"), [(0, 0), (1, 90), (2, 180)])
def test_a_mirrored_page_is_read_and_said_to_be_one(document: Picture, quarters: int, turn: int) -> None:
    match = only(np.rot90(document[:, ::-1], quarters))
    assert lines_of(match) == LINES
    assert match.mirrored
    assert match.turn == turn


def test_the_record_of_a_mirrored_page_warns(document: Picture) -> None:
    assert any("mirror" in warning for warning in read(np.ascontiguousarray(document[:, ::-1])).warnings)
    assert not any("mirror" in warning for warning in read(document).warnings)


def test_a_page_seen_askew_is_read(document: Picture) -> None:
    assert lines_of(only(askew(document, 0.12)[0])) == LINES


@pytest.mark.parametrize("width", [300, 400])
def test_a_page_of_few_pixels_is_read(document: Picture, width: int) -> None:
    assert lines_of(only(resized(document, width / document.shape[1])[0])) == LINES


def test_a_grey_page_is_read(document: Picture) -> None:
    grey = cv2.cvtColor(document, cv2.COLOR_RGB2GRAY)
    assert lines_of(only(np.repeat(grey[:, :, None], 3, axis=2))) == LINES


def test_a_page_in_the_middle_of_a_sheet_is_read_where_it_lies(document: Picture) -> None:
    small, _ = resized(document, 0.7)
    sheet, _ = placed(small, (1654, 2339), (330, 800))
    match, alone = only(sheet), only(small)
    assert lines_of(match) == LINES
    for strip, own in zip(match.strips, alone.strips, strict=True):
        assert strip.box.left * 1654 == pytest.approx(330 + own.box.left * small.shape[1], abs=12)
        assert strip.box.top * 2339 == pytest.approx(800 + own.box.top * small.shape[0], abs=8)


@pytest.mark.parametrize("lines", [TD1, TD2, TD3], ids=["TD1", "TD2", "TD3"])
def test_boxes_of_lines_hold_their_print(lines: tuple[str, ...]) -> None:
    image, printed = page(lines)
    match = only(image)
    assert lines_of(match) == lines
    for strip, each in zip(match.strips, printed, strict=True):
        box = strip.box
        pitch = (each.right - each.left) / len(each.text)
        assert box.left * 1200 == pytest.approx(each.left, abs=pitch / 2)
        assert box.right * 1200 == pytest.approx(each.right, abs=pitch / 2)
        assert box.top * 800 < each.middle < box.bottom * 800
        assert box.height * 800 < 3 * each.capital


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("mirrored", [False, True])
def test_every_character_has_its_box(quarters: int, mirrored: bool) -> None:
    """In the order of reading, each about the middle of its print, whichever way the picture lies."""
    image, printed = page(TD2)
    ways = (image[:, ::-1] if mirrored else image), np.arange(1200 * 800).reshape(800, 1200)
    seen, where = np.rot90(ways[0], quarters), np.rot90(ways[1][:, ::-1] if mirrored else ways[1], quarters)
    tall, wide = where.shape
    for strip, each in zip(only(seen).strips, printed, strict=True):
        assert len(strip.cells) == len(each.text)
        pitch = (each.right - each.left) / len(each.text)
        for place, cell in enumerate(strip.cells):
            x, y = (cell.left + cell.right) / 2 * wide, cell.middle * tall
            pixel = where[min(int(y), tall - 1), min(int(x), wide - 1)]
            assert pixel % 1200 == pytest.approx(each.left + (place + 0.5) * pitch, abs=0.6 * pitch)
            assert pixel // 1200 == pytest.approx(each.middle, abs=0.5 * each.capital)


def two_beside(document: Picture, gap: int) -> Picture:
    other = passport.data_page(cast().person["ostervang"], np.random.default_rng(4))
    return np.concatenate([document, np.full((document.shape[0], gap, 3), 235, np.uint8), other], axis=1)


@pytest.mark.parametrize("gap", [0, 60])
def test_two_passports_side_by_side_are_two_zones(document: Picture, gap: int) -> None:
    """Their lines run on in one another, with no more between them than between the pieces of a line under glare."""
    found = zone_reading.zones(two_beside(document, gap), today=TODAY)
    assert {lines_of(match) for match in found} == {LINES, td3(cast().person["ostervang"])}


def payment_card() -> Picture:
    card = Image.fromarray(passport.guilloche(np.random.default_rng(2), 1013, 638, (120, 140, 190)))
    drawn = ImageDraw.Draw(card)
    for text, at, size in [
        ("5555 0123 4567 8901", (90, 360), 40),
        ("VALID THRU 04/31", (330, 440), 20),
        ("MARIT E OSTERVANG", (90, 530), 26),
        ("AUTHORISED SIGNATURE  4711 902", (90, 600), 18),
    ]:
        drawn.text(at, text, font=font(size), fill=(20, 20, 20), anchor="ls")
    return np.asarray(card)


def slip() -> Picture:
    kept = receipts.money().receipt
    return receipts.slip(kept[min(kept)])


def noise() -> Picture:
    return np.random.default_rng(1).integers(0, 255, (600, 800, 3)).astype(np.uint8)


def blank() -> Picture:
    return np.full((600, 800, 3), 255, np.uint8)


@pytest.mark.parametrize("drawn", [payment_card, slip, noise, blank])
def test_no_zone_is_seen_where_there_is_none(drawn: Callable[[], Picture]) -> None:
    assert zone_reading.zones(drawn(), today=TODAY) == []


def over(printed: Sequence[Printed]) -> list[Line]:
    """Lines over *printed* as the detector would give them."""
    return [
        Line(
            origin=((each.left + each.right) / 2, each.middle),
            direction=(1.0, 0.0),
            start=-(each.right - each.left) / 2 - each.capital,
            end=(each.right - each.left) / 2 + each.capital,
            course=(0.0, 0.0, 0.0),
            height=(each.capital, 0.0),
            score=0.99,
        )
        for each in printed
    ]


ORDINARY = [line.strip() for line in PARAGRAPHS.splitlines() if line.strip()]
DIGITS = ["2074001356335120040413457411030048770038", "2074001356335120040614432875020049990014"]


def test_lines_that_the_detector_makes_of_ordinary_print_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same lines over a zone are one, so it is what they say that counts."""
    seen: list[Line] = []
    monkeypatch.setattr(zone_finder, "find_lines", lambda _: seen)
    for texts, wanted in [(ORDINARY[1:3], []), (ORDINARY[4:7], []), (ORDINARY[7:], []), (DIGITS, []), (TD3, [TD3])]:
        image, printed = page(texts, size=(1400, 800))
        seen[:] = over(printed)
        assert [lines_of(match) for match in zone_reading.zones(image, today=TODAY)] == wanted


def test_a_wrong_check_digit_is_read_as_printed_and_its_value_not_vouched_for() -> None:
    printed = (TD3[0], TD3[1].replace("F1204159", "F1204153"))
    image, _ = page(printed)
    assert lines_of(only(image)) == printed
    reading = read(image)
    assert any("expiry date" in warning and "check digit" in warning for warning in reading.warnings)
    assert confidence(reading, "expiry_date") < 0.9
    assert confidence(reading, "mrz") < 0.9
    assert confidence(read(page(TD3)[0]), "expiry_date") >= 0.9


def blurred(image: Picture, line: Printed, sigma: float) -> Picture:
    """The names of *line*, its first 30 characters, out of focus and grainy."""
    right = int(line.left + (line.right - line.left) * 30 / 44)
    rows = slice(int(line.middle - line.capital), int(line.middle + line.capital))
    part = image[rows, int(line.left) : right]
    soft = cv2.GaussianBlur(part, (0, 0), sigma).astype(np.float64)
    grain = np.random.default_rng(8).normal(0, 6, soft.shape)
    made = image.copy()
    made[rows, int(line.left) : right] = np.clip(soft + grain, 0, 255)
    return made


def test_a_name_out_of_focus_is_unsure_before_it_is_wrong() -> None:
    image, printed = page(TD3)
    clear = read(image)
    assert confidence(clear, "surname") >= 0.9
    doubted = []
    for sigma in (3.0, 4.5, 6.0, 8.0):
        reading = read(blurred(image, printed[0], sigma))
        names = {field.name: field for field in reading.fields}
        if "surname" in names:
            right = (names["surname"].value, names["given_names"].value) == ("ERIKSSON", "ANNA MARIA")
            assert right or not (names["surname"].sure and names["given_names"].sure)
            doubted.append(not names["surname"].sure)
    assert any(doubted)


def test_a_line_too_short_for_its_places_is_no_reading_of_that_layout() -> None:
    """Forty steps can be no 44 places: such a reading has an infinite price and no characters."""
    image, printed = page(TD1[:1])
    [line] = over(printed)
    steps = zone_letters.chances(zone_finder.strip(image, line))
    assert zone_reading._Said(line, steps[:40]).placed(LAYOUTS[Format.TD3], 0) == []
    assert zone_reading._Said(line, steps).placed(LAYOUTS[Format.TD1], 0) != []


def cut(text: str) -> Picture:
    """One line cut out closely, a capital's half around it."""
    image, (line,) = page((text.replace("Ñ", "N"),), capital=40, size=(2300, 300), at=(80, 200))
    image = image.copy()
    pitch = font(40).getlength("N")
    for place in (place for place, character in enumerate(text) if character == "Ñ"):
        set_tilde(image, int(80 + place * pitch), int(80 + (place + 1) * pitch), line)
    half = line.capital / 2
    rows = slice(int(line.middle - line.capital), int(line.middle + line.capital))
    return np.ascontiguousarray(image[rows, int(line.left - half) : int(line.right + half)])


def set_tilde(image: Picture, left: int, right: int, line: Printed) -> None:
    """Make an N into an Ñ, which OCR-B has not: the N lower, under a stroke with a bend."""
    top, foot = int(line.middle - line.capital / 2), int(line.middle + line.capital / 2) + 1
    low = round(0.76 * (foot - top))
    letter = cv2.resize(image[top:foot, left:right], (right - left, low), interpolation=cv2.INTER_AREA)
    image[top:foot, left:right] = image[0, 0]
    image[foot - low : foot, left:right] = letter
    across = np.linspace(left + 10, right - 10, 9)
    bend = top - 3 - 4 * np.sin(np.linspace(0, 2 * np.pi, 9))
    stroke = np.round(np.stack([across, bend], axis=1) * 8).astype(np.int32)
    cv2.polylines(image, [stroke], isClosed=False, color=(20, 20, 20), thickness=4, lineType=cv2.LINE_AA, shift=3)


@pytest.mark.parametrize("text", [*TD1, *TD2, *TD3, "IDESPMUÑOZ<PEÑA<<BEGOÑA<<<<<<<<<<<<<"])
def test_the_picture_of_one_line_is_read(text: str) -> None:
    assert zone_reading.read_line(cut(text)) == text


def test_reprs_hide_what_was_read() -> None:
    match = only(page(TD3)[0])
    assert "ERIKSSON" not in repr(match) + repr(match.strips) + repr(match.best)


LICENCES = [
    ("D1FRA13AA000026181231BERTHIER5",),
    ("D1NLD15094962111659VW87Z78NB84",),
    ("AAA001D<<", "FACHE305142128097<<800126<<<<<", "MARCHAND<<FABIENNE<<<<<<<<<<<<"),
]


def licence(lines: Sequence[str]) -> Picture:
    """A card of 1,013 x 638 pixels with nothing on it but its ground and *lines*."""
    card = Image.fromarray(passport.guilloche(np.random.default_rng(2), 1013, 638, (206, 196, 214)))
    for row, line in enumerate(reversed(lines)):
        ImageDraw.Draw(card).text((60, 600 - 62 * row), line, font=font(24), fill=(15, 15, 15), anchor="ls")
    return np.asarray(card)


@pytest.mark.parametrize("factor", [0.5, 1.0])
@pytest.mark.parametrize("lines", LICENCES, ids=["French", "ISO 18013", "Swiss"])
def test_the_lines_of_a_driving_licence_are_a_zone(lines: tuple[str, ...], factor: float) -> None:
    image, _ = resized(licence(lines), factor)
    match = only(image)
    assert match.best.zone.lines == lines


@pytest.mark.parametrize("line", ["D1NLD15094962111659VW87Z78NB85", "D1QQQ15094962111659VW87Z78NB81"])
def test_one_line_with_a_wrong_digit_or_of_no_state_is_none(line: str) -> None:
    assert zone_reading.zones(licence([line]), today=TODAY) == []
