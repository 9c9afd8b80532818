"""A kill between any two writes leaves a vault that opens, goes on, and has lost nothing that was done."""

from __future__ import annotations

import shutil

import pytest

from tests import vault_fixtures
from tests.vault_fixtures import Killed
from vault import Vault

SMALL = 2
PASSPHRASE = "correct horse battery"
quick_disk, killer = vault_fixtures.quick_disk, vault_fixtures.killer


def create(vault):
    vault.new_compartment("new")


def put(vault):
    vault.compartment("one").put(b"content")


def forget(vault):
    vault.forget("one")


def enrol(vault):
    vault.add_officer("finance", "another", work_factor=SMALL)


def log(vault):
    vault.ledger.append("event")


@pytest.mark.parametrize("action", [create, put, forget, enrol, log])
def test_a_kill_at_any_step_leaves_a_vault_that_goes_on(tmp_path, killer, action):
    start = Vault.create(tmp_path / "start", officer="hr", passphrase=PASSPHRASE, work_factor=SMALL)
    old = start.new_compartment("one").put(b"old")
    for steps in range(200):
        folder = tmp_path / str(steps)
        shutil.copytree(start.folder, folder)
        vault = Vault.unlock(folder, PASSPHRASE)
        killer(steps)
        try:
            action(vault)
            done = True
        except Killed:
            done = False
        killer(10**9)
        again = Vault.unlock(folder, PASSPHRASE, "hr")
        found = again.verify([old.name]).problems
        # The one thing a kill may leave to a person is a promise, and verify says what to do about it.
        assert all("is not on the roll" in each or "grant --carry-out" in each for each in found)
        if "one" in again.compartments():
            assert again.compartment("one").get(old.name) == b"old"
        if action is enrol and "finance" not in again.officers():
            enrol(again)
        elif action is enrol:
            again.wrap_again()
            if done or (folder / "officers/finance").exists():
                assert Vault.unlock(folder, "another", "finance").compartment("one").get(old.name) == b"old"
        if action is create and "new" in again.compartments():
            assert again.compartment("new").open(again.compartment("new").seal(b"x")) == b"x"
        again.new_compartment("afterwards").put(b"x")
        assert again.verify().problems == ()
        if done:
            assert steps > 5
            return
    pytest.fail("the action never came to its end")


def test_a_kill_while_creating_leaves_no_half_vault(tmp_path, killer):
    for steps in range(200):
        folder = tmp_path / str(steps) / "vault"
        folder.parent.mkdir()
        killer(steps)
        try:
            Vault.create(folder, officer="hr", passphrase=PASSPHRASE, work_factor=SMALL)
        except Killed:
            killer(10**9)
            if not folder.exists():
                Vault.create(folder, officer="hr", passphrase=PASSPHRASE, work_factor=SMALL)
            assert Vault.unlock(folder, PASSPHRASE).verify().problems == ()
            continue
        assert steps > 10
        return
