"""Words of names and addresses that a camera misread by one letter: `AIAM`, `Jalau`, `HARDWAKE`.

Only a word that is no known one itself and differs by letters that look alike is taken for the known one; the caller
must not vouch for a text that was mended.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from toolkit import definitions
from toolkit.fields.calendar_words import fold
from toolkit.readers.money.labels import DATA

#: Letters that faint or small print turns into one another.
_ALIKE = frozenset(
    map(frozenset, ("il", "i1", "l1", "it", "lt", "1t", "ij", "lj", "o0", "d0", "do", "oq", "uv", "un", "nh", "mn"))
) | frozenset(map(frozenset, ("hn", "nr", "wv", "rk", "kh", "b8", "gb", "ec", "cg", "g6", "gq", "s5", "z2", "ft")))
#: Thin marks that are read into a word or overlooked.
_THIN = frozenset("iljft1")
_SHORTEST = 4


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `words.toml`: whole words in lower case, without accents."""

    address: tuple[str, ...]
    name: tuple[str, ...]


@lru_cache(maxsize=2)
def _known(of: str) -> dict[int, tuple[str, ...]]:
    words = definitions.load(DATA / "words.toml", Words)
    every = sorted(set(words.address if of == "address" else words.name))
    return {size: tuple(each for each in every if len(each) == size) for size in {len(each) for each in every}}


def mended(text: str, of: str) -> str:
    """Return *text* with its misread words set right by the words of an `address` or a `name`; case is kept."""
    return re.sub(r"[^\W_]{4,}", lambda match: _word(match[0], of), text)


def known(word: str, of: str) -> bool:
    """Whether *word* is one that an `address` or a `name` is made of."""
    plain = fold(word)
    return plain in _known(of).get(len(plain), ())


def parted(text: str) -> str:
    """Return *text* with spaces before known words that a camera ran into the one before: `UTOPIASTATIONERYSHOP`."""
    return re.sub(r"(?<![A-Z])[A-Z]{11,60}(?![A-Z])", lambda match: _parted(match[0]), text)


def _parted(solid: str) -> str:
    rest, found = solid, list[str]()
    while True:
        tail = next((rest[at:] for at in range(3, len(rest) - 3) if known(rest[at:], "name")), None)
        if tail is None:
            break
        found.insert(0, tail)
        rest = rest[: -len(tail)]
    # One known ending is not enough: `STEAKHOUSE` is a word.
    return " ".join([rest, *found]) if len(found) > 1 else solid


@lru_cache(maxsize=4096)
def _word(written: str, of: str) -> str:
    known, word = _known(of), fold(written)
    if not written[0].isalpha() or sum(each.isdigit() for each in word) > 1 or word in known.get(len(word), ()):
        return written
    near = [
        each
        for size in (len(word) - 1, len(word), len(word) + 1)
        for each in known.get(size, ())
        if len(each) >= _SHORTEST and _misread(word, each)
    ]
    return _in_case(near[0], written) if len(near) == 1 else written


def _misread(word: str, known: str) -> bool:
    """Whether *word* is *known* but for one letter that looks alike, or one thin letter too many or too few."""
    if len(word) == len(known):
        unlike = [pair for pair in zip(word, known, strict=True) if pair[0] != pair[1]]
        return len(unlike) == 1 and frozenset(unlike[0]) in _ALIKE
    longer, shorter = (word, known) if len(word) > len(known) else (known, word)
    if len(shorter) < _SHORTEST + 1 or longer[0] != shorter[0]:
        return False
    at = next((i for i, each in enumerate(shorter) if each != longer[i]), len(shorter))
    return at < len(shorter) and longer[at] in _THIN and longer[at + 1 :] == shorter[at:]


def _in_case(known: str, written: str) -> str:
    if sum(each.isupper() for each in written) > len(written) / 2:
        return known.upper()
    return known.capitalize() if written[0].isupper() else known
