"""The machine-readable zone of a passport, by ICAO Doc 9303 parts 3 and 4 (TD3): text only.

Written apart from the toolkit's own reader on purpose: the two agree because both follow the standard.
"""

from __future__ import annotations

import unicodedata
from datetime import date

from tests.specimens.cast import Person

#: Doc 9303-3, section 6.A: letters that are transliterated by more than dropping the accent.
_LETTERS = {
    "Ä": "AE", "Å": "AA", "Æ": "AE", "Ð": "D", "Ø": "OE", "Ö": "OE", "Ü": "UE", "ß": "SS", "ẞ": "SS",
    "Þ": "TH", "Œ": "OE", "Ł": "L", "Đ": "D", "İ": "I", "ı": "I", "Ñ": "N",
    "Ħ": "H", "Ĳ": "IJ", "ĸ": "Q", "Ŀ": "L", "Ŋ": "N", "Ŧ": "T",
}  # fmt: skip


def transliterated(name: str) -> str:
    """A name in the letters the zone may hold; a hyphen or space becomes the filler, an apostrophe nothing."""
    letters = []
    for letter in name.upper():
        plain = _LETTERS.get(letter) or unicodedata.normalize("NFD", letter)[0]
        letters.append("<" if plain in " -" else "" if plain in "'ʼ." else plain)
    return "".join(letters)


def check_digit(text: str) -> str:
    """Weights 7, 3, 1 over digits as themselves, letters as 10 to 35, filler as nought; modulo ten."""
    values = (0 if c == "<" else int(c, 36) for c in text)
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


def _day(day: date) -> str:
    return f"{day:%y%m%d}"


def td3(person: Person, state: str = "UTO") -> tuple[str, str]:
    """Both lines of the passport's zone, 44 characters each."""
    name = f"P<{state}{transliterated(person.surname)}<<{transliterated(person.given_names)}"
    number = person.passport.number.ljust(9, "<")
    birth, expiry = _day(person.birth_date), _day(person.passport.expires)
    personal = person.passport.personal.ljust(14, "<")
    # Doc 9303-4, 4.2.2.2: with no personal number the check digit may be the filler.
    personal_check = check_digit(personal) if person.passport.personal else "<"
    number += check_digit(number)
    birth += check_digit(birth)
    expiry += check_digit(expiry)
    personal += personal_check
    composite = check_digit(number + birth + expiry + personal)
    return name.ljust(44, "<")[:44], f"{number}{state}{birth}{person.sex}{expiry}{personal}{composite}"
