"""The font of page stamps: embedded, so that a bound file can be PDF/A, and read back when stamps are checked.

It is taken out of a page that typst sets, which embeds a subset with its widths and the letters its glyphs stand for.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import pikepdf

from toolkit import typeset
from toolkit.errors import DefinitionError

_SOURCE = "packet/letters.typ"
#: ASCII, Latin-1, Latin Extended-A, dashes, quotation marks and the euro: names as passports print them.
_CODES = (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180), 0x2013, 0x2014, 0x2019, 0x20AC)
_PAIR = re.compile(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>")
_SHOWN = re.compile(rb"<([0-9A-Fa-f]+)>\s*Tj")
#: The day is in the file that typst makes, and the font is the same on every day.
_ANY_DAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class StampFont:
    """The glyph of each letter and its width in thousandths of the size; `pdf` is the file that holds the font."""

    pdf: bytes = field(repr=False)
    glyphs: Mapping[str, int] = field(repr=False)
    widths: Mapping[int, float] = field(repr=False)

    def shown(self, text: str) -> str:
        """Return *text* as a hexadecimal string of glyphs; a letter the font lacks becomes a question mark."""
        return "".join(f"{self.glyphs.get(letter, self.glyphs['?']):04X}" for letter in text)

    def width(self, text: str, size: float) -> float:
        """Return how wide *text* is in points."""
        return sum(self.widths.get(self.glyphs.get(c, self.glyphs["?"]), 500.0) for c in text) * size / 1000

    def copied(self, out: pikepdf.Pdf) -> pikepdf.Object:
        """Return the font as an object of *out*."""
        with pikepdf.open(io.BytesIO(self.pdf)) as made:
            font = next(iter(made.pages[0].Resources.Font.values()))
            return out.copy_foreign(font if font.is_indirect else made.make_indirect(font))


@cache
def letters() -> bytes:
    """Return the file that holds the font, made once; a confined child is given it, since it cannot make it."""
    return typeset.pdf(_SOURCE, {"letters": "".join(map(chr, _CODES))}, today=_ANY_DAY, archival=True)


@cache
def stamp_font(made: bytes = b"") -> StampFont:
    """Return the font in the file that `letters` gave; without it, that of this process."""
    made = made or letters()
    with pikepdf.open(io.BytesIO(made)) as pdf:
        fonts = list(pdf.pages[0].Resources.Font.values())
        if len(fonts) != 1:
            raise DefinitionError(f"{_SOURCE}: sets letters in {len(fonts)} fonts instead of one")
        letters_of = read_map(fonts[0])
        widths = _widths(fonts[0].DescendantFonts[0].W)
    return StampFont(made, {letter: glyph for glyph, letter in letters_of.items()}, widths)


def read_map(font: pikepdf.Object) -> Mapping[int, str]:
    """Return the letter that each glyph of *font* stands for, as its ToUnicode map says."""
    pairs = _PAIR.findall(font.ToUnicode.read_bytes().decode("ascii", "replace"))
    return {int(glyph, 16): bytes.fromhex(text).decode("utf-16-be", "replace") for glyph, text in pairs}


def read(content: bytes, letters: Mapping[int, str]) -> list[str]:
    """Return the texts that a content stream of stamps shows, in order."""
    texts = []
    for shown in _SHOWN.findall(content):
        glyphs = [int(shown[at : at + 4], 16) for at in range(0, len(shown) - 3, 4)]
        texts.append("".join(letters.get(glyph, "\ufffd") for glyph in glyphs))
    return texts


def _widths(table: pikepdf.Object) -> Mapping[int, float]:
    """Read a /W array: "first last width" or "first [width ...]" (ISO 32000-1, 9.7.4.3)."""
    found: dict[int, float] = {}
    items, at = list(table), 0
    while at < len(items):
        first, second = int(items[at]), items[at + 1]
        if isinstance(second, pikepdf.Array):
            found.update({first + place: float(width) for place, width in enumerate(second)})
            at += 2
        else:
            found.update(dict.fromkeys(range(first, int(second) + 1), float(items[at + 2])))
            at += 3
    return found
