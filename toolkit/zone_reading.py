"""From a picture to the zones in it: lines found, read character by character, and settled by the grammar.

Knows pictures; knows no words and no page. A picture may lie any way, even mirrored, and hold several documents.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from toolkit import mrz_lattice, mrz_repair, zone_finder, zone_letters
from toolkit.model import Box
from toolkit.mrz_lattice import Places
from toolkit.mrz_layouts import LAYOUTS, Format, Layout
from toolkit.mrz_lines import slots
from toolkit.zone_finder import Line, Picture
from toolkit.zone_letters import Chances
from toolkit.zone_strips import Match, Strip, points

#: A zone that reads this clearly need not be tried the other ways round.
_CLEAR = 0.90
#: Free readings differ from the length of a line by this many characters at most.
_MISCOUNTED = 8
#: The recogniser says a character so many steps before its middle (seen on drawn lines).
_EARLY = 1.5
#: Marks that say fewer characters than this are no line.
_FEWEST = 6
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


class _Said:
    """One line of a stack as the recogniser says it, held one way; what it is as a line of a layout is kept."""

    def __init__(self, line: Line, steps: Chances) -> None:
        self.line = line
        self.steps = steps
        self.free = zone_letters.spoken(steps)
        self._placed: dict[tuple[Format, int], list[Places]] = {}

    def placed(self, layout: Layout, row: int) -> list[Places]:
        """Return the ways in which it can be line number *row* of *layout*: as read, and with less at its ends.

        Empty where the line is too short to have so many places.
        """
        known = (layout.format, row)
        if known not in self._placed:
            ways = mrz_lattice.trimmed(self.steps, len(self.free) - layout.widths[row])
            read = [(mrz_lattice.places(kept, layout, row), price) for kept, price in ways]
            fitting = [replace(each, price=each.price + price) for each, price in read if math.isfinite(each.price)]
            self._placed[known] = fitting
        return self._placed[known]

    @property
    def legibility(self) -> float:
        """How sure the recogniser is of the characters it sees, on average."""
        spoken = self.steps[self.steps[:, 0] < _BLANK]
        return float(spoken.max(axis=1).mean()) if len(spoken) else 0.0


def _read(image: Picture, stack: Sequence[Line], today: date) -> Match | None:
    cut = {line: zone_finder.strip(image, line) for line in stack}
    best: Match | None = None
    for way in _WAYS:
        said = [_Said(line, zone_letters.chances(way.of(strip))) for line, strip in cut.items()]
        # Shadows and edges are marked as lines now and then, and say next to nothing.
        legible = [each for each in said if len(each.free) >= _FEWEST]
        for run in zone_finder.runs(legible):
            match = _match(image, run[::-1] if way.upwards else run, way, today)
            if match is not None and match.convincing(_WORTH) and (best is None or match.worth > best.worth):
                best = match
            if best is not None and best.best.zone.valid and len(best.strips) == len(run):
                return best
        if best is not None and min(strip.confidence for strip in best.strips) >= _CLEAR:
            return best
    return best


def _match(image: Picture, run: Sequence[_Said], way: _Way, today: date) -> Match | None:
    found = []
    for layout in mrz_repair.layouts([slots(each.free) for each in run]):
        if any(abs(len(each.free) - width) > _MISCOUNTED for each, width in zip(run, layout.widths, strict=True)):
            continue
        for placed in itertools.product(*(each.placed(layout, row) for row, each in enumerate(run))):
            read = mrz_repair.read(layout, [p.slots for p in placed], sum(p.price for p in placed), today=today)
            found += [(candidate, placed) for candidate in read]
    if not found:
        return None
    found.sort(key=lambda each: each[0].cost)
    best, placed = found[0]
    strips = tuple(
        _strip(image, said, place, way, len(text))
        for said, place, text in zip(run, placed, best.zone.lines, strict=True)
    )
    others = tuple(_distinct(candidate for candidate, _ in found[1:]))
    return Match(best, others, strips, points(best.zone), way.mirrored, _turn(run[0].line, way))


def _turn(line: Line, way: _Way) -> int:
    """The clockwise turn, to the nearest quarter, after which lines follow each other downwards."""
    cos, sin = line.direction
    down = (sin, -cos) if way.upwards else (-sin, cos)
    if abs(down[1]) >= abs(down[0]):
        return 0 if down[1] > 0 else 180
    # What runs to the left runs up after a quarter to the right, and down after three.
    return 90 if down[0] > 0 else 270


def _distinct(candidates: Iterator[mrz_repair.Candidate]) -> Iterator[mrz_repair.Candidate]:
    seen: set[tuple[str, ...]] = set()
    for candidate in candidates:
        if candidate.zone.lines not in seen and len(seen) < 5:
            seen.add(candidate.zone.lines)
            yield candidate


def _strip(image: Picture, said: _Said, placed: Places, way: _Way, count: int) -> Strip:
    """Return a line as it was read, with the box of each of its *count* characters."""
    line = _tight(said, way, count)
    edges = np.linspace(line.start, line.end, count + 1)
    cells = [_box(image, replace(line, start=float(at), end=float(to))) for at, to in itertools.pairwise(edges)]
    if way.back:
        cells.reverse()
    return Strip(placed.slots, Box.around(cells), said.legibility, cells=tuple(cells))


def _tight(said: _Said, way: _Way, count: int) -> Line:
    """Return the line without the room at its ends: from where the first character begins to where the last ends."""
    line, steps = said.line, len(said.steps)
    seen = np.flatnonzero(said.steps[:, 0] < _BLANK)
    if len(said.free) != count or len(seen) < count:
        return line
    # A character is seen about its middle, half a place from either end, and about a step before it is reached.
    half = (seen[-1] - seen[0]) / (count - 1) / 2
    first, last = (seen[0] + _EARLY - half) / steps, (seen[-1] + _EARLY + half) / steps
    if way.back:
        first, last = 1 - last, 1 - first
    return replace(line, start=line.start + first * line.length, end=line.start + last * line.length)


def _box(image: Picture, line: Line) -> Box:
    outline = line.outline() / np.array([image.shape[1], image.shape[0]])
    left, top = np.clip(outline.min(axis=0), 0, 1)
    right, bottom = np.clip(outline.max(axis=0), 0, 1)
    return Box(float(left), float(top), float(right), float(bottom))
