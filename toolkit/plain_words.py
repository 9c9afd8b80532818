"""What a field is called, how far it is believed and why, in words for a person. Pure text; knows no document."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeGuard

from toolkit import mrz_proof, phrasing
from toolkit.model import Field, Method, Proof, Record, Value
from toolkit.mrz import Zone, parse

_LONGEST, _UNBROKEN, _MOST_ROWS = 240, 48, 12


class Standing(StrEnum):
    """How far a value is believed. `proved` and `sure` are vouched for; only the first by more than its reading."""

    PROVED = "proved"
    SURE = "sure"
    UNSURE = "unsure"


READ_BY: Mapping[Method, str] = {
    Method.TEXT_LAYER: "from the text of the file",
    Method.MRZ: "read in the machine-readable zone",
    Method.OCR: "read in the picture",
    Method.E_INVOICE: "from the invoice data inside the file",
    Method.COMPUTED: "worked out from what was read",
    Method.PERSON: "said by a person",
}
_PROVED_BY: Mapping[Proof, str] = {
    Proof.CHECK_DIGIT: "its check digit agrees",
    Proof.CROSS_MATCH: "another entry of the document agrees",
    Proof.ARITHMETIC: "the amounts add up",
    Proof.PERSON: "a person confirmed it",
}
_DOUBT = "but another reading is near or the print says otherwise: compare with the picture"
#: Two entries of the zone itself can vouch for each other here; for the others it is what is printed beside it.
_STATES = frozenset({"issuing_state", "nationality"})


def standing(field: Field) -> Standing:
    """Return how far *field* is believed. Proof of a value that is unsure all the same does not make it sure."""
    if not field.sure:
        return Standing.UNSURE
    return Standing.SURE if field.proof is Proof.NONE else Standing.PROVED


def because(field: Field, record: Record | None = None) -> str:
    """Return why *field* is believed, or what to do where nothing proves it.

    Of a value of a machine-readable zone, with the *record* it is from, what its check digits prove and cannot tell.
    """
    if field.name == "portrait":
        return "a face was found here; whose it is, nobody compared"
    zone = _zone(record) if field.source.method is Method.MRZ else None
    if zone is not None and (said := _of_zone(field, zone)):
        return said
    reason = _reason(field)
    if field.name.endswith("_printed") and not field.sure:
        return "printed so, and the zone agrees; accents are easily lost: compare with the picture"
    if field.proof is not Proof.NONE and not field.sure:
        return f"{reason}, {_DOUBT}"
    return reason


def _zone(record: Record | None) -> Zone | None:
    lines_ = record.get("mrz") if record is not None else None
    return parse(lines_.value, today=date.today()) if lines_ is not None and _texts(lines_.value) else None


def _texts(value: Value) -> TypeGuard[tuple[str, ...]]:
    return isinstance(value, tuple) and all(isinstance(line, str) for line in value)


def _of_zone(field: Field, zone: Zone) -> str:
    if field.name == "mrz":
        return _of_whole(zone)
    if field.proof is not Proof.CHECK_DIGIT:
        return ""
    standing_ = mrz_proof.standing(zone, field.name)
    # Two characters misread at once are a tale for the reference.
    blind = f"; no digit can tell {' or '.join(standing_.blind)}" if standing_.blind else ""
    return f"{standing_.agreement}{blind}" if field.sure else f"{standing_.agreement}{blind}, {_DOUBT}"


def _of_whole(zone: Zone) -> str:
    """Say whether the digits of a zone agree, and which of its values none of them covers."""
    if not zone.checks:
        return "this kind of zone has no check digit: compare with the picture"
    agree = "all its check digits agree" if zone.valid else "a check digit does not agree"
    bare = [spoken(each.field).lower() for each in mrz_proof.of(zone) if not each.checks]
    return f"{agree}; none covers {', '.join(bare)}" if bare else agree


def _reason(field: Field) -> str:
    if field.proof is Proof.CROSS_MATCH and field.source.method is Method.MRZ and field.name not in _STATES:
        return "printed the same beside the zone"
    if field.proof is Proof.ARITHMETIC and field.name == "total":
        return "the other amounts add up to it"
    if field.proof is not Proof.NONE:
        return _PROVED_BY[field.proof]
    if field.source.method is Method.E_INVOICE:
        return "the sender's own data says so"
    return "nothing proves it: compare with the picture"


def spoken(name: str) -> str:
    """Return a field's name as it is spoken: "Birth date"."""
    return "Machine-readable zone" if name == "mrz" else cleared(name.replace("_", " ")).capitalize()


def lines(value: Value, currency: str | None = None) -> list[str]:
    """Return a value as lines to print: one, one an item, or one a row of a table; never none."""
    if isinstance(value, str):
        text = cleared(value) or "(empty)"
        return [f"{text} {cleared(currency)}" if currency else text]
    rows = [" · ".join(row.values()) if isinstance(row, Mapping) else row for row in value]
    return some([cleared(row) for row in rows], _MOST_ROWS) or ["(empty)"]


def losing(field: Field) -> str:
    """Return a reading that was not taken, in one line with how sure it was and how it was read."""
    value = "; ".join(lines(field.value, field.currency))
    return cleared(f"{value} ({percent(field.confidence)}, {READ_BY[field.source.method]})")


def percent(confidence: float) -> str:
    """Return a confidence in percent, rounded down: 89.9 % must not look like the 90 % that is sure."""
    return f"{math.floor(confidence * 100 + 1e-6)} %"


def some(texts: Sequence[str], most: int) -> list[str]:
    """Return at most *most* of *texts*, and how many were left out."""
    return [*texts[:most], f"and {len(texts) - most} more"] if len(texts) > most else list(texts)


def cleared(text: str) -> str:
    """Return *text* as one printable line that is not too long, and that can be broken where it has no spaces."""
    line = " ".join(phrasing.printable(text).split())
    line = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
    return " ".join(
        "\u200b".join(run[at : at + _UNBROKEN] for at in range(0, len(run), _UNBROKEN)) for run in line.split(" ")
    )
