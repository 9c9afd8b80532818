"""What is not agreed yet is not vouched for: a reading weighed against the reading of the text before its open changes.

A Word file whose changes are tracked says two things, so it is read twice. A value that both readings give stays as
sure as it is; a value that hangs on an open change, or on a date that changes by itself, is below 0.90, and the other
reading stands in `rejected`. Knows no kind of document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from toolkit.model import SURE, Field
from toolkit.pages import Opened
from toolkit.readers import Reading
from toolkit.recognise import Recognised

#: What a value that hangs on an open change may have at most.
OPEN = 0.80
_OPEN_FIELDS = "hangs on an open change or on a date that changes by itself"


def read(reader: Callable[[Opened, Recognised], Reading], opened: Opened, found: Recognised) -> Reading:
    """Return what *reader* reads from *opened*, weighed against what it reads before the open changes, if any are."""
    reading = reader(opened, found)
    if opened.before is None:
        return reading
    # Without the insertions there may be fewer pages, without the deletions more.
    whole = len(found.pages) == len(opened.sheets)
    pages = tuple(page.number for page in opened.before.pages) if whole else found.pages
    return weighed(reading, reader(opened.before, replace(found, pages=pages)))


def weighed(reading: Reading, before: Reading) -> Reading:
    """Return *reading* with every field unsure that *before*, the reading of the text without its changes, lacks.

    Values that only *before* gives stand in `rejected`, unsure: whoever rejects the changes gets them.
    """
    fields = tuple(
        field if _said(field, before.fields) else replace(field, confidence=min(field.confidence, OPEN))
        for field in reading.fields
    )
    others = tuple(_lost(reading, before))
    names = sorted({each.name for each in (*_dropped(reading.fields, fields), *others)})
    warnings = tuple(f"{name.replace('_', ' ')}: {_OPEN_FIELDS}; see both readings" for name in names)
    return Reading(fields, (*reading.rejected, *others), (*reading.warnings, *warnings))


def _said(field: Field, others: Sequence[Field]) -> bool:
    return any((each.name, each.value, each.currency) == (field.name, field.value, field.currency) for each in others)


def _lost(reading: Reading, before: Reading) -> Iterator[Field]:
    for field in before.fields:
        if not _said(field, reading.fields) and not _said(field, reading.rejected):
            # The page and place are those of another text; only the value can be shown.
            source = replace(field.source, page=None, box=None)
            yield replace(field, confidence=min(field.confidence, OPEN), source=source)


def _dropped(one: Sequence[Field], other: Sequence[Field]) -> Iterator[Field]:
    yield from (after for before, after in zip(one, other, strict=True) if before.confidence >= SURE > after.confidence)
