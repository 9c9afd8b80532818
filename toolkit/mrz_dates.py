"""Dates of machine-readable zones: six characters, YYMMDD, and the one rule by which the century is found. Pure.

**The rule.** A zone prints two digits of a year (ICAO Doc 9303-3, 4.8), so a century has to be added, and nothing in
the zone says which.

* An *expiry* is the date of that day, month and two-digit year within fifty years of today: later than fifty years
  ago, at most fifty years ahead. There is exactly one such year.
* A *birth* is the latest such date that is neither after today nor after the expiry.

So a birth is never in the future and never after the document has expired. What the rule cannot tell apart is a person
of a hundred years and more from a child: it reads the child. A full year that is printed elsewhere on the document
settles it (`centuries` gives the candidates). An unknown part of a date of birth is filled with `<` (Doc 9303-3, 3.8
and 4.8); some issuers print 00 there. It is left off: "1974-08" is August 1974, "1974" some day of 1974, "" no date.
A day that the calendar does not have (31 April, 29 February of a common year) is no date in that century, and the rule
goes on to the century before.
"""

from __future__ import annotations

from datetime import date

#: Half a century: how far an expiry may lie from today.
_REACH = 50
_UNKNOWN = ("<<", "00")
#: What stands in the place of an expiry where a document has none.
_NO_EXPIRY = ("000000", "999999")


def birth(encoded: str, *, today: date, expiry: str = "") -> str:
    """Return a date of birth as ISO 8601 by the rule above, unknown parts left off; empty if it is no date.

    *expiry* is the expiry as `expiry` returns it, or empty. Never later than *today* or *expiry*.
    """
    latest = min(today.isoformat(), expiry or "9999")
    return next((born for born in centuries(encoded, today=today) if born <= latest), "")


def expiry(encoded: str, *, today: date) -> str:
    """Return an expiry as ISO 8601 by the rule above; empty if it is no date, or stands for none at all."""
    if encoded in _NO_EXPIRY:
        return ""
    near = (value for value in centuries(encoded, today=today) if -_REACH < int(value[:4]) - today.year <= _REACH)
    return next(near, "")


def centuries(encoded: str, *, today: date) -> tuple[str, ...]:
    """Return the dates *encoded* can stand for, latest first, from the next century back to the last but one."""
    now = today.year // 100
    return tuple(value for century in (now + 1, now, now - 1, now - 2) if (value := _iso(encoded, century)))


def encoded(iso: str) -> str:
    """Return an ISO 8601 date, perhaps shortened, as a zone prints it; fillers stand for what is unknown."""
    return iso[2:].replace("-", "").ljust(6, "<") if iso else ""


def _iso(encoded: str, century: int) -> str:
    year, month, day = encoded[:2], encoded[2:4], encoded[4:6]
    if len(encoded) != 6 or not _is_number(year):
        return ""
    full = f"{century:02d}{year}"
    if month in _UNKNOWN:
        return full if day in _UNKNOWN else ""
    if day in _UNKNOWN:
        return f"{full}-{month}" if _is_number(month) and 1 <= int(month) <= 12 else ""
    if not (_is_number(month) and _is_number(day)):
        return ""
    try:
        return date(int(full), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
