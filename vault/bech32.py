"""Bech32 text (BIP 173, without its length limit) as age writes its keys; knows nothing of keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

CHARACTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM = 6


def encode(prefix: str, data: bytes) -> str:
    """Return *data* as lower-case Bech32 under the lower-case *prefix*."""
    values = _regroup(data, 8, 5, pad=True)
    remainder = _polymod([*_expand(prefix), *values, *[0] * _CHECKSUM]) ^ 1
    check = [remainder >> 5 * (_CHECKSUM - 1 - place) & 31 for place in range(_CHECKSUM)]
    return prefix + "1" + "".join(CHARACTERS[value] for value in (*values, *check))


def decode(text: str) -> tuple[str, bytes]:
    """Return the prefix in lower case and the data; raise ValueError, whose message never holds the text."""
    if text not in (text.lower(), text.upper()) or not text.isascii():
        raise ValueError("not Bech32: upper and lower case are mixed")
    prefix, mark, rest = text.lower().rpartition("1")
    if not mark or not prefix or len(rest) < _CHECKSUM or not set(rest) <= set(CHARACTERS):
        raise ValueError("not Bech32")
    values = [CHARACTERS.index(character) for character in rest]
    if _polymod([*_expand(prefix), *values]) != 1:
        raise ValueError("the Bech32 checksum is wrong: a character was mistyped")
    return prefix, bytes(_regroup(values[:-_CHECKSUM], 5, 8, pad=False))


def _expand(prefix: str) -> list[int]:
    return [ord(character) >> 5 for character in prefix] + [0] + [ord(character) & 31 for character in prefix]


def _polymod(values: Iterable[int]) -> int:
    remainder = 1
    for value in values:
        top = remainder >> 25
        remainder = (remainder & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate(_GENERATOR):
            if top >> bit & 1:
                remainder ^= term
    return remainder


def _regroup(values: Sequence[int], width: int, into: int, *, pad: bool) -> list[int]:
    """Cut a row of *width*-bit values into *into*-bit ones; what is left over must be zero bits, fewer than *width*."""
    pending = bits = 0
    result = []
    for value in values:
        pending, bits = pending << width | value, bits + width
        while bits >= into:
            bits -= into
            result.append(pending >> bits)
            pending &= (1 << bits) - 1
    if pad and bits:
        result.append(pending << into - bits)
    elif not pad and (bits >= width or pending):
        raise ValueError("not Bech32: stray bits at the end")
    return result
