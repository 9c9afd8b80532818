"""What a questionnaire asks and how: `questionnaire.toml`, and its words, one file a language. Knows no case."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, TypeAlias

import msgspec

from toolkit import definitions
from toolkit.errors import DefinitionError

FALLBACK = "en"
#: Of a name that begins so the answer is recorded under the key of a route's question.
ASKED = "answer."
REMARKS = "remarks"
_HERE = Path(__file__).parent
_FOLDER = _HERE / "phrases_questionnaire"
Kind: TypeAlias = Literal["text", "lines", "date", "country", "number", "choice"]
Text = Annotated[str, msgspec.Meta(min_length=1)]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question; `name` is the fact about the person that it asks for. `answers` are what is recorded."""

    name: str
    kind: Kind
    required: bool = False
    answers: tuple[str, ...] = ()
    #: Whether what is known is filled in: numbers that open doors are not sent around.
    prefill: bool = True

    def __post_init__(self) -> None:
        if (self.kind == "choice") != bool(self.answers):
            raise ValueError(f"{self.name}: a choice has answers, and nothing else has")


class OfRoute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question of a route that an employee can answer; `of` is the only role that is asked, where one is named."""

    kind: Kind
    of: str = ""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Questions under one heading; `when` is the role that is asked, or the beginning of a route; empty for all."""

    name: str
    questions: tuple[Question, ...]
    when: str = ""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `questionnaire.toml`. `asks` are questions of routes that an employee can answer."""

    sections: tuple[Section, ...]
    asks: Mapping[str, OfRoute]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `phrases_questionnaire/<language>.toml`; every language has the keys of English."""

    tag: Text
    form: Mapping[str, Text]
    sections: Mapping[str, Text]
    roles: Mapping[str, Text]
    answers: Mapping[str, Text]
    questions: Mapping[str, Text]


@cache
def asked() -> Asked:
    """Return what is asked; raises DefinitionError for a mistake in the file."""
    return definitions.load(_HERE / "questionnaire.toml", Asked)


@cache
def languages() -> Mapping[str, Words]:
    """Return the words by language; raises DefinitionError for a key that English has and another language has not."""
    read = {path.stem: definitions.load(path, Words) for path in sorted(_FOLDER.glob("*.toml"))}
    for language, words in read.items():
        for group in ("form", "sections", "roles", "answers", "questions"):
            wanted, there = set(getattr(read[FALLBACK], group)), set(getattr(words, group))
            if wanted != there:
                strange = ", ".join(sorted(wanted ^ there))
                raise DefinitionError(f"{_FOLDER / language}.toml: {group}: {strange}: missing, or not in {FALLBACK}")
    return MappingProxyType(read)


def wording(language: str) -> tuple[str, Words]:
    """Return the language that is written, that asked for or English, and its words."""
    code = language.strip().casefold().replace("_", "-").partition("-")[0]
    written = code if code in languages() else FALLBACK
    return written, languages()[written]
