"""Hints that a paper may have been changed after it was made. Findings in plain words, never a refusal.

Every hint has an innocent reading too, so each says what was seen, and what to do. Knows files, pages and fields.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date

from PIL import Image, UnidentifiedImageError

from toolkit import sniff
from toolkit.compression_break import broken_at
from toolkit.impossible_dates import impossible
from toolkit.model import Field, Method
from toolkit.pages import Opened
from toolkit.pasted_print import oddities
from toolkit.pdf_history import changes, origin

#: Hints of one sort that are named one by one.
_NAMED = 3
_ORIENTATION = 274  # EXIF


def hints(opened: Opened, fields: Sequence[Field], *, today: date) -> tuple[str, ...]:
    """Return what about the file or the paper suggests a change, in words for a specialist; never raises.

    *fields* are those read from it. A PDF's earlier versions and its print are compared, a JPEG's digits with one
    another; of every paper the date is held against the day *today*, its weekday and its tax rates.
    """
    found = list(impossible(opened, fields, today))
    if opened.media_type == sniff.PDF:
        found += [*_history(opened), *_print(opened)]
    elif opened.media_type == "image/jpeg":
        found += _picture(opened)
    return tuple(found)


def _history(opened: Opened) -> Iterator[str]:
    own = {page.number for page in opened.pages}
    for change in [each for each in changes(opened.data) if each.page in own][:_NAMED]:
        what = "amounts or dates of the first version are gone" if change.gone else "amounts or dates were added"
        yield (
            f"page {change.page}: the PDF was changed after it was made, and {what}. The first version is still in the "
            f"file (its first {change.bytes} bytes); compare the two, or ask the supplier for the original."
        )
    made = origin(opened.data)
    if made.editor:
        yield (
            f"origin: the PDF was saved by {made.editor}, a program that changes pages. Ask for the file as the "
            "supplier sent it, if the amounts matter."
        )
    elif made.rewritten:
        yield (
            "origin: the PDF was saved a day or more after it was made, by another program. Ask for the file as the "
            "supplier sent it, if the amounts matter."
        )


def _print(opened: Opened) -> Iterator[str]:
    read = {page.number for page in opened.pages if page.method is Method.TEXT_LAYER}
    if not read:
        return
    found = [each for each in oddities(opened.data) if each.page in read]
    for each in found[:_NAMED]:
        yield (
            f"page {each.page}, {each.down:.0%} down: a figure was set into the page apart from what stands round it: "
            f"{each.what}. Look at it there, and ask the supplier for the original."
        )
    if len(found) > _NAMED:
        yield f"{len(found) - _NAMED} more figures were set into the pages apart from what stands round them."


def _picture(opened: Opened) -> Iterator[str]:
    if not opened.sheets or not _blocks_lie_even(opened):
        return
    sheet = opened.sheets[0]
    where = broken_at(sheet.image, sheet.page)
    if where is not None:
        yield (
            f"picture, {where.middle:.0%} down: a digit there was compressed another way than all others on the paper, "
            "as one that was pasted in is. Look at it, and ask for the photo as it was taken, or for the paper."
        )


def _blocks_lie_even(opened: Opened) -> bool:
    """Tell whether the blocks of the JPEG begin at the upright picture's corner, however it was turned."""
    height, width = opened.sheets[0].image.shape[:2]
    try:
        with Image.open(io.BytesIO(opened.data)) as stored:
            # A very large picture is taken in at half its size, where its blocks are none of eight pixels.
            whole = sorted(stored.size) == sorted((width, height))
            turned = stored.getexif().get(_ORIENTATION, 1) not in (0, 1)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    untouched = not turned and opened.sheets[0].page.rotation == 0
    return whole and (untouched or (height % 8 == 0 and width % 8 == 0))
