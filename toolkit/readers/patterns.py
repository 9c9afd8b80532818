"""The reader for every kind whose fields plain patterns can say: labels, cells and sentences from its `kind.toml`.

Nothing is read that the definition does not name. A value found twice alike, by two patterns, is vouched for; different
values leave the first one unsure and the others for the reviewer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce

from toolkit.fields.dates import Order
from toolkit.kind import FieldPattern
from toolkit.model import SURE, Box, Field, Page, Proof, Source
from toolkit.pages import Opened
from toolkit.readers import Reading
from toolkit.readers.choices import answered
from toolkit.readers.dateline import with_dateline
from toolkit.readers.lengths import with_months
from toolkit.readers.matching import Grid, by_labels, by_sentences, date_order, grids, label_set
from toolkit.readers.prose import Prose, prose
from toolkit.recognise import Recognised

#: Doubt of a value that another pattern contradicts.
_CONTRADICTED = 0.80
_RIVALS = 3


def read(opened: Opened, found: Recognised) -> Reading:
    """Read the fields that the kind's definition describes; one that is not there is left out."""
    if found.kind is None:
        return Reading()
    pages = [page for page in opened.pages if page.number in found.pages]
    text = prose(pages)
    reading = with_months(read_pages(pages, found.kind.fields), found.kind.fields)
    return answered(found.name, with_dateline(reading, found.kind.fields, text), text)


def read_pages(pages: Sequence[Page], patterns: Mapping[str, FieldPattern]) -> Reading:
    """Read the fields of *patterns* from *pages*."""
    text, grid = prose(pages), grids(pages)
    order = date_order(text.text) if any(pattern.type == "date" for pattern in patterns.values()) else None
    read_fields: dict[str, Field] = {}
    rejected: list[Field] = []
    for name in patterns:
        ranked = list(candidates(name, patterns, text, grid, order))
        if ranked:
            read_fields[name], rivals = settle(ranked)
            rejected += rivals
    parts = {part for pattern in patterns.values() for part in pattern.join}
    for name, pattern in patterns.items():
        joined = [read_fields[part] for part in pattern.join if part in read_fields]
        if pattern.join and len(joined) == len(pattern.join):
            read_fields[name] = _joined(name, joined)
    fields = tuple(field for name, field in read_fields.items() if name not in parts)
    return Reading(fields, tuple(field for field in rejected if field.name not in parts))


def candidates(
    name: str,
    patterns: Mapping[str, FieldPattern],
    text: Prose,
    grid: Sequence[Grid],
    order: Order | None,
) -> Iterator[Field]:
    """Yield every reading of field *name*: by sentences first, then by labels, each in the order of the definition."""
    yield from (field for field, _ in by_sentences(name, patterns[name], text, order))
    yield from labelled(name, patterns, grid, order)


def labelled(
    name: str, patterns: Mapping[str, FieldPattern], grid: Sequence[Grid], order: Order | None = None
) -> Iterator[Field]:
    """Yield every reading of field *name* by its labels."""
    others = label_set(patterns)
    for rows in grid:
        yield from by_labels(name, patterns[name], rows, others, order)


def settle(ranked: Sequence[Field]) -> tuple[Field, list[Field]]:
    """Return the reading that stands and its rivals: the first of the most trusted, its trust by what agrees."""
    best = max(ranked, key=lambda field: field.confidence)
    alike = [field for field in ranked if field.value == best.value]
    others: dict[object, Field] = {}
    for field in ranked:
        if field.value != best.value:
            others.setdefault(field.value, field)
    confidence = best.confidence
    if len(alike) > 1 and not others:
        confidence = min(0.97, confidence + 0.03)
    elif any(field.confidence >= SURE for field in others.values()):
        confidence = min(confidence, _CONTRADICTED)
    return replace(best, confidence=round(confidence, 3)), list(others.values())[:_RIVALS]


def _joined(name: str, parts: Sequence[Field]) -> Field:
    value = " ".join(part.value for part in parts if isinstance(part.value, str))
    boxes = [part.source.box for part in parts if part.source.box is not None]
    first = parts[0].source
    box = reduce(lambda one, other: Box.around([one, other]), boxes) if boxes else None
    source = Source("", first.page, box, first.method)
    return Field(name, value, min(part.confidence for part in parts), source, Proof.NONE)
