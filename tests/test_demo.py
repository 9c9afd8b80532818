"""The main job, end to end, on the samples: what the truth says of every file is what becomes of it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pikepdf
import pypdfium2
import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
MOBILITY = Path(sys.executable).parent / "mobility"
OFFICE = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice Writer is not installed")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "out"
    done = subprocess.run([MOBILITY, "demo", "--out", out], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    (out / "said.txt").write_text(done.stdout)
    return out


def ask(demo: Path, *words: str) -> Any:
    passphrase = (demo / "passphrase.txt").read_text().strip()
    environment = {**os.environ, "MOBILITY_VAULT": str(demo / "vault"), "MOBILITY_PASSPHRASE": passphrase}
    done = subprocess.run(
        [MOBILITY, *words, "--json"], capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL
    )
    return json.loads(done.stdout)


def truth() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLES / "truth.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def again(demo: Path) -> Any:
    """Intake of the same inbox again: everything is known, so it only tells where each file ended."""
    return ask(demo, "intake", str(SAMPLES / "inbox"))


def test_the_sum_adds_up_and_nothing_is_taken_twice(again: Any) -> None:
    outcomes = again["outcomes"]
    assert again["in"] == len(outcomes) == again["filed"] + again["asked"] + again["quarantined"]
    assert all(outcome["resumed"] for outcome in outcomes)
    sent = [path for path in (SAMPLES / "inbox").rglob("*") if path.is_file()]
    assert len({outcome["name"].split("/0", 1)[0] for outcome in outcomes}) == len(sent)


def test_every_sample_ends_as_its_truth_says(again: Any) -> None:
    ends = {outcome["name"]: outcome for outcome in again["outcomes"]}
    for row in truth():
        names = [name for name in ends if name.startswith(row["file"]) and name.endswith(row["member"] or row["file"])]
        assert names, row["file"]
        outcome = ends[names[-1]]
        assert outcome["state"] == row["state"], (names[-1], outcome["reason"])
        if row["state"] == "filed" and not row["copy_of"] and row["kind"] != "container":
            assert outcome["kind"] == row["kind"], names[-1]
            assert outcome["case"] == row["case"], names[-1]


def test_what_is_vouched_for_is_true(demo: Path) -> None:
    """No field of a sample that the reader is sure of contradicts what was drawn."""
    said = {name: ask(demo, "case", "show", name)["facts"] for name in ("GM-2026-001", "GM-2026-002")}
    right, wrong = 0, []
    for row in truth():
        if row["kind"] != "passport" or row["state"] != "filed" or row["copy_of"]:
            continue
        for name, value in row["fields"].items():
            fact = said[row["case"]].get(f"{row['person']}.passport.{name}")
            if fact and fact["fact"]["confidence"] >= 0.9:
                right += fact["fact"]["value"] == value
                wrong += [(row["file"], name)] if fact["fact"]["value"] != value else []
    assert not wrong
    assert right >= 20, "three passports, most fields of each vouched for"


def test_the_spouse_passport_that_ends_too_early_is_unmet(demo: Path) -> None:
    checked = ask(demo, "check", "GM-2026-001")
    assert checked["complete"] is False
    spouse = [f for f in checked["findings"] if "passport" in f["requirement"] and f["verdict"] == "UNMET"]
    assert spouse
    assert all(finding["legal_source"] and finding["checked"] for finding in checked["findings"])


def test_the_packet_says_what_is_in_it(demo: Path) -> None:
    path = demo / "GM-2026-001-packet.pdf"
    manifest = json.loads((demo / "GM-2026-001-packet.manifest.json").read_text("utf-8"))
    assert manifest["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    with pikepdf.open(path) as packet, packet.open_outline() as outline:
        assert len(packet.pages) == manifest["pages"]
        assert len(outline.root) >= 2
    pages = pypdfium2.PdfDocument(path)
    cover = pages[0].get_textpage().get_text_range()
    assert "INCOMPLETE" in cover.upper()
    for exhibit in manifest["exhibits"]:
        assert str(exhibit["exhibit"]) in pages[exhibit["divider"] - 1].get_textpage().get_text_range()
    passport = SAMPLES / "inbox" / "GM-2026-001" / "IMG_2041.jpg"
    sums = {exhibit["sha256_original"] for exhibit in manifest["exhibits"]}
    assert hashlib.sha256(passport.read_bytes()).hexdigest() in sums


def test_the_claim_keeps_currencies_apart(demo: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO((demo / "GM-2026-001-claim.xlsx").read_bytes()))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert {"EUR", "USD"} <= cells
    text = "".join(
        page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(demo / "GM-2026-001-claim.pdf")
    )
    assert "European Central Bank" in text


@OFFICE
def test_the_letter_is_a_pdf_with_the_name_as_written(demo: Path) -> None:
    letter = pypdfium2.PdfDocument(demo / "GM-2026-001-long-term-assignment-letter.pdf")
    text = "".join(page.get_textpage().get_text_range() for page in letter)
    assert "Grünwaldt" in text
    assert "{{" not in text


def test_the_letters_are_those_the_sample_cases_have_the_facts_for(demo: Path) -> None:
    assert {path.name for path in demo.glob("*.docx")} == {
        "GM-2026-001-l-1-support-letter.docx",
        "GM-2026-001-long-term-assignment-letter.docx",
        "GM-2026-001-policy-summary.docx",
        "GM-2026-002-skilled-worker-sponsor-letter.docx",
    }
    assert "not written" not in (demo / "said.txt").read_text()
    letter = docx.Document(str(demo / "GM-2026-001-long-term-assignment-letter.docx"))
    cells = [cell.text for table in letter.tables for row in table.rows for cell in row.cells]
    assert "clause\N{NO-BREAK SPACE}3.1" in cells and "Marit Élise Østervang (spouse)" in cells
    # What is signed says one salary: the agreement's, the letter's and the pay table's.
    salaries = {cell for cell in cells if "168,000" in cell}
    assert salaries == {"USD\N{NO-BREAK SPACE}168,000.00 per year", "USD\N{NO-BREAK SPACE}168,000.00"}


def test_nothing_personal_lies_in_the_vault_in_clear(demo: Path) -> None:
    words = ["Grünwaldt", "GRUENWALDT", "UK41739A6", "Østervang", "OESTERVANG", "IMG_2041", "Nordlicht"]
    for path in (demo / "vault").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not [word for word in words if word.encode() in data], path.name


def test_the_vault_verifies(demo: Path) -> None:
    assert ask(demo, "vault", "verify")["problems"] == []
