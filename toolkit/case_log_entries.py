"""What a case log holds: notes, decisions, approvals, and exceptions from a policy with who may answer them. Pure.

The log only grows. What an entry was worth later (an exception approved, a decision withdrawn) is worked out from the
entries after it and never written into it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from toolkit import phrasing
from toolkit.errors import InputError

#: Far more than a reason takes; a whole paper belongs among the documents, and is named as evidence.
MOST_TEXT, MOST_CLAUSE, MOST_EVIDENCE = 8000, 120, 50


class What(StrEnum):
    """The kinds of entries. A refusal answers an exception, a withdrawal any entry that can be taken back."""

    NOTE = "note"
    DECISION = "decision"
    EXCEPTION = "exception"
    APPROVAL = "approval"
    REFUSAL = "refusal"
    WITHDRAWAL = "withdrawal"


class Standing(StrEnum):
    """What an entry is worth in the light of those after it. `OPEN` is an exception that nobody has answered."""

    STANDS = "stands"
    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something an entry rests on: a document, finding or fact (`sort`) by its name, and what it said at the time."""

    sort: str
    name: str
    said: str

    def __repr__(self) -> str:
        return f"<Evidence {self.sort} {self.name}>"


@dataclass(frozen=True, slots=True)
class Said:
    """What a person wants to enter. `answers` is the number of the entry it is about, or 0."""

    what: What
    text: str
    clause: str = ""
    evidence: tuple[Evidence, ...] = ()
    answers: int = 0

    def __repr__(self) -> str:
        return f"<Said {self.what}>"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its number in the case from 1, when (ISO 8601, UTC) and which officer of the vault entered it.

    `alone` says that an officer approved what the same officer had asked for, since the vault had no other.
    """

    number: int
    at: str
    by: str
    what: What
    text: str
    clause: str = ""
    evidence: tuple[Evidence, ...] = ()
    answers: int = 0
    alone: bool = False

    def __repr__(self) -> str:
        return f"<Entry {self.number} {self.what} by {self.by}>"


def standings(entries: Sequence[Entry]) -> Mapping[int, Standing]:
    """Return what each entry, by its number, is worth after all of *entries*."""
    found: dict[int, Standing] = {}
    for entry in entries:
        found[entry.number] = Standing.OPEN if entry.what is What.EXCEPTION else Standing.STANDS
        if entry.answers and entry.what in _ANSWERS:
            found[entry.answers] = _ANSWERS[entry.what]
    return found


_ANSWERS = {
    What.APPROVAL: Standing.APPROVED,
    What.REFUSAL: Standing.DECLINED,
    What.WITHDRAWAL: Standing.WITHDRAWN,
}


def entered(said: Said, entries: Sequence[Entry], *, at: str, by: str, officers: Sequence[str]) -> Entry:
    """Return *said* as the entry after *entries*; raise InputError where it may not stand there.

    An exception needs a clause and is answered once, by another of the *officers* than who asked; the only officer of a
    vault may answer alone, and the entry says so. Nothing is edited: who errs withdraws and enters anew.
    """
    said = _cleaned(said)
    entry = Entry(len(entries) + 1, at, by, said.what, said.text, said.clause, said.evidence, said.answers)
    if said.what is What.EXCEPTION and not said.clause:
        raise InputError("An exception is from a clause of a policy.", remedy="Name it: --clause 'Housing 4.2'.")
    if said.what not in _ANSWERS:
        if said.answers:
            raise InputError(f"A {said.what} answers no entry.", remedy="Leave out --to, or add another kind of entry.")
        return entry
    if not said.answers:
        _check_unaddressed(said, entries)
        return entry
    if not 1 <= said.answers <= len(entries):
        raise InputError(f"The case's log has no entry {said.answers}.", remedy="See `mobility log CASE`.")
    return _answer(entry, entries[said.answers - 1], standings(entries)[said.answers], officers)


def _check_unaddressed(said: Said, entries: Sequence[Entry]) -> None:
    """An approval may stand for itself, but not where it could be meant for an exception that waits for one."""
    if said.what is not What.APPROVAL:
        raise InputError(f"It is not said what the {said.what} is about.", remedy="Name the entry: --to NUMBER.")
    waiting = [number for number, worth in standings(entries).items() if worth is Standing.OPEN]
    if waiting:
        raise InputError(
            f"The case has an exception that waits for an answer: {', '.join(map(str, waiting))}.",
            remedy=f"Approve it with --to {waiting[0]}; for anything else enter a decision.",
        )


def _answer(entry: Entry, about: Entry, worth: Standing, officers: Sequence[str]) -> Entry:
    entry = replace(entry, clause=entry.clause or about.clause)
    if worth is Standing.WITHDRAWN:
        raise InputError(f"Entry {about.number} was withdrawn already.", remedy="Enter it anew.")
    if entry.what is What.WITHDRAWAL:
        if about.what in (What.REFUSAL, What.WITHDRAWAL) or (about.what is What.APPROVAL and about.answers):
            raise InputError(
                f"Entry {about.number} answers another and stays.", remedy="Withdraw what it answers, and ask anew."
            )
        return entry
    if about.what is not What.EXCEPTION:
        raise InputError(f"Entry {about.number} is no exception.", remedy="Name an exception: see `mobility log CASE`.")
    if worth is not Standing.OPEN:
        raise InputError(f"Exception {about.number} is {worth} already.", remedy="Withdraw it, and ask anew.")
    if about.by == entry.by and entry.what is What.APPROVAL:
        if len(officers) > 1:
            raise InputError(
                f"Exception {about.number} was asked for by {about.by}, who cannot approve it too.",
                remedy=f"Another officer does: {', '.join(each for each in officers if each != about.by)}.",
            )
        return replace(entry, alone=True)
    return entry


def _cleaned(said: Said) -> Said:
    lines = [line.rstrip() for line in phrasing.printable(said.text).strip().split("\n")]
    text, clause = "\n".join(lines), " ".join(phrasing.printable(said.clause).split())
    if not text:
        raise InputError("An entry says why.", remedy="Give the text in a file (--from FILE), or when asked.")
    for given, most, name in ((text, MOST_TEXT, "text"), (clause, MOST_CLAUSE, "clause")):
        if len(given) > most:
            raise InputError(
                f"The {name} has {len(given)} characters, and {most} are taken.",
                remedy="Shorten it; take a whole paper in as a document and name it as evidence.",
            )
    if len(said.evidence) > MOST_EVIDENCE:
        raise InputError(f"More than {MOST_EVIDENCE} pieces of evidence.", remedy="Name those that decide.")
    return replace(said, text=text, clause=clause)
