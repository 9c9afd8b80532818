"""Lengths of time in the languages contracts of employment come in: "six (6) months", "einen Monat", "quince días".

Knows numbers in words and units; knows no clause and not what a length is the length of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.fields.terms import Term

_NUMBERS = (
    "one a an ein eine einem einer einen un une uno una um uma een één unico",
    "two zwei deux dos twee due dois duas",
    "three drei trois tres drie tre três",
    "four vier quatre cuatro quattro quatro",
    "five fünf cinq cinco vijf cinque",
    "six sechs seis zes sei",
    "seven sieben sept siete zeven sette sete",
    "eight acht huit ocho otto oito",
    "nine neun neuf nueve negen nove",
    "ten zehn dix diez tien dieci dez",
    "eleven elf onze once undici",
    "twelve zwölf douze doce twaalf dodici doze",
)
_WORDS = {word: number for number, words in enumerate(_NUMBERS, start=1) for word in words.split()} | {
    word: number
    for number, words in {
        14: "fourteen vierzehn quatorze catorce veertien quattordici",
        15: "fifteen fünfzehn quinze quince vijftien quindici",
        18: "eighteen achtzehn dix-huit dieciocho achttien diciotto dezoito",
        20: "twenty zwanzig vingt veinte twintig venti vinte",
        24: "twenty-four vierundzwanzig vingt-quatre veinticuatro vierentwintig ventiquattro",
        28: "twenty-eight achtundzwanzig vingt-huit veintiocho",
        30: "thirty dreißig dreissig trente treinta dertig trenta trinta",
        36: "thirty-six sechsunddreißig trente-six",
        45: "forty-five quarante-cinq",
        60: "sixty sechzig soixante sesenta zestig sessanta sessenta",
        90: "ninety neunzig quatre-vingt-dix noventa negentig novanta",
    }.items()
    for word in words.split()
}
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ONES = "one two three four five six seven eight nine"
_WORDS |= {
    f"{tens}-{ones}": 10 * ten + one
    for ten, tens in enumerate(_TENS.split(), start=2)
    for one, ones in enumerate(_ONES.split(), start=1)
}
_UNITS = {
    "days": "days? tag tage tagen tages jours? día días dia dias dag dagen giorno giorni",
    "weeks": "weeks? woche wochen semaines? semana semanas week weken settimana settimane",
    "months": "months? monat monate monaten monats mois mes meses mês maand maanden mese mesi",
    "years": "years? jahr jahre jahren jahres ans? années? año años ano anos jaar jaren anno anni",
}
_WORKING = (
    r"(?:working|business|arbeits|werk|ouvrés|ouvrables|ouvré|ouvrable|laborables|hábiles|lavorativi|úteis|werkdagen)"
)
_NUMBER = r"\d{1,3}(?:[.,]\d)?|" + "|".join(sorted(_WORDS, key=len, reverse=True))
_UNIT = "|".join(sorted((each for units in _UNITS.values() for each in units.split()), key=len, reverse=True))
_LENGTH = re.compile(
    rf"(?<![\w.,€$£-])(?P<number>{_NUMBER})(?:\s*\(\s*(?P<again>[\w-]+)\s*\))?[\s-]*"
    rf"(?:(?P<before>working|business)\s+|(?:calendar|full|consecutive|clear|paid|further|aufeinanderfolgende"
    rf"|volle|ganze)\s+)?"
    rf"(?P<glued>arbeits|werk|kalender|vakantie|urlaubs"
    rf"|ferien)?(?P<unit>{_UNIT})\b(?!\s*/\s*\d)(?:\s+(?P<after>{_WORKING})\b)?",
    re.IGNORECASE,
)
_OF_UNIT = {
    word: unit
    for unit, words in _UNITS.items()
    for each in words.split()
    for word in ({each.replace("?", ""), each.replace("s?", "")} if "?" in each else {each})
}


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time at `start`..`end`: a number of days, weeks, months or years; `working` counts working days."""

    number: str
    unit: str
    working: bool
    start: int
    end: int

    @property
    def plain(self) -> str:
        """As records hold it: "6 months", "1 week", "30 working days"."""
        unit = self.unit[:-1] if self.number == "1" else self.unit
        return f"{self.number} {'working ' if self.working else ''}{unit}"

    @property
    def term(self) -> Term | None:
        """As the law counts it; None for working days and parts, which no calendar tells."""
        if self.working or "." in self.number:
            return None
        count = int(self.number)
        months = {"months": count, "years": 12 * count}.get(self.unit, 0)
        return Term(months, {"days": count, "weeks": 7 * count}.get(self.unit, 0))


def find(text: str) -> Iterator[Length]:
    """Yield every length of time in *text*, in order of place."""
    for match in _LENGTH.finditer(text):
        number = _number(match["again"] or "") or _number(match["number"])
        glued = (match["glued"] or "").lower()
        working = bool(match["before"] or match["after"]) or glued in ("arbeits", "werk")
        if number:
            yield Length(number, _OF_UNIT[match["unit"].lower()], working, *match.span())


def _number(written: str) -> str:
    plain = written.replace(",", ".").casefold()
    if re.fullmatch(r"\d+(?:\.\d)?", plain):
        return plain.removesuffix(".0").lstrip("0") or "0"
    return str(_WORDS[plain]) if plain in _WORDS else ""
