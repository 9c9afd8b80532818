"""Photos of one long receipt that are documents of their own, read together: what is read, and from which photo.

Runs in a confined child; knows no vault and no catalogue.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import pikepdf

from toolkit import pages, tampering
from toolkit.errors import InputError
from toolkit.joined import join
from toolkit.kind import UNKNOWN
from toolkit.model import Field, Record
from toolkit.pages import Opened
from toolkit.read import record_of

#: How sure a value can be where the photos may be of two receipts, or rows between them be missing.
_DOUBTED = 0.85
#: The kinds that are printed on paper without an end.
_LONG = ("receipt", "invoice")


def read_photos(data: Sequence[bytes], media_types: Sequence[str], kind: str = "") -> list[Record]:
    """Read pictures and PDFs in *data*, of the media types that `toolkit.receive.inspect` named, as one paper.

    The first record is the paper's, on pages 1, 2 ... in the order found. One for each of *data* follows, without
    fields: its `pages` are the pages of the paper that its own pages have become, its `turns` are its own. Raises
    InputError subclasses, which name the photo by its number, and those of `toolkit.joined.join`.
    """
    files = zip(data, media_types, strict=True)
    photos = [_opened(number, each, media_type) for number, (each, media_type) in enumerate(files, start=1)]
    whole, seamless = join(photos)
    record = record_of(whole, kind)
    if record.kind not in (*_LONG, UNKNOWN):
        raise InputError(f"The photos look like a {record.kind}, which is not joined.", remedy="Read them one by one.")
    if not seamless:
        record = replace(record, fields=tuple(map(_doubted, record.fields)))
    # The pages of the paper are new, their pictures are those of the photos.
    pictures = [id(sheet.image) for sheet in whole.sheets]
    parts = [
        Record(
            record.kind,
            record.kind_confidence,
            tuple(1 + pictures.index(id(sheet.image)) for sheet in photo.sheets),
            (),
            turns=tuple(page.rotation for page in photo.pages),
        )
        for photo in photos
    ]
    return [replace(record, warnings=(*record.warnings, *_hints(photos))), *parts]


def bound(pdfs: Sequence[bytes]) -> bytes:
    """Return the pages of all *pdfs* as one PDF; the same pages give the same bytes."""
    made = pikepdf.new()
    sources = [pikepdf.open(io.BytesIO(each)) for each in pdfs]
    for source in sources:
        made.pages.extend(source.pages)
    out = io.BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def _opened(number: int, data: bytes, media_type: str) -> Opened:
    try:
        return pages.open_bytes(data, media_type)
    except InputError as problem:
        raise type(problem)(f"Photo {number}: {problem.message}", remedy=problem.remedy) from problem


def _doubted(known: Field) -> Field:
    return replace(known, confidence=min(known.confidence, _DOUBTED))


def _hints(photos: Sequence[Opened]) -> Iterator[str]:
    """What about each file suggests a change; of the joined paper only the print is left to look at."""
    for number, photo in enumerate(photos, start=1):
        yield from (f"Photo {number}: {hint}" for hint in tampering.hints(photo, (), today=date.today()))
