"""Where the values of a zone stand on the page, and the portrait of its holder. Knows zones and pictures, no labels."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit import portrait
from toolkit.model import Box, Field, Method, Page, Proof, Source
from toolkit.mrz import Zone
from toolkit.mrz_layouts import FILLER, LAYOUTS, Span
from toolkit.pages import Opened
from toolkit.zone import FoundZone

#: The portrait of a card may be on its other side.
_SIDES = 2
_NAMES = ("surname", "given_names")


def box(found: FoundZone, name: str) -> Box:
    """Return the box of a value: its share of the line's box, for the characters of a zone are all one width."""
    layout = LAYOUTS[found.zone.format]
    span = layout.span(name) or layout.span("names")
    if span is None or len(found.boxes) != layout.height:
        return found.box
    start, end = _within(found.zone, name, span)
    if found.cells and len(found.cells[span.line]) == layout.widths[span.line]:
        return Box.around(found.cells[span.line][start:end])
    line = found.boxes[span.line]
    step = line.width / layout.widths[span.line]
    return Box(line.left + start * step, line.top, line.left + end * step, line.bottom)


def _within(zone: Zone, name: str, span: Span) -> tuple[int, int]:
    """Return where a value stands in its line: surname and given names share one span in most formats."""
    if span.name != "names" or name not in _NAMES:
        return span.start, span.end
    text = span.of(zone.lines)
    surname, parted, given = text.partition(FILLER * 2)
    if name == "surname" or not parted:
        return span.start, span.start + len(surname.rstrip(FILLER))
    begins = span.start + len(surname) + len(parted)
    return begins, max(begins + 1, begins + len(given.rstrip(FILLER)))


def portrait_of(opened: Opened, pages: Sequence[Page], zone: FoundZone | None) -> tuple[Field, ...]:
    """Return where the holder's portrait stands, on the page of the *zone* or on the other side of the card."""
    own = {page.number for page in pages if page.method is Method.OCR}
    sheets = sorted(
        (sheet for sheet in opened.sheets if sheet.page.number in own),
        key=lambda sheet: zone is None or sheet.page.number != zone.page,
    )
    for sheet in sheets[:_SIDES]:
        number = sheet.page.number
        found = portrait.find(sheet.image, zone.box if zone is not None and zone.page == number else None)
        if found is not None:
            source = Source("", number, found.box, Method.COMPUTED)
            return (Field("portrait", "found", round(found.confidence, 3), source, Proof.NONE),)
    return ()
