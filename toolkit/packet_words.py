"""Invisible text over a scanned page, so that it can be searched and copied: recorded words at their places.

The letters are empty glyphs of Type 3 fonts (ISO 32000-1, 9.6.5), which show nothing, need no font file and may stand
in PDF/A; a ToUnicode map says what they are. Knows PDF and words; knows no page it lies over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import pikepdf

from toolkit.model import Word

#: One letter is half as wide as the font is high; the line is then stretched to the width of its box.
_EM, _WIDE = 1000, 500
_LETTERS = 255
_HEAD = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap "
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def /CMapName /Adobe-Identity-UCS def "
    "/CMapType 2 def 1 begincodespacerange <00> <FF> endcodespacerange "
)
_TAIL = "endcmap CMapName currentdict /CMap defineresource pop end end"


class UnseenLetters:
    """The letters of all unseen text in one file, in as many fonts of 255 as they need."""

    def __init__(self, out: pikepdf.Pdf) -> None:
        self._out = out
        self._places: dict[str, int] = {}
        self._fonts: list[pikepdf.Object] = []

    def over(self, page: pikepdf.Page, words: Sequence[Word], area: tuple[float, float, float, float]) -> bytes:
        """Return content that lays *words* over *area* (left, bottom, width, height in points) of *page*."""
        parts: list[str] = []
        for word in words:
            if text := " ".join(word.text.split()):
                parts.extend(self._line(page, text, word, area))
        return ("BT 3 Tr " + " ".join(parts) + " ET").encode("ascii") if parts else b""

    def finish(self) -> None:
        """Write into the fonts what their letters stand for; nothing can be laid over a page afterwards."""
        letters = list(self._places)
        for number, font in enumerate(self._fonts):
            mine = letters[number * _LETTERS : (number + 1) * _LETTERS]
            font.ToUnicode = self._out.make_stream(_cmap(mine))

    def _line(
        self, page: pikepdf.Page, text: str, word: Word, area: tuple[float, float, float, float]
    ) -> Iterator[str]:
        left, bottom, width, height = area
        size = max(1.0, word.box.height * height * 0.8)
        # A trailing space keeps neighbours apart when a viewer joins them; it stands outside the box.
        stretch = max(1.0, 100 * word.box.width * width / (len(text) * _WIDE / _EM * size))
        x = left + word.box.left * width
        y = bottom + (1 - word.box.bottom) * height + 0.18 * size
        yield f"{min(stretch, 5000):.1f} Tz 1 0 0 1 {x:.2f} {y:.2f} Tm"
        for number, run in groupby((self._place(letter) for letter in f"{text} "), key=lambda at: at // _LETTERS):
            codes = "".join(f"{at % _LETTERS + 1:02X}" for at in run)
            yield f"/{self._named(page, number)} {size:.2f} Tf <{codes}> Tj"

    def _place(self, letter: str) -> int:
        place = self._places.setdefault(letter, len(self._places))
        if place // _LETTERS == len(self._fonts):
            self._fonts.append(self._font())
        return place

    def _named(self, page: pikepdf.Page, number: int) -> str:
        name = f"Unseen{number}"
        fonts = page.Resources.get("/Font") if "/Resources" in page else None
        if fonts is None or f"/{name}" not in fonts:
            page.add_resource(self._fonts[number], pikepdf.Name.Font, pikepdf.Name(f"/{name}"))
        return name

    def _font(self) -> pikepdf.Object:
        nothing = self._out.make_stream(f"{_WIDE} 0 0 0 0 0 d1".encode())
        names = [pikepdf.Name(f"/u{code}") for code in range(1, _LETTERS + 1)]
        return self._out.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type3,
                FontBBox=[0, -200, _WIDE, 800],
                FontMatrix=[1 / _EM, 0, 0, 1 / _EM, 0, 0],
                CharProcs=pikepdf.Dictionary({str(name): nothing for name in names}),
                Encoding=pikepdf.Dictionary(Type=pikepdf.Name.Encoding, Differences=pikepdf.Array([1, *names])),
                FirstChar=1,
                LastChar=_LETTERS,
                Widths=[_WIDE] * _LETTERS,
                Resources=pikepdf.Dictionary(),
            )
        )


def _cmap(letters: Sequence[str]) -> bytes:
    parts = [_HEAD]
    for start in range(0, len(letters), 100):
        block = letters[start : start + 100]
        rows = (f"<{start + at + 1:02X}> <{each.encode('utf-16-be').hex()}>" for at, each in enumerate(block))
        parts.append(f"{len(block)} beginbfchar {' '.join(rows)} endbfchar ")
    return ("".join(parts) + _TAIL).encode("ascii")
