"""Lost leads are replaced by as many holders of shares as were agreed, and by no fewer."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests import vault_fixtures
from tests.vault_fixtures import PAPERS, Killed, everything
from tests.vault_team import GRANTED, LEAD, PEOPLE, Team
from toolkit.catalog import Catalog
from vault import (
    MissingError,
    Role,
    Share,
    TamperedError,
    Vault,
    VaultError,
    X25519Identity,
    bech32,
    recovery,
    rotating,
    shares,
)
from vault import holders as standing
from vault.entries import render, signed
from vault.officers import Officers
from vault.roll import STATEMENT, Event

quick_disk, killer = vault_fixtures.quick_disk, vault_fixtures.killer
made, team = vault_fixtures.made, vault_fixtures.team


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
    with pytest.raises(VaultError, match=f"an officer {LEAD} already.*Choose another name"):
        recovery.use(team.folder, given, LEAD)
    with pytest.raises(VaultError, match="cannot be used"):
        recovery.use(team.folder, given, "../compartments/x")
    with pytest.raises(VaultError, match="twice"):
        recovery.appoint(team.folder, lead.office.new_keys(LEAD), shares.combine(given))


def test_nobodys_file_takes_the_place_of_anothers(team: Team) -> None:
    with pytest.raises(VaultError, match="an officer lena already"):
        Officers(team.folder / "officers").keep(team.unlock(Role.LEAD).office.new_keys(LEAD), "words", 1)


def test_shares_of_before_are_refused_and_keep_nobody_from_the_next_try(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    recovery.set_up(lead.parts, holders(team), 2)
    old = [recovery.own_share(team.unlock(role).parts) for role in (Role.AUDITOR, Role.SPECIALIST)]
    recovery.set_up(lead.parts, holders(team), 2)
    with pytest.raises(VaultError, match=r"not of the recovery key that the vault has now\..*once more"):
        recovery.use(team.folder, old, "nora")
    given = [recovery.own_share(team.unlock(role).parts) for role in (Role.AUDITOR, Role.SPECIALIST)]
    for _ in range(2):  # killed, perhaps, before she was appointed
        keys, secret = recovery.use(team.folder, given, "nora")
        recovery.keep(team.folder, keys, "words", 1)
    recovery.appoint(team.folder, keys, secret)
    assert Vault.unlock(team.folder, "words", "nora").role is Role.LEAD


def test_shares_stated_since_the_vault_was_unlocked_are_kept(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program was killed between the statement of a set-up and the last share's coming into its place."""
    seen = team.unlock(Role.AUDITOR)
    monkeypatch.setattr(recovery, "finish", lambda opened: None)
    recovery.set_up(team.unlock(Role.LEAD).parts, holders(team), 2)
    monkeypatch.undo()
    recovery.finish(seen.parts)
    assert recovery.own_share(team.unlock(Role.AUDITOR).parts).threshold == 2


@pytest.mark.parametrize("changed", [None, "key", "by", "role", "none set up"])
def test_who_is_recovered_is_said_by_the_recovery_key_and_nobody_else(team: Team, changed: str | None) -> None:
    lead = team.unlock(Role.LEAD)
    if changed != "none set up":
        recovery.set_up(lead.parts, holders(team), 2)
    signer = Ed25519PrivateKey.generate()
    if changed not in ("key", "none set up"):
        given = [recovery.own_share(team.unlock(role).parts) for role in (Role.AUDITOR, Role.SPECIALIST)]
        signer = recovery._signer(shares.combine(given))
    roll, keys = lead.parts.statements, lead.office.new_keys("nora")
    entry = roll.next(
        Event.RECOVERED, at="2026", by=LEAD if changed == "by" else "recovery", officer="nora",
        key=signer.public_key().public_bytes_raw().hex(), role="auditor" if changed == "role" else "lead",
        recipient=str(keys.identity.recipient), signing=keys.public_signing,
    )  # fmt: skip
    with (team.folder / "access.jsonl").open("ab") as file:
        file.write(signed(entry, signer.sign(roll.message(STATEMENT, render(entry)))))
    if changed is None:
        assert Vault.unlock(team.folder, keys=keys).role is Role.LEAD
        return
    with pytest.raises(TamperedError, match="whom the recovery key did not appoint"):
        Vault.unlock(team.folder, keys=keys)


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
    for data in (one[1].data[:-1], one[1].data + b"x"):
        with pytest.raises(VaultError, match=r"do not belong together\..*of one setting-up"):
            shares.combine([one[0], Share(2, 1, data)])
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
    assert shares.combine(shares.split(bytes(range(16)), 2, 2)) == bytes(range(16))


@pytest.mark.parametrize(
    ("prefix", "said", "good"),
    [
        ("mobility-share-", bytes((1, 0)) + bytes(16), True),
        ("mobility-share-", bytes((16, 15)) + bytes(16), True),
        ("mobility-shore-", bytes((2, 0)) + bytes(16), False),
        ("mobility-share-", bytes((2, 0)) + bytes(15), False),
        ("mobility-share-", b"", False),
        ("mobility-share-", bytes((0, 0)) + bytes(16), False),
        ("mobility-share-", bytes((17, 0)) + bytes(16), False),
        ("mobility-share-", bytes((2, 16)) + bytes(16), False),
    ],
)
def test_what_a_share_says_is_within_bounds(prefix: str, said: bytes, good: bool) -> None:
    text = bech32.encode(prefix, said)
    if good:
        assert Share.parse(text) == Share(said[0], said[1], said[2:])
    else:
        with pytest.raises(VaultError, match=r"^That is no share\. Copy it again, whole\.$"):
            Share.parse(text)


# --- whose share no longer does what it is there for


def test_whose_share_opens_and_whose_is_gone(team: Team) -> None:
    auditor, administrator, specialist = holders(team)
    lead = team.unlock(Role.LEAD)
    roll = lead.parts.statements
    assert standing.holders(None) == standing.holders(roll) == standing.Holders(0, (), ())
    assert standing.findings(None) == standing.findings(roll) == []
    recovery.set_up(lead.parts, holders(team), 2)
    assert standing.holders(roll) == standing.Holders(2, tuple(sorted(holders(team))), ())
    assert standing.findings(roll) == []
    # Other keys, twice: the same person, and her share is sealed to the new ones.
    keys = team.keys[Role.SPECIALIST]
    for _ in range(2):
        vault = Vault.unlock(team.folder, keys=keys)
        keys = vault.office.new_keys(specialist)
        rotating.rekey(vault.parts, keys, lambda: None)
        rotating.settle(Vault.unlock(team.folder, keys=keys).parts)
    assert standing.holders(roll) == standing.Holders(2, (administrator, auditor, specialist), ())
    assert standing.findings(roll) == []
    assert recovery.own_share(Vault.unlock(team.folder, keys=keys).parts)
    # Removed; and another person under her name does not make her share hers again.
    lead.office.remove(auditor)
    again = lead.office.new_keys(auditor)
    lead.office.add(auditor, Role.AUDITOR, str(again.identity.recipient), again.public_signing)
    how = standing.holders(roll)
    assert (how.able, how.gone) == ((administrator, specialist), (auditor,))
    (found,) = standing.findings(roll)
    assert found.startswith(f"{auditor} is no officer any more, and her share of the recovery key still counts")
    # Removed after she had other keys, and taken on anew.
    lead.office.remove(specialist)
    assert standing.holders(roll).gone == (auditor, specialist)
    assert standing.findings(roll)[-1].startswith("2 shares are needed for recovery, and officers of today can open 1")
    again = lead.office.new_keys(specialist)
    lead.office.add(specialist, Role.AUDITOR, str(again.identity.recipient), again.public_signing)
    assert standing.holders(roll).gone == (auditor, specialist)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, r"recovery: the share of \S+: auditor-1\.age: No such file"), (b"x", "recovery: the share of auditor-1: ")],
)
def test_a_lost_or_spoilt_share_is_named_to_its_holder(team: Team, content: bytes | None, said: str) -> None:
    auditor = PEOPLE[Role.AUDITOR]
    recovery.set_up(team.unlock(Role.LEAD).parts, holders(team), 2)
    path = team.folder / f"recovery/{auditor}.age"
    assert team.unlock(Role.AUDITOR).verify().problems == ()
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    (found,) = team.unlock(Role.AUDITOR).verify().problems
    assert re.match(said, found)
    # Nobody else can open it: whether it is whole is hers to see.
    assert team.unlock(Role.COUNSEL).verify().problems == ()


def test_a_share_is_hers_who_had_the_name_when_it_was_made(team: Team) -> None:
    """Not another's, who had it before; new keys of her own leave her who she was."""
    auditor, lead = PEOPLE[Role.AUDITOR], team.unlock(Role.LEAD)
    lead.office.remove(auditor)
    keys = lead.office.new_keys(auditor)
    lead.office.add(auditor, Role.AUDITOR, str(keys.identity.recipient), keys.public_signing)
    recovery.set_up(lead.parts, holders(team), 2)
    vault = Vault.unlock(team.folder, keys=keys)
    rotating.rekey(vault.parts, vault.office.new_keys(auditor), lambda: None)
    assert auditor in standing.holders(lead.parts.statements).able


def test_a_set_up_that_is_stopped_anywhere_leaves_the_shares_of_before_or_the_new_ones(
    team: Team, killer: Callable[[int], None], tmp_path: Path
) -> None:
    recovery.set_up(team.unlock(Role.LEAD).parts, holders(team), 2)
    three = (Role.AUDITOR, Role.SPECIALIST, Role.COUNSEL)
    for steps in range(200):
        there = team.copied(tmp_path / str(steps))
        vault = there.unlock(Role.LEAD)
        killer(steps)
        ended = False
        with suppress(Killed):
            recovery.set_up(vault.parts, [PEOPLE[role] for role in three], 3)
            ended = True
        killer(10**9)
        # Whoever comes first: she sees her own share, and a lead ends what was begun.
        assert there.unlock(Role.AUDITOR).verify().problems == ()
        before = recovery.own_share(there.unlock(Role.AUDITOR).parts)
        assert there.unlock(Role.LEAD).verify().problems == ()
        assert not [path for path in (there.folder / "recovery").iterdir() if path.is_dir()]
        share = recovery.own_share(there.unlock(Role.AUDITOR).parts)
        assert share == before
        given = [recovery.own_share(there.unlock(role).parts) for role in three[: share.threshold]]
        keys, secret = recovery.use(there.folder, given, "nora")
        assert everything(Vault(recovery.appoint(there.folder, keys, secret))) == PAPERS
        if ended:
            assert share.threshold == 3
            return
    pytest.fail("it never ended")
