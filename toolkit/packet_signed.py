"""The signed list of a packet's files: who made the manifest, checked by counsel without a vault.

A signed note (c2sp.org/signed-note) of lines as `sha256sum` writes them, signed with the officer's own key (Ed25519).
The key stands in it: whoever is to believe the signature compares the key once, by telephone.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SUMS = ".sha256"
_HEAD = "mobility-packet"
_KEY = re.compile(r"key ([0-9a-f]{64})", re.ASCII)
_LINE = re.compile(r"([0-9a-f]{64})  ([^\n]+)", re.ASCII)
_DASH = "\N{EM DASH}"
_MOST = 8 << 20


@dataclass(frozen=True, slots=True)
class Signed:
    """What the list says: the key it is signed with (hex), the SHA-256 of each file, and what is wrong with it."""

    key: str
    sums: Mapping[str, str]
    problems: tuple[str, ...] = ()


def listed(files: Mapping[str, bytes], reference: str, key: str) -> str:
    """Return the text to be signed with the public *key* (hex): one line a file, none empty."""
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    return f"{_HEAD} {reference}\nkey {key}\n{sums}"


def read(data: bytes) -> Signed:
    """Read a list and check its signature; what is no list, or is not signed by its key, is a problem and no crash."""
    text, mark, rest = data.decode("utf-8", "replace").rpartition("\n\n")
    lines = text.split("\n")
    found = _KEY.fullmatch(lines[1]) if len(lines) > 2 else None
    if not mark or len(data) > _MOST or not lines[0].startswith(f"{_HEAD} ") or found is None:
        return Signed("", {}, ("is no signed list of a packet",))
    sums = {row[2]: row[1] for row in map(_LINE.fullmatch, lines[2:]) if row}
    if not _is_signed(f"{text}\n", rest, found[1]):
        return Signed("", sums, ("was changed: its signature does not fit",))
    return Signed(found[1], sums)


def _is_signed(text: str, rest: str, key: str) -> bool:
    parts = rest.removesuffix("\n").split(" ")
    if len(parts) != 3 or parts[0] != _DASH or not rest.endswith("\n"):
        return False
    public = bytes.fromhex(key)
    try:
        raw = base64.b64decode(parts[2], validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], text.encode())
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    # Base64 has spare bits at its end: there is one way to write a signature, and any other is a change.
    is_as_written = base64.b64encode(raw).decode("ascii") == parts[2]
    return is_as_written and raw[:4] == hashlib.sha256(parts[1].encode() + b"\n\x01" + public).digest()[:4]


def fingerprint(key: str) -> str:
    """Return what is read out by telephone for a public key (hex): 80 bits of its SHA-256 in groups of four."""
    digest = hashlib.sha256(bytes.fromhex(key)).hexdigest()[:20]
    return " ".join(digest[at : at + 4] for at in range(0, 20, 4))


def same(key: str, told: str) -> bool:
    """Whether *told*, typed by a person, is the key or its fingerprint."""
    plain = "".join(told.split()).lower().replace("-", "")
    return bool(key) and plain in (key, fingerprint(key).replace(" ", ""))
