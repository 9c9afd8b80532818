"""The counsel packet: complete or saying that it is not, and true in every page number."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from datetime import date

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from toolkit import exhibits as order
from toolkit import packet_check
from toolkit.bind import PAPERS, Binding, Foreign
from toolkit.errors import IncompleteError, ToolkitError, UnreadableError
from toolkit.exhibits import Exhibit
from toolkit.model import Case, Field, Finding, Method, Person, Source, Verdict
from toolkit.pack import pack

TODAY = date(2026, 11, 23)
CASE = Case(
    "c1",
    "DEMO-1",
    "us/l-1a",
    (Person("p1", "principal", "Eriksson", "Anna Maria"), Person("p2", "spouse", "Eriksson", "Lars")),
    {"filing": date(2026, 12, 1)},
)


def paper(pages: int, size: tuple[float, float] = (595, 842), rotate: int = 0, text: str = "") -> bytes:
    pdf, out = pikepdf.new(), io.BytesIO()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Courier)
    for number in range(1, pages + 1):
        page = pdf.add_blank_page(page_size=size)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        page.Contents = pdf.make_stream(f"BT /F 12 Tf 72 72 Td ({text}{number}) Tj ET".encode())
        if rotate:
            page.Rotate = rotate
    pdf.save(out)
    return out.getvalue()


def exhibit(title: str, kind: str, document: str, pdf: bytes, person: str = "p1") -> Exhibit:
    return Exhibit(title, kind, document, pdf, hashlib.sha256(document.encode()).hexdigest(), person)


EXHIBITS = (
    exhibit("Passport of the spouse", "passport", "d4", paper(1), "p2"),
    exhibit("Degree", "degree", "d3", paper(2, (842, 595))),
    exhibit("Passport", "passport", "d1", paper(1, rotate=90)),
    exhibit("Employment contract", "contract", "d2", paper(9, text="contract ")),
    exhibit("Assignment letter", "letter", "l1", paper(2)),
)


def finding(name: str, verdict: Verdict, *documents: str, page: int = 0, level: str = "mandatory") -> Finding:
    source = Source(documents[0] if documents else "", page, None, Method.OCR)
    evidence = (Field("x", "y", 1.0, source),) if page else ()
    return Finding(name, f"Label of {name}", verdict, "why", "8 CFR", TODAY, "p1", evidence, documents, "", level)


FINDINGS = (finding("passport", Verdict.MET, "d1", page=1), finding("employment", Verdict.MET, "d2", page=7))
OPEN = (*FINDINGS, finding("photo", Verdict.UNMET), finding("nice", Verdict.UNSURE, level="recommended"))


def texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_exhibits_stand_in_the_legal_order_of_the_route():
    made = pack(CASE, FINDINGS, EXHIBITS, today=TODAY)
    assert [each["document"] for each in made.manifest["exhibits"]] == ["l1", "d1", "d2", "d3", "d4"]


def test_the_cover_says_up_to_where_the_case_is_prepared_and_what_is_ahead():
    whole = pack(CASE, FINDINGS, EXHIBITS, today=TODAY)
    assert "everything before arrival" in texts(whole.pdf)[0]
    assert "later stage" not in texts(whole.pdf)[0]
    early = replace(CASE, details={"stage": "pre_petition"})
    ahead = (*FINDINGS, finding("visa-fee", Verdict.UNMET, level="later"), finding("x", Verdict.MET, level="later"))
    made = pack(early, ahead, EXHIBITS, today=TODAY)
    cover = " ".join(texts(made.pdf)[0].split())
    assert "the steps before the petition or application only" in cover
    assert "1 requirement of a later stage is not met yet" in cover
    assert (made.manifest["prepared_for"], made.manifest["due_later"]) == ("pre_petition", 1)


def test_every_page_carries_its_number():
    made = pack(CASE, FINDINGS, EXHIBITS, today=TODAY)
    assert [f"{n} of {made.pages}" in text for n, text in enumerate(texts(made.pdf), 1)] == [True] * made.pages


def test_the_manifest_is_true_of_the_file():
    made = pack(CASE, FINDINGS, EXHIBITS, today=TODAY)
    pages = texts(made.pdf)
    manifest = json.loads(json.dumps(made.manifest))
    assert manifest["sha256"] == hashlib.sha256(made.pdf).hexdigest()
    assert manifest["pages"] == len(pages) and manifest["complete"]
    for each in manifest["exhibits"]:
        assert f"Exhibit {each['exhibit']}" in pages[each["divider"] - 1]
        assert each["sha256_original"] == hashlib.sha256(each["document"].encode()).hexdigest()
    contract = next(each for each in manifest["exhibits"] if each["document"] == "d2")
    assert "contract 1" in pages[contract["first_page"] - 1] and "contract 9" in pages[contract["last_page"] - 1]


def test_a_requirement_is_proven_on_the_very_page():
    made = pack(CASE, FINDINGS, EXHIBITS, today=TODAY)
    proof = next(r for r in made.manifest["requirements"] if r["requirement"] == "employment")["proven_by"][0]
    assert "contract 7" in texts(made.pdf)[proof["page"] - 1]
    assert f"page {proof['page']}" in texts(made.pdf)[2]


def test_bookmarks_are_nested_and_open_the_right_pages():
    made = pack(CASE, FINDINGS, EXHIBITS, today=TODAY)
    reader = PdfReader(io.BytesIO(made.pdf))
    flat: list[tuple[int, str, int]] = []

    def walk(items: list, depth: int) -> None:
        for item in items:
            if isinstance(item, list):
                walk(item, depth + 1)
            else:
                flat.append((depth, item.title, reader.get_destination_page_number(item) + 1))

    walk(reader.outline, 0)
    titles = {title: (depth, page) for depth, title, page in flat}
    assert titles["Cover"] == (0, 1) and titles["Where each requirement is proven"] == (0, 3)
    contract = next(each for each in made.manifest["exhibits"] if each["document"] == "d2")
    assert titles["Exhibit 3: Employment contract"] == (1, contract["divider"])
    assert (2, contract["first_page"] + 6) in titles.values()


def test_an_incomplete_case_is_refused_and_named():
    with pytest.raises(IncompleteError, match="photo") as caught:
        pack(CASE, OPEN, EXHIBITS, today=TODAY)
    assert "nice" not in str(caught.value) and caught.value.exit_code == 5


def test_an_incomplete_packet_says_so_on_its_cover():
    made = pack(CASE, OPEN, EXHIBITS, today=TODAY, incomplete=True)
    cover = texts(made.pdf)[0]
    assert "INCOMPLETE" in cover and "Label of photo" in cover and "Label of nice" not in cover
    assert not made.manifest["complete"]
    assert "INCOMPLETE" not in texts(pack(CASE, FINDINGS, EXHIBITS, today=TODAY).pdf)[0]


def test_what_was_left_out_is_on_the_cover():
    made = pack(CASE, FINDINGS, EXHIBITS, today=TODAY, left_out=["Assignment contract"])
    cover = texts(made.pdf)[0]
    assert "INCOMPLETE" in cover and "Assignment contract" in cover
    assert not made.manifest["complete"] and made.manifest["left_out"] == 1


def test_many_open_requirements_do_not_push_the_index_off():
    many = [finding(f"rule-{n}", Verdict.UNMET) for n in range(120)]
    made = pack(CASE, many, EXHIBITS, today=TODAY, incomplete=True)
    assert "and 108 more" in texts(made.pdf)[0].replace("\n", " ")


@pytest.mark.parametrize(("route", "size"), [("us/l-1a", "us-letter"), ("gb/skilled-worker", "a4")])
def test_the_paper_is_that_of_the_country(route: str, size: str):
    case = Case(CASE.id, CASE.reference, route, CASE.people, CASE.dates)
    made = pack(case, FINDINGS, EXHIBITS, today=TODAY)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        sizes = {tuple(sorted(round(float(e)) for e in page.mediabox[2:])) for page in pdf.pages}
    assert sizes == {tuple(round(edge) for edge in PAPERS[size])}


def test_a_turned_page_lies_and_is_upright():
    made = pack(CASE, FINDINGS, EXHIBITS[2:3], today=TODAY)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        page = pdf.pages[-1]
        assert page.rotation == 0 and page.mediabox[2] > page.mediabox[3]


def test_a_packet_without_exhibits_or_findings_is_a_cover_and_an_index():
    assert pack(CASE, (), (), today=TODAY).pages == 2


def test_the_same_input_gives_the_same_bytes():
    assert pack(CASE, FINDINGS, EXHIBITS, today=TODAY) == pack(CASE, FINDINGS, EXHIBITS, today=TODAY)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nonsense", b"\x00" * 100, paper(1)[:200]])
def test_a_broken_exhibit_names_its_document(data: bytes):
    with pytest.raises(UnreadableError, match="d9"):
        pack(CASE, FINDINGS, [*EXHIBITS, exhibit("Broken", "degree", "d9", data)], today=TODAY)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 600), st.binary(min_size=1, max_size=6))
def test_a_damaged_exhibit_is_bound_or_named_never_a_crash(at: int, noise: bytes):
    data = bytearray(paper(2))
    data[at : at + len(noise)] = noise
    try:
        binding = Binding("a4")
        binding.foreign(Foreign.open("d9", bytes(data)), "Exhibit 1")
        binding.finish("t", ())
    except UnreadableError as mistake:
        assert "d9" in str(mistake)


def test_a_locked_exhibit_names_its_document():
    pdf, out = pikepdf.open(io.BytesIO(paper(1))), io.BytesIO()
    pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(UnreadableError, match="d9"):
        Foreign.open("d9", out.getvalue())


def test_active_content_of_an_exhibit_does_not_come_along():
    pdf, out = pikepdf.open(io.BytesIO(paper(1))), io.BytesIO()
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    pdf.Root.OpenAction = script
    pdf.pages[0].AA = pikepdf.Dictionary(O=script)
    pdf.save(out)
    made = pack(CASE, (), [exhibit("Odd", "degree", "d9", out.getvalue())], today=TODAY)
    with pikepdf.open(io.BytesIO(made.pdf)) as packet:
        assert b"JavaScript" not in b"".join(
            str(o).encode() for o in packet.objects if isinstance(o, pikepdf.Dictionary)
        )


def test_what_was_typed_into_a_form_is_kept():
    pdf, out = pikepdf.open(io.BytesIO(paper(1))), io.BytesIO()
    look = pdf.make_stream(b"BT /F 12 Tf 2 2 Td (typed) Tj ET", BBox=[0, 0, 100, 20], Subtype=pikepdf.Name.Form)
    look.Type = pikepdf.Name.XObject
    look.Resources = pdf.pages[0].Resources
    field = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="a", V="typed", F=4,
        Rect=[100, 100, 200, 120], AP=pikepdf.Dictionary(N=look),
    )  # fmt: skip
    pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(field)]))
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pdf.pages[0].Annots)
    pdf.save(out)
    made = pack(CASE, (), [exhibit("Form", "form", "d9", out.getvalue())], today=TODAY)
    assert "typed" in texts(made.pdf)[-1]


@pytest.mark.parametrize("harm", ["stamp", "link", "page"])
def test_a_packet_that_is_off_by_one_page_is_not_let_out(harm: str):
    made = pack(CASE, FINDINGS, EXHIBITS, today=TODAY)
    plan = order.arranged(CASE, EXHIBITS)
    counts = {id(each): Foreign.open(each.document, each.pdf).count for each in EXHIBITS}
    placed = [each for section in order.numbered(plan, counts, 3) for each in section.exhibits]
    packet_check.verify(made.pdf, placed, 3, made.pages)
    pdf, out = pikepdf.open(io.BytesIO(made.pdf)), io.BytesIO()
    if harm == "stamp":
        pdf.pages[5].contents_add(b"BT (4 of 9) Tj ET")
    elif harm == "link":
        pdf.pages[1].Annots[0].Dest = pikepdf.Array([pdf.pages[6].obj, pikepdf.Name.Fit])
    else:
        del pdf.pages[7]
    pdf.save(out)
    with pytest.raises(ToolkitError, match="PDF was not made"):
        packet_check.verify(out.getvalue(), placed, 3, made.pages)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["passport", "contract", "odd"]), st.integers(1, 3)), max_size=12))
def test_any_set_of_exhibits_gives_a_packet_that_checks(kinds: list[tuple[str, int]]):
    given_exhibits = [exhibit(k, k, f"d{n}", paper(c)) for n, (k, c) in enumerate(kinds)]
    made = pack(CASE, (), given_exhibits, today=TODAY)
    assert made.pages == 2 + sum(1 + count for _, count in kinds)


def test_titles_are_text_and_never_markup():
    made = pack(CASE, (), [exhibit('#panic("x") $x$ *b* \\', "degree", "d1", paper(1))], today=TODAY)
    assert '#panic("x") $x$ *b* \\' in texts(made.pdf)[1]
