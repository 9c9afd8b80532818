"""Photos of one long receipt are one document: shared rows count once, the order is found, what is missing is said."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.specimens import e_invoices
from tests.test_receipts_apart import page, words
from toolkit import ocr
from toolkit.cli.read import Readers
from toolkit.errors import InputError, UnreadableError
from toolkit.joined import MOST, join, overlap
from toolkit.joined_photos import read_photos
from toolkit.model import Box, Word
from toolkit.pages import Opened, Sheet
from toolkit.read import record_of
from toolkit.readers.money.rows import rows

GOODS = [f"{name}  {cents // 100},{cents % 100:02d}" for name, cents in (
    ("Apfelsaft", 199), ("Butter", 249), ("Chicorée", 129), ("Datteln", 399), ("Essig", 89), ("Feigen", 279),
    ("Grieß", 119), ("Honig", 549), ("Ingwer", 159), ("Joghurt", 65), ("Joghurt", 65), ("Kaffee", 799),
    ("Linsen", 189), ("Mehl", 99), ("Nudeln", 149), ("Oliven", 329),
)]  # fmt: skip
HEAD = ["Markthalle Abendrot GmbH", "Lindenstraße 4", "10969 Berlin", "Bon-Nr. 4711", "12.10.2026  18:41"]
FOOT = ["Summe EUR  38,67", "Karte  38,67", "Vielen Dank für Ihren Einkauf"]
ALL = [*HEAD, *GOODS, *FOOT]


def photo(lines: Sequence[str], *, notes: tuple[str, ...] = ()) -> Opened:
    """A photo of some rows of a receipt: the longer, the farther away the camera was."""
    drawn = page(words("\n".join(lines)), (600, 60 + 36 * len(lines)))
    return Opened("image/jpeg", b"jpeg", (Sheet(drawn, lambda: np.full((9, 9, 3), 255, np.uint8), ()),), (), notes)


def texts(opened: Opened) -> list[str]:
    return [row.text for row in rows(opened.pages)]


WHOLE = texts(photo(ALL))


def test_rows_on_both_photos_are_taken_once() -> None:
    made, _ = join([photo(ALL[:15]), photo(ALL[10:])])
    assert texts(made) == WHOLE
    assert [each.number for each in made.pages] == [1, 2]
    assert made.notes == ("Photo 2 goes on from photo 1: 5 rows on both are taken once.",)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_order_is_found_by_the_rows_that_are_shared(order: tuple[int, ...]) -> None:
    parts = [photo(ALL[:11]), photo(ALL[7:18]), photo(ALL[14:])]
    made, _ = join([parts[at] for at in order])
    assert texts(made) == WHOLE
    assert (made.notes[0].startswith("The photos were put in this order")) is (order != (0, 1, 2))


def test_the_total_of_the_joined_receipt_is_that_of_its_goods() -> None:
    record = record_of(join([photo(ALL[12:]), photo(ALL[:16])])[0])
    values = {field.name: field.value for field in record.fields}
    assert (values["total"], values["date"], values["time"]) == ("38.67", "2026-10-12", "18:41")
    assert record.pages == (1, 2)
    assert any("put in this order" in warning for warning in record.warnings)


def test_a_word_read_otherwise_in_the_other_photo_does_not_part_them() -> None:
    misread = [*ALL[10:]]
    misread[1] = misread[1].replace("Fei", "Fel")
    misread[2] = misread[2].replace("1,19", "1,l9")
    assert len(texts(join([photo(ALL[:15]), photo(misread)])[0])) == len(ALL)


def test_a_row_cut_off_at_the_edge_is_not_a_row_of_its_own() -> None:
    upper = [*ALL[:15], "|||||||||"]
    made, _ = join([photo(upper), photo(["' ' ' '", *ALL[10:]])])
    assert texts(made) == WHOLE


def test_photos_without_a_shared_row_are_joined_and_what_may_be_missing_is_said() -> None:
    made, seamless = join([photo(ALL[:10]), photo(ALL[13:])])
    assert not seamless
    assert texts(made) == texts(photo([*ALL[:10], *ALL[13:]]))
    [note] = made.notes
    assert "No row at the end of photo 1 stands at the start of photo 2 too" in note
    assert "missing" in note


def test_seven_of_one_thing_on_both_photos_are_counted_by_a_person() -> None:
    drinks = ["Limonade  2,50"] * 3
    made, seamless = join([photo([*HEAD, *drinks]), photo([*drinks, *FOOT])])
    assert not seamless
    assert made.notes == ("The rows that photo 1 and photo 2 share all say the same: count them on the receipt.",)


def test_the_same_part_twice_is_named() -> None:
    made, seamless = join([photo(ALL), photo(ALL)])
    assert not seamless
    assert "hardly a row" in made.notes[0]
    assert texts(made) == WHOLE


def test_what_was_noted_of_a_photo_stays() -> None:
    made, _ = join([photo(ALL[:15], notes=("It is blurred.",)), photo(ALL[10:], notes=("It is blurred.",))])
    assert made.notes[1:] == ("It is blurred.",)
    assert (made.data, made.attachments) == (b"", ())


@pytest.mark.parametrize("count", [0, 1, MOST + 1])
def test_one_photo_is_nothing_to_join_and_many_are_refused(count: int) -> None:
    with pytest.raises(InputError, match="cannot be joined"):
        join([photo(ALL)] * count)


def test_short_rows_make_no_overlap() -> None:
    above, below = rows(photo(["Brot  1,20", "A", "B"]).pages), rows(photo(["A", "B", "Käse  3,10"]).pages)
    assert overlap(above, below).pairs == ()
    assert overlap(rows(photo(ALL).pages), ()).pairs == overlap((), rows(photo(ALL).pages)).pairs == ()


def test_a_photo_of_ten_thousand_rows_is_soon_joined() -> None:
    long = tuple(row for _ in range(400) for row in rows(photo(ALL).pages))
    assert len(overlap(long, long).pairs) <= 60


def picture(shade: int) -> bytes:
    out = io.BytesIO()
    drawn = np.full((120, 90, 3), shade, np.uint8)
    drawn[20:30, 20:60] = 0
    Image.fromarray(drawn).save(out, "PNG")
    return out.getvalue()


def test_files_are_joined_as_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {200: page(words("\n".join(ALL[:15]))).words, 210: page(words("\n".join(ALL[10:])), (600, 800)).words}
    monkeypatch.setattr(ocr, "look", lambda image: ocr.Look(parts[int(image[0, 0, 0])], 0))
    record, *_ = read_photos([picture(210), picture(200)], ["image/png"] * 2)
    total = record.get("total")
    assert total is not None
    assert (record.kind, total.value, total.source.page, total.sure) == ("receipt", "38.67", 2, True)


def test_photos_of_two_receipts_vouch_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    other = ["Ristorante Finto", "Via Roma 1, Roma", "14/05/2026 13:05", "2 Pizza  22,00", "Totale EUR  22,00"]
    parts = {200: page(words("\n".join(ALL))).words, 210: page(words("\n".join(other)), (600, 800)).words}
    monkeypatch.setattr(ocr, "look", lambda image: ocr.Look(parts[int(image[0, 0, 0])], 0))
    record, *_ = read_photos([picture(200), picture(210)], ["image/png"] * 2)
    assert record.get("total") is not None and not any(field.sure for field in record.fields)


def test_a_damaged_photo_stops_the_joining_and_is_named() -> None:
    with pytest.raises(UnreadableError, match="Photo 2: "):
        read_photos([picture(200), picture(210)[:60]], ["image/png"] * 2)


def test_what_is_no_photo_is_named_and_not_joined(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture(200))
    (tmp_path / "b.xml").write_bytes(e_invoices.ubl())
    with Readers() as readers:
        [answer] = readers.joined([tmp_path / "a.png", tmp_path / "b.xml"])
        assert answer["file"].endswith("b.xml") and answer["error"]["code"] == "unknown-format"
        [answer] = readers.joined([tmp_path / "a.png", tmp_path / "nothing.png"])
        assert answer["file"].endswith("nothing.png") and answer["error"]["code"] == "input"


def test_words_keep_their_places_on_their_photo() -> None:
    upper = photo(ALL[:15])
    made, _ = join([upper, photo(ALL[10:])])
    kept: set[Word] = set(made.pages[0].words)
    assert kept < set(upper.pages[0].words)
    assert all(isinstance(word.box, Box) and 0 <= word.box.top < word.box.bottom <= 1 for word in kept)
