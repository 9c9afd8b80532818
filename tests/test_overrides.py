"""What goes on in spite of something says why, and the ledger is told before it is done; packets to counsel by name."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result
from test_pack import CASE

from toolkit import overrides, packet_recipients, shipped
from toolkit.case_file import read_case_file
from toolkit.catalog import Catalog
from toolkit.cli import pack as pack_verb
from toolkit.cli import pack_case
from toolkit.cli import write as write_verb
from toolkit.errors import IncompleteError, InputError, UnknownNameError
from toolkit.overrides import Overridden, Override
from toolkit.packet_verify import verify
from toolkit.template_folder import templates
from toolkit.write_meant import not_meant
from vault import OfficerKeys, Role, Vault, unseal

SAID = "correct horse battery staple"
WHY = "counsel asked for the draft"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Vault, OfficerKeys]:
    """A vault with a case of a long-term assignee, counsel, a specialist, and counsel who was removed."""
    folder = tmp_path_factory.mktemp("overrides") / "vault"
    vault = Vault.create(folder, officer="lead", passphrase=SAID, work_factor=1)
    case = read_case_file(shipped.folder("samples") / "cases" / "GM-2026-001.toml")
    with Catalog.open(vault) as catalog:
        catalog.add_case(replace(case, details={**case.details, "assignment.job_title": "Plant Manager"}))
        catalog.add_case(replace(case, id="second", reference="GM-2", details={**case.details, "assignment.type": ""}))
    found = {name: vault.office.new_keys(name) for name in ("counsel-one", "omar", "counsel-gone")}
    for name, keys in found.items():
        role = Role.SPECIALIST if name == "omar" else Role.COUNSEL
        vault.office.add(name, role, str(keys.identity.recipient), keys.public_signing)
    vault.office.remove("counsel-gone")
    (folder.parent / "secret").write_text(SAID, "utf-8")
    return vault, found["counsel-one"]


def ran(command, vault: Vault, *words: str) -> Result:
    unlocking = ["--vault", str(vault.folder), "--passphrase-file", str(vault.folder.parent / "secret")]
    return CliRunner().invoke(command, [*words, *unlocking], standalone_mode=False)


def told(vault: Vault, *events: str) -> list[dict]:
    return [dict(entry) for entry in vault.ledger.entries() if entry["event"] in events]


# -- who is counsel


def test_a_packet_is_sealed_to_counsel_by_name_and_the_ledger_names_her(made, tmp_path):
    vault, counsel = made
    before = len(told(vault, "packet.made"))
    words = ("GM-2026-001", "--incomplete", "--why", WHY, "--to", "counsel-one", "--out", str(tmp_path))
    done = ran(pack_verb.command, vault, *words)
    assert done.exception is None, done.exception
    (path,) = tmp_path.iterdir()
    with zipfile.ZipFile(io.BytesIO(unseal(path.read_bytes(), [counsel.identity]))) as archive:
        archive.extractall(tmp_path / "opened")
    assert verify(tmp_path / "opened" / "GM-2026-001-packet.manifest.json").problems == ()
    assert path.name == "GM-2026-001-packet.zip.age"
    entry = told(vault, "packet.made")[before]
    assert (entry["fact.to"], entry["fact.keys"]) == ("counsel-one", str(counsel.identity.recipient))


@pytest.mark.parametrize(
    ("name", "says", "remedy"),
    [
        ("nobody", "nobody of that name is on the vault's roll", "Counsel on the roll: counsel-one."),
        ("counsel-gone", "was removed from the vault", "counsel-one"),
        ("omar", "that officer is specialist, and packets are sealed to counsel", "counsel-one"),
        ("lead", "that officer is lead", "counsel-one"),
    ],
)
def test_whoever_is_not_counsel_on_the_roll_is_refused_with_a_remedy(made, name, says, remedy):
    with pytest.raises(UnknownNameError, match=says) as caught:
        packet_recipients.recipients(made[0], [name])
    assert remedy in caught.value.remedy and "age1" in caught.value.remedy


def test_keys_and_names_of_one_recipient_are_sealed_to_once(made):
    vault, counsel = made
    found = packet_recipients.recipients(vault, [str(counsel.identity.recipient), "counsel-one", "counsel-one"])
    assert [str(each.key) for each in found] == [str(counsel.identity.recipient)]
    with pytest.raises(InputError, match="neither"):
        packet_recipients.check(["age1x"])


def test_the_first_format_has_no_roll_to_ask(made, monkeypatch):
    monkeypatch.setattr(made[0].parts, "roll", None)
    with pytest.raises(InputError, match="no roll that says who is counsel") as caught:
        packet_recipients.recipients(made[0], ["counsel-one"])
    assert "vault upgrade" in caught.value.remedy


# -- why


def test_an_incomplete_packet_is_an_override_told_before_it_is_made(made, tmp_path, monkeypatch):
    vault, _ = made
    before = len(told(vault, "override.packet-incomplete"))

    def broken(*_, **__):
        raise InputError("stopped while binding")

    monkeypatch.setattr(pack_case, "compile_packet", broken)
    done = ran(pack_verb.command, vault, "GM-2026-001", "--incomplete", "--why", WHY, "--out", str(tmp_path))
    assert "stopped while binding" in str(done.exception)
    entry = told(vault, "override.packet-incomplete")[before]
    assert (entry["by"], entry["fact.why"]) == ("lead", WHY) and int(entry["fact.open"]) > 0 and entry["at"]
    with Catalog.open(vault) as catalog:
        assert entry["fact.case"] == catalog.case("GM-2026-001").id


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--incomplete"], "It is not said why"),
        (["--why", WHY], "nothing is"),
        (["--incomplete", "--why", "two\nlines"], "one line"),
        (["--incomplete", "--why", "x" * 201], "at most 200"),
    ],
)
def test_without_a_why_nothing_is_overridden(made, words, says):
    done = ran(pack_verb.command, made[0], "GM-2026-001", *words)
    assert isinstance(done.exception, InputError) and says in str(done.exception)


def test_a_why_that_names_somebody_of_the_case_is_refused_and_not_written(made, tmp_path):
    vault, _ = made
    with Catalog.open(vault) as catalog:
        person = catalog.case("GM-2026-001").people[0]
    before = len(list(vault.ledger.lines()))
    why = f"waiting for {person.surname.upper()}'s degree"
    done = ran(pack_verb.command, vault, "GM-2026-001", "--incomplete", "--why", why, "--out", str(tmp_path))
    assert isinstance(done.exception, InputError) and "holds a name" in str(done.exception)
    assert person.surname not in str(done.exception)
    assert not any(person.surname.encode() in line for line in [*vault.ledger.lines()][before:])


def test_a_date_of_birth_is_refused_too_and_a_word_that_holds_a_name_is_not():
    person = replace(CASE.people[0], given_names="Ann Li", birth_date="1990-05-03")
    case = replace(CASE, people=(person,))
    overrides.check_impersonal("planned for the annual review", case)
    with pytest.raises(InputError, match="the date of birth"):
        overrides.check_impersonal("waiting since 03.05.1990", case)


def test_several_are_told_together_or_not_at_all(made):
    vault, _ = made
    there = len(told(vault, "override.letter-unsure"))
    two = [Overridden(Override.LETTER_UNSURE, replace(CASE, id=each), {"template": "note"}) for each in ("c1", "c2")]
    with pytest.raises(InputError, match="holds a name"):
        overrides.tell(vault, two, f"for {CASE.people[0].surname}")
    overrides.tell(vault, two, WHY)
    assert [each["fact.case"] for each in told(vault, "override.letter-unsure")[there:]] == ["c1", "c2"]
    overrides.tell(vault, [], WHY)


# -- letters for another type of assignment


def test_a_letter_for_another_type_is_asked_about_and_nothing_is_lost(made, tmp_path):
    vault, _ = made
    out = ("--out", str(tmp_path), "--no-pdf")
    done = ran(write_verb.command, vault, "GM-2026-001", "commuter-assignment-letter", *out)
    assert isinstance(done.exception, IncompleteError)
    assert "is for assignments of the type commuter, and the case is of the type long-term" in done.exception.message
    assert "--other-type" in done.exception.remedy and not list(tmp_path.glob("*.docx"))
    words = ("--all", "relocation-guide", "l-1-support-letter", "business-trip-invitation", *out, "--json")
    done = ran(write_verb.command, vault, *words)
    said = json.loads(done.output)
    assert (said["asked"], done.return_value) == (3, 5)
    asked = {
        (each["case"], each["template"]): each["reason"] for each in said["letters"] if each["outcome"] == "asked about"
    }
    assert set(asked) == {
        ("GM-2026-001", "business-trip-invitation"), ("GM-2", "business-trip-invitation"), ("GM-2", "relocation-guide"),
    }  # fmt: skip
    assert "does not say of which type" in asked["GM-2", "relocation-guide"]
    assert (tmp_path / "GM-2026-001-relocation-guide.docx").is_file()
    shown = ran(write_verb.command, vault, *words[:-1]).output
    assert "asked about" in shown and ", 3 asked about, " in shown


def test_with_why_it_is_written_and_the_ledger_knows(made, tmp_path):
    vault, _ = made
    words = ("GM-2", "relocation-checklist", "business-trip-invitation", "--other-type", "--out", str(tmp_path))
    done = ran(write_verb.command, vault, *words, "--no-pdf")
    assert "It is not said why you go on all the same (--other-type)" in str(done.exception)
    why = "the type is agreed and not signed"
    done = ran(write_verb.command, vault, *words, "--no-pdf", "--why", why)
    # The invitation lacks facts and is not written, so that nothing was overridden with it.
    assert [path.name for path in tmp_path.glob("*.docx")] == ["GM-2-relocation-checklist.docx"]
    (entry,) = told(vault, "override.letter-other-type")
    assert (entry["fact.template"], entry["fact.why"]) == ("relocation-checklist", why)
    assert ran(write_verb.command, vault, *words, "--no-pdf", "--why", why).return_value == 5  # kept: not told again
    assert len(told(vault, "override.letter-other-type")) == 1


@pytest.mark.parametrize(
    ("route", "kind", "template", "says"),
    [
        ("us/l-1a", "Long Term", "long-term-assignment-letter", ""),
        ("us/l-1a", "longterm", "long-term-assignment-letter", "Is long-term meant?"),
        ("gb/skilled-worker", "long-term", "l-1-support-letter", "the case's route is gb/skilled-worker"),
        ("", "long-term", "l-1-support-letter", "the case has no route"),
        ("fr/eu-blue-card", "", "eu-blue-card-support-letter", ""),
        ("us/l-1a", "", "policy-summary", ""),
        ("us/l-1a", "rotational", "assignment-extension-letter-fr", ""),
        ("us/l-1a", "localisation", "assignment-extension-letter-fr", "rotational and extended-business-trip"),
    ],
)
def test_a_template_says_for_which_cases_it_is(route, kind, template, says):
    found = not_meant(templates(None)[template], replace(CASE, route=route, details={"assignment.type": kind}))
    assert (found is None) == (says == "")
    assert found is None or says in found.reason


def test_every_route_a_template_names_is_one_of_the_toolkit():
    routes = {path.relative_to(shipped.folder("forms")).with_suffix("").as_posix()
              for path in shipped.folder("forms").glob("*/*.toml")}  # fmt: skip
    named = {each for template in templates(None).values() for each in template.routes if "*" not in each}
    assert named and named <= routes
