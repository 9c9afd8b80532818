"""From the bytes of one file to records: open, recognise, read with the reader its kind names.

The one entry that runs inside a confined child (`toolkit.confine`); knows no case, no key and no catalogue.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from typing import get_args

from toolkit import open_changes, pages, piles, receipts_apart
from toolkit.errors import UnknownNameError
from toolkit.kind import Family, kinds
from toolkit.language_fields import of_any_paper
from toolkit.model import Record
from toolkit.pages import Opened
from toolkit.parted import documents
from toolkit.piles import NamedCut
from toolkit.readers import Reading
from toolkit.readers.money import lots
from toolkit.recognise import Recognised, recognise

Reader = Callable[[Opened, Recognised], Reading]

_UNKNOWN = "This file is of no kind we know. Look at it, and name its kind or ask the employee what it is."


def read_bytes(data: bytes, media_type: str, kind: str = "", cut: NamedCut = ()) -> list[Record]:
    """Read the documents in one file of a media type that `toolkit.receive.inspect` named, in their order.

    A document of no known kind gives a record of kind `unknown` with no fields and a warning. A *kind* that a person
    named is not doubted, and neither is a *cut*: the documents of the file by numbers of pages, each page in exactly
    one. Raises InputError subclasses for a file that cannot be opened, a page that *cut* loses or doubles, and for a
    kind nobody knows.
    """
    files = lots.separated(pages.open_bytes(data, media_type))
    return [
        _record(part, taken, tuple(page.rotation for page in file.pages))
        for file in files
        for part, taken in parts(file, kind, cut)
    ]


def parts(file: Opened, kind: str = "", cut: NamedCut = ()) -> list[tuple[Opened, Recognised]]:
    """Return the documents of one opened *file*, each with what it is taken for; *kind* and *cut* as in `read_bytes`.

    A file of one document comes back as it is. The documents of several keep the numbers of their pages in the file.
    """
    if cut:
        named = [(whole, _as_named(found, kind) if kind else found) for whole, found in piles.documents(file, cut)]
        # What lies beside one another on one sheet is no question of pages.
        return piles.number_all([each for whole, found in named for each in _on_sheets(whole, found)])
    piled = [(file, _recognised(file, kind))] if kind else piles.documents(file)
    return piles.number_all(
        [
            each
            for whole, found in piled
            for part, taken in documents(whole, found)
            for each in receipts_apart.documents(part, taken)
        ]
    )


def _on_sheets(whole: Opened, found: Recognised) -> list[tuple[Opened, Recognised]]:
    """Take apart what lies on one sheet; the pages of a document that a person named stay together."""
    if len(whole.sheets) > 1:
        return [(whole, found)]
    return [each for part, taken in documents(whole, found) for each in receipts_apart.documents(part, taken)]


def record_of(opened: Opened, kind: str = "") -> Record:
    """Recognise (unless a person named the *kind*) and read one opened document, the first of those in the file."""
    return _record(opened, _recognised(opened, kind))


def _recognised(opened: Opened, kind: str) -> Recognised:
    found = recognise(opened)
    return _as_named(found, kind) if kind else found


def _record(opened: Opened, found: Recognised, turns: tuple[int, ...] = ()) -> Record:
    """Read one document; *turns* are those of all pages of its file, where it is not all of it."""
    turns = turns or tuple(page.rotation for page in opened.pages)
    of_any = of_any_paper([page for page in opened.pages if page.number in found.pages], found.kind)
    if found.kind is None:
        return Record(found.name, found.confidence, found.pages, of_any, (), (_UNKNOWN, *opened.notes), turns=turns)
    reading = open_changes.read(reader(found.kind.reader), opened, found)
    got = {field.name for field in reading.fields}
    marks = tuple(mark for mark in (*(found.form.fields() if found.form else ()), *of_any) if mark.name not in got)
    missing = tuple(
        f"{name.replace('_', ' ')}: not found; look at the document. In the vault, `mobility correct` enters it."
        for name in found.kind.expects
        if name not in got
    )
    return Record(
        found.name,
        found.confidence,
        found.pages,
        (*reading.fields, *marks),
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
