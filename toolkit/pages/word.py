"""Word documents (.docx, .docm, .dotx, .dotm) as pages of text. Runs no macro, follows no link, loads no template.

Only the document's own XML is read: headers, the body with its tables, text boxes and the numbers of its clauses,
notes, footers. Where changes are tracked the text is read with all of them accepted, as a printout shows it, and once
more with all rejected (`Opened.before`): which of the two holds is not decided here. Comments are told to the officer
(`toolkit.pages.word_notes`) and are no part of the text; nor is what is formatted so that nobody sees it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence

from toolkit import sniff
from toolkit.arrival import Limits
from toolkit.errors import EncryptedError, HostileError, TooLargeError, UnreadableError
from toolkit.pages import pseudo, word_notes, word_numbers, word_pictures, word_styles
from toolkit.pages.sheet import Opened, Sheet
from toolkit.pages.word_parts import BROKEN, Element, Package, attribute, content, damaged, package
from toolkit.pages.word_text import Line, Sign, View, Walk

_ANOTHER = "Ask for another copy, as .docx or PDF."


def examine(data: bytes, max_bytes: int) -> tuple[str, ...]:
    """Return notes on what a Word document could do and what protects it; raise TooLargeError or EncryptedError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(each.flag_bits & 0x1 for each in entries):
                raise EncryptedError("The Word document asks for a password.", remedy="Ask for it saved without one.")
            if len(entries) > 5000 or sum(each.file_size for each in entries) > max_bytes:
                raise TooLargeError(f"The Word document unpacks to more than {max_bytes >> 20} MB.", remedy=_ANOTHER)
            links = b"".join(content(archive, each.filename) for each in entries if each.filename.endswith(".rels"))
            settings = [content(archive, each.filename) for each in entries if each.filename.endswith("/settings.xml")]
    except BROKEN as broken:
        raise UnreadableError("The Word document is damaged.", remedy=_ANOTHER) from broken
    names = [each.filename.lower() for each in entries]
    return word_notes.of_package(names, links, b"".join(settings))


def opened(data: bytes, limits: Limits) -> Opened:
    """Open a Word document as pages of text and of pictures, with notes for the officer. Raises InputError only.

    A picture as large as a paper is a page of its own, after those of the text.
    """
    parts = package(data)
    try:
        with parts.archive:
            body = parts.part(parts.main)
            walk, lines = _read(parts, body, View.AFTER)
            marked = {mark.sign for line in lines for mark in line.marks}
            earlier = _read(parts, body, View.BEFORE)[1] if marked & {Sign.CHANGE, Sign.CHANGING} else None
            comments = word_notes.comments(parts)
            texts = [line.text for line in lines]
            sheets = pseudo.sheets(texts, limits.pages)
            papers, unread = word_pictures.sheets(parts, walk.papers, len(sheets), limits)
    except (*BROKEN, KeyError) as broken:
        raise damaged() from broken
    except RecursionError as deep:
        raise HostileError("The Word document is nested without end.", remedy=_ANOTHER) from deep
    notes = word_notes.of_text(lines, pseudo.places(texts, limits.pages), comments)
    notes += word_notes.of_things(sorted(walk.fetching), sorted(walk.watermarks), len(papers), unread)
    before = None
    if earlier is not None:
        words = pseudo.sheets([line.text for line in earlier], limits.pages)
        before = Opened(sniff.WORD, data, _with(words, papers))
    return Opened(sniff.WORD, data, _with(sheets, papers), notes=notes, before=before)


def _with(text: tuple[Sheet, ...], papers: tuple[Sheet, ...]) -> tuple[Sheet, ...]:
    """Return the pages of text, if there is any, and the pictures after them."""
    kept = text if not papers or any(sheet.page.words for sheet in text) else ()
    return *kept, *(word_pictures.numbered(sheet, number) for number, sheet in enumerate(papers, len(kept) + 1))


def _read(parts: Package, body: Element, view: View) -> tuple[Walk, list[Line]]:
    """Return the lines of the whole file in one view: headers, the body, its notes, footers."""
    styles = word_styles.styles(parts.related("styles"))
    walk = Walk(styles, word_numbers.numbering(parts.related("numbering")), view)
    lines: list[Line] = []
    for header in parts.sides(body, "header"):
        _add(lines, walk.lines(header))
    # Letterheads are no papers, and their relations are those of another part.
    walk.papers = []
    lines += walk.lines(body)
    papers = walk.papers
    walk.papers = []
    lines += _notes(parts, walk)
    for footer in parts.sides(body, "footer"):
        _add(lines, walk.lines(footer))
    walk.papers = papers
    return walk, lines


def _add(lines: list[Line], more: Sequence[Line]) -> None:
    # A header of the first, the odd and the even pages is often the same three times.
    texts = [line.text for line in more]
    if texts and texts != [line.text for line in lines[-len(texts) :]]:
        lines.extend(more)


def _notes(parts: Package, walk: Walk) -> Iterator[Line]:
    """Yield the footnotes and endnotes that the text refers to, numbered as they come."""
    for kind, part in (("footnote", "footnotes"), ("endnote", "endnotes")):
        wanted = list(dict.fromkeys(number for each, number in walk.noted if each == kind))
        root = parts.related(part) if wanted else None
        if root is None:
            continue
        by_number = {attribute(each, "id"): each for each in root}
        for place, number in enumerate(wanted, 1):
            if number in by_number:
                first, *rest = [line for line in walk.lines(by_number[number]) if line.text.strip()] or [Line("")]
                yield Line(f"[{place}] {first.text.strip()}", first.marks)
                yield from rest
