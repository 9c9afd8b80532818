"""Puts fields on laid-out pages and makes a form of them, with a mark inside that says what it is.

Runs in a confined child, as `toolkit.acroform` does: PDF libraries are loaded nowhere else. Knows places, and no case.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
from pikepdf import Array, AttachedFileSpec, Dictionary, Name, Stream, String

from toolkit.acroform_fields import NewField, Spot

_REQUIRED, _MULTILINE, _COMBO, _RADIO, _NO_OFF = 1 << 1, 1 << 12, 1 << 17, 1 << 15, 1 << 14
_PRINT, _SIZE = 4, 10
_CROSS = b"q 1.2 w 2 2 m 8 8 l S 2 8 m 8 2 l S Q"


def made(pages: bytes, fields: Sequence[NewField], mark_name: str, mark: bytes, language: str) -> bytes:
    """Return *pages* as a form with *fields* in the order of reading; /DV keeps the values it starts with."""
    with pikepdf.open(io.BytesIO(pages)) as pdf:
        fonts = Dictionary(
            Helv=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding),
            ZaDb=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.ZapfDingbats),
        )
        form = Dictionary(Fields=Array([]), DA=String("/Helv 10 Tf 0 g"), DR=Dictionary(Font=fonts))
        pdf.Root["/AcroForm"] = pdf.make_indirect(form)
        pdf.Root["/Lang"] = String(language)
        for page in pdf.pages:
            page.obj["/Tabs"] = Name.R
        for each in fields:
            boxed = bool(each.spots[0].state)
            pdf.Root.AcroForm.Fields.append(_radio(pdf, each) if boxed else _typed(pdf, each))
        spec = AttachedFileSpec(
            pdf, mark, mime_type="application/json", filename=mark_name, description="", creation_date="", mod_date=""
        )
        pdf.attachments[mark_name] = spec
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
        return out.getvalue()


def _typed(pdf: pikepdf.Pdf, each: NewField) -> Dictionary:
    spot = each.spots[0]
    bits = (_REQUIRED if each.required else 0) | (_MULTILINE if each.lines else 0)
    widget = _widget(pdf, spot)
    widget["/T"] = String(each.name)
    widget["/TU"] = String(each.label)
    widget["/FT"] = Name.Ch if each.options else Name.Tx
    widget["/Ff"] = bits | (_COMBO if each.options else 0)
    widget["/DA"] = String(f"/Helv {_SIZE} Tf 0 g")
    if each.options:
        widget["/Opt"] = Array([Array([String(value), String(shown)]) for value, shown in each.options])
    if each.value:
        widget["/DV"] = String(each.value)
    return _placed(pdf, widget, spot)


def _radio(pdf: pikepdf.Pdf, each: NewField) -> Dictionary:
    parent = pdf.make_indirect(
        Dictionary(
            FT=Name.Btn,
            T=String(each.name),
            TU=String(each.label),
            Ff=_RADIO | (_REQUIRED if each.required else 0),
            V=Name.Off,
            Kids=Array([]),
        )
    )
    if each.value:
        parent["/DV"] = Name("/" + each.value)
    for spot in each.spots:
        widget = _widget(pdf, spot)
        widget["/Parent"] = parent
        widget["/AS"] = Name.Off
        widget["/MK"] = Dictionary(CA=String("8"))
        widget["/DA"] = String("/ZaDb 0 Tf 0 g")
        drawn = {"/" + spot.state: _drawn(pdf, spot, _CROSS), "/Off": _drawn(pdf, spot, b"")}
        widget["/AP"] = Dictionary(N=Dictionary(drawn))
        parent["/Kids"].append(_placed(pdf, widget, spot))
    return parent


def _drawn(pdf: pikepdf.Pdf, spot: Spot, content: bytes) -> Stream:
    scale = f"{spot.width / 10:.4f} 0 0 {spot.height / 10:.4f} 0 0 cm ".encode()
    box = Array([0, 0, spot.width, spot.height])
    return pdf.make_stream(b"q " + scale + content + b" Q", Type=Name.XObject, Subtype=Name.Form, BBox=box)


def _widget(pdf: pikepdf.Pdf, spot: Spot) -> Dictionary:
    high = float(pdf.pages[spot.page - 1].mediabox[3])
    rect = [spot.left, high - spot.top - spot.height, spot.left + spot.width, high - spot.top]
    return Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=Array([round(each, 3) for each in rect]), F=_PRINT)


def _placed(pdf: pikepdf.Pdf, widget: Dictionary, spot: Spot) -> Dictionary:
    page = pdf.pages[spot.page - 1].obj
    indirect = pdf.make_indirect(widget)
    indirect["/P"] = page
    if "/Annots" not in page:
        page["/Annots"] = Array([])
    page["/Annots"].append(indirect)
    return indirect
