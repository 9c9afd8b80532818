"""A vault: officers, compartments, a store and a ledger in one folder. Knows no documents and no cases.

vault.json            format, id, whose signature everything hangs on; signed
access.jsonl          the roll of officers: signed statements
secrets/              the keys of the keyed hashes, wrapped to those whose role needs them
officers/NAME/        identity.age (under a passphrase)
compartments/NAME/    public.json (signed), key.OFFICER.age for each who can open it
store/                sealed blobs by the SHA-256 of the sealed bytes
ledger.jsonl, ledger-head.json

Who can read what is in vault.access. `Vault` is what the rest of the program sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from vault import checking, finishing, opened, rotating
from vault.access import Right, Role, require
from vault.checking import CREATED, Report
from vault.compartment import Compartment
from vault.envelope import seal
from vault.errors import MissingError, VaultError, WrongKeyError
from vault.files import locked, write_atomically
from vault.keys import WORK_FACTOR
from vault.office import Office
from vault.officer_keys import OfficerKeys
from vault.officers import Officers
from vault.opened import LOCK, META_FILE, ROOT_FILE, Opened
from vault.root import Root
from vault.signatory import Signatory
from vault.store import Store

#: The event that tells that an officer opened a case's key: whatever she read of it, she read after that.
OPENED = "case.opened"


class Vault:
    """An unlocked vault. Safe for use from several threads; several processes may have it unlocked at once."""

    def __init__(self, parts: Opened) -> None:
        """Use `create` or `unlock`."""
        self.parts = parts
        self.folder = parts.folder
        self.officer = parts.keys.label
        self.store: Store = parts.store
        self.ledger = parts.ledger
        #: What the officer opens cases for, in a word of the command line; the ledger is told.
        self.verb = ""
        parts.compartments.opening = self._tell_opening

    @classmethod
    def create(cls, folder: Path, *, officer: str, passphrase: str, work_factor: int = WORK_FACTOR) -> Vault:
        """Make a vault in *folder*, which must be absent or empty; it appears there complete or not at all."""
        return cls(opened.create(folder, officer, passphrase, work_factor))

    @classmethod
    def unlock(
        cls,
        folder: Path,
        passphrase: str = "",
        officer: str | None = None,
        *,
        keys: OfficerKeys | None = None,
    ) -> Vault:
        """Open the vault in *folder* with an officer's *keys*, or her passphrase; without *officer*, try everybody's.

        Complete what a kill interrupted. Raise MissingError, WrongKeyError or TamperedError.
        """
        if not (folder / META_FILE).is_file():
            raise MissingError("There is no vault in that folder.", remedy="Make one with `mobility vault init`.")
        kept = Officers(folder / "officers")
        found = keys or kept.unlock(passphrase, officer)
        following = None if keys else kept.next(found.label, passphrase)
        if following is not None and opened.is_on_roll(folder, following):
            vault = cls(opened.unlock(folder, following))
            # In this order: what a kill leaves of it is done at the next unlocking.
            rotating.settle(vault.parts)
            kept.promote(following.label)
        elif following is not None and found.public_signing == following.public_signing:
            raise WrongKeyError(
                "That passphrase is for keys that are not in use yet.", remedy="Use the one before, and rotate again."
            )
        else:
            vault = cls(opened.unlock(folder, found))
        finishing.finish(vault.parts)
        return vault

    def use_store(self, store: Store) -> None:
        """Keep sealed blobs in *store* from now on, instead of in the vault's folder."""
        self.store = self.parts.store = store
        self.parts.compartments.use_store(store)

    def rotate_own_keys(self, passphrase: str, *, work_factor: int = WORK_FACTOR) -> None:
        """Give the officer new keys under *passphrase* in the vault's folder. Unlock anew afterwards, which ends it."""
        fresh = self.office.new_keys(self.officer)
        kept = Officers(self.folder / "officers")
        rotating.rekey(self.parts, fresh, lambda: kept.keep_next(fresh, passphrase, work_factor))

    @property
    def role(self) -> Role:
        """What the officer who unlocked the vault is."""
        return self.parts.role

    @property
    def office(self) -> Office:
        """Who adds and removes officers, grants and revokes; raise VaultError in a vault of the first format."""
        return Office(self.parts)

    def new_compartment(self, name: str) -> Compartment:
        """Make a compartment with a key pair of its own; raise VaultError where the name is or was in use."""
        require(self.role, Right.START_CASES)
        with locked(self.folder / LOCK):
            readers = self.parts.readers({"granted": self.officer})
            roll = self.parts.roll.count if self.parts.roll is not None else 0
            self.parts.compartments.create(name, [self.officer], readers, roll)
            self.ledger.append(CREATED, compartment=name)
        return self.parts.compartments.get(name)

    def compartment(self, name: str) -> Compartment:
        """Return a compartment; raise MissingError where there is none, or none any more."""
        return self.parts.compartments.get(name)

    def compartments(self) -> list[str]:
        """Return the names of all compartments, in order, whoever can open them."""
        return self.parts.compartments.names()

    def has_compartment(self, name: str) -> bool:
        """Whether `compartments` has *name*, without looking at all the others."""
        return self.parts.compartments.has(name)

    def readable(self, names: Iterable[str]) -> list[str]:
        """Return which of *names* this officer can open, all told to the ledger at once."""
        return self.parts.compartments.readable(names)

    def was_forgotten(self, name: str) -> bool:
        """Whether a compartment of that name was there and was forgotten; raise MissingError where none ever was."""
        return self.parts.compartments.was_forgotten(name)

    def held(self) -> list[str]:
        """Return the compartments under a legal hold; in the first format there are none."""
        return self.office.held() if self.parts.roll is not None else []

    def check_not_held(self, name: str) -> None:
        """Raise HeldError where a legal hold forbids to erase a compartment."""
        self.parts.compartments.check_not_held(name)

    def forget(self, name: str) -> None:
        """Delete a compartment's key: nothing sealed to it can be opened again. Running it twice is no error.

        Raise HeldError under a legal hold, NotGrantedError where the officer's role does not allow it.
        """
        require(self.role, Right.FORGET)
        with locked(self.folder / LOCK):
            if not self.parts.compartments.was_forgotten(name):
                self.parts.compartments.check_not_held(name)
                self.parts.compartments.mark_forgotten(name)
            finishing.forget(self.parts, name)

    def add_officer(self, label: str, passphrase: str, *, work_factor: int = WORK_FACTOR) -> None:
        """Add another lead: let her open everything in the vault, with a passphrase of her own."""
        if self.parts.roll is not None:
            self.office.add_with_passphrase(label, Role.LEAD, passphrase, work_factor)
            return
        root = self._root
        with locked(self.folder / LOCK):
            Officers(self.folder / "officers").enrol(label, passphrase, work_factor, root)
            self.ledger.append("officer.added", officer=label)
            self._wrap_again(root)

    def wrap_again(self) -> None:
        """Wrap every key that waits: completes an `add_officer` that a kill interrupted."""
        if self.parts.roll is not None:
            self.office.carry_out()
            return
        with locked(self.folder / LOCK):
            self._wrap_again(self._root)

    def officers(self) -> list[str]:
        """Return the names of all officers, in order."""
        return sorted(self.parts.roles())

    def keyed_hash(self, purpose: str, data: bytes) -> str:
        """Return a hash (hexadecimal HMAC-SHA-256) that says nothing to anybody without the vault's hash keys."""
        return self.parts.hashes.keyed_hash(purpose, data)

    def use_hash_keys(self, find: int, sums: int) -> None:
        """Hash with the keys of these numbers, at which a catalogue is; the first format has one key and no numbers."""
        if self.parts.roll is not None:
            self.parts.hash_keys.use(find, sums)

    def vouched_until(self, case: str) -> dict[str, str]:
        """Return who signed things of others in a case anew, and up to when (ISO 8601, UTC) she vouches for them.

        That is who brought the vault on from the first format, and who had the case sealed anew.
        """
        roll = self.parts.roll
        if roll is None:
            return {}
        said = self.parts.compartments.read(case)
        vouched = {str(said.get("resealed_by", "")): str(said.get("resealed", ""))}
        if said.get("resealing"):
            vouched[str(said["resealing"])] = "9"
        if roll.upgraded:
            founder = roll.ever[roll.anchor.hex()].label
            vouched[founder] = max(vouched.get(founder, ""), roll.upgraded)
        return vouched

    def sign(self, message: bytes) -> bytes:
        """Return the signature of *message* by the officer who unlocked the vault."""
        return self.parts.authority.sign("message", message)

    def check_signature(self, message: bytes, signature: bytes) -> None:
        """Raise TamperedError unless an officer who may gave *signature* for *message*."""
        self.parts.authority.check("message", message, signature)

    def signer(self, signature: bytes) -> str:
        """Return who gave a signature that was checked; empty where all officers shared one key."""
        authority = self.parts.authority
        return authority.signer(signature) if isinstance(authority, Signatory) else ""

    def verify(self, expected: Iterable[str] = ()) -> Report:
        """Look at every file of the vault; *expected* names blobs that must be in the store. Raise nothing."""
        return checking.verify(self.parts, expected)

    @property
    def _root(self) -> Root:
        if not isinstance(self.parts.authority, Root):
            raise VaultError("The vault is of the second format.")
        return self.parts.authority

    def _wrap_again(self, root: Root) -> None:
        officers = Officers(self.folder / "officers").recipients(root).values()
        compartments = self.parts.compartments
        for name in compartments.names():
            compartments.write_keys(name, compartments.identities(name, compartments.read(name)), ())
        # The root secret comes last: an officer who can open it can open everything else.
        write_atomically(self.folder / ROOT_FILE, seal(root.secret.hex().encode() + b"\n", officers))

    def _tell_opening(self, names: Sequence[str]) -> None:
        if self.parts.roll is not None:
            said = {"verb": self.verb} if self.verb else {}
            self.ledger.append_all([(OPENED, {"case": name, **said}) for name in names])

    def __repr__(self) -> str:
        return "<Vault>"
