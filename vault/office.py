"""Officers come and go, cases are granted and taken back, by somebody entitled; and what waits for a holder of the key.

Nobody can wrap a key that she cannot open. So what an administrator grants is an order, signed into the public file of
the case, that somebody who can open the case carries out. A lead is both, and her grants need nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vault import carrying
from vault.access import Right, Role, may, require
from vault.compartments import Compartments
from vault.errors import MissingError, NotGrantedError, VaultError
from vault.files import locked
from vault.hash_keys import FIND, SUM
from vault.keys import WORK_FACTOR, X25519Recipient
from vault.officer_keys import OfficerKeys
from vault.officers import Officers, check_label
from vault.opened import LOCK, Opened
from vault.roll import Event, Officer, check_not_last_lead
from vault.wraps import remove_for, wrapped_to

#: What the removed officer's programs may have kept, whatever is done here. Said wherever one is removed.
KEPT = (
    "What she opened or could have copied until now stays with her: the keys of the cases granted to her, the find "
    "keys, and any backup she has. New keys protect what is sealed from now on: run `mobility vault rotate`; for a "
    "case whose key may have been copied, `mobility vault rotate --reseal CASE`."
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something granted that a holder has still to carry out: a case's key, or (without a case) hash keys."""

    officer: str
    case: str
    hash_keys: str = ""


class Office:
    """What officers with a right to appoint do, and what holders carry out. One vault of the second format."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._signatory = opened.signatory
        self._hashes = opened.hash_keys
        self._roll = opened.statements

    @property
    def _compartments(self) -> Compartments:
        return self._opened.compartments

    def officers(self) -> list[Officer]:
        """Return the officers of today, by name."""
        self._roll.refresh()
        return sorted(self._roll.officers.values(), key=lambda officer: officer.label)

    def new_keys(self, label: str) -> OfficerKeys:
        """Return keys for an officer of this vault, who is on no roll yet."""
        check_label(label, "officer")
        return OfficerKeys.generate(label, vault=self._roll.vault, anchor=self._roll.anchor)

    def add(self, label: str, role: Role, recipient: str, signing: str) -> None:
        """Enter an officer with her public keys, and wrap to her what this officer can."""
        check_label(label, "officer")
        self._require_entitled(role)
        X25519Recipient.parse(recipient)
        self._require_new(label)
        with locked(self._opened.folder / LOCK):
            said = {"officer": label, "recipient": recipient, "role": role.value, "signing": signing}
            self._state(Event.ADDED, **said)
            self._opened.ledger.append("officer.added", officer=label, role=role.value)
        # What administrators have granted to others still waits for a holder who says so.
        self.carry_out(label, orders=may(self._opened.role, Right.OPEN_EVERY_CASE))

    def add_with_passphrase(self, label: str, role: Role, passphrase: str, work_factor: int = WORK_FACTOR) -> None:
        """Make an officer's keys here, keep them in the vault's folder under her passphrase, and enter her."""
        self._require_entitled(role)
        self._require_new(label)
        keys = self.new_keys(label)
        kept = Officers(self._opened.folder / "officers")
        # A kill before she is entered leaves a file that opens nothing, and that the next try replaces.
        kept.drop(label)
        kept.keep(keys, passphrase, work_factor)
        self.add(label, role, str(keys.identity.recipient), keys.public_signing)

    def remove(self, label: str) -> list[str]:
        """Take an officer from the roll, and every key that is wrapped to her; return the cases that she could open."""
        self._officer(label)
        require(self._opened.role, Right.APPOINT)
        check_not_last_lead(self._roll, label)
        with locked(self._opened.folder / LOCK):
            self._state(Event.REMOVED, officer=label)
            self._opened.ledger.append("officer.removed", officer=label)
            return self._take_away()

    def grant(self, label: str, case: str, *, why: str = "") -> bool:
        """Entitle an officer to a case; return whether its key is wrapped to her already, or waits for a holder."""
        officer = self._officer(label)
        if not may(officer.role, Right.OPEN_GRANTED_CASES):
            raise VaultError(
                f"{label} has the role {officer.role.value}, which opens no cases.",
                remedy="Counsel is handed packets sealed to counsel's own key; others need to be specialists.",
            )
        self._change(case, label, add=True, why=why)
        return label in wrapped_to(self._compartments.folder(case))

    def revoke(self, label: str, case: str, *, why: str = "") -> None:
        """Take a case back from an officer: her key file is deleted at once."""
        self._officer(label)
        self._change(case, label, add=False, why=why)

    def hold(self, case: str, *, why: str, lift: bool = False) -> None:
        """Put a case under a legal hold, which forbids to erase it, or lift the hold; the ledger keeps why."""
        event = "hold.lifted" if lift else "hold.placed"
        require(self._opened.role, Right.APPOINT)
        with locked(self._opened.folder / LOCK):
            entry = self._compartments.read(case)
            if bool(entry.get("held")) != lift:
                raise VaultError(f"The case {case} is {'not ' if lift else ''}under a legal hold.")
            version = str(int(entry.get("version", 1)) + 1)
            self._compartments.write(case, {**entry, "held": "" if lift else "yes"})
            self._opened.ledger.append(event, case=case, compartment=case, version=version, why=why)

    def held(self) -> list[str]:
        """Return the cases under a legal hold."""
        return [case for case in self._compartments.names() if self._compartments.read(case).get("held")]

    def readers(self, case: str) -> frozenset[str]:
        """Return who is entitled to open a case."""
        return self._opened.readers(self._compartments.read(case))

    def granted(self, case: str) -> list[str]:
        """Return to whom a case is granted by name."""
        return str(self._compartments.read(case).get("granted", "")).split()

    def waiting(self, cases: Iterable[str] | None = None) -> list[Waiting]:
        """Return what is granted and has still to be carried out by a holder."""
        found = [Waiting(label, "", kind) for kind in (FIND, SUM) for label in sorted(self._hashes.waiting(kind))]
        for case in self._compartments.names() if cases is None else cases:
            there = wrapped_to(self._compartments.folder(case))
            found += [Waiting(label, case) for label in sorted(self.readers(case) - there)]
        return found

    def carry_out(self, officer: str = "", *, orders: bool = True) -> list[Waiting]:
        """Wrap what waits (for *officer*, or all) and this officer can open; return what was done.

        Without *orders* only hash keys.
        """
        waiting = self.waiting() if orders else self.waiting([])
        before = [each for each in waiting if officer in ("", each.officer)]
        with locked(self._opened.folder / LOCK):
            for kind in (FIND, SUM):
                whom = {each.officer for each in before if each.hash_keys == kind}
                if whom and self._signatory.label not in whom:
                    self._carry_out_hash_keys(kind, whom)
            for case in self._compartments.readable(sorted({each.case for each in before} - {""})):
                self._carry_out_case(case, [each.officer for each in before if each.case == case])
        after = set(self.waiting() if orders else self.waiting([]))
        return [each for each in before if each not in after]

    def _carry_out_hash_keys(self, kind: str, officers: Iterable[str]) -> None:
        try:
            self._hashes.wrap(kind, officers)
        except NotGrantedError:
            return  # an administrator has no find keys to hand on: it waits for somebody who has

    def _carry_out_case(self, case: str, officers: Iterable[str]) -> None:
        carrying.finish(self._opened, case)
        entry = self._compartments.read(case)
        missing = (self._opened.readers(entry) - wrapped_to(self._compartments.folder(case))) & set(officers)
        if missing:
            carrying.carry_out(self._opened, case, self._compartments.identities(case, entry), missing)

    def _change(self, case: str, label: str, *, add: bool, why: str) -> None:
        require(self._opened.role, Right.APPOINT)
        with locked(self._opened.folder / LOCK):
            entry = self._compartments.read(case)
            if entry["state"] != "open":
                raise MissingError(f"The case {case} was forgotten.")
            granted = set(str(entry.get("granted", "")).split())
            granted = granted | {label} if add else granted - {label}
            # Until it is done the public file says for whom: a kill is completed at the next unlocking.
            self._compartments.write(case, {**entry, "changing": label, "granted": " ".join(sorted(granted))})
            self.finish_change(case, why)

    def finish_change(self, case: str, why: str = "") -> None:
        """Tell the ledger of a grant or revocation that the public file says, and do it. The vault is locked."""
        entry = self._compartments.read(case)
        label = str(entry["changing"])
        event = "case.granted" if label in str(entry["granted"]).split() else "case.revoked"
        facts = {"officer": label, "case": case, "compartment": case, "version": str(entry["version"])}
        self._opened.ledger.append(event, **facts, **({"why": why} if why else {}))
        entitled = self._opened.readers(entry)
        if label not in entitled:
            remove_for(self._compartments.folder(case), [label])
        elif case in self._compartments.readable([case]):
            self._carry_out_case(case, [label])
        self._compartments.write(case, {**entry, "changing": ""})

    def _take_away(self) -> list[str]:
        """Remove every key file of somebody who is not entitled (any more); return the cases where there were some."""
        kept = Officers(self._opened.folder / "officers")
        for label in set(kept.labels()) - self._roll.officers.keys():
            kept.drop(label)
        self._hashes.tidy()
        cases = []
        for case in self._compartments.names():
            folder = self._compartments.folder(case)
            strangers = wrapped_to(folder) - self._opened.readers(self._compartments.read(case))
            remove_for(folder, strangers)
            cases += [case] if strangers else []
        return cases

    def _officer(self, label: str) -> Officer:
        self._roll.refresh()
        if label not in self._roll.officers:
            raise MissingError(f"There is no officer {label}.", remedy="See `mobility vault officers`.")
        return self._roll.officers[label]

    def _require_entitled(self, role: Role) -> None:
        require(self._opened.role, Right.APPOINT_LEADS if may(role, Right.OPEN_EVERY_CASE) else Right.APPOINT)

    def _require_new(self, label: str) -> None:
        self._roll.refresh()
        if label in self._roll.officers:
            raise VaultError(f"There is an officer {label} already.")

    def _state(self, event: Event, **said: str) -> None:
        require(self._opened.role, Right.APPOINT)
        self._roll.state(event, by=self._signatory.label, key=self._opened.keys.own_signing, **said)
        self._opened.tell()
