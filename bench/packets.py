"""How fast and how large a counsel packet is made, beside plain merging by pikepdf and pypdf of the same exhibits.

    .venv/bin/python -m bench.packets [PAGES]

A packet of 1,500 pages: contracts of text, and scans as JPEG at 200 dpi. Ours draws, stamps, indexes, links, bookmarks
and checks every page in confined children; the others only put pages one after another. Peak memory is that of this
process with the exhibits in it and of its children, sampled every 20 ms.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pikepdf
import pypdf
from PIL import Image

from toolkit.exhibits import Exhibit
from toolkit.model import Case, Field, Finding, Method, Person, Source, Verdict
from toolkit.pack import Packet, Way, pack

_TODAY = date(2026, 11, 23)
_EACH = 10


def exhibits(pages: int) -> list[Exhibit]:
    """Exhibits of ten pages, every other one a scan."""
    made = []
    for number in range(pages // _EACH):
        scanned = number % 2
        pdf = _scan(number) if scanned else _text(number)
        digest = hashlib.sha256(pdf).hexdigest()
        made.append(Exhibit(f"Paper {number}", "degree" if scanned else "contract", f"d{number}", pdf, digest))
    return made


def _text(number: int) -> bytes:
    pdf, out = pikepdf.new(), io.BytesIO()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    for at in range(_EACH):
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        line = "The Employee shall perform the duties of the position with care and in good faith."
        lines = [f"BT /F 10 Tf 60 {780 - 14 * row} Td ({number}.{at}.{row} {line}) Tj ET" for row in range(50)]
        page.Contents = pdf.make_stream("\n".join(lines).encode())
    pdf.save(out)
    return out.getvalue()


def _scan(number: int) -> bytes:
    pdf, out, chance = pikepdf.new(), io.BytesIO(), random.Random(number)
    for _ in range(_EACH):
        small = Image.frombytes("L", (213, 275), bytes(chance.choices(range(150, 256), k=213 * 275)))
        content = io.BytesIO()
        small.resize((1700, 2200)).convert("RGB").save(content, "JPEG", quality=60)
        image = pikepdf.Stream(pdf, content.getvalue())
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = 1700, 2200, 8
        image.ColorSpace, image.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
        page = pdf.add_blank_page(page_size=(612, 792))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=image))
        page.Contents = pikepdf.Stream(pdf, b"q 612 0 0 792 0 0 cm /P Do Q")
    pdf.save(out)
    return out.getvalue()


def by_pikepdf(given: list[Exhibit]) -> int:
    out, made = pikepdf.new(), io.BytesIO()
    sources = [pikepdf.open(io.BytesIO(each.pdf)) for each in given]
    for source in sources:
        out.pages.extend(source.pages)
    out.save(made)
    return len(out.pages)


def by_pypdf(given: list[Exhibit]) -> int:
    writer, made = pypdf.PdfWriter(), io.BytesIO()
    for each in given:
        writer.append(io.BytesIO(each.pdf))
    writer.write(made)
    return len(writer.pages)


def ours(given: list[Exhibit], way: Way) -> Packet:
    case = Case("c1", "BENCH-1", "us/l-1a", (Person("p1", "principal", "Eriksson", "Anna Maria"),), {})
    findings = [
        Finding(
            f"r{at}", f"Requirement {at}", Verdict.MET, "", "8 CFR", _TODAY, "p1",
            (Field("x", "y", 1.0, Source(each.document, 3, None, Method.OCR)),),
        )
        for at, each in enumerate(given[:60])
    ]  # fmt: skip
    return pack(case, findings, given, today=_TODAY, way=way)


def timed(act: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = act()
    return time.perf_counter() - start, result


class Memory:
    """Samples what this process and its children have in memory while the block runs; `peak_mb` afterwards."""

    def __enter__(self) -> Memory:
        self.peak_mb, self._going = 0.0, True
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._going = False
        self._thread.join()

    def _sample(self) -> None:
        while self._going:
            self.peak_mb = max(self.peak_mb, sum(map(_resident, [os.getpid(), *_children(os.getpid())])))
            time.sleep(0.02)


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            found += [int(each) for each in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def _resident(pid: int) -> float:
    try:
        # Proportional: pages that a child has just been forked with are its parent's, and are not counted twice.
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def main() -> None:
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 1500
    given = exhibits(pages)
    size = sum(len(each.pdf) for each in given) / 1e6
    # First, since what the others leave behind in memory would be counted with it.
    with Memory() as memory:
        bound, packet = timed(lambda: ours(given, Way()))
    assert isinstance(packet, Packet)
    plain_pikepdf, count = timed(lambda: by_pikepdf(given))
    plain_pypdf, _ = timed(lambda: by_pypdf(given))
    print(f"{len(given)} exhibits, {count} pages, {size:.0f} MB")
    print(f"the packet has {packet.pages} pages, {len(packet.pdf) / 1e6:.0f} MB")
    rows = (
        ("pikepdf, merging only", plain_pikepdf),
        ("pypdf, merging only", plain_pypdf),
        ("packet, bound and checked", bound),
    )
    for name, seconds in rows:
        print(f"{name:27} {seconds:7.2f} s {pages / seconds:8.0f} pages/s   {seconds / plain_pikepdf:6.1f} x pikepdf")
    print(f"peak memory of the packet, children included: {memory.peak_mb:.0f} MB")
    result = {
        "pages": packet.pages, "seconds": round(bound, 2), "peak_mb": round(memory.peak_mb),
        "x_pikepdf": round(bound / plain_pikepdf, 1), "x_pypdf": round(bound / plain_pypdf, 1),
    }  # fmt: skip
    print(json.dumps(result))


if __name__ == "__main__":
    main()
