"""How the key of a compartment is wrapped: in the first format once for all officers, in the second once for each
reader.

`key.OFFICER.age` is an age identity file sealed to that officer: the key in use first, then those it replaced, with
which older papers were sealed. `recovery.age` is the same for the recovery key. So a listing of a compartment's folder
shows who can open it, revoking is deleting one file, and granting touches nobody else's. `.key.OFFICER.age.next` is a
key file that is about to come into use: the ledger is told between the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from vault.envelope import seal, unseal
from vault.errors import MissingError, NotGrantedError, WrongKeyError
from vault.files import naming, read_plain, remove, write_atomically
from vault.keys import X25519Identity, X25519Recipient
from vault.roll import Roll

KEY_FILE = "key.age"
RECOVERY_FILE = "recovery.age"


class Wraps(Protocol):
    """Wraps keys to the officers they are for, and opens what is wrapped to the officer at work."""

    def sealed(self, identities: Sequence[X25519Identity], readers: Iterable[str]) -> Mapping[str, bytes]:
        """Return the key files of a compartment by name."""
        ...

    def open(self, folder: Path) -> list[X25519Identity]:
        """Return the keys in *folder*, newest first; raise MissingError, NotGrantedError, WrongKeyError."""
        ...

    def files(self, folder: Path) -> list[Path]:
        """Return the key files in *folder*."""
        ...


class SharedKey:
    """The first format: `key.age`, sealed to all officers."""

    def __init__(self, identity: X25519Identity, officers: Callable[[], Iterable[X25519Recipient]]) -> None:
        self._identity = identity
        self._officers = officers

    def sealed(self, identities: Sequence[X25519Identity], readers: Iterable[str]) -> Mapping[str, bytes]:
        """Seal the one key to all."""
        return {KEY_FILE: sealed_keys(identities, self._officers())}

    def open(self, folder: Path) -> list[X25519Identity]:
        """Open the one file."""
        try:
            return _opened(folder / KEY_FILE, self._identity)
        except FileNotFoundError as mistake:
            raise MissingError(f"The key of compartment {folder.name} is gone.") from mistake
        except WrongKeyError as mistake:
            raise WrongKeyError(f"The key of compartment {folder.name} is not sealed to this officer.") from mistake

    def files(self, folder: Path) -> list[Path]:
        """Return the one file, where it is."""
        return [folder / KEY_FILE] if (folder / KEY_FILE).exists() else []


class KeyEach:
    """The second format: a file for each reader, and one for the recovery key where there is one."""

    def __init__(self, label: str, identity: X25519Identity, roll: Roll) -> None:
        self._label = label
        self._identity = identity
        self._roll = roll

    def sealed(self, identities: Sequence[X25519Identity], readers: Iterable[str]) -> Mapping[str, bytes]:
        """Seal the keys to each reader by herself."""
        to = {f"key.{label}.age": self._roll.officers[label].recipient for label in sorted(readers)}
        if self._roll.recovery:
            to[RECOVERY_FILE] = str(self._roll.recovery["recipient"])
        return {name: sealed_keys(identities, [X25519Recipient.parse(recipient)]) for name, recipient in to.items()}

    def open(self, folder: Path) -> list[X25519Identity]:
        """Open the file of the officer at work."""
        try:
            return _opened(folder / f"key.{self._label}.age", self._identity)
        except FileNotFoundError as mistake:
            if not self.files(folder):
                raise MissingError(f"The key of compartment {folder.name} is gone.") from mistake
            raise NotGrantedError(
                f"The case {folder.name} is not granted to {self._label}, or not carried out yet.",
                remedy=f"Ask an administrator or lead: mobility vault grant {self._label} {folder.name}.",
            ) from mistake
        except WrongKeyError as mistake:
            raise WrongKeyError(f"The key of compartment {folder.name} is not sealed to this officer.") from mistake

    def files(self, folder: Path) -> list[Path]:
        """Return all key files, also those that are about to come into use."""
        recovery = folder / RECOVERY_FILE
        prepared = [_prepared(folder, label) for label in sorted(prepared_for(folder))]
        return [*sorted(folder.glob("key.*.age")), *([recovery] if recovery.exists() else []), *prepared]


def wrapped_to(folder: Path) -> set[str]:
    """Return the officers with a key file in *folder*: who can open it (second format)."""
    return {path.name.removeprefix("key.").removesuffix(".age") for path in folder.glob("key.*.age")}


def write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write key files, each in one step."""
    for name, data in files.items():
        write_atomically(folder / name, data)


def remove_for(folder: Path, labels: Iterable[str]) -> None:
    """Take the key away from officers."""
    for label in labels:
        drop_prepared(folder, label)
        remove(folder / f"key.{label}.age")


def prepare(folder: Path, files: Mapping[str, bytes], labels: Iterable[str]) -> None:
    """Write the key files of officers beside the place where they come into use."""
    for label in sorted(labels):
        write_atomically(_prepared(folder, label), files[f"key.{label}.age"])


def prepared_for(folder: Path) -> set[str]:
    """Return for whom a key file is about to come into use."""
    return {path.name.removeprefix(".key.").removesuffix(".age.next") for path in folder.glob(".key.*.age.next")}


def bring_in(folder: Path, labels: Iterable[str]) -> None:
    """Have key files that were prepared come into use."""
    for label in sorted(labels):
        # No rename: in a power cut it could take the one name and not bring the other.
        write_atomically(folder / f"key.{label}.age", read_plain(_prepared(folder, label)))
        remove(_prepared(folder, label))


def drop_prepared(folder: Path, label: str) -> None:
    """Remove a key file that is not to come into use, if there is one."""
    if _prepared(folder, label).exists():
        remove(_prepared(folder, label))


def _prepared(folder: Path, label: str) -> Path:
    return folder / f".key.{label}.age.next"


def sealed_keys(identities: Sequence[X25519Identity], to: Iterable[X25519Recipient]) -> bytes:
    """Return a key file: the keys as an age identity file, sealed *to* some public keys."""
    return seal("".join(f"{identity}\n" for identity in identities).encode(), to)


def _opened(path: Path, identity: X25519Identity) -> list[X25519Identity]:
    sealed = read_plain(path)
    with naming(path):
        lines = unseal(sealed, [identity]).decode("ascii", "replace").splitlines()
        return [X25519Identity.parse(line) for line in lines if line and not line.startswith("#")]
