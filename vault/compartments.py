"""Compartments: one X25519 key pair each, so that forgetting what is in one is deleting one small file.

A compartment is a folder with `public.json` (its public key, signed) and `key.age` (its identity, sealed to the
officers). Sealing needs the first file only. A forgotten one keeps a signed `public.json` that says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from vault.envelope import seal, unseal
from vault.errors import MissingError, TamperedError, VaultError, WrongKeyError
from vault.files import remove, sweep, write_atomically, write_folder
from vault.keys import X25519Identity, X25519Recipient
from vault.officers import PUBLIC_FILE, check_label, describe, read_header
from vault.root import Entry, Root
from vault.store import Store

KEY_FILE = "key.age"
_PURPOSE = "compartment"
_OPEN = "open"
_FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Stored:
    """A sealed blob in the store: its name is its SHA-256, its size that of the sealed bytes."""

    name: str
    sha256: str
    size: int


class Compartment:
    """Seals to one key pair, opens with it, and keeps blobs sealed so. Safe for use from several threads."""

    def __init__(
        self, name: str, recipient: X25519Recipient, identity: Callable[[], X25519Identity], store: Store
    ) -> None:
        self.name = name
        self.recipient = recipient
        self._identity = identity
        self._store = store

    def seal(self, plaintext: bytes) -> bytes:
        """Seal with the public key alone."""
        return seal(plaintext, [self.recipient])

    def open(self, sealed: bytes) -> bytes:
        """Return the plaintext; raise WrongKeyError, TamperedError, or MissingError once forgotten."""
        return unseal(sealed, [self._identity()])

    def put(self, plaintext: bytes) -> Stored:
        """Seal and keep; the blob is on the disk when this returns."""
        sealed = self.seal(plaintext)
        name = self._store.put(sealed)
        return Stored(name, hashlib.sha256(sealed).hexdigest(), len(sealed))

    def get(self, name: str) -> bytes:
        """Return the plaintext of a blob; raise as `open` does, and MissingError where there is none."""
        return self.open(self._store.get(name))

    def delete(self, name: str) -> None:
        """Remove a blob."""
        self._store.delete(name)

    def __repr__(self) -> str:
        return f"<Compartment {self.name}>"


class Compartments:
    """The compartments' folders of one vault, as one officer sees them."""

    def __init__(self, folder: Path, root: Root, officer: X25519Identity, store: Store) -> None:
        self._folder = folder
        self._root = root
        self._officer = officer
        self._store = store
        self._opened: dict[str, X25519Identity] = {}
        self._known: dict[str, tuple[tuple[int, int], Compartment]] = {}

    def create(self, name: str, officers: Iterable[X25519Recipient]) -> None:
        """Make a key pair; raise VaultError where the name is or was in use."""
        check_label(name, "compartment")
        if (self._folder / name).exists():
            raise VaultError(f"There is or was a compartment {name} already.")
        identity = X25519Identity.generate()
        write_folder(
            self._folder / name,
            {KEY_FILE: _wrap(identity, officers), PUBLIC_FILE: self._entry(name, identity.recipient, _OPEN)},
        )

    def get(self, name: str) -> Compartment:
        """Return the compartment; raise MissingError where there is none, or none any more."""
        stamp = self._stamp(name)
        if name in self._known and self._known[name][0] == stamp:
            return self._known[name][1]
        entry = self._read(name)
        if entry["state"] != _OPEN:
            raise MissingError(f"The compartment {name} was forgotten.")
        recipient = X25519Recipient.parse(str(entry["recipient"]))
        compartment = Compartment(name, recipient, lambda: self._identity(name, recipient), self._store)
        self._known[name] = stamp, compartment
        return compartment

    def names(self) -> list[str]:
        """Return the names of all compartments that are not forgotten, in order."""
        return [name for name in self.all_names() if self._read(name)["state"] == _OPEN]

    def was_forgotten(self, name: str) -> bool:
        """Whether the compartment's key was given up."""
        return bool(self._read(name)["state"] == _FORGOTTEN)

    def forget(self, name: str) -> None:
        """Delete the key. May be run again after a kill."""
        recipient = X25519Recipient.parse(str(self._read(name)["recipient"]))
        # The mark comes first: from here on, `finish` completes what a kill interrupts.
        write_atomically(self._folder / name / PUBLIC_FILE, self._entry(name, recipient, _FORGOTTEN))
        self._opened.pop(name, None)
        remove(self._folder / name / KEY_FILE)

    def finish(self) -> None:
        """Complete what a kill interrupted, and sweep what it left."""
        sweep(self._folder)
        for name in self.all_names():
            sweep(self._folder / name)
            if self.has_key(name) and self.was_forgotten(name):
                remove(self._folder / name / KEY_FILE)

    def wrap_again(self, officers: Iterable[X25519Recipient]) -> None:
        """Seal every key to the present officers; what the keys have sealed stays as it is."""
        officers = tuple(officers)
        for name in self.names():
            identity = self._identity(name, self.get(name).recipient)
            write_atomically(self._folder / name / KEY_FILE, _wrap(identity, officers))

    def problems(self, name: str, officers: int) -> list[str]:
        """Return in plain words what is wrong with one compartment's files."""
        self._opened.pop(name, None)
        self._known.pop(name, None)
        try:
            if self.was_forgotten(name):
                return [f"compartment {name}: forgotten, but its key is still there"] if self.has_key(name) else []
            compartment = self.get(name)
            wrapped = len(read_header(self._folder / name / KEY_FILE).stanzas)
            self._identity(name, compartment.recipient)
        except (VaultError, OSError) as mistake:
            return [f"compartment {name}: {describe(mistake)}"]
        if wrapped != officers:
            return [f"compartment {name}: its key is sealed to {wrapped} officers and there are {officers}"]
        return []

    def has_key(self, name: str) -> bool:
        """Whether the compartment's key file is there."""
        return (self._folder / name / KEY_FILE).exists()

    def all_names(self) -> list[str]:
        """Return the names of all compartments, forgotten ones too, in order."""
        return sorted(path.name for path in self._folder.iterdir() if not path.name.startswith("."))

    def _stamp(self, name: str) -> tuple[int, int]:
        """Return what changes when the public file is written anew, by us or by another process."""
        try:
            stat = (self._folder / name / PUBLIC_FILE).stat()
        except FileNotFoundError as mistake:
            raise MissingError(f"There is no compartment {name}.") from mistake
        return stat.st_ino, stat.st_mtime_ns

    def _read(self, name: str) -> Entry:
        try:
            entry = self._root.read_entry(_PURPOSE, (self._folder / name / PUBLIC_FILE).read_bytes())
        except FileNotFoundError as mistake:
            raise MissingError(f"There is no compartment {name}.") from mistake
        if entry["name"] != name:
            raise TamperedError(f"The public key of compartment {name} is another's.")
        return entry

    def _entry(self, name: str, recipient: X25519Recipient, state: str) -> bytes:
        return self._root.write_entry(_PURPOSE, {"name": name, "recipient": str(recipient), "state": state})

    def _identity(self, name: str, recipient: X25519Recipient) -> X25519Identity:
        known = self._opened.get(name)
        if known is not None:
            return known
        try:
            identity = X25519Identity.parse(
                unseal((self._folder / name / KEY_FILE).read_bytes(), [self._officer]).decode()
            )
        except FileNotFoundError as mistake:
            raise MissingError(f"The key of compartment {name} is gone.") from mistake
        except WrongKeyError as mistake:
            raise WrongKeyError(f"The key of compartment {name} is not sealed to this officer.") from mistake
        if identity.recipient != recipient:
            # Anybody can seal a key of his own to the officers; only the signed public key says which one is ours.
            raise TamperedError(f"The key of compartment {name} was replaced.")
        self._opened[name] = identity
        return identity


def _wrap(identity: X25519Identity, officers: Iterable[X25519Recipient]) -> bytes:
    return seal(f"{identity}\n".encode(), officers)
