"""Nothing that arrives is lost or filed twice: kinds of ends, copies, containers, links, and a kill in the middle."""

from __future__ import annotations

import email.message
import io
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from toolkit.catalog import INBOX, Catalog
from toolkit.errors import InputError, OverrunError
from toolkit.examine import Examiner
from toolkit.intake import Intake
from toolkit.model import Case, Document, Person, State
from toolkit.outcome import Reconciliation
from toolkit.settling import settle
from vault import Vault

CASE = Case(
    "c1",
    "GM-1",
    "us/l-1a",
    (Person("p1", "principal", "Example", "Ada"), Person("p2", "spouse", "Muster", "Ben")),
    {"filing": date(2027, 1, 1)},
)

CONTRACT = """EMPLOYMENT AGREEMENT

This Employment Agreement is made on 3 May 2026 between Invented Works Ltd ("the Employer")
and {name} ("the Employee").

1. Position. The Employee is employed as Engineer number {number}.
2. Salary. The Employer pays the Employee a salary of EUR 50,000 a year.
3. Notice. Three months. This agreement is governed by the laws of Ireland.
"""

OTHER = Case("c2", "GM 2", "us/l-1a", (Person("p1", "principal", "Beispiel", "Cleo"),), {})


def contract(name: str = "Ada Example", number: int = 1) -> bytes:
    return CONTRACT.format(name=name, number=number).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "inbox"
    made.mkdir()
    return made


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    made.new_compartment("inbox")
    return made


@pytest.fixture
def catalog(vault: Vault) -> Iterator[Catalog]:
    with Catalog.open(vault) as opened:
        opened.add_case(CASE)
        yield opened


def take(vault: Vault, catalog: Catalog, folder: Path, case: Case | None = None) -> Reconciliation:
    with Intake(vault, catalog, jobs=1) as intake:
        return intake.folder(folder, case=case)


def adds_up(done: Reconciliation) -> bool:
    return sum(done.count(state) for state in State) == len(done.outcomes)


def test_every_file_ends_in_one_state(vault: Vault, catalog: Catalog, folder: Path) -> None:
    (folder / "contract.txt").write_bytes(contract())
    (folder / "stranger.txt").write_bytes(contract("Zoe Nobody"))
    (folder / "shopping.txt").write_text("milk, bread, two lemons and a newspaper for the train\n" * 5)
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n1 0 obj <<")
    (folder / "link.txt").symlink_to(folder / "contract.txt")
    done = take(vault, catalog, folder)
    ends = {outcome.name: outcome.state for outcome in done.outcomes}
    assert ends == {
        "contract.txt": State.FILED,
        "stranger.txt": State.ASKED,
        "shopping.txt": State.ASKED,
        "empty.pdf": State.QUARANTINED,
        "broken.pdf": State.QUARANTINED,
        "link.txt": State.QUARANTINED,
    }
    assert adds_up(done)
    assert str(done) == "6 in = 1 filed + 2 asked + 3 quarantined"
    for outcome in done.outcomes:
        assert outcome.state is State.FILED or (outcome.reason and outcome.next_step), outcome


def test_a_subfolder_named_as_a_case_goes_to_it(vault: Vault, catalog: Catalog, folder: Path) -> None:
    (folder / "GM-1").mkdir()
    (folder / "GM-1" / "broken.pdf").write_bytes(b"%PDF-1.7\n1 0 obj <<")
    done = take(vault, catalog, folder)
    assert catalog.document(done.outcomes[0].document).case == CASE.id


def test_the_original_is_kept_whatever_becomes_of_it(vault: Vault, catalog: Catalog, folder: Path) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n1 0 obj <<")
    document = catalog.document(take(vault, catalog, folder).outcomes[0].document)
    assert vault.compartment(document.case).get(document.sha256_sealed) == b"%PDF-1.7\n1 0 obj <<"


def test_copies_name_their_original(vault: Vault, catalog: Catalog, folder: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_bytes(contract())
    done = take(vault, catalog, folder)
    first, *copies = done.outcomes
    assert len(done.outcomes) == 3
    assert [catalog.document(copy.document).duplicate_of for copy in copies] == [first.document] * 2
    assert len(catalog.records(CASE.id)) == 1


def test_archives_and_mails_are_opened(vault: Vault, catalog: Catalog, folder: Path) -> None:
    mail = email.message.EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "papers", "a@example.org", "b@example.org"
    mail.set_content("Please find it attached.")
    mail.add_attachment(contract(number=2), maintype="text", subtype="plain", filename="contract.txt")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.txt", contract(number=3))
        archive.writestr("mail.eml", mail.as_bytes())
    (folder / "all.zip").write_bytes(packed.getvalue())
    done = take(vault, catalog, folder)
    assert [outcome.state for outcome in done.outcomes] == [State.FILED] * 4
    assert sum(outcome.kind == "contract" for outcome in done.outcomes) == 2
    again = take(vault, catalog, folder)
    assert len(again.outcomes) == 4
    assert all(outcome.resumed for outcome in again.outcomes)


def test_running_again_takes_nothing_twice(vault: Vault, catalog: Catalog, folder: Path) -> None:
    (folder / "contract.txt").write_bytes(contract())
    first = take(vault, catalog, folder)
    (folder / "later.txt").write_bytes(contract(number=2))
    second = take(vault, catalog, folder)
    assert [outcome.resumed for outcome in second.outcomes] == [True, False]
    assert second.outcomes[0].document == first.outcomes[0].document
    assert len(catalog.documents()) == 2


KILLED = """
import os, signal, sys
from pathlib import Path
from vault import Vault
from toolkit.catalog import Catalog
from toolkit.intake import Intake
vault = Vault.unlock(Path(sys.argv[1]), "p")
seen = []
def told(outcome, known):
    seen.append(outcome)
    if len(seen) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
with Catalog.open(vault) as catalog, Intake(vault, catalog, jobs=2) as intake:
    intake.folder(Path(sys.argv[2]), progress=told)
"""


def test_a_kill_in_the_middle_loses_nothing(vault: Vault, catalog: Catalog, folder: Path) -> None:
    for number in range(9):
        (folder / f"{number}.txt").write_bytes(contract(number=number))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(20, 23):
            archive.writestr(f"{number}.txt", contract(number=number))
    (folder / "0.zip").write_bytes(packed.getvalue())
    killed = subprocess.run([sys.executable, "-c", KILLED, str(vault.folder), str(folder)], check=False)
    assert killed.returncode == -signal.SIGKILL
    before = len(catalog.documents())
    assert 3 <= before < 13
    done = take(vault, catalog, folder)
    assert str(done) == "13 in = 13 filed + 0 asked + 0 quarantined"
    assert len(catalog.documents()) == 13
    assert len(catalog.records(CASE.id)) == 12
    assert not vault.verify().problems


def test_a_question_is_settled_by_a_person(vault: Vault, catalog: Catalog, folder: Path) -> None:
    (folder / "stranger.txt").write_bytes(contract("Zoe Nobody"))
    asked = take(vault, catalog, folder).outcomes[0]
    with pytest.raises(InputError):
        settle(vault, catalog, asked.document)
    settled = settle(vault, catalog, asked.document, reference="GM-1", person="spouse")
    assert (settled.case, settled.person, settled.kind) == ("GM-1", "spouse", "contract")
    document = catalog.document(asked.document)
    assert (document.state, document.case, document.person) == (State.FILED, CASE.id, "p2")
    assert vault.compartment(CASE.id).get(document.sha256_sealed) == contract("Zoe Nobody")


def test_an_unknown_kind_is_named_by_a_person(vault: Vault, catalog: Catalog, folder: Path) -> None:
    (folder / "GM-1").mkdir()
    (folder / "GM-1" / "note.txt").write_text("milk, bread, two lemons and a newspaper for the train\n" * 5)
    asked = take(vault, catalog, folder).outcomes[0]
    assert asked.kind == "unknown"
    settled = settle(vault, catalog, asked.document, kind="degree", person="principal")
    assert settled.kind == "degree"
    record = catalog.record(asked.document)
    assert record is not None
    assert record.kind == "degree"


def packed(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.txt", data)
    return made.getvalue()


def test_the_same_file_for_another_case_is_asked_about(vault: Vault, catalog: Catalog, folder: Path) -> None:
    catalog.add_case(OTHER)
    (folder / "contract.txt").write_bytes(contract())
    first = take(vault, catalog, folder, CASE).outcomes[0]
    asked = take(vault, catalog, folder, OTHER).outcomes[0]
    assert (asked.state, asked.case, asked.resumed) == (State.ASKED, "GM 2", False)
    assert "GM-1" in asked.reason
    assert f"mobility settle {asked.document} --case 'GM 2' --person ROLE" in asked.next_step
    # Each run goes on where it was, for its own case.
    for case, document in ((CASE, first.document), (OTHER, asked.document), (None, first.document)):
        again = take(vault, catalog, folder, case).outcomes[0]
        assert (again.document, again.resumed) == (document, True)
    settle(vault, catalog, asked.document, reference="GM 2", person="principal")
    assert [record.kind for record in catalog.records("c2")] == ["contract"]
    assert catalog.document(first.document).case == "c1"
    assert not vault.verify().problems


def test_what_was_settled_elsewhere_is_resumed(vault: Vault, catalog: Catalog, folder: Path) -> None:
    catalog.add_case(OTHER)
    (folder / "contract.txt").write_bytes(contract())
    first = take(vault, catalog, folder, CASE).outcomes[0]
    settle(vault, catalog, first.document, reference="GM 2", person="principal")
    for case in (CASE, OTHER, None):
        again = take(vault, catalog, folder, case).outcomes[0]
        assert (again.document, again.case, again.resumed) == (first.document, "GM 2", True)


def test_an_archive_for_another_case_has_its_papers_asked_about(vault: Vault, catalog: Catalog, folder: Path) -> None:
    catalog.add_case(OTHER)
    (folder / "all.zip").write_bytes(packed(one=contract(), broken=b"%PDF-1.7 cut"))
    for _ in range(2):
        take(vault, catalog, folder, CASE)
        done = take(vault, catalog, folder, OTHER)
        assert [outcome.state for outcome in done.outcomes] == [State.FILED, State.ASKED, State.QUARANTINED]
        assert {outcome.case for outcome in done.outcomes} == {"GM 2"}
    assert all(outcome.resumed for outcome in done.outcomes)


def test_a_copy_that_waits_for_its_case_binds_no_case(vault: Vault, catalog: Catalog, folder: Path) -> None:
    (folder / "a.txt").write_bytes(contract("Zoe Nobody"))
    waiting = take(vault, catalog, folder).outcomes[0]
    (folder / "GM-1").mkdir()
    (folder / "GM-1" / "b.txt").write_bytes(contract("Zoe Nobody"))
    meant = take(vault, catalog, folder).outcomes[0]
    assert (meant.name, meant.state, meant.case) == ("GM-1/b.txt", State.ASKED, "GM-1")
    assert catalog.document(meant.document).duplicate_of == ""
    assert catalog.document(waiting.document).case == INBOX


@pytest.mark.parametrize("erased", [False, True])
def test_a_copy_whose_original_goes_meanwhile(
    vault: Vault, catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch, erased: bool
) -> None:
    catalog.add_case(OTHER)
    (folder / "a.txt").write_bytes(contract())
    first = take(vault, catalog, folder).outcomes[0]
    (folder / "b.txt").write_bytes(contract())
    copied = Intake._copy

    def overtaken(self: Intake, item: object, data: bytes, twin: Document) -> object:
        monkeypatch.setattr(Intake, "_copy", copied)
        if erased:
            catalog.forget_case("GM-1")
        else:
            settle(vault, catalog, first.document, reference="GM 2", person="principal")
        return copied(self, item, data, twin)  # type: ignore[arg-type]

    monkeypatch.setattr(Intake, "_copy", overtaken)
    copy = take(vault, catalog, folder).outcomes[1]
    assert not catalog.verify().problems
    if erased:
        assert (copy.state, copy.document) == (State.QUARANTINED, "")
        assert "erased" in copy.reason
        assert [outcome.state for outcome in take(vault, catalog, folder).outcomes] == [State.ASKED] * 2
    else:
        document = catalog.document(copy.document)
        assert (document.case, document.duplicate_of) == ("c2", first.document)
        assert vault.compartment("c2").get(document.sha256_sealed) == contract()


def again(vault: Vault, catalog: Catalog, document: str) -> Reconciliation:
    with Intake(vault, catalog, jobs=1) as intake:
        return intake.again(document)


def test_a_quarantined_file_is_read_again(
    vault: Vault, catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise OverrunError("Too slow.", remedy="Ask for another copy.")

    (folder / "a.txt").write_bytes(contract())
    (folder / "all.zip").write_bytes(packed(one=contract(number=2), two=contract("Zoe Nobody")))
    with monkeypatch.context() as patched:
        patched.setattr(Examiner, "examine", stopped)
        paper, archive = take(vault, catalog, folder).outcomes
        assert f"mobility settle {paper.document} --retry" in paper.next_step
        assert str(again(vault, catalog, paper.document)) == "1 in = 0 filed + 0 asked + 1 quarantined"
    (filed,) = again(vault, catalog, paper.document).outcomes
    assert (filed.document, filed.state, filed.kind, filed.case) == (paper.document, State.FILED, "contract", "GM-1")
    document = catalog.document(paper.document)
    assert (document.media_type, document.person, document.next_step) == ("text/plain", "p1", "")
    done = again(vault, catalog, archive.document)
    assert str(done) == "3 in = 2 filed + 1 asked + 0 quarantined"
    assert [each.parent for each in catalog.members(archive.document)] == [archive.document] * 2
    assert all(outcome.resumed for outcome in take(vault, catalog, folder).outcomes)
    assert len(catalog.documents()) == 4
    assert not catalog.verify().problems


def test_only_what_is_open_is_read_again(vault: Vault, catalog: Catalog, folder: Path) -> None:
    catalog.add_case(OTHER)
    for name in ("a.txt", "b.txt"):
        (folder / name).write_bytes(contract("Zoe Nobody"))
    asked, copy = take(vault, catalog, folder).outcomes
    with pytest.raises(InputError, match=f"Retry {asked.document}"):
        again(vault, catalog, copy.document)
    # The case has got the person meanwhile.
    catalog.replace_case(replace(CASE, people=(*CASE.people, Person("p3", "child", "Nobody", "Zoe"))))
    assert again(vault, catalog, asked.document).outcomes[0].state is State.FILED
    assert catalog.document(copy.document).state is State.FILED
    with pytest.raises(InputError, match="is filed"):
        again(vault, catalog, asked.document)
    sent_before = take(vault, catalog, folder, OTHER).outcomes[0]
    with pytest.raises(InputError, match="waits for an answer"):
        again(vault, catalog, sent_before.document)


def test_an_archive_that_was_emptied_is_taken_in_anew(vault: Vault, catalog: Catalog, folder: Path) -> None:
    (folder / "all.zip").write_bytes(packed(one=contract(), two=contract("Zoe Nobody")))
    take(vault, catalog, folder)
    catalog.forget_case("GM-1")
    assert [outcome.name for outcome in take(vault, catalog, folder).outcomes] == ["all.zip", "all.zip/002 two.txt"]
    (folder / "all.zip").rename(folder / "sent again.zip")
    _, one, two = take(vault, catalog, folder).outcomes
    assert (one.state, one.kind) == (State.ASKED, "contract")
    assert catalog.document(two.document).duplicate_of
    assert not catalog.verify().problems
