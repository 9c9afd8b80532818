"""What a paper prints, reduced to its figures: to tell two photos of one paper from photos of two.

Letters of a shop's receipts are the same day after day, its figures are not. Taken when asked for and never kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from toolkit.model import Page

#: A group of figures, with the signs that stand inside amounts, dates and times.
_FIGURES = re.compile(r"\d+(?:[.,:/-]\d+)*")
#: Figures with fewer digits than this (quantities, tables) say nothing.
_SHORTEST = 3
#: Fewer groups of figures than this are not compared.
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Print:
    """The groups of figures on a paper, each with how often it stands there."""

    figures: tuple[tuple[str, int], ...] = field(repr=False)


def figures(read: Sequence[Page]) -> tuple[tuple[str, int], ...]:
    """Return the groups of figures on the pages *read*, digits only, with how often each stands there, sorted."""
    found: Counter[str] = Counter()
    for page in read:
        for word in page.words:
            for group in _FIGURES.findall(word.text):
                digits = re.sub(r"\D", "", group)
                if len(digits) >= _SHORTEST:
                    found[digits] += 1
    return tuple(sorted(found.items()))


def alike(one: Print, other: Print) -> float | None:
    """Return the share of figures that both papers print (0 to 1), or None where one prints too few to tell."""
    first, second = Counter(dict(one.figures)), Counter(dict(other.figures))
    if min(first.total(), second.total()) < _FEWEST:
        return None
    return (first & second).total() / max(first.total(), second.total())
