"""The table of seconds a receipt: which pictures, in which order, and what is said of readers that cannot be had."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench import receipt_speed
from bench.receipt_speed import Receipt, Taken


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Nine pictures called sroie, of which every fourth is read, and a PDF that is none."""
    (tmp_path / "sroie").mkdir()
    names = [f"sroie/{number}.png" for number in range(9)] + ["sroie/9.pdf"] * 4
    rows = [json.dumps({"file": name}) + "\n" for name in names]
    (tmp_path / "sroie" / "truth.jsonl").write_text("".join(rows), "utf-8")
    out = io.BytesIO()
    Image.fromarray(np.full((20, 30, 3), 200, np.uint8)).save(out, "PNG")
    for name in names[:9]:
        (tmp_path / name).write_bytes(out.getvalue())
    return tmp_path


def test_the_same_pictures_every_time(data: Path) -> None:
    assert [file.name for file in receipt_speed.pictures(data)] == ["0.png", "4.png", "8.png"]


def test_every_reader_reads_a_picture_before_the_next_comes(data: Path) -> None:
    read: list[str] = []

    def reader(name: str) -> receipt_speed.Reader:
        def one(receipt: Receipt) -> Taken:
            read.append(name + receipt.file.stem)
            return Taken(len(read), 2.0)

        return one

    files = list(receipt_speed.pictures(data))[:2]
    taken = receipt_speed.measured({"a": reader("a"), "b": reader("b")}, files)
    assert read == ["a0", "b0", "a0", "b0", "a4", "b4"]
    assert [each.clock for each in taken["a"]] == [3, 5]


def test_what_is_timed_is_the_work() -> None:
    receipt = Receipt(Path("a.png"), b"", np.zeros((1, 1, 3), np.uint8))
    taken = receipt_speed.timed(lambda _: sum(range(3_000_000)), receipt)
    assert 0 < taken.processor <= taken.clock + 0.1


def test_ratios_are_taken_picture_by_picture() -> None:
    taken = {
        "stock": [Taken(1.0, 2.0), Taken(10.0, 20.0), Taken(2.0, 4.0)],
        "ocr": [Taken(0.5, 1.0), Taken(4.0, 8.0), Taken(1.2, 2.4)],
    }
    assert receipt_speed.table(taken)[2:] == [
        "| RapidOCR as shipped, OCR alone | 2.000 | 4.000 |",
        "| ours, OCR alone | 1.200 | 2.400 |",
    ]
    [line] = receipt_speed.ratios(taken)
    assert line.endswith(": 0.50 of the seconds, 0.50 of the processor's")


def test_readers_that_cannot_be_had_are_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(receipt_speed.THREADS, "1")
    monkeypatch.setattr(receipt_speed.shutil, "which", lambda _: None)
    monkeypatch.setitem(receipt_speed.MAKERS, "ocr", lambda: lambda _: Taken(0.25, 0.5))  # type: ignore[index]
    lines = receipt_speed.compare(data, names=("ocr", "tesseract"))
    assert lines[0].startswith("3 pictures of receipts")
    assert "| ours, OCR alone | 0.250 | 0.500 |" in lines
    assert "tesseract-ocr" in lines[-1]


def test_without_the_public_receipts_it_says_so(tmp_path: Path) -> None:
    [line] = receipt_speed.compare(tmp_path)
    assert "not on this machine" in line
