"""The roll of officers: signed statements in a chain, from which follows who is an officer, as what, with which keys.

`access.jsonl` holds one statement a line. The first is the founder's about herself; each later one is signed by
somebody who was entitled to it at that place. The ledger is told every statement word for word, so an exported ledger
can be checked without this file. Knows no folders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from vault.access import Right, Role, may, require
from vault.entries import Entry, check_ed25519, parted, render
from vault.errors import NotGrantedError, TamperedError, VaultError
from vault.root import check_first

STATEMENT = "statement"
#: In whose name the recovery key states, and to whom it is wrapped; no officer can be called so.
RECOVERY = "recovery"
_START = "0" * 64


class Event(StrEnum):
    """What a statement says."""

    FOUNDED = "vault.founded"
    UPGRADED = "vault.upgraded"
    RETIRED = "first-format.retired"
    ADDED = "officer.added"
    REMOVED = "officer.removed"
    REKEYED = "officer.rekeyed"
    RECOVERY = "recovery.set"
    RECOVERED = "officer.recovered"


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer as the roll has her: public keys, the numbers of the statements she came and went with (0: not)."""

    label: str
    role: Role
    recipient: str
    signing: str
    since: int
    until: int = 0


class Roll:
    """What all statements so far amount to. `apply` takes the next one and refuses what nobody entitled has signed."""

    def __init__(self, vault: str, anchor: bytes, first_key: bytes = b"") -> None:
        """*anchor* must have signed the first statement; *first_key* is the signing key of a vault's first format."""
        self.vault = vault
        self.anchor = anchor
        self.first_key = first_key
        self.count = 0
        self.last = _START
        self.officers: dict[str, Officer] = {}
        #: Everybody who ever was an officer, by signing key.
        self.ever: dict[str, Officer] = {}
        self.retired = not first_key
        self.upgraded = ""
        self.recovery: Entry = {}

    def message(self, purpose: str, message: bytes) -> bytes:
        """Return what a signature in this vault is over."""
        return f"mobility-vault/2/{self.vault}/{purpose}".encode() + b"\0" + message

    def roles(self) -> Mapping[str, Role]:
        """Return the role of each officer of today."""
        self.refresh()
        return {label: officer.role for label, officer in self.officers.items()}

    def by_key(self, key: str, right: Right, *, ever: bool) -> Officer:
        """Return whose signing key that is; raise TamperedError unless she has *right* today, or (*ever*) had it."""
        if key not in self.ever or not ever:
            self.refresh()
        officer = self.ever.get(key)
        if officer is None or not may(officer.role, right):
            raise TamperedError("It is signed by a key of nobody who may sign such a thing.")
        if not ever and self.officers.get(officer.label) != officer:
            raise TamperedError(f"It is signed by {officer.label}, who was no officer (or had other keys) by then.")
        return officer

    def refresh(self) -> None:
        """Take in what other programs have stated since; where the roll is read from, that is for `RollFile`."""

    def next(self, event: Event, *, at: str, by: str, key: str, **facts: str | int) -> Entry:
        """Return the next statement, not signed yet."""
        entry: Entry = {"at": at, "by": by, "event": event.value, "key": key, "number": self.count + 1}
        return {**entry, "previous": self.last, "vault": self.vault, **facts}

    def apply(self, line: bytes) -> Entry:
        """Take in the next statement and return it; raise TamperedError where it cannot stand there."""
        entry, signature = parted(line)
        if (entry.get("number"), entry.get("previous"), entry.get("vault")) != (self.count + 1, self.last, self.vault):
            raise TamperedError(
                f"Statement {self.count + 1} of the roll of officers does not follow the one before it."
            )
        key = str(entry.get("key"))
        try:
            check_ed25519(bytes.fromhex(key), self.message(STATEMENT, render(entry)), signature)
            self._take(Event(str(entry["event"])), entry, key)
        except (ValueError, KeyError) as mistake:
            raise TamperedError("A statement of the roll of officers is damaged.") from mistake
        except NotGrantedError as mistake:
            raise TamperedError(f"A statement of the roll of officers is not entitled: {mistake.message}") from mistake
        self.count += 1
        self.last = hashlib.sha256(line).hexdigest()
        return entry

    def _take(self, event: Event, entry: Entry, key: str) -> None:
        if (self.count == 0) != (event in (Event.FOUNDED, Event.UPGRADED)):
            raise TamperedError("The roll of officers does not begin as it must.")
        if self.count == 0:
            self._begin(event, entry, key)
            return
        if event is Event.RECOVERED:
            self._recover(entry, key)
            return
        signer = self.by_key(key, Right.SIGN_LEDGER, ever=False)
        if entry["by"] != signer.label:
            raise TamperedError("A statement of the roll of officers is signed by another than it says.")
        if event is not Event.REKEYED:
            require(signer.role, _needed(event, entry))
        elif entry["officer"] != signer.label:
            raise TamperedError(f"The roll of officers has keys of {entry['officer']} that are not from herself.")
        if event is Event.RETIRED:
            self.retired = True
        elif event is Event.RECOVERY:
            self.recovery = entry
        else:
            self._take_officer(event, entry)

    def _begin(self, event: Event, entry: Entry, key: str) -> None:
        if key != self.anchor.hex() or entry["signing"] != key or entry["role"] != Role.LEAD.value:
            raise TamperedError("The vault was founded by another than the officer's identity file says.")
        if (event is Event.UPGRADED) != bool(self.first_key):
            raise TamperedError("The roll of officers and vault.json do not agree where the vault comes from.")
        if event is Event.UPGRADED:
            # The first format's own key hands over, or a stranger could found the vault anew over an old ledger.
            handed = bytes.fromhex(str(entry["handed_over"]))
            check_first(self.first_key, "handing over", f"{self.vault} {key}".encode(), handed)
            self.upgraded = str(entry["at"])
        self._enter(entry)

    def _recover(self, entry: Entry, key: str) -> None:
        if key != self.recovery.get("signing") or entry["by"] != RECOVERY or entry["role"] != Role.LEAD.value:
            raise TamperedError("The roll of officers has a lead whom the recovery key did not appoint.")
        if str(entry["officer"]) in self.officers:
            raise TamperedError(f"The roll of officers has {entry['officer']} twice.")
        self._enter(entry)

    def _take_officer(self, event: Event, entry: Entry) -> None:
        label = str(entry["officer"])
        there = self.officers.get(label)
        if (there is None) != (event is Event.ADDED):
            raise TamperedError(f"The roll of officers has {label} twice, or not at all.")
        if event is Event.REMOVED and there is not None:
            check_not_last_lead(self, label)
        if there is not None:
            del self.officers[label]
            self.ever[there.signing] = replace(there, until=self.count + 1)
        if event is not Event.REMOVED:
            self._enter(entry, there.role if there else None)

    def _enter(self, entry: Entry, role: Role | None = None) -> None:
        keys = str(entry["recipient"]), str(entry["signing"])
        officer = Officer(str(entry["officer"]), role or Role(str(entry["role"])), *keys, self.count + 1)
        if officer.signing in self.ever:
            raise TamperedError("The roll of officers has one signing key twice.")
        self.officers[officer.label] = self.ever[officer.signing] = officer


def _needed(event: Event, entry: Entry) -> Right:
    """Return the right to state it: who opens no case must not have one opened to a lead or a key of her own making."""
    leads = event is Event.ADDED and may(Role(str(entry["role"])), Right.OPEN_EVERY_CASE)
    return Right.APPOINT_LEADS if leads or event is Event.RECOVERY else Right.APPOINT


def check_not_last_lead(roll: Roll, label: str) -> None:
    """Raise VaultError where *label* is the last lead: then nobody could open the vault's cases any more."""
    leads = [each for each, role in roll.roles().items() if may(role, Right.OPEN_EVERY_CASE)]
    if leads == [label]:
        raise VaultError(f"{label} is the last lead of the vault.", remedy="Add another lead first.")
