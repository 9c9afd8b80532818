"""What a source says of itself is true: an official reading was read on a page of an authority, not on a law firm's."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from toolkit.shipped import folder

#: Hosts of authorities and of official gazettes. Whoever adds one has looked at who runs it.
OFFICIAL = re.compile(
    r"""(?:^|\.)(?:
        gov | (?:gov|gob|gouv|gc|go|admin)\.[a-z]{2} | gov\.[a-z]+\.[a-z]{2} | europa\.eu | usembassy\.gov | u\.ae
      | canada\.ca | diplo\.de | bund\.de | gesetze-im-internet\.de | esteri\.it | ind\.nl | overheid\.nl
      | legislation\.ie | irishimmigration\.ie | irishstatutebook\.ie
      | citizensinformation\.ie      # Citizens Information Board, a statutory body
      | lhm\.muenchen\.swm\.de       # city of Munich, service pages of its registration office
    )$""",
    re.VERBOSE,
)
#: Places that hold copies of official texts.
COPY = re.compile(r"github (?!justicecanada/)|scribd|copy of", re.IGNORECASE)
FILES = sorted([*folder("forms").rglob("*.toml"), *(Path(folder("forms").parent / "toolkit").glob("*.toml"))], key=str)


def sources(value: object, place: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every source of a file with its place, and every further reading."""
    if isinstance(value, dict):
        if "citation" in value and ("basis" in value or "level" in value):
            yield place, value
        for name, each in value.items():
            yield from sources(each, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for each in value:
            yield from sources(each, place)


def wrong(source: dict[str, str]) -> str:
    """Return what is wrong with a source that calls itself official, or an empty text."""
    if source.get("basis") != "seen_official" and source.get("level") != "official":
        return ""
    url = source.get("url") or source.get("where", "")
    host = urlsplit(url.split(" ")[0]).hostname
    if host and not OFFICIAL.search(host):
        return (
            f"official, but {host} is no authority's: put the page under further with its level, or correct the basis"
        )
    parts = [part.strip() for part in source.get("read", "").split(" ; ")]
    if not host and source.get("read") and all(COPY.search(part) for part in parts):
        return f"official, but read in a copy ({source['read'][:60]}): seen_copy_of_official"
    return ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_is_called_official_was_read_at_an_authority(path: Path) -> None:
    found = sources(tomllib.loads(path.read_text("utf-8")))
    assert [f"{path.name}: {place}: {said}" for place, source in found if (said := wrong(source))] == []


@pytest.mark.parametrize(
    "source",
    [
        {"basis": "seen_official", "url": "https://www.indialawoffices.com/knowledge-centre/employment"},
        {"basis": "seen_official", "url": "https://law.lawstack.com/cfr/22/41.105/"},
        {"basis": "seen_official", "url": "https://uscis.gov.example.com/i-9"},
        {"level": "official", "where": "https://www.scribd.com/document/1"},
        {"basis": "seen_official", "read": "GitHub jandinter/gesetze-im-internet aufenthg_2004.xml"},
    ],
)
def test_a_page_of_a_law_firm_is_not_official(source: dict[str, str]) -> None:
    assert wrong(source)


@pytest.mark.parametrize(
    "source",
    [
        {"basis": "seen_secondary", "url": "https://www.indialawoffices.com/knowledge-centre/employment"},
        {"basis": "seen_official", "url": "https://www.uscis.gov/i-9"},
        {"basis": "seen_official", "read": "USCIS Form I-9, edition 08/01/23 (expires 05/31/2027)"},
        {
            "basis": "seen_official",
            "read": "GitHub justicecanada/laws-lois-xml @d6853c4 eng/regulations/SOR-2002-227.xml",
        },
        {"basis": "seen_official", "read": "GitHub legalize-dev/legalize-nl nl/B.md ; ind.nl: obligations of sponsors"},
    ],
)
def test_authorities_and_their_forms_are(source: dict[str, str]) -> None:
    assert not wrong(source)


def test_no_list_of_law_rests_on_a_practice() -> None:
    listed = {path.name: tomllib.loads(path.read_text("utf-8")) for path in FILES if path.parent.name == "lists"}
    assert listed
    assert [name for name, made in listed.items() if made["source"]["citation"].startswith("Practice")] == []
