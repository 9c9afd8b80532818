"""The reader of passports, identity cards, visas and residence permits: the zone, and what is printed around it.

What a check digit covers is proved by it. Names, nationality and issuing state are covered by none (Doc 9303-3, 4.9);
they are vouched for where the same stands in print elsewhere on the document, and stay unsure where it does not. A
printed value that contradicts the zone is shown, never preferred.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from toolkit.fields import country, dates
from toolkit.model import Box, Field, Method, Proof, Source
from toolkit.mrz import Zone
from toolkit.mrz_layouts import LAYOUTS, check_digit
from toolkit.pages import Opened
from toolkit.readers import Reading, visual_zone
from toolkit.readers.visual_zone import Print
from toolkit.recognise import Recognised
from toolkit.zone import FoundZone

#: Only these come from print beside a zone; everything else a zone says better.
_PRINTED_ONLY = ("issue_date", "birth_place", "authority")
_CHECKED = ("document_number", "birth_date", "expiry_date")
_SPOKEN: Mapping[str, str] = {
    "document_number": "document number",
    "birth_date": "date of birth",
    "expiry_date": "expiry date",
    "optional_data": "optional data",
    "composite": "whole zone",
}

#: Confidence: proved by its check digit and printed the same; proved; proved, but another reading is proved as well.
_TWICE_PROVED, _PROVED, _PROVED_NOT_ALONE = 0.99, 0.97, 0.80
#: The same in zone and print; nothing proves it but it reads clearly; the same and it does not.
_CROSS_MATCHED, _CLEAR, _UNCLEAR = 0.96, 0.88, 0.70
_DISPROVED = 0.40
#: A runner-up nearer than this (a natural-log likelihood) is a reading one must reckon with.
_CLOSE = 1.5
_LEGIBLE = 0.93
#: Above this the engine tells Z from 2.
_CRISP = 0.98
_TWINS = dict(zip("2Z5S8B6G", "Z2S5B8G6", strict=True))
#: The commonest shape of a document number: letters, if any, first.
_SERIAL = re.compile(r"[A-Z]{0,3}\d+")
#: Years that travel documents are issued for.
_VALIDITIES = (1, 2, 3, 4, 5, 6, 7, 10, 15)


def read(opened: Opened, found: Recognised) -> Reading:
    """Read the zone of *found* and the print around it; without a zone, what its labels give, unsure."""
    patterns = found.kind.fields if found.kind is not None else {}
    pages = [page for page in opened.pages if page.number in found.pages]
    if found.zone is None:
        printed = visual_zone.of_pages(pages, 0, None, None)
        seen = visual_zone.labelled(printed, patterns, None).values()
        warning = "No machine-readable zone could be read: compare every value with the document."
        return Reading(tuple(replace(field, confidence=min(field.confidence, 0.75)) for field in seen), (), (warning,))
    zone = found.zone.zone
    order = dates.order_of(country.iso3(zone.issuing_state)) if country.known(zone.issuing_state) else None
    printed = visual_zone.of_pages(pages, found.zone.page, found.zone.box, order)
    labelled = visual_zone.labelled(printed, patterns, order)
    fields, warnings = _contradicted(list(_fields(found.zone, printed)), labelled, printed)
    fields += [
        _plausible(labelled[name], zone)
        for name in _PRINTED_ONLY
        if name in labelled and _possible(labelled[name], zone)
    ]
    whole = _whole(found.zone, fields)
    rejected = [*_runners_up(found.zone), *(labelled[name] for name in labelled if name not in _PRINTED_ONLY)]
    return Reading((whole, *fields), _different(rejected, fields), (*_disagreements(zone), *warnings))


def _fields(found: FoundZone, printed: Print) -> Iterator[Field]:
    zone = found.zone
    values = {
        "document_code": (zone.document_code, _code_confidence(found), Proof.NONE),
        "issuing_state": (zone.issuing_state, *_state(found, "issuing_state", printed)),
        "surname": (zone.surname, *_name(found, zone.surname, printed)),
        "given_names": (zone.given_names, *_name(found, zone.given_names, printed)),
        "document_number": (zone.document_number, *_checked(found, "document_number", printed)),
        "nationality": (zone.nationality, *_state(found, "nationality", printed)),
        "birth_date": (zone.birth_date, *_checked(found, "birth_date", printed)),
        "sex": (zone.sex, _code_confidence(found), Proof.NONE),
        "expiry_date": (zone.expiry_date, *_checked(found, "expiry_date", printed)),
        "optional_data": (zone.optional_data, *_optional(found)),
    }
    for name, (value, confidence, proof) in values.items():
        if value:
            yield Field(
                name, value, round(confidence, 3), Source("", found.page, _box(found, name), found.method), proof
            )


def _checked(found: FoundZone, name: str, printed: Print) -> tuple[float, Proof]:
    zone = found.zone
    value = str(getattr(zone, name))
    seen = printed.number(value) if name == "document_number" else value in printed.dates
    verified = zone.verified(name)
    if not verified:
        if seen:
            return 0.90, Proof.CROSS_MATCH
        return (_DISPROVED if verified is False else _UNCLEAR), Proof.NONE
    if not all(check.valid for check in zone.checks if check.field != "composite") and not seen:
        # One digit in ten agrees by chance: beside one that does not, the line may have slipped out of its places.
        return _PROVED_NOT_ALONE, Proof.CHECK_DIGIT
    if name == "document_number" and found.legibility < _CRISP and _prefix_is_open(value):
        return _PROVED_NOT_ALONE, Proof.CHECK_DIGIT
    if seen:
        return _TWICE_PROVED, Proof.CHECK_DIGIT
    margin = dict(found.doubts).get(name, 0.0)
    if margin < _CLOSE or (found.alike and name not in found.alike):
        return _PROVED_NOT_ALONE, Proof.CHECK_DIGIT
    # Where no composite digit stands over it, or a wrong one, there is one proof and not two.
    return (_PROVED if zone.verified("composite") else 0.92), Proof.CHECK_DIGIT


def _prefix_is_open(number: str) -> bool:
    """Whether letters for digits (or digits for letters) at the head of *number* would satisfy the check digit as well.

    250000177 and ZS0000177 have one check digit, and an engine that takes one for the other does so in the print above
    the zone too: the two are no witnesses for each other. O and I are left out, for issuers avoid them.
    """
    ways = [(c, _TWINS[c]) if c in _TWINS else (c,) for c in number[:3]]
    others = {"".join(way) + number[3:] for way in itertools.product(*ways)} - {number}
    digit = check_digit(number)
    return any(check_digit(other) == digit and _SERIAL.fullmatch(other) for other in others)


def _name(found: FoundZone, name: str, printed: Print) -> tuple[float, Proof]:
    if printed.names(name):
        return _CROSS_MATCHED, Proof.CROSS_MATCH
    spans = {"names", "surname", "given_names"} & {span.name for span in LAYOUTS[found.zone.format].spans}
    return (_CLEAR if _is_clear(found, spans) else _UNCLEAR), Proof.NONE


def _state(found: FoundZone, name: str, printed: Print) -> tuple[float, Proof]:
    zone = found.zone
    code = str(getattr(zone, name))
    if not country.known(code):
        return 0.60, Proof.NONE
    if (zone.raw("nationality") and zone.nationality == zone.issuing_state) or code in printed.countries:
        return _CROSS_MATCHED, Proof.CROSS_MATCH
    return (0.92 if _is_clear(found, {name}) else _UNCLEAR), Proof.NONE


def _code_confidence(found: FoundZone) -> float:
    return 0.95 if found.legibility >= _LEGIBLE else 0.85


def _optional(found: FoundZone) -> tuple[float, Proof]:
    zone = found.zone
    if zone.verified("optional_data") or zone.verified("composite"):
        margin = dict(found.doubts).get("optional_data", 0.0)
        return (0.95 if margin >= _CLOSE or zone.verified("optional_data") else 0.85), Proof.CHECK_DIGIT
    return _UNCLEAR, Proof.NONE


def _is_clear(found: FoundZone, spans: set[str]) -> bool:
    return found.legibility >= _LEGIBLE and spans <= found.alike


def _box(found: FoundZone, name: str) -> Box:
    """Return the box of a value: its share of the line's box, for the characters of a zone are all one width."""
    layout = LAYOUTS[found.zone.format]
    span = layout.span(name) or layout.span("names")
    if span is None or len(found.boxes) != layout.height:
        return found.box
    line = found.boxes[span.line]
    step = line.width / layout.width
    return Box(line.left + span.start * step, line.top, line.left + span.end * step, line.bottom)


def _whole(found: FoundZone, fields: list[Field]) -> Field:
    least = min((field.confidence for field in fields if field.source.method is found.method), default=_UNCLEAR)
    proof = Proof.CHECK_DIGIT if found.zone.valid else Proof.NONE
    return Field("mrz", found.zone.lines, least, Source("", found.page, found.box, found.method), proof)


def _contradicted(fields: list[Field], labelled: Mapping[str, Field], printed: Print) -> tuple[list[Field], list[str]]:
    """Lower what print by its own label contradicts, if the print is a date: texts are misread too easily."""
    warnings, result = [], []
    zone_dates = {field.value for field in fields if field.name in _CHECKED}
    for field in fields:
        rival = labelled.get(field.name) if field.name in ("birth_date", "expiry_date") else None
        # A label may have been given its neighbour's date; where the zone's own date is printed too, nothing differs.
        if rival and rival.value not in zone_dates and field.value not in printed.dates:
            warnings.append(
                f"The {_SPOKEN[field.name]} printed by its label differs from the machine-readable zone: look at both."
            )
            field = replace(field, confidence=min(field.confidence, 0.85))  # noqa: PLW2901
        result.append(field)
    return result, warnings


def _possible(field: Field, zone: Zone) -> bool:
    """Whether a date of issue lies between birth and expiry; a label may have been given its neighbour's date."""
    return field.name != "issue_date" or zone.birth_date < str(field.value) < (zone.expiry_date or "9999")


def _plausible(field: Field, zone: Zone) -> Field:
    """Vouch for a date of issue that lies whole years before the expiry."""
    if field.name != "issue_date" or len(zone.expiry_date) != 10 or not zone.verified("expiry_date"):
        return field
    days = (date.fromisoformat(zone.expiry_date) - date.fromisoformat(str(field.value))).days
    years = round(days / 365.2425)
    if years in _VALIDITIES and abs(days - years * 365.2425) <= 2:
        return replace(field, confidence=0.95, proof=Proof.CROSS_MATCH)
    return field


def _disagreements(zone: Zone) -> Iterator[str]:
    for check in zone.checks:
        if not check.valid:
            yield f"The check digit of the {_SPOKEN[check.field]} does not agree: compare with the picture."
    if not country.known(zone.issuing_state):
        yield "The issuing state of the zone is no code of ICAO Doc 9303: compare with the picture."
    if zone.names_truncated:
        yield "The names fill their place in the zone to the last letter: they may be cut short."
    for name in ("birth_date", "expiry_date"):
        if zone.raw(name) and len(getattr(zone, name)) != 10:
            yield f"The {_SPOKEN[name]} in the zone is incomplete or no date."


def _runners_up(found: FoundZone) -> Iterator[Field]:
    names = ("surname", "given_names", "issuing_state", "nationality", "sex", *_CHECKED)
    for other in found.others:
        for name in names:
            value = str(getattr(other, name))
            if value:
                yield Field(name, value, 0.3, Source("", found.page, _box(found, name), Method.MRZ))


def _different(rejected: list[Field], fields: list[Field]) -> tuple[Field, ...]:
    """Keep each losing value once, and none that says what the winning field says."""
    won = {(field.name, _bare(field)) for field in fields}
    lost = {(field.name, _bare(field)): field for field in reversed(rejected) if (field.name, _bare(field)) not in won}
    return tuple(lost.values())


def _bare(field: Field) -> str:
    return "".join(c for c in str(field.value).upper() if c.isalnum())
