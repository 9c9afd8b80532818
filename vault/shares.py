"""Shamir's secret sharing over GF(256), as SLIP-0039 does it below its words: any *threshold* shares give the secret.

The field is that of AES (Rijndael, x^8 + x^4 + x^3 + x + 1). The secret stands at x = 255 and, at x = 254, a digest
that tells whether the shares that were put together belong together. Fewer shares than the threshold say nothing at all
about the secret. A share as text is Bech32, so that a slip of the pen is noticed. Arithmetic is by table and not
constant in time: it is done on the holders' own machines, twice in a vault's life.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vault import bech32
from vault.errors import VaultError

_PREFIX = "mobility-share-"
_SECRET, _DIGEST = 255, 254
_DIGEST_BYTES = 4
MOST = 16


@dataclass(frozen=True, slots=True, repr=False)
class Share:
    """One share: how many are needed, which one this is (from 0), and its bytes."""

    threshold: int
    index: int
    data: bytes

    def __str__(self) -> str:
        return bech32.encode(_PREFIX, bytes((self.threshold, self.index)) + self.data).upper()

    @classmethod
    def parse(cls, text: str) -> Share:
        """Read a share; raise VaultError, whose message never holds the text."""
        try:
            prefix, data = bech32.decode(text.strip())
        except ValueError as mistake:
            raise VaultError(f"That is no share: {mistake}.", remedy="Copy it again, whole.") from None
        if prefix != _PREFIX or len(data) < 18 or not 1 <= data[0] <= MOST or data[1] >= MOST:
            raise VaultError("That is no share.", remedy="Copy it again, whole.")
        return cls(data[0], data[1], data[2:])

    def __repr__(self) -> str:
        return f"<Share {self.index}>"


def split(secret: bytes, threshold: int, count: int) -> list[Share]:
    """Return *count* shares of which any *threshold* give *secret* (16 bytes or more); raise VaultError."""
    if not 2 <= threshold <= count <= MOST:
        raise VaultError(
            f"{threshold} of {count} shares cannot be made.", remedy=f"Choose at least 2 of at most {MOST} holders."
        )
    if len(secret) < 16:
        raise VaultError("The secret is too short to be shared.")
    salt = os.urandom(len(secret) - _DIGEST_BYTES)
    points = {index: os.urandom(len(secret)) for index in range(threshold - 2)}
    fixed = {**points, _DIGEST: _digest(salt, secret) + salt, _SECRET: secret}
    values = {index: points.get(index) or interpolate(fixed, index) for index in range(count)}
    return [Share(threshold, index, data) for index, data in values.items()]


def combine(shares: Sequence[Share]) -> bytes:
    """Return the secret; raise VaultError where shares are too few, of different secrets, or wrong."""
    points = {share.index: share.data for share in shares}
    if len({share.threshold for share in shares}) != 1 or len({len(data) for data in points.values()}) != 1:
        raise VaultError("These shares do not belong together.", remedy="Take shares of one vault, of one setting-up.")
    threshold = shares[0].threshold
    if len(points) < threshold:
        there = "1 share is" if len(points) == 1 else f"{len(points)} shares are"
        raise VaultError(f"{there} too few.", remedy=f"{threshold} different ones are needed.")
    used = dict(list(points.items())[:threshold])
    secret, digest = interpolate(used, _SECRET), interpolate(used, _DIGEST)
    others = all(interpolate(used, index) == data for index, data in points.items())
    if not others or not hmac.compare_digest(_digest(digest[_DIGEST_BYTES:], secret), digest[:_DIGEST_BYTES]):
        raise VaultError("These shares do not belong together.", remedy="Take shares of one vault, of one setting-up.")
    return secret


def interpolate(points: Mapping[int, bytes], at: int) -> bytes:
    """Return the value at *at* of the polynomials through *points*, one for each byte."""
    if at in points:
        return points[at]
    result = bytearray(len(next(iter(points.values()))))
    for index, data in points.items():
        # The Lagrange basis polynomial of this point, as a logarithm; no factor is zero.
        power = sum(_LOG[at ^ other] - _LOG[index ^ other] for other in points if other != index)
        for place, byte in enumerate(data):
            if byte:
                result[place] ^= _EXP[(_LOG[byte] + power) % 255]
    return bytes(result)


def _digest(salt: bytes, secret: bytes) -> bytes:
    return hmac.digest(salt, secret, hashlib.sha256)[:_DIGEST_BYTES]


def _tables() -> tuple[Sequence[int], Sequence[int]]:
    """Return powers of the generator x + 1, and their logarithms."""
    powers, logarithms, value = [0] * 255, [0] * 256, 1
    for power in range(255):
        powers[power], logarithms[value] = value, power
        value ^= value << 1
        if value & 0x100:
            value ^= 0x11B
    return powers, logarithms


_EXP, _LOG = _tables()
