"""Opens a finished packet (or claim) as a stranger would and checks that what it says of its pages is true of them.

Read from the file alone, with other code than made it. One page off is a problem; a file with a problem is not let out.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pikepdf
import pypdfium2
from pikepdf.exceptions import PikepdfError

from toolkit import stamp_font
from toolkit.errors import ToolkitError
from toolkit.packet_prints import drawing_print
from toolkit.packet_told import Told, ToldExhibit

_Box = tuple[float, float, float, float]
#: The left and right edge of a letter, its middle height, and itself.
_Letter = tuple[float, float, float, str]
#: Columns of the index stand this far apart at least, in points; words never do.
_GAP = 9.0
#: How far the middle of a letter may lie above or below a figure of its line, in points; lines stand wider apart.
_ROW = 2.0
_BY_NUMBER = re.compile(r"^Exhibit (\d+):")
_BY_PAGE = re.compile(r", page (\d+)$")
#: What would act, in the root of a file or on a page.
_ACTIVE = ("/OpenAction", "/AA", "/AcroForm")


def page_numbers(pdf: bytes, covers: int, pages: int) -> frozenset[int]:
    """Return the pages that links on the first *covers* pages open, after checking every number in the file.

    Raises ToolkitError unless there are *pages* pages, the stamp on each is its number, and the number printed under
    each link is the page it opens.
    """
    told = Told(pages, 1, pages, covers, "", ())
    with _Opened(pdf) as packet:
        if problems := [*_stamps(packet, told), *_links(packet, told)]:
            raise _off(problems[0])
        return frozenset(link.target for link in packet.links(covers, told.first))


def verify(pdf: bytes, told: Told) -> None:
    """Raise ToolkitError when a page number, an index line, a bookmark, a link or a drawing is off."""
    if found := problems(pdf, told):
        raise _off(found[0])


def problems(pdf: bytes, told: Told) -> list[str]:
    """Return in plain words everything in *pdf* that is not as *told*; an empty list when nothing is."""
    try:
        with _Opened(pdf) as packet:
            if len(packet.pdf.pages) != told.last - told.first + 1:
                return list(_stamps(packet, told))
            checks = (_stamps, _labels, _links, _index, _dividers, _bookmarks, _drawings, _actions)
            return [problem for check in checks for problem in check(packet, told)]
    except (PikepdfError, pypdfium2.PdfiumError):
        return ["the file is damaged and cannot be opened"]
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError):
        return ["the file is not built as a packet is"]


@dataclass(frozen=True, slots=True)
class _Link:
    """A link on a page, the page number it opens, and where it stands."""

    page: int
    target: int
    box: _Box


@dataclass(slots=True)
class _Opened:
    """A packet opened twice: by qpdf for its structure, by PDFium for what a reader sees."""

    data: bytes
    pdf: pikepdf.Pdf = field(init=False)
    reader: pypdfium2.PdfDocument = field(init=False)
    letters: dict[object, Mapping[int, str]] = field(default_factory=dict)
    drawn: dict[int, list[_Letter]] = field(default_factory=dict)

    def __enter__(self) -> _Opened:
        self.pdf = pikepdf.open(io.BytesIO(self.data))
        self.reader = pypdfium2.PdfDocument(self.data)
        return self

    def __exit__(self, *_: object) -> None:
        self.reader.close()
        self.pdf.close()

    def stamped(self, page: pikepdf.Page) -> list[str]:
        contents = page.obj.get("/Contents")
        last = contents[-1] if isinstance(contents, pikepdf.Array) else contents
        fonts: Any = page.Resources.get("/Font", {})
        if not isinstance(last, pikepdf.Stream) or "/Stamp" not in fonts:
            return []
        font = fonts["/Stamp"]
        if font.objgen not in self.letters:
            self.letters[font.objgen] = stamp_font.read_map(font)
        return stamp_font.read(last.read_bytes(), self.letters[font.objgen])

    def text(self, page: int, box: _Box | None = None) -> str:
        shown = self.reader[page - 1].get_textpage()
        return str(shown.get_text_bounded(*box) if box else shown.get_text_range())

    def cells(self, page: int, bottom: float, top: float) -> list[str]:
        """Return what stands between two heights of a page, parted where a gap is as wide as between columns."""
        if page not in self.drawn:
            self.drawn[page] = list(_letters(self.reader[page - 1].get_textpage()))
        row = sorted(each for each in self.drawn[page] if bottom <= each[2] <= top)
        cells: list[str] = []
        right = -_GAP
        for left, end, _, letter in row:
            if left - right > _GAP or not cells:
                cells.append("")
            cells[-1] += letter
            right = max(right, end)
        return cells

    def lines_with(self, page: int, text: str) -> Iterator[list[str]]:
        """Yield the cells of each line of a page that *text* stands in."""
        shown = self.reader[page - 1].get_textpage()
        search = shown.search(text)
        while found := search.get_next():
            _, bottom, _, top = shown.get_charbox(found[0])
            yield self.cells(page, bottom - _ROW, top + _ROW)

    def links(self, covers: int, first: int) -> Iterator[_Link]:
        """Yield the links of the first *covers* pages; a target of 0 leads outside the file."""
        numbers: dict[object, int] = {page.objgen: number for number, page in enumerate(self.pdf.pages, start=first)}
        for number in range(1, min(covers, len(self.pdf.pages)) + 1):
            for annotation in self.pdf.pages[number - 1].get("/Annots", ()):
                if annotation.get("/Subtype") == "/Link":
                    target = annotation.get("/Dest")
                    left, bottom, right, top = (float(edge) for edge in annotation.Rect)
                    opens = 0 if target is None else numbers.get(target[0].objgen, 0)
                    yield _Link(number, opens, (left, bottom, right, top))


def _letters(text: pypdfium2.PdfTextPage) -> Iterator[_Letter]:
    for at in range(text.count_chars()):
        letter = text.get_text_range(at, 1)
        if letter.strip():
            left, bottom, right, top = text.get_charbox(at)
            yield left, right, (bottom + top) / 2, letter


def _stamps(packet: _Opened, told: Told) -> Iterator[str]:
    """The number on every page, its Bates number, and which page of which exhibit it says it is."""
    count = told.last - told.first + 1
    if len(packet.pdf.pages) != count:
        yield f"it has {len(packet.pdf.pages)} pages instead of {count}"
        return
    expected = _page_labels(told.exhibits)
    for number, page in enumerate(packet.pdf.pages, start=told.first):
        shown = packet.stamped(page)
        if f"{number} of {told.total}" not in shown:
            yield f"page {number} is stamped with another number"
        if told.bates and f"{told.bates}{number:06d}" not in shown:
            yield f"page {number} does not carry its Bates number"
        if (label := expected.get(number)) and label not in shown:
            yield f'page {number} does not say that it is "{label}"'


def _page_labels(exhibits: Sequence[ToldExhibit]) -> Mapping[int, str]:
    found: dict[int, str] = {}
    for each in exhibits:
        found[each.divider] = f"Exhibit {each.number}"
        count = each.last - each.first + 1
        for at in range(count):
            found[each.first + at] = f"Exhibit {each.number}, page {at + 1} of {count}"
    return found


def _labels(packet: _Opened, told: Told) -> Iterator[str]:
    """The number that a viewer shows for each page."""
    for number, page in enumerate(packet.pdf.pages, start=told.first):
        if str(page.label) != str(number):
            yield f"a viewer calls page {number} page {page.label}"
            return


def _links(packet: _Opened, told: Told) -> Iterator[str]:
    for link in packet.links(told.covers if told.first == 1 else 0, told.first):
        printed = packet.text(link.page, link.box).strip()
        if link.target == 0:
            yield f"a link on page {link.page} leads outside the file"
        elif printed != str(link.target):
            yield f'on page {link.page} a link reads "{printed}" and opens page {link.target}'


def _index(packet: _Opened, told: Told) -> Iterator[str]:
    """Every line of the index: its exhibit's number, how many pages it has and at which page it begins."""
    if told.first != 1:
        return
    links = list(packet.links(told.covers, 1))
    targets = {link.target for link in links}
    for each in told.exhibits:
        at = next((link for link in links if link.target == each.divider), None)
        if at is None:
            yield f"the index does not link to exhibit {each.number}"
        elif not _is_line_of(packet.cells(at.page, at.box[1], at.box[3]), each):
            yield f"the index line of exhibit {each.number} is wrong"
    for exhibit, page in told.proofs:
        if page and page not in targets and page <= told.last:
            yield f"nothing links to page {page} of exhibit {exhibit}, which proves a requirement"
    yield from _elsewhere(packet, told)
    yield from _behind(packet, told)


def _behind(packet: _Opened, told: Told) -> Iterator[str]:
    """What the index says is bound behind an exhibit: those pages are the exhibit's, one after another, to its end."""
    every = [each for each in (*told.exhibits, *told.elsewhere) if each.behind]
    # Without spaces: a line may end anywhere.
    covers = range(1, told.covers + 1) if every else ()
    printed = "".join(word for page in covers for word in packet.text(page).split())
    for each in every:
        ends = [*(first - 1 for _, first, _ in each.behind[1:]), each.last]
        if [last for _, _, last in each.behind] != ends or not each.first < each.behind[0][1]:
            yield f"what is behind exhibit {each.number} does not stand on its last pages"
        for role, first, last in each.behind:
            span = f"{last}" if first == last else f"{first}–{last}"
            if f"{role}({span})" not in printed:
                yield f"the index does not say that the {role} of exhibit {each.number} stands on {span}"


def _is_line_of(cells: Sequence[str], each: ToldExhibit) -> bool:
    wanted = [str(each.last - each.divider), str(each.divider)]
    return len(cells) >= 4 and cells[0] == str(each.number) and cells[-2:] == wanted


def _elsewhere(packet: _Opened, told: Told) -> Iterator[str]:
    """Lines that lead into another file of a packet that was cut: they have no link, and their print has to be true."""
    covers = range(1, told.covers + 1)
    for each in told.elsewhere:
        if not any(_is_line_of(cells, each) for page in covers for cells in packet.lines_with(page, str(each.divider))):
            yield f"the index line of exhibit {each.number}, which stands in another file, is wrong"
    printed = [" ".join(packet.text(page).split()) + " " for page in covers] if told.elsewhere else []
    for exhibit, page in told.proofs:
        if page > told.last and not any(f"Exhibit {exhibit}, page {page} " in text for text in printed):
            yield f"page {page} of exhibit {exhibit} proves a requirement, and nothing says so"


def _dividers(packet: _Opened, told: Told) -> Iterator[str]:
    for each in told.exhibits:
        if not told.first <= each.divider <= told.last:
            continue
        words = " ".join(packet.text(each.divider - told.first + 1).split())
        if f"Exhibit {each.number} " not in f"{words} ":
            yield f"the divider of exhibit {each.number} is not on page {each.divider}"
        one = each.first == each.last
        span = f"page {each.last}" if one else f"pages {each.first} to {each.last}"
        if span not in words:
            yield f"the divider of exhibit {each.number} does not say {span}"
        for role, first, last in each.behind:
            span = f"{role}: page {last}" if first == last else f"{role}: pages {first} to {last}"
            if span not in words:
                yield f"the divider of exhibit {each.number} does not say {span}"


def _bookmarks(packet: _Opened, told: Told) -> Iterator[str]:
    dividers = {each.number: each.divider for each in told.exhibits if told.first <= each.divider <= told.last}
    numbers: dict[object, int] = {page.objgen: number for number, page in enumerate(packet.pdf.pages, start=told.first)}
    seen: list[int] = []
    with packet.pdf.open_outline() as outline:
        for item in _walk(outline.root):
            target = item.destination
            page = numbers.get(target[0].objgen, 0) if isinstance(target, pikepdf.Array | list) else 0
            exhibit, proof = _BY_NUMBER.match(item.title), _BY_PAGE.search(item.title)
            if exhibit:
                seen.append(int(exhibit[1]))
                expected = dividers.get(int(exhibit[1]), -1)
            else:
                expected = int(proof[1]) if proof else page or -1
            if page != expected:
                yield f"a bookmark of page {expected} opens page {page}"
    if sorted(seen) != sorted(dividers):
        yield "the bookmarks do not name every exhibit once"


def _walk(items: Sequence[pikepdf.OutlineItem]) -> Iterator[pikepdf.OutlineItem]:
    for item in items:
        yield item
        yield from _walk(item.children)


def _drawings(packet: _Opened, told: Told) -> Iterator[str]:
    """What each exhibit page draws: a page that was swapped for another has the right stamp and the wrong drawing."""
    for each in told.exhibits:
        for at, expected in enumerate(each.prints):
            number = each.first + at
            if not told.first <= number <= told.last:
                continue
            drawn: Any = packet.pdf.pages[number - told.first].Resources.get("/XObject", {})
            if "/Exhibit" not in drawn or drawing_print(drawn["/Exhibit"]) != expected:
                yield f"page {number} does not show page {at + 1} of exhibit {each.number}"


def _actions(packet: _Opened, told: Told) -> Iterator[str]:
    names: Any = packet.pdf.Root.get("/Names", {})
    if any(name in packet.pdf.Root for name in _ACTIVE) or "/JavaScript" in names or "/EmbeddedFiles" in names:
        yield "the file holds something that acts when it is opened, or files inside it"
    for number, page in enumerate(packet.pdf.pages, start=told.first):
        notes = page.get("/Annots", ())
        if "/AA" in page or any("/A" in note or "/AA" in note for note in notes):
            yield f"page {number} holds something that acts"


def loose(pdf: bytes, pages: int, most_bytes: int) -> list[str]:
    """Return what is wrong with a file of *pages* pages that is uploaded by itself; *most_bytes* 0 is no limit."""
    found = []
    if most_bytes and len(pdf) > most_bytes:
        found.append(f"it has {len(pdf):,} bytes, and {most_bytes:,} are the most")
    try:
        with _Opened(pdf) as opened:
            if len(opened.pdf.pages) != pages or len(opened.reader) != pages:
                found.append(f"it has {len(opened.pdf.pages)} pages instead of {pages}")
            if opened.pdf.is_encrypted:
                found.append("it is protected")
            found.extend(_actions(opened, Told(pages, 1, pages, 0, "", ())))
    except (PikepdfError, pypdfium2.PdfiumError):
        found.append("it is damaged and cannot be opened")
    return found


def missing(pdf: bytes, texts: Sequence[str]) -> list[str]:
    """Return those of *texts* (words without spaces) that *pdf* does not print."""
    with _Opened(pdf) as opened:
        printed = {word for number in range(1, len(opened.reader) + 1) for word in opened.text(number).split()}
    return [text for text in texts if text not in printed]


def _off(what: str) -> ToolkitError:
    return ToolkitError(f"The PDF was not made: {what}.", remedy="Report this; no file was written.")
