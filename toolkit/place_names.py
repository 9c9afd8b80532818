"""Names of one and the same place: folded for comparison, and the other names that places go by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from toolkit import definitions

_NAMES = Path(__file__).resolve().parent / "tables" / "per_diem" / "places" / "names.toml"
#: Letters that Unicode does not take apart.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"})
_APOSTROPHES = re.compile(r"['’‘`ʻ.]")
_INITIALS = re.compile(r"\b(\w) (?=\w\b)")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    names: Mapping[str, tuple[tuple[str, ...], ...]]


def fold(text: str) -> str:
    """Return *text* without regard to case, accents, punctuation and "Saint", for comparison: "St. Petersburg"."""
    plain = text.casefold().translate(_LETTERS)
    plain = "".join(each for each in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(each))
    words = re.sub(r"[^\w]+", " ", _APOSTROPHES.sub("", plain)).strip()
    return _INITIALS.sub(r"\1", re.sub(r"\bsaint\b", "st", words))


def others(country: str, name: str) -> frozenset[str]:
    """Return every folded name of the place in *country* (ISO 3166-1 alpha-3) whose folded name is *name*."""
    return _groups().get((country, name), frozenset({name}))


@cache
def _groups() -> Mapping[tuple[str, str], frozenset[str]]:
    made: dict[tuple[str, str], frozenset[str]] = {}
    for country, groups in definitions.load(_NAMES, _File).names.items():
        for group in groups:
            every = frozenset(fold(each) for each in group)
            made |= {(country, each): every for each in every}
    return made
