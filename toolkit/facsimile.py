"""The picture of one page as it is shown to a person: bare pixels, so that nobody has to decode what a stranger drew.

Apart from `toolkit.pages`, so that a process with keys can name this type without loading a single parser.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from toolkit.errors import HostileError
from toolkit.model import Word

#: The room a page is shown in, in pixels: an A4 page is 1600 high. Narrow papers (receipts) may be longer.
_WIDE, _HIGH = 1280, 1600
_NARROW, _LONG = 640, 3000
#: A page of text has 50 lines of 100 characters (`toolkit.pages.pseudo`).
_MOST_LETTERS = 5000


def fitted(width: float, height: float) -> tuple[int, int]:
    """Return the size in pixels at which a page of this shape is shown, enlarged or reduced, its shape kept."""
    width, height = max(width, 1.0), max(height, 1.0)
    scale = min(_WIDE / width, _HIGH / height)
    if width * scale < _NARROW:
        scale = min(_NARROW / width, _LONG / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


@dataclass(frozen=True, slots=True)
class Facsimile:
    """Page `number` of `count`, upright, `width` by `height` pixels.

    `pixels` are RGB, row by row. They are empty for papers that have no look of their own (Word files, plain text,
    data): then `words` say what stands where, as the reader saw it.
    """

    number: int
    count: int
    width: int
    height: int
    pixels: bytes = field(default=b"", repr=False)
    words: tuple[Word, ...] = field(default=(), repr=False)

    def checked(self, number: int) -> Facsimile:
        """Return this, if it can be page *number* and holds what it says; raise HostileError for a child that lies."""
        largest = (max(_WIDE, _NARROW), max(_HIGH, _LONG))
        shaped = 0 < self.width <= largest[0] and 0 < self.height <= largest[1]
        full = len(self.pixels) == 3 * self.width * self.height
        sound = full if self.pixels else sum(len(word.text) + 1 for word in self.words) <= 2 * _MOST_LETTERS
        if not (shaped and sound and self.number == number <= self.count):
            raise HostileError(
                "The file made its reader give a senseless picture.", remedy="Ask for another copy of the document."
            )
        return self
