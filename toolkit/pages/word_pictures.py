"""Pictures pasted into a Word file that are large enough to be papers: people send their passport that way.

Each becomes a further sheet after the text. Letterheads, logos and pasted signatures are smaller, and stay pictures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from toolkit import sniff
from toolkit.arrival import Limits
from toolkit.errors import InputError
from toolkit.pages import picture
from toolkit.pages.sheet import Sheet
from toolkit.pages.word_parts import Element, Package, attribute, child, content, local

#: Each costs seconds to read.
_MOST = 20
#: English metric units in a centimetre and a point (20.1.2.1); the smallest paper that counts is an identity card
#: (8.56 by 5.40 cm, ISO/IEC 7810 ID-1) a little reduced.
_CENTIMETRE, _POINT = 360_000, 12_700
_WIDE, _HIGH = 7.5 * _CENTIMETRE, 4.5 * _CENTIMETRE
_MEASURE = re.compile(r"(?<![\w-])(width|height):\s*(\d{1,6}(?:\.\d{1,6})?)(pt|in|cm|mm)?")
_UNITS = {"pt": _POINT, "in": 72 * _POINT, "cm": _CENTIMETRE, "mm": _CENTIMETRE / 10, "": _POINT}


def paper(element: Element) -> str:
    """Return the relation of a `blip` or `imagedata` shown as large as a paper, nothing for smaller pictures."""
    for around in element.iterancestors():
        name = local(around)
        if name in ("inline", "anchor"):
            extent = child(around, "extent")
            sides = [_figure(attribute(extent, side)) for side in ("cx", "cy")]
        elif name in ("shape", "rect") and "width" in attribute(around, "style"):
            found = {key: float(size) * _UNITS[unit] for key, size, unit in _measures(around)}
            sides = [found.get("width", 0.0), found.get("height", 0.0)]
        else:
            continue
        large = max(sides) >= _WIDE and min(sides) >= _HIGH
        return (attribute(element, "embed") or attribute(element, "id")) if large else ""
    return ""


def sheets(parts: Package, relations: Sequence[str], after: int, limits: Limits) -> tuple[tuple[Sheet, ...], int]:
    """Return a sheet for each picture of the body's *relations*, numbered after page *after*, and how many failed."""
    made: list[Sheet] = []
    failed = 0
    for relation in list(dict.fromkeys(relations))[:_MOST]:
        known = parts.relations.get(relation)
        if known is None or known.outside or known.target not in parts.names:
            continue
        data = content(parts.archive, known.target)
        if sniff.media_type(data) not in picture.MEDIA_TYPES:
            failed += 1
            continue
        try:
            found = picture.sheets(data, limits.pixels, max(1, limits.pages - after - len(made)))
        except InputError:
            # A broken picture must not take the text with it; it is told.
            failed += 1
            continue
        made += [numbered(sheet, after + len(made) + at) for at, sheet in enumerate(found, 1)]
    return tuple(made), failed + max(0, len(set(relations)) - _MOST)


def numbered(sheet: Sheet, number: int) -> Sheet:
    """Return *sheet* as page *number*."""
    return Sheet(replace(sheet.page, number=number), lambda: sheet.image, sheet.zones)


def _figure(text: str) -> float:
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0.0


def _measures(shape: Element) -> list[tuple[str, str, str]]:
    return _MEASURE.findall(attribute(shape, "style")[:2000])
