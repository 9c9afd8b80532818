"""Which phrases of which kinds stand on a page: the phrases of all `kind.toml` files, found together in one pass.

Sixty kinds have some eight thousand phrases. Looking for each on every page of a long file would cost more than reading
it, so a page is taken apart into runs of four letters once, and only phrases whose first run is there are looked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from statistics import median

from toolkit.kind import Kind, kinds
from toolkit.layout import Line

#: A title stands among the first lines of a page.
_HEADING_LINES = 15
#: Above its first labels; a letterhead may stand before it.
_TOP_LINES = 7
#: Print this much higher than that of the page is a title; it stands in the upper part of the page.
_LARGE, _UPPER = 1.3, 0.6
#: A title is this part of its line at least: "Master Franchise Agreement", not "Passport delays hit families".
_OF_A_TITLE = 1 / 3
_OF_A_RUNNING_HEAD = 0.6
#: A row of so many letters, this part of them small, is running text.
_LONG_ROW, _SMALL = 45, 0.85
#: A phrase of so few words or letters that stands in a sentence only ("his passport") counts so much, unless it comes
#: up often.
_FEW_WORDS, _FEW_LETTERS, _IN_A_SENTENCE, _OFTEN = 2, 11, 0.35, 4
#: A longer one counts nearly as much there as apart from it.
_SET_PHRASE = 0.95
#: A phrase shorter than this must stand as words of its own ("total" is not in "subtotal").
_LONG_PHRASE = 8
#: Phrases are looked up by their first letters.
_RUN = 4

#: Kana and Chinese characters: print in them has no spaces between words.
_UNSPACED = re.compile("[\u3005-\u9fff]")

# Letters that OCR takes for each other, folded on both sides of the comparison.
_CONFUSED = str.maketrans("01i|58ı", "olllsbl")
_ASCII = {code: (chr(code).lower() if chr(code).isalnum() else " ") for code in range(128)}
_ASCII = {code: letter.translate(_CONFUSED) for code, letter in _ASCII.items()} | {ord("|"): "l"}


def fold(text: str) -> str:
    """Return *text* without case, accents and punctuation, its words parted by one space, confusable letters merged."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    # Compatibility forms first: some of them ("𝐀") only then have a case to fold.
    cased = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(c for c in cased if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain.translate(_CONFUSED)).split())


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """A folded phrase; `anywhere`: it is found without its spaces too, inside longer words.

    `speaks` holds what it weighs for the kinds it speaks for, `against` for those it speaks against; `forms` are the
    kinds with the number of an official form that folds to it.
    """

    spaced: str
    compact: str
    words: int
    anywhere: bool
    speaks: tuple[tuple[str, float], ...]
    against: tuple[tuple[str, float], ...]
    forms: tuple[tuple[str, str], ...] = ()


@cache
def _indexed() -> Mapping[str, Sequence[Phrase]]:
    """Every phrase by its first four letters; shorter ones under nothing."""
    speaks: defaultdict[str, dict[str, float]] = defaultdict(dict)
    against: defaultdict[str, dict[str, float]] = defaultdict(dict)
    forms: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for name, kind in kinds().items():
        for folded, weight in _weights(kind).items():
            speaks[folded][name] = weight
        for phrase, weight in kind.against.items():
            against[fold(phrase)][name] = weight
        for number in kind.forms:
            forms[fold(number)][name] = number
    index: dict[str, list[Phrase]] = {"": []}
    for folded in sorted({*speaks, *against, *forms} - {""}):
        compact = folded.replace(" ", "")
        anywhere = len(compact) >= _LONG_PHRASE or (len(compact) > 1 and _UNSPACED.search(compact) is not None)
        own = tuple(speaks.get(folded, {}).items()), tuple(against.get(folded, {}).items())
        made = Phrase(folded, compact, len(folded.split()), anywhere, own[0], own[1])
        first = compact[:_RUN] if len(compact) >= _RUN else ""
        index.setdefault(first, []).append(replace(made, forms=tuple(forms.get(folded, {}).items())))
    return index


def _weights(kind: Kind) -> Mapping[str, float]:
    """One phrase can stand under several languages ("passport"); it speaks once, with its greatest weight."""
    weights: dict[str, float] = {}
    for phrases in kind.phrases.values():
        for phrase, weight in phrases.items():
            folded = fold(phrase)
            weights[folded] = max(weight, weights.get(folded, 0.0))
    return weights


class Print:
    """The folded text of one page, with and without its spaces, its titles, and what is no running text."""

    def __init__(self, lines: Sequence[Line]) -> None:
        rows = [fold(line.text) for line in lines]
        self._spaced = f" {' '.join(rows)} "
        self._compact = self._spaced.replace(" ", "")
        apart = " ".join(row for row, line in zip(rows, lines, strict=True) if not is_prose(line.text))
        self._apart = f" {apart} "
        self._apart_compact = apart.replace(" ", "")
        self._headings = {row.replace(" ", "") for row in rows[:_HEADING_LINES]}
        titles = _titles(lines)
        self._titles = [f" {rows[at]} " for at in titles]
        first = (at for at in range(min(len(rows), _TOP_LINES)) if not is_prose(lines[at].text))
        self._runs = self._titles[0] if titles[:1] == [0] and not _is_large(lines, 0) else None
        self._top = [f" {rows[at]} " for at in {*first, *titles}]

    @property
    def letters(self) -> int:
        """How many letters and digits the page has."""
        return len(self._compact)

    def found(self) -> dict[Phrase, float]:
        """Return every phrase of any kind that stands on the page, and how much it counts there."""
        index, compact = _indexed(), self._compact
        runs = {compact[at : at + _RUN] for at in range(len(compact) - _RUN + 1)}
        likely = [phrase for run in runs & index.keys() for phrase in index[run]]
        counted = ((phrase, self._counts(phrase)) for phrase in (*likely, *index[""]))
        return {phrase: counts for phrase, counts in counted if counts}

    def _counts(self, phrase: Phrase) -> float:
        """What the *phrase* counts: 2 as a title, 1 apart from running text or repeated, little in a sentence."""
        if phrase.compact not in self._compact:
            return 0
        if phrase.compact in self._headings:
            return 2
        spaced = f" {phrase.spaced} "
        if not phrase.anywhere and spaced not in self._spaced:
            # The numbers of forms are looked at again where they stand, with and without their spaces.
            return 1 if phrase.forms else 0
        if any(self._is_title(phrase, spaced, row) for row in self._titles):
            return 2
        stands_apart = phrase.compact in self._apart_compact if phrase.anywhere else spaced in self._apart
        long = phrase.words > _FEW_WORDS and len(phrase.compact) > _FEW_LETTERS
        if stands_apart or self._compact.count(phrase.compact) >= _OFTEN:
            return 1
        return _SET_PHRASE if long else _IN_A_SENTENCE

    def heads(self, phrase: Phrase, ends: bool = False) -> bool:
        """Whether the *phrase* is a title of the page, at its top or in large print; *ends*: or the end of a title."""
        spaced = f" {phrase.spaced} "
        if self._runs is not None and spaced in self._runs:
            # Issuer and title in one row of plain print at the very top stand on every page of a document.
            return len(phrase.compact) >= _OF_A_RUNNING_HEAD * len(self._runs.replace(" ", ""))
        return any(self._is_title(phrase, spaced, row) or (ends and row.endswith(spaced)) for row in self._top)

    @staticmethod
    def _is_title(phrase: Phrase, spaced: str, row: str) -> bool:
        """Whether the phrase is a good part of a title, and not a word of a headline."""
        compact = row.replace(" ", "")
        stands = phrase.compact in compact if phrase.anywhere else spaced in row
        return stands and len(phrase.compact) >= _OF_A_TITLE * len(compact)


def is_prose(text: str) -> bool:
    """Whether a row is running text: long, and of small letters for the most part."""
    letters = sum(each.isalpha() for each in text)
    return letters >= _LONG_ROW and sum(each.islower() for each in text) >= _SMALL * letters


def _is_large(lines: Sequence[Line], at: int) -> bool:
    """Whether the row *at* is set in larger print than the page."""
    usual = median(word.box.height for line in lines for word in line.words)
    return median(word.box.height for word in lines[at].words) >= _LARGE * usual


def _titles(lines: Sequence[Line]) -> list[int]:
    """Return which *lines* near the top are titles: in larger print than the page, or short and in capitals."""
    if len(lines) < 3:
        return []
    usual = median(word.box.height for line in lines for word in line.words)
    found = []
    for at, line in enumerate(lines[: 2 * _HEADING_LINES]):
        large = median(word.box.height for word in line.words) >= _LARGE * usual
        text = line.text
        capitals = at < _HEADING_LINES and len(text) <= _LONG_ROW and sum(w[:1].isupper() for w in text.split()) >= 2
        if line.words[0].box.top <= _UPPER and (large or capitals) and not is_prose(text):
            found.append(at)
    return found
