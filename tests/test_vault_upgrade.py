"""The first format: kept as it was, brought on to the second wherever that stops, and never believed again after."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import vault as package
from tests import vault_fixtures
from tests.vault_fixtures import FIRST, FIRST_OTHER, Killed, upgraded
from tests.vault_team import Team
from toolkit.catalog import Catalog
from vault import (
    MissingError,
    Role,
    TamperedError,
    Vault,
    VaultError,
    WrongKeyError,
    X25519Identity,
    opened,
    recovery,
    rotating,
    upgrading,
)

quick_disk, killer, first = vault_fixtures.quick_disk, vault_fixtures.killer, vault_fixtures.first
made, team = vault_fixtures.made, vault_fixtures.team


def test_a_vault_of_the_first_format_is_brought_on(first: Path) -> None:
    vault = upgraded(first)
    with Catalog.open(Vault.unlock(first, FIRST)) as catalog:
        assert catalog.verify().problems == ()
        (document,) = catalog.documents()
        assert vault.compartment("c1").get(document.sha256_sealed) == b"the original\n"
        assert catalog.find("document-number", "L898902C3") == [("c1", "d1")]
        with pytest.raises(VaultError, match="already"):
            catalog._vault.new_compartment("c2")
    assert (vault.officers(), vault.role, vault.compartments()) == (["hr"], Role.LEAD, ["c1", "inbox"])
    assert not (first / "root.age").exists() and not list(first.rglob("key.age"))
    with pytest.raises(WrongKeyError):
        Vault.unlock(first, FIRST_OTHER)
    with pytest.raises(VaultError, match="second format already"):
        upgrading.upgrade(vault.parts, FIRST, 1)


def test_what_the_first_formats_key_signs_afterwards_is_refused(first: Path) -> None:
    root = Vault.unlock(first, FIRST).parts.authority
    vault = upgraded(first)
    with pytest.raises(TamperedError):
        vault.check_signature(b"row", root.sign("message", b"row"))
    path = first / "compartments/c1/public.json"
    said = {"name": "c1", "recipient": str(X25519Identity.generate().recipient), "state": "open"}
    path.write_bytes(root.write_entry("compartment", said))
    with pytest.raises(TamperedError):
        Vault.unlock(first, FIRST).compartment("c1")


def test_an_officer_without_new_keys_is_told(first: Path) -> None:
    other = Vault.unlock(first, FIRST_OTHER).parts.keys
    upgraded(first)
    with pytest.raises(VaultError, match="no keys yet"):
        Vault.unlock(first, keys=other)


def test_an_upgrade_stopped_anywhere_goes_on(first: Path, tmp_path: Path, killer) -> None:
    for steps in range(0, 600, 17):
        folder = tmp_path / str(steps)
        shutil.copytree(first, folder)
        killer(steps)
        try:
            upgraded(folder)
            done = True
        except Killed:
            done = False
        killer(10**9)
        vault = upgraded(folder)
        with Catalog.open(vault) as catalog:
            assert catalog.verify().problems == (), steps
            assert catalog.find("document-number", "L898902C3") == [("c1", "d1")]
        assert vault.officers() == ["hr"]
        shutil.rmtree(folder)
        if done:
            assert steps > 50
            return
    pytest.fail("it never came to its end")


def test_verbs_of_the_second_format_say_what_to_do_first(first: Path) -> None:
    vault = Vault.unlock(first, FIRST)
    for act in (lambda: vault.office, lambda: vault.parts.hash_keys, lambda: rotating.new_case_key(vault.parts, "c1")):
        with pytest.raises(VaultError, match="first format") as told:
            act()
        assert "mobility vault upgrade" in told.value.remedy
        if act.__code__.co_names[-1] == "hash_keys":
            break
    assert (vault.held(), vault.vouched_until("c1"), vault.signer(b"")) == ([], {}, "")
    assert rotating.due(vault.parts) == ([], [])
    vault.use_hash_keys(1, 1)
    with pytest.raises(VaultError, match=r"of the first format\. .*mobility vault upgrade"):
        opened.vault_said(first)


def test_a_vault_of_the_first_format_is_kept_as_before(first: Path) -> None:
    vault = Vault.unlock(first, FIRST)
    vault.add_officer("third", "third words", work_factor=1)
    with pytest.raises(VaultError, match="already"):
        vault.add_officer("third", "third words", work_factor=1)
    vault.wrap_again()
    third = Vault.unlock(first, "third words")
    with Catalog.open(third) as catalog:
        assert catalog.verify().problems == ()
        assert len(catalog.cases()) == 1
    third.check_signature(b"row", vault.sign(b"row"))
    assert repr(vault._root) == "<Root>"
    (first / "compartments/c1/key.age").unlink()
    with pytest.raises(MissingError, match="is gone"):
        Vault.unlock(first, FIRST).compartment("c1").open(b"")
    (first / "compartments/c1/key.age").write_bytes(package.seal(b"", [X25519Identity.generate().recipient]))
    with pytest.raises(WrongKeyError, match="not sealed to this officer"):
        Vault.unlock(first, FIRST).compartment("c1").open(b"")


def test_what_needs_the_first_format_is_refused_in_the_second(team: Team) -> None:
    with pytest.raises(VaultError, match="of the second format"):
        assert team.unlock(Role.LEAD)._root


def test_the_first_format_has_no_recovery_and_no_statements(first: Path) -> None:
    parts = Vault.unlock(first, FIRST).parts
    with pytest.raises(VaultError, match="first format"):
        recovery.set_up(parts, ["hr", "counsel"], 2)
    with pytest.raises(TamperedError, match="no key to sign with"):
        assert parts.keys.own_signing
    assert parts.keys.public_signing == ""


def test_an_upgrade_that_nobody_handed_over_is_refused(first: Path, tmp_path: Path) -> None:
    """Who founds a vault anew over an old ledger needs the old key's signature."""
    vault = upgraded(first)
    path = first / "access.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    entry = package.entries.parse_entry(lines[0])
    keys, roll = vault.parts.keys, vault.parts.roll

    def founded(**changed: str) -> bytes:
        said = {name: value for name, value in {**entry, **changed}.items() if name != "signature"}
        message = roll.message("statement", package.entries.render(said))
        return package.entries.signed(said, keys.own_signing.sign(message))

    for changed, why in [
        ({"handed_over": "00" * 64}, "does not fit"),
        ({"role": "auditor"}, "founded by another"),
        ({"signing": "00" * 32}, "founded by another"),
        ({"event": "vault.founded"}, "do not agree"),
        ({"vault": "0" * 32}, "does not follow"),
    ]:
        path.write_bytes(founded(**changed))
        with pytest.raises(TamperedError, match=why):
            Vault.unlock(first, FIRST)
    path.write_bytes(founded() + b"".join(lines[1:]))
    assert Vault.unlock(first, FIRST).verify().problems == ()


def test_forgetting_in_the_first_format(first: Path) -> None:
    vault = Vault.unlock(first, FIRST)
    (document,) = Catalog.open(vault).documents()
    vault.forget("c1")
    said = vault.parts.compartments.read("c1")
    assert (said["state"], "version" in said) == ("forgotten", False)
    for label, words in (("hr", FIRST), ("counsel", FIRST_OTHER)):
        again = Vault.unlock(first, words, label)
        assert again.compartments() == ["inbox"] and again.was_forgotten("c1")
        with pytest.raises(MissingError, match="was forgotten"):
            again.compartment("c1").get(document.sha256_sealed)
    assert not (first / "compartments/c1/key.age").exists()
    assert Vault.unlock(first, FIRST).verify().problems == ()


def test_who_brought_a_vault_on_vouches_for_what_was_signed_before(first: Path) -> None:
    vault = upgraded(first)
    brought_on = package.entries.parse_entry(vault.parts.statements.lines[0])
    assert brought_on["event"] == "vault.upgraded"
    assert vault.vouched_until("c1") == {"": "", "hr": brought_on["at"]}
    # A full re-seal by herself does not shorten it.
    with Catalog.open(vault) as catalog:
        catalog.rotation.reseal("c1")
    assert vault.vouched_until("c1")["hr"] >= str(brought_on["at"])


def test_what_a_kill_left_in_the_first_format_is_swept(first: Path) -> None:
    left = first / "compartments/c1/.0123.tmp"
    left.write_bytes(b"half a file")
    Vault.unlock(first, FIRST)
    assert left.exists(), "it may still be in work"
    os.utime(left, (0, 0))
    assert Vault.unlock(first, FIRST).verify().problems == ()
    assert not left.exists()


def test_until_it_is_retired_the_first_key_is_believed_for_what_it_signed_then_only(first: Path) -> None:
    root = Vault.unlock(first, FIRST).parts.authority
    upgrading.upgrade(Vault.unlock(first, FIRST).parts, FIRST, 1)
    vault = Vault.unlock(first, FIRST)
    ledger = (first / "ledger.jsonl").read_bytes()
    last = package.entries.parse_entry(ledger.splitlines(keepends=True)[-1])
    said = {"at": "2026", "by": "hr", "event": "x", "number": int(last["number"]) + 1,
            "previous": package.ledger.line_hash(ledger.splitlines(keepends=True)[-1])}  # fmt: skip
    (first / "ledger.jsonl").write_bytes(ledger + root.write_entry("ledger", said))
    assert any(f"line {last['number']}" in each for each in vault.verify().problems), "the ledger has left it behind"
    (first / "ledger.jsonl").write_bytes(ledger)
    path = first / "compartments/c1/public.json"
    kept = path.read_bytes()
    change = {"name": "c1", "recipient": str(X25519Identity.generate().recipient), "state": "open", "version": 2}
    path.write_bytes(root.write_entry("compartment change", change))
    with pytest.raises(TamperedError):
        Vault.unlock(first, FIRST).compartment("c1")
    path.write_bytes(kept)
    assert Vault.unlock(first, FIRST).compartment("c1").name == "c1"
