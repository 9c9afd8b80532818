"""One term of the work as read, how its rivals lower it, and the sentence it stands in. Knows no field by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the work: its field's name, value and trust, and where it stands."""

    field: str
    value: str
    trust: float
    start: int
    end: int

    def __repr__(self) -> str:
        return f"<Term {self.field} {self.start}..{self.end} {self.trust:.2f}>"


_SENTENCE_END = re.compile(
    r"[.;:](?=\s+[A-ZÀ-Þ\"(])|\n(?=\s*[●•▪◦·*-]\s)|\n\s*\n|\f|\n(?=\s*(?:§|\d{1,2}[.)]|[A-ZÀ-Þ][^\n]{0,40}:))"
)
_REACH = 240
_RIVALLED = 0.85


def doubted(given: Sequence[Term]) -> Iterator[Term]:
    """Yield the terms, those of a field lowered that others contradict: only what is surer than every rival stands."""
    best: dict[str, dict[str, float]] = {}
    for term in given:
        values = best.setdefault(term.field, {})
        values[term.value] = max(values.get(term.value, 0.0), term.trust)
    strongest = {field: sorted(values.items(), key=lambda each: -each[1])[:2] for field, values in best.items()}
    for term in given:
        rival = max((trust for value, trust in strongest[term.field] if value != term.value), default=0.0)
        yield replace(term, trust=min(term.trust, _RIVALLED)) if rival >= term.trust - 0.015 else term


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentence or row around `start`..`end` begins and ends."""
    begin = max(0, start - _REACH)
    for stop in _SENTENCE_END.finditer(text, begin, start):
        begin = stop.end()
    stop_after = _SENTENCE_END.search(text, end, min(len(text), end + _REACH))
    return begin, stop_after.start() if stop_after else min(len(text), end + _REACH)
