"""The first format's one root secret and what follows from it: signatures, keyed hashes, entries. Knows no folders.

The root secret is 32 random bytes. The Ed25519 signing key and every keyed-hash key are derived from it (HKDF-SHA-256,
the purpose as info), so only one small file has to be sealed to the officers. All officers share it, so a signature
says that an officer made it and not which: the second format gives each of them keys of her own (vault.roll).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vault.entries import Entry, check_ed25519, parse_entry, parted, render, signed
from vault.envelope import derive

__all__ = ["Root", "check_first", "derived_hash", "parse_entry", "read_first"]

_LABEL = b"mobility-vault/1/"


class Root:
    """Signs, checks and hashes in the name of one vault of the first format."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self._signing = Ed25519PrivateKey.from_private_bytes(derive(secret, b"", _LABEL + b"signing"))
        self._hash_keys: dict[str, bytes] = {}
        self.public = self._signing.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> Root:
        """Make the secret of a new vault."""
        return cls(os.urandom(32))

    def sign(self, purpose: str, message: bytes) -> bytes:
        """Sign *message* so that the signature holds for this purpose only."""
        return self._signing.sign(_for_purpose(purpose, message))

    def check(self, purpose: str, message: bytes, signature: bytes) -> None:
        """Raise TamperedError unless `sign` gave *signature* for this purpose and message."""
        check_first(self.public, purpose, message, signature)

    def keyed_hash(self, purpose: str, data: bytes) -> str:
        """Return HMAC-SHA-256 in hexadecimal under a key of this purpose."""
        return derived_hash(self._hash_keys, self.secret, purpose, data)

    def write_entry(self, purpose: str, entry: Mapping[str, str | int]) -> bytes:
        """Return *entry* as one line of JSON with its signature."""
        return signed(entry, self.sign(purpose, render(entry)))

    def read_entry(self, purpose: str, line: bytes) -> Entry:
        """Return what `write_entry` was given, without the signature; raise TamperedError."""
        return read_first(self.public, purpose, line)

    def in_order(self) -> Callable[[bytes], Entry]:
        """Return a reader of the ledger's lines."""
        return partial(self.read_entry, "ledger")

    def __repr__(self) -> str:
        return "<Root>"


def derived_hash(known: dict[str, bytes], secret: bytes, purpose: str, data: bytes) -> str:
    """Return HMAC-SHA-256 in hexadecimal under the key that *secret* gives for *purpose*; *known* keeps those keys."""
    if purpose not in known:
        known[purpose] = derive(secret, b"", _LABEL + b"keyed hash/" + purpose.encode())
    return hmac.digest(known[purpose], data, hashlib.sha256).hex()


def check_first(public: bytes, purpose: str, message: bytes, signature: bytes) -> None:
    """Check a signature of the first format with the public half of the vault's signing key; raise TamperedError."""
    check_ed25519(public, _for_purpose(purpose, message), signature)


def read_first(public: bytes, purpose: str, line: bytes) -> Entry:
    """Read an entry of the first format; raise TamperedError."""
    entry, signature = parted(line)
    check_first(public, purpose, render(entry), signature)
    return entry


def _for_purpose(purpose: str, message: bytes) -> bytes:
    return _LABEL + purpose.encode() + b"\0" + message
