"""Which languages a page is written in (ISO 639-1), how sure that is, and where it cannot be told.

Knows words and their places; knows no kind of document. The model is that of the library py3langid, which ships inside
its wheel. Papers are hard in their own way: they are short, names and numbers fill half of them, and bilingual ones
print two languages in turn, side by side, or with a stroke between ("Surname / Nom"). So a page is taken apart into
pieces in one language each, the mixture of languages that explains the pieces best is found, and every language of
that mixture has to prove itself on all of its pieces put together.
"""

from __future__ import annotations

import io
import lzma
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from toolkit.layout import lines
from toolkit.model import SURE, Field, Method, Page, Source, Word

#: Languages that official papers come in, as the model calls them. Left out are those that only crowd the others
#: out on names and numbers (Latin, Esperanto, Volapük, regional Romance ...). `zxx` is text in no language.
_CONSIDERED = frozenset(
    """af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko
    ky lb lo lt lv mk ml mn mr ms mt my ne nl nn no pa pl ps pt ro ru rw si sk sl so sq sr sv sw ta te tg th tk tl tr uk
    ur uz vi yue zh zxx""".split()  # noqa: SIM905
)
#: What the model tells apart and ISO 639-1 (or a court interpreter) does not.
_ONE_LANGUAGE = {"nn": "no", "yue": "zh"}
_NONE = "zxx"

#: What stands in words that are no words of a language: figures, addresses of the net, fillers of zones.
_FIGURES = re.compile(r"[\d@<>_\\=]|://|www\.")
_STROKE = re.compile(r"\s[/|]\s|(?<=[^\W\d_]{3})/(?=[^\W\d_]{3})")
_LETTER = re.compile(r"[^\W\d_]")
#: Han, kana and Hangul: one of these says as much as three letters of an alphabet.
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DENSITY = 3
#: Characters in the forms that Japan alone gives them; forms filled in without kana look Chinese otherwise.
_JAPANESE_FORMS = re.compile("[証県図発売働込辻駅検験権営様実対変沢浜広円徴歩毎渋済]")

#: Pieces looked at on one page, spread over it: enough to tell, and a bound for a page of ten thousand lines.
_MOST_PIECES = 400
#: So many of each page at least, however many pages there are.
_LEAST_PIECES = 24
#: Letters of one language that are judged together: more say nothing new.
_MOST_LETTERS = 3000
_MOST_LETTERS_A_PIECE = 400
_ROUNDS = 20
#: Fewer letters than this tell no language for sure: they may all be names.
_ENOUGH_LETTERS = 40
#: A second language has to hold this part of the letters, and so many of them, and be this likely on its own.
_LEAST_SHARE = 0.08
_SECOND_LIKELY = 0.85
#: Where more than this part of the letters looks like other languages, none of them proven, there may be a second one.
_MOST_UNPROVEN = 0.15
_PERHAPS_MORE = 0.85
#: Languages that the model takes for each other, and the chance from which it no longer does.
_NEIGHBOURS = tuple(
    frozenset(family.split())
    for family in (
        "da no sv",
        "hr bs sr sl",
        "id ms",
        "cs sk",
        "hi ne mr",
        "gl pt es ca",
        "bg mk ru uk be sr",
        "ar fa ur ps",
    )
)
_CLEAR, _CLEAR_OF_A_NEIGHBOUR = 0.7, 0.8
#: How sure Japanese can be without kana.
_HAN_ALONE = 0.85


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages of a page or document, the one with most text first; none where there is no text to tell by.

    `confidence` is that of the least sure one; below 0.90 the answer is "unsure".
    """

    codes: tuple[str, ...] = ()
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of text that is taken to be in one language, and what it weighs (letters, dense ones thrice).

    `likely` has the chance of each of `_names()`, once somebody asked the model.
    """

    text: str
    weight: int
    likely: tuple[float, ...] = ()

    def __repr__(self) -> str:
        return f"<_Piece of {self.weight}>"


def of(page: Page) -> Languages:
    """Return the languages of one page."""
    return _judged(_weighed(_pieces(page), _MOST_PIECES))


def of_pages(pages: Sequence[Page]) -> Languages:
    """Return the languages of a document: those of all its *pages* together, a page in a language of its own included.

    A language that a single page shows for sure belongs to the document even where the others outweigh it.
    """
    most = max(_LEAST_PIECES, _MOST_PIECES // max(1, len(pages)))
    every = [_weighed(_pieces(page), most) for page in pages]
    found = _judged([piece for each in every for piece in each])
    if len(pages) < 2:
        return found
    codes, confidence = list(found.codes), found.confidence
    for each in map(_judged, every):
        more = [code for code in each.codes if code not in codes]
        if more and each.confidence >= SURE:
            codes += more
            confidence = min(confidence, each.confidence)
    return Languages(tuple(codes), confidence)


def of_text(text: str) -> Languages:
    """Return the languages of plain text, line by line."""
    sides = (part for line in text.splitlines() for part in _STROKE.split(line))
    return _judged(_weighed((piece for part in sides for piece in _cut(part)), _MOST_PIECES))


def field(pages: Sequence[Page]) -> Field | None:
    """Return the field `language` of a document: a code, or the list of codes of one in several languages.

    None where there is no text to tell by; a guess is below 0.90.
    """
    found = of_pages(pages)
    if not found.codes:
        return None
    value = found.codes[0] if len(found.codes) == 1 else found.codes
    source = Source("", pages[0].number, None, Method.COMPUTED)
    return Field("language", value, found.confidence, source)


def _pieces(page: Page) -> Iterator[_Piece]:
    """Yield what stands on the page: a line, or a cell of it, or what is on one side of a stroke."""
    for line in lines(page):
        for cell in _cells(line.words, page):
            for part in _STROKE.split(" ".join(word.text for word in cell)):
                yield from _cut(part)


def _cells(words: Sequence[Word], page: Page) -> Iterator[list[Word]]:
    """Part a line where a gap is wider than two letters are tall: two columns may be two languages."""
    cell: list[Word] = []
    for word in words:
        if cell:
            tall = max(word.box.height, cell[-1].box.height) * page.height
            if (word.box.left - cell[-1].box.right) * page.width > 2 * tall:
                yield cell
                cell = []
        cell.append(word)
    if cell:
        yield cell


def _cut(text: str) -> Iterator[_Piece]:
    plain = " ".join(" ".join(map(_bare, text.split())).split())
    for start in range(0, len(plain), _MOST_LETTERS_A_PIECE):
        part = plain[start : start + _MOST_LETTERS_A_PIECE]
        dense = len(_DENSE.findall(part))
        weight = len(_LETTER.findall(part)) + (_DENSITY - 1) * dense
        if weight >= 3:
            yield _Piece(part, weight)


def _bare(word: str) -> str:
    """Return *word* small where it is set in capitals, as titles are, which the model knows little of.

    What has figures in it is no word; print without spaces loses the figures only.
    """
    if _FIGURES.search(word):
        return _FIGURES.sub(" ", word) if _DENSE.search(word) else ""
    return word.lower() if word.isupper() else word


def _weighed(pieces: Iterable[_Piece], most: int) -> list[_Piece]:
    """Ask the model about at most *most* of the *pieces*, spread evenly."""
    every = list(pieces)
    step = max(1.0, len(every) / most)
    chosen = [every[int(place * step)] for place in range(min(len(every), most))]
    ranked = [dict(_ranked(piece.text)) for piece in chosen]
    return [
        replace(piece, likely=tuple(chances[name] for name in _names()))
        for piece, chances in zip(chosen, ranked, strict=True)
    ]


def _judged(pieces: Sequence[_Piece]) -> Languages:
    weight = sum(piece.weight for piece in pieces)
    if not pieces:
        return Languages()
    groups = _mixture(pieces)
    several = _proven(groups, weight)
    if len(several) > 1:
        sure = min(sure for _, sure in several)
        return Languages(tuple(code for code, _ in several), round(sure, 3))
    code, chance, second = _told(pieces)
    if code == _NONE:
        return Languages()
    sure = _calibrated(code, chance, second)
    if code == "zh" and any(_JAPANESE_FORMS.search(piece.text) for piece in pieces):
        code, sure = "ja", min(sure, _HAN_ALONE)
    apart = sum(piece.weight for other, each in groups.items() if other not in (code, _NONE) for piece in each)
    if apart > _MOST_UNPROVEN * weight:
        sure = min(sure, _PERHAPS_MORE)
    if weight < _ENOUGH_LETTERS:
        sure = min(sure, 0.5 + 0.38 * weight / _ENOUGH_LETTERS)
    return Languages((code,), round(sure, 3))


def _mixture(pieces: Sequence[_Piece]) -> dict[str, list[_Piece]]:
    """Share the *pieces* out among the few languages that explain them best (expectation and maximisation).

    A piece by itself often looks like a neighbour of its language; the shares of the others draw it back.
    """
    names, likely = _names(), np.array([piece.likely for piece in pieces])
    weights = np.array([piece.weight for piece in pieces], dtype=np.float64)
    shares = weights @ likely
    for _ in range(_ROUNDS):
        taken = likely * shares
        taken /= taken.sum(axis=1, keepdims=True) + 1e-12
        shares = weights @ taken
    best = (likely * shares).argmax(axis=1)
    groups: dict[str, list[_Piece]] = {}
    for piece, place in zip(pieces, best.tolist(), strict=True):
        groups.setdefault(names[place], []).append(piece)
    return groups


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted({_ONE_LANGUAGE.get(code, code) for code in _CONSIDERED}))


def _proven(groups: dict[str, list[_Piece]], weight: int) -> list[tuple[str, float]]:
    """Return the languages of a mixture that are themselves on their own pieces, most text first, and how surely."""
    kept: list[tuple[int, str, float]] = []
    for code, pieces in groups.items():
        held = sum(piece.weight for piece in pieces)
        if code == _NONE or held < max(_ENOUGH_LETTERS, _LEAST_SHARE * weight):
            continue
        told, sure, _ = _told(pieces)
        if told == code and sure >= _SECOND_LIKELY:
            kept.append((held, code, sure))
    return [(code, sure) for _, code, sure in sorted(kept, reverse=True)]


def _told(pieces: Sequence[_Piece]) -> tuple[str, float, str]:
    """Return the language of all *pieces* together, the model's chance of it, and the language that came second."""
    (code, chance), (second, _), *_ = _ranked("\n".join(piece.text for piece in pieces)[:_MOST_LETTERS])
    return code, chance, second


def _calibrated(code: str, chance: float, second: str) -> float:
    """Return how sure the only language of a page is.

    The model is shyer than it need be: of 998 stretches of 8 to 22 words it was right in all 468 where it gave 0.70 or
    more and no neighbour came second, and in 378 of 379 where it gave 0.80 or more and a neighbour did.
    """
    near = any({code, second} <= family for family in _NEIGHBOURS)
    return max(chance, SURE + 0.02) if chance >= (_CLEAR_OF_A_NEIGHBOUR if near else _CLEAR) else chance


def _ranked(text: str) -> list[tuple[str, float]]:
    """Return every language with its chance, the likeliest first; two names of one language count together."""
    chances: dict[str, float] = {}
    for code, chance in _identifier().rank(text):
        name = _ONE_LANGUAGE.get(code, code)
        chances[name] = chances.get(name, 0.0) + float(chance)
    return sorted(chances.items(), key=lambda each: each[1], reverse=True)


class _Identifier(Protocol):
    def rank(self, text: str) -> Iterable[tuple[str, float]]: ...


@cache
def _identifier() -> _Identifier:
    from py3langid import langid

    # The library unpacks its model into a temporary file, and a confined child has no place to write one.
    model = langid.MODEL_DIR / langid.MODEL_FILE
    with lzma.open(model) as packed, np.load(io.BytesIO(packed.read()), allow_pickle=False) as data:
        loaded = langid.LanguageIdentifier(
            data["ptc"],
            data["pc"],
            data["classes"].tolist(),
            _numbers(data["nextmove"]),
            data["out_feat"].tolist(),
            norm_probs=True,
            tk_row=_numbers(data["nextmove_row"]),
        )
    loaded.set_languages(_CONSIDERED)
    identifier: _Identifier = loaded
    return identifier


def _numbers(table: NDArray[np.uint16] | NDArray[np.uint32]) -> array[int]:
    """Return *table* as the array whose single numbers Python reads fastest, as the library does."""
    made = array("H" if table.dtype.itemsize == 2 else "I")
    made.frombytes(np.ascontiguousarray(table).tobytes())
    return made
