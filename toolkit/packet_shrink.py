"""Makes a document's pictures coarser until it fits a limit, and never coarser than print stays legible."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
from PIL import Image

from toolkit.bind import BROKEN

#: Resolution and JPEG quality, from gentle to last; the profile's floor cuts the list off.
_STEPS = ((300, 85), (250, 80), (200, 78), (150, 75), (150, 60))
_MOST_PIXELS = 120_000_000


def shrunk(data: bytes, most_bytes: int, lowest_dpi: int) -> tuple[bytes, str]:
    """Return *data* with coarser pictures, at the first step that fits *most_bytes* or the last one, and what was done.

    Line art in one bit a pixel is left alone. The file that comes in is returned where nothing makes it smaller.
    """
    best, done = data, ""
    for dpi, quality in _STEPS:
        if dpi < lowest_dpi:
            break
        try:
            made, changed = _redrawn(data, dpi, quality)
        except BROKEN:
            break
        if changed and len(made) < len(best):
            best, done = made, f"pictures at {dpi} dpi, JPEG quality {quality}"
        if len(best) <= most_bytes:
            break
    return best, done


def _redrawn(data: bytes, dpi: int, quality: int) -> tuple[bytes, int]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        seen: set[tuple[int, int]] = set()
        changed = 0
        for page in pdf.pages:
            box = page.mediabox
            inches = max(abs(float(box[2] - box[0])), abs(float(box[3] - box[1]))) / 72
            for image in _pictures(page.obj.get("/Resources"), 3):
                if image.objgen not in seen:
                    seen.add(image.objgen)
                    changed += _coarser(image, dpi, quality, inches)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue(), changed


def _pictures(resources: pikepdf.Object | None, depth: int) -> Iterator[pikepdf.Stream]:
    drawn = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    if not isinstance(drawn, pikepdf.Dictionary):
        return
    for each in drawn.values():
        if not isinstance(each, pikepdf.Stream):
            continue
        if each.get("/Subtype") == pikepdf.Name.Image:
            yield each
        elif depth > 0:
            yield from _pictures(each.get("/Resources"), depth - 1)


def _coarser(image: pikepdf.Stream, dpi: int, quality: int, inches: float) -> bool:
    """Replace a picture, and say so, where that makes it smaller.

    Its resolution is taken as if it filled the page, so that what is drawn smaller keeps more than the floor.
    """
    if int(image.get("/BitsPerComponent", 1)) != 8 or "/SMask" in image or "/Mask" in image or "/Decode" in image:
        return False
    wide, high = int(image.Width), int(image.Height)
    if wide * high > _MOST_PIXELS:
        return False
    try:
        picture = pikepdf.PdfImage(image).as_pil_image()
    except (*BROKEN, NotImplementedError, OSError):
        return False
    if picture.mode not in ("L", "RGB"):
        return False
    scale = min(1.0, dpi * inches / max(wide, high))
    size = (max(1, round(wide * scale)), max(1, round(high * scale)))
    smaller = picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS)
    made = io.BytesIO()
    smaller.save(made, "JPEG", quality=quality, optimize=True)
    if made.tell() >= len(image.read_raw_bytes()):
        return False
    space = pikepdf.Name.DeviceGray if picture.mode == "L" else pikepdf.Name.DeviceRGB
    image.write(made.getvalue(), filter=pikepdf.Name.DCTDecode)
    image.Width, image.Height, image.ColorSpace = *size, space
    return True
