"""The page of a paper with a red frame round what was wrong with it, for its owner alone, as a small JPEG."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from toolkit.asking import Draw, Picture
from toolkit.confine import Child
from toolkit.dossier import Dossier
from toolkit.errors import InputError
from toolkit.facsimile import Facsimile
from toolkit.model import Box, Document, Field, Person
from toolkit.owed import Item
from toolkit.owed_reasons import Cause
from vault import Vault

#: Enough to see what a page says without being a copy to work with.
_HIGH, _QUALITY = 900, 80
_RED, _THICK, _ROUND = (200, 16, 16), 4, 6


def pictures(vault: Vault, child: Child, known: Dossier, owner: Person) -> Draw:
    """Return what draws an item of *owner* by *child*; the ledger keeps every page that was shown.

    Only a page of a paper that is filed as the owner's own is drawn; a page that cannot be drawn gives no picture.
    """

    def draw(item: Item) -> Picture | None:
        for document, field in _places(item, known, owner):
            page = _page(vault, child, known, document, field.source.page or 1)
            if page is not None:
                return framed(page, _boxes(item, document, page.number))
        return None

    return draw


def framed(page: Facsimile, boxes: Sequence[Box]) -> Picture | None:
    """Return *page* made smaller, with a frame round each of *boxes*; None for a paper that has no look of its own."""
    from PIL import Image, ImageDraw

    if not page.pixels:
        return None
    picture = Image.frombytes("RGB", (page.width, page.height), page.pixels)
    picture.thumbnail((_HIGH, _HIGH))
    wide, high = picture.size
    pen = ImageDraw.Draw(picture)
    for box in boxes:
        left, right = (round(min(1.0, max(0.0, side)) * wide) for side in (box.left, box.right))
        top, bottom = (round(min(1.0, max(0.0, side)) * high) for side in (box.top, box.bottom))
        pen.rectangle((left - _ROUND, top - _ROUND, right + _ROUND, bottom + _ROUND), outline=_RED, width=_THICK)
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=_QUALITY)
    return Picture(made.getvalue(), page.number, wide, high, bool(boxes))


def _places(item: Item, known: Dossier, owner: Person) -> Iterator[tuple[Document, Field]]:
    """Yield the readings that speak against *item*, with the owner's own documents they stand in, framed ones first."""
    own = {document.id: document for document in known.documents if known.case.person(document.person) == owner}
    found = [each for reason in item.reasons if reason.cause is not Cause.MISSING for each in reason.evidence]
    for each in sorted(found, key=lambda each: each.source.box is None):
        if each.source.document in own:
            yield own[each.source.document], each


def _boxes(item: Item, document: Document, page: int) -> list[Box]:
    places = [each.source for reason in item.reasons for each in reason.evidence]
    here = [place.box for place in places if place.document == document.id and (place.page or 1) == page]
    return list(dict.fromkeys(box for box in here if box is not None))


def _page(vault: Vault, child: Child, known: Dossier, document: Document, number: int) -> Facsimile | None:
    record = known.record(document.id)
    data = vault.compartment(document.case).get(document.sha256_sealed)
    if not data:
        return None
    turns = record.turns if record is not None else ()
    try:
        page: Facsimile = child.call(
            "toolkit.pages.facsimile:facsimile", data, document.media_type, number, turns, result=Facsimile
        )
        page = page.checked(number)
    except InputError:
        # The message goes out all the same, and names the page.
        return None
    vault.ledger.append("document.shown", document=document.id, case=document.case)
    return page
