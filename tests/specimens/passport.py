"""Passports of Utopia: the data page of a TD3 booklet as ICAO Doc 9303-4 lays it out, drawn as a clean picture."""

from __future__ import annotations

import io
from datetime import date

import cv2
import numpy as np
from PIL import Image

from tests.specimens.cast import Person
from tests.specimens.specimen import Picture, Truth
from tests.specimens.typeset import picture
from tests.specimens.zone import td3

#: Data page in millimetres (ID-3) and the dots per inch it is drawn at.
WIDTH, HEIGHT, PPI = 125, 88, 280
AUTHORITY = "PASSPORT OFFICE EUNOMIA"


def _png(values: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.clip(values, 0, 255).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def guilloche(rng: np.random.Generator, width: int, height: int, tint: tuple[int, int, int]) -> Picture:
    """Security-print-like line work: families of interfering waves on a two-tone ground."""
    across = np.linspace(0, 1, width)[None, :, None]
    ground = np.array([238, 240, 228]) * (1 - across) + np.array([226, 236, 242]) * across
    values = np.ascontiguousarray(np.broadcast_to(ground, (height, width, 3))).astype(np.uint8)
    x = np.arange(0, width, 6)
    for family in range(3):
        beat, phase = rng.uniform(1.5, 4, 2), rng.uniform(0, 6, 2)
        colour = tuple(int(c) for c in np.roll(tint, family))
        for line in range(-8, 40):
            y = line * height / 32 + 34 * np.sin(beat[0] * x / width * 6 + phase[0] + line / 9)
            y += 16 * np.sin(beat[1] * x / width * 14 + phase[1] - line / 5)
            points = np.stack([x, y], axis=1).astype(np.int32)
            cv2.polylines(values, [points], isClosed=False, color=colour, thickness=1, lineType=cv2.LINE_AA)
    return values


def portrait(rng: np.random.Generator, hair: str) -> Picture:
    """A drawn placeholder of a person, plainly nobody: flat shapes, softened."""
    width, height = 350, 450
    values = np.full((height, width, 3), (214, 220, 226), np.uint8)
    skin = tuple(int(v) for v in np.array([214, 178, 152]) - rng.integers(0, 40))
    dark = tuple(int(v) for v in rng.integers(30, 95, 1).repeat(3) + np.array([12, 4, 0]))
    coat = tuple(int(v) for v in rng.integers(40, 110, 3))
    if hair == "long":
        cv2.ellipse(values, (175, 215), (112, 158), 0, 0, 360, dark, -1, cv2.LINE_AA)
    if hair == "short":
        cv2.ellipse(values, (175, 184), (93, 112), 0, 0, 360, dark, -1, cv2.LINE_AA)
    cv2.ellipse(values, (175, 470), (165, 130), 0, 0, 360, coat, -1, cv2.LINE_AA)
    cv2.rectangle(values, (140, 290), (210, 370), skin, -1)
    cv2.ellipse(values, (175, 214), (83, 106), 0, 0, 360, skin, -1, cv2.LINE_AA)
    if hair == "long":
        cv2.ellipse(values, (150, 124), (78, 42), -14, 0, 360, dark, -1, cv2.LINE_AA)
        cv2.ellipse(values, (222, 130), (44, 36), 24, 0, 360, dark, -1, cv2.LINE_AA)
    for x in (143, 207):
        cv2.ellipse(values, (x, 196), (13, 6), 0, 0, 360, (245, 245, 245), -1, cv2.LINE_AA)
        cv2.circle(values, (x, 196), 5, (60, 60, 60), -1, cv2.LINE_AA)
        cv2.line(values, (x - 16, 180), (x + 16, 179), dark, 4, cv2.LINE_AA)
    cv2.line(values, (175, 205), (170, 240), (180, 140, 118), 3, cv2.LINE_AA)
    cv2.ellipse(values, (175, 266), (26, 7), 0, 0, 180, (160, 90, 84), 4, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(values, (0, 0), 1.6), np.uint8)


def _day(day: date) -> str:
    return f"{day:%d %b %Y}".upper()


def data_page(person: Person, rng: np.random.Generator) -> Picture:
    """The clean data page: portrait, visual zone with captions in two languages, machine-readable zone."""
    pixels = (round(WIDTH / 25.4 * PPI), round(HEIGHT / 25.4 * PPI))
    lines = td3(person)
    data = {
        "width": WIDTH,
        "height": HEIGHT,
        "number": person.passport.number,
        "surname": person.surname.upper(),
        "given_names": person.given_names.upper(),
        "birth_date": _day(person.birth_date),
        "birth_place": person.birth_place.upper(),
        "sex": person.sex,
        "personal": person.passport.personal,
        "issued": _day(person.passport.issued),
        "expires": _day(person.passport.expires),
        "authority": AUTHORITY,
        "zone": lines,
    }
    images = {
        "ground.png": _png(guilloche(rng, *pixels, (206, 196, 214))),
        "portrait.png": _png(portrait(rng, person.hair)),
    }
    return picture("passport", data, ppi=PPI, images=images)


def open_booklet(page: Picture, rng: np.random.Generator) -> Picture:
    """The data page below the page before it, with the fold between them, as a booklet lies open."""
    rows, columns = page.shape[:2]
    fold = np.linspace(0.72, 1, 26, dtype=np.float32)[:, None, None]
    above = guilloche(rng, columns, rows // 6, (224, 208, 212)).astype(np.float32)
    above[-26:] *= fold[::-1]
    below = page.astype(np.float32)
    below[:26] *= fold
    return np.concatenate([above, below]).astype(np.uint8)


def truth(person: Person) -> Truth:
    """What the page says, as `mobility read --json` would give it."""
    lines = td3(person)
    surname, given_names = lines[0][5:].rstrip("<").split("<<")
    return {
        "document_code": "P",
        "issuing_state": "UTO",
        "surname": surname.replace("<", " "),
        "given_names": given_names.replace("<", " "),
        "document_number": person.passport.number,
        "nationality": "UTO",
        "birth_date": person.birth_date.isoformat(),
        "sex": person.sex,
        "expiry_date": person.passport.expires.isoformat(),
        "issue_date": person.passport.issued.isoformat(),
        "birth_place": person.birth_place.upper(),
        "authority": AUTHORITY,
        "mrz": list(lines),
    } | ({"optional_data": person.passport.personal} if person.passport.personal else {})
