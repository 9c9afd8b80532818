"""Which kind of document a file is, and how sure that is: phrases from the `kind.toml` files, zones and attachments.

Knows the definitions of kinds; knows no reader and reads no field. A file that looks like nothing we know is
`unknown`: it is never forced into the nearest kind.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from toolkit import zone
from toolkit.kind import UNKNOWN, Kind, kinds
from toolkit.layout import lines
from toolkit.model import Method, Page
from toolkit.pages import Opened
from toolkit.zone import FoundZone


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file was taken for. `kind` is None and `name` is `unknown` where nothing known fits."""

    kind: Kind | None
    name: str
    confidence: float
    pages: tuple[int, ...]
    zone: FoundZone | None = None
    #: Zones of other documents in the same file; without a `zone`, they stand behind a document that has none.
    others: tuple[FoundZone, ...] = ()


def recognise(opened: Opened) -> Recognised:
    """Name the kind of *opened*: by an embedded invoice, by a machine-readable zone, else by its phrases."""
    known = kinds()
    numbers = tuple(page.number for page in opened.pages)
    for name, kind in known.items():
        if any(attached.casefold() in kind.attachments for attached, _ in opened.attachments):
            return Recognised(kind, name, 0.99, numbers)
    scores = _scores(opened.pages)
    best, confidence = _winner(scores, known)
    seems_travel = confidence < _ENOUGH or any(
        scores[name] >= 2 for name, kind in known.items() if kind.reader == "travel_document"
    )
    zones = zone.find_all(opened) if _may_hold_zone(opened, seems_travel) else ()
    found = zones[0] if zones else None
    if found is not None:
        by_zone = _of_zone(found.zone.document_code, known, scores)
        if by_zone and confidence >= _ENOUGH and _stands_apart(found, known[best], numbers):
            return Recognised(known[best], best, confidence, numbers, None, zones)
        if by_zone:
            return Recognised(known[by_zone], by_zone, max(found.confidence, 0.5), numbers, found, zones[1:])
    if confidence < _ENOUGH:
        return Recognised(None, UNKNOWN, 1 - confidence, numbers, found)
    return Recognised(known[best], best, confidence, numbers, found)


#: Below this confidence a document stays `unknown`.
_ENOUGH = 0.5

#: Kinds show themselves on their first pages; a long contract mentions every other kind of paper further on.
_PAGES_LOOKED_AT = 3

#: A title stands among the first lines of the first page.
_HEADING_LINES = 15

#: A phrase shorter than this must stand as words of its own ("total" is not in "subtotal").
_LONG_PHRASE = 8

#: Kana and Chinese characters: print in them has no spaces between words.
_UNSPACED = re.compile("[\u3005-\u9fff]")

#: What may be a sum of money: decimals, thousands parted, or a mark or sign of a currency at a number.
_AMOUNT = re.compile(
    r"\d ?[.,] ?\d{1,2}(?!\d)|\d[., '’]\d{3}(?!\d)|[$€£¥￥₩₹₺₽฿₫₪]"
    r"|\d ?[円元원]|\d ?(?:kr|ft|zł|zl|kč|kc|lei|huf|jpy|krw)\b",
    re.IGNORECASE,
)

#: An amount with its decimals or a mark of currency at the end of a row; the letter of a tax class may follow.
_ENDS_IN_AMOUNT = re.compile(
    r"(?:\d ?[.,] ?\d\d|[$€£¥￥₩] ?\d[\d.,]*|\d ?[円元원])(?: ?[-−])?(?: ?(?:[A-Z*]{1,2}|[A-Z]{3}|[€$£]|kr|zł))?\W*$"
)
_RATE = re.compile(r"\d ?%")
#: So many rows that end in an amount are no accident.
_SEVERAL = 3

# Letters that OCR takes for each other, folded on both sides of the comparison.
_CONFUSED = str.maketrans("01i|58", "olllsb")


def _may_hold_zone(opened: Opened, seems_travel: bool) -> bool:
    """Whether looking for a zone is worth its time: one was seen, or words show chevrons, or a picture may hold one."""
    if any(sheet.zones for sheet in opened.sheets):
        return True
    if any("<<" in word.text for page in opened.pages for word in page.words):
        return True
    return seems_travel and any(page.method is Method.OCR for page in opened.pages)


def _stands_apart(found: FoundZone, kind: Kind, numbers: Sequence[int]) -> bool:
    """Whether the zone is that of another document, scanned behind one of a *kind* that has none."""
    return kind.reader != "travel_document" and found.page > numbers[0]


def kind_of_zone(code: str) -> str:
    """Return the name of the kind whose document codes fit *code*, that of a zone, most closely; empty for none."""
    return _of_zone(code, kinds(), {})


def _of_zone(code: str, known: Mapping[str, Kind], scores: Mapping[str, float]) -> str:
    """Return the kind whose document codes fit *code* most closely (phrases break a tie), or an empty string."""
    fits = [
        (max(len(start) for start in kind.document_codes if code.startswith(start)), scores.get(name, 0.0), name)
        for name, kind in known.items()
        if any(code.startswith(start) for start in kind.document_codes)
    ]
    return max(fits)[2] if fits else ""


def _winner(scores: Mapping[str, float], known: Mapping[str, Kind]) -> tuple[str, float]:
    """Return the best kind and a confidence that grows with its score and with its lead over the next.

    A near kind that the same reader reads (a receipt beside an invoice) takes less from it than a far one.
    """
    ranked = sorted(((score, name) for name, score in scores.items()), reverse=True)
    if not ranked or ranked[0][0] <= 0:
        return UNKNOWN, 0.0
    best, name = ranked[0]
    confidence = 1 - math.exp(-best / 3)
    for near, doubt in ((False, 0.5), (True, 0.15)):
        rivals = [score for score, other in ranked[1:] if _near(known[name], known[other]) is near]
        confidence *= 1 - doubt * math.exp((max(0.0, *rivals, 0.0) - best) / 2)
    return name, confidence


def _near(kind: Kind, other: Kind) -> bool:
    return kind.reader == other.reader != "patterns"


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A folded phrase and what it weighs; `anywhere`: it is found without its spaces too, inside longer words."""

    spaced: str
    compact: str
    weight: float
    anywhere: bool


@cache
def _phrases() -> Mapping[str, tuple[Sequence[_Phrase], Sequence[_Phrase]]]:
    """The phrases that speak for each kind, and those against it; folding them takes longer than looking for them."""
    found = {}
    for name, kind in kinds().items():
        # One phrase can stand under several languages ("passport"); it speaks once, with its greatest weight.
        weights: dict[str, float] = {}
        for phrases in kind.phrases.values():
            for phrase, weight in phrases.items():
                folded = fold(phrase)
                weights[folded] = max(weight, weights.get(folded, 0.0))
        against = [(fold(phrase), weight) for phrase, weight in kind.against.items()]
        found[name] = ([_phrase(*each) for each in weights.items()], [_phrase(*each) for each in against])
    return found


def _phrase(folded: str, weight: float) -> _Phrase:
    compact = folded.replace(" ", "")
    anywhere = len(compact) >= _LONG_PHRASE or (len(compact) > 1 and _UNSPACED.search(compact) is not None)
    return _Phrase(folded, compact, weight, anywhere)


def _scores(pages: Sequence[Page]) -> dict[str, float]:
    texts = [line.text for page in pages[:_PAGES_LOOKED_AT] for line in lines(page)]
    print_ = _Print([fold(text) for text in texts])
    known = kinds()
    looks = _looks_charged(texts)
    scores = {name: _score(print_, *phrases) for name, phrases in _phrases().items()}
    return {name: _with_amounts(score, looks) if known[name].amounts else score for name, score in scores.items()}


def _looks_charged(texts: Sequence[str]) -> float | None:
    """How much a page looks as if something was charged, by its sums of money alone; None where it shows none.

    Rows that end in an amount, and one with a rate of tax, are what the papers of all merchants have in common.
    """
    if not any(_AMOUNT.search(text) for text in texts):
        return None
    ending = sum(_ENDS_IN_AMOUNT.search(text) is not None for text in texts)
    taxed = any(_RATE.search(text) and _ENDS_IN_AMOUNT.search(text) for text in texts)
    return (1.0 if ending >= _SEVERAL else 0.0) + (0.8 if taxed else 0.0)


def _with_amounts(score: float, looks: float | None) -> float:
    """Looks alone make no receipt: they add to what the words say, and at most as much again."""
    return 0.0 if looks is None else score + max(0.0, min(looks, score))


def _score(print_: _Print, speaking: Sequence[_Phrase], against: Sequence[_Phrase]) -> float:
    positive = sum(each.weight * print_.counts(each) for each in speaking)
    return positive - sum(each.weight for each in against if print_.counts(each))


def fold(text: str) -> str:
    """Return *text* without case, accents and punctuation, its words parted by one space, confusable letters merged."""
    # Compatibility forms first: some of them ("𝐀") only then have a case to fold.
    cased = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(c for c in cased if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain.translate(_CONFUSED)).split())


class _Print:
    """The folded text of a document's first pages, with and without its spaces."""

    def __init__(self, rows: Sequence[str]) -> None:
        self._spaced = f" {' '.join(rows)} "
        self._compact = self._spaced.replace(" ", "")
        self._headings = {row.replace(" ", "") for row in rows[:_HEADING_LINES]}

    def counts(self, phrase: _Phrase) -> int:
        """0 when the *phrase* is not there, 1 when it is, 2 when it stands alone on a line near the top."""
        if phrase.compact not in self._compact:
            return 0
        if phrase.compact in self._headings:
            return 2
        return int(phrase.anywhere or f" {phrase.spaced} " in self._spaced)
