"""Where lines of machine-readable zones stand in a picture, whichever way it lies; and the strips that hold them.

Knows pictures and the detector that `training/zone_lines` made (`zone_models/zone_lines.md` is its card); knows nothing
of what the lines say. The detector marks the middle of every line, the direction in which it is read and its height;
here marks become lines with a course of their own, for paper bends and cameras look askew.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from toolkit import zone_models
from toolkit.zone_letters import CAPITAL, HEIGHT, STRETCH

Picture: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float64]
_Each = TypeVar("_Each")

#: The longer side of what the detector is shown, and the pixels between its answers.
_SIDE, _CELL = 1024, 4
#: A cell this likely is part of a line; one this likely is worth a closer look.
_LIKELY, _HINT = 0.4, 0.07
#: A cell this likely belongs to the line that a likelier one is part of.
_FAINT = 0.3
#: Capitals lower than this (as shown to the detector) are looked at again, larger, where the picture has the pixels.
_SMALL, _WANTED = 9.0, 16.0
#: Marks of fewer cells, or shorter than this many capitals, are no line of 9 to 44 characters.
_FEWEST, _SHORTEST = 12, 4.0
#: Room left at either end of a line, in capitals.
_ENDS = 1.1
#: Pieces of one line: how far apart in capitals, how far off its course, how much higher.
_GAP, _OFF, _HIGHER = 9.0, 0.6, 1.45
#: 44 characters are 38 to 47 capitals long as seen; what is longer than this is lines of two documents side by side.
_TOO_LONG = 62.0
_LONGEST = 2048
#: A stack of more lines than this is looked at no further down.
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a zone in pixels of the picture.

    The line runs from `start` to `end` along `direction` from `origin`; at `u` along it its middle lies
    `course[0] + course[1] * u + course[2] * u * u` to the right-hand side, and its capitals are
    `height[0] + height[1] * u` high. `score` is how sure the detector is, 0 to 1.
    """

    origin: tuple[float, float]
    direction: tuple[float, float]
    start: float
    end: float
    course: tuple[float, float, float]
    height: tuple[float, float]
    score: float

    @property
    def capital(self) -> float:
        """The height of its capitals in its middle."""
        return self.height[0] + self.height[1] * (self.start + self.end) / 2

    @property
    def length(self) -> float:
        """From end to end."""
        return self.end - self.start

    def points(self, along: Floats, across: Floats) -> Floats:
        """Return where (x, y) the points *along* the line and *across* it (in capitals, to the right-hand side) lie."""
        course = np.polynomial.polynomial.polyval(along, self.course)
        slope = self.course[1] + 2 * self.course[2] * along
        size = np.maximum(self.height[0] + self.height[1] * along, 0.3 * self.capital)
        norm = np.sqrt(1 + slope * slope)
        u = along - across * size * slope / norm
        v = course + across * size / norm
        (x, y), (cos, sin) = self.origin, self.direction
        return np.stack([x + u * cos - v * sin, y + u * sin + v * cos], axis=-1)

    def outline(self) -> Floats:
        """Return points (x, y) around the line, capitals and a little room included."""
        along = np.linspace(self.start, self.end, 9)
        above, below = self.points(along, np.full(9, -0.7)), self.points(along, np.full(9, 0.7))
        return np.concatenate([above, below[::-1]])

    def back(self) -> Line:
        """Return the same line read from its other end."""
        cos, sin = self.direction
        a, b, c = self.course
        height = (self.height[0], -self.height[1])
        return replace(
            self, direction=(-cos, -sin), start=-self.end, end=-self.start, course=(-a, b, -c), height=height
        )


@dataclass(frozen=True, slots=True)
class _Marks:
    """Cells that the detector marked, in pixels of the picture: where, how likely, direction, height."""

    points: Floats
    likely: Floats
    direction: Floats
    height: Floats

    def only(self, chosen: NDArray[np.bool_]) -> _Marks:
        return _Marks(self.points[chosen], self.likely[chosen], self.direction[chosen], self.height[chosen])

    def and_also(self, other: _Marks) -> _Marks:
        pairs = zip(_parts(self), _parts(other), strict=True)
        return _Marks(*(np.concatenate(pair) for pair in pairs))


def _parts(marks: _Marks) -> tuple[Floats, Floats, Floats, Floats]:
    return marks.points, marks.likely, marks.direction, marks.height


def find_lines(image: Picture) -> list[Line]:
    """Return the lines of zones in the RGB picture *image* (height x width x 3), the surest first; often none."""
    if min(image.shape[:2]) < 16 or image.min() == image.max():
        return []
    cells, factor = _seen(image)
    lines = _lines(cells, factor, _LIKELY)
    tall, wide = image.shape[:2]
    low = factor < 0.9 and (not lines or min(line.capital for line in lines) * factor < _SMALL)
    region = _hinted(cells, factor, (tall, wide)) if low else None
    if region is None:
        return lines
    left, top, right, bottom = region
    cut = image[top:bottom, left:right]
    closer, finer = _seen(cut, enlarge=max(1.0, _WANTED / _SMALL))
    found = [_moved(line, left, top) for line in _lines(closer, finer, _LIKELY)]
    # Not the number of lines: seen small, a zone often comes with one or two that are none.
    return found if _weight(found) >= _weight(lines) else lines


def _weight(lines: Sequence[Line]) -> float:
    """How much print *lines* mark, in capitals, doubtful marks counting little."""
    return sum(line.score**2 * line.length / line.capital for line in lines)


def _seen(image: Picture, enlarge: float = 1.0) -> tuple[Floats, float]:
    """Return what the detector says of *image*, [4, rows, columns], and by how much it was enlarged."""
    import cv2

    tall, wide = image.shape[:2]
    factor = _SIDE / max(tall, wide)
    if enlarge > 1.0:
        factor = min(factor, 4.0)
    size = (max(1, round(wide * factor)), max(1, round(tall * factor)))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    shown = cv2.resize(image, size, interpolation=how)
    padded = np.zeros((-(-size[1] // 32) * 32, -(-size[0] // 32) * 32, 3), np.float32)
    padded[: size[1], : size[0]] = shown
    padded /= 255
    said = (
        zone_models.session("zone_lines")
        .run(None, {"picture": padded.transpose(2, 0, 1)[None]})[0][0]
        .astype(np.float64)
    )
    said[0] = 1 / (1 + np.exp(-said[0]))
    kept: Floats = said[:, : -(-size[1] // _CELL), : -(-size[0] // _CELL)]
    return kept, factor


def _hinted(cells: Floats, factor: float, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Return the part of the picture (left, top, right, bottom) where something like a zone may stand."""
    rows, columns = np.nonzero(cells[0] > _HINT)
    if len(rows) < _FEWEST:
        return None
    # A few specks elsewhere do not count.
    room = 24
    low, high = np.percentile(columns, (1, 99)), np.percentile(rows, (1, 99))
    left, right = (low[0] - room) * _CELL / factor, (low[1] + room) * _CELL / factor
    top, bottom = (high[0] - room) * _CELL / factor, (high[1] + room) * _CELL / factor
    region = max(0, int(left)), max(0, int(top)), min(size[1], int(right)), min(size[0], int(bottom))
    if max(region[2] - region[0], region[3] - region[1]) > 0.8 * max(size):
        return None
    return region


def _moved(line: Line, left: int, top: int) -> Line:
    return replace(line, origin=(line.origin[0] + left, line.origin[1] + top))


def _lines(cells: Floats, factor: float, likely: float) -> list[Line]:
    import cv2

    count, labels = cv2.connectedComponents((cells[0] > _FAINT).astype(np.uint8), connectivity=8)
    pieces = []
    for label in range(1, min(count, 400)):
        rows, columns = np.nonzero(labels == label)
        # Lines without fillers fade along their way: faint cells count where they go on from likely ones.
        if len(rows) >= 3 and cells[0][rows, columns].max() > likely:
            pieces.append(_marks(cells, rows, columns, factor))
    pieces = [part for piece in pieces for part in _parted(piece)]
    lines = [line for piece in _joined(pieces) if (line := _line(piece)) is not None]
    return sorted(lines, key=lambda line: -line.score * line.length)[:24]


def _marks(cells: Floats, rows: NDArray[np.intp], columns: NDArray[np.intp], factor: float) -> _Marks:
    points = np.stack([(columns + 0.5) * _CELL / factor, (rows + 0.5) * _CELL / factor], axis=1)
    direction = np.stack([cells[1][rows, columns], cells[2][rows, columns]], axis=1)
    height = np.exp(np.clip(cells[3][rows, columns], 0.5, 5.0)) / factor
    return _Marks(points, cells[0][rows, columns], direction, height)


def _frame(marks: _Marks) -> tuple[Floats, Floats, Floats, float]:
    """Return middle, direction of reading, marks as (along, across), and the capitals' height."""
    middle = np.average(marks.points, axis=0, weights=marks.likely)
    # What stands to what: the axis of the marks themselves is finer than what the detector says of each, but has two
    # ends; the detector says which is the first.
    told = (marks.direction * marks.likely[:, None]).sum(axis=0)
    spread = np.cov((marks.points - middle).T, aweights=marks.likely) if len(marks.points) > 2 else np.eye(2)
    values, axes = np.linalg.eigh(spread)
    axis = axes[:, 1] if values[1] > 9 * max(values[0], 1e-9) else told / max(float(np.linalg.norm(told)), 1e-9)
    axis = axis if float(axis @ told) >= 0 else -axis
    across = np.array([-axis[1], axis[0]])
    placed = np.stack([(marks.points - middle) @ axis, (marks.points - middle) @ across], axis=1)
    return middle, axis, placed, float(np.median(marks.height))


def _parted(marks: _Marks) -> list[_Marks]:
    """Part marks that hold two or three lines grown together: cells lie in rows more than a capital apart."""
    if len(marks.points) < _FEWEST:
        return [marks]
    _, _, placed, height = _frame(marks)
    straight = placed[:, 1] - np.polyval(np.polyfit(placed[:, 0], placed[:, 1], 1), placed[:, 0])
    if straight.max() - straight.min() < 1.6 * height:
        return [marks]
    edges = np.arange(straight.min(), straight.max() + 0.25 * height, 0.25 * height)
    weight, _ = np.histogram(straight, edges, weights=marks.likely)
    if len(weight) < 5:
        return [marks]
    smooth = np.convolve(weight, [0.25, 0.5, 0.25], "same")
    cuts = [
        edges[place] + 0.125 * height
        for place in range(2, len(smooth) - 2)
        if smooth[place] <= min(smooth[place - 1], smooth[place + 1])
        and smooth[place] < 0.6 * min(smooth[:place].max(), smooth[place + 1 :].max())
    ]
    rows = np.digitize(straight, cuts)
    return [marks.only(rows == row) for row in np.unique(rows)]


def _joined(pieces: Sequence[_Marks]) -> list[_Marks]:
    """Join the pieces of one line that glare, a fold or a frame has cut."""
    left = sorted(pieces, key=lambda piece: -len(piece.points))
    whole: list[_Marks] = []
    while left:
        line = left.pop(0)
        while (found := next((place for place, other in enumerate(left) if _continues(line, other)), None)) is not None:
            line = line.and_also(left.pop(found))
        whole.append(line)
    return whole


def _continues(line: _Marks, other: _Marks) -> bool:
    if len(line.points) < 6:
        return False
    middle, axis, placed, height = _frame(line)
    size = float(np.median(other.height))
    if max(size, height) > _HIGHER * min(size, height):
        return False
    told = (other.direction * other.likely[:, None]).sum(axis=0)
    # What a few cells say of their direction is little worth.
    if len(other.points) >= _FEWEST and float(told @ axis) < 0.8 * float(np.linalg.norm(told)):
        return False
    across = np.array([-axis[1], axis[0]])
    along, off = (other.points - middle) @ axis, (other.points - middle) @ across
    gap = max(float(along.min() - placed[:, 0].max()), float(placed[:, 0].min() - along.max()))
    length = float(max(along.max(), placed[:, 0].max()) - min(along.min(), placed[:, 0].min()))
    course = np.polyfit(placed[:, 0], placed[:, 1], 1, w=line.likely)
    away = float(np.median(np.abs(off - np.polyval(course, along))))
    return -height < gap < _GAP * height and away < _OFF * height and length < _TOO_LONG * height


def _line(marks: _Marks) -> Line | None:
    middle, axis, placed, height = _frame(marks)
    along, off = placed[:, 0], placed[:, 1]
    length = float(along.max() - along.min())
    if len(along) < _FEWEST or length < _SHORTEST * height:
        return None
    bent = length > 12 * height
    weight = marks.likely.copy()
    for _ in range(2):
        course = np.polynomial.polynomial.polyfit(along, off, 2 if bent else 1, w=weight)
        away = np.abs(off - np.polynomial.polynomial.polyval(along, course))
        weight = marks.likely * (away < 0.5 * height + 1e-6) + 1e-6
    course = np.append(course, 0.0)[:3]
    rise = np.polynomial.polynomial.polyfit(along, np.log(marks.height), 1, w=marks.likely)
    mean = float(np.average(marks.height, weights=marks.likely))
    tilt = float(np.clip(rise[1] * length, -0.35, 0.35)) / length * mean if bent else 0.0
    room = _ENDS * mean
    return Line(
        origin=(float(middle[0]), float(middle[1])),
        direction=(float(axis[0]), float(axis[1])),
        start=float(along.min()) - room,
        end=float(along.max()) + room,
        course=(float(course[0]), float(course[1]), float(course[2])),
        height=(mean, tilt),
        score=float(marks.likely.mean()),
    )


def strip(image: Picture, line: Line) -> NDArray[np.uint8]:
    """Return *line* cut out of *image* and straightened, as `toolkit.zone_letters.chances` takes it: grey, one line."""
    import cv2

    size = line.capital
    step = size / (CAPITAL * HEIGHT)
    columns = int(np.clip(line.length / step * STRETCH, HEIGHT, _LONGEST))
    along = np.linspace(line.start, line.end, columns)
    rows = (np.arange(HEIGHT) - (HEIGHT - 1) / 2) / HEIGHT / CAPITAL
    points = line.points(np.repeat(along[None], HEIGHT, axis=0), np.repeat(rows[:, None], columns, axis=1))
    low = np.maximum(np.floor(points.min(axis=(0, 1))).astype(int) - 4, 0)
    high = np.minimum(np.ceil(points.max(axis=(0, 1))).astype(int) + 5, image.shape[1::-1])
    if (high <= low).any():
        return np.zeros((HEIGHT, columns), np.uint8)
    cut = image[low[1] : high[1], low[0] : high[0]]
    grey = cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY)
    places = points - low
    if step > 1.3:  # shrinking by the area of each pixel keeps thin strokes that sampling would skip
        shrunk = cv2.resize(grey, None, fx=1.2 / step, fy=1.2 / step, interpolation=cv2.INTER_AREA)
        factor = np.array([shrunk.shape[1] / grey.shape[1], shrunk.shape[0] / grey.shape[0]])
        grey, places = shrunk, (places + 0.5) * factor - 0.5
    at = places.astype(np.float32)
    found: NDArray[np.uint8] = cv2.remap(
        grey, at[..., 0], at[..., 1], interpolation=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return found


def stacks(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines that stand under one another, each stack from the top down for one who reads its longest line.

    A line that the detector believes to be read the other way than its neighbours is turned as they are.
    """
    left, found = list(lines), []
    while left:
        stack = [left.pop(0)]
        while (near := next((line for line in left if any(_stacked(each, line) for each in stack)), None)) is not None:
            left.remove(near)
            stack.append(near)
        lead = max(stack, key=lambda line: line.score * line.length)
        alike = [line if _cosine(lead, line) > 0 else line.back() for line in stack]
        found.append(sorted(alike, key=lambda line: _down(lead, line)))
    return found


def runs(stack: Sequence[_Each]) -> Iterator[tuple[_Each, ...]]:
    """Yield the zones of one to three lines that *stack* may hold, the whole of it first.

    Shadows and edges between two lines can be marked as a third, so lines that stand apart may belong together.
    """
    if 0 < len(stack) <= 3:
        yield tuple(stack)
    for count in (3, 2, 1):
        if len(stack) > count:
            yield from itertools.combinations(stack[:_DEEPEST], count)


def _centre(line: Line) -> Floats:
    middle = np.array([(line.start + line.end) / 2])
    centre: Floats = line.points(middle, np.zeros(1))[0]
    return centre


def _down(lead: Line, line: Line) -> float:
    """How far the middle of *line* lies below *lead*, in pixels, for one who reads."""
    apart = _centre(line) - _centre(lead)
    return float(-apart[0] * lead.direction[1] + apart[1] * lead.direction[0])


def _cosine(one: Line, two: Line) -> float:
    return one.direction[0] * two.direction[0] + one.direction[1] * two.direction[1]


def _stacked(one: Line, two: Line) -> bool:
    size = (one.capital + two.capital) / 2
    if abs(_cosine(one, two)) < 0.97 or max(one.capital, two.capital) > 1.5 * min(one.capital, two.capital):
        return False
    apart = _centre(two) - _centre(one)
    along = float(apart[0] * one.direction[0] + apart[1] * one.direction[1])
    shared = (one.length + two.length) / 2 - abs(along)
    return 0.9 * size < abs(_down(one, two)) < 3.4 * size and shared > 0.55 * min(one.length, two.length)
