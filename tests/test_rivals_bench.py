"""The comparison with rival readers: the same pictures for all, honest ratios, and a clear word where it cannot run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import passports, rivals
from bench.rivals import Measured


def test_a_view_holds_the_chosen_pictures_and_only_those(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    (data / "mrz").mkdir(parents=True)
    rows = [{"file": f"some/{number}.jpg", "mrz": []} for number in range(6)]
    (data / "some").mkdir()
    for row in rows:
        (data / row["file"]).write_bytes(row["file"].encode())
    (data / "mrz" / "truth.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    monkeypatch.setattr(rivals, "OUT", tmp_path / "out")
    folder = rivals.view(data, 3)
    chosen = [json.loads(line)["file"] for line in (folder / "mrz" / "truth.jsonl").read_text("utf-8").splitlines()]
    assert chosen == ["some/0.jpg", "some/2.jpg", "some/4.jpg"]
    assert [(folder / file).read_bytes() for file in chosen] == [file.encode() for file in chosen]
    assert not (folder / "some" / "1.jpg").exists()


def test_ratios_below_one_mean_that_we_are_faster() -> None:
    found = [Measured("zone", "4/4", "9/9", "0", 0.5, 0.1), Measured("fastmrz", "2/4", "5/9", "0", 1.0, 0.9)]
    assert rivals.ratios(found) == ["- seconds, ours, zone only / fastmrz: 0.50"]
    assert rivals.table(found)[-1] == "| fastmrz | 2/4 | 5/9 | - | 1.000 | 0.9 |"


def test_what_cannot_be_measured_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Rivals are not measured" in rivals.compare(tmp_path)[0]
    monkeypatch.setattr(rivals, "SHARED", tmp_path)
    assert "rivals.py is not on this machine" in str(rivals.rival(tmp_path, "fastmrz"))
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "rivals.py").write_text("", "utf-8")
    monkeypatch.setattr(rivals.shutil, "which", lambda _: None)
    assert "apt install tesseract-ocr" in str(rivals.rival(tmp_path, "passporteye"))


def test_tables_replace_what_stood_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"above\n{passports.BEGIN}\nold\n{passports.END}\nbelow\n", "utf-8")
    passports.pasted(page, "new\n")
    assert page.read_text("utf-8") == f"above\n{passports.BEGIN}\nnew\n{passports.END}\nbelow\n"


def test_the_page_has_the_marks() -> None:
    text = passports.DOCS.read_text("utf-8")
    assert text.count(passports.BEGIN) == text.count(passports.END) == 1
