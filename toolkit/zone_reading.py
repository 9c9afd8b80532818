"""From a picture to the zones in it: lines found, read character by character, and settled by the grammar.

Knows pictures; knows no words and no page. A picture may lie any way, even mirrored, and hold several documents.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from toolkit import mrz_lattice, mrz_repair, zone_finder, zone_letters
from toolkit.model import Box
from toolkit.mrz_lattice import Places
from toolkit.mrz_layouts import LAYOUTS, Layout
from toolkit.mrz_lines import slots
from toolkit.zone_finder import Line, Picture
from toolkit.zone_letters import Chances
from toolkit.zone_strips import Match, Strip, points

#: A zone that reads this clearly need not be tried the other ways round.
_CLEAR = 0.90
#: Free readings differ from the length of a line by this many characters at most.
_MISCOUNTED = 8
#: A line alone is read without any rules where theirs cost more than this.
_UNBOUND = 7.0
#: The detector's word that lines of a zone stand here counts for much: a zone that breaks its own rules is one too.
_WORTH = -10.0
#: Steps surer than this of a blank between characters say nothing of how legible the line is.
_BLANK = 0.5


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to hold the picture: whether lines are read from their other end, and whether it is mirrored."""

    back: bool
    mirrored: bool

    def of(self, strip: Picture) -> Picture:
        turned = strip[::-1, ::-1] if self.back else strip
        # The line runs as its characters follow one another; in a mirror each of them then stands on its head.
        return np.ascontiguousarray(turned[::-1] if self.mirrored else turned)

    @property
    def upwards(self) -> bool:
        """Whether the lines follow each other from the bottom up."""
        return self.back != self.mirrored


_WAYS = (_Way(False, False), _Way(True, False), _Way(False, True), _Way(True, True))


def zones(image: Picture, *, today: date) -> list[Match]:
    """Return the zones in the RGB picture *image*, the likeliest first; often none. Boxes are fractions of it."""
    found = [
        match
        for stack in zone_finder.stacks(zone_finder.find_lines(image))
        if (match := _read(image, stack, today)) is not None
    ]
    return sorted(found, key=lambda match: -match.worth)


def read_line(image: Picture) -> str:
    """Return the text of the picture of one line, cut closely: by the rules of the layout that it fits best, if any."""
    steps = zone_letters.chances(zone_letters.strip_of(image))
    free = zone_letters.spoken(steps)
    ways = [(_UNBOUND, free)]
    for layout in LAYOUTS.values():
        for row, width in enumerate(layout.widths):
            if not layout.checks or len(free) != width:
                continue
            seen = mrz_lattice.places(steps, layout, row)
            text, price = mrz_repair.row(layout, row, seen.slots)
            if row or re.match(layout.begins, text):
                ways.append((price + seen.price, text))
    return min(ways)[1]


def _read(image: Picture, stack: Sequence[Line], today: date) -> Match | None:
    cut = {line: zone_finder.strip(image, line) for line in stack}
    best: Match | None = None
    for way in _WAYS:
        said = {line: zone_letters.chances(way.of(strip)) for line, strip in cut.items()}
        for run in zone_finder.runs(stack):
            lines = run[::-1] if way.upwards else run
            match = _match(image, lines, [said[line] for line in lines], way, today)
            if match is not None and match.convincing(_WORTH) and (best is None or match.worth > best.worth):
                best = match
            if best is not None and best.best.zone.valid and len(best.strips) == len(run):
                return best
        if best is not None and min(strip.confidence for strip in best.strips) >= _CLEAR:
            return best
    return best


def _match(image: Picture, lines: Sequence[Line], said: Sequence[Chances], way: _Way, today: date) -> Match | None:
    free = [zone_letters.spoken(steps) for steps in said]
    if any(not text for text in free):
        return None
    rough = [slots(text) for text in free]
    found = []
    for layout in mrz_repair.layouts(rough):
        if any(abs(len(text) - width) > _MISCOUNTED for text, width in zip(free, layout.widths, strict=True)):
            continue
        for placed in itertools.product(*(_placed(steps, layout, row, free[row]) for row, steps in enumerate(said))):
            read = mrz_repair.read(layout, [p.slots for p in placed], sum(p.price for p in placed), today=today)
            found += [(candidate, placed) for candidate in read]
    if not found:
        return None
    found.sort(key=lambda each: each[0].cost)
    best, placed = found[0]
    strips = tuple(
        Strip(place.slots, _box(image, line), _legibility(steps))
        for line, place, steps in zip(lines, placed, said, strict=True)
    )
    others = tuple(_distinct(candidate for candidate, _ in found[1:]))
    return Match(best, others, strips, points(best.zone), way.mirrored, _turn(lines[0], way))


def _turn(line: Line, way: _Way) -> int:
    """The clockwise turn, to the nearest quarter, after which lines follow each other downwards."""
    cos, sin = line.direction
    down = (sin, -cos) if way.upwards else (-sin, cos)
    if abs(down[1]) >= abs(down[0]):
        return 0 if down[1] > 0 else 180
    # What runs to the left runs up after a quarter to the right, and down after three.
    return 90 if down[0] > 0 else 270


def _placed(steps: Chances, layout: Layout, row: int, free: str) -> list[Places]:
    """Return the ways in which a line can be one of *layout*: as read, and with what its ends have too much."""
    ways = mrz_lattice.trimmed(steps, len(free) - layout.widths[row])
    read = [(mrz_lattice.places(kept, layout, row), price) for kept, price in ways]
    return [replace(each, price=each.price + price) for each, price in read]


def _distinct(candidates: Iterator[mrz_repair.Candidate]) -> Iterator[mrz_repair.Candidate]:
    seen: set[tuple[str, ...]] = set()
    for candidate in candidates:
        if candidate.zone.lines not in seen and len(seen) < 5:
            seen.add(candidate.zone.lines)
            yield candidate


def _legibility(steps: Chances) -> float:
    """How sure the recogniser is of the characters it sees, on average."""
    spoken = steps[steps[:, 0] < _BLANK]
    return float(spoken.max(axis=1).mean()) if len(spoken) else 0.0


def _box(image: Picture, line: Line) -> Box:
    outline = line.outline() / np.array([image.shape[1], image.shape[0]])
    left, top = np.clip(outline.min(axis=0), 0, 1)
    right, bottom = np.clip(outline.max(axis=0), 0, 1)
    return Box(float(left), float(top), float(right), float(bottom))
