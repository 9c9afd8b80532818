"""The shape of `specifications/<name>.toml`, what an authority asks of a photograph, and the strict loader.

A rule without its source, with an unknown measure, or with bounds that do not fit its measure does not load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec

from toolkit.checklist import LegalSource, Text
from toolkit.definitions import load
from toolkit.errors import DefinitionError, UnknownNameError

_FOLDER = Path(__file__).resolve().parent / "specifications"

#: What is measured as a number, with its uncertainty (`toolkit.photo.measures` says how).
Number = Literal[
    "kilobytes", "compression", "width", "height", "aspect",
    "faces", "head_height", "crown_height", "eye_line", "eye_distance", "roll", "turn", "off_centre",
    "mouth_gap", "lid_gap", "background_unevenness", "background_lightness", "background_colour",
    "blur", "clipped", "contrast", "face_shade",
]  # fmt: skip
#: What is measured as a word.
Word = Literal["format", "colour", "colour_space"]
#: What no picture shows: the day it was taken (asked for), and what only a person can judge.
Asked = Literal["age", "look"]


class PhotoRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One demand on a photograph. Bounds are inclusive; shares are fractions of 1.

    `bounds` tells whose figures they are: "stated" by the source, or "ours" where the source has only words. `advice`
    is what to do next; `too_low` and `too_high` take its place where the measure is surely outside.
    """

    label: Text
    measure: Number | Word | Asked
    source: Text
    advice: Text
    at_least: float | None = None
    at_most: float | None = None
    one_of: tuple[str, ...] = ()
    bounds: Literal["stated", "ours"] = "stated"
    too_low: str = ""
    too_high: str = ""


class SpecificationFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of a file under `specifications/`. `checked` is the day the sources were last compared."""

    title: Text
    authority: Text
    checked: date
    sources: Mapping[str, LegalSource]
    require: Annotated[Mapping[str, PhotoRule], msgspec.Meta(min_length=1)]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Specification:
    """What one authority asks of a photograph, by the name it is called for."""

    name: str
    title: str
    checked: date
    rules: Mapping[str, PhotoRule]
    sources: Mapping[str, LegalSource]


def names() -> tuple[str, ...]:
    """Return the names of all specifications: their paths without the ending, such as `us/ds-160`."""
    return tuple(path.relative_to(_FOLDER).with_suffix("").as_posix() for path in sorted(_FOLDER.rglob("*.toml")))


@cache
def specification(name: str) -> Specification:
    """Return one specification. Raises UnknownNameError, or DefinitionError for a wrong file."""
    if name not in names():
        raise UnknownNameError(f"No photograph is specified for {name[:40]}.", remedy=f"Known: {', '.join(names())}.")
    return read_specification(_FOLDER / f"{name}.toml", name)


def read_specification(path: Path, name: str) -> Specification:
    """Read one specification. Raises DefinitionError "file: place: what"."""
    file = load(path, SpecificationFile)
    for key, rule in file.require.items():
        for mistake in _mistakes(rule, file.sources):
            raise DefinitionError(f"{path}: require.{key}: {mistake}")
    return Specification(name, file.title, file.checked, file.require, file.sources)


def _mistakes(rule: PhotoRule, sources: Mapping[str, LegalSource]) -> Iterator[str]:
    bounded = rule.at_least is not None or rule.at_most is not None
    if rule.source not in sources:
        yield f"there is no source {rule.source}: add [sources.{rule.source}]"
    if rule.measure in get_args(Number) and (not bounded or rule.one_of):
        yield f"{rule.measure} is a number: give at_least, at_most or both, and no one_of"
    if rule.measure in get_args(Word) and (bounded or not rule.one_of):
        yield f"{rule.measure} is a word: give one_of, and neither at_least nor at_most"
    if rule.measure == "age" and (rule.at_most is None or rule.at_least is not None or rule.one_of):
        yield "age is a number of months: give at_most alone"
    if rule.measure == "look" and (bounded or rule.one_of):
        yield "look is for a person to judge: it takes no bounds"
    if rule.at_least is not None and rule.at_most is not None and rule.at_least > rule.at_most:
        yield "at_least is above at_most"
