"""What stays when an officer leaves, gets other keys, or comes back: her share of the recovery key, and her grants."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from tests import vault_fixtures
from tests.vault_team import GRANTED, LEAD, OTHER, PEOPLE, Team
from toolkit.cli import officer
from toolkit.cli import vault as vault_verbs
from toolkit.errors import InputError
from vault import OfficerKeys, Role, Vault, recovery, rotating
from vault.holders import findings, holders

Run = Callable[..., Any]
ANEW = "have a lead set recovery up anew (mobility vault recovery set-up)"
S, A, U = PEOPLE[Role.SPECIALIST], PEOPLE[Role.ADMINISTRATOR], PEOPLE[Role.AUDITOR]


quick_disk, made, team = vault_fixtures.quick_disk, vault_fixtures.made, vault_fixtures.desk


@pytest.fixture
def run(team: Team, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a verb as the lead; return what `--json` says, or the words without it."""

    def go(verb: click.Command, *words: str, plain: bool = False) -> Any:
        who = ["--identity-file", "lead.key", "--vault", str(team.folder)]
        verb.main([*words, *who, *([] if plain else ["--json"])], standalone_mode=False)
        out = capsys.readouterr().out
        return " ".join(out.split()) if plain else json.loads(out)

    return go


def new_keys(team: Team, label: str, keys: OfficerKeys) -> OfficerKeys:
    """Give an officer other keys, as `mobility vault rotate --mine` does."""
    vault = Vault.unlock(team.folder, keys=keys)
    fresh = vault.office.new_keys(label)
    rotating.rekey(vault.parts, fresh, lambda: None)
    rotating.settle(Vault.unlock(team.folder, keys=fresh).parts)
    return fresh


def test_a_share_that_left_is_named_until_recovery_is_set_up_anew(team: Team, run: Run) -> None:
    lead = team.unlock(Role.LEAD)
    assert findings(lead.parts.roll) == []
    recovery.set_up(lead.parts, [LEAD, S, A], 2)
    assert run(officer.officers)["recovery"] == {"needed": 2, "able": sorted([LEAD, S, A]), "gone": []}
    said = f"{A} is no officer any more, and her share of the recovery key still counts: {ANEW}"
    assert run(officer.remove, A)["findings"] == [said]
    for verb in (officer.officers, vault_verbs.verify):
        assert run(verb)["findings"] == [said]
        words = run(verb, plain=True)
        assert f"To be done: {said}." in words
    able = run(officer.officers, OTHER, plain=True)
    assert f"any 2 together can appoint who opens it: {LEAD}, {S}, {A} (removed)" in able
    # Somebody else who is called so now does not hold it.
    lead.office.add(A, Role.AUDITOR, *public(lead))
    assert run(vault_verbs.verify)["findings"] == [said]
    recovery.set_up(team.unlock(Role.LEAD).parts, [LEAD, S], 2)
    assert run(vault_verbs.verify) == {"checked": run(vault_verbs.verify)["checked"], "problems": [], "findings": []}


def test_new_keys_of_a_holder_open_her_share_and_too_few_that_open_are_named(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    recovery.set_up(lead.parts, [S, U], 2)
    hers = new_keys(team, S, new_keys(team, S, team.keys[Role.SPECIALIST]))
    vault = Vault.unlock(team.folder, keys=hers)
    assert recovery.own_share(vault.parts)
    assert findings(vault.parts.roll) == []
    # With other keys, then gone, then another of her name: her share is somewhere, and it is not this one's.
    lead.office.remove(S)
    lead.office.add(S, Role.SPECIALIST, *public(lead))
    assert holders(lead.parts.roll).gone == (S,)
    assert findings(lead.parts.roll) == [
        f"{S} is no officer any more, and her share of the recovery key still counts: {ANEW}",
        f"2 shares are needed for recovery, and officers of today can open 1: {ANEW}",
    ]


def test_shares_that_were_brought_together_are_used_up(team: Team) -> None:
    recovery.set_up(team.unlock(Role.LEAD).parts, [S, U], 2)
    shares = [recovery.own_share(team.unlock(role).parts) for role in (Role.SPECIALIST, Role.AUDITOR)]
    keys, secret = recovery.use(team.folder, shares, "nora")
    new = recovery.appoint(team.folder, keys, secret)
    assert findings(new.roll) == [f"the shares were brought together, and are used up: {ANEW}"]
    recovery.set_up(new, [S, U], 2)
    assert findings(new.roll) == []


def test_the_first_format_has_no_shares() -> None:
    assert holders(None).needed == 0 and findings(None) == []


def public(vault: Vault) -> tuple[str, str]:
    keys = vault.office.new_keys("x")
    return str(keys.identity.recipient), keys.public_signing


def added(team: Team, name: str) -> OfficerKeys:
    """Make keys for somebody of that name, and the file that she hands to who adds her."""
    keys = team.unlock(Role.LEAD).office.new_keys(name)
    Path("hers.pub").write_text(f"mobility-officer {name} {keys.identity.recipient} {keys.public_signing}\n")
    return keys


def test_a_name_used_again_brings_no_cases_back_unasked(team: Team, run: Run) -> None:
    keys = added(team, S)
    run(officer.remove, S)
    words = ("--role", "specialist", "--public-keys", "hers.pub")
    with pytest.raises(InputError, match="1 case would be open to her again") as caught:
        run(officer.officer, S, *words)
    assert "--again" in caught.value.remedy
    assert run(officer.officer, S, *words, "--again")["role"] == "specialist"
    assert Vault.unlock(team.folder, keys=keys).readable([GRANTED, OTHER]) == [GRANTED]


def test_a_name_that_had_no_cases_is_free(team: Team, run: Run) -> None:
    run(officer.remove, A)
    added(team, A)
    assert A in run(officer.officer, A, "--role", "administrator", "--public-keys", "hers.pub")["officers"]


def test_what_waits_is_told_with_the_cases_reference(team: Team, run: Run) -> None:
    team.unlock(Role.ADMINISTRATOR).office.grant(S, OTHER)
    assert f"case {OTHER} for {S} (GM-{OTHER})" in run(officer.officers, plain=True)
    assert f"{S}: GM-{OTHER} 1 of 1 carried out" in run(officer.grant, "--carry-out", "--yes", plain=True)
