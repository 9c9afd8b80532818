"""The counsel packet: complete or saying that it is not, and true in every page number."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from datetime import date
from functools import cache

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from toolkit import exhibits as order
from toolkit import shipped
from toolkit.bind import PAPERS, Binding, Foreign
from toolkit.checklist import routes
from toolkit.definitions import load
from toolkit.errors import IncompleteError, UnreadableError
from toolkit.exhibits import Exhibit
from toolkit.kind import kinds
from toolkit.model import Case, Field, Finding, Method, Person, Source, Verdict
from toolkit.pack import Packet, pack
from toolkit.packet_inspect import inspect

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


@cache
def plain() -> Packet:
    """The packet of the case with all its exhibits, made once."""
    return pack(CASE, FINDINGS, EXHIBITS, today=TODAY)


def texts(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_exhibits_stand_in_the_legal_order_of_the_route():
    made = plain()
    assert [each["document"] for each in made.manifest["exhibits"]] == ["l1", "d1", "d2", "d3", "d4"]


def test_the_cover_says_up_to_where_the_case_is_prepared_and_what_is_ahead():
    whole = plain()
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
    made = plain()
    assert [f"{n} of {made.pages}" in text for n, text in enumerate(texts(made.pdf), 1)] == [True] * made.pages


def test_the_manifest_is_true_of_the_file():
    made = plain()
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
    made = plain()
    proof = next(r for r in made.manifest["requirements"] if r["requirement"] == "employment")["proven_by"][0]
    assert "contract 7" in texts(made.pdf)[proof["page"] - 1]
    assert f"page {proof['page']}" in texts(made.pdf)[3]


def test_bookmarks_are_nested_and_open_the_right_pages():
    made = plain()
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
    assert titles["Cover"] == (0, 1) and titles["Where each requirement is proven"] == (0, 4)
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
    assert "INCOMPLETE" not in texts(plain().pdf)[0]


def test_what_was_left_out_is_on_the_cover():
    made = pack(CASE, FINDINGS, EXHIBITS, today=TODAY, left_out=["Assignment contract"])
    cover = texts(made.pdf)[0]
    assert "INCOMPLETE" in cover and "Assignment contract" in cover
    assert not made.manifest["complete"] and made.manifest["left_out"] == 1


def test_many_open_requirements_do_not_push_the_index_off():
    many = [finding(f"rule-{n}", Verdict.UNMET) for n in range(120)]
    made = pack(CASE, many, EXHIBITS, today=TODAY, incomplete=True)
    assert "and 112 more" in texts(made.pdf)[0].replace("\n", " ")


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


def test_a_packet_without_exhibits_or_findings_is_a_cover_a_letter_and_an_index():
    assert pack(CASE, (), (), today=TODAY).pages == 3


def test_the_same_input_gives_the_same_bytes():
    assert pack(CASE, FINDINGS, EXHIBITS, today=TODAY) == plain()


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


def test_titles_are_text_and_never_markup():
    made = pack(CASE, (), [exhibit('#panic("x") $x$ *b* \\', "degree", "d1", paper(1))], today=TODAY)
    assert '#panic("x") $x$ *b* \\' in texts(made.pdf)[2]


def with_field(look: bool) -> bytes:
    """A page with a field that holds "typed", with a drawing of it or without."""
    pdf, out = pikepdf.open(io.BytesIO(paper(1))), io.BytesIO()
    field = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="a", V="typed", F=4,
        Rect=[100, 100, 200, 120], DA="/F 10 Tf 0 g",
    )  # fmt: skip
    if look:
        drawn = pdf.make_stream(b"BT /F 12 Tf 2 2 Td (as drawn) Tj ET", BBox=[0, 0, 100, 20], Subtype=pikepdf.Name.Form)
        drawn.Type, drawn.Resources = pikepdf.Name.XObject, pdf.pages[0].Resources
        field.AP = pikepdf.Dictionary(N=drawn)
    pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(field)]))
    pdf.Root.AcroForm = pikepdf.Dictionary(
        Fields=pdf.pages[0].Annots, DR=pikepdf.Dictionary(Font=pdf.pages[0].Resources.Font), DA="/F 10 Tf 0 g"
    )
    pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("look", "says"), [(True, "as drawn"), (False, "typed")])
def test_a_field_shows_its_drawing_or_else_its_value_and_each_once(look: bool, says: str):
    binding = Binding("a4")
    binding.foreign(Foreign.open("d9", with_field(look)), "Exhibit 1")
    text = texts(binding.finish("t", ()))[0]
    assert text.count("typed") + text.count("as drawn") == 1 and says in text


def layered(**shown: object) -> bytes:
    """A page with a layer that is off: words, a bar, a picture and a note in it; visible words beside."""
    pdf, out = pikepdf.open(io.BytesIO(paper(1, text="seen "))), io.BytesIO()
    layer = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="Draft"))
    page = pdf.pages[0]
    hidden = pdf.make_stream(b"BT /F 12 Tf 5 5 Td (placed) Tj ET", BBox=[0, 0, 99, 20], OC=layer)
    hidden.Type, hidden.Subtype, hidden.Resources = pikepdf.Name.XObject, pikepdf.Name.Form, page.Resources
    page.Resources.XObject = pikepdf.Dictionary(Hid=hidden)
    page.Resources.Properties = pikepdf.Dictionary(L=layer)
    page.contents_add(b"/OC /L BDC BT /F 12 Tf 72 300 Td (secret) Tj ET 9 9 99 99 re f EMC /Hid Do")
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=[9, 200, 99, 220], OC=layer,
        AP=pikepdf.Dictionary(N=hidden),
    )  # fmt: skip
    page.Annots = pikepdf.Array([note])
    state = pikepdf.Dictionary(**shown) if shown else pikepdf.Dictionary(OFF=[layer])
    pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[layer], D=state)
    pdf.save(out)
    return out.getvalue()


def test_a_hidden_layer_does_not_come_to_light():
    for data in (layered(), layered(BaseState=pikepdf.Name.OFF)):
        source = Foreign.open("d9", data)
        assert source.hidden == 1
        binding = Binding("a4")
        binding.foreign(source, "Exhibit 1")
        made = binding.finish("t", ())
        text = texts(made)[0]
        assert "seen 1" in text and "secret" not in text and "placed" not in text
        ink = pypdfium2.PdfDocument(made)[0].render().to_pil().convert("L").crop((20, 700, 70, 800))
        assert ink.getextrema() == (255, 255), "the bar in the layer is not painted"
    assert Foreign.open("d9", layered(BaseState=pikepdf.Name.ON)).hidden == 0


def test_forms_stand_in_the_order_in_which_they_are_filed():
    names = ["Form I-129, Petition", "Some other form", "Form G-28", "I-907"]
    forms = [exhibit(name, "official-form", f"f{n}", paper(1)) for n, name in enumerate(names)]
    (_, placed), *_ = order.arranged(CASE, [*EXHIBITS, *forms])
    wanted = ["I-907", "Form G-28", "Form I-129, Petition", "Some other form", "Assignment letter"]
    assert [each.title for each in placed] == wanted
    same = replace(CASE, route="us/l-1b")
    own, other = (order.arranged(each, EXHIBITS) for each in (CASE, same))
    assert [title for title, _ in own] == [title for title, _ in other]


def test_every_kind_and_route_in_the_order_is_there():
    rules = load(shipped.folder("templates") / "packet" / "order.toml", order.Order)
    known = {*kinds(), *order.NO_EVIDENCE}
    sections = [*rules.default, *(each for one in rules.route.values() for each in one)]
    assert {kind for each in sections for kind in each.kinds} <= known
    assert {*rules.same, *rules.same.values(), *rules.route} <= set(routes())
    assert set(rules.same.values()) <= set(rules.route)


def test_what_goes_along_proves_what_a_specialist_says():
    form = replace(exhibit("Form G-28", "official-form", "file-1", paper(1)), proves=(("g28", "p1"),))
    findings = [*FINDINGS, finding("g28", Verdict.MET), finding("i907", Verdict.MET)]
    made = pack(CASE, findings, [*EXHIBITS, form], today=TODAY)
    proven = {each["requirement"]: each["proven_by"] for each in made.manifest["requirements"]}
    assert proven["g28"] == [{"exhibit": 1, "page": made.manifest["exhibits"][0]["first_page"]}]
    assert proven["i907"] == [] and [each["requirement"] for each in made.manifest["unproved"]] == ["i907"]


def test_hidden_layers_are_named():
    assert inspect(layered()).removed == ("hidden layers",)
