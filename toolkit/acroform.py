"""What a fillable PDF form is: its fields by name, with their place, type, limits and what is typed in them.

Runs in a confined child (`toolkit.confine`): a blank comes from outside and is parsed nowhere else. Knows PDF forms
(ISO 32000-1, 12.7); knows no definition, no case and no fact.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pikepdf

from toolkit.acroform_fields import Blank, FormField, Kind, Place
from toolkit.errors import EncryptedError, InputError, TooLargeError, UnreadableError

_PAGES, _FIELDS, _DEEP, _NAME, _TEXT = 200, 5_000, 32, 400, 20_000
#: Bits of /Ff (ISO 32000-1, tables 221, 226, 228, 230), counted from 0.
_READ_ONLY, _MULTILINE, _PUSH, _COMB, _RADIO, _EDIT = 1 << 0, 1 << 12, 1 << 16, 1 << 24, 1 << 15, 1 << 18
_FONT = re.compile(r"/(\S+)\s+(-?[0-9.]+)\s+Tf")
_DYNAMIC = re.compile(rb"<dynamicRender>\s*required", re.IGNORECASE)
_GET_STATIC = (
    "Take the edition that other PDF readers can show (the authority's page often offers one), "
    "or fill it in on the authority's own pages."
)


def inspect(data: bytes) -> Blank:
    """Return what the form in *data* is.

    Raises UnreadableError for what is no PDF, EncryptedError where it asks for a password, InputError for a PDF without
    fields and for a dynamic XFA form, whose pages exist in Adobe's programs only; each with the remedy.
    """
    with opened(data) as pdf:
        form = pdf.Root.get("/AcroForm")
        xfa = isinstance(form, pikepdf.Dictionary) and "/XFA" in form
        fields = tuple(fields_of(pdf))
        if xfa and isinstance(form, pikepdf.Dictionary) and (not fields or _DYNAMIC.search(_packets(form))):
            raise InputError("This form is a dynamic XFA form: only Adobe's programs can show it.", remedy=_GET_STATIC)
        if not fields:
            raise InputError("This PDF has no fields that can be filled in.", remedy="Take the fillable form itself.")
        pages = tuple((float(page.mediabox[2]), float(page.mediabox[3])) for page in pdf.pages)
        return Blank(fields, pages, xfa, pdf.is_encrypted, _has_scripts(pdf), bool(len(pdf.attachments)))


def opened(data: bytes) -> pikepdf.Pdf:
    """Open a form; one that is locked against changes opens without a password. Raises InputError subclasses."""
    try:
        pdf = pikepdf.open(io.BytesIO(data))
        count = len(pdf.pages)
    except pikepdf.PasswordError:
        raise EncryptedError(
            "The form asks for a password.", remedy="Take it from the authority's page anew."
        ) from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise UnreadableError("The form is no PDF that can be read.", remedy="Download it again.") from None
    if count > _PAGES:
        raise TooLargeError(f"The form has more than {_PAGES} pages.", remedy="Take the form without instructions.")
    return pdf


def widgets(pdf: pikepdf.Pdf) -> Iterator[tuple[int, pikepdf.Dictionary]]:
    """Yield every widget that has a name, with its page from 1: forms exist whose list of fields is empty."""
    seen = 0
    for number, page in enumerate(pdf.pages, 1):
        annotations = page.obj.get("/Annots")
        if not isinstance(annotations, pikepdf.Array):
            continue
        for each in annotations:
            if isinstance(each, pikepdf.Dictionary) and each.get("/Subtype") == pikepdf.Name.Widget:
                seen += 1
                if seen > _FIELDS:
                    raise TooLargeError(f"The form has more than {_FIELDS} fields.", remedy="Take it anew.")
                yield number, each


def chain(widget: pikepdf.Dictionary) -> list[pikepdf.Dictionary]:
    """Return *widget* and what stands above it, from the inside out; a loop ends where it closes."""
    found: list[pikepdf.Dictionary] = []
    each, met = widget, set[tuple[int, int]]()
    while isinstance(each, pikepdf.Dictionary) and len(found) < _DEEP:
        if each.is_indirect:
            if each.objgen in met:
                break
            met.add(each.objgen)
        found.append(each)
        above = each.get("/Parent")
        if not isinstance(above, pikepdf.Dictionary):
            break
        each = above
    return found


def name_of(widget: pikepdf.Dictionary) -> str:
    """Return the full name of the field of *widget* (ISO 32000-1, 12.7.3.2)."""
    parts = [_text(each.get("/T"), _NAME) for each in chain(widget) if "/T" in each]
    return ".".join(reversed(parts))


def inherited(widget: pikepdf.Dictionary, key: str) -> pikepdf.Object | None:
    """Return what *widget*, or the nearest field above it, says of *key*."""
    return next((each[key] for each in chain(widget) if key in each), None)


def fields_of(pdf: pikepdf.Pdf) -> Iterator[FormField]:
    """Yield the fields of *pdf* in the order in which they stand in it."""
    by_name: dict[str, list[tuple[int, pikepdf.Dictionary]]] = {}
    for page, widget in widgets(pdf):
        name = name_of(widget)
        if name:
            by_name.setdefault(name, []).append((page, widget))
    for name, parts in by_name.items():
        places = tuple(place for page, each in parts if (place := _place(page, each)) is not None)
        if places:
            yield _field(name, parts[0][1], places)


def flags(widget: pikepdf.Dictionary) -> int:
    """Return the flags of a field; what is no number is 0."""
    return int(_number(inherited(widget, "/Ff")))


def _field(name: str, widget: pikepdf.Dictionary, places: tuple[Place, ...]) -> FormField:
    bits, kind = flags(widget), _kind(widget)
    font = _FONT.search(_text(inherited(widget, "/DA"), 200))
    longest = int(_number(inherited(widget, "/MaxLen")))
    value, default = inherited(widget, "/V"), inherited(widget, "/DV")
    return FormField(
        name,
        kind,
        places,
        _text(inherited(widget, "/TU"), 1_000),
        max(0, longest) if kind == "text" else 0,
        kind == "text" and bool(bits & _COMB) and longest > 0,
        kind == "text" and bool(bits & _MULTILINE),
        min(72.0, abs(float(font[2]))) if font else 0.0,
        bool(font and re.search("cour|mono|typewriter", font[1], re.IGNORECASE)),
        0.0,
        _number(inherited(widget, "/Q")) == 1,
        bool(bits & _READ_ONLY),
        kind == "choice" and bool(bits & _EDIT),
        _state(value) if kind == "box" else _text(value, _TEXT),
        _state(default) if kind == "box" else _text(default, _TEXT),
        tuple(dict.fromkeys(place.state for place in places if place.state)),
        tuple(_options(inherited(widget, "/Opt"))) if kind == "choice" else (),
    )


def _kind(widget: pikepdf.Dictionary) -> Kind:
    said = str(inherited(widget, "/FT") or "")
    if said == "/Btn":
        return "button" if flags(widget) & _PUSH else "box"
    return {"/Ch": "choice", "/Sig": "signature"}.get(said, "text")  # type: ignore[return-value]


def _place(page: int, widget: pikepdf.Dictionary) -> Place | None:
    rect = widget.get("/Rect")
    if not isinstance(rect, pikepdf.Array) or len(rect) != 4:
        return None
    left, bottom, right, top = (_number(each) for each in rect)
    left, right, bottom, top = min(left, right), max(left, right), min(bottom, top), max(bottom, top)
    if not all(-20_000 < each < 20_000 for each in (left, right, bottom, top)):
        return None
    return Place(page, left, bottom, right - left, top - bottom, on_state(widget), turn_of(widget))


def turn_of(widget: pikepdf.Dictionary) -> int:
    """Return by how many degrees what stands in *widget* is turned against the clock (ISO 32000-1, table 189)."""
    looks = widget.get("/MK")
    turn = int(_number(looks.get("/R"))) % 360 if isinstance(looks, pikepdf.Dictionary) else 0
    return turn if turn in (90, 180, 270) else 0


def on_state(widget: pikepdf.Dictionary) -> str:
    """Return the name of the state that ticks *widget* (its /AP /N has a drawing of it); empty for none."""
    drawn = widget.get("/AP")
    normal = drawn.get("/N") if isinstance(drawn, pikepdf.Dictionary) else None
    if not isinstance(normal, pikepdf.Dictionary) or isinstance(normal, pikepdf.Stream):
        return ""
    return next((str(key)[1:] for key in normal if key != "/Off"), "")


def _options(given: pikepdf.Object | None) -> Iterator[tuple[str, str]]:
    """Yield what a list shows and the value that stands for it."""
    if not isinstance(given, pikepdf.Array):
        return
    for each in list(given)[:1_000]:
        if isinstance(each, pikepdf.Array) and len(each) == 2:
            yield _text(each[1], 200), _text(each[0], 200)
        else:
            yield _text(each, 200), _text(each, 200)


def _state(value: pikepdf.Object | None) -> str:
    said = str(value) if isinstance(value, pikepdf.Name) else ""
    return "" if said in ("", "/Off") else said[1:]


def _text(value: pikepdf.Object | None, most: int) -> str:
    return str(value)[:most] if isinstance(value, pikepdf.String | str) else ""


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return 0.0


def _packets(form: pikepdf.Dictionary) -> bytes:
    held = form.get("/XFA")
    parts = list(held) if isinstance(held, pikepdf.Array) else [held]
    try:
        return b"".join(part.read_bytes() for part in parts if isinstance(part, pikepdf.Stream))
    except pikepdf.PdfError:
        return b""


def _has_scripts(pdf: pikepdf.Pdf) -> bool:
    names = pdf.Root.get("/Names")
    if isinstance(names, pikepdf.Dictionary) and "/JavaScript" in names:
        return True
    return "/OpenAction" in pdf.Root or "/AA" in pdf.Root or any("/AA" in w or "/A" in w for _, w in widgets(pdf))
