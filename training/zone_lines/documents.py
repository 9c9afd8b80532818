"""Documents drawn flat: data pages, cards, visas, papers; with the place of each machine-readable line."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.zone_lines import texts
from training.zone_lines.assets import CAP, RUN_CAP, Assets, Picture

#: Width and height in millimetres of the documents that carry each layout.
SIZES = {
    "TD1": (85.6, 54.0),
    "TD2": (105.0, 74.0),
    "TD3": (125.0, 88.0),
    "MRVA": (120.0, 80.0),
    "MRVB": (105.0, 74.0),
    "DL": (85.6, 54.0),
    "DLCHE": (85.6, 54.0),
}
_OFTEN = {"TD1": 0.3, "TD2": 0.11, "TD3": 0.28, "MRVA": 0.05, "MRVB": 0.04, "DL": 0.15, "DLCHE": 0.07}
#: This many zones stand alone, on a card or page that is otherwise empty.
_ALONE = 0.12


@dataclass(frozen=True, slots=True)
class Document:
    """A flat picture, what of it is paper (255), and its lines: rows of start x, y, end x, y, cap height in pixels."""

    canvas: Picture
    cover: Picture
    lines: NDArray[np.float32]


def ink(canvas: Picture, mask: Picture, at: tuple[float, float], scale: float, colour: object, strength: float) -> None:
    """Print *mask*, scaled, onto *canvas* with its left top corner *at* (x, y); what falls outside is cut."""
    height, width = max(1, round(mask.shape[0] * scale)), max(1, round(mask.shape[1] * scale))
    x, y = round(at[0]), round(at[1])
    right, bottom = min(x + width, canvas.shape[1]), min(y + height, canvas.shape[0])
    left, top = max(0, x), max(0, y)
    if left >= right or top >= bottom:
        return
    small = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    weight = small[top - y : bottom - y, left - x : right - x, None].astype(np.float32) * np.float32(strength / 255)
    region = canvas[top:bottom, left:right]
    region[:] = region + (np.asarray(colour, np.float32) - region) * weight


def picture(canvas: Picture, image: Picture, box: tuple[float, float, float, float], weight: float = 1.0) -> None:
    """Print *image* into *box* (x, y, width, height), faintly where *weight* is below 1."""
    x, y, width, height = (round(v) for v in box)
    x, y = max(0, x), max(0, y)
    width, height = min(width, canvas.shape[1] - x), min(height, canvas.shape[0] - y)
    if width < 2 or height < 2:
        return
    scaled = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    region = canvas[y : y + height, x : x + width]
    region[:] = scaled if weight >= 1 else cv2.addWeighted(scaled, weight, region, 1 - weight, 0)


def _dark(rng: Generator) -> NDArray[np.int64]:
    return rng.integers(0, 70, size=3) if rng.random() < 0.75 else rng.integers(0, 170, size=3)


def _pick(rng: Generator, items: list[Picture]) -> Picture:
    return items[int(rng.integers(len(items)))]


def _ground(rng: Generator, assets: Assets, width: int, height: int) -> Picture:
    """The unprinted document: guilloche, plain colour or paper."""
    chance = rng.random()
    if chance < 0.68:
        source = _pick(rng, assets.patterns)
        cut = rng.uniform(0.5, 1.0)
        h, w = int(source.shape[0] * cut), int(source.shape[1] * cut)
        y, x = int(rng.integers(source.shape[0] - h + 1)), int(rng.integers(source.shape[1] - w + 1))
        canvas = cv2.resize(source[y : y + h, x : x + w], (width, height), interpolation=cv2.INTER_LINEAR)
        pale = rng.random() * 0.7
        if rng.random() < 0.7:
            canvas = cv2.addWeighted(canvas, 1 - pale, np.full_like(canvas, 255), pale, 0)
        return canvas
    canvas = np.empty((height, width, 3), np.uint8)
    canvas[:] = rng.integers(225, 256, size=3) if chance < 0.92 else rng.integers(120, 256, size=3)
    return canvas


def _say(rng: Generator, assets: Assets, canvas: Picture, kind: str, at: tuple[float, float], cap: float) -> float:
    """Print one run of *kind* with capitals *cap* px high; return its width."""
    mask = _pick(rng, assets.runs[kind])
    ink(canvas, mask, at, cap / RUN_CAP, _dark(rng), rng.uniform(0.6, 1))
    return mask.shape[1] * cap / RUN_CAP


def visual(canvas: Picture, rng: Generator, assets: Assets, bottom: float, unit: float) -> None:
    """Print a visual zone from the top down to *bottom*; *unit* is pixels a millimetre."""
    width = canvas.shape[1]
    y = rng.uniform(2, 5) * unit
    for _ in range(int(rng.integers(1, 3))):
        cap = rng.uniform(1.8, 4) * unit
        if y + cap < bottom:
            _say(rng, assets, canvas, "title", (rng.uniform(2, 45) * unit, y), cap)
        y += cap * 1.4
    left = 3 * unit
    if rng.random() < 0.75 and bottom - y > 10 * unit:
        tall = min(bottom - y, rng.uniform(25, 46) * unit)
        wide = tall * rng.uniform(0.7, 0.85)
        at_right = rng.random() < 0.2
        place = (width - wide - 4 * unit if at_right else rng.uniform(2, 6) * unit, y, wide, tall)
        picture(canvas, _pick(rng, assets.portraits), place, 1.0 if rng.random() < 0.85 else 0.5)
        left = 4 * unit if at_right else place[0] + wide + 2 * unit
    label, value = rng.uniform(1.0, 1.8) * unit, rng.uniform(1.7, 2.7) * unit
    gap = rng.uniform(0.4, 1.8) * unit
    columns = int(rng.integers(1, 4))
    while y < bottom - value:
        x = left
        for _ in range(columns):
            if rng.random() < 0.8 and y + label < bottom:
                _say(rng, assets, canvas, "label", (x, y), label)
            if rng.random() < 0.85 and y + label * 1.5 + value < bottom:
                kind = "value" if rng.random() < 0.93 else "lookalike"
                _say(rng, assets, canvas, kind, (x, y + label * 1.5), value)
            x += rng.uniform(0.6, 1.1) * (width - left) / columns
        y += label * 1.6 + value * 1.3 + gap
    for _ in range(int(rng.integers(0, 4))):
        place = (rng.uniform(0, 0.8) * width, rng.uniform(0.1, 0.8) * bottom)
        ink(canvas, _pick(rng, assets.marks), place, rng.uniform(0.08, 0.2) * unit, _dark(rng), rng.uniform(0.2, 1))
    if rng.random() < 0.2:
        mask = _pick(rng, assets.barcodes)
        ink(canvas, mask, (left, rng.uniform(0.1, 0.7) * bottom), rng.uniform(0.1, 0.2) * unit, (20, 20, 20), 1)


def _band(canvas: Picture, rng: Generator, box: tuple[float, float, float, float], unit: float) -> None:
    """What surrounds a zone: a pale band, a frame, rules."""
    x0, y0, x1, y1 = box
    chance = rng.random()
    if chance < 0.3:
        x0, x1 = 0, canvas.shape[1]
    pad = rng.uniform(0.5, 3) * unit
    corners = (round(x0 - pad), round(y0 - pad)), (round(x1 + pad), round(y1 + pad))
    region = canvas[max(0, corners[0][1]) : corners[1][1], max(0, corners[0][0]) : corners[1][0]]
    if rng.random() < 0.35 and region.size:
        region[:] = cv2.addWeighted(region, 0.2, np.full_like(region, int(rng.integers(200, 256))), 0.8, 0)
    if rng.random() < 0.16:
        colour = (220, 20, 30) if rng.random() < 0.4 else tuple(int(c) for c in _dark(rng))
        cv2.rectangle(canvas, *corners, colour, max(1, round(rng.uniform(0.15, 0.9) * unit)))
    elif rng.random() < 0.12:
        colour = tuple(int(c) for c in _dark(rng))
        cv2.line(
            canvas, corners[0], (corners[1][0], corners[0][1]), colour, max(1, round(rng.uniform(0.15, 0.7) * unit))
        )


def _zone_ink(rng: Generator) -> tuple[NDArray[np.int64], float]:
    colour = rng.integers(0, 60, size=3) if rng.random() < 0.85 else rng.integers(0, 120, size=3)
    return colour, float(rng.uniform(0.75, 1.0) if rng.random() < 0.75 else rng.uniform(0.35, 0.75))


def zone(canvas: Picture, rng: Generator, assets: Assets, layout: str, unit: float, foot: float) -> NDArray[np.float32]:
    """Print a zone of *layout* whose lowest line stands about *foot* px above the bottom; return its lines."""
    count, length = texts.LAYOUTS[layout]
    height, width = canvas.shape[:2]
    fonts = assets.zone if rng.random() < 0.88 else assets.other
    atlas = fonts[int(rng.integers(len(fonts)))]
    ratio = rng.uniform(0.98, 1.12) if rng.random() < 0.65 else rng.uniform(0.86, 1.35)
    pitch = min(2.54 * unit * rng.uniform(0.88, 1.04), (width - 1.5 * unit) / length)
    cap = pitch / ratio
    spacing = cap * (rng.uniform(1.9, 2.8) if rng.random() < 0.75 else rng.uniform(1.45, 2.0))
    x = (width - pitch * length) * (0.5 if rng.random() < 0.5 else rng.uniform(0.15, 0.85))
    lowest = height - foot - cap / 2
    colour, strength = _zone_ink(rng)
    top = lowest - spacing * (count - 1) - cap / 2
    _band(canvas, rng, (x, top, x + pitch * length, lowest + cap / 2), unit)
    weight = rng.random()
    rows = []
    for k, text in enumerate(texts.zone(rng, layout)):
        mask = atlas.line(text, ratio)
        if weight < 0.3:
            operation = cv2.dilate if weight < 0.2 else cv2.erode
            mask = operation(mask, np.ones((3, 3) if weight < 0.25 else (2, 2), np.uint8))
        if rng.random() < 0.12:  # worn print
            worn = rng.uniform(0.3, 1.0, (2, 50)).astype(np.float32)
            worn = cv2.resize(worn, mask.shape[::-1], interpolation=cv2.INTER_LINEAR)
            mask = (mask * worn).astype(np.uint8)
        middle = lowest - spacing * (count - 1 - k)
        ink(canvas, mask, (x, middle - 0.8 * cap), cap / CAP, colour, strength)
        rows.append((x + 0.08 * pitch, middle, x + (len(text) - 0.08) * pitch, middle, cap))
    return np.array(rows, np.float32)


def _over(canvas: Picture, rng: Generator, assets: Assets, unit: float) -> None:
    """What lies over the print: SPECIMEN, stamps, holograms, marks of a pen."""
    height, width = canvas.shape[:2]
    if rng.random() < 0.12:
        mask = _pick(rng, assets.runs["title"])
        turned = cv2.rotate(mask, cv2.ROTATE_90_COUNTERCLOCKWISE) if rng.random() < 0.2 else mask
        colour = (200, 40, 50) if rng.random() < 0.6 else _dark(rng)
        at = (rng.uniform(0, 0.5) * width, rng.uniform(0.1, 0.9) * height)
        ink(canvas, turned, at, rng.uniform(0.1, 0.3) * unit, colour, rng.uniform(0.2, 0.8))
    for _ in range(int(rng.integers(0, 3))):
        bright = np.zeros((24, 24), np.uint8)
        cv2.circle(bright, (12, 12), 8, 255, -1)
        at = (rng.uniform(-0.1, 0.9) * width, rng.uniform(-0.1, 0.9) * height)
        colour = rng.integers(120, 256, size=3)
        ink(
            canvas, cv2.GaussianBlur(bright, (9, 9), 0), at, rng.uniform(0.3, 1.2) * unit, colour, rng.uniform(0.1, 0.4)
        )
    if rng.random() < 0.1:
        at = (rng.uniform(0, 0.8) * width, rng.uniform(0.5, 0.95) * height)
        ink(canvas, _pick(rng, assets.marks), at, rng.uniform(0.1, 0.25) * unit, _dark(rng), rng.uniform(0.2, 0.7))


def _cover(rng: Generator, width: int, height: int, unit: float) -> Picture:
    cover = np.full((height, width), 255, np.uint8)
    if rng.random() < 0.6:
        r = round(3.2 * unit)
        cover[:] = 0
        cv2.rectangle(cover, (r, 0), (width - r, height), 255, -1)
        cv2.rectangle(cover, (0, r), (width, height - r), 255, -1)
        for at in ((r, r), (width - r, r), (r, height - r), (width - r, height - r)):
            cv2.circle(cover, at, r, 255, -1, cv2.LINE_AA)
    return cover


def travel(rng: Generator, assets: Assets, empty: bool = False) -> Document:
    """Draw a travel document, an identity card, a visa or a licence; *empty* leaves its zone out."""
    layout = str(rng.choice(list(_OFTEN), p=list(_OFTEN.values())))
    wide, tall = SIZES[layout]
    unit = rng.uniform(6, 10.5)
    width, height = round(wide * unit), round(tall * unit * rng.uniform(0.92, 1.1))
    canvas = _ground(rng, assets, width, height)
    count = texts.LAYOUTS[layout][0]
    foot = rng.uniform(1.2, 8) * unit
    below = foot > 5 * unit and rng.random() < 0.6
    zone_top = height - foot - (2.4 + 6.3 * (count - 1)) * unit - rng.uniform(-0.5, 2.5) * unit
    if empty or rng.random() >= _ALONE:
        visual(canvas, rng, assets, height - 2 * unit if empty else zone_top, unit)
    if below:
        _say(rng, assets, canvas, "label", (rng.uniform(2, 30) * unit, height - foot + 1.3 * unit), 1.4 * unit)
    lines = np.zeros((0, 5), np.float32) if empty else zone(canvas, rng, assets, layout, unit, foot)
    _over(canvas, rng, assets, unit)
    if rng.random() < 0.3:
        cv2.rectangle(canvas, (0, 0), (width - 1, height - 1), (40, 40, 40), int(rng.integers(1, 6)))
    if layout == "TD3" and rng.random() < 0.45:
        return _booklet(rng, assets, canvas, lines, unit)
    return Document(canvas, _cover(rng, width, height, unit), lines)


def _booklet(rng: Generator, assets: Assets, page: Picture, lines: NDArray[np.float32], unit: float) -> Document:
    """Put the opposite page above the data page, with the shade of the fold between them."""
    height, width = page.shape[:2]
    other = _ground(rng, assets, width, height)
    for _ in range(int(rng.integers(0, 4))):
        mask = _pick(rng, assets.blocks)
        mask = cv2.rotate(mask, int(rng.integers(3))) if rng.random() < 0.4 else mask
        at = (rng.uniform(0, 0.5) * width, rng.uniform(0, 0.7) * height)
        ink(other, mask, at, rng.uniform(0.06, 0.12) * unit, _dark(rng), rng.uniform(0.4, 1))
    if rng.random() < 0.4:
        visual(other, rng, assets, height * 0.95, unit)
    canvas = np.vstack([other, page])
    shade = 1 - rng.uniform(0.05, 0.5) * np.exp(-(((np.arange(2 * height) - height) / (2.5 * unit)) ** 2))
    canvas = (canvas * shade[:, None, None]).astype(np.uint8)
    moved = lines + np.array([0, height, 0, height, 0], np.float32)
    return Document(canvas, _cover(rng, width, 2 * height, unit), moved)


def _nothing() -> NDArray[np.float32]:
    return np.zeros((0, 5), np.float32)


def payment_card(rng: Generator, assets: Assets) -> Document:
    """Draw a payment or membership card: chip, embossed or printed number, name."""
    unit = rng.uniform(6, 9)
    width, height = round(85.6 * unit), round(54 * unit)
    canvas = cv2.resize(_pick(rng, assets.textures if rng.random() < 0.5 else assets.patterns), (width, height))
    canvas = (canvas * rng.uniform(0.3, 1.0)).astype(np.uint8)
    bright = rng.integers(170, 256, size=3) if canvas.mean() < 130 else _dark(rng)
    for row, cap in ((0.12, 5), (0.5, 4.2), (0.66, 2.5), (0.8, 3)):
        kind = "title" if row < 0.2 else "lookalike" if row < 0.6 else "value"
        mask = _pick(rng, assets.runs[kind])
        scale = min(cap * unit / RUN_CAP * rng.uniform(0.7, 1.1), 0.88 * width / mask.shape[1])
        at = (rng.uniform(4, 9) * unit, row * height)
        if rng.random() < 0.6:  # embossed: a shadow and a light beside it
            ink(canvas, mask, (at[0] + 0.3 * unit, at[1] + 0.3 * unit), scale, (10, 10, 10), 0.7)
            ink(canvas, mask, (at[0] - 0.2 * unit, at[1] - 0.2 * unit), scale, (255, 255, 255), 0.6)
        ink(canvas, mask, at, scale, bright, 0.9)
    cv2.rectangle(
        canvas, (round(9 * unit), round(18 * unit)), (round(20 * unit), round(27 * unit)), (200, 180, 110), -1
    )
    return Document(canvas, _cover(rng, width, height, unit), _nothing())


def paper(rng: Generator, assets: Assets) -> Document:
    """Draw a page of other print: a form, an invoice, a contract, a payment slip, source code, a receipt."""
    if assets.photographs and rng.random() < 0.35:
        image = _pick(rng, assets.photographs)
        return Document(image, np.full(image.shape[:2], 255, np.uint8), _nothing())
    width, height = int(rng.integers(350, 900)), int(rng.integers(350, 1000))
    canvas = np.empty((height, width, 3), np.uint8)
    dark = rng.random() < 0.08
    canvas[:] = rng.integers(0, 60, size=3) if dark else rng.integers(215, 256, size=3)
    colour = rng.integers(170, 256, size=3) if dark else _dark(rng)
    y, edge = rng.uniform(0, 60), rng.uniform(2, 60)
    while y < height:
        chance = rng.random()
        mask = _pick(rng, assets.blocks) if chance < 0.55 else _pick(rng, assets.runs["lookalike"])
        if 0.8 < chance < 0.9:
            mask = _pick(rng, assets.barcodes)
        scale = rng.uniform(0.4, 1.1) * (1.0 if chance < 0.55 else 0.7)
        ink(canvas, mask, (edge + rng.choice([0.0, 0.0, 0.4]) * width, y), scale, colour, rng.uniform(0.7, 1))
        if rng.random() < 0.15:
            cv2.line(canvas, (int(edge), int(y)), (int(width - edge), int(y)), tuple(int(c) for c in colour), 1)
        y += mask.shape[0] * scale + rng.uniform(2, 45)
    return Document(canvas, np.full((height, width), 255, np.uint8), _nothing())
