"""The language a contract is written in, by its smallest words: enough to know how its dates are written."""

from __future__ import annotations

import re
from collections import Counter

_SMALL_WORDS = {
    "en": "the of and to in shall will be by your this for with is or any",
    "de": "der die das und des dem den wird ist im zum mit auf von nach ein eine",
    "fr": "le la les des du et une en par est au aux sera pour dans",
    "es": "el la los las del y en por se un una al que con será",
    "nl": "de het een van en in op is per wordt te met voor aan",
    "it": "il di la che del della per è con le gli da al nel",
    "pt": "o a os as do da de em por e um uma no na é",
}
_OF = {
    word: [each for each, words in _SMALL_WORDS.items() if word in words.split()]
    for words in _SMALL_WORDS.values()
    for word in words.split()
}
_WORD = re.compile(r"[^\W\d_]+")
_LOOKED_AT = 6000
#: Where names of three numbers are written day first, whatever the country.
_DAY_FIRST = frozenset(("de", "fr", "es", "nl", "it", "pt"))


def tongue(text: str) -> str:
    """Return the language (ISO 639-1) of *text*, "" where its small words do not tell."""
    counted: Counter[str] = Counter()
    for word in _WORD.findall(text[:_LOOKED_AT].lower()):
        meant = _OF.get(word, ())
        for language in meant:
            counted[language] += 6 // len(meant)
    ranked = counted.most_common(2)
    if not ranked or ranked[0][1] < 30 or (len(ranked) > 1 and ranked[0][1] < 1.2 * ranked[1][1]):
        return ""
    return ranked[0][0]


def day_first(text: str) -> bool:
    """Whether *text* is in a language in all of whose countries the day of a date comes first."""
    return tongue(text) in _DAY_FIRST
