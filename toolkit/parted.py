"""The documents in one file that holds several travel documents: to each zone the pages and the print that are its own.

Two passports side by side on a scanner, the cards of a family on one sheet, or a passport scanned behind a contract are
as many documents. Knows zones and pages; a file without a second document's zone is one document, whatever it holds.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from toolkit.kind import kinds
from toolkit.model import Box, Page
from toolkit.pages import Opened, Sheet
from toolkit.pages.sheet import Picture
from toolkit.recognise import Recognised, kind_of_zone
from toolkit.zone import FoundZone

#: What a document has over its zone, in widths of the zone: the data page of a passport 65 of 112 mm (Doc 9303-4).
_OVER = 0.6
#: Pictures are shared out in so many cells each way; what is not a document's own is this grey in its picture.
_CELLS, _NOBODYS = 128, 235


def documents(opened: Opened, found: Recognised) -> list[tuple[Opened, Recognised]]:
    """Return what *opened* holds, each document with what it was taken for; *found* is that of the file.

    A document's pages hold only what stands on its side of a zone, or nearer to it than to another: words and picture.
    """
    if found.kind is None or not found.others:
        return [(opened, found)]
    zones = sorted((each for each in (found.zone, *found.others) if each is not None), key=_place)
    parts = [(_own(opened, zones, zone), _taken_for(found, zones, zone, opened)) for zone in zones]
    if found.zone is not None:
        return parts
    # A contract with passports scanned behind it: each passport is the page of its zone, the contract is the rest.
    travel = {zone.page for zone in zones}
    rest = tuple(page.number for page in opened.pages if page.number not in travel)
    alone = [(part, replace(taken, pages=(zone.page,))) for (part, taken), zone in zip(parts, zones, strict=True)]
    return [(_without(opened, travel), replace(found, pages=rest, others=())), *alone]


def _place(zone: FoundZone) -> tuple[int, float, float]:
    return zone.page, zone.box.top, zone.box.left


def _without(opened: Opened, pages: Collection[int]) -> Opened:
    """Return *opened* with nothing written on some of its *pages*, for its readers to pass over."""
    return replace(opened, sheets=tuple(_blank(each) if each.page.number in pages else each for each in opened.sheets))


def _blank(sheet: Sheet) -> Sheet:
    return Sheet(replace(sheet.page, words=()), lambda: sheet.image, ())


def _taken_for(found: Recognised, zones: Sequence[FoundZone], zone: FoundZone, opened: Opened) -> Recognised:
    name = kind_of_zone(zone.zone.document_code) or found.name
    numbers = tuple(page.number for page in opened.pages if _owner(page.number, zones).page == zone.page)
    return replace(
        found, kind=kinds()[name], name=name, confidence=zone.confidence, pages=numbers, zone=zone, others=()
    )


def _owner(number: int, zones: Sequence[FoundZone]) -> FoundZone:
    """Return the zone that a page belongs to: its own, else the nearest; a card's front comes before its back."""
    return min(zones, key=lambda zone: (abs(zone.page - number), zone.page < number))


def _own(opened: Opened, zones: Sequence[FoundZone], zone: FoundZone) -> Opened:
    sheets = tuple(_sheet(sheet, zones, zone) for sheet in opened.sheets)
    return replace(opened, sheets=sheets)


def _sheet(sheet: Sheet, zones: Sequence[FoundZone], zone: FoundZone) -> Sheet:
    page = sheet.page
    beside = [other for other in zones if other.page == page.number]
    if zone not in beside or len(beside) == 1:
        return sheet
    own = tuple(
        word
        for word in page.words
        if _nearest((word.box.left + word.box.right) / 2, word.box.middle, beside, page) is zone
    )
    return Sheet(replace(page, words=own), lambda: _alone(sheet.image, beside, zone, page))


def _alone(image: Picture, zones: Sequence[FoundZone], zone: FoundZone, page: Page) -> Picture:
    """Return *image* with what belongs to other *zones* blank: a portrait there is somebody else's."""
    height, width = image.shape[:2]
    middles = (np.arange(_CELLS) + 0.5) / _CELLS
    own = np.array([[_nearest(x, y, zones, page) is zone for x in middles] for y in middles])
    rows, columns = np.arange(height) * _CELLS // height, np.arange(width) * _CELLS // width
    return np.where(own[rows][:, columns, None], image, np.uint8(_NOBODYS))


def _nearest(x: float, y: float, zones: Sequence[FoundZone], page: Page) -> FoundZone:
    """Return the zone whose document has the point: what stands over a zone is its own, then what is near it."""
    return min(zones, key=lambda each: (_away(x, y, _reach(each, page), page), _away(x, y, each.box, page)))


def _reach(zone: FoundZone, page: Page) -> Box:
    """Return the zone with what its document has over it, whichever way that lies on the page."""
    box, lines = zone.box, zone.boxes or (zone.box,)
    first, last = lines[0], lines[-1]
    across = (first.left + first.right - last.left - last.right) * page.width
    down = (first.top + first.bottom - last.top - last.bottom) * page.height
    if abs(across) > abs(down):
        wide = _OVER * box.height * page.height / page.width
        return replace(box, left=box.left - wide) if across < 0 else replace(box, right=box.right + wide)
    high = _OVER * box.width * page.width / page.height
    return replace(box, bottom=box.bottom + high) if down > 0 else replace(box, top=box.top - high)


def _away(x: float, y: float, box: Box, page: Page) -> float:
    """How far the point lies from *box*, in points or pixels of the page; nought inside."""
    across = max(box.left - x, 0.0, x - box.right) * page.width
    down = max(box.top - y, 0.0, y - box.bottom) * page.height
    return math.hypot(across, down)
