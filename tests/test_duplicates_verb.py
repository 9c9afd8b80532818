"""`mobility duplicates` and `mobility claim` on a vault: what is asked, what a person's word changes, what is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.specimens import e_invoices as drawn
from tests.test_likeness import paper
from toolkit import cli
from toolkit.catalog import Catalog
from toolkit.cli import duplicates
from toolkit.likeness import compare
from toolkit.model import Case, Person
from toolkit.receipts_filed import Relations
from vault import Vault

CASES = [Case(f"c{n}", f"GM-{n}", "us/l-1a", (Person("p1", "principal", f"Example{n}", "Ada"),), {}) for n in (1, 2)]
Verb = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault with two cases: in the first an invoice three times over, a copy of one, and two empty files."""
    place = tmp_path_factory.mktemp("duplicates")
    vault = Vault.create(place / "vault", officer="o", passphrase="p", work_factor=1)
    with Catalog.open(vault) as opened:
        for case in CASES:
            opened.add_case(case)
    first, second = place / "in" / "GM-1", place / "in" / "GM-2"
    first.mkdir(parents=True)
    second.mkdir()
    for number in range(3):
        (first / f"{number}.xml").write_bytes(drawn.fattura() + b"\n" * number)
    (first / "copy.xml").write_bytes(drawn.fattura())
    for name in ("empty.xml", "empty too.xml"):
        (first / name).write_bytes(b"")
    (first / "other.xml").write_bytes(drawn.ubl())
    (second / "elsewhere.xml").write_bytes(drawn.ubl() + b"\n")
    return place


@pytest.fixture
def verb(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Verb]:
    """Run `mobility WORDS` on the vault; return its exit code and what it said."""

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setenv("MOBILITY_PASSPHRASE", "p")
        with pytest.raises(SystemExit) as end:
            cli.main([*words, "--vault", str(folder / "vault")])
        said = capsys.readouterr()
        return int(str(end.value.code)), said.out + said.err

    if not (folder / "done").exists():
        assert run("intake", str(folder / "in"), "--jobs", "1")[0] == 0
        (folder / "done").touch()
    yield run


def test_an_invoice_three_times_over_is_two_questions_and_its_copies_are_named(verb: Verb) -> None:
    told = json.loads(verb("duplicates", "GM-1", "--json")[1])
    assert [pair["asked"] for pair in told["pairs"]] == [True, True, False]
    assert {pair["degree"] for pair in told["pairs"]} == {"likely"}
    # The two empty files are copies too, but no receipts.
    assert len(told["copies"]) == 1
    assert [each["case"] for each in told["elsewhere"]] == ["GM-2"]
    said = " ".join(verb("duplicates", "GM-1")[1].split())
    assert "are probably the same receipt" in said and "2 questions to answer." in said
    assert "1 more pair of these papers" in said and "is filed in case GM-2 too" in said


def test_a_persons_word_changes_what_is_counted_and_can_be_taken_back(verb: Verb, tmp_path: Path) -> None:
    def lines() -> int:
        return json.loads(verb("claim", "GM-1", "--currency", "EUR", "--out", str(tmp_path), "--json")[1])["lines"]

    pairs = json.loads(verb("duplicates", "GM-1", "--json")[1])["pairs"]
    assert lines() == 2
    keep = [word for pair in pairs for word in ("--keep", *pair["papers"])]
    assert "You said that these are two expenses" in " ".join(verb("duplicates", "GM-1", *keep)[1].split())
    assert lines() == 4
    same = [word for pair in pairs for word in ("--same", *pair["papers"])]
    assert "You said so" in verb("duplicates", "GM-1", *same)[1]
    assert lines() == 2


def test_a_paper_that_the_case_does_not_have_is_named(verb: Verb) -> None:
    code, said = verb("duplicates", "GM-1", "--same", "nothing", "at-all")
    assert code == 2 and "no receipt nothing" in said and "mobility duplicates GM-1" in said


def test_looking_again_compares_the_originals(verb: Verb) -> None:
    code, said = verb("duplicates", "GM-1", "--look", "--json")
    assert code == 0 and len(json.loads(said)["pairs"]) == 3


def test_fifty_tickets_of_one_fare_do_not_fill_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    tickets = [paper(f"d{n:02d}", number=f"{10_000 + n}", time=f"{n % 12:02d}:30") for n in range(50)]
    found = Relations(compare(tickets), (), ())
    rows = [duplicates.pair_row(each, {}, True) for each in found.among]
    duplicates.show("GM-1", rows, found, {each.key: "a ticket" for each in tickets})
    said = capsys.readouterr().out
    assert said.count("may be the same receipt") == 20
    assert "1205 more pairs that may be one expense" in " ".join(said.split())


def test_a_case_without_receipts_has_none(verb: Verb) -> None:
    assert "No two receipts of GM-2" not in verb("duplicates", "GM-2")[1]  # one is filed in the other case too
    assert verb("claim", "GM-3", "--currency", "EUR")[0] == 2
