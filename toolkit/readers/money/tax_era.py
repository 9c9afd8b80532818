"""A day held against the law: a tax that the paper charges under its name has to be in force on the day of the paper.

A camera reads the 8 of a faint `15-03-18` as a 3, and is sure of it; but nobody in Malaysia charged GST in 2013.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

import msgspec

from toolkit import definitions
from toolkit.readers.money.labels import DATA
from toolkit.readers.money.moment import Day
from toolkit.readers.money.rows import Row

#: Digits that faint or blurred print turns into one another.
_ALIKE: Mapping[str, str] = {
    "0": "689", "1": "47", "2": "7", "3": "8", "4": "1", "5": "6", "6": "580", "7": "12", "8": "3609", "9": "80",
}  # fmt: skip
#: What is misread is not vouched for, nor is what it may have been.
_DOUBTFUL = 0.70
#: A tax is charged where a rate or an amount stands behind its name; the number of a register may outlive the tax.
_CHARGED = r"\b{tax}\b(?! ?(?:no|reg|id|nr)\b)[^\d\n]{{0,24}}\d"


class Charged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The days, both included, in which a tax was charged; `until` is None while it is."""

    since: date
    until: date | None = None

    def on(self, day: date) -> bool:
        """Whether the tax was charged on *day*."""
        return self.since <= day and (self.until is None or day <= self.until)


@cache
def _taxes() -> Mapping[str, Mapping[str, Charged]]:
    return definitions.load(DATA / "taxes_in_force.toml", dict[str, dict[str, Charged]])


def held_to_law(day: Day, rows: Sequence[Row], country: str | None) -> Day:
    """Return *day*, or the reading of its year that the taxes on the paper allow, where they exclude it; then unsure.

    Where no one digit of the year taken for another sets it right, or more than one does, the day stays and is unsure.
    """
    eras = tuple(_charged(rows, country)) if country else ()
    known = _date(day.value)
    if known is None or not eras or all(era.on(known) for era in eras):
        return day
    allowed = [each for each in _misread(known) if all(era.on(each) for era in eras)]
    if len(allowed) != 1:
        return replace(day, confidence=min(day.confidence, _DOUBTFUL))
    return replace(
        day,
        value=allowed[0].isoformat(),
        confidence=min(day.confidence, _DOUBTFUL),
        alternatives=(day.value, *day.alternatives),
    )


def doubt(day: Day) -> str:
    """Say why *day* is another than the print seems to say: its year, empty where that is not in question."""
    other = next((each for each in day.alternatives if each[4:] == day.value[4:]), "")
    return f"a tax on the paper was not charged in {other[:4]}; a digit of the year may be misread" if other else ""


def _charged(rows: Sequence[Row], country: str) -> Iterator[Charged]:
    for name, era in _taxes().get(country, {}).items():
        charges = re.compile(_CHARGED.format(tax=name))
        if any(charges.search(row.folded) for row in rows):
            yield era


def _misread(known: date) -> Iterator[date]:
    """Yield the days that differ from *known* by one digit of the year, the last two, that cameras take for it."""
    written = f"{known.year:04d}"
    for place in (2, 3):
        for other in _ALIKE[written[place]]:
            found = _date(f"{written[:place]}{other}{written[place + 1 :]}-{known.month:02d}-{known.day:02d}")
            if found is not None:
                yield found


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
