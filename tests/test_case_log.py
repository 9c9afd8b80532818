"""The case log only grows, four eyes see an exception, and what was removed or changed is noticed."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import pytest

from tests.case_builder import ANNA, DATES
from toolkit.case_log import enter, exceptions
from toolkit.case_log_entries import MOST_TEXT, Entry, Said, Standing, What, entered, standings
from toolkit.catalog import Catalog, database
from toolkit.cli import log, unlock
from toolkit.cli.officer import officer
from toolkit.errors import InputError, UnknownNameError
from toolkit.model import Box, Case, Document, Field, Method, Record, Source, State
from vault import TamperedError, Vault

CASE = Case("c1", "GM-1", "us/l-1a", (ANNA,), DATES)
OTHER = Case("c2", "GM-2", "us/l-1a", (), {})
WHY = "Anna Eriksson has twins and needs another room."


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    monkeypatch.setattr("os.fsync", lambda handle: None)
    quick = [setting for setting in database.SETTINGS if "synchronous" not in setting]
    monkeypatch.setattr(database, "SETTINGS", (*quick, "synchronous=OFF"))


@pytest.fixture
def vault(tmp_path):
    return Vault.create(tmp_path / "vault", officer="asker", passphrase="p", work_factor=1)


@pytest.fixture
def catalog(vault):
    with Catalog.open(vault) as opened:
        opened.add_case(CASE)
        opened.add_case(OTHER)
        yield opened


@pytest.fixture
def second(vault, catalog):
    """The catalogue as another officer has it."""
    vault.add_officer("approver", "q", work_factor=1)
    with Catalog.open(Vault.unlock(vault.folder, "q")) as opened:
        yield opened


def said(what=What.EXCEPTION, text=WHY, clause="Housing 4.2", **more):
    return Said(what, text, clause if what is What.EXCEPTION else "", **more)


def passport(vault, catalog):
    stored = vault.compartment("c1").put(b"%PDF passport")
    document = Document("d1", "c1", "x.pdf", "application/pdf", 1, stored.name, "2026-11-01", State.FILED, person="p1")
    number = Field("document_number", "L898902C3", 0.99, Source("", 1, Box(0.1, 0.2, 0.3, 0.4), Method.OCR))
    catalog.add_document(document, [Record("passport", 0.99, (1,), (number,))])
    return stored.name


# --- what may stand in it


def test_an_exception_is_asked_for_and_approved_by_another(vault, catalog, second):
    asked = catalog.log.append("c1", said())
    assert (asked.number, asked.by, asked.clause, asked.alone) == (1, "asker", "Housing 4.2", False)
    assert standings(catalog.log.entries("c1")) == {1: Standing.OPEN}
    with pytest.raises(InputError, match="asked for by asker, who cannot approve it too") as refused:
        catalog.log.append("c1", said(What.APPROVAL, answers=1))
    assert "approver" in refused.value.remedy
    assert "Eriksson" not in str(refused.value)
    approved = second.log.append("c1", said(What.APPROVAL, "Within the budget.", answers=1))
    assert (approved.by, approved.clause, approved.alone) == ("approver", "Housing 4.2", False)
    assert standings(catalog.log.entries("c1")) == {1: Standing.APPROVED, 2: Standing.STANDS}
    assert [entry.text for entry in catalog.log.entries("c1")] == [WHY, "Within the budget."]
    assert catalog.verify().problems == ()


def test_the_only_officer_may_approve_and_it_is_said(catalog):
    catalog.log.append("c1", said())
    assert catalog.log.append("c1", said(What.APPROVAL, answers=1)).alone
    (clause,) = exceptions(catalog)
    assert clause.alone == 1


def test_an_answer_is_given_once_and_taken_back_by_a_withdrawal_only(catalog, second):
    catalog.log.append("c1", said())
    second.log.append("c1", said(What.REFUSAL, "No budget.", answers=1))
    for what in (What.APPROVAL, What.REFUSAL):
        with pytest.raises(InputError, match="is declined already"):
            second.log.append("c1", said(what, answers=1))
    with pytest.raises(InputError, match="answers another and stays"):
        second.log.append("c1", said(What.WITHDRAWAL, answers=2))
    catalog.log.append("c1", said(What.WITHDRAWAL, "Not needed any more.", answers=1))
    for what in (What.APPROVAL, What.WITHDRAWAL):
        with pytest.raises(InputError, match="withdrawn already"):
            second.log.append("c1", said(what, answers=1))
    entries = catalog.log.entries("c1")
    assert standings(entries) == {1: Standing.WITHDRAWN, 2: Standing.STANDS, 3: Standing.STANDS}
    assert [entry.what for entry in entries] == [What.EXCEPTION, What.REFUSAL, What.WITHDRAWAL]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (said(clause=""), "from a clause"),
        (said(text=" \n\x07 "), "says why"),
        (said(text="x" * (MOST_TEXT + 1)), "8001 characters"),
        (said(clause="x" * 121), "clause has 121"),
        (said(answers=1), "answers no entry"),
        (said(What.REFUSAL), "not said what the refusal is about"),
        (said(What.WITHDRAWAL), "not said what the withdrawal is about"),
        (said(What.APPROVAL), "waits for an answer: 2"),
        (said(What.APPROVAL, answers=1), "is no exception"),
        (said(What.REFUSAL, answers=9), "has no entry 9"),
    ],
)
def test_what_may_not_stand_there_is_refused_and_nothing_is_written(wrong, message):
    there = [Entry(1, "2026-11-01", "a", What.DECISION, "Yes."), Entry(2, "2026-11-01", "a", What.EXCEPTION, "x", "1")]
    with pytest.raises(InputError, match=message):
        entered(wrong, there, at="2026-11-02", by="b", officers=("a", "b"))


def test_an_approval_may_stand_for_itself_where_no_exception_waits(catalog):
    catalog.log.append("c1", said(What.APPROVAL, "The client agrees to the budget."))
    catalog.log.append("c1", said(What.WITHDRAWAL, "The client has changed its mind.", answers=1))
    assert standings(catalog.log.entries("c1"))[1] is Standing.WITHDRAWN


def test_no_case_no_log(catalog):
    with pytest.raises(UnknownNameError):
        catalog.log.append("c9", said())


def test_reprs_hide_what_was_said(catalog):
    words = said(text="Secret")
    entry = catalog.log.append("c1", words)
    assert "Secret" not in repr([words, entry])


# --- the evidence it rests on


def test_evidence_is_looked_up_and_kept_as_it_stood(vault, catalog):
    blob = passport(vault, catalog)
    names = ("d1", "principal.passport.document_number", "passport", "d1")
    entry = enter(catalog, "GM-1", said(What.DECISION, "We file on this."), names)
    document, fact, finding = entry.evidence
    assert (document.sort, document.name) == ("document", "d1")
    assert document.said == f"passport, sealed as {blob[:16]}"
    assert (fact.sort, fact.said) == ("fact", "L898902C3")
    assert (finding.sort, finding.name) == ("finding", "passport")
    assert finding.said.endswith("(p1)")
    assert catalog.log.entries("c1") == [entry]
    assert "L898902C3" not in repr(entry)


def test_evidence_that_the_case_does_not_have_is_refused(vault, catalog):
    passport(vault, catalog)
    for reference, name in (("GM-1", "nothing"), ("GM-2", "d1")):
        with pytest.raises(UnknownNameError):
            enter(catalog, reference, said(), [name])
    assert catalog.log.entries("c1") == catalog.log.entries("c2") == []


# --- what is noticed


def attack(vault, *statements):
    connection = sqlite3.connect(vault.folder / "catalog.db")
    connection.executescript("PRAGMA foreign_keys=OFF;" + ";".join(statements))
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_log SET sealed = (SELECT sealed FROM case_log WHERE number = 1) WHERE number = 2",
        "DELETE FROM case_log WHERE number = 3",
        "DELETE FROM case_log WHERE number = 2",
        "DELETE FROM case_log",
        "UPDATE case_log SET number = number + 10 WHERE number = 3",
        "UPDATE case_log SET case_id = 'c2' WHERE number = 3",
    ],
)
def test_a_removed_or_changed_entry_is_noticed(vault, catalog, statement):
    for text in ("One.", "Two.", "Three."):
        catalog.log.append("c1", said(What.NOTE, text))
    catalog.close()
    attack(vault, statement)
    with Catalog.open(vault) as again:
        with pytest.raises(TamperedError):
            again.log.entries("c1")
        with pytest.raises(TamperedError):
            exceptions(again)
        assert again.verify().problems


@pytest.mark.parametrize("number", [1, 2, 3])
def test_who_holds_the_key_cannot_take_an_entry_out_unnoticed(vault, catalog, number):
    for text in ("One.", "Two.", "Three."):
        catalog.log.append("c1", said(What.NOTE, text))
    rows = catalog._rows
    with rows.writing():
        rows.remove("case_log", rows.find("case_log", "number = ?", number))
    # All signatures and sums are sound now: the chain shows what is gone from the middle, the ledger from the end.
    if number < 3:
        with pytest.raises(TamperedError, match="removed or replaced"):
            catalog.log.entries("c1")
    assert any("removed or replaced" in problem for problem in catalog.log.problems())
    assert any("removed or replaced" in problem for problem in catalog.verify().problems)


def test_who_holds_the_key_cannot_rewrite_the_last_entry_unnoticed(vault, catalog):
    catalog.log.append("c1", said(What.NOTE, "One."))
    rows = catalog._rows
    (old,) = rows.find("case_log")
    with rows.writing():
        rows.remove("case_log", [old])
        rows.insert("case_log", {**{k: old[k] for k in ("case_id", "number", "previous")}, "sealed": b"another"})
    assert catalog.log.problems() == ["case log of c1: entries were removed or replaced since they were written"]


def test_the_catalogue_has_no_way_to_change_an_entry(catalog):
    public = [name for name in dir(catalog.log) if not name.startswith("_")]
    assert public == ["append", "cases", "entries", "problems"]


def test_it_is_sealed_and_goes_with_its_case(vault, catalog):
    catalog.log.append("c1", said())
    catalog.log.append("c2", said(clause="housing  4.2"))
    written = b"".join(path.read_bytes() for path in vault.folder.rglob("*") if path.is_file())
    for secret in (b"Eriksson", b"twins", b"Housing"):
        assert secret not in written
    assert [(each.clause, each.asked, each.cases) for each in exceptions(catalog)] == [("Housing 4.2", 2, 2)]
    catalog.forget_case("GM-1")
    assert [(each.clause, each.asked, each.cases) for each in exceptions(catalog)] == [("housing 4.2", 1, 1)]
    assert catalog.log.cases() == ["c2"]
    assert catalog.verify().problems == ()
    with Catalog.open(Vault.unlock(vault.folder, "p")) as again:
        assert again.log.cases() == ["c2"]
        assert again.verify().problems == ()
    events = [entry for entry in vault.ledger.entries() if entry["event"] == "log.entered"]
    assert [(entry["fact.case"], entry["fact.entry"], entry["by"]) for entry in events] == [
        ("c1", "exception", "asker"),
        ("c2", "exception", "asker"),
    ]


def test_a_kill_before_the_ledger_is_told_loses_nothing(vault, catalog, monkeypatch):
    monkeypatch.setattr("toolkit.catalog.pending.Pending.do", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        catalog.log.append("c1", said())
    monkeypatch.undo()
    with Catalog.open(vault) as again:
        assert len(again.log.entries("c1")) == 1
        assert again.log.problems() == []


def test_two_who_write_at_once_both_stand(vault, catalog, second):
    def write(number):
        (catalog, second)[number % 2].log.append("c1", said(What.NOTE, str(number)))
        return catalog.log.problems()

    with ThreadPoolExecutor(4) as several:
        # Who looks while another writes sees no problem in what is not told yet.
        assert list(several.map(write, range(24))) == [[]] * 24
    entries = second.log.entries("c1")
    assert [entry.number for entry in entries] == list(range(1, 25))
    assert sorted(int(entry.text) for entry in entries) == list(range(24))
    assert catalog.verify().problems == ()


def test_an_entry_that_the_ledger_was_never_told_of_is_noticed(vault, catalog):
    catalog.log.append("c1", said(What.NOTE, "One."))
    rows = catalog._rows
    (old,) = rows.find("case_log")
    with rows.writing():
        forged = {"case_id": "c1", "number": 2, "previous": catalog.log._link(old), "sealed": old["sealed"]}
        rows.insert("case_log", forged)
    assert catalog.log.problems("c1")
    assert catalog.log.problems("c2") == []
    assert catalog.log.problems()


# --- the verb


@pytest.fixture
def verb(vault, catalog, monkeypatch, capsys):
    """Run `mobility log WORDS` with a text on standard input, and return the exit code and the output."""

    def run(*words, text="", officer="asker"):
        monkeypatch.setenv("MOBILITY_PASSPHRASE", {"asker": "p", "approver": "q"}[officer])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        try:
            code = log.command.main([*words, "--vault", str(vault.folder)], standalone_mode=False)
        except (InputError, TamperedError, click.UsageError) as problem:
            return problem, capsys.readouterr().out
        return code or 0, capsys.readouterr().out

    return run


def test_the_verb_adds_shows_and_counts(vault, catalog, verb, tmp_path):
    passport(vault, catalog)
    (tmp_path / "why.txt").write_text(WHY, "utf-8")
    asked = ("GM-1", "--add", "exception", "--clause", "Housing 4.2", "--evidence", "d1")
    code, out = verb(*asked, "--from", str(tmp_path / "why.txt"))
    assert code == 0
    assert "mobility log GM-1 --add approval --to 1" in " ".join(out.split())
    vault.add_officer("approver", "q", work_factor=1)
    problem, _ = verb("GM-1", "--add", "approval", "--to", "1", "--from", "-", text="Fine.")
    assert isinstance(problem, InputError)
    code, out = verb(
        "GM-1", "--add", "approval", "--to", "1", "--from", "-", "--json", text="Fine.", officer="approver"
    )
    assert json.loads(out)["entry"]["by"] == "approver"
    code, out = verb("GM-1", "--json")
    shown = json.loads(out)
    assert [(each["number"], each["what"], each["standing"], each["to"]) for each in shown["entries"]] == [
        (1, "exception", "approved", None),
        (2, "approval", "stands", 1),
    ]
    assert shown["entries"][0]["evidence"][0]["name"] == "d1"
    assert shown["open"] == []
    code, out = verb("GM-1")
    assert "twins" in out
    assert "approver" in out
    code, out = verb("--exceptions", "--json")
    assert json.loads(out)["clauses"] == [
        {
            "clause": "Housing 4.2", "asked": 1, "open": 0, "approved": 1, "declined": 0, "withdrawn": 0,
            "by_only_officer": 0, "cases": 1,
        }
    ]  # fmt: skip
    code, out = verb("--exceptions")
    assert "1 exception by clause" in out


def test_the_verb_says_what_it_needs(verb, tmp_path):
    assert verb("GM-2") == (0, "The log of case GM-2 is empty.\n")
    assert verb("--exceptions") == (0, "No case has an exception.\n")
    (tmp_path / "latin.txt").write_bytes(b"M\xfcller")
    for words, text in (
        ((), "Name a case"),
        (("GM-1", "--exceptions"), "stands alone"),
        (("GM-1", "--clause", "4.2"), "Say what is added"),
        (("GM-1", "--add", "note"), "nobody to ask"),
        (("GM-1", "--add", "note", "--from", str(tmp_path / "none")), "cannot be read"),
        (("GM-1", "--add", "note", "--from", str(tmp_path / "latin.txt")), "not UTF-8"),
        (("GM-1", "--add", "note", "--from", "-"), "it is empty"),
        (("GM-9",), "no such case"),
    ):
        problem, _ = verb(*words)
        assert text in str(problem)


def test_no_text_is_taken_from_the_command_line():
    named = {option for parameter in log.command.params for option in parameter.opts}
    assert not named & {"--text", "--why", "--message", "-m", "--reason"}


def test_the_verb_asks_line_by_line_and_shows_what_is_answered(catalog, monkeypatch, capsys):
    catalog.log.append("c1", said())
    answers = iter(["Within the budget.", "They need two weeks.", ""])
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(answers))
    monkeypatch.setattr(log.sys, "stdin", type("Terminal", (), {"isatty": lambda self: True})())
    assert log._asked(catalog, "GM-1", 1) == "Within the budget.\nThey need two weeks."
    assert f"Entry 1, exception by asker, Housing 4.2: {WHY}" in capsys.readouterr().out
    with pytest.raises(UnknownNameError):
        log._asked(catalog, "GM-9", 0)


def test_a_damaged_log_is_not_shown(vault, catalog, verb):
    catalog.log.append("c1", said(What.NOTE, "One."))
    with catalog._rows.writing():
        catalog._rows.remove("case_log", catalog._rows.find("case_log"))
    problem, out = verb("GM-1")
    assert isinstance(problem, TamperedError)
    assert not out


def test_a_vault_from_before_there_were_logs_gets_them(tmp_path):
    golden = Path(__file__).parent / "vectors" / "vault-1"
    folder = tmp_path / "old"
    shutil.copytree(golden, folder)
    with Catalog.open(Vault.unlock(folder, "a specimen passphrase")) as opened:
        assert opened.log.entries("c1") == []
        opened.log.append("c1", said(What.NOTE, "Rang."))
        assert opened.verify().problems == ()


# --- two officers


@pytest.fixture
def add_officer(vault, catalog, monkeypatch, tmp_path):
    """Run `mobility vault officer WORDS` with a passphrase for the new one."""
    add = vault.add_officer
    monkeypatch.setattr(Vault, "add_officer", lambda self, name, new: add(name, new, work_factor=1))
    monkeypatch.setattr(unlock, "SHORTEST", 1)

    def run(*words, new="q", terminal=False):
        (tmp_path / "new.txt").write_text(new + "\n", "utf-8")
        file = [] if terminal else ["--new-passphrase-file", str(tmp_path / "new.txt")]
        monkeypatch.setenv("MOBILITY_PASSPHRASE", "p")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
        return officer.main([*words, *file, "--role", "lead", "--vault", str(vault.folder)], standalone_mode=False)

    return run


def test_an_officer_is_added_with_a_passphrase_of_her_own(vault, add_officer, capsys):
    add_officer("approver", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "officer": "approver",
        "role": "lead",
        "officers": ["approver", "asker"],
    }
    assert Vault.unlock(vault.folder, "q").officer == "approver"
    with pytest.raises(InputError, match="asker has this passphrase"):
        add_officer("third", new="p")
    with pytest.raises(InputError, match="new officer's passphrase is needed"):
        add_officer("third", terminal=True)
    assert vault.officers() == ["approver", "asker"]
