"""What lies in a folder of submissions beside files, and what becomes of files while it is taken in."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from toolkit import inbox
from toolkit.arrival import Arrival, Member
from toolkit.catalog import Catalog
from toolkit.cli.read import Readers
from toolkit.confine import Child
from toolkit.errors import InputError
from toolkit.intake import Intake
from toolkit.model import State
from toolkit.outcome import Reconciliation
from vault import Vault
from vault.files import locked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "inbox"
    made.mkdir()
    return made


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    vault = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    with Catalog.open(vault) as opened:
        yield opened


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    """What used to wait for ever fails instead."""
    signal.alarm(60)
    yield
    signal.alarm(0)


def take(catalog: Catalog, folder: Path) -> Reconciliation:
    with Intake(catalog._vault, catalog, jobs=1) as intake:
        return intake.folder(folder)


def only(done: Reconciliation) -> tuple[State, str, str]:
    (outcome,) = done.outcomes
    return outcome.state, outcome.document, outcome.reason


def test_a_pipe_is_told_of_and_not_waited_for(catalog: Catalog, folder: Path) -> None:
    os.mkfifo(folder / "passport.pdf")
    assert only(take(catalog, folder)) == (State.QUARANTINED, "", "It is no file.")


def test_a_name_that_is_no_text_is_taken_in(catalog: Catalog, folder: Path) -> None:
    (folder / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"")
    done = take(catalog, folder)
    assert [outcome.name for outcome in done.outcomes] == ["caf\\xe9.txt"]
    assert catalog.document(done.outcomes[0].document).name == "caf\\xe9.txt"


def test_what_may_not_be_read_is_told_of_and_stops_nothing(
    catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.pdf").write_bytes(b"")
    (folder / "b.pdf").write_bytes(b"x")
    opened = os.open

    def refusing(path: Any, *arguments: Any, **keywords: Any) -> int:
        if Path(path).name == "b.pdf":
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **keywords)

    with monkeypatch.context() as patched:
        patched.setattr(inbox.os, "open", refusing)
        done = take(catalog, folder)
    assert [(outcome.name, bool(outcome.document)) for outcome in done.outcomes] == [("a.pdf", True), ("b.pdf", False)]
    assert done.outcomes[1].reason == "It cannot be read: Permission denied."
    # Once it can be read, the next run takes it in.
    assert [bool(outcome.document) for outcome in take(catalog, folder).outcomes] == [True, True]


def test_a_folder_that_may_not_be_listed_is_told_of(
    catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "shut").mkdir()
    listed = os.scandir

    def refusing(path: Any) -> Any:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert [entry.place for entry in inbox.entries(folder)] == ["shut"]


def test_a_file_that_changes_meanwhile_is_left_for_the_next_run(catalog: Catalog, folder: Path) -> None:
    path = folder / "scan.pdf"
    path.write_bytes(b"first")
    with Intake(catalog._vault, catalog, jobs=1) as intake:
        first, _ = intake._listed(folder, None)
        path.write_bytes(b"second")
        (outcome,) = intake._take(first[0])
    assert (outcome.state, outcome.document) == (State.QUARANTINED, "")
    assert "changed" in outcome.reason
    assert not catalog.documents()
    path.write_bytes(b"first")
    assert not take(catalog, folder).outcomes[0].resumed


def test_an_archive_that_holds_itself_ends(catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def quine(self: Child, function: str, data: bytes, *_: object, result: object) -> Arrival:
        return Arrival("application/zip", (Member("r.zip", data),))

    monkeypatch.setattr(Child, "call", quine)
    (folder / "r.zip").write_bytes(b"PK")
    for _ in range(2):
        outcomes = take(catalog, folder).outcomes
        assert [outcome.state for outcome in outcomes] == [State.FILED, State.QUARANTINED]
        assert outcomes[1].reason == "The archive holds itself."


def test_a_reader_that_answers_nothing_puts_its_file_into_quarantine(
    catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forged(self: Child, function: str, *_: object, result: object) -> object:
        return Arrival("text/plain") if function.endswith("inspect") else []

    monkeypatch.setattr(Child, "call", forged)
    (folder / "a.txt").write_bytes(b"text")
    state, document, reason = only(take(catalog, folder))
    assert (state, reason) == (State.QUARANTINED, "The file made its reader give a senseless answer.")
    assert document


def test_one_intake_at_a_time(catalog: Catalog, folder: Path) -> None:
    with locked(catalog._vault.folder / "intake.lock"), pytest.raises(InputError, match="Another intake"):
        take(catalog, folder)
    assert str(take(catalog, folder)) == "0 in = 0 filed + 0 asked + 0 quarantined"


def test_the_vault_itself_is_never_taken_in(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="vault lies in this folder"):
        take(catalog, tmp_path)


def test_a_link_put_in_the_place_of_a_file_is_not_followed(folder: Path) -> None:
    (folder / "secret").write_bytes(b"secret")
    (folder / "a.pdf").symlink_to(folder / "secret")
    with pytest.raises(InputError, match="links are not followed"):
        inbox.Entry(folder / "a.pdf", "a.pdf").read()


def test_a_file_beyond_the_limit_is_not_taken_into_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MAX_BYTES", 10)
    (folder / "a.pdf").write_bytes(b"x" * 11)
    with pytest.raises(InputError, match="larger than"):
        inbox.Entry(folder / "a.pdf", "a.pdf").read()


def test_reading_without_a_vault_waits_for_no_pipe_and_keeps_the_limit(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MAX_BYTES", 10)
    os.mkfifo(folder / "pipe.pdf")
    (folder / "huge.pdf").write_bytes(b"x" * 11)
    with Readers() as readers:
        errors = [readers.answers(folder / name)[0]["error"] for name in ("pipe.pdf", "huge.pdf", "missing.pdf")]
    assert [error["code"] for error in errors] == ["input", "too-large", "input"]
    assert errors[0]["message"] == "It is no file."
    assert all(error["remedy"] for error in errors)


def test_reading_without_a_vault_follows_the_links_it_is_given(folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"text")
    (folder / "link.txt").symlink_to(folder / "a.txt")
    assert inbox.read(folder / "link.txt", follow=True) == b"text"
