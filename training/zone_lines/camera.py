"""What light, lenses, sensors and compression do to a scene."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.zone_lines.assets import Assets, Picture


def _light(rng: Generator, side: int) -> NDArray[np.float32]:
    """A gain for each pixel: uneven light, and at times the sharp shadow of a hand or an edge."""
    spread = rng.uniform(0.05, 0.5)
    cells = int(rng.integers(2, 5))
    small = 1 + spread * (rng.random((cells, cells)).astype(np.float32) - 0.5)
    gain = cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.4:
        shadow = np.ones((side // 4, side // 4), np.float32)
        points = rng.integers(-40, side // 4 + 40, size=(int(rng.integers(3, 6)), 2)).astype(np.int32)
        cv2.fillConvexPoly(shadow, cv2.convexHull(points), float(rng.uniform(0.35, 0.85)))
        blur = int(rng.integers(0, 8)) * 2 + 1
        gain *= cv2.resize(cv2.GaussianBlur(shadow, (blur, blur), 0), (side, side), interpolation=cv2.INTER_LINEAR)
    return gain


def _glare(image: Picture, rng: Generator) -> Picture:
    """Bright patches, soft or burnt out, and streaks of a foil."""
    side = image.shape[0]
    small = np.zeros((side // 8, side // 8), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        centre = tuple(int(v) for v in rng.integers(0, side // 8, size=2))
        axes = (int(rng.integers(2, 16)), int(rng.integers(1, 8)))
        cv2.ellipse(small, centre, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(0.3, 1.3)), -1)
    blur = int(rng.integers(1, 6)) * 2 + 1
    glow = cv2.resize(cv2.GaussianBlur(small, (blur, blur), 0), (side, side), interpolation=cv2.INTER_LINEAR)
    return cv2.add(image, cv2.merge([(np.clip(glow, 0, 1) * 235).astype(np.uint8)] * 3))


def _colour(image: Picture, rng: Generator) -> Picture:
    """Tint, contrast and gamma; grey and infrared-like pictures; a few inverted ones."""
    chance = rng.random()
    if chance < 0.22:
        weights = rng.dirichlet((2, 2, 2)).astype(np.float32)[None]
        image = cv2.cvtColor(cv2.transform(image, weights), cv2.COLOR_GRAY2RGB)
        if chance < 0.09:  # infrared: pale inks vanish
            white = int(rng.integers(110, 220))
            table = np.clip(np.arange(256) * 255.0 / white, 0, rng.integers(180, 256)).astype(np.uint8)
            image = cv2.LUT(image, table)
    gamma, low, high = rng.uniform(0.6, 1.7), rng.uniform(0, 40), rng.uniform(190, 255)
    ramp = np.linspace(0, 1, 256)[:, None] ** gamma
    tint = rng.uniform(0.85, 1.0, 3) if rng.random() < 0.5 else np.ones(3)
    table = np.clip(low + (high - low) * ramp * tint, 0, 255)
    if rng.random() < 0.02:
        table = 255 - table
    return cv2.LUT(image, table[None].astype(np.uint8))


def _blur(image: Picture, rng: Generator, smallest: float) -> Picture:
    """Out of focus or moved, by no more than leaves the smallest characters standing."""
    if rng.random() < 0.5:
        return cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.3, max(0.5, 0.13 * smallest))))
    length = int(np.clip(round(rng.uniform(0.1, 0.4) * smallest), 2, 15))
    kernel = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, np.pi)
    half = (length - 1) / 2
    step = np.array([np.cos(angle), np.sin(angle)]) * half
    start, end = np.round(half - step).astype(int), np.round(half + step).astype(int)
    cv2.line(kernel, tuple(int(v) for v in start), tuple(int(v) for v in end), 1.0)
    return cv2.filter2D(image, -1, kernel / kernel.sum())


def _coarsen(image: Picture, rng: Generator, smallest: float) -> Picture:
    """Take the picture at fewer pixels and enlarge it again, as small pictures are."""
    side = image.shape[0]
    least = min(1.0, 4.5 / smallest)
    factor = rng.uniform(least, min(1.0, 2.5 * least))
    if factor > 0.95:
        return image
    size = max(32, round(side * factor))
    down = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC)[int(rng.integers(3))]
    small = cv2.resize(image, (size, size), interpolation=down)
    if rng.random() < 0.6:
        small = _compress(small, rng)
    up = (cv2.INTER_LINEAR, cv2.INTER_LINEAR, cv2.INTER_CUBIC)[int(rng.integers(3))]
    return cv2.resize(small, (side, side), interpolation=up)


def _compress(image: Picture, rng: Generator) -> Picture:
    quality = int(rng.integers(25, 95))
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def spoil(image: Picture, rng: Generator, assets: Assets, smallest: float) -> Picture:
    """Spoil *image*, whose smallest characters of a zone are *smallest* pixels high; one in eight stays clean."""
    side = image.shape[0]
    if rng.random() < 0.12:
        return image
    if rng.random() < 0.4:
        gain = _light(rng, side)
        image = cv2.multiply(image, cv2.merge([gain, gain, gain]), dtype=cv2.CV_8U)
    if rng.random() < 0.18:
        image = _glare(image, rng)
    if rng.random() < 0.75:
        image = _colour(image, rng)
    if rng.random() < 0.35:
        image = _blur(image, rng, smallest)
    if rng.random() < 0.4:
        image = _coarsen(image, rng, smallest)
    if rng.random() < 0.4:
        y, x = rng.integers(0, assets.noise.shape[0] - side, size=2)
        noise = assets.noise[y : y + side, x : x + side]
        strength = float(rng.uniform(1, 12)) / 16
        image = cv2.add(image, np.multiply(noise, strength).astype(np.int16), dtype=cv2.CV_8U)
    if rng.random() < 0.35:
        image = _compress(image, rng)
    return image
