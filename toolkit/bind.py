"""Puts foreign pages on our paper: one size, a place free for the page number, stamps, links and bookmarks.

Knows PDF; knows no case. Foreign files come from strangers: they have been made harmless by `toolkit.pages.as_pdf`, and
are still only ever drawn, never taken over: of a page, nothing but its picture reaches the output.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final

import pikepdf
from pikepdf.exceptions import PikepdfError

from toolkit import packet_layers
from toolkit.errors import UnreadableError
from toolkit.model import Word
from toolkit.packet_prints import drawing_print
from toolkit.packet_words import UnseenLetters
from toolkit.stamp_font import StampFont, stamp_font

#: Width and height in points, upright.
PAPERS: Final = {"a4": (595.28, 841.89), "us-letter": (612.0, 792.0)}
#: Our own pages point to a page of the finished file by this address; binding turns it into a link inside the file.
PAGE_ADDRESS: Final = "https://packet.invalid/page/"

_MARGIN = 18.0
_FOOT = 30.0
_SIZE = 8.5
#: A page this near to the size of our paper is of that size.
_SAME = 3.0
BROKEN: Final = (
    PikepdfError,
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
    #: How many of its pages had hidden layers, which are gone.
    hidden: int = 0

    @staticmethod
    def open(document: str, data: bytes) -> Foreign:
        """Open *data*. Raises UnreadableError naming the document id when it is damaged, locked or has no pages."""
        try:
            pdf = pikepdf.open(io.BytesIO(data))
            hidden = packet_layers.remove_hidden(pdf)
            # What was typed into a form lives in annotations; drawn pages keep it only as part of the page.
            if any("/Annots" in page for page in pdf.pages):
                _draw_fields(pdf)
                pdf.flatten_annotations("all")
            count = len(pdf.pages)
        except BROKEN as mistake:
            raise _unreadable(document) from mistake
        if not count:
            raise _unreadable(document)
        return Foreign(document, pdf, count, hidden)


def _draw_fields(pdf: pikepdf.Pdf) -> None:
    """Give the fields that have a value and no drawing of it one; every other drawing stays as it was made."""
    form = pdf.Root.get("/AcroForm")
    if form is None:
        return
    notes = [note for page in pdf.pages for note in page.get("/Annots", ()) if isinstance(note, pikepdf.Dictionary)]
    drawn = [(note, note.AP) for note in notes if "/AP" in note]
    for note, _ in drawn:
        del note["/AP"]  # qpdf would write into the drawing that is there
    form.NeedAppearances = True
    pdf.generate_appearance_streams()
    for note, made in drawn:
        note.AP = made


@dataclass(frozen=True, slots=True)
class Mark:
    """A bookmark: its title, the page it opens (counted from 1), and those below it."""

    title: str
    page: int
    below: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What stands beside the number of a page, over it, and whether it stands at the head of the page."""

    label: str
    over: str = ""
    at_head: bool = False


class Binding:
    """Collects pages in order, and gives the file: `own` and `foreign` add pages, `finish` stamps and saves."""

    def __init__(self, paper: str, letters: StampFont | None = None) -> None:
        """Bind on *paper* (a name in PAPERS), and stamp in the font *letters*."""
        self._paper = PAPERS[paper]
        self._out = pikepdf.new()
        self._stamps: list[_Stamp] = []
        self._unseen = UnseenLetters(self._out)
        self._letters = letters or stamp_font()
        self._font = self._letters.copied(self._out)
        self._archival: pikepdf.Object | None = None

    @property
    def count(self) -> int:
        """How many pages there are so far."""
        return len(self._stamps)

    def own(self, pdf: pikepdf.Pdf, pages: range, label: str = "") -> None:
        """Add pages that we typeset, as they are."""
        for index in pages:
            self._out.pages.append(pdf.pages[index])
            page = self._out.pages[-1]
            if "/StructParents" in page:
                del page["/StructParents"]  # the tree it belongs to stays behind
            self._stamps.append(_Stamp(label))

    def foreign(
        self,
        source: Foreign,
        label: str,
        head: str = "",
        *,
        words: Sequence[Sequence[Word]] = (),
        free: Sequence[str] = (),
    ) -> list[str]:
        """Add every page of *source*, drawn to fit; *label* goes to the foot of each, *head* to its top.

        *words* are laid unseen over the pages, in their order, to be searched; *free* are the strips of each page that
        may be stamped at full size (`packet_margins.free_strips`). Returns the print of each page's drawing. Raises
        UnreadableError naming the document id when a page cannot be drawn.
        """
        prints = []
        for number, page in enumerate(source.pdf.pages, start=1):
            part = f"page {number} of {source.count}"
            strip = free[number - 1] if number <= len(free) and not head else ""
            told = words[number - 1] if number <= len(words) else ()
            try:
                at_head, found = self._draw(page, told, strip, raised=bool(head))
            except BROKEN as mistake:
                raise _unreadable(source.document, number) from mistake
            self._stamps.append(_Stamp(f"{label}, {part}", f"{head}  |  {part}" if head else "", at_head))
            prints.append(found)
        return prints

    def archive(self, intents: pikepdf.Object) -> None:
        """Have the file declare PDF/A-2b, with the output intents of a file that is; what is bound must conform."""
        self._archival = self._out.copy_foreign(intents)

    def finish(self, title: str, marks: Sequence[Mark], *, bates: str = "") -> bytes:
        """Stamp every page "n of N", set links, labels and bookmarks, and return the file.

        With *bates* the number stands once more in the middle, after it, in six digits. The same pages give the same
        bytes.
        """
        made = io.BytesIO()
        self.finish_into(made, title, marks, bates=bates)
        return made.getvalue()

    def finish_into(self, made: BinaryIO, title: str, marks: Sequence[Mark], *, bates: str = "") -> None:
        """Write into *made* what `finish` returns."""
        self._unseen.finish()
        total = self.count
        for index, page in enumerate(self._out.pages):
            middle = f"{bates}{index + 1:06d}" if bates else ""
            self._stamp(page, self._stamps[index], f"{index + 1} of {total}", middle)
        self._link()
        with self._out.open_outline() as outline:
            outline.root.extend(outline_item(mark) for mark in marks)
        finish_root(self._out, 1, title)
        if self._archival is not None:
            _declare(self._out, self._archival, title)
        self._out.save(made, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)

    def _draw(self, source: pikepdf.Page, words: Sequence[Word], strip: str, *, raised: bool) -> tuple[bool, str]:
        drawing = self._out.copy_foreign(source.as_form_xobject())
        left, bottom, right, top = (float(edge) for edge in drawing.BBox)
        width, height = abs(right - left), abs(top - bottom)
        if not (1 <= width <= 20_000 and 1 <= height <= 20_000):
            raise ValueError("a page without a sensible size")
        if source.rotation % 180 == 90:
            width, height = height, width
        paper = self._paper[::-1] if width > height else self._paper
        page = self._out.add_blank_page(page_size=paper)
        name = page.add_resource(drawing, pikepdf.Name.XObject, pikepdf.Name("/Exhibit"))
        whole = bool(strip) and abs(width - paper[0]) <= _SAME and abs(height - paper[1]) <= _SAME
        room = (0.0, 0.0, *paper) if whole else (_MARGIN, _FOOT, paper[0] - _MARGIN, paper[1] - _head_room(raised))
        placed = page.calc_form_xobject_placement(
            drawing,
            name,
            pikepdf.Rectangle(*room),
            invert_transformations=True,
            allow_shrink=True,
            allow_expand=False,
        )
        page.Contents = self._out.make_stream(placed)
        if words:
            area = _centred((width, height), room)
            page.contents_add(b"q " + self._unseen.over(page, words, area) + b" Q")
        return whole and strip == "head", drawing_print(drawing)

    def _stamp(self, page: pikepdf.Page, stamp: _Stamp, right: str, middle: str) -> None:
        name = page.add_resource(self._font, pikepdf.Name.Font, pikepdf.Name("/Stamp"))
        x0, y0, x1, y1 = (float(edge) for edge in page.mediabox)
        base, width = (y1 - 19 if stamp.at_head else y0 + 13), self._letters.width
        lines = [self._text(name, x0 + 24, base, stamp.label)] if stamp.label else []
        lines.append(self._text(name, x1 - 24 - width(right, _SIZE), base, right))
        if middle:
            lines.append(self._text(name, (x0 + x1 - width(middle, _SIZE)) / 2, base, middle))
        if stamp.over:
            lines.append(self._text(name, x0 + 24, y1 - 20, stamp.over, 11))
        page.contents_add(("q 0.25 g " + " ".join(lines) + " Q").encode("ascii"))

    def _text(self, font: pikepdf.Name, x: float, y: float, text: str, size: float = _SIZE) -> str:
        return f"BT {font} {size} Tf {x:.2f} {y:.2f} Td <{self._letters.shown(text)}> Tj ET"

    def _link(self) -> None:
        for page in self._out.pages:
            for annotation in page.get("/Annots", ()):
                action = annotation.get("/A")
                address = str(action.get("/URI", "")) if action is not None else ""
                if address.startswith(PAGE_ADDRESS):
                    target = self._out.pages[int(address.removeprefix(PAGE_ADDRESS)) - 1]
                    del annotation["/A"]
                    annotation.Dest = pikepdf.Array([target.obj, pikepdf.Name.Fit])


def outline_item(mark: Mark, first: int = 1) -> pikepdf.OutlineItem:
    """Return *mark* as a bookmark of a file whose first page is number *first*."""
    item = pikepdf.OutlineItem(mark.title, mark.page - first, "Fit")
    item.children.extend(outline_item(below, first) for below in mark.below)
    return item


def finish_root(out: pikepdf.Pdf, first: int, title: str) -> None:
    """Number the pages from *first* in the viewer as they are on paper, open the bookmarks, and show *title*."""
    root = out.Root
    counted = pikepdf.Dictionary(S=pikepdf.Name.D, St=first)
    root.PageLabels = pikepdf.Dictionary(Nums=pikepdf.Array([0, counted]))
    root.PageMode = pikepdf.Name.UseOutlines
    root.Lang = pikepdf.String("en")
    root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    out.docinfo["/Title"] = title
    out.docinfo["/Producer"] = "Mobility Toolkit"


def _declare(out: pikepdf.Pdf, intents: pikepdf.Object, title: str) -> None:
    """Say PDF/A-2b in the metadata (ISO 19005-2, 6.6.4), and which colours the numbers mean (6.2.3)."""
    out.Root.OutputIntents = intents
    with out.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
        said["pdfaid:part"], said["pdfaid:conformance"] = "2", "B"
        said["dc:title"], said["pdf:Producer"] = title, "Mobility Toolkit"


def _head_room(raised: bool) -> float:
    return _FOOT if raised else _MARGIN


def _centred(size: tuple[float, float], room: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return where a drawing of *size* lies in *room* (left, bottom, width, height), shrunk if need be."""
    left, bottom, right, top = room
    scale = min(1.0, (right - left) / size[0], (top - bottom) / size[1])
    width, height = size[0] * scale, size[1] * scale
    return left + (right - left - width) / 2, bottom + (top - bottom - height) / 2, width, height


def _unreadable(document: str, page: int | None = None) -> UnreadableError:
    place = f", page {page}" if page else ""
    return UnreadableError(
        f"Document {document}{place}: its PDF is damaged and cannot be bound.",
        remedy="Ask for a new copy of the document, or leave it out.",
    )
