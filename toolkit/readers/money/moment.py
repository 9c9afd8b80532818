"""The day and the time of the paper: which of its dates it is, and in which order its numbers stand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.fields import dates
from toolkit.readers.money.labels import roles
from toolkit.readers.money.rows import Row

_TIME = re.compile(
    r"(?<![\d:.,/-])(?P<hour>[01]?\d|2[0-3])\s?(?::|h(?=\d\d)|\.(?=\d\d\s?uhr))\s?(?P<minute>[0-5]\d)"
    r"(?::\s?(?P<second>[0-5]\d))?(?!\d)\s?(?P<half>[ap]\.?m\b)?",
    re.IGNORECASE,
)
#: `Rechnung Nr. 4711 vom`: the day of the paper stands behind its number.
_NUMBER_OF = re.compile(r"(?i)(?:nr|no|n°|nº|number|#)\W{0,4}\S*\d\S*\s+(?:vom|du|del|of|van|dated|z dnia)\W*$")
#: A time that lost its space after the year: `18-03-201811:23`.
_STUCK = re.compile(r"(?<=\d)(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?!\d)")


@dataclass(frozen=True, slots=True)
class Day:
    """A date as read, and where. `value` may be the likelier of two readings: then its confidence says unsure."""

    value: str
    confidence: float
    row: Row
    start: int
    end: int
    alternatives: tuple[str, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day, HH:MM or HH:MM:SS."""

    value: str
    row: Row
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Found:
    reading: dates.DateReading
    row: Row
    points: float


def day(rows: Sequence[Row], order: dates.Order | None) -> tuple[Day | None, tuple[Day, ...]]:
    """Return the day of the paper and the other dates on it, best first; *order* is the country's."""
    found = _scored(rows, order)
    if not found:
        return None, ()
    by_value: dict[str, list[_Found]] = defaultdict(list)
    for each in found:
        by_value[_likely(each.reading, order)].append(each)
    ranked = sorted(by_value.items(), key=lambda item: (-_weight(item[1]), item[1][0].row.index))
    best = _day(*ranked[0], rivals=[group for _, group in ranked[1:]])
    others = tuple(_day(value, group, ()) for value, group in ranked[1:4])
    return best, others


def _scored(rows: Sequence[Row], order: dates.Order | None) -> list[_Found]:
    # The dates of the whole paper are company for one another, so they are looked for in one text.
    text = "\n".join(row.text for row in rows)
    starts, at = [], 0
    for row in rows:
        starts.append(at)
        at += len(row.text) + 1
    found = []
    for reading in dates.find(text, order):
        number = max(i for i, start in enumerate(starts) if start <= reading.start)
        if "\n" not in reading.text and _plausible(reading):
            moved = _within(reading, starts[number])
            found.append(_Found(moved, rows[number], _points(rows, number, moved)))
    return found


def _within(reading: dates.DateReading, offset: int) -> dates.DateReading:
    return dates.DateReading(
        reading.value,
        reading.alternatives,
        reading.start - offset,
        reading.end - offset,
        reading.text,
        reading.confidence,
        reading.order,
    )


def _plausible(reading: dates.DateReading) -> bool:
    values = [value for value in (reading.value, *reading.alternatives) if value]
    return any("1990" <= value[:4] <= "2049" for value in values)


def _points(rows: Sequence[Row], number: int, reading: dates.DateReading) -> float:
    row = rows[number]
    before = roles(row.text[: reading.start])
    above = roles(rows[number - 1].text) if number else frozenset()
    points = 1.0
    if "date" in before or ("number" in before and _NUMBER_OF.search(row.text[: reading.start])):
        points += 2.0
    elif "date" in above and "date" not in before:
        points += 1.0
    if "other_date" in before or ("other_date" in roles(row.text) and "date" not in before):
        points -= 3.0
    elif "other_date" in above and "date" not in before:
        points -= 1.0
    if _TIME.search(row.text) or _STUCK.search(row.text):
        points += 1.0
    if re.search(r"\s(?:-|to|bis|au|al|until|–)\s*$", row.text[: reading.start].lower()):
        points -= 1.0
    return points


def _likely(reading: dates.DateReading, order: dates.Order | None) -> str:
    """The value, or the reading that fits the country best where it is open; day first where nothing is known."""
    if reading.value:
        return reading.value
    return reading.alternatives[-1 if order is dates.Order.MDY else 0]


def _weight(group: Sequence[_Found]) -> float:
    return max(each.points for each in group) + 0.5 * min(len(group) - 1, 2)


def _day(value: str, group: Sequence[_Found], rivals: Sequence[Sequence[_Found]]) -> Day:
    best = max(group, key=lambda each: (each.reading.confidence, each.points))
    confidence = best.reading.confidence
    lead = min((_weight(group) - _weight(other) for other in rivals), default=3.0)
    if lead < 0.5:
        confidence = min(confidence, 0.70)
    elif lead < 1.0 and len(group) < 2:
        confidence = min(confidence, 0.86)
    if _weight(group) < 0:
        confidence = min(confidence, 0.60)
    glyphs = best.row.confidence_of(best.reading.start, best.reading.end)
    if len(group) < 2:
        confidence = min(confidence, max(glyphs, 0.5))
    return Day(
        value,
        confidence,
        best.row,
        best.reading.start,
        best.reading.end,
        tuple(other for other in best.reading.alternatives if other != value),
        len(group) > 1,
    )


def time(rows: Sequence[Row], beside: Day | None) -> Time | None:
    """Return the time printed nearest to the day of the paper, within three rows; opening hours are no times."""
    best: tuple[float, Time] | None = None
    for row in rows:
        distance = abs(row.index - beside.row.index) if beside else 3
        if distance > 3 or (beside is None and "date" not in roles(row.text)):
            continue
        for pattern in (_TIME, _STUCK):
            for match in pattern.finditer(row.text):
                if re.match(r"\s?(?:-|–|bis|to)\s?\d", row.text[match.end() :]) or re.search(
                    r"\d\s?(?:-|–|bis|to)\s?$", row.text[: match.start()]
                ):
                    continue
                found = Time(_clock(match), row, match.start(), match.end())
                rank = distance + 0.001 * row.index
                if best is None or rank < best[0]:
                    best = rank, found
    return best[1] if best else None


def _clock(match: re.Match[str]) -> str:
    hour = int(match["hour"])
    half = (match.groupdict().get("half") or "").lower()
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    return f"{hour:02d}:{match['minute']}" + (f":{match['second']}" if match["second"] else "")
