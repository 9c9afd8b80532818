"""The document inside a signed envelope (CMS SignedData, RFC 5652; CAdES), as FatturaPA travels: `.xml.p7m`.

Only the way down to the document is walked, in BER, since signing programs write indefinite lengths and strings in
pieces. The signature is not checked. Knows the envelope; knows no invoice.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_SEQUENCE, _OCTETS, _OCTETS_IN_PARTS, _EXPLICIT, _OID = 0x30, 0x04, 0x24, 0xA0, 0x06
#: Elements in one another; an envelope's own are six deep, and a string in parts adds one.
_DEEPEST = 12
#: Envelopes in one another: a document signed by one person after the other.
_SIGNERS = 4
_TEXT = re.compile(rb"\s*(?:-----BEGIN [A-Z0-9 ]+-----)?([A-Za-z0-9+/=\s]+)(?:-----END [A-Z0-9 ]+-----\s*)?")


class _NoEnvelope(ValueError):
    """The bytes are not what the standard has at this place."""


def content(data: bytes) -> bytes | None:
    """Return the document that an envelope holds, in DER, BER, base64 or PEM; None for bytes that are no envelope."""
    found = None
    for _ in range(_SIGNERS):
        inner = _opened(data if found is None else found)
        if inner is None:
            return found
        found = inner
    return found


def _opened(data: bytes) -> bytes | None:
    binary = data if data[:1] == b"\x30" else _decoded(data)
    # The name of the envelope's type stands right behind the first length.
    if binary is None or _SIGNED_DATA not in binary[:24]:
        return None
    try:
        return _document(binary)
    except _NoEnvelope:
        return None


def _decoded(data: bytes) -> bytes | None:
    # Base64 of an element that begins a sequence starts with M; whatever else text starts with is not looked at.
    if data[:64].lstrip()[:1] not in (b"M", b"-"):
        return None
    written = _TEXT.fullmatch(data)
    try:
        return base64.b64decode(b"".join(written[1].split()), validate=True) if written else None
    except binascii.Error:
        return None


def _document(data: bytes) -> bytes:
    """Walk ContentInfo, SignedData and EncapsulatedContentInfo down to the octets of eContent."""
    info = list(_children(data, _within(data, 0, _SEQUENCE), 2))
    signed = list(_children(data, _within(data, _within(data, info[1], _EXPLICIT), _SEQUENCE), 3))
    held = list(_children(data, _within(data, signed[2], _SEQUENCE), 2))
    return b"".join(_octets(data, _within(data, held[1], _EXPLICIT), 0))


def _head(data: bytes, at: int) -> tuple[int, int, int | None]:
    """Return the tag of the element at *at*, where its content begins, and its length; None for indefinite."""
    if at + 2 > len(data):
        raise _NoEnvelope
    tag, length, start = data[at], data[at + 1], at + 2
    if tag & 0x1F == 0x1F:
        raise _NoEnvelope  # no element of this way has a tag of several octets
    if length == 0x80:
        return tag, start, None
    if length > 0x80:
        more = length & 0x7F
        length, start = int.from_bytes(data[start : start + more], "big"), start + more
    if start + length > len(data):
        raise _NoEnvelope
    return tag, start, length


def _within(data: bytes, at: int, tag: int) -> int:
    """Return where the content of the element at *at* begins, which must have this *tag*."""
    found, start, _ = _head(data, at)
    if found != tag:
        raise _NoEnvelope
    return start


def _children(data: bytes, at: int, count: int) -> Iterator[int]:
    """Yield where the first *count* elements from *at* on begin."""
    for number in range(count):
        yield at
        if number + 1 < count:
            at = _behind(data, at, 0)


def _behind(data: bytes, at: int, depth: int) -> int:
    """Return the place behind the element at *at*."""
    _, start, length = _head(data, at)
    if length is not None:
        return start + length
    if depth == _DEEPEST:
        raise _NoEnvelope
    while data[start : start + 2] != b"\0\0":
        start = _behind(data, start, depth + 1)
    return start + 2


def _octets(data: bytes, at: int, depth: int) -> Iterator[bytes]:
    """Yield the pieces of an octet string, which may be made of strings made of strings."""
    tag, start, length = _head(data, at)
    if tag == _OCTETS and length is not None:
        yield data[start : start + length]
        return
    if tag != _OCTETS_IN_PARTS or depth == _DEEPEST:
        raise _NoEnvelope
    end = _behind(data, at, 0) - (2 if length is None else 0)
    while start < end:
        yield from _octets(data, start, depth + 1)
        start = _behind(data, start, 0)
