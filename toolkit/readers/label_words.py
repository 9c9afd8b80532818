"""The words of a label at the beginning of a row or cell, and what belongs to it; knows no field and no page."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate

from toolkit.recognise import fold


def unnumbered(words: tuple[str, ...], labels: frozenset[str]) -> tuple[str, ...]:
    """*words* without the number that forms give their lines: "2. has been signed by"."""
    return words[len(words) > 1 and _NUMBERED.fullmatch(words[0]) is not None and not label_words(words, labels) :]


def goes_on(rest: str, label: str) -> bool:
    """Whether *rest* makes the *label* before it a longer one, by a colon of its own or by how it is joined."""
    return bool(_LONGER.match(rest) or (not label.endswith((":", "：")) and _JOINED.match(rest)))


def past_brackets(words: tuple[str, ...]) -> tuple[str, ...]:
    """*words* without what explains the label: "Family Name (Last Name) Example"."""
    if not words or not words[0].startswith("("):
        return words
    ends = (at for at, word in enumerate(words[:LONGEST_LABEL], 1) if word.rstrip(":").endswith(")"))
    return words[next(ends, 0) :]


#: A label that runs into its value, "Name:Ada" or "氏名：山田": engines lose the space. Not `10:30`, not `https://`.
_GLUED = re.compile(r"(?<=[^\d\s])([:：])(?=[^\s/])")
_LONGER = re.compile(r"[^\W\d_][\w'/-]*(?: [\w'/-]+){0,3} ?[:：]")
#: What joins a label to the rest of it: "Name of bank Aleph". Surnames begin with some of them: "de la Cruz".
_JOINED = re.compile(r"(?:of|des|der) |[dl]['’](?=[a-zà-ÿ])|(?:del?|du|d[aio]|della|van) (?:(?:la|het|de) )?[a-zà-ÿ]")
_NUMBERED = re.compile(r"\(?(?:[0-9]{1,2}(?:\.[0-9]{1,2}){0,2}[a-z]?[.)]?|(?:[a-zA-Z]|[ivxIVX]{2,4})[.)])")
LONGEST_LABEL = 8
#: What forms print beside names, and how people are addressed: with one of the former in it, or one of the latter at
#: its end, a row has run into its neighbour and is nobody's name.
_OF_NAMES = frozenset(
    fold(
        "geburtsname vorname vornamen nachname familienname rufname surname forename forenames firstname lastname "
        "prénom prénoms apellido apellidos cognome sobrenome achternaam voornaam voornamen geslachtsnaam nazwisko imię "
        "imiona soyadı efternamn fornamn"
    ).split()
)
_ADDRESS = frozenset(
    fold(
        "madame monsieur mademoiselle messieurs mesdames herrn frau mr mrs ms miss señor señora signor signora mevrouw"
    ).split()
)


@lru_cache(maxsize=65536)
def parted(written: str) -> tuple[str, ...]:
    """Return the words of *written*, a label parted from a value that it runs into."""
    return tuple(_GLUED.sub(r"\1 ", written).split())


def holds_label(name: str) -> bool:
    """Whether a label of names stands in *name*, or a form of address at its end: two rows that ran together."""
    words = fold(name).split()
    return not _OF_NAMES.isdisjoint(words) or (len(words) > 1 and words[-1] in _ADDRESS)


def label_words(words: tuple[str, ...], labels: frozenset[str]) -> int:
    """How many *words* at the beginning are one of the *labels*; the longest counts. Lost spaces do not matter."""
    known = without_spaces(labels)
    best = 0
    for count, start in enumerate(_starts(words[:LONGEST_LABEL]), 1):
        if start in known:
            best = count
    return best


@lru_cache(maxsize=65536)
def _starts(words: tuple[str, ...]) -> tuple[str, ...]:
    """The first word, the first two, the first three ... of *words*, folded and without spaces."""
    return tuple(accumulate(fold(word).replace(" ", "") for word in words))


@lru_cache(maxsize=256)
def without_spaces(labels: frozenset[str]) -> frozenset[str]:
    """Return the folded *labels* without their spaces."""
    return frozenset(label.replace(" ", "") for label in labels if label)
