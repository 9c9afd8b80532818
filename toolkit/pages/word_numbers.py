"""The numbers that Word puts before clauses and stores nowhere: "1.", "2.3", "(a)", "Article IV" (ECMA-376, 17.9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from toolkit.pages.word_parts import Element, attribute, child, each_of, on

_LEVELS = 9
_LONGEST = 80
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
_ORDINALS |= {"twelve": "twelfth"}


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    #: The level after whose numbers this one starts again; 0 for never, -1 for any above it.
    restart: int = -1
    #: All numbers in decimal, whatever the levels above say ("1.1" under "Article I").
    legal: bool = False


@dataclass(slots=True)
class Numbering:
    """The lists of one file, and how far each has counted. `label` is called once for each paragraph, in order."""

    levels: dict[str, tuple[_Level, ...]] = field(default_factory=dict)
    #: Lists that count together: those of one abstract list (17.9.1).
    together: dict[str, str] = field(default_factory=dict)
    restarts: dict[str, dict[int, int]] = field(default_factory=dict)
    counted: dict[str, list[int | None]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    #: The level of the paragraphs of a style, by list and style, where the style itself does not say.
    styled: dict[tuple[str, str], int] = field(default_factory=dict)

    def label(self, number: str, level: int | None, style: str = "") -> str:
        """Return what stands before the next paragraph of list *number* at *level*: "2.1", "•", or nothing."""
        levels = self.levels.get(number)
        level = self.styled.get((number, style), 0) if level is None else level
        if levels is None or not 0 <= level < len(levels):
            return ""
        counts = self.counted.setdefault(self.together[number], [None] * _LEVELS)
        if number not in self.begun:
            self.begun.add(number)
            for at in self.restarts.get(number, {}):
                counts[at] = None
        self._count(number, levels, counts, level)
        if levels[level].format == "bullet":
            return "•"
        return _filled(levels, counts, level)

    def _count(self, number: str, levels: tuple[_Level, ...], counts: list[int | None], level: int) -> None:
        start = self.restarts.get(number, {}).get(level, levels[level].start)
        last = counts[level]
        counts[level] = start if last is None else last + 1
        for above in range(level):
            if counts[above] is None:
                counts[above] = levels[above].start
        for below in range(level + 1, len(levels)):
            restart = levels[below].restart
            if restart == -1 or level < restart:
                counts[below] = None


def numbering(part: Element | None) -> Numbering:
    """Return the lists of the part `numbering.xml`; none where the file has none."""
    made = Numbering()
    abstract = {attribute(each, "abstractNumId"): each for each in each_of(part, "abstractNum")}
    # A list that only names a list style (17.9.21) is the one that defines the style (17.9.27).
    links = {number: child(each, "styleLink") for number, each in abstract.items()}
    defined = {attribute(link, "val"): abstract[number] for number, link in links.items() if link is not None}
    for each in each_of(part, "num"):
        number, on_which = attribute(each, "numId"), attribute(child(each, "abstractNumId"), "val")
        if on_which not in abstract:
            continue
        levels = [_Level()] * _LEVELS
        style = attribute(child(abstract[on_which], "numStyleLink"), "val")
        for one in each_of(defined.get(style, abstract[on_which]), "lvl"):
            _set(levels, one)
            if styled := attribute(child(one, "pStyle"), "val"):
                made.styled[number, styled] = _figure(attribute(one, "ilvl")) or 0
        for override in each_of(each, "lvlOverride"):
            at, start = _figure(attribute(override, "ilvl")), attribute(child(override, "startOverride"), "val")
            if (whole := child(override, "lvl")) is not None:
                _set(levels, whole)
            if at is not None and start:
                made.restarts.setdefault(number, {})[at] = _figure(start) or 0
        made.levels[number], made.together[number] = tuple(levels), on_which
    return made


def _set(levels: list[_Level], element: Element) -> None:
    at = _figure(attribute(element, "ilvl"))
    if at is None or at >= _LEVELS:
        return
    restart, start = child(element, "lvlRestart"), attribute(child(element, "start"), "val")
    levels[at] = _Level(
        # A level without `start` counts from nought (17.9.25).
        _figure(start) or 0,
        attribute(child(element, "numFmt"), "val") or "decimal",
        attribute(child(element, "lvlText"), "val")[:_LONGEST],
        -1 if restart is None else _figure(attribute(restart, "val")) or 0,
        on(child(element, "isLgl")),
    )


def _figure(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def _filled(levels: tuple[_Level, ...], counts: list[int | None], level: int) -> str:
    def one(found: re.Match[str]) -> str:
        at = int(found.group(1)) - 1
        if at > level:
            return ""
        count = counts[at]
        written = "decimal" if levels[level].legal else levels[at].format
        return _written(levels[at].start if count is None else count, written)

    return re.sub(r"%([1-9])", one, levels[level].text).strip()


def _written(number: int, form: str) -> str:
    return _FORMATS.get(form, str)(number)


def _letters(number: int) -> str:
    # After z comes aa, then bb (17.18.59); no list of any contract goes further than a few rounds.
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 26 * 8 else str(number)


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written


def _cardinal(number: int) -> str:
    if number < 20:
        return _ONES[number]
    if number >= 100:
        return str(number)
    tens, ones = divmod(number, 10)
    return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")


def _ordinal(number: int) -> str:
    head, dash, last = _cardinal(number).rpartition("-")
    if last.isdecimal():
        return _numeral(number)
    if last in _ORDINALS:
        return head + dash + _ORDINALS[last]
    return head + dash + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")


def _numeral(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_FORMATS: dict[str, Callable[[int], str]] = {
    "none": lambda _: "",
    "decimalZero": lambda number: f"{number:02d}",
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "ordinal": _numeral,
    "cardinalText": lambda number: _cardinal(number).capitalize(),
    "ordinalText": lambda number: _ordinal(number).capitalize(),
    "numberInDash": lambda number: f"- {number} -",
}
