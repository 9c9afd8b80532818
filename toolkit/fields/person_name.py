"""Names of persons as zones encode them (ICAO Doc 9303-3, section 6) and whether two writings can be one person.

Zones hold the letters A to Z: what a name loses on its way there differs between issuers (Ü becomes UE, UXX or U), so a
printed name has several encodings and two names are compared by all of them. Comparing is not identifying: a match
says that nothing in the names speaks against one person, and says why.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

#: Doc 9303-3, section 6, part A (Latin): letters with more than the loss of an accent; the recommended encoding first.
_LATIN: Mapping[str, tuple[str, ...]] = {
    "Ä": ("AE", "A"),
    "Å": ("AA", "A"),
    "Æ": ("AE",),
    "Ø": ("OE", "O"),
    "Ö": ("OE", "O"),
    "Ő": ("O", "OE"),
    "Œ": ("OE",),
    "Ü": ("UE", "UXX", "U"),
    "Ű": ("U", "UXX", "UE"),
    "Ñ": ("N", "NXX"),
    "ß": ("SS",),
    "ẞ": ("SS",),
    "Þ": ("TH",),
    "Ð": ("D", "DH"),
    "Đ": ("D", "DJ"),
    "Ħ": ("H",),
    "Ł": ("L",),
    "Ŀ": ("L",),
    "Ŋ": ("N",),
    "Ŧ": ("T",),
    "Ĳ": ("IJ",),
    "İ": ("I",),
    "ı": ("I",),
    "ĸ": ("Q",),
    "Ə": ("E", "A"),
    "Ǆ": ("DZ",),
    "Ǉ": ("LJ",),
    "Ǌ": ("NJ",),
}


def _written(table: str) -> dict[str, tuple[str, ...]]:
    return {letter: tuple(ways.split("/")) for letter, _, ways in (each.partition("=") for each in table.split())}


#: Part B (Cyrillic); further forms: Ukrainian, Bulgarian, Serbian, Macedonian, Belarusian, Kazakh papers.
_CYRILLIC = _written("""
А=A Б=B В=V Г=G/H Д=D Е=E/IE/YE Ё=E/IO/YO Ж=ZH/Z З=Z И=I/Y І=I Ї=I/YI Й=I/Y К=K Л=L М=M Н=N О=O П=P Р=R С=S Т=T
У=U Ф=F Х=KH/H Ц=TS/C/TC Ч=CH/C Ш=SH/S Щ=SHCH/SHT Ъ=IE/A/ Ы=Y Ь=/Y Э=E Ю=IU/YU Я=IA/YA Є=IE/YE Ґ=G Ђ=D/DJ Ј=J
Љ=LJ Њ=NJ Ћ=C Џ=DZ/DJ Ў=U/W Ѓ=GJ/G Ќ=KJ/K Ѕ=DZ Ѐ=E Ѝ=I Ғ=G/GJ Қ=K/Q Ң=N Ө=O Ұ=U Ү=U Һ=C/H/KH
""")
#: Greek by ELOT 743, as Greek and Cypriot passports print beside the Greek.
_GREEK = _written("""
Α=A Β=V Γ=G Δ=D Ε=E Ζ=Z Η=I Θ=TH Ι=I Κ=K Λ=L Μ=M Ν=N Ξ=X Ο=O Π=P Ρ=R Σ=S Τ=T Υ=Y/U/V/F Φ=F Χ=CH Ψ=PS Ω=O
""")
_LETTERS: Mapping[str, tuple[str, ...]] = {**_LATIN, **_CYRILLIC, **_GREEK}
#: Letters that have other forms together: Greek by ELOT 743, and the Bulgarian -ия of names.
_TOGETHER = _written("ΜΠ=B/MP ΝΤ=D/NT ΓΚ=GK/G/NG ΓΓ=NG ΓΞ=NX ΓΧ=NCH ИЯ=IA")

_APOSTROPHES = re.compile("['’ʼ‘`´ʹ]")
_PARTS = re.compile(r"[^\W\d_]+")
#: Words before or after a name that are no part of it.
_TITLES = frozenset("MR MRS MS MISS DR PROF HERR FRAU MME M MLLE DIPL ING MBA PHD JR SR GEB NEE".split())  # noqa: SIM905
#: Parts that some papers leave out or write together with what follows.
_PARTICLES = frozenset("VON VAN DE DER DEN DEL DELLA DI DA DOS DAS DU LA LE EL AL BIN BINTI IBN TEN TER ZU".split())  # noqa: SIM905
_MOST_FORMS = 24


class Likeness(StrEnum):
    """How two names stand to each other."""

    SAME = "same"
    COMPATIBLE = "compatible"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Match:
    """Whether two names can be one person's, and why, in words that repeat neither name."""

    likeness: Likeness
    reason: str

    def __bool__(self) -> bool:
        return self.likeness is not Likeness.DIFFERENT


def encode(name: str) -> str:
    """Return *name* as a zone writes it, with the recommended transliteration and spaces for fillers."""
    return " ".join(next(iter(forms(part))) for part in parts(name))


def parts(name: str) -> tuple[str, ...]:
    """Return the parts of *name* in order: apostrophes close up, hyphens, commas and fillers part (Doc 9303-3, 4.6)."""
    return tuple(_PARTS.findall(_APOSTROPHES.sub("", unicodedata.normalize("NFC", name))))


def forms(part: str) -> tuple[str, ...]:
    """Return the ways a zone may write one *part* of a name, the recommended one first."""
    if part.isascii():
        return (part.upper(),)  # as most names are; `parts` lets letters through alone
    return _forms(part)


@lru_cache(maxsize=256)
def _forms(part: str) -> tuple[str, ...]:
    """Return the forms of a part with letters beyond A to Z; a case names the same few people over and over."""
    choices = [_letter(c) for c in part.replace("ß", "ẞ").upper()]
    return tuple(
        dict.fromkeys("".join(chosen) for chosen in itertools.islice(itertools.product(*choices), _MOST_FORMS))
    )


def writes(printed: str, encoded: str, *, cut: bool = False) -> bool:
    """Whether a zone may write the part *printed* (letters of any script) as *encoded* (A to Z, not empty).

    With *cut*, also where the zone breaks off before the end of the part, as it does with names too long for it.
    """
    letters = printed.replace("ß", "ẞ").upper()
    reached = {0: {0}}
    for at in range(len(letters)):
        for length in (1, 2):
            group = letters[at : at + length]
            ways = _letter(group) if length == 1 else _TOGETHER.get(group, ())
            if ways == ("",):
                return False  # a letter of no alphabet that the tables know
            for way, start in itertools.product(ways, reached.get(at, ())):
                if encoded.startswith(way, start):
                    reached.setdefault(at + length, set()).add(start + len(way))
                elif cut and start < len(encoded) and way.startswith(encoded[start:]):
                    return True
    ends = reached.values() if cut else (reached.get(len(letters), ()),)
    return bool(encoded) and any(len(encoded) in each for each in ends)


def _letter(character: str) -> tuple[str, ...]:
    if character in _LETTERS:
        return _LETTERS[character]
    base = unicodedata.normalize("NFKD", character)[:1]
    if base in _LETTERS:
        return _LETTERS[base]
    return (base,) if "A" <= base <= "Z" else ("",)


def same_person(a: str, b: str, *, full: bool = True) -> Match:
    """Tell whether the names *a* and *b*, parts in any order, can be of one person.

    With *full* they are whole names, and a single part in common is too little; without, they are surnames, or given
    names, of which papers often show the first alone.

    SAME: the same parts. COMPATIBLE: one leaves out given names or particles, shortens parts to initials, is cut short
    as zones cut long names, or writes parts together. DIFFERENT: some part has no counterpart, or too little is there.
    """
    one = _meaningful(a)
    two = one if a == b else _meaningful(b)
    if not one or not two:
        return Match(Likeness.DIFFERENT, "one of the names is empty")
    if a == b:
        return Match(Likeness.SAME, "all parts of the names are the same")
    shorter, longer = sorted((one, two), key=len)
    left = list(longer)
    unmatched = [part for part in shorter if not _taken(part, left)]
    if not unmatched and not left:
        return Match(Likeness.SAME, "all parts of the names are the same")
    if _joined(one) & _joined(two):
        return Match(Likeness.SAME, "the names are the same, parts written together")
    kinds = [_weak(part, left) for part in unmatched]
    shared = len(shorter) - len(unmatched)
    if "" in kinds or shared == 0:
        return Match(Likeness.DIFFERENT, "a part of one name has no counterpart in the other")
    if kinds:
        return Match(Likeness.COMPATIBLE, f"the names agree but for {' and '.join(sorted(set(kinds)))}")
    if all(set(part) & _PARTICLES for part in left):
        return Match(Likeness.COMPATIBLE, "one name leaves out a particle")
    if full and shared < 2:
        return Match(Likeness.DIFFERENT, "the names share one part only")
    return Match(Likeness.COMPATIBLE, "one name leaves out parts of the other")


def _meaningful(name: str) -> list[tuple[str, ...]]:
    found = [forms(part) for part in parts(name)]
    kept = [each for each in found if each[0] not in _TITLES]
    return kept or found


def _taken(part: tuple[str, ...], left: list[tuple[str, ...]]) -> bool:
    """Take the counterpart of *part* out of *left*; whether there was one."""
    for other in left:
        if set(part) & set(other):
            left.remove(other)
            return True
    return False


def _weak(part: tuple[str, ...], left: list[tuple[str, ...]]) -> str:
    """Take a counterpart that *part* may be short for (or the other way round) and name the shortening, else ""."""
    for other in left:
        for one, two in itertools.product(part, other):
            short, long = sorted((one, two), key=len)
            if short and long.startswith(short) and short != long and (len(short) == 1 or len(short) >= 4):
                left.remove(other)
                return "an initial" if len(short) == 1 else "a part that is cut short"
    return "a particle" if set(part) & _PARTICLES else ""


def _joined(name: list[tuple[str, ...]]) -> set[str]:
    """The name as one word, in each of the encodings; only for names whose parts stand in the same order."""
    return {"".join(chosen) for chosen in itertools.islice(itertools.product(*name), _MOST_FORMS)}
