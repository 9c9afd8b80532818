"""What a measure of a photograph is. Apart from `measures`, so that nobody loads a decoder to name the type."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """A number between `low` and `high`, or a `word`; neither where it could not be measured, and `why` not."""

    low: float | None = None
    high: float | None = None
    word: str = ""
    why: str = ""
