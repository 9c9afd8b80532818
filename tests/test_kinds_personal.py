"""Papers of a person's life, invented: which kind they are taken for, and what is read from them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from paper import opened

from toolkit.kind import kinds
from toolkit.model import Field, Method, Record
from toolkit.read import record_of
from toolkit.recognise import recognise


def papers(name: str) -> Sequence[Mapping[str, Any]]:
    listed: Sequence[Mapping[str, Any]] = tomllib.loads(
        (Path(__file__).parent / "specimens" / name).read_text("utf-8")
    )["paper"]
    return listed


PAPERS = papers("personal_papers.toml")
SHORT = papers("personal_papers_short.toml")
NAMES = [f"{paper['kind']}-{number}" for number, paper in enumerate(PAPERS)]
PERSONAL = (
    "photo",
    "cv",
    "degree",
    "transcript",
    "credential-evaluation",
    "professional-licence",
    "experience-letter",
    "payslip",
    "tax-record",
    "bank-statement",
    "police-certificate",
    "medical-certificate",
    "tb-certificate",
    "language-test",
    "insurance",
    "marriage-certificate",
    "birth-certificate",
    "divorce-decree",
    "name-change",
    "custody-consent",
    "apostille",
    "accommodation-proof",
    "residence-registration",
    "declaration",
)


def values(record: Record) -> dict[str, object]:
    return {field.name: field.value for field in record.fields}


@pytest.mark.parametrize("paper", PAPERS, ids=NAMES)
@pytest.mark.parametrize("method", [Method.TEXT_LAYER, Method.OCR])
def test_a_paper_is_recognised(paper: Mapping[str, Any], method: Method) -> None:
    found = recognise(opened(paper["text"], method=method))
    assert found.name == paper["kind"]
    assert found.confidence >= 0.6


@pytest.mark.parametrize("paper", SHORT, ids=[f"{paper['kind']}-{number}" for number, paper in enumerate(SHORT)])
def test_a_short_paper_of_another_country_is_recognised_and_a_stranger_stays_unknown(paper: Mapping[str, Any]) -> None:
    assert recognise(opened(paper["text"])).name == paper["kind"]


KNOWN = [paper for paper in (*PAPERS, *SHORT) if paper["kind"] != "unknown"]


@pytest.mark.parametrize("paper", KNOWN, ids=lambda paper: paper["kind"])
def test_lost_spaces_and_capitals_change_no_kind(paper: Mapping[str, Any]) -> None:
    rows = paper["text"].split("\n")
    squeezed = "\n".join("|".join(cell.replace(" ", "") for cell in row.split("|")) for row in rows)
    assert recognise(opened(squeezed, method=Method.OCR)).name == paper["kind"]
    assert recognise(opened(paper["text"].upper())).name == paper["kind"]


@pytest.mark.parametrize("paper", PAPERS, ids=NAMES)
@pytest.mark.parametrize("method", [Method.TEXT_LAYER, Method.OCR])
def test_a_paper_gives_its_facts(paper: Mapping[str, Any], method: Method) -> None:
    got = values(record_of(opened(paper["text"], method=method), paper["kind"]))
    assert {name: got.get(name) for name in paper["fields"]} == paper["fields"]


@pytest.mark.parametrize("paper", PAPERS, ids=NAMES)
def test_nothing_vouched_for_contradicts_the_paper(paper: Mapping[str, Any]) -> None:
    record = record_of(opened(paper["text"], method=Method.OCR), paper["kind"])
    sure: list[Field] = [field for field in record.fields if field.sure and field.name in paper["fields"]]
    assert [field.value for field in sure] == [paper["fields"][field.name] for field in sure]


@pytest.mark.parametrize("name", PERSONAL)
def test_a_kind_is_there_and_expects_only_what_it_can_find(name: str) -> None:
    kind = kinds()[name]
    assert set(kind.expects) <= set(kind.fields) | {"period_end"}


def test_every_kind_but_the_photo_has_papers_in_three_layouts_and_two_languages() -> None:
    for name in set(PERSONAL) - {"photo", "bank-statement"}:
        assert sum(paper["kind"] == name for paper in PAPERS) >= 3, name
        assert len(kinds()[name].phrases) >= 4, name
