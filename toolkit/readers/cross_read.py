"""Zone against print: whether what stands by a label confirms a value of the zone, contradicts it, or says nothing.

Two readings of one fact are two witnesses, but the print is the weaker one: small, in any typeface, and its label may
have been given its neighbour's value. So a print that only looks like a misreading of what check digits prove
contradicts nothing; one that reads well and means something else does, and one that the check digits would accept as
well as the zone's own does most of all. Knows values and labels; how sure a field then is, the reader decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from toolkit import mrz_proof
from toolkit.fields import country, person_name
from toolkit.fields.person_name import Likeness
from toolkit.model import SURE, Field
from toolkit.mrz import Zone
from toolkit.readers.visual_zone import TEXT, Print

#: Print by a label that is read worse than this is no witness.
_LEGIBLE = SURE * TEXT
#: Single characters of two numbers that may be one misread: more differ where the numbers are two.
_SLIPS = 1


_COMPARED = ("surname", "given_names", "document_number", "birth_date", "expiry_date")


class Witness(StrEnum):
    """What the print says to a value of the zone."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class CrossRead:
    """What the print says to each value it speaks of."""

    witnesses: Mapping[str, Witness]
    #: Values whose print the check digits would accept as well.
    unsettled: frozenset[str] = frozenset()

    def of(self, field: str) -> Witness:
        """Return what the print says to *field*."""
        return self.witnesses.get(field, Witness.SILENT)


def compare(zone: Zone, labelled: Mapping[str, Field], printed: Print) -> CrossRead:
    """Compare surname, given names, document number and dates of *zone* with the print, by label and anywhere."""
    compared = {
        "surname": _name("surname", zone, labelled, printed),
        "given_names": _name("given_names", zone, labelled, printed),
        "document_number": _number(zone, labelled.get("document_number"), printed),
        "birth_date": _day("birth_date", zone, labelled, printed),
        "expiry_date": _day("expiry_date", zone, labelled, printed),
    }
    if compared["surname"] is Witness.CONTRADICTS and compared["given_names"] is Witness.SILENT:
        # One label for the whole name ("Name: GUSTAFSSON, BERTA") speaks of both.
        rival = labelled["surname"]
        if "given_names" not in labelled and len(person_name.parts(str(rival.value))) > 1:
            compared["given_names"] = Witness.CONTRADICTS
    return CrossRead(compared, _unsettled(zone, labelled))


def _unsettled(zone: Zone, labelled: Mapping[str, Field]) -> frozenset[str]:
    """Values whose print is one of the readings that every check digit would accept."""
    bare = {
        name: "".join(c for c in str(labelled[name].value).upper() if c.isalnum())
        for name in _COMPARED
        if name in labelled
    }
    return frozenset(
        name
        for name, text in bare.items()
        if any(other.text.replace("<", "") == text for other in mrz_proof.standing(zone, name).others)
    )


def _day(name: str, zone: Zone, labelled: Mapping[str, Field], printed: Print) -> Witness:
    value, rival = str(getattr(zone, name)), labelled.get(name)
    if value in printed.dates:
        return Witness.AGREES
    # A label may have been given its neighbour's date.
    others = {zone.birth_date, zone.expiry_date}
    return Witness.CONTRADICTS if value and rival is not None and rival.value not in others else Witness.SILENT


def _number(zone: Zone, rival: Field | None, printed: Print) -> Witness:
    if printed.number(zone.document_number):
        return Witness.AGREES
    if rival is None or not zone.document_number:
        return Witness.SILENT
    bare = "".join(c for c in str(rival.value).upper() if c.isalnum())
    standing = mrz_proof.standing(zone, "document_number")
    if any(other.text.replace("<", "") == bare for other in standing.others):
        return Witness.CONTRADICTS
    differ = sum(one != other for one, other in zip(bare, zone.document_number, strict=False))
    same_shape = [c.isdigit() for c in bare] == [c.isdigit() for c in zone.document_number]
    return Witness.CONTRADICTS if same_shape and differ > _SLIPS and _reads_well(rival) else Witness.SILENT


def _name(name: str, zone: Zone, labelled: Mapping[str, Field], printed: Print) -> Witness:
    value, rival = str(getattr(zone, name)), labelled.get(name)
    if printed.names(value, cut=zone.names_truncated):
        return Witness.AGREES
    if not value or rival is None or not _reads_well(rival):
        return Witness.SILENT
    text = str(rival.value)
    neighbour = zone.given_names if name == "surname" else zone.surname
    if country.parse(text) or not person_name.parts(text) or _like(text, neighbour) or _like(text, value):
        return Witness.SILENT
    return Witness.CONTRADICTS


def _like(one: str, other: str) -> bool:
    return person_name.same_person(one, other, full=False).likeness is not Likeness.DIFFERENT


def _reads_well(field: Field) -> bool:
    return field.confidence >= _LEGIBLE
