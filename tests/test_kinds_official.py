"""Papers of immigration and of companies: each is known for what it is, and what the rules need is read from it."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from paper import opened

from toolkit import pages
from toolkit.kind import kinds
from toolkit.model import Method
from toolkit.readers import patterns
from toolkit.recognise import Recognised, recognise

FOLDER = Path(__file__).parent / "specimens" / "official"

#: What the official blank forms of the public set are; the others are papers that no case asks for.
FORMS = {
    "us-g-28-2018.pdf": "representation-form",
    "us-i-129-2018.pdf": "petition-form",
    "us-i-539-2024.pdf": "application-form",
    "us-i-765-2025.pdf": "application-form",
    "us-i-907-2018.pdf": "application-form",
    "us-i-9-2023.pdf": "unknown",
    "us-w-9.pdf": "unknown",
}


@cache
def papers() -> Mapping[str, Mapping[str, object]]:
    found = {}
    for file in sorted(FOLDER.glob("[!n]*.toml")):
        for paper in tomllib.loads(file.read_text("utf-8"))["paper"]:
            found[f"{paper['kind']}, {paper['name']}"] = paper
    return found


@cache
def neighbours() -> Mapping[str, Mapping[str, object]]:
    papers = tomllib.loads((FOLDER / "neighbours.toml").read_text("utf-8"))["paper"]
    return {paper["name"]: paper for paper in papers}


def read(paper: Mapping[str, object], method: Method) -> dict[str, object]:
    sheets = opened(str(paper["rows"]), method=method)
    name = str(paper["kind"])
    return {f.name: f.value for f in patterns.read(sheets, Recognised(kinds()[name], name, 1.0, (1,))).fields}


@pytest.mark.parametrize("name", papers())
@pytest.mark.parametrize("method", [Method.TEXT_LAYER, Method.OCR])
def test_a_paper_is_known_for_what_it_is(name: str, method: Method) -> None:
    assert recognise(opened(str(papers()[name]["rows"]), method=method)).name == papers()[name]["kind"]


@pytest.mark.parametrize("name", papers())
@pytest.mark.parametrize("method", [Method.TEXT_LAYER, Method.OCR])
def test_what_the_rules_need_is_read(name: str, method: Method) -> None:
    paper = papers()[name]
    wanted = paper["fields"]
    assert isinstance(wanted, dict)
    got = read(paper, method)
    # A final point belongs to some legal forms and ends some sentences.
    assert {field: str(got.get(field)).rstrip(".") for field in wanted} == {f: v.rstrip(".") for f, v in wanted.items()}


@pytest.mark.parametrize("name", neighbours())
@pytest.mark.parametrize("method", [Method.TEXT_LAYER, Method.OCR])
def test_a_paper_is_not_what_it_mentions(name: str, method: Method) -> None:
    paper = neighbours()[name]
    kind = paper["kind"]
    assert isinstance(kind, list)
    assert recognise(opened(str(paper["rows"]), method=method)).name in kind


def test_every_kind_has_papers_of_two_layouts() -> None:
    counted = Counter(str(paper["kind"]) for paper in papers().values())
    assert len(counted) == 24
    assert min(counted.values()) >= 2


def test_every_kind_stands_for_a_type_of_the_visa_catalogue() -> None:
    assert all(kinds()[str(paper["kind"])].document_types for paper in papers().values())


@pytest.mark.data
@pytest.mark.parametrize("file", FORMS)
def test_an_official_form_is_known_by_its_number(shared_data: Path, file: str) -> None:
    path = shared_data / "forms" / file
    if not path.exists():
        pytest.skip(f"{path} is not there")
    assert recognise(pages.open_bytes(path.read_bytes(), "application/pdf")).name == FORMS[file]


@pytest.mark.data
@pytest.mark.parametrize("file", [file for file, kind in FORMS.items() if kind != "unknown"])
def test_a_blank_form_vouches_for_nothing(shared_data: Path, file: str) -> None:
    path = shared_data / "forms" / file
    if not path.exists():
        pytest.skip(f"{path} is not there")
    sheets = pages.open_bytes(path.read_bytes(), "application/pdf")
    assert [f.name for f in patterns.read_pages(sheets.pages, kinds()[FORMS[file]].fields).fields if f.sure] == []
