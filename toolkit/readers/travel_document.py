"""The reader of passports, identity cards, visas and residence permits: the zone, and what is printed around it.

What a check digit covers is proved by it. Names, nationality and issuing state are covered by none (Doc 9303-3, 4.9);
they are vouched for where the same stands in print elsewhere on the document, and stay unsure where it does not. A
printed value that contradicts the zone is shown, never preferred; both readings are kept. How a name is printed, with
its accents and small letters, is a field of its own (`surname_printed`) beside the name as the zone encodes it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from toolkit import mrz_dates, mrz_names, mrz_proof
from toolkit.fields import country, dates, person_name
from toolkit.model import Field, Method, Proof, Source
from toolkit.mrz import Format, Zone
from toolkit.mrz_layouts import LAYOUTS, check_digit
from toolkit.pages import Opened
from toolkit.readers import Reading, cross_read, visual_zone, zone_place
from toolkit.readers.cross_read import CrossRead, Witness
from toolkit.readers.visual_zone import Print
from toolkit.recognise import Recognised
from toolkit.zone import FoundZone


@dataclass(frozen=True, slots=True)
class _Trust:
    """Every figure of this reader: how sure it is of a value, by what speaks for it.

    The rule they keep, measured on specimens: of what is said with 0.90 and more at least 99.5 % is right, and nothing
    is wrong that a check digit could have caught.
    """

    #: Number and dates: proved by a check digit and printed the same; proved by two; by its own alone.
    printed_and_proved: float = 0.99
    proved: float = 0.97
    proved_once: float = 0.92
    #: Proved, but another reading is proved as well, or a digit of the same zone does not agree.
    proved_not_alone: float = 0.80
    #: Not proved, though printed the same; its check digit does not agree.
    printed_not_proved: float = 0.90
    disproved: float = 0.40
    #: Names and states: the same in zone and print; read clearly, no other reading near; neither.
    cross_matched: float = 0.96
    clear: float = 0.93
    unclear: float = 0.70
    clear_state: float = 0.92
    unknown_state: float = 0.60
    #: Document code and sex, which nothing proves, legible and less so; where a digit over the whole line covers them.
    code: float = 0.95
    code_illegible: float = 0.85
    #: Optional data: proved; proved, but another reading is near.
    optional: float = 0.95
    optional_not_alone: float = 0.85
    #: At most this where well-read print says otherwise: number and dates; names.
    contradicted: float = 0.85
    contradicted_name: float = 0.70
    #: A name as it is printed: from a text layer; from a picture, where accents are the first thing lost.
    spelled: float = 0.96
    spelled_in_picture: float = 0.85
    #: A date of issue whole years before a proved expiry, by its label and without; at most this for anything without
    #: a zone; a runner-up.
    whole_years: float = 0.95
    whole_years_alone: float = 0.92
    without_zone: float = 0.75
    runner_up: float = 0.30
    #: A runner-up nearer than this (a natural-log likelihood) is a reading one must reckon with.
    close: float = 1.5
    #: From here no other reading comes near: of 938 names and 1,791 states read so in made-up
    #: pictures one state was wrong, which was no known code.
    far: float = 4.0
    #: From here the engine reads clearly; from here it tells Z from 2.
    legible: float = 0.93
    crisp: float = 0.98
    blurred: float = 0.945


_TRUST = _Trust()
#: Only these come from print beside a zone; everything else a zone says better.
_PRINTED_ONLY = ("issue_date", "birth_place", "authority")
_NAMES = ("surname", "given_names")
_CHECKED = ("document_number", "birth_date", "expiry_date")
_SPOKEN: Mapping[str, str] = {
    "surname": "surname",
    "given_names": "given names",
    "document_number": "document number",
    "birth_date": "date of birth",
    "expiry_date": "expiry date",
    "optional_data": "optional data",
    "composite": "whole zone",
}
_MIRROR = "The picture shows the document as in a mirror: ask for one that does not."
_QUOTED = "The zone stands in the text of a page full of text: it may be quoted there, and the page no travel document."
#: A page of this many words is no page of a passport.
_RUNNING = 120
_TWINS = dict(zip("2Z5S8B6G", "Z2S5B8G6", strict=True))
#: The commonest shape of a document number: letters, if any, first.
_SERIAL = re.compile(r"[A-Z]{0,3}\d+")
#: Years that travel documents are issued for.
_VALIDITIES = (1, 2, 3, 4, 5, 6, 7, 10, 15)


def read(opened: Opened, found: Recognised) -> Reading:
    """Read the zone of *found* and the print around it; without a zone, what its labels give, unsure."""
    patterns = found.kind.fields if found.kind is not None else {}
    pages = [page for page in opened.pages if page.number in found.pages]
    likeness = zone_place.portrait_of(opened, pages, found.zone)
    if found.zone is None:
        printed = visual_zone.of_pages(pages, 0, None, None)
        seen = visual_zone.labelled(printed, patterns, None).values()
        warning = "No machine-readable zone could be read: compare every value with the document."
        most = _TRUST.without_zone
        fields = (replace(field, confidence=min(field.confidence, most)) for field in seen)
        return Reading((*fields, *likeness), (), (warning,))
    state = found.zone.zone.issuing_state
    order = dates.order_of(country.iso3(state)) if country.known(state) else None
    printed = visual_zone.of_pages(pages, found.zone.page, found.zone.box, order)
    labelled = visual_zone.labelled(printed, patterns, order)
    reading = _beside_print(_dated(found.zone, printed), printed, labelled)
    page = next(each for each in opened.pages if each.number == found.zone.page)
    written = page.method is not Method.OCR and not any(found.zone.cells)
    quoted = (_QUOTED,) if written and not likeness and len(page.words) >= _RUNNING else ()
    return replace(reading, fields=(*reading.fields, *likeness), warnings=(*quoted, *reading.warnings))


def _beside_print(found: FoundZone, printed: Print, labelled: Mapping[str, Field]) -> Reading:
    zone = found.zone
    cross = cross_read.compare(zone, labelled, printed)
    fields = [_weighed(field, cross) for field in _fields(found, printed)]
    known = {field.name for field in fields}
    beside = [field for field in _beside_zone(zone, labelled, printed) if field.name not in known]
    fields += beside
    fields += _spelled(fields, zone, printed)
    lost = [field for field in labelled.values() if field not in beside]
    notes = (_MIRROR,) if found.mirrored else ()
    return Reading(
        (_whole(found, fields), *fields),
        _different([*_runners_up(found), *lost], fields),
        (*notes, *_disagreements(zone), *_contradictions(cross)),
    )


def _dated(found: FoundZone, printed: Print) -> FoundZone:
    """Let a full year in print settle the century of a birth, which the zone leaves open (`toolkit.mrz_dates`)."""
    zone = found.zone
    ways = mrz_dates.centuries(zone.raw("birth_date"), today=date.today())
    seen = [way for way in ways if way in printed.dates and way <= (zone.expiry_date or "9999")]
    if zone.birth_date in printed.dates or len(seen) != 1 or seen[0] > date.today().isoformat():
        return found
    return replace(found, zone=replace(zone, birth_date=seen[0]))


def _fields(found: FoundZone, printed: Print) -> Iterator[Field]:
    zone = found.zone
    values = {
        "document_code": (zone.document_code, _code_confidence(found, "document_code"), Proof.NONE),
        "issuing_state": (zone.issuing_state, *_state(found, "issuing_state", printed)),
        "surname": (zone.surname, *_name(found, zone.surname, printed)),
        "given_names": (zone.given_names, *_name(found, zone.given_names, printed)),
        "document_number": (zone.document_number, *_checked(found, "document_number", printed)),
        "nationality": (zone.nationality, *_state(found, "nationality", printed)),
        "birth_date": (zone.birth_date, *_checked(found, "birth_date", printed)),
        "sex": (zone.sex, _code_confidence(found, "sex"), Proof.NONE),
        "expiry_date": (zone.expiry_date, *_checked(found, "expiry_date", printed)),
        "optional_data": (zone.optional_data, *_optional(found)),
        # Only the Russian internal passport has one, under the check digit of its optional data.
        "issue_date": (zone.issue_date, *_optional(found)),
    }
    for name, (value, confidence, proof) in values.items():
        if value:
            yield Field(
                name,
                value,
                round(confidence, 3),
                Source("", found.page, zone_place.box(found, name), found.method),
                proof,
            )


def _checked(found: FoundZone, name: str, printed: Print) -> tuple[float, Proof]:
    zone = found.zone
    value = str(getattr(zone, name))
    seen = printed.number(value) if name == "document_number" else value in printed.dates
    standing = mrz_proof.standing(zone, name)
    verified = zone.verified(name)
    if verified is None and standing.proved:
        # A digit over the whole line and none of its own: a proof, but of one in ten lines that are misread somewhere.
        return (_TRUST.printed_and_proved if seen else _TRUST.proved_not_alone), Proof.CHECK_DIGIT
    if not verified:
        if seen:
            return _TRUST.printed_not_proved, Proof.CROSS_MATCH
        return (_TRUST.disproved if verified is False else _TRUST.unclear), Proof.NONE
    if not all(check.valid for check in zone.checks if check.field != "composite") and not seen:
        # One digit in ten agrees by chance: beside one that does not, the line may have slipped out of its places.
        return _TRUST.proved_not_alone, Proof.CHECK_DIGIT
    if name == "document_number" and found.legibility < _TRUST.crisp and _prefix_is_open(value):
        return _TRUST.proved_not_alone, Proof.CHECK_DIGIT
    if name == "document_number" and found.legibility < _TRUST.blurred and not seen:
        # Of a blurred number two characters may be misread so that the digit agrees.
        return _TRUST.proved_not_alone, Proof.CHECK_DIGIT
    if seen:
        return _TRUST.printed_and_proved, Proof.CHECK_DIGIT
    margin = dict(found.doubts).get(name, 0.0)
    if margin < _TRUST.close or (found.alike and name not in found.alike):
        return _TRUST.proved_not_alone, Proof.CHECK_DIGIT
    # Where no composite digit stands over it, or a wrong one, there is one proof and not two.
    return (_TRUST.proved if zone.verified("composite") else _TRUST.proved_once), Proof.CHECK_DIGIT


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
    if printed.names(_in_latin(found.zone, name), cut=found.zone.names_truncated):
        return _TRUST.cross_matched, Proof.CROSS_MATCH
    spans = {"names", "surname", "given_names"} & {span.name for span in LAYOUTS[found.zone.format].spans}
    return (_TRUST.clear if _is_clear(found, spans) else _TRUST.unclear), Proof.NONE


def _in_latin(zone: Zone, name: str) -> str:
    """Return a name as a zone of Doc 9303 encodes it; the Russian internal passport has an alphabet of its own."""
    if zone.format is not Format.RUSSIAN_PASSPORT:
        return name
    return person_name.encode(mrz_names.cyrillic(name))


def _spelled(fields: list[Field], zone: Zone, printed: Print) -> Iterator[Field]:
    """Yield the names as printed where that tells more than the zone: accents, small letters, a name in full."""
    for field in [field for field in fields if field.name in _NAMES]:
        value = str(field.value)
        found = printed.spelling(_in_latin(zone, value), cut=zone.names_truncated)
        name = f"{field.name}_printed"
        if found is not None and found.text != value:
            most = _TRUST.spelled_in_picture if found.page.method is Method.OCR else _TRUST.spelled
            source = Source("", found.page.number, found.box, found.page.method)
            yield Field(name, found.text, round(min(most, found.confidence), 3), source, Proof.CROSS_MATCH)
        elif zone.format is Format.RUSSIAN_PASSPORT:
            source = replace(field.source, method=Method.COMPUTED)
            yield Field(name, mrz_names.cyrillic(value), field.confidence, source, field.proof)


def _state(found: FoundZone, name: str, printed: Print) -> tuple[float, Proof]:
    zone = found.zone
    code = str(getattr(zone, name))
    if not country.known(code):
        return _TRUST.unknown_state, Proof.NONE
    if (zone.raw("nationality") and zone.nationality == zone.issuing_state) or code in printed.countries:
        return _TRUST.cross_matched, Proof.CROSS_MATCH
    return (_TRUST.clear_state if _is_clear(found, {name}) else _TRUST.unclear), Proof.NONE


def _code_confidence(found: FoundZone, name: str) -> float:
    return _TRUST.code if _is_clear(found, {name}) else _TRUST.code_illegible


def _optional(found: FoundZone) -> tuple[float, Proof]:
    zone = found.zone
    if zone.verified("optional_data") or zone.verified("composite"):
        # Where a zone has one digit alone, one misread line in ten agrees with it.
        far = dict(found.doubts).get("optional_data", 0.0) >= _TRUST.close and len(zone.checks) > 1
        sure = far or zone.verified("optional_data")
        return (_TRUST.optional if sure else _TRUST.optional_not_alone), Proof.CHECK_DIGIT
    return _TRUST.unclear, Proof.NONE


def _is_clear(found: FoundZone, spans: set[str]) -> bool:
    """Whether *spans*, which no check digit covers, are read so that no other reading comes near."""
    margins = dict(found.doubts)
    far = all(margins.get(span, 0.0) >= _TRUST.far for span in spans)
    return found.legibility >= _TRUST.legible and (far or spans <= found.alike)


def _whole(found: FoundZone, fields: list[Field]) -> Field:
    least = min((field.confidence for field in fields if field.source.method is found.method), default=_TRUST.unclear)
    proof = Proof.CHECK_DIGIT if found.zone.valid else Proof.NONE
    return Field("mrz", found.zone.lines, least, Source("", found.page, found.box, found.method), proof)


def _weighed(field: Field, cross: CrossRead) -> Field:
    """Lower what print by its own label contradicts."""
    if cross.of(field.name) is not Witness.CONTRADICTS:
        return field
    most = _TRUST.contradicted_name if field.name in _NAMES else _TRUST.contradicted
    return replace(field, confidence=min(field.confidence, most))


def _contradictions(cross: CrossRead) -> Iterator[str]:
    for name, witness in cross.witnesses.items():
        if witness is Witness.CONTRADICTS:
            differs = f"The {_SPOKEN[name]} printed by its label differs from the machine-readable zone: look at both."
            yield f"{differs} The check digits do not settle it." if name in cross.unsettled else differs


def _beside_zone(zone: Zone, labelled: Mapping[str, Field], printed: Print) -> Iterator[Field]:
    """Yield what only the print says: what labels give, and a date of issue even where its label is illegible."""
    for name in _PRINTED_ONLY:
        field = labelled.get(name)
        if name == "issue_date":
            field = _issued(zone, field, printed)
        if field is not None:
            yield field


def _issued(zone: Zone, field: Field | None, printed: Print) -> Field | None:
    """Return the date of issue: of two dates between birth and expiry, the one whole years before a proved expiry.

    A label may be illegible, or have been given its neighbour's date; documents are valid for whole years, less a day
    or two, and no other date on them has reason to be.
    """
    inner = [day for day in printed.dates if len(day) == 10 and zone.birth_date < day < (zone.expiry_date or "9999")]
    whole = [day for day in inner if _is_whole_years(day, zone)]
    if field is not None and field.value in whole:
        return replace(field, confidence=_TRUST.whole_years, proof=Proof.CROSS_MATCH)
    if len(whole) == 1 and (field is None or field.value not in inner):
        page, word = printed.dates[whole[0]]
        source = Source("", page.number, word.box, page.method)
        return Field("issue_date", whole[0], _TRUST.whole_years_alone, source, Proof.CROSS_MATCH)
    return field if field is not None and field.value in inner else None


def _is_whole_years(day: str, zone: Zone) -> bool:
    if len(zone.expiry_date) != 10 or not mrz_proof.standing(zone, "expiry_date").proved:
        return False
    days = (date.fromisoformat(zone.expiry_date) - date.fromisoformat(day)).days
    years = round(days / 365.2425)
    return years in _VALIDITIES and abs(days - years * 365.2425) <= 2


def _disagreements(zone: Zone) -> Iterator[str]:
    for check in zone.checks:
        if not check.valid:
            yield f"The check digit of the {_SPOKEN[check.field]} does not agree: compare with the picture."
    if zone.raw("issuing_state") and not country.known(zone.issuing_state):
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
                yield Field(
                    name, value, _TRUST.runner_up, Source("", found.page, zone_place.box(found, name), Method.MRZ)
                )


def _different(rejected: list[Field], fields: list[Field]) -> tuple[Field, ...]:
    """Keep each losing value once, and none that says what the winning field says."""
    # A name as it is printed is a field of its own, and has not lost.
    won = {(field.name.removesuffix("_printed"), _bare(field)) for field in fields}
    lost = {(field.name, _bare(field)): field for field in reversed(rejected) if (field.name, _bare(field)) not in won}
    return tuple(lost.values())


def _bare(field: Field) -> str:
    return "".join(c for c in str(field.value).upper() if c.isalnum())
