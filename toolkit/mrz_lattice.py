"""From the steps of a recogniser to the places of a line: how likely each character is at each of so many places.

The recogniser says what it sees at every step along a line (connectionist temporal classification, Graves et al. 2006);
a line of a zone has a known number of places, each with its characters. The best of all ways in which
the steps can be read as that many places gives each place its characters and their prices, and the line its own price:
miscounted fillers, the common fault of free reading, cannot occur. Pure; knows no picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.mrz_layouts import TOLERATED, Charset, Layout
from toolkit.mrz_lines import DIGIT_FOR_DIGIT, FAR, Slot
from toolkit.zone_letters import CHARACTERS, Chances

#: No character is less likely than this at any step: a network is surer of itself than it is right.
_LEAST = 2e-5
#: The log-likelihood of a step passed over before the line begins or after it ends, whatever it shows.
_PASSED_OVER = -1.9
#: The log-likelihood of a character where none of its kind may stand: documents break their own rules.
_OUT_OF_PLACE = -3.0
#: The price of a character taken for an edge of the paper, and how many are at most.
_EDGE, _MOST_EDGES = 1.5, 3
#: Steps between characters are told from each other no more than this.
_BLANK = 0.9995


@dataclass(frozen=True, slots=True)
class Places:
    """A line read as places of one layout: what stands there at what price, and the price of reading it so at all."""

    slots: tuple[Slot, ...]
    price: float

    def __repr__(self) -> str:
        return f"<Places {len(self.slots)} {self.price:.1f}>"


def places(steps: Chances, layout: Layout, line: int) -> Places:
    """Return the line whose recogniser said *steps* as line number *line* of *layout*.

    `price` is the negative log-likelihood of the line as a line of that layout, less that of the likeliest reading
    without any rules: near zero where the rules cost nothing. Where there are too few steps for so many places it is
    infinite, and the slots are empty.
    """
    kept = _clipped(steps)
    likely = _best_through(kept, _allowed(layout, line))
    free = float(np.log(kept.max(axis=1)).sum())
    return Places(tuple(_slot(row) for row in likely), free - float(likely[0].max()))


def trimmed(steps: Chances, surplus: int) -> Iterator[tuple[Chances, float]]:
    """Yield *steps* as they are, then with *surplus* characters fewer at their ends, each way with its price.

    Edges and frames beside a line are read as characters; which end they stand at moves the whole line by a place, and
    what comes after must weigh both.
    """
    yield steps, 0.0
    best = steps.argmax(axis=1)
    begins = np.flatnonzero((best > 0) & (np.diff(best, prepend=0) != 0))
    ends = np.flatnonzero((best > 0) & (np.diff(best, append=0) != 0)) + 1
    if not 0 < surplus <= _MOST_EDGES or len(begins) <= surplus:
        return
    for ahead in range(surplus + 1):
        behind = surplus - ahead
        kept = steps.copy()
        kept[: begins[ahead] if ahead else 0] = np.eye(1, steps.shape[1])
        kept[ends[-1 - behind] if behind else len(steps) :] = np.eye(1, steps.shape[1])
        yield kept, _EDGE * surplus


def _allowed(layout: Layout, line: int) -> NDArray[np.float64]:
    """What each character costs at each place: [places, characters]; nothing where it may stand."""
    mask = np.full((layout.widths[line], len(CHARACTERS)), _OUT_OF_PLACE)
    for span in layout.spans:
        if span.line == line:
            charset = span.charset.value + (TOLERATED if span.charset is Charset.LETTERS else "")
            mask[span.start : span.end] = [0.0 if c in charset else _OUT_OF_PLACE for c in CHARACTERS]
    return mask


def _clipped(steps: Chances) -> Chances:
    """Bound the chances from below and drop steps that only repeat a certain blank."""
    certain = steps[:, 0] > _BLANK
    repeated = certain & np.concatenate([[False], certain[:-1]])
    kept = np.maximum(steps[~repeated], _LEAST)
    total: Chances = kept / kept.sum(axis=1, keepdims=True)
    return total


def _best_through(steps: Chances, allowed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, for each character at each place, the log-likelihood of the best reading that has it there.

    Viterbi sums forward and backward over two kinds of state: the blank after so many characters, and the character at
    a place. The best of every place together are one reading, the best of all, and not a blend of shifted ones.
    """
    said = np.log(steps)
    letters, _ = _forward(said, allowed)
    # Backward is forward with steps and places turned round; a step counted in both is taken off once.
    back, _ = _forward(said[::-1], allowed[::-1])
    both: NDArray[np.float64] = (letters + back[::-1, ::-1] - said[:, None, 1:]).max(axis=0)
    return both - allowed


def _forward(said: NDArray[np.float64], allowed: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return the log-likelihood of the best way to each character at each place at each step, and to the end."""
    count, width = len(said), len(allowed)
    letters = np.full((count, *allowed.shape), -np.inf)
    blank, letter = np.full(width + 1, -np.inf), np.full(allowed.shape, -np.inf)
    blank[0] = 0.0
    rows = np.arange(width)
    for step in range(count):
        best = letter.argmax(axis=1)
        spoken = letter[rows, best]
        stays = letter.copy()
        # One character follows another without a blank between them unless both are the same.
        letter[rows, best] = -np.inf
        second = letter.max(axis=1)
        follows = np.repeat(spoken[:-1, None], allowed.shape[1], axis=1)
        follows[rows[:-1], best[:-1]] = second[:-1]
        enters = np.repeat(blank[:-1, None], allowed.shape[1], axis=1)
        enters[1:] = np.maximum(enters[1:], follows)
        quiet = blank
        quiet[1:] = np.maximum(quiet[1:], spoken)
        chance = np.full(width + 1, said[step, 0])
        # Before the first and after the last place anything may be passed over.
        chance[0] = chance[width] = max(said[step, 0], _PASSED_OVER)
        blank, letter = quiet + chance, np.maximum(stays, enters + allowed) + said[step, 1:]
        letters[step] = letter
    return letters, float(max(blank[width], letter[width - 1].max()))


def _slot(likely: NDArray[np.float64]) -> Slot:
    best = int(likely.argmax())
    slot: dict[str, float] = {}
    for column in np.flatnonzero(likely > likely[best] - FAR):
        character = CHARACTERS[column]
        price = float(likely[best] - likely[column])
        if column != best and character.isdigit() and CHARACTERS[best].isdigit():
            price += DIGIT_FOR_DIGIT
        if price < FAR:
            slot[character] = price
    return slot


def text(line: Sequence[Slot]) -> str:
    """Return the likeliest characters of *line*."""
    return "".join(min(slot, key=lambda c: slot[c]) for slot in line)
