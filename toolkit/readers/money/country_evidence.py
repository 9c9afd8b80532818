"""What on a receipt or invoice speaks for which country: names, places, forms of companies, telephones, domains, tax
numbers, words and scripts of languages.

The evidence is data (`kinds/receipt/countries.toml`, `tax_ids.toml`). Kinds of evidence add up; within a kind more of
the same adds little, and one thing printed in two languages counts once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import msgspec

from toolkit import definitions
from toolkit.fields.calendar_words import fold
from toolkit.readers.money import tax_schemes
from toolkit.readers.money.labels import DATA

#: Points of a telling piece of evidence, and of a hint.
STRONG, WEAK = 2.0, 1.0
#: What a tax number counts whose check digit holds, and one that only looks like the country's.
_VALID, _SHAPED = 3.0, 2.0
#: More phrases of one strength than this add nothing: a page in one language is not ten witnesses.
_MOST = 3
#: Letters of a script that only one language is written in: from so many on they count like its words.
_LETTERS = 6
_LONGEST_PHRASE = 5


class Country(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One country of `countries.toml`."""

    currency: str
    phone: str
    tld: str
    names: tuple[str, ...]
    strong: tuple[str, ...]
    languages: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    former: str = ""
    since: str = ""


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of a language that receipts print, and the letters that only it is written in."""

    words: tuple[str, ...]
    script: str = ""


class Countries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `countries.toml`."""

    country: Mapping[str, Country]
    language: Mapping[str, Language]
    unaccented: tuple[str, ...]


@cache
def _data() -> Countries:
    return definitions.load(DATA / "countries.toml", Countries)


def countries() -> Mapping[str, Country]:
    """Return the countries of `countries.toml` by their ICAO 9303 codes."""
    return _data().country


@cache
def unaccented() -> frozenset[str]:
    """Return the countries whose print sets no accents on its capitals, by their ICAO 9303 codes."""
    return frozenset(_data().unaccented)


@dataclass(frozen=True, slots=True)
class _Clue:
    """A phrase's meaning: the country or language it speaks for, of which kind, and which of its phrases it is."""

    owner: str
    kind: str
    group: int


@cache
def _phrases() -> Mapping[str, tuple[_Clue, ...]]:
    """Phrases of Latin letters, by the words they consist of."""
    found: dict[str, list[_Clue]] = {}
    for phrase, clue in _clues():
        if phrase.isascii():
            found.setdefault(" ".join(_WORD.findall(phrase)), []).append(clue)
    return {phrase: tuple(clues) for phrase, clues in found.items()}


@cache
def _written_solid() -> tuple[tuple[str, _Clue], ...]:
    """Phrases of scripts that may be written without spaces: looked for anywhere."""
    return tuple((fold(phrase), clue) for phrase, clue in _clues() if not phrase.isascii())


def _clues() -> Iterator[tuple[str, _Clue]]:
    for code, each in countries().items():
        for name in each.names:
            yield name, _Clue(code, "names", 0)
        for kind, entries in (("strong", each.strong), ("weak", each.weak)):
            for number, entry in enumerate(entries):
                for phrase in entry.split(","):
                    yield phrase, _Clue(code, kind, number)
    for code, language in _data().language.items():
        for number, word in enumerate(language.words):
            yield word, _Clue(code, "language", number)


@cache
def _patterns() -> Mapping[str, tuple[tuple[re.Pattern[str], str], ...]]:
    return {
        code: tuple(
            (re.compile(pattern), kind)
            for kind, patterns in (("strong", each.patterns), ("weak", each.hints))
            for pattern in patterns
        )
        for code, each in countries().items()
        if each.patterns or each.hints
    }


_WORD = re.compile(r"[a-z0-9]+")
_PHONE = re.compile(r"(?:\+|(?<![\d+])00)\s?\(?([1-9](?:[ ()./-]{0,2}\d){6,13})")
#: Two letters after a point are a domain behind an at sign, `www.` or a longer name; `Inv.no` and `Ref.no` are none.
_DOMAIN = re.compile(
    r"(?:www\.|@|//)[\w.-]{0,60}?(?:\b(com?|org|net)\.)?(?<=\.)([a-z]{2})(?![\w.-])|[a-z][\w-]{4,40}\.(com?)?\.?(?<=\.)([a-z]{2})(?![\w.-])"
)
_WORDS_TOO = "no it is in my at to me am be so as de id us la st io co tv ai cc ro pt se"
#: Ends of domains that are also words or common marks of other things.
_NO_DOMAINS = frozenset(_WORDS_TOO.split())


#: Of a long paper so many rows at its head and at its foot are looked at.
_ENDS = 300


def scores(texts: Sequence[str]) -> dict[str, float]:
    """The points for each country that anything speaks for."""
    if len(texts) > 2 * _ENDS:
        texts = [*texts[:_ENDS], *texts[-_ENDS:]]
    text = fold("\n".join(texts)).replace("ß", "ss")
    seen = _seen(text)
    for code, patterns in _patterns().items():
        for number, (pattern, kind) in enumerate(patterns):
            if pattern.search(text):
                seen.setdefault((code, kind), set()).add(1000 + number)
    points: dict[str, float] = defaultdict(float)
    for (code, kind), groups in seen.items():
        if kind != "language":
            points[code] += (WEAK if kind == "weak" else STRONG) * min(len(groups), 1 if kind == "names" else _MOST)
    spoken = {code: min(2.0, len(groups) // 2) for (code, kind), groups in seen.items() if kind == "language"}
    spoken |= {code: max(spoken.get(code, 0.0), score) for code, score in _scripts(text)}
    for code, each in countries().items():
        points[code] += max((spoken.get(language, 0.0) for language in each.languages), default=0.0)
    for more in (_numbers(texts), _phones(text), _domains(text)):
        for code, value in more.items():
            points[code] += value
    return {code: value for code, value in points.items() if value}


def _seen(text: str) -> dict[tuple[str, str], set[int]]:
    """Which phrases of each country and language stand in *text*, a way of writing one thing counting once."""
    seen: dict[tuple[str, str], set[int]] = {}
    phrases = _phrases()
    for line in text.split("\n"):
        words = _WORD.findall(line)
        for start in range(len(words)):
            for end in range(start + 1, min(start + _LONGEST_PHRASE, len(words)) + 1):
                for clue in phrases.get(" ".join(words[start:end]), ()):
                    seen.setdefault((clue.owner, clue.kind), set()).add(clue.group)
    if not text.isascii():
        for phrase, clue in _written_solid():
            if phrase in text:
                seen.setdefault((clue.owner, clue.kind), set()).add(clue.group)
    return seen


def _scripts(text: str) -> Iterator[tuple[str, float]]:
    if text.isascii():
        return
    for code, language in _data().language.items():
        letters = len(re.findall(language.script, text)) if language.script else 0
        if letters >= 2:
            yield code, STRONG if letters >= _LETTERS else WEAK


def _numbers(texts: Iterable[str]) -> dict[str, float]:
    """Tax and register numbers: the best for each country; a shape without label, prefix or check says nothing."""
    found: dict[str, float] = {}
    for text in texts:
        for each in tax_schemes.find(text):
            named = each.labelled or bool(each.scheme.prefix) or each.scheme.strict
            value = _VALID if each.valid and named else _SHAPED if named or each.valid else 0.0
            if each.valid is False and not each.scheme.prefix:
                value = 0.0
            found[each.scheme.country] = max(found.get(each.scheme.country, 0.0), value)
    return found


def _phones(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[1])
        code = next((digits[:size] for size in (4, 3, 2, 1) if digits[:size] in _callers()), "")
        found |= dict.fromkeys(_callers().get(code, ()), WEAK if code == "1" else STRONG)
    return found


@cache
def _callers() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, each in countries().items():
        found[each.phone] = (*found.get(each.phone, ()), code)
    return found


def _domains(text: str) -> dict[str, float]:
    by_tld = _ends()
    found: dict[str, float] = {}
    for match in _DOMAIN.finditer(text):
        end, second = match[2] or match[4], match[1] or match[3]
        if end in by_tld and (match[2] or second or end not in _NO_DOMAINS):
            found[by_tld[end]] = max(found.get(by_tld[end], 0.0), STRONG if second else WEAK)
    return found


@cache
def _ends() -> Mapping[str, str]:
    return {each.tld: code for code, each in countries().items()}
