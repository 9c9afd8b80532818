"""Dates written out in Spanish and French, as notaries ask: "uno de marzo de dos mil veintisiete"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from toolkit.fields.calendar_words import MONTHS, fold

_ES = (
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho"
    " diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete "
    "veintiocho veintinueve treinta"
)
_FR = (
    "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept "
    "dix-huit dix-neuf"
    " vingt vingt-et-un vingt-deux vingt-trois vingt-quatre vingt-cinq vingt-six vingt-sept vingt-huit "
    "vingt-neuf trente"
)
_NUMBERS = {word: number for words in (_ES, _FR) for number, word in enumerate(words.split(), start=1)}
_NUMBERS |= {"primero": 1, "premier": 1, "treinta y uno": 31, "trente et un": 31, "trente-et-un": 31}
_TENS = {"treinta": 30, "cuarenta": 40, "cincuenta": 50, "trente": 30, "quarante": 40, "cinquante": 50}
_WORDS = "|".join(sorted(map(re.escape, _NUMBERS), key=len, reverse=True))
_NAME = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_TEN = "|".join(_TENS)
_SPELLED = re.compile(
    rf"(?<![\w-])(?P<day>{_WORDS}|\d{{1,2}})\s+(?:de\s+"
    rf"|dias\s+del\s+mes\s+de\s+)?(?P<month>{_NAME})\s+(?:de\s+|del\s+)?(?:ano\s+)?"
    rf"(?:dos\s+mil|deux\s+mille)\s+(?:(?P<ten>{_TEN})(?:\s+y\s+|\s+et\s+|-|\s+))?(?P<year>{_WORDS})(?![\w-])"
)


@dataclass(frozen=True, slots=True)
class Spelled:
    """A date written out at `start`..`end`, as ISO 8601."""

    value: str
    start: int
    end: int

    def __repr__(self) -> str:
        return f"<Spelled {self.start}..{self.end}>"


def find(text: str) -> Iterator[Spelled]:
    """Yield the dates of *text* whose year is written out in words."""
    folded = fold(text)
    for match in _SPELLED.finditer(folded):
        day = int(match["day"]) if match["day"].isdigit() else _NUMBERS[match["day"]]
        year = 2000 + (_TENS[match["ten"]] if match["ten"] else 0) + _NUMBERS[match["year"]]
        try:
            yield Spelled(date(year, MONTHS[match["month"]], day).isoformat(), *match.span())
        except ValueError:
            continue
