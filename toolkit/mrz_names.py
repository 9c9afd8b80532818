"""Names in machine-readable zones: where they part, and how they are cut when their place is too small. Pure.

ICAO Doc 9303-3, 4.6: the primary identifier (mostly the surname), a double filler, the secondary identifier (given
names); single fillers between their components. Hyphens become fillers, apostrophes vanish. Where there is no double
filler the whole is the primary identifier. Doc 9303-4, -5, -6 and -7, 4.2.3: names too long are cut, by what way the
issuer pleases, so that a letter stands in the last place; a letter in the last place means that names may be cut.

The Russian internal passport writes Cyrillic one to one, in Latin letters and digits ("modernised Clair", order 773 of
the Ministry of the Interior of 16 November 2020, annex 24), so that its names can be read back without loss.
"""

from __future__ import annotations

FILLER = "<"
_APART = FILLER * 2
_CLAIR = str.maketrans("ABVGDE2JZIQKLMNOPRSTUFHC34WXY9678", "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ")


def words(encoded: str) -> str:
    """Return *encoded* with spaces for its fillers, none of them doubled or at an end."""
    return " ".join(encoded.replace(FILLER, " ").split())


def cyrillic(clair: str) -> str:
    """Return what a name in a Russian internal passport says, in Cyrillic capitals."""
    return clair.translate(_CLAIR)


def split(encoded: str) -> tuple[str, str]:
    """Return surname and given names, each in words."""
    surname, _, given_names = encoded.strip(FILLER).partition(_APART)
    return words(surname), words(given_names)


def may_be_cut(encoded: str) -> bool:
    """Whether the names reach the last place: then they must be taken to have been cut short (Doc 9303-4, 4.2.3)."""
    return bool(encoded) and not encoded.endswith(FILLER)


def fitted(surname: str, given_names: str, width: int) -> str:
    """Return both names in words as *width* characters of a zone.

    Too long, they are cut as Doc 9303-4, 4.2.3 asks: the surname only as far as the first letter of the given names
    needs it, longest component first; then the given names at the last place, which holds a letter wherever one can be
    brought there.
    """
    primary = surname.split()
    while len(FILLER.join(primary)) > width - (len(_APART) + 1 if given_names else 0):
        _shorten(primary)
    whole = FILLER.join(given_names.split())
    first = FILLER.join(primary) + (_APART if given_names else "")
    second = clipped(given_names, width - len(first))
    while len(whole) > len(second) and second.endswith(FILLER) and max(map(len, primary), default=1) > 1:
        # Of given names that are initials none can be brought to the last place: a letter less of the surname does it.
        _shorten(primary)
        first = FILLER.join(primary) + _APART
        second = clipped(given_names, width - len(first))
    return first + second


def clipped(name: str, width: int) -> str:
    """Return one name in words as *width* characters of a zone, cut at the last place, which then holds a letter."""
    parts = name.split()
    whole = FILLER.join(parts)
    while len(whole) > width and whole[width - 1] == FILLER:
        # The cut falls between two parts: a letter less before it brings the next initial to the last place.
        before = len(whole[: width - 1].split(FILLER))
        if max(map(len, parts[:before])) == 1:
            break
        _shorten(parts, before)
        whole = FILLER.join(parts)
    return whole[:width].ljust(width, FILLER)


def _shorten(parts: list[str], before: int | None = None) -> None:
    """Take a letter from the last of the longest *parts* (of those *before*); where all are initials, the last part."""
    longest = max(range(len(parts[:before])), key=lambda at: (len(parts[at]), at))
    if len(parts[longest]) > 1:
        parts[longest] = parts[longest][:-1]
    else:
        parts.pop()
