"""The date that a letter or certificate carries at its head or foot, without a label: "Alephstadt, den 12.03.2026".

Knows where such lines stand; knows no kind of document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from toolkit.fields import dates
from toolkit.fields.dates import Order
from toolkit.kind import FieldPattern
from toolkit.model import Field
from toolkit.readers import Reading
from toolkit.readers.matching import date_order
from toolkit.readers.prose import Prose, Row

ISSUED = "issue_date"
#: A line with a place before the date is how letters are dated; a date alone may belong to something above it.
_PLACED, _ALONE, _SEVERAL = 0.92, 0.85, 0.60
#: So many lines at the head and at the foot of a page are looked at.
_HEAD, _FOOT = 9, 9
_PLACE = re.compile(
    r"[^\W\d_][\w.'-]*(?:[ -][^\W\d_][\w.'-]*){0,3}, ?(?:(?:den|dem|am|le|il|a|the|dnia|em|op|lì) ){0,2}"
)
_LEAD = re.compile(r"(?:(?:date|datum|fecha|data|den|am|le|il|dated):? ){0,2}", re.IGNORECASE)


def with_dateline(reading: Reading, patterns: Mapping[str, FieldPattern], text: Prose) -> Reading:
    """Return *reading* with the date of the paper's dateline, where the kind has an issue date and none was read."""
    known = {field.name: field for field in reading.fields}
    if ISSUED not in patterns or ISSUED in known:
        return reading
    taken = {field.value for field in reading.fields if field.name != ISSUED}
    order = date_order(text.text)
    found = [field for row in _looked_at(text.rows) for field in _dated(text, row, order) if field.value not in taken]
    if not found:
        return reading
    best = max(found, key=lambda field: field.confidence)
    others = {field.value: field for field in found if field.value != best.value}
    if any(field.confidence >= best.confidence for field in others.values()):
        best = replace(best, confidence=_SEVERAL)
    return replace(reading, fields=(*reading.fields, best), rejected=(*reading.rejected, *others.values()))


def _looked_at(rows: Sequence[Row]) -> Sequence[Row]:
    return rows if len(rows) <= _HEAD + _FOOT else [*rows[:_HEAD], *rows[-_FOOT:]]


def _dated(text: Prose, row: Row, order: Order | None) -> list[Field]:
    """The dates of the cells of *row* that hold a date and at most the place before it."""
    found = []
    begin = row.start
    for cell in text.row_text(row).split("\t"):
        placed = _PLACE.match(cell)
        lead = placed or _LEAD.match(cell)
        rest = cell[lead.end() if lead else 0 :]
        readings = dates.find(rest, order)
        if len(readings) == 1 and readings[0].value is not None:
            reading = readings[0]
            if not rest[: reading.start].strip() and not rest[reading.end :].strip(" .,"):
                start = begin + len(cell) - len(rest) + reading.start
                trust = min((_PLACED if placed else _ALONE) * min(1.0, reading.confidence / 0.95), 1.0)
                found.append(
                    text.field(ISSUED, reading.value or "", trust, (start, start + reading.end - reading.start))
                )
        begin += len(cell) + 1
    return found
