"""Accents that recognition invents: a capital A or O under a speck, on the papers of countries that print none."""

from __future__ import annotations

import re

from toolkit.readers.money.country_evidence import unaccented

#: É is left alone: English prints it itself (CAFÉ, ROSÉ).
_PLAIN = str.maketrans("ÀÁÂÃÒÓÔÕ", "AAAAOOOO")
_ACCENTED = re.compile("[ÀÁÂÃÒÓÔÕ]")
_WORD = re.compile(r"\S+")


def plain_capitals(text: str, country: str | None) -> str:
    """Return *text* with the lone accented A or O of a word read plain, where *country* (ICAO 9303) prints no accents.

    `SETIA ÁLAM` is SETIA ALAM in Malaysia. A letter that is all its word (`À LA CARTE`) and a word with other letters
    that are not plain are left as they are read.
    """
    if country not in unaccented() or not _ACCENTED.search(text):
        return text
    return _WORD.sub(lambda match: _read_plain(match[0]), text)


def _read_plain(word: str) -> str:
    letters = [each for each in word if each.isalpha()]
    strange = [each for each in letters if not each.isascii()]
    return word.translate(_PLAIN) if len(strange) == 1 < len(letters) else word
