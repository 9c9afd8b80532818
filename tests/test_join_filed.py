"""Filed photos of one long receipt become one paper when a person says so, and documents of their own again."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import typst

from tests.test_joined import ALL
from toolkit import cli, joined_photos
from toolkit.catalog import INBOX, Catalog
from toolkit.claim import schedule
from toolkit.cli.claim import make
from toolkit.dossier import dossier
from toolkit.errors import InputError, OvertakenError, UnreadableError
from toolkit.expense import ClaimItem
from toolkit.intake import Intake
from toolkit.model import Case, Document, Field, Method, Person, Record, Source, State
from toolkit.receipts_filed import of_case, of_others, relations
from toolkit.settling import join, settle, take_apart
from vault import Vault

ADA = Person("p1", "principal", "Example", "Ada")
CASE, OTHER = (Case(f"c{n}", f"GM-{n}", "us/l-1a", (ADA,), {}) for n in (1, 2))
UPPER, LOWER, WHOLE = ALL[:15], ALL[10:], ALL
ELSEWHERE = ["Kiosk Finto GmbH", "Am Ring 9", "20095 Hamburg", "11.10.2026  08:12", "Zeitung  3,20", "Summe EUR  3,20"]


@cache
def scan(lines: tuple[str, ...]) -> bytes:
    """A PDF with a text layer: read in a moment, and the way of photos all the same."""
    rows = [line.partition("  ") for line in lines]
    grid = "\n".join(f'#grid(columns: (1fr, auto), [#"{left}"], [#"{right}"])' for left, _, right in rows)
    page = "#set page(width: 80mm, height: auto, margin: 6mm)\n#set text(size: 9pt)\n"
    made: bytes = typst.compile((page + grid).encode(), format="pdf")
    return made


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)


@pytest.fixture
def catalog(vault: Vault) -> Iterator[Catalog]:
    with Catalog.open(vault) as opened:
        opened.add_case(CASE)
        opened.add_case(OTHER)
        yield opened


def put(
    vault: Vault, catalog: Catalog, id: str, lines: Sequence[str], *, kind: str = "receipt", **more: object
) -> Document:
    case = str(more.pop("case", "c1"))
    blob = vault.compartment(case).put(scan(tuple(lines))).name
    source = Source("", 1, None, Method.TEXT_LAYER)
    record = Record(kind, 1.0, (1,), (Field("total", "1.00", 0.99, source),), turns=(0,))
    said = {"state": State.FILED, "person": "p1", "media_type": "application/pdf", "name": f"{id}.pdf", **more}
    document = Document(id=id, case=case, size=9, sha256_sealed=blob, received=f"2027-01-01T00:00:0{id[-1]}", **said)
    catalog.add_document(document, (record,))
    return document


@pytest.fixture
def parted(vault: Vault, catalog: Catalog) -> None:
    put(vault, catalog, "d1", LOWER)
    put(vault, catalog, "d2", UPPER)


def events(vault: Vault) -> list[tuple[str, str, str]]:
    wanted = ("document.joined", "document.parted")
    return [
        (str(each["event"]), str(each["fact.document"]), str(each["fact.photos"]))
        for each in vault.ledger.entries()
        if each["event"] in wanted
    ]


def text_of(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


@pytest.mark.usefixtures("parted")
def test_two_photos_are_one_paper_with_the_values_of_both(vault: Vault, catalog: Catalog) -> None:
    made = join(vault, catalog, "d1", ["d2"])
    assert (made.settled.document, made.settled.case, made.settled.person) == ("d1", "GM-1", "principal")
    assert made.photos == ("d2", "d1")  # the upper one comes first, in whatever order they were named
    record = catalog.record("d1")
    assert record is not None
    values = {field.name: field.value for field in record.fields}
    assert (values["total"], values["date"], values["time"]) == ("38.67", "2026-10-12", "18:41")
    assert events(vault) == [("document.joined", "d1", "d1 d2")]
    assert catalog.verify().problems == ()


@pytest.mark.usefixtures("parted")
def test_every_value_names_the_photo_it_stands_on(vault: Vault, catalog: Catalog) -> None:
    join(vault, catalog, "d1", ["d2"])
    paper, photo = catalog.record("d1"), catalog.record("d2")
    assert paper is not None and photo is not None
    total, day, again = paper.get("total"), paper.get("date"), photo.get("date")
    assert total is not None and day is not None and again is not None
    assert (total.source.document, total.source.page) == ("d1", 1) and total.source.box is not None
    # No frame of another photo is ever drawn on this one.
    assert (day.source.document, day.source.page, day.source.box) == ("d2", None, None)
    assert (again.source.document, again.source.page) == ("d2", 1) and again.source.box is not None
    assert photo.get("total") is None
    assert (paper.pages, paper.turns, photo.pages, photo.turns) == ((1,), (0,), (1,), (0,))
    assert "photo 1 is d1, photo 2 is d2" in paper.warnings[0] and "mobility show d1" in photo.warnings[0]
    assert any("goes on from" in warning for warning in paper.warnings)


@pytest.mark.usefixtures("parted")
def test_the_further_photo_is_kept_and_counts_nowhere_by_itself(vault: Vault, catalog: Catalog) -> None:
    before = catalog.document("d2")
    join(vault, catalog, "d1", ["d2"])
    photo = catalog.document("d2")
    assert (photo.state, photo.part_of, photo.place, photo.person, photo.whole) == (State.FILED, "d1", 1, "p1", False)
    assert photo.sha256_sealed == before.sha256_sealed and "d1" in photo.reason
    known = dossier(catalog, "GM-1")
    assert [each.id for each in known.documents] == ["d1"] == [each.document for each in known.records]
    assert [each.id for each, _ in known.photos["d1"]] == ["d2"] and not known.waiting
    receipts = of_case(known)
    assert [each.key for each in receipts] == ["d1"]
    assert relations(catalog, known, [each.paper for each in receipts]).among == ()
    assert [paper.key for paper in of_others(catalog, OTHER)] == ["d1"]
    items = [ClaimItem(each.document.id, each.record, b"", each.part) for each in receipts]
    assert [line.document for line in schedule(items, "EUR", today=date(2026, 11, 1)).lines] == ["d1"]


@pytest.mark.usefixtures("parted")
def test_the_claim_binds_both_photos_behind_one_line_from_top_to_bottom(vault: Vault, catalog: Catalog) -> None:
    join(vault, catalog, "d1", ["d2"])
    made, left_out = make(vault, dossier(catalog, "GM-1"), currency="EUR")
    pages = text_of(made.pdf)
    assert left_out == [] and len(made.schedule.lines) == 1 and str(made.schedule.total) == "38.67"
    upper, lower = pages[-2:]
    assert "Line 1: EUR 38.67 | page 1 of 2" in upper and "Apfelsaft" in upper and "Summe" not in upper
    assert "Line 1: EUR 38.67 | page 2 of 2" in lower and "Summe" in lower and "Apfelsaft" not in lower


@pytest.mark.usefixtures("parted")
def test_taken_apart_both_are_papers_of_their_own(vault: Vault, catalog: Catalog) -> None:
    assert not take_apart(vault, catalog, "d2")
    join(vault, catalog, "d1", ["d2"])
    assert take_apart(vault, catalog, "d2")
    photo, paper = catalog.document("d2"), catalog.document("d1")
    assert (photo.state, photo.part_of, photo.place, paper.place) == (State.ASKED, "", 0, 0)
    assert photo.next_step == "mobility settle d2 --retry"
    with Intake(vault, catalog, jobs=1) as intake:
        assert intake.again("d2").count(State.FILED) == 1
    lower, upper = catalog.record("d1"), catalog.record("d2")
    assert lower is not None and upper is not None
    assert lower.get("date") is None and lower.get("total") is not None
    assert upper.get("date") is not None
    assert [each.id for each in dossier(catalog, "GM-1").documents] == ["d1", "d2"]
    assert [each[0] for each in events(vault)] == ["document.joined", "document.parted"]


def test_a_third_photo_is_added_and_one_taken_out_of_three(vault: Vault, catalog: Catalog) -> None:
    for id, lines in (("d1", ALL[:11]), ("d2", ALL[7:18]), ("d3", ALL[14:])):
        put(vault, catalog, id, lines)
    join(vault, catalog, "d1", ["d3"])
    known = catalog.record("d1")
    assert known is not None and not any(field.sure for field in known.fields)
    assert any("rows between them may be missing" in warning for warning in known.warnings)
    assert join(vault, catalog, "d1", ["d2"]).photos == ("d1", "d2", "d3")
    whole = catalog.record("d1")
    total = whole.get("total") if whole else None
    assert total is not None and (total.value, total.sure, total.source.document) == ("38.67", True, "d3")
    take_apart(vault, catalog, "d3")
    assert [(each.id, each.place) for each, _ in dossier(catalog, "GM-1").photos["d1"]] == [("d2", 2)]
    left = catalog.record("d1")
    assert left is not None and left.get("total") is None


@pytest.mark.usefixtures("parted")
def test_read_as_another_kind_or_moved_it_stays_one_paper(vault: Vault, catalog: Catalog) -> None:
    join(vault, catalog, "d1", ["d2"])
    assert settle(vault, catalog, "d1", kind="invoice", reference="GM-2", person="principal").kind == "invoice"
    assert {each.id: (each.case, each.part_of) for each in catalog.documents()} == {
        "d1": ("c2", ""),
        "d2": ("c2", "d1"),
    }
    known = dossier(catalog, "GM-2")
    assert [each.id for each, _ in known.photos["d1"]] == ["d2"] and len(known.documents) == 1
    assert len(make(vault, known, currency="EUR")[0].schedule.lines) == 1
    with pytest.raises(InputError, match="a photo of d1"):
        settle(vault, catalog, "d2", person="principal")
    assert catalog.verify().problems == ()


def test_what_was_asked_about_is_answered_by_joining(vault: Vault, catalog: Catalog) -> None:
    asked = {"state": State.ASKED, "person": "", "kind": "unknown"}
    put(vault, catalog, "d1", UPPER, case=INBOX, **asked)
    put(vault, catalog, "d2", LOWER, **asked)
    assert join(vault, catalog, "d1", ["d2"]).settled.case == "GM-1"
    assert not dossier(catalog, "GM-1").waiting and not catalog.documents(INBOX)


def test_the_paper_of_nobody_s_case_is_asked_for(vault: Vault, catalog: Catalog) -> None:
    for id, lines in (("d1", UPPER), ("d2", LOWER)):
        put(vault, catalog, id, lines, case=INBOX, state=State.ASKED, person="")
    with pytest.raises(InputError, match="Give --case REFERENCE"):
        join(vault, catalog, "d1", ["d2"])
    assert {each.place for each in catalog.documents()} == {0}
    assert join(vault, catalog, "d1", ["d2"], reference="GM-2", person="principal").settled.case == "GM-2"


def test_what_cannot_be_joined_is_said_with_the_next_step(vault: Vault, catalog: Catalog) -> None:
    put(vault, catalog, "d1", UPPER)
    copied = put(vault, catalog, "d2", LOWER)
    catalog.add_document(replace(copied, id="d3", duplicate_of="d2"), ())
    put(vault, catalog, "d4", LOWER, kind="passport")
    put(vault, catalog, "d5", LOWER, case="c2")
    put(vault, catalog, "d6", LOWER, state=State.QUARANTINED, next_step="Ask for another copy.")
    put(vault, catalog, "d7", LOWER, media_type="text/plain")
    sheet = put(vault, catalog, "d8", LOWER)
    catalog.replace_records("d8", [Record("receipt", 1.0, (1,), ())] * 2)
    for others, said in (
        (["d1"], "d1 was given twice"),
        (["d2", "d2"], "d2 was given twice"),
        (["d3"], "d3 is a copy of d2. Name d2"),
        (["d4"], "d4 is filed as passport.* --kind receipt"),
        (["d5"], "several cases: GM-1, GM-2"),
        (["d6"], "in quarantine. Ask for another copy. mobility settle d6 --retry"),
        (["d7"], "no picture and no PDF"),
        ([sheet.id], "holds 2 papers"),
        (["d9"], "no such document"),
    ):
        with pytest.raises(InputError, match=said):
            join(vault, catalog, "d1", others)
    assert not events(vault) and {each.place for each in catalog.documents()} == {0}


def test_a_photo_belongs_to_one_paper(vault: Vault, catalog: Catalog) -> None:
    for id, lines in (("d1", LOWER), ("d2", UPPER), ("d3", ELSEWHERE)):
        put(vault, catalog, id, lines)
    join(vault, catalog, "d1", ["d2"])
    for first, other, said in (("d3", "d2", "d2 is a photo of d1"), ("d3", "d1", "joined with further photos")):
        with pytest.raises(InputError, match=said):
            join(vault, catalog, first, [other])
    with pytest.raises(InputError, match="d2 is a photo of d1"):
        join(vault, catalog, "d2", ["d3"])


def test_two_receipts_joined_in_error_vouch_for_nothing(vault: Vault, catalog: Catalog) -> None:
    put(vault, catalog, "d1", WHOLE)
    put(vault, catalog, "d2", ELSEWHERE)
    made = join(vault, catalog, "d1", ["d2"])
    assert any("may be missing" in warning for warning in made.warnings)
    claimed, _ = make(vault, dossier(catalog, "GM-1"), currency="EUR")
    assert not claimed.schedule.lines and len(claimed.schedule.unsettled) == 1


@pytest.mark.usefixtures("parted")
def test_a_copy_stays_with_its_original_and_a_change_meanwhile_is_noticed(vault: Vault, catalog: Catalog) -> None:
    seen = catalog.document("d2")
    catalog.add_document(replace(seen, id="d3", duplicate_of="d2"), ())
    join(vault, catalog, "d1", ["d2"])
    assert (catalog.document("d3").state, catalog.document("d3").duplicate_of) == (State.FILED, "d2")
    with pytest.raises(OvertakenError, match="changed meanwhile"):
        catalog.refile_photos("document.joined", "d1", [(seen, seen, ())])
    assert catalog.document("d2").part_of == "d1"


def test_a_damaged_photo_is_named_and_changes_nothing(vault: Vault, catalog: Catalog) -> None:
    put(vault, catalog, "d1", UPPER)
    broken = put(vault, catalog, "d2", LOWER)
    blob = vault.compartment("c1").put(b"%PDF-1.7\nbroken").name
    catalog.add_document(replace(broken, id="d3", sha256_sealed=blob), ())
    with pytest.raises(UnreadableError, match="Photo 2: "):
        join(vault, catalog, "d1", ["d3"])
    assert catalog.document("d1").place == 0


def test_a_scan_of_several_pages_has_its_own_pages_again() -> None:
    both = pikepdf.new()
    for lines in (ALL[14:], ALL[:11]):  # scanned the wrong way round
        both.pages.extend(pikepdf.open(io.BytesIO(scan(tuple(lines)))).pages)
    out = io.BytesIO()
    both.save(out)
    whole, first, second = joined_photos.read_photos([out.getvalue(), scan(tuple(ALL[7:18]))], ["application/pdf"] * 2)
    assert (whole.pages, first.pages, second.pages) == ((1, 2, 3), (3, 1), (2,))
    assert len(text_of(joined_photos.bound([out.getvalue(), scan(tuple(UPPER))]))) == 3


@pytest.mark.usefixtures("parted")
def test_the_verb_joins_and_takes_apart(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: str) -> int:
        monkeypatch.setenv("MOBILITY_PASSPHRASE", "p")
        with pytest.raises(SystemExit) as end:
            cli.main([*words, "--vault", str(tmp_path / "vault")])
        return int(str(end.value.code))

    assert run("settle", "d1", "d2", "--join", "d2") == 2
    assert run("settle", "d1", "--join", "d2", "--retry") == 2
    capsys.readouterr()
    assert run("settle", "d1", "--join", "d2") == 0
    assert "It is one paper in 2 files: d2, d1." in " ".join(capsys.readouterr().out.split())
    assert run("settle", "d1", "--join", "d2", "--json") == 0  # once more changes nothing
    (said,) = json.loads(capsys.readouterr().out)
    assert (said["document"], said["kind"], said["photos"], said["error"]) == ("d1", "receipt", ["d2", "d1"], "")
    assert run("settle", "d2", "--retry", "--json") == 0
    assert json.loads(capsys.readouterr().out)["filed"] == 1
    assert [each.id for each in dossier(catalog, "GM-1").documents] == ["d1", "d2"]
