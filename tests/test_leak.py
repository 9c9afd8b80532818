"""Nothing of what specimen people sent can be found where nothing clear may be left: not as text, not as a hash.

One intake and every output that a case has run in a process of its own, watched from outside; then the vault's files,
the temporary folders, the home folder and what the processes showed of themselves are searched. What stands in the
open by design (docs/threats.md: case references, routes, officers' names) is no value that is searched for.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.vault_campaign_leak import Needles, Watch, in_folder, read_truth, values
from toolkit import office
from toolkit.catalog import Catalog
from vault import Vault

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
CASE, PASSPHRASE = "GM-2026-001", "a passphrase of the test only"
#: Photographs, an e-mail, an archive, Word, an invoice with its data: one of each way in.
SENT = ("IMG_2041.jpg", "Fwd_ Ihre Buchung.eml", "receipts.zip", "RE-2026-0917.pdf", "Assignment agreement signed.docx")
#: What stands in the open by design.
OPEN = frozenset({CASE, "us/l-1a"})
DRIVER = """
import json, sys
from toolkit.cli import mobility
from toolkit.errors import ToolkitError
codes = []
for words in json.loads(sys.stdin.read()):
    try:
        codes.append(mobility.main(args=words, prog_name="mobility", standalone_mode=False) or 0)
    except ToolkitError as problem:
        codes.append(problem.message)
print("DONE", json.dumps(codes))
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """Where it ran and what was seen of it."""

    root: Path
    watch: Watch
    codes: list[object]
    said: str
    #: What was written to the standard error: warnings, progress, anything like a log.
    logged: str

    @property
    def vault(self) -> Path:
        return self.root / "vault"


@pytest.fixture(scope="module")
def needles() -> Needles:
    truth = read_truth(SAMPLES / "truth.jsonl")
    cases = sorted((SAMPLES / "cases").glob("*.toml"))
    people = [value for row in truth for value in (row["fields"].get("surname"), row["fields"].get("merchant"))]
    sent = [(SAMPLES / "inbox" / CASE / name).read_bytes() for name in SENT]
    return Needles(values(truth, cases) - OPEN, [str(each) for each in people if each], sent)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    root = tmp_path_factory.mktemp("leak")
    for name in ("tmp", "home", "work", "out"):
        (root / name).mkdir()
    inbox = root / "inbox" / CASE
    inbox.mkdir(parents=True)
    for name in SENT:
        shutil.copy(SAMPLES / "inbox" / CASE / name, inbox)
    (root / "secret").write_text(PASSPHRASE + "\n")
    (root / "note").write_text("Herr Grünwaldt asked by telephone for more time; his passport UK41739A6 is with us.")
    Vault.create(root / "vault", officer="hr", passphrase=PASSPHRASE, work_factor=2)
    why, pdf = ["--why", "counsel asked for a draft"], [] if office.program() else ["--no-pdf"]
    out, case = ["--out", str(root / "out")], str(SAMPLES / "cases" / f"{CASE}.toml")
    verbs = [
        ["case", "open", case], ["intake", str(root / "inbox")], ["case", "show", CASE], ["check", CASE],
        ["log", CASE, "--add", "note", "--from", str(root / "note")], ["log", CASE], ["duplicates", CASE],
        ["ask", CASE, *out], ["ready", CASE, *out], ["due", CASE, "--ics", str(root / "out" / "due.ics")],
        ["write", CASE, "long-term-assignment-letter", "--unsure", *why, *out, *pdf],
        ["claim", CASE, *out], ["pack", CASE, "--incomplete", *why, *out], ["vault", "verify"],
        ["vault", "export-person", CASE, "principal", "--out", str(root / "out" / "hers")], ["retention"],
        ["case", "show", "Grünwaldt"], ["case", "open", str(root / "note")],
    ]  # fmt: skip
    unlocking = ["--vault", str(root / "vault"), "--passphrase-file", str(root / "secret")]
    environment = {**os.environ, "TMPDIR": str(root / "tmp"), "HOME": str(root / "home"), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", DRIVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        cwd=root / "work",
        text=True,
    )
    with Watch(process.pid, [root / "tmp"], root / "inbox") as watch:
        said, errors = process.communicate(json.dumps([[*verb, *unlocking] for verb in verbs]))
    assert process.returncode == 0, errors
    return Ran(root, watch, json.loads(said.rpartition("DONE ")[2]), said, errors)


def test_there_was_something_to_leak(ran: Ran, needles: Needles) -> None:
    """The verbs did their work: what is searched for was in the process, and is in what was handed out."""
    refused = [code for code in ran.codes if code not in (0, 5)]
    assert len(refused) == 2, refused  # the case and the case file that are none
    assert {"Grünwaldt", "UK41739A6"} <= needles.in_text(ran.said)
    assert len(list((ran.root / "out").iterdir())) >= 7
    assert len(ran.watch.processes) >= 3
    assert len(ran.watch.command_lines) >= 3


def test_nothing_is_found_in_the_vault(ran: Ran, needles: Needles) -> None:
    assert in_folder(ran.vault, needles) == []


def test_nothing_is_found_in_the_write_ahead_log(ran: Ran, needles: Needles, tmp_path: Path) -> None:
    shutil.copytree(ran.vault, tmp_path / "vault")
    opened = Vault.unlock(tmp_path / "vault", PASSPHRASE)
    with Catalog.open(opened) as catalog:
        case = catalog.case(CASE)
        catalog.replace_case(case)
        for document in catalog.documents(CASE):
            catalog.replace_records(
                document.id, [each for each in catalog.records(case.id) if each.document == document.id]
            )
        assert (tmp_path / "vault" / "catalog.db-wal").stat().st_size > 0
        assert in_folder(tmp_path / "vault", needles) == []


def test_nothing_is_left_in_temporary_folders_or_at_home(ran: Ran, needles: Needles) -> None:
    assert [path for path in (ran.root / "tmp").rglob("*") if path.is_file()] == []
    assert in_folder(ran.root / "home", needles) == []
    assert list((ran.root / "work").rglob("*")) == []
    assert [each for each in ran.watch.scratch if Path(each).exists()] == []


def test_nothing_is_seen_in_listings_of_processes_nor_on_the_disk_meanwhile(ran: Ran, needles: Needles) -> None:
    assert ran.watch.found(needles) == []
    assert [line for line in ran.watch.command_lines | ran.watch.environments if PASSPHRASE in line] == []


def test_errors_and_logs_say_nothing(ran: Ran, needles: Needles) -> None:
    """Also where a verb was given a name instead of a case, and a file that is none of what it has to be."""
    assert needles.in_text(ran.logged) == set()
    assert [code for code in ran.codes if isinstance(code, str) and needles.in_text(code)] == []


def test_no_program_leaves_a_profile_or_a_thumbnail(ran: Ran) -> None:
    """LibreOffice's profile lies in the private folder, which is gone; nothing of a desktop's caches is in the home."""
    kept = re.compile(r"libreoffice|thumbnail|recently-used|\.cache|\.config", re.IGNORECASE)
    assert [path for path in (ran.root / "home").rglob("*") if kept.search(str(path))] == []
    if office.program() and sys.platform == "linux":
        profiles = [line for line in ran.watch.command_lines if "UserInstallation" in line]
        assert profiles and all("mobility-scratch-" in line for line in profiles)
        assert ran.watch.scratch or not any("/dev/shm/" in line for line in profiles)


def test_names_of_what_is_handed_out_say_nothing(ran: Ran, needles: Needles) -> None:
    assert [path.name for path in (ran.root / "out").rglob("*") if needles.in_text(path.name)] == []


# --- the search finds what it must find


def column(vault: Path, value: str | bytes) -> None:
    """Add a column that a careless next version might have."""
    connection = sqlite3.connect(vault / "catalog.db")
    connection.execute("ALTER TABLE documents ADD COLUMN holder ANY")
    connection.execute("UPDATE documents SET holder = ? WHERE rowid = 1", (value,))
    connection.commit()
    connection.close()


def line(vault: Path, value: str) -> None:
    with (vault / "ledger.jsonl").open("a", encoding="utf-8") as ledger:
        ledger.write(json.dumps({"event": "document.filed", "fact.name": value}, ensure_ascii=False) + "\n")


def named(vault: Path, value: str) -> None:
    (vault / "compartments" / value).mkdir()


def blob(vault: Path, value: str) -> None:
    next((vault / "store").glob("*/*")).write_bytes(os.urandom(5000) + value.encode("utf-16-le") + os.urandom(5000))


@pytest.mark.parametrize(
    ("leak", "value"),
    [
        (column, "Grünwaldt"),
        (column, "TOMAS EMILE"),
        (column, "UK41739A6".encode("utf-16-le")),
        (column, "17.03.1984"),
        (column, "03/17/1984"),
        (column, "840317"),
        (column, "P<UTOGRUENWALDT<<TOMAS<EMILE<<<<<<<<<<<<<<<<"),
        (column, "sha256"),
        (column, "md5 of a file"),
        (line, "Marit Élise"),
        (line, "MARIT ELISE"),
        (named, "oestervang"),
        (blob, "UK41739A6"),
    ],
)
def test_the_search_finds_one_clear_value(
    ran: Ran, needles: Needles, tmp_path: Path, leak: Callable[[Path, str], None], value: str
) -> None:
    if value == "sha256":
        value = hashlib.sha256(b"UK41739A6").hexdigest()
    if value == "md5 of a file":
        value = hashlib.md5((SAMPLES / "inbox" / CASE / SENT[0]).read_bytes(), usedforsecurity=False).hexdigest()
    shutil.copytree(ran.vault, tmp_path / "vault")
    leak(tmp_path / "vault", value)
    assert in_folder(tmp_path / "vault", needles) != []


@pytest.mark.parametrize("where", ["argv", "environment", "file", "name"])
def test_the_watch_sees_what_passes(needles: Needles, tmp_path: Path, where: str) -> None:
    code = "import sys, time; time.sleep(0.3)"
    if where in ("file", "name"):
        name, text = ("x", "Grünwaldt") if where == "file" else ("Grünwaldt", "x")
        code = f"import time, os; f = open({name!r}, 'w'); f.write({text!r}); f.flush(); time.sleep(0.3)"
        code += f"; os.unlink({name!r})"
        (tmp_path / "code.py").write_text(code)
    words = [sys.executable, str(tmp_path / "code.py")] if where in ("file", "name") else [sys.executable, "-c", code]
    words += ["--holder=Grünwaldt"] if where == "argv" else []
    env = {**os.environ, **({"HOLDER": "Grünwaldt"} if where == "environment" else {})}
    process = subprocess.Popen(words, env=env, cwd=tmp_path)
    with Watch(process.pid, [tmp_path]) as watch:
        process.wait()
    assert watch.found(needles) != []
