"""What the ledger was told of officers and of who holds which key, compared with what is there."""

from __future__ import annotations

from vault.access import Right, Role, may
from vault.entries import Entry, parse_entry
from vault.errors import VaultError
from vault.ledger import ROLL
from vault.opened import Opened
from vault.roll import Event
from vault.wraps import wrapped_to

_ENTERED = frozenset({Event.FOUNDED, Event.ADDED, Event.RECOVERED})


def problems(opened: Opened) -> list[str]:
    """Return in plain words where roll and key files are not what a sound ledger says; none in the first format."""
    if opened.roll is None:
        return []
    statements: list[bytes] = []
    holders = _Holders()
    for entry in opened.ledger.entries():
        if entry["event"] == ROLL:
            statements.append(str(entry["fact.statement"]).encode() + b"\n")
            holders.state(parse_entry(statements[-1]))
        else:
            holders.take(entry)
    # Read anew after the ledger: another program may have stated something meanwhile.
    opened.roll.refresh()
    there = opened.roll.lines[: len(statements)]
    if len(there) < len(statements):
        return ["vault: the roll of officers is older than the ledger says: statements were removed"]
    if there != statements:
        return ["vault: the roll of officers (access.jsonl) is not the one that the ledger was told"]
    return [
        f"compartment {case}: the key file of {label} is not there: have somebody who can open the case run "
        "mobility vault grant --carry-out"
        for case in sorted(holders.of)
        for label in sorted(_lost(opened, case, holders.of[case]))
    ]


class _Holders:
    """To whom the key of each compartment was wrapped, by what the ledger was told so far."""

    def __init__(self) -> None:
        self.of: dict[str, set[str]] = {}
        self._leads: set[str] = set()

    def state(self, said: Entry) -> None:
        """Take in a statement of the roll."""
        label = str(said.get("officer"))
        if said["event"] in _ENTERED and may(Role(str(said["role"])), Right.OPEN_EVERY_CASE):
            self._leads.add(label)
        elif said["event"] == Event.REMOVED:
            self._leads.discard(label)
            for holders in self.of.values():
                holders.discard(label)

    def take(self, entry: Entry) -> None:
        """Take in another line of the ledger."""
        case, officer = str(entry.get("fact.case", "")), str(entry.get("fact.officer", ""))
        if entry["event"] == "compartment.created":
            self.of[str(entry["fact.compartment"])] = {*self._leads, str(entry["by"])}
        elif entry["event"] == "grant.carried-out":
            self.of.setdefault(case, set()).update(str(entry["fact.officers"]).split())
        elif entry["event"] == "case.revoked":
            self.of.get(case, set()).discard(officer)


def _lost(opened: Opened, case: str, holders: set[str]) -> frozenset[str]:
    """Return those of *holders* who are entitled still and have no key file any more."""
    try:
        said = opened.compartments.read(case)
    except VaultError:
        return frozenset()  # what is wrong with it was said already
    if said["state"] != "open":
        return frozenset()
    return (opened.readers(said) & holders) - wrapped_to(opened.compartments.folder(case))
