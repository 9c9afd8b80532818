"""Pages made of lines of text, for tests: every word has a place, as in a text layer; cells are parted by a bar."""

from __future__ import annotations

import numpy as np

from toolkit.model import Box, Method, Page, Word
from toolkit.pages import Opened, Sheet

_WIDTH, _HEIGHT, _LINE = 100, 60, 1 / 60


def page(text: str, number: int = 1, method: Method = Method.TEXT_LAYER, confidence: float = 1.0) -> Page:
    """Set *text* line by line; `a | b` puts b far to the right of a. OCR pages get one word a cell, as engines give."""
    words = []
    for at, line in enumerate(text.strip("\n").split("\n")):
        for place, cell in enumerate(line.split("|")):
            left = place * 0.33
            for piece in [cell.strip()] if method is Method.OCR else cell.split():
                right = left + len(piece) / _WIDTH
                if piece:
                    words.append(Word(piece, Box(left, at * _LINE, right, (at + 0.8) * _LINE), confidence))
                left = right + 0.008
    return Page(number, 600.0, 600.0 * _HEIGHT / _WIDTH, tuple(words), method)


def opened(*texts: str, method: Method = Method.TEXT_LAYER, attachments: tuple[str, ...] = ()) -> Opened:
    """An opened file of one page a text, with white pictures."""
    white = np.full((60, 60, 3), 255, np.uint8)
    sheets = tuple(Sheet(page(text, number, method), lambda: white) for number, text in enumerate(texts, 1))
    return Opened("application/pdf", b"", sheets, tuple((name, b"<x/>") for name in attachments))
