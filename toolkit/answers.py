"""What a parent believes of a confined child's answer: how large it may get in memory, and which values make sense.

The child may have been taken over. Types are checked by `toolkit.wire`; here is what types cannot say.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from toolkit import wire
from toolkit.arrival import Arrival, Member
from toolkit.model import Record

_KINDS = Path(__file__).resolve().parent / "kinds"
_UNKNOWN = "unknown"
#: Without files in it an answer is text and numbers: three hundred pages of words are below 30 MB.
_PLAIN_MB = 64
#: A value takes a byte on the wire and about 70 in memory. Three hundred full pages have under three million.
_VALUES = 4_000_000
_MOST_PAGES = 1_000_000
_LONGEST_NAME = 120


def largest_mb(kind: Any, with_files: int) -> int:
    """Return how many megabytes an answer of the type *kind* may have; *with_files* where it can hold bytes."""
    return with_files if _holds_bytes(kind) else min(_PLAIN_MB, with_files)


@cache
def _holds_bytes(kind: Any) -> bool:
    if kind in (bytes, Any, object):
        return True
    inside = get_type_hints(kind).values() if is_dataclass(kind) and isinstance(kind, type) else get_args(kind)
    return any(_holds_bytes(each) for each in inside)


def loads(data: bytes) -> Any:
    """Decode *data* as `wire.loads` does. Raises msgspec.DecodeError before memory is spent, where it would be much."""
    _measure(data)
    return wire.loads(data)


#: First byte -> bytes of the length that follows, by what the length counts.
_BINARY = {0xC4: 1, 0xC5: 2, 0xC6: 4}
_TEXT = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_EXTENSION = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_ITEMS = {0xDC: 2, 0xDD: 4}
_PAIRS = {0xDE: 2, 0xDF: 4}
_FIXED = {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
_FIXED |= {0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17}


def _measure(data: bytes) -> None:
    """Go over the heads of all MessagePack values, and refuse too many values or too much text."""
    at, values, text, end = 0, 1, 0, len(data)
    while at < end:
        head = data[at]
        at += 1
        if head < 0x80 or head >= 0xE0 or head in (0xC0, 0xC2, 0xC3):
            continue
        if head < 0xA0:
            values += (head & 15) * (2 if head < 0x90 else 1)
        elif head < 0xC0:
            at += head & 31
        elif head in _FIXED:
            at += _FIXED[head]
        else:
            at, count, letters = _length(data, head, at)
            values += count
            text += letters
        if values > _VALUES or text > _PLAIN_MB << 20:
            raise msgspec.DecodeError("an answer that would take too much memory")


def _length(data: bytes, head: int, at: int) -> tuple[int, int, int]:
    """Return where the next value begins, and how many values and letters this one holds."""
    for table, each in ((_BINARY, 0), (_TEXT, 0), (_EXTENSION, 0), (_ITEMS, 1), (_PAIRS, 2)):
        if head in table:
            after = at + table[head]
            length = int.from_bytes(data[at:after], "big")
            if each:
                return after, length * each, 0
            return after + length + (table is _EXTENSION), 0, 0 if table is _BINARY else length
    raise msgspec.DecodeError("no MessagePack")


def believed(value: Any) -> Any:
    """Return *value*; raise msgspec.ValidationError for records and arrivals that no reader of ours would give."""
    for each in value if isinstance(value, list | tuple) else (value,):
        if isinstance(each, Record):
            _expect(each.kind == _UNKNOWN or each.kind in _kinds(), "a kind that nobody knows")
            numbers = [
                each.kind_confidence,
                *each.turns,
                *(field.confidence for field in (*each.fields, *each.rejected)),
            ]
            _expect(all(map(math.isfinite, numbers)), "no number")
            _expect(_pages(each.pages), "no page")
            _expect(_pages(field.source.page or 0 for field in (*each.fields, *each.rejected)), "no page")
        if isinstance(each, Arrival):
            _expect(len(each.media_type) <= _LONGEST_NAME and each.media_type.isprintable(), "no media type")
            _expect(_pages((each.pages,)) and all(map(_named, each.members)), "no such arrival")
    return value


@cache
def _kinds() -> frozenset[str]:
    return frozenset(path.parent.name for path in _KINDS.glob("*/kind.toml"))


def _pages(numbers: Iterable[int]) -> bool:
    return all(0 <= number <= _MOST_PAGES for number in numbers)


def _named(member: Member) -> bool:
    """Whether the name is a last part only: it is shown to people, and becomes part of a place."""
    name = member.name
    return (
        0 < len(name) <= _LONGEST_NAME
        and name not in (".", "..")
        and not any(letter in "/\\" or unicodedata.category(letter)[0] == "C" for letter in name)
    )


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise msgspec.ValidationError(what)
