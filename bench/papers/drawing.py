"""Typesets a draft with `pages.typ`, as a PDF with a text layer."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import typst

from bench.money_papers import drawing as money

HERE = Path(__file__).resolve().parent
#: So that the same paper is the same bytes.
_MADE = 1767225600


@cache
def _fonts() -> typst.Fonts:
    ours = Path(__file__).resolve().parents[2] / "tests" / "specimens" / "fonts"
    others = os.environ.get("MONEY_PAPER_FONTS", "")
    return typst.Fonts(
        include_system_fonts=True, include_embedded_fonts=True, font_paths=[ours, *filter(None, [others])]
    )


def has_japanese() -> bool:
    """Whether Japanese can be drawn on this machine; see MONEY_PAPER_FONTS."""
    return money.on_this_machine("japanese")


def typeset(data: Mapping[str, Any]) -> tuple[bytes, int]:
    """The PDF of a draft's data and its number of pages."""
    values = {"data": json.dumps(data, ensure_ascii=False)}
    pdf: bytes = typst.compile(HERE / "pages.typ", root=HERE, font_paths=_fonts(), sys_inputs=values, timestamp=_MADE)
    opened = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return pdf, len(opened)
    finally:
        opened.close()
