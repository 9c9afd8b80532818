"""Make the pictures of the README from what `make demo` wrote: python scripts/make_pictures.py out/demo

Pages lie side by side on a grey table, sharp enough to be read at full size. Everybody in them is invented.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from PIL import Image

_IMAGES = Path(__file__).parent.parent / "docs" / "images"
_TABLE, _EDGE = "#e4e7ec", "#b8bfca"
_HIGH, _GAP = 1000, 28
_COLOURS = 128
#: Picture, file of the demo, and its pages by a word that stands on each and not before it.
_PICTURES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("packet", "GM-2026-001-packet.pdf", ("Counsel packet", "At page", "Exhibit 1 ", "REPUBLIC|Exhibit 1, page 1")),
    ("claim", "GM-2026-001-claim.pdf", ("Expense claim", "Schedule", "Line 2, page 1")),
    ("letter", "GM-2026-001-long-term-assignment-letter.pdf", ("", "Travel, home leave")),
)


def side_by_side(pages: Sequence[Image.Image]) -> Image.Image:
    """Return *pages* on one table, none enlarged, on one line at the top."""
    width = sum(page.width for page in pages) + _GAP * (len(pages) + 1)
    table = Image.new("RGB", (width, max(page.height for page in pages) + 2 * _GAP), _TABLE)
    left = _GAP
    for page in pages:
        frame = Image.new("RGB", (page.width + 2, page.height + 2), _EDGE)
        table.paste(frame, (left - 1, _GAP - 1))
        table.paste(page, (left, _GAP))
        left += page.width + _GAP
    return table


def pages_with(pdf: pypdfium2.PdfDocument, words: Sequence[str]) -> list[Image.Image]:
    """Return the first page with each of *words* ("a|b": either), each after the one before; raise SystemExit."""
    found, at = [], 0
    for word in words:
        texts = {n: pdf[n].get_textpage().get_text_range() for n in range(at, len(pdf))}
        page = next((n for n, text in texts.items() if any(each in text for each in word.split("|"))), None)
        if page is None:
            raise SystemExit(f"No page says {word!r}.")
        scale = _HIGH / max(pdf[page].get_size())
        found.append(pdf[page].render(scale=scale).to_pil().convert("RGB"))
        at = page + 1
    return found


def main(demo: Path) -> None:
    """Write the pictures into docs/images."""
    for name, file, words in _PICTURES:
        with pypdfium2.PdfDocument(demo / file) as pdf:
            made = side_by_side(pages_with(pdf, words))
        path = _IMAGES / f"{name}.png"
        made.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        print(f"{path}: {made.width} x {made.height}, {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "out/demo"))
