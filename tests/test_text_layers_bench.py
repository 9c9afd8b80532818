"""The bench of text layers: which files it takes, what it counts, and what it says of a reader that cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_pages import a_jpeg, a_pdf, says

from bench import text_layers


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    folder = tmp_path / "kleister_nda"
    folder.mkdir()
    for name in ("a.pdf", "b.PDF", "c.pdf"):
        (folder / name).write_bytes(a_pdf(says("Between the parties"), says("and nobody else")))
    (folder / "scan.pdf").write_bytes(a_pdf("", image=a_jpeg()))
    (folder / "torn.pdf").write_bytes(b"%PDF-1.7")
    return tmp_path


def test_only_contracts_with_a_text_layer_are_measured(contracts: Path):
    assert [path.name for path in text_layers.chosen(contracts, 60)] == ["a.pdf", "b.PDF", "c.pdf"]
    assert len(text_layers.chosen(contracts, 2)) == 2


def test_pages_and_words_are_counted_in_a_process_of_its_own(contracts: Path):
    answer = text_layers.measured("ours", text_layers.chosen(contracts, 60))
    assert not isinstance(answer, str)
    assert (answer["pages"], answer["words"]) == (6, 18)
    assert answer["processor"] > 0


def test_a_reader_that_cannot_be_had_is_said_so(contracts: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(text_layers, "installed", lambda: "no network")
    told = text_layers.compare(contracts, 60, ["pdfplumber"])
    assert told[-1] == "pdfplumber, words with boxes: not measured: no network"
    assert text_layers.compare(contracts / "nowhere", 60, []) == [
        "Text layers are not measured: there are no contracts as PDF on this machine."
    ]


def test_the_table_says_how_many_times_the_pages_of_pdfplumber():
    found = {
        "ours": {"pages": 100, "words": 5, "seconds": 1.0, "processor": 0.5, "load": 0.2},
        "pdfplumber": {"pages": 100, "words": 5, "seconds": 20.0, "processor": 10.0, "load": 0.2},
    }
    assert text_layers.table(found)[2] == "| ours, words with boxes | 100 | 5 | 100 | 200 | 20.0 | 0.2 |"
