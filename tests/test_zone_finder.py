"""Lines of zones are found where they are printed, whichever way the picture lies, and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tests.specimens import passport, receipts
from tests.specimens.cast import cast
from tests.specimens.zone import td3
from tests.zone_print import FONT, TD1, TD2, TD3, Picture, Printed, font, page
from toolkit import zone_finder, zone_letters
from toolkit.zone_finder import Line

Points = NDArray[np.float64]
Moved = Callable[[Points], Points]

PARAGRAPHS = """\
def settle(case, today):
    for claim in case.claims:
        if claim.paid or claim.due > today:
            continue
        yield claim.number, claim.amount

Order 4711 / 26-A            12 pcs    1,204.50
Order 4712 / 26-B             3 pcs      310.00
Order 4713 / 26-C           144 pcs       17.95
Invoices are due within thirty days of the date
on which they were sent, in the currency named."""


def through(matrix: NDArray[np.float64]) -> Moved:
    """Where points go by a perspective (3 x 3)."""
    return lambda points: cv2.perspectiveTransform(points[None].astype(np.float64), matrix)[0]


def turned(image: Picture, degrees: float) -> tuple[Picture, Moved]:
    """The whole picture turned anticlockwise on a grey ground."""
    tall, wide = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((wide / 2, tall / 2), degrees, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = math.ceil(tall * sin + wide * cos), math.ceil(wide * sin + tall * cos)
    matrix[:, 2] += size[0] / 2 - wide / 2, size[1] / 2 - tall / 2
    ground = (190, 190, 190)
    return cv2.warpAffine(image, matrix, size, borderValue=ground), through(np.vstack([matrix, [0, 0, 1]]))


def askew(image: Picture, share: float) -> tuple[Picture, Moved]:
    """The picture as seen from above one corner: two corners off by *share* of the sides."""
    tall, wide = image.shape[:2]
    corners = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
    seen = np.array([[share * wide, share * tall], [wide, 0], [wide * (1 - share), tall], [0, tall * (1 - share)]])
    matrix = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    return cv2.warpPerspective(image, matrix, (wide, tall), borderValue=(90, 90, 90)), through(matrix)


def bent(image: Picture, rise: float) -> tuple[Picture, Moved]:
    """The page arched: its middle *rise* pixels higher than its sides."""
    tall, wide = image.shape[:2]
    across = np.broadcast_to(np.arange(wide, dtype=np.float32), (tall, wide)).copy()
    arch = rise * np.sin(np.pi * across / wide)
    down = (np.arange(tall, dtype=np.float32)[:, None] + arch).astype(np.float32)
    moved = cv2.remap(image, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return moved, lambda p: np.stack([p[:, 0], p[:, 1] - rise * np.sin(np.pi * p[:, 0] / wide)], axis=1)


def resized(image: Picture, factor: float) -> tuple[Picture, Moved]:
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(image, None, fx=factor, fy=factor, interpolation=how), lambda points: points * factor


def placed(image: Picture, size: tuple[int, int], at: tuple[int, int]) -> tuple[Picture, Moved]:
    """The picture laid on a larger one of *size* (width, height)."""
    sheet = np.full((size[1], size[0], 3), 228, np.uint8)
    sheet[at[1] : at[1] + image.shape[0], at[0] : at[0] + image.shape[1]] = image
    return sheet, lambda points: points + np.array(at)


def ends(line: Line) -> Points:
    return line.points(np.array([line.start, line.end]), np.zeros(2))


def unit(vector: Points) -> Points:
    return vector / np.linalg.norm(vector)


def nearest(lines: list[Line], wanted: Points) -> Line:
    """The line whose middle lies nearest that of the ends *wanted*."""
    return min(lines, key=lambda line: float(np.linalg.norm(ends(line).mean(axis=0) - wanted.mean(axis=0))))


def assert_stands(line: Line, printed: Printed, moved: Moved) -> None:
    """The line covers the print and little more, lies along it, and has its height. Either end may come first."""
    first, last, foot, top = moved(printed.points())
    start, end = ends(line)
    if np.dot(end - start, last - first) < 0:
        start, end = end, start
    capital = float(np.linalg.norm(foot - top))
    assert abs(line.capital / capital - 1) < 0.30
    along = unit(last - first)
    for beyond in (float((first - start) @ along), float((end - last) @ along)):
        assert 0 < beyond < 2.2 * capital
    across = np.array([-along[1], along[0]])
    for aside in (float((start - first) @ across), float((end - last) @ across)):
        assert abs(aside) < 0.6 * capital
    cosine = abs(float(np.dot(line.direction, along)))
    assert math.degrees(math.acos(min(1.0, cosine))) < 3


def said(image: Picture, line: Line) -> set[str]:
    """What the line says, read from either end."""
    strip = zone_finder.strip(image, line)
    assert strip.shape[0] == zone_letters.HEIGHT
    both = strip, np.ascontiguousarray(strip[::-1, ::-1])
    return {zone_letters.spoken(zone_letters.chances(each)) for each in both}


def assert_found(printed: list[Printed], seen: tuple[Picture, Moved]) -> list[Line]:
    image, moved = seen
    lines = zone_finder.find_lines(image)
    assert len(lines) == len(printed)
    for each in printed:
        line = nearest(lines, moved(each.points())[:2])
        assert_stands(line, each, moved)
        assert each.text in said(image, line)
    return lines


def still(points: Points) -> Points:
    return points


@pytest.mark.parametrize("lines", [TD1, TD2, TD3], ids=["TD1", "TD2", "TD3"])
def test_lines_of_an_upright_page_are_found_and_read_in_order(lines: tuple[str, ...]) -> None:
    image, printed = page(lines)
    found = assert_found(printed, (image, still))
    assert all(line.direction[0] > 0.99 and line.score > 0.5 for line in found)
    [stack] = zone_finder.stacks(found)
    strips = [zone_finder.strip(image, line) for line in stack]
    assert tuple(zone_letters.spoken(zone_letters.chances(strip)) for strip in strips) == lines


@pytest.mark.parametrize("degrees", [90, 180, 270, 4, -8, 20, -35, 45, 120, 200])
def test_lines_are_found_whichever_way_the_picture_lies(degrees: float) -> None:
    image, printed = page(TD3)
    lines = assert_found(printed, turned(image, degrees))
    assert len(zone_finder.stacks(lines)) == 1


@pytest.fixture(scope="module")
def document() -> tuple[Picture, tuple[str, str]]:
    """The data page of a passport with what its zone says."""
    person = next(iter(cast().person.values()))
    drawn = passport.data_page(person, np.random.default_rng(1))
    return resized(drawn, 0.8)[0], td3(person)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 15, 145])
def test_on_a_document_lines_are_found_the_right_way_up(
    document: tuple[Picture, tuple[str, str]], degrees: float
) -> None:
    image, lines = document
    seen, _ = turned(image, degrees)
    [stack] = zone_finder.stacks(zone_finder.find_lines(seen))
    along = np.array([math.cos(math.radians(degrees)), -math.sin(math.radians(degrees))])
    assert all(np.dot(line.direction, along) > math.cos(math.radians(3)) for line in stack)
    strips = [zone_finder.strip(seen, line) for line in stack]
    assert tuple(zone_letters.spoken(zone_letters.chances(strip)) for strip in strips) == lines


@pytest.mark.parametrize("rise", [-30, 12, 40])
def test_lines_of_a_bent_page_are_followed(rise: float) -> None:
    image, printed = page(TD3)
    seen, moved = bent(image, rise)
    for line in assert_found(printed, (seen, moved)):
        middle = line.points(np.array([(line.start + line.end) / 2]), np.zeros(1))[0]
        courses = [moved(np.array([[middle[0], each.middle]]))[0, 1] for each in printed]
        assert min(abs(middle[1] - course) for course in courses) < 0.3 * line.capital


@pytest.mark.parametrize("share", [0.05, 0.12])
def test_lines_seen_askew_are_straightened(share: float) -> None:
    image, printed = page(TD3)
    assert_found(printed, askew(image, share))


@pytest.mark.parametrize("factor", [0.35, 0.5, 2.0, 3.5], ids=lambda factor: f"capitals of {20 * factor:.0f} pixels")
def test_lines_are_found_at_any_resolution(factor: float) -> None:
    image, printed = page(TD3)
    assert_found(printed, resized(image, factor))


@pytest.mark.parametrize("at", [(300, 3220), (1300, 3220), (1300, 2600)])
@pytest.mark.parametrize("size", [(2500, 3500), (3300, 4600), (4000, 5600)])
def test_a_small_zone_on_a_large_sheet_is_looked_at_again(size: tuple[int, int], at: tuple[int, int]) -> None:
    image, printed = page(TD1, capital=18, size=(800, 500), at=(100, 330))
    at = min(at[0], size[0] - 800), min(at[1], size[1] - 500)
    assert_found(printed, placed(image, size, at))


def test_two_zones_on_one_sheet_are_two_stacks() -> None:
    upper, printed = page(TD1, capital=18, size=(800, 500), at=(100, 330))
    lower, others = page(TD3, capital=18, size=(900, 500), at=(60, 330))
    sheet = np.full((1200, 1000, 3), 228, np.uint8)
    sheet[40:540, 40:840], sheet[660:1160, 60:960] = upper, lower
    stacks = zone_finder.stacks(zone_finder.find_lines(sheet))
    assert sorted(len(stack) for stack in stacks) == [len(others), len(printed)]


@pytest.mark.parametrize(
    "line",
    [
        "D1FRA13AA000261180118MARTIN<<8",
        "D1FRA13AA000026181231BERTHIER5",
        "D1NLD15094962111659876<<<<<<<0",
        "D1NLD15094962111659VW87Z78NB84",
    ],
)
def test_the_one_line_of_a_driving_licence_is_found_on_its_card(line: str) -> None:
    card = Image.fromarray(passport.guilloche(np.random.default_rng(2), 1013, 638, (206, 196, 214)))
    drawn = ImageDraw.Draw(card)
    plain = ImageFont.truetype(str(FONT.parent / "LiberationSans-Regular.ttf"), 26)
    for row, text in enumerate(["1. MARTIN", "2. CORINNE", "3. 06.12.1965", "4b. 18.01.2028", "5. 13AA00026"]):
        drawn.text((330, 120 + 56 * row), text, font=plain, fill=(20, 20, 20))
    drawn.text((60, 600), line, font=font(24), fill=(15, 15, 15), anchor="ls")
    image = np.asarray(card)
    [found] = zone_finder.find_lines(image)
    assert line in said(image, found)


def test_lines_cut_off_close_to_their_print_are_found() -> None:
    image, _ = page(TD3, size=(900, 120), at=(4, 40))
    [stack] = zone_finder.stacks(zone_finder.find_lines(image))
    assert [zone_letters.spoken(zone_letters.chances(zone_finder.strip(image, line))) for line in stack] == list(TD3)


@pytest.mark.parametrize("flip", [np.fliplr, np.flipud], ids=["left and right", "up and down"])
def test_a_mirrored_line_reads_when_its_strip_is_mirrored_back(flip: Callable[[Picture], Picture]) -> None:
    image, printed = page(TD3)
    seen = np.ascontiguousarray(flip(image))
    lines = zone_finder.find_lines(seen)
    assert len(lines) == len(printed)
    read = set()
    for line in lines:
        strip = np.ascontiguousarray(zone_finder.strip(seen, line)[::-1])
        both = strip, np.ascontiguousarray(strip[::-1, ::-1])
        read |= {zone_letters.spoken(zone_letters.chances(each)) for each in both}
    assert read >= set(TD3)


@pytest.mark.parametrize("degrees", [0, 180])
def test_a_stack_runs_from_the_first_line_to_the_last_for_one_who_reads(degrees: float) -> None:
    image, printed = page(TD1, capital=22, size=(1000, 640), at=(80, 440))
    seen, moved = turned(image, degrees)
    lines = zone_finder.find_lines(seen)
    longest = max(lines, key=lambda line: line.score * line.length)
    # As where the detector errs about all lines but one.
    backwards = [line if line is longest else line.back() for line in lines]
    for mixed in (lines, lines[::-1], backwards):
        [stack] = zone_finder.stacks(mixed)
        assert [nearest(stack, moved(each.points())[:2]) for each in printed] == stack
        strips = [zone_finder.strip(seen, line) for line in stack]
        assert tuple(zone_letters.spoken(zone_letters.chances(strip)) for strip in strips) == TD1


def test_a_line_read_from_its_other_end_is_the_same_line() -> None:
    image, _ = page(TD3)
    seen, _ = bent(turned(image, 12)[0], 25)
    for line in zone_finder.find_lines(seen):
        back = line.back()
        along = np.linspace(line.start, line.end, 7)
        assert np.allclose(line.points(along, np.full(7, 0.4)), back.points(-along, np.full(7, -0.4)), atol=1e-6)
        assert back.back() == line
        there, turned_round = zone_finder.strip(seen, line), zone_finder.strip(seen, back)[::-1, ::-1]
        assert np.abs(there.astype(int) - turned_round).mean() < 1


def test_an_outline_holds_every_character() -> None:
    image, printed = page(TD3)
    lines = zone_finder.find_lines(image)
    for each in printed:
        line = nearest(lines, each.points()[:2])
        around = line.outline().astype(np.float32)
        for x, y in ((x, each.middle + off) for x in (each.left, each.right) for off in (-10, 10)):
            assert cv2.pointPolygonTest(around, (float(x), float(y)), measureDist=False) > 0


def test_runs_offer_the_whole_stack_first_and_then_its_parts() -> None:
    image, _ = page(TD1, size=(1000, 800), at=(80, 500))
    [stack] = zone_finder.stacks(zone_finder.find_lines(image))
    one, two, three = stack
    assert list(zone_finder.runs(stack)) == [
        (one, two, three), (one, two), (one, three), (two, three), (one,), (two,), (three,)
    ]  # fmt: skip
    assert list(zone_finder.runs([one, two, three, one]))[:2] == [(one, two, three), (one, two, one)]
    assert list(zone_finder.runs([])) == []
    assert list(zone_finder.runs([one])) == [(one,)]


def written(face: str) -> Picture:
    """Paragraphs of text set in one pitch, as large as a zone's characters often are."""
    image = Image.new("RGB", (1100, 800), (250, 250, 248))
    font = ImageFont.truetype(face, 26)
    ImageDraw.Draw(image).multiline_text((60, 60), PARAGRAPHS, font=font, fill=(25, 25, 25), spacing=18)
    return np.asarray(image)


def receipt() -> Picture:
    kept = receipts.money().receipt
    return receipts.slip(kept[min(kept)])


def noise() -> Picture:
    return np.random.default_rng(5).integers(0, 256, (700, 900, 3), dtype=np.uint8)


def clouds(grain: int = 25, seed: int = 6) -> Picture:
    """Soft spots of any colour, *grain* pixels wide."""
    small = np.random.default_rng(seed).integers(0, 256, (700 // grain, 900 // grain, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(small, (900, 700), interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.mark.parametrize(
    "draw",
    [lambda: np.full((900, 1200, 3), 255, np.uint8), noise, clouds, lambda: written(str(FONT)), receipt],
    ids=["an empty page", "noise", "clouds", "paragraphs in OCR-B", "a receipt"],
)
def test_nothing_is_found_where_no_zone_is(draw: Callable[[], Picture]) -> None:
    assert zone_finder.find_lines(draw()) == []


@pytest.mark.parametrize("seed", range(4))
def test_spots_as_large_as_capitals_are_no_sure_line(seed: int) -> None:
    spots = np.repeat(clouds(10, seed)[:, :, :1], 3, axis=2)
    image, _ = page(TD3)
    surest = min(line.score for line in zone_finder.find_lines(image))
    assert all(line.score < 0.6 < surest for line in zone_finder.find_lines(spots))


shapes = st.tuples(st.integers(1, 400), st.integers(1, 400))


@settings(max_examples=40)
@given(shapes, st.integers(0, 2**32 - 1), st.sampled_from(["flat", "noise", "bars", "ramp", "line"]))
def test_no_picture_is_too_odd(shape: tuple[int, int], seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    image = np.full((*shape, 3), int(rng.integers(256)), np.uint8)
    if kind == "noise":
        image = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
    elif kind == "bars":
        image[:: int(rng.integers(2, 9))] = 0
    elif kind == "ramp":
        image[:] = np.linspace(0, 255, shape[1]).astype(np.uint8)[None, :, None]
    elif kind == "line":
        drawn, _ = page(TD3[:1], size=(1000, 120), at=(20, 70))
        image = np.asarray(cv2.resize(drawn, shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    for line in zone_finder.find_lines(image):
        assert zone_finder.strip(image, line).shape[0] == zone_letters.HEIGHT
        assert 0 < line.score <= 1
        assert np.isfinite(line.outline()).all()


@pytest.mark.parametrize("shape", [(16, 3000), (3000, 16), (1, 1), (15, 400), (17, 17)])
def test_no_picture_is_too_long_or_too_small(shape: tuple[int, int]) -> None:
    image = np.random.default_rng(9).integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert zone_finder.find_lines(image) == []


def test_a_line_that_leaves_the_picture_still_gives_a_strip() -> None:
    image, _ = page(TD3)
    [first, *_] = zone_finder.find_lines(image)
    cut = image[:, :500]
    for line in zone_finder.find_lines(cut):
        assert zone_finder.strip(cut, line).shape[0] == zone_letters.HEIGHT
    away = zone_finder.strip(image[:100, :100], first)
    assert away.shape[0] == zone_letters.HEIGHT
    assert not away.any()
