"""From which language into which: names of languages in a translator's certificate, in the languages they come in.

Knows words; the names are data (`kinds/translation-certificate/tongues.toml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from toolkit.definitions import load
from toolkit.model import Field
from toolkit.readers.prose import Prose

_TONGUES = Path(__file__).parent.parent / "kinds" / "translation-certificate" / "tongues.toml"
_WORD = re.compile(r"[^\W\d_]+")
#: What stands before the name of a language says which of the two it is, and how plainly.
_ARTICLE = r"(?: (?:the|der|die|das|dem|het|le|la|l|lo|el|o|a|langue|lengua|lingua|idioma|jezyka?|language))*"
_FROM = re.compile(rf"\b(?:from|aus|de|du|d|del|della|dal|dall|dalla|do|da|z|ze|uit|vom){_ARTICLE} $")
_WRITTEN_IN = re.compile(
    r"\b(?:written|drawn up|issued|document|redigee?|redactad[oa]|libellee?|etablie?|redatt[oa]|urkunde|original\w*|"
    rf"oryginal\w*)(?: (?:in|en|w)(?: jezyku)?)?{_ARTICLE} $"
)
#: "in spanischer Sprache abgefasst".
#: "Source language: Turkish   Target language: English", "Language: Spanish to English".
_LABEL = re.compile(r"\b(?:source|original|target|ausgangs|ziel)[ -]?(?:language|sprache)\b|\blanguages?:")
_SOURCE_LABEL = re.compile(r"\b(?:source|original|ausgangs)(?: language| ?sprache) $")
_TARGET_LABEL = re.compile(r"\b(?:target|ziel)(?: language| ?sprache) $")
_IN = re.compile(rf"\b(?:in|en|w){_ARTICLE} $")
_TRANSLATION_AFTER = re.compile(r"\w*\W+translation\b")
_LANGUAGE_AFTER = re.compile(r"\w*\W+(?:sprache|jezyku)\b")
_OF_A_LANGUAGE = re.compile(r"\b(?:fur die|fur das|jezyka|de|of|for)(?: (?:langue|the|lengua|lingua))* $")
_INTO = re.compile(rf"\b(?:into|to|ins|in das|in die|vers|al|alla|all|na|naar|para|au|nach|tlumaczenia na){_ARTICLE} $")


def languages(running: Prose, folded: str, vouching: Sequence[tuple[int, int]]) -> Iterator[Field]:
    """Yield the source and target language, by the words before each name; of two named, the one left is the other.

    *folded* is the text of *running* character for character, *vouching* the sentences that speak of a translation.
    """
    expression, codes = _tongue_names()
    votes: dict[str, list[tuple[float, str, re.Match[str]]]] = {"source_language": [], "target_language": []}
    named: dict[str, re.Match[str]] = {}
    spans = [*vouching, *((match.start(), match.end() + 60) for match in _LABEL.finditer(folded))]
    for span in spans:
        last: tuple[str, int] = ("", -99)
        for match in expression.finditer(folded, *span):
            code = codes.get(match.group()) or codes.get(match.group()[:-1], "")
            before = " ".join(_WORD.findall(folded[max(span[0], match.start() - 40) : match.start()])[-5:]) + " "
            close = match.start() - last[1] < 12 and last[0] != code
            if close and re.search(r"(?:-|/|\bto|\binto) ?$", folded[last[1] : match.start()]):
                votes["source_language"].append((0.93, *last[:1], named[last[0]]))
                votes["target_language"].append((0.93, code, match))
            for role, trust in _role(before, folded[match.end() : match.end() + 24]):
                votes[role].append((trust, code, match))
            named.setdefault(code, match)
            last = (code, match.end())
    yield from _roles(votes, named, running, folded)


def _role(before: str, after: str) -> Iterator[tuple[str, float]]:
    if _TARGET_LABEL.search(before) or _INTO.search(before):
        yield "target_language", 0.93
    elif _SOURCE_LABEL.search(before):
        yield "source_language", 0.93
    elif _TRANSLATION_AFTER.match(after):
        yield "target_language", 0.85
    elif _FROM.search(before):
        yield "source_language", 0.93
    elif _WRITTEN_IN.search(before) or (_IN.search(before) and _LANGUAGE_AFTER.match(after)):
        yield "source_language", 0.91
    elif _OF_A_LANGUAGE.search(before):
        yield "source_language", 0.7


def _roles(
    votes: Mapping[str, Sequence[tuple[float, str, re.Match[str]]]],
    named: Mapping[str, re.Match[str]],
    running: Prose,
    folded: str,
) -> Iterator[Field]:
    chosen = {role: max(each, key=lambda vote: vote[0]) for role, each in votes.items() if each}
    source, target = chosen.get("source_language"), chosen.get("target_language")
    if source and target and source[1] == target[1]:
        weaker = "source_language" if source[0] < target[0] else "target_language"
        rest = [vote for vote in votes[weaker] if vote[1] != chosen[weaker][1]]
        del chosen[weaker]
        if rest:
            chosen[weaker] = max(rest, key=lambda vote: vote[0])
    if not chosen and len(named) == 2 and "en" in named and folded.count(" the ") + folded.count(" and ") > 2:
        # Two languages and no word that tells: what is certified in English was translated into it.
        chosen["target_language"] = (0.85, "en", named["en"])
    others = [code for code in named if code not in {vote[1] for vote in chosen.values()}]
    if len(chosen) == 1 and len(others) == 1:
        missing = "target_language" if "source_language" in chosen else "source_language"
        chosen[missing] = (0.85, others[0], named[others[0]])
    for role, (trust, code, match) in chosen.items():
        yield running.field(role, code, trust, match.span())


@cache
def _tongues() -> Mapping[str, tuple[str, ...]]:
    return load(_TONGUES, dict[str, tuple[str, ...]])


@cache
def _tongue_names() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """One expression for all names of languages, the longest first, and the code of each."""
    codes = {name: code for code, names in _tongues().items() for name in names}
    ordered = sorted(codes, key=len, reverse=True)
    latin = "|".join(re.escape(name) for name in ordered if name.isascii() and len(name) > 2)
    others = "|".join(
        re.escape(name) + ("文|" + re.escape(name) + "语" if len(name) == 1 else "")
        for name in ordered
        if not name.isascii()
    )
    return re.compile(rf"\b(?:{latin})(?=\w{{0,6}}\b)|(?:{others})"), codes
