"""The specimen generator and what it drew: the same bytes every time, right in itself, small, all accounted for."""

from __future__ import annotations

import io
import json
import zipfile
from decimal import Decimal
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.specimens import inbox, invoice, receipts, zone
from tests.specimens.case_file import case_file, moves
from tests.specimens.cast import cast
from tests.specimens.inbox import COPIES, FILES

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn")
    list(inbox.draw(folder))
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def truth() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLES / "truth.jsonl").read_text("utf-8").splitlines()]


def test_the_same_input_gives_the_same_bytes(drawn: Path, tmp_path: Path) -> None:
    list(inbox.draw(tmp_path))
    assert files(tmp_path) == files(drawn)


def test_what_is_committed_is_what_the_generator_draws(drawn: Path) -> None:
    # Pictures may differ in a bit from one build of OpenCV or libjpeg to the next; names, cases and truth may not.
    committed = files(SAMPLES)
    fresh = files(drawn)
    assert committed.keys() == fresh.keys()
    for name in committed:
        if name.endswith((".toml", ".jsonl")):
            assert committed[name] == fresh[name], name


def test_samples_stay_small() -> None:
    sizes = {name: len(data) for name, data in files(SAMPLES).items()}
    assert sum(sizes.values()) < 4_000_000
    assert max(sizes.values()) < 600_000


def test_the_truth_names_exactly_the_files_that_are_there() -> None:
    there = {
        path.relative_to(SAMPLES / "inbox").as_posix() for path in (SAMPLES / "inbox").rglob("*") if path.is_file()
    }
    rows = truth()
    assert {row["file"] for row in rows} == there == set(FILES)
    assert len({(row["file"], row["member"]) for row in rows}) == len(rows)
    assert {row["state"] for row in rows} == {"filed", "asked", "quarantined"}


def test_what_is_inside_a_zip_or_mail_is_named_too() -> None:
    members = {(row["file"], row["member"]) for row in truth() if row["member"]}
    found = set()
    for name, data in files(SAMPLES / "inbox").items():
        if name.endswith(".zip"):
            found |= {(name, member) for member in zipfile.ZipFile(io.BytesIO(data)).namelist()}
        if name.endswith(".eml"):
            found |= {(name, attached) for part in message_from_bytes(data).walk() if (attached := part.get_filename())}
    assert members == found
    assert members


def test_the_inbox_holds_what_it_promises() -> None:
    kinds = [row["kind"] for row in truth() if not row["copy_of"]]
    assert kinds.count("passport") == 3
    assert kinds.count("receipt") == 5
    assert kinds.count("contract") == 2
    assert {"degree", "marriage-certificate", "invoice"} <= set(kinds)
    assert {row["fields"]["currency"] for row in truth() if row["kind"] == "receipt"} == {"USD", "GBP", "EUR"}
    assert {row["why"] for row in truth()} >= {"unreadable", "encrypted", "unknown-format"}


def test_a_copy_is_byte_for_byte_its_original() -> None:
    inboxed = files(SAMPLES / "inbox")
    for copy, original in COPIES.items():
        assert inboxed[copy] == inboxed[original]
    assert len(set(inboxed.values())) == len(inboxed) - len(COPIES)


def test_the_broken_files_are_broken() -> None:
    inboxed = files(SAMPLES / "inbox")
    states = {row["file"]: row["why"] for row in truth() if row["state"] == "quarantined"}
    for name, why in states.items():
        expected = pikepdf.PasswordError if why == "encrypted" else pikepdf.PdfError
        with pytest.raises(expected):
            pikepdf.open(io.BytesIO(inboxed[name]))


@pytest.mark.parametrize("key", sorted(cast().person))
def test_every_zone_is_well_formed(key: str) -> None:
    person = cast().person[key]
    first, second = zone.td3(person)
    assert len(first) == len(second) == 44
    assert set(first + second) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
    assert first.startswith("P<UTO")
    assert second[9] == zone.check_digit(second[:9])
    assert second[19] == zone.check_digit(second[13:19])
    assert second[27] == zone.check_digit(second[21:27])
    assert second[43] == zone.check_digit(second[:10] + second[13:20] + second[21:43])


def test_check_digits_and_names_agree_with_the_standard() -> None:
    # Doc 9303-4, appendix B, the example of Utopia; Doc 9303-3, section 6.
    assert zone.check_digit("L898902C3") == "6"
    assert zone.check_digit("740812") == "2"
    assert zone.check_digit("120415") == "9"
    assert zone.check_digit("ZE184226B<<<<<") == "1"
    assert zone.transliterated("Grünwaldt") == "GRUENWALDT"
    assert zone.transliterated("Østervang") == "OESTERVANG"
    assert zone.transliterated("Çelikhan") == "CELIKHAN"
    assert zone.transliterated("D'Arcy-Ångström") == "DARCY<AANGSTROEM"


@given(
    st.text(
        st.characters(min_codepoint=0x20, max_codepoint=0x17F, categories=("Lu", "Ll"), exclude_characters="µ"),
        max_size=40,
    )
)
def test_no_letter_of_latin_script_reaches_the_zone_untransliterated(name: str) -> None:
    assert set(zone.transliterated(name)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ<")


@pytest.mark.parametrize("key", sorted(receipts.money().receipt))
def test_receipts_add_up(key: str) -> None:
    fields = {name: str(value) for name, value in receipts.truth(receipts.money().receipt[key]).items()}
    parts = (Decimal(fields.get(name, "0")) for name in ("subtotal", "tax", "tip"))
    assert sum(parts) == Decimal(fields["total"])
    assert "2026-08-01" <= fields["date"] <= "2026-10-30"


def test_the_invoice_carries_its_own_data_and_adds_up() -> None:
    ram = {"ram": invoice.NAMESPACES["ram"]}
    with pikepdf.open(io.BytesIO(invoice.factur_x())) as document:
        attached = document.attachments["factur-x.xml"].get_file().read_bytes()
        metadata = document.Root.Metadata.read_bytes().decode()
    assert "<fx:ConformanceLevel>EN 16931<" in metadata
    assert "<pdfaid:part>3<" in metadata
    tree = etree.fromstring(attached)

    def amounts(name: str) -> list[Decimal]:
        return [Decimal(node.text or "") for node in tree.iterfind(f".//ram:{name}", ram)]

    *lines, net = amounts("LineTotalAmount")
    assert sum(lines) == net == amounts("TaxBasisTotalAmount")[0] == amounts("BasisAmount")[0]
    assert amounts("TaxTotalAmount") == amounts("CalculatedAmount")
    assert net + amounts("TaxTotalAmount")[0] == amounts("GrandTotalAmount")[0] == amounts("DuePayableAmount")[0]
    assert amounts("GrandTotalAmount")[0] == Decimal(str(invoice.truth()["total"]))


def test_case_files_and_papers_speak_of_the_same_people() -> None:
    for reference, move in moves().items():
        assert (SAMPLES / "cases" / f"{reference}.toml").read_text("utf-8") == case_file(reference)
        about = {row["person"] for row in truth() if row["case"] == reference and row["person"]}
        assert about == set(move.people)


def test_one_passport_ends_before_the_assignment() -> None:
    early = [
        (reference, role)
        for reference, move in moves().items()
        for role, key in move.people.items()
        if cast().person[key].passport.expires < move.dates["end"]
    ]
    assert early == [("GM-2026-001", "spouse")]
