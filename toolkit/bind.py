"""Puts foreign pages on our paper: one size, a foot free for the page number, stamps, links and bookmarks.

Knows PDF; knows no case. Foreign files come from strangers: they have been made harmless by `toolkit.pages.as_pdf`, and
are still only ever drawn, never taken over: of a page, nothing but its picture reaches the output.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import pikepdf

from toolkit.errors import UnreadableError

#: Width and height in points, upright.
PAPERS: Final = {"a4": (595.28, 841.89), "us-letter": (612.0, 792.0)}
#: Our own pages point to a page of the finished file by this address; binding turns it into a link inside the file.
PAGE_ADDRESS: Final = "https://packet.invalid/page/"

_MARGIN = 18.0
_FOOT = 30.0
_SIZE = 8.5
#: Widths of the ASCII characters of Helvetica in thousandths of the size, for right-aligned stamps.
_NARROW = {**dict.fromkeys(" ,.:;/|!'tfIjl", 278), **dict.fromkeys("-()r", 333), **dict.fromkeys("mM", 833), "W": 944}
_BROKEN = (
    pikepdf.PdfError,
    pikepdf.PasswordError,
    pikepdf.DataDecodingError,
    pikepdf.ForeignObjectError,
    pikepdf.DeletedObjectError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class Foreign:
    """A stranger's PDF, opened; `document` is the id that messages call it by."""

    document: str
    pdf: pikepdf.Pdf = field(repr=False)
    count: int

    @staticmethod
    def open(document: str, data: bytes) -> Foreign:
        """Open *data*. Raises UnreadableError naming the document id when it is damaged, locked or has no pages."""
        try:
            pdf = pikepdf.open(io.BytesIO(data))
            # What was typed into a form lives in annotations; drawn pages keep it only as part of the page.
            if any("/Annots" in page for page in pdf.pages):
                pdf.generate_appearance_streams()
                pdf.flatten_annotations("all")
            count = len(pdf.pages)
        except _BROKEN as mistake:
            raise _unreadable(document) from mistake
        if not count:
            raise _unreadable(document)
        return Foreign(document, pdf, count)


@dataclass(frozen=True, slots=True)
class Mark:
    """A bookmark: its title, the page it opens (counted from 1), and those below it."""

    title: str
    page: int
    below: tuple[Mark, ...] = ()


class Binding:
    """Collects pages in order, and gives the file: `own` and `foreign` add pages, `finish` stamps and saves."""

    def __init__(self, paper: str) -> None:
        self._paper = PAPERS[paper]
        self._out = pikepdf.new()
        self._left: list[str] = []
        self._head: list[str] = []
        self._font = self._out.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name.Helvetica,
                Encoding=pikepdf.Name.WinAnsiEncoding,
            )
        )

    @property
    def count(self) -> int:
        """How many pages there are so far."""
        return len(self._left)

    def own(self, pdf: pikepdf.Pdf, pages: range, label: str = "") -> None:
        """Add pages that we typeset, as they are."""
        for index in pages:
            self._out.pages.append(pdf.pages[index])
            self._left.append(label)
            self._head.append("")

    def foreign(self, source: Foreign, label: str, head: str = "") -> None:
        """Add every page of *source*, drawn to fit; *label* goes to the foot of each, *head* to its top.

        Raises UnreadableError naming the document id when a page cannot be drawn.
        """
        for number, page in enumerate(source.pdf.pages, start=1):
            part = f"page {number} of {source.count}"
            try:
                self._draw(page, raised=bool(head))
            except _BROKEN as mistake:
                raise _unreadable(source.document, number) from mistake
            self._left.append(f"{label}, {part}")
            self._head.append(f"{head}  |  {part}" if head else "")

    def finish(self, title: str, marks: Sequence[Mark]) -> bytes:
        """Stamp every page "n of N", set links and bookmarks, and return the file; the same pages, the same bytes."""
        total = self.count
        for index, page in enumerate(self._out.pages):
            self._stamp(page, self._left[index], f"{index + 1} of {total}", self._head[index])
        self._link()
        with self._out.open_outline() as outline:
            outline.root.extend(_item(mark) for mark in marks)
        root = self._out.Root
        root.PageMode = pikepdf.Name.UseOutlines
        root.Lang = pikepdf.String("en")
        root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        self._out.docinfo["/Title"] = title
        self._out.docinfo["/Producer"] = "Mobility Toolkit"
        made = io.BytesIO()
        self._out.save(made, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return made.getvalue()

    def _draw(self, source: pikepdf.Page, *, raised: bool) -> None:
        drawing = self._out.copy_foreign(source.as_form_xobject())
        left, bottom, right, top = (float(edge) for edge in drawing.BBox)
        width, height = abs(right - left), abs(top - bottom)
        if not (1 <= width <= 20_000 and 1 <= height <= 20_000):
            raise ValueError("a page without a sensible size")
        turned = source.rotation % 180 == 90
        lying = (height > width) if turned else (width > height)
        paper = self._paper[::-1] if lying else self._paper
        page = self._out.add_blank_page(page_size=paper)
        name = page.add_resource(drawing, pikepdf.Name.XObject, pikepdf.Name("/Exhibit"))
        ceiling = _FOOT if raised else _MARGIN
        room = pikepdf.Rectangle(_MARGIN, _FOOT, paper[0] - _MARGIN, paper[1] - ceiling)
        placed = page.calc_form_xobject_placement(
            drawing, name, room, invert_transformations=True, allow_shrink=True, allow_expand=False
        )
        page.Contents = self._out.make_stream(placed)

    def _stamp(self, page: pikepdf.Page, left: str, right: str, head: str) -> None:
        name = page.add_resource(self._font, pikepdf.Name.Font, pikepdf.Name("/Stamp"))
        box = page.mediabox
        x0, y0, x1, y1 = (float(edge) for edge in box)
        lines = [_text(name, x0 + 24, y0 + 13, left), _text(name, x1 - 24 - _width(right), y0 + 13, right)]
        if head:
            lines.append(_text(name, x0 + 24, y1 - 20, head, 11))
        page.contents_add(("q 0.25 g " + " ".join(lines) + " Q").encode("ascii"))

    def _link(self) -> None:
        for page in self._out.pages:
            for annotation in page.get("/Annots", ()):
                action = annotation.get("/A")
                address = str(action.get("/URI", "")) if action is not None else ""
                if address.startswith(PAGE_ADDRESS):
                    target = self._out.pages[int(address.removeprefix(PAGE_ADDRESS)) - 1]
                    del annotation["/A"]
                    annotation.Dest = pikepdf.Array([target.obj, pikepdf.Name.Fit])


def _item(mark: Mark) -> pikepdf.OutlineItem:
    item = pikepdf.OutlineItem(mark.title, mark.page - 1, "Fit")
    item.children.extend(_item(below) for below in mark.below)
    return item


def _text(font: pikepdf.Name, x: float, y: float, text: str, size: float = _SIZE) -> str:
    plain = text.encode("ascii", "replace").decode("ascii").translate({40: "\\(", 41: "\\)", 92: "\\\\"})
    return f"BT {font} {size} Tf {x:.2f} {y:.2f} Td ({plain}) Tj ET"


def _width(text: str) -> float:
    return sum(_NARROW.get(c, 556) for c in text) * _SIZE / 1000


def _unreadable(document: str, page: int | None = None) -> UnreadableError:
    place = f", page {page}" if page else ""
    return UnreadableError(
        f"Document {document}{place}: its PDF is damaged and cannot be bound.",
        remedy="Ask for a new copy of the document, or leave it out.",
    )
