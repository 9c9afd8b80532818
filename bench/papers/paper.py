"""What the generator gives: one drawn paper and the truth about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Paper:
    """One drawn paper. `pdf`: the file; `truth`: values by field name, dates as ISO 8601, sums as decimals.

    `how`: "text" for a PDF with a text layer, "scan" or "photo" for pictures of its pages in a PDF.
    """

    kind: str
    language: str
    layout: str
    pdf: bytes
    pages: int
    truth: Mapping[str, str]
    how: str = "text"
    name: str = ""
    #: Other kinds that are right as well: issuers and laws do not always part them.
    either: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Paper {self.name} {self.kind} {self.language} {self.layout} {self.pages} pages {self.how}>"
