"""The original as an upright PDF that does nothing but be read, for packets. Pixels stay as they came where possible.

What goes to counsel and authorities must be the submitted page, not a drawing of it: JPEG data is embedded untouched
(without its EXIF notes, which tell where a photo was taken), and a turn is a page attribute.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

import pikepdf
from PIL import Image

from toolkit import sniff
from toolkit.arrival import Limits
from toolkit.errors import UnknownFormatError, UnreadableError
from toolkit.pages import active, pdf, picture, upright

_A4 = (595.28, 841.89)
_MARGIN = 28.35
#: EXIF orientation -> clockwise turn; the mirrored ones (2, 4, 5, 7) are redrawn instead.
_TURNS = {1: 0, 3: 180, 6: 90, 8: 270}
_ORIENTATION = 0x0112


def as_pdf(
    data: bytes,
    media_type: str,
    turns: Sequence[int] | None = None,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
) -> bytes:
    """Return the file as a PDF without active content, each page turned clockwise by `turns` (`Page.rotation`).

    Without *turns* they are found by reading the pages again. Raises UnknownFormatError for text and Word files, which
    have no pages until a word processor lays them out.
    """
    if media_type == sniff.PDF:
        return _from_pdf(data, turns, limits)
    if media_type in picture.MEDIA_TYPES:
        return _from_picture(data, turns, limits)
    raise UnknownFormatError(
        f"Files of type {media_type[:80]} have no pages of their own.",
        remedy="Convert it to PDF with a word processor.",
    )


def _from_pdf(data: bytes, turns: Sequence[int] | None, limits: Limits) -> bytes:
    if turns is None:
        turns = [page.rotation for page in pdf.opened(data, limits.pages).pages]
    try:
        with pikepdf.open(io.BytesIO(data)) as source:
            active.remove(source)
            for page, turn in zip(source.pages, turns, strict=False):
                if turn:
                    page.rotate(turn, relative=True)
            return _saved(source)
    except (*pdf.BROKEN, RecursionError):
        # PDFium showed its pages, so they can be drawn: a packet must not fail for a document that was read.
        return _drawn(data, turns, limits)


def _drawn(data: bytes, turns: Sequence[int], limits: Limits) -> bytes:
    made = pikepdf.new()
    for at, shown in enumerate(pdf.pictures(data, limits.pages)):
        # Pages beyond those that were read have no turn, and must not be lost for it.
        turn = turns[at] if at < len(turns) else 0
        content = io.BytesIO()
        Image.fromarray(shown).save(content, "JPEG", quality=90, subsampling=0)
        size = (shown.shape[1], shown.shape[0])
        image = _stream(made, content.getvalue(), size, pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode)
        _add_page(made, image, size, turn)
    return _saved(made)


def _saved(made: pikepdf.Pdf) -> bytes:
    if not made.pages:
        raise UnreadableError("The file has no page that can be shown.", remedy="Ask for another copy of the document.")
    result = io.BytesIO()
    # The same file gives the same bytes, so that a packet's manifest can be checked by making it again.
    made.save(result, encryption=False, deterministic_id=True)
    return result.getvalue()


def _from_picture(data: bytes, turns: Sequence[int] | None, limits: Limits) -> bytes:
    made = pikepdf.new()
    for frame in range(picture.examine(data, limits.pixels, limits.pages)):
        if turns is not None and frame < len(turns):
            turn = turns[frame]
        else:
            turn = upright.read(picture.decoded(data, frame, limits.pixels)).turn
        with picture.opening(data, limits.pixels) as opened:
            if frame:
                opened.seek(frame)
            _add_picture(made, data, opened, turn)
    return _saved(made)


def _add_picture(made: pikepdf.Pdf, data: bytes, opened: Image.Image, turn: int) -> None:
    held = _held(opened)
    as_is = opened.format in ("JPEG", "MPO") and opened.mode in ("L", "RGB") and held in _TURNS
    if as_is:
        jpeg = without_notes(data)
        space = pikepdf.Name.DeviceGray if opened.mode == "L" else pikepdf.Name.DeviceRGB
        image = _stream(made, jpeg, opened.size, space, pikepdf.Name.DCTDecode)
        _add_page(made, image, opened.size, (_TURNS[held] + turn) % 360)
        return
    upright_picture = picture.flat(picture.as_camera_held(opened))
    if opened.format in ("HEIF", "AVIF", "WEBP", "JPEG", "MPO"):
        # Already lossy, and lossless would be ten times the size.
        content, method = io.BytesIO(), pikepdf.Name.DCTDecode
        upright_picture.save(content, "JPEG", quality=92, subsampling=0)
        raw = content.getvalue()
    else:
        raw, method = zlib.compress(upright_picture.tobytes(), 6), pikepdf.Name.FlateDecode
    image = _stream(made, raw, upright_picture.size, pikepdf.Name.DeviceRGB, method)
    _add_page(made, image, upright_picture.size, turn)


def _held(opened: Image.Image) -> int:
    try:
        return int(opened.getexif().get(_ORIENTATION, 1) or 1)
    except (ValueError, TypeError, SyntaxError, OSError, LookupError):
        return 1


def _stream(
    made: pikepdf.Pdf, raw: bytes, size: tuple[int, int], space: pikepdf.Name, method: pikepdf.Name
) -> pikepdf.Stream:
    image = pikepdf.Stream(made, raw)
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height = size
    image.ColorSpace, image.BitsPerComponent, image.Filter = space, 8, method
    return image


def _add_page(made: pikepdf.Pdf, image: pikepdf.Stream, size: tuple[int, int], turn: int) -> None:
    """Add an A4 page, upright or lying as the turned picture asks, with the picture as large as the margins allow."""
    wide, high = size
    shown = (high, wide) if turn in (90, 270) else size
    sheet = _A4 if shown[0] <= shown[1] else _A4[::-1]
    # The page is described before its turn, so its sides swap with the picture's.
    width, height = sheet[::-1] if turn in (90, 270) else sheet
    scale = min((width - 2 * _MARGIN) / wide, (height - 2 * _MARGIN) / high)
    left, bottom = (width - wide * scale) / 2, (height - high * scale) / 2
    drawing = f"q {wide * scale:.3f} 0 0 {high * scale:.3f} {left:.3f} {bottom:.3f} cm /Picture Do Q"
    page = made.add_blank_page(page_size=(width, height))
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Picture=image))
    page.Contents = pikepdf.Stream(made, drawing.encode())
    if turn:
        page.Rotate = turn


def without_notes(jpeg: bytes) -> bytes:
    """Return a JPEG without its EXIF, XMP, comment and maker segments; colour profile and picture data stay.

    Walks the marker segments of ITU-T T.81, annex B, up to the start of the scan.
    """
    kept, at = bytearray(jpeg[:2]), 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in (0xDA, 0xD9) or length < 2:
            break
        segment = jpeg[at : at + 2 + length]
        private = 0xE0 <= marker <= 0xEF or marker == 0xFE
        if not private or marker in (0xE0, 0xEE) or segment[4:15] == b"ICC_PROFILE":
            kept += segment
        at += 2 + length
    return bytes(kept + jpeg[at:])
