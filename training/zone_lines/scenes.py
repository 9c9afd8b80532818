"""Scenes: documents laid on grounds, seen by bad cameras; and what the network should say of them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.zone_lines import camera, documents
from training.zone_lines.assets import RUN_CAP, Assets, Picture
from training.zone_lines.documents import Document

#: Pixels of the picture for one cell of the network's answer.
STRIDE = 4
#: Characters less high than this, in pixels of the scene, are asked for by nobody.
SMALLEST = 4.0


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture and its target [5, H/4, W/4]: core, cosine and sine of the direction, log of cap height, weight."""

    image: Picture
    target: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Laid:
    """A document as laid: its matrix, its wave (amplitude, period, phase), and the pixels it covers."""

    document: Document
    matrix: NDArray[np.float64]
    wave: tuple[float, float, float]
    cover: Picture


def _turn(rng: Generator) -> float:
    chance = rng.random()
    if chance < 0.42:
        return float(rng.normal(0, 3))
    if chance < 0.8:
        return float(rng.integers(4) * 90 + rng.uniform(-20, 20))
    return float(rng.uniform(0, 360))


def _matrix(rng: Generator, document: Document, side: int) -> NDArray[np.float64]:
    """Choose where the document lies: scale by the height of its characters, turn, tilt, place."""
    height, width = document.canvas.shape[:2]
    if len(document.lines):
        cap = float(document.lines[0, 4])
        scale = float(np.exp(rng.uniform(np.log(4.8), np.log(38)))) / cap
        k = int(rng.integers(len(document.lines)))
        part = rng.uniform(0, 1)
        anchor = document.lines[k, :2] * (1 - part) + document.lines[k, 2:4] * part
    else:
        scale = float(rng.uniform(0.3, 1.5))
        anchor = rng.uniform(0, 1, 2) * (width, height)
    angle = np.radians(_turn(rng))
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * scale
    if rng.random() < 0.35:
        spin = spin @ np.diag([1, rng.uniform(0.75, 1.3)])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    moved = (corners - anchor) @ spin.T
    if rng.random() < 0.55:
        moved += rng.uniform(-1, 1, (4, 2)) * rng.uniform(0, 0.09) * scale * min(width, height)
    moved += rng.uniform(0.12, 0.88, 2) * side
    if rng.random() < 0.35:  # keep a whole document in sight, if it fits
        low, high = moved.min(0), moved.max(0)
        moved += np.clip(0, 4 - low, None) * ((high - low) < side) - np.clip(high - side + 4, 0, None) * (
            (high - low) < side
        )
    return cv2.getPerspectiveTransform(corners.astype(np.float32), moved.astype(np.float32))


def _bend(document: Document, wave: tuple[float, float, float]) -> tuple[Picture, Picture]:
    """Shift the columns of a document up and down, as a page that does not lie flat."""
    amplitude, period, phase = wave
    height, width = document.canvas.shape[:2]
    x = np.arange(width, dtype=np.float32)
    shift = (amplitude * np.sin(x / period + phase)).astype(np.float32)
    across = np.broadcast_to(x, (height, width)).copy()
    down = np.arange(height, dtype=np.float32)[:, None] - shift[None]
    bent = cv2.remap(document.canvas, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return bent, cv2.remap(document.cover, across, down, cv2.INTER_LINEAR)


def _print(
    region: Picture, rng: Generator, canvas: Picture, cover: Picture, matrix: NDArray[np.float64], flag: int
) -> Picture:
    """Draw *canvas* through *matrix* onto *region*, with a soft shadow at times; return what it covers."""
    size = (region.shape[1], region.shape[0])
    seen = cv2.warpPerspective(canvas, matrix, size, flags=flag, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpPerspective(cover, matrix, size, flags=cv2.INTER_LINEAR)
    ground = region.copy()
    if rng.random() < 0.4:
        step = int(rng.integers(-6, 7))
        shade = cv2.blur(np.roll(alpha, (step, abs(step)), (0, 1)), (15, 15))
        dark = 255 - cv2.convertScaleAbs(shade, alpha=float(rng.uniform(0.1, 0.6)))
        ground = cv2.multiply(ground, cv2.merge([dark, dark, dark]), scale=1 / 255)
    weight = alpha.astype(np.float32) * np.float32(1 / 255)
    region[:] = cv2.blendLinear(seen, ground, weight, 1 - weight)
    return alpha


def _lay(image: Picture, rng: Generator, document: Document) -> _Laid:
    """Draw *document* onto *image* somewhere."""
    side = image.shape[0]
    matrix = _matrix(rng, document, side)
    canvas, cover, wave = document.canvas, document.cover, (0.0, 1.0, 0.0)
    if rng.random() < 0.22:
        width = canvas.shape[1]
        period = width / rng.uniform(1.5, 6)
        wave = (float(rng.uniform(0.02, 0.12) * period), float(period), float(rng.uniform(0, 6.3)))
        canvas, cover = _bend(document, wave)
    shrink = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    placed = matrix
    if shrink < 0.75:  # average before sampling, as a lens does
        factor = max(shrink, 0.2)
        small = (max(8, round(canvas.shape[1] * factor)), max(8, round(canvas.shape[0] * factor)))
        back = np.diag([canvas.shape[1] / small[0], canvas.shape[0] / small[1], 1.0])
        canvas = cv2.resize(canvas, small, interpolation=cv2.INTER_AREA)
        cover = cv2.resize(cover, small, interpolation=cv2.INTER_AREA)
        placed = matrix @ back
    alpha = np.zeros((side, side), np.uint8)
    corners = np.array(
        [[[0, 0], [canvas.shape[1], 0], [canvas.shape[1], canvas.shape[0]], [0, canvas.shape[0]]]], np.float64
    )
    seen = cv2.perspectiveTransform(corners, placed)[0]
    left, top = np.clip(np.floor(seen.min(0)) - 10, 0, side).astype(int)
    right, bottom = np.clip(np.ceil(seen.max(0)) + 10, 0, side).astype(int)
    if left < right and top < bottom:
        placed = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1.0]]) @ placed
        flag = cv2.INTER_CUBIC if rng.random() < 0.2 else cv2.INTER_LINEAR
        region = image[top:bottom, left:right]
        alpha[top:bottom, left:right] = _print(region, rng, canvas, cover, placed, flag)
    return _Laid(document, matrix, wave, alpha)


def _polyline(laid: _Laid, row: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The centre line of a zone line in the scene (9 points) and the cap height at each point."""
    amplitude, period, phase = laid.wave
    x = np.linspace(row[0], row[2], 9)
    y = np.linspace(row[1], row[3], 9) + amplitude * np.sin(x / period + phase)
    half = row[4] / 2
    both = np.stack([np.concatenate([x, x, x]), np.concatenate([y, y - half, y + half])], 1)
    seen = cv2.perspectiveTransform(both[None], laid.matrix)[0]
    return seen[:9], np.linalg.norm(seen[9:18] - seen[18:], axis=1)


def _quads(points: NDArray[np.float64], half: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Quadrilaterals along a centre line, *half* to either side."""
    along = np.gradient(points, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
    normal = np.stack([-along[:, 1], along[:, 0]], 1) * half[:, None]
    return [
        np.stack(
            [points[i] + normal[i], points[i + 1] + normal[i + 1], points[i + 1] - normal[i + 1], points[i] - normal[i]]
        )
        for i in range(len(points) - 1)
    ]


def _target(side: int, laid: list[_Laid]) -> NDArray[np.float32]:
    """Draw what the network should answer; a document laid later hides the lines below it."""
    cells = side // STRIDE
    target = np.zeros((5, cells, cells), np.float32)
    target[4] = 1
    fine = np.zeros((cells * 2, cells * 2), np.uint8)
    for item in laid:
        if item is not laid[0]:
            hidden = cv2.resize(item.cover, (cells * 2, cells * 2), interpolation=cv2.INTER_AREA) > 128
            fine[hidden] = 0
            target[4][hidden[::2, ::2]] = 1
        for row in item.document.lines:
            points, heights = _polyline(item, row)
            core = np.maximum(heights * 0.25, 1.7)
            outline = _quads(points, core)
            wide = _quads(points, np.maximum(heights * 0.5, 4.0))
            for i, (thin, thick) in enumerate(zip(outline, wide, strict=True)):
                along = points[i + 1] - points[i]
                along /= np.linalg.norm(along) + 1e-9
                tall = float(heights[i] + heights[i + 1]) / 2
                polygon = np.round((thick + 0.5) / STRIDE * 16 - 8).astype(np.int32)
                values = (float(along[0]), float(along[1]), float(np.log(max(tall, 1.0))))
                for channel, value in zip((1, 2, 3), values, strict=True):
                    cv2.fillConvexPoly(target[channel], polygon, value, cv2.LINE_8, 4)
                if tall < SMALLEST:
                    cv2.fillConvexPoly(target[4], polygon, 0.0, cv2.LINE_8, 4)
                polygon = np.round((thin + 0.5) / STRIDE * 32 - 8).astype(np.int32)
                cv2.fillConvexPoly(fine, polygon, 255, cv2.LINE_AA, 4)
    target[0] = cv2.resize(fine, (cells, cells), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return target


def _ground(rng: Generator, assets: Assets, side: int) -> Picture:
    """What the documents lie on."""
    chance = rng.random()
    image = np.empty((side, side, 3), np.uint8)
    if chance < 0.28:
        image[:] = rng.integers(235, 256) if rng.random() < 0.7 else rng.integers(0, 256, size=3)
        return image
    if chance < 0.78 or not assets.photographs:
        source = assets.textures[int(rng.integers(len(assets.textures)))]
        cut = int(rng.integers(200, 640))
        y, x = rng.integers(0, 768 - cut, size=2)
        return cv2.resize(source[y : y + cut, x : x + cut], (side, side), interpolation=cv2.INTER_LINEAR)
    image[:] = 255
    _lay(image, rng, documents.paper(rng, assets))
    return image


def _annotate(image: Picture, rng: Generator, assets: Assets) -> None:
    """Captions, arrows, red boxes and a phone's buttons, drawn upright over the finished scene."""
    side = image.shape[0]
    for _ in range(int(rng.integers(1, 5))):
        colour = (220, 20, 20) if rng.random() < 0.4 else tuple(int(c) for c in rng.integers(0, 256, size=3))
        a, b = rng.integers(0, side, size=2), rng.integers(0, side, size=2)
        kind = int(rng.integers(4))
        thick = int(rng.integers(1, 5))
        if kind == 0:
            cv2.rectangle(image, tuple(int(v) for v in a), tuple(int(v) for v in b), colour, thick)
        elif kind == 1:
            tip = a + (b - a) * 0.3
            cv2.arrowedLine(image, tuple(int(v) for v in a), tuple(int(v) for v in tip), colour, thick, cv2.LINE_AA)
        else:
            pool = assets.runs[("label", "title", "value", "lookalike")[int(rng.integers(4))]]
            mask = pool[int(rng.integers(len(pool)))]
            documents.ink(image, mask, (float(a[0]) * 0.8, float(a[1])), rng.uniform(8, 24) / RUN_CAP, colour, 1.0)


def _negative(rng: Generator, assets: Assets) -> Document:
    chance = rng.random()
    if chance < 0.3:
        return documents.travel(rng, assets, empty=True)
    return documents.payment_card(rng, assets) if chance < 0.5 else documents.paper(rng, assets)


def scene(rng: Generator, assets: Assets, side: int = 640) -> Scene:
    """Draw one scene of *side* x *side* pixels, as a part of a picture whose long side is 1024."""
    image = _ground(rng, assets, side)
    negative = rng.random() < 0.25
    count = 1 if rng.random() < 0.72 else int(rng.integers(2, 4))
    laid = []
    for k in range(count):
        plain = negative or (k > 0 and rng.random() < 0.35)
        document = _negative(rng, assets) if plain else documents.travel(rng, assets)
        laid.append(_lay(image, rng, document))
    target = _target(side, laid)
    if rng.random() < 0.15:
        _annotate(image, rng, assets)
    # The smallest characters decide how bad a picture may be and still be asked for.
    core = target[0] > 0.5
    smallest = float(np.exp(target[3][core].min())) if core.any() else float(rng.uniform(6, 30))
    image = camera.spoil(image, rng, assets, smallest)
    if rng.random() < 0.1:
        image, target = image[:, ::-1], target[:, :, ::-1].copy()
        target[1] = -target[1]
    if rng.random() < 0.12:  # the picture ends here; the rest is padding
        keep = int(rng.integers(side // 2, side)) // STRIDE * STRIDE
        image = image.copy()
        image[keep:] = 0
        target[0, keep // STRIDE :] = 0
    return Scene(np.ascontiguousarray(image), target)
