"""The terms a contract defines, each with what it means: "the Company" -> the name, "Effective Date" -> the day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from toolkit.readers.agreement.moments import Moments
from toolkit.readers.agreement.party import Party, defined
from toolkit.readers.prose import Prose

#: More terms than this no reviewer reads; a meaning is shown so far.
_MOST, _LONG = 120, 200
_MEANS = re.compile(
    r"\"\s*(?P<term>[A-Z][^\"\n]{1,60}?)\s*\"\s*(?:\([^)]{1,40}\)\s*)?(?:shall\s+mean|means?|refers\s+to|is\s+defined\s+as|bedeutet|bezeichnet)\s+"
    r"(?P<meaning>[^\f]{3,400}?)(?=\.\s|;|\n\s*\n|\n\s*(?:\d|\(\w)|\Z)",
)


def defined_terms(
    prose: Prose, parties: Sequence[Party], moments: Moments
) -> tuple[tuple[Mapping[str, str], ...], int]:
    """Return the rows {term, meaning, page} in the order they stand, and where the first stands; each term once."""
    rows: dict[str, tuple[int, str]] = {}
    for printed, meaning, at in _terms(prose, parties, moments):
        term = " ".join(printed.split()).strip(" ,")
        if (
            term
            and meaning
            and term.casefold() != meaning.casefold()
            and term.casefold() not in {known.casefold() for known in rows}
        ):
            rows[term] = (at, meaning)
        if len(rows) >= _MOST:
            break
    ordered = sorted(rows.items(), key=lambda item: item[1][0])
    table = tuple(
        {"term": term, "meaning": meaning, "page": str(prose.source(at, at + 1).page or "")}
        for term, (at, meaning) in ordered
    )
    return table, ordered[0][1][0] if ordered else 0


def _terms(prose: Prose, parties: Sequence[Party], moments: Moments) -> Iterator[tuple[str, str, int]]:
    for party in parties:
        for term in party.terms:
            if term not in ("I", "you"):
                yield term, party.name.text, party.name.start
    for term, name in defined(prose.text).items():
        yield term, name.text, name.start
    if moments.effective is not None and re.search(r"\"?Effective\s+Date\"?", prose.text):
        yield "Effective Date", moments.effective.value, moments.effective.start
    for named, moment in moments.named.items():
        yield named.title(), moment.value, moment.start
    for match in _MEANS.finditer(prose.text):
        meaning = " ".join(match["meaning"].split())
        short = meaning if len(meaning) <= _LONG else meaning[:_LONG].rsplit(" ", 1)[0] + " …"
        yield " ".join(match["term"].split()).strip(" ,"), short, match.start()
