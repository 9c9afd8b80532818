"""Who signs a contract, and whether it is signed: the signature block at its end.

A conformed signature ("/s/ Name") says that the original is signed. A drawn signature cannot be told from a stain by
its words, so an unsure answer stays "unsure".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.readers.naming import Name, name_at
from toolkit.readers.prose import Prose, Row


@dataclass(frozen=True, slots=True)
class Signatory:
    """A person or organisation that a signature line is for, and the text of the line that says so."""

    name: Name
    organisation: bool


_CLOSING = re.compile(
    r"in\s+witness\s+whereof|very\s+truly\s+yours|yours\s+(?:very\s+)?truly|sincerely|accepted\s+and\s+agreed|executed\s+(?:this|as\s+of|effective)"
    r"|agreed\s+(?:to\s+)?and\s+accepted|signature\s+page|acknowledged\s+and\s+agreed|warm\s+regards|best\s+regards"
    r"|unterschrift|hereunto|have\s+executed|signed\s+(?:this|by)|date:\s|fait\s+à|en\s+prueba",
    re.IGNORECASE,
)
#: A "Date:" can be the only closing words; names and titles stand above it.
_ROWS_ABOVE = 6
_MARK = re.compile(r"/s/\s*", re.IGNORECASE)
_BY = re.compile(r"^\s*By\b\s*:?|^\s*Per\s*:", re.IGNORECASE)
_OFFICE = re.compile(
    r"\b(?:title|its|name\s+and\s+title)\s*:|president|officer|director|secretary|counsel|manager|chairman",
    re.IGNORECASE,
)


def signatories(prose: Prose) -> tuple[Signatory, ...]:
    """Return who signs, in order: organisations above a "By:" line, people who sign for themselves."""
    rows = _block(prose)
    found: list[Signatory] = []
    for at, row in enumerate(rows):
        text = prose.row_text(row)
        if _BY.match(text) or (_MARK.search(text) and _for_organisation(prose, rows, at)):
            found += [Signatory(name, True) for name in _organisation_above(prose, rows, at)]
        elif _MARK.match(text.lstrip()) or re.search(r"\d\s+/s/|\sDate", text):
            found += [Signatory(name, False) for name in _person(prose, rows, at)]
    unique: dict[str, Signatory] = {}
    for each in found:
        unique.setdefault(re.sub(r"\W", "", each.name.text.casefold()), each)
    return tuple(unique.values())


def signed(prose: Prose) -> tuple[str, float, tuple[int, int]]:
    """Return "yes", "no" or "unsure", the trust in it, and the place that says so."""
    mark = _MARK.search(prose.text)
    if mark:
        return "yes", 0.95, (mark.start(), min(len(prose.text), mark.end() + 1))
    closings = list(_CLOSING.finditer(prose.text))
    end = len(prose.text)
    return "unsure", 0.5, (closings[-1].start(), closings[-1].end()) if closings else (max(0, end - 2), end)


def printed_signers(prose: Prose) -> tuple[Name, ...]:
    """Return the people whose names stand alone on a line of the signature block, where a hand would sign above."""
    found = []
    for row in _block(prose):
        label = re.match(r"\s*(?:print(?:ed)?\s+)?name\s*:\s*", prose.row_text(row), re.IGNORECASE)
        start = row.start + (label.end() if label else 0)
        for name in _names(prose, Row(start, row.end, row.page)):
            if name.person and not _OFFICE.search(name.text):
                found.append(name)
    return tuple(found)


def _block(prose: Prose) -> list[Row]:
    """The lines from the first closing words of the last third, or of the first signature mark, to the end."""
    late = int(len(prose.text) * 0.55)
    starts = [match.start() for match in (_CLOSING.search(prose.text, late), _MARK.search(prose.text, late)) if match]
    begin = min(starts, default=late)
    first = next((at for at, row in enumerate(prose.rows) if row.end >= begin), len(prose.rows))
    return list(prose.rows[max(0, first - _ROWS_ABOVE) :])


def _for_organisation(prose: Prose, rows: list[Row], at: int) -> bool:
    """Whether a bare "/s/" line stands right under an organisation, or an office is printed under it."""
    if at and any(name.organisation for name in _names(prose, rows[at - 1])):
        return True
    return any(_OFFICE.search(prose.row_text(row)) for row in rows[at + 1 : at + 3])


def _organisation_above(prose: Prose, rows: list[Row], at: int) -> list[Name]:
    for row in reversed(rows[max(0, at - 4) : at]):
        names = [name for name in _names(prose, row) if name.organisation or name.text.isupper()]
        if names:
            return names
    return []


def _names(prose: Prose, row: Row) -> list[Name]:
    """The names that fill a line, side by side as in a block of two columns; nothing when the line says more."""
    names: list[Name] = []
    at = row.start
    while at < row.end:
        name = name_at(prose.text, at, one_line=True)
        if name is None or name.end <= at:
            return names if not prose.text[at : row.end].strip(" :,") else []
        names.append(name)
        at = name.end
    return names


def _person(prose: Prose, rows: list[Row], at: int) -> Iterator[Name]:
    mark = _MARK.search(prose.text, rows[at].start, rows[at].end)
    if mark is None:
        return
    for row in rows[at + 1 : at + 3]:
        printed = re.sub(r"^\s*(?:(?:Printed?\s+)?Name)\s*:\s*", "", prose.row_text(row))
        name = name_at(prose.text, row.end - len(printed), one_line=True)
        if name is not None and name.person:
            yield name
            return
    name = name_at(prose.text, mark.end(), one_line=True)
    if name is not None and name.person:
        yield name
