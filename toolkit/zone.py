"""Finding and reading the machine-readable zone of an opened file: first in the words, then harder in the pictures."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.model import Box
from toolkit.mrz import Zone
from toolkit.pages import Opened


@dataclass(frozen=True, slots=True)
class FoundZone:
    """A zone, where it stands, and how sure its characters are."""

    zone: Zone
    page: int
    box: Box
    confidence: float

    def __repr__(self) -> str:
        return f"<FoundZone {self.zone.format} p{self.page} {self.confidence:.2f}>"


def find(opened: Opened) -> FoundZone | None:
    """Return the zone of *opened*, or None where there is none."""
    return None
