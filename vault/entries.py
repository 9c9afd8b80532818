"""Signed entries: one JSON object of words and counts a line, in the only spelling there is. Knows no folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from vault.errors import TamperedError

#: A signed entry holds words and counts only: no nesting, so there is one way to write it.
Entry: TypeAlias = dict[str, str | int]


class Authority(Protocol):
    """Signs in the name of whoever unlocked the vault, and believes what others who were entitled have signed."""

    def sign(self, purpose: str, message: bytes) -> bytes:
        """Sign *message* so that the signature holds for this purpose only."""
        ...

    def check(self, purpose: str, message: bytes, signature: bytes) -> None:
        """Raise TamperedError unless somebody entitled gave *signature* for this purpose and message."""
        ...

    def write_entry(self, purpose: str, entry: Mapping[str, str | int]) -> bytes:
        """Return *entry* as one line of JSON with its signature."""
        ...

    def read_entry(self, purpose: str, line: bytes) -> Entry:
        """Return what `write_entry` was given, without the signature; raise TamperedError."""
        ...

    def in_order(self) -> Callable[[bytes], Entry]:
        """Return a reader of the ledger's lines from the first on, which knows who was entitled at each place."""
        ...


def render(entry: Mapping[str, str | int]) -> bytes:
    """Return the bytes that a signature is over."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def signed(entry: Mapping[str, str | int], signature: bytes) -> bytes:
    """Return the line of *entry* with its signature."""
    return render({**entry, "signature": signature.hex()}) + b"\n"


def parse_entry(line: bytes) -> Entry:
    """Read an entry without checking its signature; raise TamperedError where it is none."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as mistake:
        raise TamperedError("A signed entry is damaged.") from mistake
    if not isinstance(entry, dict) or not all(type(value) in (str, int) for value in entry.values()):
        raise TamperedError("A signed entry is damaged.")
    return entry


def parted(line: bytes) -> tuple[Entry, bytes]:
    """Return an entry without its signature, and that; raise TamperedError where it is spelt in any other way."""
    entry = parse_entry(line)
    signature = entry.pop("signature", "")
    try:
        found = bytes.fromhex(str(signature))
    except ValueError as mistake:
        raise TamperedError("A signature is no signature.") from mistake
    if signed(entry, found) != line:
        # Same meaning in other bytes: nobody but a tamperer writes it so.
        raise TamperedError("A signed entry was rewritten.")
    return entry, found


def check_ed25519(public: bytes, message: bytes, signature: bytes) -> None:
    """Raise TamperedError unless *signature* is that of the key *public* over *message*."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError) as mistake:
        raise TamperedError("A signature does not fit what it signs.") from mistake
