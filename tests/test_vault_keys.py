"""New keys for old, the first format brought on, lost officers: nothing is lost anywhere, and the old opens nothing."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace as package_replace
from pathlib import Path

import pytest

import vault as package
from tests.vault_team import GRANTED, LEAD, OTHER, PASSPHRASE, PEOPLE, Team, make
from toolkit.case_log_entries import Said, What
from toolkit.catalog import Catalog
from vault import (
    MissingError,
    Role,
    Share,
    TamperedError,
    Vault,
    VaultError,
    WrongKeyError,
    X25519Identity,
    recovery,
    rotating,
    shares,
    unseal,
    upgrading,
)

GOLDEN = Path(__file__).parent / "vectors" / "vault-1"
FIRST = "a specimen passphrase"


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


@pytest.fixture(autouse=True, scope="module")
def quick_disk():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda handle: None)
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Team:
    return make(tmp_path_factory.mktemp("team") / "vault")


@pytest.fixture
def team(made: Team, tmp_path: Path) -> Team:
    return made.copied(tmp_path / "vault")


@pytest.fixture
def killer(monkeypatch):
    """Return a function that makes the n-th step on the disk from now on the last one."""
    left = [10**9]

    def before(function):
        def step(*args, **kwargs):
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return function(*args, **kwargs)

        return step

    for owner, names in [(package.files.os, ["open"]), (Path, ["replace", "rename", "unlink", "mkdir", "rmdir"])]:
        for name in names:
            monkeypatch.setattr(owner, name, before(getattr(owner, name)))

    def after(steps: int) -> None:
        left[0] = steps

    return after


def everything(vault: Vault) -> dict[str, bytes]:
    with Catalog.open(vault) as catalog:
        assert catalog.verify().problems == ()
        return {each.id: vault.compartment(each.case).get(each.sha256_sealed) for each in catalog.documents()}


PAPERS = {f"d-{case}": f"paper of {case}".encode() for case in (GRANTED, OTHER)}

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


# --- the first format


def upgraded(folder: Path) -> Vault:
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


@pytest.fixture
def first(tmp_path: Path, monkeypatch) -> Path:
    shutil.copytree(GOLDEN, tmp_path / "first")
    # scrypt at its proper cost takes a second at each unlocking.
    hr = Vault.unlock(tmp_path / "first", FIRST, "hr").parts.keys
    other = Vault.unlock(tmp_path / "first", "another specimen", "counsel").parts.keys
    for keys, words in ((hr, FIRST), (other, "another specimen")):
        sealed = package.seal(keys.text().replace("# vault: \n", "").encode(), [package.ScryptRecipient(words, 1)])
        (tmp_path / f"first/officers/{keys.label}/identity.age").write_bytes(sealed)
    return tmp_path / "first"


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
        Vault.unlock(first, "another specimen")
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
    other = Vault.unlock(first, "another specimen").parts.keys
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


# --- recovery


def holders(team: Team) -> list[str]:
    return [PEOPLE[Role.AUDITOR], PEOPLE[Role.ADMINISTRATOR], PEOPLE[Role.SPECIALIST]]


def test_two_of_three_holders_appoint_a_lead(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    recovery.set_up(lead.parts, holders(team), 2)
    lead.new_compartment("later")
    with Catalog.open(lead) as catalog:
        catalog.rotation.hash_keys()
        catalog.rotation.case(GRANTED)
    given = [recovery.own_share(team.unlock(role).parts) for role in (Role.AUDITOR, Role.SPECIALIST)]
    with pytest.raises(MissingError, match="holds no share"):
        recovery.own_share(team.unlock(Role.COUNSEL).parts)
    with pytest.raises(VaultError, match="too few"):
        recovery.use(team.folder, given[:1], "nora")
    keys, secret = recovery.use(team.folder, [Share.parse(str(each)) for each in given], "nora")
    recovery.keep(team.folder, keys, "her words", 1)
    recovery.appoint(team.folder, keys, secret)
    nora = Vault.unlock(team.folder, "her words")
    assert (nora.role, everything(nora)) == (Role.LEAD, PAPERS)
    nora.office.remove(LEAD)
    assert nora.compartment("later").open(nora.compartment("later").seal(b"x")) == b"x"
    told = [entry["event"] for entry in nora.ledger.entries()]
    assert told.count("recovery.share-handed-out") == 2 and "officer.recovered" in told
    # Set up anew, the shares of before open nothing.
    recovery.set_up(nora.parts, holders(team), 3)
    with pytest.raises(VaultError, match="not of the recovery key"):
        recovery.appoint(team.folder, keys, secret)
    with pytest.raises(MissingError, match="no officer nobody"):
        recovery.set_up(nora.parts, ["nobody", "nora"], 2)
    assert nora.verify().problems == ()


def test_nobody_is_recovered_under_the_name_of_another(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    recovery.set_up(lead.parts, holders(team), 2)
    given = [recovery.own_share(team.unlock(role).parts) for role in (Role.AUDITOR, Role.SPECIALIST)]
    keys, secret = recovery.use(team.folder, given, LEAD)
    with pytest.raises(VaultError, match="twice"):
        recovery.appoint(team.folder, keys, secret)


def slow_product(one: int, two: int) -> int:
    """Multiply in the field by long multiplication, as FIPS 197 section 4.2 has it."""
    result = 0
    for bit in range(8):
        if two >> bit & 1:
            result ^= one << bit
    for bit in range(14, 7, -1):
        if result >> bit & 1:
            result ^= 0x11B << bit - 8
    return result


def test_the_field_is_that_of_aes() -> None:
    assert slow_product(0x57, 0x83) == 0xC1  # the example in FIPS 197 section 4.2
    for one in range(1, 256):
        for two in range(1, 256, 7):
            product = shares._EXP[(shares._LOG[one] + shares._LOG[two]) % 255]
            assert product == slow_product(one, two)


def test_shares_lie_on_polynomials() -> None:
    """y = 0x2a + 0x05 x in the field of AES, worked out by long multiplication: two points give every third."""
    line = {x: bytes([0x2A ^ slow_product(0x05, x)]) for x in range(256)}
    points = {3: line[3], 200: line[200]}
    assert all(shares.interpolate(points, x) == line[x] for x in range(256))
    square = {x: bytes([0x2A ^ slow_product(0x05, x) ^ slow_product(0x11, slow_product(x, x))]) for x in range(256)}
    points = {x: square[x] for x in (1, 77, 254)}
    assert all(shares.interpolate(points, x) == square[x] for x in range(256))


@pytest.mark.parametrize(("threshold", "count"), [(2, 2), (2, 5), (3, 5), (5, 5), (16, 16)])
def test_any_few_give_the_secret_and_fewer_give_nothing(threshold: int, count: int) -> None:
    secret = bytes(range(32))
    made = shares.split(secret, threshold, count)
    assert len(made) == count
    for start in range(count - threshold + 1):
        assert shares.combine(made[start : start + threshold]) == secret
    assert shares.combine(made) == secret
    assert shares.combine([*made[:threshold], made[0]]) == secret
    with pytest.raises(VaultError):
        shares.combine(made[: threshold - 1] or made[:1])
    assert not any(secret in share.data for share in made)


def test_wrong_shares_are_noticed() -> None:
    one, two = shares.split(bytes(32), 2, 3), shares.split(bytes(32), 2, 3)
    with pytest.raises(VaultError, match="belong together"):
        shares.combine([one[0], two[1]])
    with pytest.raises(VaultError, match="belong together"):
        shares.combine([one[0], one[1], two[2]])
    with pytest.raises(VaultError, match="belong together"):
        shares.combine([one[0], shares.split(bytes(32), 3, 3)[1]])
    text = str(one[0])
    assert shares.Share.parse(text.lower()) == one[0]
    for wrong in (text[:-1] + ("Q" if text[-1] != "Q" else "P"), text[:-3], "x", str(X25519Identity.generate())):
        with pytest.raises(VaultError, match="no share") as caught:
            shares.Share.parse(wrong)
        assert text[20:40] not in str(caught.value)
    assert repr(one[0]) == "<Share 0>"
    for threshold, count in ((1, 3), (4, 3), (2, 17)):
        with pytest.raises(VaultError, match="cannot be made"):
            shares.split(bytes(32), threshold, count)
    with pytest.raises(VaultError, match="too short"):
        shares.split(bytes(15), 2, 3)


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
        "by", "former", "granted", "held", "key", "name", "recipient", "roll", "signature", "state", "version",
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


def test_an_interrupted_adding_is_completed(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    keys = lead.office.new_keys("second")
    lead.parts.roll.state(
        package.roll.Event.ADDED, by=LEAD, key=team.keys[Role.LEAD].signing, officer="second", role="lead",
        recipient=str(keys.identity.recipient), signing=keys.public_signing,
    )  # fmt: skip
    team.unlock(Role.LEAD).wrap_again()
    assert everything(Vault.unlock(team.folder, keys=keys)) == PAPERS


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


def test_the_first_format_has_no_recovery_and_no_statements(first: Path) -> None:
    parts = Vault.unlock(first, FIRST).parts
    with pytest.raises(VaultError, match="first format"):
        recovery.set_up(parts, ["hr", "counsel"], 2)
    with pytest.raises(TamperedError, match="no key to sign with"):
        assert parts.keys.own_signing
    assert parts.keys.public_signing == ""


def test_nobody_is_recovered_where_her_file_lies_already(team: Team) -> None:
    keys = team.unlock(Role.LEAD).office.new_keys(LEAD)
    with pytest.raises(VaultError, match="an officer lena already"):
        recovery.keep(team.folder, keys, "words", 1)


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
        ({"event": "vault.founded"}, "do not agree"),
        ({"vault": "0" * 32}, "does not follow"),
    ]:
        path.write_bytes(founded(**changed))
        with pytest.raises(TamperedError, match=why):
            Vault.unlock(first, FIRST)
    path.write_bytes(founded() + b"".join(lines[1:]))
    assert Vault.unlock(first, FIRST).verify().problems == ()


def test_a_statement_in_the_name_of_another_is_refused(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    with pytest.raises(TamperedError, match="another than it says"):
        lead.parts.roll.state(
            package.roll.Event.REMOVED, by=PEOPLE[Role.ADMINISTRATOR], key=team.keys[Role.LEAD].signing,
            officer=PEOPLE[Role.AUDITOR],
        )  # fmt: skip
    assert team.unlock(Role.AUDITOR).role is Role.AUDITOR


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


def die(*_: object) -> None:
    raise Killed


def test_a_revocation_that_was_killed_is_completed_by_who_may(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    label = PEOPLE[Role.SPECIALIST]
    key = team.folder / f"compartments/{GRANTED}/key.{label}.age"
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("vault.office.remove_for", die)
        team.unlock(Role.ADMINISTRATOR).office.revoke(label, GRANTED)
    assert key.exists()
    team.unlock(Role.AUDITOR)
    assert key.exists(), "who may not revoke completes no revocation"
    vault = team.unlock(Role.ADMINISTRATOR)
    assert not key.exists()
    assert "changing" not in vault.parts.compartments.read(GRANTED)
    assert vault.verify().problems == ()


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
    assert lead.parts.compartments.read(GRANTED)["changing"] == rotating.KEY
    assert team.unlock(Role.ADMINISTRATOR).parts.compartments.read(GRANTED)["changing"] == rotating.KEY
    vault = team.unlock(Role.LEAD)
    assert "changing" not in vault.parts.compartments.read(GRANTED)
    assert vault.verify().problems == ()
