"""Specimen forms, drawn for the tests: fields of every type, as authorities make them and as nobody should."""

from __future__ import annotations

import io
import warnings

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

COURIER = "/Cour 10 Tf 0 g"


def form(
    *, xfa: bytes = b"", script: bool = False, locked: bool = False, listed: bool = True, fields: bool = True
) -> bytes:
    """A form of one page; *listed*: its fields stand in the form's list, and not on the page alone."""
    pdf = Pdf.new()
    page = pdf.add_blank_page(page_size=(612, 792))
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Courier))
    made = [] if not fields else [
        _text(pdf, "Surname", (50, 700, 300, 718), "Part 1. Enter Family Name."),
        _text(pdf, "Short", (50, 670, 110, 688), "Part 1. 2. Enter Title."),
        _text(pdf, "Number", (50, 640, 200, 658), "Part 1. 3. Enter A-Number.", limit=9, bits=1 << 24),
        _text(pdf, "Born", (50, 610, 200, 628), "Part 1. 4. Enter Date of Birth."),
        _text(pdf, "Duties", (50, 520, 300, 574), "Part 2. 1. Describe.", bits=1 << 12),
        _text(pdf, "Signature", (50, 20, 200, 38), "Signature. Sign by hand."),
        _text(pdf, "MorePage", (50, 480, 90, 498), "Page"), _text(pdf, "MoreItem", (100, 480, 140, 498), "Item"),
        _text(pdf, "More", (50, 400, 500, 470), "More", bits=1 << 12),
        _box(pdf, "Male", " M ", (50, 370, 60, 380)), _box(pdf, "Female", " F ", (70, 370, 80, 380)),
        _choice(pdf, "State", (50, 340, 110, 358), (("OH", "Ohio"), ("NY", "New York"))),
        *_radio(pdf, "Yes or no", ((50, 310, 60, 320), (70, 310, 80, 320))),
    ]  # fmt: skip
    for each in made:
        each["/P"] = page.obj
    page.obj["/Annots"] = Array(made)
    tops = [each.get("/Parent", each) for each in made]
    unique = list({each.objgen: each for each in tops}.values())
    pdf.Root["/AcroForm"] = Dictionary(
        Fields=Array(unique if listed else []), DA=String(COURIER), DR=Dictionary(Font=Dictionary(Cour=font)),
        NeedAppearances=True,
    )  # fmt: skip
    if xfa:
        pdf.Root.AcroForm["/XFA"] = Array([String("config"), pdf.make_stream(xfa)])
    if script:
        action = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS=String("this.getField('Surname').value='x'")))
        pdf.Root["/OpenAction"] = action
        pdf.Root["/Names"] = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), action])))
        made[0]["/AA"] = Dictionary(C=action)
    out = io.BytesIO()
    encryption = pikepdf.Encryption(
        owner="officer", user="", allow=pikepdf.Permissions(modify_form=True, extract=False)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pikepdf.exceptions.PageCopyWarning)  # unlisted fields are what is wanted
        pdf.save(out, encryption=encryption if locked else False)
    return out.getvalue()


def _text(pdf: Pdf, name: str, rect: tuple[int, ...], label: str, limit: int = 0, bits: int = 0) -> Dictionary:
    made = Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String(name), TU=String(label), Rect=Array(list(rect)),
        DA=String(COURIER), F=4, Ff=bits,
    )  # fmt: skip
    if limit:
        made["/MaxLen"] = limit
    return pdf.make_indirect(made)


def _mark(pdf: Pdf, drawn: bytes) -> Stream:
    return pdf.make_stream(drawn, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 10, 10]))


def _box(pdf: Pdf, name: str, state: str, rect: tuple[int, ...]) -> Dictionary:
    drawn = Dictionary({"/" + state: _mark(pdf, b"0 0 m 10 10 l S"), "/Off": _mark(pdf, b"")})
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Btn,
            T=String(name),
            Rect=Array(list(rect)),
            F=4,
            AS=Name.Off,
            V=Name.Off,
            AP=Dictionary(N=drawn),
        )
    )


def _radio(pdf: Pdf, name: str, rects: tuple[tuple[int, ...], ...]) -> list[Dictionary]:
    parent = pdf.make_indirect(Dictionary(FT=Name.Btn, T=String(name), Ff=1 << 15, V=Name.Off, Kids=Array([])))
    kids = []
    for state, rect in zip(("yes", "no"), rects, strict=True):
        kid = _box(pdf, "", state, rect)
        for key in ("/T", "/FT", "/V"):
            del kid[key]
        kid["/Parent"] = parent
        parent["/Kids"].append(kid)
        kids.append(kid)
    return kids


def _choice(pdf: Pdf, name: str, rect: tuple[int, ...], options: tuple[tuple[str, str], ...]) -> Dictionary:
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Ch,
            T=String(name),
            Rect=Array(list(rect)),
            F=4,
            Ff=1 << 17,
            DA=String(COURIER),
            Opt=Array([Array([String(value), String(shown)]) for value, shown in options]),
        )
    )
