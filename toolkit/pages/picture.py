"""Pictures: photos and scans in every common format, turned as their camera says, one sheet a frame of a TIFF.

Only the formats named here are ever tried: Pillow knows many more, and each is code a stranger could reach.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np
from PIL import Image, ImageOps

from toolkit.errors import TooLargeError, UnreadableError
from toolkit.model import Method, Page
from toolkit.pages import upright
from toolkit.pages.sheet import Picture, Sheet, turned

#: Media type -> Pillow's names of the formats that may be behind it.
MEDIA_TYPES = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/tiff": ("TIFF",),
    "image/webp": ("WEBP",),
    "image/gif": ("GIF",),
    "image/bmp": ("BMP",),
    "image/heic": ("HEIF",),
    "image/avif": ("AVIF",),
}
#: Above this many pixels a JPEG is decoded at a half or a quarter: more than any reader of text makes use of.
_PLENTY = 50_000_000
#: What Pillow and its decoders raise for damaged files, besides OSError.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, TypeError, LookupError, ArithmeticError)
_ANOTHER = "Ask for another photo or scan."


@cache
def _formats() -> tuple[str, ...]:
    import pi_heif

    Image.init()
    pi_heif.register_heif_opener()
    # The limit is ours (`Limits.pixels`), checked before a pixel is decoded.
    Image.MAX_IMAGE_PIXELS = None
    # MPO has no entry of its own: the JPEG plugin finds it.
    return tuple(name for names in MEDIA_TYPES.values() for name in names if name in Image.OPEN)


@contextmanager
def opening(data: bytes, max_pixels: int) -> Iterator[Image.Image]:
    """Open a picture and turn whatever its decoder raises, then or later, into UnreadableError or TooLargeError."""
    formats = _formats()
    try:
        with Image.open(io.BytesIO(data), formats=formats) as opened:
            if opened.width * opened.height > max_pixels:
                raise TooLargeError(
                    f"The picture has more than {max_pixels // 1_000_000} million pixels.",
                    remedy="Ask for a smaller one.",
                )
            yield opened
    except Image.DecompressionBombError as bomb:
        raise TooLargeError("The picture has too many pixels.", remedy="Ask for a smaller one.") from bomb
    except _BROKEN as broken:
        raise UnreadableError("The picture is damaged or cut short.", remedy=_ANOTHER) from broken


def examine(data: bytes, max_pixels: int, max_frames: int) -> int:
    """Return the number of pages of a picture without decoding it."""
    with opening(data, max_pixels) as opened:
        return _frames(opened, max_frames)


def sheets(data: bytes, max_pixels: int, max_frames: int) -> tuple[Sheet, ...]:
    """Open every page of a picture and read its words, upright."""
    return tuple(_sheet(data, frame, max_pixels) for frame in range(examine(data, max_pixels, max_frames)))


def _frames(opened: Image.Image, most: int) -> int:
    # Frames of a GIF or WebP are an animation, those of an MPO or HEIC other views of one photo: the first is the page.
    count = getattr(opened, "n_frames", 1) if opened.format == "TIFF" else 1
    if count > most:
        raise TooLargeError(f"The picture has more than {most} pages.", remedy="Ask for the documents in parts.")
    return max(1, int(count))


def _sheet(data: bytes, frame: int, max_pixels: int) -> Sheet:
    picture = decoded(data, frame, max_pixels)
    seen = upright.read(picture)
    turn = seen.turn
    picture = turned(picture, turn)
    height, width = picture.shape[:2]

    def draw() -> Picture:
        # Only the first is kept: the pages of a long TIFF together would fill the memory.
        return picture if frame == 0 else turned(decoded(data, frame, max_pixels), turn)

    return Sheet(Page(frame + 1, width, height, seen.words, Method.OCR, turn), draw, seen.zones)


def decoded(data: bytes, frame: int, max_pixels: int) -> Picture:
    """Return one page of a picture as RGB, as the camera held it."""
    with opening(data, max_pixels) as opened:
        if frame:
            opened.seek(frame)
            if opened.width * opened.height > max_pixels:
                raise TooLargeError("A page of the picture has too many pixels.", remedy="Ask for a smaller one.")
        if opened.format in ("JPEG", "MPO") and opened.width * opened.height > _PLENTY:
            opened.draft("RGB", (opened.width // 2, opened.height // 2))
        return np.asarray(flat(as_camera_held(opened)))


def as_camera_held(opened: Image.Image) -> Image.Image:
    """Return the picture turned and mirrored as its EXIF orientation says; a damaged note of it counts as none."""
    opened.load()
    try:
        return ImageOps.exif_transpose(opened)
    except _BROKEN:
        return opened


def flat(image: Image.Image) -> Image.Image:
    """Return *image* as 8-bit RGB: deep greys scaled down, transparent parts on white as on paper."""
    if image.mode.startswith(("I", "F")):
        deep = np.asarray(image, dtype=np.float64)
        top = 65535.0 if image.mode.startswith("I") else float(deep.max(initial=1.0)) or 1.0
        image = Image.fromarray(np.clip(deep / top * 255.0, 0, 255).astype(np.uint8))
    if image.mode in ("LA", "PA", "La", "RGBa", "RGBA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        white.alpha_composite(clear)
        image = white
    return image.convert("RGB")
