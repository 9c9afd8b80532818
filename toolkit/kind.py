"""The shape of a kind's definition, `kinds/<name>/kind.toml`, and all that are there. Knows no page and no parser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from toolkit import definitions

UNKNOWN = "unknown"

#: What stands for the value in a sentence of a field pattern.
HOLE = "{value}"

_SPACE = re.compile(r"\[[^\]]*\]|\(\?<[=!][^)]*\)| ")

#: The readers a kind can name; `toolkit.read` finds the module of that name under `toolkit.readers`.
Family = Literal[
    "travel_document", "money_paper", "contract", "patterns", "bank_statement", "translation", "questionnaire"
]

Weight = Annotated[float, msgspec.Meta(gt=0, le=20)]
Language = Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$")]


class FieldPattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a field is found: by the label printed beside or above its value, or by a sentence with a hole in it.

    `sentences` are expressions without regard to case, in which a space stands for any white space and `{value}` for
    the value ("has conferred upon {value}"); what fits the hole follows from `type`, or from `regex`, which then is the
    shape of the value wherever it is found. `column` 2 takes the second cell to the right of the label, for tables that
    give each person a column. `join` puts other fields together ("given names" and "surname"), which are
    then not reported by themselves.
    """

    type: Literal["text", "date", "money", "country", "person", "number", "duration"] = "text"
    labels: Mapping[Language, tuple[str, ...]] = {}
    sentences: Mapping[Language, tuple[str, ...]] = {}
    regex: str = ""
    column: Annotated[int, msgspec.Meta(ge=0, le=9)] = 0
    join: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        sentences = [sentence for each in self.sentences.values() for sentence in each]
        for sentence in sentences:
            if sentence.count(HOLE) != 1:
                raise ValueError(f"{sentence!r} needs {HOLE} exactly once")
        parts = [loosened(part) for sentence in sentences for part in sentence.split(HOLE)]
        for expression in (self.regex, *parts):
            try:
                re.compile(expression)
            except re.error as mistake:
                raise ValueError(f"{expression!r} is no expression: {mistake}") from mistake


def loosened(expression: str) -> str:
    """Return *expression* with any white space for every space, but for those in brackets and in looks behind."""
    return _SPACE.sub(lambda found: found[0] if found[0] != " " else r"\s+", expression)


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `kinds/<name>/kind.toml`; the folder's name is the kind's name.

    `phrases` are weighted by language: 1 is a hint that others share, 5 all but settles it. A phrase that is a title
    (alone near the top, or in large print) counts double, a short one that only stands in a sentence a third. Case,
    accents, spaces and letters that OCR confuses do not matter.
    `against` are phrases that speak against the kind. `document_codes` are the first letters of a machine-readable zone
    (ICAO 9303) that mean this kind, the longest match winning; `attachments` are names (in lower case) of files inside
    a PDF that do. `document_types` are the types of the visa catalogue that a paper of this kind can stand for, `forms`
    the numbers of official forms that are papers of it ("I-129"), each with the form's title.
    """

    title: str
    reader: Family
    phrases: Mapping[Language, Mapping[str, Weight]] = {}
    against: Mapping[str, Weight] = {}
    document_codes: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    document_types: tuple[str, ...] = ()
    forms: Mapping[str, str] = {}
    fields: Mapping[str, FieldPattern] = {}
    #: Papers of the kind show sums of money: a note that speaks of parking or a hotel without one is none.
    amounts: bool = False
    #: Fields without which the reading is worth a warning.
    expects: tuple[str, ...] = ()


@cache
def kinds(root: Path | None = None) -> Mapping[str, Kind]:
    """Return every kind by name; raises DefinitionError "file: place: what" for a mistake in any of them."""
    return MappingProxyType(dict(definitions.folders(root or Path(__file__).parent / "kinds", "kind.toml", Kind)))
