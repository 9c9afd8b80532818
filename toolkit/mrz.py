"""The machine-readable zone of ICAO Doc 9303: formats, check digits, values. Pure text; knows no picture and no OCR.

Parts 3 (common rules, check digits), 4 (TD3 passports), 5 (TD1 cards), 6 (TD2 cards) and 7 (MRV-A and MRV-B visas) of
Doc 9303, and the two-line zone of the French identity card issued from 1988 to 2021, which follows none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from toolkit.mrz_layouts import ALPHABET, FILLER, LAYOUTS, Charset, Check, Format, Layout, alike, check_digit

__all__ = [
    "ALPHABET",
    "FILLER",
    "Format",
    "Holder",
    "Verified",
    "Zone",
    "alike",
    "check_digit",
    "compose",
    "formats",
    "parse",
]


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome of one check digit. `field` is what it covers, or "composite"."""

    field: str
    valid: bool


@dataclass(frozen=True, slots=True)
class Zone:
    """What a zone says. An empty text is a value that is absent, unknown, or no possible value.

    Dates are ISO 8601, with the unknown parts left off ("1974", "1974-08"). `sex` is M, F or X (unspecified).
    """

    format: Format
    lines: tuple[str, ...]
    document_code: str
    issuing_state: str
    surname: str
    given_names: str
    document_number: str
    nationality: str
    birth_date: str
    sex: str
    expiry_date: str
    optional_data: str
    checks: tuple[Verified, ...]
    names_truncated: bool

    def raw(self, name: str) -> str:
        """Return the characters of the span called *name* as they stand in the zone."""
        span = LAYOUTS[self.format].span(name)
        return span.of(self.lines) if span else ""

    @property
    def valid(self) -> bool:
        """Whether every check digit agrees."""
        return all(check.valid for check in self.checks)

    def verified(self, field: str) -> bool | None:
        """Return whether the check digit of *field* agrees, or None where none covers it alone."""
        return next((check.valid for check in self.checks if check.field == field), None)

    def __repr__(self) -> str:
        return f"<Zone {self.format} {'valid' if self.valid else 'invalid'}>"


def formats(lines: Sequence[str]) -> tuple[Format, ...]:
    """Return the formats whose shape and document code these lines have, likeliest first."""
    shape = (len(lines), *{len(line) for line in lines})
    if shape == (3, 30):
        return (Format.TD1,)
    if shape == (2, 44):
        return (Format.MRVA,) if lines[0].startswith("V") else (Format.TD3,)
    if shape == (2, 36):
        if lines[0].startswith("V"):
            return (Format.MRVB,)
        return (Format.FRENCH_CARD, Format.TD2) if lines[0].startswith("IDFRA") else (Format.TD2,)
    return ()


def parse(lines: Sequence[str], *, today: date) -> Zone | None:
    """Read a zone; None if no format has lines of this number and length. Wrong check digits are reported, not raised.

    Two-digit years: an expiry lies within fifty years of *today*; a birth lies neither after *today* nor after the
    expiry, and is the latest such year.
    """
    zones = [_parse(LAYOUTS[name], tuple(lines), today) for name in formats(lines)]
    return max(zones, key=lambda zone: sum(check.valid for check in zone.checks), default=None)


def _parse(layout: Layout, lines: tuple[str, ...], today: date) -> Zone:
    text = {span.name: span.of(lines) for span in layout.spans}
    number, optional, number_check = _number(layout, text)
    surname, given_names = _names(layout, text)
    expiry = _expiry(text.get("expiry_date", ""), today)
    checks = tuple(
        Verified(check.name, _agrees(layout, check, lines))
        for check in layout.checks
        if check.name != "document_number"
    )
    return Zone(
        format=layout.format,
        lines=lines,
        document_code=text["document_code"].replace(FILLER, ""),
        issuing_state=text["issuing_state"].replace(FILLER, ""),
        surname=surname,
        given_names=given_names,
        document_number=_words(number),
        nationality=text.get("nationality", text["issuing_state"]).replace(FILLER, ""),
        birth_date=_birth(text["birth_date"], today, expiry),
        sex={"M": "M", "F": "F", "X": "X", FILLER: "X"}.get(text["sex"], ""),
        expiry_date=expiry,
        optional_data=" ".join(filter(None, (optional.rstrip(FILLER), text.get("optional_data_2", "").strip(FILLER)))),
        checks=(Verified("document_number", number_check), *checks),
        names_truncated=layout.format is not Format.FRENCH_CARD and not text["names"].endswith(FILLER),
    )


def _agrees(layout: Layout, check: Check, lines: Sequence[str]) -> bool:
    printed, covered = check.digit(lines), check.covered(lines)
    span = next(s for s in layout.spans if s.line == check.line and s.start == check.at)
    if printed == FILLER:
        return span.charset is Charset.CHECK_OR_FILLER and not covered.strip(FILLER)
    return printed == check_digit(covered)


def _number(layout: Layout, text: dict[str, str]) -> tuple[str, str, bool]:
    """Return document number, rest of the optional data, and whether the number's check digit agrees.

    A number longer than nine characters goes on in the optional data, up to and with its check digit, and the place of
    the check digit holds a filler (Doc 9303-5, 4.2.4, note j; TD1 and TD2 only).
    """
    number, printed, optional = text["document_number"], text["document_number_check"], text.get("optional_data", "")
    if layout.format in (Format.TD1, Format.TD2) and printed == FILLER and FILLER not in number:
        rest, _, after = optional.partition(FILLER)
        if len(rest) > 1:
            return number + rest[:-1], after, check_digit(number + rest[:-1]) == rest[-1]
    return number, optional, printed == check_digit(number)


def _names(layout: Layout, text: dict[str, str]) -> tuple[str, str]:
    """Split at the first double filler; without one the whole is the surname (Doc 9303-3, 4.6)."""
    if layout.format is Format.FRENCH_CARD:
        return _words(text["surname"]), _words(text["given_names"])
    surname, _, given_names = text["names"].strip(FILLER).partition(FILLER * 2)
    return _words(surname), _words(given_names)


def _words(encoded: str) -> str:
    return " ".join(encoded.replace(FILLER, " ").split())


def _birth(encoded: str, today: date, expiry: str) -> str:
    latest = min(today.isoformat(), expiry or "9999")
    for century in (today.year // 100, today.year // 100 - 1):
        born = _iso(encoded, century)
        if not born or born <= latest:
            return born
    return _iso(encoded, today.year // 100 - 1)


def _expiry(encoded: str, today: date) -> str:
    near = [
        value
        for century in (today.year // 100 - 1, today.year // 100, today.year // 100 + 1)
        if (value := _iso(encoded, century)) and -50 < int(value[:4]) - today.year <= 50
    ]
    return near[0] if near else ""


def _iso(encoded: str, century: int) -> str:
    """Return YYMMDD as ISO 8601; parts that are fillers or zeros are unknown (Doc 9303-3, 4.8) and left off."""
    year, month, day = encoded[:2], encoded[2:4], encoded[4:6]
    if not (year.isascii() and year.isdigit()):
        return ""
    full = f"{century:02d}{year}"
    if month in ("<<", "00"):
        return full if day in ("<<", "00") else ""
    if day in ("<<", "00"):
        return f"{full}-{month}" if month.isascii() and month.isdigit() and 1 <= int(month) <= 12 else ""
    try:
        return date.fromisoformat(f"{full}-{month}-{day}").isoformat()
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class Holder:
    """What a zone is composed from: names in letters and spaces, dates in ISO 8601 or shortened, sex M, F or X."""

    document_code: str
    issuing_state: str
    surname: str
    document_number: str
    birth_date: str
    sex: str
    given_names: str = ""
    nationality: str = ""
    expiry_date: str = ""
    optional_data: str = ""
    optional_data_2: str = ""

    def __repr__(self) -> str:
        return f"<Holder of {self.document_code} {self.issuing_state}>"


def compose(format: Format, holder: Holder) -> tuple[str, ...]:
    """Return the lines of a zone with all its check digits.

    Raises ValueError for characters a zone cannot hold and for values longer than their place (names are cut short).
    """
    layout = LAYOUTS[format]
    values = _encoded(format, holder)
    rows = [[FILLER] * layout.width for _ in range(layout.height)]
    for span in layout.spans:
        text = values.get(span.name, "").upper().replace(" ", FILLER).replace("-", FILLER)
        width = span.end - span.start
        if span.name in ("names", "surname", "given_names"):
            text = text[:width]
        if len(text) > width or set(text) - set(span.charset.value):
            raise ValueError(f"{span.name} does not fit a {format} zone")
        rows[span.line][span.start : span.end] = text.ljust(width, FILLER)
    for check in layout.checks:
        if check.name != "document_number" or not _overflows(format, holder):
            rows[check.line][check.at] = check_digit(check.covered(["".join(row) for row in rows]))
    return tuple("".join(row) for row in rows)


def _overflows(format: Format, holder: Holder) -> bool:
    return len(holder.document_number) > 9 and format in (Format.TD1, Format.TD2)


def _encoded(format: Format, holder: Holder) -> dict[str, str]:
    number, optional = holder.document_number, holder.optional_data
    if _overflows(format, holder):
        number, optional = number[:9], number[9:] + check_digit(number) + FILLER + optional
    return {
        "document_code": holder.document_code,
        "issuing_state": holder.issuing_state,
        "names": (FILLER * 2).join((holder.surname, holder.given_names)) if holder.given_names else holder.surname,
        "surname": holder.surname,
        "given_names": holder.given_names,
        "document_number": number,
        "nationality": holder.nationality or holder.issuing_state,
        "birth_date": _yymmdd(holder.birth_date),
        "sex": "" if holder.sex == "X" else holder.sex,
        "expiry_date": _yymmdd(holder.expiry_date),
        "optional_data": optional,
        "optional_data_2": holder.optional_data_2,
    }


def _yymmdd(iso: str) -> str:
    return iso[2:].replace("-", "").ljust(6, FILLER) if iso else ""
