"""The guides of who looks after a vault, run as they are printed: every command, in order, by whom the guide says.

Only what is different at every reader is put in its place: the folders, names of snapshots, ids, the founder's key. Who
types what at the prompts is played; passphrases cost no time here.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from toolkit.cli import mobility, officer, unlock, vault_rotate
from vault import Vault, recovery
from vault.office import Office

ROOT = Path(__file__).resolve().parent.parent
GUIDES, SAMPLES = ROOT / "docs" / "guides", ROOT / "samples"
LEAD = "lena"
#: Whose passphrase is typed, by the beginning of the command; the lead's for all others.
BY = {
    "mobility vault grant bela": "carla",
    "mobility vault recovery share --out share-2": "carla",
    "mobility vault recovery use nora": "nora",
    "mobility vault keys": "",
}
Run = Callable[..., str]


def commands(guide: str, marker: str = "sh") -> list[str]:
    """Return the commands of a guide's blocks, without their comments."""
    blocks = re.findall(rf"```{marker}\n(.*?)```", (GUIDES / guide).read_text("utf-8"), re.DOTALL)
    lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return [re.split(r"\s+# ", line)[0].strip() for line in lines]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A newcomer's folder: a vault that the lead made, two cases, and nothing else."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.fsync", lambda handle: None)
    monkeypatch.setattr(unlock.lockdown, "close_memory", lambda: None)
    monkeypatch.setenv("MOBILITY_VAULT", str(tmp_path / "vault"))
    monkeypatch.setattr(Office.add_with_passphrase, "__defaults__", (1,))
    monkeypatch.setattr(recovery.keep, "__defaults__", (1,))
    Vault.create(tmp_path / "vault", officer=LEAD, passphrase=f"{LEAD} types this", work_factor=1)
    return tmp_path


@pytest.fixture
def run(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def confirm(question: str, **_: object) -> bool:
        assert question.startswith(("Erase case GM-2026-001", "Wrap these, as far"))
        return True

    def go(command: str, *, by: str | None = None) -> str:
        words = shlex.split(command)
        into = words[words.index(">") + 1] if ">" in words else ""
        words = words[: words.index(">")] if into else words
        who = by if by is not None else next((BY[each] for each in BY if command.startswith(each)), LEAD)
        monkeypatch.setenv("MOBILITY_PASSPHRASE", f"{who} types this")
        new = words[3] if words[1:3] == ["vault", "officer"] else ""
        for module in (officer, vault_rotate):
            monkeypatch.setattr(module, "passphrase", lambda file, new=False, name=new: _typed(file, new, name))
        monkeypatch.setattr(officer.sys.stdin, "isatty", lambda: True, raising=False)
        code = mobility.main(args=words[1:], prog_name="mobility", standalone_mode=False)
        assert code in (None, 0), command
        out = capsys.readouterr().out
        if into:
            Path(into).write_text(out, "utf-8")
        return out

    monkeypatch.setattr(click, "confirm", confirm)
    return go


def _typed(file: Path | None, new: bool, name: str) -> str:
    """What is typed where a new passphrase is asked for: the new officer's own, else what the environment has."""
    return f"{name} types this" if new and name else unlock.passphrase(file, new=new)


def opened_cases(run: Run) -> dict[str, str]:
    """Open the two sample cases; return their ids by reference."""
    for name in ("GM-2026-001", "GM-2026-002"):
        run(f"mobility case open '{SAMPLES}/cases/{name}.toml'")
    rows = re.findall(r"(\w{12}) │ (GM-2026-\d+)", run("mobility audit cases"))
    return {reference: id for id, reference in rows}


def test_every_command_of_who_may_read_what(place: Path, run: Run) -> None:
    ids = opened_cases(run)
    (place / "scans").mkdir()
    (place / "scans" / "letter.txt").write_text("A letter that somebody laid on the scanner.")
    stated = (GUIDES / "who-may-read-what.md").read_text("utf-8").split("```toml\n")[1].split("```")[0]
    (place / "left.toml").write_text(stated)
    said: dict[str, str] = {}
    found = commands("who-may-read-what.md")
    assert len(found) >= 40
    for command in found:
        filled = command.replace("CASE-ID", ids["GM-2026-001"]).replace("/scans", str(place / "scans"))
        if "FOUNDERS-KEY" in filled:
            key = re.search(r"founder's key (\w{64})", said["mobility audit export ledger.txt"])
            assert key is not None
            filled = filled.replace("FOUNDERS-KEY", key[1])
        said[command] = " ".join(run(filled).split())
    assert "It waits for somebody who can open it" in said["mobility vault grant bela GM-2026-001"]
    assert "bela: GM-2026-001 1 of 1 carried out" in said["mobility vault grant --carry-out"]
    assert "Any 2 of 3 can recover" in said["mobility vault recovery set-up bela carla dora --needed 2"]
    assert "bela" in said["mobility audit show --case GM-2026-001 --reads"]
    assert "case.granted" in said["mobility audit show --event case.granted"]
    assert "covers for a" in said["mobility audit show --event case.granted"]
    assert "due" in said["mobility retention --all"] and "8 CFR 274a.2" in said["mobility retention --all"]
    proof = next(words for command, words in said.items() if command.startswith("mobility audit certificate"))
    assert "The ledger tells the same" in proof
    assert "1 file sealed" in next(words for command, words in said.items() if "vault drop" in command)
    # Who the guide says has left and come back has the inbox again, and not the case that was taken back.
    assert "anna" not in run("mobility vault officers GM-2026-002")


def test_every_question_of_the_table_has_a_command(place: Path, run: Run) -> None:
    """The table's commands are there with these words, whoever asks: a verb or an option that went is noticed."""
    page = (GUIDES / "who-may-read-what.md").read_text("utf-8")
    table = page.split("## Questions")[1].split("\n\n")[1]
    asked = [command for line in table.splitlines() for command in re.findall(r"`(mobility [^`]+)`", line)]
    assert len(asked) >= 11
    for command in asked:
        words = shlex.split(command)[1:]
        verb: click.Command | None = mobility
        while isinstance(verb, click.Group):
            verb = verb.get_command(click.Context(verb), words.pop(0))
        assert verb is not None, command
        known = {option for each in verb.params for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= known, command


#: What is for a bucket or a database server, of which the tests of these have their own.
ELSEWHERE = re.compile(r"s3://|postgresql|^pip |^createdb|--store folder")


def test_every_command_of_keep_a_vault(place: Path, run: Run) -> None:
    ids = opened_cases(run)
    run("mobility vault keys backup --out backup.key > backup.pub")
    run("mobility vault officer backup --role specialist --public-keys backup.pub")
    said: dict[str, str] = {}
    found = commands("keep-a-vault.md", "console")
    here = [command for command in found if not ELSEWHERE.search(command)]
    assert len(found) - len(here) == 5 and len(here) >= 6
    for command in here:
        filled = command.replace("/media/backup", str(place / "backup")).replace("/srv", str(place))
        if "NAME" in filled:
            name = re.search(r"Snapshot (\S+):", next(iter(said.values())))
            assert name is not None
            filled = filled.replace("NAME", name[1])
        said[command] = " ".join(run(filled.replace("CASE-ID", ids["GM-2026-001"])).split())
    assert "0 problems" in next(words for command, words in said.items() if "vault drill" in command)
    assert "0 problems" in next(words for command, words in said.items() if "vault restore" in command)
    assert "GM-2026" not in run("mobility case list --identity-file backup.key")
