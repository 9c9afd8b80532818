"""A page is drawn with its fields framed where they stand, and what proves each; the ledger keeps that it was shown."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from PIL import Image

from toolkit import callouts, cli
from toolkit.callouts import Rectangle
from toolkit.catalog import Catalog
from toolkit.confine import Child
from toolkit.depict import COLOURS, MARGIN, Paper, depict, pages_with_fields
from toolkit.errors import HostileError, UnknownNameError
from toolkit.facsimile import Facsimile, fitted
from toolkit.model import Box, Case, Document, Field, Method, Person, Proof, Record, Source, State
from toolkit.pages.facsimile import facsimile
from toolkit.plain_words import Standing, because, cleared, lines, percent, spoken, standing
from vault import Vault

ROOT = Path(__file__).resolve().parent.parent
MOBILITY = Path(sys.executable).parent / "mobility"
PASSPORT = ROOT / "samples" / "inbox" / "GM-2026-001" / "IMG_2041.jpg"
CASE = Case("c1", "GM-1", "us/l-1a", (Person("p1", "principal", "Example", "Ada"),), {})
NOTE = b"Receipt of the Copper Finch\nTotal EUR 12.50\nThank you, Ada Example\n"
PDF = "application/pdf"


def read(name: str, value: Any, box: Box | None = None, page: int | None = 1, **more: Any) -> Field:
    sure = more.pop("sure", 0.95)
    return Field(name, value, sure, Source("", page, box, more.pop("method", Method.OCR)), **more)


def record(*fields: Field, turns: tuple[int, ...] = (), **more: Any) -> Record:
    return Record("receipt", 0.95, (1,), fields, turns=turns, **more)


def picture(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def share(strip: np.ndarray, colour: tuple[int, int, int]) -> float:
    """How much of a strip of pixels has about this colour."""
    return float((np.abs(strip.reshape(-1, 3).astype(int) - colour).max(axis=1) < 40).mean())


def edges(sheet: np.ndarray, frame: list[int], box: list[float]) -> list[np.ndarray]:
    """The four sides of a field's frame, which is drawn three pixels outside of its box."""
    left, top, width, height = frame
    x1, x2 = round(left + box[0] * width), round(left + box[2] * width)
    y1, y2 = round(top + box[1] * height), round(top + box[3] * height)
    across, down = slice(x1 + 4, x2 - 4), slice(y1 + 4, y2 - 4)
    return [sheet[y1 - 3, across], sheet[y2 + 3, across], sheet[down, x1 - 3], sheet[down, x2 + 3]]


def marked_page() -> bytes:
    """A PDF page of 400 by 200 points with a black rectangle at a tenth to three tenths across, a half to 0.6 down."""
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(400, 200))
        page.Contents = pikepdf.Stream(made, b"0 g 40 80 80 20 re f")
        data = io.BytesIO()
        made.save(data)
    return data.getvalue()


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child() as started:
        yield started


@dataclass(frozen=True)
class Real:
    """What `mobility show` made of a photographed specimen, read for real."""

    said: dict[str, Any]
    sheet: np.ndarray
    out: Path


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Real:
    out = tmp_path_factory.mktemp("show") / "out"
    done = subprocess.run(
        [MOBILITY, "show", PASSPORT, "--out", out, "--json"], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (said,) = json.loads(done.stdout)["documents"]
    (sheet,) = said["sheets"]
    return Real(said, picture(Path(sheet["file"]).read_bytes()), out)


def test_what_is_printed_is_what_was_drawn(real: Real) -> None:
    assert (real.said["document"], real.said["kind"]) == ("", "passport")
    (sheet,) = real.said["sheets"]
    assert [path.name for path in real.out.iterdir()] == ["page-1.png"]
    assert (sheet["page"], sheet["pages"], Path(sheet["file"]).name) == (1, 1, "page-1.png")
    fields = {each["name"]: each for each in sheet["fields"]}
    birth = fields["birth_date"]
    assert {"value", "confidence", "proof", "method", "box", "page", "number", "standing", "because"} <= birth.keys()
    assert (birth["value"], birth["proof"], birth["method"]) == ("1984-03-17", "check digit", "mrz")
    assert (birth["standing"], birth["because"]) == (
        "proved",
        "its own check digit and the check digit of the whole zone agree",
    )
    assert fields["mrz"]["because"] == (
        "all its check digits agree; none covers document code, issuing state, surname, given names, nationality, sex"
    )
    numbers = [each["number"] for each in sheet["fields"] if each["number"]]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_field_is_framed_where_it_stands_in_the_colour_of_its_standing(real: Real) -> None:
    (sheet,) = real.said["sheets"]
    framed = [each for each in sheet["fields"] if each["number"]]
    assert len(framed) >= 10
    for each in framed:
        colour = COLOURS[Standing(each["standing"])]
        sides = [share(side, colour) for side in edges(real.sheet, sheet["frame"], each["box"])]
        # Frames of neighbours in the zone lie on one another, and numbers stand on some sides; dashes are half empty.
        assert max(sides) > 0.4, (each["name"], sides)


def test_the_page_is_shown_upright_whole_and_undistorted(real: Real) -> None:
    (sheet,) = real.said["sheets"]
    left, top, width, height = sheet["frame"]
    with Image.open(PASSPORT) as opened:
        original = opened.convert("RGB")
    assert width / height == pytest.approx(original.width / original.height, rel=0.01)
    same = np.asarray(original.resize((width, height), Image.Resampling.LANCZOS)).astype(int)
    shown = real.sheet[top : top + height, left : left + width].astype(int)
    differing = (np.abs(shown - same).max(axis=2) > 60).mean()
    assert differing < 0.06  # frames and numbers


def test_another_picture_of_that_name_is_never_overwritten(
    child: Child, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "note.txt", tmp_path / "out"
    file.write_bytes(NOTE)

    def show() -> int:
        with pytest.raises(SystemExit) as end:
            cli.main(["show", str(file), "--out", str(out)])
        return int(str(end.value.code))

    assert show() == 0
    first = (out / "page-1.png").read_bytes()
    assert capsys.readouterr().out.split() == [str(out / "page-1.png")]
    assert show() == 0  # the same picture again
    file.write_bytes(NOTE.replace(b"12.50", b"99.90"))
    assert show() == 2
    assert "is there already" in capsys.readouterr().err
    assert (out / "page-1.png").read_bytes() == first


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_frame_goes_round_what_it_frames_however_the_page_was_turned(child: Child, turn: int) -> None:
    box = {
        0: Box(0.1, 0.5, 0.3, 0.6),
        90: Box(0.4, 0.1, 0.5, 0.3),
        180: Box(0.7, 0.4, 0.9, 0.5),
        270: Box(0.5, 0.7, 0.6, 0.9),
    }[turn]
    paper = Paper(marked_page(), PDF, record(read("total", "12.50", box), turns=(turn,)))
    made = depict(child, paper, 1)
    left, top, width, height = made.frame
    assert (width > height) == (turn in (0, 180))
    sheet = picture(made.png)
    inside = sheet[
        round(top + box.top * height) + 4 : round(top + box.bottom * height) - 4,
        round(left + box.left * width) + 4 : round(left + box.right * width) - 4,
    ]
    assert inside.mean() < 60  # black, with a tint
    for side in edges(sheet, list(made.frame), [box.left, box.top, box.right, box.bottom]):
        assert share(side, COLOURS[Standing.SURE]) > 0.9
    page = sheet[top : top + height, left : left + width]
    assert (page.max(axis=2) < 60).mean() == pytest.approx(0.02, abs=0.003)


def test_fields_of_one_place_that_are_believed_differently_have_a_frame_each(child: Child) -> None:
    box = Box(0.1, 0.5, 0.3, 0.6)
    fields = (read("total", "12.50", box, proof=Proof.ARITHMETIC, currency="EUR"), read("currency", "EUR", box))
    made = depict(child, Paper(marked_page(), PDF, record(*fields)), 1)
    sheet, (left, top, width, height) = picture(made.png), made.frame
    middle, edge = round(top + 0.55 * height), round(left + 0.1 * width)
    for standing_ in (Standing.PROVED, Standing.SURE):
        assert share(sheet[middle, edge - 11 : edge], COLOURS[standing_]) > 0.1


def test_boxes_that_make_no_sense_are_cut_to_the_page_or_listed_without_a_number(child: Child) -> None:
    fields = (
        read("total", "1", Box(float("nan"), 0, 1, 1)),
        read("tax", "2", Box(0.5, 0.5, 0.4, 0.6)),
        read("number", "3", Box(-4, 0.9, 9, 7)),
        read("date", "2026-01-01", None, None),
        read("time", "10:00", Box(0, 0, 1, 1), 2),
    )
    made = depict(child, Paper(marked_page(), PDF, record(*fields)), 1)
    assert {each.field.name: each.number for each in made.shown} == {"number": 1, "total": 0, "tax": 0, "date": 0}


def test_what_papers_say_is_never_taken_for_markup_and_fits(child: Child) -> None:
    box = Box(0.1, 0.5, 0.3, 0.6)
    nasty = ("#panic()", "*x* $y$ `z`", "Кафе Ёлка, Λεωφόρος, \u202eevil\x00", "x" * 5000)
    fields = [read(f"f{n}_#panic()", text, box, sure=0.5) for n, text in enumerate(nasty)]
    fields.append(read("lines", tuple({"description": text, "amount": "1"} for text in nasty * 50)))
    made = depict(child, Paper(marked_page(), PDF, record(*fields * 60, rejected=tuple(fields), warnings=nasty)), 1)
    sheet = picture(made.png)
    assert sheet.shape[0] < 16_000  # however much a stranger's file says
    assert (sheet[:, -MARGIN + 4 :] == 255).all()  # nothing reaches the margin


def test_small_pages_are_enlarged_and_long_receipts_stay_readable() -> None:
    assert fitted(160, 80) == (1280, 640)
    assert fitted(2480, 3508) == (1131, 1600)
    wide, high = fitted(300, 1400)
    assert (wide, high) == (640, 2987)
    assert fitted(1e9, 1) == (1280, 1)


def test_pages_without_a_look_show_their_words(child: Child) -> None:
    made = depict(child, Paper(NOTE, "text/plain", record()), 1)
    left, top, width, height = made.frame
    page = picture(made.png)[top : top + height, left : left + width]
    assert 0.0005 < (page.max(axis=2) < 110).mean() < 0.02
    assert made.shown == ()


def test_a_page_that_is_not_there_is_said(child: Child) -> None:
    with pytest.raises(UnknownNameError, match="no page 3: the document has 1 page"):
        depict(child, Paper(marked_page(), PDF, record()), 3)
    with pytest.raises(UnknownNameError, match="no page 2"):
        facsimile(NOTE, "text/plain", 2)


@pytest.mark.parametrize(
    "lie",
    [
        Facsimile(1, 1, 10, 10, b"\0" * 299),
        Facsimile(1, 1, 100_000, 1, b"\0" * 300_000),
        Facsimile(1, 1, 0, 0),
        Facsimile(2, 2, 1, 1, b"\0" * 3),
        Facsimile(1, 0, 1, 1, b"\0" * 3),
    ],
)
def test_a_child_that_lies_about_its_picture_is_not_believed(lie: Facsimile) -> None:
    with pytest.raises(HostileError):
        lie.checked(1)


def test_words_for_what_proves_a_value() -> None:
    zone = read("surname", "X", method=Method.MRZ, proof=Proof.CROSS_MATCH)
    assert because(zone) == "printed the same beside the zone"
    assert because(replace(zone, name="nationality")) == "another entry of the document agrees"
    assert because(read("tax", "1", proof=Proof.PERSON)) == "a person confirmed it"
    assert because(read("tax", "1")) == "nothing proves it: compare with the picture"
    assert standing(read("tax", "1", sure=0.89, proof=Proof.ARITHMETIC)) is Standing.UNSURE
    assert standing(read("tax", "1", proof=Proof.ARITHMETIC)) is Standing.PROVED
    assert (percent(0.8999), percent(0.9), percent(0.29)) == ("89 %", "90 %", "29 %")
    assert (spoken("birth_date"), spoken("mrz")) == ("Birth date", "Machine-readable zone")
    assert lines("62400.00", "GBP") == ["62400.00 GBP"]
    assert lines(({"description": "Trout", "amount": "27.50"},)) == ["Trout · 27.50"]
    assert lines(()) == lines("") == ["(empty)"]
    assert cleared("a\x00\n b\u202e") == "a b"


def test_numbers_stand_apart_and_off_the_print() -> None:
    rows = [Rectangle(300, 100 + 30 * row, 400, 124 + 30 * row) for row in range(8)]
    lines_of_text = Rectangle(100, 90, 700, 350)
    room = Rectangle(0, 0, 800, 500)
    made = callouts.placed(rows, [[row + 1] for row in range(8)], room, lines_of_text.overlap)
    for at, one in enumerate(made):
        assert room.holds(one.place)
        assert one.place.overlap(lines_of_text) == 0
        assert not any(one.place.overlap(other.place) for other in made[:at])
    assert made[3].leader is not None


def test_pages_that_fields_were_read_on() -> None:
    assert pages_with_fields(record(read("a", "", page=3), read("b", "", page=1), read("c", "", page=None))) == [1, 3]
    assert pages_with_fields(record()) == [1]


# --- the verb, with a vault


Verb = Callable[..., int]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)


@pytest.fixture
def catalog(vault: Vault) -> Iterator[Catalog]:
    with Catalog.open(vault) as opened:
        opened.add_case(CASE)
        yield opened


@pytest.fixture
def verb(tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> Verb:
    def run(*words: str) -> int:
        monkeypatch.setenv("MOBILITY_PASSPHRASE", "p")
        monkeypatch.chdir(tmp_path)
        with pytest.raises(SystemExit) as end:
            cli.main(["show", *words, "--vault", str(tmp_path / "vault")])
        return int(str(end.value.code))

    return run


def put(vault: Vault, catalog: Catalog, id: str, *records: Record, data: bytes = NOTE, **more: Any) -> None:
    original = more.get("duplicate_of")
    blob = catalog.document(original).sha256_sealed if original else vault.compartment("c1").put(data).name
    state = more.pop("state", State.FILED)
    name = "Ada Example.txt"
    document = Document(id, "c1", name, "text/plain", 9, blob, "2027-01-01T00:00:00", state, person="p1", **more)
    catalog.add_document(document, records)


def test_a_filed_document_is_shown_as_it_was_read_and_the_ledger_keeps_it(
    verb: Verb, vault: Vault, catalog: Catalog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = record(read("total", "77.77", Box(0.05, 0.1, 0.4, 0.2), method=Method.PERSON, proof=Proof.PERSON))
    put(vault, catalog, "d1", kept)
    before = len(list(vault.ledger.entries()))
    assert verb("d1", "--json") == 0
    (said,) = json.loads(capsys.readouterr().out)["documents"]
    (sheet,) = said["sheets"]
    assert (said["document"], sheet["file"]) == ("d1", "out/d1-page-1.png")
    assert (sheet["fields"][0]["value"], sheet["fields"][0]["because"]) == ("77.77", "a person confirmed it")
    path = tmp_path / "out" / "d1-page-1.png"
    assert picture(path.read_bytes()).shape[0] >= 1600
    assert path.stat().st_mode & 0o077 == 0
    (line,) = [each for each in list(vault.ledger.entries())[before:] if each["event"] != "case.opened"]
    assert (line["event"], line["fact.document"], line["fact.case"]) == ("document.shown", "d1", "c1")
    assert verb("d1", "--all-pages") == 0  # its own picture may be made anew


def test_every_page_or_one(verb: Verb, vault: Vault, catalog: Catalog, tmp_path: Path) -> None:
    put(
        vault, catalog, "d1", record(read("total", "1", Box(0, 0, 1, 1), 2)), data=NOTE * 40
    )  # three pages of fifty lines

    def made() -> list[str]:
        return sorted(path.name for path in (tmp_path / "out").iterdir())

    assert verb("d1") == 0
    assert made() == ["d1-page-2.png"]
    assert verb("d1", "--page", "3") == 0
    assert made() == ["d1-page-2.png", "d1-page-3.png"]
    assert verb("d1", "--all-pages") == 0
    assert made() == ["d1-page-1.png", "d1-page-2.png", "d1-page-3.png"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "There is no such document"),
        (["d1", "--page", "9"], "There is no page 9: the document has 1 page."),
        (["d1", "--page", "1", "--all-pages"], "not both"),
        (["d2"], "quarantine, and nothing was read"),
        (["d3"], "is a copy of d1"),
        (["d4"], "Nothing was read from document d4."),
        (["scans/missing.pdf"], "There is no file scans/missing.pdf."),
        (["broken.pdf"], "damaged"),
        (["both.zip"], "It is an archive or a mail"),
    ],
)
def test_what_cannot_be_shown_is_said_with_the_next_step(
    verb: Verb,
    vault: Vault,
    catalog: Catalog,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    put(vault, catalog, "d1", record())
    put(vault, catalog, "d2", state=State.QUARANTINED, reason="Cut short.", next_step="Ask for another copy.")
    put(vault, catalog, "d3", duplicate_of="d1")
    put(vault, catalog, "d4", state=State.ASKED)
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nbroken")
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        archive.writestr("a.txt", NOTE)
    before = len(list(vault.ledger.entries()))
    assert verb(*words) == 2
    error = " ".join(capsys.readouterr().err.split())
    assert said in error
    if words == ["d2"]:
        assert "Ask for another copy." in error and "mobility settle d2 --retry" in error
    assert not (tmp_path / "out").exists()
    assert {each["event"] for each in list(vault.ledger.entries())[before:]} <= {"case.opened"}
