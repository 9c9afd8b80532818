"""What a case or document can be found by: names and document numbers, normalised. Pure; hashing is the caller's.

Only equal normal forms meet, so the normal form forgives what differs between papers: case, accents, order,
punctuation, and the two ways to write an umlaut in a machine-readable zone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from toolkit.model import Case, Record

NAME = "name"
NUMBER = "document-number"
#: Fields that hold the name of a person or party.
_NAME_FIELDS = ("holder", "employee", "employer", "spouse_1", "spouse_2", "parties", "surname", "merchant")
_NUMBER_FIELDS = ("document_number", "number")
#: ICAO 9303-3, section 6: how these letters are written out.
_WRITTEN_OUT = str.maketrans(
    {"Ä": "AE", "Ö": "OE", "Ü": "UE", "ß": "SS", "ẞ": "SS", "Å": "AA", "Æ": "AE", "Ø": "OE", "Þ": "TH", "Ð": "D"}
)
_BARE = str.maketrans({"ß": "SS", "ẞ": "SS", "Æ": "AE", "Ø": "O", "Þ": "TH", "Ð": "D"})


def forms(what: str, value: str) -> frozenset[str]:
    """Return the normal forms of *value*: two values are taken for equal when they share one."""
    if what == NUMBER:
        number = "".join(character for character in value.upper() if character.isalnum())
        return frozenset({number} - {""})
    upper = unicodedata.normalize("NFC", value).upper()
    return frozenset({_words(upper.translate(_WRITTEN_OUT)), _words(upper.translate(_BARE))} - {""})


def of_case(case: Case) -> frozenset[tuple[str, str]]:
    """Return what a case can be found by: the names of its people, and their surnames alone."""
    texts = [text for p in case.people for text in (p.surname, f"{p.given_names} {p.surname}")]
    return frozenset((NAME, form) for text in texts for form in forms(NAME, text))


def of_record(record: Record) -> frozenset[tuple[str, str]]:
    """Return what the document a record was read from can be found by."""
    return frozenset((what, form) for what, text in _texts(record) for form in forms(what, text))


def _texts(record: Record) -> Iterator[tuple[str, str]]:
    for field in record.fields:
        values = (field.value,) if isinstance(field.value, str) else field.value
        what = NAME if field.name in _NAME_FIELDS else NUMBER if field.name in _NUMBER_FIELDS else ""
        if what:
            yield from ((what, value) for value in values if isinstance(value, str))
    surname, given = record.get("surname"), record.get("given_names")
    if surname and given and isinstance(surname.value, str) and isinstance(given.value, str):
        yield NAME, f"{given.value} {surname.value}"


def _words(text: str) -> str:
    bare = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(sorted("".join(each if each.isalnum() else " " for each in bare).split()))
