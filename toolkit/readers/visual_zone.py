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
from toolkit.kind import FieldPattern
from toolkit.model import Box, Field, Method, Page, Proof, Source, Word
from toolkit.readers import printed_name
from toolkit.readers.printed_name import Spelling
from toolkit.recognise import fold

#: How far a value by its label is trusted where it reads perfectly.
DATE, TEXT = 0.85, 0.80
#: Shorter labels ("nom") must stand as words of their own; longer ones may run into others.
_LONG = 8


@dataclass(frozen=True)
class Print:
    """The words of a document outside its zone, and what they can confirm; `runs` are words that belong together."""

    words: tuple[tuple[Page, Word], ...]
    runs: tuple[tuple[Page, Word], ...]
    parts: frozenset[str]
    compact: frozenset[str]
    dates: Mapping[str, tuple[Page, Word]]
    countries: frozenset[str]

    def __repr__(self) -> str:
        return f"<Print {len(self.words)} words>"

    def names(self, encoded: str, *, cut: bool = False) -> bool:
        """Whether every part of a name as a zone encodes it is printed; with *cut*, its beginning at least."""
        if encoded and all(part in self.parts for part in encoded.split()):
            return True
        return self.spelling(encoded, cut=cut) is not None

    def spelling(self, encoded: str, *, cut: bool = False) -> Spelling | None:
        """Return how a name is printed, with its accents, small letters and script."""
        return printed_name.find(self.words, encoded, cut=cut)

    def number(self, number: str) -> bool:
        """Whether a document number is printed, whatever spaces it has been given."""
        bare = "".join(c for c in number if c.isalnum())
        return len(bare) >= 5 and any(bare in text for text in self.compact)


def of_pages(pages: Sequence[Page], zone_page: int, zone: Box | None, order: Order | None) -> Print:
    """Gather what is printed on *pages* outside the box of the zone."""
    words = tuple((page, word) for page in pages for word in page.words if not _within(page, word, zone_page, zone))
    runs = _runs(words)
    texts = {word.text for _, word in (*words, *runs)}
    parts = chain.from_iterable(person_name.forms(part) for text in texts for part in person_name.parts(text))
    return Print(
        words,
        runs,
        frozenset(parts),
        frozenset("".join(c for c in text.upper() if c.isalnum()) for text in texts),
        _dates(runs, order),
        frozenset(filter(None, (country.parse(text) for text in texts))),
    )


def _dates(runs: Sequence[tuple[Page, Word]], order: Order | None) -> dict[str, tuple[Page, Word]]:
    """Return where each date is printed first, by its value; one that can be read in two ways stands under both."""
    return {
        value: where
        for where in reversed(runs)
        for reading in dates.find(where[1].text, order)
        for value in (reading.value or "", *reading.alternatives)
        if value
    }


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
    texts = [fold(word.text) for _, word in printed.runs]
    found: dict[str, Field] = {}
    for name, pattern in patterns.items():
        own = _Labels([label for each in pattern.labels.values() for label in each])
        for (page, word), folded in zip(printed.runs, texts, strict=True):
            if name not in found and own.within_folded(folded):
                near = [other for where, other in printed.runs if where is page]
                field = _beside(name, pattern, page, word, near, labels, order)
                if field is not None:
                    found[name] = field
    return found


def _runs(words: Sequence[tuple[Page, Word]]) -> tuple[tuple[Page, Word], ...]:
    """Join the single words of a text layer where they stand close on one line, as OCR gives them already."""
    runs: list[tuple[Page, Word]] = []
    for page, word in words:
        last = runs[-1] if runs else None
        if last and last[0] is page and page.method is Method.TEXT_LAYER and _goes_on(last[1].box, word.box):
            box = Box.around([last[1].box, word.box])
            confidence = min(last[1].confidence, word.confidence)
            runs[-1] = (page, Word(f"{last[1].text} {word.text}", box, confidence))
        else:
            runs.append((page, word))
    return tuple(runs)


def _goes_on(one: Box, other: Box) -> bool:
    # Heights and widths are fractions of a page that is higher than it is wide: half a height is about a space.
    return _level(one, other) and 0 <= other.left - one.right < 0.6 * one.height


def _level(one: Box, other: Box) -> bool:
    """Whether two words stand on one line."""
    return min(one.bottom, other.bottom) - max(one.top, other.top) > 0.5 * min(one.height, other.height)


class _Labels:
    """Labels without case, accents, punctuation and the letters that OCR confuses."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._spaced = tuple(f" {fold(label)} " for label in labels)
        self._compact = tuple(c for label in labels if len(c := fold(label).replace(" ", "")) >= _LONG)

    def within(self, text: str) -> bool:
        """Whether *text* holds one of the labels."""
        return self.within_folded(fold(text))

    def within_folded(self, text: str) -> bool:
        """Whether *text*, folded already, holds one of the labels."""
        spaced, compact = f" {text} ", text.replace(" ", "")
        return any(label in spaced for label in self._spaced) or any(label in compact for label in self._compact)


def _beside(
    name: str,
    pattern: FieldPattern,
    page: Page,
    label: Word,
    near: Sequence[Word],
    labels: _Labels,
    order: Order | None,
) -> Field | None:
    """Read the value of *label*: in its own line, below it, or to its right, the nearest that fits the type."""
    trust = DATE if pattern.type == "date" else TEXT
    inside = label.text if pattern.type == "date" else label.text.partition(":")[2]
    if value := _value(pattern, inside, order):
        return _field(name, value, page, label, trust)
    for word in (*_below(near, label), *_right(near, label)):
        if labels.within(word.text):
            continue
        whole = _whole(near, word, labels) if pattern.type == "text" and not pattern.regex else word
        if value := _value(pattern, whole.text, order):
            return _field(name, value, page, whole, trust)
        if pattern.type == "text":
            return None
    return None


def _whole(words: Sequence[Word], value: Word, labels: _Labels) -> Word:
    """Return *value* with what stands close before and behind it on its line."""
    line = sorted((word for word in words if _level(word.box, value.box)), key=lambda word: word.box.left)
    at = line.index(value)
    run = [value]
    for beside, front in ((line[:at][::-1], True), (line[at + 1 :], False)):
        for word in beside:
            one, other = (word, run[0]) if front else (run[-1], word)
            if abs(other.box.left - one.box.right) >= value.box.height or labels.within(word.text):
                break
            run.insert(0 if front else len(run), word)
    text = " ".join(word.text for word in run)
    return Word(text, Box.around([word.box for word in run]), min(word.confidence for word in run))


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
    if not pattern.regex and sum(c.isalpha() for c in plain) < 2:
        return ""
    return plain


def _below(words: Sequence[Word], label: Word) -> Iterator[Word]:
    """Words under a label, nearest first; a value begins about where its label begins, two lines below at most."""
    near = [
        word
        for word in words
        if word is not label
        and label.box.middle + 0.3 * label.box.height < word.box.middle
        and word.box.top - label.box.bottom < 2.2 * label.box.height
        and label.box.left - 0.04 <= word.box.left < label.box.right
    ]
    return iter(sorted(near, key=lambda word: (word.box.middle, abs(word.box.left - label.box.left))))


def _right(words: Sequence[Word], label: Word) -> Iterator[Word]:
    near = [word for word in words if 0 <= word.box.left - label.box.right < 0.25 and _level(word.box, label.box)]
    return iter(sorted(near, key=lambda word: word.box.left))
