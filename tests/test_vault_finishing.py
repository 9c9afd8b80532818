"""What a kill left undone is completed at the next unlocking, by whoever may, and what is missing is named."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

import vault as package
from tests import vault_fixtures
from tests.vault_fixtures import PAPERS, Killed, die, everything
from tests.vault_team import GRANTED, LEAD, OTHER, PEOPLE, Team
from vault import Role, TamperedError, Vault, Waiting, X25519Identity, rotating
from vault.wraps import KeyEach

quick_disk, made, team = vault_fixtures.quick_disk, vault_fixtures.made, vault_fixtures.team


def test_an_interrupted_adding_is_completed(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    keys = lead.office.new_keys("second")
    lead.parts.roll.state(
        package.roll.Event.ADDED, by=LEAD, key=team.keys[Role.LEAD].signing, officer="second", role="lead",
        recipient=str(keys.identity.recipient), signing=keys.public_signing,
    )  # fmt: skip
    team.unlock(Role.LEAD).wrap_again()
    assert everything(Vault.unlock(team.folder, keys=keys)) == PAPERS


def test_a_lost_key_file_of_a_holder_is_named_and_made_again(team: Team) -> None:
    folder = team.folder / f"compartments/{GRANTED}"
    lost = sorted(folder.glob("key.*.age"))
    label = next(path for path in lost if PEOPLE[Role.LEAD] not in path.name).name.split(".")[1]
    (folder / f"key.{label}.age").unlink()
    vault = team.unlock(Role.LEAD)
    (found,) = vault.verify().problems
    assert found.startswith(f"compartment {GRANTED}: the key file of {label} is not there")
    vault.office.carry_out()
    assert vault.verify().problems == ()


def test_another_roll_than_the_ledger_was_told_is_named(team: Team) -> None:
    vault = team.unlock(Role.LEAD)
    vault.parts.statements.lines[-1] = vault.parts.statements.lines[0]
    assert vault.verify().problems == (
        "vault: the roll of officers (access.jsonl) is not the one that the ledger was told",
    )


def told(vault: Vault) -> list[str]:
    """The events of the ledger."""
    return [str(entry["event"]) for entry in vault.ledger.entries()]


def test_a_revocation_that_was_killed_is_completed_by_who_may(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    label = PEOPLE[Role.SPECIALIST]
    key = team.folder / f"compartments/{GRANTED}/key.{label}.age"
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("vault.office.remove_for", die)
        team.unlock(Role.ADMINISTRATOR).office.revoke(label, GRANTED)
    assert key.exists()
    auditor = team.unlock(Role.AUDITOR)
    assert not key.exists(), "whoever comes next takes the key file away, which needs no key"
    assert "changing" in auditor.parts.compartments.read(GRANTED), "that it is done is for who may appoint to say"
    vault = team.unlock(Role.ADMINISTRATOR)
    assert "case.revoked" in told(vault)
    assert "changing" not in vault.parts.compartments.read(GRANTED)
    assert vault.verify().problems == ()


def test_a_grant_that_was_killed_is_left_to_who_may_appoint(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("vault.ledger.Ledger.append", die)
        team.unlock(Role.LEAD).office.grant(PEOPLE[Role.SPECIALIST], OTHER)
    key = team.folder / f"compartments/{OTHER}/key.{PEOPLE[Role.SPECIALIST]}.age"
    auditor = team.unlock(Role.AUDITOR)
    assert "changing" in auditor.parts.compartments.read(OTHER) and not key.exists()
    lead = team.unlock(Role.LEAD)
    assert "changing" not in lead.parts.compartments.read(OTHER) and key.exists()
    assert lead.verify().problems == ()


def test_a_forgetting_that_was_killed_is_told_and_completed(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("vault.finishing.forget", die)
        team.unlock(Role.ADMINISTRATOR).forget(GRANTED)
    vault = team.unlock(Role.LEAD)
    assert (vault.has_compartment(GRANTED), vault.has_compartment("nobody's")) == (False, False)
    assert not list((team.folder / f"compartments/{GRANTED}").glob("*.age"))
    told = [entry["fact.compartment"] for entry in vault.ledger.entries() if entry["event"] == "compartment.forgotten"]
    assert told == [GRANTED]
    assert vault.verify().problems == ()


def test_a_case_key_that_never_came_into_use_goes_at_the_next_unlocking(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = team.unlock(Role.LEAD)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(lead.parts.compartments, "drop_known", die)
        rotating.end_reseal(lead.parts, GRANTED)
    said, stray = lead.parts.compartments.read(GRANTED), X25519Identity.generate()
    assert lead.parts.compartments.read(GRANTED)["changing"] == rotating.KEY
    assert team.unlock(Role.ADMINISTRATOR).parts.compartments.read(GRANTED)["changing"] == rotating.KEY
    # Who can open the key files puts them right; that it is done is for who may make new keys to say.
    lead.parts.compartments.write_keys(GRANTED, [*lead.parts.compartments.identities(GRANTED, said), stray], [LEAD])
    specialist = team.unlock(Role.SPECIALIST)
    assert specialist.parts.compartments.read(GRANTED)["changing"] == rotating.KEY
    hers = KeyEach(LEAD, team.keys[Role.LEAD].identity, lead.parts.statements)
    (left,) = hers.open(team.folder / f"compartments/{GRANTED}")
    assert str(left.recipient) == said["recipient"]
    vault = team.unlock(Role.LEAD)
    assert "changing" not in vault.parts.compartments.read(GRANTED)
    assert vault.verify().problems == ()


def test_a_grant_that_two_holders_carry_out_at_once_is_told_once(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another holder did between looking and writing is left as she did it."""
    specialist = PEOPLE[Role.SPECIALIST]
    team.unlock(Role.ADMINISTRATOR).office.grant(specialist, OTHER)
    office, other = team.unlock(Role.LEAD).office, team.unlock(Role.LEAD)
    key = team.folder / f"compartments/{OTHER}/key.{specialist}.age"
    written: list[bytes] = []
    waiting = office.waiting

    def then_another(cases: Iterable[str] | None = None) -> list[Waiting]:
        found = waiting(cases)
        if not written:
            other.office.carry_out()
            written.append(key.read_bytes())
        return found

    monkeypatch.setattr(office, "waiting", then_another)
    assert office.carry_out() == [Waiting(specialist, OTHER)]
    assert written == [key.read_bytes()]
    told = [entry["fact.case"] for entry in other.ledger.entries() if entry["event"] == "grant.carried-out"]
    assert told.count(OTHER) == 1
    assert team.unlock(Role.LEAD).verify().problems == ()


def granted_other(team: Team) -> str:
    """Have an administrator grant the other case to the specialist; return the specialist's name."""
    specialist = PEOPLE[Role.SPECIALIST]
    team.unlock(Role.ADMINISTRATOR).office.grant(specialist, OTHER)
    return specialist


def test_a_grant_that_was_killed_when_it_was_told_comes_into_use(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    specialist = granted_other(team)
    folder = team.folder / f"compartments/{OTHER}"
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("vault.carrying.bring_in", die)
        team.unlock(Role.LEAD).office.carry_out()
    assert not (folder / f"key.{specialist}.age").exists()
    vault = team.unlock(Role.INTAKE)  # who can open nothing
    assert (folder / f"key.{specialist}.age").exists() and not list(folder.glob(".*"))
    assert told(vault).count("grant.carried-out") == 2  # the one of GRANTED, when the team was made
    assert team.unlock(Role.SPECIALIST).readable([OTHER]) == [OTHER]
    assert team.unlock(Role.LEAD).verify().problems == ()


def test_a_grant_is_told_of_by_its_own_case(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is taken back of another case meanwhile leaves it as it was."""
    specialist, administrator = granted_other(team), team.unlock(Role.ADMINISTRATOR)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("vault.carrying.bring_in", die)
        team.unlock(Role.LEAD).office.carry_out()
    administrator.office.revoke(specialist, GRANTED)
    assert team.unlock(Role.SPECIALIST).readable([GRANTED, OTHER]) == [OTHER]
    assert team.unlock(Role.LEAD).verify().problems == ()


@pytest.mark.parametrize("had_before", [False, True])
def test_a_grant_that_was_killed_before_it_was_told_waits_again(
    team: Team, monkeypatch: pytest.MonkeyPatch, had_before: bool
) -> None:
    """Even if the ledger tells that another case was carried out to her, or this one, and was taken back since."""
    specialist = granted_other(team)
    if had_before:
        team.unlock(Role.LEAD).office.carry_out()
        team.unlock(Role.ADMINISTRATOR).office.revoke(specialist, OTHER)
        granted_other(team)
    before = told(team.unlock(Role.AUDITOR)).count("grant.carried-out")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        lead = team.unlock(Role.LEAD)
        lead.compartment(OTHER).open(lead.compartment(OTHER).seal(b"opened, and told of, before"))
        patch.setattr("vault.ledger.Ledger.append", die)
        lead.office.carry_out()
    folder = team.folder / f"compartments/{OTHER}"
    assert list(folder.glob(f".key.{specialist}.age.next"))
    vault = team.unlock(Role.AUDITOR)
    assert not list(folder.glob(".*")) and not (folder / f"key.{specialist}.age").exists()
    assert vault.office.waiting() == [Waiting(specialist, OTHER)]
    assert told(vault).count("grant.carried-out") == before
    assert team.unlock(Role.LEAD).office.carry_out() == [Waiting(specialist, OTHER)]
    assert team.unlock(Role.LEAD).verify().problems == ()


def test_what_was_prepared_for_a_case_goes_with_the_case(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    granted_other(team)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("vault.carrying.bring_in", die)
        team.unlock(Role.LEAD).office.carry_out()
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("vault.finishing.carrying.finish", lambda *_: None)
        administrator = team.unlock(Role.ADMINISTRATOR)
        patch.setattr("vault.finishing.forget", die)
        administrator.forget(OTHER)
    vault = team.unlock(Role.LEAD)
    assert [path.name for path in (team.folder / f"compartments/{OTHER}").iterdir()] == ["public.json"]
    assert vault.verify().problems == ()


def test_a_removal_that_was_killed_is_completed_by_whoever_comes(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = team.unlock(Role.LEAD)
    lead.office.add_with_passphrase("later", Role.SPECIALIST, "her words", 1)
    lead.office.grant("later", OTHER)
    mine = {path.relative_to(team.folder).as_posix() for path in team.folder.rglob("*later*")}
    assert mine == {"officers/later", "secrets/find/later.age", "secrets/sum/later.age",
                    f"compartments/{OTHER}/key.later.age"}  # fmt: skip
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("vault.office.Office._take_away", die)
        lead.office.remove("later")
    assert {path.relative_to(team.folder).as_posix() for path in team.folder.rglob("*later*")} == mine
    with pytest.raises(TamperedError, match="no officer"):
        Vault.unlock(team.folder, "her words", "later")
    team.unlock(Role.COUNSEL)
    assert not list(team.folder.rglob("*later*"))
    assert team.unlock(Role.LEAD).verify().problems == ()
