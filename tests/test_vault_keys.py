"""New keys for old: nothing is lost wherever it stops, and what was opened with the old keys opens no more."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace as package_replace
from pathlib import Path

import pytest

import vault as package
from tests import vault_fixtures
from tests.vault_fixtures import PAPERS, Killed, everything
from tests.vault_team import GRANTED, LEAD, OTHER, PASSPHRASE, PEOPLE, Team
from toolkit.case_log_entries import Said, What
from toolkit.catalog import Catalog
from vault import MissingError, Role, TamperedError, Vault, WrongKeyError, X25519Identity, rotating, unseal

quick_disk, killer = vault_fixtures.quick_disk, vault_fixtures.killer
made, team = vault_fixtures.made, vault_fixtures.team

# --- keys of cases


def test_a_new_case_key_closes_what_comes_to_who_has_the_old(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    stolen = lead.parts.compartments.identities(GRANTED, lead.parts.compartments.read(GRANTED))
    rotating.new_case_key(lead.parts, GRANTED)
    rotating.new_case_key(lead.parts, GRANTED)
    new = lead.compartment(GRANTED).seal(b"new")
    with pytest.raises(WrongKeyError):
        unseal(new, stolen)
    assert everything(team.unlock(Role.LEAD)) == PAPERS
    specialist = team.unlock(Role.SPECIALIST)
    assert specialist.compartment(GRANTED).open(new) == b"new"
    assert everything(specialist) == {f"d-{GRANTED}": PAPERS[f"d-{GRANTED}"]}
    lead.forget(OTHER)
    with pytest.raises(MissingError, match="forgotten"):
        rotating.new_case_key(lead.parts, OTHER)


def test_a_full_reseal_gives_up_the_old_key(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    with Catalog.open(lead) as catalog:
        catalog.log.append(GRANTED, Said(What.NOTE, "Rang."))
        catalog.log.append(GRANTED, Said(What.NOTE, "Rang again."))
    with Catalog.open(team.unlock(Role.SPECIALIST)) as catalog:
        catalog.log.append(GRANTED, Said(What.DECISION, "By the specialist."))
    stolen = lead.parts.compartments.identities(GRANTED, lead.parts.compartments.read(GRANTED))
    with Catalog.open(lead) as catalog:
        before = catalog.log.entries(GRANTED)
        seen: list[int] = []
        assert catalog.rotation.reseal(GRANTED, seen.append) == 3 == len(seen)
        assert catalog.log.entries(GRANTED) == before
        catalog.log.append(GRANTED, Said(What.NOTE, "Afterwards."))
        assert catalog.log.problems() == []
    assert everything(team.unlock(Role.LEAD)) == PAPERS
    for path in sorted((team.folder / "store").rglob("*")):
        if path.is_file():
            with pytest.raises(WrongKeyError):
                unseal(path.read_bytes(), stolen)
    entry = lead.parts.compartments.read(GRANTED)
    assert (entry["former"], entry["resealed_by"]) == ("", LEAD)
    assert len(lead.parts.compartments.wraps.open(lead.parts.compartments.folder(GRANTED))) == 1


def test_a_log_entry_in_the_name_of_another_is_noticed(team: Team, monkeypatch) -> None:
    with Catalog.open(team.unlock(Role.SPECIALIST)) as catalog:
        monkeypatch.setattr(catalog._vault, "officer", LEAD)
        catalog.log.append(GRANTED, Said(What.DECISION, "Not hers."))
    with Catalog.open(team.unlock(Role.LEAD)) as catalog, pytest.raises(TamperedError, match="in the name of another"):
        catalog.log.entries(GRANTED)


def test_a_reseal_stopped_anywhere_goes_on(team: Team, tmp_path: Path, killer) -> None:
    with Catalog.open(team.unlock(Role.LEAD)) as catalog:
        catalog.log.append(GRANTED, Said(What.NOTE, "Rang."))
    for steps in range(0, 400, 13):
        copy = team.copied(tmp_path / str(steps))
        vault = copy.unlock(Role.LEAD)
        with Catalog.open(vault) as catalog:
            killer(steps)
            try:
                catalog.rotation.reseal(GRANTED)
                done = True
            except Killed:
                done = False
            killer(10**9)
        again = copy.unlock(Role.LEAD)
        with Catalog.open(again) as catalog:
            found = catalog.verify().problems
            assert all("a key out of use" in each for each in found), (steps, found)
            catalog.rotation.reseal(GRANTED)
        assert everything(copy.unlock(Role.LEAD)) == PAPERS
        shutil.rmtree(copy.folder)
        if done:
            assert steps > 50
            return
    pytest.fail("it never came to its end")


# --- keys of the keyed hashes


def test_new_hash_keys_find_what_was_filed_before(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    old = lead.keyed_hash("find/name", b"ERIKSSON")
    path, content = (lead.keyed_hash(what, GRANTED.encode()) for what in ("path", "content"))
    with Catalog.open(lead) as catalog:
        for number in (2, 3):
            catalog.rotation.hash_keys()
            assert lead.parts.hash_keys.count("find") == lead.parts.hash_keys.count("sum") == number
        assert catalog.find("document-number", "L898902C3")
        path, content = (lead.keyed_hash(what, GRANTED.encode()) for what in ("path", "content"))
        assert catalog.arrival(path, content).id == f"d-{GRANTED}"
        assert catalog.verify().problems == ()
    assert lead.keyed_hash("find/name", b"ERIKSSON") != old
    assert old.encode() not in (team.folder / "catalog.db").read_bytes()
    assert lead.parts.hash_keys._keys["sum"][1] is None
    for role in (Role.LEAD, Role.SPECIALIST, Role.AUDITOR, Role.ADMINISTRATOR):
        with Catalog.open(team.unlock(role)) as catalog:
            assert catalog.verify().problems == ()
    assert everything(team.unlock(Role.LEAD)) == PAPERS


def test_another_program_goes_on_beside_a_rotation(team: Team) -> None:
    lead, specialist = team.unlock(Role.LEAD), team.unlock(Role.SPECIALIST)
    with Catalog.open(specialist) as beside, Catalog.open(lead) as catalog:
        catalog.rotation.hash_keys()
        beside.log.append(GRANTED, Said(What.NOTE, "Beside."))
        assert beside.find("document-number", "L898902C3") == [(GRANTED, f"d-{GRANTED}")]
        assert catalog.verify().problems == beside.verify().problems == ()


def test_what_was_destroyed_cannot_be_hashed_with(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    with Catalog.open(lead) as catalog:
        catalog.rotation.hash_keys()
        catalog.rotation.hash_keys()
    lead.use_hash_keys(1, 2)
    with pytest.raises(TamperedError, match="not there"):
        lead.keyed_hash("catalog row", b"")
    lead.use_hash_keys(1, 9)
    with pytest.raises(TamperedError, match="not there"):
        lead.keyed_hash("catalog row", b"")


def test_a_rotation_stopped_anywhere_goes_on(team: Team, tmp_path: Path, killer) -> None:
    for steps in range(0, 400, 4):
        copy = team.copied(tmp_path / str(steps))
        with Catalog.open(copy.unlock(Role.LEAD)) as catalog:
            killer(steps)
            try:
                catalog.rotation.hash_keys()
                done = True
            except Killed:
                done = False
            killer(10**9)
        with Catalog.open(copy.unlock(Role.LEAD)) as catalog:
            assert catalog.verify().problems == ()
            assert catalog.find("document-number", "L898902C3")
            catalog.rotation.hash_keys()
        assert everything(copy.unlock(Role.LEAD)) == PAPERS
        shutil.rmtree(copy.folder)
        if done:
            assert steps > 10
            return
    pytest.fail("it never came to its end")


def test_what_is_due_after_somebody_left_and_no_more_when_done(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    assert rotating.due(lead.parts) == ([], [])
    lead.office.remove(PEOPLE[Role.AUDITOR])
    assert rotating.due(lead.parts) == (["sum"], [])
    lead.office.remove(PEOPLE[Role.SPECIALIST])
    kinds, cases = rotating.due(lead.parts)
    assert (kinds, sorted(cases)) == (["find", "sum"], sorted([GRANTED, OTHER, "inbox"]))
    with Catalog.open(lead) as catalog:
        catalog.rotation.hash_keys()
        for case in cases:
            catalog.rotation.case(case)
    assert rotating.due(lead.parts) == ([], [])
    assert everything(lead) == PAPERS


# --- an officer's own keys


def test_new_keys_of_ones_own(team: Team) -> None:
    old = team.keys[Role.LEAD]
    Vault.unlock(team.folder, PASSPHRASE).rotate_own_keys("new words", work_factor=1)
    # The new keys count from the statement on, and are found by whichever passphrase opens the file there is.
    with pytest.raises(TamperedError, match="had other keys"):
        team.unlock(Role.LEAD)
    again = Vault.unlock(team.folder, "new words")
    assert everything(again) == PAPERS
    assert not (team.folder / f"officers/{LEAD}/next.age").exists()
    for path in team.folder.rglob(f"*{LEAD}.age"):
        with pytest.raises(WrongKeyError):
            unseal(path.read_bytes(), [old.identity])
    assert again.verify().problems == ()


def test_the_same_passphrase_may_stay(team: Team) -> None:
    Vault.unlock(team.folder, PASSPHRASE).rotate_own_keys(PASSPHRASE, work_factor=1)
    assert everything(Vault.unlock(team.folder, PASSPHRASE)) == PAPERS


def test_new_own_keys_stopped_anywhere(team: Team, tmp_path: Path, killer) -> None:
    for steps in range(0, 200, 4):
        copy = team.copied(tmp_path / str(steps))
        vault = Vault.unlock(copy.folder, PASSPHRASE)
        killer(steps)
        try:
            vault.rotate_own_keys(PASSPHRASE, work_factor=1)
            Vault.unlock(copy.folder, PASSPHRASE)
            done = True
        except Killed:
            done = False
        killer(10**9)
        assert everything(Vault.unlock(copy.folder, PASSPHRASE)) == PAPERS
        Vault.unlock(copy.folder, PASSPHRASE).rotate_own_keys(PASSPHRASE, work_factor=1)
        assert everything(Vault.unlock(copy.folder, PASSPHRASE)) == PAPERS
        shutil.rmtree(copy.folder)
        if done:
            assert steps > 10
            return
    pytest.fail("it never came to its end")


# --- what a key tells of its case


def test_a_case_key_that_holds_more_than_it_should_is_named(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    compartments = lead.parts.compartments
    identities = [*compartments.wraps.open(compartments.folder(OTHER)), X25519Identity.generate()]
    compartments.write_keys(OTHER, identities, [LEAD])
    assert lead.verify().problems == (
        f"compartment {OTHER}: a key out of use is still there: make a new one with vault rotate",
    )
    assert lead.compartment(OTHER).open(lead.compartment(OTHER).seal(b"x")) == b"x"


def test_what_is_said_of_a_case_is_plain(team: Team) -> None:
    said = json.loads((team.folder / f"compartments/{GRANTED}/public.json").read_bytes())
    assert said.keys() == {
        "by", "former", "granted", "held", "key", "keys", "name", "recipient", "roll", "signature", "state", "version",
    }  # fmt: skip


def test_a_new_passphrase_counts_from_the_statement_on(team: Team, monkeypatch) -> None:
    """Stopped before the roll says the new keys, only the passphrase of before opens the vault."""
    with monkeypatch.context() as patch:
        patch.setattr(package.roll_file.RollFile, "state", lambda *words, **said: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            Vault.unlock(team.folder, PASSPHRASE).rotate_own_keys("new words", work_factor=1)
    with pytest.raises(WrongKeyError, match="not in use yet"):
        Vault.unlock(team.folder, "new words")
    assert everything(Vault.unlock(team.folder, PASSPHRASE)) == PAPERS


def test_a_full_reseal_vouches_while_it_lasts_and_after(team: Team, monkeypatch) -> None:
    with Catalog.open(team.unlock(Role.SPECIALIST)) as catalog:
        catalog.log.append(GRANTED, Said(What.NOTE, "By the specialist."))
    lead = team.unlock(Role.LEAD)
    with monkeypatch.context() as patch:
        patch.setattr(rotating, "end_reseal", lambda *words: (_ for _ in ()).throw(Killed))
        with Catalog.open(lead) as catalog, pytest.raises(Killed):
            catalog.rotation.reseal(GRANTED)
    assert lead.vouched_until(GRANTED)[LEAD] == "9"
    with Catalog.open(team.unlock(Role.LEAD)) as catalog:
        assert [entry.by for entry in catalog.log.entries(GRANTED)] == [PEOPLE[Role.SPECIALIST]]
        catalog.rotation.reseal(GRANTED)
        assert [entry.by for entry in catalog.log.entries(GRANTED)] == [PEOPLE[Role.SPECIALIST]]


def test_a_copy_goes_with_its_original_when_all_is_sealed_anew(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    with Catalog.open(lead) as catalog:
        (original,) = catalog.documents(GRANTED)
        copy = package_replace(original, id="copy", duplicate_of=original.id, name="again.pdf")
        catalog.add_document(copy)
        catalog.rotation.reseal(GRANTED)
        found = catalog.documents(GRANTED)
        assert len({each.sha256_sealed for each in found}) == 1 and len(found) == 2
        assert list(lead.store.list()) == sorted({each.sha256_sealed for each in catalog.documents()})
        assert catalog.verify().problems == ()
