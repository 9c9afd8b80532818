"""Signed notes (c2sp.org/signed-note) and, in them, checkpoints of a ledger (c2sp.org/tlog-checkpoint). Pure.

A checkpoint is three lines (whose ledger, how many lines, their Merkle tree hash), an empty line, and a signature. Kept
somewhere else it notices a ledger that was cut, rewritten, or put back with its whole vault.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from vault.errors import TamperedError

_ED25519 = b"\x01"
_DASH = "\N{EM DASH}"
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
#: Far more than a checkpoint takes, even one that many have signed.
MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name, its id of four bytes, and the signature."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        """The line as it stands in a note."""
        return f"{_DASH} {self.name} {_encode(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a ledger went once, and what it then was; *text* is what was signed, *signatures* are not checked yet."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: tuple[Signature, ...]

    @property
    def whole(self) -> str:
        """The note as it stands in a file."""
        return f"{self.text}\n{''.join(map(str, self.signatures))}"


def key_id(name: str, public: bytes) -> bytes:
    """Return the four bytes that name an Ed25519 key in a note."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """Return a key as programs that check notes take it: `name+id+key`."""
    return f"{name}+{key_id(name, public).hex()}+{_encode(_ED25519 + public)}"


def signed(origin: str, size: int, root: bytes, public: bytes, sign: Callable[[bytes], bytes]) -> Checkpoint:
    """Return a checkpoint signed with the key *public*, under the ledger's own name."""
    text = f"{origin}\n{size}\n{_encode(root)}\n"
    return Checkpoint(origin, size, root, text, (Signature(origin, key_id(origin, public), sign(text.encode())),))


def signed_text(name: str, text: str, public: bytes, sign: Callable[[bytes], bytes]) -> str:
    """Return any text (lines, none empty) as a signed note."""
    return f"{text}\n{Signature(name, key_id(name, public), sign(text.encode()))}"


def parse(data: bytes) -> Checkpoint:
    """Read a checkpoint; raise TamperedError where it is none, or spelt in another way than it must be."""
    text, signatures = parted(data, "checkpoint")
    lines = text.split("\n")[:-1]
    if len(lines) < 3:
        raise TamperedError("The file is no checkpoint of a ledger.")
    if not _SIZE.fullmatch(lines[1]) or len(root := _decode(lines[2], "checkpoint")) != hashlib.sha256().digest_size:
        raise TamperedError("The checkpoint does not say how long the ledger was and what it was.")
    if _encode(root) != lines[2]:
        raise TamperedError("The checkpoint was rewritten.")
    return Checkpoint(lines[0], int(lines[1]), root, text, signatures)


def parted(data: bytes, what: str) -> tuple[str, tuple[Signature, ...]]:
    """Return the text of a note (lines, none empty) and its signatures, which are not checked yet.

    Raise TamperedError, which calls the note *what*, where it is none, or spelt in another way than it must be.
    """
    try:
        note = data.decode()
    except UnicodeDecodeError:
        raise TamperedError(f"The {what} is no text.") from None
    text, mark, rest = note.rpartition("\n\n")
    if len(data) > MOST_BYTES or not mark or not rest.endswith("\n") or not all(text.split("\n")):
        raise TamperedError(f"The file is no {what}, or the end of it is missing.")
    signatures = tuple(_signature(line, what) for line in rest[:-1].split("\n"))
    if f"{text}\n\n{''.join(map(str, signatures))}" != note:
        raise TamperedError(f"The {what} was rewritten.")
    return text + "\n", signatures


def _signature(line: str, what: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _DASH or not parts[1] or len(raw := _decode(parts[2], what)) < 5:
        raise TamperedError(f"A signature line of the {what} is none.")
    return Signature(parts[1], raw[:4], raw[4:])


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decode(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise TamperedError(f"The {what} holds text that is no base64.") from None
