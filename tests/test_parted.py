"""A file with several travel documents is as many records, each with its own print, portrait and pages."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from tests.specimens import passport
from tests.specimens.cast import Person, cast
from tests.specimens.zone import td3
from tests.test_zone_finder import resized
from tests.zone_print import TD1, Picture, page
from toolkit import ocr, read, zone_reading
from toolkit.assign import place
from toolkit.catalog import Catalog
from toolkit.intake import Intake
from toolkit.model import Box, Case, Method, Page, Record, State, Word
from toolkit.model import Person as Member
from toolkit.pages import Opened, Sheet, open_bytes
from toolkit.parted import documents
from toolkit.recognise import recognise
from vault import Vault

TODAY = date(2026, 11, 23)
FIRST, SECOND = cast().person["gruenwaldt"], cast().person["ostervang"]
ACROSS, DOWN = 827, 582
MOBILITY = Path(sys.executable).parent / "mobility"


def day(value: date) -> str:
    return f"{value:%d %b %Y}".upper()


def print_of(person: Person) -> list[tuple[str, float, float]]:
    """What the data page prints above its zone, with left and top as fractions of it."""
    held = person.passport
    return [
        ("REPUBLIC OF UTOPIA", 0.04, 0.04), ("PASSPORT/PASSEPORT", 0.56, 0.04),
        ("Passport No. / Nº du passeport", 0.71, 0.13), (held.number, 0.71, 0.16),
        ("Surname / Nom", 0.35, 0.22), (person.surname.upper(), 0.35, 0.245),
        ("Given names / Prénoms", 0.35, 0.305), (person.given_names.upper(), 0.35, 0.33),
        ("Date of birth / Date de naissance", 0.35, 0.47), (day(person.birth_date), 0.35, 0.50),
        ("Place of birth / Lieu de naissance", 0.46, 0.555), (person.birth_place.upper(), 0.46, 0.58),
        ("Date of issue / Date de délivrance", 0.71, 0.555), (day(held.issued), 0.71, 0.58),
        ("Date of expiry / Date d'expiration", 0.71, 0.64), (day(held.expires), 0.71, 0.665),
    ]  # fmt: skip


def words_at(person: Person, left: float, top: float, size: tuple[int, int], *, head: bool = False) -> list[Word]:
    """The print of a data page that lies at (left, top) in pixels on a picture of *size*, or on its head there."""
    made = []
    for text, x, y in print_of(person):
        across, down = 0.0075 * len(text), 0.025
        start, high = (1 - x - across, 1 - y - down) if head else (x, y)
        ends = (left + start * ACROSS) / size[0], (left + (start + across) * ACROSS) / size[0]
        rows = (top + high * DOWN) / size[1], (top + (high + down) * DOWN) / size[1]
        made.append(Word(text, Box(ends[0], rows[0], ends[1], rows[1]), 0.98))
    return made


@pytest.fixture(scope="module")
def drawn() -> dict[str, Picture]:
    pages = {
        person.surname: passport.data_page(person, np.random.default_rng(number))
        for number, person in enumerate((FIRST, SECOND))
    }
    return {name: resized(image, 0.6)[0][:DOWN, :ACROSS] for name, image in pages.items()}


def sheet(number: int, size: tuple[int, int], parts: Sequence[tuple[Picture, int, int]], words: list[Word]) -> Sheet:
    """A picture with *parts* at their places, as opening makes a sheet of it."""
    image = np.full((size[1], size[0], 3), 232, np.uint8)
    for part, left, top in parts:
        image[top : top + part.shape[0], left : left + part.shape[1]] = part
    zones = zone_reading.zones(image, today=TODAY)
    return Sheet(Page(number, *size, tuple(words), Method.OCR), lambda: image, zones)


def below(drawn: dict[str, Picture]) -> Sheet:
    size, top = (ACROSS + 40, 2 * DOWN + 50), DOWN + 30
    parts = [(drawn[FIRST.surname], 20, 10), (drawn[SECOND.surname], 20, top)]
    return sheet(1, size, parts, words_at(FIRST, 20, 10, size) + words_at(SECOND, 20, top, size))


def beside(drawn: dict[str, Picture]) -> Sheet:
    size, left = (2 * ACROSS + 50, DOWN + 20), ACROSS + 30
    parts = [(drawn[FIRST.surname], 10, 10), (drawn[SECOND.surname], left, 10)]
    return sheet(1, size, parts, words_at(FIRST, 10, 10, size) + words_at(SECOND, left, 10, size))


def head_to_head(drawn: dict[str, Picture]) -> Sheet:
    """The second lies on its head, its zone at the first one's."""
    size, top = (ACROSS + 40, 2 * DOWN + 50), DOWN + 30
    parts = [(drawn[FIRST.surname], 20, 10), (np.rot90(drawn[SECOND.surname], 2), 20, top)]
    return sheet(1, size, parts, words_at(FIRST, 20, 10, size) + words_at(SECOND, 20, top, size, head=True))


def opened(*sheets: Sheet) -> Opened:
    return Opened("image/png", b"", sheets)


def records(file: Opened) -> list[Record]:
    return [read._record(part, found) for part, found in documents(file, recognise(file))]


def of(made: Sequence[Record], person: Person) -> Record:
    number = person.passport.number
    return next(each for each in made if (field := each.get("document_number")) is not None and field.value == number)


def assert_is(record: Record, person: Person) -> None:
    """Zone and print of *record* are those of *person*, and vouch for each other."""
    wanted = passport.truth(person)
    for name in ("surname", "given_names", "document_number", "birth_date", "expiry_date"):
        field = record.get(name)
        assert field is not None
        assert (field.value, field.sure) == (wanted[name], True), name
    for name in ("issue_date", "birth_place"):
        field = record.get(name)
        assert field is not None
        assert field.value == wanted[name], name
    printed = record.get("surname_printed")
    assert printed is not None
    assert printed.value == person.surname.upper()


@pytest.mark.parametrize("laid", [below, beside])
def test_two_passports_in_one_picture_are_two_records(
    drawn: dict[str, Picture], laid: Callable[[dict[str, Picture]], Sheet]
) -> None:
    file = opened(laid(drawn))
    made = records(file)
    assert [record.kind for record in made] == ["passport", "passport"]
    for person in (FIRST, SECOND):
        record = of(made, person)
        assert_is(record, person)
        assert not any("differs" in warning for warning in record.warnings)
    one, two = ({(f.name, f.value) for f in (*record.fields, *record.rejected)} for record in made)
    assert {value for name, value in one & two if name not in ("portrait", "authority")} <= {"P", "UTO"}


def test_every_value_stands_in_its_own_half(drawn: dict[str, Picture]) -> None:
    made = records(opened(beside(drawn)))
    for person, (left, right) in ((FIRST, (0.0, 0.5)), (SECOND, (0.5, 1.0))):
        record = of(made, person)
        assert record.get("portrait") is not None
        boxes = [field.source.box for field in record.fields if field.name != "language"]
        assert all(box is not None and left <= box.left < box.right <= right for box in boxes)


def test_one_that_lies_on_its_head_takes_nothing_of_the_other(drawn: dict[str, Picture]) -> None:
    made = records(opened(head_to_head(drawn)))
    assert len(made) == 2
    second = of(made, SECOND)
    assert second.get("surname_printed") is not None
    for person, (top, bottom) in ((FIRST, (0.0, 0.5)), (SECOND, (0.5, 1.0))):
        boxes = [field.source.box for field in of(made, person).fields if field.name != "language"]
        assert all(box is not None and top <= box.top < box.bottom <= bottom for box in boxes)
    assert of(made, FIRST).get("portrait") is not None


def test_each_page_belongs_to_the_zone_on_it_or_the_nearest_behind(drawn: dict[str, Picture]) -> None:
    """A cover, a passport, its stamps, another passport: fronts come before backs."""
    size = (ACROSS, DOWN)
    none = [sheet(number, size, [], []) for number in (1, 3)]
    second = sheet(2, size, [(drawn[FIRST.surname], 0, 0)], words_at(FIRST, 0, 0, size))
    fourth = sheet(4, size, [(drawn[SECOND.surname], 0, 0)], words_at(SECOND, 0, 0, size))
    made = records(opened(none[0], second, none[1], fourth))
    assert {(record.kind, record.pages) for record in made} == {("passport", (1, 2)), ("passport", (3, 4))}
    assert of(made, FIRST).pages == (1, 2)
    assert_is(of(made, FIRST), FIRST)
    assert_is(of(made, SECOND), SECOND)


def test_front_and_back_of_one_card_are_one_record() -> None:
    back, _ = page(TD1, capital=18, size=(800, 500), at=(100, 330))
    front = np.asarray(Image.fromarray(passport.guilloche(np.random.default_rng(1), 800, 500, (200, 190, 210))))
    printed = [("IDENTITY CARD", 60, 60), ("Surname", 300, 120), ("ERIKSSON", 300, 150), ("ANNA MARIA", 300, 220)]
    words = [
        Word(text, Box(x / 820, y / 1040, (x + 16 * len(text)) / 820, (y + 24) / 1040), 0.98) for text, x, y in printed
    ]
    file = opened(sheet(1, (820, 1040), [(front, 10, 10), (back, 10, 530)], words))
    [record] = records(file)
    assert record.kind == "identity-card"
    surname = record.get("surname")
    assert surname is not None
    assert (surname.value, surname.sure) == ("ERIKSSON", True), "the front vouches for the back"


def test_a_file_of_one_document_is_left_as_it_is(drawn: dict[str, Picture]) -> None:
    size = (ACROSS, DOWN)
    file = opened(sheet(1, size, [(drawn[FIRST.surname], 0, 0)], words_at(FIRST, 0, 0, size)))
    [(part, _)] = documents(file, recognise(file))
    assert part is file
    nothing = opened(sheet(1, size, [], []))
    assert documents(nothing, recognise(nothing))[0][0] is nothing


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "look", lambda _: ocr.Look((), 0))


def text_pages(*pages: Sequence[str]) -> pikepdf.Pdf:
    """Pages with a text layer, a line under the other."""
    made = pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Courier)
    for lines in pages:
        sheet = made.add_blank_page(page_size=(595, 842))
        sheet.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        rows = (f"BT /F 12 Tf 1 0 0 1 60 {760 - 24 * at} Tm ({line}) Tj ET" for at, line in enumerate(lines))
        sheet.Contents = pikepdf.Stream(made, "\n".join(rows).encode("latin-1"))
    return made


def saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


CONTRACT = [
    "EMPLOYMENT AGREEMENT",
    "This Employment Agreement is made between",
    "the Employer and the Employee.",
    "The Employer pays the Employee a salary of EUR 50,000 a year.",
    "Notice period: three months.",
]


def test_a_passport_scanned_behind_six_pages_of_text_is_found(drawn: dict[str, Picture], no_engine: None) -> None:
    scan = io.BytesIO()
    Image.fromarray(drawn[FIRST.surname]).save(scan, "PDF", resolution=150)
    more = [
        [f"{number}. Clause {number} of this Employment Agreement says what clause {number} says."]
        for number in range(2, 7)
    ]
    pdf = text_pages(CONTRACT, *more)
    with pikepdf.open(io.BytesIO(scan.getvalue())) as last:
        pdf.pages.extend(last.pages)
    contract, passport = read.read_bytes(saved(pdf), "application/pdf")
    assert (contract.kind, contract.pages) == ("contract", (1, 2, 3, 4, 5, 6))
    assert contract.get("salary") is not None
    assert (passport.kind, passport.pages) == ("passport", (7,))
    number = passport.get("document_number")
    assert number is not None
    assert (number.value, number.source.page) == (FIRST.passport.number, 7)


def test_a_passport_on_the_seventh_page_of_a_tiff_is_found(drawn: dict[str, Picture], no_engine: None) -> None:
    out = io.BytesIO()
    frames = [*[Image.new("L", (200, 150), "white")] * 6, Image.fromarray(np.rot90(drawn[FIRST.surname]))]
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    [record] = read.read_bytes(out.getvalue(), "image/tiff")
    assert (record.kind, record.turns) == ("passport", (0,) * 6 + (90,))
    number = record.get("document_number")
    assert number is not None
    assert (number.value, number.source.page) == (FIRST.passport.number, 7)


def family(*people: Person) -> bytes:
    """A PDF with a text layer that has a passport a page."""
    return saved(text_pages(*[["REPUBLIC OF UTOPIA", "PASSPORT", *td3(person)] for person in people]))


def test_two_documents_of_one_file_are_two_lines_of_json(tmp_path: Path) -> None:
    (tmp_path / "family.pdf").write_bytes(family(FIRST, SECOND))
    command = [MOBILITY, "read", "--json", str(tmp_path / "family.pdf")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["file"] for each in made] == [str(tmp_path / "family.pdf")] * 2
    assert [each["pages"] for each in made] == [[1], [2]]
    surnames = [each["fields"]["surname"]["value"] for each in made]
    assert surnames == [passport.truth(person)["surname"] for person in (FIRST, SECOND)]


CASE = Case(
    "c1",
    "GM-1",
    "us/l-1a",
    (
        Member("p1", "principal", FIRST.surname, FIRST.given_names),
        Member("p2", "spouse", SECOND.surname, SECOND.given_names),
    ),
    {"filing": date(2027, 1, 1)},
)


def test_a_file_with_the_passports_of_two_is_filed_as_two_documents(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    vault.new_compartment("inbox")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "family.pdf").write_bytes(family(FIRST, SECOND))
    with Catalog.open(vault) as catalog:
        catalog.add_case(CASE)
        with Intake(vault, catalog, jobs=1) as intake:
            pile, first, second = intake.folder(tmp_path / "in").outcomes
        assert [each.state for each in (pile, first, second)] == [State.FILED] * 3
        assert [catalog.document(each.document).person for each in (first, second)] == ["p1", "p2"]
        assert [catalog.document(each.document).pages for each in (pile, first, second)] == [(), (1,), (2,)]
        kept = {record.document: record for record in catalog.records(CASE.id)}
        surnames = [kept[each.document].get("surname").value for each in (first, second)]  # type: ignore[union-attr]
        assert surnames == ["GRUENWALDT", "OESTERVANG"]
        assert [kept[each.document].pages for each in (first, second)] == [(1,), (1,)]


def test_the_order_of_two_passports_does_not_settle_whose_the_file_is() -> None:
    file = open_bytes(family(SECOND, FIRST), "application/pdf")
    made = records(file)
    for order in (made, made[::-1]):
        found = place(order, [CASE], None)
        assert (found.case, found.person) == (CASE, "")
        assert "several people" in found.question


def test_a_passport_of_somebody_no_case_knows_is_not_filed_with_that_of_another() -> None:
    made = records(open_bytes(family(FIRST, cast().person["celikhan"]), "application/pdf"))
    found = place(made, [CASE], None)
    assert (found.case, found.person) == (CASE, "")
    assert "somebody else" in found.question
    assert place(made[::-1], [CASE], CASE).person == ""
    assert place(made[:1], [CASE], None).person == "p1"
