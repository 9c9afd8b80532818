"""What earlier claims of a case have claimed: written into the case's log, and read back for the limits of later ones.

An entry of the log is sealed like all of the case, only added, and can be withdrawn. It holds what a limit is counted
by (day, category, amount, country, nights ...), the receipts and the days of allowance, so that none is claimed twice,
and the advances it deducted, so that none is deducted twice; no merchant, no name.
Knows lines and log entries; knows no vault.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Protocol
from urllib.parse import quote, unquote

from toolkit.case_log_entries import MOST_EVIDENCE, Entry, Evidence, Said, Standing, What, standings
from toolkit.claim_stated import Advance
from toolkit.expense import Duplicate, Line, Particulars, Schedule, Slip

#: The sorts of evidence in an entry: which claim and part it is, a line, a paper counted with a line, a day allowed,
#: an advance deducted.
_CLAIM, _LINE, _ASIDE, _DAY, _ADVANCE = "claim", "claim line", "claim aside", "claim day", "claim advance"
_NO_CATEGORY = "-"
_COUNTS = ("nights", "persons", "kilometres")
_CURRENCY = re.compile(r"[A-Z]{3}")
_NO_DAYS: Mapping[date, str] = {}


class Spent(Protocol):
    """What a limit is counted by; lines of a claim have it, and what was claimed before."""

    @property
    def number(self) -> int: ...  # noqa: D102 - as Line
    @property
    def date(self) -> date: ...  # noqa: D102
    @property
    def amount(self) -> Decimal: ...  # noqa: D102
    @property
    def currency(self) -> str: ...  # noqa: D102
    @property
    def more(self) -> Particulars: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Claimed:
    """A line of an earlier claim: numbered below nought, with the entry of the log that it stands in."""

    number: int
    entry: int
    document: str
    date: date
    amount: Decimal = field(repr=False)
    currency: str
    more: Particulars = field(default=Particulars(), repr=False)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One earlier claim: the day it was recorded, the entries of the log it stands in, and how many lines it had.

    `again` counts the lines that the claim at hand makes once more; they are in `lines` no longer.
    """

    made_on: str
    entries: tuple[int, ...]
    lines: int
    again: int = 0

    @property
    def called(self) -> str:
        """Which claim it is, in words: "of 2026-10-31 (log entry 4)"."""
        return f"of {self.made_on} ({named(self.entries)})"


@dataclass(frozen=True, slots=True)
class Earlier:
    """All that earlier claims claimed. `doubts` says, a sentence each, what of it cannot be told."""

    claims: tuple[Recorded, ...] = ()
    lines: tuple[Claimed, ...] = field(default=(), repr=False)
    #: Receipts that stand in an earlier claim, as lines or counted with one, with the entry that says so.
    receipts: Mapping[str, int] = field(default_factory=dict)
    #: Days that an allowance was claimed for, with the entry that says so.
    days: Mapping[date, int] = field(default_factory=dict)
    #: Advances that were deducted, with the entries that say so: one entry for each of several that are alike.
    advances: Mapping[Advance, tuple[int, ...]] = field(default_factory=dict, repr=False)
    doubts: tuple[str, ...] = ()
    #: How many claims were ever recorded, withdrawn ones too: the number of a claim's files is never given twice.
    recorded: int = 0


def without(known: Earlier, receipts: Sequence[str]) -> Earlier:
    """Return what was claimed before, less what was for *receipts*: a claim that is made again does not come twice."""
    left = tuple(each for each in known.lines if each.document not in set(receipts))
    claims = []
    for claim in known.claims:
        counted = sum(each.entry in claim.entries for each in left)
        claims.append(replace(claim, lines=counted, again=claim.lines - counted))
    return replace(known, claims=tuple(claims), lines=left)


def named(entries: Sequence[int]) -> str:
    """Name entries of the log: "log entry 4", "log entries 4, 7"."""
    numbers = sorted(set(entries))
    return f"log entr{'y' if len(numbers) == 1 else 'ies'} {', '.join(map(str, numbers))}"


def to_record(
    made: Schedule, today: date, days: Mapping[date, str] = _NO_DAYS, advances: Sequence[Advance] = ()
) -> list[Said]:
    """Return the entries for the case's log that record the claim *made*; several where it has many lines.

    *days* are those it claims an allowance for, with the scheme of each; *advances* are those it deducts.
    """
    lines = [Evidence(_LINE, line.document, _written(line)) for line in made.lines]
    beside: list[Duplicate | Slip] = [*made.duplicates, *made.slips]
    asides = [Evidence(_ASIDE, each.document, f"counted with line {each.of}") for each in beside]
    allowed = [Evidence(_DAY, day.isoformat(), scheme) for day, scheme in sorted(days.items())]
    settled = [Evidence(_ADVANCE, each.date.isoformat(), f"{each.currency} {each.amount:f}") for each in advances]
    every, room = [*lines, *asides, *allowed, *settled], MOST_EVIDENCE - 1
    parts = [every[at : at + room] for at in range(0, len(every), room)]
    digest = hashlib.sha256(repr([(e.sort, e.name, e.said) for e in every]).encode()).hexdigest()[:16]
    count = len(made.lines)
    told = (
        f"Claim of {today.isoformat()}: {count} line{'s' if count != 1 else ''}, {made.currency} {made.total:f} in all."
    )
    told += f" Days with an allowance beside them: {len(days)}." if days else ""
    told += f" Advances deducted: {len(settled)}." if settled else ""
    return [
        Said(
            What.NOTE,
            f"{told} Later claims leave its receipts and days out and count it towards limits; withdraw this entry "
            f"where it was not handed in. Part {number} of {len(parts)}.",
            evidence=(Evidence(_CLAIM, digest, f"{today.isoformat()}, part {number} of {len(parts)}"), *part),
        )
        for number, part in enumerate(parts, start=1)
    ]


def earlier(entries: Sequence[Entry]) -> Earlier:
    """Return what the log's *entries* record of earlier claims; a withdrawn one counts no more.

    Never raises: what cannot be read, or is there in part, is a doubt.
    """
    worth = standings(entries)
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.evidence and entry.evidence[0].sort == _CLAIM:
            found.setdefault(entry.evidence[0].name, []).append(entry)
    claims, lines, receipts, days, doubts = [], list[Claimed](), dict[str, int](), dict[date, int](), []
    advances: dict[Advance, tuple[int, ...]] = {}
    for parts in found.values():
        alive = [each for each in parts if worth[each.number] is not Standing.WITHDRAWN]
        if not alive:
            continue
        numbers = tuple(each.number for each in alive)
        for entry in alive:
            receipts |= {each.name: entry.number for each in entry.evidence[1:] if each.sort in (_LINE, _ASIDE)}
        try:
            days |= {day: entry.number for entry in alive for day in _days(entry)}
            for advance, number in [(each, entry.number) for entry in alive for each in _advances(entry)]:
                advances[advance] = (*advances.get(advance, ()), number)
            made_on = _whole(alive)
            read = [*_read(alive, len(lines))]
        except (ValueError, InvalidOperation):
            doubts.append(f"the earlier claim in {named(numbers)} cannot be read whole")
            continue
        lines += read
        claims.append(Recorded(made_on, numbers, len(read)))
    return Earlier(tuple(claims), tuple(lines), receipts, days, advances, tuple(doubts), _ever_recorded(entries))


def _ever_recorded(entries: Sequence[Entry]) -> int:
    """How many claims the log has, by their first parts: one that is recorded anew after a withdrawal is another."""
    heads = [entry.evidence[0] for entry in entries if entry.evidence]
    return sum(each.sort == _CLAIM and ", part 1 of " in each.said for each in heads)


def _days(entry: Entry) -> list[date]:
    return [date.fromisoformat(each.name) for each in entry.evidence[1:] if each.sort == _DAY]


def _advances(entry: Entry) -> list[Advance]:
    """Return the advances that an entry says were deducted; raise ValueError, InvalidOperation for what is none."""
    found = []
    for each in entry.evidence[1:]:
        if each.sort == _ADVANCE:
            currency, _, amount = each.said.partition(" ")
            value = Decimal(amount)
            if not value.is_finite() or not _CURRENCY.fullmatch(currency):
                raise ValueError
            found.append(Advance(date.fromisoformat(each.name), value, currency))
    return found


def _written(line: Line) -> str:
    more = line.more
    said = [line.date.isoformat(), quote(more.reads_as, safe="") or _NO_CATEGORY, line.currency, f"{line.amount:f}"]
    told = {"country": more.country, "check_in": more.check_in, **{name: getattr(more, name) for name in _COUNTS}}
    return " ".join([*said, *(f"{name}={value}" for name, value in told.items() if value)])


def _whole(parts: Sequence[Entry]) -> str:
    """Return the day of a claim; raise ValueError where one of its parts is not there."""
    said = [entry.evidence[0].said for entry in parts]
    made_on, _, _ = said[0].partition(",")
    wanted = {f"{date.fromisoformat(made_on).isoformat()}, part {n} of {len(said)}" for n in range(1, len(said) + 1)}
    if set(said) != wanted:
        raise ValueError
    return made_on


def _read(parts: Sequence[Entry], before: int) -> Iterator[Claimed]:
    for entry in parts:
        for each in entry.evidence[1:]:
            if each.sort == _LINE:
                before += 1
                yield _line(each, -before, entry.number)


def _line(each: Evidence, number: int, entry: int) -> Claimed:
    day, category, currency, amount, *told = each.said.split(" ")
    said = dict(pair.split("=", 1) for pair in told)
    value = Decimal(amount)
    if not value.is_finite() or not _CURRENCY.fullmatch(currency) or set(said) - {"country", "check_in", *_COUNTS}:
        raise ValueError
    more = Particulars(
        country=said.get("country", ""),
        reads_as="" if category == _NO_CATEGORY else unquote(category),
        nights=int(said["nights"]) if "nights" in said else None,
        check_in=said.get("check_in", ""),
        persons=int(said["persons"]) if "persons" in said else None,
        kilometres=Decimal(said["kilometres"]) if "kilometres" in said else None,
    )
    return Claimed(number, entry, each.name, date.fromisoformat(day), value, currency, more)
