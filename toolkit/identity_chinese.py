"""Chinese names in the two romanisations papers bear: Pinyin (mainland) and Wade-Giles (Taiwan, older papers).

Wade-Giles as passports print it: without apostrophes and diaeresis, so that several Pinyin syllables become one.
Knows syllables; decides nothing about people.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SYLLABLE = re.compile(
    "(ZH|CH|SH|[BPMFDTNLGKHJQXRZCSYW])?"
    "(IANG|IONG|UANG|UENG|IAN|IAO|ING|ANG|ENG|ONG|UAI|UAN|UAI|AI|AN|AO|EI|EN|ER|IA|IE|IN|IU|OU|UA|UE|UI|UN|UO|A|E|I|O|U)"
)
_INITIALS = {
    "B": "P", "D": "T", "G": "K", "J": "CH", "Q": "CH", "X": "HS", "ZH": "CH", "R": "J", "Z": "TS", "C": "TS",
}  # fmt: skip
_WHOLE = {
    "ZHI": "CHIH", "CHI": "CHIH", "SHI": "SHIH", "RI": "JIH", "ZI": "TZU", "CI": "TZU", "SI": "SSU", "YI": "I",
    "YOU": "YU", "YAN": "YEN", "YE": "YEH", "YONG": "YUNG", "ER": "ERH", "GE": "KO", "KE": "KO", "HE": "HO", "E": "O",
    "DUO": "TO", "TUO": "TO", "LUO": "LO", "NUO": "NO", "ZUO": "TSO", "CUO": "TSO", "SUO": "SO", "RUO": "JO",
    "ZHUO": "CHO", "CHUO": "CHO", "GUI": "KUEI", "KUI": "KUEI",
}  # fmt: skip
_FINALS = {"ONG": "UNG", "IAN": "IEN", "IE": "IEH", "UE": "UEH"}
_LONGEST, _MOST = 24, 16


@lru_cache(maxsize=4096)
def wade_giles(pinyin: str) -> frozenset[str]:
    """Return how Wade-Giles may write *pinyin* (A to Z, one or more syllables); empty where it is no Pinyin."""
    if not pinyin or len(pinyin) > _LONGEST:
        return frozenset()
    reached: dict[int, frozenset[str]] = {0: frozenset({""})}
    for at in range(len(pinyin)):
        for length in range(1, 7):
            if at in reached and (written := _syllable(pinyin[at : at + length])) and at + length <= len(pinyin):
                longer = frozenset(begun + written for begun in reached[at])
                end = at + length
                reached[end] = frozenset(sorted(reached.get(end, frozenset()) | longer)[:_MOST])
    return reached.get(len(pinyin), frozenset())


def _syllable(written: str) -> str:
    if written in _WHOLE:
        return _WHOLE[written]
    match = _SYLLABLE.fullmatch(written)
    if match is None:
        return ""
    initial, final = match[1] or "", match[2]
    return _INITIALS.get(initial, initial) + _FINALS.get(final, final)
