"""The receipts in one file that holds several: beside and over one another on a sheet, or one a page of a batch.

A receipt that was torn in two is two wrong amounts; two receipts taken for one are one wrong amount and one lost. So a
sheet is parted only where no print crosses a gap and each side is a receipt by itself: its own total, named as one, and
its own date or head. Knows money papers; a file of one document is returned as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from toolkit import sniff
from toolkit.gaps import Gap, gaps
from toolkit.model import Box, Field, Page, Word
from toolkit.pages import Opened, Sheet
from toolkit.pages.picture import MEDIA_TYPES
from toolkit.pages.sheet import Picture
from toolkit.paper_between import Ground
from toolkit.readers.money import printed
from toolkit.readers.money.labels import roles
from toolkit.readers.money.rows import Row, rows
from toolkit.recognise import Recognised, recognise

#: No sheet holds more receipts than this, and none has more words: what does is a book, or made to keep us busy.
_MOST, _MOST_WORDS = 8, 1500
#: Fewer words than this are no receipt.
_FEWEST = 6
#: So many gaps are weighed each time, and a sheet is parted so many times over.
_WEIGHED, _DEEPEST = 6, 4
#: A merchant read with less than this may be any line.
_MERCHANT = 0.75
#: Rows of this likeness say the same.
_ALIKE = 0.75
#: What is not a receipt's own is this grey in its picture.
_NOBODYS = 235
_HEAD_ROWS = 4
#: A word is near to a part by its distance to so many words of it, and nearer than its own part by this much.
_NEAREST, _NEARER = 3, 0.75
#: A payment is made within so many minutes of the bill.
_ONE_PAYMENT = 10

#: What papers are scanned or photographed into; a text has no papers in it.
_SCANNED = frozenset({sniff.PDF, *MEDIA_TYPES})

_NUMBERED = re.compile(
    r"(?:page|pagina|página|pág\.?|seite|blatt|side|sida|strona|str\.|pag\.?)\s*:?\s*(\d{1,3})\s*"
    r"(?:of|von|de|di|van|av|af|z|sur|/|\|)\s*(\d{1,3})\b",
    re.IGNORECASE,
)


def documents(opened: Opened, found: Recognised) -> list[tuple[Opened, Recognised]]:
    """Return what *opened* holds, each receipt or invoice with what it was taken for; *found* is that of the file.

    A part keeps all pages of the file and the place of its words on them; it lacks the words of the others.
    """
    if (
        found.kind is None
        or found.kind.reader != "money_paper"
        or opened.attachments
        or opened.media_type not in _SCANNED
    ):
        return [(opened, found)]
    made: list[tuple[Opened, Recognised]] = []
    batches = _batches(opened, found)
    for numbers in batches:
        sheets = [sheet for sheet in opened.sheets if sheet.page.number in numbers]
        parts = _parts(sheets[0]) if len(sheets) == 1 else []
        if len(parts) < 2:
            made.append((_batch(opened, numbers, len(batches)), replace(found, pages=numbers)))
        else:
            made += [_part(opened, sheets[0], words, parts, found) for words in parts]
    if len(made) < 2:
        return [(opened, found)]
    return [(each, _taken_for(each, taken)) for each, taken in made]


def _taken_for(opened: Opened, found: Recognised) -> Recognised:
    """What one part is by its own words; a part that says too little is what the file is, or what a person said."""
    if found.confidence >= 1.0:
        return found
    own = recognise(replace(opened, sheets=tuple(s for s in opened.sheets if s.page.number in found.pages)))
    if own.kind is None or own.kind.reader != "money_paper":
        return found
    return replace(found, kind=own.kind, name=own.name, confidence=own.confidence)


# --- what stands on a piece of paper


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a piece of a page says of itself, by the reader of receipts."""

    lines: tuple[Row, ...] = field(repr=False)
    fields: dict[str, Field] = field(repr=False)

    def get(self, name: str) -> str:
        known = self.fields.get(name)
        return known.value if known is not None and isinstance(known.value, str) else ""

    @property
    def merchant(self) -> str:
        """The merchant, where it is more than any line at the top."""
        known = self.fields.get("merchant")
        return _bare(self.get("merchant")) if known is not None and known.confidence >= _MERCHANT else ""


def _claim(pages: Sequence[Page]) -> _Claim | None:
    """Read *pages* as a receipt; None where no row with an amount is called a total."""
    lines = rows(pages)
    if not _names_total(lines):
        return None
    blank = [Sheet(page, lambda: np.zeros((1, 1, 3), np.uint8), ()) for page in pages]
    reading = printed.read(Opened("", b"", tuple(blank)))
    found = {each.name: each for each in reading.fields}
    return _Claim(lines, found) if "total" in found else None


def _names_total(lines: Sequence[Row]) -> bool:
    return any(roles(row.text) & {"total", "due"} for row in lines)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _differ(one: str, other: str) -> bool:
    return bool(one and other) and SequenceMatcher(None, one, other, autojunk=False).ratio() < _ALIKE


# --- several on one sheet


def _parts(sheet: Sheet) -> list[tuple[Word, ...]]:
    words = tuple(word for word in sheet.page.words if word.text.strip())
    if not 2 * _FEWEST <= len(words) <= _MOST_WORDS:
        return []
    parts = _Parting(sheet, words).parts
    return _gathered(parts, sheet.page) if 1 < len(parts) <= _MOST else []


class _Parting:
    """One sheet under examination: what was read of each piece of it is read once."""

    def __init__(self, sheet: Sheet, words: tuple[Word, ...]) -> None:
        self._page = sheet.page
        self._claims: dict[tuple[int, ...], _Claim | None] = {}
        self._parts: dict[tuple[int, ...], list[tuple[Word, ...]]] = {}
        self._ground = Ground(sheet, median(word.box.height for word in words) * sheet.page.height)
        self.parts = self._parted(words, 0)

    def _parted(self, words: tuple[Word, ...], depth: int) -> list[tuple[Word, ...]]:
        """Return *words* in as many parts as are receipts of their own.

        Of three papers side by side a gap between the columns of the middle one can hold too, with a half of it on
        either side: it gives fewer parts than the gaps between the papers.
        """
        key = tuple(id(word) for word in words)
        if key not in self._parts:
            self._parts[key] = self._most_parts(words, depth)
        return self._parts[key]

    def _most_parts(self, words: tuple[Word, ...], depth: int) -> list[tuple[Word, ...]]:
        best, weighed = [words], 0
        if depth >= _DEEPEST or len(words) < 2 * _FEWEST:
            return best
        for gap in _tightest_first(gaps(words, self._page), self._page):
            if weighed == _WEIGHED:
                break
            # Cheap, and nearly every gap of one receipt has a side on which no total is named.
            if not all(_names_total(rows([replace(self._page, words=side)])) for side in (gap.before, gap.after)):
                continue
            if any(self._claim(side) is None for side in (gap.before, gap.after)):
                continue
            weighed += 1
            before, after = (self._parted(side, depth + 1) for side in (gap.before, gap.after))
            if len(before) + len(after) > len(best) and self._holds(gap, before, after):
                best = [*before, *after]
        return best

    def _claim(self, words: tuple[Word, ...]) -> _Claim | None:
        key = tuple(id(word) for word in words)
        if key not in self._claims:
            self._claims[key] = _claim([replace(self._page, words=words)])
        return self._claims[key]

    def _holds(self, gap: Gap, before: Sequence[tuple[Word, ...]], after: Sequence[tuple[Word, ...]]) -> bool:
        """Whether every part on either side of the gap is a receipt of its own, beside every one on the other side."""
        ones, others = ([self._claim(part) for part in side] for side in (before, after))
        claims = [each for each in (*ones, *others) if each is not None]
        if len(claims) < len(before) + len(after):
            return False
        apart = _beside if gap.upright else _over
        if all(apart(one, other) for one in claims[: len(before)] for other in claims[len(before) :]):
            return True
        return all(each.get("date") or each.merchant for each in claims) and self._ground.shows(gap)


def _gathered(parts: Sequence[tuple[Word, ...]], page: Page) -> list[tuple[Word, ...]]:
    """Return *parts* with each stray word at the part it is near to: a slanting gap can miss a word."""
    words = [(word, number) for number, part in enumerate(parts) for word in part]
    boxes = np.array([(w.box.left, w.box.top, w.box.right, w.box.bottom) for w, _ in words])
    boxes *= (page.width, page.height, page.width, page.height)
    owners = np.array([number for _, number in words])
    taken: list[list[Word]] = [[] for _ in parts]
    for at, (word, number) in enumerate(words):
        across = np.maximum(0, np.maximum(boxes[:, 0] - boxes[at, 2], boxes[at, 0] - boxes[:, 2]))
        down = np.maximum(0, np.maximum(boxes[:, 1] - boxes[at, 3], boxes[at, 1] - boxes[:, 3]))
        away = np.hypot(across, down)
        away[at] = np.inf
        nearest = [float(np.sort(away[owners == each])[:_NEAREST].mean()) for each in range(len(parts))]
        best = int(np.argmin(nearest))
        taken[best if nearest[best] < _NEARER * nearest[number] else number].append(word)
    return [tuple(each) for each in taken]


def _tightest_first(found: Sequence[Gap], page: Page) -> list[Gap]:
    """Sort gaps by how little room both sides take and how much is free between them, upright ones first.

    A gap that leaves a word on the wrong side, or goes through a receipt, makes a side larger than its paper. Two
    receipts beside one another can show one level gap across both; an upright gap across two over one another has no
    total on its right.
    """
    large = [gap for gap in found if min(len(gap.before), len(gap.after)) >= _FEWEST]
    return sorted(large, key=lambda gap: (not gap.upright, _tightness(gap, page)))


def _tightness(gap: Gap, page: Page) -> float:
    frames = [Box.around([word.box for word in side]) for side in (gap.before, gap.after)]
    along = [frame.height * page.height if gap.upright else frame.width * page.width for frame in frames]
    return _room(gap.before, page) + _room(gap.after, page) - gap.width * min(along)


def _room(words: Sequence[Word], page: Page) -> float:
    return float(cv2.contourArea(_hull(words, (page.width, page.height)).astype(np.float32)))


def _hull(words: Sequence[Word], size: tuple[float, float]) -> NDArray[np.int32]:
    """The corners of the smallest outline round *words*, in units of *size*."""
    boxes = np.array([(w.box.left, w.box.top, w.box.right, w.box.bottom) for w in words])
    corners = np.concatenate([boxes[:, [0, 1]], boxes[:, [2, 1]], boxes[:, [0, 3]], boxes[:, [2, 3]]])
    made: NDArray[np.int32] = cv2.convexHull((corners * size).astype(np.int32))
    return made


def _beside(one: _Claim, other: _Claim) -> bool:
    """Two columns of one invoice can both have sums; only receipts have a date each, or a merchant each."""
    if one.get("date") and other.get("date"):
        return True
    return _differ(one.merchant, other.merchant) or _other_tax_id(one, other)


def _over(one: _Claim, other: _Claim) -> bool:
    """A bill and the slip of its payment below it on the same paper: one date, one moment, as good as one total."""
    if one.get("total") == other.get("total") or _same_moment(one, other):
        return False
    if _differs("date", one, other) and one.get("time") and other.get("time"):
        return True
    if one.get("date") and other.get("date") and _heads_alike(one, other):
        return True
    placed = all(each.get("merchant_address") or each.get("merchant_tax_id") for each in (one, other))
    return placed and (_differ(one.merchant, other.merchant) or _other_tax_id(one, other))


def _differs(name: str, one: _Claim, other: _Claim) -> bool:
    return bool(one.get(name) and other.get(name)) and one.get(name) != other.get(name)


def _other_tax_id(one: _Claim, other: _Claim) -> bool:
    first, second = _bare(one.get("merchant_tax_id")), _bare(other.get("merchant_tax_id"))
    return bool(first and second) and _differ(first, second)


def _same_moment(one: _Claim, other: _Claim) -> bool:
    """Whether both are of one day, and the times, where both have one, are some minutes apart."""
    if not one.get("date") or one.get("date") != other.get("date"):
        return False
    first, second = (each.get("time")[:5].split(":") for each in (one, other))
    if not (len(first) == len(second) == 2):
        return True
    return abs(60 * (int(first[0]) - int(second[0])) + int(first[1]) - int(second[1])) <= _ONE_PAYMENT


def _heads_alike(one: _Claim, other: _Claim) -> bool:
    """Whether the first rows of both say the same: two receipts of one shop."""
    pairs = [
        (a, b)
        for a in one.lines[:_HEAD_ROWS]
        for b in other.lines[:_HEAD_ROWS]
        if len(_bare(a.text)) >= 6 and not _differ(_bare(a.text), _bare(b.text)) and _bare(b.text)
    ]
    return len({a.index for a, _ in pairs}) >= 2


def _part(
    opened: Opened, sheet: Sheet, words: tuple[Word, ...], parts: Sequence[tuple[Word, ...]], found: Recognised
) -> tuple[Opened, Recognised]:
    others = [each for each in parts if each is not words]
    own = Sheet(replace(sheet.page, words=words), lambda: _alone(sheet.image, others), ())
    sheets = tuple(own if each is sheet else each for each in opened.sheets)
    note = f"Receipt {parts.index(words) + 1} of {len(parts)} on page {sheet.page.number}."
    return replace(opened, sheets=sheets, notes=(note, *opened.notes)), replace(found, pages=(sheet.page.number,))


def _alone(image: Picture, others: Sequence[Sequence[Word]]) -> Picture:
    """Return *image* with the print of *others* covered."""
    made = image.copy()
    height, width = image.shape[:2]
    for words in others:
        cv2.fillConvexPoly(made, _hull(words, (width, height)), (_NOBODYS,) * 3)
    return made


# --- one a page


def _batch(opened: Opened, numbers: Sequence[int], count: int) -> Opened:
    """Return the pages of one document of *count*; what is said of pages is said of the first."""
    if count < 2:
        return opened
    return replace(opened, sheets=tuple(sheet for sheet in opened.sheets if sheet.page.number in numbers))


def _batches(opened: Opened, found: Recognised) -> list[tuple[int, ...]]:
    """Return the pages of each document: a page begins one where it is a receipt of its own and continues nothing."""
    own = [page for page in opened.pages if not found.pages or page.number in found.pages]
    if len(own) < 2:
        return [tuple(page.number for page in own)]
    batches: list[list[int]] = []
    last: _Claim | None = None
    for page in own:
        claim = None if _continues(page) else _claim([page])
        if not batches or (claim is not None and last is not None and _next(last, claim)):
            batches.append([page.number])
            last = claim
        else:
            batches[-1].append(page.number)
            last = last or claim
    return [tuple(batch) for batch in batches]


def _continues(page: Page) -> bool:
    """Whether the page says that it is not the first of its document."""
    return any(int(found[1]) > 1 for row in rows([page]) for found in _NUMBERED.finditer(row.text))


def _next(last: _Claim, claim: _Claim) -> bool:
    """Whether *claim* is another document than *last*, and not its next page: heads repeat from page to page."""
    if not (claim.get("date") and claim.get("merchant")):
        return False
    if last.get("number") and last.get("number") == claim.get("number"):
        return False
    return _differ(last.merchant, claim.merchant) or any(_differs(name, last, claim) for name in ("number", "date"))
