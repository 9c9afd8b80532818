"""What the verbs of `mobility case` say and do beyond what the catalogue's own tests show."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from toolkit import cli
from toolkit.case_file import read_case_file
from toolkit.catalog import Catalog
from toolkit.checklist import answers
from toolkit.cli.case import _slips
from toolkit.model import Case, Person
from vault import Vault

CASE = Case("c1", "GM-1", "us/l-1a", (Person("p1", "principal", "Example", "Ada"),), {})
Verb = Callable[..., int]


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    vault = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    with Catalog.open(vault) as opened:
        opened.add_case(CASE)
        yield opened


@pytest.fixture
def verb(tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> Verb:
    """Run `mobility WORDS` on the vault and return its exit code."""

    def run(*words: str) -> int:
        monkeypatch.setenv("MOBILITY_PASSPHRASE", "p")
        with pytest.raises(SystemExit) as end:
            cli.main([*words, "--vault", str(tmp_path / "vault")])
        return int(str(end.value.code))

    return run


def test_forgetting_says_that_the_submissions_have_to_go_too(verb: Verb, capsys: pytest.CaptureFixture[str]) -> None:
    assert verb("case", "forget", "--help") == 0
    assert "take" in capsys.readouterr().out.split("submissions themselves too")[1]
    assert verb("case", "forget", "GM-1", "--yes", "--json") == 0
    assert "Delete the submissions themselves" in json.loads(capsys.readouterr().out)["next_step"]


def test_a_question_is_put_again_to_the_reader(
    verb: Verb, catalog: Catalog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "broken.pdf").write_bytes(b"%PDF-1.7 cut")
    assert verb("intake", str(tmp_path / "inbox"), "--json") == 0
    (outcome,) = json.loads(capsys.readouterr().out)["outcomes"]
    assert verb("settle", outcome["document"], "--retry", "--json") == 0
    again = json.loads(capsys.readouterr().out)
    assert again["reconciliation"] == "1 in = 0 filed + 0 asked + 1 quarantined"
    assert again["outcomes"][0]["document"] == outcome["document"]
    assert verb("settle", outcome["document"], "--retry", "--kind", "degree") == 2
    assert "stands alone" in capsys.readouterr().err
    assert verb("settle", outcome["document"], "--kind", "degree") == 2
    assert f"mobility settle {outcome['document']} --retry" in capsys.readouterr().err.replace("\n", " ")


@pytest.mark.parametrize(
    ("data", "ending"),
    [(b"%PDF-1.7 cut", ".pdf"), (b"<html><script>x</script></html>", ".bin"), (b"MZ\x90\0" * 9, ".bin")],
)
def test_an_original_is_handed_out_as_it_was_sent(
    verb: Verb, catalog: Catalog, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, ending: str
) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "Ada Example.exe").write_bytes(data)
    verb("intake", str(tmp_path / "inbox"), "--json")
    (outcome,) = json.loads(capsys.readouterr().out)["outcomes"]
    assert outcome["state"] == "quarantined"
    assert verb("case", "original", outcome["document"], "--out", str(tmp_path / "look"), "--json") == 0
    file = Path(json.loads(capsys.readouterr().out)["file"])
    assert file == tmp_path / "look" / f"{outcome['document']}{ending}"
    assert file.read_bytes() == data
    assert file.stat().st_mode & 0o077 == 0
    last = list(catalog._vault.ledger.entries())[-1]
    assert (last["event"], last["fact.document"]) == ("document.handed-out", outcome["document"])
    assert not catalog.verify().problems
    assert verb("case", "original", "nothing", "--out", str(tmp_path / "look")) == 2


def test_several_papers_take_one_answer_and_one_that_cannot_stops_no_other(
    verb: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "broken.pdf").write_bytes(b"%PDF-1.7 cut")
    for name in ("a", "b"):
        (tmp_path / "inbox" / f"{name}.txt").write_text(f"milk, bread, lemons and a newspaper for {name}\n" * 5)
    assert verb("intake", str(tmp_path / "inbox"), "--json") == 0
    outcomes = json.loads(capsys.readouterr().out)["outcomes"]
    ids = [outcome["document"] for outcome in outcomes]
    answer = ("--case", "GM-1", "--person", "principal", "--kind", "unknown", "--json")
    assert verb("settle", *ids, *answer) == 2
    answers = {each["document"]: each for each in json.loads(capsys.readouterr().out)}
    assert [bool(answers[o["document"]]["error"]) for o in outcomes] == [o["state"] == "quarantined" for o in outcomes]
    assert sum(each["case"] == "GM-1" for each in answers.values()) == 2


@pytest.mark.parametrize("file", sorted((Path(__file__).parent.parent / "samples" / "cases").glob("*.toml")), ids=str)
def test_what_a_letter_or_form_asks_for_is_no_slip(file):
    case = read_case_file(file)
    assert _slips(case, case.details) == []
    asked = max(answers(case.route), key=len)
    assert [asked in said for said in _slips(case, [asked[:-1]])] == [True]
