"""The verbs of the vault, its ledger, erasure and retention, as a person meets them."""

from __future__ import annotations

import json
import shutil
import sys
import types
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest

from tests import vault_fixtures
from tests.vault_team import GRANTED, LEAD, OTHER, PASSPHRASE, PEOPLE, Team, case, document
from toolkit import keyring
from toolkit.catalog import Catalog
from toolkit.cli import audit, officer, retention, vault_erase, vault_rotate
from toolkit.cli import vault as vault_verbs
from toolkit.due_right_to_work import i9_keep_until, uk_keep_until
from toolkit.erasure import erase
from toolkit.errors import InputError, MissingToolError, UnknownNameError
from toolkit.retention import Keeping, schedules, standing
from vault import (
    HeldError,
    NotGrantedError,
    Role,
    TamperedError,
    Vault,
    VaultError,
    WrongKeyError,
    unseal,
)

Run = Callable[..., Any]

quick_disk, made, team = vault_fixtures.quick_disk, vault_fixtures.made, vault_fixtures.desk


@pytest.fixture
def run(team: Team, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a verb as the officer of a role; return what `--json` says, or the words without it."""

    def go(role: Role | None, verb: click.Command, *words: str, plain: bool = False) -> Any:
        who = [] if role is None else ["--identity-file", f"{role}.key", "--vault", str(team.folder)]
        code = verb.main([*words, *who, *([] if plain else ["--json"])], standalone_mode=False)
        out = capsys.readouterr().out
        if plain:
            return " ".join(out.split())
        said = json.loads(out)
        return (code, said) if isinstance(code, int) else said

    return go


# --- officers


def test_an_officer_makes_her_own_keys_and_is_added(team: Team, run: Run, tmp_path: Path) -> None:
    said = run(None, officer.keys, "clara", "--out", "clara.key", "--vault", str(team.folder))
    assert said["vault_fingerprint"] == team.keys[Role.LEAD].anchor.hex()
    Path("clara.pub").write_text(f"Fingerprint of the vault: 0123\n{said['public']}\n")
    added = run(Role.ADMINISTRATOR, officer.officer, "clara", "--role", "specialist", "--public-keys", "clara.pub")
    assert added["role"] == "specialist" and "clara" in added["officers"]
    listed = run(Role.LEAD, officer.officers)
    assert {each["officer"] for each in listed["officers"]} == {*PEOPLE.values(), "clara"}
    assert [(each["officer"], each["hash_keys"]) for each in listed["waiting"]] == [("clara", "find")]
    assert run(Role.ADMINISTRATOR, officer.grant, "clara", f"GM-{OTHER}", "--why", "hers")["carried_out"] is False
    assert "Waiting: case other for clara" in run(Role.AUDITOR, officer.officers, plain=True)
    assert "to be carried out" in run(Role.AUDITOR, officer.officers, f"GM-{OTHER}", plain=True)
    assert "1 of 2 carried out" in run(Role.SPECIALIST, officer.grant, "--carry-out", "--yes", plain=True)
    done = run(Role.LEAD, officer.grant, "--carry-out", "--yes")
    assert [each["case"] for each in done["carried_out"]] == [OTHER] and done["waiting"] == []
    shutil.copy("clara.key", "specialist.key")
    assert "lena lead yes" in run(Role.SPECIALIST, officer.officers, OTHER, plain=True).replace("│ ", "")
    gone = run(Role.ADMINISTRATOR, officer.revoke, "clara", OTHER)
    assert "stays with her" in gone["kept"]
    gone = run(Role.ADMINISTRATOR, officer.remove, "clara")
    assert gone["cases"] == [] and "rotate --reseal" in gone["kept"] and "clara" not in gone["officers"]
    assert "Keys are due" in run(Role.LEAD, officer.officers, plain=True)
    assert run(Role.LEAD, vault_rotate.rotate)["hash_keys"] == ["find", "sum"]
    assert run(Role.LEAD, officer.officers)["due"] == {"hash_keys": [], "cases": []}


def test_what_is_missing_is_said(team: Team, run: Run) -> None:
    with pytest.raises(InputError, match="where the secrets go"):
        run(None, officer.keys, "clara", "--vault", str(team.folder))
    with pytest.raises(InputError, match="which case"):
        run(Role.LEAD, officer.grant, PEOPLE[Role.SPECIALIST])
    with pytest.raises(UnknownNameError, match="no such case"):
        run(Role.LEAD, officer.grant, PEOPLE[Role.SPECIALIST], "GM-9")
    Path("x.pub").write_text("rubbish")
    with pytest.raises(InputError, match="no public keys"):
        run(Role.LEAD, officer.officer, "clara", "--role", "lead", "--public-keys", "x.pub")
    with pytest.raises(InputError, match="no vault"):
        run(None, officer.officers, "--vault", "nowhere")
    with pytest.raises(InputError, match="that of lena"):
        run(Role.LEAD, officer.officers, "--as", "clara")
    with pytest.raises(VaultError, match="no vault"):
        run(None, officer.keys, "clara", "--out", "x.key", "--vault", str(team.folder / "store"))


def test_plain_words(team: Team, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (team.folder.parent / "new.txt").write_text("words of her own\n")
    add = Vault.add_officer
    monkeypatch.setattr(Vault, "add_officer", lambda self, name, new: add(self, name, new, work_factor=1))
    words = ("nora", "--new-passphrase-file", "new.txt")
    with pytest.raises(click.MissingParameter):
        run(Role.LEAD, officer.officer, *words)
    added = run(Role.LEAD, officer.officer, *words, "--role", "lead", plain=True)
    assert "nora added, as lead" in added
    assert "granted to" in run(Role.LEAD, officer.grant, PEOPLE[Role.SPECIALIST], OTHER, plain=True)
    assert "taken back" in run(Role.LEAD, officer.revoke, PEOPLE[Role.SPECIALIST], OTHER, plain=True)
    assert "is removed" in run(Role.LEAD, officer.remove, "nora", plain=True)
    said = run(None, officer.keys, "clara", "--out", "c.key", "--vault", str(team.folder), plain=True)
    assert "Fingerprint of the vault" in said and "AGE-SECRET" not in said
    with pytest.raises(InputError, match="Nothing was carried out"):
        run(Role.LEAD, officer.grant, PEOPLE[Role.SPECIALIST], OTHER)
        team.unlock(Role.ADMINISTRATOR).office.grant(PEOPLE[Role.SPECIALIST], OTHER)
        team.unlock(Role.ADMINISTRATOR).office.revoke(PEOPLE[Role.SPECIALIST], OTHER)
        team.unlock(Role.ADMINISTRATOR).office.grant(PEOPLE[Role.SPECIALIST], OTHER)
        monkeypatch.setattr(click, "confirm", lambda *words, **options: False)
        run(Role.LEAD, officer.grant, "--carry-out")


def test_keys_in_the_system_keyring(team: Team, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[tuple[str, str], str] = {}
    package = types.ModuleType("keyring")
    package.set_password = lambda service, name, text: kept.update({(service, name): text})  # type: ignore[attr-defined]
    package.get_password = lambda service, name: kept.get((service, name))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", package)
    said = run(None, officer.keys, "clara", "--in-keyring", "--vault", str(team.folder))
    assert list(kept) == [(f"mobility-vault/{team.keys[Role.LEAD].vault}", "clara")]
    Path("clara.pub").write_text(said["public"])
    run(Role.LEAD, officer.officer, "clara", "--role", "auditor", "--public-keys", "clara.pub")
    monkeypatch.setenv("MOBILITY_KEYRING", "1")
    assert run(None, officer.officers, "--as", "clara", "--vault", str(team.folder))["waiting"] == []
    with pytest.raises(InputError, match="holds no keys of dora"):
        run(None, officer.officers, "--as", "dora", "--vault", str(team.folder))
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(MissingToolError):
        keyring.stored(team.folder, "clara")
    monkeypatch.setitem(sys.modules, "keyring", package)
    with pytest.raises(InputError, match="no vault"):
        keyring.stored(team.folder / "store", "clara")


# --- keys


def test_new_keys_by_verb(team: Team, run: Run) -> None:
    assert run(Role.LEAD, vault_rotate.rotate) == {"hash_keys": [], "cases": []}
    assert run(Role.LEAD, vault_rotate.rotate, "--case", f"GM-{OTHER}") == {"hash_keys": [], "cases": [OTHER]}
    assert len(run(Role.LEAD, vault_rotate.rotate, "--everything")["cases"]) == 3
    assert run(Role.LEAD, vault_rotate.rotate, "--reseal", f"GM-{GRANTED}") == {"resealed": f"GM-{GRANTED}", "rows": 3}
    assert "no hash keys; 0 cases" in run(Role.LEAD, vault_rotate.rotate, plain=True)
    with pytest.raises(NotGrantedError):
        run(Role.SPECIALIST, vault_rotate.rotate, "--everything")
    with pytest.raises(NotGrantedError, match=r"An administrator may not make new keys\. Ask: lead\."):
        run(Role.ADMINISTRATOR, vault_rotate.rotate)
    assert run(Role.AUDITOR, vault_verbs.command.commands["verify"])[1]["problems"] == []


def test_own_keys_by_verb(team: Team, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    rotate = Vault.rotate_own_keys
    monkeypatch.setattr(Vault, "rotate_own_keys", lambda self, new: rotate(self, new, work_factor=1))
    Path("old.txt").write_text(PASSPHRASE)
    Path("new.txt").write_text("quite other words")
    words = ["--mine", "--vault", str(team.folder), "--passphrase-file", "old.txt"]
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    with pytest.raises(InputError, match="new passphrase is needed"):
        run(None, vault_rotate.rotate, *words)
    assert run(None, vault_rotate.rotate, *words, "--new-passphrase-file", "new.txt") == {"officer": LEAD}
    assert Vault.unlock(team.folder, "quite other words").verify().problems == ()


@pytest.mark.parametrize("role", list(Role))
def test_own_keys_in_a_file_by_verb(team: Team, run: Run, role: Role) -> None:
    done = run(role, vault_rotate.rotate, "--mine", "--new-identity-file", "next.key")
    assert done == {"officer": PEOPLE[role], "file": "next.key"}
    with pytest.raises(TamperedError, match="had other keys"):
        run(role, officer.officers)
    shutil.copy("next.key", f"{role}.key")
    assert run(role, officer.officers)["waiting"] == []
    old = team.keys[role].identity
    for path in team.folder.rglob("*.age"):
        with pytest.raises(WrongKeyError):
            unseal(path.read_bytes(), [old])
    if role is not Role.LEAD:
        assert team.unlock(Role.LEAD).verify().problems == ()


def test_recovery_by_verb(team: Team, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = vault_rotate.recovery.keep
    monkeypatch.setattr(vault_rotate.recovery, "keep", lambda folder, keys, new: keep(folder, keys, new, 1))
    group = vault_rotate.recovery_group.commands
    holders = [PEOPLE[Role.AUDITOR], PEOPLE[Role.COUNSEL]]
    assert run(Role.LEAD, group["set-up"], *holders, "--needed", "2")["needed"] == 2
    for role in (Role.AUDITOR, Role.COUNSEL):
        assert "alone it opens nothing" in run(role, group["share"], "--out", f"{role}.share", plain=True)
    with pytest.raises(InputError, match="cannot be written"):
        run(Role.AUDITOR, group["share"], "--out", "auditor.share")
    Path("new.txt").write_text("the words of nora")
    words = ["nora", "auditor.share", "counsel.share", "--vault", str(team.folder), "--passphrase-file", "new.txt"]
    assert run(None, group["use"], *words) == {"officer": "nora", "role": "lead"}
    assert Vault.unlock(team.folder, "the words of nora").role is Role.LEAD


def test_the_first_format_is_brought_on_by_one_verb(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(Path(__file__).parent / "vectors" / "vault-1", tmp_path / "first")
    step = vault_rotate.upgrading.upgrade
    monkeypatch.setattr(vault_rotate.upgrading, "upgrade", lambda parts, new: step(parts, new, 1))
    Path("words.txt").write_text("a specimen passphrase")
    words = ["--vault", "first", "--passphrase-file", "words.txt", "--as", "hr"]
    with pytest.raises(VaultError, match="first format"):
        run(None, officer.officers, *words)
    assert run(None, vault_rotate.upgrade, *words) == {"officer": "hr", "to_be_added": ["counsel"], "problems": []}
    with pytest.raises(InputError, match="present format already"):
        run(None, vault_rotate.upgrade, *words)


# --- the ledger


def test_the_ledger_by_verb(team: Team, run: Run) -> None:
    kept = run(Role.AUDITOR, audit.command.commands["checkpoint"], "--out", "kept.txt")
    assert kept["verifier_key"].startswith("mobility-vault/") and Path("kept.txt").read_text() == kept["checkpoint"]
    assert run(Role.AUDITOR, audit.command.commands["checkpoint"], plain=True).startswith("mobility-vault/")
    assert "the ledger at" in run(Role.AUDITOR, audit.command.commands["checkpoint"], "--out", "k2.txt", plain=True)
    made = run(Role.AUDITOR, audit.command.commands["export"], "ledger.txt")
    with pytest.raises(InputError, match="cannot be written"):
        run(Role.AUDITOR, audit.command.commands["export"], "ledger.txt")
    assert "founder's key" in run(Role.AUDITOR, audit.command.commands["export"], "again.txt", plain=True)
    verify = audit.command.commands["verify"]
    words = ["ledger.txt", "--checkpoint", "kept.txt", "--key", made["founder_key"]]
    code, found = run(None, verify, *words)
    assert (code, found["problems"], found["lines"]) == (0, [], made["lines"])
    assert "the one given" in run(None, verify, *words, plain=True)
    Path("ledger.txt").write_bytes(Path("ledger.txt").read_bytes().replace(b"case.added", b"case.Added", 1))
    code, found = run(None, verify, "ledger.txt")
    assert code == 4 and "does not fit" in found["problems"][0]
    with pytest.raises(TamperedError, match="not as it was written"):
        run(None, verify, "ledger.txt", plain=True)
    Path("taken").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        run(Role.AUDITOR, audit.command.commands["checkpoint"], "--out", "taken/x.txt")


def test_an_auditor_sees_cases_from_outside(team: Team, run: Run) -> None:
    run(Role.LEAD, vault_erase.hold, f"GM-{OTHER}", "--why", "x")
    said = run(Role.AUDITOR, audit.command.commands["cases"])
    assert [(each["case"]["reference"], each["case"]["documents"], each["held"]) for each in said] == [
        (f"GM-{GRANTED}", {"filed": 1}, False), (f"GM-{OTHER}", {"filed": 1}, True),
    ]  # fmt: skip
    assert said[0]["readers"] == [LEAD, PEOPLE[Role.SPECIALIST]]
    assert "1 filed" in run(Role.ADMINISTRATOR, audit.command.commands["cases"], plain=True)
    opened = [entry["by"] for entry in team.unlock(Role.LEAD).ledger.entries() if entry["event"] == "case.opened"]
    assert not {PEOPLE[Role.AUDITOR], PEOPLE[Role.ADMINISTRATOR]} & set(opened)


def test_the_ledger_is_shown_in_parts(team: Team, run: Run) -> None:
    show = audit.command.commands["show"]
    lines = run(Role.AUDITOR, show, "--case", OTHER)
    assert {each["event"] for each in lines} >= {"case.added", "document.filed", "compartment.created"}
    assert {each["by"] for each in run(Role.AUDITOR, show, "--by", PEOPLE[Role.AUDITOR])} == {PEOPLE[Role.AUDITOR]}
    granted = run(Role.AUDITOR, show, "--event", "case.granted")
    assert [each["facts"]["officer"] for each in granted] == [PEOPLE[Role.SPECIALIST]]
    assert "case.granted" in run(Role.AUDITOR, show, "--event", "case.granted", plain=True)


def test_a_vault_put_back_is_noticed_by_verb(team: Team, run: Run, tmp_path: Path) -> None:
    verify = vault_verbs.command.commands["verify"]
    noted = run(Role.LEAD, verify, "--note", "checked.json")[1]
    assert noted["problems"] == [] and noted["begun"] and not Path("checked.json").exists()
    assert " since 20" in run(Role.LEAD, verify, "--note", "checked.json", plain=True)
    with pytest.raises(InputError, match="the vault's own folder"):
        run(Role.LEAD, verify, "--note", str(team.folder / "checked.json"))
    shutil.copytree(team.folder, tmp_path / "older")
    run(Role.AUDITOR, audit.command.commands["checkpoint"], "--out", "early.txt")
    run(Role.LEAD, vault_erase.hold, f"GM-{OTHER}", "--why", "x")
    run(Role.AUDITOR, audit.command.commands["checkpoint"], "--out", "kept.txt")
    assert run(Role.LEAD, verify, "--checkpoint", "kept.txt", "--checkpoint", "early.txt")[0] == 0
    shutil.rmtree(team.folder)
    shutil.copytree(tmp_path / "older", team.folder)
    assert run(Role.LEAD, verify)[0] == 0
    code, found = run(Role.LEAD, verify, "--checkpoint", "kept.txt")
    assert code == 4 and "older copy" in found["problems"][0]


# --- erasure and retention


def test_a_case_is_erased_with_a_certificate(team: Team, run: Run, tmp_path: Path) -> None:
    run(Role.ADMINISTRATOR, vault_erase.hold, f"GM-{OTHER}", "--why", "litigation 4711")
    words = [f"GM-{OTHER}", "--order", "Art. 17 request of 2026-11-20", "--yes"]
    with pytest.raises(HeldError, match="legal hold"):
        run(Role.LEAD, vault_erase.forget, *words)
    assert "lifted" in run(Role.LEAD, vault_erase.hold, f"GM-{OTHER}", "--why", "settled", "--lift", plain=True)
    assert "under a legal hold" in run(Role.LEAD, vault_erase.hold, f"GM-{GRANTED}", "--why", "x", plain=True)
    done = run(Role.ADMINISTRATOR, vault_erase.forget, *words)
    assert done["documents"] == 1
    text = Path(done["certificate"]).read_text("utf-8")
    for part in ("Art. 17 request", f"case {OTHER}, 1 documents", PEOPLE[Role.ADMINISTRATOR], "Backups made before"):
        assert part in text
    assert not list((team.folder / f"compartments/{OTHER}").glob("*.age"))
    assert run(Role.LEAD, vault_verbs.command.commands["verify"])[1]["problems"] == []
    with pytest.raises(UnknownNameError):
        run(Role.LEAD, vault_erase.forget, *words)
    told = run(Role.AUDITOR, audit.command.commands["show"], "--event", "erasure.ordered")
    assert told[0]["facts"]["why"] == "Art. 17 request of 2026-11-20"


def test_erasing_is_asked_about(team: Team, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(click, "confirm", lambda *words, **options: False)
    with pytest.raises(InputError, match="Nothing was erased"):
        run(Role.LEAD, vault_erase.forget, f"GM-{OTHER}", "--order", "x")
    monkeypatch.setattr(click, "confirm", lambda *words, **options: True)
    assert "is erased" in run(Role.LEAD, vault_erase.forget, f"GM-{OTHER}", "--order", "x", plain=True)
    lead = team.unlock(Role.LEAD)
    with Catalog.open(lead) as catalog:
        for order in ("", "two\nlines", "x" * 201):
            with pytest.raises(InputError, match="on whose order"):
                erase(lead, catalog, GRANTED, order=order)


def test_an_archive_of_others_keeps_a_case_from_being_erased_by_who_cannot_open_it(team: Team, run: Run) -> None:
    lead = team.unlock(Role.LEAD)
    with Catalog.open(lead) as catalog:
        catalog.add_document(document(lead, "zip", GRANTED, b"PK archive"))
        catalog.add_document(replace(document(lead, "inside", OTHER, b"paper"), parent="zip"))
    words = [f"GM-{OTHER}", "--order", "x", "--yes"]
    with pytest.raises(NotGrantedError, match="archive or mail"):
        run(Role.ADMINISTRATOR, vault_erase.forget, *words)
    lead.office.hold(GRANTED, why="litigation")
    with pytest.raises(HeldError):
        run(Role.LEAD, vault_erase.forget, *words)
    lead.office.hold(GRANTED, why="settled", lift=True)
    assert run(Role.LEAD, vault_erase.forget, *words)["documents"] == 2


def test_one_persons_data_is_handed_out(team: Team, run: Run) -> None:
    lead = team.unlock(Role.LEAD)
    with Catalog.open(lead) as catalog:
        other = replace(document(lead, "spouse", GRANTED, b"of the spouse"), person="p2")
        catalog.add_document(other)
        catalog.add_document(replace(document(lead, "whose", GRANTED, b"?"), person=""))
    done = run(Role.SPECIALIST, vault_erase.person, f"GM-{GRANTED}", "principal", "--out", "hers")
    said = json.loads(Path("hers/person.json").read_text("utf-8"))
    assert said["person"]["surname"] == "Eriksson"
    assert [each["id"] for each in said["documents"]] == [f"d-{GRANTED}"]
    assert said["read_from_them"][0]["fields"][0]["value"] == "L898902C3"
    assert sorted(Path(each).suffix for each in done["files"]) == [".json", ".txt"] and done["unnamed"] == ["whose"]
    assert (Path("hers") / f"d-{GRANTED}.txt").read_bytes() == f"paper of {GRANTED}".encode()
    assert all(path.stat().st_mode & 0o077 == 0 for path in Path("hers").iterdir())
    assert "whose" in run(Role.LEAD, vault_erase.person, f"GM-{GRANTED}", "principal", "--out", "hers", plain=True)
    Path("taken").mkdir()
    Path("taken/person.json").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        run(Role.LEAD, vault_erase.person, f"GM-{GRANTED}", "principal", "--out", "taken")
    with pytest.raises(UnknownNameError, match="nobody of that role"):
        run(Role.LEAD, vault_erase.person, f"GM-{GRANTED}", "child", "--out", "hers")
    with pytest.raises(NotGrantedError):
        run(Role.ADMINISTRATOR, vault_erase.person, f"GM-{GRANTED}", "principal", "--out", "hers")
    told = {entry["event"] for entry in lead.ledger.entries()}
    assert {"person.exported", "document.handed-out"} <= told


def known(route: str, **details: str) -> Any:
    stated = {name.replace("_", ".", 1): value for name, value in details.items()}
    return replace(case("c"), route=route, details=stated)


US, GB = "us/l-1a", "gb/skilled-worker"
DATES = {"employment_start_date": "2020-03-01", "employment_end_date": "2025-02-28", "case_closed": "2025-06-30"}


@pytest.mark.parametrize(
    ("route", "details", "today", "keeping", "until"),
    [
        (US, DATES, "2026-06-30", Keeping.DUE, "2026-02-28"),
        (US, DATES, "2026-02-27", Keeping.KEEP, "2026-02-28"),
        (US, DATES, "2026-02-28", Keeping.DUE, "2026-02-28"),
        (US, DATES | {"employment_start_date": "2024-02-29"}, "2027-02-28", Keeping.KEEP, "2027-03-01"),
        (US, {}, "2026-06-30", Keeping.UNSURE, None),
        (US, {"employment_end_date": "soon"}, "2026-06-30", Keeping.UNSURE, None),
        (GB, DATES, "2026-06-30", Keeping.KEEP, None),
        (GB, DATES, "2027-06-30", Keeping.UNSURE, None),
        (GB, DATES | {"sponsorship_end_date": "2025-02-28"}, "2027-02-28", Keeping.DUE, "2027-02-28"),
        ("se/work-permit", {"case_closed": "2025-06-30"}, "2025-06-30", Keeping.DUE, "2025-06-30"),
        ("ca/work-permit", DATES, "2026-02-28", Keeping.KEEP, "2026-03-01"),
    ],
)
def test_how_long_records_are_kept(route: str, details: dict, today: str, keeping: Keeping, until: str | None) -> None:
    found = standing(known(route, **details), date.fromisoformat(today))
    assert (found.keeping, str(found.until) if found.until else None) == (keeping, until)
    assert standing(known(route, **details), date.fromisoformat(today), held=True).keeping is Keeping.HELD
    assert all(each.source and (each.until or each.missing) for each in found.schedules)


def test_the_schedules_say_what_the_key_dates_say() -> None:
    """The same law stands in the key dates (mobility due): the two must not drift apart."""
    start, end = date(2020, 3, 1), date(2025, 2, 28)
    of = {each.schedule: each.until for each in standing(known(US, **DATES), end).schedules}
    assert of["us-i9"] == i9_keep_until(start, end)
    of = {each.schedule: each.until for each in standing(known(GB, **DATES), end).schedules}
    assert of["gb-right-to-work"] == uk_keep_until(end)
    assert all(each.url.startswith("http") and each.periods for each in schedules().values())


def test_what_is_due_by_verb(team: Team, run: Run) -> None:
    lead = team.unlock(Role.LEAD)
    with Catalog.open(lead) as catalog:
        details = {name.replace("_", ".", 1): value for name, value in DATES.items()}
        catalog.replace_case(replace(catalog.case(GRANTED), details=details))
    said = run(Role.LEAD, retention.command, "--on", "2026-06-30")
    assert [(each["reference"], each["keeping"]) for each in said["cases"]] == [
        (f"GM-{GRANTED}", "due"), (f"GM-{OTHER}", "unsure"),
    ]  # fmt: skip
    lead.office.hold(GRANTED, why="x")
    said = run(Role.LEAD, retention.command, "--on", "2026-06-30", "--all", plain=True)
    assert "held" in said and "state employment.start_date" in said and "0 cases due" in said
    assert [each["reference"] for each in run(Role.SPECIALIST, retention.command)["cases"]] == [f"GM-{GRANTED}"]
