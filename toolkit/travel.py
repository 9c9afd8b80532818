"""Travel history as data: stays with what bears them out, what is wrong or missing in them, and the days they make.

A history is text, one stay a line, as it stands in a case's details:

    FRA 2026-01-03 2026-01-20 stamps on page 12 of the passport
    DEU 2026-03-01 -                                        # still there
    ESP 2026-05-02 ?                                        # the exit stamp is missing
    POL 2026-06-01 2026-07-15 residence-permit card 1234    # no short stay: not counted among the 90 days

A missing stamp is never guessed: the days are counted twice, once with what is certain and once with what is possible,
and only what both say is an answer. Stays that contradict each other give no answer at all until somebody settles them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from toolkit.day_counts import Presence, Span, day_of
from toolkit.fields import country

#: Days under these are no short stay (Regulation (EU) 2016/399 art. 6(2)).
LONG_STAY = ("residence-permit", "long-stay-visa")
_STILL_THERE, _MISSING = "-", "?"
_SHAPE = "write COUNTRY ENTRY EXIT and what bears it out, as in: FRA 2026-01-03 2026-01-20 stamps on page 12"


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay: ISO 3166-1 alpha-3 code, first and last day (None: the stamp is missing), and what bears it out.

    `still_there`: no exit yet. `under` is a residence permit or long-stay visa, or empty for a short stay. `line` is
    its place in the history, from 1.
    """

    country: str
    entry: date | None
    exit: date | None
    still_there: bool = False
    under: str = ""
    evidence: str = ""
    line: int = 0

    def __repr__(self) -> str:
        return f"<Stay line {self.line}>"


@dataclass(frozen=True, slots=True)
class Days:
    """The days of an area: those spent for certain, and those possibly spent (the certain ones among them).

    `doubts` name missing stamps, `contradictions` what cannot all be true; with one of these nothing can be counted.
    """

    certain: Presence
    possible: Presence
    doubts: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Travel:
    """A travel history: its stays in order of time, and what in it cannot be read or cannot be true."""

    stays: tuple[Stay, ...]
    contradictions: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Travel {len(self.stays)} stays, {len(self.contradictions)} contradictions>"

    def days(
        self, area: Mapping[str, date], today: date, *, short_stays: bool = False, midnights: bool = False
    ) -> Days:
        """Return the days in *area*: its countries, each with the day from which its days count.

        Who is still there is counted as present up to *today*. With *short_stays*, days under a residence permit or a
        long-stay visa are left out; with *midnights*, a day counts where the person was there at its end, so that a
        day of departure does not.
        """
        certain: list[Span] = []
        possible: list[Span] = []
        doubts = []
        for number, stay in enumerate(self.stays):
            if stay.country not in area or (short_stays and stay.under):
                continue
            since, shorter = area[stay.country], timedelta(days=1 if midnights and not stay.still_there else 0)
            surely, perhaps = self._bounds(number, today)
            if surely != perhaps:
                missing = "entry" if stay.entry is None else "exit"
                doubts.append(f"line {stay.line} of the travel history: the {missing} stamp is missing")
            for span, spans in ((surely, certain), (perhaps, possible)):
                first, last = max(span[0], since), span[1] - shorter if span[1] > date.min else span[1]
                if first <= last:
                    spans.append((first, last))
        return Days(Presence(certain), Presence(possible), tuple(doubts), self.contradictions)

    def _bounds(self, number: int, today: date) -> tuple[Span, Span]:
        """Return the days of a stay that are certain, and those that are possible."""
        stay = self.stays[number]
        if stay.entry is None:
            last = stay.exit or today  # a line without both days is refused
            before = self.stays[number - 1] if number else None
            earliest = (before.exit or before.entry or date.min) if before is not None else date.min
            return (last, last), (min(earliest, last), last)
        if stay.still_there:
            until = max(today, stay.entry)
            return (stay.entry, until), (stay.entry, until)
        if stay.exit is None:
            after = self.stays[number + 1] if number + 1 < len(self.stays) else None
            latest = (after.entry or after.exit or today) if after is not None else today
            return (stay.entry, stay.entry), (stay.entry, max(latest, stay.entry))
        return (stay.entry, stay.exit), (stay.entry, stay.exit)


def read_travel(text: str) -> Travel:
    """Read a history, one stay a line; an empty line and what follows a # say nothing. Never raises.

    What cannot be read, ends before it begins or overlaps another stay is a contradiction that names its line. The one
    word "none" is the history of somebody who was nowhere.
    """
    stays, contradictions = [], []
    if text.strip().casefold() == "none":
        return Travel(())
    for number, line in enumerate(text.splitlines(), 1):
        stated = line.partition("#")[0].split()
        if not stated:
            continue
        stay = _stay(stated, number)
        if isinstance(stay, str):
            contradictions.append(f"line {number} of the travel history: {stay}")
        else:
            stays.append(stay)
    ordered = tuple(_once(sorted(stays, key=_when)))
    return Travel(ordered, (*contradictions, *_overlaps(ordered)))


def _stay(stated: Sequence[str], number: int) -> Stay | str:
    if len(stated) < 3:
        return _SHAPE
    code, entered, left, *rest = stated
    where = country.iso3(country.parse(code))
    if not where:
        return f"the country is not known; {_SHAPE}"
    entry, exit_ = day_of(entered), day_of(left)
    if (entry is None and entered != _MISSING) or (exit_ is None and left not in (_STILL_THERE, _MISSING)):
        return f"a day is not readable; {_SHAPE}"
    if entry is None and exit_ is None:
        return "neither entry nor exit is known"
    if entry is not None and exit_ is not None and exit_ < entry:
        return "the exit lies before the entry"
    under = rest[0] if rest and rest[0] in LONG_STAY else ""
    evidence = " ".join(rest[1:] if under else rest)
    return Stay(where, entry, exit_, left == _STILL_THERE, under, evidence, number)


def _when(stay: Stay) -> tuple[date, date]:
    first = stay.entry or stay.exit or date.min
    return first, stay.exit or (date.max if stay.still_there else first)


def _once(stays: Sequence[Stay]) -> Iterator[Stay]:
    """Leave out a stay that is stated twice in the same words."""
    seen = set()
    for stay in stays:
        key = (stay.country, stay.entry, stay.exit, stay.still_there, stay.under)
        if key not in seen:
            seen.add(key)
            yield stay


def _overlaps(stays: Sequence[Stay]) -> Iterator[str]:
    """Yield the stays that begin before an earlier one is over; the day of travel may belong to both."""
    reaching: Stay | None = None
    for stay in stays:
        first, last = _when(stay)
        if reaching is not None and first < _when(reaching)[1]:
            what = "still there" if reaching.still_there else "there"
            yield (
                f"line {stay.line} of the travel history begins while the person is {what} by line {reaching.line}: "
                "look at the stamps again"
            )
        if reaching is None or last > _when(reaching)[1]:
            reaching = stay
