"""The official form a page is: its number and edition where the form prints its own mark, not where a text names it.

"Form I-129, Edition 01/20/25" in the corner of a page settles what the page is; "we file Form I-129 for her" says
nothing of the letter it stands in. Knows the numbers of `Kind.forms`; knows no field of any form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from toolkit.kind import kinds
from toolkit.kind_phrases import fold
from toolkit.layout import Line
from toolkit.model import Box, Field, Method, Page, Proof, Source

#: The mark stands above or below these fractions of the page, or on one of so many rows from its top or foot.
_HEAD, _FOOT, _FIRST_ROWS, _LAST_ROWS = 0.16, 0.86, 6, 4
#: A row with more words is a sentence or a row of the form; so is one with so many small words before the number.
_SHORT_ROW, _OF_A_SENTENCE = 16, 2
#: Named in a margin with neither edition nor title, it stands by itself: "Form G-28", "USCIS Form I-129 Page 2".
_BY_ITSELF = 6
#: The edition follows the number within so many characters, or stands on one of the next rows.
_NEAR, _NEXT_ROWS = 60, 2
#: How far the reading of a mark goes, before what the engine says of its words.
_SURE = 0.97

_NAMED = re.compile(
    r"(?:\bforms?|\bformular|\bformulaire|\bformulario|\bformul[aá]rio|\bmodulo|\bmodelo|\bvordruck|\bantrag|\bcerfa"
    r"|\bblankett|\bskjema|\bskema|\blomake|\bdruk|\bformulier|様式|表格)[\s:]*(?:n[°ºo.]{1,2}|nr\.?|no\.?|#)?[\s:(]*$",
    re.IGNORECASE,
)
_DATE = r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}|[A-Za-zÀ-ž]{3,10}\.? ?\d{4}|\d{4}"
_EDITION = re.compile(
    r"(?:\b(?:edition|éd(?:ition)?\.?|ed\.|rev(?:ision|ised|isión|\.)?|version|versión|vers\.|stand|fassung|ausgabe"
    r"|edición|edizione|utgave|wydanie)(?:\s+date)?[\s:(]*)"
    rf"({_DATE})(?!\d)|[(\[]\s*(?:rev\.?\s*)?({_DATE})\s*[)\]](?:\s*[EF]\b)?",
    re.IGNORECASE,
)
#: A date right behind the number is its edition: "Form I-129 02/06/18".
_DATED = re.compile(r"^[\s:(]{1,4}(\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[./-]\d{4})(?!\d)")
#: What any official form prints in its margins, whichever form it is.
_OFFICIAL = re.compile(
    r"\bOMB (?:control )?no\.? ?\d{4}[-–]\d{4}|\bform [A-Z]{0,4}[- ]?\d{1,5}[A-Z]{0,3}\b.{0,40}?\b(?:edition|rev\b)",
    re.IGNORECASE,
)
#: A text that is about the form, and the paper that explains it.
_ABOUT = re.compile(
    r"\binstructions?\b|\bre\s*:|\bref(?:erence)?\s*:|\bsubject\b|\bbetreff\b|\bobjet\b|\basunto\b|\bsee\b"
    r"|\bcase type\b|\breceipt for\b|\bapplication type\b|\bnotes? (?:to|on|for)\b|\bguid(?:e|ance)\b"
    r"|\bfees?\b|\benclos|\battach",
    re.IGNORECASE,
)
_ALIKE = {"I": "[I1l|]", "1": "[I1l|]", "L": "[L1I|]", "0": "[0O]", "O": "[0O]", "5": "[5S]", "S": "[5S]", "8": "[8B]"}
_BETWEEN = r"\s{0,2}(?:[-–—.*/°]|form\b)?\s{0,2}"


@dataclass(frozen=True, slots=True)
class FoundForm:
    """The form that a page is one of: the `number` as the kind's definition writes it, the `edition` as printed."""

    kind: str
    number: str
    page: int
    box: Box
    confidence: float
    method: Method
    edition: str = ""
    edition_box: Box | None = None
    edition_confidence: float = 0.0

    def fields(self) -> tuple[Field, ...]:
        """Return form_number, and form_edition where one is printed (as printed: the order of its date is its own)."""
        source = Source("", self.page, self.box, self.method)
        found = [Field("form_number", self.number, self.confidence, source, Proof.NONE)]
        if self.edition and self.edition_box is not None:
            place = Source("", self.page, self.edition_box, self.method)
            found.append(Field("form_edition", self.edition, self.edition_confidence, place, Proof.NONE))
        return tuple(found)


@cache
def _shapes() -> Mapping[str, re.Pattern[str]]:
    """How each number may be printed: its parts apart or together, letters and digits that OCR confuses."""
    numbers = {number for kind in kinds().values() for number in kind.forms}
    return {number: _shape(number) for number in numbers}


def _shape(number: str) -> re.Pattern[str]:
    parts = re.findall(r"[^\W\d_]+|\d+", number)
    spelt = ["".join(_ALIKE.get(letter, re.escape(letter)) for letter in part.upper()) for part in parts]
    return re.compile(rf"(?<![^\W_]){_BETWEEN.join(spelt)}(?![^\W_])", re.IGNORECASE)


def find(page: Page, lines: Sequence[Line], candidates: Sequence[tuple[str, str]]) -> FoundForm | None:
    """Return the form that *page* says it is, of *candidates* (kind, number) that stand somewhere on its *lines*."""
    found = [
        (mark, _titled(lines, kinds()[kind].forms[number]))
        for kind, number in candidates
        for at, shape in _places(lines, number)
        if (mark := _mark(page, lines, at, shape, (kind, number)))
    ]
    # One number can stand for a form and for its supplements: the title tells. A longer number is the closer one
    # ("I-129S" beside "I-129"); an edition beside it leaves no doubt.
    best = max(
        found, key=lambda each: (each[1], bool(each[0].edition), len(each[0].number), each[0].confidence), default=None
    )
    return best[0] if best is not None else None


def is_official(lines: Sequence[Line]) -> bool:
    """Whether the margins bear the mark of an official form, known here or not."""
    return any(_OFFICIAL.search(line.text) for line in (*lines[:_FIRST_ROWS], *lines[-_LAST_ROWS:]))


def _places(lines: Sequence[Line], number: str) -> Iterator[tuple[int, re.Match[str]]]:
    shape = _shapes()[number]
    for at, line in enumerate(lines):
        match = shape.search(line.text)
        if match is not None:
            yield at, match


def _mark(page: Page, lines: Sequence[Line], at: int, number: re.Match[str], form: tuple[str, str]) -> FoundForm | None:
    """Return the mark where the number on row *at* is one: in a margin, named a form or with its edition or title."""
    line = lines[at]
    text = line.text
    before, after = text[: number.start()], text[number.end() : number.end() + _NEAR]
    in_a_sentence = sum(word[:1].islower() for word in before.split()[:-1]) >= _OF_A_SENTENCE
    if _ABOUT.search(text) or in_a_sentence or len(text.split()) > _SHORT_ROW:
        return None
    kind, name = form
    edition, row = _EDITION.search(after) or _DATED.search(after), line
    if edition is None:
        edition, row = _beside(lines, at)
    named = _NAMED.search(before) is not None
    margin = at < _FIRST_ROWS or at >= len(lines) - _LAST_ROWS or not _HEAD < line.box.middle < _FOOT
    titled = _titled(lines[at : at + 4], kinds()[kind].forms[name]) and at < 2 * _FIRST_ROWS
    alone = named and margin and len(text.split()) <= _BY_ITSELF
    if not (alone or (edition is not None and (named or margin)) or (titled and (named or margin))):
        return None
    box, sure = _print(line, number.start(), number.end())
    made = FoundForm(kind, name, page.number, box, round(_SURE * sure, 3), page.method)
    if edition is None:
        return made
    group = edition.lastindex or 1
    start = number.end() if row is line else 0
    place, clear = _print(row, start + edition.start(group), start + edition.end(group))
    return FoundForm(
        kind, name, page.number, box, made.confidence, page.method, edition[group], place, round(_SURE * clear, 3)
    )


def _beside(lines: Sequence[Line], at: int) -> tuple[re.Match[str] | None, Line]:
    """Look for an edition on the rows next to the number's: forms print it under, and some over it."""
    for row in (*lines[at + 1 : at + 1 + _NEXT_ROWS], *lines[max(0, at - 1) : at]):
        found = _EDITION.search(row.text) if len(row.text.split()) <= _SHORT_ROW else None
        if found is not None:
            return found, row
    return None, lines[at]


def _titled(rows: Sequence[Line], title: str) -> bool:
    """Whether the title of the form stands beside or below its number."""
    wanted = fold(title.partition("(")[0]).replace(" ", "")
    return len(wanted) >= 8 and wanted in "".join(fold(row.text).replace(" ", "") for row in rows)


def _print(line: Line, start: int, end: int) -> tuple[Box, float]:
    """Return the box around the words that hold characters *start* to *end* of the row, and the least confidence."""
    at, words = 0, []
    for word in line.words:
        if at < end and start < at + len(word.text):
            words.append(word)
        at += len(word.text) + 1
    words = words or list(line.words)
    return Box.around([word.box for word in words]), min(word.confidence for word in words)
