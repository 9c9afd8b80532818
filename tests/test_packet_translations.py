"""Translations in packets: bound behind their originals, told in the index, checked, and missed where demanded."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from functools import cache

import pytest
from pypdf import PdfReader
from test_pack import CASE, EXHIBITS, FINDINGS, OPEN, TODAY, exhibit, finding, paper, texts
from test_translation import certificate, original, record, translated

from toolkit.confine import Child
from toolkit.dossier import Dossier
from toolkit.errors import IncompleteError, UnreadableError
from toolkit.exhibits import Exhibit
from toolkit.model import Document, Method, Page, Record, State, Verdict
from toolkit.pack import Packet, Way, pack
from toolkit.packet_behind import with_behind
from toolkit.packet_check import problems
from toolkit.packet_diff import exhibits as compared
from toolkit.packet_manifest import as_csv
from toolkit.packet_papers import exhibits_of, papers_of
from toolkit.packet_profiles import names, profile
from toolkit.packet_room import Room
from toolkit.packet_told import from_manifest
from toolkit.packet_translations import findings, translations
from toolkit.translation_asked import demands
from vault import Vault

PAPER_US, PLAIN, CEAC = profile("uscis-paper"), profile("plain"), profile("ceac")


def document(record: Record, person: str = "p1") -> Document:
    return Document(record.document, "c1", "x.pdf", "application/pdf", 1, "s", "1", State.FILED, person=person)


def papers(*records: Record) -> list[tuple[Document, Record]]:
    return [(document(each), each) for each in records]


def known(route: str = "us/l-1a", **details: str) -> Dossier:
    return Dossier(replace(CASE, route=route, details=details), (), (), {}, ())  # type: ignore[arg-type]


@cache
def bound(translation_signed: bool = False) -> Exhibit:
    """A birth certificate of two pages with a translation of three and a certificate of one behind it."""
    first = exhibit("Birth certificate", "birth-certificate", "b1", paper(2, text="original "))
    translation = exhibit("Birth certificate 2", "birth-certificate", "b2", paper(3, text="translation "))
    by_hand = exhibit("Translator's certificate", "translation-certificate", "b3", paper(1, text="certified "))
    translation = replace(translation, signed=paper(3) if translation_signed else b"", removed=("scripts",))
    with Child() as child:
        return with_behind(child, first, [("translation", translation), ("certification", by_hand)])


@cache
def packet(layout: str = "plain") -> Packet:
    shown = (*FINDINGS, finding("birth", Verdict.MET, "b2", page=2), finding("certified", Verdict.MET, "b3"))
    return pack(CASE, shown, [*EXHIBITS[2:], bound(layout == "ceac")], today=TODAY, way=Way(layout))


# -- what belongs together


def test_translation_and_certificate_belong_behind_their_original():
    found = translations(known(), papers(original(), translated(), certificate()), PLAIN)
    assert found.behind == {"d1": (("translation", "d2"), ("certification", "d3"))}
    assert found.bound == {"d2", "d3"} and found.doubts == ()


def test_a_certificate_on_the_translation_itself_is_no_paper_of_its_own():
    said = {f"translation_statement_{each}": "yes" for each in ("complete", "accurate", "competent")}
    found = translations(known(), papers(original(), translated(**said)), PLAIN)
    assert found.behind == {"d1": (("translation", "d2"),)}


def test_what_may_be_the_translation_stays_by_itself_and_is_asked_about():
    other = translated("Nothing of it 1 2 3", holder="Anna Vogel")
    found = translations(known(), papers(original(""), other), PLAIN)
    assert found.behind == {} and "d2 may be the translation of document d1" in found.doubts[0]


def test_one_translation_is_bound_behind_one_original_only():
    twins = papers(original(), replace(original(document="d9"), document="d9"), translated(document="d2"))
    found = translations(known(), twins, PLAIN)
    assert found.behind == {} and len(found.doubts) == 2 and "another paper, too" in found.doubts[0]


def test_which_of_two_papers_is_the_translation_is_said_by_a_translator_or_by_their_order():
    backwards = translations(known("de/eu-blue-card"), papers(original(), translated()), PLAIN)
    assert backwards.behind == {} and "d1 may be the translation of document d2" in backwards.doubts[0]
    said = translated(translation_statement_accurate="yes")
    assert translations(known("de/eu-blue-card"), papers(original(), said), PLAIN) == translations(known(), [], PLAIN)
    apart = papers(original(), record("degree", "d8", "en"), translated())
    assert translations(known(), apart, PLAIN).behind == {}
    assert translations(known(), [*apart, *papers(certificate())], PLAIN).behind.keys() == {"d1"}


def test_another_persons_paper_is_no_translation():
    pair = [(document(original()), original()), (document(translated(), "p2"), translated())]
    assert translations(known(), pair, PLAIN).behind == {}


def test_the_state_of_the_route_says_what_is_a_foreign_language():
    pair = papers(original(), translated())
    assert translations(known("de/eu-blue-card"), pair, PLAIN).behind == {}
    assert translations(known("xx/nowhere"), pair, PLAIN).behind == {}
    assert translations(known("de/eu-blue-card"), pair, PAPER_US).behind != {}  # the receiver goes before the route


def test_original_and_translation_in_one_scan_are_one_exhibit_already():
    both = [(document(original()), original()), (document(translated(document="d1")), translated(document="d1"))]
    assert translations(known(), both, PLAIN) == translations(known(), [], PLAIN)


# -- what the receiver demands


def test_a_foreign_paper_without_translation_is_a_finding_with_law_and_remedy():
    (found,) = findings(known(), papers(original()), PAPER_US, [])
    assert (found.verdict, found.legal_source, found.person) == (Verdict.UNMET, "8 CFR 103.2(b)(3)", "p1")
    assert found.label == "Translation of the birth certificate from German" and found.level == "mandatory"
    assert "no translation of it is on file" in found.because and '"translated.d1" = "yes"' in found.next_step
    (found,) = findings(known("gb/skilled-worker"), papers(original()), profile("uk-visas"), [])
    assert "39B(f)" in found.legal_source


def test_an_uncertified_translation_is_a_finding_and_a_certified_one_is_none():
    (found,) = findings(known(), papers(original(), translated()), PAPER_US, [])
    assert found.verdict is Verdict.UNMET and "translator's certificate" in found.because
    assert findings(known(), papers(original(), translated(), certificate()), PAPER_US, []) == []


@pytest.mark.parametrize(
    "papers_", [papers(translated()), papers(record("passport", "d1", "de")), papers(record("degree", "d1"))]
)
def test_nothing_is_demanded_of_what_needs_no_translation_or_of_a_language_that_could_not_be_told(papers_):
    assert findings(known(), papers_, PAPER_US, []) == []


def test_what_the_route_says_and_what_a_person_has_looked_at_is_not_said_again():
    (found,) = findings(known(), papers(original()), PAPER_US, [])
    of_route = replace(finding("birth", Verdict.UNMET), because=f"x; {found.because}")
    assert findings(known(), papers(original()), PAPER_US, [of_route]) == []
    settled = replace(of_route, verdict=Verdict.MET)
    assert findings(known(), papers(original()), PAPER_US, [settled]) == []
    only_advised = replace(of_route, level="recommended")
    assert len(findings(known(), papers(original()), PAPER_US, [only_advised])) == 1
    assert findings(known(**{"translated.d1": "Yes"}), papers(original()), PAPER_US, []) == []
    assert findings(known(), papers(original()), PLAIN, []) == []


def test_a_packet_without_it_is_refused_with_what_to_do():
    asked = findings(known(), papers(original()), PAPER_US, [])
    with pytest.raises(IncompleteError, match="Translation of the birth certificate from German") as caught:
        pack(CASE, [*FINDINGS, *asked], EXHIBITS, today=TODAY)
    assert "Order the translation into English" in caught.value.message
    with pytest.raises(IncompleteError) as caught:
        pack(CASE, OPEN, EXHIBITS, today=TODAY)
    assert "Order the translation" not in caught.value.message


def test_profiles_name_countries_whose_demands_are_known():
    assert {profile(each).translations for each in names()} == {"", "us", "gb"} <= {"", *demands()}


# -- the packet


def test_the_index_says_where_the_translation_stands_and_it_stands_there():
    made = packet()
    pages = texts(made.pdf)
    row = next(each for each in made.manifest["exhibits"] if each["document"] == "b1")
    (translation, by_hand), first = row["behind"], row["first_page"]
    assert (translation["first_page"], translation["last_page"]) == (first + 2, first + 4)
    assert (by_hand["first_page"], by_hand["last_page"]) == (first + 5, first + 5)
    for number, text in enumerate(
        ["original 1", "original 2", *(f"translation {n}" for n in (1, 2, 3)), "certified 1"]
    ):
        assert text in pages[first - 1 + number]
    index = next(" ".join(text.split()) for text in pages if text.startswith("Index"))
    assert f"with translation ({first + 2}–{first + 4}) and certification ({first + 5})" in index
    assert f"translation: pages {first + 2} to {first + 4}" in " ".join(pages[row["divider"] - 1].split())
    assert [each["document"] for each in made.manifest["exhibits"]].count("b2") == 0


def test_a_reading_on_the_translation_is_proven_on_its_page_there():
    made = packet()
    proven = {each["requirement"]: each["proven_by"] for each in made.manifest["requirements"]}
    pages = texts(made.pdf)
    assert "translation 2" in pages[proven["birth"][0]["page"] - 1]
    assert "certified 1" in pages[proven["certified"][0]["page"] - 1]
    titles = json.dumps([str(each) for each in PdfReader(io.BytesIO(made.pdf)).outline])
    assert "Translation, page" in titles and "Certification, page" in titles


@pytest.mark.parametrize("moved", [1, -1])
def test_an_index_that_names_another_page_is_a_problem(moved):
    manifest = json.loads(json.dumps(packet().manifest))
    row = next(each for each in manifest["exhibits"] if each["behind"])
    row["behind"][0]["last_page"] += moved
    row["behind"][1]["first_page"] += moved
    found = problems(packet().pdf, from_manifest(manifest, 1, manifest["pages"]))
    assert any("the index does not say that the translation of exhibit" in each for each in found)
    row["behind"][1]["first_page"] -= moved
    found = problems(packet().pdf, from_manifest(manifest, 1, manifest["pages"]))
    assert any("does not stand on its last pages" in each for each in found)


def test_in_loose_files_original_and_translation_are_one_file_and_a_signed_one_lies_beside():
    made = packet("ceac")
    row = next(each for each in made.manifest["exhibits"] if each["behind"])
    file = next(each for each in made.files if each.exhibit == row["exhibit"] and each.role == "document")
    assert file.pages == 6 and row["signed_file"] == ""
    assert (row["behind"][0]["first_page"], row["behind"][0]["last_page"]) == (3, 5)
    index = " ".join(" ".join(texts(made.pdf)).split())
    assert "with translation (3–5) and certification (6), by pages of the file" in index
    signed = next(each for each in made.files if each.role == "signed")
    assert signed.name == row["behind"][0]["signed_file"] and signed.name.endswith("-translation-1.pdf")


def test_the_manifest_says_it_as_csv_and_what_was_taken_out_of_which():
    made = packet()
    row = next(each for each in made.manifest["exhibits"] if each["behind"])
    assert row["removed"] == ["translation: scripts"]
    assert f"translation b2 pages {row['first_page'] + 2} to" in as_csv(made.manifest)


def test_a_new_translation_replaces_the_exhibit_in_a_comparison():
    old = json.loads(json.dumps(packet().manifest))["exhibits"]
    new = json.loads(json.dumps(old))
    assert {each.what for each in compared(old, new)} == {"unchanged"}
    next(each for each in new if each["behind"])["behind"][0]["sha256_original"] = "0" * 64
    assert [each.what for each in compared(old, new)].count("replaced") == 1
    for each in old:
        del each["behind"]  # a packet that was made before
    assert [each.what for each in compared(old, new)].count("replaced") == 1


def test_words_of_a_scanned_translation_lie_on_its_pages():
    seen = Page(1, 100, 100, (), Method.OCR)
    first, behind = exhibit("A", "degree", "d1", paper(2)), exhibit("B", "degree", "d2", paper(1))
    with Child() as child:
        made = with_behind(child, replace(first, words=(seen,)), [("translation", replace(behind, words=(seen,)))])
        assert [each.number for each in made.words] == [1, 3] and with_behind(child, first, []) == first
        with pytest.raises(UnreadableError, match="Document d1 cannot be bound with"):
            with_behind(child, first, [("translation", replace(behind, pdf=b"no pdf"))])


def test_out_of_the_vault_they_are_one_exhibit_and_the_original_is_numbered_alone(tmp_path):
    vault = Vault.create(tmp_path / "vault", officer="o", passphrase="p", work_factor=1)
    vault.new_compartment("c1")
    read = [original(), translated(), certificate(), record("degree", "d4", "en")]
    filed = [
        replace(document(each), sha256_sealed=vault.compartment("c1").put(paper(pages)).name)
        for each, pages in zip(read, (2, 3, 1, 1), strict=True)
    ]
    case = Dossier(CASE, tuple(filed), tuple(read), {}, ())  # type: ignore[arg-type]
    together = translations(case, papers_of(case), PLAIN)
    exhibits, left, _ = exhibits_of(vault, case, searchable=False, bound=together)
    assert left == [] and [each.document for each in exhibits] == ["d1", "d4"]
    assert exhibits[0].title == "Birth certificate of Anna Maria Eriksson"  # not "1" of two
    assert [(each.role, each.document, each.first, each.last) for each in exhibits[0].behind] == [
        ("translation", "d2", 3, 5),
        ("certification", "d3", 6, 6),
    ]
    apart, _, _ = exhibits_of(vault, case, searchable=False)
    assert [each.document for each in apart] == ["d1", "d2", "d3", "d4"]


def test_a_packet_with_translations_verifies_in_parts():
    made = packet()
    with Room("us-letter") as room:
        room.feed(made.pdf)
        assert room.problems(from_manifest(made.manifest, 1, made.pages)) == []
