"""Photographs a clean money paper: fades, crumples, curls, lays, lights and compresses it, as hard as a number says.

Every effect has a load of 0 to 1, 1 being the edge of what a patient person can read; the loads of a picture add up to
at most 1, which is its difficulty.
"""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.camera import curved, developed, lit, surroundings
from bench.money_papers.drawing import SCALE, Pixels

Light = NDArray[np.float32]
#: The value at which an effect has load 1.
FULL = {
    "coarse": 1.0, "crumple": 1.0, "defocus": 0.34, "motion": 0.9, "noise": 130.0, "compression": 1.0, "fade": 0.82,
    "shadow": 0.92, "skew": 16.0, "tilt": 0.2, "curve": 0.12, "clutter": 1.6,
}  # fmt: skip
#: The most of an effect that is drawn, where that is less than a full load: rotation stays within eight degrees.
MOST = {"skew": 8.0, "clutter": 0.8, "tilt": 0.13}

#: How often an effect is drawn, where not as often as others.
_OFTEN = {"crumple": 2.5, "defocus": 1.5, "coarse": 1.5, "fade": 1.8, "skew": 1.8, "shadow": 1.4, "clutter": 0.7}


@dataclass(frozen=True, slots=True)
class Shot:
    """How a picture is taken. Lengths are in letters; see `FULL` for what is hard.

    `how`: clean (the render), scan or photo. `pitch`: pixels a letter is wide. `glare`, `infrared`, `mirrored` and
    `company` are what `bench.camera` asks for.
    """

    how: str = "clean"
    coarse: float = 0.0
    crumple: float = 0.0
    defocus: float = 0.0
    motion: float = 0.0
    noise: float = 0.0
    compression: float = 0.0
    fade: float = 0.0
    shadow: float = 0.0
    skew: float = 0.0
    tilt: float = 0.0
    curve: float = 0.0
    clutter: float = 0.0
    glare: float = 0.0
    infrared: bool = False
    mirrored: bool = False
    pitch: float = 13.0

    def loads(self) -> dict[str, float]:
        return {name: abs(getattr(self, name)) / full for name, full in FULL.items()}

    @property
    def difficulty(self) -> float:
        return min(1.0, sum(self.loads().values()))

    @property
    def label(self) -> str:
        """`clean`, `scan`, or the effects of a photo that matter, the strongest first."""
        if self.how != "photo":
            return self.how
        strong = sorted(((load, name) for name, load in self.loads().items() if load >= 0.12), reverse=True)
        return "+".join(name for _, name in strong[:3]) or "photo"

    def row(self) -> dict[str, Any]:
        kept = {name: round(float(value), 4) for name, value in asdict(self).items() if name in FULL and value}
        return {"condition": self.label, "how": self.how, "difficulty": round(self.difficulty, 3), "effects": kept}


def drawn(rng: np.random.Generator, *, thermal: bool) -> Shot:
    """Draw a way to take the picture: one in six clean, one in six scanned, else a photo of any difficulty."""
    chance = rng.random()
    if chance < 1 / 6:
        return Shot()
    if chance < 1 / 3:
        return Shot(
            "scan", skew=float(rng.uniform(-1.5, 1.5)), noise=float(rng.uniform(0, 12)),
            coarse=float(rng.uniform(0, 0.2)), compression=float(rng.uniform(0, 0.3)),
            fade=float(rng.uniform(0, 0.2)) * thermal,
        )  # fmt: skip
    target = float(rng.uniform(0.05, 0.95))
    names = [name for name in FULL if thermal or name not in ("fade", "curve")]
    weights = np.array([_OFTEN.get(name, 1.0) for name in names])
    some = rng.choice(names, int(rng.integers(2, 7)), replace=False, p=weights / weights.sum())
    shares = rng.dirichlet(np.full(len(some), 1.5)) * target
    values = {}
    for name, share in zip(some, shares, strict=True):
        value = min(share * FULL[name], MOST.get(name, FULL[name]))
        values[str(name)] = float(value * (rng.choice([-1, 1]) if name in ("skew", "curve") else 1))
    return Shot("photo", **values)


def photograph(page: Pixels, letter: float, shot: Shot, rng: np.random.Generator) -> bytes:
    """Return the JPEG of *page*, whose letters are *letter* pixels wide, under *shot*."""
    if shot.how == "clean":
        return _jpeg(page, 92)
    pitch = 13.0 * (4.6 / 13.0) ** shot.coarse
    page = _faded(page, shot.fade, rng)
    page = curved(page, shot.curve)
    scale = min(1.6, pitch / letter)
    size = (max(16, round(page.shape[1] * scale)), max(16, round(page.shape[0] * scale)))
    page = cv2.resize(page, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    page = _crumpled(page, shot.crumple, pitch, rng)
    scene = _laid(page, shot, pitch, rng)
    middle = (scene.shape[1] / 2, scene.shape[0] / 2)
    scene = lit(scene, middle, float(scene.shape[1]), shot, rng)  # type: ignore[arg-type]
    return developed(scene, _Taken(shot, pitch), rng)  # type: ignore[arg-type]


class _Taken:
    """A shot with the pitch the picture really has, as `bench.camera.developed` reads it."""

    def __init__(self, shot: Shot, pitch: float) -> None:
        self.pitch, self.defocus, self.motion, self.noise = pitch, shot.defocus, shot.motion, shot.noise
        self.compression, self.infrared, self.mirrored = shot.compression, False, False


def _jpeg(page: Pixels, quality: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(page).save(out, "JPEG", quality=quality)
    return out.getvalue()


def _clouds(rng: np.random.Generator, shape: tuple[int, int], grain: float) -> Light:
    """Smooth noise in 0..1 with features *grain* pixels wide."""
    small = rng.random((int(shape[0] / grain) + 3, int(shape[1] / grain) + 3)).astype(np.float32)
    return np.clip(cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), 0, 1)


def _faded(page: Pixels, fade: float, rng: np.random.Generator) -> Pixels:
    """Thermal print that lost its black, more in some places, with white streaks of the print head."""
    if not fade:
        return page
    height, width = page.shape[:2]
    lost = fade * (0.75 + 0.35 * _clouds(rng, (height, width), 30 * SCALE))
    for _ in range(int(rng.integers(0, 3) * (fade > 0.2))):
        x = int(rng.integers(width))
        lost[:, x : x + 2] = np.maximum(lost[:, x : x + 2], 0.85)
    ground = page.reshape(-1, 3).max(axis=0).astype(np.float32)
    faded = page + (ground - page) * np.clip(lost, 0, 0.9)[:, :, None]
    tint = np.array([1.0, 0.99 - 0.03 * fade, 0.97 - 0.08 * fade], np.float32)
    return np.clip(faded * tint, 0, 255).astype(np.uint8)


def _crumpled(page: Pixels, crumple: float, pitch: float, rng: np.random.Generator) -> Pixels:
    """Paper that was in a pocket: creases as ridges of a height field move the print and shade it."""
    if not crumple:
        return page
    height, width = page.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    relief = np.zeros((height, width), np.float32)
    for _ in range(int(4 + 14 * crumple)):
        angle = rng.uniform(0, np.pi)
        along = (x - rng.uniform(0, width)) * np.cos(angle) + (y - rng.uniform(0, height)) * np.sin(angle)
        relief += rng.uniform(-1, 1) * np.abs(along) * (0.6 + 0.4 * _clouds(rng, (height, width), 40 * pitch))
    relief += pitch * 14 * _clouds(rng, (height, width), 11 * pitch)
    relief = cv2.GaussianBlur(relief, (0, 0), pitch * 0.25)
    slope_y, slope_x = np.gradient(relief)
    spread = float(np.std(slope_x) + np.std(slope_y)) + 1e-6
    reach = 1.6 * crumple * pitch / spread
    smooth = [cv2.GaussianBlur(slope, (0, 0), pitch * 2.2) for slope in (slope_x, slope_y)]
    moved = cv2.remap(
        page, x + reach * smooth[0], y + reach * smooth[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    light = rng.uniform(0, 2 * np.pi)
    shade = 1 + 0.22 * crumple**0.7 * (slope_x * np.cos(light) + slope_y * np.sin(light)) / spread * 2
    return np.clip(moved * np.clip(shade, 0.45, 1.12)[:, :, None], 0, 255).astype(np.uint8)


def _laid(page: Pixels, shot: Shot, pitch: float, rng: np.random.Generator) -> Light:
    """The paper turned and tilted on a table; a scan has nothing round it but the white of the lid."""
    height, width = page.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    away = rng.uniform(-1, 1, (4, 2)).astype(np.float32) * shot.tilt * width
    angle = np.deg2rad(shot.skew)
    spin = np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))])
    ends = (corners + away - corners.mean(axis=0)) @ spin.T
    margin = float(rng.uniform(0.01, 0.15)) * width * (shot.how == "photo")
    ends = (ends - ends.min(axis=0) + margin).astype(np.float32)
    size = tuple(int(side) for side in np.ceil(ends.max(axis=0) + margin))
    warp = cv2.getPerspectiveTransform(corners, ends)
    lying = cv2.warpPerspective(page, warp, size, flags=cv2.INTER_CUBIC).astype(np.float32)
    mask = cv2.warpPerspective(np.ones((height, width), np.float32), warp, size)
    if shot.how == "scan":
        scene = np.full((size[1], size[0], 3), 250, np.float32)
    else:
        scene = surroundings(rng, (size[1], size[0]), shot.clutter, pitch)
        scene = np.minimum(scene, 205)
    return np.asarray(scene + (lying - scene) * mask[:, :, None], np.float32)
