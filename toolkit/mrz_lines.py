"""Lines of a zone as slots: what each character seen could be, and lines too long or too short made to fit. Pure.

The prices of the look-alikes come from what a stock recogniser does to 250 pictures of real zone lines.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from toolkit.mrz_layouts import ALPHABET, FILLER, TOLERATED

#: What one character seen could be, at what cost; characters not named cost FAR.
Slot: TypeAlias = Mapping[str, float]

FAR = 9.0
#: The surcharge that makes one digit for another dearer than a wrong check digit: it takes two to change a digit.
DIGIT_FOR_DIGIT = 2.0
#: Lines differ from their proper length by this many characters at most.
MOST_MISSING = 8

_FILLERS = "<«‹〈＜《く({[≤∠⟨く"
_DOUBLE_FILLERS = "«《"
#: Characters seen -> what they may be beside themselves, and the price.
_ALIKE: Mapping[str, Mapping[str, float]] = {
    "0": {"O": 0.5, "D": 2.0, "Q": 3.0, "U": 4.5},
    "O": {"0": 0.7, "D": 3.0, "Q": 3.0, "C": 4.5},
    "1": {"I": 0.7, "L": 2.5, "7": 3.5, "T": 4.0},
    "I": {"1": 0.9, "L": 3.0, "T": 4.0},
    "2": {"Z": 1.0, "7": 4.5},
    "Z": {"2": 1.2, "7": 4.0},
    "3": {"8": 3.5, "B": 4.0, "J": 4.5, "9": 4.5},
    "4": {"A": 3.0, "6": 3.5, "L": 4.5, "9": 4.5},
    "5": {"S": 1.0, "6": 4.0, "3": 4.0},
    "6": {"G": 1.5, "4": 3.0, "8": 3.5, "5": 4.0, "0": 4.5, "B": 4.5},
    "7": {"1": 3.0, "T": 3.0, "Z": 3.5, "2": 4.0},
    "8": {"B": 1.0, "3": 3.5, "6": 4.0, "0": 4.0, "S": 4.0, "9": 4.5},
    "9": {"0": 4.5, "8": 4.0, "4": 4.5, "3": 4.5, "G": 4.5},
    "A": {"4": 3.0, "N": 5.0},
    "B": {"8": 1.2, "3": 4.0, "E": 4.5, "R": 4.5},
    "C": {"<": 3.0, "G": 4.0, "O": 4.5, "0": 4.5},
    "D": {"0": 1.5, "O": 2.5},
    "E": {"F": 3.0, "<": 4.0, "B": 4.5},
    "F": {"E": 2.5, "P": 4.0},
    "G": {"6": 1.5, "C": 3.5, "O": 4.5, "0": 4.5, "Q": 4.5},
    "H": {"N": 3.0, "M": 3.5, "W": 4.0},
    "J": {"1": 4.0, "3": 4.5},
    "K": {"<": 2.5, "X": 3.0, "N": 4.0, "H": 4.5},
    "L": {"1": 2.5, "I": 3.5, "<": 4.5},
    "M": {"N": 3.5, "W": 4.0, "H": 4.0},
    "N": {"H": 3.5, "M": 4.0, "K": 4.5},
    "P": {"F": 4.0, "R": 4.0, "D": 4.5},
    "Q": {"0": 1.5, "O": 1.5, "G": 4.5},
    "R": {"K": 4.5, "P": 4.0, "A": 4.5},
    "S": {"5": 1.2, "8": 4.0, "<": 4.5},
    "T": {"7": 2.5, "1": 3.5, "I": 4.0, "Y": 4.5},
    "U": {"V": 3.0, "0": 4.0, "O": 4.0},
    "V": {"U": 3.0, "Y": 3.5},
    "W": {"M": 4.0, "H": 4.0, "N": 4.5},
    "X": {"K": 3.0, "<": 4.5},
    "Y": {"V": 3.0, "T": 4.5},
    "<": {"K": 4.0, "C": 4.5, "E": 5.0, "X": 5.0},
    "Ñ": {"N": 1.5},
}
#: A character was there and no telling which: every one is as likely.
_ANY: Slot = dict.fromkeys(ALPHABET, 2.5)
_FILL: Slot = {FILLER: 0.0}


def slots(text: str) -> tuple[Slot, ...]:
    """Return what the characters of *text* could be; spaces are nothing, signs no zone holds are any character."""
    return tuple(_slot(character) for character in plain(text))


def plain(text: str) -> str:
    """Return *text* in the characters of a zone, with `?` where a sign of none of them stood."""
    found = []
    for character in text:
        if character.isspace() or character in "·'’`\"":
            continue
        if character in _FILLERS:
            found.append(FILLER * (2 if character in _DOUBLE_FILLERS else 1))
            continue
        upper = character.upper()
        if upper not in TOLERATED:
            upper = unicodedata.normalize("NFKD", upper)[:1]
        found.append(upper if upper in ALPHABET or upper in TOLERATED else "?")
    return "".join(found)


def alike(character: str) -> Slot:
    """Return what a character that was seen could be."""
    return _slot(character)


def _slot(character: str) -> Slot:
    if character == "?":
        return _ANY
    return {character: 0.0} | {
        c: cost + (DIGIT_FOR_DIGIT if c.isdigit() and character.isdigit() else 0.0)
        for c, cost in _ALIKE.get(character, {}).items()
    }


def best(line: Sequence[Slot], charset: str = ALPHABET + TOLERATED) -> str:
    """Return the cheapest legal text of *line*."""
    return "".join(_cheapest(slot, charset) for slot in line)


def _cheapest(slot: Slot, charset: str) -> str:
    seen = [(cost, c in TOLERATED, c) for c, cost in slot.items() if c in charset]
    return min(seen)[2] if seen else min(slot, key=lambda c: slot[c], default=FILLER)


def fit(line: Sequence[Slot], width: int) -> list[tuple[tuple[Slot, ...], float]]:
    """Return the ways *line* can be made *width* long, cheapest first, each with its price; none if it is too far off.

    Recognisers miscount runs of one character, fillers above all, and take specks at either end for characters.
    """
    missing = width - len(line)
    if missing == 0:
        return [(tuple(line), 0.0)]
    if abs(missing) > MOST_MISSING:
        return []
    found = list(_lengthened(line, missing) if missing > 0 else _shortened(line, -missing))
    return sorted(found, key=lambda each: each[1])[:8]


def _runs(line: Sequence[Slot]) -> list[tuple[str, int, int]]:
    runs, at = [], 0
    for character, group in itertools.groupby(best(line)):
        length = len(list(group))
        runs.append((character, at, at + length))
        at += length
    return runs


def _lengthened(line: Sequence[Slot], missing: int) -> list[tuple[tuple[Slot, ...], float]]:
    found = [((*line, *[_FILL] * missing), 1.0 + 0.2 * missing)]
    for character, start, end in _runs(line):
        run = (*line[:end], *[line[start]] * missing, *line[end:])
        if character == FILLER:
            found.append((run, 0.5 + 0.2 * missing - min(0.3, 0.02 * (end - start))))
        elif end - start > 1 and missing <= 2:
            found.append((run, 2.0 * missing))
    # "PUTO" for "P<UTO": the filler after the document code is easily lost.
    found.append(((*line[:1], _FILL, *line[1:], *[_FILL] * (missing - 1)), 1.2 + 0.2 * (missing - 1)))
    if missing == 1:
        found += [((_ANY, *line), 3.0), ((*line, _ANY), 3.0)]
    return found


def _shortened(line: Sequence[Slot], surplus: int) -> list[tuple[tuple[Slot, ...], float]]:
    found = []
    for ahead in range(surplus + 1):
        behind = surplus - ahead
        kept = line[ahead : len(line) - behind]
        specks = 2.0 * ahead + sum(0.3 if slot.get(FILLER, FAR) < 1 else 2.0 for slot in line[len(line) - behind :])
        found.append((tuple(kept), 0.5 + specks))
    for character, start, end in _runs(line):
        if end - start > surplus:
            run = (*line[: end - surplus], *line[end:])
            if character == FILLER:
                found.append((run, 0.5 + 0.2 * surplus - min(0.3, 0.02 * (end - start))))
            elif surplus <= 2:
                found.append((run, 2.0 * surplus))
    return found
