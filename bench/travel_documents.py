"""Clean travel documents of invented holders, drawn in two layers: the ground with the visual zone, and the zone's ink.

Layers, so that `bench.conditions` can print the zone faintly, put a busy pattern behind it or look at it in infrared.
Papers without a zone are drawn too: a reader must find nothing on them. Knows nothing of cameras.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from bench import holders
from bench.holders import Holder, invented
from tests.specimens.passport import guilloche, portrait
from tests.specimens.typeset import picture

Pixels = NDArray[np.uint8]

#: Pixels a millimetre: 330 an inch.
SCALE = 13
#: Millimetres: ID-3, ID-1, ID-2 (Doc 9303-4, -5, -6), and the two sizes of visa (Doc 9303-7).
SIZES = {
    "TD3": (125, 88), "TD1": (85.6, 54), "TD2": (105, 74), "MRVA": (120, 80), "MRVB": (105, 74), "FRA_ID": (105, 74),
}  # fmt: skip
FONTS = Path(__file__).resolve().parent.parent / "tests" / "specimens" / "fonts"
#: A tenth of an inch a character (Doc 9303-3, 4.4).
PITCH = 2.54 * SCALE
TITLES = {
    "TD3": ("PASSPORT / PASSEPORT", "PASSPORT", "PASAPORTE / PASSPORT", "REISEPASS / PASSPORT"),
    "TD1": ("IDENTITY CARD", "RESIDENCE PERMIT", "CARTE D'IDENTITÉ", "PERSONALAUSWEIS"),
    "TD2": ("OFFICIAL TRAVEL DOCUMENT", "IDENTITY CARD"),
    "MRVA": ("VISA", "IMMIGRANT VISA"), "MRVB": ("VISA", "VISUM"), "FRA_ID": ("CARTE NATIONALE D'IDENTITÉ",),
}  # fmt: skip
#: The drawing's own fingerprint: documents kept from before a change of it are not used again.
DRAWN_BY = hashlib.sha256(Path(__file__).read_bytes() + Path(holders.__file__).read_bytes()).hexdigest()[:12]
NEGATIVES = ("front", "bank card", "letter", "label")


@dataclass(frozen=True, slots=True)
class Clean:
    """One document as printed: `ink` is the zone's coverage (0 to 255), `zone` its box in pixels (x0, y0, x1, y1).

    `front` is the other side of a card. A document without a holder has no zone: its `ink` is empty.
    """

    name: str
    holder: Holder | None
    ground: Pixels
    ink: Pixels
    front: Pixels | None
    zone: tuple[int, int, int, int]
    colour: tuple[int, int, int]
    pitch: float

    def __repr__(self) -> str:
        return f"<Clean {self.name}>"


def font(size_mm: float, face: str = "LiberationSans-Regular.ttf") -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / face, size_mm * SCALE)


def tinted(rng: np.random.Generator, width: int, height: int) -> Pixels:
    """A security-print ground of one of several families, in the pale tints of such papers."""
    family = rng.choice(["waves", "rosette", "micro", "plain"], p=[0.35, 0.25, 0.25, 0.15])
    tint = rng.integers(190, 240, 3)
    if family == "waves":
        return guilloche(rng, width, height, tuple(int(c) for c in tint - 15))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / height
    slope = (x * rng.uniform(-1, 1) + y * rng.uniform(-1, 1))[:, :, None] * 14
    values = np.array([240, 240, 236]) * 0.5 + tint * 0.5 + slope * rng.uniform(-1, 1, 3)
    if family == "rosette":
        cx, cy = rng.uniform(0.2, 1.2), rng.uniform(0.2, 0.8)
        radius, angle = np.hypot(x - cx, y - cy), np.arctan2(y - cy, x - cx)
        rings = np.cos(radius * rng.uniform(120, 260) + 2.5 * np.sin(angle * rng.integers(5, 14)))
        values -= (np.clip(rings - 0.55, 0, 1) * 40)[:, :, None] * rng.uniform(0.4, 1.4, 3)
    canvas = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    if family == "micro":
        pen = ImageDraw.Draw(canvas)
        word = "".join(rng.choice(list("ABCDEFGHIKLMNOPRSTUV"), 9)) + " "
        pale = tuple(int(c) for c in tint - 22)
        for row in range(0, height, int(rng.integers(26, 60))):
            pen.text((-int(rng.integers(0, 200)), row), word * 30, font=font(1.6), fill=pale)
    return np.array(canvas)


def _entries(holder: Holder, rng: np.random.Generator) -> list[tuple[str, str]]:
    shown = f"{holder.birth[4:]} {holder.birth[2:4]} {holder.birth[:2]}".replace("<<", "XX")
    entries = [
        ("Surname / Nom", holder.printed_surname.upper()),
        ("Given names / Prénoms", holder.printed_given.upper()),
        ("Document No.", holder.number),
        ("Nationality / Nationalité", holder.nationality),
        ("Date of birth", shown),
        ("Sex", holder.sex),
    ]
    if holder.expiry:
        entries.append(("Date of expiry", f"{holder.expiry[4:]}.{holder.expiry[2:4]}.20{holder.expiry[:2]}"))
    if rng.random() < 0.5:
        entries.append(("Place of birth", "".join(rng.choice(list("AEIORSTLN"), 8))))
    return entries


def visual(holder: Holder, rng: np.random.Generator, ground: Pixels, bottom: float) -> Pixels:
    """The ground with title, portrait and captioned entries in its upper part, down to *bottom* millimetres."""
    canvas = Image.fromarray(ground)
    pen = ImageDraw.Draw(canvas)
    width = ground.shape[1] / SCALE
    dark = tuple(int(c) for c in rng.integers(15, 90, 3))
    title = f"{holder.state}   {rng.choice(TITLES[holder.format])}"
    pen.text((4 * SCALE, 2.5 * SCALE), title, font=font(3.4), fill=dark)
    face_w = min(32.0, (bottom - 10) * 0.72)
    left = width - face_w - 4 if rng.random() < 0.2 else 4.0
    face = Image.fromarray(portrait(rng, str(rng.choice(["short", "long", "none"]))))
    face = face.resize((round(face_w * SCALE), round(face_w * 1.25 * SCALE)), Image.Resampling.LANCZOS)
    canvas.paste(face, (round(left * SCALE), 9 * SCALE))
    start = left + face_w + 4 if left < 10 else 6.0
    step = (bottom - 9) / 4.4
    size = min(3.0, step * 0.42)
    for place, (label, value) in enumerate(_entries(holder, rng)):
        row, column = (place, 0) if place < 2 else (2 + (place - 2) // 3, (place - 2) % 3)
        x, y = start + column * (width - face_w - 12) / 3, 9 + row * step
        pen.text((x * SCALE, y * SCALE), label, font=font(size * 0.55), fill=tuple(min(c + 60, 200) for c in dark))
        pen.text((x * SCALE, (y + size * 0.65) * SCALE), value, font=font(size), fill=(25, 28, 36))
    return np.array(canvas)


def back(holder: Holder, rng: np.random.Generator, ground: Pixels) -> Pixels:
    """The back of a card: an address, an authority, often a bar code; the zone comes below."""
    canvas = Image.fromarray(ground)
    pen = ImageDraw.Draw(canvas)
    for row, words in enumerate(("Address / Adresse", f"{rng.integers(1, 200)} QUAY STREET", "Authority", "EUNOMIA")):
        pen.text((5 * SCALE, (3 + row * 4) * SCALE), words, font=font(1.5 if row % 2 == 0 else 2.6), fill=(40, 44, 60))
    if rng.random() < 0.5:
        x = 50.0
        while x < 78:
            wide = float(rng.choice([0.3, 0.6, 0.9]))
            pen.rectangle((x * SCALE, 4 * SCALE, (x + wide) * SCALE, 14 * SCALE), fill=(20, 20, 20))
            x += wide + float(rng.choice([0.3, 0.6, 0.9]))
    return np.array(canvas)


def inked(lines: tuple[str, ...], shape: tuple[int, int], rng: np.random.Generator) -> tuple[Pixels, tuple[int, ...]]:
    """The zone's coverage on a document of *shape* (rows, columns), and its box in pixels (x0, y0, x1, y1).

    Printers differ: pitch, size, weight, lean and spacing of the lines vary as much as on real papers.
    """
    height, width = shape
    pitch = PITCH * rng.uniform(0.97, 1.01)
    size = ImageFont.truetype(FONTS / "OCRB.otf", PITCH * rng.uniform(1.36, 1.52))
    step = 6.35 * SCALE * (rng.uniform(0.82, 1.0) if len(lines) == 3 else rng.uniform(0.92, 1.05))
    left = (width - len(lines[0]) * pitch) * rng.uniform(0.35, 0.6)
    last = height - rng.uniform(3.6, 6.0) * SCALE
    layer = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(layer)
    for row, line in enumerate(lines):
        base = last - (len(lines) - 1 - row) * step
        for place, letter in enumerate(line):
            x = left + (place + 0.5) * pitch + rng.normal(0, 0.15)
            pen.text((x, base + rng.normal(0, 0.25)), letter, font=size, fill=255, anchor="ms")
    ink = _printed(np.array(layer), rng)
    top = last - (len(lines) - 1) * step - 2.9 * SCALE
    return ink, (round(left), round(top), round(left + len(lines[0]) * pitch), round(last + 0.5 * SCALE))


def _printed(layer: Pixels, rng: np.random.Generator) -> Pixels:
    weight = rng.uniform(-1, 1)
    soft = cv2.GaussianBlur(layer, (0, 0), 1.6).astype(np.float32) / 255
    ink = np.clip((soft - (0.5 - 0.22 * weight)) * 3.2 + 0.5, 0, 1)
    rows, columns = layer.shape
    lean = rng.normal(0, 0.012)
    ink = cv2.warpAffine(ink, np.array([[1, -lean, lean * rows * 0.85], [0, 1, 0]]), (columns, rows))
    if rng.random() < 0.35:
        # Ink-jet and ribbon printers leave their grain in the strokes.
        grain = cv2.resize(rng.random((rows // 3 + 1, columns // 3 + 1)).astype(np.float32), (columns, rows))
        ink = ink * np.clip(0.55 + grain * 0.9, 0, 1)
    return np.asarray(ink * 255, np.uint8)


def draw(number: int) -> Clean:
    """Draw the clean document *number*; the same number gives the same document."""
    rng = np.random.default_rng([1988, number])
    typeset = number % 9 == 0
    holder = invented(rng, "TD3", "UTO") if typeset else invented(rng)
    width, height = (round(mm * SCALE) for mm in SIZES[holder.format])
    front = None
    bottom = height / SCALE - (24 if len(holder.lines) == 3 else 20)
    if typeset:
        ground = _typeset(holder, rng, (width, height))
    elif holder.format == "TD1":
        ground = back(holder, rng, tinted(rng, width, height))
        front = visual(holder, rng, tinted(rng, width, height), height / SCALE - 2)
    else:
        ground = visual(holder, rng, tinted(rng, width, height), bottom)
    panel = np.array([252, 252, 250]) - rng.integers(0, 18, 3)
    share, edge = rng.uniform(0.3, 1.0), round(bottom * SCALE)
    ground[edge:] = (ground[edge:] * (1 - share) + panel * share).astype(np.uint8)
    ink, box = inked(holder.lines, (height, width), rng)
    colour = tuple(int(c) for c in rng.integers(12, 60, 3))
    name = f"{number:03d} {holder.format}"
    return Clean(name, holder, ground, ink, front, box, colour, (box[2] - box[0]) / len(holder.lines[0]))


def _typeset(holder: Holder, rng: np.random.Generator, size: tuple[int, int]) -> Pixels:
    """The project's own typeset data page, without its zone."""
    ground = cv2.imencode(".png", guilloche(rng, *size, (206, 196, 214)))[1].tobytes()
    face = cv2.imencode(".png", cv2.cvtColor(portrait(rng, "long"), cv2.COLOR_RGB2BGR))[1].tobytes()
    birth = f"{holder.birth[4:]} {holder.birth[2:4]} {holder.birth[:2]}"
    data: dict[str, Any] = {
        "width": 125, "height": 88, "number": holder.number, "surname": holder.printed_surname.upper(),
        "given_names": holder.printed_given.upper(), "birth_date": birth,
        "birth_place": "EUNOMIA", "sex": holder.sex, "personal": holder.optional, "issued": "01 JAN 2022",
        "expires": f"{holder.expiry[4:]} {holder.expiry[2:4]} 20{holder.expiry[:2]}", "authority": "PASSPORT OFFICE",
        "zone": ["", ""],
    }  # fmt: skip
    page = picture("passport", data, ppi=SCALE * 25.4, images={"ground.png": ground, "portrait.png": face})
    return cv2.resize(page, size, interpolation=cv2.INTER_AREA)


def draw_negative(number: int) -> Clean:
    """Draw paper *number* that carries no zone: a card's front, a bank card, a letter full of chevrons, a label."""
    rng = np.random.default_rng([2021, number])
    kind = NEGATIVES[number % len(NEGATIVES)]
    width, height = (round(mm * SCALE) for mm in ((85.6, 54) if kind in ("front", "bank card") else (120, 90)))
    if kind == "front":
        holder = invented(rng)
        ground = visual(holder, rng, tinted(rng, width, height), height / SCALE - 2)
    else:
        canvas = Image.new("RGB", (width, height), tuple(int(c) for c in rng.integers(170, 255, 3)))
        pen = ImageDraw.Draw(canvas)
        face, rows = (font(4.2, "OCRB.otf"), 3) if kind != "letter" else (font(2.6), 20)
        for row in range(rows):
            words = [_word(rng, kind) for _ in range({"bank card": 4, "label": 3}.get(kind, 7))]
            top = 22 + row * 9 if rows == 3 else 4 + row * 4
            pen.text((6 * SCALE, top * SCALE), " ".join(words), font=face, fill=(20, 22, 30))
        ground = np.array(canvas)
    empty = np.zeros((height, width), np.uint8)
    box = (width // 12, height * 2 // 3, width * 11 // 12, height * 9 // 10)
    return Clean(f"no zone: {kind}", None, ground, empty, None, box, (0, 0, 0), PITCH)


def _word(rng: np.random.Generator, kind: str) -> str:
    if kind == "bank card":
        return f"{rng.integers(1000, 9999)}"
    letters = "".join(rng.choice(list("ABCDEFGHIKLMNOPRSTUVWXZ"), int(rng.integers(3, 9))))
    return letters + (" <<" if kind == "letter" and rng.random() < 0.2 else f"{rng.integers(10, 99)}")


def cached(number: int, folder: Path) -> Clean:
    """The clean document *number* from *folder*, drawn and kept there the first time."""
    kept = folder / DRAWN_BY / f"{number:03d}"
    if not kept.with_suffix(".json").is_file():
        clean = draw(number)
        kept.parent.mkdir(parents=True, exist_ok=True)
        layers = {"ground": clean.ground, "ink": clean.ink} | ({} if clean.front is None else {"front": clean.front})
        for layer, values in layers.items():
            Image.fromarray(values).save(f"{kept}-{layer}.png", compress_level=1)
        facts = {"name": clean.name, "zone": clean.zone, "colour": clean.colour, "pitch": clean.pitch}
        assert clean.holder is not None
        kept.with_suffix(".json").write_text(json.dumps(facts | {"holder": asdict(clean.holder)}), "utf-8")
    facts = json.loads(kept.with_suffix(".json").read_text("utf-8"))
    holder = Holder(**(facts["holder"] | {"lines": tuple(facts["holder"]["lines"])}))
    ground, ink, front = (_layer(Path(f"{kept}-{layer}.png")) for layer in ("ground", "ink", "front"))
    assert ground is not None
    assert ink is not None
    zone, colour = tuple(facts["zone"]), tuple(facts["colour"])
    return Clean(facts["name"], holder, ground, ink, front, zone, colour, facts["pitch"])


def _layer(file: Path) -> Pixels | None:
    return np.array(Image.open(file)) if file.is_file() else None
