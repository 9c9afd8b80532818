"""A person cuts a scan: the documents of it are filed anew, and neither a page nor a person's word is lost."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from tests.specimens.cast import cast
from tests.test_parted import CASE, FIRST, SECOND, family
from toolkit import cli
from toolkit.catalog import Catalog
from toolkit.correcting import correct, paper_of, records_of
from toolkit.cutting import cut, cut_of
from toolkit.errors import InputError
from toolkit.intake import Intake
from toolkit.model import Document, State
from toolkit.settling import settle
from vault import Vault

STRANGER = cast().person["celikhan"]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[tuple[Vault, Catalog, str]]:
    """A vault with one scan of three passports: two people of the case, and somebody nobody knows."""
    vault = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    vault.new_compartment("inbox")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "family.pdf").write_bytes(family(FIRST, SECOND, STRANGER))
    with Catalog.open(vault) as catalog:
        catalog.add_case(CASE)
        with Intake(vault, catalog, jobs=1) as intake:
            pile, *_ = intake.folder(tmp_path / "in", case=CASE).outcomes
        yield vault, catalog, pile.document


def pages_of(vault: Vault, document: Document) -> int:
    with pikepdf.open(io.BytesIO(vault.compartment(document.case).get(document.sha256_sealed))) as read:
        return len(read.pages)


def test_a_scan_is_cut_into_its_documents_and_each_goes_to_its_person(kept: tuple[Vault, Catalog, str]) -> None:
    vault, catalog, pile = kept
    found = cut_of(vault, catalog, pile)
    assert (found.pages, found.blank) == (3, ())
    assert [(part.pages, part.person, part.state) for part, _ in found.parts] == [
        ((1,), "p1", State.FILED),
        ((2,), "p2", State.FILED),
        ((3,), "", State.ASKED),
    ]
    assert [pages_of(vault, part) for part, _ in found.parts] == [1, 1, 1]
    assert pages_of(vault, catalog.document(pile)) == 3, "the scan stays as it came"
    assert cut_of(vault, catalog, found.parts[1][0].id) == found, "asked of any part, it tells of the whole"


def test_what_stays_the_same_keeps_its_word_and_what_changes_is_read_anew(kept: tuple[Vault, Catalog, str]) -> None:
    vault, catalog, pile = kept
    first, second, third = (part for part, _ in cut_of(vault, catalog, pile).parts)
    correct(catalog, paper_of(catalog, first.id), {"birth_place": "KLAGENFURT"})
    made = cut(vault, catalog, pile, ["1", "2-3"])
    assert [part.pages for part, _ in made.parts] == [(1,), (2, 3)]
    assert made.parts[0][0] == catalog.document(first.id), "untouched"
    [record] = records_of(catalog, catalog.document(first.id))
    assert record.get("birth_place").value == "KLAGENFURT"  # type: ignore[union-attr]
    for gone in (second, third):
        assert gone.id not in {each.id for each in catalog.documents()}
    assert pages_of(vault, made.parts[1][0]) == 2
    assert catalog.verify().problems == ()


def test_a_wrong_cut_is_mended_and_a_persons_word_goes_with_its_page(kept: tuple[Vault, Catalog, str]) -> None:
    vault, catalog, pile = kept
    second = cut_of(vault, catalog, pile).parts[1][0]
    correct(catalog, paper_of(catalog, second.id), {"birth_place": "TROMSOE"})
    whole = cut(vault, catalog, pile, ["1-3"])
    assert whole.parts == ()
    records = records_of(catalog, whole.file)
    said = [*(f for r in records for f in (*r.fields, *r.rejected) if f.value == "TROMSOE")]
    assert said, "asked for again at worst, never gone"
    again = cut(vault, catalog, pile, ["1", "2", "3"])
    assert [part.person for part, _ in again.parts] == ["p1", "p2", ""]
    assert records_of(catalog, again.file) == ()
    words = [f.value for part, _ in again.parts for r in records_of(catalog, part) for f in (*r.fields, *r.rejected)]
    assert "TROMSOE" in words
    assert catalog.verify().problems == ()


def test_a_blank_sheet_that_is_in_no_document_need_not_be_named(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    vault.new_compartment("inbox")
    with pikepdf.open(io.BytesIO(family(FIRST, SECOND, STRANGER))) as scan:
        with pikepdf.new() as sheet:
            sheet.add_blank_page()
            scan.pages.insert(1, sheet.pages[0])
        (tmp_path / "in").mkdir()
        scan.save(tmp_path / "in" / "family.pdf")
    with Catalog.open(vault) as catalog:
        catalog.add_case(CASE)
        with Intake(vault, catalog, jobs=1) as intake:
            pile, *_ = intake.folder(tmp_path / "in", case=CASE).outcomes
        assert cut_of(vault, catalog, pile.document).blank == (2,)
        made = cut(vault, catalog, pile.document, ["1", "3-4"])
        assert ([part.pages for part, _ in made.parts], made.blank) == ([(1,), (3, 4)], (2,))
        with pytest.raises(InputError, match=r"Nothing is said of page 3"):
            cut(vault, catalog, pile.document, ["1", "4"])
        assert cut(vault, catalog, pile.document, ["1-2", "3", "4"]).blank == ()
        assert cut(vault, catalog, pile.document, ["1", "3", "4"], none="2").blank == (2,)
        made = cut(vault, catalog, pile.document, ["1,3,4"])
        assert ([part.pages for part, _ in made.parts], made.blank) == ([(1, 3, 4)], (2,))


def test_a_person_settled_for_a_part_stays_for_what_it_becomes(kept: tuple[Vault, Catalog, str]) -> None:
    vault, catalog, pile = kept
    third = cut_of(vault, catalog, pile).parts[2][0]
    settle(vault, catalog, third.id, person="spouse")
    made = cut(vault, catalog, pile, ["1-2", "3"])
    assert made.parts[1][0].person == "p2"
    assert made.parts[1][0].state is State.FILED


def test_a_scan_that_was_cut_is_settled_by_its_documents(kept: tuple[Vault, Catalog, str]) -> None:
    vault, catalog, pile = kept
    with pytest.raises(InputError, match="holds several papers") as problem:
        settle(vault, catalog, pile, person="spouse")
    assert all(part.id in problem.value.remedy for part, _ in cut_of(vault, catalog, pile).parts)


@pytest.mark.parametrize(
    ("words", "message"), [(["1"], "Nothing is said of pages 2-3"), (["1-3", "3"], "named twice"), (["1-9"], "no page")]
)
def test_a_senseless_cut_changes_nothing(kept: tuple[Vault, Catalog, str], words: list[str], message: str) -> None:
    vault, catalog, pile = kept
    before = catalog.documents()
    with pytest.raises(InputError, match=message):
        cut(vault, catalog, pile, words)
    assert catalog.documents() == before


def test_taking_the_folder_in_again_finds_every_document_done(kept: tuple[Vault, Catalog, str], tmp_path: Path) -> None:
    vault, catalog, pile = kept
    cut(vault, catalog, pile, ["1", "2-3"])
    before = catalog.documents()
    with Intake(vault, catalog, jobs=1) as intake:
        outcomes = intake.folder(tmp_path / "in", case=CASE).outcomes
    assert all(outcome.resumed for outcome in outcomes)
    assert {outcome.document for outcome in outcomes} == {each.id for each in before}
    assert catalog.documents() == before


def test_erasing_the_case_leaves_nothing_of_the_scan(kept: tuple[Vault, Catalog, str]) -> None:
    vault, catalog, pile = kept
    catalog.forget_case(CASE.id)
    assert catalog.documents() == []
    assert list(vault.store.list()) == []
    assert pile


def test_the_verb_shows_and_cuts(
    kept: tuple[Vault, Catalog, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    vault, _, pile = kept

    def run(*words: str) -> int:
        monkeypatch.setenv("MOBILITY_PASSPHRASE", "p")
        with pytest.raises(SystemExit) as end:
            cli.main(["cut", pile, *words, "--vault", str(vault.folder)])
        return int(str(end.value.code))

    assert run("--json") == 0
    assert [each["pages"] for each in json.loads(capsys.readouterr().out)["documents"]] == [[1], [2], [3]]
    assert run("1", "2-3") == 0
    assert "2-3" in capsys.readouterr().out
    assert run("--whole", "1") == 2
    assert run("--whole") == 0
    assert "one document of 3 pages" in " ".join(capsys.readouterr().out.split())
