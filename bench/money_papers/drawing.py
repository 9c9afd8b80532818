"""A paper as rows of cells placed by fractions of its width, and its picture. Knows nothing of money."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
#: Pixels a millimetre: thermal printers have eight dots.
SCALE = 8
#: Folders with fonts, and what a family is called there. Families with Chinese or Japanese letters may be absent.
_OURS = Path(__file__).resolve().parents[2] / "tests" / "specimens" / "fonts"
FOLDERS = (str(_OURS), "/usr/share/fonts", "/usr/local/share/fonts", os.environ.get("MONEY_PAPER_FONTS", ""))
#: Stands in for a Latin family that this machine lacks.
_ALWAYS = "LiberationSans-Regular.ttf"
FACES = {
    "mono": ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf"),
    "liberation mono": ("LiberationMono-Regular.ttf", "LiberationMono-Bold.ttf"),
    "free mono": ("FreeMonoBold.ttf", "FreeMonoBold.ttf"),
    "sans": ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    "narrow": ("LiberationSansNarrow-Regular.ttf", "LiberationSansNarrow-Bold.ttf"),
    "dejavu": ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    "condensed": ("DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf"),
    "free sans": ("FreeSans.ttf", "FreeSansBold.ttf"),
    "serif": ("LiberationSerif-Regular.ttf", "LiberationSerif-Bold.ttf"),
    "japanese": ("ipaexg.ttf", "ipaexg.ttf"),
    "japanese gothic": ("VL-Gothic-Regular.ttf", "VL-Gothic-Regular.ttf"),
    "chinese": ("wqy-microhei.ttc", "wqy-microhei.ttc"),
}  # fmt: skip
_LEFT, _CENTRE, _RIGHT = "l", "c", "r"


@cache
def face_file(name: str) -> Path | None:
    """Where the font file *name* lies on this machine; None where it does not."""
    for folder in filter(None, FOLDERS):
        for found in sorted(Path(folder).rglob(name)):
            return found
    return None


def on_this_machine(family: str) -> bool:
    """Whether both faces of a family are there."""
    return all(face_file(name) is not None for name in FACES[family])


@cache
def _font(family: str, bold: bool, size: int) -> ImageFont.FreeTypeFont:
    path = face_file(FACES[family][bold]) or _OURS / _ALWAYS
    return ImageFont.truetype(path, size)


@dataclass(frozen=True, slots=True)
class Cell:
    """Text at *x* (0..1 of the printed width), its left edge, middle or right edge by *align* (l, c, r)."""

    text: str
    x: float
    align: str = _LEFT


@dataclass(slots=True)
class _Element:
    kind: str
    cells: tuple[Cell, ...] = ()
    bold: bool = False
    scale: float = 1.0
    height: float = 1.0


@dataclass(slots=True)
class Paper:
    """A sheet *width* millimetres wide, written downwards. `size`: letters in millimetres; `leading`: of the size."""

    width: float
    family: str
    size: float
    margin: float = 4.0
    leading: float = 1.3
    ink: tuple[int, int, int] = (25, 25, 28)
    ground: tuple[int, int, int] = (252, 252, 250)
    height: float = 0.0
    elements: list[_Element] = field(default_factory=list)

    def row(self, *cells: tuple[str, float, str] | tuple[str, float], bold: bool = False, scale: float = 1.0) -> None:
        """Add one line of print; a cell is (text, x) or (text, x, align)."""
        self.elements.append(_Element("row", tuple(Cell(*cell) for cell in cells if cell[0]), bold, scale))

    def rule(self, kind: str = "-") -> None:
        """Add a line across: one of the characters `-`, `=`, `*`, `.`, or `line`."""
        self.elements.append(_Element("rule", (Cell(kind, 0),)))

    def gap(self, height: float = 0.6) -> None:
        """Leave *height* lines empty."""
        self.elements.append(_Element("gap", height=height))

    def block(self, kind: str, height: float = 3.0) -> None:
        """Add a `barcode`, `square` code or `logo`."""
        self.elements.append(_Element(kind, height=height))

    def extent(self, text: str, *, bold: bool = False, scale: float = 1.0) -> float:
        """The width of *text* as a fraction of the printed width."""
        font = _font(self.family, bold, self._pixels(scale))
        return float(font.getlength(text)) / self._printed

    def cut(self, text: str, room: float) -> str:
        """As much of *text* as fits into *room*, as tills cut descriptions."""
        while len(text) > 1 and self.extent(text) > room:
            text = text[:-1]
        return text.strip()

    def wrapped(self, text: str, room: float, *, spaced: bool = True) -> list[str]:
        """*text* in rows no wider than *room*."""
        rows, joint = [""], " " if spaced else ""
        for word in text.split() if spaced else list(text):
            longer = f"{rows[-1]}{joint}{word}" if rows[-1] else word
            if rows[-1] and self.extent(longer) > room:
                rows.append(word)
            else:
                rows[-1] = longer
        return rows

    @property
    def _printed(self) -> float:
        return (self.width - 2 * self.margin) * SCALE

    def _pixels(self, scale: float) -> int:
        return max(8, round(self.size * SCALE * scale))

    def picture(self, rng: np.random.Generator) -> Pixels:
        """Draw the paper."""
        line = self.size * SCALE * self.leading
        tall = sum(line * each.height * (each.scale if each.kind == "row" else 1) for each in self.elements)
        bottom = max(tall + 3.2 * self.margin * SCALE, self.height * SCALE)
        canvas = Image.new("RGB", (round(self.width * SCALE), round(bottom)), self.ground)
        pen, y = ImageDraw.Draw(canvas), self.margin * SCALE * 1.3
        for each in self.elements:
            self._draw(pen, each, y, line, rng)
            y += line * each.height * (each.scale if each.kind == "row" else 1)
        return np.array(canvas)

    def _draw(self, pen: ImageDraw.ImageDraw, each: _Element, y: float, line: float, rng: np.random.Generator) -> None:
        left, right = self.margin * SCALE, (self.width - self.margin) * SCALE
        if each.kind == "row":
            font = _font(self.family, each.bold, self._pixels(each.scale))
            for cell in each.cells:
                x = left + cell.x * self._printed
                anchor = {"l": "ls", "c": "ms", "r": "rs"}[cell.align]
                pen.text((x, y + line * each.scale * 0.75), cell.text, font=font, fill=self.ink, anchor=anchor)
        elif each.kind == "rule" and each.cells[0].text == "line":
            pen.line((left, y + line / 2, right, y + line / 2), fill=self.ink, width=2)
        elif each.kind == "rule":
            font = _font(self.family, False, self._pixels(1.0))
            count = int(self._printed / font.getlength(each.cells[0].text))
            pen.text((left, y + line * 0.75), each.cells[0].text * count, font=font, fill=self.ink, anchor="ls")
        elif each.kind == "barcode":
            x = left + self._printed * 0.15
            while x < right - self._printed * 0.15:
                thick = int(rng.integers(2, 7))
                pen.rectangle((x, y, x + thick, y + line * (each.height - 0.4)), fill=self.ink)
                x += thick + int(rng.integers(2, 8))
        elif each.kind == "square":
            side, cells = line * (each.height - 0.4), 29
            modules = rng.random((cells, cells)) < 0.5
            x = (left + right - side) / 2
            code = Image.fromarray(np.where(modules, 0, 255).astype(np.uint8)).resize((round(side), round(side)), 0)
            pen.bitmap((x, y), Image.eval(code, lambda value: 255 - value).convert("L"), fill=self.ink)
        elif each.kind == "logo":
            self._logo(pen, y, line * (each.height - 0.4), rng)

    def _logo(self, pen: ImageDraw.ImageDraw, y: float, side: float, rng: np.random.Generator) -> None:
        """A mark without letters."""
        middle = self.width * SCALE / 2
        pen.ellipse((middle - side, y, middle + side, y + side), outline=self.ink, width=4)
        for _ in range(3):
            x = middle + float(rng.uniform(-0.6, 0.6)) * side
            pen.polygon([(x - side / 4, y + side * 0.8), (x, y + side * 0.2), (x + side / 4, y + side * 0.8)], self.ink)
