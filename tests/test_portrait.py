"""Where the portrait of a travel document is found, what is not taken for one, and how it is cut out."""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.specimens import passport
from tests.specimens.camera import Hand, photographed
from tests.specimens.cast import cast
from tests.specimens.receipts import money, slip
from toolkit import faces, portrait
from toolkit.arrival import Arrival
from toolkit.confine import Child
from toolkit.errors import InputError, UnknownFormatError
from toolkit.model import Box
from toolkit.photo import cut

#: The drawing of `passport.portrait`, in its own pixels: eyes, and the lowest point of the chin.
RIGHT_EYE, LEFT_EYE, CHIN = (143, 196), (207, 196), (175, 320)
#: Where the data page prints it: 35 x 45 mm at 5, 12 mm on a page of 125 x 88 mm.
PRINTED = Box(5 / 125, 12 / 88, 40 / 125, 57 / 88)
#: Public specimens without any portrait: backs of cards, and a payment card.
FACELESS = {
    "100_id-che.jpg", "100_id-si.jpg", "100_id-usa.jpg", "53_id-d.jpg", "0_id-esp.png", "77_card-cmw.png",
    "id_fail.png", "nomrz.jpg",
}  # fmt: skip


def drawn(hair="short", seed=3):
    return passport.portrait(np.random.default_rng(seed), hair)


def png(image):
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def page():
    return passport.data_page(next(iter(cast().person.values())), np.random.default_rng(5))


def inside(box, other, slack=0.0):
    return (
        box.left >= other.left - slack
        and box.top >= other.top - slack
        and box.right <= other.right + slack
        and box.bottom <= other.bottom + slack
    )


@pytest.mark.parametrize("hair", ["long", "short", "bald"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_eyes_and_the_chin_are_where_they_were_drawn(hair, seed):
    (face,) = faces.find(drawn(hair, seed))
    apart = math.dist(RIGHT_EYE, LEFT_EYE)
    assert math.dist(face.right_eye, RIGHT_EYE) < 0.1 * apart
    assert math.dist(face.left_eye, LEFT_EYE) < 0.1 * apart
    assert math.dist(face.chin, CHIN) < 0.15 * apart
    assert abs(face.roll) < 2
    assert repr(face) == f"<Face {face.confidence:.2f}>"


@pytest.mark.parametrize("degrees", [-20, -8, 8, 20])
def test_a_leaning_head_is_found_and_its_lean_measured(degrees):
    image = drawn()
    turn = cv2.getRotationMatrix2D((175, 225), -degrees, 1)
    (face,) = faces.find(cv2.warpAffine(image, turn, (350, 450), borderMode=cv2.BORDER_REPLICATE))
    assert face.roll == pytest.approx(degrees, abs=3)


def test_the_portrait_of_a_data_page_lies_where_it_is_printed(page):
    found = portrait.find(page)
    assert found is not None and found.confidence > 0.8
    assert inside(found.box, PRINTED, slack=0.01)
    assert inside(found.face, found.box)
    for point, at in ((found.right_eye, RIGHT_EYE), (found.left_eye, LEFT_EYE)):
        assert point[0] == pytest.approx(PRINTED.left + at[0] / 350 * PRINTED.width, abs=0.01)
        assert point[1] == pytest.approx(PRINTED.top + at[1] / 450 * PRINTED.height, abs=0.015)
    height, width = page.shape[:2]
    assert found.box.height * height == pytest.approx(45 / 35 * found.box.width * width, rel=0.01)
    assert "0." in repr(found) and str(found.box) not in repr(found)


def test_the_portrait_of_a_photographed_page_is_found(page):
    hand = Hand((1600, 1200), ((0.15, 0.2), (0.83, 0.17), (0.86, 0.8), (0.12, 0.84)))
    found = portrait.find_all(photographed(page, np.random.default_rng(2), hand))
    assert len(found) == 1
    assert inside(found[0].box, Box(0.1, 0.2, 0.45, 0.7))


@pytest.mark.parametrize(
    "image",
    [
        np.full((400, 300, 3), 255, np.uint8),
        np.random.default_rng(1).integers(0, 255, (400, 300, 3), np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((2, 3000, 3), np.uint8),
    ],
)
def test_nothing_is_found_where_nobody_is(image):
    assert portrait.find(image) is None
    assert portrait.find_all(image) == ()


def test_a_receipt_has_no_portrait():
    assert portrait.find(slip(next(iter(money().receipt.values())), ppi=150)) is None


def test_a_smaller_image_of_the_holder_is_not_the_portrait():
    sheet = np.full((600, 900, 3), (214, 220, 226), np.uint8)
    sheet[80:530, 40:390] = drawn()
    sheet[250:430, 620:760] = cv2.resize(drawn(), (140, 180), interpolation=cv2.INTER_AREA)
    assert len(faces.find(sheet)) == 2
    (found,) = portrait.find_all(sheet)
    assert found.box.right < 0.5


def test_two_documents_in_one_picture_give_the_largest_first():
    sheet = np.full((600, 900, 3), (214, 220, 226), np.uint8)
    sheet[80:440, 40:320] = cv2.resize(drawn("long"), (280, 360), interpolation=cv2.INTER_AREA)
    sheet[80:530, 500:850] = drawn()
    first, second = portrait.find_all(sheet)
    assert first.box.left > 0.5 > second.box.right
    assert portrait.find(sheet) == first


def test_the_zone_tells_which_document_is_meant_and_finds_a_small_one(page):
    sheet = np.full((3300, 2400, 3), 250, np.uint8)
    small = cv2.resize(page, (900, 634), interpolation=cv2.INTER_AREA)
    sheet[300:934, 1400:2300] = small
    sheet[2200:2834, 200:1100] = small
    for left, top in ((1400, 300), (200, 2200)):
        zone = Box((left + 45) / 2400, (top + 505) / 3300, (left + 855) / 2400, (top + 590) / 3300)
        found = portrait.find(sheet, zone)
        printed = Box((left + 36) / 2400, (top + 86) / 3300, (left + 288) / 2400, (top + 411) / 3300)
        assert found is not None and inside(found.box, printed, slack=0.005)


def test_the_portrait_on_the_other_side_of_a_card_is_found_as_well(page):
    above = np.concatenate([page[: page.shape[0] * 7 // 10, :], np.full_like(page, 245)])
    assert portrait.find(above, Box(0.05, 0.9, 0.95, 0.97)) == portrait.find(above)


def test_the_box_ends_at_the_edge_of_the_page():
    found = portrait.find(drawn()[150:360, 90:260])
    assert found is not None and found.box == Box(0, 0, 1, 1)


@pytest.mark.parametrize("wrong", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3))])
def test_another_array_than_a_picture_is_refused(wrong):
    with pytest.raises(ValueError, match="uint8"):
        faces.find(wrong)


def test_what_is_cut_is_the_part_in_the_box():
    image = np.arange(40 * 30 * 3, dtype=np.uint32).astype(np.uint8).reshape(40, 30, 3)
    part = np.asarray(Image.open(io.BytesIO(portrait.crop(image, Box(0.1, 0.5, 0.4, 0.75)))))
    assert np.array_equal(part, image[20:30, 3:12])
    assert Image.open(io.BytesIO(portrait.crop(image, Box(1, 1, 1, 1)))).size == (1, 1)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_portrait_is_cut_whichever_way_up_the_page_lies(page, turn):
    lying = np.ascontiguousarray(np.rot90(page[::2, ::2], k=turn // 90))
    (made,) = cut.portraits(png(lying), "image/png")
    (face,) = faces.find(np.array(Image.open(io.BytesIO(made))))
    assert abs(face.roll) < 5


def test_a_confined_child_finds_and_cuts(page):
    data = png(page[::2, ::2])
    with Child() as child:
        arrival = child.call("toolkit.receive:inspect", data, "page.png", 0, result=Arrival)
        made = child.call("toolkit.photo.cut:portraits", data, arrival.media_type, result=list[bytes])
        box = portrait.find(page[::2, ::2]).box
        again = child.call("toolkit.photo.cut:part", data, arrival.media_type, 1, 0, box, result=bytes)
    assert made == [again]


def test_what_is_no_picture_and_a_page_that_is_not_there_are_refused():
    with pytest.raises(UnknownFormatError):
        cut.portraits(b"text", "text/plain")
    with pytest.raises(InputError, match="no page 2"):
        cut.part(png(drawn()), "image/png", 2, 0, Box(0, 0, 1, 1))


def test_the_networks_are_those_whose_source_is_named():
    folder = Path(faces.__file__).parent / "face_models"
    named = dict(re.findall(r"\| `(\S+\.tflite)` .*`([0-9a-f]{64})`", (folder / "README.md").read_text("utf-8")))
    assert named == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.tflite")}


@pytest.mark.data
def test_every_portrait_of_the_public_specimens_is_found_and_nothing_else(shared_data):
    got = {}
    for line in (shared_data / "mrz" / "truth.jsonl").read_text("utf-8").splitlines():
        path = shared_data / json.loads(line)["file"]
        got[path.name] = len(portrait.find_all(np.array(Image.open(path).convert("RGB"))))
    assert {name for name, number in got.items() if not number} == FACELESS
    assert len(got) == 43 and max(got.values()) == 1
