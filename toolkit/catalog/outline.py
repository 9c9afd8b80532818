"""What the catalogue shows of cases to who cannot open them: ids, references, routes, how many papers stand how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.catalog.papers import INBOX
from toolkit.catalog.rows import Rows


@dataclass(frozen=True, slots=True)
class Outline:
    """One case from outside: nothing of it was opened. `documents` counts its papers by their state."""

    id: str
    reference: str
    route: str
    documents: Mapping[str, int]


def outlines(rows: Rows) -> list[Outline]:
    """Return all cases from outside, in the order they were added; raise TamperedError where a row was removed."""
    with rows.reading():
        return [
            Outline(
                str(row["id"]),
                str(row["reference"]),
                str(row["route"]),
                dict(Counter(str(each["state"]) for each in rows.find_all("documents", str(row["id"])))),
            )
            for row in rows.find("cases", "id != ?", INBOX)
        ]
