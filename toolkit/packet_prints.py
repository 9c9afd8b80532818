"""A fingerprint of what an exhibit page draws, so that a page that was swapped, cut or changed is noticed by itself.

The stamp moves with its page; the drawing under it does not lie. The same print is taken when a page is bound and when
the finished file is opened again, so it may only cover what saving leaves as it is.
"""

from __future__ import annotations

import hashlib

import pikepdf

#: Codecs of pictures, which saving never touches; Flate alone is left as it is too.
_KEPT = frozenset({"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/FlateDecode"})
_LONG = 16


def drawing_print(drawing: pikepdf.Object) -> str:
    """Return the print of a drawn page (a form XObject): its content, and the pictures and forms it draws."""
    digest = hashlib.sha256()
    _add(digest, drawing, 2)
    return digest.hexdigest()[:_LONG]


def _add(digest: hashlib._Hash, drawing: pikepdf.Object, depth: int) -> None:
    digest.update(drawing.read_bytes())
    resources = drawing.get("/Resources")
    drawn = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    if not isinstance(drawn, pikepdf.Dictionary):
        return
    for name in sorted(drawn.keys()):
        each = drawn[name]
        if not isinstance(each, pikepdf.Stream):
            continue
        digest.update(name.encode("utf-8", "surrogateescape"))
        if each.get("/Subtype") == pikepdf.Name.Image:
            digest.update(f"{each.get('/Width', 0)} {each.get('/Height', 0)}".encode())
            if _filter(each) in _KEPT:
                digest.update(each.read_raw_bytes())
        elif depth > 0:
            _add(digest, each, depth - 1)


def _filter(stream: pikepdf.Stream) -> str:
    filters = stream.get("/Filter")
    if isinstance(filters, pikepdf.Array):
        return str(filters[0]) if len(filters) == 1 else ""
    return str(filters) if filters is not None else ""
