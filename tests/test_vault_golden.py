"""A vault recorded when the second format was new still opens for each of its officers, or the format was changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from toolkit.catalog import INBOX, Catalog
from vault import NotGrantedError, Role, Vault, WrongKeyError, audit, drop, note, recovery, shares

GOLDEN = Path(__file__).parent / "vectors" / "vault-2"
WORDS = {name: f"the words of {name}" for name in ("specialist", "administrator", "auditor", "scanner")}
WORDS["hr"] = "a specimen passphrase"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(GOLDEN, tmp_path / "vault")
    return tmp_path / "vault"


@pytest.mark.parametrize(
    ("name", "role", "reads"),
    [("hr", Role.LEAD, True), ("specialist", Role.SPECIALIST, True), ("administrator", Role.ADMINISTRATOR, False),
     ("auditor", Role.AUDITOR, False), ("scanner", Role.INTAKE, False)],
)  # fmt: skip
def test_the_second_format_opens(folder: Path, name: str, role: Role, reads: bool) -> None:
    vault = Vault.unlock(folder, WORDS[name], name)
    assert (vault.officer, vault.role, vault.held()) == (name, role, ["c1"])
    assert vault.verify().problems == ()
    kept = note.parse((GOLDEN.parent / "vault-2-checkpoint.txt").read_bytes())
    assert audit.problems(vault.parts, [kept]) == []
    if role is Role.INTAKE:
        with pytest.raises(NotGrantedError):
            Catalog.open(vault)
        return
    with Catalog.open(vault) as catalog:
        assert catalog.verify().problems == ()
        assert [each.reference for each in catalog.cases()] == (["GM-2026-001"] if reads else [])
        if not reads:
            return
        (document,) = catalog.documents("c1")
        assert vault.compartment("c1").get(document.sha256_sealed) == b"the original\n"
        assert catalog.find("document-number", "L898902C3") == [("c1", "d1")]
        assert catalog.arrival(
            vault.keyed_hash("path", b"passport.txt"), vault.keyed_hash("content", b"the original\n")
        )
        assert [entry.text for entry in catalog.log.entries("c1")] == ["Rang the embassy."]
        assert catalog.verify().problems == ()


def test_who_was_removed_and_what_was_forgotten(folder: Path) -> None:
    with pytest.raises(WrongKeyError):
        Vault.unlock(folder, "the words of left")
    vault = Vault.unlock(folder, WORDS["hr"], "hr")
    assert (vault.compartments(), vault.was_forgotten("c2")) == (["c1", INBOX], True)


def test_what_was_dropped_and_shared_comes_together(folder: Path) -> None:
    parts = Vault.unlock(folder, WORDS["hr"], "hr").parts
    (letter,) = drop.waiting(parts)
    assert drop.take(parts, letter)[1] == b"a letter\n"
    given = [recovery.own_share(Vault.unlock(folder, WORDS[name], name).parts) for name in ("auditor", "specialist")]
    assert len(shares.combine(given)) == 32
