"""A vault: officers, compartments, a store and a ledger in one folder. Knows no documents and no cases.

vault.json            format, id, signing key; signed
root.age              the root secret, sealed to the officers
officers/NAME/        identity.age (under a passphrase), public.json (signed)
compartments/NAME/    key.age (sealed to the officers), public.json (signed)
store/                sealed blobs by the SHA-256 of the sealed bytes
ledger.jsonl, ledger-head.json
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vault.compartments import Compartment, Compartments
from vault.envelope import seal, unseal
from vault.errors import MissingError, TamperedError, VaultError
from vault.files import locked, sweep, sync_folder, write_atomically
from vault.keys import WORK_FACTOR, X25519Identity
from vault.ledger import Ledger
from vault.officers import Officers, describe, read_header
from vault.root import Root
from vault.store import FolderStore

FORMAT = "mobility-vault/1"
META_FILE = "vault.json"
ROOT_FILE = "root.age"
_LOCK = "vault.lock"
_META = "vault"
_FORGOTTEN = "compartment.forgotten"
_CREATED = "compartment.created"


@dataclass(frozen=True, slots=True)
class Report:
    """What `Vault.verify` looked at, and what is wrong in plain words."""

    checked: int
    problems: tuple[str, ...]


class Vault:
    """An unlocked vault. Safe for use from several threads; several processes may have it unlocked at once."""

    def __init__(self, folder: Path, officer: str, identity: X25519Identity, root: Root) -> None:
        """Use `create` or `unlock`."""
        self.folder = folder
        self.officer = officer
        self.store = FolderStore(folder / "store")
        self.ledger = Ledger(folder, root, by=officer)
        self._root = root
        self._officers = Officers(folder / "officers")
        self._compartments = Compartments(folder / "compartments", root, identity, self.store)

    @classmethod
    def create(cls, folder: Path, *, officer: str, passphrase: str, work_factor: int = WORK_FACTOR) -> Vault:
        """Make a vault in *folder*, which must be absent or empty; it appears there complete or not at all."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists() and any(folder.iterdir()):
            raise VaultError("The folder for the new vault is not empty.", remedy="Choose another.")
        unfinished = folder.parent / f".{secrets.token_hex(8)}.tmp"
        for part in (unfinished, unfinished / "officers", unfinished / "compartments"):
            part.mkdir(mode=0o700)
        root = Root.generate()
        identity = Officers(unfinished / "officers").enrol(officer, passphrase, work_factor, root)
        write_atomically(unfinished / ROOT_FILE, _wrap(root, [identity]))
        meta = {
            "format": FORMAT,
            "id": secrets.token_hex(16),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        write_atomically(unfinished / META_FILE, root.write_entry(_META, {**meta, "signing_key": root.public.hex()}))
        Ledger.start(unfinished, root, by=officer).append("vault.created", vault=meta["id"])
        FolderStore(unfinished / "store")
        unfinished.rename(folder)
        sync_folder(folder.parent)
        return cls(folder, officer, identity, root)

    @classmethod
    def unlock(cls, folder: Path, passphrase: str, officer: str | None = None) -> Vault:
        """Open the vault in *folder*; without *officer*, try every officer's identity.

        Complete what a kill interrupted. Raise MissingError, WrongKeyError or TamperedError.
        """
        if not (folder / META_FILE).is_file():
            raise MissingError("There is no vault in that folder.", remedy="Make one with `mobility vault init`.")
        name, identity, signing_key = Officers(folder / "officers").unlock(passphrase, officer)
        try:
            root = Root(bytes.fromhex(unseal((folder / ROOT_FILE).read_bytes(), [identity]).decode()))
        except FileNotFoundError as mistake:
            raise MissingError(
                "The vault's root secret is gone.", remedy="Restore root.age from a backup."
            ) from mistake
        if root.public != signing_key:
            raise TamperedError("The vault's root secret was replaced.", remedy="Restore root.age from a backup.")
        meta = root.read_entry(_META, (folder / META_FILE).read_bytes())
        if meta["format"] != FORMAT:
            raise VaultError(f"The vault is of format {meta['format']}.", remedy="Use a newer version of the program.")
        vault = cls(folder, name, identity, root)
        vault._finish()
        return vault

    def new_compartment(self, name: str) -> Compartment:
        """Make a compartment with a key pair of its own; raise VaultError where the name is or was in use."""
        with locked(self.folder / _LOCK):
            self._compartments.create(name, self._officers.recipients(self._root).values())
            self.ledger.append(_CREATED, compartment=name)
        return self._compartments.get(name)

    def compartment(self, name: str) -> Compartment:
        """Return a compartment; raise MissingError where there is none, or none any more."""
        return self._compartments.get(name)

    def compartments(self) -> list[str]:
        """Return the names of all compartments, in order."""
        return self._compartments.names()

    def was_forgotten(self, name: str) -> bool:
        """Whether a compartment of that name was there and was forgotten; raise MissingError where none ever was."""
        return self._compartments.was_forgotten(name)

    def forget(self, name: str) -> None:
        """Delete a compartment's key: nothing sealed to it can be opened again. Running it twice is no error."""
        with locked(self.folder / _LOCK):
            if not self._compartments.was_forgotten(name):
                # Said before it is done: a kill in between leaves a promise that `verify` reports, never a silent loss.
                self.ledger.append(_FORGOTTEN, compartment=name)
            self._compartments.forget(name)

    def add_officer(self, label: str, passphrase: str, *, work_factor: int = WORK_FACTOR) -> None:
        """Let another officer open everything in the vault, with a passphrase of her own."""
        with locked(self.folder / _LOCK):
            self._officers.enrol(label, passphrase, work_factor, self._root)
            self.ledger.append("officer.added", officer=label)
            self._wrap_again()

    def wrap_again(self) -> None:
        """Seal every key to the present officers: completes an `add_officer` that a kill interrupted."""
        with locked(self.folder / _LOCK):
            self._wrap_again()

    def officers(self) -> list[str]:
        """Return the names of all officers, in order."""
        return self._officers.labels()

    def keyed_hash(self, purpose: str, data: bytes) -> str:
        """Return a hash (hexadecimal HMAC-SHA-256) that says nothing to anybody without the vault's secret."""
        return self._root.keyed_hash(purpose, data)

    def sign(self, message: bytes) -> bytes:
        """Return the vault's Ed25519 signature of *message*."""
        return self._root.sign("message", message)

    def check_signature(self, message: bytes, signature: bytes) -> None:
        """Raise TamperedError unless `sign` gave *signature* for *message*."""
        self._root.check("message", message, signature)

    def verify(self, expected: Iterable[str] = ()) -> Report:
        """Look at every file of the vault; *expected* names blobs that must be in the store. Raise nothing."""
        officers, compartments, blobs = self._officers.labels(), self._compartments.all_names(), list(self.store.list())
        problems = self._root_problems(len(officers))
        for label in officers:
            problems += self._officers.problems(label, self._root)
        for name in compartments:
            problems += self._compartments.problems(name, len(officers))
        for name in blobs:
            problems += self._blob_problems(name)
        problems += [f"store: {name} was not put there by the vault" for name in self.store.strangers()]
        problems += [f"store: {name} is missing" for name in sorted(set(expected) - set(blobs))]
        problems += self.ledger.problems() or self._promise_problems(compartments)
        return Report(len(officers) + len(compartments) + len(blobs) + 3, tuple(problems))

    def _root_problems(self, officers: int) -> list[str]:
        try:
            self._root.read_entry(_META, (self.folder / META_FILE).read_bytes())
            wrapped = len(read_header(self.folder / ROOT_FILE).stanzas)
        except (VaultError, OSError) as mistake:
            return [f"vault: {describe(mistake)}"]
        if wrapped != officers:
            return [f"vault: the root secret is sealed to {wrapped} officers and there are {officers}"]
        return []

    def _blob_problems(self, name: str) -> list[str]:
        try:
            self.store.get(name)
        except (VaultError, OSError) as mistake:
            return [f"store: {describe(mistake)}"]
        return []

    def _promise_problems(self, there: list[str]) -> list[str]:
        """Compare what the ledger says of compartments with those that are there."""
        events = [(entry["event"], str(entry.get("fact.compartment", ""))) for entry in self.ledger.entries()]
        forgotten = {name for event, name in events if event == _FORGOTTEN}
        problems = [
            f"compartment {name}: made and never forgotten, but not there"
            for event, name in events
            if event == _CREATED and name not in there
        ]
        return problems + [
            f"compartment {name}: the ledger says forgotten, but its key is still there: forget it again"
            for name in sorted(forgotten)
            if self._compartments.has_key(name)
        ]

    def _wrap_again(self) -> None:
        officers = self._officers.recipients(self._root).values()
        self._compartments.wrap_again(officers)
        # The root secret comes last: an officer who can open it can open everything else.
        write_atomically(self.folder / ROOT_FILE, seal(_text(self._root), officers))

    def _finish(self) -> None:
        with locked(self.folder / _LOCK):
            sweep(self.folder)
            sweep(self.folder / "officers")
            self.store.sweep()
            self._compartments.finish()

    def __repr__(self) -> str:
        return "<Vault>"


def _text(root: Root) -> bytes:
    return root.secret.hex().encode() + b"\n"


def _wrap(root: Root, identities: Iterable[X25519Identity]) -> bytes:
    return seal(_text(root), [identity.recipient for identity in identities])
