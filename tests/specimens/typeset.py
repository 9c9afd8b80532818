"""Clean pages from `pages/*.typ`, as pictures or as PDFs with a text layer; only fonts that travel with us or typst."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import typst
from PIL import Image

from tests.specimens.specimen import Picture

HERE = Path(__file__).resolve().parent


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[HERE / "fonts"])


@contextmanager
def _source(page: str, images: Mapping[str, bytes]) -> Iterator[Path]:
    """The page's source in a folder of its own beside its images: typst takes pictures only from files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in (HERE / "pages").glob("*.typ"):
            (folder / file.name).write_bytes(file.read_bytes())
        for image, data in images.items():
            (folder / image).write_bytes(data)
        yield folder / f"{page}.typ"


def _compile(page: str, data: object, images: Mapping[str, bytes], **how: Any) -> bytes:
    with _source(page, images) as source:
        compiled: bytes = typst.compile(
            source, root=source.parent, font_paths=_fonts(), sys_inputs={"data": json.dumps(data)}, **how
        )
        return compiled


def picture(page: str, data: object, *, ppi: float, images: Mapping[str, bytes] | None = None) -> Picture:
    """One page as an RGB picture."""
    drawn = _compile(page, data, images or {}, format="png", ppi=ppi)
    return np.array(Image.open(io.BytesIO(drawn)).convert("RGB"))


def pdf(
    page: str,
    data: object,
    *,
    made: date,
    images: Mapping[str, bytes] | None = None,
    standard: str | None = None,
) -> bytes:
    """A PDF with a text layer, made on a given day (so that the same paper is the same bytes)."""
    stamp = datetime(made.year, made.month, made.day, 9, 30, tzinfo=UTC)
    standards = [standard] if standard else []
    return _compile(page, data, images or {}, format="pdf", timestamp=int(stamp.timestamp()), pdf_standards=standards)
