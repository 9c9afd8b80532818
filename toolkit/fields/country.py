"""Countries and nationalities from what documents print to the codes of ICAO Doc 9303-3, section 5.

The codes are ISO 3166-1 alpha-3 but for Germany, which a zone writes `D`; `iso3` gives the ISO code where a rule needs
it. A name that could mean two countries is not decided here: the answer is an empty text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from toolkit.fields.country_table import ROWS

#: Codes of organisations and persons, not of states (Doc 9303-3, section 5, parts B to D).
NOT_STATES = frozenset(
    "EUE UNO UNA UNK XBA XIM XCC XCE XCO XEC XPO XES XMP XOM XDC XXA XXB XXC XXX IAO UTO".split()  # noqa: SIM905
)


def known(code: str) -> bool:
    """Return whether *code* is a code of ICAO Doc 9303-3 as it stands in a zone, fillers left off."""
    return code in _table()[0]


def name(code: str) -> str:
    """Return the English name of an ICAO or ISO 3166-1 alpha-3 code; the code itself where it is unknown."""
    return _table()[0].get(icao(code), code)


def icao(code: str) -> str:
    """Return the code as a zone writes it: `DEU` becomes `D`, all others stay."""
    return "D" if code == "DEU" else code


def iso3(code: str) -> str:
    """Return the ISO 3166-1 alpha-3 code of an ICAO code; the British nationalities are GBR, others stay."""
    if code == "D":
        return "DEU"
    return "GBR" if code in ("GBD", "GBN", "GBO", "GBP", "GBS") else code


def parse(text: str) -> str:
    """Return the ICAO code of what a document prints for a country or nationality; an empty text if none is meant.

    Takes alpha-2 and alpha-3 codes, names and nationalities without regard to case and accents, and several languages
    of one country in a row ("POLSKIE / POLISH", "DEUTSCH"). Two countries in one text, or none, give an empty text.
    """
    names = _table()[1]
    whole = names.get(_key(text))
    if whole:
        return whole
    parts = [part for part in text.replace("(", "/").replace(")", "/").replace(",", "/").split("/") if part.strip()]
    meant = {code for part in parts if (code := names.get(_key(part)))}
    return meant.pop() if len(meant) == 1 else ""


@cache
def _table() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """English name by code, and code by every name without case, accents and punctuation."""
    titles: dict[str, str] = {}
    names: dict[str, str] = {}
    for row in ROWS.strip().splitlines():
        code, alpha2, *titles_and_others = row.split("|")
        titles[code] = titles_and_others[0]
        for printed in (code, iso3(code) if code == "D" else code, alpha2, *titles_and_others):
            if printed:
                names[_key(printed)] = code
    return MappingProxyType(titles), MappingProxyType(names)


def _key(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss").casefold())
    return "".join(character for character in decomposed if character.isalnum())
