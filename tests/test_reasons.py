"""A reason stands in the ledger in clear and for ever, so names and numbers of the case's people do not get there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import click
import pytest

from tests import vault_fixtures
from tests.vault_team import GRANTED, OTHER, PEOPLE, Team, make
from toolkit.catalog import Catalog
from toolkit.cli import officer, vault_erase
from toolkit.errors import InputError
from toolkit.model import Person
from toolkit.reasons import check_impersonal
from vault import Role

S = PEOPLE[Role.SPECIALIST]
Run = Callable[..., int]


quick_disk, team = vault_fixtures.quick_disk, vault_fixtures.desk


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Team:
    team = make(tmp_path_factory.mktemp("team") / "vault")
    with Catalog.open(team.unlock(Role.LEAD)) as catalog:
        before = catalog.case(GRANTED)
        spouse = Person("p2", "spouse", "Grünwaldt-Li", "Will", date(1979, 3, 4).isoformat(), "UTO")
        catalog.replace_case(replace(before, people=(*before.people, spouse)))
    return team


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("covers for a colleague until June", ""),
        ("Art. 17 request of 2026-11-20, no. 4711", ""),
        ("she will be back", ""),
        ("request of Mrs Eriksson", "a name"),
        ("request of ERIKSSON", "a name"),
        ("asked by gruenwaldt", "a name"),
        ("asked by grunwaldt", "a name"),
        ("asked by Will", "a name"),
        ("the passport L898902C3 was lost", "a number"),
        ("the passport L 898 902 C3 was lost", "a number"),
        ("born 1979-03-04", "the date of birth"),
        ("born 04.03.1979, asked", "the date of birth"),
        ("born 12/08/1974.", "the date of birth"),
        ("", ""),
    ],
)
def test_what_names_somebody_is_found(made: Team, said: str, what: str) -> None:
    with Catalog.open(made.unlock(Role.LEAD)) as catalog:
        if not what:
            check_impersonal(catalog, GRANTED, said)
            return
        with pytest.raises(InputError, match=f"holds {what} of somebody of the case") as caught:
            check_impersonal(catalog, GRANTED, said)
    assert "for ever" in caught.value.remedy
    assert not any(word in str(caught.value) for word in ("Eriksson", "L898902C3", "1979"))


def test_who_cannot_open_the_case_is_asked_and_not_checked(made: Team) -> None:
    for role in (Role.ADMINISTRATOR, Role.AUDITOR):
        with Catalog.open(made.unlock(role)) as catalog:
            check_impersonal(catalog, GRANTED, "request of Mrs Eriksson")
    with Catalog.open(made.unlock(Role.LEAD)) as catalog:
        check_impersonal(catalog, "inbox", "request of Mrs Eriksson")


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        (officer.grant, (S, OTHER, "--why", "Eriksson asked")),
        (officer.revoke, (S, GRANTED, "--why", "Eriksson asked")),
        (vault_erase.hold, (GRANTED, "--why", "Eriksson v. us")),
        (vault_erase.forget, (OTHER, "--order", "Eriksson asked", "--yes")),
    ],
)
def test_verbs_refuse_it_and_the_ledger_learns_nothing(team: Team, verb: click.Command, words: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="holds a name"):
        verb.main([*words, "--identity-file", "lead.key", "--vault", str(team.folder)], standalone_mode=False)
    assert b"Eriksson" not in (team.folder / "ledger.jsonl").read_bytes()
    assert "ledger" in str([each.help for each in verb.params if each.name in ("why", "order")])  # type: ignore[attr-defined]
    assert {GRANTED, OTHER} <= set(team.unlock(Role.LEAD).compartments())
