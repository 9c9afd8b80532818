"""The shapes of machine-readable zones as data: which characters stand where, and which check digit covers what.

From ICAO Doc 9303 parts 3 to 7; the French card's from the decree of 22 October 1955 as printed on cards since 1988.
What Doc 9303 does not know, and where its shape is from:

* **French driving licence** (2013 on): its published specimen, whose digits bear out what each covers, and the tables
  of the cheminfo/mrz library (MIT): the first digit covers the first fourteen places, the second all before it.
* **Driving licence of ISO/IEC 18013-3** (one line; EU licences with a chip by Regulation (EU) 383/2012): only what all
  issuers share is read, the D, the configuration of the chip's access and the last digit over the whole line. France
  has a layout of its own; what the 27 places between hold elsewhere (Dutch, Croatian, Irish, Estonian) is unpublished.
* **Swiss driving licence** (2003 on): the specimen and tables of cheminfo/mrz; no check digit at all.
* **Russian internal passport** (July 2011 on): order 773 of the Ministry of the Interior of 16 November 2020, annex 24:
  TD3 without an expiry, names in Latin letters eked out with digits, the fourth digit of the series, the date of issue
  and the code of the authority in the optional data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

FILLER = "<"
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: The 37 characters a zone may hold (Doc 9303-3, 4.3). The place in this text is the character's value in check digits.
ALPHABET = DIGITS + LETTERS + FILLER
#: Some states print the letter of their language where Doc 9303 asks for a transliteration; read, never composed.
TOLERATED = "Ñ"

_VALUES = {character: value for value, character in enumerate(DIGITS + LETTERS)} | {FILLER: 0, "Ñ": 23}
_WEIGHTS = (7, 3, 1)


class Format(StrEnum):
    """The shapes of zone."""

    TD1 = "TD1"
    TD2 = "TD2"
    TD3 = "TD3"
    MRVA = "MRV-A"
    MRVB = "MRV-B"
    FRENCH_CARD = "French identity card 1988"
    FRENCH_LICENCE = "French driving licence"
    ISO_LICENCE = "ISO 18013 driving licence"
    SWISS_LICENCE = "Swiss driving licence"
    RUSSIAN_PASSPORT = "Russian internal passport"


class Charset(StrEnum):
    """What may stand in a span."""

    LETTERS = LETTERS + FILLER
    DIGITS = DIGITS + FILLER
    MIXED = ALPHABET
    SEX = "MFX" + FILLER
    CHECK = DIGITS
    #: A check digit that the issuer may leave out where it would cover fillers only (Doc 9303-4, 4.2.2.2).
    CHECK_OR_FILLER = DIGITS + FILLER
    #: Places that are always empty.
    EMPTY = FILLER


@dataclass(frozen=True, slots=True)
class Span:
    """The characters [start, end) of one line of a zone."""

    name: str
    line: int
    start: int
    end: int
    charset: Charset

    def of(self, lines: Sequence[str]) -> str:
        """Return the characters of this span."""
        return lines[self.line][self.start : self.end]


@dataclass(frozen=True, slots=True)
class Check:
    """A check digit: where it stands and the pieces (line, start, end) it covers, in order."""

    name: str
    line: int
    at: int
    pieces: tuple[tuple[int, int, int], ...]

    def digit(self, lines: Sequence[str]) -> str:
        """Return the check digit as printed."""
        return lines[self.line][self.at]

    def covered(self, lines: Sequence[str]) -> str:
        """Return the characters it covers."""
        return "".join(lines[line][start:end] for line, start, end in self.pieces)

    def covers(self, span: Span) -> bool:
        """Whether this check digit covers every character of *span*."""
        return any(line == span.line and start <= span.start and span.end <= end for line, start, end in self.pieces)


@dataclass(frozen=True, slots=True)
class Layout:
    """One format: how many lines of how many characters, what stands where, what covers what.

    `width` is that of the longest line. `begins` is an expression for how the lines, joined by line feeds, begin.
    """

    format: Format
    height: int
    width: int
    spans: tuple[Span, ...]
    checks: tuple[Check, ...]
    begins: str = ""

    @property
    def widths(self) -> tuple[int, ...]:
        """How long each line is; only the first of the Swiss driving licence is shorter than the others."""
        return tuple(max(span.end for span in self.spans if span.line == line) for line in range(self.height))

    def fits(self, lines: Sequence[str]) -> bool:
        """Whether *lines* have the shape of this format and begin as its documents do."""
        return tuple(map(len, lines)) == self.widths and re.match(self.begins, "\n".join(lines)) is not None

    def covering(self, span: Span) -> tuple[Check, ...]:
        """Return the check digits that every character of *span* is covered by, its own before the composite one."""
        return tuple(check for check in self.checks if check.covers(span))

    def span(self, name: str) -> Span | None:
        """Return the span called *name*, or None where the format has no such field."""
        return next((span for span in self.spans if span.name == name), None)


def check_digit(text: str) -> str:
    """Return the check digit of *text* (Doc 9303-3, 4.9); characters outside the zone's alphabet count as fillers."""
    return str(sum(_VALUES.get(c, 0) * _WEIGHTS[place % 3] for place, c in enumerate(text)) % 10)


def alike(character: str) -> str:
    """Return the characters that no check digit can tell from *character*: the same value modulo ten."""
    value = _VALUES.get(character, 0) % 10
    return "".join(c for c in ALPHABET if c != character and _VALUES[c] % 10 == value)


def _span(name: str, line: int, start: int, end: int, charset: Charset = Charset.MIXED) -> Span:
    return Span(name, line, start, end, charset)


def _passport_like(form: Format, width: int) -> Layout:
    """TD3, TD2 and both visas share their first 28 places of line two; they differ in what follows."""
    visa = form in (Format.MRVA, Format.MRVB)
    last = {Format.TD3: 42, Format.TD2: 35}.get(form, width)
    spans = [
        _span("document_code", 0, 0, 2),
        _span("issuing_state", 0, 2, 5, Charset.LETTERS),
        _span("names", 0, 5, width, Charset.LETTERS),
        _span("document_number", 1, 0, 9),
        _span("document_number_check", 1, 9, 10, Charset.CHECK if form is not Format.TD2 else Charset.CHECK_OR_FILLER),
        _span("nationality", 1, 10, 13, Charset.LETTERS),
        _span("birth_date", 1, 13, 19, Charset.DIGITS),
        _span("birth_date_check", 1, 19, 20, Charset.CHECK),
        _span("sex", 1, 20, 21, Charset.SEX),
        _span("expiry_date", 1, 21, 27, Charset.DIGITS),
        _span("expiry_date_check", 1, 27, 28, Charset.CHECK),
        _span("optional_data", 1, 28, last),
    ]
    checks = [
        Check("document_number", 1, 9, ((1, 0, 9),)),
        Check("birth_date", 1, 19, ((1, 13, 19),)),
        Check("expiry_date", 1, 27, ((1, 21, 27),)),
    ]
    if form is Format.TD3:
        spans.append(_span("optional_data_check", 1, 42, 43, Charset.CHECK_OR_FILLER))
        checks.append(Check("optional_data", 1, 42, ((1, 28, 42),)))
    if not visa:
        spans.append(_span("composite_check", 1, width - 1, width, Charset.CHECK))
        checks.append(Check("composite", 1, width - 1, ((1, 0, 10), (1, 13, 20), (1, 21, width - 1))))
    return Layout(form, 2, width, tuple(spans), tuple(checks), begins="V" if visa else "(?!V)")


_TD1 = Layout(
    Format.TD1,
    3,
    30,
    (
        _span("document_code", 0, 0, 2),
        _span("issuing_state", 0, 2, 5, Charset.LETTERS),
        _span("document_number", 0, 5, 14),
        _span("document_number_check", 0, 14, 15, Charset.CHECK_OR_FILLER),
        _span("optional_data", 0, 15, 30),
        _span("birth_date", 1, 0, 6, Charset.DIGITS),
        _span("birth_date_check", 1, 6, 7, Charset.CHECK),
        _span("sex", 1, 7, 8, Charset.SEX),
        _span("expiry_date", 1, 8, 14, Charset.DIGITS),
        _span("expiry_date_check", 1, 14, 15, Charset.CHECK),
        _span("nationality", 1, 15, 18, Charset.LETTERS),
        _span("optional_data_2", 1, 18, 29),
        _span("composite_check", 1, 29, 30, Charset.CHECK),
        _span("names", 2, 0, 30, Charset.LETTERS),
    ),
    (
        Check("document_number", 0, 14, ((0, 5, 14),)),
        Check("birth_date", 1, 6, ((1, 0, 6),)),
        Check("expiry_date", 1, 14, ((1, 8, 14),)),
        Check("composite", 1, 29, ((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29))),
    ),
)

# The card carries no expiry date; its number begins with year and month of issue and the department.
_FRENCH_CARD = Layout(
    Format.FRENCH_CARD,
    2,
    36,
    (
        _span("document_code", 0, 0, 2),
        _span("issuing_state", 0, 2, 5, Charset.LETTERS),
        _span("surname", 0, 5, 30, Charset.LETTERS),
        _span("optional_data", 0, 30, 36),
        _span("document_number", 1, 0, 12),
        _span("document_number_check", 1, 12, 13, Charset.CHECK),
        _span("given_names", 1, 13, 27, Charset.LETTERS),
        _span("birth_date", 1, 27, 33, Charset.DIGITS),
        _span("birth_date_check", 1, 33, 34, Charset.CHECK),
        _span("sex", 1, 34, 35, Charset.SEX),
        _span("composite_check", 1, 35, 36, Charset.CHECK),
    ),
    (
        Check("document_number", 1, 12, ((1, 0, 12),)),
        Check("birth_date", 1, 33, ((1, 27, 33),)),
        Check("composite", 1, 35, ((0, 0, 36), (1, 0, 35))),
    ),
    begins="IDFRA",
)

_FRENCH_LICENCE = Layout(
    Format.FRENCH_LICENCE,
    1,
    30,
    (
        _span("document_code", 0, 0, 2),
        _span("issuing_state", 0, 2, 5, Charset.LETTERS),
        _span("document_number", 0, 5, 14),
        _span("document_number_check", 0, 14, 15, Charset.CHECK),
        _span("expiry_date", 0, 15, 21, Charset.DIGITS),
        _span("surname", 0, 21, 29, Charset.LETTERS),
        _span("composite_check", 0, 29, 30, Charset.CHECK),
    ),
    (
        Check("document_number", 0, 14, ((0, 0, 14),)),
        Check("composite", 0, 29, ((0, 0, 29),)),
    ),
    begins="D[1PN<]FRA",
)

_ISO_LICENCE = Layout(
    Format.ISO_LICENCE,
    1,
    30,
    (
        _span("document_code", 0, 0, 2),
        _span("optional_data", 0, 2, 29),
        _span("composite_check", 0, 29, 30, Charset.CHECK),
    ),
    (Check("composite", 0, 29, ((0, 0, 29),)),),
    begins="D[1PN<]",
)

# The number on the front (field 5) is that of the holder and the serial number of the card; line one numbers the blank.
_SWISS_LICENCE = Layout(
    Format.SWISS_LICENCE,
    3,
    30,
    (
        _span("optional_data", 0, 0, 9),
        _span("document_code", 1, 0, 2, Charset.LETTERS),
        _span("issuing_state", 1, 2, 5, Charset.LETTERS),
        _span("document_number", 1, 5, 17, Charset.DIGITS),
        _span("filler", 1, 17, 19, Charset.EMPTY),
        _span("birth_date", 1, 19, 25, Charset.DIGITS),
        _span("filler", 1, 25, 30, Charset.EMPTY),
        _span("names", 2, 0, 30, Charset.LETTERS),
    ),
    (),
    begins=".*\nFACHE",
)

# The number in the zone leaves out the fourth digit of the series, which stands first among the optional data.
_RUSSIAN_PASSPORT = Layout(
    Format.RUSSIAN_PASSPORT,
    2,
    44,
    (
        _span("document_code", 0, 0, 2, Charset.LETTERS),
        _span("issuing_state", 0, 2, 5, Charset.LETTERS),
        _span("names", 0, 5, 44),
        _span("document_number", 1, 0, 9, Charset.DIGITS),
        _span("document_number_check", 1, 9, 10, Charset.CHECK),
        _span("nationality", 1, 10, 13, Charset.LETTERS),
        _span("birth_date", 1, 13, 19, Charset.DIGITS),
        _span("birth_date_check", 1, 19, 20, Charset.CHECK),
        _span("sex", 1, 20, 21, Charset.SEX),
        _span("filler", 1, 21, 28, Charset.EMPTY),
        _span("series_end", 1, 28, 29, Charset.DIGITS),
        _span("issue_date", 1, 29, 35, Charset.DIGITS),
        _span("optional_data", 1, 35, 42),
        _span("optional_data_check", 1, 42, 43, Charset.CHECK),
        _span("composite_check", 1, 43, 44, Charset.CHECK),
    ),
    (
        Check("document_number", 1, 9, ((1, 0, 9),)),
        Check("birth_date", 1, 19, ((1, 13, 19),)),
        Check("optional_data", 1, 42, ((1, 28, 42),)),
        Check("composite", 1, 43, ((1, 0, 10), (1, 13, 20), (1, 21, 43))),
    ),
    begins="PNRUS",
)

#: Every format; where lines fit several, the likelier stands first.
LAYOUTS: dict[Format, Layout] = {
    Format.TD1: _TD1,
    Format.FRENCH_CARD: _FRENCH_CARD,
    Format.RUSSIAN_PASSPORT: _RUSSIAN_PASSPORT,
    Format.TD2: _passport_like(Format.TD2, 36),
    Format.TD3: _passport_like(Format.TD3, 44),
    Format.MRVA: _passport_like(Format.MRVA, 44),
    Format.MRVB: _passport_like(Format.MRVB, 36),
    Format.FRENCH_LICENCE: _FRENCH_LICENCE,
    Format.ISO_LICENCE: _ISO_LICENCE,
    Format.SWISS_LICENCE: _SWISS_LICENCE,
}
