"""Sheets that hold nothing of a document: blank ones, and those laid between documents before they are scanned.

A separator is a sheet with one barcode or QR code that says so (MOBILITY-SEPARATOR, or PATCHT and its like, which
scanners' programs print), or with hardly more than the words for it. Knows pictures and words; knows no kind.
"""

from __future__ import annotations

import importlib
import importlib.util
import re

import cv2
import numpy as np

from toolkit.layout import text
from toolkit.pages import Sheet
from toolkit.pages.sheet import Picture

#: Words on a sheet that is a separator; more make it a page.
_FEW = 14
#: OCR finds a letter or two in specks: so many letters at this confidence are nothing.
_SPECKS, _DOUBTFUL = 6, 0.75
#: The picture is looked at in this width; ink is darker than the paper around it by this much, edges are left out:
#: they have shadows and punched holes.
_WIDTH, _DARKER, _EDGE = 600, 60, 0.08
#: The share of a sheet that specks, holes and print that shines through cover at most.
_SPOTTED = 0.0006
#: A code is looked for in a picture of this width.
_CODE_WIDTH = 1000

_WORDED = re.compile(
    r"\b(?:document\s+separator|separator\s+(?:sheet|page)|patch\s?-?(?:code\s*)?t\b|trenn(?:blatt|seite)|feuille\s+de\s+"
    r"séparation|(?:hoja|página)\s+separadora|hoja\s+de\s+separación|foglio\s+separatore|folha\s+separadora|scheidingsblad"
    r"|skilleark|skiljeblad|strona\s+rozdzielająca)\b",
    re.IGNORECASE,
)
_CODED = re.compile(r"^(?:MOBILITY-SEPARATOR|PATCH[-_ ]?[T1-6]|(?:DOCUMENT[-_ ])?SEPARATOR)$", re.IGNORECASE)


def says_separator(sheet: Sheet) -> bool:
    """Whether *sheet* has hardly more on it than the words for a separator."""
    if len(sheet.page.words) > _FEW:
        return False
    said = text([sheet.page])
    return len(said.split()) <= _FEW and (_WORDED.search(said) is not None or _is_code(said))


def _is_code(said: str) -> bool:
    return any(_CODED.match(line.strip()) for line in said.splitlines())


def has_few_words(sheet: Sheet) -> bool:
    """Whether *sheet* is worth a look at its picture: it may be blank or a separator."""
    return len(sheet.page.words) <= _FEW and sum(len(word.text) for word in sheet.page.words) <= 12 * _FEW


def has_code(sheet: Sheet) -> bool:
    """Whether the picture of *sheet* shows a code that parts documents."""
    image = sheet.image
    if min(image.shape[:2]) < 40:
        return False
    scale = min(1.0, _CODE_WIDTH / image.shape[1])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else image
    return any(_CODED.match(said.strip()) for said in _codes(small))


def _codes(image: Picture) -> list[str]:
    """Return what the codes in *image* say: barcodes where zxing-cpp is there to read them, QR codes anyway."""
    if importlib.util.find_spec("zxingcpp") is None:
        said, _, _ = cv2.QRCodeDetector().detectAndDecode(image)
        return [str(said)] if said else []
    return [str(found.text) for found in importlib.import_module("zxingcpp").read_barcodes(image)]


def is_blank(sheet: Sheet) -> bool:
    """Whether nothing is written on *sheet*: no word worth the name, and no ink in its picture but specks."""
    letters = sum(len(word.text) for word in sheet.page.words)
    doubtful = all(word.confidence < _DOUBTFUL for word in sheet.page.words)
    if letters and not (doubtful and letters <= _SPECKS):
        return False
    return _is_bare(sheet.image)


def _is_bare(image: Picture) -> bool:
    height, width = image.shape[:2]
    if min(height, width) < 8:
        return True
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (_WIDTH, max(8, round(_WIDTH * height / width))), interpolation=cv2.INTER_AREA)
    across, down = round(_EDGE * small.shape[1]), round(_EDGE * small.shape[0])
    inner = small[down:-down, across:-across] if across and down else small
    # The paper may be shaded or of any colour: ink is dark beside what is around it.
    paper = cv2.medianBlur(inner, 41).astype(np.int16)
    inked = float((paper - inner > _DARKER).mean())
    # A photo that fills the sheet has no paper around its ink; it varies as paper does not.
    return inked <= _SPOTTED and float(np.percentile(paper, 98) - np.percentile(paper, 2)) <= _DARKER
