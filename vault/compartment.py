"""One compartment: seals to its public key, opens with its keys, keeps blobs sealed so."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vault.envelope import seal, unseal
from vault.header import parse
from vault.keys import X25519Identity, X25519Recipient
from vault.store import Store


@dataclass(frozen=True, slots=True)
class Stored:
    """A sealed blob in the store: its name is its SHA-256, its size that of the sealed bytes."""

    name: str
    sha256: str
    size: int


class Compartment:
    """Seals to one key pair, opens with it, and keeps blobs sealed so. Safe for use from several threads."""

    def __init__(
        self, name: str, recipient: X25519Recipient, identities: Callable[[], Sequence[X25519Identity]], store: Store
    ) -> None:
        self.name = name
        self.recipient = recipient
        self._identities = identities
        self._store = store

    def seal(self, plaintext: bytes) -> bytes:
        """Seal with the public key alone."""
        return seal(plaintext, [self.recipient])

    def open(self, sealed: bytes) -> bytes:
        """Return the plaintext; raise WrongKeyError, NotGrantedError, TamperedError, or MissingError once forgotten."""
        return unseal(sealed, self._identities())

    def is_newest(self, sealed: bytes) -> bool:
        """Whether something is sealed to the compartment's key in use, and not to one that it replaced."""
        return self._identities()[0].unwrap(parse(io.BytesIO(sealed)).stanzas) is not None

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
