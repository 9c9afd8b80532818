"""What kind of expense a paper is, by the words on it; a suggestion for a person, hardly ever more."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

import msgspec

from toolkit import definitions
from toolkit.fields.calendar_words import fold
from toolkit.readers.money.labels import DATA

#: Words of up to this many letters count only when they stand alone.
_WHOLE = 5


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One category of `categories.toml`."""

    words: tuple[str, ...]
    chains: tuple[str, ...] = ()


class Categories(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `categories.toml`."""

    category: Mapping[str, Category]


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    loaded = definitions.load(DATA / "categories.toml", Categories).category
    return {name: re.compile("|".join(map(_word, (*each.words, *each.chains)))) for name, each in loaded.items()}


def _word(word: str) -> str:
    # A short word must be whole: a cable is no cab.
    end = r"(?![^\W\d_])" if len(word) <= _WHOLE else ""
    return rf"(?<![^\W\d_]){re.escape(word)}{end}"


def category(merchant: str, texts: Sequence[str]) -> tuple[str, float] | None:
    """Return the category and a confidence, None where nothing speaks; the merchant's name counts four times."""
    name, text = fold(merchant), fold("\n".join(texts))
    scores = {
        each: 4 * len(set(pattern.findall(name))) + len(set(pattern.findall(text)))
        for each, pattern in _patterns().items()
    }
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    (best, score), (_, second) = ranked[0], ranked[1]
    if score in (0, second):
        return None
    return best, 0.85 if score - second >= 3 else 0.70 if score - second >= 2 else 0.55
