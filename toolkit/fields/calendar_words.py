"""Names of months and weekdays and written-out numbers in the languages documents come in; data, and how to fold it.

Names are kept folded: lower case, accents taken off, so that `Mär`, `MÄR` and an OCR engine's `mar` are one.
"""

from __future__ import annotations

import unicodedata

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar marz april mai juni juli august september oktober november dezember",
    "de-at": "janner feber maerz april mai juni juli august september oktober november dezember",
    "fr": "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
}
_SHORT = {
    "en": "jan feb mar apr may jun jul aug sep oct nov dec",
    "de": "jan feb mrz apr mai jun jul aug sep okt nov dez",
    "fr": "janv fevr mars avr mai juin juil aout sept oct nov dec",
    "es": "ene feb mar abr may jun jul ago sept oct nov dic",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "nl": "jan febr mrt apr mei jun jul aug sept okt nov dec",
    "pt": "jan fev mar abr mai jun jul ago set out nov dez",
    "pl": "sty lut mar kwi maj cze lip sie wrz paz lis gru",
    "sv": "jan febr mars apr maj juni juli aug sept okt nov dec",
}
_WEEKDAYS = {
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "en-short": "mon tue wed thu fri sat sun",
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miercoles jueves viernes sabado domingo",
    "it": "lunedi martedi mercoledi giovedi venerdi sabato domenica",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "pl": "poniedzialek wtorek sroda czwartek piatek sobota niedziela",
    "sv": "mandag tisdag onsdag torsdag fredag lordag sondag",
}
#: Letters that do not come apart into a base and an accent.
_SINGLE = str.maketrans(
    {"ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "ı": "i", "’": "'", "–": "-", "−": "-", "‐": "-"}
)

#: Folded name -> month 1..12. No name means two months in two of the languages; a test holds this.
MONTHS: dict[str, int] = {
    name: number
    for names in (*_MONTHS.values(), *_SHORT.values(), "0 0 0 0 0 0 0 0 0 0ct 0 0")
    for number, name in enumerate(names.split(), start=1)
    if name != "0"
}

#: Folded name -> weekday as `date.weekday()` counts, Monday 0.
WEEKDAYS: dict[str, int] = {
    name: number for names in _WEEKDAYS.values() for number, name in enumerate(names.split())
} | {"tues": 1, "thur": 3, "thurs": 3}

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve "
    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
#: English number words up to ninety, for years written out.
CARDINALS: dict[str, int] = {word: number for number, word in enumerate(_ONES.split())} | {
    word: 10 * number for number, word in enumerate(_TENS.split(), start=2)
}
_FIRST = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)

#: Ordinal words a day of a month is written in; for other languages than English only "the first" is customary.
ORDINALS: dict[str, int] = (
    {word: number for number, word in enumerate(_FIRST.split(), start=1)}
    | {f"twenty{joint}{word}": 20 + number for joint in "- " for number, word in enumerate(_FIRST.split()[:9], start=1)}
    | {"thirtieth": 30, "thirty-first": 31, "thirty first": 31}
    | {"premier": 1, "primero": 1, "primo": 1, "primeiro": 1, "ersten": 1, "erster": 1}
)


def fold(text: str) -> str:
    """Lower case without accents, of the same length, so that places in the result are places in *text*."""
    return "".join(_fold_one(letter) for letter in text.translate(_SINGLE))


def _fold_one(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[:1].lower()
    return base if len(base) == 1 else letter


def year_in_words(words: str) -> int | None:
    """Read `two thousand and twenty-four` or `nineteen ninety-nine`; None when it is no year."""
    parts = [part for part in words.replace("-", " ").replace(",", " ").split() if part != "and"]
    if parts[:2] == ["two", "thousand"]:
        rest = _below_hundred(parts[2:])
        return None if rest is None else 2000 + rest
    if parts and parts[0] in {"nineteen", "twenty"} and len(parts) > 1:
        rest = _below_hundred(parts[1:])
        return None if rest is None else 100 * CARDINALS[parts[0]] + rest
    return None


def _below_hundred(parts: list[str]) -> int | None:
    if not parts:
        return 0
    numbers = [CARDINALS.get(part) for part in parts]
    first, second = numbers[0], numbers[1] if len(numbers) > 1 else 0
    if first is None or second is None or len(parts) > 2:
        return None
    if second and (first < 20 or second > 9):
        return None
    return first + second
