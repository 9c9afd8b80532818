"""The sentences of a message that asks for papers, one TOML file a language under `phrases_asked/`. Knows no case."""

from __future__ import annotations

import datetime
import string
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

from toolkit import definitions
from toolkit.errors import DefinitionError
from toolkit.translation_asked import called

#: Written in full, and what stands for any language that is not.
FALLBACK = "en"
_FOLDER = Path(__file__).parent / "phrases_asked"
_GROUPS = ("message", "must", "reason", "entry", "languages")
_DATES = frozenset({"needed", "since", "until", "found", "date"})
Text = Annotated[str, msgspec.Meta(min_length=1)]


class Noun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a kind of paper is called, and what a copy of it has to show."""

    noun: Text
    shows: Text


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `phrases_asked/<language>.toml`; every language has the keys of English, with the same holes."""

    tag: Text
    name: Text
    months: Annotated[tuple[Text, ...], msgspec.Meta(min_length=12, max_length=12)]
    date: Text
    first: Text
    thousands: Text
    point: Text
    message: Mapping[str, Text]
    must: Mapping[str, Text]
    reason: Mapping[str, Text]
    entry: Mapping[str, Text]
    languages: Mapping[str, Text]
    kinds: Mapping[str, Noun]
    papers: Mapping[str, Noun]

    def called(self, kinds: Sequence[str], have: str) -> list[Noun]:
        """Return what a paper of any of *kinds* is called; one of no kind by what it is recorded under, if at all."""
        found = [self.kinds[kind] for kind in kinds if kind in self.kinds]
        return found or [self.papers[have]] if found or have in self.papers else []

    def say(self, name: str, /, **values: str) -> str:
        """Return the sentence *name* of the message itself, its holes filled."""
        return self.message[name].format_map(values)

    def day(self, day: datetime.date) -> str:
        """Return *day* with its month spelt out; no line ends inside it."""
        number = self.first if day.day == 1 else str(day.day)
        return self.date.format(day=number, month=self.months[day.month - 1], year=day.year).replace(" ", "\u00a0")

    def asked(self, name: str, values: Mapping[str, str]) -> str:
        """Return what a paper has to be like; empty where there is no sentence for it."""
        return self._filled(self.must.get(name, ""), values)

    def because(self, rule: str, cause: str, values: Mapping[str, str]) -> str:
        """Return why it is asked for: by rule and cause where there is a sentence and its values, else more broadly."""
        for name in (f"{rule}.{cause}", cause, "failed"):
            said = self._filled(self.reason.get(name, ""), values)
            if said:
                return said
        return self.reason["failed"]

    def _filled(self, sentence: str, values: Mapping[str, str]) -> str:
        worded = {name: self._worded(name, value) for name, value in values.items()}
        return sentence.format_map(worded) if all(worded.get(hole) for hole in holes(sentence)) else ""

    def _worded(self, name: str, value: str) -> str:
        if name in _DATES:
            try:
                return self.day(datetime.date.fromisoformat(value))
            except ValueError:
                return ""
        if name == "amount":
            whole, _, rest = value.partition(".")
            grouped = f"{int(whole):,}".replace(",", self.thousands) if whole.isdecimal() else whole
            return f"{grouped}{self.point}{rest}" if rest.strip("0") else grouped
        if name == "languages":
            return f" {self.message['or']} ".join(self.languages.get(code, called(code)) for code in value.split())
        if name == "entry":
            return self.entry.get(value) or self.say("untranslated", text=value.replace("_", " "))
        return value


def languages() -> tuple[str, ...]:
    """Return the languages that are written in full, English first."""
    return tuple(sorted((path.stem for path in _FOLDER.glob("*.toml")), key=lambda each: (each != FALLBACK, each)))


@cache
def wording(language: str) -> Wording:
    """Return the sentences of *language*, of English where it is not written. Raises DefinitionError "file: what"."""
    written = language if language in languages() else FALLBACK
    made = read(_FOLDER / f"{written}.toml")
    if written != FALLBACK:
        compare(_FOLDER / f"{written}.toml", made, wording(FALLBACK))
    return made


def read(path: Path) -> Wording:
    """Read one file of sentences. Raises DefinitionError "file: place: what"."""
    return definitions.load(path, Wording)


def compare(path: Path, made: Wording, english: Wording) -> None:
    """Raise DefinitionError for the first sentence that *made* lacks, has alone, or fills otherwise than *english*."""
    for mistake in _differences(made, english):
        raise DefinitionError(f"{path}: {mistake}")


def _differences(made: Wording, english: Wording) -> Iterator[str]:
    for group in (*_GROUPS, "kinds", "papers"):
        mine: Mapping[str, object] = getattr(made, group)
        theirs: Mapping[str, object] = getattr(english, group)
        yield from (f"{group}.{name}: is missing" for name in theirs if name not in mine)
        yield from (f"{group}.{name}: English has none" for name in mine if name not in theirs)
    for group in _GROUPS:
        mine, theirs = getattr(made, group), getattr(english, group)
        for name, sentence in theirs.items():
            if name in mine and holes(str(mine[name])) != holes(str(sentence)):
                yield f"{group}.{name}: needs the holes {', '.join(sorted(holes(str(sentence)))) or '(none)'}"


def holes(sentence: str) -> frozenset[str]:
    """Return the names of the holes of a sentence."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)
