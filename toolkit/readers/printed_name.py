"""The name as it is printed, found by the name that a zone encodes: Müller for MUELLER, Иван for IVAN. Pure.

Zones hold the letters A to Z without accents and in capitals (ICAO Doc 9303-3, 4.6 and section 6). How a name is
written, its small letters, accents and script, stands in the print above; this finds that print, and only what a zone
may encode as the very name counts. The tables are Latin, Cyrillic and Greek; Arabic is not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.fields import person_name
from toolkit.model import Box, Page, Word

#: One part of a name as it is printed; apostrophes belong to it, hyphens part.
_PART = re.compile(r"[^\W\d_]+(?:['’ʼ‘`´ʹ][^\W\d_]+)*")
#: A printed name may be parted once or twice more than the zone has it ("Mc Donald").
_MORE_PARTS = 2
#: A zone's name shorter than this is printed everywhere, and found nowhere.
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as it is printed, and where; `confidence` is that of its worst word."""

    text: str
    page: Page
    box: Box
    confidence: float

    def __repr__(self) -> str:
        return f"<Spelling {len(self.text)} characters p{self.page.number} {self.confidence:.2f}>"


@dataclass(frozen=True, slots=True)
class _Part:
    letters: str
    page: Page
    word: Word
    start: int
    end: int


def find(words: Sequence[tuple[Page, Word]], encoded: str, *, cut: bool = False) -> Spelling | None:
    """Return how *encoded* (a name in words, A to Z) is printed in *words*, given in reading order; None if it is not.

    Of several, one with letters that no zone has comes first, then one with small letters. With *cut* the parts may
    break off, as those of names too long for a zone do.
    """
    parts = encoded.split()
    if sum(map(len, parts)) < _SHORTEST:
        return None
    return max(_spellings(words, parts, cut), key=_tells, default=None)


def _tells(spelling: Spelling) -> tuple[bool, bool]:
    """What a spelling tells beyond the zone: accents or another script, and small letters."""
    return not spelling.text.isascii(), spelling.text != spelling.text.upper()


def _spellings(words: Sequence[tuple[Page, Word]], parts: Sequence[str], cut: bool) -> Iterator[Spelling]:
    printed = [part for page, word in words for part in _parts(page, word)]
    for first in range(len(printed)):
        run = printed[first : first + 1]
        while run:
            if _is(run, parts, cut):
                yield _spelling(run)
                break
            after = printed[first + len(run) : first + len(run) + 1]
            if len(run) >= len(parts) + _MORE_PARTS or not after or not _follows(run[-1], after[0]):
                break
            run = [*run, *after]


def _parts(page: Page, word: Word) -> Iterator[_Part]:
    for match in _PART.finditer(word.text):
        letters = "".join(person_name.parts(match[0]))
        if letters:
            yield _Part(letters, page, word, match.start(), match.end())


def _is(run: Sequence[_Part], parts: Sequence[str], cut: bool) -> bool:
    if person_name.writes("".join(part.letters for part in run), "".join(parts)):
        return True
    return (
        cut
        and len(run) == len(parts)
        and all(person_name.writes(one.letters, other, cut=True) for one, other in zip(run, parts, strict=True))
    )


def _follows(one: _Part, other: _Part) -> bool:
    """Whether *other* goes on where *one* ends: in the same word, or in the next of its line."""
    if one.word is other.word:
        return True
    a, b = one.word.box, other.word.box
    overlap = min(a.bottom, b.bottom) - max(a.top, b.top)
    return one.page is other.page and overlap > 0.5 * min(a.height, b.height) and abs(b.left - a.right) < 2 * a.height


def _spelling(run: Sequence[_Part]) -> Spelling:
    words = list({id(part.word): part.word for part in run}.values())
    texts = [
        word.text[min(p.start for p in run if p.word is word) : max(p.end for p in run if p.word is word)]
        for word in words
    ]
    return Spelling(
        " ".join(" ".join(texts).split()),
        run[0].page,
        Box.around([word.box for word in words]),
        min(word.confidence for word in words),
    )
