"""Lengths of time as contracts print them ("six (6) months", "30 days'", "drei Monate"), as "6 months"."""

from __future__ import annotations

import re

_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "one a an ein eine einem einer einen un une uno una",
            "two zwei deux dos",
            "three drei trois tres",
            "four vier quatre cuatro",
            "five fünf cinq cinco",
            "six sechs seis",
            "seven sieben sept siete",
            "eight acht huit ocho",
            "nine neun neuf nueve",
            "ten zehn dix diez",
            "eleven elf onze once",
            "twelve zwölf douze doce",
        ),
        start=1,
    )
    for word in words.split()
} | {
    "fourteen": 14,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "dreißig": 30,
    "forty-five": 45,
    "sixty": 60,
    "ninety": 90,
}
_UNITS = {
    "day": "days", "tag": "days", "jour": "days", "día": "days", "dia": "days",
    "week": "weeks", "woche": "weeks", "semaine": "weeks", "semana": "weeks",
    "month": "months", "monat": "months", "mois": "months", "mes": "months",
    "year": "years", "jahr": "years", "année": "years", "ans": "years", "año": "years",
}  # fmt: skip

_NUMBER = r"(?:\d{1,3}|" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")"
_UNIT = (
    r"(?:days?|tag(?:e[ns]?)?|jours?|d[ií]as?|weeks?|wochen?|semaines?|semanas?|months?|monat(?:e[ns]?)?|mois|mes(?:es)?"
    r"|years?|jahr(?:e[ns]?)?|années?|ans|años?)"
)

#: One length of time, as an expression without groups to build others from.
SPELL = (
    rf"\b{_NUMBER}(?:\s*\(\s*\w+\s*\))?[\s-]*(?:calendar\s+|full\s+|working\s+|business\s+|consecutive\s+)?{_UNIT}\b"
)
_PARTS = re.compile(
    rf"({_NUMBER})(?:\s*\(\s*(\w+)\s*\))?[\s-]*(?:calendar\s+|full\s+|(working|business)\s+|consecutive\s+)?({_UNIT})",
    re.IGNORECASE,
)


def plain(written: str) -> str:
    """Return "6 months" for "six (6) months"; an empty string when *written* holds no length of time."""
    parts = _PARTS.search(written)
    if parts is None:
        return ""
    number = parts[2] if (parts[2] or "").isdigit() else parts[1]
    count = int(number) if number.isdigit() else _WORDS[number.casefold()]
    unit = next(unit for start, unit in _UNITS.items() if parts[4].casefold().startswith(start))
    working = f"{parts[3].lower()} " if parts[3] else ""
    return f"{count} {working}{unit[:-1] if count == 1 else unit}"
