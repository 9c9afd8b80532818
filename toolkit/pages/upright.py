"""Words of a picture that may lie on its side or stand on its head, and the turn that sets it upright.

Machine-readable zones are looked for first: they tell the turn, are read better by their own reader, and their long
lines cost the engine more than all the rest, so they are covered before it reads. Without a zone the engine's first
reading tells the turn: lines of text that stand upright show as tall boxes, and its classifier says of each line
whether it is upside down. An upright picture is read once; only one that seems turned is turned and read again, and
the turn is kept when the second reading agrees with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from toolkit import ocr, zone_reading
from toolkit.model import Box, Word
from toolkit.pages.sheet import Picture, turned
from toolkit.zone_strips import Match

#: Room around a zone that is covered with it, in heights of one of its lines.
_ROOM = 0.25


@dataclass(frozen=True, slots=True)
class Upright:
    """The words of the upright picture without its zones, the zones, and the clockwise turn that made it upright."""

    words: tuple[Word, ...]
    turn: int
    zones: tuple[Match, ...] = ()

    @property
    def letters(self) -> int:
        """How many characters were read, those of the zones among them."""
        zones = sum(len(line) for match in self.zones for line in match.best.zone.lines)
        return zones + sum(len(word.text) for word in self.words)

    def __repr__(self) -> str:
        return f"<Upright {len(self.words)} words {self.turn} {len(self.zones)} zones>"


def read(picture: Picture) -> Upright:
    """Return the words and the zones of *picture*, RGB and lying any way; boxes are those of the upright picture."""
    zones = zone_reading.zones(picture, today=date.today())
    if not zones:
        return Upright(*_by_words(picture))
    turn = zones[0].turn
    upright = turned(picture, turn)
    placed = tuple(_turned(match, turn) for match in zones)
    return Upright(ocr.words(_covered(upright, placed)), turn, placed)


def _by_words(picture: Picture) -> tuple[tuple[Word, ...], int]:
    first = ocr.look(picture)
    if first.turn == 0:
        return first.words, 0
    second = ocr.look(turned(picture, first.turn))
    if second.turn == 0:
        return second.words, first.turn
    if second.turn == 180 and first.turn in (90, 270):
        # Sideways was right and the side was wrong.
        turn = (first.turn + 180) % 360
        third = ocr.look(turned(picture, turn))
        return (third.words, turn) if third.turn == 0 else (first.words, 0)
    return first.words, 0


def _turned(match: Match, turn: int) -> Match:
    strips = tuple(
        replace(strip, box=_box(strip.box, turn), cells=tuple(_box(cell, turn) for cell in strip.cells))
        for strip in match.strips
    )
    return replace(match, strips=strips, turn=(match.turn - turn) % 360)


def _box(box: Box, turn: int) -> Box:
    """Return where *box* stands when its picture is turned clockwise."""
    for _ in range(turn // 90):
        box = Box(1 - box.bottom, box.left, 1 - box.top, box.right)
    return box


def _covered(picture: Picture, zones: Sequence[Match]) -> Picture:
    """Return *picture* with its zones under the colour of the paper around them."""
    covered = picture.copy()
    height, width = picture.shape[:2]
    for match in zones:
        for strip in match.strips:
            room = _ROOM * min(strip.box.height, strip.box.width)
            left, right = int((strip.box.left - room) * width), int((strip.box.right + room) * width) + 1
            top, bottom = int((strip.box.top - room) * height), int((strip.box.bottom + room) * height) + 1
            part = covered[max(0, top) : bottom, max(0, left) : right]
            if part.size:
                part[:] = np.percentile(part.reshape(-1, 3), 75, axis=0).astype(np.uint8)
    return covered
