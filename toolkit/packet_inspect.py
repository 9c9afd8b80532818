"""What a submitted PDF holds besides pages: named for the packet, whose copy goes without it, and whether it is signed.

Runs in a confined child. Knows the file; knows no case.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pikepdf

from toolkit import packet_layers
from toolkit.bind import BROKEN

_OBJECTS = 50_000
#: Kinds of annotations that people write with, and the flags Hidden and NoView.
_NOTES = frozenset({"/Text", "/FreeText", "/Highlight", "/Underline", "/StrikeOut", "/Ink", "/Stamp", "/Caret"})
_HIDDEN = 2 | 32
_ACTIONS = {
    "/JavaScript": "scripts",
    "/Launch": "an order to start a program",
    "/SubmitForm": "an order to send data",
    "/ImportData": "an order to load data",
    "/GoToR": "references to other files",
    "/GoToE": "references to other files",
}


@dataclass(frozen=True, slots=True)
class Inspected:
    """What could act or lead elsewhere, each once in plain words, and whether somebody signed the file digitally."""

    removed: tuple[str, ...]
    signed: bool
    #: Whether it has fields to be filled: an official form, most likely.
    fields: bool = False


def inspect(data: bytes) -> Inspected:
    """Look through a PDF; a damaged one is looked through as far as it can be read."""
    found: dict[str, None] = {}
    links, notes, signed, fields = 0, 0, False, False
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            form: Any = pdf.Root.get("/AcroForm", {})
            fields = len(form.get("/Fields", ())) > 0
            if packet_layers.hides(pdf):
                found["hidden layers"] = None
            if pdf.is_encrypted:
                found["protection against changes"] = None
            for each in islice(pdf.objects, _OBJECTS):
                for holder in _dictionaries(each, 3):
                    links += "/URI" in holder and holder.get("/S") == pikepdf.Name.URI
                    notes += _is_unprinted(holder)
                    signed = signed or _is_signed(holder)
                    _note(holder, found)
    except BROKEN:
        found["damage in places"] = None
    if notes:
        found[f"{notes} note{'s' if notes > 1 else ''} beside the page, which a print does not show"] = None
    if links:
        found[f"{links} link{'s' if links > 1 else ''} to addresses outside"] = None
    return Inspected(tuple(found), signed, fields)


def _is_unprinted(holder: pikepdf.Dictionary) -> bool:
    """Whether it is somebody's note that no print of the page shows (ISO 32000-1, 12.5.6.2): hidden, or never drawn."""
    if str(holder.get("/Subtype", "")) not in _NOTES or "/Rect" not in holder:
        return False
    return "/AP" not in holder or bool(int(holder.get("/F", 0)) & _HIDDEN)


def _is_signed(holder: pikepdf.Dictionary) -> bool:
    """Whether it is a signed field; what Adobe signs to let its Reader save a blank form is nobody's signature."""
    value = holder.get("/V")
    return isinstance(value, pikepdf.Dictionary) and "/ByteRange" in value and "/Contents" in value


def _note(holder: pikepdf.Dictionary, found: dict[str, None]) -> None:
    if note := _ACTIONS.get(str(holder.get("/S", ""))):
        found[note] = None
    if "/JS" in holder:
        found["scripts"] = None
    if "/EF" in holder:
        found["files inside the file"] = None
    if "/XFA" in holder:
        found["an XFA form, of which only the printed pages are here"] = None


def _dictionaries(each: pikepdf.Object, depth: int) -> Iterator[pikepdf.Dictionary]:
    """Yield *each* and the dictionaries that stand in it directly; indirect ones come by themselves."""
    if isinstance(each, pikepdf.Stream):
        each = each.stream_dict
    if isinstance(each, pikepdf.Dictionary):
        yield each
    if depth > 0 and isinstance(each, pikepdf.Dictionary | pikepdf.Array):
        inner = list(each.values()) if isinstance(each, pikepdf.Dictionary) else list(islice(each, 50))
        for one in inner:
            if isinstance(one, pikepdf.Dictionary | pikepdf.Array) and not one.is_indirect:
                yield from _dictionaries(one, depth - 1)
