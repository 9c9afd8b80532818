"""An intake machine seals what it can never read back, and a hostile one leads nobody out of a folder."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests import vault_fixtures
from tests.vault_team import PEOPLE, Team
from toolkit.catalog import INBOX
from toolkit.cli import unlock, vault_drop
from toolkit.errors import InputError
from vault import NotGrantedError, Role, TamperedError, WrongKeyError, drop, unseal, write_identity_file

quick_disk, made, team = vault_fixtures.quick_disk, vault_fixtures.made, vault_fixtures.team


def test_the_machine_seals_and_reads_nothing_back(team: Team) -> None:
    machine, lead = team.unlock(Role.INTAKE), team.unlock(Role.LEAD)
    left = drop.put(machine.parts, INBOX, "anna/passport.pdf", b"%PDF")
    with pytest.raises(NotGrantedError):
        drop.take(machine.parts, left)
    for path in (team.folder / "drop").iterdir():
        assert b"passport" not in path.read_bytes() and "passport" not in path.name
        if path.suffix == ".age":
            with pytest.raises(WrongKeyError):
                unseal(path.read_bytes(), [team.keys[Role.INTAKE].identity])
    (found,) = drop.waiting(lead.parts)
    assert (found, found.by) == (left, PEOPLE[Role.INTAKE])
    assert [str(part) if isinstance(part, Path) else part for part in drop.take(lead.parts, found)][1] == b"%PDF"
    assert drop.take(lead.parts, found)[0].as_posix() == "anna/passport.pdf"
    drop.done(lead.parts, found)
    assert list(drop.waiting(lead.parts)) == []
    assert [entry["event"] for entry in lead.ledger.entries()].count("paper.dropped") == 1
    assert lead.verify().problems == ()


@pytest.mark.parametrize(
    "place",
    ["../../etc/passwd", "/etc/passwd", "a/../../b", ".ssh/config", "a\\b", "a\nb", "", "x" * 300, "a/" * 600, 7, None],
)
def test_names_that_lead_elsewhere_are_not_followed(team: Team, place: object) -> None:
    left = drop.put(team.unlock(Role.INTAKE).parts, INBOX, place, b"data")  # type: ignore[arg-type]
    where, data = drop.take(team.unlock(Role.LEAD).parts, left)
    assert (where.as_posix(), data) == (left.name, b"data")


@pytest.mark.parametrize("place", ["x" * 200, "/".join("ab" * 169) + "/cd", "Zoë/Lebenslauf (2).pdf"])
def test_names_that_stay_inside_are_kept(team: Team, place: str) -> None:
    assert len(json.dumps(place)) <= drop._MOST_NAME
    left = drop.put(team.unlock(Role.INTAKE).parts, INBOX, place, b"data")
    assert drop.take(team.unlock(Role.LEAD).parts, left)[0].as_posix() == place


@pytest.mark.parametrize("said", [b"not json", b'"half', b"[]", b"{" * 2000, b"[" * 1000, b'"' + b"a/" * 511 + b'ab"'])
def test_a_machine_of_somebody_elses_making(team: Team, said: bytes) -> None:
    machine = team.unlock(Role.INTAKE)
    left = drop.put(machine.parts, INBOX, "x", b"")
    sealed = machine.compartment(INBOX).seal(said + b"\ndata")
    forged = replace(left, name=hashlib.sha256(sealed).hexdigest())
    (team.folder / f"drop/{forged.name}.age").write_bytes(sealed)
    assert drop.take(team.unlock(Role.LEAD).parts, forged)[0].as_posix() == forged.name


def test_what_is_changed_or_left_by_nobody_is_noticed(team: Team) -> None:
    machine, lead = team.unlock(Role.INTAKE), team.unlock(Role.LEAD)
    one, two = (drop.put(machine.parts, INBOX, f"{n}.pdf", b"data") for n in (1, 2))
    sealed = lead.compartment(INBOX).seal(b'"stranger"\ndata')
    (team.folder / f"drop/{hashlib.sha256(sealed).hexdigest()}.age").write_bytes(sealed)
    assert len(list(drop.waiting(lead.parts))) == 2
    path = team.folder / f"drop/{one.name}.age"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(TamperedError, match="was changed"):
        drop.take(lead.parts, one)
    # Sealed properly, and by an officer, but another paper than was left.
    path.write_bytes((team.folder / f"drop/{two.name}.age").read_bytes())
    with pytest.raises(TamperedError, match="was changed"):
        drop.take(lead.parts, one)
    entry = team.folder / f"drop/{one.name}.json"
    entry.write_bytes((team.folder / f"drop/{two.name}.json").read_bytes())
    with pytest.raises(TamperedError, match="of another"):
        list(drop.waiting(lead.parts))
    entry.write_bytes(b"{}\n")
    with pytest.raises(TamperedError):
        list(drop.waiting(lead.parts))


def test_verify_names_every_paper_that_is_not_the_one_left(team: Team) -> None:
    machine = team.unlock(Role.INTAKE)
    one, two, three, four = (drop.put(machine.parts, INBOX, f"{n}.pdf", b"data").name for n in range(4))
    folder = team.folder / "drop"
    assert team.unlock(Role.AUDITOR).verify().problems == ()
    (folder / f"{one}.age").write_bytes(b"other")
    (folder / f"{two}.age").unlink()
    (folder / f"{three}.json").write_bytes((folder / f"{four}.json").read_bytes())
    found = dict(each.removeprefix("drop: ").split(": ", 1) for each in team.unlock(Role.AUDITOR).verify().problems)
    assert found.keys() == {one, two, three}
    assert found[one] == found[three] == "the sealed paper is not the one that was left"
    assert found[two] == f"{two}.age: No such file or directory"


def test_what_was_sealed_is_taken_in(team: Team, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(unlock.lockdown, "close_memory", lambda: None)
    for role in (Role.INTAKE, Role.LEAD):
        write_identity_file(tmp_path / f"{role}.key", team.keys[role])
    Path("sent").mkdir()
    Path("sent/note.txt").write_text("A note about nobody in particular.\n")
    Path("sent/empty.pdf").write_bytes(b"")
    words = ["--vault", str(team.folder), "--json", "--identity-file"]
    vault_drop.drop_.main(["sent", *words, "intake.key"], standalone_mode=False)
    assert json.loads(capsys.readouterr().out) == {"sealed": 2, "refused": []}
    vault_drop.take_in.main([*words, "lead.key"], standalone_mode=False)
    said = json.loads(capsys.readouterr().out)
    assert said["in"] == 2 and {each["name"] for each in said["outcomes"]} == {"note.txt", "empty.pdf"}
    assert not list((team.folder / "drop").iterdir())
    Path("sent/link").symlink_to("note.txt")
    code = vault_drop.drop_.main(["sent", *words[:2], "--identity-file", "intake.key"], standalone_mode=False)
    out = capsys.readouterr().out
    assert code == 2 and "2 files sealed" in out and "Not sealed: link." in out
    with pytest.raises(NotGrantedError):
        vault_drop.take_in.main([*words, "intake.key"], standalone_mode=False)
    vault_drop.take_in.main([*words, "lead.key"], standalone_mode=False)
    assert all(each["resumed"] for each in json.loads(capsys.readouterr().out)["outcomes"])
    with pytest.raises(InputError, match="gone"):
        vault_drop._size(team.folder, drop.Dropped("0" * 64, "", INBOX, ""))
