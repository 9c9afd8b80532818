"""What a row says it is (total, tax, change, date ...), told by the phrases of `kinds/receipt/labels.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from toolkit import definitions
from toolkit.fields.calendar_words import fold

Role = Literal[
    "due", "total", "subtotal", "tax", "tip", "service", "charge", "rounding", "discount", "prepaid", "cash", "card",
    "method", "change", "ignore", "table", "refund", "date", "other_date", "number", "buyer", "seller",
]  # fmt: skip
Language = Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$")]

#: Where the data of receipts and invoices lies.
DATA = Path(__file__).resolve().parents[2] / "kinds" / "receipt"

#: Currencies stand between words where they please: `Total RM Incl. of GST`.
_CURRENCIES = frozenset(
    re.findall(
        r"\w+",
        "rm eur euro euros myr usd sgd gbp chf sfr pln zl sek nok dkk kr inr czk kc huf ft ron lei jpy cny hkd twd aud "
        "cad nzd thb php",
    )
)
#: Letters that faint print turns into one another: `IUIAL`, `SUBT0TAL`, `TOTA1`.
_ALIKE = str.maketrans("tljuv", "iiioo")
#: A phrase of fewer letters must stand as a word of its own.
_SHORT = 6
#: No more of one row is looked at.
_LONGEST = 400
#: Numbers that no Latin letter touches: `T0TAL` has none.
_NUMBERS = re.compile(r"(?<![A-Za-z])[\d.,:/-]*\d(?![A-Za-z])")
#: Scripts that are written without spaces: kana, bopomofo and Chinese characters.
_UNSPACED = re.compile(r"[\u3005-\u30ff\u3100-\u312f\u3400-\u9fff\uf900-\ufaff]")


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `labels.toml`: phrases by role and language."""

    roles: Mapping[Role, Mapping[Language, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase without its spaces; `alone` when it speaks only as the whole of a row."""

    solid: str
    role: Role
    alone: bool
    unspaced: bool

    def stands(self, compact: str, start: int, words: frozenset[int]) -> bool:
        """Whether the phrase, found at *start* of *compact*, stands there in its own right; *words* begin words."""
        end = start + len(self.solid)
        if self.alone:
            return start == 0 and end == len(compact)
        if self.unspaced:
            return True
        return start in words and (len(self.solid) >= _SHORT or end in words or end == len(compact))


#: Phrases by their first two letters.
_Book = Mapping[str, tuple[_Phrase, ...]]


@cache
def _phrases() -> _Book:
    labels = definitions.load(DATA / "labels.toml", Labels)
    every = {
        _phrase(phrase, role)
        for role, by in labels.roles.items()
        for phrases in by.values()
        for phrase in phrases
        if not phrase.endswith(":")
    }
    return _book(each for each in every if each.solid)


@cache
def _headed() -> Mapping[Role, re.Pattern[str]]:
    """The phrases that speak at the head of a row or cell, before their colon: `An:`."""
    labels = definitions.load(DATA / "labels.toml", Labels)
    told = {
        role: [re.escape(fold(each[:-1])) for phrases in by.values() for each in phrases if each.endswith(":")]
        for role, by in labels.roles.items()
    }
    return {role: re.compile(rf"(?:^|\s\s)\W{{0,3}}(?:{'|'.join(each)})\s?:") for role, each in told.items() if each}


@cache
def _blurred() -> _Book:
    long = (each for by in _phrases().values() for each in by if len(each.solid) >= _SHORT - 1 and not each.unspaced)
    return _book({replace(each, solid=each.solid.translate(_ALIKE)) for each in long})


def _phrase(written: str, role: Role) -> _Phrase:
    solid = plain(written).replace(" ", "")
    return _Phrase(solid, role, written.startswith("="), bool(_UNSPACED.search(solid)))


def _book(phrases: Iterable[_Phrase]) -> _Book:
    book: dict[str, list[_Phrase]] = {}
    for each in sorted(phrases, key=lambda each: (-len(each.solid), each.solid, each.role)):
        book.setdefault(each.solid[:2], []).append(each)
    return {start: tuple(each) for start, each in book.items()}


def plain(text: str) -> str:
    """Return *text* as words of letters parted by single spaces; digits inside words are the letters they look like."""
    words = (word for word in re.findall(r"[^\W_]+", fold(text)) if word not in _CURRENCIES)
    return " ".join(filter(None, (_lettered(word) for word in words)))


def _lettered(word: str) -> str:
    if _UNSPACED.search(word):
        # `合計3点`, `内税10`: the digits are a number, and no letters.
        return re.sub(r"\d|円$|元$", "", word)
    letters = sum(not each.isdigit() for each in word)
    if letters > len(word) / 2:
        return word.translate(str.maketrans("015", "ols"))
    return re.sub(r"\d", "", word) if letters > 1 else ""


def roles(text: str) -> frozenset[Role]:
    """Return the roles the phrases in *text* stand for; a phrase inside a longer one does not speak.

    Only where nothing is recognised are letters taken for the ones they look like.
    """
    # Rows that differ in their numbers alone are one row.
    return _roles(_NUMBERS.sub("0", text[:_LONGEST]))


@lru_cache(maxsize=16384)
def _roles(text: str) -> frozenset[Role]:
    spaced = plain(text)
    spoken = _spoken(spaced, _phrases()) or _spoken(spaced.translate(_ALIKE), _blurred())
    if ":" not in text:
        return spoken
    return spoken | {role for role, pattern in _headed().items() if pattern.search(fold(text))}


def says_only(text: str, role: Role, share: float) -> bool:
    """Whether a phrase of *role* takes at least *share* of the letters of *text*: a title and no sentence."""
    spaced = plain(text[:_LONGEST])
    letters = len(spaced.replace(" ", ""))
    return any(spoken == role and length >= share * letters for spoken, length in _said(spaced, _phrases()))


def _spoken(spaced: str, book: _Book) -> frozenset[Role]:
    return frozenset(role for role, _ in _said(spaced, book))


def _said(spaced: str, book: _Book) -> Iterator[tuple[Role, int]]:
    """Yield the roles of the phrases in *spaced*, each with its length; none of a phrase inside a longer one."""
    # Where each letter stands once the spaces are gone, so that `TOTALINCL.GST` is read like `Total Incl. GST`.
    compact = spaced.replace(" ", "")
    words = frozenset(_word_starts(spaced))
    found = sorted(
        (start, -len(phrase.solid), phrase.role)
        for start in range(len(compact))
        for phrase in (*book.get(compact[start : start + 2], ()), *book.get(compact[start], ()))
        if compact.startswith(phrase.solid, start) and phrase.stands(compact, start, words)
    )
    reach, widest = -1, (-1, 0)
    for start, length, role in found:
        end = start - length
        if end > reach or (start, length) == widest:
            reach, widest = end, (start, length)
            yield role, -length


def _word_starts(spaced: str) -> Iterator[int]:
    at = 0
    for word in spaced.split(" "):
        yield at
        at += len(word)
