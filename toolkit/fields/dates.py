"""Dates in running text: every customary way of writing one, and honest doubt where day and month could be swapped.

A reading is settled only by evidence: a day above twelve, the name of the month, the weekday beside it, another date
of the same text, or the order the caller knows to hold (from the country). Nothing is ever settled by a default.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from toolkit.fields.calendar_words import CARDINALS, MONTHS, ORDINALS, WEEKDAYS, fold, year_in_words

#: Years a document of ours can speak of; `1811` in `18/03/1811:23` is an hour that lost its space, not a year.
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
#: Two-digit years up to this one are of this century.
_PIVOT = 69

_PLAIN, _SLIPPED, _SOFT, _OPEN, _DENIED = 0.97, 0.80, 0.85, 0.5, 0.70
#: Tills that print the year first and in two digits: of `26/03/04` the year is not this far back.
_TILLS_SINCE, _TILLS_UNTIL = 2010, 2049


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
_VARIES = frozenset({"CAN", "PHL", "ZAF", "KEN", "GHA", "TGO", "PAN", "SAU", "HKG", "IRN", "AFG", "NPL", "BTN"})


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

_DAY = rf"(?:(?<![\d.,/oil])(?P<day>[0-3]?\d)(?!\d)|(?<![a-z])(?P<day_word>{_DAY_WORD})(?![a-z]))"
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

_WEEKDAY_BEFORE = re.compile(rf"(?<![a-z])({_WEEKDAY})[.,]?\s*(?:,|the|den|le)?\s*$")
_WEEKDAY_AFTER = re.compile(rf"\s*[,(]?\s*({_WEEKDAY})(?![a-z])")

_D = "[0-9oil]"
_NUMERIC_DMY = re.compile(
    rf"(?<![0-9a-z])(?<!\d[./-])(?P<one>{_D}{{1,2}})(?P<joint>\s?[-/.]{{1,2}}\s?|\s)(?P<two>{_D}{{1,2}})(?:(?P=joint)|\s?[-/.]{{1,2}}\s?|(?<=[-/.]{_D}{_D})\s(?=20\d\d))"
    rf"(?P<year>(?:(?:19|20|2o|l9){_D}{{2}}|25[4-9]\d)(?=[^0-9]|$|[0-2]?\d[:.h][0-5]\d)(?!:\d)"
    rf"|{_D}{{2}}(?:(?![0-9a-z])(?!\s?[/.:-]\d(?!\d?:[0-5]\d))|(?=[0-2]\d:[0-5]\d)))"
)
_NUMERIC_YMD = re.compile(
    r"(?<![\d.,/-])(?P<year>(?:19|20)\d\d)(?P<joint>\s?[-/.]\s?)(?P<one>[01]?\d)(?:(?P=joint)|\s?[-/.]\s?)"
    r"(?P<two>[0-3]?\d)(?=[^\d]|$|[0-2]\d:[0-5]\d)(?![-/.]\d)"
)
#: Japan, China, Taiwan, Korea; with the year of an era, of the Republic (ROC) or of the common calendar.
_IDEOGRAPHIC = re.compile(
    r"(?:(?P<era>令和|平成|昭和|民國|民国)\s?)?(?<!\d)(?P<year>元|\d{1,4})\s?[年년]\s?(?P<one>\d{1,2})\s?[月월]\s?"
    r"(?P<two>\d{1,2})(?!\d)(?:\s?[日일号號])?"
)
#: `20260304`, `20260304 1205`, `20260304T120501`; `115/03/04` of the Republic; `R8.3.4` of Reiwa.
_COMPACT = re.compile(
    r"(?<![\w.,/-])(?P<year>20\d\d)(?P<one>0[1-9]|1[0-2])(?P<two>0[1-9]|[12]\d|3[01])"
    r"(?=$|[^\w.,/-]|[.,](?!\d)|t?[0-2]\d[0-5]\d(?:[0-5]\d)?(?!\w))"
)
_SHORT_ERA = re.compile(
    r"(?<![\w.,/-])(?:(?P<roc>民國\s?|民国\s?)?(?P<year>1[01]\d)|r\.?\s?(?P<reiwa>\d{1,2}))(?P<joint>[-/.])"
    r"(?P<one>\d{1,2})(?P=joint)(?P<two>\d{1,2})(?![\w/-]|[.,]\d)"
)
#: `Datum: 251108`: six digits are a date only behind its label, or before a time.
_SIX = re.compile(
    r"(?:(?<![a-z])(?:date|datum|dato|data|fecha|pvm|tarih|tarikh|日期|日付|일자)\W{0,4}|(?<![^\s])(?=\d{6}\s{1,3}[0-2]\d:[0-5]\d))(?P<one>\d\d)(?P<two>\d\d)(?P<year>\d\d)"
    r"(?![\w/-]|[.,:]\d)"
)
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}


def find(text: str, order: Order | None = None, *, till: bool = False) -> tuple[DateReading, ...]:
    """Return every date in *text*, in order of place; *order* is the one the caller has evidence for.

    *till* also takes the ways of tills that elsewhere would be numbers: `20260304`, a year of two digits first, short
    years of an era. Never raises. Dates that do not exist (31 June) are not reported. A date whose day and month could
    be swapped is settled by the weekday beside it, by *order*, or by the other dates of the text; else its value is
    None.
    """
    folded = fold(text)
    found: list[DateReading] = []
    taken: list[tuple[int, int]] = []
    for reading in _candidates(text, folded, order, till):
        at = bisect_left(taken, (reading.start, reading.end))
        if (at and taken[at - 1][1] > reading.start) or (at < len(taken) and taken[at][0] < reading.end):
            continue
        insort(taken, (reading.start, reading.end))
        found.append(_on_its_weekday(folded, reading))
    found = _settle_by_company(found)
    return tuple(sorted(found, key=lambda each: each.start))


def _candidates(text: str, folded: str, order: Order | None, till: bool) -> Iterator[DateReading]:
    for match in _IDEOGRAPHIC.finditer(folded):
        yield from _ideographic(text, match)
    for pattern in (_NAMED_DMY, _NAMED_MDY, _NAMED_YMD):
        for match in pattern.finditer(folded):
            yield from _named(text, match)
    for match in _NUMERIC_YMD.finditer(folded):
        value = _iso(int(match["year"]), int(match["one"]), int(match["two"]))
        if value:
            yield _reading(text, match, value, (), _PLAIN, Order.YMD)
    for match in _SHORT_ERA.finditer(folded) if till else ():
        year = 2018 + int(match["reiwa"]) if match["reiwa"] else 1911 + int(match["year"])
        value = _iso(year, int(match["one"]), int(match["two"]))
        if value:
            yield _reading(text, match, value, (), _PLAIN if match["roc"] else _SLIPPED, None)
    for match in _NUMERIC_DMY.finditer(folded):
        yield from _numeric(text, folded, match, order, till)
    for match in _COMPACT.finditer(folded) if till else ():
        value = _iso(int(match["year"]), int(match["one"]), int(match["two"]))
        if value:
            yield _reading(text, match, value, (), _SOFT, Order.YMD)
    for match in _SIX.finditer(folded) if till else ():
        yield from _six(text, match, order)


def _six(text: str, match: re.Match[str], order: Order | None) -> Iterator[DateReading]:
    """Six digits in whichever order gives a day that tills of today can print."""
    one, two, last = match["one"], match["two"], match["year"]
    ways = {Order.DMY: (last, two, one), Order.MDY: (last, one, two), Order.YMD: (one, two, last)}
    every = {way: _iso(_full_year(year), int(month), int(day)) for way, (year, month, day) in ways.items()}
    readings = {way: value for way, value in every.items() if value and _TILLS_SINCE <= int(value[:4]) <= _TILLS_UNTIL}
    if order in readings or len(readings) == 1:
        likely = order if order in readings else next(iter(readings))
        yield _settled(text, match, readings, likely, _SOFT)
    elif readings:
        yield _reading(text, match, None, tuple(dict.fromkeys(readings.values())), _OPEN, None)


def _ideographic(text: str, match: re.Match[str]) -> Iterator[DateReading]:
    """`令和8年3月4日`, `民國115年`, `2026年3月4日`; `08年` may be 2008 or of Reiwa."""
    number = 1 if match["year"] == "元" else int(match["year"])
    if match["era"]:
        years: tuple[int, ...] = (_ERAS[match["era"]] + number,)
    elif number >= 1000:
        years = (number,)
    elif number >= 100:
        years = (1911 + number,)
    else:
        years = (2000 + number, 2018 + number) if number < 20 else (2000 + number,)
    values = tuple(value for year in years if (value := _iso(year, int(match["one"]), int(match["two"]))))
    if len(values) == 1:
        yield _reading(text, match, values[0], (), _PLAIN if match["era"] or number >= 1000 else _SOFT, None)
    elif values:
        yield _reading(text, match, None, values, _OPEN, None)


def _named(text: str, match: re.Match[str]) -> Iterator[DateReading]:
    parts = match.groupdict()
    day = ORDINALS[parts["day_word"]] if parts.get("day_word") else int(parts["day"])
    written = parts["year"]
    year = _full_year(written) if written.strip("'").isdigit() else year_in_words(written)
    value = _iso(year or 0, MONTHS[parts["name"]], day)
    if value:
        yield _reading(text, match, value, (), _PLAIN if len(written) != 2 else 0.95, None)


def _numeric(text: str, folded: str, match: re.Match[str], order: Order | None, till: bool) -> Iterator[DateReading]:
    written = [_digits(match[name]) for name in ("one", "two", "year")]
    raw = match["one"] + match["two"] + match["year"]
    joint = match["joint"].strip()[:1]
    if sum(letter.isdigit() for letter in raw) < 4 or (not joint and len(match["year"]) == 2):
        return
    readings = _orders(written)
    if not readings:
        return
    trust = _PLAIN if raw.isdigit() and joint else _SLIPPED
    if written[2].startswith("25") and len(written[2]) == 4:
        # The Buddhist calendar, unless a digit was misread.
        trust = min(trust, _SOFT)
    doubted = _year_first(written, joint, readings, order, till)
    if doubted is not None:
        order, readings, ceiling = doubted
        if order is None:
            yield _reading(text, match, None, tuple(dict.fromkeys(readings.values())), _OPEN, None)
        else:
            yield _settled(text, match, readings, order, min(trust, ceiling))
        return
    values = dict.fromkeys(readings.values())
    if len(values) == 1:
        yield _reading(text, match, next(iter(values)), (), trust, _telling(readings))
        return
    weekday = _weekday_beside(folded, match.start(), match.end())
    by_weekday = [each for each, value in readings.items() if date.fromisoformat(value).weekday() == weekday]
    if len({readings[each] for each in by_weekday}) == 1:
        yield _settled(text, match, readings, by_weekday[0], trust)
    elif order in readings:
        yield _settled(text, match, readings, order, min(trust, 0.95))
    elif order is Order.YMD and Order.DMY in readings and re.search(r"/\d\d\s\d{4}$", match[0]):
        # `14/06 2025`: the Swedish way of writing a day in words.
        yield _settled(text, match, readings, Order.DMY, min(trust, 0.93))
    elif joint == "." and Order.DMY in readings:
        # Dotted dates are day first nearly everywhere, yet not by any rule: likely, not vouched for.
        yield _settled(text, match, readings, Order.DMY, min(trust, _SOFT))
    else:
        yield _reading(text, match, None, tuple(values), _OPEN, None)


def _year_first(
    written: Sequence[str], joint: str, readings: dict[Order, str], order: Order | None, till: bool
) -> tuple[Order | None, dict[Order, str], float] | None:
    """Weigh that `26-03-04` may begin with its year; None where that is no question.

    Returns the order to take (None: nobody can tell), all readings, and the most the reading can be trusted.
    """
    if not all(len(part) == 2 for part in written) or Order.YMD in readings:
        return None
    value = _iso(_full_year(written[0]), int(written[1]), int(written[2]))
    if value is None or value in readings.values():
        return None
    every = readings | {Order.YMD: value}
    alone = len(set(readings.values())) == 1
    if till and order is Order.YMD:
        return Order.YMD, every, 0.95
    old = max(int(each[:4]) for each in readings.values()) < _TILLS_SINCE <= int(value[:4])
    if till and old and (order is None or order not in readings):
        return None, every, _OPEN
    if joint == "-" and alone and (order is None or till):
        # `17-05-21` is also how Sweden or Lithuania write a day, and many a till elsewhere.
        return next(iter(readings)), every, _SOFT if order is None else 0.88
    if till and alone and order not in readings:
        return next(iter(readings)), every, _SOFT
    return None


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


def _on_its_weekday(folded: str, reading: DateReading) -> DateReading:
    """Doubt a reading that the weekday printed beside it contradicts: a digit was misread."""
    weekday = _weekday_beside(folded, reading.start, reading.end)
    if weekday is None or reading.value is None or date.fromisoformat(reading.value).weekday() == weekday:
        return reading
    return replace(reading, confidence=min(reading.confidence, _DENIED))


def _weekday_beside(folded: str, start: int, end: int) -> int | None:
    before = _WEEKDAY_BEFORE.search(folded[max(0, start - 20) : start])
    after = _WEEKDAY_AFTER.match(folded[end : end + 20])
    beside = before or after
    return WEEKDAYS[beside[1]] if beside else None


def _digits(written: str) -> str:
    return written.translate(str.maketrans("oil", "011"))


def _full_year(written: str) -> int:
    number = int(_digits(written.strip("'")))
    if number >= 100:
        return number - 543 if 2540 <= number < 2600 else number
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


@dataclass(frozen=True, slots=True)
class TripChoice:
    """Which reading of an open date a trip speaks for. `value` None: it speaks for none; `reason` says why."""

    value: str | None
    confidence: float
    reason: str


def within_trip(readings: Sequence[str], start: date, end: date, *, near: int = 7) -> TripChoice:
    """Choose among ISO *readings* of one date by the planned days *start* to *end* of the trip.

    A reading is chosen when it alone lies within the trip or one day beside it, and every other is more than *near*
    days away: a paper of the week before or after may well belong to the trip. Raises ValueError for a reading that is
    no ISO date, or an *end* before *start*.
    """
    if end < start:
        raise ValueError("the trip ends before it starts; pass its days in order")
    span = f"the trip of {start.isoformat()} to {end.isoformat()}"
    away = {each: _days_away(date.fromisoformat(each), start, end) for each in dict.fromkeys(readings)}
    inside = [each for each, days in away.items() if days <= 1]
    close = [each for each, days in away.items() if 1 < days <= near]
    if len(inside) != 1 or close:
        said = "both readings fit" if inside else "neither reading lies in"
        return TripChoice(None, _OPEN, f"{said} {span}")
    others = ", ".join(each for each in away if each != inside[0])
    against = f"; {others} does not" if others else ""
    return TripChoice(inside[0], 0.92, f"{inside[0]} lies in {span}{against}")


def _days_away(day: date, start: date, end: date) -> int:
    return max((start - day) // timedelta(days=1), (day - end) // timedelta(days=1), 0)
