"""Dates in running text: every customary way of writing one, and honest doubt where day and month could be swapped.

A reading is settled only by evidence: a day above twelve, the name of the month, the weekday beside it, another date
of the same text, or the order the caller knows to hold (from the country). Nothing is ever settled by a default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from toolkit.fields.calendar_words import CARDINALS, MONTHS, ORDINALS, WEEKDAYS, fold, year_in_words

#: Years a document of ours can speak of; `1811` in `18/03/1811:23` is an hour that lost its space, not a year.
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
#: Two-digit years up to this one are of this century.
_PIVOT = 69

_PLAIN, _SLIPPED, _SOFT, _OPEN = 0.97, 0.80, 0.85, 0.5


class Order(StrEnum):
    """How a date of three numbers is written."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


@dataclass(frozen=True, slots=True)
class DateReading:
    """One date as written at `start`..`end`.

    `value` is ISO 8601, or None when the evidence does not settle it; then `alternatives` holds every reading. With a
    value, `alternatives` holds the readings that lost. `order` is how the numbers were taken, None for named months.
    """

    value: str | None
    alternatives: tuple[str, ...]
    start: int
    end: int
    text: str
    confidence: float
    order: Order | None = None

    def __repr__(self) -> str:
        return f"<DateReading {self.start}..{self.end} {self.confidence:.2f} {len(self.alternatives)} others>"


#: Countries (ICAO 9303 codes) whose customary order is not day, month, year, or is known to vary.
_MONTH_FIRST = frozenset({"USA", "FSM", "MHL", "PLW", "GUM", "PRI"})
_YEAR_FIRST = frozenset({"CHN", "JPN", "KOR", "TWN", "HUN", "LTU", "SWE", "MNG"})
_VARIES = frozenset({"CAN", "PHL", "ZAF", "KEN", "GHA", "TGO", "PAN", "SAU", "HKG", "IRN"})


def order_of(country: str) -> Order | None:
    """Return the order numbers are written in in *country* (ICAO code), None where it varies or no country is known."""
    if not country or country in _VARIES:
        return None
    if country in _MONTH_FIRST:
        return Order.MDY
    return Order.YMD if country in _YEAR_FIRST else Order.DMY


_NAME = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_DAY_WORD = "|".join(sorted(map(re.escape, ORDINALS), key=len, reverse=True))
_WEEKDAY = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_NUMBER_WORD = "|".join(sorted([*CARDINALS, "thousand", "and"], key=len, reverse=True))
_YEAR_WORDS = rf"(?:two\s+thousand|nineteen|twenty)(?:[\s,-]+(?:{_NUMBER_WORD})\b){{0,4}}"
# A year ends where no digit follows, or where a time of day follows whose space the OCR lost.
_YEAR_END = r"(?!:\d)(?=\D|$|\s?[0-2]?\d[:.h][0-5]\d(?!\d))"
_YEAR = rf"(?P<year>(?:19|20)\d\d{_YEAR_END}|'?\d\d(?:(?=[^\d.,/:]|[.,/]\D|[.,/]?$)|(?=[0-2]\d:[0-5]\d))|{_YEAR_WORDS})"
_FULL_YEAR = rf"(?P<year>(?:19|20)\d\d{_YEAR_END}|{_YEAR_WORDS})"
_JOIN = r"(?:\s?[-/.,]\s?|\s+|)"

_DAY = rf"(?:(?<![\d.,/])(?P<day>[0-3]?\d)(?!\d)|(?<![a-z])(?P<day_word>{_DAY_WORD})(?![a-z]))"
_ORDINAL = r"(?:\s?[_]*(?:st|nd|rd|th|er|re|a|o|º|ª|\.)(?![a-z]))?"
_OF = r"(?:\s+(?:day\s+of|of(?:\s+the\s+month\s+of)?|de|del|di|do|den)\s+)"
# Passports print the month in two languages: `12 MAR/MARS 2018`.
_TWICE = rf"(?:\s?/\s?(?:{_NAME})(?![a-z])\.?)?"
_NAMED_DMY = re.compile(
    rf"{_DAY}{_ORDINAL}(?:{_OF}|{_JOIN})(?P<name>{_NAME})(?![a-z])\.?{_TWICE}(?:\s+(?:de|del|of)\s+|{_JOIN}){_YEAR}"
)
_NAMED_MDY = re.compile(
    rf"(?<![a-z])(?P<name>{_NAME})(?![a-z])\.?\s?[-/.]?\s?{_DAY}{_ORDINAL}(?:\s*,\s*|\s+|\s?[-/]\s?){_FULL_YEAR}"
)
_NAMED_YMD = re.compile(
    rf"(?<!\d)(?P<year>(?:19|20)\d\d){_JOIN}(?P<name>{_NAME})(?![a-z])\.?{_JOIN}(?P<day>[0-3]?\d)(?!\d)(?P<day_word>\Z\A)?"
)

_D = "[0-9oil]"
_NUMERIC_DMY = re.compile(
    rf"(?<![0-9a-z])(?<!\d[./-])(?P<one>{_D}{{1,2}})(?P<joint>\s?[-/.]{{1,2}}\s?|\s)(?P<two>{_D}{{1,2}})(?:(?P=joint)|\s?[-/.]{{1,2}}\s?)"
    rf"(?P<year>(?:19|20|2o|l9){_D}{{2}}(?=[^0-9]|$|[0-2]?\d[:.h][0-5]\d)(?!:\d)|{_D}{{2}}(?:(?![0-9a-z])(?!\s?[/.:-]\d)|(?=[0-2]\d:[0-5]\d)))"
)
_NUMERIC_YMD = re.compile(
    r"(?<![\d.,/-])(?P<year>(?:19|20)\d\d)(?P<joint>\s?[-/.年]\s?)(?P<one>[01]?\d)(?:(?P=joint)|\s?[-/.月]\s?)"
    r"(?P<two>[0-3]?\d)(?=[^\d]|$|[0-2]\d:[0-5]\d)(?![-/.]\d)"
)


def find(text: str, order: Order | None = None) -> tuple[DateReading, ...]:
    """Return every date in *text*, in order of place; *order* is the one the caller has evidence for.

    Never raises. Dates that do not exist (31 June) are not reported. A date whose day and month could be swapped is
    settled by the weekday beside it, by *order*, or by the other dates of the text; else its value is None.
    """
    folded = fold(text)
    found: list[DateReading] = []
    taken: list[range] = []
    for reading in _candidates(text, folded, order):
        if not any(reading.start < span.stop and span.start < reading.end for span in taken):
            taken.append(range(reading.start, reading.end))
            found.append(reading)
    found = _settle_by_company(found)
    return tuple(sorted(found, key=lambda each: each.start))


def _candidates(text: str, folded: str, order: Order | None) -> Iterator[DateReading]:
    for pattern in (_NAMED_DMY, _NAMED_MDY, _NAMED_YMD):
        for match in pattern.finditer(folded):
            yield from _named(text, match)
    for match in _NUMERIC_YMD.finditer(folded):
        value = _iso(int(match["year"]), int(match["one"]), int(match["two"]))
        if value:
            yield _reading(text, match, value, (), _PLAIN, Order.YMD)
    for match in _NUMERIC_DMY.finditer(folded):
        yield from _numeric(text, folded, match, order)


def _named(text: str, match: re.Match[str]) -> Iterator[DateReading]:
    parts = match.groupdict()
    day = ORDINALS[parts["day_word"]] if parts.get("day_word") else int(parts["day"])
    written = parts["year"]
    year = _full_year(written) if written.strip("'").isdigit() else year_in_words(written)
    value = _iso(year or 0, MONTHS[parts["name"]], day)
    if value:
        yield _reading(text, match, value, (), _PLAIN if len(written) != 2 else 0.95, None)


def _numeric(text: str, folded: str, match: re.Match[str], order: Order | None) -> Iterator[DateReading]:
    written = [_digits(match[name]) for name in ("one", "two", "year")]
    raw = match["one"] + match["two"] + match["year"]
    joint = match["joint"].strip()[:1]
    if sum(letter.isdigit() for letter in raw) < 4 or (not joint and len(match["year"]) == 2):
        return
    readings = _orders(written)
    if not readings:
        return
    trust = _PLAIN if raw.isdigit() and joint else _SLIPPED
    year_first = _iso(_full_year(written[0]), int(written[1]), int(written[2]))
    if (
        joint == "-"
        and order is None
        and len(written[0]) == len(written[2]) == 2
        and year_first
        and len(readings) == 1
        and year_first not in readings.values()
    ):
        # `17-05-21` is also how Sweden or Lithuania write a day.
        yield _settled(text, match, readings | {Order.YMD: year_first}, next(iter(readings)), min(trust, _SOFT))
        return
    values = dict.fromkeys(readings.values())
    if len(values) == 1:
        yield _reading(text, match, next(iter(values)), (), trust, _telling(readings))
        return
    weekday = _weekday_beside(folded, match)
    by_weekday = [each for each, value in readings.items() if date.fromisoformat(value).weekday() == weekday]
    if len({readings[each] for each in by_weekday}) == 1:
        yield _settled(text, match, readings, by_weekday[0], trust)
    elif order in readings:
        yield _settled(text, match, readings, order, min(trust, 0.95))
    elif joint == "." and Order.DMY in readings:
        # Dotted dates are day first nearly everywhere, yet not by any rule: likely, not vouched for.
        yield _settled(text, match, readings, Order.DMY, min(trust, _SOFT))
    else:
        yield _reading(text, match, None, tuple(values), _OPEN, None)


def _orders(written: list[str]) -> dict[Order, str]:
    """Every order in which three numbers are a date; year first with two digits only when nothing else fits."""
    one, two, year = (int(part) for part in written)
    full = _full_year(written[2])
    values = {Order.DMY: _iso(full, two, one), Order.MDY: _iso(full, one, two)}
    if not any(values.values()) and len(written[2]) == 2 and len(written[0]) == 2:
        values = {Order.YMD: _iso(_full_year(written[0]), two, year)}
    return {order: value for order, value in values.items() if value}


def _telling(readings: dict[Order, str]) -> Order | None:
    return next(iter(readings)) if len(readings) == 1 else None


def _settled(text: str, match: re.Match[str], readings: dict[Order, str], order: Order, trust: float) -> DateReading:
    value = readings[order]
    return _reading(text, match, value, tuple({v for v in readings.values() if v != value}), trust, order)


def _settle_by_company(found: list[DateReading]) -> list[DateReading]:
    """Open readings follow the order that the telling dates of the same text agree on."""
    orders = {each.order for each in found if each.order and each.confidence == _PLAIN and not each.alternatives}
    if len(orders) != 1:
        return found
    (order,) = orders
    return [_follow(each, order) for each in found]


def _follow(reading: DateReading, order: Order) -> DateReading:
    if reading.value is None and order in (Order.DMY, Order.MDY):
        value, other = reading.alternatives if order is Order.DMY else reversed(reading.alternatives)
        return replace(reading, value=value, alternatives=(other,), confidence=0.92, order=order)
    if reading.order is order and reading.confidence == _SOFT:
        return replace(reading, confidence=0.92)
    return reading


def _weekday_beside(folded: str, match: re.Match[str]) -> int | None:
    before = re.search(
        rf"(?<![a-z])({_WEEKDAY})[.,]?\s*(?:,|the|den|le)?\s*$", folded[max(0, match.start() - 20) : match.start()]
    )
    after = re.match(rf"\s*[,(]?\s*({_WEEKDAY})(?![a-z])", folded[match.end() : match.end() + 20])
    beside = before or after
    return WEEKDAYS[beside[1]] if beside else None


def _digits(written: str) -> str:
    return written.translate(str.maketrans("oil", "011"))


def _full_year(written: str) -> int:
    number = int(_digits(written.strip("'")))
    if number >= 100:
        return number
    return number + (2000 if number <= _PIVOT else 1900)


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat() if _FIRST_YEAR <= year <= _LAST_YEAR else None
    except ValueError:
        return None


def _reading(
    text: str, match: re.Match[str], value: str | None, others: tuple[str, ...], confidence: float, order: Order | None
) -> DateReading:
    start, end = match.span()
    return DateReading(value, others, start, end, text[start:end], confidence, order)
