"""What the officer should know of a Word file beside its text: what it could do, what is open in it, what is hidden.

Notes may quote the document, as comments do: they belong to the record of the document and to no log. They name no
author; how many there are is enough to ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from toolkit.pages.word_numbers import Numbering
from toolkit.pages.word_parts import Package, attribute, each_of
from toolkit.pages.word_styles import Styles
from toolkit.pages.word_text import Line, Mark, Sign, View, Walk

_COMMENTS = 30
_COMMENT, _QUOTED = 240, 60
_PAGES, _WATERMARKS = 12, 5

#: Kind of relation to the outside -> what is said of it.
_OUTSIDE = {
    b"attachedTemplate": "names an outside template, which was not fetched",
    b"image": "names pictures elsewhere, which were not fetched",
    b"oleObject": "is linked to other files, which were not opened",
    b"frame": "shows other files in frames, which were not opened",
    b"subDocument": "is put together from other files, which were not opened",
    b"mailMergeSource": "is a form letter that takes values from another file, which was not opened",
    b"video": "names films elsewhere, which were not fetched",
}
_OUTSIDE_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_PROTECTION = re.compile(rb"<(?:\w+:)?documentProtection\b[^>]*>")
_PROTECTED = {
    b"readOnly": "is protected against changes",
    b"forms": "is protected: only its form may be filled in",
    b"trackedChanges": "is protected: every change is tracked",
    b"comments": "is protected: only comments may be made",
}


def of_package(names: Sequence[str], relations: bytes, settings: bytes) -> tuple[str, ...]:
    """Return notes on active content, protection and signatures, from part names, all relations and the settings."""
    found = {
        "holds macros, which were not run": any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in names),
        "holds embedded files, which were not opened": any("/embeddings/" in f"/{name}" for name in names),
        "holds controls that can act, which were not run": any("/activex/" in f"/{name}" for name in names),
        "holds parts of other formats, which were not read": b"/aFChunk" in relations,
    }
    outside = [each for each in _OUTSIDE_RELATION.findall(relations) if b"External" in each]
    for kind, note in _OUTSIDE.items():
        found[note] = any(re.search(rb"/" + kind + rb"[\"']", each) for each in outside)
    protection = _PROTECTION.search(settings)
    if protection and re.search(rb"enforcement=[\"'](?:1|true|on)", protection[0]):
        edit = re.search(rb"edit=[\"'](\w+)", protection[0])
        found[_PROTECTED.get(edit[1] if edit else b"", "is protected")] = True
    found["was saved as read-only recommended, or with a password for changes"] = b"writeProtection" in settings
    signed = any(name.startswith("_xmlsignatures/") and name.endswith(".xml") for name in names)
    found["carries a digital signature, which was not verified"] = signed
    return tuple(f"the Word document {note}" for note, holds in found.items() if holds)


def comments(parts: Package) -> dict[str, str]:
    """Return the text of each comment by its id, on one line."""
    root = parts.related("comments")
    walk = Walk(Styles(), Numbering(), View.AFTER)
    return {attribute(each, "id"): _plain(line.text for line in walk.lines(each)) for each in each_of(root, "comment")}


def of_text(lines: Sequence[Line], places: Mapping[int, Sequence[int]], comments: Mapping[str, str]) -> tuple[str, ...]:
    """Return notes on what the text holds beside what is read: open changes, comments, places to fill in, hidden text.

    *places* are the pages of each line's rows (`pseudo.places`).
    """
    marks: dict[Sign, list[tuple[int, Mark]]] = {sign: [] for sign in Sign}
    for at, line in enumerate(lines):
        for mark in line.marks:
            marks[mark.sign].append((_page(places.get(at, ()), mark.at), mark))
    notes = []
    if changes := marks[Sign.CHANGE]:
        authors = len({mark.detail for _, mark in changes})
        what = _count(len(changes), "open change", "open changes")
        notes.append(
            f"{what} by {_count(authors, 'author', 'authors')} {_on(changes)}: the text is read with them accepted;"
            " have them settled before anybody relies on it"
        )
    for sign, (one, many, rest) in _SAID.items():
        if found := marks[sign]:
            notes.append(f"{_count(len(found), one, many)} {_on(found)}{rest}")
    return (*notes, *_of_comments(lines, places, comments))


def of_things(fetching: Sequence[str], watermarks: Sequence[str], papers: int, unread: int) -> tuple[str, ...]:
    """Return notes on what is no text: fields that would fetch, watermarks, pictures read as pages, and those not."""
    notes = []
    if fetching:
        what = "fields that fetch from other files or programs, which was not done"
        notes.append(f"the Word document holds {what}: {', '.join(fetching)}")
    if shown := [text for each in watermarks if (text := _plain([each]))]:
        notes.append(f"across the pages stands “{'”, “'.join(shown[:_WATERMARKS])}”")
    if papers:
        notes.append(f"{_count(papers, 'picture', 'pictures')} in the text read as further pages, after it")
    if unread:
        notes.append(f"{_count(unread, 'large picture', 'large pictures')} in the text could not be read: look at them")
    return tuple(notes)


_SAID = {
    Sign.CHANGING: ("date", "dates", " would change when the file is opened: read as last saved, and not relied on"),
    Sign.TO_FILL_IN: ("place is", "places are", " still to be filled in: read as blank"),
    Sign.HIDDEN: ("piece of hidden text", "pieces of hidden text", ": not read, and not printed"),
    Sign.WHITE: ("piece of white text on white", "pieces of white text on white", ": not read, since nobody sees it"),
    Sign.TINY: ("piece of text too small to be seen", "pieces of text too small to be seen", ": not read"),
}


def _of_comments(
    lines: Sequence[Line], places: Mapping[int, Sequence[int]], comments: Mapping[str, str]
) -> Iterable[str]:
    found = [
        (_page(places.get(at, ()), mark.at), line.text[: mark.at].split("\n")[-1], mark.detail)
        for at, line in enumerate(lines)
        for mark in line.marks
        if mark.sign is Sign.COMMENT
    ]
    found += [(0, "", number) for number in comments if number not in {each for _, _, each in found}]
    if not found:
        return
    yield f"{_count(len(found), 'comment', 'comments')} beside the text, no part of what was read"
    for page, before, number in found[:_COMMENTS]:
        where = f" on page {page}" if page else ""
        quoted = _plain([before])
        after = f" at “{'…' if len(quoted) > _QUOTED else ''}{quoted[-_QUOTED:].strip()}”" if quoted else ""
        yield f"comment{where}{after}: “{comments.get(number, '')[:_COMMENT]}”"
    if len(found) > _COMMENTS:
        yield f"{len(found) - _COMMENTS} more comments: open the document to read them"


def _page(rows: Sequence[int], at: int) -> int:
    """Return the page of a mark *at* so many characters into a line whose rows stand on these pages; 0 for none."""
    return rows[min(at // 100, len(rows) - 1)] if rows else 0


def _on(found: Sequence[tuple[int, Mark]]) -> str:
    pages = sorted({page for page, _ in found if page})
    if not pages:
        return "in the document"
    shown = ", ".join(map(str, pages[:_PAGES])) + (" and more" if len(pages) > _PAGES else "")
    return f"on page {shown}" if len(pages) == 1 else f"on pages {shown}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _plain(texts: Iterable[str]) -> str:
    """Return texts on one line, without what could act on a terminal."""
    return "".join(each for each in " ".join(" ".join(texts).split()) if each.isprintable())
