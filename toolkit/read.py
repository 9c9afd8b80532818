"""From the bytes of one file to records: open, recognise, read with the reader its kind names.

The one entry that runs inside a confined child (`toolkit.confine`); knows no case, no key and no catalogue.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import get_args

from toolkit import pages
from toolkit.model import Record
from toolkit.pages import Opened
from toolkit.readers import Reading
from toolkit.recognise import Family, Recognised, recognise

Reader = Callable[[Opened, Recognised], Reading]

_UNKNOWN = "This file is of no kind we know. Look at it, and name its kind or ask the employee what it is."


def read_bytes(data: bytes, media_type: str) -> list[Record]:
    """Read the documents in one file of a media type that `toolkit.receive.inspect` named, in their order.

    A document of no known kind gives a record of kind `unknown` with no fields and a warning; raises InputError
    subclasses for a file that cannot be opened.
    """
    return [record_of(pages.open_bytes(data, media_type))]


def record_of(opened: Opened) -> Record:
    """Recognise and read one opened document."""
    found = recognise(opened)
    if found.kind is None:
        return Record(found.name, found.confidence, found.pages, (), (), (_UNKNOWN,))
    reading = reader(found.kind.reader)(opened, found)
    got = {field.name for field in reading.fields}
    missing = tuple(
        f"{name.replace('_', ' ')}: not found; look at the document and enter it by hand."
        for name in found.kind.expects
        if name not in got
    )
    return Record(
        found.name, found.confidence, found.pages, reading.fields, reading.rejected, (*reading.warnings, *missing)
    )


def reader(family: Family) -> Reader:
    """Return the `read` function of a family; only the families that a kind can name are ever imported."""
    if family not in get_args(Family):
        raise ValueError(family)
    module = importlib.import_module(f"toolkit.readers.{family}")
    read: Reader = module.read
    return read
