"""Finding and reading the machine-readable zones of an opened file: in the picture, and in the words.

The picture is read by `toolkit.zone_reading`, character by character; the words of the page, from a text layer or from
an engine that knows nothing of zones, are the second witness, and the only one where a file has no picture. Knows
pages; knows no kind of document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from toolkit import zone_reading, zone_strips
from toolkit.fields import person_name
from toolkit.model import Box, Method, Word
from toolkit.mrz import Zone, parse
from toolkit.mrz_layouts import FILLER, LAYOUTS, Span
from toolkit.mrz_lines import FAR, Slot, alike, best
from toolkit.mrz_repair import Candidate
from toolkit.pages import Opened, Sheet
from toolkit.zone_strips import Match

#: A letter at this price or less was thought of by the reader of the zone; so many of a name may be read as printed.
_THOUGHT_OF, _CHANGES = 4.0, 3
#: A page of a text layer with this many words shows its zone in them, if it has one.
_WORDY = 60


@dataclass(frozen=True, slots=True)
class FoundZone:
    """A zone, where it stands, and how sure it is to be one.

    `boxes` are those of its lines, `cells` those of their characters where a picture was read; `doubts` holds, by span
    of the zone, how dear the next reading would have been (small means doubtful); `alike` names the spans that words
    and picture gave alike; `legibility` is the reader's own word; `others` are the readings that lost. `mirrored` says
    that the picture shows the document as a mirror does.
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
    mirrored: bool = False
    cells: tuple[tuple[Box, ...], ...] = ()

    def __repr__(self) -> str:
        return f"<FoundZone {self.zone.format} p{self.page} {self.confidence:.2f}>"


def find(opened: Opened, *, today: date | None = None) -> FoundZone | None:
    """Return the first zone of *opened*, or None where there is none; *today* settles the centuries of its dates."""
    return next(_zones(opened, today or date.today()), None)


def find_all(opened: Opened, *, today: date | None = None) -> tuple[FoundZone, ...]:
    """Return every zone of *opened*, page by page, the likeliest of a page first."""
    return tuple(_zones(opened, today or date.today()))


def _zones(opened: Opened, today: date) -> Iterator[FoundZone]:
    for sheet in opened.sheets:
        yield from _on_sheet(sheet, today)


def _on_sheet(sheet: Sheet, today: date) -> list[FoundZone]:
    page = sheet.page
    by_words = zone_strips.matches(zone_strips.of_page(page), today=today)
    if page.method is not Method.OCR:
        by_words = [_as_it_stands(match, today) for match in by_words]
    if sheet.zones is not None:
        seen = _dated(sheet.zones, today)
    elif page.method is Method.OCR or (not by_words and len(page.words) < _WORDY):
        seen = zone_reading.zones(sheet.image, today=today)
    else:
        seen = []
    second = {id(match): next((other for other in by_words if _same_place(match, other)), None) for match in seen}
    alone = [other for other in by_words if not any(_same_place(match, other) for match in seen)]
    return [_witnessed(match, second.get(id(match)), sheet, today) for match in (*seen, *alone)]


def _as_it_stands(match: Match, today: date) -> Match:
    """Return the zone of a text layer as it stands there, where that is one: what is written is not to be mended.

    A digit that does not agree is then the document's own, and is said; the mended reading is kept as the runner-up.
    """
    lines = [best(strip.slots) for strip in match.strips]
    written = parse(lines, today=today)
    if written is None or written.lines == match.best.zone.lines:
        return match
    candidate = Candidate(written, match.best.cost, dict.fromkeys(match.best.margins, 0.0))
    return replace(match, best=candidate, others=(match.best, *match.others))


def _dated(zones: Sequence[Match], today: date) -> list[Match]:
    """Let *today* settle the centuries of zones that were read when the file was opened."""
    parsed = [parse(match.best.zone.lines, today=today) or match.best.zone for match in zones]
    return [replace(match, best=replace(match.best, zone=zone)) for match, zone in zip(zones, parsed, strict=True)]


def _witnessed(first: Match, second: Match | None, sheet: Sheet, today: date) -> FoundZone:
    """Keep the better of two readings of the same zone, its names held against the print of the page."""
    kept, other = (second, first) if second is not None and _better(second, first) else (first, second)
    found = _found(kept, other, sheet)
    # What a text layer says of a name is not to be mended by what it says elsewhere.
    return _named_as_printed(found, kept, sheet.page.words, today) if sheet.page.method is Method.OCR else found


def _same_place(match: Match, by_words: Match | None) -> bool:
    if by_words is None:
        return False
    one, two = (Box.around([strip.box for strip in each.strips]) for each in (match, by_words))
    shared = min(one.bottom, two.bottom) - max(one.top, two.top)
    across = min(one.right, two.right) - max(one.left, two.left)
    return shared > 0.4 * min(one.height, two.height) and across > 0.4 * min(one.width, two.width)


def _found(kept: Match, other: Match | None, sheet: Sheet) -> FoundZone:
    """Return the zone as *kept* reads it, and where *other* says the same."""
    zone = kept.best.zone
    boxes = tuple(strip.box for strip in kept.strips)
    rivals = (*kept.others, *((other.best,) if other is not None else ()))
    return FoundZone(
        zone=zone,
        page=sheet.page.number,
        box=Box.around(boxes),
        confidence=_confidence(kept),
        boxes=boxes,
        doubts=tuple(_margins(kept, sheet).items()),
        alike=_said_twice(zone, other),
        legibility=min(strip.confidence for strip in kept.strips),
        method=Method.MRZ,
        others=tuple(_losers(zone, (each.zone for each in rivals))),
        mirrored=kept.mirrored,
        cells=tuple(strip.cells for strip in kept.strips),
    )


def _better(words: Match, picture: Match) -> bool:
    """Whether the words are to be believed: the reader of zones reads them better, unless its reading cannot be."""
    return words.best.zone.valid and not picture.best.zone.valid


def _margins(match: Match, sheet: Sheet) -> dict[str, float]:
    """How dear the next reading of each span would have been: the next that its check digit accepts, or any other."""
    zone = match.best.zone
    margins = {name: margin for name, margin in match.best.margins.items() if zone.verified(name) is not None}
    for span in LAYOUTS[zone.format].spans:
        text, strip = zone.lines[span.line], match.strips[span.line]
        if sheet.page.method is not Method.OCR and not strip.cells:
            margins[span.name] = _written(match, span, margins.get(span.name))
        elif span.name not in margins and len(strip.slots) == len(text):
            margins[span.name] = min(_margin(strip.slots[place], text[place]) for place in range(span.start, span.end))
    return margins


def _written(match: Match, span: Span, margin: float | None) -> float:
    """The margin of a span read in a text layer: print there is what it is, where the grammar had nothing to mend.

    A value that does not stand there letter for letter was chosen by its check digit, which then proves nothing.
    """
    if span.of(match.best.zone.lines).strip(FILLER) not in best(match.strips[span.line].slots):
        return 0.0
    if margin is not None:
        return margin
    return FAR if match.best.cost < 1 else 0.0


def _margin(slot: Slot, chosen: str) -> float:
    others = (price for character, price in slot.items() if character != chosen)
    return min(others, default=FAR) - slot.get(chosen, FAR)


def _said_twice(zone: Zone, other: Match | None) -> frozenset[str]:
    if other is None or other.best.zone.format is not zone.format:
        return frozenset()
    names = {span.name for span in LAYOUTS[zone.format].spans}
    return frozenset(name for name in names if other.best.zone.raw(name) == zone.raw(name))


def _losers(zone: Zone, rivals: Iterable[Zone]) -> dict[Zone, None]:
    return dict.fromkeys(each for each in rivals if each.lines != zone.lines and each.format is zone.format)


def _named_as_printed(found: FoundZone, match: Match, words: Sequence[Word], today: date) -> FoundZone:
    """Read a name as it is printed elsewhere on the page where the reader of the zone thought of that letter too.

    No check digit covers names (but the French card's, which is left alone), and the print above the zone is another
    witness: ERIKSSDN in the zone of a page that prints ERIKSSON was misread, and CHU<WUEMEKA beside CHUKWUEMEKA.
    """
    span = LAYOUTS[found.zone.format].span("names")
    if span is None:
        return found
    printed = _printed(words, found.box)
    slots: Sequence[Slot] = match.strips[span.line].slots
    line = found.zone.lines[span.line]
    if len(slots) != len(line):
        slots = [alike(character) for character in line]
    for _ in range(_CHANGES):
        better = min(_nearer(line, span, slots, printed), default=None)
        if better is None:
            break
        line = better[1]
    lines = [*found.zone.lines[: span.line], line, *found.zone.lines[span.line + 1 :]]
    zone = parse(lines, today=today) if tuple(lines) != found.zone.lines else None
    return found if zone is None else replace(found, zone=zone, others=(found.zone, *found.others))


def _nearer(line: str, span: Span, slots: Sequence[Slot], printed: frozenset[str]) -> Iterator[tuple[float, str]]:
    """Yield *line* with one letter of its names read otherwise, and the price of it, where that is what is printed."""
    names = line[span.start : span.end]
    for place in range(span.start, span.end):
        for other, price in slots[place].items():
            changed = line[:place] + other + line[place + 1 :]
            if price > _THOUGHT_OF or other == line[place]:
                continue
            if _fits(changed[span.start : span.end], names, place - span.start, printed):
                yield price, changed


def _printed(words: Sequence[Word], zone: Box) -> frozenset[str]:
    """Every name-like text outside the box of the *zone*, in each form that a zone may give it."""
    return frozenset(
        form
        for word in words
        if FILLER not in word.text and not zone.top <= word.box.middle <= zone.bottom
        for part in person_name.parts(word.text)
        for form in person_name.forms(part)
    )


def _fits(changed: str, text: str, place: int, printed: frozenset[str]) -> bool:
    """Whether the names *changed* at *place* are printed there, and those of *text* are not."""
    was, now = _around(text, place), _around(changed, place)
    return all(part in printed for part in now) and not all(part in printed for part in was) and len("".join(now)) > 2


def _around(text: str, place: int) -> list[str]:
    """Return the names that the character at *place* belongs to, or that it parts."""
    start = text.rfind(FILLER, 0, place) + 1
    end = text.find(FILLER, place + 1)
    return text[start : end if end >= 0 else len(text)].replace(FILLER, " ").split()


def _confidence(match: Match) -> float:
    """How sure it is that this is a zone at all; receipts and forms do not come near half of these points."""
    if match.best.zone.valid:
        return 0.99
    return min(0.95, 0.6 + 0.04 * (match.points - zone_strips.ENOUGH))
