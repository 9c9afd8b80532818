"""`mobility fill` and `mobility questionnaire` over a vault: files, JSON, exit codes, and what never shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from form_paper import form as paper
from forms_case import whole_case

from toolkit import acroform
from toolkit.catalog import Catalog
from toolkit.cli import fill, questionnaire
from toolkit.errors import InputError, UnknownNameError
from vault import Vault

Verb = Callable[..., Result]

FORM = """
form = "X-1"
title = "A form"
authority = "Nobody"
source = "https://example.org/x-1"
checked = 2026-11-26
signed_by = ["employer"]

[[editions]]
edition = "01/01/26"
sha256 = "{sha256}"

[[parts]]
name = "Part 1"
about = "principal"
entries = [
  {{ field = "Surname", fact = "person.surname", item = "1" }},
  {{ field = "Short", fact = "person.hobby", item = "2" }},
]
"""


@pytest.fixture
def verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Verb:
    vault = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    with Catalog.open(vault) as catalog:
        catalog.add_case(whole_case())
    blank = paper()
    (tmp_path / "blank.pdf").write_bytes(blank)
    definition = tmp_path / "forms" / "us" / "x-1" / "form.toml"
    definition.parent.mkdir(parents=True)
    definition.write_text(FORM.format(sha256=hashlib.sha256(blank).hexdigest()), "utf-8")

    def run(command: click.Command, *words: str) -> Result:
        monkeypatch.setenv("MOBILITY_PASSPHRASE", "p")
        where = ["--vault", str(tmp_path / "vault"), "--out", str(tmp_path / "out")]
        return CliRunner().invoke(command, [*words, *where], standalone_mode=False)

    return run


def test_a_form_is_written_and_what_is_open_is_told(verb: Verb, tmp_path: Path) -> None:
    words = ("GM-2027-104", str(tmp_path / "forms/us/x-1/form.toml"), "--blank", str(tmp_path / "blank.pdf"))
    done = verb(fill.command, *words, "--json")
    assert done.exception is None
    assert done.return_value == 5
    said = json.loads(done.stdout)
    assert said["filled"] == ["Surname"]
    assert (said["read_back"], said["complete"], said["edition"]) == (1, False, "01/01/26")
    assert [(each["fact"], each["why"]) for each in said["asked"]] == [("principal.hobby", "missing")]
    path = Path(said["file"])
    assert path.name == "GM-2027-104-x-1-principal.pdf"
    assert path.stat().st_mode & 0o077 == 0
    assert acroform.inspect(path.read_bytes()).get("Surname").value == "Grünwaldt"
    # What is filled in stands in the file alone.
    assert "Grünwaldt" not in done.stdout
    spouse = json.loads(verb(fill.command, *words, "--person", "spouse", "--json").stdout)
    assert acroform.inspect(Path(spouse["file"]).read_bytes()).get("Surname").value == "Østervang"
    shown = " ".join(verb(fill.command, *words).stdout.split())
    assert "principal.hobby" in shown
    assert "It is a draft: check it, then sign it by hand." in shown
    assert "Grünwaldt" not in shown


def test_another_blank_and_other_mistakes_say_what_to_do(verb: Verb, tmp_path: Path) -> None:
    form = str(tmp_path / "forms/us/x-1/form.toml")
    other = tmp_path / "other.pdf"
    other.write_bytes(paper(listed=False))
    refused = verb(fill.command, "GM-2027-104", form, "--blank", str(other)).exception
    assert isinstance(refused, InputError)
    assert "--edition-unknown" in str(refused)
    words = ("GM-2027-104", form, "--blank", str(other), "--edition-unknown", "--json")
    assert "not said why" in str(verb(fill.command, *words).exception)
    said = json.loads(verb(fill.command, *words, "--why", "the new edition has the same fields").stdout)
    assert "not checked" in said["findings"][0]
    told = [each for each in Vault.unlock(tmp_path / "vault", "p").ledger.entries() if "override" in each["event"]]
    assert [(each["fact.why"], each["fact.form"]) for each in told] == [("the new edition has the same fields", "X-1")]
    missing = verb(fill.command, "GM-2027-104", form, "--blank", str(tmp_path / "no.pdf")).exception
    assert isinstance(missing, InputError)
    nobody = verb(fill.command, "GM-2027-104", form, "--blank", str(tmp_path / "blank.pdf"), "--person", "child")
    assert isinstance(nobody.exception, UnknownNameError)
    assert "principal, spouse" in str(nobody.exception)
    assert isinstance(verb(fill.command, "GM-2027-104").exception, click.UsageError)


def test_the_forms_there_are_are_listed(verb: Verb) -> None:
    listed = json.loads(verb(fill.command, "--list", "--json").stdout)
    assert {"us/g-28", "us/i-129", "us/i-9", "us/i-907", "us/w-4"} <= set(listed)
    assert listed["us/g-28"]["source"].startswith("https://www.uscis.gov/")


def test_a_questionnaire_is_written_for_one_person(verb: Verb) -> None:
    done = verb(questionnaire.command, "GM-2027-104", "--person", "spouse", "--language", "fr", "--json")
    assert done.exception is None
    said = json.loads(done.stdout)
    assert (said["language"], said["person"]) == ("fr", "spouse")
    assert {"surname", "birth_city"} <= set(said["filled"])
    path = Path(said["file"])
    assert path.name == "GM-2027-104-questionnaire-spouse-fr.pdf"
    assert path.stat().st_mode & 0o077 == 0
    assert acroform.inspect(path.read_bytes()).get("birth_city").value == "Bergen"
    assert "Østervang" not in done.stdout


def test_a_language_nobody_wrote_is_said(verb: Verb) -> None:
    done = verb(questionnaire.command, "GM-2027-104", "--language", "pl", "--json")
    assert json.loads(done.stdout)["language"] == "en"
    assert "no wording in the language pl" in verb(questionnaire.command, "GM-2027-104", "--language", "pl").output
    nobody = verb(questionnaire.command, "GM-2027-104", "--person", "child")
    assert isinstance(nobody.exception, UnknownNameError)


def test_the_tag_of_two_people_differs_and_names_nobody(verb: Verb) -> None:
    tags = []
    for role in ("principal", "spouse", "principal"):
        said = json.loads(verb(questionnaire.command, "GM-2027-104", "--person", role, "--json").stdout)
        data = Path(said["file"]).read_bytes()
        with acroform.opened(data) as pdf:
            mark = json.loads(pdf.attachments["mobility-questionnaire.json"].get_file().read_bytes())
        tags.append(mark["tag"])
    assert tags[0] == tags[2] != tags[1]
    assert all(len(tag) == 64 for tag in tags)
