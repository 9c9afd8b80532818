"""Fixtures of the vault's tests: a disk nobody waits for, a team's vault, one of the first format, a kill at any step.

A test module takes what it needs by assignment (`team = vault_fixtures.team`): so a reader sees where a fixture comes
from, and one that is used by itself reaches no other module.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.vault_team import GRANTED, OTHER, Team, make
from toolkit import lockdown
from toolkit.catalog import Catalog
from vault import ScryptRecipient, Vault, seal, upgrading, write_identity_file

VECTORS = Path(__file__).parent / "vectors"
#: The recorded vault of the first format, and the passphrases of its officers.
GOLDEN = VECTORS / "vault-1"
FIRST = "a specimen passphrase"
FIRST_OTHER = "another specimen"
#: What the papers of a team's vault hold, by document.
PAPERS = {f"d-{case}": f"paper of {case}".encode() for case in (GRANTED, OTHER)}


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


def die(*_: object, **__: object) -> NoReturn:
    """Be killed: put in the place of a step."""
    raise Killed


@pytest.fixture(autouse=True, scope="module")
def quick_disk() -> Iterator[None]:
    """Wait for no disk: these tests kill processes, not the power."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda handle: None)
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Team:
    """Make a team's vault, once for a module."""
    return make(tmp_path_factory.mktemp("team") / "vault")


@pytest.fixture
def team(made: Team, tmp_path: Path) -> Team:
    """Copy the team's vault for one test."""
    return made.copied(tmp_path / "vault")


@pytest.fixture
def desk(made: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    """Copy the team's vault for a test of verbs: in the folder one works in lies each role's key, as `lead.key`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lockdown, "close_memory", lambda: None)
    for role, keys in made.keys.items():
        write_identity_file(tmp_path / f"{role}.key", keys)
    return made.copied(tmp_path / "vault")


@pytest.fixture
def killer(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return a function that makes the n-th step on the disk from now on the last one.

    What changes between two of these steps is the content of a file that has no name yet, or the end of a ledger.
    """
    left = [10**9]

    def before(function: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return function(*args, **kwargs)

        return step

    steps = [(os, ["open"]), (Path, ["replace", "rename", "unlink", "mkdir", "rmdir"]), (shutil, ["rmtree"])]
    for owner, names in steps:
        for name in names:
            monkeypatch.setattr(owner, name, before(getattr(owner, name)))

    def after(count: int) -> None:
        left[0] = count

    return after


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """Copy the recorded vault of the first format, with passphrases that take no second each to try."""
    folder = tmp_path / "first"
    shutil.copytree(GOLDEN, folder)
    for label, words in (("hr", FIRST), ("counsel", FIRST_OTHER)):
        keys = Vault.unlock(folder, words, label).parts.keys
        text = keys.text().replace("# vault: \n", "")
        (folder / f"officers/{label}/identity.age").write_bytes(seal(text.encode(), [ScryptRecipient(words, 1)]))
    return folder


def upgraded(folder: Path) -> Vault:
    """Bring a vault of the first format on, all the way, whatever was done of it before."""
    vault = Vault.unlock(folder, FIRST)
    if vault.parts.roll is None:
        upgrading.upgrade(vault.parts, FIRST, 1)
        vault = Vault.unlock(folder, FIRST)
    upgrading.convert(vault.parts)
    with Catalog.open(vault) as catalog:
        catalog.rotation.sign_again()
        catalog.rotation.hash_keys()
        for case in vault.compartments():
            catalog.rotation.case(case)
    upgrading.retire(vault.parts)
    return vault


def everything(vault: Vault) -> dict[str, bytes]:
    """Return what every paper holds that the officer can open, by document; the catalogue is sound."""
    with Catalog.open(vault) as catalog:
        assert catalog.verify().problems == ()
        return {each.id: vault.compartment(each.case).get(each.sha256_sealed) for each in catalog.documents()}
