"""From a clean page to what an office scanner or a hand-held phone makes of it. Pictures in, pictures or bytes out."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.specimens.specimen import Picture
from tests.specimens.typeset import pdf

#: Any array of light values on its way to becoming a picture.
Light: TypeAlias = NDArray[np.floating[Any]]


def _picture(values: Light) -> Picture:
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def _smooth_noise(rng: np.random.Generator, height: int, width: int, grain: int) -> Light:
    """Noise between -1 and 1 whose spots are about `grain` pixels wide."""
    small = rng.uniform(-1, 1, (height // grain + 2, width // grain + 2)).astype(np.float32)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


@dataclass(frozen=True, slots=True)
class Scan:
    """How a flatbed scanner saw a page. Angles in degrees, noise in grey levels."""

    skew: float = 0.6
    noise: float = 4.0
    paper: int = 246
    grey: bool = True


def scanned(page: Picture, rng: np.random.Generator, how: Scan) -> Picture:
    """The page a little crooked, off-white, with sensor noise, specks and the dark edge of the lid."""
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), how.skew, 1.0)
    turned = cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(214, 214, 212))
    values = turned.astype(np.float32) * (how.paper / 255)
    values += 3 * _smooth_noise(rng, height, width, 240)[:, :, None]
    values = cv2.GaussianBlur(values, (0, 0), 0.7)
    values += rng.normal(0, how.noise, (height, width, 1)).astype(np.float32)
    for _ in range(22):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        cv2.circle(values, (x, y), 1, (170, 170, 170), -1)
    edge = np.linspace(60, 0, 14, dtype=np.float32)
    values[:, :14] -= edge[None, :, None]
    picture = _picture(values)
    if how.grey:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        picture = np.repeat(grey[:, :, None], 3, axis=2)
    return picture


@dataclass(frozen=True, slots=True)
class Hand:
    """How somebody held the phone: where the page's corners fall (fractions of the photo) and how steady it was."""

    size: tuple[int, int]
    corners: tuple[tuple[float, float], ...]
    blur: float = 0.8
    noise: float = 3.0
    shade: float = 0.22
    warmth: float = 0.03
    desk: tuple[int, int, int] = (128, 92, 62)


def _desk(rng: np.random.Generator, hand: Hand) -> Light:
    """A wooden table: long soft grain along the horizontal, drawn and not photographed."""
    width, height = hand.size
    grain = cv2.resize(
        rng.uniform(-1, 1, (height // 5, 7)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    broad = _smooth_noise(rng, height, width, 300)
    shade = 1 + 0.10 * grain + 0.10 * broad
    return np.asarray(np.array(hand.desk) * shade[:, :, None], np.float32)


def rumpled(page: Picture, rng: np.random.Generator) -> Picture:
    """A paper slip that was in a pocket: it curls to the side, was folded twice, and its print is fading unevenly."""
    height, width = page.shape[:2]
    rows = np.arange(height, dtype=np.float32)
    sway = 5 * np.sin(rows / height * rng.uniform(3, 5) + rng.uniform(0, 6))
    columns = np.arange(width, dtype=np.float32)[None, :] + sway[:, None].astype(np.float32)
    lines = np.repeat(rows[:, None], width, axis=1)
    bent = cv2.remap(page, columns, lines, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    fade = 0.16 + 0.14 * _smooth_noise(rng, height, width, 260)
    bent += (255 - bent) * fade[:, :, None]
    for fold in (rng.uniform(0.28, 0.38), rng.uniform(0.62, 0.72)):
        away = rows - fold * height
        shade = 1 - 0.10 * np.exp(-((away / 4) ** 2)) + 0.035 * np.tanh(away / 30)
        bent *= shade[:, None, None]
    return _picture(bent)


def photographed(page: Picture, rng: np.random.Generator, hand: Hand) -> Picture:
    """The page lying on a desk, seen at an angle, with a shadow under it, uneven light and a slightly unsteady hand."""
    width, height = hand.size
    rows, columns = page.shape[:2]
    start = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32)
    end = np.array([(x * width, y * height) for x, y in hand.corners], np.float32)
    warp = cv2.getPerspectiveTransform(start, end)
    lying = cv2.warpPerspective(page, warp, hand.size, flags=cv2.INTER_AREA).astype(np.float32)
    mask = cv2.warpPerspective(np.ones((rows, columns), np.float32), warp, hand.size, flags=cv2.INTER_LINEAR)
    shadow = cv2.GaussianBlur(np.roll(mask, (14, 10), (0, 1)), (0, 0), 14)
    desk = _desk(rng, hand) * (1 - 0.45 * shadow)[:, :, None]
    scene = desk + (lying - desk) * cv2.GaussianBlur(mask, (0, 0), 0.8)[:, :, None]
    light = 1 - hand.shade * np.linspace(0, 1, width)[None, :] * np.linspace(0.35, 1, height)[:, None]
    scene *= (light.astype(np.float32) * (1 + 0.03 * _smooth_noise(rng, height, width, 400)))[:, :, None]
    scene *= np.array([1 + hand.warmth, 1.0, 1 - hand.warmth], np.float32)
    scene = cv2.GaussianBlur(scene, (0, 0), hand.blur)
    return _picture(scene + rng.normal(0, hand.noise, (height, width, 1)))


def jpeg(picture: Picture, quality: int, *, grey: bool = False) -> bytes:
    """The picture as JPEG, without any metadata (so without an EXIF turn either)."""
    out = io.BytesIO()
    image = Image.fromarray(picture)
    (image.convert("L") if grey else image).save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def scan_pdf(pictures: list[Picture], quality: int, *, dpi: int, made: date, grey: bool = True) -> bytes:
    """Pictures as a PDF without text, as the office's scanner mails it."""
    images = {f"{number}.jpg": jpeg(picture, quality, grey=grey) for number, picture in enumerate(pictures)}
    sheets = [
        {"image": name, "width": picture.shape[1] / dpi, "height": picture.shape[0] / dpi}
        for name, picture in zip(images, pictures, strict=True)
    ]
    return pdf("scan", sheets, made=made, images=images)
