"""The text of a Word file as lines, in the order of print, and what a reader should know of single lines.

Two ways to read a file whose changes are tracked: as it stands when all open changes are accepted, which is what Word
prints (`View.AFTER`), and as it stood before them (`View.BEFORE`). Neither is decided for anybody: `toolkit.pages.word`
gives the one to be read and the other to be weighed against it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import takewhile

from toolkit.pages import pseudo, word_pictures
from toolkit.pages.word_fields import BLANK, FETCHING, Open, sign
from toolkit.pages.word_numbers import Numbering
from toolkit.pages.word_parts import Element, attribute, child, each_of, local, on
from toolkit.pages.word_styles import Styles


class View(StrEnum):
    """Which of the two texts is read."""

    #: All open changes accepted.
    AFTER = "after"
    #: All open changes rejected, and values that change by themselves left out.
    BEFORE = "before"


class Sign(StrEnum):
    """What a reader should know of a place in the text."""

    CHANGE = "change"
    COMMENT = "comment"
    CHANGING = "changing date"
    TO_FILL_IN = "to be filled in"
    HIDDEN = "hidden"
    WHITE = "white"
    TINY = "tiny"


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign at a place: `at` characters into its line. `detail` is the author of a change, the id of a comment."""

    sign: Sign
    at: int
    detail: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text (a paragraph, a row of a table), and the marks in it."""

    text: str
    marks: tuple[Mark, ...] = ()

    def __repr__(self) -> str:
        return f"<Line {len(self.text)} characters {len(self.marks)} marks>"


_INSERTED, _DELETED = frozenset({"ins", "moveTo", "cellIns"}), frozenset({"del", "moveFrom", "cellDel"})
_WATERMARK = 60
#: What holds no text of the page: properties, a second drawing of the same box, the definitions of a control.
_APART = frozenset({"rPr", "pPr", "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "Fallback", "rt"})


@dataclass(slots=True, repr=False)
class Walk:
    """One walk over the parts of a file in one view; what it met on the way is kept for the notes."""

    styles: Styles
    numbers: Numbering
    view: View
    #: Notes that are referred to, in order: their kind (`footnote`, `endnote`) and id.
    noted: list[tuple[str, str]] = field(default_factory=list)
    #: Fields that would fetch, by name; texts drawn across the pages; relations of pictures as large as a paper.
    fetching: set[str] = field(default_factory=set)
    watermarks: set[str] = field(default_factory=set)
    papers: list[str] = field(default_factory=list)
    _fields: list[Open] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _marks: list[Mark] = field(default_factory=list)
    _boxes: list[Element] = field(default_factory=list)
    _length: int = 0
    _paragraph: int = 0
    _unending: bool = False
    _in: Element | None = None

    def lines(self, part: Element) -> list[Line]:
        """Return the lines of a body, header, footer, note or comment."""
        kept = deepcopy((self.noted, self.numbers.counted, self.numbers.begun))
        found = [*self._blocks(part), *self._ended()]
        if any(not each.in_result for each in self._fields):
            # A field that never ends must not swallow the text after it: so all is read but the instructions.
            self.noted, self.numbers.counted, self.numbers.begun = kept
            self._fields, self._unending = [], True
            found = [*self._blocks(part), *self._ended()]
        self._fields, self._unending = [], False
        return found

    def _blocks(self, element: Element) -> Iterator[Line]:
        for each in element:
            name = local(each)
            if name == "p":
                yield from self._of_paragraph(each)
            elif name == "tr":
                yield from self._row(each)
            elif name == "sdt" and self._to_fill_in(each):
                yield Line(BLANK, (Mark(Sign.TO_FILL_IN, 0),))
            elif name in _INSERTED | _DELETED:
                if self._stays(name):
                    yield from self._blocks(each)
            elif name and name not in _APART:
                yield from self._blocks(each)

    def _of_paragraph(self, element: Element) -> Iterator[Line]:
        changes = _changes_of(child(element, "pPr", "rPr"))
        kept, self._in = self._in, element
        self._inline(element)
        self._in = kept
        for each in changes:
            self._mark(Sign.CHANGE, attribute(each, "author"))
        # Without its mark a paragraph runs on into the next, and is one of its kind.
        if all(self._stays(local(each)) for each in changes):
            numbered = self.styles.list_of(element)
            shown = bool("".join(self._pieces).strip()) or not _says_something(element)
            yield from self._ended(self.numbers.label(*numbered) if numbered and shown else "", empty=True)

    def _ended(self, label: str = "", empty: bool = False) -> Iterator[Line]:
        """Yield the lines of the paragraph that was gathered, then those of the boxes that hang on it."""
        text, marks, boxes = "".join(self._pieces), self._marks, self._boxes
        self._pieces, self._marks, self._boxes, self._length = [], [], [], 0
        self._paragraph += 1
        if label:
            text, marks = f"{label} {text}", [Mark(m.sign, m.at + len(label) + 1, m.detail) for m in marks]
        if text or marks or empty:
            yield from _split(text, marks)
        for box in boxes:
            yield from self._blocks(box)

    def _inline(self, element: Element) -> None:
        for each in element:
            name = local(each)
            if name in _INSERTED | _DELETED:
                self._changed(each, name)
            elif name == "r":
                self._run(each)
            elif name == "sdt" and self._to_fill_in(each):
                self._say(BLANK)
                self._mark(Sign.TO_FILL_IN)
            elif name == "fldSimple":
                self._simple(each)
            elif name == "txbxContent":
                self._boxes.append(each)
            elif name == "textpath":
                self.watermarks.add(attribute(each, "string")[:_WATERMARK])
            elif name in ("blip", "imagedata"):
                self.papers += [found] if (found := word_pictures.paper(each)) else []
            elif name == "t":  # formulas have their text without a run
                self._say(each.text or "")
            elif name and name not in _APART:
                self._inline(each)

    def _changed(self, element: Element, name: str) -> None:
        before, author = element.getprevious(), attribute(element, "author")
        # One change of one person may be stored in several pieces, one for each run.
        if before is None or local(before) != name or attribute(before, "author") != author:
            self._mark(Sign.CHANGE, author)
        if self._stays(name):
            self._inline(element)

    def _stays(self, change: str) -> bool:
        return (change in _INSERTED) == (self.view is View.AFTER)

    def _run(self, run: Element) -> None:
        unseen = self.styles.unseen(run, self._in)
        for each in run:
            name = local(each)
            if name == "fldChar":
                self._field(each)
            elif name in ("instrText", "delInstrText"):
                if self._fields and not self._fields[-1].in_result:
                    self._fields[-1].instruction.append(each.text or "")
            elif name.endswith("Reference"):
                self._refer(each, name)
            elif unseen:
                if local(each) in ("t", "delText") and (each.text or "").strip():
                    self._mark(Sign(unseen))
            else:
                self._content(each, name)

    def _content(self, element: Element, name: str) -> None:
        if name in ("t", "delText"):
            self._say(element.text or "")
        elif name in ("tab", "ptab"):
            self._say("\t")
        elif name in ("br", "cr"):
            self._say("\f" if attribute(element, "type") == "page" else "\n")
        elif name in ("noBreakHyphen", "softHyphen"):
            self._say("-" if name == "noBreakHyphen" else "")
        elif name == "sym":
            self._say(sign(element))
        elif name and name not in _APART:
            self._inline(element)

    def _refer(self, element: Element, name: str) -> None:
        if name == "commentReference":
            self._mark(Sign.COMMENT, attribute(element, "id"))
        elif name in ("footnoteReference", "endnoteReference") and self._visible():
            self.noted.append((name.removesuffix("Reference"), attribute(element, "id")))

    def _say(self, text: str) -> None:
        if text and self._visible():
            self._pieces.append(text)
            self._length += len(text)

    def _visible(self) -> bool:
        return self._unending or all(each.in_result for each in self._fields)

    def _mark(self, sign: Sign, detail: str = "") -> None:
        if self._visible():
            self._marks.append(Mark(sign, self._length, detail))

    def _to_fill_in(self, control: Element) -> bool:
        """Whether a content control still shows the prompt it was made with (17.5.2.39)."""
        return on(child(control, "sdtPr", "showingPlcHdr"))

    def _field(self, element: Element) -> None:
        step = attribute(element, "fldCharType")
        if step == "begin":
            self._fields.append(Open(child(element, "ffData")))
        elif step == "separate" and self._fields:
            self._result(self._fields[-1])
        elif step == "end" and self._fields:
            self._close(self._fields.pop())

    def _simple(self, element: Element) -> None:
        self._fields.append(Open(child(element, "ffData"), [attribute(element, "instr")]))
        self._result(self._fields[-1])
        self._inline(element)
        self._close(self._fields.pop())

    def _result(self, opened: Open) -> None:
        opened.in_result, opened.paragraph, opened.piece = True, self._paragraph, len(self._pieces)

    def _close(self, ended: Open) -> None:
        if ended.name in FETCHING:
            self.fetching.add(ended.name)
        if not self._visible():
            return
        here = ended.in_result and ended.paragraph == self._paragraph
        if ended.in_result and not here:  # it ran over paragraphs, which stand as they are
            return
        result = "".join(self._pieces[ended.piece :]) if here else ""
        shown, to_fill_in = ended.shown(result)
        if shown != result:
            self._take_back(ended.piece if here else len(self._pieces))
            self._say(shown)
        if to_fill_in:
            self._mark(Sign.TO_FILL_IN)
        if ended.changes and result.strip():
            self._mark(Sign.CHANGING)
            if self.view is View.BEFORE:
                self._take_back(ended.piece)

    def _take_back(self, piece: int) -> None:
        self._length -= sum(map(len, self._pieces[piece:]))
        del self._pieces[piece:]

    def _row(self, row: Element) -> Iterator[Line]:
        """Yield the lines of one table row: the first lines of all cells side by side, then the second, and so on."""
        changes = _changes_of(child(row, "trPr"))
        marks = tuple(Mark(Sign.CHANGE, 0, attribute(each, "author")) for each in changes)
        if not all(self._stays(local(each)) for each in changes):
            yield Line("", marks)
            return
        with self._apart():
            cells = [(_span(cell), self._cell(cell, row)) for cell in each_of(row, "tc") if _row_of(cell) is row]
        for place in range(max((len(lines) for _, lines in cells), default=0)):
            parts = [(span, lines[place] if place < len(lines) else Line("")) for span, lines in cells]
            for line in _side_by_side(parts):
                yield Line(line.text, marks + line.marks)
                marks = ()

    def _cell(self, cell: Element, row: Element) -> list[Line]:
        around = takewhile(lambda each: each is not row, cell.iterancestors())
        if any(local(each) == "sdt" and self._to_fill_in(each) for each in around):
            return [Line(BLANK, (Mark(Sign.TO_FILL_IN, 0),))]
        changes = _changes_of(child(cell, "tcPr"))
        for each in changes:
            self._mark(Sign.CHANGE, attribute(each, "author"))
        if not all(self._stays(local(each)) for each in changes):
            return [*self._ended()]
        return [*self._blocks(cell), *self._ended()]

    @contextmanager
    def _apart(self) -> Iterator[None]:
        """What a paragraph before a table left to run on does not run into its cells."""
        kept = (self._pieces, self._marks, self._boxes, self._length)
        self._pieces, self._marks, self._boxes, self._length = [], [], [], 0
        yield
        self._pieces, self._marks, self._boxes, self._length = kept


def _split(text: str, marks: list[Mark]) -> Iterator[Line]:
    """Yield the lines of one paragraph, each with its own marks; the last line has whatever is left."""
    waiting = sorted(marks, key=lambda mark: mark.at)[::-1]
    lines, start = text.split("\n"), 0
    for number, line in enumerate(lines, 1):
        own = []
        while waiting and (waiting[-1].at <= start + len(line) or number == len(lines)):
            mark = waiting.pop()
            own.append(Mark(mark.sign, min(mark.at - start, len(line)), mark.detail))
        yield Line(line, tuple(own))
        start += len(line) + 1


def _changes_of(properties: Element | None) -> list[Element]:
    """Return the changes of the thing itself that its *properties* tell: of a paragraph's mark, of a row."""
    return [] if properties is None else [each for each in properties if local(each) in _INSERTED | _DELETED]


def _says_something(paragraph: Element) -> bool:
    return any((each.text or "").strip() for each in each_of(paragraph, "t", "delText"))


def _span(cell: Element) -> int:
    span = attribute(child(cell, "tcPr", "gridSpan"), "val")
    return min(63, max(1, int(span))) if span.isascii() and span.isdecimal() and len(span) < 3 else 1


def _row_of(cell: Element) -> Element | None:
    return next((above for above in cell.iterancestors() if local(above) == "tr"), None)


def _side_by_side(parts: list[tuple[int, Line]]) -> list[Line]:
    """Return the cells of one line of a row, each where its column begins; marks stand at the beginning of the row."""
    texts: list[str] = []
    for span, line in parts:
        texts += [line.text, *[""] * (span - 1)]
    marks = tuple(Mark(mark.sign, 0, mark.detail) for _, line in parts for mark in line.marks)
    if not any(text.strip() for text in texts):
        return [Line("", marks)] if marks else []
    # Cells longer than their column go one below the other: nothing may overlap, nothing may be lost.
    room, (last_span, last) = pseudo.COLUMNS // len(texts), parts[-1]
    if all(len(line.text) < room * span for span, line in parts[:-1]) and len(last.text) <= room * last_span:
        return [Line(pseudo.row(texts), marks)]
    shown = [text for text in texts if text.strip()]
    return [Line(shown[0], marks), *(Line(text) for text in shown[1:])]
