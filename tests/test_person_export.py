"""What one person gets who asks what is held of her: the principal the case's details too, a dependant not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.vault_team import GRANTED, Team, make
from toolkit.case_log_entries import Said, What
from toolkit.catalog import Catalog
from toolkit.model import Person
from toolkit.person_export import FILE, export_person
from vault import Role


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda handle: None)
        made = make(tmp_path_factory.mktemp("team") / "vault")
        lead = made.unlock(Role.LEAD)
        with Catalog.open(lead) as catalog:
            before = catalog.case(GRANTED)
            spouse = Person("p2", "spouse", "Grünwaldt", "Lea", "1979-03-04", "UTO")
            said = {"assignment.salary": "168000.00"}
            planned = {"start": date(2027, 4, 1)}
            catalog.replace_case(replace(before, people=(*before.people, spouse), details=said, dates=planned))
            catalog.log.append(GRANTED, Said(What.NOTE, "Rang her."))
        lead.ledger.append("packet.made", case=GRANTED, to="Counsel LLP", keys="", packet="0")
        lead.ledger.append("packet.made", case="other", to="somebody else", keys="", packet="1")
    return made


@pytest.mark.parametrize(
    ("role", "stated"),
    [
        (
            "principal",
            {
                "route": "us/l-1a",
                "planned": {"start": "2027-04-01"},
                "stated": {"assignment.salary": "168000.00"},
            },
        ),
        ("spouse", {}),
    ],
)
def test_details_of_the_case_are_the_principals(team: Team, tmp_path: Path, role: str, stated: dict) -> None:
    lead = team.unlock(Role.LEAD)
    with Catalog.open(lead) as catalog:
        done = export_person(lead, catalog, f"GM-{GRANTED}", role, tmp_path)
    said = json.loads((tmp_path / FILE).read_text("utf-8"))
    assert {name: said[name] for name in ("route", "planned", "stated") if name in said} == stated
    assert [each["to"] for each in said["packets_went_to"]] == ["Counsel LLP"]
    assert done.log_entries == 1
    assert ("Eriksson" in json.dumps(said)) is (role == "principal")
    assert "Rang her" not in json.dumps(said)
