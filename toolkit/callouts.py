"""Where the numbers go on a picture: near the rectangle each belongs to, off the print, and not on one another.

Pure geometry. All lengths are pixels, origin top left of the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

#: Height of a badge; badges of one rectangle stand side by side, this far apart.
HEIGHT = 28.0
APART = 2.0
_WIDTHS = {1: 28.0, 2: 36.0}
_WIDEST = 46.0
#: Between a rectangle and a badge beside it; and how far apart places further off are tried.
_GAP, _STEP = 5.0, 22.0
#: Half the thickness that counts as crossed by a leader.
_HALF = 3.0
_NEAR, _FAR_RATE = 25.0, 0.12
#: What it costs to leave the room, to lie on a badge, on print, or on another rectangle, by the pixel.
_OUTSIDE, _ON_BADGE, _ON_PRINT, _ON_FRAME = 100.0, 30.0, 4.0, 1.5


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Left, top, right, bottom in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Rectangle) -> float:
        """Return the area that both cover."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, wide) * max(0.0, high)

    def holds(self, other: Rectangle) -> bool:
        """Whether *other* lies inside this one."""
        across = self.left <= other.left and self.right >= other.right
        return across and self.top <= other.top and self.bottom >= other.bottom

    @property
    def area(self) -> float:
        """Width times height."""
        return (self.right - self.left) * (self.bottom - self.top)


#: How many pixels of print lie inside a rectangle.
Print: TypeAlias = Callable[[Rectangle], float]


@dataclass(frozen=True, slots=True)
class Callout:
    """Where the badges of one rectangle stand, and the line (x1, y1, x2, y2) that leads to it, if they stand apart."""

    place: Rectangle
    leader: tuple[float, float, float, float] | None


def width(number: int) -> float:
    """Return the width of the badge of *number*."""
    return _WIDTHS.get(len(str(number)), _WIDEST)


def placed(
    rectangles: Sequence[Rectangle], numbers: Sequence[Sequence[int]], room: Rectangle, print_in: Print
) -> list[Callout]:
    """Return one callout a rectangle, in their order, inside *room*; *numbers* are those that each bears."""
    taken: list[Rectangle] = []
    made = []
    for own, mine in zip(rectangles, numbers, strict=True):
        strip = sum(map(width, mine)) + APART * (len(mine) - 1)
        others = [each for each in rectangles if each is not own]
        _, _, best = min(
            (rank + _cost(callout, own, others, taken, print_in, room), at, callout)
            for at, (callout, rank) in enumerate(_candidates(own, strip, room))
        )
        taken.append(best.place)
        made.append(best)
    return made


def _candidates(own: Rectangle, strip: float, room: Rectangle) -> Iterator[tuple[Callout, float]]:
    """Yield places around *own*, each with how little it is liked: beside it, above, below, and out along its line."""
    middle = (own.top + own.bottom - HEIGHT) / 2
    above, below = own.top - _GAP - HEIGHT, own.bottom + _GAP
    right = own.right - strip
    spots = [(own.left - _GAP - strip, middle), (own.right + _GAP, middle)]
    for x in (own.left, right, (own.left + right) / 2):
        spots += [(x, above), (x, below)]
    # Wide frames take their number into the print-free parts of the edge.
    x = own.left + _STEP
    while x < right:
        spots += [(x, above), (x, below)]
        x += _STEP
    for rank, (x, y) in enumerate(spots):
        yield Callout(_badges(x, y, strip), None), float(min(rank, 9))
    yield from _further(own, strip, room)


def _further(own: Rectangle, strip: float, room: Rectangle) -> Iterator[tuple[Callout, float]]:
    """Yield places off to the sides, led to by a line along the foot of the print, as if it were underlined."""
    middle, foot = (own.top + own.bottom - HEIGHT) / 2, own.bottom
    x = own.left - _GAP - strip - _STEP
    while x >= room.left:
        leader = (x + strip / 2, foot, own.left, foot)
        yield Callout(_badges(x, middle, strip), leader), _NEAR + _FAR_RATE * (own.left - x - strip)
        x -= _STEP
    x = own.right + _GAP + _STEP
    while x + strip <= room.right:
        leader = (x + strip / 2, foot, own.right, foot)
        yield Callout(_badges(x, middle, strip), leader), _NEAR + _FAR_RATE * (x - own.right)
        x += _STEP
    for far in (_STEP, 2 * _STEP, 3 * _STEP):
        for x in (own.left, own.right - strip):
            over, under = own.top - far - HEIGHT, own.bottom + far
            leader = (x + strip / 2, over + HEIGHT, x + strip / 2, own.top)
            yield Callout(_badges(x, over, strip), leader), _NEAR + _FAR_RATE * far
            leader = (x + strip / 2, under, x + strip / 2, own.bottom)
            yield Callout(_badges(x, under, strip), leader), _NEAR + _FAR_RATE * far


def _badges(x: float, y: float, strip: float) -> Rectangle:
    return Rectangle(x, y, x + strip, y + HEIGHT)


def _cost(
    callout: Callout,
    own: Rectangle,
    others: Sequence[Rectangle],
    taken: Sequence[Rectangle],
    print_in: Print,
    room: Rectangle,
) -> float:
    place = callout.place
    cost = _OUTSIDE * (place.area - place.overlap(room))
    cost += _ON_BADGE * sum(map(place.overlap, taken))
    cost += _ON_PRINT * print_in(place)
    # A frame around this one is far away: a number inside it hides nothing of it.
    cost += _ON_FRAME * sum(place.overlap(each) for each in others if not each.holds(own))
    cost += _ON_FRAME * place.overlap(own)
    if callout.leader is not None:
        x1, y1, x2, y2 = callout.leader
        line = Rectangle(min(x1, x2) - _HALF, min(y1, y2) - _HALF, max(x1, x2) + _HALF, max(y1, y2) + _HALF)
        cost += _ON_BADGE * sum(map(line.overlap, taken)) + print_in(line)
        cost += _ON_FRAME * sum(line.overlap(each) for each in others if not each.holds(own))
    return cost
