"""How often a hint of tampering is right: false alarms on untouched papers, and finds among papers changed by program.

    python -m bench.tampering --data ../shared/data              # everything; reads the receipts with OCR, minutes
    python -m bench.tampering --data ../shared/data --part pdf   # PDFs alone, seconds

PDFs are changed the way editors change them: one printed amount is covered and set anew, replaced by a text object of
its own, or has one digit replaced; saved behind the old file or written anew. Receipts are changed by pasting a digit
of another amount of the same paper and saving at another quality.
"""

from __future__ import annotations

import argparse
import ctypes
import io
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from toolkit import compression_break, pages, read, tampering
from toolkit.compression_break import Digit
from toolkit.pages import Opened

PDFS = ("zugferd", "invoice2data")
RECEIPTS = ("sroie", "receipts_de", "receipts_multi", "receipts_misc")
QUALITIES = (75, 85, 90, 95)
#: Digits a page must show for one of them to stand out.
_ENOUGH = 12


# --- PDFs ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """One amount as it stands on the first page."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    line: float
    size: float
    drawn: int


def amounts(page: pypdfium2.PdfPage) -> list[Place]:
    layer = page.get_textpage()
    text = "".join(chr(pdfium.FPDFText_GetUnicode(layer, at) or 32) for at in range(layer.count_chars()))
    found = []
    for match in re.finditer(r"(?<![0-9.,])[0-9]{1,3}(?:[.,][0-9]{3})*[.,][0-9]{2}(?![0-9.,])", text):
        boxes = [layer.get_charbox(at, loose=True) for at in range(match.start(), match.end())]
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(layer, match.start(), ctypes.byref(x), ctypes.byref(y))
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(layer, match.start(), ctypes.byref(matrix))
        size = pdfium.FPDFText_GetFontSize(layer, match.start()) * abs(matrix.d)
        drawn = ctypes.cast(pdfium.FPDFText_GetTextObject(layer, match.start()), ctypes.c_void_p).value or 0
        if matrix.a > 0 and abs(matrix.b) < 1e-6 and size > 1:
            edges = (boxes[0][0], boxes[0][1], boxes[-1][2], boxes[0][3])
            found.append(Place(match[0], *edges, y.value, size, drawn))
    layer.close()
    return found


def _white_box(page: pypdfium2.PdfPage, at: Place) -> None:
    box = pdfium.FPDFPageObj_CreateNewRect(at.left, at.bottom, at.right - at.left, at.top - at.bottom)
    pdfium.FPDFPageObj_SetFillColor(box, 255, 255, 255, 255)
    pdfium.FPDFPath_SetDrawMode(box, pdfium.FPDF_FILLMODE_ALTERNATE, 0)
    pdfium.FPDFPage_InsertObject(page, box)


def _set(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, text: str, x: float, y: float, size: float) -> None:
    new = pdfium.FPDFPageObj_NewTextObj(document, b"Helvetica", size)
    written = (text + "\0").encode("utf-16-le")
    pdfium.FPDFText_SetText(new, ctypes.cast(written, ctypes.POINTER(ctypes.c_ushort)))
    pdfium.FPDFPageObj_Transform(new, 1, 0, 0, 1, x, y)
    pdfium.FPDFPage_InsertObject(page, new)


def _raised(text: str) -> str:
    """Another amount: its first digit changed."""
    return str((int(text[0]) + 4) % 9 + 1) + text[1:]


def covered(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, at: Place) -> bool:
    """A white box over the amount, and the new one on it."""
    _white_box(page, at)
    _set(document, page, _raised(at.text), at.left, at.line, at.size)
    return True


def digit_over(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, at: Place) -> bool:
    """One digit set over another, on a white box of its size."""
    one = Place(
        at.text[0], at.left, at.bottom, at.left + (at.right - at.left) / len(at.text), at.top, at.line, at.size, 0
    )
    _white_box(page, one)
    _set(document, page, _raised(at.text)[0], at.left, at.line, at.size)
    return True


def replaced(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, at: Place) -> bool:
    """The text object with the amount taken out, the new amount put where it was, in the editor's own font."""
    for each in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_TEXT,), max_depth=1):
        left, bottom, right, top = each.get_bounds()
        inside = left - 1 <= at.left and at.right <= right + 1 and bottom - 2 <= at.line <= top + 2
        # Only where the amount is an object of its own; else words beside it would vanish with it.
        if inside and right - left < 1.3 * (at.right - at.left):
            page.remove_obj(each)
            _set(document, page, _raised(at.text), at.left, at.line, at.size)
            return True
    return False


def untouched(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, at: Place) -> bool:
    """Nothing: what saving alone does is no change."""
    return True


Change = Callable[[pypdfium2.PdfDocument, pypdfium2.PdfPage, Place], bool]
CHANGES: dict[str, Change] = {
    "only saved": untouched,
    "covered": covered,
    "digit over": digit_over,
    "replaced": replaced,
}


def changed(data: bytes, change: Change, behind: bool, rng: random.Random) -> bytes | None:
    """*data* with one amount of its first page changed, saved behind the old file or anew; None where it cannot be."""
    document = pypdfium2.PdfDocument(data)
    page = document[0]
    found = amounts(page)
    if not found or not change(document, page, rng.choice(found)):
        return None
    pdfium.FPDFPage_GenerateContent(page)
    out = io.BytesIO()
    document.save(out, flags=pdfium.FPDF_INCREMENTAL if behind else pdfium.FPDF_NO_INCREMENTAL)
    return out.getvalue()


def measure_pdfs(data: Path) -> None:
    rng = random.Random(7)
    flagged, seconds, count = [], 0.0, 0
    finds: defaultdict[str, list[bool]] = defaultdict(list)
    for file in sorted(file for each in PDFS for file in (data / each).rglob("*.pdf")):
        whole = file.read_bytes()
        said, spent = hinted(pages.open_bytes(whole, "application/pdf"))
        seconds, count = seconds + spent, count + 1
        if said:
            flagged.append((file.name, said))
        for name, change in CHANGES.items():
            for behind in (True, False):
                made = changed(whole, change, behind, rng)
                if made is not None:
                    more, _ = hinted(pages.open_bytes(made, "application/pdf"))
                    finds[f"{name}, {'saved behind' if behind else 'written anew'}"].append(bool(set(more) - set(said)))
    print(f"untouched PDFs: {len(flagged)} of {count} with a hint, {1000 * seconds / count:.0f} ms each")
    for name, said in flagged:
        print(f"   {name}: {' | '.join(each[:90] for each in said)}")
    for name, found in finds.items():
        print(f"PDFs, {name}: {sum(found)} of {len(found)} with a new hint")


def hinted(opened: Opened) -> tuple[tuple[str, ...], float]:
    """The hints of a file, and the seconds they took."""
    fields = read.record_of(opened).fields
    start = time.perf_counter()
    said = tampering.hints(opened, fields, today=date.today())
    return said, time.perf_counter() - start


# --- pictures ------------------------------------------------------------------------------------------------------


def _saved(picture: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def pasted(picture: Image.Image, own: list[Digit], rng: random.Random) -> Image.Image:
    """The picture with one digit over another."""
    to = rng.choice(own)
    width, height = to.right - to.left, to.bottom - to.top
    like = [each for each in own if each != to and abs(each.right - each.left - width) < 6] or own
    origin = rng.choice(like)
    out = picture.copy()
    cut = picture.crop((origin.left, origin.top, origin.left + width, origin.top + height))
    out.paste(cut, (to.left, to.top))
    return out


def receipts(data: Path) -> Iterator[tuple[str, Path, Opened]]:
    for name in RECEIPTS:
        for file in sorted((data / name).rglob("*.jp*g")):
            yield name, file, pages.open_bytes(file.read_bytes(), "image/jpeg")


def measure_pictures(data: Path) -> None:
    rng = random.Random(11)
    flagged: Counter[str] = Counter()
    count: Counter[str] = Counter()
    again: defaultdict[int, list[bool]] = defaultdict(list)
    found: defaultdict[int, list[bool]] = defaultdict(list)
    seconds = 0.0
    for name, file, opened in receipts(data):
        said, spent = hinted(opened)
        seconds += spent
        count[name] += 1
        flagged[name] += bool(said)
        for each in said:
            print(f"   {file.name}: {each[:110]}")
        page, picture = opened.pages[0], Image.open(file).convert("RGB")
        own = [] if page.rotation else compression_break.digits(page, *picture.size)
        if len(own) < _ENOUGH:
            continue
        for quality in QUALITIES:
            for finds, made in ((again, picture), (found, pasted(picture, own, rng))):
                saved = np.asarray(_saved(made, quality))
                finds[quality].append(compression_break.broken_at(saved, page) is not None)
    print("untouched receipts with a hint:", ", ".join(f"{name} {flagged[name]} of {count[name]}" for name in count))
    print(f"   {1000 * seconds / max(1, count.total()):.0f} ms each")
    for quality in QUALITIES:
        alarms, finds = again[quality], found[quality]
        print(
            f"receipts saved again at {quality}: {sum(finds)} of {len(finds)} pasted digits found, "
            f"{sum(alarms)} of {len(alarms)} flagged without one"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--part", choices=("pdf", "pictures", "all"), default="all")
    given = parser.parse_args()
    if given.part != "pictures":
        measure_pdfs(given.data)
    if given.part != "pdf":
        measure_pictures(given.data)


if __name__ == "__main__":
    main()
