"""Lengths of time as contracts print them ("six (6) months", "30 days'", "drei Monate"), as "6 months"."""

from __future__ import annotations

import re

from toolkit.fields.calendar_words import CARDINALS
from toolkit.fields.terms import Term

_FOREIGN = {
    word: number
    for number, words in enumerate(
        (
            "a an ein eine einem einer einen un une uno una",
            "zwei deux dos",
            "drei trois tres",
            "vier quatre cuatro",
            "fünf cinq cinco",
            "sechs seis",
            "sieben sept siete",
            "acht huit ocho",
            "neun neuf nueve",
            "zehn dix diez",
            "elf onze once",
            "zwölf douze doce",
        ),
        start=1,
    )
    for word in words.split()
}
_ENGLISH = {word: number for word, number in CARDINALS.items() if number}
_WORDS = (
    {"dreißig": 30, "achtzehn": 18, "vierundzwanzig": 24}
    | {
        f"{ten}{joint}{one}": CARDINALS[ten] + CARDINALS[one]
        for ten in ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
        for one in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
        for joint in "- "
    }
    | _ENGLISH
    | _FOREIGN
)
_UNITS = {
    "day": "days", "tag": "days", "jour": "days", "día": "days", "dia": "days",
    "week": "weeks", "woche": "weeks", "semaine": "weeks", "semana": "weeks",
    "month": "months", "monat": "months", "mois": "months", "mes": "months",
    "year": "years", "jahr": "years", "année": "years", "ans": "years", "an": "years", "año": "years",
}  # fmt: skip

_NUMBER = r"(?:\d{1,3}|" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")"
_UNIT = (
    r"(?:days?|tag(?:e[ns]?)?|jours?|d[ií]as?|weeks?|wochen?|semaines?|semanas?|months?|monat(?:e[ns]?)?|mois|mes(?:es)?"
    r"|years?|jahr(?:e[ns]?)?|années?|ans?\b|años?)"
)
_BETWEEN = r"(?:calendar\s+|full\s+|working\s+|business\s+|consecutive\s+|whole\s+|contract\s+){0,2}"

#: One length of time, as an expression without groups to build others from.
SPELL = rf"\b{_NUMBER}(?:\s*\(\s*\w+\s*\))?[\s-]*{_BETWEEN}{_UNIT}\b"
_PARTS = re.compile(
    rf"\b({_NUMBER})(?:\s*\(\s*(\w+)\s*\))?[\s-]*({_BETWEEN})({_UNIT})(?:\s*\(\s*(\d{{1,3}})\s*\))?",
    re.IGNORECASE,
)


def plain(written: str) -> str:
    """Return "6 months" for "six (6) months"; an empty string when *written* holds no length of time."""
    parts = _PARTS.search(written)
    if parts is None:
        return ""
    count = _count(parts)
    unit = next(unit for start, unit in _UNITS.items() if parts[4].casefold().startswith(start))
    kind = re.search(r"working|business", parts[3], re.IGNORECASE)
    working = f"{kind[0].lower()} " if kind else ""
    return f"{count} {working}{unit[:-1] if count == 1 else unit}"


def _count(parts: re.Match[str]) -> int:
    """The number: the figure in brackets where there is one, for it was put there to leave no doubt."""
    figure = next((part for part in (parts[2], parts[5]) if part and part.isdigit()), parts[1])
    return int(figure) if figure.isdigit() else _WORDS[figure.casefold()]


def disagreeing(written: str) -> bool:
    """Whether word and figure of one length say different numbers: "three (2) years"."""
    parts = _PARTS.search(written)
    if parts is None or parts[1].isdigit():
        return False
    figure = next((part for part in (parts[2], parts[5]) if part and part.isdigit()), None)
    return figure is not None and int(figure) != _WORDS[parts[1].casefold()]


def term(written: str) -> Term | None:
    """Return the length as the law counts it; None where *written* holds none, or working days nobody can count."""
    said = plain(written)
    parts = re.fullmatch(r"(\d+) (day|week|month|year)s?", said)
    if parts is None:
        return None
    count, unit = int(parts[1]), parts[2]
    if unit in ("month", "year"):
        return Term(months=count * (12 if unit == "year" else 1))
    return Term(days=count * (7 if unit == "week" else 1))
