"""An officer's keys in a real keyring, the Secret Service of gnome-keyring on a bus of its own, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

from tests.vault_team import Team, make
from toolkit import keyring
from toolkit.errors import InputError
from vault import Role, write_identity_file

ROOT = Path(__file__).resolve().parent.parent
#: Makes keys in the keyring, has the lead add her, and works with the vault as her; prints what it learned.
DRIVER = """
import contextlib, io, json, os, sys
from toolkit.cli import mobility
from toolkit.errors import ToolkitError
def run(*words):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            mobility.main(args=[*words, "--vault", "vault", "--json"], prog_name="mobility", standalone_mode=False)
        except ToolkitError as problem:
            return {"refused": problem.message, "remedy": problem.remedy}
    return json.loads(said.getvalue())
made = run("vault", "keys", "clara", "--in-keyring")
if "refused" in made:
    print(json.dumps(made)); sys.exit()
open("clara.pub", "w").write(made["public"])
run("vault", "officer", "clara", "--role", "auditor", "--public-keys", "clara.pub", "--identity-file", "lead.key")
os.environ["MOBILITY_KEYRING"] = "1"
hers = run("vault", "officers", "--as", "clara")
import keyring
print(json.dumps({
    "backend": type(keyring.get_keyring()).__module__, "officers": [each["officer"] for each in hers["officers"]],
    "nobody": run("vault", "officers", "--as", "dora")["refused"],
    "secret": keyring.get_password("mobility-vault/" + json.load(open("vault/vault.json"))["id"], "clara"),
}))
"""


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    return make(tmp_path_factory.mktemp("team") / "vault")


def driven(team: Team, folder: Path, backend: str, *before: str) -> dict[str, object]:
    """Run DRIVER in *folder*, in the session that *before* starts, with one backend of the package."""
    copy = team.copied(folder / "vault")
    write_identity_file(folder / "lead.key", copy.keys[Role.LEAD])
    for name in ("home", "run"):
        (folder / name).mkdir(mode=0o700)
    (folder / "driver.py").write_text(DRIVER)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DBUS_", "MOBILITY_"))}
    environment |= {"HOME": str(folder / "home"), "XDG_RUNTIME_DIR": str(folder / "run"), "TMPDIR": str(folder)}
    environment |= {"PYTHON_KEYRING_BACKEND": backend}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    words = [*before, sys.executable, str(folder / "driver.py")]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    said: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return said


def test_keys_are_kept_in_a_real_keyring(team: Team, tmp_path: Path) -> None:
    pytest.importorskip("keyring", reason="the package keyring (the extra of that name) is not installed")
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        if shutil.which(program) is None:
            pytest.skip(f"the program {program} is not installed (Debian: dbus-daemon, gnome-keyring)")
    unlock = "printf 'login words' | gnome-keyring-daemon --unlock --components=secrets > /dev/null; exec \"$@\""
    session = ("dbus-run-session", "--", "sh", "-c", unlock, "sh")
    said = driven(team, tmp_path, "keyring.backends.SecretService.Keyring", *session)
    assert said["backend"] == "keyring.backends.SecretService"
    assert "clara" in str(said["officers"])
    assert said["nobody"] == "The system keyring holds no keys of dora."
    kept = list((tmp_path / "home").rglob("*.keyring"))
    assert len(kept) == 1
    secret = next(line for line in str(said["secret"]).splitlines() if line.startswith("AGE-SECRET-KEY-1"))
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.name != "lead.key":
            assert secret.encode() not in path.read_bytes()
            assert b"signing secret" not in path.read_bytes()


def test_a_keyring_in_clear_text_is_refused(team: Team, tmp_path: Path) -> None:
    pytest.importorskip("keyrings.alt", reason="the package keyrings.alt, whose files are in clear, is not installed")
    said = driven(team, tmp_path, "keyrings.alt.file.PlaintextKeyring")
    assert said["refused"] == "The keyring of this system keeps no secret (keyrings.alt.file.PlaintextKeyring)."
    assert "--out FILE" in str(said["remedy"])
    assert list((tmp_path / "home").rglob("*.cfg")) == []


def test_where_there_is_no_keyring_it_is_said(team: Team, tmp_path: Path) -> None:
    pytest.importorskip("keyring", reason="the package keyring (the extra of that name) is not installed")
    said = driven(team, tmp_path, "keyring.backends.fail.Keyring")
    assert said["refused"] == "The system keyring cannot be used (NoKeyringError): it is locked, or there is none."


def stand_in(backend: object) -> types.ModuleType:
    package = types.ModuleType("keyring")
    package.get_keyring = lambda: backend  # type: ignore[attr-defined]
    package.set_password = lambda *words: pytest.fail("it was given away")  # type: ignore[attr-defined]
    return package


@pytest.mark.parametrize("chained", [False, True])
@pytest.mark.parametrize(
    "module, name", [("keyrings.alt.file", "PlaintextKeyring"), ("keyring.backends.null", "Keyring")]
)
def test_what_keeps_no_secret_is_known_by_its_class(
    team: Team, monkeypatch: pytest.MonkeyPatch, chained: bool, module: str, name: str
) -> None:
    """Needs no package: a chain of backends gives to its first."""
    backend = type(name, (), {"__module__": module})()
    chain = types.SimpleNamespace(backends=[backend, object()])
    monkeypatch.setitem(sys.modules, "keyring", stand_in(chain if chained else backend))
    with pytest.raises(InputError, match=f"keeps no secret \\({module}.{name}\\)"):
        keyring.store(team.folder, "clara", "text")
