"""Where lines of print are in a picture: the network gives each pixel a chance, and what hangs together is a line.

Knows pixels and corners; what the lines say is for `toolkit.ocr_letters`. Pictures are BGR, as the network was taught.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit.ocr_networks import session

Pixels = NDArray[np.uint8]
#: Corners of lines, [lines, 4, 2] as x and y in pixels, each from top left clockwise.
Corners = NDArray[np.float32]

#: Pictures are shrunk to this longest side before lines are looked for and cut; what is lost, no reader makes use of.
LONGEST = 2000
#: The network sees pictures with a shortest side of at least this, and no more pixels than that in all.
_SHORTEST, _MOST_PIXELS = 736, 6_000_000
#: Its sides are multiples of this.
_STEP = 32
#: A pixel is print from this chance, a line counts when its pixels have this one on average.
_PRINT, _LINE = 0.3, 0.5
#: Print is found smaller than it is, by this factor of area over outline.
_GROWTH = 1.6
#: Lines thinner than this are dirt: in pixels as the network sees them, and in pixels of the picture.
_THIN, _TINY = 3, 3
#: No page has more lines; what a hostile picture has more is left.
_MOST_LINES = 1000
#: Lines whose tops are nearer than this, in pixels, are read left to right.
_LEVEL = 10
#: A box this many times as high as wide holds a line that stands.
_STANDING = 1.5
#: A picture wider than this factor of its height, or lower than so many pixels, gets black above and below.
_FLAT, _LOW = 8, 30


def shrunk(picture: Pixels) -> Pixels:
    """Return *picture* with its longest side at most `LONGEST`, its sides then multiples of 32."""
    height, width = picture.shape[:2]
    if max(height, width) <= LONGEST:
        return picture
    share = LONGEST / max(height, width)
    size = (_stepped(width * share), _stepped(height * share))
    return np.asarray(cv2.resize(picture, size), np.uint8)


def find(picture: Pixels) -> Corners:
    """Return the corners of the lines of print in *picture*, in reading order; none for a picture without print."""
    height, width = picture.shape[:2]
    above = 0
    if height <= _LOW or width > _FLAT * height:
        # The network was taught pages; a single line needs some page around it.
        above = abs(max(width // _FLAT, _LOW) * 2 - height) // 2
        picture = np.asarray(cv2.copyMakeBorder(picture, above, above, 0, 0, cv2.BORDER_CONSTANT), np.uint8)
    lines = _lines(_chances(picture), picture.shape[1], picture.shape[0])
    lines[:, :, 1] = np.clip(lines[:, :, 1] - above, 0, height - 1)
    kept = [each for each in lines if min(sides(each)) > _TINY]
    return _in_reading_order(np.array(kept, np.float32).reshape(-1, 4, 2))


def cut(picture: Pixels, corners: Corners) -> Pixels:
    """Return the one line with these *corners* [4, 2], level; a standing line is laid down, top to the left."""
    width = int(max(_apart(corners, 0, 1), _apart(corners, 2, 3)))
    height = int(max(_apart(corners, 0, 3), _apart(corners, 1, 2)))
    onto = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    straight = cv2.warpPerspective(
        picture,
        cv2.getPerspectiveTransform(corners, onto),
        (width, height),
        borderMode=cv2.BORDER_REPLICATE,
        flags=cv2.INTER_CUBIC,
    )
    line = np.rot90(straight) if height >= _STANDING * width else straight
    return np.ascontiguousarray(line, np.uint8)


def sides(corners: Corners) -> tuple[float, float]:
    """Return the width and the height of the line with these *corners* [4, 2]."""
    return _apart(corners, 0, 1), _apart(corners, 0, 3)


def _chances(picture: Pixels) -> NDArray[np.float32]:
    """Return for each pixel, of a smaller or larger picture of the same shape, the chance that it is print."""
    height, width = picture.shape[:2]
    scale = max(1.0, _SHORTEST / min(height, width))
    scale = min(scale, (_MOST_PIXELS / (height * width)) ** 0.5)
    seen = cv2.resize(picture, (_stepped(width * scale), _stepped(height * scale)))
    lights = cv2.dnn.blobFromImage(seen, 1 / 127.5, mean=(127.5, 127.5, 127.5))
    return np.asarray(session("lines").run(None, {"x": lights})[0][0, 0], np.float32)


def _lines(chances: NDArray[np.float32], width: int, height: int) -> Corners:
    """Return the corners, in a picture of *width* and *height*, of what hangs together in *chances*."""
    mask = cv2.dilate((chances > _PRINT).astype(np.uint8), np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    scale = np.array([width / chances.shape[1], height / chances.shape[0]])
    found = []
    for outline in outlines[:_MOST_LINES]:
        rectangle = cv2.minAreaRect(outline)
        across, down = rectangle[1]
        close = _corners(rectangle)
        if min(across, down) < _THIN or _mean(chances, close) < _LINE:
            continue
        corners = np.round(_grown(close, across * down * _GROWTH / (across + down)) * scale)
        found.append(np.clip(corners, 0, (width - 1, height - 1)))
    return np.array(found, np.float32).reshape(-1, 4, 2)


def _grown(close: NDArray[np.float64], more: float) -> NDArray[np.float64]:
    """Return the corners of a rectangle whose sides are longer by *more*, in whole pixels.

    The fraction of a pixel is dropped before, as by the pipeline that these models come with: its lines are cut where
    it cuts them, within a pixel.
    """
    middle, (across, down), angle = cv2.minAreaRect(np.trunc(close).astype(np.float32))
    return np.round(_corners((middle, (across + more, down + more), angle)))


def _corners(rectangle: tuple[tuple[float, float], tuple[float, float], float]) -> NDArray[np.float64]:
    """Return the corners of a turned rectangle from top left clockwise: the left two are those furthest left."""
    points = np.asarray(cv2.boxPoints(rectangle), np.float64)
    points = points[np.argsort(points[:, 0], kind="stable")]
    left = points[:2][np.argsort(points[:2, 1], kind="stable")]
    right = points[2:][np.argsort(points[2:, 1], kind="stable")]
    return np.array([left[0], right[0], right[1], left[1]])


def _mean(chances: NDArray[np.float32], corners: NDArray[np.float64]) -> float:
    """Return the mean chance inside *corners*."""
    most = (chances.shape[1] - 1, chances.shape[0] - 1)
    low = np.clip(np.floor(corners.min(axis=0)), 0, most).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)), 0, most).astype(int)
    mask = np.zeros((high[1] - low[1] + 1, high[0] - low[0] + 1), np.uint8)
    cv2.fillPoly(mask, [(corners - low).astype(np.int32)], 1)
    return float(cv2.mean(chances[low[1] : high[1] + 1, low[0] : high[0] + 1], mask)[0])


def _in_reading_order(lines: Corners) -> Corners:
    if not len(lines):
        return lines
    lines = lines[np.argsort(lines[:, 0, 1], kind="stable")]
    rows = np.concatenate([[0], np.cumsum(np.diff(lines[:, 0, 1]) >= _LEVEL)])
    return np.asarray(lines[np.lexsort((lines[:, 0, 0], rows))], np.float32)


def _stepped(side: float) -> int:
    return max(1, round(int(side) / _STEP)) * _STEP


def _apart(corners: Corners, one: int, two: int) -> float:
    return float(np.linalg.norm(corners[one] - corners[two]))
