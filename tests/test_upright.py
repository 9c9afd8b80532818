"""Pictures are set upright by their zones, which are covered before the engine reads the rest."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
import pytest
from PIL import Image

from tests.specimens import passport
from tests.specimens.cast import cast
from tests.specimens.zone import td3
from tests.test_zone_finder import resized
from tests.zone_print import Picture
from toolkit import ocr, read, zone, zone_finder, zone_reading
from toolkit.model import Box, Method, Record, Word
from toolkit.mrz_repair import Candidate
from toolkit.pages import open_bytes, upright
from toolkit.zone_strips import Match

PERSON = cast().person["gruenwaldt"]
LINES = td3(PERSON)
QUARTERS = [0, 90, 180, 270]


@pytest.fixture(scope="module")
def document() -> Picture:
    drawn = passport.data_page(PERSON, np.random.default_rng(3))
    return resized(drawn, 0.6)[0]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> list[Picture]:
    """An engine that keeps the pictures it is shown and reads one word in each."""
    shown: list[Picture] = []

    def look(image: Picture) -> ocr.Look:
        shown.append(image)
        return ocr.Look((Word("PASSPORT", Box(0.5, 0.05, 0.9, 0.08), 0.98),), 0)

    monkeypatch.setattr(ocr, "look", look)
    return shown


def png(image: Picture) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()


def anticlockwise(image: Picture, degrees: int) -> Picture:
    return np.ascontiguousarray(np.rot90(image, degrees // 90))


def strip_boxes(seen: upright.Upright) -> list[Box]:
    return [strip.box for strip in seen.zones[0].strips]


@pytest.mark.parametrize("degrees", QUARTERS)
def test_a_zone_sets_the_page_upright(document: Picture, engine: list[Picture], degrees: int) -> None:
    seen = upright.read(anticlockwise(document, degrees))
    assert seen.turn == degrees
    assert [match.best.zone.lines for match in seen.zones] == [LINES]
    assert seen.zones[0].turn == 0
    assert [word.text for word in seen.words] == ["PASSPORT"]
    [shown] = engine
    height = document.shape[0]
    assert np.array_equal(shown[: int(0.75 * height)], document[: int(0.75 * height)])


@pytest.mark.parametrize("degrees", QUARTERS)
def test_boxes_stand_on_the_upright_page(document: Picture, engine: list[Picture], degrees: int) -> None:
    boxes = strip_boxes(upright.read(anticlockwise(document, degrees)))
    for box, own in zip(boxes, strip_boxes(upright.read(document)), strict=True):
        sides = [getattr(box, side) - getattr(own, side) for side in ("left", "top", "right", "bottom")]
        assert max(map(abs, sides)) < 0.012


def test_the_engine_does_not_see_the_zone(document: Picture, engine: list[Picture]) -> None:
    upright.read(document)
    assert zone_finder.find_lines(document) != []
    assert zone_finder.find_lines(engine[0]) == []


def test_nothing_but_the_zone_is_covered(document: Picture, engine: list[Picture]) -> None:
    boxes = strip_boxes(upright.read(document))
    height, width = document.shape[:2]
    changed = np.argwhere((engine[0] != document).any(axis=2)) / [height, width]
    room = 0.5 * min(box.height for box in boxes)
    assert changed[:, 0].min() > min(box.top for box in boxes) - room
    assert changed[:, 0].max() < max(box.bottom for box in boxes) + room


def test_characters_of_the_zone_count_as_read(document: Picture, engine: list[Picture]) -> None:
    assert upright.read(document).letters == 88 + len("PASSPORT")


def test_without_a_zone_the_engine_tells_the_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter([90, 0])
    monkeypatch.setattr(ocr, "look", lambda _: ocr.Look((), next(looks)))
    seen = upright.read(np.random.default_rng(0).integers(200, 255, (300, 400, 3)).astype(np.uint8))
    assert (seen.turn, seen.zones, seen.letters) == (90, (), 0)


@pytest.mark.parametrize("degrees", [0, 90])
def test_the_sheet_has_its_zones_and_the_record_its_boxes(
    document: Picture, engine: list[Picture], degrees: int
) -> None:
    """The box of a value, cut out of the upright page, shows that value."""
    opened = open_bytes(png(anticlockwise(document, degrees)), "image/png")
    [sheet] = opened.sheets
    assert (sheet.page.rotation, sheet.image.shape) == (degrees, document.shape)
    assert sheet.zones is not None
    record = read.record_of(opened)
    assert (record.kind, record.turns) == ("passport", (degrees,))
    for name, wanted in [("document_number", LINES[1][:9]), ("birth_date", LINES[1][13:19])]:
        assert wanted in zone_reading.read_line(part(sheet.image, box_of(record, name)))


def box_of(record: Record, name: str) -> Box:
    field = record.get(name)
    assert field is not None
    assert field.source.method is Method.MRZ
    assert field.source.box is not None
    return field.source.box


def part(image: Picture, box: Box) -> Picture:
    """What stands in *box*, and a character more at its sides."""
    height, width = image.shape[:2]
    rows = slice(int(box.top * height), int(box.bottom * height) + 1)
    aside = 0.02
    return np.ascontiguousarray(image[rows, int((box.left - aside) * width) : int((box.right + aside) * width)])


def test_a_zone_seen_at_opening_is_not_looked_for_again(
    document: Picture, engine: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_bytes(png(document), "image/png")

    def never(*_: object, **__: object) -> list[Match]:
        raise AssertionError

    monkeypatch.setattr(zone_reading, "zones", never)
    found = zone.find(opened, today=date(2026, 11, 23))
    assert found is not None
    assert found.zone.lines == LINES


def test_today_still_settles_the_century_of_a_zone_seen_at_opening(document: Picture, engine: list[Picture]) -> None:
    opened = open_bytes(png(document), "image/png")
    births = [zone.find(opened, today=date(year, 1, 1)) for year in (2026, 2090)]
    assert [found.zone.birth_date for found in births if found is not None] == ["1984-03-17", "2084-03-17"]


def test_the_engine_reads_the_rest_of_a_page_that_lies_on_its_side(document: Picture) -> None:
    """With the engine itself: the words lack the zone, and what is printed above it confirms it."""
    [record] = read.read_bytes(png(anticlockwise(document, 270)), "image/png")
    assert (record.kind, record.turns) == ("passport", (270,))
    values = {field.name: field for field in record.fields}
    assert values["mrz"].value == LINES
    wanted = passport.truth(PERSON)
    for name in ("issue_date", "birth_place", "authority"):
        assert values[name].value == wanted[name]
        assert values[name].source.method is Method.OCR
    assert values["surname_printed"].value == "GRÜNWALDT"
    assert values["surname"].sure and values["document_number"].sure
    assert record.warnings == ()


def test_a_picture_without_anything_is_no_error(engine: list[Picture]) -> None:
    seen = upright.read(np.full((40, 60, 3), 255, np.uint8))
    assert (seen.turn, seen.zones) == (0, ())


def test_reprs_hide_what_was_read(document: Picture, engine: list[Picture]) -> None:
    seen = upright.read(document)
    best = seen.zones[0].best
    assert isinstance(best, Candidate)
    assert not any(secret in repr(seen) + repr(seen.zones) for secret in ("GRUENWALDT", "PASSPORT", "UK41739A6"))
