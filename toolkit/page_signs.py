"""What one page shows of the kind of paper it is: phrases, amounts, the mark of a form, zones. Each is found once.

A file is recognised from the signs of its pages, and so is each document in it; nothing is looked at twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from toolkit import form_numbers, zone
from toolkit.form_numbers import FoundForm
from toolkit.kind import kinds
from toolkit.kind_phrases import Phrase, Print
from toolkit.layout import Line, lines
from toolkit.model import Method
from toolkit.pages import Opened, Sheet
from toolkit.zone import FoundZone

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
#: Signs that programs are full of, and the share of them that no paper has.
_SIGNS_OF_CODE, _CODE = "(){}[]=;", 0.06
#: Letters and digits of a word, on average.
_WORD = 6


class Signs:
    """What one sheet shows; worked out when asked for, and then kept."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.page = sheet.page

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The rows of print, top to bottom."""
        return lines(self.page)

    @cached_property
    def _print(self) -> Print:
        return Print(self.lines)

    @cached_property
    def phrases(self) -> Mapping[Phrase, float]:
        """The phrases of all kinds that stand on the page, and how often each counts."""
        return self._print.found()

    def titled(self, name: str, least: float) -> bool:
        """Whether it bears a title that speaks for the kind *name* with a weight of *least* or more."""
        return any(
            dict(phrase.speaks).get(name, 0.0) >= least
            and self._print.heads(phrase, kinds()[name].reader == "contract")
            for phrase, count in self.phrases.items()
            if count >= 1
        )

    @property
    def letters(self) -> int:
        """How many letters and digits are printed on it."""
        return self._print.letters

    @property
    def words(self) -> float:
        """How many words it has, by its letters: recognition runs words together."""
        return self._print.letters / _WORD

    @cached_property
    def form(self) -> FoundForm | None:
        """The official form that the page says it is."""
        candidates = [form for phrase in self.phrases for form in phrase.forms]
        return form_numbers.find(self.page, self.lines, candidates) if candidates else None

    @cached_property
    def is_official(self) -> bool:
        """Whether it bears the mark of any official form, one of ours or not."""
        return form_numbers.is_official(self.lines)

    @cached_property
    def charged(self) -> tuple[bool, int, bool]:
        """Whether it shows a sum of money, how many rows end in one, and whether one of them has a rate of tax."""
        texts = [line.text for line in self.lines]
        ending = [text for text in texts if _ENDS_IN_AMOUNT.search(text)]
        return any(_AMOUNT.search(text) for text in texts), len(ending), any(_RATE.search(text) for text in ending)

    @property
    def shows_zone(self) -> bool:
        """Whether a zone was seen in its picture, or its words show chevrons."""
        return bool(self.sheet.zones) or any("<<" in word.text for word in self.page.words)

    @property
    def pictured(self) -> bool:
        """Whether its words were read from a picture, which may hold a zone too."""
        return self.page.method is Method.OCR

    @cached_property
    def is_code(self) -> bool:
        """Whether it is a program or data written for a machine, which names papers without being one."""
        text = "".join(word.text for word in self.page.words)
        return sum(text.count(each) for each in _SIGNS_OF_CODE) > _CODE * len(text) and any(e in text for e in "={}")

    @cached_property
    def zones(self) -> tuple[FoundZone, ...]:
        """The machine-readable zones on it; looking for them can take longer than everything else."""
        return zone.find_all(Opened("", b"", (self.sheet,)))


def of(opened: Opened) -> tuple[Signs, ...]:
    """Return the signs of every page of *opened*, in its order."""
    return tuple(Signs(sheet) for sheet in opened.sheets)


def scores(pages: Sequence[Signs]) -> dict[str, float]:
    """Return how much *pages* speak for each kind, as the first pages of one document; none for kinds not spoken of.

    A phrase counts once, however often it stands; only the titles of the first page count double.
    """
    counted: dict[Phrase, float] = {}
    for place, signs in enumerate(pages):
        for phrase, count in signs.phrases.items():
            counted[phrase] = max(counted.get(phrase, 0.0), count if place == 0 else min(count, 1.0))
    made: dict[str, float] = {}
    for phrase, count in counted.items():
        for name, weight in phrase.speaks:
            made[name] = made.get(name, 0.0) + weight * count
        for name, weight in phrase.against:
            made[name] = made.get(name, 0.0) - weight * min(count, 1.0)
    looks = _looks_charged(pages)
    return {name: _with_amounts(score, looks) if kinds()[name].amounts else score for name, score in made.items()}


def _looks_charged(pages: Sequence[Signs]) -> float | None:
    """How much pages look as if something was charged, by their sums of money alone; None where they show none.

    Rows that end in an amount, and one with a rate of tax, are what the papers of all merchants have in common.
    """
    shown = [signs.charged for signs in pages]
    if not any(amounts for amounts, _, _ in shown):
        return None
    several = sum(ending for _, ending, _ in shown) >= _SEVERAL
    return (1.0 if several else 0.0) + (0.8 if any(taxed for _, _, taxed in shown) else 0.0)


def _with_amounts(score: float, looks: float | None) -> float:
    """Looks alone make no receipt: they add to what the words say, and at most as much again."""
    return 0.0 if looks is None else score + max(0.0, min(looks, score))
