"""From the bytes of one file to records: open, recognise, read with the reader its kind names.

The one entry that runs inside a confined child (`toolkit.confine`); knows no case, no key and no catalogue.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from typing import get_args

from toolkit import pages, receipts_apart
from toolkit.errors import UnknownNameError
from toolkit.kind import Family, kinds
from toolkit.model import Record
from toolkit.pages import Opened
from toolkit.parted import documents
from toolkit.readers import Reading
from toolkit.readers.money import lots
from toolkit.recognise import Recognised, recognise

Reader = Callable[[Opened, Recognised], Reading]

_UNKNOWN = "This file is of no kind we know. Look at it, and name its kind or ask the employee what it is."


def read_bytes(data: bytes, media_type: str, kind: str = "") -> list[Record]:
    """Read the documents in one file of a media type that `toolkit.receive.inspect` named, in their order.

    A document of no known kind gives a record of kind `unknown` with no fields and a warning. A *kind* that a person
    named is not doubted. Raises InputError subclasses for a file that cannot be opened, and for a kind nobody knows.
    """
    files = lots.separated(pages.open_bytes(data, media_type))
    return [
        _record(part, taken)
        for file in files
        for whole, found in documents(file, _recognised(file, kind))
        for part, taken in receipts_apart.documents(whole, found)
    ]


def record_of(opened: Opened, kind: str = "") -> Record:
    """Recognise (unless a person named the *kind*) and read one opened document, the first of those in the file."""
    return _record(opened, _recognised(opened, kind))


def _recognised(opened: Opened, kind: str) -> Recognised:
    found = recognise(opened)
    return _as_named(found, kind) if kind else found


def _record(opened: Opened, found: Recognised) -> Record:
    turns = tuple(page.rotation for page in opened.pages)
    if found.kind is None:
        return Record(found.name, found.confidence, found.pages, (), (), (_UNKNOWN, *opened.notes), turns=turns)
    reading = reader(found.kind.reader)(opened, found)
    got = {field.name for field in reading.fields}
    missing = tuple(
        f"{name.replace('_', ' ')}: not found; look at the document. In the vault, `mobility correct` enters it."
        for name in found.kind.expects
        if name not in got
    )
    return Record(
        found.name,
        found.confidence,
        found.pages,
        reading.fields,
        reading.rejected,
        (*reading.warnings, *missing, *opened.notes),
        turns=turns,
    )


def _as_named(found: Recognised, name: str) -> Recognised:
    if name not in kinds():
        raise UnknownNameError(f"There is no kind called {name[:40]}.", remedy=f"There are: {', '.join(kinds())}.")
    return replace(found, kind=kinds()[name], name=name, confidence=1.0)


def reader(family: Family) -> Reader:
    """Return the `read` function of a family; only the families that a kind can name are ever imported."""
    if family not in get_args(Family):
        raise ValueError(family)
    module = importlib.import_module(f"toolkit.readers.{family}")
    read: Reader = module.read
    return read
