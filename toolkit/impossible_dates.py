"""Days and times on a paper that cannot be: in the future, on another weekday, past midnight, before their tax rate.

Knows pages and fields; a slip of the eye (or of OCR) looks the same as a changed figure, so all of it is a hint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

import msgspec

from toolkit import definitions
from toolkit.fields import dates
from toolkit.fields.calendar_words import WEEKDAYS, fold
from toolkit.layout import lines
from toolkit.model import Field
from toolkit.pages import Opened

#: The day may already be tomorrow where the paper was printed.
_AHEAD = timedelta(days=1)
#: Rates are announced, and charged on what is paid in advance.
_ANNOUNCED = timedelta(days=180)
#: Pages and lines that are searched.
_PAGES, _LINES = 5, 400
#: Abbreviations of two letters are words of other languages too; a mark behind them makes them a weekday.
_BEFORE = re.compile(r"(?<![^\W\d_])([^\W\d_]{3,}(?:-feira)?|[^\W\d_]{2}(?=[.,]))[.,]{0,2}\s{0,2}$")
_AFTER = re.compile(r"^\s{0,2}[,(]?\s?([^\W\d_]{3,}(?:-feira)?)(?![^\W\d_])")
_ASIAN_AFTER = re.compile(
    r"^\s?[(（]?(?:星期|周|週|曜)?([月火水木金土日월화수목금토일一二三四五六天])(?:曜日|요일)?(?![日月])"
)
_ASIAN = {letter: at for row in ("月火水木金土日", "월화수목금토일") for at, letter in enumerate(row)}
_CHINESE = {letter: at for at, letter in enumerate("一二三四五六日")} | {"天": 6}
_CLOCK = re.compile(r"^[ ,T]{0,3}([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?(?![\d:])")
#: Tills of late hours count on to 29 o'clock in Japan.
_LATEST = 30


class InForce(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `rates_in_force.toml`: by country and rate, since when."""

    since: Mapping[str, Mapping[str, date]]


@cache
def _since() -> Mapping[str, Mapping[Decimal, date]]:
    path = Path(__file__).parent / "kinds" / "receipt" / "rates_in_force.toml"
    loaded = definitions.load(path, InForce).since
    return {country: {Decimal(rate): day for rate, day in rates.items()} for country, rates in loaded.items()}


def impossible(opened: Opened, fields: Sequence[Field], today: date) -> tuple[str, ...]:
    """Return a sentence for every impossibility round the paper's own date; none without a date that is vouched for."""
    day = next((field for field in fields if field.name == "date" and field.sure), None)
    if day is None or not isinstance(day.value, str):
        return ()
    try:
        on = date.fromisoformat(day.value)
    except ValueError:
        return ()
    found = [*_future(on, today), *_rate(on, fields)]
    if "xml" not in opened.media_type:
        found += _beside(opened, on)
    return tuple(dict.fromkeys(found))


def _future(on: date, today: date) -> Iterator[str]:
    if on > today + _AHEAD:
        yield (
            "date: the paper is dated after today. It was read or typed wrong, dated ahead, or changed; "
            "compare it with the booking or the bank statement."
        )


def _rate(on: date, fields: Sequence[Field]) -> Iterator[str]:
    number = next((str(field.value) for field in fields if field.name == "merchant_tax_id"), "")
    country = {"EL": "GR", "CHE": "CH"}.get(number[: 3 if number.startswith("CHE") else 2], number[:2])
    if not re.match(r"[A-Z]{2,3}[-. ]?[0-9]", number) or country not in _since():
        return
    taxes = next((field.value for field in fields if field.name == "tax_lines"), ())
    rates = [row.get("rate", "") for row in taxes if isinstance(row, Mapping)]
    for rate in filter(None, map(_decimal, rates)):
        since = _since()[country].get(rate)
        if since is not None and on < since - _ANNOUNCED:
            yield (
                f"date: tax of {rate.normalize():f} % has been charged in {country} since {since:%Y-%m}, and the paper "
                "is dated well before. The date or the rate was read wrong or changed; look at both."
            )


def _decimal(written: str) -> Decimal | None:
    try:
        return Decimal(written)
    except InvalidOperation:
        return None


def _beside(opened: Opened, on: date) -> Iterator[str]:
    iso = on.isoformat()
    for page in opened.pages[:_PAGES]:
        for line in lines(page)[:_LINES]:
            for reading in dates.find(line.text):
                if reading.value != iso:
                    continue
                before, after = line.text[: reading.start], line.text[reading.end :]
                weekday = _weekday(before, after)
                if weekday is not None and weekday != on.weekday():
                    yield (
                        f"date: the weekday printed beside it (page {page.number}) does not fit the day. One of them "
                        "was read wrong or changed; look at the paper, and ask for the original."
                    )
                if _past_midnight(after):
                    yield (
                        f"time: the time printed beside the date (page {page.number}) does not exist. It was read "
                        "wrong or changed; look at the paper."
                    )


def _weekday(before: str, after: str) -> int | None:
    """The weekday named right before or right behind a date, as `date.weekday()` counts; None where none is."""
    found = _BEFORE.search(fold(before))
    if found and found[1] in WEEKDAYS:
        return WEEKDAYS[found[1]]
    behind = _ASIAN_AFTER.match(after)
    if behind:
        chinese = re.match(r"\s?[(（]?(?:星期|周|週)", after)
        return (_CHINESE if chinese or behind[1] not in _ASIAN else _ASIAN).get(behind[1])
    found = _AFTER.match(fold(after))
    return WEEKDAYS.get(found[1]) if found else None


def _past_midnight(after: str) -> bool:
    found = _CLOCK.match(after)
    return found is not None and (int(found[1]) >= _LATEST or int(found[2]) > 59 or int(found[3] or 0) > 60)
