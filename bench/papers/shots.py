"""Pictures of a paper's pages: office scans and photographs by phone, as a PDF without text."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import cv2
import numpy as np
import pypdfium2
from PIL import Image

from bench.money_papers import camera
from bench.money_papers.drawing import Pixels
from tests.specimens.camera import Scan, scan_pdf, scanned

_MADE = date(2026, 1, 2)
#: Pixels a letter, as `bench.money_papers.camera` counts them: no resizing there.
_LETTER = 13.0


def pictured(pdf: bytes, rng: np.random.Generator, how: str) -> bytes:
    """Every page of *pdf* at 150 to 200 dots an inch: a crooked grey or colour scan, or a photo on a table."""
    dpi = int(rng.choice((150, 170, 200)))
    return taken(rendered(pdf, dpi), dpi, rng, how)


def taken(pages: Sequence[Pixels], dpi: int, rng: np.random.Generator, how: str) -> bytes:
    """Scan or photograph *pages* of *dpi* pixels an inch into a PDF without text."""
    grey = how == "scan" and rng.random() < 0.6
    quality = int(rng.integers(55, 86))
    shot = [_photo(page, rng) if how == "photo" else _scan(page, rng, grey) for page in pages]
    return scan_pdf(shot, quality, dpi=dpi, made=_MADE, grey=grey)


def rendered(pdf: bytes, dpi: int) -> list[Pixels]:
    """The pages of *pdf* as RGB pictures."""
    opened = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return [np.array(page.render(scale=dpi / 72).to_pil().convert("RGB")) for page in opened]
    finally:
        opened.close()


def _scan(page: Pixels, rng: np.random.Generator, grey: bool) -> Pixels:
    noise, paper = float(rng.uniform(1, 9)), int(rng.integers(228, 252))
    return scanned(page, rng, Scan(skew=float(rng.uniform(-1.6, 1.6)), noise=noise, paper=paper, grey=grey))


def _photo(page: Pixels, rng: np.random.Generator) -> Pixels:
    """Skewed, tilted, shaded, blurred and compressed, a patient person's photo: each effect far from its edge."""
    shot = camera.Shot(
        "photo",
        defocus=float(rng.uniform(0, 0.1)),
        motion=float(rng.uniform(0, 0.12)),
        noise=float(rng.uniform(0, 18)),
        compression=float(rng.uniform(0, 0.25)),
        shadow=float(rng.uniform(0, 0.4)),
        skew=float(rng.uniform(-3.5, 3.5)),
        tilt=float(rng.uniform(0, 0.03)),
        crumple=float(rng.choice((0.0, 0.0, rng.uniform(0, 0.12)))),
        clutter=float(rng.uniform(0, 0.3)),
        pitch=_LETTER,
    )
    taken = camera.photograph(page, _LETTER, shot, rng)
    picture = np.array(Image.open(io.BytesIO(taken)).convert("RGB"))
    scale = page.shape[1] / picture.shape[1]
    return cv2.resize(picture, None, fx=scale, fy=scale) if scale < 0.8 else picture
