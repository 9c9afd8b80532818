"""What kind of expense a paper is, by the words on it; a suggestion for a person, hardly ever more."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import msgspec

from toolkit import definitions
from toolkit.fields.calendar_words import fold
from toolkit.readers.money.labels import DATA

#: Words of up to this many letters count only when they stand alone.
_WHOLE = 5
_UNSPACED = re.compile(r"[\u3005-\u30ff\u3400-\u9fff]")
#: What a hit weighs: in the merchant's name, a strong word, a word, a field that only this category has.
_NAME, _STRONG, _WORD, _FIELD = 4, 3, 1, 4
#: More words than this of one category say no more.
_ENOUGH = 8
#: No more of a paper is looked at.
_LONGEST = 20_000


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One category of `categories.toml`."""

    words: tuple[str, ...]
    strong: tuple[str, ...] = ()
    chains: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


class Categories(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `categories.toml`."""

    category: Mapping[str, Category]


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The words of one category, ready to be searched."""

    strong: re.Pattern[str]
    words: re.Pattern[str]
    fields: frozenset[str]

    def score(self, name: str, text: str, fields: Collection[str]) -> int:
        """Return the points of a paper by a merchant of that *name*, with that *text* and those *fields*."""
        named = len({*self.strong.findall(name), *self.words.findall(name)})
        strong = len(set(self.strong.findall(text)))
        words = len(set(self.words.findall(text)))
        return (
            _NAME * named
            + _STRONG * min(strong, _ENOUGH)
            + _WORD * min(words, _ENOUGH)
            + _FIELD * len(self.fields.intersection(fields))
        )


def names() -> tuple[str, ...]:
    """Return the categories there are, in the order of `categories.toml`."""
    return tuple(_patterns())


@cache
def _patterns() -> Mapping[str, _Patterns]:
    loaded = definitions.load(DATA / "categories.toml", Categories).category
    return {
        name: _Patterns(_pattern((*each.strong, *each.chains)), _pattern(each.words), frozenset(each.fields))
        for name, each in loaded.items()
    }


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """One expression for all *words*, which asks about the letters around them once a place, not once a word."""
    folded = sorted(map(fold, words), key=len, reverse=True)
    solid = [each.removeprefix("*") for each in folded if _UNSPACED.search(each)]
    latin = [each for each in folded if not _UNSPACED.search(each)]
    inside = [each.removeprefix("*") for each in latin if each.startswith("*")]
    begin = [each for each in latin if not each.startswith("*")]
    parts = [
        # A short word must be whole: a cable is no cab.
        (r"(?<![^\W\d_])", [each for each in begin if len(each) > _WHOLE], ""),
        (r"(?<![^\W\d_])", [each for each in begin if len(each) <= _WHOLE], r"(?![^\W\d_])"),
        ("", [each for each in inside if len(each) > _WHOLE], ""),
        ("", [each for each in inside if len(each) <= _WHOLE], r"(?![^\W\d_])"),
        ("", solid, ""),
    ]
    every = [f"{start}(?:{'|'.join(map(re.escape, own))}){end}" for start, own, end in parts if own]
    return re.compile("|".join(every) or r"(?!)")


def category(merchant: str, texts: Sequence[str], fields: Collection[str] = ()) -> tuple[str, float] | None:
    """Return the category and a confidence, None where nothing speaks or two categories speak alike.

    The *merchant*'s name weighs most; *fields* are the names of the fields that were read with some certainty.
    """
    name, text = fold(merchant), fold("\n".join(texts)[:_LONGEST])
    scores = {each: patterns.score(name, text, fields) for each, patterns in _patterns().items()}
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    (best, score), (_, second) = ranked[0], ranked[1]
    if score in (0, second):
        return None
    lead = score - second
    return best, 0.85 if lead >= 3 else 0.70 if lead >= 2 else 0.55
