"""Pages of a file taken out as a file of their own. Runs in a confined child: the file is a stranger's."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
from PIL import Image, ImageSequence, UnidentifiedImageError

from toolkit.errors import InputError, UnreadableError

_REMEDY = "Ask for its documents as single files."


def extracted(data: bytes, media_type: str, parts: Sequence[Sequence[int]]) -> list[bytes]:
    """Return one file of the same type for each of *parts* (page numbers from 1, in the order they shall stand).

    Pages are copied as they are, with their text and their resolution; what belongs to the whole file (attachments,
    outlines, scripts, signatures) stays with it. The same pages of the same file give the same bytes.

    Raises InputError for a page that is not there or another type of file, UnreadableError for a broken one.
    """
    if media_type == "application/pdf":
        return _of_pdf(data, parts)
    if media_type == "image/tiff":
        return _of_tiff(data, parts)
    raise InputError("A file of this type is one document.", remedy=_REMEDY)


def page_count(data: bytes, media_type: str) -> int:
    """Return how many pages a PDF or TIFF has, 1 for any other file. Raises UnreadableError."""
    try:
        if media_type == "application/pdf":
            with pikepdf.open(io.BytesIO(data)) as whole:
                return len(whole.pages)
        if media_type == "image/tiff":
            with Image.open(io.BytesIO(data)) as picture:
                return int(getattr(picture, "n_frames", 1))
    except (pikepdf.PdfError, UnidentifiedImageError, OSError) as broken:
        raise UnreadableError("The pages of this file cannot be counted.", remedy=_REMEDY) from broken
    return 1


def _of_pdf(data: bytes, parts: Sequence[Sequence[int]]) -> list[bytes]:
    made = []
    try:
        with pikepdf.open(io.BytesIO(data)) as whole:
            for part in parts:
                with pikepdf.new() as alone:
                    alone.pages.extend(whole.pages[_checked(number, len(whole.pages)) - 1] for number in part)
                    out = io.BytesIO()
                    alone.save(out, deterministic_id=True)
                made.append(out.getvalue())
    except pikepdf.PdfError as broken:
        raise UnreadableError("The pages of this PDF cannot be taken apart.", remedy=_REMEDY) from broken
    return made


def _of_tiff(data: bytes, parts: Sequence[Sequence[int]]) -> list[bytes]:
    try:
        with Image.open(io.BytesIO(data)) as whole:
            frames = [frame.copy() for frame in ImageSequence.Iterator(whole)]
    except (UnidentifiedImageError, OSError) as broken:
        raise UnreadableError("The pages of this picture cannot be taken apart.", remedy=_REMEDY) from broken
    made = []
    for part in parts:
        first, *others = (frames[_checked(number, len(frames)) - 1] for number in part)
        out = io.BytesIO()
        first.save(out, format="TIFF", save_all=True, append_images=others, compression="tiff_deflate")
        made.append(out.getvalue())
    return made


def _checked(number: int, count: int) -> int:
    if not 1 <= number <= count:
        raise InputError(f"The file has no page {number}.", remedy=f"It has {count}.")
    return number
