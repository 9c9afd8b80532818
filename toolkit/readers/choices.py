"""Fields whose value is one of a few answers, by the words that say so: a record or none, fit or not, a degree's level.

The answers of a kind stand beside its definition, in `kinds/<name>/choices.toml`. Words of two answers on one paper
settle nothing: the field is then not vouched for, and the other answer is kept for the reviewer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from toolkit import definitions
from toolkit.fields.calendar_words import fold
from toolkit.kind import Language
from toolkit.model import Field
from toolkit.readers import Reading
from toolkit.readers.prose import Prose

_SAID, _CONTRADICTED = 0.92, 0.50
#: Between characters of Chinese and Japanese there is no border of a word.
_BORDER = r"[a-z0-9]"


class Answers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answers a field can have, each with the words that say it, by language.

    The words are looked for in what was read for the field itself or for the field *beside*, then on the whole paper.
    Where words of two answers overlap ("no trace" and "trace") the longer ones count.
    """

    values: Mapping[str, Mapping[Language, tuple[str, ...]]]
    beside: str = ""
    #: Only what was read for the field itself or the one beside it is looked at, not the rest of the paper.
    only_beside: bool = False


class Choices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `kinds/<name>/choices.toml`."""

    fields: Mapping[str, Answers]


@dataclass(frozen=True, slots=True)
class _Said:
    answer: str
    start: int
    end: int


@cache
def choices(root: Path | None = None) -> Mapping[str, Choices]:
    """Return the choices of every kind that has some; raises DefinitionError "file: place: what" for a mistake."""
    folder = root or Path(__file__).parent.parent / "kinds"
    return MappingProxyType(dict(definitions.folders(folder, "choices.toml", Choices)))


def answered(kind: str, reading: Reading, text: Prose) -> Reading:
    """Return *reading* with the answers of *kind* in place of what was printed for these fields."""
    if kind not in choices():
        return reading
    fields = {field.name: field for field in reading.fields}
    rejected = list(reading.rejected)
    for name, answers in choices()[kind].fields.items():
        found = list(_near(kind, name, answers, fields))
        if not found and not answers.only_beside:
            found = list(_anywhere(kind, name, text))
        if found:
            others = {field.value: field for field in found if field.value != found[0].value}
            fields[name] = _doubted(found[0]) if others else found[0]
            rejected += others.values()
    return Reading(tuple(fields.values()), tuple(rejected), reading.warnings)


def _near(kind: str, name: str, answers: Answers, fields: Mapping[str, Field]) -> Iterator[Field]:
    for each in (name, answers.beside):
        read = fields.get(each)
        if read is None or not isinstance(read.value, str):
            continue
        for said in _said(kind, name, read.value):
            yield Field(name, said.answer, min(_SAID, read.confidence), read.source)


def _anywhere(kind: str, name: str, text: Prose) -> Iterator[Field]:
    for said in _said(kind, name, text.text):
        yield text.field(name, said.answer, _SAID, (said.start, said.end))


def _doubted(field: Field) -> Field:
    return replace(field, confidence=min(field.confidence, _CONTRADICTED))


def _said(kind: str, name: str, text: str) -> Iterator[_Said]:
    expression, answers = _expression(kind, name)
    for match in expression.finditer(fold(text)):
        yield _Said(answers[match.lastgroup or ""], match.start(), match.end())


@cache
def _expression(kind: str, name: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """One expression for the words of all answers, longest first, and the answer behind each of its groups."""
    phrases: Sequence[tuple[str, str]] = [
        (fold(phrase), answer)
        for answer, languages in choices()[kind].fields[name].values.items()
        for words in languages.values()
        for phrase in words
    ]
    ranked = sorted(phrases, key=lambda each: -len(each[0]))
    parts = [
        f"(?P<w{number}>" + r"\s*".join(re.escape(word) for word in phrase.split()) + ")"
        for number, (phrase, _) in enumerate(ranked)
    ]
    answers = {f"w{number}": answer for number, (_, answer) in enumerate(ranked)}
    return re.compile(rf"(?<!{_BORDER})(?:{'|'.join(parts)})(?!{_BORDER})"), MappingProxyType(answers)
