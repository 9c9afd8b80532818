"""Words of a picture that may lie on its side or stand on its head, and the turn that sets it upright.

The first reading tells the turn: lines of text that stand upright show as tall boxes, and the engine's own classifier
says of each line whether it is upside down. An upright picture is therefore read once; only one that seems turned is
turned and read again, and the turn is kept when the second reading agrees with it.
"""

from __future__ import annotations

from toolkit import ocr
from toolkit.model import Word
from toolkit.pages.sheet import Picture, turned


def read(picture: Picture) -> tuple[tuple[Word, ...], int]:
    """Return the words of the upright picture, and the clockwise turn in degrees that makes *picture* upright."""
    first = ocr.look(picture)
    if first.turn == 0:
        return first.words, 0
    second = ocr.look(turned(picture, first.turn))
    if second.turn == 0:
        return second.words, first.turn
    if second.turn == 180 and first.turn in (90, 270):
        # Sideways was right and the side was wrong.
        turn = (first.turn + 180) % 360
        third = ocr.look(turned(picture, turn))
        return (third.words, turn) if third.turn == 0 else (first.words, 0)
    return first.words, 0
