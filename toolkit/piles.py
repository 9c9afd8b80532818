"""The documents in one file that holds a pile of papers: which pages are one, in which order, and which are none.

Every page of a file ends in exactly one document, or is named as blank or as a separator in the notes of one. A page
that could be of either document stays with the one before, and that is said. Knows pages and kinds; reads no field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolkit import page_signs, pile_marks, pile_order, separators, sniff
from toolkit.errors import InputError
from toolkit.kind import UNKNOWN, kinds
from toolkit.page_signs import Signs
from toolkit.pages import Opened
from toolkit.pages.picture import MEDIA_TYPES
from toolkit.pile_cut import Leaf, cut
from toolkit.pile_marks import Marks
from toolkit.recognise import Recognised, is_photo, kind_of_zone, named_by_words, recognise

#: What papers are scanned or photographed into; a text has no papers in it.
_SCANNED = frozenset({sniff.PDF, *MEDIA_TYPES})
#: So many pages without words are looked at, to tell blank ones; drawing one takes a tenth of a second.
_LOOKED_AT = 80
#: A phrase of this weight can be the title of its kind; that of an agreement says less.
_TITLE, _AGREEMENT = 2.0, 1.5
#: A zone seen with less than this may be none.
_ZONE = 0.5
#: Scans with so many blank sides are two-sided.
_DUPLEX = 0.3

#: Which pages are one document, as numbers of pages that a person gave.
NamedCut = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The pages of a file by what they are: places in the file of pages, blank sheets and separators."""

    pages: tuple[int, ...]
    blank: frozenset[int]
    separators: frozenset[int]


def documents(opened: Opened, named: NamedCut = ()) -> list[tuple[Opened, Recognised]]:
    """Return what *opened* holds, each document with what it is taken for; one document comes back as it is.

    *named* are its documents as a person gave them, by numbers of pages, which are then not doubted: every page must be
    in exactly one, else InputError. A document keeps the numbers of its pages in the file.
    """
    signs = page_signs.of(opened)
    if named:
        return [_part(opened, signs, places, ()) for places in _as_named(opened, named)]
    if len(opened.sheets) < 2 or opened.media_type not in _SCANNED:
        return [(opened, recognise(opened, signs))]
    whole = recognise(opened, signs[:1]) if opened.attachments else None
    if whole is not None and whole.kind is not None and whole.kind.attachments:
        return [(opened, recognise(opened, signs))]
    kinds_of_sheets = _sorted(signs)
    if not kinds_of_sheets.pages:
        return [(replace(opened, notes=("Every page is blank.", *opened.notes)), recognise(opened, signs))]
    return _cut(opened, signs, kinds_of_sheets)


def _cut(opened: Opened, signs: Sequence[Signs], sheets: _Sorted) -> list[tuple[Opened, Recognised]]:
    leaves = [_leaf(signs, sheets, at) for at in range(len(sheets.pages))]
    found = cut(leaves, duplex=len(sheets.blank) >= _DUPLEX * len(signs))
    groups = pile_order.grouped([leaf.marks for leaf in leaves], found)
    empty = _beside([[sheets.pages[at] for at in group.leaves] for group in groups], sheets, signs)
    made = []
    for group, aside in zip(groups, empty, strict=True):
        places = [sheets.pages[at] for at in group.leaves]
        made.append(_part(opened, signs, places, (*group.notes, *aside)))
    # One document, and nothing to say of it: it stays the file it is.
    if len(made) == 1 and len(sheets.pages) == len(signs) and not (groups[0].notes or empty[0]):
        return [(opened, made[0][1])]
    return made


def _part(
    opened: Opened, signs: Sequence[Signs], places: Sequence[int], notes: Sequence[str]
) -> tuple[Opened, Recognised]:
    own = [signs[at] for at in places]
    part = replace(opened, sheets=tuple(each.sheet for each in own), notes=(*notes, *opened.notes))
    return part, recognise(part, own)


def _as_named(opened: Opened, named: NamedCut) -> list[list[int]]:
    """Return the places of the documents a person named. Raises InputError for a page lost, doubled or not there."""
    place = {page.number: at for at, page in enumerate(opened.pages)}
    seen: set[int] = set()
    for number in [number for part in named for number in part]:
        if number not in place:
            raise InputError(
                f"There is no page {number} in this file.", remedy=f"It has the pages 1 to {len(place)}: name those."
            )
        if number in seen:
            raise InputError(f"Page {number} is named twice.", remedy="Name each page in exactly one document.")
        seen.add(number)
    for number in place:
        if number not in seen:
            raise InputError(f"Page {number} is in no document.", remedy="Name each page in exactly one document.")
    if not all(named):
        raise InputError("A document without a page was named.", remedy="Name the pages of each document.")
    return [[place[number] for number in part] for part in named]


# --- what is no page of any document


def _sorted(signs: Sequence[Signs]) -> _Sorted:
    blank, parting, looked_at = set(), set(), 0
    for at, each in enumerate(signs):
        if separators.says_separator(each.sheet):
            parting.add(at)
        elif separators.has_few_words(each.sheet) and not each.shows_zone and looked_at < _LOOKED_AT:
            looked_at += 1
            if separators.is_blank(each.sheet):
                blank.add(at)
            elif separators.has_code(each.sheet):
                parting.add(at)
    pages = tuple(at for at in range(len(signs)) if at not in blank | parting)
    return _Sorted(pages, frozenset(blank), frozenset(parting))


def _beside(groups: Sequence[Sequence[int]], sheets: _Sorted, signs: Sequence[Signs]) -> list[tuple[str, ...]]:
    """Return for each document what to say of blank sheets and separators inside or behind it, or before the first."""
    owner = {at: number for number, group in enumerate(groups) for at in group}
    notes: list[tuple[str, ...]] = []
    last, owners = 0, {}
    for at in range(len(signs)):
        last = owner.get(at, last)
        owners[at] = last
    for number in range(len(groups)):
        own: list[str] = []
        for what, several, places in (
            ("is blank", "are blank", sheets.blank),
            ("is a separator sheet", "are separator sheets", sheets.separators),
        ):
            found = [signs[at].page.number for at in sorted(places) if owners[at] == number]
            if found:
                own.append(f"{pile_order.listed(found)} {several if len(found) > 1 else what}.")
        notes.append(tuple(own))
    return notes


# --- what each page is by itself


def _leaf(signs: Sequence[Signs], sheets: _Sorted, at: int) -> Leaf:
    own = signs[sheets.pages[at]]
    between = range(sheets.pages[at - 1] + 1 if at else 0, sheets.pages[at])
    marks = pile_marks.of(own.page, own.lines, own.pictured)
    blanks = sum(place in sheets.blank for place in between)
    separated = at > 0 and any(place in sheets.separators for place in between)
    zones = [each for each in own.zones if each.confidence >= _ZONE] if own.shows_zone else []
    if zones:
        kind = kind_of_zone(zones[0].zone.document_code) or UNKNOWN
        card = zones[0].zone.format in ("TD1", "TD2")
        return Leaf(marks, kind, zones[0].confidence, True, "", True, card, blanks, separated)
    if own.form is not None:
        return Leaf(marks, own.form.kind, 0.97, True, own.form.number, blanks=blanks, separated=separated)
    name, confidence = named_by_words([own])
    if confidence < 0.5:
        name = "photo" if is_photo([own]) else UNKNOWN
    return Leaf(marks, name, confidence, _titled(own, name, marks), blanks=blanks, separated=separated)


def _titled(signs: Signs, name: str, marks: Marks) -> bool:
    """Whether a paper of the kind *name* begins on the page: it has its title, an agreement its opening clause too."""
    if name not in kinds():
        return False
    if kinds()[name].reader == "contract":
        return marks.opening and signs.titled(name, _AGREEMENT)
    return signs.titled(name, _TITLE)


def number_all(parts: Sequence[tuple[Opened, Recognised]]) -> list[tuple[Opened, Recognised]]:
    """Return *parts* of one file with a note that says which of them each is, where there are several."""
    if len(parts) < 2:
        return list(parts)
    return [
        (_noted(opened, f"Document {at} of {len(parts)} in this file: {_where(found.pages)}."), found)
        for at, (opened, found) in enumerate(parts, start=1)
    ]


def _noted(opened: Opened, note: str) -> Opened:
    return replace(opened, notes=(note, *opened.notes))


def _where(pages: Sequence[int]) -> str:
    said = pile_order.listed(pages)
    return said[0].lower() + said[1:]
