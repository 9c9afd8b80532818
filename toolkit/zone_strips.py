"""Strips of text that may be lines of a machine-readable zone, and which of them stand together as one. Pure geometry.

Knows words and boxes; knows no picture. What the lines say is for `toolkit.mrz_repair` to settle.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from toolkit.fields import country
from toolkit.model import Box, Page, Word
from toolkit.mrz import Zone
from toolkit.mrz_layouts import FILLER, Format
from toolkit.mrz_lines import Slot, best, plain, slots
from toolkit.mrz_repair import Candidate, candidates

#: What a zone must have about it, out of twenty or so, to be called one; receipts reach three.
ENOUGH = 9
#: And what it must be worth after the price of reading it so: two long rows of digits can be bent to anything.
_WORTHY = 0.0
_MOST_STRIPS = 10


@dataclass(frozen=True, slots=True)
class Strip:
    """One line of text: what its characters could be, where it stands, how sure its reading is."""

    slots: tuple[Slot, ...]
    box: Box
    confidence: float
    likeness: float = 0.0
    #: For a line read in a picture: the box of each of its characters.
    cells: tuple[Box, ...] = ()

    @property
    def digits(self) -> int:
        """How many of the characters are digits, as they look."""
        return sum(character.isdigit() for character in best(self.slots))

    def __repr__(self) -> str:
        return f"<Strip {len(self.slots)} characters {self.confidence:.2f}>"


@dataclass(frozen=True, slots=True)
class Match:
    """Strips that make a zone, the reading of it, and the runners-up."""

    best: Candidate
    others: tuple[Candidate, ...]
    strips: tuple[Strip, ...]
    points: int
    #: For a match in a picture: whether that shows it as a mirror does, and the clockwise turn that sets it upright.
    mirrored: bool = False
    turn: int = 0

    @property
    def worth(self) -> float:
        """How much speaks for this match, less the price of its reading."""
        return 2.0 * self.points - self.best.cost

    def convincing(self, worth: float = _WORTHY) -> bool:
        """Whether enough speaks for a zone to call it one; *worth* is the least that the match must be worth."""
        return self.points >= ENOUGH and self.worth >= worth

    def __repr__(self) -> str:
        return f"<Match {self.best.zone.format} {self.points}>"


def of_page(page: Page) -> list[Strip]:
    """Return the strips of *page* that look like lines of a zone, likeliest first."""
    found = [strip for word in page.words if (strip := _strip([word])) is not None]
    pieces = [word for word in page.words if 2 <= len(plain(word.text)) <= 50]
    found += [strip for row in _rows(pieces) if (strip := _strip(row)) is not None]
    found.sort(key=lambda strip: -strip.likeness)
    return found[:_MOST_STRIPS]


def _strip(row: Sequence[Word]) -> Strip | None:
    text = plain("".join(word.text for word in row))
    printed = "".join(word.text for word in row)
    if not 22 <= len(text) <= 54 or text.count("?") > len(text) // 5:
        return None
    fillers, digits = text.count(FILLER), sum(c.isdigit() for c in text)
    # Engines write c, o, s and their like small; a line of small letters without fillers is a sentence.
    small = sum(c.islower() for c in printed) if fillers < 3 else 0
    spaces = printed.strip().count(" ")
    likeness = min(fillers, 10) + digits / 4 - small / 2 - spaces - text.count("?")
    if likeness < 2:
        return None
    box = Box.around([word.box for word in row])
    return Strip(slots(text), box, min(word.confidence for word in row), likeness)


def _rows(pieces: Sequence[Word]) -> Iterator[list[Word]]:
    """Pieces of one line, left to right; only rows of pieces that hold a filler can be a line of a zone."""
    if not any(FILLER in plain(word.text) for word in pieces):
        return
    bands: dict[int, list[Word]] = {}
    for word in sorted(pieces, key=lambda word: word.box.left):
        bands.setdefault(_band(word.box.middle), []).append(word)
    taken: set[int] = set()
    for word in sorted(pieces, key=lambda word: word.box.left):
        if id(word) in taken:
            continue
        row: list[Word] = [word]
        taken.add(id(word))
        while (following := _following(row[-1], bands, taken)) is not None:
            row.append(following)
            taken.add(id(following))
        if len(row) > 1 and any(FILLER in plain(word.text) for word in row):
            yield row


#: Pages are searched in so many bands, so that one of ten thousand rows costs what it should.
_BANDS = 2000


def _band(height: float) -> int:
    return int(height * _BANDS)


def _following(word: Word, bands: Mapping[int, Sequence[Word]], taken: Collection[int]) -> Word | None:
    """The leftmost piece that goes on where *word* ends; its middle is no further away than *word* is high."""
    near = range(_band(word.box.middle - word.box.height), _band(word.box.middle + word.box.height) + 1)
    found = [
        piece for band in near for piece in bands.get(band, ()) if id(piece) not in taken and _continues(word, piece)
    ]
    return min(found, key=lambda piece: piece.box.left, default=None)


def _continues(word: Word, piece: Word) -> bool:
    height = min(word.box.height, piece.box.height)
    overlap = min(word.box.bottom, piece.box.bottom) - max(word.box.top, piece.box.top)
    return overlap > 0.5 * height and -0.02 <= piece.box.left - word.box.right <= 0.06


def match(strips: Sequence[Strip], *, today: date) -> Match | None:
    """Return the strips that make the likeliest zone, or None if nothing there is one."""
    found = [made for stack in _stacks(strips) if (made := _match(stack, today)) is not None and made.convincing()]
    return max(found, key=lambda made: made.worth, default=None)


def matches(strips: Sequence[Strip], *, today: date) -> list[Match]:
    """Return every zone among *strips*, the likeliest first; no strip is a line of two."""
    left, found = list(strips), []
    while (one := match(left, today=today)) is not None:
        found.append(one)
        taken = Box.around([strip.box for strip in one.strips])
        # Pieces of a line and the line put together are strips of the same place.
        left = [strip for strip in left if not _overlap(strip.box, taken)]
    return found


def _overlap(one: Box, two: Box) -> bool:
    return one.left < two.right and two.left < one.right and two.top <= one.middle <= two.bottom


def _match(stack: Sequence[Strip], today: date) -> Match | None:
    read = candidates([strip.slots for strip in stack], today=today)
    return Match(read[0], read[1:], tuple(stack), points(read[0].zone)) if read else None


def _stacks(strips: Sequence[Strip]) -> Iterator[tuple[Strip, ...]]:
    """Two or three strips one under the other; both orders, for pages on their head and on their side."""
    for one, two in itertools.permutations(strips, 2):
        if not _stacked(one, two):
            continue
        # Dates and numbers stand on the second line of every format, hardly any digit on the last of three.
        if max(len(one.slots), len(two.slots)) >= 32 and one.digits <= two.digits:
            yield one, two
        if min(len(one.slots), len(two.slots)) <= 36:
            yield from (
                (one, two, three)
                for three in strips
                if three not in (one, two) and three.digits < two.digits and _stacked(two, three, one)
            )


def _stacked(one: Strip, two: Strip, before: Strip | None = None) -> bool:
    if abs(len(one.slots) - len(two.slots)) > 9:
        return False
    upright = one.box.width >= one.box.height or two.box.width >= two.box.height
    if upright:
        gap, size = two.box.middle - one.box.middle, min(one.box.height, two.box.height)
        shared = min(one.box.right, two.box.right) - max(one.box.left, two.box.left)
        length = min(one.box.width, two.box.width)
    else:
        gap, size = _centre(two.box) - _centre(one.box), min(one.box.width, two.box.width)
        shared = min(one.box.bottom, two.box.bottom) - max(one.box.top, two.box.top)
        length = min(one.box.height, two.box.height)
    if before is not None:
        earlier = one.box.middle - before.box.middle if upright else _centre(one.box) - _centre(before.box)
        if gap * earlier <= 0:
            return False
    return 0.1 * size <= abs(gap) <= 4 * size and shared > 0.6 * length


def _centre(box: Box) -> float:
    return (box.left + box.right) / 2


def points(zone: Zone) -> int:
    """Count what speaks for *zone* being one: known codes, possible values, check digits that agree."""
    first = zone.lines[0][0]
    fillers = sum(line.count(FILLER) for line in zone.lines)
    return (
        (first in "PIACV")
        + 2 * country.known(zone.issuing_state)
        + 2 * (zone.nationality != zone.issuing_state and country.known(zone.nationality))
        + 2 * (zone.nationality == zone.issuing_state and country.known(zone.nationality))
        + (zone.sex != "")
        + (len(zone.birth_date) == 10)
        + (len(zone.expiry_date) == 10)
        + 2 * sum(check.valid for check in zone.checks)
        + _of_licence(zone)
        + (fillers >= 3)
        + (fillers >= 10)
        + bool(zone.surname and not any(c.isdigit() for c in zone.surname + zone.given_names))
    )


def _of_licence(zone: Zone) -> int:
    """Count what speaks for *zone* being that of a driving licence, whose lines prove less and say fixed words."""
    if zone.format is Format.FRENCH_LICENCE:  # one line: its state, its code and both its digits have to be right
        return 3 * zone.valid
    if zone.format is Format.ISO_LICENCE:  # all that is known is a code, a last digit and, as printed so far, a state
        return 7 * (zone.valid and country.known(zone.lines[0][2:5]))
    if zone.format is Format.SWISS_LICENCE:  # no digit at all, but FACHE, two runs of fillers and a day in their places
        return 3 * (len(zone.birth_date) == 10 and zone.surname.replace(" ", "").isalpha())
    return 0
