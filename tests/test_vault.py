"""What a vault promises: it opens for its officers only, notices every change, and forgets."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyrage
import pytest

import vault as package
from tests import vault_fixtures
from tests.vault_fixtures import FIRST
from vault import (
    FolderStore,
    MissingError,
    TamperedError,
    Vault,
    VaultError,
    WrongKeyError,
    X25519Identity,
    seal,
    unseal,
)
from vault.keys import ScryptIdentity, X25519Recipient
from vault.officers import Officers
from vault.root import Root

SMALL = 2
PASSPHRASE = "correct horse battery"
quick_disk, first = vault_fixtures.quick_disk, vault_fixtures.first


@pytest.fixture
def vault(tmp_path):
    return Vault.create(tmp_path / "vault", officer="hr", passphrase=PASSPHRASE, work_factor=SMALL)


def problems(vault: Vault) -> str:
    return "\n".join(vault.verify().problems)


def test_a_vault_opens_again(vault):
    stored = vault.new_compartment("case-1").put(b"passport")
    again = Vault.unlock(vault.folder, PASSPHRASE)
    assert again.officer == "hr"
    assert again.compartments() == ["case-1"]
    assert again.compartment("case-1").get(stored.name) == b"passport"
    assert (stored.name, stored.size) == (stored.sha256, len(vault.store.get(stored.name)))
    assert again.keyed_hash("name", b"x") == vault.keyed_hash("name", b"x")
    again.check_signature(b"message", vault.sign(b"message"))
    events = [entry["event"] for entry in again.ledger.entries()]
    assert events == ["roll", "vault.created", "compartment.created", "case.opened"]
    assert again.verify().problems == ()
    assert again.verify().checked == 6


def test_the_wrong_passphrase_opens_nothing(vault):
    with pytest.raises(WrongKeyError):
        Vault.unlock(vault.folder, "wrong")
    with pytest.raises(WrongKeyError):
        Vault.unlock(vault.folder, "wrong", "hr")
    with pytest.raises(MissingError, match="Officers: hr"):
        Vault.unlock(vault.folder, PASSPHRASE, "finance")


def test_a_lost_identity_file_is_named(vault):
    vault.add_officer("finance", "another", work_factor=SMALL)
    (vault.folder / "officers/finance/identity.age").unlink()
    with pytest.raises(MissingError, match=r"officers/finance/identity\.age\) is gone\. Restore it from a backup"):
        Vault.unlock(vault.folder, "another", "finance")
    # Unnamed, she cannot be told from somebody who mistypes.
    with pytest.raises(WrongKeyError, match="The passphrase is wrong"):
        Vault.unlock(vault.folder, "another")
    assert Vault.unlock(vault.folder, PASSPHRASE).officer == "hr"


def test_where_there_is_no_vault(tmp_path, vault):
    with pytest.raises(MissingError):
        Vault.unlock(tmp_path, PASSPHRASE)
    with pytest.raises(VaultError, match="not empty"):
        Vault.create(vault.folder, officer="hr", passphrase=PASSPHRASE, work_factor=SMALL)
    (tmp_path / "empty").mkdir()
    Vault.create(tmp_path / "empty", officer="hr", passphrase=PASSPHRASE, work_factor=SMALL)
    Vault.create(tmp_path / "new" / "deep", officer="hr", passphrase=PASSPHRASE, work_factor=SMALL)


def test_a_newer_format_is_refused(vault):
    entry = vault.parts.authority.write_entry("vault", {"format": "mobility-vault/9", "id": "", "anchor": ""})
    (vault.folder / "vault.json").write_bytes(entry)
    with pytest.raises(VaultError, match="newer version"):
        Vault.unlock(vault.folder, PASSPHRASE)


def test_keyed_hashes_and_signatures_are_kept_apart(vault, tmp_path):
    other = Vault.create(tmp_path / "other", officer="hr", passphrase=PASSPHRASE, work_factor=SMALL)
    hashes = {
        vault.keyed_hash("name", b"x"),
        vault.keyed_hash("number", b"x"),
        vault.keyed_hash("name", b"y"),
        other.keyed_hash("name", b"x"),
    }
    assert len(hashes) == 4
    for message, signature in [(b"other", vault.sign(b"message")), (b"message", other.sign(b"message")), (b"", b"")]:
        with pytest.raises(TamperedError):
            vault.check_signature(message, signature)


def test_compartments_cannot_open_each_other(vault):
    one, two = vault.new_compartment("one"), vault.new_compartment("two")
    with pytest.raises(WrongKeyError):
        two.open(one.seal(b"x"))
    stored = one.put(b"x")
    one.delete(stored.name)
    with pytest.raises(MissingError):
        one.get(stored.name)
    assert repr(one) == "<Compartment one>"


def test_names_of_compartments_and_officers_are_checked(vault):
    vault.new_compartment("one")
    with pytest.raises(VaultError, match="already"):
        vault.new_compartment("one")
    for name in ("", "../x", ".x", "a b", "x" * 65, "é"):
        with pytest.raises(VaultError):
            vault.new_compartment(name)
        with pytest.raises(VaultError):
            vault.add_officer(name, "x", work_factor=SMALL)
    with pytest.raises(VaultError, match="already"):
        vault.add_officer("hr", "x", work_factor=SMALL)
    with pytest.raises(MissingError):
        vault.compartment("two")


def test_forgetting_is_final(vault):
    compartment = vault.new_compartment("one")
    stored = compartment.put(b"x")
    assert compartment.get(stored.name) == b"x"
    vault.forget("one")
    vault.forget("one")
    for each in (vault, Vault.unlock(vault.folder, PASSPHRASE)):
        assert each.compartments() == []
        with pytest.raises(MissingError):
            each.compartment("one")
        with pytest.raises(VaultError):
            each.new_compartment("one")
    with pytest.raises(MissingError):
        compartment.get(stored.name)
    assert not list(vault.folder.rglob("key.*"))
    assert [entry["event"] for entry in vault.ledger.entries()].count("compartment.forgotten") == 1
    assert problems(vault) == ""
    with pytest.raises(MissingError):
        vault.forget("two")


def test_a_second_officer_opens_everything(vault):
    sealed = vault.new_compartment("one").seal(b"x")
    vault.new_compartment("gone")
    vault.forget("gone")
    vault.add_officer("finance", "another", work_factor=SMALL)
    second = Vault.unlock(vault.folder, "another")
    assert (second.officer, second.officers()) == ("finance", ["finance", "hr"])
    assert second.compartment("one").open(sealed) == b"x"
    assert Vault.unlock(vault.folder, PASSPHRASE).compartment("one").open(sealed) == b"x"
    assert second.new_compartment("two").open(vault.compartment("two").seal(b"y")) == b"y"
    assert problems(second) == ""


def test_what_is_sealed_goes_to_the_store_in_use(vault, tmp_path):
    before = vault.new_compartment("one")
    old = before.put(b"in the folder").name
    vault.use_store(FolderStore(tmp_path / "elsewhere"))
    new = vault.compartment("one").put(b"elsewhere").name
    assert vault.compartment("one").get(new) == b"elsewhere"
    assert list(vault.store.list()) == [new]
    assert list(FolderStore(vault.folder / "store").list()) == [old]
    assert f"store: {old} is missing" in vault.verify([old, new]).problems


def test_many_threads_share_a_vault(vault):
    compartment = vault.new_compartment("one")

    def work(number: int) -> bytes:
        vault.new_compartment(f"case-{number}").seal(b"")
        vault.ledger.append("event", number=str(number))
        return compartment.get(compartment.put(bytes([number])).name)

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(work, range(18))) == [bytes([number]) for number in range(18)]
    assert problems(vault) == ""


# --- what an attacker with write access to the folder can try


def test_a_forged_root_secret_is_noticed(first):
    vault = Vault.unlock(first, FIRST, "hr")
    public = Officers(vault.folder / "officers").recipients(vault._root)["hr"]
    forged = Root.generate()
    (vault.folder / "root.age").write_bytes(seal(forged.secret.hex().encode(), [public]))
    with pytest.raises(TamperedError, match="replaced"):
        Vault.unlock(vault.folder, FIRST, "hr")
    (vault.folder / "root.age").unlink()
    with pytest.raises(MissingError):
        Vault.unlock(vault.folder, FIRST, "hr")


def test_a_replaced_compartment_key_is_noticed(vault):
    vault.new_compartment("one")
    mine = X25519Identity.generate()
    sealed = seal(str(mine).encode(), [vault.parts.keys.identity.recipient])
    (vault.folder / "compartments/one/key.hr.age").write_bytes(sealed)
    again = Vault.unlock(vault.folder, PASSPHRASE)
    with pytest.raises(TamperedError, match="replaced"):
        again.compartment("one").open(again.compartment("one").seal(b""))
    with pytest.raises(TamperedError, match="replaced"):
        again.readable(["one"])
    assert "replaced" in problems(vault)


def test_a_replaced_public_key_is_noticed(vault):
    vault.new_compartment("one")
    vault.new_compartment("two")
    folder = vault.folder / "compartments"
    shutil.copy(folder / "two/public.json", folder / "one/public.json")
    with pytest.raises(TamperedError, match="another's"):
        vault.compartment("one")
    assert "another's" in problems(vault)
    path = folder / "two/public.json"
    path.write_bytes(path.read_bytes().replace(b"age1", b"age2"))
    with pytest.raises(TamperedError, match="signature"):
        vault.compartment("two")


def test_a_replaced_officer_is_noticed(vault, first):
    of_first = Vault.unlock(first, FIRST, "hr")
    folder = first / "officers"
    shutil.copy(folder / "counsel/public.json", folder / "hr/public.json")
    with pytest.raises(TamperedError, match="another's"):
        of_first.new_compartment("one")
    vault.add_officer("finance", "x", work_factor=SMALL)
    folder = vault.folder / "officers"
    shutil.copy(folder / "finance/identity.age", folder / "hr/identity.age")
    with pytest.raises(TamperedError, match="another's"):
        Vault.unlock(vault.folder, "x", "hr")


def test_an_identity_file_with_other_content_is_noticed(vault):
    sealed = seal(b"nothing", [package.ScryptRecipient(PASSPHRASE, SMALL)])
    (vault.folder / "officers/hr/identity.age").write_bytes(sealed)
    with pytest.raises(TamperedError, match="identity file"):
        Vault.unlock(vault.folder, PASSPHRASE)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("vault.json", None, "vault.json: No such file"),
        ("vault.json", b"{}\n", "rewritten"),
        ("access.jsonl", None, "access.jsonl) is gone"),
        ("access.jsonl", b"", "has become shorter"),
        ("secrets/find/hr.age", b"x", "find keys: "),
        ("officers/hr/identity.age", None, "officer hr: identity.age: No such file"),
        ("officers/hr/identity.age", "secrets/find/hr.age", "officer hr: the identity file is not sealed with a pass"),
        ("compartments/one/key.hr.age", None, "compartment one: The key of compartment one is gone"),
        ("compartments/one/key.hr.age", b"x", "compartment one: "),
        ("compartments/one/key.x.age", b"x", "compartment one: a key file of x, who is not entitled to it"),
        ("compartments/one/public.json", None, "The file compartments/one/public.json is gone"),
        ("store/note", b"x", "store: note was not put there"),
        ("ledger.jsonl", b"", "lines were removed"),
    ],
)
def test_verify_names_what_is_wrong(vault, name, content, said):
    vault.new_compartment("one")
    path = vault.folder / name
    if content is None:
        path.unlink()
    else:
        path.write_bytes((vault.folder / content).read_bytes() if isinstance(content, str) else content)
    found = problems(vault)
    assert said in found
    assert str(vault.folder) not in found


def test_verify_names_missing_and_changed_blobs(vault):
    compartment = vault.new_compartment("one")
    one, two = compartment.put(b"1").name, compartment.put(b"2").name
    vault.store.delete(one)
    (vault.folder / "store" / two[:2] / two).write_bytes(b"x")
    found = "\n".join(vault.verify([one, two]).problems)
    assert f"store: {one} is missing" in found
    assert "was changed on the disk" in found


def test_verify_notices_removed_and_resurrected_compartments(vault):
    for name in ("one", "two"):
        vault.new_compartment(name)
    shutil.copytree(vault.folder / "compartments/one", vault.folder / "kept")
    vault.forget("one")
    shutil.rmtree(vault.folder / "compartments/one")
    assert "compartment one: made and never forgotten, but not there" in problems(vault)
    shutil.copytree(vault.folder / "kept", vault.folder / "compartments/one")
    assert "the ledger says forgotten" in problems(vault)
    vault.forget("one")
    assert problems(vault) == ""


def test_verify_notices_a_key_left_after_forgetting(vault):
    vault.new_compartment("one")
    key = vault.folder / "compartments/one/key.hr.age"
    kept = key.read_bytes()
    vault.forget("one")
    key.write_bytes(kept)
    assert "forgotten, but its key is still there" in problems(vault)
    assert problems(Vault.unlock(vault.folder, PASSPHRASE)) == ""


def test_verify_counts_the_officers_of_each_key(first):
    vault = Vault.unlock(first, FIRST)
    vault.new_compartment("one")
    Officers(vault.folder / "officers").enrol("finance", "x", SMALL, vault._root)
    found = problems(vault)
    assert "the root secret is sealed to 2 officers and there are 3" in found
    assert "compartment one: its key is sealed to 2 officers and there are 3" in found
    with pytest.raises(WrongKeyError):
        Vault.unlock(vault.folder, "x")
    vault.wrap_again()
    assert problems(Vault.unlock(vault.folder, "x")) == ""


def test_a_key_sealed_to_others_only(vault):
    vault.new_compartment("one")
    key = vault.folder / "compartments/one/key.hr.age"
    key.write_bytes(seal(b"", [X25519Identity.generate().recipient]))
    again = Vault.unlock(vault.folder, PASSPHRASE)
    with pytest.raises(WrongKeyError, match="not sealed to this officer"):
        again.compartment("one").open(again.compartment("one").seal(b""))


# --- the plain age tool can rescue everything


def test_an_independent_tool_rescues_a_document(vault):
    stored = vault.new_compartment("one").put(b"passport")
    folder = vault.folder
    identity_file = pyrage.passphrase.decrypt((folder / "officers/hr/identity.age").read_bytes(), PASSPHRASE).decode()
    officer = pyrage.x25519.Identity.from_str(identity_file.splitlines()[-1])
    key_file = pyrage.decrypt((folder / "compartments/one/key.hr.age").read_bytes(), [officer]).decode()
    compartment = pyrage.x25519.Identity.from_str(key_file.strip())
    blob = (folder / "store" / stored.name[:2] / stored.name).read_bytes()
    assert pyrage.decrypt(blob, [compartment]) == b"passport"


def test_sealing_needs_no_secret(vault):
    """An intake machine with the public key alone seals what the vault opens."""
    vault.new_compartment("one")
    text = (vault.folder / "compartments/one/public.json").read_text()
    recipient = X25519Recipient.parse(text.split('"recipient":"')[1].split('"')[0])
    assert vault.compartment("one").open(seal(b"x", [recipient])) == b"x"


def test_no_secret_is_in_clear(vault):
    vault.new_compartment("one").put(b"content")
    secrets = [key for keys in vault.parts.hash_keys._keys.values() for key in keys]
    secrets.append(vault.parts.keys.signing.private_bytes_raw())
    identity = unseal((vault.folder / "officers/hr/identity.age").read_bytes(), [ScryptIdentity(PASSPHRASE)])
    for path in vault.folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not any(secret in data or secret.hex().encode() in data for secret in secrets)
            assert b"AGE-SECRET-KEY" not in data
            assert path.stat().st_mode & 0o077 == 0 or not data
    assert b"AGE-SECRET-KEY-1" in identity
    shown = repr(vault) + repr(vars(vault)) + repr(vault.parts) + repr(vault.parts.keys)
    assert not any(secret.hex() in shown for secret in secrets)


# --- the package


def test_the_public_names_are_all_there():
    assert sorted(package.__all__) == package.__all__
    for name in package.__all__:
        assert getattr(package, name)


def test_the_package_needs_cryptography_and_nothing_else():
    code = (
        "import sys, vault; known = sys.stdlib_module_names | {'vault', 'cryptography', '_cffi_backend', '__main__'};"
        "print(sorted({name.split('.')[0] for name in sys.modules} - set(known)))"
    )
    found = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=False, env=_env())
    strangers = [name for name in eval(found.stdout) if not name.startswith("_")]  # noqa: S307
    assert strangers == [], found.stderr


def _env() -> dict[str, str]:
    return {"PYTHONPATH": ":".join(path for path in sys.path if path) + f":{Path(package.__file__).parent.parent}"}


def test_errors_say_what_to_do():
    mistake = VaultError("It failed.", remedy="Try again.")
    assert (str(mistake), mistake.exit_code, str(VaultError("It failed."))) == (
        "It failed. Try again.",
        4,
        "It failed.",
    )
