"""What a PDF tells of its own past: earlier versions that are still in the file, and programs that edit pages.

A program that saves a PDF "incrementally" writes its changes behind the old file (ISO 32000-1, 7.5.6); the old one is
still there, and can be compared. Signing, filling in a form, a note in the margin or an attachment is saved so as well
and changes no figure on a page, so what the pages say is compared, and nothing else.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pikepdf
import pypdfium2

#: Pages whose figures are compared.
_PAGES = 20
#: Characters of one page that are compared.
_CHARACTERS = 60_000
#: Versions that are tried for the first one that opens.
_VERSIONS = 4
#: A linearised file has a first part of its own, whose cross-references begin at 0 (ISO 32000-1, annex F).
_ENDS = re.compile(rb"startxref\s{1,4}([0-9]{1,12})\s{1,4}%%EOF")
_FIGURE = re.compile(r"[0-9][0-9.,'/:-]*[0-9]|[0-9]")
#: An amount or a date, as far as its form goes: what a stamp with a serial number has not.
_TELLING = re.compile(r"[0-9][.,][0-9]{2}$|^[0-9]{1,4}([./-])[0-9]{1,2}\1[0-9]{1,4}$")
#: Programs made to change what a page shows, by what they call themselves as producer or creator.
_EDITORS = re.compile(
    r"pdfescape|sejda|ilovepdf|smallpdf|pdffiller|dochub|pdf-?xchange (?:editor|viewer)|phantompdf|"
    r"foxit (?:pdf )?editor|nitro pro|pdfelement|soda pdf|pdf candy|master pdf editor|infix|inkscape|photoshop|gimp|"
    r"libreoffice draw|openoffice draw",
    re.IGNORECASE,
)
_LATER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """How a page differs from the version of the file that was there first, which ends after `bytes` bytes."""

    page: int
    gone: int
    added: int
    bytes: int


def changes(data: bytes) -> tuple[Change, ...]:
    """Return the pages on which amounts or dates differ from the first version in the file; none without versions.

    `gone` counts figures that stood on the page and no longer do, `added` amounts and dates that did not.
    """
    ends = [found.end() for found in _ENDS.finditer(data) if int(found[1])]
    if len(ends) < 2:
        return ()
    now = _figures(data)
    before, end = next(((made, end) for end in ends[:-1][:_VERSIONS] if (made := _figures(data[:end]))), ([], 0))
    if not before or not now:
        return ()
    # Figures that moved to another page are neither gone nor added.
    all_before, all_now = sum(before, Counter[str]()), sum(now, Counter[str]())
    lost, new = all_before - all_now, all_now - all_before
    return tuple(_changes(before, now, lost, new, end))


def _changes(
    before: Sequence[Counter[str]], now: Sequence[Counter[str]], lost: Counter[str], new: Counter[str], end: int
) -> Iterator[Change]:
    nothing: Counter[str] = Counter()
    # A page that was put behind the others changes none of them.
    for number, old in enumerate(before):
        present = now[number] if number < len(now) else nothing
        gone = sum(1 for each in (old - present) & lost if _TELLING.search(each))
        added = sum(1 for each in (present - old) & new if _TELLING.search(each))
        if gone or added:
            yield Change(number + 1, gone, added, end)


def _figures(data: bytes) -> list[Counter[str]]:
    """The figures of each page; nothing for a version that cannot be opened."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return []
    found = []
    for number in range(min(len(document), _PAGES)):
        try:
            layer = document[number].get_textpage()
        except pypdfium2.PdfiumError:
            return []
        text = layer.get_text_range(count=min(layer.count_chars(), _CHARACTERS)) if layer.count_chars() else ""
        found.append(Counter(_FIGURE.findall(text)))
        layer.close()
    document.close()
    return found


@dataclass(frozen=True, slots=True)
class Origin:
    """What a PDF says of its making: `editor` names a program made to change pages, if it came out of one; `rewritten`
    tells that another program than made it saved it, a day or more later.
    """

    editor: str = ""
    rewritten: bool = False


def origin(data: bytes) -> Origin:
    """Return what the file's own information says; nothing for a file that cannot be opened."""
    told = _information(data)
    # "LibreOffice 7.0" made it, and "Draw" was the part that did.
    named = " ".join((told.producer.split(" ")[0], told.creator)) if told.creator == "Draw" else ""
    found = _EDITORS.search(f"{named} / {told.producer} / {told.creator} / {told.tool}")
    later = told.made is not None and told.changed is not None and told.changed - told.made >= _LATER
    other = bool(told.producer and told.first_producer and _name(told.producer) != _name(told.first_producer))
    return Origin(found[0] if found else "", later and other)


@dataclass(frozen=True, slots=True)
class _Information:
    producer: str = ""
    creator: str = ""
    #: What the metadata stream says of the same: an editor often writes one of the two anew.
    first_producer: str = ""
    tool: str = ""
    made: datetime | None = None
    changed: datetime | None = None


def _information(data: bytes) -> _Information:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            told = {name: str(value)[:200] for name, value in pdf.docinfo.items()} if "/Info" in pdf.trailer else {}
            with pdf.open_metadata() as packet:
                first, tool = (str(packet.get(name) or "")[:200] for name in ("pdf:Producer", "xmp:CreatorTool"))
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, RuntimeError, TypeError, LookupError, OSError):
        return _Information()
    return _Information(
        told.get("/Producer", ""),
        told.get("/Creator", ""),
        first,
        tool,
        _moment(told.get("/CreationDate", "")),
        _moment(told.get("/ModDate", "")),
    )


def _moment(written: str) -> datetime | None:
    digits = re.match(r"D:([0-9]{14})", written)
    try:
        return datetime.strptime(digits[1], "%Y%m%d%H%M%S") if digits else None
    except ValueError:
        return None


def _name(producer: str) -> str:
    """The first word of a program's name: versions and sub-programs of one maker are one."""
    return re.sub(r"[^a-z]", "", (producer.lower().split() or [""])[0])
