"""Downgrades, links, files of another's making: refused with the name of the file, and never with what is in it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests import vault_fixtures
from tests.vault_team import GRANTED, LEAD, OTHER, PASSPHRASE, PEOPLE, Team, make
from vault import (
    MissingError,
    OfficerKeys,
    Role,
    ScryptRecipient,
    TamperedError,
    Vault,
    VaultError,
    opened,
    read_identity_file,
    seal,
    write_identity_file,
)
from vault.roll import Event

quick_disk, made, team = vault_fixtures.quick_disk, vault_fixtures.made, vault_fixtures.team

# --- downgrades, links, hostile files


def test_a_vault_cannot_be_made_to_look_like_the_first_format(team: Team) -> None:
    (team.folder / "vault.json").write_bytes(b'{"format":"mobility-vault/1"}\n')
    with pytest.raises(TamperedError, match="first format"):
        team.unlock(Role.LEAD)


def test_a_roll_that_a_stranger_founded_is_refused(team: Team, tmp_path: Path) -> None:
    """Under the founder's name, for this vault, sound in itself: but with another key than her file vouches for."""
    stranger = OfficerKeys.generate(LEAD, vault=team.keys[Role.LEAD].vault)
    (tmp_path / "elsewhere").mkdir()
    opened.found(tmp_path / "elsewhere", stranger, Event.FOUNDED)
    shutil.copy(tmp_path / "elsewhere/access.jsonl", team.folder / "access.jsonl")
    for role in Role:
        with pytest.raises(TamperedError, match="founded by another than the officer's identity file says"):
            team.unlock(role)


def test_an_emptied_roll_is_told_from_a_lost_one(team: Team) -> None:
    path = team.folder / "access.jsonl"
    path.write_bytes(b"")
    with pytest.raises(TamperedError, match=r"\(access\.jsonl\) is empty\. Restore it from a backup"):
        team.unlock(Role.LEAD)
    path.unlink()
    with pytest.raises(MissingError, match=r"\(access\.jsonl\) is gone\. Restore it from a backup"):
        team.unlock(Role.LEAD)


def test_an_identity_file_under_the_name_of_another_is_refused(team: Team) -> None:
    """Whoever renames herself in her own identity file would sign as somebody else, and open her key files."""
    renamed = OfficerKeys.parse(team.keys[Role.AUDITOR].text().replace(PEOPLE[Role.AUDITOR], LEAD))
    assert renamed.label == LEAD
    with pytest.raises(TamperedError, match="identity file is another's"):
        Vault.unlock(team.folder, keys=renamed)


def test_keys_of_another_vault_are_refused(team: Team, tmp_path: Path) -> None:
    other = make(tmp_path / "other")
    with pytest.raises(TamperedError, match="another vault"):
        Vault.unlock(team.folder, keys=other.keys[Role.LEAD])
    shutil.copy(other.folder / "vault.json", team.folder / "vault.json")
    with pytest.raises(TamperedError, match="another vault"):
        team.unlock(Role.LEAD)


def test_links_in_the_vault_are_not_followed(team: Team, tmp_path: Path) -> None:
    key = team.folder / f"compartments/{GRANTED}/key.{LEAD}.age"
    key.rename(tmp_path / "elsewhere")
    key.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TamperedError, match=rf"compartments/{GRANTED}/key.{LEAD}.age is a symbolic link. Restore"):
        team.unlock(Role.LEAD).compartment(GRANTED).open(b"")
    assert any(f"key.{LEAD}.age" in each for each in team.unlock(Role.LEAD).verify().problems)
    key.unlink()
    os.mkfifo(key)
    with pytest.raises(TamperedError, match="is no file"):
        team.unlock(Role.LEAD).compartment(GRANTED).open(b"")
    with pytest.raises(VaultError, match="cannot be used"):
        team.unlock(Role.LEAD).compartment("../other")


def test_what_does_not_belong_into_the_folder_is_named_and_keeps_nobody_out_without_a_word(team: Team) -> None:
    (team.folder / ".aa.tmp").symlink_to("/nowhere")
    case = team.folder / "compartments" / GRANTED
    # A key file about to come into use has the ledger looked through, of which a line was changed.
    (case / f".key.{PEOPLE[Role.SPECIALIST]}.age.next").write_bytes(b"x")
    (case / f"key.{PEOPLE[Role.SPECIALIST]}.age").unlink()
    lines = (team.folder / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    (team.folder / "ledger.jsonl").write_bytes(b"".join([lines[0], b"{}\n", b"x\n", *lines[3:]]))
    assert any(each.startswith("ledger, after line 1") for each in team.unlock(Role.LEAD).verify().problems)
    (team.folder / "compartments" / "abc").write_bytes(b"")
    found = team.unlock(Role.LEAD).verify().problems
    assert any(each.startswith("compartment abc: compartments/abc/public.json cannot be opened") for each in found)
    (team.folder / "compartments" / "abc").unlink()
    (case / ".key.x.age.next").mkdir()
    with pytest.raises(TamperedError, match=rf"^compartments/{GRANTED}/.key.x.age.next is no file"):
        team.unlock(Role.LEAD)
    (case / ".key.x.age.next").rmdir()
    for name in ("compartments", "officers"):
        (team.folder / name).rename(team.folder / "elsewhere")
        with pytest.raises(MissingError, match=f"^The vault's folder {name} is gone"):
            team.unlock(Role.LEAD)
        (team.folder / "elsewhere").rename(team.folder / name)
    (case / "public.json").unlink()
    with pytest.raises(MissingError, match=rf"^The file compartments/{GRANTED}/public.json is gone. Restore it"):
        team.unlock(Role.LEAD)


def test_an_identity_file_that_asks_for_too_much_work_is_refused(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    (team.folder / "officers" / "x").mkdir()
    data = seal(b"x", [ScryptRecipient("p", 1)]).replace(b" 1\n", b" 40\n", 1)
    (team.folder / "officers/x/identity.age").write_bytes(data)
    with pytest.raises(TamperedError, match="more work"):
        Vault.unlock(team.folder, "p", "x")
    assert any("officer x: is not on the roll" in each for each in team.unlock(Role.LEAD).verify().problems)


def test_identity_files_outside(team: Team, tmp_path: Path) -> None:
    path = tmp_path / "auditor.key"
    write_identity_file(path, team.keys[Role.AUDITOR])
    assert path.stat().st_mode & 0o777 == 0o600
    assert Vault.unlock(team.folder, keys=read_identity_file(path)).role is Role.AUDITOR
    with pytest.raises(VaultError, match="already"):
        write_identity_file(path, team.keys[Role.AUDITOR])
    path.chmod(0o640)
    with pytest.raises(VaultError, match="others can read"):
        read_identity_file(path)
    path.chmod(0o600)
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(VaultError, match="symbolic link"):
        read_identity_file(tmp_path / "link")
    with pytest.raises(VaultError, match="no plain small file"):
        read_identity_file(tmp_path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(TamperedError, match="no text"):
        read_identity_file(path)
    path.write_bytes(seal(team.keys[Role.AUDITOR].text().encode(), [ScryptRecipient("p", 1)]))
    with pytest.raises(VaultError, match="under a passphrase"):
        read_identity_file(path)
    assert read_identity_file(path, "p").label == PEOPLE[Role.AUDITOR]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("AGE-SECRET", "AGE-SECRE"),
        lambda text: text + text.splitlines()[-1],
        lambda text: text.replace("# vault signing key: ", "# vault signing key: zz"),
        lambda text: text.replace("# signing secret: ", "# signing secret: 00"),
        lambda text: text.replace("# vault signing key: ", "# "),
        lambda text: "# officer: a\n" + text,
    ],
)
def test_damaged_identity_files_say_nothing_of_what_is_in_them(team: Team, change) -> None:
    text = change(team.keys[Role.LEAD].text())
    with pytest.raises(VaultError) as caught:
        OfficerKeys.parse(text)
    secret = team.keys[Role.LEAD].signing.private_bytes_raw().hex()
    assert secret not in str(caught.value)
    assert caught.value.__cause__ is None or "Bech32" in str(caught.value)
    assert secret not in repr(team.keys[Role.LEAD])


def test_the_passphrase_of_an_officer_added_at_the_desk(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    lead.office.add_with_passphrase("anew", Role.SPECIALIST, "her words", 1)
    assert Vault.unlock(team.folder, "her words").role is Role.SPECIALIST
    assert Vault.unlock(team.folder, PASSPHRASE).role is Role.LEAD
    with pytest.raises(VaultError, match="already"):
        lead.office.add_with_passphrase("anew", Role.AUDITOR, "x", 1)
    lead.office.remove("anew")
    assert not (team.folder / "officers/anew").exists()


def test_what_is_shown_of_it_is_no_secret(team: Team) -> None:
    parts = team.unlock(Role.LEAD).parts
    assert (repr(parts.hashes), repr(parts.authority)) == ("<HashKeys>", f"<Signatory {LEAD}>")
    (team.folder / f"compartments/{OTHER}/public.json").unlink()
    with pytest.raises(MissingError, match=r"public\.json is gone"):
        parts.compartments.names()
