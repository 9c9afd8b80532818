"""Who may do and read what: every role by every verb, and that the keys say so and not the program alone."""

from __future__ import annotations

import ast
import io
import json
import shutil
from pathlib import Path

import pytest

import vault as package
from tests import vault_fixtures
from tests.vault_team import GRANTED, LEAD, OTHER, PEOPLE, Team
from toolkit.catalog import Catalog
from vault import (
    HeldError,
    MissingError,
    NotGrantedError,
    Right,
    Role,
    TamperedError,
    Vault,
    VaultError,
    WrongKeyError,
    X25519Identity,
    access,
    audit,
    recovery,
    rotating,
    seal,
    unseal,
)
from vault.entries import render, signed
from vault.opened import Opened
from vault.roll import STATEMENT, Event
from vault.signatory import Signatory

quick_disk, made, team = vault_fixtures.quick_disk, vault_fixtures.made, vault_fixtures.team

# --- the table


def blob(vault: Vault, case: str) -> bytes:
    name = json.loads((vault.folder.parent / "blobs.json").read_text())[case]
    return vault.compartment(case).get(name)


def catalogue(vault: Vault, work):
    with Catalog.open(vault) as catalog:
        return work(catalog)


def fresh_keys(vault: Vault) -> None:
    rotating.rekey(vault.parts, vault.office.new_keys(vault.officer), lambda: None)


VERBS = {
    "seal to a case": lambda v: v.compartment(OTHER).put(b"new"),
    "open a granted case": lambda v: blob(v, GRANTED),
    "open another case": lambda v: blob(v, OTHER),
    "start a case": lambda v: v.new_compartment("third"),
    "find": lambda v: v.keyed_hash("find/name", b"ERIKSSON"),
    "check sums": lambda v: v.keyed_hash("catalog row", b"x"),
    "sign a row": lambda v: v.check_signature(b"row", v.sign(b"row")),
    "write the ledger": lambda v: v.ledger.append("event"),
    "read the ledger": lambda v: list(v.ledger.entries()),
    "verify": lambda v: v.verify(),
    "verify the catalogue": lambda v: catalogue(v, lambda c: c.verify()),
    "search the catalogue": lambda v: catalogue(v, lambda c: c.find("document-number", "L898902C3")),
    "add an officer": lambda v: v.office.add("new", Role.SPECIALIST, *public(v)),
    "add a lead": lambda v: v.office.add("new", Role.LEAD, *public(v)),
    "add a lead at the desk": lambda v: v.office.add_with_passphrase("new", Role.LEAD, "words", 1),
    "remove an officer": lambda v: v.office.remove(PEOPLE[Role.COUNSEL]),
    "grant": lambda v: v.office.grant(PEOPLE[Role.SPECIALIST], OTHER),
    "revoke": lambda v: v.office.revoke(PEOPLE[Role.SPECIALIST], GRANTED),
    "hold": lambda v: v.office.hold(OTHER, why="litigation"),
    "forget": lambda v: catalogue(v, lambda c: c.forget_case(OTHER)),
    "new hash keys": lambda v: catalogue(v, lambda c: c.rotation.hash_keys()),
    "new case key": lambda v: rotating.new_case_key(v.parts, GRANTED),
    "seal a case anew": lambda v: catalogue(v, lambda c: c.rotation.reseal(GRANTED)),
    "new keys of one's own": fresh_keys,
    "checkpoint": lambda v: audit.checkpoint(v.parts),
    "export the ledger": lambda v: audit.export(v.parts, io.BytesIO()),
    "set recovery up": lambda v: recovery.set_up(v.parts, [LEAD, PEOPLE[Role.AUDITOR]], 2),
}

L, S, A, U, M, C = Role.LEAD, Role.SPECIALIST, Role.ADMINISTRATOR, Role.AUDITOR, Role.INTAKE, Role.COUNSEL
ALLOWED = {
    "seal to a case": {L, S, A, U, M, C},
    "open a granted case": {L, S},
    "open another case": {L},
    "start a case": {L, S},
    "find": {L, S},
    "check sums": {L, S, A, U},
    "sign a row": {L, S, A},
    "write the ledger": {L, S, A, U, M, C},
    "read the ledger": {L, S, A, U, M, C},
    "verify": {L, S, A, U, M, C},
    "verify the catalogue": {L, S, A, U},
    "search the catalogue": {L, S},
    "add an officer": {L, A},
    "add a lead": {L},
    "add a lead at the desk": {L},
    "remove an officer": {L, A},
    "grant": {L, A},
    "revoke": {L, A},
    "hold": {L, A},
    "forget": {L, A},
    "new hash keys": {L},
    "new case key": {L},
    "seal a case anew": {L},
    "new keys of one's own": {L, S, A, U, M, C},
    "checkpoint": {L, S, A, U, M, C},
    "export the ledger": {L, S, A, U, M, C},
    "set recovery up": {L},
}


def public(vault: Vault) -> tuple[str, str]:
    keys = vault.office.new_keys("new")
    return str(keys.identity.recipient), keys.public_signing


def test_the_table_is_whole():
    assert VERBS.keys() == ALLOWED.keys()
    assert set(access.RIGHTS) == set(Role)
    assert set.union(*map(set, access.RIGHTS.values())) == set(Right)


def test_who_can_read_this_is_answered_in_one_file() -> None:
    """Every other module asks `vault/access.py` for a right; by name it knows the lead alone, who founds a vault."""
    named: dict[str, set[str]] = {}
    for path in sorted(Path(access.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Role":
                named.setdefault(path.name, set()).add(node.attr)
            if path.name == "access.py" and isinstance(node, ast.ImportFrom) and "vault" in str(node.module):
                assert node.module == "vault.errors", "nothing else has to be read for the answer"
    assert named.pop("access.py") == {role.name for role in Role}
    assert set.union(*named.values()) == {"LEAD"}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("verb", list(VERBS))
def test_a_role_may_what_the_table_says_and_nothing_else(team: Team, role: Role, verb: str) -> None:
    with Catalog.open(team.unlock(Role.LEAD)) as catalog:
        names = {each.case: each.sha256_sealed for each in catalog.documents()}
    (team.folder.parent / "blobs.json").write_text(json.dumps(names))
    vault = team.unlock(role)
    before = {path: path.read_bytes() for path in team.folder.rglob("*.json*") if "ledger" not in path.name}
    if role in ALLOWED[verb]:
        VERBS[verb](vault)
    else:
        with pytest.raises(NotGrantedError) as refused:
            VERBS[verb](vault)
        assert refused.value.remedy
        assert {path: path.read_bytes() for path in before} == before
    lead = (
        Vault.unlock(team.folder, keys=team.keys[Role.LEAD]) if verb != "new keys of one's own" or role != L else None
    )
    if lead is not None:
        assert lead.verify().problems == ()


# --- the keys say it


def test_what_is_wrapped_to_whom(team: Team) -> None:
    """With her keys and any program, an officer opens the age files of her role and no other."""
    opened: dict[Role, set[str]] = {role: set() for role in Role}
    for path in sorted(team.folder.rglob("*")):
        if path.is_file() and path.read_bytes().startswith(b"age-encryption"):
            for role in Role:
                try:
                    unseal(path.read_bytes(), [team.keys[role].identity])
                except WrongKeyError:
                    continue
                opened[role].add(path.relative_to(team.folder).as_posix())
    specialist = f"{PEOPLE[Role.SPECIALIST]}.age"
    assert opened[Role.COUNSEL] == opened[Role.INTAKE] == set()
    assert opened[Role.AUDITOR] == {f"secrets/sum/{PEOPLE[Role.AUDITOR]}.age"}
    assert opened[Role.ADMINISTRATOR] == {f"secrets/sum/{PEOPLE[Role.ADMINISTRATOR]}.age"}
    assert opened[Role.SPECIALIST] == {
        f"compartments/{GRANTED}/key.{specialist}", f"secrets/find/{specialist}", f"secrets/sum/{specialist}",
    }  # fmt: skip
    assert {f"compartments/{case}/key.{LEAD}.age" for case in (GRANTED, OTHER, "inbox")} < opened[Role.LEAD]


def test_an_administrators_grant_waits_for_a_holder(team: Team) -> None:
    administrator, specialist = team.unlock(Role.ADMINISTRATOR), team.unlock(Role.SPECIALIST)
    assert administrator.office.grant(PEOPLE[Role.SPECIALIST], OTHER, why="covers for a colleague") is False
    (waiting,) = administrator.office.waiting()
    assert (waiting.officer, waiting.case) == (PEOPLE[Role.SPECIALIST], OTHER)
    assert administrator.office.carry_out() == []
    with pytest.raises(NotGrantedError, match="not carried out yet"):
        specialist.compartment(OTHER).open(specialist.compartment(OTHER).seal(b"x"))
    # What a lead does otherwise carries nobody else's order out.
    lead = team.unlock(Role.LEAD)
    lead.office.add("second", Role.SPECIALIST, *public(lead))
    lead.office.grant("second", OTHER)
    assert lead.office.waiting() == [waiting]
    assert lead.office.carry_out() == [waiting]
    assert specialist.compartment(OTHER).open(specialist.compartment(OTHER).seal(b"x")) == b"x"
    lines = [entry for entry in administrator.ledger.entries() if entry.get("fact.officer") != "second"]
    told = {entry["event"]: entry for entry in lines}
    assert told["case.granted"]["by"] == PEOPLE[Role.ADMINISTRATOR]
    assert told["case.granted"]["fact.why"] == "covers for a colleague"
    assert told["grant.carried-out"]["by"] == LEAD


def test_a_specialist_carries_out_hash_keys_for_another(team: Team) -> None:
    administrator, specialist = team.unlock(Role.ADMINISTRATOR), team.unlock(Role.SPECIALIST)
    administrator.office.add_with_passphrase("second", Role.SPECIALIST, "second", 1)
    second = Vault.unlock(team.folder, "second")
    with pytest.raises(NotGrantedError, match="carry it out"):
        second.keyed_hash("find/name", b"x")
    done = specialist.office.carry_out(orders=False)
    assert [(each.officer, each.hash_keys) for each in done] == [("second", "find")]
    assert second.keyed_hash("find/name", b"x") == specialist.keyed_hash("find/name", b"x")


def test_only_specialists_are_granted_cases(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    with pytest.raises(VaultError, match="opens no cases"):
        lead.office.grant(PEOPLE[Role.COUNSEL], OTHER)
    with pytest.raises(MissingError):
        lead.office.grant("nobody", OTHER)
    with pytest.raises(MissingError):
        lead.office.grant(PEOPLE[Role.SPECIALIST], "none")
    lead.forget(OTHER)
    with pytest.raises(MissingError, match="forgotten"):
        lead.office.grant(PEOPLE[Role.SPECIALIST], OTHER)


def test_who_can_read_a_case(team: Team) -> None:
    office = team.unlock(Role.AUDITOR).office
    assert office.readers(GRANTED) == {LEAD, PEOPLE[Role.SPECIALIST]}
    assert office.readers(OTHER) == {LEAD}
    assert office.granted(GRANTED) == sorted([LEAD, PEOPLE[Role.SPECIALIST]])
    assert access.readers(["gone", "a"], {"a": Role.AUDITOR, "l": Role.LEAD}) == {"l"}
    assert [each.label for each in office.officers()] == sorted(PEOPLE.values())


def test_what_is_revoked_is_gone_at_once(team: Team) -> None:
    specialist, administrator = team.unlock(Role.SPECIALIST), team.unlock(Role.ADMINISTRATOR)
    administrator.office.revoke(PEOPLE[Role.SPECIALIST], GRANTED, why="left the project")
    assert not (team.folder / f"compartments/{GRANTED}/key.{PEOPLE[Role.SPECIALIST]}.age").exists()
    with pytest.raises(NotGrantedError):
        specialist.compartment(GRANTED).open(specialist.compartment(GRANTED).seal(b""))
    with Catalog.open(specialist) as catalog:
        assert catalog.cases() == [] == catalog.documents() == catalog.find("document-number", "L898902C3")
        with pytest.raises(NotGrantedError):
            catalog.case(GRANTED)
        with pytest.raises(NotGrantedError):
            catalog.documents(GRANTED)


def test_of_the_cases_of_others_a_specialist_learns_nothing(team: Team) -> None:
    vault = team.unlock(Role.SPECIALIST)
    with Catalog.open(vault) as catalog:
        assert [each.id for each in catalog.cases()] == [GRANTED]
        assert {each.case for each in catalog.documents()} == {GRANTED}
        assert catalog.find("document-number", "L898902C3") == [(GRANTED, f"d-{GRANTED}")]
        tag = vault.keyed_hash("content", OTHER.encode())
        assert catalog.original(tag) is None and catalog.find("content", tag) == []
        assert catalog.arrival(vault.keyed_hash("path", OTHER.encode()), tag) is None
        assert catalog.log.cases() == []
        assert catalog.verify().problems == ()


def test_a_removed_officer_opens_nothing_more(team: Team) -> None:
    specialist, administrator = team.unlock(Role.SPECIALIST), team.unlock(Role.ADMINISTRATOR)
    assert administrator.office.remove(PEOPLE[Role.SPECIALIST]) == [GRANTED]
    assert not list(team.folder.rglob(f"*{PEOPLE[Role.SPECIALIST]}*"))
    for act in (
        lambda: team.unlock(Role.SPECIALIST),
        lambda: specialist.ledger.append("x"),
        lambda: specialist.sign(b""),
    ):
        with pytest.raises(TamperedError, match="no officer"):
            act()
    with pytest.raises(MissingError):
        administrator.office.remove(PEOPLE[Role.SPECIALIST])
    with pytest.raises(VaultError, match="last lead"):
        administrator.office.remove(LEAD)
    kinds, cases = rotating.due(team.unlock(Role.LEAD).parts)
    assert (kinds, set(cases)) == (["find", "sum"], {GRANTED, OTHER, "inbox"})
    assert administrator.verify().problems == ()
    # She may come back, with other keys.
    administrator.office.add(PEOPLE[Role.SPECIALIST], Role.AUDITOR, *public(administrator))


# --- what somebody with a program of her own can try


def forged(vault: Vault, event: Event, **said: str) -> None:
    """Add a statement to the roll without asking whether one may."""
    roll = vault.parts.roll
    entry = roll.next(event, at="2026", by=vault.officer, key=vault.parts.signatory.key, **said)
    line = signed(entry, vault.parts.signatory.raw(roll.message(STATEMENT, render(entry))))
    with (vault.folder / "access.jsonl").open("ab") as file:
        file.write(line)


def test_who_opens_no_case_appoints_no_lead_and_no_recovery_key(team: Team) -> None:
    """Every case that is started is wrapped to both: a program of an administrator's own could read it all by them."""
    recipient, signing = public(team.unlock(Role.ADMINISTRATOR))
    for at, (event, said) in enumerate(
        (
            (Event.ADDED, {"officer": "evil", "role": "lead"}),
            (Event.RECOVERY, {"holders": "administrator-1", "threshold": 1}),
            (Event.REKEYED, {"officer": LEAD}),
        )
    ):
        copy = team.copied(team.folder.parent / f"copy {at}")
        forged(copy.unlock(Role.ADMINISTRATOR), event, recipient=recipient, signing=signing, **said)
        with pytest.raises(TamperedError, match=r"not entitled: An administrator may not|not from herself"):
            copy.unlock(Role.LEAD)


@pytest.mark.parametrize("role", [S, U, M, C])
def test_nobody_appoints_herself(team: Team, role: Role) -> None:
    vault = team.unlock(role)
    recipient, signing = public(vault)
    forged(vault, Event.ADDED, officer="evil", role="lead", recipient=recipient, signing=signing)
    with pytest.raises(TamperedError, match="not entitled"):
        team.unlock(Role.LEAD)


def test_nobody_gives_another_other_keys(team: Team) -> None:
    vault = team.unlock(Role.AUDITOR)
    recipient, signing = public(vault)
    forged(vault, Event.REKEYED, officer=LEAD, recipient=recipient, signing=signing)
    with pytest.raises(TamperedError, match="not from herself"):
        team.unlock(Role.ADMINISTRATOR)


@pytest.mark.parametrize(
    ("event", "said", "why"),
    [
        (Event.FOUNDED, {}, "does not begin"),
        (Event.REMOVED, {"officer": "nobody"}, "twice, or not at all"),
        (Event.ADDED, {"officer": LEAD, "role": "lead", "recipient": "", "signing": ""}, "twice"),
        (Event.ADDED, {"officer": "x", "role": "king", "recipient": "", "signing": ""}, "damaged"),
        (Event.ADDED, {"officer": "x"}, "damaged"),
        (Event.RECOVERED, {"officer": "x", "role": "lead", "recipient": "", "signing": ""}, "did not appoint"),
        (Event.RECOVERED, {"officer": LEAD, "role": "lead", "recipient": "", "signing": ""}, "did not appoint"),
    ],
)
def test_statements_that_cannot_stand_are_refused(team: Team, event: Event, said: dict, why: str) -> None:
    forged(team.unlock(Role.LEAD), event, **said)
    with pytest.raises(TamperedError, match=why):
        team.unlock(Role.LEAD)


def test_a_signing_key_stands_on_the_roll_once(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    with pytest.raises(TamperedError, match="one signing key twice"):
        lead.office.add("x", Role.AUDITOR, public(lead)[0], team.keys[Role.AUDITOR].public_signing)
    with pytest.raises(VaultError, match="already"):
        lead.office.add(LEAD, Role.AUDITOR, *public(lead))
    for name in ("", "../x", "recovery", "key", "a b"):
        with pytest.raises(VaultError, match="cannot be used"):
            lead.office.add(name, Role.AUDITOR, *public(lead))


def test_a_specialist_grants_herself_nothing(team: Team) -> None:
    """What changes a case's public file has to be signed by somebody who appoints."""
    vault = team.unlock(Role.SPECIALIST)
    path = team.folder / f"compartments/{OTHER}/public.json"
    entry = vault.parts.compartments.read(OTHER)
    for version in (1, 2):
        said = {
            **entry,
            "granted": vault.officer,
            "version": version,
            "by": vault.officer,
            "key": vault.parts.signatory.key,
        }
        purpose = "compartment" if version == 1 else "compartment change"
        path.write_bytes(signed(said, vault.parts.signatory.raw(vault.parts.roll.message(purpose, render(said)))))
        if version == 2:
            with pytest.raises(TamperedError, match="nobody who may"):
                team.unlock(Role.LEAD).compartment(OTHER)
    # Version 1 she may sign, for a case of her own; that one is there already, the ledger knows it as somebody else's.
    path.write_bytes(path.read_bytes())


@pytest.mark.parametrize("role", [U, M, C])
def test_rows_signed_by_who_may_not_are_refused(team: Team, role: Role) -> None:
    vault = team.unlock(role)
    raw = vault.parts.signatory.raw(vault.parts.roll.message("message", b"row"))
    with pytest.raises(TamperedError, match="nobody who may"):
        team.unlock(Role.LEAD).check_signature(b"row", bytes.fromhex(vault.parts.signatory.key) + raw)
    with pytest.raises(TamperedError, match="does not fit"):
        team.unlock(Role.LEAD).check_signature(b"row", raw)


def test_an_officer_cannot_write_in_the_name_of_another(team: Team) -> None:
    lead, administrator = team.unlock(Role.LEAD), team.unlock(Role.ADMINISTRATOR)
    signature = administrator.sign(b"row")
    lead.check_signature(b"row", signature)
    assert lead.signer(signature) == PEOPLE[Role.ADMINISTRATOR]
    with pytest.raises(TamperedError):
        lead.check_signature(b"row", bytes.fromhex(lead.parts.signatory.key) + signature[32:])
    impostor = Signatory(lead.parts.roll, LEAD, team.keys[Role.AUDITOR].signing)
    line = impostor.write_entry("ledger", {"event": "x"})
    with pytest.raises(TamperedError, match="another than it says"):
        lead.parts.authority.read_entry("ledger", line)


def test_a_line_by_a_removed_officer_is_refused(team: Team) -> None:
    auditor = team.unlock(Role.AUDITOR)
    lead = team.unlock(Role.LEAD)
    lead.office.remove(PEOPLE[Role.AUDITOR])
    kept = (team.folder / "ledger.jsonl").read_bytes()
    last = list(lead.ledger.entries())[-1]
    said = {"at": "2026", "by": auditor.officer, "event": "x", "number": last["number"] + 1, "told": last["told"],
            "previous": "", "key": team.keys[Role.AUDITOR].public_signing}  # fmt: skip
    line = signed(said, auditor.parts.signatory.raw(lead.parts.roll.message("ledger", render(said))))
    (team.folder / "ledger.jsonl").write_bytes(kept + line)
    assert "was no officer" in lead.ledger.problems()[0]


@pytest.mark.parametrize("name", ["access.jsonl", "vault.json", f"compartments/{GRANTED}/public.json"])
def test_every_byte_of_what_is_signed_counts(team: Team, name: str) -> None:
    path = team.folder / name
    data = path.read_bytes()
    for place in range(0, len(data), 7):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        try:
            found = team.unlock(Role.LEAD).verify().problems
        except VaultError:
            continue
        assert found, place
    path.write_bytes(data)
    assert team.unlock(Role.LEAD).verify().problems == ()


def test_statements_cut_from_the_roll_are_noticed(team: Team) -> None:
    path = team.folder / "access.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(VaultError):
        team.unlock(Role.COUNSEL)
    assert any("older than the ledger says" in each for each in team.unlock(Role.LEAD).verify().problems)
    path.write_bytes(b"".join(lines) + b'{"half')
    assert team.unlock(Role.LEAD).verify().problems == ()
    team.unlock(Role.LEAD).office.remove(PEOPLE[Role.COUNSEL])
    assert team.unlock(Role.LEAD).verify().problems == ()
    path.write_bytes(b"".join(reversed(lines)))
    with pytest.raises(TamperedError, match="does not follow"):
        team.unlock(Role.LEAD)


def test_an_administrator_puts_no_key_of_her_own_in_a_cases_place(team: Team) -> None:
    parts = team.unlock(Role.ADMINISTRATOR).parts
    entry = parts.compartments.read(GRANTED)
    mine = {"name": GRANTED, "former": "", "recipient": str(X25519Identity.generate().recipient)}
    with pytest.raises(NotGrantedError, match="may not start a case"):
        parts.compartments.write(GRANTED, {**entry, **mine})
    # With a program of her own: the line about the key as it was, one by herself, and none.
    path = team.folder / f"compartments/{GRANTED}/public.json"
    by_herself = parts.signatory.raw(parts.signatory.roll.message("compartment keys", render(said := by(parts, mine))))
    rest = {key: value for key, value in {**entry, **mine, "version": 9}.items() if key not in ("by", "key", "keys")}
    for keys in ({"keys": entry["keys"]}, {"keys": signed(said, by_herself).decode().rstrip("\n")}, {"keys": ""}, {}):
        whole = rest | keys
        path.write_bytes(parts.signatory.write_entry("compartment change", whole))
        for role in (Role.LEAD, Role.SPECIALIST, Role.INTAKE, Role.ADMINISTRATOR):
            vault = team.unlock(role)
            with pytest.raises(TamperedError, match=f"compartments/{GRANTED}/public.json: "):
                vault.compartment(GRANTED).seal(b"a new paper")
            assert any(each.startswith(f"compartment {GRANTED}: ") for each in vault.verify().problems)


def by(parts: Opened, said: dict[str, str]) -> dict[str, str]:
    """Return an entry as its signer would write it."""
    return {**said, "by": parts.keys.label, "key": parts.signatory.key}


@pytest.mark.parametrize("role", [Role.INTAKE, Role.AUDITOR])
def test_a_line_of_who_cannot_have_done_it_makes_nothing_look_old(team: Team, role: Role) -> None:
    ledger = team.unlock(role).ledger
    ledger.append("case.granted", officer=LEAD, case=OTHER, compartment=OTHER, version="99")
    ledger.append("row.resealed", case=OTHER, change="999999")
    assert catalogue(team.unlock(Role.LEAD), lambda c: c.verify()).problems == ()
    ledger.append("compartment.forgotten", compartment=OTHER)
    found = team.unlock(Role.LEAD).verify().problems
    assert found == (
        f"compartment {OTHER}: the ledger says forgotten (a line of {PEOPLE[role]}), but its key is still there: "
        "forget it again where that was ordered",
    )


def test_an_older_public_file_put_back_is_noticed(team: Team) -> None:
    path = team.folder / f"compartments/{GRANTED}/public.json"
    old = path.read_bytes()
    lead = team.unlock(Role.LEAD)
    lead.office.revoke(PEOPLE[Role.SPECIALIST], GRANTED)
    path.write_bytes(old)
    assert any("older than the ledger says" in each for each in lead.verify().problems)


def test_a_key_file_of_nobody_entitled_is_named(team: Team) -> None:
    folder = team.folder / f"compartments/{GRANTED}"
    shutil.copy(folder / f"key.{LEAD}.age", folder / f"key.{PEOPLE[Role.AUDITOR]}.age")
    found = team.unlock(Role.LEAD).verify().problems
    assert found == (f"compartment {GRANTED}: a key file of {PEOPLE[Role.AUDITOR]}, who is not entitled to it",)


def test_forged_hash_keys_are_noticed(team: Team) -> None:
    path = team.folder / f"secrets/sum/{PEOPLE[Role.AUDITOR]}.age"
    recipient = team.keys[Role.AUDITOR].identity.recipient
    path.write_bytes(seal(b'{"keys":"00"}\n', [recipient]))
    with pytest.raises(TamperedError):
        team.unlock(Role.AUDITOR).keyed_hash("catalog row", b"")
    find = unseal((team.folder / f"secrets/find/{LEAD}.age").read_bytes(), [team.keys[Role.LEAD].identity])
    path.write_bytes(seal(find, [recipient]))
    with pytest.raises(TamperedError, match="replaced"):
        team.unlock(Role.AUDITOR).keyed_hash("catalog row", b"")
    path.write_bytes(seal(find, [X25519Identity.generate().recipient]))
    with pytest.raises(WrongKeyError, match="present keys"):
        team.unlock(Role.AUDITOR).keyed_hash("catalog row", b"")
    assert any("sum keys" in each for each in team.unlock(Role.AUDITOR).verify().problems)


def test_a_statement_in_the_name_of_another_is_refused(team: Team) -> None:
    lead = team.unlock(Role.LEAD)
    with pytest.raises(TamperedError, match="another than it says"):
        lead.parts.roll.state(
            package.roll.Event.REMOVED, by=PEOPLE[Role.ADMINISTRATOR], key=team.keys[Role.LEAD].signing,
            officer=PEOPLE[Role.AUDITOR],
        )  # fmt: skip
    assert team.unlock(Role.AUDITOR).role is Role.AUDITOR


def test_a_session_sees_what_others_state(team: Team) -> None:
    """A row that an officer added meanwhile has signed is believed without unlocking anew."""
    lead, administrator = team.unlock(Role.LEAD), team.unlock(Role.ADMINISTRATOR)
    keys = administrator.office.new_keys("later")
    administrator.office.add("later", Role.SPECIALIST, str(keys.identity.recipient), keys.public_signing)
    lead.check_signature(b"row", Vault.unlock(team.folder, keys=keys).sign(b"row"))


# --- legal hold


def test_a_hold_forbids_to_erase(team: Team) -> None:
    administrator = team.unlock(Role.ADMINISTRATOR)
    administrator.office.hold(OTHER, why="litigation 4711")
    assert administrator.held() == [OTHER]
    with pytest.raises(HeldError, match="--lift"):
        administrator.forget(OTHER)
    with Catalog.open(team.unlock(Role.LEAD)) as catalog, pytest.raises(HeldError):
        catalog.forget_case(OTHER)
    with pytest.raises(VaultError, match="is under a legal hold"):
        administrator.office.hold(OTHER, why="again")
    administrator.office.hold(OTHER, why="settled", lift=True)
    with pytest.raises(VaultError, match="is not under"):
        administrator.office.hold(OTHER, why="again", lift=True)
    with Catalog.open(administrator) as catalog:
        assert catalog.forget_case(OTHER) == 1
    told = [(entry["event"], entry["fact.why"]) for entry in administrator.ledger.entries() if "hold" in entry["event"]]
    assert told == [("hold.placed", "litigation 4711"), ("hold.lifted", "settled")]
    assert team.unlock(Role.LEAD).verify().problems == ()


def test_what_opens_a_case_is_told_before(team: Team) -> None:
    vault = team.unlock(Role.SPECIALIST)
    vault.verb = "case show"
    with Catalog.open(vault) as catalog:
        catalog.case(GRANTED)
        catalog.documents(GRANTED)
    lines = [entry for entry in vault.ledger.entries() if entry["event"] == "case.opened"]
    mine = [entry for entry in lines if entry["by"] == PEOPLE[Role.SPECIALIST]]
    assert [(entry["fact.case"], entry["fact.verb"]) for entry in mine] == [(GRANTED, "case show")]
