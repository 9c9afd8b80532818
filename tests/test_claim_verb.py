"""`mobility claim` on a vault: the files it writes, what is stated by file, and what it says of a wrong file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.specimens import e_invoices as drawn
from toolkit import cli, per_diem, rates_stated
from toolkit.catalog import Catalog
from toolkit.claim_stated import stated
from toolkit.model import Case, Person
from vault import Vault

CASE = Case("c1", "GM-1", "de/eu-blue-card", (Person("p1", "principal", "Example", "Ada"),), {})
Verb = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault with one case and two invoices in it."""
    place = tmp_path_factory.mktemp("claim")
    vault = Vault.create(place / "vault", officer="o", passphrase="p", work_factor=1)
    with Catalog.open(vault) as opened:
        opened.add_case(CASE)
    (place / "in" / "GM-1").mkdir(parents=True)
    (place / "in" / "GM-1" / "one.xml").write_bytes(drawn.fattura())
    (place / "in" / "GM-1" / "two.xml").write_bytes(drawn.ubl())
    return place


@pytest.fixture
def verb(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Verb:
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
    return run


def test_the_six_files_are_written_and_the_manifest_is_true_of_them(verb: Verb, tmp_path: Path) -> None:
    told = json.loads(verb("claim", "GM-1", "--currency", "EUR", "--out", str(tmp_path), "--json")[1])
    files = [Path(each) for each in told["files"]]
    ends = ["claim.xlsx", "claim.pdf", "claim-lines.csv", "claim-payroll.csv", "claim.json", "claim-manifest.json"]
    assert [each.name for each in files] == [f"GM-1-{end}" for end in ends]
    manifest = json.loads(files[-1].read_text("utf-8"))
    for each in manifest["files"]:
        assert hashlib.sha256((tmp_path / each["file"]).read_bytes()).hexdigest() == each["sha256"]
    originals = {hashlib.sha256(data).hexdigest() for data in (drawn.fattura(), drawn.ubl())}
    assert {each["sha256_original"] for each in manifest["receipts"]} == originals
    assert told["payable"] == told["total"] and told["proof"] == []


def test_what_is_stated_by_file_comes_into_the_claim(verb: Verb, tmp_path: Path) -> None:
    stated, table = tmp_path / "stated.toml", tmp_path / "bmf.csv"
    stated.write_text(
        'purpose = "Start-up"\nemployee = "7"\nproof = ["de"]\n[[trip]]\nscheme = "de"\ndepart = 2026-03-02\n'
        'back = 2026-03-04\nstop = [{from = 2026-03-02, country = "MAC"}]\n',
        "utf-8",
    )
    words = ("claim", "GM-1", "--currency", "EUR", "--out", str(tmp_path), "--stated", str(stated))
    said = " ".join(verb(*words)[1].split())
    assert "3 days of allowance open, and in no sum: no rate known for Macao on 2026-03-02" in said
    table.write_text(
        "scheme,from,to,currency,source,country,place,day,part\nde,2026-01-01,2026-12-31,EUR,a letter,MAC,,58,39\n",
        "utf-8",
    )
    told = json.loads(verb(*words, "--per-diem", str(table), "--json")[1])
    assert told["allowances"] == "136.00" and {each["employee"] for each in told["payroll"]} == {"7"}
    assert {each["rules"] for each in told["proof"]} == {"de"}


def test_the_files_that_the_guide_shows_are_read_as_they_stand(tmp_path: Path) -> None:
    guide = (Path(__file__).parent.parent / "docs" / "guides" / "claim-expenses.md").read_text("utf-8")
    blocks = re.findall(r"```(toml|csv)\n(.*?)```", guide, re.DOTALL)
    read = {"stated": 0, "rates": 0, "per_diem": 0}
    for number, (kind, text) in enumerate(blocks):
        path = tmp_path / f"{number}.{kind}"
        path.write_text(text, "utf-8")
        if text.startswith("scheme"):
            read["per_diem"] += len(per_diem.read(path))
        elif kind == "csv":
            read["rates"] += len(rates_stated.read(path).rows)
        elif "[categories]" not in text:
            read["stated"] += bool(stated({}, path))
    assert read == {"stated": 2, "rates": 1, "per_diem": 1}


@pytest.mark.parametrize(
    ("option", "text", "code", "said"),
    [
        ("--stated", "purpos = 'x'", 3, "unknown field `purpos`"),
        ("--per-diem", "scheme = 'de'", 3, "missing required field"),
        ("--rates", "a,b\n", 3, "the columns are from,to,currency,base,rate,source"),
        ("--stated", "[[line]]\ndocument = 'nope'", 2, "no receipt nope"),
    ],
)
def test_a_wrong_file_is_refused_in_words(
    verb: Verb, tmp_path: Path, option: str, text: str, code: int, said: str
) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, "utf-8")
    done, told = verb("claim", "GM-1", "--currency", "EUR", "--out", str(tmp_path), option, str(path))
    assert done == code and said in " ".join(told.split())


def test_a_policy_that_is_not_there_is_named(verb: Verb, tmp_path: Path) -> None:
    done, told = verb("claim", "GM-1", "--currency", "EUR", "--out", str(tmp_path), "--clauses", "nordlich")
    assert done == 2 and "Is nordlicht meant?" in told
    held = json.loads(
        verb("claim", "GM-1", "--currency", "EUR", "--out", str(tmp_path), "--clauses", "nordlicht", "--json")[1]
    )
    assert held["exceptions"], "the case does not say its tier: that is asked"
