"""Two writings of a name: whether they can be one person's, and by what way of writing they differ.

Goes on where `fields.person_name` ends: that knows what a zone makes of a printed name (ICAO 9303-3, section 6). Here
are the other ways in which offices change names: other transliterations of one script, names written together or
apart, initials, parts left out, names before and after a marriage, and letters misread. Every match gives its reason
in words that repeat no name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeAlias

import msgspec

from toolkit import definitions
from toolkit.fields.person_name import forms, parts, same_person
from toolkit.identity_chinese import wade_giles


class Verdict(StrEnum):
    """Whether two readings are of one person: UNSURE where something speaks for it and something is open."""

    SAME = "same"
    UNSURE = "unsure"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class NameMatch:
    """What two names say about each other.

    `corroborable`: an UNSURE that a date of birth or the number of a document settles. `shared`: a DIFFERENT whose
    names still have a part in common, as those of siblings and of a bride have.
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    corroborable: bool = False
    shared: bool = False


_TITLES = frozenset(
    """MR MRS MS MISS DR PROF HERR FRAU MME MLLE MONSIEUR MADAME DIPL ING MED PHIL MBA PHD MD ESQ SIR DAME LADY REV DON
    DONA DNA SR SRA SENOR SENORA SENHOR PAN PANI MGR BC JUDR MUDR RNDR LIC ENG CPA MAG DOTT AVV""".split()  # noqa: SIM905
)
_SUFFIXES = {
    **dict.fromkeys(("JR", "JUNIOR", "JNR", "II", "2ND"), "2"),
    **dict.fromkeys(("SR", "SENIOR", "SNR"), "1"),
    **dict.fromkeys(("III", "3RD"), "3"),
    **dict.fromkeys(("IV", "4TH"), "4"),
}
_PARTICLES = frozenset(
    """VON VAN DE DER DEN DEL DELLA DELL DI DA DOS DAS DO DU LA LAS LOS LE EL AL UL BIN BINTI BINT BT IBN BEN TEN TER
    ZU ZUM AF AV AP AB Y E I""".split()  # noqa: SIM905
)
#: Words that part the name now borne from an earlier or a married one.
_OTHER_NAME = re.compile(
    r"[(,]?\s*\b(?:née?|geb(?:\.|orene?r?|oren)?|born|formerly|previously|maiden name|épouse|ép\.|epouse|veuve|"
    r"z\s+domu|roz(?:\.|ená)|nata|de soltera|nascida|o\.?s\.|dite?|a\.?k\.?a\.?|alias|gesch\.|verh\.|sp\.|f\.d\.)"
    r"(?=[\s:])\s*:?",
    re.IGNORECASE,
)
_PATRONYMIC = re.compile(
    "(?:[OE]VICH|[OE]VYCH|[OE]VITCH|[OE]VIC|[OE]VNA|IVNA|IYIVNA|YIVNA|INICHNA|KYZY|ULY|UULU|OGLU|QIZI|OGLI)$"
)

#: The longest name in a zone's place for names is 30 letters (9303-5); a name that breaks off is about as long.
_FILLS_A_ZONE = 27
_MOST_PARTS = 12

_DOUBLED = re.compile(r"(.)\1+")
#: What transliterations of one alphabet write in several ways, one sign for each, in the order of replacing.
_REWRITES = (
    ("SCHTSCH|SHTSH|SHCH|CHTCH|STCH|SZCZ|STSCH", "6"),
    ("TSCH|TCH|CZ|CH(?!R)", "4"),
    ("SCH|SZ|SH", "6"),
    ("CHR", "KR"),
    ("ZH", "J"),
    ("KH", "H"),
    ("PH", "F"),
    ("TH", "T"),
    ("GH", "G"),
    ("DH", "D"),
    ("TZ|TS|TC", "C"),
    ("KS", "X"),
    ("CK", "K"),
    ("W", "V"),
    ("Q", "K"),
    ("J{2,}", "J"),
    ("(?<=[AEIOU])Y|Y(?=[AEIOU])|Y$|J(?=[AEOU])|J$", "I"),
    ("I+E", "E"),
    ("^EH", "E"),
    ("AE(?!L)", "A"),
    ("OE", "O"),
    ("UE", "U"),
    ("EE", "I"),
    ("F+$", "V"),
    ("^ABD[AEOU](?:L|(?=[RSNZTDCJ]))", "ABDUL"),
    ("I{2,}", "I"),
)
#: Manners of writing that exclude each other: long vowels of Arabic, of Japanese, Cyrillic the French way, by GOST.
_MANNERS = (
    (("OO|OU", "U"),),
    (("OO|OU|OH(?![AEIOU])", "O"), ("UU", "U")),
    (("OU", "U"), ("TCH", "CZ"), ("CHT?CH|CH", "SH"), ("GU(?=[EI])", "G"), ("X", "H")),
    (("[YIJ]O(?!U)", "E"), ("SCH?", "SH"), ("X", "H")),
)
_HACEK = str.maketrans({"Š": "SH", "Č": "CH", "Ž": "ZH", "Ř": "R"})


_Alike: TypeAlias = Callable[[str, str], bool]


class _Variants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    variants: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Name:
    """The parts of a name, those borne before or beside it, and which of several of the name (junior)."""

    parts: tuple[str, ...]
    others: tuple[str, ...]
    suffix: str

    def __repr__(self) -> str:
        return f"<_Name of {len(self.parts)} parts>"


@lru_cache(maxsize=8192)
def match_names(one: str, other: str) -> NameMatch:
    """Tell whether the names *one* and *other*, parts in any order, can be of one person, by the names alone."""
    first, second = _parsed(one), _parsed(other)
    if not first.parts or not second.parts:
        return NameMatch(Verdict.UNSURE, ("one of the names is empty",))
    if _readable(first.parts) != _readable(second.parts):
        return NameMatch(Verdict.UNSURE, ("one name is in a script that we cannot compare with the other's",))
    if first.suffix and second.suffix and first.suffix != second.suffix:
        return NameMatch(Verdict.DIFFERENT, ("one is the elder and one the younger of that name",), shared=True)
    best = _compared(first.parts, second.parts)
    if best.verdict is not Verdict.SAME and (first.others or second.others):
        every = (*first.parts, *first.others), (*second.parts, *second.others)
        by_other = _compared(tuple(dict.fromkeys(every[0])), tuple(dict.fromkeys(every[1])))
        if by_other.verdict is not Verdict.DIFFERENT:
            best = NameMatch(by_other.verdict, ("one gives a name from before or by marriage", *by_other.reasons), True)
    if best.verdict is Verdict.SAME and first.suffix != second.suffix:
        return NameMatch(Verdict.UNSURE, (*best.reasons, "only one says which of several of that name it is"), True)
    return best


def may_be_one(one: str, other: str, *, full: bool = True) -> bool:
    """Whether two names can be one person's: as zones write them (`same_person`), or transliterated otherwise.

    What only a date of birth could settle beyond that (a slip, a shortened part) is not taken for one person here.
    """
    return bool(same_person(one, other, full=full)) or match_names(one, other).verdict is Verdict.SAME


def _parsed(name: str) -> _Name:
    now, *before = _OTHER_NAME.split(unicodedata.normalize("NFC", name))
    listed = _bare(now)
    suffix = next((_SUFFIXES[part] for part in listed[1:] if part in _SUFFIXES), "")
    kept = [part for place, part in enumerate(listed) if not (place and part in _SUFFIXES) and part not in _TITLES]
    others = [part for text in before for part in _bare(text) if part not in _TITLES]
    return _Name(tuple(kept or listed)[:_MOST_PARTS], tuple(others)[:_MOST_PARTS], suffix)


def _bare(name: str) -> list[str]:
    """The parts of a name in capitals; a number at its end ("3rd") stays."""
    ordinal = re.findall(r"\b(?:2nd|3rd|4th)\b", name, re.IGNORECASE)
    return [
        part.replace("ß", "ẞ").upper()
        for part in (*parts(re.sub(r"\b\d\w+\b", " ", name) if ordinal else name), *ordinal)
    ]


def _readable(name: Sequence[str]) -> bool:
    """Whether some part has letters that the tables of transliteration know (Latin, Cyrillic, Greek)."""
    return any(form for part in name for form in forms(part))


def _compared(one: Sequence[str], other: Sequence[str]) -> NameMatch:
    """Pair the parts off, the surest likeness first, and judge by what is left."""
    left, right = list(one), list(other)
    reasons: list[str] = []
    plain = 0
    for alike, reason in ((_exact, ""), (_written_otherwise, "written in another way")):
        plain += _paired(left, right, alike, reason, reasons)
    wades = _paired(left, right, _wade, "Chinese in two romanisations", reasons)
    plain += wades + _joined(left, right, reasons)
    _dropped(left, right, max(len(one), len(other)), reasons)
    weak: list[str] = []
    if wades and all(wade_giles(part) for part in (*one, *other)):
        # Nothing shows that one of them is Wade-Giles: Ping and Bing may as well be two people, both in Pinyin.
        weak.append("what may be two romanisations of Chinese")
    _paired(left, right, _initial, "an initial", weak)
    cut = len(" ".join(one)) >= _FILLS_A_ZONE or len(" ".join(other)) >= _FILLS_A_ZONE
    shortened = "cut off as zones cut long names" if cut else "a part that is shortened"
    halved = _paired(left, right, _begins, shortened, weak)
    slips = _paired(left, right, _one_letter, "one letter", weak)
    return _weighed(left, right, reasons, weak, plain, firm=not slips and (cut or not halved))


def _weighed(
    left: Sequence[str], right: Sequence[str], reasons: list[str], weak: list[str], plain: int, *, firm: bool
) -> NameMatch:
    """Judge by the parts nobody paired off; *firm*: what is weak is a habit of offices and no misreading."""
    if left and right:
        return NameMatch(
            Verdict.DIFFERENT, ("a part of each name has no counterpart in the other",), shared=bool(plain)
        )
    if not plain:
        return NameMatch(Verdict.DIFFERENT, ("the names share no part",))
    if weak or left or right:
        rest = [*left, *right]
        if rest:
            weak.append("a patronymic left out" if all(_PATRONYMIC.search(part) for part in rest) else "parts left out")
        because = f"the names agree but for {', '.join(dict.fromkeys(weak))}"
        return NameMatch(Verdict.UNSURE, (because, *reasons), corroborable=firm and plain >= 2)
    return NameMatch(Verdict.SAME, ("all parts of the names are the same", *reasons))


def _paired(left: list[str], right: list[str], alike: _Alike, reason: str, reasons: list[str]) -> int:
    """Take pairs of parts that are *alike* out of both lists; how many."""
    count = 0
    for part in list(left):
        found = next((each for each in right if alike(part, each)), None)
        if found is not None:
            left.remove(part)
            right.remove(found)
            count += 1
    if count and reason:
        reasons.append(reason)
    return count


def _joined(left: list[str], right: list[str], reasons: list[str]) -> int:
    """Take out parts that one side writes together and the other apart."""
    count = 0
    for short, long in ((left, right), (right, left)):
        for part in list(short):
            run = _run(part, long)
            if run:
                short.remove(part)
                for each in run:
                    long.remove(each)
                count += 1 if len(run) == 1 else len([each for each in run if each not in _PARTICLES])
                reasons.append("parts written together")
    return count


def _run(part: str, among: Sequence[str]) -> tuple[str, ...]:
    for length in (2, 3, 4):
        for start in range(len(among) - length + 1):
            run = tuple(among[start : start + length])
            together = "".join(run)
            if _written_otherwise(part, together) or _exact(part, together) or _wade(part, together):
                return run
    return ()


def _dropped(left: list[str], right: list[str], most: int, reasons: list[str]) -> None:
    """Leave particles out that only one side writes; a letter is one only between other parts ("García y López").

    In a name of two parts every part counts: Bin and Du are Chinese names too.
    """
    if most < 3:
        return
    for side in (left, right):
        for part in [each for each in side if each in _PARTICLES and (len(each) > 1 or len(side) == 1)]:
            side.remove(part)
            reasons.append("a particle left out")


def _exact(one: str, other: str) -> bool:
    return not _forms(one).isdisjoint(_forms(other))


def _written_otherwise(one: str, other: str) -> bool:
    """Whether two parts are one name in two transliterations, by sounds or by the list of spellings."""
    if min(len(one), len(other)) < 2:
        return False
    if not _sounds(one).isdisjoint(_sounds(other)):
        return True
    variants = _variants()
    groups = [{variants[form] for form in _forms(part) if form in variants} for part in (one, other)]
    return not groups[0].isdisjoint(groups[1])


def _wade(one: str, other: str) -> bool:
    """Whether one part is Pinyin and the other the same in Wade-Giles."""
    return any(not wade_giles(each).isdisjoint(_forms(to)) for each, to in ((one, other), (other, one)))


def _initial(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) == 1 and any(form.startswith(start) for form in _forms(long) for start in _forms(short))


def _begins(one: str, other: str) -> bool:
    return any(
        len(short) >= 4 and long.startswith(short) and long != short
        for first in _forms(one)
        for second in _forms(other)
        for short, long in (sorted((first, second), key=len),)
    )


def _one_letter(one: str, other: str) -> bool:
    return any(
        slip(first, second) for first in _forms(one) for second in _forms(other) if min(len(first), len(second)) >= 4
    )


def slip(one: str, other: str) -> bool:
    """Whether two texts differ by one character (another, more, less) or by two neighbours that changed place."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1 or one == other:
        return False
    at = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) == len(long):
        swapped = short[:at] + short[at : at + 2][::-1] + short[at + 2 :]
        return short[at + 1 :] == long[at + 1 :] or swapped == long
    return short[at:] == long[at + 1 :]


@lru_cache(maxsize=8192)
def _forms(part: str) -> frozenset[str]:
    return frozenset(form for form in forms(part) if form) or frozenset({part})


@lru_cache(maxsize=8192)
def _sounds(part: str) -> frozenset[str]:
    """How a name sounds, roughly: what transliterations of one script write in several ways is one sign."""
    written = {*_forms(part), *_forms(part.translate(_HACEK))}
    return frozenset(_sound(form, manner) for form in written for manner in _MANNERS)


def _sound(form: str, manner: Sequence[tuple[str, str]]) -> str:
    for written, plain in (*manner, *_REWRITES):
        form = re.sub(written, plain, form)
    return _DOUBLED.sub(r"\1", form)


@cache
def _variants() -> Mapping[str, int]:
    listed = definitions.load(Path(__file__).parent / "identity_names.toml", _Variants)
    numbered = ((number, name) for number, names in enumerate(listed.variants) for name in names)
    return {form: number for number, name in numbered for form in _forms(name.upper())}
