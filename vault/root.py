"""The vault's one root secret and what follows from it: signatures, keyed hashes, signed entries. Knows no folders.

The root secret is 32 random bytes. The Ed25519 signing key and every keyed-hash key are derived from it (HKDF-SHA-256,
the purpose as info), so only one small file has to be sealed to the officers.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vault.envelope import derive
from vault.errors import TamperedError

#: A signed entry holds words and counts only: no nesting, so there is one way to write it.
Entry: TypeAlias = dict[str, str | int]
_LABEL = b"mobility-vault/1/"


class Root:
    """Signs, checks and hashes in the name of one vault."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self._signing = Ed25519PrivateKey.from_private_bytes(derive(secret, b"", _LABEL + b"signing"))
        self._verifying = self._signing.public_key()
        self._hash_keys: dict[str, bytes] = {}
        self.public = self._verifying.public_bytes_raw()

    @classmethod
    def generate(cls) -> Root:
        """Make the secret of a new vault."""
        return cls(os.urandom(32))

    def sign(self, purpose: str, message: bytes) -> bytes:
        """Sign *message* so that the signature holds for this purpose only."""
        return self._signing.sign(_for_purpose(purpose, message))

    def check(self, purpose: str, message: bytes, signature: bytes) -> None:
        """Raise TamperedError unless `sign` gave *signature* for this purpose and message."""
        try:
            self._verifying.verify(signature, _for_purpose(purpose, message))
        except InvalidSignature as mistake:
            raise TamperedError("A signature does not fit what it signs.") from mistake

    def keyed_hash(self, purpose: str, data: bytes) -> str:
        """Return HMAC-SHA-256 in hexadecimal under a key of this purpose."""
        if purpose not in self._hash_keys:
            self._hash_keys[purpose] = derive(self.secret, b"", _LABEL + b"keyed hash/" + purpose.encode())
        return hmac.digest(self._hash_keys[purpose], data, hashlib.sha256).hex()

    def write_entry(self, purpose: str, entry: Mapping[str, str | int]) -> bytes:
        """Return *entry* as one line of JSON with its signature."""
        signature = self.sign(purpose, _render(entry))
        return _render({**entry, "signature": signature.hex()}) + b"\n"

    def read_entry(self, purpose: str, line: bytes) -> Entry:
        """Return what `write_entry` was given, without the signature; raise TamperedError."""
        entry = parse_entry(line)
        signature = entry.pop("signature", "")
        try:
            self.check(purpose, _render(entry), bytes.fromhex(str(signature)))
        except ValueError as mistake:
            raise TamperedError("A signature is no signature.") from mistake
        if _render({**entry, "signature": signature}) + b"\n" != line:
            # Same meaning in other bytes: nobody but a tamperer writes it so.
            raise TamperedError("A signed entry was rewritten.")
        return entry

    def __repr__(self) -> str:
        return "<Root>"


def parse_entry(line: bytes) -> Entry:
    """Read an entry without checking its signature; raise TamperedError where it is none."""
    try:
        entry = json.loads(line)
    except ValueError as mistake:
        raise TamperedError("A signed entry is damaged.") from mistake
    if not isinstance(entry, dict) or not all(type(value) in (str, int) for value in entry.values()):
        raise TamperedError("A signed entry is damaged.")
    return entry


def _render(entry: Mapping[str, str | int]) -> bytes:
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _for_purpose(purpose: str, message: bytes) -> bytes:
    return _LABEL + purpose.encode() + b"\0" + message
