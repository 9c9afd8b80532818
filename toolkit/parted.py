"""The documents in one file that holds several travel documents: to each zone the pages and the print that are its own.

Two passports side by side on a scanner, or the cards of a family on one sheet, are as many documents. Knows zones and
pages; a file without several zones is one document, whatever it holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from toolkit.model import Box, Page
from toolkit.pages import Opened, Sheet
from toolkit.recognise import Recognised, kind_of_zone, kinds
from toolkit.zone import FoundZone


def documents(opened: Opened, found: Recognised) -> list[tuple[Opened, Recognised]]:
    """Return what *opened* holds, each document with what it was taken for; *found* is that of the file.

    A document's pages hold only the words that stand nearer to its zone than to another's.
    """
    if found.kind is None or found.zone is None or not found.others:
        return [(opened, found)]
    zones = (found.zone, *found.others)
    return [(_own(opened, zones, zone), _taken_for(found, zones, zone, opened)) for zone in zones]


def _taken_for(found: Recognised, zones: Sequence[FoundZone], zone: FoundZone, opened: Opened) -> Recognised:
    name = kind_of_zone(zone.zone.document_code) or found.name
    numbers = tuple(page.number for page in opened.pages if _owner(page.number, zones).page == zone.page)
    return replace(found, kind=kinds()[name], name=name, pages=numbers, zone=zone, others=())


def _owner(number: int, zones: Sequence[FoundZone]) -> FoundZone:
    """Return the zone that a page belongs to: its own, else the nearest; a card's front comes before its back."""
    return min(zones, key=lambda zone: (abs(zone.page - number), zone.page < number))


def _own(opened: Opened, zones: Sequence[FoundZone], zone: FoundZone) -> Opened:
    sheets = tuple(_sheet(sheet, zones, zone) for sheet in opened.sheets)
    return replace(opened, sheets=sheets)


def _sheet(sheet: Sheet, zones: Sequence[FoundZone], zone: FoundZone) -> Sheet:
    beside = [other for other in zones if other.page == sheet.page.number]
    if zone not in beside or len(beside) == 1:
        return sheet
    own = tuple(
        word for word in sheet.page.words if min(beside, key=lambda each: _away(word.box, each, sheet.page)) is zone
    )
    return Sheet(replace(sheet.page, words=own), lambda: sheet.image)


def _away(box: Box, zone: FoundZone, page: Page) -> float:
    """How far the middle of *box* lies from the zone's box, in points or pixels of the page."""
    x, y = (box.left + box.right) / 2, box.middle
    across = max(zone.box.left - x, 0.0, x - zone.box.right) * page.width
    down = max(zone.box.top - y, 0.0, y - zone.box.bottom) * page.height
    return math.hypot(across, down)
