"""Draws a page with the boxes of the fields read from it, and beside it what each says and what proves it.

The page comes as bare pixels from a confined child (`toolkit.facsimile`); nothing that a stranger drew is decoded here.
Typst sets everything else on clear ground, and both are laid over each other. A point of typst has two pixels.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from toolkit import callouts, phrasing, typeset
from toolkit.arrival import Arrival
from toolkit.callouts import Print, Rectangle
from toolkit.catalog import Catalog
from toolkit.confine import Child
from toolkit.errors import InputError
from toolkit.facsimile import Facsimile
from toolkit.kind import kinds
from toolkit.model import SURE, Box, Field, Record, State
from toolkit.plain_words import READ_BY, Standing, because, cleared, lines, losing, percent, some, spoken, standing
from toolkit.typeset import Data
from vault import Vault

#: Between the edge of the sheet and the picture of the page, and around what stands beside it; in pixels.
MARGIN = 48
_PANEL = 860
_PPI = 144.0
#: What a person can take in at a glance; `--json` has everything.
_MOST_FIELDS, _MOST_LINES, _MOST_LOST = 90, 12, 3
#: Lines of the panel for all fields, at about 26 pixels a line; a field takes five beside its value.
_ROOM, _LINES_EACH, _LETTERS = 420, 5, 60
#: Difference of neighbouring grey values that counts as print; textures of paper and tables stay below.
_EDGE = 40
_GROUND = (236, 238, 243)
#: Okabe and Ito's colours, which differ for every kind of colour vision; unsure is dashed as well.
COLOURS: Mapping[Standing, tuple[int, int, int]] = {
    Standing.PROVED: (0, 114, 178),
    Standing.SURE: (0, 158, 115),
    Standing.UNSURE: (213, 94, 0),
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A file with what was read from it. `document` is its id in the vault and `case` where it lies; both may be ""."""

    data: bytes = field(repr=False)
    media_type: str
    record: Record
    document: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of a sheet. `number` is the one in the picture, or 0 where the field has no place on this page."""

    number: int
    field: Field


@dataclass(frozen=True, slots=True)
class Depiction:
    """One sheet as PNG. `frame` is where the page lies on it: left, top, width, height in pixels."""

    page: int
    pages: int
    frame: tuple[int, int, int, int]
    shown: tuple[Shown, ...]
    png: bytes = field(repr=False)


def of_file(child: Child, data: bytes, name: str) -> list[Paper]:
    """Read the documents in a file without a vault. Raises InputError, also for archives: they have no pages."""
    arrival: Arrival = child.call("toolkit.receive:inspect", data, name, 0, result=Arrival)
    if arrival.members:
        raise InputError(
            "It is an archive or a mail, and has no pages of its own.",
            remedy="Unpack it and show the files in it, or take it in with mobility intake.",
        )
    records = child.call("toolkit.read:read_bytes", data, arrival.media_type, result=list[Record])
    return [Paper(data, arrival.media_type, record) for record in records]


def of_vault(vault: Vault, catalog: Catalog, id: str) -> list[Paper]:
    """Return document *id* with what was read from it when it was taken in, once for every paper that it holds.

    Raises UnknownNameError, and InputError with the next step for a document that nothing was read from.
    """
    document = catalog.document(id)
    if document.state is State.QUARANTINED:
        again = f"mobility settle {id} --retry reads it again; mobility case original {id} hands it out."
        why = document.next_step or document.reason
        raise InputError(
            f"Document {id} is in quarantine, and nothing was read from it.", remedy=f"{why} {again}".strip()
        )
    record = catalog.record(id)
    if record is None and document.duplicate_of:
        raise InputError(
            f"Document {id} is a copy of {document.duplicate_of}.", remedy=f"mobility show {document.duplicate_of}"
        )
    if record is None:
        inside = ", ".join(member.id for member in catalog.members(id))
        raise InputError(
            f"Nothing was read from document {id}.",
            remedy=f"Show a paper in it: {inside}." if inside else f"mobility settle {id} --retry reads it again.",
        )
    data = vault.compartment(document.case).get(document.sha256_sealed)
    if not data:
        raise InputError(f"Document {id} holds nothing.", remedy=document.reason)
    read = [each for each in catalog.records(document.case) if each.document == id]
    return [Paper(data, document.media_type, each, id, document.case) for each in read]


def pages_with_fields(record: Record) -> list[int]:
    """Return the pages that fields were read on, in order; where there are none, the document's first page."""
    found = sorted({each.source.page for each in record.fields if each.source.page})
    return found or [min(record.pages, default=1)]


def depict(child: Child, paper: Paper, number: int) -> Depiction:
    """Draw page *number* of *paper*. Raises InputError for a page that is not there or cannot be drawn."""
    record = paper.record
    page: Facsimile = child.call(
        "toolkit.pages.facsimile:facsimile", paper.data, paper.media_type, number, record.turns, result=Facsimile
    )
    page = page.checked(number)
    shown = _shown(record, number)
    listed = _listed(shown)
    data: Data = {
        "width": (page.width + _PANEL + 4 * MARGIN) / 2,
        "margin": MARGIN / 2,
        "picture": {"left": MARGIN / 2, "top": MARGIN / 2, "width": page.width / 2, "height": page.height / 2},
        "badge_height": callouts.HEIGHT / 2,
        "badge_gap": callouts.APART / 2,
        "colours": {each.value: "#{:02x}{:02x}{:02x}".format(*colour) for each, colour in COLOURS.items()},
        "sure": percent(SURE),
        "words": _words(page),
        "text_only": not page.pixels,
        "boxes": _boxes(listed, page),
        "title": kinds()[record.kind].title.partition(" (")[0] if record.kind in kinds() else "No known kind",
        "subtitle": _subtitle(paper, page),
        **_panel(record, listed, number),
        "more": len(shown) - len(listed),
    }
    return Depiction(
        number,
        page.count,
        (MARGIN, MARGIN, page.width, page.height),
        shown,
        _laid_over(typeset.picture("show/sheet.typ", data, ppi=_PPI), page),
    )


def _shown(record: Record, number: int) -> tuple[Shown, ...]:
    """Return the fields of page *number* in reading order, numbered, then those without a place on any page."""
    boxed, unboxed = [], []
    for each in record.fields:
        box = _inside(each.source.box)
        if each.source.page == number and box is not None:
            boxed.append((box, each))
        elif each.source.page in (number, None):
            unboxed.append(each)
    numbered = [Shown(at, each) for at, each in enumerate(_in_reading_order(boxed), 1)]
    return (*numbered, *(Shown(0, each) for each in unboxed))


def _listed(shown: Sequence[Shown]) -> Sequence[Shown]:
    """Return as many as a sheet has room for: a stranger's file must not make a sheet of any height."""
    left = _ROOM
    for at, each in enumerate(shown):
        left -= _LINES_EACH + sum(1 + len(line) // _LETTERS for line in lines(each.field.value))
        if left < 0 or at == _MOST_FIELDS:
            return shown[:at]
    return shown


def _in_reading_order(boxed: Sequence[tuple[Box, Field]]) -> list[Field]:
    """Return the fields row by row, and in a row from the left; rows of a photo are not quite level."""
    rows: list[list[tuple[Box, Field]]] = []
    for pair in sorted(boxed, key=lambda pair: pair[0].middle):
        if rows and pair[0].middle < min(box.bottom for box, _ in rows[-1]):
            rows[-1].append(pair)
        else:
            rows.append([pair])
    return [each for row in rows for _, each in sorted(row, key=lambda pair: pair[0].left)]


def _inside(box: Box | None) -> Box | None:
    """Return the part of *box* that lies on the page; None where there is none."""
    if box is None or not all(map(math.isfinite, (box.left, box.top, box.right, box.bottom))):
        return None
    cut = Box(*(min(1.0, max(0.0, side)) for side in (box.left, box.top, box.right, box.bottom)))
    return cut if cut.width > 0 and cut.height > 0 else None


def _boxes(shown: Sequence[Shown], page: Facsimile) -> list[Data]:
    """Return one frame for all fields that share a place, with its badges and where they stand, in points."""
    groups: dict[Rectangle, list[Shown]] = {}
    for each in shown:
        box = _inside(each.field.source.box)
        if each.number and box is not None:
            across = round(box.left * page.width), round(box.right * page.width)
            down = round(box.top * page.height), round(box.bottom * page.height)
            groups.setdefault(Rectangle(across[0], down[0], across[1], down[1]), []).append(each)
    reach = MARGIN - 6.0
    room = Rectangle(-reach, -reach, page.width + reach, page.height + reach)
    numbers = [[each.number for each in group] for group in groups.values()]
    places = callouts.placed(list(groups), numbers, room, _print(page))
    return [
        {
            "left": place.left / 2,
            "top": place.top / 2,
            "width": (place.right - place.left) / 2,
            "height": (place.bottom - place.top) / 2,
            # One frame inside the other where fields of one place are believed differently.
            "standings": [each.value for each in Standing if each in {standing(one.field) for one in group}],
            "badges": [_badge(each) for each in group],
            "badge_left": callout.place.left / 2,
            "badge_top": callout.place.top / 2,
            "leader": [end / 2 for end in callout.leader] if callout.leader else None,
        }
        for (place, group), callout in zip(groups.items(), places, strict=True)
    ]


def _badge(each: Shown) -> dict[str, Data]:
    width = callouts.width(each.number) / 2
    return {"number": each.number, "standing": standing(each.field).value, "width": width}


def _print(page: Facsimile) -> Print:
    """Return how many pixels of print lie in a rectangle of the page: sharp edges, or places where words stand."""
    import numpy as np

    edges = np.zeros((page.height, page.width), dtype=bool)
    if page.pixels:
        grey = np.frombuffer(page.pixels, np.uint8).reshape(page.height, page.width, 3).mean(axis=2)
        edges[:, 1:] = np.abs(np.diff(grey, axis=1)) > _EDGE
        edges[1:] |= np.abs(np.diff(grey, axis=0)) > _EDGE
    for word in page.words:
        box = _inside(word.box) or Box(0, 0, 0, 0)
        across = slice(int(box.left * page.width), int(box.right * page.width))
        edges[int(box.top * page.height) : int(box.bottom * page.height), across] = True
    sums = np.zeros((page.height + 1, page.width + 1), dtype=np.int64)
    sums[1:, 1:] = edges.cumsum(axis=0).cumsum(axis=1)

    def inside(place: Rectangle) -> float:
        left, right = (int(min(max(x, 0), page.width)) for x in (place.left, place.right))
        top, bottom = (int(min(max(y, 0), page.height)) for y in (place.top, place.bottom))
        return float(sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left])

    return inside


def _words(page: Facsimile) -> list[Data]:
    made: list[Data] = []
    for word in page.words:
        box = _inside(word.box)
        if box is not None and word.text:
            left, top, high = box.left * page.width / 2, box.top * page.height / 2, box.height * page.height / 2
            letter = box.width * page.width / 2 / len(word.text)
            text = phrasing.printable(word.text)
            made.append({"text": text, "left": left, "top": top, "height": high, "letter": letter})
    return made


def _subtitle(paper: Paper, page: Facsimile) -> str:
    document = f"Document {paper.document}" if paper.document else ""
    known = paper.record.kind in kinds()
    kind = f"kind recognised: {percent(paper.record.kind_confidence)}" if known else ""
    return ", ".join(part for part in (document, f"page {page.number} of {page.count}", kind) if part)


def _panel(record: Record, shown: Sequence[Shown], number: int) -> dict[str, Data]:
    lost: dict[str, list[Field]] = {}
    for each in record.rejected:
        lost.setdefault(each.name, []).append(each)
    here = {each.field.name for each in shown}
    elsewhere = [each for each in record.fields if each.source.page not in (number, None)]
    left = [f"{spoken(name)}: {losing(each)}" for name, group in lost.items() if name not in here for each in group]
    return {
        "numbered": [_entry(each, lost.get(each.field.name, ()), record) for each in shown if each.number],
        "unplaced": [_entry(each, lost.get(each.field.name, ()), record) for each in shown if not each.number],
        "elsewhere": [f"{spoken(each.name)} (page {each.source.page})" for each in elsewhere[:_MOST_FIELDS]],
        "lost": [*some(left, _MOST_LINES)],
        "warnings": [*some([cleared(text) for text in record.warnings], _MOST_LINES)],
    }


def _entry(each: Shown, lost: Sequence[Field], record: Record) -> Data:
    value = each.field
    read_by = READ_BY[value.source.method]
    return {
        **_badge(each),
        "name": spoken(value.name),
        "value": [*lines(value.value, value.currency)],
        "percent": percent(value.confidence),
        "read_by": read_by[0].upper() + read_by[1:],
        "because": because(value, record),
        "lost": [*some([f"not taken: {losing(other)}" for other in lost], _MOST_LOST)],
    }


def _laid_over(sheet: bytes, page: Facsimile) -> bytes:
    """Lay the typeset *sheet* over the picture of the page, and return both as PNG."""
    from PIL import Image

    with Image.open(io.BytesIO(sheet), formats=("PNG",)) as opened:
        above = opened.convert("RGBA")
    ground = Image.new("RGBA", above.size, "white")
    ground.paste(_GROUND, (0, 0, 2 * MARGIN + page.width, above.height))
    place = (MARGIN, MARGIN, MARGIN + page.width, MARGIN + page.height)
    if page.pixels:
        ground.paste(Image.frombytes("RGB", (page.width, page.height), page.pixels), place)
    else:
        ground.paste((255, 255, 255), place)
    ground.alpha_composite(above)
    made = io.BytesIO()
    ground.convert("RGB").save(made, "PNG")
    return made.getvalue()
