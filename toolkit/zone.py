"""Finding and reading the machine-readable zone of an opened file: first in the words, then harder in the picture.

Knows pages and pictures, and asks the grammar of `toolkit.mrz_repair` what they say; knows no kind of document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from toolkit import zone_picture, zone_strips
from toolkit.fields import person_name
from toolkit.model import Box, Method, Word
from toolkit.mrz import Zone, parse
from toolkit.mrz_layouts import FILLER, LAYOUTS
from toolkit.mrz_lines import FAR, alike
from toolkit.pages import Opened, Sheet
from toolkit.zone_strips import Match, Strip

#: Zones stand on the first pages of a file, if anywhere.
_PAGES = 4
#: Letters at this price are one letter to a tired eye.
_LOOKS_ALIKE = 3.5
#: A page with this many legible words and no trace of a zone has none.
_WORDY = 60


@dataclass(frozen=True, slots=True)
class FoundZone:
    """A zone, where it stands, and how sure it is to be one.

    `boxes` are those of its lines; `doubts` holds, by span of the zone, how dear the next reading would have been
    (small means doubtful); `alike` names the spans that words and picture gave alike; `legibility` is the engine's own
    word; `others` are the readings that lost.
    """

    zone: Zone
    page: int
    box: Box
    confidence: float
    boxes: tuple[Box, ...] = ()
    doubts: tuple[tuple[str, float], ...] = ()
    alike: frozenset[str] = frozenset()
    legibility: float = 1.0
    method: Method = Method.OCR
    others: tuple[Zone, ...] = ()

    def __repr__(self) -> str:
        return f"<FoundZone {self.zone.format} p{self.page} {self.confidence:.2f}>"


def find(opened: Opened, *, today: date | None = None) -> FoundZone | None:
    """Return the zone of *opened*, or None where there is none; *today* settles the centuries of its dates."""
    today = today or date.today()
    for sheet in opened.sheets[:_PAGES]:
        found = _on_sheet(sheet, today)
        if found is not None:
            return found
    return None


def _on_sheet(sheet: Sheet, today: date) -> FoundZone | None:
    page = sheet.page
    strips = zone_strips.of_page(page)
    by_words = zone_strips.match(strips, today=today)
    if page.method is not Method.OCR:
        return _found(by_words, by_words, sheet) if by_words else None
    by_picture = _looked_for(sheet, strips, today) if by_words is None else _reread(sheet, by_words, today)
    first, second = (by_words, by_picture) if by_words is not None else (by_picture, None)
    return _named_as_printed(_found(first, second, sheet), sheet.page.words, today) if first else None


def _reread(sheet: Sheet, match: Match, today: date) -> Match | None:
    """Read the zone found in the words again from the picture, straightened where it lies askew."""
    boxes = [strip.box for strip in match.strips]
    flat = [box for box in boxes if _is_flat(box, len(match.best.zone.lines[0]), sheet)]
    again = None
    if len(flat) == len(boxes):
        again = zone_strips.match(zone_picture.reread(sheet.image, boxes), today=today)
    if again is None or not again.best.zone.valid:
        searched = zone_strips.match(zone_picture.search(sheet.image, _around(boxes)), today=today)
        again = max((each for each in (again, searched) if each), key=lambda each: each.worth, default=None)
    return again


def _is_flat(box: Box, characters: int, sheet: Sheet) -> bool:
    """Whether the line lies level: its box is then hardly higher than its characters, which stand twice their width."""
    height, width = sheet.image.shape[:2]
    return bool(box.height * height < 2.6 * box.width * width / characters)


def _around(boxes: Sequence[Box]) -> Box:
    whole = Box.around(boxes)
    pad = min(box.height for box in boxes)
    return Box(
        max(0.0, whole.left - 0.04),
        max(0.0, whole.top - pad),
        min(1.0, whole.right + 0.04),
        min(1.0, whole.bottom + pad),
    )


def _looked_for(sheet: Sheet, strips: Sequence[Strip], today: date) -> Match | None:
    """Look harder where something hints at a zone; a page full of legible words without a hint has none."""
    words = sheet.page.words
    hinted = [strip.box for strip in strips] + [word.box for word in words if _hints(word)]
    if hinted:
        near = Box.around(hinted)
        regions = [Box(0.0, max(0.0, near.top - 0.1), 1.0, min(1.0, near.bottom + 0.1))]
    elif len(words) < _WORDY:
        regions = [Box(0.0, 0.45, 1.0, 1.0)]
    else:
        return None
    for region in regions:
        found = zone_strips.match(zone_picture.search(sheet.image, region), today=today)
        if found is not None:
            return found
    return None


def _hints(word: Word) -> bool:
    return "<<" in word.text or "くく" in word.text or "P<" in word.text


def _found(first: Match, second: Match | None, sheet: Sheet) -> FoundZone:
    """Keep the better of two readings of the same zone, and note where both say the same."""
    best, other = (second, first) if second is not None and second.worth >= first.worth else (first, second)
    zone = best.best.zone
    same = frozenset(
        span.name
        for span in LAYOUTS[zone.format].spans
        if other is not None
        and other.best.zone.format is zone.format
        and other.best.zone.raw(span.name) == zone.raw(span.name)
    )
    boxes = tuple(strip.box for strip in best.strips)
    rivals = (*best.others, *((other.best,) if other is not None else ()))
    others = tuple(
        dict.fromkeys(each.zone for each in rivals if each.zone.lines != zone.lines and each.zone.format is zone.format)
    )
    return FoundZone(
        zone=zone,
        page=sheet.page.number,
        box=Box.around(boxes),
        confidence=_confidence(best),
        boxes=boxes,
        doubts=tuple(best.best.margins.items()),
        alike=same,
        legibility=min(strip.confidence for strip in best.strips),
        method=Method.MRZ,
        others=others,
    )


def _named_as_printed(found: FoundZone, words: Sequence[Word], today: date) -> FoundZone:
    """Read a name as it is printed elsewhere on the page where the two differ by one letter that looks like the other.

    No check digit covers names (but the French card's, which is left alone), and the print above the zone is another
    witness: ERIKSSDN in the zone of a page that prints ERIKSSON was misread.
    """
    span = LAYOUTS[found.zone.format].span("names")
    if span is None:
        return found
    printed = {
        form
        for word in words
        if FILLER not in word.text and not _inside(word.box, found.box)
        for part in person_name.parts(word.text)
        for form in person_name.forms(part)
    }
    parted = found.zone.raw("names").split(FILLER)
    names = [_as_printed(part, printed) for part in parted]
    if names == parted:
        return found
    lines = list(found.zone.lines)
    lines[span.line] = lines[span.line][: span.start] + FILLER.join(names) + lines[span.line][span.end :]
    zone = parse(lines, today=today)
    return found if zone is None else replace(found, zone=zone, others=(found.zone, *found.others))


def _inside(box: Box, zone: Box) -> bool:
    return zone.top <= box.middle <= zone.bottom


def _as_printed(part: str, printed: set[str]) -> str:
    if len(part) < 3 or part in printed:
        return part
    for other in printed:
        if len(other) == len(part):
            changed = [(was, now) for was, now in zip(part, other, strict=True) if was != now]
            if len(changed) == 1 and alike(changed[0][0]).get(changed[0][1], FAR) <= _LOOKS_ALIKE:
                return other
    return part


def _confidence(match: Match) -> float:
    """How sure it is that this is a zone at all; receipts and forms do not come near half of these points."""
    if match.best.zone.valid:
        return 0.99
    return min(0.95, 0.6 + 0.04 * (match.points - zone_strips.ENOUGH))
