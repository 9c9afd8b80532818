"""What a row says it is (total, tax, change, date ...), told by the phrases of `kinds/receipt/labels.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from toolkit import definitions
from toolkit.fields.calendar_words import fold

Role = Literal[
    "due", "total", "subtotal", "tax", "tip", "rounding", "discount", "cash", "card", "change", "ignore", "table",
    "date", "other_date", "number", "buyer", "seller",
]  # fmt: skip
Language = Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$")]

#: Where the data of receipts and invoices lies.
DATA = Path(__file__).resolve().parents[2] / "kinds" / "receipt"

#: Currencies stand between words where they please: `Total RM Incl. of GST`.
_CURRENCIES = frozenset(
    {"rm", "eur", "euro", "euros", "myr", "usd", "sgd", "gbp", "chf", "pln", "sek", "nok", "dkk", "inr"}
)
#: Letters that faint print turns into one another: `IUIAL`, `SUBT0TAL`, `TOTA1`.
_ALIKE = str.maketrans("tljuv", "iiioo")
#: A phrase of fewer letters must stand as a word of its own.
_SHORT = 6


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of `labels.toml`: phrases by role and language."""

    roles: Mapping[Role, Mapping[Language, tuple[str, ...]]]


@cache
def _phrases() -> tuple[tuple[str, Role], ...]:
    labels = definitions.load(DATA / "labels.toml", Labels)
    every = {
        (plain(phrase).replace(" ", ""), role)
        for role, by in labels.roles.items()
        for each in by.values()
        for phrase in each
    }
    return tuple(sorted(every, key=lambda each: (-len(each[0]), each)))


def plain(text: str) -> str:
    """Return *text* as words of letters parted by single spaces; digits inside words are the letters they look like."""
    words = (word for word in re.findall(r"[^\W_]+", fold(text)) if word not in _CURRENCIES)
    return " ".join(filter(None, (_lettered(word) for word in words)))


def _lettered(word: str) -> str:
    letters = sum(not each.isdigit() for each in word)
    if letters > len(word) / 2:
        return word.translate(str.maketrans("015", "ols"))
    return re.sub(r"\d", "", word) if letters > 1 else ""


@lru_cache(maxsize=4096)
def roles(text: str) -> frozenset[Role]:
    """Return the roles the phrases in *text* stand for; a phrase inside a longer one does not speak.

    Only where nothing is recognised are letters taken for the ones they look like.
    """
    spaced = plain(text)
    return _spoken(spaced, _phrases()) or _spoken(spaced.translate(_ALIKE), _blurred())


@cache
def _blurred() -> tuple[tuple[str, Role], ...]:
    long = ((phrase, role) for phrase, role in _phrases() if len(phrase) >= _SHORT - 1)
    return tuple((phrase.translate(_ALIKE), role) for phrase, role in long)


def _spoken(spaced: str, phrases: Iterable[tuple[str, Role]]) -> frozenset[Role]:
    # Where each letter stands once the spaces are gone, so that `TOTALINCL.GST` is read like `Total Incl. GST`.
    compact = spaced.replace(" ", "")
    starts = {0} | {len(spaced[:at].replace(" ", "")) for at, letter in enumerate(spaced) if letter == " "}
    found: set[Role] = set()
    taken: list[tuple[int, int]] = []
    for solid, role in phrases:
        for start in _places(compact, solid):
            end = start + len(solid)
            whole = start in starts and (end in starts or end == len(compact))
            if not whole and (len(solid) < _SHORT or start not in starts):
                continue
            if any(a <= start and end <= b and (a, b) != (start, end) for a, b in taken):
                continue
            taken.append((start, end))
            found.add(role)
    return frozenset(found)


def _places(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)
