"""Every original is read back without this program: with a plain age program, as docs/vault-format.md says.

The commands of that page are run as they stand there. `age` is a stand-in of a few lines around pyrage, another
implementation of the format (in Rust); and it is the `age` program itself, where the machine has it.
"""

from __future__ import annotations

import os
import pty
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pyrage
import pytest

from tests import vault_fixtures
from tests.vault_fixtures import FIRST, FIRST_OTHER, GOLDEN, PAPERS, VECTORS
from tests.vault_team import GRANTED, PASSPHRASE, Team
from toolkit.catalog import Catalog
from vault import Role, Vault

quick_disk, made, team = vault_fixtures.quick_disk, vault_fixtures.made, vault_fixtures.team
PAGE = Path(__file__).parent.parent / "docs" / "vault-format.md"
#: `age -d [-i FILE] FILE` and `age -r RECIPIENT`, around pyrage.
AGE = """#!{python}
import getpass, pathlib, pyrage, sys
how, *words = sys.argv[1:]
if how == "-r":
    made = pyrage.encrypt(sys.stdin.buffer.read(), [pyrage.x25519.Recipient.from_str(words[0])])
elif words[0] == "-i":
    lines = pathlib.Path(words[1]).read_text().splitlines()
    keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line and line[0] != "#"]
    made = pyrage.decrypt(pathlib.Path(words[2]).read_bytes(), keys)
else:
    made = pyrage.passphrase.decrypt(pathlib.Path(words[0]).read_bytes(), getpass.getpass("Enter passphrase: "))
sys.stdout.buffer.write(made)
"""
#: `sqlite3 FILE STATEMENT`, for machines where it is not installed.
SQLITE = """#!{python}
import pathlib, sqlite3, sys
catalog = sqlite3.connect(sys.argv[1])
catalog.create_function("writefile", 2, lambda name, data: pathlib.Path(name).write_bytes(data))
for row in catalog.execute(sys.argv[2]):
    print(*row, sep="|")
"""
#: Makes the terminal at hand that of the command, as a shell has it.
AT_TERMINAL = (
    "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execvp('sh', ['sh', '-ec', sys.argv[1]])"
)


@pytest.fixture(params=["pyrage", "age"])
def programs(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Return the environment in which `age` is one of two programs that know nothing of ours."""
    if request.param == "age" and not shutil.which("age"):
        pytest.skip("the age program is not on this machine (Debian: apt-get install age)")
    folder = tmp_path / "programs"
    folder.mkdir()
    stand_ins = {"age": AGE} if request.param == "pyrage" else {}
    if not shutil.which("sqlite3"):
        stand_ins["sqlite3"] = SQLITE
    for name, text in stand_ins.items():
        (folder / name).write_text(text.format(python=sys.executable))
        (folder / name).chmod(0o700)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


def typed(command: str, folder: Path, env: dict[str, str], passphrase: str = "") -> str:
    """Run a command of the page at a terminal, typing *passphrase* where it is asked for; return what it prints."""
    ours, terminal = pty.openpty()
    words = [sys.executable, "-c", AT_TERMINAL, command]
    with (folder.parent / "printed").open("w+b") as printed:
        child = subprocess.Popen(words, cwd=folder, env=env, stdin=terminal, stdout=printed, stderr=terminal)
        os.close(terminal)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
                if b"assphrase" in piece:
                    os.write(ours, passphrase.encode() + b"\n")
        except OSError:
            pass  # nobody is at the terminal any more
        os.close(ours)
        assert child.wait() == 0, shown.decode()
        printed.seek(0)
        return printed.read().decode("utf-8", "replace")


def test_the_commands_of_the_page_give_an_original_back(tmp_path: Path, programs: dict[str, str]) -> None:
    folder, memory = tmp_path / "vault", tmp_path / "memory"
    shutil.copytree(VECTORS / "vault-2", folder)
    memory.mkdir()
    part = PAGE.read_text().split("## Getting papers back without this program")[1]
    block = re.search(r"```sh\n(.*?)```", part, re.DOTALL)
    assert block
    commands = [line.partition("  #")[0].strip() for line in block[1].splitlines()]
    assert len(commands) == 7
    blob, printed = "", []
    for command in commands:
        here = (
            command.replace("/dev/shm", str(memory))
            .replace("'ID'", "'c1'")
            .replace("compartments/ID", "compartments/c1")
        )
        here = here.replace("ab/abcdef...", f"{blob[:2]}/{blob}").replace("abcdef...", blob)
        assert "ID" not in here and "..." not in here
        printed.append(typed(here, folder, programs, FIRST))
        blob = printed[-1].strip().split("|")[-1] if "SELECT id, blob" in command else blob
    assert "c1|GM-2026-001" in printed[1]
    assert (folder / "original").read_bytes() == b"the original\n"
    assert "passport" in printed[-1], "the row holds the paper's name"
    # And the other way: to seal something to a case needs nothing but its public file.
    public = (folder / "compartments/c1/public.json").read_text()
    recipient = public.split('"recipient":"')[1].split('"')[0]
    typed(f"printf 'by hand' | age -r {recipient} > sealed", folder, programs)
    vault = Vault.unlock(folder, FIRST, "hr")
    assert vault.compartment("c1").open((folder / "sealed").read_bytes()) == b"by hand"


def identities(text: str) -> list[pyrage.x25519.Identity]:
    return [pyrage.x25519.Identity.from_str(line) for line in text.splitlines() if line and not line.startswith("#")]


def opened(sealed: Path, keys: list[pyrage.x25519.Identity]) -> bytes:
    return pyrage.decrypt(sealed.read_bytes(), keys)


def rescued(folder: Path, own: str, key_file: str) -> dict[str, bytes]:
    """Return every paper whose case's key an identity file *own* opens, by document, with pyrage and SQLite alone."""
    with closing(sqlite3.connect(folder / "catalog.db")) as catalog:
        rows = catalog.execute("SELECT id, case_id, blob FROM documents").fetchall()
    found = {}
    for id, case, blob in rows:
        wrapped = folder / "compartments" / case / key_file
        if wrapped.exists():
            keys = identities(opened(wrapped, identities(own)).decode())
            found[id] = opened(folder / "store" / blob[:2] / blob, keys)
    return found


def test_every_original_of_a_vault_in_use_is_read_back(team: Team) -> None:
    """After new keys of every kind, by the lead with her passphrase and by a specialist with her own file."""
    lead = team.unlock(Role.LEAD)
    with Catalog.open(lead) as catalog:
        catalog.rotation.hash_keys()
        catalog.rotation.case(GRANTED)
        catalog.rotation.case(GRANTED)
    Vault.unlock(team.folder, PASSPHRASE).rotate_own_keys("new words", work_factor=2)
    label = Vault.unlock(team.folder, "new words").officer
    own = pyrage.passphrase.decrypt((team.folder / f"officers/{label}/identity.age").read_bytes(), "new words").decode()
    assert rescued(team.folder, own, f"key.{label}.age") == PAPERS
    keys = team.keys[Role.SPECIALIST]
    assert rescued(team.folder, keys.text(), f"key.{keys.label}.age") == {f"d-{GRANTED}": PAPERS[f"d-{GRANTED}"]}
    # Without the catalogue: every blob, with every key, gives the papers without their names.
    files = team.folder.glob(f"compartments/*/key.{label}.age")
    every = [key for path in files for key in identities(opened(path, identities(own)).decode())]
    blobs = [path for path in (team.folder / "store").glob("??/*") if path.is_file()]
    assert sorted(opened(path, every) for path in blobs) == sorted(PAPERS.values())


@pytest.mark.parametrize(("officer", "words"), [("hr", FIRST), ("counsel", FIRST_OTHER)])
def test_a_vault_of_the_first_format_too(tmp_path: Path, officer: str, words: str) -> None:
    shutil.copytree(GOLDEN, tmp_path / "first")
    own = pyrage.passphrase.decrypt((GOLDEN / f"officers/{officer}/identity.age").read_bytes(), words).decode()
    assert rescued(tmp_path / "first", own, "key.age") == {"d1": b"the original\n"}
