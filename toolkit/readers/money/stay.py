"""What hotel folios say besides their sums: arrival, departure and the nights between."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from toolkit import definitions
from toolkit.fields import dates
from toolkit.fields.calendar_words import fold
from toolkit.readers.money.rows import Row

_DATA = Path(__file__).resolve().parents[2] / "kinds" / "receipt" / "stay.toml"
#: A number counts the nights where it stands so close to the word.
_NEAR = 4
#: How sure dates and nights are that contradict each other.
_DOUBTED = 0.60
#: Nobody stays longer on one folio.
_LONGEST = 400


class StayWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `stay.toml`: words in lower case without accents."""

    arrival: tuple[str, ...]
    departure: tuple[str, ...]
    nights: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """A value with the row and place it was read at; `proved` when another value of the paper bears it out."""

    name: str
    value: str
    confidence: float
    row: Row
    start: int
    end: int
    proved: bool = False


def read(rows: Sequence[Row], order: dates.Order | None) -> tuple[Detail, ...]:
    """Return check_in, check_out (ISO 8601) and nights as far as *rows* print them.

    *order* is the order of day and month that the paper is known to use. Nights that are the days between arrival and
    departure prove all three; nights that are not leave all three unsure.
    """
    if order is not None:
        return _read(rows, order)
    # The two readings of `02-05-24`: the one by which the guest leaves after coming, where the other says nonsense.
    tried = [_read(rows, each) for each in (dates.Order.DMY, dates.Order.MDY)]
    sensible = [
        each for each in tried if any(detail.name == "nights" and detail.confidence > _DOUBTED for detail in each)
    ]
    if len(sensible) == 1 or tried[0] == tried[1]:
        return (sensible or tried)[0]
    return tuple(each for each in tried[0] if each in tried[1])


def _read(rows: Sequence[Row], order: dates.Order) -> tuple[Detail, ...]:
    arrival = _day("check_in", _pattern("arrival"), rows, order)
    departure = _day("check_out", _pattern("departure"), rows, order)
    if arrival is not None and departure is not None and _one_place(arrival, departure):
        arrival, departure = _both(arrival, departure, order)
    nights = _nights(rows)
    found = [each for each in (arrival, departure, nights) if each is not None]
    if arrival is None or departure is None:
        return tuple(found)
    between = (date.fromisoformat(departure.value) - date.fromisoformat(arrival.value)).days
    if nights is None:
        if not 0 < between <= _LONGEST:
            return tuple(_rated(each, _DOUBTED) for each in found)
        counted = Detail("nights", str(between), 0.88, departure.row, departure.start, departure.end)
        return (*(_rated(each, min(each.confidence, 0.92)) for each in found), counted)
    agree = int(nights.value) == between
    return tuple(_rated(each, 0.97 if agree else _DOUBTED, proved=agree) for each in found)


def _one_place(one: Detail, two: Detail) -> bool:
    return (one.row.index, one.start) == (two.row.index, two.start)


def _rated(own: Detail, confidence: float, *, proved: bool = False) -> Detail:
    return Detail(own.name, own.value, confidence, own.row, own.start, own.end, proved)


def _words() -> StayWords:
    return definitions.load(_DATA, StayWords)


_PATTERNS: dict[str, re.Pattern[str]] = {}


def _pattern(name: str) -> re.Pattern[str]:
    if name not in _PATTERNS:
        words = sorted(getattr(_words(), name), key=len, reverse=True)
        joined = "|".join(re.escape(fold(each)) for each in words)
        _PATTERNS[name] = re.compile(rf"(?<![^\W\d_])(?:{joined})(?![a-z])")
    return _PATTERNS[name]


def _day(name: str, label: re.Pattern[str], rows: Sequence[Row], order: dates.Order | None) -> Detail | None:
    """The first day that stands behind the label in its row, or below it in the next one."""
    for number, row in enumerate(rows):
        match = label.search(row.folded)
        if match is None:
            continue
        for each, start in ((row, match.end()), *((below, 0) for below in rows[number + 1 : number + 2])):
            found = [day for day in dates.find(each.text, order) if day.start >= start and day.value]
            if each is not row and found:
                left = row.box_of(match.start(), match.end()).left
                found.sort(key=lambda day: abs(each.box_of(day.start, day.end).left - left))
            if found and found[0].value:
                day = found[0]
                return Detail(name, day.value or "", min(day.confidence, 0.90), each, day.start, day.end)
    return None


def _both(first: Detail, second: Detail, order: dates.Order | None) -> tuple[Detail | None, Detail | None]:
    """`Arrival - Departure: 4.3.2024 - 7.3.2024`: one row, two labels, two days in that order."""
    days = [day for day in dates.find(first.row.text, order) if day.value]
    if len(days) < 2:
        return first, None
    one, two = sorted((day.value or "", day.start, day.end) for day in days[:2])
    return (
        Detail(first.name, one[0], 0.90, first.row, one[1], one[2]),
        Detail(second.name, two[0], 0.90, second.row, two[1], two[2]),
    )


def _nights(rows: Sequence[Row]) -> Detail | None:
    word = _pattern("nights")
    for row in rows:
        for match in word.finditer(row.folded):
            before = re.search(rf"(?<![\d.,/:-])(\d{{1,3}})\W{{0,{_NEAR}}}$", row.text[: match.start()])
            after = re.match(rf"\W{{0,{_NEAR}}}(\d{{1,3}})(?![\d.,/:-])", row.text[match.end() :])
            found = before or after
            if found and 0 < int(found[1]) <= _LONGEST:
                shift = 0 if before else match.end()
                return Detail("nights", str(int(found[1])), 0.88, row, shift + found.start(1), shift + found.end(1))
    return None
