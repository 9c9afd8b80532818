"""Names of months and weekdays and written-out numbers in the languages documents come in; data, and how to fold it.

Names are kept folded: lower case, accents taken off, so that `Mär`, `MÄR` and an OCR engine's `mar` are one.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

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
    "no": "januar februar mars april mai juni juli august september oktober november desember",
    "fi": "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesakuu heinakuu elokuu syyskuu lokakuu marraskuu joulukuu",
    "fi-of": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesakuuta heinakuuta elokuuta syyskuuta "
    "lokakuuta marraskuuta joulukuuta",
    "cs": "leden unor brezen duben kveten cerven cervenec srpen zari rijen listopad prosinec",
    "cs-of": "ledna unora brezna dubna kvetna cervna cervence srpna zari rijna listopadu prosince",
    "hu": "januar februar marcius aprilis majus junius julius augusztus szeptember oktober november december",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "tr": "ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik",
    "pl-is": "styczen luty marzec kwiecien maj czerwiec lipiec sierpien wrzesien pazdziernik listopad grudzien",
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
    "da": "jan feb mar apr maj jun jul aug sep okt nov dec",
    "no": "jan feb mar apr mai jun jul aug sep okt nov des",
    "fi": "tammi helmi maalis huhti touko kesa heina elo syys loka marras joulu",
    "hu": "jan febr marc apr maj jun jul aug szept okt nov dec",
    "ro": "ian feb mar apr mai iun iul aug sep oct nov dec",
    "tr": "oca sub mar nis may haz tem agu eyl eki kas ara",
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
    "pt": "segunda-feira terca-feira quarta-feira quinta-feira sexta-feira sabado domingo",
    "sv": "mandag tisdag onsdag torsdag fredag lordag sondag",
    "fi": "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai",
    "cs": "pondeli utery streda ctvrtek patek sobota nedele",
    "hu": "hetfo kedd szerda csutortok pentek szombat vasarnap",
    "ro": "luni marti miercuri joi vineri sambata duminica",
    "tr": "pazartesi sali carsamba persembe cuma cumartesi pazar",
    "ja": "月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日",
}
#: 0: not taken, for it is a word of another language (`di`, `do`: "of", "until").
_SHORT_WEEKDAYS = {
    "de": "mo 0 mi 0 fr sa so",
    "fr": "lun mar mer jeu ven sam dim",
    "es": "lun mar mie jue vie sab dom",
    "it": "lun mar mer gio ven sab dom",
    "pt": "seg ter qua qui sex sab dom",
    "nl": "0 0 wo 0 vr za zo",
    "sv": "0 tis ons tor fre lor son",
    "da": "0 tir ons tor fre lor son",
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
    name: number
    for names in (*_WEEKDAYS.values(), *_SHORT_WEEKDAYS.values())
    for number, name in enumerate(names.split())
    if name != "0"
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
    """Lower case without accents, digits of any script as 0..9; of the same length, so that places stay places."""
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_one, text.translate(_SINGLE)))


_FULL_WIDTH = {0xFF01 + number: 0x21 + number for number in range(94)} | {ord("٫"): ".", ord("٬"): ","}


def plain_digits(text: str) -> str:
    """Digits of any script as 0..9 and full-width signs as the plain ones; of the same length."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text.translate(_FULL_WIDTH))


@lru_cache(maxsize=4096)
def _fold_one(letter: str) -> str:
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    if "가" <= letter <= "힣":
        # A Korean syllable would come apart into its sounds.
        return letter
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
