"""What a travel document prints beside its machine-readable zone: values by their labels, and what confirms a zone.

Labels come in two or three languages at once ("7. Date of issue/Ausstellungsdatum/"), small and often misread; values
stand below them or to their right. Knows words, labels and types; the zone itself is not its business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from toolkit.fields import country, dates, person_name
from toolkit.fields.dates import Order
from toolkit.model import Box, Field, Method, Page, Proof, Source, Word
from toolkit.recognise import FieldPattern, fold

_DATE, _TEXT = 0.85, 0.80
#: Shorter labels ("nom") must stand as words of their own; longer ones may run into others.
_LONG = 8


@dataclass(frozen=True)
class Print:
    """The words of a document outside its zone, and what they can confirm."""

    pages: tuple[Page, ...]
    words: tuple[tuple[Page, Word], ...]
    parts: frozenset[str]
    compact: frozenset[str]
    dates: frozenset[str]
    countries: frozenset[str]

    def __repr__(self) -> str:
        return f"<Print {len(self.words)} words>"

    def names(self, encoded: str) -> bool:
        """Whether every part of a name as a zone encodes it is printed."""
        return bool(encoded) and all(part in self.parts for part in encoded.split())

    def number(self, number: str) -> bool:
        """Whether a document number is printed, whatever spaces it has been given."""
        bare = "".join(c for c in number if c.isalnum())
        return len(bare) >= 5 and any(bare in text for text in self.compact)


def of_pages(pages: Sequence[Page], zone_page: int, zone: Box | None, order: Order | None) -> Print:
    """Gather what is printed on *pages* outside the box of the zone."""
    words = tuple((page, word) for page in pages for word in page.words if not _within(page, word, zone_page, zone))
    texts = [word.text for _, word in words]
    parts = chain.from_iterable(person_name.forms(part) for text in texts for part in person_name.parts(text))
    found = [reading for text in texts for reading in dates.find(text, order)]
    return Print(
        tuple(pages),
        words,
        frozenset(parts),
        frozenset("".join(c for c in text.upper() if c.isalnum()) for text in texts),
        frozenset(chain.from_iterable((reading.value or "", *reading.alternatives) for reading in found)) - {""},
        frozenset(filter(None, (country.parse(text) for text in texts))),
    )


def _within(page: Page, word: Word, zone_page: int, zone: Box | None) -> bool:
    if zone is None or page.number != zone_page:
        return False
    across = (word.box.left + word.box.right) / 2
    filled = "<<" in word.text
    return filled or (zone.top - 0.005 <= word.box.middle <= zone.bottom + 0.005 and zone.left <= across <= zone.right)


def labelled(printed: Print, patterns: Mapping[str, FieldPattern], order: Order | None) -> dict[str, Field]:
    """Return the values that stand by the labels of *patterns*, by field."""
    every = [label for pattern in patterns.values() for each in pattern.labels.values() for label in each]
    labels = _Labels(every)
    found: dict[str, Field] = {}
    for name, pattern in patterns.items():
        own = _Labels([label for each in pattern.labels.values() for label in each])
        for page, word in printed.words:
            if name not in found and own.within(word.text):
                field = _beside(name, pattern, page, word, labels, order)
                if field is not None:
                    found[name] = field
    return found


class _Labels:
    """Labels without case, accents, punctuation and the letters that OCR confuses."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._spaced = tuple(f" {fold(label)} " for label in labels)
        self._compact = tuple(c for label in labels if len(c := fold(label).replace(" ", "")) >= _LONG)

    def within(self, text: str) -> bool:
        """Whether *text* holds one of the labels."""
        folded = f" {fold(text)} "
        compact = folded.replace(" ", "")
        return any(label in folded for label in self._spaced) or any(label in compact for label in self._compact)


def _beside(
    name: str, pattern: FieldPattern, page: Page, label: Word, labels: _Labels, order: Order | None
) -> Field | None:
    """Read the value of *label*: in its own line, below it, or to its right, the nearest that fits the type."""
    if pattern.type == "date" and (value := _value(pattern, label.text, order)):
        return _field(name, value, page, label, _DATE)
    for word in (*_below(page, label), *_right(page, label)):
        if labels.within(word.text):
            continue
        if value := _value(pattern, word.text, order):
            return _field(name, value, page, word, _DATE if pattern.type == "date" else _TEXT)
        if pattern.type == "text":
            return None
    return None


def _field(name: str, value: str, page: Page, word: Word, trust: float) -> Field:
    method = Method.OCR if page.method is Method.OCR else page.method
    return Field(name, value, round(trust * word.confidence, 3), Source("", page.number, word.box, method), Proof.NONE)


def _value(pattern: FieldPattern, text: str, order: Order | None) -> str:
    if pattern.type == "date":
        found = dates.find(text, order)
        return found[0].value or "" if len(found) == 1 else ""
    if pattern.type == "country":
        return country.parse(text)
    plain = " ".join(text.split()).strip(" .,:;/")
    if pattern.regex and not re.fullmatch(pattern.regex, plain):
        return ""
    if sum(c.isalnum() for c in plain) < 2 or (dates.find(plain, order) and not any(c.isalpha() for c in plain)):
        return ""
    return plain


def _below(page: Page, label: Word) -> Iterator[Word]:
    """Words under a label, nearest first; a value begins about where its label begins, two lines below at most."""
    near = [
        word
        for word in page.words
        if word is not label
        and label.box.middle + 0.4 * label.box.height < word.box.middle
        and word.box.top - label.box.bottom < 2.2 * label.box.height
        and label.box.left - 0.04 <= word.box.left < label.box.right
    ]
    return iter(sorted(near, key=lambda word: (word.box.middle, abs(word.box.left - label.box.left))))


def _right(page: Page, label: Word) -> Iterator[Word]:
    near = [
        word
        for word in page.words
        if 0 <= word.box.left - label.box.right < 0.25
        and min(word.box.bottom, label.box.bottom) - max(word.box.top, label.box.top)
        > 0.5 * min(word.box.height, label.box.height)
    ]
    return iter(sorted(near, key=lambda word: word.box.left))
