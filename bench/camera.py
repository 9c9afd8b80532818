"""Photographs a clean document under a condition: prints it, bends it, lays it somewhere, lights it, and takes a JPEG.

Everything happens near the final resolution, so that blur and noise are measured in characters and not in pixels of
the clean page.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bench.travel_documents import Clean, Pixels, font

if TYPE_CHECKING:
    from bench.conditions import Condition

Light = NDArray[np.float32]
#: Pixels a character the noise of a condition is given for.
_NOISE_AT = 26.0


def photograph(clean: Clean, how: Condition, rng: np.random.Generator) -> bytes:
    """Return the JPEG of *clean* taken under *how*; what the condition leaves open is drawn from *rng*."""
    page, zone = with_company(printed(clean, how, rng), clean, how, rng)
    scale = how.pitch / clean.pitch
    size = (max(8, round(page.shape[1] * scale)), max(8, round(page.shape[0] * scale)))
    page = cv2.resize(page, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    zone = tuple(value * scale for value in zone)
    page = curved(page, how.curve)
    scene, centre, across = laid(page, zone, how, rng)
    scene = lit(scene, centre, across, how, rng)
    return developed(scene, how, rng)


def printed(clean: Clean, how: Condition, rng: np.random.Generator) -> Pixels:
    """The document with its zone printed: a pattern behind it as busy and ink as faint as the condition says."""
    ground = clean.ground.astype(np.float32)
    if how.busy:
        _, y0, _, y1 = clean.zone
        top = max(0, y0 - (y1 - y0) // 2)
        ground[top:] -= 160 * how.busy * _pattern(rng, ground[top:].shape[:2])[:, :, None] * rng.uniform(0.6, 1.0, 3)
    if how.infrared:
        # Doc 9303-3, 4.5: the zone is printed in B900 ink, which stays black in the near infrared; the ground goes.
        grey = ground.mean(axis=2, keepdims=True)
        ground = np.repeat(205 + (grey - 205) * 0.25, 3, axis=2)
    cover = (clean.ink.astype(np.float32) / 255 * (1 - how.faint))[:, :, None]
    page = ground * (1 - cover) + np.array(clean.colour, np.float32) * cover
    return np.clip(page, 0, 255).astype(np.uint8)


def _pattern(rng: np.random.Generator, shape: tuple[int, int]) -> Light:
    """Lines, blots or bars in 0..1, as coarse as letters are: the kind of ground that hides print."""
    height, width = shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    kind = rng.choice(["waves", "blots", "bars"])
    if kind == "blots":
        small = rng.random((height // 30 + 2, width // 30 + 2)).astype(np.float32)
        return np.clip(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC) * 1.4 - 0.4, 0, 1)
    if kind == "bars":
        slant = x * np.cos(0.5) + y * np.sin(0.5)
        return np.asarray(np.sin(slant / rng.uniform(14, 40)) > 0.6, np.float32) * 0.7
    bend = 12 * np.sin(x / rng.uniform(60, 200)) + 5 * np.sin(x / rng.uniform(15, 40))
    lines = np.cos((y + bend) / rng.uniform(2.6, 6.0))
    return np.clip(lines - 0.35, 0, 1).astype(np.float32) * 1.2


def with_company(
    page: Pixels, clean: Clean, how: Condition, rng: np.random.Generator
) -> tuple[Pixels, tuple[float, ...]]:
    """The page with what else the picture shows, and where the zone is on it now."""
    x0, y0, x1, y1 = clean.zone
    if how.company == "pair" and clean.front is not None:
        gap = np.full((int(rng.integers(10, 120)), page.shape[1], 3), rng.integers(90, 250), np.uint8)
        first = bool(rng.random() < 0.7)
        both = [clean.front, gap, page] if first else [page, gap, clean.front]
        down = (clean.front.shape[0] + gap.shape[0]) * first
        return np.concatenate(both), (x0, y0 + down, x1, y1 + down)
    if how.company == "sheet":
        rows, columns = 297 * 13, 210 * 13
        sheet = np.full((rows, columns, 3), int(rng.integers(235, 256)), np.uint8)
        top = int(rng.integers(0, rows - page.shape[0]))
        left = int(rng.integers(0, columns - page.shape[1]))
        sheet[top : top + page.shape[0], left : left + page.shape[1]] = page
        return sheet, (x0 + left, y0 + top, x1 + left, y1 + top)
    canvas = Image.fromarray(page)
    pen = ImageDraw.Draw(canvas)
    if how.company == "frame":
        pen.rectangle((x0 - 12, y0 - 14, x1 + 12, y1 + 14), outline=(215, 25, 30), width=int(rng.integers(4, 12)))
    if how.company == "near print":
        words = " ".join("".join(rng.choice(list("ABCDEHIKLMNORST0123456789"), 6)) for _ in range(12))
        pen.text((x0 - 20, y0 - 34), words, font=font(2.2), fill=(40, 42, 60))
        pen.text((x0 + 40, y1 + 8), words[::-1], font=font(1.8), fill=(40, 42, 60))
    return np.array(canvas), (x0, y0, x1, y1)


def curved(page: Pixels, bulge: float) -> Pixels:
    """The page as an open booklet bends it: rows become arcs whose middle stands *bulge* (of the width) off."""
    if not bulge:
        return page
    width = page.shape[1]
    x = np.linspace(-1, 1, width, dtype=np.float32)
    shift = bulge * width * (1 - x**2)
    pad = int(abs(bulge) * width) + 2
    page = cv2.copyMakeBorder(page, pad, pad, 0, 0, cv2.BORDER_REPLICATE)
    rows = np.arange(page.shape[0], dtype=np.float32)[:, None] + shift[None, :] - shift.mean()
    columns = np.repeat(np.arange(width, dtype=np.float32)[None, :], page.shape[0], axis=0)
    bent = cv2.remap(page, columns, rows.astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    shade = 1 - abs(bulge) * 2.5 * x**2
    return np.clip(bent * shade[None, :, None], 0, 255).astype(np.uint8)


def laid(
    page: Pixels, zone: tuple[float, ...], how: Condition, rng: np.random.Generator
) -> tuple[Light, tuple[float, float], float]:
    """The page turned, tilted and lying somewhere; the scene, the middle of the zone in it, and the zone's width."""
    height, width = page.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    away = rng.uniform(-1, 1, (4, 2)).astype(np.float32)
    away /= max(1e-6, float(np.abs(away).max()))
    angle = np.deg2rad(how.turn + how.skew)
    spin = np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))])
    ends = ((corners + away * how.tilt * min(width, height)) - corners.mean(axis=0)) @ spin.T
    margin = float(rng.uniform(0.0, 0.12)) * width if how.company != "sheet" else 0.0
    ends = (ends - ends.min(axis=0) + margin).astype(np.float32)
    size = tuple(int(side) for side in np.ceil(ends.max(axis=0) + margin))
    warp = cv2.getPerspectiveTransform(corners, ends)
    lying = cv2.warpPerspective(page, warp, size, flags=cv2.INTER_CUBIC).astype(np.float32)
    mask = cv2.warpPerspective(np.ones((height, width), np.float32), warp, size)
    scene = surroundings(rng, (size[1], size[0]), how.clutter, how.pitch)
    scene += (lying - scene) * mask[:, :, None]
    x0, y0, x1, y1 = zone
    middle = cv2.perspectiveTransform(np.array([[[(x0 + x1) / 2, (y0 + y1) / 2]]], np.float32), warp)[0, 0]
    return scene, (float(middle[0]), float(middle[1])), x1 - x0


def surroundings(rng: np.random.Generator, shape: tuple[int, int], clutter: float, pitch: float) -> Light:
    """What the document lies on: a plain ground, and on it as much grain, print and edges as *clutter* says."""
    height, width = shape
    plain = rng.integers(30, 245, 3).astype(np.float32) * 0.6 + float(rng.integers(20, 100))
    scene = np.broadcast_to(plain, (height, width, 3)).copy()
    if not clutter:
        return scene
    grain = rng.uniform(-1, 1, (height // 6 + 2, width // 60 + 2)).astype(np.float32)
    scene += clutter * 40 * cv2.resize(grain, (width, height), interpolation=cv2.INTER_CUBIC)[:, :, None]
    for _ in range(int(4 + 16 * clutter)):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        w, h = int(rng.uniform(2, 14) * pitch), int(rng.uniform(0.3, 4) * pitch)
        shade = plain + clutter * rng.uniform(-110, 110, 3)
        cv2.rectangle(scene, (x, y), (x + w, y + h), tuple(float(c) for c in shade), -1)
    return np.clip(scene, 0, 255)


def lit(scene: Light, centre: tuple[float, float], across: float, how: Condition, rng: np.random.Generator) -> Light:
    """Shadow with an edge across the zone, and a reflection over part of it."""
    height, width = scene.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    if how.shadow:
        angle = rng.uniform(0, 2 * np.pi)
        along = (x - centre[0]) * np.cos(angle) + (y - centre[1]) * np.sin(angle)
        along += across * rng.uniform(-0.35, 0.35) * abs(np.cos(angle))
        dark = 1 / (1 + np.exp(-along / (across * rng.uniform(0.008, 0.08))))
        scene = scene * (1 - how.shadow * dark)[:, :, None]
    if how.glare:
        spot = (centre[0] + across * rng.uniform(-0.4, 0.4), centre[1] + across * rng.uniform(-0.05, 0.05))
        far = ((x - spot[0]) / (across * rng.uniform(0.08, 0.3))) ** 2
        far += ((y - spot[1]) / (across * rng.uniform(0.05, 0.2))) ** 2
        shine = (how.glare * np.exp(-far))[:, :, None]
        scene = scene * (1 - shine) + 255 * shine
    return np.asarray(scene, np.float32)


def developed(scene: Light, how: Condition, rng: np.random.Generator) -> bytes:
    """Blur, sensor noise, infrared grey, mirror, JPEG."""
    if how.defocus:
        scene = cv2.GaussianBlur(scene, (0, 0), max(0.05, how.defocus * how.pitch))
    if how.motion:
        scene = cv2.filter2D(scene, -1, _smear(how.motion * how.pitch, float(rng.uniform(0, np.pi))))
    # A camera's sensor has grain of one pixel: what fewer pixels a letter has, the less of it they can take.
    sigma = 1.5 + how.noise * min(1.0, how.pitch / _NOISE_AT)
    grain = rng.normal(0, sigma, (*scene.shape[:2], 1)) + rng.normal(0, sigma / 2, scene.shape)
    values = np.clip(scene + grain, 0, 255).astype(np.uint8)
    if how.infrared:
        values = np.repeat(values.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    if how.mirrored:
        values = np.ascontiguousarray(values[:, ::-1])
    # Blocks are eight pixels wide: small letters bear less of them, so full load is a milder quality there.
    worst = float(np.interp(how.pitch, [6, 12, 26], [30, 14, 5]))
    out = io.BytesIO()
    image = Image.fromarray(values)
    image.save(out, "JPEG", quality=round(95 - (95 - worst) * how.compression), optimize=True)
    return out.getvalue()


def _smear(length: float, angle: float) -> Light:
    """The path of a camera that moved *length* pixels, as a kernel that sums to one."""
    side = int(np.ceil(length)) | 1
    if side < 3:
        return np.ones((1, 1), np.float32)
    big = np.zeros((side * 8, side * 8), np.float32)
    middle, half = side * 4, length * 4
    x, y = half * np.cos(angle), half * np.sin(angle)
    start, end = (round(middle - x), round(middle - y)), (round(middle + x), round(middle + y))
    cv2.line(big, start, end, 1.0, 8, cv2.LINE_AA)
    kernel = cv2.resize(big, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(kernel / kernel.sum(), np.float32)
