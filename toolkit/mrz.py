"""The machine-readable zone of ICAO Doc 9303: formats, check digits, values. Pure text; knows no picture and no OCR.

Parts 3 (common rules, check digits), 4 (TD3 passports), 5 (TD1 cards), 6 (TD2 cards) and 7 (MRV-A and MRV-B visas) of
Doc 9303, and national zones that follow none of them: the French identity card of 1988 to 2021, driving licences, the
Russian internal passport. Their shapes are data in `toolkit.mrz_layouts`; how centuries are found stands in
`toolkit.mrz_dates`, how names are cut in `toolkit.mrz_names`; what check digits prove in `toolkit.mrz_proof`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from toolkit import mrz_dates, mrz_names
from toolkit.mrz_layouts import ALPHABET, FILLER, LAYOUTS, Charset, Check, Format, Layout, alike, check_digit

__all__ = [
    "ALPHABET",
    "FILLER",
    "Format",
    "Holder",
    "Verified",
    "Zone",
    "agrees",
    "alike",
    "check_digit",
    "compose",
    "formats",
    "long_number_agrees",
    "parse",
    "verify",
]

#: Numbers longer than nine characters go on in the optional data of these (Doc 9303-5 and -6, 4.2.2, note j).
_LONG_NUMBERS = (Format.TD1, Format.TD2)
#: Older Belgian cards count the filler after the ninth character into the check digit of the long number; newer ones
#: do not (specimens BEL-BO-03003 and BEL-BO-11005 of the PRADO register).
_COUNTS_THE_FILLER = frozenset({"BEL"})


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome of one check digit. `field` is what it covers, or "composite"."""

    field: str
    valid: bool


@dataclass(frozen=True, slots=True)
class Zone:
    """What a zone says. An empty text is a value that is absent, unknown, or no possible value.

    Dates are ISO 8601, with the unknown parts left off ("1974", "1974-08"); `toolkit.mrz_dates` says how the century
    is found. `sex` is M, F or X (unspecified). Formats that have no such field leave it empty: a driving licence says
    nothing about nationality.
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
    issue_date: str = ""

    def raw(self, name: str) -> str:
        """Return the characters of the span called *name* as they stand in the zone."""
        span = LAYOUTS[self.format].span(name)
        return span.of(self.lines) if span else ""

    @property
    def valid(self) -> bool:
        """Whether there are check digits and every one agrees."""
        return bool(self.checks) and all(check.valid for check in self.checks)

    def verified(self, field: str) -> bool | None:
        """Return whether the check digit of *field* agrees, or None where none covers it alone."""
        return next((check.valid for check in self.checks if check.field == field), None)

    def __repr__(self) -> str:
        return f"<Zone {self.format} {'valid' if self.valid else 'invalid'}>"


def formats(lines: Sequence[str]) -> tuple[Format, ...]:
    """Return the formats whose shape and document code these lines have, likeliest first."""
    return tuple(name for name, layout in LAYOUTS.items() if layout.fits(lines))


def parse(lines: Sequence[str], *, today: date) -> Zone | None:
    """Read a zone; None if no format has lines of this number and length. Wrong check digits are reported, not raised.

    *today* settles the centuries, by the rule in `toolkit.mrz_dates`. Whatever the lines hold, nothing is raised.
    """
    zones = [_parse(LAYOUTS[name], tuple(lines), today) for name in formats(lines)]
    return max(zones, key=lambda zone: sum(check.valid for check in zone.checks), default=None)


def verify(format: Format, lines: Sequence[str]) -> tuple[Verified, ...]:
    """Return the outcome of every check digit of *lines*, which have the shape of *format*, in the order they stand."""
    layout = LAYOUTS[format]
    return tuple(Verified(check.name, agrees(layout, check, lines)) for check in layout.checks)


def long_number_agrees(issuing_state: str, number: str, rest: str) -> bool:
    """Whether *rest*, the start of the optional data up to its first filler, continues *number* and ends in its digit.

    *number* is the nine characters in the place of the document number. Doc 9303-5 and -6, 4.2.2, note j; whether the
    filler between the two counts is left open there: it does on older Belgian cards.
    """
    if len(rest) < 2 or FILLER in number:
        return False
    ways = [number + rest[:-1]] + [number + FILLER + rest[:-1]] * (issuing_state in _COUNTS_THE_FILLER)
    return rest[-1] in map(check_digit, ways)


def _parse(layout: Layout, lines: tuple[str, ...], today: date) -> Zone:
    text = {span.name: span.of(lines) for span in layout.spans}
    number, optional = _number(layout, text)
    surname, given_names = _names(text)
    expiry = mrz_dates.expiry(text.get("expiry_date", ""), today=today)
    state = text.get("issuing_state", "").replace(FILLER, "")
    # The French card has no place for a nationality: it is for citizens alone.
    home = state if layout.format is Format.FRENCH_CARD else ""
    extra = (optional.rstrip(FILLER), text.get("optional_data_2", "").strip(FILLER))
    return Zone(
        format=layout.format,
        lines=lines,
        document_code=text["document_code"].replace(FILLER, ""),
        issuing_state=state,
        surname=surname,
        given_names=given_names,
        document_number=mrz_names.words(number),
        nationality=text.get("nationality", "").replace(FILLER, "") or home,
        birth_date=mrz_dates.birth(text.get("birth_date", ""), today=today, expiry=expiry),
        sex={"M": "M", "F": "F", "X": "X", FILLER: "X"}.get(text.get("sex", ""), ""),
        expiry_date=expiry,
        optional_data=" ".join(filter(None, extra)),
        checks=verify(layout.format, lines),
        names_truncated=any(mrz_names.may_be_cut(text.get(name, "")) for name in ("names", "surname", "given_names")),
        issue_date=mrz_dates.birth(text.get("issue_date", ""), today=today),
    )


def agrees(layout: Layout, check: Check, lines: Sequence[str]) -> bool:
    """Whether *check* agrees with the *lines* of its *layout*; a filler for a digit does where Doc 9303 allows it."""
    printed, covered = check.digit(lines), check.covered(lines)
    if printed != FILLER:
        return printed == check_digit(covered)
    if check.name == "document_number":
        return layout.format in _LONG_NUMBERS and _continued(layout, lines)
    span = next(s for s in layout.spans if s.line == check.line and s.start == check.at)
    return span.charset is Charset.CHECK_OR_FILLER and not covered.strip(FILLER)


def _continued(layout: Layout, lines: Sequence[str]) -> bool:
    text = {span.name: span.of(lines) for span in layout.spans}
    rest = text["optional_data"].partition(FILLER)[0]
    return long_number_agrees(text["issuing_state"].replace(FILLER, ""), text["document_number"], rest)


def _number(layout: Layout, text: Mapping[str, str]) -> tuple[str, str]:
    """Return the document number, wherever its parts stand, and the rest of the optional data."""
    number, optional = text.get("document_number", ""), text.get("optional_data", "")
    if layout.format is Format.RUSSIAN_PASSPORT:
        return number[:3] + text["series_end"] + number[3:], optional
    if layout.format in _LONG_NUMBERS and text["document_number_check"] == FILLER and FILLER not in number:
        rest, _, after = optional.partition(FILLER)
        if len(rest) > 1:
            return number + rest[:-1], after
    return number, optional


def _names(text: Mapping[str, str]) -> tuple[str, str]:
    if "names" in text:
        return mrz_names.split(text["names"])
    return mrz_names.words(text.get("surname", "")), mrz_names.words(text.get("given_names", ""))


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
    issue_date: str = ""

    def __repr__(self) -> str:
        return f"<Holder of {self.document_code} {self.issuing_state}>"


def compose(format: Format, holder: Holder) -> tuple[str, ...]:
    """Return the lines of a zone with all its check digits; what the format has no place for is left out.

    Raises ValueError for characters a zone cannot hold and for values longer than their place (names are cut short,
    by `toolkit.mrz_names.fitted`).
    """
    layout = LAYOUTS[format]
    values = _encoded(format, holder)
    rows = [[FILLER] * width for width in layout.widths]
    for span in layout.spans:
        text, width = values.get(span.name, ""), span.end - span.start
        if len(text) > width or set(text) - set(span.charset.value):
            raise ValueError(f"{span.name} does not fit a {format} zone")
        rows[span.line][span.start : span.end] = text.ljust(width, FILLER)
    for check in layout.checks:
        if check.name != "document_number" or not _overflows(format, holder):
            rows[check.line][check.at] = check_digit(check.covered(["".join(row) for row in rows]))
    return tuple("".join(row) for row in rows)


def _overflows(format: Format, holder: Holder) -> bool:
    return len(holder.document_number) > 9 and format in _LONG_NUMBERS


def _encoded(format: Format, holder: Holder) -> dict[str, str]:
    """Return what stands in each span, by its name."""
    number, optional, series_end = holder.document_number, holder.optional_data, ""
    if _overflows(format, holder):
        if FILLER in _placed(number):
            raise ValueError(f"document_number does not fit a {format} zone")
        number, optional = number[:9], number[9:] + check_digit(number) + FILLER + optional
    if format is Format.RUSSIAN_PASSPORT:
        number, series_end = number[:3] + number[4:], number[3:4]
    values = {
        "document_code": holder.document_code,
        "issuing_state": holder.issuing_state,
        "surname": holder.surname,
        "given_names": holder.given_names,
        "document_number": number,
        "nationality": holder.nationality or holder.issuing_state,
        "birth_date": mrz_dates.encoded(holder.birth_date),
        "sex": "" if holder.sex == "X" else holder.sex,
        "expiry_date": mrz_dates.encoded(holder.expiry_date),
        "optional_data": optional,
        "optional_data_2": holder.optional_data_2,
        "series_end": series_end,
        "issue_date": mrz_dates.encoded(holder.issue_date),
    }
    return {name: _placed(text) for name, text in values.items()} | _named(LAYOUTS[format], holder)


def _named(layout: Layout, holder: Holder) -> dict[str, str]:
    surname, given_names = (mrz_names.words(_placed(text)) for text in (holder.surname, holder.given_names))
    if span := layout.span("names"):
        return {"names": mrz_names.fitted(surname, given_names, span.end - span.start)}
    places = [(name, layout.span(name), text) for name, text in (("surname", surname), ("given_names", given_names))]
    return {name: mrz_names.clipped(text, span.end - span.start) for name, span, text in places if span}


def _placed(text: str) -> str:
    return text.upper().replace(" ", FILLER).replace("-", FILLER)
