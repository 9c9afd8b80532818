"""The pools that scenes are put together from, drawn once a worker and renewed bit by bit.

Print is kept as coverage masks (uint8, 255 = ink) so that a scene only scales and blends; pictures as uint8 RGB.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from training.zone_lines import texts

Picture = NDArray[np.uint8]
#: Cap height of zone glyphs and of runs of text in the pools, in pixels.
CAP = 40
RUN_CAP = 30
SYSTEM_FONTS = Path("/usr/share/fonts")


@dataclass(frozen=True, slots=True)
class Atlas:
    """Glyphs of one font for zone lines: one cell a character, 1.6 caps high and wide, the baseline 1.3 caps down."""

    cells: dict[str, Picture]

    def line(self, text: str, pitch: float) -> Picture:
        """Compose *text* with *pitch* caps from character to character; caps fill rows 0.3 to 1.3 CAP."""
        width = round(pitch * CAP)
        left = (round(1.6 * CAP) - width) // 2
        return np.hstack([self.cells[c][:, left : left + width] for c in text])


@dataclass(slots=True)
class Assets:
    """All pools of one worker."""

    fonts: dict[str, list[Path]]
    zone: list[Atlas] = field(default_factory=list)
    other: list[Atlas] = field(default_factory=list)
    runs: dict[str, list[Picture]] = field(default_factory=dict)
    blocks: list[Picture] = field(default_factory=list)
    textures: list[Picture] = field(default_factory=list)
    patterns: list[Picture] = field(default_factory=list)
    portraits: list[Picture] = field(default_factory=list)
    marks: list[Picture] = field(default_factory=list)
    barcodes: list[Picture] = field(default_factory=list)
    photographs: list[Picture] = field(default_factory=list)
    noise: NDArray[np.int16] = field(default_factory=lambda: np.zeros((1, 1, 1), np.int16))

    def renew(self, rng: Generator) -> None:
        """Replace a few assets, so that a long run sees ever new ones."""
        kind = ("label", "title", "value", "lookalike")[int(rng.integers(4))]
        self.runs[kind][int(rng.integers(len(self.runs[kind])))] = run(rng, self.fonts, kind)
        chance = rng.random()
        if chance < 0.10:
            self.blocks[int(rng.integers(len(self.blocks)))] = block(rng, self.fonts)
        elif chance < 0.14:
            self.patterns[int(rng.integers(len(self.patterns)))] = pattern(rng)
        elif chance < 0.17:
            self.textures[int(rng.integers(len(self.textures)))] = texture(rng)
        elif chance < 0.22:
            self.portraits[int(rng.integers(len(self.portraits)))] = portrait(rng)
        elif chance < 0.27:
            self.marks[int(rng.integers(len(self.marks)))] = mark(rng)


def find_fonts(folder: Path) -> dict[str, list[Path]]:
    """Sort the fonts under *folder* by use: `zone` (OCR-B), `mono`, `text`. Raises FileNotFoundError without OCR-B."""
    found: dict[str, list[Path]] = {"zone": [], "mono": [], "text": []}
    for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in {".otf", ".ttf"}):
        name = path.stem
        if name.upper().startswith("OCR"):
            if name in {"OCRB", "OCRBS"}:
                found["zone"].append(path)
        elif "TeX" in name or "opens" in name:
            continue
        else:
            found["mono" if "mono" in name.lower() else "text"].append(path)
    if not all(found.values()):
        raise FileNotFoundError(
            f"{folder} lacks fonts; install fonts-ocr-b fonts-dejavu fonts-liberation fonts-freefont"
        )
    return found


def _font(path: Path, cap: int) -> ImageFont.FreeTypeFont:
    """Load *path* at the size where a capital H is *cap* pixels high."""
    box = ImageFont.truetype(str(path), 200).getbbox("H")
    return ImageFont.truetype(str(path), max(6, round(200 * cap / (box[3] - box[1]))))


def atlas(path: Path) -> Atlas:
    """Draw the 37 characters of a zone in the font at *path*."""
    font = _font(path, CAP)
    side = round(1.6 * CAP)
    cells = {}
    for char in texts.LETTERS + texts.DIGITS + "<":
        image = Image.new("L", (side, side), 0)
        ImageDraw.Draw(image).text((side / 2, 1.3 * CAP), char, font=font, fill=255, anchor="ms")
        cells[char] = np.asarray(image)
    return Atlas(cells)


def _mask(text: str, font: ImageFont.FreeTypeFont, spacing: int = 6) -> Picture:
    """Draw *text* (perhaps of several lines) as a tight mask."""
    probe = ImageDraw.Draw(Image.new("L", (1, 1)))
    left, top, right, bottom = probe.multiline_textbbox((0, 0), text, font=font, spacing=spacing)
    image = Image.new("L", (max(2, round(right - left) + 2), max(2, round(bottom - top) + 2)), 0)
    ImageDraw.Draw(image).multiline_text((1 - left, 1 - top), text, font=font, fill=255, spacing=spacing)
    return np.asarray(image)


def run(rng: Generator, fonts: dict[str, list[Path]], kind: str) -> Picture:
    """Draw one run of text of *kind* (label, title, value, lookalike)."""
    chance = rng.random()
    family = "text" if chance < 0.75 else "mono" if chance < 0.85 else "zone"
    if kind == "lookalike":
        family = "zone" if chance < 0.6 else "mono" if chance < 0.9 else "text"
    path = fonts[family][int(rng.integers(len(fonts[family])))]
    draw = {"label": texts.label, "title": texts.title, "value": texts.value, "lookalike": texts.lookalike}[kind]
    return _mask(draw(rng) or "-", _font(path, RUN_CAP))


def block(rng: Generator, fonts: dict[str, list[Path]]) -> Picture:
    """Draw a paragraph, a table of values, an address, source code, or rows of lookalikes; caps 14 to 22 px."""
    kind = int(rng.integers(6))
    family = ("text", "text", "mono", "mono", "zone", "text")[kind] if rng.random() < 0.8 else "zone"
    font = _font(fonts[family][int(rng.integers(len(fonts[family])))], int(rng.integers(14, 23)))
    rows = int(rng.integers(2, 12))
    if kind in {0, 5}:
        lines = [texts.sentence(rng, int(rng.integers(4, 11))) for _ in range(rows)]
    elif kind == 1:
        lines = [f"{texts.label(rng)}: {texts.value(rng)}" for _ in range(rows)]
    elif kind == 2:
        lines = [texts.lookalike(rng) for _ in range(rows)]
    elif kind == 3:
        lines = [f"{texts.name(rng):<16}{texts.chars(rng, texts.DIGITS, 3):>8}.{i:02d}" for i in range(rows)]
    else:
        lines = [texts.sentence(rng, int(rng.integers(3, 8))).upper() for _ in range(rows)]
    return _mask("\n".join(lines), font, int(rng.integers(2, 18)))


def _blur_noise(rng: Generator, height: int, width: int, cells: int) -> NDArray[np.float32]:
    small = rng.random((max(2, height // cells), max(2, width // cells))).astype(np.float32)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def _shade(rng: Generator, low: int, high: int) -> NDArray[np.float64]:
    """A colour, mostly a dull one: surfaces are seldom bright green."""
    colour = rng.uniform(low, high, size=3)
    return colour.mean() + (colour - colour.mean()) * rng.choice([0.1, 0.3, 1.0]) * np.ones(3)


def texture(rng: Generator, side: int = 768) -> Picture:
    """Draw a surface a document may lie on: wood, cloth, stone, plain colour, stripes."""
    base, dark = _shade(rng, 30, 256), _shade(rng, 0, 200)
    kind = int(rng.integers(5))
    weight = np.zeros((side, side), np.float32)
    if kind == 0:  # plain, uneven
        weight = 0.2 * _blur_noise(rng, side, side, 200)
    elif kind == 1:  # wood
        weight = cv2.resize(_blur_noise(rng, side, side // 16, 3), (side, side), interpolation=cv2.INTER_LINEAR)
        weight = weight.T if rng.random() < 0.5 else weight
    elif kind == 2:  # cloth
        y, x = np.mgrid[:side, :side].astype(np.float32)
        step = float(rng.uniform(0.2, 1.2))
        weight = 0.25 * np.sin(x * step) + 0.25 * np.sin(y * step) + 0.5 * _blur_noise(rng, side, side, 40)
    elif kind == 3:  # stone, carpet
        for cells in (2, 7, 30, 120):
            weight += 0.25 * _blur_noise(rng, side, side, cells)
    else:  # tiles or stripes
        y, x = np.mgrid[:side, :side]
        size = int(rng.integers(12, 160))
        weight = (((x // size) + (y // size) * int(rng.integers(2))) % 2).astype(np.float32)
    weight = np.clip(weight, 0, 1)[..., None] * rng.uniform(0.2, 1.0)
    return np.clip(base * (1 - weight) + dark * weight, 0, 255).astype(np.uint8)


def pattern(rng: Generator) -> Picture:
    """Draw a guilloche of fine light lines on a document's colour, 560 x 800 px."""
    height, width = 560, 800
    first, second = rng.integers(150, 256, size=3), rng.integers(130, 256, size=3)
    ramp = _blur_noise(rng, height, width, int(rng.integers(150, 400)))[..., None]
    image = np.ascontiguousarray(np.clip(first * (1 - ramp) + second * ramp, 0, 255).astype(np.uint8))
    x = np.arange(-20, width + 20, 8, dtype=np.float32)
    for _ in range(int(rng.integers(1, 4))):
        colour = tuple(int(c) for c in rng.integers(60, 230, size=3))
        amplitude, period, step = rng.uniform(5, 90), rng.uniform(60, 500), rng.uniform(5, 30)
        family = []
        for k in range(int(height / step)):
            y = k * step + amplitude * np.sin(2 * np.pi * x / period + k * rng.uniform(0.0, 0.1))
            points = np.stack([x, y], 1) if rng.random() < 1.1 else None
            family.append(np.round(points * 8).astype(np.int32))
        cv2.polylines(image, family, False, colour, 1, cv2.LINE_AA, shift=3)
    return image


def portrait(rng: Generator) -> Picture:
    """Draw a rough head and shoulders, 260 x 200 px."""
    height, width = 260, 200
    image = np.empty((height, width, 3), np.uint8)
    image[:] = rng.integers(120, 256, size=3)
    skin = tuple(int(c * rng.uniform(0.5, 1.0)) for c in (235, 195, 170))
    hair, shirt = (tuple(int(c) for c in rng.integers(0, 160, size=3)) for _ in range(2))
    cx, cy = width // 2 + int(rng.integers(-12, 13)), 110 + int(rng.integers(-15, 16))
    cv2.ellipse(image, (cx, height + 20), (95, 90), 0, 0, 360, shirt, -1, cv2.LINE_AA)
    cv2.rectangle(image, (cx - 22, cy + 30), (cx + 22, cy + 90), skin, -1)
    cv2.ellipse(image, (cx, cy - 12), (62 + int(rng.integers(20)), 76), 0, 0, 360, hair, -1, cv2.LINE_AA)
    cv2.ellipse(image, (cx, cy + 8), (48, 64), 0, 0, 360, skin, -1, cv2.LINE_AA)
    for dx in (-19, 19):
        cv2.ellipse(image, (cx + dx, cy), (8, 4), 0, 0, 360, (30, 30, 30), -1, cv2.LINE_AA)
    cv2.line(image, (cx, cy + 6), (cx - 3, cy + 24), tuple(int(c * 0.7) for c in skin), 2, cv2.LINE_AA)
    cv2.ellipse(image, (cx, cy + 40), (16, 4), 0, 0, 360, (150, 80, 80), -1, cv2.LINE_AA)
    light = 0.7 + 0.6 * _blur_noise(rng, height, width, 80)
    return np.clip(image * light[..., None], 0, 255).astype(np.uint8)


def mark(rng: Generator) -> Picture:
    """Draw a signature, a seal, an emblem or a finger print as a mask of ink, 160 x 240 px."""
    image = np.zeros((160, 240), np.uint8)
    kind = int(rng.integers(3))
    if kind == 0:
        count = int(rng.integers(8, 22))
        x = np.linspace(15, 225, count) + rng.normal(0, 14, count)
        y = 80 + rng.normal(0, 26, count)
        fine = np.linspace(0, count - 1, count * 8)
        curve = np.stack([np.interp(fine, np.arange(count), v) for v in (x, y)], 1)
        curve = cv2.GaussianBlur(curve.astype(np.float32), (1, 9), 0)
        cv2.polylines(
            image, [np.round(curve * 8).astype(np.int32)], False, 255, int(rng.integers(1, 4)), cv2.LINE_AA, 3
        )
    elif kind == 1:
        for radius in rng.integers(20, 78, size=int(rng.integers(2, 5))):
            cv2.circle(image, (120, 80), int(radius), 255, int(rng.integers(1, 5)), cv2.LINE_AA)
        for angle in np.arange(0, 2 * np.pi, rng.uniform(0.15, 0.6)):
            at = (int(120 + 55 * np.cos(angle)), int(80 + 55 * np.sin(angle)))
            cv2.circle(image, at, int(rng.integers(2, 7)), 255, -1, cv2.LINE_AA)
    else:
        for radius in range(4, 70, int(rng.integers(5, 9))):
            tilt = float(rng.uniform(0, 25))
            cv2.ellipse(image, (120, 80), (radius, int(radius * 1.1)), tilt, 0, float(rng.uniform(200, 360)), 255, 2)
    return image


def barcode(rng: Generator) -> Picture:
    """Draw a one- or two-dimensional code as a mask, 90 x 300 or 150 x 300 px."""
    if rng.random() < 0.6:
        return np.repeat(np.tile((rng.random((1, 100)) < 0.5).astype(np.uint8) * 255, (90, 1)), 3, axis=1)
    cells = (rng.random((30, 60)) < 0.5).astype(np.uint8) * 255
    return np.repeat(np.repeat(cells, 5, axis=0), 5, axis=1)


def _photographs(rng: Generator, folder: Path | None) -> list[Picture]:
    if folder is None:
        return []
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in {".jpg", ".png"})
    chosen = [paths[i] for i in rng.permutation(len(paths))[:40]]
    read = [cv2.imread(str(path)) for path in chosen]
    return [np.ascontiguousarray(image[:, :, ::-1]) for image in read if image is not None]


def make(seed: int, fonts: Path, backgrounds: Path | None = None, size: float = 1.0) -> Assets:
    """Draw all pools for one worker; *size* scales them (tests and smoke runs take small ones)."""
    rng = np.random.default_rng(seed)
    found = find_fonts(fonts)
    assets = Assets(fonts=found, photographs=_photographs(rng, backgrounds))
    assets.zone = [atlas(path) for path in found["zone"]]
    assets.other = [atlas(path) for path in found["mono"]] + [atlas(path) for path in found["text"][:3]]

    def some(count: int) -> range:
        return range(max(4, round(count * size)))

    for kind, count in {"label": 120, "title": 60, "value": 160, "lookalike": 120}.items():
        assets.runs[kind] = [run(rng, found, kind) for _ in some(count)]
    assets.blocks = [block(rng, found) for _ in some(80)]
    assets.textures = [texture(rng) for _ in some(24)]
    assets.patterns = [pattern(rng) for _ in some(40)]
    assets.portraits = [portrait(rng) for _ in some(24)]
    assets.marks = [mark(rng) for _ in some(40)]
    assets.barcodes = [barcode(rng) for _ in some(16)]
    assets.noise = np.round(rng.normal(0, 1, (900, 900, 3)) * 16).astype(np.int16)
    return assets
