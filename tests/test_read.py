from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import paper
import pytest
from paper import opened

from toolkit import read
from toolkit.errors import UnknownNameError
from toolkit.kind import kinds
from toolkit.model import Method
from toolkit.readers.prose import prose
from toolkit.zone import FoundZone

PLAIN = "text/plain"


def test_an_unknown_paper_gives_a_record_that_says_what_to_do() -> None:
    record = read.record_of(opened("Parking space 14\nThe courtyard will be resurfaced."))
    assert (record.kind, [field.name for field in record.fields]) == ("unknown", ["language"])
    assert "name its kind" in record.warnings[0]


def test_a_kind_that_a_person_names_is_not_doubted() -> None:
    record = read.record_of(opened("University of Eunomia\nhas conferred upon Ada Example"), "degree")
    assert (record.kind, record.kind_confidence) == ("degree", 1.0)
    assert record.get("holder") is not None


def test_a_kind_that_nobody_knows_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(UnknownNameError, match="degree"):
        read.record_of(opened("x"), "horoscope")


def test_what_a_kind_expects_and_lacks_is_a_warning() -> None:
    record = read.record_of(opened("Marriage Certificate\nCertificate of marriage\nDate of marriage | 4 May 2011"))
    assert record.kind == "marriage-certificate"
    assert any(warning.startswith("spouse 1: not found") for warning in record.warnings)
    assert not any("marriage date" in warning for warning in record.warnings)


def test_no_warning_or_repr_holds_a_value() -> None:
    record = read.record_of(opened("Marriage Certificate\nDate of marriage | 4 May 2011"))
    assert "2011" not in repr(record) + "".join(record.warnings)


def test_every_family_that_a_kind_names_has_a_reader() -> None:
    for kind in kinds().values():
        assert callable(read.reader(kind.reader))


def test_no_other_module_can_be_named_as_reader() -> None:
    with pytest.raises(ValueError, match="os"):
        read.reader("os")  # type: ignore[arg-type]


def test_a_picture_without_words_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> tuple[FoundZone, ...]:
        return ()

    monkeypatch.setattr("toolkit.zone.find_all", none)
    assert read.record_of(opened("", method=Method.OCR)).kind == "unknown"


#: A reader that tries every two or three of these against each other takes minutes over them, not a second.
_PATIENCE = 5.0


def _amounts(label: str, other: str) -> str:
    return "\n".join(f"{label} {n}.{n % 100:02d}\n{other} {n // 2}.{n % 97:02d}" for n in range(10, 500))


@pytest.mark.parametrize(
    "text",
    [
        "6% 1.06 " * 700,
        "_" * 6000,
        "- " * 1000,
        _amounts("Cash", "Change"),
        _amounts("Subtotal", "Total"),
        _amounts("Total", "Rounding"),
    ],
)
@pytest.mark.parametrize("kind", ["receipt", "contract", "degree"])
def test_a_page_of_repetitions_is_read_in_time(kind: str, text: str) -> None:
    started = time.perf_counter()
    read.record_of(opened(text), kind)
    assert time.perf_counter() - started < _PATIENCE


@pytest.mark.parametrize("filler", [" ", "\u00a0", "\n \t"])
def test_a_word_of_blanks_is_no_word(filler: str) -> None:
    written = paper.page("notice period of x months")
    words = tuple(replace(word, text=filler * 3000 if word.text == "x" else word.text) for word in written.words)
    assert prose([replace(written, words=words)]).text == "notice period of\tmonths\f"


_SAMPLES = Path(__file__).resolve().parent.parent / "samples"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("file", "media_type"),
    [
        ("GM-2026-002/Employment contract.pdf", "application/pdf"),
        ("GM-2026-001/Assignment agreement signed.docx", _WORD),
    ],
)
def test_the_contracts_of_the_sample_inbox_are_read_as_they_were_drawn(file: str, media_type: str) -> None:
    rows = (json.loads(line) for line in (_SAMPLES / "truth.jsonl").read_text("utf-8").splitlines())
    truth = next(row for row in rows if row["file"] == file)
    (record,) = read.read_bytes((_SAMPLES / "inbox" / file).read_bytes(), media_type)
    got = {field.name: list(field.value) if isinstance(field.value, tuple) else field.value for field in record.fields}
    assert record.kind == truth["kind"]
    assert {name: got.get(name) for name in truth["fields"]} == truth["fields"]
